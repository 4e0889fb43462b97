"""Divergence: the words that make two groups differ, and how far apart every two groups are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from analysis.labels import label, lang, terms
from analysis.plots.grids import name_cells
from analysis.plots.marks import name_sides, similar_order
from analysis.plots.theme import (
    COLOURS,
    GREY,
    INK,
    MM,
    ONE_COLUMN,
    SEQUENTIAL,
    TWO_COLUMN,
    drawing,
    new_axes,
    require,
)  # fmt: skip

SIDES = {"zh": ("参照", "目标"), "en": ("the reference", "the target")}


@drawing
def word_shift(df: pd.DataFrame, ax: Axes | None = None, *, top: int = 25) -> Axes:
    """The features that contribute most to a divergence, each to the side that has more of it.

    Parameters
    ----------
    df : DataFrame
        What ``word_shift()`` returns; ``attrs["sides"]`` may name its target and reference.
    ax : Axes, optional
    top : int
        Features shown.
    """
    require(df, ["feature", "share", "direction"], "word_shift")
    shown = df.head(top)
    ax = ax or new_axes(ONE_COLUMN, max(len(shown) * 3.6 + 18, len(shown) * 3 + 23) * MM)
    y = np.arange(len(shown))[::-1]
    sign = np.where(shown["direction"] == "target", 1, -1)
    length = 100 * shown["share"].to_numpy()
    ax.barh(y, sign * length, height=0.72, color=np.where(sign > 0, COLOURS[4], COLOURS[5]), linewidth=0)
    names = terms(shown["feature"].tolist(), 26, 1)
    for at, side, end, name in zip(y, sign, sign * length, names, strict=True):
        place = "left" if side > 0 else "right"
        ax.annotate(name, (end, at), (2 * side, 0), textcoords="offset points", ha=place, va="center",
                    fontsize=6.2, color=INK)  # fmt: skip
    ax.axvline(0, color=GREY, linewidth=0.6)
    ax.set_xlim(-_room(ax, length), _room(ax, length))
    ax.set_ylim(-0.7, len(shown) - 0.3)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    ax.set_xlabel({"zh": "占全部差异的百分比（JSD）", "en": "per cent of the whole divergence (JSD)"}[lang()])
    name_sides(ax, df.attrs.get("sides") or dict(zip(("reference", "target"), SIDES[lang()], strict=True)))
    return ax


def _room(ax: Axes, length: np.ndarray) -> float:
    """How far the axis must reach either way for every name to end within it."""
    width = 0.95 * ax.get_window_extent().width
    share = np.array([min(text.get_window_extent().width / width, 0.4) for text in ax.texts])
    return float(max(1.2 * length.max(), (length / (1 - 2 * share)).max() * 1.05))


@drawing
def divergence_matrix(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Divergence of every two groups; like groups stand together.

    Rows are in order of average-linkage clustering with optimal leaf ordering (Bar-Joseph et al. 2001). A
    divergence no greater than chance gives stands as 0; a dot: p < 0.05 of this pair alone.

    Parameters
    ----------
    df : DataFrame
        What ``divergence_matrix()`` returns. Where no pair could be corrected, the pooled divergence is shown.
    """
    require(df, ["a", "b", "jsd", "jsd_pooled", "p"], "divergence_matrix")
    value = "jsd" if df["jsd"].notna().all() else "jsd_pooled"
    names, grid, p = square(df, value)
    order = similar_order(np.sqrt(grid), distances=True)  # the root of JSD is a metric
    grid, p, names = grid[np.ix_(order, order)], p[np.ix_(order, order)], [names[i] for i in order]
    side = len(names) * 4.4 + 24
    ax = ax or new_axes(ONE_COLUMN if side * MM <= ONE_COLUMN else TWO_COLUMN, min(side, 170) * MM)
    norm = Normalize(0, max(grid.max(), 1e-9))
    np.fill_diagonal(grid, np.nan)
    ax.imshow(grid, cmap=SEQUENTIAL, norm=norm, aspect="auto", extent=(0, len(names), len(names), 0))
    digits = 100 if grid[np.isfinite(grid)].max() >= 0.1 else 1000
    for (row, column), bits in np.ndenumerate(grid):
        if row != column:
            dot = "·" if p[row, column] < 0.05 else ""
            ink = "white" if norm(bits) > 0.55 else INK
            number = f"{digits * bits:.0f}{dot}"
            ax.text(column + 0.5, row + 0.5, number, ha="center", va="center", fontsize=5.4, color=ink)
    name_cells(ax, [label(name) for name in names], names)
    unit = {100: ("百分之一比特", "hundredths of a bit"), 1000: ("千分之一比特", "thousandths of a bit")}[digits]
    ax.set_title(f"{label(value)}{'，' + unit[0] if lang() == 'zh' else ', ' + unit[1]}")
    return ax


def square(df: pd.DataFrame, value: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the groups, and square matrices of the divergences (none below 0) and their p."""
    names = list(dict.fromkeys([*df["a"], *df["b"]]))
    grid, p = np.zeros((len(names), len(names))), np.ones((len(names), len(names)))
    rows, columns = df["a"].map(names.index).to_numpy(dtype=int), df["b"].map(names.index).to_numpy(dtype=int)
    for matrix, numbers in ((grid, df[value].clip(lower=0)), (p, df["p"])):
        matrix[rows, columns] = matrix[columns, rows] = numbers.to_numpy(dtype=float)
    return [str(name) for name in names], grid, p
