"""Which article each line of an interleaved file belongs to."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from itertools import pairwise, permutations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.reading.gazetteer import called, mentions
from analysis.reading.heads import is_heading, numbered
from analysis.reading.numerals import YEAR
from analysis.reading.order import copies_of, is_cut

Floats = npt.NDArray[np.float64]
_ROUNDS = 12
_COMMON = 0.6
_NAMED = 5.0
_LINKED = 3.0
_FIT = 0.5
_REMNANT = 6.0
_ONCE = 4.0
_HEAD = 4.0
_FADE = 0.5
_DOUBT = 0.9
_ELSEWHERE = 0.005
_PLACE = re.compile(r"([一-鿿]{2,6}?)(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|自治州|[省市区县盟旗])")


class Head(NamedTuple):
    """Lines of an article's title and byline, and what they say."""

    lines: tuple[int, ...]
    said: str


class Assignment(NamedTuple):
    """Probability of each article for each body line; the continuation of each line cut in mid-sentence."""

    share: Floats
    goes_on: dict[int, int]


def assign(lines: Sequence[str], heads: Sequence[Head], body: Sequence[int]) -> Assignment:
    """Probability of each article for each body line, shape (body, articles).

    A hidden Markov chain over the lines: the state is the article, staying is likelier than changing, the
    rate of change is estimated. A line's evidence is its character pairs under the article's vocabulary
    (Dirichlet-smoothed, the line itself left out), places that lie in the article's own, and, by mean
    field, the other lines: the two halves of a cut sentence attract each other, headings of the same number
    repel each other, passages printed twice attract each other.
    """
    texts = [lines[i] for i in body]
    pairs = _pair_counts(texts)
    fixed = named(texts, heads) + _places_after(body, heads)
    twice = copies_of(texts)
    couplings = _couplings(texts, twice)
    cuts = _Cuts(texts, {i for pair in twice for i in pair})
    share = np.exp(fixed - np.logaddexp.reduce(fixed, axis=1, keepdims=True))
    rate = 0.2
    said = _pair_counts([head.said for head in heads], pairs[1])[0]
    for _ in range(_ROUNDS):
        links = cuts.match(share)
        field = fixed + _evidence(pairs[0], said, share) + couplings @ share
        for tail, (head, weight) in links.items():
            field[tail] += _LINKED * weight * share[head]
            field[head] += _LINKED * weight * share[tail]
        stay = _stay(texts, body, links, rate)
        new = _forward_backward(field - np.log(share.sum(axis=0) / len(share) + 0.02), stay)
        best = new.argmax(axis=1)
        rate = float(np.clip((np.count_nonzero(np.diff(best)) + 1) / (len(best) + 4), 0.02, 0.5))
        share = (share + new) / 2
    return Assignment(share, {body[t]: body[h] for t, (h, _) in cuts.match(share).items()})


def doubtful(share: Floats) -> dict[int, list[int]]:
    """Rows whose likeliest article is not sure, and the articles that come into question."""
    unsure = np.flatnonzero(share.max(axis=1) < _DOUBT)
    return {int(i): [int(k) for k in np.argsort(-share[i], kind="stable") if share[i, k] > 1 - _DOUBT] for i in unsure}


def _pair_counts(texts: Sequence[str], known: dict[str, int] | None = None) -> tuple[Floats, dict[str, int]]:
    """Counts of character pairs, shape (texts, pairs)."""
    bare = [re.sub(r"[\W\d_]+", " ", text) for text in texts]
    counts = [Counter(p for a, b in pairwise(text) if " " not in (p := a + b)) for text in bare]
    for count, text in zip(counts, texts, strict=True):
        count.update(re.findall(YEAR, text))
    columns = known or {pair: n for n, pair in enumerate(sorted(set().union(*counts)))}
    table = np.zeros((len(texts), len(columns)))
    for row, count in zip(table, counts, strict=True):
        for pair, n in count.items():
            if pair in columns:
                row[columns[pair]] = n
    return table, columns


def _evidence(pairs: Floats, said: Floats, share: Floats) -> Floats:
    """Log-likelihood of every line under every article, damped to what it can bear: words come in bursts."""
    uniform = 1 / share.shape[1]
    sure = share * ((share.max(axis=1, keepdims=True) - uniform) / (1 - uniform))
    own = sure.T @ pairs + 2 * said
    size = pairs.sum(axis=1)
    recurring = np.count_nonzero(pairs, axis=0) > 1
    scores = np.empty_like(share)
    for i, line in enumerate(pairs):
        at = np.flatnonzero(line * recurring)
        rest = own[:, at] - np.outer(sure[i], line[at])
        rates = rest / (own.sum(axis=1) - sure[i] * size[i] + 1)[:, None]
        like = (1 - _COMMON) * rates + _COMMON * rates.mean(axis=0) + 1e-9
        scores[i] = np.log(like) @ line[at] / np.sqrt(max(size[i], 1.0))
    return scores - scores.max(axis=1, keepdims=True)


def named(texts: Sequence[str], heads: Sequence[Head]) -> Floats:
    """Weight of an article's places in a line: the narrowest counts full, wider ones a half, a third."""
    scores = np.zeros((len(texts), len(heads)))
    met = [[place for found, _, _ in mentions(text) for place in found] for text in texts]
    for k, head in enumerate(heads):
        names = list(dict.fromkeys(_PLACE.findall(re.sub(YEAR, " ", head.said))))
        units = called().get(names[-1], ()) if names else ()
        ranks = sorted({unit.name[-1] for unit in units})
        relative = re.compile("|".join(f"[全我]{rank}|{rank}委|{rank}政府" for rank in ranks) or "(?!)")
        for i, text in enumerate(texts):
            own = [_NAMED / (len(names) - j) for j, name in enumerate(names) if name in text]
            inside = any(place.lies_in(u) for place in met[i] for u in units)
            scores[i, k] = max([*own, _NAMED * inside]) + bool(relative.search(text))
    return scores


def _places_after(body: Sequence[int], heads: Sequence[Head]) -> Floats:
    """The lines after a head are likely its article's, the nearer the likelier."""
    scores = np.zeros((len(body), len(heads)))
    for k, head in enumerate(heads):
        for i, line in enumerate(body):
            past = line - max(head.lines)
            others = any(max(head.lines) < max(other.lines) < line for other in heads)
            if past > 0 and not others:
                scores[i, k] = _HEAD * _FADE ** (past - 1)
    return scores


def _couplings(texts: Sequence[str], twice: Sequence[tuple[int, int]]) -> Floats:
    """Attraction between copies, repulsion between headings of one number, shape (lines, lines)."""
    weights = np.zeros((len(texts), len(texts)))
    groups = defaultdict(list)
    for i, text in enumerate(texts):
        if number := numbered(text):
            groups[number].append(i)
    for group in groups.values():
        for i, j in permutations(group, 2):
            weights[i, j] -= _ONCE * (texts[i] != texts[j])
    for i, j in twice:
        weights[i, j] = weights[j, i] = _LINKED
    return weights


def _returns(share: Floats, tails: Sequence[int]) -> Floats:
    """Probability that a line is where a tail's article is next met, shape (tails, lines)."""
    found = np.zeros((len(tails), len(share)))
    for a, i in enumerate(tails):
        open_ = share[i].copy()
        for j in range(i + 1, len(share)):
            found[a, j] = open_ @ share[j]
            open_ *= 1 - share[j]
        first = np.vstack([np.ones(share.shape[1]), 1 - share[: max(i - 1, 0)]])[:i]
        found[a, :i] = 0.1 * (first * share[:i]) @ share[i]
    return found


class _Grams:
    """Runs of one to three characters of a file, as a smoothed language model (Witten and Bell 1991)."""

    def __init__(self, texts: Sequence[str]) -> None:
        whole = re.sub("[。；！？]", "\n", "\n".join(["", *texts, ""]))
        self.counts = [Counter(whole[i : i + n] for i in range(len(whole))) for n in (1, 2, 3)]
        self.kinds = [Counter(run[:-1] for run in counts) for counts in self.counts]

    def like(self, before: str, text: str, own: int = 0) -> float:
        """Log-likelihood of ``text`` after ``before``, one occurrence (``own``) not counted."""
        shares = (self._share((before + text[:i])[-2:], char, own) for i, char in enumerate(text))
        return sum(map(np.log, shares), 0.0)

    def _share(self, context: str, char: str, own: int) -> float:
        if not context:
            return (max(self.counts[0][char] - own, 0) + 0.5) / (sum(self.counts[0].values()) + 3000)
        seen, n = self.kinds[len(context)][context], self.counts[len(context) - 1][context] - own
        less = self._share(context[1:], char, own)
        hits = max(self.counts[len(context)][context + char] - own, 0)
        return (hits + seen * less) / (n + seen) if n > 0 else less


class _Cuts:
    """Lines cut in mid-sentence, and how well each other line would go on from them."""

    def __init__(self, texts: Sequence[str], twice: Set[int] = frozenset()) -> None:
        self.tails = [i for i, text in enumerate(texts) if is_cut(text) and i not in twice]
        able = [i for i, text in enumerate(texts) if len(text) > 1 and not is_heading(text) and not numbered(text)]
        self.heads = able
        grams = _Grams(texts)
        begins = np.array([grams.like("\n", texts[j][:3], 1) for j in able])
        runs_on = [[grams.like(texts[i][-2:], texts[j][:3]) if i != j else -99 for j in able] for i in self.tails]
        remnant = np.array([_REMNANT * (len(texts[j]) < 20 and texts[j].endswith("。")) for j in able])
        self.fit = remnant + np.array(runs_on).reshape(len(self.tails), len(able)) - begins

    def match(self, share: Floats) -> dict[int, tuple[int, float]]:
        from scipy.optimize import linear_sum_assignment

        if not self.tails or not self.heads:
            return {}
        score = _FIT * self.fit + np.log(_returns(share, self.tails)[:, self.heads] + _ELSEWHERE)
        likely = np.exp(score - np.logaddexp.reduce(np.pad(score, ((0, 0), (0, 1))), axis=1, keepdims=True))
        rows, columns = linear_sum_assignment(-likely)
        found = zip(rows.tolist(), columns.tolist(), strict=True)
        return {self.tails[a]: (self.heads[b], float(likely[a, b])) for a, b in found if likely[a, b] > 0.2}


def _stay(texts: Sequence[str], body: Sequence[int], links: dict[int, tuple[int, float]], rate: float) -> Floats:
    """Probability that the next line is of the same article."""
    stay = np.full(len(texts) - 1, 1 - rate)
    for i in range(len(texts) - 1):
        if body[i + 1] - body[i] > 1:
            stay[i] = 0.5
        elif is_heading(texts[i]):
            stay[i] = 0.98
        elif is_cut(texts[i]):
            head, likely = links.get(i, (-1, 0.0))
            stay[i] = 0.15 + 0.8 * likely * (head == i + 1)
    return stay


def _forward_backward(field: Floats, stay: Floats) -> Floats:
    """Posterior of the states of a Markov chain with uniform changes, shape as ``field``."""
    n, k = field.shape
    ahead, behind = field.copy(), np.zeros_like(field)
    moves = [np.log(np.where(np.eye(k, dtype=bool), s, (1 - s) / max(k - 1, 1))) for s in stay]
    for i in range(1, n):
        ahead[i] += np.logaddexp.reduce(ahead[i - 1][:, None] + moves[i - 1], axis=0)
    for i in range(n - 2, -1, -1):
        behind[i] = np.logaddexp.reduce(moves[i] + (field[i + 1] + behind[i + 1])[None, :], axis=1)
    both = ahead + behind
    return np.exp(both - np.logaddexp.reduce(both, axis=1, keepdims=True))
