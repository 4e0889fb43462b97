"""Slogans: every occurrence against plain string search, the maximal reading against a regular expression."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.corpus import Corpus, make_corpus
from analysis.evaluate.slogans import counted, differences
from analysis.lexicon import Lexicon, load_lexicon
from analysis.segments import sentence_spans
from analysis.slogans import matches, maximal_spans, slogans

COLUMNS = {
    "doc_id": "str", "slogan": "str", "variant": "str", "start": "int64", "end": "int64",
    "sentence": "int64", "paragraph": "int64", "nested": "bool", "within": "str",
}  # fmt: skip
SLOGANS = {"甲乙": "", "甲乙丙": "", "乙丙丁": "丁乙", "丙": "甲甲甲", "丁丁": "", "“甲、乙”": "甲、乙|丁。丁"}
LEXICON = Lexicon(pd.DataFrame({"slogan": list(SLOGANS), "aliases": list(SLOGANS.values())}))
TEXTS = st.lists(st.text(alphabet="甲乙丙丁、“”。\n 😀", max_size=30), min_size=1, max_size=4)


def corpus_of(*texts: str) -> Corpus:
    return make_corpus(pd.DataFrame({"text": list(texts), "doc_id": [f"d{k}" for k in range(len(texts))]}))


def places(text: str, surface: str) -> list[int]:
    """Where a string occurs, overlapping itself or not."""
    return [at for at in range(len(text)) if text.startswith(surface, at)]


def maximal(text: str, lexicon: Lexicon) -> list[tuple[int, int]]:
    """The leftmost-longest reading, by a regular expression."""
    longest_first = "|".join(map(re.escape, sorted(lexicon.surfaces.index, key=len, reverse=True)))
    return [m.span() for m in re.finditer(longest_first, text)]


def mentions(text: str, lexicon: Lexicon) -> set[tuple[str, str, int, int]]:
    """Every occurrence, by string search; of a slogan's own inside one another the maximal, else the longest."""
    read = set(maximal(text, lexicon))
    rows = {
        (slogan, surface, at, at + len(surface))
        for surface, slogan in lexicon.surfaces.items()
        for at in places(text, surface)
    }

    def doubles(row: tuple[str, str, int, int], other: tuple[str, str, int, int]) -> bool:
        (own, _, start, end), (its, _, first, last) = row, other
        inside = first <= start and end <= last
        holds = start <= first and last <= end and (first, last) in read
        return row != other and own == its and (inside or holds)

    return {row for row in rows if row[2:] in read or not any(doubles(row, other) for other in rows)}


@given(TEXTS)
@settings(max_examples=30)
@example(["甲甲甲甲甲", "丁丁丁", "😀甲乙丙丁", "“甲、乙”“甲乙”丁“乙丙丁”"])
def test_every_mention_is_found_once_wherever_it_stands(texts: list[str]) -> None:
    found = slogans(corpus_of(*texts), LEXICON)
    expected = {(f"d{k}", *row) for k, text in enumerate(texts) for row in mentions(text, LEXICON)}
    columns = ["doc_id", "slogan", "variant", "start", "end"]
    rows = list(found[columns].itertuples(index=False, name=None))
    assert set(rows) == expected and len(rows) == len(expected)
    assert found.dtypes.astype(str).to_dict() == COLUMNS


@given(TEXTS)
@settings(max_examples=30)
@example(["甲乙丙丁"])
def test_the_maximal_reading_is_leftmost_longest(texts: list[str]) -> None:
    found = slogans(corpus_of(*texts), LEXICON)
    expected = [(f"d{k}", *span) for k, text in enumerate(texts) for span in maximal(text, LEXICON)]
    read = found.loc[~found["nested"], ["doc_id", "start", "end"]]
    assert list(read.itertuples(index=False, name=None)) == expected
    spans, canonical = maximal_spans(corpus_of(*texts).docs["text"], LEXICON)
    assert [(doc_id, *span) for doc_id, own in spans.items() for span in own] == expected
    assert canonical == LEXICON.surfaces.to_dict()


@given(TEXTS)
@settings(max_examples=30)
def test_rows_are_in_order_and_their_numbers_are_those_of_the_text(texts: list[str]) -> None:
    found = slogans(corpus_of(*texts), LEXICON)
    keys = [(row.doc_id, row.start, -row.end) for row in found.itertuples()]
    assert keys == sorted(keys)
    for row in found.itertuples():
        text = texts[int(row.doc_id[1:])]
        assert text[row.start : row.end] == row.variant
        lines = text[: row.start].split("\n")
        assert row.paragraph == sum(bool(line.strip()) for line in lines[:-1])
        first, last = sentence_spans(text)[row.sentence]
        assert first <= row.start < last


def test_of_two_that_share_a_character_one_stands_in_the_reading() -> None:
    found = slogans(corpus_of("甲乙丙丁"), LEXICON)
    assert found["variant"].tolist() == ["甲乙丙", "甲乙", "乙丙丁", "丙"]
    assert found["nested"].tolist() == [False, True, True, True]
    found = slogans(corpus_of("丁乙", "😀𠀀é甲乙"), LEXICON)  # an alias; characters, not bytes
    assert found[["slogan", "variant", "start"]].to_numpy().tolist() == [["乙丙丁", "丁乙", 0], ["甲乙", "甲乙", 3]]


@pytest.mark.parametrize("lexicon", [LEXICON, Lexicon(pd.DataFrame({"slogan": []}))])
def test_where_nothing_occurs_the_table_is_empty_and_says_why(lexicon: Lexicon) -> None:
    found = slogans(corpus_of("没有", ""), lexicon)
    assert len(found) == 0 and found.dtypes.astype(str).to_dict() == COLUMNS
    assert list(found[~found["nested"]].columns) == list(COLUMNS)
    assert set(found.attrs["reason"]) == {"zh", "en"}


def test_recipe_names_the_lexicon(tiny_corpus: Corpus) -> None:
    found = slogans(tiny_corpus, LEXICON)
    assert found.attrs["recipe"][-1] == {"step": "slogans", "lexicon": LEXICON.digest, "entries": 6}


def test_documents_without_a_match_are_left_out_of_matches() -> None:
    assert list(matches(pd.Series({"a": "甲", "b": "乙乙"}), ["乙"])) == [("b", [(0, 1, 0), (1, 2, 0)])]
    assert list(matches(pd.Series({"a": "甲"}), [])) == []
    assert maximal_spans(pd.Series({"a": "甲乙"}), None) == ({}, {})


def built_in(*texts: str) -> pd.DataFrame:
    return slogans(corpus_of(*texts), load_lexicon())


@pytest.mark.parametrize(
    ("text", "slogan", "variant"),
    [
        ("学习新时代枫桥经验。", "新时代枫桥经验", "新时代枫桥经验"),
        ("学习新时代“枫桥经验”。", "新时代枫桥经验", "新时代“枫桥经验”"),
        ("空谈误国，实干兴邦", "空谈误国、实干兴邦", "空谈误国，实干兴邦"),
        ("不敢腐不能腐不想腐", "三不腐", "不敢腐不能腐不想腐"),
        ("推进互联网＋政务服务", "互联网+政务服务", "互联网＋政务服务"),
        ("中国制造２０２５", "中国制造2025", "中国制造２０２５"),
        ("坚决做到“两个维护”", "两个维护", "坚决做到“两个维护”"),
    ],
)
def test_a_slogan_is_met_as_documents_write_it(text: str, slogan: str, variant: str) -> None:
    found = built_in(text)
    read = found[~found["nested"]]
    assert read[["slogan", "variant"]].to_numpy().tolist() == [[slogan, variant]]


def test_components_are_counted_beside_their_whole() -> None:
    found = built_in("政治意识、大局意识、核心意识、看齐意识")
    assert found.loc[~found["nested"], "slogan"].tolist() == ["四个意识"]
    parts = load_lexicon().entries.loc["四个意识", "components"]
    assert sorted(found.loc[found["nested"], "slogan"]) == sorted(parts)


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("出台《关于实施乡村振兴战略的意见》", "title"), ("学习《〈乡村振兴〉读本》", "title"),
        ("《意见》提出乡村振兴", ""), ("《未完乡村振兴\n》", ""), ("县乡村振兴局牵头", "institution"),
        ("乡村振兴工作领导小组办公室", "institution"), ("“乡村振兴”研究院", "institution"), ("乡村振兴", ""),
        ("开创乡村振兴局面", ""), ("制定乡村振兴办法", ""), ("围绕乡村振兴中心工作", ""),
        ("推进乡村振兴，委员会成立", ""),
    ],
)  # fmt: skip
def test_a_match_in_the_name_of_something_is_marked_not_lost(text: str, within: str) -> None:
    found = slogans(corpus_of(text), Lexicon(pd.DataFrame({"slogan": ["乡村振兴"]})))
    assert found["within"].tolist() == [within]


@pytest.mark.parametrize(
    ("text", "slogan"),
    [
        ("政法干警要做到五个过硬。", "五个过硬（政法队伍）"),
        ("领导干部要做到五个过硬。", "五个过硬（党员领导干部）"),
        ("领导干部做表率。要做到五个过硬。\n政法队伍。", "五个过硬（党员领导干部）"),
        ("要做到五个过硬。\n政法队伍。", "五个过硬（政法队伍）"),
        ("政法领导干部要做到五个过硬。", "五个过硬"),
        ("要做到五个过硬。", "五个过硬"),
        ("政治过硬、业务过硬、责任过硬、纪律过硬、作风过硬", "五个过硬（政法队伍）"),
        ("收案、结案做到六清。", "六清（审判管理）"),
        ("扫黑除恶“六清”行动", "六清（扫黑除恶）"),
    ],
)
def test_the_nearest_words_tell_homonyms_apart(text: str, slogan: str) -> None:
    found = built_in(text)
    assert [s for s in found["slogan"] if s.startswith(slogan[:2])] == [slogan]


@settings(max_examples=10)
@given(st.lists(st.sampled_from(list(load_lexicon().surfaces.index)), max_size=5), st.sampled_from(["", "，", "和"]))
def test_the_built_in_lexicon_finds_all_its_surfaces(surfaces: list[str], between: str) -> None:
    text = between.join(surfaces)
    found = slogans(corpus_of(text), load_lexicon())
    # Of a form with several meanings it depends on the context whether a mention is inside one of its own.
    forms = {slogan.partition("（")[0] for slogan in load_lexicon().entries.index if "（" in slogan}
    plain = [row for row in mentions(text, load_lexicon()) if row[1] not in forms]
    assert (~found["variant"].isin(forms)).sum() == len(plain)
    assert set(surfaces) <= set(found["variant"]) or between == ""


@pytest.mark.parametrize("name", ["national_reports_1954_2025", "provincial_reports"])
def test_real_reports_hold_what_search_finds(shared: Path, name: str) -> None:
    texts = {path.stem: path.read_text("utf-8") for path in sorted((shared / "corpora" / name / "txt").glob("*5*.txt"))}
    corpus = make_corpus(pd.DataFrame({"doc_id": list(texts), "text": list(texts.values())}))
    found = slogans(corpus, load_lexicon())
    rows = counted(corpus.docs["text"], found, load_lexicon())
    assert rows["all"].sum() > 500 and (rows["all"] >= rows["maximal"]).all()
    assert differences(rows) == 0
    assert [texts[r.doc_id][r.start : r.end] for r in found.itertuples()] == found["variant"].tolist()
