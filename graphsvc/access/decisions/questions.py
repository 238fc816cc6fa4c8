"""Questions asked about claims, counted for each source, so that no source is questioned too often."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa

from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import alone, tables
from graphsvc.errors import RequestError
from graphsvc.records.dates import day

_ROW = tables.questions
_QUESTIONS = StoredRows(_ROW)
_LOCK = 0x61736B  # PostgreSQL advisory lock: questions are recorded one at a time


@dataclass(slots=True)
class Put:
    """Questions asked in one case.

    Attributes:
        asked: source → number of questions. claims: claim → (account, time) of the latest question about it.
    """

    asked: Counter[str] = field(default_factory=Counter)
    claims: dict[str, tuple[str, dt.datetime]] = field(default_factory=dict)


class QuestionStore:
    """The questions in one application database."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def of(self, case: str, grant: Grant, connection: sa.Connection | None = None) -> Put:
        """Return the questions asked in a case about claims that the holder of `grant` may see."""
        questions = Put()
        visible = (_ROW.c.case_id == case, _ROW.c.handling.in_(grant.codes))
        for row in reversed(_QUESTIONS.newest(connection or self._database, *visible)):
            questions.asked[row.source] += 1
            if row.claim_id:
                questions.claims[row.claim_id] = (row.account, row.at)
        return questions

    def record_question(
        self, case: str, grant: Grant, *, claim: str, source: str, handling: str, by: str, most: int | None
    ) -> None:
        """Record that a question about a claim was asked.

        Args:
            case: the case.
            grant: the account's clearance in the case.
            claim: id of the claim.
            source: pseudonym of the claim's source.
            handling: the claim's handling code.
            by: the account.
            most: how often this source may be asked; None: without limit.

        Raises:
            RequestError: the question was asked already, or the source was asked as often as allowed.
        """
        with alone(self._database, _LOCK) as connection:
            questions = self.of(case, grant, connection)
            if claim in questions.claims:
                account, at = questions.claims[claim]
                raise RequestError(f"{account} put a question about this on {day(at)} already.")
            if most is not None and questions.asked[source] >= most:
                raise RequestError("This source has been asked often enough. Nothing was put.")
            _QUESTIONS.add(connection, case_id=case, source=source, claim_id=claim, handling=handling, account=by)
