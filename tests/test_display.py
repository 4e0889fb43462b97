"""Nouns as the last line of a cell: what they hold, in HTML that a name cannot break."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import analysis as da
from analysis.corpus import Corpus
from analysis.display import card, strip, words


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


def test_every_noun_has_a_card_that_begins_with_its_text_form(tiny_corpus: Corpus) -> None:
    for noun in nouns(tiny_corpus):
        page = Page(noun._repr_html_())
        assert page.texts[0] == repr(noun) and "\n" not in repr(noun)
        assert "script" not in page.seen


def test_the_strip_counts_documents_by_region_and_year() -> None:
    docs = pd.DataFrame({"region": ["吉林", "吉林", "广西", None], "year": [2019, 2019, 2020, 2020]})
    texts = Page(strip(docs)).texts
    assert texts == ["2019", "2020", "吉林", "2", "广西", "1"]
    assert strip(docs.assign(region=None)) == ""
    assert strip(pd.DataFrame({"text": ["x"]})) == ""


def test_the_strip_shows_the_regions_with_most_documents_and_says_how_many_there_are() -> None:
    docs = pd.DataFrame({"region": [f"r{k:02d}" for k in range(20)] + ["r19"], "year": 2020})
    texts = Page(strip(docs)).texts
    assert texts[1] == "r19" and texts[-1] == "… 20 regions" and "r11" not in texts


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
