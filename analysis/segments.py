"""Paragraphs and sentences of a cleaned text, as character spans.

A paragraph is a line. A sentence ends with 。！？ (or the end of its paragraph); closing
quotes and brackets belong to the sentence they close.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

_KINDS = np.zeros(0x110000, dtype=np.uint8)  # of a character: ends a sentence, closes what ended, ends a line, is blank
for _kind, _marks in enumerate(("。！？!?", "”’」』）)》", "\n"), 1):
    _KINDS[[ord(mark) for mark in _marks]] = _kind
_KINDS[[code for code in range(0x3001) if chr(code).isspace() and code != 10]] = 4


def paragraph_spans(text: str) -> np.ndarray:
    """Start and end of every non-empty line, shape (paragraphs, 2)."""
    kinds = _kinds(text)
    lines = np.flatnonzero(kinds == 3)
    return _full(text, kinds, np.append(0, lines + 1), np.append(lines, len(text)))


def sentence_spans(text: str) -> np.ndarray:
    """Start and end of every sentence, shape (sentences, 2); no sentence crosses a line."""
    kinds = _kinds(text)
    lines = np.flatnonzero(kinds == 3)
    heads = np.append(0, lines + 1)[: len(lines) + bool(len(text)) - text.endswith("\n")]
    kinds[heads[kinds[heads] < 3]] = 0  # what a line begins with ends nothing
    marks = np.flatnonzero((kinds == 1) | (kinds == 2))
    cut = np.zeros(len(text) + 1, dtype=bool)
    cut[[0, len(text)]] = True
    cut[_run_ends(marks, kinds[marks] == 1)] = True
    cut[lines] = True
    cut[lines + 1] = True
    cuts = np.flatnonzero(cut)
    return _full(text, kinds, cuts[:-1], cuts[1:])


def _kinds(text: str) -> np.ndarray:
    return _KINDS.take(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32))


def _full(text: str, kinds: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The spans with something in them, shape (spans, 2)."""
    full = ends > starts
    doubtful = np.flatnonzero(full)[(kinds[starts[full]] >= 3) & (kinds[ends[full] - 1] >= 3)]
    full[doubtful[ends[doubtful] - starts[doubtful] == 1]] = False
    doubtful = doubtful[full[doubtful]]
    full[doubtful] = [not text[a:b].isspace() for a, b in zip(starts[doubtful], ends[doubtful], strict=True)]
    return np.column_stack((starts[full], ends[full])).astype(np.int64)


def _run_ends(marks: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Where each run of neighbouring marks ends, if one of it ends a sentence."""
    last = np.flatnonzero(np.diff(marks, append=-2) != 1)
    seen = np.cumsum(final)[last]
    return marks[last[np.diff(seen, prepend=0) > 0]] + 1


def span_of(spans: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Number of the span that holds each character position (the last one starting at or before it)."""
    return np.maximum(np.searchsorted(spans[:, 0], positions, side="right") - 1, 0)


@dataclass(frozen=True, eq=False)
class Joined:
    """Texts one below the other, so that many short ones are cut at the price of a long one.

    Attributes
    ----------
    text : str
    firsts : ndarray of int64, shape (texts + 1,)
        Where each text starts, and where the next one would.
    """

    text: str
    firsts: np.ndarray

    @functools.cached_property
    def paragraphs(self) -> np.ndarray:
        """`paragraph_spans` of all texts."""
        return paragraph_spans(self.text)

    @functools.cached_property
    def sentences(self) -> np.ndarray:
        """`sentence_spans` of all texts: none crosses a line, and so none a text."""
        return sentence_spans(self.text)


def join(texts: Iterable[str]) -> Joined:
    """The texts as the lines of one."""
    several = list(texts)
    return Joined("\n".join(several), np.cumsum([0, *(len(text) + 1 for text in several)]))
