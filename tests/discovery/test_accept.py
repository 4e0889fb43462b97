"""Accepted candidates become rows of a lexicon file, and no row of the user's is touched."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.corpus import make_corpus
from analysis.discovery.accept import add_to_lexicon
from analysis.discovery.discover import discover
from analysis.lexicon import load_lexicon

TEXT = "坚持“抓落实、抓督导、抓研究、抓宣传”，把握“四抓”的关系，用好“甲乙丙丁码”。"


def candidates() -> pd.DataFrame:
    return discover(make_corpus(pd.DataFrame({"doc_id": ["文一"], "text": [TEXT]})), load_lexicon())


def test_accepted_candidates_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    assert set(add_to_lexicon(candidates(), path)) >= {"四抓", "甲乙丙丁码"}
    entry = load_lexicon(path).entries.loc["四抓"]
    assert entry["components"] == ("抓落实", "抓督导", "抓研究", "抓宣传")
    assert (entry["kind"], entry["confidence"], entry["first_date"]) == ("numeric", "low", "")
    assert entry["source"] == "this corpus: 文一"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_rows_of_the_user_stay_and_nothing_comes_twice(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes("slogan,gloss,我的列\n四抓,four grasps,自\n".encode(encoding))
    assert "四抓" not in add_to_lexicon(candidates(), path)
    assert load_lexicon(path).entries.loc["四抓", ["gloss", "我的列"]].tolist() == ["four grasps", "自"]
    before = path.read_bytes()
    assert add_to_lexicon(candidates(), path) == [] and path.read_bytes() == before


def test_what_cannot_be_used_raises_and_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("nothing,here\n1,2\n", "utf-8")
    with pytest.raises(ValueError, match="slogan"):
        add_to_lexicon(candidates(), path)
    assert path.read_text("utf-8") == "nothing,here\n1,2\n"
    with pytest.raises(KeyError, match="discover"):
        add_to_lexicon(pd.DataFrame({"slogan": ["四抓"]}), path)
