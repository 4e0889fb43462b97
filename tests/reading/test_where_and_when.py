"""Where and when, from a file's bytes to its row: small documents composed to mislead, one a line of a csv."""

import csv
from pathlib import Path

import pytest

from analysis.lexicon import load_lexicon
from analysis.reading.documents import make_drafts
from analysis.reading.formats import parse
from analysis.reading.metadata import describe

with Path(__file__).with_name("where_and_when.csv").open(encoding="utf-8") as lines:
    CASES = [tuple(row.values()) for row in csv.DictReader(lines)]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_where_and_when(text: str, expected: str) -> None:
    """``/`` is a line break; nothing after ``=``: the value must be missing; bounds and evidence are given in part."""
    (draft,), _ = make_drafts("x.txt", parse("x.txt", text.replace("/", "\n").encode()))
    found, _ = describe(draft, {}, load_lexicon())
    for name, value in (item.split("=") for item in expected.split()):
        read = "" if found[name] is None else str(found[name])
        part = name.startswith("date_") and value or name.endswith("_evidence")
        whole = read[: len(value)] if part else read
        assert whole == value, (name, read, found["region_evidence"], found["year_evidence"])
