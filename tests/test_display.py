"""Nouns as the last line of a cell: what they hold, in HTML that a name cannot break."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analysis as da
from analysis.corpus import REGIONS, Corpus, make_corpus
from analysis.display import card, strip, words
from analysis.labels import label
from analysis.lexicon import Lexicon


class Page(HTMLParser):
    """Texts and tags of a piece of HTML; every tag must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def nouns(corpus: Corpus) -> list[object]:
    lexicon = da.load_lexicon()
    tokens = da.tokenize(corpus, lexicon)
    counts = da.dfm(tokens)
    return [corpus, lexicon, tokens, counts, counts.group("region"), da.topics(counts, 2, draws=2)]


def test_every_noun_has_a_card_in_the_language_of_the_labels(
    tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    for noun in nouns(tiny_corpus):
        summary, *facts = Page(noun._repr_html_()).texts
        steps = {step["step"] for step in getattr(noun, "recipe", ())}
        named = [fact.split("：")[0] for fact in facts if "：" in fact and fact.split(" ")[0] not in steps]
        assert named and not any(re.search("[a-z]{3}", name) for name in [summary.replace("nmf", ""), *named])
        monkeypatch.setenv("TIFA_LANG", "en")
        page = Page(noun._repr_html_())
        assert page.texts[0] == repr(noun) and "\n" not in repr(noun)
        assert "script" not in page.seen
        monkeypatch.delenv("TIFA_LANG")


@pytest.mark.parametrize(("language", "unknown"), [("zh", "未知"), ("en", "unknown")])
def test_the_strip_counts_every_document_by_region_and_year(
    monkeypatch: pytest.MonkeyPatch, language: str, unknown: str
) -> None:
    monkeypatch.setenv("TIFA_LANG", language)
    docs = pd.DataFrame({"region": ["广西", "吉林", "吉林", None], "year": pd.array([2020, 2019, 2019, None], "Int64")})
    docs["region"] = pd.Categorical(docs["region"], categories=REGIONS, ordered=True)
    texts = Page(strip(docs)).texts
    assert texts == ["2019", "2020", unknown, label("吉林"), "2", label("广西"), "1", unknown, "1"]
    assert Page(strip(docs.dropna())).texts == ["2019", "2020", label("吉林"), "2", label("广西"), "1"]
    assert strip(docs.assign(region=None)) == ""
    assert strip(pd.DataFrame({"text": ["x"]})) == ""


def test_the_strip_shows_the_regions_with_most_documents_and_says_how_many_there_are() -> None:
    docs = pd.DataFrame({"region": [f"r{k:02d}" for k in range(20)] + ["r19"], "year": 2020})
    texts = Page(strip(docs)).texts
    assert texts[-3:] == ["r19", "2", "… 共 20 个地区"] and "r10" in texts and "r11" not in texts


def test_one_of_a_thing_is_said_in_the_singular(tiny_corpus: Corpus, tmp_path: Path) -> None:
    model = da.topics(da.dfm(da.tokenize(tiny_corpus)), 2)
    one = replace(model, k=1, doc_topic=model.doc_topic.head(1))
    assert repr(one) == "TopicModel (nmf): 1 document, 1 topic, seed 0"
    assert repr(Lexicon(pd.DataFrame({"slogan": ["依法治国"]}))) == "Lexicon of 1 formulation, 2 surfaces"
    shards = da.write_shards(make_corpus(pd.DataFrame({"text": ["法治"]})), tmp_path / "shards")
    tokens = da.tokenize(shards)
    assert repr(shards) == "Shards of 1 document in 1 part"
    assert repr(tokens) == "ShardedTokens of 1 document in 1 part: 1 token"
    assert repr(da.dfm(tokens)) == "ShardedDfm of 1 document × 1 feature in 1 shard"


def test_han_fonts_are_named_and_names_of_regions_stay_on_one_line() -> None:
    assert "Noto Sans CJK SC" in card("词", {})
    assert "white-space:nowrap" in strip(pd.DataFrame({"region": ["全国"], "year": [2020]}))


def test_names_cannot_break_the_page() -> None:
    html = card("<script>", {"a<b": "x & <i>"}, recipe=[{"step": "read", "name": "</li><script>"}])
    page = Page(html)
    assert set(page.seen) == {"div", "b", "details", "summary", "ol", "li"}
    assert "<script>" in page.texts and "x & <i>" in "".join(page.texts)


@pytest.mark.parametrize(("n", "end"), [(3, "2"), (25, " … (25)")])
def test_long_lists_of_words_are_cut(n: int, end: str) -> None:
    assert words([str(k) for k in range(n)]).endswith(end)
    assert words(np.array([]).tolist()) == ""
