import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import STATUSES
from analysis.evaluate import catalogue
from analysis.lexicon import Lexicon, load_lexicon
from analysis.reading.dates import when
from analysis.reading.draft import Draft

FORMULATIONS = [
    ("某某重要论断", "2021-11-11", "", "high"), ("某某专项行动", "2022-04", "2022-09", "high"),
    ("某某十个严禁", "2022-02-28", "", "high"), ("大兴某某研究", "2023-03", "", "high"),
    ("拿不准的提法", "2030", "", "low"),
]  # fmt: skip
LEXICON = Lexicon(pd.DataFrame(FORMULATIONS, columns=["slogan", "first_date", "last_date", "confidence"]))


def dated(text="", *, title="", source="1.txt", **metadata):
    return when(Draft(source=source, text=text, title=title, metadata=metadata), LEXICON)


def brief(found):
    return found["year"], found["date"], found["year_status"]


def test_the_day_a_document_was_made_goes_before_that_of_its_publication():
    found = dated("成文日期：2006年05月23日\n发布日期：2018年12月03日\n现批复如下。")
    assert brief(found) == (2006, "2006-05-23", "explicit") and found["year_evidence"].startswith("header: ")
    assert brief(dated(年份="2021", 日期="2021/3/5")) == (2021, "2021-03-05", "given")


def test_a_cue_older_than_what_the_text_knows_is_not_taken():
    found = dated("部署2019年重点工作。某某重要论断。自2021年9月以来，工作向好。")
    assert found["year"] != 2019


def test_the_latest_year_named_counts_when_the_text_knows_things_of_it():
    assert dated("2022年春耕，农机下了地。某某十个严禁。")["year"] == 2022
    assert dated("2021年收案很多。今年任务更重。某某十个严禁。")["year"] == 2022
    assert dated("2020年收案很多。某某十个严禁。")["year"] is None


# bounds


def test_formulations_and_what_is_awaited_bound_the_year():
    found = dated("落实某某重要论断，以优异成绩迎接党的二十大胜利召开！")
    assert (found["year"], found["date_earliest"], found["date_latest"]) == (None, "2021-11-11", "2022-10-15")
    assert found["year_status"] == "bounded"
    assert "某某重要论断 → from 2021-11-11" in found["year_evidence"]
    assert "until 2022-10-15" in found["year_evidence"]


def test_both_bounds_in_one_year_give_the_year():
    found = dated("严守某某十个严禁，落实某某重要论断，迎接党的二十大胜利召开。")
    assert (found["year"], found["year_status"]) == (2022, "bounded")
    assert (found["date_earliest"], found["date_latest"]) == ("2022-02-28", "2022-10-15")


def test_an_expired_formulation_bounds_from_above_to_the_end_of_its_month():
    found = dated("推进某某专项行动，落实某某十个严禁。")
    assert (found["date_earliest"], found["date_latest"], found["year"]) == ("2022-04-01", "2022-09-30", 2022)


def test_the_only_such_day_between_the_bounds_is_the_date():
    found = dated("7月22日，法庭开庭。某某专项行动、某某十个严禁都要落实。")
    assert brief(found) == (2022, "2022-07-22", "bounded")


def test_a_formulation_that_stands_far_apart_from_the_rest_is_not_believed():
    assert dated("1961年3月，大兴某某研究。1962年9月，又开会。")["date_earliest"] == "1962-09-01"


def test_a_doubtful_formulation_says_nothing():
    keys = ("year", "date", "date_earliest", "date_latest", "year_evidence")
    assert dated("拿不准的提法。") == {**dict.fromkeys(keys), "year_status": "unknown"}


def test_the_file_name_comes_last_and_not_against_the_bounds():
    found = dated("某某重要论断。", source="a/报告2023.txt")
    assert brief(found) == (2023, None, "inferred") and found["year_evidence"] == "file name: 报告2023.txt"
    assert dated("某某重要论断。", source="a/报告2019.txt")["year"] is None
    assert dated("今年是新中国成立70周年。", source="a/2023.txt")["year"] == 2019


# properties

WORDS = st.sampled_from([
    "2019年", "5月27日", "今年", "各位代表：", "报告工作", "。", "，", "\n", "召开", "某某重要论断", "部署2020年工作",
    "要", "《", "》", "到", "迎接党的二十大胜利召开", "二〇二一年十三月", "2023年2月30日", "二十届三中全会",
])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS | st.text(max_size=5), max_size=25).map("".join), st.lists(WORDS, max_size=3).map("".join))
def test_any_text_gives_ordered_dates_and_a_known_status(text, title):
    found = dated(text, title=title)
    assert found == dated(text, title=title)
    assert found["year_status"] in STATUSES
    days = [found[name] for name in ("date_earliest", "date", "date_latest") if found[name]]
    assert days == sorted(days)
    assert all(date.fromisoformat(day) for day in days)
    if found["year"]:
        assert all(day.startswith(str(found["year"])) for day in days)
    assert (found["year_status"] == "unknown") == (not days)
    assert (found["year_evidence"] is None) == (not days)


# real corpora, with opaque file names

BUILT_IN = load_lexicon()


def verdict(found, year):
    if found["year"] is not None:
        return "right" if found["year"] == year else "wrong"
    first, last = found["date_earliest"] or "0", found["date_latest"] or "9"
    return "bounded" if first[:4] <= str(year) <= last[:4] else "wrong"


def test_provincial_reports_are_dated_to_the_day(shared):
    for row in catalogue(shared / "corpora" / "provincial_reports").to_dict("records"):
        found = when(Draft("x.txt", row["text"].strip()), BUILT_IN)
        assert brief(found) == (int(row["year"]), row["date"], "explicit"), row["doc_id"]


@pytest.mark.parametrize(
    ("corpus", "head", "least"),
    [("provincial_reports", "各位代表[：:]", 0.9), ("national_reports_1954_2025", r"\A", 0.65)],
)
def test_reports_without_heads_or_of_old_are_never_dated_wrong(shared, corpus, head, least):
    verdicts = [
        verdict(when(Draft("x.txt", re.split(head, text.strip(), maxsplit=1)[-1]), BUILT_IN), int(year))
        for year, text in catalogue(shared / "corpora" / corpus)[["year", "text"]].to_numpy()
    ]
    assert "wrong" not in verdicts and verdicts.count("right") >= least * len(verdicts)
