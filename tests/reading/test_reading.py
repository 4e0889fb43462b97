"""From a folder to a corpus and its report."""

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest

import analysis as da
from analysis.corpus import REMOVALS, Corpus
from analysis.reading import REPORT, read_corpus

JILIN = (
    "2021年3月5日，长春市中级人民法院召开全市法院工作会议，总结2020年工作，部署2021年工作。\n"
    "会议要求，全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众满意。"
)
HUNAN = (
    "湖南省司法厅近日印发通知，部署2022年公共法律服务工作。\n"
    "通知要求，各级司法行政机关要把律师、公证、调解、仲裁资源送到乡村，让群众少跑腿、多受益，把服务做到家门口。"
)


def _report(corpus: Corpus) -> dict[str, dict[str, object]]:
    return corpus.report.set_index("file").to_dict("index")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "语料"
    (root / "夹").mkdir(parents=True)
    (root / "长春.txt").write_bytes(f"全市法院工作会议召开\n{JILIN}".encode("gb18030"))
    (root / "夹" / "湖南.md").write_text(f"---\ntitle: 公共法律服务下乡\n---\n{HUNAN}", encoding="utf-8")
    (root / "长春转载.txt").write_text(JILIN, encoding="utf-8")
    (root / "图.jpg").write_bytes(b"\xff\xd8")
    (root / "空.txt").write_bytes(b"")
    return root


def test_a_folder_becomes_a_corpus(folder: Path) -> None:
    corpus = read_corpus(folder)
    assert list(corpus.docs.index) == ["湖南", "长春"]
    assert list(corpus.docs["source"]) == ["夹/湖南.md", "长春.txt"]
    assert list(corpus.docs["title"]) == ["公共法律服务下乡", "全市法院工作会议召开"]
    assert list(corpus.docs["province"]) == ["湖南省", "吉林省"]
    assert corpus.docs.loc["长春", "text"] == JILIN and corpus.docs.loc["长春", "n_chars"] == len(JILIN)
    assert corpus.docs.loc["长春", "year"] == 2021


def test_the_report_has_a_line_for_every_file(folder: Path) -> None:
    corpus = read_corpus(folder)
    assert tuple(corpus.report.columns) == REPORT and list(corpus.report["file"]) == sorted(corpus.report["file"])
    rows = _report(corpus)
    assert {file: row["status"] for file, row in rows.items()} == {
        "图.jpg": "skipped", "夹/湖南.md": "read", "空.txt": "failed", "长春.txt": "read",
        "长春转载.txt": "duplicate",
    }  # fmt: skip
    assert "same text as 长春.txt (doc_id 长春), which is kept; overlap 100%" in rows["长春转载.txt"]["reason"]
    assert rows["长春.txt"]["encoding"].startswith("gb18030 (0.")
    assert corpus.report["n_documents"].sum() == len(corpus)


def test_what_was_taken_out_is_counted_in_the_report_and_listed(folder: Path) -> None:
    page = f"<p>{HUNAN[:33]}</p>\n[责任编辑：张三]\n{JILIN[5:]}\n上一篇：无"
    (folder / "网页.txt").write_text(page, encoding="utf-8")
    corpus = read_corpus(folder)
    assert tuple(corpus.removals.columns) == REMOVALS
    said = [("button", "上一篇：无"), ("editor", "[责任编辑：张三]"), ("tag", "</p>"), ("tag", "<p>")]
    listed = corpus.removals[corpus.removals["doc_id"] == "网页"].values.tolist()
    assert listed == [["网页.txt", "网页", kind, text, 1] for kind, text in said]
    assert _report(corpus)["网页.txt"]["removed"] == "button 1; editor 1; tag 2"


def test_the_recipe_names_files_by_digest_and_nothing_else(folder: Path) -> None:
    (step,) = read_corpus(folder).recipe
    assert list(step) == ["step", "name", "note_zh", "note_en", "files", "documents"]
    assert (step["step"], step["name"], step["documents"]) == ("read", "语料", 2)
    assert step["files"]["长春.txt"] == hashlib.sha256((folder / "长春.txt").read_bytes()).hexdigest()
    assert str(folder.parent) not in json.dumps(step, ensure_ascii=False)
    assert json.dumps(step) == json.dumps(read_corpus(folder).recipe[0])


def test_settings_of_the_corpus_go_into_the_recipe(folder: Path) -> None:
    (folder / "corpus.toml").write_text('name = "样本"\nnote_zh = "示例"\n', encoding="utf-8")
    corpus = read_corpus(folder)
    assert [corpus.recipe[0][key] for key in ("name", "note_zh", "note_en")] == ["样本", "示例", ""]
    assert _report(corpus)["corpus.toml"]["status"] == "skipped"


def test_metadata_beside_the_files_goes_first_and_a_mismatch_is_said(folder: Path) -> None:
    table = "file,province,year,title,topic\n长春.txt,辽宁省,2019,新题,执行\n夹/湖南.md,,,,普法\n没有.txt,,,,\n"
    (folder / "metadata.csv").write_text(table, encoding="utf-8-sig")
    corpus = read_corpus(folder)
    row = corpus.docs.loc["长春"]
    assert (row["province"], row["region"], row["year"], row["title"]) == ("辽宁省", "辽宁", 2019, "新题")
    assert (row["region_status"], row["year_status"], row["topic"]) == ("given", "given", "执行")
    assert corpus.docs.loc["湖南", "province"] == "湖南省" and corpus.docs.loc["湖南", "topic"] == "普法"
    report = _report(corpus)
    assert "metadata.csv says province 辽宁省, the text 吉林省" in report["长春.txt"]["reason"]
    assert "1 rows fit no document: 没有.txt" in report["metadata.csv"]["reason"]


def test_a_table_of_documents_keeps_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    rows = f'标题,年份,省份,主题,正文\n甲,2018,吉林,执行,"{JILIN}"\n乙,2020,湖南,普法,"{HUNAN}"\n'
    path.write_text(rows, encoding="utf-8")
    docs = read_corpus(path).docs
    assert list(docs.index) == ["表#1", "表#2"]
    assert list(docs["year"]) == [2018, 2020] and list(docs["region"]) == ["吉林", "湖南"]
    assert list(docs["主题"]) == ["执行", "普法"] and set(docs["year_status"].astype(str)) == {"given"}


def test_copies_in_a_table_get_lines_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text(f'doc_id,text\na,"{JILIN}"\nb,"{HUNAN}"\nc,"{JILIN}"\n', encoding="utf-8")
    corpus = read_corpus(path)
    assert list(corpus.docs.index) == ["a", "b"]
    rows = _report(corpus)
    assert rows["表.csv"]["n_documents"] == 2 and rows["表.csv#3"]["status"] == "duplicate"


def test_a_zip_and_a_single_file_are_corpora_too(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "来稿.zip", "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(folder).as_posix())
    zipped = read_corpus(tmp_path / "来稿.zip")
    assert list(zipped.docs.index) == ["湖南", "长春"]
    assert zipped.docs.loc["长春", "source"] == "来稿.zip/长春.txt"
    assert len(read_corpus(folder / "长春.txt")) == 1
    assert list(da.read_corpus(str(folder)).docs.index) == ["湖南", "长春"]


def test_reading_twice_gives_the_same_and_it_survives_being_saved(folder: Path, tmp_path: Path) -> None:
    first, second = read_corpus(folder), read_corpus(folder)
    assert first.docs.to_csv() == second.docs.to_csv() and first.report.equals(second.report)
    first.save(tmp_path / "gespeichert")
    again = da.load_corpus(tmp_path / "gespeichert")
    assert again.docs.to_csv() == first.docs.to_csv() and again.recipe == first.recipe


def test_a_path_with_nothing_in_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No file or folder '.*nirgends'; give a folder of documents"):
        read_corpus(tmp_path / "nirgends")
    (tmp_path / "leer").mkdir()
    with pytest.raises(ValueError, match="No document in 'leer': it holds no files; put txt"):
        read_corpus(tmp_path / "leer")


def test_a_folder_without_readable_files_says_why_for_each(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "b.txt").write_bytes(b"")
    (tmp_path / "README.md").write_text("说明", encoding="utf-8")
    said = r"3 files looked at: README.md .*; a.jpg \(no reader.*; b.txt \(the file is empty\)"
    with pytest.raises(ValueError, match=said):
        read_corpus(tmp_path)


def test_every_hostile_file_is_a_line_of_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "好.txt").write_text(JILIN, encoding="utf-8")
    (tmp_path / "脚本.html").write_text("<html><script>while(1);</script></html>", encoding="utf-8")
    (tmp_path / "程序.txt").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40)
    (tmp_path / "锁.txt").write_text(HUNAN, encoding="utf-8")
    with (tmp_path / "大.txt").open("wb") as file:
        file.truncate(200 << 20)
    with zipfile.ZipFile(tmp_path / "弹.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("弹.txt", b"0" * (8 << 20))
        archive.writestr("../出.txt", HUNAN)
    (tmp_path / "圈").symlink_to(tmp_path)
    read = Path.read_bytes

    def deny(path: Path) -> bytes:
        if path.name == "锁.txt":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", deny)
    rows = {file: (row["status"], str(row["reason"])) for file, row in _report(read_corpus(tmp_path)).items()}
    rows |= {file: (status, re.sub(r"packed \d+", "packed #", reason)) for file, (status, reason) in rows.items()}
    assert rows == {
        "好.txt": ("read", ""),
        "脚本.html": (
            "failed",
            "a web page without text (perhaps filled in by scripts); save the text from the browser",
        ),
        "程序.txt": ("failed", "binary data, not text; give the file the ending of its real format"),
        "锁.txt": ("failed", "cannot be opened (Permission denied); allow reading it"),
        "大.txt": (
            "failed",
            "larger than 100 MB (text: 20 MB); split it into smaller files, one for each document or year",
        ),
        "弹.zip/弹.txt": ("failed", "packed # to 1, which no text is; check the archive"),
        "弹.zip/../出.txt": ("failed", "its path leads out of the archive; pack it again without ../"),
        "圈": ("skipped", "a link to a folder; give that folder's own path"),
    }


def test_the_five_seeds_are_eight_documents(shared: Path) -> None:
    corpus = read_corpus(shared / "seeds")
    truth = ["吉林省", "吉林省", "辽宁省", "黑龙江省", "广西壮族自治区", "湖南省", "北京市", "黑龙江省"]
    assert list(corpus.docs["province"]) == truth
    assert list(corpus.docs["author"].dropna()) == ["邢阳", "林金文", "杨龙金", "叶大华", "程显波"]
    assert set(corpus.report["status"]) == {"read"}
    removed = corpus.report.set_index("file")["removed"]
    assert "repeated paragraph 2" in removed.iloc[1] and "site suffix 1" in removed.iloc[1]
    for rubbish in ("bookmark", "<", "责任编辑", "标签", "记者邢阳", ",全"):
        assert not corpus.docs["text"].str.contains(rubbish, regex=False).any()


def test_every_messy_file_ends_in_documents_or_a_line(shared: Path) -> None:
    files = sorted((shared / "corpora" / "messy" / "files").iterdir())
    corpus = read_corpus(files[0].parent)
    reported = set(corpus.report["file"].str.split("/").str[0].str.partition("#")[0])
    assert reported == {file.name.partition("#")[0] for file in files}
    good = corpus.report[corpus.report["status"].isin(["read", "partly"])]
    assert good["n_documents"].sum() == len(corpus)
    duplicates = corpus.report[corpus.report["status"] == "duplicate"]["file"]
    assert "025_承德.txt" in set(duplicates) and duplicates.str.startswith("011_").sum() == 5
    chengde = corpus.docs.loc["015_承德", "text"].split("\n")
    assert len(chengde) < 60 and not any("—" in line and len(line) < 8 for line in chengde)
