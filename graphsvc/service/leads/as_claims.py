"""Rows of `hubs.claims` as claims, one by one or in columns, and of `hubs.persons` as persons."""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern
from typing import Any

from graphsvc.analysis.evidence.claims import Claim, Person
from graphsvc.records.columns import ValueColumn

# The columns of a row, those of its statement first, in the order in which a claim has them; where the handling code stands.
_ORDER = (*range(4, 10), *range(3), *range(10, 22), 3)
_HANDLING = 14
# Words that hardly any other clearance has in memory at the same time: of statements and claims.
_ALONE = (0, 4)


def claim_of(statement: list[Any], row: list[Any]) -> Claim:
    """A row of `hubs.claims` as a claim, with its statement, source and kind of source in the middle, and whether that has no name.

    Ids and words that come again and again are made one object each: they are looked up by the hundred thousand.
    """
    words: list[Any] = list(map(intern, row[1:8]))
    handling = row[10][0]  # a reserved claim has the handling code of its statement
    more = (*row[8:10], handling, *(intern(value) if type(value) is str else value for value in row[11:]))
    claim = Claim(row[0], *words[:5], *statement[:3], *words[5:], *more)
    claim.unnamed = statement[3]
    return claim


def person_of(block: list[bool], row: list[Any]) -> Person:
    """A row of `hubs.persons` as a person."""
    (sealed,), (identifier, name, categories, age_disputed) = block, row
    return Person(identifier, name or "", frozenset(categories), sealed, child=age_disputed == "yes")


def claim_columns(columns: Sequence[ValueColumn]) -> list[ValueColumn]:
    """The same of all rows in columns: one for each attribute of a claim, in their order."""
    return [_column(columns[place], place) for place in _ORDER]


def _column(column: ValueColumn, place: int) -> ValueColumn:
    if place in _ALONE:
        return column
    words = [word and word[0] for word in column.words] if place == _HANDLING else column.words
    return ValueColumn([intern(word) if type(word) is str else word for word in words], column.place)
