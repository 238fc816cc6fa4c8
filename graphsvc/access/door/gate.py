"""The one door to the store: may this role → audit line → run with limits → redact → release → outcome.

If the audit line cannot be written nothing is released. The case and the handling level are bound here,
never by the caller, so that what a reader may not see is not there for any filter, count, order or path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from graphsvc.access.door.look import Look, look_of
from graphsvc.access.door.redact import Released, release
from graphsvc.access.door.repeats import Repeats, asked
from graphsvc.access.door.snapshots import AsRows, Snapshot, Snapshots, Thing, Writer
from graphsvc.access.door.standing import shown as _shown
from graphsvc.access.door.standing import state_for
from graphsvc.access.door.standing import version as _version
from graphsvc.access.log import audit, disclosed
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, OperatorError, Refused
from graphsvc.queries import Library, Query
from graphsvc.records.columns import ValueColumn
from graphsvc.records.properties import figure_names
from graphsvc.records.tables import STATEMENT_KINDS
from graphsvc.records.told import OPEN_KINDS
from graphsvc.store.bolt import Item, Make, Rows, Store
from graphsvc.store.mark import Checks, followed

# Gives of all rows of an answer, in columns, what `Make` gives of each.
Laid = Callable[[Sequence[ValueColumn]], Sequence[Item]]
# Seconds that reading a whole case may take at least.
_WHOLE_S = 120.0
# How a case stands: asked before everything that is read of it, so made once.
_CASE = sa.select(*(tables.cases.c[name] for name in ("state", "held", "version", "version_p", "mark_p"))).where(
    tables.cases.c.id == sa.bindparam("case")
)
_MAKES = "load"  # the action that may be about a case that is not there yet
# Queries that anybody may run and a page asks as well; and what of the service's own no page asks: whole tables, for files.
_OF_PAGES, _OF_FILES = frozenset({"crossings.on_days", "people.tied_by"}), "tables"
# Nodes and relationships of a case up to which a server is taken to hold what is asked of all of them, at its usual settings; and
# beyond which one thing at a time is computed that takes the whole machine.
_HELD_AT_ONCE = 1_000_000
_RELEASED: AsRows[Released] = AsRows(
    "released",
    lambda released: (released.rows, {"columns": released.columns, "withheld": released.withheld}),
    lambda rows, beside: Released(tuple(beside["columns"]), rows, withheld=tuple(beside["withheld"])),
)
# What stands for a value that must be given, where a query is only planned.
_ANY: Mapping[str, Any] = MappingProxyType({"list": ["none"], "int": 1, "float": 0.0, "date": "2020"})


class Gate:
    """Every read of the graph passes here."""

    def __init__(
        self,
        store: Callable[[], Store],
        database: sa.Engine,
        library: Library,
        settings: Settings,
        snapshots: Snapshots,
    ) -> None:
        self._store = store
        self._snapshots = snapshots
        self._database = database
        self._settings = settings
        self.library = library
        self._checks = Checks(store)
        self._repeats = Repeats()

    def forget(self) -> None:
        """Forget what was released lately."""
        self._repeats.forget()

    @contextmanager
    def acting(
        self,
        principal: Principal,
        purpose: str,
        action: str,
        case: str = "",
        *,
        look: Look | None = None,
        **detail: Any,
    ) -> Iterator[dict[str, Any]]:
        """One logged act of a role that allows it: see `audit.recorded`, also for what it yields.

        `look`: the look that goes on. What can be a part of it is, and has no line of its own.

        Raises:
            Refused: the role does not allow it. NotFound: the case is not there or not theirs.
        """
        if (goes_on := look_of(look, principal, action, case)) is not None:
            with goes_on.part(action, detail) as outcome:
                yield outcome
            return
        with self._recorded(principal, purpose, action, case, **detail) as outcome:
            if case and action != _MAKES and self._case(case) is None:
                raise policy.no_such_case(case)
            yield outcome

    @contextmanager
    def _recorded(
        self, principal: Principal, purpose: str, action: str, case: str, **detail: Any
    ) -> Iterator[dict[str, Any]]:
        """One logged act that a role and a clearance allow; whether the case is there is for who asks how it stands."""
        with audit.recorded(self._database, principal, purpose, action, case, **detail) as outcome:
            policy.require(principal, action)
            if case:
                policy.require_case(principal, case)
            yield outcome

    @contextmanager
    def looking(
        self, principal: Principal, purpose: str, action: str, case: str, **detail: Any
    ) -> Iterator[tuple[Look, dict[str, Any]]]:
        """One logged act in which several things are opened, all of one state of the case: what is read in it is given the look.

        Its line says what was opened, and whose claims were released.

        Raises:
            Refused, NotFound: see `acting`. Busy: the case is being loaded, or was changed meanwhile.
        """
        with self._recorded(principal, purpose, action, case, **detail) as outcome:
            grant = policy.require_case(principal, case)
            opened = self._open(case, grant)
            look = Look(principal, case, _version(opened, grant))
            try:
                yield look, outcome
            finally:
                look.goes_on = False
                outcome["opened"] = look.opened
                outcome["sources"] = look.sources.union(outcome.get("sources", ()))
            if _version(now := self._open(case, grant), grant) != look.version:
                raise Busy(f"The case {case} was changed while you looked. Look again; nothing is wrong with it.")
            if now == opened:
                for question, released in look.released.items():
                    self._repeats.keep(question, look.version, released)

    def read(
        self,
        principal: Principal,
        purpose: str,
        name: str,
        case: str,
        given: Mapping[str, Any] | None = None,
        *,
        action: str = "query",
        whole: bool = False,
        laid: bool = False,
        look: Look | None = None,
    ) -> Released:
        """Run a named query and give what this principal may see of its answer.

        `laid`: the rows of a whole case are given in columns where they are kept on disk. `look`: as for `acting`. Whether the case is open is not asked again where this is a part of it, but for a whole case.

        Raises:
            Refused, NotFound, RequestError, Busy, OperatorError: see `acting` and `Store.read`.
        """
        query = self.library[name]
        given = given or {}
        detail = {"query": name, "parameters": disclosed.parameters(query, given)}
        with self.acting(principal, purpose, action, case, look=look, **detail) as outcome:
            if query.roles and not principal.roles & set(query.roles):
                raise Refused(f"The query {name} is for the roles {', '.join(query.roles)}.")
            grant = policy.require_case(principal, case)
            if query.for_sources and not grant.sources:
                raise Refused(f"The query {name} takes source clearance. An administrator can give it.")
            bound_to = query.bind(given) | self._bound(query, case, grant)
            question = asked(case, grant, name, bound_to, whole=whole)
            goes_on = look_of(look, principal, action, case)
            opened = None if goes_on else self._open(case, grant)
            version = goes_on.version if goes_on else _version(opened, grant)
            released = None if laid else self._repeats.get(question, version)
            if released is None:
                if whole:
                    stands = opened or self._open(case, grant)
                    released = self._whole(query, bound_to, grant, stands, laid=laid)
                else:
                    released = self._released(query, bound_to, grant, whole=False)
                if laid:
                    pass  # too large to be kept
                elif goes_on:
                    goes_on.released[question] = released
                elif self._case(case) == opened:  # nothing was written while it was read
                    self._repeats.keep(question, version, released)
            outcome["rows"] = len(released.rows)
            outcome["sources"] = disclosed.sources(released.columns, released.rows, query.returns)
        return released

    def material(
        self,
        principal: Principal,
        purpose: str,
        name: str,
        case: str,
        make: Make[Item],
        look: Look | None = None,
        laid: Laid[Item] | None = None,
    ) -> Sequence[Item]:
        """Rows for an analysis inside the service, sources included: for computing, never for showing.

        What is made from them must tell no more than the figures in `records.properties` allow. The handling level is
        bound as for every read. The query answers in blocks: its last column is a list of rows (`computed.rows`);
        `make` gives what becomes of each such row, called with the block's other columns and with the row. `look`: as
        for `read`. `laid`: gives the same of all rows in columns, the block's first, where they are kept on disk: who
        wants a few of a million need not have all made.
        """
        query = self.library[name]
        with self.acting(principal, purpose, "analyse", case, look=look, query=name) as outcome:
            grant = policy.require_case(principal, case)
            parameters = self._bound(query, case, grant) | {"limit": self._settings.analysis_row_cap}
            items = self._made(query, parameters, grant, self._open(case, grant), make, laid)
            outcome["rows"] = len(items)
        return items

    def _made(
        self,
        query: Query,
        parameters: dict[str, Any],
        grant: Grant,
        stands: Any,
        make: Make[Item],
        laid: Laid[Item] | None,
    ) -> Sequence[Item]:
        """What is made of the rows of an answer in blocks: of the snapshot, or else of what is read, which is kept in one."""
        snapshot = self._snapshot("material", query, parameters, grant, stands)
        block, items = len(query.returns) - 1, list[Item]()
        if laid is not None and (columns := snapshot.columns()) is not None:
            return laid(columns)
        beside = snapshot.read(lambda rows: items.extend(make(list(row[:block]), list(row[block:])) for row in rows))
        if beside is not None:
            return items
        with self._writing(snapshot, parameters["case"], grant, stands) as writer:

            def made(of: list[Any], row: list[Any]) -> Item:
                writer.add((*of, *row))
                return make(of, row)

            items, cut = self._store().read_blocks(
                query.text, parameters, made, timeout=self._patience, cap=self._settings.analysis_row_cap
            )
            self._require_all(cut=cut)
            # A connection that was lost on the way has the rows read once more.
            if writer.rows == len(items):
                writer.keep({})
        return items

    def _whole(
        self, query: Query, parameters: dict[str, Any], grant: Grant, stands: Any, *, laid: bool = False
    ) -> Released:
        """What a clearance may see of an answer about a whole case: as `_made`."""
        snapshot = self._snapshot("released", query, parameters, grant, stands)

        def read() -> Released:
            return self._released(query, parameters, grant, whole=True, large=_large(stands))

        return self._kept(snapshot, replace(_RELEASED, laid=laid), read, parameters["case"], grant, stands)

    def computed(
        self,
        principal: Principal,
        case: str,
        form: AsRows[Thing],
        decided_by: Sequence[object],
        compute: Callable[[], Thing],
        version: int | None = None,
    ) -> Thing:
        """What was computed of a case as it stands, at this clearance, or else what `compute` gives, which is kept then.

        Who asks for it writes in the log what it is for, as where it is in memory.

        Args:
            principal: who asks.
            case: the case.
            form: how it is written.
            decided_by: what else decides it, besides case, clearance and code: settings.
            compute: computes it of what this gate gives.
            version: of the case, that what it is computed of is of, whatever the case is by now (None: as it stands).

        Raises:
            NotFound, Busy: as `require_open`.
        """
        grant = policy.require_case(principal, case)
        stands = self._open(case, grant)
        if version not in (None, _version(stands, grant)):
            return compute()
        question = ("computed", form.name, _version(stands, grant), self._settings.few_below, *decided_by)
        snapshot = self._snapshots.of(case, grant, stands, question, computed=True)
        return self._kept(snapshot, form, compute, case, grant, stands)

    def _kept(
        self,
        snapshot: Snapshot,
        form: AsRows[Thing],
        make: Callable[[], Thing],
        case: str,
        grant: Grant,
        stands: Any,
    ) -> Thing:
        """What a snapshot has, or else what `make` gives, which is kept in it."""
        with snapshot.alone(heavy=form.heavy and _large(stands)):
            taken = snapshot.taken(laid=form.laid)
            if taken is not None:
                return form.made(*taken)
            thing = make()
            with self._writing(snapshot, case, grant, stands) as writer:
                written, besides = form.rows(thing)
                for row in written:
                    writer.add(row)
                writer.keep(besides)
        return thing

    def _snapshot(self, kind: str, query: Query, parameters: Mapping[str, Any], grant: Grant, stands: Any) -> Snapshot:
        """Where an answer about all of a case that stands so lies, or is to lie.

        `kind`: `material` or `released`. What somebody filters by a wish of their own is not kept: it would only push out the rest.
        """
        question = (kind, query.name, query.text, sorted(query.returns.items()), sorted(parameters.items()))
        usual = all(parameters.get(parameter.name) in (None, parameter.default) for parameter in query.parameters)
        return self._snapshots.of(parameters["case"], grant, stands, question, usual=usual)

    def _writing(self, snapshot: Snapshot, case: str, grant: Grant, stands: Any) -> AbstractContextManager[Writer]:
        """Where an answer that is read of a case as it stood is written, as long as it stands so, in what shows at a clearance and in the graph."""

        def still() -> dict[str, Any] | None:
            now = self._case(case)
            return now.held if now is not None and _shown(now, grant) == _shown(stands, grant) else None

        def in_graph() -> bool:
            held = still()
            with suppress(Busy, OperatorError):  # an answer that cannot be kept is an answer
                return held is not None and self._checks.passes(case, held)
            return False

        return snapshot.writing(in_graph, lambda: still() is not None)

    def plan(self, goes_on: Callable[[], bool]) -> int:
        """Have the store plan the service's own queries, and what else pages ask for, before anybody waits for them; gives how many it did.

        A server plans a text when it first meets it, which takes up to a second for each. They are run on a case that
        has no name, so nothing is read, released or written to the log.

        Args:
            goes_on: asked before each query; where it says no the rest is left.

        Raises:
            OperatorError, Busy: the server went away, or has too much to do.
        """
        planned = 0
        for query in self.library.values():
            if (query.kind != "internal" and query.name not in _OF_PAGES) or query.subject == _OF_FILES:
                continue
            if not goes_on():
                break
            needed = [parameter for parameter in query.parameters if parameter.default is None]
            given = {
                parameter.name: parameter.words[0] if parameter.words else _ANY.get(parameter.type, "none")
                for parameter in needed
            }
            parameters = query.bind(given) | self._bound(query, "", Grant("C", sources=True))
            if query.is_material:
                self._store().read_blocks(query.text, parameters, lambda *_: None, timeout=_WHOLE_S, cap=1)
            else:
                self._run(query, parameters, whole=True)
            planned += 1
        return planned

    @property
    def _patience(self) -> float:
        """Seconds that reading a whole case may take."""
        return max(self._settings.query_timeout_s, _WHOLE_S)

    def _released(
        self, query: Query, parameters: dict[str, Any], grant: Grant, *, whole: bool, large: bool = False
    ) -> Released:
        """What a clearance may see of a query's answer."""
        rows = self._run(query, parameters, whole=whole, large=large)
        return release(
            grant,
            query.returns,
            rows.columns,
            rows.rows,
            truncated=rows.truncated,
            few_below=self._settings.few_below,
        )

    def _run(self, query: Query, parameters: dict[str, Any], *, whole: bool, large: bool = False) -> Rows:
        """Run it with limits: a page's rows, cut at the cap, or a whole case for an analysis, where a cut is an error.

        `large`: the server cannot be taken to hold all of it.
        """
        cap = self._settings.analysis_row_cap if whole else parameters["limit"]
        timeout = self._patience if whole else self._settings.query_timeout_s
        read = self._store().read_one_by_one if large else self._store().read_at_once
        rows = read(query.text, tuple(query.returns), parameters | {"limit": cap}, timeout=timeout, cap=cap)
        self._require_all(cut=whole and rows.truncated)
        return rows

    def _require_all(self, *, cut: bool) -> None:
        cap = self._settings.analysis_row_cap
        if cut:
            raise OperatorError(f"This case has more than {cap} rows to analyse. Raise GRAPHSVC_ANALYSIS_ROW_CAP.")

    def _bound(self, query: Query, case: str, grant: Grant) -> dict[str, Any]:
        return bound(case, grant, min(query.limit, self._settings.row_cap), self._settings.few_below)

    def require_open(self, case: str, grant: Grant) -> int:
        """The version of a case that is there, if nothing that shows at this clearance is being loaded.

        Raises:
            NotFound: it is not there. Busy: it is being loaded.
        """
        return _version(self._open(case, grant), grant)

    def _open(self, case: str, grant: Grant) -> Any:
        """How a case stands that is open at this clearance. Raises as `require_open`."""
        row = self._case(case)
        if row is None:
            raise policy.no_such_case(case)
        if state_for(row.state, grant.handling) != "open":
            raise Busy(f"The case {case} is being loaded. Try again in a moment; nothing is wrong with it.")
        self._require_held(case, row)
        followed(self._store, case, row.held)
        return row

    def _case(self, case: str) -> Any:
        with transaction(self._database) as connection:
            return connection.execute(_CASE, {"case": case}).first()

    def _require_held(self, case: str, row: Any) -> None:
        """Raise OperatorError if the graph does not hold what was last written of a case, and close it: the next start restores it.

        A case that is being written, or was written in between, is left to whoever writes it.
        """
        if row.held is None or row.state != "open" or not self._checks.is_due(case):
            return
        if not self._checks.passes(case, row.held):
            now = self._case(case)
            if now is None or (now.state, now.held) != ("open", row.held):
                return
            with transaction(self._database) as connection:
                connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state="loading"))
            raise OperatorError(
                f"The graph does not hold what was last written of the case {case}: it was lost, emptied, or put back from"
                " an older copy. Nothing of it is shown. Start graphsvc again: it restores the case from its deliveries."
            )


def _large(stands: Any) -> bool:
    return sum(stands.held["counts"].values()) > _HELD_AT_ONCE if stands.held else False


def bound(case: str, grant: Grant, limit: int, few_below: int) -> dict[str, Any]:
    """What every query is given besides its own parameters: the case, and what this clearance may see of it."""
    return {
        "case": case,
        "handling": grant.claim_codes,
        "limit": limit,
        "few": 0 if grant.sources else few_below,
        "voices": list(STATEMENT_KINDS if grant.sources else OPEN_KINDS),
        **figure_names(conditional=grant.handling == "C", sources=grant.sources),
    }
