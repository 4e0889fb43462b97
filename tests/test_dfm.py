"""Dfm: counts against a Counter, groups against sums over rows, totals that nothing changes."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from analysis.corpus import Corpus, make_corpus
from analysis.dfm import Dfm, dfm, group_codes, make_dfm, membership
from analysis.tokens import tokenize

WORDS = st.lists(
    st.sampled_from(["法院", "依法", "审判", "改革", "，", "。", "2019", "GDP", "—", " ", "\n", "😀"]),
    max_size=12,
).map("".join)
PLACES = st.sampled_from(["吉林省", "广西壮族自治区", None])
YEARS = st.sampled_from([2019, 2021, None])
ROWS = st.lists(st.tuples(WORDS, PLACES, YEARS), min_size=1, max_size=6)


def corpus_of(rows: list[tuple]) -> Corpus:
    return make_corpus(pd.DataFrame(rows, columns=["text", "province", "year"]))


def words(tokens: list[str]) -> list[str]:
    return [t for t in tokens if any(c.isalnum() for c in t)]


def small() -> Dfm:
    """Three features in four documents, the last one of no known region."""
    docvars = pd.DataFrame(
        {"region": ["吉林", "广西", "吉林", None], "year": pd.array([2019, 2019, 2021, 2021], "Int64")}
    )
    return make_dfm([[2, 0, 1], [0, 3, 1], [1, 0, 0], [5, 5, 5]], ["法", "院", "案"], docvars)


@given(ROWS)
@settings(max_examples=50)
@example([("", None, None)])
@example([("。", None, None), ("法院", None, None)])
def test_counts_are_a_counters(rows: list[tuple]) -> None:
    tokens = tokenize(corpus_of(rows))
    counted = dfm(tokens)
    by_hand = [Counter(words(tokens[doc_id])) for doc_id in tokens.docvars.index]
    assert counted.features.tolist() == sorted(set().union(*by_hand))
    assert counted.counts.dtype == np.int64 and counted.totals.dtype == np.int64
    for row, counter in zip(counted.counts.toarray(), by_hand, strict=True):
        assert dict(zip(counted.features.tolist(), row.tolist(), strict=True)) == {
            f: counter[f] for f in counted.features.tolist()
        }
    assert counted.totals.tolist() == [counter.total() for counter in by_hand]
    assert counted.n_docs.tolist() == [1] * len(rows) and not counted.grouped


def test_one_character_words_and_numbers_are_features() -> None:
    counted = dfm(tokenize(corpus_of([("权，新，法。GDP 3.5%。不罚", None, None)])))
    assert set(counted.features) >= {"权", "新", "法", "GDP", "3.5%"}
    assert not set("，。 ") & set(counted.features)


def test_removed_tokens_are_neither_features_nor_in_the_totals() -> None:
    tokens = tokenize(corpus_of([("法院的改革，法院的审判", None, None)])).remove(["的", "法院"])
    counted = dfm(tokens)
    assert counted.features.tolist() == ["审判", "改革"] and counted.totals.tolist() == [2]


@given(ROWS, st.sampled_from([["region"], ["year"], ["year", "region"]]))
@settings(max_examples=40)
def test_groups_are_sums_of_their_documents(rows: list[tuple], by: list[str]) -> None:
    counted = dfm(tokenize(corpus_of(rows)))
    grouped = counted.group(by)
    docvars = counted.docvars[by].astype(object).where(counted.docvars[by].notna(), None)
    keys = [None if None in key else tuple(key) for key in docvars.to_numpy().tolist()]
    known = sorted({key for key in keys if key}, key=lambda k: tuple(map(order, k)))
    assert [tuple(key) for key in grouped.docvars.astype(object).to_numpy().tolist()] == known
    for g, key in enumerate(known):
        members = [k == key for k in keys]
        assert grouped.counts.toarray()[g].tolist() == counted.counts.toarray()[members].sum(axis=0).tolist()
        assert grouped.totals[g] == counted.totals[members].sum()
        assert grouped.n_docs[g] == sum(members)
    assert grouped.recipe[-1] == {"step": "group", "by": by, "left_out": keys.count(None)}
    assert grouped.docvars.dtypes.equals(counted.docvars[by].dtypes) and grouped.grouped


def order(value: object) -> object:
    """Provinces in the order of the national code, years as numbers."""
    return ["吉林", "广西"].index(value) if isinstance(value, str) else value


def test_grouping_twice_is_grouping_once() -> None:
    twice, once = small().group(["region", "year"]).group("region"), small().group("region")
    assert (twice.counts != once.counts).nnz == 0
    assert twice.totals.tolist() == once.totals.tolist()
    assert twice.n_docs.tolist() == once.n_docs.tolist() == [2, 1]


def test_totals_and_documents_may_be_given() -> None:
    counts, docvars = [[1, 2], [3, 4]], pd.DataFrame(index=["x", "y"])
    made = make_dfm(counts, ["甲", "乙"], docvars, totals=np.array([9, 8]), n_docs=np.array([5, 6]))
    assert made.totals.tolist() == [9, 8] and made.n_docs.tolist() == [5, 6]
    plain = make_dfm(counts, ["甲", "乙"], docvars)
    assert plain.totals.tolist() == [3, 7] and plain.n_docs.tolist() == [1, 1]


def test_no_group_at_all_where_nothing_is_known() -> None:
    grouped = dfm(tokenize(corpus_of([("法院", None, None), ("改革", None, None)]))).group(["region", "year"])
    assert grouped.counts.shape == (0, 2) and grouped.recipe[-1]["left_out"] == 2
    assert grouped.to_frame().shape == (0, 2) and len(grouped) == 0


def test_a_docvar_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match=r"No docvar 'regoin'; did you mean 'region'\?"):
        small().group(["year", "regoin"])
    with pytest.raises(KeyError, match="No docvar 'zzz'; there are region, year"):
        group_codes(small().docvars, "zzz")
    with pytest.raises(ValueError, match=r"by=\[\] names no docvar"):
        small().group([])


def test_group_codes_are_in_the_order_of_the_keys() -> None:
    codes, keys = group_codes(small().docvars, ["year", "region"])
    assert codes.tolist() == [0, 1, 2, -1] and codes.dtype == np.int64
    assert keys.to_numpy().tolist() == [[2019, "吉林"], [2019, "广西"], [2021, "吉林"]]
    assert membership(codes, len(keys)).toarray().tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]


@given(st.integers(1, 4), st.integers(1, 9))
def test_trimming_keeps_what_is_frequent_and_spread(min_docfreq: int, min_count: int) -> None:
    frame = small().to_frame()
    kept = [f for f in frame if (frame[f] > 0).sum() >= min_docfreq and frame[f].sum() >= min_count]
    trimmed = small().trim(min_docfreq=min_docfreq, min_count=min_count)
    pd.testing.assert_frame_equal(trimmed.to_frame(), frame[kept])
    assert trimmed.totals.tolist() == small().totals.tolist() == [3, 4, 1, 15]


def test_selecting_and_removing_part_the_features_and_leave_the_totals() -> None:
    counted = small()
    selected, removed = counted.select(["院", "没有"]), counted.remove(["院", "没有"])
    assert selected.features.tolist() == ["院"] and removed.features.tolist() == ["案", "法"]
    assert selected.counts.toarray().ravel().tolist() == [0, 3, 0, 5]
    assert selected.totals.tolist() == removed.totals.tolist() == counted.totals.tolist()
    assert counted.select("院").features.tolist() == ["院"]
    assert counted.select([]).counts.shape == (4, 0) and counted.remove([]).features.tolist() == [
        "案",
        "法",
        "院",
    ]


def test_a_recipe_names_word_lists_by_number_and_digest() -> None:
    many = [f"词{k}" for k in range(5000)]
    recipe = small().select(many).recipe
    assert recipe[-1]["features"] == 5000 and len(json.dumps(recipe)) < 200
    assert small().select(many[::-1]).recipe == recipe != small().select(many[1:]).recipe
    assert small().remove(many).recipe[-1]["sha256"] == recipe[-1]["sha256"]


def test_make_dfm_sorts_its_columns_and_leaves_its_arguments_alone() -> None:
    counts = sparse.csr_matrix(np.array([[1, 2], [3, 4]]))
    counts.data[0] = 0
    made = make_dfm(counts, ["乙", "丁"], pd.DataFrame(index=["x", "y"]))
    assert made.features.tolist() == ["丁", "乙"]
    assert made.to_frame().to_numpy().tolist() == [[2, 0], [4, 3]] and made.counts.nnz == 3
    assert made.to_frame().index.tolist() == ["x", "y"]
    assert counts.nnz == 4 and counts.toarray().tolist() == [[0, 2], [3, 4]]


def test_shapes_are_checked_once() -> None:
    with pytest.raises(ValueError, match="2 rows of counts but 1 rows of docvars"):
        make_dfm([[1], [2]], ["法"], pd.DataFrame(index=["x"]))
    counted = small()
    with pytest.raises(ValueError, match="3 columns of counts but 1 features"):
        Dfm(counted.counts, np.array(["法"]), counted.docvars, counted.totals, counted.n_docs)


def test_a_frame_of_groups_is_indexed_by_their_keys() -> None:
    frame = small().group(["region", "year"]).to_frame()
    assert frame.index.names == ["region", "year"] and frame.loc[("广西", 2019), "院"] == 3
    assert small().group("year").to_frame().index.get_level_values("year").tolist() == [2019, 2021]


def test_the_summary_counts_rows_and_features() -> None:
    assert repr(small()) == "Dfm of 4 documents × 3 features"
    assert repr(small().group("year")) == "Dfm of 2 groups × 3 features"
    assert repr(small().take(np.array([0])).select("法")) == "Dfm of 1 document × 1 feature"


def test_counts_are_scikit_learns(tiny_corpus: Corpus) -> None:
    tokens = tokenize(tiny_corpus)
    counter = CountVectorizer(analyzer=lambda doc_id: words(tokens[doc_id]))
    expected = counter.fit_transform(tiny_corpus.docs.index)
    counted = dfm(tokens)
    assert counted.features.tolist() == counter.get_feature_names_out().tolist()
    assert (counted.counts != expected).nnz == 0
