"""A multiverse: composed documents in which one difference is everywhere and one is a single document's."""

import pandas as pd
import pytest

import analysis as da
from analysis.robustness import _compared, multiverse, survival

REGIONS = ["吉林省", "辽宁省", "湖南省", "广东省", "四川省", "北京市"]


@pytest.fixture(scope="module")
def study():
    rows = []
    for province in REGIONS:
        for year in (2019, 2023):
            for number in range(3):
                then = "企业纠纷依法调解。" if year == 2023 else "道路施工有序开展。"
                words = "桥梁工程建设稳步推进。" * 4 + then * 3
                loud = (province, year, number) == ("吉林省", 2023, 0)
                text = words + "葡萄丰收。" * (60 if loud else 1)
                rows.append({"doc_id": f"{province}{year}{number}", "province": province, "year": year, "text": text})
    return study_of(rows)


def study_of(rows):
    corpus = da.make_corpus(pd.DataFrame(rows))
    lexicon = da.load_lexicon()
    tokens = da.tokenize(corpus, lexicon)
    return da.Study(corpus, lexicon, tokens, da.dfm(tokens))


@pytest.fixture(scope="module")
def table(study):
    return multiverse(study, "year == 2023", "year == 2019", features=["调解", "葡萄", "未见"], strata="region")


def test_a_difference_everywhere_survives_and_one_documents_does_not(table):
    summed = survival(table, "feature").set_index("feature")
    assert summed.share["调解"] == 1
    assert summed.survives["葡萄"] == 0
    assert summed.choices["未见"] == 0
    assert summed.log_ratio_least["调解"] > 1


def test_choices_and_columns(table):
    choices = table.choice.drop_duplicates().tolist()
    assert choices[:5] == ["原做法", "不用词库，只用 jieba", "不分词，按字串", "保留停用词", "不计最长的一篇"]
    assert sorted(choices[5:]) == sorted(f"不计{name[:2]}" for name in REGIONS)
    longest = table[(table.choice == "不计最长的一篇") & (table.feature == "葡萄")].iloc[0]
    assert abs(longest.log_ratio) < 0.1  # the loud document is gone
    assert (longest.docs_target, longest.docs_reference) == (17, 18)
    by_choice = survival(table)
    assert list(by_choice) == ["choice", "found", "survives", "share"]
    assert by_choice.found.tolist() == [2] * len(choices)


def test_strings_are_counted_inside_one_another(study):
    table = multiverse(study, "year == 2023", "year == 2019", features=["纠纷"], resamples=99)
    strings = table[table.choice == "不分词，按字串"].iloc[0]
    assert strings.docs_target == study.corpus.docs.query("year == 2023")["text"].str.contains("纠纷").sum()


def test_without_features_the_leading_twenty_are_taken(study):
    table = multiverse(study, "year == 2023", "year == 2019", resamples=99)
    assert table.feature.nunique() <= 20
    assert table.attrs["recipe"][-1]["step"] == "multiverse"
    assert survival(table).attrs["recipe"][-1] == {"step": "survival", "by": "choice"}


def test_english(study, monkeypatch):
    monkeypatch.setenv("TIFA_LANG", "en")
    table = multiverse(study, "year == 2023", "year == 2019", features=["调解"], resamples=99)
    assert {"as in the study", "without Jilin"} <= set(table.choice)


def test_an_unknown_way_to_sum_up(table):
    with pytest.raises(ValueError, match="by='year'.*'choice' or 'feature'"):
        survival(table, "year")


def test_documents_of_unknown_docvars_are_not_compared_but_counted(study):
    few = study_of({"year": year, "text": "依法调解企业纠纷。"} for year in (2019, 2019, 2023, 2023, None))
    table = multiverse(few, "year == 2023", resamples=9)
    assert table.attrs["left_out"] == survival(table).attrs["left_out"] == 1
    terms = study.terms.take(range(4))
    terms.docvars["region"] = ["吉林", None, "辽宁", None]
    assert _compared(terms, "region == '吉林'", None).tolist() == [True, False, True, False]
