"""Any string or regular expression, counted on characters as words and slogans are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.corpus import Corpus, bare
from analysis.dfm import group_codes, make_dfm
from analysis.kwic import compiled
from analysis.segments import paragraph_spans, sentence_spans, span_of
from analysis.slogans import OCCURRENCE_DTYPES
from analysis.stats.frequency import frequency, note

_NOTE = note(
    "每万字频次；95 % 区间以文档为单位（比率估计，逐一剔除，对数尺度，t 分位数）。",
    "Per 10,000 characters; 95 % intervals over documents (ratio estimator, leave-one-out, log scale).",
)
_NOWHERE = note("没有一篇文档出现所查的内容。", "No document holds what was looked for.")
RENAMED = {"per_10k": "per_10k_chars"}


def pattern_frequency(corpus: Corpus, pattern: str | Sequence[str], by: str | None = None) -> pd.DataFrame:
    """How often a pattern is met in each group of documents, on characters.

    Parameters
    ----------
    corpus : Corpus
    pattern : str or list of str
        As ``kwic`` takes it: a regular expression, or strings taken literally. Matches do not overlap.
    by : str, optional
        Docvar that defines the groups.

    Returns
    -------
    DataFrame
        The columns of ``frequency``, its rate as ``per_10k_chars``; a group without a match has a row of zeros
        and no interval. Empty where no document matches, or none of the groups is known.

    Raises
    ------
    KeyError
        If ``by`` is not a docvar.
    ValueError
        If the pattern is no regular expression or matches the empty string.
    """
    found, docs = finder(pattern), corpus.docs
    counts = np.array([sum(1 for _ in found.finditer(text)) for text in docs["text"].tolist()], dtype=np.int64)
    step = {"step": "pattern", "pattern": found.pattern[:200]}
    matrix = make_dfm(
        counts[:, None], [_name(pattern)], docs.drop(columns="text"), totals=docs["n_chars"].to_numpy(),
        recipe=(*corpus.recipe, step),
    )  # fmt: skip
    table = frequency(matrix, by)
    attrs = table.attrs | {"notes": [_NOTE, *table.attrs["notes"][1:]]} | ({} if counts.any() else {"reason": _NOWHERE})
    if by is not None and len(table):
        table = _with_zeros(table, docs, by)
    table = table.rename(columns=RENAMED)
    table.attrs = attrs
    return table


def _with_zeros(table: pd.DataFrame, docs: pd.DataFrame, by: str) -> pd.DataFrame:
    """A row for every group, in order."""
    codes, keys = group_codes(docs, by)
    full = keys.merge(table, on=by, how="left")
    full["n_docs"] = np.bincount(codes[codes >= 0], minlength=len(keys))
    fill = {"feature": table["feature"].iloc[0], "n": 0, "per_10k": 0.0, "rank": 1, "docfreq": 0}
    return full.fillna(fill).astype(table.dtypes.drop(by))


def mentions(corpus: Corpus, pattern: str | Sequence[str], among: pd.DataFrame | None = None) -> pd.DataFrame:
    """Where a pattern is met, as an occurrence table, so that ``adoption`` and ``cooccurrence`` take it for a slogan.

    Parameters
    ----------
    corpus : Corpus
    pattern : str or list of str
        As ``kwic`` takes it.
    among : DataFrame, optional
        An occurrence table to put the mentions into: what then lies inside another's span, or shares it with a
        slogan, is ``nested``, so that no string is tied to the slogan it is part of.

    Returns
    -------
    DataFrame
        The columns of ``slogans``; ``slogan`` is the pattern, ``variant`` what stands in the text.

    Raises
    ------
    ValueError
        If the pattern is no regular expression or matches the empty string.
    """
    found, rows = finder(pattern), []
    for doc_id, text in corpus.docs["text"].items():
        spans = np.array([match.span() for match in found.finditer(text)], dtype=np.int64)
        if len(spans):
            numbers = [span_of(cut(text), spans[:, 0]).tolist() for cut in (sentence_spans, paragraph_spans)]
            rows += [
                (doc_id, _name(pattern), text[start:end], start, end, sentence, paragraph, False, "")
                for (start, end), sentence, paragraph in zip(spans.tolist(), *numbers, strict=True)
            ]
    table = pd.DataFrame(rows, columns=list(OCCURRENCE_DTYPES)).astype(OCCURRENCE_DTYPES)
    table.attrs = {"recipe": [*corpus.recipe, {"step": "mentions", "pattern": found.pattern[:200]}]}
    if table.empty:
        table.attrs["reason"] = _NOWHERE
    return table if among is None else _put(table, among, corpus)


def _put(table: pd.DataFrame, among: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    both = pd.concat([bare(among), bare(table)], ignore_index=True)
    far = 2 + int(both["end"].max() if len(both) else 0)
    document = corpus.docs.index.get_indexer(pd.Index(both["doc_id"])) * far
    spans = np.column_stack([document + both["start"], document + both["end"]])
    is_new = np.arange(len(both)) >= len(among)
    inside = np.where(is_new, _within(spans, spans[~is_new], same=True), _within(spans, spans[is_new], same=False))
    both["nested"] |= inside
    both.attrs = table.attrs
    return both


def _within(spans: np.ndarray, others: np.ndarray, *, same: bool) -> np.ndarray:
    """Which spans lie inside one of the others; ``same``: or are one of them."""
    order = np.lexsort((-others[:, 1], others[:, 0]))
    starts, reach = others[order, 0], np.maximum.accumulate(np.append(-1, others[order, 1]))
    upto, before = (reach[np.searchsorted(starts, spans[:, 0], side=side)] for side in ("right", "left"))
    return (before >= spans[:, 1]) | (upto >= spans[:, 1] + (not same))


def finder(pattern: str | Sequence[str]) -> re.Pattern[str]:
    """The regular expression that finds a pattern; of literal strings the longest wins."""
    if isinstance(pattern, str):
        return compiled(pattern)
    return compiled("|".join(re.escape(part) for part in sorted(set(pattern), key=lambda part: (-len(part), part))))


def _name(pattern: str | Sequence[str]) -> str:
    return pattern if isinstance(pattern, str) else "|".join(sorted(set(pattern)))
