"""The ways a formulation is written: a short notation, expanded to literal strings."""

from __future__ import annotations

import re
from functools import partial
from itertools import product

SEPARATORS = ("、", "，", ",", "")
_SEPARATOR = re.compile(r"[、，]")
_GROUP = re.compile(r"\(([^()]*)\)")
_HALF = "".join(map(chr, range(0x21, 0x7F)))
_WIDER = str.maketrans(_HALF, "".join(chr(ord(c) + 0xFEE0) for c in _HALF))
_NARROWER = {wide: narrow for narrow, wide in _WIDER.items()}
_WIDE_OR_NARROW = re.compile(r"[0-9A-Za-z+＋０-９Ａ-Ｚａ-ｚ]+")


def variants(form: str) -> tuple[str, ...]:
    """Every string that writes a form, the form itself first.

    ``(增强/树牢)`` is one of these or nothing. Separators 、 and ， are all as written, all 、 or ， or
    a half-width comma, or none. Digits, Latin letters and + are half or full width. Quotation marks
    inside are there or not; a form without any also stands in “ ”; a form wholly in “ ” only so.

    Raises
    ------
    ValueError
        A bracket without its partner.
    """
    found = [
        way
        for text in _chosen(form)
        for separated in _separated(text)
        for wide in _wide(separated)
        for way in _quoted(wide, framed=text == form)
    ]
    return tuple(dict.fromkeys(found))


def _chosen(form: str) -> list[str]:
    parts = _GROUP.split(form)
    if any(set(part) & set("()") for part in parts):
        raise ValueError(f"form {form!r} has a bracket without its partner; write (甲/乙) before what follows")
    choices = [("", *part.split("/")) if k % 2 else (part,) for k, part in enumerate(parts)]
    return ["".join(choice) for choice in product(*choices)]


def _separated(text: str) -> list[str]:
    return [text, *(_SEPARATOR.sub(mark, text) for mark in SEPARATORS)] if _SEPARATOR.search(text) else [text]


def _wide(text: str) -> list[str]:
    return [text, *(_WIDE_OR_NARROW.sub(partial(_translated, table), text) for table in (_NARROWER, _WIDER))]


def _translated(table: dict[int, int], run: re.Match[str]) -> str:
    return run[0].translate(table)


def _quoted(text: str, framed: bool) -> list[str]:
    if text.startswith("“") and text.find("”") == len(text) - 1:
        return [text]
    if "“" in text:
        return [text, re.sub("[“”]", "", text)]
    return [text, f"“{text}”"] if framed else [text]
