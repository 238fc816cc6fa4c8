"""The gate for Cypher that somebody typed.

In this order: a line in the log, and the text kept beside it → the grant, held against every case there is → what the
text and its plan may do. Then, of what may only read: a line → the grant again → run within limits → the sources it showed,
and how it ended, in the log. Such a text sees the whole database, so what comes out is not redacted: the grant is for people
who are cleared for all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.door.freetext import require_harmless, require_reading
from graphsvc.access.door.gate import bound
from graphsvc.access.log import audit
from graphsvc.access.log.cyphertexts import CypherTexts
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, CypherFault
from graphsvc.queries.days import mixed
from graphsvc.queries.library import BOUND
from graphsvc.queries.notices import Notice
from graphsvc.store.bolt import PlanStep, Store
from graphsvc.store.mark import followed
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
    """A text that may run.

    Attributes:
        text: it. kind: `r`, it reads. plan: what it would do.
        parameters: the names it uses, bound ones too.
        notices: what in it to look at, such as a label that nothing has.
    """

    text: str
    kind: str
    plan: PlanStep
    parameters: tuple[str, ...]
    notices: tuple[Notice, ...] = ()


class CypherGate:
    """Every typed text passes here.

    Args:
        store, database, settings: of the service.
        texts: where the texts are kept.
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
        # The cases that were in the graph, and in which state of it.
        self._found: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()

    def forget(self) -> None:
        """End the processes that wait for a text, with what they may hold of the one before."""
        self._runners.forget()

    def close(self) -> None:
        """End them, and let none wait any more."""
        self._runners.close()

    def refusal(self, principal: Principal) -> str:
        """Why this person may not write Cypher at this moment, in one sentence; empty: they may.

        The graph is not looked through: a page that shows how a text ended has to come while Neo4j starts again.
        """
        return policy.cypher_refusal(principal, self._stands())

    def require(self, principal: Principal, case: str) -> Stands:
        """How every case stands, if this person may be shown what they ran; the graph is not looked through for other cases.

        Raises:
            NotFound: the case is not theirs. Refused: role or grant is missing, or the grant is suspended.
        """
        policy.require(principal, "cypher")
        policy.require_case(principal, case)
        stands = self._stands()
        if case not in stands:
            raise policy.no_such_case(case)
        policy.require_cypher(principal, stands)
        return stands

    def check(
        self, principal: Principal, purpose: str, case: str, text: str, given: Mapping[str, Any] | None = None
    ) -> Examined:
        """Whether a text may run, and what it would do; nothing is run.

        `given` are its parameters, if they are to be checked; those the gate binds may not be among them.

        Raises:
            CypherFault: what is wrong or not allowed, and where. Busy: a case is being loaded. Otherwise as `require`.
        """
        with self._act(principal, purpose, case, text, given or {}, "check"):
            checked = self._checked(text, given or {})
            if given is not None:
                self._parameters(principal, case, checked.parameters, given)
            return checked

    def run(
        self, principal: Principal, purpose: str, case: str, examined: Examined, given: Mapping[str, Any], typed: Typed
    ) -> Stands:
        """Run a text that `check` found harmless; what comes goes into `typed`, and nothing is shown before this returns.

        Gives how every case stood all the while: the answer is of that.

        Raises:
            CypherFault, NotFound, Refused, Busy: as `check`. Busy: a case was changed meanwhile, too. Otherwise as
            `store.typed.run_typed`.
        """
        with self._act(principal, purpose, case, examined.text, given, "run") as (stands, outcome):
            typed.notices = examined.notices
            parameters = self._parameters(principal, case, examined.parameters, given)
            run_typed(self._settings, self._store(), self._runners, examined.text, parameters, typed)
            if changed(stands, self._stands()):
                raise Busy("A case was changed while this ran, and free Cypher sees them all. Run the text again.")
            # One that came meanwhile may be in the answer, and is not everybody's.
            self._require_every(principal)
            outcome["rows"] = len(typed.rows)
            outcome["sources"] = {name for row in typed.rows for name in _sources(row)}
            if typed.truncated:
                outcome["outcome"] = "released, cut"
        return stands

    @contextmanager
    def _act(
        self, principal: Principal, purpose: str, case: str, text: str, given: Mapping[str, Any], step: str
    ) -> Iterator[tuple[Stands, dict[str, Any]]]:
        """One act in the log with its text, also of who may not and of what is refused; how every case stands, all open, and its outcome."""
        known = case in self._stands() and principal.grant(case) is not None
        detail = {"step": step, "characters": len(text)} | ({"code": self._texts.code(text, given)} if known else {})
        with audit.recorded(self._database, principal, purpose, "cypher", case, **detail) as outcome:
            if not known:  # there is no key to keep a text under
                policy.require(principal, "cypher")
                raise policy.no_such_case(case)
            self._texts.keep(outcome["line"], case, text, given)
            self.require(principal, case)
            self._require_every(principal)
            yield self._require_open(), outcome

    def _require_every(self, principal: Principal) -> None:
        """Nothing, if this person may see every case that is in the graph by now. Raises Refused."""
        policy.require_cypher(principal, self._cases())

    def _checked(self, text: str, given: Mapping[str, Any]) -> Examined:
        parameters = require_harmless(text)
        plan = self._store().explain(text)
        require_reading(plan)
        return Examined(text, plan.kind, plan.root, parameters, (*plan.notices, *mixed(text, given)))

    def _parameters(
        self, principal: Principal, case: str, names: tuple[str, ...], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The values of the parameters a text uses: those given, and those that named queries get bound."""
        mine = bound(case, policy.require_case(principal, case), self._settings.row_cap, self._settings.few_below)
        for name in given:
            if name in BOUND:
                raise CypherFault(f"The parameter {name} is bound for you: leave it out.")
        missing = [name for name in names if name not in given and name not in mine]
        if missing:
            raise CypherFault(f"The text needs a value for ${', $'.join(missing)}.")
        return {name: given[name] if name in given else mine[name] for name in names}

    def _require_open(self) -> Stands:
        """How every case stands, if all are open.

        Raises:
            Busy: one is being loaded.
        """
        stands = self._stands()
        if any(state != "open" for state, _ in stands.values()):
            raise Busy("A case is being loaded, and free Cypher sees them all. Try again in a moment.")
        with transaction(self._database) as connection:
            rows = connection.execute(_HELD).all()
        for row in rows:  # nobody may be met as they stood before somebody sealed them
            followed(self._store, row.id, row.held)
        return stands

    def _stands(self) -> Stands:
        """How every case of the application database stands."""
        with transaction(self._database) as connection:
            rows = connection.execute(_STANDS).all()
        return {row.id: (row.state, row.version) for row in rows}

    def _cases(self) -> frozenset[str]:
        """Every case in the graph or in the application database; what bears no case at all counts as one.

        The whole graph is looked through where it has been written to, by whomever, since the last time.
        """
        store = self._store()
        state = store.bookmarks()  # before the look: what is committed during it is met by the next one
        known, cases = self._found
        if not state or state != known:
            answer = store.read(_EVERY_CASE, {}, timeout=_CASES_S, cap=100_000, after=state)
            cases = frozenset(str(row[0] or "") for row in answer.rows)
            self._found = state, cases
        return cases | frozenset(self._stands())


def changed(then: Stands, now: Stands) -> bool:
    """Whether a case that was there stands otherwise now: what was read of it may be just what had to go.

    Example:
        >>> changed({"north": ("open", 3)}, {"north": ("open", 3), "new": ("loading", 0)})
        False
        >>> changed({"north": ("open", 3)}, {"north": ("loading", 3)})
        True
    """
    return not then.items() <= now.items()


def _sources(value: Any) -> Iterator[str]:
    """Pseudonyms of sources anywhere in a value."""
    if isinstance(value, str):
        yield from _SOURCE.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _sources(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _sources(item)
