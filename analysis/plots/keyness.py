"""Keyness: log ratios with intervals, colour and shape by q, so that grey print tells them apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.corpus import bare
from analysis.labels import label
from analysis.plots.marks import dots, name_sides, ranked
from analysis.plots.theme import COLOURS, GREY, MARKERS, MM, ONE_COLUMN, drawing, new_axes, require

SHADES = (("q < 0.05", COLOURS[4], 0.05), ("q < 0.25", COLOURS[1], 0.25), ("q ≥ 0.25", "#9a9a9a", np.inf))


@drawing
def keyness(df: pd.DataFrame, ax: Axes | None = None, *, top: int = 10, both: bool = True) -> Axes:
    """The terms that set two groups apart: log ratio with interval over documents, colour by q.

    Parameters
    ----------
    df : DataFrame
        What ``keyness()`` returns.
    ax : Axes, optional
    top : int
        Terms shown of each side, those with the smallest p first.
    both : bool
        Also the terms of the reference side.
    """
    require(df, ["feature", "log_ratio", "log_ratio_low", "log_ratio_high", "q", "p"], "keyness")
    shown = strongest(df, top, both=both)
    ax = ax or new_axes(ONE_COLUMN, max(len(shown) * 3.6 + 20, len(shown) * 3 + 30) * MM)
    y = ranked(ax, shown["feature"].tolist())
    ax.axvline(0, color=GREY, linewidth=0.6)
    reach = shown["log_ratio"].abs().max() * 1.9 + 0.5
    shaded_dots(ax, y, shown, ("log_ratio", "log_ratio_low", "log_ratio_high"), reach)
    ax.set_xlabel(label("log_ratio"))
    if sides := df.attrs.get("sides"):
        name_sides(ax, sides)
    return ax


def shaded_dots(ax: Axes, y: np.ndarray, df: pd.DataFrame, columns: tuple[str, str, str], reach: float) -> None:
    """Values with limits that end at ``reach``, colour and shape by q; the figure's key explains them once."""
    taken = np.zeros(len(df), dtype=bool)
    for marker, (_, colour, limit) in zip(MARKERS, SHADES, strict=False):
        rows = (df["q"] < limit).to_numpy() & ~taken
        taken |= rows
        x, low, high = (df[name].to_numpy()[rows] for name in columns)
        dots(ax, x, y[rows], np.clip(low, -reach, reach), np.clip(high, -reach, reach), colour=colour, marker=marker)
    if df[columns[1]].min() < -reach:  # cut off, not ended
        ax.set_xlim(left=-reach)
    if df[columns[2]].max() > reach:
        ax.set_xlim(right=reach)
    if not ax.figure.legends:
        handles = [
            Line2D([], [], marker=marker, linestyle="", markersize=3.5, color=colour, label=name)
            for marker, (name, colour, _) in zip(MARKERS, SHADES, strict=False)
        ]
        ax.figure.legend(handles=handles, loc="outside upper center", ncols=3, handletextpad=0.1)


def strongest(df: pd.DataFrame, top: int, *, both: bool) -> pd.DataFrame:
    """The ``top`` terms of each side by p, then size of the log ratio; from the target's largest down."""
    df = bare(df)
    names, ratio, p = (df[name].to_numpy() for name in ("feature", "log_ratio", "p"))
    first: list[int] = []
    for rows in map(np.flatnonzero, [ratio > 0, ratio < 0][: 1 + both]):
        near = rows[p[rows] <= np.sort(p[rows])[:top].max(initial=0)].tolist()
        first += sorted(near, key=lambda row: (p[row], -abs(ratio[row]), names[row]))[:top]
    return df.iloc[sorted(first, key=lambda row: (-ratio[row], names[row]))]
