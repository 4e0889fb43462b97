"""Which features two groups of documents use at different rates."""

from __future__ import annotations

import ast

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.special import xlogy

from analysis.corpus import select_rows
from analysis.dfm import Dfm
from analysis.stats.frequency import note, with_provenance
from analysis.stats.resampling import benjamini_hochberg, group_rates, permutation_p, splits, t_quantile

_SIDES = ("target", "reference")


def keyness(
    dfm: Dfm, target: str, reference: str | None = None, *, resamples: int = 9999, seed: int = 0
) -> pd.DataFrame:
    r"""Features over- and under-used by the target documents compared with the reference documents.

    ``p`` permutes *documents* between the two sides. Its statistic is the score of the negative
    binomial regression of counts on side, :math:`\sum_{target} (n_i - r N_i) / (1 + a r N_i)`, with the
    pooled rate r and moment over-dispersion a: long documents count for more where a word is rare, all
    documents alike where it is bursty. All splits are used when there are no more than ``resamples``.
    ``q`` is Benjamini–Hochberg over the table: ``trim`` rare features first, as each costs power.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    target, reference : str
        Docvars queries, e.g. ``"region == '吉林'"``. Without a reference, it is all other documents
        for which the docvars named in ``target`` are known; the rest are counted in
        ``attrs["left_out"]``.
    resamples : int
        Most splits to look at.
    seed : int
        Of the random splits.

    Returns
    -------
    DataFrame
        By ``q``, then falling \|``log_ratio``\|, then feature:

        - ``feature n_target n_reference per_10k_target per_10k_reference docs_target docs_reference``
        - ``log_ratio log_ratio_low log_ratio_high``: log2 of the ratio of rates (Hardie 2014), a count
          of 0 taken as 0.5; 95 % interval over documents (delta method, Welch's degrees of freedom),
          NaN when a side has fewer than two documents
        - ``g2 p_g2``: log-likelihood ratio of the pooled words, which takes bursts for differences:
          reported for comparison only. ``p_g2`` is never below 2.2e-308
        - ``z_fightin``: weighted log-odds ratio (Monroe, Colaresi and Quinn 2008, eqs. 15–22), its
          prior the pooled counts scaled to the words of one average document
        - ``p q``

    Raises
    ------
    KeyError
        If a query names an unknown docvar.
    ValueError
        If the dfm is grouped, or a side is empty, without words, or shares documents with the other.
    """
    target_rows, reference_rows, left_out = _sides(dfm, target, reference)
    rows = np.flatnonzero(target_rows | reference_rows)
    rows = rows[dfm.docvars.index[rows].argsort()]
    counts, totals, is_target = dfm.counts[rows], dfm.totals[rows], target_rows[rows]
    seen = np.flatnonzero(counts.getnnz(axis=0))
    counts = counts[:, seen].tocsr()
    frame = _effects(counts, totals, is_target)
    frame.insert(0, "feature", pd.array(dfm.features[seen].tolist(), dtype="str"))
    # The smaller side is relabelled, so that p does not depend on which side is called the target.
    smaller = is_target if is_target.sum() <= (~is_target).sum() else ~is_target
    labels, exact = splits(len(rows), int(smaller.sum()), resamples=resamples, seed=seed)
    frame["p"] = _document_p(counts, totals, smaller, labels=labels, exact=exact)
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy())
    # Rounded, so that ratios equal but for rounding are ties, broken by feature.
    order = np.lexsort((np.arange(len(frame)), -frame["log_ratio"].abs().round(9), frame["q"].round(12)))
    frame = frame.iloc[order].reset_index(drop=True)
    step = {"step": "keyness", "target": target, "reference": reference, "resamples": resamples, "seed": seed}
    return with_provenance(frame, dfm, step, notes=_notes(is_target, len(labels), exact), left_out=left_out)


def _sides(dfm: Dfm, target: str, reference: str | None) -> tuple[np.ndarray, np.ndarray, int]:
    if dfm.grouped:
        raise ValueError("keyness compares documents; this dfm is grouped: pass it as before .group().")
    chosen = select_rows(dfm.docvars, target).to_numpy()
    _check_side(dfm, chosen, f"target={target!r} selects")
    if reference is None:
        known = dfm.docvars[_named(target, dfm.docvars)].notna().all(axis=1).to_numpy()
        _check_side(dfm, ~chosen & known, f"target={target!r} leaves, as reference,")
        return chosen, ~chosen & known, int((~chosen & ~known).sum())
    other = select_rows(dfm.docvars, reference).to_numpy()
    _check_side(dfm, other, f"reference={reference!r} selects")
    if both := int((chosen & other).sum()):
        raise ValueError(
            f"target={target!r} and reference={reference!r} share documents ({both}, the first "
            f"{dfm.docvars.index[chosen & other][0]!r}); make the queries exclude each other."
        )
    return chosen, other, 0


def _check_side(dfm: Dfm, rows: np.ndarray, what: str) -> None:
    if not rows.any():
        raise ValueError(f"{what} no document; see dfm.docvars for the values there are.")
    if not dfm.totals[rows].any():
        raise ValueError(f"{what} documents without a single word; choose others.")


def _named(query: str, docvars: pd.DataFrame) -> list[str]:
    """Docvars a query names."""
    try:
        nodes = list(ast.walk(ast.parse(query.strip(), mode="eval")))
    except SyntaxError:  # names in backticks, which pandas reads and Python does not
        return []
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return [column for column in docvars if column in names]


def _effects(counts: sparse.csr_matrix, totals: np.ndarray, is_target: np.ndarray) -> pd.DataFrame:
    rates = group_rates(counts, totals, np.where(is_target, 0, 1), 2)
    n, docs = np.zeros((2, counts.shape[1])), np.zeros((2, counts.shape[1]))
    n[rates.group, rates.feature] = rates.n
    docs[rates.group, rates.feature] = rates.docfreq
    at_least_half = np.where(n > 0, n, 0.5)
    variance = 1 / at_least_half
    variance[rates.group, rates.feature] = rates.variance
    log_rate = np.log2(at_least_half / rates.size[:, None])
    log_ratio = log_rate[0] - log_rate[1]
    df = variance.sum(axis=0) ** 2 / (variance**2 / rates.df[:, None]).sum(axis=0)
    width = t_quantile(df, 0.95) * np.sqrt(variance.sum(axis=0)) / np.log(2)
    g2 = _g2(n, rates.size)
    columns = {f"n_{side}": n[i].astype(np.int64) for i, side in enumerate(_SIDES)}
    columns |= {f"per_10k_{side}": 1e4 * n[i] / rates.size[i] for i, side in enumerate(_SIDES)}
    columns |= {f"docs_{side}": docs[i].astype(np.int64) for i, side in enumerate(_SIDES)}
    columns |= {"log_ratio": log_ratio, "log_ratio_low": log_ratio - width}
    columns |= {"log_ratio_high": log_ratio + width, "g2": g2}
    columns |= {"p_g2": np.maximum(stats.chi2.sf(g2, 1), np.finfo(float).tiny)}
    return pd.DataFrame(columns | {"z_fightin": _z_fightin(n, rates.size, len(totals))})


def _g2(n: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Log-likelihood ratio of the 2 × 2 table feature or other × side (Dunning 1993)."""
    observed = np.stack([n, size[:, None] - n])
    expected = observed.sum(axis=1, keepdims=True) * (size / size.sum())[None, :, None]
    return np.maximum(2 * (xlogy(observed, observed) - xlogy(observed, expected)).sum(axis=(0, 1)), 0)


def _z_fightin(n: np.ndarray, size: np.ndarray, n_docs: int) -> np.ndarray:
    prior_size = size.sum() / n_docs
    prior = prior_size * n.sum(axis=0) / size.sum()
    log_odds = np.log(n + prior) - np.log(size[:, None] + prior_size - n - prior)
    return (log_odds[0] - log_odds[1]) / np.sqrt((1 / (n + prior)).sum(axis=0))


def _document_p(
    counts: sparse.csr_matrix, totals: np.ndarray, observed: np.ndarray, *, labels: np.ndarray, exact: bool
) -> np.ndarray:
    columns = counts.tocsc()

    def scores(part: slice) -> np.ndarray:
        return score_residuals(columns[:, part].toarray().astype(float), totals.astype(float))

    return permutation_p(scores, counts.shape[1], observed=observed, labels=labels, exact=exact)


def score_residuals(counts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Documents' contributions to the score of negative binomial regression at the hypothesis of one rate.

    Of the sums compared in simulation (pooled and mean rates, their roots and logarithms, ranks,
    studentised or not) this has the most power, and keeps its level when one side's documents are
    three times as long.

    Parameters
    ----------
    counts : ndarray of float, shape (documents, features)
    totals : ndarray of float, shape (documents,)
    """
    expected = np.outer(totals, counts.sum(axis=0) / totals.sum())
    residual = counts - expected
    excess = (residual**2 - counts).sum(axis=0) / (expected**2).sum(axis=0)
    return residual / (1 + np.maximum(excess, 0) * expected)


def _notes(is_target: np.ndarray, n_splits: int, exact: bool) -> list[dict[str, str]]:
    sizes = int(is_target.sum()), int((~is_target).sum())
    smallest = 1 / n_splits if exact else 1 / (1 + n_splits)
    if exact and sizes[0] == sizes[1]:
        smallest *= 2
    how = ("全部 {} 种分法", "all {} splits") if exact else ("随机 {} 次", "{} random splits")
    notes = [note(
        f"以文档为单位（目标 {sizes[0]} 篇，参照 {sizes[1]} 篇）：p 由文档在两组间置换得到（"
        f"{how[0].format(n_splits)}），最小可能值 {smallest:.2g}；q 经 Benjamini–Hochberg 校正。",
        f"Documents are the unit ({sizes[0]} target, {sizes[1]} reference): p from permuting them between "
        f"sides ({how[1].format(n_splits)}), at best {smallest:.2g}; q after Benjamini–Hochberg.",
    ), note(
        "log_ratio 为频率之比的以 2 为底的对数，频数为 0 者按 0.5 计；95 % 区间以文档为单位。",
        "log_ratio: log2 of the ratio of rates, a count of 0 taken as 0.5; 95 % intervals over documents.",
    )]  # fmt: skip
    if min(sizes) < 2:
        notes.append(note("一方只有一篇文档，不给区间。", "A side of one document: no intervals."))
    return notes
