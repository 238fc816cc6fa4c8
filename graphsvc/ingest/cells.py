"""Converts a cell to its value by the kind of its column. Every converter raises ValueError with the reason."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType

from graphsvc.records.dates import PartialDate, parse_date
from graphsvc.records.nearest import UnknownWord
from graphsvc.records.relations import CUSTOM_PREFIX, RELATIONS
from graphsvc.records.tables import Column

# Text of a non-empty cell → its value, or None if it is blank.
Converter = Callable[[str], object]
# Column, value, reason, and the reason without its parts that differ from row to row (empty: the reason has none).
CellFault = tuple[str, str, str, str]

_LONGEST_ID = 200
# A pseudonym, a hidden id, and the marks of erased and withheld texts.
_RESERVED = re.compile(r"[SQTH]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?:-[0-9A-Z]+)?|\[(?:erased|withheld)\]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# Programs that know only floats write the count 3 as 3.0.
_COUNT = re.compile(r"\+?([0-9]{1,18})(?:\.0*)?")
# A number such as 1.000, which may be 1 or 1000: half of Europe writes a point between thousands.
_THOUSAND = re.compile(r"\+?[1-9][0-9]{0,2}\.000")
# Form in which Excel writes a long number to a CSV file if its column is too narrow.
_CUT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2}")
_CUT_BY_EXCEL = "is a number that Excel has cut: format the column as text, type the number again and save"
_CUSTOM_RELATION = re.compile(rf"{CUSTOM_PREFIX}[A-Z0-9_]+")
# Direction marks and zero-width characters: ids that look the same could differ in these characters. The joiner and
# non-joiner (U+200C, U+200D) are allowed, as Persian uses them.
_UNSEEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\u061c\u2060\ufeff\u00ad")

# Pairs of dates in one row that must be in order.
_PERIODS = MappingProxyType({"links": ("from_date", "to_date"), "workplaces": ("opened_on", "closed_on")})


def converter(column: Column | None) -> Converter:
    """Return the function that converts the cells of a column; None means a custom column.

    Example:
        >>> converter(Column("weight", "count"))("3")
        3
    """
    if column is None:
        return str
    # The source of a statement is read as an id, even if the source is not a person of the case.
    kind = "id" if column.name.endswith("_id") and column.kind == "text" else column.kind
    if column.name == "phones":
        return _phones
    return _KINDS[kind](column)


def write_cell(value: object) -> str:
    """Return the cell for a value: the inverse of its column's `converter`.

    Example:
        >>> write_cell(["Ash", "The Tall"]), write_cell(7.5), write_cell(3)
        ('Ash; The Tall', '7.5', '3')
    """
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def seen_id(text: str) -> str:
    """Return text as an id that looks the same, without invisible characters and with accents joined to their letters.

    Example:
        >>> seen_id("Jose\u0301\u200b") == "Jos\u00e9"
        True
    """
    return unicodedata.normalize("NFC", "".join(sign for sign in text if sign not in _UNSEEN)).strip()


def out_of_order(table: str, values: dict[str, object]) -> list[CellFault]:
    """Return a fault if the two dates of a row's period are in the wrong order."""
    names = _PERIODS.get(table)
    if names is None or names[0] not in values or names[1] not in values:
        return []
    first, last = str(values[names[0]]), str(values[names[1]])
    if not _after(parse_date(first), parse_date(last)):
        return []
    return [(names[1], last, f"is before {names[0]} {first}", f"is before {names[0]}")]


def cut_by_excel(table: str, values: dict[str, object]) -> list[CellFault]:
    """Return a fault if a phone number has lost its last digits in Excel."""
    value = str(values.get("value", ""))
    if table != "things" or values.get("kind") != "phone" or not _CUT.fullmatch(value.strip()):
        return []
    return [("value", value, _CUT_BY_EXCEL, "")]


def _after(date: PartialDate, second: PartialDate) -> bool:
    if "T" in date.given and "T" in second.given:
        return date.given.rstrip("Z") > second.given.rstrip("Z")
    return date.earliest > second.latest


def _text(cell: str) -> str | None:
    return None if cell.isspace() else str(cell)


def _id(cell: str) -> str:
    if cell != cell.strip():
        raise ValueError("begins or ends with white space; an id is compared as it stands, so remove it")
    if len(cell) > _LONGEST_ID:
        raise ValueError(f"is longer than {_LONGEST_ID} characters, the most an id may have")
    if not cell.isprintable():
        for character in cell:
            if unicodedata.category(character) in ("Cc", "Zl", "Zp") or character in _UNSEEN:
                raise ValueError(f"holds the control character U+{ord(character):04X}, which no one can see in an id")
    if not cell.isascii() and len(unicodedata.normalize("NFC", cell)) < len(cell):
        raise ValueError(
            "has a separate accent, which no one can see in an id: write letter and accent as one sign (NFC)"
        )
    if _CUT.fullmatch(cell):
        raise ValueError(_CUT_BY_EXCEL)
    if cell[:1] in "SQT[" and _RESERVED.fullmatch(cell):
        raise ValueError("has the form of a pseudonym of this service, which is reserved; give the row another id")
    return str(cell)


def _list(cell: str) -> list[str] | None:
    return [item for part in cell.split(";") if (item := part.strip())] or None


def _phones(cell: str) -> list[str] | None:
    numbers = _list(cell)
    if any(map(_CUT.fullmatch, numbers or ())):
        raise ValueError(_CUT_BY_EXCEL)
    return numbers


def _date_text(cell: str) -> str | None:
    text = cell.strip()
    return parse_date(text).given if text else None


def _number_between(low: float, high: float) -> Converter:
    def convert(cell: str) -> float | None:
        text = cell.strip()
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValueError("is no number: write digits, with a point before decimals, such as 1250.5")
        number = float(text)
        if not math.isfinite(number):
            raise ValueError("is too large for a number")
        if not low <= number <= high:
            raise ValueError(f"is not between {low:g} and {high:g}")
        return number

    return convert


def _count(cell: str) -> int | None:
    text = cell.strip()
    if not text:
        return None
    match = _COUNT.fullmatch(text)
    if match is None:
        raise ValueError("is no count: write a whole number from 0")
    if _THOUSAND.fullmatch(text):
        raise ValueError(f"may be {match[1]} or {match[1]}000: write one of them, without a point")
    return int(match[1])


def _choice(column: Column) -> Converter:
    words = {word: word for word in column.words}

    def convert(cell: str) -> str | None:
        word = cell.strip()
        if word in words:
            return words[word]
        if not word:
            return None
        raise UnknownWord(f"is no word for {column.name}", word, column.words)

    return convert


def _categories(column: Column) -> Converter:
    choose = _choice(column)

    def convert(cell: str) -> list[str] | None:
        items = []
        for item in _list(cell) or ():
            word, at, date = (part.strip() for part in item.partition("@"))
            if not word:
                raise ValueError(f"has a date without a {column.name} before the @")
            if at and not date:
                raise ValueError("has no date behind an @")
            items.append(f"{choose(word)}@{parse_date(date).given}" if at else str(choose(word)))
        return items or None

    return convert


def _relation(cell: str) -> str | None:
    word = cell.strip()
    if word in RELATIONS or (_CUSTOM_RELATION.fullmatch(word) and len(word) <= _LONGEST_ID):
        return word
    if not word:
        return None
    raise UnknownWord("is no known relation", word, RELATIONS, f" (a custom one is written {CUSTOM_PREFIX}LIKE_THIS)")


def _remembering(convert: Converter) -> Callable[[Column], Converter]:
    """Return a converter that caches repeated cells, separately for each column and only while it is read."""
    return lambda _column: lru_cache(maxsize=1 << 16)(convert)


_KINDS: MappingProxyType[str, Callable[[Column], Converter]] = MappingProxyType(
    {
        "id": lambda _column: _id,
        "ref": _remembering(_id),
        "text": lambda _column: _text,
        "list": lambda _column: _list,
        "choice": _choice,
        "categories": _categories,
        "date": _remembering(_date_text),
        "number": lambda _column: _number_between(-math.inf, math.inf),
        "count": lambda _column: _count,
        "latitude": lambda _column: _number_between(-90, 90),
        "longitude": lambda _column: _number_between(-180, 180),
        "relation": lambda _column: _relation,
    }
)
