"""The lines of one article in reading order."""

from analysis.reading.order import drop_copies, in_order, is_cut, join_cut

LONG = "全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众满意，切实把各项任务落到实处"


def test_sections_are_sorted_and_a_tail_follows_its_section() -> None:
    lines = ["署名", "尾巴。", "二、乙", "乙文。", "开头。", "一、甲", "甲文"]
    assert [lines[i] for i in in_order(lines, [1, 2, 3, 4, 5, 6], byline=0)] == [
        "开头。", "一、甲", "甲文", "尾巴。", "二、乙", "乙文。",
    ]  # fmt: skip


def test_numbers_that_come_twice_move_nothing() -> None:
    lines = ["署名", "一、甲", "甲文。", "一、乙", "乙文。"]
    assert in_order(lines, [1, 2, 3, 4], byline=0) == [1, 2, 3, 4]


def test_of_two_copies_the_one_in_context_stays() -> None:
    lines = ["甲" * 30, "x", LONG, "y", "一、乙", LONG, "乙文。"]
    assert drop_copies(lines, [2, 4, 5, 6]) == [4, 5, 6]


def test_cut_sentences_are_joined() -> None:
    assert is_cut(LONG) and not is_cut(LONG + "。") and not is_cut("一、加强领导")
    assert join_cut([LONG, "见效。", "完。"]) == [LONG + "见效。", "完。"]
    assert join_cut([LONG, "二、乙"]) == [LONG, "二、乙"]


def test_a_cut_run_goes_before_its_continuation() -> None:
    lines = ["署名", "开头。", "乙切断", "他文", "丙续完。", "丁。"]
    assert in_order(lines, [1, 2, 4, 5], byline=0, goes_on={5: 1}) == [4, 5, 1, 2]
    lines = ["尾巴。", "他文", "署名", "开头切断"]
    assert in_order(lines, [0, 3], byline=2, goes_on={3: 0}) == [3, 0]
