"""How evenly features are spread over documents."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.dfm import Dfm
from analysis.stats.frequency import note, with_provenance


def dispersion(dfm: Dfm) -> pd.DataFrame:
    r"""Dispersion of every feature, the dfm's rows being the parts of the corpus.

    With the part sizes :math:`s_i = N_i / \sum N` and the shares :math:`v_i = n_i / \sum n`,
    :math:`DP = \frac12 \sum |v_i - s_i|` (Gries 2008), 0 when spread as the parts' sizes are, near 1
    when in one small part; :math:`DP_{norm} = DP / (1 - \min s_i)` reaches 1 (Lijffijt and Gries 2012).
    Juilland's :math:`D = 1 - V / \sqrt{m - 1}`, with V the coefficient of variation (population
    standard deviation) of the rates :math:`n_i / N_i`, is 1 when even. Parts without a word do not count.

    Returns
    -------
    DataFrame
        ``feature n docfreq dp dp_norm juilland_d``, by falling n, then feature. ``dp_norm`` and
        ``juilland_d`` are NaN when there is only one part. ``docfreq`` counts parts.
    """
    filled = dfm.totals > 0
    counts, totals = dfm.counts[filled], dfm.totals[filled].astype(float)
    seen = np.flatnonzero(counts.getnnz(axis=0))
    counts = counts[:, seen].tocsc()
    n = np.asarray(counts.sum(axis=0)).ravel()
    dp = _deviation_of_proportions(counts, n, totals)
    smallest = totals.min() / totals.sum() if len(totals) > 1 else np.nan
    frame = pd.DataFrame({
        "feature": pd.array(dfm.features[seen].tolist(), dtype="str"),
        "n": n, "docfreq": counts.getnnz(axis=0).astype(np.int64),
        "dp": dp, "dp_norm": dp / (1 - smallest), "juilland_d": _juilland(counts, totals),
    })  # fmt: skip
    frame = frame.sort_values(["n", "feature"], ascending=[False, True], ignore_index=True)
    zh, en = ("组", "groups") if dfm.grouped else ("篇文档", "documents")
    parts = note(f"以 {len(totals)} {zh}为语料的组成部分。", f"Parts of the corpus: {len(totals)} {en}.")
    return with_provenance(frame, dfm, {"step": "dispersion"}, notes=[parts])


def _deviation_of_proportions(counts: sparse.csc_matrix, n: np.ndarray, totals: np.ndarray) -> np.ndarray:
    size = (totals / totals.sum())[counts.indices]
    share = counts.data / np.repeat(n, np.diff(counts.indptr))
    # A part without the feature adds its size: 1 in all, less the sizes of the parts that have it.
    gap = np.abs(share - size) - size
    column = np.repeat(np.arange(len(n)), np.diff(counts.indptr))
    return np.clip((1 + np.bincount(column, weights=gap, minlength=len(n))) / 2, 0, 1)


def _juilland(counts: sparse.csc_matrix, totals: np.ndarray) -> np.ndarray:
    parts = len(totals)
    if parts < 2:
        return np.full(counts.shape[1], np.nan)
    rates = sparse.diags_array(1 / totals, format="csr") @ counts
    mean = np.asarray(rates.sum(axis=0)).ravel() / parts
    square = np.asarray(rates.power(2).sum(axis=0)).ravel() / parts
    variation = np.sqrt(np.maximum(square / mean**2 - 1, 0))
    return np.clip(1 - variation / np.sqrt(parts - 1), 0, 1)
