import numpy as np
import pytest
from scipy.spatial.distance import pdist

from analysis.evaluate.topic_regression import made_model
from analysis.plots.topic_map import _common
from analysis.stats.topic_map import topic_map


def model_of(phi):
    return made_model(np.random.default_rng(0).dirichlet(np.ones(len(phi)), 6), phi)


def test_three_topics_keep_their_hellinger_distances():
    phi = np.random.default_rng(3).dirichlet(np.ones(8), 3)
    table = topic_map(model_of(phi))
    assert pdist(table[["x", "y"]]) == pytest.approx(pdist(np.sqrt(phi)) / np.sqrt(2))
    assert "100" in table.attrs["notes"][0]["en"]
    assert all(table[c].iloc[table[c].abs().argmax()] > 0 for c in "xy")


def test_two_topics_have_no_plane():
    with pytest.raises(ValueError, match="k=2"):
        topic_map(model_of(np.full((2, 4), 0.25)))


def test_names_do_not_cover_each_other():
    from analysis.plots import topic_map as draw

    table = topic_map(model_of(np.random.default_rng(4).dirichlet(np.ones(30) / 3, 12)))
    table["topic"] = [f"{t} 三个词·的名字" for t in table["topic"]]
    ax = draw(table.assign(stability=np.linspace(0, 1, 12)))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 12
    smallest = min(box.width * box.height for box in boxes)
    assert max(_common(a, b) for i, a in enumerate(boxes) for b in boxes[:i]) < 0.1 * smallest


def test_topics_of_the_same_words_are_one_point():
    table = topic_map(model_of(np.full((4, 8), 1 / 8)))
    assert (table[["x", "y"]].abs() < 1e-6).all(axis=None) and len(table) == 4
