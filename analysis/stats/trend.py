"""Whether features rise or fall over the years: slopes by group, documents as the unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy import stats

from analysis.dfm import Dfm
from analysis.docvars import unknown_docvar
from analysis.memo import memoised
from analysis.stats.frequency import by_group, document_groups, note, with_provenance
from analysis.stats.resampling import CELLS, benjamini_hochberg, entries

LEAST_YEARS = 3
NO_TREND = note("没有一组文档跨三个以上年份，不能估计趋势。", "No group has documents of three years: no trend.")


@memoised
def trend(
    dfm: Dfm, features: str | Sequence[str] | None = None, by: str | Sequence[str] | None = None, *, time: str = "year"
) -> pd.DataFrame:
    r"""Change of the features' rates per year, in each group of documents.

    Poisson regression of a document's count on its year, :math:`\log E[n_i] = a + b\,t_i + \log N_i`, fitted by
    maximum likelihood. Counts of words are over-dispersed by document, so the error of b is not the model's but
    the documents': the sandwich estimator with leave-one-out residuals (HC3),
    :math:`\sum (e_i (t_i - \bar t) / (1 - h_i))^2 / (\sum \mu_i (t_i - \bar t)^2)^2`, no less than the Poisson
    variance. Intervals and p use t quantiles, with the effective number of documents that carry the slope, less
    one, as degrees of freedom. In simulation (``docs/evaluation-trend.md``) 95 % intervals cover 91 to 99.9 %.
    A feature found only in the first or only in the last year gets half an occurrence, spread over all years
    by their words. A year without documents is a gap, not a zero.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    features : str or list of str, optional
        Only these; ``q`` is over the rows of the table.
    by : str or list of str, optional
        Docvars that define groups. Groups with documents of fewer than three years have no rows
        (``attrs["notes"]`` counts them).
    time : str
        A numeric docvar. Documents without it, or without a group, are left out (``attrs["left_out"]``).

    Returns
    -------
    DataFrame
        Group columns, ``feature n docfreq n_docs n_years slope slope_low slope_high percent percent_low
        percent_high p q``, by group, ``p``, then feature. ``slope`` is the change of the natural logarithm of
        the rate per year, ``percent`` the change of the rate per year in per cent, both with 95 % intervals.

    Raises
    ------
    KeyError
        If ``by`` or ``time`` names an unknown docvar.
    ValueError
        If the dfm is grouped, or ``time`` is not numeric.
    """
    dated = with_years(dfm, time)
    chosen = dated if features is None else dated.select(features)
    codes, keys = document_groups(chosen, by)
    spans = [chosen.docvars[time][codes == group].nunique() for group in range(len(keys))]
    enough = [group for group, span in enumerate(spans) if span >= LEAST_YEARS]
    parts = [_slopes(chosen, codes == group, time) for group in enough] or [_slopes(chosen, codes < -1, time)]
    group = np.repeat(enough or [0], [len(part["n"]) for part in parts])
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    values["q"] = benjamini_hochberg(values["p"])
    frame = by_group(chosen, keys, group, values.pop("feature"), values)
    step = {"step": "trend", "by": list(keys.columns), "time": time}
    left_out = len(dfm) - len(dated) + int((codes < 0).sum())
    notes, reason = _notes(len(spans), len(enough)), None if enough else NO_TREND
    return with_provenance(frame, chosen, step, notes=notes, left_out=left_out, reason=reason)


def with_years(dfm: Dfm, time: str) -> Dfm:
    """The documents with words whose time is known, in order of their names.

    Raises
    ------
    KeyError
        If ``time`` is not a docvar.
    ValueError
        If the dfm is grouped, or ``time`` is not numeric.
    """
    if dfm.grouped:
        raise ValueError("A trend is over documents; this dfm is grouped: pass it as before .group().")
    if time not in dfm.docvars:
        raise unknown_docvar(time, dfm.docvars)
    if not is_numeric_dtype(dfm.docvars[time]):
        raise ValueError(f"time={time!r} is not numeric; name a docvar of years, e.g. time='year'.")
    rows = np.flatnonzero(dfm.docvars[time].notna().to_numpy() & (dfm.totals > 0))
    return dfm.take(rows[dfm.docvars.index[rows].argsort()])


def columns_of(dfm: Dfm, features: str | Sequence[str]) -> dict[str, np.ndarray]:
    """Counts in each document of those features that occur, by name, as given."""
    counts, place = dfm.counts.tocsc(), {name: at for at, name in enumerate(dfm.features.tolist())}
    names = dict.fromkeys([features] if isinstance(features, str) else features)
    return {name: counts[:, [place[name]]].toarray().ravel() for name in names if name in place}


def _slopes(dfm: Dfm, rows: np.ndarray, time: str) -> dict[str, np.ndarray]:
    """Columns of the table for the features found in these rows, by number, in order of p."""
    counts, totals = dfm.counts[np.flatnonzero(rows)], dfm.totals[rows].astype(float)
    years, year = np.unique(dfm.docvars[time].to_numpy(dtype=float)[rows], return_inverse=True)
    seen, column, document = entries(counts)
    n, x = np.bincount(column, counts.data, len(seen)), years - years[:1]
    mean = np.bincount(column, counts.data * x[year][document], len(seen)) / n
    lone = np.minimum(mean, x[-1:] - mean) < 1e-9
    mean = np.where(lone, (n * mean + 0.5 * (totals @ x[year]) / max(totals.sum(), 1)) / (n + 0.5), mean)
    slope, variance, df, quantile = _fit(mean, n + 0.5 * lone, totals, (x, year), (counts.data, column, document))
    error = np.sqrt(variance)
    ends = {"slope": slope, "slope_low": slope - quantile * error, "slope_high": slope + quantile * error}
    values = {
        "feature": seen, "n": n.astype(np.int64), "docfreq": np.bincount(column, minlength=len(seen)),
        "n_docs": np.full(len(seen), len(totals)), "n_years": np.full(len(seen), len(years)), **ends,
        **{name.replace("slope", "percent"): 100 * np.expm1(np.minimum(end, 50)) for name, end in ends.items()},
        "p": 2 * stats.t.sf(np.abs(slope) / error, df),
    }  # fmt: skip
    order = np.argsort(values["p"].round(12), kind="stable")
    return {name: value[order] for name, value in values.items()}


def _fit(
    mean: np.ndarray, n: np.ndarray, totals: np.ndarray, when: tuple[np.ndarray, ...], entry: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, ...]:
    """Slope, its variance over documents, degrees of freedom and their t quantile, of each feature.

    All but the residuals depends on the mean year of the occurrences alone, in proportion to their number; documents
    without the feature differ by their words only.
    """
    (x, year), (counts, column, document) = when, entry
    mean, place = np.unique(mean, return_inverse=True)
    words = np.bincount(year, totals)
    slope = poisson_slope(mean, words, x)
    rate = np.exp(slope * (x - x[-1:] / 2)[:, None])  # by word, of one occurrence in all
    rate /= words @ rate
    at = x[:, None] - (words * x) @ rate
    information = words @ (rate * at**2)
    reach = rate * (1 + at**2 / information)  # leverage by word
    absent = ((rate * at) ** 2 * _squares(totals, year, reach)).sum(axis=0)
    df = np.maximum(1 / (np.bincount(year, totals**2) @ (rate * at**2 / information) ** 2) - 1, 1.0)

    cell, own = place[column] * len(x) + year[document], totals[document]
    expected = own * rate.T.ravel()[cell] * n[column]
    change = counts * (counts - 2 * expected) * (at.T.ravel()[cell] / (1 - _leverage(own * reach.T.ravel()[cell]))) ** 2
    information = n * information[place]
    squares = n**2 * absent[place] + np.bincount(column, change, len(n))
    variance = np.maximum(squares / information, 1) / information
    return slope[place], variance, df[place], stats.t.ppf(0.975, df)[place]


def _leverage(h: np.ndarray) -> np.ndarray:
    return np.minimum(h, 0.999)


def _squares(totals: np.ndarray, year: np.ndarray, reach: np.ndarray) -> np.ndarray:
    r"""Of each year (rows of ``reach``) :math:`\sum (N_i / (1 - c N_i))^2` over its documents.

    Where no c N is above 1/4, by the first 24 terms of :math:`\sum_k (k + 1) c^k \sum N_i^{k + 2}`.
    """
    found = np.empty_like(reach)
    for at, c in enumerate(reach):
        own = totals[year == at]
        top = own.max()
        power = [(k + 1) * ((own / top) ** (k + 2)).sum() for k in range(24)]
        found[at] = top**2 * np.polynomial.polynomial.polyval(c * top, power)
        far = np.flatnonzero(c * top > 0.25)
        step = max(1, CELLS // len(own))
        for some in (far[start : start + step] for start in range(0, len(far), step)):
            found[at, some] = ((own[:, None] / (1 - _leverage(own[:, None] * c[some]))) ** 2).sum(axis=0)
    return found


def poisson_slope(mean: np.ndarray, words: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Maximum-likelihood slope of log rates, which only the mean year of the occurrences determines.

    Parameters
    ----------
    mean : ndarray, shape (features,)
    words, years : ndarray, shape (years,)
    """
    middle = (years[:1] + years[-1:]) / 2
    x = (years - middle)[:, None]
    slope = np.zeros(len(mean))
    for _ in range(100):
        weight = words[:, None] * np.exp(slope * x)
        weight /= weight.sum(axis=0)
        found = (weight * x).sum(axis=0)
        step = (mean - middle - found) / np.maximum((weight * x**2).sum(axis=0) - found**2, 1e-9)
        slope += np.clip(step, -0.5, 0.5)
        if np.all(np.abs(step) < 1e-10):
            break
    return slope


def _notes(groups: int, enough: int) -> list[dict[str, str]]:
    notes = [note(
        "每年变化：泊松回归，误差以文档为单位（留一残差三明治估计，t 分位数）；q 经 Benjamini–Hochberg 校正。"
        "没有文档的年份是空缺，不是零。",
        "Change per year: Poisson regression, errors over documents (leave-one-out sandwich, t quantiles); q after "
        "Benjamini–Hochberg. Years without documents are gaps, not zeros.",
    )]  # fmt: skip
    if few := groups - enough:
        notes.append(note(
            f"{few} 组的文档不足三个年份，不估计趋势。",
            f"Groups with documents of fewer than three years: {few}, no trend.",
        ))  # fmt: skip
    return notes
