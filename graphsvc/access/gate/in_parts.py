"""Releases answers about a whole case part by part, when they are too large for memory."""

from __future__ import annotations

from collections.abc import Callable

from graphsvc.access.gate.gate import Gate, bound
from graphsvc.access.gate.look import Look
from graphsvc.access.gate.redact import Released, release
from graphsvc.access.log import disclosed
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Principal
from graphsvc.errors import Refused
from graphsvc.store.bolt import Store

# Rows in a part; and the limit on all rows, which is not needed, since no part stays in memory.
_PART, _ALL = 5_000, 2**62
# Seconds allowed for a whole answer, from the first part to the last.
_PATIENCE_S = 3_600.0


class InParts:
    """Reads of whole cases through the gate, part by part as the store returns them.

    Args:
        gate: allows, refuses and logs them like any other read.
        store: returns the store to read from.
        few_below: counts of witness groups below this read `few` (see `redact`).
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
        """Pass each part of a named query's answer, redacted for this person, to `take`; return the number of rows.

        The rows come in no particular order. If a read fails, `take` may have received some parts.

        Args:
            principal: the person who asks.
            purpose: why.
            name: name of the query, which must have no parameters.
            case: the case.
            take: called with each part.
            look: see `Gate.acting`.

        Raises:
            Refused: clearance for C or for sources is missing. NotFound, Busy, OperatorError: see `Gate.acting`,
                `Gate.require_open` and `Store.parts`.
        """
        query = self._gate.library[name]
        columns = tuple(query.returns)
        with self._gate.acting(principal, purpose, "read", case, look=look, query=name) as outcome:
            grant = policy.require_case(principal, case)
            if not (grant.sources and grant.handling == "C"):
                raise Refused(f"The query {name} needs clearance for the whole case. An administrator can give it.")
            self._gate.require_open(case, grant)
            parameters = query.bind({}) | bound(case, grant, _ALL, self._few_below)
            outcome |= {"rows": 0, "sources": set()}
            for part in self._store().parts(
                query.text_without_order, columns, parameters, size=_PART, timeout=_PATIENCE_S
            ):
                released = release(grant, query.returns, columns, part, few_below=self._few_below)
                outcome["rows"] += len(released.rows)
                outcome["sources"] |= disclosed.sources(released.columns, released.rows, query.returns)
                take(released)
        return int(outcome["rows"])
