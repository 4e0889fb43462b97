"""Small multiples: one panel per group; dots and bars on one scale, lines over years each on its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.docvars import unknown_docvar
from analysis.labels import label, terms
from analysis.plots.theme import MM, TWO_COLUMN, dress, new_figure, style

Draw = Callable[..., Axes]
ONE_SCALE = ("frequency", "keyness", "prevalence", "tfidf", "top_features")


def panels(
    data: pd.DataFrame,
    draw: Draw,
    *,
    by: str,
    ncols: int = 3,
    height: float = 48,
    groups: Sequence[Any] | None = None,
    **options: Any,
) -> Figure:
    """Draw one panel per value of a column.

    Parameters
    ----------
    data : DataFrame
        A table with the column ``by``.
    draw : callable
        A plot function ``draw(table, ax, **options)`` of one group.
    by : str
        Column whose values become panels, in their order.
    ncols : int
        Panels in a row, at most.
    height : float
        Height of a panel in mm.
    groups : sequence, optional
        The values that get a panel, also where the table has no row of one.

    Returns
    -------
    Figure
        Two columns wide (178 mm).
    """
    if by not in data:
        raise unknown_docvar(by, data)
    ordered = isinstance(data[by].dtype, pd.CategoricalDtype) or by == "year"
    parts = dict(iter(data.groupby(by, observed=True, sort=ordered)))
    shown = list(groups or parts)
    ncols = min(ncols, len(shown))
    nrows = math.ceil(len(shown) / ncols)
    names = terms(shown, 96 // ncols) if by in ("slogan", "feature") else map(label, shown)
    with style():
        figure = new_figure(TWO_COLUMN, nrows * height * MM + 6 * MM)
        grid = figure.subplots(nrows, ncols, squeeze=False)
        for ax in grid.flat[len(shown) :]:
            ax.remove()
        for ax, value, name in zip(grid.flat, shown, names, strict=False):
            draw(parts.get(value, data.iloc[:0]), ax, **options)
            ax.set_title(_title(name, 54 // ncols))
        if draw.__name__ in ONE_SCALE:
            left, right = zip(*(ax.get_xlim() for ax in figure.axes), strict=True)
            for ax in figure.axes:
                ax.set_xlim(min(left), max(right))
        share_labels(figure.axes, ncols)
        dress(figure.axes)
    return figure


def _title(name: str, limit: int) -> str:
    """A group's name, broken to the width of its panel."""
    half = -(-len(name) // 2)
    return name if "\n" in name or name.isascii() or len(name) <= limit else f"{name[:half]}\n{name[half:]}"


def share_labels(axes: list[Axes], ncols: int) -> None:
    """Keep the axis labels of the outer panels only."""
    for number, ax in enumerate(axes):
        if number + ncols < len(axes):
            ax.set_xlabel("")
        if number % ncols:
            ax.set_ylabel("")
