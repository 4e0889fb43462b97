"""Results kept between runs by the content of all they were computed from: what took long is computed once."""

from __future__ import annotations

import contextlib
import contextvars
import functools
import inspect
import json
import os
import pickle
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from analysis import cache

LONG = 0.02  # seconds; what takes less is computed again
LIMIT = 500_000_000  # bytes kept; of more, what was not used for longest goes
P = ParamSpec("P")
R = TypeVar("R")
_kept = contextvars.ContextVar("kept", default=True)
_names: dict[int, tuple[weakref.ref[np.ndarray], str]] = {}  # by the id of an array


def memoised(function: Callable[P, R]) -> Callable[P, R]:
    """The function, whose results are kept in the cache under its arguments' content and the package's code.

    Arguments may be numbers, strings, arrays, DataFrames, the nouns made of them, lists and dictionaries; of others
    nothing is kept. ``n_jobs``, on which no result depends, is no part of the name. With $TIFA_RECOMPUTE set,
    everything is computed.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        path = None if os.environ.get("TIFA_RECOMPUTE") or not _kept.get() else _path(function, signature, args, kwargs)
        if path and (kept := _read(path)):
            return kept[0]
        began = time.perf_counter()
        result = function(*args, **kwargs)
        if path and time.perf_counter() - began > LONG:
            _write(path, result)
        return result

    return call


@contextlib.contextmanager
def off() -> Iterator[None]:
    """A context in which everything is computed: for a caller who keeps results himself, and sooner."""
    token = _kept.set(False)
    try:
        yield
    finally:
        _kept.reset(token)


def _path(function: Callable[..., Any], signature: inspect.Signature, args: Any, kwargs: Any) -> Path | None:
    """Where the result is or will be; None where an argument has no content that could be named."""
    try:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        given.arguments.pop("n_jobs", None)
        where = [function.__module__, function.__qualname__, os.environ.get("TIFA_LANG")]  # some results hold words
        about = json.dumps([*where, given.arguments], default=_content)
        return cache.cache_folder() / "results" / f"{cache.digest(code(), about)}.pickle"
    except (TypeError, ValueError, AttributeError, RecursionError, OSError, pickle.PicklingError):
        return None


def named(name: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Arrays from a file that has this name for its content are told by it, and nobody can change them."""
    for field, array in arrays.items():
        array.setflags(write=False)
        _names[id(array)] = weakref.ref(array), f"{name} {field}"


@functools.cache
def code() -> str:
    """Digest of all that results depend on besides arguments: the package, its resources, the libraries."""
    libraries = ("jieba", "networkx", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "tomotopy")
    return cache.source_digest(["**/*.py", "resources/*"], libraries)


def _content(value: Any) -> Any:
    """What a noun is made of, down to digests of arrays."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, pd.DataFrame):  # equal frames in other blocks may differ in bytes: computed again, never wrong
        bare = value.copy(deep=False)
        bare.attrs = {}
        return [cache.digest(pickle.dumps(bare, protocol=5)), value.attrs]
    if hasattr(value, "indptr"):
        return [value.format, value.shape, value.data, value.indices, value.indptr]
    if is_dataclass(value):
        return [type(value).__name__, {field.name: getattr(value, field.name) for field in fields(value)}]
    raise TypeError(f"{type(value).__name__} has no content to be named by.")


def _array(value: np.ndarray) -> Any:
    known, name = _names.get(id(value), (None, ""))
    if known and known() is value and not value.flags.writeable:
        return name
    if value.dtype != object:
        return [str(value.dtype), value.shape, cache.digest(value.tobytes())]
    text = "\0".join(value.tolist())
    return [value.shape, cache.digest(text)] if text.count("\0") < value.size else value.tolist()


def _read(path: Path) -> list[Any]:
    """The result in a list; an empty one where it is not there, damaged or of no use here."""
    try:
        with open(path, "rb") as file:
            result = pickle.load(file)
        os.utime(path)  # says when it was last used
    except Exception:
        return []
    return [result]


def _write(path: Path, result: Any) -> None:
    """Keep a result, unless there is no room for it."""
    with contextlib.suppress(OSError, TypeError, AttributeError, pickle.PicklingError):
        with cache.aside(path) as file:
            pickle.dump(result, file, protocol=5)
        cache.keep(path.parent, LIMIT)
