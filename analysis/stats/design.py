"""Who is compared with whom: the two sides, the strata within which, the units that stay together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.dfm import Dfm, group_codes
from analysis.display import counted
from analysis.docvars import named
from analysis.stats.frequency import note
from analysis.stats.permutation import count_splits
from analysis.stats.resampling import two_sides
from analysis.wording import both

ISSUERS = ("institution", "county", "prefecture", "province")
_MOST, _ENOUGH = 0.9, 40


@dataclass(frozen=True, eq=False)
class Design:
    """A comparison of documents.

    Attributes
    ----------
    rows : ndarray of int
        The documents compared, as rows of the dfm, by doc_id.
    is_target : ndarray of bool
        Per document.
    units : ndarray of int
        Number of each document's unit.
    side, strata : ndarray of bool, of int
        Per unit: whether it is the target's, and its stratum.
    by : tuple of str
        Docvars that define the strata.
    unknown : int
        Documents left out, as the reference is the rest and theirs is not known.
    notes, reason
        Sentences on what was done; why there is nothing to compare.
    """

    rows: np.ndarray
    is_target: np.ndarray
    units: np.ndarray
    side: np.ndarray
    strata: np.ndarray
    by: tuple[str, ...]
    unknown: int
    notes: list[dict[str, str]] = field(default_factory=list)
    reason: dict[str, str] | None = None

    @property
    def smaller(self) -> np.ndarray:
        """The side with fewer units, so that p does not depend on which is called the target."""
        sizes = [[int(side.sum()), *np.bincount(self.strata, side).astype(int)] for side in (self.side, ~self.side)]
        return self.side if sizes[0] <= sizes[1] else ~self.side


def design(dfm: Dfm, target: str, reference: str | None, *, strata: str | Sequence[str] | None, unit: str) -> Design:
    """The comparison that ``keyness`` was asked for; its parameters and errors are those of ``keyness``."""
    rows, is_target, unknown = sides(dfm, target, reference)
    docvars, auto = dfm.docvars.iloc[rows], strata == "auto"
    units = np.arange(len(rows)) if unit == "doc_id" else group_codes(docvars, unit)[0]
    by = (strata,) if isinstance(strata, str) else tuple(strata or ())
    if auto:
        by = _pairing(docvars, is_target, [*named(target, docvars), *named(reference or "", docvars)], units)
    codes = group_codes(docvars, by)[0] if by else np.zeros(len(rows), dtype=np.int64)
    usable = (units >= 0) & (dfm.totals[rows] > 0)
    kept = _compared(np.where(units >= 0, codes, -1), is_target & usable, ~is_target & usable)
    outside, reason = int((~kept).sum()), None
    if not kept.any():
        zh, en = both(*by or (unit,))
        reason = note(f"没有一个{zh}在两组中都有文档。", f"No {en} has documents on both sides.")
        kept, codes, units = np.full(len(rows), True), np.zeros(len(rows), dtype=np.int64), np.arange(len(rows))
    units, side, codes = _units(units[kept], is_target[kept], codes[kept], unit=unit, by=by)
    return Design(
        rows=rows[kept], is_target=is_target[kept], units=units, side=side, strata=codes, by=by, unknown=unknown,
        notes=_notes(side, codes, by=by, auto=auto, unit=unit, outside=outside), reason=reason,
    )  # fmt: skip


def _compared(codes: np.ndarray, target: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The documents whose stratum (−1: none) has documents of both sides."""
    known = codes >= 0
    both = np.isin(codes, codes[known & target]) & np.isin(codes, codes[known & reference])
    return known & both


def _pairing(docvars: pd.DataFrame, is_target: np.ndarray, asked: list[str], units: np.ndarray) -> tuple[str, ...]:
    """The issuers within which to compare: the first docvar that will do, or none (see ``keyness``)."""
    for name in ISSUERS:
        if name not in docvars or name in asked:
            continue
        codes = pd.factorize(docvars[name])[0]
        inside = _compared(codes, is_target, ~is_target)
        known = np.flatnonzero(inside & (units >= 0))
        if inside.mean() < _MOST or not _nested(units[known], codes[known]):
            continue
        known = known[np.unique(units[known], return_index=True)[1]]  # a document of each unit
        strata = np.unique(codes[known], return_inverse=True)[1]
        if strata.max(initial=0) > 0 and count_splits(strata, is_target[known]) >= _ENOUGH:
            return (name,)
    return ()


def _nested(units: np.ndarray, codes: np.ndarray) -> bool:
    """Whether every unit lies in one stratum."""
    pairs = np.unique(np.column_stack([units, codes]), axis=0)
    return len(np.unique(pairs[:, 0])) == len(pairs)


def _units(
    units: np.ndarray, is_target: np.ndarray, codes: np.ndarray, *, unit: str, by: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each document's unit, numbered; each unit's side; each unit's stratum, numbered."""
    if not _nested(units, is_target):
        raise ValueError(
            f"unit={unit!r} has documents on both sides; compare within it: strata={unit!r}, unit='doc_id'."
        )
    if not _nested(units, codes):
        raise ValueError(
            f"unit={unit!r} has documents in several strata of {list(by)}; use strata=None or unit='doc_id'."
        )
    _, first, number = np.unique(units, return_index=True, return_inverse=True)
    return number, is_target[first], np.unique(codes[first], return_inverse=True)[1]


def _notes(
    side: np.ndarray, strata: np.ndarray, *, by: tuple[str, ...], auto: bool, unit: str, outside: int
) -> list[dict[str, str]]:
    n, notes = int(strata.max(initial=0)) + 1, []
    if by:
        zh, en = both(*by)
        notes.append(note(
            f"在{zh}的 {n} 层之内比较（{'同一主体在两组中都有文档，故配对；' if auto else ''}层间差异不计；"
            "Mantel–Haenszel 频率比）。",
            f"{'Paired, as the same issuers stand on both sides: compared' if auto else 'Compared'} within {n} "
            f"{'stratum' if n == 1 else 'strata'} of {en} (Mantel–Haenszel ratio of rates).",
        ))  # fmt: skip
    if unit != "doc_id":
        size, (zh, en) = (int(side.sum()), int((~side).sum())), both(unit)
        notes.append(note(
            f"同一{zh}的文档一同置换（目标 {size[0]} 个，参照 {size[1]} 个）。",
            f"Documents of one {en} stay together ({size[0]} target, {size[1]} reference).",
        ))  # fmt: skip
    if outside:
        en = f"{counted(outside, 'document')} without a counterpart or a value left out."
        notes.append(note(f"{outside} 篇文档无可比的一方或缺变量，未计入。", en))
    if min(side.sum(), (~side).sum()) < 2:
        notes.append(note("一方只有一个单位，不给区间。", "A side of one document or unit: no intervals."))
    return notes


def sides(dfm: Dfm, target: str, reference: str | None) -> tuple[np.ndarray, np.ndarray, int]:
    """The rows compared, by doc_id; which are the target's; how many are neither's as their docvars are not known."""
    if dfm.grouped:
        raise ValueError("What is compared are documents; this dfm is grouped: pass it as before .group().")
    chosen, other, unknown = two_sides(dfm.docvars, target, reference)
    for name, side in (("target", chosen), ("reference", other)):
        if not dfm.totals[side].any():
            raise ValueError(f"The {name} of {target=}, {reference=} has no single word; choose other documents.")
    rows = np.flatnonzero(chosen | other)
    rows = rows[dfm.docvars.index[rows].argsort()]
    return rows, chosen[rows], unknown
