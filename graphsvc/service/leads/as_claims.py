"""Turn rows of `hubs.claims` into claims, one by one or column by column, and rows of `hubs.persons` into persons."""

from __future__ import annotations

from sys import intern
from typing import Any

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.claims.laid import NAMES
from graphsvc.records.columns import Batch, as_dictionary

# Positions of a claim's attributes in a row of columns, which begins with the columns of the statement.
_ORDER = (*range(4, 10), *range(3), *range(10, 22), 3)


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


def claim_columns(columns: Batch) -> Batch:
    """Arrange the columns of all rows as the attributes of claims, in the order `claim_of` gives them."""
    claims = columns.select(_ORDER).rename_columns(NAMES)
    codes = as_dictionary(claims["handling"])
    # A reserved claim has the handling code of its statement.
    handling = type(codes).from_arrays(codes.indices, [word[0] for word in codes.dictionary.to_pylist()])
    return claims.set_column(NAMES.index("handling"), "handling", handling)
