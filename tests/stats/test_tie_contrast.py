"""Contrasts of ties: the estimates are cooccurrence's, p is all permutations', the level holds under bursts."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from analysis.corpus import Corpus, make_corpus
from analysis.evaluate.ties import contrast, simulate
from analysis.stats.cooccurrence import cooccurrence
from analysis.stats.tie_contrast import COLUMNS, RESAMPLES, tie_contrast

TARGET = "level == 'province'"


@pytest.fixture(scope="module")
def marked():
    return simulate(3, (6, 7), strength=(0.6, 0.1))


@pytest.fixture(scope="module")
def table(marked):
    return tie_contrast(*marked, target=TARGET)


def test_both_sides_are_what_cooccurrence_gives_for_them(marked, table):
    assert list(table) == COLUMNS and (table["docs_target"] + table["docs_reference"] >= 2).all()
    by_side = cooccurrence(*marked, by="level").set_index(["level", "a", "b"])
    for row in table.itertuples():
        for side, level in (("target", "province"), ("reference", "county")):
            if getattr(row, f"n_ab_{side}"):
                known = by_side.loc[(level, row.a, row.b)]
                assert getattr(row, f"n_ab_{side}") == known["n_ab"]
                assert getattr(row, f"expected_{side}") == pytest.approx(known["expected"])
                own = getattr(row, f"log_odds_{side}")  # missing where no stratum says anything
                assert own == pytest.approx(known["log_odds"]) or (np.isnan(own) and known["log_odds"] == 0)
    assert (table["seen"] == "both").equals((table["n_ab_target"] > 0) & (table["n_ab_reference"] > 0))
    assert (table["n_ab_reference"][table["seen"] == "target"] == 0).all()


def test_the_difference_lies_in_its_interval_which_is_no_narrower_than_the_model_would_have_it(marked, table):
    known = table.dropna(subset="difference")
    assert np.allclose(known["difference"], known["log_odds_target"] - known["log_odds_reference"])
    assert (known["difference_low"] < known["difference"]).all()
    by_side = cooccurrence(*marked, by="level").set_index(["level", "a", "b"])
    width = by_side["log_odds_high"] - by_side["log_odds_low"]
    for row in known[known["seen"] == "both"].itertuples():
        model = np.hypot(width[("province", row.a, row.b)], width[("county", row.a, row.b)])
        assert row.difference_high - row.difference_low >= model * 0.999


def lines(rows):
    """Documents from (level, sentences of 甲 and 乙 as text): A 甲, B 乙, X both, 0 none."""
    texts = {f"d{i}": "字字字。" * len(row) for i, (_, row) in enumerate(rows)}
    docs = pd.DataFrame({"doc_id": list(texts), "text": list(texts.values()), "level": [level for level, _ in rows]})
    found = [
        (f"d{i}", name, s, 0, 4 * s, False)
        for i, (_, row) in enumerate(rows)
        for s, mark in enumerate(row)
        for name, marks in (("甲", "AX"), ("乙", "BX"))
        if mark in marks
    ]
    occ = pd.DataFrame(found, columns=["doc_id", "slogan", "sentence", "paragraph", "start", "nested"])
    return occ, make_corpus(docs)


ROWS = [
    ("province", "XXX0"), ("province", "XX0A"), ("province", "XA0B"), ("county", "AB0X"), ("county", "AB00"),
    ("county", "ABX0"), ("province", "XXXAB000"), ("county", "AAXBB000"), ("county", "AAAXBBB0"),
]  # fmt: skip


def test_p_is_that_of_all_permutations_within_length_classes():
    row = tie_contrast(*lines(ROWS), target=TARGET).iloc[0]
    target = np.array([level == "province" for level, _ in ROWS])
    r = np.array([m.count("X") * m.count("0") / len(m) for _, m in ROWS])
    s = np.array([m.count("A") * m.count("B") / len(m) for _, m in ROWS])
    score = (s.sum() * r - r.sum() * s) / (r.sum() + s.sum())
    short, long = score[:6], score[6:]
    chosen = product(combinations(short - short.mean(), 3), combinations(long - long.mean(), 1))
    sums = np.array([abs(sum(a) + sum(b)) for a, b in chosen])
    seen = abs((short - short.mean())[target[:6]].sum() + (long - long.mean())[target[6:]].sum())
    p = (sums >= seen - 1e-6).mean()
    assert 0 < p < 0.5
    assert row["p"] == pytest.approx(p, abs=4 * (p / RESAMPLES) ** 0.5)
    assert row["log_odds_target"] == pytest.approx(np.log(r[target].sum() / s[target].sum()))


def test_changing_sides_changes_only_the_sign(marked, table):
    turned = tie_contrast(*marked, target="level == 'county'", reference=TARGET)
    pair = ["a", "b"]
    both = table.merge(turned, on=pair, suffixes=("", "_turned")).dropna(subset="p")
    assert np.allclose(both["difference"], -both["difference_turned"])
    assert np.allclose(both["p"], both["p_turned"], atol=0.02)


def test_a_pair_that_could_meet_on_one_side_only_is_new_but_not_tested():
    rows = [("province", "XX0A"), ("province", "X0AB"), ("county", "AA00"), ("county", "BB00")]
    row = tie_contrast(*lines(rows), target=TARGET).iloc[0]
    assert row["seen"] == "target" and row["docs_target"] == 2 and row["expected_reference"] == 0
    assert row[["log_odds_reference", "difference", "p", "q"]].isna().all()


def test_documents_without_the_docvar_are_left_out(marked):
    occ, corpus = marked
    years = pd.array([2020] * 5 + [2021] * 5 + [pd.NA] * 3, dtype="Int64")
    dated = Corpus(corpus.docs.assign(year=years), corpus.report, corpus.recipe)
    found = tie_contrast(occ, dated, target="year == 2020")
    assert found.attrs["left_out"] == 3
    assert "5 target, 5 reference" in found.attrs["notes"][0]["en"]
    assert found.attrs["recipe"][-1]["step"] == "tie_contrast"


def test_nothing_to_compare_gives_the_empty_table_with_its_columns(marked):
    occ, corpus = marked
    nothing = tie_contrast(occ.iloc[:0], corpus, target=TARGET)
    assert nothing.empty and list(nothing) == COLUMNS and set(nothing.attrs["reason"]) == {"zh", "en"}


def test_errors(marked):
    with pytest.raises(ValueError, match="context='document': documents are what varies here; use sentence"):
        tie_contrast(*marked, target=TARGET, context="document")
    with pytest.raises(ValueError, match="target=.*national.*selects no documents: a comparison needs 1 or more"):
        tie_contrast(*marked, target="level == 'national'")
    with pytest.raises(ValueError, match="share documents .*; make the queries exclude each other"):
        tie_contrast(*marked, target=TARGET, reference="n_chars > 0")
    with pytest.raises(KeyError, match="No docvar 'lvel'; did you mean 'level'"):
        tie_contrast(*marked, target="lvel == 'province'")


def test_level_under_bursts_when_the_few_documents_are_three_times_as_long():
    """At most one of 15 comparisons of equal ties shows one; of changed ties, half or more are found."""
    same = [contrast(seed, (8, 30), 3.0, (0.3, 0.3))["any"] for seed in range(15)]
    assert sum(same) <= 1
    changed = [f for seed in range(3) for f in contrast(seed, (40, 40), 1.0, (0.0, 0.8))["found"]]
    assert np.mean(changed) > 0.5
