"""How often the encoding of a piece of real text is told right, by encoding and length."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pandas as pd
from scipy.stats import beta

from analysis.reading.encodings import Unreadable, decode

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs")
SIZES = (20, 50, 200, 1000)


def table(data: Path, quick: bool = False) -> pd.DataFrame:
    """Read pieces of real text in seven encodings, whole and with one byte lost; a tenth of them when `quick`.

    ``damage`` (none, or a byte lost at random), ``encoding``, ``size`` in characters, ``n`` pieces, as many from every
    ``corpora/*/txt/*.txt``; of these ``right`` (the same text), ``refused`` (a line of the report), ``noted`` (another
    text, and the report says so) and ``wrong`` (another text, silently); ``wrong_high``: upper end of the exact
    95 % interval of the share of wrong ones (Clopper and Pearson 1934, Biometrika 26, 404–413).  Big5 gets the
    characters of a piece that it has: the text common to Simplified and Traditional.
    """
    corpora = [sorted(folder.glob("*.txt")) for folder in sorted(data.glob("corpora/*/txt"))]
    if not corpora:
        raise FileNotFoundError(f"No corpora/*/txt in {str(data)!r}; give the folder that holds them.")
    pieces = _pieces(corpora, 60 if quick else 600)
    rows = [
        _row(damage, encoding, size, [piece[:size] for piece in pieces])
        for damage in ("none", "byte lost") for encoding in ENCODINGS for size in SIZES
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _pieces(corpora: list[list[Path]], each: int) -> list[str]:
    """Stretches of the longest size, as many from each corpus, from files and places drawn at random."""
    draw = random.Random(0)
    pieces = []
    for files in corpora:
        for _ in range(each):
            text = draw.choice(files).read_text(encoding="utf-8-sig")
            start = draw.randrange(max(1, len(text) - max(SIZES)))
            pieces.append(text[start : start + max(SIZES)])
    return pieces


def _row(damage: str, encoding: str, size: int, pieces: list[str]) -> dict[str, object]:
    draw = random.Random(size)
    outcomes: Counter[str] = Counter()
    for piece in pieces:
        data = piece.encode(encoding, "ignore")
        at = draw.randrange(4, max(5, len(data)))
        outcomes[_outcome(data, encoding, at if damage != "none" else len(data))] += 1
    n, wrong = len(pieces), outcomes["wrong"]
    high = float(beta.ppf(0.975, wrong + 1, n - wrong)) if wrong < n else 1.0
    said = {kind: outcomes[kind] for kind in ("right", "refused", "noted", "wrong")}
    return {"damage": damage, "encoding": encoding, "size": size, "n": n, **said, "wrong_high": high}


def _outcome(data: bytes, encoding: str, at: int) -> str:
    """What becomes of bytes without the one at ``at``."""
    try:
        found = decode(data[:at] + data[at + 1 :])
    except Unreadable:
        return "refused"
    if found.text == data.decode(encoding):
        return "right"
    return "noted" if found.notes else "wrong"
