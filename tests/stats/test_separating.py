"""Separating slogans: Cramér's V is scipy's, p is uniform where groups are alike, long documents are no difference."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_hypergeom
from scipy.stats.contingency import association

from analysis.corpus import make_corpus
from analysis.stats.separating import COLUMNS, separating

PROVINCES = ["吉林省", "湖南省", "广西壮族自治区"]


def made(present, provinces, lengths=None):
    """Documents × slogans of 0 and 1, as occurrences and corpus."""
    lengths = np.full(len(present), 100) if lengths is None else lengths
    ids = [f"d{i:03}" for i in range(len(present))]
    docs = pd.DataFrame({"doc_id": ids, "text": ["字" * n for n in lengths], "province": provinces})
    rows = [(ids[i], f"s{j:02}") for i, j in np.argwhere(present)]
    return pd.DataFrame(rows, columns=["doc_id", "slogan"]), make_corpus(docs)


def exact(counts):
    """P that three groups of 40 lie as far apart, over all tables with these margins."""
    a, b = np.mgrid[:41, :41].reshape(2, -1)
    drawn = np.stack([a, b, counts.sum() - a - b], axis=1)
    drawn = drawn[(drawn[:, 2] >= 0) & (drawn[:, 2] <= 40)]
    far = ((drawn - counts.mean()) ** 2).sum(axis=1) >= ((counts - counts.mean()) ** 2).sum() - 1e-9
    return multivariate_hypergeom.pmf(drawn[far], [40, 40, 40], counts.sum()).sum()


def test_effects_are_scipys_and_p_is_exact():
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 40)
    present = rng.random((120, 12)) < 0.3 + 0.2 * (group[:, None] == 0) * (np.arange(12) < 4)
    table = separating(*made(present, [PROVINCES[g] for g in group])).set_index("slogan")
    for j in range(12):
        cells = np.array([[np.sum(present[group == g, j] == v) for v in (0, 1)] for g in range(3)])
        row = table.loc[f"s{j:02}"]
        assert row["cramers_v"] == pytest.approx(association(cells, method="cramer"))
        assert row["p"] == pytest.approx(exact(cells[:, 1]), abs=4 * (0.25 / 1999) ** 0.5)
        best = int(np.argmax(cells[:, 1]))
        assert row["share_highest"] == cells[best, 1] / 40 and row["n_docs"] == present[:, j].sum()
    assert table.index[0] in {"s00", "s01", "s02", "s03"} and table["q"].is_monotonic_increasing
    assert table.loc["s00", "highest"] == "吉林"


def test_long_documents_are_no_difference():
    """Slogans depend on length alone, and one province writes long: hardly any q below 0.05."""
    shown = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        group = np.repeat([0, 1, 2], 15)
        lengths = np.exp(rng.uniform(np.log(100), np.log(1000), 45) + 0.7 * (group == 0)).astype(int)
        present = rng.random((45, 20)) < 1 - np.exp(-lengths[:, None] / 700)
        shown.append((separating(*made(present, [PROVINCES[g] for g in group], lengths))["q"] < 0.05).any())
    assert sum(shown) <= 2


def test_rows_are_limited_after_q():
    present = np.random.default_rng(1).random((30, 8)) < 0.5
    marked = made(present, [PROVINCES[i % 3] for i in range(30)])
    full, three = separating(*marked), separating(*marked, n=3)
    pd.testing.assert_frame_equal(full.head(3), three)
    assert three.attrs["recipe"][-1] == {"step": "separating", "by": "region", "seed": 0}


def test_rare_slogans_and_nothing_to_compare():
    present = np.zeros((10, 2), dtype=bool)
    present[0, 0] = True
    present[:, 1] = True
    nothing = separating(*made(present, [PROVINCES[0]] * 10))
    assert nothing.empty and list(nothing) == COLUMNS and set(nothing.attrs["reason"]) == {"zh", "en"}
    unknown = separating(*made(present, [None] * 10))
    assert unknown.empty and list(unknown) == COLUMNS and unknown.attrs["left_out"] == 10
    assert unknown.attrs["reason"]["en"] == "No document has a known region."
    with pytest.raises(KeyError, match="No docvar 'regoin'; did you mean 'region'"):
        separating(*made(present, [PROVINCES[0]] * 10), by="regoin")
    with pytest.raises(ValueError, match="the groups of one docvar, e.g. by='region'"):
        separating(*made(present, [PROVINCES[0]] * 10), by=["region", "year"])
