"""The document as the unit of every comparison: sampling error of rates, permutation of documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from scipy import sparse, stats

from analysis.dfm import membership

_CELLS = 12_000_000  # entries of the largest dense block held at once


@dataclass(frozen=True, eq=False)
class GroupRates:
    """Frequencies of features by group, one entry per pair that occurs; groups in order, then features.

    Attributes
    ----------
    group, feature : ndarray of int64
    n, docfreq : ndarray of int64
        Occurrences, and documents with an occurrence.
    variance : ndarray of float64
        Of the logarithm of the rate, over documents.
    size, df : ndarray
        Per group: word tokens, and degrees of freedom of ``variance``, NaN for fewer than two
        documents with words.
    """

    group: np.ndarray
    feature: np.ndarray
    n: np.ndarray
    docfreq: np.ndarray
    variance: np.ndarray
    size: np.ndarray
    df: np.ndarray


def group_rates(
    counts: sparse.csr_matrix, totals: np.ndarray, codes: np.ndarray, n_groups: int
) -> GroupRates:
    r"""Pooled rates :math:`r = \sum n_i / \sum N_i` by group with their sampling error over documents.

    The rate is a ratio of two sums over documents (Cochran 1977, ch. 6), whose error is taken by
    leaving one document out at a time: with :math:`h_i = N_i / \sum N` and
    :math:`e_i = n_i - r N_i`, :math:`\mathrm{var}(\log r) = \sum (e_i / (1 - h_i))^2 / (\sum n_i)^2`,
    and not less than :math:`1 / \sum n_i`, the variance were occurrences independent. Its degrees of
    freedom are those of the effective number of documents :math:`1 / \sum h_i^2` (Kish 1965), less one.

    Parameters
    ----------
    counts : csr_matrix, shape (documents, features)
    totals : ndarray, shape (documents,)
        Word tokens.
    codes : ndarray, shape (documents,)
        Group of each document; −1 for none.
    n_groups : int
    """
    members = membership(codes, n_groups)
    size = members @ totals
    share = totals / np.append(np.maximum(size, 1), np.inf)[codes]
    weight = 1 / np.where(share < 1, 1 - share, 1.0) ** 2
    n = _sorted(members @ counts)
    squares = _sorted(_scaled(members, weight) @ counts.power(2)).data
    cross = _sorted(_scaled(members, weight * totals) @ counts).data
    group = np.repeat(np.arange(n_groups), np.diff(n.indptr))
    rate = n.data / size[group]
    spread = squares - 2 * rate * cross + rate**2 * (members @ (weight * totals**2))[group]
    variance = np.maximum(spread / n.data**2, 1 / n.data)
    lone = (members @ (totals > 0).astype(np.int64)) < 2
    effective = 1 / np.maximum(members @ share**2, 1e-12)
    return GroupRates(
        group=group, feature=n.indices.astype(np.int64), n=n.data,
        docfreq=_sorted(members @ (counts > 0).astype(np.int64)).data,
        variance=variance, size=size, df=np.where(lone, np.nan, np.maximum(effective - 1, 1.0)),
    )  # fmt: skip


def _scaled(members: sparse.csr_matrix, by: np.ndarray) -> sparse.csr_matrix:
    return members @ sparse.diags_array(by, format="csr")


def _sorted(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    matrix = sparse.csr_matrix(matrix)
    matrix.sort_indices()
    return matrix


def t_quantile(df: np.ndarray, confidence: float) -> np.ndarray:
    """Standard errors from the middle to either end of a t interval.

    Raises
    ------
    ValueError
        If ``confidence`` is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence!r} is not between 0 and 1; give a share, e.g. 0.95.")
    return stats.t.ppf((1 + confidence) / 2, df)


def splits(n: int, size: int, *, resamples: int, seed: int) -> tuple[np.ndarray, bool]:
    """Ways of splitting ``n`` documents into a group of ``size`` and the rest.

    Returns
    -------
    labels : ndarray of float32, shape (splits, n)
        1 in the group, else 0.
    exact : bool
        True when the rows are all splits, each once (there are no more than ``resamples``);
        False when they are ``resamples`` random ones.

    Raises
    ------
    ValueError
        If ``resamples`` is less than 1.
    """
    if resamples < 1:
        raise ValueError(f"resamples={resamples} leaves nothing to compare with; give at least 1, e.g. 9999.")
    exact = comb(n, size) <= resamples
    if not exact:
        row = (np.arange(n) < size).astype(np.float32)
        return np.random.default_rng(seed).permuted(np.tile(row, (resamples, 1)), axis=1), False
    chosen = np.array(list(combinations(range(n), size)))
    labels = np.zeros((len(chosen), n), dtype=np.float32)
    np.put_along_axis(labels, chosen, 1, axis=1)
    return labels, True


def permutation_p(
    scores: Callable[[slice], np.ndarray],
    n_features: int,
    *,
    observed: np.ndarray,
    labels: np.ndarray,
    exact: bool,
) -> np.ndarray:
    """Two-sided p of each feature: how often a split's sum of scores is as far from its mean as the observed.

    With random splits the observed one is counted among them, (1 + b) / (1 + B), so that p is
    never 0 and the test keeps its level (Phipson and Smyth 2010).

    Parameters
    ----------
    scores : callable
        Scores (documents × features) of a slice of the features: a block is held, never the whole.
    n_features : int
    observed : ndarray of bool, shape (documents,)
        The group as observed.
    labels, exact
        As ``splits`` gives them.
    """
    block = max(1, _CELLS // max(labels.shape))
    p = np.ones(n_features)
    for start in range(0, n_features, block):
        part = slice(start, min(start + block, n_features))
        p[part] = _block_p(scores(part), observed, labels, exact)
    return p


def _block_p(scores: np.ndarray, observed: np.ndarray, labels: np.ndarray, exact: bool) -> np.ndarray:
    scores = scores - scores.mean(axis=0)
    spread = scores.std(axis=0)
    scores /= np.where(spread > 0, spread, 1.0)
    # A split as extreme but for rounding counts as a tie, whatever the order of summation.
    threshold = np.abs(observed.astype(float) @ scores) - 1e-4
    sums = scores.astype(np.float32).T @ labels.T
    hits = (np.abs(sums, out=sums) >= threshold[:, None].astype(np.float32)).sum(axis=1)
    return hits / len(labels) if exact else (1 + hits) / (1 + len(labels))


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Smallest false discovery rate at which each hypothesis is rejected (Benjamini and Hochberg 1995)."""
    return stats.false_discovery_control(p, method="bh") if len(p) else np.empty(0)
