"""Several articles in one file, one after the other or interleaved as column extraction leaves them.

What says where an article begins: bylines (``姓名 单位职务`` on a line of its own) at least 80 characters
apart, and the title beside each; without bylines only official titles of one kind, each of another place or
year (2025年安徽省政府工作报告).  Less than two such heads, and the file is one document.

Whether the file is interleaved: a long paragraph without an end, section numbers that run backwards, 下转 and
上接, three paragraphs that name another article's place.  If not, articles end where the next head begins.

Which article a paragraph belongs to (``assignment``): places that lie in the article's own; how its level
calls itself (全省, 我区); character pairs it shares with paragraphs already sure; the head just above; the
two halves of a cut sentence; section and item numbers, each once in an article; copies of a passage; and that
neighbours mostly belong together.

It fails where free titles stand without bylines (the file is then read as one document), where one issuer
writes twice on the same subject, and where paragraphs of two or three lines name no place.  What is doubtful
is named in the notes with the articles it could belong to, but a wrong paragraph may look sure: read the
beginning of every article.  ``splits.csv`` beside the file (``splits``) goes before all this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from analysis.reading.assignment import Head, assign, doubtful, named
from analysis.reading.gazetteer import leading
from analysis.reading.heads import Byline, is_title_like, parse_byline, section_number
from analysis.reading.order import drop_copies, in_order, is_cut, join_cut

_APART = 80
_TURN = re.compile(r"^[（(]?(?:下转|上接|转|接)第?[一二三四五六七八九十A-Z\d]{1,4}[版页][^。]{0,12}[）)]?$")
_KINDS = ("工作报告", "讲话", "致辞", "公报", "条例", "规定", "办法", "通知", "意见", "决定")
_OFFICIAL = re.compile(rf"^((?:(?:19|20)\d\d年)?)(?:关于)?[^，。：]{{0,30}}?({'|'.join(_KINDS)})$")


@dataclass(frozen=True)
class Article:
    """One article of a file: what it says, passages left out as printed twice, and the lines it is made of.

    ``lines`` are its lines' numbers from 0, in reading order, title and byline first; ``doubtful`` those whose
    assignment is not sure, with the authors (or titles) that come into question.
    """

    title: str
    byline: str
    author: str
    text: str
    repeated: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    doubtful: Mapping[int, str] = field(default_factory=dict)


class _Mark(NamedTuple):
    """The lines an article's byline and title stand on, twice the byline's where there is no title."""

    byline: int
    title: int


def split_articles(text: str) -> tuple[list[Article], list[str]]:
    """Split a cleaned text into its articles, in the order of their heads, none where it has fewer than two.

    The notes are what the reader should know: the number of articles, paragraphs of doubtful assignment.
    """
    lines = [line for line in text.split("\n") if line]
    marks = _find_marks(lines) or _official_titles(lines)
    if len(marks) < 2:
        return [], []
    turns = [i for i, line in enumerate(lines) if _TURN.match(line)]
    body = [i for i in range(len(lines)) if i not in turns and not any(i in mark for mark in marks)]
    heads = [Head(tuple(sorted(set(mark))), " ".join(lines[i] for i in dict.fromkeys(mark))) for mark in marks]
    if not turns and not _is_interleaved(lines, heads, body):
        starts = [0, *(min(head.lines) for head in heads[1:]), len(lines)]
        spans = zip(pairwise(starts), marks, strict=True)
        articles = [_article(lines, mark, [i for i in body if a <= i < b], joined=False) for (a, b), mark in spans]
        return articles, [f"{len(articles)} articles"]
    articles = _sort_out(lines, marks, heads, body)
    notes = [f"{len(turns)} page turns (下转, 上接) taken out"] if turns else []
    unsure = {i: authors for article in articles for i, authors in article.doubtful.items()}
    if unsure:
        said = "; ".join(f"{lines[i][:10]}… ({unsure[i]})" for i in sorted(unsure))
        notes.append(f"{len(unsure)} paragraphs of doubtful assignment: {said}")
    return articles, [f"{len(articles)} articles, interleaved", *notes]


def stated_article(lines: Sequence[str]) -> Article:
    """The article made of these lines in this order; title and byline are looked for among the first three."""
    byline = next((i for i, line in enumerate(lines[:3]) if parse_byline(line)), -1)
    title = next((i for i, line in enumerate(lines[:2]) if is_title_like(line)), byline)
    mark = _Mark(max(byline, title), title) if byline < 0 else _Mark(byline, title)
    rest = [i for i in range(len(lines)) if i not in mark]
    return _article(lines, mark, rest)


def _sort_out(lines: Sequence[str], marks: Sequence[_Mark], heads: Sequence[Head], body: list[int]) -> list[Article]:
    found = assign(lines, heads, body)
    owner = found.share.argmax(axis=1)
    names = [(parse_byline(lines[mark.byline]) or Byline(lines[mark.title][:12], "")).author for mark in marks]
    unsure = {body[i]: " or ".join(names[k] for k in ks) for i, ks in doubtful(found.share).items()}
    articles = []
    for k, mark in enumerate(marks):
        own = [i for i, of in zip(body, owner, strict=True) if of == k]
        article = _gather(lines, mark, own, found.goes_on)
        articles.append(replace(article, doubtful={i: unsure[i] for i in own if i in unsure}))
    return articles


def _find_marks(lines: Sequence[str]) -> list[_Mark]:
    parsed = {i: byline for i, line in enumerate(lines) if (byline := parse_byline(line))}
    bylines = [
        i for i, (author, office) in parsed.items()
        if (lines[i].startswith(author[0]) or not office) and len(office) != 2
    ]  # fmt: skip
    apart = [_APART, *(sum(map(len, lines[a + 1 : b])) for a, b in pairwise(bylines)), _APART]
    marks: list[_Mark] = []
    for at, around in zip(bylines, pairwise(apart), strict=False):
        if min(around) >= _APART and any(len(line) > 60 for line in lines[at + 1 : at + 6]):
            beside = [i for i in (at - 1, at + 1) if 0 <= i < len(lines) and is_title_like(lines[i])]
            free = (i for i in beside if not any(i == mark.title for mark in marks))
            marks.append(_Mark(at, next(free, at)))
    return marks


def _official_titles(lines: Sequence[str]) -> list[_Mark]:
    """Where there are no bylines: titles of one kind, each of another place or year (2025年安徽省政府工作报告)."""
    found: dict[str, tuple[int, re.Match[str]]] = {}
    for i, line in enumerate(lines):
        match = _OFFICIAL.match(line) if line.endswith(_KINDS) else None
        if match and is_title_like(line) and (match[1] or leading(line)[0]):
            found.setdefault(line, (i, match))
    at = [i for i, _ in found.values()]
    apart = all(sum(map(len, lines[a + 1 : b])) >= _APART for a, b in pairwise([*at, len(lines)]))
    issuers = {(match[1], leading(line[5 * line[0].isdigit() :])) for line, (_, match) in found.items()}
    sure = apart and len({match[2] for _, match in found.values()}) == 1 and len(issuers) == len(found) > 1
    return [_Mark(i, i) for i in at] if sure else []


def _is_interleaved(lines: Sequence[str], heads: Sequence[Head], body: Sequence[int]) -> bool:
    """Sentences cut off, numbers that run backwards, or paragraphs among another article's that name its place."""
    if any(is_cut(lines[i]) and len(lines[i]) > 60 for i in body):
        return True
    starts = [0, *(min(head.lines) for head in heads[1:]), len(lines)]
    elsewhere = 0
    scores = named([lines[i] for i in body], heads)
    for k, (start, end) in enumerate(pairwise(starts)):
        numbers = [n for i in body if start <= i < end and (n := section_number(lines[i]))]
        if 1 in numbers[1:] and numbers[0] > 1:
            return True
        inside = [score for i, score in zip(body, scores, strict=True) if start <= i < end]
        elsewhere += sum(score.max() - score[k] > 4 for score in inside)
    return elsewhere > 2


def _article(lines: Sequence[str], mark: _Mark, own: Sequence[int], *, joined: bool = True) -> Article:
    """An article of these lines in this order."""
    byline = parse_byline(lines[mark.byline]) if mark.byline >= 0 else None
    title = lines[mark.title] if mark.title >= 0 and (mark.title != mark.byline or not byline) else ""
    said = (lines[mark.byline], byline.author) if byline else ("", "")
    text = [lines[i] for i in own]
    head = tuple(i for i in dict.fromkeys((mark.title, mark.byline)) if i >= 0)
    return Article(title, *said, "\n".join(join_cut(text) if joined else text), (), (*head, *own))


def _gather(lines: Sequence[str], mark: _Mark, own: list[int], goes_on: Mapping[int, int]) -> Article:
    """An article out of its lines: repeats dropped, sections in order, cut sentences joined."""
    title = next((i for i in own if is_title_like(lines[i])), None)
    if mark.title == mark.byline and parse_byline(lines[mark.byline]) and title is not None:
        mark, own = mark._replace(title=title), [i for i in own if i != title]
    kept = drop_copies(lines, own)
    article = _article(lines, mark, in_order(lines, kept, max(mark), goes_on))
    return replace(article, repeated=tuple(lines[i] for i in own if i not in kept))
