"""Labels: a word in each language for every column, and places by their usual English names."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.adoption import adoption
from analysis.corpus import LEVELS, MACRO_REGIONS, PROVINCES, REGIONS, STATUSES, Corpus
from analysis.discovery.discover import discover
from analysis.kwic import kwic
from analysis.labels import label, lang, say, term
from analysis.lexicon import KINDS, Lexicon, load_lexicon
from analysis.overview import coverage, review, statuses
from analysis.slogans import slogans
from analysis.wording import both, column_of


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TIFA_LANG", request.param)
    return request.param


def has_han(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def test_chinese_unless_english_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lang() == "zh" and label("region") == "地区" and say({"zh": "是", "en": "yes"}) == "是"
    monkeypatch.setenv("TIFA_LANG", "")
    assert lang() == "zh"
    monkeypatch.setenv("TIFA_LANG", "en")
    assert lang() == "en" and label("region") == "region" and say({"zh": "是", "en": "yes"}) == "yes"


def test_another_language_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIFA_LANG", "fr")
    with pytest.raises(ValueError, match="TIFA_LANG='fr' is not a language of the labels; use zh or en"):
        label("region")


def test_a_name_without_a_label_stands_as_it_is(language: str) -> None:
    assert label("third_issue") == "third_issue" and label(2019) == "2019" and label("Tibet") == "Tibet"


def test_topics_are_numbered(language: str) -> None:
    assert label("T3") == {"zh": "主题 3", "en": "topic 3"}[language]
    assert label("T3 法治") == label("T3") + " 法治" and both("T3", "T10", join=("、", ", ")) == (
        "主题 3、主题 10", "topic 3, topic 10"
    )


def test_a_column_is_found_again_by_its_label(language: str) -> None:
    columns = ["word_1", "word_6", "topic_4", "share_2", "item", "topic", "intruder", "answer", "position", "label"]
    assert [column_of(label(column)) for column in columns] == columns
    assert [column_of(name) for name in ("documents", "words", "my own")] == ["documents", "words", "my own"]


@pytest.mark.parametrize("table", ["keyness", "cooccurrence", "tie_contrast", "choose_k", "word_intrusion"])
def test_english_headings_are_words(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    monkeypatch.setenv("TIFA_LANG", "en")
    columns = {
        "keyness": "feature n_target n_reference per_10k_target per_10k_reference docs_target docs_reference",
        "cooccurrence": "n_ab n_a n_b n_contexts docs_a docs_b docs", "choose_k": "k npmi_coherence",
        "tie_contrast": "n_ab_target expected_target log_odds_target share_target", "word_intrusion": "word_1 share_1",
    }[table].split()  # fmt: skip
    for text in map(label, columns):
        assert "_" not in text and not {"n", "k", "ab", "docs", "10k"} & set(text.split())


@pytest.mark.parametrize(
    "value", [*LEVELS[:1], *STATUSES, *MACRO_REGIONS, "court", "procuratorate", "justice", "media", "read", "skipped",
              "duplicate", "failed", "partly", "quoted", "fixed", *(kind for kind in KINDS if kind != "institution")]
)
def test_values_of_docvars_are_words_of_the_language(language: str, value: str) -> None:
    assert has_han(label(value)) == (language == "zh")


def test_every_place_has_an_english_name_of_its_own(language: str) -> None:
    names = [label(p) for p in PROVINCES]
    assert len(set(names)) == 34
    assert not any(map(has_han, names)) if language == "en" else names == list(PROVINCES)
    assert [label(r) for r in REGIONS[:-1]] == (names if language == "en" else list(REGIONS[:-1]))


def test_english_names_of_places_are_the_usual_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIFA_LANG", "en")
    usual = {
        "山西省": "Shanxi", "陕西": "Shaanxi", "内蒙古自治区": "Inner Mongolia", "西藏": "Tibet",
        "广西壮族自治区": "Guangxi", "香港": "Hong Kong", "澳门特别行政区": "Macao", "黑龙江": "Heilongjiang",
        "吉林省": "Jilin", "海南": "Hainan", "重庆市": "Chongqing",
        "新疆维吾尔自治区": "Xinjiang", "台湾省": "Taiwan", "北京市": "Beijing",
    }  # fmt: skip
    assert {name: label(name) for name in usual} == usual
    assert label("长春市") == "长春市" and label("吉林市") == "吉林市"


def tables(corpus: Corpus) -> dict[str, pd.DataFrame]:
    lexicon = Lexicon(pd.DataFrame({"slogan": ["司法为民", "依法治国", "法治建设"]}))
    occ = slogans(corpus, lexicon)
    return {
        "slogans": occ, "adoption": adoption(occ, corpus, by="region"), "coverage": coverage(corpus),
        "kwic": kwic(corpus, "法治"), "discover": discover(corpus, lexicon), "review": review(corpus),
        "statuses": statuses(corpus),
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["slogans", "adoption", "coverage", "kwic", "discover", "review", "statuses"]
)
def test_columns_of_a_table_are_labelled_apart(tiny_corpus: Corpus, language: str, name: str) -> None:
    columns = list(tables(tiny_corpus)[name])
    labels = [label(column) for column in columns]
    assert len(set(labels)) == len(labels)
    if language == "zh" and name != "slogans":
        assert all(map(has_han, labels))


def test_a_term_is_glossed_in_english_where_the_lexicon_can(monkeypatch: pytest.MonkeyPatch) -> None:
    glosses = load_lexicon().glosses
    slogan = "枫桥经验"
    assert term(slogan) == slogan
    monkeypatch.setenv("TIFA_LANG", "en")
    shown = term(slogan).split("\n")
    assert len(shown) <= 2 and all(len(line) <= 34 for line in shown)
    assert glosses[slogan].startswith(shown[0].removesuffix(" …"))
    assert term("没有这个提法") == "没有这个提法"


def test_a_long_term_is_shortened_in_chinese() -> None:
    shown = {n: term("字" * n) for n in range(1, 60)}
    longest = max(n for n, text in shown.items() if text == "字" * n)
    assert 15 < longest < 30
    assert all(text == "字" * (longest - 1) + "…" for n, text in shown.items() if n > longest)
