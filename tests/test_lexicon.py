"""Lexicon and stop-words: every row usable, and no formulation in a document older than itself."""

import re
from collections.abc import Iterable
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path

import pandas as pd
import pytest
from ahocorasick_rs import AhoCorasick
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import PROVINCES
from analysis.evaluate import catalogue
from analysis.evaluate.slogans import MISDATED
from analysis.lexicon import COLUMNS, CONFIDENCES, KINDS, Lexicon, load_lexicon, load_stopwords
from analysis.variants import variants

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
KEPT = {*"法权罚新无非未严党民不", "不得", "应当", "法院", "群众", "发展", "案件", "执行", "改革", "法治"}
ENTRIES = load_lexicon().entries
_TONE = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
SYLLABLE = re.compile(f"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?[aeiouü{_TONE}]+(?:ng?|r)?")


# ---- every row


def test_the_columns_are_the_documented_ones_and_there_are_enough_entries():
    path = Path(__file__).resolve().parents[1] / "analysis" / "resources" / "slogans.csv"
    assert list(pd.read_csv(path, nrows=1)) == ["slogan", *COLUMNS] == ["slogan", *ENTRIES]
    assert len(ENTRIES) >= 1000 and load_lexicon() is load_lexicon()


def forms(slogan: str) -> list[str]:
    """What a row writes out; the name of a meaning, 四化（政法队伍）, is written nowhere."""
    row = ENTRIES.loc[slogan]
    return [*([] if row["context"] else [slogan]), *row["aliases"]]


def test_no_surface_is_written_twice_nor_generated_from_two_entries():
    owners: dict[str, set[str]] = {}
    for slogan in ENTRIES.index:
        for surface in {way for form in forms(slogan) for way in variants(form)}:
            owners.setdefault(surface, set()).add(slogan)
    assert {surface: own for surface, own in owners.items() if len(own) > 1} == {}
    assert sorted(owners) == sorted(load_lexicon().surfaces.index)
    written = pd.Series([form for slogan in ENTRIES.index for form in forms(slogan)])
    assert written[written.duplicated()].tolist() == []


def test_every_alias_adds_a_surface():
    for slogan, aliases in ENTRIES["aliases"].items():
        assert [alias for alias in aliases if set(variants(alias)) <= set(variants(slogan))] == [], slogan


def parts(slogan: str) -> set[str]:
    """Components, theirs, and so on."""
    own = set(ENTRIES.loc[slogan, "components"])
    return own | {further for part in own for further in parts(part)}


def test_no_alias_swallows_an_entry_it_is_not_linked_with():
    names = [slogan for slogan in ENTRIES.index if not ENTRIES.loc[slogan, "context"]]
    for slogan, aliases in ENTRIES["aliases"].items():
        held = {name for alias in aliases for name in names if name in alias and name not in slogan}
        assert held <= parts(slogan), (slogan, held - parts(slogan))


def test_no_surface_holds_a_blank_edge_or_a_separator_of_the_file():
    surfaces = load_lexicon().surfaces.index
    assert [s for s in surfaces if s != s.strip() or set(s) & set("|｜（）()/") or len(s) < 2] == []


def test_pinyin_has_a_syllable_for_every_han_character():
    for slogan, context, pinyin in ENTRIES[["context", "pinyin"]].itertuples():
        bare = re.sub("（.+）$", "", slogan) if context else slogan
        words = pinyin.split(" ")
        syllables = [word for word in words if SYLLABLE.fullmatch(word)]
        assert len(syllables) == len(re.findall("[一-鿿]", bare)), slogan
        assert all(re.search("[0-9+]", word) for word in set(words) - set(syllables)), slogan
        assert all(sum(letter in _TONE for letter in word) <= 1 for word in syllables), slogan


def test_pinyin_reads_characters_as_they_sound_here():
    readings = {
        "案结事了": "àn jié shì liǎo", "退耕还林": "tuì gēng huán lín", "长三角一体化": "cháng sān jiǎo yī tǐ huà",
        "河长制": "hé zhǎng zhì", "三重一大": "sān zhòng yī dà", "新担当新作为": "xīn dān dāng xīn zuò wéi",
        "司法为民": "sī fǎ wèi mín", "大兴调查研究": "dà xīng diào chá yán jiū", "塞罕坝精神": "sài hǎn bà jīng shén",
    }  # fmt: skip
    assert ENTRIES.loc[list(readings), "pinyin"].to_dict() == readings


def test_every_value_is_one_of_the_known_ones():
    assert set(ENTRIES["kind"]) == set(KINDS)
    assert set(ENTRIES["confidence"]) <= set(CONFIDENCES)
    assert set(ENTRIES["level"]) - {"national"} <= set(PROVINCES)
    assert (ENTRIES["kind"] == "other").mean() < 0.15


def test_glosses_are_ascii_without_the_mark_that_would_read_as_two():
    assert [s for s, gloss in ENTRIES["gloss"].items() if not gloss or not gloss.isascii() or "|" in gloss] == []


def test_dates_are_calendar_dates_of_the_precision_known():
    for column in ("first_date", "last_date"):
        for value in ENTRIES.loc[ENTRIES[column] != "", column]:
            assert len(value) in (4, 7, 10)
            assert date.fromisoformat((value + "-01-01")[:10]) >= date(1943, 1, 1)


def test_only_a_dated_entry_is_called_more_than_low_and_what_is_called_high_names_its_source():
    assert ENTRIES.loc[ENTRIES["first_date"] == "", "confidence"].eq("low").all()
    assert (ENTRIES.loc[ENTRIES["confidence"] == "high", "source"] != "").all()


@pytest.mark.parametrize("column", ["components", "renamed_to"])
def test_what_an_entry_points_to_is_another_entry(column):
    known = set(ENTRIES.index)
    assert {name for names in ENTRIES[column] for name in names} - known == set()
    assert len(list(TopologicalSorter(ENTRIES[column].to_dict()).static_order())) == len(ENTRIES)  # no way back


def test_a_new_name_is_not_older_than_the_one_it_replaces():
    first = ENTRIES["first_date"].str[:4]
    pairs = [(old, new) for old, names in ENTRIES["renamed_to"].items() for new in names]
    assert len(pairs) >= 40
    back = [(old, new) for old, new in pairs if first[new] and first[new] < first[old]]
    assert back == [("基本解决执行难", "切实解决执行难")]  # in 2019 the courts went back to the words of 2002


@pytest.mark.parametrize(
    ("slogan", "first", "last"),
    [
        ("四级法院审级职能定位改革试点", "2021-08-20", "2023-09-27"),
        ("迎接党的二十大", "2021-11", "2022-10-22"),
        ("迎接党的二十大胜利召开", "2021-11", "2022-10-16"),
        ("迎接党的十九大胜利召开", "2016-10", "2017-10-18"),
        ("扫黑除恶", "2018-01", ""),
        ("两个确立", "2021-11-11", ""),
        ("习近平法治思想", "2020-11-16", ""),
    ],
)
def test_known_dates(slogan, first, last):
    assert ENTRIES.loc[slogan, ["first_date", "last_date"]].tolist() == [first, last]


def test_a_bare_homonym_is_called_low_has_no_date_and_says_so():
    meanings = load_lexicon().meanings
    assert len(meanings) >= 30 and {"五个过硬", "四化", "六清"} <= set(meanings)
    bare = ENTRIES.loc[sorted(meanings)]
    assert set(bare["confidence"]) == {"low"} and set(bare["first_date"]) == {""}
    assert bare["occasion"].str.contains("同形异义").all()
    assert sorted(meanings["五个过硬"]) == ["五个过硬（党员领导干部）", "五个过硬（政法队伍）"]
    assert "政法" in meanings["五个过硬"]["五个过硬（政法队伍）"]


@pytest.mark.parametrize("name", ["三保甲", "三保（甲）"])
def test_a_meaning_needs_the_entry_it_is_a_meaning_of(name):
    with pytest.raises(ValueError, match="name it 形式（含义）, with a row for 形式"):
        Lexicon(pd.DataFrame({"slogan": [name], "context": ["增长"]}))


def test_a_form_written_out_goes_before_one_generated():
    lexicon = Lexicon(pd.DataFrame({"slogan": ["甲、乙", "甲乙", "“丙、丁”", "丙丁"]}))
    owner = lexicon.surfaces
    assert [owner[s] for s in ("甲乙", "甲、乙", "“丙丁”", "丙丁")] == ["甲乙", "甲、乙", "丙丁", "丙丁"]


def test_the_facts_beside_the_checkout_are_in_it(shared):
    facts = pd.read_csv(shared / "facts" / "dated_slogans.csv", dtype=str, keep_default_na=False)
    surfaces = load_lexicon().surfaces
    left_out = {"新时代"}  # a word of every document; kept as 中国特色社会主义新时代
    names = facts["canonical"].where(
        facts["canonical"].isin(ENTRIES.index), facts["canonical"].str.replace("（.*?）", "", regex=True)
    )
    # Bare, they match 从严打击 and 奔小康; they are kept as “严打”, 严打斗争 and 小康社会.
    assert set(names) - set(surfaces.index) - set(ENTRIES.index) - left_out == {"严打", "小康"}


def test_the_dates_of_the_facts_are_carried_or_an_earlier_use_is_known(shared):
    facts = pd.read_csv(shared / "facts" / "dated_slogans.csv", dtype=str, keep_default_na=False)
    carried = facts[facts["canonical"].isin(ENTRIES.index) & (facts["first_date"] != "")].set_index("canonical")
    ours = ENTRIES.loc[carried.index, "first_date"]
    assert len(carried) > 300
    later = [s for s, day in ours.items() if day and day > carried.loc[s, "first_date"]]
    assert later == []
    undated = ours.index[ours == ""]
    # Used before the facts' date, nobody knows since when; the entries say so.
    older = set(undated) - set(load_lexicon().meanings)
    assert older <= {"两个结合", "全面深化改革", "凝心铸魂"}
    assert all("已有此语" in ENTRIES.loc[s, "occasion"] for s in older)


# ---- no anachronism


def older_than_itself(documents: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Document and surface wherever a formulation of confidence `high` stands before its first date."""
    sure = ENTRIES[(ENTRIES["confidence"] == "high") & (ENTRIES["first_date"] != "")]
    owners = load_lexicon().surfaces
    dated = [(surface, sure.loc[slogan, "first_date"]) for surface, slogan in owners[owners.isin(sure.index)].items()]
    automaton = AhoCorasick([surface for surface, _ in dated])
    found = []
    for doc_id, day, text in documents:
        for k in sorted({k for k, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)}):
            surface, first = dated[k]
            if day[: len(first)] < first[: len(day)]:
                found.append((doc_id, surface))
    return found


def test_the_check_finds_an_anachronism():
    documents = [("a", "2017", "坚决做到两个确立"), ("b", "2021-11", "两个确立")]
    assert older_than_itself(documents) == [("a", "两个确立")]


@pytest.mark.parametrize("name", ["national_reports_1954_2025", "provincial_reports", "local_regulations"])
def test_no_real_document_is_older_than_a_formulation_in_it(shared, name):
    rows = catalogue(shared / "corpora" / name)
    documents = [(r.doc_id, r.date or r.year, r.text) for r in rows.itertuples() if r.doc_id not in MISDATED]
    assert len(documents) > 50
    assert older_than_itself(documents) == []


def test_no_sample_document_is_older_than_a_formulation_in_it():
    if not SAMPLE.is_dir():
        pytest.skip("The sample corpus is not there: data/sample is missing.")
    from analysis.reading import read_corpus

    docs = read_corpus(SAMPLE).docs
    told = docs[docs["year_status"].isin(["given", "explicit"])]
    assert len(told) >= 10
    days = told["date"].astype("string").fillna(told["year"].astype("string"))
    assert older_than_itself(zip(told.index, days.str[:10], told["text"], strict=True)) == []


# ---- the user's own file


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_of_slogans_alone_is_enough(tmp_path, encoding):
    lexicon = load_lexicon(written(tmp_path, "slogan\n一件事一次办\n首违不罚\n", encoding))
    assert len(lexicon) == len(ENTRIES) + 2
    row = lexicon.entries.loc["首违不罚"]
    assert row[["kind", "level", "confidence", "aliases"]].tolist() == ["other", "national", "medium", ()]


def test_a_row_for_a_built_in_slogan_replaces_it_whole(tmp_path):
    lexicon = load_lexicon(written(tmp_path, "slogan,gloss\n放管服,my gloss\n"))
    assert len(lexicon) == len(ENTRIES)
    assert lexicon.entries.loc["放管服", "gloss"] == "my gloss"
    assert lexicon.entries.loc["放管服", "first_date"] == ""
    assert load_lexicon().entries.loc["放管服", "first_date"] == "2015-05-12"


def test_columns_of_the_users_own_are_kept(tmp_path):
    lexicon = load_lexicon(written(tmp_path, "slogan,school\n首违不罚,甲\n"))
    assert lexicon.entries.loc[["首违不罚", "放管服"], "school"].tolist() == ["甲", ""]


def test_a_clash_names_file_surface_both_entries_and_the_remedy(tmp_path):
    path = written(tmp_path, "slogan,aliases\n一件事一次办,放管服\n")
    with pytest.raises(ValueError) as error:
        load_lexicon(path)
    for part in (str(path), "surface '放管服'", "'一件事一次办'", "leave it in one of them", "replaces it"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slogan,alias\n首违不罚,\n", "no lexicon column 'alias'; did you mean 'aliases'?"),
        ("slogan,first_dat\n首违不罚,2020\n", "no lexicon column 'first_dat'; did you mean 'first_date'?"),
        ("formulation\n首违不罚\n", "no column 'slogan'"),
        ("slogan,first_date\n首违不罚,2020.3\n", "first_date '2020.3' of '首违不罚'; write 2018, 2018-01 or"),
        ("slogan,first_date\n首违不罚,2020-02-30\n", "first_date '2020-02-30' of '首违不罚'"),
        ("slogan,first_date,last_date\n首违不罚,2021,2020-05\n", "is before first_date '2021'"),
        ("slogan,kind\n首违不罚,slogan\n", "kind 'slogan' of '首违不罚'; write one of numeric,"),
        ("slogan\n首违不罚\n首违不罚\n", "slogan '首违不罚' has more than one row"),
        ("slogan,gloss\n,empty\n", "an entry has an empty slogan"),
        ("", "not a CSV table"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(ValueError) as error:
        load_lexicon(path)
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)


def test_bytes_that_are_no_text_say_how_to_save_them_and_a_missing_file_is_one(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(b"slogan\n\xff\xff\xff\n")
    with pytest.raises(ValueError, match="neither UTF-8 nor GB18030"):
        load_lexicon(path)
    with pytest.raises(FileNotFoundError):
        load_lexicon(tmp_path / "none.csv")


NAMES = st.lists(st.text("甲乙丙丁", min_size=1, max_size=4), unique=True, min_size=1, max_size=8)


@settings(max_examples=30)
@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(names, random):
    shuffled = random.sample(names, len(names))
    one, other = (Lexicon(pd.DataFrame({"slogan": order})) for order in (names, shuffled))
    assert one.digest == other.digest
    assert one.surfaces.to_dict() == {way: name for name in names for way in (name, f"“{name}”")}


# ---- stop-words


def test_stop_words_are_sorted_whole_words_of_which_there_are_enough():
    words = load_stopwords()
    assert list(words) == sorted(set(words))
    assert 500 <= len(words) <= 900
    assert {"的", "会议", "指出", "进一步", "工作", "今年"} <= set(words)
    assert [w for w in words if w.startswith("#") or not w.isalpha() and w != "〇"] == []
    path = Path(__file__).resolve().parents[1] / "analysis" / "resources" / "stopwords.txt"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) == len(set(lines)) == len(load_stopwords())


def test_words_that_carry_meaning_in_this_genre_are_kept():
    assert (KEPT | set(load_lexicon().surfaces.index)) & set(load_stopwords()) == set()
