"""Formulas of docvars as columns of a regression: one a level, or a smooth curve over years."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.dfm import group_codes

SMOOTH_FROM = 5


@dataclass(frozen=True, eq=False)
class Variable:
    """A docvar in the regression: its levels, the level of each document, and the columns that stand for a level."""

    name: str
    levels: pd.Series
    codes: np.ndarray
    basis: np.ndarray
    smooth: bool


def is_formula(by: str, docvars: pd.DataFrame) -> bool:
    """Whether ``by`` is a formula and not the name of a docvar."""
    return by not in docvars and any(sign in by for sign in "+*~")


def terms_of(formula: str) -> list[tuple[str, ...]]:
    """``region * year`` → (region,), (year,), (region, year): each variable first, then products."""
    found: dict[tuple[str, ...], None] = {}
    for part in formula.lstrip(" ~").split("+"):
        names = [name.strip() for name in part.split("*")]
        if not all(name.isidentifier() for name in names):
            raise ValueError(f"by={formula!r} is not a formula; join docvars by + and *, e.g. 'region + year'.")
        for size in range(1, len(names) + 1):
            found |= dict.fromkeys(itertools.combinations(names, size))
    return sorted(found, key=len)


def variable(docvars: pd.DataFrame, name: str) -> Variable:
    codes, keys = group_codes(docvars, name)
    levels = keys[name]
    smooth = pd.api.types.is_numeric_dtype(levels.dtype) and len(levels) >= SMOOTH_FROM
    df = 3 if len(levels) < 20 else 5
    basis = natural_spline(levels.to_numpy(dtype=float), df) if smooth else np.eye(len(levels))
    return Variable(name, levels, codes, basis, smooth)


def natural_spline(x: np.ndarray, df: int) -> np.ndarray:
    r"""Natural cubic splines of sorted distinct values, without constant: columns span those of R's ``ns(x, df)``.

    :math:`x` and :math:`d_j - d_{K-1}` with :math:`d_j = ((x-\xi_j)_+^3 - (x-\xi_K)_+^3) / (\xi_K - \xi_j)` (Hastie,
    Tibshirani & Friedman 2009, 5.2.1), :math:`x` set to 0 … 1.
    """
    x = (x - x[0]) / (x[-1] - x[0])
    knots = np.quantile(x, np.linspace(0, 1, df + 1))
    cubes = np.maximum(x[:, None] - knots, 0) ** 3
    parts = (cubes[:, :-1] - cubes[:, [-1]]) / (knots[-1] - knots[:-1])
    return np.column_stack([x, parts[:, :-1] - parts[:, [-1]]])


def design(
    variables: dict[str, Variable], terms: list[tuple[str, ...]], codes: dict[str, np.ndarray], n: int
) -> np.ndarray:
    """A constant, then for each term the products of its variables' columns."""
    columns = [np.ones((n, 1))]
    for term in terms:
        product = np.ones((n, 1))
        for name in term:
            both = product[:, :, None] * variables[name].basis[codes[name]][:, None, :]
            product = both.reshape(n, both.shape[1] * both.shape[2])
        columns.append(product)
    return np.hstack(columns)
