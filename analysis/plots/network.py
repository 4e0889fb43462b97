"""Co-occurrence networks on one circle: every panel puts a slogan in the same place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path

from analysis.corpus import bare
from analysis.labels import label, say, terms
from analysis.plots.panels import panels
from analysis.plots.theme import (
    COLOURS,
    FAINT,
    GREY,
    MM,
    TWO_COLUMN,
    drawing,
    families,
    new_axes,
    points,
    require,
    style,
)  # fmt: skip
from analysis.stats.network import network

if TYPE_CHECKING:
    import networkx as nx

NO_TIES = {"zh": "表中没有联系", "en": "no ties in the table"}
# What changed: colour and dash of an edge.
CHANGES: dict[str, tuple[str, Any]] = {
    "stronger": (COLOURS[4], "solid"), "weaker": (COLOURS[0], "solid"), "new": (COLOURS[2], (0, (3, 1.5))),
}  # fmt: skip
# Names in ever less room: characters of a line of Chinese, of English, and lines of English.
SHAPES = ((11, 24, 2), (8, 18, 3), (6, 16, 3), (6, 16, 2), (6, 24, 1))
GAP = 4.2  # points from the circle to a name


@drawing
def cooccurrence(
    df: pd.DataFrame, ax: Axes | None = None, *, min_n: int = 2, names: Sequence[str] | None = None, size: float = 6.5
) -> Axes:
    """The network of one co-occurrence table: slogans on a circle, communities side by side and in one colour.

    Parameters
    ----------
    df : DataFrame
        What ``cooccurrence()`` returns, for one group. Where it has a column ``change``, ties that are
        stronger, weaker or new are drawn in a colour of their own.
    ax : Axes, optional
    min_n : int
        Co-occurrences an edge needs.
    names : sequence of str, optional
        Slogans in their order on the circle; by default those of this table. Give the same ones to
        several panels to compare them.
    size : float
        Size of the names in points; smaller where there are many.
    """
    if names is None or len(df):
        require(df, ["a", "b", "n_ab", "log_odds", "q"], "cooccurrence")
    ax = ax or new_axes(TWO_COLUMN, 124 * MM)
    graph = network(bare(df), min_n=min_n)
    order = list(names) if names is not None else circle(graph)
    names_shown, angles, size, reach, start = _ring(order, _room(ax), size)
    at = dict(zip(order, angles, strict=True))
    strongest = max((d["n_ab"] for *_, d in graph.edges(data=True)), default=1)
    changed = dict(zip(zip(df["a"], df["b"], strict=True), df["change"], strict=True)) if "change" in df else {}
    edges = []
    for a, b, edge in sorted(graph.edges(data=True), key=lambda e: (e[2]["n_ab"], e[0], e[1])):
        plain = ("#333333" if edge["q"] < 0.05 else GREY, "solid")
        look = CHANGES.get(changed.get((a, b), ""), plain)
        faint = look is plain and edge["q"] >= 0.05
        edges.append(_edge((at[a], at[b]), edge["n_ab"] / strongest, look=look, alpha=0.3 if faint else 0.75))
    _draw_edges(ax, edges)
    known = [name in graph for name in order]
    colours = [
        COLOURS[graph.nodes[name]["community"] % len(COLOURS)] if here else FAINT
        for name, here in zip(order, known, strict=True)
    ]
    ax.scatter(np.cos([*at.values()]), np.sin([*at.values()]), s=16, color=colours, linewidth=0, zorder=3)
    for shown, angle, here in zip(names_shown, angles, known, strict=True):
        _name(ax, shown, (angle, start), ("black", size) if here else (GREY, size * 0.92))
    if not edges:
        ax.text(0, 0, say(NO_TIES), ha="center", va="center", color=GREY)
    _frame(ax, reach)
    figure = ax.get_figure(root=True)
    if names is None and figure is not None and not figure.legends:
        _key(figure, df)
    return ax


def cooccurrence_panels(df: pd.DataFrame, *, by: str, min_n: int = 2, ncols: int = 2) -> Figure:
    """One network per group, all on the circle of their union, so that the eye can compare.

    Parameters
    ----------
    df : DataFrame
        What ``cooccurrence(…, by=by)`` returns, with or without ``change``. ``attrs["groups"]`` may name all
        groups; one without a row in the table gets an empty circle that says so.
    """
    require(df, [by, "a", "b", "n_ab"], "cooccurrence")
    pooled = df.groupby(["a", "b"], as_index=False, observed=True).agg({"n_ab": "sum", "n_a": "sum", "n_b": "sum",
        "n_contexts": "sum", "npmi": "mean", "log_odds": "mean", "q": "min"})  # fmt: skip
    shown = circle(network(pooled, min_n=min_n))
    made = panels(df, cooccurrence, by=by, ncols=ncols, height=178 / ncols - 4, groups=df.attrs.get("groups"),
                  min_n=min_n, names=shown, size=5.45)  # fmt: skip
    with style():
        _key(made, df)
    return made


def _key(figure: Figure, df: pd.DataFrame) -> None:
    """What the lines mean, in a corner of the figure."""
    kinds = [kind for kind in CHANGES if "change" in df and (df["change"] == kind).any()]
    plain = [("#333333", "solid", 0.75), (GREY, "solid", 0.3)]
    looks = [*plain, *((*CHANGES[kind], 0.75) for kind in kinds)]
    lines = [Line2D([], [], color=colour, linestyle=dash, linewidth=1.4, alpha=alpha) for colour, dash, alpha in looks]
    names = ["q < 0.05", "q ≥ 0.05", *map(label, kinds)]
    font = {"family": families(), "size": 6.5}
    figure.legend(lines, names, loc="outside upper right", ncols=len(names), prop=font)


def circle(graph: nx.Graph) -> list[str]:
    """Order of slogans around the circle: by community, within it the most frequent first."""
    nodes = graph.nodes(data=True)
    return [name for name, _ in sorted(nodes, key=lambda node: (node[1]["community"], -node[1]["n"], node[0]))]


def _edge(angles: tuple[float, float], strength: float, *, look: tuple[str, Any], alpha: float) -> dict[str, Any]:
    """A curve bent towards the centre, and its look."""
    ends = [(math.cos(a), math.sin(a)) for a in angles]
    curve = Path([ends[0], (0.0, 0.0), ends[1]], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    width = 0.3 + 2.2 * strength if look[0] in ("#333333", GREY) else 0.8 + 1.7 * strength
    return {"paths": curve, "edgecolors": (look[0], alpha), "linestyles": look[1], "linewidths": width}


def _draw_edges(ax: Axes, edges: list[dict[str, Any]]) -> None:
    looks = {name: [edge[name] for edge in edges] for name in (edges[0] if edges else ())}
    if looks:
        ax.add_collection(PathCollection(**looks, facecolors="none"), autolim=False)


def _room(ax: Axes) -> tuple[float, float]:
    """Points upward and sideways from the middle of the axes, at least, once key, titles and caption have theirs."""
    inch, place = 72 / ax.figure.dpi, ax.get_subplotspec()
    if place is None or ax.figure.get_layout_engine() is None:
        return min(ax.bbox.width, ax.bbox.height) / 2 * inch, ax.bbox.width / 2 * inch
    width, height = ax.figure.bbox.width * inch, ax.figure.bbox.height * inch
    rows, columns = place.get_gridspec().get_geometry()
    title = 18 if rows * columns > 1 else 0
    up, side = ((height - 36) / rows - title - 4) / 2, (width / columns - 8) / 2
    return min(up, side), side


def _ring(
    order: Sequence[str], room: tuple[float, float], size: float
) -> tuple[list[str], list[float], float, float, float]:
    """Names in lines, their angles and size; in radii, how far the axes reach and where names start."""
    for smaller, (line, *english) in itertools.product((1, 0.9, 0.8, 0.7, 0.6, 0.5), SHAPES):
        shown = [_broken(name, line) for name in terms(order, *english)]
        wide = np.array([max(map(points, name.split("\n"))) for name in shown]) * smaller * size / 6.5
        high = np.array([1 + name.count("\n") for name in shown]) * smaller * size * 1.3
        radius, angles = _largest(wide, high, room)
        if radius > 0.45 * smaller**2 * room[0] and 2 * math.pi * (radius + GAP) > high.sum():
            break
    return shown, angles.tolist(), smaller * size, room[0] / radius, 1 + GAP / radius


def _largest(wide: np.ndarray, high: np.ndarray, room: tuple[float, float]) -> tuple[float, np.ndarray]:
    """Radius in points of the largest circle around which names of this size stay in the room, and their angles.

    Each has its height and the same share of what is left; the circle is turned so that long ones lie sideways.
    """
    each = high + max(0.0, math.pi * room[0] - high.sum()) / max(len(high), 1)
    angles = 2 * math.pi * (np.cumsum(each) - (each + each[:1]) / 2) / each.sum()
    turned = angles + np.linspace(0, 2 * math.pi, 72, endpoint=False)[:, None]
    along, across = np.maximum(np.abs([np.sin(turned), np.cos(turned)]), 1e-9)
    ends = np.minimum((room[0] - high / 2 * across) / along, (room[1] - high / 2 * along) / across) - wide - GAP
    radii = np.clip(ends.min(axis=1, initial=np.inf), 0.2 * room[0], 0.7 * room[0])
    return float(radii.max()), turned[radii.round(6).argmax()]


def _name(ax: Axes, name: str, place: tuple[float, float], look: tuple[str, float]) -> None:
    angle, start = place
    turn = math.degrees(angle) % 360
    left = 90 < turn < 270
    ax.text(
        start * math.cos(angle), start * math.sin(angle), name, rotation=turn + 180 if left else turn,
        rotation_mode="anchor", fontsize=look[1], ha="right" if left else "left", va="center", color=look[0],
        in_layout=False,
    )  # fmt: skip


def _broken(shown: str, line: int) -> str:
    """A name on at most two lines, broken at 、 or in the middle."""
    if any(map(str.isspace, shown)) or len(shown) <= line:
        return shown
    marks = [i + 1 for i, c in enumerate(shown[:-1]) if c in "、，" and 3 <= i < line + 2]
    cut = min(marks, key=lambda i: abs(i - len(shown) / 2), default=-(-len(shown) // 2))
    return f"{shown[:cut]}\n{shown[cut:]}"


def _frame(ax: Axes, reach: float) -> None:
    ring = np.linspace(0, 2 * math.pi, 200)
    ax.plot(np.cos(ring), np.sin(ring), color=FAINT, linewidth=0.5, zorder=1)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    ax.set_aspect("equal")
    ax.axis("off")
