"""Candidate formulations that no lexicon knows: what the documents quote, and what they number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from analysis.corpus import Corpus

if TYPE_CHECKING:
    from analysis.lexicon import Lexicon

COLUMNS = ["phrase", "kind", "n", "n_docs", "score", "example"]
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
    quoted = pd.Series([p for text in texts for p in _QUOTED.findall(text) if not _SENTENCE_MARKS.search(p)], dtype="str")
    known = set(lexicon.surfaces.index)
    counts = quoted[~quoted.isin(known)].value_counts()
    rows = [_row(phrase, n_quoted, texts) for phrase, n_quoted in counts.items()]
    table = pd.DataFrame(rows, columns=COLUMNS).sort_values(["score", "n", "phrase"], ascending=[False, False, True])
    table = table.reset_index(drop=True)
    table.attrs = {"recipe": [*corpus.recipe, {"step": "discover", "lexicon": lexicon.digest}]}
    return table


def _row(phrase: str, n_quoted: int, texts: pd.Series) -> tuple:
    counts = texts.str.count(re.escape(phrase))
    n, n_docs = int(counts.sum()), int((counts > 0).sum())
    text = texts[counts > 0].iloc[0]
    at = text.index(phrase)
    example = text[max(0, at - 12) : at + len(phrase) + 12].replace("\n", " ")
    return phrase, _kind(phrase), n, n_docs, round(n_docs * n_quoted / n, 4), example


def _kind(phrase: str) -> str:
    if _NUMERIC.fullmatch(phrase) or re.search(r"\d\+(?:\d|N)", phrase):
        return "numeric"
    return "enumeration" if "、" in phrase else "quoted"
