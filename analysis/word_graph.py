"""jieba's dictionary words: the most probable path through all words a text can be read as, for many texts at once.

A text falls into pieces that no word of the dictionary holds together. What jieba makes of a piece does not depend on
the others, unless two readings of it are so near in probability that rounding decides.

Places equally far from the end of their stretch of letters do not depend on each other, so jieba's dynamic
programme runs over all of them in one array operation. Sums are added in jieba's order, so that they round alike.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

LONGEST = 100_000  # characters of a stretch
DOUBT = 1e-4  # of a log-probability: more than the rounding of all sums in a stretch of that length


@dataclass(frozen=True, eq=False)
class WordList:
    """jieba's dictionary as a tree of prefixes.

    Attributes
    ----------
    keys : ndarray of int64
        ``(number of the prefix without its last character + 1) << 16 | last character``, by number.
    weights : ndarray of float64
        Log-probability of each prefix as a word; −∞ for those that are none.
    pairs, triples : ndarray of uint8
        By one part of a hash another part of it, or 255 for several: of two characters that are a word, and of three
        that follow each other in one. Few others pass for one of them.
    leaf : int
        Number from which prefixes begin no longer ones.
    unknown : float
        Log-probability of a character that is no word.
    """

    keys: np.ndarray
    weights: np.ndarray
    pairs: np.ndarray
    triples: np.ndarray
    leaf: int
    unknown: float

    @functools.cached_property
    def prefixes(self) -> pd.Index:
        """The keys, to be looked up."""
        return pd.Index(self.keys)

    @functools.cached_property
    def roots(self) -> np.ndarray:
        """Number of each single character, −1 of what is none, shape (0x10000,)."""
        return self.prefixes.get_indexer(pd.Index(np.arange(0x10000)))

    def joined(self, chars: np.ndarray) -> np.ndarray:
        """Whether a word could hold both a character and the next one; it says so of few that none does."""
        pair = _pair_hash(chars[:-1], chars[1:])
        joined, inner = _found(self.pairs, pair), _found(self.triples, _triple_hash(pair[:-1], chars[2:]))
        joined[:-1] |= inner
        joined[1:] |= inner
        return joined


def _pair_hash(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one << 16 | other) * 2654435761


def _triple_hash(pair: np.ndarray, other: np.ndarray) -> np.ndarray:
    return ((pair >> 3) + other) * 2246822519


def _found(table: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    entry = table.take(hashes >> 33 - len(table).bit_length())
    return (entry == (hashes >> 4).astype(np.uint8)) | (entry == 255)


def _table(hashes: np.ndarray, bits: int) -> np.ndarray:
    table = np.zeros(1 << bits, dtype=np.uint8)
    place, part = hashes >> 32 - bits, (hashes >> 4).astype(np.uint8)
    table[place] = part
    table[place[table[place] != part]] = 255
    return table


def make_word_list(frequencies: Mapping[str, int], total: int) -> WordList:
    """The tree of a jieba dictionary, which holds every prefix of its words."""
    begun = {word[:-1] for word in frequencies}
    words = sorted(frequencies, key=lambda word: word not in begun)
    numbered = dict(zip(words, range(len(words)), strict=True))
    parent = np.array([numbered[word[:-1]] if len(word) > 1 else -1 for word in words])
    last = np.array([ord(word[-1]) for word in words])
    keys = np.where(last < 0x10000, parent + 1 << 16 | last, -1 - np.arange(len(words)))  # jieba looks up no others
    distinct, which = np.unique([frequencies[word] for word in words], return_inverse=True)
    logs = np.array([math.log(n) - math.log(total) if n else -np.inf for n in distinct.tolist()])
    two = _letters([word for word, n in frequencies.items() if len(word) == 2 and n], 2)
    *before, third = _letters([word[-3:] for word in words if len(word) > 2], 3)
    pairs, triples = _table(_pair_hash(*two), 20), _table(_triple_hash(_pair_hash(*before), third), 21)
    return WordList(keys, logs[which], pairs, triples, len(begun & frequencies.keys()), -math.log(total))


def _letters(strings: list[str], size: int) -> np.ndarray:
    """Code points of strings of one size, shape (size, strings)."""
    return np.array(strings, dtype=f"U{size}").view(np.uint32).reshape(-1, size).T


def best_reading(chars: np.ndarray, inside: np.ndarray, words: WordList) -> tuple[np.ndarray, ...]:
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
    name : ndarray of int64
        Where a word of the dictionary starts, which.
    whole : ndarray of int64
        Where single characters in a row start that are a word all together: how many; elsewhere 0.
    doubtful : ndarray of bool
        Where a word starts whose rival is nearer than ``DOUBT``: in a longer stretch rounding may prefer that one.
    """
    at, length, number = _readings(np.where(inside, chars, 0), inside, words)
    weight = np.where(number < 0, words.unknown, words.weights[number])
    score = _scores(inside, at, length, weight)
    reached = weight + score[at + length]
    best = reached == score[at]
    longest, name, single, whole = np.zeros((4, len(chars)), dtype=np.int64)
    np.maximum.at(longest, at[best], length[best])  # of equals jieba takes the longest
    starts, here = ~inside, runs(inside)[0]
    while len(here):
        starts[here] = True
        here = here + longest[here]
        here = here[inside[here]]
    chosen = length == longest[at]
    name[at[chosen]] = number[chosen]
    rivals = np.bincount(at[reached > score[at] - DOUBT], minlength=len(chars))
    first, last = runs(inside & starts & np.append(starts[1:], False))
    single[first] = last - first
    word = single[at] == length
    whole[at[word]] = length[word]
    return starts, name, whole, starts & (rivals > 1)


def _readings(letters: np.ndarray, inside: np.ndarray, words: WordList) -> tuple[np.ndarray, ...]:
    """Place, length and number of all words that could stand inside; where there is none, of one letter, −1."""
    at, length, parts = np.flatnonzero(inside), 1, []
    number = words.roots[letters[at]]
    while len(at):
        word = np.flatnonzero((number >= 0) & (words.weights[number] > -np.inf))
        parts.append((at[word], np.full(len(word), length), number[word]))
        on = np.flatnonzero((number >= 0) & (number < words.leaf))
        at = at[on]
        number = words.prefixes.get_indexer((number[on] + 1) << 16 | letters[at + length])
        length += 1
    nothing = inside.copy()
    for some, *_ in parts:
        nothing[some] = False
    at = np.flatnonzero(nothing)
    parts.append((at, np.ones_like(at), np.full(len(at), -1)))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _scores(inside: np.ndarray, at: np.ndarray, length: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Log-probability of the best path from each place to the end of its stretch."""
    first, last = runs(inside)
    far = np.zeros(len(inside), dtype=np.int64)
    far[inside] = np.repeat(last, last - first)
    ahead = far[at] - at
    order = np.argsort(ahead, kind="stable")
    at, after, weight = at[order], (at + length)[order], weight[order]
    score = np.where(inside, -np.inf, 0.0)
    ends = np.cumsum(np.bincount(ahead)).tolist()
    for a, b in pairwise(ends):
        np.maximum.at(score, at[a:b], weight[a:b] + score[after[a:b]])
    return score


def runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First place of each run of True and the place after it."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return edges[::2], edges[1::2]
