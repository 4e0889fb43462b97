"""Which slogans (or words) stand together, and the network they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from analysis.corpus import Corpus, suggest
from analysis.dfm import group_codes
from analysis.stats.contexts import Context, Contexts, occurrence_contexts, token_contexts
from analysis.stats.frequency import note
from analysis.stats.strata import benjamini_hochberg, exact_p, g2, make_tables, mantel_haenszel, npmi
from analysis.tokens import Tokens

if TYPE_CHECKING:
    import networkx as nx

MEASURES = [
    "a", "b", "n_ab", "n_a", "n_b", "n_contexts",
    "npmi", "log_odds", "log_odds_low", "log_odds_high", "g2", "p", "q",
]  # fmt: skip
_NOTE = note(
    "优势比与 p 值只在长度相近的语境之间（句、段还须同属一篇）比较。",
    "Odds ratios and p compare contexts of similar length (sentences, paragraphs: of one document).",
)


def cooccurrence(
    occ_or_tokens: pd.DataFrame | Tokens,
    corpus: Corpus | None = None,
    *,
    context: Context = "sentence",
    by: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Pairs of slogans, or of words, that share a sentence, paragraph or document.

    A feature is present in a context or not, however often. Of slogans only the maximal occurrences
    (``~nested``) count, so that one inside another is not their meeting. Of tokens, the types with a
    letter or Han character in at least five contexts count.

    Contexts are compared with their like: ``log_odds`` (Mantel–Haenszel, with the interval of Robins,
    Breslow and Greenland) and ``p`` (exact, conditional on the margins) are stratified by document and,
    within it, by the length of the context, so that neither long documents nor long sentences make
    everything co-occur. Documents as contexts are stratified by length alone. Length classes double in
    width from one to the next (every half doubling for documents, and from 2,000 contexts on).

    Parameters
    ----------
    occ_or_tokens : DataFrame or Tokens
        What ``slogans(corpus, lexicon)`` returned, or the tokens.
    corpus : Corpus
        The corpus the occurrences were found in (not needed with tokens).
    context : {"sentence", "paragraph", "document"}
    by : str or sequence of str, optional
        Docvars; each group of documents is treated by itself.

    Returns
    -------
    DataFrame
        One row per pair seen together at least once, most surprising first in each group: the group's
        keys; ``a < b``; contexts with both, with each, and in all (``n_ab, n_a, n_b, n_contexts``);
        ``npmi`` over all contexts; ``log_odds`` (natural logarithm) with 95 % interval; ``g2`` pooled over
        all contexts, for reference; ``p`` that as many or more contexts are shared by chance; ``q`` by
        Benjamini–Hochberg over all pairs of the group that could have met, those never seen together
        included. ``attrs["left_out"]``: documents with a missing key.

    Raises
    ------
    ValueError
        If the corpus is missing or not the one of the occurrences, the context is unknown, or there
        are more than 2,000 token types.
    KeyError
        If a name in ``by`` is not a docvar.

    References
    ----------
    Bouma (2009) for NPMI; Robins, Breslow & Greenland (1986); Gart (1970); Dunning (1993).
    """
    if context not in get_args(Context):
        hint = suggest(str(context), get_args(Context)) or "use sentence, paragraph or document."
        raise ValueError(f"No context {context!r}; {hint}")
    if isinstance(occ_or_tokens, Tokens):
        contexts = token_contexts(occ_or_tokens, context)
    else:
        contexts = occurrence_contexts(occ_or_tokens, corpus, context)
    codes, keys = np.zeros(len(contexts.docvars), dtype=np.int64), pd.DataFrame(index=[0])
    if by is not None:
        codes, keys = group_codes(contexts.docvars, by)
    stratum = contexts.strata(context)
    frames = [_measure(contexts, stratum, codes == group, keys.iloc[[group]]) for group in range(len(keys))]
    table = pd.concat(frames, ignore_index=True) if frames else keys.reindex(columns=[*keys, *MEASURES])
    step = {"step": "cooccurrence", "context": context, "by": list(keys.columns)}
    table.attrs = {
        "recipe": [*contexts.recipe, step],
        "left_out": int((codes < 0).sum()),
        "notes": [dict(_NOTE)],
    }
    if table.empty:
        table.attrs["reason"] = note(
            "没有两个提法或词语出现在同一语境中，因此没有共现关系可报告。",
            f"No two features share a {context}, so there is no co-occurrence to report.",
        )
    return table


def _measure(contexts: Contexts, stratum: np.ndarray, chosen: np.ndarray, key: pd.DataFrame) -> pd.DataFrame:
    rows = np.flatnonzero(chosen[contexts.document])
    presence = contexts.presence[rows]
    tables = make_tables(presence, np.unique(stratum[rows], return_inverse=True)[1])
    n_ab, margin = tables.observed, presence.getnnz(axis=0).astype(np.int64)
    i, j = tables.pairs.T
    log_odds, low, high = mantel_haenszel(tables)
    p = exact_p(tables)
    columns = (
        contexts.features[i], contexts.features[j], n_ab, margin[i], margin[j], np.full(len(i), len(rows)),
        npmi(n_ab, margin[i], margin[j], len(rows)), log_odds, low, high,
        g2(n_ab, margin[i], margin[j], len(rows)), p, benjamini_hochberg(p, tables.n_tests),
    )  # fmt: skip
    frame = pd.DataFrame(dict(zip(MEASURES, columns, strict=True)))
    frame = frame.iloc[np.lexsort((j, i, -n_ab, p))].reset_index(drop=True)
    keys = key.iloc[np.zeros(len(frame), dtype=np.int64)].reset_index(drop=True)
    return pd.concat([keys, frame], axis=1)


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
        Nodes in string order: ``n`` (contexts), ``community`` (Louvain on the weights, seed 0; 1 is the
        largest, equals by their first name), ``degree_centrality`` and ``betweenness`` (unweighted,
        normalized). Edges in order of their names: ``n_ab, npmi, log_odds, q`` and ``weight``, which is
        ``npmi`` where it is positive, else 0. Without an edge the graph is empty and says why in
        ``graph["reason"]``.

    Raises
    ------
    ValueError
        If the table holds several groups.

    References
    ----------
    Blondel et al. (2008), J. Stat. Mech. P10008. Freeman (1979), Social Networks 1.
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
    graph.add_nodes_from((name, {"n": int(size)}) for name, size in sizes.items())
    for edge in kept.to_dict("records"):
        measures = {name: float(edge[name]) for name in ("npmi", "log_odds", "q")}
        weight = max(measures["npmi"], 0.0)
        graph.add_edge(edge["a"], edge["b"], n_ab=int(edge["n_ab"]), **measures, weight=weight)
    if kept.empty:
        graph.graph["reason"] = note(
            f"没有任何一对在 {min_n} 个以上语境中共现并达到所设条件，网络为空。",
            f"No pair shares {min_n} or more contexts as required: the network is empty.",
        )
    nx.set_node_attributes(graph, nx.degree_centrality(graph), "degree_centrality")
    nx.set_node_attributes(graph, nx.betweenness_centrality(graph), "betweenness")
    nx.set_node_attributes(graph, _communities(graph), "community")
    return graph


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
