"""The sentences behind a number, and the document behind a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from analysis.explore.choices import Choice
from analysis.study import Study

COLUMNS = ("doc_id", "region", "year", "title", "left", "match", "right", "start")


def concordance(
    study: Study, choice: Choice, row: pd.Series | str, *, sort: Literal["left", "right"] | None = None,
    limit: int = 500, width: int = 20,
) -> pd.DataFrame:  # fmt: skip
    """The hits behind one row of an answer's table, or of a typed string: the columns ``COLUMNS``."""
    raise NotImplementedError


def document_html(study: Study, doc_id: str, pattern: str | Sequence[tuple[int, int]]) -> str:
    """The full text of a document in HTML, hits (spans of characters, or a literal string) in ``<mark>``."""
    raise NotImplementedError
