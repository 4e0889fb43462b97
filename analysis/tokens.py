"""Tokens: the words of every document as integer codes in one flat array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.corpus import Corpus, Recipe
from analysis.display import card, strip, words
from analysis.segmenter import Vocabulary, segment
from analysis.segments import paragraph_spans, sentence_spans

if TYPE_CHECKING:
    from analysis.lexicon import Lexicon

PAD = ""


@dataclass(frozen=True, eq=False)
class Tokens:
    """The segmented corpus.

    Attributes
    ----------
    codes : ndarray of int32
        One code per token, all documents after each other; 0 is the pad left by a removed token.
    types : ndarray of object
        Strings: ``types[code]`` is the token's string; sorted, ``types[0]`` is the pad.
    offsets : ndarray of int32
        Character at which each token starts in its document's ``text``.
    doc_starts, paragraph_starts, sentence_starts : ndarray of int64
        First token of each document, paragraph and sentence; the last entry is ``len(codes)``.
    docvars : DataFrame
        The corpus's document variables without the text.
    """

    codes: np.ndarray
    types: np.ndarray
    offsets: np.ndarray
    doc_starts: np.ndarray
    paragraph_starts: np.ndarray
    sentence_starts: np.ndarray
    docvars: pd.DataFrame
    recipe: Recipe = ()

    def __post_init__(self) -> None:
        if len(self.doc_starts) != len(self.docvars) + 1:
            raise ValueError(f"{len(self.docvars)} documents need {len(self.docvars) + 1} doc_starts.")
        if len(self.codes) != len(self.offsets) or self.types[0] != PAD:
            raise ValueError("codes and offsets differ in length, or types[0] is not the pad.")

    def __len__(self) -> int:
        return len(self.docvars)

    def __getitem__(self, doc_id: str) -> list[str]:
        if doc_id not in self.docvars.index:
            raise KeyError(f"No document {doc_id!r}; see tokens.docvars.index.")
        row = self.docvars.index.tolist().index(doc_id)
        return self.types[self.codes[self.doc_starts[row] : self.doc_starts[row + 1]]].tolist()

    def __repr__(self) -> str:
        return f"Tokens of {len(self)} documents: {len(self.codes)} tokens, {len(self.types) - 1} types"

    def _repr_html_(self) -> str:
        n = np.bincount(self.codes, minlength=len(self.types))
        common = self.types[1:][np.argsort(-n[1:], kind="stable")]
        return card(repr(self), {"类 types": words(common.tolist())}, body=strip(self.docvars), recipe=self.recipe)

    def remove(self, types: Iterable[str]) -> Tokens:
        """Replace the named types by pads, so that no window joins words that were apart."""
        names = set(types)
        gone = np.fromiter((word in names for word in self.types), dtype=bool, count=len(self.types))
        codes = np.where(gone[self.codes], 0, self.codes).astype(np.int32)
        return replace(self, codes=codes, recipe=(*self.recipe, {"step": "remove_tokens", "types": int(gone.sum())}))

    def paragraphs(self, min_tokens: int = 20) -> Tokens:
        """The paragraphs of at least so many tokens as documents of their own.

        The docvars are their document's, with its id in ``parent`` and the character they start at in ``start``.
        """
        starts, ends = self.paragraph_starts[:-1], self.paragraph_starts[1:]
        long = ends - starts >= min_tokens
        starts, ends = starts[long], ends[long]
        parent = np.searchsorted(self.doc_starts, starts, side="right") - 1
        take = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)] or [np.array([], int)])
        bounds = np.concatenate([[0], np.cumsum(ends - starts)])
        docvars = self.docvars.iloc[parent].assign(parent=self.docvars.index[parent], start=self.offsets[starts])
        number = docvars.groupby("parent", sort=False).cumcount() + 1
        docvars.index = pd.Index(docvars["parent"] + "¶" + number.astype(str), name="doc_id")
        sentences = np.searchsorted(take, self.sentence_starts[np.isin(self.sentence_starts, take)])
        return Tokens(
            self.codes[take], self.types, self.offsets[take], bounds, bounds,
            np.unique(np.concatenate([sentences, bounds])), docvars,
            (*self.recipe, {"step": "paragraphs", "min_tokens": min_tokens}),
        )  # fmt: skip


def tokenize(corpus: Corpus, lexicon: Lexicon | None = None) -> Tokens:
    """Segment every document: slogans first, jieba between them.

    Each maximal slogan of the lexicon becomes one token, under its canonical form whatever its
    surface. With ``lexicon=None`` the tokens of a document are exactly ``jieba.lcut(text)`` of
    jieba 0.42.1 (accurate mode, HMM).

    Parameters
    ----------
    corpus : Corpus
    lexicon : Lexicon, optional

    Returns
    -------
    Tokens
    """
    from tqdm import tqdm

    from analysis.slogans import maximal_spans

    vocabulary = Vocabulary()
    texts = corpus.docs["text"]
    spans, canonical = maximal_spans(texts, lexicon)
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    starts: dict[str, list[int]] = {"doc": [], "paragraph": [], "sentence": []}
    first = 0
    for doc_id, text in tqdm(texts.items(), total=len(texts), desc="分词 tokenize", delay=2, leave=False):
        codes, offsets = _document(text, spans.get(doc_id, ()), canonical, vocabulary)
        parts.append((codes, offsets))
        starts["doc"].append(first)
        for unit, bounds in (("paragraph", paragraph_spans(text)), ("sentence", sentence_spans(text))):
            # The first one begins with its document, whatever blank stands before it.
            starts[unit].extend([first, *(first + np.searchsorted(offsets, bounds[1:, 0]))])
        first += len(codes)
    step: dict[str, Any] = {"step": "tokenize", "engine": "jieba 0.42.1", "lexicon": lexicon and lexicon.digest}
    return _assemble(parts, list(vocabulary.codes), starts, corpus.docs.drop(columns="text"), (*corpus.recipe, step))


def _document(
    text: str, spans: Sequence[tuple[int, int]], canonical: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of a document's words, the given spans whole, and the character each starts at."""
    if not spans:
        codes = segment(text, vocabulary)
        return codes, _starts(vocabulary.lengths_of(codes))
    mark = next(chr(c) for c in range(0xE000, 0xF8FF) if chr(c) not in text)
    ends = [0, *(end for _, end in spans)]
    gaps = [text[a:b] for a, b in zip(ends, [*(start for start, _ in spans), len(text)], strict=True)]
    codes = segment(mark.join(gaps), vocabulary)
    lengths = vocabulary.lengths_of(codes)
    places = np.flatnonzero(codes == vocabulary.codes.get(mark, -1))
    surfaces = [text[a:b] for a, b in spans]
    codes[places] = vocabulary.add([canonical[surface] for surface in surfaces])
    lengths[places] = [len(surface) for surface in surfaces]
    return codes, _starts(lengths)


def _starts(lengths: np.ndarray) -> np.ndarray:
    return (np.cumsum(lengths) - lengths).astype(np.int32)


def _assemble(
    parts: list[tuple[np.ndarray, np.ndarray]],
    words: list[str],
    starts: dict[str, list[int]],
    docvars: pd.DataFrame,
    recipe: Recipe,
) -> Tokens:
    """One flat array of codes over sorted types; words that stood for others on the way are no types."""
    codes, offsets = (np.concatenate([[], *(part[k] for part in parts)]).astype(np.int32) for k in (0, 1))
    used = np.bincount(codes, minlength=len(words)) > 0
    kept = sorted((word, number) for number, word in enumerate(words) if used[number])
    renumber = np.zeros(len(words), dtype=np.int32)
    renumber[[number for _, number in kept]] = np.arange(1, len(kept) + 1)
    bounds = {unit: np.array([*first, len(codes)], dtype=np.int64) for unit, first in starts.items()}
    return Tokens(
        renumber[codes], np.array([PAD, *(word for word, _ in kept)], dtype=object), offsets, bounds["doc"],
        np.unique(bounds["paragraph"]), np.unique(bounds["sentence"]), docvars, recipe,
    )  # fmt: skip
