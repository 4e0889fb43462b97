"""How much of each topic there is in each group of documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit

from analysis.dfm import membership
from analysis.stats.frequency import groups_or_all, note, unknown
from analysis.stats.resampling import benjamini_hochberg, t_quantile, two_sides
from analysis.stats.topic_design import is_formula
from analysis.stats.topic_regression import adjusted_shares
from analysis.stats.topic_units import FEWEST, bias, composed, documents, fits_of, said_of, welch
from analysis.stats.topics import TopicModel, told

_BORROWED = 6
_MEANS = (
    "各文档占比的均值；{} 区间以文档为单位（logit 尺度，方差参照他组）。",
    "Means over documents; {} t intervals (logit scale, steadied by the other groups).",
)
_APART = (
    "两边各文档占比均值之差；{} 区间以文档为单位（Welch t）。",
    "Differences of means over documents; {} intervals (Welch's t).",
)


def prevalence(
    model: TopicModel,
    by: str | Sequence[str] | None = "region",
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    r"""Mean share of each topic over the documents of each group, or under a regression on their variables.

    ``by`` may be a formula, ``"region + year"``: see ``topic_regression.adjusted_shares`` for what is then returned.

    Where the model was fitted to parts of documents (a docvar ``parent``), a document's shares are first
    put together from its parts, weighted by their words: the document is the unit.

    The interval is a t interval for the mean of the group's documents, set on the logit scale by the delta
    method so that it stays within 0 and 1. A group's variance is steadied by that of the other
    groups, counted as six documents more: :math:`s^2 = (SS + 6\,\varphi\,m(1-m)) / (n - 1 + 6)`, where
    :math:`\varphi` is the others' variance in units of :math:`m(1-m)` (as Smyth 2004 does for genes). In
    simulation (beta shares of mean about 0.1, from documents of one topic to even mixtures, 3 to 40 of them
    in each of ten groups) 95 % intervals cover 94 to 98 %, and 93 to 100 % where the groups differ ten-fold
    in spread; with two groups 91 to 96 %. Without steadying it is 84 to 96 %, with the BCa bootstrap 46
    to 96 %.

    A model with draws (``topics(…, draws=20)``) adds its own uncertainty by composition: the variance over
    draws of the group's mean, times 1 + 1/draws, is added to the variance over documents (Rubin 1987;
    Treier & Jackman 2008), with Welch–Satterthwaite degrees of freedom; the share is then the mean over the
    fit and its draws. In simulation (nine groups of 6 or 20 documents, refits that move a topic by up to 0.8 on the
    logit scale) 95 % intervals cover 96 to 99 %. Without draws it
    is not in the interval, and the notes say so.

    Parameters
    ----------
    model : TopicModel
    by : str or sequence of str, optional
        Docvars; None for the whole corpus; or a formula of docvars with ``+``, ``*`` or a leading ``~``.
    confidence : float

    Returns
    -------
    DataFrame
        The group's keys, ``topic``, ``share``, ``low``, ``high``, ``n_docs`` (and ``stability``, where the model has
        draws), by group and topic. ``low`` and ``high`` are NaN for a single document and where no document has any
        of the topic. Cells of two or more docvars (region × year) with fewer than three documents are blank, and the
        notes say how many.
        ``attrs["left_out"]``: documents with a missing key.

    Raises
    ------
    KeyError
        If a name in ``by`` is not a docvar.
    ValueError
        If ``confidence`` is not between 0 and 1.
    """
    if isinstance(by, str) and is_formula(by, model.docvars):
        return adjusted_shares(model, by, confidence=confidence)
    docvars, fits = documents(model)[1], fits_of(model)
    codes, keys = groups_or_all(docvars, by)
    n = np.bincount(codes[codes >= 0], minlength=len(keys))
    members = membership(codes, len(keys))
    means = np.stack([members @ shares / n[:, None] for shares in fits])
    deviations = fits[0] - np.vstack([means[0], np.zeros(model.k)])[codes]
    mean = means.mean(axis=0)
    low, high = _interval(mean, members @ deviations**2, n[:, None], means[1:], confidence)
    group = np.repeat(np.arange(len(keys)), model.k)
    values = {
        "topic": np.tile(model.doc_topic.columns.to_numpy(dtype=str), len(keys)), "share": mean.ravel(),
        "low": low.ravel(), "high": high.ravel(), "n_docs": n[group],
    }  # fmt: skip
    table = pd.concat([keys.iloc[group].reset_index(drop=True), pd.DataFrame(values)], axis=1)
    min_docs = FEWEST if len(keys.columns) > 1 else 1
    table.loc[table["n_docs"] < min_docs, ["share", "low", "high"]] = np.nan
    step = {"step": "prevalence", "by": list(keys.columns), "confidence": confidence}
    step |= {"min_docs": min_docs} if min_docs > 1 else {}
    left_out, notes = int((codes < 0).sum()), [*said_of(model, _MEANS, confidence), *_few(n, min_docs)]
    return told(table, model, step, notes=notes, left_out=left_out, reason=unknown(keys.columns))


def _few(n: np.ndarray, min_docs: int) -> list[dict[str, str]]:
    """What is said of groups of few documents."""
    if few := int((n < min_docs).sum()):
        en = f"Groups of fewer than {min_docs} documents are left blank ({few} of {len(n)})."
        return [note(f"不足 {min_docs} 篇的组留空（{len(n)} 组中有 {few} 组）。", en)]
    if alone := int((n == 1).sum()):
        en = f"Groups of a single document have no interval ({alone})."
        return [note(f"只有一篇文档的组没有区间（{alone} 组）。", en)]
    return []


def prevalence_contrast(model: TopicModel, target: str, reference: str | None = None) -> pd.DataFrame:
    r"""Difference of each topic's mean share between two groups of documents.

    Welch's t over documents, its variance enlarged by that of the difference over the model's draws, as in
    ``prevalence``: :math:`s_1^2/n_1 + s_2^2/n_2 + (1 + 1/M) B`. ``q`` is Benjamini–Hochberg over the topics.

    In simulation (``evaluate topics``: 60 to 500 documents) 95 % intervals cover 91 to 97 %, and no method is without
    bias: differences are 6 to 17 % too large with ``nmf``, 3 to 10 % with ``lda``, 1 to 5 % too small with ``gibbs``
    and ``dmr``.

    Parameters
    ----------
    model : TopicModel
    target, reference : str
        Docvars queries, as in ``keyness``.

    Returns
    -------
    DataFrame
        ``topic share_target share_reference difference low high p q docs_target docs_reference``, 95 % intervals (and
        ``stability``, where the model has draws), by ``p``, then topic.

    Raises
    ------
    KeyError
        If a query names an unknown docvar.
    ValueError
        If a side has fewer than two documents, or the sides share documents.
    """
    *sides, left_out = two_sides(documents(model)[1], target, reference, 2)
    means, variance, df = welch(fits_of(model), sides)
    difference = means[0] - means[1]
    width = t_quantile(df, 0.95) * np.sqrt(variance)
    p = 2 * stats.t.sf(np.abs(difference) / np.sqrt(variance), df)
    table = pd.DataFrame({
        "topic": model.doc_topic.columns.to_numpy(dtype=str), "share_target": means[0], "share_reference": means[1],
        "difference": difference, "low": difference - width, "high": difference + width, "p": p,
        "q": benjamini_hochberg(p), "docs_target": int(sides[0].sum()), "docs_reference": int(sides[1].sum()),
    })  # fmt: skip
    order = np.lexsort((np.arange(model.k), p.round(12)))
    step = {"step": "prevalence_contrast", "target": target, "reference": reference, "confidence": 0.95}
    notes = [*said_of(model, _APART), bias(model)]
    return told(table.iloc[order].reset_index(drop=True), model, step, notes=notes, left_out=left_out)


def _interval(
    mean: np.ndarray, squares: np.ndarray, n: np.ndarray, drawn: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Limits for groups × topics; ``squares`` are sums of squared deviations from the group's mean."""
    binomial = mean * (1 - mean)
    others = squares.sum(axis=0) - squares
    expected = ((n - 1) * binomial).sum(axis=0) - (n - 1) * binomial
    known = expected > 1e-12
    borrowed = np.where(known, np.minimum(_BORROWED, (n - 1).sum() - (n - 1)), 0)
    dispersion = np.where(known, others, 0) / np.where(known, expected, 1.0)
    df = np.maximum(n - 1 + borrowed, 1)
    variance = (squares + borrowed * dispersion * binomial) / df
    usable = (n > 1) & (binomial > 1e-12) & (variance > 0)
    total, df = composed(variance / n, df, drawn)
    inside = np.where(usable, mean, 0.5)
    width = t_quantile(df, confidence) * np.sqrt(total) / (inside * (1 - inside))
    limits = (expit(logit(inside) + sign * width) for sign in (-1, 1))
    low, high = (np.where(usable, limit, np.nan) for limit in limits)
    return low, high
