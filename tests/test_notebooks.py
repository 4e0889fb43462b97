"""Notebooks: thin, paired without outputs, and running on the sample and on four documents."""

import ast
import json
import re
from pathlib import Path

import jupytext
import pytest

from analysis.folders import NOTEBOOKS
from analysis.output import digest
from analysis.pages import execute

PAGES = sorted(NOTEBOOKS.glob("0*.py"))
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.If, ast.comprehension, ast.Lambda, ast.With)


def test_there_are_six():
    assert [page.stem for page in PAGES][:6] == [
        "01_corpus", "02_terms", "03_contrasts", "04_slogans", "05_cooccurrence", "06_topics",
    ]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_cells_call_and_do_not_compute(page):
    for cell in jupytext.read(page).cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 8
            assert not any(isinstance(node, LOGIC) for node in ast.walk(ast.parse(cell.source)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_pair_is_in_step_and_has_no_outputs(page):
    pair = json.loads(page.with_suffix(".ipynb").read_text(encoding="utf-8"))
    ours = [(cell.cell_type, cell.source) for cell in jupytext.read(page).cells]
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in pair["cells"]] == ours
    assert all(cell.get("outputs", []) == [] and cell.get("execution_count") is None for cell in pair["cells"])
    assert [cell["id"] for cell in pair["cells"]] == [f"cell-{n:02d}" for n in range(len(ours))]


def shown(notebook):
    """Texts of all outputs."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return outputs, "\n".join(str(o.get("data", o.get("text", ""))) for o in outputs)


def settings(corpus: Path | None, folder: Path) -> dict[str, str]:
    made = {"TIFA_FIGURES": str(folder / "figures"), "TIFA_CACHE": str(folder / "cache")}
    made["PYTHONWARNINGS"] = "error::UserWarning"
    return made | ({"CORPUS": str(corpus)} if corpus else {})


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """One cache and results folder for all pages of a corpus."""
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="session")
def four(tmp_path_factory):
    """Four composed documents of two provinces and two years."""
    folder = tmp_path_factory.mktemp("four")
    courts = {"长春": ("吉林省", 2019), "吉林": ("吉林省", 2021), "衡阳": ("湖南省", 2019), "岳阳": ("湖南省", 2021)}
    for court, (province, year) in courts.items():
        text = (
            f"{court}市中级人民法院召开工作会议\n{year}年3月5日，{province}{court}市中级人民法院召开工作会议。会议要求，"
            f"增强“四个意识”、坚定“四个自信”，推动高质量发展。{court}法院要做好调解和执行工作，服务企业和群众。\n"
            f"要建设智慧法院，{'依法审理案件，' * (year - 2018)}把纠纷化解在基层。"
        )
        (folder / f"{court}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_runs_on_the_sample(page, kept):
    notebook = execute(page, settings(None, kept / "sample"))
    outputs, text = shown(notebook)
    assert not [o for o in outputs if o["output_type"] == "stream" and "Warning" in o["text"]], text
    assert "Glyph" not in text
    figures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(figures) == len(re.findall(r"study\.figure\(", page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_runs_on_four_documents_to_the_same_bytes_under_any_hash_seed(page, four, kept):
    written = []
    for seed in ("1", "2"):
        folder = kept / page.stem / seed
        outputs, text = shown(execute(page, settings(four, folder) | {"PYTHONHASHSEED": seed}))
        assert outputs
        assert "Glyph" not in text
        files = sorted(p for p in (folder / "figures").rglob("*") if p.is_file() and p.suffix != ".lock")
        written.append({p.relative_to(folder).as_posix(): digest(p) for p in files})
    assert len(written[0]) > 4 or page.stem == "07_explore"  # which writes what its reader keeps
    assert written[0] == written[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_runs_on_one_document_and_says_what_is_left_out(page, four, kept, tmp_path_factory):
    one = kept / "one" / "docs"
    one.mkdir(parents=True, exist_ok=True)
    for name in ("a.txt", "b.txt"):  # the second is a duplicate of the first
        (one / name).write_bytes((four / "长春.txt").read_bytes())
    _, text = shown(execute(page, settings(one, kept / "one")))
    if page.stem in ("03_contrasts", "06_topics"):
        assert "*" in text and ("从略" in text or "太少" in text)
