"""jieba's dictionary, with the user's terms: as jieba loads it, and as the tree in which words are looked up."""

from __future__ import annotations

import contextlib
import functools
import os
from typing import Any

import numpy as np

from analysis import cache
from analysis.folders import cache_folder
from analysis.unknown_words import import_jieba
from analysis.word_graph import WordList, make_word_list

LISTS = 100_000_000  # bytes of dictionaries kept, about nine: of more, that which was not used for longest goes


@functools.lru_cache(maxsize=4)
def word_list(terms: tuple[str, ...]) -> WordList:
    """The dictionary with the terms, from the cache: so jieba need not load its own."""
    code = cache.source_digest(["dictionary.py", "word_graph.py"], ["jieba"])
    path = cache.place("words", cache.digest(code, *terms))
    table = cache.read(path)
    if table is None:
        engine = jieba_engine(terms)
        made = vars(make_word_list(engine.FREQ, engine.total))
        arrays = {name: value for name, value in made.items() if isinstance(value, np.ndarray)}
        table = cache.write(path, cache.pack(arrays, {name: made[name] for name in made.keys() - arrays.keys()}))
        cache.keep(path.parent, LISTS)
    with contextlib.suppress(OSError):
        os.utime(path)  # says when it was last used
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
    room = cache_folder() / "words"
    room.mkdir(parents=True, exist_ok=True)
    tokenizer.tmp_dir = str(room)  # its dictionary cache is a marshal file: not in a shared folder
    level = jieba.default_logger.level
    jieba.default_logger.setLevel("WARNING")
    tokenizer.initialize()
    jieba.default_logger.setLevel(level)
    return tokenizer


def _add(terms: tuple[str, ...], tokenizer: Any, forbidden: set[str]) -> Any:
    """The tokenizer with the terms; what jieba forbids to all tokenizers of the process stays as it was."""
    before = set(forbidden)
    for word, frequency in parsed(terms).items():
        tokenizer.add_word(word, frequency)
    forbidden.intersection_update(before)
    return tokenizer


def parsed(terms: tuple[str, ...]) -> dict[str, int | None]:
    """Words and the frequencies given with them, in sorted order."""
    words: dict[str, int | None] = {}
    for term in sorted(terms):
        word, _, frequency = term.rpartition(" ")
        given = bool(word) and frequency.isascii() and frequency.isdigit()
        words[word if given else term] = int(frequency) if given else None
    if not all(word.strip() for word in words):
        raise ValueError(f"A blank word among the terms {list(terms)!r}; leave it out.")
    return words
