"""Kinds of institution: how each is written in passing, and its full name."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.reading.gazetteer import Place, short_name, unit

_OFFICES = (
    "公安 国家安全 财政 教育 科技 科学技术 民政 人力资源和?社会保障 自然资源 生态环境 住房和?城乡建设 "
    "交通运输? 水[利务] 农业农村 商务 文化和?旅游 卫生健康 应急管理 审计 市场监督管理 统计 税务 "
    "林业和草原 信访 医疗保障 发展和?改革 工业和信息化 经济和信息化 国有资产监督管理"
).replace(" ", "|")
_MINISTRIES = (
    "公安 国家安全 财政 教育 民政 商务 生态环境 自然资源 交通运输 农业农村 水利 人力资源社会保障 住房城乡建设"
).replace(" ", "|")


class Kind(NamedTuple):
    """A kind of institution: the nation's own, and the patterns of national and local ones."""

    nation: str
    national: str
    local: str = "(?!)"


KINDS = {
    "court": Kind(
        "最高人民法院", r"最高人民法院|最高法(?!律)",
        r"(?:高级|第?[一二三四五]?中级)(?:人民)?法院|高院|[一二三四]?中院|"
        r"(?:知识产权|金融|互联网|海事|铁路运输(?:中级)?)法院|(?:人民)?法院",
    ),
    "procuratorate": Kind("最高人民检察院", r"最高人民检察院|最高检(?!察)", r"(?:人民)?检察(?:院|机关)"),
    "justice": Kind("司法部", r"(?<![一-鿿])司法部", r"司法[厅局]|司法行政系统|监狱管理局|戒毒管理局"),
    "political-legal-committee": Kind(
        "中央政法委员会", r"中央政法委(?:员会)?", r"(?:委员会|党委|委)?政法委(?:员会)?"
    ),
    "government": Kind(
        "国务院",
        r"国务院(?:办公厅)?|國務院|中华人民共和国主席|国家[一-鿿]{2,8}(?:委员会|委|局)|"
        rf"(?<![一-鿿])(?:{_MINISTRIES})部",
        rf"(?:人民)?政府(?:办公[厅室])?|行政公署|行署|(?:{_OFFICES})(?:厅|局|委员会|委)|"
        r"(?:人民政府)?代?理?(?:[省市区县州盟]长|主席)",
    ),
    "congress": Kind(
        "全国人民代表大会",
        r"(?:第[一二三四五六七八九十]+[届屆])?全[国國]人(?:民代表大[会會]|大)(?:常务委员会|常委会)?",
        r"(?:第?[一二三四五六七八九十]+届)?人(?:民代表大会|大)(?:常务委员会|常委会)?",
    ),
    "party": Kind(
        "中共中央", r"中共中央(?:办公厅)?", r"党委|委员会|委(?=$|[、，,书常副办印召举宣组统全关党\s])"
    ),
    "media": Kind("中央广播电视总台", r"《?新闻联播》?"),
}  # fmt: skip  # in the order in which a byline of several posts is read
_SCOPED = [
    *((kind, True, forms.national) for kind, forms in KINDS.items()),
    *((kind, False, forms.local) for kind, forms in KINDS.items()),
]
_EVERY = "|".join(f"({pattern})" for _, _, pattern in _SCOPED)
_WRITTEN = "".join(sorted(set(re.findall("[《一-龥]", _EVERY))))  # one of these characters begins every match
NAMED = re.compile(f"(?=[{_WRITTEN}])(?:{_EVERY})")
_RANKS = {
    "province": r"高级|高院|司法厅|省长|厅$", "prefecture": r"中级|中院|行署|行政公署|州长|盟长",
    "county": r"县长|旗长",
}  # fmt: skip


def kind_of(match: re.Match[str]) -> tuple[str, bool]:
    """The kind of institution a match of ``NAMED`` is, and whether it is the nation's."""
    return _SCOPED[(match.lastindex or 1) - 1][:2]


def rank_of(wording: str) -> str:
    """The level an institution's wording implies: 高院 is a province's; empty when any can have one."""
    return next((level for level, sign in _RANKS.items() if re.search(sign, wording)), "")


def is_middle(wording: str) -> bool:
    """Whether a court stands between those of province and county, whatever place it is named after."""
    return bool(re.search("中级|中院|知识产权法院|金融法院|海事法院", wording))


def full_name(place: Place | None, kind: str, wording: str) -> str | None:
    """The full name: 沈阳中院 → 沈阳市中级人民法院, 衡阳市委政法委 → 中共衡阳市委政法委员会."""
    if place is None:
        return wording if re.search("国家|部$|常|办公厅", wording) else KINDS[kind].nation
    name = place.name
    if place.level == "county" and re.search("(?<![林特])区$", name):
        name = (unit(place.code[:4]) or unit(place.code[:2]))[-1].name + name
    if kind == "political-legal-committee":
        return f"中共{name}委{'员会' * name.endswith('自治区')}政法委员会"
    if kind == "party":
        return f"中共{name}委员会"
    if kind == "court" and re.search("知识|金融|互联|海事|铁路", wording):
        return short_name(place.name) + wording
    if kind != "court":
        return name + _office(name, kind, wording)
    if place.level != "prefecture" and not re.search("中级|中院", wording):
        return name + "高级" * (place.level == "province") + "人民法院"
    number = re.search("[一二三四五]", wording)
    return name + (f"第{number[0]}" if number else "") + "中级人民法院"


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
