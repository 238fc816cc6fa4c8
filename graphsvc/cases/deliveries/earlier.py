"""What stood in a case before some of its deliveries came, in the words of the analysis. Nobody is named by it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from graphsvc.access import vault
from graphsvc.analysis.evidence.claims import Claim
from graphsvc.cases.deliveries.replay import Replay
from graphsvc.cases.image.graphing import DEFAULTS, is_on_record, status_of
from graphsvc.cases.register import Register
from graphsvc.ingest.fold import State
from graphsvc.ingest.report import FoldedRow


@dataclass(frozen=True, slots=True)
class Graded:
    """What a claim counted by; fields as of `analysis.evidence.claims.Claim`."""

    polarity: str
    status: str
    source_grade: str
    assessment: str
    on_record: bool
    weight: int
    amount: float | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What stood then.

    Attributes:
        claims: id of a claim → what it counted by.
        people: ids of the persons there were, as pages show them, sealed or not.
    """

    claims: dict[str, Graded]
    people: frozenset[str]

    def claim(self, claim: Claim) -> Claim | None:
        """A claim as it stood then: the same object where nothing is other; None: it was not there."""
        graded = self.claims.get(claim.id)
        if graded is None:
            return None
        fields = {name: getattr(graded, name) for name in Graded.__slots__}
        return claim if all(getattr(claim, name) == was for name, was in fields.items()) else replace(claim, **fields)


def earlier(replay: Replay, register: Register, case: str, key: bytes, newer: Collection[int]) -> Earlier:
    """A case without its deliveries of the numbers `newer`, which come after all others that count.

    What was erased, and who was sealed since, stays so. Which ends and days a claim with an id of its own had before it was
    corrected is not told: it has those it has now.
    """
    past = {number: row for number, row in register.counting(case).items() if number not in newer}
    state = replay.replayed(case, key, past).state
    people = state.records["people"]
    return Earlier(
        {vault.claim_id(key, *name): _graded(state, row) for name, row in state.claims.items()},
        frozenset(people) | {vault.pseudonym(key, "person", identifier) for identifier in people},
    )


def _graded(state: State, row: FoldedRow) -> Graded:
    """What a claim counts by, as `cases.image.graphing` has it."""
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
