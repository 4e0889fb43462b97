"""The public functions as a hostile user calls them: what is refused names argument, value and remedy."""

import inspect

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import analysis as da
from analysis.arguments import _kinds

HERE = "region == '吉林'"
FUNCTIONS = [name for name in da.__all__ if inspect.isfunction(getattr(da, name))]
ARGUMENTS = [
    (name, argument)
    for name in FUNCTIONS
    for argument in inspect.signature(getattr(da, name)).parameters
    if _kinds(getattr(da, name), argument)
]


@pytest.fixture(scope="module")
def nouns(tmp_path_factory):
    """A corpus and what is made of it; two documents a region."""
    places, text = ["吉林省", "湖南省"] * 2, "依法治国，推进扫黑除恶。\n法院审理案件，服务乡村振兴。"
    corpus = da.make_corpus(pd.DataFrame({"text": text, "province": places, "year": [2019, 2020, 2021, 2022]}))
    lexicon = da.load_lexicon()
    tokens = da.tokenize(corpus, lexicon)
    occ = da.slogans(corpus, lexicon)
    shards = da.write_shards(corpus, tmp_path_factory.mktemp("shards"))
    return {
        "corpus": corpus, "lexicon": lexicon, "tokens": tokens, "dfm": da.dfm(tokens), "occ": occ, "shards": shards,
        "edges": da.cooccurrence(occ, corpus), "grouped": da.dfm(tokens).group("region"),
    }  # fmt: skip


def test_every_function_of_nouns_is_looked_at():
    assert {name for name, _ in ARGUMENTS} == set(FUNCTIONS) - {"load_stopwords"}


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_an_argument_of_another_type_is_named_with_the_remedy(name, argument):
    with pytest.raises(TypeError, match=rf"^{name}: {argument}=<object>; give .+\.$"):
        getattr(da, name)(**{argument: object()})


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda n: da.frequency(n["corpus"]), TypeError, r"dfm=<Corpus>; give a Dfm, as dfm\(tokenize"),
        (lambda n: da.frequency(n["dfm"], np.nan), TypeError, "by=nan; give a text or a list of texts or None"),
        (lambda n: da.frequency(n["dfm"], ["region", None]), TypeError, r"by=\['region', None\]; give"),
        (lambda n: da.frequency(n["dfm"], ["region"] * 2), ValueError, "by=.* names a docvar twice"),
        (lambda n: da.coverage(n["corpus"], []), ValueError, r"by=\[\] names no docvar"),
        (lambda n: da.coverage(n["corpus"], "regoin"), KeyError, "No docvar 'regoin'; did you mean 'region'"),
        (lambda n: da.keyness(n["dfm"], None), TypeError, "target=None; give a text"),
        (lambda n: da.keyness(n["dfm"], HERE, seed=None), TypeError, "seed=None; give a whole number"),
        (lambda n: da.keyness(n["dfm"], HERE, seed=-1), ValueError, "seed=-1; give a whole number, 0 or"),
        (lambda n: da.keyness(n["dfm"], HERE, resamples=1e4), TypeError, "resamples=10000.0; give a whole"),
        (lambda n: da.keyness(n["grouped"], HERE), ValueError, "this dfm is grouped: pass it as before"),
        (lambda n: da.separating(n["occ"], n["corpus"], n=0), ValueError, "n=0; give a whole number, 1 or more"),
        (lambda n: da.separating(n["occ"], n["corpus"], n=True), TypeError, "n=True; give a whole number or None"),
        (lambda n: da.separating(n["shards"], n["corpus"]), TypeError, "occ=<Shards>; give a DataFrame, as slogans"),
        (lambda n: da.slogans(n["corpus"], n["shards"]), TypeError, "lexicon=<Shards>; give a Lexicon, as load"),
        (lambda n: da.adoption(n["edges"], n["corpus"]), ValueError, r"occ lacks the columns \['doc_id', .* slogans"),
        (lambda n: da.network(n["occ"]), ValueError, r"edges lacks the columns \['a', 'b', .* what cooccurrence\(occ"),
        (lambda n: da.survival(pd.DataFrame()), ValueError, r"table lacks .* give what multiverse\(study, target\)"),
        (lambda n: da.backbone(nx.Graph([("a", "b", {"n_ab": 1})]), weight="nab"), ValueError, "did you mean 'n_ab'"),
        (lambda n: da.kwic(n["corpus"], 3), TypeError, "pattern=3; give a text or a list of texts or a Lexicon"),
        (lambda n: da.open_study(3), TypeError, "path=3; give a text or a path or None"),
        (lambda n: da.frequency(n["dfm"], bye="region"), TypeError, "unexpected keyword argument 'bye'"),
        (lambda n: n["corpus"].subset(2019), TypeError, "The query 2019 is no text"),
        (lambda n: n["corpus"].subset("year == @y"), ValueError, "@y in the query 'year == @y' is not known here"),
        (lambda n: n["corpus"].subset("`no such` == 1"), KeyError, "No docvar 'no_such'"),
        (lambda n: da.write_shards(n["corpus"], __file__), ValueError, "is not empty; name a new folder"),
    ],
)  # fmt: skip
def test_what_is_refused_names_argument_value_and_remedy(nouns, call, error, said):
    with pytest.raises(error, match=said):
        call(nouns)


TABLES = {
    "coverage": lambda c, occ, tokens, dfm: da.coverage(c),
    "review": lambda c, occ, tokens, dfm: da.review(c),
    "kwic": lambda c, occ, tokens, dfm: da.kwic(c, "法院"),
    "slogans": lambda c, occ, tokens, dfm: occ,
    "discover": lambda c, occ, tokens, dfm: da.discover(c, da.load_lexicon()),
    "adoption": lambda c, occ, tokens, dfm: da.adoption(occ, c),
    "cooccurrence": lambda c, occ, tokens, dfm: da.cooccurrence(occ, c, by="region"),
    "cooccurrence of words": lambda c, occ, tokens, dfm: da.cooccurrence(tokens),
    "centrality": lambda c, occ, tokens, dfm: da.centrality(occ, c),
    "separating": lambda c, occ, tokens, dfm: da.separating(occ, c),
    "frequency": lambda c, occ, tokens, dfm: da.frequency(dfm, "region"),
    "dispersion": lambda c, occ, tokens, dfm: da.dispersion(dfm, "region"),
    "tfidf": lambda c, occ, tokens, dfm: da.tfidf(dfm, "region"),
    "class_tfidf": lambda c, occ, tokens, dfm: da.class_tfidf(dfm, "region"),
    "trend": lambda c, occ, tokens, dfm: da.trend(dfm),
    "change_points": lambda c, occ, tokens, dfm: da.change_points(dfm, ["法院"]),
    "bursts": lambda c, occ, tokens, dfm: da.bursts(dfm, ["法院"]),
    "divergence_matrix": lambda c, occ, tokens, dfm: da.divergence_matrix(dfm),
    "report": lambda c, occ, tokens, dfm: da.Study(c, da.load_lexicon(), tokens, dfm).report,
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("texts", [[], ["依法治国。"], [""], ["法院依法治国，扫黑除恶。"] * 3])
def test_a_table_of_too_little_says_why_it_is_empty(table, texts):
    corpus = da.make_corpus(pd.DataFrame({"text": pd.Series(texts, dtype="str")}))
    tokens = da.tokenize(corpus)
    found = TABLES[table](corpus, da.slogans(corpus, da.load_lexicon()), tokens, da.dfm(tokens))
    assert {"recipe", "left_out", "notes"} <= set(found.attrs)
    assert len(found) or {"zh", "en"} == set(found.attrs["reason"])
