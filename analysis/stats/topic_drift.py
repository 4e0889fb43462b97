"""What a topic is said with: its words on two sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis.dfm import Dfm, group_codes, membership
from analysis.stats.frequency import note
from analysis.stats.rate_ratio import log_rate_ratio
from analysis.stats.resampling import benjamini_hochberg
from analysis.stats.topic_units import two_sides
from analysis.stats.topics import TopicModel, with_stability

COLUMNS = ["topic", "feature", "n_target", "n_reference", "log_ratio", "log_ratio_low", "log_ratio_high", "p", "q"]
FEWEST, DOCS = 5.0, 5


def topic_drift(
    model: TopicModel, dfm: Dfm, target: str, reference: str | None = None, *, n: int = 6
) -> pd.DataFrame:
    r"""Words that one topic uses more on one side than on the other, e.g. later than earlier.

    Every occurrence of word v in document d is divided among the topics by
    :math:`\theta_{dt} \phi_{tv} / \sum_u \theta_{du} \phi_{uv}`; within each topic the rates of the two sides are then
    compared with intervals over documents (``rate_ratio.log_rate_ratio``). That the topic itself is more frequent on
    one side does not count. ``p`` is that of the normal with an interval so wide, ``q`` Benjamini–Hochberg over all
    words and topics tested: those of five occurrences in five documents or more.

    Parameters
    ----------
    model : TopicModel
    dfm : Dfm
        What the model was fitted on.
    target, reference : str
        Docvars queries; without a reference, all other documents.
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
    units, first = np.arange(len(rows)), np.arange(len(rows))
    if "parent" in model.docvars:
        units = group_codes(model.docvars, "parent")[0]
        first = np.unique(units, return_index=True)[1]
    sides = two_sides(model.docvars.iloc[first], target, reference)
    members = membership(units, len(first))[np.flatnonzero(sides[0] | sides[1])]
    is_target = sides[0][sides[0] | sides[1]]
    divided = zip(map(str, model.doc_topic), _divided(counts, model), strict=True)
    parts = [_words(members @ one, is_target).assign(topic=topic) for topic, one in divided]
    table = pd.concat(parts, ignore_index=True)
    table["feature"] = dfm.features[table["feature"].to_numpy(dtype=int)]
    table = table.assign(q=benjamini_hochberg(table["p"].to_numpy()), order=table["topic"].map(_places(model)))
    table = table.sort_values(["order", "p", "feature"]).groupby("order").head(n).reset_index(drop=True)
    table = with_stability(table[COLUMNS], model)
    step = {"step": "topic_drift", "target": target, "reference": reference, "n": n}
    table.attrs = {"recipe": [*model.recipe, step], "left_out": 0, "notes": []}
    if table.empty:
        table.attrs["reason"] = note("没有一个词多到可以比较。", "No word is frequent enough to compare.")
    return table


def _places(model: TopicModel) -> dict[str, int]:
    return {str(topic): place for place, topic in enumerate(model.doc_topic)}


def _divided(counts: sparse.csr_matrix, model: TopicModel) -> list[sparse.csr_matrix]:
    """Counts of the units' words by topic."""
    shares, phi = model.doc_topic.to_numpy(), model.topic_feature.to_numpy()
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    each = [shares[row, t] * phi[t, counts.indices] for t in range(model.k)]
    whole = np.maximum(np.sum(each, axis=0), 1e-300)
    return [sparse.csr_matrix((counts.data * e / whole, counts.indices, counts.indptr), counts.shape) for e in each]


def _words(counts: sparse.csr_matrix, is_target: np.ndarray) -> pd.DataFrame:
    """The topic's words on two sides, tested over documents; ``feature`` is the column."""
    counts = sparse.csr_matrix(counts)
    totals = np.asarray(counts.sum(axis=1)).ravel()
    held = totals > 1e-9
    counts, totals, is_target = counts[held], totals[held], is_target[held]
    docfreq = np.asarray((counts > 0.5).sum(axis=0)).ravel()
    kept = np.flatnonzero((np.asarray(counts.sum(axis=0)).ravel() >= FEWEST) & (docfreq >= DOCS))
    if min(is_target.sum(), (~is_target).sum()) < 2 or not len(kept):
        return pd.DataFrame(columns=[c for c in COLUMNS if c not in ("topic", "q")], dtype=float)
    counts = counts[:, kept]
    ratio, width = log_rate_ratio(counts, totals, is_target, np.zeros(len(totals), dtype=np.int64))
    p = 2 * stats.norm.sf(np.abs(ratio) / (width / stats.norm.ppf(0.975)))
    return pd.DataFrame({
        "feature": kept, "n_target": np.asarray(counts[is_target].sum(axis=0)).ravel(),
        "n_reference": np.asarray(counts[~is_target].sum(axis=0)).ravel(), "log_ratio": ratio / np.log(2),
        "log_ratio_low": (ratio - width) / np.log(2), "log_ratio_high": (ratio + width) / np.log(2), "p": p,
    })  # fmt: skip
