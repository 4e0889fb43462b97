"""Every format, made on the fly from composed text; every way for a file to be broken."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reading.encodings import Unreadable
from analysis.reading.formats import parse

PARAGRAPHS = [
    "海港市法院召开全市法院工作会议",
    "会议要求，全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众在每一个案件中感受到公平正义。",
    "会议强调，要加强队伍建设，锻造忠诚干净担当的铁军，以实际行动推动高质量发展取得新成效。",
]
TEXT = "\n".join(PARAGRAPHS)
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(autouse=True, scope="module")
def _no_programs() -> Iterator[None]:
    """What is installed on the machine does not matter here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shutil.which", lambda _: None)
        yield


def _docx(paragraphs: Sequence[str] = PARAGRAPHS) -> bytes:
    import docx

    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "责任单位", "立案庭"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _table(method: str, **more: object) -> bytes:
    stream = io.BytesIO()
    frame = pd.DataFrame({"title": ["一", "二"], "text": PARAGRAPHS[1:], "province": ["吉林", "湖南"]})
    getattr(frame, method)(stream, **more)
    return stream.getvalue()


def _pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """Pages of text lines in a font every reader knows by name; xref left to be rebuilt."""
    face = "/Type /Font /BaseFont /STSong-Light"
    system = "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        f"<< {face} /Subtype /Type0 /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        f"<< {face} /Subtype /CIDFontType0 {system} /DW 1000 >>",
    ]
    for n, lines in enumerate(pages):
        drawn = "\n".join(
            f"BT /F1 10 Tf 50 {780 - 20 * k} Td <{line.encode('utf-16-be').hex()}> Tj ET"
            for k, line in enumerate(lines)
        )
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 700 842] /Contents {6 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    body = "".join(f"{n} 0 obj\n{content}\nendobj\n" for n, content in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n%%EOF".encode("ascii")


PAGE = f"<html><body><h1>{PARAGRAPHS[0]}</h1><p>{'</p><p>'.join(PARAGRAPHS[1:])}</p></body></html>".encode()
XLSX = _table("to_excel", index=False)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", TEXT.encode("gb18030")),
        ("a.md", TEXT.encode()),
        ("a.docx", _docx()),
        ("a.doc", _docx()),
        ("a.txt", _docx()),
        ("a.html", PAGE),
        ("A.TXT", PAGE),
        ("a.xlsx", XLSX),
        ("a.json", b'{"text": "' + TEXT.replace("\n", "\\n").encode() + b'"}'),
        ("a.csv", f'title,text\n某,"{TEXT}"\n'.encode("utf-8-sig")),
    ],
)
def test_the_text_comes_out_of_each(name: str, data: bytes) -> None:
    text = "\n".join(piece.text for piece in parse(name, data).pieces)
    for paragraph in PARAGRAPHS[1:]:
        assert paragraph in text


def test_docx_text_in_tags_controls_boxes_and_insertions_is_read() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>".format
    body = (
        f"<w:p>{run('甲')}<w:smartTag>{run('2019年3月')}</w:smartTag><w:ins>{run('乙')}</w:ins>"
        "<w:del><w:r><w:delText>不要</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('不要')}</w:moveFrom></w:p><w:sdt><w:sdtContent><w:p>{run('丙')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p><w:r><w:pict><w:txbxContent><w:p>{run('丁')}</w:p></w:txbxContent></w:pict></w:r>{run('戊')}</w:p>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_docx([]))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<w:body>", f"<w:body>{body}".encode()))
    lines = parse("a.docx", stream.getvalue()).pieces[0].text.split("\n")
    assert lines == ["甲2019年3月乙", "丙", "丁", "戊", "责任单位 立案庭"]


def _lines(n: int) -> list[str]:
    """Full lines of one long paragraph, no two alike."""
    clauses = (f"{chr(0x4E00 + k)}市法院受理案件、结案率有所上升，" for k in range(n * 2))
    text = "".join(clauses)
    return [text[i : i + 20] for i in range(0, n * 20, 20)]


def test_pdf_text_without_running_heads() -> None:
    lines = _lines(20)
    for size in (10, 7):
        pages = [lines[i : i + size] for i in range(0, 20, size)]
        parsed = parse("a.pdf", _pdf([["海港法院简报", *page, str(n)] for n, page in enumerate(pages, 1)]))
        (piece,) = parsed.pieces
        assert piece.text == "".join(lines) and parsed.notes == ()
        heads = [text for kind, text in piece.removed if kind == "running head"]
        assert heads == ["海港法院简报", *(str(n) for n in range(1, len(pages) + 1))]
        assert sum(n for (kind, _), n in piece.removed.items() if kind == "hard line break") == 19


def test_page_numbers_amid_the_text_and_spaces_of_typesetting_go() -> None:
    lines = _lines(16)
    spread = "全市 2023 年受理 案 件数 量有 所 上升，结案率 提 高。"
    pages = [[*lines[:6], "— 1 —", lines[6], lines[7]], [*lines[8:12], "— 2 —", *lines[12:], spread]]
    (piece,) = parse("a.pdf", _pdf(pages)).pieces
    assert piece.text == "".join(lines) + "全市2023年受理案件数量有所上升，结案率提高。"
    assert piece.removed["running head", "— 1 —"] == 1 and piece.removed["gap in a set line", " "] == 9


def test_heads_on_every_other_page_go_too() -> None:
    lines = _lines(24)
    pages = [["海港法院简报" if n % 2 else "第三期", *lines[n * 4 : n * 4 + 4]] for n in range(6)]
    assert parse("a.pdf", _pdf(pages)).pieces[0].text == "".join(lines)


def test_pdf_pages_without_text_are_named() -> None:
    parsed = parse("a.pdf", _pdf([PARAGRAPHS, []]))
    assert parsed.notes == ("pages without legible text left out: 2 of 2",)
    with pytest.raises(Unreadable, match="no legible text layer"):
        parse("a.pdf", _pdf([[], []]))


@pytest.mark.parametrize(
    "garbled", ["ÖÐ»ªÈËÃñ¹²ºÍ¹úÈ«¹ú", "".join(map(chr, range(0xE100, 0xE130))), "龘靐齉爩鱻麤灪籱爨虪"]
)
def test_pdf_pages_of_garbled_text_are_left_out(garbled: str) -> None:
    parsed = parse("a.pdf", _pdf([PARAGRAPHS, [garbled] * 3]))
    assert parsed.notes == ("pages without legible text left out: 2 of 2",)
    assert garbled not in parsed.pieces[0].text


def test_old_word_files_name_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ole = COMPOUND + b"\0" * 600
    with pytest.raises(Unreadable, match="install antiword or LibreOffice"):
        parse("a.doc", ole)
    program = tmp_path / "antiword"
    program.write_text(f"#!/bin/sh\nprintf '{PARAGRAPHS[1]}'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(program) if name == "antiword" else None)
    parsed = parse("a.doc", ole)
    assert parsed.pieces[0].text == PARAGRAPHS[1] and parsed.encoding == "doc (antiword)"


def test_where_one_program_finds_nothing_the_next_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, line in (("antiword", "echo no Word file >&2"), ("soffice", "exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(tmp_path / name))
    said = re.escape("antiword found no text in it (no Word file), soffice found no text in it; save it as .docx")
    with pytest.raises(Unreadable, match=said):
        parse("a.doc", COMPOUND + b"\0" * 600)


BROKEN: list[tuple[str, Callable[[], bytes], str]] = [
    ("a.txt", lambda: b"", "the file is empty"),
    ("a.txt", lambda: b" \n\n", "the file is empty"),
    ("a.docx", lambda: _docx()[:900], "damaged or cut off docx file"),
    ("a.docx", lambda: b"hello" * 50, "not a docx file"),
    ("a.docx", lambda: _docx([]).replace(b"word/document.xml", b"word/documenx.xml"), "not a document"),
    ("a.xlsx", lambda: b"PK\x03\x04" + b"0" * 80, "damaged or cut off xlsx file"),
    ("a.xlsx", lambda: COMPOUND + "EncryptedPackage".encode("utf-16-le"), "password"),
    ("a.xls", lambda: COMPOUND + b"\0" * 99, "save it as .xlsx"),
    ("a.pdf", lambda: b"%PDF-1.4\n" + b"x" * 200, "pdf damaged"),
    ("a.txt", lambda: bytes(range(256)) * 20, "binary data"),
    ("a.txt", lambda: rb"{\rtf1 abc}", "rich-text"),
    ("a.jpg", lambda: b"\xff\xd8\xff", "no reader for .jpg"),
    ("a.rar", lambda: b"Rar!", "unpack it into the folder"),
    ("a", lambda: TEXT.encode(), "no reader for a name without an ending"),
    ("a.txt", lambda: b"a" * (21 << 20), "larger than 20 MB"),
    ("a.json", lambda: b'{"a": ', "not valid JSON"),
    ("a.json", lambda: b"[" * 100_000, "nested too deeply"),
    ("a.html", lambda: b"<html><body><script>var a</script></body></html>", "web page without text"),
    ("a.csv", lambda: b"a,b\n1,2\n", "no column of text among a, b; name one 'text'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "reason"), BROKEN)
def test_a_broken_file_says_what_is_wrong(name: str, make: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        parse(name, make())
    assert reason in str(error.value)


def test_a_docx_that_unpacks_to_too_much_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * (30 << 20))
    with pytest.raises(Unreadable, match="which no document does"):
        parse("a.docx", stream.getvalue())


WHOLE = {
    "docx": _docx(), "xlsx": XLSX, "csv": f"text\n{TEXT}".encode(), "json": b'{"text": "abc"}', "html": b"<p>a</p>",
    "txt": TEXT.encode("gb18030"), "md": f"---\ntitle: 某\n---\n{TEXT}".encode(),
    "jsonl": b'{"text": "abc"}\n{"text": "def"}\n', "pdf": _pdf([PARAGRAPHS, PARAGRAPHS]),
    "dta": _table("to_stata", write_index=False, version=118), "doc": COMPOUND + TEXT.encode("utf-16-le") * 9,
}  # fmt: skip


@settings(max_examples=80)
@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 6000), st.binary(min_size=1, max_size=40))
def test_damaged_anywhere_a_file_is_read_or_refused(ending: str, at: int, noise: bytes) -> None:
    data = WHOLE[ending]
    at %= len(data)
    for damaged in (data[:at] + noise + data[at + len(noise) :], data[:at]):
        try:
            assert parse(f"a.{ending}", damaged).pieces
        except Unreadable as error:
            assert str(error)
