"""The questions notebooks 04 and 05 ask about slogans and their ties: a table each, or an empty one that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.adoption import adoption, tiers
from analysis.answers import NO_YEARS, ONE_GROUP, nothing, quoted, with_attrs
from analysis.dfm import group_codes
from analysis.stats.cooccurrence import cooccurrence
from analysis.stats.network import centrality
from analysis.stats.separating import separating
from analysis.stats.tie_contrast import COLUMNS, tie_contrast

if TYPE_CHECKING:
    from analysis.study import Study

NO_TIES = {"zh": "没有两个提法在同一句中共现。", "en": "No two formulations occur in one sentence."}
NO_SLOGANS = {"zh": "语料中没有词库里的提法。", "en": "No formulation of the lexicon occurs in this corpus."}
NO_PROVINCES = {"zh": "没有一篇文档出自某省，此图从略。", "en": "No document is of a province: figure left out."}
NO_REGIONS = {"zh": "没有地区可知的文档，此图从略。", "en": "No document has a known region: this figure is left out."}
NO_BIRTHS = {
    "zh": "语料所及的年份里没有词库所记的新提法，先后无从谈起。",
    "en": "No formulation was first used within the years of the corpus: nobody can be early or late.",
}
CHANGES = {
    "zh": "变化：该组与其余各组（时期：与前一时期）相比，q < 0.05 为更强或更弱，仅见于该组（两篇以上）为新见",
    "en": "change: against all other groups (periods: the one before), stronger or weaker at q < 0.05; new: seen only "
    "here, in two documents or more",
}


def leading(study: Study, n: int = 20) -> list[str]:
    """The slogans found in most documents but not in nearly all of them, by name where equal."""
    spread = _spread(study.occurrences)
    return spread[spread <= max(2, 0.95 * len(study.corpus))].loc[lambda s: s >= 2].index[:n].tolist()


def _spread(occ: pd.DataFrame) -> pd.Series:
    """Documents with each slogan, most first, by name where equal."""
    spread = occ.groupby("slogan", observed=True)["doc_id"].nunique().rename("docs").reset_index()
    return spread.sort_values(["docs", "slogan"], ascending=[False, True]).set_index("slogan")["docs"]


def lives(study: Study, n: int = 20) -> pd.DataFrame:
    """Adoption by year of the slogans found in most documents but not in nearly all."""
    slogans = leading(study, n)
    if not slogans or study.corpus.docs["year"].isna().all():
        return nothing(NO_SLOGANS if not slogans else NO_YEARS)
    return _of(adoption(study.occurrences, study.corpus, by="year"), slogans)


def regional(study: Study, n: int = 24) -> pd.DataFrame:
    """Adoption by region of the slogans whose shares differ most between regions."""
    if reason := _unknown(study, "region"):
        return nothing(reason)
    found = separating(study.occurrences, study.corpus, by=study.space, n=n)["slogan"].tolist()
    slogans = found or _spread(study.occurrences).index[:n].tolist()
    return _of(adoption(study.occurrences, study.corpus, by=study.space), slogans)


def tiles(study: Study) -> pd.DataFrame:
    """Adoption by region, year by year, of the slogan that time changes most among those half the regions have."""
    if reason := _unknown(study, "province") or _unknown(study, "year"):
        return nothing(reason)
    time, slogan = study.time, _changing(study)
    parts = []
    for value in group_codes(study.corpus.docs, time)[1][time]:
        corpus = study.corpus.subset(f"{time} == {quoted(value)}")
        part = _of(adoption(study.occurrences, corpus, by="region"), slogan)
        parts += [part.assign(**{time: value})] if len(part) else []
    if not parts:
        return nothing(NO_REGIONS)
    undated = int(study.corpus.docs[time].isna().sum())
    return with_attrs(pd.concat(parts, ignore_index=True), parts[0].attrs | {"left_out": undated})


def births(study: Study) -> pd.DataFrame:
    """Adoption by region of the slogans first used, as the lexicon has it, in the years of the corpus."""
    if reason := _unknown(study, "region") or _unknown(study, "year"):
        return nothing(reason)
    table = adoption(study.occurrences, study.corpus, by=study.space)
    national = (table["first_year"] - table["lag_years"]).groupby(table["slogan"]).transform("max")
    born = table[(national >= table["observed_from"].min()).fillna(False)]
    undated = int((study.corpus.docs["year"].isna() & study.corpus.docs[study.space].notna()).sum())
    attrs = table.attrs | {"undated": undated}
    return with_attrs(born.reset_index(drop=True), attrs) if len(born) else nothing(NO_BIRTHS)


def uptake(study: Study) -> pd.DataFrame:
    """Adoption by region with tiers, first uses that are surely seen before those that may be older."""
    if reason := _unknown(study, "region"):
        return nothing(reason)
    table = tiers(adoption(study.occurrences, study.corpus, by=study.space))
    used = table[table["n_docs"] > 0].assign(sure=table["left_censored"].ne(False))
    order = used.sort_values(["sure", "lag_years", "slogan"], ascending=True, kind="stable")
    return with_attrs(order.drop(columns="sure").reset_index(drop=True), table.attrs)


def apart(study: Study, n: int = 10) -> pd.DataFrame:
    """The slogans that separate the regions most."""
    if reason := _unknown(study, "region"):
        return nothing(reason)
    return separating(study.occurrences, study.corpus, by=study.space, n=n)


def ties(study: Study, by: str | None = None) -> pd.DataFrame:
    """Co-occurrence within sentences of the slogans of most documents, pairs of two or more contexts.

    Of groups with ``change`` (stronger, weaker, new or nothing), from ``changes``; ``attrs["groups"]`` names them all.
    """
    table = cooccurrence(_most(study), study.corpus, by=by)
    strong = table[table["n_ab"] >= 2].reset_index(drop=True)
    if strong.empty:
        return with_attrs(strong, table.attrs | {"reason": NO_TIES})
    if by is None:
        return with_attrs(strong, table.attrs)
    found, attrs = changes(study, by), table.attrs | {"groups": group_codes(study.corpus.docs, by)[1][by].tolist()}
    if found.empty:
        return with_attrs(strong.assign(change=""), attrs)
    marked = strong.merge(found[[by, "a", "b", "change"]], on=[by, "a", "b"], how="left").fillna({"change": ""})
    return with_attrs(marked, attrs | {"notes": [*table.attrs["notes"], CHANGES]})


def changes(study: Study, by: str) -> pd.DataFrame:
    """Contrasts of the ties of every group with all others, of every period with the one before; changed ones first."""
    keys = group_codes(study.corpus.docs, by)[1][by].tolist()
    if len(keys) < 2:
        return nothing(ONE_GROUP)
    occ, parts = _most(study), []
    for at, value in enumerate(keys):
        before = f"{by} == {quoted(keys[at - 1])}" if by in ("period", "year") else None
        if at or before is None:
            part = tie_contrast(occ, study.corpus, target=f"{by} == {quoted(value)}", reference=before)
            parts.append(part.assign(**{by: value}))
    table = pd.concat(parts, ignore_index=True)
    if table.empty:
        return with_attrs(table, parts[0].attrs)
    sure, up = table["q"] < 0.05, table["difference"] > 0
    new = (table["seen"] == "target") & (table["docs_target"] >= 2)
    table["change"] = np.select([sure & up, sure, new], ["stronger", "weaker", "new"], "")
    table = table.assign(kept=table["change"] == "").sort_values(["kept", "q", "a", "b"], kind="stable")
    step = parts[0].attrs["recipe"][-1] | {"by": by, "target": "each", "reference": "the rest, or the period before"}
    attrs = {"recipe": [*parts[0].attrs["recipe"][:-1], step], "notes": [CHANGES]}
    return with_attrs(table[[by, "change", *COLUMNS]].reset_index(drop=True), attrs)


def nodes(study: Study) -> pd.DataFrame:
    """The slogans of the network with their communities, and centralities with intervals."""
    table = centrality(_most(study), study.corpus)
    return table if len(table) else nothing(NO_TIES)


def _most(study: Study, top: int = 24) -> pd.DataFrame:
    """Maximal occurrences of the slogans found in most documents."""
    occ = study.occurrences[~study.occurrences["nested"]]
    return occ[occ["slogan"].isin(_spread(occ).index[:top])]


def _changing(study: Study) -> list[str]:
    """Of the slogans that half the regions have (or most do), the one whose share varies most over time."""
    region = study.occurrences["doc_id"].map(study.corpus.docs["region"])
    reach = region.groupby(study.occurrences["slogan"]).nunique()
    wide = reach.index[reach >= min(study.corpus.docs["region"].nunique() / 2, reach.max())]
    table = adoption(study.occurrences, study.corpus, by=study.time)
    spread = table[table["slogan"].isin(wide)].groupby("slogan")["share"].std().fillna(0).round(9).reset_index()
    return spread.sort_values(["share", "slogan"], ascending=[False, True])["slogan"].head(1).tolist()


def _unknown(study: Study, docvar: str) -> dict[str, str] | None:
    """Why there is nothing to show, if so."""
    if study.occurrences.empty:
        return NO_SLOGANS
    missing = study.corpus.docs[docvar].isna().all()
    return {"year": NO_YEARS, "province": NO_PROVINCES}.get(docvar, NO_REGIONS) if missing else None


def _of(table: pd.DataFrame, slogans: list[str]) -> pd.DataFrame:
    """The rows of the named slogans, in their order."""
    chosen = table[table["slogan"].isin(slogans)]
    order = chosen.assign(order=chosen["slogan"].map(slogans.index)).sort_values("order", kind="stable")
    return with_attrs(order.drop(columns="order").reset_index(drop=True), table.attrs)
