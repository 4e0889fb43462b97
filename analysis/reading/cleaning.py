"""What is not the document is taken out, counted by kind; nothing is invented."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from analysis.reading.draft import Removed
from analysis.reading.furniture import strip_furniture
from analysis.reading.heads import is_heading
from analysis.reading.wrapping import around, close_sentences, restore_breaks, unwrap

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_BEFORE = rf"[{_HAN}”’》）】〕」』％%]"
_AFTER = rf"[{_HAN}“‘《（【〔「『—]"
_WIDE = str.maketrans(",;:!?", "，；：！？")
_BLOCK_TAGS = "p|br|div|li|ul|ol|h[1-6]|tr|table|tbody|section|article|hr"
_SUBSTITUTIONS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("invisible character", re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"), ""),
    ("invisible character", re.compile(r"<U\+(?:200B|FEFF)>"), ""),
    ("control character", re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]"), ""),
    ("comment", re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL), "\n"),
    ("script", re.compile(r"<(script|style)\b(?:(?!<\1\b).)*?</\1\s*>", re.DOTALL | re.IGNORECASE), "\n"),
    ("tag", re.compile(rf"</?(?:{_BLOCK_TAGS})\b[^<>]*>", re.IGNORECASE), "\n"),
    ("tag", re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>"), ""),
    ("bookmark", re.compile(r"\[bookmark:[^\[\]\n]*\]"), ""),
    ("image", re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)"), ""),
    ("link", re.compile(r"\[([^\[\]\n]+)\]\((?:https?:|/|\.|#|mailto:)[^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)"), r"\1"),
    ("markdown mark", re.compile(r"#(?<![^\n]#)#{0,5}[ \t]+|>(?<![^\n]>)[ \t]+|\*\*|```(?<![^\n]```).*"), ""),
)  # fmt: skip
_SPACE = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_INDENT = re.compile(r"[ \u3000]*\u3000\u3000[ \u3000]*|(?<=[。！？；”]) {2,}")
_SPACED_DIGITS = re.compile(r"\d(?<![\d.].)(?: \d)+(?: ?[.．] ?\d(?: \d)*)?(?!\d)")
_DIGIT_GAP = re.compile(rf"(?<=\d) +(?=[{_HAN}％%])|(?<=[年月第约达至到为]) +(?=\d)")
_NARROW = re.compile(rf"[,;:!?](?:(?<={_BEFORE}.)(?=\s|$|{_AFTER}|[0-9A-Za-z])|(?={_AFTER})(?<![A-Za-z,;:!?\s].))")
_BRACKETED = re.compile(rf"\([^()\n{_HAN}]*[{_HAN}][^()\n]*\)")
_GAP = re.compile(rf" (?<=[，；：！？。、].) *(?=[{_HAN}“《])")
_QUOTE = re.compile('["＂“”]')
_ASCII_WORD = re.compile("[0-9A-Za-z]")
_NOT_FIRST = "，。、；：！？）》」』,.;:!?) "
_NOT_LAST = "，、；：（《「『,;:( "
_INNER_DOT = re.compile(rf"(?<=[{_HAN}]{{8}})[.．](?=[{_HAN}]{{8}})")
_LAST_DOT = re.compile(rf"[{_HAN}”）％%][.．]$")
_LETTER_SPACED = re.compile(rf" (?<=[{_HAN}].)(?=[{_HAN}])")
_REPORTER = re.compile(
    rf"(?<=[。！？”）])[（(]?([{_HAN}A-Za-z·]{{0,24}}?(?:记者|通讯员)[ :：]*"
    rf"((?:[{_HAN}]{{2,4}}[ 、]?){{1,4}}))[）)]?$"
)
_SITE = re.compile(
    r"\s*(?:[_|｜]|\s[-–—]{1,2}\s?|--|——)\s*[^_|｜—-]{0,16}(?:频道|网|新闻|日报|客户端|门户|政府|在线|网站|搜狐|新浪|凤凰|腾讯)[^_|｜]{0,12}$"
)


@dataclass(frozen=True)
class Cleaned:
    """A cleaned text, what the page said about it, and what was taken out."""

    text: str
    fields: dict[str, str] = field(default_factory=dict)
    removed: Removed = field(default_factory=Counter)


def clean(text: str) -> Cleaned:
    """Clean a document's text: ``fields`` are what the page named, ``removed`` a line break as ``before⏎after``.

    Out come tags, comments, bookmarks, the page's own lines, page numbers and invisible characters;
    hard-wrapped lines are rejoined, half-width punctuation between Chinese characters made full-width (straight
    quotes where they pair, a full stop where nothing else can be meant), spaced-out digits closed.  No Chinese
    character is ever added, and none is moved.
    """
    removed: Removed = Counter()
    text = re.sub(r"[\r\f\v\u0085\u2028\u2029]", "\n", text.replace("\r\n", "\n"))
    for kind, pattern, instead in _SUBSTITUTIONS:
        if found := Counter((kind, match[0]) for match in pattern.finditer(text)):
            text = pattern.sub(instead, text)
            removed += found
    # Named entities, never numbered ones, which could spell out a character that was not there.
    text = re.sub(r"&[a-zA-Z]{2,8};", lambda match: html.unescape(match[0]), text).replace("<U+00A0>", " ")
    text, indents = _indents(text)
    removed.update(("indent within a line", piece) for piece in indents)
    text, fields, page = strip_furniture(text)
    removed += page
    for kind, step in _STEPS:
        text, taken = step(text)
        removed.update((kind, piece) for piece in taken)
    return Cleaned(text, fields, removed)


def finish(text: str) -> Cleaned:
    """Clean what can only be cleaned once it is known where a document begins and ends.

    Out come paragraphs repeated or cut off and repeated, and a reporter's name after the last sentence
    (``fields["author"]``); paragraph breaks lost before 二要, 三要 … are restored.
    """
    text, repeated = drop_repeats(text)
    text, restored = restore_breaks(text)
    removed = Counter(("repeated paragraph", piece) for piece in repeated)
    removed.update(("lost paragraph break", piece) for piece in restored)
    match = _REPORTER.search(text) if "记者" in text or "通讯员" in text else None
    if not match or len(match[0]) > 40:
        return Cleaned(text, {}, removed)
    removed["byline", match[0]] = 1
    author = re.sub(r"[ 、]+", "、", match[2].strip(" 、"))
    return Cleaned(text[: match.start()].rstrip(), {"author": author}, removed)


def strip_site(title: str) -> tuple[str, list[str]]:
    """A web page's title without the site's name after it (``…_吉林频道``), and that name."""
    return _SITE.sub("", title.strip()), _SITE.findall(title.strip())


def drop_repeats(text: str) -> tuple[str, list[str]]:
    """Keep a paragraph said twice once, and drop one cut off where another goes on; and those dropped.

    Short ones, under 60 characters, may rightly recur (items of a law, salutations): of those only one
    among the three paragraphs before counts as a repeat, and none under 20.
    """
    paragraphs = text.split("\n")
    cut = _cut_copies(paragraphs)
    seen: set[str] = set()
    kept: list[str] = []
    dropped: list[str] = []
    for paragraph in paragraphs:
        again = len(paragraph) >= 20 and paragraph in (seen if len(paragraph) >= 60 else kept[-3:])
        (dropped if again or paragraph in cut else kept).append(paragraph)
        seen.add(paragraph)
    return "\n".join(kept), dropped


def _cut_copies(paragraphs: list[str]) -> set[str]:
    """Paragraphs of 40 characters or more with which another begins."""
    ordered = sorted({paragraph for paragraph in paragraphs if len(paragraph) >= 40})
    cut = set()
    for paragraph in ordered:
        stem = paragraph.rstrip(".…。 ")
        if len(stem) >= 40 and not is_heading(paragraph):
            at = bisect_left(ordered, stem)
            longer = (other for other in ordered[at : at + 3] if len(other) > len(paragraph))
            cut |= {paragraph} if any(other.startswith(stem) for other in longer) else set()
    return cut


def _indents(text: str) -> tuple[str, list[str]]:
    """Typed indents become paragraph breaks inside a long line and nothing at its start."""
    lines: list[str] = []
    taken: list[str] = []
    text = _SPACE.sub(" ", text)
    if "　　" not in text and "  " not in text:
        return text, []
    for line in text.split("\n"):
        pieces = _INDENT.split(line.strip()) if len(line) > 100 else [line]
        lines += pieces if len(pieces) > 1 else [line]
        taken += [around(*pair) for pair in pairwise(pieces)]
    return "\n".join(lines), taken


def _tidy(text: str) -> tuple[str, list[str]]:
    lines = re.sub("  +", " ", text.replace("\u3000", " ")).split("\n")
    return "\n".join(filter(None, map(str.strip, lines))), []


def _punctuation(text: str) -> tuple[str, list[str]]:
    taken = _NARROW.findall(text)
    text = _NARROW.sub(lambda match: match[0].translate(_WIDE), text)
    taken += _BRACKETED.findall(text)
    text = _BRACKETED.sub(lambda match: f"（{match[0][1:-1]}）", text)
    return _GAP.sub("", text), taken + _GAP.findall(text)


def _quotes(text: str) -> tuple[str, list[str]]:
    """Straight double quotes of a line as “ ”, in turn.

    A line is left as it is where that is not certain: one quote too many, “ or ” out of turn, an opening one
    before closing punctuation or a closing one after opening punctuation, a Latin letter or digit outside it, or
    nothing but ASCII around it.
    """
    lines, taken = text.split("\n"), []
    for i, line in enumerate(lines):
        if ('"' in line or "＂" in line) and (paired := _paired(line)) != line:
            taken += [line[max(0, at - 8) : at + 9] for at, mark in enumerate(line) if mark in '"＂']
            lines[i] = paired
    return "\n".join(lines), taken


def _paired(line: str) -> str:
    made = list(line)
    opening = True
    for match in _QUOTE.finditer(line):
        at, mark = match.start(), "“" if opening else "”"
        outside, inside = (line[:at][-1:], line[at + 1 :][:1])[:: 1 if opening else -1]
        sure = not _ASCII_WORD.match(outside) and inside not in ("", *(_NOT_FIRST if opening else _NOT_LAST))
        chinese = not outside or not (outside + inside).isascii()
        if match[0] != mark and (match[0] in "“”" or not (sure and chinese)):
            return line
        made[at], opening = mark, not opening
    return "".join(made) if opening else line


def _full_stops(text: str) -> tuple[str, list[str]]:
    """``.`` as 。 in a paragraph that ends in one, has no 。 at all, and is no heading.

    It is one between eight Chinese characters on either side: a number (一.总则) or a name (约翰.史密斯) mostly has
    fewer. Where there is such a dot, or in a paragraph of over 60 characters, the last one is a full stop too.
    """
    lines, taken = text.split("\n"), []
    for i, line in enumerate(lines):
        if "。" not in line and _LAST_DOT.search(line) and (len(line) > 60 or _INNER_DOT.search(line)):
            taken += [line[m.start() - 8 : m.end() + 8] for m in _INNER_DOT.finditer(line)] + [line[-9:]]
            lines[i] = _INNER_DOT.sub("。", line[:-1]) + "。"
    return "\n".join(lines), taken


def _digits(text: str) -> tuple[str, list[str]]:
    if not (taken := _SPACED_DIGITS.findall(text)):
        return text, []
    text = _SPACED_DIGITS.sub(lambda match: match[0].replace(" ", ""), text)
    return (_DIGIT_GAP.sub("", text), taken) if len(taken) > 2 else (text, taken)


def _letter_spacing(text: str) -> tuple[str, list[str]]:
    lines, spaced = text.split("\n"), []
    for i, line in enumerate(lines):
        gaps = line.count(" ") > 2 and len(_LETTER_SPACED.findall(line))
        if gaps >= 3 and gaps * 2 >= len(line.replace(" ", "")) - 1:
            spaced.append(line)
            lines[i] = _LETTER_SPACED.sub("", line)
    return "\n".join(lines), spaced


_STEPS: tuple[tuple[str, Callable[[str], tuple[str, list[str]]]], ...] = (
    ("hard line break", unwrap),
    ("broken sentence", close_sentences),
    ("", _tidy),
    ("letter spacing", _letter_spacing),
    ("spaced digits", _digits),
    ("half-width punctuation", _punctuation),
    ("straight quotes", _quotes),
    ("half-width full stop", _full_stops),
)
