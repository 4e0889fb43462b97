"""Questions to document variables: which rows a query selects, which variables it names, what a mistyped name meant."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd


def suggest(name: str, known: Sequence[str]) -> str:
    """``did you mean 'x'?`` for the known name nearest to a mistyped one, or an empty string."""
    near = difflib.get_close_matches(str(name), [str(k) for k in known], n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""


def unknown_docvar(name: str, docvars: pd.DataFrame) -> KeyError:
    """The error for a docvar that is not there."""
    hint = suggest(name, list(docvars.columns)) or f"there are {', '.join(map(str, docvars.columns))}."
    return KeyError(f"No docvar {name!r}; {hint}")


def docvar_names(by: str | Iterable[str], docvars: pd.DataFrame) -> list[str]:
    """The docvars that ``by`` names; ValueError if it names none or one twice, KeyError if one is not there."""
    names = [by] if isinstance(by, str) else list(by)
    if not names or len(set(names)) < len(names):
        what = "a docvar twice" if names else "no docvar"
        raise ValueError(f"by={by!r} names {what}; name one or more, e.g. by='region'.")
    for name in names:
        if name not in docvars:
            raise unknown_docvar(name, docvars)
    return names


def named(query: str, docvars: pd.DataFrame) -> list[str]:
    """Docvars that a query names."""
    if not isinstance(query, str):
        raise TypeError(f"The query {query!r} is no text. Example: \"region == '吉林'\"")
    try:
        nodes = list(ast.walk(ast.parse(query.strip(), mode="eval")))
    except SyntaxError:  # names in backticks, which pandas reads and Python does not
        return []
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return [column for column in docvars if column in names]


def select_rows(docvars: pd.DataFrame, query: str) -> pd.Series:
    """Boolean mask of the rows for which a query is true.

    As in pandas, no comparison with a missing number is true, but ``!=`` and ``not in`` are true of a
    missing word: write ``region != '吉林' and region.notna()`` to leave unknown regions out.

    Raises
    ------
    KeyError
        If the query names an unknown docvar.
    ValueError
        If it cannot be read.
    """
    # Categoricals compare by category; a query compares plain words.
    asked = docvars[named(query, docvars) or docvars.columns.tolist()]
    plain = asked.astype({c: "str" for c in asked if _words_in_categories(asked[c].dtype)})
    try:
        mask = plain.eval(query, engine="python", local_dict={}, global_dict={})
    except pd.errors.UndefinedVariableError as error:
        name = str(error).split("'")[1].removeprefix("BACKTICK_QUOTED_STRING_")
        if f"@{name}" in query:
            raise ValueError(f"@{name} in the query {query!r} is not known here; write its value in it.") from None
        raise unknown_docvar(name, docvars) from None
    except (SyntaxError, TypeError, ValueError, AttributeError, NotImplementedError) as error:
        raise ValueError(f"The query {query!r} cannot be read: {error}. Example: \"region == '吉林'\"") from None
    if not (isinstance(mask, pd.Series) and pd.api.types.is_bool_dtype(mask.dropna().infer_objects())):
        raise ValueError(f"The query {query!r} is not a condition. Example: \"region == '吉林'\"")
    return mask.fillna(False).astype(bool)


def _words_in_categories(dtype: Any) -> bool:
    return isinstance(dtype, pd.CategoricalDtype) and not pd.api.types.is_numeric_dtype(dtype.categories)
