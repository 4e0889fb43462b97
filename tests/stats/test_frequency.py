import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm
from scipy.stats import t as student

from analysis.dfm import make_dfm
from analysis.evaluate.inference import dfm_of
from analysis.stats.frequency import frequency

COLUMNS = ["feature", "n", "per_10k", "rank", "docfreq", "n_docs", "low", "high"]


def example(**kwargs):
    docvars = pd.DataFrame(
        {
            "region": pd.Categorical(["吉林", "广西", "吉林", None], ["吉林", "北京", "广西"], ordered=True),
            "year": pd.array([2020, 2021, 2021, 2020], dtype="Int64"),
        },
        index=["d1", "d2", "d3", "d4"],
    )
    counts = [[3, 0, 1], [2, 2, 0], [1, 0, 1], [0, 5, 0]]
    return make_dfm(counts, ["法治", "平安", "服务"], docvars, totals=np.array([100, 200, 300, 50]), **kwargs)


def test_counts_rates_and_ranks_of_all_documents():
    table = frequency(example())
    assert list(table) == COLUMNS
    assert table.feature.tolist() == ["平安", "法治", "服务"]
    assert table.n.tolist() == [7, 6, 2]
    np.testing.assert_allclose(table.per_10k, np.array([7, 6, 2]) / 650 * 1e4)
    assert table["rank"].tolist() == [1, 2, 3]
    assert table.docfreq.tolist() == [2, 3, 2]
    assert table.n_docs.tolist() == [4, 4, 4]
    assert ((table.low < table.per_10k) & (table.per_10k < table.high)).all()


def test_occurrences_as_if_independent_have_a_normal_interval_and_bursts_a_wider_one():
    counts, docvars = [[1, 4], [1, 0], [1, 0], [1, 0]], pd.DataFrame(index=list("abcd"))
    burst, even = frequency(make_dfm(counts, ["法治", "法律"], docvars, totals=[100] * 4)).itertuples()
    assert np.log(even.high / even.per_10k) == pytest.approx(norm.ppf(0.975) / 2)
    excess = 16 / 9 * (9 + 3) / 16 - 1 / 4  # leave-one-out: (4 / 3)² Σ e² / n², less 1 / n
    squares = norm.ppf(0.975) ** 2 / 4 + student.ppf(0.975, 3) ** 2 * excess
    assert np.log(burst.per_10k / burst.low) == pytest.approx(np.sqrt(squares))


def test_groups_keep_their_order_and_dtype_and_say_who_was_left_out():
    table = frequency(example(), by="region")
    assert list(table) == ["region", *COLUMNS]
    assert table.region.tolist() == ["吉林", "吉林", "广西", "广西"]
    assert table.feature.tolist() == ["法治", "服务", "平安", "法治"]  # 2 and 2: the tie goes by feature
    assert table["rank"].tolist() == [1, 2, 1, 2]
    assert table.region.dtype == example().docvars.region.dtype
    assert table.attrs["left_out"] == 1
    assert frequency(example(), by=["region", "year"]).year.dtype == "Int64"


def test_a_group_of_one_document_has_no_interval_and_a_note():
    table = frequency(example(), by="region").set_index("region")
    assert table.loc["广西", ["low", "high"]].isna().all(axis=None)
    assert table.loc["吉林", ["low", "high"]].notna().all(axis=None)
    assert any("(1)" in sentence["en"] for sentence in table.attrs["notes"])


def test_a_grouped_dfm_gives_the_same_rates_without_intervals():
    grouped, direct = frequency(example().group("year")), frequency(example(), by="year")
    shared = ["year", "feature", "n", "per_10k", "rank", "n_docs"]
    pd.testing.assert_frame_equal(grouped[shared], direct[shared])
    assert grouped[["low", "high", "docfreq"]].isna().all(axis=None)


def test_units_are_what_intervals_are_over():
    dfm = example()
    dfm.docvars["issuer"] = ["甲", "甲", "乙", "丙"]
    table = frequency(dfm, unit="issuer")
    summed = make_dfm(
        np.array([[3, 0, 1], [2, 2, 0]]).sum(axis=0, keepdims=True).tolist() + [[1, 0, 1], [0, 5, 0]],
        ["法治", "平安", "服务"], pd.DataFrame(index=list("abc")), totals=np.array([300, 300, 50]),
    )  # fmt: skip
    same = ["feature", "n", "per_10k", "rank", "low", "high"]
    pd.testing.assert_frame_equal(table[same], frequency(summed)[same])
    assert table.docfreq.tolist() == frequency(dfm).docfreq.tolist()
    assert table.n_docs.tolist() == [4, 4, 4]
    assert "units of issuer" in table.attrs["notes"][0]["en"]


def test_a_group_of_one_unit_has_no_interval_and_a_note():
    dfm = example()
    dfm.docvars["issuer"] = ["甲", "乙", "甲", "丙"]
    table = frequency(dfm, by="region", unit="issuer")
    assert table[["low", "high"]].isna().all(axis=None)
    assert table.attrs["notes"][1]["en"] == "Groups of one issuer have no interval (2)."
    lone = frequency(dfm.select("法治"), unit="region")  # a document of no region counts alone
    assert "以地区为单位" in lone.attrs["notes"][0]["zh"]
    assert lone[["low", "high"]].notna().all(axis=None)


def test_errors_name_the_argument_and_the_remedy():
    with pytest.raises(KeyError, match="No docvar 'yaer'; did you mean 'year'"):
        frequency(example(), by="yaer")
    with pytest.raises(ValueError, match=r"by='year' needs documents.*before \.group"):
        frequency(example().group("year"), by="year")
    with pytest.raises(ValueError, match=r"unit='region' needs documents.*before \.group"):
        frequency(example().group("year"), unit="region")
    with pytest.raises(KeyError, match="No docvar 'issuer'"):
        frequency(example(), unit="issuer")
    with pytest.raises(ValueError, match="confidence=2 is not between 0 and 1"):
        frequency(example(), confidence=2)


def test_nothing_to_count_gives_an_empty_table_and_a_reason():
    dfm = example()
    dfm.docvars["county"] = None
    table = frequency(dfm, by="county")
    assert table.empty
    assert list(table) == ["county", *COLUMNS]
    assert table.attrs["reason"] == {"zh": "没有一篇文档的县区是已知的。", "en": "No document has a known county."}
    assert "no word" in frequency(dfm.select([])).attrs["reason"]["en"]


def test_the_recipe_goes_on():
    recipe = frequency(example(recipe=({"step": "dfm"},)), by="year").attrs["recipe"]
    assert recipe == [{"step": "dfm"}, {"step": "frequency", "by": ["year"], "unit": "doc_id", "confidence": 0.95}]


@settings(max_examples=30, deadline=None)
@given(arrays(np.int64, (6, 4), elements=st.integers(0, 9)), st.permutations(range(6)), st.integers(2, 9))
def test_order_of_documents_is_nothing_and_doubled_lengths_halve_rates(counts, order, factor):
    docvars = pd.DataFrame({"g": ["a", "b", "a", "b", "a", "b"]}, index=[f"d{i}" for i in range(6)])
    totals = counts.sum(axis=1) + np.array([5, 9, 2, 7, 5, 30])
    features = ["甲", "乙", "丙", "丁"]
    table = frequency(make_dfm(counts, features, docvars, totals=totals), by="g")
    order = list(order)
    moved = make_dfm(counts[order], features, docvars.iloc[order], totals=totals[order])
    pd.testing.assert_frame_equal(frequency(moved, by="g"), table, rtol=1e-9)
    assert table.n.sum() == counts.sum()
    assert (table.groupby("g")["rank"].max() == table.groupby("g").size()).all()
    longer = frequency(make_dfm(counts, features, docvars, totals=totals * factor), by="g")
    np.testing.assert_allclose(longer.per_10k * factor, table.per_10k)


@pytest.mark.parametrize(("documents", "at_least", "at_most"), [(8, 0.93, 0.97), (20, 0.935, 0.97)])
def test_intervals_cover_the_true_rate_of_bursty_words(documents, at_least, at_most):
    rng = np.random.default_rng(documents)
    covered = []
    for k in (0.3, 1, 3):
        for mean in (1, 10):
            for _ in range(4):
                totals = np.round(rng.lognormal(7, 0.6, documents))
                rate = mean / np.exp(7)
                bursts = rng.gamma(k, 1 / k, size=(250, documents))
                counts = rng.poisson(rate * totals * bursts).T
                table = frequency(dfm_of(counts, totals))
                covered.append(((table.low <= rate * 1e4) & (rate * 1e4 <= table.high)).to_numpy())
    assert at_least <= np.concatenate(covered).mean() <= at_most
