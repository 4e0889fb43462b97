"""Title lines, bylines and headings: what a short line is, and the head of a document taken off its body."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.reading.numerals import chinese_number
from analysis.reading.zones import NUMBER

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
_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_ENTRY = re.compile(r"^([\w\u4e00-\u9fff -]{1,30}?)\s*[:：][ \t]*(.*)$")
_SPEECH = re.compile(r"报告|讲话|致辞|发言|演讲")
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石"
    "熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴焦巴"
)
_REST = re.compile(r"^(?!目录|前言|引言|序言|摘要|导语|总则|附件)[\u4e00-\u9fff]{1,8}$")
_LONE_NAME = re.compile(rf"^[{_SURNAMES}] ?[\u4e00-\u9fff]{{1,2}}$")


class Byline(NamedTuple):
    """Who wrote a document and in what office."""

    author: str
    office: str


class Head(NamedTuple):
    """Title and byline of a document, and the body without them."""

    title: str
    byline: str
    author: str
    body: str


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


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The ``key: value`` lines between two ``---`` at a text's start, keys in lower case, and the rest."""
    match = _FRONT.match(text)
    entries = [_ENTRY.match(line) for line in match[1].split("\n")] if match else []
    if not match or not any(entries):
        return {}, text
    found = {entry[1].strip().lower(): entry[2].strip().strip("\"'") for entry in entries if entry}
    found = {key: value for key, value in found.items() if value not in ("", "[]", "null")}
    return found, text[match.end() :]


def split_head(text: str, title: str = "") -> Head:
    """Take title and byline lines off the start of a cleaned text.

    ``title`` is one already known (front matter, a column); lines that repeat it go too.  Without it the
    first line counts as the title when it is short, ends no sentence and is neither a heading, a
    salutation, a document number nor a byline.
    """
    lines = text.split("\n")
    known = bool(title)
    title = title or _take_title(lines)
    if title:
        _drop_title(lines, title, known)
    byline, author = _take_byline(lines, speech=bool(_SPEECH.search(title)))
    return Head(title, byline, author, "\n".join(lines))


def _take_title(lines: list[str]) -> str:
    at = int(len(lines) > 2 and bool(NUMBER.match(lines[0]) or parse_byline(lines[0])))
    if len(lines) - at < 2 or not is_title_like(lines[at]) or NUMBER.match(lines[at]):
        return ""
    title = lines.pop(at)
    goes_on = len(lines) - at > 1 and _REST.match(lines[at]) and not _LONE_NAME.match(lines[at])
    return title + lines.pop(at) if goes_on and len(title) >= 16 else title


def _drop_title(lines: list[str], title: str, known: bool) -> None:
    """Remove from the first lines those that say the title again, alone or over two or three lines."""
    wanted = _bare(title)
    for size in (3, 2, 1):
        if len(lines) > size and _bare("".join(lines[:size])) == wanted:
            del lines[:size]
            return _drop_title(lines, title, known)
    part = _bare(lines[0])
    if known and len(lines) > 1 and len(part) >= 6 and is_title_like(lines[0]) and (part in wanted or wanted in part):
        del lines[0]


def _take_byline(lines: list[str], *, speech: bool) -> tuple[str, str]:
    for i, line in enumerate(lines[:4]):
        if len(line) > 60 or line.endswith(("。", "：")) or len(lines) - i < 2:
            break
        if found := parse_byline(line):
            return lines.pop(i), found.author
        if speech and _LONE_NAME.match(line):
            return lines.pop(i), line.replace(" ", "")
    return "", ""


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).translate(str.maketrans("０１２３４５６７８９", "0123456789"))
