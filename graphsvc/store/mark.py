"""Checks, by a mark and by counts of each kind, that the graph still has what was last written for a case.

The mark is random, and changes with every change of the case. A store that was lost, emptied, exchanged or restored
from an older copy has no mark, or a different one; reading it is cheap. Counting detects data removed by other means.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from graphsvc.store.bolt import Store
from graphsvc.store.image import NODE_LABELS, Image, writing_mark, writing_text

_TIMEOUT_S = 600
# Seconds between two checks of a case, and the shortest pause as a multiple of the last check's duration: counting a
# large case repeatedly, while others are written, must not become most of the work.
_EVERY_S, _TIMES = 2.0, 20.0
_MOST = 100
_CLAIMS, _ENDS, _GIVEN, _LINKS = "Claim", "ends of claims", "given", "links"
# Queries on the store as a whole, not on a case.
_ANYTHING = "MATCH (n) WHERE NOT n:GraphsvcSchema RETURN 1 AS something LIMIT 1"
_SIZE = "MATCH (n) RETURN count(n) AS number UNION ALL MATCH ()-[r]->() RETURN count(r) AS number"
_ENDS_OF_ONE = 3  # its statement, its subject and its object


@dataclass(frozen=True, slots=True)
class Held:
    """A graph's content for one case.

    Attributes:
        mark: set by the last change of the case; empty if the graph has nothing of the case.
        counts: label or kind of relationship → number, for every kind, including 0.
        bookmarks: in a cluster, names of the transactions a server needs to have this content; they reveal none of it.
    """

    mark: str
    counts: dict[str, int]
    bookmarks: tuple[str, ...] = field(default=(), compare=False)

    def as_json(self) -> dict[str, Any]:
        """Return the content as stored in the application database."""
        plain: dict[str, Any] = {"mark": self.mark, "counts": dict(sorted(self.counts.items()))}
        return plain | ({"bookmarks": list(self.bookmarks)} if self.bookmarks else {})

    @classmethod
    def of_json(cls, record: dict[str, Any]) -> Self:
        """Return the inverse of `as_json`."""
        return cls(record["mark"], dict(record["counts"]), tuple(record.get("bookmarks", ())))


def renew(store: Store, case: str, image: Image) -> Held:
    """Set a new mark after a case's image was written, before the case opens; return the content expected from now on.

    A case with nothing in the graph has no mark, so that it passes the check in an empty store.
    """
    mark = secrets.token_hex(16) if image.size() else ""
    if mark:
        store.write(writing_text("mark", ""), {"case": case, "mark": mark}, writing_mark(case))
    else:
        store.write(writing_text("unmark", ""), {"case": case}, writing_mark(case))
    return Held(mark, count_kinds(image), tuple(store.last_bookmarks()))


def follow_writes(store: Callable[[], Store], case: str, contents: Mapping[str, Any] | None) -> None:
    """Make sure that later reads are no older than the last write of a case, by any process.

    Args:
        store: opened only if there is anything to follow.
        case: the case.
        contents: the graph's content after its last write (`Held.as_json`).
    """
    if bookmarks := (contents or {}).get("bookmarks"):
        store().follow(case, bookmarks)


def count_kinds(image: Image) -> dict[str, int]:
    """Count each kind in an image, as `read_held` counts them in the graph."""
    counts = {label: len(image.nodes[label]) for label in NODE_LABELS}
    claims = len(image.claims)
    return counts | {
        _CLAIMS: claims,
        _ENDS: _ENDS_OF_ONE * claims,
        _GIVEN: len(image.given),
        _LINKS: len(image.links),
    }


def read_mark(store: Store, case: str) -> str:
    """Return a case's mark in the graph, empty if it has none. Cheap enough to call whenever a case is opened.

    Raises:
        OperatorError: the server cannot be reached.
    """
    rows = store.read(writing_text("marked", ""), {"case": case}, timeout=_TIMEOUT_S, cap=1, newest=True).rows
    return str(rows[0][0]) if rows else ""


def is_empty(store: Store) -> bool:
    """Whether a store holds nothing but the record of its schema."""
    return not store.read(_ANYTHING, {}, timeout=_TIMEOUT_S, cap=1, newest=True).rows


def size(store: Store) -> int:
    """Return how many nodes and relationships a store has in all; Neo4j knows this without counting."""
    return sum(row[0] for row in store.read(_SIZE, {}, timeout=_TIMEOUT_S, cap=2, newest=True).rows)


def read_held(store: Store, case: str) -> Held:
    """Return a case's mark and counts in the graph; called when a service starts.

    Raises:
        Busy: counting takes longer than ten minutes. OperatorError: the server cannot be reached.
    """
    rows = store.read(writing_text("held", ""), {"case": case}, timeout=_TIMEOUT_S, cap=_MOST, newest=True).rows
    return Held(read_mark(store, case), count_kinds(Image()) | dict(rows))


class Checks:
    """Checks that the graph has what was last written for each case; counts only if the store's size has changed."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._due: dict[str, float] = {}
        # Case → its mark and the store's size when it was last counted and complete.
        self._whole: dict[str, tuple[str, int]] = {}

    def is_due(self, case: str) -> bool:
        """Whether it is time to check a case again."""
        return time.monotonic() >= self._due.get(case, -math.inf)

    def passes(self, case: str, expected: Mapping[str, Any]) -> bool:
        """Whether the graph holds the expected content of a case (`Held.as_json`).

        Raises:
            Busy, OperatorError: as `read_held`.
        """
        began = time.monotonic()
        store = self._store()
        # Read before counting. If data is removed during the count, the next check sees another size and counts again.
        now = (str(expected["mark"]), size(store))
        if self._whole.get(case) == now:
            is_whole = read_mark(store, case) == now[0]
        else:
            is_whole = read_held(store, case) == Held.of_json(dict(expected))
        if is_whole:
            self._whole[case] = now
            self._due[case] = time.monotonic() + max(_EVERY_S, _TIMES * (time.monotonic() - began))
        return is_whole
