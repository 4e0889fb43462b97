"""How much more often one side uses a feature than the other: ratios of rates, within strata and pooled."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.special import xlogy

from analysis.dfm import membership
from analysis.stats.resampling import LEAST, t_quantile


def log_rate_ratio(
    counts: sparse.csr_matrix, totals: np.ndarray, is_target: np.ndarray, strata: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""Natural log of the Mantel–Haenszel ratio of rates, and half the width of its 95 % interval over units.

    Within every stratum s the target has :math:`a_s` occurrences in :math:`T_s` words and the reference
    :math:`b_s` in :math:`U_s`:

    .. math:: R = \frac{A}{B} = \frac{\sum_s a_s U_s / (T_s + U_s)}{\sum_s b_s T_s / (T_s + U_s)}

    (Greenland and Robins 1985): the one ratio, were it the same in all strata, and else an average of the
    strata's, those with more words and more occurrences counting for more. With one stratum it is the
    ratio of the pooled rates. A sum of 0 is taken as half an occurrence.

    The variance is over units, as words come in bursts: with :math:`e_i` a unit's count less that expected
    from its stratum's rate and R, :math:`u_i = e_i U_s / (T_s + U_s) / A` for the target's and
    :math:`e_i T_s / (T_s + U_s) / B` for the reference's,

    .. math:: v = \sum_s \frac{n_s - 1}{n_s} \sum_{i \in s} \Bigl(\frac{u_i}{1 - h_i}\Bigr)^2

    with n_s the units of the stratum and h_i the unit's leverage on its stratum's rate and on R: the
    jackknife within strata; for pairs, the sum of squares over pairs. It is not less than that of independent
    occurrences. Degrees of freedom after Welch (1947), a side's being the effective number of units
    :math:`c_i` its occurrences come from, :math:`(\sum c_i)^2 / \sum c_i^2 / (1 - h_i)`, and never less
    than 3: the interval of one occurrence is then about Poisson's, and covers no less in simulation.

    Parameters
    ----------
    counts : csr_matrix, shape (units, features)
    totals : ndarray, shape (units,)
    is_target : ndarray of bool, shape (units,)
    strata : ndarray of int, shape (units,)
        From 0; every stratum has units of both sides.
    """
    words = np.stack([np.bincount(strata, totals * side) for side in (is_target, ~is_target)])
    others = words[::-1] / words.sum(axis=0)
    across = np.where(is_target, *others[:, strata])
    sides = np.stack([is_target, ~is_target]) * across
    sums = (counts.T @ sides.T).T
    left = 1 - _leverage(totals, is_target, strata, words)
    size = np.bincount(strata)[strata]
    weight = across**2 * (size - 1) / size / np.where(left > 1e-9, left, np.nan) ** 2
    spread = _squares(counts, totals, np.stack([is_target, ~is_target]) * weight, strata, words, sums)
    typical = (others * words).sum(axis=1, keepdims=True) / words.sum(axis=1, keepdims=True)
    filled = np.where(sums > 0, sums, 0.5 * typical)
    variance = np.where(sums > 0, np.maximum(spread, (counts.T @ (sides**2).T).T) / filled**2, 2.0)
    squares = (counts.power(2).T @ (sides**2 / np.where(left > 1e-9, left, np.nan)).T).T
    df = np.where(sums > 0, sums**2 / np.where(sums > 0, squares, 1.0), np.inf)
    welch = np.maximum(variance.sum(axis=0) ** 2 / (variance**2 / df).sum(axis=0), LEAST)
    return np.log(filled[0] / filled[1]), t_quantile(welch, 0.95) * np.sqrt(variance.sum(axis=0))


def _leverage(totals: np.ndarray, is_target: np.ndarray, strata: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Weight of a unit's count in what is expected of it: its part of the stratum's words, and of the contrast."""
    both = words.sum(axis=0)
    away = is_target - (words[0] / both)[strata]
    return totals * (1 / both[strata] + away**2 / (words.prod(axis=0) / both).sum())


def _squares(
    counts: sparse.csr_matrix, totals: np.ndarray, weights: np.ndarray, strata: np.ndarray, words: np.ndarray,
    sums: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Weighted squares of counts less their expectation, multiplied out so that all stays sparse: sides × features."""
    members = membership(strata, words.shape[1])
    rate = sparse.csr_matrix(members @ counts, dtype=float)
    row = np.repeat(np.arange(rate.shape[0]), np.diff(rate.indptr))
    rate.data /= sums[0][rate.indices] * words[0][row] + sums[1][rate.indices] * words[1][row]
    squares = (counts.power(2).T @ weights.T).T
    for side, weight in enumerate(weights):
        per_word = members @ sparse.diags_array(weight * totals, format="csr")
        cross = np.asarray(rate.multiply(per_word @ counts).sum(axis=0)).ravel()
        expected = rate.power(2).T @ (per_word @ totals)
        squares[side] += sums[side] ** 2 * expected - 2 * sums[side] * cross
    return squares


def g2(n: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Log-likelihood ratio of the 2 × 2 table feature or other × side (Dunning 1993); n: sides × features."""
    observed = np.stack([n, size[:, None] - n])
    expected = observed.sum(axis=1, keepdims=True) * (size / size.sum())[None, :, None]
    return np.maximum(2 * (xlogy(observed, observed) - xlogy(observed, expected)).sum(axis=(0, 1)), 0)


def z_fightin(n: np.ndarray, size: np.ndarray, n_docs: int) -> np.ndarray:
    """Weighted log-odds ratio (Monroe, Colaresi and Quinn 2008, eqs. 15–22) with a prior of one average document."""
    prior_size = size.sum() / n_docs
    prior = prior_size * n.sum(axis=0) / size.sum()
    log_odds = np.log(n + prior) - np.log(size[:, None] + prior_size - n - prior)
    return (log_odds[0] - log_odds[1]) / np.sqrt((1 / (n + prior)).sum(axis=0))
