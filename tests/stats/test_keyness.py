import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.dfm import make_dfm
from analysis.stats.keyness import keyness, score_residuals

COLUMNS = [
    "feature", "n_target", "n_reference", "per_10k_target", "per_10k_reference",
    "docs_target", "docs_reference", "log_ratio", "log_ratio_low", "log_ratio_high",
    "g2", "p_g2", "z_fightin", "p", "q",
]  # fmt: skip


def bursty(target, reference, n_features, *, k=1.0, seed=0, ratio=1.0, mean=3):
    """Gamma–Poisson counts in documents of unequal length; features 0, 1, … alike but for ``ratio``."""
    rng = np.random.default_rng(seed)
    documents = target + reference
    totals = np.round(rng.lognormal(7, 0.6, documents))
    rate = np.where(np.arange(documents) < target, ratio, 1) * totals * mean / np.exp(7)
    counts = rng.poisson(rate[:, None] * rng.gamma(k, 1 / k, size=(documents, n_features)))
    docvars = pd.DataFrame(
        {"side": ["t"] * target + ["r"] * reference}, index=[f"d{i:03d}" for i in range(documents)]
    )
    return make_dfm(counts, [f"f{i:04d}" for i in range(n_features)], docvars, totals=totals.astype(int))


def rows(dfm, order):
    docvars = dfm.docvars.iloc[order]
    return make_dfm(dfm.counts[order], dfm.features, docvars, totals=dfm.totals[order])


def test_columns_counts_and_order():
    dfm = bursty(6, 9, 40)
    table = keyness(dfm, "side == 't'", resamples=200)
    assert list(table) == COLUMNS
    counts, target = dfm.counts.toarray(), np.arange(15) < 6
    by_feature = table.sort_values("feature")
    np.testing.assert_array_equal(by_feature.n_target, counts[target].sum(axis=0))
    np.testing.assert_array_equal(by_feature.docs_reference, (counts[~target] > 0).sum(axis=0))
    rates = 1e4 * counts[~target].sum(axis=0) / dfm.totals[~target].sum()
    np.testing.assert_allclose(by_feature.per_10k_reference, rates)
    keys = list(zip(table.q, -table.log_ratio.abs().round(9), table.feature, strict=True))
    assert keys == sorted(keys)


def test_g2_equals_scipy():
    dfm = bursty(5, 5, 30)
    table = keyness(dfm, "side == 't'")
    size = dfm.totals[:5].sum(), dfm.totals[5:].sum()
    for row in table.itertuples():
        a, b = row.n_target, row.n_reference
        expected = stats.chi2_contingency(
            [[a, b], [size[0] - a, size[1] - b]], lambda_="log-likelihood", correction=False
        )
        assert row.g2 == pytest.approx(expected.statistic, abs=1e-8)
        assert row.p_g2 == pytest.approx(expected.pvalue)


def two_documents_a_side():
    docvars = pd.DataFrame({"side": list("ttrr")}, index=list("abcd"))
    counts = [[9000, 30, 0], [9000, 30, 0], [0, 10, 6], [0, 10, 6]]
    return make_dfm(counts, ["x", "y", "z"], docvars, totals=np.array([10_000, 10_000, 5_000, 5_000]))


def test_weighted_log_odds_by_hand():
    """Monroe, Colaresi and Quinn (2008): y is 60 of 20,000 against 20 of 10,000, the prior 20 of 7,500."""
    row = keyness(two_documents_a_side(), "side == 't'").set_index("feature").loc["y"]
    delta = np.log(80 / (27_500 - 80)) - np.log(40 / (17_500 - 40))
    assert row.z_fightin == pytest.approx(delta / np.sqrt(1 / 80 + 1 / 40))


def test_log_ratio_takes_a_count_of_zero_as_a_half():
    table = keyness(two_documents_a_side(), "side == 't'").set_index("feature")
    assert table.log_ratio["y"] == pytest.approx(np.log2(60 / 20_000 / (20 / 10_000)))
    assert table.log_ratio["z"] == pytest.approx(np.log2(0.5 / 20_000 / (12 / 10_000)))


def test_p_of_the_pooled_words_never_underflows_to_zero():
    table = keyness(two_documents_a_side(), "side == 't'").set_index("feature")
    assert table.g2["x"] > 10_000
    assert table.p_g2["x"] == np.finfo(float).tiny


def test_p_of_one_feature_agrees_with_scipy_on_the_score():
    dfm = bursty(4, 6, 1, seed=5, ratio=3)
    score = score_residuals(dfm.counts.toarray().astype(float), dfm.totals.astype(float))[:, 0]

    def distance(x, y, axis=-1):
        return np.abs(np.mean(x, axis=axis) - np.mean(y, axis=axis))

    sides = score[:4], score[4:]
    expected = stats.permutation_test(sides, distance, alternative="greater", n_resamples=np.inf).pvalue
    assert keyness(dfm, "side == 't'").p[0] == pytest.approx(expected)


def test_score_residuals_by_hand():
    """Rate 0.1: expected 1, 2, 3; squares 0, 4, 4; over-dispersion (8 − 6) / (1 + 4 + 9)."""
    score = score_residuals(np.array([[1.0], [4.0], [1.0]]), np.array([10.0, 20.0, 30.0]))
    np.testing.assert_allclose(score[:, 0], [0, 2 / (1 + 2 / 7), -2 / (1 + 3 / 7)])


def test_few_documents_are_enumerated_and_the_notes_say_so():
    dfm = bursty(1, 4, 20)
    table = keyness(dfm, "side == 't'")
    assert set(np.round(table.p * 5, 9)) <= {1, 2, 3, 4, 5}
    assert table[["log_ratio_low", "log_ratio_high"]].isna().all(axis=None)
    notes = " ".join(n["en"] for n in table.attrs["notes"])
    assert "all 5 splits" in notes
    assert "at best 0.2" in notes
    assert "one document" in notes
    many = keyness(bursty(10, 10, 5), "side == 't'", resamples=199).attrs["notes"][0]
    assert "199 random splits" in many["en"]
    assert "随机 199 次" in many["zh"]
    assert "at best 0.005" in many["en"]


def test_the_target_and_the_reference_can_change_places():
    dfm = bursty(7, 12, 50, ratio=2)
    one, other = (
        keyness(dfm, *q, resamples=300).sort_values("feature", ignore_index=True)
        for q in (("side == 't'", "side == 'r'"), ("side == 'r'", "side == 't'"))
    )
    np.testing.assert_array_equal(one.p, other.p)
    np.testing.assert_allclose(one.log_ratio, -other.log_ratio)
    np.testing.assert_allclose(one.log_ratio_low, -other.log_ratio_high)
    np.testing.assert_allclose(one.z_fightin, -other.z_fightin)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(12)), st.integers(2, 5))
def test_order_of_documents_is_nothing_and_doubled_lengths_change_no_ratio(order, factor):
    dfm = bursty(5, 7, 25, ratio=2)
    table = keyness(dfm, "side == 't'", resamples=100)
    pd.testing.assert_frame_equal(keyness(rows(dfm, list(order)), "side == 't'", resamples=100), table)
    longer = make_dfm(dfm.counts, dfm.features, dfm.docvars, totals=dfm.totals * factor)
    again = keyness(longer, "side == 't'", resamples=100)
    columns = ["feature", "log_ratio", "log_ratio_low", "p", "q"]
    pd.testing.assert_frame_equal(again[columns], table[columns], rtol=1e-9)


def test_the_rest_is_those_documents_whose_docvar_is_known():
    dfm = bursty(4, 6, 5)
    dfm.docvars.loc["d009", "side"] = None
    table = keyness(dfm, "side == 't'")
    assert table.attrs["left_out"] == 1
    pd.testing.assert_frame_equal(table, keyness(dfm, "side == 't'", "side == 'r'"), check_like=True)


def test_a_reference_compares_two_groups_and_leaves_the_others_alone():
    dfm = bursty(4, 6, 5)
    dfm.docvars["year"] = pd.array([2019, 2020] * 5, dtype="Int64")
    target, reference = "side == 't' and year == 2019", "side == 'r' and year == 2019"
    table = keyness(dfm, target, reference)
    assert "(2 target, 3 reference)" in table.attrs["notes"][0]["en"]
    step = {"step": "keyness", "target": target, "reference": reference, "resamples": 9999, "seed": 0}
    assert table.attrs["recipe"] == [step]


@pytest.mark.parametrize(
    ("target", "reference", "error", "message"),
    [
        ("side == 'x'", None, ValueError, "target=.* selects no document; see dfm.docvars"),
        ("side in ['t', 'r']", None, ValueError, "target=.* leaves, as reference, no document"),
        ("side == 't'", "side == 'x'", ValueError, "reference=.* selects no document"),
        ("side == 't'", "side != 'x'", ValueError, r"share documents \(4, the first 'd000'\)"),
        ("sied == 't'", None, KeyError, "No docvar 'sied'; did you mean 'side'"),
    ],
)
def test_misuse_raises(target, reference, error, message):
    with pytest.raises(error, match=message):
        keyness(bursty(4, 6, 5), target, reference)


def test_groups_and_wordless_documents_are_no_sides():
    dfm = bursty(4, 6, 5)
    with pytest.raises(ValueError, match=r"this dfm is grouped: pass it as before \.group"):
        keyness(dfm.group("side"), "side == 't'")
    wordless = make_dfm(np.array([[1], [0]]), ["f"], pd.DataFrame({"side": ["t", "r"]}, index=["a", "b"]))
    with pytest.raises(ValueError, match="without a single word"):
        keyness(wordless, "side == 't'")


def test_no_feature_gives_an_empty_table_and_a_reason():
    table = keyness(bursty(4, 6, 5).select([]), "side == 't'")
    assert table.empty
    assert list(table) == COLUMNS
    assert table.attrs["reason"]["zh"]


@pytest.mark.parametrize("k", [0.3, 1.0])
def test_pooled_words_find_differences_where_there_are_none_and_documents_do_not(k):
    tables = [keyness(bursty(15, 16, 1000, k=k, seed=s), "side == 't'", resamples=1999) for s in range(4)]
    p = np.concatenate([t.p for t in tables])
    pooled = np.concatenate([t.p_g2 for t in tables])
    assert (pooled < 0.001).mean() > 0.03
    assert (p < 0.001).mean() <= 0.003
    assert 0.03 <= (p < 0.05).mean() <= 0.07
    assert sum((t.q < 0.05).any() for t in tables) == 0


def test_differences_that_are_there_are_found_and_covered_by_the_interval():
    table = keyness(bursty(20, 20, 600, k=1, ratio=4, mean=5), "side == 't'", resamples=999)
    assert (table.q < 0.05).mean() > 0.8
    covered = (table.log_ratio_low <= 2) & (table.log_ratio_high >= 2)
    assert 0.92 <= covered.mean() <= 0.98
