"""The sentences behind a number, and the document behind a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import islice
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.answers import quoted
from analysis.explore.choices import Choice, query, subset
from analysis.explore.strings import finder, mentions
from analysis.explore.views import library
from analysis.labels import label
from analysis.stats.frequency import note
from analysis.stats.topic_labels import representative
from analysis.study import Study

COLUMNS = ("doc_id", "region", "year", "title", "left", "match", "right", "start")
Hit = tuple[str, int, int]  # document, start, end
PASSAGES = 20


def concordance(
    study: Study, choice: Choice, row: pd.Series | str, *, sort: Literal["left", "right"] | None = None,
    limit: int = 500, width: int = 20,
) -> pd.DataFrame:  # fmt: skip
    """The hits behind a row of an answer's table, or of a typed string, in the documents chosen.

    Parameters
    ----------
    study : Study
    choice : Choice
        That of the answer; only the row's group of it is looked at.
    row : Series or str
        A term gives the places of its tokens, of keyness on the side that has more of it; a slogan all ways of
        writing it; a pair the sentences with both, from the one to the other; a topic the paragraphs most about it.
    sort : {"left", "right"}, optional
        By the text before the hit, read from the hit, or after it; else in the order of the corpus.
    limit : int
        Most hits listed, the first in the corpus; a note says if there are more.
    width : int
        Characters on each side.

    Returns
    -------
    DataFrame
        ``doc_id region year title left match right start``; what has no title goes by its ``doc_id``.

    Raises
    ------
    ValueError
        If the typed string is no regular expression.
    """
    part = subset(study, _documents(choice, row))
    hits = list(islice(_hits(study, part, choice, row), limit + 1))
    table = _lines(part, hits[:limit], width)
    if sort is not None:
        key = table["left"].str[::-1] if sort == "left" else table["right"]
        table = table.iloc[key.argsort(kind="stable")].reset_index(drop=True)
    table.attrs = {"recipe": list(part.corpus.recipe), "notes": [], "left_out": 0}
    if len(hits) > limit:
        table.attrs["notes"] = [note(f"只列前 {limit} 条。", f"Only the first {limit} are listed.")]
    return table


def _documents(choice: Choice, row: pd.Series | str) -> str | None:
    """The query of the documents a row counts."""
    asked = query(choice)
    if isinstance(row, str) or choice.view == "cooccurrence":
        return asked
    if choice.view == "keyness" and row["log_ratio"] < 0:
        return f"not ({asked})" if isinstance(choice.against, str) else query(choice.against)
    column = "group" if "group" in row else choice.by
    group = f"{choice.by} == {quoted(row[column])}" if column in row else None
    return " and ".join(filter(None, [asked, group])) or None


def _hits(study: Study, part: Study, choice: Choice, row: pd.Series | str) -> Iterator[Hit]:
    if isinstance(row, str):
        return _matches(part, row if choice.regex else [row])
    if "topic" in row:
        return _passages(study, part, choice, row)
    if "a" in row:
        return _meetings(part, choice, row["a"], row["b"])
    name = row["slogan"] if "slogan" in row else row["feature"]
    if "slogan" in row or "per_10k_chars" in row:
        return _places(part, choice, name)
    return _tokens(part, name)


def _matches(part: Study, pattern: str | list[str]) -> Iterator[Hit]:
    found = finder(pattern)
    texts = part.corpus.docs["text"].items()
    return ((str(doc_id), *match.span()) for doc_id, text in texts for match in found.finditer(text))


def _tokens(part: Study, feature: str) -> Iterator[Hit]:
    tokens = part.tokens
    places = np.flatnonzero(tokens.codes == np.searchsorted(tokens.types, feature))
    owner = np.searchsorted(tokens.doc_starts, places, side="right") - 1
    last = places + 1 == tokens.doc_starts[owner + 1]
    after = np.where(last, tokens.docvars["n_chars"].to_numpy()[owner], tokens.offsets[np.where(last, 0, places + 1)])
    return zip(tokens.docvars.index[owner], tokens.offsets[places].tolist(), after.tolist(), strict=True)


def _places(part: Study, choice: Choice, name: str) -> Iterator[Hit]:
    """Of a slogan, all its surfaces; of what was typed, its matches."""
    found = part.occurrences[part.occurrences["slogan"] == name]
    if choice.view == "terms" or found.empty:
        return _matches(part, choice.item if choice.regex else [choice.item])
    return zip(found["doc_id"], found["start"], found["end"], strict=True)


def _meetings(part: Study, choice: Choice, a: str, b: str) -> Iterator[Hit]:
    """From the first to the last of a pair in each sentence with both."""
    occ = part.occurrences
    if choice.item in (a, b) and choice.item not in set(occ["slogan"]):
        occ = mentions(part.corpus, choice.item if choice.regex else [choice.item], among=occ)
    pair = occ[occ["slogan"].isin([a, b]) & ~occ["nested"]]
    sentences = pair.groupby(["doc_id", "sentence"]).agg({"slogan": "nunique", "start": "min", "end": "max"})
    both = sentences[sentences["slogan"] == 2].reset_index()
    order = np.argsort(part.corpus.docs.index.get_indexer(pd.Index(both["doc_id"])), kind="stable")
    return both[["doc_id", "start", "end"]].iloc[order].itertuples(index=False, name=None)


def _passages(study: Study, part: Study, choice: Choice, row: pd.Series) -> Iterator[Hit]:
    """The paragraphs most about a topic, one of each document."""
    model = subset(library.topics(study.topic_units, choice.k), _documents(choice, row))
    one = replace(model, doc_topic=model.doc_topic[[row["topic"]]])
    found = representative(one, part.corpus, n=PASSAGES)
    for doc_id, start in zip(found["doc_id"], found["start"].tolist(), strict=True):
        text = part.corpus.docs["text"][doc_id]
        yield doc_id, start, text.find("\n", start) % (len(text) + 1)


def _lines(part: Study, hits: Sequence[Hit], width: int) -> pd.DataFrame:
    texts = part.corpus.docs["text"]
    rows = []
    for doc_id, start, end in hits:
        text = texts[doc_id]
        sides = (text[max(0, start - width) : start], text[start:end], text[end : end + width])
        rows.append((doc_id, *(side.replace("\n", " ") for side in sides), start))
    table = pd.DataFrame(rows, columns=["doc_id", "left", "match", "right", "start"])
    about = part.corpus.docs.loc[table["doc_id"], ["region", "year", "title"]].reset_index(drop=True)
    about["title"] = about["title"].where(about["title"].notna(), table["doc_id"])
    return pd.concat([table, about], axis=1)[list(COLUMNS)]


def document_html(study: Study, doc_id: str, spans: Sequence[tuple[int, int]]) -> str:
    """The full text of a document in HTML, with these spans in ``<mark>``; of spans that overlap only the first.

    Raises
    ------
    KeyError
        If there is no such document.
    """
    if doc_id not in study.corpus.docs.index:
        raise KeyError(f"No document {doc_id!r}; see corpus.docs.index.")
    about: dict[Any, Any] = study.corpus.docs.loc[doc_id].to_dict()
    text, done, parts = str(about["text"]), 0, list[str]()
    for start, end in sorted(spans):
        if start >= done:
            parts += [escape(text[done:start]), f"<mark>{escape(text[start:end])}</mark>"]
            done = end
    said = [label(about[name]) for name in ("region", "year", "institution") if pd.notna(about[name])]
    title = doc_id if pd.isna(about["title"]) else str(about["title"])
    body = "".join(parts) + escape(text[done:])
    return (
        f'<article class="tifa-document" lang="zh"><h3>{escape(title)}</h3><p>{escape(" · ".join([*said, doc_id]))}</p>'
        f'<div style="white-space:pre-wrap">{body}</div></article>'
    )
