"""How a LaTeX table's columns share the line; that xelatex sets them is tried with the other formats in test_tables."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.latex import _ems, _fit

CELLS = st.lists(st.text(alphabet="法治 建a1\n", max_size=30), min_size=3, max_size=3)


@given(st.lists(CELLS, min_size=1, max_size=6), st.sampled_from([38.0, 80.0]))
def test_columns_share_the_line_and_short_cells_stay_whole(columns, room):
    shown = pd.DataFrame({str(n): cells for n, cells in enumerate(columns)}, dtype="str")
    shares, lines = _fit(shown, room)
    assert shares.sum() <= 1 + 1e-9 and shares.min() > 0
    natural = [max(map(_ems, ["0", *cells])) + 1 for cells in columns]
    assert (lines == 4) if sum(natural) <= room else lines >= 4


def test_the_long_cell_is_broken_and_the_short_one_is_not():
    shown = pd.DataFrame({"n": ["12"], "file": ["jilin_2021.txt"], "text": ["依法治国" * 50]}, dtype="str")
    shares, lines = _fit(shown, 38)
    n, file, text = shares * 38 - 1
    assert n >= _ems("12") and file >= _ems("jilin_2021.txt") and text > 20
    assert lines == 1 + -(-200 // text)
