"""Partial dates, kept as given and as the earliest and latest day they can mean; and formats for days and moments."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from graphsvc.errors import RequestError
from graphsvc.records.numbers import count

_FORM = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})(?:T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?Z)?)?)?",
    re.ASCII,
)
# `8 May 2020`, `8th of May 2020`, `May 2020`; `8/5/2020` and `8.5.2020`.
_TYPED = re.compile(
    r"(?:(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?P<word>[A-Za-z]+)\.?,?\s+"
    r"|(?P<date>\d{1,2})[/.](?P<number>\d{1,2})[/.])(?P<year>\d{4})",
    re.ASCII,
)

# `8 May`, `8th of May`, `May 8`.
_OF_YEAR = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<word>[A-Za-z]+)\.?|(?P<month>[A-Za-z]+)\.?\s+(?P<date>\d{1,2})(?:st|nd|rd|th)?",
    re.ASCII,
)
_LEAP = 2000
_NO_DATE = "not a date: write 2020, 2020-05, 2020-05-08 or 2020-05-08T04:30Z"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date with its original precision.

    Attributes:
        given: the text: `2020`, `2020-05`, `2020-05-08` or `2020-05-08T04:30Z` (UTC).
        earliest: first day it can mean.
        latest: last day it can mean.
    """

    given: str
    earliest: dt.date
    latest: dt.date


def parse_date(text: str) -> PartialDate:
    """Read a partial date. Digits of other scripts are accepted and converted to 0 to 9.

    Example:
        >>> parse_date("2020-02").latest
        datetime.date(2020, 2, 29)
        >>> parse_date("\u0662\u0660\u0662\u0660-\u0660\u0665").given
        '2020-05'

    Raises:
        ValueError: `text` is not such a date, or its day does not exist; the message says which.
    """
    if not text.isascii():
        # In other digits, dates would not sort or compare as dates.
        text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(_NO_DATE)
    year, month, day = (int(match[name]) if match[name] else 0 for name in ("year", "month", "day"))
    if year == 0:
        raise ValueError("the year 0000 does not exist")
    if match["month"] and not 1 <= month <= 12:
        raise ValueError(f"month {month:02d} does not exist")
    if match["hour"] and not (int(match["hour"]) < 24 and int(match["minute"]) < 60 and int(match["second"] or 0) < 60):
        raise ValueError("this time of day does not exist")
    first, last = month or 1, month or 12
    days = calendar.monthrange(year, last)[1]
    if match["day"] and not 1 <= day <= days:
        raise ValueError(f"{year}-{month:02d} has no day {day:02d}")
    return PartialDate(text, dt.date(year, first, day or 1), dt.date(year, last, day or days))


def convert_typed(text: str) -> str:
    """Convert a date as people type it to the form that `parse_date` reads; return other text unchanged.

    Days come before months, as in the United Kingdom. Only for dates that people type and then see again: in a file the
    order would be ambiguous.

    Example:
        >>> [convert_typed(text) for text in ("8 May 2020", "8th of May 2020", "8/5/2020", "08.05.2020", "May 2020", "2020-05", "soon")]
        ['2020-05-08', '2020-05-08', '2020-05-08', '2020-05-08', '2020-05', '2020-05', 'soon']
    """
    match = _TYPED.fullmatch(text.strip())
    if match is None:
        return text
    word, number = match["word"], match["number"]
    month = int(number) if number else _month(word)
    if not month:
        return text
    date = match["day"] or match["date"]
    return f"{match['year']}-{month:02d}" + (f"-{int(date):02d}" if date else "")


def typed_date(text: str) -> PartialDate:
    """Read the day, month or year that a person types, in any form that `convert_typed` accepts.

    Example:
        >>> [typed_date(text).latest.isoformat() for text in (" 8 May 2020", "May 2020", "2020")]
        ['2020-05-08', '2020-05-31', '2020-12-31']

    Raises:
        RequestError: `text` is not a date, or does not exist; the message says how to write it.
    """
    try:
        return parse_date(convert_typed(text.strip()))
    except ValueError as error:
        why = "" if str(error) == _NO_DATE else f" ({error})"
        raise RequestError(
            f"{text.strip()[:40]!r} is no date{why}. Write it as 8 May 2020, 8/5/2020, 2020-05-08, May 2020, 2020-05 or 2020."
        ) from None


@dataclass(frozen=True, slots=True)
class TypedDay:
    """A day as a person types it, with a year or for every year.

    Attributes:
        day, month: 1 to 31 and 1 to 12.
        year: None if it was left out.
    """

    day: int
    month: int
    year: int | None = None

    @property
    def words(self) -> str:
        """The day in the form pages show: `8 May`, `8 May 2020`."""
        return f"{self.day} {calendar.month_name[self.month]}" + (f" {self.year}" if self.year else "")

    @property
    def of_year(self) -> str:
        """Month and day, as they end an ISO date: `05-08`."""
        return f"{self.month:02d}-{self.day:02d}"


def typed_day(text: str) -> TypedDay | None:
    """Read the day that a person types, as in `convert_typed` or without a year; None if it is not a day or does not exist.

    A day in the form used in files (`2020-05-08`) does not count as typed: it is all digits, as numbers are.

    Example:
        >>> [day and day.words for day in map(typed_day, ("8/5/2020", "8th of may", "Feb 29", "31 June", "8 Ma", "May 2020"))]
        ['8 May 2020', '8 May', '29 February', None, None, None]
    """
    iso_text = convert_typed(text)
    if iso_text != text:
        try:
            date = parse_date(iso_text).earliest
        except ValueError:
            return None
        return TypedDay(date.day, date.month, date.year) if len(iso_text) > len("2020-05") else None
    match = _OF_YEAR.fullmatch(text.strip())
    month = _month(match["word"] or match["month"]) if match else 0
    if match is None or not month:
        return None
    day = int(match["day"] or match["date"])
    return TypedDay(day, month) if 1 <= day <= calendar.monthrange(_LEAP, month)[1] else None


def ending(date: str) -> str:
    """Return a key that sorts partial dates by the last day they can mean.

    Example:
        >>> max("2020-05-08", "2020-05"), max("2020-05-08", "2020-05", key=ending)
        ('2020-05-08', '2020-05')
    """
    return f"{date}~"  # sorts after "-"


def _month(word: str) -> int:
    """Return a month's number from its name or at least the first three letters; 0 if there is no such month."""
    names = [name.lower() for name in calendar.month_name]
    return next((at for at, name in enumerate(names) if name and len(word) > 2 and name.startswith(word.lower())), 0)


def format_date(text: str) -> str:
    """Format a partial date for pages: `8 May 2020`, `May 2020`, `2020`, `8 May 2020, 04:30 UTC`.

    Text that is not a date is returned unchanged.

    Example:
        >>> format_date("2020-05-08")
        '8 May 2020'
    """
    try:
        date = parse_date(text)
    except ValueError:
        return text
    month = calendar.month_name[date.earliest.month]
    text = date.given
    words = {4: str(date.earliest.year), 7: f"{month} {date.earliest.year}"}.get(
        len(text), f"{date.earliest.day} {month} {date.earliest.year}"
    )
    return f"{words}, {text[11:-1]} UTC" if "T" in text else words


def day(at: dt.date | str) -> str:
    """Format a day, or the day of a moment, for pages, exports and the command line.

    Args:
        at: in UTC; a date or datetime, or ISO text.

    Example:
        >>> day(dt.date(2026, 5, 8)), day("2026-05-08T04:30:07Z")
        ('8 May 2026', '8 May 2026')
    """
    return format_date(_iso(at)[:10])


def moment(at: dt.datetime | str) -> str:
    """Format a moment for readers, to the minute.

    Args:
        at: in UTC; a datetime, or ISO text.

    Example:
        >>> moment(dt.datetime(2026, 5, 8, 4, 30, 7)), moment("2026-05-08T04:30:07Z")
        ('8 May 2026, 04:30 UTC', '8 May 2026, 04:30 UTC')
    """
    return format_date(f"{_iso(at)[:16]}Z")


def iso_moment(at: dt.datetime) -> str:
    """Format a moment for a cell: to the minute, with seconds only if they are not 0.

    Example:
        >>> iso_moment(dt.datetime(2020, 5, 8, 4, 30)), iso_moment(dt.datetime(2020, 5, 8, 4, 30, 9))
        ('2020-05-08T04:30Z', '2020-05-08T04:30:09Z')
    """
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds' if at.second else 'minutes')}Z"


def overdue(review: dt.date | str | None, today: dt.date) -> str:
    """Return words for how long a review has been due; empty before the review day, or without one.

    A partial date is overdue once its last day is over.

    Args:
        review: the day, or the text of a partial date.
        today: in UTC.

    Example:
        >>> [overdue(given, dt.date(2026, 5, 20)) for given in ("2026-05-08", "2026-05-19", "2026-05-20", "2026-05", "2026-04")]
        ['overdue by 12 days', 'overdue by 1 day', 'due today', '', 'overdue by 20 days']
    """
    if not review:
        return ""
    try:
        last = parse_date(_iso(review)).latest
    except ValueError:
        return ""
    days = (today - last).days
    return f"overdue by {count(days, 'day')}" if days > 0 else "" if days else "due today"


def clock(at: dt.datetime | str) -> str:
    """Format the time of day of a moment, for places that already show the day.

    Example:
        >>> clock(dt.datetime(2026, 5, 8, 4, 30, 7))
        '04:30 UTC'
    """
    return f"{_iso(at)[11:16]} UTC"


def stamp(at: dt.datetime) -> str:
    """Format a moment to the second, for log lines: they sort by time and stay distinguishable.

    Example:
        >>> stamp(dt.datetime(2026, 5, 8, 4, 30, 7))
        '2026-05-08 04:30:07'
    """
    return at.isoformat(sep=" ", timespec="seconds")


def _iso(at: dt.date | str) -> str:
    return at if isinstance(at, str) else at.isoformat()
