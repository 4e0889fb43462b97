"""One document a row."""

import datetime
import io
import json
import tracemalloc
import zipfile

import openpyxl
import pandas as pd
import pytest

from analysis.reading.encodings import Unreadable
from analysis.reading.rows import read_rows

LONG = "会议要求，全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众满意，服务发展大局。"


def test_the_text_column_is_named_or_the_longest() -> None:
    for header in ("text", "正文", "Content", "full_text"):
        assert read_rows("csv", f"标题,{header}\n甲,{LONG}\n".encode()).pieces[0].text == LONG
    assert read_rows("csv", f"标题,说法,备注\n甲,{LONG},乙\n".encode()).pieces[0].text == LONG


def test_other_columns_are_kept_under_their_usual_names() -> None:
    piece = read_rows("csv", f"标题,作者,年份,省份,Topic,text\n甲,乙,2021,吉林,执行,{LONG}\n".encode()).pieces[0]
    assert (piece.title, piece.key) == ("甲", "")
    assert piece.columns == {"author": "乙", "year": "2021", "province": "吉林", "topic": "执行"}


def test_rows_are_numbered_or_named() -> None:
    rows = f"text\n{LONG}\n\n{LONG}二\n"
    assert [p.key for p in read_rows("csv", rows.encode()).pieces] == ["1", "2"]
    named = f"doc_id,text\na,{LONG}\nb,\nc,{LONG}二\n"
    parsed = read_rows("csv", named.encode("gb18030"))
    assert [p.key for p in parsed.pieces] == ["a", "c"]
    assert parsed.notes == ("1 of 3 rows have no text",)
    assert parsed.encoding.startswith("gb18030")


def test_lines_that_do_not_fit_are_noted() -> None:
    parsed = read_rows("csv", f"title,text\n甲,{LONG}\n乙,{LONG},多,余\n".encode())
    assert len(parsed.pieces) == 1 and "line 3" in parsed.notes[0]


def test_commas_part_nothing_where_there_is_one_column_and_tabs_and_semicolons_part_too() -> None:
    text = LONG.replace("，", ",")
    assert read_rows("csv", f"text\n{text}\n".encode()).pieces[0].text == text
    assert read_rows("csv", f"sep=;\ntitle;text\n甲;{text}\n".encode()).pieces[0].text == text
    for separator in "\t;":
        assert read_rows("csv", f"title{separator}text\n甲{separator}{LONG}\n".encode()).pieces[0].title == "甲"


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"title": "甲", "content": LONG, "year": 2021}, ensure_ascii=False),
        json.dumps([{"title": "甲", "content": LONG, "year": 2021}], ensure_ascii=False),
        json.dumps({"data": [{"title": "甲", "content": LONG, "year": 2021}]}),
        json.dumps({"docs": {"a": {"title": "甲", "content": LONG, "year": 2021}}}),
        json.dumps({"title": "甲", "content": [LONG], "year": 2021, "tags": None}) + "\n",
    ],
)
def test_json_shapes(data: str) -> None:
    (piece,) = read_rows("json", data.encode()).pieces
    assert (piece.title, piece.text, piece.columns["year"]) == ("甲", LONG, "2021")


def test_json_lines_keep_what_is_valid() -> None:
    lines = "\n".join([json.dumps({"text": LONG + str(n)}) for n in range(3)] + ["{broken"])
    parsed = read_rows("json", lines.encode())
    assert [p.text[-1] for p in parsed.pieces] == ["0", "1", "2"]
    assert parsed.notes == ("1 lines are not valid JSON",)


@pytest.mark.parametrize(("version", "encoding"), [(118, "dta"), (114, "dta (gb18030)")])
def test_stata_files_also_from_before_unicode(version: int, encoding: str) -> None:
    stream = io.BytesIO()
    frame = pd.DataFrame({"text": [LONG], "province": ["吉林"]})
    if version < 118:
        frame = frame.map(lambda cell: cell.encode("gbk").decode("latin-1"))
    frame.assign(year=2021).to_stata(stream, write_index=False, version=version)
    parsed = read_rows("dta", stream.getvalue())
    assert parsed.encoding == encoding
    assert (parsed.pieces[0].text, parsed.pieces[0].columns) == (LONG, {"province": "吉林", "year": "2021"})


def test_the_first_sheet_with_text_is_read_and_that_is_said() -> None:
    stream = io.BytesIO()
    with pd.ExcelWriter(stream) as book:
        pd.DataFrame({"说明": ["某某制表"]}).to_excel(book, sheet_name="说明", index=False)
        pd.DataFrame({"text": [LONG]}).to_excel(book, sheet_name="甲", index=False)
        pd.DataFrame({"text": [LONG]}).to_excel(book, sheet_name="乙", index=False)
    parsed = read_rows("xlsx", stream.getvalue())
    assert len(parsed.pieces) == 1 and parsed.notes == ("only the sheet 甲 is read, not 说明, 乙",)


def _sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_cells_become_what_they_say() -> None:
    day = datetime.date(2019, 3, 1)
    data = _sheet((), ("title", "text", "year", "date", None), ("甲", LONG, 2019.0, day, "注"), (None, None, None))
    (piece,) = read_rows("xlsx", data).pieces
    assert piece.columns == {"year": "2019", "date": "2019-03-01 00:00:00", "column_5": "注"}


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing() -> None:
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_sheet(("text",), (LONG,)))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</sheetData>", far))
    tracemalloc.start()
    try:
        assert [piece.text for piece in read_rows("xlsx", stream.getvalue()).pieces] == [LONG]
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_no_table_of_documents_has_thousands_of_columns(kind: str) -> None:
    names = [f"a{n}" for n in range(3000)]
    data = json.dumps([dict.fromkeys(names, 1)]) if kind == "json" else ",".join(names)
    with pytest.raises(Unreadable, match="columns, which no table of documents has"):
        read_rows(kind, data.encode())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("text\n\n", "no rows|empty"),
        (f"{LONG}\n{LONG}\n", "its first line is a text"),
        ("", "not a table"),
        ("a,b\n甲,乙\n", "no column of text among a, b"),
    ],
)
def test_tables_without_text(data: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_rows("csv", data.encode())
