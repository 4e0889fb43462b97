"""Slopes and change points draw what their tables say."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

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
