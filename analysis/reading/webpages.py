"""Chinese news and government web pages: the main text, and what the page says about it."""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import Any

from analysis.reading.draft import Removed
from analysis.reading.encodings import Unreadable

_DROPPED = {
    "title": "", "script": "script", "style": "style sheet", "noscript": "script", "nav": "navigation",
    "header": "page header", "footer": "page footer", "form": "form", "button": "form", "select": "form",
    "iframe": "frame", "canvas": "picture", "svg": "picture",
}  # fmt: skip
_BLOCKS = (
    "p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table",
    "blockquote", "dd",
)  # fmt: skip
_META = {
    "articletitle": "title", "og:title": "title", "pubdate": "published", "author": "author",
    "article:published_time": "published", "contentsource": "origin",
}  # fmt: skip
_PUBLISHED = re.compile(r"(?:发布|发表)(?:时间|日期)[:：\s]*(\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2})")
_TABLES = 300
_LABEL = re.compile(r"^([\u4e00-\u9fff\s\u3000]{2,12})[:：]$")


def read_page(source: str) -> tuple[str, str, dict[str, str], Removed]:
    """Main text, title and metadata of an HTML page, and what was left out of it; Unreadable if it holds no text.

    The main text is trafilatura's; where that finds nothing, or less than half of a page that is all
    document, or would take hours (over 300 tables), it is everything outside navigation, scripts and
    forms.  Layout tables are read as blocks.  Metadata are named ``<meta>`` entries, the label–value cells of a
    document table (成文日期, 发文机关 …) and the day behind 发布时间.  Left out are navigation, headers, footers,
    forms, scripts and comments, each by its first 200 characters, and the lines ``outside the main text``.
    """
    from lxml import etree, html

    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    try:
        tree = html.document_fromstring(source)
    except (etree.ParserError, ValueError) as error:
        raise Unreadable("a web page without text; save it again from the browser") from error
    title, metadata = _described(tree)
    metadata |= _labelled_cells(tree)
    if published := _PUBLISHED.search(tree.text_content()):
        metadata.setdefault("published", published[1])
    for table in list(tree.iter("table")):  # those that hold the page rather than data become plain blocks
        if any(len(_inline(cell)) > 200 or cell.find(".//table") is not None for cell in table.iter("td")):
            for node in table.iter("table", "tbody", "tr", "td", "th"):
                node.tag = "div"
    removed = _left_out(tree)
    text, outside = _main(tree)
    if not text.strip():
        raise Unreadable("a web page without text (perhaps filled in by scripts); save the text from the browser")
    return (
        text,
        metadata.pop("标题", "") or title,
        metadata,
        removed + Counter(("outside the main text", line) for line in outside if line != title),
    )


def _left_out(tree: Any) -> Removed:
    """What will not be read of a page, the outermost elements; pictures and frames without text too."""
    from lxml import etree

    found = [("comment", node.text or "") for node in tree.iter(etree.Comment)]
    for node in tree.iter(*_DROPPED):
        if _DROPPED[node.tag] and not any(above.tag in _DROPPED for above in node.iterancestors()):
            found.append((_DROPPED[node.tag], _inline(node)))
    return Counter((kind, said.strip()[:200]) for kind, said in found)


def _described(tree: Any) -> tuple[str, dict[str, str]]:
    metadata: dict[str, str] = {}
    for meta in tree.iter("meta"):
        key = (meta.get("name") or meta.get("property") or "").lower()
        value = (meta.get("content") or "").strip()
        if key in _META and value:
            metadata.setdefault(_META[key], value)
    headings = [_inline(node) for tag in ("h1", "title") for node in tree.iter(tag)]
    return metadata.pop("title", "") or next(filter(None, headings), ""), metadata


def _labelled_cells(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for cell in list(tree.iter("td", "th")):
        label = _LABEL.match(_inline(cell)) if not cell.findall(".//td") else None
        value = cell.getnext()
        if label and value is not None and value.tag == "td":
            key = re.sub(r"\s", "", label[1])
            if _inline(value):
                found.setdefault(key, _inline(value))
            value.clear(keep_tail=True)
        if label:
            cell.clear(keep_tail=True)
    return found


def _main(tree: Any) -> tuple[str, list[str]]:
    import trafilatura
    from lxml import html

    tables = len(tree.findall(".//table"))
    whole = _everything(tree)
    if tables > _TABLES:
        return whole, []
    logger = logging.getLogger("trafilatura")
    before, logger.disabled = logger.disabled, True
    try:
        main = trafilatura.extract(html.tostring(tree, encoding="unicode"), include_comments=False) or ""
    finally:
        logger.disabled = before
    main = re.sub(r"(?m)^\|(.*)\|\s*$", lambda row: re.sub(r"\s*\|\s*", " ", row[1]).strip(), main)
    lines = whole.split("\n")
    if len(main) * 2 <= sum(len(line) for line in lines if "。" in line):
        return whole, []
    kept = re.sub(r"\s", "", main)
    return main, [line for line in lines[:5000] if re.sub(r"\s", "", line) not in kept]


def _everything(tree: Any) -> str:
    from lxml import etree

    etree.strip_elements(tree, etree.Comment, *_DROPPED, with_tail=False)
    for node in tree.iter(*_BLOCKS):
        node.tail = "\n" + (node.tail or "")
        node.text = "\n" + (node.text or "")
    lines = (re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in tree.text_content().split("\n"))
    return "\n".join(filter(None, lines))


def _inline(node: Any) -> str:
    return re.sub(r"\s+", " ", node.text_content()).strip()
