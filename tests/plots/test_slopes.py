"""Slopes and change points draw what their tables say."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection

import analysis as da
from analysis.dfm import make_dfm


@pytest.fixture
def dfm():
    years = np.repeat([2010, 2011, 2012, 2015, 2016], 4)
    rng = np.random.default_rng(0)
    counts = rng.poisson(np.stack([np.where(years > 2012, 30, 5), np.full(20, 8)], axis=1))
    docvars = pd.DataFrame({"year": pd.array(years, dtype="Int64"), "region": ["吉林", "辽宁"] * 10})
    docvars.index = [f"d{i:02d}" for i in range(20)]
    return make_dfm(counts, ["涨", "稳"], docvars, totals=np.full(20, 1000))


def test_one_feature_is_compared_by_group(dfm):
    table = da.trend(dfm, ["涨"], by="region")
    ax = da.plots.slopes(table)
    assert {tick.get_text() for tick in ax.get_yticklabels()} == {"吉林", "辽宁"}
    points = [c for c in ax.collections if isinstance(c, PathCollection) and len(c.get_offsets())]
    drawn = sorted(float(x) for c in points for x in c.get_offsets()[:, 0])
    assert drawn == pytest.approx(sorted(table["percent"]))


def test_a_probable_change_is_written_and_a_gap_is_not_bridged(dfm):
    table = da.change_points(dfm, ["涨"])
    ax = da.plots.change_points(table)
    assert [text.get_text() for text in ax.texts] == [f"{table.probability.max():.2f}"]
    assert table.year[table.probability.idxmax()] == 2015
    assert np.isnan(ax.lines[0].get_ydata()).sum() == 2  # 2013 and 2014


def test_probabilities_of_neighbouring_years_do_not_cover_each_other():
    years = np.arange(1954, 2026)
    table = pd.DataFrame({"year": years, "per_10k": 1.0, "probability": np.where(years % 3 > 0, 0.3, 0.6)})
    figure = da.plots.panels(table.assign(feature="甲"), da.plots.change_points, by="feature", ncols=3)
    figure.draw_without_rendering()
    shown = figure.axes[0].texts
    boxes = sorted((text.get_window_extent() for text in shown), key=lambda box: box.x0)
    assert len(shown) > 5 and {text.get_text() for text in shown} >= {"0.60"}
    assert all(left.x1 <= right.x0 for left, right in itertools.pairwise(boxes))


def test_an_interval_that_is_cut_off_runs_off_the_axes():
    ends = {"percent_low": [-9.0, -2.0], "percent_high": [900.0, 30.0]}
    sizes = {"feature": ["甲", "乙"], "percent": [10.0, 5.0], "slope": [0.1, 0.05], "p": 0.5, "q": 0.9}
    table = pd.DataFrame(sizes | ends)
    ax = da.plots.slopes(table)
    ax.figure.draw_without_rendering()
    lines = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert max(x for c in lines for line in c.get_segments() for x in line[:, 0]) == ax.get_xlim()[1]
