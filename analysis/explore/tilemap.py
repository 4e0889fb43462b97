"""Toggles to choose documents by: provinces on a map of tiles, or the values of a docvar in a row."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.corpus import REGION_OF
from analysis.explore.front import front
from analysis.labels import label, lang, say


def tilemap(docs: pd.DataFrame) -> Any:
    """A tile for every province in its place on the map; ``.value`` lists the full names of those chosen."""
    from analysis.plots.grids import CODES, TILES

    short = {full: CODES[region] if lang() == "en" else region for full, region in REGION_OF.items()}
    return _toggles("province", docs["province"], {full: TILES[region] for full, region in REGION_OF.items()}, short)


def chips(docs: pd.DataFrame, docvar: str) -> Any:
    """A toggle for each value of a docvar that has documents, in a row."""
    values = docs[docvar].dropna().sort_values().unique()
    return _toggles(docvar, docs[docvar], {str(value): (i, 0) for i, value in enumerate(values)}, {})


def _toggles(docvar: str, column: pd.Series, spots: dict[str, tuple[int, int]], short: dict[str, str]) -> Any:
    if column.nunique(dropna=False) < 2:  # nothing to choose
        spots = {}
    counts = column.dropna().astype(str).value_counts()
    unit = say({"zh": "篇", "en": "documents"})
    tiles = [
        {"value": value, "label": short.get(value, str(label(value))), "x": x, "y": y, "n": int(counts.get(value, 0)),
         "hint": f"{label(value)}: {counts.get(value, 0)} {unit}"}
        for value, (x, y) in spots.items()
    ]  # fmt: skip
    return front("toggles", title=str(label(docvar)), tiles=tiles, value=[])
