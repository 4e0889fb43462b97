"""Trends: slopes with intervals, and change points behind the yearly rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.labels import label
from analysis.plots.keyness import shaded_dots
from analysis.plots.marks import ranked, whole_years, with_gaps
from analysis.plots.theme import COLOURS, GREY, MM, ONE_COLUMN, drawing, new_axes, require

REACH = 1.8


@drawing
def slopes(df: pd.DataFrame, ax: Axes | None = None, *, top: int = 20, names: str | None = None) -> Axes:
    """Change of rates per year with intervals over documents, colour and shape by q, from the fastest rise down.

    Parameters
    ----------
    df : DataFrame
        What ``trend()`` returns: of one group, or of one feature in several groups.
    ax : Axes, optional
    top : int
        Rows shown, those with the smallest p first.
    names : str, optional
        The column that names the rows; by default ``feature``, or the first column where there is one feature.
    """
    require(df, ["feature", "percent", "percent_low", "percent_high", "p", "q"], "trend")
    names = names or ("feature" if df["feature"].nunique() > 1 else str(df.columns[0]))
    shown = df.sort_values(["p", names]).head(top).sort_values(["slope", names], ascending=[False, True])
    ax = ax or new_axes(ONE_COLUMN, max(len(shown) * 3.6 + 16, len(shown) * 3 + 26) * MM)
    y = ranked(ax, [str(label(name)) if names != "feature" else name for name in shown[names]])
    ax.axvline(0, color=GREY, linewidth=0.6)
    reach = max(shown["percent"].abs().max() * REACH, 1.0)
    shaded_dots(ax, y, shown, ("percent", "percent_low", "percent_high"), reach)
    ends = 1.04 * shown[["percent_low", "percent_high"]].to_numpy()
    least = 0.03 * reach
    ax.set_xlim(max(-reach, min(ends.min(), -least)), min(reach, max(ends.max(), least)))  # what is longer runs off
    ax.set_xlabel(label("percent"))
    return ax


@drawing
def change_points(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Yearly rates of one feature; the darker the strip before a year, the more probable a change with it.

    Parameters
    ----------
    df : DataFrame
        What ``change_points()`` returns, for one feature.
    """
    require(df, ["year", "per_10k", "probability"], "change_points")
    ax = ax or new_axes()
    years = df["year"].to_numpy(dtype=np.int64)
    for before, after, probability in zip(years, years[1:], df["probability"].iloc[1:], strict=False):
        ax.axvspan(before, after, color=COLOURS[4], alpha=0.75 * float(probability), linewidth=0)
    x, rate = with_gaps(years, df["per_10k"].to_numpy())
    ax.plot(x, rate, color=COLOURS[0], marker="o", markersize=2.4)
    whole_years(ax, years.tolist())
    _say_probable(ax, (years[1:] + years[:-1]) / 2, df["probability"].to_numpy(float)[1:])
    ax.set_ylim(0, 1.3 * max(df["per_10k"].max(), 1e-9))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_ylabel(label("per_10k"))
    return ax


def _say_probable(ax: Axes, middle: np.ndarray, probability: np.ndarray) -> None:
    """Write probabilities of a fifth or more above their strips, the largest first, none over another."""
    room = 0.17 * np.diff(ax.get_xlim())[0] / (ax.get_window_extent().width / ax.figure.dpi)  # years a number takes
    taken: list[float] = []
    for at in np.lexsort((middle, -probability)):
        if probability[at] >= 0.2 and all(abs(middle[at] - other) >= room for other in taken):
            taken.append(middle[at])
            place: dict[str, Any] = {"transform": ax.get_xaxis_transform(), "ha": "center", "va": "top"}
            ax.text(middle[at], 0.97, f"{probability[at]:.2f}", fontsize=5.2, **place)
