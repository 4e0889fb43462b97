"""When a document speaks: the date of its event or issue, else its year, else bounds.

Asked in this order: metadata (``given``); a full date in title, header, lead or signature, the title year of a
government report, the year of its document number (``explicit``); a month and day completed by, or a year taken
from, the document's own cues such as the plan year, the year reported on and cited titles (``inferred``); otherwise
``bounded`` by what the text already knows (dated formulations, past dates, plenums held) and still awaits.
The day of publication completes and bounds, it never replaces the day of the event.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import Any

from analysis.lexicon import Lexicon
from analysis.reading.draft import Draft

_DIGIT = {char: str(value) for value, chars in enumerate(("〇○零Ｏ", *"一二三四五六七八九")) for char in chars}
_NUMERAL = str.maketrans({**_DIGIT, **{chr(0xFF10 + n): str(n) for n in range(10)}})
_FULL = r"(?<!\d)((?:19|20)\d\d)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})(?!\d)日?"
_YEAR = r"(?<!\d)((?:19|20)\d\d)年"
_EVENT_KEYS = ("date", "日期", "成文日期", "印发日期", "会议日期", "通过日期")
_YEAR_KEYS = ("year", "年份", "年度")
_PUBLISHED_KEYS = ("publish_date", "published", "发布日期", "发布时间", "发表时间", "pubdate", "publishdate", "时间")
_PUBLISHED = re.compile(rf"(?:发布日期|发布时间|发表时间|发稿时间|更新时间|时间|日期|来源)\s*[:：]\s*[^\n]{{0,20}}?{_FULL}")
_ADOPTED = re.compile(r"通过|批准|修订|修正|公布|发布")
_NOT_ISSUED = re.compile(r"(?:自|从|截至|至|到|于《|《[^》]*)$")
_NOT_ISSUED_AFTER = re.compile(r"\s*(?:起|前|后|以来|施行|实施|生效|废止|至|[-—]|\d{1,2}[:时])|[^，。]{0,12}(?:废止|起施行|起实施)")
_DAY = re.compile(r"(?<![年\d])(\d{1,2})月(\d{1,2})日(?![电讯])")
_NUMBER_YEAR = re.compile(r"^\W{0,2}[一-鿿]{2,10}[〔\[（(［【]((?:19|20)\d\d)[〕\]）)］】]\s*(?:第\s*)?\d+\s*号", re.M)
_SALUTATION = re.compile(r"^.{0,3}位?(?:代表|委员|主任)[^。]{0,8}[:：！!，,]", re.M)
_REPORT = re.compile(r"政府工作报告|(?:报告|作)(?:政府|过去五年(?:的)?(?:政府)?)?(?:的)?工作(?:报告)?")
_CONGRESS = re.compile(r"[向在]第([一二三四五六七八九十]{1,3})届全国人(?:民代表大会|大)第([一二三四五])次会议")
_TERM = re.compile(r"第([六七八九十]{1,3})届全国人民代表大会第一次会议以来的五年")
_EARLY_SESSIONS = {1: (1954, 1955, 1956, 1957, 1958), 2: (1959, 1960, 1962, 1963), 3: (1964,), 4: (1975,),
                   5: (1978, 1979, 1980, 1981, 1982)}  # fmt: skip
_CUES = (
    (3, 1, re.compile(_YEAR + r"(?:国内|政府|主要|的|我市|全[省市区])*工作(?:情况)?(?:的)?(?:简要)?(?:回顾|总结)")),
    (3, 1, re.compile(r"(?:回顾|总结)(?:了)?" + _YEAR)),
    (2, 1, re.compile(r"(?:会议指出|刚刚过去的|过去的|即将过去的)[，,]?" + _YEAR)),
    (1, 0, re.compile(_YEAR + r"[，,]?是(?!极|很|最|不)")),
    (3, 0, re.compile(_YEAR + r"(?:以及|及|和)今后(?:一个|一段)时期")),
    (2, 0, re.compile(_YEAR + r"(?:的)?(?:重点|主要)?(?:工作(?:要点|安排|打算|思路|重点|目标|任务|计划|部署|的?总体)|主要预期目标)")),
    (2, 0, re.compile(r"(?:部署|安排|做好|抓好|谋划|推进|落实)(?:好|了)?(?:全[省市区县州盟])?" + _YEAR + r"(?!度?考核)[^，。]{0,12}工作")),
    (1, 0, re.compile(_YEAR + r"[，,][^。]{0,24}?(?<![需主重纲简必])要(?![求点素])")),
    (2, 0, re.compile(r"今年[（(]" + _YEAR)),
    (1, 0, re.compile(r"《[^《》]{0,24}" + _YEAR + r"[^《》]{0,20}(?:要点|方案|计划|工作)[^《》]{0,12}》")),
)  # fmt: skip
_REVIEWED = (2, 1, re.compile(_YEAR + r"[，,]?是"))
_AWAITED = re.compile(r"(?:迎接|迎|为|确保)[^，。；]{0,8}(十[七八九]|二十一?)大(?:的)?(?:顺利|胜利)?召开")
_OPENING = {"十七": "2007-10-15", "十八": "2012-11-08", "十九": "2017-10-18", "二十": "2022-10-16"}
_PLENUMS = {
    "十六": "2003-02-26 2003-10-14 2004-09-19 2005-10-11 2006-10-11 2007-10-12",
    "十七": "2008-02-27 2008-10-12 2009-09-18 2010-10-18 2011-10-18 2012-11-04",
    "十八": "2013-02-28 2013-11-12 2014-10-23 2015-10-29 2016-10-27 2017-10-14",
    "十九": "2018-01-19 2018-02-28 2019-10-31 2020-10-29 2021-11-11 2022-10-12",
    "二十": "2023-02-28 2024-07-18 2025-10-23",
}  # closing days of the second and later plenary sessions, from their communiqués
_PLENUM = re.compile(r"(?<!迎接)(?:党的)?(十[六七八九]|二十)届([二三四五六七](?:中)?(?:[、和][二三四五六七]中)*)全会")
_PAST = re.compile(_YEAR + r"(?:(\d{1,2})月(?:(\d{1,2})日)?)?(以来|[^。；\n]{0,40})")
_DONE = re.compile(r"以来|启动|荣获|被[评授确]|制定|出台|印发|成立|首次|率先")
_PLANNED = re.compile(r"要|将|力争|争取|目标|规划|计划|确保|底前|远景|^[日份]?(?:起|前|底)|施行|实施")
_AHEAD = re.compile(r"(?:到|至|将[于在]?|[定拟]于|争取|力争|确保|预计|截止|[-—～])[^，。；]{0,4}$")


@dataclass(frozen=True)
class _Read:
    """A draft with its numerals made plain and cut into the zones that carry dates."""

    draft: Draft

    @cached_property
    def title(self) -> str:
        return plain(self.draft.title)

    @cached_property
    def text(self) -> str:
        return plain(self.draft.text.strip())

    @cached_property
    def salutation(self) -> int:
        found = _SALUTATION.search(self.text, 0, 1500)
        return found.start() if found else -1

    @cached_property
    def head(self) -> str:
        """Lines above the salutation, or above the first article, or the short lines at the top."""
        if self.salutation >= 0:
            return self.text[: self.salutation]
        article = re.search(r"^\s*(?:第一[章条]|总\s*则|目\s*录)", self.text[:3000], re.M)
        if article:
            return self.text[: article.start()]
        lines = self.text[:600].split("\n")
        return "\n".join(lines[: next((n for n, line in enumerate(lines) if len(line) > 60 or "。" in line), len(lines))])

    @cached_property
    def lead(self) -> str:
        body = self.text[len(self.head) :].lstrip()
        return "。".join(body[:300].split("。")[:2])

    @property
    def is_report(self) -> bool:
        return bool(_REPORT.search(self.title + self.text[: max(self.salutation, 0) + 300]))


def plain(text: str) -> str:
    """Dates in ordinary digits: ２０１９年, 二〇一九年五月二十七日 and 1 9 9 3 年 3 月 become 2019年 …"""
    text = re.sub(r"[０-９]+", lambda m: m[0].translate(_NUMERAL), text)
    text = re.sub(r"(?<!\d)(?<!\d )([12]) (\d) (\d) (\d)(?= ?年)", r"\1\2\3\4", text)
    text = re.sub(r"(?<=\d)[ 　]+(?=[年月日])|(?<=[年月])[ 　]+(?=\d)", "", text)
    return re.sub(
        r"([一二][〇○零Ｏ一二三四五六七八九]{3})年(?:([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})日)?)?",
        lambda m: m[1].translate(_NUMERAL) + "年" + (_number(m[2]) + "月" if m[2] else "") + (_number(m[3]) + "日" if m[3] else ""),
        text,
    )


def _number(numeral: str) -> str:
    """十 → 10, 二十七 → 27, 五 → 5."""
    tens, ten, ones = numeral.rpartition("十")
    return str((int(_DIGIT.get(tens, "1")) * 10 if ten else 0) + int(_DIGIT.get(ones, "0") if ones else 0))


def _iso(year: Any, month: Any, day: Any) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _result(status: str, evidence: str | None, year: int | None = None, **known: str | None) -> dict[str, Any]:
    day = known.get("date")
    spans = {"date_earliest": day or (f"{year}-01-01" if year else None), "date_latest": day or (f"{year}-12-31" if year else None)}
    evidence = re.sub(r"\s+", " ", evidence) if evidence else None
    found = {"year": year, "date": None, **spans, **{key: value for key, value in known.items() if value}}
    return found | {"year_status": status, "year_evidence": evidence}


def _stated(metadata: Mapping[str, str], keys: tuple[str, ...]) -> tuple[str, int, str | None] | None:
    """The first of ``keys`` that holds a year: key, year and, when it is complete, the ISO date."""
    for key in keys:
        value = plain(str(metadata.get(key) or ""))
        if full := re.search(_FULL, value) or re.search(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)", value):
            return key, int(full[1]), _iso(*full.groups())
        if year := re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", value):
            return key, int(year[1]), None
    return None


def _published(read: _Read) -> str | None:
    """The day of publication: metadata, or a labelled line at either end."""
    stated = _stated(read.draft.metadata, (*_PUBLISHED_KEYS, *_EVENT_KEYS[:2]))
    if stated and stated[2]:
        return stated[2]
    found = _PUBLISHED.search(read.text[:800] + "\n" + read.text[-300:])
    return _iso(*found.groups()) if found else None


def _full_dates(zone: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Full dates in ``text`` that can be the document's own: ISO date, zone, quote."""
    labelled = [match.span() for match in _PUBLISHED.finditer(text)]
    for match in re.finditer(_FULL, text):
        if _NOT_ISSUED.search(text, max(0, match.start() - 40), match.start()) or _NOT_ISSUED_AFTER.match(text, match.end()):
            continue
        if any(begin <= match.start() < end for begin, end in labelled):
            continue
        if day := _iso(*match.groups()):
            yield day, zone, text[match.start() : match.start() + 30].split("\n")[0]


def _explicit_date(read: _Read) -> tuple[str, str, str] | None:
    """The document's own date: title, header, lead, a date on a line of its own, signature."""
    compact = re.search(r"(?<!\d)((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)", read.title)
    if compact and (day := _iso(*compact.groups())):
        return day, "title", compact[0]
    signed = re.search(r"(?:成文日期|印发日期)\s*[:：]?\s*" + _FULL, read.text[:800])
    if signed and (day := _iso(*signed.groups())):
        return day, "header", signed[0]
    found = [*_full_dates("title", read.title), *_full_dates("header", read.head)]
    if _ADOPTED.search(read.head) and found:
        return max(found)
    lead = [hit for hit in _full_dates("lead", read.lead) if read.lead.find(hit[2]) <= 25]
    alone = re.search(rf"^\W*{_FULL}\W*(?:印发|发布)?\W*$", read.text, re.M)
    own = [(day, "signature", alone[0].strip())] if alone and (day := _iso(*alone.groups())) else []
    tail = [line.rsplit("。", 1)[-1] for line in read.text[-300:].split("\n")[-8:]]
    last = [hit for line in tail if len(line) <= 60 for hit in _full_dates("signature", line)]
    return next(iter(found + lead + own + last), None)


def _event_day(read: _Read) -> tuple[int, int, str] | None:
    """Month and day without a year at the head of the lead or in a caption above the salutation."""
    for text in (read.head, read.lead):
        match = _DAY.search(text[:400])
        near = match and (text is read.head or match.start() <= 40 or text[: match.start()].endswith(("于", "在")))
        if match and near and _iso(2000, match[1], match[2]):
            return int(match[1]), int(match[2]), text[match.start() : match.start() + 20].split("\n")[0]
    return None


def _cue_year(read: _Read, month: int | None) -> tuple[int, str] | None:
    """The year most kinds of cue agree on; a December meeting plans the year after."""
    votes: Counter[int] = Counter()
    quotes: dict[int, tuple[int, str]] = {}
    opening = read.text[read.salutation : read.salutation + 400] if read.salutation >= 0 and read.is_report else ""
    for weight, shift, pattern in (*_CUES, _REVIEWED):
        text = opening if pattern is _REVIEWED[2] else read.title + "\n" + read.text
        seen = {int(match[1]) + shift: match[0].strip()[:30] for match in pattern.finditer(text)}
        for year, quote in seen.items():
            votes[year] += weight
            quotes[year] = max(quotes.get(year, (0, "")), (weight, quote))
    year = max(votes, key=lambda y: (votes[y], y), default=0)
    if votes[year] < 2 or quotes[year][0] < 2:
        return None
    return (year - 1 if month == 12 else year), f"{quotes[year][1]} → {year}"


def _national_session(text: str) -> tuple[int, str] | None:
    """The year of a session of the National People's Congress; from the 6th on it meets yearly, anew every five."""
    if match := _CONGRESS.search(text):
        term, session = int(_number(match[1])), int(_number(match[2]))
        early = _EARLY_SESSIONS.get(term, ())
        year = 1978 + 5 * (term - 5) + session - 1 if term > 5 else early[session - 1] if session <= len(early) else 0
        return (year, match[0][1:]) if year else None
    if match := _TERM.search(text):
        return 1983 + 5 * (int(_number(match[1])) - 5), match[0]
    return None


def _explicit_year(read: _Read) -> tuple[int, str] | None:
    """The year of a report in its title, of a congress session addressed, of a document number."""
    opening = read.title or read.text.split("\n")[0][:40]
    if (match := re.search(_YEAR, opening)) and re.search(r"政府工作报告[)）]?$", opening):
        return int(match[1]), f"title: {opening[:30]}"
    if (read.is_report or read.salutation >= 0) and (session := _national_session(read.head + read.lead)):
        return session[0], f"session: {session[1]}"
    if match := _NUMBER_YEAR.search(read.text[:1000]):
        return int(match[1]), f"number: {match[0].strip()}"
    return None


@lru_cache(maxsize=4)
def _formulations(lexicon: Lexicon) -> tuple[Any, tuple[tuple[str, str, str], ...]]:
    """Automaton over the dated formulations known well enough, and for each: surface, first and last date."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    sure = lexicon.entries[(lexicon.entries["confidence"] == "high") & (lexicon.entries["first_date"] != "")]
    dated: dict[str, tuple[str, str, str]] = {}
    for slogan, row in sure.iterrows():
        for surface in (str(slogan), *row["aliases"]):
            if len(re.sub(r"[^一-鿿]", "", surface)) >= 4:
                dated[surface] = (surface, _first(row["first_date"]), _last(row["last_date"]))
    return AhoCorasick(list(dated) or ["\0"], matchkind=MatchKind.LeftmostLongest), tuple(dated.values())


def _first(stamp: str) -> str:
    return stamp + "-01-01"[len(stamp) - 4 :] if stamp else ""


def _last(stamp: str) -> str:
    if len(stamp) != 7:
        return stamp + "-12-31" if len(stamp) == 4 else stamp
    after = date(int(stamp[:4]) + (stamp[5:] == "12"), int(stamp[5:]) % 12 + 1, 1)
    return (after - timedelta(days=1)).isoformat()


def _known(read: _Read, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What the text already knows of: ISO date and the words that show it."""
    automaton, dated = _formulations(lexicon)
    for index, _, _ in automaton.find_matches_as_indexes(read.text):
        yield dated[index][1], dated[index][0]
    for match in _PLENUM.finditer(read.text):
        days = _PLENUMS[match[1]].split()
        for ordinal in re.findall("[二三四五六七]", match[2]):
            if int(_number(ordinal)) - 2 < len(days):
                yield days[int(_number(ordinal)) - 2], match[0]
    for match in _PAST.finditer(read.text):
        year, month, day, rest = match.groups()
        clause = rest.split("，")[0]
        ahead = _AHEAD.search(read.text, max(0, match.start() - 10), match.start()) or "将" in rest
        if (month or _DONE.search(clause)) and not (ahead or _PLANNED.search(clause)) and (past := _iso(year, month or 1, day or 1)):
            yield past, match[0][:16]


def _since(read: _Read, lexicon: Lexicon) -> tuple[str, str]:
    """The latest thing known that something else, at most eighteen months older, bears out; a lone one stands.

    A formulation may have been said long before it became one (大兴调查研究 in 1961), and then stands far apart.
    """
    known = sorted(set(_known(read, lexicon)), reverse=True)
    for (day, words), (before, _) in zip(known, known[1:], strict=False):
        if (date.fromisoformat(day) - date.fromisoformat(before)).days <= 550:
            return day, words
    return known[-1] if known else ("", "")


def _awaited(read: _Read, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What the text still awaits, or says only as long as it was said."""
    for match in _AWAITED.finditer(read.text):
        if match[1] in _OPENING:
            yield (date.fromisoformat(_OPENING[match[1]]) - timedelta(days=1)).isoformat(), match[0]
    automaton, dated = _formulations(lexicon)
    for index, _, _ in automaton.find_matches_as_indexes(read.text):
        if dated[index][2]:
            yield dated[index][2], dated[index][0]
    if published := _published(read):
        yield published, "published"


def _bounded(read: _Read, lexicon: Lexicon) -> dict[str, Any]:
    """Bounds from what is known and what is awaited; one year when both lie in it."""
    since, why = _since(read, lexicon)
    until, end = min(_awaited(read, lexicon), default=("", ""))
    if since and until and since > until:
        until, end = "", ""
    parts = [f"{why} → from {since}"] * bool(since) + [f"{end} → until {until}"] * bool(until)
    if not parts:
        return _result("unknown", None)
    year = int(since[:4]) if since[:4] == until[:4] else None
    known = {"date_earliest": since, "date_latest": until}
    if (event := _event_day(read)) and since and until:
        days = [d for y in range(int(since[:4]), int(until[:4]) + 1) if (d := _iso(y, *event[:2])) and since <= d <= until]
        if len(days) == 1:
            return _result("bounded", "; ".join([event[2], *parts]), int(days[0][:4]), date=days[0])
    return _result("bounded", "; ".join(parts), year, **known)


def _given(read: _Read) -> dict[str, Any] | None:
    metadata = read.draft.metadata
    stated = _stated(metadata, (*_YEAR_KEYS, *_EVENT_KEYS))
    if not stated:
        return None
    key, year, day = stated
    full = _stated(metadata, _EVENT_KEYS)
    day = day or (full[2] if full and full[1] == year else None)
    return _result("given", f"metadata {key}: {metadata[key]}", year, date=_event_before(read, year, day))


def _event_before(read: _Read, year: int, published: str | None) -> str | None:
    """The day of the event: an explicit one of that year, a month and day shortly before publication, else that."""
    own = _explicit_date(read)
    if own and own[0].startswith(str(year)) and (not published or own[0] <= published):
        return own[0]
    event = _event_day(read)
    day = _iso(year, *event[:2]) if event else None
    if day and published and not 0 <= (date.fromisoformat(published) - date.fromisoformat(day)).days <= 31:
        day = None
    return day or published


def _from_publication(read: _Read) -> dict[str, Any] | None:
    """A month and day in the lead that lie at most a month before the day of publication."""
    published, event = _published(read), _event_day(read)
    if not published or not event:
        return None
    for year in (int(published[:4]), int(published[:4]) - 1):
        day = _iso(year, *event[:2])
        if day and 0 <= (date.fromisoformat(published) - date.fromisoformat(day)).days <= 31:
            return _result("explicit", f"lead: {event[2]}, published {published}", year, date=day)
    return None


def _inferred(read: _Read, since: str) -> dict[str, Any] | None:
    event = _event_day(read)
    cue = _cue_year(read, event[0] if event else None)
    if not cue or str(cue[0]) < since[:4]:
        return None
    day = _iso(cue[0], *event[:2]) if event else None
    evidence = f"cue: {cue[1]}" + (f", lead: {event[2]}" if event else "")
    return _result("inferred", evidence, cue[0], date=day)


def when(draft: Draft, lexicon: Lexicon) -> dict[str, Any]:
    """Date the document, or bound it.

    Parameters
    ----------
    draft : Draft
        The document as read.
    lexicon : Lexicon
        Its formulations of confidence ``high`` give the bounds.

    Returns
    -------
    dict
        ``year`` (int or None), ``date`` ``date_earliest`` ``date_latest`` (ISO strings or None), ``year_status``
        and ``year_evidence``, the words that decided and what they did. ``date`` is the day of the event.
    """
    read = _Read(draft)
    if found := _given(read):
        return found
    if own := _explicit_date(read):
        return _result("explicit", f"{own[1]}: {own[2]}", int(own[0][:4]), date=own[0])
    if year := _explicit_year(read):
        event = _event_day(read)
        return _result("explicit", year[1], year[0], date=_iso(year[0], *event[:2]) if event else None)
    if found := _from_publication(read) or _inferred(read, _since(read, lexicon)[0]):
        return found
    found = _bounded(read, lexicon)
    named = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", PurePosixPath(draft.source).name)
    if found["year"] is None and named and (found["date_earliest"] or "")[:4] <= named[1]:
        return _result("inferred", f"file name: {PurePosixPath(draft.source).name}", int(named[1]))
    return found
