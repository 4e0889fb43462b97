"""Keyword in context, on characters: a hit is never broken by segmentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from analysis.corpus import Corpus
from analysis.slogans import longest

if TYPE_CHECKING:
    from analysis.lexicon import Lexicon

DTYPES = {"doc_id": "str", "left": "str", "match": "str", "right": "str", "start": "int64"}


def kwic(corpus: Corpus, pattern: str | list[str] | Lexicon, width: int = 20) -> pd.DataFrame:
    """The concordance of a pattern.

    Parameters
    ----------
    corpus : Corpus
    pattern : str, list of str or Lexicon
        A regular expression; a list of strings taken literally, the longest winning; or all the
        surfaces of a lexicon.
    width : int
        Characters of context on each side; line ends are shown as spaces.

    Returns
    -------
    DataFrame
        ``doc_id, left, match, right, start`` in the order of the corpus.

    Raises
    ------
    ValueError
        If the pattern is empty, cannot be compiled, or matches the empty string, or the width is negative.
    """
    if width < 0:
        raise ValueError(f"width is {width}; it is a number of characters, 0 or more.")
    texts = corpus.docs["text"]
    rows = [
        (doc_id, text[max(0, start - width) : start], text[start:end], text[end : end + width], start)
        for doc_id, text, start, end in _hits(texts, pattern)
    ]
    table = pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)
    for side in ("left", "right"):
        table[side] = table[side].str.replace("\n", " ")
    step = {"step": "kwic", "pattern": _name(pattern), "width": width}
    table.attrs = {"recipe": [*corpus.recipe, step], "left_out": 0, "notes": []}
    if table.empty:
        table.attrs["reason"] = {"zh": "没有一篇文档出现所查的内容。", "en": "No document holds what was looked for."}
    return table


def _hits(texts: pd.Series, pattern: str | list[str] | Lexicon) -> Iterator[tuple[str, str, int, int]]:
    if isinstance(pattern, str):
        found = compiled(pattern)
        return ((str(doc_id), text, *m.span()) for doc_id, text in texts.items() for m in found.finditer(text))
    strings = sorted(set(pattern)) if isinstance(pattern, list) else pattern.surfaces.index
    if not all(strings) or not len(strings):
        raise ValueError(f"The pattern {pattern!r} matches the empty string; name at least one character.")
    spans = longest(texts, strings)
    return ((doc_id, texts[doc_id], start, end) for doc_id, places in spans.items() for start, end in places)


def _name(pattern: str | list[str] | Lexicon) -> str:
    if isinstance(pattern, str):
        return pattern[:200]
    return "|".join(sorted(set(pattern)))[:200] if isinstance(pattern, list) else pattern.digest


def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression; ValueError if it is none or matches the empty string."""
    try:
        found = re.compile(pattern)
    except re.error as error:
        message = f"The pattern {pattern!r} is not a regular expression ({error}); put literal strings in a list."
        raise ValueError(message) from None
    if found.match(""):
        raise ValueError(f"The pattern {pattern!r} matches the empty string; name at least one character.")
    return found
