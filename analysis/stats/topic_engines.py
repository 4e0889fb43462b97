"""The programs that fit topic models: counts in; weights, shares and what to record out."""

from __future__ import annotations

import os
import platform
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from scipy import sparse

NMF_ITERATIONS, LDA_ITERATIONS, GIBBS_ITERATIONS, FOLD_ITERATIONS = 2000, 50, 500, 100


@dataclass(frozen=True, eq=False)
class Fit:
    """What an engine found.

    Attributes
    ----------
    weights : ndarray, shape (k, features)
        Rows sum to 1.
    shares_of : callable
        Shares (documents × k, rows sum to 1) of the documents with these counts (and these levels of the
        covariate).
    details : dict
        For the recipe.
    """

    weights: np.ndarray
    shares_of: Callable[[sparse.csr_matrix, Sequence[str]], np.ndarray]
    details: dict[str, Any]


def _to_shares(values: np.ndarray) -> np.ndarray:
    """Rows divided by their sums; a row of zeros becomes even."""
    sums = values.sum(axis=1, keepdims=True)
    return np.where(sums > 0, values / np.where(sums > 0, sums, 1.0), 1 / values.shape[1])


def nmf(counts: sparse.csr_matrix, features: np.ndarray, levels: Sequence[str], k: int, seed: int) -> Fit:
    """Non-negative factors of the TF-IDF matrix."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfTransformer

    model, weighting = NMF(k, init="nndsvda", random_state=seed, max_iter=NMF_ITERATIONS), TfidfTransformer()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # said in the recipe
        # scikit-learn: the error of a perfect fit, a square root, may be rounded below zero.
        warnings.filterwarnings("ignore", "invalid value encountered in sqrt", RuntimeWarning)
        model.fit(weighting.fit_transform(counts))

    def shares_of(counts: sparse.csr_matrix, levels: Sequence[str]) -> np.ndarray:
        # A topic's amount in a document is its loading times the sum of the topic's weights.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return _to_shares(model.transform(weighting.transform(counts)) * model.components_.sum(axis=1))

    return Fit(_to_shares(model.components_), shares_of, {"converged": bool(model.n_iter_ < NMF_ITERATIONS)})


def lda(counts: sparse.csr_matrix, features: np.ndarray, levels: Sequence[str], k: int, seed: int) -> Fit:
    """Latent Dirichlet allocation, variational Bayes."""
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(k, random_state=seed, max_iter=LDA_ITERATIONS, learning_method="batch")
    model.fit(counts)
    return Fit(_to_shares(model.components_), lambda counts, _: model.transform(counts), {"iterations": LDA_ITERATIONS})


def gibbs(counts: sparse.csr_matrix, features: np.ndarray, levels: Sequence[str], k: int, seed: int) -> Fit:
    """Latent Dirichlet allocation, collapsed Gibbs sampling."""
    tomotopy = _tomotopy()
    model = tomotopy.LDAModel(k=k, seed=seed)
    weights = _sample(model, counts, features, [{}] * counts.shape[0])
    return Fit(
        weights,
        lambda counts, _: _fold_in(counts, weights, np.tile(model.alpha, (counts.shape[0], 1))),
        _said(tomotopy),
    )


def dmr(counts: sparse.csr_matrix, features: np.ndarray, levels: Sequence[str], k: int, seed: int) -> Fit:
    """Dirichlet-multinomial regression on the documents' levels, by Gibbs sampling."""
    tomotopy = _tomotopy()
    model = tomotopy.DMRModel(k=k, seed=seed)
    weights = _sample(model, counts, features, [{"metadata": level} for level in levels])
    known = sorted(set(levels))
    prior = {level: np.array(model.get_topic_prior(level), dtype=float) for level in known}
    unseen = np.mean(list(prior.values()), axis=0)

    def shares_of(counts: sparse.csr_matrix, levels: Sequence[str]) -> np.ndarray:
        return _fold_in(counts, weights, np.array([prior.get(level, unseen) for level in levels]))

    return Fit(weights, shares_of, _said(tomotopy))


def _said(tomotopy: ModuleType) -> dict[str, Any]:
    return {"iterations": GIBBS_ITERATIONS, "isa": tomotopy.isa}


def _sample(model: Any, counts: sparse.csr_matrix, features: np.ndarray, about: list[dict[str, str]]) -> np.ndarray:
    """Train a tomotopy model, one worker; the features' weights in each topic."""
    from tqdm import tqdm

    for row, metadata in enumerate(about):
        span = slice(counts.indptr[row], counts.indptr[row + 1])
        model.add_doc(np.repeat(features[counts.indices[span]], counts.data[span]).tolist(), **metadata)
    for _ in tqdm(range(0, GIBBS_ITERATIONS, 50), desc="主题 topics", delay=2, leave=False):
        model.train(50, workers=1)
    weights = np.zeros((model.k, len(features)))
    columns = np.searchsorted(features, np.array(list(model.used_vocabs)))
    weights[:, columns] = [model.get_topic_word_dist(topic) for topic in range(model.k)]
    return _to_shares(weights)


def _fold_in(counts: sparse.csr_matrix, weights: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Documents' expected shares given the topics' words (the zero-order update of Asuncion et al. 2009)."""
    cells = counts.tocoo()
    likelihood = np.ascontiguousarray(weights.T[cells.col])
    sums = sparse.csr_matrix(
        (cells.data.astype(float), (cells.row, np.arange(cells.nnz))), shape=(counts.shape[0], cells.nnz)
    )
    shares = _to_shares(alpha)
    for _ in range(FOLD_ITERATIONS):
        before = shares
        shares = _to_shares(alpha + sums @ _to_shares(likelihood * shares[cells.row]))
        if np.abs(shares - before).max() < 1e-6:
            break
    return shares


def _tomotopy() -> ModuleType:
    """tomotopy; at its first import in the build that runs alike on every x86-64 machine."""
    unset = "TOMOTOPY_ISA" not in os.environ and "tomotopy" not in sys.modules
    fix = unset and platform.machine().lower() in ("x86_64", "amd64")
    if fix:
        os.environ["TOMOTOPY_ISA"] = "sse2"
    try:
        with warnings.catch_warnings():
            # tomotopy 0.14: its types do not name their module.
            warnings.filterwarnings("ignore", "builtin type .* has no __module__", DeprecationWarning)
            import tomotopy
    finally:
        if fix:
            del os.environ["TOMOTOPY_ISA"]
    return tomotopy
