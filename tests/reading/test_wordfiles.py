"""Word files: automatic numbers as the reader sees them (LibreOffice writes the same), notes kept apart."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from analysis.reading.formats import parse
from analysis.reading.numerals import counting

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def level(at: int, format_: str, text: str, more: str = "") -> str:
    said = f'<w:start w:val="1"/><w:numFmt w:val="{format_}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{at}">{said}</w:lvl>'


LEVELS = level(0, "chineseCounting", "%1、") + level(1, "japaneseCounting", "（%2）") + level(2, "decimal", "%3.")
NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{level(0, "bullet", "")}{level(1, "upperRoman", "%2.")}'
    f"{level(2, 'decimalEnclosedCircle', '%3')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="2">{level(0, "decimal", "第%1条")}{level(1, "decimal", "%1.%2", "<w:isLgl/>")}'
    "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>'
    '<w:num w:numId="4"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
)


def numbered(text: str, number: int, at: int = 0) -> str:
    place = f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx_of(body: str, parts: Mapping[str, str]) -> bytes:
    """A Word file of these paragraphs and further parts by their kind."""
    import docx

    blank = io.BytesIO()
    docx.Document().save(blank)
    made = io.BytesIO()
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(blank) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name).decode("utf-8", "surrogateescape")
            data = data.replace("<w:body>", f"<w:body>{body}")
            if name == "word/_rels/document.xml.rels":
                ties = [f'<Relationship Id="x{kind}" Type="{relation}/{kind}" Target="x{kind}.xml"/>' for kind in parts]
                kept = data if "numbering" not in parts else data.replace("/relationships/numbering", "/unused")
                data = kept.replace("</Relationships>", "".join(ties) + "</Relationships>")
            if name == "[Content_Types].xml":
                word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
                types = [f'<Override PartName="/word/x{k}.xml" ContentType="{word}.{k}+xml"/>' for k in parts]
                data = data.replace("</Types>", "".join(types) + "</Types>")
            new.writestr(name, data.encode("utf-8", "surrogateescape"))
        for kind, content in parts.items():
            new.writestr(f"word/x{kind}.xml", f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return made.getvalue()


def lines_of(body: str) -> list[str]:
    data = docx_of(body, {"numbering": f"<w:numbering {_NS}>{NUMBERING}</w:numbering>"})
    return parse("a.docx", data).pieces[0].text.split("\n")


def test_levels_count_on_and_begin_again_below_a_higher_one() -> None:
    order = [(0, "甲"), (1, "乙"), (1, "丙"), (2, "丁"), (2, "戊"), (0, "己"), (1, "庚"), (2, "辛")]
    body = "".join(numbered(text, 1, at) for at, text in order)
    assert lines_of(body) == ["一、甲", "（一）乙", "（二）丙", "1. 丁", "2. 戊", "二、己", "（一）庚", "1. 辛"]


def test_lists_of_one_kind_count_on_unless_they_restart() -> None:
    body = numbered("甲", 1) + "<w:p><w:r><w:t>其间</w:t></w:r></w:p>" + numbered("乙", 1) + numbered("丙", 4)
    assert lines_of(body) == ["一、甲", "其间", "二、乙", "一、丙"]


def test_other_formats_bullets_and_levels_above() -> None:
    order = [(2, 0, "甲"), (2, 1, "乙"), (2, 2, "丙"), (3, 0, "丁"), (3, 1, "戊"), (3, 1, "己")]
    body = "".join(numbered(text, number, at) for number, at, text in order)
    assert lines_of(body) == ["甲", "I. 乙", "① 丙", "第1条 丁", "1.1 戊", "1.2 己"]


def test_a_style_numbers_its_paragraphs_and_zero_takes_the_number_away() -> None:
    style = '<w:pPr><w:pStyle w:val="ListNumber"/>{}</w:pPr>'.format
    run = "<w:r><w:t>{}</w:t></w:r>".format
    none = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = f"<w:p>{style('')}{run('甲')}</w:p><w:p>{style(none)}{run('乙')}</w:p><w:p>{style('')}{run('丙')}</w:p>"
    data = docx_of(body, {})
    assert parse("a.docx", data).pieces[0].text.split("\n") == ["1. 甲", "乙", "2. 丙"]


def test_notes_headers_and_deletions_are_listed_as_removed() -> None:
    paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>".format
    separator = f'<w:footnote w:type="separator" w:id="-1">{paragraph("")}</w:footnote>'
    parts = {
        "footnotes": f"<w:footnotes {_NS}>{separator}"
        f'<w:footnote w:id="1">{paragraph("见附件一")}</w:footnote></w:footnotes>',
        "endnotes": f'<w:endnotes {_NS}><w:endnote w:id="1">{paragraph("见附件二")}</w:endnote></w:endnotes>',
        "header": f"<w:hdr {_NS}>{paragraph('海港法院简报')}</w:hdr>",
    }
    deleted = "<w:del><w:r><w:delText>旧的说法</w:delText></w:r></w:del>"
    body = f'<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r>{deleted}</w:p>'
    (piece,) = parse("a.docx", docx_of(body, parts)).pieces
    assert piece.text == "正文"
    assert sorted(piece.removed) == [
        ("endnote", "见附件二"), ("footnote", "见附件一"), ("page header", "海港法院简报"),
        ("tracked deletion", "旧的说法"),
    ]  # fmt: skip


@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice here to write a .doc and to number lists")
def test_libreoffice_numbers_alike_and_its_old_word_file_reads_alike(tmp_path: Path) -> None:
    order = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 0), (1, 1), (4, 0), (2, 1), (2, 2), (3, 0), (3, 1)]
    body = "".join(numbered("县法院深入推进法治建设。", number, at) for number, at in order)
    data = docx_of(body, {"numbering": f"<w:numbering {_NS}>{NUMBERING}</w:numbering>"})
    (tmp_path / "a.docx").write_bytes(data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "doc", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True)
    old = parse("a.doc", (tmp_path / "a.doc").read_bytes())
    new = parse("a.docx", data)
    assert [re.sub(r"\s", "", piece.text) for piece in old.pieces] == [re.sub(r"\s", "", new.pieces[0].text)]


def test_counting_in_chinese() -> None:
    assert [counting(n) for n in (1, 10, 12, 20, 105, 110)] == ["一", "十", "十二", "二十", "一百零五", "一百一十"]
