"""The official driver, with limits and errors in our words. The only module that opens a connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import neo4j
from neo4j import exceptions as bolt

from graphsvc.config import Settings
from graphsvc.errors import Busy, GraphsvcError, OperatorError, RequestError

Item = TypeVar("Item")
Make = Callable[[list[Any], list[Any]], Item]


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer: column names, rows of plain values, and whether rows were cut at the cap."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool


class Store:
    """One database of one Neo4j server."""

    def __init__(self, driver: neo4j.Driver, database: str, where: str) -> None:
        self._driver = driver
        self._database = database
        self.where = where

    @classmethod
    def connect(cls, uri: str, username: str, password: str, database: str) -> Store:
        """Connect, and make sure that a query on the database answers.

        Raises:
            OperatorError: the server cannot be reached, or refuses the password.
        """
        try:
            driver = neo4j.GraphDatabase.driver(
                uri,
                auth=(username, password),
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
                connection_acquisition_timeout=30,
                telemetry_disabled=True,
            )
        except (ValueError, bolt.ConfigurationError) as error:
            raise OperatorError(
                f"NEO4J_URI is {uri!r}, which is no address of a Neo4j server. Write it like bolt://host:7687."
            ) from error
        store = cls(driver, database, uri)
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

    def read(self, text: str, parameters: Mapping[str, Any], *, timeout: float, cap: int) -> Rows:
        """Run a reading query; rows beyond `cap` are cut.

        Raises:
            Busy: it ran longer than `timeout` seconds or needed too much memory.
            RequestError: the text or a parameter is wrong.
            OperatorError: the server cannot be reached.
        """
        query = neo4j.Query(text, timeout=timeout)
        with _translated(), self._session(neo4j.READ_ACCESS) as session:
            result = session.run(query, dict(parameters))
            columns = tuple(result.keys())
            rows: list[tuple[Any, ...]] = []
            truncated = False
            for record in result:
                if len(rows) == cap:
                    truncated = True
                    break
                rows.append(tuple(_plain(value) for value in record.values()))
        return Rows(columns, rows, truncated)

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
        items: list[Item] = []
        with _translated(), self._session(neo4j.READ_ACCESS, fetch_size=-1) as session:
            for record in session.run(query, dict(parameters)):
                *block, rows = record.values()
                items += [make(block, row) for row in rows]
                if len(items) > cap:
                    return items[:cap], True
        return items, False

    def explain(self, text: str) -> tuple[str, list[str]]:
        """What kind of query it is (`r` reads only) and the operators of its plan; nothing is run."""
        with _translated(), self._session(neo4j.READ_ACCESS) as session:
            summary = session.run("EXPLAIN " + text).consume()
        return summary.query_type or "", list(_operators(summary.plan or {}))

    def write(self, text: str, parameters: Mapping[str, Any]) -> None:
        """Run one writing query in a transaction of its own. It must be idempotent: a lost answer repeats it."""

        def work(transaction: neo4j.ManagedTransaction) -> None:
            transaction.run(text, dict(parameters)).consume()

        with _translated(), self._session(neo4j.WRITE_ACCESS) as session:
            session.execute_write(work)

    def run_schema(self, text: str) -> None:
        """Run one schema command."""
        with _translated(), self._session(neo4j.WRITE_ACCESS) as session:
            session.run(text).consume()

    def version(self) -> str:
        """The server's version, such as `2026.09.0`."""
        with _translated():
            return self._driver.get_server_info().agent.removeprefix("Neo4j/")

    def _session(self, mode: str, fetch_size: int = 5000) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=mode, fetch_size=fetch_size)


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


def _operators(plan: Mapping[str, Any]) -> Iterator[str]:
    yield str(plan.get("operatorType", "")).partition("@")[0]
    for child in plan.get("children", ()):
        yield from _operators(child)


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the driver as ours, by whoever must act."""
    try:
        yield
    except bolt.AuthError as error:
        raise OperatorError("Neo4j refuses the password. Check NEO4J_USERNAME and NEO4J_PASSWORD.") from error
    except (bolt.ServiceUnavailable, bolt.SessionExpired, OSError) as error:
        raise OperatorError(
            "Neo4j cannot be reached. Nothing was changed by this request; see `graphsvc neo4j status`, then try again."
        ) from error
    except bolt.TransientError as error:
        what = "needs more memory than one query may use" if "emory" in (error.code or "") else "met other work"
        raise Busy(f"The query {what}. Ask for less at once (a filter, a lower limit), or try again.") from error
    except bolt.ClientError as error:
        code = error.code or ""
        if "TransactionTimedOut" in code:
            raise Busy("The query ran longer than allowed and was stopped. Ask for less at once.") from error
        raise RequestError(f"Neo4j refuses the query: {str(error.message).splitlines()[0]}") from error
    except bolt.Neo4jError as error:
        raise OperatorError(f"Neo4j reports a fault of its own: {str(error.message).splitlines()[0]}") from error
    except bolt.DriverError as error:
        raise OperatorError(f"The connection to Neo4j broke ({type(error).__name__}). Try again.") from error
