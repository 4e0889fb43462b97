"""Groups: what is drawn is what the table says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.plots.groups import by_group, heat

RATES = pd.DataFrame({"region": ["吉林", "广西", "北京"], "per_10k_chars": [3.0, 0.0, 5.0], "low": [2.0, np.nan, 4.0],
                      "high": [4.0, np.nan, 7.0]})  # fmt: skip


def test_groups_stand_in_the_order_of_their_values() -> None:
    ax = by_group(RATES, by="region", value="per_10k_chars")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["北京", "吉林", "广西"]
    assert ax.get_xlabel() == "每万字"
    filled, hollow = (np.asarray(dots.get_offsets()) for dots in ax.collections[1:])
    np.testing.assert_allclose(filled[:, 0], [5, 3])
    np.testing.assert_allclose(hollow[:, 0], [0])
    assert ax.get_xlim()[1] >= 7


def test_years_are_a_line_with_gaps() -> None:
    years = RATES.assign(year=pd.array([2019, 2020, 2023], dtype="Int64"))
    ax = by_group(years, by="year", value="per_10k_chars")
    x, y = ax.lines[0].get_data()
    np.testing.assert_array_equal(x, range(2019, 2024))
    np.testing.assert_array_equal(y, [3, 0, np.nan, np.nan, 5])


@pytest.mark.parametrize("each", [True, False])
def test_shades_are_shares_of_the_largest_value(each: bool) -> None:
    cells = pd.DataFrame({"feature": ["甲", "甲", "乙"], "region": ["吉林", "广西", "吉林"], "n": [2.0, 8.0, 4.0]})
    ax = heat(cells, rows="feature", by="region", value="n", each=each)
    shades = ax.collections[0].get_array().reshape(2, 2)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["甲", "乙"]
    np.testing.assert_allclose(shades, [[0.25, 1], [1, 0]] if each else [[0.25, 1], [0.5, 0]])
    assert sorted(text.get_text() for text in ax.texts) == ["0", "2", "4", "8"]


def test_the_rows_of_the_largest_means_are_shown() -> None:
    cells = pd.DataFrame({"feature": list("丙乙甲丁"), "region": "吉林", "n": [1.0, 2.0, 2.0, 3.0]})
    ax = heat(cells, rows="feature", by="region", value="n", top=3)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["丁", "乙", "甲"]
    assert cells.columns.tolist() == ["feature", "region", "n"]


def test_a_table_that_is_empty_says_why() -> None:
    empty = RATES.iloc[:0]
    empty.attrs["reason"] = {"zh": "无", "en": "nowhere"}
    with pytest.raises(ValueError, match="nowhere"):
        by_group(empty, by="region", value="per_10k_chars")


def test_numbers_in_cells_are_never_powers_of_ten() -> None:
    cells = pd.DataFrame({"feature": list("abcd"), "region": ["吉林"] * 4, "n": [174.6, 99.7, 0.0312, 0.00004]})
    said = [text.get_text() for text in heat(cells, rows="feature", by="region", value="n").texts]
    assert said == ["175", "100", "0.031", "<0.001"]
