"""Which features set a document, or a group of documents, apart: tf–idf."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.dfm import Dfm, membership
from analysis.memo import memoised
from analysis.stats.frequency import by_group, document_groups, note, ranked, with_provenance


@memoised
def tfidf(dfm: Dfm, by: str | Sequence[str] | None = None) -> pd.DataFrame:
    r"""Weight of the features of each document or group.

    scikit-learn's ``TfidfTransformer`` with its defaults: :math:`idf = \ln((1 + D) / (1 + d)) + 1` for
    a feature found in d of the D documents, and :math:`n \cdot idf` scaled to Euclidean length 1 by
    row. Groups are weighed by the idf of the *documents*: with few groups, idf over groups would call
    common whatever every group mentions once.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    by : str or list of str, optional
        Docvars that define groups; their documents' counts are summed. Documents without a value are
        left out (``attrs["left_out"]``) but count for idf.

    Returns
    -------
    DataFrame
        ``doc_id`` or the group columns, ``feature``, ``n``, ``tf`` (n by the row's word tokens),
        ``idf``, ``tf_idf``, ``rank`` (1, 2, … in the row; ties by feature). Only features that
        occur, by row and rank.

    Raises
    ------
    KeyError
        If ``by`` names an unknown docvar.
    ValueError
        If the dfm is grouped.
    """
    if dfm.grouped:
        raise ValueError("idf is over documents; this dfm is grouped: pass it as before .group(), with by=.")
    documents = np.arange(len(dfm)), pd.DataFrame({"doc_id": dfm.docvars.index})
    codes, keys = documents if by is None else document_groups(dfm, by)
    counts, row = _counts(dfm, codes, len(keys))
    idf = np.log((1 + len(dfm)) / (1 + dfm.counts.getnnz(axis=0)))[counts.indices] + 1
    weight = counts.data * idf
    weight /= np.sqrt(np.bincount(row, weight**2, len(keys)))[row]
    tf = counts.data / (membership(codes, len(keys)) @ dfm.totals)[row]
    order, rank = ranked(row, counts.indices, weight)
    values = {"n": counts.data, "tf": tf, "idf": idf, "tf_idf": weight, "rank": rank}
    frame = by_group(dfm, keys, row, counts.indices, values, order)
    step = {"step": "tfidf", "by": [] if by is None else list(keys.columns)}
    notes = [note(
        f"idf 一律以 {len(dfm)} 篇文档计算，不以组计算；权重按行作 L2 归一。",
        f"idf always over the {len(dfm)} documents, never over groups; weights scaled to length 1 by row.",
    )]  # fmt: skip
    return with_provenance(frame, dfm, step, notes=notes, left_out=int((codes < 0).sum()))


@memoised
def class_tfidf(dfm: Dfm, by: str | Sequence[str]) -> pd.DataFrame:
    r"""Class-based TF-IDF, in which groups and not documents define what is common (Grootendorst 2022).

    :math:`tf_{t,c} \ln(1 + A / f_t)`, with the rate of feature t in class c, its count :math:`f_t` in all
    classes and the mean number A of occurrences per class, all over the dfm's features. With few groups a word
    that each mentions once looks common: ``tfidf(dfm, by)`` is the rule, this the variant.

    Parameters
    ----------
    dfm : Dfm
        Documents, not groups.
    by : str or list of str
        Docvars that define the classes.

    Returns
    -------
    DataFrame
        Group columns, ``feature n tf class_idf c_tf_idf rank``, by group and rank; only features that occur.

    Raises
    ------
    KeyError
        If ``by`` names an unknown docvar.
    ValueError
        If the dfm is grouped.
    """
    codes, keys = document_groups(dfm, by)
    counts, row = _counts(dfm, codes, len(keys))
    size, n = np.asarray(counts.sum(axis=1)).ravel(), np.asarray(counts.sum(axis=0)).ravel()
    idf = np.log1p(n.sum() / max(len(keys), 1) / np.maximum(n, 1))[counts.indices]
    tf = counts.data / size[row]
    order, rank = ranked(row, counts.indices, tf * idf)
    values = {"n": counts.data, "tf": tf, "class_idf": idf, "c_tf_idf": tf * idf, "rank": rank}
    frame = by_group(dfm, keys, row, counts.indices, values, order)
    step = {"step": "class_tfidf", "by": list(keys.columns)}
    notes = [note("c-TF-IDF：以组为单位加权，不以文档。", "c-TF-IDF: weighted over groups, not over documents.")]
    return with_provenance(frame, dfm, step, notes=notes, left_out=int((codes < 0).sum()))


def _counts(dfm: Dfm, codes: np.ndarray, n_groups: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Counts of the groups, and the group of each entry."""
    counts = (membership(codes, n_groups) @ dfm.counts).tocsr()
    counts.sort_indices()
    return counts, np.repeat(np.arange(n_groups), np.diff(counts.indptr))
