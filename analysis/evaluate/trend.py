"""Simulations on bursty words: slopes, change points and divergence where the truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon

from analysis.dfm import Dfm
from analysis.evaluate.inference import BURSTS, dfm_of, say, scattered
from analysis.stats.change_points import change_points
from analysis.stats.divergence import divergence
from analysis.stats.trend import trend


def run(data: Path, quick: bool) -> None:
    """Print three tables; nothing is read from ``data``."""
    rounds = 4 if quick else 20
    say("Slopes: coverage of 95 % intervals, share of p < 0.001 where nothing changes", slopes(rounds))
    say("Change points: share of features with p_any > 0.95, constant rate or trebled half-way", changes(10 * rounds))
    say("Divergence (bits): mean over corpora, share of p <= 0.05, coverage of 95 % intervals", distances(2 * rounds))


def corpus(rng: np.random.Generator, rates: np.ndarray, years: np.ndarray, k: float, **docvars: object) -> Dfm:
    """Gamma–Poisson counts for rates (documents × features), documents of log-normal length about 1,800 words."""
    length = np.exp(rng.normal(np.log(1800), 0.6, len(rates)))
    counts = scattered(rng, length[:, None] * rates, k)
    totals = length.astype(np.int64) + counts.sum(axis=1)
    return dfm_of(counts, totals, year=pd.array(years, dtype="Int64"), **docvars)


def slopes(rounds: int, features: int = 400) -> Iterator[dict[str, Any]]:
    """Coverage of a true slope of 0 and 0.3, and false positives at slope 0."""
    for documents, k, slope in product((8, 12, 20, 40), BURSTS, (0.0, 0.3)):
        rng, tables = np.random.default_rng([documents, int(10 * k), int(10 * slope)]), []
        for _ in range(rounds):
            years = rng.integers(2018, 2025, documents)
            rates = np.outer(np.exp(slope * (years - 2021)), rng.choice([3e-4, 1e-3, 3e-3], features)) / 3
            tables.append(trend(corpus(rng, rates, years, k)))
        table = pd.concat(tables)
        covered = ((table["slope_low"] <= slope) & (table["slope_high"] >= slope)).mean()
        false = (table["p"] < 0.001).mean() if slope == 0 else np.nan
        yield {"documents": documents, "k": k, "slope": slope, "covered": covered, "p<0.001": false}


def changes(features: int) -> Iterator[dict[str, Any]]:
    """Alarms on constant series, and power where the rate trebles."""
    for (years, each), k in product(((6, 5), (10, 3), (20, 1), (10, 10)), BURSTS):
        rng, year, found = np.random.default_rng([years, each, int(10 * k)]), np.repeat(np.arange(years), each), {}
        for name, factor in (("constant", 1), ("trebled", 3)):
            rates = np.outer(np.where(year >= years // 2, factor, 1), np.full(features, 5e-4))
            dfm = corpus(rng, rates, year + 2000, k)
            table = change_points(dfm, dfm.features.tolist())
            found[name] = (table.groupby("feature")["p_any"].first() > 0.95).mean()
        yield {"years": years, "documents a year": each, "k": k, **found}


def distances(rounds: int, features: int = 1500) -> Iterator[dict[str, Any]]:
    """Plain and corrected divergence of two groups with the same words, and with words that differ."""
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
        yield {
            "documents": f"{a} + {b}", "k": k, "true": true, "pooled": found["jsd_pooled"].mean(),
            "corrected": found["jsd"].mean(), "p<=0.05": (found["p"] <= 0.05).mean(), "covered": covered,
        }  # fmt: skip
