"""Tokens: jieba's own words, at the places where they stand, in the units where they belong."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import analysis.tokens as module
from analysis.corpus import Corpus, make_corpus
from analysis.dictionary import jieba_engine
from analysis.lexicon import Lexicon
from analysis.segments import paragraph_spans, sentence_spans
from analysis.slogans import slogans
from analysis.tokens import PAD, Tokens, tokenize

jieba = jieba_engine()

HAN = "坚持依法治国司法为民扫黑除恶专项斗争法院检察机关优化营商环境"
RARE = "㐀㙦龦龴鿖鿿𠀀𫖯〇々"
FULL = "，。、；：？！“”‘’（）《》〔〕【】—…·％＋－＝１２ＡＢ～"
HALF = "abcXYZ019 .,;:?!'\"()[]{}<>+-=_#&%@*/\\|~^$`"
BLANKS = " \n\r\t\u3000\xa0\u200b\u2028\x85"
EMOJI = "😀🇨🇳👨‍👩‍👧⚖️"
MIXTURES = st.lists(
    st.one_of(
        st.sampled_from(
            ["扫黑除恶", "依法治国", "2019年", "3.5%", "GDP", "O2O", "a-b", "——", "……", "\r\n", "“一带一路”"]
        ),
        st.text(alphabet=HAN, max_size=8),
        st.text(alphabet=RARE + FULL + HALF + BLANKS + EMOJI, max_size=4),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
).map("".join)
SLOGANS = Lexicon(
    pd.DataFrame(
        {
            "slogan": ["扫黑除恶", "扫黑除恶专项斗争", "专项斗争", "依法治国", "“一带一路”"],
            "aliases": ["打黑除恶", "", "", "", "一带一路"],
        }
    )
)


def corpus_of(*texts: str) -> Corpus:
    return make_corpus(pd.DataFrame({"text": list(texts), "doc_id": [f"d{k}" for k in range(len(texts))]}))


def units(tokens: Tokens, starts: np.ndarray) -> list[list[str]]:
    return [tokens.types[tokens.codes[a:b]].tolist() for a, b in pairwise(starts)]


def joined(tokens: Tokens, starts: np.ndarray) -> list[str]:
    return ["".join(words) for words in units(tokens, starts)]


@given(st.lists(MIXTURES, min_size=1, max_size=10))
@example(["㙦鿿𠀀法院——O2O-3.5%😀\r\n\u3000１２"])
def test_without_a_lexicon_the_tokens_are_jiebas(texts: list[str]) -> None:
    tokens = tokenize(corpus_of(*texts))
    assert [tokens[doc_id] for doc_id in tokens.docvars.index] == [jieba.lcut(text, HMM=True) for text in texts]


@given(st.lists(MIXTURES, min_size=1, max_size=4))
@settings(max_examples=30)
def test_every_token_stands_where_its_offset_says_in_units_as_the_text_has(texts: list[str]) -> None:
    tokens = tokenize(corpus_of(*texts))
    assert joined(tokens, tokens.doc_starts) == texts
    for k, text in enumerate(texts):
        here = slice(tokens.doc_starts[k], tokens.doc_starts[k + 1])
        for word, at in zip(tokens.types[tokens.codes[here]].tolist(), tokens.offsets[here].tolist(), strict=True):
            assert text[at : at + len(word)] == word
    for starts, spans in ((tokens.paragraph_starts, paragraph_spans), (tokens.sentence_starts, sentence_spans)):
        # A blank document is one unit if it has tokens at all.
        assert len(starts) - 1 == sum(max(len(spans(text)), bool(text)) for text in texts)


@given(st.lists(MIXTURES, min_size=1, max_size=4))
@settings(max_examples=30)
def test_arrays_have_the_shapes_and_types_they_promise(texts: list[str]) -> None:
    tokens = tokenize(corpus_of(*texts), SLOGANS)
    assert tokens.codes.dtype == tokens.offsets.dtype == np.int32
    assert (tokens.codes > 0).all()
    assert tokens.types[0] == PAD and (tokens.types[:-1] < tokens.types[1:]).all()
    for starts in (tokens.doc_starts, tokens.paragraph_starts, tokens.sentence_starts):
        assert starts.dtype == np.int64 and starts[0] == 0 and starts[-1] == len(tokens.codes)
    assert set(tokens.doc_starts) <= set(tokens.paragraph_starts) <= set(tokens.sentence_starts)
    assert (np.diff(tokens.sentence_starts) > 0).all()


def test_paragraphs_and_sentences_begin_where_they_begin() -> None:
    tokens = tokenize(corpus_of("\n\n坚持依法治国。\n 司法为民！“好。”他说", "", " \n", "法院。  \n"))
    assert joined(tokens, tokens.paragraph_starts) == [
        "\n\n坚持依法治国。\n", " 司法为民！“好。”他说", " \n", "法院。  \n",
    ]  # fmt: skip
    assert joined(tokens, tokens.sentence_starts) == [
        "\n\n坚持依法治国。\n", " 司法为民！", "“好。”", "他说", " \n", "法院。  \n",
    ]  # fmt: skip


@given(MIXTURES)
@settings(max_examples=60)
@example("打黑除恶专项斗争依法治国一带一路")
def test_a_lexicon_changes_nothing_outside_its_slogans(text: str) -> None:
    corpus = corpus_of(text)
    found = slogans(corpus, SLOGANS)
    expected, position = [], 0
    for row in found[~found["nested"]].itertuples():
        expected += [(w, None) for w in jieba.lcut(text[position : row.start])]
        expected.append((row.slogan, row.start))
        position = row.end
    expected += [(w, None) for w in jieba.lcut(text[position:])]
    tokens = tokenize(corpus, SLOGANS)
    assert tokens["d0"] == [word for word, _ in expected]
    starts = [(at, k) for k, (_, at) in enumerate(expected) if at is not None]
    assert [tokens.offsets[k] for _, k in starts] == [at for at, _ in starts]


def test_a_slogan_is_one_token_under_its_canonical_form() -> None:
    tokens = tokenize(corpus_of("深入开展打黑除恶，扫黑除恶专项斗争。"), SLOGANS)
    assert tokens["d0"] == ["深入开展", "扫黑除恶", "，", "扫黑除恶专项斗争", "。"]
    assert tokens.offsets.tolist() == [0, 4, 8, 9, 17]


def test_a_slogan_with_a_full_stop_inside_is_not_broken() -> None:
    lexicon = Lexicon(pd.DataFrame({"slogan": ["为了谁？依靠谁"]}))
    tokens = tokenize(corpus_of("回答为了谁？依靠谁的问题。好"), lexicon)
    assert "为了谁？依靠谁" in tokens["d0"]
    assert joined(tokens, tokens.doc_starts) == ["回答为了谁？依靠谁的问题。好"]


def test_slogans_side_by_side_and_marks_of_private_use_are_told_apart() -> None:
    tokens = tokenize(corpus_of("\ue000法院扫黑除恶打黑除恶\ue001\ue000", "扫黑除恶"), SLOGANS)
    assert tokens["d0"] == ["\ue000", "法院", "扫黑除恶", "扫黑除恶", "\ue001", "\ue000"]
    assert tokens["d1"] == ["扫黑除恶"]
    assert "打黑除恶" not in tokens.types and "\ue002" not in tokens.types


def test_removing_leaves_a_pad_in_the_place() -> None:
    tokens = tokenize(corpus_of("法院的工作，法院的任务。"))
    removed = tokens.remove(["的", "，", "没有的词"])
    assert removed["d0"] == ["法院", PAD, "工作", PAD, "法院", PAD, "任务", "。"]
    assert tokens["d0"].count("的") == 2
    assert removed.recipe[-1] == {"step": "remove_tokens", "types": 2}
    for same in ("offsets", "doc_starts", "paragraph_starts", "sentence_starts"):
        assert np.array_equal(getattr(removed, same), getattr(tokens, same))
    assert tokens.remove([])["d0"] == tokens["d0"]


@given(st.lists(MIXTURES, min_size=1, max_size=4), st.integers(1, 6))
@settings(max_examples=40)
def test_paragraphs_become_documents_that_know_their_parent(texts: list[str], min_tokens: int) -> None:
    tokens = tokenize(corpus_of(*texts))
    parts = tokens.paragraphs(min_tokens)
    whole = units(tokens, tokens.paragraph_starts)
    assert units(parts, parts.doc_starts) == [words for words in whole if len(words) >= min_tokens]
    assert parts.docvars.index.is_unique and parts.docvars.index.name == "doc_id"
    for k, (doc_id, parent) in enumerate(parts.docvars["parent"].items()):
        assert doc_id.startswith(f"{parent}¶")
        assert "".join(parts[doc_id]) in texts[int(parent[1:])]
        first = parts.doc_starts[k]
        assert texts[int(parent[1:])][parts.offsets[first] :].startswith(parts[doc_id][0])
    assert np.array_equal(parts.paragraph_starts, parts.doc_starts)
    assert set(parts.doc_starts) <= set(parts.sentence_starts)
    assert list(parts.docvars.columns) == [*tokens.docvars.columns, "parent", "start"]


def test_sentences_of_paragraphs_are_kept() -> None:
    tokens = tokenize(corpus_of("短。\n坚持依法治国。坚持司法为民。\n推进扫黑除恶。", "法院依法审判。"))
    parts = tokens.paragraphs(min_tokens=4)
    assert joined(parts, parts.sentence_starts) == [
        "坚持依法治国。", "坚持司法为民。\n", "推进扫黑除恶。", "法院依法审判。",
    ]  # fmt: skip
    assert parts.docvars["parent"].tolist() == ["d0", "d0", "d1"]


def test_no_paragraph_may_be_long_enough() -> None:
    parts = tokenize(corpus_of("短。")).paragraphs()
    assert len(parts) == 0 and len(parts.codes) == 0 and parts.docvars["parent"].empty


def test_recipe_and_docvars_travel(tiny_corpus: Corpus) -> None:
    tokens = tokenize(tiny_corpus, SLOGANS)
    assert tokens.recipe[-1] == {"step": "tokenize", "engine": "jieba 0.42.1", "lexicon": SLOGANS.digest}
    assert "text" not in tokens.docvars and tokens.docvars.index.equals(tiny_corpus.docs.index)
    assert len(tokens) == 4
    assert repr(tokens) == f"Tokens of 4 documents: {len(tokens.codes)} tokens, {len(tokens.types) - 1} types"
    one = tokenize(make_corpus(pd.DataFrame({"text": ["法治"]})))
    assert repr(one) == "Tokens of 1 document: 1 token, 1 type"


def test_an_unknown_document_is_named() -> None:
    with pytest.raises(KeyError, match="No document 'x'; see tokens.docvars.index"):
        tokenize(corpus_of("法院"))["x"]


def test_shapes_are_checked_once() -> None:
    tokens = tokenize(corpus_of("法院"))
    rest = (tokens.paragraph_starts, tokens.sentence_starts, tokens.docvars)
    with pytest.raises(ValueError, match="1 documents need 2 doc_starts"):
        Tokens(tokens.codes, tokens.types, tokens.offsets, np.array([0]), *rest)
    with pytest.raises(ValueError, match="codes and offsets differ in length"):
        Tokens(tokens.codes, tokens.types, tokens.offsets[:0], tokens.doc_starts, *rest)


def test_another_process_with_another_hash_seed_gives_the_same_codes() -> None:
    text = "依法治国，司法为民。法院、检察院"
    program = (
        "import sys, pandas as pd;"
        "from analysis.corpus import make_corpus; from analysis.tokens import tokenize;"
        "t = tokenize(make_corpus(pd.DataFrame({'text': [sys.argv[1]]})));"
        "print(t.types.tolist(), t.codes.tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, text],
        env=dict(PYTHONHASHSEED="7", PYTHONPATH=str(Path(__file__).parents[1]), PYTHONUTF8="1"),
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    tokens = tokenize(corpus_of(text))
    assert done.stdout.strip() == f"{tokens.types.tolist()} {tokens.codes.tolist()}"


def test_one_endless_word_does_not_widen_all_others() -> None:
    tokens = tokenize(corpus_of("法院依法审判。" + "a" * 300_000))
    assert "a" * 300_000 in tokens.types and tokens.types.nbytes < 1000


def test_terms_are_added_to_a_fresh_jieba_in_sorted_order(tmp_path: Path) -> None:
    from jieba import Tokenizer

    text = "深化枫桥式人民法庭创建，健全诉源治理机制，推进枫桥式人民法庭建设。"
    terms = ["枫桥式人民法庭", "诉源治理", "源治", "枫桥式"]
    fresh = Tokenizer()
    fresh.tmp_dir = str(tmp_path)
    for term in sorted(terms):
        fresh.add_word(term)
    tokens = tokenize(corpus_of(text), terms=[*terms, *terms])
    assert tokens["d0"] == fresh.lcut(text) != tokenize(corpus_of(text))["d0"]
    assert tokens.recipe[-1]["terms"] == sorted(terms)
    for wrong in ("诉源治理", ["诉源治理", " "], [1]):
        with pytest.raises(ValueError, match="is no list of words"):
            tokenize(corpus_of(text), terms=wrong)


def test_the_tokens_do_not_depend_on_the_number_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(*(f"坚持依法治国，开展扫黑除恶专项斗争{k}次。\n司法为民！" for k in range(40)), "")
    one = tokenize(corpus, SLOGANS)
    monkeypatch.setattr(module, "STRETCH", 100)
    for n_jobs in (1, 2, -1):
        other = tokenize(corpus, SLOGANS, n_jobs=n_jobs)
        for name in ("codes", "types", "offsets", "doc_starts", "paragraph_starts", "sentence_starts"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
