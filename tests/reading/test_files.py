"""Which files there are."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from analysis.reading.files import list_files, name_refused, open_file


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


def test_a_file_that_cannot_be_opened_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _touch(tmp_path, "a.txt")
    (found,) = list_files(tmp_path)

    def deny(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", deny)
    (entry,) = open_file(found)
    assert entry.refused == "cannot be opened (Permission denied); allow reading it"


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


def test_names() -> None:
    assert name_refused("a/b.txt") == name_refused("metadata.csv") == name_refused("corpus.toml") == ""
