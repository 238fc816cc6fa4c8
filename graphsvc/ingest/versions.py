"""History of one statement and its claims: the effect of each delivery, from the stored rows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from graphsvc.ingest.check import Delivery, Row
from graphsvc.ingest.codes import with_codes
from graphsvc.ingest.fold import fold
from graphsvc.ingest.report import FoldedRow, Report
from graphsvc.ingest.several import Key
from graphsvc.ingest.state import State


class KeptRows(NamedTuple):
    """A stored delivery.

    Attributes:
        rows: its accepted rows.
        columns: its columns by table.
        partial: whether the delivery only adds.
        incomplete: see `fold.fold`; None: it was stored before this was recorded.
        accepted: ids of its statements that were accepted when it came.
        ends, rejected_c, sets_aside, hides: as in `check.Delivery`.
    """

    rows: list[Row]
    columns: dict[str, list[str]]
    partial: bool
    incomplete: Collection[str] | None = None
    accepted: Collection[str] = ()
    ends: Mapping[str, str] = MappingProxyType({})
    rejected_c: Collection[str] = ()
    sets_aside: bool = False
    hides: bool = False

    @classmethod
    def of(cls, delivery: Delivery, *, partial: bool) -> KeptRows:
        """Return a delivery in its stored form."""
        return cls(
            delivery.rows,
            delivery.columns,
            partial,
            delivery.incomplete,
            delivery.accepted,
            delivery.ends,
            delivery.rejected_c,
            delivery.sets_aside,
            delivery.hides,
        )

    def fold(self, state: State, number: int) -> Report:
        """Fold this delivery into a state under its number, and report the effects."""
        return fold(
            state,
            number,
            self.with_codes(state).rows,
            self.columns,
            partial=self.partial,
            incomplete=self.incomplete,
            accepted_before=self.accepted,
            ends_before=self.ends,
            rejected_c=self.rejected_c,
            sets_aside=self.sets_aside,
            hides=self.hides,
        )

    def with_codes(self, state: State) -> KeptRows:
        """Return this delivery with the codes of its rows, which older versions of graphsvc did not store.

        Args:
            state: result of the deliveries before it.
        """
        delivered = (row.values["id"] for row in self.rows if row.table == "statements")
        refused = frozenset(delivered) - frozenset(self.accepted) if self.accepted else frozenset[str]()
        statements = state.records["statements"]
        rows = with_codes(self.rows, statements, self.columns, partial=self.partial, refused=refused)
        return self._replace(rows=list(rows))


@dataclass(frozen=True, slots=True)
class VersionStep:
    """Effect of one delivery.

    Attributes:
        delivery: its number.
        statement: the statement before (None: it did not exist) and after; None if it did not change.
        claims: key (`fold.claim_key`) → the claim before and after; None: it did not belong to the statement. A claim
            left out is `superseded` after.
        standing: the statement after the delivery.
    """

    delivery: int
    standing: FoldedRow
    statement: tuple[FoldedRow | None, FoldedRow] | None = None
    claims: dict[Key, tuple[FoldedRow | None, FoldedRow | None]] = field(default_factory=dict)


def _is_alike(before: FoldedRow | None, after: FoldedRow | None) -> bool:
    """Whether a claim is unchanged, or only stays under C while its statement is opened."""
    if before is None or after is None or before is after:
        return before is after
    return (before.status, before.delivery, before.line) == (after.status, after.delivery, after.line)


def steps(deliveries: Mapping[int, KeptRows], statement: str) -> tuple[State, list[VersionStep]]:
    """Return the state that deliveries make, and the steps that changed a statement or its claims, in order.

    Args:
        deliveries: number → stored delivery.
        statement: the statement's delivered id.

    Example:
        >>> said = Row("statements", "statements.csv", 2, {"id": "T1", "kind": "record"})
        >>> graded = Row("statements", "statements.csv", 2, {"id": "T1", "kind": "record", "assessment": "A"})
        >>> columns = {"statements": ["id", "kind", "assessment"]}
        >>> deliveries = {1: KeptRows([said], columns, False), 2: KeptRows([said], columns, False), 3: KeptRows([graded], columns, False)}
        >>> [(step.delivery, step.standing.values.get("assessment")) for step in steps(deliveries, "T1")[1]]
        [(1, None), (3, 'A')]
    """
    state = State()
    version_steps: list[VersionStep] = []
    standing: FoldedRow | None = None
    claims: dict[Key, FoldedRow] = {}
    for number, delivery in sorted(deliveries.items()):
        delivery.fold(state, number)
        was, claims_before = standing, claims
        standing = state.records["statements"].get(statement)
        claims = {key: state.claims[key] for key in state.by_statement.get(statement, ())}
        if standing is None:
            continue
        changed = {
            key: (claims_before.get(key), claims.get(key))
            for key in (*claims_before, *(key for key in claims if key not in claims_before))
            if not _is_alike(claims_before.get(key), claims.get(key))
        }
        if changed or standing is not was:
            version_steps.append(VersionStep(number, standing, None if standing is was else (was, standing), changed))
    return state, version_steps
