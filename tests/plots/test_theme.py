"""Figures never show a box: fonts, coverage, no global state."""

import warnings

import matplotlib
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure

from analysis.plots import theme


def test_the_font_is_open_and_covers_the_genre():
    font = TTFont(theme.font_path())
    assert "Open Font License" in font["name"].getDebugName(13)
    assert theme.undrawable("提法“两个维护”、〔2019〕第一二三号 Tifa ≥ – — ² …①") == ""


def test_a_character_without_glyph_is_shown_by_its_code_point():
    assert theme.undrawable("法\U00030000") == "\U00030000"
    assert theme.drawable("法\U00030000") == "法[U+30000]"


def test_style_leaves_no_trace():
    before = dict(matplotlib.rcParams)
    with theme.style():
        assert matplotlib.rcParams["pdf.fonttype"] == 42
    assert dict(matplotlib.rcParams) == before


@theme.drawing
def _draw(data, ax=None):
    ax = ax or theme.new_axes()
    ax.plot([0, 1], [0, 1])
    theme.name_ticks(ax.xaxis, [0, 1], ["吉林", "法\U00030000"])
    ax.set_title(data)
    return ax


@pytest.mark.parametrize("own", [True, False])
def test_chinese_is_drawn_without_a_missing_glyph_on_any_axes(own, tmp_path):
    ax = _draw("依法治省", Figure().add_subplot() if own else None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.figure.savefig(tmp_path / "a.png")
    assert "Noto Sans SC" in ax._left_title.get_fontfamily()
    assert "Noto Sans SC" in ax.get_xticklabels()[0].get_fontfamily()


def test_a_wrong_table_is_named():
    import pandas as pd

    with pytest.raises(ValueError, match=r"no column \['q'\]; this plot draws what keyness\(\) returns"):
        theme.require(pd.DataFrame({"p": [1]}), ["p", "q"], "keyness")
    with pytest.raises(ValueError, match="empty"):
        theme.require(pd.DataFrame({"p": []}), ["p"], "keyness")
