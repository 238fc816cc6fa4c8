"""The keys of a mapping file: each read as what it has to be, or named with its place if it is not."""

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
    """Reads the values of one part of a mapping file, and names that part when one is wrong."""

    file: str
    place: str = ""

    def at(self, place: str) -> MappingKeys:
        """The same file, at another part."""
        return MappingKeys(self.file, place)

    def fault(self, key: str, what: str) -> InputError:
        """What is wrong with a key, as an error that names file, part and key."""
        place = f", {self.place}" if self.place else ""
        return InputError(f"{self.file}{place}: {key} {what}.".replace("?.", "?"))

    def keys(self, table: dict[str, Any], known: tuple[str, ...]) -> None:
        """Raises InputError for a key that is none of those known."""
        for key in table:
            if key not in known:
                raise self.fault(repr(key), f"is no key of a mapping; {hint(key, known)}")

    def fields(self, names: Iterable[str], record: str) -> None:
        """Raises InputError for a name that is no field of a table, nor one of the deliverer's own."""
        known = [column.name for column in TABLES[record].columns]
        for name in names:
            if name not in known and not name.startswith(EXTRA_PREFIX):
                raise self.fault(repr(name), f"is no field of {record}; {hint(name, known)}")

    def required(self, names: Iterable[str], record: str) -> None:
        """Raises InputError for a field that a table needs and that is not given."""
        given = set(names)
        for column in TABLES[record].columns:
            if column.required and column.name not in given:
                raise self.fault(repr(column.name), f"is missing: {record} need it")

    def table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        """A table, empty if it is not there; raises InputError if it is none."""
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.fault(key, "has to be a table")
        return value

    def text(self, table: dict[str, Any], key: str) -> str:
        """A text, empty if it is not there; raises InputError if it is none."""
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self.fault(key, f"has to be text in quotes, not {repr(value)[:_SHOWN]}")
        return value

    def truth(self, table: dict[str, Any], key: str) -> bool | None:
        """True or false, None if it is not there; raises InputError if it is neither."""
        value = table.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.fault(key, f"has to be true or false, not {repr(value)[:_SHOWN]}")
        return value

    def texts(self, table: dict[str, Any], key: str) -> dict[str, str]:
        """A table of texts; raises InputError if it is none."""
        inner = self.table(table, key)
        return {name: self.at(f"{self.place}, {key}".removeprefix(", ")).text(inner, name) for name in inner}

    def list(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        """A list of texts; raises InputError if it is none."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(key, "has to be a list of texts")
        return tuple(value)
