"""Words: exactly those of jieba 0.42.1, by a faster engine where the two cannot differ."""

from __future__ import annotations

import functools
import logging
import re
import warnings
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.folders import cache_folder

# What jieba gathers until the next dictionary word, to be cut by its hidden Markov model.
_GATHERED = re.compile(r"[\u4e00-\u9fd5+#&._%-]|[a-zA-Z0-9]+")


@dataclass
class Vocabulary:
    """Words met so far, numbered in the order met."""

    codes: dict[str, int] = field(default_factory=dict)
    lengths: array[int] = field(default_factory=lambda: array("i"))
    gathered: bytearray = field(default_factory=bytearray)
    recut: dict[str, list[int]] = field(default_factory=dict)

    def add(self, words: Sequence[str]) -> list[int]:
        """The words' numbers."""
        codes = self.codes
        for word in words:
            if word not in codes:
                codes[word] = len(codes)
                self.lengths.append(len(word))
                self.gathered.append(_GATHERED.fullmatch(word) is not None)
        return [codes[word] for word in words]

    def lengths_of(self, codes: np.ndarray) -> np.ndarray:
        """Characters of each word, shape (words,), int64."""
        return np.array(self.lengths, dtype=np.int64)[codes]


def segment(text: str, vocabulary: Vocabulary) -> np.ndarray:
    """Numbers of the words of ``jieba.lcut(text)`` (accurate mode, HMM), shape (words,), int32.

    rjieba finds the dictionary words, for which it computes what jieba computes. Its tables of the hidden
    Markov model are rounded, so what lies between dictionary words is cut by jieba's own, each string
    once. A text with carriage returns or lone surrogates, and every text where rjieba has no wheel, is
    cut by jieba alone.
    """
    words = _dictionary_words(text)
    if words is None:
        return np.array(vocabulary.add(list(jieba_engine().cut(text))), dtype=np.int32)
    if not words:
        return np.zeros(0, dtype=np.int32)
    encoded = pa.array(words, type=pa.string()).dictionary_encode()
    known = np.array(vocabulary.add(encoded.dictionary.to_pylist()), dtype=np.int32)
    return _recut(text, known[encoded.indices.to_numpy()], vocabulary)


def _dictionary_words(text: str) -> list[str] | None:
    engine = _rjieba()
    if engine is None or "\r" in text:
        return None
    try:
        return engine.cut(text, False)
    except UnicodeEncodeError:
        return None


def _recut(text: str, codes: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """The codes with every run of two or more gathered words replaced by what jieba's HMM makes of it."""
    gathered = np.frombuffer(bytes(vocabulary.gathered), dtype=np.int8)[codes]
    steps = np.diff(gathered, prepend=0, append=0)
    first, last = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    first, last = first[last - first > 1], last[last - first > 1]
    if not len(first):
        return codes
    ends = np.concatenate([[0], np.cumsum(vocabulary.lengths_of(codes))])
    new = [_hmm(text[a:b], vocabulary) for a, b in zip(ends[first].tolist(), ends[last].tolist(), strict=True)]
    inside = np.zeros(len(codes) + 1, dtype=np.int64)
    inside[first], inside[last] = 1, -1  # a run ends before another begins
    width = 1 - np.cumsum(inside)[:-1]
    width[first] = [len(run) for run in new]
    begins = np.zeros(len(codes), dtype=bool)
    begins[first] = True
    out = np.repeat(codes, width)
    out[np.repeat(begins, width)] = np.concatenate(new)
    return out


def _hmm(run: str, vocabulary: Vocabulary) -> list[int]:
    known = vocabulary.recut.get(run)
    if known is None:
        from jieba import finalseg

        words = list(run) if jieba_engine().FREQ.get(run) else list(finalseg.cut(run))
        known = vocabulary.recut[run] = vocabulary.add(words)
    return known


@functools.cache
def jieba_engine() -> Any:
    """jieba's accurate mode in a tokenizer of our own: nothing loaded elsewhere changes it."""
    with warnings.catch_warnings():
        # jieba 0.42.1: invalid escapes in its source, and pkg_resources where setuptools has it.
        warnings.filterwarnings("ignore", category=SyntaxWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
        import jieba
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(cache_folder())  # its dictionary cache is a marshal file: not in a shared folder
    level = jieba.default_logger.level
    jieba.default_logger.setLevel("WARNING")
    tokenizer.initialize()
    jieba.default_logger.setLevel(level)
    return tokenizer


@functools.cache
def _rjieba() -> Any:
    """rjieba with jieba's own dictionary and total; None, with one notice, where it is not installed."""
    try:
        import rjieba
    except ImportError:
        logging.getLogger(__name__).warning("rjieba is not installed: the same words, from jieba alone, more slowly.")
        return None
    engine, judge = rjieba.Jieba.empty(), jieba_engine()
    rest = judge.total
    for word, frequency in judge.FREQ.items():
        if frequency:
            engine.add_word(word, frequency, None)
            rest -= frequency
    if rest:  # what repeated entries of the dictionary add to its total, on a character of private use
        engine.add_word("\uf8ff", rest, None)
    return engine
