"""Questions that were put about claims, counted by source, so that nobody is asked so often that it becomes a task."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import alone, tables, transaction
from graphsvc.errors import RequestError
from graphsvc.records.dates import day

_ROW = tables.questions
_LOCK = 0x61736B  # advisory lock of PostgreSQL: of two that ask one source at once, the second counts the first


@dataclass(slots=True)
class Put:
    """What was asked in one case.

    Attributes:
        asked: source → how often. claims: claim → (account, when) of the latest question about it.
    """

    asked: Counter[str] = field(default_factory=Counter)
    claims: dict[str, tuple[str, dt.datetime]] = field(default_factory=dict)


class QuestionStore:
    """The questions of one application database."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def of(self, case: str, grant: Grant) -> Put:
        """What was asked in a case about claims that who holds `grant` may see."""
        with transaction(self._database) as connection:
            return self._of(connection, case, grant)

    def put(
        self, case: str, grant: Grant, *, claim: str, source: str, handling: str, by: str, most: int | None
    ) -> None:
        """Keep that a question about a claim was put.

        Args:
            case: the case.
            grant: what the account is cleared for in it.
            claim: id of the claim.
            source: pseudonym of who said it.
            handling: the claim's code.
            by: the account.
            most: how often this source may be asked; None: as often as need be.

        Raises:
            RequestError: it was put already, or the source was asked as often as it may be.
        """
        with alone(self._database, _LOCK) as connection:
            there = self._of(connection, case, grant)
            if claim in there.claims:
                account, at = there.claims[claim]
                raise RequestError(f"{account} put a question about this on {day(at)} already.")
            if most is not None and there.asked[source] >= most:
                raise RequestError("This source has been asked often enough. Nothing was put.")
            connection.execute(
                _ROW.insert().values(
                    id=secrets.token_hex(16),
                    case_id=case,
                    source=source,
                    claim_id=claim,
                    handling=handling,
                    account=by,
                    at=now(),
                )
            )

    @staticmethod
    def _of(connection: sa.Connection, case: str, grant: Grant) -> Put:
        query = sa.select(_ROW).where(_ROW.c.case_id == case, _ROW.c.handling.in_(grant.codes))
        questions = Put()
        for row in connection.execute(query.order_by(_ROW.c.at, _ROW.c.id)):
            questions.asked[row.source] += 1
            if row.claim_id:
                questions.claims[row.claim_id] = (row.account, row.at)
        return questions
