"""A result as a paper's table: CSV, XLSX, DOCX; LaTeX is in ``latex``."""

from __future__ import annotations

import datetime
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.captions import caption, notes_line
from analysis.labels import label, say

PAPER_ROWS = 40
ACROSS = 9  # columns of a table for which the page is turned
PROBABILITIES = ("p", "q", "p_g2")
# Columns whose texts are quoted, never a value with a label.
_QUOTED = ("feature", "slogan", "phrase", "variant", "left", "match", "right", "example", "title", "doc_id", "file")
# What makes Excel take a cell for a formula; in Chinese and Japanese editions the full-width signs too.
_FORMULA = tuple("=+-@\t\n＝＋－＠")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """CSV for Excel: UTF-8 with BOM, and text that Excel would execute as a formula kept as text."""
    safe = _flat(table).rename(columns=_inert)
    for column in safe.select_dtypes(exclude=["number", "bool"]):
        safe[column] = safe[column].astype("object").map(_inert)
    safe.to_csv(path, index=False, encoding="utf-8-sig", float_format="%.6g", lineterminator="\n")


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a named index as its first columns: a table on paper has no index."""
    return table.reset_index() if any(name is not None for name in table.index.names) else table


def _inert(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = re.sub(r"\r\n?", "\n", value)  # the csv module quotes a line feed, but not a carriage return
    return f"'{text}" if text[:1] in _FORMULA else text


def write_xlsx(table: pd.DataFrame, path: Path) -> None:
    """One sheet, all rows, labels for names, text cells never formulas, caption on a second sheet."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet, notes = book.active, book.create_sheet("caption")
    sheet.title = "table"
    flat = _flat(table)
    values = flat.astype(object).where(flat.notna(), None).to_numpy().tolist()
    rows = [[_named(value, str(name)) for name, value in zip(flat, row, strict=True)] for row in values]
    for r, row in enumerate([_headings(flat), *rows], start=1):
        for c, value in enumerate(row, start=1):
            cell = sheet.cell(r, c, _plain(value))
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    notes["A1"] = caption(table)
    book.properties.creator, book.properties.created = "Tifa", datetime.datetime(*_EPOCH)
    book.save(path)
    _repack(path)


def write_docx(table: pd.DataFrame, path: Path) -> None:
    """A three-line table with the caption above and an East Asian font set; a wide one on a page turned."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    document = docx.Document()
    font = document.styles["Normal"]
    font.font.name, font.font.size = "Times New Roman", Pt(9)
    font.element.rPr.rFonts.set(docx.oxml.ns.qn("w:eastAsia"), "宋体")
    widths = table.attrs.get("widths")
    document.add_paragraph(xml(caption(table, notes=not widths)))
    shown = paper_rows(table)
    if shown.shape[1] > ACROSS:
        page = document.sections[0]
        page.page_width, page.page_height, page.orientation = page.page_height, page.page_width, WD_ORIENT.LANDSCAPE
        page.left_margin = page.right_margin = Cm(1.5)
        font.font.size = Pt(7)
    grid = document.add_table(rows=len(shown) + 1, cols=shown.shape[1])
    cells = grid._cells  # one look-up; grid.cell() repeats it for every cell
    for i, value in enumerate([*shown.columns, *shown.to_numpy().ravel()]):
        cells[i].text = xml(str(value))
    columns = shown.shape[1]
    for cell in cells[:columns]:
        _rule(cell, top=8, bottom=4)
    for cell in cells[columns:][-columns:]:
        _rule(cell, bottom=8)
    if widths:
        _set_widths(document, grid, list(widths.values()))
        document.add_paragraph(xml(notes_line(table)))
    if len(table) > len(shown):
        document.add_paragraph(xml(shortened(table, shown)))
    document.core_properties.author = "Tifa"
    document.save(str(path))
    _repack(path)


def _set_widths(document: Any, grid: Any, shares: list[float]) -> None:
    """Give the columns their shares of the width between the margins."""
    page = document.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    grid.autofit = False
    for column, share in zip(grid.columns, shares, strict=True):
        for cell in column.cells:
            cell.width = int(room * share / sum(shares))


def paper_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The first rows of a table with labels for names and numbers as a paper prints them."""
    head = _flat(table).head(PAPER_ROWS)
    cells = [_printed(head[c].astype("object").tolist(), str(c)) for c in head]
    return pd.DataFrame(dict(zip(_headings(head), cells, strict=True)), dtype="str")


def _headings(table: pd.DataFrame) -> list[str]:
    """The columns' labels; two columns with one label keep their own names beside it."""
    names = [label(c) for c in table]
    return [n if names.count(n) == 1 else f"{n} ({c})" for n, c in zip(names, table, strict=True)]


def _named(value: Any, column: str) -> Any:
    return label(value) if isinstance(value, str) and column not in _QUOTED else value


def _printed(values: list[Any], column: str) -> list[str]:
    """A column's cells; its numbers all with the decimals that give the largest three digits."""
    numbers = [abs(v) for v in values if isinstance(v, float) and math.isfinite(v)]
    largest = max(numbers, default=0.0)
    decimals = 2 if largest >= 1 else min(6, 2 - math.floor(math.log10(largest or 1)))
    if all(number.is_integer() for number in numbers):
        decimals = 0
    return [_cell(value, column, 3 if column in PROBABILITIES else decimals) for value in values]


def _cell(value: Any, column: str, decimals: int) -> str:
    if value is None or value is pd.NA or value != value:
        return "—"
    if isinstance(value, str):
        return _named(value, column)
    if isinstance(value, bool):
        return say({"zh": "是", "en": "yes"} if value else {"zh": "否", "en": "no"})
    if not isinstance(value, float):
        return str(value)
    return "<0.001" if column in PROBABILITIES and value < 0.001 else f"{value:.{decimals}f}"


def shortened(table: pd.DataFrame, shown: pd.DataFrame) -> str:
    """What is said below a table of which only the first rows are shown."""
    rows, total = len(shown), len(table)
    en = f"First {rows} of {total} rows; all in the CSV."
    return say({"zh": f"前 {rows} 行，共 {total} 行；全表见 CSV。", "en": en})


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return xml(str(value))


def xml(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def _rule(cell: Any, **widths: int) -> None:
    """Draw borders of a table cell, widths in eighths of a point."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    lines = [f'<w:{side} w:val="single" w:sz="{width}" w:color="000000"/>' for side, width in widths.items()]
    cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:tcBorders {nsdecls('w')}>{''.join(lines)}</w:tcBorders>"))


def _repack(path: Path) -> None:
    """Write an Office file's zip again without times, so that the same table gives the same bytes."""
    with zipfile.ZipFile(path) as archive:
        entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", data)
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
