"""Adoption: scipy's Wilson interval, every cell of the grid, first uses as far as they are seen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from analysis.adoption import COLUMNS, QUARTERS, Z95, adoption, first_years, tiers, wilson
from analysis.corpus import Corpus, make_corpus
from analysis.lexicon import Lexicon, load_lexicon
from analysis.slogans import slogans

LEXICON = Lexicon(
    pd.DataFrame({"slogan": ["扫黑除恶", "扫黑除恶专项斗争", "枫桥经验"], "first_date": ["2018-01", "2018-01-11", ""]})
)
TEXTS = st.sampled_from(["扫黑除恶", "扫黑除恶专项斗争", "枫桥经验，枫桥经验", "没有"])
PROVINCES = st.sampled_from(["吉林省", "广西壮族自治区", None])
ROWS = st.lists(st.tuples(TEXTS, PROVINCES, st.sampled_from([2018, 2020, None])), min_size=1, max_size=8)


def corpus_of(rows: list[tuple], *more: str) -> Corpus:
    return make_corpus(pd.DataFrame(rows, columns=["text", "province", "year", *more]))


@pytest.fixture
def corpus() -> Corpus:
    rows = [
        ("扫黑除恶。扫黑除恶专项斗争", "吉林省", 2020, "2020-03-02"), ("扫黑除恶", "吉林省", 2019, None),
        ("扫黑除恶", "吉林省", 2020, "2020-01-01"), ("枫桥经验", "广西壮族自治区", None, None),
        ("没有", "广西壮族自治区", 2018, "2018-05-01"), ("枫桥经验", None, 2010, "2010-01-01"),
    ]  # fmt: skip
    return corpus_of(rows, "date")


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(cell: tuple[int, int]) -> None:
    low, high = wilson(np.array([cell[0]]), np.array([cell[1]]))
    expected = binomtest(*cell).proportion_ci(confidence_level=0.95, method="wilson")
    assert low[0] == pytest.approx(expected.low, abs=1e-12)
    assert high[0] == pytest.approx(expected.high, abs=1e-12)
    assert norm.ppf(0.975) == pytest.approx(Z95, abs=1e-15)


@given(ROWS, st.sampled_from(["region", "year"]))
@settings(max_examples=15)
def test_cells_are_those_counted_by_hand(rows: list[tuple], by: str) -> None:
    corpus = corpus_of(rows)
    occ = slogans(corpus, LEXICON)
    table = adoption(occ, corpus, by=by, lexicon=LEXICON)
    values = corpus.docs[by].astype(object).where(corpus.docs[by].notna(), None)
    groups = [g for g in ("吉林", "广西", 2018, 2020) if g in values.tolist()]
    names = sorted(set(occ["slogan"]))
    assert list(zip(table["slogan"], table["group"], strict=True)) == [(s, g) for s in names for g in groups]
    for row in table.itertuples():
        members = [text for text, value in zip(corpus.docs["text"], values, strict=True) if value == row.group]
        counts = [text.count(row.slogan) for text in members]
        assert (row.n, row.n_docs, row.n_group) == (sum(counts), sum(map(bool, counts)), len(members))
        assert row.share == row.n_docs / row.n_group
        assert 0 <= row.share_low <= row.share <= row.share_high <= 1
        assert (row.n_docs > 0) or (pd.isna(row.first_year) and row.share_low == 0)
    assert table.attrs["left_out"] == values.isna().sum()
    assert table.empty == ("reason" in table.attrs)


def test_dtypes_do_not_depend_on_what_is_found(corpus: Corpus) -> None:
    full = adoption(slogans(corpus, LEXICON), corpus)
    unknown = corpus_of([("扫黑除恶", None, None)])
    silent = corpus_of([("没有", "吉林省", 2019)])
    for other in (unknown, silent):
        table = adoption(slogans(other, LEXICON), other)
        assert table.empty and list(table) == COLUMNS and table.dtypes.equals(full.dtypes)
        assert "省份是已知的" in table.attrs["reason"]["zh"] and "known province" in table.attrs["reason"]["en"]


def test_first_uses_and_their_lag(corpus: Corpus) -> None:
    table = adoption(slogans(corpus, LEXICON), corpus, lexicon=LEXICON).set_index(["slogan", "group"])
    seen = table.loc[("扫黑除恶", "吉林省")]
    # The first year is 2019; no document of that year bears a date, and one of 2020 does not stand for it.
    assert seen["first_year"] == 2019 and pd.isna(seen["first_date"]) and seen["lag_years"] == 1
    assert (seen["n_docs"], seen["n"], seen["n_group"]) == (3, 4, 3)
    dated = table.loc[("扫黑除恶专项斗争", "吉林省")]
    assert (dated["first_year"], dated["first_date"], dated["lag_years"]) == (2020, "2020-03-02", 2)
    undated = table.loc[("枫桥经验", "广西壮族自治区")]
    missing = ["first_year", "lag_years", "last_year", "years_since", "left_censored", "right_censored", "persistence"]
    assert undated["n_docs"] == 1 and undated[missing].isna().all()
    late = corpus.subset("year == 2020")
    table = adoption(slogans(late, LEXICON), late, lexicon=LEXICON).set_index(["slogan", "group"])
    assert table.loc[("扫黑除恶", "吉林省"), "first_date"] == "2020-01-01"


def test_a_year_that_holds_documents_but_not_the_slogan_is_a_true_zero(corpus: Corpus) -> None:
    table = adoption(slogans(corpus, LEXICON), corpus, by="year").set_index(["slogan", "group"])
    zero = table.loc[("扫黑除恶", 2018)]
    assert (zero["n_docs"], zero["n_group"], zero["share"], zero["share_low"]) == (0, 1, 0, 0)
    assert zero["share_high"] == pytest.approx(0.7935, abs=1e-4)  # 1 − (share of none of one), Wilson
    assert table.attrs["left_out"] == 1


def test_the_maximal_reading_counts_less(corpus: Corpus) -> None:
    occ = slogans(corpus, LEXICON)
    every, maximal = (adoption(o, corpus).set_index(["slogan", "group"])["n"] for o in (occ, occ[~occ["nested"]]))
    assert every["扫黑除恶", "吉林省"] == 4 and maximal["扫黑除恶", "吉林省"] == 3
    assert (maximal <= every).all()


def test_a_part_of_the_corpus_ignores_occurrences_elsewhere(corpus: Corpus) -> None:
    part = corpus.subset("region == '广西'")
    table = adoption(slogans(corpus, LEXICON), part)
    assert table["group"].unique().tolist() == ["广西壮族自治区"]
    assert table.set_index("slogan")["n"].to_dict() == {"扫黑除恶": 0, "扫黑除恶专项斗争": 0, "枫桥经验": 1}


def test_groups_keep_their_type_and_are_those_of_one_docvar(corpus: Corpus) -> None:
    occ = slogans(corpus, LEXICON)
    table = adoption(occ, corpus, by="year")
    assert table["group"].dtype == "Int64"
    assert [step["step"] for step in table.attrs["recipe"]] == ["slogans", "adoption"]
    assert adoption(occ, corpus, by="macro_region")["group"].dtype == corpus.docs["macro_region"].dtype
    with pytest.raises(KeyError, match="No docvar 'provnce'; did you mean 'province'"):
        adoption(occ, corpus, by="provnce")
    with pytest.raises(ValueError, match="compared are the groups of one docvar"):
        adoption(occ, corpus, by=["region", "year"])


def test_first_years_are_the_lexicons() -> None:
    assert first_years(LEXICON).to_dict() == {"扫黑除恶": 2018, "扫黑除恶专项斗争": 2018}
    builtin = first_years()
    dates = load_lexicon().entries["first_date"]
    assert builtin["枫桥经验"] == 1963 and len(builtin) == (dates != "").sum()


def course(uses: dict[int, str], lexicon: Lexicon = LEXICON) -> pd.Series:
    """The row of 扫黑除恶 in a province with one document in each of the years: "x" has it."""
    rows = [("扫黑除恶" if mark == "x" else "没有", "吉林省", year) for year, mark in uses.items()]
    corpus = corpus_of([*rows, ("扫黑除恶", "广西壮族自治区", 2030)])
    table = adoption(slogans(corpus, lexicon), corpus, by="region", lexicon=lexicon)
    return table[table["group"] == "吉林"].iloc[0]


def test_persistence_and_decline_over_the_years_that_have_documents() -> None:
    row = course({2017: "-", 2019: "x", 2020: "x", 2022: "-", 2023: "x", 2026: "-"})
    assert row["persistence"] == 2 / 4
    assert (row["last_year"], row["years_since"]) == (2023, 3)
    assert (row["observed_from"], row["observed_to"]) == (2017, 2026)
    assert not row["left_censored"] and not row["right_censored"]
    assert row["per_10k_chars"] == pytest.approx(1e4 * 3 * 1 / (3 * 4 + 3 * 2))


@pytest.mark.parametrize(
    ("uses", "left", "right"),
    [
        ({2019: "x", 2020: "-"}, True, False),
        ({2018: "x", 2020: "-"}, False, False),  # born in 2018, as the lexicon knows
        ({2019: "-", 2020: "x"}, False, True),
        ({2019: "-", 2020: "-"}, False, True),
        ({2020: "x"}, True, True),
    ],
)
def test_what_the_window_cuts_off_is_said(uses: dict[int, str], left: bool, right: bool) -> None:
    row = course(uses)
    assert (row["left_censored"], row["right_censored"]) == (left, right)
    assert pd.isna(row["persistence"]) == (len(uses) == 1 or "x" not in uses.values() or uses == {2019: "-", 2020: "x"})


def shares(values: list[float], by: str = "year") -> pd.DataFrame:
    table = pd.DataFrame({"slogan": [f"s{i}" for i in range(len(values))], "group": 2020, "share": values})
    table.attrs = {"recipe": [{"step": "adoption", "by": by}]}
    return table


def test_the_heat_scale_has_the_two_published_limits_and_only_for_years() -> None:
    hot = tiers(shares([0.0518, 0.05179, 0.0129, 0.0128, 0.0]), "peoples_daily")["tier"]
    assert hot[:3].tolist() == ["沸", "烫", "烫"] and hot[3:].isna().all()
    with pytest.raises(ValueError, match="is for years, these are groups by 'region'"):
        tiers(shares([0.1], by="region"), "peoples_daily")
    with pytest.raises(ValueError, match="No scale 'cmp'; use corpus or peoples_daily"):
        tiers(shares([0.1]), "cmp")  # type: ignore[arg-type]


@given(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9, 1.0]), min_size=1, max_size=20))
@settings(max_examples=50)
def test_quarters_of_the_corpus_keep_equals_together_and_the_order(values: list[float]) -> None:
    made = tiers(shares(values)).assign(height=lambda t: t["tier"].map(["unused", *QUARTERS].index))
    assert (made["height"] > 0).equals(made["share"] > 0)
    by_share = made.groupby("share")["height"].agg(["min", "max"])
    assert (by_share["min"] == by_share["max"]).all() and by_share["max"].is_monotonic_increasing
