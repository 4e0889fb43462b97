"""The documents of a sharded corpus, and its words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.corpus import Corpus, Recipe
from analysis.shards.counts import all_docvars
from analysis.shards.parts import INDEX, write_index, write_parts

SHARD_CHARS = 4_000_000


@dataclass(frozen=True, eq=False)
class Shards:
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

    def __len__(self) -> int:
        return len(self.docs)

    def __repr__(self) -> str:
        return f"Shards of {len(self)} documents in {len(self.parts)} parts"

    def on(self, scheduler: Any) -> Shards:
        """The same, with its work done on the workers of a Dask scheduler: an address or a client; None: here."""
        return replace(self, scheduler=scheduler)


@dataclass(frozen=True, eq=False)
class ShardedTokens:
    """The segmented parts of a sharded corpus, so many tokens, on disk beside them, under ``key``."""

    shards: Shards
    key: str
    size: int
    recipe: Recipe

    def __repr__(self) -> str:
        return f"ShardedTokens of {len(self.shards)} documents in {len(self.shards.parts)} parts: {self.size} tokens"


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
    """
    folder = Path(folder).resolve()
    if not (folder / INDEX).exists():
        raise FileNotFoundError(f"{folder} holds no sharded corpus ({INDEX}); write one: read_corpus(path, shards=…).")
    said = json.loads((folder / INDEX).read_text(encoding="utf-8"))
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
    if shard_chars < 1:
        raise ValueError(
            f"shard_chars={shard_chars} is no length of a part; give a number of characters, e.g. 4_000_000."
        )
    folder = check_new(folder)
    parts = write_parts(corpus.docs, corpus.docs["text"] if texts is None else texts, folder, shard_chars)
    write_index(folder, corpus, parts)
    return open_shards(folder)


def check_new(folder: str | Path) -> Path:
    """The folder, made unless it is there; ValueError if there is something in it."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"shards={str(folder)!r} is not empty; name a new folder, or open it with open_shards().")
    return folder
