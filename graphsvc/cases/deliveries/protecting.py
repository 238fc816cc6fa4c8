"""Changes the protection of a case, and decides again on everybody in it."""

from __future__ import annotations

from graphsvc.access.log.audit import now
from graphsvc.cases.deliveries.casework import Casework
from graphsvc.cases.deliveries.material import fold_deliveries
from graphsvc.cases.progress import unstoppable
from graphsvc.cases.protection import MARKED
from graphsvc.errors import RequestError
from graphsvc.records.progress import Progress
from graphsvc.records.relations import RESERVED


def holds_witness_statements(casework: Casework, case: str, number: int | None = None) -> bool:
    """Whether a delivery contains witness statements; without a number, whether the case has any, loaded or waiting."""
    key = casework.register.key(case, create=False)
    deliveries = casework.replay.open_deliveries(case, key, waiting=number is None)
    rows = (row for each, delivery in deliveries.items() if number in (None, each) for row in delivery.rows)
    return any(row.table == "statements" and row.values["kind"] == "witness" for row in rows)


def is_mentioned_elsewhere(casework: Casework, case: str, number: int) -> bool:
    """Whether other deliveries contain claims, visible to loaders, about people in a delivery.

    Undoing it would show which of these people are also in another delivery: only claims about them would stay.
    """
    key = casework.register.key(case, create=False)
    deliveries = casework.replay.open_deliveries(case, key)
    if number not in deliveries:
        return False
    people = {row.values["id"] for row in deliveries[number].rows if row.table == "people"}
    claims = (row.values for row in fold_deliveries(deliveries).claims.values() if row.delivery != number)
    return any(
        not people.isdisjoint((values["subject_id"], values["object_id"]))
        for values in claims
        if values["relation"] not in RESERVED
    )


def protect(casework: Casework, case: str, protection: str, progress: Progress, *, is_loosened: bool = False) -> None:
    """Change the protection of a case and rebuild the case with it. Follow with `Casework.rewrite`.

    Args:
        casework: changes cases. Callers check permissions first.
        case: the case.
        protection: one of `cases.protection.PROTECTIONS`.
        progress: called with each step. Once begun, the change is completed, at the latest by the next start.
        is_loosened: whether two persons chose the looser one.

    Raises:
        RequestError: the case contains witness statements, and the protection is for cases without them.
    """
    with casework.at_work(case, progress) as key:
        if protection == MARKED and holds_witness_statements(casework, case):
            raise RequestError(
                f"The case {case} holds statements of witnesses, or some wait to open: it stays a witness case. Nothing was changed."
            )
        loosened_at = now() if is_loosened else None
        choice = (protection, "" if loosened_at is None else loosened_at.isoformat())
        plan = casework.replay.plan(case, key, progress, protection=choice)
        casework.protection.keep(case, protection, plan.state, loosened_at)
        casework.replay.carry_out(plan, unstoppable(progress))
