"""The benchmark of reading: verdicts on a made-up corpus, and what is reached on the real ones."""

from pathlib import Path

import pytest

from analysis.evaluate.reading import Case, Truth, _split, acts, calibration, corpora, summary, units, verdicts

COURT = "鸡西中院召开会议\n2021年8月3日，鸡西中院召开会议，部署工作，要求全院干警认真落实各项任务。"
ACT = "某市条例\n2003年7月18日 北京市人民代表大会常务委员会通过\n2014年2月21日 修正\n第一条 为了规范，制定本条例。"


def case(folder: Path, text: str, *truth: object) -> Case:
    path = folder / f"{len(list(folder.iterdir()))}.txt"
    path.write_text(text, encoding="utf-8")
    return Case(path, path.name, (Truth(*truth),))  # type: ignore[arg-type]


def test_verdicts_tell_right_from_wrong_bounded_and_unknown(tmp_path: Path) -> None:
    cases = [
        case(tmp_path, COURT, "黑龙江省", "鸡西市", "prefecture", 2021),
        case(tmp_path, COURT, "湖南省", None, "province", 2020),
        case(tmp_path, "学习党的二十大精神，大家都要认真工作，做好服务，让群众满意。", "湖南省", "", "province", 2023),
        case(tmp_path, "学习党的二十大精神，大家都要认真工作，做好服务，让群众满意。", "", "", "national", 2019),
    ]
    found = verdicts(cases, "made up", quick=False)
    opaque = found[found["names"] == "opaque"].set_index(["number", "field"])["verdict"]
    fields = ["level", "province", "prefecture", "year"]
    assert [opaque.loc[n][fields].tolist() for n in range(4)] == [
        ["right"] * 4, ["wrong", "wrong", "no label", "wrong"],
        ["unknown", "unknown", "unknown", "bounded"], ["unknown", "unknown", "unknown", "wrong"],
    ]  # fmt: skip
    table = summary(found).loc[("made up", "opaque", "year")]
    assert table.to_dict() == {"documents": 4, "right": 1, "wrong": 2, "bounded": 1, "unknown": 0, "no label": 0}
    explicit = calibration(found).loc[("opaque", "province", "explicit", "all")]
    assert (explicit["values"], explicit["right"], explicit["share"]) == (2, 1, 0.5)


@pytest.mark.parametrize(("label", "means"), [(2003, "an earlier version"), (2019, "later than any date")])
def test_labels_of_acts_that_are_of_another_day_are_counted_apart(tmp_path: Path, label: int, means: str) -> None:
    found = verdicts([case(tmp_path, ACT, "北京市", "", "province", label)], "regulations", quick=False)
    (named,) = acts(found).loc["opaque"].index
    assert named.startswith(means)
    row = calibration(found).loc[("opaque", "year", "explicit", "regulations")]
    assert (row["right"], row["other_day"], row["share"]) == (0, 1, 0.0)


def test_labels_of_regions_are_split() -> None:
    assert _split("四川省阿坝藏族羌族自治州") == ("四川省", "阿坝藏族羌族自治州")
    assert _split("西藏自治区") == ("西藏自治区", "") and _split("全国") == ("", "")


def test_every_unit_of_today_is_right_in_a_title_or_unknown_where_its_name_is_shared() -> None:
    table = units(quick=True)
    assert table["wrong"].sum() == 0
    assert table.loc[("county", "nested"), "unknown"] == 0 and table.loc[("county", "name alone"), "right"] > 140


def test_nothing_is_wrong_in_the_messy_files_and_the_seeds(shared: Path) -> None:
    cases = corpora(shared)
    found = verdicts([*cases["messy"][::6], *cases["seeds"]], "some", quick=False)
    assert found.loc[found["verdict"] == "wrong", ["file", "field", "label", "read"]].to_numpy().tolist() == []
