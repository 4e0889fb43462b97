"""A document between file and corpus: a piece of raw text, then a draft not yet placed or dated; drafts on disk."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Removed = Counter[tuple[str, str]]
"""How often what was taken out: (kind, text) → n."""


@dataclass(frozen=True)
class Piece:
    """One document's worth of raw text; ``key`` tells it from the others in its file (a row, a doc_id).

    ``removed`` is what the format's own reader left out, such as the running heads of a PDF.
    """

    text: str
    title: str = ""
    key: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    removed: Removed = field(default_factory=Counter)


@dataclass(frozen=True)
class Parsed:
    """What a file holds, the encoding it was in, and what could not be read of it."""

    pieces: tuple[Piece, ...]
    encoding: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """One document as read, cleaned and split off, not yet placed or dated.

    ``source`` is the path relative to the corpus folder with "/" separators; an entry of a zip is
    ``a.zip/inner.txt``; several documents in one file carry the suffix ``#1``, ``#2`` …
    ``text`` is the body: paragraphs separated by a newline, title and byline lines taken off.
    ``metadata`` has lower-case keys (front matter, html meta, spreadsheet columns, a metadata.csv row).
    ``removed`` is what cleaning took away, by kind and text. ``key`` and ``columns`` are its piece's.
    """

    source: str
    text: str
    title: str = ""
    byline: str = ""
    author: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    removed: Removed = field(default_factory=Counter)
    key: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


class Shelf(Sequence[Draft]):
    """A list of drafts that grows at its end and holds none of them: each is read from the file when asked for."""

    def __init__(self, file: Path) -> None:
        self.file, self.starts = file, [0]
        file.touch(exist_ok=False)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, which: Any) -> Any:
        start = self.starts[range(len(self))[which]]  # an IndexError past the end
        with self.file.open("rb") as file:
            file.seek(start)
            return pickle.load(file)

    def __iadd__(self, drafts: Iterable[Draft]) -> Shelf:
        with self.file.open("ab") as file:
            for draft in drafts:
                self.starts.append(self.starts[-1] + file.write(pickle.dumps(draft)))
        return self
