"""Words no dictionary has: jieba's hidden Markov model over many strings at once, its sums rounded as jieba's are."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import numpy as np

HAN = range(0x4E00, 0x9FD6)  # what jieba takes for Chinese characters
_STATES = "BEMS"  # a word's beginning, end, middle; a word of one character
_BEFORE = np.array([[1, 0, 0, 1], [3, 2, 2, 3]])  # two states may precede each; of equals jieba takes the later letter


def word_ends(chars: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Where words end in strings of Chinese characters.

    Parameters
    ----------
    chars : ndarray of int64
        Code points.
    starts, lengths : ndarray of int64, shape (strings,)
        Places of the strings in ``chars``.

    Returns
    -------
    ndarray of bool, shape (characters of all strings,)
        By string; the last character of each ends a word.
    """
    order = np.argsort(-lengths, kind="stable")
    starts, longest_first = starts[order], lengths[order]
    alive = np.searchsorted(-longest_first, -np.arange(longest_first.max(initial=0)), side="left").tolist()
    score, choices = _forward(chars, starts, alive)
    ends = _backward(longest_first, np.where(score[3] >= score[1], 3, 1), choices)
    first = np.empty(len(order), dtype=np.int64)
    first[order] = (np.cumsum(lengths) - lengths)[order]
    out = np.zeros(int(lengths.sum()), dtype=bool)
    for t, row in enumerate(ends):
        out[first[order[: len(row)]] + t] = row
    return out


def _forward(chars: np.ndarray, starts: np.ndarray, alive: list[int]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Scores of the states at the end of each string, and which of two states preceded each on the way."""
    start, step, emission = _model()
    score, choices = np.zeros((4, len(starts))), []
    for t, n in enumerate(alive):
        here = emission[:, chars[starts[:n] + t] - HAN.start]
        if t == 0:
            score = start[:, None] + here
            continue
        one, other = (score[_BEFORE[k], :n] + step[k][:, None] + here for k in (0, 1))
        choices.append(other >= one)
        np.maximum(one, other, out=score[:, :n])
    return score, choices


def _backward(lengths: np.ndarray, state: np.ndarray, choices: list[np.ndarray]) -> list[np.ndarray]:
    """Whether a word ends at character t of the strings that have one, for every t."""
    ends = []
    for t in range(len(choices), -1, -1):
        n = int(np.searchsorted(-lengths, -t, side="left"))
        ends.append((state[:n] == 1) | (state[:n] == 3))
        if t:
            column = state[:n]
            state[:n] = _BEFORE[choices[t - 1][column, np.arange(n)].astype(np.int64), column]
    return ends[::-1]


@functools.cache
def _model() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-probabilities: start (state), step (which of two before, state), emission (state, character)."""
    finalseg = import_jieba().finalseg
    start = np.array([finalseg.start_P[state] for state in _STATES])
    never = finalseg.MIN_FLOAT
    step = np.array([
        [finalseg.trans_P[_STATES[one]].get(state, never) for one, state in zip(row, _STATES, strict=True)]
        for row in _BEFORE
    ])  # fmt: skip
    emission = np.full((4, len(HAN)), never)
    for k, state in enumerate(_STATES):
        for char, p in finalseg.emit_P[state].items():
            if ord(char) in HAN:
                emission[k, ord(char) - HAN.start] = p
    return start, step, emission


@functools.cache
def import_jieba() -> Any:
    """jieba without the warnings of its source: invalid escapes, and pkg_resources where setuptools has it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=SyntaxWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
        import jieba
    return jieba
