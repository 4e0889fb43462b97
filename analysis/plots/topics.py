"""Topics: their words, their shares by group and year, and the choice of k."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.labels import label
from analysis.plots.marks import band, dots, ranked, whole_years
from analysis.plots.theme import (
    COLOURS,
    MM,
    ONE_COLUMN,
    TWO_COLUMN,
    drawing,
    dress,
    new_axes,
    new_figure,
    require,
    style,
)

GROUP_COLUMNS = ("topic", "share", "low", "high", "n_docs")


@drawing
def top_features(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Bars of the words of one topic.

    Parameters
    ----------
    df : DataFrame
        What ``top_features()`` returns, for one topic.
    """
    require(df, ["topic", "feature", "weight"], "top_features")
    ax = ax or new_axes(ONE_COLUMN, (len(df) * 4 + 12) * MM)
    ax.barh(ranked(ax, df["feature"].tolist()), df["weight"], height=0.62, color=COLOURS[5])
    ax.set_xlabel(label("weight"))
    return ax


@drawing
def prevalence(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Share of one topic in each group, mean over documents with interval; hollow where one document.

    Parameters
    ----------
    df : DataFrame
        What ``prevalence(model, by=…)`` returns, for one topic.
    """
    require(df, GROUP_COLUMNS, "prevalence")
    by = next((c for c in df.columns if c not in GROUP_COLUMNS), "topic")
    ax = ax or new_axes(ONE_COLUMN, (len(df) * 4 + 12) * MM)
    y = np.arange(len(df))[::-1].astype(float)
    x, low, high = (df[c].to_numpy(dtype=float) for c in ("share", "low", "high"))
    dots(ax, x, y, low, high)
    ranked(ax, [label(v) for v in df[by]])
    reach = _reach(df)
    ax.set_xlim(-0.02 * reach, reach)
    ax.set_xlabel(label("share"))
    return ax


@drawing
def prevalence_trend(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Share of one topic over years with its interval; a year without documents is a gap."""
    require(df, ["year", *GROUP_COLUMNS], "prevalence")
    ax = ax or new_axes()
    shown = df.dropna(subset="year").sort_values("year")
    years = shown["year"].to_numpy(dtype=np.int64)
    limits = (shown["low"].to_numpy(dtype=float), shown["high"].to_numpy(dtype=float))
    band(ax, years, shown["share"].to_numpy(dtype=float), limits, COLOURS[2])
    whole_years(ax, years.tolist())
    reach = _reach(shown)
    ax.set_ylim(-0.02 * reach, reach)
    ax.set_ylabel(label("share"))
    return ax


def _reach(df: pd.DataFrame) -> float:
    """End of an axis of shares: a little beyond the largest share or limit."""
    return 1.04 * max(float(np.nanmax(df[["share", "high"]].to_numpy(dtype=float))), 0.05)


def choose_k(df: pd.DataFrame, ax: Axes | None = None) -> Figure:
    """Coherence, exclusivity, held-out likelihood and stability against k: no winner is marked."""
    require(df, ["k", "npmi_coherence"], "choose_k")
    measures = ["npmi_coherence", "exclusivity", "heldout", "stability"]
    with style():
        figure = new_figure(TWO_COLUMN, 44 * MM)
        for axes, measure in zip(figure.subplots(1, 4), measures, strict=True):
            axes.plot(df["k"], df[measure], marker="o", markersize=3, color=COLOURS[0])
            axes.set_title(label(measure))
            axes.set_xlabel("k")
            axes.set_xticks(df["k"])
        dress(figure.axes)
    return figure
