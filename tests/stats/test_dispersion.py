import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.dfm import make_dfm
from analysis.stats.dispersion import dispersion


def table(counts, totals):
    counts = np.asarray(counts)
    docvars = pd.DataFrame(index=[f"d{i}" for i in range(len(counts))])
    features = [f"f{i}" for i in range(counts.shape[1])]
    return dispersion(make_dfm(counts, features, docvars, totals=np.asarray(totals)))


def test_gries_worked_example_of_five_parts():
    """Gries (2008, 2020): the letter a, 1 to 5 times in five parts of 9, 10, 10, 10 and 11 letters."""
    row = table([[1], [2], [3], [4], [5]], [9, 10, 10, 10, 11]).iloc[0]
    assert row.dp == pytest.approx(0.18, abs=0.005)
    assert row.dp_norm == pytest.approx(0.22, abs=0.005)
    assert row.juilland_d == pytest.approx(0.785, abs=0.0005)
    assert (row.n, row.docfreq) == (15, 5)


def test_lijffijt_and_gries_example_of_three_equal_parts():
    row = table([[2], [1], [0]], [100, 100, 100]).iloc[0]
    assert row.dp == pytest.approx(1 / 3)
    assert row.dp_norm == pytest.approx(1 / 2)


def test_the_ends_of_the_scales():
    rows = table([[2, 7], [4, 0], [6, 0]], [10, 20, 30]).set_index("feature")
    assert rows.loc["f0", ["dp", "dp_norm", "juilland_d"]].tolist() == pytest.approx([0, 0, 1])
    assert rows.loc["f1", ["dp_norm", "juilland_d"]].tolist() == pytest.approx([1, 0])


def test_one_part_and_empty_parts():
    assert table([[3]], [10])[["dp_norm", "juilland_d"]].isna().all(axis=None)
    with_empty = table([[3, 1], [2, 0], [0, 0]], [10, 20, 0])
    pd.testing.assert_frame_equal(with_empty, table([[3, 1], [2, 0]], [10, 20]))


def test_nothing_to_count_gives_a_reason():
    empty = table(np.zeros((2, 3), dtype=int), [10, 20])
    assert empty.empty
    assert list(empty) == ["feature", "n", "docfreq", "dp", "dp_norm", "juilland_d"]
    assert "no word" in empty.attrs["reason"]["en"]


@settings(max_examples=40, deadline=None)
@given(arrays(np.int64, (5, 3), elements=st.integers(0, 6)), arrays(np.int64, 5, elements=st.integers(0, 40)))
def test_equals_the_definitions_written_out(counts, rest):
    totals = counts.sum(axis=1) + rest + 1
    result = table(counts, totals).set_index("feature")
    size = totals / totals.sum()
    for i in np.flatnonzero(counts.sum(axis=0)):
        share = counts[:, i] / counts[:, i].sum()
        rates = counts[:, i] / totals
        dp = np.abs(share - size).sum() / 2
        expected = [dp, dp / (1 - size.min()), 1 - rates.std() / rates.mean() / 2]
        found = result.loc[f"f{i}", ["dp", "dp_norm", "juilland_d"]]
        np.testing.assert_allclose(found.astype(float), expected, atol=1e-7)
