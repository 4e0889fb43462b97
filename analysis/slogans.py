"""Slogans (提法) in the raw text: every occurrence, nested or not, by one automaton."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.segments import paragraph_spans, sentence_spans, span_of

if TYPE_CHECKING:
    from analysis.lexicon import Lexicon

OCCURRENCE_DTYPES = {
    "doc_id": "str", "slogan": "str", "variant": "str", "start": "int64", "end": "int64",
    "sentence": "int64", "paragraph": "int64", "nested": "bool",
}  # fmt: skip


def slogans(corpus: Corpus, lexicon: Lexicon) -> pd.DataFrame:
    """Every occurrence of every slogan.

    Aho–Corasick over all surfaces of the lexicon (canonical forms and aliases), on characters.

    Returns
    -------
    DataFrame
        One row per occurrence, by document and position: ``doc_id, slogan, variant`` (the surface
        met), ``start, end`` (characters of ``text``), ``sentence, paragraph`` (running numbers in the
        document, from 0), ``nested``. The rows with ``nested`` False are the leftmost-longest reading:
        of two slogans that share a character only one stands in it.
    """
    texts = corpus.docs["text"]
    surfaces = lexicon.surfaces
    found = matches(texts, surfaces.index)
    rows = [row for doc_id, own in found for row in _occurrences(doc_id, texts[doc_id], own, surfaces)]
    table = pd.DataFrame(rows, columns=list(OCCURRENCE_DTYPES)).astype(OCCURRENCE_DTYPES)
    step = {"step": "slogans", "lexicon": lexicon.digest, "entries": len(lexicon)}
    table.attrs = {"recipe": [*corpus.recipe, step]}
    if table.empty:
        table.attrs["reason"] = {
            "zh": "没有一篇文档出现词库中的提法。",
            "en": "No formulation of the lexicon occurs in any document.",
        }
    return table


def maximal_spans(
    texts: pd.Series, lexicon: Lexicon | None
) -> tuple[dict[str, list[tuple[int, int]]], Mapping[str, str]]:
    """The leftmost-longest slogan spans of each text, and the canonical form of each surface."""
    if lexicon is None:
        return {}, {}
    surfaces = lexicon.surfaces
    spans = {
        doc_id: [(a, b) for (a, b, _), inner in zip(found, _nested(found), strict=True) if not inner]
        for doc_id, found in matches(texts, surfaces.index)
    }
    return spans, dict(zip(surfaces.index, surfaces, strict=True))


def matches(texts: pd.Series, patterns: Iterable[str]) -> Iterator[tuple[str, list[tuple[int, int, int]]]]:
    """Per document all matches as (start, end, number of the pattern), longest first at each start.

    Documents without a match are left out; matches may overlap.
    """
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick(list(patterns))
    for doc_id, text in texts.items():
        found = automaton.find_matches_as_indexes(text, overlapping=True)
        if found:
            yield str(doc_id), sorted(((a, b, k) for k, a, b in found), key=lambda m: (m[0], -m[1]))


def _nested(found: list[tuple[int, int, int]]) -> list[bool]:
    """Whether each match (sorted by start, longest first) is outside the leftmost-longest reading."""
    flags, covered = [], 0
    for start, end, _ in found:
        flags.append(start < covered)
        if start >= covered:
            covered = end
    return flags


def _occurrences(
    doc_id: str, text: str, found: list[tuple[int, int, int]], surfaces: pd.Series
) -> Iterator[tuple[object, ...]]:
    start, end, surface = np.array(found, dtype=np.int64).T
    sentence, paragraph = span_of(sentence_spans(text), start), span_of(paragraph_spans(text), start)
    slogan, variant = surfaces.array[surface], surfaces.index[surface]
    return zip(repeat(doc_id), slogan, variant, start, end, sentence, paragraph, _nested(found), strict=False)
