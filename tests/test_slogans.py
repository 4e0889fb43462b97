"""Slogans: every occurrence against plain string search, the maximal reading against a regular expression."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.corpus import Corpus, make_corpus
from analysis.lexicon import Lexicon, load_lexicon
from analysis.segments import sentence_spans
from analysis.slogans import matches, maximal_spans, slogans

COLUMNS = {
    "doc_id": "str", "slogan": "str", "variant": "str", "start": "int64", "end": "int64",
    "sentence": "int64", "paragraph": "int64", "nested": "bool",
}  # fmt: skip
LEXICON = Lexicon(
    pd.DataFrame(
        {
            "slogan": ["甲乙", "甲乙丙", "乙丙丁", "丙", "丁丁", "“甲、乙”"],
            "aliases": ["", "", "丁乙", "甲甲甲", "", "甲、乙|丁。丁"],
        }
    )
)
TEXTS = st.lists(st.text(alphabet="甲乙丙丁、“”。\n 😀", max_size=30), min_size=1, max_size=4)


def corpus_of(*texts: str) -> Corpus:
    return make_corpus(pd.DataFrame({"text": list(texts), "doc_id": [f"d{k}" for k in range(len(texts))]}))


def places(text: str, surface: str) -> list[int]:
    """Where a string occurs, overlapping itself or not."""
    return [at for at in range(len(text)) if text.startswith(surface, at)]


@given(TEXTS)
@settings(max_examples=60)
@example(["甲甲甲甲甲", "丁丁丁", "😀甲乙丙丁"])
def test_every_surface_is_found_wherever_it_stands(texts: list[str]) -> None:
    found = slogans(corpus_of(*texts), LEXICON)
    expected = [
        (f"d{k}", slogan, surface, at, at + len(surface))
        for k, text in enumerate(texts)
        for surface, slogan in LEXICON.surfaces.items()
        for at in places(text, surface)
    ]
    columns = ["doc_id", "slogan", "variant", "start", "end"]
    assert sorted(found[columns].itertuples(index=False, name=None)) == sorted(expected)
    assert found.dtypes.astype(str).to_dict() == COLUMNS


@given(TEXTS)
@settings(max_examples=60)
@example(["甲乙丙丁"])
def test_the_maximal_reading_is_leftmost_longest(texts: list[str]) -> None:
    found = slogans(corpus_of(*texts), LEXICON)
    longest_first = "|".join(map(re.escape, sorted(LEXICON.surfaces.index, key=len, reverse=True)))
    expected = [
        (f"d{k}", *m.span()) for k, text in enumerate(texts) for m in re.finditer(longest_first, text)
    ]
    maximal = found.loc[~found["nested"], ["doc_id", "start", "end"]]
    assert list(maximal.itertuples(index=False, name=None)) == expected
    spans, canonical = maximal_spans(corpus_of(*texts).docs["text"], LEXICON)
    assert [(doc_id, *span) for doc_id, own in spans.items() for span in own] == expected
    assert canonical == LEXICON.surfaces.to_dict()


@given(TEXTS)
@settings(max_examples=60)
def test_rows_are_in_order_and_their_numbers_are_those_of_the_text(texts: list[str]) -> None:
    found = slogans(corpus_of(*texts), LEXICON)
    keys = [(row.doc_id, row.start, -row.end) for row in found.itertuples()]
    assert keys == sorted(keys)
    for row in found.itertuples():
        text = texts[int(row.doc_id[1:])]
        assert text[row.start : row.end] == row.variant
        lines = text[: row.start].split("\n")
        assert row.paragraph == sum(bool(line.strip()) for line in lines[:-1])
        first, last = sentence_spans(text)[row.sentence]
        assert first <= row.start < last


def test_sentences_and_paragraphs_are_numbered_from_nought() -> None:
    text = "\n 甲乙在先。甲乙居中！“甲乙”\n\n丙在后。甲乙"
    found = slogans(corpus_of(text), LEXICON)
    found = found[~found["nested"]]
    assert found["sentence"].tolist() == [0, 1, 2, 3, 4]
    assert found["paragraph"].tolist() == [0, 0, 0, 1, 1]


def test_of_two_that_share_a_character_one_stands_in_the_reading() -> None:
    found = slogans(corpus_of("甲乙丙丁"), LEXICON)
    assert found["variant"].tolist() == ["甲乙丙", "甲乙", "乙丙丁", "丙"]
    assert found["nested"].tolist() == [False, True, True, True]


def test_characters_are_counted_not_bytes() -> None:
    row = slogans(corpus_of("😀𠀀é甲乙"), LEXICON).iloc[0]
    assert (row["start"], row["end"]) == (3, 5)


def test_an_alias_counts_for_its_slogan() -> None:
    found = slogans(corpus_of("丁乙"), LEXICON)
    assert found[["slogan", "variant"]].to_numpy().tolist() == [["乙丙丁", "丁乙"]]


@pytest.mark.parametrize("lexicon", [LEXICON, Lexicon(pd.DataFrame({"slogan": []}))])
def test_where_nothing_occurs_the_table_is_empty_and_says_why(lexicon: Lexicon) -> None:
    found = slogans(corpus_of("没有", ""), lexicon)
    assert len(found) == 0 and found.dtypes.astype(str).to_dict() == COLUMNS
    assert list(found[~found["nested"]].columns) == list(COLUMNS)
    assert set(found.attrs["reason"]) == {"zh", "en"}


def test_recipe_names_the_lexicon(tiny_corpus: Corpus) -> None:
    found = slogans(tiny_corpus, LEXICON)
    assert found.attrs["recipe"][-1] == {"step": "slogans", "lexicon": LEXICON.digest, "entries": 6}


def test_without_a_lexicon_there_are_no_spans() -> None:
    assert maximal_spans(pd.Series({"a": "甲乙"}), None) == ({}, {})


def test_documents_without_a_match_are_left_out_of_matches() -> None:
    assert list(matches(pd.Series({"a": "甲", "b": "乙乙"}), ["乙"])) == [("b", [(0, 1, 0), (1, 2, 0)])]
    assert list(matches(pd.Series({"a": "甲"}), [])) == []


@settings(max_examples=20)
@given(
    st.lists(st.sampled_from(list(load_lexicon().surfaces.index)), max_size=8),
    st.sampled_from(["", "，", "和"]),
)
def test_the_built_in_lexicon_finds_all_its_surfaces(surfaces: list[str], between: str) -> None:
    text = between.join(surfaces)
    found = slogans(corpus_of(text), load_lexicon())
    assert len(found) == sum(len(places(text, surface)) for surface in load_lexicon().surfaces.index)
    assert set(surfaces) <= set(found["variant"])


def test_real_reports_hold_what_string_search_finds(shared: Path) -> None:
    files = sorted((shared / "corpora" / "provincial_reports" / "txt").glob("*.txt"))
    corpus = make_corpus(pd.DataFrame({"text": {path.stem: path.read_text("utf-8") for path in files}}))
    started = time.process_time()
    found = slogans(corpus, load_lexicon())
    assert time.process_time() - started < 5
    counted = found["variant"].value_counts()
    everything = "\n".join(corpus.docs["text"])
    for surface in load_lexicon().surfaces.index:
        assert counted.get(surface, 0) == everything.count(surface)
    for _, own in found[~found["nested"]].groupby("doc_id"):
        assert all(a <= b for a, b in pairwise(own[["start", "end"]].to_numpy().ravel().tolist()))
