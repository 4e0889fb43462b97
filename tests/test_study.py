"""A study is computed once, cached by content, and answers on any corpus."""

import os
import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pytest

import analysis as da
import analysis.tokens as tokens
from analysis import cache, reading, topic_questions
from analysis import questions as ask
from analysis import study as module


@pytest.fixture
def folder(tmp_path):
    """Six composed documents: two provinces × three years."""
    place = tmp_path / "corpus"
    place.mkdir()
    for city, province in (("长春", "吉林省"), ("衡阳", "湖南省")):
        for year in (2019, 2020, 2021):
            text = (
                f"{city}市中级人民法院召开会议\n{year}年5月6日，{province}{city}市中级人民法院召开会议，部署{year}年工作。"
                f"要增强“四个意识”、坚定“四个自信”，{'加强调解，' * (year - 2018)}服务{city}企业和群众，审理好案件。\n"
            )
            (place / f"{city}{year}.txt").write_text(text, encoding="utf-8")
    return place


def test_the_cache_gives_the_same_study(folder, monkeypatch):
    first = da.open_study(folder)
    monkeypatch.setattr(module, "read_corpus", lambda *_, **__: pytest.fail("read again"))
    again = da.open_study(folder)
    pd.testing.assert_frame_equal(first.corpus.docs, again.corpus.docs)
    assert first.dfm.recipe == again.dfm.recipe
    assert (first.tokens.codes == again.tokens.codes).all()
    assert (first.dfm.counts != again.dfm.counts).nnz == 0


@pytest.fixture
def worked(monkeypatch):
    """The files parsed and the texts cut."""
    done = {"files": [], "texts": []}
    parse, words = reading.parse, tokens._words
    monkeypatch.setattr(reading, "parse", lambda path, data: done["files"].append(path) or parse(path, data))
    monkeypatch.setattr(tokens, "_words", lambda rows, *rest: done["texts"].extend(rows) or words(rows, *rest))
    return done


def test_one_file_more_is_one_file_read_and_one_text_cut(folder, worked, monkeypatch, tmp_path):
    monkeypatch.setenv("TIFA_CACHE", str(tmp_path / "kept"))
    da.open_study(folder)
    assert (len(worked["files"]), len(worked["texts"])) == (6, 6)
    (folder / "新.txt").write_text("湖南省高级人民法院2022年5月6日召开会议，部署审判工作。\n", encoding="utf-8")
    study = da.open_study(folder)
    assert worked["files"][6:] == ["新.txt"]
    assert len(worked["texts"]) == 7
    fresh = da.read_corpus(folder)
    pd.testing.assert_frame_equal(study.corpus.docs.drop(columns="period"), fresh.docs)
    pd.testing.assert_frame_equal(study.corpus.report, fresh.report)
    pd.testing.assert_frame_equal(study.corpus.removals, fresh.removals)
    assert study.corpus.recipe == fresh.recipe
    assert study.tokens.types.tolist() == da.tokenize(fresh, study.lexicon).types.tolist()


def test_a_changed_lexicon_reads_nothing_and_cuts_where_it_differs(folder, worked, monkeypatch, tmp_path):
    monkeypatch.setenv("TIFA_CACHE", str(tmp_path / "kept"))
    (folder / "新.txt").write_text("湖南省高级人民法院2022年5月6日召开会议，要修好桥梁。\n", encoding="utf-8")
    da.open_study(folder)
    own = da.load_lexicon().extend(da.Lexicon(pd.DataFrame({"slogan": ["修好桥梁"]})))
    study = da.open_study(folder, lexicon=own)
    assert (len(worked["files"]), len(worked["texts"])) == (7, 8)
    assert "修好桥梁" in study.dfm.features and study.lexicon is own


def test_a_kept_study_is_mapped_not_loaded(folder):
    da.open_study(folder)
    study = da.open_study(folder)
    before = pa.total_allocated_bytes()
    again = da.open_study(folder)
    assert pa.total_allocated_bytes() - before < 100_000
    for array in (again.tokens.codes, again.tokens.offsets, again.dfm.counts.data, again.dfm.counts.indices):
        assert not array.flags.owndata and not array.flags.writeable
    assert isinstance(again.corpus.docs["text"].array, pd.arrays.ArrowStringArray)
    pd.testing.assert_frame_equal(study.dfm.group("region").to_frame(), again.dfm.group("region").to_frame())


def test_a_changed_file_is_read_again(folder):
    before = da.open_study(folder)
    path = folder / "长春2019.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("企业", "农民"), encoding="utf-8")
    after = da.open_study(folder)
    assert "农民" in after.dfm.features
    assert "农民" not in before.dfm.features


def test_corpus_variable_and_missing_path(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("CORPUS", str(folder))
    assert len(da.open_study().corpus) == 6
    with pytest.raises(FileNotFoundError, match="no file or folder"):
        da.open_study(tmp_path / "nowhere")


def test_questions_answer_or_say_why(folder):
    study = da.open_study(folder)
    assert not set(study.terms.features) & set(da.load_stopwords())
    by_region = ask.contrasts(study, "region")
    assert set(by_region["region"].astype(str)) == {"吉林", "湖南"}
    one = da.keyness(study.terms, "region == '吉林'", strata="year", resamples=1999)
    ours = by_region[by_region["region"] == "吉林"].drop(columns="region").reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, one)
    assert any("strata of year" in note["en"] for note in by_region.attrs["notes"])
    assert ask.change(study).attrs["sides"] == {"target": "2021", "reference": "2019"}
    assert ask.change(study).attrs["recipe"][-1]["strata"] == ["region"]
    trends = ask.trends(study, ["调解", "长春"])
    assert trends.groupby("feature")["year"].apply(list).tolist() == [[2019, 2020, 2021]] * 2


def test_two_regions_are_compared_within_years(folder):
    study = da.open_study(folder)
    assert ask.pair(study) == ("吉林", "湖南")
    two = ask.neighbours(study)
    assert two.attrs["sides"] == {"target": "吉林", "reference": "湖南"}
    assert two.attrs["recipe"][-1]["strata"] == ["year"]
    assert ask.shift(study).attrs["sides"] == two.attrs["sides"]
    assert ask.distance(study)[["docs_target", "docs_reference"]].iloc[0].tolist() == [3, 3]
    assert list(ask.printed(study, two))[0] == "feature"
    slopes = ask.slopes(study)
    assert ask.turns(study, slopes)["feature"].nunique() == min(6, len(slopes))
    change = ask.change(study)
    many = ask.robust(study, change)
    own = many[many["choice"] == many["choice"][0]].set_index("feature")["q"]
    assert own.equals(change.set_index("feature")["q"].reindex(own.index))  # the figure's own q, to the last digit
    assert ask.summed(many, "choice")["choice"].is_unique


def test_a_corpus_of_one_gives_reasons(folder):
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()
    study = da.open_study(folder)
    contrasts, change = ask.contrasts(study, "region"), ask.change(study)
    robust, slopes = ask.robust(study, change), ask.slopes(study)
    answers = [contrasts, change, ask.neighbours(study),
               topic_questions.words(topic_questions.model(study)), topic_questions.shares(None, "year")]
    answers += [robust, ask.summed(robust, "choice"), slopes, ask.turns(study, slopes), ask.printed(study, change)]
    for answer in [*answers, ask.distance(study), ask.shift(study)]:
        assert answer.empty
        assert set(answer.attrs["reason"]) == {"zh", "en"}
    assert "Markdown" in type(study.figure("nothing", da.plots.keyness, ask.change(study))).__name__


def test_zero_is_a_zero_and_a_gap_is_a_gap(folder):
    (folder / "长春2020.txt").unlink()
    (folder / "衡阳2020.txt").unlink()
    path = folder / "长春2019.txt"
    path.write_text(path.read_text(encoding="utf-8") + "要修好桥梁，修好桥梁。\n", encoding="utf-8")
    path = folder / "衡阳2019.txt"
    path.write_text(path.read_text(encoding="utf-8") + "也要修好桥梁。\n", encoding="utf-8")
    rates = ask.trends(da.open_study(folder), ["桥梁"])
    assert rates["year"].tolist() == [2019, 2021]
    assert rates["per_10k"].tolist()[1] == 0


def test_two_processes_open_one_study_at_once(folder, tmp_path):
    program = "import sys, analysis as da; s = da.open_study(sys.argv[1]); print(s.tokens.codes.tolist(), s.dfm.totals)"
    environment = {**os.environ, "TIFA_CACHE": str(tmp_path / "kept"), "PYTHONPATH": str(cache.PACKAGE.parent)}
    command = [sys.executable, "-c", program, str(folder)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) for _ in range(2)]
    said = [child.communicate()[0] for child in children]
    assert said[0] == said[1] != ""
