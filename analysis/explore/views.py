"""One answer per view: table, figure and the lines that make both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.explore.choices import Choice
from analysis.study import Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Stopped(Exception):
    """The user stopped a long answer."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a choice gives.

    Attributes
    ----------
    table : DataFrame
        With the attributes of every result; an empty one says why in ``attrs["reason"]`` (zh, en).
    draw : callable
        Makes the matplotlib figure; not to be called for an empty table.
    code : str
        The lines that make ``table`` and ``figure`` on the public API.
    name : str
        For ``save_figure`` and ``save_table``.
    """

    table: pd.DataFrame
    draw: Callable[[], Figure]
    code: str
    name: str


def slow(study: Study, choice: Choice) -> bool:
    """Whether an answer may take more than a second: run it in a thread, with a progress bar."""
    raise NotImplementedError


def answer(
    study: Study, choice: Choice, *, path: str | None = None,
    progress: Callable[[float], None] | None = None, stop: Callable[[], bool] | None = None,
) -> Answer:  # fmt: skip
    """Table, figure and code of a choice.

    Raises
    ------
    ValueError
        If the item is no regular expression; its message is fit to be shown.
    Stopped
        If ``stop()`` became true.
    """
    raise NotImplementedError
