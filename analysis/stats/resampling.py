"""The document as the unit of every comparison: sampling error of rates, correction for many tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse, stats

from analysis.dfm import membership

CELLS = 4_000_000  # entries of the largest dense block held at once

LEAST = 3.0  # degrees of freedom: with fewer, intervals of rare features widen without covering more


@dataclass(frozen=True, eq=False)
class GroupRates:
    """Frequencies of features by group, one entry per pair that occurs; groups in order, then features.

    Attributes
    ----------
    group, feature : ndarray of int64
    n : ndarray of int64
        Occurrences.
    variance, df : ndarray of float64
        Of the logarithm of the rate, over documents, and its degrees of freedom: NaN where fewer than two
        documents of the group have words.
    size : ndarray of int64
        Per group: word tokens.
    """

    group: np.ndarray
    feature: np.ndarray
    n: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    size: np.ndarray


def group_rates(
    counts: sparse.csr_matrix, totals: np.ndarray, codes: np.ndarray, n_groups: int
) -> GroupRates:
    r"""Pooled rates :math:`r = \sum n_i / \sum N_i` by group with their sampling error over documents.

    The rate is a ratio of two sums over documents (Cochran 1977, ch. 6), whose error is taken by
    leaving one document out at a time: with :math:`h_i = N_i / \sum N` and
    :math:`e_i = n_i - r N_i`, :math:`\mathrm{var}(\log r) = \sum (e_i / (1 - h_i))^2 / (\sum n_i)^2`,
    and not less than :math:`1 / \sum n_i`, the variance were occurrences independent. Its degrees of
    freedom are the effective number of documents that the occurrences come from,
    :math:`(\sum n_i)^2 / \sum n_i^2` (Kish 1965), and never less than 3: a few bursts say as little as a few
    documents.

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
    effective = np.maximum(n.data.astype(float) ** 2 / _sorted(members @ counts.power(2)).data, LEAST)
    cross = _sorted(_scaled(members, weight * totals) @ counts).data
    group = np.repeat(np.arange(n_groups), np.diff(n.indptr))
    rate = n.data / size[group]
    spread = squares - 2 * rate * cross + rate**2 * (members @ (weight * totals**2))[group]
    variance = np.maximum(spread / n.data**2, 1 / n.data)
    lone = (members @ (totals > 0).astype(np.int64)) < 2
    return GroupRates(
        group=group, feature=n.indices.astype(np.int64), n=n.data,
        variance=variance, df=np.where(lone[group], np.nan, effective), size=size,
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


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Smallest false discovery rate at which each hypothesis is rejected (Benjamini and Hochberg 1995)."""
    return stats.false_discovery_control(p, method="bh") if len(p) else np.empty(0)
