"""The only door to the store: role allowed? → audit line → run with limits → redact → release → outcome.

If the audit line cannot be written, nothing is released. The case and the handling level are bound here, never by the
caller. So data that a reader may not see does not exist for any filter, count, order or path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from graphsvc.access.gate.look import Look, look_of
from graphsvc.access.gate.redact import Released, release
from graphsvc.access.gate.repeats import Repeats, answer_key
from graphsvc.access.gate.snapshots import AsRows, Snapshot, Snapshots, Thing, Writer
from graphsvc.access.gate.standing import VERSION, state_for
from graphsvc.access.gate.standing import version as _version
from graphsvc.access.gate.standing import visible_state as _shown
from graphsvc.access.log import audit, disclosed
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, OperatorError, Refused
from graphsvc.queries import Library, Query
from graphsvc.records.columns import Batch
from graphsvc.records.properties import figure_names
from graphsvc.records.statement_kinds import OPEN_KINDS, STATEMENT_KINDS
from graphsvc.store.bolt import Item, Make, Rows, Store
from graphsvc.store.mark import Checks, follow_writes

# Converts all rows of an answer, given as columns, to the items that `Make` would return row by row.
Laid = Callable[[Batch], Sequence[Item]]
# Reading a whole case is allowed at least this many seconds.
_WHOLE_S = 120.0
# Query for the state of a case: run before every read of the case, so built once.
_CASE = sa.select(*(tables.cases.c[name] for name in ("state", "held", *VERSION.values(), "mark_s", "mark_p"))).where(
    tables.cases.c.id == sa.bindparam("case")
)
_MAKES = "load"  # the only action allowed on a case that does not exist yet
# Queries that users may run by name but pages use too; and the subject of internal queries that no page uses.
_OF_PAGES, _OF_FILES = frozenset({"crossings.on_days", "people.tied_by"}), "tables"
# For a case with more nodes and relationships, a server with default settings may run out of memory for a whole answer:
# its rows are read one by one, and computations on it that use the whole machine run one at a time.
_HELD_AT_ONCE = 1_000_000
_RELEASED: AsRows[Released] = AsRows(
    "released",
    lambda released: (released.rows, {"columns": released.columns, "withheld": released.withheld}),
    lambda rows, beside: Released(tuple(beside["columns"]), rows, withheld=tuple(beside["withheld"])),
)
# Stand-in for a required value, where a query is only planned.
_ANY: Mapping[str, Any] = MappingProxyType({"list": ["none"], "int": 1, "float": 0.0, "date": "2020"})


class Gate:
    """Gate that every read of the graph passes."""

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
        """Forget recently released answers."""
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
        """Log one act that the person's role must allow; yields the dictionary described in `audit.log_act`.

        `look`: the current look. An act that can be part of it becomes part of it, without its own line.

        Raises:
            Refused: the role does not allow it. NotFound: the case does not exist or is not visible to them.
        """
        if (goes_on := look_of(look, principal, action, case)) is not None:
            with goes_on.part(action, detail) as outcome:
                yield outcome
            return
        with self._log_act(principal, purpose, action, case, **detail) as outcome:
            if case and action != _MAKES and self._case(case) is None:
                raise policy.no_such_case(case)
            yield outcome

    @contextmanager
    def _log_act(
        self, principal: Principal, purpose: str, action: str, case: str, **detail: Any
    ) -> Iterator[dict[str, Any]]:
        """Log one act that role and clearance allow; the caller checks whether the case exists."""
        with audit.log_act(self._database, principal, purpose, action, case, **detail) as outcome:
            policy.require(principal, action)
            if case:
                policy.require_case(principal, case)
            yield outcome

    @contextmanager
    def looking(
        self, principal: Principal, purpose: str, action: str, case: str, **detail: Any
    ) -> Iterator[tuple[Look, dict[str, Any]]]:
        """Log one act that opens several things in one state of the case; callers pass the look to each read in it.

        Its line lists what was opened, and the sources whose claims were released.

        Raises:
            Refused, NotFound: see `acting`. Busy: the case is being imported, or changed during the look.
        """
        with self._log_act(principal, purpose, action, case, **detail) as outcome:
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
        arguments: Mapping[str, Any] | None = None,
        *,
        action: str = "query",
        whole: bool = False,
        as_columns: bool = False,
        look: Look | None = None,
    ) -> Released:
        """Run a named query and return as much of its answer as this person may see.

        `as_columns`: return a whole case's rows in columns if they are kept on disk. `look`: as for `acting`. A read that
        is part of a look does not check again whether the case is open, unless it reads a whole case.

        Raises:
            Refused, NotFound, RequestError, Busy, OperatorError: see `acting` and `Store.read`.
        """
        query = self.library[name]
        arguments = arguments or {}
        detail = {"query": name, "parameters": disclosed.parameters(query, arguments)}
        with self.acting(principal, purpose, action, case, look=look, **detail) as outcome:
            if query.roles and not principal.roles & set(query.roles):
                raise Refused(f"The query {name} is for the roles {', '.join(query.roles)}.")
            grant = policy.require_case(principal, case)
            if query.for_sources and not grant.sources:
                raise Refused(f"The query {name} takes source clearance. An administrator can give it.")
            bound_to = query.bind(arguments) | self._bound(query, case, grant)
            question = answer_key(case, grant, name, bound_to, whole=whole)
            goes_on = look_of(look, principal, action, case)
            opened = None if goes_on else self._open(case, grant)
            version = goes_on.version if goes_on else _version(opened, grant)
            released = None if as_columns else self._repeats.get(question, version)
            if released is None:
                if whole:
                    case_row = opened or self._open(case, grant)
                    released = self._whole(query, bound_to, grant, case_row, as_columns=as_columns)
                else:
                    released = self._release(query, bound_to, grant, whole=False)
                if as_columns:
                    pass  # too large to keep
                elif goes_on:
                    goes_on.released[question] = released
                elif self._case(case) == opened:  # the case did not change during the read
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
        from_columns: Laid[Item] | None = None,
    ) -> Sequence[Item]:
        """Return rows, including sources, for an analysis inside the service. They are never shown.

        Results computed from them must reveal no more than the figures in `records.properties`. The handling level is
        bound as for every read. The query returns blocks, whose last column is a list of rows (`computed.rows`).
        `make(others, row)` converts each of these rows; `others` are the block's other columns. `look`: as for `read`.
        `from_columns` converts all rows together, given as columns, if a snapshot exists: callers that need few of a
        million rows can thus avoid converting the others.
        """
        query = self.library[name]
        with self.acting(principal, purpose, "analyse", case, look=look, query=name) as outcome:
            grant = policy.require_case(principal, case)
            parameters = self._bound(query, case, grant) | {"limit": self._settings.analysis_row_cap}
            items = self._convert(query, parameters, grant, self._open(case, grant), make, from_columns)
            outcome["rows"] = len(items)
        return items

    def _convert(
        self,
        query: Query,
        parameters: dict[str, Any],
        grant: Grant,
        case_row: Any,
        make: Make[Item],
        from_columns: Laid[Item] | None,
    ) -> Sequence[Item]:
        """Convert the rows in an answer's blocks, from its snapshot or else from the graph; then keep a snapshot."""
        snapshot = self._snapshot("material", query, parameters, grant, case_row)
        block, items = len(query.returns) - 1, list[Item]()
        if from_columns is not None and (taken := snapshot.read_all(as_columns=True)) is not None:
            return from_columns(taken[0])
        beside = snapshot.read(lambda rows: items.extend(make(list(row[:block]), list(row[block:])) for row in rows))
        if beside is not None:
            return items
        with self._writing(snapshot, parameters["case"], grant, case_row) as writer:

            def convert(of: list[Any], row: list[Any]) -> Item:
                writer.add((*of, *row))
                return make(of, row)

            items, cut = self._store().read_blocks(
                query.text, parameters, convert, timeout=self._patience, cap=self._settings.analysis_row_cap
            )
            self._require_all(cut=cut)
            # After a lost connection the rows are read a second time, and must not be kept.
            if writer.rows == len(items):
                writer.keep({})
        return items

    def _whole(
        self, query: Query, parameters: dict[str, Any], grant: Grant, case_row: Any, *, as_columns: bool = False
    ) -> Released:
        """Return as much of an answer about a whole case as a clearance allows, from a snapshot if there is one."""
        snapshot = self._snapshot("released", query, parameters, grant, case_row)

        def read() -> Released:
            return self._release(query, parameters, grant, whole=True, large=_large(case_row))

        return self._get_or_make(
            snapshot, replace(_RELEASED, laid=as_columns), read, parameters["case"], grant, case_row
        )

    def get_or_compute(
        self,
        principal: Principal,
        case: str,
        form: AsRows[Thing],
        decided_by: Sequence[object],
        compute: Callable[[], Thing],
        version: int | None = None,
    ) -> Thing:
        """Return the kept result for the case's current state at this clearance; else call `compute` and keep it.

        Nothing is logged here: the caller logs the purpose.

        Args:
            principal: the person who asks.
            case: the case.
            form: how the result is written.
            decided_by: what else the result depends on, apart from case, clearance and code, such as settings.
            compute: computes the result from data that this gate returns.
            version: the case version that the inputs belong to, if it may differ from the current one (None: the
                current).

        Raises:
            NotFound, Busy: as `require_open`.
        """
        grant = policy.require_case(principal, case)
        case_row = self._open(case, grant)
        if version not in (None, _version(case_row, grant)):
            return compute()
        question = ("computed", form.name, _version(case_row, grant), self._settings.few_below, *decided_by)
        snapshot = self._snapshots.of(case, grant, case_row, question, computed=True)
        return self._get_or_make(snapshot, form, compute, case, grant, case_row)

    def _get_or_make(
        self,
        snapshot: Snapshot,
        form: AsRows[Thing],
        make: Callable[[], Thing],
        case: str,
        grant: Grant,
        case_row: Any,
    ) -> Thing:
        """Return a snapshot's content, or else the result of `make`, which is then kept in it."""
        with snapshot.alone(heavy=form.heavy and _large(case_row)):
            taken = snapshot.read_all(as_columns=form.laid)
            if taken is not None:
                return form.made(*taken)
            thing = make()
            with self._writing(snapshot, case, grant, case_row) as writer:
                written, besides = form.rows(thing)
                for row in written:
                    writer.add(row)
                writer.keep(besides)
        return thing

    def _snapshot(
        self, kind: str, query: Query, parameters: Mapping[str, Any], grant: Grant, case_row: Any
    ) -> Snapshot:
        """Return the snapshot, existing or not, of an answer about a whole case in this state.

        `kind`: `material` or `released`. Answers to a reader's own filters are not kept: they would only push out the
        rest.
        """
        question = (kind, query.name, query.text, sorted(query.returns.items()), sorted(parameters.items()))
        usual = all(parameters.get(parameter.name) in (None, parameter.default) for parameter in query.parameters)
        return self._snapshots.of(parameters["case"], grant, case_row, question, usual=usual)

    def _writing(self, snapshot: Snapshot, case: str, grant: Grant, case_row: Any) -> AbstractContextManager[Writer]:
        """Open a writer that keeps an answer only if the case's state, as visible at a clearance, is unchanged."""

        def still() -> dict[str, Any] | None:
            now = self._case(case)
            return now.held if now is not None and _shown(now, grant) == _shown(case_row, grant) else None

        def in_graph() -> bool:
            content = still()
            with suppress(Busy, OperatorError):  # an answer that cannot be kept is still an answer
                return content is not None and self._checks.passes(case, content)
            return False

        return snapshot.writing(in_graph, lambda: still() is not None)

    def plan(self, goes_on: Callable[[], bool]) -> int:
        """Have the store plan, in advance, the queries that pages use; return how many it planned.

        A server plans a query when it first receives it, which can take a second. The queries run on a case
        without a name, so nothing is read, released or logged.

        Args:
            goes_on: called before each query; if it returns False, the remaining queries are skipped.

        Raises:
            OperatorError, Busy: the server went away, or is overloaded.
        """
        planned = 0
        for query in self.library.values():
            if (query.kind != "internal" and query.name not in _OF_PAGES) or query.subject == _OF_FILES:
                continue
            if not goes_on():
                break
            needed = [parameter for parameter in query.parameters if parameter.default is None]
            arguments = {
                parameter.name: parameter.words[0] if parameter.words else _ANY.get(parameter.type, "none")
                for parameter in needed
            }
            parameters = query.bind(arguments) | self._bound(query, "", Grant("C", sources=True))
            if query.is_material:
                self._store().read_blocks(query.text, parameters, lambda *_: None, timeout=_WHOLE_S, cap=1)
            else:
                self._run(query, parameters, whole=True)
            planned += 1
        return planned

    @property
    def _patience(self) -> float:
        """Seconds allowed for reading a whole case."""
        return max(self._settings.query_timeout_s, _WHOLE_S)

    def _release(
        self, query: Query, parameters: dict[str, Any], grant: Grant, *, whole: bool, large: bool = False
    ) -> Released:
        """Run a query and return as much of its answer as a clearance allows."""
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
        """Run a query with limits: a page's rows are cut at the cap; for a whole case, a cut is an error.

        `large`: the server may not be able to hold the whole answer.
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
        """Return the version of an existing case, unless an import that is visible at this clearance is under way.

        Raises:
            NotFound: the case does not exist. Busy: it is being imported.
        """
        return _version(self._open(case, grant), grant)

    def _open(self, case: str, grant: Grant) -> Any:
        """Return the row of a case that is open at this clearance. Raises as `require_open`."""
        row = self._case(case)
        if row is None:
            raise policy.no_such_case(case)
        if state_for(row.state, grant) != "open":
            raise Busy(f"The case {case} is being loaded. Try again in a moment; nothing is wrong with it.")
        self._require_held(case, row)
        follow_writes(self._store, case, row.held)
        return row

    def _case(self, case: str) -> Any:
        with transaction(self._database) as connection:
            return connection.execute(_CASE, {"case": case}).first()

    def _require_held(self, case: str, row: Any) -> None:
        """Check that the graph contains a case's latest changes; else close the case and raise OperatorError.

        The next start restores it. A case being written, or written since the check, is left to the process that writes
        it.
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
                f"The graph lacks the latest changes of the case {case}: it was lost, emptied, or put back from"
                " an older copy. Nothing of it is shown. Start graphsvc again: it restores the case from its deliveries."
            )


def _large(case_row: Any) -> bool:
    return sum(case_row.held["counts"].values()) > _HELD_AT_ONCE if case_row.held else False


def bound(case: str, grant: Grant, limit: int, few_below: int) -> dict[str, Any]:
    """Return the values bound in every query: the case, and what this clearance may see of it."""
    return {
        "case": case,
        "handling": grant.claim_codes,
        "limit": limit,
        "few": 0 if grant.sources else few_below,
        "voices": list(STATEMENT_KINDS if grant.sources else OPEN_KINDS),
        **figure_names(conditional=grant.handling == "C", sources=grant.sources),
    }
