"""Jensen–Shannon divergence of sums of documents: over splits of them, all or sampled, and leaving one out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from analysis.stats.permutation import splits
from analysis.stats.resampling import t_quantile

_LEAST = 3  # documents of a side for an interval
_PARTS = 50  # of a side, at most, to leave out one at a time
_SMALL = 2_000_000  # counts to add up in double precision; more, in integers of 16 bits, to 1e-7 bits
_LONG, _WIDE, _CACHED = 1 << 14, 128, 1 << 16  # features and splits at once; numbers that stay at hand
_WHOLE, _EVERY = 512, 8  # the commonest features, and one of so many others
_STAGES, _FAR = (9, 39), 30  # splits, until one is as far apart; standard deviations beyond which none will be


class Side(NamedTuple):
    counts: sparse.csr_matrix  # features × documents
    n: np.ndarray  # occurrences of each feature
    docfreq: np.ndarray
    words: np.ndarray  # of each document


def side_of(counts: sparse.csr_matrix) -> Side:
    n, words = (np.asarray(counts.sum(axis=axis)).ravel().astype(float) for axis in (0, 1))
    by_feature = counts.astype(np.uint16 if counts.data.max(initial=0) < 1 << 16 else np.float32).T.tocsr()
    return Side(by_feature, n, np.diff(by_feature.indptr), words)


def corrected(both: tuple[Side, Side], of_target: np.ndarray, *, resamples: int, seed: int) -> dict[str, float]:
    """Divergence of the pooled counts, its mean over splits of the documents, the difference and p."""
    n = len(of_target)
    smaller = min(int(of_target.sum()), n - int(of_target.sum()))
    labels, exact = splits(np.zeros(n, dtype=np.int64), np.arange(n) < smaller, resamples=resamples, seed=seed)
    labels = np.concatenate([of_target[None, :], labels])
    pooled, *rest = _divergences(both, [labels[:, of_target], labels[:, ~of_target]])
    if n < 3:
        return {"jsd": np.nan, "jsd_pooled": pooled, "jsd_chance": np.nan, "p": 1.0}
    chance = np.array(rest)
    hits = int((chance >= pooled - 1e-7).sum())
    p = hits / len(chance) if exact else (1 + hits) / (1 + len(chance))
    mean = chance.mean()
    return {"jsd": (pooled - mean) * _scale(mean, n), "jsd_pooled": pooled, "jsd_chance": mean, "p": p}


def samples_of(groups: list[Side], *, resamples: int, seed: int) -> list[tuple[Side, np.ndarray]]:
    """Of each group, its features, the commonest of all first, counts of some; its documents' ranks in each split."""
    order = np.argsort(-np.sum([side.n for side in groups], axis=0), kind="stable")
    ends, some = np.cumsum([len(side.words) for side in groups]), _looked_at(order)
    ranks = np.random.default_rng(seed).permuted(np.tile(np.arange(ends[-1], dtype=np.int32), (resamples, 1)), axis=1)
    real: type = np.float32
    sides = [
        Side(one.counts[some].astype(real), one.n[order].astype(real), one.docfreq[order].astype(real), one.words)
        for one in groups
    ]
    return list(zip(sides, np.split(ranks, ends[:-1], axis=1), strict=True))


def _looked_at(features: np.ndarray) -> np.ndarray:
    return np.concatenate([features[:_WHOLE], features[_WHOLE::_EVERY]])


def sampled(*samples: tuple[Side, np.ndarray]) -> dict[str, float]:
    """As ``corrected``, from some of the features, and no more splits than decide."""
    both, ranks = [side for side, _ in samples], [ranks for _, ranks in samples]
    first, words, order = len(both[0].words), np.concatenate([side.words for side in both]), np.hstack(ranks)
    smaller = min(first, len(words) - first)
    drawn = order < np.partition(order, smaller, axis=1)[:, smaller, None]
    labels = np.concatenate([np.arange(len(words))[None, :] < first, drawn]).astype(np.float32)
    n, docfreq = both[0].n + both[1].n, both[0].docfreq + both[1].docfreq
    common = n * (1 - 1 / np.maximum(docfreq, 1))  # what two sides have in common, by and large
    weight = np.ones(len(_looked_at(n)), dtype=np.float32)
    weight[_WHOLE:] = common[_WHOLE:].sum() / max(common[_WHOLE::_EVERY].sum(), 1)

    def apart(a: np.ndarray, n: np.ndarray, size: np.ndarray) -> np.ndarray:
        return 1 - _shared(a, n, words.sum() / size - 1, True) / (2 * (words.sum() - size))

    def split(rows: slice) -> list[float]:
        marks = np.split(np.ascontiguousarray(labels[rows].T), [first])
        a = sum(side.counts @ mark for side, mark in zip(both, marks, strict=True))
        return apart(a * weight[:, None], _looked_at(n) * weight, labels[rows] @ words).tolist()

    seen = np.flatnonzero((both[0].n > 0) & (both[1].n > 0))
    pooled = float(apart(both[0].n[seen, None].astype(np.float32), n[seen], labels[:1] @ words)[0])
    observed, *chance = split(slice(1 + _STAGES[0]))
    mean, far = float(np.mean(chance)), np.mean(chance) + _FAR * np.std(chance)
    for end in (_STAGES[1], len(drawn)):
        if max(chance) < observed < far and len(chance) < len(drawn):
            chance += split(slice(1 + len(chance), 1 + end))
    hits = sum(one >= observed for one in chance)
    p = (1 + hits) / (1 + (len(chance) if hits else len(drawn)))
    return {"jsd": (pooled - mean) * _scale(mean, len(words)), "jsd_pooled": pooled, "jsd_chance": mean, "p": p}


def _scale(chance: float, n: int) -> float:
    """From bits beyond chance to bits: chance leaves ``1 - chance`` of the range, and its mean is of a mixture."""
    return (n - 1) / (n - 2) / max(1 - chance, 1e-9)


def interval(both: tuple[Side, Side], values: dict[str, float]) -> dict[str, float]:
    """Jackknife over the documents of each side, or over parts of them."""
    sizes = np.array([len(side.words) for side in both])
    if sizes.min() < _LEAST:
        return {"low": np.nan, "high": np.nan}
    df = np.minimum(sizes, _PARTS) - 1
    kept = [np.arange(n) % _PARTS != np.arange(parts)[:, None] for n, parts in zip(sizes, df + 1, strict=True)]
    variance = df * [_divergences((both[i],), [kept[i]], other=both[1 - i]).var() for i in (0, 1)]
    welch = variance.sum() ** 2 / np.maximum((variance**2 / df).sum(), 1e-300)
    width = t_quantile(np.maximum(welch, 1.0), 0.95) * np.sqrt(variance.sum())
    width *= _scale(values["jsd_chance"], sizes.sum())
    return {"low": max(values["jsd"] - width, 0.0), "high": min(max(values["jsd"] + width, 0.0), 1.0)}


def _divergences(sides: tuple[Side, ...], labels: list[np.ndarray], other: Side | None = None) -> np.ndarray:
    r"""Divergence of the documents each row of ``labels`` (one array a side) marks from those unmarked, or ``other``.

    One bit less what both have in common, :math:`\sum (p + q) / 2 \cdot H_2(p / (p + q))`: all terms are positive, and
    a word that only one of them has adds nothing.
    """
    own, words = np.sum([side.n for side in sides], axis=0), sum(side.words.sum() for side in sides)
    n, in_both = own, np.flatnonzero(sum(side.docfreq for side in sides) > 1)
    if other is not None:
        n, words, in_both = other.n, other.words.sum(), np.flatnonzero((own > 0) & (other.n > 0))
    size = sum(side.words @ label.T for side, label in zip(sides, labels, strict=True))
    rest = words - size if other is None else np.full_like(size, words)
    ratio, shared = rest / np.maximum(size, 1), np.zeros(len(size))
    few, small = own[in_both] < 1 << 16, sum(side.counts.nnz for side in sides) * len(size) <= _SMALL
    kinds = {np.float64: in_both} if small else {np.uint16: in_both[few], np.float32: in_both[~few]}
    parts = [slice(at, at + _WIDE) for at in range(0, len(size), _WIDE)]
    for kind, chosen in kinds.items():
        marked = [[label[part].T.astype(kind, order="C") for label in labels] for part in parts]
        for rows in np.array_split(chosen, len(chosen) // _LONG + 1):
            counts = [side.counts[rows].astype(kind, copy=False) for side in sides]
            for part, marks in zip(parts, marked, strict=True):
                a = sum(of_side @ mark for of_side, mark in zip(counts, marks, strict=True))
                shared[part] += _shared(a, n[rows], ratio[part], other is None)
    bits = 1 - shared / (2 * np.maximum(rest, 1))
    return np.where(size * rest > 0, np.maximum(bits, 0), 0.0)


def _shared(a: np.ndarray, n: np.ndarray, ratio: np.ndarray, within: bool) -> np.ndarray:
    """Bits in common, a word of the others as the unit; n counts all words (``within``), or those of the others."""
    real: type = np.float64 if a.dtype == np.float64 else np.float32
    n, ratio, bits = n[:, None].astype(real), ratio.astype(real), np.zeros(len(ratio))
    step = max(1, _CACHED // len(ratio))
    for block in (slice(at, at + step) for at in range(0, len(a), step)):
        p: np.ndarray = a[block].astype(real, order="F" if a.dtype == np.float32 and len(ratio) < 32 else "C")
        q = n[block] - real(within) * p
        p *= ratio
        p += real(1e-30)  # so that 0 log 0 is 0
        q += real(1e-30)
        both = p + q
        for side in (p, q):
            share = side / both
            bits -= np.multiply(np.log2(share, out=share), side, out=share).sum(axis=0, dtype=float)
    return bits
