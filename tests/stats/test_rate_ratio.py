import shutil
import subprocess

import numpy as np
import pytest
from scipy import sparse

from analysis.stats.rate_ratio import log_rate_ratio


def example(seed, sizes=((3, 5), (6, 2), (4, 4)), rate=0.004, ratio=2.0, features=6):
    """Poisson counts in strata of so many target and reference units; rates differ between strata."""
    rng = np.random.default_rng(seed)
    side = np.concatenate([np.arange(t + r) < t for t, r in sizes])
    strata = np.repeat(np.arange(len(sizes)), [t + r for t, r in sizes])
    totals = rng.integers(500, 3000, len(side))
    mean = rate * totals * (1 + strata) * np.where(side, ratio, 1)
    return rng.poisson(mean[:, None], size=(len(side), features)), totals, side, strata


def tables(counts, totals, side, strata):
    """One 2 × 2 table a stratum: feature or other words × side."""
    cells = []
    for s in range(strata.max() + 1):
        here = [(strata == s) & mask for mask in (side, ~side)]
        cells.append([[counts[h].sum(), totals[h].sum() - counts[h].sum()] for h in here])
    return cells


def test_the_ratio_is_mantel_and_haenszel_s():
    """Of odds, in statsmodels: for rare words the ratio of rates."""
    stratified = pytest.importorskip("statsmodels.stats.contingency_tables", reason="statsmodels is not installed")
    counts, totals, side, strata = example(1)
    effect, _ = log_rate_ratio(sparse.csr_matrix(counts), totals * 100, side, strata)
    for f in range(counts.shape[1]):
        of_odds = stratified.StratifiedTable([np.array(t) for t in tables(counts[:, f], totals * 100, side, strata)])
        assert effect[f] == pytest.approx(of_odds.logodds_pooled, abs=1e-3)


def test_the_ratio_is_near_that_of_poisson_regression_on_side_and_stratum():
    models = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    counts, totals, side, strata = example(2, rate=0.05)
    effect, _ = log_rate_ratio(sparse.csr_matrix(counts), totals, side, strata)
    design = np.column_stack([side, *(strata == s for s in range(3))]).astype(float)
    for f in range(counts.shape[1]):
        fit = models.GLM(counts[:, f], design, family=models.families.Poisson(), offset=np.log(totals)).fit()
        assert effect[f] == pytest.approx(fit.params[0], abs=0.3 * fit.bse[0])


def test_the_ratio_is_that_of_r():
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed.")
    counts, totals, side, strata = example(3, features=1)
    effect, _ = log_rate_ratio(sparse.csr_matrix(counts), totals * 100, side, strata)
    cells = ",".join(str(c) for t in tables(counts[:, 0], totals * 100, side, strata) for row in t for c in row)
    code = f"cat(sprintf('%.9f', log(mantelhaen.test(array(c({cells}), c(2, 2, 3)))$estimate)))"
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    assert effect[0] == pytest.approx(float(done.stdout), abs=1e-3)


def test_with_one_stratum_it_is_the_ratio_of_rates_with_the_variance_of_leaving_one_out():
    counts, totals, side, _ = example(4, rate=0.05)
    effect, width = log_rate_ratio(sparse.csr_matrix(counts), totals, side, np.zeros(len(side), dtype=int))
    n, words = counts[side].sum(axis=0) / counts[~side].sum(axis=0), totals[side].sum() / totals[~side].sum()
    np.testing.assert_allclose(effect, np.log(n / words))

    def leave_one_out(of):
        rates = [np.log(np.delete(counts[of], i, 0).sum(0) / np.delete(totals[of], i).sum()) for i in range(of.sum())]
        whole = np.log(counts[of].sum(axis=0) / totals[of].sum())
        return np.maximum(((np.array(rates) - whole) ** 2).sum(axis=0), 1 / counts[of].sum(axis=0))

    expected = leave_one_out(side) + leave_one_out(~side)
    assert np.all(width / np.sqrt(expected) > 1.9)
    assert np.all(width / np.sqrt(expected) < 2.6)


def test_the_sides_can_change_places():
    counts, totals, side, strata = example(5)
    one = log_rate_ratio(sparse.csr_matrix(counts), totals, side, strata)
    other = log_rate_ratio(sparse.csr_matrix(counts), totals, ~side, strata)
    np.testing.assert_allclose(one[0], -other[0])
    np.testing.assert_allclose(one[1], other[1])


def test_a_side_without_the_feature_has_half_an_occurrence():
    counts, totals, side, strata = example(6)
    counts[side] = 0
    effect, width = log_rate_ratio(sparse.csr_matrix(counts), totals, side, np.zeros_like(strata))
    np.testing.assert_allclose(effect, np.log(0.5 / totals[side].sum() / (counts.sum(axis=0) / totals[~side].sum())))
    assert np.isfinite(width).all()


def test_a_side_of_one_unit_has_no_interval():
    counts, totals, side, strata = example(7, sizes=((1, 6),))
    assert np.isnan(log_rate_ratio(sparse.csr_matrix(counts), totals, side, strata)[1]).all()


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
            effect, width = log_rate_ratio(sparse.csr_matrix(counts), totals, side, strata)
            covered.append(np.abs(effect - np.log(2)) <= width)
    assert 0.93 <= np.concatenate(covered).mean() <= 0.995
