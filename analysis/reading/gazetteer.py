"""The administrative units of China since 1980: what they are called and what lies in what."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

WIDTH = {"province": 2, "prefecture": 4, "county": 6}  # leading digits of a code that name the unit
_PRESENT = 2025
_LONGEST = 15
_PEOPLES = (
    "(?<!内)蒙古族? 回族 藏族 维吾尔族? 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 "
    "哈萨克族? 傣族 黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族? 土族 "
    "达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族? 塔吉克族? 怒族 鄂温克族 保安族 "
    "裕固族 独龙族 普米族 鄂伦春族? 各族"
).replace(" ", "|")
# names only together with their city's
_GENERIC = ("郊区", "城区", "矿区", "市区", "东区", "南区", "西区", "北区", "新区", "盐区")
_RANK = re.compile(rf"(?:(?:{_PEOPLES})*自治[区州县旗]|特别行政区|地区|[林特矿新]区|[省市区县盟旗])$")

_KEYS = {
    "province": "province 省份 省 region 地区", "prefecture": "prefecture city 地市 城市 市",
    "county": "county district 区县 县", "level": "level admin_level 层级 级别",
    "institution_type": "institution_type",
}  # fmt: skip
_LEVELS = {
    "国": "national", "全国": "national", "中央": "national", "省": "province", "自治区": "province",
    "直辖市": "province", "地": "prefecture", "设区": "prefecture", "市": "prefecture", "盟": "prefecture",
    "州": "prefecture", "县": "county", "区": "county", "旗": "county",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One administrative unit under one name, with the months between which the name was in force."""

    code: str
    name: str
    level: str
    first: str
    last: str

    def lies_in(self, outer: Place) -> bool:
        """Whether it belongs to a place of higher rank."""
        return self.level != outer.level and self.code.startswith(outer.code[: WIDTH[outer.level]])


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
def called() -> Mapping[str, tuple[Place, ...]]:
    """Full name, short name and, for autonomous units, short name with rank (阿坝州) → places so called."""
    found: dict[str, list[Place]] = {}
    for place in places():
        short = short_name(place.name)
        surfaces = [place.name, short] + [short + place.name[-1]] * ("自治" in place.name)
        if place.name in _GENERIC:
            surfaces = [city.name + short for city in _units()[place.code[:4]]]
        for surface in dict.fromkeys(surfaces):
            found.setdefault(surface, []).append(place)
    whole = {(p.name, p.code[:4]) for p in places()}  # 沙县 is the county, not short for 沙县区 of the same city
    return {
        surface: tuple(p for p in candidates if p.name == surface or (surface, p.code[:4]) not in whole)
        for surface, candidates in found.items()
    }


@cache
def _units() -> Mapping[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = {}
    for place in places():
        found.setdefault(place.code[: WIDTH[place.level]], []).append(place)
    return {code: tuple(names) for code, names in found.items()}


def unit(code: str, year: int | None = None) -> tuple[Place, ...]:
    """The names in force of the unit with a code of 2, 4 or 6 digits; none when there is no such unit."""
    return in_force(_units().get(code, ()), year)


@cache
def _automaton() -> tuple[Any, tuple[tuple[Place, ...], ...]]:
    """Names worth counting in running text: all full names, short names above the county."""
    from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

    counted: dict[str, tuple[Place, ...]] = {}
    for surface, candidates in sorted(called().items()):
        whole = len(surface) > 2
        if kept := tuple(p for p in candidates if p.level != "county" or whole and p.name == surface):
            counted[surface] = kept
    kind, form = MatchKind.LeftmostLongest, Implementation.DFA
    return AhoCorasick(list(counted), matchkind=kind, implementation=form), tuple(counted.values())


def mentions(text: str) -> Iterator[tuple[tuple[Place, ...], int, int]]:
    """The places named in running text: what each name can mean, its start and its end."""
    automaton, candidates = _automaton()
    for index, start, end in automaton.find_matches_as_indexes(text):
        yield candidates[index], start, end


def in_force(names: Sequence[Place], year: int | None) -> tuple[Place, ...]:
    """Those in force in ``year`` (in the present when unknown), or all when none was."""
    now = str(year or _PRESENT)
    begun = [p for p in names if p.first == "198012" or p.first[:4] <= now]
    return tuple(p for p in begun if p.last == str(_PRESENT) or p.last >= now) or tuple(names)


def lineage(place: Place, year: int | None) -> dict[str, str]:
    """The names of a unit and of those it lies in, by level."""
    found = {place.level: place.name}
    for level in ("province", "prefecture"):
        outer = unit(place.code[: WIDTH[level]], year) if WIDTH[level] < WIDTH[place.level] else ()
        found |= {level: outer[-1].name} if outer else {}
    return found


def so_called(names: Mapping[str, Any], text: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """From when and until when the units named ``names`` by level bore the names that ``text`` calls them by.

    Each an ISO day with the name that gives it, empty where there is no limit. The gazetteer knows names by the
    month it was drawn up, so a span is widened to whole years.
    """
    spans: list[tuple[str, str, str]] = []
    for level in ("county", "prefecture"):
        name = names.get(level) or "\0"
        outer = [p.code[:2] for p in called().get(names.get("province") or "", ()) if p.level == "province"]
        same = [p for p in called().get(name, ()) if p.name == name and p.level == level and p.code[:2] in outer]
        if same and name in text:
            spans.append((min(p.first for p in same), max(p.last for p in same), name))
    begun = [(f"{first[:4]}-01-01", name) for first, _, name in spans if first > "198012"]
    ended = [(f"{int(last[:4]) + last.endswith('12')}-12-31", name) for _, last, name in spans if last < "201904"]
    return max(begun, default=("", "")), min(ended, default=("", ""))


def before(text: str, end: int) -> tuple[int, tuple[Place, ...]]:
    """The nested place names that end at ``end``: where they begin, and what the innermost can be."""
    found: tuple[Place, ...] = ()
    names = called()
    while width := next((n for n in range(min(_LONGEST, end), 1, -1) if text[end - n : end] in names), 0):
        outer = names[text[end - width : end]]
        kept = tuple(p for p in found if any(p.lies_in(q) for q in outer)) if found else outer
        if not kept:
            break
        found, end = kept, end - width
    return end, found


def leading(text: str) -> tuple[int, tuple[Place, ...]]:
    """Length and meanings of the longest place name ``text`` begins with; 0 and none when it does not."""
    names = called()
    width = next((n for n in range(_LONGEST, 1, -1) if text[:n] in names), 0)
    return width, names.get(text[:width], ())


def stated_place(metadata: Mapping[str, str]) -> dict[str, str]:
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
    for field in WIDTH:
        found |= _given_place(field, stated.get(field, ""), found)
    return found


def _given_place(field: str, name: str, found: Mapping[str, str]) -> dict[str, str]:
    """The unit a metadata field names and those above it; its name alone when several are called so."""
    meant = [p for p in in_force(before(name, len(name))[1], None) if field in (p.level, "province")]
    meant = [p for p in meant if p.level == field] or meant
    names = [lineage(place, None) for place in meant]
    kept = [n for n in names if all(found.get(level, name) == name for level, name in n.items())]
    return kept[0] if len(kept) == 1 else {field: kept[0][field]} if kept and field in kept[0] else {}
