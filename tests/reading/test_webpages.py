"""Main text and metadata of web pages."""

import logging
import time

import pytest

from analysis.reading.encodings import Unreadable
from analysis.reading.webpages import read_page

BODY = [
    "会议要求，全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众在每一个案件中感受到公平正义。",
    "会议强调，要加强队伍建设，锻造忠诚干净担当的铁军，以实际行动推动高质量发展取得新成效，迈上新台阶。",
]
NEWS = f"""<html><head><title>全市会议召开_某某网</title><meta name="ArticleTitle" content="全市会议召开">
<meta name="PubDate" content="2019-02-24 07:46"><meta name="Author" content="张三"></head><body>
<div class="nav"><a href="/">首页</a> <a href="/a">新闻</a> <a href="/b">专题</a></div>
<script>var 变量 = "不要";</script>
<h1>全市会议召开</h1><div class="content"><p>{BODY[0]}</p><p>{BODY[1]}</p></div>
<div class="footer">版权所有 某某网 <a href="/c">网站地图</a></div></body></html>"""
GAZETTE = f"""<div><table><tr><td><table><tr><td><b>索 引 号：</b></td><td>0001/2019-5</td>
<td>成文日期：</td><td>2019年01月24日</td></tr>
<tr><td>标　　题：</td><td colspan="3">某某机关关于印发方案的通知</td></tr></table></td></tr>
<tr><td><p>某某机关关于印发方案的通知</p><p>{BODY[0]}</p><p>{BODY[1]}{BODY[0]}</p></td></tr></table></div>"""


def test_news_pages() -> None:
    text, title, metadata, removed = read_page(NEWS)
    assert title == "全市会议召开"
    assert all(paragraph in text.split("\n") for paragraph in BODY)
    assert "不要" not in text and "网站地图" not in text
    outside = [("outside the main text", line) for line in ("版权所有 某某网 网站地图", "首页 新闻 专题")]
    assert sorted(removed) == [*outside, ("script", 'var 变量 = "不要";')]
    assert metadata == {"published": "2019-02-24 07:46", "author": "张三"}


def test_documents_laid_out_in_tables_keep_their_paragraphs() -> None:
    text, title, metadata, _ = read_page(GAZETTE)
    assert title == "某某机关关于印发方案的通知"
    assert metadata == {"索引号": "0001/2019-5", "成文日期": "2019年01月24日"}
    assert BODY[0] in text.split("\n") and "|" not in text and "索引" not in text


def test_a_short_page_falls_back_on_all_its_text() -> None:
    text, title, _, removed = read_page("<p>法院开庭。</p><p>当庭宣判。</p>")
    assert text.split("\n") == ["法院开庭。", "当庭宣判。"] and title == "" and not removed


@pytest.mark.parametrize("page", ["", "<html></html>", "<html><body><script>var a</script></body></html>"])
def test_pages_without_text(page: str) -> None:
    with pytest.raises(Unreadable, match="without text"):
        read_page(page)


def test_thousands_of_tables_take_no_hours() -> None:
    started = time.process_time()
    text = read_page(f"<table><tr><td>甲</td><td>{BODY[0]}</td></tr></table>" * 5000)[0]
    assert text.count(BODY[0]) == 5000 and time.process_time() - started < 5


def test_logging_is_left_as_it_was() -> None:
    before = logging.getLogger("trafilatura").disabled
    read_page(NEWS)
    assert logging.getLogger("trafilatura").disabled == before


def test_what_belongs_to_the_page_is_listed_once_by_kind() -> None:
    page = (
        f"<header>某某网<nav>首页 新闻</nav></header><nav>您在这里</nav><!-- 备注 --><form><select>字号</select></form>"
        f"<p>{BODY[0]}</p><svg></svg><svg></svg><footer>版权所有</footer>"
    )
    assert dict(read_page(page)[3]) == {
        ("page header", "某某网首页 新闻"): 1, ("navigation", "您在这里"): 1, ("comment", "备注"): 1,
        ("form", "字号"): 1, ("picture", ""): 2, ("page footer", "版权所有"): 1,
    }  # fmt: skip
