"""Queries say what was picked, and a part of a study is what that study of those documents alone would be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import LEVELS, PROVINCES, Corpus
from analysis.dfm import dfm
from analysis.docvars import select_rows
from analysis.explore.choices import Choice, named, query, subset
from analysis.lexicon import load_lexicon
from analysis.slogans import slogans
from analysis.stats.prevalence import prevalence
from analysis.stats.topics import topics
from analysis.study import Study
from analysis.tokens import tokenize


def test_a_query_reads_as_a_person_would_write_it() -> None:
    assert query(Choice(item="法治", view="keyness")) is None
    assert query(Choice(provinces=("吉林省",), years=(2019, 2021))) == "province == '吉林省' and 2019 <= year <= 2021"
    assert query(Choice(provinces=("吉林省", "北京市"), years=(2020, 2020), levels=("county",))) == (
        "province in ['吉林省', '北京市'] and level == 'county' and year == 2020"
    )


def test_the_documents_of_a_choice_have_a_name_in_the_language_of_the_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    three = Choice(provinces=("吉林省", "北京市", "广西壮族自治区"), levels=("county",), years=(2020, 2020))
    assert [named(three), named(three, 1), named("rest")] == [
        "吉林、北京、广西 · 县区 · 2020", "吉林… · 县区 · 2020", "其余文档",
    ]  # fmt: skip
    monkeypatch.setenv("TIFA_LANG", "en")
    assert named(Choice(provinces=three.provinces[:2], years=(2019, 2021)), 2) == "Jilin, Beijing · 2019–2021"
    assert [named("rest"), named(Choice(item="法治"))] == ["the rest", ""]


ODD = st.text(alphabet=st.one_of(st.sampled_from("'\"`\\@#(){}[]\n\r\t\0 且and吉🀀\ud800"), st.characters()), min_size=1)


@settings(max_examples=25)
@given(st.lists(ODD, min_size=1, max_size=4, unique=True), st.lists(ODD, min_size=1, max_size=4), st.data())
def test_a_query_finds_exactly_the_documents_picked(values: list[str], others: list[str], data: st.DataObject) -> None:
    every = [*values, *others, None]
    docs = pd.DataFrame({"institution_type": pd.Series(every, dtype=object)})
    picked = tuple(data.draw(st.lists(st.sampled_from(values), min_size=1, unique=True)))
    asked = query(Choice(institution_types=picked))
    assert asked is not None
    assert select_rows(docs, asked).tolist() == [value in picked for value in every]


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(PROVINCES), unique=True), st.lists(st.sampled_from(LEVELS), unique=True),
    st.none() | st.tuples(st.integers(1949, 2030), st.integers(1949, 2030)),
)  # fmt: skip
def test_filters_are_a_conjunction(provinces: list[str], levels: list[str], years: tuple[int, int] | None) -> None:
    rows = [(p, level, y) for p in (*PROVINCES[::5], None) for level in LEVELS[:2] for y in (1980, 2010, None)]
    docs = pd.DataFrame(rows, columns=["province", "level", "year"]).astype({"year": "Int64"})
    asked = query(Choice(provinces=tuple(provinces), levels=tuple(levels), years=years))
    expected = [
        (not provinces or p in provinces) and (not levels or level in levels)
        and (years is None or (y is not None and years[0] <= y <= years[1]))
        for p, level, y in rows
    ]  # fmt: skip
    found = [True] * len(docs) if asked is None else select_rows(docs, asked).tolist()
    assert found == expected


def test_the_same_choice_gives_the_same_part(sample: Study) -> None:
    assert subset(sample, Choice()) is sample
    one, two = (subset(sample, Choice(provinces=("吉林省",), item=item)) for item in ("", "法治"))
    assert one is two


@pytest.fixture
def parted(tiny_corpus: Corpus) -> tuple[Study, Study]:
    """A part, and the study read anew from its documents alone."""

    def study(corpus: Corpus) -> Study:
        tokens = tokenize(corpus, load_lexicon())
        return Study(corpus, load_lexicon(), tokens, dfm(tokens))

    docs = tiny_corpus.docs.copy()
    docs.loc["空", :] = docs.iloc[0]
    docs.loc["空", ["text", "n_chars", "year"]] = ["", 0, 2021]
    whole = Corpus(docs.iloc[[0, 4, 1, 2, 3]])
    return subset(study(whole), "year == 2021"), study(whole.subset("year == 2021"))


def test_tokens_of_a_part_are_those_of_its_documents(parted: tuple[Study, Study]) -> None:
    part, alone = (study.tokens for study in parted)
    assert list(part.docvars.index) == ["空", "吉林2021", "广西2021"]
    for doc_id in part.docvars.index:
        assert part[doc_id] == alone[doc_id]
    for name in ("offsets", "doc_starts", "sentence_starts", "paragraph_starts"):
        got, wanted = np.unique(getattr(part, name)), np.unique(getattr(alone, name))
        np.testing.assert_array_equal(got, wanted, err_msg=name)


def test_counts_and_occurrences_of_a_part_are_those_of_its_documents(parted: tuple[Study, Study]) -> None:
    part, alone = parted
    np.testing.assert_array_equal(part.dfm.totals, alone.dfm.totals)
    seen = part.dfm.counts.getnnz(axis=0) > 0
    pd.testing.assert_frame_equal(part.dfm.to_frame().loc[:, seen], alone.dfm.to_frame())
    pd.testing.assert_frame_equal(part.occurrences, slogans(alone.corpus, alone.lexicon))
    assert [step["step"] for step in part.dfm.recipe][-1] == "subset"


def test_a_part_may_hold_no_document(sample: Study) -> None:
    part = subset(sample, Choice(provinces=("海南省",)))
    assert (len(part.corpus), len(part.tokens), len(part.terms), len(part.occurrences)) == (0, 0, 0, 0)


def test_the_part_of_a_model_has_the_shares_of_its_documents(sample: Study) -> None:
    model = topics(sample.topic_units, 3)
    part = subset(model, Choice(provinces=("吉林省",)))
    shares = model.doc_topic[model.docvars["province"].eq("吉林省").to_numpy()].mean()
    np.testing.assert_allclose(prevalence(part, by="region")["share"], shares)


def test_an_unknown_docvar_is_said(sample: Study) -> None:
    with pytest.raises(KeyError, match="provnce"):
        subset(sample, "provnce == '吉林省'")
