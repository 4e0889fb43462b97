"""What a text already knows and what it still awaits: the earliest and latest day it can be of."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from analysis.lexicon import Lexicon
from analysis.reading.numerals import YEAR, chinese_number, days_before, days_between, iso

MEETINGS = {
    "十四": "1992-10-12 1993-03-07 1993-11-14 1994-09-28 1995-09-28 1996-10-10 1997-09-09",
    "十五": "1997-09-12 1998-02-26 1998-10-14 1999-09-22 2000-10-11 2001-09-26 2002-11-05",
    "十六": "2002-11-08 2003-02-26 2003-10-14 2004-09-19 2005-10-11 2006-10-11 2007-10-12",
    "十七": "2007-10-15 2008-02-27 2008-10-12 2009-09-18 2010-10-18 2011-10-18 2012-11-04",
    "十八": "2012-11-08 2013-02-28 2013-11-12 2014-10-23 2015-10-29 2016-10-27 2017-10-14",
    "十九": "2017-10-18 2018-01-19 2018-02-28 2019-10-31 2020-10-29 2021-11-11 2022-10-12",
    "二十": "2022-10-16 2023-02-28 2024-07-18 2025-10-23",
}  # opening day of the party's congress; closing days of the later plenary sessions, from their communiqués
_WELCOMED = re.compile(r"迎接?[^，。；]{0,4}$")
_PLENUM = re.compile(r"(十[四五六七八九]|二十)届([二三四五六七]中?(?:[、和][二三四五六七]中)*)全会")
_HELD = re.compile(r"党的(十[四五六七八九]|二十)大(?:以来|精神|报告|提出|作出|总结|明确|科学|胜利闭幕)")
_AWAITED = re.compile(r"(?:迎接|迎|为|确保)[^，。；]{0,8}(十[四五六七八九]|二十)大(?:的)?(?:顺利|胜利)?召开")
_PAST = re.compile(YEAR + r"(?:(\d{1,2})月(?:(\d{1,2})日)?)?(以来|[^。；\n]{0,40})")
_DONE = re.compile(r"以来|启动|荣获|被[评授确]|制定|出台|印发|成立|首次|率先")
_PLANNED = re.compile(r"要|将|力争|争取|目标|规划|计划|确保|底前|远景|^[日份]?(?:起|前|底)|施行|实施")
_AHEAD = re.compile(r"(?:到|至|将[于在]?|[定拟]于|争取|力争|确保|预计|截止|[-—～])[^，。；]{0,4}$")


def since(text: str, lexicon: Lexicon) -> tuple[str, str]:
    """ISO date and words of the latest thing known that another, at most eighteen months older, bears out.

    A lone one stands; both are empty when nothing is known. A formulation may have been said long before it
    became one (大兴调查研究 in 1961) and then stands apart.
    """
    known = sorted(set(_known(text, lexicon)), reverse=True)
    for (day, words), (earlier, _) in zip(known, known[1:], strict=False):
        if days_between(earlier, day) <= 550:
            return day, words
    return known[-1] if known else ("", "")


def until(text: str, lexicon: Lexicon, published: str | None) -> tuple[str, str]:
    """The first day by which the text must have been written, and the words that show it; or empty."""
    said = [(published, "published")] if published else []
    return min((*_awaited(text, lexicon), *said), default=("", ""))


def is_ahead(text: str, match: re.Match[str]) -> bool:
    """Whether a date is spoken of as still to come."""
    return bool(_AHEAD.search(text, max(0, match.start() - 10), match.start()))


@lru_cache(maxsize=4)
def _formulations(lexicon: Lexicon) -> tuple[Any, tuple[tuple[str, str, str], ...]]:
    """Automaton over the surely dated formulations of four characters or more; their first and last days."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    entries = lexicon.entries
    sure = entries.loc[(entries["confidence"] == "high") & (entries["first_date"] != ""), ["first_date", "last_date"]]
    days = {slogan: (first + "-01-01"[len(first) - 4 :], _last(last)) for slogan, first, last in sure.itertuples()}
    dated = {
        surface: (surface, *days[slogan])
        for surface, slogan in zip(map(str, lexicon.surfaces.index), lexicon.surfaces, strict=True)
        if slogan in days and len(re.sub(r"[^一-鿿]", "", surface)) >= 4
    }
    return AhoCorasick(list(dated) or ["\0"], matchkind=MatchKind.LeftmostLongest), tuple(dated.values())


@lru_cache(maxsize=1)
def _said(text: str, lexicon: Lexicon) -> list[tuple[str, str, str]]:
    automaton, dated = _formulations(lexicon)
    return [dated[index] for index, _, _ in automaton.find_matches_as_indexes(text)]


def _last(stamp: str) -> str:
    if len(stamp) == 7:
        return f"{stamp}-{monthrange(int(stamp[:4]), int(stamp[5:]))[1]}"
    return stamp + "-12-31" * (len(stamp) == 4)


def _known(text: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What the text already knows of: ISO date and the words that show it."""
    for words, first, _ in _said(text, lexicon):
        yield first, words
    yield from ((day, words) for day, words, ahead in _meetings(text) if not ahead)
    for match in _PAST.finditer(text):
        if past := _past(text, match):
            yield past, match[0][:16]


def _meetings(text: str) -> Iterator[tuple[str, str, bool]]:
    """Day and words of the party's congresses and plenary sessions named, and whether they are yet to be held."""
    for match in _HELD.finditer(text):
        yield MEETINGS[match[1]][:10], match[0], False
    for match in _PLENUM.finditer(text):
        ahead = bool(_WELCOMED.search(text, max(0, match.start() - 6), match.start()))
        days = MEETINGS[match[1]].split()
        held = (chinese_number(ordinal) - 1 for ordinal in re.findall("[二三四五六七]", match[2]))
        yield from ((days[n], match[0], ahead) for n in held if n < len(days))


def _past(text: str, match: re.Match[str]) -> str | None:
    """The day of a date spoken of as past; None for years ahead and for years without a month or a deed."""
    year, month, day, rest = match.groups()
    clause = rest.split("，")[0]
    planned = _PLANNED.search(clause) and "以来" not in clause
    if not (month or _DONE.search(clause)) or planned or "将" in rest:
        return None
    return None if is_ahead(text, match) else iso(year, month or 1, day or 1)


def _awaited(text: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What the text still awaits, or says only as long as it was said."""
    for match in _AWAITED.finditer(text):
        yield days_before(MEETINGS[match[1]][:10], 1), match[0]
    yield from ((day, words) for day, words, ahead in _meetings(text) if ahead)
    yield from ((last, words) for words, _, last in _said(text, lexicon) if last)
