"""What a file holds before anything is judged: pieces of raw text with what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Piece:
    """One document's worth of raw text; ``key`` tells it from the others in its file (a row, a doc_id)."""

    text: str
    title: str = ""
    key: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """What a file holds, the encoding it was in, and what could not be read of it."""

    pieces: tuple[Piece, ...]
    encoding: str = ""
    notes: tuple[str, ...] = ()
