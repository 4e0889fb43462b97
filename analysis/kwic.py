"""Keyword in context, on characters: a hit is never broken by segmentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from analysis.corpus import Corpus

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
    compiled = _compile(pattern)
    rows = [
        (
            doc_id,
            text[max(0, m.start() - width) : m.start()],
            m.group(),
            text[m.end() : m.end() + width],
            m.start(),
        )
        for doc_id, text in corpus.docs["text"].items()
        for m in compiled.finditer(text)
    ]
    table = pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)
    for side in ("left", "right"):
        table[side] = table[side].str.replace("\n", " ")
    table.attrs = {
        "recipe": [*corpus.recipe, {"step": "kwic", "pattern": compiled.pattern[:200], "width": width}]
    }
    if table.empty:
        table.attrs["reason"] = {
            "zh": "没有一篇文档出现所查的内容。",
            "en": "No document holds what was looked for.",
        }
    return table


def _compile(pattern: str | list[str] | Lexicon) -> re.Pattern[str]:
    if not isinstance(pattern, str):
        strings = pattern if isinstance(pattern, list) else pattern.surfaces.index.tolist()
        pattern = "|".join(re.escape(s) for s in sorted(set(strings), key=lambda s: (-len(s), s)))
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        message = (
            f"The pattern {pattern!r} is not a regular expression ({error}); put literal strings in a list."
        )
        raise ValueError(message) from None
    if compiled.match(""):
        raise ValueError(f"The pattern {pattern!r} matches the empty string; name at least one character.")
    return compiled
