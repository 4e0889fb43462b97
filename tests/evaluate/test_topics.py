import numpy as np
import pytest

from analysis.dfm import make_dfm
from analysis.evaluate import topics as module
from analysis.evaluate.inference import dfm_of
from analysis.evaluate.topics import EFFECTS, _halves, _planted, _replicated, own_topics


def parts_of(documents=36, per=3, effect=4.0):
    """Paragraphs of three topics; documents of 东部 have more of the first."""
    rng = np.random.default_rng(0)
    parent = np.repeat(np.arange(documents), per)
    region = np.where(np.arange(documents) % 2, "西部", "东部")[parent]
    prior = np.where(region[:, None] == "东部", [effect, 1, 1], [1, 1, 1])
    shares = np.array([rng.dirichlet(row) for row in prior])
    words = np.kron(np.eye(3), np.full(20, 1 / 20)) * 0.9 + 0.1 / 60
    counts = [rng.multinomial(80, p / p.sum()) for p in shares @ words]
    names = {"parent": [f"d{p:02d}" for p in parent], "province": [f"p{p // 2:02d}" for p in parent]}
    return dfm_of(counts, macro_region=region, year=2025 + parent // 2 % 2, **names)


def test_the_planted_truth_is_what_many_documents_show():
    rng = np.random.default_rng(3)
    dfm, mixtures, truth = _planted(rng, rng.dirichlet(np.full(module.FEATURES, 0.05), module.K), 6000)
    for effect, query in EFFECTS.items():
        side = dfm.docvars.eval(query).to_numpy()
        seen = mixtures[side].mean(axis=0) - mixtures[~side].mean(axis=0)
        np.testing.assert_allclose(seen, truth[effect], atol=0.02)
    assert truth["region"][:2].min() > 0.04 and truth["year"][2] == truth["year"].max() > 0.04


def test_halves_share_no_unit_and_hold_every_region():
    docvars = parts_of().docvars.assign(province=lambda d: d["parent"])
    for name, first in _halves(docvars, "macro_region", 2):
        unit = name.split()[0] if not name.startswith("document") else "parent"
        assert set(docvars.loc[first, unit]).isdisjoint(docvars.loc[~first, unit])
        assert set(docvars.loc[first, "macro_region"]) == set(docvars.loc[~first, "macro_region"]) == {"东部", "西部"}
    names = [name for name, _ in _halves(docvars, "macro_region", 1)]
    assert names == ["document 0", "province 0", "year 2025", "year 2026"]


@pytest.mark.parametrize(("effect", "sure"), [(4.0, True), (1.0, False)])
def test_contrasts_that_are_there_replicate(monkeypatch, effect, sure):
    monkeypatch.setattr(module, "DRAWS", 4)
    parts = parts_of(effect=effect)
    found = _replicated(parts, (parts.docvars["year"] == 2025).to_numpy(), "macro_region", 3)
    assert (found["documents"], found["contrasts"]) == (18, 6)
    assert (found["sure_draws"] > 0) == sure
    for name in ("draws", "naive"):
        assert found[f"replicated_{name}"] == found[f"same_sign_{name}"] == found[f"sure_{name}"]
        assert found[f"by_chance_{name}"] <= found[f"sure_{name}"]


def test_a_topic_of_a_provinces_own_is_its_own_again():
    parts = parts_of()
    mixed = parts.docvars.assign(province=[f"p{int(p[1:]) % 9}" for p in parts.docvars["parent"]])
    own = np.array([int(p[1]) % 3 for p in mixed["province"]])  # a topic each
    counts = parts.counts.toarray() // 4 + np.kron(np.eye(3), np.full(20, 3))[own].astype(int)
    chosen = (np.arange(len(parts)) // 27) % 2 == 0  # nine documents, nine others, and so on
    found = own_topics(make_dfm(counts, parts.features, mixed), chosen, 3)
    assert found["provinces"] == found["above"] == 9
    assert found["above_by_chance"] < 6 and found["correlation"] > 0.8
