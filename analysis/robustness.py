"""Whether a finding depends on how it was found: the same comparison under other choices (a multiverse)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.dfm import Dfm, dfm, make_dfm
from analysis.labels import label, say
from analysis.memo import memoised
from analysis.stats.frequency import note
from analysis.stats.keyness import keyness
from analysis.stats.resampling import two_sides
from analysis.tokens import tokenize

if TYPE_CHECKING:
    from analysis.study import Study

LEVELS = (0.05, 0.25)  # those of the keyness figure
COLUMNS = [
    "feature", "choice", "log_ratio", "log_ratio_low", "log_ratio_high", "q", "docs_target", "docs_reference",
    "survives",
]  # fmt: skip
_NOTE = note(
    "成立：方向与原做法相同，q 也仍低于原先达到的水平（0.05，否则 0.25）。",
    "Survives: same direction as at first, and q still below the level it met then (0.05, else 0.25).",
)


@memoised
def multiverse(
    study: Study,
    target: str,
    reference: str | None = None,
    *,
    features: Sequence[str] | None = None,
    strata: str | None = "auto",
    resamples: int = 9999,
) -> pd.DataFrame:
    """The keyness of some features under other choices than the study's (Steegen et al. 2016).

    The choices: the study's own; words as jieba alone cuts them, without the lexicon; no words at all, but the
    features as strings of characters wherever they stand; stop-words kept, which changes q; without the longest
    document; without each region in turn.

    Parameters
    ----------
    study : Study
    target, reference, strata, resamples
        As in ``keyness``.
    features : list of str, optional
        By default the 20 with the smallest q.

    Returns
    -------
    DataFrame
        ``feature choice log_ratio log_ratio_low log_ratio_high q docs_target docs_reference survives``: features as
        given, the study's own choice first. NaN where a choice does not know the feature (as jieba cuts a formulation
        apart); ``q`` is over all the choice's features. ``survives``: same sign as at first, and q below the level it
        met then, 0.05 or else 0.25; never for a feature that met neither.
        ``attrs["left_out"]`` is that of the study's own choice.
    """
    found: list[pd.DataFrame] = []
    for choice, counts in _choices(study, target, reference):
        table = keyness(counts, target, reference, strata=strata, resamples=resamples)
        if not found:
            said = table.attrs
            names = list(features) if features is not None else table["feature"].head(20).tolist()
            start = table.set_index("feature").reindex(names)
            level = start["q"].map(lambda q: next((level for level in LEVELS if q < level), 0.0))
        rows = table.set_index("feature").reindex(names)
        same = np.sign(rows["log_ratio"]) == np.sign(start["log_ratio"])
        rows = rows.assign(choice=choice, survives=same & (rows["q"] < level), order=np.arange(len(rows)))
        found.append(rows.reset_index())
    result = pd.concat(found).sort_values("order", kind="stable")[COLUMNS].reset_index(drop=True)
    step = {"step": "multiverse", "target": target, "reference": reference, "resamples": resamples}
    result.attrs = {"recipe": [*study.terms.recipe, step], "left_out": said["left_out"], "notes": [_NOTE]}
    if result.empty:
        result.attrs["reason"] = said.get("reason", note("没有可比较的词。", "There is no term to compare."))
    return result


def survival(table: pd.DataFrame, by: str = "choice") -> pd.DataFrame:
    """A multiverse summed up, by ``choice`` or by ``feature``.

    Returns
    -------
    DataFrame
        By choice: ``choice found survives share``, features known to the choice and features that survive, of
        all. By feature: ``feature choices survives share log_ratio_least log_ratio_greatest q_worst`` over the choices
        that know it.

    Raises
    ------
    ValueError
        If ``by`` is neither.
    """
    if by not in ("choice", "feature"):
        raise ValueError(f"by={by!r} is not a way to sum up; use 'choice' or 'feature'.")
    groups = table.groupby(by, sort=False)
    known, survives = groups["log_ratio"].count(), groups["survives"].sum()
    if by == "choice":
        result = pd.DataFrame({"found": known, "survives": survives, "share": survives / groups.size()})
    else:
        ends = {"log_ratio_least": groups["log_ratio"].min(), "log_ratio_greatest": groups["log_ratio"].max()}
        result = pd.DataFrame({
            "choices": known, "survives": survives, "share": survives / known.clip(lower=1), **ends,
            "q_worst": groups["q"].max(),
        })  # fmt: skip
    result = result.reset_index()
    result.attrs = table.attrs | {"recipe": [*table.attrs["recipe"], {"step": "survival", "by": by}]}
    return result


def _choices(study: Study, target: str, reference: str | None) -> Iterator[tuple[str, Dfm]]:
    terms = study.terms
    compared = _compared(terms, target, reference)
    yield say({"zh": "原做法", "en": "as in the study"}), terms
    plain = tokenize(study.corpus)
    alone = replace(study, tokens=plain, dfm=dfm(plain)).terms
    yield say({"zh": "不用词库，只用 jieba", "en": "jieba without the lexicon"}), alone
    yield say({"zh": "不分词，按字串", "en": "strings of characters, no words"}), _strings(study)
    yield say({"zh": "保留停用词", "en": "stop-words kept"}), study.dfm.trim(min_docfreq=2)
    longest = np.lexsort((terms.docvars.index, -terms.totals * compared))[0]
    without = say({"zh": "不计最长的一篇", "en": "without the longest document"})
    yield without, terms.take(np.flatnonzero(np.arange(len(terms)) != longest))
    regions = terms.docvars["region"]
    for region in regions[compared].dropna().drop_duplicates().sort_values():
        rest = terms.take(np.flatnonzero((regions != region).fillna(True).to_numpy(dtype=bool)))
        if _compared(rest, target, reference, both=True).any():
            yield say({"zh": f"不计{label(region)}", "en": f"without {label(region)}"}), rest


def _compared(counts: Dfm, target: str, reference: str | None, *, both: bool = False) -> np.ndarray:
    """The documents on either side; none if ``both`` and a side is empty."""
    chosen, other, _ = two_sides(counts.docvars, target, reference, 0)
    return (chosen | other) & (not both or (chosen.any() and other.any()))


def _strings(study: Study) -> Dfm:
    """Occurrences of the study's features in the raw texts, also inside one another, per character."""
    import ahocorasick_rs

    docs, features = study.corpus.docs, study.terms.features.tolist()
    automaton = ahocorasick_rs.AhoCorasick(features)
    counts = sparse.lil_matrix((len(docs), len(features)), dtype=np.int64)
    for row, text in enumerate(docs["text"]):
        hits = [hit for hit, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)]
        seen, n = np.unique(np.array(hits, dtype=np.int64), return_counts=True)
        counts[row, seen] = n
    totals = docs["n_chars"].to_numpy(dtype=np.int64)
    return make_dfm(counts, features, study.terms.docvars, totals=totals, recipe=study.terms.recipe)
