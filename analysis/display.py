"""How a noun shows itself in a notebook: one HTML card, on light and dark pages alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from analysis.wording import label, say

_HAN = '"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei"'  # else a browser may draw with a brush
_LOOK = f"font-size:90%;line-height:1.5;font-family:var(--jp-content-font-family,sans-serif),{_HAN}"
_CELL = "padding:1px 6px;text-align:center;white-space:nowrap;border:1px solid rgba(128,128,128,.25)"
_SHOWN = 12


def card(
    summary: str, facts: Mapping[str, str], *, recipe: Sequence[Mapping[str, Any]] = (), body: str = ""
) -> str:
    """A summary, facts by name, whatever HTML the noun adds, and the recipe folded away."""
    colon = say({"zh": "：", "en": ": "})
    lines = "".join(f"<div>{escape(label(name))}{colon}{escape(text)}</div>" for name, text in facts.items() if text)
    steps = "".join(f"<li>{escape(_step(step))}</li>" for step in recipe)
    folded = f"<details><summary>{label('recipe')}</summary><ol style='margin:0'>{steps}</ol></details>" * bool(steps)
    return f"<div style='{_LOOK}'><b>{escape(summary)}</b>{lines}{body}{folded}</div>"


def counted(n: int, noun: str) -> str:
    """A number and what there are so many of."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def strip(docvars: pd.DataFrame, rows: str = "region", columns: str = "year") -> str:
    """How many documents there are of each region and year, unknown ones too, as an HTML table shaded by count."""
    cells = docvars.reindex(columns=[rows, columns])
    if cells.dropna().empty:
        return ""
    counts = cells.groupby([rows, columns], observed=True, dropna=False).size().unstack(fill_value=0)
    most, first = int(counts.to_numpy().max()), np.argsort(-counts.to_numpy().sum(axis=1), kind="stable")[:_SHOWN]
    shown = counts.iloc[np.sort(first)]
    head = "".join(f"<th style='{_CELL}'>{_name(column)}</th>" for column in shown.columns)
    body = "".join(
        f"<tr><th style='{_CELL}'>{_name(name)}</th>{''.join(_count(n, most) for n in row)}</tr>"
        for name, row in zip(shown.index, shown.to_numpy().tolist(), strict=True)
    )
    n, what = len(counts), label(rows)
    more = say({"zh": f"<div>… 共 {n} 个{what}</div>", "en": f"<div>… {counted(n, what)}</div>"}) if n > _SHOWN else ""
    table = f"<table style='border-collapse:collapse;color:inherit;margin:4px 0'><tr><th></th>{head}</tr>{body}</table>"
    return f"<div style='overflow-x:auto'>{table}</div>{more}"


def words(names: Sequence[str], n: int = 20) -> str:
    """The first names, and how many more there are."""
    more = f" … ({len(names):,})" if len(names) > n else ""
    return " · ".join(str(name) for name in names[:n]) + more


def kinds(values: pd.Series) -> str:
    """The values there are and how often, the most frequent first."""
    n = values.dropna().astype("str").value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return " · ".join(f"{label(value)} {times}" for value, times in n.items())


def _name(value: Any) -> str:
    return escape(label("unknown" if pd.isna(value) else value))


def _count(n: int, most: int) -> str:
    shade = f"background:rgba(0,114,178,{0.12 + 0.5 * n / most:.2f});" if n else ""
    return f"<td style='{shade}{_CELL}'>{n or ''}</td>"


def _step(step: Mapping[str, Any]) -> str:
    said = {k: v for k, v in step.items() if k not in ("step", "files") and v not in ("", None, [], ())}
    return f"{step.get('step', '')} " + ", ".join(f"{name}={_short(value)}" for name, value in said.items())


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:12] + "…"
