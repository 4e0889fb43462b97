import numpy as np
import pandas as pd
import pytest

from analysis.corpus import make_corpus
from analysis.stats import contexts
from analysis.stats.contexts import find_contexts, occurrence_contexts, token_contexts
from analysis.tokens import Tokens

TEXTS = {"甲": "甲乙。乙。\n丙丁。", "乙": "甲。", "空": ""}


def corpus():
    return make_corpus(pd.DataFrame({"doc_id": list(TEXTS), "text": list(TEXTS.values())}))


def occurrences(rows):
    return pd.DataFrame(rows, columns=["doc_id", "slogan", "sentence", "paragraph", "nested"])


ROWS = [
    ("甲", "甲", 0, 0, False), ("甲", "乙", 0, 0, False), ("甲", "乙", 1, 0, False),
    ("甲", "丙", 2, 1, False), ("甲", "丁", 2, 1, True), ("乙", "甲", 0, 0, False), ("乙", "甲", 0, 0, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("context", "presence", "length"),
    [
        ("sentence", [[0, 1, 1], [0, 1, 0], [1, 0, 0], [0, 0, 1]], [3, 2, 3, 2]),
        ("paragraph", [[0, 1, 1], [1, 0, 0], [0, 0, 1]], [5, 3, 2]),
        ("document", [[1, 1, 1], [0, 0, 1], [0, 0, 0]], [9, 2, 0]),
    ],
)
def test_presence_is_binary_maximal_and_counts_contexts_without_slogans(context, presence, length):
    found = occurrence_contexts(occurrences(ROWS), corpus(), context)
    assert found.features.tolist() == ["丙", "乙", "甲"]
    assert found.presence.toarray().tolist() == presence
    assert found.length.tolist() == length


def test_windows_tile_each_document_by_itself():
    occ = occurrences(ROWS).assign(start=[0, 1, 3, 6, 7, 0, 0])
    found = find_contexts(occ, corpus(), 4)
    assert found.length.tolist() == [4, 4, 1, 2]
    assert found.document.tolist() == [0, 0, 0, 1]
    assert found.presence.toarray().tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0], [0, 0, 1]]
    words = find_contexts(tokens_of([["法治", "中国", "法治"]] * 5, [["中国", "法治", "中国"]]), None, 2)
    assert words.length.tolist() == [2] * 7 + [1, 2, 1]
    assert words.presence.toarray()[:3].tolist() == [[1, 1], [0, 1], [1, 1]]


def test_strata_are_documents_by_doubling_length():
    found = occurrence_contexts(occurrences([]), make_corpus(
        pd.DataFrame({"text": ["一二。一二三。一二三四五六七。一二三四五六七八。", "一二。"]})
    ), "sentence")  # fmt: skip
    assert found.length.tolist() == [3, 4, 8, 9, 3]
    assert found.strata("sentence").tolist() == [0, 1, 2, 2, 3]


def test_documents_are_stratified_by_half_doublings_of_length_alone():
    texts = ["字" * n for n in (100, 120, 150, 250)]
    found = occurrence_contexts(occurrences([]), make_corpus(pd.DataFrame({"text": texts})), "document")
    assert found.strata("document").tolist() == [0, 0, 1, 2]


def tokens_of(*documents):
    """Tokens of documents given as lists of sentences, each a paragraph."""
    sentences = [s for document in documents for s in document]
    words = [w for s in sentences for w in s]
    types = np.array(["", *sorted(set(words) - {""})])
    ends = np.cumsum([0, *(len(s) for s in sentences)])
    firsts = ends[np.cumsum([0, *(len(d) for d in documents)])]
    codes = np.searchsorted(types, words).astype(np.int32)
    docvars = pd.DataFrame(index=[f"d{i}" for i in range(len(documents))])
    return Tokens(codes, types, np.arange(len(words), dtype=np.int32), firsts, ends, ends, docvars)


def test_tokens_without_a_letter_and_rare_types_are_ignored():
    sentence = ["法治", "，", "中国", "2024", "", "。"]
    found = token_contexts(tokens_of([sentence] * 6, [["罕见", "法治"]]), "sentence")
    assert found.features.tolist() == ["中国", "法治"]
    assert found.presence.toarray().tolist() == [[1, 1]] * 6 + [[0, 1]]
    assert found.document.tolist() == [0] * 6 + [1]
    assert found.length.tolist() == [6] * 6 + [2]
    assert token_contexts(tokens_of([sentence] * 6), "document").presence.shape == (1, 0)


def test_too_many_types_are_refused(monkeypatch):
    monkeypatch.setattr(contexts, "MAX_TYPES", 1)
    with pytest.raises(ValueError, match=r"2 types in 5 or more contexts: .* limit of 1; .*tokens\.remove"):
        token_contexts(tokens_of([["法治", "中国"]] * 6), "sentence")


def test_errors_name_what_is_wrong_and_the_remedy():
    with pytest.raises(ValueError, match=r"corpus is missing.*cooccurrence\(occ, corpus\)"):
        occurrence_contexts(occurrences(ROWS), None, "sentence")
    with pytest.raises(ValueError, match=r"lacks the columns \['nested'\]; pass what slogans\(\) returned"):
        occurrence_contexts(occurrences(ROWS).drop(columns="nested"), corpus(), "sentence")
    with pytest.raises(ValueError, match="No document '戊' in corpus; keep occ"):
        occurrence_contexts(occurrences([("戊", "甲", 0, 0, False)]), corpus(), "sentence")
    with pytest.raises(ValueError, match="A sentence beyond the end of its document"):
        occurrence_contexts(occurrences([("乙", "甲", 1, 0, False)]), corpus(), "sentence")
