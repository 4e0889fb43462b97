from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import analysis as da
from analysis.evaluate.topic_regression import made_model
from analysis.stats.topic_labels import filled
from analysis.tokens import tokenize

WORDS = [f"词{i:02d}" for i in range(40)]


def model_of(order=(0, 1, 2)):
    """Three topics of ten words each, in the given order."""
    phi = np.kron(np.eye(3), np.linspace(2, 1, 10))[list(order)]
    phi = np.hstack([phi, np.full((3, 10), 0.01)])
    return made_model(np.full((4, 3), 1 / 3), phi / phi.sum(axis=1, keepdims=True))


def test_labels_follow_the_words_to_another_fit(tmp_path):
    path = tmp_path / "labels.csv"
    assert da.label_topics(model_of(), path).doc_topic.columns.tolist() == ["T1", "T2", "T3"]
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    sheet.loc[[0, 2], "label"] = ["执行", "调解"]
    sheet.to_csv(path, index=False, encoding="utf-8-sig")
    written = path.read_bytes()
    again = da.label_topics(model_of((2, 0, 1)), path)
    assert again.doc_topic.columns.tolist() == ["T1 调解", "T2 执行", "T3"]
    assert again.topic_feature.index.tolist() == again.doc_topic.columns.tolist()
    assert path.read_bytes() == written
    assert set(da.top_features(again, 2)["topic"]) == {"T1 调解", "T2 执行", "T3"}
    assert da.label_topics(again, path).doc_topic.columns.tolist() == again.doc_topic.columns.tolist()


def test_labels_saved_by_a_spreadsheet_program_are_read(tmp_path):
    path = tmp_path / "labels.csv"
    da.label_topics(model_of(), path)
    sheet = filled(path).assign(label=["执行", "", "调解"])
    path.write_bytes(sheet.to_csv(index=False).encode("gb18030"))
    assert da.label_topics(model_of(), path).doc_topic.columns.tolist() == ["T1 执行", "T2", "T3 调解"]


def test_a_label_whose_words_are_gone_is_said_and_not_given(tmp_path):
    path = tmp_path / "labels.csv"
    pd.DataFrame({"label": ["旧题"], "words": ["|".join(WORDS[7:13] + ["某"] * 4)]}).to_csv(path, index=False)
    found = da.match_labels(model_of(), path)
    assert found["topic"].isna().all() and found["likeness"].between(0.1, 0.25).all()
    assert da.label_topics(model_of(), path).doc_topic.columns.tolist() == ["T1", "T2", "T3"]
    path.write_text("name\n执行\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column"):
        da.match_labels(model_of(), path)


def test_representative_paragraphs_are_those_of_the_corpus(tiny_corpus):
    tokens = tokenize(tiny_corpus, da.load_lexicon()).paragraphs(min_tokens=3)
    for row, (parent, start) in enumerate(zip(tokens.docvars["parent"], tokens.docvars["start"], strict=True)):
        first = tokens.types[tokens.codes[tokens.doc_starts[row]]]
        assert tiny_corpus.docs.at[parent, "text"].startswith(first, start)
    model = da.topics(da.dfm(tokens), 2)
    table = da.representative(model, tiny_corpus, n=2)
    assert list(table) == ["topic", "rank", "share", "example", "doc_id", "region", "year", "start"]
    assert not table.duplicated(["topic", "doc_id"]).any()
    for row in table.itertuples():
        assert tiny_corpus.docs.at[row.doc_id, "text"].startswith(row.example, row.start)
    whole = da.representative(da.topics(da.dfm(tokenize(tiny_corpus)), 2), tiny_corpus, n=1)
    assert all(row.example in tiny_corpus.docs.at[row.doc_id, "text"] for row in whole.itertuples())
    lost = replace(model, docvars=model.docvars.assign(parent="无"))
    with pytest.raises(KeyError, match="corpus the model was fitted on"):
        da.representative(lost, tiny_corpus)


def test_slogans_that_tell_a_topic_apart(tiny_corpus):
    lexicon = da.load_lexicon()
    model = da.topics(da.dfm(tokenize(tiny_corpus, lexicon)), 2)
    table = da.slogan_labels(model, lexicon)
    assert set(table["feature"]) <= set(lexicon.entries.index) and (table["weight"] > 0).all() and len(table)
    assert da.slogan_labels(model_of(), lexicon).attrs["reason"]["en"].startswith("No formulation")
