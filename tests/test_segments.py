"""Segments: lines and sentences against a character-by-character reading."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.segments import paragraph_spans, sentence_spans, span_of

TEXTS = st.text(alphabet="法院。！？!?”’」』）)》“ \u3000\n\r\t，1a", max_size=40)
ENDS, CLOSERS = set("。！？!?"), set("”’」』）)》")


def pieces(text: str, spans: np.ndarray) -> list[str]:
    return [text[a:b] for a, b in spans.tolist()]


def sentences_by_hand(line: str) -> list[str]:
    """Cut a line after each end mark, its repetitions and the closing marks behind them."""
    cuts, k = [0], 1
    while k < len(line):
        if line[k] in ENDS:
            while k < len(line) and line[k] in ENDS | CLOSERS:
                k += 1
            cuts.append(k)
        k += 1
    return [line[a:b] for a, b in zip(cuts, [*cuts[1:], len(line)], strict=True) if line[a:b].strip()]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("坚持司法为民。公正司法！", ["坚持司法为民。", "公正司法！"]),
        ("他说：“办好案。”随后散会", ["他说：“办好案。”", "随后散会"]),
        ("他问：“好吗？！”。众人答。", ["他问：“好吗？！”。", "众人答。"]),
        ("（一）抓教育。）第二句", ["（一）抓教育。）", "第二句"]),
        ("第一行没有句号\n第二行。", ["第一行没有句号", "第二行。"]),
        ("没有句号", ["没有句号"]),
        ("。", ["。"]),
        ("一。  \n\n \n二。 ", ["一。", "二。"]),
        ("", []),
        (" \n\u3000\n", []),
    ],
)
def test_sentences_of_official_prose(text: str, sentences: list[str]) -> None:
    assert pieces(text, sentence_spans(text)) == sentences


@given(TEXTS)
@example("\n\n 甲。\n\n乙 \n")
def test_paragraphs_are_the_lines_that_are_not_blank(text: str) -> None:
    assert pieces(text, paragraph_spans(text)) == [line for line in text.split("\n") if line.strip()]


@given(TEXTS)
@example("。甲。")
def test_sentences_are_cut_where_a_reader_cuts(text: str) -> None:
    expected = [s for line in text.split("\n") for s in sentences_by_hand(line)]
    assert pieces(text, sentence_spans(text)) == expected


def test_a_position_before_every_span_is_in_the_first() -> None:
    assert span_of(np.array([[3, 5], [6, 9]]), np.array([0, 4, 5, 20])).tolist() == [0, 0, 0, 1]
    assert span_of(np.empty((0, 2), dtype=np.int64), np.array([0])).tolist() == [0]
