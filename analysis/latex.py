"""A result as a LaTeX table for xelatex: on one page, or over several where one would make it too small to read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.captions import caption, notes_line
from analysis.labels import say
from analysis.tables import ACROSS, PAPER_ROWS, paper_rows, shortened, xml

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

_LINES = {False: 48, True: 75}  # of a page upright and turned; with more, it would be set too small
_ROOM = {False: 38, True: 80}  # em from margin to margin
_LETTERS = 400  # of a cell: no row can be broken between pages
_WORDS = re.compile(r"[^\s\u2e80-\uffff]+|.|$", re.DOTALL)
_RAGGED = ">{\\raggedright\\arraybackslash}"
_MORE = {"zh": "续下页", "en": "continued"}
_CUT = {"zh": f"单元格只印前 {_LETTERS} 字；全文见 CSV。", "en": f"Cells: {_LETTERS} letters; all in the CSV."}


def write_tex(table: pd.DataFrame, path: Path, name: str) -> None:
    """A booktabs table to \\input under xelatex; its first line names the packages it needs."""
    shown = paper_rows(table)
    turned = shown.shape[1] > ACROSS
    first = shown.head(PAPER_ROWS // 2 if turned else PAPER_ROWS)
    if "widths" in table.attrs or _fit(first, _ROOM[turned])[1] <= _LINES[turned]:
        text = _page(table, first, turned, name)
    else:
        (upright, tall), (across, low) = (_fit(shown, room) for room in _ROOM.values())
        turned = turned or tall > 3 * low  # a paragraph among many columns
        text = _pages(table, shown, across if turned else upright, turned, name)
    path.write_text(text, encoding="utf-8", newline="\n")


def _page(table: pd.DataFrame, shown: pd.DataFrame, turned: bool, name: str) -> str:
    """Long cells are broken, and what is too tall is made smaller."""
    widths = table.attrs.get("widths")
    kind, size, room = "table", "\\small", "0.8\\textheight"
    if turned:
        kind, size, room = "sidewaystable", "\\linespread{1}\\scriptsize\\setlength{\\tabcolsep}{3pt}", "0.8\\textwidth"
    text = (
        "% \\usepackage{adjustbox,array,booktabs,ctex,rotating,tabulary}\n"
        f"\\begin{{{kind}}}\n\\centering{size}\n"
        f"\\caption{{{_tex(caption(table, notes=not widths))}}}\n\\label{{tab:{name}}}\n"
        f"\\begin{{adjustbox}}{{max totalheight={room}}}\n"
        f"{_rows(shown, list(widths.values()) if widths else None)}\\end{{adjustbox}}\n"
    )
    if widths:
        text += f"\\par\\medskip\\parbox{{\\linewidth}}{{\\footnotesize {_tex(notes_line(table))}}}\n"
    if len(table) > len(shown):
        text += f"\\par\\footnotesize {_tex(shortened(table, shown))}\n"
    return f"{text}\\end{{{kind}}}\n"


def _pages(table: pd.DataFrame, shown: pd.DataFrame, shares: np.ndarray, turned: bool, name: str) -> str:
    """Columns of these shares of the line; its head stands on every page, its caption on the first."""
    columns = "".join(f"{_RAGGED}p{{\\dimexpr{share:.3f}\\linewidth-2\\tabcolsep}}" for share in shares)
    body = _style(shown.map(_cut)).to_latex(environment="longtable", hrules=True, column_format=columns)
    head = f"\\caption{{{_tex(caption(table))}}}\\label{{tab:{name}}}\\\\\n\\toprule"
    body = body.replace("\\toprule", head, 1).replace("Continued on next page", say(_MORE), 1)
    said = [shortened(table, shown)] * (len(table) > len(shown))
    said += [say(_CUT)] * bool((shown.map(len) > _LETTERS).any(axis=None))
    begin, size, end = ("\\begin{landscape}", "\\scriptsize", "\\end{landscape}") if turned else ("{", "\\small", "}")
    lengths = (("tabcolsep", "0.45em"), ("extrarowheight", "3pt"), ("LTcapwidth", "\\linewidth"))
    return (
        f"% \\usepackage{{array,booktabs,ctex,longtable,pdflscape}}\n{begin}\\linespread{{1}}{size}"
        + "".join(f"\\setlength{{\\{name}}}{{{length}}}" for name, length in lengths)
        + f"\n{body}{{\\footnotesize {_tex(' '.join(said))}\\par}}{end}\n"
    )


def _rows(shown: pd.DataFrame, widths: list[float] | None) -> str:
    """Columns as wide as their cells, and broken where they are wider than the page; or of the given widths."""
    if widths is None:
        body = _style(shown).to_latex(hrules=True, column_format="L" * shown.shape[1])
        body = body.replace("{tabular}{", "{tabulary}{\\linewidth}{", 1).replace("\\end{tabular}", "\\end{tabulary}")
        return f"\\tymin=3em\\tymax=40em\n{body}"
    columns = "".join(f"{_RAGGED}p{{{width:g}\\linewidth}}" for width in widths)
    return f"\\setlength{{\\tabcolsep}}{{4pt}}%\n{_style(shown).to_latex(hrules=True, column_format=columns)}"


def _fit(shown: pd.DataFrame, room: float) -> tuple[np.ndarray, int]:
    """Shares of the line for the columns, and about how many lines the rows then take.

    A column is as wide as its widest cell; where there is no room for that, the wider ones give way to the square root
    of their width times the same factor, but none becomes narrower than its longest word, or three letters.
    """
    cells = [[name, *shown[name]] for name in shown]
    ems = np.array([[_ems(cell) for cell in column] for column in cells], ndmin=2).T
    natural = ems.max(axis=0, initial=0) + 1
    words = np.array([max(_ems(word) for cell in column for word in _WORDS.findall(cell)) for column in cells]) + 1
    least = np.maximum(words, np.minimum(natural, 4))
    tried = np.maximum(least, np.minimum(natural, np.arange(0, 80, 0.05)[:, None] * np.sqrt(natural)))
    widths = tried[max((tried.sum(axis=1) <= room).sum() - 1, 0)]
    lines = np.ceil(ems / np.maximum(widths - 1, 1) - 1e-9).max(axis=1, initial=1).sum()
    return widths / max(widths.sum(), room), int(lines)


def _ems(text: str) -> float:
    """About how wide a text is set, in em."""
    return sum(1.0 if letter > "\u2e7f" else 0.6 for letter in text[:_LETTERS])


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"


def _style(shown: pd.DataFrame) -> Styler:
    return shown.rename(columns=_tex).map(_tex).style.hide(axis="index")


def _tex(text: str) -> str:
    # A row that begins with [ or * would be read as an option of the \\ before it.
    special = {
        "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "²": r"$^2$",
        "[": "{[}", "*": "{*}", "\n": " ",
    }  # fmt: skip
    return re.sub(r"[\\~^²&%$#_{}\[*\n]", lambda m: special.get(m.group(), "\\" + m.group()), xml(text))
