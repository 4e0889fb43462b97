"""Discover: what is quoted and not known, counted wherever it stands."""

import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import Corpus, make_corpus
from analysis.discovery.discover import DTYPES, discover
from analysis.lexicon import Lexicon, load_lexicon

LEXICON = Lexicon(pd.DataFrame({"slogan": ["扫黑除恶"], "aliases": ["“一带一路”|打黑除恶"]}))


def corpus_of(*texts: str) -> Corpus:
    return make_corpus(pd.DataFrame({"text": list(texts)}))


def test_quoted_phrases_are_found_in_every_kind_of_quotes() -> None:
    table = discover(corpus_of("开展“三抓三早”活动，落实「两个清单」和『十必须』。"), LEXICON)
    assert table["phrase"].tolist() == ["三抓三早", "两个清单", "十必须"]


@pytest.mark.parametrize(
    "text",  # known as slogan or alias; a quotation with a sentence mark; too short or long; over two lines; none
    ["“扫黑除恶”和“打黑除恶”", "“要努力。还要坚持”", "“一”", "“" + "长" * 25 + "”", "“跨\n行”", "没有引号", ""],
)
def test_what_is_no_new_formulation_is_left_out(text: str) -> None:
    table = discover(corpus_of(text), LEXICON)
    assert table.empty and table.dtypes.astype(str).to_dict() == DTYPES
    assert set(table.attrs["reason"]) == {"zh", "en"}


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("三抓三早", "numeric"), ("一网通办", "numeric"), ("五个化", "numeric"), ("1+3+N", "numeric"),
        ("学思想、强党性", "enumeration"), ("警格+网格", "quoted"),
    ],
)  # fmt: skip
def test_kinds(phrase: str, kind: str) -> None:
    assert discover(corpus_of(f"“{phrase}”"), LEXICON)["kind"].tolist() == [kind]


def test_occurrences_count_in_quotes_or_not() -> None:
    table = discover(corpus_of("“吉速办”上线，吉速办好。", "吉速办", "“吉速办”", "“秦务员”"), LEXICON)
    row = table.set_index("phrase").loc["吉速办"]
    assert (row["n"], row["n_docs"], row["score"]) == (4, 3, 3 * 2 / 4)
    assert row["example"] == "“吉速办”上线，吉速办好。"
    assert table["phrase"].tolist() == ["吉速办", "秦务员"]


def test_the_example_is_the_first_occurrence_on_one_line() -> None:
    text = "甲" * 20 + "\n“枫驿站”\n" + "乙" * 20
    assert discover(corpus_of(text), LEXICON)["example"].tolist() == ["甲" * 10 + " “枫驿站” " + "乙" * 10]


@given(
    st.lists(
        st.lists(st.sampled_from(["“法治”", "法治", "“枫桥”", "“扫黑除恶”", "，"]), max_size=6), min_size=1, max_size=4
    )
)
@settings(max_examples=50)
def test_counts_are_those_of_string_search(parts: list[list[str]]) -> None:
    texts = ["".join(own) for own in parts]
    table = discover(corpus_of(*texts), LEXICON).set_index("phrase")
    quoted = Counter(p.strip("“”") for own in parts for p in own if p.startswith("“"))
    assert set(table.index) == set(quoted) - {"扫黑除恶"}
    for phrase, row in table.iterrows():
        counts = [text.count(phrase) for text in texts]
        assert (row["n"], row["n_docs"]) == (sum(counts), sum(map(bool, counts)))
        assert row["score"] == pytest.approx(row["n_docs"] * quoted[phrase] / row["n"], abs=1e-4)


def test_order_is_by_score_number_and_phrase() -> None:
    table = discover(corpus_of("“甲甲”“丙丙”“乙乙”", "“乙乙”"), LEXICON)
    assert table["phrase"].tolist() == ["乙乙", "丙丙", "甲甲"]
    again = table.sort_values(["score", "n", "phrase"], ascending=[False, False, True], ignore_index=True)
    pd.testing.assert_frame_equal(table, again)


def test_real_reports_are_searched_in_one_pass_and_plain_quantities_left_out(shared: Path) -> None:
    files = sorted((shared / "corpora" / "provincial_reports" / "txt").glob("*.txt"))
    corpus = make_corpus(pd.DataFrame({"text": {path.stem: path.read_text("utf-8") for path in files}}))
    started = time.process_time()
    table = discover(corpus, load_lexicon())
    assert time.process_time() - started < 30
    assert len(table) > 1000 and table["phrase"].is_unique
    assert not set(table["phrase"]) & set(load_lexicon().surfaces.index)
    assert table["n_docs"].between(1, len(files)).all() and (table["n"] >= table["n_docs"]).all()
    assert not set(table["phrase"]) & {"三个项目", "五个乡镇", "二十个县", "一个", "两年", "三次", "四条"}


def test_the_first_place_is_in_the_earliest_document() -> None:
    frame = pd.DataFrame({"doc_id": ["晚", "早"], "year": [2020, 2018], "text": ["“枫驿站”", "设立“枫驿站”"]})
    row = discover(make_corpus(frame), LEXICON).iloc[0]
    assert (row["phrase"], row["doc_id"], row["start"]) == ("枫驿站", "早", 3)


def test_an_abbreviation_and_its_enumeration_name_each_other() -> None:
    table = discover(corpus_of("坚持抓落实、抓督导、抓研究、抓宣传，准确把握“四抓”的关系"), LEXICON).set_index("phrase")
    assert table.loc["四抓", "linked"] == "抓落实、抓督导、抓研究、抓宣传"
    assert table.loc["抓落实、抓督导、抓研究、抓宣传", "linked"] == "四抓"


def test_a_fixed_string_needs_no_quotation_marks() -> None:
    texts = [f"{a}枫桥小院，{b}完善。" for a, b in zip(["推进", "建设", "用好", "参观"], "子丑寅卯", strict=True)]
    row = discover(corpus_of(*texts), LEXICON).set_index("phrase").loc["枫桥小院"]
    assert (row["kind"], row["n_docs"]) == ("fixed", 4) and 0 < row["weight"] < 1


def test_a_copied_passage_does_not_flood_the_table() -> None:
    passage = "本部门负责统筹协调各类资源。切实加强监督检查，及时研究解决突出困难，认真听取意见建议。"
    assert len(discover(corpus_of(*[passage] * 5), LEXICON)) < 12
