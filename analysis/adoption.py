"""Adoption: when and how widely each group took up each slogan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.dfm import group_codes
from analysis.lexicon import load_lexicon

Z95 = 1.959963984540054
COLUMNS = [
    "slogan", "group", "first_date", "first_year", "lag_years", "n_docs", "n", "share", "share_low", "share_high",
    "n_group",
]  # fmt: skip


def adoption(occ: pd.DataFrame, corpus: Corpus, by: str = "province") -> pd.DataFrame:
    """First use, documents and share of every slogan in every group.

    Parameters
    ----------
    occ : DataFrame
        Occurrence table; all rows count, nested ones too (filter with ``occ[~occ.nested]`` first for
        the maximal reading).
    corpus : Corpus
    by : str
        Docvar whose values are the groups.

    Returns
    -------
    DataFrame
        Every slogan that occurs × every group: ``first_date, first_year`` of the group's first dated
        document with it, ``lag_years`` behind the first use the lexicon knows, ``n_docs`` with it of
        ``n_group`` documents, ``n`` occurrences, ``share = n_docs / n_group`` with the Wilson (1927)
        95 % interval. A group's first use is censored by what the corpus holds: it is the first use *seen*.

    Raises
    ------
    KeyError
        If ``by`` is not a docvar.
    """
    codes, keys = group_codes(corpus.docs, by)
    groups = pd.Series(codes, index=corpus.docs.index)
    names = keys[by]
    found = occ.groupby(["slogan", "doc_id"], observed=True).size().rename("n").reset_index()
    found["code"] = groups.reindex(found["doc_id"]).to_numpy()
    found = found[found["code"] >= 0].join(corpus.docs[["year", "date"]], on="doc_id")
    grid = pd.MultiIndex.from_product([sorted(occ["slogan"].unique()), range(len(names))], names=["slogan", "code"])
    cells = found.groupby(["slogan", "code"])
    table = pd.DataFrame(
        {
            "first_date": cells["date"].min().reindex(grid),
            "first_year": cells["year"].min().reindex(grid).astype("Int64"),
            "n_docs": cells.size().reindex(grid, fill_value=0),
            "n": cells["n"].sum().reindex(grid, fill_value=0),
        }
    ).reset_index()
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    table["n_group"] = sizes[table["code"]]
    table["group"] = names.take(table["code"]).to_numpy() if names.dtype != "category" else names.array[table["code"]]
    table["lag_years"] = table["first_year"] - table["slogan"].map(first_years()).astype("Int64")
    table["share"] = table["n_docs"] / table["n_group"]
    table["share_low"], table["share_high"] = wilson(table["n_docs"].to_numpy(), table["n_group"].to_numpy())
    table = table[COLUMNS]
    table.attrs = {
        "recipe": [*occ.attrs.get("recipe", corpus.recipe), {"step": "adoption", "by": by}],
        "left_out": int((codes < 0).sum()),
    }
    return table


def wilson(successes: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's (1927) score interval of a proportion at 95 %."""
    share = successes / trials
    centre = (share + Z95**2 / (2 * trials)) / (1 + Z95**2 / trials)
    half = Z95 / (1 + Z95**2 / trials) * np.sqrt(share * (1 - share) / trials + Z95**2 / (4 * trials**2))
    return np.where(successes == 0, 0.0, centre - half), np.where(successes == trials, 1.0, centre + half)


def first_years() -> pd.Series:
    """Year of first use of every dated slogan of the built-in lexicon."""
    dates = load_lexicon().entries["first_date"].astype("str").str[:4]
    return pd.to_numeric(dates, errors="coerce").dropna().astype("Int64")
