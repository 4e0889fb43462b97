"""Tokens: the words of every document as integer codes in one flat array."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.cache import digest
from analysis.cores import spread
from analysis.corpus import Corpus, Recipe
from analysis.display import card, counted, strip, words
from analysis.gathering import PAD, gathered, renumbered
from analysis.segmenter import Vocabulary, segment_all
from analysis.segments import join
from analysis.slogans import maximal_spans
from analysis.wording import say

if TYPE_CHECKING:
    from analysis.lexicon import Lexicon

STRETCH = 190_000  # characters cut at a time, at most one batch of the segmenter: what a killed run loses
Spans = Sequence[tuple[int, int]]
_NONE = np.zeros(0, dtype=np.int32)


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
        row = int(np.flatnonzero(self.docvars.index == doc_id)[0])
        return self.types[self.codes[self.doc_starts[row] : self.doc_starts[row + 1]]].tolist()

    def __repr__(self) -> str:
        n, types = counted(len(self.codes), "token"), counted(len(self.types) - 1, "type")
        return f"Tokens of {counted(len(self), 'document')}: {n}, {types}"

    def _repr_html_(self) -> str:
        n = np.bincount(self.codes, minlength=len(self.types))
        common = self.types[1:][np.argsort(-n[1:], kind="stable")]
        zh = f"{len(self)} 篇文档的分词：{len(self.codes):,} 个词次，{len(self.types) - 1:,} 个词形"
        facts = {"types": words(common.tolist())}
        return card(say({"zh": zh, "en": repr(self)}), facts, body=strip(self.docvars), recipe=self.recipe)

    def remove(self, types: Iterable[str]) -> Tokens:
        """Replace the named types by pads, so that no window joins words that were apart."""
        names = set(types)
        gone = np.fromiter((word in names for word in self.types), dtype=bool, count=len(self.types))
        kept = np.where(gone, 0, np.arange(len(gone))).astype(np.int32)
        step = {"step": "remove_tokens", "types": int(gone.sum())}
        return replace(self, codes=kept[self.codes], recipe=(*self.recipe, step))

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


def tokenize(
    corpus: Corpus, lexicon: Lexicon | None = None, *, terms: Iterable[str] = (), n_jobs: int = 1
) -> Tokens:
    """Segment every document: slogans first, jieba between them.

    Each maximal slogan of the lexicon becomes one token, under its canonical form whatever its
    surface. With ``lexicon=None`` the tokens of a document are exactly ``jieba.lcut(text)`` of
    jieba 0.42.1 (accurate mode, HMM).

    Parameters
    ----------
    corpus : Corpus
    lexicon : Lexicon, optional
    terms : iterable of str
        Words of the user's own: the words are those of a fresh jieba tokenizer to which these were added, each
        once, in sorted order.
    n_jobs : int
        Processes that segment, −1 for every core; the tokens do not depend on it.

    Returns
    -------
    Tokens
    """
    own = user_terms(terms)
    blocks = {k: block for k, (_, block) in enumerate(cut(corpus, lexicon, own, n_jobs=n_jobs))}
    places = [(k, row) for k, block in blocks.items() for row in range(len(block))]
    return gather(blocks, places, corpus, recipe_of(corpus, lexicon, own))


def user_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Terms in the order in which they are added to jieba's dictionary, each once."""
    words = [] if isinstance(terms, str) else list(terms)
    if isinstance(terms, str) or not all(isinstance(word, str) and word.strip() for word in words):
        raise ValueError(f"terms {terms!r} is no list of words; write terms=['枫桥经验'].")
    return tuple(sorted(set(words)))


def recipe_of(corpus: Corpus, lexicon: Lexicon | None, terms: Sequence[str] = ()) -> Recipe:
    """The steps that make the tokens of a corpus."""
    step: dict[str, Any] = {"step": "tokenize", "engine": "jieba 0.42.1", "lexicon": lexicon and lexicon.digest}
    return (*corpus.recipe, step | ({"terms": list(terms)} if terms else {}))


def cut(
    corpus: Corpus,
    lexicon: Lexicon | None,
    terms: tuple[str, ...] = (),
    *,
    n_jobs: int = 1,
    known: Collection[str] = (),
    then: Callable[[Tokens], Any] | None = None,
) -> Iterator[tuple[list[str], Any]]:
    """Stretch by stretch of the corpus, its documents' keys, and the tokens of those whose key is not known.

    With ``then``, instead of the tokens what it makes of them in the process that cut them.

    A key is the digest of a text and of the slogans that stand whole in it: of all that its tokens depend on
    besides the code and the terms. The tokens' docvars have the keys for an index.
    """
    lengths = corpus.docs["n_chars"].to_numpy()
    bounds = np.flatnonzero(np.diff(np.cumsum(lengths) // STRETCH, prepend=-1)).tolist()
    # The first document stands alone: it loads what the workers share, and they wait for it.
    parts = list(pairwise(sorted({*bounds, len(bounds[:1]), len(lengths)})))
    work = partial(_cut, corpus.docs["text"], lexicon, terms, frozenset(known), then)
    sizes = [int(lengths[a:b].sum()) for a, b in parts]
    yield from spread(work, parts, n_jobs=n_jobs, what="分词 tokenize", sizes=sizes, unit="字")


def _cut(
    texts: pd.Series, lexicon: Lexicon | None, terms: tuple[str, ...], known: Collection[str],
    then: Callable[[Tokens], Any] | None, part: tuple[int, int],
) -> tuple[list[str], Any]:  # fmt: skip
    own = texts.iloc[slice(*part)]
    found, canonical = maximal_spans(own, lexicon)
    rows = [(text, found.get(str(doc_id), [])) for doc_id, text in own.items()]
    keys = [_key(text, spans, canonical) for text, spans in rows]
    new = [k for k, key in enumerate(keys) if key not in known]
    block = _block([rows[k] for k in new], [keys[k] for k in new], canonical, terms)
    return keys, block if then is None else then(block)


def _key(text: str, spans: Spans, canonical: Mapping[str, str]) -> str:
    return digest(text, *(f"{a} {b} {canonical[text[a:b]]}" for a, b in spans))


def _block(
    rows: Sequence[tuple[str, Spans]], keys: list[str], canonical: Mapping[str, str], terms: tuple[str, ...]
) -> Tokens:
    """Tokens of some texts, as documents named by their keys."""
    parts = _words(rows, canonical, _vocabulary(terms)) if rows else []
    codes, offsets = (np.concatenate([_NONE, *(part[k] for part in parts)]) for k in (0, 1))
    doc_starts = np.cumsum([0, *(len(own) for own, _ in parts)])
    joined, starts = join(text for text, _ in rows), []
    place = offsets + np.repeat(joined.firsts[:-1], np.diff(doc_starts))
    for spans in (joined.paragraphs, joined.sentences):
        inner, heads = np.ones(len(spans) + 1, dtype=bool), np.zeros(len(codes) + 1, dtype=bool)
        # The first one begins with its document, whatever blank stands before it.
        inner[np.searchsorted(spans[:, 0], joined.firsts)] = False
        heads[doc_starts] = True
        heads[np.searchsorted(place, spans[inner[:-1], 0])] = True
        starts.append(np.flatnonzero(heads))
    codes, types = renumbered(codes, _vocabulary(terms).words if rows else [])
    docvars = pd.DataFrame(index=pd.Index(keys, dtype="str"))
    return Tokens(codes, types, offsets, doc_starts, starts[0], starts[1], docvars)


@lru_cache(maxsize=1)
def _vocabulary(terms: tuple[str, ...]) -> Vocabulary:
    return Vocabulary(terms)


def _words(
    rows: Sequence[tuple[str, Spans]], canonical: Mapping[str, str], vocabulary: Vocabulary
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Numbers of the words of each text, the given spans whole, and the character each starts at."""
    marks = [next(chr(c) for c in range(0xE000, 0xF8FF) if chr(c) not in text) for text, _ in rows]
    marked = [mark.join(_between(text, spans)) for mark, (text, spans) in zip(marks, rows, strict=True)]
    parts = []
    for codes, mark, (text, spans) in zip(segment_all(marked, vocabulary), marks, rows, strict=True):
        lengths = vocabulary.lengths_of(codes)
        places = np.flatnonzero(codes == vocabulary.codes.get(mark, -1))
        surfaces = [text[a:b] for a, b in spans]
        codes[places] = vocabulary.add([canonical[surface] for surface in surfaces])
        lengths[places] = [len(surface) for surface in surfaces]
        parts.append((codes, (np.cumsum(lengths) - lengths).astype(np.int32)))
    return parts


def _between(text: str, spans: Spans) -> list[str]:
    ends = [0, *(end for _, end in spans)]
    return [text[a:b] for a, b in zip(ends, [*(start for start, _ in spans), len(text)], strict=True)]


def gather(blocks: Mapping[int, Tokens], places: Sequence[tuple[int, int]], corpus: Corpus, recipe: Recipe) -> Tokens:
    """The tokens of a corpus, taken from blocks: ``places`` gives for each document a block's number and a row."""
    docvars = corpus.docs.drop(columns="text")
    codes, types, offsets, *starts = gathered(blocks, places)
    documents, paragraphs, sentences = starts
    return Tokens(codes, types, offsets, documents, paragraphs, sentences, docvars, recipe)
