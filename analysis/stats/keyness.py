"""Which features two groups of documents use at different rates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy import sparse, special

from analysis.dfm import Dfm, membership
from analysis.memo import memoised
from analysis.stats.design import Design, design
from analysis.stats.frequency import note, with_provenance
from analysis.stats.permutation import permutation_p, splits
from analysis.stats.rate_ratio import g2, log_rate_ratio, z_fightin
from analysis.stats.resampling import benjamini_hochberg

_SIDES = ("target", "reference")
_MANY = 10.0  # the largest over-dispersion: a feature of one burst


@memoised
def keyness(
    dfm: Dfm,
    target: str,
    reference: str | None = None,
    *,
    strata: str | Sequence[str] | None = "auto",
    unit: str = "doc_id",
    resamples: int = 9999,
    seed: int = 0,
    n_jobs: int = 1,
) -> pd.DataFrame:
    r"""Features over- and under-used by the target documents compared with the reference documents.

    ``p`` permutes *documents* between the two sides, within strata if there are any. Its statistic is the
    target's sum of Pearson residuals of the negative binomial with a rate r for each stratum and one
    over-dispersion a: :math:`\sum_{target} (n_i - r_s N_i) / \sqrt{r_s N_i (1 + a r_s N_i)}`. Long documents
    count for more where a word is rare, all alike where it is bursty. All splits are used when there are no
    more than ``resamples``; below 1 / ``resamples`` p is an upper bound at the saddlepoint
    (``permutation.tail_p``). ``q`` is Benjamini–Hochberg over the table: ``trim`` rare features first, as
    each costs power.

    The interval is what a score test does not reject, so p and interval agree but for words near the edge: the
    test weighs units by their residuals, the interval by their words.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    target, reference : str
        Docvars queries, e.g. ``"region == '吉林'"``. Without a reference, it is all other documents
        for which the docvars named in ``target`` are known; the rest are counted in
        ``attrs["left_out"]``.
    strata : str, list of str, "auto" or None
        Docvars within whose values the sides are compared: ``"year"``, so that a region's difference is not
        a year's; ``"province"``, so that years are compared within provinces. Documents in strata without
        the other side are left out and counted in the notes. ``"auto"``, the default, pairs by the first of
        ``institution``, ``county``, ``prefecture``, ``province`` that the queries do not name and whose
        values with documents on both sides are two or more, hold nine in ten of the documents compared, part no
        unit, and allow at least 40 splits (six pairs); else there are no strata. ``None``: no strata.
    unit : str
        What is permuted and what intervals are over: ``"doc_id"``, or a docvar whose documents stay together,
        e.g. ``"institution"`` or ``"prefecture"``.
    resamples : int
        Most splits to look at.
    seed : int
        Of the random splits.
    n_jobs : int
        Processes that share the splits' work; the table does not depend on it.

    Returns
    -------
    DataFrame
        By ``q``, then ``p``, then falling size of ``log_ratio``, then feature:

        - ``feature n_target n_reference per_10k_target per_10k_reference docs_target docs_reference``: pooled
        - ``log_ratio log_ratio_low log_ratio_high``: log2 of the ratio of rates (Hardie 2014), under strata of
          Mantel and Haenszel's ratio (see ``rate_ratio.log_rate_ratio``: what is estimated); 0 occurrences
          taken as 0.5. 95 % interval over units, NaN when a side has fewer than two
        - ``g2 p_g2``: log-likelihood ratio of the pooled words, which takes bursts for differences:
          reported for comparison only. ``p_g2`` is never below 2.2e-308
        - ``z_fightin``: weighted log-odds ratio (Monroe, Colaresi and Quinn 2008, eqs. 15–22), its
          prior the pooled counts scaled to the words of one average document
        - ``p q``
        - ``log_ratio_conservative``: the end of the interval nearer to 0; 0 if 0 lies within, NaN if there is none
        - ``percent_diff``: the difference in per cent of the reference's rate (Gabrielatos 2018), from ``log_ratio``

    Raises
    ------
    KeyError
        If a query, ``strata`` or ``unit`` names an unknown docvar.
    ValueError
        If the dfm is grouped; a side is empty, without words, or shares documents with the other; or a
        unit has documents on both sides or in several strata.
    """
    plan = design(dfm, target, reference, strata=strata, unit=unit)
    counts, totals = dfm.counts[plan.rows], dfm.totals[plan.rows]
    seen = np.flatnonzero(counts.getnnz(axis=0) if plan.reason is None else [])
    counts = counts[:, seen].tocsr()
    step = {
        "step": "keyness", "target": target, "reference": reference, "strata": list(plan.by), "unit": unit,
        "resamples": resamples, "seed": seed,
    }  # fmt: skip
    drawn = splits(plan.strata, plan.smaller, resamples=resamples, seed=seed)
    frame = _table(counts, totals, plan, drawn, n_jobs)
    frame.insert(0, "feature", pd.array(dfm.features[seen].tolist(), dtype="str"))
    notes = _notes(plan, len(drawn[0]), drawn[1])
    return with_provenance(in_order(frame), dfm, step, notes=notes, left_out=plan.unknown, reason=plan.reason)


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that are in order of their features by q, p and log_ratio."""
    # Rounded, so that ratios equal but for rounding are ties, broken by feature.
    keys = (-frame["log_ratio"].abs().round(9), np.log(frame["p"]).round(9), np.log(frame["q"]).round(9))
    return frame.iloc[np.lexsort((np.arange(len(frame)), *keys))].reset_index(drop=True)


def _table(
    counts: sparse.csr_matrix, totals: np.ndarray, plan: Design, drawn: tuple[np.ndarray, bool], n_jobs: int
) -> pd.DataFrame:
    columns = _pooled(counts, totals, plan.is_target)
    units = membership(plan.units, len(plan.strata))
    counts, totals = (units @ counts).tocsr(), units @ totals
    ratio, low, high = (end / np.log(2) for end in log_rate_ratio(counts, totals, plan.side, plan.strata))
    columns |= {"log_ratio": ratio, "log_ratio_low": low, "log_ratio_high": high}
    columns |= {name: columns.pop(name) for name in ("g2", "p_g2", "z_fightin")}
    scores = partial(_scores, counts.tocsc(), totals.astype(float), plan.strata)
    columns["p"] = permutation_p(
        scores, counts.shape[1], strata=plan.strata, chosen=plan.smaller, drawn=drawn, n_jobs=n_jobs
    )
    columns["q"] = benjamini_hochberg(columns["p"])
    columns["log_ratio_conservative"] = np.where(low > 0, low, np.where(high >= 0, 0.0, high))
    return pd.DataFrame(columns | {"percent_diff": 100 * np.expm1(ratio * np.log(2))})


def _pooled(counts: sparse.csr_matrix, totals: np.ndarray, is_target: np.ndarray) -> dict[str, np.ndarray]:
    """What ignores units and strata."""
    members = membership(np.where(is_target, 0, 1), 2)
    n, docs = (members @ counts).toarray(), (members @ (counts > 0).astype(np.int64)).toarray()
    size = members @ totals
    columns = {f"n_{side}": n[i] for i, side in enumerate(_SIDES)}
    columns |= {f"per_10k_{side}": 1e4 * n[i] / max(size[i], 1) for i, side in enumerate(_SIDES)}
    columns |= {f"docs_{side}": docs[i] for i, side in enumerate(_SIDES)}
    columns["g2"] = g2(n, size) if len(totals) else np.zeros(n.shape[1])
    columns["p_g2"] = np.maximum(special.erfc(np.sqrt(columns["g2"] / 2)), np.finfo(float).tiny)
    return columns | {"z_fightin": z_fightin(n, size, max(len(totals), 1))}


def _scores(columns: sparse.csc_matrix, totals: np.ndarray, strata: np.ndarray, part: slice) -> np.ndarray:
    return pearson_residuals(columns[:, part].toarray().astype(float), totals, strata)


def pearson_residuals(counts: np.ndarray, totals: np.ndarray, strata: np.ndarray) -> np.ndarray:
    r"""How far each unit's count (units × features) is from that expected, in standard deviations; 0 where none is.

    :math:`(n_i - r_s N_i) / \sqrt{r_s N_i (1 + a r_s N_i)}`, with the over-dispersion of pairs of words:
    :math:`1 + a` is how much oftener than two words of different units of a stratum two words of one unit are
    both the feature. All units having about the same variance, the permutation keeps its level when one side
    has fewer and longer documents, which the efficient score, without the root, does not
    (``docs/evaluation-inference.md``).
    """
    members = membership(strata, strata.max(initial=0) + 1)
    words, n = members @ totals, members @ counts
    own = members @ totals**2
    share = own / np.maximum(words**2 - own, 1e-12)
    squares = np.stack([np.ones_like(totals), share[strata]]) @ counts**2
    within, between = squares[0] - n.sum(axis=0), share @ n**2 - squares[1]
    excess = np.where(between > 0, within / np.where(between > 0, between, 1) - 1, np.where(within > 0, _MANY, 0.0))
    expected = (n / np.maximum(words, 1)[:, None])[strata] * totals[:, None]
    residual = counts - expected
    variance = expected * np.clip(excess, 0, _MANY)
    variance += 1
    variance *= expected
    np.sqrt(variance, out=variance)
    return np.divide(residual, variance, out=residual, where=variance > 0)


def _notes(plan: Design, n_splits: int, exact: bool) -> list[dict[str, str]]:
    sizes = int(plan.is_target.sum()), int((~plan.is_target).sum())
    how = "随机 {:,} 次，更小者取鞍点上界", "{:,} random splits, below that a bound"
    if exact:
        mirrored = np.array_equal(np.bincount(plan.strata, plan.side), np.bincount(plan.strata, ~plan.side))
        best = f"{(1 + mirrored) / n_splits:.2g}"
        how = f"全部 {{:,}} 种分法，最小可能值 {best}", f"all {{:,}} splits, at best {best}"
    return [note(
        f"以文档为单位（目标 {sizes[0]} 篇，参照 {sizes[1]} 篇）：p 由文档在两组间置换得到（"
        f"{how[0].format(n_splits)}）；q 经 Benjamini–Hochberg 校正。",
        f"Documents are the unit ({sizes[0]} target, {sizes[1]} reference): p from permuting them between "
        f"sides ({how[1].format(n_splits)}); q after Benjamini–Hochberg.",
    ), *plan.notes, note(
        "对数比为频率之比的以 2 为底的对数，频数为 0 者按 0.5 计；95 % 区间以文档为单位。",
        "Log2 ratio: of the rates, a count of 0 taken as 0.5; 95 % intervals over documents.",
    )]  # fmt: skip
