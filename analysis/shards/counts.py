"""Counts of a sharded corpus, a block of features at a time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.corpus import Recipe
from analysis.dfm import Dfm, group_codes
from analysis.display import counted
from analysis.shards.parts import OnDisk, kept, read_docvars
from analysis.shards.running import spread

if TYPE_CHECKING:
    from scipy import sparse

FEATURES = 1024  # of a block


@dataclass(frozen=True, eq=False)
class ShardedDfm(OnDisk):
    """Counts of features by document, on disk, in the parts of a sharded corpus.

    Attributes
    ----------
    folder : Path
        Of the corpus.
    parts : tuple of str
    key : str
        Name of the folder of counts in it.
    features : ndarray of object, strings in order
    n, docfreq : ndarray of int64
        Occurrences of each feature, and documents with it.
    """

    folder: Path
    parts: tuple[str, ...]
    key: str
    features: np.ndarray
    n: np.ndarray
    docfreq: np.ndarray
    recipe: Recipe
    scheduler: Any = None

    CALLED, INSTEAD_OF = "sharded counts", "Dfm"
    WHOLE = "what needs it takes them in memory: dfm.whole()."

    def __len__(self) -> int:
        return len(self.docvars)

    def __repr__(self) -> str:
        size = f"{counted(len(self), 'document')} × {counted(len(self.features), 'feature')}"
        return f"ShardedDfm of {size} in {counted(len(self.parts), 'shard')}"

    @property
    def docvars(self) -> pd.DataFrame:
        """Variables of all documents."""
        return all_docvars(self.folder, self.parts, self.key)

    @property
    def totals(self) -> np.ndarray:
        """Word tokens of all documents."""
        return np.concatenate([kept(file)["totals"] for file in self.files])

    @property
    def files(self) -> list[Path]:
        """Of the parts' counts."""
        return [self.folder / self.key / f"{part}.arrow" for part in self.parts]

    def trim(self, *, min_docfreq: int = 1, min_count: int = 1) -> ShardedDfm:
        """As ``Dfm.trim``."""
        enough = (self.docfreq >= min_docfreq) & (self.n >= min_count)
        step = {"step": "trim", "min_docfreq": min_docfreq, "min_count": min_count}
        return self.take_features(np.flatnonzero(enough), (*self.recipe, step))

    def select(self, features: str | Sequence[str]) -> ShardedDfm:
        """As ``Dfm.select``."""
        return self._as(self.nothing().select(features))

    def remove(self, features: str | Sequence[str]) -> ShardedDfm:
        """As ``Dfm.remove``."""
        return self._as(self.nothing().remove(features))

    def group(self, by: str | Sequence[str]) -> Dfm:
        """As ``Dfm.group``: the groups' counts are in memory."""
        from scipy import sparse

        groups = self.over_blocks(Dfm.group, by=by)
        counts = sparse.hstack([part.counts for part in groups], format="csr")
        return replace(groups[0], counts=counts, features=self.features)

    def whole(self) -> Dfm:
        """All counts in memory, as ``dfm`` gives of a corpus that is."""
        from scipy import sparse

        counts = sparse.vstack([columns_of(file, self.features) for file in self.files], format="csr")
        counts.sort_indices()
        return self._dfm(counts)

    def nothing(self) -> Dfm:
        """The documents without a count: who is compared with whom is decided on it."""
        from scipy import sparse

        return self._dfm(sparse.csr_matrix((len(self), len(self.features)), dtype=np.int64))

    def over_blocks(self, function: Callable[..., Any], *, width: int = FEATURES, **options: Any) -> list[Any]:
        """``function(block, **options)`` of every block of so many features, in order, on the workers there are."""
        cuts = np.split(np.arange(len(self.features)), range(width, len(self.features), width))
        here = replace(self, scheduler=None)
        items = [here.take_features(cut, self.recipe) for cut in cuts]
        return spread(on_block, items, self.scheduler, function=function, options=options)

    def take_features(self, columns: np.ndarray, recipe: Recipe) -> ShardedDfm:
        """The features of these numbers only."""
        return replace(
            self, features=self.features[columns], n=self.n[columns], docfreq=self.docfreq[columns], recipe=recipe
        )

    def _as(self, dfm: Dfm) -> ShardedDfm:
        return self.take_features(np.searchsorted(self.features, dfm.features), dfm.recipe)

    def _dfm(self, counts: sparse.csr_matrix) -> Dfm:
        n_docs = np.ones(len(self), dtype=np.int64)
        return Dfm(counts, self.features, self.docvars, self.totals, n_docs, self.recipe)


def on_block(block: ShardedDfm, *, function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """A function of a Dfm, of the features of one block."""
    return getattr(function, "__wrapped__", function)(block.whole(), **options)  # results of blocks are not kept


def joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Tables after each other, with what is said of the first; why it is empty only if all are."""
    filled = [table for table in tables if len(table)] or tables[:1]
    attrs = dict(tables[0].attrs)
    for table in filled:
        table.attrs = {}
    table = pd.concat(filled, ignore_index=True)
    table.attrs = {name: value for name, value in attrs.items() if name != "reason" or table.empty}
    return table


def numbers(table: pd.DataFrame, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of each row's group (its columns before ``feature``) and of its feature."""
    keys = list(table.columns[: table.columns.get_loc("feature")])
    group = group_codes(table, keys)[0] if keys else np.zeros(len(table), dtype=np.int64)
    return group, pd.Index(features).get_indexer(table["feature"])


@functools.lru_cache(maxsize=4)
def all_docvars(folder: Path, parts: tuple[str, ...], key: str) -> pd.DataFrame:
    """Variables of the documents of all parts, read once for a key."""
    return pd.concat([read_docvars(folder, part) for part in parts])


def columns_of(file: Path, wanted: np.ndarray) -> sparse.csr_matrix:
    """One part's counts of the wanted features."""
    from scipy import sparse

    own = kept(file)
    place = pd.Index(own["features"]).get_indexer(wanted)  # -1, the last column: one more, without a count
    ends = np.append(own["indptr"], own["indptr"][-1])
    shape = (len(own["totals"]), len(own["features"]) + 1)
    return sparse.csc_matrix((own["data"], own["indices"], ends), shape=shape)[:, place].astype(np.int64).tocsr()
