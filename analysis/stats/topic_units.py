"""What comparisons of topics share: the document as the unit, the model's own uncertainty, and what is said of both."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.dfm import membership
from analysis.stats.frequency import note
from analysis.stats.resampling import t_quantile
from analysis.stats.topic_draws import units_of
from analysis.stats.topics import TopicModel

FEWEST = 3  # documents of a cell of two variables, below which it is left blank


def documents(model: TopicModel) -> tuple[Callable[[np.ndarray], np.ndarray], pd.DataFrame]:
    """How shares of the rows fitted become shares of documents, and the documents' docvars."""
    if "parent" not in model.docvars:
        return lambda shares: shares, model.docvars
    units = units_of(model.docvars)
    first = np.unique(units, return_index=True)[1]
    belongs = membership(units, len(first)) @ sparse.diags_array(model.totals.astype(float))
    words = np.asarray(belongs.sum(axis=1)).reshape(-1, 1)
    return lambda shares: belongs @ shares / words, model.docvars.iloc[first]


def fits_of(model: TopicModel) -> np.ndarray:
    """Shares of documents under the model, then under each of its draws: (1 + draws, documents, k)."""
    by_document = documents(model)[0]
    draws = () if model.draws is None else model.draws
    return np.stack([by_document(fit) for fit in (model.doc_topic.to_numpy(), *draws)])


def welch(fits: np.ndarray, sides: list[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Mean shares of two sides, the variance of their difference, over documents and draws, and its df (Welch 1938)."""
    means = [fits[0, side].mean(axis=0) for side in sides]
    n = [int(side.sum()) for side in sides]
    parts = [fits[0, side].var(axis=0, ddof=1) / m for side, m in zip(sides, n, strict=True)]
    within = np.maximum(np.sum(parts, axis=0), 1e-300)
    df = within**2 / np.maximum(sum(v**2 / (m - 1) for v, m in zip(parts, n, strict=True)), 1e-300)
    apart = fits[1:, sides[0]].mean(axis=1) - fits[1:, sides[1]].mean(axis=1)
    return means, *composed(within, np.maximum(df, 1), apart)


def composed(variance: np.ndarray, df: np.ndarray | float, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Variance over documents with that of an estimate over the model's draws added, and its degrees of freedom.

    Composition: :math:`V + (1 + 1/M) B` (Rubin 1987; Treier & Jackman 2008), degrees of freedom by Welch–Satterthwaite.

    Parameters
    ----------
    variance : ndarray
    df : ndarray or float
        Of ``variance``.
    drawn : ndarray, shape (draws, …)
        The estimate under each draw; without draws nothing is added.
    """
    if not len(drawn):
        return variance, np.broadcast_to(df, variance.shape)
    model = (1 + 1 / len(drawn)) * drawn.var(axis=0, ddof=1)
    total = variance + model
    free = total**2 / np.maximum(variance**2 / df + model**2 / (len(drawn) - 1), np.finfo(float).tiny)
    return total, np.maximum(free, 1)


def share_limits(
    mean: np.ndarray, variance: np.ndarray, df: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """t interval of a share, set on the arcsine scale by the delta method; NaN for shares not between 0 and 1."""
    usable = (mean > 1e-12) & (mean < 1 - 1e-12)
    inside = np.where(usable, mean, 0.5)
    centre = np.arcsin(np.sqrt(inside))
    width = t_quantile(df, confidence) * np.sqrt(variance / (inside * (1 - inside))) / 2
    ends = np.maximum(centre - width, 0), np.minimum(centre + width, np.pi / 2)
    low, high = (np.where(usable, np.sin(end) ** 2, np.nan) for end in ends)
    return low, high


_BIAS = {  # of differences of shares, in ``evaluate topics``
    "nmf": ("大 6–17 %", "6 to 17 % too large"), "lda": ("大 3–10 %", "3 to 10 % too large"),
    "gibbs": ("小 3–5 %", "3 to 5 % too small"), "dmr": ("小 1–4 %", "1 to 4 % too small"),
}  # fmt: skip


def bias(model: TopicModel) -> dict[str, str]:
    """How far the method was off in simulation."""
    method, (zh, en) = model.method, _BIAS[model.method]
    return note(f"模拟中此法（{method}）使占比之差偏{zh}。", f"In simulation {method} makes differences {en}.")


def said_of(model: TopicModel, what: tuple[str, str], confidence: float = 0.95) -> list[dict[str, str]]:
    """Notes: what is estimated (in Chinese and in English, ``{}`` the level), and of the model's own uncertainty."""
    notes = [note(*(text.format(f"{100 * confidence:g} %") for text in what))]
    if model.draws is None:
        notes.append(note("区间不含模型自身的误差。", "The model's own uncertainty is not in the intervals."))
    else:
        n = len(model.draws)
        en = f"Intervals hold the model's own uncertainty ({n} refits to resampled documents)."
        notes.append(note(f"区间含模型自身的误差（以重抽样文档再拟合 {n} 次）。", en))
    if model.left_out:
        n = model.left_out
        notes.append(note(f"{n} 个单元没有特征词，未入模型。", f"Units without a feature left out: {n}."))
    return notes
