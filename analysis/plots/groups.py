"""Groups: one value of each, or a value of many rows in each, on one Axes that is quick to draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from pandas.api.types import is_numeric_dtype

from analysis.corpus import bare
from analysis.labels import label, lang, term
from analysis.plots.marks import band, dots, ranked
from analysis.plots.terms import REACH
from analysis.plots.theme import COLOURS, INK, MM, SEQUENTIAL, drawing, name_ticks, new_axes, require

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


def settle(figure: Figure, renderer: Any, *, space: float = 4) -> None:
    """Lay out a figure of one Axes, measuring its texts once, not four times as constrained layout does.

    Parameters
    ----------
    figure : Figure
    renderer : RendererBase
    space : float
        Pixels left around.
    """
    if len(figure.axes) != 1:
        return
    figure.set_layout_engine("none")
    (ax,), (width, height) = figure.axes, figure.bbox.size
    ax.set_position((0.3, 0.2, 0.6, 0.7))
    named = [_names(axis, renderer) for axis in (ax.xaxis, ax.yaxis)] if ax.axison else [ax.bbox, ax.bbox]
    below, beside = ax.bbox.y0 - named[0].y0, ax.bbox.x0 - named[1].x0
    _put_labels(ax, beside, below)
    inside, around = ax.bbox, Bbox.union([*named, ax.get_tightbbox(renderer, bbox_extra_artists=[]) or ax.bbox])
    above = sum(key.get_window_extent(renderer).height + space for key in figure.legends)
    left, bottom = np.subtract(inside.min, around.min) + space
    right, top = np.subtract(around.max, inside.max) + (space, space + above)
    ax.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))
    _put_labels(ax, beside, below)


def _names(axis: Axis, renderer: Any) -> Bbox:
    """Where the names of the ticks are; at drawing they are not measured again."""
    axis.set_label_coords(0.5, 0.5)
    around = axis.get_tightbbox(renderer) or axis.axes.bbox
    for tick in axis.get_major_ticks():
        tick.label1.set_in_layout(False)
    return around


def _put_labels(ax: Axes, left: float, below: float) -> None:
    """Labels of both axes, so many pixels from the axes: else matplotlib looks for their place at every drawing."""
    pad = ax.xaxis.labelpad * ax.figure.dpi / 72
    ax.xaxis.set_label_coords(0.5, -(below + pad) / ax.bbox.height)
    ax.yaxis.set_label_coords(-(left + pad) / ax.bbox.width, 0.5)


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
    ax = ax or new_axes(WIDTH, (len(grid) * 4 + 18) * MM)
    ax.pcolormesh(values / largest, cmap=SEQUENTIAL, vmin=0, vmax=1.1, edgecolor="white", linewidth=0.5)
    for (row, column), number in np.ndenumerate(values if values.size <= _CELLS else np.empty((0, 0))):
        ink = "white" if number > 0.6 * np.broadcast_to(largest, values.shape)[row, column] else INK
        text = ax.text(column + 0.5, row + 0.5, f"{number:.2g}", ha="center", va="center", fontsize=5.4, color=ink)
        text.set_in_layout(False)  # inside the axes: no need to measure it
    ax.set_ylim(len(grid), 0)
    turn = 90 if grid.shape[1] > 8 else 0
    name_ticks(ax.xaxis, np.arange(grid.shape[1]) + 0.5, map(label, grid.columns), rotation=turn)
    name_ticks(ax.yaxis, np.arange(len(grid)) + 0.5, [term(str(name), 40, 1) for name in grid.index])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(f"{label(value)}　{_SHADES[lang()][not each].format(values.max(initial=0.0))}")
    return ax
