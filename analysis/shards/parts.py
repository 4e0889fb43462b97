"""A corpus on disk in parts: a Parquet dataset of documents, and beside it what was made of each part."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

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
    import pyarrow as pa
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


def read_part(folder: Path, part: str, recipe: tuple) -> Corpus:
    """The documents of one part, with their texts."""
    return Corpus(pd.read_parquet(folder / f"{part}.parquet"), recipe=recipe)


def read_docvars(folder: Path, part: str) -> pd.DataFrame:
    """The variables of the documents of one part; their texts are not read."""
    import pyarrow.parquet as pq

    file = folder / f"{part}.parquet"
    columns = [name for name in pq.read_schema(file).names if name != "text"]
    return pq.read_table(file, columns=columns).to_pandas()


@functools.cache
def code_digest() -> str:
    """Of the package's own code and resources: what another version made is not taken for one's own."""
    package, state = Path(str(resources.files("analysis"))), hashlib.sha256()
    for file in sorted(p for p in package.rglob("*") if p.suffix in (".py", ".csv", ".txt")):
        state.update(file.relative_to(package).as_posix().encode() + file.read_bytes())
    return state.hexdigest()


def keep(folder: Path, make: Callable[[], dict[str, np.ndarray]]) -> None:
    """Write arrays into a folder unless it is there: aside, then into place at once, so that none is ever half."""
    if folder.exists():
        return
    folder.parent.mkdir(exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    for name, array in make().items():
        np.save(aside / f"{name}.npy", array, allow_pickle=False)
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside)  # another worker was first, with the same content


def kept(folder: Path, name: str) -> np.ndarray:
    """An array written by ``keep``, mapped into memory."""
    return np.load(folder / f"{name}.npy", mmap_mode="r")


def packed(words: Iterable[str]) -> np.ndarray:
    """Strings as bytes, to be kept as an array."""
    return np.frombuffer(json.dumps(list(words)).encode(), dtype=np.uint8)


@functools.lru_cache(maxsize=64)
def unpacked(file: Path) -> np.ndarray:
    """Strings kept by ``packed``; as objects."""
    return np.array(json.loads(np.load(file).tobytes()), dtype=object)
