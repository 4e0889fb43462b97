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


# explicit: the document's own date

OWN = [
    ("title", {"title": "《新闻联播》 (20221022)"}, (2022, "2022-10-22")),
    ("header", {"text": "——2025年1月14日在某省人民代表大会会议上\n各位代表：\n现在报告工作。"}, (2025, "2025-01-14")),
    ("header", {"text": "二〇二六年一月二十七日在某省会议上\n各位代表：\n现在报告工作。"}, (2026, "2026-01-27")),
    ("header", {"text": "成文日期：2006年05月23日\n发布日期：2018年12月03日\n现批复如下。"}, (2006, "2006-05-23")),
    ("lead", {"text": "2021年8月3日，某市法院召开会议，部署工作。"}, (2021, "2021-08-03")),
    ("signature", {"text": "各县：\n请落实。\n某市人民政府\n2022年4月14日\n附件，2023年6月1日起施行。"},
     (2022, "2022-04-14")),
    ("signature", {"text": "现批准标准，自2026年1月1日起实施。特此公告。 某部 2025年6月6日"}, (2025, "2025-06-06")),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "draft", "expected"), OWN)
def test_own_date(zone, draft, expected):
    found = dated(**draft)
    assert brief(found) == (*expected, "explicit")
    assert found["date_earliest"] == found["date_latest"] == expected[1]
    assert found["year_evidence"].startswith(zone + ": ")


def test_an_act_is_dated_by_its_last_amendment_not_by_its_coming_into_force():
    text = (
        "2003年7月18日 某市人民代表大会常务委员会通过\n2014年2月21日 修正\n2016年3月24日 第二次修正\n"
        "2019年1月1日起施行\n第一条 为了规范，1998年5月2日的规定废止。"
    )
    assert brief(dated(text)) == (2016, "2016-03-24", "explicit")


@pytest.mark.parametrize(
    ("draft", "year", "evidence"),
    [
        ({"title": "2024年某省政府工作报告", "text": "各位代表：\n一、2023年工作回顾"}, 2024, "title"),
        ({"text": "某高法〔2019〕12号\n各中级人民法院：现印发要点。"}, 2019, "number"),
        ({"text": "各位代表：\n我向第十届全国人民代表大会第五次会议报告政府工作。"}, 2007, "session"),
        ({"text": "各位代表：\n我向第二届全国人民代表大会第一次会议作政府工作报告。"}, 1959, "session"),
        ({"text": "各位代表：\n现在报告工作。\n第九届全国人民代表大会第一次会议以来的五年，成绩很大。"},
         2003, "session"),
    ],
)  # fmt: skip
def test_explicit_year(draft, year, evidence):
    found = dated(**draft)
    assert (found["year"], found["year_status"]) == (year, "explicit")
    assert found["year_evidence"].startswith(evidence)
    assert (found["date_earliest"], found["date_latest"]) == (f"{year}-01-01", f"{year}-12-31")


# the event is not the publication


def test_publication_completes_the_day_of_the_event():
    assert brief(dated("2月22日，全省会议召开。", publish_date="2019-02-24")) == (2019, "2019-02-22", "explicit")
    assert brief(dated("12月30日，全省会议召开。", publish_date="2020-01-03")) == (2019, "2019-12-30", "explicit")
    assert brief(dated("发布时间：2019-02-24\n2月22日，会议召开了，大家都到了。")) == (2019, "2019-02-22", "explicit")


def test_publication_never_replaces_the_day_in_the_header():
    text = "发表时间：\n2026-02-09 09:45:30\n——2026年2月3日在某区会议上\n各位代表：\n现在报告工作。"
    assert dated(text, publish_date="2026-02-09")["date"] == "2026-02-03"


def test_publication_alone_is_a_bound():
    found = dated("会议召开了。", publish_date="2019-09-03")
    assert (found["year"], found["date_latest"], found["year_status"]) == (None, "2019-09-03", "bounded")


@pytest.mark.parametrize(
    ("metadata", "text", "expected"),
    [
        ({"date": "2019-02-24- 07:46"}, "2月22日，全省会议召开。", (2019, "2019-02-22", "given")),
        ({"date": "2018年7月10日第13版"}, "台风将登陆。", (2018, "2018-07-10", "given")),
        ({"year": "2021"}, "5月27日，省法院召开会议。", (2021, "2021-05-27", "given")),
        ({"年份": "2021", "日期": "2021/3/5"}, "内容。", (2021, "2021-03-05", "given")),
        ({"year": "2021"}, "2019年3月5日，省法院召开会议。", (2021, None, "given")),
    ],
)
def test_metadata_are_given(metadata, text, expected):
    assert brief(dated(text, **metadata)) == expected


# inferred: the document's own cues

CUES = [
    ("2月17日，中院召开会议。会议指出，2024年，全市法院收案很多。会议强调，2025年，全市法院要加油。",
     (2025, "2025-02-17")),
    ("5月27日，省法院召开会议，审议《2019年工作要点》，对2019年普法工作作出部署。", (2019, "2019-05-27")),
    ("全省会议召开，对2019年以及今后一个时期工作作出安排。", (2019, None)),
    ("各位代表：\n现在报告工作。\n一、2023年工作回顾\n成绩很大。", (2024, None)),
    ("12月20日，市委召开会议，部署2021年重点工作。", (2020, "2020-12-20")),
    ("传达《2019年工作要点》，5月7日前落实。", (2019, None)),
    ("今年是新中国成立70周年，任务很重。", (2019, None)),
    ("恰逢改革开放40周年，任务很重。", (2018, None)),
    ("今年是中国共产党成立100周年。9月28日，法庭开到了村里。", (2021, None)),
    ("今年是党的二十大召开之年，任务很重。", (2022, None)),
    ("今年是“十三五”规划收官之年，任务很重。", (2020, None)),
    ("2025年上半年，市检察院开展专项工作，小结如下。", (2025, None)),
    ("各位代表：过去一年，成绩很大。\n2020年是规划收官之年。工作的总体要求是稳中求进。", (2020, None)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CUES)
def test_cues(text, expected):
    found = dated(text)
    assert (found["year"], found["year_status"]) == (expected[0], "inferred")
    assert expected[1] is None or found["date"] == expected[1]
    assert found["year_evidence"].startswith("cue: ")


@pytest.mark.parametrize(
    "text", ["传达《2019年工作要点》，谋划到2035年。", "到2025年，全省要建成强省。", "2016年，某公司成立。"]
)
def test_cited_planned_and_stray_years_decide_nothing(text):
    assert dated(text)["year"] is None


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


def test_past_dates_and_plenums_bound_from_below():
    assert dated("2021年9月以来，活动很多。")["date_earliest"] == "2021-09-01"
    assert dated("学习二十届二中、三中全会精神。")["date_earliest"] == "2024-07-18"
    assert dated("到2030年6月建成。力争2029年5月完工。")["year_status"] == "unknown"


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
