"""Every figure: drawn from its table, nothing overlapping, nothing missing, in both languages."""

import itertools
import logging
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, BboxTransformTo

import analysis as da
from analysis import output
from analysis.plots import grids, marks, network, screen
from analysis.plots.clouds import _layouts

REGIONS = ["吉林省", "辽宁省", "湖南省"]


@pytest.fixture(scope="module")
def corpus():
    """Eighteen composed documents: three provinces × six years, each with its own words."""
    words = {"吉林省": "数字吉林 粮食 法院", "辽宁省": "港口 振兴 法院", "湖南省": "湘江 调解 法院"}
    rows = [
        {
            "doc_id": f"{province}{year}", "province": province, "level": "province", "year": year,
            "institution_type": "court",
            "text": f"会议坚持{'高质量发展' if year > 2019 else '稳中求进工作总基调'}，"
            + "增强“四个意识”、坚定“四个自信”。\n"
            + f"{'、'.join(words[province].split() * (year - 2016))}，审判执行工作，服务群众企业。",
        }
        for province, year in itertools.product(REGIONS, range(2018, 2024))
    ]  # fmt: skip
    made = da.make_corpus(pd.DataFrame(rows))
    return da.Corpus(made.docs.assign(period=da.periods(made.docs["year"])), made.report, made.recipe)


@pytest.fixture(scope="module")
def tables(corpus):
    lexicon = da.load_lexicon()
    occ = da.slogans(corpus, lexicon)
    counts = da.dfm(da.tokenize(corpus, lexicon))
    return {
        "coverage": da.coverage(corpus),
        "frequency": da.frequency(counts),
        "frequency_by": da.frequency(counts, by="region"),
        "trend": da.frequency(counts.select(["法院"]), by="year"),
        "tfidf": da.tfidf(counts, by="region").query("region == '吉林'"),
        "dispersion": da.dispersion(counts),
        "keyness": da.keyness(counts, "region == '吉林'", resamples=99),
        "slopes": da.trend(counts),
        "change_points": da.change_points(counts, ["法院"]),
        "word_shift": da.word_shift(counts, "region == '吉林'"),
        "divergence_matrix": da.divergence_matrix(counts, by="region"),
        "adoption": da.adoption(occ, corpus, by="year").query("slogan == '四个意识'"),
        "adoption_map": da.adoption(occ, corpus, by="region"),
        "cooccurrence": da.cooccurrence(occ[~occ["nested"]], corpus),
        "cooccurrence_by": da.cooccurrence(occ[~occ["nested"]], corpus, by="region"),
    }


SINGLE = [
    "coverage", "frequency", "trend", "tfidf", "dispersion", "keyness", "adoption", "adoption_map", "cooccurrence",
    "slopes", "change_points", "word_shift", "divergence_matrix",
]  # fmt: skip


def draw(figure, folder, caplog, endings=("svg", "png")):
    """Draw in these formats; matplotlib reports missing glyphs by warning (an error here) or by log."""
    with caplog.at_level(logging.WARNING), da.plots.style():
        for ending in endings:
            figure.savefig(folder / f"f.{ending}")
    assert [record.message for record in caplog.records] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SINGLE)
def test_each_figure_draws_in_both_languages(name, language, tables, tmp_path, caplog, monkeypatch):
    monkeypatch.setenv("TIFA_LANG", language)
    before = tables[name].copy(deep=True)
    ax = getattr(da.plots, name)(tables[name])
    assert round(ax.figure.get_figwidth() * 25.4) in (85, 178)
    draw(ax.figure, tmp_path, caplog, ("svg", "png", "pdf") if language == "zh" else ("svg",))
    pd.testing.assert_frame_equal(before, tables[name])


@pytest.mark.parametrize("name", SINGLE)
def test_each_figure_draws_on_given_axes(name, tables, tmp_path, caplog):
    from matplotlib.figure import Figure

    ax = Figure(figsize=(5, 4)).add_subplot()
    assert getattr(da.plots, name)(tables[name], ax) is ax
    draw(ax.figure, tmp_path, caplog, ("svg",))


def overlapping(axes):
    """Pairs of y tick labels that cover each other."""
    axes.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in axes.get_yticklabels() if label.get_text()]
    return [(a, b) for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)]


@pytest.mark.parametrize("rows", [1, 2, 4])
@pytest.mark.parametrize("name", ["frequency", "tfidf", "keyness", "slopes", "word_shift", "adoption_map", "heat"])
def test_few_rows_have_room_above_a_caption(name, rows, tables, monkeypatch):
    monkeypatch.setenv("TIFA_LANG", "en")
    features = ["两个确立", "扫黑除恶专项斗争", "服务群众", "中国式现代化"][:rows]
    if name in ("heat", "adoption_map"):
        cells = [{"slogan": f, "group": r, "share": 0.5} for f in features for r in list(grids.TILES)[:20]]
        options = {"rows": "slogan", "by": "group", "value": "share"} if name == "heat" else {}
        ax = getattr(da.plots, name)(pd.DataFrame(cells), **options)
    else:
        table = tables[name].head(rows).assign(feature=features)
        table.attrs["sides"] = {"target": "吉林", "reference": "reference"}
        ax = getattr(da.plots, name)(table)
    output._caption_line(ax.figure, "caption, " * (20 if ax.figure.get_figwidth() < 4 else 30))
    assert not overlapping(ax)
    assert ax.bbox.height / ax.figure.dpi * 25.4 > 3
    boxes = [key.get_window_extent() for key in ax.figure.legends] + [ax.get_tightbbox()]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert all(box.y0 >= 0 and box.y1 <= ax.figure.bbox.y1 for box in boxes)


def test_panels_share_the_scale_and_name_their_groups(tables, tmp_path, caplog):
    figure = da.plots.panels(tables["frequency_by"], da.plots.frequency, by="region")
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["辽宁", "吉林", "湖南"]
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    half = tables["keyness"].eval("log_ratio = log_ratio / 2")
    each = pd.concat([tables["keyness"].assign(region="吉林"), half.assign(region="湖南")])
    assert len({ax.get_xlim() for ax in da.plots.panels(each, da.plots.keyness, by="region", both=False).axes}) == 1
    assert figure.get_figwidth() == pytest.approx(178 / 25.4)
    assert not any(overlapping(ax) for ax in figure.axes)
    draw(figure, tmp_path, caplog)


def test_network_panels_put_a_slogan_in_the_same_place(tables):
    figure = da.plots.cooccurrence_panels(tables["cooccurrence_by"], by="region")
    places = [{t.get_text(): t.get_position() for t in ax.texts} for ax in figure.axes]
    assert places[0]
    assert all(place == places[0] for place in places)


def test_a_group_without_ties_is_an_empty_circle_that_says_so(tables, tmp_path, caplog):
    table = tables["cooccurrence_by"].query("region != '吉林'")
    table.attrs["groups"] = ["辽宁", "吉林", "湖南"]
    figure = da.plots.cooccurrence_panels(table, by="region")
    assert [ax.get_title(loc="left") for ax in figure.axes] == table.attrs["groups"]
    assert ["表中没有联系" in {text.get_text() for text in ax.texts} for ax in figure.axes] == [False, True, False]
    draw(figure, tmp_path, caplog)


def test_two_terms_never_bear_one_name(monkeypatch):
    monkeypatch.setenv("TIFA_LANG", "en")
    features = ["政治判断力", "政治领悟力", "重要窗口（广东）", "重要窗口（浙江）", "依法治国", "依法治省"]
    columns = "per_10k low high n share first_year lag_years log_odds q"
    numbers = dict.fromkeys(columns.split(), 1.0)
    table = pd.DataFrame({"feature": features, "slogan": features, "a": features, "b": features[1:] + features[:1]})
    table = table.assign(**numbers, n_ab=3, n_a=5, n_b=5, n_contexts=9, npmi=0.5, group="全国", direction="target",
                         left_censored=False)  # fmt: skip
    shift = da.plots.word_shift(table)
    heat, lags = da.plots.heat(table, rows="feature", by="group", value="n"), da.plots.lags(table)
    shown = [[tick.get_text() for tick in ax.get_yticklabels()] for ax in (da.plots.frequency(table), heat, lags)]
    shown += [[text.get_text() for text in ax.texts] for ax in (shift, da.plots.cooccurrence(table))]
    titles = da.plots.panels(table, da.plots.frequency, by="feature").axes
    for names in (*shown, [ax.get_title("left") for ax in titles]):
        assert len(names) == len(set(names)) == len(features)


def places(figure):
    """The names of a network as it was saved or is on the screen: what each reads and the turned box it fills."""
    for text in (text for ax in figure.axes for text in ax.texts):
        turn, at = text.get_rotation(), text.get_transform().transform(text.get_position())
        text.set_rotation(0)
        box = text.get_window_extent().padded(-0.5)  # letters do not fill their box
        text.set_rotation(turn)
        turned = BboxTransformTo(box) + Affine2D().rotate_deg_around(*at, turn)
        yield text.get_text(), Path.unit_rectangle().transformed(turned)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("groups", "n"), [(0, 40), (1, 2), (1, 40), (4, 20), (9, 14)])
def test_names_around_a_circle_of_some_size_cover_nothing_and_are_not_cut(groups, n, language, monkeypatch):
    """One network on the screen (0 groups) or saved, and panels."""
    monkeypatch.setenv("TIFA_LANG", language)
    entries = da.load_lexicon().glosses.str.len().sort_values(kind="stable").index
    names = sorted([*entries[-n // 2 :], *entries[: n // 2]])
    ring = pd.DataFrame({"a": names[:-1], "b": names[1:], "n_ab": 3, "n_a": 5, "n_b": 5, "n_contexts": 90})
    ring = ring.assign(npmi=0.5, log_odds=1.0, log_odds_low=0.5, log_odds_high=1.5, g2=9.0, p=0.01, q=0.04)
    if groups < 2:
        figure = da.plots.cooccurrence(ring, size=6.5 if groups else 8).figure
    else:
        each = pd.concat([ring.assign(region=region) for region in list(grids.TILES)[:groups]])
        figure = da.plots.cooccurrence_panels(each, by="region", ncols=3 if groups == 9 else 2)
    if groups:
        output._caption_line(figure, "caption, " * 40)
    else:
        screen.png(figure)
    figure.draw_without_rendering()
    said = [ax._left_title for ax in figure.axes if groups > 1] + [figure._supxlabel] * (groups > 0)
    around = [part.get_window_extent() for part in [*said, *figure.legends]]
    shown = list(places(figure))
    for name, box in shown:
        assert (box.vertices >= 0).all() and (box.vertices <= figure.bbox.size).all(), name
        assert not any(box.intersects_bbox(other) for other in around), name
    assert [(a, b) for (a, p), (b, q) in itertools.combinations(shown, 2) if p.intersects_path(q)] == []
    assert max(ax.get_xlim()[1] for ax in figure.axes) < (2.3 if groups < 9 else 3.4)


def test_clouds_are_on_one_scale_and_complete(tables):
    clouds = [{"法院": 40.0, "调解": 20.0, "习近平新时代中国特色社会主义思想": 10.0}, {"法院": 20.0, "港口": 5.0}]
    layouts = _layouts(clouds, seed=0)
    sizes = [{word: size for (word, _), size, *_ in layout} for layout in layouts]
    assert [set(s) for s in sizes] == [set(c) for c in clouds]
    per_unit = sizes[0]["法院"] / 40
    assert all(abs(s[w] - c[w] * per_unit) <= 4 for s, c in zip(sizes, clouds, strict=True) for w in c)


def test_clouds_refuse_a_character_without_glyph(tables):
    bad = tables["frequency_by"].assign(feature="法\U00030000")
    with pytest.raises(ValueError, match="no glyph"):
        da.plots.wordclouds(bad, by="region")


def test_words_of_a_cloud_do_not_overlap(tables):
    figure = da.plots.wordclouds(tables["frequency_by"], by="region", top=15)
    for ax in figure.axes:
        boxes = [patch.get_path().get_extents() for patch in ax.patches]
        area = sum((min(a.x1, b.x1) - max(a.x0, b.x0)) * (min(a.y1, b.y1) - max(a.y0, b.y0))
                   for a, b in itertools.combinations(boxes, 2) if a.overlaps(b))  # fmt: skip
        assert area < 0.02 * sum(b.width * b.height for b in boxes)
        assert all(b.y1 <= 562 and b.y0 >= -2 and b.x1 <= 902 and b.x0 >= -2 for b in boxes)


def test_a_year_without_documents_is_a_gap():
    span, value = marks.with_gaps(np.array([2018, 2020]), np.array([1.0, 2.0]))
    assert span.tolist() == [2018, 2019, 2020]
    assert np.isnan(value[1])


def test_levels_stand_from_the_highest_down_and_what_is_unknown_last():
    levels = ["county", "national", None, "prefecture", "province"]
    table = pd.DataFrame({"institution_type": "court", "level": levels, "n_docs": 1})
    names = [tick.get_text() for tick in da.plots.coverage(table).get_xticklabels()]
    assert names == ["国家级", "省份", "地市", "县区", "未知"]


UPRIGHT = [(3, "2018–2019", 0), (3, "political-legal committee", 90), (9, "黑龙江", 0), (20, "2018", 90),
           (6, "WWMMWW", 90), (6, "Illi filli till", 0)]  # fmt: skip


@pytest.mark.parametrize("n, name, turned", UPRIGHT)
def test_columns_stand_upright_only_where_they_would_touch(n, name, turned):
    with da.plots.style():
        ax = grids.new_axes()
        grids.name_cells(ax, ["黑龙江"], [name] * n)
        ax.set(xlim=(0, n), ylim=(1, 0))
        ax.figure.draw_without_rendering()
    boxes = [tick.get_window_extent() for tick in ax.get_xticklabels()]
    assert all(tick.get_rotation() == turned for tick in ax.get_xticklabels())
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_the_stability_of_a_topic_covers_no_tile():
    table = pd.DataFrame({"region": "全国", "period": ["1954–1986", "1987–2005", "2006–2025"] * 2, "n_docs": 9})
    table = table.assign(topic=["T1 甲"] * 3 + ["T2 乙"] * 3, share=0.2, low=0.1, high=0.3, stability=0.5)
    figure = da.plots.prevalence_tiles(table)
    figure.draw_without_rendering()
    for ax in figure.axes:
        *numbers, stability = (text.get_window_extent() for text in ax.texts)
        assert not any(stability.overlaps(number) for number in numbers)


def test_every_province_has_one_tile():
    from analysis.corpus import REGION_OF

    assert set(grids.TILES) == set(REGION_OF.values())
    assert len(set(grids.TILES.values())) == len(grids.TILES)


def test_tilemap_shows_absence_and_presence(tables, tmp_path, caplog):
    one = tables["adoption_map"].query("slogan == '四个意识'")
    ax = da.plots.tilemap(one)
    shown = {t.get_text() for t in ax.texts}
    assert {"吉林", "新疆", "100%"} <= shown
    assert sum(bool(re.fullmatch(r"\d+%", t)) for t in (t.get_text() for t in ax.texts)) == 3
    draw(ax.figure, tmp_path, caplog)


def test_the_circle_keeps_communities_together(tables):
    order = network.circle(network.network(tables["cooccurrence"], min_n=1))
    communities = [da.network(tables["cooccurrence"], min_n=1).nodes[name]["community"] for name in order]
    assert communities == sorted(communities)


def test_topics_draw(tables, corpus, tmp_path, caplog):
    model = da.topics(da.dfm(da.tokenize(corpus)), 3)
    figure = da.plots.panels(da.top_features(model, 6), da.plots.top_features, by="topic")
    draw(figure, tmp_path, caplog)
    for by, plot in (("region", da.plots.prevalence), ("year", da.plots.prevalence_trend)):
        draw(da.plots.panels(da.prevalence(model, by), plot, by="topic"), tmp_path, caplog)


@pytest.mark.parametrize("k", [2, 7, 12, 20])
def test_correlations_of_any_number_of_topics_stay_inside_a_journals_width(k):
    names = [f"T{n} 依法·构成犯罪·依法追究" for n in range(1, k + 1)]
    table = pd.DataFrame(itertools.combinations(names, 2), columns=["topic_a", "topic_b"])
    table = table.assign(correlation=0.5, q=0.5, stability_a=0.2, stability_b=0.9)
    figure = da.plots.topic_correlation(table).figure
    assert round(figure.get_figwidth() * 25.4) == (85 if k < 14 else 178)
    figure.draw_without_rendering()
    box = figure.axes[0].get_tightbbox()
    assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
