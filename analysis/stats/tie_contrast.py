"""Which ties are stronger in one group of documents than in another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.memo import memoised
from analysis.stats.contexts import Context, find_contexts, length_class
from analysis.stats.frequency import note
from analysis.stats.resampling import benjamini_hochberg, t_quantile, two_sides
from analysis.stats.strata import Tables, log_odds_ratio, make_tables
from analysis.tokens import Tokens

SIDES = ("target", "reference")
RESAMPLES, MIN_DOCS, BLOCK = 9999, 2, 500
COLUMNS = [
    "a", "b", "n_ab_target", "n_ab_reference", "expected_target", "expected_reference", "docs_target",
    "docs_reference", "log_odds_target", "log_odds_reference", "difference", "difference_low", "difference_high",
    "p", "q", "seen",
]  # fmt: skip


def document_sums(tables: Tables, document: np.ndarray, n_docs: int) -> np.ndarray:
    r"""The terms :math:`R = n_{11} n_{00} / n` and :math:`S = n_{10} n_{01} / n`, shape (2, documents, pairs).

    Summed over the strata of a document (``document`` has that of every stratum): the ratio of both over any documents
    is the odds ratio there.
    """
    only_a, only_b = tables.n_a - tables.n_ab, tables.n_b - tables.n_ab
    neither = tables.n - tables.n_ab - only_a - only_b
    cell, size = document[tables.stratum] * len(tables.pairs) + tables.pair, n_docs * len(tables.pairs)
    terms = tables.n_ab * neither / tables.n, only_a * only_b / tables.n
    return np.array([np.bincount(cell, term, size) for term in terms]).reshape(2, n_docs, len(tables.pairs))


@memoised
def tie_contrast(
    occ_or_tokens: pd.DataFrame | Tokens, corpus: Corpus | None = None, *, target: str, reference: str | None = None,
    context: Context = "sentence", seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    r"""Ties stronger, or weaker, in the target documents than in the reference documents.

    The log odds ratio of each side is ``cooccurrence``'s, stratified by document and length of the
    context: a ratio of sums over documents, R to S. A formula that one document repeats is one
    document's: ``p`` permutes *documents* between the sides, within classes of length that double in
    width (9,999 random splits). Its statistic is the target's sum of :math:`U_d = (S R_d - R S_d)/(R + S)`,
    which is 0 in expectation in a document with the pooled odds ratio; its scatter and skewness grow with
    the length of the document, which is why only documents of similar length change places.

    Parameters
    ----------
    occ_or_tokens, corpus
        As ``cooccurrence``.
    target, reference : str
        Docvars queries, as in ``keyness``.
    context : {"sentence", "paragraph"} or int
        As ``cooccurrence``; not documents, which are the unit here.
    seed : int
        Of the splits.

    Returns
    -------
    DataFrame
        One row per pair seen together in at least two documents, by ``q``, falling \|``difference``\|,
        ``a``, ``b``: ``a b n_ab_… expected_… docs_… log_odds_…`` for both sides (shared contexts, how many
        chance would give, documents with one), ``difference`` of log odds, target less reference, with
        95 % interval over documents (linearised, Kish's degrees of freedom; wide where few documents have
        the pair), ``p``, ``q`` by Benjamini–Hochberg; ``seen`` on which side: both, target, reference.
        Where no document of a side has both features in like contexts there is nothing to compare:
        log odds, difference, ``p`` and ``q`` are missing. ``attrs["left_out"]``: documents on neither side
        for want of a docvar.

    Raises
    ------
    ValueError
        If the contexts are documents, or a side is empty or shares documents with the other.
    KeyError
        If a query names no docvar.

    References
    ----------
    Robins, Breslow & Greenland (1986), Biometrics 42, 311–323. Phipson & Smyth (2010), SAGMB 9.
    """
    if context == "document":
        raise ValueError("context='document': documents are what varies here; use sentence, paragraph or a number.")
    contexts = find_contexts(occ_or_tokens, corpus, context)
    first, second, left_out = two_sides(contexts.docvars, target, reference)
    rows = np.flatnonzero((first | second)[contexts.document])
    codes, stratum = np.unique(contexts.strata(context)[rows], return_index=True, return_inverse=True)[1:]
    tables = make_tables(contexts.presence[rows], stratum)
    document = contexts.document[rows][codes]
    sums = document_sums(tables, document, len(first))
    table = _compare(tables, document, sums, [first, second])
    length = np.bincount(contexts.document, contexts.length, len(first))
    chosen = np.flatnonzero(first | second)
    classes = length_class(length[chosen])
    p = _document_p(sums[:, chosen], first[chosen], classes, seed)
    table["p"] = np.where(table["difference"].isna(), np.nan, p)
    for at, name in enumerate("ab"):
        table.insert(at, name, pd.array(contexts.features[tables.pairs[:, at]].tolist(), dtype="str"))
    table = _tested(table[table["docs_target"] + table["docs_reference"] >= MIN_DOCS].copy())
    step = {"step": "tie_contrast", "context": context, "target": target, "reference": reference, "seed": seed}
    table.attrs = {"recipe": [*contexts.recipe, step], "left_out": left_out, "notes": _notes(first, second)}
    if table.empty:
        table.attrs["reason"] = note(
            "没有任何一对在两篇以上文档中共现，无从比较。",
            "No pair meets in two or more documents: nothing to compare.",
        )
    return table


def _compare(tables: Tables, document: np.ndarray, sums: np.ndarray, sides: list[np.ndarray]) -> pd.DataFrame:
    """All columns but names, p and q, a row per pair."""
    columns, variances, df = {}, [], []
    for name, side in zip(SIDES, sides, strict=True):
        here = _part(tables, side[document[tables.stratum]])
        met = np.unique(np.stack([here.pair, document[here.stratum]])[:, here.n_ab > 0], axis=1)[0]
        columns[f"n_ab_{name}"], columns[f"expected_{name}"] = here.observed, here.expected
        columns[f"docs_{name}"] = np.bincount(met, minlength=len(tables.pairs))
        together, apart = sums[:, side]
        estimate, model = log_odds_ratio(here)
        known = (together.sum(axis=0) + apart.sum(axis=0)) > 0
        columns[f"log_odds_{name}"] = np.where(known, estimate, np.nan)
        spread, free = _clustered(together, apart)
        variances.append(np.maximum(spread, model))
        df.append(free)
    variance = variances[0] + variances[1]
    welch = variance**2 / (variances[0] ** 2 / df[0] + variances[1] ** 2 / df[1])
    difference = columns["log_odds_target"] - columns["log_odds_reference"]
    width = t_quantile(welch, 0.95) * np.sqrt(variance)
    columns |= {"difference": difference, "difference_low": difference - width, "difference_high": difference + width}
    on = [columns[f"n_ab_{name}"] > 0 for name in SIDES]
    columns["seen"] = np.where(on[0] & on[1], "both", np.where(on[0], *SIDES))
    return pd.DataFrame(columns)


def _part(tables: Tables, rows: np.ndarray) -> Tables:
    kept = {name: getattr(tables, name)[rows] for name in ("pair", "n_ab", "n_a", "n_b", "n", "stratum")}
    return replace(tables, **kept)


def _clustered(together: np.ndarray, apart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance over documents of log(R / S), leaving one out at a time, and its degrees of freedom."""
    r, s = together.sum(axis=0), apart.sum(axis=0)
    halves = np.where((r == 0) | (s == 0), 1 / 8, 0.0)
    x, y = together / (r + halves), apart / (s + halves)
    share = (x + y) / 2
    spread = (((x - y) / np.where(share < 1, 1 - share, 1.0)) ** 2).sum(axis=0)
    return spread, np.maximum(1 / np.maximum((share**2).sum(axis=0), 1e-12) - 1, 1.0)


def _document_p(sums: np.ndarray, target: np.ndarray, strata: np.ndarray, seed: int) -> np.ndarray:
    """Two-sided p over random splits within strata of documents, the observed one among them."""
    r, s = sums
    scores = (s.sum(axis=0) * r - r.sum(axis=0) * s) / np.maximum(r.sum(axis=0) + s.sum(axis=0), 1e-12)
    labels = np.zeros((RESAMPLES + 1, len(target)), dtype=np.float32)
    rng = np.random.default_rng(seed)
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        scores[own] -= scores[own].mean(axis=0)
        labels[:, own] = rng.permuted(np.tile(target[own], (RESAMPLES + 1, 1)), axis=1)
    labels[0] = target
    scores /= np.maximum(np.abs(scores).max(axis=0, initial=0), 1e-12)
    p = np.ones(scores.shape[1])
    for start in range(0, len(p), BLOCK):
        far = np.abs(labels @ scores[:, start : start + BLOCK].astype(np.float32))
        # A split as extreme but for rounding counts as a tie.
        p[start : start + BLOCK] = (far >= far[0] - 1e-4).mean(axis=0)
    return p


def _tested(table: pd.DataFrame) -> pd.DataFrame:
    """With q over the pairs that have a p, in order of q."""
    known = table["p"].notna()
    table.loc[known, "q"] = benjamini_hochberg(table.loc[known, "p"].to_numpy())
    size = -table["difference"].abs().round(9)
    order = table.assign(size=size, by=table["q"].round(12)).sort_values(["by", "size", "a", "b"]).index
    return table.loc[order].reindex(columns=COLUMNS).reset_index(drop=True)


def _notes(first: np.ndarray, second: np.ndarray) -> list[dict[str, str]]:
    n, m = int(first.sum()), int(second.sum())
    return [note(
        f"以文档为单位（目标 {n} 篇，参照 {m} 篇）：p 由长度相近的文档在两组间置换 {RESAMPLES} 次得到，"
        "q 在至少两篇文档中共现且两组均可比较的各对之间校正。",
        f"Documents are the unit ({n} target, {m} reference): p from {RESAMPLES} permutations of documents of similar "
        "length between sides; q over pairs that meet in two or more documents and can be compared on both sides.",
    )]  # fmt: skip
