"""Where a document comes from: who issued it decides, places merely mentioned come last.

Evidence is asked in this order and the first answer stands: what the metadata say (``given``); title, byline,
document number, the lines above the salutation, the lead sentence, the closing signature (``explicit``);
then the document's words for itself (我省, 全市, 省法院) with the place named most often, and last the file
name (``inferred``). Newspapers never count as issuers. Names are taken in the year the document speaks of.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from analysis.reading.draft import Draft

FIELDS = ("institution", "institution_type", "level", "province", "prefecture", "county")
_WIDTH = {"province": 2, "prefecture": 4, "county": 6}  # leading digits of a code that name the unit
_KEYS = {
    "province": "province 省份 省 region 地区", "prefecture": "prefecture city 地市 城市 市",
    "county": "county district 区县 县", "level": "level admin_level 层级 级别",
    "institution": "institution 机构 单位 发文机关 发布机构 发文单位", "institution_type": "institution_type",
}  # fmt: skip
_LEVELS = {
    "国": "national", "全国": "national", "中央": "national", "省": "province", "自治区": "province",
    "直辖市": "province", "地": "prefecture", "设区": "prefecture", "市": "prefecture", "盟": "prefecture",
    "州": "prefecture", "县": "county", "区": "county", "旗": "county",
}  # fmt: skip
_PEOPLES = (
    "蒙古族? 回族 藏族 维吾尔族? 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 "
    "哈萨克族? 傣族 黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族? 土族 "
    "达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族? 塔吉克族? 怒族 鄂温克族 保安族 "
    "裕固族 独龙族 普米族 鄂伦春族? 各族"
).replace(" ", "|")
_RANK = re.compile(rf"(?:(?:{_PEOPLES})*自治[区州县旗]|特别行政区|地区|[林特矿新]区|[省市区县盟旗])$")
_ABBREVIATED = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "内": "15", "辽": "21", "吉": "22",
    "黑": "23", "沪": "31", "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37",
    "豫": "41", "鄂": "42", "湘": "43", "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51",
    "黔": "52", "云": "53", "藏": "54", "陕": "61", "甘": "62", "青": "63", "宁": "64", "新": "65",
}  # fmt: skip
_NATIONAL = {
    "court": r"最高人民法院|最高法(?!律)",
    "procuratorate": r"最高人民检察院|最高检(?!察)",
    "media": r"《?新闻联播》?",
    "congress": r"(?:第[一二三四五六七八九十]+[届屆])?全[国國]人(?:民代表大[会會]|大)(?:常务委员会|常委会)?",
    "political_legal_committee": r"中央政法委(?:员会)?",
    "party": r"中共中央(?:办公厅)?",
    "justice": r"(?<![一-鿿])司法部",
    "government": r"国务院(?:办公厅)?|國務院|中华人民共和国主席|国家[一-鿿]{2,8}(?:委员会|委|局)|"
    r"(?<![一-鿿])(?:公安|国家安全|财政|教育|民政|商务|生态环境|自然资源|交通运输|农业农村|水利|"
    r"人力资源社会保障|住房城乡建设)部",
}
_OFFICES = (
    "公安 国家安全 财政 教育 科技 科学技术 民政 人力资源和?社会保障 自然资源 生态环境 住房和?城乡建设 "
    "交通运输? 水[利务] 农业农村 商务 文化和?旅游 卫生健康 应急管理 审计 市场监督管理 统计 税务 "
    "林业和草原 信访 医疗保障 发展和?改革 工业和信息化 经济和信息化 国有资产监督管理"
).replace(" ", "|")
_LOCAL = {
    "court": r"(?:高级|第?[一二三四五]?中级)(?:人民)?法院|高院|[一二三四]?中院|"
    r"(?:知识产权|金融|互联网|海事|铁路运输(?:中级)?)法院|(?:人民)?法院",
    "procuratorate": r"(?:人民)?检察(?:院|机关)",
    "justice": r"司法[厅局]|司法行政系统|监狱管理局|戒毒管理局",
    "political_legal_committee": r"(?:委员会|党委|委)?政法委(?:员会)?",
    "congress": r"(?:第?[一二三四五六七八九十]+届)?人(?:民代表大会|大)(?:常务委员会|常委会)?",
    "government": rf"(?:人民)?政府(?:办公[厅室])?|行政公署|行署|(?:{_OFFICES})(?:厅|局|委员会|委)|"
    r"(?:人民政府)?代?理?(?:[省市区县州盟]长|主席)",
    "party": r"党委|委员会|委(?=$|[、，,书常副办印召举宣组统全关\s])",
}
_SUFFIX = re.compile(
    "|".join(f"(?P<n_{kind}>{pattern})" for kind, pattern in _NATIONAL.items())
    + "|"
    + "|".join(f"(?P<l_{kind}>{pattern})" for kind, pattern in _LOCAL.items())
)
_RELATIVE = re.compile(r"(自治区|(?:^|(?<=[^一-鿿])|(?<=[全我本代表为共日会对由受是]))[省市区县州盟旗])$")
_OWN = re.compile(r"(?<![居列占])[全我本]([省市区县州盟旗])(?!第|前|首|唯|平均|排|各)")
_ABOVE = re.compile(r"省委|省政府|省人民政府|自治区党委|自治区政府|自治区人民政府")
_NOT_ISSUER = re.compile(
    r"(?:传达|学习|贯彻|落实|根据|按照|遵照|经|听取|关于|给予|对|向|由|接受|围绕|配合|报请?|各|及)$"
)
_LED = re.compile(r"[^。，；\n]{0,12}(?:领导|指导下|支持下|的(?:部署|要求))")
_MEDIA = re.compile(
    r"(?:新华社|中新社|本报)[一-鿿]{0,8}(?:\d+月\d+日)?[电讯]|来\s*源\s*[:：].*|"
    r"[一-鿿·]{2,8}?(?:日报|晚报|晨报|早报|法治报|新闻网|电视台|频道|新闻客户端)(?:社|客户端|全媒体)?"
)
_SIGNS = {"court": "法", "procuratorate": "检", "justice": "司", "government": "[政府国]"}
_RANKS = {
    "province": r"高级|高院|司法厅|省长|厅$",
    "prefecture": r"中级|中院|行署|行政公署|州长|盟长",
    "county": r"县长|旗长",
}
_NATIONAL_NAMES = {
    "court": "最高人民法院", "procuratorate": "最高人民检察院", "justice": "司法部",
    "political-legal-committee": "中央政法委员会", "government": "国务院", "congress": "全国人民代表大会",
    "party": "中共中央", "media": "中央广播电视总台",
}  # fmt: skip  # in the order in which a byline of several posts is read
_MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
_TYPED = re.compile(
    r"(?:条例|办法|规定|决定|规划|意见|通知|报告|方案|要点|规则|细则|决议|公告|批复|纲要|总结|"
    r"计划|措施|公报)[)）」》]*$"
)
_SALUTATION = re.compile(r"^.{0,3}位?(?:代表|委员|主任|同志)[^。\n]{0,8}?[:：！!，,]", re.M)
_NUMBER = re.compile(r"^\W{0,2}([一-鿿]{1,10})[〔\[（(［【]\d{4}[〕\]）)］】]\s*第?\s*\d+\s*号\W{0,2}$", re.M)
_REPORT = re.compile(r"政府工作报告|报告政府工作|代表[^，。；]{0,10}(?:政府|国务院|行署)")
_EMPHASIS_BEFORE = re.compile(r"(?:[新全]|平安|法治|美丽|数字|诚信|建设|现代化|壮美|幸福|健康)$")
_EMPHASIS_AFTER = re.compile(r"篇章|实践|人民|法院|高质量|经济社会|[省市]?[委党]|力量|样板|特色")


@dataclass(frozen=True)
class Place:
    """One administrative unit under one name, with the months between which the name was in force."""

    code: str
    name: str
    level: str
    first: str
    last: str


@dataclass(frozen=True)
class Issuer:
    """An institution named in a zone, with the places it can mean, or with 省 市 国 … when only relative."""

    zone: str
    kind: str
    wording: str
    quote: str
    places: tuple[Place, ...] = ()
    relative: str = ""
    cited: bool = False


@cache
def places() -> tuple[Place, ...]:
    """Every unit of the gazetteer (GB/T 2260 as revised from 1980 to 2025), in code order."""
    with (files("analysis") / "resources" / "places.csv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return tuple(Place(*(row[name] for name in Place.__dataclass_fields__)) for row in rows)


def short_name(name: str) -> str:
    """A place's name without its rank: 沈阳市 → 沈阳, 阿坝藏族羌族自治州 → 阿坝; 曹县 stays as it is."""
    short = _RANK.sub("", name)
    return short if len(short) >= 2 else name


@cache
def _surfaces() -> Mapping[str, tuple[Place, ...]]:
    """Full name, short name and, for autonomous units, short name with rank (阿坝州) → places so called."""
    found: dict[str, list[Place]] = {}
    for place in places():
        short = short_name(place.name)
        for surface in dict.fromkeys((place.name, short, short + place.name[-1])):
            found.setdefault(surface, []).append(place)
    return {surface: tuple(candidates) for surface, candidates in found.items()}


@cache
def _units() -> Mapping[str, tuple[Place, ...]]:
    """Code without trailing pairs of zeros (2, 4 or 6 digits) → the names it has had."""
    found: dict[str, list[Place]] = {}
    for place in places():
        found.setdefault(place.code[: _WIDTH[place.level]], []).append(place)
    return {code: tuple(names) for code, names in found.items()}


@cache
def _automaton() -> tuple[Any, tuple[tuple[Place, ...], ...]]:
    """Names worth counting in running text: all full names, short names above the county."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    counted: dict[str, tuple[Place, ...]] = {}
    for surface, candidates in sorted(_surfaces().items()):
        whole = len(surface) > 2
        if kept := tuple(p for p in candidates if p.level != "county" or whole and p.name == surface):
            counted[surface] = kept
    return AhoCorasick(list(counted), matchkind=MatchKind.LeftmostLongest), tuple(counted.values())


def _valid(names: Sequence[Place], year: int | None) -> tuple[Place, ...]:
    """Those in force in ``year`` (in the present when unknown), or all when none was."""
    now = str(year or 2025)
    begun = [p for p in names if p.first == "198012" or p.first[:4] <= now]
    return tuple(p for p in begun if p.last == "2025" or p.last >= now) or tuple(names)


def _inside(inner: Place, outer: Place) -> bool:
    return inner.level != outer.level and inner.code.startswith(outer.code[: _WIDTH[outer.level]])


def _chain(text: str, end: int) -> tuple[int, tuple[Place, ...]]:
    """The nested place names that end at ``end``: where they begin, and what the innermost can be."""
    found: tuple[Place, ...] = ()
    while width := next((n for n in range(min(15, end), 1, -1) if text[end - n : end] in _surfaces()), 0):
        outer = _surfaces()[text[end - width : end]]
        kept = tuple(p for p in found if any(_inside(p, q) for q in outer)) if found else outer
        if not kept:
            break
        found, end = kept, end - width
    return end, found


def _issuers_in(zone: str, text: str) -> Iterator[Issuer]:
    """Institutions named in ``text``, in order, without those only heard of or reported to."""
    whole, text = text, _MEDIA.sub(lambda match: "＊" * len(match.group()), text)
    last: tuple[Place, ...] = ()
    for match in _SUFFIX.finditer(text):
        scope, _, kind = (match.lastgroup or "").partition("_")
        start, found = (match.start(), ()) if scope == "n" else _chain(text, match.start())
        relative = "国" if scope == "n" and not _leading(text[match.end() :])[0] else ""
        if not (found or relative) and (near := _RELATIVE.search(text, max(0, start - 4), start)):
            relative, start = near.group(1), near.start()
        if not (found or relative) and zone == "byline":
            found = last
        before = text[:start].removesuffix("中共")
        if not (found or relative) or _NOT_ISSUER.search(before) or _LED.match(text, match.end()):
            continue
        last = found or last
        quote = re.split(r"[。；;\n]", whole[start : start + 30])[0]
        cited = before.rfind("《") > before.rfind("》")
        yield Issuer(zone, kind.replace("_", "-"), match.group(), quote, found, relative, cited)


def _leading(text: str) -> tuple[int, tuple[Place, ...]]:
    """Length and meanings of the longest place name ``text`` begins with; 0 and none when it does not."""
    width = next((n for n in range(15, 1, -1) if text[:n] in _surfaces()), 0)
    return width, _surfaces().get(text[:width], ())


def _title_place(title: str) -> Iterator[Issuer]:
    """A title of a normative text or plan that begins with a place: 北京市…条例, 沈阳…行动计划."""
    if re.match(r"中华人民共和国[^，。]{1,30}(?:法|法典|条例)$", title):
        yield Issuer("title", "", "", title[:30], relative="国")
    if not _TYPED.search(title):
        return
    end = 0
    while (width := _leading(title[end:])[0]) and not _chain(title, end + width)[0]:
        end += width
    found = _chain(title, end)[1]
    if found and (title[:end].endswith(found[0].name[-1]) or found[0].level != "county"):
        yield Issuer("title", "", "", title[:30], found)


def _openings(draft: Draft) -> Iterator[Issuer]:
    """Places that merely open a part of the title or the lead; they serve where an issuer is relative."""
    lead = dict(_zones(draft))["lead"]
    said = [("title", part) for part in re.split(r"——|[－:：|]", draft.title)]
    for zone, text in (*said, ("lead", re.sub(r"^(?:近日|日前|[\d年月日]+)[，,]?", "", lead))):
        if found := _leading(text)[1]:
            yield Issuer(zone, "", "", text[:30].split("\n")[0], found, cited=True)


def _numbered(text: str) -> Iterator[Issuer]:
    """The issuer's abbreviation in a document number that has a line to itself: 吉高法〔2019〕12号."""
    match = _NUMBER.search(text)
    prefix = match.group(1) if match else ""
    kind = next((k for k, sign in _SIGNS.items() if re.search(sign, prefix)), "")
    code = _ABBREVIATED.get(prefix[:1], "")
    if not match or not kind:
        return
    quote = match.group().strip()
    if re.match(r"国[发办函]|中办?发|法[发释]|法$|高检|司[发办]", prefix):
        yield Issuer("number", kind, _NATIONAL_NAMES[kind], quote, relative="国")
    elif code and prefix[1:2] != "市":
        yield Issuer("number", kind, _NATIONAL_NAMES[kind][-2:], quote, _units()[code])


def _zones(draft: Draft) -> Iterator[tuple[str, str]]:
    """Where issuers name themselves: byline, lines above the salutation, lead sentence, signature."""
    yield "byline", draft.byline
    text = draft.text.strip()[:1500]
    salutation = _SALUTATION.search(text)
    lines = [line for line in text[: salutation.start() if salutation else 600].split("\n") if line.strip()]
    head = next((n for n, line in enumerate(lines) if len(line) > 60 or "。" in line), len(lines))
    yield "head", "\n".join(lines[:8] if salutation else lines[: min(head, 8)])
    lead = text[salutation.end() :] if salutation else "\n".join(lines[head:])
    yield "lead", "。".join(lead.strip()[:300].split("。")[:3])
    lines = draft.text.rstrip()[-300:].split("\n")
    ends = [line.rsplit("。", 1)[-1].strip() for line in lines[-6:]]
    yield "signature", "\n".join(end for end in ends if len(end) <= 40)


def _issuers(draft: Draft) -> Iterator[Issuer]:
    """Every issuer the document names, strongest evidence first."""
    for key in _KEYS["institution"].split():
        yield from _issuers_in("metadata", str(draft.metadata.get(key) or ""))
    title = re.sub(r"\d{4}年度?", "", draft.title)
    if not title.rstrip(")）").endswith("条例"):
        yield from _issuers_in("title", title)
    yield from _title_place(title)
    for zone, text in _zones(draft):
        if zone == "head":
            yield from _numbered(draft.text[:1000])
        yield from _issuers_in(zone, text)
    yield from _openings(draft)


@dataclass(frozen=True)
class _Context:
    """What the rest of the document says."""

    votes: Counter[str]  # mentions per unit code
    own: str  # its rank in its own words: 省 in 我省
    year: int | None
    within: str  # code of the province given in the metadata
    subordinate: bool  # it speaks of a province above it


def _context(draft: Draft, given: Mapping[str, str]) -> _Context:
    text = _MEDIA.sub("", draft.title + "\n" + draft.text)
    hint = " ".join((*map(str, draft.metadata.values()), draft.title, draft.text[:300], draft.text[-80:]))
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?=[年\-/.])", hint)
    spoken = int(year[0]) if year else None
    provinces = [p.code[:2] for p in _surfaces().get(given.get("province", ""), ()) if p.level == "province"]
    above = len(_ABOVE.findall(text)) > 1
    return _Context(_votes(text, spoken), _own_word(text), spoken, "".join(provinces), above)


def _own_word(text: str) -> str:
    """The rank a document claims for itself: 市 when 全市 我市 prevail, 国 when 我国 does, else nothing."""
    own = Counter(_OWN.findall(text))
    if text.count("自治区") >= 3:
        own["自治区"] = own.pop("区", 0)
    word = max(sorted(own), key=lambda w: own[w], default="")
    nation = len(re.findall(r"我[国國]", text))
    if not own[word]:
        nation += len(re.findall(r"中国(?!特色|式|共产|梦)", text))
    if nation >= 5 and nation > 2 * own[word]:
        return "国"
    return word if own[word] >= 3 else ""


def _votes(text: str, year: int | None) -> Counter[str]:
    """Mentions per unit, counted for its parents too; a name called one's own (新吉林) counts triple."""
    votes: Counter[str] = Counter()
    automaton, candidates = _automaton()
    for index, start, end in automaton.find_matches_as_indexes(text):
        named = _valid(candidates[index], year)
        upper = next((p.code[:2] for p in named if p.level == "province"), "")
        found = [p for p in named if p.code.startswith(upper)]
        own = _EMPHASIS_BEFORE.search(text, max(0, start - 3), start) or _EMPHASIS_AFTER.match(text, end)
        for width, below in ((2, ()), (4, ("province",)), (6, ("province", "prefecture"))):
            codes = {p.code[:width] for p in found if p.level not in below}
            if len(codes) == 1:
                votes[codes.pop()] += 3 if own else 1
    return votes


def _resolve(issuer: Issuer, context: _Context) -> tuple[Place, ...]:
    """The places an issuer can mean: one when decided by its rank, the year, the document's other places."""
    rank = next((level for level, sign in _RANKS.items() if re.search(sign, issuer.wording)), "")
    pool = [p for p in issuer.places if p.level == rank] or list(issuer.places)
    pool = [p for p in pool if p.code[:2] == context.within] or pool
    if not rank and len({p.level for p in pool}) > 1:
        pool = [p for p in pool if context.own and p.name.endswith(context.own)] or pool
    pool = list(_valid(pool, context.year))
    pool = [p for p in pool if not any(_inside(p, q) for q in pool)]
    pool = [p for p in pool if p.level == "province"] or pool
    if len(pool) > 1:
        score = {p: context.votes[p.code[:4]] + context.votes[p.code[:2]] for p in pool}
        best = max(score.values())
        pool = [p for p in pool if best and score[p] == best] or pool
    return tuple(pool)


def _by_votes(relative: str, context: _Context) -> Place | None:
    """The unit of that rank (省, 市 …) the document speaks of most, if it leads clearly."""
    scores: dict[Place, int] = {}
    for code, count in sorted(context.votes.items()):
        units = [p for p in _valid(_units().get(code, ()), context.year) if p.name.endswith(relative)]
        above = context.subordinate and units and units[0].name in _MUNICIPALITIES
        if units and code.startswith(context.within) and not above:
            scores[units[0]] = count
    ranked = sorted(scores, key=lambda p: (-scores[p], _WIDTH[p.level], p.code))
    if not ranked or scores[ranked[0]] < 3:
        return None
    first = ranked[0]
    inner = next((p for p in ranked[1:] if _inside(p, first) and scores[p] >= 0.7 * scores[first]), None)
    rivals = [p for p in ranked[1:] if not _inside(p, first)]
    return (inner or first) if not rivals or scores[first] >= 1.5 * scores[rivals[0]] else None


def _fits(issuer: Issuer, other: Issuer, place: Place) -> bool:
    return place.name.endswith(issuer.relative) and (other.kind in ("", issuer.kind) or not other.cited)


def _choose(issuers: Sequence[Issuer], context: _Context) -> tuple[Issuer | None, Place | None, str]:
    """The deciding issuer, its place and the status; an undecided one comes back with status unknown."""
    doubtful: Issuer | None = None
    for issuer in issuers:
        if issuer.cited:
            continue
        stated = "given" if issuer.zone == "metadata" else "explicit"
        if issuer.relative == "国":
            if issuer.zone in ("lead", "signature") and context.own not in ("", "国"):
                continue
            return issuer, None, stated
        if issuer.places:
            found = _resolve(issuer, context)
            if len(found) == 1:
                return issuer, found[0], stated
            doubtful = doubtful or issuer
            continue
        for other in issuers:
            ranked = tuple(p for p in other.places if p.name.endswith(issuer.relative))
            found = _resolve(replace(other, places=ranked), context) if ranked else ()
            if len(found) == 1 and _fits(issuer, other, found[0]):
                return other, found[0], "explicit"
        if place := _by_votes(issuer.relative, context):
            return issuer, place, "inferred"
    return doubtful, None, "unknown"


def _fallback(
    draft: Draft, issuers: Sequence[Issuer], context: _Context
) -> tuple[Issuer | None, Place | None, str]:
    """The document's words for itself, a full name that opens title or lead, then the file name."""
    if context.own == "国":
        return Issuer("self", "", "", "我国", relative="国"), None, "inferred"
    if context.own and (place := _by_votes(context.own, context)):
        return Issuer("self", "", "", f"全{context.own[-1]}, {short_name(place.name)}"), place, "inferred"
    for issuer in issuers:
        found = _resolve(issuer, context) if issuer.cited and not issuer.kind else ()
        if len(found) == 1 and issuer.quote.startswith(found[0].name):
            return issuer, found[0], "inferred"
    automaton, candidates = _automaton()
    for part in reversed(PurePosixPath(draft.source).parts):
        for index, _, _ in automaton.find_matches_as_indexes(part):
            issuer = Issuer("file name", "", "", part[:30], candidates[index])
            if len(found := _resolve(issuer, context)) == 1:
                return issuer, found[0], "inferred"
    return None, None, "unknown"


def _institution(place: Place | None, kind: str, wording: str) -> str | None:
    """The full name: 沈阳中院 → 沈阳市中级人民法院, 衡阳市委政法委 → 中共衡阳市委政法委员会."""
    if place is None:
        return wording if re.search("国家|部$|常|办公厅", wording) else _NATIONAL_NAMES.get(kind, wording)
    name = place.name
    if place.level == "county" and re.search("(?<![林特])区$", name):
        name = (_units().get(place.code[:4]) or _units()[place.code[:2]])[-1].name + name
    if kind == "political-legal-committee":
        return f"中共{name}委{'员会' * name.endswith('自治区')}政法委员会"
    if kind == "party":
        return f"中共{name}委员会"
    if kind == "court":
        special = re.search("知识|金融|互联|海事|铁路", wording)
        return short_name(place.name) + wording if special else name + _court(place, wording)
    wording = _office(name, kind, wording)
    return name + wording if wording else None


def _court(place: Place, wording: str) -> str:
    """高级人民法院, 第一中级人民法院 …, whatever its short form."""
    if place.level != "prefecture" and not re.search("中级|中院", wording):
        return ("高级" if place.level == "province" else "") + "人民法院"
    number = re.search("[一二三四五]", wording)
    return (f"第{number[0]}" if number else "") + "中级人民法院"


def _office(name: str, kind: str, wording: str) -> str:
    if kind == "procuratorate":
        return "人民检察院"
    if kind == "congress":
        return "人民代表大会" + "常务委员会" * ("常" in wording)
    if kind == "justice" and not wording.endswith(("局", "厅")):
        return "司法厅" if name.endswith(("省", "自治区")) else "司法局"
    if kind == "government" and (own := re.search("(?:政府|[长席]|署)$|政府(办公[厅室])$", wording)):
        return ("行政公署" if name.endswith(("盟", "地区")) else "人民政府") + (own[1] or "")
    return wording


def _given(metadata: Mapping[str, str]) -> dict[str, str]:
    """What the metadata state, place names made full: 吉林 → 吉林省; a newspaper as source is not asked."""
    stated = {
        field: str(metadata[key]).strip() for field, keys in _KEYS.items() for key in reversed(keys.split())
        if str(metadata.get(key) or "").strip()
    }  # fmt: skip
    found: dict[str, str] = {k: v for k, v in stated.items() if k == "institution_type"}
    if level := stated.get("level"):
        found["level"] = next((v for k, v in _LEVELS.items() if level.startswith(k)), level)
    if stated.get("province") in ("全国", "国家", "中央", "中国"):
        found["level"] = "national"
    for field in _WIDTH:
        found |= _given_place(field, stated.get(field, ""), found)
    return found


def _given_place(field: str, name: str, found: Mapping[str, str]) -> dict[str, str]:
    """The unit a metadata field names and those above it; its name alone when several are called so."""
    meant = [p for p in _valid(_chain(name, len(name))[1], None) if p.level == field or field == "province"]
    meant = [p for p in meant if p.level == field] or meant
    names = [_names(place, None) for place in meant]
    kept = [n for n in names if all(found.get(level, name) == name for level, name in n.items())]
    return kept[0] if len(kept) == 1 else {field: kept[0][field]} if kept and field in kept[0] else {}


def _names(place: Place, year: int | None) -> dict[str, str]:
    """The unit and those it lies in, by level."""
    found = {place.level: place.name}
    for level, width in (("province", 2), ("prefecture", 4)):
        outer = _units().get(place.code[:width], ()) if width < _WIDTH[place.level] else ()
        if outer:
            found[level] = _valid(outer, year)[-1].name
    return found


def _level(place: Place | None, issuer: Issuer | None) -> str | None:
    if place is None:
        return "national" if issuer and issuer.relative == "国" else None
    middle = issuer and re.search("中级|中院|知识产权法院|金融法院|海事法院", issuer.wording)
    return "prefecture" if place.level == "province" and middle else place.level


def _speaker(issuer: Issuer, place: Place | None, issuers: Sequence[Issuer], draft: Draft) -> Issuer | None:
    """The institution that goes with the place: who reports to a congress, else the first named."""
    opening = draft.title + _MEDIA.sub("", draft.text[:400])
    body = _issuers_in("body", draft.text[:1000])
    same = [
        other for other in (*((issuer,) if issuer.kind else ()), *issuers, *body)
        if other.kind and not (other.cited and other is not issuer)
        and (other.relative == "国") == (issuer.relative == "国")
        and (other is issuer or place is None or other.relative and place.name.endswith(other.relative)
             or any(p.code == place.code for p in other.places))
    ]  # fmt: skip
    bench = next((other for other in same if other.kind in ("court", "procuratorate")), None)
    if _REPORT.search(opening) and issuer.kind in ("", "congress", "government") and not bench:
        wording = "国务院" if place is None else "人民政府"
        return replace(issuer, kind="government", wording=wording)
    if bench and issuer.kind == "congress":
        return bench
    if same and issuer.zone == "byline":
        order = tuple(_NATIONAL_NAMES)
        return min(same, key=lambda other: (other.zone != "byline", order.index(other.kind)))
    return same[0] if same else None


def locate(draft: Draft) -> dict[str, str | None]:
    """Issuing institution and its place.

    Parameters
    ----------
    draft : Draft
        The document as read. The file name is asked last, so an opaque one costs nothing.

    Returns
    -------
    dict
        ``institution institution_type level province prefecture county region_status region_evidence``; what
        is not known is None. ``region_evidence`` is ``zone: quote``, with the candidates in brackets when the
        name is ambiguous and the status ``unknown``. National documents have level ``national`` and no
        province.
    """
    given = _given(draft.metadata)
    context = _context(draft, given)
    issuers = list(_issuers(draft))
    issuer, place, status = _choose(issuers, context)
    if place is None and status == "unknown":
        again = _fallback(draft, issuers, context)
        issuer, place, status = (again[0] or issuer, *again[1:])
    speaker = _speaker(issuer, place, issuers, draft) if issuer and status != "unknown" else None
    found: dict[str, Any] = dict.fromkeys(FIELDS)
    found |= {"level": _level(place, speaker or issuer)} | (_names(place, context.year) if place else {})
    if speaker:
        found["institution_type"] = speaker.kind
        found["institution"] = _institution(place, speaker.kind, speaker.wording)
    evidence = f"{issuer.zone}: {issuer.quote}" if issuer else None
    if issuer and status == "unknown" and issuer.places:
        evidence = f"{evidence} ({' | '.join(_labels(issuer, context))})"
    return _merged(found, given, {"region_status": status, "region_evidence": evidence})


def _labels(issuer: Issuer, context: _Context) -> list[str]:
    return sorted({"".join(_names(place, context.year).get(level, "") for level in FIELDS[3:])
                   for place in _resolve(issuer, context)})  # fmt: skip


def _merged(found: dict[str, Any], given: Mapping[str, str], status: dict[str, str | None]) -> dict[str, Any]:
    """Metadata over inference; what was inferred for another place is dropped."""
    region = {k: given[k] for k in FIELDS[2:] if k in given}
    if not region:
        return {**found, **given, **status}
    other = [k for k in region if k != "level" and found[k] not in (None, region[k])]
    if other or given.get("level") == "national":
        found = dict.fromkeys(FIELDS)
    deepest = next((level for level in ("county", "prefecture", "province") if level in given), None)
    known = {**found, "level": found["level"] or deepest, **given}
    return known | {"region_status": "given", "region_evidence": "metadata: " + " ".join(region.values())}
