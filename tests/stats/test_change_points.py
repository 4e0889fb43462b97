from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from analysis.evaluate.inference import dfm_of
from analysis.stats.change_points import _evidence, _segments, change_points


def build(counts, words, years):
    return dfm_of(counts, words, year=pd.array(years, dtype="Int64"))


def test_evidence_is_the_sum_over_all_ways_of_placing_changes():
    n, words = np.array([2.0, 3.0, 9.0, 8.0]), np.array([100.0, 90.0, 110.0, 100.0])
    marginal = _segments(n, words, n.sum() / words.sum())
    stay = 0.5 ** (1 / 3)
    total = 0.0
    for changes in product([0, 1], repeat=3):
        edges = [0, *(i + 1 for i, c in enumerate(changes) if c), 4]
        parts = sum(marginal[a, b - 1] for a, b in zip(edges, edges[1:], strict=False))
        total += np.exp(parts) * np.prod([1 - stay if c else stay for c in changes])
    assert _evidence(marginal, 4, 4) == pytest.approx(np.log(total))


def test_marginal_likelihood_is_the_negative_binomial_of_scipy():
    n, words, rate = np.array([4.0, 7.0]), np.array([200.0, 300.0]), 0.02
    marginal = _segments(n, words, rate)
    exact = nbinom.logpmf(4, 1, (1 / rate) / (1 / rate + 200)) - nbinom.logpmf(0, 1, (1 / rate) / (1 / rate + 200))
    # but for the constants words^n / n!
    assert marginal[0, 0] - (-np.log(rate) - np.log(1 / rate + 200)) == pytest.approx(
        exact - 4 * np.log(200) + np.log(24)
    )


def test_a_clear_change_is_found_where_it_is():
    rng = np.random.default_rng(1)
    years = np.repeat(np.arange(2010, 2022), 5)
    rate = np.where(years >= 2016, 60, 12)
    table = change_points(build(rng.poisson(rate)[:, None], np.full(60, 1000), years), ["f0000"])
    assert table.year[table.probability.idxmax()] == 2016
    assert table.p_any[0] > 0.99
    assert table.set_low[0] <= 2016 <= table.set_high[0]
    assert table.set_high[0] - table.set_low[0] <= 1
    assert np.isnan(table.probability[0])


def test_years_without_documents_have_no_row():
    dfm = build([[3], [4], [30], [28]], [1000] * 4, [2001, 2002, 2008, 2009])
    dfm.docvars["year"] = dfm.docvars.year.astype("int64")
    table = change_points(dfm, ["f0000", "未见"])
    assert table.year.tolist() == [2001, 2002, 2008, 2009]
    assert table.set_low.isna().all()
    assert table.feature.unique().tolist() == ["f0000"]


def test_constant_bursty_series_rarely_raise_an_alarm():
    rng = np.random.default_rng(2)
    years = np.repeat(np.arange(10), 3)
    words = np.exp(rng.normal(8, 0.5, 30)).astype(int)
    expected = np.outer(words, np.full(80, 1e-3))
    counts = rng.poisson(expected * rng.gamma(1, 1, expected.shape))
    table = change_points(build(counts, words, years), [f"f{i:04d}" for i in range(80)])
    assert (table.groupby("feature").p_any.first() > 0.95).mean() <= 0.05


def test_too_few_dated_documents_give_a_reason_and_a_word_is_one_feature():
    dfm = build([[3], [4], [9], [9]], [10] * 4, [2001, 2002, None, None])
    table = change_points(dfm, "f0000")
    assert table.empty and "probability" in table and table.attrs["left_out"] == 2
    assert "three years" in table.attrs["reason"]["en"]
    assert len(change_points(build([[3], [4], [9]], [10] * 3, [1, 2, 3]), "f0000")) == 3
