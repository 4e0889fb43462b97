"""What notebooks 04 and 05 ask: an answer on a small corpus, and a reason on a smaller one."""

import itertools

import networkx as nx
import pandas as pd
import pytest

import analysis as da
from analysis import output
from analysis import slogan_questions as ask
from analysis.study import Study

PROVINCES = ("吉林省", "辽宁省", "湖南省")


def study_of(rows):
    lexicon = da.load_lexicon()
    made = da.make_corpus(pd.DataFrame(rows))
    corpus = da.Corpus(made.docs.assign(period=da.periods(made.docs["year"])), made.report, made.recipe)
    return Study(corpus, lexicon, None, None)


@pytest.fixture(scope="module")
def study():
    """Three provinces × six years: 两个确立 from 2021 on, a motto of 吉林 alone, a pair that always meets."""
    return study_of(
        {
            "doc_id": f"{province}{year}", "province": province, "year": year,
            "text": "增强“四个意识”、坚定“四个自信”。\n" * 2
            + ("捍卫“两个确立”。\n" if year > 2020 else "")
            + ("推进“一主六双”。\n" if province == "吉林省" else "审理案件。\n")
            + "服务企业，服务群众。\n" * 5,
        }
        for province, year in itertools.product(PROVINCES, range(2018, 2024))
    )  # fmt: skip


@pytest.fixture(scope="module")
def silent():
    return study_of([{"doc_id": "d", "text": "今天下雨。", "province": None, "year": None}])


QUESTIONS = (ask.lives, ask.regional, ask.tiles, ask.births, ask.uptake, ask.apart, ask.ties, ask.nodes)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.__name__)
def test_each_question_has_an_answer_or_a_reason(question, study, silent):
    assert len(question(study))
    nothing = question(silent)
    assert nothing.empty and set(nothing.attrs["reason"]) == {"zh", "en"}


def test_what_separates_and_what_is_early(study):
    assert ask.apart(study)["slogan"].iloc[0] == "一主六双"
    assert ask.regional(study)["slogan"].iloc[0] == "一主六双"
    assert set(ask.tiles(study)["slogan"]) == {"两个确立"}
    assert set(ask.tiles(study)["year"]) == set(range(2018, 2024))
    births = ask.births(study)
    assert set(births["slogan"]) == {"两个确立"} and (births["first_year"] == 2021).all()
    docs = study.corpus.docs.assign(year=study.corpus.docs["year"].where(study.corpus.docs["year"] != 2019))
    some = Study(da.Corpus(docs, study.corpus.report, study.corpus.recipe), study.lexicon, None, None)
    assert (births.attrs["undated"], ask.births(some).attrs["undated"]) == (0, 3)
    assert "tier" in ask.uptake(study) and (ask.uptake(study)["n_docs"] > 0).all()


def test_ties_of_groups_say_what_changed(study, silent):
    whole = ask.ties(study)
    assert (whole["n_ab"] >= 2).all() and "change" not in whole
    by_period = ask.ties(study, by="period")
    assert by_period.attrs["groups"] == study.corpus.docs["period"].cat.categories.tolist()
    assert set(by_period["change"]) <= {"", "stronger", "weaker", "new"}
    assert ask.changes(silent, "period").empty and "reason" in ask.changes(silent, "period").attrs
    found = ask.changes(study, "period")
    assert found["period"].nunique() == study.corpus.docs["period"].nunique() - 1  # the first has none before it


def test_the_network_is_saved_with_glosses_and_in_the_manifest(study, tmp_path, monkeypatch):
    monkeypatch.setenv("TIFA_FIGURES", str(tmp_path))
    paths = da.save_network(ask.ties(study), "network")
    assert [path.name for path in paths] == ["network.graphml", "network.gexf"]
    node = nx.read_gexf(paths[1]).nodes["四个意识"]
    assert node["label"] == "四个意识" and node["gloss"].isascii() and node["gloss"]
    assert set(output.read_manifest(tmp_path)["artefacts"]) == {"networks/network.graphml", "networks/network.gexf"}
    assert da.save_network(ask.ties(study).iloc[:0], "empty")[0].exists()
