"""Bytes to text."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reading.encodings import COMMON, Unreadable, commonness, decode

SIMPLIFIED = "全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众满意。"
TRADITIONAL = "本縣各機關應當依照法律規定辦理業務，並於期限內將結果報告縣議會，不得遲延。"


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (SIMPLIFIED, ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]),
        (TRADITIONAL, ["big5", "big5hkscs", "utf-16-le", "gb18030"]),
    ],
)
def test_text_comes_back_from_every_encoding(text: str, encodings: list[str]) -> None:
    assert [decode(text.encode(encoding)).text for encoding in encodings] == [text] * len(encodings)


def test_the_choice_is_recorded_with_its_margin() -> None:
    assert decode(SIMPLIFIED.encode("utf-8")).encoding == "utf-8"
    assert decode(SIMPLIFIED.encode("utf-8-sig")).encoding == "utf-8-sig (byte order mark)"
    big5 = decode(TRADITIONAL.encode("big5")).encoding
    assert big5.startswith("big5hkscs (0.") and "; next gb18030 0." in big5


def test_a_cut_off_last_character_is_dropped_and_said_so() -> None:
    found = decode(SIMPLIFIED.encode("utf-8") + "会".encode()[:2])
    assert found.text == SIMPLIFIED
    assert found.notes == ("last character cut off (2 bytes dropped)",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (SIMPLIFIED.encode()[:40] + b"\xff\xff" + SIMPLIFIED.encode()[39:], "damaged UTF-8: byte 4"),
        (b"\xef\xbb\xbf" + b"\xff\xfe\xfd" * 9, "the byte order mark says utf-8-sig"),
        (bytes(random.Random(4).randbytes(4000)), "binary data"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "binary data"),
        ("café crème".encode("latin-1"), "no encoding known here"),
    ],
)
def test_damage_is_refused_with_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        decode(data)


@given(st.binary(max_size=400))
def test_whatever_the_bytes_they_are_text_or_refused(data: bytes) -> None:
    try:
        found = decode(data)
    except Unreadable as error:
        assert str(error)
    else:
        spelt_out = (b"\xef\xbf\xbd", b"\xfd\xff", b"\xff\xfd", b"\x84\x31\xa4\x37")
        assert "\ufffd" not in found.text or any(code in data for code in spelt_out)


@given(st.text(alphabet=sorted(COMMON), min_size=8, max_size=60), st.sampled_from(["utf-8", "gb18030"]))
def test_common_characters_survive_the_way_there_and_back(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-be"])
@given(at=st.integers(10, 1200))
def test_a_lost_byte_is_noted_or_refused(encoding: str, at: int) -> None:
    data = (SIMPLIFIED * 20).encode(encoding)
    assert decode(data).notes == ()
    try:
        assert decode(data[:at] + data[at + 1 :]).notes
    except Unreadable as error:
        assert "damaged" in str(error) or "binary" in str(error)


def test_the_note_says_where_the_damage_begins() -> None:
    data = (SIMPLIFIED * 20).encode("gb18030")
    notes = decode(data[:1001] + data[1002:]).notes
    assert notes[-1].startswith("perhaps damaged at character 50")


@pytest.mark.parametrize("encoding", ["big5hkscs", "gb18030"])
def test_where_a_lost_byte_leaves_one_letter_most_losses_are_told(encoding: str) -> None:
    data = (TRADITIONAL * 6).encode(encoding)
    silent = 0
    for at in range(10, len(data) - 10):
        try:
            silent += not decode(data[:at] + data[at + 1 :]).notes
        except Unreadable:
            continue
    assert silent < 0.25 * (len(data) - 20)


def test_letters_in_common_use_are_no_damage() -> None:
    text = TRADITIONAL * 3 + "發行A股，列為B類區、C級，“N”個，分A、B兩組（D）。"
    assert decode(text.encode("big5hkscs")).notes == ()


def test_no_document_of_the_corpora_is_said_to_be_damaged(shared: Path) -> None:
    for file in sorted(shared.glob("corpora/*/txt/*.txt"))[::25]:
        text = file.read_text(encoding="utf-8-sig")
        assert decode(text.encode("gb18030")).notes == ()


def test_commonness_is_a_share() -> None:
    assert commonness("法院法院") == 1.0
    assert commonness("法鑫鑫鑫") == 0.25
    assert commonness("plain") == 1.0
