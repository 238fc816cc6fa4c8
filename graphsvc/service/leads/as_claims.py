"""Turn rows of `hubs.claims` into claims, one by one or in columns, and rows of `hubs.persons` into persons."""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern
from typing import Any

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.records.columns import ValueColumn

# Columns of a row (those of its statement first) in the order of a claim's attributes.
# Then the place of the handling code among the columns.
_ORDER = (*range(4, 10), *range(3), *range(10, 22), 3)
_HANDLING = 14
# Columns that are not interned: other clearances seldom have the same statement and claim ids in memory.
_ALONE = (0, 4)


def claim_of(statement: list[Any], row: list[Any]) -> Claim:
    """Turn a row of `hubs.claims` into a claim.

    Repeated ids and words are interned, because they are looked up hundreds of thousands of times.

    Args:
        statement: the statement's id, source and kind of source, and whether the source has no name.
        row: the claim's own columns.
    """
    words: list[Any] = list(map(intern, row[1:8]))
    handling = row[10][0]  # a reserved claim has the handling code of its statement
    more = (*row[8:10], handling, *(intern(value) if type(value) is str else value for value in row[11:]))
    claim = Claim(row[0], *words[:5], *statement[:3], *words[5:], *more)
    claim.unnamed = statement[3]
    return claim


def person_of(block: list[bool], row: list[Any]) -> Person:
    """Turn a row of `hubs.persons` into a person."""
    (sealed,), (identifier, name, categories, age_disputed) = block, row
    return Person(identifier, name or "", frozenset(categories), sealed, child=age_disputed == "yes")


def claim_columns(columns: Sequence[ValueColumn]) -> list[ValueColumn]:
    """Arrange the columns of all rows as the attributes of claims, in the order `claim_of` gives them."""
    return [_column(columns[place], place) for place in _ORDER]


def _column(column: ValueColumn, place: int) -> ValueColumn:
    if place in _ALONE:
        return column
    words = [word and word[0] for word in column.words] if place == _HANDLING else column.words
    return ValueColumn([intern(word) if type(word) is str else word for word in words], column.place)
