"""Strings are counted as Python's own methods count them, and by group as frequency counts words."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.adoption import adoption
from analysis.corpus import Corpus, make_corpus
from analysis.explore.strings import _within, finder, mentions, pattern_frequency
from analysis.kwic import kwic
from analysis.lexicon import load_lexicon
from analysis.slogans import slogans
from analysis.study import Study

ALPHABET = "法治.*(“\\ \n"


@given(st.text(ALPHABET, min_size=1, max_size=3), st.text(ALPHABET, max_size=30))
def test_a_literal_string_is_counted_as_str_count_does(part: str, text: str) -> None:
    assert sum(1 for _ in finder([part]).finditer(text)) == text.count(part)


def test_of_literal_strings_the_longest_wins() -> None:
    assert finder(["法治", "法治中国"]).findall("法治中国的法治") == ["法治中国", "法治"]


def test_rates_are_per_10000_characters(tiny_corpus: Corpus) -> None:
    table = pattern_frequency(tiny_corpus, ["治"], by="region")
    docs = tiny_corpus.docs.assign(n=tiny_corpus.docs["text"].str.count("治"))
    sums = docs.groupby("region", observed=True)[["n", "n_chars"]].sum()
    np.testing.assert_array_equal(table["n"], sums["n"])
    np.testing.assert_allclose(table["per_10k_chars"], 1e4 * sums["n"] / sums["n_chars"])
    assert (table["low"] < table["per_10k_chars"]).all()
    assert (table["per_10k_chars"] < table["high"]).all()
    assert "characters" in table.attrs["notes"][0]["en"]


def test_a_group_without_a_match_is_a_true_zero(tiny_corpus: Corpus) -> None:
    table = pattern_frequency(tiny_corpus, "审结案件.千", by="region").set_index("region")
    assert table.loc["广西", ["n", "per_10k_chars", "docfreq", "n_docs"]].tolist() == [0, 0, 0, 2]
    assert table.loc["吉林", "n"] == 2
    assert table["low"].isna().tolist() == [False, True]


def test_a_pattern_nowhere_met_gives_the_empty_table(tiny_corpus: Corpus) -> None:
    found = pattern_frequency(tiny_corpus, "不存在", by="year")
    assert found.empty
    assert list(found) == list(pattern_frequency(tiny_corpus, "法", by="year"))
    assert found.attrs["reason"]["en"] == mentions(tiny_corpus, "不存在").attrs["reason"]["en"]


@pytest.mark.parametrize("pattern", ["(", "法*"])
def test_no_regular_expression_is_said(pattern: str, tiny_corpus: Corpus) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(pattern))):
        mentions(tiny_corpus, pattern)


def test_mentions_stand_where_the_concordance_has_them(sample: Study) -> None:
    found, lines = mentions(sample.corpus, ["法治"]), kwic(sample.corpus, ["法治"])
    pd.testing.assert_frame_equal(found[["doc_id", "start"]], lines[["doc_id", "start"]])
    assert (found["variant"] == "法治").all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), max_size=6),
       st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), max_size=6), st.booleans())  # fmt: skip
def test_spans_inside_others(some: list[tuple[int, int]], others: list[tuple[int, int]], same: bool) -> None:
    spans, around = ([(a, a + n) for a, n in pairs] for pairs in (some, others))
    expected = [any(c <= a and b <= d and (same or (a, b) != (c, d)) for c, d in around) for a, b in spans]
    given_as = [np.array(pairs, dtype=np.int64).reshape(-1, 2) for pairs in (spans, around)]
    assert _within(*given_as, same=same).tolist() == expected


def test_mentions_of_a_slogan_are_its_occurrences() -> None:
    """In texts where it is written in one way only, and never inside another."""
    text = "坚持乡村振兴。\n推进乡村振兴，服务乡村振兴！"
    corpus = make_corpus(pd.DataFrame({"text": [text], "province": ["吉林省"], "year": [2020]}))
    found, known = mentions(corpus, ["乡村振兴"]), slogans(corpus, load_lexicon())
    known = known[known["slogan"] == "乡村振兴"].reset_index(drop=True)
    assert len(known) == 3
    pd.testing.assert_frame_equal(found, known)
    pd.testing.assert_frame_equal(adoption(found, corpus, by="region"), adoption(known, corpus, by="region"))


def test_what_is_found_in_documents_of_no_group_is_not_called_absent() -> None:
    corpus = make_corpus(pd.DataFrame({"text": ["坚持法治。"]}))
    assert "region" in pattern_frequency(corpus, "法治", by="region").attrs["reason"]["en"]
    assert pattern_frequency(corpus, "法治")["n"].tolist() == [1]
