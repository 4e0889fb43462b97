"""What is pasted is what Agg writes, and a picture holds the whole figure."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from PIL import Image

from analysis.plots.screen import DPI, _Paper, png
from analysis.plots.theme import families


@pytest.mark.parametrize("angle", [0, 90, 270])
@pytest.mark.parametrize("said", ["高质量发展", "0.58", " "])
def test_strings_at_whole_pixels_are_those_of_agg(said: str, angle: float) -> None:
    font = FontProperties(family=families()[0], size=6.5)
    papers = [kind(200, 160.4, DPI) for kind in (RendererAgg, _Paper)]
    for paper in papers:
        gc = paper.new_gc()
        gc.set_foreground("#0072B2")
        paper.draw_text(gc, 90, 80.4, said, font, angle)
    ours, aggs = (np.asarray(paper.buffer_rgba())[..., 3].astype(int) for paper in papers)
    assert np.abs(ours - aggs).max() <= 1


def test_a_picture_is_drawn_on_clean_paper() -> None:
    figures = [Figure((2, 1)), Figure((2, 1))]
    figures[0].add_subplot().set_title("0.58")
    pixels = [np.asarray(Image.open(io.BytesIO(png(figure)))) for figure in figures]
    assert pixels[0].min() < 200 and pixels[1].min() == 255 and pixels[0].shape == (DPI, 2 * DPI, 3)
