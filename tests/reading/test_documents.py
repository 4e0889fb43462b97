"""Pieces to drafts, and their names."""

from collections import Counter

from analysis.reading.documents import make_drafts, name_drafts
from analysis.reading.draft import Draft, Parsed, Piece

BODY = "会议要求，全市法院要坚持司法为民、公正司法，深入推进法治建设，加强基层治理，努力让人民群众满意，服务大局。"


def test_a_piece_becomes_a_draft() -> None:
    byline, date = "李知行 某市中级人民法院院长", {"date": "2021-03-04"}
    piece = Piece(f"全市会议召开\n{byline}\n{BODY}\n[责任编辑：张三]", metadata=date)
    (draft,), notes = make_drafts("夹/a.txt", Parsed((piece,)))
    removed = Counter({("editor", "[责任编辑：张三]"): 1})
    assert draft == Draft("夹/a.txt", BODY, "全市会议召开", byline, "李知行", date, removed)
    assert notes == []


def test_the_text_names_its_author_before_the_metadata_do() -> None:
    piece = Piece(f"{BODY}\n会议于当日闭幕。某某日报记者张望", "全市会议召开_某某网", metadata={"author": "admin"})
    (draft,), _ = make_drafts("a.txt", Parsed((piece,)))
    assert (draft.title, draft.author) == ("全市会议召开", "张望")
    assert set(draft.removed) == {("byline", "某某日报记者张望"), ("site suffix", "_某某网")}


def test_rows_are_never_split_and_carry_their_columns() -> None:
    two = [Piece(f"{BODY}{n}", key=str(n), columns={"province": "吉林"}) for n in (1, 2)]
    drafts, _ = make_drafts("a.csv", Parsed(tuple(two)))
    assert [draft.source for draft in drafts] == ["a.csv#1", "a.csv#2"]
    assert drafts[0].metadata == {"province": "吉林"}


def test_pieces_without_chinese_are_left_out_and_counted() -> None:
    drafts, notes = make_drafts("a.csv", Parsed((Piece("only English", key="1"), Piece(BODY, key="2"))))
    assert [draft.source for draft in drafts] == ["a.csv#2"]
    assert notes == ["1 of 2 without Chinese text"]
    assert make_drafts("a.txt", Parsed((Piece("only English"),))) == ([], [])


def test_names_are_stems_until_they_clash() -> None:
    sources = ["a.txt", "夹/b.txt", "夹/c.docx", "另/c.docx", "d.doc", "d.txt", "v1.2版.txt", "m.txt#1", "m.txt#2"]
    names = name_drafts([Draft(source, "") for source in sources])
    assert names == ["a", "b", "夹/c", "另/c", "d.doc", "d.txt", "v1.2版", "m#1", "m#2"]


def test_keys_name_rows() -> None:
    drafts = [Draft(f"a.csv#{n}", "", key=key) for n, key in enumerate("xyy", 1)]
    assert name_drafts(drafts) == ["x", "a#2", "a#3"]
