"""Are planted ties found, and none where none are planted? Simulated corpora, documents ten-fold in length."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.adoption import wilson
from analysis.corpus import Corpus, make_corpus
from analysis.stats.contexts import Context
from analysis.stats.cooccurrence import cooccurrence
from analysis.stats.tie_contrast import tie_contrast

NAMES = np.array([f"提法{chr(0x4E00 + k)}" for k in range(24)])
PLANTED = 4  # ties: the first feature with the second, the third with the fourth …
RUNS = {True: 20, False: 200}
Marked = tuple[pd.DataFrame, Corpus]


def table(data: Path, quick: bool) -> pd.DataFrame:
    """Level and power of the ties of a network and of their contrasts; 200 simulated corpora of a kind, `quick` 20.

    ``measure setting runs rate low high``: of ``runs`` corpora (or ties, or intervals) the share, with
    Wilson's 95 % interval.
    """
    runs = range(RUNS[quick])
    rows = []
    for setting, context, fold in LEVEL:
        networks = (cooccurrence(*simulate(seed, (20, 20), fold=fold), context=context) for seed in runs)
        any_edge = [(network["q"] < 0.05).any() for network in networks]
        rows.append(_row("networks with any q < 0.05, no ties", setting, any_edge))
    for strength, documents in ((0.1, 20), (0.25, 20), (0.5, 20), (0.1, 80), (0.25, 80)):
        half = (documents // 2, documents // 2)
        networks = (cooccurrence(*simulate(seed, half, strength=(strength, strength))) for seed in runs)
        found = [sure for network in networks for sure in network.loc[_planted(network), "q"] < 0.05]
        rows.append(_row("planted ties at q < 0.05", f"P(b|a) +{strength}, {documents} documents", found))
    for setting, sizes, longer in CONTRASTS:
        same = [contrast(seed, sizes, longer, (0.3, 0.3)) for seed in runs]
        rows.append(_row("contrasts with any q < 0.05, ties the same", setting, [r["any"] for r in same]))
        rows.append(_row("the same by Wald's z, not used", setting, [r["wald"] for r in same]))
        rows.append(_row("intervals that hold the true 0", setting, [h for r in same for h in r["held"]]))
    for low, high in ((0.1, 0.5), (0.0, 0.5), (0.0, 0.8)):
        changed = [contrast(seed, (40, 40), 1.0, strength=(low, high)) for seed in runs]
        found = [f for r in changed for f in r["found"]]
        rows.append(_row("changed ties at q < 0.05", f"P(b|a) +{low} to +{high}, 40 and 40 documents", found))
    return pd.DataFrame(rows)


LEVEL: tuple[tuple[str, Context, float], ...] = (
    ("sentences, documents alike", "sentence", 1.0),
    ("sentences, documents ten-fold", "sentence", 10.0),
    ("paragraphs of 5 sentences, ten-fold", "paragraph", 10.0),
    ("windows of 100 characters, ten-fold", 100, 10.0),
    ("whole documents, ten-fold", "document", 10.0),
)
CONTRASTS = (
    ("20 and 20 documents", (20, 20), 1.0),
    ("8 and 30, the few three times as long", (8, 30), 3.0),
    ("8 and 30, the few a third as long", (8, 30), 1 / 3),
)


def simulate(
    seed: int, sizes: Sequence[int], *, fold: float = 10.0, longer: float = 1.0, strength: Sequence[float] = (0.0, 0.0)
) -> Marked:
    """Occurrences of 24 slogans that fall anywhere, at rates of each document's own, and planted ties.

    ``sizes`` are the documents on each side (docvar ``level``: province, county); ``fold`` the longest over the
    shortest document (150 sentences over 150 / fold), log-uniform between; those of the first side are ``longer``.
    ``strength`` is the mean probability, on each side, that the second slogan of a tie is put where the first stands.
    Each document draws its own from Beta(mean, 1 − mean): in most documents nearly always, or hardly ever.
    """
    rng = np.random.default_rng(seed)
    side = np.repeat([0, 1], sizes)
    sentences = np.exp(rng.uniform(np.log(150 / fold), np.log(150), len(side))) * np.where(side == 0, longer, 1)
    common, rows, texts = np.exp(rng.normal(np.log(0.03), 0.9, len(NAMES))), [], []
    for d, n in enumerate(np.maximum(sentences, 4).astype(int)):
        length = np.exp(rng.normal(np.log(34), 0.7, n)).clip(5, 300).astype(int)
        rate = common * np.exp(rng.normal(0, 0.8, len(NAMES)))
        here = rng.random((n, len(NAMES))) < 1 - np.exp(-np.outer(length / 34, rate))
        mean = strength[side[d]]
        own = rng.beta(mean, 1 - mean, PLANTED) if 0 < mean < 1 else np.full(PLANTED, mean)
        here[:, 1 : 2 * PLANTED : 2] |= here[:, 0 : 2 * PLANTED : 2] & (rng.random((n, PLANTED)) < own)
        at = np.cumsum(length + (np.arange(n) % 5 == 4)) - length - (np.arange(n) % 5 == 4)
        where = at[:, None] + (rng.random(here.shape) * length[:, None]).astype(int)
        rows += [(d, NAMES[f], s, s // 5, where[s, f]) for s, f in np.argwhere(here)]
        texts.append("".join("字" * (k - 1) + "。" + "\n" * (i % 5 == 4) for i, k in enumerate(length)))
    docs = pd.DataFrame({"doc_id": [f"d{d}" for d in range(len(side))], "text": texts})
    occ = pd.DataFrame(rows, columns=["doc_id", "slogan", "sentence", "paragraph", "start"])
    occ = occ.assign(doc_id="d" + occ["doc_id"].astype("str"), nested=False)
    return occ, make_corpus(docs.assign(level=np.where(side == 0, "province", "county")))


def contrast(seed: int, sizes: Sequence[int], longer: float, strength: Sequence[float]) -> dict[str, Any]:
    """What the contrast of two sides, and Wald's test of the same difference, find."""
    marked = simulate(seed, sizes, longer=longer, strength=strength)
    found = tie_contrast(*marked, target="level == 'province'")
    planted = found[_planted(found)].dropna(subset="p")
    held = (planted["difference_low"] <= 0) & (planted["difference_high"] >= 0)
    any_q = bool((found["q"] < 0.05).any())
    return {"any": any_q, "wald": _wald(marked), "held": held.tolist(), "found": (planted["q"] < 0.05).tolist()}


def _wald(marked: Marked) -> bool:
    """Whether any difference of log odds has q < 0.05 when contexts, not documents, are the unit."""
    sides = [part.set_index(["a", "b"]) for _, part in cooccurrence(*marked, by="level").groupby("level")]
    one, other = sides[0].align(sides[1], join="inner")
    error = [(side["log_odds_high"] - side["log_odds_low"]) / (2 * stats.norm.ppf(0.975)) for side in (one, other)]
    z = (one["log_odds"] - other["log_odds"]) / np.hypot(*error)
    return bool((stats.false_discovery_control(2 * stats.norm.sf(np.abs(z))) < 0.05).any())


def _planted(found: pd.DataFrame) -> pd.Series:
    number = pd.Series(np.arange(len(NAMES)), index=NAMES)
    a, b = found["a"].map(number), found["b"].map(number)
    return (a % 2 == 0) & (b == a + 1) & (b < 2 * PLANTED)


def _row(measure: str, setting: str, outcomes: Sequence[Any]) -> dict[str, object]:
    hits, n = int(np.sum(outcomes)), len(outcomes)
    low, high = wilson(np.array([hits]), np.array([n]))
    return {"measure": measure, "setting": setting, "runs": n, "rate": hits / n, "low": low[0], "high": high[0]}
