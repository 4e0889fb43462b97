"""``evaluate topic_regression``: do intervals of adjusted shares hold the truth, beside those of other variances?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from tqdm import tqdm

from analysis.stats.prevalence import prevalence
from analysis.stats.topic_regression import average, combinations, free, prevalence_effects, regression_of
from analysis.stats.topic_units import share_limits
from analysis.stats.topics import TopicModel

DESIGNS = ((60, 6), (60, 20), (200, 6), (200, 30))


def run(data: Path, *, quick: bool = False) -> None:
    """Print the simulation; it reads no data."""
    table = pd.DataFrame([coverage(n, regions, 20 if quick else 400) for n, regions in DESIGNS])
    with pd.option_context("display.width", 150, "display.max_columns", 20):
        print(table.round(3).to_string(index=False))


def coverage(documents: int, regions: int, repeats: int) -> dict[str, float]:
    """Share of 95 % intervals of ``region + year`` that hold the planted mean, over corpora.

    One topic of about a tenth, in regions of unequal sizes and ten years: on the logit scale regions differ by a normal
    of standard deviation 0.6 and years by an arc of height 1, so that the linear regression is only near the truth;
    shares are beta about it, from hardly to well mixed documents. ``hc3``, ``hc2`` and ``classical`` have the same
    estimates and t of the residual degrees of freedom (``classical`` is what stm's ``estimateEffect`` takes).
    ``null_q`` is the share of ``prevalence_effects`` with q < 0.05 where region and year are shuffled.
    """
    seen = [_once(np.random.default_rng([documents, regions, seed]), documents, regions)
            for seed in tqdm(range(repeats), desc=f"{documents} × {regions}")]  # fmt: skip
    return {"documents": documents, "regions": regions, "repeats": repeats, **pd.DataFrame(seen).mean()}


def _once(rng: np.random.Generator, documents: int, regions: int) -> dict[str, float]:
    size = rng.dirichlet(np.full(regions, 3.0))
    region = np.concatenate([np.arange(regions), rng.choice(regions, documents - regions, p=size)])
    year = rng.integers(0, 10, documents)
    effect, arc = rng.normal(0, 0.6, regions), np.sin(np.arange(10) / 9 * np.pi)
    mean = expit(logit(0.08) + effect[:, None] + arc)
    model = _model(region, year, _beta(rng, mean[region, year]))
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


def _beta(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    size = rng.choice([2.0, 8.0, 30.0])
    return rng.beta(mean * size, (1 - mean) * size)


def _model(region: np.ndarray, year: np.ndarray, share: np.ndarray) -> TopicModel:
    docvars = pd.DataFrame({"region": [f"r{r:02d}" for r in region], "year": year + 2010})
    shares = pd.DataFrame({"T1": share, "T2": 1 - share})
    phi = pd.DataFrame(1.0, list(shares), ["词"])
    return TopicModel(shares, phi, docvars, np.ones(len(share)), 0, "nmf", 2, 0, ())


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
