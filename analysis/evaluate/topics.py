"""``evaluate topics``: are planted topics found, do intervals hold the truth, do contrasts replicate?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.special import softmax
from scipy.stats import ttest_ind
from tqdm import tqdm

from analysis.dfm import Dfm, dfm, make_dfm
from analysis.docvars import select_rows
from analysis.stats.prevalence import prevalence, prevalence_contrast
from analysis.stats.resampling import benjamini_hochberg
from analysis.stats.topic_draws import UNSTABLE
from analysis.stats.topic_engines import nmf
from analysis.stats.topics import Method, TopicModel, topics

K, FEATURES, DRAWS, SPLITS = 6, 300, 10, 5
METHODS: tuple[Method, ...] = ("nmf", "lda", "gibbs", "dmr")
REPEATS = {60: 80, 200: 60, 500: 30}
EFFECTS = {"region": "region == '吉林'", "year": "year >= 2023"}
CORPORA = {"provincial_reports": ("macro_region", 30), "local_regulations": ("province", 30)}


def run(data: Path, *, quick: bool = False) -> None:
    """Print the simulations."""
    with pd.option_context("display.width", 180, "display.max_columns", 20):
        for method in METHODS:
            table = pd.DataFrame(coverage(method, *kind) for kind in ({60: 4} if quick else REPEATS).items())
            print(table.to_string(index=False), flush=True)
        for name in CORPORA:
            print(replication(data / "corpora" / name, splits=1 if quick else 5).to_string(index=False), flush=True)


def coverage(method: Method, documents: int, repeats: int) -> dict[str, Any]:
    """Share of 95 % intervals of differences between regions and between years that hold the planted one.

    Corpora of six correlated topics (logistic normal shares), documents of 60 to 1,500 words; the first two topics are
    more frequent in one region, the third rises over four years. ``found``: mean correlation of a planted
    topic's shares with those of its pair; ``lost``: share of topics with a correlation below 0.8; ``slope``: found
    differences regressed on those of the documents' planted shares. ``null_q``: share of contrasts with q < 0.05
    where nothing is planted: random halves of the documents (for ``dmr``, its covariate shuffled). ``naive``: without
    draws; ``oracle``: Welch's t on the planted shares themselves.
    """
    seen = [_once(method, documents, seed) for seed in tqdm(range(repeats), desc=f"{method} {documents}")]
    return {"method": method, "documents": documents, "repeats": repeats, **pd.DataFrame(seen).mean().round(3)}


def _once(method: Method, documents: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng([seed, documents])
    phi = rng.dirichlet(np.full(FEATURES, 0.05), K)
    counts, mixtures, truth = _planted(rng, phi, documents)
    model = topics(counts, K, method=method, draws=DRAWS, seed=seed)
    order = linear_sum_assignment(-np.sqrt(phi) @ np.sqrt(model.topic_feature.to_numpy()).T)[1]
    found = np.array([np.corrcoef(model.doc_topic.to_numpy()[:, o], mixtures[:, t])[0, 1] for t, o in enumerate(order)])
    said = {"found": found.mean(), "lost": (found < 0.8).mean(), "stability": pd.Series(model.stability).mean()}
    for effect, query in EFFECTS.items():
        tables = {name: _contrast(one, query).iloc[order] for name, one in both(model).items()}
        held = {name: ((t["low"] <= truth[effect]) & (truth[effect] <= t["high"])) for name, t in tables.items()}
        said |= {f"{effect}_{name}": held[name].mean() for name in held}
        chosen = select_rows(counts.docvars, query).to_numpy()
        known = ttest_ind(mixtures[chosen], mixtures[~chosen], equal_var=False).confidence_interval()
        said[f"{effect}_oracle"] = ((known.low <= truth[effect]) & (truth[effect] <= known.high)).mean()
        sample = mixtures[chosen].mean(axis=0) - mixtures[~chosen].mean(axis=0)
        said[f"{effect}_slope"] = sample @ tables["draws"]["difference"].to_numpy() / (sample @ sample)
    return said | _nulls(model, counts, rng)


def both(model: TopicModel) -> dict[str, TopicModel]:
    """With its draws and as if it had none."""
    return {"draws": model, "naive": replace(model, draws=None)}


def _nulls(model: TopicModel, counts: Dfm, rng: np.random.Generator) -> dict[str, float]:
    queries = [f"half{i}" for i in range(SPLITS)]
    if model.method == "dmr":
        shuffled = counts.docvars.assign(region=rng.permutation(counts.docvars["region"]))
        model = topics(replace(counts, docvars=shuffled), K, method="dmr", draws=DRAWS, seed=model.seed)
        queries = [EFFECTS["region"]]
    return {
        f"null_q_{name}": float(np.mean([(_contrast(one, query)["q"] < 0.05).mean() for query in queries]))
        for name, one in both(model).items()
    }


def _contrast(model: TopicModel, query: str) -> pd.DataFrame:
    return prevalence_contrast(model, query).set_index("topic").loc[list(model.doc_topic)]


def _planted(
    rng: np.random.Generator, phi: np.ndarray, documents: int
) -> tuple[Dfm, np.ndarray, dict[str, np.ndarray]]:
    """Counts, the documents' true shares, and the true differences of mean shares."""
    root = rng.normal(0, 0.5, (K, K)) + np.eye(K)

    def mixed(region: np.ndarray, year: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        shift = np.outer(region == "吉林", np.arange(K) < 2) + 0.5 * np.outer(year - 2022.5, np.arange(K) == 2)
        return softmax(rng.normal(size=(len(region), K)) @ root.T + shift, axis=1)

    def placed(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        return np.where(np.arange(n) % 2, "辽宁", "吉林"), rng.integers(2021, 2025, n)

    region, year = placed(documents, rng)
    mixtures = mixed(region, year, rng)
    sizes = np.clip(rng.lognormal(5.2, 0.8, documents), 60, 1500).astype(int)
    counts = np.array([rng.multinomial(n, p / p.sum()) for n, p in zip(sizes, mixtures @ phi, strict=True)])
    halves = {f"half{i}": rng.permutation(documents) < documents // 2 for i in range(SPLITS)}
    docvars = pd.DataFrame({"region": region, "year": year, **halves}, index=[f"d{i:03d}" for i in range(documents)])
    many = placed(40000, np.random.default_rng(0))
    shares, about = mixed(*many, np.random.default_rng(1)), pd.DataFrame({"region": many[0], "year": many[1]})
    sides = {effect: select_rows(about, query).to_numpy() for effect, query in EFFECTS.items()}
    truth = {effect: shares[side].mean(axis=0) - shares[~side].mean(axis=0) for effect, side in sides.items()}
    return make_dfm(counts, [f"词{i:03d}" for i in range(FEATURES)], docvars), mixtures, truth


def replication(corpus: Path, *, splits: int = 5) -> pd.DataFrame:
    """Share of regional contrasts with q < 0.05 in some documents that held-out documents repeat.

    An NMF model of the paragraphs (of ten words or more) of one half of the documents, with draws, gives the contrasts
    of each region with the rest, documents as units, q over all; its topics are then read off the other half.
    ``replicated``: same sign and p < 0.05 there; ``by_chance``: the same with the other half's regions shuffled;
    ``naive``: contrasts of the first half without draws.
    Halves: documents at random within each region, provinces at random within each region, or one year and the next.
    """
    by, k = CORPORA[corpus.name]
    parts = _paragraphs(corpus, by)
    halves = tqdm(list(_halves(parts.docvars, by, splits)), desc=f"replication {corpus.name}")
    return pd.DataFrame(
        {"split": name, **_replicated(parts, first, by, k), **(own_topics(parts, first, k) if "year" in name else {})}
        for name, first in halves
    )


def _paragraphs(corpus: Path, by: str) -> Dfm:
    from analysis.study import open_study

    study = open_study(corpus)
    parts = dfm(study.tokens.paragraphs()).select(list(study.terms.features)).trim(min_docfreq=5)
    words = np.asarray(parts.counts.sum(axis=1)).ravel()
    return parts.take(np.flatnonzero(parts.docvars[by].notna().to_numpy() & (words >= 10)))


def _halves(docvars: pd.DataFrame, by: str, splits: int) -> Iterator[tuple[str, np.ndarray]]:
    """Names of splits, and which rows are of the first half."""
    units = {"document": "parent"} | ({"province": "province"} if by != "province" else {})
    for name, unit in units.items():
        frame = docvars.drop_duplicates(unit)
        for seed in range(splits):
            order = pd.Series(np.random.default_rng(seed).random(len(frame)), frame[unit].astype(str))
            rank = order.groupby(frame[by].astype(str).to_numpy()).rank()
            yield f"{name} {seed}", docvars[unit].astype(str).map(rank % 2 == 1).to_numpy()
    years = sorted(docvars["year"].dropna().unique())
    if len(years) == 2:
        yield from ((f"year {year}", (docvars["year"] == year).to_numpy(dtype=bool)) for year in years)


def _replicated(parts: Dfm, chosen: np.ndarray, by: str, k: int) -> dict[str, float]:
    model, held = _read_off(parts, chosen, k, DRAWS)
    names = held.docvars.drop_duplicates("parent").set_index("parent")[by].astype(str)
    elsewhere = pd.Series(np.random.default_rng(0).permutation(names), names.index)
    shuffled = replace(held, docvars=held.docvars.assign(**{by: held.docvars["parent"].map(elsewhere)}))
    second, chance = _against_the_rest(held, by), _against_the_rest(shuffled, by)
    said: dict[str, float] = {"documents": model.docvars["parent"].nunique(), "contrasts": len(second)}
    for name, fitted in both(model).items():
        first = _against_the_rest(fitted, by)
        sure = first["q"] < 0.05
        same, by_chance = (np.sign(t["difference"]) == np.sign(first["difference"]) for t in (second, chance))
        counted = {
            "sure": sure, "same_sign": sure & same, "replicated": sure & same & (second["p"] < 0.05),
            "by_chance": sure & by_chance & (chance["p"] < 0.05),
        }  # fmt: skip
        said |= {f"{key}_{name}": int(found.sum()) for key, found in counted.items()}
    return said | {"stable": int((pd.Series(model.stability) >= UNSTABLE).sum())}


def _read_off(parts: Dfm, chosen: np.ndarray, k: int, draws: int) -> tuple[TopicModel, TopicModel]:
    """An NMF model of the chosen rows, and its topics read off the other rows."""
    one, other = parts.take(np.flatnonzero(chosen)), parts.take(np.flatnonzero(~chosen))
    model = topics(one, k, draws=draws)
    fit = nmf(one.features, k, one.counts, (), 0)
    paired = linear_sum_assignment(-model.topic_feature.to_numpy() @ fit.weights.T)[1]
    shares = pd.DataFrame(fit.shares_of(other.counts, ())[:, paired], other.docvars.index, model.doc_topic.columns)
    return model, replace(model, docvars=other.docvars, totals=other.totals, draws=None, doc_topic=shares)


def own_topics(parts: Dfm, chosen: np.ndarray, k: int) -> dict[str, float]:
    """Whether a province's strongest topic of one half is above the provinces' mean, or strongest again, in the other.

    Deviations from the mean in standard deviations over provinces; ``above_by_chance``: with other provinces' shares.
    """
    wide = [prevalence(model, "province").pivot(index="province", columns="topic", values="share")
            for model in _read_off(parts, chosen, k, 0)]  # fmt: skip
    both = wide[0].index.intersection(wide[1].index)
    one, other = (((w.loc[both] - w.loc[both].mean()) / w.loc[both].std())[wide[0].columns].to_numpy() for w in wide)
    strongest, rng = one.argmax(axis=1), np.random.default_rng(0)
    elsewhere = [other[rng.permutation(len(both)), strongest] > 0 for _ in range(200)]
    return {
        "provinces": len(both), "above": int((other[np.arange(len(both)), strongest] > 0).sum()),
        "above_by_chance": float(np.sum(elsewhere) / 200), "again": int((other.argmax(axis=1) == strongest).sum()),
        "correlation": float(np.corrcoef(one.ravel(), other.ravel())[0, 1]),
    }  # fmt: skip


def _against_the_rest(model: TopicModel, by: str) -> pd.DataFrame:
    """Every region against the rest, by region and topic, q over all."""
    names = sorted(model.docvars[by].astype(str).unique())
    parts = [_contrast(model, f"{by} == {name!r}").assign(group=name) for name in names]
    table = pd.concat(parts).reset_index().set_index(["group", "topic"]).sort_index()
    return table.assign(q=benjamini_hochberg(table["p"].to_numpy()))
