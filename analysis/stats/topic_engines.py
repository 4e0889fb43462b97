"""The programs that fit topic models: counts in; weights, shares and what to record out."""

from __future__ import annotations

import os
import platform
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from scipy import sparse

NMF_ITERATIONS, LDA_ITERATIONS, GIBBS_ITERATIONS, FOLD_ITERATIONS = 2000, 20, 100, 100
ETA = 0.01


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


def to_shares(values: np.ndarray) -> np.ndarray:
    """Rows divided by their sums; a row of zeros becomes even."""
    sums = values.sum(axis=1, keepdims=True)
    return np.where(sums > 0, values / np.where(sums > 0, sums, 1.0), 1 / values.shape[1])


def nmf(features: np.ndarray, k: int, counts: sparse.csr_matrix, levels: Sequence[str], seed: int) -> Fit:
    """Non-negative factors of the TF-IDF matrix."""
    model, weighting = _factors(counts, k, seed)

    def shares_of(counts: sparse.csr_matrix, levels: Sequence[str]) -> np.ndarray:
        # A topic's amount in a document is its loading times the sum of the topic's weights.
        with one_thread():
            return to_shares(model.transform(weighting.transform(counts)) * model.components_.sum(axis=1))

    return Fit(to_shares(model.components_), shares_of, {"converged": bool(model.n_iter_ < NMF_ITERATIONS)})


def _factors(counts: sparse.csr_matrix, k: int, seed: int) -> tuple[Any, Any]:
    """The fitted NMF and its TF-IDF weighting."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfTransformer

    model, weighting = NMF(k, init="nndsvda", random_state=seed, max_iter=NMF_ITERATIONS), TfidfTransformer()
    with one_thread():
        model.fit(weighting.fit_transform(counts))
    return model, weighting


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums in one order, however many cores; without scikit-learn's warnings of what the recipe says."""
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # scikit-learn: the error of a perfect fit, a square root, may be rounded below zero.
        warnings.filterwarnings("ignore", "invalid value encountered in sqrt", RuntimeWarning)
        yield


def _start(counts: sparse.csr_matrix, k: int, seed: int) -> np.ndarray:
    """Topics of NMF, freed of their idf, to start the other methods from; rows sum to 1."""
    model, weighting = _factors(counts, k, seed)
    return to_shares(model.components_ / weighting.idf_)


def lda(features: np.ndarray, k: int, counts: sparse.csr_matrix, levels: Sequence[str], seed: int) -> Fit:
    """Latent Dirichlet allocation, variational Bayes, started from the topics of NMF."""
    from scipy.special import psi
    from sklearn.decomposition import LatentDirichletAllocation

    start = _start(counts, k, seed) * counts.sum() / k + 1 / k

    class Started(LatentDirichletAllocation):
        def _init_latent_vars(self, *args: Any, **options: Any) -> None:
            super()._init_latent_vars(*args, **options)
            self.components_ = start
            self.exp_dirichlet_component_ = np.exp(psi(start) - psi(start.sum(axis=1, keepdims=True)))

    model = Started(k, random_state=seed, max_iter=LDA_ITERATIONS)
    with one_thread():
        model.fit(counts.astype(float))

    def shares_of(counts: sparse.csr_matrix, levels: Sequence[str]) -> np.ndarray:
        with one_thread():
            return model.transform(counts.astype(float))

    return Fit(to_shares(model.components_), shares_of, {"iterations": LDA_ITERATIONS})


def gibbs(features: np.ndarray, k: int, counts: sparse.csr_matrix, levels: Sequence[str], seed: int) -> Fit:
    """Latent Dirichlet allocation, collapsed Gibbs sampling."""
    tomotopy = _tomotopy()
    model = tomotopy.LDAModel(k=k, seed=seed, eta=ETA)
    weights = _sample(model, counts, features, [{}] * counts.shape[0])
    return Fit(
        weights,
        lambda counts, _: _fold_in(counts, weights, np.tile(model.alpha, (counts.shape[0], 1))),
        _said(tomotopy),
    )


def dmr(features: np.ndarray, k: int, counts: sparse.csr_matrix, levels: Sequence[str], seed: int) -> Fit:
    """Dirichlet-multinomial regression on the documents' levels, by Gibbs sampling."""
    tomotopy = _tomotopy()
    model = tomotopy.DMRModel(k=k, seed=seed, eta=ETA)
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
    """Train a tomotopy model, one worker, from the topics of NMF; the features' weights in each topic."""
    from tqdm import tqdm

    _lean(model, counts, features)
    for row, metadata in enumerate(about):
        span = slice(counts.indptr[row], counts.indptr[row + 1])
        model.add_doc(np.repeat(features[counts.indices[span]], counts.data[span]).tolist(), **metadata)
    for _ in tqdm(range(0, GIBBS_ITERATIONS, 20), desc="主题 topics", delay=5, leave=False):
        model.train(20, workers=1)
    weights = np.zeros((model.k, len(features)))
    columns = np.searchsorted(features, np.array(list(model.used_vocabs)))
    weights[:, columns] = [model.get_topic_word_dist(topic) for topic in range(model.k)]
    return to_shares(weights)


def _lean(model: Any, counts: sparse.csr_matrix, features: np.ndarray) -> None:
    """Let the prior of the topics' words, of mean ``ETA`` as usual, lean towards the topics of NMF.

    tomotopy draws each word's first topic from this prior, which is next to nothing beside the counts afterwards.
    From a random start, fits often end with two topics merged.
    """
    start = to_shares(_start(counts, model.k, 0).T)
    for column in np.flatnonzero(counts.getnnz(axis=0)):
        model.set_word_prior(features[column], (ETA * (0.9 * model.k * start[column] + 0.1)).tolist())


def _fold_in(counts: sparse.csr_matrix, weights: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Documents' expected shares given the topics' words (the zero-order update of Asuncion et al. 2009)."""
    row, words = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)), np.ascontiguousarray(weights.T)
    likelihood, shares, ratio = words[counts.indices], to_shares(alpha), counts.astype(float)
    for _ in range(FOLD_ITERATIONS):
        before = shares
        expected = np.einsum("ck,ck->c", likelihood, shares[row])
        ratio.data = np.where(expected > 0, counts.data / np.where(expected > 0, expected, 1.0), 0.0)
        shares = to_shares(alpha + shares * (ratio @ words))
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
