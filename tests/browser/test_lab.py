"""Every notebook in a real JupyterLab in a real browser: runs through, quietly, and stays on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
CURRENT = "window.jupyterapp.shell.currentWidget"
TO_TOP = f"() => {{ const page = {CURRENT}.content; page.activeCellIndex = 0; return page.scrollToItem(0); }}"
POP_UPS = ".jp-Dialog, .jp-toast, .Toastify__toast"


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])
def test_notebook_runs_through_quietly_and_offline(name: str, lab, visit) -> None:
    page, heard, cells = visit(name)
    page.evaluate(TO_TOP)
    page.wait_for_timeout(1500)  # a pop-up may come late
    page.screenshot(path=lab.folder.parent / f"{Path(name).stem}.png")
    pop_ups = page.locator(POP_UPS).all_inner_texts()

    outputs = [output for cell in cells for output in cell["outputs"]]
    errors = [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]
    # A progress bar that has ended leaves nothing after its last carriage return; a warning does.
    grumbles = ["".join(o["text"]).rpartition("\r")[2].strip() for o in outputs if o.get("name") == "stderr"]
    assert errors == []
    assert [text for text in grumbles if text] == []
    assert cells and [cell["source"] for cell in cells if cell["count"] is None] == []
    assert pop_ups == []
    heard.check(lab)
