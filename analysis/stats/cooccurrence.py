"""Which slogans (or words) stand together more often than chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.corpus import Corpus
from analysis.memo import memoised
from analysis.stats.contexts import Context, Contexts, find_contexts
from analysis.stats.frequency import groups_or_all, note, unknown
from analysis.stats.strata import benjamini_hochberg, exact_p, g2, make_tables, mantel_haenszel, npmi
from analysis.tokens import Tokens

MEASURES = [
    "a", "b", "n_ab", "n_a", "n_b", "n_contexts",
    "npmi", "log_odds", "log_odds_low", "log_odds_high", "g2", "p", "q", "expected",
]  # fmt: skip
_NOTE = note(
    "优势比与 p 值只在长度相近的语境之间（句、段还须同属一篇）比较。",
    "Odds ratios and p compare contexts of similar length (sentences, paragraphs: of one document).",
)


@memoised
def cooccurrence(
    occ_or_tokens: pd.DataFrame | Tokens | Contexts,
    corpus: Corpus | None = None,
    *,
    context: Context = "sentence",
    by: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Pairs of slogans, or of words, that share a sentence, paragraph, document or window.

    A feature is present in a context or not, however often. Of slogans only the maximal occurrences
    (``~nested``) count, so that one inside another is not their meeting. Of tokens, the types with a
    letter or Han character in at least five contexts count.

    Contexts are compared with their like: ``log_odds`` (Mantel–Haenszel, with the interval of Robins,
    Breslow and Greenland) and ``p`` (exact, conditional on the margins) are stratified by document and,
    within it, by the length of the context, so that neither long documents nor long sentences make
    everything co-occur. Documents as contexts are stratified by length alone. Length classes double in
    width from one to the next (every half doubling for documents, and from 2,000 contexts on).

    Parameters
    ----------
    occ_or_tokens : DataFrame, Tokens or Contexts
        What ``slogans(corpus, lexicon)`` returned, the tokens, or contexts found already.
    corpus : Corpus
        The corpus the occurrences were found in (not needed with tokens).
    context : {"sentence", "paragraph", "document"} or int
        A number cuts documents into windows of so many characters (tokens, for tokens), which do not
        overlap: a pair at a border is missed, and no window is counted twice.
    by : str or sequence of str, optional
        Docvars; each group of documents is treated by itself.

    Returns
    -------
    DataFrame
        One row per pair seen together at least once, most surprising first in each group: the group's
        keys; ``a < b``; contexts with both, with each, and in all (``n_ab, n_a, n_b, n_contexts``);
        ``npmi`` over all contexts; ``log_odds`` (natural logarithm) with 95 % interval; ``g2`` pooled over
        all contexts, for reference; ``p`` that as many or more contexts are shared by chance; ``q`` by
        Benjamini–Hochberg over all pairs of the group that could have met, those never seen together
        included; ``expected`` shared contexts under the hypothesis of ``p``, the mean of all ways to
        permute features within a stratum. ``attrs["left_out"]``: documents with a missing key.

    Raises
    ------
    ValueError
        If the corpus is missing or not the one of the occurrences, the context is unknown, or there
        are more than 2,000 token types.
    KeyError
        If a name in ``by`` is not a docvar.

    References
    ----------
    Bouma (2009) for NPMI; Robins, Breslow & Greenland (1986); Gart (1970); Dunning (1993).
    """
    contexts = find_contexts(occ_or_tokens, corpus, context)
    codes, keys = groups_or_all(contexts.docvars, by)
    stratum = contexts.strata(context)
    frames = [_measure(contexts, stratum, codes == group, keys.iloc[[group]]) for group in range(len(keys))]
    table = pd.concat(frames, ignore_index=True) if frames else keys.reindex(columns=[*keys, *MEASURES])
    step = {"step": "cooccurrence", "context": context, "by": list(keys.columns)}
    table.attrs = {"recipe": [*contexts.recipe, step], "left_out": int((codes < 0).sum()), "notes": [dict(_NOTE)]}
    if table.empty:
        where = context if isinstance(context, str) else "window"
        apart = note(
            "没有两个提法或词语出现在同一语境中，因此没有共现关系可报告。",
            f"No two features share a {where}, so there is no co-occurrence to report.",
        )
        table.attrs["reason"] = apart if len(keys) else unknown(keys.columns)
    return table


def _measure(contexts: Contexts, stratum: np.ndarray, chosen: np.ndarray, key: pd.DataFrame) -> pd.DataFrame:
    rows = np.flatnonzero(chosen[contexts.document])
    presence = contexts.presence[rows]
    tables = make_tables(presence, np.unique(stratum[rows], return_inverse=True)[1])
    n_ab, margin = tables.observed, presence.getnnz(axis=0).astype(np.int64)
    i, j = tables.pairs.T
    log_odds, low, high = mantel_haenszel(tables)
    p = exact_p(tables)
    columns = (
        contexts.features[i], contexts.features[j], n_ab, margin[i], margin[j], np.full(len(i), len(rows)),
        npmi(n_ab, margin[i], margin[j], len(rows)), log_odds, low, high,
        g2(n_ab, margin[i], margin[j], len(rows)), p, benjamini_hochberg(p, tables.n_tests),
        tables.expected,
    )  # fmt: skip
    frame = pd.DataFrame(dict(zip(MEASURES, columns, strict=True)))
    frame = frame.iloc[np.lexsort((j, i, -n_ab, p))].reset_index(drop=True)
    keys = key.iloc[np.zeros(len(frame), dtype=np.int64)].reset_index(drop=True)
    return pd.concat([keys, frame], axis=1)
