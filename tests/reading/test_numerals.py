"""Numbers and days in Chinese writing."""

import pytest

from analysis.reading.numerals import chinese_number, days_between, iso, plain


def test_chinese_numbers():
    assert [chinese_number(n) for n in ("一", "九", "十", "十二", "二十", "二十一")] == [1, 9, 10, 12, 20, 21]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("２０１９年５月", "2019年5月"), ("二〇二六年一月二十七日", "2026年1月27日"), ("二十年来", "二十年来"),
        ("一九八○年十月十日", "1980年10月10日"), ("从1 9 9 3 年3 月起", "从1993年3月起"),
        ("2024 年工作", "2024年工作"), ("一九五四年夏", "1954年夏"),
    ],
)  # fmt: skip
def test_plain_digits(written, expected):
    assert plain(written) == expected


def test_days():
    assert (iso("2019", "5", "7"), iso(2019, 2, 30)) == ("2019-05-07", None)
    assert days_between("2019-12-31", "2020-03-01") == 61
