import numpy as np
import pytest
from scipy import sparse

from analysis.stats.resampling import benjamini_hochberg, group_rates, t_quantile


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_out_of_range_is_an_error(confidence):
    with pytest.raises(ValueError, match=f"confidence={confidence} is not between 0 and 1"):
        t_quantile(np.array([3.0]), confidence)


def test_benjamini_hochberg_is_scipys_and_allows_no_tests():
    p = np.array([0.01, 0.04, 0.03, 0.5])
    np.testing.assert_allclose(benjamini_hochberg(p), [0.04, 0.04 * 4 / 3, 0.04 * 4 / 3, 0.5])
    assert benjamini_hochberg(np.empty(0)).size == 0


def test_variance_is_that_of_leaving_one_document_out():
    rng = np.random.default_rng(3)
    totals = rng.integers(50, 500, 7)
    n = rng.poisson(20, 7)
    rates = group_rates(sparse.csr_matrix(n[:, None]), totals, np.zeros(7, dtype=int), 1)
    rate = n.sum() / totals.sum()
    without = (n.sum() - n) / (totals.sum() - totals)
    expected = ((without - rate) ** 2).sum() / rate**2
    np.testing.assert_allclose(rates.variance, [max(expected, 1 / n.sum())])
    np.testing.assert_allclose(rates.df, [n.sum() ** 2 / (n**2).sum()])


def test_variance_is_never_less_than_that_of_independent_occurrences():
    counts = sparse.csr_matrix(np.ones((5, 1), dtype=int))
    rates = group_rates(counts, np.full(5, 100), np.zeros(5, dtype=int), 1)
    assert rates.variance == [1 / 5]
