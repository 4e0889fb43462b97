"""Formulations told by their form."""

import pytest

from analysis.discovery.patterns import common, listed, numbered


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("推进三抓三早工作", ["三抓三早"]), ("关注一老一小群体", ["一老一小"]), ("学法清单为1+3+N，", ["1+3+N"]),
        ("三个项目、五个乡镇、二十个县", []), ("2019年1月2日", []), ("第一第二", []), ("增长3%+2%", []),
    ],
)  # fmt: skip
def test_numbered_groups_but_no_plain_quantities(text: str, found: list[str]) -> None:
    assert numbered([text]) == found


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("坚持抓落实、抓督导、抓研究、抓宣传，准确把握四抓的关系", {"抓落实、抓督导、抓研究、抓宣传": "四抓"}),
        ("一体推进不敢腐、不能腐、不想腐", {"不敢腐、不能腐、不想腐": ""}),
        ("推进暖心、安心、顺心、舒心、开心“五心工程”", {"暖心、安心、顺心、舒心、开心": "五心工程"}),
        ("树立“服务、创新、开放”理念，此为“三个理念”。", {"服务、创新、开放": "三个理念"}),
        ("购买苹果、香蕉、葡萄", {}), ("甲、抓落实、抓督导、抓研究", {}),
    ],
)  # fmt: skip
def test_enumerations_and_their_abbreviations(text: str, linked: dict[str, str]) -> None:
    assert listed([text]) == linked


def test_what_parts_have_in_common() -> None:
    assert common("不敢腐、不能腐、不想腐") == "不腐" and common("甲乙、丙丁") == ""
