"""Adoption: when, how widely and for how long each group used each slogan."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from analysis.corpus import Corpus, bare
from analysis.dfm import group_codes
from analysis.lexicon import Lexicon, load_lexicon
from analysis.wording import both

Z95 = 1.959963984540054
COLUMNS = [
    "slogan", "group", "first_date", "first_year", "lag_years", "n_docs", "n", "share", "share_low",
    "share_high", "n_group", "per_10k_chars", "persistence", "last_year", "years_since", "observed_from",
    "observed_to", "left_censored", "right_censored",
]  # fmt: skip
_NOTE = {
    "zh": "首见、末见只是在各组有文档的年份里所见；左删失：首见即在该组头一年，或许更早；右删失：该组末年仍用或尚未用",
    "en": "first and last uses are those seen in the years with documents of a group; left-censored: first seen in "
    "the group's first year, may be older; right-censored: still, or not yet, used in its last",
}
THRESHOLDS = (("沸", 0.0518), ("烫", 0.0129))
QUARTERS = ("last quarter", "third quarter", "second quarter", "top quarter")


def adoption(
    occ: pd.DataFrame, corpus: Corpus, by: str = "province", *, lexicon: Lexicon | None = None
) -> pd.DataFrame:
    """First use, spread, persistence and last use of every slogan in every group.

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
        ``share = n_docs / n_group`` with the Wilson (1927) 95 % interval, ``per_10k_chars`` of the group's
        text. Over the years in which the group has documents, from ``observed_from`` to ``observed_to``:
        ``persistence``, the share of those after ``first_year`` in which it is used (missing where there
        are none); ``last_year`` it is used, ``years_since`` then. First use is the first *seen*:
        ``left_censored`` where that is the group's first year and the lexicon knows of no later birth, so
        that it may be older; ``right_censored`` where it is used in the group's last year or not yet, so
        that its end, or its beginning, may come later. Missing where no document with it has a year.

    Raises
    ------
    KeyError
        If ``by`` is not a docvar.
    ValueError
        If it names several.
    """
    codes, names = groups_of(corpus.docs, by)
    recipe = [*occ.attrs.get("recipe", corpus.recipe), {"step": "adoption", "by": by}]
    occ = bare(occ)
    users = _users(occ, corpus, codes)
    cells = users.groupby(["slogan", "code"])
    grid = pd.MultiIndex.from_product([sorted(occ["slogan"].unique()), range(len(names))], names=["slogan", "code"])
    table = pd.DataFrame(
        {
            "first_date": cells["date"].min().reindex(grid),
            "first_year": cells["year"].min().reindex(grid).astype("Int64"),
            "n_docs": cells.size().reindex(grid, fill_value=0),
            "n": cells["n"].sum().reindex(grid, fill_value=0),
        }
    ).reset_index()
    table["code"] = table["code"].astype("int64")
    table["n_group"] = np.bincount(codes[codes >= 0], minlength=len(names))[table["code"]]
    table["group"] = names.array[table["code"].to_numpy()]
    national = table["slogan"].map(first_years(lexicon)).astype("Int64")
    table["lag_years"] = table["first_year"] - national
    chars = np.bincount(codes[codes >= 0], corpus.docs["n_chars"].to_numpy()[codes >= 0], len(names))
    table["per_10k_chars"] = 1e4 * table["n"] / np.maximum(chars, 1)[table["code"]]
    table = _course(table, users, _observed(corpus, codes), national)
    table["share"] = table["n_docs"] / table["n_group"]
    table["share_low"], table["share_high"] = wilson(table["n_docs"].to_numpy(), table["n_group"].to_numpy())
    table = table[COLUMNS]
    table.attrs = {"recipe": recipe, "left_out": int((codes < 0).sum()), "notes": [dict(_NOTE)]}
    if table.empty:
        table.attrs["reason"] = {
            "zh": f"没有提法出现，或没有一篇文档的{both(by)[0]}是已知的。",
            "en": f"No formulation occurs, or no document has a known {both(by)[1]}.",
        }
    return table


def groups_of(docvars: pd.DataFrame, by: str) -> tuple[np.ndarray, pd.Series]:
    """Each document's group, −1 where it is not known, and the groups' names; ValueError for several docvars."""
    if not isinstance(by, str):
        raise ValueError(f"by is {by!r}; what is compared are the groups of one docvar, e.g. by='region'.")
    codes, keys = group_codes(docvars, by)
    return codes, keys[by]


def _users(occ: pd.DataFrame, corpus: Corpus, codes: np.ndarray) -> pd.DataFrame:
    """One row per slogan and document that has it, with ``code n year``, and ``date`` in the first year."""
    found = occ.groupby(["slogan", "doc_id"], observed=True).size().rename("n").reset_index()
    found["code"] = pd.Series(codes, index=corpus.docs.index).reindex(found["doc_id"]).to_numpy()
    found = found[found["code"] >= 0].join(corpus.docs[["year", "date"]], on="doc_id")
    first = found["year"].eq(found.groupby(["slogan", "code"])["year"].transform("min"))
    return found.assign(date=found["date"].where(first.fillna(False).astype(bool)))


def _observed(corpus: Corpus, codes: np.ndarray) -> pd.DataFrame:
    """``code, year``: the years in which each group has documents."""
    years = pd.DataFrame({"code": codes, "year": corpus.docs["year"].to_numpy()})
    return years[codes >= 0].dropna().drop_duplicates().astype("int64")


def _course(table: pd.DataFrame, users: pd.DataFrame, observed: pd.DataFrame, national: pd.Series) -> pd.DataFrame:
    """The table with the columns on persistence, last use and censoring."""
    spans = observed.groupby("code")["year"].agg(["min", "max"]).reindex(table["code"])
    first_seen, last_seen = (pd.Series(spans[end].to_numpy(), table.index).astype("Int64") for end in ("min", "max"))
    used = users[["slogan", "code", "year"]].dropna().drop_duplicates().groupby(["slogan", "code"])["year"]
    at = pd.MultiIndex.from_frame(table[["slogan", "code"]])
    last = used.max().reindex(at).astype("Int64").set_axis(table.index)
    later = used.size().reindex(at).to_numpy(float) - 1
    years = _years_after(table, observed)
    undated = (table["n_docs"] > 0) & table["first_year"].isna() | last_seen.isna()
    left = table["first_year"].eq(first_seen).fillna(False) & ~national.ge(first_seen).fillna(False)
    right = table["n_docs"].eq(0) | last_seen.eq(last).fillna(False)
    return table.assign(
        persistence=np.divide(later, years, out=np.full(len(table), np.nan), where=years > 0),
        last_year=last, years_since=last_seen - last, observed_from=first_seen, observed_to=last_seen,
        left_censored=left.astype("boolean").mask(undated), right_censored=right.astype("boolean").mask(undated),
    )  # fmt: skip


def _years_after(table: pd.DataFrame, observed: pd.DataFrame) -> np.ndarray:
    """Years with documents of each row's group after its ``first_year``; 0 where that is missing."""
    known = np.sort((observed["code"] * 10_000 + observed["year"]).to_numpy())
    group, first = table["code"].to_numpy(), table["first_year"].fillna(9999).to_numpy(np.int64)
    end, start = (np.searchsorted(known, group * 10_000 + year, side="right") for year in (9999, first))
    return end - start


def tiers(adopted: pd.DataFrame, scale: Literal["corpus", "peoples_daily"] = "corpus") -> pd.DataFrame:
    """How hot each slogan is in each group, in a column ``tier``.

    Parameters
    ----------
    adopted : DataFrame
        What ``adoption`` returned.
    scale : {"corpus", "peoples_daily"}
        The corpus's own: quarters of the slogans used in the group by ``share``, equals together, and
        ``unused``. Or the China Media Project's: for it you say that the documents are all articles of the
        People's Daily, and the groups must be years. Of its six tiers (沸 烫 热 暖 温 冷) the limits of two are
        known to us: 沸 from 5.18 % and 烫 from 1.29 % of a year's articles; below, the tier is missing.

    Raises
    ------
    ValueError
        If the scale is unknown, or is the People's Daily's and the groups are not years.
    """
    if scale not in ("corpus", "peoples_daily"):
        raise ValueError(f"No scale {scale!r}; use corpus or peoples_daily.")
    share, by = adopted["share"], adopted.attrs.get("recipe", [{}])[-1].get("by")
    if scale == "peoples_daily":
        if by != "year":
            raise ValueError(
                f"scale='peoples_daily' is for years, these are groups by {by!r}; use adoption(…, by='year')."
            )
        tier = pd.Series(pd.NA, adopted.index, dtype="str")
        for name, limit in reversed(THRESHOLDS):
            tier[share >= limit] = name
        return adopted.assign(tier=tier)
    place = share.where(share > 0).groupby(adopted["group"], observed=True).rank(pct=True)
    quarter = np.ceil(4 * place).clip(1, 4).fillna(0).astype("int64")
    return adopted.assign(tier=pd.Series(np.array(["unused", *QUARTERS])[quarter], adopted.index, dtype="str"))


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
