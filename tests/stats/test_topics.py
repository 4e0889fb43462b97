import functools
import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfTransformer

from analysis.dfm import make_dfm
from analysis.stats import topic_draws, topic_engines
from analysis.stats import topics as module
from analysis.stats.topic_draws import jaccard, pair, refits
from analysis.stats.topics import TopicModel, top_features, topics

ROOT = Path(__file__).resolve().parents[2]
METHODS = ("nmf", "lda", "gibbs", "dmr")
K, WORDS = 3, 60


def planted(seed=0, documents=90):
    """Documents of three topics, each with 20 words of its own; the first topic belongs to 吉林."""
    rng = np.random.default_rng(seed)
    region = np.where(np.arange(documents) % 2, "吉林", "广西")
    prior = np.where(region[:, None] == "吉林", [3.0, 0.5, 0.5], [0.5, 1.0, 1.0])
    shares = np.array([rng.dirichlet(row) for row in prior])
    words = np.kron(np.eye(K), rng.dirichlet(np.full(WORDS // K, 5.0), 1)) * 0.95 + 0.05 / WORDS
    sizes = rng.integers(80, 400, documents)
    counts = [rng.multinomial(n, p / p.sum()) for n, p in zip(sizes, shares @ words, strict=True)]
    docvars = pd.DataFrame({"region": region}, index=[f"d{i:02d}" for i in range(documents)])
    return make_dfm(np.array(counts), [f"词{i:02d}" for i in range(WORDS)], docvars), shares


@pytest.fixture(autouse=True)
def _few_passes(monkeypatch):
    monkeypatch.setattr(topic_engines, "GIBBS_ITERATIONS", 150)


@pytest.mark.parametrize("method", METHODS)
def test_planted_topics_are_recovered(method):
    dfm, shares = planted()
    model = topics(dfm, K, method=method)
    words = top_features(model, 5).groupby("topic")["feature"].agg(lambda names: {int(n[1:]) // 20 for n in names})
    assert sorted(group for groups in words for group in groups) == [0, 1, 2]
    true = [min(words[name]) for name in model.doc_topic]
    correlation = [np.corrcoef(model.doc_topic[f"T{t + 1}"], shares[:, true[t]])[0, 1] for t in range(K)]
    assert min(correlation) > 0.95


@pytest.mark.parametrize("method", METHODS)
def test_the_shape_of_a_model(method):
    dfm, _ = planted(documents=30)
    model = topics(dfm, K, method=method, seed=3)
    assert list(model.doc_topic) == list(model.topic_feature.index) == ["T1", "T2", "T3"]
    assert list(model.doc_topic.index) == list(dfm.docvars.index)
    assert list(model.topic_feature) == dfm.features.tolist()
    for table in (model.doc_topic, model.topic_feature):
        np.testing.assert_allclose(table.sum(axis=1), 1)
        assert (table >= 0).all(axis=None)
    assert model.doc_topic.sum().is_monotonic_decreasing
    assert model.recipe[-1]["method"] == method and model.recipe[-1]["seed"] == 3
    assert (model.k, model.left_out) == (3, 0)


def test_nmf_factors_are_those_of_sklearn():
    dfm, _ = planted(documents=30)
    model = topics(dfm, K)
    fitted = NMF(K, init="nndsvda", random_state=0, max_iter=2000)
    weighted = TfidfTransformer().fit_transform(dfm.counts)
    loadings = fitted.fit(weighted).transform(weighted)
    rebuilt = model.doc_topic.to_numpy() @ model.topic_feature.to_numpy()
    expected = loadings @ fitted.components_
    np.testing.assert_allclose(rebuilt, expected / expected.sum(axis=1, keepdims=True), atol=1e-9)


def test_documents_without_a_feature_are_left_out():
    dfm, _ = planted(documents=30)
    counts = dfm.counts.toarray() * (np.arange(30) % 10 > 0)[:, None]
    model = topics(make_dfm(counts, dfm.features, dfm.docvars), K)
    assert model.left_out == model.recipe[-1]["left_out"] == 3
    assert len(model.doc_topic) == len(model.docvars) == len(model.totals) == 27


def test_dmr_sees_the_covariate():
    dfm, _ = planted(documents=30)
    assert topics(dfm, 2, method="dmr").recipe[-1]["covariate"] == "region"
    both = make_dfm(dfm.counts, dfm.features, dfm.docvars.assign(period=["1", "2", None] * 10))
    assert module._levels(both.docvars, ["region", "period"])[:3] == ["广西 × 1", "吉林 × 2", ""]
    assert topics(both, 2, method="dmr", covariate=["region", "period"]).k == 2
    unknown = dfm.docvars.assign(region=pd.Series([None] * 30, index=dfm.docvars.index))
    assert topics(make_dfm(dfm.counts, dfm.features, unknown), 2, method="dmr").k == 2


def test_errors():
    dfm, _ = planted(documents=10)
    with pytest.raises(ValueError, match="k=1 is too small; a model needs 2 or more topics"):
        topics(dfm, 1)
    with pytest.raises(ValueError, match="k=11 is more than the 10 documents with features; choose a smaller k"):
        topics(dfm, 11)
    with pytest.raises(ValueError, match="k=4 is more than the 3 features"):
        topics(dfm.select(["词00", "词01", "词02"]), 4)
    with pytest.raises(ValueError, match="No method 'nfm'; did you mean 'nmf'"):
        topics(dfm, 2, method="nfm")
    with pytest.raises(ValueError, match=r"dfm is grouped.*before \.group\(\)"):
        topics(dfm.group("region"), 2)
    with pytest.raises(KeyError, match="No docvar 'regoin'; did you mean 'region'"):
        topics(dfm, 2, method="dmr", covariate="regoin")


# Refits


def test_a_topic_shuffled_is_paired_with_itself():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.full(200, 0.1), 6)
    order = rng.permutation(6)
    assert pair(weights, weights[order]).tolist() == np.argsort(order).tolist()
    assert np.diag(jaccard(weights, weights)).tolist() == [1.0] * 6


def test_overlap_is_that_of_sets_of_first_features():
    one, other = np.zeros((1, 30)), np.zeros((1, 30))
    one[0, :12], other[0, 4:16] = np.linspace(2, 1, 12), np.linspace(2, 1, 12)
    assert jaccard(one, other)[0, 0] == pytest.approx(6 / 14)  # first ten: 0–9 and 4–13
    few = np.zeros((1, 30))
    few[0, [3, 5]] = 1
    assert jaccard(one, few)[0, 0] == pytest.approx(2 / 10)  # features without weight are not first


@pytest.mark.parametrize("method", ["nmf", "gibbs"])
def test_planted_topics_are_stable_and_noise_is_not(method):
    dfm, _ = planted()
    model = topics(dfm, K, method=method, draws=5)
    assert model.draws.shape == (5, 90, K) and list(model.stability.index) == list(model.doc_topic)
    np.testing.assert_allclose(model.draws.sum(axis=2), 1)
    noise = np.random.default_rng(1).poisson(2, (90, WORDS))
    assert topics(make_dfm(noise, dfm.features, dfm.docvars), K, method=method, draws=5).stability.max() < 0.5
    assert model.stability.min() > 0.6
    words = top_features(model, 3)
    assert set(words["stability"]) == set(model.stability) and words.attrs["notes"] == []
    shaky = replace(model, stability=model.stability.where(model.stability.index != "T2", 0.3))
    said = {"zh": "不稳定（稳定性低于 1/3）：主题 2。", "en": "Unstable (stability below 1/3): topic 2."}
    assert top_features(shaky, 3).attrs["notes"] == [said]


def test_parts_of_a_document_are_resampled_together():
    dfm, _ = planted(documents=30)
    parts = make_dfm(dfm.counts, dfm.features, dfm.docvars.assign(parent=[f"p{i // 10}" for i in range(30)]))
    seen = []

    def fit(counts, levels, seed):
        seen.append(sorted(int(level) // 10 for level in levels))
        return topic_engines.nmf(dfm.features, 2, counts, levels, seed)

    weights = np.full((2, WORDS), 1 / WORDS)
    refits(fit, parts, [str(i) for i in range(30)], weights, draws=4, seed=0)
    assert all(len(rows) == 30 and all(rows.count(p) % 10 == 0 for p in range(3)) for rows in seen)


def test_the_consensus_is_the_mean_of_all_fits():
    dfm, _ = planted(documents=40)
    one, mean = topics(dfm, K, draws=3), topics(dfm, K, draws=3, consensus=True)
    expected = np.vstack([one.doc_topic.to_numpy()[None], one.draws]).mean(axis=0)
    np.testing.assert_allclose(np.sort(mean.doc_topic.to_numpy()), np.sort(expected), atol=1e-12)
    np.testing.assert_allclose(mean.topic_feature.sum(axis=1), 1)
    with pytest.raises(ValueError, match="draws=0 tells no spread and makes no consensus; ask for draws=10"):
        topics(dfm, K, consensus=True)
    with pytest.raises(ValueError, match="draws=1 tells no spread"):
        topics(dfm, K, draws=1)


def test_what_takes_long_is_kept_by_content(monkeypatch):
    dfm, _ = planted(documents=30)
    plain = topics(dfm, K, draws=2)
    monkeypatch.setattr(topic_draws, "LONG", -1.0)
    topics(dfm, K, draws=2)
    monkeypatch.setattr(topic_engines, "nmf", None)
    kept = topics(dfm, K, draws=2)
    pd.testing.assert_frame_equal(kept.doc_topic, plain.doc_topic, check_exact=True)
    pd.testing.assert_frame_equal(kept.topic_feature, plain.topic_feature, check_exact=True)
    pd.testing.assert_series_equal(kept.stability, plain.stability, check_exact=True)
    assert (kept.draws == plain.draws).all() and kept.recipe == plain.recipe
    for other, options in ((dfm.take(np.arange(29)), {}), (dfm, {"seed": 1}), (dfm, {"draws": 3})):
        with pytest.raises(TypeError, match="callable"):
            topics(other, K, **{"draws": 2} | options)


# Words of a topic


def small_model():
    phi = pd.DataFrame([[0.5, 0.3, 0.2, 0.0], [0.5, 0.0, 0.1, 0.4]], ["T1", "T2"], list("甲乙丙丁"))
    shares = pd.DataFrame([[0.8, 0.2], [0.4, 0.6]], index=["d1", "d2"], columns=["T1", "T2"])
    return TopicModel(shares, phi, pd.DataFrame(index=shares.index), np.array([100, 300]), 0, "nmf", 2, 0, ())


def words_of(table, topic):
    return table.loc[table["topic"] == topic, "feature"].tolist()


def test_top_features_by_probability_and_lift():
    table = top_features(small_model(), 3)
    assert list(table) == ["topic", "rank", "feature", "weight"]
    assert (words_of(table, "T1"), words_of(table, "T2")) == (["甲", "乙", "丙"], ["甲", "丁", "丙"])
    lift = top_features(small_model(), 2, by="lift")
    assert (words_of(lift, "T1"), words_of(lift, "T2")) == (["乙", "丙"], ["丁", "甲"])
    assert lift["weight"].iloc[0] == pytest.approx(1 / 0.5)  # T1 is (0.8 × 100 + 0.4 × 300) / 400 of the words


def test_log_odds_are_those_of_monroe_and_others():
    table = top_features(small_model(), 4, by="log_odds").set_index(["topic", "feature"])["weight"]
    words = np.array([0.5 * 200, 0.5 * 200])  # 甲: T1 and T2 have (0.8 × 100 + 0.4 × 300) = 200 words each
    prior, size = 200 / 2, 400 / 2
    odds = [np.log((n + prior) / (200 + size - n - prior)) for n in words]
    assert table["T1", "甲"] == pytest.approx((odds[0] - odds[1]) / np.sqrt((1 / (words + prior)).sum()))
    assert words_of(top_features(small_model(), 1, by="log_odds"), "T2") == ["丁"]


def test_frex_is_the_harmonic_mean_of_two_ranks():
    table = top_features(small_model(), 4, by="frex").set_index(["topic", "feature"])["weight"]
    # 甲: first of four by frequency, third by exclusivity 1/2; 乙: third and first.
    assert table["T1", "乙"] == pytest.approx(2 / (1 / 0.75 + 1 / 1.0))
    assert table["T1", "甲"] == pytest.approx(2 / (1 / 1.0 + 1 / 0.5))
    assert ("T1", "丁") not in table.index  # no weight in the topic


def test_frex_prefers_what_is_frequent_and_exclusive():
    dfm, _ = planted()
    everywhere = np.column_stack([dfm.counts.toarray(), np.full(90, 50)])
    model = topics(make_dfm(everywhere, [*dfm.features, "工作"], dfm.docvars), K, method="lda")
    assert "工作" in set(top_features(model, 3)["feature"])
    assert "工作" not in set(top_features(model, 3, by="frex")["feature"])


def test_ties_go_by_feature():
    model = small_model()
    even = pd.DataFrame(0.25, index=model.topic_feature.index, columns=list("丁丙乙甲")).sort_index(axis=1)
    table = top_features(replace(model, topic_feature=even), 4)
    assert words_of(table, "T1") == sorted("甲乙丙丁")


def test_errors_of_top_features():
    with pytest.raises(ValueError, match="No criterion by='frax'; did you mean 'frex'"):
        top_features(small_model(), by="frax")
    with pytest.raises(ValueError, match="n=0 leaves no feature"):
        top_features(small_model(), 0)


# The same in every process

SCRIPT = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests/stats"]
from test_topics import everything, large
print(everything(), *large())
"""


def everything():
    from analysis.evaluate.ties import simulate
    from analysis.stats.choose_k import choose_k
    from analysis.stats.cooccurrence import cooccurrence
    from analysis.stats.network import network
    from analysis.stats.prevalence import prevalence

    topic_engines.GIBBS_ITERATIONS = topic_engines.LDA_ITERATIONS = 10
    dfm, _ = planted(documents=40)
    models = [topics(dfm, K, method=method, draws=2) for method in METHODS]
    tables = [prevalence(model) for model in models] + [top_features(model, by="frex") for model in models]
    ties = cooccurrence(*simulate(1, (10, 10), strength=(0.5, 0.5)))
    graph = network(ties)
    text = [t.to_csv() + str(t.attrs) for t in (*tables, choose_k(dfm, [2]), ties)]
    text += [str(list(graph.nodes(data=True))), str(list(graph.edges(data=True)))]
    return hashlib.sha256("".join(text).encode()).hexdigest()


def large():
    """Large enough for BLAS to share out its sums: without the limit two threads give other bytes than one."""
    topic_engines.LDA_ITERATIONS, topic_engines.GIBBS_ITERATIONS, topic_engines.NMF_ITERATIONS = 1, 3, 3
    drawn = functools.partial(np.random.default_rng(1).integers, 1, 5)
    counts = sparse.random(1000, 3000, 0.01, "csr", random_state=0, data_rvs=lambda size: drawn(size=size)).astype(int)
    features, levels = np.array([f"词{i:04d}" for i in range(3000)]), ["吉林", "辽宁"] * 500
    for method in METHODS:
        fit = getattr(topic_engines, method)(features, 10, counts, levels, 0)
        yield hashlib.sha256(fit.weights.tobytes() + fit.shares_of(counts, levels).tobytes()).hexdigest()


def test_the_same_bytes_in_every_process_whatever_the_hash_seed_and_threads():
    runs = []
    for n in ("1", "2"):
        threads = {f"{name}_NUM_THREADS": n for name in ("OMP", "OPENBLAS", "MKL", "VECLIB", "BLIS")}
        command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(ROOT)]
        env = {**os.environ, **threads, "PYTHONHASHSEED": n}
        run = subprocess.run(command, env=env, check=True, capture_output=True, text=True, encoding="utf-8")
        runs.append(run.stdout.split())
    assert runs[0] == runs[1] and len(runs[0]) == 1 + len(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_draws_are_the_same_in_one_process_and_in_two(method):
    dfm, _ = planted(documents=40)
    alone, shared = (topics(dfm, K, method=method, draws=4, n_jobs=n) for n in (1, 2))
    assert alone.draws.tobytes() == shared.draws.tobytes() and alone.recipe == shared.recipe
    pd.testing.assert_series_equal(alone.stability, shared.stability, check_exact=True)
