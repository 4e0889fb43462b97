"""Paragraphs out of lines: hard-wrapped text rejoined, broken sentences closed, lost breaks restored."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from analysis.reading.heads import is_heading

_END = "。！？；：…”’）】》!?;:"
_CLOSING = frozenset("，。、；：！？）》】”’…,;")
_LATIN = re.compile(r"[!-~]+")
_ODD = re.compile("[^\x00-\x7f\u4e00-\u9fff，。、；：（）《》“”]")  # neither plainly one column wide nor plainly two
_ITEM = r"[一二三四五六七八九]要(?!求|素)"
_ORDER = re.compile(rf"[。；！](?={_ITEM})")
_OWN_LINE = re.compile(r"\n[二三四五六七八九]要(?!求|素)")


def unwrap(text: str, *, least: int = 12, slack: int = 5) -> tuple[str, list[str]]:
    """Rejoin hard-wrapped lines; with the line breaks taken out, as what stands around them.

    A text counts as wrapped when at least ``least`` of its lines, and half of those that do not end a paragraph,
    run to within three half-widths of one common width of 20–100 half-width columns.  A line that reaches
    the width (less ``slack`` and a word: indents, hanging punctuation, a word or figure that did not fit) in
    mid-sentence is continued by the next; one that ends a sentence there is, unless the next is indented,
    shorter by an indent, or a heading.
    """
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    width = _common_width(lines, least)
    if not width:
        return text, []
    paragraphs, joined = lines[:1], []
    for before, line in pairwise(lines):
        if _goes_on(before, line, width, slack):
            latin = all(char.isascii() and char.isalpha() for char in (before[-1], line.strip()[0]))
            paragraphs[-1] += " " * latin + line.strip()
            joined.append(around(before, line.strip()))
        else:
            paragraphs.append(line)
    return "\n".join(paragraphs), joined


def close_sentences(text: str) -> tuple[str, list[str]]:
    """Join what a link or a column broke in mid-sentence.

    A line opening with closing punctuation belongs to the one before; where blank lines part the
    paragraphs, so does a line whose predecessor in the same block has not ended its sentence, provided the
    block as a whole ends one.
    """
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    many = [block for block in blocks if len(block) > 40]
    parted = len(many) >= 5 and sum("\n" in block for block in many) * 2 < len(many)
    joined: list[str] = []
    paragraphs: list[str] = []
    for block in blocks:
        closed = parted and block[-1] in "。！？"
        for i, line in enumerate(filter(None, (part.strip() for part in block.split("\n")))):
            before = paragraphs[-1] if paragraphs else "。"
            broken = i and closed and before[-1] not in _END and not is_heading(before) and not is_heading(line)
            if paragraphs and (line[0] in _CLOSING or broken):
                joined.append(around(paragraphs[-1], line))
                paragraphs[-1] += line
            else:
                paragraphs.append(line)
    return "\n".join(paragraphs), joined


def restore_breaks(text: str) -> tuple[str, list[str]]:
    """Start a new paragraph at 一要, 二要 … 九要, in order, where the breaks before them were lost.

    They count as lost in a paragraph of over 400 characters, and in any where other items of the document (二要 …)
    begin a line; elsewhere the items of one short paragraph are as their author wrote them.
    """
    if not _ORDER.search(text):
        return text, []
    apart = bool(_OWN_LINE.search("\n" + text))
    paragraphs: list[str] = []
    restored: list[str] = []
    for paragraph in text.split("\n"):
        ends = [match.end() for match in _ORDER.finditer(paragraph)] if apart or len(paragraph) > 400 else []
        parts = [paragraph[a:b] for a, b in pairwise([0, *ends, len(paragraph)])]
        items = "".join(part[0] for part in parts if re.match(_ITEM, part))
        parts = parts if len(items) > 1 and items in "一二三四五六七八九" else [paragraph]
        paragraphs += parts
        restored += [around(before, part) for before, part in pairwise(parts)]
    return "\n".join(paragraphs), restored


def around(before: str, after: str) -> str:
    """What stands before and after a line break."""
    return f"{before[-8:]}⏎{after[:8]}"


def _common_width(lines: list[str], least: int) -> int:
    inner = [_width(line) for line in lines if line[-1] not in "。！？：" and not is_heading(line.strip())]
    if len(inner) < least:
        return 0
    width = sorted(inner)[int(len(inner) * 0.9)]
    near = sum(width - 3 <= w <= width + 3 for w in inner)
    over = sum(_width(line) > width + 3 for line in lines)
    return width if 20 <= width <= 100 and near * 2 >= len(inner) and over * 10 <= len(lines) else 0


def _goes_on(before: str, line: str, width: int, slack: int) -> bool:
    """Whether a line is continued by the next; a full next line is no opening, for openings are indented."""
    word = _LATIN.match(line.strip())
    room = width - _width(before) - max(2, len(word[0]) if word else 2)
    if before[-1] not in "。！？：":
        return room <= slack
    opens = line[0] in " \u3000\t" or is_heading(line.strip()) or line.startswith(("各位代表", "（"))
    return room <= 1 and not opens and not width - 6 <= _width(line) <= width - 3


def _width(line: str) -> int:
    whole = line.strip()
    narrow = sum(unicodedata.east_asian_width(c) not in "WFA" for c in _ODD.findall(whole))
    return 2 * len(whole) - len(whole.encode("ascii", "ignore")) - narrow
