"""The simulation of ties: deterministic, with what was planted in it, and one row per question asked."""

from pathlib import Path

import pandas as pd

from analysis.evaluate import ties


def test_a_simulated_corpus_is_the_same_again_and_fits_its_occurrences():
    (occ, corpus), (again, _) = (ties.simulate(5, (3, 4), longer=3.0, strength=(0.5, 0.5)) for _ in range(2))
    pd.testing.assert_frame_equal(occ, again)
    assert corpus.docs["level"].tolist() == ["province"] * 3 + ["county"] * 4
    assert (occ["start"] < occ["doc_id"].map(corpus.docs["text"].str.len())).all()
    where = occ["doc_id"] + " " + occ["sentence"].astype("str")
    first, second = (set(where[occ["slogan"] == ties.NAMES[k]]) for k in (0, 1))
    assert len(first & second) > 0.2 * len(first)


def test_the_table_has_rates_with_intervals(monkeypatch):
    monkeypatch.setattr(ties, "RUNS", {True: 1})
    table = ties.table(Path("."), quick=True)
    assert list(table) == ["measure", "setting", "runs", "rate", "low", "high"] and len(table) == 22
    assert ((table["low"] <= table["rate"]) & (table["rate"] <= table["high"])).all()
