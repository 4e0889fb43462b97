"""How much more often one side uses a feature than the other: ratios of rates, within strata and pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import xlogy

from analysis.dfm import membership
from analysis.stats.resampling import LEAST, like, t_quantile

_ROUNDS = 16  # of Newton's method, for every feature: an end does not depend on which others there are


def log_rate_ratio(
    counts: sparse.csr_matrix, totals: np.ndarray, is_target: np.ndarray, strata: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Natural log of the Mantel–Haenszel ratio of rates, and its 95 % interval over units.

    Within every stratum s the target has :math:`a_s` occurrences in :math:`T_s` words and the reference
    :math:`b_s` in :math:`U_s`:

    .. math:: R = \frac{A}{B} = \frac{\sum_s a_s U_s / (T_s + U_s)}{\sum_s b_s T_s / (T_s + U_s)}

    (Greenland and Robins 1985): the one ratio, were it the same in all strata, and else an average of the
    strata's, those with more words and more occurrences counting for more. With one stratum it is the
    ratio of the pooled rates. For the ratio, and the end of the interval on its side, a sum of 0 is taken as half an
    occurrence.

    The interval holds the ratios :math:`\rho` that a score test does not reject (Fieller 1954; Cox and Hinkley
    1974, ch. 7), so that it agrees with a test of no difference also where a side has few occurrences:

    .. math:: (A - \rho B)^2 \le t^2 V(\rho), \quad
        V(\rho) = \rho \sum_s \frac{n_s T_s U_s}{(T_s + U_s)^2} + (\phi_A + \phi_B)\, \mu(\rho)^2, \quad
        \mu(\rho) = \sum_s \frac{\rho n_s T_s U_s}{(T_s + U_s) (\rho T_s + U_s)}

    :math:`n_s = a_s + b_s`. The first term is the variance of independent occurrences, :math:`\mu` is what either side
    of the contrast is expected to be if the ratio is :math:`\rho`, and :math:`\phi_A` is how much the relative variance
    of A over units exceeds that of independent occurrences, as words come in bursts: with :math:`e_i` a unit's count
    less that expected from its stratum's rate and R, and :math:`w_i` its :math:`U_s / (T_s + U_s)`,

    .. math:: \phi_A = \max\Bigl(0, \sum_s \frac{m_s - 1}{m_s} \sum_{i \in s}
        \Bigl(\frac{w_i e_i}{1 - h_i}\Bigr)^2 - \sum_i w_i^2 n_i\Bigr) / A^2

    with m_s the units of the stratum and h_i the unit's leverage on its stratum's rate and on R: the
    jackknife within strata; for pairs, the sum of squares over pairs. Degrees of freedom of t are those of
    the excess (Welch 1947), a side's being the effective number of units its occurrences come from,
    :math:`(\sum w_i n_i)^2 / \sum (w_i n_i)^2 / (1 - h_i)`, and never less than 3. Coverage is in
    ``docs/evaluation-inference.md``.

    Parameters
    ----------
    counts : csr_matrix, shape (units, features)
    totals : ndarray, shape (units,)
    is_target : ndarray of bool, shape (units,)
    strata : ndarray of int, shape (units,)
        From 0; every stratum has units of both sides.

    Returns
    -------
    ratio, low, high : ndarray, shape (features,)
        The ends are NaN when a side has fewer than two units.
    """
    sides = np.stack([is_target, ~is_target])
    words = np.stack([np.bincount(strata, totals * side) for side in sides])
    others = words[::-1] / words.sum(axis=0)
    weights = sides * others[:, strata]
    sums = (counts.T @ weights.T).T
    typical = (others * words).sum(axis=1, keepdims=True) / words.sum(axis=1, keepdims=True)
    filled = np.where(sums > 0, sums, 0.5 * typical)
    ratio = filled[0] / filled[1]
    cells = _cells(counts, strata, words)
    excess, df = _excess(counts, totals, strata, weights, cells, filled)
    excess = np.where(sums > 0, excess, 0 * excess)
    relative = ratio * cells.chance / cells.expected(ratio)[0] ** 2 + excess.sum(axis=0)
    t = t_quantile(np.maximum(relative**2 / np.maximum((excess**2 / df).sum(axis=0), 1e-300), LEAST), 0.95)
    low, high = (
        _end(np.log(ratio) - step * np.sqrt(relative), step, contrast, cells, excess.sum(axis=0))
        for step, contrast in ((t, (filled[0], sums[1])), (-t, (sums[0], filled[1])))
    )
    return np.log(ratio), low, high


@dataclass(frozen=True, eq=False)
class _Cells:
    """Occurrences by stratum and feature, where there are any; and words of both sides in the cell's stratum."""

    n: np.ndarray
    stratum: np.ndarray
    feature: np.ndarray
    words: np.ndarray
    by_stratum: np.ndarray
    n_features: int

    def sum(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.feature, values, self.n_features)

    @property
    def chance(self) -> np.ndarray:
        return self.sum(self.n * self.words.prod(axis=0) / self.words.sum(axis=0) ** 2)

    def expected(self, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Either side of the contrast, and its derivative by the log of the ratio."""
        at = ratio[self.feature]
        fitted = at * self.words[0] + self.words[1]
        mean = self.n * at * self.words.prod(axis=0) / self.words.sum(axis=0) / fitted
        return self.sum(mean), self.sum(mean * self.words[1] / fitted)

    def leverage(self, ratio: np.ndarray) -> np.ndarray:
        """Of a word of either side, on its stratum's rate and on the ratio: sides × cells."""
        information = sum(ratio * t * u / (ratio * t + u) for t, u in self.by_stratum.T)
        at = ratio[self.feature]
        fitted = at * self.words[0] + self.words[1]
        away = np.stack([self.words[1], at * self.words[0]]) / fitted
        return np.stack([at, np.ones_like(at)]) * (1 / fitted + away**2 / information[self.feature])


def _cells(counts: sparse.csr_matrix, strata: np.ndarray, words: np.ndarray) -> _Cells:
    n = membership(strata, words.shape[1]) @ counts
    stratum = np.repeat(np.arange(n.shape[0]), np.diff(n.indptr))
    return _Cells(n.data.astype(float), stratum, n.indices, words[:, stratum], words, n.shape[1])


def _excess(
    counts: sparse.csr_matrix, totals: np.ndarray, strata: np.ndarray, weights: np.ndarray, cells: _Cells,
    filled: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """What bursts add to the relative variance of either sum, and its degrees of freedom: sides × features."""
    side, square, size = weights[0] > 0, like(counts, counts.data**2), np.bincount(strata)[strata]
    left = _positive(1 - _leverage(totals, side, strata, cells.by_stratum))
    weight = (weights**2 * (size - 1) / size / left**2).T @ [1, 1j]  # a unit has one side: the real or the imaginary
    members = membership(strata, cells.by_stratum.shape[1])
    squares = (like(members, weight[members.indices]) @ square).data
    cross = (like(members, (weight * totals)[members.indices]) @ counts).data
    whole = (members @ (weight * totals.astype(float) ** 2))[cells.stratum]
    squares, cross, whole = (np.stack([value.real, value.imag]) for value in (squares, cross, whole))
    ratio, typical = filled[0] / filled[1], cells.by_stratum / np.stack([np.bincount(strata, s) for s in (side, ~side)])
    at = ratio[cells.feature]
    rate = np.stack([at, np.ones_like(at)]) * cells.n / (at * cells.words[0] + cells.words[1])
    spread = squares - 2 * rate * cross + rate**2 * whole
    # The leverage depends on the ratio: for a unit of typical length.
    then, now = (1 - typical[:, cells.stratum] * cells.leverage(r) for r in (np.ones_like(ratio), ratio))
    spread = np.stack([cells.sum(value) for value in spread * (then / _positive(now)) ** 2])
    excess = np.maximum(spread - (counts.T @ (weights**2).T).T, 0) / filled**2
    return excess, filled**2 / np.maximum((square.T @ (weights**2 / left).T).T, 1e-300)


def _positive(share: np.ndarray) -> np.ndarray:
    return np.where(share > 1e-9, share, np.nan)


def _leverage(totals: np.ndarray, is_target: np.ndarray, strata: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Weight of a unit's count in what is expected of it if there is no difference."""
    both = words.sum(axis=0)
    away = is_target - (words[0] / both)[strata]
    return totals * (1 / both[strata] + away**2 / (words.prod(axis=0) / both).sum())


def _end(log_ratio: np.ndarray, t: np.ndarray, sums: tuple, cells: _Cells, excess: np.ndarray) -> np.ndarray:
    """Where the contrast is t standard errors from 0, by Newton's method."""
    chance = cells.chance
    for _ in range(_ROUNDS):
        ratio = np.exp(log_ratio)
        mean, slope = cells.expected(ratio)
        error = np.sqrt(ratio * chance + excess * mean**2)
        contrast = sums[0] - ratio * sums[1]
        change = -ratio * sums[1] - contrast * (ratio * chance / 2 + excess * mean * slope) / error**2
        log_ratio = log_ratio - np.clip((contrast - t * error) / change, -1, 1)
    return log_ratio


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
