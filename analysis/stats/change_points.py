"""In which years the rate of a feature changes, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype
from scipy.special import gammaln

from analysis.dfm import Dfm
from analysis.memo import memoised
from analysis.stats.frequency import note, with_provenance
from analysis.stats.trend import columns_of, with_years

NO_CHANGE = 0.5  # prior probability that the rate never changes
COLUMNS = ["feature", "year", "n", "n_docs", "per_10k", "probability", "p_any", "set_low", "set_high"]


@memoised
def change_points(dfm: Dfm, features: str | Sequence[str], *, time: str = "year") -> pd.DataFrame:
    r"""Posterior probability, for every year, that a feature's rate changed with it.

    Between changes the rate is constant, :math:`n_t \sim Poisson(r N_t)`, with the conjugate prior
    Gamma(1, 1/pooled rate); a change may come with every year that has documents after the first, each
    equally likely, none at all with prior probability one half. Sums over all ways of placing the changes are
    exact (Fearnhead 2006). Counts and words are both divided by the over-dispersion
    :math:`\phi = \overline{(r_i - r_j)^2 / (r / N_i + r / N_j)}` of documents that follow each other in time
    (never below 1, and raised for few documents), so that bursts are not taken for changes: a change spoils only
    one of these differences. In simulation (``docs/evaluation-trend.md``) a constant bursty series has
    ``p_any`` above 0.95 in 0.5 to 7 % of cases.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    features : str or list of str
        Those that do not occur are left out.
    time : str
        A numeric docvar.

    Returns
    -------
    DataFrame
        ``feature year n n_docs per_10k probability p_any set_low set_high``: a row for every year with
        documents, features as given. ``probability``: of a change between the row's year and the one before
        it (NaN for the first). ``p_any``: of at least one change. ``set_low set_high``: the shortest run of years
        around the most probable one that holds a change with probability 0.95, missing where ``p_any`` is less.

    Raises
    ------
    KeyError
        If ``time`` is not a docvar.
    ValueError
        If the dfm is grouped, or ``time`` is not numeric.
    """
    dated = with_years(dfm, time)
    dated = dated.take(np.argsort(dated.docvars[time].to_numpy(dtype=float), kind="stable"))
    totals, years = dated.totals.astype(float), dated.docvars[time].to_numpy(dtype=float)
    columns = columns_of(dated, features) if len(np.unique(years)) > 2 else {}
    parts = [_posterior(n, totals, years).assign(feature=name) for name, n in columns.items() if n.any()]
    frame = pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)
    kind = "Int64" if is_integer_dtype(dated.docvars[time]) else "float64"
    frame = frame.astype(dict.fromkeys(("year", "set_low", "set_high"), kind))
    step = {"step": "change_points", "time": time}
    reason = note("年份不足三个，或没有这些词。", "Fewer than three years, or none of these terms.")
    return with_provenance(frame, dated, step, notes=[_NOTE], left_out=len(dfm) - len(dated), reason=reason)


_NOTE = note(
    "变点：逐年计数的贝叶斯多变点模型，过度离散按文档估计；无变化的先验概率为 0.5。",
    "Change points: Bayesian model of yearly counts, over-dispersion from documents; prior of no change 0.5.",
)


def _posterior(n: np.ndarray, words: np.ndarray, when: np.ndarray) -> pd.DataFrame:
    """One feature's probabilities; documents in order of time."""
    phi, (years, year) = _overdispersion(n, words), np.unique(when, return_inverse=True)
    n_year, words_year = np.bincount(year, n), np.bincount(year, words)
    marginal = _segments(n_year / phi, words_year / phi, n.sum() / words.sum())
    size = len(n_year)

    def held(first: int, last: int) -> float:
        """Probability of at least one change with the years from first to last."""
        return float(1 - np.exp(_evidence(marginal, first, last) - _evidence(marginal, size, size)))

    probability = np.array([np.nan, *(held(at, at) for at in range(1, size))])
    p_any = held(1, size - 1)
    low, high = years[[*_run(held, probability)]] if p_any >= 0.95 else (np.nan, np.nan)
    return pd.DataFrame({
        "year": years, "n": n_year.astype(np.int64), "n_docs": np.bincount(year), "per_10k": 1e4 * n_year / words_year,
        "probability": probability, "p_any": p_any, "set_low": low, "set_high": high,
    })  # fmt: skip


def _overdispersion(n: np.ndarray, words: np.ndarray) -> float:
    rate = n.sum() / words.sum()
    square = np.diff(n / words) ** 2 / (rate * (1 / words[1:] + 1 / words[:-1]))
    df = 2 * len(square) / 3  # of a mean of squared successive differences
    return max(1.0, float(square.mean()) * df / max(df - 2, 1))


def _segments(n: np.ndarray, words: np.ndarray, rate: float) -> np.ndarray:
    """Logarithm of the marginal likelihood of years s to t as one segment, at [s, t]; constants left out."""
    sums = [np.concatenate([[0], np.cumsum(values)]) for values in (n, words)]
    inside, exposure = (np.triu(total[None, 1:] - total[:-1, None]) for total in sums)
    return gammaln(1 + inside) - np.log(rate) - (1 + inside) * np.log(1 / rate + exposure)


def _evidence(marginal: np.ndarray, first: int, last: int) -> float:
    """Log probability of the data and of no change with the years from first to last."""
    size = len(marginal)
    stay = np.log(NO_CHANGE) / (size - 1)
    change = np.full(size, np.log(-np.expm1(stay)))
    change[first : last + 1] = -np.inf
    change[0] = 0.0  # a segment begins there in any case
    total = np.zeros(size + 1)
    for end in range(1, size + 1):
        start = np.arange(end)
        segment = marginal[:end, end - 1] + (end - 1 - start) * stay
        total[end] = np.logaddexp.reduce(total[:end] + change[:end] + segment)
    return float(total[size])


def _run(held: Callable[[int, int], float], probability: np.ndarray) -> tuple[int, int]:
    low = high = int(np.nanargmax(probability))
    while held(low, high) < 0.95 - 1e-9:
        before = probability[low - 1] if low > 1 else -1.0
        after = probability[high + 1] if high + 1 < len(probability) else -1.0
        low, high = (low - 1, high) if before >= after else (low, high + 1)
    return low, high
