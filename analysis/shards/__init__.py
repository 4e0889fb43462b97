"""Corpora that do not fit into memory: the same functions, over parts, on as many machines as there are."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from analysis.arguments import check
from analysis.shards import stages
from analysis.shards.counts import ShardedDfm
from analysis.shards.documents import ShardedTokens, Shards, open_shards, write_shards
from analysis.shards.parts import OnDisk

__all__ = ["ShardedDfm", "ShardedTokens", "Shards", "open_shards", "sharded", "write_shards"]

P = ParamSpec("P")
R = TypeVar("R")


def sharded(function: Callable[P, R]) -> Callable[P, R]:
    """The function, arguments checked, which of a sharded noun does the same over its parts, or says what to give."""
    if isinstance(function, type):
        return function
    name = function.__name__

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        given = {type(value) for value in (*args, *kwargs.values()) if isinstance(value, OnDisk)}
        plain = not given or (name in stages.WITHOUT_TEXTS and given == {Shards})
        if not plain and given != {stages.SHARDED.get(name)}:
            raise TypeError(_refusal(name, max(given, key=lambda noun: noun.CALLED)))
        check(function, args, kwargs)
        if plain:
            return function(*args, **kwargs)
        stage = getattr(stages, name)
        try:
            inspect.signature(stage).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name} of {stages.SHARDED[name].CALLED}: {error}; {stages.SHARDED[name].WHOLE}") from None
        return stage(*args, **kwargs)

    call.__module__ = "analysis"  # where it can be found again, e.g. by a worker
    return call


def _refusal(name: str, given: type[OnDisk]) -> str:
    wanted = stages.SHARDED.get(name, given)
    return f"{name} takes no {given.CALLED}; " + (given.WHOLE if wanted is given else f"give it {wanted.CALLED}.")
