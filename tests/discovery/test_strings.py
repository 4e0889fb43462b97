"""Recurrent strings: counts against string search, and statistics against their definitions."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.discovery.strings import recurrent_strings
from analysis.discovery.weights import plausible, weigh

COPIED = "本部门负责统筹协调各类资源。切实加强监督检查，及时研究解决突出困难。"


@given(st.lists(st.text(alphabet="甲乙丙，", max_size=12), min_size=1, max_size=5))
@settings(max_examples=60)
def test_counts_are_those_of_string_search(texts: list[str]) -> None:
    table = recurrent_strings(texts, 1)
    for row in table.itertuples():
        overlapping = [len(re.findall(f"(?={row.phrase})", text)) for text in texts]
        assert (row.n, row.n_docs) == (sum(overlapping), sum(map(bool, overlapping)))


def test_cohesion_and_variety_follow_their_definitions() -> None:
    texts = ["甲，法治建设好", "乙，法治中国好", "丙，法治建设强"]
    row = recurrent_strings(texts, 2).set_index("phrase").loc["法治"]
    assert row["cohesion"] == pytest.approx(np.log2(3 * 18 / (3 * 3)))
    assert row["variety"] == pytest.approx(np.exp(-(2 / 3) * np.log(2 / 3) - np.log(1 / 3) / 3))  # behind: 建 建 中
    assert row["n_docs"] == 3


def test_neighbours_count_once_a_document() -> None:
    often = ["，甲乙丙", "，丁甲乙戊" * 9, "，己甲乙庚"]
    assert recurrent_strings(often, 3).set_index("phrase").loc["甲乙", "variety"] == pytest.approx(3)


def test_numbers_and_words_are_not_broken() -> None:
    found = set(recurrent_strings(["推进二十四项工作，开展ABC行动。"] * 3, 3)["phrase"])
    assert not any(p.startswith(("十", "四", "B", "C")) or p.endswith(("二", "十", "A", "AB")) for p in found)


def test_a_copied_passage_yields_no_likely_formulation() -> None:
    texts = [f"{k}{COPIED}{k}" for k in "甲乙丙丁戊"]
    strings = plausible(recurrent_strings(texts, 3), frozenset())
    assert (weigh(strings, sum(map(len, texts))) < 0.2).all()


def test_no_text_no_strings() -> None:
    assert recurrent_strings([], 3).empty and recurrent_strings(["", "，"], 1).empty
