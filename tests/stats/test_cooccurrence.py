import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import make_corpus
from analysis.evaluate.ties import PLANTED, simulate
from analysis.lexicon import load_lexicon
from analysis.slogans import slogans
from analysis.stats.cooccurrence import MEASURES, cooccurrence

NAMES = [f"提法{chr(0x4E00 + k)}" for k in range(30)]


def corpus_of(sentences, **docvars):
    """A corpus whose documents have sentences of the given lengths."""
    texts = ["".join("字" * (n - 1) + "。" for n in lengths) for lengths in sentences]
    names = [f"d{i}" for i in range(len(texts))]
    return make_corpus(pd.DataFrame({"doc_id": names, "text": texts, **docvars}))


def occurrences(rows):
    """From (document, sentence, feature) numbers."""
    doc, sentence, feature = np.array(rows).reshape(-1, 3).T
    table = pd.DataFrame({"doc_id": [f"d{i}" for i in doc], "slogan": [NAMES[k] for k in feature]})
    return table.assign(sentence=sentence, paragraph=0, nested=False)


TWO = [(0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 2, 2), (1, 0, 0), (1, 0, 1), (1, 0, 2), (1, 1, 2)]


def two_documents():
    years = pd.array([2020, pd.NA], dtype="Int64")
    return occurrences(TWO), corpus_of([[9] * 4, [9] * 3], year=years, province=["吉林省", "广西壮族自治区"])


def test_counts_by_hand():
    table = cooccurrence(*two_documents())
    assert list(table) == MEASURES
    counts = table.set_index(["a", "b"])[["n_ab", "n_a", "n_b", "n_contexts"]]
    assert counts.loc[(NAMES[0], NAMES[1])].tolist() == [2, 2, 3, 7]
    assert counts.loc[(NAMES[0], NAMES[2])].tolist() == [1, 2, 3, 7]
    assert counts.loc[(NAMES[1], NAMES[2])].tolist() == [1, 3, 3, 7]
    assert (table["a"] < table["b"]).all()
    first = table.iloc[0]  # together in 1 of 4 sentences where they stand 1 and 2 times, and in 1 of 3
    assert (first["a"], first["b"]) == (NAMES[0], NAMES[1])
    assert first["p"] == pytest.approx(2 / 4 * 1 / 3)
    assert first["expected"] == pytest.approx(1 * 2 / 4 + 1 * 1 / 3)
    assert first["npmi"] == pytest.approx(np.log(2 * 7 / (2 * 3)) / -np.log(2 / 7))


@pytest.mark.parametrize(("context", "n"), [("sentence", 7), ("paragraph", 2), ("document", 2), (10, 7)])
def test_contexts(context, n):
    occ, corpus = two_documents()
    table = cooccurrence(occ.assign(start=9 * occ["sentence"]), corpus, context=context)
    assert set(table["n_contexts"]) == {n}
    assert table.attrs["recipe"][-1] == {"step": "cooccurrence", "context": context, "by": []}


def test_groups_are_treated_by_themselves_and_a_missing_key_is_counted():
    occ, corpus = two_documents()
    by_year = cooccurrence(occ, corpus, by="year")
    assert list(by_year) == ["year", *MEASURES]
    assert by_year["year"].tolist() == [2020]
    assert by_year["year"].dtype == "Int64"
    assert by_year.attrs["left_out"] == 1
    by_region = cooccurrence(occ, corpus, by=["region"])
    only = cooccurrence(occ[occ["doc_id"] == "d1"], corpus.subset("region == '广西'"))
    part = by_region.loc[by_region["region"] == "广西", MEASURES].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, only)


def test_an_occurrence_inside_another_is_no_meeting():
    corpus = make_corpus(pd.DataFrame({"text": ["坚持习近平新时代中国特色社会主义思想。"] * 3}))
    occ = slogans(corpus, load_lexicon())
    assert occ["nested"].any()
    table = cooccurrence(occ, corpus)
    assert table.empty
    assert "共现" in table.attrs["reason"]["zh"]
    assert "No two features share a sentence" in table.attrs["reason"]["en"]
    assert list(table) == MEASURES


def test_nothing_at_all_gives_the_empty_table_with_its_columns():
    occ, corpus = two_documents()
    nothing = cooccurrence(occ.iloc[:0], corpus, by="year")
    assert nothing.empty and list(nothing) == ["year", *MEASURES]
    missing = cooccurrence(occ, corpus_of([[9] * 4, [9] * 3]), by="year")
    assert missing.empty and list(missing) == ["year", *MEASURES] and missing.attrs["left_out"] == 2
    assert missing.attrs["reason"]["en"] == "No document has a known year."
    assert "No two features" in nothing.attrs["reason"]["en"]


def test_errors():
    occ, corpus = two_documents()
    with pytest.raises(ValueError, match="No context 'sentense'; did you mean 'sentence'"):
        cooccurrence(occ, corpus, context="sentense")
    with pytest.raises(ValueError, match="No context 1; use sentence, paragraph, document or a number from 2 on"):
        cooccurrence(occ, corpus, context=1)
    with pytest.raises(KeyError, match="No docvar 'regoin'; did you mean 'region'"):
        cooccurrence(occ, corpus, by="regoin")


def test_without_ties_hardly_a_network_shows_an_edge():
    """Uneven documents and sentences: at most 5 % of networks have any q < 0.05."""
    shown = [(cooccurrence(*simulate(seed, (10, 10)))["q"] < 0.05).any() for seed in range(40)]
    assert sum(shown) <= 2
    whole = [cooccurrence(*simulate(seed, (10, 10)), context="document")["q"].min() < 0.05 for seed in range(20)]
    assert sum(whole) <= 1


def test_planted_ties_are_found():
    found = cooccurrence(*simulate(1, (20, 20), strength=(0.5, 0.5)))
    strong = found[found["q"] < 0.05]
    pairs = pd.MultiIndex.from_frame(strong[["a", "b"]])
    assert all((NAMES[k], NAMES[k + 1]) in pairs for k in range(0, 2 * PLANTED, 2))
    assert (strong["log_odds_low"] > 0).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 99))
def test_expected_is_the_mean_of_permutations_within_document_and_length(seed):
    """Shuffling a feature among the sentences of one document and length class, many times."""
    rng = np.random.default_rng(seed)
    lengths = rng.choice([9, 40], size=(3, 12))
    here = rng.random((3, 12, 2)) < 0.4
    found = occurrences([*np.argwhere(here), (0, 0, 0), (0, 0, 1)])
    here[0, 0] = True
    table = cooccurrence(found, corpus_of(lengths.tolist()))
    strata = (np.arange(3)[:, None] * 100 + lengths).ravel()
    a, b = here.reshape(-1, 2).T
    order = np.argsort(strata, kind="stable")
    mixed = np.argsort(rng.random((4000, len(a))) + np.unique(strata, return_inverse=True)[1], axis=1)
    permuted = (a[order][None, :] & b[mixed]).sum(axis=1)
    assert table["expected"].item() == pytest.approx(permuted.mean(), abs=5 * permuted.std() / 4000**0.5 + 1e-9)
    assert table["n_ab"].item() == (a & b).sum()


def test_provincial_reports(shared):
    folder = shared / "corpora" / "provincial_reports" / "txt"
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())[:12]}
    corpus = make_corpus(pd.DataFrame({"doc_id": list(texts), "text": list(texts.values())}))
    table = cooccurrence(slogans(corpus, load_lexicon()), corpus)
    tie = table.set_index(["a", "b"]).loc[("两个确立", "四个意识")]
    assert tie["q"] < 0.05 and tie["log_odds_low"] > 0
    assert table["p"].is_monotonic_increasing
    assert table["npmi"].between(-1, 1).all()


def test_a_group_whose_documents_are_empty_has_no_rows():
    occ, corpus = occurrences(TWO), corpus_of([[9] * 3, [9] * 2, []], year=[2020, 2021, 2022])
    assert cooccurrence(occ, corpus, by="year")["year"].unique().tolist() == [2020, 2021]
