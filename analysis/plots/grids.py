"""Grids: coverage, slogan × group, and a tile-grid map of the provinces (no borders drawn)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.corpus import LEVELS, REGION_OF
from analysis.labels import label, lang, term, terms
from analysis.plots.marks import similar_order
from analysis.plots.panels import panels
from analysis.plots.theme import (
    FAINT,
    GREY,
    INK,
    MM,
    ONE_COLUMN,
    SEQUENTIAL,
    TWO_COLUMN,
    drawing,
    families,
    name_ticks,
    new_axes,
    points,
    require,
    style,
)  # fmt: skip

# Column, row of each province's tile; rows from the north.
TILES: dict[str, tuple[int, int]] = {
    "黑龙江": (8, 0), "内蒙古": (6, 1), "吉林": (8, 1), "新疆": (1, 2), "甘肃": (3, 2), "宁夏": (4, 2), "山西": (5, 2),
    "北京": (6, 2), "天津": (7, 2), "辽宁": (8, 2), "西藏": (1, 3), "青海": (2, 3), "陕西": (4, 3), "河南": (5, 3),
    "河北": (6, 3), "山东": (7, 3), "四川": (3, 4), "重庆": (4, 4), "湖北": (5, 4), "安徽": (6, 4), "江苏": (7, 4),
    "上海": (8, 4), "云南": (3, 5), "贵州": (4, 5), "湖南": (5, 5), "江西": (6, 5), "浙江": (7, 5), "广西": (4, 6),
    "广东": (5, 6), "福建": (6, 6), "台湾": (8, 6), "海南": (4, 7), "香港": (6, 7), "澳门": (5, 7),
}  # fmt: skip
CODED = "ISO 3166-2:CN codes"  # on tiles too small for English names
CODES = {
    "黑龙江": "HL", "内蒙古": "NM", "吉林": "JL", "新疆": "XJ", "甘肃": "GS", "宁夏": "NX", "山西": "SX", "北京": "BJ",
    "天津": "TJ", "辽宁": "LN", "西藏": "XZ", "青海": "QH", "陕西": "SN", "河南": "HA", "河北": "HE", "山东": "SD",
    "四川": "SC", "重庆": "CQ", "湖北": "HB", "安徽": "AH", "江苏": "JS", "上海": "SH", "云南": "YN", "贵州": "GZ",
    "湖南": "HN", "江西": "JX", "浙江": "ZJ", "广西": "GX", "广东": "GD", "福建": "FJ", "台湾": "TW", "海南": "HI",
    "香港": "HK", "澳门": "MO",
}  # fmt: skip


@drawing
def coverage(df: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Documents by region and year: shade and number; one without region or year stands under 未知.

    Parameters
    ----------
    df : DataFrame
        What ``coverage()`` returns.
    """
    require(df, ["n_docs"], "coverage")
    rows, columns = df.columns[:2]
    cells = df.assign(**{c: df[c].astype("str").where(df[c].notna(), label("unknown")) for c in (rows, columns)})
    order = cells[rows].drop_duplicates().tolist()
    grid = cells.pivot_table(index=rows, columns=columns, values="n_docs", sort=False).reindex(order)
    grid = grid[sorted(grid.columns, key=_place)]
    ax = ax or new_axes(ONE_COLUMN if grid.shape[1] <= 12 else TWO_COLUMN, (len(grid) * 4.6 + 16) * MM)
    numbers = [["" if np.isnan(v) else f"{v:.0f}" for v in row] for row in grid.to_numpy()]
    return _heat(ax, grid, numbers, top=max(6, grid.max().max()))


def _place(name: Any) -> tuple[bool, int, str]:
    """Levels from the highest down, all else by name, what is unknown last."""
    return name == label("unknown"), LEVELS.index(name) if name in LEVELS else 0, name


@drawing
def adoption_map(df: pd.DataFrame, ax: Axes | None = None, *, top: int = 24) -> Axes:
    """Slogan × group: share of documents, like slogans and like groups side by side (years in their order).

    Parameters
    ----------
    df : DataFrame
        What ``adoption()`` returns.
    ax : Axes, optional
    top : int
        Slogans shown: those whose shares differ most between the groups.
    """
    require(df, ["slogan", "group", "share"], "adoption")
    grid = df.pivot_table(index="slogan", columns="group", values="share", observed=True, sort=True)
    spread = grid.std(axis=1).fillna(0).rename("spread").reset_index()
    chosen = spread.sort_values(["spread", "slogan"], ascending=[False, True])["slogan"].head(top)
    grid = grid.loc[sorted(chosen)]
    grid = grid.iloc[similar_order(grid.to_numpy())]
    if not pd.api.types.is_numeric_dtype(df["group"]):
        grid = grid.iloc[:, similar_order(grid.to_numpy().T)]
    ax = ax or new_axes(TWO_COLUMN, max(len(grid) * 4.2 + 18, len(grid) * 3 + 31) * MM)
    numbers = [["" if v == 0 else "<1" if v < 0.01 else f"{100 * v:.0f}" for v in row] for row in grid.to_numpy()]
    _heat(ax, grid, numbers, top=max(0.05, grid.max().max()))
    words = {"zh": "含该提法的文档占比（%），空白为 0", "en": "documents with the formulation (%), blank: none"}
    ax.set_title(words[lang()])
    ax.figure.set_label("shares")
    return ax


def _heat(ax: Axes, grid: pd.DataFrame, numbers: list[list[str]], *, top: float) -> Axes:
    values = grid.to_numpy(dtype=float)
    colours = colormaps[SEQUENTIAL]
    for (row, column), value in np.ndenumerate(values):
        shade = "white" if np.isnan(value) or value == 0 else colours(0.12 + 0.8 * value / top)
        ax.add_patch(Rectangle((column, row), 1, 1, facecolor=shade, edgecolor="white", linewidth=0.8))
        ink = "white" if not np.isnan(value) and value / top > 0.55 else INK
        ax.text(column + 0.5, row + 0.5, numbers[row][column], ha="center", va="center", fontsize=5.8, color=ink)
    ax.set_xlim(0, values.shape[1])
    ax.set_ylim(values.shape[0], 0)
    rows = terms([*grid.index], 60, 1) if grid.index.name == "slogan" else [label(row) for row in grid.index]
    name_cells(ax, rows, grid.columns)
    return ax


def name_cells(ax: Axes, rows: Sequence[str], columns: Iterable[Any]) -> None:
    """Name the rows and columns of a grid of unit cells; columns upright where they would touch side by side."""
    names = [label(column) for column in columns]
    place = ax.get_subplotspec()
    beside = 12 + max(map(points, rows))
    room = ax.figure.bbox.width / ax.figure.dpi * 72 / (place.get_gridspec().ncols if place else 1) - beside
    turn = 90 if max(map(points, names)) + 3 > room / len(names) else 0
    size = float(np.clip(0.9 * room / len(names), 4.5, 6.5)) if turn else 6.5
    name_ticks(ax.xaxis, np.arange(len(names)) + 0.5, names, rotation=turn, fontsize=size)
    name_ticks(ax.yaxis, np.arange(len(rows)) + 0.5, rows)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


@drawing
def tilemap(df: pd.DataFrame, ax: Axes | None = None, *, value: str = "share", where: str = "group") -> Axes:
    """One value per province on a grid of tiles; a province without documents is an empty tile.

    Parameters
    ----------
    df : DataFrame
        A row per region (短名, 吉林) or province (吉林省): column ``where``, number in ``value``.
    """
    require(df, [where, value], "adoption")
    ax = ax or new_axes(ONE_COLUMN, 78 * MM)
    short = df[where].astype("str").replace(REGION_OF)
    known = dict(zip(short, df[value].astype(float), strict=True))
    norm = Normalize(0, max(1.0 if value == "share" else 0.0, *known.values()) or 1.0)
    for region, corner in TILES.items():
        _tile(ax, corner, region, known.get(region), norm)
    said = {text.get_text() for other in ax.figure.axes for text in other.texts}
    if lang() == "en" and CODED not in said:
        ax.text(0.45, 8.0, CODED, fontsize=5, color=GREY, va="bottom")
    if value == "share":
        ax.figure.set_label("shares")
    ax.set_xlim(0.4, 9.1)
    ax.set_ylim(8.1, -0.1)
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def tilemaps(df: pd.DataFrame, *, by: str, ncols: int = 3) -> Figure:
    """One slogan on the map, year after year.

    Parameters
    ----------
    df : DataFrame
        Rows of ``adoption(…, by="region")`` of one slogan for each value of the column ``by``.
    """
    require(df, [by, "slogan", "group", "share"], "adoption")
    figure = panels(df, tilemap, by=by, ncols=ncols, height=190 / ncols)
    with style():
        figure.suptitle(term(df["slogan"].iloc[0], 90, 1), x=0.01, ha="left", fontsize=8, family=families())
    return figure


def _tile(ax: Axes, corner: tuple[int, int], region: str, value: float | None, norm: Normalize) -> None:
    known = value is not None and not np.isnan(value)
    depth = float(norm(value)) if value is not None and known else 0.0
    shade = colormaps[SEQUENTIAL](0.08 + 0.84 * depth) if known else "white"
    ax.add_patch(Rectangle(corner, 0.94, 0.94, facecolor=shade, edgecolor=GREY if known else FAINT, linewidth=0.4))
    ink = GREY if not known else "white" if depth > 0.55 else INK
    x, y = corner[0] + 0.47, corner[1] + 0.47
    name = region if lang() == "zh" else CODES[region]
    ax.text(x, y - (0.19 if known else 0), name, ha="center", va="center", fontsize=5, color=ink)
    if value is not None and known:
        number = f"{100 * value:.0f}%" if norm.vmax == 1.0 else f"{value:.3g}"
        ax.text(x, y + 0.22, number, ha="center", va="center", fontsize=5, color=ink)
