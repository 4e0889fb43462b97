"""The panel without a browser: what pickers mean, what is shown, kept and never computed twice."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import analysis as da
from analysis.explore import panel as module
from analysis.explore.choices import Choice, query
from analysis.explore.latest import Latest
from analysis.explore.panel import Panel, choice_of, groupings, pickers, turned
from analysis.explore.table import ROWS, arranged, rows_of
from analysis.explore.tilemap import chips, tilemap
from analysis.labels import label
from analysis.study import Study

SPAN = (2018, 2025)
PICKED = {
    "provinces": ["吉林省", "北京市"], "years": SPAN, "levels": [], "institution_types": [], "view": "terms",
    "item": " 改革 ", "regex": False, "by": "year", "against": "rest", "k": 12,
}  # fmt: skip


@pytest.fixture
def shown(sample: Study) -> Panel:
    return Panel(sample)


def alert(panel: Panel) -> str | bytes:
    return panel.figure.data.get("html") or panel.figure.data["png"]


def test_values_of_pickers_are_a_choice() -> None:
    assert choice_of(PICKED, SPAN) == Choice(provinces=("北京市", "吉林省"), item="改革", by="year")
    assert choice_of({**PICKED, "years": (2019, 2020)}, SPAN).years == (2019, 2020)
    assert choice_of({**PICKED, "view": "keyness"}, SPAN) == Choice(provinces=("北京市", "吉林省"), view="keyness")


def test_a_click_on_a_column_turns_its_order() -> None:
    assert turned(["", True], "n", True) == ("n", False)
    assert turned(["", True], "feature", False) == ("feature", True)
    assert turned(["n", False], "n", True) == ("n", True)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.integers(-5, 5), max_size=30), st.booleans())
def test_rows_are_sorted_as_pandas_sorts_and_are_json(numbers: list[float], ascending: bool) -> None:
    df = pd.DataFrame({"n": pd.Series(numbers, dtype=float), "feature": [f"w{i}" for i in range(len(numbers))]})
    made = rows_of(df, ("n", ascending))
    json.dumps(made, allow_nan=False)
    assert [row[0] for row in made["rows"]] == df.sort_values("n", ascending=ascending, kind="stable").index.tolist()
    assert [row[2] for row in made["rows"]] == [f"w{row[0]}" for row in made["rows"]]


def test_what_matters_most_leads_the_table_and_no_column_is_lost() -> None:
    df = pd.DataFrame(columns=["rank", "n", "q", "per_10k", "feature", "low", "region"])
    assert list(arranged(df)) == ["region", "feature", "per_10k", "q", "n", "rank", "low"]


def test_groups_offered_are_those_that_tell_documents_apart(sample: Study) -> None:
    names = ["region", "year", "level", "institution_type", "source"]
    assert [name for _, name in groupings(sample.corpus.docs)["options"]] == names
    assert groupings(sample.corpus.docs)["value"] == "region"
    nation = sample.corpus.docs.assign(region="全国")
    assert groupings(nation)["value"] == "year"
    unknown = nation.assign(region=None, year=None, level=None, institution_type=None)
    assert groupings(unknown) == {"options": [(str(label("source")), "source")], "value": "source"}
    many = pd.concat([unknown] * 2)
    assert groupings(many.assign(source=[str(n) for n in range(len(many))]))["value"] == "region"


def test_without_regions_and_years_files_are_compared_and_there_is_nothing_to_slide(
    tmp_path: Path, _cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIFA_CACHE", str(_cache))
    for name, text in (("a", "坚持法治。"), ("b", "推进法治，服务乡村振兴。")):
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    panel = Panel(da.open_study(tmp_path))
    assert panel.pickers["years"].layout.display == "none"
    assert {row[1] for row in panel.table.data["rows"]} == {"a.txt", "b.txt"}
    panel.pickers["item"].value = "法治"
    assert [row[-1] for row in panel.lines.data["rows"]] == ["a", "b"]


def test_rows_beyond_those_shown_are_sorted_too_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    df = pd.DataFrame({"n": np.arange(3 * ROWS)})
    parts = [rows_of(df, ("n", False), skip=skip) for skip in (0, ROWS, 2 * ROWS, 3 * ROWS)]
    assert [row[1] for made in parts for row in made["rows"]] == list(range(3 * ROWS))[::-1]
    assert parts[0]["total"] == 3 * ROWS and parts[0]["caption"] == f"{3 * ROWS} 行。"
    monkeypatch.setenv("TIFA_LANG", "en")
    assert [rows_of(df.head(n))["caption"] for n in (0, 1, 2)] == ["0 rows.", "1 row.", "2 rows."]


def test_names_of_regions_are_in_the_language_of_the_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    df = pd.DataFrame({"region": ["吉林"], "feature": ["吉林"], "nested": [True]})
    assert rows_of(df)["rows"] == [[0, "吉林", "吉林", "是"]]
    monkeypatch.setenv("TIFA_LANG", "en")
    made = rows_of(df)
    assert made["rows"] == [[0, "Jilin", "吉林", "yes"]]
    assert [column["label"] for column in made["columns"]][:2] == ["region", "term"]
    assert rows_of(pd.DataFrame({"slogan": ["两个维护"]}))["rows"] == [[0, "两个维护 Two Upholds"]]


def test_tiles_are_the_provinces_with_documents(shown: Panel, sample: Study) -> None:
    tiles = {tile["value"]: tile["n"] for tile in shown.pickers["provinces"].tiles}
    assert len(tiles) == 34
    assert sum(tiles.values()) == sample.corpus.docs["province"].notna().sum()


def test_what_leaves_nothing_to_choose_is_not_offered(sample: Study) -> None:
    docs = sample.corpus.docs.query("level == 'county'")
    assert chips(docs, "level").tiles == [] != chips(docs, "institution_type").tiles
    assert chips(docs.assign(level=[None, *docs["level"][1:]]), "level").tiles != []
    assert tilemap(docs.assign(province="吉林省")).tiles == []
    years = pickers(replace(sample, corpus=replace(sample.corpus, docs=docs.assign(year=2020))))["years"]
    assert years.layout.display == "none"


def test_a_picked_province_changes_figure_and_table_to_its_documents(shown: Panel, sample: Study) -> None:
    before = alert(shown)
    shown.pickers["provinces"].value = ["吉林省"]
    assert alert(shown) != before and alert(shown)[:4] == b"\x89PNG"
    words = da.frequency(da.subset(sample, "province == '吉林省'").terms).set_index("feature")["n"]
    assert {row[2]: row[4] for row in shown.table.data["rows"]} == words.head(40).to_dict()


def test_nothing_is_computed_twice(shown: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    first = alert(shown)
    shown.pickers["by"].value = "year"
    monkeypatch.setattr(module, "answer", None)
    monkeypatch.setattr("analysis.plots.screen.png", None)
    shown.pickers["by"].value = "region"
    assert alert(shown) == first


def test_a_row_gives_its_sentences_and_a_sentence_its_document(shown: Panel, sample: Study) -> None:
    shown.pickers["provinces"].value = ["吉林省", "湖南省"]
    shown.read(0)
    row = shown.answer.table.iloc[0]
    assert len(shown.lines.data["rows"]) == row["n"]
    assert {line[1] for line in shown.lines.data["rows"]} == {row["region"]}
    shown.sort_lines("left")
    last = [line[3][-1:] for line in shown.lines.data["rows"]]
    assert last == sorted(last)
    shown.open(len(last) - 1)
    html, here = shown.document.data["html"], shown.document.data["here"]
    assert html.count("<mark") > here >= 0


def test_what_is_typed_is_read_at_once_and_a_wrong_expression_is_explained(shown: Panel) -> None:
    shown.pickers["item"].value = "人民法院"
    assert {line[4] for line in shown.lines.data["rows"]} == {"人民法院"}
    shown.pickers["regex"].value = True
    shown.pickers["item"].value = "(法"
    assert "alert" in alert(shown) and "(法" in alert(shown)
    assert shown.keep.disabled


def test_keeping_writes_figure_table_and_manifest_and_the_copied_code_makes_the_same(
    shown: Panel, sample: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.pickers["view"].value = "slogans"
    shown.keep.click()
    name = shown.answer.name
    artefacts = json.loads((tmp_path / "figures" / "MANIFEST.json").read_text("utf-8"))["artefacts"]
    assert {f"{name}.svg", f"tables/{name}.csv"} <= set(artefacts)
    assert f"figures/{name} (svg, pdf, png), figures/tables/{name} (csv, xlsx, tex, docx)" in shown.status.value
    with Image.open(tmp_path / "figures" / f"{name}.png") as picture:
        assert round(picture.width / 300 * 25.4) in (85, 178)
    scope: dict[str, Any] = {}
    monkeypatch.setattr(da, "open_study", lambda: sample)
    exec(shown.code.code, scope)
    da.save_figure(scope["figure"], "copied", data=scope["table"])
    for ending in ("svg", "png"):
        copied, kept = (tmp_path / "figures" / f"{stem}.{ending}" for stem in ("copied", name))
        assert copied.read_bytes() == kept.read_bytes()


def test_what_fails_is_said_in_the_panel(shown: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(module, "save_figure", full)
    shown.keep.click()
    assert "disk full" in alert(shown)


def test_all_rows_are_there_when_scrolled_to(shown: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict] = []
    monkeypatch.setattr(shown.table, "send", sent.append)
    shown.sort_table("n")
    shown.more(ROWS)
    keys = [row[0] for row in [*shown.table.data["rows"], *sent[0]["rows"]]]
    assert sent[0]["from"] == ROWS
    assert keys == shown.answer.table.sort_values("n", ascending=False, kind="stable").index[: 2 * ROWS].tolist()


def test_sentences_asked_for_before_the_answer_changed_are_not_shown_beside_the_new_one(sample: Study) -> None:
    async def play() -> Panel:
        panel, go = Panel(sample), threading.Event()
        while not panel.table.data:
            await asyncio.sleep(0.01)
        panel.readings.ask(lambda stop: go.wait(5), lambda _: panel.lines.set_trait("data", "old"))
        panel.pickers["view"].value = "slogans"
        while panel.shown.view != "slogans":
            await asyncio.sleep(0.01)
        go.set()
        await asyncio.sleep(0.2)
        return panel

    assert asyncio.run(play()).lines.data == {}


def test_table_and_figure_of_an_answer_say_that_they_belong_together(shown: Panel) -> None:
    first = shown.table.data["turn"]
    assert first == shown.figure.data["turn"] > 0
    shown.pickers["by"].value = "year"
    assert first < shown.table.data["turn"] == shown.figure.data["turn"]
    shown.pickers["view"].value = "keyness"
    assert not shown.table.data and "turn" not in shown.figure.data


def test_where_there_is_no_answer_nothing_says_to_click_it(shown: Panel) -> None:
    shown.pickers["view"].value = "keyness"
    assert "alert" in alert(shown) and shown.keep.disabled
    assert not (shown.table.data or shown.lines.data or shown.document.data or shown.code.code)
    shown.pickers["view"].value, shown.pickers["item"].value = "terms", "不存在的字串"
    assert "alert" in alert(shown) and "不存在的字串" in shown.code.code
    assert not (shown.table.data or shown.lines.data or shown.document.data)


def test_what_is_picked_can_be_what_others_are_compared_with(shown: Panel, sample: Study) -> None:
    shown.pickers["view"].value, shown.pickers["years"].value = "keyness", (2018, 2020)
    for _ in range(2):
        shown.pin()
    shown.pickers["years"].value = (2021, 2025)
    offered = [name for name, _ in shown.pickers["against"].options]
    assert offered[-1] == "2018–2020" and len(set(offered)) == len(offered)
    terms = sample.terms.trim(min_docfreq=len(sample.terms) // 10)
    expected = da.keyness(terms, "2021 <= year <= 2025", "2018 <= year <= 2020", resamples=999)
    assert [row[1] for row in shown.table.data["rows"]] == expected["feature"].head(ROWS).tolist()
    shown.reset()
    shown.pin()
    assert shown.pickers["against"].value == "rest"


def test_every_sentence_is_there_to_read_and_if_there_are_more_it_is_said(shown: Panel) -> None:
    shown.pickers["regex"].value, shown.pickers["item"].value = True, "[的了和]"
    assert len(shown.lines.data["rows"]) == 500 > ROWS
    assert "只列前 500 条" in shown.lines.data["caption"]


def test_what_is_stopped_leaves_nothing_of_the_answer_before(shown: Panel) -> None:
    shown.pickers["item"].value = "人民法院"
    shown.stop()
    assert "alert" in alert(shown) and shown.keep.disabled
    assert not (shown.table.data or shown.lines.data or shown.document.data or shown.code.code)
    shown.pickers["item"].value = ""
    assert shown.table.data["rows"] and not shown.keep.disabled


def test_all_documents_are_a_click_away(shown: Panel) -> None:
    shown.pickers["provinces"].value, shown.pickers["years"].value = ["吉林省"], (2019, 2020)
    assert query(shown.choice) is not None
    shown.reset()
    assert query(shown.choice) is None


def test_a_new_question_makes_the_old_one_stale() -> None:
    async def play() -> tuple[list[str], list[Exception], bool]:
        seen: list[str] = []
        errors: list[Exception] = []
        latest, given_up, started = Latest(errors.append), threading.Event(), threading.Event()

        def slow(stop) -> str:
            started.set()
            while not stop():
                pass
            given_up.set()
            return "old"

        latest.ask(slow, seen.append)
        await asyncio.to_thread(started.wait, 5)
        latest.ask(lambda stop: "skipped", seen.append)
        latest.ask(lambda stop: "new", seen.append)
        await asyncio.to_thread(given_up.wait, 5)
        await asyncio.sleep(0.2)
        latest.ask(lambda stop: 1 / 0, seen.append)
        await asyncio.sleep(0.2)
        return seen, errors, given_up.is_set()

    seen, errors, given_up = asyncio.run(play())
    assert seen == ["new"] and given_up
    assert [type(error) for error in errors] == [ZeroDivisionError]
