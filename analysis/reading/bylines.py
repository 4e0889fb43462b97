"""Title lines, bylines and headings: what a short line of an official document is."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.reading.numerals import chinese_number

_NAME = r"(?P<name>[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?|[\u4e00-\u9fff][ \u3000]+[\u4e00-\u9fff])"
_OFFICE = r"(?:书记|主任|总理|主席|专员|委员|(?<![增成生延特擅])长)"
_SUFFIX = r"(?:[、，,兼 ]*[\u4e00-\u9fff（）()]{0,12}" + _OFFICE + r")*"
_NAME_FIRST = re.compile(rf"^{_NAME}[ \u3000]+(?P<office>[\u4e00-\u9fff“”（）()、，,]{{2,40}}?{_OFFICE}{_SUFFIX})$")
_OFFICE_FIRST = re.compile(rf"^(?P<office>[\u4e00-\u9fff]{{0,24}}?(?:代)?{_OFFICE})[ \u3000]+{_NAME}$")
_LABELLED = re.compile(rf"^[（(]?(?:作者|文|撰文|供稿)[:：/／][ \u3000]*{_NAME}[）)]?$")
_NUMERAL = "一二三四五六七八九十"
_SECTION = re.compile(rf"^([{_NUMERAL}]{{1,3}})[、．.]")
_HEADING = re.compile(
    rf"^(?:[{_NUMERAL}]{{1,3}}[、．.]|[（(][{_NUMERAL}\d]{{1,3}}[）)]|第[{_NUMERAL}百零\d]+[章节条编部]|[{_NUMERAL}]要|\d{{1,2}}[、．.])"
)
_COUNTED = re.compile(rf"^第([{_NUMERAL}]{{1,4}})([章条编])")
_SALUTATION = re.compile(r"^(?:各位|同志们|尊敬的)|[:：]$")
_TERMINAL = "。！？；：…!?;:，,、"


class Byline(NamedTuple):
    """Who wrote a document and in what office."""

    author: str
    office: str


def parse_byline(line: str) -> Byline | None:
    """Read ``姓名 单位职务``, ``职务 姓名`` or ``作者：姓名``; None for any other line."""
    line = line.strip()
    if len(line) > 80:
        return None
    spaced = " " in line or "\u3000" in line
    found = spaced and (_NAME_FIRST.match(line) or _OFFICE_FIRST.match(line)) or _LABELLED.match(line)
    if not found:
        return None
    return Byline(re.sub(r"\s+", "", found["name"]), found.groupdict().get("office", ""))


def section_number(line: str) -> int | None:
    """The number of a heading ``一、`` … ``十二、``; None for any other line."""
    match = _SECTION.match(line)
    return chinese_number(match[1]) if match else None


def numbered(line: str) -> tuple[str, int] | None:
    """The kind and number of a heading or item that comes once in a document: 一、, 第二章, 第三条."""
    if number := section_number(line):
        return "、", number
    match = _COUNTED.match(line)
    return (match[2], chinese_number(match[1])) if match else None


def is_heading(line: str) -> bool:
    """Whether a line opens with a section number and does not run on to a full sentence."""
    return bool(_HEADING.match(line)) and len(line) <= 60 and not line.endswith(tuple(_TERMINAL))


def is_title_like(line: str) -> bool:
    """Whether a line could be a title: short, no closing punctuation, no heading, salutation or byline."""
    return (
        4 <= len(line) <= 60
        and not line.endswith(tuple(_TERMINAL))
        and not any(mark in line for mark in "。；")
        and not _HEADING.match(line)
        and not _SALUTATION.search(line)
        and not line.startswith(("（", "(", "—", "-"))
        and parse_byline(line) is None
    )
