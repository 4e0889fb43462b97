"""Groups: one value of each, or a value of many rows in each, on one Axes that is quick to draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pandas.api.types import is_numeric_dtype

from analysis.corpus import bare
from analysis.labels import label, lang, terms
from analysis.plots.grids import name_cells
from analysis.plots.marks import band, dots, ranked
from analysis.plots.terms import REACH
from analysis.plots.theme import COLOURS, INK, MM, SEQUENTIAL, drawing, new_axes, require

WIDTH = 130 * MM
_CELLS = 120  # more numbers than this cannot be read
_SHADES = {
    "zh": ("深浅：占本行最大值的比例", "深浅：0 至 {:.3g}"),
    "en": ("shade: share of the row's largest value", "shade: 0 to {:.3g}"),
}


@drawing
def by_group(
    df: pd.DataFrame, ax: Axes | None = None, *, by: str, value: str, limits: tuple[str, str] = ("low", "high")
) -> Axes:
    """One value of each group with its interval: a line over years, else dots, the largest first.

    Parameters
    ----------
    df : DataFrame
        A row per group.
    ax : Axes, optional
    by : str
        Column of the groups.
    value : str
    limits : (str, str)
        Columns of the interval; a group without one gets a hollow dot.
    """
    require(df, [by, value, *limits], "frequency")
    df = bare(df)
    end = float(min(np.nanmax([*df[limits[1]], df[value].max()]), REACH * df[value].max())) or 1.0
    if is_numeric_dtype(df[by]):
        ax = ax or new_axes(WIDTH, 70 * MM)
        band(ax, df.dropna(subset=by).sort_values(by), (by, value, *limits), COLOURS[0])
        ax.set_ylim(-0.02 * end, 1.04 * end)
        ax.set_ylabel(label(value))
        return ax
    shown = df.dropna(subset=by).sort_values([value, by], ascending=[False, True])
    ax = ax or new_axes(WIDTH, (len(shown) * 3.4 + 14) * MM)
    x, low, high = (shown[name].to_numpy(dtype=float) for name in (value, *limits))
    dots(ax, x, ranked(ax, [label(name) for name in shown[by]]), low, high)
    ax.set_xlim(-0.02 * end, 1.04 * end)
    ax.set_xlabel(label(value))
    return ax


def _brief(number: float) -> str:
    """Two figures, or all before the point; never a power of ten."""
    if 0 < number < 0.001:
        return "<0.001"
    return f"{number:.0f}" if number >= 99.5 else f"{number:.2g}"


@drawing
def heat(
    df: pd.DataFrame, ax: Axes | None = None, *, rows: str, by: str, value: str, top: int = 16, each: bool = False
) -> Axes:
    """A value of rows × groups as shades; what has no row in the table counts as 0.

    Parameters
    ----------
    df : DataFrame
        A row per pair.
    ax : Axes, optional
    rows, by, value : str
        Columns of the rows, of the groups, and of the number shaded.
    top : int
        Rows shown: those with the largest means over the groups.
    each : bool
        Shade every row by its own largest value.
    """
    require(df, [rows, by, value], "frequency")
    grid = bare(df).pivot_table(index=rows, columns=by, values=value, observed=True, sort=True).fillna(0).astype(float)
    grid = grid.iloc[np.argsort(-grid.mean(axis=1).round(12).to_numpy(), kind="stable")[:top]]
    values = grid.to_numpy()
    largest = np.maximum(values.max(axis=1, keepdims=True) if each else values.max(initial=0.0), 1e-12)
    ax = ax or new_axes(WIDTH, max(len(grid) * 4 + 18, len(grid) * 2.5 + 31) * MM)
    ax.pcolormesh(values / largest, cmap=SEQUENTIAL, vmin=0, vmax=1.1, edgecolor="white", linewidth=0.5)
    for (row, column), number in np.ndenumerate(values if values.size <= _CELLS else np.empty((0, 0))):
        ink = "white" if number > 0.6 * np.broadcast_to(largest, values.shape)[row, column] else INK
        text = ax.text(column + 0.5, row + 0.5, _brief(number), ha="center", va="center", fontsize=5.4, color=ink)
        text.set_in_layout(False)  # inside the axes: no need to measure it
    ax.set_ylim(len(grid), 0)
    name_cells(ax, terms([*grid.index], 40, 1), grid.columns)
    ax.figure.set_label(value)
    ax.set_title(f"{label(value)}　{_SHADES[lang()][not each].format(values.max(initial=0.0))}")
    return ax
