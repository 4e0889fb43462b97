"""The panel's own widgets: what ipywidgets lacks, drawn by ``explore.js``."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any


def front(kind: str, **state: Any) -> Any:
    """An anywidget of one kind of ``explore.js`` (``toggles``, ``table``, ``code``), its state kept in step.

    It loads nothing from elsewhere: script and style are sent with it.
    """
    import anywidget
    import traitlets

    state = {"kind": kind, "seen": False, **state}
    traits = {name: traitlets.Any(value).tag(sync=True) for name, value in state.items()}
    sources = {"_esm": _text("explore.js"), "_css": _text("explore.css")}
    return type("Front", (anywidget.AnyWidget,), {**sources, **traits})()


@functools.cache
def _text(name: str) -> str:
    return resources.files("analysis.explore").joinpath(name).read_text("utf-8")
