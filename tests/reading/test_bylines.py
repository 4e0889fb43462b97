"""What a short line is."""

import pytest

from analysis.reading.bylines import is_heading, is_title_like, parse_byline, section_number


@pytest.mark.parametrize(
    ("line", "author", "office"),
    [
        ("林远山 广西壮族自治区司法厅党委书记、厅长", "林远山", "广西壮族自治区司法厅党委书记、厅长"),
        ("王　刚 某市中级人民法院环境资源审判庭庭长", "王刚", "某市中级人民法院环境资源审判庭庭长"),
        ("省长 张望舒", "张望舒", "省长"),
        ("自治区代理主席 嘎玛次仁", "嘎玛次仁", "自治区代理主席"),
        ("作者：李知行", "李知行", ""),
    ],
)
def test_bylines(line: str, author: str, office: str) -> None:
    assert parse_byline(line) == (author, office)


@pytest.mark.parametrize(
    "line",
    ["推动经济 实现高质量增长", "持续提升软实力 倾力打造硬队伍", "一、加强组织领导", "钱力 某移动公司总经理",
     "记" * 90 + " 院长"],
)  # fmt: skip
def test_other_lines_are_no_bylines(line: str) -> None:
    assert parse_byline(line) is None


def test_headings_and_titles() -> None:
    assert section_number("十二、强化保障") == 12 and section_number("二要强化保障") is None
    assert is_heading("一、着力加强政治建设")
    assert not is_heading("一、总体要求。坚持统筹推进。")
    assert is_title_like("全市法院工作会议召开")
    for line in ("各位代表：", "一、着力加强政治建设", "会议在某地召开。", "省长 张望舒", "——2025年1月在大会上"):
        assert not is_title_like(line)
