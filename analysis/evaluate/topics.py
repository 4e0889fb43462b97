"""``evaluate topics``: are planted topics found, do intervals hold the truth, do contrasts replicate?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.special import softmax
from tqdm import tqdm

from analysis.dfm import Dfm, make_dfm
from analysis.stats.prevalence import prevalence_contrast
from analysis.stats.resampling import benjamini_hochberg
from analysis.stats.topic_draws import UNSTABLE
from analysis.stats.topic_engines import nmf
from analysis.stats.topics import Method, TopicModel, topics

K, FEATURES, DRAWS, SPLITS = 6, 600, 10, 5
# As far as minutes go: a Gibbs fit of 200 documents takes some four seconds, and a repeat needs eleven.
REPEATS: dict[Method, int] = {"nmf": 100, "gibbs": 12, "dmr": 6}
REGION = "region == '吉林'"


def run(data: Path, *, quick: bool = False) -> None:
    """Print the simulations."""
    repeats: dict[Method, int] = {"nmf": 6, "gibbs": 1} if quick else REPEATS
    with pd.option_context("display.width", 150, "display.max_columns", 20):
        print(coverage(repeats).to_string(index=False))
        print(replication(data, splits=1 if quick else 3).to_string(index=False))


def replication(data: Path, *, k: int = 30, splits: int = 5) -> pd.DataFrame:
    """Share of contrasts of a province's regulations with q < 0.05 in one half that the other half repeats.

    Regulations are split at random within each province. An NMF model of the first half's documents, with draws, gives
    the contrasts of each province with the rest, q over all; its topics are then read off the second half, and a
    contrast replicates if it has the same sign and p < 0.05 there. ``by_chance`` is the same with the second half's
    provinces shuffled. ``likely`` are contrasts with p < 0.05 in the first half, and ``likely_same_sign`` their share
    with the same sign in the second: a half by chance.
    """
    from analysis.study import open_study

    study = open_study(data / "corpora" / "local_regulations")
    known = study.terms.docvars["province"].notna().to_numpy() & (study.terms.counts.getnnz(axis=1) > 0)
    dfm = study.terms.trim(min_docfreq=5).take(np.flatnonzero(known))
    return pd.DataFrame([_replicated(dfm, k, seed) for seed in tqdm(range(splits), desc="replication")])


def _replicated(dfm: Dfm, k: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    order = pd.Series(rng.random(len(dfm)), dfm.docvars.index)
    rank = order.groupby(dfm.docvars["province"].astype("str")).rank().to_numpy()
    one, other = (dfm.take(np.flatnonzero(rank % 2 == side)) for side in (1, 0))
    model = topics(one, k, draws=DRAWS, seed=seed)
    fit = nmf(one.counts, one.features, (), k, seed)
    paired = linear_sum_assignment(-model.topic_feature.to_numpy() @ fit.weights.T)[1]
    shares = fit.shares_of(other.counts, ())[:, paired]
    held = replace(model, docvars=other.docvars, totals=other.totals, draws=None,
                   doc_topic=pd.DataFrame(shares, other.docvars.index, model.doc_topic.columns))  # fmt: skip
    elsewhere = rng.permutation(held.docvars["province"].astype("str"))
    shuffled = replace(held, docvars=held.docvars.assign(province=elsewhere))
    first, second, chance = (_provinces(m) for m in (model, held, shuffled))
    sure, likely = first["q"] < 0.05, first["p"] < 0.05
    same = np.sign(second["difference"]) == np.sign(first["difference"])
    again = {n: (np.sign(t["difference"]) == np.sign(first["difference"])) & (t["p"] < 0.05)
             for n, t in (("second", second), ("chance", chance))}  # fmt: skip
    return {
        "k": k, "split": seed, "documents": len(one), "contrasts": len(first), "sure": int(sure.sum()),
        "same_sign": float(same[sure].mean()),
        "replicated": float(again["second"][sure].mean()), "by_chance": float(again["chance"][sure].mean()),
        "likely": int(likely.sum()), "likely_same_sign": float(same[likely].mean()),
        "stable_topics": int((_stability(model) >= UNSTABLE).sum()),
    }  # fmt: skip


def _provinces(model: TopicModel) -> pd.DataFrame:
    """Every province against the rest, by province and topic, q over all."""
    names = sorted(model.docvars["province"].astype("str").unique())
    parts = [_contrast(model, f"province == {name!r}").assign(province=name) for name in names]
    table = pd.concat(parts).reset_index().set_index(["province", "topic"]).sort_index()
    return table.assign(q=benjamini_hochberg(table["p"].to_numpy()))


def coverage(repeats: dict[Method, int], *, sizes: tuple[int, ...] = (60, 200)) -> pd.DataFrame:
    """Share of 95 % intervals of regional differences that hold the planted one, with and without draws.

    Corpora of 60 to 200 documents of 60 to 1,500 words, six correlated topics (logistic normal shares),
    the first two more frequent in one region. ``found`` is the mean correlation of a planted topic's shares with
    those of the topic paired with it, ``error_planted`` the mean error of the two planted differences. ``null_q`` is
    the share of contrasts with q < 0.05 between random halves of the documents (for ``dmr``, of corpora whose
    regions do not differ). ``stable_*`` are the coverages of topics with stability of 1/3 or more.
    """
    rows = []
    for method, times in repeats.items():
        for documents in sizes:
            seen = [_once(method, documents, seed) for seed in tqdm(range(times), desc=f"{method} {documents}")]
            means = pd.DataFrame(seen).mean().round(3)
            rows.append({"method": method, "documents": documents, "repeats": times, **means})
    return pd.DataFrame(rows)


def _once(method: Method, documents: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng([seed, documents])
    phi = rng.dirichlet(np.full(FEATURES, 0.05), K)
    root = rng.normal(0, 0.5, (K, K)) + np.eye(K)
    dfm, shares, truth = _planted(rng, phi, root, documents, effect=1.0)
    model = topics(dfm, K, method=method, draws=DRAWS, seed=seed)
    order = linear_sum_assignment(-np.sqrt(phi) @ np.sqrt(model.topic_feature.to_numpy()).T)[1]
    own, steady = model.doc_topic.to_numpy()[:, order], _stability(model)[order] >= UNSTABLE
    said = {
        "found": float(np.mean([np.corrcoef(own[:, t], shares[:, t])[0, 1] for t in range(K)])),
        "stability": float(_stability(model).mean()),
    }
    for name, one in (("draws", model), ("naive", replace(model, draws=None))):
        table = _contrast(one, REGION).iloc[order]
        held = ((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
        said |= {name: float(held.mean()), f"stable_{name}": float(held[steady].mean()) if steady.any() else np.nan}
        said["error_planted"] = float((table["difference"].to_numpy() - truth)[:2].mean())
    if method == "dmr":
        null = [topics(_planted(rng, phi, root, documents, effect=0.0)[0], K, method=method, draws=DRAWS, seed=seed)]
        queries = [REGION]
    else:
        null, queries = [model] * SPLITS, [f"half{i}" for i in range(SPLITS)]
    for name, draws in (("null_q", True), ("null_q_naive", False)):
        tables = [_contrast(m if draws else replace(m, draws=None), q) for m, q in zip(null, queries, strict=True)]
        said[name] = float(np.mean([(table["q"] < 0.05).mean() for table in tables]))
    return said


def _stability(model: TopicModel) -> np.ndarray:
    return np.asarray(model.stability, dtype=float)


def _contrast(model: TopicModel, query: str) -> pd.DataFrame:
    return prevalence_contrast(model, query).set_index("topic").loc[list(model.doc_topic)]


def _planted(
    rng: np.random.Generator, phi: np.ndarray, root: np.ndarray, documents: int, *, effect: float
) -> tuple[Dfm, np.ndarray, np.ndarray]:
    """Counts, the documents' true shares, and the true difference of mean shares between the regions."""
    jilin = np.arange(documents) % 2 == 0
    shift = np.where(np.arange(K) < 2, effect, 0.0)

    def shares(where: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        return softmax(generator.normal(size=(len(where), K)) @ root.T + where[:, None] * shift, axis=1)

    mixtures = shares(jilin, rng)
    sizes = np.clip(rng.lognormal(5.7, 0.8, documents), 60, 1500).astype(int)
    counts = np.array([rng.multinomial(n, p / p.sum()) for n, p in zip(sizes, mixtures @ phi, strict=True)])
    many = np.random.default_rng(0)
    truth = np.subtract(*(shares(np.full(40000, side), many).mean(axis=0) for side in (True, False)))
    docvars = pd.DataFrame({"region": np.where(jilin, "吉林", "辽宁")}, index=[f"d{i:03d}" for i in range(documents)])
    halves = {f"half{i}": rng.permutation(documents) < documents // 2 for i in range(SPLITS)}
    return make_dfm(counts, [f"词{i:03d}" for i in range(FEATURES)], docvars.assign(**halves)), mixtures, truth
