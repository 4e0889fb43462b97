"""What the user has picked, the query it stands for, and the part of a study it leaves."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any, Literal, overload

import numpy as np
import pandas as pd

from analysis.corpus import REGION_OF, Corpus, Recipe
from analysis.dfm import Dfm
from analysis.docvars import select_rows
from analysis.labels import label, lang, say
from analysis.stats.topics import TopicModel
from analysis.study import Study
from analysis.tokens import Tokens

View = Literal["terms", "slogans", "keyness", "cooccurrence", "topics"]
FILTERS = {"provinces": "province", "levels": "level", "institution_types": "institution_type"}
REST = {"zh": "其余文档", "en": "the rest"}


@dataclass(frozen=True)
class Choice:
    """Everything the user has picked.

    Attributes
    ----------
    provinces, levels, institution_types : tuple of str
        Values of the docvars; an empty tuple stands for all, missing ones included.
    years : (int, int), optional
        First and last; None for all, documents without a year included.
    view : {"terms", "slogans", "keyness", "cooccurrence", "topics"}
    by : str
        Docvar whose groups are compared.
    item : str
        A string or, with ``regex``, a regular expression, on characters; or a slogan.
    against : "rest" or Choice
        What keyness compares with: all other documents, or those of another choice (its filters only).
    k : int
        Topics.
    """

    provinces: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    levels: tuple[str, ...] = ()
    institution_types: tuple[str, ...] = ()
    view: View = "terms"
    by: str = "region"
    item: str = ""
    regex: bool = False
    against: Choice | Literal["rest"] = "rest"
    k: int = 10


def query(choice: Choice) -> str | None:
    """The docvars query of a choice's filters, as ``corpus.subset`` takes it; None where all documents are meant."""
    parts = [_one_of(docvar, getattr(choice, name)) for name, docvar in FILTERS.items() if getattr(choice, name)]
    if choice.years is not None:
        first, last = choice.years
        parts.append(f"year == {first}" if first == last else f"{first} <= year <= {last}")
    return " and ".join(parts) or None


def named(choice: Choice | Literal["rest"], most: int | None = None) -> str:
    """What to call the documents of a choice: its values, at most so many of a kind, and its years."""
    if isinstance(choice, str):
        return say(REST)
    comma, said = {"zh": "、", "en": ", "}[lang()], list[str]()
    for name in FILTERS:
        values = [label(REGION_OF.get(value, value)) for value in getattr(choice, name)]
        said.append(comma.join(values[:most]) + "…" * (len(values) > len(values[:most])))
    said.append("–".join(dict.fromkeys(map(str, choice.years or ()))))
    return " · ".join(filter(None, said))


def _one_of(docvar: str, values: tuple[str, ...]) -> str:
    names = [repr(value).replace("`", r"\x60") for value in values]  # pandas takes backticks for names
    return f"{docvar} == {names[0]}" if len(names) == 1 else f"{docvar} in [{', '.join(names)}]"


@overload
def subset(study: Study, choice: Choice | str | None) -> Study: ...
@overload
def subset(study: TopicModel, choice: Choice | str | None) -> TopicModel: ...
def subset(study: Study | TopicModel, choice: Choice | str | None) -> Study | TopicModel:
    """The part of a study, or of a fitted topic model, that a docvars query, or a choice, leaves.

    Counts, words, occurrences and shares of topics are rows of the whole's: nothing is computed anew, and the
    terms and topics of a part are those of the whole. It may hold no document. The last parts are kept.

    Raises
    ------
    KeyError, ValueError
        If a query names an unknown docvar or cannot be read.
    """
    asked = query(choice) if isinstance(choice, Choice) else choice
    if asked is None:
        return study
    return _model(study, asked) if isinstance(study, TopicModel) else _part(study, asked)


@functools.lru_cache(maxsize=16)
def _model(model: TopicModel, asked: str) -> TopicModel:
    rows = np.flatnonzero(select_rows(model.docvars, asked))
    return replace(
        model, doc_topic=model.doc_topic.iloc[rows], docvars=model.docvars.iloc[rows], totals=model.totals[rows],
        draws=None if model.draws is None else model.draws[:, rows],
        recipe=(*model.recipe, {"step": "subset", "query": asked}),
    )  # fmt: skip


@functools.lru_cache(maxsize=16)
def _part(study: Study, asked: str) -> Part:
    return Part(study, asked)


class Part(Study):
    """The documents of a study for which a query is true, each noun cut out when first asked for."""

    def __init__(self, whole: Study, asked: str) -> None:
        mask = select_rows(whole.dfm.docvars, asked).to_numpy()
        self.__dict__.update(whole=whole, step={"step": "subset", "query": asked}, rows=np.flatnonzero(mask))

    whole: Study
    step: dict[str, str]
    rows: np.ndarray
    lexicon = property(lambda self: self.whole.lexicon)

    def _stepped(self, recipe: Recipe) -> Recipe:
        return (*recipe, self.step)

    def _cut(self, counts: Dfm) -> Dfm:
        return replace(counts.take(self.rows), recipe=self._stepped(counts.recipe))

    @functools.cached_property
    def corpus(self) -> Corpus:
        """The documents."""
        whole = self.whole.corpus
        return replace(whole, docs=whole.docs.iloc[self.rows], recipe=self._stepped(whole.recipe))

    @functools.cached_property
    def tokens(self) -> Tokens:
        """Their words."""
        return replace(_documents(self.whole.tokens, self.rows), recipe=self._stepped(self.whole.tokens.recipe))

    dfm = functools.cached_property(lambda self: self._cut(self.whole.dfm))
    terms = functools.cached_property(lambda self: self._cut(self.whole.terms))

    @functools.cached_property
    def occurrences(self) -> pd.DataFrame:
        """Their occurrences of slogans."""
        whole = self.whole.occurrences
        inside = np.zeros(len(self.whole.corpus), dtype=bool)
        inside[self.rows] = True
        table = whole[inside[_document_of(self.whole)]].reset_index(drop=True)
        table.attrs = whole.attrs | {"recipe": list(self._stepped(tuple(whole.attrs["recipe"])))}
        return table


@functools.lru_cache(maxsize=2)
def _document_of(study: Study) -> np.ndarray:
    """Row in the corpus of each occurrence's document."""
    return study.corpus.docs.index.get_indexer(pd.Index(study.occurrences["doc_id"]))


def _documents(tokens: Tokens, rows: np.ndarray) -> Tokens:
    """The tokens of some documents, in the order of the corpus."""
    lengths = np.diff(tokens.doc_starts)
    inside = np.zeros(len(lengths), dtype=bool)
    inside[rows] = True
    kept = np.repeat(inside, lengths)
    place = np.concatenate([[0], np.cumsum(kept)])
    starts: dict[str, Any] = {}
    for name in ("paragraph_starts", "sentence_starts"):
        old = getattr(tokens, name)[:-1]
        owner = np.searchsorted(tokens.doc_starts, old, side="right") - 1
        starts[name] = np.append(place[old[inside[np.minimum(owner, len(inside) - 1)]]], place[-1])
    return replace(
        tokens, codes=tokens.codes[kept], offsets=tokens.offsets[kept], docvars=tokens.docvars.iloc[rows],
        doc_starts=np.concatenate([[0], np.cumsum(lengths[rows])]), **starts,
    )  # fmt: skip
