"""The slogans whose shares of documents differ most between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.adoption import groups_of
from analysis.corpus import Corpus
from analysis.dfm import membership
from analysis.memo import memoised
from analysis.stats.contexts import length_class
from analysis.stats.frequency import note, unknown
from analysis.stats.resampling import benjamini_hochberg

RESAMPLES, MIN_DOCS = 1999, 3
COLUMNS = ["slogan", "n_docs", "share", "n_groups", "highest", "share_highest", "cramers_v", "p", "q"]


@memoised
def separating(
    occ: pd.DataFrame, corpus: Corpus, *, by: str = "region", n: int | None = None, seed: int = 0
) -> pd.DataFrame:
    r"""Slogans by how far their shares of documents differ between the groups of a docvar.

    ``p`` permutes the groups among documents of similar length (classes that double in width): a long
    document holds more slogans wherever it is from. Its statistic is the sum of squares between groups
    of the presences less their mean in the class; 1,999 random permutations, the observed one counted.
    Slogans in, or lacking in, fewer than three documents are left aside.

    Parameters
    ----------
    occ, corpus
        As ``adoption``; all rows count, nested ones too.
    by : str
    n : int, optional
        Only so many rows.
    seed : int

    Returns
    -------
    DataFrame
        By ``q``, then falling ``cramers_v``, then name: documents with the slogan and their share,
        the groups that have it, the one with the highest share (the first of equals), Cramér's V of slogan
        and group, ``p``, and ``q`` by Benjamini–Hochberg over all slogans, also those beyond ``n``.

    Raises
    ------
    KeyError
        If ``by`` is no docvar.
    ValueError
        If it names several.
    """
    codes, names = groups_of(corpus.docs, by)
    docs = corpus.docs[codes >= 0]
    codes = codes[codes >= 0]
    known = occ[occ["doc_id"].isin(docs.index)]
    present = pd.crosstab(known["doc_id"], known["slogan"]).reindex(docs.index).fillna(0).clip(upper=1)
    spread = present.sum()
    present = present[present.columns[spread.between(MIN_DOCS, len(docs) - MIN_DOCS)]]
    table = _effects(present, codes, names)
    length = length_class(docs["n_chars"].to_numpy())
    table["p"] = _permuted(present.to_numpy(np.float32, copy=True), codes, length, seed) if len(names) > 1 else 1.0
    table["q"] = benjamini_hochberg(table["p"].to_numpy())
    order = table.assign(q=table["q"].round(12), v=-table["cramers_v"].round(9)).sort_values(["q", "v", "slogan"]).index
    table = table.loc[order, COLUMNS].head(n if n is not None else len(table)).reset_index(drop=True)
    recipe = [*occ.attrs.get("recipe", corpus.recipe), {"step": "separating", "by": by, "seed": seed}]
    table.attrs = {"recipe": recipe, "left_out": len(corpus.docs) - len(docs), "notes": [note(
        f"p 由长度相近的文档在各组间置换 {RESAMPLES} 次得出，q 在全部 {present.shape[1]} 个提法之间校正。",
        f"p from {RESAMPLES} permutations of documents of similar length between groups; q over all "
        f"{present.shape[1]} formulations.",
    )]}  # fmt: skip
    if table.empty:
        rare = note(
            "没有提法既见于又不见于三篇以上文档，无从比较。",
            "No formulation is in three documents and lacking in three: nothing to compare.",
        )
        table.attrs["reason"] = rare if len(docs) else unknown([by])
    return table


def _effects(present: pd.DataFrame, codes: np.ndarray, names: pd.Series) -> pd.DataFrame:
    shares = present.groupby(codes).mean().reindex(range(len(names)))
    size = np.bincount(codes, minlength=len(names))[:, None]
    share = present.mean()
    between = (size * (shares - share) ** 2).sum()
    made = {"slogan": present.columns.astype("str"), "n_docs": present.sum().astype("int64"), "share": share}
    made["n_groups"] = (shares > 0).sum()
    where = shares.to_numpy().argmax(axis=0) if len(shares.columns) else np.zeros(0, dtype=int)
    made["highest"] = names.astype("str").to_numpy(dtype=object)[where]
    made["share_highest"] = shares.max()
    made["cramers_v"] = np.sqrt(between / (len(present) * share * (1 - share)))
    return pd.DataFrame({name: np.asarray(values) for name, values in made.items()})


def _permuted(present: np.ndarray, codes: np.ndarray, classes: np.ndarray, seed: int) -> np.ndarray:
    """p of each column: how often groups permuted within classes lie as far apart."""
    rng, own = np.random.default_rng(seed), [np.flatnonzero(classes == c) for c in np.unique(classes)]
    for members in own:
        present[members] -= present[members].mean(axis=0)
    size = np.bincount(codes)[:, None]
    hits, observed, moved = np.ones(present.shape[1]), _between(present, codes, size), codes.copy()
    for _ in range(RESAMPLES):
        for members in own:
            moved[members] = rng.permutation(codes[members])
        hits += _between(present, moved, size) >= observed * (1 - 1e-5) - 1e-9
    return hits / (1 + RESAMPLES)


def _between(values: np.ndarray, codes: np.ndarray, size: np.ndarray) -> np.ndarray:
    return ((membership(codes, len(size)) @ values) ** 2 / size).sum(axis=0)
