"""When a document speaks: the date of its event or issue, else its year, else bounds.

Asked in this order: metadata (``given``); a full date in title, header, lead or signature, the title year
of a government report, a congress session, the year of the document number (``explicit``); cues such as
the plan year, the year reported on or what 今年 is said to be, which also complete a month and day
(``inferred``); otherwise ``bounded`` by what the text already knows (dated formulations, past dates, plenums
held) and what it still awaits. The day of publication completes and bounds the day of the event, it never
replaces it.
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

_DIGIT = {char: str(n) for n, chars in enumerate(("〇○零Ｏ", *"一二三四五六七八九")) for char in chars}
_NUMERAL = str.maketrans({**_DIGIT, **{chr(0xFF10 + n): str(n) for n in range(10)}})
_WRITTEN = re.compile(
    r"([一二][〇○零Ｏ一二三四五六七八九]{3})年"
    r"(?:([一二三四五六七八九十]{1,2})月)?(?:([一二三四五六七八九十]{1,3})日)?"
)
_FULL = r"(?<!\d)((?:19|20)\d\d)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})(?!\d)日?"
_COMPACT = r"(?<!\d)((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)"
_YEAR = r"(?<!\d)((?:19|20)\d\d)年"
_YEAR_KEYS = ("year", "年份", "年度")
_EVENT_KEYS = ("date", "日期", "成文日期", "印发日期", "会议日期", "通过日期")
_PUBLISHED_KEYS = ("publish_date", "published", "pubdate", "发布日期", "发布时间", "发表时间", "时间")
_PUBLISHED = re.compile(
    rf"(?:发布日期|发布时间|发表时间|发稿时间|更新时间|时间|日期|来源)\s*[:：]\s*[^\n]{{0,20}}?{_FULL}"
)
_SIGNED = re.compile(r"(?:成文日期|印发日期)\s*[:：]?\s*" + _FULL)
_ADOPTED = re.compile(r"通过|批准|修订|修正|公布|发布")
_NOT_ISSUED = re.compile(r"(?:自|从|截至|至|到|《[^》]*)$")
_NOT_ISSUED_AFTER = re.compile(
    r"\s*(?:起|前|后|以来|施行|实施|生效|废止|至|[-—]|\d{1,2}[:时])|[^，。]{0,12}(?:废止|起施行|起实施)"
)
_DAY = re.compile(r"(?<![年\d])(\d{1,2})月(\d{1,2})日(?![电讯])")
_SENTENCE_DAY = re.compile(
    r"(?:^|[。？！\n])(?:[^。]{0,16}[，：在）)]|[^。]{0,80}于)?\s*(\d{1,2})月(\d{1,2})日(?![电讯])"
)
_DATELINE = re.compile(r"(?<![年\d])(\d{1,2})月(\d{1,2})日[电讯]")
_OPENS = re.compile(r"(?:^|[。？！\n])[^。？！\n（(《]{0,25}$")
_HELD = re.compile(
    r"[^。？！]*(?:召开|举行|开幕|开庭|印发|发布|公布|部署|会议|讲话|主持|出席|调研|视察|启动|签署|通报|介绍)"
)
_NUMBER = re.compile(r"^\W{0,2}[一-鿿]{1,10}[〔\[（(［【]((?:19|20)\d\d)[〕\]）)］】]\s*第?\s*\d+\s*号", re.M)
_SALUTATION = re.compile(r"^.{0,3}位?(?:代表|委员|主任)[^。\n]{0,8}?[:：！!，,]", re.M)
_ARTICLE = re.compile(r"^\s*(?:第一[章条]|总\s*则|目\s*录)", re.M)
_REPORT = re.compile(r"政府工作报告|(?:报告|作)(?:政府)?工作")
_CONGRESS = re.compile(r"[向在]第([一二三四五六七八九十]+)届全国人(?:民代表大会|大)第([一二三四五])次会议")
_TERM = re.compile(r"第([六七八九十]+)届全国人民代表大会第一次会议以来的五年")
_EARLY_SESSIONS = {
    1: (1954, 1955, 1956, 1957, 1958), 2: (1959, 1960, 1962, 1963), 3: (1964,), 4: (1975,),
    5: (1978, 1979, 1980, 1981, 1982),
}  # fmt: skip
_DEMANDS = r"[^。]{0,40}。[^。]{0,24}(?:总体要求|总的要求|总体思路|预期目标)"
# weight, years from the year named to the document's own, pattern
_CUES = tuple((w, n, re.compile(pattern)) for w, n, pattern in (
    (3, 1, _YEAR + r"(?:国内|政府|主要|的|我市|全[省市区])*工作(?:情况)?(?:的)?(?:简要)?(?:回顾|总结)"),
    (3, 1, r"(?:回顾|总结)(?:了)?" + _YEAR),
    (2, 1, r"(?:会议指出|刚刚过去的|过去的|即将过去的)[，,]?" + _YEAR),
    (3, 0, _YEAR + r"(?:以及|及|和)今后(?:一个|一段)时期"),
    (2, 0, _YEAR + r"(?:的)?(?:重点|主要)?工作(?:要点|安排|打算|思路|重点|目标|任务|计划|部署|的?总体)"),
    (2, 0, _YEAR + r"(?:经济社会发展)?(?:的)?主要预期目标"),
    (2, 0, r"(?:部署|安排|做好|抓好|谋划|推进|落实)(?:了|全[省市区县州盟])*" + _YEAR + r"[^，。]{0,12}工作"),
    (2, 0, _YEAR + r"[，,][^，。]{0,6}将"),
    (2, 0, _YEAR + r"[，,]?是" + _DEMANDS),
    (2, 0, r"(?:发布|印发|出台|通报)" + _YEAR + r"[^，。]{0,20}(?:举措|措施|方案|要点)"),
    (2, 0, r"今年[（(]" + _YEAR),
    (1, 0, _YEAR + r"[，,]?是(?!极|很|最|不)"),
    (1, 0, _YEAR + r"[，,][^。]{0,24}?(?<![需主重纲简必])要(?![求点素])"),
    (2, 0, r"对" + _YEAR + r"[^，。]{0,20}(?:作出|进行)(?:部署|安排)"),
))  # fmt: skip
_CITED = re.compile(r"《[^《》]{0,24}" + _YEAR + r"[^《》]{0,20}(?:要点|方案|计划|安排)[^《》]{0,12}》")
_REVIEWED = (2, 1, re.compile(_YEAR + rf"[，,]?是(?!{_DEMANDS})"))
_HALFWAY = (2, 0, re.compile(_YEAR + r"(?:上半年|前三季度|[一二三]季度)?[^。]{0,80}(?:小结|总结如下)"))
_THIS_YEAR = re.compile(
    r"(?:今年[，,]?(?:恰|正)?[是逢值]|恰逢|正值|适逢|时值)[^。；]{0,24}?(?:"
    r"(?P<republic>(?:新中国|中华人民共和国)成立)|(?P<party>中国共产党成立|建党)|(?P<reform>改革开放)|"
    r"党的(?P<congress>十[七八九]|二十)大召开之年|"
    r"“?(?P<plan>十[一二三四五])五”?(?:规划)?(?:的)?(?P<edge>收官|开局))"
    r"(?P<age>\d{2,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|一百)?"
)
_AWAITED = re.compile(r"(?:迎接|迎|为|确保)[^，。；]{0,8}(十[七八九]|二十)大(?:的)?(?:顺利|胜利)?召开")
_OPENING = {"十七": "2007-10-15", "十八": "2012-11-08", "十九": "2017-10-18", "二十": "2022-10-16"}
_PLENUM = re.compile(r"(?<!迎接)(十[六七八九]|二十)届([二三四五六七]中?(?:[、和][二三四五六七]中)*)全会")
_PLENUMS = {
    "十六": "2003-02-26 2003-10-14 2004-09-19 2005-10-11 2006-10-11 2007-10-12",
    "十七": "2008-02-27 2008-10-12 2009-09-18 2010-10-18 2011-10-18 2012-11-04",
    "十八": "2013-02-28 2013-11-12 2014-10-23 2015-10-29 2016-10-27 2017-10-14",
    "十九": "2018-01-19 2018-02-28 2019-10-31 2020-10-29 2021-11-11 2022-10-12",
    "二十": "2023-02-28 2024-07-18 2025-10-23",
}  # closing days of the second and later plenary sessions, from their communiqués
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
        """What stands above the salutation, or above the first article, or the short lines at the top."""
        if self.salutation >= 0:
            return self.text[: self.salutation]
        if article := _ARTICLE.search(self.text, 0, 3000):
            return self.text[: article.start()]
        lines = self.text[:600].split("\n")
        prose = next((n for n, line in enumerate(lines) if len(line) > 60 or "。" in line), len(lines))
        return "\n".join(lines[:prose])

    @cached_property
    def lead(self) -> str:
        body = self.text[len(self.head) :].lstrip()
        return "。".join(body[:300].split("。")[:3])

    @cached_property
    def is_report(self) -> bool:
        return bool(_REPORT.search(self.title + self.text[: max(self.salutation, 0) + 300]))

    @cached_property
    def opening(self) -> str:
        """The first paragraphs of a report to a congress; nothing in other documents."""
        start = self.salutation
        return self.text[start : start + 400] if start >= 0 and self.is_report else ""


@dataclass(frozen=True)
class _Day:
    """A full date found, where, and its words."""

    iso: str
    zone: str
    quote: str

    @property
    def year(self) -> int:
        return int(self.iso[:4])


def plain(text: str) -> str:
    """Dates in ordinary digits: ２０１９年, 二〇一九年五月二十七日 and 1 9 9 3 年 3 月 become 2019年 …"""
    text = re.sub(r"[０-９]+", lambda match: match[0].translate(_NUMERAL), text)
    text = re.sub(r"(?<!\d)(?<!\d )([12]) (\d) (\d) (\d)(?= ?年)", r"\1\2\3\4", text)
    text = re.sub(r"(?<=\d)[ 　]+(?=[年月日])|(?<=[年月])[ 　]+(?=\d)", "", text)
    return _WRITTEN.sub(_in_digits, text)


def _in_digits(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    parts = (year.translate(_NUMERAL) + "年", month and _number(month) + "月", day and _number(day) + "日")
    return "".join(filter(None, parts))


def _number(numeral: str) -> str:
    """十 → 10, 二十七 → 27, 五 → 5."""
    tens, ten, ones = numeral.rpartition("十")
    return str((int(_DIGIT.get(tens, "1")) * 10 if ten else 0) + int(_DIGIT.get(ones, "0")))


def _iso(year: Any, month: Any, day: Any) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _days_between(earlier: str, later: str) -> int:
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def _result(status: str, why: str | None, year: int | None = None, **known: str | None) -> dict[str, Any]:
    day = known.get("date")
    found = {
        "year": year, "date": None,
        "date_earliest": day or (f"{year}-01-01" if year else None),
        "date_latest": day or (f"{year}-12-31" if year else None),
        **{key: value for key, value in known.items() if value},
    }  # fmt: skip
    return found | {"year_status": status, "year_evidence": re.sub(r"\s+", " ", why) if why else None}


def _stated(metadata: Mapping[str, str], keys: tuple[str, ...]) -> tuple[str, int, str | None] | None:
    """The first of ``keys`` that holds a year: key, year and, when it is complete, the ISO date."""
    for key in keys:
        value = plain(str(metadata.get(key) or ""))
        if full := re.search(_FULL, value) or re.search(_COMPACT, value):
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


def _full_dates(zone: str, text: str) -> Iterator[_Day]:
    """Full dates in ``text`` that can be the document's own: not of publication, not of coming into force."""
    labelled = [match.span() for match in _PUBLISHED.finditer(text)]
    for match in re.finditer(_FULL, text):
        start, end = match.span()
        foreign = _NOT_ISSUED.search(text, max(0, start - 40), start) or _NOT_ISSUED_AFTER.match(text, end)
        if foreign or any(begin <= start < stop for begin, stop in labelled):
            continue
        if day := _iso(*match.groups()):
            yield _Day(day, zone, text[start : start + 30].split("\n")[0])


def _own_date(read: _Read, since: str = "") -> _Day | None:
    """The document's own date: title, header, lead, a line of its own, signature.

    An act names its adoption and amendments in the header; the last of them is the act as it stands.
    """
    for zone, pattern, text in (("title", _COMPACT, read.title), ("header", _SIGNED, read.text[:800])):
        if (found := re.search(pattern, text)) and (day := _iso(*found.groups())):
            return _Day(day, zone, found[0])
    heads = [*_full_dates("title", read.title), *_full_dates("header", read.head)]
    if heads and _ADOPTED.search(read.head):
        return max(heads, key=lambda day: day.iso)
    lead = (day for day in _full_dates("lead", read.lead) if _opens_event(read, day, since))
    return next(iter(heads), None) or next(lead, None) or _signature(read)


def _signature(read: _Read) -> _Day | None:
    alone = re.search(rf"^\W*{_FULL}\W*(?:印发|发布)?\W*$", read.text, re.M)
    if alone and (day := _iso(*alone.groups())):
        return _Day(day, "signature", alone[0].strip())
    ends = [line.rsplit("。", 1)[-1] for line in read.text[-300:].split("\n")[-8:]]
    return next((day for end in ends if len(end) <= 60 for day in _full_dates("signature", end)), None)


def _opens_event(read: _Read, day: _Day, since: str) -> bool:
    """Whether a date opens a sentence of the lead and the text knows of nothing later.

    Where the sentence says that something was held or issued then, the text may know of things a year later.
    """
    start = read.lead.find(day.quote)
    if not _OPENS.search(read.lead[:start]):
        return False
    if _HELD.match(read.lead, start):
        return not since or _days_between(day.iso, since) <= 366
    return since <= day.iso and max(map(int, re.findall(_YEAR, read.text)), default=day.year) == day.year


def _event_day(read: _Read) -> tuple[int, int, str] | None:
    """Month and day without a year: above the salutation, opening a sentence of the lead, or its dateline."""
    for text, pattern in ((read.head, _DAY), (read.lead, _SENTENCE_DAY), (read.lead, _DATELINE)):
        match = pattern.search(text[:400])
        if match and _iso(2000, match[1], match[2]):
            return int(match[1]), int(match[2]), text[match.start(1) : match.start(1) + 20].split("\n")[0]
    return None


def _this_year(read: _Read) -> tuple[int, str] | None:
    """The year 今年 must be: an anniversary, a party congress, the first or last year of a plan."""
    match = _THIS_YEAR.search(read.text)
    if not match:
        return None
    if match["congress"]:
        return int(_OPENING[match["congress"]][:4]), match[0]
    if match["plan"]:
        last = 2005 + 5 * (int(_number(match["plan"])) - 10)
        return last - 4 * (match["edge"] == "开局"), match[0]
    founded = 1949 if match["republic"] else 1921 if match["party"] else 1978
    age = (match["age"] or "").replace("一百", "100")
    return (founded + int(age if age.isdigit() else _number(age)), match[0]) if age else None


def _cue_year(read: _Read) -> tuple[int, str] | None:
    """The year most kinds of cue speak for, a strong one among them; in December one plans the next year."""
    if found := _this_year(read):
        return found
    votes: Counter[int] = Counter()
    quotes: dict[int, tuple[int, str]] = {}
    own = re.sub(r"《[^《》]*》", "《》", read.title + "\n" + read.text)
    for text, cues in ((own, _CUES), (read.opening, (_REVIEWED,)), (read.text[:400], (_HALFWAY,))):
        for weight, shift, pattern in cues:
            seen = {int(match[1]) + shift: match[0].strip()[:30] for match in pattern.finditer(text)}
            for year, quote in seen.items():
                votes[year] += weight
                quotes[year] = max(quotes.get(year, (0, "")), (weight, quote))
    year = max(votes, key=lambda y: (votes[y], y), default=0)
    if votes[year] < 2 or quotes[year][0] < 2:
        return _cited_year(read)
    event = _event_day(read)
    return (year - 1 if event and event[0] == 12 else year), f"{quotes[year][1]} → {year}"


def _cited_year(read: _Read) -> tuple[int, str] | None:
    """The year in the title of a plan cited, if no later one is named; not in reports, which cite ahead."""
    named = [int(year) for year in re.findall(_YEAR, read.text)]
    for match in _CITED.finditer(read.text) if read.salutation < 0 else ():
        if int(match[1]) == max(named):
            return int(match[1]), match[0][:40]
    return None


def _national_session(text: str) -> tuple[int, str] | None:
    """The year of a session of the National People's Congress; from the 6th on it sits yearly, five times."""
    if match := _CONGRESS.search(text):
        term, session = int(_number(match[1])), int(_number(match[2]))
        years = _EARLY_SESSIONS.get(term) or tuple(1978 + 5 * (term - 5) + n for n in range(5))
        return (years[session - 1], match[0][1:]) if session <= len(years) else None
    if match := _TERM.search(text):
        return 1983 + 5 * (int(_number(match[1])) - 5), match[0]
    return None


def _explicit_year(read: _Read) -> tuple[int, str] | None:
    """The year of a report in its title, of the congress session addressed, of the document number."""
    heading = read.title or read.text.split("\n")[0][:40]
    if (match := re.search(_YEAR, heading)) and re.search(r"政府工作报告[)）]?$", heading):
        return int(match[1]), f"title: {heading[:30]}"
    addressed = read.is_report or read.salutation >= 0
    if addressed and (session := _national_session(read.head + read.lead)):
        return session[0], f"session: {session[1]}"
    if match := _NUMBER.search(read.text[:1000]):
        return int(match[1]), f"number: {match[0].strip()}"
    return None


@lru_cache(maxsize=4)
def _formulations(lexicon: Lexicon) -> tuple[Any, tuple[tuple[str, str, str], ...]]:
    """Automaton over the surely dated formulations of four characters or more; their first and last days."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    sure = lexicon.entries[(lexicon.entries["confidence"] == "high") & (lexicon.entries["first_date"] != "")]
    dated: dict[str, tuple[str, str, str]] = {}
    for slogan, row in sure.iterrows():
        for surface in (str(slogan), *row["aliases"]):
            if len(re.sub(r"[^一-鿿]", "", surface)) >= 4:
                dated[surface] = (surface, _first(row["first_date"]), _last(row["last_date"]))
    return AhoCorasick(list(dated) or ["\0"], matchkind=MatchKind.LeftmostLongest), tuple(dated.values())


def _first(stamp: str) -> str:
    return stamp + "-01-01"[len(stamp) - 4 :]


def _last(stamp: str) -> str:
    if len(stamp) != 7:
        return stamp + "-12-31" * (len(stamp) == 4)
    month = date(int(stamp[:4]), int(stamp[5:]), 28) + timedelta(days=4)
    return (month - timedelta(days=month.day)).isoformat()


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
        if past := _past(read.text, match):
            yield past, match[0][:16]


def _past(text: str, match: re.Match[str]) -> str | None:
    """The day of a date spoken of as past; None for years ahead and for years without a month or a deed."""
    year, month, day, rest = match.groups()
    clause = rest.split("，")[0]
    if not (month or _DONE.search(clause)) or _PLANNED.search(clause) or "将" in rest:
        return None
    return None if _is_ahead(text, match) else _iso(year, month or 1, day or 1)


def _is_ahead(text: str, match: re.Match[str]) -> bool:
    return bool(_AHEAD.search(text, max(0, match.start() - 10), match.start()))


def _since(read: _Read, lexicon: Lexicon) -> tuple[str, str]:
    """The latest thing known that another, at most eighteen months older, bears out; a lone one stands.

    A formulation may have been said long before it became one (大兴调查研究 in 1961) and then stands apart.
    """
    known = sorted(set(_known(read, lexicon)), reverse=True)
    for (day, words), (before, _) in zip(known, known[1:], strict=False):
        if _days_between(before, day) <= 550:
            return day, words
    return known[-1] if known else ("", "")


def _awaited(read: _Read, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What the text still awaits, or says only as long as it was said, and the day it was published."""
    for match in _AWAITED.finditer(read.text):
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
    if since > until:
        until = ""
    parts = [f"{why} → from {since}"] * bool(since) + [f"{end} → until {until}"] * bool(until)
    if not parts:
        return _result("unknown", None)
    if day := _only_day(_event_day(read), since, until):
        return _result("bounded", "; ".join(parts), int(day[:4]), date=day)
    year = int(since[:4]) if since[:4] == until[:4] else None
    return _result("bounded", "; ".join(parts), year, date_earliest=since, date_latest=until)


def _only_day(event: tuple[int, int, str] | None, since: str, until: str) -> str | None:
    """The one day of that month and day between the bounds, if there is just one."""
    if not event or not since or not until:
        return None
    days = [_iso(year, *event[:2]) for year in range(int(since[:4]), int(until[:4]) + 1)]
    inside = [day for day in days if day and since <= day <= until]
    return inside[0] if len(inside) == 1 else None


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
    """The event: an own date of that year, a month and day in the month before ``published``, else that."""
    own = _own_date(read)
    if own and own.year == year and (not published or own.iso <= published):
        return own.iso
    event = _event_day(read)
    day = _iso(year, *event[:2]) if event else None
    if day and published and not 0 <= _days_between(day, published) <= 31:
        day = None
    return day or published


def _from_publication(read: _Read) -> dict[str, Any] | None:
    """A month and day in the lead that lie at most a month before the day of publication."""
    published, event = _published(read), _event_day(read)
    if not published or not event:
        return None
    for year in (int(published[:4]), int(published[:4]) - 1):
        day = _iso(year, *event[:2])
        if day and 0 <= _days_between(day, published) <= 31:
            return _result("explicit", f"lead: {event[2]}, published {published}", year, date=day)
    return None


def _latest_named(read: _Read, since: tuple[str, str]) -> tuple[int, str] | None:
    """The latest year named, when the text knows things of that year, or of the next and says 今年."""
    named = [int(match[1]) for match in re.finditer(_YEAR, read.text) if not _is_ahead(read.text, match)]
    if not named:
        return None
    this = int("今年" in read.text)
    year = max(named) + this
    return (year, f"{year - this}年{'，今年' * this}, {since[1]}") if since[0][:4] == str(year) else None


def _from_file_name(read: _Read, bounds: Mapping[str, Any]) -> tuple[int, str] | None:
    name = PurePosixPath(read.draft.source).name
    stamp = re.search(r"(?<!\d)((?:19|20)\d\d)(?:[01]\d[0-3]\d)?(?!\d)", name)
    if not stamp or stamp[1] < (bounds["date_earliest"] or "")[:4]:
        return None
    return int(stamp[1]), name


def _inferred(read: _Read, year: int, why: str, bounds: Mapping[str, Any]) -> dict[str, Any]:
    """A year read from cues, with the day of the lead, or within what the bounds leave of it."""
    event = _event_day(read)
    if event and (day := _iso(year, *event[:2])):
        return _result("inferred", f"{why}, lead: {event[2]}", year, date=day)
    known = {k: bounds[k] for k in ("date_earliest", "date_latest") if (bounds[k] or "")[:4] == str(year)}
    return _result("inferred", why, year, **known)


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
        ``year`` (int or None), ``date``, ``date_earliest``, ``date_latest`` (ISO strings or None),
        ``year_status`` and ``year_evidence``, the words that decided and what they did. ``date`` is the day
        of the event.
    """
    read = _Read(draft)
    if found := _given(read):
        return found
    since = _since(read, lexicon)
    if own := _own_date(read, since[0]):
        return _result("explicit", f"{own.zone}: {own.quote}", own.year, date=own.iso)
    if year := _explicit_year(read):
        event = _event_day(read)
        return _result("explicit", year[1], year[0], date=_iso(year[0], *event[:2]) if event else None)
    if found := _from_publication(read):
        return found
    bounds = _bounded(read, lexicon)
    if (cue := _cue_year(read)) and str(cue[0]) >= since[0][:4]:
        return _inferred(read, cue[0], f"cue: {cue[1]}", bounds)
    if bounds["year"] is not None:
        return bounds
    if named := _latest_named(read, since):
        return _inferred(read, named[0], f"cue: {named[1]}", bounds)
    if filed := _from_file_name(read, bounds):
        return _inferred(read, filed[0], f"file name: {filed[1]}", bounds)
    return bounds
