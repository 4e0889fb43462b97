import numpy as np
import pandas as pd
import pytest

from analysis.dfm import make_dfm
from analysis.stats.bursts import _cheapest, bursts

# The example of R's package bursts 1.0 and the states it finds there, in runs.
OFFSETS = [
    *range(0, 401, 100), *range(410, 451, 5), *range(451, 471, 2), *range(480, 601, 5), 700, *range(710, 801, 5),
    900, 1000,
]  # fmt: skip


@pytest.mark.parametrize(
    ("s", "gamma", "runs"),
    [
        (2, 1, [(0, 5), (1, 8), (2, 10), (1, 25), (0, 2), (1, 18), (0, 2)]),
        (3, 1, [(0, 5), (1, 43), (0, 2), (1, 18), (0, 2)]),
        (2, 3, [(0, 5), (1, 43), (0, 22)]),
    ],
)
def test_states_of_the_r_package(s, gamma, runs):
    """The automaton of single events (§ 2): gaps are exponential with rate s^i over their mean in state i."""
    gaps = np.diff(OFFSETS)
    rate = float(s) ** np.arange(np.ceil(1 + np.log(gaps.sum() / gaps.min()) / np.log(s))) / gaps.mean()
    states = _cheapest(rate * gaps[:, None] - np.log(rate), gamma * np.log(len(gaps)))
    edges = np.flatnonzero(np.diff(states)) + 1
    found = [(int(part[0]), len(part)) for part in np.split(states, edges)]
    assert found == runs


def build(having, n_docs):
    years = np.repeat(2000 + np.arange(len(n_docs)), n_docs)
    column = np.concatenate([np.arange(n) < r for r, n in zip(having, n_docs, strict=True)]).astype(int)
    docvars = pd.DataFrame({"year": pd.array(years, dtype="Int64")}, index=[f"d{i:03d}" for i in range(len(years))])
    return make_dfm(np.stack([column, np.ones_like(column)], axis=1), ["甲", "乙"], docvars)


def test_a_burst_of_years_is_found_with_its_documents():
    dfm = build([1, 1, 1, 9, 8, 9, 1, 0, 1], [10] * 9)
    table = bursts(dfm, ["甲", "乙", "丙"])
    assert table[["feature", "start", "end", "docfreq", "n_docs"]].values.tolist() == [["甲", 2003, 2005, 26, 30]]
    usual = 31 / 90
    saved = 26 * np.log(2) + 4 * np.log((1 - 2 * usual) / (1 - usual))
    assert table.weight[0] == pytest.approx(saved)
    dfm.docvars["year"] = dfm.docvars.year.astype(float) + 0.5
    assert bursts(dfm, ["甲"])[["start", "end"]].values.tolist() == [[2003.5, 2005.5]]


def test_every_path_costs_at_least_as_much():
    """Against all 2^8 paths through two states."""
    having, n_docs = np.array([1, 4, 3, 0, 2, 5, 4, 1]), np.full(8, 8)
    usual = having.sum() / n_docs.sum()
    cost = -np.stack([having * np.log(p) + (n_docs - having) * np.log(1 - p) for p in (usual, 2 * usual)], axis=1)
    paths = (np.arange(2**8)[:, None] >> np.arange(8)) & 1
    rises = (np.diff(paths, axis=1, prepend=0) > 0).sum(axis=1)
    totals = cost[np.arange(8), paths].sum(axis=1) + 0.5 * np.log(8) * rises
    best = paths[totals.argmin()]
    table = bursts(build(having, n_docs), ["甲"], gamma=0.5)
    found = np.zeros(8, int)
    for row in table.itertuples():
        found[row.start - 2000 : row.end - 2000 + 1] = 1
    assert found.tolist() == best.tolist()
    assert best.any()


def test_a_constant_feature_has_no_burst_and_the_table_says_so():
    table = bursts(build([5, 5, 5], [10, 10, 10]), ["甲", "乙"])
    assert table.empty
    assert "bursts" in table.attrs["reason"]["en"]
    assert list(table) == ["feature", "level", "start", "end", "weight", "docfreq", "n_docs"]


@pytest.mark.parametrize(("options", "text"), [({"s": 1}, "s=1 must be more"), ({"gamma": 0}, "gamma=0 must be")])
def test_options_out_of_range(options, text):
    with pytest.raises(ValueError, match=text):
        bursts(build([1, 2], [3, 3]), ["甲"], **options)


@pytest.mark.parametrize("year", [[None, None], [2020, None]])
def test_without_dated_documents_there_is_a_reason(year):
    docvars = pd.DataFrame({"year": pd.array(year, dtype="Int64")}, index=["d1", "d2"])
    table = bursts(make_dfm([[1], [2]], ["甲"], docvars), ["甲"])
    assert table.empty and table.attrs["left_out"] == year.count(None) and table.attrs["reason"]


def test_one_feature_may_be_given_as_a_word():
    dfm = build([1, 1, 1, 9, 8, 9, 1, 0, 1], [10] * 9)
    dfm = make_dfm(dfm.counts, ["乙", "乡村"], dfm.docvars)
    assert bursts(dfm, "乡村").feature.tolist() == ["乡村"]
