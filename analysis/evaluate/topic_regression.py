"""``evaluate topic_regression``: do intervals of adjusted shares and their differences hold the truth?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.special import expit, logit, softmax
from tqdm import tqdm

from analysis.dfm import make_dfm
from analysis.evaluate.topics import both
from analysis.stats.prevalence import prevalence
from analysis.stats.topic_regression import average, combinations, free, prevalence_effects, regression_of
from analysis.stats.topic_units import share_limits
from analysis.stats.topics import TopicModel, topics

DESIGNS = ((60, 6), (60, 20), (200, 6), (200, 30))


def run(data: Path, *, quick: bool = False) -> None:
    """Print the simulation; it reads no data."""
    with pd.option_context("display.width", 150, "display.max_columns", 20):
        for table in ([coverage(n, regions, 20 if quick else 400) for n, regions in DESIGNS],
                      [with_draws(n, 4 if quick else 60) for n in (60, 200)]):  # fmt: skip
            print(pd.DataFrame(table).round(3).to_string(index=False), flush=True)


def coverage(documents: int, regions: int, repeats: int) -> dict[str, float]:
    """Share of 95 % intervals of ``region + year`` that hold the planted mean, over corpora.

    One topic of about a tenth, in regions of unequal sizes and ten years: on the logit scale regions differ by a normal
    of standard deviation 0.6 and years by an arc of height 1, so that the linear regression is only near the truth;
    shares are beta about it, from hardly to well mixed documents. ``hc3``, ``hc2`` and ``classical`` have the same
    estimates and t of the residual degrees of freedom (``classical`` is what stm's ``estimateEffect`` takes).
    ``null_q`` is the share of ``prevalence_effects`` with q < 0.05 where region and year are shuffled.
    """
    seeds = tqdm(range(repeats), desc=f"{documents} × {regions}")
    seen = pd.DataFrame(_once(np.random.default_rng([documents, regions, seed]), documents, regions) for seed in seeds)
    return {"documents": documents, "regions": regions, "repeats": repeats, **seen.mean()}


def _once(rng: np.random.Generator, documents: int, regions: int) -> dict[str, float]:
    size = rng.dirichlet(np.full(regions, 3.0))
    region = np.concatenate([np.arange(regions), rng.choice(regions, documents - regions, p=size)])
    year = rng.integers(0, 10, documents)
    effect, arc = rng.normal(0, 0.6, regions), np.sin(np.arange(10) / 9 * np.pi)
    mean = expit(logit(0.08) + effect[:, None] + arc)
    mixed, expected = rng.choice([2.0, 8.0, 30.0]), mean[region, year]
    model = _model(region, year, rng.beta(expected * mixed, (1 - expected) * mixed))
    table = prevalence(model, "region + year")
    table = table[table["topic"] == "T1"]
    truth = np.concatenate([mean[:, year].mean(axis=1), mean[region].mean(axis=0)[np.unique(year)]])
    years = (table["term"] == "year").to_numpy()
    held = ((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
    known = table["low"].notna().to_numpy()
    order = rng.permutation(documents)
    null = prevalence_effects(_model(region[order], year[order], model.doc_topic["T1"].to_numpy()), "region + year")
    return {"blank": float((~known).mean()), "regions_held": float(held[known & ~years].mean()),
            "years_held": float(held[known & years].mean()), **_rivals(model, truth, known),
            "null_q": float((null["q"] < 0.05).mean())}  # fmt: skip


def with_draws(documents: int, repeats: int) -> dict[str, float]:
    """Share of 95 % intervals of ``prevalence_effects(model, "region + year")`` that hold the planted differences.

    NMF with ten draws on documents of six planted topics (logistic normal shares) in three regions of unequal size and
    eight years: one topic is more frequent in one region, another rises over the years.
    """
    seen = pd.DataFrame(_drawn(documents, seed) for seed in tqdm(range(repeats), desc=f"draws {documents}"))
    return {"documents": documents, "repeats": repeats, **seen.mean()}


def _drawn(documents: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng([documents, seed])
    region, year = rng.choice(3, documents, p=[0.5, 0.3, 0.2]), rng.integers(0, 8, documents)
    phi = rng.dirichlet(np.full(300, 0.05), 6)

    def mixed(region: np.ndarray, year: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        shift = np.outer(region == 0, np.arange(6) == 0) + np.outer(year / 7 - 0.5, 1.5 * (np.arange(6) == 1))
        return softmax(rng.normal(0, 1, (len(region), 6)) + shift, axis=1)

    sizes = np.clip(rng.lognormal(5.2, 0.8, documents), 60, 1500).astype(int)
    mixtures = mixed(region, year, rng) @ phi
    counts = np.array([rng.multinomial(n, p / p.sum()) for n, p in zip(sizes, mixtures, strict=True)])
    docvars = pd.DataFrame({"region": [f"r{r}" for r in region], "year": year + 2010})
    model = topics(make_dfm(counts, [f"词{i:03d}" for i in range(300)], docvars), 6, draws=10, seed=seed)
    order = linear_sum_assignment(-np.sqrt(phi) @ np.sqrt(model.topic_feature.to_numpy()).T)[1]
    cells = np.stack([[mixed(np.full(4000, r), np.full(4000, y), np.random.default_rng(1)).mean(axis=0)
                       for y in range(8)] for r in range(3)])  # fmt: skip
    adjusted, ends = cells[:, year].mean(axis=1), cells[region].mean(axis=0)[[year.min(), year.max()]]
    n = np.bincount(region)
    apart = [adjusted[r] - np.delete(n, r) @ np.delete(adjusted, r, 0) / np.delete(n, r).sum() for r in range(3)]
    truth, said = {"region": np.array(apart), "year": np.array([ends[1] - ends[0]])}, {}
    for name, one in both(model).items():
        table = prevalence_effects(one, "region + year")
        for term, known in truth.items():
            rows = table[table["term"] == term]
            low, high = (rows[c].to_numpy().reshape(-1, 6)[:, order] for c in ("low", "high"))
            said[f"{term}_{name}"] = float(((low <= known) & (known <= high)).mean())
    return said


def made_model(
    shares: np.ndarray, words: np.ndarray | None = None, *, totals: np.ndarray | None = None,
    draws: np.ndarray | None = None, **docvars: Any,
) -> TopicModel:  # fmt: skip
    """A model as if it had been fitted: documents × topics, topics × words."""
    shares = np.atleast_2d(shares)
    names = [f"T{t}" for t in range(1, shares.shape[1] + 1)]
    index = pd.Index([f"d{i:03d}" for i in range(len(shares))], name="doc_id")
    words = np.ones((len(names), 1)) if words is None else words
    phi = pd.DataFrame(words, names, [f"词{i:02d}" for i in range(words.shape[1])])
    totals = np.full(len(shares), 100) if totals is None else np.asarray(totals)
    docs, known = pd.DataFrame(shares, index, names), pd.DataFrame(docvars, index)
    return TopicModel(docs, phi, known, totals, 0, "nmf", len(names), 0, (), draws=draws)


def _model(region: np.ndarray, year: np.ndarray, share: np.ndarray) -> TopicModel:
    return made_model(np.column_stack([share, 1 - share]), region=[f"r{r:02d}" for r in region], year=year + 2010)


def _rivals(model: TopicModel, truth: np.ndarray, known: np.ndarray) -> dict[str, float]:
    """Coverage of other variances, on the same scale; infinite where a document stands alone."""
    fit = regression_of(model, "region + year")
    levels = [level for term in fit.terms for level in combinations(fit, term)]
    weights = np.array([average(fit, level) for level in levels]) @ fit.inverse
    share = fit.shares[0, :, 0]
    squares = (share - fit.design @ (fit.inverse @ share)) ** 2
    left, pooled = np.maximum(1 - fit.leverage, 1e-9), squares.sum() / free(fit)
    each = {"hc3": squares / left**2, "hc2": squares / left, "classical": np.full(len(left), pooled)}
    held = {}
    for name, variances in each.items():
        df = np.full(len(levels), float(free(fit)))
        low, high = share_limits(weights @ share, weights**2 @ variances, df, 0.95)
        held[name] = float(((low <= truth) & (truth <= high))[known].mean())
    return held
