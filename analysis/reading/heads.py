"""The head of a document: front matter, title and byline, taken off the body."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.reading.bylines import is_title_like, parse_byline
from analysis.reading.zones import NUMBER

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_ENTRY = re.compile(r"^([\w\u4e00-\u9fff -]{1,30}?)\s*[:：][ \t]*(.*)$")
_SPEECH = re.compile(r"报告|讲话|致辞|发言|演讲")
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石"
    "熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴焦巴"
)
_REST = re.compile(r"^(?!目录|前言|引言|序言|摘要|导语|总则|附件)[\u4e00-\u9fff]{1,8}$")
_LONE_NAME = re.compile(rf"^[{_SURNAMES}] ?[\u4e00-\u9fff]{{1,2}}$")


class Head(NamedTuple):
    """Title and byline of a document, and the body without them."""

    title: str
    byline: str
    author: str
    body: str


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
