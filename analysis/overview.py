"""What is in a corpus: documents by region and year, and the values that need the reader's eye."""

from __future__ import annotations

import pandas as pd

from analysis.corpus import STATUSES, Corpus, unknown_docvar

_DOUBT = {
    status: place for place, status in enumerate(("unknown", "bounded", "inferred", "explicit", "given"))
}


def coverage(corpus: Corpus, by: tuple[str, str] = ("region", "year")) -> pd.DataFrame:
    """Number of documents and characters in each cell of two docvars.

    Returns
    -------
    DataFrame
        The two docvars, ``n_docs, n_chars``; a missing value is a cell of its own.

    Raises
    ------
    KeyError
        If a name in ``by`` is not a docvar.
    """
    for name in by:
        if name not in corpus.docs:
            raise unknown_docvar(name, corpus.docs)
    cells = corpus.docs.groupby(list(by), observed=True, dropna=False, sort=True)["n_chars"]
    table = cells.agg(n_docs="size", n_chars="sum").reset_index()
    table.attrs = {"recipe": [*corpus.recipe, {"step": "coverage", "by": list(by)}]}
    return table


def review(corpus: Corpus) -> pd.DataFrame:
    """Documents whose region or year was not stated outright, the most doubtful first, with the evidence.

    Returns
    -------
    DataFrame
        ``doc_id, title, region, region_status, region_evidence, year, date_earliest, date_latest,
        year_status, year_evidence``.
    """
    columns = [
        "title", "region", "region_status", "region_evidence", "year", "date_earliest", "date_latest",
        "year_status", "year_evidence",
    ]  # fmt: skip
    docs = corpus.docs[columns]
    doubt = docs[["region_status", "year_status"]].apply(lambda s: s.astype("str").map(_DOUBT)).min(axis=1)
    order = doubt[doubt < _DOUBT["explicit"]].sort_values(kind="stable").index
    table = docs.loc[order].reset_index()
    table.attrs = {"recipe": [*corpus.recipe, {"step": "review"}]}
    if table.empty:
        table.attrs["reason"] = {
            "zh": "每篇文档的地区和年份都有明文依据，无须核对。",
            "en": "Region and year of every document are stated outright: nothing to review.",
        }
    return table


def statuses(corpus: Corpus) -> pd.DataFrame:
    """How many documents have their region and their year given, explicit, inferred, bounded or unknown."""
    counts = {what: corpus.docs[f"{what}_status"].value_counts() for what in ("region", "year")}
    table = pd.DataFrame(counts).reindex(list(STATUSES)).fillna(0).astype("int64")
    table = table.rename_axis("status").reset_index()
    table.attrs = {"recipe": [*corpus.recipe, {"step": "statuses"}]}
    return table


def periods(years: pd.Series, n: int = 3) -> pd.Series:
    """Cut years into at most ``n`` consecutive periods with about equally many documents.

    Parameters
    ----------
    years : Series of Int64
        May hold missing values; they stay missing.
    n : int

    Returns
    -------
    Series
        Ordered categorical of labels such as ``2018–2020``.
    """
    known = years.dropna().astype("int64").sort_values()
    if known.empty:
        return pd.Series(pd.Categorical([None] * len(years), categories=[], ordered=True), index=years.index)
    share = known.rank(method="average", pct=True)
    number = (share.groupby(known).mean() * n).astype("int64").clip(upper=n - 1)
    spans = [own.index for _, own in number.groupby(number)]
    names = {year: f"{s[0]}–{s[-1]}" if len(s) > 1 else str(s[0]) for s in spans for year in s}
    labels = pd.Categorical(years.map(names), categories=list(dict.fromkeys(names.values())), ordered=True)
    return pd.Series(labels, index=years.index)
