"""Paragraphs and sentences of a cleaned text, as character spans.

A paragraph is a line. A sentence ends with 。！？ (or the end of its paragraph); closing
quotes and brackets belong to the sentence they close.
"""

from __future__ import annotations

import re

import numpy as np

_PARAGRAPH = re.compile(r"[^\n]+")
_KINDS = np.zeros(0x110000, dtype=np.uint8)  # of a character: ends a sentence, closes what ended, ends a line
for _kind, _marks in enumerate(("。！？!?", "”’」』）)》", "\n"), 1):
    _KINDS[[ord(mark) for mark in _marks]] = _kind


def paragraph_spans(text: str) -> np.ndarray:
    """Start and end of every non-empty line, shape (paragraphs, 2)."""
    found = [match.span() for match in _PARAGRAPH.finditer(text) if match.group().strip()]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def sentence_spans(text: str) -> np.ndarray:
    """Start and end of every sentence, shape (sentences, 2); no sentence crosses a line."""
    kinds = _KINDS[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
    lines = np.flatnonzero(kinds == 3)
    heads = np.append(0, lines + 1)[: len(lines) + bool(len(text)) - text.endswith("\n")]
    kinds[heads[kinds[heads] < 3]] = 0  # what a line begins with ends nothing
    marks = np.flatnonzero((kinds == 1) | (kinds == 2))
    ends = _run_ends(marks, kinds[marks] == 1)
    cuts = np.unique(np.concatenate(([0], ends, lines, lines + 1, [len(text)])))
    spans = np.column_stack((cuts[:-1], cuts[1:])).astype(np.int64)
    full = [not text[a:b].isspace() if text[a].isspace() else True for a, b in spans.tolist()]
    return spans[np.array(full, dtype=bool)]


def _run_ends(marks: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Where each run of neighbouring marks ends, if one of it ends a sentence."""
    last = np.flatnonzero(np.diff(marks, append=-2) != 1)
    seen = np.cumsum(final)[last]
    return marks[last[np.diff(seen, prepend=0) > 0]] + 1


def span_of(spans: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Number of the span that holds each character position (the last one starting at or before it)."""
    return np.maximum(np.searchsorted(spans[:, 0], positions, side="right") - 1, 0)
