"""What is pasted is what Agg writes, and a picture holds the whole figure."""

from __future__ import annotations

import io

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from PIL import Image

from analysis.plots.screen import DPI, _Paper, png
from analysis.plots.theme import families


def drawn(said: str, angle: float) -> list[np.ndarray]:
    """The pixels of a string by our paper and by Agg's, its letters not fitted to the pixels."""
    font = FontProperties(family=families()[0], size=6.5)
    papers = [kind(200, 160.4, DPI) for kind in (_Paper, RendererAgg)]
    with matplotlib.rc_context({"text.hinting": "none"}):
        for paper in papers:
            gc = paper.new_gc()
            gc.set_foreground("#0072B2")
            paper.draw_text(gc, 90, 80.4, said, font, angle)
    return [np.asarray(paper.buffer_rgba()).astype(int) for paper in papers]


@pytest.mark.parametrize("angle", [0, 90, 270])
@pytest.mark.parametrize("said", ["高质量发展", "0.58", " "])
def test_strings_at_whole_pixels_are_those_of_agg(said: str, angle: float) -> None:
    ours, aggs = drawn(said, angle)
    assert np.abs(ours - aggs)[..., 3].max() <= 1


@pytest.mark.parametrize("angle", [12, 78.3, 190, 301])
@pytest.mark.parametrize("said", ["高质量发展", "0.58"])
def test_strings_aslant_lie_where_agg_puts_them(said: str, angle: float) -> None:
    middles, spreads = [], []
    for pixels in drawn(said, angle):
        ink = pixels[..., 3]
        assert (np.abs(pixels[ink > 200, :3] - (0, 114, 178)) <= 2).all()
        at = np.argwhere(ink) - 100
        middles.append(np.average(at, axis=0, weights=ink[ink > 0]))
        spreads.append(np.cov(at.T, aweights=ink[ink > 0]))
    np.testing.assert_allclose(*middles, atol=0.75)
    np.testing.assert_allclose(*spreads, rtol=0.1, atol=1.5)


def test_a_picture_is_drawn_on_clean_paper() -> None:
    figures = [Figure((2, 1)), Figure((2, 1))]
    figures[0].add_subplot().set_title("0.58")
    pixels = [np.asarray(Image.open(io.BytesIO(png(figure)))) for figure in figures]
    assert pixels[0].min() < 200 and pixels[1].min() == 255 and pixels[0].shape == (DPI, 2 * DPI, 3)
