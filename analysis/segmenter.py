"""Words: exactly those of jieba 0.42.1, of many documents at once and without a Python object for each."""

from __future__ import annotations

import functools
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from analysis.dictionary import parsed, word_list
from analysis.unknown_words import HAN, import_jieba, word_ends
from analysis.word_graph import LONGEST, best_reading, runs

BATCH = 300_000  # characters; what is computed at once stays in the processor's cache
MOST = 400_000  # pieces remembered: all are forgotten when there are more
_SLOTS = 20  # bits of the hash by which pieces are found again
_MARK, _LETTER, _HAN = 1, 2, 3  # what jieba looks up in its dictionary
_KINDS = np.zeros(0x110000, dtype=np.int8)
_KINDS[[ord(mark) for mark in "+#&._%-"]] = _MARK
_KINDS[[*range(48, 58), *range(65, 91), *range(97, 123)]] = _LETTER
_KINDS[HAN.start : HAN.stop] = _HAN


@dataclass
class _Pieces:
    """Pieces of text met so far, by number, and what jieba makes of each before its hidden Markov model.

    Of each piece: up to eight characters as two numbers, where its words begin, and whether it is doubtful. Of each
    word: its number, its letter if it is a single one, and of how many such that are a word together it is the first.
    """

    slots: np.ndarray = field(default_factory=lambda: np.zeros(1 << _SLOTS, dtype=np.int32))  # numbers by hash; 0: none
    long: dict[str, int] = field(default_factory=dict)
    heads: array[int] = field(default_factory=lambda: array("Q", [0]))
    tails: array[int] = field(default_factory=lambda: array("Q", [1]))
    begins: array[int] = field(default_factory=lambda: array("q", [0, 0]))
    doubtful: array[int] = field(default_factory=lambda: array("b", [0]))
    words: array[int] = field(default_factory=lambda: array("i"))
    letters: array[int] = field(default_factory=lambda: array("H"))
    whole: array[int] = field(default_factory=lambda: array("i"))

    def __getitem__(self, column: str) -> np.ndarray:
        values = getattr(self, column)
        return np.frombuffer(values, dtype=values.typecode)

    def extend(self, **columns: np.ndarray) -> None:
        for column, values in columns.items():
            kept = getattr(self, column)
            kept.frombytes(values.astype(kept.typecode).tobytes())


@dataclass
class Vocabulary:
    """Words met so far, numbered in the order met.

    ``terms`` are the user's words, as in a jieba user dictionary: a word, or a word, a space and its frequency,
    where 0 forbids it. They join jieba's dictionary in sorted order.
    """

    terms: tuple[str, ...] = ()
    codes: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    lengths: array[int] = field(default_factory=lambda: array("i"))
    pieces: _Pieces = field(default_factory=_Pieces, repr=False)

    def __post_init__(self) -> None:
        parsed(self.terms)  # refuses blank ones

    def add(self, words: Sequence[str]) -> list[int]:
        """The words' numbers."""
        new = [word for word in dict.fromkeys(words) if word not in self.codes]
        self.codes.update(zip(new, range(len(self.codes), len(self.codes) + len(new)), strict=True))
        self.words += new
        self.lengths.extend(map(len, new))
        return [*map(self.codes.__getitem__, words)]

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
    if len(vocabulary.pieces.doubtful) > MOST:
        vocabulary.pieces = _Pieces()
    text = "".join(part + "\0" for part in texts)
    try:
        places, number = _pieces(text, vocabulary)
    except BaseException:  # stopped midway: what was met may be half written
        vocabulary.pieces = _Pieces()
        raise
    met = vocabulary.pieces
    begins = met["begins"]
    first, size = begins[number], begins[number + 1] - begins[number]
    word = _places(first, size)
    codes, letters = met["words"][word], met["letters"][word]
    left, after = runs((letters[:-1] > 0) & (letters[1:] > 0))
    unknown = met["whole"][word[left]] != after + 1 - left
    stays = _join_unknown(codes, letters, (left[unknown], after[unknown] + 1), vocabulary)
    if "\r\n" in text:  # to jieba one word
        carriage, feed, both = vocabulary.add(["\r", "\n", "\r\n"])
        lines = np.flatnonzero((codes[:-1] == carriage) & (codes[1:] == feed))
        codes[lines], stays[lines + 1] = both, False
    stays = np.flatnonzero(stays)
    ends = np.searchsorted(places, np.cumsum([len(part) + 1 for part in texts]) - 1)
    ends = np.searchsorted(stays, (np.cumsum(size) - size)[ends])
    codes = codes[stays]
    return [codes[a + 1 : b] for a, b in pairwise([-1, *ends.tolist()])]


def _pieces(text: str, vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """Where the pieces of a text start, and their numbers; all that is no letter is a piece of its own."""
    chars = _chars(text)
    inside = _KINDS.take(chars) > 0
    starts = np.ones(len(chars), dtype=bool)
    joined = inside[:-1] & inside[1:]
    if np.diff(np.flatnonzero(~inside), prepend=-1).max(initial=0) <= LONGEST:
        joined &= word_list(vocabulary.terms).joined(chars)
    np.logical_not(joined, out=starts[1:])
    places = np.flatnonzero(starts)
    number = _numbers(text, chars, places, vocabulary)
    doubtful = np.flatnonzero(vocabulary.pieces["doubtful"][number])
    if not len(doubtful):
        return places, number
    outside = np.append(-1, np.flatnonzero(~inside[places]))
    which = np.unique(np.searchsorted(outside, doubtful))
    first, last = outside[which - 1] + 1, outside[which]  # the stretches they stand in
    number[first] = _named([text[a:b] for a, b in zip(places[first], places[last], strict=True)], vocabulary)
    stays = np.ones(len(places), dtype=bool)
    stays[_places(first + 1, last - first - 1)] = False
    return places[stays], number[stays]


def _chars(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _numbers(text: str, chars: np.ndarray, places: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Numbers of the pieces that start at the places."""
    met = vocabulary.pieces
    size = np.diff(places, append=len(chars))
    head, tail = _spelled(chars, places, size)
    slot = ((head ^ tail * 0xC2B2AE3D27D4EB4F) * 0x9E3779B97F4A7C15 >> 64 - _SLOTS).astype(np.int64)
    number = met.slots[slot].astype(np.int64)
    left = np.flatnonzero(((met["heads"][number] != head) | (met["tails"][number] != tail)) & (size <= 8))
    new = left[:0]
    while 0 < len(left) < len(met.slots) // 2 - len(met.heads):
        free = left[met.slots[slot[left]] == 0]
        met.slots[slot[free]] = free
        free = free[met.slots[slot[free]] == free]  # one of each
        met.slots[slot[free]] = np.arange(len(free)) + len(met.heads)
        met.extend(heads=head[free], tails=tail[free])
        new = np.append(new, free)
        number[left] = met.slots[slot[left]]
        left = left[(met["heads"][number[left]] != head[left]) | (met["tails"][number[left]] != tail[left])]
        slot[left] = (slot[left] + 1) % len(met.slots)
    _read(chars, places[new], size[new], vocabulary)
    rest = np.append(np.flatnonzero(size > 8), left)
    number[rest] = _named(_strings(text, places[rest], size[rest]), vocabulary)
    return number


def _spelled(chars: np.ndarray, places: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pieces of up to eight characters as two numbers: none of several characters has a null or one beyond 16 bits."""
    letters = np.append(chars, np.zeros(7, np.uint32)).astype("<u2")
    fours = np.ndarray(len(chars) + 4, "<u8", letters, strides=(2,)).astype(np.uint64)  # four characters each
    head, tail = fours[places], np.zeros(len(places), dtype=np.uint64)
    head <<= (64 - 16 * np.minimum(size, 4)).astype(np.uint64)
    more = np.flatnonzero(size > 4)
    tail[more] = fours[places[more] + 4] << (64 - 16 * np.minimum(size[more] - 4, 4)).astype(np.uint64)
    beyond = np.flatnonzero(chars[places] > 0xFFFF)
    head[beyond] = chars[places[beyond]] | np.uint64(0xF << 60)
    return head, tail


def _strings(text: str, places: np.ndarray, size: np.ndarray) -> list[str]:
    return [text[a:b] for a, b in zip(places.tolist(), (places + size).tolist(), strict=True)]


def _named(names: list[str], vocabulary: Vocabulary) -> list[int]:
    """Numbers of pieces that are found by their characters: long ones, and all when there are very many."""
    known = vocabulary.pieces.long
    new = [name for name in dict.fromkeys(names) if name not in known]
    size = np.array([len(name) for name in new], dtype=np.int64)
    known.update(zip(new, range(len(vocabulary.pieces.heads), len(vocabulary.pieces.heads) + len(new)), strict=True))
    vocabulary.pieces.extend(heads=np.zeros(len(new)), tails=np.zeros(len(new)))
    _read(_chars("".join(new)), np.cumsum(size) - size, size, vocabulary)
    return [known[name] for name in names]


def _read(chars: np.ndarray, places: np.ndarray, size: np.ndarray, vocabulary: Vocabulary) -> None:
    """Have jieba's dictionary read pieces that were numbered last, a null after each."""
    met = vocabulary.pieces
    if not len(size):
        return
    ends = np.cumsum(size + 1)
    first = ends - size - 1
    own = np.zeros(ends[-1], dtype=np.uint32)
    own[_places(first, size)] = chars[_places(places, size)]
    kinds = _KINDS[own]
    starts, name, whole, doubtful = best_reading(own.astype(np.int64), kinds > 0, word_list(vocabulary.terms))
    words = np.flatnonzero(starts)
    length = np.diff(words, append=len(own))
    starts[ends - 1] = False
    words, length = words[starts[words]], length[starts[words]]
    name = np.where(length > 1, name[words] + len(_KINDS), own[words])
    _, some, which = np.unique(name, return_index=True, return_inverse=True)
    text = own.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    met.extend(
        begins=np.searchsorted(words, ends) + met.begins[-1], doubtful=np.logical_or.reduceat(doubtful, first),
        words=np.array(vocabulary.add(_strings(text, words[some], length[some])))[which],
        letters=np.where((length == 1) & (kinds[words] > 0), own[words], 0), whole=whole[words],
    )  # fmt: skip


def _join_unknown(
    codes: np.ndarray, letters: np.ndarray, rows: tuple[np.ndarray, np.ndarray], vocabulary: Vocabulary
) -> np.ndarray:
    """Which words stay when the hidden Markov model has joined the single letters of some rows; codes are changed."""
    word = _places(rows[0], rows[1] - rows[0] + 1)  # with what stands after a row, which is no letter
    chars = letters[word]
    text = chars.tobytes().decode("utf-16-le")
    starts = _unknown_starts(text, chars.astype(np.int64), vocabulary.terms)
    places = np.flatnonzero(starts)
    size = np.diff(places, append=len(text))
    several = np.flatnonzero(size > 1)
    codes[word[places[several]]] = vocabulary.add(_strings(text, places[several], size[several]))
    stays = np.ones(len(codes), dtype=bool)
    stays[word] = starts
    return stays


def _unknown_starts(text: str, chars: np.ndarray, terms: tuple[str, ...]) -> np.ndarray:
    """Where words start in what is left to the hidden Markov model, as jieba's finalseg has it."""
    kinds = _KINDS[chars]
    starts = np.ones(len(chars), dtype=bool)
    first, last = runs(kinds == _HAN)
    starts[_places(first, last - first) + 1] = word_ends(chars, first, last - first)
    forbidden = {word for word, frequency in parsed(terms).items() if frequency == 0}
    for a, b in zip(first.tolist(), last.tolist(), strict=True) if forbidden else ():
        cuts = a + np.flatnonzero(starts[a : b + 1])
        for start, end in pairwise(cuts.tolist()):
            starts[start:end] |= text[start:end] in forbidden
    first, last = runs((kinds > 0) & (kinds < _HAN))
    starts[_places(first, last - first)] = False
    starts[first] = True
    marks = np.append(0, np.cumsum(kinds == _MARK))
    mixed = marks[last] > marks[first]
    for a, b in zip(first[mixed].tolist(), last[mixed].tolist(), strict=True):
        starts[a + _latin_words(text[a:b])] = True
    return starts


@functools.lru_cache(maxsize=4096)
def _latin_words(run: str) -> np.ndarray:
    """Where jieba's words start in a run of letters, digits and marks."""
    return np.cumsum([0, *(len(piece) for piece in import_jieba().finalseg.re_skip.split(run) if piece)])[:-1]


def _places(first: np.ndarray, size: np.ndarray) -> np.ndarray:
    """All places of runs that begin at ``first``."""
    return np.arange(size.sum()) + np.repeat(first - np.cumsum(size) + size, size)
