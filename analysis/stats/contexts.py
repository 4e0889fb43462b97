"""Contexts (sentences, paragraphs, documents or windows) and the features present in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.corpus import Corpus, Recipe
from analysis.dfm import counted
from analysis.docvars import suggest
from analysis.segments import paragraph_spans, sentence_spans
from analysis.tokens import Tokens

Unit = Literal["sentence", "paragraph", "document"]
Context = Unit | int
MIN_CONTEXTS = 5
MAX_TYPES = 2000


@dataclass(frozen=True, eq=False)
class Contexts:
    """Which context has which feature.

    Attributes
    ----------
    presence : csr_matrix of 0 and 1, shape (contexts, features)
    features : ndarray of str, sorted
    document : ndarray of int64, shape (contexts,)
        Row of ``docvars`` each context belongs to.
    length : ndarray of int64, shape (contexts,)
        Characters, or tokens.
    docvars : DataFrame
    """

    presence: sparse.csr_matrix
    features: np.ndarray
    document: np.ndarray
    length: np.ndarray
    docvars: pd.DataFrame
    recipe: Recipe

    def strata(self, context: Context) -> np.ndarray:
        """Number of the stratum of each context: its document (unless it is one) and its length class."""
        per_doubling = 2 if context == "document" or len(self.length) >= 2000 else 1
        document = 0 if context == "document" else self.document
        return np.unique(document * 1000 + length_class(self.length, per_doubling), return_inverse=True)[1]


def length_class(length: np.ndarray, per_doubling: int = 1) -> np.ndarray:
    """Number of the class of each length; so many classes from a length to its double."""
    return np.floor(per_doubling * np.log2(np.maximum(length, 1))).astype(np.int64)


def find_contexts(occ_or_tokens: pd.DataFrame | Tokens | Contexts, corpus: Corpus | None, context: Context) -> Contexts:
    """Contexts of occurrences in a corpus, or of tokens; those already found as they are.

    Parameters
    ----------
    context : {"sentence", "paragraph", "document"} or int
        A number cuts every document into windows of so many characters (of tokens, for tokens), one
        after the other and not overlapping; an occurrence is in the window it starts in.

    Raises
    ------
    ValueError
        If the context is unknown; as ``occurrence_contexts`` and ``token_contexts``.
    """
    window = isinstance(context, int) and context >= 2
    if not window and context not in get_args(Unit):
        hint = suggest(str(context), get_args(Unit)) or "use sentence, paragraph, document or a number from 2 on."
        raise ValueError(f"No context {context!r}; {hint}")
    if isinstance(occ_or_tokens, Contexts):
        return occ_or_tokens
    if isinstance(occ_or_tokens, Tokens):
        return token_contexts(occ_or_tokens, context)
    return occurrence_contexts(occ_or_tokens, corpus, context)


def occurrence_contexts(occ: pd.DataFrame, corpus: Corpus | None, context: Context) -> Contexts:
    """Contexts of a corpus with the maximal slogans in them.

    Raises
    ------
    ValueError
        If columns are missing, or the corpus is missing or not that of the occurrences.
    """
    column = "start" if isinstance(context, int) else "paragraph" if context == "document" else context
    missing = [c for c in ("doc_id", "slogan", column, "nested") if c not in occ]
    if missing:
        raise ValueError(f"The occurrence table lacks the columns {missing}; pass what slogans() returned.")
    if corpus is None:
        raise ValueError("corpus is missing; contexts without a slogan count too: cooccurrence(occ, corpus).")
    maximal = occ[~occ["nested"].astype(bool)]
    document = corpus.docs.index.get_indexer(pd.Index(maximal["doc_id"]))
    if (document < 0).any():
        stray = maximal["doc_id"].iloc[int(np.argmin(document))]
        raise ValueError(f"No document {stray!r} in corpus; keep occ[occ.doc_id.isin(corpus.docs.index)].")
    spans = [_spans(text, context) for text in corpus.docs["text"]]
    sizes = np.array([len(s) for s in spans], dtype=np.int64)
    inside = maximal[column].to_numpy(np.int64) // (context if isinstance(context, int) else 1)
    inside = np.zeros_like(inside) if context == "document" else inside
    if (inside >= sizes[document]).any():
        name = "window" if isinstance(context, int) else context
        raise ValueError(f"A {name} beyond the end of its document; pass the corpus slogans() was given.")
    features, number = np.unique(maximal["slogan"].to_numpy(dtype=str), return_inverse=True)
    row = (np.cumsum(sizes) - sizes)[document] + inside
    length = np.concatenate([np.zeros(0, np.int64), *(np.diff(s).ravel() for s in spans)])
    presence = _presence(row, number, (len(length), len(features)))
    owner = np.repeat(np.arange(len(sizes)), sizes)
    recipe = tuple(occ.attrs.get("recipe", corpus.recipe))
    return Contexts(presence, features, owner, length, corpus.docs, recipe)


def _spans(text: str, context: Context) -> np.ndarray:
    if context == "document":
        return np.array([[0, len(text)]], dtype=np.int64)
    if isinstance(context, int):
        cuts = np.append(np.arange(0, len(text), context), len(text))
        return np.column_stack([cuts[:-1], cuts[1:]])
    return sentence_spans(text) if context == "sentence" else paragraph_spans(text)


def token_contexts(tokens: Tokens, context: Context) -> Contexts:
    """Contexts of segmented documents with the types that have a letter or Han character.

    Raises
    ------
    ValueError
        If more than ``MAX_TYPES`` types are in at least ``MIN_CONTEXTS`` contexts.
    """
    bounds = _bounds(tokens, context)
    word = np.array([t.isalpha() or any(map(str.isalpha, t)) for t in tokens.types.tolist()], dtype=bool)
    place = np.flatnonzero(word[tokens.codes])
    row = np.repeat(np.arange(len(bounds) - 1), np.diff(np.searchsorted(place, bounds)))
    presence = _presence(row, tokens.codes[place], (len(bounds) - 1, len(tokens.types)))
    kept = np.flatnonzero(presence.getnnz(axis=0) >= MIN_CONTEXTS)
    if len(kept) > MAX_TYPES:
        raise ValueError(
            f"{len(kept)} types in {MIN_CONTEXTS} or more contexts: over the limit of {MAX_TYPES}; "
            "take some out first with tokens.remove([...])."
        )
    document = np.arange(len(tokens))
    if context != "document":
        document = np.searchsorted(tokens.doc_starts, bounds[:-1], side="right") - 1
    return Contexts(
        presence[:, kept], tokens.types[kept], document, np.diff(bounds), tokens.docvars, tuple(tokens.recipe)
    )


def _bounds(tokens: Tokens, context: Context) -> np.ndarray:
    """First token of every context, and the end."""
    starts = {"sentence": tokens.sentence_starts, "paragraph": tokens.paragraph_starts, "document": tokens.doc_starts}
    if not isinstance(context, int):
        return starts[context]
    pairs = zip(tokens.doc_starts[:-1], tokens.doc_starts[1:], strict=True)
    return np.concatenate([*(np.arange(a, b, context) for a, b in pairs), [len(tokens.codes)]]).astype(np.int64)


def _presence(row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    counts = counted(row, column, shape)
    counts.data[:] = 1
    return counts
