import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import INSTITUTION_TYPES, LEVELS, PROVINCES, STATUSES
from analysis.evaluate import catalogue
from analysis.reading.draft import Draft
from analysis.reading.places import locate


def where(text="", *, title="", byline="", source="1.txt", **metadata):
    return locate(Draft(source=source, text=text, title=title, byline=byline, metadata=metadata))


def unit(found):
    return found["province"], found["prefecture"], found["county"]


def test_a_tax_office_of_a_province_is_not_national():
    assert where(title="国家税务总局吉林省税务局关于发票的公告")["province"] == "吉林省"


def test_the_nation_in_its_own_words_is_inferred():
    found = where("我国经济向好。" * 6)
    assert (found["level"], found["region_status"]) == ("national", "inferred")


def test_an_unresolved_namesake_stays_unknown_with_its_candidates():
    found = where("鼓楼区人民法院召开会议。")
    assert (found["region_status"], unit(found)) == ("unknown", (None, None, None))
    for candidate in ("江苏省南京市鼓楼区", "江苏省徐州市鼓楼区", "福建省福州市鼓楼区", "河南省开封市鼓楼区"):
        assert candidate in found["region_evidence"]


def test_the_file_name_comes_last():
    assert where("全市向好。" * 3, source="x/承德.docx")["region_evidence"] == "file name: 承德.docx"
    assert where("沈阳中院召开会议。", source="x/承德.docx")["prefecture"] == "沈阳市"
    assert where("", source="2020/吉林省/a.txt")["province"] == "吉林省"


# properties

WORDS = st.sampled_from([
    "吉林", "朝阳", "鼓楼区", "省法院", "全市", "国务院", "人民政府", "《", "》", "\n", "。", "各位代表：", "2019年",
    "委", "沈阳市", "海南",
])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS | st.text(max_size=6), max_size=30).map("".join), st.lists(WORDS, max_size=5).map("".join))
def test_any_text_gives_known_values_in_a_consistent_place(text, title):
    found = where(text, title=title)
    assert found == where(text, title=title)
    assert found["region_status"] in STATUSES and found["level"] in (None, *LEVELS)
    assert found["institution_type"] in (None, *INSTITUTION_TYPES)
    assert found["province"] in (None, *PROVINCES)
    if found["prefecture"] or found["county"]:
        assert found["province"]
    if found["level"] == "national":
        assert unit(found) == (None, None, None)
    assert (found["region_status"] == "unknown") == (found["level"] is None)


# real corpora, with opaque file names


@pytest.mark.parametrize(
    ("cut", "status"), [(r"\A", {"explicit"}), (r"各位代表[：:]", {"explicit", "inferred"})], ids=["whole", "body"]
)
def test_provincial_reports_are_placed_right_even_without_their_heads(shared, cut, status):
    got = [
        (province, locate(Draft("x.txt", re.split(cut, text.strip(), maxsplit=1)[-1])))
        for province, text in catalogue(shared / "corpora" / "provincial_reports")[["province", "text"]].to_numpy()
    ]
    assert [want for want, found in got if found["province"] != want] == []
    assert {found["region_status"] for _, found in got} <= status


def test_national_reports_are_national(shared):
    texts = catalogue(shared / "corpora" / "national_reports_1954_2025")["text"]
    assert {locate(Draft("x.txt", text.strip()))["level"] for text in texts} == {"national"}


def test_regulations_are_placed_by_title_and_header(shared):
    wrong = []
    for row in catalogue(shared / "corpora" / "local_regulations")[::12].to_dict("records"):
        title, _, body = row["text"].strip().partition("\n")
        found = locate(Draft("x.txt", body.replace("\n\n", "\n").strip(), title=title.lstrip("# ")))
        if (found["province"], found["region_status"]) != (row["province"], "explicit"):
            wrong.append(row["doc_id"])
    assert wrong == []
