"""Documents that say the same: exact and near duplicates by overlap of shingles."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.reading.draft import Draft

_SIZE = 8
_ROWS = 6
_CROWD = 20
_EDGES = np.linspace(0, 2.0**64, 10 * _ROWS, endpoint=False).astype(np.uint64)
_BASE = np.uint64(1_000_003)


class Duplicate(NamedTuple):
    """Positions of a document and of the one kept for it, with the share of shingles they share."""

    which: int
    kept: int
    overlap: float


def find_duplicates(drafts: Sequence[Draft], *, threshold: float = 0.9) -> list[Duplicate]:
    """One for each document to leave out: of those that say the same the longest (ties: the first) is kept.

    A shingle is a run of 8 characters, letters and figures only; the overlap of two documents is the
    Jaccard coefficient |A∩B| / |A∪B| of their shingle sets, ``threshold`` the least. Candidates agree in one of ten
    bands of six minima, one of each of 60 parts of the range of the shingles' hashes (at an overlap of 0.9 all but 5
    in 10,000 do); their overlap is then computed exactly. Time and memory grow with the characters, not with
    the pairs: of a band that many share, each is compared with the 20 longest.

    Broder (1997), On the resemblance and containment of documents. Li, Owen and Zhang (2012), One
    permutation hashing; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4 (banding).
    """
    first: dict[bytes, int] = {}
    found: dict[int, Duplicate] = {}
    sketches: dict[int, npt.NDArray[np.uint64]] = {}
    for i in sorted(range(len(drafts)), key=lambda i: (-len(drafts[i].text), i)):
        if len(shingles := _shingles(drafts[i].text)):
            kept = first.setdefault(hashlib.sha256(shingles.tobytes()).digest(), i)
            if kept == i:
                # the smallest hash in each part of the range; where a part holds none, the next above (or the first)
                sketches[i] = shingles[np.searchsorted(shingles, _EDGES) % len(shingles)]
            else:
                found[i] = Duplicate(i, kept, 1.0)
    near = _near(drafts, sketches, threshold)
    for i, duplicate in found.items():
        further = near.get(duplicate.kept)
        found[i] = Duplicate(i, further.kept, further.overlap) if further else duplicate
    found |= near
    return [found[i] for i in sorted(found)]


def _near(
    drafts: Sequence[Draft], sketches: Mapping[int, npt.NDArray[np.uint64]], threshold: float
) -> dict[int, Duplicate]:
    """Near duplicates among documents given longest first."""
    shingles = lru_cache(maxsize=256)(lambda i: _shingles(drafts[i].text))
    partners = defaultdict(list)
    for a, b in _candidates(sketches):
        common = len(np.intersect1d(shingles(a), shingles(b), assume_unique=True))
        overlap = common / (len(shingles(a)) + len(shingles(b)) - common)
        if overlap >= threshold:
            partners[a].append((b, overlap))
            partners[b].append((a, overlap))
    found: dict[int, Duplicate] = {}
    for kept in sketches:
        if kept not in found:
            for other, overlap in partners[kept]:
                found.setdefault(other, Duplicate(other, kept, overlap))
    return found


def _shingles(text: str) -> npt.NDArray[np.uint64]:
    """Sorted distinct 64-bit hashes of the shingles of a text; of the whole text when it is shorter."""
    bare = "".join(re.findall(r"[^\W_]+", text))
    codes = np.frombuffer(bare.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    size = min(_SIZE, len(codes))
    if not size:
        return np.empty(0, np.uint64)
    hashes = np.zeros(len(codes) - size + 1, np.uint64)
    for k in reversed(range(size)):
        hashes = hashes * _BASE + codes[k : len(codes) - size + 1 + k]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes = np.sort(hashes ^ (hashes >> np.uint64(32)))
    return hashes[np.append(True, hashes[1:] != hashes[:-1])]


def _candidates(sketches: Mapping[int, npt.NDArray[np.uint64]]) -> list[tuple[int, int]]:
    """Pairs that agree in a whole band, each document with the longest of those it agrees with."""
    holders = defaultdict(list)
    for i, sketch in sketches.items():
        for band, values in enumerate(sketch.reshape(-1, _ROWS)):
            holders[band, values.tobytes()].append(i)
    pairs = {(a, b) for group in holders.values() for n, b in enumerate(group) for a in group[: min(n, _CROWD)]}
    return sorted(pairs)
