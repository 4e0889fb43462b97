"""Documents that say the same."""

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from analysis.reading.draft import Draft
from analysis.reading.duplicates import Duplicate, find_duplicates

CHARACTERS = "法院检察司政府市县省工作会议要求坚持推进加强建设改革发展治理服务保障人民群众依公正案件审判执行"


def _text(seed: int, size: int = 600) -> str:
    return "".join(random.Random(seed).choices(CHARACTERS, k=size))


def copies(texts: list[str]) -> list[Duplicate]:
    return find_duplicates([Draft("", text) for text in texts])


def _jaccard(a: str, b: str) -> float:
    first, second = ({text[i : i + 8] for i in range(len(text) - 7)} for text in (a, b))
    return len(first & second) / len(first | second)


def test_exact_and_near_copies_the_longest_kept() -> None:
    base = _text(1)
    near = base[:-20] + "另外加上一句话。"
    found = copies([_text(2), near, base, _text(3), base])
    assert [(d.which, d.kept) for d in found] == [(1, 2), (4, 2)]
    assert found[0].overlap == _jaccard(near.replace("。", ""), base)
    assert found[1].overlap == 1.0


def test_punctuation_and_line_breaks_do_not_make_a_difference() -> None:
    base = _text(5)
    spaced = "\n".join(base[i : i + 30] + "，" for i in range(0, len(base), 30))
    assert [(d.which, d.kept) for d in copies([base, spaced])] == [(0, 1)]


def test_a_third_of_overlap_is_no_copy() -> None:
    assert copies([_text(1, 600), _text(1, 300) + _text(2, 300)]) == []
    assert copies(["", "", "法院", "检察院"]) == []
    assert [(d.which, d.kept) for d in copies(["法院", "法院"])] == [(1, 0)]


@given(st.lists(st.integers(0, 5), min_size=2, max_size=12), st.integers(0, 40))
def test_one_of_each_text_stays_and_nothing_else_goes(seeds: list[int], edit: int) -> None:
    texts = [_text(seed, 700) + "甲乙丙丁戊己庚辛"[: (n * edit) % 8] for n, seed in enumerate(seeds)]
    found = copies(texts)
    gone = {d.which for d in found}
    assert sorted(seeds[i] for i in range(len(seeds)) if i not in gone) == sorted(set(seeds))
    assert all(seeds[d.which] == seeds[d.kept] and d.kept not in gone for d in found)


def test_many_documents_take_little_time() -> None:
    texts = [_text(n, 400) for n in range(1500)] + [_text(7, 400)] * 300
    assert len(copies(texts)) == 300
    assert len(copies([_text(1, 2000) + f"第{n}号" for n in range(300)])) == 299


def test_the_report_says_under_which_names_one_text_is_filed(tmp_path: Path) -> None:
    from analysis.reading import read_corpus

    for city in ("承德", "来宾", "益阳"):
        (tmp_path / f"{city}.txt").write_text(f"{_text(4)}\n{_text(8)}", encoding="utf-8")
    (tmp_path / "吉林.txt").write_text(f"{_text(6)}\n{_text(9)}", encoding="utf-8")
    report = read_corpus(tmp_path).report.set_index("file")
    assert report["status"].value_counts().to_dict() == {"read": 2, "duplicate": 2}
    said = "the same text is filed under 承德, 来宾, 益阳 (overlap at least 100%); kept here only"
    assert [file for file, reason in report["reason"].items() if said in reason] == ["承德.txt"]
