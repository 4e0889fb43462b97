"""Marks that several figures share: dots with intervals, and labelled ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from analysis.labels import label, lang, terms
from analysis.plots.theme import COLOURS, FAINT, GREY, MARKERS, name_ticks, points


def dots(
    ax: Axes, x: np.ndarray, y: np.ndarray, low: np.ndarray, high: np.ndarray, *,
    colour: str = COLOURS[0], marker: str = MARKERS[0],
) -> None:
    """Horizontal dots with intervals; a dot without interval (one document) is hollow."""
    if len(x) == 0:
        return
    known = np.isfinite(low) & np.isfinite(high)
    ax.hlines(y[known], low[known], high[known], color=colour, linewidth=0.9, alpha=0.75, zorder=2)
    ax.scatter(x[known], y[known], s=13, marker=marker, color=colour, linewidth=0.6, zorder=3)
    if not known.all():
        ax.scatter(
            x[~known], y[~known], s=13, marker=marker, facecolor="white", edgecolor=colour, linewidth=0.8, zorder=3
        )


def ranked(ax: Axes, names: Sequence[str]) -> np.ndarray:
    """Name the rows from the top down; returns their heights on the y axis."""
    y = np.arange(len(names))[::-1].astype(float)
    name_ticks(ax.yaxis, y, terms(names, 30, 1))
    ax.set_ylim(-0.7, len(names) - 0.3)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", color=FAINT, linewidth=0.4)
    ax.spines["left"].set_visible(False)
    return y


def name_sides(ax: Axes, sides: dict[str, str]) -> None:
    """Say above the axes which side is whose, the one above the other where there is no room for both."""
    more = {"zh": "更多见于", "en": "more in"}[lang()]
    left, right = f"← {more} {label(sides['reference'])}", f"{more} {label(sides['target'])} →"
    names = [tick.label1.get_text() for tick in ax.yaxis.majorTicks]
    longest = max(names, key=lambda name: len(name.encode("gbk", "replace")), default="")
    if sum(map(points, (left, right, longest))) + 20 > 72 * ax.figure.bbox.width / ax.figure.dpi:
        left += "\n"
    ax.set_title(left, loc="left", fontsize=6.5, color=GREY)
    ax.set_title(right, loc="right", fontsize=6.5, color=GREY)


def whole_years(ax: Axes, years: Sequence[int]) -> None:
    """Ticks on years only, as many as the axis has room for."""
    first, last = int(min(years)), int(max(years))
    inches = ax.get_window_extent().width / ax.figure.dpi
    room = max(2, int(inches / 0.34))
    step = max(1, -(-(last - first + 1) // room))
    ax.set_xticks(range(first, last + 1, step))
    beside = max(0.5, 0.012 * (last - first))
    ax.set_xlim(first - beside, last + beside)


def with_gaps(years: np.ndarray, *values: np.ndarray) -> list[np.ndarray]:
    """Years from first to last and the values at them, NaN where a year has no documents: a gap, never a zero."""
    span = np.arange(years.min(), years.max() + 1)
    filled = [span.astype(float)]
    for value in values:
        row = np.full(len(span), np.nan)
        row[years - years.min()] = value
        filled.append(row)
    return filled


def band(ax: Axes, df: pd.DataFrame, columns: Sequence[str], colour: str) -> None:
    """A line over years with a band, broken where years are missing; an interval without neighbours is a bar.

    ``columns``: those of the year, the value and its limits.
    """
    years = df[columns[0]].to_numpy(dtype=np.int64)
    x, y, low, high = with_gaps(years, *(df[name].to_numpy(dtype=float) for name in columns[1:]))
    ax.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
    lone = np.isnan(np.concatenate([[np.nan], low[:-1]])) & np.isnan(np.concatenate([low[1:], [np.nan]]))
    ax.vlines(x[lone], low[lone], high[lone], color=colour, linewidth=0.9, alpha=0.75)
    ax.plot(x, y, color=colour, marker="o", markersize=2.4)
    whole_years(ax, years.tolist())


def similar_order(rows: np.ndarray, *, distances: bool = False) -> list[int]:
    """Order of rows, or of a square of distances, by average linkage with optimal leaves (Bar-Joseph et al. 2001)."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(rows) < 3:
        return list(range(len(rows)))
    points = squareform(rows, checks=False) if distances else rows
    return leaves_list(linkage(points, "average", optimal_ordering=True)).tolist()


def name_points(ax: Axes, x: np.ndarray, y: np.ndarray, names: Sequence[str], most: int = 25) -> None:
    """Name points in the order given, leaving out a name that would cover an earlier one."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    taken: list[Bbox] = []
    for at, name in enumerate(terms(names[: 4 * most])):
        text = ax.annotate(name, (x[at], y[at]), (2, 2), textcoords="offset points", fontsize=5.8)
        box = text.get_window_extent().padded(1)
        if len(taken) >= most or any(box.overlaps(other) for other in taken) or box.x1 > figure.bbox.x1:
            text.remove()
        else:
            taken.append(box)
