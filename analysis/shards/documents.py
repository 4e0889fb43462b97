"""The documents of a sharded corpus, and its words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.corpus import INDEX, Corpus, Recipe
from analysis.display import counted
from analysis.shards.counts import all_docvars
from analysis.shards.parts import OnDisk, new_folder, read_documents, read_index, write_index, write_parts

SHARD_CHARS = 4_000_000


@dataclass(frozen=True, eq=False)
class Shards(OnDisk):
    """A corpus on disk in parts; texts are read where they are worked on, a part at a time.

    Attributes
    ----------
    folder : Path
        A Parquet dataset with the columns of ``Corpus.docs``, index ``doc_id``.
    parts : tuple of str
        Names of its files, in the order of the documents.
    digest : str
        SHA-256 of the parts' contents.
    recipe : tuple of dict
    scheduler : str, distributed.Client or None
        Where work on it is done: the address of a Dask scheduler, a client, or None: here.
    """

    folder: Path
    parts: tuple[str, ...]
    digest: str
    recipe: Recipe
    scheduler: Any = None

    @property
    def docs(self) -> pd.DataFrame:
        """One row per document, as ``Corpus.docs`` but for the texts."""
        return all_docvars(self.folder, self.parts, self.digest)

    @property
    def report(self) -> pd.DataFrame:
        """One row per file looked at, as ``Corpus.report``."""
        return pd.read_csv(self.folder / "_report.csv", keep_default_na=False)

    @property
    def removals(self) -> pd.DataFrame:
        """What cleaning took out, as ``Corpus.removals``."""
        return pd.read_parquet(self.folder / "_removals.parquet")

    def whole(self) -> Corpus:
        """The documents with their texts in memory."""
        return Corpus(self._read(self.docs.index), self.report, self.recipe, self.removals)

    def subset(self, query: str) -> Corpus:
        """Those for which a docvars query is true, in memory: as ``Corpus.subset``, a part at a time."""
        chosen = Corpus(self.docs.assign(text=""), self.report, self.recipe, self.removals).subset(query)
        return replace(chosen, docs=self._read(chosen.docs.index))

    def _read(self, ids: pd.Index) -> pd.DataFrame:
        parts = (read_documents(self.folder, part) for part in self.parts)
        return pd.concat([part[part.index.isin(ids)] for part in parts])

    def __len__(self) -> int:
        return len(self.docs)

    def __repr__(self) -> str:
        return f"Shards of {counted(len(self), 'document')} in {counted(len(self.parts), 'part')}"

    def on(self, scheduler: Any) -> Shards:
        """The same, with its work done on the workers of a Dask scheduler: an address or a client; None: here."""
        return replace(self, scheduler=scheduler)


@dataclass(frozen=True, eq=False)
class ShardedTokens(OnDisk):
    """The segmented parts of a sharded corpus, so many tokens, on disk beside them, under ``key``."""

    shards: Shards
    key: str
    size: int
    recipe: Recipe

    CALLED, INSTEAD_OF = "sharded tokens", "Tokens"
    WHOLE = "what needs it takes them in memory: tokenize(shards.whole(), lexicon)."

    def __repr__(self) -> str:
        place = f"{counted(len(self.shards), 'document')} in {counted(len(self.shards.parts), 'part')}"
        return f"ShardedTokens of {place}: {counted(self.size, 'token')}"


def open_shards(folder: str | Path, *, scheduler: Any = None) -> Shards:
    """A sharded corpus written by ``read_corpus(path, shards=folder)``.

    Parameters
    ----------
    folder : str or Path
        All workers must see it under this name.
    scheduler : str or distributed.Client, optional
        Where to work: ``"tcp://address:port"`` of a Dask scheduler, or a client; here unless given.

    Raises
    ------
    FileNotFoundError
        If the folder holds no sharded corpus.
    ValueError
        If a file of it is missing, damaged or of another version.
    """
    folder = Path(folder).resolve()
    if not (folder / INDEX).exists():
        raise FileNotFoundError(f"{folder} holds no sharded corpus ({INDEX}); write one: read_corpus(path, shards=…).")
    said = read_index(folder)
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return Shards(folder, tuple(part["part"] for part in said["parts"]), digest, tuple(said["recipe"]), scheduler)


def write_shards(
    corpus: Corpus, folder: str | Path, *, texts: Iterable[str] | None = None, shard_chars: int = SHARD_CHARS
) -> Shards:
    """Write a corpus as a Parquet dataset.

    Parameters
    ----------
    corpus : Corpus
    folder : str or Path
        A new or empty folder.
    texts : iterable of str, optional
        The documents' texts, where those of the corpus are left empty as together they would not fit into memory.
    shard_chars : int
        Characters of a part, about: it is what one worker holds.

    Raises
    ------
    ValueError
        If there is something in the folder, or a part were to hold nothing.
    """
    texts = corpus.docs["text"] if texts is None else texts
    with new_folder(folder, shard_chars) as new:
        write_index(new, corpus, write_parts(corpus.docs, texts, new, shard_chars))
    return open_shards(folder)
