import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import jensenshannon

from analysis.dfm import make_dfm
from analysis.evaluate.inference import dfm_of
from analysis.stats import divergence as module
from analysis.stats import jensen_shannon
from analysis.stats.divergence import divergence, divergence_matrix, word_shift


def build(counts, groups):
    return dfm_of(counts, g=groups)


@settings(max_examples=30, deadline=None)
@given(arrays(np.int64, (6, 5), elements=st.integers(0, 9)))
def test_terms_add_up_to_the_divergence_of_scipy(counts):
    counts[:, 0] += 1
    dfm = build(counts, list("aabbbc"))
    table = word_shift(dfm, "g == 'a'", "g == 'b'")
    p, q = counts[:2].sum(axis=0), counts[2:5].sum(axis=0)
    bits = jensenshannon(p, q, base=2) ** 2
    assert table.contribution.sum() == pytest.approx(bits, abs=1e-12)
    assert divergence(dfm, "g == 'a'", "g == 'b'", resamples=19).jsd_pooled[0] == pytest.approx(bits, abs=1e-9)
    assert (table.contribution >= 0).all()
    if bits > 1e-9:
        assert table.share.sum() == pytest.approx(1)


def test_contribution_by_hand():
    """One word on each side only, one shared: p = (1/2, 1/2, 0), q = (1/2, 0, 1/2), 1/4 bit for either."""
    table = word_shift(build([[2, 2, 0], [3, 0, 3]], ["a", "b"]), "g == 'a'")
    assert table.feature.tolist() == ["f0001", "f0002", "f0000"]
    assert table.contribution.tolist() == pytest.approx([0.25, 0.25, 0])
    assert table.direction[:2].tolist() == ["target", "reference"]
    assert table.per_10k_target.tolist() == [5000, 0, 5000]


def bursty(rng, documents, p, k=1.0):
    words = np.exp(rng.normal(7, 0.5, documents))
    expected = words[:, None] * p
    return rng.poisson(expected * rng.gamma(k, 1 / k, expected.shape))


def test_what_chance_gives_is_taken_off_and_p_is_honest():
    rng = np.random.default_rng(4)
    p = 1 / np.arange(1, 801)
    p /= p.sum()
    corpora = [build(bursty(rng, 12, p), [*"aaaaaabbbbbb"]) for _ in range(60)]
    table = pd.concat([divergence(dfm, "g == 'a'", resamples=99) for dfm in corpora])
    assert table.jsd_pooled.mean() > 0.08
    assert abs(table.jsd.mean()) < 0.008
    assert (table.p <= 0.05).mean() <= 0.12
    assert (table.low == 0).mean() > 0.85


def test_a_true_difference_is_found_and_not_overstated():
    rng = np.random.default_rng(5)
    p = 1 / np.arange(1, 801)
    q = p * np.exp(rng.normal(0, 1, 800))
    p, q = p / p.sum(), q / q.sum()
    true = jensenshannon(p, q, base=2) ** 2
    counts = np.concatenate([bursty(rng, 20, p, 3), bursty(rng, 20, q, 3)])
    row = divergence(build(counts, ["a"] * 20 + ["b"] * 20), "g == 'a'", resamples=199).iloc[0]
    assert row.p <= 0.005
    assert 0.75 * true < row.jsd < 1.1 * true
    assert abs(row.jsd - true) < abs(row.jsd_pooled - true)
    assert row.low < row.jsd < row.high


@pytest.mark.parametrize("sizes", [(3, 3), (4, 20), (10, 10)])
def test_a_true_difference_is_found_and_covered(sizes):
    rng, rows = np.random.default_rng(11), []
    for _ in range(40):
        p = 1 / np.arange(1, 401)
        q = p * np.exp(rng.normal(0, 1, 400))
        p, q = p / p.sum(), q / q.sum()
        counts = np.concatenate([bursty(rng, sizes[0], p, 1), bursty(rng, sizes[1], q, 1)])
        row = divergence(build(counts, np.repeat(["a", "b"], sizes)), "g == 'a'", resamples=49)
        rows.append(row.assign(true=jensenshannon(p, q, base=2) ** 2))
    table = pd.concat(rows)
    assert ((table.low <= table.true) & (table.true <= table.high)).mean() >= 0.9
    assert abs((table.jsd / table.true - 1).mean()) < 0.2
    assert min(sizes) == 3 or (table.p <= 0.05).mean() > 0.9


def test_sums_of_16_bits_are_those_of_double_precision(monkeypatch):
    rng = np.random.default_rng(8)
    p = 1 / np.arange(1, 801) ** 1.5
    counts = bursty(rng, 60, p / p.sum() * 20)
    assert counts.sum(axis=0)[:2].min() > 65_536 > counts.sum(axis=0)[-1]
    dfm = build(counts, [*"ab"] * 30)
    exact = divergence(dfm, "g == 'a'", resamples=20)
    monkeypatch.setenv("TIFA_RECOMPUTE", "1")
    monkeypatch.setattr(jensen_shannon, "_SMALL", 0)
    near = divergence(dfm, "g == 'a'", resamples=20)
    np.testing.assert_allclose(near.astype(float), exact.astype(float), atol=1e-6)


def test_sides_of_one_document():
    one = divergence(build([[1, 2], [2, 1], [4, 1]], ["a", "b", "b"]), "g == 'a'").iloc[0]
    assert np.isnan(one.low)
    assert one.p >= 1 / 3
    assert np.isnan(divergence(build([[1, 2], [2, 1], [4, 1], [1, 1]], [*"aabb"]), "g == 'a'").low[0])
    two = divergence(build([[1, 2], [2, 1]], ["a", "b"]), "g == 'a'").iloc[0]
    assert np.isnan(two.jsd)
    assert two.jsd_pooled > 0


def test_matrix_has_each_pair_once_and_agrees_with_divergence():
    rng = np.random.default_rng(6)
    dfm = build(rng.poisson(4, (10, 30)), [*"aaabbbccc", None])
    table = divergence_matrix(dfm, by="g", resamples=99, seed=1)
    assert table[["a", "b"]].values.tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    alone = divergence(dfm, "g == 'a'", "g == 'c'", resamples=99, seed=1).iloc[0]
    same = ["jsd", "jsd_pooled", "p"]
    assert table.loc[1, same].tolist() == pytest.approx(alone[same].tolist())
    assert table.attrs["left_out"] == 1
    assert divergence_matrix(build([[1, 2]], ["a"]), by="g").attrs["reason"]


def test_costly_matrices_are_sampled_and_p_stays_honest(monkeypatch):
    """Three groups of one kind, a fourth that differs: nine splits and some features tell nearly what all do."""
    rng, null, far = np.random.default_rng(9), [], []
    p = 1 / np.arange(1, 1201)
    q = p * np.exp(rng.normal(0, 0.7, len(p)))
    for seed in range(25):
        counts = np.concatenate([bursty(rng, 60, p / p.sum(), 3), bursty(rng, 20, q / q.sum(), 3)])
        dfm = build(counts, np.repeat([*"abcd"], 20))
        monkeypatch.setattr(module, "_CHEAP", 0)
        table = divergence_matrix(dfm, by="g", seed=seed)
        null.append(table[table.b < "d"])
        far.append(table[table.b == "d"])
    monkeypatch.setattr(module, "_CHEAP", 1e9)
    monkeypatch.setenv("TIFA_RECOMPUTE", "1")
    whole = divergence_matrix(dfm, by="g", seed=seed)
    assert (table.jsd_pooled - whole.jsd_pooled).abs().max() < 1e-6
    assert (table.jsd - whole.jsd).abs().max() < 0.01
    assert abs(pd.concat(null).jsd.mean()) < 0.002
    assert 0 < (pd.concat(null).p <= 0.2).mean() <= 0.3
    assert (pd.concat(far).p == 0.01).all()


def test_the_order_of_documents_changes_nothing():
    rng = np.random.default_rng(7)
    dfm = build(rng.poisson(2, (14, 20)), ["a"] * 7 + ["b"] * 7)
    turned = make_dfm(dfm.counts[::-1], dfm.features, dfm.docvars[::-1])
    first, second = (divergence(one, "g == 'a'", resamples=99) for one in (dfm, turned))
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(word_shift(dfm, "g == 'a'"), word_shift(turned, "g == 'a'"))


def test_sides_without_a_feature_are_not_called_the_same():
    dfm = build([[3, 0], [1, 0], [0, 2], [0, 1], [2, 1], [1, 1]], [*"aabbcc"]).select(["f0000"])
    for table in (divergence(dfm, "g == 'a'", "g == 'b'"), word_shift(dfm, "g == 'a'", "g == 'b'")):
        assert table.empty and "none of the features" in table.attrs["reason"]["en"]
    assert divergence_matrix(dfm, "g")[["a", "b"]].values.tolist() == [["a", "c"]]


def test_a_matrix_is_over_documents_and_one_docvar():
    dfm = build([[1, 2], [2, 1]], ["a", "b"])
    with pytest.raises(ValueError, match=r"the groups of one docvar, e\.g\. by='region'"):
        divergence_matrix(dfm, ["g"])
    with pytest.raises(ValueError, match=r"this dfm is grouped: pass it as before \.group"):
        divergence_matrix(dfm.group("g"), "g")
