"""What a worker does with one part of a sharded corpus: it alone reads the part's texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.cache import pack
from analysis.corpus import Corpus, Recipe
from analysis.dfm import dfm
from analysis.lexicon import Lexicon
from analysis.shards.parts import kept, made, read_documents, read_docvars
from analysis.tokens import Tokens, tokenize

ARRAYS = ("codes", "offsets", "doc_starts", "paragraph_starts", "sentence_starts")


@dataclass(frozen=True)
class Part:
    """A part of a sharded corpus and the recipe of what is to be read of it."""

    folder: Path
    name: str
    recipe: Recipe

    def file(self, key: str) -> Path:
        """Where what was made of it under this key is kept."""
        return self.folder / key / f"{self.name}.arrow"

    def corpus(self) -> Corpus:
        """Its documents, with their texts."""
        return Corpus(read_documents(self.folder, self.name), recipe=self.recipe)


def tokenize_part(part: Part, *, lexicon: Lexicon | None, terms: Sequence[str], key: str, n_jobs: int) -> int:
    """Segment a part and keep its tokens; how many there are."""

    def make() -> pa.Table:
        tokens = tokenize(part.corpus(), lexicon, terms=terms, n_jobs=n_jobs)
        return pack({name: getattr(tokens, name) for name in ARRAYS} | {"types": tokens.types.tolist()})

    return len(made(part.file(key), make)["codes"])


def count_part(part: Part, *, tokens: str, key: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count a segmented part and keep the counts; its features, how often each, in how many documents."""

    def make() -> pa.Table:
        arrays: dict[str, Any] = kept(part.file(tokens))
        counted = dfm(Tokens(**arrays, docvars=read_docvars(part.folder, part.name)))
        columns = counted.counts.tocsc()
        numbers = {"indptr": columns.indptr, "indices": columns.indices, "data": columns.data.astype(np.int32)}
        return pack(numbers | {"totals": counted.totals, "features": counted.features.tolist()})

    counts = made(part.file(key), make)
    n = np.diff(np.append(0, np.cumsum(counts["data"], dtype=np.int64))[counts["indptr"]])
    return counts["features"], n, np.diff(counts["indptr"])


def on_texts(part: Part, *, function: Callable[..., pd.DataFrame], options: dict[str, Any]) -> pd.DataFrame:
    """A function of a corpus, of the documents of a part."""
    return function(part.corpus(), **options)


def contexts_of_part(item: tuple[Part, pd.DataFrame], *, context: Any) -> Any:
    """Contexts of a part with the slogans found in it; of the documents only their number."""
    from analysis.stats.contexts import find_contexts

    part, occ = item
    found = find_contexts(occ, part.corpus(), context)
    return replace(found, docvars=found.docvars[[]])


def seen_in_part(item: tuple[Path, np.ndarray]) -> np.ndarray:
    """The features that the chosen documents (1, others 0) of a part have."""
    file, chosen = item
    counts = kept(file)
    n = np.diff(np.append(0, np.cumsum(chosen[counts["indices"]]))[counts["indptr"]])
    return counts["features"][n > 0]
