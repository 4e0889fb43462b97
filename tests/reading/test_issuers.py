"""Short ways of looking that find what the long ones find."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reading.institutions import KINDS, NAMED
from analysis.reading.issuers import _MEDIA, without_media

PIECES = st.sampled_from([
    "吉林", "日报", "本报", "新华社", "长春", "3月5日", "电", "讯", "来源", "：", "新闻网", "社", "，", "\n", "全媒体",
    "频道", "a", "来 源:", "晚报",
])  # fmt: skip


@given(st.lists(PIECES, max_size=20).map("".join))
def test_newspapers_are_found_where_one_search_of_the_whole_text_finds_them(text: str) -> None:
    assert without_media(text) == _MEDIA.sub("", text)
    assert without_media(text, "＊") == _MEDIA.sub(lambda match: "＊" * len(match[0]), text)


@settings(max_examples=400)
@given(st.sampled_from([form for kind in KINDS.values() for form in kind[1:]]).flatmap(st.from_regex))
def test_every_institution_begins_with_a_character_looked_at(text: str) -> None:
    """``NAMED`` looks only where one of the first characters of its patterns stands."""
    slow = re.compile(NAMED.pattern.partition("(?:")[2][:-1])
    assert [match.span() for match in NAMED.finditer(text)] == [match.span() for match in slow.finditer(text)]
