"""The gate for Cypher that people type.

Checking a query: write a log line and store the query with it → check the grant against every existing case → check
the query and its plan. Running it, if it only reads: write a line → check the grant again → run within limits → log
the sources it showed and its outcome. Such a query sees the whole database, so its answer is not redacted: the grant
is for people cleared for all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.gate.freetext import require_harmless, require_reading
from graphsvc.access.gate.gate import bound
from graphsvc.access.log import audit
from graphsvc.access.log.cyphertexts import CypherTexts
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, CypherFault
from graphsvc.queries.days import mixed_comparisons
from graphsvc.queries.library import BOUND
from graphsvc.queries.notices import Notice
from graphsvc.store.bolt import PlanStep, Store
from graphsvc.store.mark import follow_writes
from graphsvc.store.runners import Runners
from graphsvc.store.typed import Typed, run_typed

# Seconds that listing the cases in the graph may take.
_CASES_S = 60.0
_EVERY_CASE = "MATCH (n) WHERE NOT n:GraphsvcSchema AND NOT n:GraphsvcMark RETURN DISTINCT n.case AS case"
_STANDS = sa.select(tables.cases.c.id, tables.cases.c.state, tables.cases.c.version)
_HELD = sa.select(tables.cases.c.id, tables.cases.c.held)
# Case → its state, and how often it was changed.
Stands = Mapping[str, tuple[str, int]]
_SOURCE = re.compile(r"\bQ(?:-[0-9A-Z]{4}){3}\b")


@dataclass(frozen=True, slots=True)
class Examined:
    """A query that may run.

    Attributes:
        text: the query's text. kind: `r`, since it only reads. plan: its execution plan.
        parameters: names of its parameters, including bound ones.
        notices: parts of the query to check, such as a label that no node has.
    """

    text: str
    kind: str
    plan: PlanStep
    parameters: tuple[str, ...]
    notices: tuple[Notice, ...] = ()


class CypherGate:
    """Gate that every typed query passes.

    Args:
        store, database, settings: the service's.
        texts: storage for the queries.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        database: sa.Engine,
        settings: Settings,
        texts: CypherTexts,
    ) -> None:
        self._store, self._database, self._settings, self._texts = store, database, settings, texts
        self._runners = Runners()
        # The cases found in the graph, and the graph's state (bookmarks) at that time.
        self._found: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()

    def forget(self) -> None:
        """End the processes that wait for the next query, so that no memory of the previous one stays."""
        self._runners.forget()

    def close(self) -> None:
        """End these processes, and start no more."""
        self._runners.close()

    def refusal(self, principal: Principal) -> str:
        """Say in one sentence why this person may not write Cypher now; empty if they may.

        The graph is not searched: the page with a query's result must load even while Neo4j restarts.
        """
        return policy.cypher_refusal(principal, self._stands())

    def require(self, principal: Principal, case: str) -> Stands:
        """Return every case's state if this person may see their queries; the graph is not searched for other cases.

        Raises:
            NotFound: the case is not visible to them. Refused: role or grant is missing, or the grant is suspended.
        """
        policy.require(principal, "cypher")
        policy.require_case(principal, case)
        states = self._stands()
        if case not in states:
            raise policy.no_such_case(case)
        policy.require_cypher(principal, states)
        return states

    def check(
        self, principal: Principal, purpose: str, case: str, text: str, arguments: Mapping[str, Any] | None = None
    ) -> Examined:
        """Check whether a query may run, and return its plan, without running it.

        `arguments`: the query's parameters, or None to leave them unchecked; parameters that the gate binds are not
        allowed.

        Raises:
            CypherFault: something is wrong or not allowed; says where. Busy: a case is being imported. Others: as
                `require`.
        """
        with self._act(principal, purpose, case, text, arguments or {}, "check"):
            checked = self._examine(text, arguments or {})
            if arguments is not None:
                self._parameters(principal, case, checked.parameters, arguments)
            return checked

    def run(
        self,
        principal: Principal,
        purpose: str,
        case: str,
        examined: Examined,
        arguments: Mapping[str, Any],
        typed: Typed,
    ) -> Stands:
        """Run a query that `check` accepted and put its answer into `typed`; nothing is shown before this returns.

        Returns:
            The state of every case during the run: the answer belongs to this state.

        Raises:
            CypherFault, NotFound, Refused, Busy: as `check`. Busy: also if a case changed during the run. Others: as
                `store.typed.run_typed`.
        """
        with self._act(principal, purpose, case, examined.text, arguments, "run") as (states, outcome):
            typed.notices = examined.notices
            parameters = self._parameters(principal, case, examined.parameters, arguments)
            run_typed(self._settings, self._store(), self._runners, examined.text, parameters, typed)
            if has_changed(states, self._stands()):
                raise Busy("A case was changed while this ran, and free Cypher sees them all. Run the text again.")
            # A case added during the run may be in the answer, and may not be visible to this person.
            self._require_every(principal)
            outcome["rows"] = len(typed.rows)
            outcome["sources"] = {name for row in typed.rows for name in _sources(row)}
            if typed.truncated:
                outcome["outcome"] = "released, cut"
        return states

    @contextmanager
    def _act(
        self, principal: Principal, purpose: str, case: str, text: str, arguments: Mapping[str, Any], step: str
    ) -> Iterator[tuple[Stands, dict[str, Any]]]:
        """Log one act and its query, even if refused; yield every case's state, all open, and the act's outcome."""
        known = case in self._stands() and principal.grant(case) is not None
        detail = {"step": step, "characters": len(text)} | (
            {"code": self._texts.code(text, arguments)} if known else {}
        )
        with audit.log_act(self._database, principal, purpose, "cypher", case, **detail) as outcome:
            if not known:  # without a case there is no key to encrypt the text with
                policy.require(principal, "cypher")
                raise policy.no_such_case(case)
            self._texts.keep(outcome["line"], case, text, arguments)
            self.require(principal, case)
            self._require_every(principal)
            yield self._require_open(), outcome

    def _require_every(self, principal: Principal) -> None:
        """Raise Refused unless this person may see every case now in the graph."""
        policy.require_cypher(principal, self._cases())

    def _examine(self, text: str, arguments: Mapping[str, Any]) -> Examined:
        parameters = require_harmless(text)
        plan = self._store().explain(text)
        require_reading(plan)
        return Examined(text, plan.kind, plan.root, parameters, (*plan.notices, *mixed_comparisons(text, arguments)))

    def _parameters(
        self, principal: Principal, case: str, names: tuple[str, ...], arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the values of a query's parameters: the given values, and the values bound in named queries."""
        mine = bound(case, policy.require_case(principal, case), self._settings.row_cap, self._settings.few_below)
        for name in arguments:
            if name in BOUND:
                raise CypherFault(f"The parameter {name} is bound for you: leave it out.")
        missing = [name for name in names if name not in arguments and name not in mine]
        if missing:
            raise CypherFault(f"The text needs a value for ${', $'.join(missing)}.")
        return {name: arguments[name] if name in arguments else mine[name] for name in names}

    def _require_open(self) -> Stands:
        """Return every case's state if all cases are open.

        Raises:
            Busy: a case is being imported.
        """
        states = self._stands()
        if any(state != "open" for state, _ in states.values()):
            raise Busy("A case is being loaded, and free Cypher sees them all. Try again in a moment.")
        with transaction(self._database) as connection:
            rows = connection.execute(_HELD).all()
        for row in rows:  # otherwise the answer could show people as they were before being sealed
            follow_writes(self._store, row.id, row.held)
        return states

    def _stands(self) -> Stands:
        """Return the state of every case in the application database."""
        with transaction(self._database) as connection:
            rows = connection.execute(_STANDS).all()
        return {row.id: (row.state, row.version) for row in rows}

    def _cases(self) -> frozenset[str]:
        """Return every case in the graph or in the application database; data without a case counts as one case.

        The whole graph is searched if anyone has written to it since the last search.
        """
        store = self._store()
        state = store.bookmarks()  # read before the search: commits during the search lead to another one
        known, cases = self._found
        if not state or state != known:
            answer = store.read(_EVERY_CASE, {}, timeout=_CASES_S, cap=100_000, after=state)
            cases = frozenset(str(row[0] or "") for row in answer.rows)
            self._found = state, cases
        return cases | frozenset(self._stands())


def has_changed(then: Stands, now: Stands) -> bool:
    """Whether the state of any case in `then` has changed: data read in between may be what had to be removed.

    Example:
        >>> has_changed({"north": ("open", 3)}, {"north": ("open", 3), "new": ("loading", 0)})
        False
        >>> has_changed({"north": ("open", 3)}, {"north": ("loading", 3)})
        True
    """
    return not then.items() <= now.items()


def _sources(value: Any) -> Iterator[str]:
    """Yield the pseudonyms of sources anywhere in a value."""
    if isinstance(value, str):
        yield from _SOURCE.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _sources(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _sources(item)
