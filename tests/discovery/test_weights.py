"""Which strings may be formulations, and that the better ones weigh more."""

import pandas as pd
import pytest

from analysis.discovery.weights import plausible, weigh

STATISTICS = {
    "n": 30, "n_docs": 20, "variety": 8.0, "cohesion": 9.0, "closed": 0.3, "word_left": 1.0, "word_right": 1.0,
    "carried": 0.3,
}  # fmt: skip


def strings(*phrases: str) -> pd.DataFrame:
    return pd.DataFrame([{"phrase": phrase, **STATISTICS} for phrase in phrases])


@pytest.mark.parametrize(
    "phrase", ["二十个县", "三年", "增长3", "吉林", "法律、法规", "推进的", "发展", "某市法院", "第三次"]
)
def test_what_is_no_formulation_is_left_out(phrase: str) -> None:
    assert plausible(strings(phrase), frozenset({"吉林"})).empty


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [("五个必须", "numeric"), ("好房子", "fixed"), ("稳中求进、提质增效", "enumeration"), ("三农", "numeric")],
)
def test_kinds(phrase: str, kind: str) -> None:
    assert plausible(strings(phrase), frozenset())["kind"].tolist() == [kind]


@pytest.mark.parametrize("column", ["variety", "cohesion", "closed", "carried", "word_left", "word_right"])
def test_weight_is_a_probability_that_grows_with_the_evidence(column: str) -> None:
    table = plausible(strings("好房子", "五个必须"), frozenset())
    more = weigh(table.assign(**{column: table[column] * 1.1}), 10**6)
    assert (more > weigh(table, 10**6)).all() and (more < 1).all()
