"""What is in a corpus: documents by region and year, and the values that need the reader's eye."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.corpus import STATUSES, Corpus
from analysis.docvars import docvar_names
from analysis.folders import figures_folder

_DOUBT = {status: place for place, status in enumerate(reversed(STATUSES))}
_SHEET = (
    "file", "province", "prefecture", "county", "level", "year", "date",
    "region_status", "region_evidence", "year_status", "year_evidence", "text",
)  # fmt: skip


def coverage(corpus: Corpus, by: str | Sequence[str] = ("region", "year")) -> pd.DataFrame:
    """Number of documents and characters in each cell of one, two or more docvars.

    Returns
    -------
    DataFrame
        The docvars, ``n_docs, n_chars``; a missing value is a cell of its own.

    Raises
    ------
    KeyError
        If a name in ``by`` is not a docvar.
    ValueError
        If ``by`` names none, or one twice.
    """
    names = docvar_names(by, corpus.docs)
    cells = corpus.docs.groupby(names, observed=True, dropna=False, sort=True)["n_chars"]
    table = cells.agg(n_docs="size", n_chars="sum").reset_index()
    table.attrs = {"recipe": [*corpus.recipe, {"step": "coverage", "by": names}], "left_out": 0, "notes": []}
    if table.empty:
        table.attrs["reason"] = {"zh": "语料中没有文档。", "en": "The corpus has no document."}
    return table


def review(corpus: Corpus) -> pd.DataFrame:
    """Documents whose region or year was not stated outright, the most doubtful first, with the evidence.

    Returns
    -------
    DataFrame
        ``doc_id, title, region, region_status, region_evidence, year, date_earliest, date_latest,
        year_status, year_evidence``.
    """
    evidence = ["region", "region_status", "region_evidence", "year", "date_earliest", "date_latest"]
    docs = corpus.docs[["title", *evidence, "year_status", "year_evidence"]]
    doubts = (docs[name].astype("str").map(_DOUBT).astype("int64") for name in ("region_status", "year_status"))
    doubt = pd.concat(doubts, axis=1).min(axis=1)
    order = doubt[doubt < _DOUBT["explicit"]].sort_values(kind="stable").index
    table = docs.loc[order].reset_index()
    table.attrs = {"recipe": [*corpus.recipe, {"step": "review"}], "left_out": 0, "notes": []}
    if table.empty:
        table.attrs["reason"] = {
            "zh": "每篇文档的地区和年份都有明文依据，无须核对。",
            "en": "Region and year of every document are stated outright: nothing to review.",
        }
    return table


def write_metadata(corpus: Corpus, path: str | Path | None = None) -> Path:
    """Write a ``metadata.csv`` in which to correct region and year, one line per document of ``review``.

    Fill in only what is wrong or missing and put it beside the documents: ``read_corpus`` takes what is filled in
    and leaves the rest as it was. What was read, with its evidence, stands to the right and is not read back.

    Parameters
    ----------
    corpus : Corpus
    path : str or Path, optional
        A file, or a folder for ``metadata.csv``; by default that of the results. A file in which anything is filled
        in, or with columns of the user's own, is left as it is.

    Returns
    -------
    Path
    """
    path = Path(path or figures_folder() / "metadata.csv")
    path = path / "metadata.csv" if path.is_dir() else path
    docs = corpus.docs.loc[review(corpus)["doc_id"]]
    sheet = pd.DataFrame("", index=docs.index, columns=list(_SHEET))
    sheet["file"] = docs["source"]
    read = docs[["region", "prefecture", "county", "year"]].astype("object").fillna("").astype("str")
    place = read["region"] + read["prefecture"] + read["county"]
    for what, value in (("region", place), ("year", read["year"])):
        sheet[f"{what}_status"] = docs[f"{what}_status"].astype("str")
        sheet[f"{what}_evidence"] = _plain(value + " ← " + docs[f"{what}_evidence"].fillna(""))
    sheet["text"] = _plain(docs["title"].fillna("") + "　" + docs["text"].str[:60])
    if not path.exists() or _untouched(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path


def _plain(cells: pd.Series) -> pd.Series:
    """Text on one line that no spreadsheet takes for a formula."""
    return cells.str.replace(r"\s+", " ", regex=True).str.replace(r"^([=+\-@])", r"'\1", regex=True)


def _untouched(path: Path) -> bool:
    """Whether a sheet is as it was written: its columns, and nothing filled in."""
    try:
        sheet = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, OSError):
        return False
    return list(sheet) == list(_SHEET) and bool((sheet[list(_SHEET[1:7])] == "").all(axis=None))


def statuses(corpus: Corpus) -> pd.DataFrame:
    """How many documents have their region and their year given, explicit, inferred, bounded or unknown."""
    counts = {what: corpus.docs[f"{what}_status"].value_counts() for what in ("region", "year")}
    table = pd.DataFrame(counts).reindex(list(STATUSES)).fillna(0).astype("int64")
    table = table.rename_axis("status").reset_index()
    table.attrs = {"recipe": [*corpus.recipe, {"step": "statuses"}], "left_out": 0, "notes": []}
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
    known, documents = np.unique(years.dropna().to_numpy(dtype=np.int64), return_counts=True)
    rank = np.cumsum(documents) - (documents - 1) / 2
    number = np.minimum((n * rank / max(documents.sum(), 1)).astype(int), n - 1)
    spans = [known[number == k].tolist() for k in np.unique(number)]
    names = {year: f"{s[0]}–{s[-1]}" if len(s) > 1 else str(s[0]) for s in spans for year in s}
    labels = pd.Categorical(years.map(names), categories=list(dict.fromkeys(names.values())), ordered=True)
    return pd.Series(labels, index=years.index)
