"""Institutions a document names where issuers name themselves, strongest evidence first.

Newspapers never count, nor bodies that are reported to, led by or merely heard of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.reading.draft import Draft
from analysis.reading.gazetteer import Place, before, leading, unit
from analysis.reading.institutions import KINDS, NAMED, kind_of
from analysis.reading.zones import NUMBER, Zones

_MEDIA = re.compile(
    r"(?:新华社|中新社|本报)[一-鿿]{0,8}(?:\d+月\d+日)?[电讯]|来\s*源\s*[:：].*|"
    r"[一-鿿·]{2,8}?(?:日报|晚报|晨报|早报|法治报|新闻网|电视台|频道|新闻客户端)(?:社|客户端|全媒体)?"
)
_MEDIA_SIGN = re.compile(r"日报|晚报|晨报|早报|法治报|新闻网|电视台|频道|新闻客户端|新华社|中新社|本报|来\s*源")
_STATED = ("institution", "机构", "单位", "发文机关", "发布机构", "发文单位")
_RELATIVE = re.compile(r"(自治区|(?:^|(?<=[^一-鿿])|(?<=[全我本代表为共日会对由受是]))[省市区县州盟旗])$")
_NOT_ISSUER = re.compile(
    r"(?:传达|学习|贯彻|落实|根据|按照|遵照|经|听取|转发|关于|给予|对|向|由|接受|围绕|配合|报请?|各|及)$"
)
_LED = re.compile(r"[^。，；\n]{0,12}(?:领导|指导下|支持下|的(?:部署|要求))|[:：]\s*(?:\n|$)")
_TYPED = re.compile(
    r"(?:条例|办法|规定|决定|规划|意见|通知|报告|方案|要点|规则|细则|决议|公告|批复|纲要|总结|"
    r"计划|措施|公报)[)）」》]*$"
)
_NATIONAL_NUMBER = re.compile(r"国[发办函]|中办?发|法[发释]|法$|高检|司[发办]")
_SIGNS = {
    "political-legal-committee": "政法|政委", "court": "法", "procuratorate": "检", "justice": "司",
    "government": "[政府国]",
}  # fmt: skip
_SHARED = {"宁政": "320100", "青政": "370200", "新政": "410700"}  # 南京 青岛 新乡 write the sign of a province
_OF_PROVINCES = re.compile(r"^(?!.府|.中)(?!.市)|^[粤琼黔川沪渝]府")  # 苏府 is of 苏州, 吉中法 of 吉林市
_PROVINCES = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "内": "15", "辽": "21", "吉": "22",
    "黑": "23", "沪": "31", "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37",
    "豫": "41", "鄂": "42", "湘": "43", "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51",
    "黔": "52", "云": "53", "藏": "54", "陕": "61", "甘": "62", "青": "63", "宁": "64", "新": "65",
}  # fmt: skip


@dataclass(frozen=True)
class Issuer:
    """An institution named in a zone, with the places it can mean, or with 省 市 国 … when only relative.

    ``cited`` ones, in the title of another document or merely a place, serve where an issuer is relative.
    """

    zone: str
    kind: str
    wording: str
    quote: str
    places: tuple[Place, ...] = ()
    relative: str = ""
    cited: bool = False


def find_issuers(draft: Draft) -> Iterator[Issuer]:
    """Every issuer the document names, strongest evidence first."""
    zones = Zones(draft.title, draft.text.strip())
    for key in _STATED:
        yield from issuers_in("metadata", str(draft.metadata.get(key) or ""))
    title = re.sub(r"\d{4}年度?", "", draft.title)
    if not title.rstrip(")）").endswith("条例"):
        yield from issuers_in("title", title)
    yield from _placed_title(title)
    yield from issuers_in("byline", draft.byline)
    yield from _numbered(zones.text[:1000])
    yield from issuers_in("head", "\n".join(zones.head.split("\n")[:8]))
    yield from _lead(zones.lead)
    yield from issuers_in("signature", zones.signature)
    yield from _openings(draft.title, zones.lead)


def _lead(text: str) -> list[Issuer]:
    """Those of the lead; a local one that opens a clause before the national one whose act it carries out."""
    found = list(issuers_in("lead", text))
    if not found or found[0].relative != "国":
        return found
    acting = [i for i in found if i.places and re.search(rf"[，。；\n]{re.escape(i.quote[:8])}", text)]
    return acting + [i for i in found if i not in acting]


def without_media(text: str, instead: str = "") -> str:
    """A text without the newspapers it names, each of their characters replaced."""
    kept, end = [], 0
    for sign in _MEDIA_SIGN.finditer(text):
        starts = range(max(end, sign.start() - 8), sign.start() + 1)
        if match := next(filter(None, (_MEDIA.match(text, at) for at in starts)), None):
            kept += [text[end : match.start()], instead * len(match[0])]
            end = match.end()
    return "".join(kept) + text[end:]


def issuers_in(zone: str, text: str) -> Iterator[Issuer]:
    """Institutions named in ``text``, in order, without those only heard of or reported to."""
    whole, text = text, without_media(text, "＊")
    last: tuple[Place, ...] = ()
    for match in NAMED.finditer(text):
        kind, national = kind_of(match)
        if match.group().endswith("长") and _begins_a_place(text[match.end() - 1 :]):
            continue
        start, found = (match.start(), ()) if national else before(text, match.start())
        relative = "国" if national and not leading(text[match.end() :])[0] else ""
        if not (found or relative) and (near := _RELATIVE.search(text, max(0, start - 4), start)):
            relative, start = near.group(1), near.start()
        if not (found or relative) and zone == "byline":
            found = last
        ahead = text[:start]
        listed = zone in ("head", "lead") and re.search("[、和与]$", ahead) and before(text, start - 1)[1]
        if not (found or relative) or listed or _NOT_ISSUER.search(ahead) or _LED.match(text, match.end()):
            continue
        last = found or last
        quote = re.split(r"[。；;\n]", whole[start : start + 30])[0]
        cited = ahead.rfind("《") > ahead.rfind("》")
        yield Issuer(zone, kind, match.group(), quote, found, relative, cited)


def _begins_a_place(text: str) -> bool:
    """Whether the 长 of 省长 is that of 吉林省长春市."""
    width, found = leading(text)
    return any(p.level != "county" or text[:width].endswith(p.name) for p in found)


def _placed_title(title: str) -> Iterator[Issuer]:
    """A title of a normative text or plan that begins with a place: 北京市…条例, 沈阳…行动计划."""
    if re.match(r"中华人民共和国[^，。]{1,30}(?:法|法典|条例)$", title):
        yield Issuer("title", "", "", title[:30], relative="国")
    if not _TYPED.search(title):
        return
    end = 0
    while (inner := leading(title[end:])) and inner[0] and not before(title, end + inner[0])[0]:
        if end and not any(title.startswith(p.name, end) for p in inner[1]):
            break  # 山东省青岛西海岸新区条例 is an act of the province
        end += inner[0]
    found = before(title, end)[1]
    if found and (title[:end].endswith(found[0].name[-1]) or found[0].level != "county"):
        yield Issuer("title", "", "", title[:30], found)


def _openings(title: str, lead: str) -> Iterator[Issuer]:
    """Places that merely open a part of the title or the lead."""
    said = [("title", part) for part in re.split(r"——|[－:：|]", title)]
    for zone, text in (*said, ("lead", re.sub(r"^(?:近日|日前|[\d年月日]+)[，,]?", "", lead))):
        if found := leading(text)[1]:
            yield Issuer(zone, "", "", text[:30].split("\n")[0], found, cited=True)


def _numbered(text: str) -> Iterator[Issuer]:
    """The issuer's abbreviation in a document number that has a line to itself: 吉高法〔2019〕12号."""
    match = NUMBER.search(text)
    prefix = match[1] if match else ""
    kind = next((k for k, sign in _SIGNS.items() if re.search(sign, prefix)), "")
    if not match or not kind:
        return
    quote = match[0].strip()
    if _NATIONAL_NUMBER.match(prefix):
        yield Issuer("number", kind, KINDS[kind].nation, quote, relative="国")
    elif prefix[0] in _PROVINCES and _OF_PROVINCES.match(prefix):
        found = unit(_PROVINCES[prefix[0]]) + unit(_SHARED.get(prefix[:2], "")[:4])
        yield Issuer("number", kind, KINDS[kind].nation[-2:], quote, found)
