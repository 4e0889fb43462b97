"""What notebook 06 asks about topics: an answer where there can be one, else why not."""

import itertools

import numpy as np
import pandas as pd
import pytest

import analysis as da
from analysis import topic_questions as ask
from analysis.study import Study

FAMILIES = ("审理案件 化解纠纷 调解 法官", "执行 财产 失信 查控", "企业 营商环境 服务 创新", "平安 治安 巡逻 防控")
PROVINCES = ("吉林省", "湖南省", "广东省")


@pytest.fixture(scope="module")
def study():
    """Three provinces × six years × two documents of four families of words, of which 吉林 has more of the first."""
    rng = np.random.default_rng(0)
    rows = []
    for province, year, copy in itertools.product(PROVINCES, range(2018, 2024), range(2)):
        prior = [4 if province == "吉林省" else 0.6, 0.8, 0.8, 0.8]
        words = [rng.choice(FAMILIES[f].split()) for f in rng.choice(4, 60, p=rng.dirichlet(prior))]
        said = "推进“一主六双”。" if province == "吉林省" and copy else "依法办事。"
        text = "".join(f"{w}，" for w in words) + said
        rows.append({"doc_id": f"{province}{year}{copy}", "province": province, "year": year, "text": text})
    lexicon, made = da.load_lexicon(), da.make_corpus(pd.DataFrame(rows))
    corpus = da.Corpus(made.docs.assign(period=da.periods(made.docs["year"])), made.report, made.recipe)
    tokens = da.tokenize(corpus, lexicon)
    return Study(corpus, lexicon, tokens, da.dfm(tokens))


@pytest.fixture(scope="module")
def model(study):
    return ask.model(study)


def test_every_table_says_how_stable_its_topics_are(study, model):
    answers = [ask.words(model), ask.criteria(model), ask.passages(study, model), ask.shares(model, "year"),
               ask.years(study, model), ask.effects(study, model),
               ask.cells(study, model), ask.contrasts(model, "region"), ask.drifting(study, model),
               ask.with_slogans(study, model), ask.places(model)]  # fmt: skip
    for table in answers:
        assert len(table) and table["stability"].between(0, 1).all(), table.attrs
        assert table.attrs["recipe"][-1]["step"]
    assert len(ask.correlations(model)) == model.k * (model.k - 1) / 2


def test_the_planted_region_stands_out(model):
    table = ask.contrasts(model, "region")
    first = table.sort_values("p").iloc[0]
    assert (first["region"], first["q"] < 0.05) == ("吉林", True)
    assert len(table) == 3 * model.k
    assert (table["q"] >= table["p"]).all()


def test_six_years_are_a_curve_adjusted_for_region_beside_the_means(study, model):
    table, means = ask.years(study, model), ask.shares(model, "year")
    assert table["observed"].tolist() == pytest.approx(means["share"].tolist())
    assert table.attrs["recipe"][-1]["formula"] == "region + year" and "spline" in str(table.attrs["notes"])
    first = ask.effects(study, model).iloc[0]
    assert (first["region"], first["against"]) == ("吉林", "others") and first["p"] < 0.05, first


def test_cells_below_three_documents_are_not_shown(study, model):
    table = ask.cells(study, model)  # region × year has two documents a cell: periods are taken
    assert list(table)[:2] == ["macro_region", "period"] and (table["n_docs"] >= 3).all()


def test_labels_replace_words_in_names(model, tmp_path):
    path = tmp_path / "labels.csv"
    da.label_topics(model, path)
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    sheet.assign(label=["甲题", *[""] * (model.k - 1)]).to_csv(path, index=False)
    names = ask.words(da.label_topics(model, path))["topic"].unique()
    assert names[0] == "T1 甲题" and names[1].startswith("T2 ") and "甲题" not in names[1]
    assert ask.shares(da.label_topics(model, path), "region")["topic"].iloc[0] == "T1 甲题"


def test_too_few_documents_are_said(study):
    one = Study(study.corpus.subset("year == 2018 and province == '吉林省'"), study.lexicon, study.tokens, study.dfm)
    unfit = [
        ask.words(None), ask.criteria(None), ask.passages(one, None), ask.shares(None, "year"), ask.cells(one, None),
        ask.contrasts(None, "region"), ask.drifting(one, None), ask.with_slogans(one, None), ask.places(None),
        ask.correlations(None), ask.years(one, None), ask.effects(one, None), ask.slogan_names(one, None),
        *ask.word_sheets(None), *ask.topic_sheets(one, None),
    ]  # fmt: skip
    assert all(table.empty and set(table.attrs["reason"]) == {"zh", "en"} for table in unfit)


def test_large_corpora_are_sampled_for_the_choice_of_k(study, monkeypatch):
    monkeypatch.setattr(ask, "SAMPLED", 30)
    table = ask.choices(study)
    assert "36" in table.attrs["notes"][-1]["en"] and len(table) == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_figures_draw(study, model, language, monkeypatch, recwarn):
    monkeypatch.setenv("TIFA_LANG", language)
    figures = [
        da.plots.panels(ask.words(model), da.plots.top_features, by="topic"),
        da.plots.panels(ask.shares(model, "region"), da.plots.prevalence, by="topic"),
        da.plots.panels(ask.shares(model, "year"), da.plots.prevalence_trend, by="topic"),
        da.plots.contrasts(ask.contrasts(model, "region"), by="region"),
        da.plots.panels(ask.years(study, model), da.plots.prevalence_trend, by="topic"),
        da.plots.prevalence_tiles(ask.cells(study, model)),
        da.plots.topic_drift(ask.drifting(study, model)),
    ]
    words = {"zh": ("稳定性", "不稳定"), "en": ("stability", "unstable")}[language]
    for figure in figures:
        figure.draw_without_rendering()
        texts = [text.get_text() for ax in figure.axes for text in ax.texts]
        assert sum(text.startswith(words) for text in texts) == model.k
    da.plots.topic_correlation(ask.correlations(model)).figure.draw_without_rendering()
    da.plots.topic_map(ask.places(model)).figure.draw_without_rendering()
    assert not [w for w in recwarn if "Glyph" in str(w.message)]
