"""Nothing invented, everything counted."""

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reading.cleaning import clean, drop_repeats, finish, strip_site

LONG = (
    "全市法院要坚持以人民为中心，依法公正审理各类案件，持续深化改革，加强队伍建设，"
    "不断提高审判质效，服务保障经济社会高质量发展大局。"
)


@pytest.mark.parametrize(
    ("raw", "text", "removed"),
    [
        ("[bookmark: _GoBack]院长指出，要抓落实。", "院长指出，要抓落实。", {"bookmark": 1}),
        ("会议召开。\n<!-- more -->\n院长讲话。", "会议召开。\n院长讲话。", {"comment": 1}),
        ('会议召开。\n<img src="a.png" />\n院长讲话。', "会议召开。\n院长讲话。", {"tag": 1}),
        ("<p>会议召开。</p><p>院长讲话。</p>", "会议召开。\n院长讲话。", {"tag": 4}),
        ("会议\u200b召开\ufeff。", "会议召开。", {"invisible character": 2}),
        ("　　会议召开。\n\u3000\u00a0院长讲话。", "会议召开。\n院长讲话。", {}),
        ("2月17日,开会;收案92件,结案!", "2月17日，开会；收案92件，结案！", {"half-width punctuation": 4}),
        ("治国(省) at 10:30, 1,000 ok", "治国（省） at 10:30, 1,000 ok", {"half-width punctuation": 1}),
        ("## 总则\n**第一条** [报](https://a.b/c)。", "总则\n第一条 报。", {"markdown mark": 3, "link": 1}),
        ("增长8％&nbsp;左右&ldquo;十四五&rdquo;", "增长8％ 左右“十四五”", {}),
        ("各 位 代 表 们", "各位代表们", {"letter spacing": 1}),
        ("法治&#20013; ok", "法治&#20013; ok", {}),
    ],
)  # fmt: skip
def test_one_kind_at_a_time(raw: str, text: str, removed: dict[str, int]) -> None:
    cleaned = clean(raw)
    assert cleaned.text == text
    assert Counter(kind for kind, _ in cleaned.removed.elements()) == removed


def test_spaced_out_digits_are_closed() -> None:
    raw = "1 9 9 3 年3 月就职，总值7 4 7 7 2 亿元，增长1 1 ％。\n另有 2018 2019 两年。"
    cleaned = clean(raw)
    assert cleaned.text == "1993年3月就职，总值74772亿元，增长11％。\n另有 2018 2019两年。"
    assert {text for kind, text in cleaned.removed if kind == "spaced digits"} == {"1 9 9 3", "7 4 7 7 2", "1 1"}


def test_repeated_and_cut_off_paragraphs_go_once() -> None:
    short = "（一）拒绝、阻碍统计调查或者统计检查的；"
    text = "\n".join([LONG, LONG[:50], LONG, short, "第二条 另有规定。", "三", "四", "五", short])
    once = "\n".join([LONG, short, "第二条 另有规定。", "三", "四", "五", short])
    assert drop_repeats(text) == (once, [LONG[:50], LONG])


def test_the_reporter_after_the_last_sentence_is_the_author() -> None:
    done = finish("会议召开。\n院长作总结讲话。新文化报·某某吉林记者张望")
    assert done.text == "会议召开。\n院长作总结讲话。"
    assert done.fields == {"author": "张望"}
    assert dict(done.removed) == {("byline", "新文化报·某某吉林记者张望"): 1}
    assert finish("会议召开。（记者 张望 李知行）").fields == {"author": "张望、李知行"}
    assert finish("会议号召向记者学习。").text == "会议号召向记者学习。"


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("坚持司法为民推动高质量发展_吉林频道", "坚持司法为民推动高质量发展"),
        ("全市会议召开 - 某市人民政府门户网站", "全市会议召开"),
        ("全市会议召开|某某日报", "全市会议召开"),
        ("守护黑土——乌苏里江畔的实践", "守护黑土——乌苏里江畔的实践"),
    ],
)
def test_site_names_after_titles(title: str, plain: str) -> None:
    assert strip_site(title)[0] == plain


def _han(text: str) -> Counter[str]:
    return Counter(c for c in text if "\u3400" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff")


PARTS = st.sampled_from(
    [LONG, LONG[:60], "二要抓落实。", "一要加强领导。", "<p>", "</div>", "<!--", "-->", "[bookmark: x]",
     "&nbsp;", "&#20013;", "来源：某报", "— 3 —", "责任编辑：张三", "\n", "\n\n", "　　", ",", "(", ")",
     "1 2 3", "# ", "**", "[a](http://b)", "Public domain"]
)  # fmt: skip


@given(st.lists(st.one_of(PARTS, st.text(max_size=12)), max_size=25).map("".join))
def test_no_chinese_character_is_ever_added(raw: str) -> None:
    once = clean(raw)
    assert not _han(once.text) - _han(raw)
    assert not _han(finish(once.text).text) - _han(once.text)
    assert all(n > 0 for n in once.removed.values())


HOSTILE = [
    "文", "<", "<!--文", "<script>文", '<a href="文" ', "(文", "[bookmark:", "![文", "[文](http:", "# ", " ", "　文",
    "1 ", "&am", "【来源", "来源：文 ", "时间：", "记者张三 ", "（文", "当前位置：\n首页\n>\n", "- ", "_", "文\n",
    "版权所有\n",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_takes_more_than_its_length_deserves(unit: str) -> None:
    started = time.process_time()
    for text in (unit * (40_000 // len(unit)), unit + "文" * 40_000):
        finish(clean(text).text)
    assert time.process_time() - started < 4  # linear: 0.2 s; a quadratic pattern: 5 s and more


@given(
    st.lists(st.sampled_from([LONG, "会议召开。", "一、加强领导", "2月17日，全市会议召开。"]), min_size=1, max_size=8)
)
def test_a_clean_text_stays_as_it_is(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert clean(text).text == text and not clean(text).removed


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('坚持"三个代表"重要思想，落实"五位一体"布局', "坚持“三个代表”重要思想，落实“五位一体”布局"),
        ('推行"3+1"模式', "推行“3+1”模式"),
        ('"双随机"，"一公开"。', "“双随机”，“一公开”。"),
        ('屏幕为5"和6"两种', '屏幕为5"和6"两种'),
        ('只有一个"引号', '只有一个"引号'),
        ('前一个"，后一个"的', '前一个"，后一个"的'),
        ('实行“双随机"抽查和"一公开”制度', "实行“双随机”抽查和“一公开”制度"),
        ('实行“双随机”抽查和"一公开“制度"', '实行“双随机”抽查和"一公开“制度"'),
        ('he said "no" twice', 'he said "no" twice'),
    ],
)
def test_straight_quotes_are_paired_only_where_it_is_certain(raw: str, expected: str) -> None:
    assert clean(raw).text == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("会议要求深入推进法治建设.各级法院要加强组织领导.", "会议要求深入推进法治建设。各级法院要加强组织领导。"),
        ("会见了约翰.史密斯和外国客人.代表团还会见法院领导.", "会见了约翰.史密斯和外国客人。代表团还会见法院领导。"),
        ("二、坚定不移地推进经济体制改革.", "二、坚定不移地推进经济体制改革."),
        ("会议要求深入推进法治建设.各级法院要加强组织领导。", "会议要求深入推进法治建设.各级法院要加强组织领导。"),
        ("增长3.5", "增长3.5"),
        ("一.", "一."),
    ],
)
def test_a_dot_is_a_full_stop_only_where_nothing_else_can_be_meant(raw: str, expected: str) -> None:
    assert clean(raw).text == expected
