"""Words: exactly those of jieba 0.42.1, of many documents at once and without a Python object for each."""

from __future__ import annotations

import functools
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from analysis import cache
from analysis.folders import cache_folder
from analysis.unknown_words import HAN, import_jieba, word_ends
from analysis.word_graph import Readings, WordList, best_reading, make_word_list

BATCH = 200_000  # characters; what is computed at once stays in the processor's cache
_MARK, _LETTER, _HAN = 1, 2, 3  # what jieba looks up in its dictionary
_KINDS = np.zeros(0x110000, dtype=np.int8)
_KINDS[[ord(mark) for mark in "+#&._%-"]] = _MARK
_KINDS[[*range(48, 58), *range(65, 91), *range(97, 123)]] = _LETTER
_KINDS[HAN.start : HAN.stop] = _HAN


@dataclass
class Vocabulary:
    """Words met so far, numbered in the order met.

    ``terms`` are the user's words, as in a jieba user dictionary: a word, or a word, a space and its frequency,
    where 0 forbids it. They join jieba's dictionary in sorted order.
    """

    terms: tuple[str, ...] = ()
    codes: dict[str, int] = field(default_factory=dict)
    lengths: array[int] = field(default_factory=lambda: array("i"))
    known: np.ndarray = field(init=False, repr=False)  # numbers of single characters, then of the dictionary's words

    def __post_init__(self) -> None:
        self.known = np.full(len(_KINDS) + len(_word_list(self.terms).weights) + 1, -1, dtype=np.int32)

    def add(self, words: Sequence[str]) -> list[int]:
        """The words' numbers."""
        codes = self.codes
        for word in words:
            if word not in codes:
                codes[word] = len(codes)
                self.lengths.append(len(word))
        return [codes[word] for word in words]

    def lengths_of(self, codes: np.ndarray) -> np.ndarray:
        """Characters of each word, shape (words,), int64."""
        return np.frombuffer(self.lengths, dtype=np.int32)[codes].astype(np.int64)


def segment(text: str, vocabulary: Vocabulary) -> np.ndarray:
    """Numbers of the words of ``jieba.lcut(text)`` (accurate mode, HMM), shape (words,), int32."""
    return next(segment_all([text], vocabulary))


def segment_all(texts: Iterable[str], vocabulary: Vocabulary) -> Iterator[np.ndarray]:
    """As ``segment``, text by text, but computed for many at once: short texts cost no more than a long one."""
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= BATCH:
            yield from _segment(batch, vocabulary)
            batch, size = [], 0
    yield from _segment(batch, vocabulary)


def _segment(texts: list[str], vocabulary: Vocabulary) -> list[np.ndarray]:
    text = "".join(part + "\0" for part in texts)
    chars = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    kinds = _KINDS[chars]
    starts, chosen, other = best_reading(chars, kinds > 0, _word_list(vocabulary.terms))
    starts[1:][(chars[1:] == 10) & (chars[:-1] == 13)] = False
    _cut_unknown(text, chars, _unknown(kinds, starts, other), starts, vocabulary.terms)
    places = np.flatnonzero(starts)
    name = np.full(len(chars), -1)
    name[chosen.start] = chosen.number + len(_KINDS)
    name = np.where(np.diff(places, append=len(chars)) == 1, chars[places], name[places])
    codes = _codes(text, places, name, vocabulary)
    bounds = np.searchsorted(places, np.cumsum([0, *(len(part) + 1 for part in texts)]))
    return [codes[a : b - 1] for a, b in zip(bounds[:-1], bounds[1:], strict=True)]


def _codes(text: str, places: np.ndarray, name: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Numbers of the words that start at the places; those without a name (−1) are told by their characters."""

    def added(which: np.ndarray) -> list[int]:
        return vocabulary.add([text[a:b] for a, b in zip(places[which].tolist(), ends[which].tolist(), strict=True)])

    ends = np.append(places[1:], len(text))
    new = np.flatnonzero((vocabulary.known[name] < 0) & (name >= 0))
    names, first = np.unique(name[new], return_index=True)
    vocabulary.known[names] = added(new[first])
    codes = vocabulary.known[name]
    nameless = np.flatnonzero(name < 0)
    codes[nameless] = added(nameless)
    return codes


def _unknown(kinds: np.ndarray, starts: np.ndarray, other: Readings) -> np.ndarray:
    """The kinds of the characters that jieba leaves to its hidden Markov model, 0 elsewhere.

    These are two or more single characters in a row, unless all of them together are a word.
    """
    single = (kinds > 0) & starts
    single[:-1] &= starts[1:]
    first, last = _runs(single)
    size = np.zeros(len(kinds), dtype=np.int64)
    size[first] = last - first
    size[other.start[size[other.start] == other.length]] = 0
    left = np.flatnonzero(size > 1)
    unknown = np.zeros_like(kinds)
    unknown[_places(left, size[left])] = kinds[_places(left, size[left])]
    return unknown


def _cut_unknown(text: str, chars: np.ndarray, unknown: np.ndarray, starts: np.ndarray, terms: tuple[str, ...]) -> None:
    """Mark where words start in what is left to the hidden Markov model, as jieba's finalseg does."""
    first, last = _runs(unknown == _HAN)
    starts[_places(first, last - first) + 1] = word_ends(chars, first, last - first)
    forbidden = {word for word, frequency in _parsed(terms).items() if frequency == 0}
    for a, b in zip(first.tolist(), last.tolist(), strict=True) if forbidden else ():
        cuts = a + np.flatnonzero(starts[a : b + 1])
        for start, end in pairwise(cuts.tolist()):
            starts[start:end] |= text[start:end] in forbidden
    first, last = _runs((unknown > 0) & (unknown < _HAN))
    starts[_places(first, last - first)] = False
    starts[first] = True
    marks = np.append(0, np.cumsum(unknown == _MARK))
    mixed = marks[last] > marks[first]
    for a, b in zip(first[mixed].tolist(), last[mixed].tolist(), strict=True):
        starts[a + _latin_words(text[a:b])] = True


@functools.lru_cache(maxsize=4096)
def _latin_words(run: str) -> np.ndarray:
    """Where jieba's words start in a run of letters, digits and marks."""
    return np.cumsum([0, *(len(piece) for piece in import_jieba().finalseg.re_skip.split(run) if piece)])[:-1]


def _runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First place of each run of True and the place after it."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return edges[::2], edges[1::2]


def _places(first: np.ndarray, size: np.ndarray) -> np.ndarray:
    """All places of runs that begin at ``first``."""
    return np.arange(size.sum()) + np.repeat(first - np.cumsum(size) + size, size)


@functools.lru_cache(maxsize=4)
def _word_list(terms: tuple[str, ...]) -> WordList:
    """The dictionary with the terms, from the cache: so jieba need not load its own."""
    code = cache.source_digest(["segmenter.py", "word_graph.py"], ["jieba"])
    path = cache.place("words", cache.digest(code, *terms))
    table = cache.read(path)
    if table is None:
        engine = jieba_engine(terms)
        made = vars(make_word_list(engine.FREQ, engine.total))
        arrays = {name: value for name, value in made.items() if isinstance(value, np.ndarray)}
        table = cache.write(path, cache.pack(arrays, {name: made[name] for name in made.keys() - arrays.keys()}))
    arrays, numbers = cache.unpack(table)
    fields: dict[str, Any] = {**arrays, **numbers}
    return WordList(**fields)


@functools.lru_cache(maxsize=4)
def jieba_engine(terms: tuple[str, ...] = ()) -> Any:
    """jieba's accurate mode in a tokenizer of our own, with the user's terms: nothing loaded elsewhere changes it.

    Raises
    ------
    ValueError
        If a term is blank.
    """
    jieba = import_jieba()
    tokenizer = jieba.Tokenizer()
    if terms:
        plain = jieba_engine()
        tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(plain.FREQ), plain.total, True
        return _add(terms, tokenizer, jieba.finalseg.Force_Split_Words)
    tokenizer.tmp_dir = str(cache_folder())  # its dictionary cache is a marshal file: not in a shared folder
    level = jieba.default_logger.level
    jieba.default_logger.setLevel("WARNING")
    tokenizer.initialize()
    jieba.default_logger.setLevel(level)
    return tokenizer


def _add(terms: tuple[str, ...], tokenizer: Any, forbidden: set[str]) -> Any:
    """The tokenizer with the terms; what jieba forbids to all tokenizers of the process stays as it was."""
    before = set(forbidden)
    for word, frequency in _parsed(terms).items():
        tokenizer.add_word(word, frequency)
    forbidden.intersection_update(before)
    return tokenizer


def _parsed(terms: tuple[str, ...]) -> dict[str, int | None]:
    """Words and the frequencies given with them, in sorted order."""
    words: dict[str, int | None] = {}
    for term in sorted(terms):
        word, _, frequency = term.rpartition(" ")
        given = bool(word) and frequency.isascii() and frequency.isdigit()
        words[word if given else term] = int(frequency) if given else None
    if not all(word.strip() for word in words):
        raise ValueError(f"A blank word among the terms {list(terms)!r}; leave it out.")
    return words
