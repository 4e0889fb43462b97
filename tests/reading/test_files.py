"""Which files there are, in folders and in zip archives."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reading.encodings import Unreadable
from analysis.reading.files import entries, list_files, open_file


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("文", encoding="utf-8")


def test_folders_are_walked_in_order_of_path(tmp_path: Path) -> None:
    _touch(tmp_path, "b.txt", "a/z.txt", "a/y/x.txt", ".git/c.txt", ".hidden", "~$lock.docx", "__MACOSX/a.txt")
    assert [f.path for f in list_files(tmp_path)] == ["a/y/x.txt", "a/z.txt", "b.txt"]


def test_what_is_skipped_says_why(tmp_path: Path) -> None:
    _touch(tmp_path, "_draft.txt", "_old/a.txt", "README.md", "readme", "splits.csv", "sub/ok.txt")
    os.symlink(tmp_path, tmp_path / "sub" / "loop")
    os.symlink(tmp_path / "nowhere", tmp_path / "broken.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    skipped = {f.path: f.skipped for f in list_files(tmp_path)}
    readme, underscore, odd = "a README, not a document", "its name begins with _", "not a regular file"
    assert skipped == {
        "README.md": readme, "_draft.txt": underscore, "_old/a.txt": underscore, "broken.txt": odd, "pipe.txt": odd,
        "readme": readme, "splits.csv": "", "sub/loop": "a link to a folder; give that folder's own path",
        "sub/ok.txt": "",
    }  # fmt: skip


def test_one_file_brings_the_settings_beside_it(tmp_path: Path) -> None:
    _touch(tmp_path, "a.txt", "b.txt", "metadata.csv")
    assert [f.path for f in list_files(tmp_path / "a.txt")] == ["a.txt", "metadata.csv"]


def test_a_zip_is_its_entries(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("来稿/甲.txt", "_x.txt", ".hidden", "__MACOSX/b.txt", "../c.txt"):
            archive.writestr(name, "文")
    (found,) = list_files(tmp_path)
    refused = {e.path: bool(e.refused) for e in open_file(found)}
    assert refused == {"a.zip/../c.txt": True, "a.zip/_x.txt": True, "a.zip/来稿/甲.txt": False}


@pytest.mark.parametrize(
    ("data", "reason"), [(b"PK\x03\x04", "damaged or cut off zip"), (None, "the zip holds no files")]
)
def test_a_zip_without_files_is_one_reason(tmp_path: Path, data: bytes | None, reason: str) -> None:
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    (tmp_path / "a.zip").write_bytes(empty.getvalue() if data is None else data)
    (entry,) = open_file(list_files(tmp_path)[0])
    assert entry.path == "a.zip" and reason in entry.refused


def test_a_folder_that_cannot_be_opened_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _touch(tmp_path, "a.txt", "zu/b.txt")
    scan = os.scandir

    def deny(folder: str) -> object:
        if Path(folder).name == "zu":
            raise PermissionError(13, "Permission denied", folder)
        return scan(folder)

    monkeypatch.setattr(os, "scandir", deny)
    assert {f.path: f.skipped for f in list_files(tmp_path)} == {
        "a.txt": "",
        "zu": "cannot be opened (Permission denied); allow reading it",
    }


def _zip(*files: tuple[str, bytes], packed: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return stream.getvalue()


def test_gbk_names_without_the_flag_are_decoded() -> None:
    name = "2025年吉林省政府工作报告.txt"
    raw = _zip(("x" * len(name.encode("gbk")), b"1")).replace(b"x" * len(name.encode("gbk")), name.encode("gbk"))
    assert [entry.path for entry in entries(raw, "a.zip")] == [f"a.zip/{name}"]


def test_flagged_and_plain_names_stay() -> None:
    found = entries(_zip(("来稿/甲.txt", b"1"), ("b.txt", b"2"), ("夹/", b"")), "a.zip")
    assert [(e.path, e.data) for e in found] == [("a.zip/b.txt", b"2"), ("a.zip/来稿/甲.txt", b"1")]


def test_a_zip_in_a_zip_is_opened_a_third_is_not() -> None:
    third = _zip(("c.txt", b"3"))
    found = list(entries(_zip(("in.zip", _zip(("b.txt", b"2"), ("deep.zip", third)))), "a.zip"))
    said = [(e.path, e.data, bool(e.refused)) for e in found]
    assert said == [("a.zip/in.zip/b.txt", b"2", False), ("a.zip/in.zip/deep.zip", b"", True)]


@pytest.mark.parametrize("name", ["../evil.txt", "a/../../evil.txt", "/etc/evil.txt", "C:/evil.txt", "..\\evil.txt"])
def test_names_that_climb_out_are_refused(name: str) -> None:
    (entry,) = entries(_zip((name, b"1")), "a.zip")
    assert entry.data == b"" and "leads out of the archive" in entry.refused


def test_a_damaged_entry_does_not_take_the_others_along() -> None:
    raw = bytearray(_zip(("a.txt", b"first file"), ("b.txt", b"second file")))
    raw[raw.index(b"first file")] ^= 0xFF
    found = {e.path: e.refused for e in entries(bytes(raw), "a.zip")}
    assert found == {"a.zip/a.txt": "damaged in the archive; get the archive again", "a.zip/b.txt": ""}


def test_protected_entries_are_refused() -> None:
    raw = bytearray(_zip(("a.txt", b"1")))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    (entry,) = entries(bytes(raw), "a.zip")
    assert "protected by a password" in entry.refused


@given(st.integers(0, 400), st.binary(min_size=1, max_size=20))
def test_whatever_the_bytes_entries_or_one_reason(at: int, noise: bytes) -> None:
    whole = _zip(("甲.txt", b"some text" * 9), ("b.zip", _zip(("c.txt", b"3"))), packed=zipfile.ZIP_DEFLATED)
    at %= len(whole)
    for damaged in (whole[:at] + noise + whole[at + len(noise) :], whole[:at]):
        try:
            assert all(isinstance(entry.data, bytes) for entry in entries(damaged, "a.zip"))
        except Unreadable as error:
            assert "zip" in str(error)
