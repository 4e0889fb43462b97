"""The segmenter against jieba 0.42.1: word for word, on random mixtures, real documents and with the user's terms."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis import cache, dictionary, segmenter
from analysis.dictionary import jieba_engine
from analysis.segmenter import Vocabulary, segment, segment_all
from analysis.unknown_words import word_ends

jieba = jieba_engine()

HAN = "坚持依法治国司法为民扫黑除恶专项斗争法院检察机关优化营商环境成业狧椽场蜓"
OTHER = "㐀㙦龥龦龴鿕鿖鿿𠀀𫖯〇々０１Ａ，。、；：“”（）《》—…·％😀🇨🇳👨‍👩‍👧\ud800\udc00 \n\r\t\u3000\xa0\u200b\x85\0"
LATIN = "abXY0129+#&._%-"
PIECES = ["扫黑除恶", "依法治国", "2019年", "3.5%", "GDP", "O2O", "a-b", "T恤", "卡拉OK", "——", "AT&T", "\r\n", "\n\r"]
ANY_HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5)
MIXTURES = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.text(alphabet=HAN, max_size=12),
        st.text(alphabet=LATIN, max_size=6),
        st.text(alphabet=OTHER, max_size=3),
        ANY_HAN,
        st.characters(),
    ),
    max_size=12,
).map("".join)


def words(texts: list[str], terms: tuple[str, ...] = ()) -> list[list[str]]:
    vocabulary = Vocabulary(terms)
    coded = list(segment_all(texts, vocabulary))
    known = list(vocabulary.codes)
    return [[known[code] for code in codes] for codes in coded]


@given(st.lists(MIXTURES, min_size=1, max_size=6))
@example(["成成成成业", "狧椽场蜓"])  # two readings equally probable, so rounding decides; two that differ by 2.5e-7
@example(["坚持成成成成业", "成成成成业务天天天天下大大大大地成成成成业" * 9])  # in a longer stretch
@example(["1.2.3和10-20%和AT&T和C++与A股B超", "", "\r", "\n"])
@settings(max_examples=500)
def test_words_are_jiebas(texts: list[str]) -> None:
    assert words(texts) == [jieba.lcut(text) for text in texts]


@given(st.text(alphabet=HAN, max_size=300))
@settings(max_examples=100)
def test_long_stretches_without_a_mark_are_jiebas(text: str) -> None:
    assert words([text]) == [jieba.lcut(text)]


@given(st.lists(st.text(ANY_HAN, min_size=1, max_size=12), min_size=1))
def test_unknown_words_are_those_of_jiebas_hidden_markov_model(strings: list[str]) -> None:
    from jieba import finalseg

    lengths = np.array([len(string) for string in strings])
    ends = word_ends(np.array([ord(c) for c in "".join(strings)]), np.cumsum(lengths) - lengths, lengths)
    cuts = np.split(ends, np.cumsum(lengths)[:-1])
    for string, cut in zip(strings, cuts, strict=True):
        wanted = np.cumsum([len(word) for word in finalseg.cut(string)]) - 1
        assert np.flatnonzero(cut).tolist() == wanted.tolist()


@pytest.mark.parametrize("corpus", ["provincial_reports", "national_reports_1954_2025", "local_regulations"])
def test_real_documents_are_cut_as_jieba_cuts_them(shared: Path, corpus: str) -> None:
    files = sorted((shared / "corpora" / corpus / "txt").glob("*.txt"))
    texts = [path.read_text("utf-8") for path in files][:: 1 + len(files) // 30]
    assert len(texts) > 20
    assert words(texts) == [jieba.lcut(text) for text in texts]


def test_one_text_or_many_at_once_are_cut_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["坚持依法", "治国。\r", "\n司法为民", "", "3.", "5%"]
    alone, vocabulary = [words([text])[0] for text in texts], Vocabulary()
    assert words(texts) == alone
    monkeypatch.setattr(segmenter, "BATCH", 3)
    monkeypatch.setattr(segmenter, "MOST", 2)  # what was met is forgotten
    assert words(texts) == alone and words([]) == []
    monkeypatch.setattr(segmenter, "_SLOTS", 3)  # and soon there is no slot free
    monkeypatch.setattr(segmenter, "LONGEST", 3)  # and no stretch is cut into pieces
    assert words(texts) == alone
    assert segment("", vocabulary).tolist() == [] and segment("法院", vocabulary).dtype == np.int32


@given(MIXTURES)
@settings(max_examples=50)
def test_lengths_are_those_of_the_words(text: str) -> None:
    vocabulary = Vocabulary()
    codes = segment(text, vocabulary)
    known = list(vocabulary.codes)
    assert vocabulary.lengths_of(codes).tolist() == [len(known[code]) for code in codes]
    assert len(set(known)) == len(known)


TERM_SETS = [
    ("扫黑除恶专项", "恶专项斗争", "治国司法", "法为", "成成业", "狧椽"),
    ("法院检察", "法院检察机关", "营商环境优", "O2O", "C++", "3.5%", "“一带”", "㐀㙦", "一 3", "法治国 90000"),
    ("法院 0", "依法治国 0", "坚持依法治国", "为民 0", "椽场 0", "蜓狧 0"),
]


@pytest.fixture(scope="module", params=TERM_SETS)
def fresh(request: pytest.FixtureRequest) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A new jieba tokenizer with the terms added in sorted order, and what it forbids forbidden for the while."""
    from jieba import Tokenizer, finalseg

    terms, before = request.param, set(finalseg.Force_Split_Words)
    tokenizer = Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(jieba.FREQ), jieba.total, True
    for term in sorted(terms):
        word, *frequency = term.split(" ")
        tokenizer.add_word(word, *map(int, frequency))
    yield terms, tokenizer
    finalseg.Force_Split_Words.intersection_update(before)


@given(st.lists(MIXTURES, min_size=1, max_size=6))
@example(["依法治国扫黑除恶专项斗争治国司法为民狧椽场蜓狧法院检察机关优化营商环境"])
@settings(max_examples=60)
def test_with_terms_the_words_are_those_of_a_fresh_jieba(fresh: Any, texts: list[str]) -> None:
    terms, tokenizer = fresh
    for order in (terms, terms[::-1]):
        assert words(texts, order) == [tokenizer.lcut(text) for text in texts]


def test_real_documents_with_terms_are_those_of_a_fresh_jieba(fresh: Any, shared: Path) -> None:
    terms, tokenizer = fresh
    files = sorted((shared / "corpora/provincial_reports/txt").glob("*.txt"))[::20]
    texts = [path.read_text("utf-8") for path in files]
    assert words(texts, terms) == [tokenizer.lcut(text) for text in texts]


def test_a_term_is_a_word_and_forbids_nothing_to_others() -> None:
    from jieba import finalseg

    before, text = set(finalseg.Force_Split_Words), "坚持司法为民"
    assert words([text], ("坚持司法",)) == [["坚持司法", "为民"]]
    assert words(["法院"], ("法院 0",)) == [["法", "院"]]
    assert words([text]) == [["坚持", "司法", "为民"]] and words(["法院"]) == [["法院"]]
    assert finalseg.Force_Split_Words == before and jieba_engine().FREQ["法院"]


def test_few_dictionaries_with_terms_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIFA_CACHE", str(tmp_path))
    monkeypatch.setattr(dictionary, "LISTS", 30_000_000)
    dictionary.word_list.cache_clear()
    for term in ("坚持司法", "民扫", "坚持司法", "境成"):
        assert term in words([term], (term,))[0]
        dictionary.word_list.cache_clear()
    kept = {path.stem for path in (tmp_path / "words").glob("*.arrow")}
    code = cache.source_digest(["dictionary.py", "word_graph.py"], ["jieba"])
    assert kept == {cache.digest(code, term) for term in ("坚持司法", "境成")}


@pytest.mark.parametrize("terms", [("",), ("法院", " ")])
def test_a_blank_term_is_refused(terms: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="A blank word among the terms"):
        Vocabulary(terms)


def test_words_added_to_jieba_elsewhere_change_nothing() -> None:
    program = (
        "import jieba, logging; jieba.setLogLevel(logging.ERROR); jieba.add_word('坚持司法');"
        "from analysis.dictionary import jieba_engine;"
        "print(jieba.lcut('坚持司法为民'), jieba_engine().lcut('坚持司法为民'))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == "['坚持司法', '为民'] ['坚持', '司法', '为民']"
    assert not done.stderr


def test_the_segmenter_leaves_jiebas_log_level_alone_and_what_it_keeps_can_be_cleared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import jieba as module

    monkeypatch.setenv("TIFA_CACHE", str(tmp_path))
    module.default_logger.setLevel(logging.ERROR)
    jieba_engine.cache_clear()
    try:
        jieba_engine()
        assert module.default_logger.level == logging.ERROR
        assert [path.name for path in tmp_path.rglob("jieba.cache")] == ["jieba.cache"]
        cache.clear()
        assert not list(tmp_path.rglob("*.*"))
    finally:
        module.default_logger.setLevel(logging.DEBUG)
