"""What a public function is given is what its signature says; else an error names argument, value and remedy."""

from __future__ import annotations

import functools
import inspect
import numbers
import os
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

_PLAIN: dict[str, tuple[type, str]] = {
    "str": (str, "a text"), "int": (numbers.Integral, "a whole number"), "float": (numbers.Real, "a number"),
    "bool": (object, "True or False"), "Path": (os.PathLike, "a path"), "None": (type(None), "None"),
}  # fmt: skip
_LISTS = {f"{kind}[{of}]": of for kind in ("Sequence", "Iterable", "list") for of in ("str", "int")}
_NOUNS = {  # what gives one
    "Corpus": "read_corpus(path)", "Tokens": "tokenize(corpus, lexicon)", "Dfm": "dfm(tokenize(corpus, lexicon))",
    "Lexicon": "load_lexicon()", "Study": "open_study(path)", "TopicModel": "topics(dfm, k)", "DataFrame": "",
    "Series": "", "Graph": "network(edges)", "Figure": "", "Contexts": "",
}  # fmt: skip
_TABLES = {  # by argument: what gives the table, and columns without which it is another
    "occ": ("slogans(corpus, lexicon)", ("doc_id", "slogan", "nested")),
    "among": ("slogans(corpus, lexicon)", ("doc_id", "slogan", "start", "end", "nested")),
    "edges": ("cooccurrence(occ, corpus)", ("a", "b", "n_ab", "n_a", "n_b", "npmi", "log_odds", "q")),
    "adopted": ("adoption(occ, corpus)", ("slogan", "group", "share")),
    "rates": ("frequency(dfm)", ("feature", "n", "per_10k")),
    "table": ("multiverse(study, target)", ("feature", "choice", "log_ratio", "q", "survives")),
    "sheet": ("word_intrusion(model)", ("item", "answer")),
    "answers": ("word_intrusion(model)", ("item", "position")),
}

_signature = functools.cache(inspect.signature)


def check(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Compare what a function is given with its signature.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If a whole number is negative (``n``: or 0), or a table lacks the columns of the one that is asked for.
    """
    try:
        given = _signature(function).bind_partial(*args, **kwargs).arguments
    except TypeError:
        return  # Python says, when it is called, which is one too many
    for name, value in given.items():
        kinds = _kinds(function, name)
        if kinds and not any(_is(value, kind) for kind in kinds):
            wanted = " or ".join(_named(name, kind) for kind in kinds)
            raise TypeError(f"{function.__name__}: {name}={_said(value)}; give {wanted}.")
        least = int(name == "n")
        if "int" in kinds and name != "n_jobs" and isinstance(value, numbers.Real) and value < least:
            raise ValueError(f"{function.__name__}: {name}={value}; give a whole number, {least} or more.")
        maker, columns = _TABLES.get(name, ("", ()))
        missing = [column for column in columns if _is(value, "DataFrame") and column not in value]
        if missing:
            raise ValueError(f"{function.__name__}: {name} lacks the columns {missing}; give what {maker} returned.")


@functools.cache
def _kinds(function: Callable[..., Any], name: str) -> tuple[str, ...]:
    """What an argument may be, by its annotation; nothing where that names something not known here."""
    kinds = str(_signature(function).parameters[name].annotation).split(" | ")
    kinds = [kind.removeprefix("pd.").removeprefix("nx.") for kind in kinds]
    return tuple(kinds) if all(kind in (*_PLAIN, *_LISTS, *_NOUNS, "Choice") for kind in kinds) else ()


def _is(value: Any, kind: str) -> bool:
    if kind in _PLAIN:
        truth = type(value).__name__ in ("bool", "bool_")
        return isinstance(value, _PLAIN[kind][0]) and truth == (kind == "bool")
    if kind in _LISTS:
        some = isinstance(value, Iterable) and not isinstance(value, (str, Mapping))
        return some and (not isinstance(value, Collection) or all(_is(part, _LISTS[kind]) for part in value))
    return kind in (getattr(type(value), "INSTEAD_OF", ""), *(base.__name__ for base in type(value).__mro__))


def _said(value: Any) -> str:
    plain = (str, bytes, numbers.Number, list, tuple, dict, set, type(None))
    return reprlib.repr(value) if isinstance(value, plain) else f"<{type(value).__name__}>"


def _named(argument: str, kind: str) -> str:
    if kind in _LISTS:
        return {"str": "a list of texts", "int": "a list of whole numbers"}[_LISTS[kind]]
    if kind in _PLAIN:
        return _PLAIN[kind][1]
    maker = _TABLES[argument][0] if kind == "DataFrame" and argument in _TABLES else _NOUNS.get(kind, "")
    return f"a {kind}" + f", as {maker} returns" * bool(maker)
