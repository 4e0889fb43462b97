"""A corpus on disk in parts: a Parquet dataset of documents, and beside it what was made of each part."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis import cache
from analysis.corpus import COLUMNS, INDEX, Corpus

_CLAIM = "_writing"
_ROWS = 64  # documents held at once when writing
_AGAIN = "put back what was written, or write the corpus into a new folder: read_corpus(path, shards=…)."


class OnDisk:
    """A noun in the parts of a sharded corpus; what it cannot do, the same in memory can."""

    CALLED, INSTEAD_OF = "sharded documents", "Corpus"
    WHOLE = "what needs it takes them in memory: shards.whole() or, of some, shards.subset(query)."

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{self.CALLED.capitalize()} have no {name!r}; {self.WHOLE}")


@contextlib.contextmanager
def new_folder(folder: str | Path, chars: int) -> Iterator[Path]:
    """A folder to write parts of so many characters into, emptied again if that fails.

    Raises
    ------
    ValueError
        If there is something in the folder, or a part were to hold nothing.
    """
    if chars < 1:
        raise ValueError(f"shard_chars={chars} is no length of a part; give a number of characters, e.g. 4_000_000.")
    folder = Path(folder)
    claim = folder / _CLAIM
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError
        claim.touch(exist_ok=False)
    except FileExistsError:
        said = ", or open it with open_shards()" * (folder / INDEX).exists()
        said = said or ", or delete this one: unless another process writes it, it was not finished" * claim.exists()
        raise ValueError(f"shards={str(folder)!r} is not empty; name a new folder{said}.") from None
    try:
        yield folder
    except BaseException:
        for path in folder.iterdir():
            path.unlink()
        raise
    claim.unlink()


def write_parts(docs: pd.DataFrame, texts: Iterable[str], folder: Path, chars: int) -> list[dict[str, Any]]:
    """Write documents in parts of about so many characters, each a Parquet file; of none, one part.

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
    edges = [*np.flatnonzero(np.diff(before // chars, prepend=-1)), len(docs)] if len(docs) else [0, 0]
    for number, (first, last) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        path = folder / f"part-{number:05}.parquet"
        with pq.ParquetWriter(path, schema) as writer:
            for start in range(first, last, _ROWS):
                some = docs.iloc[start : min(start + _ROWS, last)]
                some = some.assign(text=pd.array(list(islice(coming, len(some))), dtype="str"))
                writer.write_table(pa.Table.from_pandas(some, schema=schema))
        parts.append({"part": path.stem, "documents": int(last - first), "sha256": _sha256(path.read_bytes())})
    return parts


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_index(folder: Path, corpus: Corpus, parts: list[dict[str, Any]]) -> None:
    """Write report, removals, recipe and list of parts; the list last: without it there is no sharded corpus."""
    corpus.report.to_csv(folder / "_report.csv", index=False)
    corpus.removals.to_parquet(folder / "_removals.parquet")
    said = {"recipe": corpus.recipe, "parts": parts}
    with cache.aside(folder / INDEX) as file:
        file.write(json.dumps(said, ensure_ascii=False, indent=1).encode())


def read_index(folder: Path) -> dict[str, Any]:
    """Recipe and list of parts, all of which are there; ValueError if one is not or is none of this version's."""
    import pyarrow.parquet as pq

    try:
        said = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        documents = {part["part"]: part["documents"] for part in said["parts"]}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{folder / INDEX} is damaged ({error!r}); {_AGAIN}") from None
    for part, n in documents.items():
        with _damage(folder, part) as file:
            about = pq.read_metadata(file)
            missing = set(COLUMNS) - set(about.schema.names)
            if missing or about.num_rows != n:
                raise ValueError(f"{about.num_rows} documents of {n}, without the columns {sorted(missing)}")
    return said


@contextlib.contextmanager
def _damage(folder: Path, part: str) -> Iterator[Path]:
    file = folder / f"{part}.parquet"
    try:
        yield file
    except (OSError, ValueError) as error:  # Arrow's are of both kinds
        raise ValueError(f"{file} is not what was written there ({error}); {_AGAIN}") from None


def read_docvars(folder: Path, part: str) -> pd.DataFrame:
    """The variables of the documents of one part; their texts are not read."""
    import pyarrow.parquet as pq

    with _damage(folder, part) as file:
        return pq.read_table(file, columns=[name for name in pq.read_schema(file).names if name != "text"]).to_pandas()


def read_documents(folder: Path, part: str) -> pd.DataFrame:
    """The documents of one part with their texts; ValueError if they are others than were written."""
    parts = json.loads((folder / INDEX).read_text(encoding="utf-8"))["parts"]
    with _damage(folder, part) as file:
        data = file.read_bytes()
        if _sha256(data) not in (said["sha256"] for said in parts if said["part"] == part):
            raise ValueError("its SHA-256 is another")
        return pd.read_parquet(io.BytesIO(data))


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
