"""Where results go: figures and tables with one manifest of digests, inputs, recipe and versions."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import latex, tables
from analysis.captions import caption
from analysis.folders import figures_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("svg", "pdf", "png")
VERSIONS = ("jieba", "pandas", "numpy", "scipy", "scikit-learn", "matplotlib", "wordcloud", "tomotopy", "networkx")


def save_figure(fig: Figure, name: str, data: pd.DataFrame) -> list[Path]:
    """Save a figure as SVG, PDF and PNG with its caption line, and its table beside it.

    Parameters
    ----------
    fig : Figure
    name : str
        File name without ending; letters, digits, ``_`` and ``-``.
    data : DataFrame
        The table it draws; its provenance gives the caption line and the manifest entry.

    Returns
    -------
    list of Path
        The files written, tables included.
    """
    from analysis.plots.theme import dress, style

    folder = figures_folder()
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{_checked(name)}.{ending}" for ending in FORMATS]
    no_time: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
    with style():
        dress(fig.axes)
        _caption_line(fig, caption(data, notes=False, shows=str(fig.get_label())))
        fig.draw_without_rendering()
        layout = fig.get_layout_engine()
        fig.set_layout_engine("none")  # laid out once, the same in every format
        for path in paths:
            fig.savefig(path, metadata=no_time[path.suffix[1:]])
        fig.set_layout_engine(layout)
    _record(paths, data)
    return paths + save_table(data, name)


def save_table(df: pd.DataFrame, name: str) -> list[Path]:
    """Save a result as CSV and XLSX (all rows), LaTeX and DOCX (as a paper prints it) under ``tables/``."""
    folder = figures_folder() / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / _checked(name)
    paths = [stem.with_suffix(f".{ending}") for ending in ("csv", "xlsx", "tex", "docx")]
    tables.write_csv(df, paths[0])
    tables.write_xlsx(df, paths[1])
    latex.write_tex(df, paths[2], name)
    tables.write_docx(df, paths[3])
    _record(paths, df)
    return paths


def save_network(edges: pd.DataFrame, name: str) -> list[Path]:
    """Save the network of a co-occurrence table as GEXF and GraphML for Gephi under ``networks/``, with glosses."""
    import networkx as nx

    from analysis.lexicon import load_lexicon
    from analysis.stats.network import FORMATS as ENDINGS
    from analysis.stats.network import network, write_network

    folder = figures_folder() / "networks"
    folder.mkdir(parents=True, exist_ok=True)
    graph, glosses = network(edges), load_lexicon().glosses
    nx.set_node_attributes(graph, {node: glosses.get(node, "") for node in graph}, "gloss")
    paths = [write_network(graph, folder / f"{_checked(name)}.{ending}") for ending in ENDINGS]
    _record(paths, edges)
    return paths


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    path = folder / "MANIFEST.json"
    if not path.exists():
        raise FileNotFoundError(f"No MANIFEST.json in {folder}; make the figures first: python -m analysis figures.")
    return json.loads(path.read_text(encoding="utf-8"))


def _checked(name: str) -> str:
    if not name.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"The name {name!r} is not a file name; use letters, digits, _ and -.")
    return name


def _caption_line(fig: Figure, text: str) -> None:
    from analysis.plots.theme import GREY, drawable, families

    if text and not getattr(fig, "_tifa_captioned", False):
        fig.supxlabel(
            _wrap(drawable(text), fig.get_figwidth()), x=0.01, ha="left", fontsize=5.5, color=GREY, family=families()
        )
        fig._tifa_captioned = True  # type: ignore[attr-defined]


def _wrap(text: str, inches: float, size: float = 5.5) -> str:
    """Break a caption to the figure's width as it is drawn, between words and Han characters, not before a mark.

    Lines are a little shorter where else no more than a word would stand on the last one.
    """
    from analysis.plots.theme import points

    unbroken = r"[（《“‘]*(?:[^\s\u2e80-\U0010ffff]{1,40}|.)[，。、；：）》”’]*\s*"
    for share in (0.98, 0.94, 0.9, 0.86):
        lines = [""]
        for piece in re.findall(unbroken, text):
            if points(lines[-1] + piece.rstrip(), size) > inches * 72 * share:
                lines.append("")
            lines[-1] += piece
        if len(lines) == 1 or points(lines[-1], size) > inches * 72 * 0.1:
            break
    return "\n".join(map(str.rstrip, lines))


def _record(paths: Iterable[Path], data: pd.DataFrame) -> None:
    """Enter files into MANIFEST.json; a lock keeps two notebooks from losing each other's entries."""
    from filelock import FileLock

    folder = figures_folder()
    recipe = [dict(step) for step in data.attrs.get("recipe", [])]
    inputs: dict[str, str] = next((step.pop("files", {}) for step in recipe if step["step"] == "read"), {})
    path = folder / "MANIFEST.json"
    with FileLock(str(folder / ".manifest.lock")):
        manifest = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        artefacts: dict[str, Mapping[str, Any]] = manifest.get("artefacts", {})
        for made in paths:
            entry = {"sha256": digest(made), "rows": len(data), "recipe": recipe}
            artefacts[made.relative_to(folder).as_posix()] = entry
        manifest = {
            "versions": versions(),
            "inputs": dict(sorted((manifest.get("inputs", {}) | inputs).items())),
            "artefacts": dict(sorted(artefacts.items())),
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        path.with_suffix(".new").write_text(text, encoding="utf-8", newline="\n")
        path.with_suffix(".new").replace(path)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide a number or a glyph."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in VERSIONS}}
