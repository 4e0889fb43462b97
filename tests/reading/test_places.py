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


# the issuer in each zone, with the institution's full name

ISSUERS = [
    ({"title": "鸡西中院部署执行工作"}, "鸡西市中级人民法院", "court", ("黑龙江省", "鸡西市", None), "title"),
    ({"title": "吉林法院推进诉源治理"}, "吉林省高级人民法院", "court", ("吉林省", None, None), "title"),
    ({"title": "昌吉州司法局召开年会"}, "昌吉回族自治州司法局", "justice",
     ("新疆维吾尔自治区", "昌吉回族自治州", None), "title"),
    ({"title": "2021年广西政府工作报告"}, "广西壮族自治区人民政府", "government",
     ("广西壮族自治区", None, None), "title"),
    ({"title": "关于涉企案件的通报 吉林省公安厅"}, "吉林省公安厅", "government", ("吉林省", None, None), "title"),
    ({"byline": "甲某 湖南省衡阳市委常委、政法委书记"}, "中共衡阳市委政法委员会", "political-legal-committee",
     ("湖南省", "衡阳市", None), "byline"),
    ({"byline": "乙某 北京市延庆区委副书记、代区长"}, "北京市延庆区人民政府", "government",
     ("北京市", None, "延庆区"), "byline"),
    ({"byline": "丙某 广西壮族自治区司法厅党委书记、厅长"}, "广西壮族自治区司法厅", "justice",
     ("广西壮族自治区", None, None), "byline"),
    ({"byline": "丁某 内蒙古自治区党委政法委书记"}, "中共内蒙古自治区委员会政法委员会", "political-legal-committee",
     ("内蒙古自治区", None, None), "byline"),
    ({"text": "辽高法〔2019〕12号\n各中级人民法院：现印发要点。"}, "辽宁省高级人民法院", "court",
     ("辽宁省", None, None), "number"),
    ({"text": "（湘司发〔2021〕3号）\n各市州司法局：现印发要点。"}, "湖南省司法厅", "justice",
     ("湖南省", None, None), "number"),
    ({"text": "——在甘肃省第十四届人民代表大会上\n甘肃省省长 戊某\n各位代表：\n现在报告政府工作。"},
     "甘肃省人民政府", "government", ("甘肃省", None, None), "head"),
    ({"text": "近日，长春朝阳法院开展活动，听取意见。"}, "长春市朝阳区人民法院", "court",
     ("吉林省", "长春市", "朝阳区"), "lead"),
    ({"text": "会议开过了。\n" + "内容很多。" * 30 + "\n河南省司法厅\n2020年3月2日"}, "河南省司法厅", "justice",
     ("河南省", None, None), "signature"),
]  # fmt: skip


@pytest.mark.parametrize(("draft", "institution", "kind", "place", "zone"), ISSUERS)
def test_the_issuer_decides(draft, institution, kind, place, zone):
    found = where(**draft)
    assert (found["institution"], found["institution_type"]) == (institution, kind)
    assert unit(found) == place
    assert found["region_status"] == "explicit"
    assert found["region_evidence"].startswith(zone + ": ")
    assert len(found["region_evidence"]) <= len(zone) + 2 + 40


def test_title_goes_before_byline_and_byline_before_lead():
    lead = "沈阳中院召开会议。"
    assert where(lead, title="大连中院召开会议", byline="丹东市中级人民法院院长")["prefecture"] == "大连市"
    assert where(lead, byline="甲某 丹东市中级人民法院院长")["prefecture"] == "丹东市"
    assert where(lead)["prefecture"] == "沈阳市"


def test_normative_title_gives_the_place_and_the_header_the_congress():
    found = where(
        "2015年9月25日 北京市第十四届人民代表大会常务委员会第二十一次会议通过\n第一条 为了规范。",
        title="北京市停车管理条例",
    )
    assert found["institution"] == "北京市人民代表大会常务委员会"
    assert (found["institution_type"], found["level"]) == ("congress", "province")


def test_court_report_to_a_congress_is_the_courts():
    text = "——在吉林省第十四届人民代表大会第一次会议上\n吉林省高级人民法院院长 甲某\n各位代表：\n现在报告工作。"
    assert where(text)["institution"] == "吉林省高级人民法院"


@pytest.mark.parametrize(
    ("byline", "institution", "level"),
    [
        ("北京市第一中级人民法院院长", "北京市第一中级人民法院", "prefecture"),
        ("北京知识产权法院副院长", "北京知识产权法院", "prefecture"),
        ("黔东南州中级人民法院院长", "黔东南苗族侗族自治州中级人民法院", "prefecture"),
        ("神农架林区人民法院院长", "神农架林区人民法院", "county"),
        ("锡林郭勒盟行署盟长", "锡林郭勒盟行政公署", "prefecture"),
        ("义乌市人民政府市长", "义乌市人民政府", "county"),
        ("江苏省高级人民法院院长", "江苏省高级人民法院", "province"),
    ],
)
def test_institutions_and_levels(byline, institution, level):
    found = where(byline="甲某 " + byline)
    assert (found["institution"], found["level"]) == (institution, level)


# national documents


@pytest.mark.parametrize(
    ("draft", "kind"),
    [
        ({"title": "最高人民法院关于适用时间效力的规定"}, "court"),
        ({"title": "国务院关于同意浙江省设立试验区的批复"}, "government"),
        ({"text": "法释〔2020〕15号\n现予公布。"}, "court"),
        ({"text": "国发〔2019〕4号\n各省、自治区、直辖市人民政府：现印发方案。"}, "government"),
        ({"text": "在第十二届全国人民代表大会上\n国务院总理 甲某\n各位代表：\n报告政府工作。"}, "government"),
        ({"text": "各位代表：\n我代表国务院，向大会报告政府工作。"}, "government"),
        ({"title": "《新闻联播》 (20221022)"}, "media"),
        ({"text": "现批准两项标准。特此公告。 生态环境部 2025年6月6日"}, "government"),
    ],
)
def test_national_documents_have_no_province(draft, kind):
    found = where(**draft)
    assert (found["level"], found["institution_type"], unit(found)) == ("national", kind, (None, None, None))
    assert found["region_status"] == "explicit"


def test_a_tax_office_of_a_province_is_not_national():
    assert where(title="国家税务总局吉林省税务局关于发票的公告")["province"] == "吉林省"


def test_the_nation_in_its_own_words_is_inferred():
    found = where("我国经济向好。" * 6)
    assert (found["level"], found["region_status"]) == ("national", "inferred")


# ambiguous names


def test_jilin_is_the_province_unless_rank_or_document_says_the_city():
    assert unit(where(title="吉林法院召开会议")) == ("吉林省", None, None)
    assert unit(where(title="吉林中院召开会议")) == ("吉林省", "吉林市", None)
    city = "各位代表：\n我代表市政府报告工作。" + "全市经济向好，吉林化工增长，桦甸市、磐石市向好。" * 4
    assert unit(where(city)) == ("吉林省", "吉林市", None)


def test_hainan_is_resolved_by_the_rank_of_the_court():
    assert where(title="海南高院召开会议")["province"] == "海南省"
    assert where(title="海南州中院召开会议")["province"] == "青海省"


def test_a_namesake_is_resolved_by_the_documents_other_places():
    assert unit(where("朝阳区人民法院召开会议。长春市中级人民法院派人参加。")) == ("吉林省", "长春市", "朝阳区")
    assert unit(where("朝阳区人民法院召开会议。北京市高级人民法院派人参加。")) == ("北京市", None, "朝阳区")


def test_an_unresolved_namesake_stays_unknown_with_its_candidates():
    found = where("鼓楼区人民法院召开会议。")
    assert (found["region_status"], unit(found)) == ("unknown", (None, None, None))
    for candidate in ("江苏省南京市鼓楼区", "江苏省徐州市鼓楼区", "福建省福州市鼓楼区", "河南省开封市鼓楼区"):
        assert candidate in found["region_evidence"]


def test_historic_names_are_taken_in_their_span():
    assert unit(where("襄樊市中级人民法院召开会议。\n2008年6月3日")) == ("湖北省", "襄樊市", None)
    assert unit(where("崇文区人民政府召开会议。\n2007年3月5日")) == ("北京市", None, "崇文区")
    assert where("延庆法院召开会议。\n2009年3月5日")["county"] == "延庆县"
    assert where("延庆法院召开会议。\n2019年3月5日")["county"] == "延庆区"


# relative names and the document's own words


def test_relative_institution_with_the_province_it_emphasises():
    text = "3月4日，省法院党组召开会议。" + "平安辽宁、法治辽宁建设要走在前列，谱写辽宁篇章。"
    found = where(text)
    assert (found["institution"], found["region_status"]) == ("辽宁省高级人民法院", "inferred")


def test_relative_institution_named_in_a_plan_of_its_own():
    found = where("省法院召开会议，审议《吉林省高级人民法院任务分工方案》。", title="省法院党组部署普法工作")
    assert (found["institution"], found["region_status"]) == ("吉林省高级人民法院", "explicit")


def test_relative_committee_with_the_place_that_opens_the_lead():
    found = where("东港地处江海之间。今年任务重。市委政法委扛起责任，推动工作。", title="以源头之治护航边海平安")
    assert (found["institution"], unit(found)) == ("中共东港市委政法委员会", ("辽宁省", "丹东市", "东港市"))


def test_a_municipality_is_not_taken_for_a_city_under_a_province():
    text = "各位代表：\n我代表市人民政府报告工作。" + "落实省委、省政府部署，全市协同北京发展，承德向好。" * 4
    assert unit(where(text)) == ("河北省", "承德市", None)


def test_league_in_an_autonomous_region():
    text = "各位委员：\n我代表行署作报告。" + "全盟增长居全区首位，落实自治区党委部署，锡林郭勒向好。" * 4
    assert unit(where(text)) == ("内蒙古自治区", "锡林郭勒盟", None)


# what must not win


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("来源：青海日报\n2月3日，自治区司法厅召开会议。" + "建设美丽新宁夏，平安宁夏。" * 3, "宁夏回族自治区"),
        ("深入学习贯彻最高人民法院会议精神，长沙中院召开会议。", "湖南省"),
        ("在吉林省委坚强领导下，通化中院召开会议。", "吉林省"),
        ("湖南日报讯 贵州省司法厅召开会议。", "贵州省"),
    ],
)
def test_newspapers_superiors_and_cited_bodies_do_not_win(text, province):
    assert where(text)["province"] == province


def test_a_place_merely_mentioned_does_not_win():
    assert where("代表团到上海考察，又到了杭州。", title="考察随笔")["region_status"] == "unknown"


def test_national_meeting_in_the_lead_of_a_local_document():
    text = "全国人大常委会通过了法律。省法院要求落实。" + "全省法院要为法治辽宁、平安辽宁作贡献，我省任务重。" * 3
    assert where(text)["province"] == "辽宁省"


# metadata and file names


@pytest.mark.parametrize(
    ("metadata", "level", "place"),
    [
        ({"region": "吉林"}, "province", ("吉林省", None, None)),
        ({"省份": "内蒙古", "city": "包头"}, "prefecture", ("内蒙古自治区", "包头市", None)),
        ({"county": "延庆区"}, "county", ("北京市", None, "延庆区")),
        ({"province": "吉林省", "county": "朝阳区"}, "county", ("吉林省", "长春市", "朝阳区")),
        ({"county": "鼓楼区"}, "county", (None, None, "鼓楼区")),
        ({"province": "全国"}, "national", (None, None, None)),
        ({"institution": "沈阳中院"}, "prefecture", ("辽宁省", "沈阳市", None)),
        ({"发文机关": "国务院"}, "national", (None, None, None)),
        ({"省份": "山东", "level": "地级", "地市": "临沂"}, "prefecture", ("山东省", "临沂市", None)),
    ],
)
def test_metadata_are_made_full_and_given(metadata, level, place):
    found = where(**metadata)
    assert (found["level"], unit(found), found["region_status"]) == (level, place, "given")


def test_metadata_go_before_the_text_and_drop_what_belongs_elsewhere():
    found = where("沈阳中院召开会议。", province="吉林省")
    assert (found["province"], found["prefecture"], found["institution"]) == ("吉林省", None, None)
    kept = where("沈阳中院召开会议。", province="辽宁省")
    assert (kept["prefecture"], kept["institution"]) == ("沈阳市", "沈阳市中级人民法院")


def test_a_newspaper_as_source_and_a_vague_region_say_nothing():
    assert where(source="a.txt", region="东部", 来源="青海日报")["region_status"] == "unknown"


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
