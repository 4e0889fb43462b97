"""Topic models of a sharded corpus, learnt a batch of documents at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

from analysis.shards.counts import ShardedDfm, columns_of
from analysis.stats.topic_engines import one_thread, to_shares
from analysis.stats.topics import TopicModel, check_k, model_of

BATCH, PASSES = 256, 20


def topics(dfm: ShardedDfm, k: int, *, method: str = "nmf", seed: int = 0) -> TopicModel:
    """Fit a topic model online: 20 passes over the documents in their order, 256 at a time.

    - ``nmf``: non-negative factors of the TF-IDF matrix (scikit-learn's MiniBatchNMF; Lefèvre, Bach & Févotte 2011).
    - ``lda``: latent Dirichlet allocation, variational (Hoffman, Blei & Bach 2010).

    Determined by counts, k, seed and the order of the documents, not by the shards. Not the models of ``topics`` of
    a corpus in memory, which look at all documents at once.

    Raises
    ------
    ValueError
        If k does not fit or the method is neither.
    """
    if method not in ("nmf", "lda"):
        raise ValueError(f"No method {method!r} for a sharded corpus; use nmf or lda, or dfm.whole() in memory.")
    rows = np.concatenate([counts.getnnz(axis=1) > 0 for counts in _counts(dfm)])
    check_k(k, int(rows.sum()), len(dfm.features))
    engine = _engine(method, k, seed, int(rows.sum()))
    # Weights of the features, as scikit-learn's TfidfTransformer has them.
    idf = np.log((1 + len(dfm)) / (1 + dfm.docfreq)) + 1 if method == "nmf" else None
    with one_thread():
        for _ in range(PASSES):
            for batch in _batches(dfm, idf):
                engine.partial_fit(batch)
        weight = engine.components_.sum(axis=1) if method == "nmf" else 1.0
        shares = np.vstack([to_shares(engine.transform(batch) * weight) for batch in _batches(dfm, idf)])
    step = {"step": "topics", "method": method, "k": k, "seed": seed, "left_out": int((~rows).sum())}
    step |= {"passes": PASSES, "batch": BATCH}
    arrays = {"shares": shares, "weights": to_shares(engine.components_)}
    return model_of(dfm.nothing().take(np.flatnonzero(rows)), arrays, False, step)


def _engine(method: str, k: int, seed: int, documents: int) -> Any:
    from sklearn.decomposition import LatentDirichletAllocation, MiniBatchNMF

    if method == "lda":
        return LatentDirichletAllocation(k, random_state=seed, total_samples=documents)
    # What was learnt a pass ago counts for 0.7 of what is learnt now.
    forget = 0.7 ** min(1.0, BATCH / documents)
    return MiniBatchNMF(k, init="nndsvda", random_state=seed, batch_size=BATCH, forget_factor=forget)


def _counts(dfm: ShardedDfm) -> Iterator[sparse.csr_matrix]:
    return (columns_of(file, dfm.features) for file in dfm.files)


def _batches(dfm: ShardedDfm, idf: np.ndarray | None) -> Iterator[sparse.csr_matrix]:
    """Documents with features, so many at a time whatever the shards; no more than a shard and a batch are held."""
    from sklearn.preprocessing import normalize

    rest = sparse.csr_matrix((0, len(dfm.features)))
    for counts in _counts(dfm):
        own = counts[np.flatnonzero(counts.getnnz(axis=1))]
        own = own if idf is None else normalize(own @ sparse.diags_array(idf, format="csr"))
        rest = sparse.vstack([rest, own], format="csr")
        while rest.shape[0] >= 2 * BATCH:
            yield rest[:BATCH]
            rest = rest[BATCH:]
    yield rest  # between one batch and two, so that none is tiny
