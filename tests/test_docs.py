"""The site's own pages: nothing public is left out, both languages say the same, and the tutorial runs."""

import re
from pathlib import Path

import jupytext
import pytest

import analysis as da
from analysis.pages import execute

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_reference_lists_every_public_name_once():
    listed, figures = (DOCS / "api.rst").read_text("utf-8").split(".. currentmodule:: analysis.plots")
    names = {"analysis": set(da.__all__) - {"plots"}, "plots": {n for n in da.plots.__all__ if n.islower()}}
    for page, room in ((listed, "analysis"), (figures, "plots")):
        found = re.findall(r"^   (\w+)$", page, re.M)
        assert sorted(found) == sorted(names[room])


@pytest.mark.parametrize("page", ["which-statistic.md", "which-statistic.zh-CN.md"])
def test_every_statistic_advised_exists(page):
    named = re.findall(r"\{func\}`~analysis\.(\w+)`", (DOCS / page).read_text("utf-8"))
    assert set(named) <= set(da.__all__)
    other = {"which-statistic.md": "which-statistic.zh-CN.md", "which-statistic.zh-CN.md": "which-statistic.md"}[page]
    assert named == re.findall(r"\{func\}`~analysis\.(\w+)`", (DOCS / other).read_text("utf-8"))


def test_the_tutorial_is_the_same_in_both_languages_and_runs(tmp_path):
    english, chinese = (jupytext.read(DOCS / f"tutorial{language}.md") for language in ("", ".zh-CN"))
    code = [[c.source for c in page.cells if c.cell_type == "code"] for page in (english, chinese)]
    assert code[0] == code[1]
    page = execute(DOCS / "tutorial.md", {"TIFA_FIGURES": str(tmp_path)})
    assert all(cell.outputs for cell in page.cells if cell.cell_type == "code")
    assert (tmp_path / "keyness.svg").exists()
    assert (tmp_path / "topics_by_region.svg").exists()
