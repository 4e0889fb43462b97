"""Numbers and days as official documents write them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

FULL = r"((?:19|20)\d\d)(?<!\d{5})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})(?!\d)日?"
COMPACT = r"((?:19|20)\d\d)(?<!\d{5})([01]\d)([0-3]\d)(?!\d)"
YEAR = r"((?:19|20)\d\d)(?<!\d{5})年"
_DIGITS = {char: str(n) for n, chars in enumerate(("〇○零Ｏ", *"一二三四五六七八九")) for char in chars}
_PLAIN = str.maketrans(_DIGITS | {chr(0xFF10 + n): str(n) for n in range(10)})
_WRITTEN = re.compile(
    r"([一二][〇○零Ｏ一二三四五六七八九]{3})年"
    r"(?:([一二三四五六七八九十]{1,2})月)?(?:([一二三四五六七八九十]{1,3})日)?"
)


def chinese_number(numeral: str) -> int:
    """一 → 1 … 十 → 10, 十二 → 12, 二十一 → 21."""
    tens, ten, ones = numeral.rpartition("十")
    return (int(_DIGITS.get(tens, "1")) * 10 if ten else 0) + int(_DIGITS.get(ones, "0"))


def counting(n: int) -> str:
    """1 → 一 … 10 → 十, 12 → 十二, 21 → 二十一, 105 → 一百零五; digits beyond 999."""
    if not 0 < n < 1000:
        return str(n)
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    digits = " 一二三四五六七八九"
    ten = f"{digits[tens] if tens > 1 or hundreds else ''}十" if tens else "零" * bool(hundreds and ones)
    return (f"{digits[hundreds]}百" if hundreds else "") + ten + digits[ones].strip()


@lru_cache(maxsize=8)
def plain(text: str) -> str:
    """Dates in ordinary digits: ２０１９年, 二〇一九年五月二十七日 and 1 9 9 3 年 3 月 become 2019年 …"""
    text = re.sub("[０-９]", lambda match: match[0].translate(_PLAIN), text)
    text = re.sub(r"([12])(?<!\d[12])(?<!\d [12]) (\d) (\d) (\d)(?= ?年)", r"\1\2\3\4", text)
    text = re.sub(r"[ 　](?:(?<=\d.)[ 　]*(?=[年月日])|(?<=[年月].)[ 　]*(?=\d))", "", text)
    return _WRITTEN.sub(_in_digits, text)


def _in_digits(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    rest = f"{chinese_number(month)}月" if month else ""
    return f"{year.translate(_PLAIN)}年{rest}" + (f"{chinese_number(day)}日" if day else "")


def iso(year: Any, month: Any, day: Any) -> str | None:
    """The day as an ISO date; None when there is no such day."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def days_before(day: str, n: int) -> str:
    """The ISO date ``n`` days before another."""
    return (date.fromisoformat(day) - timedelta(n)).isoformat()


def days_between(earlier: str, later: str) -> int:
    """Days from one ISO date to another."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
