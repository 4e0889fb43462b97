"""The network of a co-occurrence table: communities, centralities, backbone, files for Gephi."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import ndtr, ndtri

from analysis.corpus import Corpus
from analysis.docvars import suggest
from analysis.memo import memoised
from analysis.stats.contexts import Context, find_contexts
from analysis.stats.cooccurrence import cooccurrence
from analysis.stats.frequency import note
from analysis.stats.strata import npmi
from analysis.tokens import Tokens

if TYPE_CHECKING:
    import networkx as nx

CENTRALITIES = ("degree_centrality", "strength", "betweenness")
FORMATS = ("graphml", "gexf")


def network(edges: pd.DataFrame, *, min_n: int = 2, q: float | None = None) -> nx.Graph:
    """The undirected network of a co-occurrence table.

    Parameters
    ----------
    edges : DataFrame
        What ``cooccurrence`` returned; of one group only.
    min_n : int
        An edge needs at least so many shared contexts.
    q : float, optional
        Keep only the edges with ``q`` below it.

    Returns
    -------
    networkx.Graph
        Nodes in string order: ``label``, ``n`` (contexts), ``community`` (Louvain on the weights, seed 0;
        1 is the largest, equals by their first name), ``degree_centrality`` and ``betweenness``
        (unweighted, normalized), ``strength`` (sum of weights). Edges in order of their names: ``n_ab,
        npmi, log_odds, q`` and ``weight``, which is ``npmi`` where it is positive, else 0. Without an
        edge the graph is empty and says why in ``graph["reason"]``.

    Raises
    ------
    ValueError
        If the table holds several groups.

    References
    ----------
    Blondel et al. (2008), J. Stat. Mech. P10008. Freeman (1979), Social Networks 1. Barrat et al.
    (2004), PNAS 101, for strength.
    """
    import networkx as nx

    twice = edges[edges.duplicated(["a", "b"])]
    if len(twice):
        a, b = twice[["a", "b"]].iloc[0]
        raise ValueError(f"{a}–{b} is there twice: edges hold several groups; choose the rows of one.")
    below = True if q is None else edges["q"] < q
    kept = edges[(edges["n_ab"] >= min_n) & below].sort_values(["a", "b"])
    n = pd.concat([kept.set_index("a")["n_a"], kept.set_index("b")["n_b"]])
    sizes = n[~n.index.duplicated()].sort_index()
    graph = nx.Graph(recipe=[*edges.attrs.get("recipe", []), {"step": "network", "min_n": min_n, "q": q}])
    graph.add_nodes_from((name, {"label": name, "n": int(size)}) for name, size in sizes.items())
    for edge in kept.to_dict("records"):
        measures = {name: float(edge[name]) for name in ("npmi", "log_odds", "q")}
        weight = max(measures["npmi"], 0.0)
        graph.add_edge(edge["a"], edge["b"], n_ab=int(edge["n_ab"]), **measures, weight=weight)
    if kept.empty:
        graph.graph["reason"] = note(
            f"没有任何一对在 {min_n} 个以上语境中共现并达到所设条件，网络为空。",
            f"No pair shares {min_n} or more contexts as required: the network is empty.",
        )
    for name, values in zip(CENTRALITIES, _centralities(graph), strict=True):
        nx.set_node_attributes(graph, dict(zip(graph, values.tolist(), strict=True)), name)
    nx.set_node_attributes(graph, _communities(graph), "community")
    return graph


def _centralities(graph: nx.Graph) -> np.ndarray:
    """Shape (3, nodes), in the order of ``CENTRALITIES``."""
    import networkx as nx

    measures = (nx.degree_centrality(graph), dict(graph.degree(weight="weight")), nx.betweenness_centrality(graph))
    return np.array([[float(measure[name]) for name in graph] for measure in measures]).reshape(3, len(graph))


def _communities(graph: nx.Graph) -> dict[str, int]:
    """Louvain community of each node; on integers, whose order in a set does not depend on hashing."""
    import networkx as nx

    names = list(graph)
    if not names:
        return {}
    numbered = nx.relabel_nodes(graph, {name: k for k, name in enumerate(names)})
    weight = "weight" if numbered.size("weight") > 0 else None
    found = nx.community.louvain_communities(numbered, weight=weight, seed=0)
    ranked = sorted((sorted(members) for members in found), key=lambda m: (-len(m), m[0]))
    return {names[node]: number for number, members in enumerate(ranked, 1) for node in members}


@memoised
def centrality(
    occ_or_tokens: pd.DataFrame | Tokens, corpus: Corpus | None = None, *, context: Context = "sentence",
    min_n: int = 2, resamples: int = 200, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Nodes of the co-occurrence network, with intervals of their centralities over documents.

    Documents are drawn with replacement and the network is made anew. What is drawn holds fewer
    different documents than the corpus, hence fewer ties: the percentiles are corrected for this
    bias (BC, Efron 1987). The intervals say how far a centrality hangs on single documents.

    Parameters
    ----------
    occ_or_tokens, corpus, context
        As ``cooccurrence``.
    min_n : int
        An edge needs at least so many shared contexts.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        ``slogan n community`` and ``degree_centrality strength betweenness``, each followed by its 95 %
        interval ``…_low …_high``; the strongest first.

    Raises
    ------
    ValueError
        As ``cooccurrence``; if ``resamples`` is less than 1.

    References
    ----------
    Snijders & Borgatti (1999), Connections 22. Efron (1987), JASA 82.
    """
    if resamples < 1:
        raise ValueError(f"resamples={resamples} leaves no interval; give at least 1, e.g. 200.")
    edges = cooccurrence(occ_or_tokens, corpus, context=context)
    graph = network(edges, min_n=min_n)
    table = pd.DataFrame([{"slogan": name, **values} for name, values in graph.nodes(data=True)])
    ends = [f"{name}{end}" for name in CENTRALITIES for end in ("", "_low", "_high")]
    table = table.reindex(columns=["slogan", "n", "community", *ends])
    draws = _resampled(find_contexts(occ_or_tokens, corpus, context), list(graph), min_n, resamples, seed)
    for number, name in enumerate(CENTRALITIES):
        table[f"{name}_low"], table[f"{name}_high"] = _bias_corrected(table[name].to_numpy(float), draws[:, number])
    table = table.sort_values(["strength", "slogan"], ascending=[False, True]).reset_index(drop=True)
    step = {"step": "centrality", "min_n": min_n, "resamples": resamples, "seed": seed}
    said = note(
        f"边：{min_n} 个以上语境共现；强度为各边 NPMI 之和；95 % 区间：有放回地抽取文档 {resamples} 次，偏差校正。",
        f"Ties: {min_n} or more shared contexts; strength: sum of NPMI; 95 % intervals: documents drawn {resamples} "
        "times with replacement, bias-corrected.",
    )
    table.attrs = {"recipe": [*edges.attrs["recipe"], step], "left_out": edges.attrs["left_out"], "notes": [said]}
    if table.empty:
        table.attrs["reason"] = edges.attrs.get("reason", graph.graph["reason"])
    return table


def _resampled(contexts: Any, names: list[str], min_n: int, resamples: int, seed: int) -> np.ndarray:
    """Centralities of the networks of resampled documents, shape (resamples, 3, nodes)."""
    import networkx as nx

    present = contexts.presence[:, np.searchsorted(contexts.features, names)].astype(float)
    n_docs, rng = len(contexts.docvars), np.random.default_rng(seed)
    made = np.zeros((resamples, len(CENTRALITIES), len(names)))
    for at in range(resamples if names else 0):
        weight = rng.multinomial(n_docs, np.full(n_docs, 1 / n_docs))[contexts.document]
        both = (present.T @ sparse.diags_array(weight.astype(float)) @ present).toarray()
        n, total = both.diagonal(), weight.sum()
        i, j = np.nonzero(np.triu(both >= min_n, 1))
        ties = np.maximum(npmi(both[i, j], n[i], n[j], total), 0.0)
        graph = nx.empty_graph(len(names))
        graph.add_weighted_edges_from(zip(i.tolist(), j.tolist(), ties.tolist(), strict=True))
        made[at] = _centralities(graph)
    return made


def _bias_corrected(observed: np.ndarray, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % limits of Efron's BC bootstrap; draws of shape (resamples, nodes)."""
    below = ((draws < observed).sum(axis=0) + (draws == observed).sum(axis=0) / 2 + 0.5) / (len(draws) + 1)
    levels = ndtr(2 * ndtri(below) + ndtri([[0.025], [0.975]]))
    low, high = (
        np.array([np.quantile(column, level) for column, level in zip(draws.T, row, strict=True)]) for row in levels
    )
    return np.minimum(low, observed), np.maximum(high, observed)


def backbone(graph: nx.Graph, alpha: float = 0.05, *, weight: str = "n_ab") -> nx.Graph:
    r"""The edges that carry more of a node's weight than chance would give them (disparity filter).

    An edge with the share x of the total weight of a node with k edges has
    :math:`\alpha = (1 - x)^{k-1}`, the probability of so large a share were the weight spread
    uniformly at random; the smaller one of its two ends counts.

    Parameters
    ----------
    graph : networkx.Graph
    alpha : float
        Keep the edges below it.
    weight : str
        Edge attribute. The filter is made for counts that differ by orders of magnitude.

    Returns
    -------
    networkx.Graph
        A copy with the edges kept, their ``disparity``, and the nodes these join.

    Raises
    ------
    ValueError
        If ``alpha`` is not between 0 and 1, or edges have no such ``weight``.

    References
    ----------
    Serrano, Boguñá & Vespignani (2009), PNAS 106, 6483–6488.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha={alpha!r} is not between 0 and 1; give e.g. 0.05.")
    known = list(next((edge for *_, edge in graph.edges(data=True)), [weight]))
    if weight not in known:
        raise ValueError(f"No weight {weight!r}; {suggest(weight, known) or f'use one of {known}.'}")
    degree, strength = dict(graph.degree()), dict(graph.degree(weight=weight))
    kept = graph.copy()
    for a, b, edge in graph.edges(data=True):
        ends = [(1 - edge[weight] / strength[v]) ** (degree[v] - 1) for v in (a, b) if strength[v]]
        kept.edges[a, b]["disparity"] = float(min(ends, default=1.0))
    kept.remove_edges_from([(a, b) for a, b, p in kept.edges(data="disparity") if p >= alpha])
    kept.remove_nodes_from([name for name, d in dict(kept.degree()).items() if d == 0])
    return kept


def write_network(graph: nx.Graph, path: str | Path) -> Path:
    """Write a network as GraphML or GEXF 1.2 for Gephi: labels, all numbers, no date.

    Parameters
    ----------
    graph : networkx.Graph
    path : str or Path
        Ends in ``.graphml`` or ``.gexf``.

    Raises
    ------
    ValueError
        If it has another ending.
    """
    import networkx as nx

    path = Path(path)
    if path.suffix[1:] not in FORMATS:
        raise ValueError(f"No format {path.suffix!r} for networks; use .graphml or .gexf.")
    plain = graph.copy()
    plain.graph.clear()
    text = re.sub(r' lastmodifieddate="[^"]*"', "", "\n".join(getattr(nx, f"generate_{path.suffix[1:]}")(plain)))
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n', encoding="utf-8", newline="\n")
    return path
