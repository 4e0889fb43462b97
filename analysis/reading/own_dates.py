"""The full date by which a document dates itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from analysis.lexicon import Lexicon
from analysis.reading.bounds import since
from analysis.reading.numerals import COMPACT, FULL, days_between, iso
from analysis.reading.zones import Zones

PUBLISHED = re.compile(
    rf"(?:发布日期|发布时间|发表时间|发稿时间|更新时间|时间|日期|来源)\s*[:：]\s*[^\n]{{0,20}}?{FULL}"
)
_SIGNED = re.compile(r"(?:成文日期|印发日期)\s*[:：]?\s*" + FULL)
_NOT_ISSUED = re.compile(r"(?:自|从|截至|至|到|《[^》]*)$")
_NOT_ISSUED_AFTER = re.compile(
    r"\s*(?:起|前|后|以来|施行|实施|生效|废止|(?:至|[-—])(?!\d{1,2}日)|\d{1,2}[:时])|[^，。]{0,12}(?:废止|起施行|起实施)"
)
_OPENS = re.compile(r"(?:^|[。？！\n])[^。？！\n（(《]{0,25}$")
_HELD = re.compile(
    r"[^。？！]*(?:召开|举行|开幕|开庭|印发|发布|公布|部署|会议|讲话|主持|出席|调研|视察|启动|签署|通报|介绍)"
)
_UNDATED = re.compile(r"(?:^|\n)(?!.*\d{4}年)(?!.*已经).*会议(?:第.次)?(?:通过|修订|修正|批准)\s*$")
_LAW = re.compile(r"[^。？！]*(?:通过|公布|施行)[^。？！《》]{0,6}《")


class Day(NamedTuple):
    """A full date found, where, and its words."""

    iso: str
    zone: str
    quote: str

    @property
    def year(self) -> int:
        return int(self.iso[:4])


def own_date(zones: Zones, lexicon: Lexicon | None = None) -> Day | None:
    """The document's own date: title, header, lead, a line of its own, signature.

    An act names its adoption and amendments in the header; the last of them is the act as it stands. A date in the
    lead is not believed where the text knows a formulation of ``lexicon`` that is much later.
    """
    for zone, pattern, text in (("title", COMPACT, zones.title), ("header", _SIGNED, zones.text[:800])):
        if (found := re.search(pattern, text)) and (day := iso(*found.groups())):
            return Day(day, zone, found[0])
    heads = [*_full_dates("title", zones.title), *_full_dates("header", zones.head)]
    if _UNDATED.search(zones.head):
        return None
    lead = (day for day in _full_dates("lead", zones.lead) if _opens_event(zones, day, lexicon))
    if own := max(heads, key=lambda day: day.iso, default=None) or next(lead, None):
        return own
    alone = re.search(rf"^\W*{FULL}\W*(?:印发|发布)?\W*$", zones.text, re.M)
    if alone and (day := iso(*alone.groups())):
        return Day(day, "signature", alone[0].strip())
    return next(_full_dates("signature", zones.signature), None)


def _opens_event(zones: Zones, day: Day, lexicon: Lexicon | None) -> bool:
    """Whether a date opens a sentence of the lead and the text knows of nothing later.

    Where the sentence says that something was held or issued then, the text may know of things a year later.
    """
    start = zones.lead.find(day.quote)
    if not _OPENS.search(zones.lead[:start]):
        return False
    if not _HELD.match(zones.lead, start) or _LAW.match(zones.lead, start):
        return False
    known = since(zones.text, lexicon)[0] if lexicon else ""
    return not known or days_between(day.iso, known) <= 366


def _full_dates(zone: str, text: str) -> Iterator[Day]:
    """Full dates in ``text`` that can be the document's own: not of publication, not of coming into force."""
    labelled = [match.span() for match in PUBLISHED.finditer(text)]
    for match in re.finditer(FULL, text):
        start, end = match.span()
        foreign = _NOT_ISSUED.search(text, max(0, start - 40), start) or _NOT_ISSUED_AFTER.match(text, end)
        if foreign or any(begin <= start < stop for begin, stop in labelled):
            continue
        if day := iso(*match.groups()):
            yield Day(day, zone, text[start : start + 30].split("\n")[0])
