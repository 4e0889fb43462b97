"""How far apart two groups of documents are in their words, and which words make the distance."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import rel_entr

from analysis.dfm import Dfm, group_codes
from analysis.memo import memoised
from analysis.stats.design import sides
from analysis.stats.frequency import feature_column, note, with_provenance
from analysis.stats.permutation import splits
from analysis.stats.resampling import t_quantile

_LEAST = 3  # documents of a side for an interval
_PARTS = 50  # of a side, at most, to leave out one at a time
_SMALL = 2_000_000  # counts to add up in double precision; more, in integers of 16 bits, to 1e-7 bits
_LONG, _WIDE, _CACHED = 1 << 14, 128, 1 << 16  # features and splits at once; numbers that stay at hand
_CHEAP, _MANY = 300_000_000, 20  # counts to add up for a matrix; where more, sides of so many documents are sampled:
_WHOLE, _EVERY = 512, 8  # the commonest features, and one of so many others
_STAGES, _FAR = (9, 39), 30  # splits, until one is as far apart; standard deviations beyond which none will be
COLUMNS = ["jsd", "low", "high", "jsd_pooled", "jsd_chance", "p", "docs_target", "docs_reference"]


@memoised
def divergence(
    dfm: Dfm, target: str, reference: str | None = None, *, resamples: int = 999, seed: int = 0
) -> pd.DataFrame:
    r"""Jensen–Shannon divergence of the words of two groups of documents, in bits: 0 the same, 1 no word shared.

    :math:`JSD = H((p + q) / 2) - (H(p) + H(q)) / 2` of the two distributions over the dfm's features (Lin 1991).
    That of the pooled counts is always above 0, as no two samples are equal. What to expect by chance is its
    mean :math:`\bar J` over random splits of the same documents, and ``jsd`` is what there is beyond, of what there
    can be: :math:`(J - \bar J) / (1 - \bar J) \cdot (n - 1) / (n - 2)` for n documents, below 0 as often as above
    where groups do not differ. In simulation (``docs/evaluation-trend.md``) its mean is within 0.01 of a true 0
    (0.02 at 3 bursty documents a side), and 77 to 119 % of a true divergence. The 95 % interval is by leaving out
    one document at a time (beyond 50 on a side, one of 50 parts), with t quantiles after Welch (1947). It covered
    92 to 100 % with three or more documents a side, and is NaN with fewer; intervals from bootstrap samples of
    documents covered 8 to 47 % of corpora, as documents drawn twice set the sides apart. p is the share of splits
    with a divergence as large.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    target, reference : str
        Docvars queries, as in ``keyness``.
    resamples, seed : int
        Most splits to look at, and which.

    Returns
    -------
    DataFrame
        One row: ``jsd low high jsd_pooled jsd_chance p docs_target docs_reference``. With fewer than three
        documents on a side there is no interval; of two in all only ``jsd_pooled`` is known.

    Raises
    ------
    KeyError, ValueError
        As ``keyness``.
    """
    target_rows, reference_rows, left_out = sides(dfm, target, reference)
    rows = np.flatnonzero(target_rows | reference_rows)
    rows = rows[dfm.docvars.index[rows].argsort()]
    of_target = target_rows[rows]
    both = _side(dfm.counts[rows[of_target]]), _side(dfm.counts[rows[~of_target]])
    values = _corrected(both, of_target, resamples=resamples, seed=seed)
    docs = {"docs_target": int(of_target.sum()), "docs_reference": int((~of_target).sum())}
    frame = pd.DataFrame([values | _interval(both, values) | docs])[COLUMNS]
    step = {"step": "divergence", "target": target, "reference": reference, "resamples": resamples, "seed": seed}
    return with_provenance(frame, dfm, step, notes=[_NOTE], left_out=left_out)


@memoised
def word_shift(dfm: Dfm, target: str, reference: str | None = None) -> pd.DataFrame:
    r"""The share of every feature in the Jensen–Shannon divergence of two groups (Gallagher et al. 2021).

    A feature contributes :math:`\frac12 (p \log_2 (p / m) + q \log_2 (q / m))` bits, :math:`m = (p + q) / 2`: never
    less than 0, and together the divergence of the pooled counts.

    Returns
    -------
    DataFrame
        ``feature per_10k_target per_10k_reference docs_target docs_reference contribution share direction``, by
        falling contribution, then feature. Rates are per 10,000 occurrences of the dfm's features; ``share``
        is of the whole divergence; ``direction`` says which side has more: ``target`` or ``reference``.

    Raises
    ------
    KeyError, ValueError
        As ``keyness``.
    """
    *rows, left_out = sides(dfm, target, reference)
    both = [_side(dfm.counts[np.flatnonzero(side)]) for side in rows]
    p, q = (side.n / side.n.sum() for side in both)
    bits = (rel_entr(p, (p + q) / 2) + rel_entr(q, (p + q) / 2)) / np.log(4)
    frame = pd.DataFrame({
        "feature": feature_column(dfm, np.arange(len(p))), "per_10k_target": 1e4 * p, "per_10k_reference": 1e4 * q,
        "docs_target": both[0].docfreq, "docs_reference": both[1].docfreq, "contribution": bits,
        "share": bits / max(bits.sum(), 1e-300), "direction": np.where(p > q, "target", "reference"),
    })  # fmt: skip
    order = np.lexsort((np.arange(len(p)), -bits.round(15)))
    frame = frame.iloc[order[(p + q)[order] > 0]].reset_index(drop=True)
    step = {"step": "word_shift", "target": target, "reference": reference}
    total = note(f"合计 {bits.sum():.3f} 比特（未校正）。", f"{bits.sum():.3f} bits in all (pooled, uncorrected).")
    return with_provenance(frame, dfm, step, notes=[total], left_out=left_out)


@memoised
def divergence_matrix(dfm: Dfm, by: str = "region", *, resamples: int = 99, seed: int = 0) -> pd.DataFrame:
    """Jensen–Shannon divergence between every two groups of documents, corrected as in ``divergence``.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    by : str
        Docvar that defines the groups.
    resamples, seed : int
        As in ``divergence``. Where all splits would take above 0.2 s or so, pairs of 20 and more documents a side have
        their mean from nine splits and a sample of the features, ``jsd`` within some 0.001 of what all give.

    Returns
    -------
    DataFrame
        ``a b jsd jsd_pooled jsd_chance p docs_a docs_b``: each pair once, in order of the groups. p is the share of
        splits as far apart, the observed one counted, of the first 9, 39 or all, wherever one is (Besag and Clifford
        1991), and of all without looking where the nine are 30 standard deviations nearer. Where either has
        only one document, what chance alone would give is hardly known: see ``docs_a`` and ``docs_b``.

    Raises
    ------
    KeyError
        If ``by`` is not a docvar.
    """
    codes, keys = group_codes(dfm.docvars, by)
    order = dfm.docvars.index.argsort()
    names = keys[by].tolist()
    codes = codes[order]
    groups, rows = [_side(dfm.counts[order[codes == group]]) for group in range(len(names))], []
    costly = sum(side.counts.nnz for side in groups) * (len(names) - 1) * resamples > _CHEAP
    samples = _samples(groups, resamples=resamples, seed=seed) if costly else []
    for a, b in combinations(range(len(names)), 2):
        of_a = codes[(codes == a) | (codes == b)] == a
        if costly and min(of_a.sum(), (~of_a).sum()) >= _MANY:
            values = _sampled(samples[a], samples[b])
        else:
            values = _corrected((groups[a], groups[b]), of_a, resamples=resamples, seed=seed)
        docs = {"docs_a": int(of_a.sum()), "docs_b": int((~of_a).sum())}
        rows.append({"a": names[a], "b": names[b], **values, **docs})
    frame = pd.DataFrame(rows, columns=["a", "b", "jsd", "jsd_pooled", "jsd_chance", "p", "docs_a", "docs_b"])
    step = {"step": "divergence_matrix", "by": [by], "resamples": resamples, "seed": seed}
    notes = [_NOTE, _SAMPLED] if costly else [_NOTE]
    frame = with_provenance(frame, dfm, step, notes=notes, left_out=int((codes < 0).sum()))
    if frame.empty:
        frame.attrs["reason"] = note("可比较的组不足两个。", "Fewer than two groups to compare.")
    return frame


_NOTE = note(
    "JSD：Jensen–Shannon 散度（比特），按文档随机分组所得的均值校正；p 由文档置换得出。",
    "JSD: Jensen–Shannon divergence in bits, adjusted for its mean over random splits of the documents; p from these.",
)
_SAMPLED = note(
    "语料很大：每侧 20 篇以上的组对，均值取自九次分组和部分词语，p 只看到足以判定为止。",
    "A large corpus: for pairs of 20 or more documents a side the mean is of nine splits and some of the features, and "
    "p looks no further than decides it.",
)


class _Side(NamedTuple):
    counts: sparse.csr_matrix  # features × documents
    n: np.ndarray  # occurrences of each feature
    docfreq: np.ndarray
    words: np.ndarray  # of each document


def _side(counts: sparse.csr_matrix) -> _Side:
    n, words = (np.asarray(counts.sum(axis=axis)).ravel().astype(float) for axis in (0, 1))
    by_feature = counts.astype(np.uint16 if counts.data.max(initial=0) < 1 << 16 else np.float32).T.tocsr()
    return _Side(by_feature, n, np.diff(by_feature.indptr), words)


def _corrected(both: tuple[_Side, _Side], of_target: np.ndarray, *, resamples: int, seed: int) -> dict[str, float]:
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


def _samples(groups: list[_Side], *, resamples: int, seed: int) -> list[tuple[_Side, np.ndarray]]:
    """Of each group, its features, the commonest of all first, counts of some; its documents' ranks in each split."""
    order = np.argsort(-np.sum([side.n for side in groups], axis=0), kind="stable")
    ends, some = np.cumsum([len(side.words) for side in groups]), _looked_at(order)
    ranks = np.random.default_rng(seed).permuted(np.tile(np.arange(ends[-1], dtype=np.int32), (resamples, 1)), axis=1)
    real: type = np.float32
    sides = [
        _Side(one.counts[some].astype(real), one.n[order].astype(real), one.docfreq[order].astype(real), one.words)
        for one in groups
    ]
    return list(zip(sides, np.split(ranks, ends[:-1], axis=1), strict=True))


def _looked_at(features: np.ndarray) -> np.ndarray:
    return np.concatenate([features[:_WHOLE], features[_WHOLE::_EVERY]])


def _sampled(*samples: tuple[_Side, np.ndarray]) -> dict[str, float]:
    """As ``_corrected``, from some of the features, and no more splits than decide."""
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


def _interval(both: tuple[_Side, _Side], values: dict[str, float]) -> dict[str, float]:
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


def _divergences(sides: tuple[_Side, ...], labels: list[np.ndarray], other: _Side | None = None) -> np.ndarray:
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
