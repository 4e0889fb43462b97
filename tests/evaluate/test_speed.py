"""The benchmark compares like with like: both pipelines make the same tables, and it says so where they do not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.corpus import Corpus, make_corpus
from analysis.dictionary import jieba_engine
from analysis.evaluate import speed


@pytest.fixture
def folder(tiny_corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TIFA_CACHE", str(tmp_path))
    jieba_engine()  # imports jieba without its warnings
    often = pd.concat([tiny_corpus.docs.set_axis(tiny_corpus.docs.index + str(n)) for n in range(5)])
    make_corpus(often.rename_axis("doc_id").reset_index()).save(tmp_path)
    return str(tmp_path)


def test_both_pipelines_make_the_same_tables(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("plain", "tifa"):
        speed.main(name, folder)
    plain, tifa = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert list(plain) == list(tifa) and len(plain) == 8
    speed._agree(Path(folder))
    tables = dict(np.load(Path(folder) / "tifa.npz"))
    assert all(tables[stage].size for stage in tables if stage != "start")
    for stage in sorted(set(tables) - {"start"}):
        np.savez(Path(folder) / "tifa.npz", **tables | {stage: tables[stage] + 1})
        with pytest.raises(AssertionError, match=f"differ in \\['{stage}'\\]"):
            speed._agree(Path(folder))


def test_sentences_end_where_tifas_do() -> None:
    words = ["。", "甲", "。", "”", "乙", "！", "？", "\n", "丙", "）", "丁"]
    assert [sorted(inside) for inside in speed._sentences(words)] == [
        sorted(own) for own in (["。", "甲", "”"], ["乙", "！", "？"], ["\n", "丙", "）", "丁"])
    ]  # fmt: skip


def test_a_table_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    speed._print("Title", [{"stage": "words", "s": 0.12345, "n": 1234.0}])
    assert capsys.readouterr().out == "\nTitle\n\n| stage | s | n |\n| --- | --- | --- |\n| words | 0.123 | 1,234 |\n"
