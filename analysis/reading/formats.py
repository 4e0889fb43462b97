"""Files to pieces of text: one function per format, chosen by what the bytes are and then by the ending."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from analysis.reading.draft import Parsed, Piece, Removed
from analysis.reading.encodings import Unreadable, commonness, decode
from analysis.reading.files import SPLIT
from analysis.reading.heads import front_matter
from analysis.reading.rows import read_rows
from analysis.reading.wordfiles import read_docx
from analysis.reading.wrapping import unwrap

READS = "txt, md, html, docx, doc, pdf, xlsx, csv, tsv, json, jsonl, dta, zip"
_MEGABYTES = {"text": 20, "html": 10}
_INSTEAD = {
    ".xls": "open it in a spreadsheet program and save it as .xlsx",
    ".wps": "open it in WPS and save it as .docx",
    ".rtf": "open it in a word processor and save it as .docx",
    ".odt": "open it in a word processor and save it as .docx",
    ".rar": "unpack it into the folder, or pack it as .zip",
    ".7z": "unpack it into the folder, or pack it as .zip",
}


def parse(name: str, data: bytes) -> Parsed:
    """Read one file; Unreadable says what is wrong and what to do, whatever is wrong with the bytes."""
    if not data.strip(b" \t\r\n\0"):
        raise Unreadable("the file is empty")
    kind = kind_of(name, data)
    limit = _MEGABYTES.get(kind, 100)
    if len(data) > limit << 20:
        raise Unreadable(f"{len(data) >> 20} MB, larger than {limit} MB; {SPLIT}")
    try:
        return _READERS[kind](data)
    except (Unreadable, MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # parsers fail on damaged bytes in as many ways as there are parsers
        what = f"{type(error).__name__}: {error}".strip(": ")[:120]
        raise Unreadable(f"damaged {kind} file ({what}); open it in its program and save it again") from error


def kind_of(name: str, data: bytes) -> str:
    """The format of a file: by its first bytes where they tell, else by its ending."""
    ending = PurePosixPath(name).suffix.lower()
    if data.startswith(b"%PDF"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_package(data, ending)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _kind_of_compound(data, ending)
    if data.startswith(b"{\\rtf"):
        raise Unreadable(f"a rich-text file; {_INSTEAD['.rtf']}")
    if re.match(rb"\s*(?:<!DOCTYPE html|<html|<head|<body)", data[:200], re.IGNORECASE):
        return "html"
    kind = _ENDINGS.get(ending)
    if kind is None:
        remedy = _INSTEAD.get(ending) or f"Tifa reads {READS}"
        raise Unreadable(f"no reader for {ending or 'a name without an ending'}; {remedy}")
    if kind in ("docx", "xlsx", "pdf", "doc"):
        raise Unreadable(f"not a {kind} file, or damaged at its start; open it in its program and save it again")
    return kind


def _kind_of_package(data: bytes, ending: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            size = sum(info.file_size for info in package.infolist())
    except zipfile.BadZipFile as error:
        kind = ending.lstrip(".") or "zip"
        raise Unreadable(f"damaged or cut off {kind} file; get it again") from error
    if size > 300 << 20 or (size > 10 << 20 and size > 200 * len(data)):
        packed = f"unpacks to {size >> 20} MB from {len(data) >> 10} kB"
        raise Unreadable(f"{packed}, which no document does; check the file")
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise Unreadable(f"a packed file, not a document; {_INSTEAD.get(ending, 'give it the ending .zip')}")


def _kind_of_compound(data: bytes, ending: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable("protected by a password; save it without one")
    if ending in (".xls", ".xlsx") or "Workbook".encode("utf-16-le") in data:
        raise Unreadable(f"an old spreadsheet; {_INSTEAD['.xls']}")
    return "doc"


def _read_text(data: bytes) -> Parsed:
    decoded = decode(data)
    if re.match(r"\s*<(?:!DOCTYPE|html|head|body|div|table)\b", decoded.text[:200], re.IGNORECASE):
        return _read_html(data)
    metadata, text = front_matter(decoded.text.replace("\r\n", "\n"))
    return Parsed((Piece(text, metadata=metadata),), decoded.encoding, decoded.notes)


def _read_html(data: bytes) -> Parsed:
    from analysis.reading.webpages import read_page

    decoded = decode(data)
    text, title, metadata, removed = read_page(decoded.text)
    return Parsed((Piece(text, title, metadata=metadata, removed=removed),), decoded.encoding, decoded.notes)


def _read_docx(data: bytes) -> Parsed:
    text, removed = read_docx(data)
    return _document(text, "docx", "no text in it (perhaps only pictures); run character recognition first", removed)


def _read_doc(data: bytes) -> Parsed:
    programs = [program for name in ("antiword", "soffice") if (program := shutil.which(name))]
    if not programs:
        raise Unreadable("an old Word file; install antiword or LibreOffice, or save it as .docx")
    complaints = []
    for program in programs:
        text, complaint = _converted(program, data)
        if text.strip():
            return _document(text, f"doc ({Path(program).name})", "")
        complaints.append(f"{Path(program).name} found no text in it" + f" ({complaint})" * bool(complaint))
    raise Unreadable(f"{', '.join(complaints)}; save it as .docx")


def _converted(program: str, data: bytes) -> tuple[str, str]:
    """What a program reads in an old Word file, and what it complains of."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "document.doc")
        path.write_bytes(data)
        if "antiword" in Path(program).name:
            command = [program, "-m", "UTF-8.txt", "-w", "0", str(path)]
        else:
            profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
            convert = "--headless --infilter='MS Word 97' --convert-to 'txt:Text (encoded):UTF8' --outdir"
            command = [program, profile, *shlex.split(convert), folder, str(path)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            return "", "gave up after two minutes"
        made = path.with_suffix(".txt")
        said = made.read_bytes() if made.exists() else done.stdout * ("antiword" in command[0])
    complaint = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].replace(str(path), "it")[:120]
    return decode(said).text if said.strip() else "", complaint


def _document(text: str, encoding: str, complaint: str, removed: Removed | None = None) -> Parsed:
    if not text.strip():
        raise Unreadable(complaint)
    metadata, text = front_matter(text)
    return Parsed((Piece(text, metadata=metadata, removed=removed or Counter()),), encoding)


def _read_pdf(data: bytes) -> Parsed:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = "assword" in str(error)
        wrong = "protected by a password; save it without one" if locked else "damaged; get it again"
        raise Unreadable(f"pdf {wrong}") from error
    try:
        pages = [_page_text(document[i]) for i in range(len(document))]
    finally:
        document.close()
    good = [page for page in pages if _is_legible(page)]
    if not good:
        raise Unreadable("no legible text layer (scanned?); run character recognition first")
    bad = ", ".join(str(i) for i, page in enumerate(pages, 1) if not _is_legible(page))
    notes = (f"pages without legible text left out: {bad} of {len(pages)}",) if bad else ()
    text, heads = _drop_running_heads(good)
    removed = Counter(("running head", head) for head in heads)
    text, gaps = _close_gaps(text)
    if gaps:
        removed["gap in a set line", " "] = gaps
    text, joined = unwrap(text, least=4, slack=8)
    removed.update(("hard line break", pair) for pair in joined)
    return Parsed((Piece(text, removed=removed),), "pdf", notes)


def _page_text(page: Any) -> str:
    with closing(page), closing(page.get_textpage()) as textpage:
        return textpage.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "")


def _is_legible(page: str) -> bool:
    """Whether there is text, a fifth of it at most in no alphabet, and a third of what is not ASCII in use."""
    seen = re.sub(r"\s", "", page)
    strange = sum("\ue000" <= c <= "\uf8ff" or c == "\ufffd" or c < " " for c in seen)
    return len(seen) > 3 and strange * 5 < len(seen) and (page.isascii() or commonness(page) > 0.3)


def _drop_running_heads(pages: list[str]) -> tuple[str, list[str]]:
    """Take away page numbers in dashes, and first and last lines that, digits apart, stand on two pages and a third.

    The numbers stand anywhere in a page's text, for its parts come in the order in which they were drawn.
    """
    lines = [[line for line in page.split("\n") if line.strip()] for page in pages]
    split = [[line for line in page if not _PAGE_NUMBER.match(line)] for page in lines]
    dropped = [line.strip() for page in lines for line in page if _PAGE_NUMBER.match(line)]
    for at in (0, -1, 0, -1):
        ends = Counter(_figureless(page[at]) for page in split if len(page) > 1)
        for page in split:
            n = ends[_figureless(page[at])] if len(page) > 1 else 0
            if n >= 2 and n * 3 >= len(pages):
                dropped.append(page.pop(at))
    return "\n".join(line for page in split for line in page), dropped


_PAGE_NUMBER = re.compile(r"\s*[—–―-]+\s*\d{1,4}\s*[—–―-]+\s*$")
_SET_APART = re.compile(r"(?<=[\u4e00-\u9fff，、；]) +(?=\d)|(?<=[\d％%]) +(?=[\u4e00-\u9fff])")
_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff，。、；：]) (?=[\u4e00-\u9fff])")


def _close_gaps(text: str) -> tuple[str, int]:
    """Take out the spaces of typesetting: beside digits, and in long lines spread so that characters stand alone."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        line = _SET_APART.sub("", line)
        spread = len(line) > 20 and re.search(r"(?<=\S) [\u4e00-\u9fff] (?=\S)", line)
        lines[i] = _SPREAD.sub("", line) if spread else line
    closed = "\n".join(lines)
    return closed, len(text) - len(closed)


def _figureless(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


_ENDINGS = {
    ".txt": "text", ".md": "text", ".markdown": "text", ".text": "text", ".html": "html", ".htm": "html",
    ".shtml": "html", ".docx": "docx", ".doc": "doc", ".pdf": "pdf", ".xlsx": "xlsx", ".csv": "csv",
    ".tsv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".dta": "dta",
}  # fmt: skip
_READERS: dict[str, Callable[[bytes], Parsed]] = {
    "text": _read_text, "html": _read_html, "docx": _read_docx, "doc": _read_doc, "pdf": _read_pdf,
    **{kind: partial(read_rows, kind) for kind in ("xlsx", "csv", "json", "dta")},
}  # fmt: skip
