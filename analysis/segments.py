"""Paragraphs and sentences of a cleaned text, as character spans.

A paragraph is a line. A sentence ends with 。！？ (or the end of its paragraph); closing
quotes and brackets belong to the sentence they close.
"""

from __future__ import annotations

import re

import numpy as np

_PARAGRAPH = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r"[^\n]+?(?:(?:[。！？!?]+[”’」』）)》]*)+|(?=\n)|$)")


def _spans(pattern: re.Pattern[str], text: str) -> np.ndarray:
    found = [match.span() for match in pattern.finditer(text) if match.group().strip()]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def paragraph_spans(text: str) -> np.ndarray:
    """Start and end of every non-empty line, shape (paragraphs, 2)."""
    return _spans(_PARAGRAPH, text)


def sentence_spans(text: str) -> np.ndarray:
    """Start and end of every sentence, shape (sentences, 2); no sentence crosses a line."""
    return _spans(_SENTENCE, text)


def span_of(spans: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Number of the span that holds each character position (the last one starting at or before it)."""
    return np.maximum(np.searchsorted(spans[:, 0], positions, side="right") - 1, 0)
