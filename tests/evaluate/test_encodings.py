"""The table of encodings."""

from pathlib import Path

import pytest

from analysis.evaluate import encodings
from analysis.evaluate.encodings import ENCODINGS, SIZES

TEXT = "全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众满意。"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for corpus in ("a", "b"):
        (tmp_path / "corpora" / corpus / "txt").mkdir(parents=True)
        (tmp_path / "corpora" / corpus / "txt" / "1.txt").write_text(TEXT * 60, encoding="utf-8")
    return tmp_path


def test_every_encoding_and_size_with_and_without_damage(data: Path) -> None:
    table = encodings.table(data, quick=True)
    assert len(table) == 2 * len(ENCODINGS) * len(SIZES)
    assert (table["right"] + table["refused"] + table["noted"] + table["wrong"] == table["n"]).all()
    whole = table[table["damage"] == "none"]
    assert (whole["right"] == 120).all() and whole["wrong_high"].between(0.03, 0.031).all()  # 1 - 0.025 ** (1 / 120)
    assert (table[table["damage"] != "none"]["right"] < 12).all()
    assert table.equals(encodings.table(data, quick=True))


def test_a_folder_without_corpora_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="No corpora/.* give the folder that holds them"):
        encodings.table(tmp_path)


def test_no_whole_piece_of_real_text_is_misread(shared: Path) -> None:
    table = encodings.table(shared, quick=True)
    whole = table[table["damage"] == "none"]
    assert whole["n"].sum() > 300 and whole["wrong"].sum() == 0
