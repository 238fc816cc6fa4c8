"""Stores witness statements that were added by form and wait to open with others."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries.batches import SERVICE, Wait
from graphsvc.cases.deliveries.sealed_rows import open_rows, seal_rows
from graphsvc.errors import Busy, RequestError
from graphsvc.ingest.check import Delivery, Row, digest
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows

_TABLE = tables.waiting
# Waiting statements get random numbers far above delivery numbers: the first number, and how many there are.
_FIRST, _MANY = 1_000_000, 900_000_000


@dataclass(frozen=True, slots=True)
class Opening:
    """A statement that opens, with the fields of a stored delivery.

    Attributes:
        waited: its number while it waited.
    """

    waited: int
    status: str
    partial: bool
    rows_sealed: bytes


class Waitlist:
    """The waiting statements of each case. Callers that change them hold the case's lock."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def cases(self) -> list[str]:
        """Return the cases with waiting statements."""
        with transaction(self._database) as connection:
            rows = connection.execute(sa.select(_TABLE.c.case_id).distinct().order_by(_TABLE.c.case_id))
            return [row.case_id for row in rows]

    def rows(self, case: str) -> dict[int, Any]:
        """Return the waiting statements of a case, number → row, in the order they were added."""
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(_TABLE).where(_TABLE.c.case_id == case).order_by(_TABLE.c.added_at, _TABLE.c.number)
            )
            return {row.number: row for row in rows}

    def waits(self, case: str, key: bytes) -> dict[int, Wait]:
        """Return the waits of a case's statements, by number."""
        return {number: _wait(key, case, row) for number, row in self.rows(case).items()}

    def keep(
        self,
        case: str,
        key: bytes,
        account: str,
        delivery: Delivery,
        counts: Mapping[str, Any],
        on: dt.date,
        *,
        partial: bool,
    ) -> int:
        """Store a waiting statement; return its number."""
        number, moment = _FIRST + secrets.randbelow(_MANY), now()
        with transaction(self._database) as connection:
            connection.execute(
                _TABLE.insert().values(
                    case_id=case,
                    number=number,
                    partial=partial,
                    account=account,
                    received_on=on,
                    added_at=moment,
                    since=moment,
                    counts=counts,
                    # The ends of its claims are determined when it opens.
                    rows_sealed=seal_rows(key, case, number, KeptRows.of(replace(delivery, ends={}), partial=partial)),
                )
            )
        return number

    def chosen(
        self,
        case: str,
        key: bytes,
        choose: Callable[[Mapping[int, Wait]], Collection[int]],
        state: Callable[[], State],
        first: int,
    ) -> dict[int, Opening]:
        """Return the statements to open, by their delivery numbers; statements that no longer fit are held back.

        Args:
            case: the case.
            key: its data key.
            choose: given the waits, returns the numbers of those to open; called again if a statement is held back.
            state: returns the state of the case made by the deliveries that count.
            first: the number of the next delivery; the statements get numbers in random order.
        """
        while True:
            rows = self.rows(case)
            numbers = choose(self.waits(case, key))
            order = [number for number in rows if number in numbers]
            secrets.SystemRandom().shuffle(order)
            opening, now_there = dict[int, Opening](), state() if order else State()
            for number in order:
                row, anew = rows[number], first + len(opening)
                delivery = open_rows(key, case, number, row.rows_sealed, partial=row.partial)
                report = delivery.fold(now_there, anew)
                if report.rejections:
                    self.hold_back(case, number, SERVICE)
                    break
                sealed = seal_rows(key, case, anew, delivery._replace(ends=report.ends))
                opening[anew] = Opening(number, "loading", row.partial, sealed)
            else:
                return opening

    def find_same(self, case: str, key: bytes, delivery: Delivery) -> int | None:
        """Return the number of the waiting statement with the same contents; None if there is no such statement.

        Raises:
            RequestError: a waiting statement was made from the same form, whose content has changed since.
        """
        sought, statement_ids = delivery.digest, _statements(delivery.rows)
        for number, row in self.rows(case).items():
            rows = open_rows(key, case, number, row.rows_sealed, partial=row.partial).rows
            if digest(rows) == sought:
                return number
            if statement_ids & _statements(rows):
                raise RequestError(
                    f"This form was added already: it waits as number {number}, without what you have typed since. Take"
                    " that back on the page Import and add this one, or begin a new form."
                )
        return None

    def begin_opening(self, case: str, opening: Mapping[int, Opening], at: dt.datetime, state: str) -> None:
        """Turn statements into deliveries, all together; `state` is the state of the case until they are written.

        Raises:
            Busy: one of them was held back or undone in the meantime; nothing is changed.
        """
        with transaction(self._database) as connection:
            for number, delivery in opening.items():
                mine = (_TABLE.c.case_id == case, _TABLE.c.number == delivery.waited, _TABLE.c.held_by == "")
                row = connection.execute(sa.select(_TABLE).where(*mine)).one_or_none()
                if row is None or not connection.execute(_TABLE.delete().where(*mine)).rowcount:
                    raise Busy("An account that was to open was held back or taken back at this moment. Try again.")
                connection.execute(
                    tables.deliveries.insert().values(
                        case_id=case,
                        number=number,
                        partial=row.partial,
                        status=delivery.status,
                        account=row.account,
                        received_on=row.received_on,
                        loaded_at=row.added_at,
                        opened_at=at,
                        counts=row.counts,
                        rows_sealed=delivery.rows_sealed,
                    )
                )
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))

    def hold_back(self, case: str, number: int, by: str) -> bool:
        """Hold a statement back, or release it if `by` is empty (its wait restarts); return whether it is waiting."""
        change: dict[str, Any] = {"held_by": by} if by else {"held_by": "", "since": now()}
        with transaction(self._database) as connection:
            mine = (_TABLE.c.case_id == case, _TABLE.c.number == number)
            return bool(connection.execute(_TABLE.update().where(*mine).values(**change)).rowcount)

    def withdraw(self, case: str, number: int) -> None:
        """Delete a waiting statement."""
        with transaction(self._database) as connection:
            connection.execute(_TABLE.delete().where(_TABLE.c.case_id == case, _TABLE.c.number == number))


def _wait(key: bytes, case: str, row: Any) -> Wait:
    rows = open_rows(key, case, row.number, row.rows_sealed, partial=row.partial).rows
    statements = [record.values for record in rows if record.table == "statements"]
    # Sources count separately for each loader: a guessed source that waits already must not change when others open.
    given_by = frozenset(f"{row.account}\n{statement.get('source_id', statement['id'])}" for statement in statements)
    open_too = any(statement.get("handling") == "P" for statement in statements)
    return Wait(row.since, given_by, held=bool(row.held_by), handling="P" if open_too else "C")


def _statements(rows: Iterable[Row]) -> set[str]:
    return {row.values["id"] for row in rows if row.table == "statements"}
