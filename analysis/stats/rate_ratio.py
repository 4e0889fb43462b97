"""How much more often one side uses a feature than the other: ratios of rates, within strata and pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import xlogy

from analysis.dfm import membership
from analysis.stats.resampling import LEAST, like, t_quantile

_ROUNDS = 10  # of Newton's method, for every feature: an end does not depend on which others there are
_FAR = 9.0  # at most, from the log of the ratio to where they start: a round goes no farther than 1


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

    .. math:: (A - \rho B)^2 \le t^2 \Bigl(\rho \sum_s \frac{n_s T_s U_s}{(T_s + U_s)^2}
        + (\phi_A + \phi_B)\, \mu_\rho^2\Bigr), \quad
        \mu_\rho = \sum_s \frac{\rho n_s T_s U_s}{(T_s + U_s) (\rho T_s + U_s)}

    with :math:`n_s = a_s + b_s`: the variance of independent occurrences, and what bursts add to it over units, where
    :math:`\mu_\rho` is what either side of the contrast is expected to be under :math:`\rho`. :math:`e_i` being a
    unit's count less that expected from its stratum's rate and R, and :math:`w_i = U_s / (T_s + U_s)`,

    .. math:: \phi_A A^2 = \max\Bigl(0, \sum_s \frac{m_s - 1}{m_s} \sum_{i \in s}
        \Bigl(\frac{w_i e_i}{1 - h_i}\Bigr)^2 - \sum_i w_i^2 n_i\Bigr)

    with m_s the units of the stratum and h_i the unit's leverage on its stratum's rate and on R: the
    jackknife within strata; for pairs, the sum of squares over pairs. t has the degrees of freedom of what bursts add
    (Welch 1947), a side's being the effective number of units its occurrences come from,
    :math:`(\sum w_i n_i)^2 / \sum (w_i n_i)^2 / (1 - h_i)`, and never fewer than 3.

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
        The ends are on either side of the ratio, and NaN when a side has fewer than two units.
    """
    sides = np.stack([is_target, ~is_target])
    words = np.stack([np.bincount(strata, totals * side) for side in sides])
    others = words[::-1] / words.sum(axis=0)
    weights = sides * others[:, strata]
    sums = (counts.T @ weights.T).T
    typical = (others * words).sum(axis=1, keepdims=True) / words.sum(axis=1, keepdims=True)
    filled = np.where(sums > 0, sums, 0.5 * typical)
    ratio = filled[0] / filled[1]
    n = membership(strata, words.shape[1]) @ counts
    stratum = np.repeat(np.arange(n.shape[0]), np.diff(n.indptr))
    cells = _Cells(n.data.astype(float), stratum, n.indices, words, n.shape[1])
    bursts, df = _bursts(counts, totals, strata, weights, cells, ratio)
    bursts = np.where(sums > 0, np.maximum(bursts - (counts.T @ (weights**2).T).T, 0), 0 * bursts) / filled**2
    relative = ratio * cells.chance / cells.expected(ratio)[0] ** 2 + bursts.sum(axis=0)
    t = t_quantile(np.maximum(relative**2 / np.maximum((bursts**2 / df).sum(axis=0), 1e-300), LEAST), 0.95)
    low, high = (
        _end(np.log(ratio) - np.clip(step * np.sqrt(relative), -_FAR, _FAR), step, contrast, cells, bursts.sum(axis=0))
        for step, contrast in ((t, (filled[0], sums[1])), (-t, (sums[0], filled[1])))
    )
    return np.log(ratio), np.minimum(low, np.log(ratio)), np.maximum(high, np.log(ratio))


@dataclass(frozen=True, eq=False)
class _Cells:
    """Occurrences by stratum and feature, where there are any; words by side and stratum."""

    n: np.ndarray
    stratum: np.ndarray
    feature: np.ndarray
    words: np.ndarray
    n_features: int

    def sum(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.feature, values, self.n_features)

    @property
    def chance(self) -> np.ndarray:
        return self.sum(self.n * (self.words.prod(axis=0) / self.words.sum(axis=0) ** 2)[self.stratum])

    def expected(self, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Either side of the contrast, and its derivative by the log of the ratio."""
        at, (target, reference) = ratio[self.feature], self.words[:, self.stratum]
        fitted = at * target + reference
        mean = self.n * at * target * reference / (target + reference) / fitted
        return self.sum(mean), self.sum(mean * reference / fitted)

    def left(self, units: np.ndarray, ratio: np.ndarray) -> np.ndarray:
        """What its leverage leaves to a unit of so many words, of either side, by cell."""
        information = _information(self.words, ratio)[self.feature]
        return 1 - units[:, self.stratum] * _leverage(self.words[:, self.stratum], ratio[self.feature], information)


def _information(words: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    return sum((ratio * t * u / (ratio * t + u) for t, u in words.T), np.zeros_like(ratio))


def _leverage(words: np.ndarray, ratio: np.ndarray, information: np.ndarray) -> np.ndarray:
    """Of a word of either side, on the rate of its stratum and on the ratio."""
    expected = np.stack([ratio * words[0], words[1]])
    return expected / words / expected.sum(axis=0) * (1 + expected[::-1] ** 2 / expected.sum(axis=0) / information)


def _bursts(
    counts: sparse.csr_matrix, totals: np.ndarray, strata: np.ndarray, weights: np.ndarray, cells: _Cells,
    ratio: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """The variance of either sum over units, and its degrees of freedom: sides × features."""
    side, square, size = weights > 0, like(counts, counts.data**2), np.bincount(strata)[strata]
    alike = _leverage(cells.words[:, strata], np.ones(len(strata)), _information(cells.words, np.ones(1)))
    left = 1 - totals * np.where(side[0], *alike)
    left[left < 1e-9] = np.nan
    weight = (weights**2 * (size - 1) / size / left**2).T @ [1, 1j]  # a unit has one side: the real or the imaginary
    members = membership(strata, cells.words.shape[1])
    squares = (like(members, weight[members.indices]) @ square).data
    cross = (like(members, (weight * totals)[members.indices]) @ counts).data
    whole = (members @ (weight * totals.astype(float) ** 2))[cells.stratum]
    squares, cross, whole = (np.stack([value.real, value.imag]) for value in (squares, cross, whole))
    at, (target, reference) = ratio[cells.feature], cells.words[:, cells.stratum]
    rate = np.stack([at, np.ones_like(at)]) * cells.n / (at * target + reference)
    spread = squares - 2 * rate * cross + rate**2 * whole
    # Leverage depends on the ratio: corrected by that of a unit of typical length.
    typical = cells.words / np.stack([np.bincount(strata, of) for of in side])
    spread *= (cells.left(typical, np.ones_like(ratio)) / np.maximum(cells.left(typical, ratio), 1e-9)) ** 2
    effective = (counts.T @ weights.T).T ** 2 / np.maximum((square.T @ (weights**2 / left).T).T, 1e-300)
    return np.stack([cells.sum(value) for value in spread]), np.maximum(effective, 1e-300)


def _end(log_ratio: np.ndarray, t: np.ndarray, sums: tuple, cells: _Cells, bursts: np.ndarray) -> np.ndarray:
    """Where the contrast is t standard errors from 0, by Newton's method."""
    chance = cells.chance
    for _ in range(_ROUNDS):
        ratio = np.exp(log_ratio)
        mean, slope = cells.expected(ratio)
        error = np.sqrt(ratio * chance + bursts * mean**2)
        contrast = sums[0] - ratio * sums[1]
        change = -ratio * sums[1] - contrast * (ratio * chance / 2 + bursts * mean * slope) / error**2
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
    rest = size[:, None] + prior_size - n - prior
    log_odds = np.log(n + prior) - np.log(np.where(rest > 0, rest, n + prior))  # the only word there is: no odds
    return (log_odds[0] - log_odds[1]) / np.sqrt((1 / (n + prior)).sum(axis=0))
