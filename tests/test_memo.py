"""A kept result is the result: named by everything it depends on, given back to its types, and no hindrance."""

from __future__ import annotations

import dataclasses
import os

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from analysis import memo
from analysis.corpus import Corpus
from analysis.dfm import Dfm, dfm
from analysis.memo import memoised
from analysis.tokens import tokenize

asked: list[str] = []


@memoised
def table(counts, by=None, *, seed=0, n_jobs=1):
    asked.append("table")
    frame = pd.DataFrame({
        "region": pd.Categorical(["吉林", "广西"], categories=["吉林", "全国", "广西"], ordered=True),
        "feature": pd.array(["法院", None], dtype="str"), "docfreq": pd.array([1, None], dtype="Int64"),
        "n": [0.1, np.nan],
    }, index=pd.Index(["a", "b"], name="doc_id"))  # fmt: skip
    frame.attrs = {"recipe": [{"step": "table", "by": by}], "notes": [{"zh": "注", "en": "n"}], "pair": (1, 2)}
    return frame


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.delenv("TIFA_RECOMPUTE")
    monkeypatch.setenv("TIFA_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(memo, "LONG", 0)
    asked.clear()
    return tmp_path / "kept" / "results"


@pytest.fixture
def counts(tiny_corpus: Corpus) -> Dfm:
    return dfm(tokenize(tiny_corpus))


def test_a_kept_table_is_the_same_to_types_index_and_attrs(counts):
    made, kept = table(counts, "region"), table(counts, by="region", n_jobs=2)
    assert asked == ["table"] and kept is not made
    pd.testing.assert_frame_equal(made, kept)
    assert kept.attrs == made.attrs and isinstance(kept.attrs["pair"], tuple)
    assert [str(t) for t in kept.dtypes] == [str(t) for t in made.dtypes]


def test_who_keeps_results_himself_reads_and_leaves_none(counts, folder):
    with memo.off():
        table(counts)
    assert asked == ["table"] and not folder.exists()
    table(counts)
    with memo.off():
        table(counts)
    assert asked == ["table"] * 3


def test_whatever_a_result_depends_on_is_in_its_name(counts):
    def changed(**parts):
        return dataclasses.replace(counts, **parts)

    table(counts)
    more, vars_ = counts.counts.copy(), counts.docvars
    more.data[0] += 1
    attributed = vars_.copy()
    attributed.attrs = {"a": 1}
    others = [
        changed(counts=more), changed(counts=counts.counts.astype(np.int32)), changed(totals=counts.totals + 1),
        changed(features=np.append(counts.features[:-1], "龘")), changed(n_docs=counts.n_docs + 1),
        changed(recipe=(*counts.recipe, {"step": "x"})), changed(docvars=vars_.assign(region="吉林")),
        changed(docvars=vars_.assign(year=vars_["year"].astype("float"))), changed(docvars=vars_.set_axis([*"abcd"])),
        changed(docvars=vars_.rename(columns={"year": "Year"})), changed(docvars=vars_.iloc[::-1]),
        changed(docvars=attributed), vars_, counts.counts, counts.counts.toarray(), None, 1, 1.0, "1", True,
    ]  # fmt: skip
    for n, other in enumerate(others, 2):
        table(other)
        assert len(asked) == n, f"argument {n}"
    for options in ({"by": "region"}, {"by": ["region"]}, {"seed": 1}):
        table(counts, **options)
    assert len(asked) == len(others) + 4


def test_what_is_changed_in_place_is_another(counts):
    table(counts)
    counts.counts.data[0] += 1
    table(counts)
    counts.docvars["year"] = 2000
    table(counts)
    assert len(asked) == 3


def test_arrays_of_a_kept_file_are_told_by_its_name_while_nobody_can_change_them(monkeypatch):
    array, words = np.arange(3), np.array(["a", "b"], dtype=object)
    memo.named("file", {"numbers": array, "words": words})
    monkeypatch.setattr(memo.cache, "digest", lambda *parts: "".join(map(str, parts)))
    assert [memo._content(a) for a in (array, words)] == ["file numbers", "file words"]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
    assert memo._content(array.copy()) != "file numbers"
    array.setflags(write=True)
    assert memo._content(array) != "file numbers"


def test_the_code_is_in_the_name(counts, monkeypatch):
    table(counts)
    monkeypatch.setattr(memo, "code", lambda: "other code")
    table(counts)
    assert len(asked) == 2


def test_results_in_one_language_are_not_those_in_another(counts, monkeypatch):
    for language in ("zh", "en", "zh"):
        monkeypatch.setenv("TIFA_LANG", language)
        table(counts)
    assert len(asked) == 2


@pytest.mark.parametrize("argument", [object(), {1, 2}, iter("ab"), pd.Series([1]), pd.DataFrame({"a": [lambda: 0]})])
def test_of_what_cannot_be_named_nothing_is_kept(argument, folder):
    table(argument)
    table(argument)
    assert len(asked) == 2 and not folder.exists()


def test_mistakes_are_those_of_the_function(counts):
    with pytest.raises(TypeError, match="unexpected keyword argument 'sed'"):
        table(counts, sed=1)


def test_graphs_are_kept_too():
    @memoised
    def graph(n):
        asked.append("graph")
        return nx.Graph([(0, n, {"weight": 0.5})], title="x")

    assert nx.utils.graphs_equal(graph(4), graph(4)) and len(asked) == 1


def test_what_takes_no_time_is_not_kept(counts, folder, monkeypatch):
    monkeypatch.setattr(memo, "LONG", 10)
    table(counts)
    assert not folder.exists()


def test_everything_is_computed_where_that_is_asked_for(counts, monkeypatch):
    table(counts)
    monkeypatch.setenv("TIFA_RECOMPUTE", "1")
    table(counts)
    assert len(asked) == 2


def test_a_damaged_file_is_not_there_and_a_folder_that_cannot_be_no_hindrance(counts, folder, monkeypatch):
    table(counts)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:50])
    table(counts)
    assert len(asked) == 2 and len(list(folder.iterdir())) == 1
    (folder.parent / "file").write_text("")
    for place in ("file", "file/below"):
        monkeypatch.setenv("TIFA_CACHE", str(folder.parent / place))
        assert len(table(counts)) == 2


def test_what_was_not_used_for_longest_goes_first(folder, monkeypatch):
    for n in range(3):
        table(n)
    first, second, third = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for age, path in ((300, first), (200, second), (100, third)):
        used = path.stat().st_mtime - age
        os.utime(path, (used, used))
    table(0)  # is used again
    monkeypatch.setattr(memo, "LIMIT", 3.5 * first.stat().st_size)
    table(3)
    assert {first, third} < set(folder.iterdir()) and not second.exists() and len(list(folder.iterdir())) == 3
