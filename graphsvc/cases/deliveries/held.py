"""Refuses changes that would remove material under a hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries.material import fold_deliveries, material
from graphsvc.errors import GraphsvcError
from graphsvc.ingest.check import Row
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows


class HeldError(GraphsvcError):
    """Raised if material to be removed is under a hold, so that a supervisor must act."""

    exit_code = 75
    status = 409


def require_unheld(held_people: Collection[str]) -> None:
    """Raise HeldError if anything in the case is under a hold: a more specific refusal would reveal who is held."""
    if held_people:
        raise _refusal("taken back")


def require_goes(key: bytes, held_people: Collection[str], deliveries: Mapping[int, KeptRows], number: int) -> None:
    """Raise HeldError if held material would be removed with a delivery; the message does not reveal who is held."""
    left = {delivery_number: delivery for delivery_number, delivery in deliveries.items() if delivery_number != number}
    require_stays(
        key, held_people, fold_deliveries(deliveries), fold_deliveries(left), "taken back", rows=deliveries[number][0]
    )


def require_stays(
    key: bytes,
    held_people: Collection[str],
    before: State,
    after: State,
    verb: str,
    person: str = "",
    rows: Iterable[Row] = (),
) -> None:
    """Require that all held material stays.

    Args:
        key: the case's data key.
        held_people: pseudonyms of the persons under a hold; includes the empty text if the whole case is under one.
        before: the case as it is.
        after: the case as it would be.
        verb: the refused action, for the message.
        person: pseudonym of the person to be removed, if any.
        rows: rows to be removed.

    Raises:
        HeldError: held material would be removed; the message does not reveal who is held.
    """
    ids = (
        {identifier for identifier in before.records["people"] if pseudonym(key, "person", identifier) in held_people}
        if held_people
        else set()
    )
    named = {value for row in rows for value in row.values.values() if isinstance(value, str)}
    gone_too = person in held_people if person else bool(ids & named)
    if "" in held_people or gone_too or material(before, ids) != material(after, ids):
        raise _refusal(verb)


def _refusal(verb: str) -> HeldError:
    return HeldError(
        f"This cannot be {verb}: there is material under a hold (of an investigation or a prosecution)."
        " Nothing was changed. A supervisor sees the holds of the case and can release them."
    )
