"""The units of the gazetteer and their names."""

import pytest

from analysis.corpus import PROVINCES
from analysis.reading.gazetteer import before, in_force, leading, lineage, places, short_name


def test_gazetteer_has_every_province_once_under_its_full_name():
    provinces = [p for p in places() if p.level == "province"]
    assert [p.name for p in provinces] == list(PROVINCES)
    assert {p.code[:2] for p in places()} == {p.code[:2] for p in provinces}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("沈阳市", "沈阳"), ("阿坝藏族羌族自治州", "阿坝"), ("巴音郭楞蒙古自治州", "巴音郭楞"), ("浦东新区", "浦东"),
        ("广西壮族自治区", "广西"), ("香港特别行政区", "香港"), ("大兴安岭地区", "大兴安岭"), ("曹县", "曹县"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"), ("锡林郭勒盟", "锡林郭勒"),
    ],
)  # fmt: skip
def test_short_name(name, short):
    assert short_name(name) == short


def test_nested_names_are_read_from_the_outside_in():
    start, found = before("在吉林省长春市朝阳区", 10)
    assert start == 1 and [p.code[:4] for p in found] == ["2201"]
    assert lineage(found[0], 2020) == {"province": "吉林省", "prefecture": "长春市", "county": "朝阳区"}
    assert leading("沈阳市大东区")[0] == 3 and leading("会议")[1] == ()


def test_names_are_in_force_between_two_months():
    names = [p for p in places() if p.code == "420600"]
    assert [[p.name for p in in_force(names, year)] for year in (2008, 2015, None)] == [
        ["襄樊市"], ["襄阳市"], ["襄阳市"],
    ]  # fmt: skip
