"""How right the intervals and p-values over documents are: simulated corpora with known answers, and real reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse, stats

from analysis.dfm import Dfm, make_dfm
from analysis.stats.frequency import frequency
from analysis.stats.keyness import keyness
from analysis.stats.permutation import splits, tail_p
from analysis.stats.rate_ratio import log_rate_ratio

BURSTS = (0.3, 1.0, 3.0)  # the k of the gamma: variance of a rate between documents is 1 / k of its square
WORDS = 1100  # the median length of a document
Rows = Iterator[dict[str, Any]]


def run(data: Path, quick: bool) -> None:
    """Print every table; the last ones only where the provincial reports are."""
    part = 0.1 if quick else 1.0
    say("False positives: share of features that do not differ with p < 0.001, in %", _level(part))
    say("Below 1 / B: features that do not differ, found and expected below p", _far(part))
    say("p beyond the splits, divided by the exact p over all splits", _tail_ratio(part))
    say("Coverage of 95 % intervals of a frequency, in %: worst and mean over k and mean", _frequency_coverage(part))
    say("Coverage of 95 % intervals of a log ratio, in %", _ratio_coverage(part))
    say("Power: share of features found at q < 0.05, in %; 15 against 16 documents", _power(part))
    say("Level when years differ three-fold and the target has more of one year: p below, in %", _years(part))
    folder = data / "corpora" / "provincial_reports"
    if not folder.is_dir():
        print("No provincial_reports in the data: level and power on real reports are left out.")
        return
    reports = _reports(folder)
    say("Reports of 2025 against 2026: features at q < 0.05", _periods(reports))
    say("Random halves of the reports of 2026: splits with any q < 0.05", _halves(reports, max(5, int(50 * part))))


def say(title: str, rows: Iterable[dict[str, Any]]) -> None:
    table = pd.DataFrame(rows)
    print(f"\n{title}\n{table.to_string(index=False, float_format=lambda value: f'{value:.3g}')}", flush=True)


def bursty(
    rng: np.random.Generator, size: int, features: int, *, k: Any, mean: float, factor: np.ndarray | float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Counts (documents × features) and lengths: gamma–Poisson, ``mean`` in a document of median length."""
    totals = np.round(rng.lognormal(np.log(WORDS), 0.6, size))
    expected = np.tile((totals * factor * mean / WORDS)[:, None], features)
    return scattered(rng, expected, k), totals.astype(int)


def scattered(rng: np.random.Generator, expected: np.ndarray, k: Any) -> np.ndarray:
    """Gamma–Poisson counts of these means."""
    return rng.poisson(expected * rng.gamma(k, 1 / k, expected.shape))


def dfm_of(counts: ArrayLike, totals: ArrayLike | None = None, **docvars: object) -> Dfm:
    """A Dfm of features and documents that are only numbered."""
    counts, totals = np.asarray(counts), totals if totals is None else np.asarray(totals)
    index = [f"d{i:03d}" for i in range(len(counts))]
    names = [f"f{i:04d}" for i in range(counts.shape[1])]
    return make_dfm(counts, names, pd.DataFrame(docvars, index=index), totals=totals)


def _sides(target: int, reference: int) -> np.ndarray:
    return np.repeat(["t", "r"], [target, reference])


def _compare(dfm: Dfm, **options: Any) -> pd.DataFrame:
    return keyness(dfm, "side == 't'", "side == 'r'", **({"strata": None, "resamples": 4999} | options))


def _rank_sum(dfm: Dfm) -> np.ndarray:
    """p of Mann and Whitney's test of the rates, by feature."""
    rates = dfm.counts.toarray() / dfm.totals[:, None]
    target = (dfm.docvars["side"] == "t").to_numpy()
    p = stats.mannwhitneyu(rates[target], rates[~target], axis=0, method="asymptotic").pvalue
    return np.where(np.isnan(p), 1.0, p)


def _level(part: float) -> Rows:
    rng = np.random.default_rng(1)
    for (target, reference), longer, k in product(((6, 6), (15, 16), (10, 40), (100, 100)), (1, 3), BURSTS):
        side = _sides(target, reference)
        factor, tables, ranks = np.where(side == "t", longer, 1), [], []
        for mean in (1, 10):
            counts, totals = bursty(rng, len(side), int(4000 * part), k=k, mean=mean, factor=factor)
            dfm = dfm_of(counts, totals * factor, side=side)
            tables.append(_compare(dfm))
            ranks.append(_rank_sum(dfm))
        table = pd.concat(tables)
        yield {
            "documents": f"{target} + {reference}", "target longer": f"× {longer}", "k": k,
            "tifa": 100 * (table["p"] < 1e-3).mean(), "rank sum": 100 * (np.concatenate(ranks) < 1e-3).mean(),
            "pooled G2": 100 * (table["p_g2"] < 1e-3).mean(),
        }  # fmt: skip


def _far(part: float) -> Rows:
    rng = np.random.default_rng(2)
    designs = {"20 + 20": (_sides(20, 20), None), "31 pairs": (np.tile(["t", "r"], 31), "issuer")}
    for name, (side, strata) in designs.items():
        found = []
        for draw in range(max(1, int(20 * part))):
            counts, totals = bursty(rng, len(side), 15_000, k=BURSTS[draw % 3], mean=3)
            dfm = dfm_of(counts, totals, side=side, issuer=np.arange(len(side)) // 2)
            found.append(_compare(dfm, strata=strata, resamples=999)["p"].to_numpy())
        p = np.concatenate(found)
        for level in (1e-3, 1e-4, 1e-5):
            yield {"design": name, "features": f"{len(p)}", "p <": level, "found": int((p < level).sum()),
                   "expected": level * len(p)}  # fmt: skip


def _tail_ratio(part: float) -> Rows:
    """For the splits that come 300th, 100th, 10th and 3rd of all."""
    rng = np.random.default_rng(3)
    half = 12 if part == 1 else 9
    zeros, chosen = np.zeros(2 * half, dtype=int), np.arange(2 * half) < half
    labels = splits(zeros, chosen, resamples=comb(2 * half, half), seed=0)[0]
    counts = np.hstack([bursty(rng, len(zeros), 8, k=k, mean=mean)[0] for k in BURSTS for mean in (0.5, 5)])
    scores = stats.zscore(counts[:, counts.sum(axis=0) > 1].astype(float))
    ratios: dict[int, list[float]] = {300: [], 100: [], 10: [], 3: []}
    for score in scores.T:
        sums = np.abs(labels @ score.astype(np.float32))
        order = np.argsort(-sums, kind="stable")[:301]
        for rank, found in ratios.items():
            exact = (sums >= sums[order[rank - 1]] - 1e-4).mean()
            if exact < 0.05:
                found.append(tail_p(score[:, None], zeros, labels[order[rank - 1]] > 0)[0] / exact)
    for rank, found in ratios.items():
        yield {"split": rank, "of": f"{len(labels):,}", "least": min(found), "median": np.median(found),
               "most": max(found)}  # fmt: skip


def _frequency_coverage(part: float) -> Rows:
    for documents in (5, 8, 12, 20, 40):
        cells = 100 * np.array([_cover(documents, k, mean, part) for k in BURSTS for mean in (1, 3, 10)])
        for method, shares in zip(("tifa", "bootstrap-t", "BCa"), cells.T, strict=True):
            yield {"documents": documents, "method": method, "worst": shares.min(), "mean": shares.mean(),
                   "most": shares.max()}  # fmt: skip


def _cover(documents: int, k: float, mean: float, part: float) -> np.ndarray:
    """Share of intervals that hold the true rate: ours, bootstrap-t, BCa."""
    rng, covered = np.random.default_rng(4), []
    for _ in range(max(4, int(12 * part))):
        counts, totals = bursty(rng, documents, 300, k=k, mean=mean)
        counts = counts[:, counts.sum(axis=0) > 0]
        true = mean / WORDS
        table = frequency(dfm_of(counts, totals)).sort_values("feature")
        ours = (table["low"] <= 1e4 * true) & (1e4 * true <= table["high"])
        others = [(low <= true) & (true <= high) for low, high in _bootstraps(counts.astype(float), totals, rng)]
        covered.append(np.stack([ours.to_numpy(), *others]))
    return np.concatenate(covered, axis=1).mean(axis=1)


def _bootstraps(counts: np.ndarray, totals: np.ndarray, rng: np.random.Generator) -> Iterator[tuple]:
    """Intervals of the rate: bootstrap-t of its logarithm, BCa (Efron and Tibshirani 1993, ch. 12 and 14)."""
    size = len(totals)
    weights = rng.multinomial(size, np.full(size, 1 / size), size=999).astype(float)
    rate, error = _rate(np.ones((1, size)), counts, totals)
    again, errors = _rate(weights, counts, totals)
    pivots = np.quantile((np.log(again) - np.log(rate)) / errors, [0.975, 0.025], axis=0)
    yield tuple(np.exp(np.log(rate[0]) - pivots * error[0]))
    without, _ = _rate(1 - np.eye(size), counts, totals)
    gap = without.mean(axis=0) - without
    skew = (gap**3).sum(axis=0) / (6 * np.maximum((gap**2).sum(axis=0), 1e-300) ** 1.5)
    bias = stats.norm.ppf(np.clip((again < rate).mean(axis=0), 1e-3, 1 - 1e-3))
    z = bias + stats.norm.ppf([[0.025], [0.975]])
    at = stats.norm.cdf(bias + z / (1 - skew * z))
    ordered = np.sort(again, axis=0)
    yield tuple(ordered[np.clip((at * 998).round().astype(int), 0, 998), np.arange(counts.shape[1])])


def _rate(weights: np.ndarray, counts: np.ndarray, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates of weighted documents, and the standard errors of their logarithms; half an occurrence for none."""
    n = np.maximum(weights @ counts, 0.5)
    rate = n / (weights @ totals)[:, None]
    squares = weights @ counts**2 - 2 * rate * (weights @ (counts * totals[:, None]))
    squares += rate**2 * (weights @ totals.astype(float) ** 2)[:, None]
    return rate, np.sqrt(np.maximum(squares, 1e-9)) / n


def _ratio_coverage(part: float) -> Rows:
    for target, reference, strata in ((8, 8, 1), (20, 20, 1), (8, 40, 1), (1, 1, 8), (1, 1, 31), (4, 4, 5), (2, 10, 5)):
        side = np.tile(np.repeat([True, False], [target, reference]), strata)
        stratum = np.repeat(np.arange(strata), target + reference)
        cells, differ = (
            [_cover_ratio(side, stratum, np.where(side, k, other or k)[:, None], mean, part)
             for k in BURSTS for mean in (0.1, 1, 3, 10)] for other in (None, BURSTS[-1])
        )  # fmt: skip
        yield {"design": f"{strata} × ({target} + {reference})", "worst": min(cells), "mean": np.mean(cells),
               "most": max(cells), "of 12 in 93 to 97": sum(93 <= cell <= 97 for cell in cells),
               "worst, reference k 3": min(differ)}  # fmt: skip


def _cover_ratio(side: np.ndarray, stratum: np.ndarray, k: np.ndarray, mean: float, part: float) -> float:
    rng, covered = np.random.default_rng(5), []
    for _ in range(max(4, int(12 * part))):
        factor = np.where(side, 2, 1) * np.exp(0.5 * rng.normal(size=stratum.max() + 1))[stratum]
        counts, totals = bursty(rng, len(side), 300, k=k, mean=mean, factor=factor)
        _, low, high = log_rate_ratio(sparse.csr_matrix(counts[:, counts.sum(axis=0) > 0]), totals, side, stratum)
        covered.append((low <= np.log(2)) & (np.log(2) <= high))
    return 100 * float(np.concatenate(covered).mean())


def _power(part: float) -> Rows:
    rng = np.random.default_rng(6)
    side, features = _sides(15, 16), int(2000 * part)
    differ = np.arange(features) < features // 5
    for k in BURSTS:
        for ratio in (2, 4):
            counts, totals = bursty(rng, 31, features, k=k, mean=4)
            expected = totals * np.where(side == "t", ratio, 1) * 4 / WORDS
            counts[:, differ] = scattered(rng, np.tile(expected[:, None], differ.sum()), k)
            dfm = dfm_of(counts, totals, side=side)
            q = _compare(dfm).sort_values("feature")["q"].to_numpy()
            ranks = stats.false_discovery_control(_rank_sum(dfm))
            real = np.array([name in set(dfm.features[differ]) for name in dfm.features[dfm.counts.getnnz(axis=0) > 0]])
            yield {"k": k, "ratio": ratio, "tifa": 100 * (q[real] < 0.05).mean(),
                   "rank sum": 100 * (ranks[differ] < 0.05).mean()}  # fmt: skip


def _years(part: float) -> Rows:
    rng = np.random.default_rng(7)
    year = np.repeat([0, 1], [16, 16])
    side = np.where(np.r_[np.arange(16) < 4, np.arange(16) < 12], "t", "r")
    for k in BURSTS:
        counts, totals = bursty(rng, 32, int(10_000 * part), k=k, mean=4, factor=np.where(year == 1, 3, 1))
        dfm = dfm_of(counts, totals, side=side, year=year)
        p = {strata: _compare(dfm, strata=strata)["p"] for strata in ("year", None)}
        yield {"k": k} | {f"strata={name}, {a}": 100 * (p[name] < a).mean() for name in p for a in (0.05, 0.001)}


def _reports(folder: Path) -> Dfm:
    """jieba's words of two or more Chinese characters."""
    from analysis.dfm import dfm
    from analysis.reading import read_corpus
    from analysis.tokens import tokenize

    counts = dfm(tokenize(read_corpus(folder), None))
    return counts.select([name for name in counts.features if re.fullmatch(r"[\u4e00-\u9fff]{2,}", name)])


def _periods(reports: Dfm) -> Rows:
    reports = reports.trim(min_docfreq=5)
    side = reports.docvars["year"].map({2025: "t", 2026: "r"})
    dfm = replace(reports, docvars=reports.docvars.assign(side=side))
    by = {name: _compare(dfm, strata=strata, resamples=9999) for name, strata in
          (("tifa, paired by issuer (default)", "auto"), ("tifa, not paired", None))}  # fmt: skip
    found: dict[str, Any] = {name: table["q"] < 0.05 for name, table in by.items()}
    for name, table in by.items():
        found[f"{name}, interval with 0"] = found[name] & (table["log_ratio_conservative"] == 0)
    found |= {"rank sum": _found(_rank_sum(dfm)), "pooled G2": _found(by["tifa, not paired"]["p_g2"])}
    for name, features in found.items():
        yield {"test": name, f"of {len(dfm.features)}": features.sum()}


def _found(p: Any) -> np.ndarray:
    return stats.false_discovery_control(p) < 0.05


def _halves(reports: Dfm, times: int) -> Rows:
    here = np.flatnonzero(reports.docvars["year"] == 2026)
    dfm, found = reports.take(here).trim(min_docfreq=5), []
    for seed in range(times):
        chosen = np.random.default_rng(seed).permutation(len(here)) < 15
        split = replace(dfm, docvars=dfm.docvars.assign(side=np.where(chosen, "t", "r")))
        table = _compare(split, resamples=9999)
        ours, ranks, pooled = (table["q"] < 0.05).sum(), _found(_rank_sum(split)).sum(), _found(table["p_g2"]).sum()
        found.append({"tifa": ours, "rank sum": ranks, "pooled G2": pooled})
    for name, n in pd.DataFrame(found).items():
        yield {"test": name, f"splits of {times}": (n > 0).sum(), "features a split": n.mean()}
