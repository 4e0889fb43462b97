"""The page's own lines."""

from __future__ import annotations

import pytest

from analysis.reading.furniture import strip_furniture

BODY = "全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理。"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("[责任编辑：张三]", "editor"),
        ("编辑：何某某", "editor"),
        ("责任编辑　何某某", "editor"),
        ("首页 > 新闻 > 要闻", "breadcrumb"),
        ("复制链接", "button"),
        ("标签：", "tag list"),
        ("当前位置：首页 > 政务 > 要闻", "breadcrumb"),
        ("【字体：大 中 小】", "button"),
        ("打印本页", "button"),
        ("分享到：", "button"),
        ("上一篇：某某会议召开", "button"),
        ("来源：某某日报", "source line"),
        ("2026-01-31 07:00:44", "source line"),
        ("发布时间：2019-02-22 08:30 来源：某某日报 浏览次数：128次", "source line"),
        ("【法宝引证码】 CLI.12.345", "database header"),
        ("— 23 —", "page number"),
        ("- 2 -", "page number"),
        ("3/9", "page number"),
        ("第 3 页 共 9 页", "page number"),
    ],
)
def test_kinds(line: str, kind: str) -> None:
    text, _, removed = strip_furniture(f"{BODY}\n{line}\n{BODY}")
    assert text == f"{BODY}\n{BODY}"
    assert dict(removed) == {(kind, line): 1}


@pytest.mark.parametrize(
    "line",
    [
        "记者：接诉即办推行以来，法院做了什么？",
        "时间：5月27日上午",
        "2021年10月11日",
        "23",
        "【中国共产党成立100周年】",
        "分享经验做法",
        "下一条防线要守住",
        "一审：判决驳回诉讼请求",
        "来源于人民。",
        "审核：对申报材料进行逐项核查。",
    ],
)
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
