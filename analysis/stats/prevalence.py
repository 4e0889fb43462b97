"""How much of each topic there is in each group of documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.dfm import group_codes, membership
from analysis.stats.frequency import note
from analysis.stats.resampling import t_quantile
from analysis.stats.topics import TopicModel

_BORROWED = 6


def prevalence(
    model: TopicModel, by: str | Sequence[str] | None = "region", *, confidence: float = 0.95
) -> pd.DataFrame:
    r"""Mean share of each topic over the documents of each group.

    Where the model was fitted to parts of documents (a docvar ``parent``), a document's shares are first
    put together from its parts, weighted by their words: the document is the unit.

    The interval is a t interval for the mean of the group's documents, set on the logit scale by the delta
    method so that it stays within 0 and 1. A group's variance is steadied by that of the other
    groups, counted as six documents more: :math:`s^2 = (SS + 6\,\varphi\,m(1-m)) / (n - 1 + 6)`, where
    :math:`\varphi` is the others' variance in units of :math:`m(1-m)` (as Smyth 2004 does for genes). In
    simulation (beta shares of mean about 0.1, from documents of one topic to even mixtures, 3 to 40 of them
    in each of ten groups) 95 % intervals cover 94 to 98 %, and 93 to 100 % where the groups differ ten-fold
    in spread; with two groups 91 to 96 %. Without steadying it is 84 to 96 %, with the BCa bootstrap 46
    to 96 %. The uncertainty of the model itself is not in it.

    Parameters
    ----------
    model : TopicModel
    by : str or sequence of str, optional
        Docvars; None for the whole corpus.
    confidence : float

    Returns
    -------
    DataFrame
        The group's keys, ``topic``, ``share``, ``low``, ``high``, ``n_docs``, by group and topic. ``low`` and
        ``high`` are NaN for a single document and where no document has any of the topic.
        ``attrs["left_out"]``: documents with a missing key.

    Raises
    ------
    KeyError
        If a name in ``by`` is not a docvar.
    ValueError
        If ``confidence`` is not between 0 and 1.
    """
    shares, docvars = _by_document(model)
    codes, keys = np.zeros(len(docvars), dtype=np.int64), pd.DataFrame(index=[0])
    if by is not None:
        codes, keys = group_codes(docvars, by)
    n = np.bincount(codes[codes >= 0], minlength=len(keys))
    members = membership(codes, len(keys))
    mean = members @ shares / n[:, None]
    deviations = shares - np.vstack([mean, np.zeros(model.k)])[codes]
    low, high = _interval(mean, members @ deviations**2, n[:, None], confidence)
    group = np.repeat(np.arange(len(keys)), model.k)
    values = {
        "topic": np.tile(model.doc_topic.columns.to_numpy(dtype=str), len(keys)), "share": mean.ravel(),
        "low": low.ravel(), "high": high.ravel(), "n_docs": n[group],
    }  # fmt: skip
    table = pd.concat([keys.iloc[group].reset_index(drop=True), pd.DataFrame(values)], axis=1)
    step = {"step": "prevalence", "by": list(keys.columns), "confidence": confidence}
    left_out = int((codes < 0).sum())
    table.attrs = {"recipe": [*model.recipe, step], "left_out": left_out, "notes": _notes(model, confidence)}
    if table.empty:
        names = " × ".join(keys.columns)
        table.attrs["reason"] = note(
            f"没有一篇文档的 {names} 是已知的。", f"No document has a known {names}."
        )
    return table


def _by_document(model: TopicModel) -> tuple[np.ndarray, pd.DataFrame]:
    shares, docvars = model.doc_topic.to_numpy(), model.docvars
    if "parent" not in docvars:
        return shares, docvars
    parts, parents = group_codes(docvars, "parent")
    first = np.unique(parts, return_index=True)[1]
    belongs = membership(parts, len(parents))
    return belongs @ (shares * model.totals[:, None]) / (belongs @ model.totals)[:, None], docvars.iloc[first]


def _interval(
    mean: np.ndarray, squares: np.ndarray, n: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Limits for groups × topics; ``squares`` are sums of squared deviations from the group's mean."""
    binomial = mean * (1 - mean)
    others = squares.sum(axis=0) - squares
    expected = ((n - 1) * binomial).sum(axis=0) - (n - 1) * binomial
    known = expected > 1e-12
    borrowed = np.where(known, np.minimum(_BORROWED, (n - 1).sum() - (n - 1)), 0)
    dispersion = np.where(known, others, 0) / np.where(known, expected, 1.0)
    df = n - 1 + borrowed
    variance = (squares + borrowed * dispersion * binomial) / np.maximum(df, 1)
    usable = (n > 1) & (binomial > 1e-12) & (variance > 0)
    inside = np.where(usable, mean, 0.5)
    width = t_quantile(np.maximum(df, 1), confidence) * np.sqrt(variance / n) / (inside * (1 - inside))
    limits = (expit(logit(inside) + sign * width) for sign in (-1, 1))
    low, high = (np.where(usable, limit, np.nan) for limit in limits)
    return low, high


def _notes(model: TopicModel, confidence: float) -> list[dict[str, str]]:
    level = f"{100 * confidence:g} %"
    notes = [
        note(
            f"各文档占比的均值；{level} 区间以文档为单位（logit 尺度，方差参照他组），不含模型误差。",
            f"Means over documents; {level} t intervals (logit scale, steadied by the other groups).",
        )
    ]
    if model.left_out:
        notes.append(
            note(
                f"{model.left_out} 个单元没有特征词，未入模型。",
                f"Units without a feature left out: {model.left_out}.",
            )
        )
    return notes
