"""Adoption: when and how widely each group took up each slogan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.dfm import group_codes
from analysis.lexicon import Lexicon, load_lexicon

Z95 = 1.959963984540054
COLUMNS = [
    "slogan", "group", "first_date", "first_year", "lag_years", "n_docs", "n", "share", "share_low",
    "share_high", "n_group",
]  # fmt: skip


def adoption(
    occ: pd.DataFrame, corpus: Corpus, by: str = "province", *, lexicon: Lexicon | None = None
) -> pd.DataFrame:
    """First use, documents and share of every slogan in every group.

    Parameters
    ----------
    occ : DataFrame
        Occurrence table; all rows count, nested ones too (filter with ``occ[~occ.nested]`` first for
        the maximal reading).
    corpus : Corpus
    by : str
        Docvar whose values are the groups.
    lexicon : Lexicon, optional
        Where dates of first use are looked up; the built-in one unless given.

    Returns
    -------
    DataFrame
        Every slogan that occurs × every group: ``first_year`` of the group's first dated document with
        it, ``first_date`` of the first one in that year that bears a date, ``lag_years`` behind the first
        use the lexicon knows, ``n_docs`` with it of ``n_group`` documents, ``n`` occurrences,
        ``share = n_docs / n_group`` with the Wilson (1927) 95 % interval. A group's
        first use is censored by what the corpus holds: it is the first use *seen*.

    Raises
    ------
    KeyError
        If ``by`` is not a docvar.
    ValueError
        If it names several.
    """
    if not isinstance(by, str):
        raise ValueError(f"by is {by!r}; adoption compares the groups of one docvar, e.g. by='region'.")
    codes, keys = group_codes(corpus.docs, by)
    names = keys[by]
    cells = _users(occ, corpus, codes).groupby(["slogan", "code"])
    grid = pd.MultiIndex.from_product(
        [sorted(occ["slogan"].unique()), range(len(names))], names=["slogan", "code"]
    )
    table = pd.DataFrame(
        {
            "first_date": cells["date"].min().reindex(grid),
            "first_year": cells["year"].min().reindex(grid).astype("Int64"),
            "n_docs": cells.size().reindex(grid, fill_value=0),
            "n": cells["n"].sum().reindex(grid, fill_value=0),
        }
    ).reset_index()
    table["n_group"] = np.bincount(codes[codes >= 0], minlength=len(names))[table["code"]]
    table["group"] = names.array[table["code"].to_numpy()]
    table["lag_years"] = table["first_year"] - table["slogan"].map(first_years(lexicon)).astype("Int64")
    table["share"] = table["n_docs"] / table["n_group"]
    table["share_low"], table["share_high"] = wilson(table["n_docs"].to_numpy(), table["n_group"].to_numpy())
    table = table[COLUMNS]
    recipe = [*occ.attrs.get("recipe", corpus.recipe), {"step": "adoption", "by": by}]
    table.attrs = {"recipe": recipe, "left_out": int((codes < 0).sum())}
    if table.empty:
        table.attrs["reason"] = {
            "zh": f"没有提法出现，或没有一篇文档的 {by} 是已知的。",
            "en": f"No formulation occurs, or no document has a known {by}.",
        }
    return table


def _users(occ: pd.DataFrame, corpus: Corpus, codes: np.ndarray) -> pd.DataFrame:
    """One row per slogan and document that has it, with ``code n year``, and ``date`` in the first year."""
    found = occ.groupby(["slogan", "doc_id"], observed=True).size().rename("n").reset_index()
    found["code"] = pd.Series(codes, index=corpus.docs.index).reindex(found["doc_id"]).to_numpy()
    found = found[found["code"] >= 0].join(corpus.docs[["year", "date"]], on="doc_id")
    first = found["year"].eq(found.groupby(["slogan", "code"])["year"].transform("min"))
    return found.assign(date=found["date"].where(first.fillna(False).astype(bool)))


def wilson(successes: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's (1927) score interval of a proportion at 95 %."""
    share = successes / trials
    centre = (share + Z95**2 / (2 * trials)) / (1 + Z95**2 / trials)
    half = Z95 / (1 + Z95**2 / trials) * np.sqrt(share * (1 - share) / trials + Z95**2 / (4 * trials**2))
    return np.where(successes == 0, 0.0, centre - half), np.where(successes == trials, 1.0, centre + half)


def first_years(lexicon: Lexicon | None = None) -> pd.Series:
    """Year of first use of every dated slogan of a lexicon, the built-in one unless given."""
    dates = (lexicon or load_lexicon()).entries["first_date"].astype("str").str[:4]
    return pd.to_numeric(dates, errors="coerce").dropna().astype("Int64")
