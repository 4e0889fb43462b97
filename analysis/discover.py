"""Candidate formulations that no lexicon knows: what the documents quote, and what they number."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.slogans import matches

if TYPE_CHECKING:
    from analysis.lexicon import Lexicon

DTYPES = {
    "phrase": "str",
    "kind": "str",
    "n": "int64",
    "n_docs": "int64",
    "score": "float64",
    "example": "str",
}
_QUOTED = re.compile(r"[“「『]([^”」』“「『\n]{2,24})[”」』]")
_NUMERIC = re.compile(
    r"(?:[一二两三四五六七八九十百千万]+(?:大|个|项|化|抓|有|为|严|强|美|讲|不|争|清|型|好|提升|统|要|保|稳|新|进|实){1}[\u4e00-\u9fff]{0,2}){1,4}"
)
_SENTENCE_MARKS = re.compile(r"[。！？；]")


def discover(corpus: Corpus, lexicon: Lexicon) -> pd.DataFrame:
    """Quoted formulations of 2–24 characters that are not in the lexicon.

    Parameters
    ----------
    corpus : Corpus
    lexicon : Lexicon
        What is already known.

    Returns
    -------
    DataFrame
        ``phrase, kind`` (``numeric`` where it counts something: “三抓三早”; ``enumeration`` where it
        has parallel parts; else ``quoted``), ``n`` occurrences in quotes or not, ``n_docs``, ``score``
        (documents with it × share of its occurrences that are quoted), ``example``; best first.
        A phrase with a sentence mark inside is a quotation, not a formulation, and is left out.
    """
    texts = corpus.docs["text"]
    quoted = Counter(p for text in texts for p in _QUOTED.findall(text) if not _SENTENCE_MARKS.search(p))
    phrases = sorted(quoted.keys() - set(lexicon.surfaces.index))
    n, n_docs, examples = _counts(phrases, texts)
    share = [quoted[p] / n[k] for k, p in enumerate(phrases)]
    columns = [phrases, [_kind(p) for p in phrases], n, n_docs, np.round(n_docs * share, 4), examples]
    table = pd.DataFrame(dict(zip(DTYPES, columns, strict=True))).astype(DTYPES)
    table = table.sort_values(["score", "n", "phrase"], ascending=[False, False, True], ignore_index=True)
    table.attrs = {"recipe": [*corpus.recipe, {"step": "discover", "lexicon": lexicon.digest}]}
    if table.empty:
        table.attrs["reason"] = {
            "zh": "没有一篇文档用引号标出词库以外的提法。",
            "en": "No document puts a formulation outside the lexicon in quotes.",
        }
    return table


def _counts(phrases: list[str], texts: pd.Series) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Occurrences and documents of each phrase, and the first occurrence in its context."""
    n, n_docs = np.zeros((2, len(phrases)), dtype=np.int64)
    examples = [""] * len(phrases)
    for doc_id, found in matches(texts, phrases):
        text = texts[doc_id]
        for start, end, k in found:
            examples[k] = examples[k] or text[max(0, start - 12) : end + 12].replace("\n", " ")
        numbers = [k for _, _, k in found]
        n += np.bincount(numbers, minlength=len(phrases))
        n_docs[numbers] += 1  # once, however often a number comes
    return n, n_docs, examples


def _kind(phrase: str) -> str:
    if _NUMERIC.fullmatch(phrase) or re.search(r"\d\+(?:\d|N)", phrase):
        return "numeric"
    return "enumeration" if "、" in phrase else "quoted"
