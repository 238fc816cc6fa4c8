"""Dates and numbers in other digits, with signs that only Python accepts, and of any length."""

from __future__ import annotations

import pytest

from graphsvc.records.dates import format_date, parse_date
from graphsvc.records.numbers import LARGEST, real, short, significant, whole

OTHER_DIGITS = ("\u0662\u0660\u0662\u0660", "\u06f2\u06f0\u06f2\u06f0", "\uff12\uff10\uff12\uff10",
                "\u0968\u0966\u0968\u0966", "\U0001d7da\U0001d7d8\U0001d7da\U0001d7d8")  # fmt: skip


@pytest.mark.parametrize("year", OTHER_DIGITS)
def test_a_date_in_other_digits_is_the_same_date(year: str) -> None:
    assert parse_date(year) == parse_date("2020")
    assert parse_date(f"{year}-{year[1]}{year[0]}") == parse_date("2020-02")
    assert format_date(f"{year}-{year[1]}{year[0]}-{year[1]}{year[0]}") == "2 February 2020"


@pytest.mark.parametrize(
    "text", ["2020\u201305", "\u00b2020", "2\u2460\u2461\u2462", "20\u0660", "2020-0\u00b9", "\u0662" * 5000]
)
def test_what_is_no_date_in_any_digits_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        parse_date(text)


@pytest.mark.parametrize(
    "text", ["1_000", "\u0661\u0662", "\uff11", "9" * 5000, str(LARGEST + 1), "1.0", "", "0x10", "--1", "1 2", "\u00b2"]
)
def test_what_is_no_whole_number_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no whole number"):
        whole(text)
    assert (whole("-0012"), whole(f" {LARGEST} ")) == (-12, LARGEST)


@pytest.mark.parametrize("text", ["1_0.5", "\u0661.\u0665", "nan", "inf", "-Infinity", "1e999", "9" * 5000, "", "."])
def test_what_is_no_number_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        real(text)


@pytest.mark.parametrize("number", [0.0499, 0.02, 0.00123, 1e-7, 1e-300])
def test_what_is_far_below_1_never_reads_as_0(number: float) -> None:
    assert significant(number) == pytest.approx(number, rel=0.01)
    assert float(short(number).removeprefix("under ")) > 0
    assert (short(0.0), significant(0.0)) == ("0.0", 0.0)
    assert (short(1234.56), significant(1234.56)) == ("1,234.6", 1230.0)
