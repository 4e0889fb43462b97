"""Reading: files of any format in, one row per document out, with where and when and the evidence for it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from analysis import cache
from analysis.cores import spread
from analysis.corpus import REMOVALS, Corpus, make_corpus
from analysis.lexicon import Lexicon, load_lexicon
from analysis.reading.documents import make_drafts, name_drafts
from analysis.reading.draft import Draft, Shelf
from analysis.reading.duplicates import Duplicate, find_duplicates
from analysis.reading.encodings import Unreadable
from analysis.reading.files import Entry, Found, list_files, open_file
from analysis.reading.formats import parse
from analysis.reading.metadata import Overrides, describe, docvars, read_overrides, read_settings
from analysis.reading.splits import Splits, read_splits

CODE = ("reading/*.py", "corpus.py", "lexicon.py", "variants.py", "resources/places.csv", "resources/characters.txt")
PARSERS = ("lxml", "openpyxl", "pandas", "pypdfium2", "python-docx", "trafilatura")
Work = Callable[[Any], Any]
REPORT = ("file", "status", "reason", "n_documents", "encoding", "removed")


@dataclass
class _Desk:
    """What has been read so far."""

    drafts: Any = field(default_factory=list)  # of Draft; or a Shelf, and then no text is held
    report: dict[str, dict[str, Any]] = field(default_factory=dict)
    overrides: list[Overrides] = field(default_factory=list)
    splits: list[Splits] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def note(self, file: str, status: str, reason: str = "", **more: Any) -> None:
        row = {"file": file, "status": status, "reason": reason, "n_documents": 0, "encoding": "", "removed": ""}
        self.report[file] = row | more

    def add(self, other: _Desk) -> None:
        """What was read at another desk after this one."""
        self.drafts += other.drafts
        self.overrides += other.overrides
        self.splits += other.splits
        self.report |= other.report
        self.digests |= other.digests
        self.settings = other.settings | self.settings


def read_corpus(path: str | Path, *, lexicon: Lexicon | None = None, n_jobs: int = 1, keep: bool = False) -> Corpus:
    """Read a folder of documents, one file or a zip.

    Text, Markdown, web pages, Word, PDF, spreadsheets, csv, JSON and Stata files, also zipped, in any usual
    encoding. Each document is cleaned, told from the others in its file, placed and dated; of documents
    that say the same one is kept. ``metadata.csv`` beside the files (columns ``file`` or ``doc_id`` and any
    of the corpus's) and ``splits.csv`` (``file, line, words, article``: which line of a file belongs to which
    article; ``write_splits`` writes a first one) go before what is inferred. ``corpus.toml``
    may name the corpus and add a caption note (``name``, ``note_zh``, ``note_en``).

    Parameters
    ----------
    path : str or Path
        Folders are read with their subfolders, in order of relative path.
    lexicon : Lexicon, optional
        Dated formulations that bound the year of documents that name none; the built-in one by default.
    n_jobs : int
        Processes that read, −1 for every core; the corpus does not depend on it.
    keep : bool
        Keep what each file gives in the cache, and take from there what an earlier run read, as ``open_study`` does.

    Returns
    -------
    Corpus
        ``report`` has one row per file or zip entry: ``file, status, reason, n_documents, encoding,
        removed``; status is ``read``, ``partly``, ``skipped``, ``duplicate`` or ``failed``.
        ``removals`` lists what cleaning took out: ``file, doc_id, kind, text, n``; a line break as
        ``before⏎after``. Documents left out as duplicates are in it too.

    Raises
    ------
    FileNotFoundError
        If there is nothing at ``path``.
    ValueError
        If no document could be read, with the reason for each file.
    """
    lexicon = lexicon or load_lexicon()
    return _read(Path(path), _Desk(), lexicon, partial(_run, code_digest(lexicon) if keep else "", n_jobs))


def read_apart(
    path: str | Path, shelf: Shelf, *, lexicon: Lexicon | None = None, n_jobs: int = 1
) -> tuple[Corpus, Iterable[str]]:
    """As ``read_corpus``, but of more than fits into memory: the corpus with empty texts, and its texts in order."""
    corpus = _read(Path(path), _Desk(drafts=shelf), lexicon or load_lexicon(), partial(_run, "", n_jobs))
    known = set(corpus.docs.index)
    stays = [i for i, name in enumerate(name_drafts(shelf)) if name in known]
    docs = corpus.docs.assign(n_chars=[len(shelf[i].text) for i in stays])
    return replace(corpus, docs=docs), (shelf[i].text for i in stays)


def _read(path: Path, desk: _Desk, lexicon: Lexicon, run: Callable[..., Iterator[Any]]) -> Corpus:
    if not path.exists():
        raise FileNotFoundError(f"No file or folder {str(path)!r}; give a folder of documents, one file or a zip.")
    _read_files(list_files(path), desk, run)
    if not desk.drafts:
        raise ValueError(_nothing(path, desk))
    names = name_drafts(desk.drafts)
    copies = find_duplicates(desk.drafts)
    frame = _frame(desk, names, {copy.which for copy in copies}, lexicon, run)
    _report_copies(desk, copies, names)
    for splits in desk.splits:
        desk.note(splits.path, "skipped", splits.summary(desk.report))
    for overrides in desk.overrides:
        desk.note(overrides.path, "skipped", overrides.summary())
    report = pd.DataFrame([desk.report[file] for file in sorted(desk.report)], columns=list(REPORT))
    corpus = make_corpus(frame, report=report, recipe=(_step(path, desk, len(frame)),))
    return replace(corpus, removals=_removals(desk, names))


def _removals(desk: _Desk, names: list[str]) -> pd.DataFrame:
    """What was taken out of each document, one row per kind and text."""
    rows = [
        (_file_of(draft.source, desk), name, kind, text, n)
        for draft, name in zip(desk.drafts, names, strict=True) for (kind, text), n in sorted(draft.removed.items())
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(REMOVALS)).astype({"n": "int64"})


def code_digest(lexicon: Lexicon) -> str:
    """Digest of all that a corpus depends on besides its files: code, parsers, the dated formulations."""
    dated = lexicon.entries.loc[lexicon.entries["first_date"] != "", ["first_date", "last_date", "confidence"]]
    surfaces = lexicon.surfaces[lexicon.surfaces.isin(dated.index)]
    return cache.digest(cache.source_digest(CODE, PARSERS), dated.to_csv(), surfaces.to_csv())


def _run(
    room: str, n_jobs: int, work: Work, parts: Sequence[Any], key: Callable[[Any], str], **bar: Any
) -> Iterator[Any]:
    """What ``work`` makes of each part, kept under its ``key`` in this room of the cache, if there is one."""

    def compute(new: Iterable[int]) -> Iterator[Any]:
        return spread(work, [parts[k] for k in new], n_jobs=n_jobs, **bar)

    return cache.remembered(room, [key(part) for part in parts], compute) if room else compute(range(len(parts)))


def _read_files(files: list[Found], desk: _Desk, run: Callable[..., Iterator[Any]]) -> None:
    """All files, each at a desk of its own, where what every splits.csv says is known."""
    files.sort(key=lambda found: PurePosixPath(found.path).name != "splits.csv")
    first = sum(PurePosixPath(found.path).name == "splits.csv" for found in files)
    for found in files[:first]:
        desk.add(_read_file([], found))

    def key(found: Found) -> str:
        return cache.digest(found.path, found.skipped, cache.content(found.full), repr(desk.splits))

    for read in run(partial(_read_file, list(desk.splits)), files[first:], key, what="阅读 reading", unit="file"):
        desk.add(read)


def _read_file(splits: list[Splits], found: Found) -> _Desk:
    desk = _Desk()
    if found.skipped:
        desk.note(found.path, _status(found.skipped), found.skipped)
        return desk
    digest = hashlib.sha256()
    for entry in open_file(found):
        digest.update(entry.path.encode() + b"\0" if entry.path != found.path else b"")
        digest.update(entry.data)
        _read_entry(entry, desk, splits)
    desk.digests[found.path] = digest.hexdigest()
    return desk


def _read_entry(entry: Entry, desk: _Desk, splits: list[Splits]) -> None:
    """Read one file, or report why not."""
    name = PurePosixPath(entry.path).name
    if entry.refused:
        desk.note(entry.path, _status(entry.refused), entry.refused)
        return
    try:
        if name == "metadata.csv":
            desk.overrides.append(read_overrides(entry.path, entry.data))
        elif name == "splits.csv":
            desk.splits.append(read_splits(entry.path, entry.data))
        elif name == "corpus.toml":
            desk.settings = read_settings(entry.data) | desk.settings
            desk.note(entry.path, "skipped", "not a document: settings of the corpus")
        else:
            _read_document(entry, desk, [*splits, *desk.splits])
    except Unreadable as error:
        desk.note(entry.path, _status(str(error)), str(error))


def _status(reason: str) -> str:
    """``skipped`` for what was not meant as a document, ``failed`` for what should have been read."""
    meant = ("its name", "a README", "not a document", "no reader", "a link", "not a regular file")
    return "skipped" if reason.startswith(meant) else "failed"


def _read_document(entry: Entry, desk: _Desk, splits: list[Splits]) -> None:
    parsed = parse(entry.path, entry.data)
    stated = next((rows for table in splits if (rows := table.of(entry.path))), ())
    drafts, notes = make_drafts(entry.path, parsed, stated)
    if not drafts:
        raise Unreadable("no Chinese text in it")
    desk.drafts += drafts
    removed = Counter(kind for draft in drafts for kind, _ in draft.removed.elements())
    listed = "; ".join(f"{kind} {n}" for kind, n in sorted(removed.items()))
    more = {"n_documents": len(drafts), "encoding": parsed.encoding, "removed": listed}
    desk.note(entry.path, "partly" if parsed.notes else "read", "; ".join((*parsed.notes, *notes)), **more)


def _frame(desk: _Desk, names: list[str], left_out: set[int], lexicon: Lexicon, run: Any) -> pd.DataFrame:
    """One row per document that stays."""
    tables = sorted(desk.overrides, key=lambda table: table.folder.count("/"))
    # Rows are looked up for copies too: a table says which of its rows fit no document.
    every = [
        {k: v for table in tables for k, v in table.row_for(draft.source, name).items()}
        for draft, name in zip(desk.drafts, names, strict=True)
    ]
    stays = [i for i in range(len(names)) if i not in left_out]
    work = partial(_described, desk.drafts, every, lexicon)

    def key(i: int) -> str:
        return cache.digest(repr((desk.drafts[i], every[i])))

    found = run(work, stays, key, what="时地 where and when", unit="doc")
    rows, apart = [], isinstance(desk.drafts, Shelf)
    for i, (values, notes) in zip(stays, found, strict=True):
        draft, stated = desk.drafts[i], every[i]
        own = {"doc_id": names[i], "title": stated.get("title") or draft.title or None, "source": draft.source}
        own |= {"author": stated.get("author") or draft.author or None, "text": "" if apart else draft.text}
        rows.append({**docvars(draft.columns), **docvars(stated), **own, **values})
        if notes:
            row = desk.report[_file_of(draft.source, desk)]
            row["reason"] = "; ".join(filter(None, [row["reason"], *notes]))
    return pd.DataFrame(rows)


def _described(drafts: list[Draft], stated: list[dict[str, str]], lexicon: Lexicon, i: int) -> Any:
    return describe(drafts[i], stated[i], lexicon)


def _file_of(source: str, desk: _Desk) -> str:
    return source if source in desk.report else source.rpartition("#")[0]


def _report_copies(desk: _Desk, copies: Iterable[Duplicate], names: list[str]) -> None:
    """A line for each copy, and at the document kept, under which names its text is filed."""
    groups: dict[int, list[Duplicate]] = {}
    for copy in copies:
        groups.setdefault(copy.kept, []).append(copy)
        source, kept = desk.drafts[copy.which].source, desk.drafts[copy.kept].source
        reason = f"same text as {kept} (doc_id {names[copy.kept]}), which is kept; overlap {copy.overlap:.0%}"
        row = desk.report[_file_of(source, desk)]
        row["n_documents"] -= 1
        if source == row["file"]:
            row |= {"status": "duplicate", "reason": "; ".join(filter(None, [reason, row["reason"]]))}
        else:
            desk.note(source, "duplicate", reason, encoding=row["encoding"])
    for best, group in groups.items():
        filed = ", ".join([names[best], *(names[copy.which] for copy in group)])
        least = min(copy.overlap for copy in group)
        said = f"the same text is filed under {filed} (overlap at least {least:.0%}); kept here only"
        row = desk.report[_file_of(desk.drafts[best].source, desk)]
        row["reason"] = "; ".join(filter(None, [row["reason"], said]))


def _step(path: Path, desk: _Desk, documents: int) -> dict[str, Any]:
    """The recipe's first step: names, notes and digests; no path, user or clock."""
    said = {"step": "read", "name": path.resolve().name, "note_zh": "", "note_en": ""} | desk.settings
    return said | {"files": desk.digests, "documents": documents}


def _nothing(path: Path, desk: _Desk) -> str:
    rows = list(desk.report.values())
    if not rows:
        return f"No document in {path.name!r}: it holds no files; put txt, docx, pdf or other documents there."
    said = "; ".join(f"{row['file']} ({row['reason']})" for row in rows[:5])
    more = f"; and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"No document could be read in {path.name!r}; {len(rows)} files looked at: {said}{more}."
