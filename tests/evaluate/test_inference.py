import numpy as np
import pandas as pd
from scipy import stats

from analysis.evaluate import inference
from analysis.evaluate.inference import _bootstraps, bursty


def test_bursts_have_the_variance_they_are_said_to_have():
    counts, totals = bursty(np.random.default_rng(0), 4000, 40, k=0.5, mean=5)
    expected = totals * 5 / inference.WORDS
    np.testing.assert_allclose(counts.mean(), expected.mean(), rtol=0.02)
    excess = ((counts - expected[:, None]) ** 2 - counts).mean() / (expected**2).mean()
    np.testing.assert_allclose(excess, 1 / 0.5, rtol=0.1)


def test_bca_is_scipy_s():
    rng = np.random.default_rng(1)
    counts, totals = bursty(rng, 15, 3, k=1, mean=5)
    ours = list(_bootstraps(counts.astype(float), totals, rng))[1]

    def rate(n, words, axis=-1):
        return n.sum(axis=axis) / words.sum(axis=axis)

    for feature in range(3):
        sample = (counts[:, feature], totals)
        theirs = stats.bootstrap(sample, rate, paired=True, method="BCa", rng=np.random.default_rng(2))
        np.testing.assert_allclose([end[feature] for end in ours], theirs.confidence_interval, rtol=0.15)


def test_without_the_reports_the_simulations_still_run(tmp_path, monkeypatch, capsys):
    for name in ("_level", "_far", "_tail_ratio", "_frequency_coverage", "_ratio_coverage", "_power"):
        monkeypatch.setattr(inference, name, lambda part: pd.DataFrame({"part": [part]}))
    inference.run(tmp_path, True)
    printed = capsys.readouterr().out
    assert "strata=year" in printed
    assert "real reports are left out" in printed
