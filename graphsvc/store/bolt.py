"""Access to Neo4j through the official driver, with limits and with errors in our own words."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import neo4j
from neo4j import exceptions as bolt

from graphsvc.config import Settings
from graphsvc.errors import Busy, GraphsvcError
from graphsvc.queries.notices import Notice, Remark, notices
from graphsvc.store.address import is_routed, no_address, require_address
from graphsvc.store.faults import fault, translate_errors

# We report broken connections ourselves; without logging set up, the driver's messages would reach the terminal.
logging.getLogger("neo4j").addHandler(logging.NullHandler())
# A server's remarks on a query are shown to its author; the driver would log them, including the query.
logging.getLogger("neo4j.notifications").disabled = True

# Matches the end of a query that sorts its answer by columns, ascending, and limits the number of rows.
_SORTED = re.compile(r"\nORDER BY (\w+(?:, \w+)*)\nLIMIT \$limit \+ 1\s*$")

# Seconds that a terminated transaction may take to end, and seconds between two checks.
_END_S, _BETWEEN_S = 60, 0.05
_RETRY_S = 30  # for how long a write that conflicts with others is retried, as the driver does
# Pauses before repeating a read that concurrent writes have made out of date; newer servers report this.
_AGAIN_S, _OUTRUN = (0.05, 0.2, 0.5), "Transaction.Outdated"
# Pauses before a read is sent to another server of a cluster: long enough for it to elect a new leader.
_ELSEWHERE_S = (0.05, 0.5, 1.0, 2.0, 4.0)
_LATE_S = 10.0
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Make = Callable[[list[Any], list[Any]], Item]


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer: column names, rows of plain values, and whether rows were cut at the cap."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a plan: its operator, its details, the expected number of rows, and the steps it reads from."""

    operator: str
    details: str
    rows: float
    children: tuple[PlanStep, ...] = ()

    def walk(self) -> Iterator[PlanStep]:
        """Yield this step and every step below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A query's plan. kind: `r` only reads, `rw` and `w` write, `s` administers the server; notices: what to check."""

    kind: str
    root: PlanStep
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Login:
    """A server's address, and the service's account and database there."""

    uri: str
    username: str
    password: str = field(repr=False)
    database: str


class Store:
    """One database of one Neo4j server, or of a cluster if the address is routed (`neo4j://`).

    In a cluster, reads go to the servers that serve reads, and writes to the one that accepts them. Each session gets
    the bookmarks of all earlier sessions, and those passed to `follow`, so that readers see all earlier writes.
    """

    def __init__(self, driver: neo4j.Driver, login: Login) -> None:
        self._driver = driver
        self.login = login
        # A single server needs no bookmarks, and after a restore from backup it would wait for lost transactions.
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager() if is_routed(login.uri) else None
        self._followed: dict[str, frozenset[str]] = {}

    @property
    def where(self) -> str:
        """The server's address."""
        return self.login.uri

    @classmethod
    def connect(cls, uri: str, username: str, password: str, database: str) -> Store:
        """Connect, and check that the database answers a query.

        Raises:
            OperatorError: the address is not valid, the server cannot be reached, or it refuses the password.
        """
        require_address(uri)
        try:
            driver = neo4j.GraphDatabase.driver(
                uri,
                auth=(username, password),
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
                connection_acquisition_timeout=30,
                telemetry_disabled=True,
            )
        except (ValueError, bolt.ConfigurationError) as error:
            raise no_address("is no address that can be connected to") from error
        store = cls(driver, Login(uri, username, password, database))
        try:
            store.read("RETURN 1 AS one", {}, timeout=10, cap=1)
        except GraphsvcError:
            driver.close()
            raise
        return store

    @classmethod
    def of(cls, settings: Settings) -> Store:
        """Connect to the server that NEO4J_URI names."""
        return cls.connect(
            settings.neo4j_uri, settings.neo4j_username, settings.neo4j_password, settings.neo4j_database
        )

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def read(
        self,
        text: str,
        parameters: Mapping[str, Any],
        *,
        timeout: float,
        cap: int,
        after: Collection[str] = (),
        newest: bool = False,
    ) -> Rows:
        """Run a reading query; rows beyond `cap` are cut. `after`: bookmarks of writes that the server first waits for.

        If `newest`, ask the server that accepts writes: it is never behind, so the read need not wait for earlier
        writes.

        Raises:
            Busy: the query ran longer than `timeout` seconds or needed too much memory.
            RequestError: the query or a parameter is wrong.
            OperatorError: the server cannot be reached.
        """
        query = neo4j.Query(text, timeout=timeout)

        def ask() -> Rows:
            rows: list[tuple[Any, ...]] = []
            with self._reading(newest=newest, bookmarks=neo4j.Bookmarks.from_raw_values(after)) as session:
                result = session.run(query, dict(parameters))
                columns = tuple(result.keys())
                for record in result:
                    if len(rows) == cap:
                        return Rows(columns, rows, truncated=True)
                    rows.append(tuple(_plain(value) for value in record.values()))
            return Rows(columns, rows, truncated=False)

        return self._ask(ask)

    def each(self, text: str, parameters: Mapping[str, Any], take: Callable[..., object], *, timeout: float) -> None:
        """Run a reading query on the server that accepts writes; call `take` with each row's values as the row arrives.

        If the query fails, `take` may have received some rows already; if it is repeated, `take` receives them again.

        Raises:
            Busy, RequestError, OperatorError: as `read`.
        """
        query = neo4j.Query(text, timeout=timeout)

        def ask() -> None:
            with self._reading(newest=True) as session:
                for record in session.run(query, dict(parameters)):
                    take(*map(_plain, record.values()))

        self._ask(ask)

    def read_at_once(
        self, text: str, columns: Sequence[str], parameters: Mapping[str, Any], *, timeout: float, cap: int
    ) -> Rows:
        """Run a reading query and return only these columns of its answer, rows in order.

        The server sends the rows as one list, since fetching single records would take most of the driver's time. The
        server then has the whole answer in memory, so the query must limit the number of rows.

        Raises:
            Busy, RequestError, OperatorError: as `read`.
        """
        gathered = f"CALL () {{\n{text}\n}}\nRETURN collect([{', '.join(columns)}]) AS rows"
        query = neo4j.Query(gathered, timeout=timeout)

        def ask() -> list[Any]:
            with self._session(neo4j.READ_ACCESS) as session:
                (record,) = session.run(query, dict(parameters))
            return list(record[0])

        rows = [tuple(_plain(value) for value in row) for row in self._ask(ask)]
        return Rows(tuple(columns), rows[:cap], len(rows) > cap)

    def read_one_by_one(
        self, text: str, columns: Sequence[str], parameters: Mapping[str, Any], *, timeout: float, cap: int
    ) -> Rows:
        """Return what `read_at_once` would, for an answer too large for the server's memory; rows are sorted here.

        Raises:
            Busy, RequestError, OperatorError: as `read`.
        """
        unsorted = _SORTED.sub("", text)
        rows = self.read(unsorted, parameters, timeout=timeout, cap=cap)
        places = [rows.columns.index(name) for name in columns]
        picked = [tuple(row[place] for place in places) for row in rows.rows]
        if unsorted != text:
            by = [list(columns).index(name) for name in _SORTED.findall(text)[0].split(", ")]
            picked.sort(key=lambda row: [(row[place] is None, row[place]) for place in by])
        return Rows(tuple(columns), picked, rows.truncated)

    def read_blocks(
        self, text: str, parameters: Mapping[str, Any], make: Make[Item], *, timeout: float, cap: int
    ) -> tuple[list[Item], bool]:
        """Run a reading query whose last column is a list of rows of scalars; rows beyond `cap` are cut.

        `make` is called with the values of the other columns and one row of the list, while the server continues.
        Return its results, and whether rows were cut.

        Raises:
            Busy, RequestError, OperatorError: as `read`.
        """
        query = neo4j.Query(text, timeout=timeout)

        def ask() -> tuple[list[Item], bool]:
            items: list[Item] = []
            with self._session(neo4j.READ_ACCESS, fetch_size=-1) as session:
                for record in session.run(query, dict(parameters)):
                    *block, rows = record.values()
                    items += [make(block, row) for row in rows]
                    if len(items) > cap:
                        return items[:cap], True
            return items, False

        return self._ask(ask)

    def parts(
        self, text: str, columns: Sequence[str], parameters: Mapping[str, Any], *, size: int, timeout: float
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield a reading query's rows with these columns, unordered, `size` rows at a time while the server continues.

        Only a few parts are in memory at a time, here and in the server, since a final sort and limit are left out. A
        failed query is not repeated, since the caller already has parts of its answer.

        Raises:
            Busy, RequestError, OperatorError: as `read`.
        """
        query = neo4j.Query(_SORTED.sub("", text), timeout=timeout)
        with translate_errors(), self._session(neo4j.READ_ACCESS, fetch_size=size) as session:
            result = session.run(query, dict(parameters))
            places = [result.keys().index(name) for name in columns]
            while records := result.fetch(size):
                # All values of a record at once, since fetching them one by one takes most of the driver's time.
                taken = (record.values() for record in records)
                yield [tuple([_plain(values[place]) for place in places]) for values in taken]

    def explain(self, text: str) -> QueryPlan:
        """Return a query's plan and notices without running it; parameters are not needed.

        Raises:
            CypherFault: the query is wrong. It has the position, if the server reports one.
        """
        heard: dict[str, Any] = {
            "notifications_min_severity": neo4j.NotificationMinimumSeverity.WARNING,
            # No warnings about syntax that a later version will change: the query works today.
            "notifications_disabled_classifications": [neo4j.NotificationDisabledClassification.DEPRECATION],
        }
        with translate_errors(), self._session(neo4j.READ_ACCESS, **heard) as session:
            try:
                # On a separate line, so that the server's column numbers fit the query.
                summary = session.run("EXPLAIN\n" + text).consume()
            except bolt.ClientError as error:
                if isinstance(error, bolt.AuthError):
                    raise
                raise fault(error, lines_before=1) from error
        remarks = [_remark(status, lines_before=1) for status in summary.gql_status_objects if status.is_notification]
        return QueryPlan(summary.query_type or "", _step(summary.plan or {}), notices(remarks))

    def transactions(self, mark: str) -> list[str]:
        """Return the ids of the server's transactions that have this mark (`typedrun` sets it)."""
        answer = self.read(
            "SHOW TRANSACTIONS YIELD transactionId, metaData WHERE metaData.graphsvc = $mark RETURN transactionId",
            {"mark": mark},
            timeout=10,
            cap=100,
            newest=True,
        )
        return [row[0] for row in answer.rows]

    def has_marked_transactions(self) -> bool:
        """Whether the server runs any transaction with a mark, which is a typed query or a write of a case."""
        text = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.graphsvc IS NOT NULL RETURN 1 AS one"
        return bool(self.read(text, {}, timeout=10, cap=1, newest=True).rows)

    def terminate(self, transaction: str) -> None:
        """Tell the server to end a transaction; it does so at its next step."""
        self.read("TERMINATE TRANSACTION $id", {"id": transaction}, timeout=10, cap=1, newest=True)

    def end(self, mark: str, within: float = _END_S) -> None:
        """End the server's transactions with a mark, and wait until they are gone.

        Raises:
            Busy: one of them is still running after `within` seconds.
            OperatorError: the server cannot be reached.
        """
        until = time.monotonic() + within
        while running := self.transactions(mark):
            for transaction in running:
                self.terminate(transaction)
            if time.monotonic() > until:
                raise Busy("Neo4j is still at work on what an earlier process began. Try again in a moment.")
            time.sleep(_BETWEEN_S)

    def write(self, text: str, parameters: Mapping[str, Any], mark: str = "") -> None:
        """Run one writing query in a separate transaction, with a mark by which `end` can find it.

        The query must be idempotent, since it is repeated if its answer is lost.
        """

        @neo4j.unit_of_work(metadata={"graphsvc": mark} if mark else None)
        def work(transaction: neo4j.ManagedTransaction) -> None:
            transaction.run(text, dict(parameters)).consume()

        until = time.monotonic() + _RETRY_S
        with translate_errors():
            while True:
                try:
                    with self._session(neo4j.WRITE_ACCESS) as session:
                        return session.execute_write(work)
                except bolt.ResultFailedError as error:
                    # When a failed transaction is closed, the driver may raise this instead of the server's error, and
                    # then does not retry by itself.
                    cause = error.__cause__
                    if not isinstance(cause, bolt.Neo4jError):
                        raise
                    if not cause.is_retryable() or time.monotonic() > until:
                        raise cause from None
                time.sleep(_BETWEEN_S)

    def run_schema(self, text: str) -> None:
        """Run one schema command. It must be idempotent, as for `write`; the server serialises concurrent ones."""
        self.write(text, {})

    def bookmarks(self) -> frozenset[str]:
        """Return the server's bookmarks, which stay the same until the next write; empty if the server has none.

        They may include a commit that cannot be read yet: to wait for it, pass them to `read` as `after`.

        Raises:
            Busy, OperatorError: as `read`.
        """

        def ask() -> frozenset[str]:
            with self._reading(newest=True) as session:
                session.run(neo4j.Query("RETURN 1 AS one", timeout=10)).consume()
                return frozenset(session.last_bookmarks().raw_values)

        return self._ask(ask)

    def version(self) -> str:
        """Return the server's version, such as `2026.09.0`."""
        with translate_errors():
            return self._driver.get_server_info().agent.removeprefix("Neo4j/")

    def last_bookmarks(self) -> list[str]:
        """Return the bookmarks of the last writes and reads; empty for a single server."""
        return sorted(self._bookmarks.get_bookmarks()) if self._bookmarks else []

    def follow(self, writer: str, bookmarks: Collection[str]) -> None:
        """Make every later read include another process's writes, given their bookmarks.

        Args:
            writer: name of the data written, such as a case.
            bookmarks: from `last_bookmarks` in that process.
        """
        newest = frozenset(bookmarks)
        if self._bookmarks and newest and self._followed.get(writer) != newest:
            # Earlier bookmarks are kept until a session has used them, since processes may report out of order.
            self._bookmarks.update_bookmarks((), newest)
            self._followed[writer] = newest

    def _reading(self, *, newest: bool, **more: Any) -> neo4j.Session:
        """Open a session for reading; if `newest`, on the server that accepts writes, with no bookmarks to wait for."""
        if newest and self._bookmarks:
            return self._driver.session(
                database=self.login.database, default_access_mode=neo4j.WRITE_ACCESS, fetch_size=5000, **more
            )
        return self._session(neo4j.READ_ACCESS, **more)

    def _session(self, mode: str, fetch_size: int = 5000, **more: Any) -> neo4j.Session:
        if self._bookmarks:
            more["bookmark_manager"] = self._bookmarks
        return self._driver.session(
            database=self.login.database, default_access_mode=mode, fetch_size=fetch_size, **more
        )

    def _ask(self, ask: Callable[[], Answer]) -> Answer:
        """Run a reading query, translate its errors, and repeat it where that can help.

        The query is repeated if concurrent writes made the server give up, and in a cluster if a server was lost or the
        leader changed. No part of its answer has been shown by then.
        """
        began = time.monotonic()
        with translate_errors():
            for pause in _ELSEWHERE_S if self._bookmarks else _AGAIN_S:
                try:
                    return ask()
                except (bolt.ServiceUnavailable, bolt.SessionExpired, bolt.TransientError) as error:
                    late = time.monotonic() - began > _LATE_S  # with no server answering, each try takes half a minute
                    if not (_outrun(error) or (self._bookmarks and _elsewhere(error) and not late)):
                        raise
                    time.sleep(pause)
            return ask()


_SCALARS = frozenset({str, int, float, bool, type(None)})


def _plain(value: Any) -> Any:
    """Convert the driver's temporal types to those of the standard library; leave other values as they are."""
    if type(value) in _SCALARS:
        return value
    if isinstance(value, list):
        # Most lists are long and have only scalars, for which this check avoids a loop in Python.
        return value if _SCALARS.issuperset(map(type, value)) else [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    native: Callable[[], Any] | None = getattr(value, "to_native", None)
    return native() if native is not None else value


def _step(plan: Mapping[str, Any]) -> PlanStep:
    arguments = plan.get("args") or {}
    return PlanStep(
        str(plan.get("operatorType", "")).partition("@")[0],
        " ".join(str(arguments.get("Details", "")).split()),
        float(arguments.get("EstimatedRows", 0.0)),
        tuple(_step(child) for child in plan.get("children", ())),
    )


def _remark(status: neo4j.GqlStatusObject, *, lines_before: int) -> Remark:
    at = status.position
    return Remark(
        status.gql_status, status.status_description, *((at.line - lines_before, at.column) if at is not None else ())
    )


def _outrun(error: bolt.DriverError | bolt.Neo4jError) -> bool:
    """Whether the server gave up a read because of concurrent writes."""
    return isinstance(error, bolt.TransientError) and (error.code or "").endswith(_OUTRUN)


def _elsewhere(error: bolt.DriverError | bolt.Neo4jError) -> bool:
    """Whether another server or a later try may succeed: neither helps after a lack of memory or a bookmark timeout."""
    code = error.code or "" if isinstance(error, bolt.Neo4jError) else ""
    return error.is_retryable() and "emory" not in code and "Bookmark" not in code
