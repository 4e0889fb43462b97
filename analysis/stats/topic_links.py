"""What goes with a topic: other topics, and formulations."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.stats.frequency import note
from analysis.stats.resampling import benjamini_hochberg, t_quantile
from analysis.stats.topic_units import composed, documents, fits_of, welch
from analysis.stats.topics import TopicModel, first_of_topics, told

TESTED = 60


def topic_correlation(model: TopicModel) -> pd.DataFrame:
    r"""Rank correlation of the shares of every two topics over documents.

    Spearman's :math:`r_s` with the interval of Fisher's z and the standard error
    :math:`\sqrt{(1 + r_s^2 / 2) / (n - 3)}` (Bonett & Wright 2000). Shares sum to 1, so topics that have nothing to do
    with each other correlate negatively, their ranks at about :math:`-1/k` (even Dirichlet shares: −0.21 for k = 5,
    −0.07 for 12): ``p`` tests that, not 0; ``q`` is Benjamini–Hochberg. The model's draws add their variance of
    Fisher's z (``composed``).

    Returns
    -------
    DataFrame
        ``topic_a topic_b correlation low high p q n_docs`` (and ``stability_a stability_b``, where the model has
        draws), the highest correlation first, then by topics; without topics of the same share in all documents; empty,
        with the reason, for fewer than five documents.
    """
    fits, names = fits_of(model), model.doc_topic.columns.to_numpy(dtype=str)
    n, (i, j) = fits.shape[1], np.triu_indices(model.k, 1)
    ranks = stats.rankdata(fits.round(9), axis=1)
    spread = ranks.std(axis=1).min(axis=0)
    usable = (spread[i] > 0) & (spread[j] > 0) if n >= 5 else np.zeros(len(i), dtype=bool)
    i, j = i[usable], j[usable]
    with np.errstate(invalid="ignore"):  # a topic of the same share in all documents correlates with none
        every = [np.corrcoef(fit.T)[i, j] if len(i) else np.empty(0) for fit in ranks]
    z = np.arctanh(np.clip(every, -0.999999, 0.999999))
    r = np.tanh(z[0])
    variance, df = composed((1 + r**2 / 2) / max(n - 3, 1), np.inf, z[1:])
    low, high = (np.tanh(z[0] + side * t_quantile(df, 0.95) * np.sqrt(variance)) for side in (-1, 1))
    p = 2 * stats.t.sf(np.abs(z[0] - np.arctanh(-1 / model.k)) / np.sqrt(variance), df)
    table = pd.DataFrame({
        "topic_a": names[i], "topic_b": names[j], "correlation": r, "low": low, "high": high, "p": p,
        "q": benjamini_hochberg(p), "n_docs": n,
    })  # fmt: skip
    table = table.iloc[np.lexsort((j, i, -r.round(12)))].reset_index(drop=True)
    if model.stability is not None:
        table = table.assign(**{f"stability_{s}": table[f"topic_{s}"].map(model.stability) for s in "ab"})
    said = note(
        f"占比之和为 1，互不相干的主题也略为负相关；p 与 −1/k = {-1 / model.k:.2f} 相比。",
        f"Shares sum to 1, so unrelated topics correlate negatively; p is against −1/k = {-1 / model.k:.2f}.",
    )
    reason = note("不足五篇文档，或各文档占比全同。", "Fewer than five documents, or all with the same shares.")
    return told(table, model, {"step": "topic_correlation"}, notes=[said], reason=reason)


def topic_slogans(model: TopicModel, occ: pd.DataFrame, *, n: int = 4) -> pd.DataFrame:
    """Mean share of each topic in documents with a formulation and in those without.

    Welch's t over documents, draws adding the model's own variance as in ``prevalence_contrast``; q Benjamini–Hochberg
    over all topics and formulations tested: the 60 found in most documents, with two documents or more on either
    side. A formulation that is itself a feature of the topic lifts the topic's share a little by its own count.

    Parameters
    ----------
    model : TopicModel
    occ : DataFrame
        Occurrence table of ``slogans()``; nested ones do not count.
    n : int
        Formulations a topic, those of positive difference and smallest p.

    Returns
    -------
    DataFrame
        ``topic slogan share_with share_without difference p q n_with n_without`` (and ``stability``), by topic and p.
    """
    docvars, fits = documents(model)[1], fits_of(model)
    ids = docvars["parent"] if "parent" in docvars else docvars.index.to_series()
    met = occ.loc[~occ["nested"], ["doc_id", "slogan"]].drop_duplicates()
    met = met[met["doc_id"].isin(set(ids))].astype("str")
    has = pd.crosstab(met["doc_id"], met["slogan"]).reindex(ids.astype("str"), fill_value=0).to_numpy() > 0
    names = np.array(sorted(met["slogan"].unique()), dtype=str)
    docs = has.sum(axis=0) if len(names) else np.empty(0, dtype=int)
    usable = np.flatnonzero((docs >= 2) & (len(ids) - docs >= 2))
    usable = usable[np.lexsort((names[usable], -docs[usable]))[:TESTED]]
    rows: list[tuple] = []
    for column in usable:
        side = has[:, column]
        means, variance, df = welch(fits, [side, ~side])
        p = 2 * stats.t.sf(np.abs(means[0] - means[1]) / np.sqrt(variance), df)
        rows += zip(model.doc_topic, [names[column]] * model.k, *means, means[0] - means[1], p,
                    [int(side.sum())] * model.k, [int((~side).sum())] * model.k, strict=True)  # fmt: skip
    columns = ["topic", "slogan", "share_with", "share_without", "difference", "p", "n_with", "n_without"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(6, "q", benjamini_hochberg(table["p"].to_numpy(dtype=float)))
    table = first_of_topics(table[table["difference"] > 0], model, ["p", "slogan"], n)
    reason = note("没有可比较的提法。", "No formulation that some documents have and others lack.")
    return told(table, model, {"step": "topic_slogans", "n": n, "top": TESTED}, reason=reason)
