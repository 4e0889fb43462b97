"""The document as the unit of every comparison: sampling error of rates, correction for many tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis.dfm import membership
from analysis.docvars import named, select_rows

CELLS = 4_000_000  # entries of the largest dense block held at once

LEAST = 3.0  # degrees of freedom: with fewer, intervals of rare features widen without covering more


@dataclass(frozen=True, eq=False)
class GroupRates:
    """Frequencies of features by group, one entry per pair that occurs; groups in order, then features.

    Attributes
    ----------
    group, feature : ndarray of int64
    n, docfreq : ndarray of int64
        Occurrences, and documents with the feature.
    variance, df : ndarray of float64
        Of the logarithm of the rate, over units, and its degrees of freedom: NaN where fewer than two
        units of the group have words.
    size : ndarray of int64
        Per group: word tokens.
    """

    group: np.ndarray
    feature: np.ndarray
    n: np.ndarray
    docfreq: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    size: np.ndarray


def group_rates(
    counts: sparse.csr_matrix, totals: np.ndarray, codes: np.ndarray, n_groups: int, *,
    docfreq: sparse.csr_matrix | None = None,
) -> GroupRates:  # fmt: skip
    r"""Pooled rates :math:`r = \sum n_i / \sum N_i` by group with their sampling error over units.

    The rate is a ratio of two sums over units (Cochran 1977, ch. 6), whose error is taken by
    leaving one unit out at a time: with :math:`h_i = N_i / \sum N` and
    :math:`e_i = n_i - r N_i`, :math:`\mathrm{var}(\log r) = \sum (e_i / (1 - h_i))^2 / (\sum n_i)^2`,
    and not less than :math:`1 / \sum n_i`, the variance were occurrences independent. Its degrees of
    freedom are the effective number of units that the occurrences come from,
    :math:`(\sum n_i)^2 / \sum n_i^2` (Kish 1965), and never less than 3: a few bursts say as little as a few
    documents.

    Parameters
    ----------
    counts : csr_matrix, shape (units, features)
    totals : ndarray, shape (units,)
        Word tokens.
    codes : ndarray, shape (units,)
        Group of each unit; −1 for none.
    n_groups : int
    docfreq : csr_matrix, shape (units, features), optional
        Documents with the feature, entries placed as those of ``counts``; by default a unit is one.
    """
    docfreq = like(counts, np.ones_like(counts.data)) if docfreq is None else docfreq
    square = like(counts, counts.data**2)
    members = membership(codes, n_groups)
    size = members @ totals
    share = totals / np.append(np.maximum(size, 1), np.inf)[codes]
    weight = 1 / np.where(share < 1, 1 - share, 1.0) ** 2
    columns, starts, (n, documents, squares, weighted, cross) = _sums(
        members @ counts, members @ docfreq, members @ square,
        _weighted(members, weight) @ square, _weighted(members, weight * totals) @ counts,
    )  # fmt: skip
    group = np.repeat(np.arange(n_groups), np.diff(starts))
    rate = n / size[group]
    spread = weighted - 2 * rate * cross + rate**2 * (members @ (weight * totals**2))[group]
    variance = np.maximum(spread / n**2, 1 / n)
    effective = np.maximum(n.astype(float) ** 2 / squares, LEAST)
    lone = (members @ (totals > 0).astype(np.int64)) < 2
    return GroupRates(
        group=group, feature=columns.astype(np.int64), n=n, docfreq=documents, variance=variance,
        df=np.where(lone[group], np.nan, effective), size=size,
    )  # fmt: skip


def entries(counts: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns that occur; of each entry, in order, its place among them and its row."""
    present = np.bincount(counts.indices, minlength=counts.shape[1]) > 0
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    return np.flatnonzero(present), (np.cumsum(present) - 1)[counts.indices], row


def like(counts: sparse.csr_matrix, data: np.ndarray) -> sparse.csr_matrix:
    """Other values in the same places, in the same order."""
    return sparse.csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape)


def _sums(*matrices: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Columns, starts of rows and values, in order, of products whose entries stand in the same places."""
    first = matrices[0]
    place = sparse.csr_matrix((np.arange(first.nnz), first.indices, first.indptr), shape=first.shape)
    place.sort_indices()
    return place.indices, place.indptr, [matrix.data[place.data] for matrix in matrices]


def _weighted(members: sparse.csr_matrix, by: np.ndarray) -> sparse.csr_matrix:
    return like(members, by[members.indices])


def t_quantile(df: np.ndarray | float, confidence: float) -> np.ndarray:
    """Standard errors from the middle to either end of a t interval.

    Raises
    ------
    ValueError
        If ``confidence`` is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence!r} is not between 0 and 1; give a share, e.g. 0.95.")
    quantile = np.full(np.shape(df), stats.t.ppf((1 + confidence) / 2, LEAST))
    more = np.not_equal(df, LEAST)
    quantile[more] = stats.t.ppf((1 + confidence) / 2, np.asarray(df)[more])
    return quantile


def two_sides(
    docvars: pd.DataFrame, target: str, reference: str | None, least: int = 1
) -> tuple[np.ndarray, np.ndarray, int]:
    """The documents of two docvars queries, and how many are on neither side as what ``target`` names is not known.

    Without a reference, it is all others for which that is known.

    Raises
    ------
    KeyError
        If a query names no docvar.
    ValueError
        If a side has fewer than ``least`` documents, or a document is on both.
    """
    chosen = select_rows(docvars, target).to_numpy()
    known = docvars[named(target, docvars)].notna().all(axis=1).to_numpy()
    other = ~chosen & known if reference is None else select_rows(docvars, reference).to_numpy()
    rest = f"target={target!r} leaves, as reference," if reference is None else f"reference={reference!r} selects"
    for said, side in ((f"target={target!r} selects", chosen), (rest, other)):
        if side.sum() < least:
            need = f"a comparison needs {least} or more; see the docvars for the values there are."
            raise ValueError(f"{said} {side.sum() or 'no'} documents: {need}")
    if (chosen & other).any():
        both = docvars.index[chosen & other]
        raise ValueError(
            f"{target=} and {reference=} share documents ({len(both)}, the first {both[0]!r}); "
            "make the queries exclude each other."
        )
    return chosen, other, int((~chosen & ~known).sum()) if reference is None else 0


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Smallest false discovery rate at which each hypothesis is rejected (Benjamini and Hochberg 1995)."""
    return stats.false_discovery_control(p, method="bh") if len(p) else np.empty(0)
