"""The page's own lines."""

import pytest

from analysis.reading.furniture import strip_furniture

BODY = "全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理。"


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("editor", ["[责任编辑：张三]", "编辑：何某某", "责任编辑　何某某"]),
        ("breadcrumb", ["首页 > 新闻 > 要闻", "当前位置：首页 > 政务 > 要闻"]),
        ("button", ["复制链接", "【字体：大 中 小】", "打印本页", "分享到：", "上一篇：某某会议召开"]),
        ("tag list", ["标签："]), ("database header", ["【法宝引证码】 CLI.12.345"]),
        ("source line", ["来源：某某日报", "2026-01-31 07:00:44",
                         "发布时间：2019-02-22 08:30 来源：某某日报 浏览次数：128次"]),
        ("page number", ["— 23 —", "- 2 -", "3/9", "第 3 页 共 9 页"]),
    ],
)  # fmt: skip
def test_kinds(kind: str, lines: list[str]) -> None:
    for line in lines:
        text, _, removed = strip_furniture(f"{BODY}\n{line}\n{BODY}")
        assert (text, dict(removed)) == (f"{BODY}\n{BODY}", {(kind, line): 1})


@pytest.mark.parametrize(
    "line",
    ["记者：接诉即办推行以来，法院做了什么？", "时间：5月27日上午", "2021年10月11日", "23", "【中国共产党成立100周年】",
     "分享经验做法", "下一条防线要守住", "一审：判决驳回诉讼请求", "来源于人民。", "审核：对申报材料进行逐项核查。"],
)  # fmt: skip
def test_lines_of_the_document_stay(line: str) -> None:
    assert strip_furniture(f"{BODY}\n{line}\n{BODY}")[0].split("\n")[1] == line


def test_what_the_lines_said_is_kept() -> None:
    _, fields, _ = strip_furniture("发表时间：\n2026-02-09 09:45:30\n来源：\n某某客户端\n作者：张三\n" + BODY)
    assert fields == {"published": "2026-02-09 09:45:30", "origin": "某某客户端", "author": "张三"}


def test_tails_are_cut_only_where_lists_follow() -> None:
    page = "\n".join([BODY] * 4)
    tails = (
        "相关链接：\n某某会议\n某某报告",
        "主办单位：某市政府\n某ICP备0000001号\n网站标识码：430000",
        "本作品是某某的\n法律\nPublic domain",
        "本作品采用知识共享署名 4.0 国际许可协议进行许可。\nCC BY-SA 4.0",
    )
    for tail in tails:
        text, _, removed = strip_furniture(f"{page}\n{tail}")
        assert text.rstrip() == page
        assert [taken for _, taken in removed] == [tail]
    kept = f"{page}\n相关链接：\n" + BODY * 2
    assert strip_furniture(kept)[0] == kept
