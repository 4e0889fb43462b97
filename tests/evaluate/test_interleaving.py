"""Files of interleaved articles, made and taken apart."""

from pathlib import Path

import pytest

from analysis.evaluate.interleaving import _KINDS, _Fragment, _pooled, _score, _Source, make_file, table

DOCUMENTS = [
    _Source(f"{name}省长", f"2025年{name}工作报告", tuple(f"{name}第{n}段，" + "字" * 90 + "。" for n in range(12)))
    for name in ("吉林省", "湖南省", "安徽省", "广东省", "四川省")
]


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("bylines", [True, False])
def test_a_made_file_holds_every_paragraph_once(kind: str, bylines: bool) -> None:
    made = make_file(DOCUMENTS, kind, bylines, seed=3)
    assert made == make_file(DOCUMENTS, kind, bylines, seed=3)
    fragments = sorted((item for item in made if isinstance(item, _Fragment)), key=lambda f: (f.of, f.at))
    for k in {f.of for f in fragments}:
        own = [f for f in fragments if f.of == k]
        assert [f.at for f in own] == list(range(len(own)))
        source = next("".join(s.paragraphs) for s in DOCUMENTS if own[0].text in "".join(s.paragraphs))
        assert "".join(f.text for f in own) in source


def test_scores() -> None:
    places = (("甲甲", 0, 0, True), ("乙乙", 1, 0), ("丙丙", 0, 1), ("丁丁", 1, 1))
    fragments = [_Fragment(*place) for place in places]
    whole = _pooled([_score(fragments, ["甲甲丙丙", "乙乙丁丁"], "")])
    assert (whole["paragraph_accuracy"], whole["kendall_tau"], whole["cut_sentences_joined"]) == (1, 1, 1)
    mixed = _pooled([_score(fragments, ["丙丙甲甲", "乙乙", "丁丁"], "丁丁")])
    assert (mixed["paragraph_accuracy"], mixed["documents_found"], mixed["doubtful_wrong"]) == (0.75, 3, 1)
    assert mixed["cut_sentences_joined"] == 0
    assert _pooled([_score(fragments, ["甲甲乙乙丙丙丁丁"], "")])["paragraph_accuracy"] == 0.5


def test_the_table_on_real_documents(shared: Path) -> None:
    found = table(shared, quick=True, kinds=("one after the other", "two columns"))
    assert len(found) == 8
    accuracy = found.groupby("kind")["paragraph_accuracy"].mean()
    assert accuracy["one after the other"] > 0.95 and accuracy["two columns"] > 0.6
