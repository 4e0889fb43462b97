import numpy as np
import pytest
from scipy import sparse, stats

from analysis.stats.resampling import benjamini_hochberg, group_rates, permutation_p, splits, t_quantile


def test_all_splits_are_enumerated_once_when_few():
    labels, exact = splits(6, 2, resamples=15, seed=0)
    assert exact
    assert len({tuple(row) for row in labels}) == len(labels) == 15
    assert (labels.sum(axis=1) == 2).all()


def test_random_splits_keep_the_size_and_depend_only_on_the_seed():
    labels, exact = splits(20, 7, resamples=500, seed=3)
    assert not exact
    assert labels.shape == (500, 20)
    assert (labels.sum(axis=1) == 7).all()
    assert np.array_equal(labels, splits(20, 7, resamples=500, seed=3)[0])
    assert not np.array_equal(labels, splits(20, 7, resamples=500, seed=4)[0])
    # Every document is as likely to be in the group as any other.
    assert stats.chisquare(labels.sum(axis=0)).pvalue > 0.001


def test_no_resamples_is_an_error_that_says_what_to_give():
    with pytest.raises(ValueError, match="resamples=0 .* give at least 1"):
        splits(9, 3, resamples=0, seed=0)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_out_of_range_is_an_error(confidence):
    with pytest.raises(ValueError, match=f"confidence={confidence} is not between 0 and 1"):
        t_quantile(np.array([3.0]), confidence)


def test_exact_p_agrees_with_scipy():
    rng = np.random.default_rng(1)
    scores = rng.poisson(3, size=(9, 5)).astype(float)  # integers: many ties
    group = np.arange(9) < 3

    def distance(x, y, axis=-1):
        return np.abs(np.mean(x, axis=axis) - np.mean(y, axis=axis))

    every = {"alternative": "greater", "n_resamples": np.inf}
    expected = [stats.permutation_test((s[group], s[~group]), distance, **every).pvalue for s in scores.T]
    labels, exact = splits(9, 3, resamples=1000, seed=0)
    p = permutation_p(lambda part: scores[:, part], 5, observed=group, labels=labels, exact=exact)
    np.testing.assert_allclose(p, expected, rtol=1e-12)


def test_random_p_is_near_the_exact_one_never_zero_and_the_same_in_any_block(monkeypatch):
    scores = np.random.default_rng(2).normal(size=(14, 40))
    scores[:7, 0] += 50
    group = np.arange(14) < 7
    exact_p, random_p, blocked_p = (
        permutation_p(lambda part: scores[:, part], 40, observed=group, labels=labels, exact=exact)
        for labels, exact in (
            splits(14, 7, resamples=4000, seed=0),
            splits(14, 7, resamples=3000, seed=0),
            _with_small_blocks(monkeypatch, splits(14, 7, resamples=3000, seed=0)),
        )
    )
    assert exact_p[0] == 2 / 3432
    assert random_p.min() >= 1 / 3001
    assert np.abs(random_p - exact_p).max() < 0.04
    np.testing.assert_array_equal(random_p, blocked_p)


def _with_small_blocks(monkeypatch, labels):
    monkeypatch.setattr("analysis.stats.resampling._CELLS", 3000 * 7)
    return labels


def test_scores_that_are_all_alike_have_p_one():
    labels, exact = splits(5, 2, resamples=99, seed=0)
    p = permutation_p(lambda part: np.ones((5, 1)), 1, observed=np.arange(5) < 2, labels=labels, exact=exact)
    assert p == [1.0]


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
    np.testing.assert_allclose(rates.df, [totals.sum() ** 2 / (totals**2).sum() - 1])


def test_variance_is_never_less_than_that_of_independent_occurrences():
    counts = sparse.csr_matrix(np.ones((5, 1), dtype=int))
    rates = group_rates(counts, np.full(5, 100), np.zeros(5, dtype=int), 1)
    assert rates.variance == [1 / 5]
