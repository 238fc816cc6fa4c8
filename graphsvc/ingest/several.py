"""Claims of one content: of what happens time and again there may be several, told apart by how many there are. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain, count, takewhile
from typing import Any, NamedTuple

from graphsvc.ingest.check import Row

# What tells a claim apart: `id` and its delivered id, or `content` and its content.
Key = tuple[str, ...]


class HeldClaim(NamedTuple):
    """A claim that is loaded already."""

    key: Key
    values: Mapping[str, Any]
    is_active: bool


def keys_of(claims: Container[Key], key: Key) -> list[Key]:
    """The keys of the claims there are of one content; the second has a `2` behind it, and so on.

    Example:
        >>> keys_of({("content", "x"), ("content", "x", "2"), ("content", "y")}, ("content", "x"))
        [('content', 'x'), ('content', 'x', '2')]
    """
    return list(takewhile(claims.__contains__, (_numbered(key, place) for place in count(1))))


def are_several(claims: Container[Key], key: Key) -> bool:
    """Whether there are several claims of one content."""
    return _numbered(key, 2) in claims


def named(
    key: Key, held: Sequence[HeldClaim], rows: Sequence[Row], *, is_whole: bool
) -> tuple[list[tuple[Key, Row]], list[Row]]:
    """Which claim each of some rows of one content is, the same whatever their order; and the rows equal to one before.

    The claim that says the same, if there is one. Else, where these are all rows there are (`is_whole`), an active one that
    no row says any more: it was corrected. Else one more.
    """
    # What is superseded comes back only where nothing active says it.
    ordered = sorted(held, key=lambda claim: not claim.is_active)
    same: dict[str, list[Key]] = defaultdict(list)
    for claim in reversed(ordered):
        same[_said(claim.values)].append(claim.key)
    names: list[tuple[Key, Row]] = []
    others: list[Row] = []
    repeated: list[Row] = []
    before = ""
    for said, row in sorted(((_said(row.values), row) for row in rows), key=lambda pair: (pair[0], pair[1].line)):
        if said == before:
            repeated.append(row)
        before = said
        if same[said]:
            names.append((same[said].pop(), row))
        else:
            others.append(row)
    taken = {name for name, _ in names}
    free = (claim.key for claim in ordered if is_whole and claim.is_active and claim.key not in taken)
    names.extend(zip(chain(free, _new(key, len(held))), others, strict=False))
    return names, repeated


def _new(key: Key, held: int) -> Iterator[Key]:
    return (_numbered(key, place) for place in count(held + 1))


def _numbered(key: Key, place: int) -> Key:
    return (*key, str(place)) if place > 1 else key


def _said(values: Mapping[str, Any]) -> str:
    return ascii(sorted(values.items()))
