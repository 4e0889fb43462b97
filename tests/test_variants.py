"""Variants: the notation against what it stands for, spelt out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.variants import variants


@pytest.mark.parametrize(
    ("form", "strings"),
    [
        ("四个意识", "四个意识 “四个意识”"),
        ("“三保”", "“三保”"),
        ("新时代“枫桥经验”", "新时代“枫桥经验” 新时代枫桥经验"),
        ("“老虎”“苍蝇”一起打", "“老虎”“苍蝇”一起打 老虎苍蝇一起打"),
        ("(增强/树牢)“四个意识”", "“四个意识” 增强“四个意识” 增强四个意识 树牢“四个意识” 树牢四个意识"),
        ("互联网+", "互联网+ “互联网+” 互联网＋ “互联网＋”"),
        ("“1310”", "“1310” “１３１０”"),
        ("甲、乙", "甲、乙 “甲、乙” 甲，乙 “甲，乙” 甲,乙 “甲,乙” 甲乙 “甲乙”"),
        ("“甲”、“乙”", "“甲”、“乙” 甲、乙 “甲”，“乙” 甲，乙 “甲”,“乙” 甲,乙 “甲”“乙” 甲乙"),
    ],
)
def test_what_the_notation_stands_for(form: str, strings: str) -> None:
    assert variants(form) == tuple(strings.split())


def test_separators_change_together() -> None:
    written = variants("甲、乙，丙")
    assert {"甲、乙，丙", "甲、乙、丙", "甲，乙，丙", "甲,乙,丙", "甲乙丙"} <= set(written)
    assert "甲乙、丙" not in written and len(written) == 10


@pytest.mark.parametrize("form", ["(甲", "甲)乙", "((甲/乙)丙)"])
def test_a_bracket_alone_says_how_to_write_it(form: str) -> None:
    with pytest.raises(ValueError, match="bracket without its partner; write"):
        variants(form)


@given(st.text("甲乙、，“”1+A", min_size=1, max_size=8))
def test_the_form_comes_first_and_no_variant_twice(form: str) -> None:
    found = variants(form)
    assert found[0] == form and len(set(found)) == len(found)
