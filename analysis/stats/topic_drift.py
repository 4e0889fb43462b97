"""What a topic is said with: its words on two sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis.dfm import Dfm, membership
from analysis.stats.frequency import note
from analysis.stats.rate_ratio import log_rate_ratio
from analysis.stats.resampling import benjamini_hochberg, t_quantile, two_sides
from analysis.stats.topic_draws import units_of
from analysis.stats.topic_units import composed, documents
from analysis.stats.topics import TopicModel, first_of_topics, told

COLUMNS = ["topic", "feature", "n_target", "n_reference", "log_ratio", "log_ratio_low", "log_ratio_high", "p", "q"]
FEWEST, DOCS, LEAST = 5.0, 5, 1.0


def topic_drift(model: TopicModel, dfm: Dfm, target: str, reference: str | None = None, *, n: int = 6) -> pd.DataFrame:
    r"""Words that one topic uses more on one side than on the other, e.g. later than earlier.

    Every occurrence of word v in document d is divided among the topics by
    :math:`\theta_{dt} \phi_{tv} / \sum_u \theta_{du} \phi_{uv}`; within each topic the rates of the two sides are then
    compared with intervals over documents (``rate_ratio.log_rate_ratio``). That the topic itself is more frequent on
    one side does not count. A model with draws adds its own uncertainty by composition: the division is repeated with
    each draw's :math:`\theta` and the :math:`\phi` that one step of EM makes of it. ``p`` is that of a t (of the normal
    without draws) with an interval so wide, ``q`` Benjamini–Hochberg over all words and topics tested: those of five
    occurrences in five documents or more, of which at least one would be on either side if the sides were alike.

    Parameters
    ----------
    model : TopicModel
    dfm : Dfm
        What the model was fitted on.
    target, reference : str
        Docvars queries, as in ``prevalence_contrast``.
    n : int
        Words a topic, those with the smallest p.

    Returns
    -------
    DataFrame
        ``topic feature n_target n_reference log_ratio log_ratio_low log_ratio_high p q`` (and ``stability``), by topic,
        p and feature; ratios to base 2, occurrences as divided.

    Raises
    ------
    ValueError
        If the dfm is not the one the model was fitted on, or a side has fewer than two documents.
    """
    rows = dfm.docvars.index.get_indexer(model.doc_topic.index)
    if (rows < 0).any() or not np.array_equal(dfm.features, model.topic_feature.columns.to_numpy(dtype=str)):
        raise ValueError("dfm is not the one the model was fitted on; pass the dfm given to topics().")
    counts = sparse.csr_matrix(dfm.counts[rows], dtype=float)
    *sides, left_out = two_sides(documents(model)[1], target, reference, 2)
    chosen = np.flatnonzero(sides[0] | sides[1])
    members = membership(units_of(model.docvars), len(sides[0]))[chosen]
    table = _compared(counts, model, members, sides[0][chosen])
    table["feature"] = dfm.features[table["feature"].to_numpy(dtype=int)]
    table = table.assign(q=benjamini_hochberg(table["p"].to_numpy()))
    table = first_of_topics(table, model, ["p", "feature"], n)
    step = {"step": "topic_drift", "target": target, "reference": reference, "n": n}
    reason = note("没有一个词多到可以比较。", "No word is frequent enough to compare.")
    return told(table[COLUMNS], model, step, left_out=left_out, reason=reason)


def _compared(
    counts: sparse.csr_matrix, model: TopicModel, members: sparse.csr_matrix, is_target: np.ndarray
) -> pd.DataFrame:
    """The words of every topic, tested over documents and draws."""
    phi = model.topic_feature.to_numpy()
    found = [_words(members @ one, is_target) for one in _divided(counts, model.doc_topic.to_numpy(), phi)]
    drawn: list[list[np.ndarray]] = []
    for draw in () if model.draws is None else model.draws:
        again = _redrawn(counts, draw, phi)
        drawn.append([_ratio(members @ one, is_target)[w["feature"]] for one, w in zip(again, found, strict=True)])
    names = model.doc_topic.columns.to_numpy(dtype=str)
    return pd.concat([
        _tested(words, np.array([ratios[t] for ratios in drawn])).assign(topic=np.repeat(names[t], len(words)))
        for t, words in enumerate(found)
    ])  # fmt: skip


def _divided(counts: sparse.csr_matrix, shares: np.ndarray, phi: np.ndarray) -> list[sparse.csr_matrix]:
    """Counts of the units' words by topic."""
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    each = [shares[row, t] * phi[t, counts.indices] for t in range(len(phi))]
    whole = np.maximum(np.sum(each, axis=0), 1e-300)
    return [sparse.csr_matrix((counts.data * e / whole, counts.indices, counts.indptr), counts.shape) for e in each]


def _redrawn(counts: sparse.csr_matrix, shares: np.ndarray, phi: np.ndarray) -> list[sparse.csr_matrix]:
    """The units' words by topic under a draw, whose topics are those its shares make of the words."""
    words = np.array([np.asarray(one.sum(axis=0)).ravel() for one in _divided(counts, shares, phi)])
    again = words / np.maximum(words.sum(axis=1, keepdims=True), 1e-300)
    return _divided(counts, shares, again)


def _words(counts: sparse.csr_matrix, is_target: np.ndarray) -> pd.DataFrame:
    """The topic's words frequent enough to compare, on two sides; ``feature`` is the column."""
    totals = np.asarray(counts.sum(axis=1)).ravel()
    held = totals > 1e-9
    counts, totals, side = counts[held], totals[held], is_target[held]
    n = [np.asarray(counts[rows].sum(axis=0)).ravel() for rows in (side, ~side)]
    docfreq = np.asarray((counts > 0.5).sum(axis=0)).ravel()
    expected = (n[0] + n[1]) * min(totals[side].sum(), totals[~side].sum()) / max(totals.sum(), 1e-300)
    often = (n[0] + n[1] >= FEWEST) & (docfreq >= DOCS) & (expected >= LEAST)
    kept = np.flatnonzero(often & (min(side.sum(), (~side).sum()) > 1))
    strata = np.zeros(len(totals), dtype=np.int64)
    ratio, low, high = log_rate_ratio(counts[:, kept], totals, side, strata) if len(kept) else np.empty((3, 0))
    error = (high - low) / (2 * stats.norm.ppf(0.975))
    return pd.DataFrame(
        {"feature": kept, "n_target": n[0][kept], "n_reference": n[1][kept], "ratio": ratio, "error": error}
    )


def _ratio(counts: sparse.csr_matrix, is_target: np.ndarray) -> np.ndarray:
    """Log ratio of the rates of all words, half an occurrence added to each."""
    rates = []
    for side in (is_target, ~is_target):
        n = np.asarray(counts[side].sum(axis=0)).ravel() + 0.5
        rates.append(np.log(n / n.sum()))
    return rates[0] - rates[1]


def _tested(words: pd.DataFrame, drawn: np.ndarray) -> pd.DataFrame:
    """Intervals and p of a topic's words, over documents and draws."""
    variance, df = composed(words["error"].to_numpy() ** 2, np.inf, drawn)
    width, ratio = t_quantile(df, 0.95) * np.sqrt(variance), words["ratio"].to_numpy()
    return words[["feature", "n_target", "n_reference"]].assign(
        log_ratio=ratio / np.log(2), log_ratio_low=(ratio - width) / np.log(2),
        log_ratio_high=(ratio + width) / np.log(2), p=2 * stats.t.sf(np.abs(ratio) / np.sqrt(variance), df),
    )  # fmt: skip
