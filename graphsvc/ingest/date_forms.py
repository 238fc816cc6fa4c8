"""Custom date formats (`%d.%m.%Y %H:%M`): checks that they lose and invent nothing, and reads dates in them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from graphsvc.ingest.raw import FaultyCell, MomentCell
from graphsvc.records.dates import iso_moment

_PARTS = re.compile(r"%(.?)", re.DOTALL)
_KNOWN = frozenset("aAwdbBmyYHIpMSfzjUWcxXGuV%")
_YEARS, _MONTHS, _HOURS, _WITHIN_HOURS = frozenset("YyGcx"), frozenset("mbBcx"), frozenset("HIXc"), frozenset("MSf")
_DAYS, _WEEKS, _WEEKDAYS = frozenset("djxc"), frozenset("UWV"), frozenset("aAwu")
_HOW = "write %d.%m.%Y for 08.05.2020, and %d.%m.%Y %H:%M for 08.05.2020 04:30"
# A moment whose parts all differ: only a format that loses nothing reads its text back as the same moment.
_SAMPLE = dt.datetime(2019, 11, 27, 16, 45, 38, tzinfo=dt.UTC)
_YEAR, _MONTH, _DAY = 4, 7, 10  # characters of an ISO date
# Pieces of a format: adjacent numbers, any other part, white space, or one other character.
_PIECES = re.compile(r"(?P<numbers>(?:%[dmyYHIMSfjUWVGuwxX]){2,})|%.|\s+|.", re.DOTALL)


def form_fault(form: str) -> str:
    """Return the fault of a date format, in words; empty if it can be read without losing or inventing anything.

    Example:
        >>> form_fault("%d.%m.%Y"), form_fault("%d.%m.%Y %I:%M")
        ('', 'has %I without %p: 04:30 may be of the morning or of the evening')
    """
    parts = set(_PARTS.findall(form))
    if not parts - {"%"}:
        return f"is {form!r}, which has no parts: {_HOW}"
    if "Z" in parts:
        return "has %Z, and one name can mean several zones: use %z for +0200, or give the zone with `zone`"
    if wrong := sorted(parts - _KNOWN):
        return f"has %{wrong[0]}, which is no part of a form: {_HOW}"
    if not parts & _YEARS:
        return "has no year (%Y)"
    if "I" in parts and "p" not in parts:
        return "has %I without %p: 04:30 may be of the morning or of the evening"
    if "p" in parts and "I" not in parts:
        return "has %p without %I: the hours of a clock with am and pm are %I"
    if "d" in parts and not parts & _MONTHS:
        return "has a day without a month (%m)"
    if parts & _WEEKS and not parts & _WEEKDAYS:
        return "has a week without a day of the week (%u)"
    if parts & _WITHIN_HOURS and not parts & _HOURS:
        return "has minutes or seconds without hours (%H)"
    if parts & _HOURS and _precision(parts) < _DAY:
        return "has a time without a day (%d)"
    return "" if _is_kept(form, parts) else f"cannot be read back as a date: {_HOW}"


def _precision(parts: set[str]) -> int:
    """Return how many characters of an ISO date the parts of a format determine."""
    if parts & _DAYS or (parts & _WEEKS and parts & _WEEKDAYS):
        return _DAY
    return _MONTH if parts & _MONTHS else _YEAR


def _is_kept(form: str, parts: set[str]) -> bool:
    try:
        again = dt.datetime.strptime(_SAMPLE.strftime(form), form)  # noqa: DTZ007 - compared without its zone
    except (ValueError, re.error):  # the latter if a part occurs twice
        return False
    return again.isoformat()[: _precision(parts)] == _SAMPLE.isoformat()[: _precision(parts)]


def _whole_numbers(form: str) -> Callable[[str, dt.datetime], bool]:
    """Return a check that a text, read as a moment, has all digits of its format's adjacent numbers.

    `strptime` accepts one digit or two, whichever fits: by `%d%m%Y` it reads 1022020 as 10 February, though it may be
    the 1st.
    """
    pattern, numbers = "", []
    for piece in _PIECES.finditer(form):
        text = piece[0]
        if piece["numbers"]:
            # Decimals of a second may have any length at the end, where no adjacent number follows.
            numbers.append(text.removesuffix("%f"))
            pattern += f"(.{{{len(_SAMPLE.strftime(numbers[-1]))}}})" + (r"\d{1,6}" if text.endswith("%f") else "")
        elif text.isspace():
            pattern += r"\s+"
        else:
            pattern += ".*?" if text[0] == "%" != text[-1] else re.escape(text[-1])
    wanted = re.compile(pattern, re.DOTALL | re.IGNORECASE)

    def is_whole(text: str, at: dt.datetime) -> bool:
        match = wanted.fullmatch(text)
        return match is not None and list(match.groups()) == [at.strftime(each) for each in numbers]

    return is_whole if numbers else lambda _text, _at: True


def date_reader(form: str, zone: str, *, is_past: bool = False) -> Callable[[str], str]:
    """Return a function that turns dates in a custom format into ISO dates; other text stays, to be rejected later.

    Args:
        form: a strptime format without a fault (see `form_fault`); empty: every text stays unchanged.
        zone: time zone of its times; empty: UTC, or the one in the text (`%z`).
        is_past: whether dates are never in the future: a two-digit year that would be is moved back a century.

    Example:
        >>> date_reader("%d.%m.%Y %H:%M", "Europe/Berlin")("08.05.2020 04:30")
        '2020-05-08T02:30Z'
    """
    parts, clocks = set(_PARTS.findall(form)), ZoneInfo(zone) if zone else dt.UTC
    if not form:
        return lambda text: text
    is_timed = bool(parts & _HOURS)
    most = _precision(parts)
    two_digits = is_past and "y" in parts
    is_whole = _whole_numbers(form)

    def moment(at: dt.datetime, text: str) -> str:
        aware = at if at.tzinfo else at.replace(tzinfo=clocks)
        moved = aware.astimezone(dt.UTC)
        if moved.astimezone(aware.tzinfo).replace(tzinfo=None) != at.replace(tzinfo=None):
            return FaultyCell(text, f"does not exist in {zone}: the clocks were put forward over this time")
        return iso_moment(moved)

    def date(text: str) -> str:
        try:
            if isinstance(text, MomentCell):
                return moment(text.at, text) if zone else text
            at = dt.datetime.strptime(text, form)  # noqa: DTZ007 - a day has no zone, and a time gets one
            if not is_whole(text, at):
                return FaultyCell(
                    text,
                    f"is no date of the form {form}: numbers that stand side by side in it need all their digits, as in"
                    f" {_SAMPLE.strftime(form)}",
                )
            if two_digits and at.date() > dt.datetime.now(dt.UTC).date():
                at = at.replace(year=at.year - 100)
            return moment(at, text) if is_timed else at.date().isoformat()[:most]
        except (ValueError, OverflowError):
            return text

    return date
