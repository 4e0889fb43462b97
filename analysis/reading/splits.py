"""What the user says about which line of a file belongs to which article: ``splits.csv`` beside the files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd

from analysis.reading.articles import Article, split_articles, stated_article
from analysis.reading.cleaning import clean
from analysis.reading.encodings import Unreadable, decode
from analysis.reading.files import Found, list_files, open_file
from analysis.reading.formats import parse
from analysis.reading.rows import column_name, read_csv

COLUMNS = ("file", "line", "words", "article", "doubtful")
_AGAIN = re.compile(r"[\W_]+")


class Row(NamedTuple):
    """A line by its number or first words, and the article it begins a stretch of; no article leaves it out."""

    line: str
    words: str
    article: str


@dataclass(frozen=True)
class Splits:
    """The rows of one splits.csv by file, in their order."""

    path: str
    rows: Mapping[str, Sequence[Row]]

    def of(self, source: str) -> Sequence[Row]:
        """The rows about a file, named by its path beside the splits.csv."""
        folder = PurePosixPath(self.path).parent.as_posix()
        return self.rows.get(source if folder == "." else source.removeprefix(folder + "/"), ())

    def summary(self, files: Collection[str]) -> str:
        """What became of its rows, ``files`` being those read."""
        fits = {source for source in files if self.of(source)}
        unused = sorted(set(self.rows) - {name for name in self.rows for source in fits if source.endswith(name)})
        said = f"not a document: says which lines belong to which article in {len(fits)} files"
        return said + (f"; {', '.join(map(repr, unused))} is no file read; correct the column file" if unused else "")


def read_splits(path: str, data: bytes) -> Splits:
    """Read a splits.csv: columns ``file``, ``article`` and ``line`` or ``words``; Unreadable if one is missing.

    ``line`` numbers the lines of the cleaned text that are not empty, from 1; ``words`` are a line's first
    words. A line without a row belongs with the line before it. The order of the rows is the order in which
    an article is read. Lines whose ``article`` is empty are left out.
    """
    frame, _ = read_csv(decode(data).text)
    frame.columns = [column_name(name) for name in frame.columns]
    missing = [name for name in ("file", "article") if name not in frame]
    if missing or not {"line", "words"} & set(frame):
        raise Unreadable(
            f"no column {missing[0] if missing else 'line'!r}; splits.csv has file, line or words, article"
        )
    rows: dict[str, list[Row]] = {}
    for record in frame.to_dict("records"):
        values = {name: str(record.get(name, "")).strip() for name in COLUMNS}
        file = values["file"].replace("\\", "/").removeprefix("./")
        rows.setdefault(file, []).append(Row(values["line"], values["words"], values["article"]))
    return Splits(path, rows)


def split_as_stated(text: str, rows: Sequence[Row]) -> list[Article]:
    """The articles of a cleaned text as the rows of a splits.csv say, in order of first appearance.

    ValueError if a row fits no line or several, a line has two rows, or the first line has none.
    """
    lines = [line for line in text.split("\n") if line]
    starts = [_find(lines, row) for row in rows]
    for n, start in enumerate(starts):
        if start in starts[:n]:
            raise ValueError(f"two rows for line {start + 1} ({lines[start][:12]!r}); delete one of them")
    if 0 not in starts:
        raise ValueError(f"no row for line 1 ({lines[0][:12]!r}); say which article it belongs to")
    ends = {a: b for a, b in zip(sorted(starts), [*sorted(starts)[1:], len(lines)], strict=True)}
    articles: dict[str, list[str]] = {}
    for start, row in zip(starts, rows, strict=True):
        if row.article:
            articles.setdefault(row.article, []).extend(lines[start : ends[start]])
    return [stated_article(own) for own in articles.values()]


def _find(lines: Sequence[str], row: Row) -> int:
    """The line a row is about: the one of its number if that begins so, else the only one that begins so."""
    wanted = _AGAIN.sub("", row.words)
    at = int(row.line) - 1 if row.line.isdigit() else -1
    fits = [i for i, line in enumerate(lines) if _AGAIN.sub("", line).startswith(wanted)] if wanted else []
    if 0 <= at < len(lines) and (not wanted or at in fits):
        return at
    if len(fits) == 1:
        return fits[0]
    if fits:
        numbers = ", ".join(str(i + 1) for i in fits)
        raise ValueError(f"words {row.words!r} begin lines {numbers}; write more words, or the number in line")
    if wanted:
        raise ValueError(f"words {row.words!r} begin no line; copy the first words of the line as it is in the file")
    raise ValueError(f"line {row.line!r} is none of 1–{len(lines)}; count the lines that are not empty")


def write_splits(path: str | Path) -> Path:
    """Write a first ``splits.csv`` from what is inferred, to be corrected.

    One row for each line of every file that holds several articles: ``file, line, words`` (the line's first
    twelve characters), ``article`` (a number; empty for copies left out), ``doubtful`` (the authors it could
    belong to). Rows stand in reading order; move a row to move its line.

    Parameters
    ----------
    path : str or Path
        A folder of documents, or one file; the splits.csv is written in the folder.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    FileExistsError
        If there is one already.
    ValueError
        If no file holds several articles.
    """
    path = Path(path)
    target = (path if path.is_dir() else path.parent) / "splits.csv"
    if target.exists():
        raise FileExistsError(f"{target.name!r} exists already; correct it, or move it away to begin anew.")
    rows = [row for found in list_files(path) if not found.skipped for row in _rows(found)]
    if not rows:
        raise ValueError(f"No file in {path.name!r} was taken for several articles; write splits.csv by hand.")
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(target, index=False, encoding="utf-8-sig")
    return target


def _rows(found: Found) -> list[tuple[str, int, str, str, str]]:
    """The rows of every file, or entry of a zip, that holds several articles."""
    rows = []
    for entry in open_file(found):
        try:
            pieces = () if entry.refused else parse(entry.path, entry.data).pieces
        except Unreadable:
            continue
        text = clean(pieces[0].text).text if len(pieces) == 1 and not pieces[0].key else ""
        articles, _ = split_articles(text)
        lines = [line for line in text.split("\n") if line] if articles else []
        placed = [
            (i, str(k), article.doubtful.get(i, "")) for k, article in enumerate(articles, 1) for i in article.lines
        ]
        left = sorted(set(range(len(lines))) - {i for i, _, _ in placed})
        for i, k, who in [*placed, *((i, "", "") for i in left)]:
            text_mark = "'" * (lines[i][0] in "=+-@")  # so that a spreadsheet takes the words for text
            rows.append((entry.path, i + 1, text_mark + lines[i][:12], k, who))
    return rows
