"""Which features set a document, or a group of documents, apart: tf–idf."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.dfm import Dfm, membership
from analysis.stats.frequency import (
    document_groups,
    feature_column,
    note,
    ranked,
    with_keys,
    with_provenance,
)


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
    codes, keys = _rows(dfm, by)
    frame = _weights(dfm, codes, keys)
    step = {"step": "tfidf", "by": [] if by is None else list(keys.columns)}
    notes = [note(
        f"idf 以 {len(dfm)} 篇文档计算；权重按行作 L2 归一。",
        f"idf over {len(dfm)} documents; weights scaled to length 1 by row.",
    )]  # fmt: skip
    return with_provenance(frame, dfm, step, notes=notes, left_out=int((codes < 0).sum()))


def _rows(dfm: Dfm, by: str | Sequence[str] | None) -> tuple[np.ndarray, pd.DataFrame]:
    if by is not None:
        return document_groups(dfm, by)
    return np.arange(len(dfm)), pd.DataFrame({"doc_id": dfm.docvars.index})


def _weights(dfm: Dfm, codes: np.ndarray, keys: pd.DataFrame) -> pd.DataFrame:
    members = membership(codes, len(keys))
    counts = (members @ dfm.counts).tocsr()
    counts.sort_indices()
    weighted, idf = _transform(dfm, counts)
    row = np.repeat(np.arange(len(keys)), np.diff(counts.indptr))
    order, rank = ranked(row, counts.indices, weighted)
    frame = pd.DataFrame({
        "feature": feature_column(dfm, counts.indices), "n": counts.data,
        "tf": counts.data / (members @ dfm.totals)[row],
        "idf": idf[counts.indices], "tf_idf": weighted, "rank": rank,
    })  # fmt: skip
    return with_keys(frame, keys, row, order)


def _transform(dfm: Dfm, counts: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    if counts.nnz == 0:
        return np.empty(0), np.ones(counts.shape[1])
    from sklearn.feature_extraction.text import TfidfTransformer

    transformer = TfidfTransformer().fit(dfm.counts)
    return transformer.transform(counts).data, transformer.idf_
