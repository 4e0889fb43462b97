"""jieba's dictionary words: the most probable path through all words a text can be read as, for many texts at once.

Places equally far from the end of their stretch of letters do not depend on each other, so jieba's dynamic
programme runs over all of them in one array operation. Sums are added in jieba's order, so that they round alike.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class WordList:
    """jieba's dictionary as a tree of prefixes, numbered so that neighbours in kind are neighbours in number.

    Attributes
    ----------
    keys : ndarray of int64
        ``(number of the prefix without its last character + 1) << 16 | last character``, by number.
    weights : ndarray of float64
        Log-probability of each prefix as a word; −∞ for those that are none.
    word, leaf, end : int
        Numbers from which prefixes are words, begin no longer ones, and are no words again.
    roots, single : ndarray, shape (0x10000,)
        Of each character: its number if it goes on, else −1; its weight as a word.
    unknown : float
        Log-probability of a character that is no word.
    """

    keys: np.ndarray
    weights: np.ndarray
    roots: np.ndarray
    single: np.ndarray
    word: int
    leaf: int
    end: int
    unknown: float

    @functools.cached_property
    def prefixes(self) -> pd.Index:
        """The keys, to be looked up."""
        return pd.Index(self.keys)


@dataclass(frozen=True, eq=False)
class Readings:
    """Words of two or more characters that could stand in a text, by place: start, length and number."""

    start: np.ndarray
    length: np.ndarray
    number: np.ndarray

    def take(self, chosen: np.ndarray) -> Readings:
        return Readings(self.start[chosen], self.length[chosen], self.number[chosen])


@dataclass(frozen=True, eq=False)
class _Grid:
    """Places by distance to the end of their stretch: row d holds the stretches of d or more, the longest first."""

    place: np.ndarray
    distance: np.ndarray
    stretch: np.ndarray
    rows: np.ndarray


def make_word_list(frequencies: Mapping[str, int], total: int) -> WordList:
    """The tree of a jieba dictionary, which holds every prefix of its words."""
    words = list(frequencies)
    numbered = dict(zip(words, range(len(words)), strict=True))
    parent = np.array([numbered[word[:-1]] if len(word) > 1 else -1 for word in words])
    last = np.array([ord(word[-1]) for word in words])
    frequency = np.fromiter(frequencies.values(), np.int64, len(words))
    begins = np.zeros(len(words), dtype=bool)
    begins[parent[parent >= 0]] = True
    kind = np.where(begins, frequency > 0, 3 - (frequency > 0))  # goes on; and is a word; is a word only; is nothing
    order = np.argsort(kind, kind="stable")
    first = np.searchsorted(kind[order], np.arange(5)).tolist()
    number = np.empty(len(words) + 1, dtype=np.int64)
    number[order], number[-1] = np.arange(len(words)), -1
    parent, last = number[parent[order]], last[order]
    distinct, which = np.unique(frequency[order], return_inverse=True)
    logs = np.array([math.log(n) - math.log(total) if n else -np.inf for n in distinct.tolist()])
    keys = np.where(last < 0x10000, parent + 1 << 16 | last, -1 - number[:-1])  # jieba looks up no others
    roots, single = np.full(0x10000, -1), np.full(0x10000, -np.inf)
    alone = np.flatnonzero((parent < 0) & (last < 0x10000))
    single[last[alone]] = logs[which[alone]]
    alone = alone[alone < first[2]]
    roots[last[alone]] = alone
    _, word, leaf, end, _ = first
    return WordList(keys, logs[which], roots, single, word=word, leaf=leaf, end=end, unknown=-math.log(total))


def best_reading(chars: np.ndarray, inside: np.ndarray, words: WordList) -> tuple[np.ndarray, Readings, Readings]:
    """What jieba's accurate mode makes of each stretch before its hidden Markov model.

    Parameters
    ----------
    chars : ndarray of int64
        Code points; the last one is outside.
    inside : ndarray of bool
        Where letters stand; a run of them is a stretch.

    Returns
    -------
    starts : ndarray of bool
        Where a word starts; all that is outside too.
    chosen, other : Readings
        The words of two or more characters on the path, and those that start where a single character is on it.
    """
    grid = _grid(inside)
    letters = np.where(inside, chars, 0)
    found, at = _readings(letters, grid, words)
    weight = words.weights[found.number]
    single = words.single[letters[grid.place]]
    nothing = single == -np.inf
    nothing[at] = False
    single[nothing] = words.unknown
    target = grid.rows[grid.distance[at] - found.length] + grid.stretch[at]
    score = _scores(grid, single, at, target, weight)
    length = np.ones(len(score), dtype=np.int64)
    best = weight + score[target] == score[at]
    np.maximum.at(length, at[best], found.length[best])  # of equals jieba takes the longest
    starts, path = ~inside, _path(grid, length)
    starts[grid.place[path]] = True
    on_path = path[at]
    return starts, found.take(on_path & (found.length == length[at])), found.take(on_path & (length[at] == 1))


def _grid(inside: np.ndarray) -> _Grid:
    edges = np.flatnonzero(np.diff(inside, prepend=False))
    lengths = edges[1::2] - edges[::2]
    order = np.argsort(-lengths, kind="stable")
    ends, lengths = edges[1::2][order], lengths[order]
    longest = int(lengths[0]) if len(lengths) else 0
    size = np.searchsorted(-lengths, -np.arange(longest + 1), side="right")
    rows = np.concatenate([[0], np.cumsum(size)])
    distance = np.repeat(np.arange(longest + 1), size)
    stretch = np.arange(len(distance)) - np.repeat(rows[:-1], size)
    return _Grid(ends[stretch] - distance, distance, stretch, rows)


def _readings(letters: np.ndarray, grid: _Grid, words: WordList) -> tuple[Readings, np.ndarray]:
    """All words of two or more characters, and the number of the grid's place that each starts at."""
    number = words.roots[letters[grid.place]]
    at = np.flatnonzero(number >= 0)
    place, number = grid.place[at], number[at]
    parts, length = [], 1
    while len(at):
        number = words.prefixes.get_indexer((number + 1) << 16 | letters[place + length])
        length += 1
        word = np.flatnonzero((number >= words.word) & (number < words.end))
        parts.append((at[word], number[word], np.full(len(word), length)))
        on = np.flatnonzero((number >= 0) & (number < words.leaf))
        at, place, number = at[on], place[on], number[on]
    where, which, lengths = (np.concatenate([np.zeros(0, np.int64), *(p[k] for p in parts)]) for k in range(3))
    order = np.argsort(where, kind="stable")
    return Readings(grid.place[where[order]], lengths[order], which[order]), where[order]


def _scores(grid: _Grid, single: np.ndarray, at: np.ndarray, target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Log-probability of the best path from each place to the end of its stretch."""
    score = np.zeros(len(grid.place))
    rows, bounds = grid.rows.tolist(), np.searchsorted(at, grid.rows).tolist()
    for d in range(1, len(rows) - 1):
        n, (first, last) = rows[d + 1] - rows[d], bounds[d : d + 2]
        np.add(single[rows[d] : rows[d + 1]], score[rows[d - 1] : rows[d - 1] + n], out=score[rows[d] : rows[d + 1]])
        np.maximum.at(score, at[first:last], weight[first:last] + score[target[first:last]])
    return score


def _path(grid: _Grid, length: np.ndarray) -> np.ndarray:
    """Whether the best path of its stretch has a word start at each place."""
    rows = grid.rows.tolist()
    path = np.zeros(len(length), dtype=bool)
    reached = np.bincount(grid.stretch) - 1  # distance of each stretch's next word
    for d in range(len(rows) - 2, 0, -1):
        row = slice(rows[d], rows[d + 1])
        n = row.stop - row.start
        np.equal(reached[:n], d, out=path[row])
        np.subtract(reached[:n], length[row], out=reached[:n], where=path[row])
    return path
