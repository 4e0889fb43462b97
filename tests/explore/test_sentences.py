"""Behind every number stand as many hits as it counts, and each is where it says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pandas as pd
import pytest

from analysis.corpus import make_corpus
from analysis.dfm import dfm
from analysis.explore.choices import Choice
from analysis.explore.sentences import COLUMNS, concordance, document_html
from analysis.explore.views import answer
from analysis.lexicon import load_lexicon
from analysis.study import Study
from analysis.tokens import tokenize

JILIN = ("吉林省",)
COUNTED = {
    "n": [
        Choice(), Choice(by="year", provinces=JILIN), Choice(item="法治"), Choice(item="法.建", regex=True, by="year"),
        Choice(view="slogans"), Choice(view="slogans", item="枫桥经验", years=(2018, 2022)),
        Choice(view="slogans", item="人民法院", by="year"),
    ],
    "n_ab": [Choice(view="cooccurrence"), Choice(view="cooccurrence", item="人民法院", years=(2018, 2021))],
}  # fmt: skip
CASES = [(column, choice) for column, choices in COUNTED.items() for choice in choices]


@pytest.mark.parametrize(("column", "choice"), CASES, ids=str)
def test_a_row_has_as_many_hits_as_it_counts_each_where_it_says(column: str, choice: Choice, sample: Study) -> None:
    table, texts = answer(sample, choice).table, sample.corpus.docs["text"].str.replace("\n", " ")
    for at in range(0, len(table), max(1, len(table) // 5)):
        hits = concordance(sample, choice, table.iloc[at], width=7)
        assert tuple(hits) == COLUMNS
        assert len(hits) == table[column].iloc[at]
        for hit in hits.itertuples():
            text, end = texts[hit.doc_id], hit.start + len(hit.match)
            assert (hit.left, hit.match) == (text[max(0, hit.start - 7) : hit.start], text[hit.start : end])
            assert hit.right == text[end : end + 7]


@pytest.mark.parametrize("side", ["target", "reference"])
@pytest.mark.parametrize("against", ["rest", Choice(provinces=("辽宁省",))])
def test_a_keyword_is_read_on_the_side_that_has_more_of_it(side: str, against: Any, sample: Study) -> None:
    choice = Choice(view="keyness", provinces=JILIN, against=against)
    table = answer(sample, choice).table
    row = table[(table["log_ratio"] > 0) == (side == "target")].iloc[0]
    hits = concordance(sample, choice, row)
    assert len(hits) == row[f"n_{side}"]
    assert set(hits["region"].eq("吉林")) == {side == "target"}


def test_a_topic_is_read_in_the_paragraphs_most_about_it(sample: Study) -> None:
    choice = Choice(view="topics", k=4)
    row = answer(sample, choice).table.iloc[5]
    hits = concordance(sample, choice, row)
    assert set(hits["region"]) == {row["region"]}
    assert 0 < len(hits) == hits["doc_id"].nunique()
    assert (hits["match"].str.len() > 10).all()


def test_lines_are_sorted_by_what_stands_nearest_the_hit(sample: Study) -> None:
    left, right = (concordance(sample, Choice(), "人民", sort=side) for side in ("left", "right"))  # type: ignore[arg-type]
    backwards = left["left"].str[::-1].tolist()
    assert backwards == sorted(backwards)
    assert right["right"].tolist() == sorted(right["right"])
    assert sorted(left["start"]) == sorted(right["start"])


def test_more_hits_than_asked_for_are_said(sample: Study) -> None:
    hits = concordance(sample, Choice(), "的", limit=10)
    assert len(hits) == 10
    assert "first 10" in hits.attrs["notes"][0]["en"]
    assert concordance(sample, Choice(), "枫桥经验").attrs["notes"] == []


def test_what_is_typed_is_a_string_unless_said_otherwise(sample: Study) -> None:
    assert len(concordance(sample, Choice(), "法.")) == 0
    assert len(concordance(sample, Choice(regex=True), "法.")) > 0


@pytest.fixture
def hostile() -> Study:
    """A text with what HTML takes for its own."""
    frame = pd.DataFrame({"text": ["<b>法治</b> & 法治法治\n末行"], "title": ["<script>甲</script>"], "doc_id": ["甲"]})
    corpus = make_corpus(frame)
    tokens = tokenize(corpus, load_lexicon())
    return Study(corpus, load_lexicon(), tokens, dfm(tokens))


@pytest.mark.parametrize(("spans", "marked"), [
    ([(3, 5), (12, 14), (14, 16)], ["法治"] * 3), ([(3, 6), (4, 8), (0, 3)], ["<b>", "法治<"]),
])  # fmt: skip
def test_a_document_is_shown_whole_and_escaped_its_hits_marked(spans: list, marked: list[str], hostile: Study) -> None:
    """Of spans that overlap the first is marked, and no character is lost."""
    html = document_html(hostile, "甲", spans)
    body = re.search(r"<div[^>]*>(.*)</div>", html, re.DOTALL)
    assert body and unescape(re.sub("</?mark>", "", body[1])) == hostile.corpus.docs["text"].iloc[0]
    assert "<b>" not in html and "<script>" not in html
    assert [unescape(hit) for hit in re.findall("<mark>(.*?)</mark>", html)] == marked


def test_the_line_on_a_document_is_in_the_language_of_the_labels(
    sample: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc_id = sample.corpus.docs.query("region == '吉林'").index[0]
    assert "<p>吉林 · " in document_html(sample, doc_id, [])
    monkeypatch.setenv("TIFA_LANG", "en")
    assert "<p>Jilin · " in document_html(sample, doc_id, [])


def test_an_unknown_document_is_said(hostile: Study) -> None:
    with pytest.raises(KeyError, match="No document '乙'"):
        document_html(hostile, "乙", [])
