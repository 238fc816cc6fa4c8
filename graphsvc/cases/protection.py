"""The protection of a case: chosen at its creation, then made stricter at any time, or looser by two persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.appdb import tables, transaction
from graphsvc.cases.graph.sealing import marks
from graphsvc.errors import InputError, RequestError
from graphsvc.ingest.check import Row
from graphsvc.records.numbers import count

WITNESS, MARKED = "witness", "marked"
PROTECTIONS = MappingProxyType(
    {
        WITNESS: "Witness case: people are named only for an act or a charge; everybody else is shown by a pseudonym",
        MARKED: "Marked only: people are named unless they are marked; for registers, company and crime data without witnesses",
    }
)
_TABLE = tables.cases


def require_protection(protection: str) -> str:
    """Return the name of a protection unchanged.

    Raises:
        RequestError: no protection has that name.
    """
    if protection not in PROTECTIONS:
        raise RequestError(f"There is no protection {protection[:20]!r}. Choose {WITNESS} or {MARKED}.")
    return protection


class Protections:
    """The protections of the cases of one application database."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def of(self, case: str) -> tuple[str, str]:
        """Return the protection of a case, and when two persons loosened it (ISO, UTC; empty: never)."""
        row = self._row(case)
        if row is None:
            return WITNESS, ""
        return row.protection, "" if row.loosened_at is None else row.loosened_at.isoformat()

    def _row(self, case: str) -> Any:
        query = sa.select(_TABLE.c.protection, _TABLE.c.loosened_at).where(_TABLE.c.id == case)
        with transaction(self._database) as connection:
            return connection.execute(query).first()

    def choose(self, case: str, protection: str) -> tuple[tuple[str, str], bool]:
        """Return the protection to load a delivery with (see `of`), and whether the case is new.

        Raises:
            RequestError: the case exists with a different protection.
        """
        case_row = self._row(case)
        if case_row is None:
            return (require_protection(protection or WITNESS), ""), True
        choice = self.of(case)
        if protection and protection != choice[0]:
            raise RequestError(
                f"The case {case} is there already, with the protection {choice[0]!r}. Nothing was loaded. `graphsvc seal protect"
                f" {case} {require_protection(protection)}` changes it; or load into a new case."
            )
        return choice, False

    def keep(self, case: str, protection: str, state: str = "", loosened_at: dt.datetime | None = None) -> None:
        """Store the protection of a case, and the state of the case until it is written, in one transaction."""
        values = {"protection": protection, "loosened_at": loosened_at} | ({"state": state} if state else {})
        with transaction(self._database) as connection:
            connection.execute(_TABLE.update().where(_TABLE.c.id == case).values(**values))


def needs_protection(rows: Iterable[Row]) -> bool:
    """Whether rows contain witness statements, or people marked as witnesses, victims, minors or sealed."""
    return any(
        (row.table == "statements" and row.values.get("kind") == "witness")
        or (row.table == "people" and (marks(row.values, now().date(), of_witnesses=True)))
        for row in rows
    )


def require_no_witnesses(case: str, protection: str, rows: Iterable[Row]) -> None:
    """Refuse witness statements in a case that does not protect them.

    Raises:
        InputError: the rows contain one.
    """
    if protection != MARKED:
        return
    number = sum(row.table == "statements" and row.values.get("kind") == "witness" for row in rows)
    if number:
        raise InputError(
            f"This holds {count(number, 'witness statement')}, and the case {case} protects marked people only. Nothing was"
            f" loaded. Make it a witness case first (`graphsvc seal protect {case} {WITNESS}`), or load into a new case."
        )
