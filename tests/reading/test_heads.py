"""What a short line is; front matter, title and byline."""

import pytest

from analysis.reading.heads import front_matter, is_heading, is_title_like, parse_byline, section_number, split_head

BODY = "会议要求，全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众满意，服务大局。"


def test_front_matter() -> None:
    text = "---\nTitle: 某某会议召开\nauthor: '某人'\ntags: \ndate: 2019-02-24 07:46\n---\n正文。"
    assert front_matter(text) == ({"title": "某某会议召开", "author": "某人", "date": "2019-02-24 07:46"}, "正文。")
    for plain in ("正文。\n---\n完。", "---\n只有一条线\n---\n正文"):
        assert front_matter(plain) == ({}, plain)


@pytest.mark.parametrize(
    ("lines", "title", "byline", "author", "left"),
    [
        (["全市法院工作会议召开", BODY], "全市法院工作会议召开", "", "", [BODY]),
        (["各位代表：", BODY], "", "", "", ["各位代表：", BODY]),
        (["一、加强领导", BODY], "", "", "", ["一、加强领导", BODY]),
        (["2025年某省政府工作报告", "——2025年1月在大会上", "省长 张望舒", BODY],
         "2025年某省政府工作报告", "省长 张望舒", "张望舒", ["——2025年1月在大会上", BODY]),
        (["2025年某省政府工作报告", "——2025年1月在大会上", "张望舒", BODY],
         "2025年某省政府工作报告", "张望舒", "张望舒", ["——2025年1月在大会上", BODY]),
        (["全市法院工作会议召开", "总则", BODY], "全市法院工作会议召开", "", "", ["总则", BODY]),
        (["某高法〔2019〕12号", "关于加强工作的通知", BODY],
         "关于加强工作的通知", "", "", ["某高法〔2019〕12号", BODY]),
        (["李知行 某市中级人民法院院长", "让司法更有温度", BODY],
         "让司法更有温度", "李知行 某市中级人民法院院长", "李知行", [BODY]),
        (["某市人民政府关于印发某某办法的通知", "某市人民政府关于印发某某办法的通知", BODY],
         "某市人民政府关于印发某某办法的通知", "", "", [BODY]),
        (["五年普法路一部活法典——某市普法工作", "回眸", BODY],
         "五年普法路一部活法典——某市普法工作回眸", "", "", [BODY]),
        ([BODY], "", "", "", [BODY]),
    ],
)  # fmt: skip
def test_heads(lines: list[str], title: str, byline: str, author: str, left: list[str]) -> None:
    assert split_head("\n".join(lines)) == (title, byline, author, "\n".join(left))


def test_a_known_title_is_taken_off_however_it_is_broken() -> None:
    known = "国务院关于印发某某实施方案的通知"
    assert split_head(f"国务院关于印发某某\n实施方案的通知\n{BODY}", known).body == BODY
    assert split_head(f"{known}\n{known}\n{BODY}", known).body == BODY
    assert split_head(f"政府工作报告\n{BODY}", "2025年某省政府工作报告").body == BODY
    assert split_head(f"{BODY}\n{BODY}", known).body == f"{BODY}\n{BODY}"


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
