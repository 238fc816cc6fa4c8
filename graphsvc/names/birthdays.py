"""Finds full days in text, in the forms people write, and tells whose birthday they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Names of the months in English, French, German, Dutch, Spanish and Italian; the first three letters and more will do.
_MONTHS = (
    "january janvier januar januari enero gennaio jänner",
    "february février fevrier februar februari febrero febbraio feber",
    "march mars märz maerz marz maart marzo",
    "april avril abril aprile",
    "may mai mei mayo maggio",
    "june juin juni junio giugno",
    "july juillet juli julio luglio",
    "august août aout augustus agosto",
    "september septembre septiembre settembre sept",
    "october octobre oktober octubre ottobre",
    "november novembre noviembre",
    "december décembre decembre dezember diciembre dicembre",
)
# As each month is written short: by the beginnings that belong to one month alone.
_SHORTEST = 3
_DAY = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º)?"
_YEAR = r"['’]?(\d{4}|\d{2})(?!\d)"
_MONTH = r"([^\W\d_]{3,10})"
_GAP = r"[\s\-/.,]{0,3}"
# Each with the places of year, month and day in it, in every order in which they may be meant; those of numbers first.
_FORMS: tuple[tuple[re.Pattern[str], tuple[tuple[int, int, int], ...]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), orders)
    for pattern, orders in (
        (r"(?<!\d)(\d{4})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{1,2})(?!\d)", ((1, 2, 3), (1, 3, 2))),
        (r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?!\d)", ((3, 2, 1), (3, 1, 2))),
        (r"(?<!\d)(\d{1,2}) (\d{1,2}) (\d{4})(?!\d)", ((3, 2, 1), (3, 1, 2))),
        (r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)", ((3, 2, 1), (3, 1, 2))),
        (r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)", ((1, 2, 3),)),
        (rf"{_DAY}{_GAP}(?:(?:of|de|the)\b)?{_GAP}{_MONTH}{_GAP}(?:(?:of|de)\b)?{_GAP}{_YEAR}", ((3, 2, 1),)),
        (rf"(?<![^\W\d_]){_MONTH}{_GAP}(?:the\s)?{_DAY}{_GAP}(?:(?:of|de)\b)?{_GAP}{_YEAR}", ((3, 1, 2),)),
        (rf"(?<!\d)(\d{{4}}){_GAP}{_MONTH}{_GAP}{_DAY}(?!\d)", ((1, 2, 3),)),
    )
)
_NUMBERED = _FORMS[:5]
_MONTHED = re.compile(
    rf"\b(?:{'|'.join(sorted({name[:_SHORTEST] for names in _MONTHS for name in names.split()}))})", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_DECEMBER, _LONGEST_MONTH = 12, 31


def _names() -> dict[str, int]:
    known: dict[str, set[int]] = {}
    for number, names in enumerate(_MONTHS, 1):
        for name in names.split():
            for end in range(_SHORTEST, len(name) + 1):
                known.setdefault(name[:end], set()).add(number)
    return {name: min(numbers) for name, numbers in known.items() if len(numbers) == 1}


_NAMED = _names()


class Birthdays:
    """Days to find, each with whose it is.

    Example:
        >>> born = Birthdays()
        >>> born.add("2001-05-08", "S-1")
        >>> text = "born 8th of May 2001 (08/05/01); aboard on 2020-05-08"
        >>> [(text[start:end], who) for start, end, who in born.spans(text)]
        [('08/05/01', {'S-1'}), ('8th of May 2001', {'S-1'})]
    """

    def __init__(self) -> None:
        self._days: dict[tuple[int, int, int], set[str]] = {}

    def __bool__(self) -> bool:
        """Whether there is any day to find."""
        return bool(self._days)

    def add(self, date: str, whose: str) -> None:
        """Take a date of birth in, in any form; one of which the day or the century is not known is none."""
        for year, month, day in days(date):
            for written in (year, year % 100):
                self._days.setdefault((written, month, day), set()).add(whose)

    def spans(self, text: str) -> Iterator[tuple[int, int, set[str]]]:
        """Where such a day stands, with whose it is: (start, end, whose)."""
        if not self._days or not _DIGIT.search(text):
            return
        text = _plain(text)
        for form, orders in _FORMS if _MONTHED.search(text) else _NUMBERED:
            for match in form.finditer(text):
                for places in orders:
                    if whose := self._days.get(_day(match, places)):
                        yield match.start(), match.end(), whose
                        break


def days(text: str) -> set[tuple[int, int, int]]:
    """The days (year, month, day) that a text of nothing but a date may mean; none if it is no full date.

    Example:
        >>> sorted(days("8/5/2001")), days("2001-05"), days("on 8/5/2001")
        ([(2001, 5, 8), (2001, 8, 5)], set(), set())
    """
    text = _plain(text.strip())
    read = {
        _day(match, places)
        for form, orders in _FORMS
        if (match := form.fullmatch(text))
        for places in orders
        if len(match.group(places[0])) > 2
    }
    return {(year, month, day) for year, month, day in read if 0 < month <= _DECEMBER and 0 < day <= _LONGEST_MONTH}


def _plain(text: str) -> str:
    """With digits of any script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _day(match: re.Match[str], places: tuple[int, int, int]) -> tuple[int, int, int]:
    year, month, day = (match.group(place) for place in places)
    return int(year), int(month) if month.isdigit() else _NAMED.get(month.lower(), 0), int(day)
