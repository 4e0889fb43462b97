"""A figure as a picture for the screen, soon: laid out and drawn once, with strings pasted that were drawn before."""

from __future__ import annotations

import functools
import io
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import Bbox

from analysis.plots.theme import style

DPI = 144


def png(figure: Figure) -> bytes:
    """A figure as a picture; ``savefig`` would lay it out twice."""
    from PIL import Image

    held = io.BytesIO()
    with style(), matplotlib.rc_context({"text.hinting": "none"}):  # fitting letters to pixels takes longest
        figure.set_dpi(DPI)
        paper = _paper(*figure.bbox.size)
        paper.clear()
        _settle(figure, paper)
        figure.draw(paper)
    Image.fromarray(np.asarray(paper.buffer_rgba())).convert("RGB").save(held, format="png", compress_level=1)
    return held.getvalue()


class _Paper(RendererAgg):
    """Agg with strings at whole pixels, so that one picture of each will do."""

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        """A string, pasted but where it lets through what is behind it."""
        if gc.get_alpha() != 1:
            return super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        aslant = angle % 90 != 0
        image, left, below = _written(s, prop.copy(), 0 if aslant else angle, gc.get_rgb())
        if aslant:
            image, left, below = _turned(image, left, below, angle)
        self.draw_image(gc, round(x) - left, round(self.height - y) - below, image)


@functools.lru_cache(8)
def _paper(width: float, height: float) -> _Paper:
    """One for each size of figures: matplotlib keeps with it how large strings are."""
    return _Paper(width, height, DPI)


@functools.lru_cache(4096)
def _written(s: str, prop: FontProperties, angle: float, colour: Any) -> tuple[np.ndarray, int, int]:
    """A string as an image from below, and where in it the string starts: pixels from the left and from below."""
    em = 2 * prop.get_size_in_points() * DPI / 72
    across, up = (int(em * (1 + n)) for n in ((len(s), 1) if angle % 180 == 0 else (1, len(s))))
    paper = RendererAgg(2 * across, 2 * up, DPI)
    gc = paper.new_gc()
    gc.set_foreground(colour)
    paper.draw_text(gc, across, up, s, prop, angle)
    image = np.asarray(paper.buffer_rgba())
    inked = [np.flatnonzero(image[..., 3].any(axis=axis)) for axis in (1, 0)]
    (top, bottom), (first, last) = ((found[0], found[-1] + 1) if len(found) else (0, 1) for found in inked)
    return image[top:bottom, first:last][::-1].copy(), across - int(first), int(bottom) - up


def _turned(image: np.ndarray, left: int, below: int, angle: float) -> tuple[np.ndarray, int, int]:
    """The picture of a level string turned around where it starts, by degrees: quicker than to draw every letter."""
    from PIL import Image

    inked = Image.fromarray(image[..., 3]).rotate(-angle, Image.Resampling.BICUBIC, expand=True)
    made = np.empty((inked.height, inked.width, 4), np.uint8)
    made[..., :3] = image[..., :3].min(axis=(0, 1))  # unwritten is white
    made[..., 3] = np.asarray(inked)
    across, up = left - image.shape[1] / 2, below - image.shape[0] / 2
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return made, round(across * cos - up * sin + inked.width / 2), round(across * sin + up * cos + inked.height / 2)


def _settle(figure: Figure, renderer: Any, *, space: float = 4) -> None:
    """Lay out a figure of one Axes, measuring its texts once, not four times as constrained layout does.

    Parameters
    ----------
    figure : Figure
    renderer : RendererBase
    space : float
        Pixels left around.
    """
    if len(figure.axes) != 1:
        return
    figure.set_layout_engine("none")
    ax, (width, height) = figure.axes[0], figure.bbox.size
    ax.set_position((0.3, 0.2, 0.6, 0.7))
    named = [_names(axis, renderer) for axis in (ax.xaxis, ax.yaxis)] if ax.axison else [ax.bbox, ax.bbox]
    below, beside = ax.bbox.y0 - named[0].y0, ax.bbox.x0 - named[1].x0
    _put_labels(ax, beside, below)
    inside, around = ax.bbox, Bbox.union([*named, ax.get_tightbbox(renderer, bbox_extra_artists=[]) or ax.bbox])
    above = sum(key.get_window_extent(renderer).height + space for key in figure.legends)
    left, bottom = np.subtract(inside.min, around.min) + space
    right, top = np.subtract(around.max, inside.max) + (space, space + above)
    ax.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))
    _put_labels(ax, beside, below)


def _names(axis: Axis, renderer: Any) -> Bbox:
    """Where the names of the ticks are; at drawing they are not measured again."""
    axis.set_label_coords(0.5, 0.5)
    around = axis.get_tightbbox(renderer) or axis.axes.bbox
    for tick in axis.get_major_ticks():
        tick.label1.set_in_layout(False)
    return around


def _put_labels(ax: Axes, left: float, below: float) -> None:
    """Labels of both axes, so many pixels from the axes: else matplotlib looks for their place at every drawing."""
    pad = ax.xaxis.labelpad * ax.figure.dpi / 72
    ax.xaxis.set_label_coords(0.5, -(below + pad) / ax.bbox.height)
    ax.yaxis.set_label_coords(-(left + pad) / ax.bbox.width, 0.5)
