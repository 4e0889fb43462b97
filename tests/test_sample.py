"""The bundled sample: what it must hold, read as a user would read it, against what was composed."""

from pathlib import Path

import pandas as pd
import pytest

import analysis as da
from analysis.folders import SAMPLE

TRUTH = pd.read_csv(Path(__file__).parent / "sample_truth.csv", keep_default_na=False).set_index("title")


@pytest.fixture(scope="module")
def corpus():
    return da.read_corpus(SAMPLE)


def test_it_is_large_and_varied_enough(corpus):
    docs = corpus.docs
    assert len(docs) >= 48
    assert {"吉林", "辽宁", "黑龙江", "广西", "湖南", "北京"} <= set(docs["region"])
    assert docs["region"].nunique() >= 8
    assert TRUTH["year"].between(2018, 2025).all() and TRUTH["year"].nunique() >= 6
    assert set(docs["level"]) == {"province", "prefecture", "county"}
    assert {"court", "justice", "political-legal-committee", "government"} <= set(docs["institution_type"])
    assert docs["n_chars"].between(500, 1000).all()


def test_it_comes_as_a_users_folder(corpus):
    endings = {Path(file).suffix for file in corpus.report["file"]}
    assert {".txt", ".md", ".html", ".docx", ".pdf"} <= endings
    assert corpus.report["encoding"].str.contains("gb", case=False).any()
    assert corpus.report["file"].str.contains("zip/").any()
    assert (corpus.report["n_documents"] == 3).sum() == 1
    assert (corpus.report["status"] == "duplicate").sum() == 1
    assert (corpus.report["status"] == "failed").sum() == 1
    assert corpus.report["reason"].where(corpus.report["status"] != "read", "-").str.len().min() >= 1


def test_region_is_right_everywhere_and_no_year_is_wrong(corpus):
    docs = corpus.docs.set_index(corpus.docs["title"].str.replace("\n", ""))
    assert set(docs.index) == set(TRUTH.index)
    truth = TRUTH.loc[docs.index]
    assert (docs["province"].astype(str) == truth["province"]).all()
    assert (docs["level"].astype(str) == truth["level"]).mean() >= 0.98
    known = docs["year"].notna()
    assert (docs["year"][known] == truth["year"][known]).all()
    assert known.sum() >= 46
    earliest = docs["date_earliest"].dropna().str[:4].astype(int)
    assert (earliest <= truth.loc[earliest.index, "year"]).all()


def test_no_formulation_is_older_than_its_first_use(corpus):
    lexicon = da.load_lexicon()
    sure = lexicon.entries.query("confidence == 'high' and first_date != ''")["first_date"].str[:4].astype(int)
    occ = da.slogans(corpus, lexicon)
    years = corpus.docs["title"].str.replace("\n", "").map(TRUTH["year"])
    met = occ.assign(year=occ["doc_id"].map(years), first=occ["slogan"].map(sure)).dropna(subset="first")
    early = met[met["year"] < met["first"]]
    assert early.empty, early[["doc_id", "slogan", "year", "first"]].to_string()


def test_mottos_are_regional_and_campaigns_end(corpus):
    occ = da.slogans(corpus, da.load_lexicon())
    where = occ["doc_id"].map(corpus.docs["region"].astype(str))
    assert set(where[occ["slogan"] == "壮美广西"]) == {"广西"}
    years = occ["doc_id"].map(corpus.docs["year"])
    assert years[occ["slogan"] == "三大攻坚战"].max() <= 2021
    assert years[occ["slogan"] == "两个确立"].min() >= 2021


def test_it_says_that_it_is_composed(corpus):
    read = corpus.recipe[0]
    assert "编写" in read["note_zh"]
    assert "composed" in read["note_en"]
