"""Measures that help to choose the number of topics; none of them decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd

from analysis.dfm import Dfm
from analysis.memo import memoised
from analysis.stats.frequency import note
from analysis.stats.strata import npmi
from analysis.stats.topic_draws import first_features, pair, stability, units_of
from analysis.stats.topics import Method, TopicModel, check_choice, check_k, topics

REFITS = 5
RESAMPLED = 0.9
BACKGROUND = 0.01


@memoised
def choose_k(dfm: Dfm, ks: Sequence[int], *, method: Method = "nmf", seed: int = 0) -> pd.DataFrame:
    r"""Fit models with several numbers of topics and measure each.

    - ``npmi_coherence``: mean NPMI of all pairs of a topic's ten first features, over documents (Bouma 2009;
      Lau, Newman & Baldwin 2014), averaged over topics.
    - ``exclusivity``: mean of :math:`\phi_{tv} / \sum_u \phi_{uv}` over a topic's ten first features and over
      topics.
    - ``heldout``: document completion (Wallach et al. 2009). Every word token goes to one half or the other
      by a fair coin; the model is fitted to the first halves; ``heldout`` is the mean natural logarithm of
      the probability it gives to the tokens of the second, under 0.99 of the document's mixture and 0.01 of
      the words' overall shares (plus one), so that no word is impossible. Factors of ``nmf`` are freed of
      their idf for this.
    - ``stability``: the model is fitted again to five random choices of 90 % of the documents (all parts of a
      document together); topics are paired as in ``topic_draws.pair``, and ``stability`` is the mean Jaccard
      similarity of their ten first features (Greene, O'Callaghan & Cunningham 2014).

    Larger is better for each, and they seldom agree: read them with the topics themselves. They compare numbers of
    topics, not methods: the rarer first words of ``nmf`` alone raise its NPMI.

    Parameters
    ----------
    dfm : Dfm
        One row per document or paragraph.
    ks : sequence of int
        Numbers of topics to try, each at least 2.
    method : {"nmf", "lda", "gibbs", "dmr"}
    seed : int

    Returns
    -------
    DataFrame
        ``k, npmi_coherence, exclusivity, heldout, stability``, by k.

    Raises
    ------
    ValueError
        If ks is empty or holds a k that does not fit in nine tenths of the documents.
    """
    from tqdm import tqdm

    check_choice("method ", method, get_args(Method))
    dfm = dfm.take(np.flatnonzero(dfm.counts.getnnz(axis=1)))
    if not len(ks):
        raise ValueError("ks is empty; give one or more numbers of topics, e.g. [5, 10, 15].")
    rng = np.random.default_rng(seed)
    unit = units_of(dfm.docvars)
    documents = int(unit.max(initial=-1)) + 1
    chosen = [rng.choice(documents, int(RESAMPLED * documents), replace=False) for _ in range(REFITS)]
    samples = [dfm.take(np.flatnonzero(np.isin(unit, one))) for one in chosen]
    halves = _halves(dfm, seed)
    n_features = min(int((part.counts.getnnz(axis=0) > 0).sum()) for part in (halves[0], *samples))
    for k in ks:
        check_k(k, min(len(halves[0]), *map(len, samples)), n_features)
    rows = [
        _measures(dfm, k, method, seed, halves, samples)
        for k in tqdm(sorted(set(ks)), desc="选择主题数 choose k", delay=2, leave=False)
    ]
    table = pd.DataFrame(rows, columns=["k", "npmi_coherence", "exclusivity", "heldout", "stability"])
    step = {"step": "choose_k", "ks": [int(k) for k in table["k"]], "method": method, "seed": seed}
    table.attrs = {"recipe": [*dfm.recipe, step], "left_out": 0, "notes": []}
    if documents < 50:
        zh = f"只有 {documents} 篇文档，对任何主题数都太少：各量度只供参考，主题须逐篇核对。"
        en = f"{documents} documents are too few for any number of topics: check each topic against the documents."
        table.attrs["notes"].append(note(zh, en))
    return table


def _halves(dfm: Dfm, seed: int) -> tuple[Dfm, Dfm]:
    first, second = dfm.counts.copy(), dfm.counts.copy()
    first.data = np.random.default_rng(seed).binomial(dfm.counts.data, 0.5)
    second.data = dfm.counts.data - first.data
    first.eliminate_zeros()
    kept = np.flatnonzero(first.getnnz(axis=1))
    return replace(dfm, counts=first).take(kept), replace(dfm, counts=second).take(kept)


def _measures(
    dfm: Dfm, k: int, method: Method, seed: int, halves: tuple[Dfm, Dfm], samples: list[Dfm]
) -> tuple[int, float, float, float, float]:
    model = topics(dfm, k, method=method, seed=seed)
    phi = model.topic_feature.to_numpy()
    top = first_features(phi)
    others = [topics(sample, k, method=method, seed=seed).topic_feature.to_numpy() for sample in samples]
    overlaps = stability(phi, np.stack([other[pair(phi, other)] for other in others]))
    completed = heldout(topics(halves[0], k, method=method, seed=seed), *halves)
    exclusivity = float(np.mean([(phi[t, c] / phi[:, c].sum(axis=0)).mean() for t, c in enumerate(top)]))
    return k, coherence(dfm, top), exclusivity, completed, float(overlaps.mean())


def coherence(dfm: Dfm, top: list[np.ndarray]) -> float:
    """Mean NPMI over documents of the pairs within each set of features, averaged over the sets."""
    scores = []
    for columns in top:
        present = (dfm.counts[:, columns] > 0).astype(np.int64)
        both, single = (present.T @ present).toarray(), present.getnnz(axis=0)
        i, j = np.triu_indices(len(columns), k=1)
        if len(i):
            scores.append(npmi(both[i, j], single[i], single[j], len(dfm)).mean())
    return float(np.mean(scores)) if scores else np.nan


def heldout(model: TopicModel, first: Dfm, second: Dfm) -> float:
    """Mean log probability of the tokens of ``second`` under the model fitted to ``first``."""
    shares, phi = model.doc_topic.to_numpy(), model.topic_feature.to_numpy()
    per_feature = np.ones(phi.shape[1])
    if model.method == "nmf":
        docfreq = first.counts.getnnz(axis=0)
        per_feature = 1 / (np.log((1 + len(first)) / (1 + docfreq)) + 1)
    cells = second.counts.tocoo()
    mixture = np.einsum("ck,kc->c", shares[cells.row], phi[:, cells.col]) * per_feature[cells.col]
    mixture /= (shares @ (phi @ per_feature))[cells.row]
    overall = np.asarray(first.counts.sum(axis=0)).ravel() + 1.0
    overall /= overall.sum()
    probability = (1 - BACKGROUND) * mixture + BACKGROUND * overall[cells.col]
    return float(cells.data @ np.log(probability) / cells.data.sum()) if cells.data.sum() else np.nan
