"""Zip archives."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reading.archives import entries
from analysis.reading.encodings import Unreadable


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


def test_bombs_are_refused_unread() -> None:
    found = list(entries(_zip(("a.txt", b"0" * (5 << 20)), packed=zipfile.ZIP_DEFLATED), "a.zip"))
    assert found[0].data == b"" and "to 1, which no text is" in found[0].refused


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
