"""Tables: read back by csv, openpyxl, python-docx and xelatex, and the same bytes every time."""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis import latex, tables
from analysis.captions import caption, corpus_note
from analysis.corpus import Corpus, make_corpus
from analysis.dfm import dfm
from analysis.labels import label
from analysis.lexicon import Lexicon
from analysis.slogans import slogans
from analysis.stats.frequency import frequency
from analysis.tables import PAPER_ROWS, paper_rows
from analysis.tokens import tokenize

READ = {
    "step": "read", "documents": 48, "files": {"a.txt": "0" * 64},
    "note_zh": "示例语料（为演示编写）", "note_en": "composed sample",
}  # fmt: skip
STRINGS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
HOSTILE = [
    "=1+1", "+86", "-x", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－x", "＠a", "'=1", "a=b", "", " ",
    "逗号，,\"引号\"", "换\n行", "#N/A", "TRUE", "1e5", "\x0b\x1f控制\ufffe", "\\input{x}", "[1]", "*",
    "50% & $x_1^2$ #~{}", "甲²", "<b>&amp;</b>",
]  # fmt: skip


def hostile() -> pd.DataFrame:
    """Texts that programs take for something else, and numbers of every kind."""
    n = len(HOSTILE)
    numbers = itertools.cycle([0.5, -0.25, np.nan, np.inf, 123456.789, 1e-7])
    return pd.DataFrame(
        {
            "feature": HOSTILE,
            "region": pd.Categorical(["吉林", "=cmd"] * (n // 2), categories=["=cmd", "吉林"]),
            "year": pd.array([2019, None] * (n // 2), dtype="Int64"),
            "log_ratio": list(itertools.islice(numbers, n)),
            "mixed": pd.Series([-0.5, "-x", None, np.int64(-3), True, ("a", 1)] * n, dtype=object).head(n),
            "nested": [True, False] * (n // 2),
        }
    )


PACKAGES = "adjustbox,array,booktabs,ctex,rotating,tabulary"


def occurrences() -> pd.DataFrame:
    """An empty result, with dtypes and a reason."""
    corpus = make_corpus(pd.DataFrame({"text": ["没有"]}))
    return slogans(corpus, Lexicon(pd.DataFrame({"slogan": ["扫黑除恶"]})))


def written(table: pd.DataFrame, folder: Path) -> dict[str, Path]:
    """The table in all four formats."""
    folder.mkdir(exist_ok=True)
    paths = {ending: folder / f"t.{ending}" for ending in ("csv", "xlsx", "tex", "docx")}
    tables.write_csv(table, paths["csv"])
    tables.write_xlsx(table, paths["xlsx"])
    latex.write_tex(table, paths["tex"], "t")
    tables.write_docx(table, paths["docx"])
    return paths


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_csv_is_utf8_with_a_mark_and_unix_lines(tmp_path: Path) -> None:
    tables.write_csv(pd.DataFrame({"slogan": ["法治"], "n": [1]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b"\xef\xbb\xbfslogan,n\n" + "法治,1\n".encode()


def test_no_csv_cell_is_a_formula(tmp_path: Path) -> None:
    tables.write_csv(hostile(), tmp_path / "t.csv")
    header, *rows = rows_of(tmp_path / "t.csv")
    assert header == list(hostile())
    assert len(rows) == len(HOSTILE)
    for row, text, region in zip(rows, HOSTILE, hostile()["region"], strict=True):
        for cell, original in ((row[0], text), (row[1], region)):
            assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))
            assert cell.replace("\n", "\r") in (original.replace("\n", "\r"), "'" + original)
    # A negative number is a number, also among words.
    assert [row[4] for row in rows[:4]] == ["-0.5", "'-x", "", "-3"]
    assert [row[3] for row in rows[:6]] == ["0.5", "-0.25", "", "inf", "123457", "1e-07"]
    assert [row[2] for row in rows[:2]] == ["2019", ""]


def test_a_csv_header_is_no_formula_either(tmp_path: Path) -> None:
    tables.write_csv(pd.DataFrame({"=1+1": [1]}), tmp_path / "t.csv")
    assert rows_of(tmp_path / "t.csv") == [["'=1+1"], ["1"]]


@given(st.lists(STRINGS, min_size=1, max_size=5))
@settings(max_examples=60)
@example(["\r", "\n", '"', "a\r\nb"])
def test_a_csv_holds_every_text(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    tables.write_csv(pd.DataFrame({"left": texts, "n": 1}), path)
    read = [row[0] for row in rows_of(path)[1:]]
    lines = [re.sub("\r\n?", "\n", text) for text in texts]
    assert [cell.removeprefix("'") for cell in read] == [text.removeprefix("'") for text in lines]


def test_xlsx_texts_are_texts_and_numbers_numbers(tmp_path: Path) -> None:
    tables.write_xlsx(hostile(), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["table"]
    header, *rows = sheet.iter_rows()
    assert [cell.value for cell in header] == [label(name) for name in hostile()]
    assert all(cell.font.bold for cell in header)
    assert sheet.freeze_panes == "A2"
    for row, text, region in zip(rows, HOSTILE, hostile()["region"], strict=True):
        assert row[0].data_type == row[1].data_type == "s" or not text
        assert (row[0].value or "") == re.sub("[\x0b\x1f\ufffe]", "", text)
        assert row[1].value == region
    assert [row[2].value for row in rows[:2]] == [2019, None]
    assert [row[3].value for row in rows[:6]] == [0.5, -0.25, None, "inf", 123456.789, 1e-07]
    assert [row[4].value for row in rows[:6]] == [-0.5, "-x", None, -3, True, "('a', 1)"]
    assert rows[0][5].value is True


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ["状态", "略过", "主题 3", "吉林"]), ("en", ["status", "skipped", "topic 3", "Jilin"])],
)
def test_xlsx_and_docx_are_in_the_language_of_the_labels_and_csv_for_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, words: list[str]
) -> None:
    monkeypatch.setenv("TIFA_LANG", language)
    table = pd.DataFrame({"status": ["skipped", "T3", "吉林"], "example": ["skipped", "T3", "吉林"]})
    table["match"] = table["doc_id"] = table["slogan"] = table["example"]  # quoted, not values
    tables.write_xlsx(table, tmp_path / "t.xlsx")
    tables.write_docx(table, tmp_path / "t.docx")
    tables.write_csv(table, tmp_path / "t.csv")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["table"]
    grid = docx.Document(str(tmp_path / "t.docx")).tables[0]
    assert [cell.value for cell in sheet["A"]] == [cell.text for cell in grid.columns[0].cells] == words
    for column in range(1, 5):
        quoted = [row[column].value for row in sheet.iter_rows(min_row=2)]
        assert quoted == [cell.text for cell in grid.columns[column].cells][1:] == table["example"].tolist()
    assert rows_of(tmp_path / "t.csv") == [list(table), *table.to_numpy().tolist()]


def test_xlsx_holds_every_row_and_the_caption(tmp_path: Path) -> None:
    table = pd.DataFrame({"n": range(3 * PAPER_ROWS)})
    table.attrs["recipe"] = [READ, {"step": "keyness"}]
    tables.write_xlsx(table, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book["table"].max_row == 3 * PAPER_ROWS + 1
    assert book["caption"]["A1"].value == caption(table)


def test_tex_is_a_booktabs_table_with_caption_and_label(tmp_path: Path) -> None:
    table = pd.DataFrame({"feature": ["法治"], "n": [12]})
    table.attrs["recipe"] = [{"step": "frequency"}]
    latex.write_tex(table, tmp_path / "t.tex", "t_1")
    lines = (tmp_path / "t.tex").read_text("utf-8").splitlines()
    assert lines[0] == f"% \\usepackage{{{PACKAGES}}}"
    assert lines[1:] == [
        r"\begin{table}", r"\centering\small", r"\caption{词频（每万词）}", r"\label{tab:t_1}",
        r"\begin{adjustbox}{max totalheight=0.8\textheight}", r"\tymin=3em\tymax=40em",
        r"\begin{tabulary}{\linewidth}{LL}", r"\toprule", r"词语 & 频次 \\", r"\midrule", r"法治 & 12 \\",
        r"\bottomrule", r"\end{tabulary}", r"\end{adjustbox}", r"\end{table}",
    ]  # fmt: skip


def test_tex_says_how_many_rows_it_leaves_out(tmp_path: Path) -> None:
    latex.write_tex(pd.DataFrame({"n": range(PAPER_ROWS + 1)}), tmp_path / "t.tex", "t")
    text = (tmp_path / "t.tex").read_text("utf-8")
    assert f"前 {PAPER_ROWS} 行，共 {PAPER_ROWS + 1} 行" in text
    assert text.count("\\\\") == PAPER_ROWS + 1


@given(STRINGS)
@example("\\")
@example("a~b^c²&%$#_{}[*")
def test_tex_escapes_every_special_character(text: str) -> None:
    escaped = latex._tex(text)
    bare = re.sub(r"\\text(backslash|asciitilde|asciicircum)\{\}|\\[&%$#_{}]|\$\^2\$|\{[\[*]\}", "", escaped)
    assert not set(bare) & set("\\~^²&%$#_{}[*\n\x00\x0b")


@pytest.mark.skipif(not shutil.which("xelatex"), reason="xelatex is not installed")
def test_xelatex_sets_what_is_written(tmp_path: Path) -> None:
    import pypdfium2

    from analysis.plots.theme import font_path

    frames = {"hostile": hostile(), "empty": occurrences(), "long": pd.DataFrame({"slogan": ["[法治]"] * 99})}
    frames["wide"] = pd.DataFrame({f"long_name_{k}": ["法治" * 3 if k in (2, 5) else 0.25] * 50 for k in range(20)})
    frames["text"] = pd.DataFrame({"text": ["依法治国。" * 99], "n": [3]})
    frames["kwic"] = pd.DataFrame({"doc_id": ["jilin-2021.txt"] * 40, "left": "依法治国" * 5, "right": "依法治国" * 6})
    frames["kwic"].attrs["recipe"] = [{"step": "kwic"}]
    frames["texts"] = frames["text"].loc[[0] * 30]
    frames["paragraphs"] = pd.DataFrame({f"n_{k}": [0.25] * 30 for k in range(7)} | {"example": "法治建设" * 40})
    frames["empty"].attrs["recipe"] = [READ | {"note_zh": "法治"}]
    frames["hostile"].attrs["recipe"] = [READ | {"note_zh": "100% & 语料_1"}, {"step": "keyness"}]
    for name, frame in frames.items():
        latex.write_tex(frame, tmp_path / f"{name}.tex", name)
    written = {name: (tmp_path / f"{name}.tex").read_text("utf-8") for name in frames}
    assert [name for name in frames if "longtable" in written[name]] == ["kwic", "texts", "paragraphs"]
    assert [name for name in frames if "{landscape}" in written[name]] == ["paragraphs"]
    packages = "\n".join(text.splitlines()[0].removeprefix("% ") for text in written.values())
    (tmp_path / "paper.tex").write_text(
        f"\\documentclass{{article}}\\PassOptionsToPackage{{fontset=none}}{{ctex}}{packages}\n"
        f"\\setCJKmainfont[Path={font_path().parent}/]{{{font_path().name}}}\n"
        "\\begin{document}\n" + "\n".join(f"\\input{{{name}.tex}}" for name in frames) + "\n\\end{document}\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex"],
        cwd=tmp_path, capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    with pypdfium2.PdfDocument(tmp_path / "paper.pdf") as paper:
        pages = [page.get_textpage().get_text_range() for page in paper]
        for page in paper:  # nothing beyond its edges, nothing too small to read
            text = page.get_textpage()
            found = [k for k, character in enumerate(text.get_text_range()) if character == "治"]
            boxes = np.array([text.get_charbox(k) for k in found])
            size = page.get_size()[:: -1 if page.get_rotation() % 180 else 1]
            assert (boxes.min(initial=1) > 0) and (boxes[:, 2:] < size).all()
            assert (boxes[:, 2:] - boxes[:, :2]).max(axis=1).min() > 5
    plain = re.sub(r"\s", "", "".join(pages))
    for text in ("@SUM(A1)", "\\input{x}", "[1]", "50%&$x_1", "#~{}", "100%&语料_1", "[法治]", "前40行，共99行"):
        assert text in plain
    assert "".join(written.values()).count("依法治国。" * 80 + "…") == 30 and "前400字；全文见CSV" in plain
    assert plain.count("语境索引") == 1 and plain.count("文档左右") > 1 and "续下页" in plain


def borders(cell: object) -> dict[str, str]:
    found = cell._tc.tcPr.find(qn("w:tcBorders")) if cell._tc.tcPr is not None else None
    return {} if found is None else {side.tag.split("}")[1]: side.get(qn("w:sz")) for side in found}


@pytest.mark.parametrize("rows", [1, 2, PAPER_ROWS + 5])
def test_docx_is_a_three_line_table(tmp_path: Path, rows: int) -> None:
    table = pd.DataFrame({"slogan": ["法治"] * rows, "n": range(rows)})
    table.attrs["recipe"] = [READ, {"step": "slogans"}]
    tables.write_docx(table, tmp_path / "t.docx")
    document = docx.Document(str(tmp_path / "t.docx"))
    grid = document.tables[0]
    assert [[c.text for c in row.cells] for row in grid.rows][:2] == [["提法", "频次"], ["法治", "0"]]
    assert len(grid.rows) == min(rows, PAPER_ROWS) + 1
    for k, row in enumerate(grid.rows):
        expected = {"top": "8", "bottom": "4"} if k == 0 else {"bottom": "8"} if k == len(grid.rows) - 1 else {}
        assert [borders(cell) for cell in row.cells] == [expected] * 2
    assert document.paragraphs[0].text == caption(table)
    rest = [p.text for p in document.paragraphs[1:]]
    assert rest == [f"前 40 行，共 {rows} 行；全表见 CSV。"] * (rows > PAPER_ROWS)


def test_docx_sets_an_east_asian_font(tmp_path: Path) -> None:
    tables.write_docx(pd.DataFrame({"n": [1]}), tmp_path / "t.docx")
    fonts = docx.Document(str(tmp_path / "t.docx")).styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体" and fonts.get(qn("w:ascii")) == "Times New Roman"


@given(st.lists(STRINGS, min_size=1, max_size=4))
@settings(max_examples=10)
@example(HOSTILE)
def test_docx_and_xlsx_take_any_text(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.getbasetemp()
    frame = pd.DataFrame({"left": texts})
    tables.write_docx(frame, folder / "any.docx")
    tables.write_xlsx(frame, folder / "any.xlsx")
    assert len(docx.Document(str(folder / "any.docx")).tables[0].rows) == len(texts) + 1
    assert openpyxl.load_workbook(folder / "any.xlsx")["table"].max_row == len(texts) + 1


def test_an_empty_table_is_a_header_in_every_format(tmp_path: Path) -> None:
    table = occurrences()
    paths = written(table, tmp_path / "out")
    assert rows_of(paths["csv"]) == [list(table)]
    assert [c.value for c in openpyxl.load_workbook(paths["xlsx"])["table"][1]] == [label(name) for name in table]
    assert "\\midrule\n\\bottomrule" in paths["tex"].read_text("utf-8")
    assert len(docx.Document(str(paths["docx"])).tables[0].rows) == 1


def test_the_same_table_is_the_same_bytes(tmp_path: Path) -> None:
    frame = hostile()
    frame.attrs["recipe"] = [READ, {"step": "frequency"}]
    first = {ending: path.read_bytes() for ending, path in written(frame, tmp_path / "a").items()}
    time.sleep(2.1)  # a zip's clock ticks every two seconds
    second = {ending: path.read_bytes() for ending, path in written(frame, tmp_path / "b").items()}
    assert first == second


def test_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, pandas as pd; from analysis import tables; p = pathlib.Path(sys.argv[1]);"
        "t = pd.DataFrame({'slogan': ['法治', '=x'], 'n': [1, 2]});"
        "tables.write_xlsx(t, p / 't.xlsx'); tables.write_docx(t, p / 't.docx')"
    )
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])}
        subprocess.run([sys.executable, "-c", program, str(folder)], env=environment, check=True)
        made.append([(folder / name).read_bytes() for name in ("t.xlsx", "t.docx")])
    assert made[0] == made[1]


def test_office_files_bear_no_time_and_no_user(tmp_path: Path) -> None:
    paths = written(hostile(), tmp_path / "out")
    for ending in ("xlsx", "docx"):
        with zipfile.ZipFile(paths[ending]) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        assert set(re.findall(r"\d{4}-\d{2}-\d{2}T[\d:]+Z", core)) == {"1980-01-01T00:00:00Z"}
        assert re.findall(r"<dc:creator[^>]*>(.*?)</dc:creator>", core) == ["Tifa"]


def test_an_index_with_a_name_is_written(tmp_path: Path, tiny_corpus: Corpus) -> None:
    frame = dfm(tokenize(tiny_corpus)).group(["region", "year"]).select(["法治"]).to_frame()
    tables.write_csv(frame, tmp_path / "t.csv")
    assert rows_of(tmp_path / "t.csv")[:2] == [["region", "year", "法治"], ["吉林", "2019", "1"]]
    assert list(paper_rows(frame)) == ["地区", "年份", "法治"]
    filtered = pd.DataFrame({"n": [1, 2]}).query("n == 2")
    tables.write_csv(filtered, tmp_path / "t.csv")
    assert rows_of(tmp_path / "t.csv") == [["n"], ["2"]]


def test_writing_leaves_the_table_alone(tmp_path: Path) -> None:
    frame, before = hostile(), hostile()
    written(frame, tmp_path / "out")
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("column", "values", "printed"),
    [
        ("n", [1234, 5], ["1234", "5"]),
        ("year", [2019, pd.NA], ["2019", "—"]),
        ("rank", [1.0, float("nan"), 12.0], ["1", "—", "12"]),
        ("per_10k", [1234.0, 12.345, 0.5], ["1234.00", "12.35", "0.50"]),
        ("share", [0.5, 0.097, 0.0], ["0.500", "0.097", "0.000"]),
        ("weight", [0.0228, -0.00163], ["0.0228", "-0.0016"]),
        ("tf", [1e-9, 0.0], ["0.000000", "0.000000"]),
        ("log_ratio", [float("inf"), -1.5, 0.0], ["inf", "-1.50", "0.00"]),
        ("p", [0.0004, 0.0499, 1.0], ["<0.001", "0.050", "1.000"]),
        ("q", [0.0, 0.001], ["<0.001", "0.001"]),
        ("p_g2", [1e-300], ["<0.001"]),
        ("date", [None, pd.NaT, "2019-01-02"], ["—", "—", "2019-01-02"]),
        ("level", ["national", "court", "全国"], ["国家级", "法院", "全国"]),
        ("feature", ["court", "T1"], ["court", "T1"]),
        ("nested", [True, False], ["是", "否"]),
        ("n", [], []),
    ],
)
def test_cells_of_a_column(column: str, values: list, printed: list[str]) -> None:
    frame = pd.DataFrame({column: pd.Series(values, dtype=object)})
    assert paper_rows(frame).iloc[:, 0].tolist() == printed


def test_only_the_first_rows_are_printed() -> None:
    shown = paper_rows(pd.DataFrame({"n": range(99)}))
    assert shown["频次"].tolist() == [str(k) for k in range(PAPER_ROWS)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_column_is_lost_to_another_of_the_same_label(
    tiny_corpus: Corpus, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIFA_LANG", language)
    table = frequency(dfm(tokenize(tiny_corpus)), by="region")
    shown = paper_rows(table)
    assert shown.shape[1] == table.shape[1] and shown.columns.is_unique
    same = paper_rows(pd.DataFrame([[1, 2, 3]], columns=["docfreq", "n_documents", "n"]))
    assert same.iloc[0].tolist() == ["1", "2", "3"] and same.columns.is_unique


def test_a_caption_says_what_how_and_over_what(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.DataFrame({"n": [1]})
    recipe = [READ, {"step": "frequency", "by": ["region", "year"]}]
    table.attrs = {"recipe": recipe, "left_out": 3, "notes": [{"zh": "自助法区间", "en": "bootstrap"}]}
    assert caption(table).split(" · ") == [
        "词频（每万词），按地区、年份", "自助法区间", "3 篇因缺分组变量未计入", "示例语料（为演示编写），48 篇文档",
    ]  # fmt: skip
    assert "自助法" not in caption(table, notes=False)
    monkeypatch.setenv("TIFA_LANG", "en")
    assert caption(table) == (
        "Term frequency (per 10,000 words) by region and year; bootstrap; "
        "3 documents without the variable left out; composed sample, 48 documents"
    )
    assert corpus_note([READ | {"documents": 1}]) == "composed sample, 1 document"


def test_a_caption_of_nothing_known_is_empty() -> None:
    assert caption(pd.DataFrame()) == "" == corpus_note([])
    table = pd.DataFrame()
    table.attrs = {"recipe": [{"step": "my own"}], "left_out": 0}
    assert caption(table) == ""


def test_every_statistic_has_a_caption(tiny_corpus: Corpus) -> None:
    from analysis import overview
    from analysis.kwic import kwic

    made = [frequency(dfm(tokenize(tiny_corpus))), overview.coverage(tiny_corpus), kwic(tiny_corpus, "法治")]
    assert all(caption(table) and label("n") for table in made)


def test_a_wide_table_lies_on_a_turned_page(tmp_path: Path) -> None:
    pages = []
    for n in (9, 10):
        frame = pd.DataFrame({f"c{k}": [True] * 30 for k in range(n)})
        latex.write_tex(frame, tmp_path / "t.tex", "t")
        text = (tmp_path / "t.tex").read_text("utf-8")
        assert text.count("{sidewaystable}") == 2 * (n == 10) and ("前 20 行，共 30 行" in text) == (n == 10)
        tables.write_docx(frame, tmp_path / "t.docx")
        document = docx.Document(str(tmp_path / "t.docx"))
        assert {cell.text for cell in document.tables[0].rows[1].cells} == {"是"}
        pages.append(document.sections[0])
    assert [page.page_width > page.page_height for page in pages] == [False, True]
