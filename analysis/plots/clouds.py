"""Word clouds by group on one scale: vector text, no word repeated, none dropped."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from analysis.labels import label
from analysis.plots.theme import (
    COLOURS,
    MM,
    TWO_COLUMN,
    dress,
    families,
    font_path,
    new_figure,
    require,
    style,
    undrawable,
)

CANVAS = (900, 560)


def wordclouds(df: pd.DataFrame, *, by: str, value: str = "per_10k", top: int = 30, seed: int = 0) -> Figure:
    """One cloud per group; a word's height is proportional to its value, the same in every cloud.

    Parameters
    ----------
    df : DataFrame
        What ``frequency(dfm, by=…)`` returns.
    by : str
        Group column.
    value : str
        What the size of a word stands for.
    top : int
        Words in each cloud.

    Raises
    ------
    ValueError
        If a word has a character for which the font has no glyph (wordcloud would draw a box).
    """
    require(df, [by, "feature", value], "frequency")
    words = {name: _largest(part, value, top) for name, part in df.groupby(by, observed=True)}
    missing = undrawable("".join(word for cloud in words.values() for word in cloud))
    if missing:
        raise ValueError(f"The font has no glyph for {missing!r}; remove these words with dfm.remove().")
    layouts = _layouts(list(words.values()), seed)
    ncols = min(3, len(words))
    nrows = math.ceil(len(words) / ncols)
    with style():
        figure = new_figure(TWO_COLUMN, nrows * 40 * MM + 5 * MM)
        grid = figure.subplots(nrows, ncols, squeeze=False)
        for ax in grid.flat:
            ax.axis("off")
        for ax, name, layout in zip(grid.flat, words, layouts, strict=False):
            _draw(ax, layout)
            ax.set_title(label(name))
        dress(figure.axes)
    return figure


def _largest(part: pd.DataFrame, value: str, top: int) -> dict[str, float]:
    shown = part.sort_values([value, "feature"], ascending=[False, True]).head(top)
    return dict(zip(shown["feature"], shown[value].astype(float), strict=True))


def _layouts(clouds: list[dict[str, float]], seed: int) -> list[list[tuple]]:
    """Lay out all clouds with one size per unit of value, the largest at which every word finds a place."""
    largest = max(max(cloud.values()) for cloud in clouds)
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder:
        font = tight_font("".join(word for cloud in clouds for word in cloud), Path(folder) / "font.ttf")
        for size in 260 * 0.9 ** np.arange(40):
            layouts = []
            for cloud in clouds:
                layouts.append(_layout(cloud, size / largest, font, seed))
                if not _true_to_scale(layouts[-1], cloud, size / largest):
                    break
            else:
                return layouts
    raise ValueError(f"{max(map(len, clouds))} words do not fit into a cloud; show fewer with top=.")


def tight_font(characters: str, path: Path) -> Path:
    """The font reduced to these characters, its ascender at the top of Han glyphs.

    wordcloud measures a word from the top of its ink but draws it from the ascender; where the two
    differ, words overlap or hang out of the picture.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(font_path())
    maker = subset.Subsetter(subset.Options(notdef_outline=True, hinting=False))
    maker.populate(text=characters)
    maker.subset(font)
    font["hhea"].ascent, font["hhea"].descent = 870, -90
    font.save(path)
    return path


def _layout(cloud: dict[str, float], per_unit: float, font: Path, seed: int) -> list[tuple]:
    from wordcloud import WordCloud

    width, height = CANVAS
    maker = WordCloud(
        font_path=str(font), width=width, height=height, max_font_size=max(1, round(max(cloud.values()) * per_unit)),
        min_font_size=1, relative_scaling=1.0, prefer_horizontal=1.0, max_words=len(cloud), random_state=seed, margin=6,
    )  # fmt: skip
    return list(maker.generate_from_frequencies(cloud).layout_)


def _true_to_scale(layout: list[tuple], cloud: dict[str, float], per_unit: float) -> bool:
    """Whether every word was placed, at its size: wordcloud shrinks what does not fit."""
    sizes = {word: size for (word, _), size, *_ in layout}
    return all(abs(sizes.get(word, 0) - value * per_unit) <= 2 for word, value in cloud.items())


def _draw(ax: Axes, layout: list[tuple]) -> None:
    """Draw the words where the layout put them, as outlines hanging from the tight ascender."""
    width, height = CANVAS
    font = FontProperties(fname=str(font_path()), family=families()[0])
    for number, ((word, _), size, (row, column), _, _) in enumerate(layout):
        place = Affine2D().scale(1, -1).translate(column, row + 0.87 * size)
        path = place.transform_path(TextPath((0, 0), word, size=size, prop=font))
        ax.add_patch(PathPatch(path, facecolor=COLOURS[(0, 4, 2, 6)[number % 4]], linewidth=0))
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    ax.set_aspect("equal")
