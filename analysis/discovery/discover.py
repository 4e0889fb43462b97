"""Candidate formulations that no lexicon knows, of every kind on one scale."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.corpus import REGIONS, Corpus
from analysis.discovery.patterns import common, listed, numbered, quoted
from analysis.discovery.strings import NUMERALS, recurrent_strings
from analysis.discovery.weights import plausible, weigh
from analysis.memo import memoised
from analysis.reading.gazetteer import places
from analysis.slogans import matches

if TYPE_CHECKING:
    from analysis.lexicon import Lexicon

DTYPES = {
    "phrase": "str", "kind": "str", "n": "int64", "n_docs": "int64", "score": "float64", "example": "str",
    "weight": "float64", "doc_id": "str", "start": "int64", "linked": "str",
}  # fmt: skip
MOST = 3000
FORM_WEIGHT = 0.1
SAME = 0.95
MANY = 50  # documents from which weights are trusted that far: variety needs documents to show
LEAST = 0.03  # weight under which a fixed string is mere wording of its genre, however often it stands
_NUMERIC = re.compile(rf"[{NUMERALS}][^、，]{{1,9}}|\d+(?:\+(?:\d+|[A-Za-z]))+")


@memoised
def discover(corpus: Corpus, lexicon: Lexicon) -> pd.DataFrame:
    r"""Formulations that are not in the lexicon.

    Four kinds: ``numeric`` (三抓三早, 五个必须, 1+3+N), ``enumeration`` (抓落实、抓督导、抓研究), ``quoted``, and
    ``fixed``: strings that recur in at least three documents and one in a hundred, firmly joined inside and free at
    both ends. Plain quantities, dictionary words, names, and (from 50 documents) fixed strings that writers
    would quote less than 3 times in 100 (责令改正, 日起施行) are left out.
    Of strings in one another that occur together in 95 % of
    their places, one stays.

    Parameters
    ----------
    corpus : Corpus
    lexicon : Lexicon
        What is already known, and with it every part of it and every fixed string made around it.

    Returns
    -------
    DataFrame
        ``phrase, kind, n`` occurrences, ``n_docs``, ``score``, ``example``; ``weight``; ``doc_id, start``: the
        first place, in the earliest dated document; ``linked``: the abbreviation of an enumeration
        (四抓), or the enumeration that an abbreviation counts. Best first.

        ``score`` is ``n_docs × weight``: the number of documents expected to treat the string as a
        formulation. ``weight`` is the share of its occurrences in quotation marks or, where that is
        greater, the probability that writers would quote a string with such statistics
        (see `weights`). One known by its form alone counts a tenth of at most three documents.
    """
    texts = corpus.docs["text"]
    table = _candidates(texts, lexicon)
    dated = corpus.docs["date_earliest"].fillna(corpus.docs["year"].astype("string")).fillna("9999")
    table = _counted(table, texts[dated.sort_values(kind="stable").index])
    table["score"] = np.round(table["n_docs"] * table["weight"], 4)
    table["weight"] = table["weight"].round(4)
    table = table.sort_values(["score", "n", "phrase"], ascending=[False, False, True], ignore_index=True)
    table = table[list(DTYPES)].astype(DTYPES)
    step = {"step": "discover", "lexicon": lexicon.digest}
    table.attrs = {"recipe": [*corpus.recipe, step], "left_out": 0, "notes": []}
    if table.empty:
        en = "No document has a formulation outside the lexicon."
        table.attrs["reason"] = {"zh": "没有一篇文档出现词库以外的提法。", "en": en}
    return table


def _candidates(texts: pd.Series, lexicon: Lexicon) -> pd.DataFrame:
    """Every candidate with ``kind, weight`` so far, ``quoted`` occurrences and ``linked``, by phrase."""
    marked, lists = quoted(texts), listed(texts)
    fixed = _fixed(list(texts), lexicon)
    links = lists | {short: phrase for phrase, short in sorted(lists.items(), reverse=True) if short}
    known = set(lexicon.surfaces.index)
    phrases = sorted({*marked, *lists, *numbered(texts), *fixed.index, *links} - known)
    return pd.DataFrame({
        "phrase": phrases,
        "kind": [_kind(p, marked) for p in phrases],
        "weight": [fixed.get(p, 0.0) for p in phrases],
        "by_form": [p not in fixed.index and p not in marked for p in phrases],
        "quoted": [marked[p] for p in phrases],
        "linked": [links.get(p, "") for p in phrases],
    })  # fmt: skip


def _kind(phrase: str, marked: Iterable[str]) -> str:
    if "、" in phrase and (common(phrase) or len({len(part) for part in phrase.split("、")}) == 1):
        return "enumeration"
    if _NUMERIC.fullmatch(phrase):
        return "numeric"
    return "quoted" if phrase in marked else "fixed"


def _fixed(texts: list[str], lexicon: Lexicon) -> pd.Series:
    """Weight of the recurrent strings with the best scores, by phrase."""
    names = {place.name for place in places()}
    strings = recurrent_strings(texts, max(3, len(texts) // 100))
    strings = plausible(strings, frozenset(names | {name[:-1] for name in names} | set(REGIONS)))
    if strings.empty:
        return pd.Series(dtype=float)
    strings["weight"] = weigh(strings, sum(map(len, texts)))
    strings["score"] = strings["n_docs"] * strings["weight"]
    strings = strings.sort_values(["score", "phrase"], ascending=[False, True], ignore_index=True)[: 2 * MOST]
    strings = _folded(strings)
    strings = strings[~_around(strings["phrase"], lexicon.surfaces.index)]
    if len(texts) >= MANY:
        strings = strings[(strings["weight"] >= LEAST) | (strings["kind"] != "fixed")]
    return strings[:MOST].set_index("phrase")["weight"]


def _folded(strings: pd.DataFrame) -> pd.DataFrame:
    """Of strings in one another with the same occurrences the longest, with the best weight of them.

    What stands before a numeral is no part of the formulation: there the one that begins with it stays.
    """
    number = {phrase: k for k, phrase in enumerate(strings["phrase"])}
    n, weight = strings["n"].to_numpy(), strings["weight"].to_numpy().copy()
    gone = np.zeros(len(strings), dtype=bool)
    for phrase in sorted(number, key=lambda p: (-len(p), p)):
        k = number[phrase]
        for part in _parts(phrase):
            j = number.get(part)
            if j is None or gone[j] or gone[k] or n[k] < SAME * n[j]:
                continue
            numeral = part[0] in NUMERALS and not phrase.startswith(part)
            kept, lost = (j, k) if numeral else (k, j)
            gone[lost], weight[kept] = True, max(weight[kept], weight[lost])
    return strings.assign(weight=weight)[~gone]


def _parts(phrase: str) -> list[str]:
    size = len(phrase)
    return [phrase[a : a + length] for length in range(size - 1, 1, -1) for a in range(size - length + 1)]


def _around(phrases: pd.Series, surfaces: Iterable[str]) -> pd.Series:
    """Whether a string is part of a known formulation, or made up for the most part of one; never a numeric one."""
    known = set(surfaces)
    inside = "\n".join(sorted(known))
    made = phrases.map(lambda p: any(len(q) >= 4 and 2 * len(q) >= len(p) and q in known for q in _parts(p)))
    part = phrases.map(lambda p: p in inside and p not in known)
    return (part | made) & ~phrases.str[0].isin(list(NUMERALS))


def _counted(table: pd.DataFrame, texts: pd.Series) -> pd.DataFrame:
    """With occurrences, documents, first place and final weight."""
    n, n_docs, start = np.zeros((3, len(table)), dtype=np.int64)
    first, example = [""] * len(table), [""] * len(table)
    for doc_id, found in matches(texts, table["phrase"]):
        text, numbers = texts[doc_id], np.array([k for _, _, k in found])
        seen, at = np.unique(numbers, return_index=True)
        for a, b, k in (found[j] for j in at[n_docs[seen] == 0]):
            first[k], start[k] = doc_id, a
            example[k] = text[max(0, a - 12) : b + 12].replace("\n", " ")
        n += np.bincount(numbers, minlength=len(table))
        n_docs[seen] += 1
    table = table.assign(n=n, n_docs=n_docs, doc_id=first, start=start, example=example)
    table = table[table["n"] > 0]
    form = np.where(table["by_form"], FORM_WEIGHT * np.minimum(1, 3 / table["n_docs"]), 0)
    share = table["quoted"] / table["n"]
    return table.assign(weight=np.maximum(np.maximum(table["weight"], share), form))
