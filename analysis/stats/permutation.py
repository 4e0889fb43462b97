"""Permutation of documents between two sides, within strata: p of sums of scores, down to its far tail."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations, product
from math import comb, prod

import numpy as np
from scipy import sparse
from scipy.special import expit, logit, logsumexp, softmax

from analysis.cores import spread
from analysis.stats.resampling import CELLS

_SPARSE = 1 / 16  # the share of units on a side below which adding up only these is faster
_LISTED = 1000  # splits of a stratum that are listed one by one
_ROUNDS = 60  # of Newton's method
_STRIDE = 3.0  # the most by which a step may change an exponent
_NEAR = 1 << 17  # numbers worked on at once, near the processor
_TILE = 256, 512  # splits and features
_MARGIN = 5  # times the bound


def count_splits(strata: np.ndarray, chosen: np.ndarray) -> int:
    """Ways of choosing as many of every stratum as are ``chosen`` (bool)."""
    sizes, picked = np.bincount(strata), np.bincount(strata, weights=chosen)
    return prod(comb(int(n), int(m)) for n, m in zip(sizes, picked, strict=True))


def splits(strata: np.ndarray, chosen: np.ndarray, *, resamples: int, seed: int) -> tuple[np.ndarray, bool]:
    """Ways of splitting units into two sides, as many of every stratum on a side as there are now.

    Parameters
    ----------
    strata : ndarray of int, shape (units,)
        Stratum of each unit, from 0.
    chosen : ndarray of bool, shape (units,)
        The units on the first side now.

    Returns
    -------
    labels : ndarray of float32, shape (splits, units)
        1 on the first side, else 0.
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
    members = [np.flatnonzero(strata == s) for s in range(strata.max(initial=0) + 1)]
    if exact := count_splits(strata, chosen) <= resamples:
        parts = [_listed(len(m), int(chosen[m].sum())) for m in members]
        rows = np.array(list(product(*(range(len(part)) for part in parts))))
    labels = np.empty((len(rows) if exact else resamples, len(strata)), dtype=np.float32)
    rng = np.random.default_rng(seed)
    for s, m in enumerate(members):
        if exact:
            labels[:, m] = parts[s][rows[:, s]]
        else:
            first = np.arange(len(m)) < chosen[m].sum()
            labels[:, m] = rng.permuted(np.tile(first, (resamples, 1)), axis=1)
    return labels, exact


def _listed(n: int, m: int) -> np.ndarray:
    picked = np.array(list(combinations(range(n), m)), dtype=int).reshape(comb(n, m), m)
    labels = np.zeros((len(picked), n), dtype=np.float32)
    np.put_along_axis(labels, picked, 1, axis=1)
    return labels


def permutation_p(
    scores: Callable[[slice], np.ndarray],
    n_features: int,
    *,
    strata: np.ndarray,
    chosen: np.ndarray,
    drawn: tuple[np.ndarray, bool],
    n_jobs: int = 1,
) -> np.ndarray:
    """Two-sided p of each feature: how often a split's sum of scores is as far from its mean as the observed.

    With random splits the observed one is counted among them, (1 + b) / (1 + B), so that p is
    never 0 and the test keeps its level (Phipson and Smyth 2010). Where none of them comes near the
    observed, p is that of ``tail_p``, if smaller.

    Parameters
    ----------
    scores : callable
        Scores (units × features) of a slice of the features: a block is held, never the whole.
    n_features : int
    strata, chosen
        As for ``splits``.
    drawn : tuple
        What ``splits`` returned.
    n_jobs : int
        Processes that share the blocks of features; p does not depend on it.
    """
    block = block_width(drawn[0].shape)
    parts = [slice(start, min(start + block, n_features)) for start in range(0, n_features, block)]
    labels = sparse.csr_array(drawn[0]) if chosen.mean() < _SPARSE else drawn[0]
    work = partial(_block_p, scores, strata, chosen, (labels, drawn[1]))
    return np.concatenate([np.empty(0), *spread(work, parts, n_jobs=n_jobs, what="置换 permutation")])


def block_width(shape: tuple[int, int]) -> int:
    """Features of a block, for so many (splits, units)."""
    return max(1, CELLS // max(shape))


def _block_p(
    scores_of: Callable[[slice], np.ndarray], strata: np.ndarray, chosen: np.ndarray,
    drawn: tuple[np.ndarray | sparse.csr_array, bool], part: slice,
) -> np.ndarray:  # fmt: skip
    labels, exact = drawn
    n = labels.shape[0]
    rows = [labels[start : start + _TILE[0]] for start in range(0, n, _TILE[0])]
    hits, lone = np.zeros(part.stop - part.start, dtype=np.uint32), []
    for start in range(part.start, part.stop, _TILE[1]):
        tile = slice(start, min(start + _TILE[1], part.stop))
        scores = _standard(scores_of(tile), strata)
        found = hits[tile.start - part.start : tile.stop - part.start]
        # A split as extreme but for rounding counts as a tie, whatever the order of summation.
        threshold = (np.abs(chosen.astype(float) @ scores) - 1e-4).astype(np.float32)
        rounded = scores.astype(np.float32)
        for row in rows:
            sums = row @ rounded
            found += (np.abs(sums, out=sums) >= threshold).sum(axis=0, dtype=np.uint32)
        lone.append(scores[:, found == 0])
    if exact:
        return hits / n
    p = (1 + hits) / (1 + n)
    far = np.flatnonzero(hits == 0)
    if len(far):
        p[far] = np.minimum(p[far], tail_p(np.hstack(lone), strata, chosen))
    return p


def _standard(scores: np.ndarray, strata: np.ndarray) -> np.ndarray:
    """Scores less the mean of their stratum, in units of their standard deviation."""
    order = np.argsort(strata, kind="stable")
    starts = np.flatnonzero(np.diff(strata[order], prepend=-1))
    means = np.add.reduceat(scores[order], starts, axis=0) / np.bincount(strata)[:, None]
    scores = scores - means[strata]
    spread = np.sqrt(np.einsum("ij,ij->j", scores, scores) / len(scores))
    scores /= np.where(spread > 1e-12, spread, 1.0)
    return scores


def tail_p(scores: np.ndarray, strata: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    r"""Two-sided p of sums too far out to be met among random splits: a bound, never below the exact p.

    ``scores`` are units × features, less the mean of their stratum. With the cumulant generating function K of a
    split's sum S, Chernoff's bound is

    .. math:: P(S \ge s) \le \min_t e^{K(t) - ts},

    at the saddlepoint :math:`K'(t) = s`. K is exact for strata of up to a thousand splits (for pairs, log
    cosh), and otherwise the saddlepoint approximation to sampling without replacement (Robinson 1982; Booth
    and Butler 1990). Their further factor for :math:`P(S \ge s)` supposes a smooth sum and is down to 0.3 of
    the exact p for counts, which jump; the bound is about 2 to 10 times the exact p. It is given five times over:
    of thousands of features that do not differ one is far out in one table of twenty by chance alone, and a
    lone far feature should not be a discovery so often (``docs/evaluation-inference.md``).
    """
    groups = _alike(strata, chosen)
    observed = np.abs(chosen.astype(float) @ scores)
    p = np.empty(scores.shape[1])
    block = max(1, _NEAR // sum(len(members) * max(members.shape[1], len(listed)) for members, listed, _ in groups))
    for start in range(0, len(p), block):
        part = slice(start, start + block)
        units = np.ascontiguousarray(scores[:, part].T)
        x = [(units[:, rows] @ listed.T, 0) if len(listed) else (units[:, rows], m) for rows, listed, m in groups]
        p[part] = sum(_upper_tail([(sign * of, m) for of, m in x], observed[part]) for sign in (1.0, -1.0))
    return np.clip(_MARGIN * p, np.finfo(float).tiny, 1.0)


def _alike(strata: np.ndarray, chosen: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, int]]:
    """Strata of equal size and split: their members (strata × units), listed splits if few, number chosen."""
    sizes, picked = np.bincount(strata), np.bincount(strata, weights=chosen).astype(int)
    order = np.argsort(strata, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    groups = []
    for n, m in sorted({(int(n), int(m)) for n, m in zip(sizes, picked, strict=True) if 0 < m < n}):
        which = np.flatnonzero((sizes == n) & (picked == m))
        members = order[starts[which][:, None] + np.arange(n)]
        listed = _listed(n, m) if comb(n, m) <= _LISTED else np.empty((0, n))
        groups.append((members, listed, m))
    return groups


def _upper_tail(x: list[tuple[np.ndarray, int]], level: np.ndarray) -> np.ndarray:
    """P(S ≥ level) by Newton's method in t and each stratum's tilt (its units' log odds at t = 0), feature by feature.

    ``x`` has, for strata alike, features × strata × units with how many are chosen, or × listed splits with 0.
    """
    t, tilts = np.zeros(len(level)), [np.full(of.shape[:2], logit(m / of.shape[2]) if m else 0.0) for of, m in x]
    size = np.max([np.abs(of).max(axis=(1, 2)) for of, _ in x], axis=0)
    most = [np.partition(of, -(m or 1), axis=2)[:, :, -(m or 1) :].sum(axis=(1, 2)) for of, m in x]
    on = np.flatnonzero(within := level <= (1 + 1e-9) * sum(most))
    left = [(of[on], m) for of, m in x]
    for _ in range(_ROUNDS):
        found = [_slopes(t[on], tilt[on], *of) for tilt, of in zip(tilts, left, strict=True)]
        mean, variance, unmet = (sum(part) for part in list(zip(*found, strict=True))[:3])
        step = (level[on] - mean) / np.maximum(variance, 1e-12)
        turns = [off - centre * step[:, None] for *_, off, centre in found]
        length = np.maximum(np.abs(step), 1e-300)
        stride = np.max([np.abs(turn).max(axis=1) for turn in turns], axis=0) + length * size[on]
        cut = np.minimum(1, np.maximum(_STRIDE / stride, t[on] / length / (1 + (step < 0))))
        t[on] += cut * step
        for tilt, turn in zip(tilts, turns, strict=True):
            tilt[on] += cut[:, None] * turn
        more = step * (level[on] - mean) + unmet > 1e-12
        on, left = on[more], [(of[more], m) for of, m in left]
        if not len(on):
            break
    exponent = sum(_generating(t, tilt, *of) for tilt, of in zip(tilts, x, strict=True)) - t * level
    return np.where(within, np.exp(np.minimum(exponent, 0)), 0.0)


def _slopes(t: np.ndarray, tilt: np.ndarray, x: np.ndarray, m: int) -> tuple[np.ndarray, ...]:
    """K', K''; how far from as many expected as chosen; by stratum, what its tilt lacks, and loses per unit of t."""
    if not m:
        weight = softmax(t[:, None, None] * x, axis=2)
        mean = np.einsum("fsi,fsi->fs", weight, x)
        variance = np.einsum("fsi,fsi->f", weight, (x - mean[:, :, None]) ** 2)
        return mean.sum(axis=1), variance, np.zeros_like(t), np.zeros_like(tilt), np.zeros_like(tilt)
    p = expit(tilt[:, :, None] + t[:, None, None] * x)
    wanting = m - p.sum(axis=2)
    mean = np.einsum("fsi,fsi->fs", p, x)
    p *= 1 - p
    v = np.maximum(p.sum(axis=2), 1e-300)
    p *= x
    cross = p.sum(axis=2)
    off, centre = wanting / v, cross / v
    variance = np.einsum("fsi,fsi->fs", p, x) - cross * centre
    return (mean + cross * off).sum(axis=1), variance.sum(axis=1), (wanting * off).sum(axis=1), off, centre


def _generating(t: np.ndarray, tilt: np.ndarray, x: np.ndarray, m: int) -> np.ndarray:
    """K of strata alike: of listed splits, or of m units without replacement, chosen with odds exp(tilt + t x)."""
    n, odds = x.shape[2], tilt[:, :, None] + t[:, None, None] * x
    if not m:
        return (logsumexp(odds, axis=2) - np.log(n)).sum(axis=1)
    at_zero = -n * np.log1p(-m / n) - m * logit(m / n) - np.log(m * (n - m) / n) / 2
    p = expit(odds)
    # As many as are chosen come with probability (2 π v)^-1/2, and never more than 1, to which it goes far out.
    v = np.maximum((p * (1 - p)).sum(axis=2), 1 / (2 * np.pi))
    return (np.logaddexp(0, odds).sum(axis=2) - m * tilt - np.log(v) / 2 - at_zero).sum(axis=1)
