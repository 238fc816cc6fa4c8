"""Claims with equal content: repeatable events may have several, numbered to distinguish them. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import count, takewhile
from typing import Any, NamedTuple

from graphsvc.ingest.check import Row

# Key of a claim: `id` and its delivered id, or `content` and its content.
Key = tuple[str, ...]
_POLARITY = "polarity"


class HeldClaim(NamedTuple):
    """A claim that is loaded already. `is_under_c`: whether it, or its statement, is under handling code C."""

    key: Key
    values: Mapping[str, Any]
    is_active: bool
    is_under_c: bool


def keys_of(claims: Container[Key], key: Key) -> list[Key]:
    """Return the keys of the existing claims with the same content; the second ends in `2`, and so on.

    Example:
        >>> keys_of({("content", "x"), ("content", "x", "2"), ("content", "y")}, ("content", "x"))
        [('content', 'x'), ('content', 'x', '2')]
    """
    return list(takewhile(claims.__contains__, (_numbered_key(key, place) for place in count(1))))


def with_ids(key: Key, ids: Mapping[str, str]) -> Key:
    """Return the key of a claim after some ids changed.

    Example:
        >>> with_ids(("content", "S1", "a", "PAID", "b", "", "", "2"), {"a": "c"})
        ('content', 'S1', 'c', 'PAID', 'b', '', '', '2')
    """
    kind, identifier, *content = key
    if content:
        subject, relation, target, *rest = content
        content = [ids.get(subject, subject), relation, ids.get(target, target), *rest]
    return (kind, ids.get(identifier, identifier), *content)


def are_several(claims: Container[Key], key: Key) -> bool:
    """Whether several claims have this content."""
    return _numbered_key(key, 2) in claims


class Named(NamedTuple):
    """Claims identified for rows with the same content.

    Attributes:
        names: key and row of each claim.
        repeated: rows equal to an earlier one, each an additional claim.
        contrary: rows paired with the row they contradict, or with None if they withdraw a claim that does not exist.
    """

    names: list[tuple[Key, Row]]
    repeated: list[Row]
    contrary: list[tuple[Row, Row | None]]


def identify_claims(
    key: Key, loaded: Sequence[HeldClaim], rows: Sequence[Row], *, is_whole: bool, is_under_c: Callable[[Row], bool]
) -> Named:
    """Identify the claim that each row makes, for rows with the same content in any order.

    It is the loaded claim that says the same, if there is one. Else an active claim that differs only in polarity: it
    was withdrawn, or is denied now. Else, if these are all the rows (`is_whole`), an active claim under the same
    handling code that no row makes any more: it was corrected. Else a new claim.
    """
    # A superseded claim comes back only if no active claim says the same.
    ordered = sorted(loaded, key=lambda claim: not claim.is_active)
    same: dict[str, list[Key]] = defaultdict(list)
    for claim in reversed(ordered):
        same[_content(claim.values)].append(claim.key)
    names: list[tuple[Key, Row]] = []
    unmatched: list[Row] = []
    repeated: list[Row] = []
    before = ""
    for content, row in sorted(((_content(row.values), row) for row in rows), key=lambda pair: (pair[0], pair[1].line)):
        if content == before:
            repeated.append(row)
        before = content
        if same[content]:
            names.append((same[content].pop(), row))
        else:
            unmatched.append(row)
    taken = {name for name, _ in names}
    free = [claim for claim in ordered if claim.is_active and claim.key not in taken]
    turned, unmatched = _match_turned(free, unmatched)
    names.extend(turned)
    taken.update(name for name, _ in turned)
    asserted = {_fact(row.values): row for row in rows if polarity(row.values) == "asserts"}
    contrary: list[tuple[Row, Row | None]] = []
    more: list[Row] = []
    for row in unmatched:
        said_so = asserted.get(_fact(row.values)) if polarity(row.values) != "asserts" else None
        if said_so is not None or (takes_back(row.values) and not is_whole):
            contrary.append((row, said_so))
        else:
            more.append(row)
    # If a row under P corrected a claim under C, the claim under P would be superseded, which shows that there is another.
    corrected: dict[bool, deque[Key]] = defaultdict(deque)
    for claim in free:
        if is_whole and claim.key not in taken:
            corrected[claim.is_under_c].append(claim.key)
    new = _new(key, len(loaded))
    for row in more:
        spare = corrected[is_under_c(row)]
        names.append((spare.popleft() if spare else next(new), row))
    return Named(names, repeated, contrary)


def polarity(values: Mapping[str, Any]) -> str:
    """Return whether a claim asserts, denies or is withdrawn; an empty cell asserts."""
    return str(values.get(_POLARITY, "asserts"))


def takes_back(values: Mapping[str, Any]) -> bool:
    """Whether a row withdraws a claim of its statement."""
    return polarity(values) == "withdrawn"


def _match_turned(free: Sequence[HeldClaim], rows: Sequence[Row]) -> tuple[list[tuple[Key, Row]], list[Row]]:
    """Return the rows that differ only in polarity from a claim (a different one for each row), and the other rows."""
    # Assertions are withdrawn first, denials only if nothing else is left.
    by_fact: dict[str, list[Key]] = defaultdict(list)
    for claim in sorted(free, key=lambda claim: polarity(claim.values) == "asserts"):
        by_fact[_fact(claim.values)].append(claim.key)
    turned: list[tuple[Key, Row]] = []
    unmatched: list[Row] = []
    for row in rows:
        if keys := by_fact[_fact(row.values)]:
            turned.append((keys.pop(), row))
        else:
            unmatched.append(row)
    return turned, unmatched


def _new(key: Key, loaded_count: int) -> Iterator[Key]:
    return (_numbered_key(key, place) for place in count(loaded_count + 1))


def _numbered_key(key: Key, place: int) -> Key:
    return (*key, str(place)) if place > 1 else key


def _content(values: Mapping[str, Any]) -> str:
    return ascii(sorted(values.items()))


def _fact(values: Mapping[str, Any]) -> str:
    """Return the contents of a claim without its polarity, as text."""
    return _content({name: value for name, value in values.items() if name != _POLARITY})
