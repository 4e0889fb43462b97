"""Word files (.docx): the text as its reader sees it, with automatic numbers; what stands outside it is listed."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from analysis.reading.draft import Removed
from analysis.reading.numerals import counting

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OUTSIDE = {
    "footnotes": "footnote", "endnotes": "endnote", "comments": "comment", "header": "page header",
    "footer": "page footer",
}  # fmt: skip
_UNSEEN = ("moveFrom", "Fallback", "del")
_CHINESE = re.compile("(?:chinese|japanese|taiwanese|korean)Counting")
_SERIES = {
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographDigital": "一二三四五六七八九", "chineseLegalSimplified": "壹贰叁肆伍陆柒捌玖拾",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "upperRoman": tuple(re.findall(r"\w+", "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX")),
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}  # fmt: skip


def read_docx(data: bytes) -> tuple[str, Removed]:
    """The body of a Word file with its tables, text boxes and automatic numbers, and what is not of the body.

    A line for each paragraph and each row of a table. Tracked insertions are read; deletions, foot- and endnotes,
    comments, page headers and footers are not. Numbers come out as the list's own format writes them (一、 （一）
    1. ① A. I.); a format not known here, or beyond its series, in digits. Bullets are left out.
    """
    import docx
    from docx.oxml import parse_xml

    document = docx.Document(io.BytesIO(data))
    parts = [
        (rel.reltype.rpartition("/")[2], parse_xml(rel.target_part.blob))
        for rel in document.part.rels.values()
        if not rel.is_external and rel.reltype.endswith(("/numbering", *_OUTSIDE))
    ]
    numbering = next((root for name, root in parts if name == "numbering"), None)
    body = document.element.body
    text = _spelt(body, _Numbers(numbering, document.styles.element).label)
    deleted = ("".join(t.text or "" for t in node.iter(_W + "delText")) for node in body.iter(_W + "del"))
    outside = [("tracked deletion", said) for said in deleted]
    for name, root in parts:
        each = [node for node in root if _name(node) in ("footnote", "endnote", "comment")]  # or a header, a footer
        outside += [(_OUTSIDE[name], _spelt(node, lambda _: "")) for node in each or [root] if name in _OUTSIDE]
    return text.strip("\n"), Counter((kind, said.strip()) for kind, said in outside if said.strip())


def _spelt(node: Any, label: Callable[[Any], str]) -> str:
    """All text under an element: that in content controls, smart tags and tracked insertions too."""
    name = _name(node)
    if name in _UNSEEN:
        return ""
    if name == "tr":
        return " ".join(filter(None, (re.sub(r"\s+", " ", _spelt(cell, label)).strip() for cell in node))) + "\n"
    number = label(node) if name == "p" else ""
    inside = (node.text or "") if name == "t" else "".join(_spelt(child, label) for child in node)
    ending = {"p": "\n", "br": "\n", "cr": "\n", "tab": "\t"}.get(name, "")
    return (number if inside.strip() else "") + inside + ending


class _Numbers:
    """The automatic numbers of a document's paragraphs, asked for in the order of the text."""

    def __init__(self, numbering: Any | None, styles: Any) -> None:
        root = [] if numbering is None else numbering
        self.lists = {_attribute(node, "numId"): node for node in root if _name(node) == "num"}
        self.kinds = {_attribute(node, "abstractNumId"): node for node in root if _name(node) == "abstractNum"}
        self.styles = {_attribute(node, "styleId"): node for node in styles if _name(node) == "style"}
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[tuple[str, int]] = set()

    def label(self, paragraph: Any) -> str:
        """The number that stands before a paragraph, or nothing."""
        number, level = self._place(paragraph)
        if number not in self.lists:
            return ""
        levels = self._levels(number)
        counts = self.counts.setdefault(_value(self.lists[number], "abstractNumId"), {})
        again = self._restart(number, level)
        counts[level] = again if again is not None else counts.get(level, _start(levels.get(level)) - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return _written(levels, level, counts)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """List and level of a paragraph, its own or its style's."""
        style = _value(paragraph, "pPr/pStyle")
        number, level = _value(paragraph, "pPr/numPr/numId"), _value(paragraph, "pPr/numPr/ilvl")
        for _ in range(10):
            node = self.styles.get(style)
            if number or node is None:
                break
            number, level = _value(node, "pPr/numPr/numId"), level or _value(node, "pPr/numPr/ilvl")
            tied = (n for n, kind in self._levels(number).items() if _value(kind, "pStyle") == style)
            level = level or str(next(tied, ""))
            style = _value(node, "basedOn")
        return number, int(level or 0)

    def _levels(self, number: str) -> dict[int, Any]:
        """The definitions of a list's levels."""
        node = self.lists.get(number)
        kind = None if node is None else self.kinds.get(_value(node, "abstractNumId"))
        if node is None or kind is None:
            return {}
        linked = self.styles.get(_value(kind, "numStyleLink"))
        other = "" if linked is None else _value(linked, "pPr/numPr/numId")
        levels = self._levels(other) if other != number else {}
        own = [*kind.findall(_W + "lvl"), *node.findall(f"{_W}lvlOverride/{_W}lvl")]
        return levels | {int(_attribute(level, "ilvl") or 0): level for level in own}

    def _restart(self, number: str, level: int) -> int | None:
        """Where a list that restarts a level begins it, the first time it is met."""
        if (number, level) in self.begun:
            return None
        self.begun.add((number, level))
        overrides = self.lists[number].findall(_W + "lvlOverride")
        own = (node for node in overrides if _attribute(node, "ilvl") == str(level))
        start = next((_value(node, "startOverride") for node in own), "")
        return int(start) if start else None


def _written(levels: dict[int, Any], level: int, counts: dict[int, int]) -> str:
    """A number in its list's words: ``（%2）`` with the second level at 三 is （三）."""
    node = levels.get(level)
    if node is None or _value(node, "numFmt") == "bullet":
        return ""
    legal = node.find(_W + "isLgl") is not None

    def filled(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        format_ = "decimal" if legal else _value(levels.get(at), "numFmt")
        return _numeral(counts.get(at, _start(levels.get(at))), format_)

    text = re.sub(r"%(\d)", filled, _value(node, "lvlText"))
    close = not text.strip() or text.endswith(tuple("、）．。：")) or _value(node, "suff") == "nothing"
    return text if close else f"{text} "


def _numeral(n: int, format_: str) -> str:
    if format_ == "none":
        return ""
    if _CHINESE.match(format_):
        return counting(n)
    series = _SERIES.get(format_.replace("lower", "upper"), "")
    if not 0 < n <= len(series):
        return f"{n:02d}" if format_ == "decimalZero" else str(n)
    return series[n - 1].lower() if format_.startswith("lower") else series[n - 1]


def _start(level: Any | None) -> int:
    return int(_value(level, "start") or 1)


def _value(node: Any | None, path: str) -> str:
    """The ``val`` of a descendant, or nothing."""
    found = None if node is None else node.find("/".join(_W + name for name in path.split("/")))
    return "" if found is None else _attribute(found, "val")


def _attribute(node: Any, name: str) -> str:
    return str(node.get(_W + name) or "")


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]
