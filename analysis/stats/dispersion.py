"""How evenly features are spread over documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.dfm import Dfm
from analysis.stats.frequency import document_groups, feature_column, note, with_keys, with_provenance
from analysis.stats.resampling import CELLS


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
    codes, keys = _everything(dfm) if by is None else document_groups(dfm, by)
    found = [_measures(dfm, (codes == group) & (dfm.totals > 0)) for group in range(len(keys))]
    group = np.repeat(np.arange(len(found)), [len(part) for part in found])
    frame = pd.concat(found, ignore_index=True) if found else _measures(dfm, codes >= 0)
    column = frame["column"].to_numpy(dtype=np.int64)
    frame = frame.drop(columns="column").assign(feature=feature_column(dfm, column))
    frame = with_keys(frame, keys, group, np.lexsort((column, -frame["n"].to_numpy(), group)))
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
    columns = [*by, "feature", "dp_norm", "dp_nofreq"]
    table = rates.merge(dispersion(dfm, by or None)[columns], how="left", on=[*by, "feature"])
    table.attrs = rates.attrs | {"notes": [*rates.attrs["notes"], note(
        "DPnorm、DPnofreq 近 0：均匀；近 1：集中于少数文档。",
        "DPnorm, DPnofreq near 0: even; near 1: in few documents.",
    )]}  # fmt: skip
    return table


def _everything(dfm: Dfm) -> tuple[np.ndarray, pd.DataFrame]:
    return np.zeros(len(dfm), dtype=np.int64), pd.DataFrame(index=range(1))


def _parts(dfm: Dfm, by: str | Sequence[str] | None) -> dict[str, str]:
    if by is not None:
        return note("各组的文档为其组成部分。", "Parts of each group: its documents.")
    zh, en = ("组", "groups") if dfm.grouped else ("篇文档", "documents")
    filled = int((dfm.totals > 0).sum())
    return note(f"以 {filled} {zh}为语料的组成部分。", f"Parts of the corpus: {filled} {en}.")


def _measures(dfm: Dfm, rows: np.ndarray) -> pd.DataFrame:
    """Measures of the features found in these rows, by number of column."""
    counts, totals = dfm.counts[np.flatnonzero(rows)], dfm.totals[rows].astype(float)
    seen = np.flatnonzero(counts.getnnz(axis=0))
    counts = counts[:, seen].tocsc()
    n = np.asarray(counts.sum(axis=0)).ravel()
    dp = _deviation_of_proportions(counts, n, totals)
    lowest, highest = _extremes(n, totals)
    smallest = totals.min() / totals.sum() if len(totals) > 1 else np.nan
    return pd.DataFrame({
        "column": seen, "feature": "", "n": n, "docfreq": counts.getnnz(axis=0).astype(np.int64),
        "dp": dp, "dp_norm": dp / (1 - smallest),
        "dp_nofreq": np.clip((dp - lowest) / np.where(highest - lowest > 1e-12, highest - lowest, np.nan), 0, 1),
        "juilland_d": _juilland(counts, totals),
    })  # fmt: skip


def _deviation_of_proportions(counts: sparse.csc_matrix, n: np.ndarray, totals: np.ndarray) -> np.ndarray:
    size = (totals / totals.sum())[counts.indices]
    share = counts.data / np.repeat(n, np.diff(counts.indptr))
    # A part without the feature adds its size: 1 in all, less the sizes of the parts that have it.
    gap = np.abs(share - size) - size
    column = np.repeat(np.arange(len(n)), np.diff(counts.indptr))
    return np.clip((1 + np.bincount(column, weights=gap, minlength=len(n))) / 2, 0, 1)


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


def _juilland(counts: sparse.csc_matrix, totals: np.ndarray) -> np.ndarray:
    parts = len(totals)
    if parts < 2:
        return np.full(counts.shape[1], np.nan)
    rates = sparse.diags_array(1 / totals, format="csr") @ counts
    mean = np.asarray(rates.sum(axis=0)).ravel() / parts
    square = np.asarray(rates.power(2).sum(axis=0)).ravel() / parts
    variation = np.sqrt(np.maximum(square / mean**2 - 1, 0))
    return np.clip(1 - variation / np.sqrt(parts - 1), 0, 1)
