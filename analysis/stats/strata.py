"""Association of two binary features over contexts, pooled over strata of comparable contexts.

Many pairs of features are handled at once: ``Tables`` holds one 2 × 2 table per pair and stratum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import gammaln, ndtri, xlogy

from analysis.dfm import membership


@dataclass(frozen=True, eq=False)
class Tables:
    """The 2 × 2 tables of all pairs seen together, one row for every stratum with both features.

    Attributes
    ----------
    pairs : ndarray of int64, shape (pairs, 2)
        The features of each pair, ``i < j``, sorted.
    n_tests : int
        Pairs that share a stratum and so could have been seen together.
    pair : ndarray of int64, shape (tables,)
        The row of ``pairs`` each table belongs to.
    n_ab, n_a, n_b, n : ndarray of int64, shape (tables,)
        Contexts of the stratum with both, with the first, with the second, and all.
    stratum : ndarray of int64, shape (tables,)
    """

    pairs: np.ndarray
    n_tests: int
    pair: np.ndarray
    n_ab: np.ndarray
    n_a: np.ndarray
    n_b: np.ndarray
    n: np.ndarray
    stratum: np.ndarray

    @property
    def expected(self) -> np.ndarray:
        """Shared contexts expected of each pair, were its features independent within every stratum."""
        return np.bincount(self.pair, self.n_a * self.n_b / self.n, len(self.pairs))

    @property
    def observed(self) -> np.ndarray:
        """Contexts with both features, per pair, over all strata."""
        return np.bincount(self.pair, self.n_ab, len(self.pairs)).astype(np.int64)


def make_tables(presence: sparse.csr_matrix, stratum: np.ndarray) -> Tables:
    """Cross-tabulate all pairs of features by stratum.

    Parameters
    ----------
    presence : csr_matrix, shape (contexts, features)
        Non-zero where the context has the feature.
    stratum : ndarray of int, shape (contexts,)
        Stratum of each context, numbered from 0.
    """
    from tqdm import tqdm

    presence = (presence > 0).astype(np.int64)
    n_features = presence.shape[1]
    seen = sparse.triu(presence.T @ presence, k=1).tocoo()
    keys = np.sort(seen.row.astype(np.int64) * n_features + seen.col)
    parts = [np.zeros((6, 0), dtype=np.int64)]
    order = np.argsort(stratum, kind="stable")
    edges = np.concatenate([[0], np.cumsum(np.bincount(stratum))])
    inside = (membership(stratum, stratum.max(initial=-1) + 1) @ presence > 0).astype(np.int64)
    for number in tqdm(np.flatnonzero(inside.getnnz(axis=1) > 1), desc="共现 co-occurrence", delay=2, leave=False):
        own = _stratum_tables(presence[order[edges[number] : edges[number + 1]]], keys)
        parts.append(np.vstack([own, np.full(own.shape[1], number)]))
    pairs = np.column_stack(np.divmod(keys, max(n_features, 1)))
    return Tables(pairs, int(sparse.triu(inside.T @ inside, k=1).nnz), *np.concatenate(parts, axis=1))


def _stratum_tables(block: sparse.csr_matrix, keys: np.ndarray) -> np.ndarray:
    """Rows pair, n_ab, n_a, n_b, n for the pairs among ``keys`` that have both features in the block."""
    features = np.unique(block.indices)
    dense = block[:, features].toarray().astype(float)
    both, margin = (dense.T @ dense).astype(np.int64), dense.sum(axis=0).astype(np.int64)
    i, j = np.triu_indices(len(features), k=1)
    key = features[i].astype(np.int64) * block.shape[1] + features[j]
    pair = np.minimum(np.searchsorted(keys, key), max(len(keys) - 1, 0))
    met = keys[pair] == key if len(keys) else np.zeros(len(key), dtype=bool)
    i, j, pair = i[met], j[met], pair[met]
    return np.stack([pair, both[i, j], margin[i], margin[j], np.full(len(i), block.shape[0])])


def mantel_haenszel(tables: Tables) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pooled log odds ratio of every pair, with 95 % interval: ``log_odds_ratio`` and its normal quantiles.

    Returns
    -------
    log_odds, low, high : ndarray, natural logarithms
    """
    estimate, variance = log_odds_ratio(tables)
    half_width = ndtri(0.975) * np.sqrt(variance)
    return estimate, estimate - half_width, estimate + half_width


def log_odds_ratio(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    r"""Pooled log odds ratio of every pair, with its variance.

    .. math:: \hat\theta = \log \frac{\sum_s R_s}{\sum_s S_s},\quad
              R_s = n_{11} n_{00} / n,\quad S_s = n_{10} n_{01} / n

    with the variance of Robins, Breslow and Greenland, right for few large and for many small strata.
    Where one of the sums is zero, a stratum with half a context in each cell is added: the estimate
    stays finite, and a pair that no stratum says anything about gets 0 ± 5.5.

    References
    ----------
    Mantel & Haenszel (1959), JNCI 22. Robins, Breslow & Greenland (1986), Biometrics 42, 311–323.
    """
    n_ab, n = tables.n_ab, tables.n
    neither, only_a, only_b = n - tables.n_a - tables.n_b + n_ab, tables.n_a - n_ab, tables.n_b - n_ab
    r_s, s_s, p = n_ab * neither / n, only_a * only_b / n, (n_ab + neither) / n
    parts = (r_s, s_s, p * r_s, p * s_s + (1 - p) * r_s, (1 - p) * s_s)
    r, s, pr, cross, qs = np.stack([np.bincount(tables.pair, part, len(tables.pairs)) for part in parts])
    halves = np.where((r == 0) | (s == 0), 1 / 8, 0.0)
    r, s, pr, cross, qs = r + halves, s + halves, pr + halves / 2, cross + halves, qs + halves / 2
    variance = pr / (2 * r**2) + cross / (2 * r * s) + qs / (2 * s**2)
    return np.log(r / s), variance


def exact_p(tables: Tables) -> np.ndarray:
    """Probability of at least the observed number of shared contexts, given the margins of every stratum.

    Within a stratum the number is hypergeometric; over strata it is their sum, convolved exactly
    (the one-sided exact conditional test of a common odds ratio of 1; Fisher's test when there is
    one stratum). Only probabilities are added, never subtracted, so small values keep their digits;
    below 1e-300 they are given as 1e-300.

    References
    ----------
    Gart (1970), Biometrika 57, 471–475.

    Returns
    -------
    ndarray, shape (pairs,)
    """
    from tqdm import tqdm

    observed = tables.observed
    p = np.ones(len(observed))
    widths = 2 ** np.arange(int(observed.max(initial=0)).bit_length() + 1)
    for width in tqdm(widths, desc="精确检验 exact tests", delay=2, leave=False):
        chosen = np.flatnonzero((observed > width // 2) & (observed <= width))
        p[chosen] = _tail(tables, chosen, observed[chosen])
    return np.clip(p, 1e-300, 1.0)


def _tail(tables: Tables, chosen: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """P(sum ≥ observed): column r of the state is the probability that r are still lacking."""
    state = np.zeros((len(chosen), observed.max(initial=0) + 1))
    state[np.arange(len(chosen)), observed] = 1.0
    for here, mass in _rounds(tables, chosen):
        old = state[here]
        new = np.zeros_like(old)
        for x, weight in enumerate(mass.T):
            new[:, 0] += weight * old[:, : x + 1].sum(axis=1)
            new[:, 1 : max(old.shape[1] - x, 1)] += weight[:, None] * old[:, x + 1 :]
        state[here] = new
    return state[:, 0]


def _rounds(tables: Tables, chosen: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The chosen pairs' first tables, then their second ones, …: which pairs, and their masses."""
    rows = np.flatnonzero(np.isin(tables.pair, chosen))
    rows = rows[np.argsort(tables.pair[rows], kind="stable")]
    here = np.searchsorted(chosen, tables.pair[rows])
    turn = np.arange(len(rows)) - np.searchsorted(here, here)
    order = np.argsort(turn, kind="stable")
    log_factorial = gammaln(np.arange(tables.n.max(initial=0) + 1) + 1.0)
    for part in np.split(order, np.flatnonzero(np.diff(turn[order])) + 1):
        at = rows[part]
        yield here[part], _hypergeometric(tables.n_a[at], tables.n_b[at], tables.n[at], log_factorial)


def _hypergeometric(n_a: np.ndarray, n_b: np.ndarray, n: np.ndarray, log_factorial: np.ndarray) -> np.ndarray:
    """P(X = x) for x = 0, 1, …: one row per table."""
    base, f = len(log_factorial), log_factorial
    code, which = np.unique((n * base + np.maximum(n_a, n_b)) * base + np.minimum(n_a, n_b), return_inverse=True)
    (rest, low), n = np.divmod(code[:, None], base), code[:, None] // base**2
    high = rest % base
    x = np.arange(low.max(initial=0) + 1)
    possible = (x <= low) & (low + high - x <= n)
    x = np.where(possible, x, np.maximum(0, low + high - n))
    log_mass = (
        f[low] - f[x] - f[low - x] + f[n - low] - f[high - x] - f[n - low - high + x]
        - (f[n] - f[high] - f[n - high])
    )  # fmt: skip
    return np.where(possible, np.exp(log_mass), 0.0)[which]


def g2(n_ab: np.ndarray, n_a: np.ndarray, n_b: np.ndarray, n: np.ndarray | int) -> np.ndarray:
    """Log-likelihood ratio statistic of independence in the pooled 2 × 2 table (Dunning 1993)."""
    cells = [(n_ab, n_a, n_b), (n_a - n_ab, n_a, n - n_b), (n_b - n_ab, n - n_a, n_b)]
    cells.append((n - n_a - n_b + n_ab, n - n_a, n - n_b))
    total = sum(xlogy(o, o * n / np.maximum(row * column, 1)) for o, row, column in cells)
    return np.maximum(2 * total, 0.0)


def npmi(n_ab: np.ndarray, n_a: np.ndarray, n_b: np.ndarray, n: np.ndarray | int) -> np.ndarray:
    """Normalized pointwise mutual information, log(p_ab / p_a p_b) / −log p_ab, from −1 to 1.

    −1 for two features never together; 0 where both are in every context, which says nothing.

    References
    ----------
    Bouma (2009), Proceedings of GSCL.
    """
    joint = np.asarray(n_ab, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(joint * n / (np.asarray(n_a, dtype=float) * n_b)) / -np.log(joint / n)
    return np.where(joint == 0, -1.0, np.where(joint == n, 0.0, np.clip(value, -1.0, 1.0)))


def benjamini_hochberg(p: np.ndarray, n_tests: int) -> np.ndarray:
    """False discovery rate q of each p, among ``n_tests`` of which those not given have p = 1."""
    order = np.argsort(p, kind="stable")
    scaled = p[order] * n_tests / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
