"""How long the explorer takes from a picked province to its figure, without browser and transport."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.dfm import make_dfm
from analysis.explore.choices import Choice
from analysis.explore.table import rows_of
from analysis.explore.views import answer
from analysis.study import Study, open_study

MILLIONS = 10
PICKS = 7
QUESTIONS = {
    "terms": Choice(), "terms by year": Choice(by="year"), "string": Choice(item="改革"),
    "slogans": Choice(view="slogans"), "one slogan": Choice(view="slogans", item="全面从严治党"),
    "keyness": Choice(view="keyness"), "co-occurrence": Choice(view="cooccurrence"),
}  # fmt: skip


def run(data: Path, quick: bool) -> None:
    """Print the median milliseconds of a redraw, by corpus (what is absent is left out) and question.

    `quick` leaves out the ten million words.
    """
    rows = [(name, *row) for name, study in _studies(data, quick) for row in _medians(study)]
    table = pd.DataFrame(rows, columns=["corpus", "question", "answer", "figure", "table", "together", "processor"])
    print(table.round(0).to_string(index=False))


def _studies(data: Path, quick: bool) -> Iterator[tuple[str, Study]]:
    yield "sample", open_study()
    reports, regulations = (data / "corpora" / name for name in ("provincial_reports", "local_regulations"))
    if reports.exists():
        yield "62 reports", open_study(reports)
    if regulations.exists() and not quick:
        yield f"{MILLIONS} million words", repeated(open_study(regulations), MILLIONS * 1_000_000)


def repeated(study: Study, words: int) -> Study:
    """The documents of a study again and again, under new names, until there are so many words."""
    from scipy import sparse

    times, docs, found = -(-words // int(study.dfm.totals.sum())), study.corpus.docs, study.occurrences
    docs = pd.concat([docs.set_axis(docs.index + f"_{i}") for i in range(times)])
    found = pd.concat([found.assign(doc_id=found["doc_id"] + f"_{i}") for i in range(times)], ignore_index=True)
    counts = make_dfm(
        sparse.vstack([study.dfm.counts] * times), study.dfm.features, docs.drop(columns="text"),
        totals=np.tile(study.dfm.totals, times), recipe=study.dfm.recipe,
    )  # fmt: skip
    made = Study(replace(study.corpus, docs=docs), study.lexicon, study.tokens, counts)
    made.__dict__["occurrences"] = found  # as a cached property keeps it
    return made


def _medians(study: Study) -> Iterator[tuple[Any, ...]]:
    for name, question in QUESTIONS.items():
        took = [_redraw(study, replace(question, **pick)) for pick in _picks(study.corpus.docs)]
        yield name, *(1000 * np.median(np.array(took[1:]), axis=0))  # the first also imports


def _picks(docs: pd.DataFrame) -> list[dict[str, Any]]:
    """The provinces, then the years, with most documents."""
    provinces, years = (docs[name].dropna().astype(str).value_counts().index for name in ("province", "year"))
    picks: list[dict[str, Any]] = [{"provinces": (name,)} for name in provinces]
    return [*picks, *({"years": (int(year), int(year))} for year in years)][: PICKS + 1]


def _redraw(study: Study, choice: Choice) -> list[float]:
    from analysis.plots.screen import png

    cpu, clock = time.process_time(), [time.perf_counter()]
    made = answer(study, choice)
    clock.append(time.perf_counter())
    if not made.table.empty:
        png(made.draw())
    clock.append(time.perf_counter())
    rows_of(made.table)
    clock.append(time.perf_counter())
    return [*np.diff(clock), clock[-1] - clock[0], time.process_time() - cpu]
