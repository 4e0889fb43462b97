from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.dfm import make_dfm
from analysis.evaluate.inference import dfm_of
from analysis.stats.dispersion import dispersion, with_dispersion
from analysis.stats.frequency import frequency


def table(counts, totals):
    return dispersion(dfm_of(counts, totals))


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


def test_one_part_and_empty_parts():
    assert table([[3]], [10])[["dp_norm", "juilland_d"]].isna().all(axis=None)
    with_empty = table([[3, 1], [2, 0], [0, 0]], [10, 20, 0])
    pd.testing.assert_frame_equal(with_empty, table([[3, 1], [2, 0]], [10, 20]))


def test_nothing_to_count_gives_a_reason():
    empty = table(np.zeros((2, 3), dtype=int), [10, 20])
    assert empty.empty
    assert list(empty) == ["feature", "n", "docfreq", "dp", "dp_norm", "dp_nofreq", "juilland_d"]
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
        found = result.loc[f"f{i:04d}", ["dp", "dp_norm", "juilland_d"]]
        np.testing.assert_allclose(found.astype(float), expected, atol=1e-7)


@settings(max_examples=30, deadline=None)
@given(arrays(np.int64, 3, elements=st.integers(0, 3)), arrays(np.int64, 3, elements=st.integers(0, 6)))
def test_dp_nofreq_stands_between_the_most_even_and_the_most_clumped_of_all_arrangements(counts, rest):
    """Gries (2022): the extremes found by trying every way to share out the occurrences."""
    totals, n = counts.sum() + rest + 1, counts.sum()  # every part could hold them all
    found = table(counts[:, None], totals)
    if n < 2:
        assert found.dp_nofreq.isna().all()
        return
    ways = [np.array(way) for way in product(*(range(size + 1) for size in totals)) if sum(way) == n]
    dps = [np.abs(way / n - totals / totals.sum()).sum() / 2 for way in ways]
    if max(dps) - min(dps) < 1e-9:
        assert found.dp_nofreq.isna().all()
    else:
        assert found.dp_nofreq[0] == pytest.approx((found.dp[0] - min(dps)) / (max(dps) - min(dps)), abs=1e-9)


def test_dp_nofreq_depends_less_on_frequency_than_dp_norm():
    rng = np.random.default_rng(0)
    totals = rng.integers(500, 3000, 60)
    counts = rng.poisson(np.outer(totals, np.repeat([0.0003, 0.02], 100)))
    rows = table(counts, totals).set_index("feature").sort_index()
    rare, common = rows[:100].mean(), rows[100:].mean()
    assert rare.dp_nofreq - common.dp_nofreq < 0.6 * (rare.dp_norm - common.dp_norm)


def test_what_the_smallest_part_cannot_hold_goes_to_the_next():
    """Three parts of 2, 4 and 4 words, four occurrences: 2, 2, 0 at most and 1, 2, 1 or the like at least."""
    row = table([[0], [2], [2]], [2, 4, 4]).iloc[0]
    most, least = (0.3 + 0.1 + 0.4) / 2, (0.05 + 0.1 + 0.15) / 2
    assert row.dp == pytest.approx(0.2)
    assert row.dp_nofreq == pytest.approx((0.2 - least) / (most - least))


def test_groups_have_their_documents_for_parts_and_stand_beside_frequencies():
    counts = np.array([[3, 0], [1, 2], [0, 4], [5, 5], [1, 1]])
    docvars = pd.DataFrame({"g": ["a", "a", "b", "b", None]}, index=list("vwxyz"))
    dfm = make_dfm(counts, ["f0000", "f0001"], docvars, totals=np.array([10, 20, 30, 40, 50]))
    grouped = dispersion(dfm, by="g")
    assert grouped.attrs["left_out"] == 1
    alone = table(counts[:2], [10, 20])
    pd.testing.assert_frame_equal(grouped[grouped.g == "a"].drop(columns="g"), alone)
    rates = frequency(dfm, by="g")
    both = with_dispersion(rates, dfm)
    assert list(both) == [*rates, "dp_norm", "dp_nofreq"]
    pd.testing.assert_frame_equal(both[list(rates)], rates)
    assert both.dp_norm.notna().all()
    pd.testing.assert_frame_equal(with_dispersion(rates.iloc[::-1], dfm), both[::-1].reset_index(drop=True))
    assert list(with_dispersion(frequency(dfm), dfm))[0] == "feature"
