"""Bytes to text: which encoding, by how much, and never a silent replacement."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from importlib.resources import files

import numpy as np

_LINES = (files("analysis") / "resources" / "characters.txt").read_text("utf-8").split("\n")
COMMON = frozenset("".join(line for line in _LINES if not line.startswith("#")))
_COMMON = np.array(sorted(map(ord, COMMON)), dtype=np.uint32)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"\x84\x31\x95\x33", "gb18030"),
)  # fmt: skip
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_ENOUGH = 0.4
_RUN = 20
_STRAY = re.compile(
    r"(?<=[^\x00-\x7f])[@\[-~](?=[^\x00-\x7f])|"
    r"(?<=[\u3400-\u9fff])[A-Z](?=[\u3400-\u9fff])(?![級级類类型股座區区線线照證证])"
)
_CONTROL = bytes([*range(9), *range(14, 26), *range(28, 32)])
_SAMPLE = 100_000
_REMEDY = "get the file again, or open it in an editor and save it as UTF-8"


class Unreadable(Exception):
    """What is wrong with a file and what to do about it; becomes a line of the report."""


@dataclass(frozen=True)
class Decoded:
    """Text, the encoding it was in with the evidence for it, and what had to be left out."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode bytes of unknown encoding, or raise Unreadable: damaged, binary, or in no encoding known here.

    The order is: byte order mark; strict UTF-8; else the candidate (GB18030, Big5-HKSCS, UTF-16 of either
    order) whose text has the largest share of common Chinese characters.  A last character cut off by the
    end of the file is dropped and said so; any other damage is refused.  A lost byte can leave bytes that are
    valid: where the text after it makes no sense, or one stray letter is left, a note says so.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _marked(data, encoding)
    utf8 = _decoded(data, "utf-8", "utf-8")
    return utf8 if utf8 and not _controls(data) else _best(data)


def commonness(text: str) -> float:
    """Share of common Chinese characters among the characters of a text that are not plain ASCII (0–1)."""
    _, common = _telling(text[:_SAMPLE])
    return float(common.mean()) if len(common) else float(bool(text.strip()))


def _telling(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Places of the characters that are not plain ASCII, and whether each is a common one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    at = np.flatnonzero((codes > ord("~")) | (codes < ord(" ")) & ~np.isin(codes, [9, 10, 12, 13]))
    return at, np.isin(codes[at], _COMMON)


def _checked(found: Decoded, encoding: str = "") -> Decoded:
    """Note where the text looks as it does after a lost byte.

    There 20 characters in a row hold two common ones at most.  Where second bytes may be ASCII (Big5, Traditional
    text in GB18030) it falls in step again after a character or two, and the ASCII byte that ended it stands
    alone between Chinese characters: a small letter or mark, or a capital that is no 股 or 类.
    """
    at, common = _telling(found.text)
    sums = np.concatenate([[0], np.cumsum(common)])
    places = [int(i) for i in at[np.flatnonzero(sums[_RUN:] - sums[:-_RUN] <= _RUN // 10)[:1]]]
    stray = _STRAY.search(found.text) if _falls_in_step(encoding, [found.text[i] for i in at[:2000]]) else None
    places += [stray.start()] if stray else []
    note = f"perhaps damaged at character {min(places) + 1 if places else 0}; {_REMEDY}"
    return replace(found, notes=(*found.notes, note)) if places else found


def _falls_in_step(encoding: str, telling: list[str]) -> bool:
    """Whether the second byte of one character in ten, of two bytes, is ASCII."""
    if encoding not in ("gb18030", "big5hkscs"):
        return False
    pairs = [pair for c in telling if len(pair := c.encode(encoding)) == 2]
    return sum(pair[1] < 0x7F for pair in pairs) * 10 > len(pairs)


def _marked(data: bytes, encoding: str) -> Decoded:
    found = _decoded(data, encoding, f"{encoding} (byte order mark)")
    if found is None or (encoding != "utf-8-sig" and commonness(found.text) < _ENOUGH):
        raise Unreadable(f"damaged: the byte order mark says {encoding}, the bytes are not; {_REMEDY}")
    found = replace(found, text=found.text.removeprefix("\ufeff"))
    return found if encoding == "utf-8-sig" else _checked(found)


def _best(data: bytes) -> Decoded:
    tried = [found for name in _CANDIDATES if (found := _decoded(data, name, name))]
    scored = sorted(((commonness(found.text), found.encoding, found) for found in tried), key=lambda s: s[:2])
    if not scored or scored[-1][0] < _ENOUGH:
        raise Unreadable(_complaint(data))
    score, name, found = scored.pop()
    rest = f"; next {scored[-1][1]} {scored[-1][0]:.2f}" if scored else ""
    return _checked(replace(found, encoding=f"{name} ({score:.2f}{rest})"), name)


def _decoded(data: bytes, encoding: str, label: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), label)
    except UnicodeDecodeError as error:
        cut = len(data) - error.start
        if cut > 3 or error.end < len(data) or not error.start:
            return None
        whole = _decoded(data[: error.start], encoding, label)
        return whole and replace(whole, notes=(f"last character cut off ({cut} bytes dropped)",))


def _controls(data: bytes) -> bool:
    return len(data.translate(None, _CONTROL)) < len(data)


def _complaint(data: bytes) -> str:
    if data.count(0) * 10 > len(data) or _controls(data[:4096]):
        return "binary data, not text; give the file the ending of its real format"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        rest = data.decode("utf-8", "ignore")
        if not rest.isascii() and commonness(rest) > _ENOUGH:
            return f"damaged UTF-8: byte {error.start + 1} of {len(data)} is not valid; {_REMEDY}"
    return f"damaged, or in no encoding known here (UTF-8, UTF-16, GB18030, Big5); {_REMEDY}"
