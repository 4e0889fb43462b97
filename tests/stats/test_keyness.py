from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.dfm import make_dfm
from analysis.evaluate.inference import dfm_of
from analysis.stats import permutation
from analysis.stats.keyness import keyness, pearson_residuals

COLUMNS = [
    "feature", "n_target", "n_reference", "per_10k_target", "per_10k_reference",
    "docs_target", "docs_reference", "log_ratio", "log_ratio_low", "log_ratio_high",
    "g2", "p_g2", "z_fightin", "p", "q", "log_ratio_conservative", "percent_diff",
]  # fmt: skip


def bursty(target, reference, n_features, *, k=1.0, seed=0, ratio=1.0, mean=3, longer=1):
    """Gamma–Poisson counts in documents of unequal length; features 0, 1, … alike but for ``ratio``."""
    rng = np.random.default_rng(seed)
    documents = target + reference
    totals = np.round(rng.lognormal(7, 0.6, documents)) * np.where(np.arange(documents) < target, longer, 1)
    rate = np.where(np.arange(documents) < target, ratio, 1) * totals * mean / np.exp(7)
    counts = rng.poisson(rate[:, None] * rng.gamma(k, 1 / k, size=(documents, n_features)))
    return dfm_of(counts, totals.astype(int), side=["t"] * target + ["r"] * reference)


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
    keys = list(zip(table.q.round(9), table.p.round(9), -table.log_ratio.abs().round(9), table.feature, strict=True))
    assert keys == sorted(keys)
    np.testing.assert_allclose(table.percent_diff, 100 * (2**table.log_ratio - 1))
    inside = (table.log_ratio_low <= 0) & (table.log_ratio_high >= 0)
    nearer = np.where(table.log_ratio > 0, table.log_ratio_low, table.log_ratio_high)
    np.testing.assert_array_equal(table.log_ratio_conservative, np.where(inside, 0, nearer))


@pytest.mark.parametrize(("a", "b", "words", "value"), [
    # Rayson's own figures for a million words a side (Corpora list, 18 January 2002, to the nearest whole number)
    (348, 99, (10**6, 10**6), 147), (15, 14, (10**6, 10**6), 0), (9, 32, (10**6, 10**6), 14),
    (21, 25, (10**6, 10**6), 0),
    (52, 57, (50_000, 75_000), 2.65),  # what the calculator at UCREL answers in its published example
])  # fmt: skip
def test_g2_is_that_of_rayson_s_calculator(a, b, words, value):
    row = keyness(dfm_of([[a], [b]], words, side=["t", "r"]), "side == 't'").loc[0]
    assert row.g2 == pytest.approx(value, abs=0.5 if value != 2.65 else 0.006)
    table = [[a, b], [words[0] - a, words[1] - b]]
    expected = stats.chi2_contingency(table, lambda_="log-likelihood", correction=False)
    assert (row.g2, row.p_g2) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-8)


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
    assert table.g2["x"] > 10_000
    assert table.p_g2["x"] == np.finfo(float).tiny  # never 0


def test_p_of_one_feature_agrees_with_scipy_on_the_residuals():
    dfm = bursty(4, 6, 1, seed=5, ratio=3)
    score = pearson_residuals(dfm.counts.toarray().astype(float), dfm.totals.astype(float), np.zeros(10, int))[:, 0]

    def distance(x, y, axis=-1):
        return np.abs(np.mean(x, axis=axis) - np.mean(y, axis=axis))

    sides = score[:4], score[4:]
    expected = stats.permutation_test(sides, distance, alternative="greater", n_resamples=np.inf).pvalue
    assert keyness(dfm, "side == 't'").p[0] == pytest.approx(expected)


def test_pearson_residuals_by_hand():
    """Rate 0.1: expected 1, 2, 3. Pairs of words: 12 within, (36 − 18) × 1400 / (3600 − 1400) between: a = 1/21."""
    score = pearson_residuals(np.array([[1.0], [4.0], [1.0]]), np.array([10.0, 20.0, 30.0]), np.zeros(3, int))
    a = 12 / (18 * 1400 / 2200) - 1
    np.testing.assert_allclose(score[:, 0], [0, 2 / np.sqrt(2 * (1 + 2 * a)), -2 / np.sqrt(3 * (1 + 3 * a))])


def test_a_unit_without_words_and_a_stratum_without_the_feature_have_no_residual():
    counts = np.array([[2.0], [1.0], [0.0], [0.0], [0.0]])
    residuals = pearson_residuals(counts, np.array([10.0, 10.0, 0.0, 5.0, 5.0]), np.array([0, 0, 0, 1, 1]))
    assert residuals[0] > 0
    np.testing.assert_array_equal(residuals[2:], 0)


def test_few_documents_are_enumerated_and_the_notes_say_so():
    dfm = bursty(1, 4, 20)
    table = keyness(dfm, "side == 't'")
    assert set(np.round(table.p * 5, 9)) <= {1, 2, 3, 4, 5}
    assert table[["log_ratio_low", "log_ratio_high"]].isna().all(axis=None)
    notes = " ".join(n["en"] for n in table.attrs["notes"])
    assert "all 5 splits" in notes
    assert "at best 0.2" in notes
    assert "one document or unit" in notes
    many = keyness(bursty(10, 10, 5), "side == 't'", resamples=199).attrs["notes"][0]
    assert "199 random splits" in many["en"]
    assert "随机 199 次" in many["zh"]


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


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(12)), st.integers(2, 5))
def test_order_of_documents_is_nothing_and_doubled_lengths_change_no_ratio(order, factor):
    dfm = bursty(5, 7, 25, ratio=2)
    table = keyness(dfm, "side == 't'", resamples=100)
    pd.testing.assert_frame_equal(keyness(dfm.take(list(order)), "side == 't'", resamples=100), table)
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
    step = {"step": "keyness", "target": target, "reference": reference, "strata": [], "unit": "doc_id"}
    step |= {"resamples": 9999, "seed": 0}
    assert table.attrs["recipe"] == [step]


@pytest.mark.parametrize(
    ("target", "reference", "error", "message"),
    [
        ("side == 'x'", None, ValueError, "target=.* selects no documents: .*see the docvars"),
        ("side in ['t', 'r']", None, ValueError, "target=.* leaves, as reference, no documents"),
        ("side == 't'", "side == 'x'", ValueError, "reference=.* selects no documents"),
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
    with pytest.raises(ValueError, match="no single word"):
        keyness(dfm_of([[1], [0]], side=["t", "r"]), "side == 't'")


@pytest.mark.parametrize(("sizes", "k", "longer"), [((15, 16), 0.3, 1), ((15, 16), 1, 1), ((10, 40), 3, 3)])
def test_pooled_words_find_differences_where_there_are_none_and_documents_do_not(sizes, k, longer):
    drawn = [bursty(*sizes, 1000, k=k, seed=s, longer=longer) for s in range(4)]
    tables = [keyness(dfm, "side == 't'", resamples=1999) for dfm in drawn]
    p = np.concatenate([t.p for t in tables])
    pooled = np.concatenate([t.p_g2 for t in tables])
    assert (pooled < 0.001).mean() > 0.03
    assert (p < 0.001).mean() <= 0.003
    assert 0.03 <= (p < 0.05).mean() <= 0.07
    assert sum((t.q < 0.05).any() for t in tables) <= 1  # at the nominal level one in twenty


def test_differences_that_are_there_are_found():
    table = keyness(bursty(20, 20, 600, k=1, ratio=4, mean=5), "side == 't'", resamples=999)
    assert (table.q < 0.05).mean() > 0.8


def paired(pairs, n_features, *, k=1.0, seed=0, ratio=1.0, spread=1.0):
    """A document of each side by every issuer, whose rates differ by ``spread`` on the log scale."""
    rng = np.random.default_rng(seed)
    totals = np.round(rng.lognormal(7, 0.6, 2 * pairs))
    rate = np.where(np.arange(2 * pairs) % 2, 1, ratio) * totals * 4 / np.exp(7)
    issuer = np.exp(spread * rng.normal(size=(pairs, n_features)))[np.arange(2 * pairs) // 2]
    counts = rng.poisson(rate[:, None] * issuer * rng.gamma(k, 1 / k, size=(2 * pairs, n_features)))
    institution = np.repeat([f"i{i:02d}" for i in range(pairs)], 2)
    return dfm_of(counts, totals.astype(int), side=["t", "r"] * pairs, institution=institution)


def test_the_same_issuers_on_both_sides_are_paired_and_the_table_says_so():
    dfm = paired(12, 40, ratio=2)
    table = keyness(dfm, "side == 't'", resamples=4096)
    assert table.attrs["recipe"][-1]["strata"] == ["institution"]
    notes = " ".join(n["en"] for n in table.attrs["notes"])
    assert "Paired, as the same issuers stand on both sides: compared within 12 strata of institution" in notes
    assert "all 4,096 splits, at best 0.00049" in notes
    assert "在发文机关的 12 层之内比较" in " ".join(n["zh"] for n in table.attrs["notes"])
    pd.testing.assert_frame_equal(table, keyness(dfm, "side == 't'", strata="institution", resamples=4096))
    unpaired = keyness(dfm, "side == 't'", strata=None, resamples=4096)
    assert unpaired.attrs["recipe"][-1]["strata"] == []
    assert (table.p < 0.05).sum() > (unpaired.p < 0.05).sum()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.assign(institution=d.index),  # nobody stands on both sides
        lambda d: d.assign(institution="i"),  # one issuer only
        lambda d: d.assign(institution=d.institution.where(np.arange(24) < 18)),  # a quarter is not known
        lambda d: d.assign(institution=np.where(np.arange(24) < 22, d.index, "i")),
    ],
)
def test_without_the_same_issuers_there_is_no_pairing(change):
    dfm = paired(12, 5)
    dfm = replace(dfm, docvars=change(dfm.docvars))
    assert keyness(dfm, "side == 't'", resamples=99).attrs["recipe"][-1]["strata"] == []


def test_an_issuer_named_in_the_query_or_too_few_of_them_do_not_pair():
    for pairs, query in ((5, "side == 't'"), (12, "side == 't' and institution != 'x'")):
        assert keyness(paired(pairs, 5), query, resamples=99).attrs["recipe"][-1]["strata"] == []


def test_documents_without_a_counterpart_are_left_out_and_counted():
    dfm = paired(12, 30)
    docvars = dfm.docvars.assign(side=dfm.docvars.side.mask(np.arange(24) == 1, "t"))  # i00 has two targets
    table = keyness(replace(dfm, docvars=docvars), "side == 't'")
    assert "2 documents without a counterpart" in " ".join(n["en"] for n in table.attrs["notes"])
    pd.testing.assert_frame_equal(table, keyness(dfm.take(range(2, 24)), "side == 't'"))


def test_strata_without_both_sides_give_an_empty_table_and_a_reason():
    dfm = bursty(4, 6, 5)
    table, wordless = keyness(dfm, "side == 't'", strata="side"), keyness(dfm.select([]), "side == 't'")
    assert table.empty and wordless.empty
    assert list(table) == list(wordless) == COLUMNS
    assert wordless.attrs["reason"]["zh"]
    assert table.attrs["reason"]["en"] == "No side has documents on both sides."


def test_p_within_strata_agrees_with_scipy_on_the_pairs_scores():
    dfm = paired(9, 8, ratio=2)
    scores = pearson_residuals(dfm.counts.toarray().astype(float), dfm.totals.astype(float), np.arange(18) // 2)

    def distance(x, y, axis=-1):
        return np.abs(np.mean(x - y, axis=axis))

    options = {"alternative": "greater", "n_resamples": np.inf, "permutation_type": "samples"}
    expected = [stats.permutation_test((s[0::2], s[1::2]), distance, **options).pvalue for s in scores.T]
    table = keyness(dfm, "side == 't'", strata="institution").set_index("feature").loc[dfm.features]
    np.testing.assert_allclose(table.p, expected)


def test_units_move_together():
    """Five issuers with two documents each, against five: 252 splits of issuers, as of their summed documents."""
    dfm = bursty(10, 10, 20)
    dfm.docvars["issuer"] = np.repeat([f"i{i}" for i in range(10)], 2)
    table = keyness(dfm, "side == 't'", unit="issuer")
    assert "5 target, 5 reference" in table.attrs["notes"][1]["en"]
    counts = dfm.counts.toarray().reshape(10, 2, -1).sum(axis=1)
    summed = dfm_of(counts, dfm.totals.reshape(10, 2).sum(axis=1), side=["t"] * 5 + ["r"] * 5)
    same = ["feature", "n_target", "log_ratio", "log_ratio_low", "log_ratio_high", "p", "q"]
    pd.testing.assert_frame_equal(table[same], keyness(summed, "side == 't'")[same])
    assert table.docs_target.max() > 5


def test_units_on_both_sides_or_in_several_strata_are_errors():
    dfm = paired(6, 5)
    with pytest.raises(ValueError, match="unit='institution' has documents on both sides; compare within it"):
        keyness(dfm, "side == 't'", unit="institution")
    dfm.docvars["year"] = np.arange(12) // 4
    dfm.docvars["unit"] = dfm.docvars.side + (np.arange(12) % 4).astype(str)
    with pytest.raises(ValueError, match=r"unit='unit' has documents in several strata of \['year'\]; use strata=None"):
        keyness(dfm, "side == 't'", unit="unit", strata="year")
    with pytest.raises(KeyError, match="No docvar 'yaer'; did you mean 'year'"):
        keyness(dfm, "side == 't'", strata="yaer")


def test_differences_between_years_are_not_the_region_s():
    """The target has most of its documents in the year in which the words are frequent."""
    rng = np.random.default_rng(3)
    year = np.repeat([0, 1], [16, 16])
    target = np.r_[np.arange(16) < 4, np.arange(16) < 12]
    totals = np.round(rng.lognormal(7, 0.4, 32))
    rate = totals * 4 / np.exp(7) * np.where(year == 1, 3, 1)
    counts = rng.poisson(rate[:, None] * rng.gamma(1, 1, size=(32, 1500)))
    dfm = dfm_of(counts, totals.astype(int), side=np.where(target, "t", "r"), year=year)
    within, across = (keyness(dfm, "side == 't'", strata=s, resamples=1999) for s in ("year", None))
    assert 0.03 <= (within.p < 0.05).mean() <= 0.07
    assert (across.p < 0.05).mean() > 0.2
    assert abs(within.log_ratio.median()) < 0.1 < across.log_ratio.median()


def test_the_table_does_not_depend_on_the_number_of_processes(monkeypatch):
    """Blocks of three features, in this process and in two."""
    dfm = bursty(7, 7, 20)
    monkeypatch.setattr(permutation, "CELLS", 600)
    one, two = (keyness(dfm, "side == 't'", strata=None, resamples=200, n_jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    with pytest.raises(ValueError, match="n_jobs 0"):
        keyness(dfm, "side == 't'", strata=None, resamples=200, n_jobs=0)


def test_a_word_that_one_side_hardly_has_has_an_interval_that_agrees_with_p():
    """In every target document and in one of the reference's: an interval of the log ratio's error would hold 0."""
    counts = np.full((24, 30), 5)
    counts[:, 0] = np.r_[np.ones(12), 1, np.zeros(11)]
    dfm = dfm_of(counts, side=["t"] * 12 + ["r"] * 12)
    row = keyness(dfm, "side == 't'", strata=None).set_index("feature").loc["f0000"]
    assert row.q < 0.05
    assert 0 < row.log_ratio_low < row.log_ratio < row.log_ratio_high < 10


def test_the_only_word_there_is_has_no_odds():
    row = keyness(dfm_of([[7], [3], [5], [1]], side=[*"ttrr"]), "side == 't'").loc[0]
    assert (row.z_fightin, row.g2, row.log_ratio) == (0, 0, 0)


def test_pairing_counts_splits_of_units_and_forgives_documents_without_one():
    dfm = bursty(8, 8, 5)
    docvars = dfm.docvars.assign(side=["t", "t", "r", "r"] * 4, province=np.repeat([*"ABCD"], 4))
    pairs = keyness(replace(dfm, docvars=docvars.assign(unit=np.arange(16) // 2)), "side == 't'", unit="unit")
    assert pairs.attrs["recipe"][-1]["strata"] == []  # 16 splits within provinces, 70 without
    unit = docvars.index.to_series().mask([name in ("d000", "d006") for name in docvars.index])
    missing = keyness(replace(dfm, docvars=docvars.assign(unit=unit)), "side == 't'", unit="unit")
    assert missing.attrs["recipe"][-1]["strata"] == ["province"]
