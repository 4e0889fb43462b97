from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import analysis as da
from analysis.evaluate.topic_regression import made_model
from analysis.plots.theme import COLOURS


def test_correlation_is_spearmans():
    shares = np.random.default_rng(0).dirichlet([1, 2, 3], 40)
    table = da.topic_correlation(made_model(shares)).set_index(["topic_a", "topic_b"])
    assert len(table) == 3
    for (a, b), row in table.iterrows():
        assert row["correlation"] == pytest.approx(stats.spearmanr(*(shares[:, int(t[1:]) - 1] for t in (a, b)))[0])
        assert row["low"] < row["correlation"] < row["high"]
    assert table["correlation"].is_monotonic_decreasing
    assert "fewer than five" in da.topic_correlation(made_model(shares[:4])).attrs["reason"]["en"].lower()


def test_topics_of_even_shares_seldom_correlate():
    """Simulation: with shares that are independent but for their sum, few pairs have p < 0.05."""
    rng = np.random.default_rng(1)
    p = [da.topic_correlation(made_model(rng.dirichlet(np.ones(5), 80)))["p"].to_numpy() for _ in range(60)]
    assert np.mean(np.concatenate(p) < 0.05) < 0.1


def test_slogans_beside_topics_are_welchs_test():
    shares = np.random.default_rng(2).dirichlet([1, 1], 30)
    shares = shares[np.argsort(shares[:, 0])]
    model = made_model(shares)
    rows = [(f"d{i:03d}", name, False) for i in range(18, 30) for name in ("甲",)] + [("d003", "乙", False)]
    occ = pd.DataFrame([*rows, ("d001", "甲", True)], columns=["doc_id", "slogan", "nested"])
    row = da.topic_slogans(model, occ).iloc[0]
    expected = stats.ttest_ind(shares[18:, 0], shares[:18, 0], equal_var=False)
    assert (row["topic"], row["slogan"], row["n_with"], row["n_without"]) == ("T1", "甲", 12, 18)
    assert row["p"] == pytest.approx(expected.pvalue)
    assert set(da.topic_slogans(model, occ)["slogan"]) == {"甲"}
    assert "reason" in da.topic_slogans(model, occ.iloc[:0]).attrs


def test_the_models_own_uncertainty_is_in_both():
    rng = np.random.default_rng(3)
    shares = rng.dirichlet([1, 2, 3], 40)
    sure = made_model(shares)
    unsure = replace(sure, draws=np.stack([rng.dirichlet([1, 1, 1], 40) * 0.5 + shares * 0.5 for _ in range(6)]))
    unsure = replace(unsure, stability=pd.Series([0.2, 0.5, 0.9], sure.doc_topic.columns))
    wide, narrow = (da.topic_correlation(m).set_index(["topic_a", "topic_b"]) for m in (unsure, sure))
    assert wide.loc[("T1", "T3"), ["stability_a", "stability_b"]].tolist() == [0.2, 0.9]
    axes = da.plots.topic_correlation(wide.reset_index())
    inks = [tick.get_color() for tick in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    assert inks[0] == COLOURS[4] and COLOURS[4] not in inks[1:]
    assert ((wide["high"] - wide["low"]) > (narrow["high"] - narrow["low"]).reindex(wide.index)).all()
    assert wide["correlation"].to_dict() == pytest.approx(narrow["correlation"].to_dict())
    occ = pd.DataFrame([(f"d{i:03d}", "甲", False) for i in range(0, 40, 2)], columns=["doc_id", "slogan", "nested"])
    ps = [da.topic_slogans(m, occ).set_index("topic")["p"] for m in (unsure, sure)]
    assert (ps[0] > ps[1]).all() and len(ps[0])


def test_shares_that_do_not_differ_have_no_row():
    occ = pd.DataFrame([(f"d{i:03d}", "甲", False) for i in range(0, 12, 2)], columns=["doc_id", "slogan", "nested"])
    even = made_model(np.full((12, 4), 0.25))
    assert da.topic_slogans(even, occ).empty
    assert "same shares" in da.topic_correlation(even).attrs["reason"]["en"]
    two_of_four = made_model(np.repeat([[1.0, 0, 0, 0], [0, 1.0, 0, 0]], 6, axis=0))
    assert da.topic_correlation(two_of_four)[["topic_a", "topic_b"]].values.tolist() == [["T1", "T2"]]
