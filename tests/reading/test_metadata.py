"""metadata.csv and corpus.toml."""

import pytest

from analysis.lexicon import load_lexicon
from analysis.reading.draft import Draft
from analysis.reading.encodings import Unreadable
from analysis.reading.metadata import describe, docvars, read_overrides, read_settings

TABLE = "文件,省份,year,topic\n甲.txt,吉林省,2019,执行\n夹/乙.txt,湖南省,,\n丙,广西壮族自治区,2021,\n丁.txt,海南省,,\n"


def test_rows_are_found_by_path_name_and_doc_id() -> None:
    table = read_overrides("metadata.csv", TABLE.encode("utf-8-sig"))
    assert table.row_for("夹/甲.txt", "甲") == {"province": "吉林省", "year": "2019", "topic": "执行"}
    assert table.row_for("夹/乙.txt", "乙") == {"province": "湖南省"}
    assert table.row_for("z/丙.docx", "丙")["year"] == "2021"
    assert table.row_for("甲.txt#2", "甲#2")["province"] == "吉林省"
    assert table.row_for("戊.txt", "戊") == {}
    assert table.summary() == "not a document: metadata of 3 documents; 1 rows fit no document: 丁.txt"


def test_a_table_speaks_for_its_own_folder_and_needs_keys() -> None:
    table = read_overrides("夹/metadata.csv", TABLE.encode())
    assert table.row_for("甲.txt", "甲") == {} and table.row_for("夹/甲.txt", "甲")
    with pytest.raises(Unreadable, match="no column 'file' or 'doc_id'"):
        read_overrides("metadata.csv", "省份\n吉林省\n".encode())


def test_settings() -> None:
    assert read_settings('name = "样本"\nnote_zh = "示例"\nelse = 1\n'.encode()) == {"name": "样本", "note_zh": "示例"}
    with pytest.raises(Unreadable, match="not valid TOML"):
        read_settings(b"name = ")


DRAFT = Draft(
    "a.txt",
    "2021年3月5日，长春市中级人民法院召开全市法院工作会议，总结2020年工作，部署2021年工作。会议要求坚持司法为民。",
)


def test_what_is_stated_goes_before_what_is_inferred() -> None:
    values, notes = describe(DRAFT, {"province": "湖南省", "year": "2019"}, load_lexicon())
    assert (values["province"], values["region_status"]) == ("湖南省", "given")
    assert (values["year"], values["year_status"]) == (2019, "given")
    assert str(values["region_evidence"]).startswith("metadata.csv: ")
    assert str(values["year_evidence"]).startswith("metadata.csv: ")
    assert notes == ["metadata.csv says province 湖南省, the text 吉林省", "metadata.csv says year 2019, the text 2021"]


def test_agreement_and_silence_leave_no_note() -> None:
    lexicon = load_lexicon()
    inferred, notes = describe(DRAFT, {}, lexicon)
    assert (inferred["province"], inferred["prefecture"], inferred["year"]) == ("吉林省", "长春市", 2021)
    assert notes == []
    values, notes = describe(DRAFT, {"province": "吉林", "year": "2021", "topic": "x"}, lexicon)
    assert (values["province"], notes) == ("吉林省", [])


def test_what_contradicts_bounds_type_date_or_the_files_name_is_said() -> None:
    lexicon = load_lexicon()
    stated = {"institution_type": "procuratorate", "date": "2021-04-01", "province": "吉林省"}
    assert describe(DRAFT, stated, lexicon)[1] == [
        "metadata.csv says institution_type procuratorate, the text court",
        "metadata.csv says date 2021-04-01, the text 2021-03-05",
    ]
    held = Draft("b.txt", "学习贯彻党的二十届三中全会精神，认真工作。")
    (note,) = describe(held, {"year": "2019"}, lexicon)[1]
    assert note.startswith("metadata.csv says year 2019, the text bounds it: ") and "2024-07-18" in note
    assert describe(held, {"year": "2025"}, lexicon)[1] == []
    named = Draft("报告(2019-07-26).txt", DRAFT.text)
    assert describe(named, {}, lexicon)[1] == ["the file name says 2019, the text 2021"]


def test_publication_is_kept_in_the_evidence_and_the_event_is_the_date() -> None:
    text = "发布时间：2021-03-09\n" + DRAFT.text
    values, _ = describe(Draft("a.txt", text), {}, load_lexicon())
    assert values["date"] == "2021-03-05" and str(values["year_evidence"]).endswith("; published 2021-03-09")


def test_a_stated_date_is_the_documents_own() -> None:
    lexicon = load_lexicon()
    text = "3月5日，长春市中级人民法院召开会议，部署工作。"
    published = Draft("a.md", text, metadata={"date": "2021-03-10"})
    days = ("date", "date_earliest", "date_latest")
    assert describe(published, {}, lexicon)[0]["date"] == "2021-03-05"
    values, _ = describe(published, {"date": "2021年3月8日"}, lexicon)
    assert [values[name] for name in days] == ["2021-03-08"] * 3
    assert (values["year"], values["year_status"]) == (2021, "given")
    values, _ = describe(DRAFT, {"date": "2020-12-01"}, lexicon)
    assert (values["year"], values["date"]) == (2020, "2020-12-01")


def test_mistyped_values_do_not_hide_what_the_text_says() -> None:
    stated = {"province": "胡南省", "year": "2O20", "institution_type": "法院", "level": "某级"}
    values, notes = describe(DRAFT, stated, load_lexicon())
    bare, _ = describe(DRAFT, {}, load_lexicon())
    assert all(values[name] == bare[name] for name in ("province", "year", "institution_type"))
    assert values["level"] in (None, "prefecture")
    for said in ("province '胡南省'", "year '2O20'", "institution_type '法院'", "level '某级'"):
        assert f"{said} in metadata.csv is not known and was left out" in notes


def test_docvars_are_the_columns_of_the_users_own() -> None:
    assert docvars({"topic": "执行", "province": "吉林省", "file": "a", "text": "b"}) == {"topic": "执行"}


def test_who_speaks_for_the_nation_is_read_where_the_nation_is_stated() -> None:
    lexicon, stated = load_lexicon(), {"level": "国家级", "title": "1964年国务院政府工作报告"}
    for text, known in (("各位代表：\n我代表国务院作报告。", {"level": "国家级"}), ("五年来，各业前进。", stated)):
        values, _ = describe(Draft("a.txt", text), known, lexicon)
        said = (values["level"], values["institution"], values["institution_type"])
        assert said == ("national", "国务院", "government")
    values, _ = describe(DRAFT, {"level": "国家级"}, lexicon)
    assert (values["level"], values["institution"]) == ("national", None)  # the text's is one of 长春
