"""Strings that recur in many documents: how firmly joined inside, how free at both ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

LONGEST = 20
MOSTLY_TORN = 0.3  # share of word boundaries at an end under which a string is the piece of words
NUMERALS = "一二三四五六七八九十百千万亿两双"
CARRIERS = (
    "工程|行动|计划|战略|政策|机制|模式|制度|改革|企业|经验|理念|精神|要求|原则|体系|活动|项目|平台|建设|格局|问题|"
    "方针|目标|试点|专项|系列|方案|品牌|工作|地区|作用|优势|产业|服务|规划"
)
_HAN, _NUMBER, _LETTER, _SIGN, _COMMA = 1, 2, 3, 4, 5
_APART = 1 << 21  # added to a neighbour that punctuation keeps apart


@dataclass(frozen=True)
class _Symbols:
    """All documents one after the other, an entry a character, two breaks between documents."""

    text: str
    codes: np.ndarray  # 0: a break
    docs: np.ndarray
    before: np.ndarray  # the nearest word character, marked where it stands apart
    after: np.ndarray
    ends: np.ndarray  # whether a string may begin or end here, shape (characters + 1,)
    words: np.ndarray  # whether jieba cuts here
    carried: np.ndarray  # whether a noun like 工程 or 政策 begins here


@dataclass(frozen=True)
class _Level:
    """The distinct frequent strings of one length; ``prefix`` and ``suffix`` number those one shorter."""

    n: np.ndarray
    n_docs: np.ndarray
    at: np.ndarray
    prefix: np.ndarray
    suffix: np.ndarray


def recurrent_strings(texts: Sequence[str], min_docs: int) -> pd.DataFrame:
    r"""Strings of 2 to 20 characters that stand in at least ``min_docs`` documents, by ``phrase``.

    They hold Chinese characters, letters, digits, 、 + and ×, and begin and end within no number or Latin
    word. Pieces of words, at whose ends jieba seldom cuts, are left out unless they begin with a numeral.
    Lengths come one after the other: a string is frequent only if both its parts one shorter are (Agrawal & Srikant
    1994), so that few places remain to be sorted. Neighbours are counted once a document, punctuation being passed
    over, so that a passage which documents copy from each other has one, however often copied.

    ``variety`` is the effective number of different neighbours on the poorer side, :math:`\exp(-\sum p \ln p)` with p
    the share of documents of each (Feng et al. 2004, Jin & Tanaka-Ishii 2006); ``cohesion`` the smallest pointwise
    mutual information over all splits in two, in bits (Church & Hanks 1990); then shares of its occurrences with
    punctuation behind (``closed``), with a word boundary of jieba in front (``word_left``) and behind
    (``word_right``), and with a noun such as 工程 or 政策 behind (``carried``).
    """
    if not any(texts):
        return pd.DataFrame(columns=["phrase", "n", "n_docs"])
    symbols = _symbols(texts)
    positions = np.flatnonzero(symbols.codes)
    ids = np.full(len(symbols.codes) + 1, -1, dtype=np.int32)
    levels: list[_Level] = []
    tables = [pd.DataFrame(columns=["phrase", "n", "n_docs"])]
    total = len(positions)
    for length in range(1, LONGEST + 1):
        positions, level = _extend(symbols, ids, positions, length, min_docs)
        levels.append(level)
        if not len(level.n):
            break
        if length > 1:
            tables.append(_measure(symbols, ids, positions, levels, total))
    return pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)


def _symbols(texts: Sequence[str]) -> _Symbols:
    text = "\n\n".join([*texts, ""])
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int32)
    kinds = _kinds(codes)
    docs = np.repeat(np.arange(len(texts), dtype=np.int32), [len(own) + 2 for own in texts])
    inside = np.zeros(len(codes) + 1, dtype=bool)
    inside[1:-1] = (kinds[1:] == kinds[:-1]) & np.isin(kinds[1:], [_NUMBER, _LETTER])
    letters = np.where(kinds == _COMMA, 0, codes * (kinds > 0))
    carried = np.zeros(len(codes) + 1, dtype=bool)
    carried[[found.start() for found in re.finditer(CARRIERS, text)]] = True
    return _Symbols(
        text, np.where(kinds > 0, codes, 0), docs, _nearest(letters), _nearest(letters[::-1])[::-1],
        ~inside, _word_starts(texts, len(codes)), carried,
    )  # fmt: skip


def _kinds(codes: np.ndarray) -> np.ndarray:
    kinds = np.zeros(len(codes), dtype=np.int8)
    kinds[(codes >= 0x4E00) & (codes <= 0x9FFF)] = _HAN
    kinds[((codes >= 48) & (codes <= 57)) | np.isin(codes, [ord(c) for c in NUMERALS + "〇零第几数"])] = _NUMBER
    kinds[((codes | 32) >= 97) & ((codes | 32) <= 122)] = _LETTER
    kinds[np.isin(codes, [ord(c) for c in "+＋×"])] = _SIGN
    kinds[codes == ord("、")] = _COMMA
    return kinds


def _nearest(letters: np.ndarray) -> np.ndarray:
    """The last letter before each position, marked where it is not the one right before; 0 where none is."""
    here = np.arange(len(letters))
    last = np.concatenate([[-1], np.maximum.accumulate(np.where(letters > 0, here, -1))[:-1]])
    return np.where(last >= 0, letters[last] + np.where(last < here - 1, _APART, 0), 0)


def _word_starts(texts: Sequence[str], size: int) -> np.ndarray:
    from analysis.segmenter import Vocabulary, segment

    starts = np.zeros(size + 1, dtype=bool)
    vocabulary, first = Vocabulary(), 0
    for text in texts:
        ends = first + np.cumsum(vocabulary.lengths_of(segment(text, vocabulary)))
        starts[first], starts[ends] = True, True
        first += len(text) + 2
    return starts


def _extend(
    symbols: _Symbols, ids: np.ndarray, positions: np.ndarray, length: int, min_docs: int
) -> tuple[np.ndarray, _Level]:
    """From strings one shorter (numbered in `ids`, which is rewritten): the places kept and the distinct strings."""
    if length == 1:
        prefix = suffix = symbols.codes[positions]
    else:
        positions = positions[ids[positions + 1] >= 0]
        prefix, suffix = ids[positions], ids[positions + 1]
    order = np.argsort((prefix.astype(np.int64) << 32) | suffix, kind="stable")
    prefix, suffix, positions = prefix[order], suffix[order], positions[order]
    new = _changes(prefix, suffix)
    group = np.cumsum(new) - 1
    n = np.bincount(group)
    n_docs = np.bincount(group[_changes(group, symbols.docs[positions])])
    keep, first = n_docs >= min_docs, np.flatnonzero(new)
    level = _Level(n[keep], n_docs[keep], *(column[first][keep] for column in (positions, prefix, suffix)))
    stays = keep[group]
    ids[:] = -1
    ids[positions[stays]] = (np.cumsum(keep) - 1)[group[stays]]
    return np.sort(positions[stays]), level


def _changes(*columns: np.ndarray) -> np.ndarray:
    """Whether each row of sorted columns differs from the row before."""
    new = np.ones(len(columns[0]), dtype=bool)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return new


def _measure(
    symbols: _Symbols, ids: np.ndarray, positions: np.ndarray, levels: list[_Level], total: int
) -> pd.DataFrame:
    level, length = levels[-1], len(levels)
    at = positions[symbols.ends[positions] & symbols.ends[positions + length]]
    own, end = ids[at], at + length
    whole = np.bincount(own, minlength=len(level.n))

    def share(marks: np.ndarray) -> np.ndarray:
        return np.bincount(own, weights=marks, minlength=len(level.n)) / np.maximum(whole, 1)

    sides = [
        _variety(own, near, symbols.docs[at], len(level.n)) for near in (symbols.before[at], symbols.after[end - 1])
    ]
    columns = {
        "n": level.n, "n_docs": level.n_docs, "variety": np.minimum(*sides), "cohesion": _cohesion(levels, total),
        "closed": share(symbols.after[end - 1] >= _APART), "word_left": share(symbols.words[at]),
        "word_right": share(symbols.words[end]), "carried": share(symbols.carried[end]),
    }  # fmt: skip
    torn = (columns["word_left"] < MOSTLY_TORN) | (columns["word_right"] < MOSTLY_TORN)
    numbered = np.isin(symbols.codes[level.at], [ord(c) for c in NUMERALS])
    sound = (2 * whole > level.n) & (numbered | ~torn)
    phrases = [symbols.text[a : a + length] for a in level.at[sound].tolist()]
    return pd.DataFrame({"phrase": phrases, **{name: values[sound] for name, values in columns.items()}})


def _variety(own: np.ndarray, near: np.ndarray, docs: np.ndarray, size: int) -> np.ndarray:
    """exp of the entropy of the neighbours of each string, every document counted once for each neighbour."""
    order = np.lexsort((docs, near, own))
    own, near, docs = own[order], near[order], docs[order]
    pair = np.cumsum(_changes(own, near)) - 1
    count = np.bincount(pair[_changes(own, near, docs)])
    owner = own[_changes(own, near)]
    p = count / np.bincount(owner, weights=count, minlength=size)[owner]
    return np.exp(np.bincount(owner, weights=-p * np.log(p), minlength=size))


def _cohesion(levels: list[_Level], total: int) -> np.ndarray:
    """Smallest log2(n·total / (n of left part · n of right part)) over all splits."""
    last, length = levels[-1], len(levels)
    prefix = suffix = np.arange(len(last.n))
    left, right = {}, {}
    for k in range(length - 1, 0, -1):
        prefix, suffix = levels[k].prefix[prefix], levels[k].suffix[suffix]
        left[k], right[k] = levels[k - 1].n[prefix], levels[k - 1].n[suffix]
    parts = [np.log2(left[k]) + np.log2(right[length - k]) for k in range(1, length)]
    return np.log2(last.n) + np.log2(total) - np.max(parts, axis=0)
