"""Who is sealed, and what of a row goes to the vault instead of the graph. Pure tables and functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from graphsvc.names.identifiers import cells, of_thing
from graphsvc.names.mask import Needle
from graphsvc.records.dates import parse_date
from graphsvc.records.tables import DWELLING, TABLES

ADULT_AT = 18
# What stands where a text named somebody who was erased: nobody is called so.
ERASED = "[erased]"
# Someone of these stands by name: these categories are told to everyone.
CHARGED = frozenset({"suspect", "convicted"})
# Categories that would tell a witness or victim apart; they stand in the vault only.
PROTECTED = frozenset({"witness", "victim"})
IDENTITY = {
    record: tuple(c.name for c in TABLES[table].columns if c.sensitivity in ("identity", "text"))
    for table, record in (("people", "person"), ("things", "thing"))
} | {"workplace": ("name", "address", "latitude", "longitude", "notes")}  # of a dwelling where somebody sealed lives


def categories(values: Mapping[str, Any]) -> dict[str, str]:
    """The categories of a person row, each with its date or an empty text.

    Example:
        >>> categories({"category": ["suspect@2020-05", "victim"]})
        {'suspect': '2020-05', 'victim': ''}
    """
    return {word: date for word, _, date in (item.partition("@") for item in values.get("category", ()))}


def mark(values: Mapping[str, Any], on: dt.date) -> str:
    """Why the row of a person itself says that a pseudonym must stand for them; empty if it does not.

    Args:
        values: the row of people.csv.
        on: the day that counts for being under 18; of a partial date of birth the latest day counts.

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
    """A sealed row in two: what may stay in the graph, and what goes to the vault (id and free text included)."""
    secret = {
        name: value
        for name, value in values.items()
        if name == "id" or name in IDENTITY[record] or name.startswith("x_") or name == "category"
    }
    return {name: value for name, value in values.items() if name not in secret}, secret


def needles(values: Mapping[str, Any], pseudonym: str, common: Collection[str] = ()) -> Iterable[Needle]:
    """Texts that would give a sealed person or thing away where they stand in other text.

    Args:
        values: the row.
        pseudonym: what stands for it.
        common: texts (in small letters) that tell nobody apart, where cells of the deliverer's own, things or dwellings
            hold them.
    """
    for needle in _told_by(values, pseudonym, common):
        if ERASED not in needle.text:
            yield needle
        elif left := needle.text.replace(ERASED, " ").strip():
            # Of a name each word is looked for; what else is one is looked for whole, as it stands.
            yield replace(needle, text=left) if needle.kind == "name" else needle


def _told_by(values: Mapping[str, Any], pseudonym: str, common: Collection[str]) -> Iterator[Needle]:
    yield Needle("id", values["id"], pseudonym)
    if values.get("name") and values.get("kind") != DWELLING:
        yield Needle("value" if "kind" in values else "name", values["name"], pseudonym)
    for alias in values.get("aliases", ()):
        yield Needle("name", alias, pseudonym)
    for phone in values.get("phones", ()):
        yield Needle("phone", phone, pseudonym)
    if values.get("date_of_birth"):
        yield Needle("date", values["date_of_birth"], pseudonym)
    if values.get("value"):
        yield Needle("phone" if values["kind"] == "phone" else "value", values["value"], pseudonym)
    for kind, text in of_thing(values) if "kind" in values else ():
        if text.lower() not in common:
            yield Needle(kind, text, pseudonym)
    for kind, text in cells(values, common):
        yield Needle(kind, text, pseudonym)
