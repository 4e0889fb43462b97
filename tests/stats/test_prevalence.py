from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.evaluate.topic_regression import made_model
from analysis.stats.prevalence import prevalence, prevalence_contrast


def test_one_group_is_the_t_interval_of_its_mean_by_the_delta_method():
    first = np.array([0.1, 0.3, 0.2, 0.6])
    row = prevalence(made_model(np.column_stack([first, 1 - first])), None).iloc[0]
    mean, error = first.mean(), stats.sem(first)
    low, high = stats.t.interval(0.95, 3, loc=np.log(mean / (1 - mean)), scale=error / (mean * (1 - mean)))
    assert row["share"] == pytest.approx(mean)
    assert (row["low"], row["high"]) == pytest.approx((1 / (1 + np.exp(-low)), 1 / (1 + np.exp(-high))))
    assert row["n_docs"] == 4


def test_a_groups_variance_is_steadied_by_the_others():
    a, b = np.array([0.2, 0.2, 0.2]), np.array([0.1, 0.5, 0.3])
    first = np.concatenate([a, b])
    table = prevalence(made_model(np.column_stack([first, 1 - first]), region=list("aaabbb")))
    row = table[(table["region"] == "a") & (table["topic"] == "T1")].iloc[0]
    borrowed = 2  # degrees of freedom of the other group, fewer than six
    variance = borrowed * b.var(ddof=1) / (0.3 * 0.7) * (0.2 * 0.8) / (2 + borrowed)
    width = stats.t.ppf(0.975, 2 + borrowed) * np.sqrt(variance / 3) / (0.2 * 0.8)
    assert row["low"] == pytest.approx(1 / (1 + np.exp(np.log(4) + width)))


def test_groups_order_columns_and_missing_keys():
    shares = np.tile([0.2, 0.3, 0.5], (5, 1))
    years = pd.array([2021, 2020, 2021, pd.NA, 2020], dtype="Int64")
    model = made_model(shares, region=["广西", "吉林", "广西", "吉林", None], year=years)
    table = prevalence(model, by=["region", "year"])
    assert list(table) == ["region", "year", "topic", "share", "low", "high", "n_docs"]
    assert table["topic"].tolist() == ["T1", "T2", "T3"] * 2
    assert table.attrs["left_out"] == 2
    assert prevalence(model, "year")["year"].drop_duplicates().tolist() == [2020, 2021]
    assert list(prevalence(model, None)) == ["topic", "share", "low", "high", "n_docs"]


def test_topics_are_in_their_own_order():
    table = prevalence(made_model(np.full((3, 11), 1 / 11)), None)
    assert table["topic"].tolist() == [f"T{t}" for t in range(1, 12)]


def test_paragraphs_are_put_together_by_their_words():
    shares = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
    table = prevalence(made_model(shares, totals=[30, 10, 20], parent=["甲", "甲", "乙"], region=["吉林"] * 3))
    assert table["share"].tolist() == pytest.approx([(0.75 + 0.5) / 2, (0.25 + 0.5) / 2])
    assert table["n_docs"].tolist() == [2, 2]


def test_no_interval_for_one_document_or_for_an_absent_topic():
    model = made_model([[0.4, 0.6, 0], [0.1, 0.9, 0], [0.3, 0.7, 0]], region=["a", "b", "b"])
    table = prevalence(model).set_index(["region", "topic"])
    assert table.loc["a", ["low", "high"]].isna().all(axis=None)
    assert table.loc[("b", "T3"), ["low", "high"]].isna().all()
    assert table.loc[("b", "T1"), ["low", "high"]].notna().all()
    assert table["share"].notna().all()


def test_no_known_key_gives_a_reason():
    table = prevalence(made_model([[0.5, 0.5]], region=[None]))
    assert table.empty and list(table) == ["region", "topic", "share", "low", "high", "n_docs"]
    assert table.attrs["reason"]["en"] == "No document has a known region."


def test_errors():
    with pytest.raises(KeyError, match="No docvar 'regoin'; did you mean 'region'"):
        prevalence(made_model([[0.5, 0.5]], region=["a"]), "regoin")
    with pytest.raises(ValueError, match="confidence=95 is not between 0 and 1"):
        prevalence(made_model([[0.5, 0.5]] * 2), None, confidence=95)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from("abc")), min_size=1, max_size=12))
def test_limits_enclose_the_share_and_stay_within_0_and_1(rows):
    first = np.array([share for share, _ in rows])
    table = prevalence(made_model(np.column_stack([first, 1 - first]), region=[region for _, region in rows]))
    known = table.dropna()
    assert table.groupby("region")["share"].sum().tolist() == pytest.approx([1] * table["region"].nunique())
    slack = 1e-9
    assert ((known["low"] <= known["share"] + slack) & (known["share"] <= known["high"] + slack)).all()
    assert known[["low", "high"]].stack().between(0, 1).all()


@pytest.mark.parametrize("mixture", [2, 10, 50], ids=["one topic each", "some mixture", "even mixture"])
@pytest.mark.parametrize("documents", [3, 8, 20])
def test_intervals_cover(mixture, documents):
    """Ten groups of differing means; 50 corpora: 92.5 % or more of the intervals hold the truth."""
    rng = np.random.default_rng(mixture * documents)
    region = np.repeat(np.arange(10), documents)
    covered = []
    for _ in range(50):
        true = np.clip(0.1 * np.exp(rng.normal(0, 0.6, 10)), 0.005, 0.6)
        first = rng.beta(true[region] * mixture, (1 - true[region]) * mixture)
        table = prevalence(made_model(np.column_stack([first, 1 - first]), region=region))
        table = table[table["topic"] == "T1"]
        covered += ((table["low"].to_numpy() <= true) & (true <= table["high"].to_numpy())).tolist()
    assert np.mean(covered) >= 0.925


# Differences between groups, and the model's own uncertainty


def drawn_model(spread, documents=24, draws=40):
    rng = np.random.default_rng(0)
    region = np.array(["吉林", "辽宁"] * (documents // 2))
    share = np.clip(rng.beta(3, 5, documents) + 0.05 * (region == "吉林"), 0.01, 0.99)
    moved = share + spread * rng.normal(size=(draws, 1)) * np.where(region == "吉林", 1, -1)
    return made_model(np.column_stack([share, 1 - share]), draws=np.stack([moved, 1 - moved], axis=2), region=region)


def test_a_contrast_without_draws_is_welchs_t():
    model = replace(drawn_model(0.0), draws=None)
    table = prevalence_contrast(model, "region == '吉林'").set_index("topic")
    share, side = model.doc_topic["T1"], model.docvars["region"] == "吉林"
    expected = stats.ttest_ind(share[side], share[~side], equal_var=False)
    assert table.loc["T1", "p"] == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval()
    assert table.loc["T1", ["low", "high"]].tolist() == pytest.approx([interval.low, interval.high])
    assert table.loc["T1", ["docs_target", "docs_reference"]].tolist() == [12, 12]


def test_the_models_own_uncertainty_widens_contrasts_and_shares():
    sure, unsure = drawn_model(0.0), drawn_model(0.1)
    wide, narrow = (prevalence_contrast(m, "region == '吉林'") for m in (unsure, sure))
    variance = (1 + 1 / 40) * np.var([d[::2, 0].mean() - d[1::2, 0].mean() for d in unsure.draws], ddof=1)
    assert ((wide["high"] - wide["low"]) > (narrow["high"] - narrow["low"])).all()
    assert (wide["p"] > narrow["p"]).all()
    assert ((wide["high"] - wide["low"]) / 2).to_numpy() == pytest.approx(2 * np.sqrt(variance), rel=0.15)
    shares = [prevalence(m, "region") for m in (unsure, sure)]
    assert ((shares[0]["high"] - shares[0]["low"]) > (shares[1]["high"] - shares[1]["low"])).all()
    assert "40 refits" in shares[0].attrs["notes"][1]["en"]


def test_contrasts_of_too_few_or_shared_documents_are_refused():
    model = drawn_model(0.0)
    with pytest.raises(ValueError, match="target=.*selects 1 documents: a comparison needs 2 or more"):
        prevalence_contrast(model, "index == 'd000'")
    with pytest.raises(ValueError, match="share documents .*; make the queries exclude each other"):
        prevalence_contrast(model, "region == '吉林'", "region in ['吉林', '辽宁']")


def test_small_groups_are_left_blank_and_said():
    shares = np.column_stack([np.linspace(0.1, 0.5, 5), 1 - np.linspace(0.1, 0.5, 5)])
    model = made_model(shares, region=["吉林", "吉林", "吉林", "广西", "广西"], year=2020)
    table = prevalence(model, ["region", "year"]).set_index(["region", "topic"])
    assert table.loc["广西", ["share", "low", "high"]].isna().all(axis=None)
    assert table.loc["吉林", "share"].tolist() == pytest.approx(prevalence(model).loc[:1, "share"].tolist())
    assert "Groups of fewer than 3 documents are left blank (1 of 2)." in said(table)
    assert not any("blank" in text for text in said(prevalence(model)))
    alone = prevalence(replace(model, docvars=model.docvars.assign(region=list("甲甲甲甲乙"))))
    assert "Groups of a single document have no interval (1)." in said(alone)


def said(table):
    return [note["en"] for note in table.attrs["notes"]]


def test_a_contrast_says_how_far_the_method_is_off():
    notes = said(prevalence_contrast(drawn_model(0.0), "region == '吉林'"))
    assert "Welch" in notes[0] and notes[-1] == "In simulation nmf makes differences 6 to 17 % too large."


def test_stability_stands_in_tables_of_models_with_draws():
    shares = np.column_stack([np.linspace(0.1, 0.5, 6), 1 - np.linspace(0.1, 0.5, 6)])
    model = made_model(shares, region=list("aaabbb"))
    steady = replace(model, draws=np.stack([shares, shares]), stability=pd.Series([0.2, 0.9], index=["T1", "T2"]))
    for table in (prevalence(steady), prevalence_contrast(steady, "region == 'a'")):
        assert dict(zip(table["topic"], table["stability"], strict=True)) == {"T1": 0.2, "T2": 0.9}
    assert "stability" not in prevalence(model)
    assert "Which topics are stable is not known (draws=10 tells)." in said(prevalence(model))


def test_documents_all_alike_differ_in_nothing():
    model = made_model(np.full((4, 2), 0.5), draws=np.full((2, 4, 2), 0.5), region=list("aabb"))
    table = prevalence_contrast(model, "region == 'a'")
    assert table["p"].tolist() == [1, 1] and table["difference"].tolist() == [0, 0]


def test_documents_of_unknown_groups_are_on_neither_side():
    model = drawn_model(0.0)
    region = model.docvars["region"].where(np.arange(24) > 3, None)
    table = prevalence_contrast(replace(model, docvars=model.docvars.assign(region=region)), "region == '吉林'")
    assert table.attrs["left_out"] == 4
    assert table[["docs_target", "docs_reference"]].drop_duplicates().values.tolist() == [[10, 10]]
