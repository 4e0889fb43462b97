import numpy as np
import pandas as pd
import pytest

from analysis.dfm import make_dfm
from analysis.evaluate.inference import dfm_of
from analysis.stats import choose_k as module
from analysis.stats import topic_engines
from analysis.stats.choose_k import choose_k, coherence, heldout
from analysis.stats.topics import topics


def planted(k=4, documents=80, seed=0):
    rng = np.random.default_rng(seed)
    words = np.kron(np.eye(k), np.full(15, 1 / 15)) * 0.9 + 0.1 / (15 * k)
    shares = rng.dirichlet(np.full(k, 0.1), documents)
    counts = np.array([rng.multinomial(200, p / p.sum()) for p in shares @ words])
    return dfm_of(counts)


@pytest.fixture(autouse=True)
def _few_passes(monkeypatch):
    monkeypatch.setattr(topic_engines, "LDA_ITERATIONS", 15)


def test_the_planted_number_is_seen_in_heldout_and_stability():
    table = choose_k(planted(), [2, 4, 7])
    assert list(table) == ["k", "npmi_coherence", "exclusivity", "heldout", "stability"]
    assert table["k"].tolist() == [2, 4, 7]
    assert table["heldout"].idxmax() == 1
    assert table["exclusivity"].between(0, 1).all()
    assert table["stability"].between(0, 1).all()
    assert table["stability"][1] > table["stability"][2]


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_heldout_is_near_that_of_the_true_model(method):
    """With four separate topics the tokens' entropy is about log 15 and a little for the even tenth."""
    first, second = module._halves(planted(documents=200), 0)
    assert heldout(topics(first, 4, method=method), first, second) == pytest.approx(-3.15, abs=0.25)


def test_heldout_by_hand():
    docvars = pd.DataFrame(index=["d1", "d2"])
    first = make_dfm([[3, 0], [0, 1]], ["a", "b"], docvars)
    second = make_dfm([[1, 1], [0, 2]], ["a", "b"], docvars)
    model = topics(first, 2, method="lda")
    probability = 0.99 * model.doc_topic.to_numpy() @ model.topic_feature.to_numpy() + 0.01 * np.array([4, 2]) / 6
    assert heldout(model, first, second) == pytest.approx((np.log(probability) * [[1, 1], [0, 2]]).sum() / 4)


def test_coherence_by_hand():
    dfm = make_dfm([[1, 1, 0], [2, 0, 0], [0, 1, 1], [1, 1, 0]], list("abc"), pd.DataFrame(index=range(4)))
    expected = np.log(2 * 4 / (3 * 3)) / -np.log(2 / 4)
    assert coherence(dfm, [np.array([0, 1])]) == pytest.approx(expected)
    assert coherence(dfm, [np.array([0, 1]), np.array([0, 2])]) == pytest.approx((expected - 1) / 2)
    assert np.isnan(coherence(dfm, [np.array([0])]))


def test_halves_share_out_every_token():
    dfm = planted()
    first, second = module._halves(dfm, 0)
    assert (first.counts + second.counts != dfm.counts).nnz == 0
    assert first.counts.sum() / dfm.counts.sum() == pytest.approx(0.5, abs=0.01)


def test_order_of_ks_does_not_matter_and_the_seed_does():
    dfm = planted(documents=30)
    one, other = choose_k(dfm, [3, 2]), choose_k(dfm, [2, 3, 3])
    pd.testing.assert_frame_equal(one, other)
    assert choose_k(dfm, [2], seed=1)["heldout"][0] != one["heldout"][0]
    assert "30" in one.attrs["notes"][0]["en"]


def test_errors():
    dfm = planted(documents=20)
    with pytest.raises(ValueError, match="ks is empty"):
        choose_k(dfm, [])
    with pytest.raises(ValueError, match="k=19 is more than the 18 documents with features; choose a smaller k"):
        choose_k(dfm, [2, 19])
    with pytest.raises(ValueError, match="k=1 is too small"):
        choose_k(dfm, [1])
    with pytest.raises(ValueError, match="No method 'ldaa'; did you mean 'lda'"):
        choose_k(dfm, [2], method="ldaa")
