"""What a worker does with one part of a sharded corpus: it alone reads the part's texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.corpus import Corpus, Recipe
from analysis.dfm import dfm
from analysis.lexicon import Lexicon
from analysis.shards.parts import keep, kept, packed, read_docvars, read_part, unpacked
from analysis.slogans import slogans
from analysis.tokens import Tokens, tokenize

ARRAYS = ("codes", "offsets", "doc_starts", "paragraph_starts", "sentence_starts")


@dataclass(frozen=True)
class Part:
    """A part of a sharded corpus and the recipe of what is to be read of it."""

    folder: Path
    name: str
    recipe: Recipe

    def corpus(self) -> Corpus:
        """Its documents."""
        return read_part(self.folder, self.name, self.recipe)


def tokenize_part(part: Part, *, lexicon: Lexicon | None, key: str) -> Recipe:
    """Segment a part and keep its tokens; their recipe."""
    step = tokenize(Corpus(part.corpus().docs.iloc[:0], recipe=part.recipe), lexicon).recipe

    def make() -> dict[str, np.ndarray]:
        tokens = tokenize(part.corpus(), lexicon)
        return {name: getattr(tokens, name) for name in ARRAYS} | {"types": packed(tokens.types)}

    keep(part.folder / key / part.name, make)
    return step


def count_part(part: Part, *, tokens: str, key: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, Recipe]:
    """Count a segmented part and keep the counts; its features, how often, in how many documents; the recipe."""
    folder = part.folder / tokens / part.name
    arrays = {name: kept(folder, name) for name in ARRAYS}
    docvars = read_docvars(part.folder, part.name)
    counted = dfm(Tokens(**arrays, types=unpacked(folder / "types.npy"), docvars=docvars, recipe=part.recipe))
    columns = counted.counts.tocsc()
    keep(part.folder / key / part.name, lambda: {
        "indptr": columns.indptr, "indices": columns.indices, "data": columns.data.astype(np.int32),
        "totals": counted.totals, "features": packed(counted.features),
    })  # fmt: skip
    return counted.features, np.asarray(columns.sum(axis=0)).ravel(), columns.getnnz(axis=0), counted.recipe


def slogans_of_part(part: Part, *, lexicon: Lexicon) -> pd.DataFrame:
    """Occurrences in a part."""
    return slogans(part.corpus(), lexicon)


def contexts_of_part(item: tuple[Part, pd.DataFrame], *, context: Any) -> Any:
    """Contexts of a part with the slogans found in it; of the documents only their number."""
    from dataclasses import replace

    from analysis.stats.contexts import find_contexts

    part, occ = item
    found = find_contexts(occ, part.corpus(), context)
    return replace(found, docvars=found.docvars[[]])


def seen_in_part(item: tuple[Path, np.ndarray]) -> np.ndarray:
    """The features that the chosen documents of a part have."""
    folder, chosen = item
    indptr, indices = kept(folder, "indptr"), kept(folder, "indices")
    n = np.add.reduceat(np.append(chosen[indices], 0), indptr[:-1]) if len(indptr) > 1 else np.zeros(0)
    return unpacked(folder / "features.npy")[n > 0]


Task = Callable[..., Any]
