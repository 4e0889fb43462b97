"""The document–feature matrix: counts of features, rows always documents (or groups of them)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.corpus import Recipe
from analysis.display import card, strip, words
from analysis.display import counted as numbered
from analysis.docvars import docvar_names
from analysis.wording import say

if TYPE_CHECKING:
    from scipy import sparse

    from analysis.tokens import Tokens


@dataclass(frozen=True, eq=False)
class Dfm:
    """Counts of features by document.

    Attributes
    ----------
    counts : csr_matrix, int64, shape (rows, features)
    features : ndarray of object, strings in order
    docvars : DataFrame
        One row per row of ``counts``: the documents' variables, or the group keys.
    totals : ndarray of int64
        Word tokens of each row before any feature was taken out: the denominator of every rate.
    n_docs : ndarray of int64
        Documents in each row (1 unless grouped).
    """

    counts: sparse.csr_matrix
    features: np.ndarray
    docvars: pd.DataFrame
    totals: np.ndarray
    n_docs: np.ndarray
    recipe: Recipe = ()

    def __post_init__(self) -> None:
        rows, columns = self.counts.shape
        if not rows == len(self.docvars) == len(self.totals) == len(self.n_docs):
            raise ValueError(f"{rows} rows of counts but {len(self.docvars)} rows of docvars.")
        if columns != len(self.features):
            raise ValueError(f"{columns} columns of counts but {len(self.features)} features.")

    @property
    def grouped(self) -> bool:
        """Whether rows are groups of documents."""
        return any(step["step"] == "group" for step in self.recipe)

    def __len__(self) -> int:
        return self.counts.shape[0]

    def __repr__(self) -> str:
        rows = numbered(len(self), "group" if self.grouped else "document")
        return f"Dfm of {rows} × {numbered(len(self.features), 'feature')}"

    def _repr_html_(self) -> str:
        n = np.asarray(self.counts.sum(axis=0)).ravel()
        common = self.features[np.argsort(-n, kind="stable")]
        facts = {"types": words(common.tolist()), "totals": f"{int(self.totals.sum()):,}"}
        zh = f"{len(self)} {'组' if self.grouped else '篇文档'} × {len(self.features):,} 个词"
        body = "" if self.grouped else strip(self.docvars)
        return card(say({"zh": zh, "en": repr(self)}), facts, body=body, recipe=self.recipe)

    def group(self, by: str | Sequence[str]) -> Dfm:
        """Sum the documents of each group; documents with a missing key are left out (see ``recipe``).

        Raises
        ------
        KeyError
            If a name in ``by`` is not a docvar.
        """
        codes, keys = group_codes(self.docvars, by)
        members = membership(codes, len(keys))
        step = {"step": "group", "by": list(keys.columns), "left_out": int((codes < 0).sum())}
        return Dfm(
            (members @ self.counts).tocsr(), self.features, keys, members @ self.totals,
            members @ self.n_docs, (*self.recipe, step),
        )  # fmt: skip

    def trim(self, *, min_docfreq: int = 1, min_count: int = 1) -> Dfm:
        """Keep the features found in at least so many documents, at least so often."""
        docfreq = self.counts.getnnz(axis=0)
        keep = (docfreq >= min_docfreq) & (np.asarray(self.counts.sum(axis=0)).ravel() >= min_count)
        return self._keep(keep, {"step": "trim", "min_docfreq": min_docfreq, "min_count": min_count})

    def take(self, rows: np.ndarray) -> Dfm:
        """The rows of these numbers, in this order."""
        return replace(
            self, counts=self.counts[rows], docvars=self.docvars.iloc[rows], totals=self.totals[rows],
            n_docs=self.n_docs[rows],
        )  # fmt: skip

    def select(self, features: str | Sequence[str]) -> Dfm:
        """Keep only the named features that occur."""
        names = _names(features)
        return self._keep(self._named(names), {"step": "select", **_signed(names)})

    def remove(self, features: str | Sequence[str]) -> Dfm:
        """Take out the named features; ``totals`` and so all rates stay as they were."""
        names = _names(features)
        return self._keep(~self._named(names), {"step": "remove", **_signed(names)})

    def _named(self, names: Sequence[str]) -> np.ndarray:
        known = set(names)
        return np.fromiter((feature in known for feature in self.features), dtype=bool, count=len(self.features))

    def _keep(self, mask: np.ndarray, step: dict) -> Dfm:
        counts = self.counts[:, np.flatnonzero(mask)]
        return replace(self, counts=counts, features=self.features[mask], recipe=(*self.recipe, step))

    def to_frame(self) -> pd.DataFrame:
        """The counts as a dense DataFrame, features as columns."""
        index = self.docvars.index if not self.grouped else pd.MultiIndex.from_frame(self.docvars)
        return pd.DataFrame(self.counts.toarray(), index=index, columns=pd.Index(self.features, dtype="str"))


def _names(features: str | Sequence[str]) -> list[str]:
    return [features] if isinstance(features, str) else sorted(set(features))


def _signed(names: list[str]) -> dict[str, object]:
    """How many names and which: a recipe travels with every table and cannot hold thousands of words."""
    return {"features": len(names), "sha256": hashlib.sha256("\n".join(names).encode()).hexdigest()}


def make_dfm(
    counts: sparse.spmatrix | np.ndarray,
    features: Sequence[str] | np.ndarray,
    docvars: pd.DataFrame,
    *,
    totals: np.ndarray | None = None,
    n_docs: np.ndarray | None = None,
    recipe: Recipe = (),
) -> Dfm:
    """A Dfm from counts in any column order; ``totals`` defaults to the row sums."""
    from scipy import sparse

    matrix = sparse.csr_matrix(counts, dtype=np.int64, copy=True)
    matrix.eliminate_zeros()
    names = np.asarray(features, dtype=object)
    order = np.argsort(names, kind="stable")
    if totals is None:
        totals = np.asarray(matrix.sum(axis=1)).ravel()
    if n_docs is None:
        n_docs = np.ones(matrix.shape[0], dtype=np.int64)
    return Dfm(matrix[:, order], names[order], docvars, np.asarray(totals), np.asarray(n_docs), tuple(recipe))


def dfm(tokens: Tokens) -> Dfm:
    """Count the word tokens of every document.

    A word token has at least one letter, digit or Han character: punctuation, spaces and
    pads are not features and not in ``totals``.
    """
    word = np.array([t.isalnum() or any(map(str.isalnum, t)) for t in tokens.types.tolist()], dtype=bool)
    places = np.flatnonzero(word[tokens.codes])
    starts = np.searchsorted(places, tokens.doc_starts)
    codes = tokens.codes[places]
    used = np.flatnonzero(np.bincount(codes, minlength=len(word)))
    column = np.zeros(len(word), dtype=np.int32)
    column[used] = np.arange(len(used))
    row = np.repeat(np.arange(len(tokens), dtype=np.int32), np.diff(starts))
    counts = counted(row, column[codes], (len(tokens), len(used)))
    n_docs = np.ones(len(tokens), dtype=np.int64)
    recipe = (*tokens.recipe, {"step": "dfm"})
    return Dfm(counts, tokens.types[used], tokens.docvars, np.diff(starts), n_docs, recipe)


def counted(row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    """How often each pair of row and column occurs: the two are sorted as one number."""
    from scipy import sparse

    kind = np.min_scalar_type((shape[0] + 1) * shape[1])
    pairs = np.sort(row.astype(kind) * shape[1] + column.astype(kind))
    first = np.append(0, np.flatnonzero(pairs[1:] != pairs[:-1]) + 1)[: len(pairs)]
    rows = np.arange(shape[0] + 1, dtype=kind) * shape[1]
    starts = np.searchsorted(pairs[first], rows)
    columns = pairs[first] - np.repeat(rows[:-1], np.diff(starts))
    return sparse.csr_matrix((np.diff(first, append=len(pairs)), columns.astype(np.int32), starts), shape=shape)


def group_codes(docvars: pd.DataFrame, by: str | Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Number of the group of each row, and the groups' keys.

    Returns
    -------
    codes : ndarray of int64
        −1 where a key is missing.
    keys : DataFrame
        One row per observed group, in order of its keys, with the docvars' dtypes.

    Raises
    ------
    KeyError
        If a name in ``by`` is not a docvar.
    ValueError
        If ``by`` names none, or one twice.
    """
    names = docvar_names(by, docvars)
    grouped = docvars.groupby(names, observed=True, sort=True, dropna=True)
    codes = grouped.ngroup().fillna(-1).to_numpy(dtype=np.int64)
    first = np.unique(codes[codes >= 0], return_index=True)[1]
    keys = docvars.loc[:, names].iloc[np.flatnonzero(codes >= 0)[first]].reset_index(drop=True)
    return codes, keys


def membership(codes: np.ndarray, n_groups: int) -> sparse.csr_matrix:
    """Indicator matrix groups × rows; a code of −1 belongs to no group."""
    from scipy import sparse

    rows = np.flatnonzero(codes >= 0)
    ones = np.ones(len(rows), dtype=np.int64)
    return sparse.csr_matrix((ones, (codes[rows], rows)), shape=(n_groups, len(codes)))
