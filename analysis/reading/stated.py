"""What metadata say about where a document comes from."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.reading.gazetteer import WIDTH, before, in_force, lineage

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
