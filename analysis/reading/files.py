"""Which files there are: a folder, a file or a zip as one stream of names and bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from analysis.reading.archives import Entry, entries
from analysis.reading.encodings import Unreadable

SETTINGS = ("metadata.csv", "corpus.toml", "splits.csv")
_ZIP_BYTES = 2 << 30
_FILE_BYTES = 100 << 20
SPLIT = "split it into smaller files, one for each document or year"


class Found(NamedTuple):
    """A file by its path relative to the corpus folder."""

    path: str
    full: Path
    skipped: str = ""


def list_files(path: Path) -> list[Found]:
    """The files of a folder (with its subfolders) or the one file given, sorted by relative path.

    Left out without a word: names that begin with a dot, lock files of office programs, ``__MACOSX``.
    Skipped with a reason: names that begin with an underscore, README files, links to folders, pipes.
    """
    if path.is_file():
        settings = [path.with_name(name) for name in SETTINGS if path.with_name(name).is_file()]
        return [Found(file.name, file) for file in sorted({path, *settings})]
    found: list[Found] = []

    def note(error: OSError) -> None:
        full = Path(error.filename)
        reason = f"cannot be opened ({error.strerror}); allow reading it"
        found.append(Found(full.relative_to(path).as_posix(), full, reason))

    for folder, folders, names in os.walk(path, onerror=note):
        linked = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = [name for name in folders if name not in linked and not _is_hidden(name)]
        for name in (*names, *linked):
            full = Path(folder, name)
            relative = full.relative_to(path).as_posix()
            if not any(_is_hidden(part) for part in PurePosixPath(relative).parts):
                linked_folder = "a link to a folder; give that folder's own path" * full.is_dir()
                odd = "" if full.is_file() else "not a regular file"
                found.append(Found(relative, full, linked_folder or name_refused(relative) or odd))
    return sorted(found)


def open_file(found: Found) -> Iterator[Entry]:
    """The bytes of a file, or of each entry of a zip; what cannot be taken comes with its reason.

    A zip that holds nothing, or cannot be opened, is one entry with a reason.
    """
    packed = found.path.lower().endswith(".zip")
    try:
        if found.full.stat().st_size > (_ZIP_BYTES if packed else _FILE_BYTES):
            limit = "2 GB; split the archive" if packed else f"100 MB (text: 20 MB); {SPLIT}"
            yield Entry(found.path, b"", f"larger than {limit}")
            return
        data = found.full.read_bytes()
    except OSError as error:
        yield Entry(found.path, b"", f"cannot be opened ({error.strerror}); allow reading it")
        return
    if packed:
        yield from _open_zip(data, found.path)
    else:
        yield Entry(found.path, data)


def name_refused(relative: str) -> str:
    """Why a file of this name is no document; empty when it may be one."""
    name = PurePosixPath(relative).name
    if any(part.startswith("_") for part in PurePosixPath(relative).parts):
        return "its name begins with _"
    if name.upper().split(".")[0] == "README":
        return "a README, not a document"
    return ""


def _open_zip(data: bytes, path: str) -> Iterator[Entry]:
    any_entry = False
    try:
        for entry in entries(data, path):
            inner = entry.path.removeprefix(path + "/")
            if any(_is_hidden(part) for part in PurePosixPath(inner).parts if part != ".."):
                continue
            any_entry = True
            yield Entry(entry.path, entry.data, entry.refused or name_refused(inner))
    except Unreadable as error:
        yield Entry(path, b"", str(error))
        return
    if not any_entry:
        yield Entry(path, b"", "the zip holds no files")


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name in ("__MACOSX", "Thumbs.db")
