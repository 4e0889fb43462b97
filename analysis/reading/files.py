"""Which files there are: a folder, a file or a zip as one stream of names and bytes, nothing let out of bounds."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from analysis.reading.encodings import Unreadable, commonness

SETTINGS = ("metadata.csv", "corpus.toml", "splits.csv")
_ZIP_BYTES = 2 << 30
_FILE_BYTES = 100 << 20
_ENTRIES = 20_000
_BYTES = 1 << 30
_ENTRY_BYTES = 100 << 20
_RATIO = 200
SPLIT = "split it into smaller files, one for each document or year"


class Found(NamedTuple):
    """A file by its path relative to the corpus folder."""

    path: str
    full: Path
    skipped: str = ""


class Entry(NamedTuple):
    """An entry of an archive: its path in it and its bytes, or why they were not taken."""

    path: str
    data: bytes
    refused: str = ""


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


def entries(data: bytes, prefix: str, *, nested: bool = False) -> Iterator[Entry]:
    """The files in a zip, sorted by name, one zip inside it opened too; Unreadable where the zip itself is.

    Refused, each with its reason: names that climb out of the archive, encrypted entries, entries over
    100 MB or packed more than 200 to 1, what lies beyond 1 GB or 20,000 entries, zips three deep.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable("damaged or cut off zip file; get it again") from error
    with archive:
        infos = sorted((entry_name(info), info) for info in archive.infolist() if not info.is_dir())
        taken = 0
        for number, (name, info) in enumerate(infos):
            path = f"{prefix}/{name}"
            refused = _refusal(name, info, number, taken)
            content = b"" if refused else _content(archive, info)
            if isinstance(content, str):
                refused, content = content, b""
            taken += len(content)
            if refused or not name.lower().endswith(".zip"):
                yield Entry(path, content, refused)
            elif nested:
                yield Entry(path, b"", "a zip within a zip within a zip; unpack it first")
            else:
                try:
                    yield from entries(content, path, nested=True)
                except Unreadable as error:
                    yield Entry(path, b"", str(error))


def entry_name(info: zipfile.ZipInfo) -> str:
    """An entry's path; names stored without the UTF-8 flag are GBK wherever that reads as Chinese."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name.replace("\\", "/")
        decoded = {encoding: raw.decode(encoding, "ignore") for encoding in ("utf-8", "gb18030")}
        readings = [text for encoding, text in decoded.items() if text.encode(encoding) == raw]
        name = next((r for r in readings if commonness(r) >= 0.3), readings[0] if readings else name)
    return name.replace("\\", "/")


def _refusal(name: str, info: zipfile.ZipInfo, number: int, taken: int) -> str:
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or (parts and parts[0][1:2] == ":"):
        return "its path leads out of the archive; pack it again without ../"
    if info.flag_bits & 1:
        return "protected by a password; pack it without one"
    if number >= _ENTRIES or taken + info.file_size > _BYTES:
        return f"beyond {_ENTRIES} entries or {_BYTES >> 30} GB of archive; split the archive"
    if info.file_size > _ENTRY_BYTES:
        return f"larger than {_ENTRY_BYTES >> 20} MB; split it into smaller files"
    if info.file_size > (1 << 20) and info.file_size > _RATIO * max(1, info.compress_size):
        return f"packed {info.file_size // max(1, info.compress_size)} to 1, which no text is; check the archive"
    return ""


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | str:
    """The bytes of an entry, or why there are none; never more than the entry says it holds."""
    try:
        with archive.open(info) as stream:
            return stream.read(min(info.file_size, _ENTRY_BYTES) + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        return "damaged in the archive; get the archive again"
