"""Reasons to seal a person, and the parts of a row that go to the vault instead of the graph. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphsvc.names.identifiers import of_cell, of_thing
from graphsvc.names.whole import Needle
from graphsvc.records.dates import parse_date
from graphsvc.records.tables import ERASED, EXTRA_PREFIX, TABLES

ADULT_AT = 18
# Handle in a source's id, after the kind of source: at least five characters, with three letters in a row.
_HANDLE = re.compile(r"[^\W_]+[-_:/. ](?=.*[^\W\d_]{3})(.{5,})")
# People in these categories keep their names unless another fact seals them. Every reader sees these categories.
CHARGED = frozenset({"suspect", "convicted"})
IDENTITY = {
    record: tuple(c.name for c in TABLES[table].columns if c.sensitivity in ("identity", "text"))
    for table, record in (("people", "person"), ("things", "thing"))
} | {"workplace": ("name", "address", "latitude", "longitude", "notes")}  # for a dwelling where a sealed person lives


def categories(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the categories of a person row, each with its date or an empty text.

    Example:
        >>> categories({"category": ["suspect@2020-05", "victim"]})
        {'suspect': '2020-05', 'victim': ''}
    """
    return {word: date for word, _, date in (item.partition("@") for item in values.get("category", ()))}


def mark(values: Mapping[str, Any], on: dt.date) -> str:
    """Return why a person's own row requires a pseudonym, or an empty text.

    Args:
        values: row of people.csv.
        on: day on which to decide whether the person is under 18; a partial date of birth counts as its latest day.

    Example:
        >>> mark({"id": "P1", "date_of_birth": "2004-05"}, dt.date(2020, 5, 8)), mark({"id": "P2"}, dt.date(2020, 5, 8))
        ('under 18', '')
    """
    return "sealed by hand" if values.get("sealed") == "yes" else age_mark(values, on)


def age_mark(values: Mapping[str, Any], on: dt.date) -> str:
    """Return the reason to treat a person as a child, in the words of `mark`, or an empty text.

    Example:
        >>> age_mark({"id": "P1", "age_disputed": "yes", "sealed": "yes"}, dt.date(2020, 5, 8))
        'age disputed'
    """
    if values.get("age_disputed") == "yes":
        return "age disputed"
    born = values.get("date_of_birth")
    if born is not None:
        latest = parse_date(born).latest
        if (on.year - latest.year) - ((on.month, on.day) < (latest.month, latest.day)) < ADULT_AT:
            return "under 18"
    return ""


def split_identity(record: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split a sealed row into a part for the graph and a part for the vault, which gets the id and free text."""
    secret = {
        name: value
        for name, value in values.items()
        if name == "id" or name in IDENTITY[record] or name.startswith("x_") or name == "category"
    }
    return {name: value for name, value in values.items() if name not in secret}, secret


def needles(values: Mapping[str, Any]) -> Iterator[Needle]:
    """Yield texts that name a sealed person or thing.

    Args:
        values: a delivered row about them.
    """
    for kind, text in _named_by(values):
        if ERASED not in text:
            yield Needle(kind, text)


def source_names(identifier: str, kind: str) -> Iterator[str]:
    """Yield the id of a source and the handle in it; nothing for a register, whose plain words identify nobody.

    Example:
        >>> list(source_names("CHIS-falcon-77", "intelligence")), list(source_names("Register of arrivals", "record"))
        (['CHIS-falcon-77', 'falcon-77'], [])
    """
    if kind == "record" and not any(map(str.isdigit, identifier)):
        return
    yield identifier
    if handle := _HANDLE.fullmatch(identifier):
        yield handle[1]


def _named_by(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "id", values["id"]
    if "kind" in values:
        yield from of_thing(values)
    else:
        for name in (values.get("name"), *values.get("aliases", ())):
            if name:
                yield "name", name
        for phone in values.get("phones", ()):
            yield "phone", phone
    for column, value in values.items():
        if column.startswith(EXTRA_PREFIX) and isinstance(value, str):
            yield from of_cell(column, value)
