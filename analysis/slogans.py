"""Slogans (提法) in the raw text: every occurrence, nested or not, by one automaton."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.segments import Joined, join, span_of

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

    from analysis.lexicon import Lexicon

Match = tuple[int, int, int]  # start, end, number of the pattern
OCCURRENCE_DTYPES = {
    "doc_id": "str", "slogan": "str", "variant": "str", "start": "int64", "end": "int64",
    "sentence": "int64", "paragraph": "int64", "nested": "bool", "within": "str",
}  # fmt: skip
WITHIN = ("", "title", "institution")
HEAD = 400  # characters in which a document says whose it is
_TITLE = re.compile(r"《[^《》\n]*(?:《[^《》\n]*》[^《》\n]*)*》")
_BODY = re.compile(
    r"”?(?:战略|工作|专项|斗争|行动|建设|改革|领导|协调|推进|研究|服务|宣传|教育|指导|管理|督导)*"
    r"(?:委员会|(?:领导|协调|工作)小组|工作组|办公室|指挥部|专班|联席会议|研究[会院所]|学院|协会|学会|基金会|促进会"
    r"|[办局](?![法理事好结案公学实成到面势部限])|中心(?![城组任工环地思点区]))"
)


def slogans(corpus: Corpus, lexicon: Lexicon) -> pd.DataFrame:
    """Every occurrence of every slogan.

    Aho–Corasick over all surfaces of the lexicon, on characters. A slogan inside a longer way of
    writing the same slogan (四个意识 inside 树牢“四个意识”) is one occurrence, not two. Where a form
    means several things, the words around it decide: those of its sentence, else of its paragraph; else what
    the form means elsewhere in the document (one sense per discourse: Gale, Church & Yarowsky 1992); else the
    words of the document's head. Where none or several fit, it stays under its bare form.

    Returns
    -------
    DataFrame
        One row per occurrence, by document and position: ``doc_id, slogan, variant`` (the surface
        met, with its quotation marks), ``start, end`` (characters of ``text``; between them stands
        ``variant``), ``sentence, paragraph`` (running numbers in the document, from 0), ``nested``,
        ``within`` (``title`` inside 《》, ``institution`` in the name of a body, else empty). The rows
        with ``nested`` False are the leftmost-longest reading: of two slogans that share a character
        only one stands in it.
    """
    texts = dict(zip(corpus.docs.index.astype(str).tolist(), corpus.docs["text"].tolist(), strict=True))
    surfaces = lexicon.surfaces
    bare = {meaning: form for form, several in lexicon.meanings.items() for meaning in several}
    owners = pd.factorize(surfaces.map(lambda slogan: bare.get(slogan, slogan)))[0].tolist()
    found = dict(matches(texts, surfaces.index.tolist()))
    joined = join(texts[doc_id] for doc_id in found)
    surface, start, end, nested = _mentions(found.values(), joined.firsts, owners)
    document = np.searchsorted(joined.firsts, start, side="right") - 1
    sentence, paragraph = (span_of(spans, start) for spans in (joined.sentences, joined.paragraphs))
    slogan = _meant(surfaces.to_numpy()[surface].tolist(), (document, sentence, paragraph), joined, lexicon)
    first = joined.firsts[document]
    columns = [
        _taken(list(found), document), slogan, _taken(surfaces.index, surface), start - first, end - first,
        sentence - np.searchsorted(joined.sentences[:, 0], first),
        paragraph - np.searchsorted(joined.paragraphs[:, 0], first), nested,
        _taken(WITHIN, _within(joined.text, start, end)),
    ]  # fmt: skip
    table = pd.DataFrame(dict(zip(OCCURRENCE_DTYPES, columns, strict=True))).astype(OCCURRENCE_DTYPES)
    step = {"step": "slogans", "lexicon": lexicon.digest, "entries": len(lexicon)}
    table.attrs = {"recipe": [*corpus.recipe, step], "left_out": 0, "notes": []}
    if table.empty:
        table.attrs["reason"] = {
            "zh": "没有一篇文档出现词库中的提法。",
            "en": "No formulation of the lexicon occurs in any document.",
        }
    return table


def _taken(values: Iterable[str], codes: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(values), dtype="str").take(codes)


def maximal_spans(
    texts: pd.Series, lexicon: Lexicon | None
) -> tuple[dict[str, list[tuple[int, int]]], Mapping[str, str]]:
    """The leftmost-longest slogan spans of each text, and the canonical form of each surface."""
    if lexicon is None:
        return {}, {}
    canonical = _canonical(lexicon)
    return longest(texts, canonical), canonical


@lru_cache(maxsize=2)
def _canonical(lexicon: Lexicon) -> dict[str, str]:
    return dict(lexicon.surfaces)


def longest(texts: pd.Series, patterns: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """The leftmost-longest reading of each text that has any of the patterns: spans that share no character."""
    return {
        doc_id: [(a, b) for (a, b, _), inner in zip(found, _nested(found), strict=True) if not inner]
        for doc_id, found in matches(texts, patterns)
    }


def matches(texts: pd.Series | Mapping[str, str], patterns: Iterable[str]) -> Iterator[tuple[str, list[Match]]]:
    """Per document all matches as (start, end, number of the pattern), longest first at each start.

    Documents without a match are left out; matches may overlap.
    """
    automaton = _automaton(tuple(patterns))
    for doc_id, text in texts.items():
        found = [(a, b, k) for k, a, b in automaton.find_matches_as_indexes(text, overlapping=True)]
        if found:
            found.sort(key=itemgetter(1), reverse=True)
            found.sort(key=itemgetter(0))
            yield str(doc_id), found


@lru_cache(maxsize=2)
def _automaton(patterns: tuple[str, ...]) -> AhoCorasick:
    from ahocorasick_rs import AhoCorasick, Implementation

    return AhoCorasick(patterns, implementation=Implementation.DFA)


def _nested(found: list[Match]) -> list[bool]:
    """Whether each match (sorted by start, longest first) is outside the leftmost-longest reading."""
    flags, covered = [], 0
    for start, end, _ in found:
        flags.append(start < covered)
        if start >= covered:
            covered = end
    return flags


def _mentions(found: Iterable[list[Match]], firsts: np.ndarray, owners: list[int]) -> tuple[np.ndarray, ...]:
    """Surface, start and end (in the joined text) and nestedness of every mention.

    Of matches of one slogan one inside the other, one is a mention: that in the leftmost-longest reading, else the
    longest.
    """
    every = [(a + first, b + first, k) for first, own in zip(firsts.tolist(), found, strict=False) for a, b, k in own]
    nested = _nested(every)
    kept, outer = [True] * len(every), dict[int, int]()
    for k, (_, end, surface) in enumerate(every):
        longer = outer.setdefault(owners[surface], k)
        if end > every[longer][1]:
            outer[owners[surface]] = k
        elif longer != k:
            kept[k if nested[k] else longer] = False
    start, end, surface = np.array(every, dtype=np.int64).reshape(-1, 3)[kept].T
    return surface, start, end, np.array(nested, dtype=bool)[kept]


def _within(text: str, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Number in `WITHIN` of what each mention stands in."""
    titles = np.array([(0, 0), *(title.span() for title in _TITLE.finditer(text))])
    bodies = [2 * bool(_BODY.match(text, at)) for at in end.tolist()]
    title = np.searchsorted(titles[:, 0], start, side="right") - 1
    return np.where(end <= titles[title, 1], 1, bodies).astype(np.int64)


def _meant(
    slogans: list[str], places: tuple[np.ndarray, np.ndarray, np.ndarray], joined: Joined, lexicon: Lexicon
) -> list[str]:
    """The slogans, a form that means several things under the meaning that its surroundings betray.

    ``places``: document, sentence and paragraph of each, by number in the joined text.
    """
    homonyms: dict[tuple[int, str], list[int]] = {}
    document, *units = (numbers.tolist() for numbers in places)
    for k, form in enumerate(slogans):
        if form in lexicon.meanings:
            homonyms.setdefault((document[k], form), []).append(k)
    for (row, form), rows in homonyms.items():
        spans = [(joined.sentences[units[0][k]], joined.paragraphs[units[1][k]]) for k in rows]
        near = [(joined.text[slice(*sentence)], joined.text[slice(*paragraph)]) for sentence, paragraph in spans]
        first, after = joined.firsts[row : row + 2]
        chosen = _meanings(near, joined.text[first : min(first + HEAD, after - 1)], form, lexicon.meanings[form])
        for k, meaning in zip(rows, chosen, strict=True):
            slogans[k] = meaning
    return slogans


def _meanings(near: list[tuple[str, str]], head: str, form: str, meanings: Mapping[str, Iterable[str]]) -> list[str]:
    """The meaning of a form at each of its places in one document."""
    found = [_meaning(around, form, meanings) for around in near]
    settled = set(found) - {None, form}
    other = settled.pop() if len(settled) == 1 else form if settled else _meaning((head,), form, meanings)
    return [meaning or other or form for meaning in found]


def _meaning(around: Iterable[str], form: str, meanings: Mapping[str, Iterable[str]]) -> str | None:
    """The one meaning that the nearest surroundings with any of its words betray; the form itself if several fit."""
    for unit in around:
        fit = [meaning for meaning, cues in meanings.items() if any(cue in unit for cue in cues)]
        if fit:
            return fit[0] if len(fit) == 1 else form
    return None
