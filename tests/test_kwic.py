"""Kwic: each line put together again is the text around the hit."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import Corpus, make_corpus
from analysis.kwic import kwic
from analysis.lexicon import Lexicon
from analysis.slogans import slogans

COLUMNS = {"doc_id": "str", "left": "str", "match": "str", "right": "str", "start": "int64"}
TEXTS = st.lists(st.text(alphabet="法院治。\n 😀.*", max_size=30), min_size=1, max_size=3)


def corpus_of(*texts: str) -> Corpus:
    return make_corpus(pd.DataFrame({"text": list(texts), "doc_id": [f"d{k}" for k in range(len(texts))]}))


@given(TEXTS, st.integers(0, 8))
@settings(max_examples=60)
def test_left_match_and_right_are_the_text_around_the_hit(texts: list[str], width: int) -> None:
    table = kwic(corpus_of(*texts), "法.?院|治", width=width)
    hits = [(f"d{k}", m) for k, text in enumerate(texts) for m in re.finditer("法.?院|治", text)]
    assert len(table) == len(hits)
    for row, (doc_id, hit) in zip(table.itertuples(), hits, strict=True):
        text = texts[int(doc_id[1:])]
        assert (row.doc_id, row.start, row.match) == (doc_id, hit.start(), hit.group())
        start, end = max(0, hit.start() - width), hit.end() + width
        assert row.left + row.match + row.right == (
            text[start : hit.start()].replace("\n", " ") + hit.group() + text[hit.end() : end].replace("\n", " ")
        )
        assert len(row.left) == hit.start() - start and len(row.right) == len(text[hit.end() : end])
    assert table.dtypes.astype(str).to_dict() == COLUMNS


def test_a_list_is_taken_literally_and_the_longest_wins() -> None:
    table = kwic(corpus_of("法.治 法治建设 法治"), ["法治", "法.治", "法治建设"], width=0)
    assert table["match"].tolist() == ["法.治", "法治建设", "法治"]
    assert table["left"].tolist() == [""] * 3


def test_a_lexicon_gives_its_maximal_reading(tiny_corpus: Corpus) -> None:
    lexicon = Lexicon(
        pd.DataFrame({"slogan": ["依法治国", "全面依法治国", "法治建设"], "aliases": ["", "", "司法为民"]})
    )
    found = slogans(tiny_corpus, lexicon)
    maximal = found[~found["nested"]]
    table = kwic(tiny_corpus, lexicon)
    assert table[["doc_id", "start", "match"]].to_numpy().tolist() == (
        maximal[["doc_id", "start", "variant"]].to_numpy().tolist()
    )
    assert len(table) > 4


def test_a_hit_does_not_heed_segmentation() -> None:
    assert kwic(corpus_of("全市法院坚持司法为民"), "院坚")["start"].tolist() == [3]


def test_no_hit_is_an_empty_table_that_says_so() -> None:
    table = kwic(corpus_of("法院"), "检察")
    assert table.empty and table.dtypes.astype(str).to_dict() == COLUMNS
    assert set(table.attrs["reason"]) == {"zh", "en"}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("法(", r"The pattern '法\(' is not a regular expression .*put literal strings in a list"),
        ("", "The pattern '' matches the empty string"),
        ("法*", "matches the empty string"),
        ([], "matches the empty string"),
        (["法", ""], "matches the empty string"),
    ],
)
def test_a_pattern_that_cannot_be_sought_is_refused(pattern: str | list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kwic(corpus_of("法院"), pattern)


def test_a_negative_width_is_refused() -> None:
    with pytest.raises(ValueError, match="width is -1; it is a number of characters"):
        kwic(corpus_of("法院"), "法", width=-1)


def test_recipe_says_what_was_sought(tiny_corpus: Corpus) -> None:
    assert kwic(tiny_corpus, ["法治"], width=5).attrs["recipe"][-1] == {"step": "kwic", "pattern": "法治", "width": 5}
