"""How figures look: an embedded Chinese font, journal widths, colours that survive print and colour blindness."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

MM = 1 / 25.4
ONE_COLUMN, TWO_COLUMN = 85 * MM, 178 * MM
INK, GREY, FAINT = "#222222", "#767676", "#dddddd"
# Okabe and Ito (2008), in an order that alternates light and dark in grey.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000", "#8c6d31")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SEQUENTIAL = "YlGnBu"


@functools.cache
def font_path() -> Path:
    """The Simplified Chinese font (Noto Sans SC, OFL) that the package zhplot carries."""
    spec = importlib.util.find_spec("zhplot")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("The Chinese font is missing: install the package 'zhplot', which carries it.")
    return Path(spec.submodule_search_locations[0]) / "fonts" / "NotoSansSC-Regular.ttf"


@functools.cache
def families() -> list[str]:
    """Font families in order of preference; glyphs missing from one are taken from the next."""
    font_manager.fontManager.addfont(font_path())
    return [font_manager.FontProperties(fname=font_path()).get_name(), "DejaVu Sans"]


@functools.cache
def _covered(fonts: int = 2) -> frozenset[str]:
    """The characters for which one of the first so many families has a glyph."""
    from fontTools.ttLib import TTFont

    paths = (font_path(), font_manager.findfont("DejaVu Sans"))
    return frozenset("\n").union(*(map(chr, TTFont(path).getBestCmap()) for path in paths[:fonts]))


def undrawable(text: str) -> str:
    """The characters of a text for which neither font has a glyph."""
    return "".join(sorted(c for c in set(text) - _covered() if not c.isspace()))


def drawable(text: str) -> str:
    """The text with every character that has no glyph replaced by its code point: never a box."""
    missing = undrawable(text)
    return "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in text) if missing else text


@functools.lru_cache(4096)
def points(text: str, size: float = 6.5) -> float:
    """How wide a text of one line is drawn, in points."""
    font = font_manager.FontProperties(family=families(), size=size)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def rc() -> Any:
    """The rcParams of all Tifa's figures."""
    return {
        "font.family": families(), "font.size": 7, "axes.titlesize": 7.5, "axes.labelsize": 7,
        "xtick.labelsize": 6.5, "ytick.labelsize": 6.5, "legend.fontsize": 6.5, "axes.unicode_minus": False,
        "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.5, "axes.edgecolor": GREY,
        "axes.labelcolor": INK, "text.color": INK, "xtick.color": GREY, "ytick.color": GREY,
        "xtick.labelcolor": INK, "ytick.labelcolor": INK, "xtick.major.width": 0.5, "ytick.major.width": 0.5,
        "xtick.major.size": 2, "ytick.major.size": 2, "axes.titlelocation": "left", "legend.frameon": False,
        "lines.linewidth": 1.0, "axes.prop_cycle": cycler(color=COLOURS), "axes.axisbelow": True,
        "grid.color": FAINT, "grid.linewidth": 0.4, "savefig.dpi": 300, "figure.dpi": 150,
        "pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "tifa",
    }  # fmt: skip


def style() -> Any:
    """A context in which figures look like Tifa's; nothing changes outside it."""
    return matplotlib.rc_context(rc())


def new_figure(width: float = ONE_COLUMN, height: float = 60 * MM) -> Figure:
    """An empty figure (inches) with constrained layout, not known to pyplot."""
    return Figure(figsize=(width, height), layout="constrained")


def new_axes(width: float = ONE_COLUMN, height: float = 60 * MM) -> Axes:
    """Axes filling a new figure."""
    return new_figure(width, height).add_subplot()


def drawing(function: Callable[..., Axes]) -> Callable[..., Axes]:
    """Run a plot function in Tifa's style and give every text on its Axes the Chinese font."""

    @functools.wraps(function)
    def wrapped(data: Any, ax: Axes | None = None, **options: Any) -> Axes:
        with style():
            ax = function(data, ax, **options)
            dress(ax.figure.axes if ax.figure else [ax])
        return ax

    return wrapped


def dress(axes: Iterable[Axes]) -> None:
    """Set the font families on texts that exist and on tick labels that will be made at drawing."""
    for ax in axes:
        ax.tick_params(labelfontfamily=families())
        for text in _texts(ax):
            if undrawable(text.get_text()):
                text.set_text(drawable(text.get_text()))
            # Every family is looked up at every measuring and drawing: the second only where it is needed.
            text.set_fontfamily(families()[: 1 if _covered(1).issuperset(text.get_text()) else 2])


def _texts(ax: Axes) -> Iterable[Text]:
    """Its texts that are there already; of an axis that is not shown none."""
    for child in ax.get_children():
        if not isinstance(child, Axis):
            yield from child.findobj(Text)
        elif ax.axison:
            yield from (child.label, child.offsetText, *(tick.label1 for tick in child.majorTicks))


def name_ticks(axis: Axis, positions: Sequence[float] | np.ndarray, names: Iterable[str], **options: Any) -> None:
    """Put names on an axis; tick labels are made at drawing, too late for ``dress``."""
    axis.set_ticks(positions, [drawable(name) for name in names], **options)


def require(data: Any, columns: Iterable[str], maker: str) -> None:
    """Raise if a table lacks the columns a plot draws.

    Raises
    ------
    ValueError
        Naming the columns and the function whose table is wanted; or that the table is empty.
    """
    missing = [column for column in columns if column not in getattr(data, "columns", ())]
    if missing:
        raise ValueError(f"The table has no column {missing}; this plot draws what {maker}() returns.")
    if data.empty:
        raise ValueError(f"The table is empty: {data.attrs.get('reason', {}).get('en', 'nothing to draw')}")
