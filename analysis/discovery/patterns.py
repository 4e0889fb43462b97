"""Formulations told by their form: quoted, numbered in groups, listed in parallel."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

QUOTED = re.compile(r"[“「『‘]([^”」』’“「『‘\n]{2,24})[”」』’]")
_SENTENCE_MARKS = re.compile(r"[。！？；]")
_NUMERAL = "一二两三四五六七八九十"
_VALUES = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "双": 2}
_UNITS = "年月日号元万亿千百吨亩户人名次倍届位家座里米点时分个项是季天周第"
_HAN = rf"(?![{_NUMERAL}百千万])[\u4e00-\u9fff]"
_GROUPS = [
    re.compile(rf"(?<![{_NUMERAL}百千万第])(?:[{_NUMERAL}](?![{_UNITS}])(?:{_HAN}){{{k}}}、?){{2,5}}(?<!、)")
    for k in (1, 2, 3)
]
_SUM = re.compile(r"(?<![\dA-Za-z.+])\d{1,3}(?:\+(?:\d{1,3}|[A-Za-z]))+(?![\dA-Za-z.%+])")
_LISTS = [
    re.compile(rf"(?<!、)(?=([\u4e00-\u9fff]{{{k}}}(?:、[\u4e00-\u9fff]{{{k}}}){{2,7}}(?![\u4e00-\u9fff]*、)))")
    for k in range(2, 7)
]
_ABBREVIATION = re.compile(
    rf"(?<![{_NUMERAL}百千万第])([{_NUMERAL}双])(?:(?:[个项大种]|方面)|(?![{_UNITS}大种{_NUMERAL}]))([\u4e00-\u9fff]{{1,4}})"
)


def quoted(texts: Iterable[str]) -> Counter[str]:
    """Phrases of 2–24 characters in quotation marks, with their number; quotations of sentences are left out."""
    return Counter(p for text in texts for p in QUOTED.findall(text) if not _SENTENCE_MARKS.search(p))


def numbered(texts: Iterable[str]) -> list[str]:
    """Groups of numeral and character (三抓三早, 一要二统三抓) and sums (1+3+N), sorted."""
    found = {match.group() for text in texts for pattern in (*_GROUPS, _SUM) for match in pattern.finditer(text)}
    return sorted(phrase for phrase in found if _alike(phrase))


def _alike(phrase: str) -> bool:
    """Whether the groups repeat a numeral, count upwards, or are a sum: 一老一小, 一要二统三抓, 1+N."""
    values = [_VALUES[c] for c in phrase if c in _VALUES]
    return "+" in phrase or len(set(values)) == 1 or values == sorted(values)


def listed(texts: Iterable[str]) -> dict[str, str]:
    """Parallel enumerations and, where one stands close, the abbreviation that counts their parts.

    Parts have the same length and share a character in the same place (抓落实、抓督导、抓研究), or an abbreviation of
    as many parts stands within ten characters in the same sentence (四项要求), or shares that character
    anywhere in the document (四抓).
    """
    found: dict[str, str] = {}
    for text in texts:
        abbreviations = list(_ABBREVIATION.finditer(text))
        for pattern in _LISTS:
            for match in pattern.finditer(text):
                phrase = match[1]
                link = _abbreviation(text, match.start(), phrase, abbreviations)
                if link or common(phrase):
                    found[phrase] = found.get(phrase) or link
    return found


def common(phrase: str) -> str:
    """The characters that all parts of an enumeration have in the same place."""
    columns = zip(*phrase.split("、"), strict=False)
    return "".join(column[0] for column in columns if len(set(column)) == 1)


def _abbreviation(text: str, start: int, phrase: str, abbreviations: list[re.Match[str]]) -> str:
    """The nearest abbreviation with the right number; one further off must hold the parts' common character."""
    parts, shared = phrase.split("、"), common(phrase)
    right = [a for a in abbreviations if _VALUES[a[1]] == len(parts)]
    held = [a for a in right if shared and any(c in a[2] for c in shared)]
    near = [a for a in right if _close(text, a, start, start + len(phrase))]
    for group in ([a for a in near if a in held], held, [a for a in near if _is_quoted(text, a)]):
        if group:
            best = min(group, key=lambda a: (abs(a.start() - start), a.start()))
            return _trimmed(text, best, shared)
    return ""


def _close(text: str, match: re.Match[str], start: int, end: int) -> bool:
    """Whether an abbreviation stands within ten characters before or behind, in the same sentence."""
    between = text[end : match.start()] if match.start() >= end else text[match.end() : start]
    apart = match.start() >= end or match.end() <= start
    return apart and len(between) <= 10 and not re.search(r"[。！？；\n]", between)


def _is_quoted(text: str, match: re.Match[str]) -> bool:
    return text[match.start() - 1 : match.start()] in tuple("“「『")


def _trimmed(text: str, match: re.Match[str], shared: str) -> str:
    """The abbreviation up to its closing quotation mark, else up to the common character."""
    if _is_quoted(text, match):
        closing = re.search(r"[”」』]", text[match.start() : match.start() + 16])
        return text[match.start() : match.start() + closing.start()] if closing else match[0]
    ends = [match[0].rfind(c) for c in shared]
    return match[0][: max(ends, default=len(match[0]) - 1) + 1]
