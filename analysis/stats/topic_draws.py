"""Topic models fitted again to resampled documents: how much of a topic is the data's, how much the fit's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import cache
from analysis.cores import spread
from analysis.dfm import Dfm, group_codes
from analysis.stats.topic_engines import Fit

TOP, UNSTABLE = 10, 1 / 3
LONG = 10.0  # seconds
Fitter = Callable[[sparse.csr_matrix, Sequence[str], int], Fit]
Made = tuple[dict[str, np.ndarray], dict[str, Any]]


def once(make: Callable[[], Made], dfm: Dfm, levels: Sequence[str], step: dict[str, Any]) -> Made:
    """Arrays and details as ``make`` returns them; what takes over ten seconds is kept by content for the next time."""
    units = dfm.docvars["parent"].astype(str) if "parent" in dfm.docvars else ()
    code = cache.source_digest(("stats/topic*.py",), ("scikit-learn", "tomotopy", "numpy", "scipy"))
    about = json.dumps([step, list(levels), list(units), dfm.features.tolist()])
    counts = (part.tobytes() for part in (dfm.counts.data, dfm.counts.indices, dfm.counts.indptr))
    path = cache.place("topics", cache.digest(code, about, *counts))
    if (kept := cache.read(path)) is not None:
        return cache.unpack(kept)
    began = time.monotonic()
    arrays, details = make()
    if time.monotonic() - began > LONG:
        cache.write(path, cache.pack({name: array.ravel() for name, array in arrays.items()}, details))
    return arrays, details


def units_of(docvars: pd.DataFrame) -> np.ndarray:
    """The number of the document that each row fitted is, or is a part of."""
    return group_codes(docvars, "parent")[0] if "parent" in docvars else np.arange(len(docvars))


def refits(
    fit: Fitter, dfm: Dfm, levels: Sequence[str], weights: np.ndarray, *, draws: int, seed: int, n_jobs: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Fit to bootstrap samples of documents (all parts of a document together), each with its own seed.

    Returns
    -------
    shares : ndarray, shape (draws, documents, k)
        Of all documents under each fit, topics in the order of ``weights`` they were paired with.
    weights : ndarray, shape (draws, k, features)
    """
    unit = units_of(dfm.docvars)
    members = np.split(np.argsort(unit, kind="stable"), np.cumsum(np.bincount(unit))[:-1])
    rng = np.random.default_rng(seed)
    samples = [
        (np.concatenate([members[u] for u in rng.integers(0, len(members), len(members))]), seed + number)
        for number in range(1, draws + 1)
    ]
    work = partial(_refit, fit, dfm.counts, levels, weights)
    found = spread(work, samples, n_jobs=n_jobs, what="主题稳定性 refits")
    shares, drawn = zip(*found, strict=True)
    return np.stack(shares), np.stack(drawn)


def _refit(
    fit: Fitter, counts: sparse.csr_matrix, levels: Sequence[str], weights: np.ndarray, sample: tuple[np.ndarray, int]
) -> tuple[np.ndarray, np.ndarray]:
    rows, seed = sample
    found = fit(counts[rows], [levels[row] for row in rows], seed)
    order = pair(weights, found.weights)
    return found.shares_of(counts, levels)[:, order], found.weights[order]


def pair(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """For each topic of ``one``, the topic of ``other`` in the pairing whose first features overlap most.

    The Hungarian algorithm on the Jaccard similarity of ten first features; ties by the Bhattacharyya
    coefficient of the whole distributions.
    """
    from scipy.optimize import linear_sum_assignment

    likeness = jaccard(one, other) + 1e-3 * np.sqrt(one) @ np.sqrt(other).T
    return linear_sum_assignment(-likeness)[1]


def jaccard(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Jaccard similarity of the ten first features of every two topics, shape (topics, other topics)."""
    a, b = _first(one), _first(other)
    both = (a @ b.T).toarray()
    return both / np.maximum(a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :] - both, 1)


def stability(weights: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Mean over draws of the overlap of each topic's ten first features with its pair's, shape (k,)."""
    return np.mean([np.diag(jaccard(weights, other)) for other in drawn], axis=0)


def first_features(weights: np.ndarray) -> list[np.ndarray]:
    """Columns of each topic's ten first features, those with weight only."""
    order = np.argsort(-weights, axis=1, kind="stable")[:, :TOP]
    return [columns[weights[topic, columns] > 0] for topic, columns in enumerate(order)]


def _first(weights: np.ndarray) -> sparse.csr_array:
    columns = first_features(weights)
    rows = np.repeat(np.arange(len(weights)), [len(one) for one in columns])
    return sparse.csr_array((np.ones(len(rows)), (rows, np.concatenate(columns))), shape=weights.shape)
