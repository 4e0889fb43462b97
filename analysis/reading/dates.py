"""When a document speaks: the date of its event or issue, else its year, else bounds.

Asked in this order: metadata (``given``); a full date in title, header, lead or signature, the title year
of a government report, a congress session, the year of the document number (``explicit``); cues such as
the plan year, the year reported on or what 今年 is said to be, which also complete a month and day
(``inferred``); otherwise ``bounded`` by what the text already knows (dated formulations, past dates, plenums
held, the name its place bears) and what it still awaits.

``date`` is the day of the event or of issue: the meeting held, the report delivered, the notice signed. The day
of publication completes and bounds it and never replaces it; where the two are known to differ the evidence
says ``published``. The date of an act is the last adoption, amendment, approval or promulgation its own header
names: the act as it stands in this text, whatever later version a database knows of. It is never the day of
coming into force.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from analysis.lexicon import Lexicon
from analysis.reading.bounds import since, until
from analysis.reading.cues import PUBLISHED, cue_year, latest_named, own_date, session_year
from analysis.reading.draft import Draft
from analysis.reading.gazetteer import so_called
from analysis.reading.numerals import COMPACT, FULL, YEAR, days_before, iso, plain
from analysis.reading.zones import NUMBER, Zones

_YEAR_KEYS = ("year", "年份", "年度")
_EVENT_KEYS = ("date", "日期", "成文日期", "印发日期", "会议日期", "通过日期")
_PUBLISHED_KEYS = ("publish_date", "published", "pubdate", "发布日期", "发布时间", "发表时间", "时间")
_EVENT = r"(\d{1,2})月(\d{1,2})日"
_DAY = re.compile(rf"(?<![年\d]){_EVENT}(?![电讯])")
_SENTENCE_DAY = re.compile(rf"(?:^|[。？！\n])(?:[^。]{{0,16}}[，：在）)]|[^。]{{0,80}}于)?\s*{_EVENT}(?![电讯])")
_DATELINE = re.compile(rf"(?<![年\d]){_EVENT}[电讯]")


class _Event(NamedTuple):
    """A month and day without a year, and its words."""

    month: int
    day: int
    quote: str

    def in_year(self, year: int) -> str | None:
        return iso(year, self.month, self.day)


def when(draft: Draft, lexicon: Lexicon, place: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Date the document, or bound it: ``year date date_earliest date_latest year_status year_evidence``.

    Days are ISO strings; ``date`` is that of the event; what is not known is None. Formulations of confidence
    ``high`` give bounds, and so does a name of ``place`` (province, prefecture, county) that is no more, or not of old.
    """
    zones = Zones(plain(draft.title), plain(draft.text.strip()))
    published = _published(zones, draft.metadata)
    found = _dated(draft, zones, lexicon, published, place or {})
    if published and found["date"] not in (None, published) and published not in found["year_evidence"]:
        found["year_evidence"] += f"; published {published}"
    return found


def _dated(
    draft: Draft, zones: Zones, lexicon: Lexicon, published: str | None, place: Mapping[str, Any]
) -> dict[str, Any]:
    event = _event(zones)
    if found := _given(zones, draft.metadata, event):
        return found
    if own := own_date(zones, lexicon):
        return _result("explicit", f"{own.zone}: {own.quote}", own.year, day=own.iso)
    if year := _explicit_year(zones):
        return _result("explicit", year[1], year[0], day=event.in_year(year[0]) if event else None)
    if event and published and (day := _only_day(event, days_before(published, 31), published)):
        return _result("explicit", f"lead: {event.quote}, published {published}", int(day[:4]), day=day)
    known = since(zones.text, lexicon)
    begun, ended = so_called(place, draft.title + draft.byline + draft.text)
    awaited = until(zones.text, lexicon, published)
    bounds = _bounded(max(known, begun), min(ended, awaited, key=lambda end: end[0] or "9"), event)
    if (cue := cue_year(zones, event and event.month)) and str(cue[0]) >= known[0][:4]:
        return _inferred(f"cue: {cue[1]}", cue[0], event, bounds)
    if bounds["year"] is not None:
        return bounds
    if named := latest_named(zones.text, known):
        return _inferred(f"cue: {named[1]}", named[0], event, bounds)
    if (filed := filed_year(draft.source)) and str(filed[0]) >= known[0][:4]:
        return _inferred(f"file name: {filed[1]}", filed[0], event, bounds)
    return bounds


def stated_date(metadata: Mapping[str, str], keys: tuple[str, ...]) -> tuple[str, int, str | None] | None:
    """The first of ``keys`` that holds a year: key, year and, when it is complete, the ISO date."""
    for key in keys:
        value = plain(str(metadata.get(key) or ""))
        if full := re.search(FULL, value) or re.search(COMPACT, value):
            return key, int(full[1]), iso(*full.groups())
        if year := re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", value):
            return key, int(year[1]), None
    return None


def filed_year(source: str) -> tuple[int, str] | None:
    """The year in a file's name, and the name."""
    name = PurePosixPath(source).name
    stamp = re.search(r"(?<!\d)((?:19|20)\d\d)(?:-?[01]\d-?[0-3]\d)?(?!\d)", name)
    return (int(stamp[1]), name) if stamp else None


def _result(status: str, why: str | None, year: int | None, **known: str | None) -> dict[str, Any]:
    day = known.pop("day", None)
    found = {
        "year": year, "date": day,
        "date_earliest": day or known.get("since") or (f"{year}-01-01" if year else None),
        "date_latest": day or known.get("until") or (f"{year}-12-31" if year else None),
    }  # fmt: skip
    return found | {"year_status": status, "year_evidence": re.sub(r"\s+", " ", why) if why else None}


def _published(zones: Zones, metadata: Mapping[str, str]) -> str | None:
    """The day of publication: metadata, or a labelled line at either end."""
    said = stated_date(metadata, (*_PUBLISHED_KEYS, *_EVENT_KEYS[:2]))
    if said and said[2]:
        return said[2]
    found = PUBLISHED.search(zones.text[:800] + "\n" + zones.text[-300:])
    return iso(*found.groups()) if found else None


def _event(zones: Zones) -> _Event | None:
    """Month and day without a year: above the salutation, opening a sentence of the lead, or its dateline."""
    for text, pattern in ((zones.head, _DAY), (zones.lead, _SENTENCE_DAY), (zones.lead, _DATELINE)):
        match = pattern.search(text[:400])
        if match and iso(2000, match[1], match[2]):
            quote = text[match.start(1) : match.start(1) + 20].split("\n")[0]
            return _Event(int(match[1]), int(match[2]), quote)
    return None


def _explicit_year(zones: Zones) -> tuple[int, str] | None:
    """The year of a report in its title, of the congress session addressed, of the document number."""
    heading = zones.title or zones.text.split("\n")[0][:40]
    if (match := re.search(YEAR, heading)) and re.search(r"政府工作报告[)）]?$", heading):
        return int(match[1]), f"title: {heading[:30]}"
    addressed = zones.is_report or zones.salutation[0] >= 0
    if addressed and (session := session_year(zones.head + zones.lead)):
        return session[0], f"session: {session[1]}"
    if match := NUMBER.search(zones.text[:1000]):
        return int(match[2]), f"number: {match[0].strip()}"
    return None


def _given(zones: Zones, metadata: Mapping[str, str], event: _Event | None) -> dict[str, Any] | None:
    said = stated_date(metadata, (*_YEAR_KEYS, *_EVENT_KEYS))
    if not said:
        return None
    key, year, day = said
    full = stated_date(metadata, _EVENT_KEYS)
    published = day or (full[2] if full and full[1] == year else None)
    day = _event_of(zones, year, published, event)
    return _result("given", f"metadata {key}: {metadata[key]}", year, day=day)


def _event_of(zones: Zones, year: int, published: str | None, event: _Event | None) -> str | None:
    """The event: an own date of that year, a month and day in the month before ``published``, else that."""
    own = own_date(zones)
    if own and own.year == year and (not published or own.iso <= published):
        return own.iso
    if not published:
        return event.in_year(year) if event else None
    day = _only_day(event, days_before(published, 31), published)
    return day if day and day.startswith(str(year)) else published


def _bounded(known: tuple[str, str], awaited: tuple[str, str], event: _Event | None) -> dict[str, Any]:
    """Bounds from what is known and what is awaited; one year when both lie in it."""
    (since, why), (until, end) = known, awaited
    if since > until:
        until = ""
    parts = [f"{why} → from {since}"] * bool(since) + [f"{end} → until {until}"] * bool(until)
    if not parts:
        return _result("unknown", None, None)
    if day := _only_day(event, since, until):
        return _result("bounded", "; ".join(parts), int(day[:4]), day=day)
    year = int(since[:4]) if since[:4] == until[:4] else None
    return _result("bounded", "; ".join(parts), year, since=since, until=until)


def _only_day(event: _Event | None, since: str, until: str) -> str | None:
    """The one day of that month and day between the bounds, if there is just one."""
    if not event or not since or not until:
        return None
    days = [event.in_year(year) for year in range(int(since[:4]), int(until[:4]) + 1)]
    inside = [day for day in days if day and since <= day <= until]
    return inside[0] if len(inside) == 1 else None


def _inferred(why: str, year: int, event: _Event | None, bounds: Mapping[str, Any]) -> dict[str, Any]:
    """A year read from cues, with the day of the lead, or within what the bounds leave of it."""
    if event and (day := event.in_year(year)):
        return _result("inferred", f"{why}, lead: {event.quote}", year, day=day)
    ends = {name: bounds[name] for name in ("date_earliest", "date_latest")}
    within = {name: end for name, end in ends.items() if (end or "").startswith(str(year))}
    return _result("inferred", why, year) | within
