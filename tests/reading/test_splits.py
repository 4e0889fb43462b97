"""What the user says about the articles of a file."""

import re
from pathlib import Path

import pytest

from analysis.reading import read_corpus
from analysis.reading.encodings import Unreadable
from analysis.reading.splits import Row, read_splits, split_as_stated, write_splits

ONE = ["东海开新局", "海港市法院把巡回审判点建在码头边，船东货主不出港区就能立案、调解、开庭。", "一、速裁。"]
TWO = ["北原谱新篇", "草原县司法局把公共法律服务送到蒙古包前，牧民足不出户就能办公证、找律师、学法律。", "二、普法。"]
TEXT = "\n".join([*ONE[:2], *TWO, ONE[2]])


def test_a_line_without_a_row_goes_with_the_line_before() -> None:
    rows = [Row("1", "", "甲"), Row("", "北原", "乙"), Row("6", "一、速裁", "甲")]
    articles = split_as_stated(TEXT, rows)
    assert [article.title for article in articles] == [ONE[0], TWO[0]]
    assert [article.text.split("\n") for article in articles] == [ONE[1:], TWO[1:]]


def test_rows_are_in_reading_order_and_an_empty_article_leaves_lines_out() -> None:
    rows = [Row("6", "", "甲"), Row("1", "", "甲"), Row("3", "", "")]
    (article,) = split_as_stated(TEXT, rows)
    assert f"{article.title}\n{article.text}" == "\n".join([ONE[0], ONE[2], ONE[1]])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([Row("1", "南海", "甲")], "words '南海' begin no line; copy the first words"),
        ([Row("九", "", "甲")], "line '九' is none of 1–6; count the lines"),
        ([Row("7", "", "甲")], "line '7' is none of 1–6"),
        ([Row("1", "", "甲"), Row("", "东海", "乙")], "two rows for line 1 ('东海开新局'); delete one"),
        ([Row("2", "", "甲")], "no row for line 1 ('东海开新局'); say which article"),
        ([Row("", "同样", "甲")], "words '同样' begin lines 7, 8; write more words"),
    ],
)
def test_rows_that_do_not_fit_say_why(rows: list[Row], said: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(said)):
        split_as_stated(TEXT + "\n同样的一行。" * 2 * ("同样" in said), rows)


def test_a_table_without_the_columns_is_refused() -> None:
    for name, table in (("article", b"file,line\na.txt,1"), ("line", b"file,article\na.txt,1")):
        with pytest.raises(Unreadable, match=f"no column '{name}'"):
            read_splits("splits.csv", table)


def test_splits_go_before_what_is_inferred_and_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_text(TEXT.replace("海", "湖"), encoding="utf-8")
    table = "file,words,article\na.txt,东海,甲\na.txt,北原,乙\na.txt,一、速裁,甲\nb.txt,东海,甲\nc.txt,东海,甲\n"
    (tmp_path / "splits.csv").write_text(table, encoding="utf-8")
    corpus = read_corpus(tmp_path)
    reasons = corpus.report.set_index("file")["reason"]
    assert list(corpus.docs.index) == ["a#1", "a#2", "b"]
    assert reasons["a.txt"] == "2 articles, as splits.csv says"
    assert reasons["b.txt"].startswith("splits.csv does not fit and was left out: words '东海' begin no line")
    assert reasons["splits.csv"].endswith("in 2 files; 'c.txt' is no file read; correct the column file")


def test_the_first_splits_written_read_the_same(shared: Path, tmp_path: Path) -> None:
    source = next(shared.glob("seeds/004*.txt"), None)
    if source is None:
        pytest.skip("The interleaved magazine is not among the shared seeds.")
    (tmp_path / source.name).write_bytes(source.read_bytes())
    inferred = read_corpus(tmp_path).docs
    written = write_splits(tmp_path)
    stated = read_corpus(tmp_path)
    assert "as splits.csv says" in stated.report["reason"][0]
    assert (inferred[["title", "author", "text"]] == stated.docs[["title", "author", "text"]]).all(axis=None)
    with pytest.raises(FileExistsError, match="exists already"):
        write_splits(tmp_path)
    written.unlink()
    (tmp_path / source.name).write_text(TEXT, encoding="utf-8")
    with pytest.raises(ValueError, match="write splits.csv by hand"):
        write_splits(tmp_path)
