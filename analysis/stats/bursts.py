"""Bursts of documents with a feature (Kleinberg 2002)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import xlog1py, xlogy

from analysis.dfm import Dfm
from analysis.stats.frequency import note, with_provenance
from analysis.stats.trend import columns_of, with_years

COLUMNS = {
    "feature": "str", "level": "int64", "start": "Int64", "end": "Int64", "weight": "float64", "docfreq": "int64",
    "n_docs": "int64",
}  # fmt: skip
_NOTE = note(
    "爆发：Kleinberg（2002）的批次自动机，按年计含词文档的占比；权重为相对于平时省下的代价。",
    "Bursts: Kleinberg's (2002) automaton on the yearly shares of documents with the term; weight is the cost saved.",
)


def bursts(
    dfm: Dfm, features: str | Sequence[str], *, s: float = 2, gamma: float = 1, time: str = "year"
) -> pd.DataFrame:
    r"""Runs of years in which more documents than usual have a feature.

    The batched automaton of Kleinberg (2002, § 4): of the :math:`d_t` documents of a year :math:`r_t` have the
    feature, with probability :math:`p_i = s^i \sum r / \sum d` in state i. Staying in state i costs
    :math:`-\log[p_i^{r_t} (1 - p_i)^{d_t - r_t}]`, rising by one state ``gamma`` times the logarithm of the number
    of years; the cheapest way through the states is found exactly. Years without documents are passed over.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    features : str or list of str
    s : float
        Ratio of one state's probability to the last; more than 1.
    gamma : float
        Cost of rising; more than 0.
    time : str
        A numeric docvar.

    Returns
    -------
    DataFrame
        ``feature level start end weight docfreq n_docs``: one row per burst, nested ones (higher ``level``) after
        the one around them; ``weight`` is the cost saved against the level below, ``docfreq`` of ``n_docs``
        documents of these years have the feature. Features without a burst have no row.

    Raises
    ------
    KeyError
        If ``time`` is not a docvar.
    ValueError
        If ``s`` or ``gamma`` is out of range, the dfm is grouped, or ``time`` is not numeric.
    """
    if s <= 1:
        raise ValueError(f"s={s} must be more than 1: each state is more frequent than the last, e.g. s=2.")
    if gamma <= 0:
        raise ValueError(f"gamma={gamma} must be more than 0: the cost of rising a state, e.g. gamma=1.")
    dated = with_years(dfm, time)
    years, year = np.unique(dated.docvars[time].to_numpy(dtype=float), return_inverse=True)
    n_docs = np.bincount(year)
    rows = [
        {"feature": feature, **burst, "start": years[burst["start"]], "end": years[burst["end"]]}
        for feature, n in columns_of(dated, features).items()
        for burst in _batched(np.bincount(year[n > 0], minlength=len(years)), n_docs, s, gamma)
    ]  # fmt: skip
    kind = "float64" if (years % 1).any() else "Int64"
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS | {"start": kind, "end": kind})
    step = {"step": "bursts", "time": time, "s": s, "gamma": gamma}
    reason = note("这些词没有爆发。", "None of these terms bursts.")
    return with_provenance(frame, dated, step, notes=[_NOTE], left_out=len(dfm) - len(dated), reason=reason)


def _cheapest(cost: np.ndarray, rise: float) -> np.ndarray:
    """The states of least cost (Viterbi), starting from 0; the lower one where equal."""
    state = np.arange(cost.shape[1])
    step = rise * np.maximum(state[None, :] - state[:, None], 0)
    best, came = step[0] + cost[0], np.zeros(cost.shape, dtype=np.int64)
    for t in range(1, len(cost)):
        through = best[:, None] + step
        came[t] = through.argmin(axis=0)
        best = through.min(axis=0) + cost[t]
    path = np.empty(len(cost), dtype=np.int64)
    path[-1] = best.argmin()
    for t in range(len(cost) - 1, 0, -1):
        path[t - 1] = came[t, path[t]]
    return path


def _batched(having: np.ndarray, n_docs: np.ndarray, s: float, gamma: float) -> list[dict[str, Any]]:
    if not 0 < having.sum() < n_docs.sum():
        return []
    usual = having.sum() / n_docs.sum()
    share = usual * float(s) ** np.arange(1 + int(np.floor(-np.log(usual) / np.log(s))))
    share = share[share < 1]
    cost = -xlogy(having[:, None], share) - xlog1py((n_docs - having)[:, None], -share)
    path = _cheapest(cost, gamma * np.log(max(len(having), 2)))
    found = []
    for level in range(1, path.max() + 1):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], path >= level, [0]])))
        for start, end in edges.reshape(-1, 2):
            saved = (cost[start:end, level - 1] - cost[start:end, level]).sum()
            inside = {"docfreq": having[start:end].sum(), "n_docs": n_docs[start:end].sum()}
            found.append({"level": level, "start": start, "end": end - 1, "weight": saved, **inside})
    return sorted(found, key=lambda burst: (burst["start"], burst["level"]))
