"""Lags, maps by year and networks with changes: what the marks say, in both languages, nothing outside the figure."""

import itertools
import logging

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import analysis as da
from analysis.captions import caption
from analysis.plots.network import CHANGES

SURE = ["q < 0.05", "q ≥ 0.05"]


@pytest.fixture(scope="module")
def adopted():
    """Two slogans, twelve groups; hollow where the group's documents begin in the year of first use."""
    rows = [
        {"slogan": s, "group": f"组{g}", "first_year": y, "lag_years": y - b, "left_censored": g == 0, "share": 0.5}
        for s, b in (("两个确立", 2021), ("政治判断力、政治领悟力、政治执行力", 2020))
        for g, y in ((g, b + g % 3) for g in range(12))
    ]
    table = pd.DataFrame(rows).astype({"first_year": "Int64", "lag_years": "Int64", "left_censored": "boolean"})
    table.loc[5, ["first_year", "lag_years", "left_censored"]] = pd.NA
    return table


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lags_show_every_first_use_once_and_stay_inside(language, adopted, monkeypatch, caplog, tmp_path):
    monkeypatch.setenv("TIFA_LANG", language)
    ax = da.plots.lags(adopted)
    sure, hollow = (ax.collections[k].get_offsets() for k in (0, 1))
    assert (len(sure), len(hollow)) == (21, 2)
    dots = np.vstack([sure, hollow])
    assert len(np.unique(dots.round(6), axis=0)) == 23
    known = adopted["first_year"].dropna()  # no dot stands left of its year's tick, where it would look earlier
    assert (sorted(np.floor(dots[:, 0])), dots[:, 0].min() > known.min()) == (sorted(known), True)
    assert {"11/12", "12/12"} <= {text.get_text() for text in ax.texts}
    with caplog.at_level(logging.WARNING), da.plots.style():
        ax.figure.savefig(tmp_path / "lags.png")
    assert caplog.records == []
    ax.figure.draw_without_rendering()
    for label in ax.get_yticklabels():
        assert label.get_window_extent().x0 >= 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_slogan_on_the_map_year_by_year(language, monkeypatch):
    monkeypatch.setenv("TIFA_LANG", language)
    rows = itertools.product((2019, 2020), ("吉林", "湖南"))
    table = pd.DataFrame([{"year": y, "slogan": "两个确立", "group": g, "share": 0.5} for y, g in rows])
    figure = da.plots.tilemaps(table, by="year")
    assert figure.get_suptitle() == ("两个确立" if language == "zh" else "Two Establishments")
    said = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert said.count("ISO 3166-2:CN codes") == (language == "en")
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["2019", "2020"]


def test_a_caption_names_an_interval_only_where_one_is_drawn(adopted):
    table = adopted.assign(per_10k_chars=1.0, share_low=0.2, share_high=0.8, group=range(24), n_docs=1)
    table.attrs = {"recipe": [{"step": "adoption", "by": "region"}], "undated": 8}
    drawn = {
        "intervals": da.plots.adoption(table),
        "shares": da.plots.adoption_map(table),
        "tiles": da.plots.tilemap(table.assign(group="吉林")),
        "rates": da.plots.heat(table, rows="slogan", by="group", value="per_10k_chars"),
        "years": da.plots.lags(table),
    }
    said = {name: caption(table, shows=ax.figure.get_label()) for name, ax in drawn.items()}
    assert [name for name, text in said.items() if "Wilson" in text] == ["intervals"]
    assert [name for name, text in said.items() if "占比" not in text] == ["rates", "years"]
    assert all("8 篇年份未知" in text for text in said.values())
    da.save_figure(drawn["years"].figure, "lags", data=table)
    assert drawn["years"].figure.get_supxlabel().replace("\n", "") == said["years"]


def test_like_groups_stand_together_and_years_stay_in_order():
    shares = {"甲": [1, 1, 0, 0], "丙": [0, 0, 1, 1], "乙": [1, 1, 0, 0.1]}
    rows = [{"slogan": f"s{i}", "group": g, "share": v} for g, values in shares.items() for i, v in enumerate(values)]
    table = pd.DataFrame(rows)
    names = [label.get_text() for label in da.plots.adoption_map(table).get_xticklabels()]
    assert abs(names.index("甲") - names.index("乙")) == 1
    years = table.assign(group=table["group"].map({"甲": 2019, "丙": 2020, "乙": 2021}))
    assert [t.get_text() for t in da.plots.adoption_map(years).get_xticklabels()] == ["2019", "2020", "2021"]


def test_changed_ties_have_a_colour_and_a_legend():
    ties = pd.DataFrame({"a": ["乙", "丙", "丙"], "b": ["甲", "甲", "乙"], "change": ["stronger", "", "new"]})
    ties = ties.assign(n_ab=3, n_a=5, n_b=5, n_contexts=90, npmi=0.5, log_odds=1.0, q=0.2, region="吉林")
    other = ties.assign(region="湖南", change="")
    figure = da.plots.cooccurrence_panels(pd.concat([ties, other]), by="region")
    colours = [[to_hex(colour) for colour in ax.collections[0].get_edgecolor()] for ax in figure.axes]
    coloured = {to_hex(CHANGES[kind][0]) for kind in ("stronger", "new")}
    assert sorted(len(coloured & set(found)) for found in colours) == [0, 2]
    assert [[text.get_text() for text in key.get_texts()] for key in figure.legends] == [[*SURE, "更强", "新见"]]
    for plain in (da.plots.cooccurrence_panels(other, by="region"), da.plots.cooccurrence(other).figure):
        assert [[text.get_text() for text in key.get_texts()] for key in plain.legends] == [SURE]


def test_shares_that_are_not_quite_nothing_are_not_nothing():
    table = pd.DataFrame({"slogan": ["甲", "甲", "甲"], "group": ["吉林", "湖南", "广西"], "share": [0, 0.004, 0.02]})
    ax = da.plots.adoption_map(table)
    assert sorted(text.get_text() for text in ax.texts) == ["", "2", "<1"]
    shades = [to_hex(patch.get_facecolor()) for patch in ax.patches]
    assert len(set(shades)) == 3 and "空白为 0" in ax.get_title("left")


def test_first_national_use_has_one_key_for_all_panels():
    rows = itertools.product(("两个确立", "共同富裕"), range(2020, 2024))
    table = pd.DataFrame([{"slogan": s, "group": y, "first_year": 2022, "lag_years": 1} for s, y in rows])
    table = table.assign(share=0.5, share_low=0.2, share_high=0.8)
    key = da.plots.panels(table, da.plots.adoption, by="slogan").legends
    assert [[text.get_text() for text in one.get_texts()] for one in key] == [["全国首提"]]
    older = table.assign(lag_years=20)
    assert not da.plots.panels(older, da.plots.adoption, by="slogan").legends
