from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import analysis as da
from analysis.dfm import make_dfm


def planted(seed, shift):
    """Two topics of twenty words; late, one word of the first is so many times as frequent."""
    rng = np.random.default_rng(seed)
    late = np.arange(120) >= 60
    shares = rng.dirichlet([0.5, 0.5], 120)
    words = np.kron(np.eye(2), np.full(20, 1 / 20))
    later = words.copy()
    later[0, 3] *= shift
    later /= later.sum(axis=1, keepdims=True)
    counts = [rng.multinomial(300, s @ (later if is_late else words)) for s, is_late in zip(shares, late, strict=True)]
    docvars = pd.DataFrame({"period": np.where(late, "2", "1")}, index=[f"d{i:03d}" for i in range(120)])
    return make_dfm(np.array(counts), [f"词{i:02d}" for i in range(40)], docvars)


def test_the_word_that_changed_is_found():
    dfm = planted(0, 3.0)
    model = da.topics(dfm, 2)
    table = da.topic_drift(model, dfm, "period == '2'", n=3)
    first = table.sort_values("p").iloc[0]
    assert first["feature"] == "词03" and first["q"] < 0.01
    assert first["log_ratio_low"] < np.log2(3) < first["log_ratio_high"] + 0.1
    assert table.groupby("topic").size().max() == 3


def test_without_a_change_little_is_called_one():
    """Simulation: no word differs between the periods; the false discovery rate holds."""
    called = []
    for seed in range(8):
        dfm = planted(seed + 10, 1.0)
        called.append((da.topic_drift(da.topics(dfm, 2), dfm, "period == '2'", n=40)["q"] < 0.05).any())
    assert np.mean(called) <= 0.25


def test_another_dfm_is_refused():
    dfm = planted(0, 1.0)
    with pytest.raises(ValueError, match="not the one the model was fitted on"):
        da.topic_drift(da.topics(dfm, 2), dfm.trim(min_count=10**4), "period == '2'")


def test_the_models_own_uncertainty_widens_the_intervals():
    dfm = planted(0, 3.0)
    model = da.topics(dfm, 2, draws=5)
    wide, narrow = (da.topic_drift(m, dfm, "period == '2'", n=40).set_index(["topic", "feature"])
                    for m in (model, replace(model, draws=None)))  # fmt: skip
    assert wide["log_ratio"].to_dict() == pytest.approx(narrow.loc[wide.index, "log_ratio"].to_dict())
    widths = [(table["log_ratio_high"] - table["log_ratio_low"]).reindex(wide.index) for table in (wide, narrow)]
    assert (widths[0] > widths[1]).all() and (widths[0] < 2 * widths[1]).mean() > 0.9
    assert wide["p"].idxmin() == narrow["p"].idxmin()


def test_a_word_of_one_side_is_never_said_to_be_the_others():
    """A topic with 4 % of its words early: a word of five late occurrences and no early one is no word of early."""
    rng = np.random.default_rng(0)
    late, shares = np.repeat([False, True], 40), np.repeat([0.04, 0.96], 40)
    counts = np.array([rng.multinomial(60, np.append(np.kron([1 - s, s], np.full(10, 0.1)), 0)) for s in shares])
    counts[[41, 50, 60, 70, 79], 20] = 1
    docvars = pd.DataFrame({"period": np.where(late, "2", "1")}, index=[f"d{i:02d}" for i in range(80)])
    dfm = make_dfm(counts, [f"词{i:02d}" for i in range(21)], docvars)
    table = da.topic_drift(da.topics(dfm, 2), dfm, "period == '2'", n=40)
    assert len(table) >= 20
    assert (table.loc[table["n_reference"] < 1e-9, "log_ratio"] > 0).all()
    assert (table.loc[table["n_target"] < 1e-9, "log_ratio"] < 0).all()
