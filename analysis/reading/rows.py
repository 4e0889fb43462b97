"""Spreadsheets and data files: one document a row, its text column found, the others kept as columns."""

from __future__ import annotations

import contextlib
import io
import json
import re
import warnings
from typing import Any

import pandas as pd

from analysis.reading.draft import Parsed, Piece
from analysis.reading.encodings import Unreadable, decode

TEXT_NAMES = (
    "text", "正文", "full_text", "fulltext", "全文", "内容", "content", "body", "article", "文本", "原文",
)  # fmt: skip
_CANONICAL = {
    "标题": "title", "题目": "title", "题名": "title", "作者": "author", "日期": "date", "年份": "year",
    "年": "year", "省": "province", "省份": "province", "地市": "prefecture", "市": "prefecture",
    "县": "county", "区县": "county",
    "机构": "institution", "单位": "institution", "发文机关": "institution", "级别": "level", "层级": "level",
    "id": "doc_id", "编号": "doc_id", "文件": "file", "文件名": "file", "filename": "file",
}  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]")
_COLUMNS = 1000


def read_rows(kind: str, data: bytes) -> Parsed:
    """Read a spreadsheet (xlsx), csv or tsv, json or jsonl, or Stata file as one document per row.

    The text is in the first column named like one of ``TEXT_NAMES``, else in the column with the longest
    mean text, provided it is Chinese and 40 characters or more on average; Unreadable if there is none.
    """
    frame, encoding, notes = _LOADERS[kind](data)
    frame = _named(frame)
    text = _text_column(frame)
    if any(len(_HAN.findall(str(name))) > 40 for name in frame):
        raise Unreadable("its first line is a text, not names of columns; put a line above it that says 'text'")
    if not text:
        raise Unreadable(f"no column of text among {', '.join(map(str, frame.columns))}; name one 'text'")
    pieces = [
        _piece(row, text, str(number) if len(frame) > 1 and "doc_id" not in frame else "")
        for number, row in enumerate(frame.to_dict("records"), 1) if str(row[text]).strip()
    ]  # fmt: skip
    if not pieces:
        raise Unreadable(f"column {text!r} is empty in all {len(frame)} rows")
    empty = len(frame) - len(pieces)
    notes += [f"{empty} of {len(frame)} rows have no text"] if empty else []
    return Parsed(tuple(pieces), encoding, tuple(notes))


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.set_axis([column_name(name) for name in frame.columns], axis=1)
    return frame.loc[:, ~frame.columns.duplicated()]


def _piece(row: dict[Any, Any], text: str, number: str) -> Piece:
    cells = {str(name): str(value) for name, value in row.items() if value}
    body, title, key = (cells.pop(name, "") for name in (text, "title", "doc_id"))
    return Piece(body, title, key or number, columns=cells)


def column_name(name: object) -> str:
    """A column's name in lower case, the usual Chinese names in English (标题 → title)."""
    plain = str(name).strip().lower().replace(" ", "_")
    return _CANONICAL.get(plain, plain)


def read_csv(text: str) -> tuple[pd.DataFrame, list[str]]:
    """A csv or tsv text as a frame of strings, with a note for every line that does not fit its header."""
    text = re.sub(r"\Asep=.\r?\n", "", text)
    head = text.partition("\n")[0]
    separator = max(",\t;", key=head.count)
    if head.count(separator) >= _COLUMNS:
        raise Unreadable(f"{head.count(separator)} columns, which no table of documents has; check the file")
    if separator not in head:
        separator = "\x1f"  # a table of one column, whose commas part nothing
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame = pd.read_csv(
                io.StringIO(text),
                sep=separator,
                dtype="str",
                keep_default_na=False,
                on_bad_lines="warn",
                index_col=False,
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            remedy = "open it in a spreadsheet and save it again"
            raise Unreadable(f"not a table ({str(error).strip()}); {remedy}") from error
    return frame.fillna(""), [str(w.message).strip().replace("\n", "; ") for w in caught]


def _text_column(frame: pd.DataFrame) -> str:
    """The column of text, or nothing."""
    named = next((name for name in TEXT_NAMES if name in frame), "")
    if named or frame.empty:
        return named
    chinese = [str(name) for name in frame if frame[name].str.contains(_HAN).mean() > 0.5]
    lengths = {name: float(frame[name].str.len().mean()) for name in chinese}
    longest = max(lengths, key=lambda name: (lengths[name], name), default="")
    return longest if lengths.get(longest, 0) >= 40 else ""


def _load_csv(data: bytes) -> tuple[pd.DataFrame, str, list[str]]:
    decoded = decode(data)
    frame, notes = read_csv(decoded.text)
    return frame, decoded.encoding, [*decoded.notes, *notes]


def _load_xlsx(data: bytes) -> tuple[pd.DataFrame, str, list[str]]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl remarks on styles and validation, which are not read
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {sheet.title: _grid(sheet) for sheet in book.worksheets}
    filled = {name: frame for name, frame in sheets.items() if len(frame)}
    if not filled:
        raise Unreadable("no rows in any sheet")
    read = next((name for name, frame in filled.items() if _text_column(_named(frame))), next(iter(filled)))
    notes = [f"only the sheet {read} is read, not {', '.join(name for name in filled if name != read)}"]
    return filled[read], "xlsx", notes if len(filled) > 1 else []


def _grid(sheet: Any) -> pd.DataFrame:
    """A sheet's filled rows, the first as header; read row by row, for one far cell makes a sheet of millions."""
    cells = sheet.iter_rows(max_col=_COLUMNS, values_only=True)
    head, *rows = [row for row in cells if any(cell is not None for cell in row)] or [()]
    width = max((i for row in (head, *rows) for i, cell in enumerate(row, 1) if cell is not None), default=0)
    names = [f"column {i}" if name is None else name for i, name in enumerate(head[:width], 1)]
    return _strings(pd.DataFrame([row[:width] for row in rows], columns=names, dtype="object"))


def _strings(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.shape[1] > _COLUMNS:
        raise Unreadable(f"{frame.shape[1]} columns, which no table of documents has; keep at most {_COLUMNS}")
    return frame.map(_cell)


def _load_json(data: bytes) -> tuple[pd.DataFrame, str, list[str]]:
    decoded = decode(data)
    notes = list(decoded.notes)
    try:
        records = _records(json.loads(decoded.text))
    except json.JSONDecodeError as whole:
        records, bad = _json_lines(decoded.text)
        if not records:
            raise Unreadable(f"not valid JSON ({whole}); write it again") from whole
        notes += [f"{bad} lines are not valid JSON"] if bad else []
    except RecursionError as error:
        raise Unreadable("JSON nested too deeply; write one object per document") from error
    return _strings(pd.DataFrame(records, dtype="object")), decoded.encoding, notes


def _load_dta(data: bytes) -> tuple[pd.DataFrame, str, list[str]]:
    """Stata before 14 kept Chinese as GB18030 bytes and did not say so; pandas reads them as Latin-1."""
    frame = _strings(pd.read_stata(io.BytesIO(data), convert_categoricals=True).astype("object"))
    spelt = frame.map(_from_latin).rename(columns=_from_latin)
    return (frame, "dta", []) if spelt.equals(frame) else (spelt, "dta (gb18030)", [])


def _from_latin(cell: str) -> str:
    try:
        return cell.encode("latin-1").decode("gb18030")
    except UnicodeError:
        return cell


def _records(value: Any) -> list[dict[str, Any]]:
    """The list of objects in a JSON value: itself, or the longest one inside an object without text."""
    if isinstance(value, list):
        return [item if isinstance(item, dict) else {"text": item} for item in value]
    if not isinstance(value, dict):
        return [{"text": value}]
    lists = [v for v in value.values() if isinstance(v, list) and v and all(isinstance(i, dict) for i in v)]
    if any(column_name(name) in TEXT_NAMES for name in value):
        return [value]
    if len(value) == 1 and isinstance(inner := next(iter(value.values())), dict):
        return _records(inner)
    if value and all(isinstance(item, dict) for item in value.values()):
        return [{"doc_id": key} | item for key, item in value.items()]
    return max(lists, key=len, default=[value])


def _json_lines(text: str) -> tuple[list[dict[str, Any]], int]:
    lines = [line for line in text.split("\n") if line.strip()]
    records: list[dict[str, Any]] = []
    for line in lines:
        with contextlib.suppress(json.JSONDecodeError, RecursionError):
            value = json.loads(line)
            records += [value] if isinstance(value, dict) else [{"text": value}] if isinstance(value, str) else []
    return records, len(lines) - len(records)


def _cell(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    whole = isinstance(value, float) and value.is_integer()
    return "" if value is None or value != value else str(int(value) if whole else value)


_LOADERS = {"csv": _load_csv, "xlsx": _load_xlsx, "json": _load_json, "dta": _load_dta}
