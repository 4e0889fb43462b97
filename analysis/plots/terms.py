"""Terms: ranked frequencies, TF-IDF, trends over years, dispersion."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

from analysis.labels import label
from analysis.plots.marks import band, dots, name_points, ranked
from analysis.plots.theme import COLOURS, MM, ONE_COLUMN, drawing, new_axes, require

REACH = 2.5  # times the largest value: an interval that is longer runs off the axis


@drawing
def frequency(df: pd.DataFrame, ax: Axes | None = None, *, top: int = 12) -> Axes:
    """Dot plot of the most frequent terms of one group, with intervals over documents.

    Parameters
    ----------
    df : DataFrame
        What ``frequency()`` returns, for one group.
    ax : Axes, optional
    top : int
        Terms shown.
    """
    require(df, ["feature", "per_10k", "low", "high"], "frequency")
    shown = df.sort_values(["per_10k", "feature"], ascending=[False, True]).head(top)
    ax = ax or new_axes(ONE_COLUMN, max(len(shown) * 4 + 14, len(shown) * 3 + 19) * MM)
    x, low, high = (shown[name].to_numpy(dtype=float) for name in ("per_10k", "low", "high"))
    dots(ax, x, ranked(ax, shown["feature"].tolist()), low, high)
    ax.set_xlim(0, _reach(shown))
    ax.set_xlabel(label("per_10k"))
    return ax


def _reach(df: pd.DataFrame) -> float:
    largest = max(df["per_10k"].max(), 1e-9)
    return min(REACH * largest, 1.05 * max(largest, df["high"].fillna(0).max()))


@drawing
def tfidf(df: pd.DataFrame, ax: Axes | None = None, *, top: int = 10) -> Axes:
    """Bars of the terms with the highest TF-IDF of one document or group."""
    require(df, ["feature", "tf_idf"], "tfidf")
    shown = df.sort_values(["tf_idf", "feature"], ascending=[False, True]).head(top)
    ax = ax or new_axes(ONE_COLUMN, max(len(shown) * 4 + 14, len(shown) * 3 + 19) * MM)
    ax.barh(ranked(ax, shown["feature"].tolist()), shown["tf_idf"], height=0.62, color=COLOURS[5])
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlabel(label("tf_idf"))
    return ax


@drawing
def trend(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Rate of one term over years with its interval; a year without documents is a gap.

    Parameters
    ----------
    df : DataFrame
        What ``frequency(dfm, by="year")`` returns, for one feature.
    """
    require(df, ["year", "per_10k", "low", "high"], "frequency")
    shown = df.dropna(subset="year").sort_values("year")
    ax = ax or new_axes()
    band(ax, shown, ("year", "per_10k", "low", "high"), COLOURS[0])
    ax.set_ylim(0, _reach(shown))
    ax.set_ylabel(label("per_10k"))
    return ax


@drawing
def dispersion(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Frequency against evenness (DPnorm), the most frequent terms named where there is room."""
    require(df, ["feature", "n", "dp_norm"], "dispersion")
    ax = ax or new_axes(ONE_COLUMN, 70 * MM)
    shown = df.dropna(subset="dp_norm").sort_values(["n", "feature"], ascending=[False, True])
    ax.scatter(shown["n"], shown["dp_norm"], s=5, color=COLOURS[5], alpha=0.5, linewidth=0)
    ax.set_xscale("log")
    wide = shown["n"].max() > 200 * shown["n"].min()
    ax.xaxis.set_major_locator(LogLocator(subs=(1,) if wide else (1, 2, 5)))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    name_points(ax, shown["n"].to_numpy(), shown["dp_norm"].to_numpy(), shown["feature"].tolist())
    ax.set_xlabel(label("n"))
    ax.set_ylabel(label("dp_norm"))
    return ax
