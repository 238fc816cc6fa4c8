"""Reads the keys of a mapping file with their types checked; errors name the place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphsvc.errors import InputError
from graphsvc.records.nearest import hint
from graphsvc.records.tables import EXTRA_PREFIX, TABLES

_SHOWN = 60  # characters of a wrong value


@dataclass(frozen=True, slots=True)
class MappingKeys:
    """Reads the values of one part of a mapping file, and names that part in errors."""

    file: str
    place: str = ""

    def at(self, place: str) -> MappingKeys:
        """Return a reader of another part of the same file."""
        return MappingKeys(self.file, place)

    def fault(self, key: str, problem: str) -> InputError:
        """Return the error for a key, which names file, part and key."""
        place = f", {self.place}" if self.place else ""
        return InputError(f"{self.file}{place}: {key} {problem}.".replace("?.", "?"))

    def keys(self, table: dict[str, Any], known: tuple[str, ...]) -> None:
        """Raise InputError for an unknown key."""
        for key in table:
            if key not in known:
                raise self.fault(repr(key), f"is no key of a mapping; {hint(key, known)}")

    def fields(self, names: Iterable[str], record: str) -> None:
        """Raise InputError for a name that is not a field of a table or a custom field."""
        known = [column.name for column in TABLES[record].columns]
        for name in names:
            if name not in known and not name.startswith(EXTRA_PREFIX):
                raise self.fault(repr(name), f"is no field of {record}; {hint(name, known)}")

    def check_required(self, names: Iterable[str], record: str) -> None:
        """Raise InputError for a required field of a table that is missing."""
        present = set(names)
        for column in TABLES[record].columns:
            if column.required and column.name not in present:
                raise self.fault(repr(column.name), f"is missing: {record} need it")

    def table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        """Return a table, empty if the key is missing; raise InputError for another type."""
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.fault(key, "has to be a table")
        return value

    def text(self, table: dict[str, Any], key: str) -> str:
        """Return a text, empty if the key is missing; raise InputError for another type."""
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self.fault(key, f"has to be text in quotes, not {repr(value)[:_SHOWN]}")
        return value

    def truth(self, table: dict[str, Any], key: str) -> bool | None:
        """Return True or False, None if the key is missing; raise InputError for another type."""
        value = table.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.fault(key, f"has to be true or false, not {repr(value)[:_SHOWN]}")
        return value

    def texts(self, table: dict[str, Any], key: str) -> dict[str, str]:
        """Return a table of texts; raise InputError for another type."""
        inner = self.table(table, key)
        return {name: self.at(f"{self.place}, {key}".removeprefix(", ")).text(inner, name) for name in inner}

    def list(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        """Return a list of texts; raise InputError for another type."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(key, "has to be a list of texts")
        return tuple(value)
