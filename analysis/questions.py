"""The questions the notebooks ask of any corpus: each answer is a table, or an empty one that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.answers import NO_YEARS, ONE_GROUP, nothing, quoted, with_attrs
from analysis.dfm import group_codes
from analysis.kwic import kwic
from analysis.labels import label
from analysis.paper import paper_table
from analysis.robustness import multiverse, survival
from analysis.stats.change_points import change_points
from analysis.stats.divergence import divergence, word_shift
from analysis.stats.frequency import frequency
from analysis.stats.keyness import keyness
from analysis.stats.trend import trend

if TYPE_CHECKING:
    from analysis.study import Study

EACH_GROUP = {
    "zh": "每组各与其余各组相比；p 由文档置换得出（至多 1999 次），q 在每组的词之间校正",
    "en": "each group against all the others; p by permuting documents (at most 1,999 times), q within each group",
}
IN_YEARS = {"zh": "只在同一年份之内比较", "en": "compared within the same years only"}
HOME, SIDES = ("吉林", "辽宁"), ("target", "reference")


def contrasts(study: Study, by: str) -> pd.DataFrame:
    """Keyness of every group of a docvar against all the others, within years, in one table.

    Returns
    -------
    DataFrame
        The columns of ``keyness`` after the group's; empty, with the reason, where there are fewer
        than two groups.
    """
    _, keys = group_codes(study.terms.docvars, by)
    if len(keys) < 2:
        return nothing(ONE_GROUP)
    queries = [f"{by} == {quoted(value)}" for value in keys[by]]
    parts = [keyness(study.terms, query, strata=_years(study), resamples=1999) for query in queries]
    sized = [part.assign(**{by: keys[by].iloc[[i] * len(part)].array}) for i, part in enumerate(parts)]
    table = pd.concat(sized, ignore_index=True)
    if table.empty:
        return nothing(parts[0].attrs["reason"])
    table = table[[by, *parts[0].columns]]
    notes = [EACH_GROUP, *([IN_YEARS] if _years(study) else []), *_merged(parts, keys[by].tolist())]
    return with_attrs(table, parts[0].attrs | {"notes": notes})


def _merged(parts: list[pd.DataFrame], names: list[str]) -> list[dict[str, str]]:
    """What the tables say of strata, documents left out and groups not compared, once each and of which groups."""
    said: dict[str, tuple[dict[str, str], list[str]]] = {}
    for name, part in zip(names, parts, strict=True):
        reasons = [part.attrs["reason"]] if "reason" in part.attrs else []
        for sentence in [*part.attrs["notes"][1:-1], *reasons]:
            said.setdefault(sentence["en"], (sentence, []))[1].append(str(label(name)))
    return [
        sentence if len(who) == len(parts)
        else {"zh": f"{'、'.join(who)}：{sentence['zh']}", "en": f"{', '.join(who)}: {sentence['en']}"}
        for sentence, who in said.values()
    ]  # fmt: skip


def pair(study: Study) -> tuple[str, str] | None:
    """Two regions to compare: 吉林 and 辽宁 where both have documents, else the two with most; None if there is one."""
    regions = study.corpus.docs["region"].astype("str").where(study.corpus.docs["region"].notna())
    sizes = regions.value_counts().rename_axis("region").reset_index(name="n")
    names = sizes.sort_values(["n", "region"], ascending=[False, True])["region"].tolist()
    if len(names) < 2:
        return None
    return HOME if set(HOME) <= set(names) else (names[0], names[1])


def neighbours(study: Study) -> pd.DataFrame:
    """Keyness of one region against another in the same years; empty, with the reason, where that cannot be."""
    if (two := pair(study)) is None:
        return nothing(ONE_GROUP, ("feature",))
    table = keyness(study.terms, *_queries(two), strata=_years(study))
    return with_attrs(table, table.attrs | {"sides": dict(zip(SIDES, two, strict=True))})


def distance(study: Study) -> pd.DataFrame:
    """Divergence of the two regions of ``pair``."""
    two = pair(study)
    return nothing(ONE_GROUP) if two is None else divergence(study.terms, *_queries(two))


def shift(study: Study) -> pd.DataFrame:
    """The share of every word in the divergence of the two regions of ``pair``."""
    if (two := pair(study)) is None:
        return nothing(ONE_GROUP, ("feature",))
    table = word_shift(study.terms, *_queries(two))
    return with_attrs(table, table.attrs | {"sides": dict(zip(SIDES, two, strict=True))})


def change(study: Study) -> pd.DataFrame:
    """Keyness of the last period against the first, within regions where they have documents of both.

    Empty, with the reason, where there are not two periods.
    """
    codes, keys = group_codes(study.terms.docvars, "period")
    if len(keys) < 2:
        return nothing(ONE_GROUP, ("feature",))
    sides = dict(zip(SIDES, (keys["period"].iloc[-1], keys["period"].iloc[0]), strict=True))
    queries = [f"period == {side!r}" for side in sides.values()]
    table = keyness(study.terms, *queries, strata="region")
    if table.empty:
        table = keyness(study.terms, *queries, strata=None)
    return with_attrs(table, table.attrs | {"sides": sides, "left_out": int((codes < 0).sum())})


def printed(study: Study, table: pd.DataFrame, n: int = 8) -> pd.DataFrame:
    """A keyness table as a paper prints it, or why there is none."""
    return table if table.empty else paper_table(table, study.corpus, n=n)


def robust(study: Study, change: pd.DataFrame) -> pd.DataFrame:
    """The leading terms of ``change`` under other choices (see ``robustness.multiverse``)."""
    if change.empty:
        return nothing(ONE_GROUP)
    step = next(step for step in change.attrs["recipe"] if step["step"] == "keyness")
    strata = step["strata"][0] if step["strata"] else None
    return multiverse(study, step["target"], step["reference"], strata=strata, resamples=step["resamples"])


def summed(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """A multiverse by choice or by feature, or why there is none."""
    return table if table.empty else survival(table, by)


def slopes(study: Study, n: int = 20) -> pd.DataFrame:
    """Change per year of the ``n`` terms found in most documents whose change is surest; q over all such terms."""
    return trend(study.terms.trim(min_docfreq=max(2, len(study.corpus) // 10))).head(n)


def turns(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Change points of the first six terms of a table of trends."""
    return table if table.empty else change_points(study.terms, table["feature"].head(6).tolist())


def trends(study: Study, features: list[str]) -> pd.DataFrame:
    """Rates of the named terms in every year that has documents; a year without the term is a true zero."""
    rates = frequency(study.terms.select(features), by="year")
    years = sorted(study.corpus.docs["year"].dropna().unique())
    if not years or rates.empty:
        return nothing(NO_YEARS)
    met = [feature for feature in features if feature in set(rates["feature"])]
    grid = pd.MultiIndex.from_product([met, years], names=["feature", "year"])
    full = rates.set_index(["feature", "year"]).reindex(grid).reset_index()
    full[["n", "per_10k", "docfreq"]] = full[["n", "per_10k", "docfreq"]].fillna(0)
    full["n_docs"] = full["year"].map(study.corpus.docs["year"].value_counts())
    return with_attrs(full[rates.columns], rates.attrs)


def sentences(study: Study, features: list[str], n: int = 3) -> pd.DataFrame:
    """Up to ``n`` lines of concordance for each of the named terms, with the documents' region and year."""
    if not features:
        return nothing(ONE_GROUP)
    found = kwic(study.corpus, list(features), width=18)
    few = found.groupby("match", sort=False).head(n).join(study.corpus.docs[["region", "year"]], on="doc_id")
    table = few[["region", "year", "left", "match", "right", "doc_id"]].sort_values(["match", "doc_id"], kind="stable")
    return with_attrs(table, found.attrs)


def _years(study: Study) -> str | None:
    """The stratum that keeps a region's difference from being a year's, where years are known."""
    return "year" if study.corpus.docs["year"].notna().any() else None


def _queries(regions: tuple[str, str]) -> list[str]:
    return [f"region == {quoted(region)}" for region in regions]
