"""What a question is answered with: a table and what it carries, or an empty one that says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

ONE_GROUP = {"zh": "可比较的组不足两个，故从略。", "en": "Fewer than two groups to compare: left out."}
NO_YEARS = {"zh": "没有年份可知的文档，此图从略。", "en": "No document has a known year: this figure is left out."}


def nothing(reason: Mapping[str, str], columns: tuple[str, ...] = ()) -> pd.DataFrame:
    """An empty table, in both languages why."""
    return with_attrs(pd.DataFrame(columns=list(columns)), {"reason": dict(reason)})


def with_attrs(table: pd.DataFrame, attrs: Mapping[Any, Any]) -> pd.DataFrame:
    """The table with these attributes and no others."""
    table.attrs = dict(attrs)
    return table


def quoted(value: Any) -> str:
    """A docvar's value as a query names it."""
    return repr(value) if isinstance(value, str) else str(value)
