"""Queries to document variables beyond what ``Corpus.subset`` shows."""

import pandas as pd

from analysis.docvars import named, select_rows, suggest


def test_a_query_on_numbered_categories_compares_numbers():
    docvars = pd.DataFrame({"topic": pd.Categorical([3, 1, 3])})
    assert select_rows(docvars, "topic == 3").tolist() == [True, False, True]


def test_suggest_is_silent_where_nothing_is_near():
    assert suggest("zzz", ["province"]) == ""


def test_the_docvars_a_query_names():
    docvars = pd.DataFrame(columns=["year", "region", "text"])
    assert named("region.notna() and year > 2019 and 'text' != ''", docvars) == ["year", "region"]
    assert named("`my docvar` == 1", docvars) == []
