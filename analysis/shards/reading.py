"""Documents of any format into a sharded corpus."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import overload

from analysis import reading
from analysis.corpus import INDEX, Corpus
from analysis.lexicon import Lexicon
from analysis.reading.draft import Shelf
from analysis.shards.documents import SHARD_CHARS, Shards, open_shards
from analysis.shards.parts import new_folder, write_index, write_parts


@overload
def read_corpus(
    path: str | Path, *, lexicon: Lexicon | None = ..., n_jobs: int = ..., keep: bool = ..., shards: None = ...
) -> Corpus: ...
@overload
def read_corpus(
    path: str | Path, *, lexicon: Lexicon | None = ..., n_jobs: int = ..., shards: str | Path, shard_chars: int = ...
) -> Shards: ...
def read_corpus(
    path: str | Path,
    *,
    lexicon: Lexicon | None = None,
    n_jobs: int = 1,
    keep: bool = False,
    shards: str | Path | None = None,
    shard_chars: int = SHARD_CHARS,
) -> Corpus | Shards:
    """Read a folder of documents, one file or a zip, into memory or into a folder of shards.

    Which formats, how documents are cleaned, told apart, placed and dated: see ``analysis.reading.read_corpus``.

    Parameters
    ----------
    path : str or Path
    lexicon : Lexicon, optional
        Dated formulations that bound the year of documents that name none; the built-in one by default.
    n_jobs : int
        Processes that read, −1 for every core; the corpus does not depend on it.
    keep : bool
        Remember in the cache what each file holds; not with ``shards``.
    shards : str or Path, optional
        A new folder, for a corpus that does not fit into memory: its documents, the same ones, are written
        there as a Parquet dataset, and what is returned can be used as a corpus in ``tokenize``, ``slogans``,
        ``kwic``, ``cooccurrence`` and ``adoption`` (see docs/clusters.md).
    shard_chars : int
        Characters of a shard, about: what a worker holds at a time.

    Returns
    -------
    Corpus, or Shards where ``shards`` is named

    Raises
    ------
    FileNotFoundError
        If there is nothing at ``path``.
    ValueError
        If no document could be read, there is something in the folder ``shards``, or ``path`` is one of shards.
    """
    if (Path(path) / INDEX).exists():
        raise ValueError(f"{path} is a sharded corpus, already read; open_shards({str(path)!r}) opens it.")
    if shards is None:
        return reading.read_corpus(path, lexicon=lexicon, n_jobs=n_jobs, keep=keep)
    with (
        new_folder(shards, shard_chars) as folder,
        tempfile.TemporaryDirectory(prefix=".reading-", dir=folder.parent) as aside,
    ):
        corpus, texts = reading.read_apart(path, Shelf(Path(aside) / "drafts"), lexicon=lexicon, n_jobs=n_jobs)
        write_index(folder, corpus, write_parts(corpus.docs, texts, folder, shard_chars))
    return open_shards(folder)
