"""Corpora that do not fit into memory: the same functions, over parts, on as many machines as there are."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from analysis.shards import stages
from analysis.shards.counts import ShardedDfm
from analysis.shards.documents import ShardedTokens, Shards, open_shards, write_shards

__all__ = ["ShardedDfm", "ShardedTokens", "Shards", "open_shards", "sharded", "write_shards"]

P = ParamSpec("P")
R = TypeVar("R")


def sharded(function: Callable[P, R]) -> Callable[P, R]:
    """The function, which of a sharded noun does the same over its parts; others as they are."""
    if getattr(function, "__name__", None) not in stages.SHARDED:
        return function

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if any(isinstance(value, (Shards, ShardedTokens, ShardedDfm)) for value in (*args, *kwargs.values())):
            return getattr(stages, function.__name__)(*args, **kwargs)
        return function(*args, **kwargs)

    call.__module__ = "analysis"  # where it can be found again, e.g. by a worker
    return call
