"""The full date by which a document dates itself, and the year it speaks in: what it reviews, plans, calls 今年."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from analysis.lexicon import Lexicon
from analysis.reading.bounds import MEETINGS, is_ahead, since
from analysis.reading.numerals import COMPACT, FULL, YEAR, chinese_number, days_between, iso
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
_DEMANDS = r"[^。]{0,40}。[^。]{0,24}(?:总体要求|总的要求|总体思路|预期目标)"
# weight, years from the year named to the document's own, pattern
_CUES = tuple((w, n, re.compile(pattern)) for w, n, pattern in (
    (3, 1, YEAR + r"(?:国内|政府|主要|的|我市|全[省市区])*工作(?:情况)?(?:的)?(?:简要)?(?:回顾|总结)"),
    (3, 1, r"(?:回顾|总结)(?:了)?" + YEAR),
    (2, 1, r"(?:会议指出|刚刚过去的|过去的|即将过去的)[，,]?" + YEAR),
    (3, 0, YEAR + r"(?:以及|及|和)今后(?:一个|一段)时期"),
    (2, 0, YEAR + r"(?:经济社会发展)?(?:的)?主要预期目标"),
    (2, 0, YEAR + r"(?:的)?(?:重点|主要)?工作(?:要点|安排|打算|思路|重点|目标|任务|计划|部署|的?总体)"),
    (2, 0, r"(?:部署|安排|做好|抓好|谋划|推进|落实)(?:了|全[省市区县州盟])*" + YEAR + r"[^，。]{0,12}工作"),
    (2, 0, YEAR + r"[，,][^，。]{0,6}将"),
    (2, 0, YEAR + r"[，,]?是" + _DEMANDS),
    (2, 0, r"(?:发布|印发|出台|通报)" + YEAR + r"[^，。]{0,20}(?:举措|措施|方案|要点)"),
    (2, 0, r"今年[（(]" + YEAR),
    (2, 1, r"去年[（(]" + YEAR),
    (2, 0, r"对" + YEAR + r"[^，。]{0,20}(?:作出|进行)(?:部署|安排)"),
))  # fmt: skip
_REVIEWED = (2, 1, re.compile(YEAR + rf"[，,]?是(?!{_DEMANDS})"))
_HALFWAY = (2, 0, re.compile(YEAR + r"(?:上半年|前三季度|[一二三]季度)?[^。]{0,80}(?:小结|总结如下)"))
_CITED = re.compile(r"《[^《》]{0,24}" + YEAR + r"[^《》]{0,20}(?:要点|方案|计划|安排)[^《》]{0,12}》")
_THIS_YEAR = re.compile(
    r"(?:(?P<when>[去今明])年[，,]?(?:恰|正)?[是逢值]|恰逢|正值|适逢|时值)[^。；]{0,24}?(?:"
    r"(?P<republic>(?:新中国|中华人民共和国)成立)|(?P<party>中国共产党成立|建党)|(?P<reform>改革开放)|"
    r"党的(?P<congress>十[七八九]|二十)大召开之年|"
    r"“?(?P<plan>十[一二三四五])五”?(?:规划)?(?:的)?(?P<edge>收官|开局))"
    r"(?P<age>\d{2,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|一百)?"
)
_CONGRESS = re.compile(r"[向在]第([一二三四五六七八九十]+)届全国人(?:民代表大会|大)第([一二三四五])次会议")
_TERM = re.compile(r"第([六七八九十]+)届全国人民代表大会第一次会议以来的五年")
_EARLY_SESSIONS = {
    1: (1954, 1955, 1956, 1957, 1958), 2: (1959, 1960, 1962, 1963), 3: (1964,), 4: (1975,),
    5: (1978, 1979, 1980, 1981, 1982),
}  # fmt: skip


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


def cue_year(zones: Zones, month: int | None) -> tuple[int, str] | None:
    """The year most kinds of cue speak for, and the words of the strongest.

    ``month`` is that of the event: in December one plans the next year.
    """
    if found := _this_year(zones.text):
        return found
    votes: Counter[int] = Counter()
    quotes: dict[int, tuple[int, str]] = {}
    title = re.sub(r"(?:总结|回顾)$", "", zones.title)  # 2023年工作总结 may be of that year or the next
    own = re.sub(r"《[^《》]*》", "《》", title + "\n" + zones.text)
    for text, cues in ((own, _CUES), (zones.opening, (_REVIEWED,)), (zones.text[:400], (_HALFWAY,))):
        for weight, shift, pattern in cues:
            seen = {int(match[1]) + shift: match[0].strip()[:30] for match in pattern.finditer(text)}
            for year, quote in seen.items():
                votes[year] += weight
                quotes[year] = max(quotes.get(year, (0, "")), (weight, quote))
    if not votes:
        return _cited_year(zones)
    year = max(votes, key=lambda y: (votes[y], y))
    return year - (month == 12), f"{quotes[year][1]} → {year}"


def latest_named(text: str, since: tuple[str, str]) -> tuple[int, str] | None:
    """The latest year named, when the text knows things of that year, or of the next and says 今年."""
    named = [int(match[1]) for match in re.finditer(YEAR, text) if not is_ahead(text, match)]
    if not named or re.match(YEAR, since[1]):
        return None
    this = int("今年" in text)
    year = max(named) + this
    return (year, f"{year - this}年{'，今年' * this}, {since[1]}") if since[0][:4] == str(year) else None


def session_year(text: str) -> tuple[int, str] | None:
    """The year of a session of the National People's Congress; from the 6th on it sits yearly, five times."""
    if match := _CONGRESS.search(text):
        term, session = chinese_number(match[1]), chinese_number(match[2])
        years = _EARLY_SESSIONS.get(term) or tuple(1978 + 5 * (term - 5) + n for n in range(5))
        return (years[session - 1], match[0][1:]) if session <= len(years) else None
    match = _TERM.search(text)
    return (1983 + 5 * (chinese_number(match[1]) - 5), match[0]) if match else None


def _this_year(text: str) -> tuple[int, str] | None:
    """The year 今年 must be: an anniversary, a party congress, the first or last year of a plan."""
    match = _THIS_YEAR.search(text)
    if not match:
        return None
    shift = {"去": 1, "明": -1}.get(match["when"] or "", 0)
    age = (match["age"] or "").replace("一百", "100")
    if match["congress"]:
        year = int(MEETINGS[match["congress"]][:4])
    elif match["plan"]:
        last = 2005 + 5 * (chinese_number(match["plan"]) - 10)
        year = last - 4 * (match["edge"] == "开局")
    elif age:
        founded = 1949 if match["republic"] else 1921 if match["party"] else 1978
        year = founded + int(age if age.isdigit() else chinese_number(age))
    else:
        return None
    return year + shift, match[0]


def _cited_year(zones: Zones) -> tuple[int, str] | None:
    """The year in the title of a plan cited, if no later one is named; not in reports, which cite ahead."""
    latest = max(map(int, re.findall(YEAR, zones.text)), default=0)
    cited = (match for match in _CITED.finditer(zones.text) if int(match[1]) == latest)
    match = next(cited, None) if zones.salutation[0] < 0 else None
    return (latest, match[0][:40]) if match else None
