"""Several articles in one file, one after the other or interleaved as column extraction leaves them.

Signals, in the order they are trusted:

1. bylines (``姓名 单位职务`` on a line of its own); fewer than two, and the file is one document;
2. title-like lines beside a byline, or left over at the end of a column;
3. whether the file is interleaved at all: a sentence cut off before a byline, or section numbers
   (一、二、…) that run backwards between two bylines; if not, articles end where the next title or
   byline begins and nothing is moved;
4. the names in an article's byline (its place, its institution) and the vocabulary of the paragraphs
   already sure to be its own, as a naive Bayes classifier over character pairs;
5. adjacency: changing the article between two paragraphs costs, less after a cut sentence (Viterbi);
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
from dataclasses import dataclass, replace

from analysis.reading.bylines import Byline, is_title_like, parse_byline, section_number
from analysis.reading.order import drop_copies, in_order, is_cut, join_cut

_APART = 80
_CUT, _SWITCH = 0.5, 3.0
_NAMED = 6.0
_ROUNDS = 6
_DOUBT = 1.0


@dataclass(frozen=True)
class Article:
    """One article of a file: its title, byline, author and text, and passages dropped as repeated."""

    title: str
    byline: str
    author: str
    text: str
    repeated: int = 0


@dataclass(frozen=True)
class _Heads:
    """Where bylines and the titles beside them stand."""

    bylines: tuple[int, ...]
    titles: dict[int, int]


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
    heads = _find_heads(lines)
    if len(heads.bylines) < 2:
        return [], []
    body = [i for i in range(len(lines)) if i not in heads.bylines and i not in heads.titles.values()]
    if not _is_interleaved(lines, heads, body):
        articles = [_sequential(lines, heads, k) for k in range(len(heads.bylines))]
        return articles, [f"{len(articles)} articles"]
    owner, doubtful = _assign(lines, heads, body)
    articles = [_gather(lines, heads, k, [i for i in body if owner[i] == k]) for k in range(len(heads.bylines))]
    notes = [f"{len(articles)} articles, interleaved"]
    return articles, notes + ([f"{doubtful} paragraphs of doubtful assignment"] if doubtful else [])


def _find_heads(lines: Sequence[str]) -> _Heads:
    marked = [i for i, line in enumerate(lines) if _is_article_byline(line)]
    between = [sum(map(len, lines[a + 1 : b])) for a, b in zip(marked, marked[1:], strict=False)]
    found = [
        at
        for at, before, after in zip(marked, [_APART, *between], [*between, _APART], strict=False)
        if before >= _APART <= after and any(len(line) > 60 for line in lines[at + 1 : at + 6])
    ]
    titles: dict[int, int] = {}
    for k, at in enumerate(found):
        for beside in (at - 1, at + 1):
            if 0 <= beside < len(lines) and is_title_like(lines[beside]) and beside not in titles.values():
                titles[k] = beside
                break
    return _Heads(tuple(found), titles)


def _is_article_byline(line: str) -> bool:
    byline = parse_byline(line)
    return bool(byline and (line.startswith(byline.author[0]) or not byline.office) and len(byline.office) != 2)


def _is_interleaved(lines: Sequence[str], heads: _Heads, body: Sequence[int]) -> bool:
    starts = [min(at, heads.titles.get(k, at)) for k, at in enumerate(heads.bylines)]
    cut = any(is_cut(lines[start - 1]) for start in starts if start and start - 1 in body)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        numbers = [n for i in range(start, end) if i in body and (n := section_number(lines[i]))]
        cut |= bool(numbers) and numbers[0] > 1 and 1 in numbers
    return cut


def _sequential(lines: Sequence[str], heads: _Heads, k: int) -> Article:
    starts = [min(at, heads.titles.get(j, at)) for j, at in enumerate(heads.bylines)]
    end = starts[k + 1] if k + 1 < len(starts) else len(lines)
    own = {heads.bylines[k], heads.titles.get(k, -1)}
    first = 0 if k == 0 else starts[k]
    return _article(lines, heads, k, [lines[i] for i in range(first, end) if i not in own])


def _article(lines: Sequence[str], heads: _Heads, k: int, paragraphs: list[str]) -> Article:
    byline = lines[heads.bylines[k]]
    title = lines[heads.titles[k]] if k in heads.titles else ""
    parsed = parse_byline(byline) or Byline("", "")
    return Article(title, byline, parsed.author, "\n".join(paragraphs))


def _assign(lines: Sequence[str], heads: _Heads, body: Sequence[int]) -> tuple[dict[int, int], int]:
    """The article of every body line, and how many lines could as well be another's."""
    names = [_names(lines[at]) for at in heads.bylines]
    named = {i: _named(lines[i], names) for i in body}
    owner = {i: scores.index(max(scores)) for i, scores in named.items() if max(scores) > sorted(scores)[-2]}
    anchors = {
        after: k for k, at in enumerate(heads.bylines) for after in body if after > at and _is_next(after, at, body)
    }
    scores: dict[int, list[float]] = {}
    for _ in range(_ROUNDS):
        profiles = _profiles(lines, heads, owner)
        scores = {i: _evidence(lines[i], profiles, named[i]) for i in body}
        again = _viterbi(lines, body, scores, {i: k for i, k in anchors.items() if not any(named[i])})
        if again == owner:
            break
        owner = again
    margins = [max(s) - sorted(s)[-2] for i, s in scores.items() if len(lines[i]) > 60 and owner[i] == s.index(max(s))]
    strayed = sum(len(lines[i]) > 60 and owner[i] != s.index(max(s)) for i, s in scores.items())
    return owner, strayed + sum(margin < _DOUBT for margin in margins)


def _is_next(after: int, at: int, body: Sequence[int]) -> bool:
    return not any(at < i < after for i in body)


def _names(byline: str) -> list[str]:
    """What the article may call its own place and institution: 广西, 司法厅; 绥化, 中院 …"""
    office = (parse_byline(byline) or Byline("", byline)).office
    places = re.findall(
        r"([\u4e00-\u9fff]{2,6}?)(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|自治州|市|区|县|盟|旗)",
        office,
    )
    return list(dict.fromkeys(place for place in places if len(place) >= 2))


def _named(line: str, names: Sequence[Sequence[str]]) -> list[float]:
    """Weight of an article's names in a line: the narrowest place counts full, wider ones half."""
    return [
        max([_NAMED / (1 + (len(own) - 1 - j) * 1.0) for j, name in enumerate(own) if name in line], default=0.0)
        for own in names
    ]


def _pairs(line: str) -> list[str]:
    bare = re.sub(r"[\W\d_]+", " ", line)
    return [bare[i : i + 2] for i in range(len(bare) - 1) if " " not in bare[i : i + 2]]


def _profiles(lines: Sequence[str], heads: _Heads, owner: dict[int, int]) -> list[Counter[str]]:
    profiles = [Counter(_pairs(lines[at])) for at in heads.bylines]
    for k, at in heads.titles.items():
        profiles[k].update(_pairs(lines[at]))
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


def _viterbi(
    lines: Sequence[str], body: Sequence[int], scores: dict[int, list[float]], anchors: dict[int, int]
) -> dict[int, int]:
    k = len(next(iter(scores.values())))
    best = [0.0] * k
    back: list[list[int]] = []
    for before, i in zip([None, *body], body, strict=False):
        price = _SWITCH if before is not None and not is_cut(lines[before]) and i - before == 1 else _CUT
        arrive = [max(range(k), key=lambda j: (best[j] - price * (j != to), -j)) for to in range(k)]
        bonus = [_NAMED if anchors.get(i) == to else 0.0 for to in range(k)]
        best = [best[j] - price * (j != to) + scores[i][to] + bonus[to] for to, j in enumerate(arrive)]
        back.append(arrive)
    state = max(range(k), key=lambda j: (best[j], -j))
    owner = {}
    for i, arrive in zip(reversed(body), reversed(back), strict=True):
        owner[i] = state
        state = arrive[state]
    return dict(sorted(owner.items()))


def _gather(lines: Sequence[str], heads: _Heads, k: int, own: list[int]) -> Article:
    """An article out of its lines: repeats dropped, sections in order, cut sentences joined."""
    if k not in heads.titles and (title := _orphan_title(lines, own)) is not None:
        heads = replace(heads, titles={**heads.titles, k: title})
        own = [i for i in own if i != title]
    kept = drop_copies(lines, own)
    ordered = in_order(lines, kept, heads.bylines[k])
    article = _article(lines, heads, k, join_cut([lines[i] for i in ordered]))
    return replace(article, repeated=len(own) - len(kept))


def _orphan_title(lines: Sequence[str], own: Sequence[int]) -> int | None:
    loose = [i for i in own if is_title_like(lines[i])]
    plain = [i for i in loose if not re.search("[，,]", lines[i])]
    return next(iter(plain or loose), None)
