"""How far apart two groups of documents are in their words, and which words make the distance."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import rel_entr

from analysis.adoption import groups_of
from analysis.dfm import Dfm
from analysis.memo import memoised
from analysis.stats.design import sides
from analysis.stats.frequency import feature_column, note, with_provenance
from analysis.stats.jensen_shannon import Side, corrected, interval, sampled, samples_of, side_of

_CHEAP, _MANY = 300_000_000, 20  # counts to add up for a matrix; where more, sides of so many documents are sampled
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
    (0.02 at 3 bursty documents a side), and 77 to 116 % of a true divergence. The 95 % interval is by leaving out
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
        One row: ``jsd low high jsd_pooled jsd_chance p docs_target docs_reference``; none, and the reason, where a
        side has no feature. With fewer than three documents on a side there is no interval; of two in all only
        ``jsd_pooled`` is known.

    Raises
    ------
    KeyError, ValueError
        As ``keyness``.
    """
    both, of_target, left_out = _compared(dfm, target, reference)
    values = corrected(both, of_target, resamples=resamples, seed=seed)
    values |= interval(both, values) | _documents(both, "target", "reference")
    step = {"step": "divergence", "target": target, "reference": reference, "resamples": resamples, "seed": seed}
    return _told(pd.DataFrame([values])[COLUMNS], dfm, step, _NOTE, both, left_out)


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
    both, _, left_out = _compared(dfm, target, reference)
    p, q = (side.n / max(side.n.sum(), 1) for side in both)
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
    return _told(frame, dfm, step, total, both, left_out)


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
        only one document, what chance alone would give is hardly known: see ``docs_a`` and ``docs_b``. Groups without
        a feature have no row.

    Raises
    ------
    KeyError
        If ``by`` is not a docvar.
    ValueError
        If it names several, or the dfm is grouped.
    """
    if dfm.grouped:
        raise ValueError(f"by={by!r} needs documents; this dfm is grouped: pass it as before .group().")
    codes, names = groups_of(dfm.docvars, by)
    order = dfm.docvars.index.argsort()
    codes = codes[order]
    groups, rows = [side_of(dfm.counts[order[codes == group]]) for group in range(len(names))], []
    costly = sum(side.counts.nnz for side in groups) * (len(names) - 1) * resamples > _CHEAP
    samples = samples_of(groups, resamples=resamples, seed=seed) if costly else []
    for a, b in combinations([group for group, side in enumerate(groups) if side.n.any()], 2):
        both, of_a = (groups[a], groups[b]), codes[(codes == a) | (codes == b)] == a
        if costly and min(of_a.sum(), (~of_a).sum()) >= _MANY:
            values = sampled(samples[a], samples[b])
        else:
            values = corrected(both, of_a, resamples=resamples, seed=seed)
        rows.append({"a": names[a], "b": names[b], **values, **_documents(both, "a", "b")})
    frame = pd.DataFrame(rows, columns=["a", "b", "jsd", "jsd_pooled", "jsd_chance", "p", "docs_a", "docs_b"])
    step = {"step": "divergence_matrix", "by": [by], "resamples": resamples, "seed": seed}
    notes = [_NOTE, _SAMPLED] if costly else [_NOTE]
    reason = note("可比较的组不足两个。", "Fewer than two groups to compare.")
    return with_provenance(frame, dfm, step, notes=notes, left_out=int((codes < 0).sum()), reason=reason)


_NOTE = note(
    "JSD：Jensen–Shannon 散度（比特），按文档随机分组所得的均值校正；p 由文档置换得出。",
    "JSD: Jensen–Shannon divergence in bits, adjusted for its mean over random splits of the documents; p from these.",
)
_SAMPLED = note(
    "语料很大：每侧 20 篇以上的组对，均值取自九次分组和部分词语，p 只看到足以判定为止。",
    "A large corpus: for pairs of 20 or more documents a side the mean is of nine splits and some of the features, and "
    "p looks no further than decides it.",
)


def _compared(dfm: Dfm, target: str, reference: str | None) -> tuple[tuple[Side, Side], np.ndarray, int]:
    """Both sides, their documents in order of names; which of these are the target's; how many are neither's."""
    rows, of_target, left_out = sides(dfm, target, reference)
    return (side_of(dfm.counts[rows[of_target]]), side_of(dfm.counts[rows[~of_target]])), of_target, left_out


def _documents(both: tuple[Side, Side], *names: str) -> dict[str, int]:
    return {f"docs_{name}": len(side.words) for name, side in zip(names, both, strict=True)}


def _told(
    frame: pd.DataFrame, dfm: Dfm, step: dict, said: dict[str, str], both: tuple[Side, Side], left_out: int
) -> pd.DataFrame:
    """The table with its provenance; empty where a side has none of the features."""
    known = frame if all(side.n.any() for side in both) else frame[:0]
    reason = note("一方没有所比的任何词语。", "A side has none of the features compared.")
    return with_provenance(known, dfm, step, notes=[said], left_out=left_out, reason=reason)
