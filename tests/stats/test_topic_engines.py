import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

from analysis.evaluate.topics import FEATURES, K, _planted
from analysis.stats import topic_engines
from analysis.stats.topic_engines import nmf

METHODS = ("nmf", "lda", "gibbs", "dmr")
BUILD = """
import os, sys
from analysis.stats.topic_engines import _tomotopy
before = dict(os.environ)
isa = _tomotopy().isa
assert dict(os.environ) == before
print(isa)
"""


@pytest.mark.skipif(topic_engines.platform.machine().lower() not in ("x86_64", "amd64"), reason="one build elsewhere")
@pytest.mark.parametrize(("given", "used"), [(None, "sse2"), ("sse2", "sse2")])
def test_tomotopy_is_loaded_in_one_build_and_the_environment_left_alone(given, used):
    env = {name: value for name, value in os.environ.items() if name != "TOMOTOPY_ISA"}
    env |= {"TOMOTOPY_ISA": given} if given else {}
    run = subprocess.run([sys.executable, "-c", BUILD], env=env, check=True, capture_output=True, text=True)
    assert run.stdout.strip() == used


def test_a_fit_that_did_not_converge_says_so_without_a_warning(monkeypatch):
    counts = sparse.csr_matrix(np.random.default_rng(0).integers(0, 5, (20, 15)))
    features = np.array([f"词{i}" for i in range(15)])
    assert nmf(features, 3, counts, [], 0).details == {"converged": True}
    monkeypatch.setattr(topic_engines, "NMF_ITERATIONS", 1)
    assert nmf(features, 3, counts, [], 0).details == {"converged": False}


def test_lda_starts_from_the_topics_of_nmf(monkeypatch):
    """scikit-learn has no public way to start from given topics; without a pass they are all there is."""
    monkeypatch.setattr(topic_engines, "LDA_ITERATIONS", 0)
    counts = sparse.csr_matrix(np.random.default_rng(0).integers(0, 5, (20, 15)))
    start = topic_engines._start(counts, 3, 0) * counts.sum() / 3 + 1 / 3
    fit = topic_engines.lda(np.array([f"词{i}" for i in range(15)]), 3, counts, [], 0)
    np.testing.assert_allclose(fit.weights, topic_engines.to_shares(start))


def test_a_row_that_no_topic_describes_is_even():
    assert topic_engines.to_shares(np.array([[0.0, 0.0], [1.0, 3.0]])).tolist() == [[0.5, 0.5], [0.25, 0.75]]


def test_folded_in_shares_are_the_fixed_point_of_expected_counts():
    rng = np.random.default_rng(0)
    weights, alpha = rng.dirichlet(np.full(12, 0.5), 3), np.full((5, 3), 0.3)
    counts = rng.poisson(3, (5, 12))
    shares = topic_engines._fold_in(sparse.csr_matrix(counts), weights, alpha)
    for row in range(5):
        responsible = weights * shares[row][:, None]
        expected = alpha[row] + (responsible / responsible.sum(axis=0)) @ counts[row]
        np.testing.assert_allclose(shares[row], expected / expected.sum(), atol=1e-5)


def test_words_no_topic_knows_say_nothing():
    weights = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    alpha = np.array([[1.0, 1.0]])
    told = topic_engines._fold_in(sparse.csr_matrix([[3, 1, 0]]), weights, alpha)
    np.testing.assert_allclose(told.sum(), 1)
    assert told[0, 0] > 0.6
    np.testing.assert_allclose(topic_engines._fold_in(sparse.csr_matrix([[0, 0, 9]]), weights, alpha), [[0.5, 0.5]])


def test_the_start_from_nmf_keeps_apart_topics_that_random_starts_merge(monkeypatch):
    rng = np.random.default_rng(4)
    phi = rng.dirichlet(np.full(FEATURES, 0.05), K)
    dfm = _planted(rng, phi, 100)[0]

    def recovered(method, seed=0):
        weights = getattr(topic_engines, method)(dfm.features, K, dfm.counts, ["吉林"] * 100, seed).weights
        return (np.sqrt(phi) @ np.sqrt(weights).T).max(axis=1).min()  # Bhattacharyya coefficient

    assert min(recovered(method) for method in METHODS) > 0.85
    monkeypatch.setattr(topic_engines, "_lean", lambda *given: None)
    assert min(recovered("gibbs", seed) for seed in range(3)) < 0.75
