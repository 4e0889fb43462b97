"""Networks: measures by hand, the published backbone formula, files read back, intervals over documents."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from analysis.corpus import make_corpus
from analysis.stats.cooccurrence import cooccurrence
from analysis.stats.network import CENTRALITIES, backbone, centrality, network, write_network

NAMES = [f"提法{chr(0x4E00 + k)}" for k in range(30)]


def edges():
    """Two triangles of tight slogans and a loose tie between them."""
    pairs = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (2, 3)]
    table = pd.DataFrame([(NAMES[i], NAMES[j]) for i, j in pairs], columns=["a", "b"])
    table = table.assign(n_ab=[5] * 6 + [2], n_a=6, n_b=6, npmi=[0.8] * 6 + [-0.1])
    return table.assign(log_odds=1.0, q=[0.01] * 6 + [0.5])


def test_network_measures():
    graph = network(edges())
    assert list(graph) == NAMES[:6]
    assert [graph.nodes[n]["community"] for n in graph] == [1, 1, 1, 2, 2, 2]
    assert graph.nodes[NAMES[2]]["degree_centrality"] == pytest.approx(3 / 5)
    assert graph.nodes[NAMES[2]]["betweenness"] == pytest.approx(6 / 10)
    assert graph.nodes[NAMES[0]]["n"] == 6 and graph.nodes[NAMES[0]]["label"] == NAMES[0]
    assert graph.nodes[NAMES[2]]["strength"] == pytest.approx(1.6)
    loose = {"n_ab": 2, "npmi": -0.1, "log_odds": 1.0, "q": 0.5, "weight": 0.0}
    assert graph.edges[NAMES[2], NAMES[3]] == loose


def test_network_conditions():
    assert network(edges(), min_n=3).number_of_edges() == 6
    assert network(edges(), q=0.05).number_of_edges() == 6
    empty = network(edges(), min_n=9)
    assert empty.number_of_nodes() == 0
    assert "9" in empty.graph["reason"]["en"] and "网络为空" in empty.graph["reason"]["zh"]
    assert network(edges().iloc[:0]).number_of_nodes() == 0


def test_network_of_ties_without_weight_has_communities_too():
    assert {d["community"] for _, d in network(edges().assign(npmi=-0.2)).nodes(data=True)} == {1, 2}


def test_network_does_not_depend_on_the_order_of_rows():
    one, other = network(edges()), network(edges().iloc[::-1])
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert list(one.edges(data=True)) == list(other.edges(data=True))


def test_several_groups_are_no_network():
    with pytest.raises(ValueError, match=f"{NAMES[0]}–{NAMES[1]} is there twice: edges hold several groups"):
        network(pd.concat([edges(), edges()]))


READERS = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}


@pytest.mark.parametrize("ending", READERS)
def test_files_hold_every_label_and_attribute_and_no_date(ending, tmp_path):
    graph = network(edges())
    path = write_network(graph, tmp_path / f"network.{ending}")
    found = READERS[ending](path)
    assert {name: dict(values) for name, values in found.nodes(data=True)} == dict(graph.nodes(data=True))
    for a, b, values in graph.edges(data=True):
        kept = {name: value for name, value in found.edges[a, b].items() if name != "id"}
        assert kept == values
    assert "recipe" in graph.graph
    assert "date" not in path.read_text(encoding="utf-8").replace("undirected", "")


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"No format '\.net' for networks; use \.graphml or \.gexf"):
        write_network(network(edges()), tmp_path / "network.net")


def test_backbone_is_serranos_integral():
    rng = np.random.default_rng(0)
    graph = nx.gnp_random_graph(12, 0.6, seed=1)
    for _, _, edge in graph.edges(data=True):
        edge["n_ab"] = int(np.exp(rng.normal(1, 1.5))) + 1
    kept = backbone(graph, 0.2)
    total = dict(graph.degree(weight="n_ab"))

    def alpha(node, weight):
        k, x = graph.degree(node), weight / total[node]
        return 1 - (k - 1) * quad(lambda u: (1 - u) ** (k - 2), 0, x)[0]

    for a, b, edge in graph.edges(data=True):
        p = min(alpha(a, edge["n_ab"]), alpha(b, edge["n_ab"]))
        assert kept.has_edge(a, b) == (p < 0.2)
        if kept.has_edge(a, b):
            assert kept.edges[a, b]["disparity"] == pytest.approx(p)
    assert 0 < kept.number_of_edges() < graph.number_of_edges() and min(dict(kept.degree()).values()) > 0
    assert "disparity" not in next(iter(graph.edges(data=True)))[2]


def test_backbone_of_a_single_edge_is_empty_and_alpha_is_checked():
    assert backbone(network(edges().iloc[:1])).number_of_nodes() == 0
    with pytest.raises(ValueError, match=r"alpha=5 is not between 0 and 1; give e\.g\. 0\.05"):
        backbone(network(edges()), 5)


def triangle(documents):
    """Documents of eight sentences: 甲 meets 乙 in each, and 丙 in the first document alone."""
    rows = [(f"d{d}", slogan, s) for d in range(documents) for s in (0, 1) for slogan in NAMES[:2]]
    rows += [("d0", NAMES[2], s) for s in (0, 1)]
    occ = pd.DataFrame(rows, columns=["doc_id", "slogan", "sentence"]).assign(paragraph=0, nested=False)
    text = {"doc_id": [f"d{d}" for d in range(documents)], "text": ["一二三。" * 8] * documents}
    return occ, make_corpus(pd.DataFrame(text))


def test_centrality_agrees_with_the_network_and_says_what_hangs_on_one_document():
    occ, corpus = triangle(12)
    table = centrality(occ, corpus, resamples=100).set_index("slogan")
    graph = network(cooccurrence(occ, corpus))
    for name in CENTRALITIES:
        assert table[name].to_dict() == pytest.approx({v: graph.nodes[v][name] for v in graph})
        assert (table[f"{name}_low"] <= table[name]).all() and (table[name] <= table[f"{name}_high"]).all()
    assert table.loc[NAMES[2], "degree_centrality_low"] == 0  # without d0 there is no tie
    assert table.loc[NAMES[0], "degree_centrality_low"] > 0
    pd.testing.assert_frame_equal(table, centrality(occ, corpus, resamples=100).set_index("slogan"))
    assert table.attrs["left_out"] == 0 and "documents drawn 100 times" in table.attrs["notes"][0]["en"]


def test_centrality_without_ties_says_why_and_checks_resamples():
    occ, corpus = triangle(2)
    nothing = centrality(occ.iloc[:1], corpus)
    full = centrality(occ, corpus, resamples=5)
    assert nothing.empty and list(nothing) == list(full) and "zh" in nothing.attrs["reason"]
    with pytest.raises(ValueError, match="resamples=0 leaves no interval"):
        centrality(occ, corpus, resamples=0)
