"""Corpus: what is filled in, what is refused, what a query selects, what a folder gives back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.corpus import (
    COLUMNS,
    MACRO_REGIONS,
    NATIONAL,
    PROVINCES,
    REGION_OF,
    REGIONS,
    REMOVALS,
    Corpus,
    load_corpus,
    make_corpus,
)


def corpus_of(n: int = 1, **columns: object) -> Corpus:
    return make_corpus(pd.DataFrame({"text": ["坚持司法为民。"] * n, **columns}))


@pytest.fixture
def partly_known() -> Corpus:
    """Two known regions, one national document and one of which nothing is known."""
    return corpus_of(
        4,
        doc_id=["a", "b", "c", "d"],
        province=["吉林省", "广西壮族自治区", None, None],
        level=["province", "province", "national", None],
        year=[2019, 2021, 2021, None],
        date=["2019-02-01", None, "2021-03-08", None],
    )


def test_provinces_follow_the_national_code(shared: Path) -> None:
    gazetteer = pd.read_csv(shared / "facts" / "gazetteer.csv", dtype=str)
    listed = gazetteer[gazetteer["level"] == "province"].sort_values("code")["name"].unique()
    assert list(PROVINCES) == list(listed)


def test_every_province_has_a_short_name_that_begins_it() -> None:
    assert len(PROVINCES) == 34
    assert all(full.startswith(short) for full, short in REGION_OF.items())
    assert (*(REGION_OF[p] for p in PROVINCES), NATIONAL) == REGIONS


def test_missing_columns_are_filled_and_user_docvars_kept() -> None:
    docs = corpus_of(1, issue=["第三期"]).docs
    assert list(docs.columns) == [*COLUMNS, "issue"]
    assert docs.index.name == "doc_id" and docs.index.tolist() == ["0"]
    row = docs.loc["0"]
    assert row["issue"] == "第三期" and row["n_chars"] == 7
    assert row[["region_status", "year_status"]].tolist() == ["unknown", "unknown"]
    assert docs[["title", "province", "region", "year", "date"]].isna().all(axis=None)


def test_region_follows_from_province_and_level(partly_known: Corpus) -> None:
    docs = partly_known.docs
    assert docs["region"].astype(object).fillna("?").tolist() == ["吉林", "广西", "全国", "?"]
    assert docs["macro_region"].astype(object).fillna("?").tolist() == ["东北", "西部", "全国", "?"]
    assert docs["region_status"].tolist() == ["given", "given", "given", "unknown"]
    assert docs["year_status"].tolist() == ["given", "given", "given", "unknown"]


def test_dtypes_do_not_depend_on_what_is_known(partly_known: Corpus) -> None:
    nothing, all_of_it = corpus_of(2).docs, partly_known.docs
    assert nothing.dtypes.equals(all_of_it.dtypes)
    assert nothing["year"].dtype == "Int64" and nothing["title"].dtype == "str"
    assert nothing["region"].cat.ordered and tuple(nothing["macro_region"].cat.categories) == MACRO_REGIONS


@pytest.mark.parametrize("level", ["national", "province"])
def test_a_corpus_can_be_made_of_another_ones_documents(partly_known: Corpus, level: str) -> None:
    docs = make_corpus(partly_known.docs.assign(level=level)).docs
    expected = ["全国"] * 4 if level == "national" else ["吉林", "广西", None, None]
    assert docs["region"].astype(object).where(docs["region"].notna(), None).tolist() == expected


def test_making_a_corpus_leaves_the_frame_alone() -> None:
    frame = pd.DataFrame({"text": ["依法治国"], "province": ["吉林省"], "region": ["错"]})
    before = frame.copy(deep=True)
    assert make_corpus(frame).docs["region"].tolist() == ["吉林"]
    pd.testing.assert_frame_equal(frame, before)


def test_values_of_several_types_become_text() -> None:
    docs = corpus_of(3, issue=[3, "三", None]).docs
    assert docs["issue"].iloc[:2].tolist() == ["3", "三"] and pd.isna(docs["issue"].iloc[2])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"province": ["吉林"]}, "province '吉林' is not known; did you mean '吉林省'"),
        ({"level": ["city"]}, "level 'city' is not known; did you mean 'county'"),
        ({"year_status": ["guessed"]}, "year_status 'guessed' is not known; use one of"),
        ({"year": ["二〇一九"]}, "year '二〇一九' is not a year; write it as four digits"),
        ({"year": [2019.5]}, "year '2019.5' is not a year"),
    ],
)
def test_strange_values_are_refused(columns: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        corpus_of(1, **columns)


@pytest.mark.parametrize("text", [None, float("nan"), 3, "法\0院"])
def test_a_text_that_is_none_is_refused(text: object) -> None:
    frame = pd.DataFrame({"text": ["法院", text]}, index=["good", "bad"], dtype=object)
    with pytest.raises(ValueError, match="The text of 'bad' is missing or has a NUL"):
        make_corpus(frame)


def test_a_frame_without_text_is_refused() -> None:
    with pytest.raises(ValueError, match=r"No column 'text' among \['正文'\]; rename"):
        make_corpus(pd.DataFrame({"正文": ["法院"]}))


def test_a_repeated_doc_id_is_refused() -> None:
    with pytest.raises(ValueError, match="doc_id 'x' occurs twice"):
        corpus_of(2, doc_id=["x", "x"])


def test_docs_built_by_hand_are_refused() -> None:
    with pytest.raises(ValueError, match="lacks the columns.*make_corpus"):
        Corpus(pd.DataFrame({"text": ["法院"]}))


QUERIES = {
    "province == '吉林省'": "a",
    "region in ['吉林', '广西']": "ab",
    "year >= 2021": "bc",
    "year == 2021 and level != 'national'": "b",
    "year != 2019": "bc",
    "region != '吉林'": "bcd",
    "region != '吉林' and region.notna()": "bc",
    "region not in ['吉林']": "bcd",
    "year.isna()": "d",
    "year.isna() or year < 2020": "ad",
    "doc_id == 'c'": "c",
    "date >= '2020-01-01'": "c",
    "text.str.contains('司法') and region.notna()": "abc",
}


@pytest.mark.parametrize(("query", "chosen"), QUERIES.items())
def test_a_query_chooses(partly_known: Corpus, query: str, chosen: str) -> None:
    subset = partly_known.subset(query)
    assert "".join(subset.docs.index) == chosen
    assert subset.recipe[-1] == {"step": "subset", "query": query}
    assert subset.docs["region"].dtype == partly_known.docs["region"].dtype
    assert len(partly_known) == 4


@pytest.mark.parametrize(
    "query",
    [
        "region ==",
        "region = '吉林'",
        "year",
        "1 == 1",
        "",
        "year >= '2019'",
        "region.foo()",
        "import os",
        "f(1)",
    ],
)
def test_a_query_that_is_no_condition_is_refused(partly_known: Corpus, query: str) -> None:
    with pytest.raises(ValueError, match="Example: \"region == '吉林'\"") as error:
        partly_known.subset(query)
    assert repr(query) in str(error.value)


def test_an_unknown_docvar_is_named_with_its_neighbour(partly_known: Corpus) -> None:
    with pytest.raises(KeyError, match="No docvar 'provnce'; did you mean 'province'?"):
        partly_known.subset("provnce == '吉林省'")
    with pytest.raises(KeyError, match="No docvar 'zzz'; there are title, author, .*year_status"):
        partly_known.subset("zzz == 1")


def test_a_query_that_chooses_nothing_is_refused(partly_known: Corpus) -> None:
    with pytest.raises(ValueError, match=r"No document satisfies 'year == 1900'; see corpus\.docs"):
        partly_known.subset("year == 1900")


@given(
    st.lists(
        st.tuples(
            st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
            st.sampled_from([None, *PROVINCES]),
            st.one_of(st.none(), st.integers(1949, 2030)),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_saved_and_loaded_is_the_same(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    frame = pd.DataFrame(rows, columns=["text", "province", "year"]).assign(issue=3)
    report = pd.DataFrame({"file": ["a.txt"], "status": ["read"], "reason": [""], "n_documents": [len(rows)]})
    corpus = make_corpus(frame, report=report, recipe=({"step": "read", "documents": len(rows)},))
    removals = pd.DataFrame([("a.txt", "0", "tag", "<p>", 2)], columns=list(REMOVALS))
    corpus = dataclasses.replace(corpus, removals=removals)
    folder = tmp_path_factory.mktemp("saved")
    corpus.save(folder)
    again = load_corpus(folder)
    pd.testing.assert_frame_equal(again.docs, corpus.docs)
    pd.testing.assert_frame_equal(again.report, corpus.report)
    assert again.recipe == corpus.recipe
    pd.testing.assert_frame_equal(again.removals, corpus.removals)


def test_a_subset_survives_saving_with_all_its_categories(partly_known: Corpus, tmp_path: Path) -> None:
    partly_known.subset("region == '广西'").save(tmp_path / "new" / "folder")
    docs = load_corpus(tmp_path / "new" / "folder").docs
    assert tuple(docs["region"].cat.categories) == REGIONS and docs["region"].cat.ordered


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"holds no saved corpus .*read_corpus\(\)"):
        load_corpus(tmp_path)


def test_the_summary_says_what_is_known(partly_known: Corpus) -> None:
    assert repr(partly_known) == "Corpus of 4 documents, 3 regions, 2019–2021"
    assert repr(corpus_of(1)) == "Corpus of 1 document, 0 regions, no year known"
    assert repr(corpus_of(1, year=[2019], province=["吉林省"])) == "Corpus of 1 document, 1 region, 2019"
