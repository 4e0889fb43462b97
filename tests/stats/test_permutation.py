from itertools import product
from math import comb

import numpy as np
import pytest
from scipy import stats

from analysis.stats.permutation import count_splits, permutation_p, splits, tail_p

ONE = np.zeros(40, dtype=int)


def first(n, m):
    return np.arange(n) < m


def test_all_splits_are_enumerated_once_when_few():
    labels, exact = splits(ONE[:6], first(6, 2), resamples=15, seed=0)
    assert exact
    assert len({tuple(row) for row in labels}) == len(labels) == 15
    assert (labels.sum(axis=1) == 2).all()


def test_splits_within_strata_are_the_product_of_the_strata_s():
    strata, chosen = np.array([1, 0, 1, 0, 1, 2]), np.array([1, 1, 0, 0, 0, 1], dtype=bool)
    labels, exact = splits(strata, chosen, resamples=6, seed=0)
    assert exact
    assert len({tuple(row) for row in labels}) == len(labels) == count_splits(strata, chosen) == 2 * 3
    for stratum, size in enumerate((1, 1, 1)):
        assert (labels[:, strata == stratum].sum(axis=1) == size).all()


def test_random_splits_keep_the_sizes_and_depend_only_on_the_seed():
    strata, chosen = np.repeat([0, 1], [20, 10]), np.r_[first(20, 7), first(10, 5)]
    labels, exact = splits(strata, chosen, resamples=500, seed=3)
    assert not exact
    assert labels.shape == (500, 30)
    assert (labels[:, :20].sum(axis=1) == 7).all()
    assert (labels[:, 20:].sum(axis=1) == 5).all()
    assert np.array_equal(labels, splits(strata, chosen, resamples=500, seed=3)[0])
    assert not np.array_equal(labels, splits(strata, chosen, resamples=500, seed=4)[0])
    # Every document of a stratum is as likely to be in the group as any other.
    assert stats.chisquare(labels[:, :20].sum(axis=0)).pvalue > 0.001


def test_no_resamples_is_an_error_that_says_what_to_give():
    with pytest.raises(ValueError, match="resamples=0 .* give at least 1"):
        splits(ONE[:9], first(9, 3), resamples=0, seed=0)


def p_of(scores, strata, chosen, **options):
    drawn = splits(strata, chosen, **{"resamples": 10**6, "seed": 0} | options)
    return permutation_p(lambda part: scores[:, part], scores.shape[1], strata=strata, chosen=chosen, drawn=drawn)


@pytest.mark.parametrize("paired", [False, True])
def test_exact_p_agrees_with_scipy(paired):
    """Integers, with many ties; of pairs, only the differences count: scipy's permutation_type="samples"."""
    a, b = np.random.default_rng(4).poisson(3, size=(2, 7, 6)).astype(float)
    a = a if paired else a[:3]
    strata, chosen = (np.tile(np.arange(7), 2), first(14, 7)) if paired else (ONE[:10], first(10, 3))

    def distance(x, y, axis=-1):
        return np.abs(np.mean(x, axis=axis) - np.mean(y, axis=axis))

    every = {"n_resamples": np.inf, "permutation_type": "samples" if paired else "independent"}
    tests = [stats.permutation_test(xy, distance, alternative="greater", **every) for xy in zip(a.T, b.T, strict=True)]
    expected = [test.pvalue for test in tests]
    np.testing.assert_allclose(p_of(np.concatenate([a, b]), strata, chosen), expected, rtol=1e-12)


def test_random_p_is_near_the_exact_one_never_zero_and_the_same_in_any_block(monkeypatch):
    scores, group = np.random.default_rng(2).normal(size=(14, 40)), first(14, 7)
    scores[:7, 0] += 50
    exact_p = p_of(scores, ONE[:14], group)
    random_p = p_of(scores, ONE[:14], group, resamples=3000)
    monkeypatch.setattr("analysis.stats.permutation.CELLS", 3000 * 7)
    np.testing.assert_array_equal(random_p, p_of(scores, ONE[:14], group, resamples=3000))
    assert exact_p[0] == 2 / 3432
    assert random_p.min() > 0
    assert np.abs(random_p - exact_p).max() < 0.04


def test_scores_that_are_all_alike_have_p_one():
    assert p_of(np.ones((5, 1)), ONE[:5], first(5, 2)) == [1.0]


def test_the_tail_of_pairs_is_near_the_exact_p_and_never_below():
    """All 65,536 signs of 16 pairs; features from smooth to a few counts of 1."""
    rng = np.random.default_rng(6)
    differences = np.column_stack([rng.normal(size=(16, 20)), rng.poisson(0.7, size=(16, 20)), np.ones((16, 1))])
    differences = differences / differences.std(axis=0, where=differences != 0, keepdims=True).clip(1)
    signs = np.array(list(product([1.0, -1.0], repeat=16)))
    sums = np.sort(np.abs(signs @ np.abs(differences)), axis=0)
    scores = np.stack([np.abs(differences), -np.abs(differences)], axis=1).reshape(32, -1) / 2
    p = tail_p(scores, np.repeat(np.arange(16), 2), np.tile([True, False], 16))
    exact = (sums >= sums[-1] - 1e-9).mean(axis=0)
    assert (p >= exact).all()
    assert p[-1] == pytest.approx(5 * 2 / 2**16, rel=1e-6)


@pytest.mark.parametrize(("n", "m"), [(20, 10), (18, 6)])
def test_the_tail_without_replacement_is_never_below_the_exact_p(n, m):
    """Every split, the score a bursty count: what is far out in all of them."""
    rng = np.random.default_rng(n)
    scores = np.column_stack([rng.poisson(rng.gamma(k, 3 / k, size=n)) for k in (0.3, 1, 3) for _ in range(6)])
    scores = np.concatenate([scores, scores[::-1]], axis=1)[:, :18] - scores.mean(axis=0)
    scores /= scores.std(axis=0)
    labels, exact = splits(np.zeros(n, dtype=int), first(n, m), resamples=comb(n, m), seed=0)
    assert exact
    sums = np.abs(labels @ scores)
    for rank in (3, 30, 300):
        for feature in range(scores.shape[1]):
            at = np.argsort(-sums[:, feature], kind="stable")[rank]
            true = (sums[:, feature] >= sums[at, feature] - 1e-4).mean()
            p = tail_p(scores[:, [feature]], np.zeros(n, dtype=int), labels[at] > 0)[0]
            assert true <= p
            assert p <= 100 * true or true > 0.01 or rank == 3
