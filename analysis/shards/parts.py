"""A corpus on disk in parts: a Parquet dataset of documents, and beside it what was made of each part."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis import cache
from analysis.corpus import Corpus

INDEX = "_corpus.json"  # names with an underscore are no part of a Parquet dataset
_ROWS = 64  # documents held at once when writing


def write_parts(docs: pd.DataFrame, texts: Iterable[str], folder: Path, chars: int) -> list[dict[str, Any]]:
    """Write documents in parts of about so many characters, each a Parquet file.

    Parameters
    ----------
    docs : DataFrame
        As ``Corpus.docs``; its texts may be empty, ``n_chars`` not.
    texts : iterable of str
        Their texts, in order; 64 are held at once.
    """
    import pyarrow.parquet as pq

    schema, coming, parts = pa.Table.from_pandas(docs).schema, iter(texts), []
    before = (docs["n_chars"].cumsum() - docs["n_chars"]).to_numpy()
    edges = np.flatnonzero(np.diff(before // chars, prepend=-1, append=np.iinfo(np.int64).max))
    for number, (first, last) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        path = folder / f"part-{number:05}.parquet"
        with pq.ParquetWriter(path, schema) as writer:
            for start in range(first, last, _ROWS):
                some = docs.iloc[start : min(start + _ROWS, last)]
                some = some.assign(text=pd.array(list(islice(coming, len(some))), dtype="str"))
                writer.write_table(pa.Table.from_pandas(some, schema=schema))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        parts.append({"part": path.stem, "documents": int(last - first), "sha256": digest})
    return parts


def write_index(folder: Path, corpus: Corpus, parts: list[dict[str, Any]]) -> None:
    """Write report, removals, recipe and list of parts; the list last: without it there is no sharded corpus."""
    corpus.report.to_csv(folder / "_report.csv", index=False)
    corpus.removals.to_parquet(folder / "_removals.parquet")
    said = {"recipe": corpus.recipe, "parts": parts}
    (folder / INDEX).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")


def read_docvars(folder: Path, part: str) -> pd.DataFrame:
    """The variables of the documents of one part; their texts are not read."""
    import pyarrow.parquet as pq

    file = folder / f"{part}.parquet"
    columns = [name for name in pq.read_schema(file).names if name != "text"]
    return pq.read_table(file, columns=columns).to_pandas()


def made(path: Path, make: Callable[[], pa.Table]) -> dict[str, np.ndarray]:
    """The arrays of a file, made unless it is there."""
    if cache.read(path) is None:
        cache.write(path, make())
    return kept(path)


@functools.lru_cache(maxsize=64)
def kept(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file: numbers mapped into memory, strings as objects."""
    table = cache.read(path)
    if table is None:
        raise FileNotFoundError(f"{path} is gone; tokenize and count the sharded corpus again.")
    return cache.unpack(table)[0]
