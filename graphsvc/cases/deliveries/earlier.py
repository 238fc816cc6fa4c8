"""Reconstructs a case as it was before some of its deliveries, as the analysis uses it, without names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from graphsvc.access import vault
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.claims.claims import Claim
from graphsvc.cases.deliveries.replay import Replay
from graphsvc.cases.graph.graphing import DEFAULTS, is_on_record, status_of
from graphsvc.cases.graph.handling import Handling, is_on_list
from graphsvc.cases.protection import MARKED
from graphsvc.cases.register import Register
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State


@dataclass(frozen=True, slots=True)
class Graded:
    """Former grading and weight of a claim; fields as in `analysis.claims.claims.Claim`."""

    polarity: str
    status: str
    source_grade: str
    assessment: str
    on_record: bool
    weight: int
    amount: float | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Former contents of a case, as one reader could see them.

    Attributes:
        claims: id of a claim → its former grading.
        people: ids, as pages show them, of people that this reader saw in the case without any claim, sealed or not.
    """

    claims: dict[str, Graded]
    people: frozenset[str]

    def claim(self, claim: Claim) -> Claim | None:
        """Return a claim as it was then: the same object if unchanged, None if the reader did not see it."""
        graded = self.claims.get(claim.id)
        if graded is None:
            return None
        fields = {name: getattr(graded, name) for name in Graded.__slots__}
        return claim if all(getattr(claim, name) == was for name, was in fields.items()) else replace(claim, **fields)


def earlier(replay: Replay, register: Register, case: str, key: bytes, newer: Collection[int], grant: Grant) -> Earlier:
    """Return a case as it was before the deliveries numbered `newer`, its latest.

    Later erasures and sealings still apply. A corrected claim with an explicit id keeps its current ends and days.
    Claims and people that a reader with this grant did not see are left out: otherwise news about leads would show
    who was in the case without a claim, such as a source.
    """
    past = {number: row for number, row in register.counting(case).items() if number not in newer}
    state = replay.replay_deliveries(case, key, past).state
    handling = Handling(state)
    is_listing = replay.protection.of(case)[0] == MARKED
    people = [
        identifier
        for identifier in state.records["people"]
        if (grant.sources or (is_listing and is_on_list(state, identifier)))
        and handling.entity(identifier, is_listed=is_listing) in grant.codes
    ]
    return Earlier(
        {
            vault.claim_id(key, *name): _grading(state, row)
            for name, row in state.claims.items()
            if handling.claim(row) in grant.codes
        },
        frozenset(people) | {vault.pseudonym(key, "person", identifier) for identifier in people},
    )


def _grading(state: State, row: FoldedRow) -> Graded:
    """Return the grading of a claim, as in `cases.graph.graphing`."""
    values = row.values
    statement = DEFAULTS | state.records["statements"][values["statement_id"]].values
    return Graded(
        polarity=values.get("polarity", "asserts"),
        status=status_of(row, statement["status"]),
        source_grade=statement["source_grade"],
        assessment=values.get("assessment", statement["assessment"]),
        on_record=is_on_record(statement),
        weight=values.get("weight", 1),
        amount=values.get("amount"),
    )
