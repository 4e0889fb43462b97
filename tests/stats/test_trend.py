import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t as student
from sklearn.linear_model import PoissonRegressor

from analysis.dfm import make_dfm
from analysis.evaluate.inference import dfm_of
from analysis.stats.trend import poisson_slope, trend

YEARS = [2018, 2018, 2019, 2019, 2020, 2022, 2022, 2023, 2023, 2023]
WORDS = np.array([1000, 1500, 800, 1200, 2000, 900, 1000, 1800, 1100, 1400])
COUNTS = np.array([3, 15, 2, 8, 33, 4, 19, 20, 11, 57])


def build(counts, words, years, **docvars):
    return dfm_of(counts, words, year=pd.array(years, dtype="Int64"), **docvars)


def test_slope_and_robust_error_of_r():
    """R 4.2: glm(n ~ t + offset(log(N)), poisson), and its HC3 sandwich from hatvalues()."""
    row = trend(build(COUNTS[:, None], WORDS, YEARS)).iloc[0]
    assert row.slope == pytest.approx(0.206498092799, rel=1e-6)
    halfway = (row.slope_high - row.slope_low) / 2
    assert (row.slope_high + row.slope_low) / 2 == pytest.approx(row.slope)
    assert 2.2 < halfway / 0.142526163916 < 2.8  # t quantile with effective degrees of freedom
    assert row.percent == pytest.approx(100 * (np.exp(row.slope) - 1))
    assert (row.n, row.docfreq, row.n_docs, row.n_years) == (172, 10, 10, 5)


@settings(max_examples=10, deadline=None)
@given(arrays(np.int64, (5, 4), elements=st.integers(1, 30)), arrays(np.int64, 5, elements=st.integers(100, 5000)))
def test_slopes_are_those_of_poisson_regression(counts, words):
    years = np.array([2001.0, 2002, 2004, 2005, 2009])
    slopes = poisson_slope(years @ counts / counts.sum(axis=0), words, years)
    for column, slope in zip(counts.T, slopes, strict=True):
        model = PoissonRegressor(alpha=0, solver="newton-cholesky", tol=1e-8)
        x = (years - years.mean())[:, None]
        model.fit(x, column / words * words.sum() / column.sum(), sample_weight=words)
        assert slope == pytest.approx(model.coef_[0], abs=1e-5)


def test_groups_of_too_few_years_have_no_rows_and_are_counted():
    dfm = build(np.ones((10, 2), int), WORDS, YEARS, region=["a"] * 5 + ["b"] * 5)
    table = trend(dfm, by="region")
    assert table.region.unique().tolist() == ["a"]
    assert "不足三个年份" in table.attrs["notes"][-1]["zh"]
    assert "1, no trend" in table.attrs["notes"][-1]["en"]
    none = trend(build(np.ones((2, 1), int), [10, 20], [2001, 2002]))
    assert none.empty
    assert list(none) == list(trend(dfm))
    assert "three years" in none.attrs["reason"]["en"]


def test_a_missing_year_is_a_gap_and_documents_without_year_are_counted():
    years = [2001, 2001, 2002, 2002, 2006, 2006, None]
    table = trend(build(np.array([[2, 2, 4, 4, 64, 64, 9]]).T, [100] * 7, years))
    assert table.slope[0] == pytest.approx(np.log(2))
    assert table.attrs["left_out"] == 1


def test_a_newcomer_of_the_last_year_has_a_finite_slope():
    row = trend(build(np.array([[0, 0, 0, 0, 3, 4]]).T, [500] * 6, [1, 1, 2, 2, 3, 3])).iloc[0]
    assert 0 < row.slope < 10
    assert np.isfinite([row.slope_low, row.percent, row.p]).all()


def test_rows_do_not_depend_on_the_order_of_documents_or_on_other_features():
    rng = np.random.default_rng(5)
    dfm = build(rng.poisson(3, (10, 6)), WORDS + 50, YEARS)
    shuffled = make_dfm(dfm.counts[::-1], dfm.features, dfm.docvars[::-1], totals=dfm.totals[::-1])
    pd.testing.assert_frame_equal(trend(dfm), trend(shuffled))
    one = trend(dfm, features=["f0002"]).drop(columns="q")
    whole = trend(dfm).drop(columns="q").query("feature == 'f0002'").reset_index(drop=True)
    pd.testing.assert_frame_equal(one, whole)


@pytest.mark.parametrize(("documents", "k"), [(12, 0.3), (20, 1), (30, 3)])
def test_level_and_coverage_on_bursty_words(documents, k):
    rng = np.random.default_rng(documents)
    covered, false, rounds = [], [], 4
    for _ in range(rounds):
        words = np.exp(rng.normal(7.5, 0.6, documents)).astype(int)
        years = rng.integers(2018, 2025, documents)
        expected = np.outer(words * np.exp(0.1 * (years - 2021)), np.full(400, 2e-3))
        counts = rng.poisson(expected * rng.gamma(k, 1 / k, expected.shape))
        table = trend(build(counts, words, years))
        covered.append(((table.slope_low <= 0.1) & (table.slope_high >= 0.1)).mean())
        null = rng.poisson(np.outer(words, np.full(400, 2e-3)) * rng.gamma(k, 1 / k, expected.shape))
        false.append((trend(build(null, words, years)).p < 0.001).mean())
    assert 0.91 < np.mean(covered) < 0.995
    assert np.mean(false) <= 0.003


def test_errors_name_the_remedy():
    dfm = build(COUNTS[:, None], WORDS, YEARS, region="a")
    with pytest.raises(KeyError, match="did you mean 'year'"):
        trend(dfm, time="yeer")
    with pytest.raises(ValueError, match="time='region' is not numeric"):
        trend(dfm, time="region")
    with pytest.raises(ValueError, match=r"before \.group"):
        trend(dfm.group("region"))


@pytest.mark.parametrize("size", [9, 400])
def test_errors_are_those_of_the_dense_formula_for_few_and_for_many_documents(size):
    """HC3 written out over all documents, absent features too; leverages from small to nearly 1."""
    rng = np.random.default_rng(8)
    year = np.r_[2000, 2003, 2004, 2007, rng.choice([2000, 2003, 2004, 2007], size - 4)]
    words = np.round(rng.lognormal(7, 1, size))
    counts = rng.poisson(np.outer(words / 1000, rng.gamma(1, 1, 30)))
    counts = counts[:, counts.any(axis=0)]
    table = trend(build(counts, words.astype(int), year)).sort_values("feature")
    years = np.unique(year)
    n = np.array([counts[year == at].sum(axis=0) for at in years])
    for row, x, by_year in zip(table.itertuples(), counts.T, n.T, strict=True):
        if by_year.sum() in (by_year[0], by_year[-1]):
            continue
        rate = np.exp(row.slope * (year - 2000)) * words
        expected = x.sum() * rate / rate.sum()
        away = year - (expected * year).sum() / expected.sum()
        information = (expected * away**2).sum()
        leverage = np.minimum(expected / x.sum() + expected * away**2 / information, 0.999)
        spread = (((x - expected) / (1 - leverage) * away) ** 2).sum() / information
        df = max(1 / ((expected * away**2 / information) ** 2).sum() - 1, 1)
        error = np.sqrt(max(spread, 1) / information)
        assert row.p == pytest.approx(2 * student.sf(abs(row.slope) / error, df), rel=1e-8)
        assert row.slope_high - row.slope == pytest.approx(student.ppf(0.975, df) * error, rel=1e-8)
