"""How far apart two groups of documents are in their words, and which words make the distance."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.dfm import Dfm, group_codes
from analysis.stats.design import sides
from analysis.stats.frequency import feature_column, note, with_provenance
from analysis.stats.permutation import splits
from analysis.stats.resampling import CELLS, t_quantile

_LEAST = 3  # documents of a side for an interval
_PARTS = 50  # of a side, at most, to leave out one at a time
COLUMNS = ["jsd", "low", "high", "jsd_pooled", "jsd_chance", "p", "docs_target", "docs_reference"]


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
    92 to 100 % with three or more documents a side, and is NaN with fewer. p is the share of splits with a
    divergence as large.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    target, reference : str
        Docvars queries, as in ``keyness``.
    resamples : int
        Most splits to look at.
    seed : int

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
    counts, of_target = dfm.counts[rows], target_rows[rows]
    values = corrected(counts, of_target, resamples=resamples, seed=seed)
    values |= _interval(counts, of_target, values)
    values |= {"docs_target": int(of_target.sum()), "docs_reference": int((~of_target).sum())}
    frame = pd.DataFrame([values])[COLUMNS]
    step = {"step": "divergence", "target": target, "reference": reference, "resamples": resamples, "seed": seed}
    return with_provenance(frame, dfm, step, notes=[_NOTE], left_out=left_out)


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
    *both, left_out = sides(dfm, target, reference)
    n = np.stack([np.asarray(dfm.counts[np.flatnonzero(rows)].sum(axis=0)).ravel() for rows in both]).astype(float)
    docs = [dfm.counts[np.flatnonzero(rows)].getnnz(axis=0) for rows in both]
    p, q = n / n.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(side > 0, side * np.log2(2 * side / (p + q)), 0) / 2 for side in (p, q)]
    bits = np.maximum(parts[0] + parts[1], 0)
    frame = pd.DataFrame({
        "feature": feature_column(dfm, np.arange(len(p))), "per_10k_target": 1e4 * p, "per_10k_reference": 1e4 * q,
        "docs_target": docs[0], "docs_reference": docs[1], "contribution": bits,
        "share": bits / max(bits.sum(), 1e-300), "direction": np.where(p > q, "target", "reference"),
    })  # fmt: skip
    order = np.lexsort((np.arange(len(p)), -bits.round(15)))
    frame = frame.iloc[order[n.sum(axis=0)[order] > 0]].reset_index(drop=True)
    step = {"step": "word_shift", "target": target, "reference": reference}
    total = note(f"合计 {bits.sum():.3f} 比特（未校正）。", f"{bits.sum():.3f} bits in all (pooled, uncorrected).")
    return with_provenance(frame, dfm, step, notes=[total], left_out=left_out)


def divergence_matrix(dfm: Dfm, by: str = "region", *, resamples: int = 99, seed: int = 0) -> pd.DataFrame:
    """Jensen–Shannon divergence between every two groups of documents, corrected as in ``divergence``.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    by : str
        Docvar that defines the groups.
    resamples, seed : int
        As in ``divergence``. Where groups have a hundred documents and more, nine splits give ``jsd`` within 0.0002
        of what 99 give, five times as fast; p then cannot be below 0.1.

    Returns
    -------
    DataFrame
        ``a b jsd jsd_pooled jsd_chance p docs_a docs_b``: each pair once, in order of the groups. Where either has
        only one document, what chance alone would give is hardly known: see ``docs_a`` and ``docs_b``.

    Raises
    ------
    KeyError
        If ``by`` is not a docvar.
    """
    codes, keys = group_codes(dfm.docvars, by)
    order = dfm.docvars.index.argsort()
    names = keys[by].tolist()
    rows = []
    for a, b in combinations(range(len(names)), 2):
        pair = order[np.isin(codes[order], (a, b))]
        values = corrected(dfm.counts[pair], codes[pair] == a, resamples=resamples, seed=seed)
        docs = {"docs_a": int((codes == a).sum()), "docs_b": int((codes == b).sum())}
        rows.append({"a": names[a], "b": names[b], **values, **docs})
    frame = pd.DataFrame(rows, columns=["a", "b", "jsd", "jsd_pooled", "jsd_chance", "p", "docs_a", "docs_b"])
    step = {"step": "divergence_matrix", "by": [by], "resamples": resamples, "seed": seed}
    frame = with_provenance(frame, dfm, step, notes=[_NOTE], left_out=int((codes < 0).sum()))
    if frame.empty:
        frame.attrs["reason"] = note("可比较的组不足两个。", "Fewer than two groups to compare.")
    return frame


_NOTE = note(
    "JSD：Jensen–Shannon 散度（比特），按文档随机分组所得的均值校正；p 由文档置换得出。",
    "JSD: Jensen–Shannon divergence in bits, adjusted for its mean over random splits of the documents; p from these.",
)


def corrected(counts: sparse.csr_matrix, of_target: np.ndarray, *, resamples: int, seed: int) -> dict[str, float]:
    """Divergence of the pooled counts, its mean over splits of the documents, the difference and p."""
    n = len(of_target)
    smaller = min(int(of_target.sum()), n - int(of_target.sum()))
    labels, exact = splits(np.zeros(n, dtype=np.int64), np.arange(n) < smaller, resamples=resamples, seed=seed)
    pooled, *rest = _divergences(counts, np.concatenate([of_target[None, :], labels]).astype(float))
    if n < 3:
        return {"jsd": np.nan, "jsd_pooled": pooled, "jsd_chance": np.nan, "p": 1.0}
    chance = np.array(rest)
    hits = int((chance >= pooled - 1e-9).sum())
    p = hits / len(labels) if exact else (1 + hits) / (1 + len(labels))
    mean = chance.mean()
    return {"jsd": (pooled - mean) * _scale(mean, n), "jsd_pooled": pooled, "jsd_chance": mean, "p": p}


def _scale(chance: float, n: int) -> float:
    """From bits beyond chance to bits: chance leaves ``1 - chance`` of the range, and its mean is of a mixture."""
    return (n - 1) / (n - 2) / max(1 - chance, 1e-9)


def _interval(counts: sparse.csr_matrix, of_target: np.ndarray, values: dict[str, float]) -> dict[str, float]:
    """Jackknife over the documents of each side, or over parts of them."""
    if min(of_target.sum(), (~of_target).sum()) < _LEAST:
        return {"low": np.nan, "high": np.nan}
    variance, df = np.empty(2), np.empty(2)
    for i, side in enumerate((of_target, ~of_target)):
        part = (np.cumsum(side) - 1) % _PARTS
        parts = min(int(side.sum()), _PARTS)
        kept = ~(side & (part == np.arange(parts)[:, None]))
        without = _divergences(counts, (kept & of_target).astype(float), (kept & ~of_target).astype(float))
        variance[i], df[i] = (parts - 1) * without.var(), parts - 1
    welch = variance.sum() ** 2 / np.maximum((variance**2 / df).sum(), 1e-300)
    width = t_quantile(np.maximum(welch, 1.0), 0.95) * np.sqrt(variance.sum())
    width *= _scale(values["jsd_chance"], len(of_target))
    return {"low": max(values["jsd"] - width, 0.0), "high": min(max(values["jsd"] + width, 0.0), 1.0)}


def _divergences(counts: sparse.csr_matrix, target: np.ndarray, reference: np.ndarray | None = None) -> np.ndarray:
    """Divergence of the counts pooled with each row of zeros and ones (splits × documents) and with the rest.

    As H(m) − (H(p) + H(q)) / 2 from sums of n log n; a feature of one document adds half its share, in bits.
    """
    by_feature = sparse.csc_matrix(counts, dtype=float)
    docfreq = np.diff(by_feature.indptr)
    columns = by_feature[:, np.flatnonzero(docfreq > 1)].T
    n, words = np.asarray(columns.sum(axis=1)), np.asarray(counts.sum(axis=1)).ravel()
    once = np.repeat(docfreq == 1, docfreq)
    lone = np.bincount(by_feature.indices[once], by_feature.data[once], minlength=len(words))
    sides = [np.ascontiguousarray(side.T) for side in (target, 1 - target if reference is None else reference)]
    size, alone = (np.stack([sums @ side for side in sides]) for sums in (words, lone))
    entropy = np.zeros((3, len(target)))  # sums of x log x: of either side, and of both, each by the other's size
    step = max(1, CELLS // (16 * len(target)))
    for at in range(0, columns.shape[0], step):
        block = columns[at : at + step]
        a = block @ sides[0]
        b = n[at : at + step] - a if reference is None else block @ sides[1]
        entropy += [_x_log_x(a), _x_log_x(b), _x_log_x(a * size[1] + b * size[0])]
    with np.errstate(divide="ignore", invalid="ignore"):
        own, product = size - alone, size.prod(axis=0)
        of_sides = ((entropy[:2] - own * np.log(size)) / size).sum(axis=0) / 2
        mixed = (entropy[2] - (own * size[::-1]).sum(axis=0) * np.log(2 * product)) / (2 * product)
        bits = (of_sides - mixed) / np.log(2) + (alone / size).sum(axis=0) / 2
    return np.where(product > 0, np.maximum(bits, 0), 0.0)


def _x_log_x(x: np.ndarray) -> np.ndarray:
    """Sums over rows; every x is 0 or at least 1."""
    return np.einsum("ij,ij->j", x, np.log(np.maximum(x, 1)))
