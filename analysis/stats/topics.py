"""Topic models: documents as mixtures of topics, topics as distributions over features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from analysis.corpus import Recipe, suggest
from analysis.dfm import Dfm, group_codes
from analysis.stats.topic_engines import dmr, lda, nmf

Method = Literal["nmf", "lda", "dmr"]
Criterion = Literal["prob", "frex", "lift"]


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

    def __repr__(self) -> str:
        return (
            f"TopicModel ({self.method}): {len(self.doc_topic)} documents, {self.k} topics, seed {self.seed}"
        )


def topics(
    dfm: Dfm, k: int, *, method: Method = "nmf", seed: int = 0, covariate: str = "region"
) -> TopicModel:
    """Fit a topic model.

    - ``nmf``: non-negative factors of the TF-IDF matrix (Lee & Seung 1999), started from its singular
      vectors, so that the seed hardly matters. Its topics weigh features by TF-IDF: rarer, more telling
      words come to the top, which flatters NPMI coherence against the other methods. A document
      that no topic describes gets 1/k of each.
    - ``lda``: latent Dirichlet allocation (Blei, Ng & Jordan 2003), variational, 50 passes.
    - ``dmr``: Dirichlet-multinomial regression (Mimno & McCallum 2008): the prior of a document's topics
      depends on ``covariate`` (a missing value is a value of its own). Gibbs sampling, 500 passes, one
      worker; on x86-64 tomotopy is loaded in its SSE2 build (unless ``TOMOTOPY_ISA`` says otherwise or it is
      loaded already), as its builds differ in their results. The build is in the recipe.

    Topics are numbered by their share summed over documents, the largest first, ties by top feature.

    Parameters
    ----------
    dfm : Dfm
        One row per document or paragraph. Rows without a feature are left out.
    k : int
        Number of topics, at least 2, at most the number of documents and of features.
    method : {"nmf", "lda", "dmr"}
    seed : int
    covariate : str
        Docvar, for ``dmr`` only.

    Raises
    ------
    ValueError
        If k does not fit, the method is unknown or the dfm is grouped.
    KeyError
        If ``dmr`` and ``covariate`` is not a docvar.
    """
    check_method(method)
    if dfm.grouped:
        raise ValueError("dfm is grouped, but topics are fitted on documents: pass the one before .group().")
    rows = np.flatnonzero(dfm.counts.getnnz(axis=1))
    check_k(k, len(rows), int((dfm.counts.getnnz(axis=0) > 0).sum()))
    counts, docvars = dfm.counts[rows], dfm.docvars.iloc[rows]
    if method == "dmr":
        shares, weights, details = dmr(counts, dfm.features, _levels(docvars, covariate), k, seed)
        details["covariate"] = covariate
    else:
        shares, weights, details = (nmf if method == "nmf" else lda)(counts, k, seed)
    order = _order(shares, weights, dfm.features)
    names = pd.Index([f"T{number}" for number in range(1, k + 1)], name="topic")
    left_out = len(dfm) - len(rows)
    step = {"step": "topics", "method": method, "k": k, "seed": seed, "left_out": left_out, **details}
    return TopicModel(
        doc_topic=pd.DataFrame(shares[:, order], index=docvars.index, columns=names),
        topic_feature=pd.DataFrame(weights[order], index=names, columns=dfm.features),
        docvars=docvars, totals=dfm.totals[rows], left_out=left_out,
        method=method, k=k, seed=seed, recipe=(*dfm.recipe, step),
    )  # fmt: skip


def check_method(method: str) -> None:
    """Raise ValueError unless the method is known."""
    if method not in get_args(Method):
        raise ValueError(
            f"No method {method!r}; {suggest(method, get_args(Method)) or 'use nmf, lda or dmr.'}"
        )


def check_k(k: int, n_docs: int, n_features: int) -> None:
    """Raise ValueError unless 2 ≤ k ≤ documents and features."""
    if k < 2:
        raise ValueError(f"k={k} is too small; a model needs 2 or more topics.")
    for n, name in ((n_docs, "documents with features"), (n_features, "features")):
        if k > n:
            raise ValueError(f"k={k} is more than the {n} {name}; choose a smaller k, or give more {name}.")


def _order(shares: np.ndarray, weights: np.ndarray, features: np.ndarray) -> list[int]:
    total = shares.sum(axis=0).round(9)
    return sorted(range(len(total)), key=lambda t: (-total[t], features[weights[t].argmax()]))


def _levels(docvars: pd.DataFrame, covariate: str) -> list[str]:
    codes, keys = group_codes(docvars, covariate)
    return [str(keys.iat[code, 0]) if code >= 0 else "" for code in codes]


def top_features(model: TopicModel, n: int = 10, *, by: Criterion = "prob") -> pd.DataFrame:
    r"""The words that tell what each topic is about.

    Parameters
    ----------
    model : TopicModel
    n : int
        Features per topic (fewer where a topic has fewer).
    by : {"prob", "frex", "lift"}
        ``prob``: weight :math:`\phi_{tv}` in the topic. ``lift``: :math:`\phi_{tv}` over the feature's share
        of the whole corpus under the model (Taddy 2012). ``frex``: harmonic mean of the feature's rank in
        the topic by frequency and by exclusivity :math:`\phi_{tv} / \sum_u \phi_{uv}`, both as
        cumulative shares (Bischof & Airoldi 2012, with equal weights).

    Returns
    -------
    DataFrame
        ``topic, rank, feature, weight`` by topic and rank; ties by probability, then feature. Only
        features with positive probability in the topic.

    Raises
    ------
    ValueError
        If ``by`` is unknown or n < 1.
    """
    if by not in get_args(Criterion):
        hint = suggest(by, get_args(Criterion)) or "use prob, frex or lift."
        raise ValueError(f"No criterion by={by!r}; {hint}")
    if n < 1:
        raise ValueError(f"n={n} leaves no feature; ask for 1 or more.")
    phi = model.topic_feature.to_numpy()
    score = {"prob": _identity, "frex": _frex, "lift": _lift}[by](phi, model)
    features = model.topic_feature.columns.to_numpy(dtype=str)
    frames = []
    for topic, name in enumerate(model.topic_feature.index):
        order = np.lexsort((np.arange(len(features)), -phi[topic], -score[topic].round(12)))
        chosen = order[phi[topic][order] > 0][:n]
        rank = np.arange(1, len(chosen) + 1)
        frames.append(
            {"topic": name, "rank": rank, "feature": features[chosen], "weight": score[topic, chosen]}
        )
    table = pd.concat([pd.DataFrame(frame) for frame in frames], ignore_index=True)
    table.attrs = {
        "recipe": [*model.recipe, {"step": "top_features", "n": n, "by": by}],
        "left_out": 0,
        "notes": [],
    }
    return table


def _identity(phi: np.ndarray, model: TopicModel) -> np.ndarray:
    return phi


def _lift(phi: np.ndarray, model: TopicModel) -> np.ndarray:
    size = model.totals @ model.doc_topic.to_numpy()
    overall = size / size.sum() @ phi
    return phi / np.where(overall > 0, overall, 1.0)


def _frex(phi: np.ndarray, model: TopicModel) -> np.ndarray:
    exclusivity = phi / np.maximum(phi.sum(axis=0), np.finfo(float).tiny)
    frequency_rank, exclusivity_rank = (rankdata(x, axis=1) / phi.shape[1] for x in (phi, exclusivity))
    return 2 / (1 / frequency_rank + 1 / exclusivity_rank)
