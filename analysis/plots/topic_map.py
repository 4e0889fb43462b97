"""The topics on a plane: circles with names that do not cover each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from analysis.labels import label
from analysis.plots.theme import COLOURS, FAINT, MM, TWO_COLUMN, drawing, dress, new_axes, require
from analysis.stats.topic_draws import UNSTABLE

LARGEST = 900.0  # square points of the largest circle


@drawing
def topic_map(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Topics near where their words are alike, with their stability; area is share, dashed circles are unstable.

    Parameters
    ----------
    df : DataFrame
        What ``topic_map()`` returns.
    """
    require(df, ["topic", "x", "y", "share"], "topic_map")
    ax = ax or new_axes(TWO_COLUMN, 105 * MM)
    weak = (df["stability"] < UNSTABLE if "stability" in df else pd.Series(False, index=df.index)).to_numpy()
    size = (LARGEST * df["share"] / df["share"].max()).to_numpy()
    looks: tuple[tuple[np.ndarray, dict[str, Any]], ...] = (
        (~weak, {"color": COLOURS[5], "alpha": 0.65, "linewidth": 0}),
        (weak, {"facecolor": "none", "edgecolor": COLOURS[4], "linestyle": (0, (2, 1.5)), "linewidth": 0.9}),
    )
    for chosen, look in looks:
        if chosen.any():
            name = f"{label('unstable')} < 0.33" if chosen is weak else f"{label('stable')} ≥ 0.33"
            x, y = (df[c].to_numpy()[chosen] for c in "xy")
            ax.scatter(x, y, s=size[chosen], label=name if "stability" in df else None, **look)
    for line in (ax.axhline, ax.axvline):
        line(0, color=FAINT, linewidth=0.5, zorder=0)
    ax.margins(0.22, 0.16)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    if "stability" in df:
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, markerscale=0.35, borderpad=0)
    _names(ax, df, np.sqrt(size / np.pi))
    return ax


def _names(ax: Axes, df: pd.DataFrame, radius: np.ndarray) -> None:
    """Each name on the side of its circle that covers least of what is there, the largest topic first."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    dress([ax])
    figure.draw_without_rendering()
    centres = ax.transData.transform(df[["x", "y"]].to_numpy())
    pixels = radius * figure.dpi / 72
    steady = [f" {s:.2f}" for s in df["stability"]] if "stability" in df else [""] * len(df)
    names = [label(topic) + number for topic, number in zip(df["topic"], steady, strict=True)]
    taken = [Bbox.from_extents(*(c - r), *(c + r)) for c, r in zip(centres, pixels, strict=True)]
    for at in np.lexsort((np.arange(len(df)), -df["share"].to_numpy())):
        options = []
        for turn, (dx, dy, ha, va) in enumerate(_SIDES):
            shift = (dx * (radius[at] + 2), dy * (radius[at] + 2))
            text = ax.annotate(
                names[at], df[["x", "y"]].iloc[at], shift, textcoords="offset points", ha=ha, va=va,
                fontsize=6.3,
            )  # fmt: skip
            dress([ax])
            box = text.get_window_extent()
            outside = box.width - _common(box, ax.bbox, width=True)
            options.append((sum(_common(box, other) for other in taken) + 50 * outside, turn, text, box))
        best = min(options, key=lambda option: option[:2])
        for _, _, text, _ in options:
            if text is not best[2]:
                text.remove()
        taken.append(best[3])


_SIDES = ((1, 0, "left", "center"), (-1, 0, "right", "center"), (0, 1, "center", "bottom"), (0, -1, "center", "top"),
          (0.7, 0.8, "left", "bottom"), (-0.7, 0.8, "right", "bottom"), (0.7, -0.8, "left", "top"),
          (-0.7, -0.8, "right", "top"))  # fmt: skip


def _common(one: Bbox, other: Bbox, *, width: bool = False) -> float:
    """Area (or width) that two boxes share."""
    x = max(0.0, min(one.x1, other.x1) - max(one.x0, other.x0))
    return x if width else x * max(0.0, min(one.y1, other.y1) - max(one.y0, other.y0))
