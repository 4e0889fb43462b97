import numpy as np
import pandas as pd
import pytest

import analysis as da
from analysis.evaluate.topic_regression import made_model
from analysis.tables import write_xlsx
from analysis.tokens import tokenize

K = 5


@pytest.fixture
def model():
    rng = np.random.default_rng(0)
    phi = np.kron(np.eye(K), rng.dirichlet(np.full(12, 3.0))) * 0.9 + 0.1 / (12 * K)
    return made_model(rng.dirichlet(np.full(K, 0.3), 9), phi)


def test_the_intruder_is_anothers_word(model):
    sheet, answers = da.word_intrusion(model)
    assert sorted(answers["topic"]) == list(model.doc_topic)
    for row, key in zip(sheet.itertuples(), answers.itertuples(), strict=True):
        words = list(row[2:8])
        assert words[key.position - 1] == key.intruder
        own = set(da.top_features(model, 5).query("topic == @key.topic")["feature"])
        assert set(words) - {key.intruder} == own
    assert (sheet["answer"] == "").all() and "intruder" not in sheet
    pd.testing.assert_frame_equal(sheet, da.word_intrusion(model)[0])
    assert not da.word_intrusion(model, seed=1)[0].equals(sheet)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_scores_of_filled_sheets(model, tmp_path, monkeypatch, language):
    monkeypatch.setenv("TIFA_LANG", language)
    sheet, answers = da.word_intrusion(model)
    filled = sheet.assign(answer=answers["position"])
    assert da.score_intrusion(filled, answers).loc[0, ["precision", "chance"]].tolist() == pytest.approx([1, 1 / 6])
    filled["answer"] = [*answers["position"][:2], *(answers["position"][2:4] % 6 + 1), ""]
    paths = [tmp_path / "sheet.csv", tmp_path / "answers.csv"]
    for table, path in zip((filled, answers), paths, strict=True):
        table.to_csv(path, index=False, encoding="utf-8-sig")
    filled.to_excel(tmp_path / "plain.xlsx", index=False)
    books = [tmp_path / "sheet.xlsx", tmp_path / "answers.xlsx"]
    for table, path in zip((filled, answers), books, strict=True):
        write_xlsx(table, path)
    for given in ((filled, answers), paths, (tmp_path / "plain.xlsx", paths[1]), books):
        score = da.score_intrusion(*given)
        assert score.loc[0, ["items", "answered", "found"]].tolist() == [5, 4, 2]
        assert score.attrs["left_out"] == 1 and score["topic"].tolist() == ["", *model.doc_topic]
    with pytest.raises(ValueError, match="is not a number from 1 to 6"):
        da.score_intrusion(filled.assign(answer="七"), answers)
    with pytest.raises(ValueError, match="different items"):
        da.score_intrusion(filled.head(2), answers)


def test_guessing_scores_about_chance(model):
    """Simulation: random answers find a sixth of the intruders."""
    rng = np.random.default_rng(5)
    found = 0
    for seed in range(30):
        sheet, answers = da.word_intrusion(model, seed=seed)
        found += da.score_intrusion(sheet.assign(answer=rng.integers(1, 7, K)), answers).loc[0, "found"]
    assert 0.1 < found / (30 * K) < 0.24


def test_topic_intrusion_scores_log_odds(tiny_corpus):
    frame = tiny_corpus.docs.reset_index()[["doc_id", "title", "province", "year", "text"]]
    corpus = da.make_corpus(pd.concat([frame, frame.assign(doc_id=frame["doc_id"] + "b")]))
    model = da.topics(da.dfm(tokenize(corpus)), 4)
    sheet, answers = da.topic_intrusion(model, corpus, n=5)
    assert len(sheet) == 5 and sheet["example"].str.len().min() > 5
    score = da.score_intrusion(sheet.assign(answer=answers["position"]), answers)
    assert score.loc[0, ["found", "log_odds"]].tolist() == [5, 0]
    wrong = da.score_intrusion(sheet.assign(answer=answers["position"] % 4 + 1), answers)
    assert wrong.loc[0, "log_odds"] <= 0 and wrong.loc[0, "found"] == 0
    with pytest.raises(ValueError, match="four topics or more"):
        da.topic_intrusion(da.topics(da.dfm(tokenize(corpus)), 3), corpus)


def test_topics_of_the_same_words_have_no_intruder():
    sheet, answers = da.word_intrusion(made_model(np.full((6, 3), 1 / 3), np.full((3, 12), 1 / 12)))
    assert sheet.empty and answers.empty and "No topic has words enough" in sheet.attrs["reason"]["en"]
