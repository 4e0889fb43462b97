"""Tokens are kept by content: only what is new is cut, killed runs go on, and runs side by side agree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analysis.tokens as module
from analysis import blocks, cache
from analysis.blocks import kept_tokens
from analysis.corpus import Corpus, make_corpus
from analysis.lexicon import Lexicon
from analysis.tokens import Tokens, tokenize

ARRAYS = ("codes", "offsets", "doc_starts", "paragraph_starts", "sentence_starts", "types")
LEXICON = Lexicon(pd.DataFrame({"slogan": ["扫黑除恶", "依法治国"]}))
CHILD = """
import sys, time
import pandas as pd
import analysis.tokens as module
from analysis.blocks import kept_tokens
from analysis.corpus import make_corpus
module.STRETCH = 100
cut = module._words
def slow(*arguments):
    time.sleep(float(sys.argv[3]))
    return cut(*arguments)
module._words = slow
texts = [line for line in open(sys.argv[1], encoding="utf-8").read().split("\\n") if line]
name, tokens = kept_tokens(make_corpus(pd.DataFrame({"text": texts})), n_jobs=int(sys.argv[2]))
print(name, tokens.types.tolist(), tokens.codes.tolist(), tokens.sentence_starts.tolist())
"""


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("TIFA_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(module, "STRETCH", 100)
    return tmp_path / "kept" / "tokens"


@pytest.fixture
def cut(monkeypatch):
    """The texts that were cut."""
    texts: list[str] = []
    words = module._words

    def noting(rows, *rest):
        texts.extend(text for text, _ in rows)
        return words(rows, *rest)

    monkeypatch.setattr(module, "_words", noting)
    return texts


def text(k: int) -> str:
    return f"全市法院第{k}次会议。\n坚持依法治国，审结案件{k}件！{'深入扫黑除恶。' if k % 3 == 0 else ''}"


def corpus_of(numbers) -> Corpus:
    return make_corpus(pd.DataFrame({"text": [text(k) for k in numbers], "doc_id": [f"d{k}" for k in numbers]}))


def assert_same(one: Tokens, other: Tokens) -> None:
    for name in ARRAYS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    pd.testing.assert_frame_equal(one.docvars, other.docvars)
    assert one.recipe == other.recipe


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_kept_tokens_are_the_tokens(n_jobs):
    corpus = corpus_of(range(30))
    expected = tokenize(corpus, LEXICON)
    for _ in range(2):
        assert_same(kept_tokens(corpus, LEXICON, n_jobs=n_jobs)[1], expected)


def test_a_lone_document_has_its_words_in_order_too():
    for _ in range(2):
        assert_same(kept_tokens(corpus_of([0]), LEXICON)[1], tokenize(corpus_of([0]), LEXICON))


def test_ten_more_documents_cut_ten(cut):
    kept_tokens(corpus_of(range(1000)))
    assert len(cut) == 1000
    cut.clear()
    corpus = corpus_of([*range(990, 1010), *range(500)])
    tokens = kept_tokens(corpus)[1]
    assert cut == [text(k) for k in range(1000, 1010)]
    assert_same(tokens, tokenize(corpus))


def test_a_changed_lexicon_cuts_again_where_it_changes_something(cut):
    corpus = corpus_of(range(30))
    kept_tokens(corpus, Lexicon(pd.DataFrame({"slogan": ["依法治国", "没有的词"]})))
    cut.clear()
    tokens = kept_tokens(corpus, LEXICON)[1]
    assert cut == [text(k) for k in range(0, 30, 3)]
    assert_same(tokens, tokenize(corpus, LEXICON))
    cut.clear()
    renamed = Lexicon(pd.DataFrame({"slogan": ["依法治国", "打黑除恶"], "aliases": ["", "扫黑除恶"]}))
    assert "打黑除恶" in kept_tokens(corpus, renamed)[1].types
    assert cut == [text(k) for k in range(0, 30, 3)]


def test_terms_and_code_are_part_of_the_recipe(cut, monkeypatch):
    corpus = corpus_of(range(3))
    plain, own = kept_tokens(corpus)[1], kept_tokens(corpus, terms=["次会议"])[1]
    assert "次会议" in own.types and "次会议" not in plain.types
    assert len(cut) == 6
    monkeypatch.setattr(blocks, "CODE", ("dfm.py",))
    kept_tokens(corpus)
    assert len(cut) == 9


def test_all_code_that_words_depend_on_is_in_the_recipe():
    """What tokens.py imports is in the recipe, or shapes nothing but the key."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("layers", Path(__file__).with_name("test_layers.py"))
    layers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(layers)
    graph, reached, left = layers._graph(), set(), ["analysis.tokens"]
    while left:
        name = left.pop()
        if name not in reached and name != "analysis":
            reached.add(name)
            left.extend(graph[name])
    covered = {f"analysis.{path.stem}" for pattern in blocks.CODE for path in cache.PACKAGE.glob(pattern)}
    other = {"cache", "cores", "corpus", "display", "docvars", "folders", "lexicon", "variants", "wording"}
    assert reached - covered == {f"analysis.{name}" for name in other}


def test_a_corpus_that_grows_is_kept_once_in_eight_bytes_a_token(folder):
    for n in (10, 20, 200):
        tokens = kept_tokens(corpus_of(range(n)))[1]
        assert len(list(folder.rglob("*.arrow"))) == 1
    assert (tokens.codes.nbytes + tokens.offsets.nbytes) / len(tokens.codes) == 8
    for name in ("codes", "offsets", "sentence_starts"):
        assert not getattr(tokens, name).flags.owndata and not getattr(tokens, name).flags.writeable
    kept_tokens(corpus_of(range(5)))
    assert len(list(folder.rglob("*.arrow"))) == 2


def test_a_block_that_another_process_deletes_is_made_again(folder):
    corpus = corpus_of(range(30))
    name, tokens = kept_tokens(corpus)
    for path in folder.rglob("*.arrow"):
        path.unlink()
    again, made = kept_tokens(corpus)
    assert again == name
    assert_same(made, tokens)


def start(tmp_path: Path, n: int, n_jobs: int, pause: float) -> subprocess.Popen:
    (tmp_path / "texts").write_text("\n".join(text(k).replace("\n", "") for k in range(n)), encoding="utf-8")
    command = [sys.executable, "-c", CHILD, str(tmp_path / "texts"), str(n_jobs), str(pause)]
    environment = {**os.environ, "PYTHONPATH": str(cache.PACKAGE.parent)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True, encoding="utf-8")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="No SIGKILL on this system.")
def test_a_killed_run_loses_the_stretch_in_work(tmp_path, folder, cut):
    child = start(tmp_path, 100, 1, 0.2)
    while len(list(folder.rglob("*.arrow"))) < 3:
        assert child.poll() is None
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    kept = [cache.read(path) for path in folder.rglob("*.arrow")]
    done = sum(len(blocks._keys(table)) for table in kept)
    assert len(kept) >= 3 and 0 < done < 100
    texts = (tmp_path / "texts").read_text(encoding="utf-8").split("\n")
    corpus = make_corpus(pd.DataFrame({"text": texts}))
    tokens = kept_tokens(corpus)[1]
    assert cut == texts[done:]
    assert_same(tokens, tokenize(corpus))
    assert [path.suffix for path in folder.rglob("*.*")].count(".arrow") == 1


def test_runs_side_by_side_agree(tmp_path):
    children = [start(tmp_path, 60, n_jobs, 0.01) for n_jobs in (1, 2)]
    said = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert said[0] == said[1] != ""
