"""Life lines of slogans by year, and who took them up when."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.labels import label, lang, terms
from analysis.plots.marks import band, ranked, whole_years
from analysis.plots.theme import COLOURS, GREY, MM, TWO_COLUMN, drawing, families, name_ticks, new_axes, require


@drawing
def adoption(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Share of each year's documents with one slogan, Wilson interval; dashed: first national use known.

    Parameters
    ----------
    df : DataFrame
        What ``adoption(occ, corpus, by="year")`` returns, for one slogan.
    """
    require(df, ["slogan", "group", "share", "share_low", "share_high"], "adoption")
    shown = df.dropna(subset="group").sort_values("group")
    ax = ax or new_axes()
    band(ax, shown, ("group", "share", "share_low", "share_high"), COLOURS[0])
    national = (shown["first_year"] - shown["lag_years"]).dropna()
    if len(national) and shown["group"].min() <= national.iloc[0] <= shown["group"].max():
        look: dict[str, Any] = {"color": COLOURS[4], "linewidth": 0.8, "linestyle": (0, (3, 2))}
        ax.axvline(national.iloc[0], **look)
        if not ax.figure.legends:
            font = {"family": families(), "size": 6.5}
            key = Line2D([], [], label=label("first_national"), **look)
            ax.figure.legend(handles=[key], loc="outside upper right", prop=font)
    ax.set_ylim(-0.03, 1.03)
    ax.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])
    ax.set_ylabel(label("share"))
    return ax


@drawing
def lags(df: pd.DataFrame, ax: Axes | None = None, *, top: int = 20) -> Axes:
    """Who took up a slogan when: first national use, and the year each group is first seen with it.

    A filled dot is a first use surely seen; a hollow one may be older, as the group's documents begin there.
    Dots of one year stand side by side between it and the next. At the right: groups of all that are seen with it.

    Parameters
    ----------
    df : DataFrame
        What ``adoption()`` returns.
    ax : Axes, optional
    top : int
        Slogans with a known first national use that most groups took up; the oldest first.
    """
    require(df, ["slogan", "group", "first_year", "lag_years", "left_censored"], "adoption")
    seen = df.dropna(subset=["lag_years"]).assign(national=lambda t: t["first_year"] - t["lag_years"])
    order = seen.groupby("slogan").agg(n=("group", "size"), national=("national", "first")).reset_index()
    order = order.sort_values(["n", "national", "slogan"], ascending=[False, True, True]).head(top)
    order = order.sort_values(["national", "n", "slogan"], ascending=[True, False, True])
    ax = ax or new_axes(TWO_COLUMN, (len(order) * 5.2 + 20) * MM)
    y = ranked(ax, order["slogan"].tolist())
    name_ticks(ax.yaxis, y, terms(order["slogan"].tolist(), 56, 1))
    heights = dict(zip(order["slogan"], y, strict=True))
    _first_uses(ax, seen[seen["slogan"].isin(heights)], heights)
    ax.scatter(order["national"].astype(float), y, marker="|", s=70, color=COLOURS[4], linewidth=1.6, zorder=2)
    total = df["group"].nunique()
    for height, n in zip(y, order["n"], strict=True):
        ax.annotate(f"{n}/{total}", (1.01, height), xycoords=("axes fraction", "data"), va="center", fontsize=5.8)
    whole_years(ax, [*seen["first_year"], *order["national"]])
    ax.set_xlim(ax.get_xlim()[0] + 0.3, ax.get_xlim()[1] + 0.5)
    _lag_legend(ax)
    ax.figure.set_label("lags")
    return ax


def _first_uses(ax: Axes, seen: pd.DataFrame, heights: dict[str, float]) -> None:
    """Dots of one slogan and year in rows of eight within the year, none left of its tick: that would be earlier."""
    seen = seen.sort_values(["slogan", "first_year", "left_censored"], kind="stable")
    place = seen.groupby(["slogan", "first_year"]).cumcount().to_numpy()
    size = seen.groupby(["slogan", "first_year"])["group"].transform("size").to_numpy()
    down = np.ceil(size / 8)
    x = seen["first_year"].to_numpy(float) + 0.1 * (place % 8 + 1)
    y = seen["slogan"].map(heights).to_numpy(float) + 0.2 * ((down - 1) / 2 - place // 8)
    sure = ~seen["left_censored"].fillna(True).to_numpy(bool)
    ax.scatter(x[sure], y[sure], s=9, color=COLOURS[0], linewidth=0.5, zorder=3)
    ax.scatter(x[~sure], y[~sure], s=9, facecolor="white", edgecolor=GREY, linewidth=0.6, zorder=3)


def _lag_legend(ax: Axes) -> None:
    words = {
        "zh": ("全国首提", "各地首见", "首见，或许更早"),
        "en": ("first national use", "first seen", "may be older"),
    }
    handles = [
        ax.scatter([], [], marker="|", s=70, color=COLOURS[4], linewidth=1.6),
        ax.scatter([], [], s=9, color=COLOURS[0]),
        ax.scatter([], [], s=9, facecolor="white", edgecolor=GREY, linewidth=0.6),
    ]
    font = {"family": families(), "size": 6.5}
    ax.legend(handles, words[lang()], loc="lower left", bbox_to_anchor=(0, 1), ncols=3, prop=font, borderaxespad=0.2)
