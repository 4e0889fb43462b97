"""The lines of one article in reading order: copies dropped, sections sorted, cut sentences joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from analysis.reading.heads import is_heading, section_number


def drop_copies(lines: Sequence[str], own: Sequence[int]) -> list[int]:
    """Keep of each repeated passage the copy that stands with more of the article's other lines."""
    pairs = copies_of([lines[i] for i in own])
    twice = {own[n] for pair in pairs for n in pair}
    alone = [i for i in own if i not in twice]
    place = {i: n for n, i in enumerate(own)}
    run = {i: sum(abs(place[j] - place[i]) == abs(j - i) for j in alone) for i in own}
    kept: list[int] = []
    for i in sorted(own, key=lambda i: (-run[i], i)):
        if not any(_is_copy(lines[i], lines[j]) for j in kept):
            kept.append(i)
    return sorted(kept)


def copies_of(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of passages printed twice."""
    grams = [{text[i : i + 4] for i in range(len(text) - 3)} for text in texts]
    holders: dict[str, list[int]] = {}
    for i, own in enumerate(grams):
        for gram in sorted(own):
            holders.setdefault(gram, []).append(i)
    shared = Counter(pair for group in holders.values() if len(group) < 9 for pair in combinations(group, 2))
    return sorted(pair for pair, n in shared.items() if n >= 10 and _is_copy(texts[pair[0]], texts[pair[1]]))


def _is_copy(a: str, b: str) -> bool:
    lengths = sorted((len(a), len(b)))
    if lengths[0] < 20 or lengths[0] * 2 <= lengths[1] or is_heading(a):
        return False
    first, second = ({line[i : i + 4] for i in range(len(line) - 3)} for line in (a, b))
    return len(first & second) > 0.7 * min(len(first), len(second))


def in_order(lines: Sequence[str], own: list[int], byline: int, goes_on: Mapping[int, int] | None = None) -> list[int]:
    """Lines by section number; what precedes a run's first heading ends the section before it.

    Runs whose last line is cut go before the run with the line's continuation (``goes_on``). Without
    section numbers, or with numbers that come twice, the run after the byline goes first, the others follow
    as they stand.
    """
    runs = _chained(_runs(own, byline), goes_on or {})
    numbers = [n for i in own if (n := section_number(lines[i]))]
    if len(set(numbers)) != len(numbers) or not numbers:
        return [i for run in sorted(runs, key=lambda run: not 0 < run[0] - byline <= 2) for i in run]
    place: dict[int, float] = {}
    for run in runs:
        ahead = next((n for i in run if (n := section_number(lines[i]))), None)
        first = lines[run[0]]
        opens = 0 < run[0] - byline <= 2 and (len(first) >= 15 or is_heading(first))
        # what stands before a run's first heading belongs to the opening, or to the end of a section
        at = 0.0 if opens else ahead - 0.5 if ahead else max(place.values(), default=0.0)
        for position, i in enumerate(run):
            number = section_number(lines[i])
            at = float(number) if number else at
            place[i] = at
            if number == 1 and position and not is_heading(lines[run[position - 1]]):
                place[run[position - 1]] = 0.5
    return sorted((i for run in runs for i in run), key=lambda i: place[i])


def _chained(runs: list[list[int]], goes_on: Mapping[int, int]) -> list[list[int]]:
    """Runs, each joined by the one its last line goes on in; the chain stands where its first run stood."""
    opening = {run[0]: run for run in runs}
    after = {run[0]: goes_on.get(run[-1], -1) for run in runs}
    followers = {head for first, head in after.items() if head in opening and head != first}
    chains: list[list[int]] = []
    seen: set[int] = set()
    for first in [*(f for f in opening if f not in followers), *opening]:
        chain: list[int] = []
        while first in opening and first not in seen:
            seen.add(first)
            chain += opening[first]
            first = after[first]
        chains += [chain] if chain else []
    return chains


def _runs(own: list[int], byline: int) -> list[list[int]]:
    """Maximal stretches of neighbouring lines; the byline parts them too."""
    runs: list[list[int]] = []
    for i in own:
        if runs and i - runs[-1][-1] == 1 and not runs[-1][-1] < byline < i:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def is_cut(line: str) -> bool:
    """Whether a paragraph breaks off in mid-sentence."""
    runs_on = len(line) > 60 or line.count("，") > 2 or re.search("[。；]|[，、]$", line)
    return line[-1] not in "。！？；：…”』」）" and bool(runs_on)


def join_cut(paragraphs: list[str]) -> list[str]:
    joined: list[str] = []
    for paragraph in paragraphs:
        if joined and is_cut(joined[-1]) and not is_heading(paragraph):
            joined[-1] += paragraph
        else:
            joined.append(paragraph)
    return joined
