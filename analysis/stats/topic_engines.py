"""The programs that fit topic models: counts in; shares, weights and what to record out.

Each returns ``shares`` (documents × k, rows sum to 1), ``weights`` (k × features, rows sum to 1) and
details for the recipe.
"""

from __future__ import annotations

import os
import platform
import sys
import warnings
from types import ModuleType
from typing import Any

import numpy as np
from scipy import sparse

Fit = tuple[np.ndarray, np.ndarray, dict[str, Any]]
NMF_ITERATIONS, LDA_ITERATIONS, GIBBS_ITERATIONS = 2000, 50, 500


def _to_shares(values: np.ndarray) -> np.ndarray:
    """Rows divided by their sums; a row of zeros becomes even."""
    sums = values.sum(axis=1, keepdims=True)
    return np.where(sums > 0, values / np.where(sums > 0, sums, 1.0), 1 / values.shape[1])


def nmf(counts: sparse.csr_matrix, k: int, seed: int) -> Fit:
    """Non-negative factors of the TF-IDF matrix."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfTransformer

    model = NMF(k, init="nndsvda", random_state=seed, max_iter=NMF_ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # said in the recipe
        loadings = model.fit_transform(TfidfTransformer().fit_transform(counts))
    # A topic's amount in a document is its loading times the sum of the topic's weights.
    shares = _to_shares(loadings * model.components_.sum(axis=1))
    return shares, _to_shares(model.components_), {"converged": bool(model.n_iter_ < NMF_ITERATIONS)}


def lda(counts: sparse.csr_matrix, k: int, seed: int) -> Fit:
    """Latent Dirichlet allocation, variational Bayes."""
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(k, random_state=seed, max_iter=LDA_ITERATIONS, learning_method="batch")
    shares = model.fit_transform(counts)
    return _to_shares(shares), _to_shares(model.components_), {"iterations": LDA_ITERATIONS}


def dmr(counts: sparse.csr_matrix, features: np.ndarray, levels: list[str], k: int, seed: int) -> Fit:
    """Dirichlet-multinomial regression on the documents' levels, by Gibbs sampling."""
    from tqdm import tqdm

    tomotopy = _tomotopy()
    model = tomotopy.DMRModel(k=k, seed=seed)
    for row, level in enumerate(levels):
        span = slice(counts.indptr[row], counts.indptr[row + 1])
        model.add_doc(np.repeat(features[counts.indices[span]], counts.data[span]).tolist(), metadata=level)
    for _ in tqdm(range(0, GIBBS_ITERATIONS, 50), desc="主题 topics", delay=2, leave=False):
        model.train(50, workers=1)
    weights = np.zeros((k, len(features)))
    columns = np.searchsorted(features, np.array(list(model.used_vocabs)))
    weights[:, columns] = [model.get_topic_word_dist(topic) for topic in range(k)]
    shares = np.array([doc.get_topic_dist() for doc in model.docs], dtype=float)
    return _to_shares(shares), _to_shares(weights), {"iterations": GIBBS_ITERATIONS, "isa": tomotopy.isa}


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
