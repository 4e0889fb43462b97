"""How evenly features are spread over documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.dfm import Dfm
from analysis.display import counted
from analysis.memo import memoised
from analysis.stats.frequency import by_group, document_groups, groups_or_all, note, ranked, with_provenance
from analysis.stats.resampling import CELLS, entries


@memoised
def dispersion(dfm: Dfm, by: str | Sequence[str] | None = None) -> pd.DataFrame:
    r"""Dispersion of every feature, the dfm's rows being the parts of the corpus.

    With the part sizes :math:`s_i = N_i / \sum N` and the shares :math:`v_i = n_i / \sum n`,
    :math:`DP = \frac12 \sum |v_i - s_i|` (Gries 2008), 0 when spread as the parts' sizes are, near 1
    when in one small part; :math:`DP_{norm} = DP / (1 - \min s_i)` reaches 1 (Lijffijt and Gries 2012).
    Juilland's :math:`D = 1 - V / \sqrt{m - 1}`, with V the coefficient of variation (population
    standard deviation) of the rates :math:`n_i / N_i`, is 1 when even. Parts without a word do not count.

    What DP a word can have depends on how often it occurs, and
    :math:`DP_{nofreq} = (DP - DP_{min}) / (DP_{max} - DP_{min})` takes that out (Gries 2022, pp. 184–191; 2024,
    pp. 196–208). :math:`DP_{min}` has the same n occurrences shared out by the parts' sizes, in whole ones;
    :math:`DP_{max}` has them all in the smallest part, and what that cannot hold in the next. So 0 is as even
    as n occurrences can be and 1 as clumped; what chance alone scatters remains in it.

    Parameters
    ----------
    dfm : Dfm
    by : str or list of str, optional
        Docvars that define groups: the parts are then the documents of each group.

    Returns
    -------
    DataFrame
        Group columns, ``feature n docfreq dp dp_norm dp_nofreq juilland_d``, by group, falling n, then
        feature. ``docfreq`` counts parts. With only one part all but ``dp`` are NaN, and ``dp_nofreq`` is
        NaN for a feature that occurs once.

    Raises
    ------
    KeyError
        If ``by`` names an unknown docvar.
    ValueError
        If the dfm is grouped and ``by`` is given.
    """
    codes, keys = groups_or_all(dfm.docvars, None) if by is None else document_groups(dfm, by)
    parts = [_measures(dfm, (codes == group) & (dfm.totals > 0)) for group in range(max(len(keys), 1))]
    group = np.repeat(np.arange(len(parts)), [len(part["n"]) for part in parts])
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    feature = values.pop("feature")
    frame = by_group(dfm, keys, group, feature, values, ranked(group, feature, values["n"])[0])
    step = {"step": "dispersion", "by": list(keys.columns)}
    return with_provenance(frame, dfm, step, notes=[_parts(dfm, by)], left_out=int((codes < 0).sum()))


def with_dispersion(rates: pd.DataFrame, dfm: Dfm) -> pd.DataFrame:
    """A frequency table with ``dp_norm`` and ``dp_nofreq`` of each feature in its group, after its own columns.

    Parameters
    ----------
    rates : DataFrame
        What ``frequency(dfm, by)`` returns.
    dfm : Dfm
        The same.
    """
    by = list(rates.columns[: rates.columns.get_loc("feature")])
    names, found = [*by, "feature"], dispersion(dfm, by or None)
    if rates[names].equals(found[names]):
        table = rates.assign(dp_norm=found["dp_norm"], dp_nofreq=found["dp_nofreq"])
    else:  # some of the rows, or in another order
        table = rates.merge(found[[*names, "dp_norm", "dp_nofreq"]], how="left", on=names)
    table.attrs = rates.attrs | {"notes": [*rates.attrs["notes"], note(
        "DPnorm、DPnofreq 近 0：均匀；近 1：集中于少数文档。",
        "DPnorm, DPnofreq near 0: even; near 1: in few documents.",
    )]}  # fmt: skip
    return table


def _parts(dfm: Dfm, by: str | Sequence[str] | None) -> dict[str, str]:
    if by is not None:
        return note("各组的文档为其组成部分。", "Parts of each group: its documents.")
    zh, en = ("组", "group") if dfm.grouped else ("篇文档", "document")
    filled = int((dfm.totals > 0).sum())
    return note(f"以 {filled} {zh}为语料的组成部分。", f"Parts of the corpus: {counted(filled, en)}.")


def _measures(dfm: Dfm, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of the table for the features found in these rows, by number."""
    counts, totals = dfm.counts[np.flatnonzero(rows)], dfm.totals[rows].astype(float)
    seen, column, document = entries(counts)
    docfreq = np.bincount(column, minlength=len(seen))
    n = np.bincount(column, counts.data, len(seen))
    size = (totals / totals.sum())[document]
    # A part without the feature adds its size: 1 in all, less the sizes of the parts that have it.
    gap = np.bincount(column, np.abs(counts.data / n[column] - size) - size, len(seen))
    dp = np.clip((1 + gap) / 2, 0, 1)
    lowest, highest = _extremes(n, totals)
    smallest = totals.min() / totals.sum() if len(totals) > 1 else np.nan
    return {
        "feature": seen, "n": n.astype(np.int64), "docfreq": docfreq, "dp": dp, "dp_norm": dp / (1 - smallest),
        "dp_nofreq": np.clip((dp - lowest) / np.where(highest - lowest > 1e-12, highest - lowest, np.nan), 0, 1),
        "juilland_d": _juilland(counts.data * (1 / totals)[document], column, len(seen), len(totals)),
    }  # fmt: skip


def _extremes(n: np.ndarray, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest DP that ``n`` occurrences can have; NaN for one occurrence or one part."""
    values, place = np.unique(n, return_inverse=True)
    least, greatest = np.full(len(values), np.nan), np.full(len(values), np.nan)
    step = max(1, CELLS // max(len(totals), 1))
    size = np.sort(totals) / max(totals.sum(), 1)
    full = np.concatenate([[0], np.cumsum(np.sort(totals))[:-1]])
    for start in range(0, len(values) if len(totals) > 1 else 0, step):
        some = values[start : start + step, None].astype(float)
        rest = np.sort((some * size) % 1, axis=1)
        up = np.arange(len(size)) >= len(size) - np.rint(rest.sum(axis=1, keepdims=True))  # largest remainders
        least[start : start + step] = np.where(up, 1 - rest, rest).sum(axis=1) / (2 * some[:, 0])
        clumped = np.clip(some - full, 0, np.sort(totals)) / some
        greatest[start : start + step] = np.abs(clumped - size).sum(axis=1) / 2
    once = values < 2
    return np.where(once, np.nan, least)[place], np.where(once, np.nan, greatest)[place]


def _juilland(rates: np.ndarray, column: np.ndarray, features: int, parts: int) -> np.ndarray:
    if parts < 2:
        return np.full(features, np.nan)
    mean, square = (np.bincount(column, values, features) / parts for values in (rates, rates**2))
    variation = np.sqrt(np.maximum(square / mean**2 - 1, 0))
    return np.clip(1 - variation / np.sqrt(parts - 1), 0, 1)
