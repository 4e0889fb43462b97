"""Topics: their words, their shares by group and year, contrasts, and the choice of k."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.labels import label, lang
from analysis.plots.grids import name_cells
from analysis.plots.keyness import shaded_dots
from analysis.plots.marks import band, dots, ranked, whole_years
from analysis.plots.panels import panels
from analysis.plots.theme import (
    COLOURS,
    FAINT,
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
NOT_GROUPS = (*GROUP_COLUMNS, "stability", "observed")


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
    """Share of one topic over years with its interval; a year without documents is a gap.

    A column ``observed`` makes it a curve: the years' means are hollow dots beside it.
    """
    require(df, ["year", *GROUP_COLUMNS], "prevalence")
    ax = ax or new_axes()
    shown = df.dropna(subset="year").sort_values("year")
    reach = _reach(shown)
    if "observed" in df:
        ax.fill_between(shown["year"], shown["low"], shown["high"], color=COLOURS[2], alpha=0.18, linewidth=0)
        ax.plot(shown["year"], shown["share"], color=COLOURS[2])
        ax.plot(df["year"], df["observed"], "o", markersize=2.6, markerfacecolor="white", color=GREY, linewidth=0)
        whole_years(ax, shown["year"].tolist())
    else:
        band(ax, shown, ("year", "share", "low", "high"), COLOURS[2])
    ax.set_ylim(-0.02 * reach, (1.16 if "stability" in df else 1) * reach)
    ax.set_ylabel(label("share"))
    say_stability(ax, shown)
    return ax


def prevalence_tiles(df: pd.DataFrame, *, ncols: int = 3) -> Figure:
    """Share of every topic by region and year, one panel a topic, shades on one scale; blank cells are white.

    Parameters
    ----------
    df : DataFrame
        What ``prevalence(model, by=[rows, columns])`` returns.
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
    name_cells(ax, [label(name) for name in grid.index], grid.columns)
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


def topic_drift(df: pd.DataFrame, *, ncols: int = 2) -> Figure:
    """Words that each topic came to use more or less, one panel a topic, colour and shape by q, one scale.

    Parameters
    ----------
    df : DataFrame
        What ``topic_drift()`` returns.
    """
    values = ("log_ratio", "log_ratio_low", "log_ratio_high")
    require(df, ["topic", "feature", "q", *values], "topic_drift")
    reach = 1.3 * max(float(df["log_ratio"].abs().max()), 1.0)
    ordered = df.sort_values(["log_ratio", "feature"], ascending=[False, True])
    ordered = ordered.assign(topic=pd.Categorical(ordered["topic"], df["topic"].unique()))
    height = float(df.groupby("topic").size().max() * 3.6 + 18)
    figure = panels(ordered, _contrast, by="topic", ncols=ncols, height=height, group="feature", reach=reach,
                    values=values)  # fmt: skip
    if sides := df.attrs.get("sides"):
        for ax in (ax for ax in figure.axes if ax.get_xlabel()):
            ax.set_xlabel(f"← {label(sides['reference'])}   {ax.get_xlabel()}   {label(sides['target'])} →")
    return figure


@drawing
def _contrast(
    df: pd.DataFrame, ax: Axes | None = None, *, group: str, reach: float,
    values: tuple[str, str, str] = ("difference", "low", "high"),
) -> Axes:  # fmt: skip
    ax = ax or new_axes()
    y = ranked(ax, [label(value) for value in df[group]])
    ax.axvline(0, color=GREY, linewidth=0.6)
    shaded_dots(ax, y, df, values, reach)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(top=len(df) + 0.3 * ("stability" in df))
    ax.set_xlabel(label(values[0]))
    say_stability(ax, df)
    return ax


@drawing
def topic_correlation(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Which topics go together: full circles positive, hollow negative, larger the stronger, grey where q ≥ 0.05.

    Unstable topics in vermilion.

    Parameters
    ----------
    df : DataFrame
        What ``topic_correlation()`` returns.
    """
    ends = ["topic_a", "topic_b"]
    require(df, [*ends, "correlation", "q"], "topic_correlation")
    names = sorted({*df["topic_a"], *df["topic_b"]}, key=lambda name: int(name.split()[0][1:]))
    width = ONE_COLUMN if len(names) <= 13 else TWO_COLUMN
    cell = min(5.0, (width / MM - 46) / len(names))
    ax = ax or new_axes(width, (cell * len(names) + 16) * MM)
    at = np.sort([[names.index(name) for name in pair] for pair in df[ends].to_numpy()], axis=1)
    r, sure = df["correlation"].to_numpy(), (df["q"] < 0.05).to_numpy()
    colour = np.where(sure, np.where(r > 0, COLOURS[0], COLOURS[4]), "#9a9a9a")
    face = np.where(r > 0, colour, "none")
    ax.scatter(at[:, 0], at[:, 1], s=5.2 * cell**2 * np.abs(r), facecolor=face, edgecolor=colour, linewidth=0.8)
    name_ticks(ax.xaxis, np.arange(len(names) - 1), [name.split()[0][1:] for name in names[:-1]])
    name_ticks(ax.yaxis, np.arange(1, len(names)), [label(name) for name in names[1:]])
    ax.set(xlim=(-0.6, len(names) - 1.4), ylim=(len(names) - 0.4, 0.4), aspect="equal", anchor="W")
    ax.grid(color=FAINT, linewidth=0.4)
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    words = {"zh": "实心正、空心负，灰：q ≥ 0.05", "en": "full: positive, hollow: negative\ngrey: q ≥ 0.05"}[lang()]
    if "stability_a" in df and _mark_unstable(ax, df, names):
        words += {"zh": "\n橙红题名：不稳定", "en": "; vermilion name: unstable"}[lang()]
    ax.set_title(words, fontsize=6.5, color=GREY)
    return ax


def _mark_unstable(ax: Axes, df: pd.DataFrame, names: list[str]) -> bool:
    """Set unstable topics in vermilion on both axes; whether there are any."""
    steady = {name: s for side in "ab" for name, s in zip(df[f"topic_{side}"], df[f"stability_{side}"], strict=True)}
    for axis, shown in ((ax.xaxis, names[:-1]), (ax.yaxis, names[1:])):
        for tick, name in zip(axis.get_ticklabels(), shown, strict=True):
            if steady[name] < UNSTABLE:
                tick.set_color(COLOURS[4])
    return min(steady.values()) < UNSTABLE


def _reach(df: pd.DataFrame) -> float:
    """End of an axis of shares: a little beyond the largest share or limit."""
    ends = df.columns.intersection(["share", "high", "observed"])
    return 1.04 * max(float(np.nanmax(df[ends].to_numpy(dtype=float))), 0.05)


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
