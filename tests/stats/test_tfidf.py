import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.feature_extraction.text import TfidfTransformer

from analysis.dfm import make_dfm
from analysis.stats.tfidf import class_tfidf, tfidf

FEATURES = ["丁", "丙", "乙", "甲"]  # in code order, as a dfm has them
DOCVARS = pd.DataFrame(
    {"g": ["a", "b", "a", None, "b"], "year": pd.array([1, 2, 1, 2, 3], dtype="Int64")},
    index=["d1", "d2", "d3", "d4", "d5"],
)


def build(counts):
    return make_dfm(counts, FEATURES, DOCVARS, totals=np.asarray(counts).sum(axis=1) + 4)


matrices = arrays(np.int64, (5, 4), elements=st.integers(0, 5))


@settings(max_examples=40, deadline=None)
@given(matrices)
def test_documents_equal_scikit_learn(counts):
    table = tfidf(build(counts))
    dense = np.zeros(counts.shape)
    row, column = DOCVARS.index.get_indexer(table.doc_id), pd.Index(FEATURES).get_indexer(table.feature)
    dense[row, column] = table.tf_idf
    np.testing.assert_array_equal(dense, TfidfTransformer().fit_transform(counts).toarray())
    assert table.n.sum() == counts.sum()
    assert len(table) == np.count_nonzero(counts)


@settings(max_examples=40, deadline=None)
@given(matrices)
def test_groups_are_weighed_by_the_idf_of_all_documents(counts):
    table = tfidf(build(counts), by="g")
    transformer = TfidfTransformer().fit(counts)
    summed = np.stack([counts[[0, 2]].sum(axis=0), counts[[1, 4]].sum(axis=0)])
    dense = np.zeros((2, 4))
    dense[(table.g == "b").astype(int), pd.Index(FEATURES).get_indexer(table.feature)] = table.tf_idf
    np.testing.assert_array_equal(dense, transformer.transform(summed).toarray())
    expected_idf = pd.Series(transformer.idf_, FEATURES)[table.feature]
    np.testing.assert_array_equal(table.idf, expected_idf)


def test_columns_ranks_and_shares():
    counts = np.array([[1, 1, 0, 2], [0, 0, 3, 1], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 1, 0]])
    table = tfidf(build(counts))
    assert list(table) == ["doc_id", "feature", "n", "tf", "idf", "tf_idf", "rank"]
    first = table[table.doc_id == "d1"]
    assert first.feature.tolist() == ["甲", "丁", "丙"]  # 丁 and 丙 tie
    assert first["rank"].tolist() == [1, 2, 3]
    np.testing.assert_allclose(first.tf, [2 / 8, 1 / 8, 1 / 8])
    by_year = tfidf(build(counts), by=["year", "g"])
    assert list(by_year)[:2] == ["year", "g"]
    assert by_year.year.dtype == "Int64"
    assert by_year.attrs["left_out"] == 1
    assert "never over groups" in by_year.attrs["notes"][0]["en"] and "不以组计算" in by_year.attrs["notes"][0]["zh"]


def test_errors_and_reasons():
    dfm = build(np.eye(5, 4, dtype=int))
    with pytest.raises(ValueError, match=r"idf is over documents.*before \.group"):
        tfidf(dfm.group("g"))
    with pytest.raises(KeyError, match="did you mean 'year'"):
        tfidf(dfm, by="yeer")
    empty = tfidf(build(np.zeros((5, 4), dtype=int)))
    assert empty.empty
    assert empty.attrs["reason"]["zh"]


def test_class_based_weights_by_the_formula_of_bertopic():
    """Grootendorst (2022): rate in the class times ln(1 + mean occurrences per class / occurrences in all)."""
    counts = np.array([[3, 1, 0, 2], [0, 0, 3, 1], [1, 0, 0, 1], [9, 9, 9, 9], [0, 2, 1, 0]])
    table = class_tfidf(build(counts), by="g")
    summed = np.stack([counts[[0, 2]].sum(axis=0), counts[[1, 4]].sum(axis=0)])
    rate = summed / summed.sum(axis=1, keepdims=True)
    expected = rate * np.log(1 + summed.sum(axis=1).mean() / summed.sum(axis=0))
    dense = np.zeros((2, 4))
    dense[(table.g == "b").astype(int), pd.Index(FEATURES).get_indexer(table.feature)] = table.c_tf_idf
    np.testing.assert_allclose(dense, expected)
    assert table.attrs["left_out"] == 1
    assert table[table.g == "a"]["rank"].tolist() == [1, 2, 3]
    assert "over groups" in table.attrs["notes"][0]["en"]
