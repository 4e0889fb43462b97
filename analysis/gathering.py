"""Blocks of tokens put together: one numbering of their words, their documents in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

PAD = ""
_NONE = np.zeros(0, dtype=np.int32)


def gathered(blocks: Mapping[int, Any], places: Sequence[tuple[int, int]]) -> tuple[np.ndarray, ...]:
    """Codes, types, offsets and starts of documents, paragraphs and sentences, taken from blocks of tokens.

    ``places`` gives for each document a block's number and a row.
    """
    runs = _runs(places)
    pieces = [_piece(blocks[k], a, b) for k, a, b in runs]
    firsts = np.cumsum([0, *(len(piece[0]) for piece in pieces)])
    numbers = {k: np.zeros(len(blocks[k].types), dtype=np.int32) for k, _, _ in runs}
    for (k, a, b), piece in zip(runs, pieces, strict=True):
        numbers[k][slice(None) if b - a == len(blocks[k]) else piece[0]] = 1  # of a whole block every type is used
    types = _number({k: blocks[k].types for k in numbers}, numbers)
    codes = np.empty(firsts[-1], dtype=np.int32)
    for (k, _, _), piece, first in zip(runs, pieces, firsts[:-1], strict=True):
        np.take(numbers[k], piece[0], out=codes[first : first + len(piece[0])], mode="clip")
    starts = (
        np.concatenate([*(piece[n] + first for piece, first in zip(pieces, firsts[:-1], strict=True)), firsts[-1:]])
        for n in (2, 3, 4)
    )
    return codes, types, np.concatenate([_NONE, *(piece[1] for piece in pieces)]), *starts


def _runs(places: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Block, first row and end of every run of documents that stand together in a block too."""
    block, row = np.array(places, dtype=np.int64).reshape(-1, 2).T
    ends = np.flatnonzero((np.diff(block, append=-1) != 0) | (np.diff(row, append=-1) != 1)) + 1
    return [(int(block[a]), int(row[a]), int(row[b - 1]) + 1) for a, b in pairwise([0, *ends.tolist()])]


def _piece(block: Any, first: int, end: int) -> tuple[np.ndarray, ...]:
    """Codes, offsets and the three kinds of starts of some rows of a block."""
    a, b = block.doc_starts[[first, end]]
    units = (block.paragraph_starts, block.sentence_starts)
    inside = [block.doc_starts[first:end], *(starts[slice(*np.searchsorted(starts, [a, b]))] for starts in units)]
    return block.codes[a:b], block.offsets[a:b], *(starts - a for starts in inside)


def _number(types: Mapping[int, np.ndarray], numbers: Mapping[int, np.ndarray]) -> np.ndarray:
    """The types that are used (number 1) in any block, sorted after the pad; they are numbered in place."""
    own = [np.array([PAD], dtype=object), *(types[k][numbers[k] > 0] for k in types)]
    found, distinct = pd.factorize(np.concatenate(own))
    order = pc.sort_indices(pa.array(distinct, pa.string())).to_numpy()
    renumbered = np.split(np.argsort(order)[found], np.cumsum([len(words) for words in own]))[1:-1]
    for k, new in zip(types, renumbered, strict=True):
        numbers[k][numbers[k] > 0] = new
    return distinct[order]


def renumbered(codes: np.ndarray, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The codes over the words that occur, in their order, after the pad; words that stood for others are no types."""
    used = np.flatnonzero(np.bincount(codes, minlength=len(words)))
    renumber = np.zeros(len(words), dtype=np.int32)
    renumber[used] = np.arange(1, len(used) + 1)
    return renumber[codes], np.array([PAD, *map(words.__getitem__, used.tolist())], dtype=object)
