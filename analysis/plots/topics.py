"""Topics: their words, their shares by group and year, contrasts, and the choice of k."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.labels import label
from analysis.plots.keyness import shaded
from analysis.plots.marks import band, dots, ranked
from analysis.plots.panels import panels
from analysis.plots.theme import (
    COLOURS,
    GREY,
    INK,
    MM,
    ONE_COLUMN,
    SEQUENTIAL,
    TWO_COLUMN,
    drawing,
    dress,
    name_ticks,
    new_axes,
    new_figure,
    require,
    style,
)
from analysis.stats.topic_draws import UNSTABLE

GROUP_COLUMNS = ("topic", "share", "low", "high", "n_docs")
NOT_GROUPS = (*GROUP_COLUMNS, "stability")


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
    bars = ax.barh(ranked(ax, df["feature"].tolist()), df["weight"], height=0.62, color=COLOURS[5])
    ax.set_xlabel(label("weight"))
    if unstable(df):
        for bar in bars:
            bar.set(facecolor="white", edgecolor=COLOURS[4], linestyle=(0, (2, 1.5)), linewidth=0.7)
    say_stability(ax, df, "lower right")
    return ax


def unstable(df: pd.DataFrame) -> bool:
    """Whether the one topic of a table shares fewer than five of its ten first words with its refits."""
    return "stability" in df and bool(df["stability"].iloc[0] < UNSTABLE)


def say_stability(ax: Axes, df: pd.DataFrame, place: str = "upper right") -> None:
    """Write the one topic's stability in a corner, in vermilion where it is unstable."""
    if "stability" not in df:
        return
    weak = unstable(df)
    words = f"{label('unstable' if weak else 'stability')} {df['stability'].iloc[0]:.2f}"
    ax.text(
        0.99, 0.985 if place == "upper right" else 0.02, words, transform=ax.transAxes, ha="right", fontsize=5.8,
        va="top" if place == "upper right" else "bottom", color=COLOURS[4] if weak else GREY,
    )  # fmt: skip


@drawing
def prevalence(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Share of one topic in each group, mean over documents with interval; hollow where one document.

    Parameters
    ----------
    df : DataFrame
        What ``prevalence(model, by=…)`` returns, for one topic.
    """
    require(df, GROUP_COLUMNS, "prevalence")
    by = next((c for c in df.columns if c not in NOT_GROUPS), "topic")
    ax = ax or new_axes(ONE_COLUMN, (len(df) * 4 + 12) * MM)
    x, low, high = (df[c].to_numpy(dtype=float) for c in ("share", "low", "high"))
    dots(ax, x, ranked(ax, [label(v) for v in df[by]]), low, high)
    reach = _reach(df)
    ax.set_xlim(-0.02 * reach, reach)
    ax.set_ylim(top=len(df) + 0.3 * ("stability" in df))
    ax.set_xlabel(label("share"))
    say_stability(ax, df)
    return ax


@drawing
def prevalence_trend(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Share of one topic over years with its interval; a year without documents is a gap."""
    require(df, ["year", *GROUP_COLUMNS], "prevalence")
    ax = ax or new_axes()
    shown = df.dropna(subset="year").sort_values("year")
    band(ax, shown, ("year", "share", "low", "high"), COLOURS[2])
    reach = _reach(shown)
    ax.set_ylim(-0.02 * reach, (1.16 if "stability" in df else 1) * reach)
    ax.set_ylabel(label("share"))
    say_stability(ax, shown)
    return ax


def prevalence_tiles(df: pd.DataFrame, *, ncols: int = 3) -> Figure:
    """Share of every topic by region and year, one panel a topic, shades on one scale; blank cells are white.

    Parameters
    ----------
    df : DataFrame
        What ``prevalence(model, by=[rows, columns], min_docs=…)`` returns.
    """
    require(df, GROUP_COLUMNS, "prevalence")
    rows = df[df.columns[0] if df.columns[0] != "topic" else df.columns[1]].nunique()
    top = max(float(np.nanmax(df["share"].to_numpy(dtype=float))), 0.05)
    return panels(df, _tiles, by="topic", ncols=ncols, height=rows * 4.2 + 18, top=top)


@drawing
def _tiles(df: pd.DataFrame, ax: Axes | None = None, *, top: float) -> Axes:
    """Percentages of one topic in rows × columns."""
    ax = ax or new_axes()
    row, column = [c for c in df.columns if c not in NOT_GROUPS]
    cells = df.assign(**{column: df[column].astype("str"), row: df[row].astype("str")})
    order = cells[row].drop_duplicates().tolist()
    grid = cells.pivot(index=row, columns=column, values="share").reindex(order).astype(float)
    values = grid.to_numpy()
    ax.pcolormesh(np.ma.masked_invalid(values), cmap=SEQUENTIAL, vmin=0, vmax=top, edgecolor="white", linewidth=0.6)
    for (y, x), value in np.ndenumerate(values):
        if np.isfinite(value):
            ink = "white" if value / top > 0.55 else INK
            ax.text(x + 0.5, y + 0.5, f"{100 * value:.0f}", ha="center", va="center", fontsize=5.2, color=ink)
    ax.set_ylim(len(grid), -0.9 if "stability" in df else 0)
    name_ticks(ax.xaxis, np.arange(grid.shape[1]) + 0.5, grid.columns, rotation=90)
    name_ticks(ax.yaxis, np.arange(len(grid)) + 0.5, map(label, grid.index))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    say_stability(ax, df)
    return ax


def contrasts(df: pd.DataFrame, *, by: str, ncols: int = 3) -> Figure:
    """Differences of shares between each group and the others, one panel a topic, colour and shape by q, one scale.

    Parameters
    ----------
    df : DataFrame
        Rows of ``prevalence_contrast()`` for each value of the column ``by``.
    """
    require(df, [by, "topic", "difference", "low", "high", "q"], "prevalence_contrast")
    largest = max(float(df["difference"].abs().max()), 0.02)
    reach = min(1.04 * float(df[["low", "high"]].abs().to_numpy().max()), 3 * largest)
    return panels(df, _contrast, by="topic", ncols=ncols, height=df[by].nunique() * 3.6 + 18, group=by, reach=reach)


@drawing
def _contrast(df: pd.DataFrame, ax: Axes | None = None, *, group: str, reach: float) -> Axes:
    ax = ax or new_axes()
    y = ranked(ax, [label(value) for value in df[group]])
    ax.axvline(0, color=GREY, linewidth=0.6)
    x = df["difference"].to_numpy()
    for marker, colour, rows in shaded(df["q"].to_numpy()):
        low, high = (np.clip(df[c].to_numpy()[rows], -reach, reach) for c in ("low", "high"))
        dots(ax, x[rows], y[rows], low, high, colour=colour, marker=marker)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(top=len(df) + 0.3 * ("stability" in df))
    ax.set_xlabel(label("difference"))
    say_stability(ax, df)
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
