"""What is kept between runs: Arrow files named by the digest of all they were made from, mapped into memory when read.

A changed input is another name, so nothing here has to be invalidated. A file is written aside and moved into place at
once: a run that is killed leaves no half of one, and several processes may write and read together.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import pickle
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from analysis.folders import cache_folder

ROOMS = ("corpora", "computed", "tokens", "studies", "words", "topics", "results")
PACKAGE = Path(__file__).parent


def digest(*parts: str | bytes) -> str:
    """SHA-256 of some strings in their order, 32 hexadecimal digits."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()[:32]


def source_digest(patterns: Iterable[str], distributions: Iterable[str] = ()) -> str:
    """Digest of the package's files of these patterns, and of the versions of the libraries they rest on."""
    return _sources(tuple(patterns), tuple(distributions))


@functools.cache
def _sources(patterns: tuple[str, ...], distributions: tuple[str, ...]) -> str:
    files = sorted({path for pattern in patterns for path in PACKAGE.glob(pattern)})
    parts = [part for path in files for part in (path.name, _source(path))]
    return digest(*parts, *map(_version, distributions))


@functools.cache
def _source(path: Path) -> bytes:
    """Read once: what a process has imported stays what it was, whatever becomes of the file."""
    return content(path)


@functools.cache
def _version(distribution: str) -> str:
    import importlib.metadata

    try:
        return f"{distribution} {importlib.metadata.version(distribution)}"
    except importlib.metadata.PackageNotFoundError:
        return f"no {distribution}"


def place(room: str, name: str) -> Path:
    """Where the file of this name is or will be."""
    return cache_folder() / room / f"{name}.arrow"


def read(path: Path) -> pa.Table | None:
    """The table of a file, mapped into memory; None where it is not there or damaged."""
    try:
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except (OSError, pa.ArrowInvalid):
        return None


def write(path: Path, table: pa.Table) -> pa.Table:
    """Keep a table, and give it back as it is read."""
    with aside(path) as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    kept = read(path)
    return table if kept is None else kept


@contextlib.contextmanager
def aside(path: Path) -> Iterator[BinaryIO]:
    """A file to write, moved into place when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, other = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        with contextlib.suppress(PermissionError):  # Windows: another process has the same file open
            os.replace(other, path)
    finally:
        Path(other).unlink(missing_ok=True)


def pack(arrays: Mapping[str, np.ndarray | list[str]], said: Any = None) -> pa.Table:
    """Arrays and lists of strings of any lengths as one table of one row."""
    columns = {n: pa.array(v, pa.string() if isinstance(v, list) else None) for n, v in arrays.items()}
    lists = [pa.LargeListArray.from_arrays(pa.array([0, len(c)], pa.int64()), c) for c in columns.values()]
    return pa.table(lists, list(columns)).replace_schema_metadata({"said": json.dumps(said)})


def unpack(table: pa.Table) -> tuple[dict[str, np.ndarray], Any]:
    """What was packed: numbers as read-only views of the file, strings as object arrays; and what was said."""
    columns = {name: table[name].chunk(0).values for name in table.column_names}
    arrays = {name: _array(values) for name, values in columns.items()}
    return arrays, json.loads(table.schema.metadata[b"said"])


def _array(values: pa.Array) -> np.ndarray:
    return values.to_numpy(zero_copy_only=not pa.types.is_string(values.type))


def remembered(room: str, keys: Sequence[str], compute: Callable[[list[int]], Iterator[Any]]) -> Iterator[Any]:
    """What was computed for each key, now or by an earlier run.

    Parameters
    ----------
    room : str
        Name of the database: one for all that the same code computes.
    keys : sequence of str
    compute : function
        From the numbers of the keys that are new to an iterator of what belongs to them.
    """
    import sqlite3

    path = cache_folder() / ROOMS[1] / f"{room}.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path, timeout=600)) as kept:
        kept.execute("create table if not exists kept (key text primary key, value blob)")
        known = {key for (key,) in kept.execute("select key from kept")}.intersection(keys)
        made = compute([k for k, key in enumerate(keys) if key not in known])
        for k, key in enumerate(keys):
            if key in known:
                (data,) = kept.execute("select value from kept where key = ?", (key,)).fetchone()
                yield pickle.loads(zlib.decompress(data))
                continue
            value = next(made)
            data = zlib.compress(pickle.dumps(value), level=1)
            kept.execute("insert or ignore into kept values (?, ?)", (key, data))
            if k % 50 == 49:
                kept.commit()
            yield value
        kept.commit()


def content(path: str | Path) -> bytes:
    """SHA-256 of a file, or the number of the error where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).digest()
    except OSError as error:
        return str(error.errno).encode()


def files(folder: Path) -> Iterator[tuple[Path, int, float]]:
    """Every file below a folder, with its bytes and when it was last used (to a day, where the system says no more)."""
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # another process was first
            said = path.stat()
            if path.is_file():
                yield path, said.st_size, max(said.st_atime, said.st_mtime)


def keep(folder: Path, limit: float) -> None:
    """Of more bytes than the limit, delete what was not used for longest."""
    total = 0
    for old, size, _ in sorted(files(folder), key=lambda file: -file[2]):
        total += size
        if total > limit:
            with contextlib.suppress(OSError):  # another process has it open, or was first
                old.unlink()


def usage() -> dict[str, tuple[int, int, float]]:
    """Number of files, bytes and last use of each room, and of everything else that lies in the folder."""
    counted = dict.fromkeys((*ROOMS, "other"), (0, 0, 0.0))
    for path, size, used in files(cache_folder()):
        room = path.relative_to(cache_folder()).parts[0]
        room = room if room in ROOMS else "other"
        n, total, last = counted[room]
        counted[room] = n + 1, total + size, max(last, used)
    return counted


def clear() -> None:
    """Delete what is kept; nothing else that lies in the folder."""
    for room in ROOMS:
        shutil.rmtree(cache_folder() / room, ignore_errors=True)
