"""What the user says about documents: ``metadata.csv`` beside the files and the columns of a spreadsheet."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from analysis.corpus import COLUMNS, INSTITUTION_TYPES, LEVELS
from analysis.lexicon import Lexicon
from analysis.reading.dates import filed_year, stated_date, when
from analysis.reading.draft import Draft
from analysis.reading.encodings import Unreadable, decode
from analysis.reading.places import locate
from analysis.reading.rows import column_name, read_csv

_WHERE = ("province", "prefecture", "county", "level", "institution", "institution_type", "region")
_WHEN = ("year", "date")
_SPANS = ("date_earliest", "date_latest")
_COMPARED = ("province", "prefecture", "county", "level", "institution_type", "year", "date")


@dataclass
class Overrides:
    """The rows of one metadata.csv, by file name and by doc_id, and which of them were used."""

    path: str
    rows: Mapping[str, Mapping[str, str]]
    notes: Sequence[str] = ()
    used: set[str] = field(default_factory=set)

    @property
    def folder(self) -> str:
        """The folder it speaks for, with a closing slash, or an empty string at the top."""
        parent = PurePosixPath(self.path).parent.as_posix()
        return "" if parent == "." else parent + "/"

    def row_for(self, source: str, doc_id: str) -> Mapping[str, str]:
        """The row about a document: by relative path, file name, doc_id, in this order."""
        if not source.startswith(self.folder):
            return {}
        inside = source.removeprefix(self.folder)
        whole = inside.rpartition("#")[0] if "#" in inside else inside
        files = [inside, whole, PurePosixPath(inside).name, PurePosixPath(whole).name]
        names = [*files, doc_id, PurePosixPath(whole).stem]
        key = next((name for name in names if name in self.rows), None)
        if key is None:
            return {}
        self.used.add(self.rows[key]["\0row"])
        return {name: value for name, value in self.rows[key].items() if name != "\0row"}

    def summary(self) -> str:
        """What became of its rows."""
        all_rows = dict.fromkeys(row["\0row"] for row in self.rows.values())
        unused = [name for name in all_rows if name not in self.used]
        said = [f"not a document: metadata of {len(all_rows) - len(unused)} documents", *self.notes]
        if unused:
            said.append(f"{len(unused)} rows fit no document: {', '.join(unused[:5])}")
        return "; ".join(said)


def read_overrides(path: str, data: bytes) -> Overrides:
    """Read a metadata.csv; Unreadable if it has no column ``file`` or ``doc_id``."""
    frame, notes = read_csv(decode(data).text)
    frame.columns = [column_name(name) for name in frame.columns]
    keys = [name for name in ("doc_id", "file") if name in frame]
    if not keys:
        raise Unreadable("no column 'file' or 'doc_id' to tell which document a row is about; add one")
    rows: dict[str, dict[str, str]] = {}
    for record in frame.to_dict("records"):
        values = {str(name): str(value).strip() for name, value in record.items() if str(value).strip()}
        for key in keys:
            if name := values.get(key, "").replace("\\", "/").removeprefix("./"):
                rows[name] = {**{n: v for n, v in values.items() if n not in keys}, "\0row": name}
    return Overrides(path, rows, tuple(notes))


def read_settings(data: bytes) -> dict[str, str]:
    """The entries ``name``, ``note_zh`` and ``note_en`` of a corpus.toml; Unreadable if it is not valid TOML."""
    try:
        settings = tomllib.loads(decode(data).text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"not valid TOML ({error})") from error
    return {key: str(settings[key]) for key in ("name", "note_zh", "note_en") if key in settings}


def describe(draft: Draft, stated: Mapping[str, str], lexicon: Lexicon) -> tuple[dict[str, Any], list[str]]:
    """Where and when a document is from, what metadata.csv states going before what is inferred.

    With the columns ``locate`` and ``when`` fill come notes: where what is stated, in metadata.csv or by the file's
    name, and what the text says differ, and stated values that are not understood.
    """
    known = {name: value for name, value in stated.items() if name in (*_WHERE, *_WHEN)}
    usable = {k: v for k, v in known.items() if k != "institution_type" or v in INSTITUTION_TYPES}
    titled = replace(draft, title=stated.get("title", draft.title))
    values = _read(replace(titled, metadata={**draft.metadata, **usable}), lexicon)
    if (said := stated_date(known, ("date",))) and said[1] == values["year"] and said[2]:
        values |= dict.fromkeys(("date", *_SPANS), said[2])
    values |= {name: stated[name] for name in _SPANS if name in stated}
    notes = _unknown(values, known)
    values |= {"level": values["level"] if values["level"] in LEVELS else None}
    named = filed_year(draft.source)
    if named and values["year_status"] == "explicit" and named[0] != values["year"]:
        notes.append(f"the file name says {named[0]}, the text {values['year']}")
    if known:
        rest = {name: value for name, value in draft.metadata.items() if name not in (*_WHERE, *_WHEN)}
        notes += _differences(values, _read(replace(draft, metadata=rest), lexicon), known)
    for what, names in (("region", _WHERE), ("year", _WHEN)):
        if known.keys() & names and values[f"{what}_status"] == "given":
            values[f"{what}_evidence"] = f"metadata.csv: {str(values[f'{what}_evidence']).partition(': ')[2]}"
    if said and values["year_status"] == "given":
        values["year_evidence"] = f"metadata.csv: {known['date']}"
    return values, notes


def _read(draft: Draft, lexicon: Lexicon) -> dict[str, Any]:
    place = locate(draft)
    return {**place, **when(draft, lexicon, place)}


def docvars(columns: Mapping[str, str]) -> dict[str, str]:
    """The columns a user added that are none of the corpus's own."""
    return {name: value for name, value in columns.items() if name not in (*COLUMNS, "doc_id", "file")}


def _unknown(values: Mapping[str, object], known: Mapping[str, str]) -> list[str]:
    """Stated values that were not understood; what the text says stands in their place."""
    read = {name: str(values[name] or "") for name in ("province", "prefecture", "county")}
    fits = {name: said.startswith(known.get(name, "")[:2]) or known[name] in said for name, said in read.items()}
    fits["level"] = values["level"] in LEVELS
    fits["year"] = known.get("year", "")[:4] == str(values["year"])
    fits["institution_type"] = known.get("institution_type") in INSTITUTION_TYPES
    odd = [name for name, fit in fits.items() if name in known and not fit]
    return [f"{name} {known[name]!r} in metadata.csv is not known and was left out" for name in odd]


def _differences(values: Mapping[str, Any], bare: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    said = []
    for name in _COMPARED:
        status = bare["year_status" if name in _WHEN else "region_status"]
        apart = bare[name] is not None and values[name] is not None and bare[name] != values[name]
        if name in known and apart and status in ("explicit", "inferred"):
            said.append(f"metadata.csv says {name} {values[name]}, the text {bare[name]}")
    first, last = bare["date_earliest"] or "", bare["date_latest"] or "9"
    if "year" in known and bare["year_status"] == "bounded" and not first[:4] <= str(values["year"]) <= last[:4]:
        said.append(f"metadata.csv says year {values['year']}, the text bounds it: {bare['year_evidence']}")
    return said
