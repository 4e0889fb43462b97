"""Overview: cells that add up to the corpus, doubts in order, periods that are balanced and in order."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import STATUSES, Corpus, make_corpus
from analysis.overview import coverage, periods, review, statuses, write_metadata
from analysis.reading import read_corpus

PROVINCES = st.sampled_from(["吉林省", "广西壮族自治区", None])
ROWS = st.lists(st.tuples(PROVINCES, st.sampled_from([2019, 2021, None])), min_size=1, max_size=9)
YEARS = st.lists(st.one_of(st.none(), st.integers(1954, 2025)), min_size=1, max_size=40)


def corpus_of(rows: list[tuple], **more: list) -> Corpus:
    frame = pd.DataFrame(rows, columns=["province", "year"]).assign(text="司法为民", **more)
    return make_corpus(frame)


@given(ROWS)
@settings(max_examples=50)
def test_coverage_counts_every_document_once(rows: list[tuple]) -> None:
    table = coverage(corpus_of(rows))
    assert list(table) == ["region", "year", "n_docs", "n_chars"]
    short = {"吉林省": "吉林", "广西壮族自治区": "广西", None: None}
    cells = table.astype(object).where(table.notna(), None)
    counted = {(region, year): n for region, year, n, _ in cells.itertuples(index=False)}
    assert counted == Counter((short[province], year) for province, year in rows)
    assert (table["n_chars"] == 4 * table["n_docs"]).all()


def test_coverage_by_one_docvar() -> None:
    assert coverage(corpus_of([("吉林省", 2019), ("吉林省", 2021)]), "region")["n_docs"].tolist() == [2]


def test_coverage_is_in_the_order_of_the_keys_unknown_last(tiny_corpus: Corpus) -> None:
    table = coverage(
        corpus_of([(None, None), ("广西壮族自治区", 2019), ("吉林省", 2021), ("吉林省", None), ("吉林省", 2019)])
    )
    assert table["region"].astype(object).fillna("?").tolist() == ["吉林", "吉林", "吉林", "广西", "?"]
    assert table["year"].astype(object).fillna("?").tolist() == [2019, 2021, "?", 2019, "?"]
    assert table.attrs["recipe"] == [{"step": "coverage", "by": ["region", "year"]}]
    table = coverage(tiny_corpus, by=("institution_type", "level"))
    assert table["n_docs"].tolist() == [2, 2] and table["level"].tolist() == ["prefecture", "province"]
    with pytest.raises(KeyError, match="No docvar 'regin'; did you mean 'region'"):
        coverage(corpus_of([("吉林省", 2019)] * 2), by=("regin", "year"))


def test_review_lists_the_most_doubtful_first() -> None:
    region, year = ["explicit", "inferred", "given", "explicit"], ["explicit", "given", "unknown", "bounded"]
    table = review(corpus_of([("吉林省", 2019)] * 4, region_status=region, year_status=year))
    assert table["doc_id"].tolist() == ["2", "3", "1"]
    assert list(table)[:3] == ["doc_id", "title", "region"] and "reason" not in table.attrs


def test_review_of_a_corpus_without_doubt_says_so(tiny_corpus: Corpus, tmp_path: Path) -> None:
    table = review(tiny_corpus)
    assert table.empty and set(table.attrs["reason"]) == {"zh", "en"}
    assert pd.read_csv(write_metadata(tiny_corpus, tmp_path / "metadata.csv"), encoding="utf-8-sig").empty


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "甲").mkdir(parents=True)
    texts = {
        "甲/1.txt": "=经验介绍\n要深刻领会“两个确立”的决定性意义，大家认真工作，做好服务，让群众满意。",
        "2.txt": "鸡西中院召开会议\n2021年8月3日，鸡西中院召开会议，部署工作，要求全院干警认真落实。",
        "3.txt": "考察随笔\n考察团到上海、杭州、南京考察，收获很大，感想很多，回来以后写下这篇短文。",
        "表.csv": "text,topic\n朝阳法院召开会议，会议强调，要认真工作，服务大局，司法为民，公正司法。,执行\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_sheet_read_back_changes_nothing(doubtful: Path) -> None:
    before = read_corpus(doubtful)
    path = write_metadata(before, doubtful)
    assert path == doubtful / "metadata.csv"
    sheet = pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False)
    assert sheet["file"].tolist() == before.docs.loc[review(before)["doc_id"], "source"].tolist()
    assert set(sheet["file"]) == {"甲/1.txt", "3.txt", "表.csv"} and not sheet["text"].str.startswith("=").any()
    assert "两个确立" in sheet.set_index("file").loc["甲/1.txt", "year_evidence"]
    after = read_corpus(doubtful)
    pd.testing.assert_frame_equal(after.docs, before.docs)
    row = after.report.set_index("file").loc["metadata.csv"]
    assert row["reason"] == "not a document: metadata of 3 documents"
    assert path.read_bytes() == write_metadata(after, path).read_bytes()


def test_what_is_filled_in_goes_first_and_is_never_overwritten(doubtful: Path) -> None:
    before = read_corpus(doubtful)
    path = write_metadata(before, doubtful / "metadata.csv")
    sheet = pd.read_csv(path, encoding="utf-8-sig", dtype="str", keep_default_na=False)
    sheet.loc[sheet["file"] == "表.csv", ["county", "province", "year"]] = ["朝阳区", "北京市", "2019"]
    sheet.to_csv(path, index=False, encoding="utf-8-sig")
    filled = path.read_bytes()
    after = read_corpus(doubtful)
    corrected = after.docs.loc["表"]
    assert (corrected["province"], corrected["county"], corrected["year"]) == ("北京市", "朝阳区", 2019)
    assert (corrected["region_status"], corrected["year_status"]) == ("given", "given")
    same = after.docs.index.drop("表")
    pd.testing.assert_frame_equal(after.docs.loc[same], before.docs.loc[same])
    assert write_metadata(after, path).read_bytes() == filled


def test_a_file_of_the_users_own_is_left_alone(doubtful: Path, tmp_path: Path) -> None:
    path = tmp_path / "metadata.csv"
    path.write_text("file,topic\n2.txt,执行\n", encoding="utf-8")
    assert write_metadata(read_corpus(doubtful), path).read_text(encoding="utf-8") == "file,topic\n2.txt,执行\n"


@given(ROWS)
@settings(max_examples=30)
def test_statuses_add_up_to_the_corpus(rows: list[tuple]) -> None:
    table = statuses(corpus_of(rows))
    assert table["status"].tolist() == list(STATUSES)
    assert table["region"].sum() == table["year"].sum() == len(rows)
    assert table.set_index("status").loc["given", "year"] == sum(year is not None for _, year in rows)
    assert table.set_index("status").loc["unknown", "region"] == sum(province is None for province, _ in rows)


@given(YEARS, st.integers(1, 5))
@settings(max_examples=80)
def test_periods_are_consecutive_and_name_the_years_they_hold(years: list[int | None], n: int) -> None:
    series = pd.Series(pd.array(years, "Int64"), index=[f"d{k}" for k in range(len(years))])
    cut = periods(series, n)
    assert cut.index.equals(series.index) and cut.dtype.ordered
    assert (cut.isna() == series.isna()).all()
    known = pd.DataFrame({"year": series, "period": cut}).dropna().astype({"year": int})
    assert known["period"].nunique() == len(cut.cat.categories) <= min(n, max(1, known["year"].nunique()))
    last = 0
    for label, own in known.groupby("period", observed=True)["year"]:
        first, final = own.min(), own.max()
        assert label == (f"{first}–{final}" if first < final else str(first)) and first > last
        last = final


@given(st.integers(1, 4), st.integers(1, 6))
def test_periods_of_equally_many_documents_a_year_are_equally_long(n: int, per_period: int) -> None:
    years = pd.Series(range(2000, 2000 + n * per_period), dtype="Int64").repeat(2).reset_index(drop=True)
    assert periods(years, n).value_counts().tolist() == [2 * per_period] * n


def test_periods_of_unknown_years_are_unknown() -> None:
    cut = periods(pd.Series([None, None], dtype="Int64"))
    assert cut.isna().all() and len(cut) == 2 and cut.dtype.ordered
