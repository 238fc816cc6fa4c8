"""Statements: the contents of one, and how each delivery changed it.

The history is rebuilt from stored rows. Each version is shown as in the graph, with pseudonyms and masked texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphsvc.access.gate.redact import permits
from graphsvc.access.people.principal import Grant
from graphsvc.cases.deliveries import statement_form
from graphsvc.cases.graph.id_map import IdMap
from graphsvc.errors import Refused
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.versions import VersionStep
from graphsvc.records.properties import property_of, says_something
from graphsvc.records.tables import REASON, TABLES
from graphsvc.service.ask import Ask, filled_columns, nothing

# The three parts into which a statement's claims are divided.
CLAIMED = ("asserts", "denies", "taken_back")


@dataclass(frozen=True, slots=True)
class StatementPage:
    """One statement, as far as a reader may see it.

    Attributes:
        values: released properties that have a value.
        claims: rows of `statements.claims`; claims of a denied link have `denying`, as in `network.among`.
        numbers: `asserts`, `denies`, `taken_back` → number of claims in that part, returned or not.
        truncated: there are more claims than were returned.
    """

    id: str
    values: dict[str, Any]
    claims: list[dict[str, Any]]
    numbers: dict[str, int]
    truncated: bool


@dataclass(frozen=True, slots=True)
class StatementVersion:
    """Changes made to a statement by one delivery.

    Attributes:
        at: its time (UTC).
        reason: the recorded reason, if any.
        statement: column → (before, after).
        claims: released rows, each with `did` (`added`, `changed`, `superseded`, `brought back` or `moved away`),
            `before` (column → earlier value) and `belief_before`.
    """

    delivery: int
    account: str
    at: dt.datetime
    reason: str
    statement: dict[str, tuple[str, str]]
    claims: list[dict[str, Any]]


class Statements:
    """The statements of one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def look(self, identifier: str, after: int = 0, most: int | None = None) -> StatementPage:
        """Return one statement, as far as this reader may see it.

        Args:
            identifier: its id.
            after: how many claims to skip in each part (asserting, denying, taken back).
            most: maximum number of claims returned for each part; None for all, up to the row cap.

        Raises:
            NotFound: it does not exist, or this reader may not see it.
        """
        rows = self._ask.rows("statements.one", id=identifier).dicts()
        if not rows:
            raise nothing(identifier)
        counted = {row["part"]: row["claims"] for row in self._ask.rows("statements.count", id=identifier).dicts()}
        total = sum(counted.values())
        if most is None or (not after and total <= most):
            answers = [self._ask.rows("statements.claims", id=identifier)]
        else:
            parameters: dict[str, Any] = {"id": identifier, "after": after, "most": most}
            answers = [self._ask.rows("statements.claims", which=part, **parameters) for part in counted]
        claims = [row for answer in answers for row in answer.dicts()]
        self._ask.mark_denied(claims)
        numbers = {part: counted.get(part, 0) for part in CLAIMED}
        return StatementPage(identifier, filled_columns(rows[0]), claims, numbers, len(claims) < total)

    def history(self, statement: str) -> list[StatementVersion]:
        """Return the changes that each delivery made to a statement and its claims, newest first.

        Raises:
            NotFound: this reader may not see the statement.
            Refused: clearance for all of the case is missing; it is needed because deliveries may contain both codes.
        """
        with self._ask.act("read", query="history") as outcome:
            page = self.look(statement)
            if self._ask.grant.handling != "C":
                raise Refused(
                    "The history of a statement takes clearance for handling code C in this case, as it is made from whole deliveries."
                )
            telling, steps = self._ask.home.casework.replay.history(self._ask.case, page.id)
            deliveries = {row["number"]: row for row in self._ask.home.register.deliveries(self._ask.case)}
            history = _History(telling, deliveries, self._ask.grant)
            # Deliveries that changed only hidden data are left out, since an entry would reveal the change.
            versions = [version for version in map(history.version, steps) if version.statement or version.claims]
            outcome["rows"] = len(versions)
            self._ask.mark_denied([row for version in versions for row in version.claims])
            named = self._ask.entity_rows(
                {end for version in versions for row in version.claims for end in (row["subject"], row["object"])}
            )
        return [_with_names(version, named) for version in reversed(versions)]

    def withheld(self) -> set[str]:
        """Return the columns of a statement that this person may not see."""
        columns = TABLES["statements"].columns
        return {column.name for column in columns if not permits(self._ask.grant, f"Statement.{column.name}")}


class _History:
    """The versions of a statement as they would be in the graph, limited to what a grant permits."""

    def __init__(self, telling: IdMap, deliveries: Mapping[int, Mapping[str, Any]], grant: Grant) -> None:
        self._telling, self._deliveries, self._grant = telling, deliveries, grant

    def _shows(self, label: str, name: str) -> bool:
        return says_something(name) and permits(self._grant, property_of(label, name))

    def version(self, step: VersionStep) -> StatementVersion:
        """Return the changes made by one delivery."""
        identifier = step.standing.values["id"]
        changes: dict[str, tuple[str, str]] = {}
        if step.statement is not None:
            before, after = (self._statement(identifier, row) for row in step.statement)
            names = dict.fromkeys([*after, *before])
            changes = {
                name: (before.get(name, ""), after.get(name, ""))
                for name in names
                if before.get(name) != after.get(name)
            }
        standing = self._telling.statement(identifier, step.standing)
        reason = statement_form.text(standing.get(REASON)) if step.statement is not None else ""
        changes.pop(REASON, None)
        claims = [self._claim(key, *rows) for key, rows in step.claims.items() if self._may_see(key, *rows)]
        delivery = self._deliveries[step.delivery]
        return StatementVersion(step.delivery, delivery["account"], delivery["loaded_at"], reason, changes, claims)

    def _statement(self, identifier: str, row: FoldedRow | None) -> dict[str, str]:
        if row is None:
            return {}
        properties = self._telling.statement(identifier, row)
        return {
            name: statement_form.text(value) for name, value in properties.items() if self._shows("Statement", name)
        }

    def _may_see(self, key: tuple[str, ...], *rows: FoldedRow | None) -> bool:
        """Whether the reader is cleared for all these versions of a claim; one may identify a sealed person."""
        codes = [self._telling.claim(key, row)[1]["handling"] for row in rows if row is not None]
        return all(code in self._grant.claim_codes for code in codes)

    def _claim(self, key: tuple[str, ...], was: FoldedRow | None, now: FoldedRow | None) -> dict[str, Any]:
        before = self._row(key, was) if was is not None else {}
        after = self._row(key, now) if now is not None else before
        if was is None:
            did = "added"
        elif now is None:
            did = "moved away"
        elif now.status == "superseded":
            did = "superseded"
        else:
            did = "brought back" if was.status == "superseded" and before == after else "changed"
        belief = after.pop("belief", None)
        changes = {
            name: before.get(name) for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)
        }
        return after | {
            "did": did,
            "belief": belief,
            "belief_before": changes.pop("belief", None),
            "before": changes if was and did != "superseded" else {},
        }

    def _row(self, key: tuple[str, ...], row: FoldedRow) -> dict[str, Any]:
        claim, properties = self._telling.claim(key, FoldedRow(row.values, row.delivery, row.line))
        ends = {
            "subject": claim.subject,
            "object": claim.object,
            "subject_kind": claim.subject_kind,
            "object_kind": claim.object_kind,
        }
        return {
            **ends,
            **{
                name: value
                for name, value in properties.items()
                if self._shows("Claim", name) and not name.endswith("status")
            },
        }


def _with_names(version: StatementVersion, named: Mapping[str, Mapping[str, Any]]) -> StatementVersion:
    """Add to a version the names of the entities in its claims."""
    claims = []
    for row in version.claims:
        names = {f"{end}_name": (named.get(row[end]) or {}).get("name") for end in ("subject", "object")}
        claims.append(row | names)
    return replace(version, claims=claims)
