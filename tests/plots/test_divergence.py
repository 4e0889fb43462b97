"""Word shift and divergence matrix draw what their tables say."""

import numpy as np
import pandas as pd
import pytest

import analysis as da
from analysis.dfm import make_dfm
from analysis.labels import label
from analysis.plots.divergence import square
from analysis.plots.marks import similar_order


@pytest.fixture
def dfm():
    rng = np.random.default_rng(0)
    rates = np.array([[9, 1, 4, 4], [1, 9, 4, 4], [8, 2, 4, 4], [2, 8, 4, 4]])
    counts = rng.poisson(np.repeat(rates, 4, axis=0) * 5)
    docvars = pd.DataFrame({"g": np.repeat(list("abcd"), 4)}, index=[f"d{i:02d}" for i in range(16)])
    return make_dfm(counts, ["丁", "丙", "乙", "甲"], docvars)


def test_bars_point_to_the_side_with_more_and_sides_are_named(dfm):
    table = da.word_shift(dfm, "g == 'a'", "g == 'b'")
    ax = da.plots.word_shift(table, top=2)
    widths = dict(zip(table["feature"], [bar.get_width() for bar in ax.patches], strict=False))
    assert widths["丁"] > 0 > widths["丙"]
    assert abs(widths["丁"]) == pytest.approx(100 * table.set_index("feature").share["丁"])
    assert [ax.get_title(side) for side in ("left", "right")] == ["← 更多见于 参照", "更多见于 目标 →"]
    table.attrs["sides"] = {"target": "吉林", "reference": "辽宁"}
    assert da.plots.word_shift(table).get_title("right") == "更多见于 吉林 →"


@pytest.mark.parametrize(("target", "reference", "above"), [
    ("吉林", "辽宁", False), ("吉林、辽宁、黑龙江 · 2018–2020", "其余文档", False),
    ("吉林、辽宁、黑龙江 · 2018–2020", "北京、广东、广西… · 2021–2025", True),
])  # fmt: skip
def test_names_of_sides_do_not_meet(target, reference, above, dfm):
    table = da.word_shift(dfm, "g == 'a'", "g == 'b'")
    table.attrs["sides"] = {"target": target, "reference": reference}
    ax = da.plots.word_shift(table)
    ax.figure.draw_without_rendering()
    left, right = (title.get_window_extent() for title in (ax._left_title, ax._right_title))
    assert left.y1 > right.y1 + 0.9 * right.height if above else not left.overlaps(right) and left.y1 < right.y1 + 1


def test_like_groups_stand_together(dfm):
    table = da.divergence_matrix(dfm, by="g")
    names, grid, p = square(table, "jsd")
    assert grid == pytest.approx(grid.T)
    assert (np.diag(p) == 1).all()
    order = "".join(names[i] for i in similar_order(np.sqrt(grid), distances=True))
    assert {"ac", "ca"} & {order[:2], order[2:]}
    ax = da.plots.divergence_matrix(table)
    shown = [text.get_text() for text in ax.texts]
    assert len(shown) == 12
    assert sum(text.endswith("·") for text in shown) == 2 * (table["p"] < 0.05).sum()
    named, unit = [tick.get_text() for tick in ax.get_yticklabels()], 100 if "百分" in ax.get_title("left") else 1000
    found = {frozenset(map(label, pair)): unit * max(jsd, 0) for *pair, jsd in table[["a", "b", "jsd"]].to_numpy()}
    for text in ax.texts:
        pair = frozenset(named[int(at)] for at in text.get_position())
        assert float(text.get_text().rstrip("·")) == pytest.approx(found[pair], abs=0.51)


def test_single_documents_are_shown_by_the_pooled_divergence(dfm):
    few = da.divergence_matrix(make_dfm(dfm.counts[[0, 4, 8]], dfm.features, dfm.docvars.iloc[[0, 4, 8]]), by="g")
    assert da.plots.divergence_matrix(few).get_title("left").startswith("JSD（合并）")
