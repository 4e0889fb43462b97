"""Documents that say the same: exact and near duplicates by overlap of shingles."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_SIZE = 8
_SKETCH = 64
_CROWD = 200
_BASE = np.uint64(1_000_003)


class Duplicate(NamedTuple):
    """Positions of a document and of the one kept for it, with the share of shingles they share."""

    which: int
    kept: int
    overlap: float


def find_duplicates(texts: Sequence[str], *, threshold: float = 0.9) -> list[Duplicate]:
    """Group documents whose shingle sets overlap and keep the longest of each group (ties: the first).

    A shingle is a run of 8 characters, letters and figures only; the overlap of two documents is the
    Jaccard coefficient |A∩B| / |A∪B| of their shingle sets.  Candidates share half of their sketches (the
    64 shingles with the smallest hashes); their overlap is then computed exactly.

    Parameters
    ----------
    texts : sequence of str
    threshold : float
        Least overlap, 0–1.

    Returns
    -------
    list of Duplicate
        One per document to leave out, in order.

    References
    ----------
    Broder (1997), On the resemblance and containment of documents.
    """
    shingles = [_shingles(text) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
    found: dict[int, Duplicate] = {}
    unique: dict[bytes, int] = {}
    for i in (i for i in order if len(shingles[i])):
        kept = unique.setdefault(shingles[i].tobytes(), i)
        if kept != i:
            found[i] = Duplicate(i, kept, 1.0)
    near = _near(shingles, list(unique.values()), threshold)
    for i, duplicate in found.items():
        further = near.get(duplicate.kept)
        found[i] = Duplicate(i, further.kept, further.overlap) if further else duplicate
    found |= near
    return [found[i] for i in sorted(found)]


def _near(shingles: Sequence[npt.NDArray[np.uint64]], order: list[int], threshold: float) -> dict[int, Duplicate]:
    """Near duplicates among documents given longest first."""
    partners = defaultdict(list)
    for a, b in _candidates(shingles, order):
        if (overlap := _jaccard(shingles[a], shingles[b])) >= threshold:
            partners[a].append((b, overlap))
            partners[b].append((a, overlap))
    found: dict[int, Duplicate] = {}
    for kept in order:
        if kept not in found:
            for other, overlap in partners[kept]:
                found.setdefault(other, Duplicate(other, kept, overlap))
    return found


def _shingles(text: str) -> npt.NDArray[np.uint64]:
    """Sorted distinct 64-bit hashes of the shingles of a text; of the whole text when it is shorter."""
    bare = re.sub(r"[\W_]+", "", text)
    codes = np.frombuffer(bare.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    size = min(_SIZE, len(codes))
    if not size:
        return np.empty(0, np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(codes, size)
    powers = np.array([pow(int(_BASE), k, 1 << 64) for k in range(size)], dtype=np.uint64)
    hashes = (windows * powers).sum(axis=1, dtype=np.uint64)
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    return np.unique(hashes ^ (hashes >> np.uint64(32)))


def _candidates(shingles: Sequence[npt.NDArray[np.uint64]], which: list[int]) -> list[tuple[int, int]]:
    holders = defaultdict(list)
    for i in sorted(which):
        for value in shingles[i][:_SKETCH].tolist():
            holders[value].append(i)
    shared: Counter[tuple[int, int]] = Counter()
    for group in holders.values():
        if 1 < len(group) <= _CROWD:
            shared.update(combinations(group, 2))
    return sorted(pair for pair, n in shared.items() if n * 2 >= min(len(shingles[i][:_SKETCH]) for i in pair))


def _jaccard(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> float:
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / (len(a) + len(b) - common)
