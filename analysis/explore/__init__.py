"""One panel in JupyterLab: choose documents and a question, see figure and table, read the sentences, keep both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.study import Study

__all__ = ["explore"]


def explore(study: Study | str | Path | None = None) -> Any:
    """The panel, to be shown as the last line of a cell.

    Parameters
    ----------
    study : Study, str or Path, optional
        A study, or what ``open_study`` opens; by default $CORPUS, else the sample.

    Returns
    -------
    ipywidgets.VBox
        Words on it are Chinese, or English where TIFA_LANG is ``en``.
    """
    from analysis.explore.panel import Panel
    from analysis.study import Study, open_study

    if isinstance(study, Study):
        return Panel(study).box
    return Panel(open_study(study), None if study is None else str(study)).box
