"""The code of every answer gives its table; what did not change is not computed again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from threadpoolctl import ThreadpoolController

import analysis
from analysis.explore.choices import Choice
from analysis.explore.stopping import Stopped, watched
from analysis.explore.views import PAPER, ROOM, Answer, _one_thread, answer
from analysis.study import Study

JILIN, BOTH = ("吉林省",), ("吉林省", "辽宁省")
NOWHERE: dict[Any, str] = {"terms": "", "slogans": "", "keyness": "", "cooccurrence": "法治", "topics": ""}
CHOICES = {
    "terms": Choice(),
    "terms by year": Choice(provinces=BOTH, by="year"),
    "terms of types": Choice(levels=("county", "prefecture"), institution_types=("court",), years=(2018, 2021)),
    "terms by level": Choice(by="level"),
    "slogans by type": Choice(view="slogans", by="institution_type"),
    "string by file": Choice(item="法治", by="source", provinces=JILIN),
    "topics by level": Choice(view="topics", k=4, by="level"),
    "string": Choice(item="法治"),
    "string by year": Choice(item="法治", by="year", years=(2019, 2023)),
    "string with quotes": Choice(item="""“四个'意识\\"”"""),
    "quotes that occur": Choice(item="，“"),
    "regex": Choice(item=r"[“\"'\\]\w+|第\d+条", regex=True, provinces=JILIN),
    "regex over lines": Choice(item="。\n[^\n]", regex=True, by="year"),
    "no match": Choice(item="不存在的字串"),
    "no regex": Choice(item="(法", regex=True),
    "empty regex": Choice(item="法*", regex=True),
    "slogans": Choice(view="slogans"),
    "slogans by year": Choice(view="slogans", by="year", provinces=BOTH),
    "slogan": Choice(view="slogans", item="枫桥经验", years=(2018, 2022)),
    "slogan by its surface": Choice(view="slogans", item="“枫桥经验”", by="year"),
    "any string as slogan": Choice(view="slogans", item="人民法院"),
    "any regex as slogan": Choice(view="slogans", item="人民(法院|检察院)", regex=True, by="year"),
    "keyness": Choice(view="keyness", provinces=JILIN),
    "keyness against others": Choice(view="keyness", provinces=JILIN, against=Choice(provinces=("辽宁省", "黑龙江省"))),
    "keyness of years": Choice(view="keyness", years=(2021, 2025), against=Choice(years=(2018, 2020))),
    "keyness against itself": Choice(view="keyness", provinces=JILIN, against=Choice(provinces=BOTH)),
    "keyness of all": Choice(view="keyness"),
    "ties": Choice(view="cooccurrence", years=(2018, 2020)),
    "ties of a slogan": Choice(view="cooccurrence", item="两个维护"),
    "ties of a string": Choice(view="cooccurrence", item="人民法院"),
    "ties of nothing": Choice(view="cooccurrence", item="不存在的字串"),
    "topics": Choice(view="topics", k=4),
    "topics of a part": Choice(view="topics", k=4, provinces=BOTH, years=(2018, 2022), by="year"),
    "too many topics": Choice(view="topics", k=500),
    **{f"empty {view}": Choice(view=view, provinces=("海南省",), item=item) for view, item in NOWHERE.items()},
}  # fmt: skip
EMPTY = {"no match", "no regex", "empty regex", "keyness against itself", "keyness of all", "ties of nothing",
         "too many topics", "string with quotes"} | {name for name in CHOICES if name.startswith("empty ")}  # fmt: skip


def _run(made: Answer, study: Study, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the copied code makes in a new cell, the study opened already."""
    scope: dict[str, Any] = {}
    monkeypatch.setattr(analysis, "open_study", lambda path=None: study)
    exec(made.code, scope)
    return scope


@pytest.mark.parametrize("name", CHOICES)
def test_the_copied_code_gives_the_table(name: str, sample: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    made = answer(sample, CHOICES[name])
    if name == "keyness of all":  # nothing is asked yet
        assert made.table.empty and made.code == "" and set(made.table.attrs["reason"]) == {"zh", "en"}
        return
    scope = _run(made, sample, monkeypatch)
    pd.testing.assert_frame_equal(scope["table"], made.table)
    assert made.table.empty == (name in EMPTY)
    if made.table.empty:
        assert set(made.table.attrs["reason"]) == {"zh", "en"}
        assert "figure" not in scope
    else:
        assert scope["table"].attrs["recipe"] == made.table.attrs["recipe"]
        assert isinstance(scope["figure"], Figure)
        assert tuple(scope["figure"].get_size_inches()) == tuple(made.draw(PAPER).get_size_inches())
        assert made.draw().get_figheight() == scope["figure"].get_figheight()


def test_the_copied_code_opens_the_study_itself(sample: Study) -> None:
    made = answer(sample, CHOICES["slogan"])
    scope: dict[str, Any] = {}
    exec(made.code, scope)
    pd.testing.assert_frame_equal(scope["table"], made.table)
    assert made.code.startswith("import analysis as da\n")


def test_whatever_is_typed_the_code_runs(sample: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    @settings(max_examples=20)
    @given(st.text(min_size=1, max_size=6), st.booleans())
    def holds(item: str, regex: bool) -> None:
        made = answer(sample, Choice(item=item, regex=regex, provinces=JILIN))
        pd.testing.assert_frame_equal(_run(made, sample, monkeypatch)["table"], made.table)

    holds()


def test_a_path_is_quoted_in_the_code(sample: Study) -> None:
    assert "study = da.open_study('it\\'s \"mine\"')" in answer(sample, Choice(), path='it\'s "mine"').code


def test_sides_are_named_in_the_language_of_the_labels(sample: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIFA_LANG", "en")
    assert answer(sample, CHOICES["keyness"]).table.attrs["sides"] == {"target": "Jilin", "reference": "the rest"}
    levels, types = ("province", "prefecture", "county"), ("court", "justice", "political-legal-committee")
    long = Choice(view="keyness", provinces=("吉林省", "辽宁省", "黑龙江省"), levels=levels, institution_types=types)
    assert "…" in (name := answer(sample, long).table.attrs["sides"]["target"]) and len(name) <= ROOM
    assert answer(sample, Choice(view="keyness", levels=("county",))).table.attrs["sides"]["target"] == "county"


def test_what_occurs_nowhere_is_said_alike_whatever_is_asked_of_it(sample: Study) -> None:
    views = ("terms", "slogans", "cooccurrence")
    said = [answer(sample, Choice(view=view, item="不存在的字串")).table.attrs["reason"] for view in views]  # type: ignore[arg-type]
    assert said == said[:1] * 3 and "holds what was looked for" in said[0]["en"]


def test_words_of_a_topic_do_not_repeat_its_name_but_the_figure_has_both(sample: Study) -> None:
    made = answer(sample, CHOICES["topics"])
    assert not made.table["words"].str.match(r"T\d").any()
    names = [tick.get_text() for tick in made.draw().axes[0].get_yticklabels()]
    assert sorted(names) == sorted(set(made.table["topic"] + " " + made.table["words"]))


def test_a_string_is_not_tied_to_the_slogan_it_is_part_of(sample: Study) -> None:
    table = answer(sample, Choice(view="cooccurrence", item="枫桥")).table
    assert "枫桥经验" in set(sample.occurrences["slogan"])
    assert not table[["a", "b"]].isin(["枫桥经验"]).to_numpy().any()


def test_the_figure_of_ties_holds_what_they_are_ties_of(sample: Study) -> None:
    """Also where none is met twice, but others near it are."""
    made = answer(sample, Choice(view="cooccurrence", item="高质量发展", provinces=("北京市",)))
    assert made.table["n_ab"].max() == 1
    assert any("高质量" in text.get_text() for text in made.draw().axes[0].texts)


def test_one_group_alone_is_shaded_by_what_it_says_most(sample: Study) -> None:
    """Each row by its own greatest would be one colour."""
    mesh = answer(sample, Choice(provinces=JILIN)).draw().axes[0].collections[0]
    assert len(np.unique(mesh.get_array())) > 5


def test_names_around_ties_are_not_cut(sample: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("zh", "en"):
        monkeypatch.setenv("TIFA_LANG", language)
        figure = answer(sample, Choice(view="cooccurrence")).draw()
        renderer, page = FigureCanvasAgg(figure).get_renderer(), figure.bbox
        figure.draw(renderer)
        for text in figure.axes[0].texts:
            box = text.get_window_extent(renderer)
            assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, text.get_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_why_there_is_no_answer_is_said_in_one_language(sample: Study, lang: str) -> None:
    for name in ("no regex", "keyness against itself", "too many topics"):
        said = answer(sample, CHOICES[name]).table.attrs["reason"][lang].replace("(法", "")
        assert said.isascii() == (lang == "en")
        assert not re.search("[A-Za-z]", said) or lang == "en"


def test_other_choices_have_other_names(sample: Study) -> None:
    others: list[dict[str, Any]] = [{}, {"by": "year"}, {"regex": True}, {"provinces": JILIN}]
    choices = [Choice(item="不“存”在", **other) for other in others]
    names = {answer(sample, choice).name for choice in choices}
    assert len(names) == len(choices)
    assert all(name.replace("_", "").isalnum() for name in names)


def test_a_model_is_fitted_once_for_all_regions_and_years(sample: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    fits, topics = [], analysis.topics
    monkeypatch.setattr(analysis, "topics", lambda *given: fits.append(given) or topics(*given))
    for provinces in (JILIN, BOTH, ()):
        for by in ("region", "year"):
            answer(sample, Choice(view="topics", k=3, provinces=provinces, by=by))  # type: ignore[arg-type]
    assert len(fits) == 1


def test_another_item_asks_for_no_new_ties(sample: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, ties = [], analysis.cooccurrence
    monkeypatch.setattr(analysis, "cooccurrence", lambda *given: asked.append(given) or ties(*given))
    for item in ("两个维护", "四个意识", "枫桥经验"):
        answer(sample, Choice(view="cooccurrence", item=item, years=(2019, 2024)))
    assert len(asked) == 1


def _count(seen: list[int]) -> None:
    for number in range(10**9):
        seen.append(number)
        time.sleep(0.001)


def test_long_work_stops_when_told_to() -> None:
    seen: list[int] = []
    with pytest.raises(Stopped):
        watched(lambda: _count(seen), lambda: len(seen) > 20)
    time.sleep(0.1)
    done = len(seen)
    time.sleep(0.05)
    assert len(seen) == done < 1000


def test_a_stop_does_not_wait_for_a_loop_in_a_library() -> None:
    began = time.monotonic()
    with pytest.raises(Stopped):
        watched(lambda: time.sleep(5), lambda: True)
    assert time.monotonic() - began < 2


def test_an_error_in_watched_work_is_that_of_the_work() -> None:
    with pytest.raises(ZeroDivisionError):
        watched(lambda: 1 / 0, lambda: False)


def test_an_answer_stops(sample: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    topics = analysis.topics  # a fit may be over before the first look
    monkeypatch.setattr(analysis, "topics", lambda *given: time.sleep(0.2) or topics(*given))
    with pytest.raises(Stopped):
        answer(sample, Choice(view="topics", k=7), stop=lambda: True)
    assert len(answer(sample, Choice(view="topics", k=7)).table)


def test_answers_use_one_thread_of_linear_algebra_and_leave_them_as_they_were() -> None:
    def used() -> set[int]:
        return {library["num_threads"] for library in blas.info()}

    blas = ThreadpoolController().select(user_api="blas")
    before = used()
    first, second = _one_thread(), _one_thread()
    first.__enter__()
    second.__enter__()
    assert used() == {1}
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert used() == before
    with ThreadPoolExecutor(1) as other:  # of all threads, not only of that which asked first
        for thread in (other, other, None):
            inside = thread.submit(_used_inside, used).result() if thread else _used_inside(used)
            assert inside == {1}
            assert used() == before


def _used_inside(used: Callable[[], set[int]]) -> set[int]:
    with _one_thread():
        return used()
