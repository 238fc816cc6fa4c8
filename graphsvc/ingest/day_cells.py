"""Reads days as different countries write them in a cell: `2020-05-08`, `08.05.2020`, `5/8/2020`, `8 May 2020`."""

from __future__ import annotations

import datetime as dt
import re

from graphsvc.records.dates import convert_typed, parse_date

_NUMERIC = re.compile(
    r"(?P<day>\d{1,2})(?P<sign>[/.\-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})\.?(?:[ T]\d.*)?", re.ASCII
)
_REVERSED = re.compile(r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})\.?(?:[ T]\d.*)?", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]\d.*)?", re.ASCII)
_PACKED = re.compile(r"(?:19|20)\d{6}", re.ASCII)
_MONTH_FIRST = re.compile(r"(?P<month>[A-Za-z]{3,})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})", re.ASCII)
_SHORT = re.compile(r"(?P<day>\d{1,2})[- ](?P<month>[A-Za-z]{3,})[- ](?P<year>\d{4}|\d{2})", re.ASCII)
_WEEKDAY = re.compile(r"(?i)(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+")


def numeric_day(cell: str) -> re.Match[str] | None:
    """Match a cell with day, month and year in figures, the day or month first; None for any other cell."""
    return _NUMERIC.fullmatch(_WEEKDAY.sub("", cell))


def day_of(cell: str, order: str) -> dt.date | None:
    """Return the day written in a cell, or None."""
    text = _WEEKDAY.sub("", cell.strip())
    match = numeric_day(text)
    if match:
        day, month = (match["day"], match["month"]) if order == "day" else (match["month"], match["day"])
        return _date(match["year"], month, day)
    match = _REVERSED.fullmatch(text)
    if match:
        return _date(match["year"], match["month"], match["day"])
    if _PACKED.fullmatch(text):
        return _date(text[:4], text[4:6], text[6:])
    iso = _ISO.fullmatch(text)
    for form in (_MONTH_FIRST, _SHORT):
        named = form.fullmatch(text)
        if named:
            text = f"{named['day']} {named['month']} {_year(named['year'])}"
    text = iso[1] if iso else convert_typed(text)
    try:
        date = parse_date(text)
    except ValueError:
        return None
    return date.earliest if date.earliest == date.latest else None


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(_year(year), int(month), int(day))
    except ValueError:
        return None


def _year(text: str) -> int:
    """Read two digits as a year of this century."""
    return int(text) + 2000 if len(text) == 2 else int(text)


def is_month(cell: str) -> bool:
    """Whether a cell can be read as a date, such as a month or a year."""
    try:
        parse_date(convert_typed(cell.strip()))
    except ValueError:
        return False
    return True
