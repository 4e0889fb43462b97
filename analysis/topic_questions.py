"""The questions notebook 06 asks about topics: a table each, or an empty one that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.answers import ONE_GROUP, nothing, quoted, with_attrs
from analysis.dfm import group_codes
from analysis.stats.choose_k import choose_k
from analysis.stats.frequency import note
from analysis.stats.prevalence import prevalence, prevalence_contrast
from analysis.stats.resampling import benjamini_hochberg
from analysis.stats.topic_design import SMOOTH_FROM
from analysis.stats.topic_drift import topic_drift
from analysis.stats.topic_intrusion import topic_intrusion, word_intrusion
from analysis.stats.topic_labels import representative, slogan_labels
from analysis.stats.topic_links import topic_correlation, topic_slogans
from analysis.stats.topic_map import topic_map
from analysis.stats.topic_regression import prevalence_effects
from analysis.stats.topic_units import FEWEST
from analysis.stats.topics import Criterion, TopicModel, first_of_topics, top_features, topics

if TYPE_CHECKING:
    from analysis.dfm import Dfm
    from analysis.study import Study

TOO_SMALL = note("文档太少，不足以拟合主题模型。", "Too few documents for a topic model.")
UNKNOWN = note("没有文档的地区或年份可知，此图从略。", "No known regions or years: this figure is left out.")
DRAWS, SAMPLED = 10, 1000


def model(study: Study) -> TopicModel | None:
    """NMF topics, about one for every seven documents (2 to 12), with ten draws; None for too few documents."""
    units, k = study.topic_units, _k(study)
    usable = int((units.counts.getnnz(axis=1) > 0).sum())
    return topics(units, k, draws=DRAWS) if usable > k and len(units.features) > k else None


def choices(study: Study) -> pd.DataFrame:
    """``choose_k`` for half to one and a half times the k of ``model``, on at most 1,000 units."""
    units, k = study.topic_units, _k(study)
    ks = sorted({max(2, round(k * part)) for part in (0.5, 1, 1.5)})
    if 2 * ks[-1] > (units.counts.getnnz(axis=1) > 0).sum():
        return nothing(TOO_SMALL)
    table = choose_k(_sampled(units), ks)
    if len(units) <= SAMPLED:
        return table
    said = note(f"在 {len(units)} 个单元中随机取 {SAMPLED} 个。", f"On {SAMPLED} units drawn from {len(units)}.")
    return with_attrs(table, table.attrs | {"notes": [*table.attrs["notes"], said]})


def _k(study: Study) -> int:
    return min(12, max(2, len(study.topic_units) // 7))


def _sampled(units: Dfm) -> Dfm:
    if len(units) <= SAMPLED:
        return units
    rows = np.sort(np.random.default_rng(0).choice(len(units), SAMPLED, replace=False))
    return units.take(rows).trim(min_docfreq=2)


def words(fitted: TopicModel | None, n: int = 10, by: Criterion = "prob") -> pd.DataFrame:
    """The words of each topic by probability, FREX, lift or log-odds."""
    return nothing(TOO_SMALL) if fitted is None else _named(top_features(fitted, n, by=by), fitted)


def criteria(fitted: TopicModel | None, n: int = 8) -> pd.DataFrame:
    """One row per topic: its first words by each criterion."""
    if fitted is None:
        return nothing(TOO_SMALL)
    columns = {by: top_features(fitted, n, by=by) for by in ("prob", "frex", "lift", "log_odds")}
    joined = {by: part.groupby("topic", sort=False)["feature"].agg(" ".join) for by, part in columns.items()}
    table = pd.DataFrame(joined).reset_index()
    if fitted.stability is not None:
        table.insert(1, "stability", fitted.stability.to_numpy())
    return with_attrs(table, columns["prob"].attrs)


def passages(study: Study, fitted: TopicModel | None, n: int = 2) -> pd.DataFrame:
    """The paragraphs most about each topic, with their documents."""
    return nothing(TOO_SMALL) if fitted is None else _named(representative(fitted, study.corpus, n=n), fitted)


def slogan_names(study: Study, fitted: TopicModel | None) -> pd.DataFrame:
    """Formulations that could name each topic."""
    return nothing(TOO_SMALL) if fitted is None else _named(slogan_labels(fitted, study.lexicon), fitted)


def shares(fitted: TopicModel | None, by: str) -> pd.DataFrame:
    """Prevalence of each topic by a docvar, topic after topic."""
    if fitted is None or _unknown(fitted, by):
        return nothing(UNKNOWN if fitted else TOO_SMALL)
    return _named(first_of_topics(prevalence(fitted, by), fitted, [by]), fitted)


def years(study: Study, fitted: TopicModel | None) -> pd.DataFrame:
    """Prevalence by year; from five years on as a smooth curve adjusted for region, with the means ``observed``."""
    means = shares(fitted, "year")
    if fitted is None or means.empty or means["year"].nunique() < SMOOTH_FROM:
        return means
    table = prevalence(fitted, _formula(study, fitted))
    if table.empty:
        return means
    curve = table[table["term"] == "year"].drop(columns=["term", *({study.space} & set(table))])
    observed = prevalence(fitted, "year")[["topic", "year", "share"]].rename(columns={"share": "observed"})
    joined = with_attrs(curve.merge(observed, on=["topic", "year"]), table.attrs)
    return _named(first_of_topics(joined, fitted, ["year"]), fitted)


def effects(study: Study, fitted: TopicModel | None) -> pd.DataFrame:
    """Regions against the others and the last year against the first, each with the other held as it is."""
    if fitted is None or _unknown(fitted, study.space) or _unknown(fitted, "year"):
        return nothing(UNKNOWN if fitted else TOO_SMALL)
    table = prevalence_effects(fitted, _formula(study, fitted))
    return table if table.empty else _named(table.sort_values("p", kind="stable", ignore_index=True), fitted)


def _formula(study: Study, fitted: TopicModel) -> str:
    return f"{study.space} + year" if fitted.docvars[study.space].nunique() > 1 else "~ year"


def cells(study: Study, fitted: TopicModel | None) -> pd.DataFrame:
    """Prevalence by region and year (or coarser, where most cells would be blank: fewer than three documents)."""
    for by in ([study.space, study.time], ["macro_region", study.time], ["macro_region", "period"]):
        if fitted is None or any(_unknown(fitted, name) for name in by):
            return nothing(UNKNOWN if fitted else TOO_SMALL)
        table = prevalence(fitted, by)
        if table["share"].notna().mean() >= 0.5:
            return _named(first_of_topics(table, fitted, by), fitted)
    return nothing(note("地区 × 年份的各格大多不足 3 篇。", "Most cells of region × year hold fewer than three."))


def contrasts(fitted: TopicModel | None, by: str) -> pd.DataFrame:
    """Each group against all others, topic after topic; q over all topics and groups."""
    if fitted is None or _unknown(fitted, by):
        return nothing(UNKNOWN if fitted else TOO_SMALL)
    first = prevalence(fitted, by)
    docs = first.drop_duplicates(by)
    large = docs.loc[docs["n_docs"] >= FEWEST, by].tolist()
    if len(docs) < 2 or not large or len(docs) == 2 and docs["n_docs"].min() < 2:
        return nothing(ONE_GROUP)
    parts = [prevalence_contrast(fitted, f"{by} == {quoted(value)}") for value in large]
    table = pd.concat([part.assign(**{by: value}) for part, value in zip(parts, large, strict=True)])
    table[by] = table[by].astype(first[by].dtype)
    table = table.assign(q=benjamini_hochberg(table["p"].to_numpy()))
    said = note("每组各与其余各组相比；q 在所有主题与组之间校正。",
                "Each group against all the others; q over all topics and groups.")  # fmt: skip
    attrs = parts[0].attrs | {"notes": [*parts[0].attrs["notes"], said], "left_out": first.attrs["left_out"]}
    attrs["recipe"] = [*attrs["recipe"][:-1], attrs["recipe"][-1] | {"target": "each", "by": by}]
    table = table[["topic", by, *(c for c in parts[0] if c != "topic")]]
    return _named(with_attrs(first_of_topics(table, fitted, [by]), attrs), fitted)


def drifting(study: Study, fitted: TopicModel | None) -> pd.DataFrame:
    """Words that the topics came to use more or less between the first and the last period."""
    if fitted is None or _unknown(fitted, "period"):
        return nothing(UNKNOWN if fitted else TOO_SMALL)
    keys = group_codes(fitted.docvars, "period")[1]["period"].tolist()
    if len(keys) < 2:
        return nothing(ONE_GROUP)
    table = topic_drift(fitted, study.topic_units, f"period == {keys[-1]!r}", f"period == {keys[0]!r}")
    sides = {"target": keys[-1], "reference": keys[0]}
    return table if table.empty else with_attrs(_named(table, fitted), table.attrs | {"sides": sides})


def correlations(fitted: TopicModel | None) -> pd.DataFrame:
    """Which topics go together in documents."""
    if fitted is None:
        return nothing(TOO_SMALL)
    table = topic_correlation(fitted)
    return _named(_named(table, fitted, "topic_a"), fitted, "topic_b")


def with_slogans(study: Study, fitted: TopicModel | None) -> pd.DataFrame:
    """Which formulations stand in documents that have more of a topic."""
    return nothing(TOO_SMALL) if fitted is None else _named(topic_slogans(fitted, study.occurrences), fitted)


def places(fitted: TopicModel | None) -> pd.DataFrame:
    """The topics on a map."""
    return nothing(TOO_SMALL) if fitted is None or fitted.k < 3 else _named(topic_map(fitted), fitted)


def word_sheets(fitted: TopicModel | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Word-intrusion sheet and answers."""
    return (nothing(TOO_SMALL), nothing(TOO_SMALL)) if fitted is None else word_intrusion(fitted)


def topic_sheets(study: Study, fitted: TopicModel | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Topic-intrusion sheet and answers."""
    if fitted is None or fitted.k < 4:
        return nothing(TOO_SMALL), nothing(TOO_SMALL)
    return topic_intrusion(fitted, study.corpus)


def _named(table: pd.DataFrame, fitted: TopicModel, column: str = "topic") -> pd.DataFrame:
    """The table with each topic that has no label called by its number and its three most probable words."""
    words = top_features(fitted, 3).groupby("topic", sort=False)["feature"]
    named = ((str(name), three) for name, three in words)
    names = {name: name if " " in name else f"{name} {_short(three, 21 - 4 * len(name))}" for name, three in named}
    return with_attrs(table.assign(**{column: table[column].map(names)}), table.attrs)


def _short(features: pd.Series, room: int) -> str:
    """As many of the words as fit in a panel's title, the first in any case."""
    shown = [f if len(f) <= 7 else f"{f[:6]}…" for f in features]
    return "·".join(w for n, w in enumerate(shown) if not n or len("·".join(shown[: n + 1])) <= room)


def _unknown(fitted: TopicModel, by: str) -> bool:
    return bool(fitted.docvars[by].isna().all())
