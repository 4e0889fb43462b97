"""The site: docstrings, the notebooks as they run on the sample, and the pages beside this file."""

from __future__ import annotations

import atexit
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

import analysis
from analysis.folders import NOTEBOOKS, SAMPLE
from analysis.pages import execute

HERE = Path(__file__).parent
PAGES = HERE / "pages"
LABELS = {"tutorial": "en", "tutorial.zh-CN": "zh"}  # the notebooks have those of the builder
RESULTS = tempfile.TemporaryDirectory(prefix="tifa-")
atexit.register(RESULTS.cleanup)
os.environ |= {"CORPUS": str(SAMPLE), "TIFA_FIGURES": RESULTS.name, "TQDM_DISABLE": "1"}

project, author, copyright = "Tifa 提法", "The Tifa authors", "The Tifa authors"
version = release = analysis.__version__
extensions = ["myst_nb", "sphinx.ext.autosummary", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["_build", "tutorial*.md"]  # of the tutorial, what comes of running it is a page
language = html_search_language = "en"  # Chinese is found by parts of three characters or more
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
smartquotes = False  # Chinese fonts draw them wide
nb_execution_mode = "off"  # they have been run, below
nb_ipywidgets_js: dict[str, Any] = {}
autosummary_generate = True
autodoc_typehints = "none"  # numpydoc says them
numpydoc_show_class_members = False
html_theme = "furo"
html_title = "Tifa 提法"
html_static_path = ["_static"]
html_css_files = ["tifa.css"]
html_show_sourcelink = html_copy_source = html_show_search_summary = False
html_math_renderer = "mathml"


def run_notebooks(_: Any) -> None:
    """The tutorial and the notebooks on the sample, with figures and tables in them; the panel needs a kernel."""
    import jupytext

    logging.disable(logging.INFO)
    PAGES.mkdir(exist_ok=True)
    for source in [*sorted(HERE.glob("tutorial*.md")), *sorted(NOTEBOOKS.glob("0[1-6]*.py"))]:
        print("running", source.name)
        labels = {"TIFA_LANG": LABELS[source.stem]} if source.stem in LABELS else {}
        jupytext.write(execute(source, labels), PAGES / f"{source.stem}.ipynb")


def write_math(writer: Any, node: nodes.math | nodes.math_block) -> None:
    """A formula as MathML, which browsers draw themselves: no script from elsewhere."""
    block = isinstance(node, nodes.math_block)
    writer.body.append(tex2mathml(node.astext(), as_block=block))
    raise nodes.SkipNode


def setup(app: Any) -> None:
    app.connect("builder-inited", run_notebooks)
    app.add_html_math_renderer("mathml", (write_math, None), (write_math, None))
