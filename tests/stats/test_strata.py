import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from analysis.stats.strata import (
    Tables,
    benjamini_hochberg,
    exact_p,
    g2,
    make_tables,
    mantel_haenszel,
    npmi,
)

# Admitted and rejected men, admitted and rejected women, by department (Bickel et al. 1975).
BERKELEY = [
    [512, 313, 89, 19], [353, 207, 17, 8], [120, 205, 202, 391], [138, 279, 131, 244], [53, 138, 94, 299],
    [22, 351, 24, 317],
]  # fmt: skip
# Rabbits cured and dead with immediate, and with delayed penicillin, by dose (Agresti 1990, p. 231).
RABBITS = [[0, 6, 0, 5], [3, 3, 0, 6], [6, 0, 2, 4], [5, 1, 6, 0], [2, 0, 5, 0]]


def one_pair(cells):
    a, b, c, d = np.array(cells).T
    return Tables(np.array([[0, 1]]), 1, np.zeros(len(a), dtype=int), a, a + b, a + c, a + b + c + d, np.arange(len(a)))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [(BERKELEY, [0.9046968, 0.7719074, 1.0603298]), (RABBITS, [7.0, 1.026713, 47.725133])],
    ids=["Berkeley", "rabbits"],
)
def test_odds_ratio_and_interval_as_r_mantelhaen_test_prints_them(cells, expected):
    ratio = np.exp([limit[0] for limit in mantel_haenszel(one_pair(cells))])
    np.testing.assert_allclose(ratio, expected, rtol=1e-6)


def test_exact_p_of_the_rabbits_as_in_the_r_manual():
    assert exact_p(one_pair(RABBITS))[0] == pytest.approx(0.020, abs=0.0005)


def test_one_stratum_is_fishers_test_and_woolfs_interval():
    presence = np.random.default_rng(0).random((60, 8)) < 0.3
    tables = make_tables(sparse.csr_matrix(presence), np.zeros(60, dtype=int))
    p, (log_odds, low, _) = exact_p(tables), mantel_haenszel(tables)
    assert len(tables.pairs) == tables.n_tests == 28
    for k, (i, j) in enumerate(tables.pairs):
        cells = stats.contingency.crosstab(~presence[:, i], ~presence[:, j]).count
        assert p[k] == pytest.approx(stats.fisher_exact(cells, alternative="greater").pvalue, rel=1e-9)
        odds = stats.contingency.odds_ratio(cells, kind="sample")
        assert log_odds[k] == pytest.approx(np.log(odds.statistic))
        assert low[k] == pytest.approx(np.log(odds.confidence_interval(0.95).low))
        pooled = stats.chi2_contingency(cells, correction=False, lambda_="log-likelihood").statistic
        assert g2(*(np.array([v]) for v in margins(cells)))[0] == pytest.approx(pooled)


def margins(cells):
    return cells[0, 0], cells[0].sum(), cells[:, 0].sum(), cells.sum()


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 6)] * 4), min_size=1, max_size=4))
def test_exact_p_equals_the_convolution_of_scipys_hypergeometrics(cells):
    cells = [c for c in cells if c[0] + c[1] and c[0] + c[2]] or [(1, 0, 0, 1)]
    mass = np.ones(1)
    for a, b, c, d in cells:
        mass = np.convolve(mass, stats.hypergeom.pmf(np.arange(13), a + b + c + d, a + b, a + c))
    observed = sum(c[0] for c in cells)
    expected = mass[observed:].sum()
    assert exact_p(one_pair(cells))[0] == pytest.approx(min(expected, 1), rel=1e-9)


def test_small_p_keeps_its_digits_and_never_reaches_zero():
    expected = stats.hypergeom.pmf(50, 1000, 50, 50)
    assert exact_p(one_pair([[50, 0, 0, 950]]))[0] == pytest.approx(expected, rel=1e-8)
    assert exact_p(one_pair([[5000, 0, 0, 5000]]))[0] == 1e-300


def test_strata_that_say_nothing():
    """Always together: the estimate stays finite. In every context: nothing is known."""
    log_odds, low, high = mantel_haenszel(one_pair([[1, 0, 0, 9], [1, 0, 0, 9], [1, 0, 0, 9]]))
    assert 0 < low[0] < log_odds[0] < high[0] < 10
    log_odds, low, high = mantel_haenszel(one_pair([[4, 0, 0, 0]]))
    assert (log_odds[0], exact_p(one_pair([[4, 0, 0, 0]]))[0]) == (0, 1)
    assert -low[0] == high[0] == pytest.approx(1.96 * np.sqrt(8), rel=1e-3)


def test_tables_count_what_stands_in_each_stratum():
    presence = sparse.csr_matrix([[1, 1, 0], [1, 0, 0], [0, 1, 0], [1, 1, 1], [0, 0, 1]])
    tables = make_tables(presence, np.array([0, 0, 1, 1, 1]))
    assert tables.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    rows = np.column_stack([tables.pair, tables.n_ab, tables.n_a, tables.n_b, tables.n])
    assert rows.tolist() == [[0, 1, 2, 1, 2], [0, 1, 1, 2, 3], [1, 1, 1, 2, 3], [2, 1, 2, 2, 3]]
    assert tables.observed.tolist() == [2, 1, 1]
    assert tables.stratum.tolist() == [0, 1, 1, 1]
    np.testing.assert_allclose(tables.expected, [2 * 1 / 2 + 2 / 3 * 1, 2 / 3, 4 / 3])


def test_pairs_that_meet_in_no_context_count_as_tests_if_they_share_a_stratum():
    presence = sparse.csr_matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    tables = make_tables(presence, np.array([0, 0, 1]))
    assert (len(tables.pairs), tables.n_tests) == (0, 1)
    assert len(exact_p(tables)) == len(mantel_haenszel(tables)[0]) == 0


def test_npmi_at_its_ends():
    value = npmi(np.array([0, 5, 2, 10]), np.array([3, 5, 4, 10]), np.array([3, 5, 5, 10]), 10)
    np.testing.assert_allclose(value, [-1, 1, 0, 0], atol=1e-12)


@settings(max_examples=40)
@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=20), st.integers(0, 30))
def test_q_equals_scipys_with_the_pairs_never_seen_together_as_ones(p, unseen):
    p = np.array(p)
    expected = stats.false_discovery_control(np.concatenate([p, np.ones(unseen)]))[: len(p)]
    np.testing.assert_allclose(benjamini_hochberg(p, len(p) + unseen), expected)
