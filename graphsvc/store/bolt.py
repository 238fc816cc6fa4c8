"""The official driver, with limits and errors in our words. The only module that opens a connection."""

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
from graphsvc.store.faults import fault, translated

# A connection that breaks is told in our words; where nobody set up logging the driver's own must not reach a terminal.
logging.getLogger("neo4j").addHandler(logging.NullHandler())
# What a server notices about a text is shown to who wrote it: the driver would write it to a log, with the text.
logging.getLogger("neo4j.notifications").disabled = True

# The end of a text that sorts what it answers by some of its columns, the least first, and limits it.
_SORTED = re.compile(r"\nORDER BY (\w+(?:, \w+)*)\nLIMIT \$limit \+ 1\s*$")

# How long what is told to end may take, and between two looks.
_END_S, _BETWEEN_S = 60, 0.05
_RETRY_S = 30  # for how long a write that met others is tried again, as the driver does
# Pauses before a read is asked again that others outran by writing beside it, as newer servers say.
_AGAIN_S, _OUTRUN = (0.05, 0.2, 0.5), "Transaction.Outdated"
# Pauses before a read is asked of another server of a cluster: long enough for it to agree on who takes writes.
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
    """One step of a plan: what it does, to what, how many rows the server expects of it, and the steps it takes from."""

    operator: str
    details: str
    rows: float
    children: tuple[PlanStep, ...] = ()

    def walk(self) -> Iterator[PlanStep]:
        """This step and every one below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What a query would do. kind: `r` reads only, `rw` and `w` write, `s` is about the server; notices: what to look at."""

    kind: str
    root: PlanStep
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Login:
    """Where a server is, and the account and database of the service there."""

    uri: str
    username: str
    password: str = field(repr=False)
    database: str


class Store:
    """One database of one Neo4j server, or of a cluster where the address is a routed one (`neo4j://`).

    In a cluster reads go to whichever servers are for reading, and writes to the one that takes them. So that a reader meets
    what was written before, each session is given the bookmarks of all before it, also those that `follow` was told of.
    """

    def __init__(self, driver: neo4j.Driver, login: Login) -> None:
        self._driver = driver
        self.login = login
        # A single server is never behind itself; and one that was put back would wait for what it has not.
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager() if is_routed(login.uri) else None
        self._followed: dict[str, frozenset[str]] = {}

    @property
    def where(self) -> str:
        """The server's address."""
        return self.login.uri

    @classmethod
    def connect(cls, uri: str, username: str, password: str, database: str) -> Store:
        """Connect, and make sure that a query on the database answers.

        Raises:
            OperatorError: the address is none, or the server cannot be reached, or refuses the password.
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
        """The server that NEO4J_URI names."""
        return cls.connect(
            settings.neo4j_uri, settings.neo4j_username, settings.neo4j_password, settings.neo4j_database
        )

    def close(self) -> None:
        """Give the connections back."""
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
        """Run a reading query; rows beyond `cap` are cut. The server begins once all that counts in the state `after` can be read.

        `newest`: ask the server that takes writes, whatever was written before: it is behind no other, and tells what it holds.

        Raises:
            Busy: it ran longer than `timeout` seconds or needed too much memory.
            RequestError: the text or a parameter is wrong.
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

        return self._asked(ask)

    def each(self, text: str, parameters: Mapping[str, Any], take: Callable[..., object], *, timeout: float) -> None:
        """Run a reading query where the newest is, and have every row taken as it comes: `take` is called with its values.

        Where it fails, rows may have been taken already; where it is asked again, they are taken again.

        Raises:
            Busy, RequestError, OperatorError: as `read`.
        """
        query = neo4j.Query(text, timeout=timeout)

        def ask() -> None:
            with self._reading(newest=True) as session:
                for record in session.run(query, dict(parameters)):
                    take(*map(_plain, record.values()))

        self._asked(ask)

    def read_at_once(
        self, text: str, columns: Sequence[str], parameters: Mapping[str, Any], *, timeout: float, cap: int
    ) -> Rows:
        """`read` for an answer of which these columns are wanted, in the order its rows come in.

        The rows travel as one list: fetching and unpacking a record each takes the driver most of its time. The answer is
        held by the server as a whole, so the text must limit it.

        Raises:
            Busy, RequestError, OperatorError: as `read`.
        """
        gathered = f"CALL () {{\n{text}\n}}\nRETURN collect([{', '.join(columns)}]) AS rows"
        query = neo4j.Query(gathered, timeout=timeout)

        def ask() -> list[Any]:
            with self._session(neo4j.READ_ACCESS) as session:
                (record,) = session.run(query, dict(parameters))
            return list(record[0])

        rows = [tuple(_plain(value) for value in row) for row in self._asked(ask)]
        return Rows(tuple(columns), rows[:cap], len(rows) > cap)

    def read_one_by_one(
        self, text: str, columns: Sequence[str], parameters: Mapping[str, Any], *, timeout: float, cap: int
    ) -> Rows:
        """`read_at_once` of an answer that is too large for the server to hold: where a text only sorts at its end, that is done here.

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
        """Run a reading query whose last column is a list of rows of scalars; more than `cap` of these are cut.

        Gives what `make` makes of each of them, called with the values before the last column and with the row while
        the server goes on, and whether rows were cut.

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

        return self._asked(ask)

    def parts(
        self, text: str, columns: Sequence[str], parameters: Mapping[str, Any], *, size: int, timeout: float
    ) -> Iterator[list[tuple[Any, ...]]]:
        """These columns of the rows of a reading query, `size` rows at a time while the server goes on, and in no order.

        Neither end holds more than some parts: where a text only sorts and limits at its end, that is left out. Nothing is
        asked again, as parts were taken already.

        Raises:
            Busy, RequestError, OperatorError: as `read`.
        """
        query = neo4j.Query(_SORTED.sub("", text), timeout=timeout)
        with translated(), self._session(neo4j.READ_ACCESS, fetch_size=size) as session:
            result = session.run(query, dict(parameters))
            places = [result.keys().index(name) for name in columns]
            while records := result.fetch(size):
                # All values of a record at once: asked for one by one, they take the driver most of the time.
                taken = (record.values() for record in records)
                yield [tuple([_plain(values[place]) for place in places]) for values in taken]

    def explain(self, text: str) -> QueryPlan:
        """What a query would do; nothing is run, no parameter is needed.

        Raises:
            CypherFault: the text is wrong; where, if the server says so.
        """
        heard: dict[str, Any] = {
            "notifications_min_severity": neo4j.NotificationMinimumSeverity.WARNING,
            # What a later version will write otherwise makes no answer wrong.
            "notifications_disabled_classifications": [neo4j.NotificationDisabledClassification.DEPRECATION],
        }
        with translated(), self._session(neo4j.READ_ACCESS, **heard) as session:
            try:
                # On a line of its own, so that the columns the server names are those of the text.
                summary = session.run("EXPLAIN\n" + text).consume()
            except bolt.ClientError as error:
                if isinstance(error, bolt.AuthError):
                    raise
                raise fault(error, lines_before=1) from error
        remarks = [_remark(status, lines_before=1) for status in summary.gql_status_objects if status.is_notification]
        return QueryPlan(summary.query_type or "", _step(summary.plan or {}), notices(remarks))

    def transactions(self, mark: str) -> list[str]:
        """Ids of the server's transactions that bear a mark (`typedrun` gives them one)."""
        answer = self.read(
            "SHOW TRANSACTIONS YIELD transactionId, metaData WHERE metaData.graphsvc = $mark RETURN transactionId",
            {"mark": mark},
            timeout=10,
            cap=100,
            newest=True,
        )
        return [row[0] for row in answer.rows]

    def has_marked_transactions(self) -> bool:
        """Whether any of the server's transactions bears a mark: somebody's typed text, or what writes a case."""
        text = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.graphsvc IS NOT NULL RETURN 1 AS one"
        return bool(self.read(text, {}, timeout=10, cap=1, newest=True).rows)

    def terminate(self, transaction: str) -> None:
        """Tell the server to end a transaction; it does at its next step."""
        self.read("TERMINATE TRANSACTION $id", {"id": transaction}, timeout=10, cap=1, newest=True)

    def end(self, mark: str, within: float = _END_S) -> None:
        """End the server's transactions that bear a mark, and wait until they are gone.

        Raises:
            Busy: one of them is still there after `within` seconds.
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
        """Run one writing query in a transaction of its own, which bears a mark: `end` finds it by that.

        It must be idempotent: a lost answer repeats it.
        """

        @neo4j.unit_of_work(metadata={"graphsvc": mark} if mark else None)
        def work(transaction: neo4j.ManagedTransaction) -> None:
            transaction.run(text, dict(parameters)).consume()

        until = time.monotonic() + _RETRY_S
        with translated():
            while True:
                try:
                    with self._session(neo4j.WRITE_ACCESS) as session:
                        return session.execute_write(work)
                except bolt.ResultFailedError as error:
                    # Where a transaction that failed is ended, the driver may raise this over what the server said, and
                    # then does not ask again by itself.
                    said = error.__cause__
                    if not isinstance(said, bolt.Neo4jError):
                        raise
                    if not said.is_retryable() or time.monotonic() > until:
                        raise said from None
                time.sleep(_BETWEEN_S)

    def run_schema(self, text: str) -> None:
        """Run one schema command. It must be idempotent, as of `write`; the server lets two at once wait for each other."""
        self.write(text, {})

    def bookmarks(self) -> frozenset[str]:
        """What the server calls the state of the graph: the same as long as nothing is written; empty where it says nothing.

        What was committed last counts in it a moment before it can be read: `read` what it holds with `after`.

        Raises:
            Busy, OperatorError: as `read`.
        """

        def ask() -> frozenset[str]:
            with self._reading(newest=True) as session:
                session.run(neo4j.Query("RETURN 1 AS one", timeout=10)).consume()
                return frozenset(session.last_bookmarks().raw_values)

        return self._asked(ask)

    def version(self) -> str:
        """The server's version, such as `2026.09.0`."""
        with translated():
            return self._driver.get_server_info().agent.removeprefix("Neo4j/")

    def written(self) -> list[str]:
        """The bookmarks of what was written and read last; none where one server alone is asked."""
        return sorted(self._bookmarks.get_bookmarks()) if self._bookmarks else []

    def follow(self, writer: str, bookmarks: Collection[str]) -> None:
        """Have every later read meet what another process wrote, which told us its bookmarks.

        Args:
            writer: of what these are.
            bookmarks: as `written` gave them there.
        """
        newest = frozenset(bookmarks)
        if self._bookmarks and newest and self._followed.get(writer) != newest:
            # Those of before stay until a session has used them: whoever looked earlier may tell us later.
            self._bookmarks.update_bookmarks((), newest)
            self._followed[writer] = newest

    def _reading(self, *, newest: bool, **more: Any) -> neo4j.Session:
        """A session that reads: of whichever server is for that, or of the one that takes writes, without waiting for anything."""
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

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        """What a reading query answers, in our words where it fails.

        It is asked again where others wrote so much beside it that the server gave up; and in a cluster where a server went away
        or another takes writes since, which may answer another time. Nothing of its answer was shown yet.
        """
        began = time.monotonic()
        with translated():
            for pause in _ELSEWHERE_S if self._bookmarks else _AGAIN_S:
                try:
                    return ask()
                except (bolt.ServiceUnavailable, bolt.SessionExpired, bolt.TransientError) as error:
                    late = time.monotonic() - began > _LATE_S  # where nothing answers, each try takes half a minute
                    if not (_outrun(error) or (self._bookmarks and _elsewhere(error) and not late)):
                        raise
                    time.sleep(pause)
            return ask()


_SCALARS = frozenset({str, int, float, bool, type(None)})


def _plain(value: Any) -> Any:
    """A value without the driver's own types: temporal values as those of the standard library."""
    if type(value) in _SCALARS:
        return value
    if isinstance(value, list):
        # Most lists are long and hold scalars alone: told without walking through them here.
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
    """Whether others wrote so much beside a read that the server gave up."""
    return isinstance(error, bolt.TransientError) and (error.code or "").endswith(_OUTRUN)


def _elsewhere(error: bolt.DriverError | bolt.Neo4jError) -> bool:
    """Whether another server may answer, or this one another time: not where it took too much memory, or waited long already."""
    code = error.code or "" if isinstance(error, bolt.Neo4jError) else ""
    return error.is_retryable() and "emory" not in code and "Bookmark" not in code
