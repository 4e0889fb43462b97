"""Topic models: documents as mixtures of topics, topics as distributions over features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from analysis.corpus import Recipe
from analysis.dfm import Dfm, group_codes
from analysis.display import card, counted
from analysis.docvars import suggest
from analysis.stats import topic_engines
from analysis.stats.frequency import note
from analysis.stats.topic_draws import UNSTABLE, Made, once, refits, stability
from analysis.wording import both, label, say

Method = Literal["nmf", "lda", "gibbs", "dmr"]
Criterion = Literal["prob", "frex", "lift", "log_odds"]


@dataclass(frozen=True, eq=False)
class TopicModel:
    """A fitted topic model.

    Attributes
    ----------
    doc_topic : DataFrame, shape (documents, k)
        Share of each topic ``T1 … Tk`` in each document; rows sum to 1.
    topic_feature : DataFrame, shape (k, features)
        Weight of each feature in each topic; rows sum to 1.
    docvars : DataFrame
        Of the documents fitted.
    totals : ndarray of int64
        Their word tokens.
    left_out : int
        Documents without a feature, which have no topics.
    draws : ndarray, shape (draws, documents, k)
        Shares under models fitted to resampled documents with other seeds, their topics paired with
        these; no draws unless asked for.
    stability : Series, length k
        Mean Jaccard similarity of each topic's ten first features with its pair's; None without draws. Below
        ``UNSTABLE`` (1/3, five words of ten shared) a topic is called unstable.
    """

    doc_topic: pd.DataFrame
    topic_feature: pd.DataFrame
    docvars: pd.DataFrame
    totals: np.ndarray
    left_out: int
    method: Method
    k: int
    seed: int
    recipe: Recipe
    draws: np.ndarray | None = None
    stability: pd.Series | None = None

    def __repr__(self) -> str:
        size = f"{counted(len(self.doc_topic), 'document')}, {counted(self.k, 'topic')}"
        return f"TopicModel ({self.method}): {size}, seed {self.seed}"

    def _repr_html_(self) -> str:
        top = top_features(self, 8).groupby("topic", sort=False)["feature"].agg(" · ".join)
        shares = self.doc_topic.mean().to_dict()
        stable = {} if self.stability is None else self.stability.to_dict()
        steady = {topic: f", {label('stability')} {share:.2f}" for topic, share in stable.items()}
        facts = {f"{t} ({shares[t]:.0%}{steady.get(t, '')})": line for t, line in top.items()}
        zh = f"主题模型（{self.method}）：{len(self.doc_topic)} 篇文档，{self.k} 个主题，种子 {self.seed}"
        return card(say({"zh": zh, "en": repr(self)}), facts, recipe=self.recipe)


def topics(
    dfm: Dfm,
    k: int,
    *,
    method: Method = "nmf",
    seed: int = 0,
    covariate: str | Sequence[str] = "region",
    draws: int = 0,
    consensus: bool = False,
    n_jobs: int = 1,
) -> TopicModel:
    """Fit a topic model.

    - ``nmf``: non-negative factors of the TF-IDF matrix (Lee & Seung 1999), started from its singular
      vectors, so that the seed hardly matters; by far the cheapest. Its topics weigh features by TF-IDF: rarer,
      more telling words come to the top, which flatters NPMI coherence against the other methods. A document
      that no topic describes gets 1/k of each.
    - ``lda``: latent Dirichlet allocation (Blei, Ng & Jordan 2003), variational, 20 passes (scikit-learn).
    - ``gibbs``: the same model by collapsed Gibbs sampling (Griffiths & Steyvers 2004), 100 passes (tomotopy).
    - ``dmr``: Dirichlet-multinomial regression (Mimno & McCallum 2008): the prior of a document's topics
      depends on ``covariate`` (a missing value is a value of its own, as is each combination of several docvars).
      Gibbs sampling, 100 passes.

    The last three start from the topics of ``nmf`` (as R's stm from a spectral start: Roberts, Stewart & Tingley
    2016): from random starts they often end with two topics merged, and need many more passes.

    A seed gives the same bytes whatever ``PYTHONHASHSEED`` and the cores: linear algebra runs in one thread and
    tomotopy with one worker; on x86-64 it is loaded in its SSE2 build (unless ``TOMOTOPY_ISA`` says otherwise or it
    is loaded already), as its builds differ in their results. The build is in the recipe. Linear algebra
    chooses its kernels by the processor, so that another machine may round otherwise.

    Fits that take over ten seconds in all are kept in the cache, by the digest of counts, options and code.

    Topics are numbered by their share summed over documents, the largest first, ties by top feature.

    Parameters
    ----------
    dfm : Dfm
        One row per document or paragraph. Rows without a feature are left out. What is in it is fitted: a study's
        ``topic_units`` have no stop-words of the genre, no numbers and no words of fewer than three units.
    k : int
        Number of topics, at least 2, at most the number of documents and of features.
    method : {"nmf", "lda", "gibbs", "dmr"}
    seed : int
    covariate : str or sequence of str
        Docvars, for ``dmr`` only.
    draws : int
        Further fits, each to a bootstrap sample of the documents with a seed of its own: they tell which
        topics are stable, and give ``prevalence`` the model's own uncertainty. 20 is a fair number.
    consensus : bool
        Return the mean of all fits, topic by topic, instead of the first.
    n_jobs : int
        Processes for the draws, which are the same whatever their number; −1 takes every core.

    Raises
    ------
    ValueError
        If k does not fit, the method is unknown, the dfm is grouped, draws are 1 or a consensus is wanted without.
    KeyError
        If ``dmr`` and ``covariate`` is not a docvar.
    """
    check_choice("method ", method, get_args(Method))
    if dfm.grouped:
        raise ValueError("dfm is grouped, but topics are fitted on documents: pass the one before .group().")
    if draws < 2 and (draws or consensus):
        raise ValueError(f"draws={draws} tells no spread and makes no consensus; ask for draws=10 or more.")
    rows = np.flatnonzero(dfm.counts.getnnz(axis=1))
    check_k(k, len(rows), int((dfm.counts.getnnz(axis=0) > 0).sum()))
    kept = dfm.take(rows)
    levels = _levels(kept.docvars, covariate) if method == "dmr" else [""] * len(rows)
    step: dict[str, Any] = {"step": "topics", "method": method, "k": k, "seed": seed, "left_out": len(dfm) - len(rows)}
    step |= {"covariate": covariate} if method == "dmr" else {}
    step |= {"draws": draws, "consensus": consensus} if draws else {}

    def fitted() -> Made:
        fit = partial(getattr(topic_engines, method), kept.features, k)
        first = fit(kept.counts, levels, seed)
        arrays = {"shares": first.shares_of(kept.counts, levels), "weights": first.weights}
        if draws:
            drawn = refits(fit, kept, levels, first.weights, draws=draws, seed=seed, n_jobs=n_jobs)
            arrays |= {"drawn": drawn[0], "drawn_weights": drawn[1]}
        return arrays, first.details

    arrays, details = once(fitted, kept, levels, step)
    return model_of(kept, arrays, consensus, step | details)


def model_of(dfm: Dfm, arrays: dict[str, np.ndarray], consensus: bool, step: dict[str, Any]) -> TopicModel:
    """The topics in the order of their shares."""
    k, n = step["k"], len(dfm)
    shares, weights = arrays["shares"].reshape(n, k), arrays["weights"].reshape(k, -1)
    drawn = steady = None
    if "drawn" in arrays:
        drawn, others = arrays["drawn"].reshape(-1, n, k), arrays["drawn_weights"].reshape(-1, *weights.shape)
        steady = stability(weights, others)
        if consensus:
            shares, weights = (np.vstack([[a], b]).mean(axis=0) for a, b in ((shares, drawn), (weights, others)))
    total = shares.sum(axis=0).round(9)
    order = sorted(range(k), key=lambda t: (-total[t], dfm.features[weights[t].argmax()]))
    names = pd.Index([f"T{number}" for number in range(1, k + 1)], name="topic")
    return TopicModel(
        doc_topic=pd.DataFrame(shares[:, order], index=dfm.docvars.index, columns=names),
        topic_feature=pd.DataFrame(weights[order], index=names, columns=dfm.features),
        docvars=dfm.docvars, totals=dfm.totals, left_out=step["left_out"],
        method=step["method"], k=k, seed=step["seed"], recipe=(*dfm.recipe, step),
        draws=None if drawn is None else drawn[:, :, order],
        stability=None if steady is None else pd.Series(steady[order], index=names, name="stability"),
    )  # fmt: skip


def check_choice(what: str, given: str, choices: tuple[str, ...]) -> None:
    """Raise ValueError unless what was given is one of the choices."""
    if given not in choices:
        hint = suggest(given, choices) or f"choose from {', '.join(choices)}."
        raise ValueError(f"No {what}{given!r}; {hint}")


def check_k(k: int, n_docs: int, n_features: int) -> None:
    """Raise ValueError unless 2 ≤ k ≤ documents and features."""
    if k < 2:
        raise ValueError(f"k={k} is too small; a model needs 2 or more topics.")
    for n, name in ((n_docs, "documents with features"), (n_features, "features")):
        if k > n:
            raise ValueError(f"k={k} is more than the {n} {name}; choose a smaller k, or give more {name}.")


def _levels(docvars: pd.DataFrame, covariate: str | Sequence[str]) -> list[str]:
    codes, keys = group_codes(docvars, covariate)
    names = [" × ".join(map(str, key)) for key in keys.itertuples(index=False)]
    return [names[code] if code >= 0 else "" for code in codes]


def top_features(model: TopicModel, n: int = 10, *, by: Criterion = "prob") -> pd.DataFrame:
    r"""The words that tell what each topic is about.

    Parameters
    ----------
    model : TopicModel
    n : int
        Features per topic (fewer where a topic has fewer).
    by : {"prob", "frex", "lift", "log_odds"}
        ``prob``: weight :math:`\phi_{tv}` in the topic. ``lift``: :math:`\phi_{tv}` over the feature's share
        of the whole corpus under the model (Taddy 2012). ``frex``: harmonic mean of the feature's rank in
        the topic by frequency and by exclusivity :math:`\phi_{tv} / \sum_u \phi_{uv}`, both as
        cumulative shares (Bischof & Airoldi 2012, with equal weights). ``log_odds``: z of the weighted log-odds
        of the words the model gives to the topic against all others, the pooled words of an average document as
        prior (Monroe, Colaresi & Quinn 2008).

    Returns
    -------
    DataFrame
        ``topic, rank, feature, weight`` by topic and rank, and ``stability`` of the topic where the model
        has draws; ties by probability, then feature. Only features with positive probability in the topic.

    Raises
    ------
    ValueError
        If ``by`` is unknown or n < 1.
    """
    check_choice("criterion by=", by, get_args(Criterion))
    if n < 1:
        raise ValueError(f"n={n} leaves no feature; ask for 1 or more.")
    phi = model.topic_feature.to_numpy()
    score = phi if by == "prob" else {"frex": _frex, "lift": _lift, "log_odds": _log_odds}[by](phi, model)
    features = model.topic_feature.columns.to_numpy(dtype=str)
    frames = []
    for topic, name in enumerate(model.topic_feature.index):
        order = np.lexsort((np.arange(len(features)), -phi[topic], -score[topic].round(12)))
        chosen = order[phi[topic][order] > 0][:n]
        words = {"rank": np.arange(1, len(chosen) + 1), "feature": features[chosen], "weight": score[topic, chosen]}
        frames.append(pd.DataFrame({"topic": name} | words))
    table = pd.concat(frames, ignore_index=True)
    return told(table, model, {"step": "top_features", "n": n, "by": by})


def first_of_topics(table: pd.DataFrame, model: TopicModel, by: list[str], n: int | None = None) -> pd.DataFrame:
    """The first n rows of each topic by these columns (all without n), topics in their order."""
    place = {topic: number for number, topic in enumerate(model.doc_topic)}
    rows = table.assign(place=[place[topic] for topic in table["topic"]]).sort_values(["place", *by], kind="stable")
    return rows.groupby("place").head(len(rows) if n is None else n).drop(columns="place").reset_index(drop=True)


def told(
    table: pd.DataFrame, model: TopicModel, step: dict[str, Any], *, notes: Sequence[dict[str, str]] = (),
    left_out: int = 0, reason: dict[str, str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The table with its provenance and the ``stability`` of each row's ``topic``; which are unstable, if known."""
    notes = list(notes)
    if "topic" in table and model.stability is not None:
        table = table.assign(stability=table["topic"].map(model.stability))
        shown = model.stability[model.stability.index.isin(table["topic"])]
        if weak := shown.index[shown < UNSTABLE].tolist():
            zh, en = both(*weak, join=("、", ", "))
            notes.append(note(f"不稳定（稳定性低于 1/3）：{zh}。", f"Unstable (stability below 1/3): {en}."))
    elif "topic" in table and model.draws is None:
        en = "Which topics are stable is not known (draws=10 tells)."
        notes.append(note("主题是否稳定未知（draws=10 可知）。", en))
    table.attrs = {"recipe": [*model.recipe, step], "left_out": left_out, "notes": notes}
    if table.empty and reason:
        table.attrs["reason"] = reason
    return table


def _lift(phi: np.ndarray, model: TopicModel) -> np.ndarray:
    size = model.totals @ model.doc_topic.to_numpy()
    overall = size / size.sum() @ phi
    return phi / np.where(overall > 0, overall, 1.0)


def _log_odds(phi: np.ndarray, model: TopicModel) -> np.ndarray:
    words = phi * (model.totals @ model.doc_topic.to_numpy())[:, None]
    overall = words.sum(axis=0)
    prior = overall / len(model.doc_topic)
    sides = words + prior, overall - words + prior
    odds = [np.log(np.maximum(n, 1e-300)) - np.log(n.sum(axis=1, keepdims=True) - n) for n in sides]
    return (odds[0] - odds[1]) / np.sqrt(sum(1 / np.maximum(n, 1e-300) for n in sides))


def _frex(phi: np.ndarray, model: TopicModel) -> np.ndarray:
    exclusivity = phi / np.maximum(phi.sum(axis=0), np.finfo(float).tiny)
    frequency_rank, exclusivity_rank = (rankdata(x, axis=1) / phi.shape[1] for x in (phi, exclusivity))
    return 2 / (1 / frequency_rank + 1 / exclusivity_rank)
