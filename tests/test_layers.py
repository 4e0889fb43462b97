"""Everything flows left to right: no module imports one above it, and importing is light."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "analysis"
LAYERS = (
    {
        "segments", "folders", "cache", "cores", "gathering", "word_graph", "unknown_words", "dictionary", "segmenter",
        "variants", "wording", "display", "memo", "docvars", "arguments",
    },
    {"corpus", "lexicon"},
    {"reading", "slogans", "tokens", "blocks", "kwic", "discovery"},
    {"dfm"},
    {"stats", "adoption", "overview"},
    {"labels"},
    {"captions", "latex", "tables", "plots", "paper"},
    {"output"},
    {"study", "shards"},
    {"analysis", "explore", "answers", "questions", "slogan_questions", "topic_questions", "pages", "robustness"},
    {"evaluate"},
    {"__main__"},
)
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
HEAVY = {
    "IPython", "ahocorasick_rs", "dask", "distributed", "docx", "fontTools", "jieba", "lxml", "matplotlib", "nbclient",
    "networkx", "openpyxl", "pypdfium2", "sklearn", "statsmodels", "tomotopy", "trafilatura", "wordcloud",
}  # fmt: skip


def _modules() -> dict[str, Path]:
    """Dotted name of every module of the package."""
    return {_dotted(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _room(module: str) -> str:
    """``analysis.stats.keyness`` lies in ``stats``; the package itself is ``analysis``."""
    return module.split(".")[1] if "." in module else module


def _imports(source: str, package: str, known: set[str]) -> set[str]:
    """Modules of the package that a source imports, at its top or inside a function."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            names += [f"{origin}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names += [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    return {_nearest(name, known) for name in names} - {""}


def _nearest(name: str, known: set[str]) -> str:
    """The module that a dotted name lies in: ``analysis.corpus.Corpus`` → ``analysis.corpus``."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def _graph() -> dict[str, set[str]]:
    modules = _modules()
    return {
        module: _imports(path.read_text("utf-8"), _dotted(path.parent / "__init__"), set(modules)) - {module}
        for module, path in modules.items()
    }


def test_every_module_has_a_layer() -> None:
    assert {_room(module) for module in _modules()} <= set(RANK)


def test_no_module_imports_upward() -> None:
    upward = [
        f"{module} imports {target}"
        for module, targets in _graph().items()
        for target in sorted(targets)
        if module != "analysis" and RANK[_room(target)] > RANK[_room(module)]
    ]
    assert upward == []


def test_no_import_cycle() -> None:
    graph = {module: targets - {"analysis"} for module, targets in _graph().items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)


def test_tables_and_plots_do_not_know_each_other() -> None:
    rooms = {(_room(module), _room(target)) for module, targets in _graph().items() for target in targets}
    assert not rooms & {("tables", "plots"), ("plots", "tables")}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import analysis.study", {"analysis.study"}),
        ("from analysis.corpus import Corpus", {"analysis.corpus"}),
        ("def f():\n    from analysis import study", {"analysis.study"}),
        ("import importlib\nimportlib.import_module('analysis.study')", {"analysis.study"}),
        ("from . import study", {"analysis.study"}),
        ("from .corpus import Corpus", {"analysis.corpus"}),
        ("import numpy", set()),
    ],
)
def test_the_check_sees_every_way_to_import(source: str, expected: set[str]) -> None:
    assert _imports(source, "analysis", {"analysis", "analysis.study", "analysis.corpus"}) == expected


def _python(code: str) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_modules_other_than_plots_load_nothing_heavy() -> None:
    light = [m for m in _modules() if _room(m) != "plots"]
    code = f"import sys, importlib\nfor m in {light}: importlib.import_module(m)\nprint(*sorted(sys.modules))"
    loaded = set(_python(code).split())
    assert set(light) <= loaded
    assert loaded & HEAVY == set()


def test_importing_the_package_loads_neither_statistics_nor_the_dictionary() -> None:
    loaded = set(_python("import sys, analysis; print(*sorted(sys.modules))").split())
    assert loaded & {*HEAVY, "scipy", "analysis.reading", "joblib", "sqlite3", "multiprocessing.pool"} == set()


def test_importing_the_package_adds_little_to_pandas() -> None:
    clock = "t = time.process_time(); import analysis; print(time.process_time() - t)"
    assert float(_python(f"import time, pandas; {clock}")) < 0.2
