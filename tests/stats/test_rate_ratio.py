import shutil
import subprocess

import numpy as np
import pytest
from scipy import sparse, stats

from analysis.stats.rate_ratio import log_rate_ratio


def example(seed, sizes=((3, 5), (6, 2), (4, 4)), rate=0.004, ratio=2.0, features=6):
    """Poisson counts in strata of so many target and reference units; rates differ between strata."""
    rng = np.random.default_rng(seed)
    side = np.concatenate([np.arange(t + r) < t for t, r in sizes])
    strata = np.repeat(np.arange(len(sizes)), [t + r for t, r in sizes])
    totals = rng.integers(500, 3000, len(side))
    mean = rate * totals * (1 + strata) * np.where(side, ratio, 1)
    return rng.poisson(mean[:, None], size=(len(side), features)), totals, side, strata


def test_the_ratio_is_mantel_and_haenszel_s():
    """Of odds, in statsmodels: for rare words the ratio of rates."""
    stratified = pytest.importorskip("statsmodels.stats.contingency_tables", reason="statsmodels is not installed")
    counts, totals, side, strata = example(1)
    effect, *_ = log_rate_ratio(sparse.csr_matrix(counts), totals * 100, side, strata)
    for f in range(counts.shape[1]):
        cells = np.array(tables(counts[:, f], totals * 100, side, strata), dtype=float)
        of_odds = stratified.StratifiedTable(list(cells))
        assert effect[f] == pytest.approx(of_odds.logodds_pooled, abs=1e-3)


def tables(counts, totals, side, strata):
    """One 2 × 2 table a stratum: feature or other words × side."""
    cells = []
    for s in range(strata.max() + 1):
        here = [(strata == s) & mask for mask in (side, ~side)]
        cells.append([[counts[h].sum(), totals[h].sum() - counts[h].sum()] for h in here])
    return cells


def test_the_ratio_is_near_that_of_poisson_regression_on_side_and_stratum():
    models = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    counts, totals, side, strata = example(2, rate=0.05)
    effect, *_ = log_rate_ratio(sparse.csr_matrix(counts), totals, side, strata)
    design = np.column_stack([side, *(strata == s for s in range(3))]).astype(float)
    for f in range(counts.shape[1]):
        fit = models.GLM(counts[:, f], design, family=models.families.Poisson(), offset=np.log(totals)).fit()
        assert effect[f] == pytest.approx(fit.params[0], abs=0.3 * fit.bse[0])


def test_the_ratio_is_that_of_r():
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed.")
    counts, totals, side, strata = example(3, features=1)
    effect, *_ = log_rate_ratio(sparse.csr_matrix(counts), totals * 100, side, strata)
    cells = ",".join(str(c) for t in tables(counts[:, 0], totals * 100, side, strata) for row in t for c in row)
    code = f"cat(sprintf('%.9f', log(mantelhaen.test(array(c({cells}), c(2, 2, 3)))$estimate)))"
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    assert effect[0] == pytest.approx(float(done.stdout), abs=1e-3)


def test_of_independent_occurrences_the_interval_is_the_score_interval_of_two_poisson_rates():
    """Counts more even than Poisson's: bursts add nothing, and t is normal."""
    rates = pytest.importorskip("statsmodels.stats.rates", reason="statsmodels is not installed")
    counts = np.array([[1, 1, 2, 1, 1, 1, 1, 2, 1, 1], [1, 1, 0, 0, 0, 3, 4, 3, 4, 3]]).T
    totals, side = np.full(10, 1000), np.arange(10) < 5
    _, low, high = log_rate_ratio(sparse.csr_matrix(counts), totals, side, np.zeros(10, dtype=int))
    for f in range(2):
        n = counts[side, f].sum(), 5000, counts[~side, f].sum(), 5000
        expected = rates.confint_poisson_2indep(*n, method="score", compare="ratio")
        np.testing.assert_allclose(np.exp([low[f], high[f]]), expected, rtol=1e-6)


FEW = np.array([[0, 1, 5, 8]]).T, np.array([10, 4000, 20_000, 3]), np.array([True, True, False, False])


@pytest.mark.parametrize(("counts", "totals", "side"), [example(4, rate=0.05, sizes=((9, 15),))[:3], FEW])
def test_with_one_stratum_bursts_add_the_variance_of_leaving_one_out(counts, totals, side):
    """Also where nearly all words of a side are one unit's, and the ends 10 and more from the ratio."""
    effect, low, high = log_rate_ratio(sparse.csr_matrix(counts), totals, side, np.zeros(len(side), dtype=int))
    (a, b), (t, u) = ([x[of].sum(axis=0) for of in (side, ~side)] for x in (counts, totals))
    np.testing.assert_allclose(effect, np.log(a / t / (b / u)))
    excess, parts = np.zeros(counts.shape[1]), np.zeros(counts.shape[1])
    for of in (side, ~side):
        n, words = counts[of], totals[of]
        without = (n.sum(axis=0) - n) / (words.sum() - words)[:, None]
        v = (len(side) - 1) / len(side) * ((without / (n.sum(axis=0) / words.sum()) - 1) ** 2).sum(axis=0)
        own = np.maximum(v - 1 / n.sum(axis=0), 0)
        left = 1 - words[:, None] / words.sum()
        excess, parts = excess + own, parts + own**2 * (n**2 / left).sum(axis=0) / n.sum(axis=0) ** 2
    df = np.maximum((1 / a + 1 / b + excess) ** 2 / np.maximum(parts, 1e-300), 3)
    for end in (np.exp(low), np.exp(high)):
        expected = end * (a + b) / (end * t + u)
        variance = end * (a + b) / (t * u) + excess * expected**2
        np.testing.assert_allclose(np.abs(a / t - end * b / u), stats.t.ppf(0.975, df) * np.sqrt(variance), rtol=1e-6)


def test_the_sides_can_change_places():
    counts, totals, side, strata = example(5)
    one = log_rate_ratio(sparse.csr_matrix(counts), totals, side, strata)
    other = log_rate_ratio(sparse.csr_matrix(counts), totals, ~side, strata)
    np.testing.assert_allclose(one, [-other[0], -other[2], -other[1]])


def test_a_side_without_the_feature_has_half_an_occurrence():
    counts, totals, side, strata = example(6)
    counts[side] = 0
    effect, low, high = log_rate_ratio(sparse.csr_matrix(counts), totals, side, np.zeros_like(strata))
    np.testing.assert_allclose(effect, np.log(0.5 / totals[side].sum() / (counts.sum(axis=0) / totals[~side].sum())))
    assert np.isfinite(low).all()
    assert (high < 0).all()


def test_a_side_of_one_unit_has_no_interval():
    counts, totals, side, strata = example(7, sizes=((1, 6),))
    assert np.isnan(log_rate_ratio(sparse.csr_matrix(counts), totals, side, strata)[1:]).all()


@pytest.mark.parametrize("sizes", [((8, 8),), ((1, 1),) * 20, ((4, 4),) * 5, ((2, 8),) * 4])
def test_intervals_cover_the_ratio_of_bursty_words(sizes):
    rng = np.random.default_rng(8)
    covered = []
    for seed in range(6):
        _, totals, side, strata = example(seed, sizes=sizes)
        for k in (0.3, 3.0):
            bursts = rng.gamma(k, 1 / k, size=(len(side), 300))
            stratum = np.exp(rng.normal(size=len(sizes)))[strata]
            counts = rng.poisson(0.002 * (totals * stratum * np.where(side, 2, 1))[:, None] * bursts)
            counts = counts[:, counts.sum(axis=0) > 0]
            _, low, high = log_rate_ratio(sparse.csr_matrix(counts), totals, side, strata)
            covered.append((low <= np.log(2)) & (np.log(2) <= high))
    assert 0.93 <= np.concatenate(covered).mean() <= 0.97


@pytest.mark.parametrize(
    ("counts", "totals", "side", "strata"),
    [
        ([1, 1, 1_000_000, 2], [1, 1, 1_000_001, 3], "1100", "0000"),
        ([0, 0, 8, 0], [7424, 4, 23_915, 4], "1100", "0000"),
        ([0, 0, 0, 1, 0, 0, 0, 0, 0], [1469, 280, 7447, 125, 108, 2298, 4580, 44_031, 180], "111011100", "000011111"),
    ],
)
def test_intervals_have_ends_on_either_side_of_the_ratio(counts, totals, side, strata):
    marks = np.array([*side]) == "1", np.array([*strata], dtype=int)
    effect, low, high = log_rate_ratio(sparse.csr_matrix(np.array(counts)[:, None]), np.array(totals), *marks)
    assert -40 < low[0] <= effect[0] <= high[0] < 40
