"""``evaluate topics``: are planted topics found, and do intervals of their prevalence hold the truth?"""

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
from analysis.stats.topics import Method, topics

K, FEATURES, DRAWS = 6, 600, 20
METHODS: tuple[Method, ...] = ("nmf", "lda", "gibbs", "dmr")


def run(data: Path, *, quick: bool = False) -> None:
    """Print the simulations."""
    with pd.option_context("display.width", 150, "display.max_columns", 20):
        print(
            coverage(repeats=4 if quick else 60, methods=("nmf", "gibbs") if quick else METHODS).to_string(index=False)
        )


def coverage(*, repeats: int, methods: tuple[Method, ...] = METHODS) -> pd.DataFrame:
    """Share of 95 % intervals of regional differences that hold the planted one, with and without draws.

    Corpora of 60 to 300 documents of 60 to 1,500 words, six correlated topics (logistic normal shares),
    the first two more frequent in one region. ``null_q`` is the share of contrasts with q < 0.05 where nothing is
    planted; ``found`` the mean correlation of a planted topic's shares with those of the topic paired with it.
    """
    rows = []
    for method in methods:
        for documents in (60, 300):
            seen = [_once(method, documents, seed) for seed in tqdm(range(repeats), desc=f"{method} {documents}")]
            rows.append({"method": method, "documents": documents, **pd.DataFrame(seen).mean().round(3)})
    return pd.DataFrame(rows)


def _once(method: Method, documents: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng([seed, documents])
    phi = rng.dirichlet(np.full(FEATURES, 0.05), K)
    root = rng.normal(0, 0.5, (K, K)) + np.eye(K)
    said: dict[str, float] = {}
    for effect in (1.0, 0.0):
        dfm, shares, truth = _planted(rng, phi, root, documents, effect)
        model = topics(dfm, K, method=method, draws=DRAWS, seed=seed)
        found = model.topic_feature.to_numpy()
        order = linear_sum_assignment(-np.sqrt(phi) @ np.sqrt(found).T)[1]
        table = prevalence_contrast(model, "region == '吉林'").set_index("topic").loc[list(model.doc_topic)]
        naive = (
            prevalence_contrast(replace(model, draws=None), "region == '吉林'")
            .set_index("topic")
            .loc[list(model.doc_topic)]
        )
        own = model.doc_topic.to_numpy()[:, order]
        if effect:
            said["found"] = float(np.mean([np.corrcoef(own[:, t], shares[:, t])[0, 1] for t in range(K)]))
            said["stability"] = float(model.stability.mean())
            for name, frame in (("composed", table), ("naive", naive)):
                low, high = frame["low"].to_numpy()[order], frame["high"].to_numpy()[order]
                said[name] = float(((low <= truth) & (truth <= high)).mean())
        else:
            said["null_q"] = float((table["q"] < 0.05).mean())
            said["null_q_naive"] = float((naive["q"] < 0.05).mean())
    return said


def _planted(
    rng: np.random.Generator, phi: np.ndarray, root: np.ndarray, documents: int, effect: float
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
    return make_dfm(counts, [f"词{i:03d}" for i in range(FEATURES)], docvars), mixtures, truth
