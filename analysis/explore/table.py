"""A DataFrame as rows to read, sort and click; sorted here, so that the browser holds only what it shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from analysis.corpus import bare
from analysis.explore.front import front
from analysis.labels import label, lang, say, term

ROWS = 100  # at once, more when scrolled to; sorting looks at all
BESIDE = ("left", "right")
NAMED = ("region", "province", "macro_region", "group", "level", "institution_type", "stable")
GLOSSED = ("slogan", "a", "b", "feature")  # in English, what figures call it is said too
# What a row is, then what most want to know of it, in the part of a table that is seen without scrolling.
LEAD = ("region", "year", "level", "institution_type", "source", "slogan", "group", "a", "b", "feature", "topic",
        "words", "log_ratio", "n_ab", "per_10k", "per_10k_chars", "share", "q", "log_odds", "n", "docfreq",
        "n_docs")  # fmt: skip


def arranged(df: pd.DataFrame) -> pd.DataFrame:
    """The same columns, those first that say what a row is and what the figure shows of it."""
    return df[[*(name for name in LEAD if name in df), *(name for name in df if name not in LEAD)]]


def table(**heard: Callable[[Any], Any]) -> Any:
    """An empty table that calls ``pick`` with a clicked row's position, ``sort`` with a clicked column, and
    ``more`` with the number of rows it shows, when it is scrolled to the last."""
    made = front("table", data={})
    made.on_msg(lambda _, message, __: [heard[name](value) for name, value in message.items()])
    return made


def rows_of(
    df: pd.DataFrame, order: tuple[str, bool] = ("", True), *, rows: int = ROWS, skip: int = 0
) -> dict[str, Any]:
    """Some rows in an order (column, ascending), each led by its position in ``df``; missing values last.

    A concordance comes sorted by what stands beside the hit; there the order is only shown.

    Returns
    -------
    dict
        ``columns`` (name, label, kind), ``rows``, ``order``, ``total`` rows, ``caption`` with the notes of the table.
    """
    notes, placed = df.attrs.get("notes", ()), bare(df).reset_index(drop=True)
    df = placed
    if order[0] in placed and order[0] not in BESIDE:
        placed = placed.sort_values(order[0], ascending=order[1], kind="stable")
    first = placed.iloc[skip : skip + rows]
    cells = [[_cell(value, str(name)) for value in first[name].astype(object).tolist()] for name in first]
    return {
        "columns": [{"name": str(n), "label": str(label(n)), "kind": _kind(str(n), df[n])} for n in df],
        "rows": [list(row) for row in zip(first.index.tolist(), *cells, strict=True)],
        "order": list(order),
        "total": len(df),
        "caption": " ".join([say(_size(len(df))), *map(say, notes)]),
    }


def _cell(value: Any, column: str) -> str | int | float | None:
    """What JSON can hold; names of places and kinds in the language of the labels."""
    if pd.isna(value):
        return None
    if isinstance(value, bool):
        return say({"zh": "是", "en": "yes"} if value else {"zh": "否", "en": "no"})
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if column in GLOSSED and lang() == "en" and (gloss := term(value)) != value:
        return " ".join([str(value), *gloss.split()])
    return str(label(value) if column in NAMED else value)


def _kind(name: str, column: pd.Series) -> str:
    if name in (*BESIDE, "match"):
        return name
    return "number" if is_numeric_dtype(column) and not is_bool_dtype(column) else "text"


def _size(rows: int) -> dict[str, str]:
    return {"zh": f"{rows:,} 行。", "en": f"{rows:,} row{'s' * (rows != 1)}."}
