"""Answers about a whole case, each released a part at a time: for what need not stand in memory at once, and is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable

from graphsvc.access.door.gate import Gate, bound
from graphsvc.access.door.look import Look
from graphsvc.access.door.redact import Released, release
from graphsvc.access.log import disclosed
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Principal
from graphsvc.errors import Refused
from graphsvc.store.bolt import Store

# Rows of a part; how many there are at most: what is held of none of them needs no limit.
_PART, _ALL = 5_000, 2**62
# Seconds that all of an answer may take, from the first part to the last.
_PATIENCE_S = 3_600.0


class InParts:
    """Reads of whole cases that pass the gate, and come as the store gives them.

    Args:
        gate: allows, refuses and logs them as any read.
        store: where they are read.
        few_below: below how many groups of witnesses a number reads `few` (see `redact`).
    """

    def __init__(self, gate: Gate, store: Callable[[], Store], few_below: int) -> None:
        self._gate, self._store, self._few_below = gate, store, few_below

    def each(
        self,
        principal: Principal,
        purpose: str,
        name: str,
        case: str,
        take: Callable[[Released], object],
        look: Look | None = None,
    ) -> int:
        """Have `take` given what this principal may see of each part of a named query's answer; gives how many rows that was.

        The rows come in no order. Where it fails, parts have been taken already.

        Args:
            principal: who asks.
            purpose: why.
            name: of the query, which takes no parameters of its own.
            case: the case.
            take: called with each part.
            look: see `Gate.acting`.

        Raises:
            Refused: clearance for C or for sources is missing. NotFound, Busy, OperatorError: see `Gate.acting`, `Gate.require_open` and
                `Store.parts`.
        """
        query = self._gate.library[name]
        columns = tuple(query.returns)
        with self._gate.acting(principal, purpose, "read", case, look=look, query=name) as outcome:
            grant = policy.require_case(principal, case)
            if not (grant.sources and grant.handling == "C"):
                raise Refused(f"The query {name} is for who is cleared for all of a case.")
            self._gate.require_open(case, grant)
            parameters = query.bind({}) | bound(case, grant, _ALL, self._few_below)
            outcome |= {"rows": 0, "sources": set()}
            for part in self._store().parts(query.text, columns, parameters, size=_PART, timeout=_PATIENCE_S):
                released = release(grant, query.returns, columns, part, few_below=self._few_below)
                outcome["rows"] += len(released.rows)
                outcome["sources"] |= disclosed.sources(released.columns, released.rows, query.returns)
                take(released)
        return int(outcome["rows"])
