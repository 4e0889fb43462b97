"""The table a paper prints, in both languages and formats."""

import shutil
import subprocess
import zipfile

import pandas as pd
import pytest

import analysis as da
from analysis import captions, latex, tables


@pytest.fixture
def made(tiny_corpus):
    dfm = da.dfm(da.tokenize(tiny_corpus))
    found = da.keyness(dfm, "region == '吉林'", strata=None)
    return found, da.paper_table(found, tiny_corpus, n=3)


def test_columns_and_cells(made):
    found, paper = made
    assert list(paper) == ["feature", "effect", "n", "docs", "q", "example"]
    assert len(paper) == 6
    first, row = paper.iloc[0], found.iloc[0]
    assert first.n == f"{row.n_target} : {row.n_reference}"
    assert first.docs == f"{row.docs_target} : {row.docs_reference}"
    assert first.effect.replace("−", "-").startswith(f"{row.log_ratio:.2f} [{row.log_ratio_low:.2f}, ")
    assert first.q == row.q


def test_examples_are_from_the_side_with_more(made):
    _, paper = made
    target, reference = paper.example[:3], paper.example[3:]
    assert target.str.contains("吉林 20").all()
    assert reference.str.contains("广西 20").all()
    for row in paper.itertuples():
        assert f"【{row.feature}】" in row.example


def test_english_and_named_sides(tiny_corpus, made, monkeypatch):
    monkeypatch.setenv("TIFA_LANG", "en")
    found, _ = made
    found.attrs["sides"] = {"target": "吉林", "reference": "广西"}
    paper = da.paper_table(found, tiny_corpus, n=2)
    assert "(Jilin, 20" in paper.example[0]
    line = captions.notes_line(paper)
    assert line.startswith("Notes: Target: Jilin; reference: Guangxi. Log2 ratio of rates (Hardie 2014)")


def test_english_adds_a_formulations_gloss(tiny_corpus, made, monkeypatch):
    monkeypatch.setenv("TIFA_LANG", "en")
    found, _ = made
    slogan = found.head(1).assign(feature="全面依法治国", log_ratio=-1.0)
    slogan.attrs = found.attrs
    paper = da.paper_table(slogan, tiny_corpus)
    assert paper.feature[0] == f"全面依法治国 ({da.load_lexicon().glosses['全面依法治国']})"
    assert "【全面依法治国】" in paper.example[0]


def test_a_feature_that_stands_nowhere_as_it_is(tiny_corpus, made):
    found, _ = made
    odd = found.head(1).assign(feature="未见之词")
    odd.attrs = found.attrs
    assert da.paper_table(odd, tiny_corpus).example.tolist() == ["—"]


def test_other_tables_are_refused(tiny_corpus):
    with pytest.raises(ValueError, match=r"what keyness\(\) returns"):
        da.paper_table(pd.DataFrame({"log_ratio": [1.0]}), tiny_corpus)


def test_set_to_the_width_of_a_page_with_notes_below(made, tmp_path):
    _, paper = made
    latex.write_tex(paper, tmp_path / "t.tex", "t")
    tex = (tmp_path / "t.tex").read_text(encoding="utf-8")
    assert "resizebox" not in tex
    assert r"p{0.27\linewidth}" in tex
    assert tex.index("bottomrule") < tex.index("Hardie 2014")
    tables.write_docx(paper, tmp_path / "t.docx")
    with zipfile.ZipFile(tmp_path / "t.docx") as archive:
        document = archive.read("word/document.xml").decode()
    assert document.index("</w:tbl>") < document.index("Hardie 2014")
    assert '<w:tblLayout w:type="fixed"/>' in document


@pytest.mark.skipif(shutil.which("xelatex") is None, reason="xelatex is not installed")
def test_latex_is_not_wider_than_the_page(made, tmp_path):
    _, paper = made
    latex.write_tex(paper, tmp_path / "t.tex", "t")
    packages = (tmp_path / "t.tex").read_text(encoding="utf-8").splitlines()[0].removeprefix("% ")
    page = rf"\documentclass{{article}}\PassOptionsToPackage{{fontset=fandol}}{{ctex}}{packages}"
    page += r"\begin{document}\input{t}\end{document}"
    (tmp_path / "page.tex").write_text(page, encoding="utf-8")
    command = ["xelatex", "-interaction=nonstopmode", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    if "not found" in done.stdout:
        pytest.skip("The LaTeX here lacks ctex or its fonts.")
    assert "Output written" in done.stdout and "\n!" not in done.stdout
    assert "Overfull" not in done.stdout
