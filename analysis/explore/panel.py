"""The panel: pickers, figure beside table, the sentences behind a row, the document behind a sentence."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from analysis.captions import caption
from analysis.explore.choices import FILTERS, Choice, named
from analysis.explore.front import front
from analysis.explore.latest import Latest
from analysis.explore.sentences import concordance, document_html
from analysis.explore.table import arranged, rows_of, table
from analysis.explore.tilemap import chips, tilemap
from analysis.explore.views import PAPER, VIEWS, Answer, answer
from analysis.labels import label, lang, say
from analysis.output import save_figure
from analysis.study import Study

KEPT, FILES = 50, 60  # answers; columns of a figure
LINES = ("region", "year", "left", "match", "right", "title")
WORDS = {
    "terms": ("词语", "Terms"), "slogans": ("提法", "Formulations"), "keyness": ("显著词", "Keyness"),
    "cooccurrence": ("共现", "Co-occurrence"), "topics": ("主题", "Topics"),
    "all": ("全部文档", "All documents"), "item": ("任意字串或提法，回车", "any string or formulation, then Enter"),
    "regex": ("正则表达式", "regular expression"), "by": ("分组", "by"), "against": ("对比", "against"),
    "pin": ("以所选文档为对比", "Compare others with these"),
    "k": ("主题数", "topics"), "save": ("保存图和表", "Save figure and table"), "copy": ("复制代码", "Copy code"),
    "stop": ("停止", "Stop"), "years": ("年份", "years"),
    "saved": ("已存：", "Saved: "), "hits": ("点表中一行，读原句。", "Click a row to read its sentences."),
    "busy": ("正在计算", "working"),
    "open": ("点一句，读全文。", "Click a line to open its document."), "stopped": ("已停止。", "Stopped."),
}  # fmt: skip
USED = {"item": ("terms", "slogans", "cooccurrence"), "regex": ("terms", "slogans", "cooccurrence"),
        "by": ("terms", "slogans", "topics"), "against": ("keyness",), "k": ("topics",)}  # fmt: skip


def word(name: str) -> str:
    """A word of the panel in the language of the labels."""
    return say(dict(zip(("zh", "en"), WORDS[name], strict=True)))


def bar() -> str:
    """That there is work under way; how much is left is not known."""
    return f'<div role="progressbar" class="tifa-bar" aria-label="{word("busy")}"></div>'


def pickers(study: Study) -> dict[str, Any]:
    """A widget for each field of ``Choice``, by its name."""
    import ipywidgets as w

    docs = study.corpus.docs
    years = docs["year"].dropna()
    span = (int(years.min()), int(years.max())) if len(years) else (0, 0)
    provinces = docs["province"].dropna().sort_values().unique()
    others: list[Any] = ["rest", *(Choice(provinces=(name,)) for name in provinces)]
    slogans = sorted(study.occurrences["slogan"].unique())
    return {
        "provinces": tilemap(docs),
        "years": w.IntRangeSlider(value=span, min=span[0], max=span[1], description=word("years"),
                                   layout={} if span[0] < span[1] else {"display": "none"}),
        "levels": chips(docs, "level"),
        "institution_types": chips(docs, "institution_type"),
        "view": w.ToggleButtons(options=[(word(view), view) for view in VIEWS]),
        "item": w.Combobox(options=slogans, placeholder=word("item"), continuous_update=False),
        "regex": w.Checkbox(False, description=word("regex"), indent=False),
        "by": w.Dropdown(**groupings(docs), description=word("by")),
        "against": w.Dropdown(options=[(named(other), other) for other in others], description=word("against")),
        "k": w.BoundedIntText(10, min=2, max=60, description=word("k")),
    }  # fmt: skip


def groupings(docs: pd.DataFrame) -> dict[str, Any]:
    """Docvars to group by, at first the first that tells documents apart; files too where they are few."""
    known = {name: docs[name].nunique() for name in ("region", "year", "level", "institution_type", "source")}
    offered = [name for name, n in known.items() if n and (name != "source" or n <= FILES)] or ["region"]
    value = next((name for name in offered if known[name] > 1), offered[0])
    return {"options": [(str(label(name)), name) for name in offered], "value": value}


def choice_of(values: dict[str, Any], span: tuple[int, int]) -> Choice:
    """What pickers' values mean: lists in one order, all years as no filter, without what the view has no use for."""
    used = {name: value for name, value in values.items() if values["view"] in USED.get(name, VIEWS)}
    lists = {name: tuple(sorted(value)) for name, value in used.items() if isinstance(value, list)}
    years = tuple(values["years"])
    return Choice(**{**used, **lists, "years": None if years == span else years, "item": used.get("item", "").strip()})


def turned(order: list[Any], column: str, numeric: bool) -> tuple[str, bool]:
    """The order after a click on a column: numbers from the greatest, words from the first, then the other way."""
    return column, not order[1] if order[0] == column else not numeric


def listed(paths: Sequence[Path]) -> str:
    """Files by folder and name: ``figures/name (svg, png), figures/tables/name (csv)``."""
    home = paths[0].parents[1]
    kinds = groupby(paths, lambda path: path.relative_to(home).with_suffix("").as_posix())
    return ", ".join(f"{name} ({', '.join(path.suffix[1:] for path in same)})" for name, same in kinds)


class Panel:
    """The widgets and what they show; ``box`` is what a notebook displays.

    JupyterLab may deliver a click on another thread; everything but the work itself is done on the kernel's own.
    """

    def __init__(self, study: Study, path: str | None = None) -> None:
        self.study, self.path, self.known, self.turn = study, path, dict[Choice, tuple[Answer, bytes]](), 0
        self.answers, self.readings = Latest(self.give_up), Latest(self.say_no)
        self.pickers = pickers(study)
        self.figure, self.document = front("page", data={}), front("page", data={})
        self.code = front("code", code="", label=word("copy"), lang=lang())
        here = self.readings.on_loop
        self.table = table(pick=here(self.read), sort=here(self.sort_table), more=here(self.more))
        self.lines = table(pick=here(self.open), sort=here(self.sort_lines))
        for picker in self.pickers.values():
            picker.observe(here(self.ask), "value")
        self.box = self._laid_out(here)
        self.ask()

    def _laid_out(self, here: Callable[..., Any]) -> Any:
        import ipywidgets as w
        from traitlets import dlink

        p = self.pickers
        self.status = w.HTML()
        acts = {"all": self.reset, "save": self.save, "stop": self.stop, "pin": self.pin}
        reset, self.keep, stop, pin = (w.Button(description=word(name)) for name in acts)
        for button, act in zip((reset, self.keep, stop, pin), acts.values(), strict=True):
            button.on_click(here(act))
        dlink((p["against"].layout, "display"), (pin.layout, "display"))
        self.busy = w.HBox([w.HTML(bar()), stop], _dom_classes=["tifa-busy"])
        filters = w.VBox([p["years"], p["levels"], p["institution_types"], reset])
        rows = {
            "pick": [p["provinces"], filters],
            "question": [p["view"], p["item"], p["regex"], p["by"], p["against"], pin, p["k"]],
            "answer": [self.figure, self.table, self.busy],
            "keep": [self.keep, self.code, self.status],
            "read": [self.lines, self.document],
        }
        boxes = [w.Box(children, _dom_classes=[f"tifa-{name}"]) for name, children in rows.items()]
        return w.VBox([w.VBox(boxes, _dom_classes=["tifa-body"])], _dom_classes=["tifa-explore"])

    @property
    def choice(self) -> Choice:
        """What is picked now."""
        slider = self.pickers["years"]
        return choice_of({name: picker.value for name, picker in self.pickers.items()}, (slider.min, slider.max))

    def ask(self, _: Any = None) -> None:
        """Answer what is picked now; an answer known already is shown at once."""
        choice = self.choice
        for name, views in USED.items():
            self.pickers[name].layout.display = None if choice.view in views else "none"
        if choice in self.known:
            self.answers.stop()
            return self.show(choice, self.known[choice][0])
        self.answers.ask(
            lambda stop: answer(self.study, choice, path=self.path, stop=stop), lambda made: self.show(choice, made),
            lambda: self.busy.add_class("tifa-on"),
        )  # fmt: skip

    def show(self, choice: Choice, made: Answer) -> None:
        """Table, then figure; in place of a figure the sentence that says why there is none."""
        self.readings.stop()
        self.shown, self.answer, self.status.value = choice, made, ""
        self.turn += 1
        self.lines.data, self.document.data = {}, {} if made.table.empty else {"html": f"<p>{escape(word('hits'))}</p>"}
        if choice.item and len(made.table.columns):
            self.read(None)
        self.table.data = {} if made.table.empty else rows_of(arranged(made.table)) | {"turn": self.turn}
        if made.table.empty:
            self.say_no(say(made.table.attrs.get("reason", {"zh": "没有结果。", "en": "No result."})))
        else:
            from analysis.plots.screen import png

            source = self.known[choice][1] if choice in self.known else png(made.draw())
            self.figure.data = {"png": source, "alt": caption(made.table), "turn": self.turn}
            self.busy.remove_class("tifa-on")
            self._keep(choice, made, source)
        self.code.code = made.code

    def _keep(self, choice: Choice, made: Answer, source: bytes) -> None:
        """An answer, so as not to work it out again.

        From the first on, what is loaded is not searched for garbage, for which one redraw in ten would wait.
        """
        if not self.known:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
        self.known[choice] = (made, source)
        if len(self.known) > KEPT:
            del self.known[next(iter(self.known))]
        self.keep.disabled = False

    def say_no(self, why: Exception | str) -> None:
        """Say why there is no figure, in its place."""
        self.busy.remove_class("tifa-on")
        self.figure.data = {"html": f'<p role="alert">{escape(str(why))}</p>'}
        self.keep.disabled = True

    def give_up(self, why: Exception | str) -> None:
        """Say why there is no answer; that to the question before is not left beside it."""
        self.table.data, self.lines.data, self.document.data, self.code.code = {}, {}, {}, ""
        self.say_no(why)

    def stop(self, _: Any = None) -> None:
        """Give up the answer under way."""
        self.answers.stop()
        self.readings.stop()
        self.give_up(word("stopped"))

    def reset(self, _: Any = None) -> None:
        """All documents again."""
        slider = self.pickers["years"]
        slider.value = (slider.min, slider.max)
        for name in ("provinces", "levels", "institution_types"):
            self.pickers[name].value = []

    def pin(self, _: Any = None) -> None:
        """Offer the documents picked now to compare others with, and take them."""
        chosen, against = self.choice, self.pickers["against"]
        now = Choice(**{name: getattr(chosen, name) for name in (*FILTERS, "years")})
        said = named(now)
        if said and now not in dict(against.options).values():
            against.options = (*against.options, (said, now))
        against.value = now if said else "rest"

    def sort_table(self, column: str) -> None:
        """Sort the answer by a column."""
        df = self.answer.table
        self.table.data = rows_of(arranged(df), turned(self.table.data["order"], column, is_numeric_dtype(df[column])))

    def more(self, shown: int) -> None:
        """Further rows of the answer, after so many."""
        rows = rows_of(arranged(self.answer.table), self.table.data["order"], skip=shown)["rows"]
        self.table.send({"rows": rows, "from": shown})

    def read(self, row: int | None) -> None:
        """The sentences behind a row, or of what is typed."""
        self.wanted = self.shown.item if row is None else self.answer.table.iloc[row]
        self._read(None)

    def sort_lines(self, column: str) -> None:
        """Sort the sentences: by what stands left or right of the hit, or by region, year or title."""
        if column in ("left", "right"):
            return self._read(column)
        order = turned(self.lines.data["order"], column, column == "year")
        self.lines.data = rows_of(self.hits[list(LINES)], order, rows=len(self.hits))

    def _read(self, side: Any) -> None:
        choice, wanted = self.shown, self.wanted
        self.readings.ask(
            lambda stop: concordance(self.study, choice, wanted, sort=side), lambda hits: self._show_lines(hits, side),
            lambda: setattr(self.document, "data", {"html": bar()}),
        )  # fmt: skip

    def _show_lines(self, hits: pd.DataFrame, side: str | None) -> None:
        self.hits = hits
        nowhere = hits.empty and isinstance(self.wanted, str)  # the answer says so
        self.lines.data = {} if nowhere else rows_of(hits[list(LINES)], (side or "", True), rows=len(hits))
        self.document.data = {"html": f"<p>{escape(word('open'))}</p>"} if len(hits) else {}

    def open(self, line: int) -> None:
        """The document of a line, with all its hits marked and the line's own in view."""
        hit = self.hits.iloc[line]
        same = self.hits[self.hits["doc_id"] == hit["doc_id"]]
        spans = sorted(zip(same["start"], same["start"] + same["match"].str.len(), strict=True))
        here = [start for start, _ in spans].index(hit["start"])
        self.document.data = {"html": document_html(self.study, hit["doc_id"], spans), "here": here}

    def save(self, _: Any = None) -> None:
        """Figure, in a journal's width, and table into the results folder, entered in its manifest."""
        paths = save_figure(self.answer.draw(PAPER), self.answer.name, data=self.answer.table)
        self.status.value = f'<span role="status">{escape(word("saved") + listed(paths))}</span>'
