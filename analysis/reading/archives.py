"""Zip archives: their entries, with names decoded and nothing let out of bounds."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from analysis.reading.encodings import Unreadable, commonness

_ENTRIES = 20_000
_BYTES = 1 << 30
_ENTRY_BYTES = 100 << 20
_RATIO = 200


class Entry(NamedTuple):
    """An entry of an archive: its path in it and its bytes, or why they were not taken."""

    path: str
    data: bytes
    refused: str = ""


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
