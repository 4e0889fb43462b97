"""Simulations on bursty words: slopes, change points and divergence where the truth is known."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon

from analysis.dfm import Dfm, make_dfm
from analysis.stats.change_points import change_points
from analysis.stats.divergence import divergence
from analysis.stats.trend import trend

BURSTINESS = (0.3, 1.0, 3.0)  # k of the gamma distribution by which a document's rate varies; small is bursty


def run(data: Path, quick: bool) -> None:
    """Print three tables; nothing is read from ``data``."""
    rounds = 4 if quick else 20
    print("Slopes: coverage of 95 % intervals, share of p < 0.001 where nothing changes")
    print(slopes(rounds).to_string(index=False), end="\n\n")
    print("Change points: share of features with p_any > 0.95, constant rate or trebled half-way")
    print(changes(10 * rounds).to_string(index=False), end="\n\n")
    print("Divergence (bits): mean over corpora, share of p <= 0.05, coverage of 95 % intervals")
    print(distances(2 * rounds).to_string(index=False))


def corpus(
    rng: np.random.Generator, rates: np.ndarray, years: np.ndarray, k: float, words: float = 1800, **docvars: object
) -> Dfm:
    """Gamma–Poisson counts for rates (documents × features), documents of log-normal length."""
    length = np.exp(rng.normal(np.log(words), 0.6, len(rates)))
    expected = length[:, None] * rates
    counts = rng.poisson(expected * rng.gamma(k, 1 / k, expected.shape))
    names = [f"d{i:04d}" for i in range(len(rates))]
    frame = pd.DataFrame({"year": pd.array(years, dtype="Int64"), **docvars}, index=names)
    features = [f"f{i:04d}" for i in range(counts.shape[1])]
    return make_dfm(counts, features, frame, totals=length.astype(np.int64) + counts.sum(axis=1))


def slopes(rounds: int, features: int = 400) -> pd.DataFrame:
    """Coverage of a true slope of 0 and 0.3, and false positives at slope 0."""
    rows = []
    for documents, k, slope in product((8, 12, 20, 40), BURSTINESS, (0.0, 0.3)):
        rng, tables = np.random.default_rng([documents, int(10 * k), int(10 * slope)]), []
        for _ in range(rounds):
            years = rng.integers(2018, 2025, documents)
            rates = np.outer(np.exp(slope * (years - 2021)), rng.choice([3e-4, 1e-3, 3e-3], features)) / 3
            tables.append(trend(corpus(rng, rates, years, k)))
        table = pd.concat(tables)
        covered = ((table["slope_low"] <= slope) & (table["slope_high"] >= slope)).mean()
        false = (table["p"] < 0.001).mean() if slope == 0 else np.nan
        rows.append({"documents": documents, "k": k, "slope": slope, "covered": covered, "p<0.001": false})
    return pd.DataFrame(rows).round(4)


def changes(features: int) -> pd.DataFrame:
    """Alarms on constant series, and power where the rate trebles."""
    rows = []
    for (years, each), k in product(((6, 5), (10, 3), (20, 1), (10, 10)), BURSTINESS):
        rng, year, found = np.random.default_rng([years, each, int(10 * k)]), np.repeat(np.arange(years), each), {}
        for name, factor in (("constant", 1), ("trebled", 3)):
            rates = np.outer(np.where(year >= years // 2, factor, 1), np.full(features, 5e-4))
            dfm = corpus(rng, rates, year + 2000, k)
            table = change_points(dfm, dfm.features.tolist())
            found[name] = (table.groupby("feature")["p_any"].first() > 0.95).mean()
        rows.append({"years": years, "documents a year": each, "k": k, **found})
    return pd.DataFrame(rows).round(3)


def distances(rounds: int, features: int = 1500) -> pd.DataFrame:
    """Plain and corrected divergence of two groups with the same words, and with words that differ."""
    rows = []
    common = 1 / np.arange(1, features + 1)
    for (a, b), k, spread in product(((3, 3), (6, 6), (15, 15), (4, 20)), (0.5, 2.0), (0.0, 0.5, 1.0)):
        rng = np.random.default_rng([a, b, int(10 * k), int(10 * spread)])
        other = common * np.exp(rng.normal(0, 1, features) * spread)
        p, q = other / other.sum(), common / common.sum()
        true = jensenshannon(p, q, base=2) ** 2
        rates = np.concatenate([np.tile(p, (a, 1)), np.tile(q, (b, 1))])
        sides, years = ["a"] * a + ["b"] * b, np.full(a + b, 2020)
        found = pd.concat([
            divergence(corpus(rng, rates, years, k, side=sides), "side == 'a'", resamples=99) for _ in range(rounds)
        ])  # fmt: skip
        covered = ((found["low"] <= true) & (found["high"] >= true)).mean()
        rows.append({
            "documents": f"{a} + {b}", "k": k, "true": true, "pooled": found["jsd_pooled"].mean(),
            "corrected": found["jsd"].mean(), "p<=0.05": (found["p"] <= 0.05).mean(), "covered": covered,
        })  # fmt: skip
    return pd.DataFrame(rows).round(3)
