"""Paragraphs out of lines."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analysis.reading.cleaning import clean
from analysis.reading.wrapping import close_sentences, restore_breaks, unwrap

SENTENCES = [
    "全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众在每一个案件中感受到公平正义。",
    "要统筹推进各项重点工作，持续深化司法体制综合配套改革，健全多元解纷机制，审结案件28592件，同比增长5.6%。",
    "会议强调，要加强队伍建设，锻造忠诚干净担当的铁军，以实际行动推动高质量发展取得新成效，迈上新台阶。",
]  # fmt: skip


def _wrap(paragraph: str, width: int, indent: str) -> list[str]:
    line, lines = indent, []
    for char in paragraph:
        if sum(2 if c > "~" else 1 for c in line) + (2 if char > "~" else 1) > width and char not in "，。、；":
            lines.append(line)
            line = ""
        line += char
    return [*lines, line]


@given(
    st.lists(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=6).map("".join), min_size=3, max_size=8),
    st.integers(28, 40).map(lambda n: 2 * n),
)
def test_wrapped_paragraphs_come_back(paragraphs: list[str], width: int) -> None:
    lines = [line for p in paragraphs for line in _wrap(p, width, "　　")]
    text, joined = unwrap("\n".join(lines))
    if joined:
        assert [p.strip() for p in text.split("\n")] == paragraphs
    else:
        assert len(lines) < 12 + len(paragraphs) * 2


def test_page_numbers_between_lines_do_not_part_a_paragraph() -> None:
    lines = _wrap(SENTENCES[0] * 8, 60, "")
    assert clean("\n".join([*lines[:5], "— 2 —", *lines[5:]])).text == SENTENCES[0] * 8


def test_joined_lines_are_listed_with_what_stands_around_them() -> None:
    lines = _wrap(SENTENCES[0] * 8, 60, "")
    _, joined = unwrap("\n".join(lines))
    assert joined == [f"{a[-8:]}⏎{b[:8]}" for a, b in pairwise(lines)]
    assert unwrap("\n".join(lines[:6])) == ("\n".join(lines[:6]), [])
    assert unwrap("\n".join(lines[:6]), least=4)[0] == "".join(lines[:6])


def test_whole_paragraphs_are_left_alone() -> None:
    text = "\n".join(s * n for n in (1, 2, 3) for s in SENTENCES)
    assert unwrap(text) == (text, [])
    titles = "\n".join(f"第{n}条 某某条例" for n in range(40))
    assert unwrap(titles) == (titles, [])


def test_a_line_that_opens_with_a_comma_goes_back() -> None:
    text, joined = close_sentences("通过了根本法——\n宪法\n，接着又通过了几个法律。")
    assert text == "通过了根本法——\n宪法，接着又通过了几个法律。" and joined == ["宪法⏎，接着又通过了几"]


def test_sentences_broken_by_links_are_closed_where_blank_lines_part_paragraphs() -> None:
    whole = "\n\n".join(SENTENCES * 3)
    broken = whole + "\n\n会议听取了\n关于法院工作的报告\n并进行了三天的讨论，一致同意这个报告所提出的各项任务和措施。"
    text, joined = close_sentences(broken)
    assert [pair.partition("⏎")[2] for pair in joined] == ["关于法院工作的报", "并进行了三天的讨"]
    assert text.split("\n")[-1].startswith("会议听取了关于法院工作的报告并进行了三天的讨论")


def test_lost_breaks_are_restored_in_order_only() -> None:
    pad = SENTENCES[0] * 3
    run = f"一要加强领导。{pad}二要抓好重点。{pad}三要强化协调。{pad}"
    text, restored = restore_breaks(run)
    assert text == run.replace("二要抓", "\n二要抓").replace("三要强", "\n三要强")
    assert [pair.split("⏎")[1][:2] for pair in restored] == ["二要", "三要"]
    for other in (run.replace("二要抓", "五要抓"), "一要加强领导。二要抓好重点。"):
        assert restore_breaks(other) == (other, [])


def test_where_other_items_begin_lines_short_paragraphs_are_parted_too() -> None:
    text = "会议提出三点。一要加强领导。二要抓好重点。\n三要强化协调。四要加强督查。\n一要求五要素。"
    restored = "会议提出三点。\n一要加强领导。\n二要抓好重点。\n三要强化协调。\n四要加强督查。\n一要求五要素。"
    assert restore_breaks(text)[0] == restored
