"""Several articles in one file, one after the other or interleaved as column extraction leaves them.

Signals, in the order they are trusted:

1. bylines (``姓名 单位职务`` on a line of its own); fewer than two, and the file is one document;
2. title-like lines beside a byline, or left over at the end of a column;
3. whether the file is interleaved at all: a sentence cut off before a byline, or section numbers
   (一、二、…) that run backwards between two bylines; if not, articles end where the next title or
   byline begins and nothing is moved;
4. the names in an article's byline (its place, its institution) and the vocabulary of the paragraphs
   already sure to be its own, as a naive Bayes classifier over character pairs;
5. adjacency: changing the article between two paragraphs costs (Viterbi);
6. section numbers: text before the first heading of a run belongs to the section before it.

It fails when articles carry no bylines, when two of them come from the same institution on the same
subject, when a paragraph is too short to tell (it follows its neighbours), and when an article is so cut up
that its section numbers are lost; what was doubtful is counted in the notes.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from analysis.reading.bylines import Byline, is_title_like, parse_byline, section_number
from analysis.reading.order import drop_copies, in_order, is_cut, join_cut

_APART = 80
_SWITCH = 3.0
_NAMED = 6.0
_ROUNDS = 6
_DOUBT = 1.0
_PLACE = re.compile(r"([一-鿿]{2,6}?)(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|自治州|[省市区县盟旗])")


@dataclass(frozen=True)
class Article:
    """One article of a file: its title, byline, author and text, and passages dropped as repeated."""

    title: str
    byline: str
    author: str
    text: str
    repeated: int = 0


class _Mark(NamedTuple):
    """The lines an article's byline and title stand on, twice the byline's where there is no title."""

    byline: int
    title: int


def split_articles(text: str) -> tuple[list[Article], list[str]]:
    """Split a cleaned text into its articles.

    Parameters
    ----------
    text : str
        Paragraphs separated by newlines.

    Returns
    -------
    articles : list of Article
        In the order of their bylines; empty when fewer than two bylines stand 80 characters apart.
    notes : list of str
        What the reader should know: the number of articles, paragraphs of doubtful assignment.
    """
    lines = [line for line in text.split("\n") if line]
    marks = _find_marks(lines)
    if len(marks) < 2:
        return [], []
    body = [i for i in range(len(lines)) if not any(i in mark for mark in marks)]
    starts = [min(mark) for mark in marks]
    if not _is_interleaved(lines, starts, body):
        spans = zip([0, *starts[1:]], [*starts[1:], len(lines)], marks, strict=True)
        articles = [_article(lines, mark, [lines[i] for i in body if a <= i < b]) for a, b, mark in spans]
        return articles, [f"{len(articles)} articles"]
    owner, doubtful = _assign(lines, marks, body)
    articles = [_gather(lines, mark, [i for i in body if owner[i] == k]) for k, mark in enumerate(marks)]
    notes = [f"{len(articles)} articles, interleaved"]
    return articles, notes + ([f"{doubtful} paragraphs of doubtful assignment"] if doubtful else [])


def _find_marks(lines: Sequence[str]) -> list[_Mark]:
    bylines = [i for i, line in enumerate(lines) if _is_article_byline(line)]
    apart = [_APART, *(sum(map(len, lines[a + 1 : b])) for a, b in pairwise(bylines)), _APART]
    marks: list[_Mark] = []
    for at, around in zip(bylines, pairwise(apart), strict=False):
        if min(around) >= _APART and any(len(line) > 60 for line in lines[at + 1 : at + 6]):
            beside = [i for i in (at - 1, at + 1) if 0 <= i < len(lines) and is_title_like(lines[i])]
            free = (i for i in beside if not any(i == mark.title for mark in marks))
            marks.append(_Mark(at, next(free, at)))
    return marks


def _is_article_byline(line: str) -> bool:
    byline = parse_byline(line)
    return bool(byline and (line.startswith(byline.author[0]) or not byline.office) and len(byline.office) != 2)


def _is_interleaved(lines: Sequence[str], starts: Sequence[int], body: Sequence[int]) -> bool:
    cut = any(is_cut(lines[start - 1]) for start in starts if start - 1 in body)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        numbers = [n for i in range(start, end) if i in body and (n := section_number(lines[i]))]
        cut |= 1 in numbers[1:] and numbers[0] > 1
    return cut


def _article(lines: Sequence[str], mark: _Mark, paragraphs: Sequence[str], repeated: int = 0) -> Article:
    byline = lines[mark.byline]
    title = lines[mark.title] if mark.title != mark.byline else ""
    author = (parse_byline(byline) or Byline("", "")).author
    return Article(title, byline, author, "\n".join(paragraphs), repeated)


def _assign(lines: Sequence[str], marks: Sequence[_Mark], body: Sequence[int]) -> tuple[dict[int, int], int]:
    """The article of every body line, and how many lines could as well be another's."""
    names = [_names(lines[mark.byline]) for mark in marks]
    named = {i: [_named(lines[i], own) for own in names] for i in body}
    owner = {i: _best(scores) for i, scores in named.items() if _margin(scores) > 0}
    scores: dict[int, list[float]] = {}
    for _ in range(_ROUNDS):
        profiles = _profiles(lines, marks, owner)
        scores = {i: _evidence(lines[i], profiles, named[i]) for i in body}
        owner, before = _viterbi(body, scores), owner
        if owner == before:
            break
    long = [i for i in body if len(lines[i]) > 60]
    return owner, sum(owner[i] != _best(scores[i]) or _margin(scores[i]) < _DOUBT for i in long)


def _best(scores: Sequence[float]) -> int:
    return scores.index(max(scores))


def _margin(scores: Sequence[float]) -> float:
    return max(scores) - sorted(scores)[-2]


def _names(byline: str) -> list[str]:
    """What the article may call its own places, the widest first: 广西; 黑龙江, 绥化 …"""
    office = (parse_byline(byline) or Byline("", byline)).office
    return list(dict.fromkeys(_PLACE.findall(office)))


def _named(line: str, own: Sequence[str]) -> float:
    """Weight of an article's names in a line: the narrowest place counts full, wider ones a half, a third."""
    return max((_NAMED / (len(own) - j) for j, name in enumerate(own) if name in line), default=0.0)


def _pairs(line: str) -> list[str]:
    bare = re.sub(r"[\W\d_]+", " ", line)
    return [bare[i : i + 2] for i in range(len(bare) - 1) if " " not in bare[i : i + 2]]


def _profiles(lines: Sequence[str], marks: Sequence[_Mark], owner: dict[int, int]) -> list[Counter[str]]:
    profiles = [Counter(pair for i in dict.fromkeys(mark) for pair in _pairs(lines[i])) for mark in marks]
    for i, k in owner.items():
        profiles[k].update(_pairs(lines[i]))
    return profiles


def _evidence(line: str, profiles: Sequence[Counter[str]], named: Sequence[float]) -> list[float]:
    """Log-likelihood of a line under each article, the line itself left out, damped to what it can bear."""
    pairs = Counter(_pairs(line))
    vocabulary = len(set().union(*profiles)) + 1
    scores = []
    for profile in profiles:
        own = profile - pairs if all(profile[p] >= n for p, n in pairs.items()) else profile
        total = sum(own.values()) + vocabulary * 0.5
        scores.append(sum(n * math.log((own[p] + 0.5) / total) for p, n in pairs.items()))
    size = sum(pairs.values()) or 1
    best = max(scores)
    return [(score - best) / math.sqrt(size) + name for score, name in zip(scores, named, strict=True)]


def _viterbi(body: Sequence[int], scores: dict[int, list[float]]) -> dict[int, int]:
    """The likeliest sequence of articles, changing from one to another at a price."""
    articles = range(len(scores[body[0]]))
    best = [0.0 for _ in articles]
    back: list[list[int]] = []
    for i in body:
        arrive = [max(articles, key=lambda j: best[j] - _SWITCH * (j != to)) for to in articles]
        best = [best[j] - _SWITCH * (j != to) + scores[i][to] for to, j in enumerate(arrive)]
        back.append(arrive)
    state = _best(best)
    owner = {}
    for i, arrive in zip(reversed(body), reversed(back), strict=True):
        owner[i] = state
        state = arrive[state]
    return owner


def _gather(lines: Sequence[str], mark: _Mark, own: list[int]) -> Article:
    """An article out of its lines: repeats dropped, sections in order, cut sentences joined."""
    title = next((i for i in own if is_title_like(lines[i])), None)
    if mark.title == mark.byline and title is not None:
        mark, own = mark._replace(title=title), [i for i in own if i != title]
    kept = drop_copies(lines, own)
    joined = join_cut([lines[i] for i in in_order(lines, kept, mark.byline)])
    return _article(lines, mark, joined, len(own) - len(kept))
