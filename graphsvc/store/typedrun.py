"""A separate process that runs typed queries, one at a time, and writes the answers as lines of JSON.

`store.runners` starts this file by its path, so it imports nothing of the package. It can be killed at any moment, its
memory is limited, and reading a large answer here blocks no one else. Each line of standard input is JSON for one
query: the server, the query, its parameters, its limits. The process ends after anything but a complete answer, and
after two minutes without a query. Standard output, line by line:

    {"columns": [...]}
    {"rows": [[...], ...]}                                  as often as needed
    {"ends": {...}}                                         ids of nodes known only from relationships, if any
    {"end": "all"} · {"end": "rows"} · {"end": "bytes"}     complete, or cut at the limit of rows or of bytes
    {"error": "timeout" · "memory" · "connection" · "text" · "server", "says": ..., "code": ..., "position": {...}}
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from datetime import time as clock
from typing import Any

_BATCH = 200
_MEMORY = 2 * 1024**3
_WAITS_S = 120.0

# The driver would load these only to know their types, which takes half a second at every run.
for _name in ("numpy", "pandas", "pyarrow"):
    sys.modules[_name] = None  # type: ignore[assignment]

import neo4j  # noqa: E402 - after what it must not load
import pytz  # type: ignore[import-untyped]  # noqa: E402 - the driver brings it; it has no stubs
from neo4j import exceptions as bolt  # noqa: E402
from neo4j import time  # noqa: E402
from neo4j.graph import Node, Path, Relationship  # noqa: E402
from neo4j.spatial import Point  # noqa: E402


def pack_value(value: Any, ends: set[str]) -> Any:
    """Convert a value to JSON in which each object has one key, its kind (`store.values` reads it).

    If a relationship arrives without its end nodes, they are named by the database's ids, which are added to `ends`.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"number": str(value)}
    if isinstance(value, Node):
        return {"node": {"labels": sorted(value.labels), "properties": pack_value(dict(value), ends)}}
    if isinstance(value, Relationship):
        known = {"type": value.type, "start": _end(value.start_node, ends), "end": _end(value.end_node, ends)}
        return {"relationship": {**known, "properties": pack_value(dict(value), ends)}}
    if isinstance(value, Path):
        parts = {"nodes": list(value.nodes), "relationships": list(value.relationships)}
        return {"path": {name: pack_value(part, ends) for name, part in parts.items()}}
    if isinstance(value, Point):
        return {"point": {"srid": value.srid, "coordinates": list(value)}}
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, dict):
        return {"map": {str(key): pack_value(item, ends) for key, item in value.items()}}
    if isinstance(value, time.Duration):  # before tuples, since a Duration is one
        return {"duration": [value.months, value.days, value.seconds, value.nanoseconds]}
    if isinstance(value, time.DateTime):
        return {"moment": [value.iso_format(), _zone(value.tzinfo)]}
    if isinstance(value, time.Date | time.Time):
        return {"date" if isinstance(value, time.Date) else "time": value.iso_format()}
    if isinstance(value, list | tuple | set | frozenset):
        return [pack_value(item, ends) for item in value]
    return str(value)


def unpack_value(value: Any) -> Any:
    """Convert a parameter back from the form of `store.values`."""
    if isinstance(value, list):
        return [unpack_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "map":
        return {name: unpack_value(item) for name, item in content.items()}
    if kind == "moment":
        return _moment(*content)
    if kind == "duration":
        return time.Duration(months=content[0], days=content[1], seconds=content[2], nanoseconds=content[3])
    kinds: dict[str, Callable[[Any], Any]] = {
        "number": float,
        "date": date.fromisoformat,
        "time": clock.fromisoformat,
        "bytes": bytes.fromhex,
    }
    return kinds[kind](content)


def _moment(text: str, zone: str) -> Any:
    moment = datetime.fromisoformat(text)
    # With time zones of the standard library the driver (6.4) ends the process, or sends a wrong hour.
    with contextlib.suppress(pytz.UnknownTimeZoneError):
        return time.DateTime.from_native(moment.astimezone(pytz.timezone(zone))) if zone else moment
    return moment


def _end(node: Node | None, ends: set[str]) -> Any:
    if node is None or node.labels or dict(node):
        return None if node is None else node.get("id")
    ends.add(node.element_id)
    return {"end": node.element_id}


def _zone(zone: Any) -> str:
    return str(getattr(zone, "key", "") or getattr(zone, "zone", "") or "")


def lines(job: dict[str, Any], records: Iterable[Any], ends: set[str]) -> Iterator[dict[str, Any]]:
    """Yield an answer's rows in batches, then how the answer ended, within the limits of the job."""
    left, size = job["rows"], 0
    batch: list[list[Any]] = []
    for record in records:
        if left == 0:
            yield {"rows": batch}
            yield {"end": "rows"}
            return
        row = [pack_value(value, ends) for value in record.values()]
        size += len(json.dumps(row))
        if size > job["bytes"]:
            yield {"rows": batch}
            yield {"end": "bytes"}
            return
        batch.append(row)
        left -= 1
        if len(batch) == _BATCH:
            yield {"rows": batch}
            batch = []
    yield {"rows": batch}
    yield {"end": "all"}


class Connected:
    """The driver for the server of the jobs, kept so that the next query on that server needs no new connection."""

    def __init__(self) -> None:
        self._login: tuple[str, ...] = ()
        self._driver: neo4j.Driver | None = None

    def to(self, job: dict[str, Any]) -> neo4j.Driver:
        """Return the driver for a job's server."""
        login = (job["uri"], job["username"], job["password"])
        if self._driver is None or login != self._login:
            options: dict[str, Any] = {"telemetry_disabled": True, "connection_timeout": 10, "keep_alive": False}
            self._driver = neo4j.GraphDatabase.driver(
                job["uri"],
                auth=(job["username"], job["password"]),
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
                liveness_check_timeout=0,  # the server may have restarted since the previous query
                **options,
            )
            self._login = login
        return self._driver


def run(job: dict[str, Any], connected: Connected) -> Iterator[dict[str, Any]]:
    """Run the query of a job and yield the lines of its answer; errors become lines too."""
    try:
        driver = connected.to(job)
        # One transaction, never repeated: a query that ran out of memory once would do so again.
        session = driver.session(
            database=job["database"],
            default_access_mode=neo4j.READ_ACCESS,
            fetch_size=500,
            bookmarks=neo4j.Bookmarks.from_raw_values(job["bookmarks"]),
        )
        query = neo4j.Query(job["text"], metadata={"graphsvc": job["mark"]}, timeout=job["timeout"])
        result = session.run(query, {name: unpack_value(value) for name, value in job["parameters"].items()})
        yield {"columns": list(result.keys())}
        ends: set[str] = set()
        for line in lines(job, result, ends):
            if "end" in line and ends:
                yield {"ends": ids_of_nodes(driver, job, ends)}
            if line.get("end") == "all":
                session.close()
            yield line
    except bolt.Neo4jError as error:
        yield {
            "error": _kind(error),
            "says": error.message or "",
            "code": error.code or "",
            "position": (error.diagnostic_record or {}).get("_position") or {},
        }
    except (bolt.DriverError, OSError) as error:
        yield {"error": "connection", "says": type(error).__name__}
    except MemoryError:
        yield {"error": "memory", "says": ""}
    except RecursionError:
        yield {"error": "server", "says": "The answer is nested too deeply to be shown."}


def ids_of_nodes(driver: neo4j.Driver, job: dict[str, Any], ends: set[str]) -> dict[str, Any]:
    """Return the `id` property of each node in `ends`, by the database's own id for the node."""
    text = "UNWIND $ends AS end MATCH (n) WHERE elementId(n) = end RETURN end, n.id"
    query = neo4j.Query(text, metadata={"graphsvc": job["mark"]}, timeout=job["timeout"])
    after = neo4j.Bookmarks.from_raw_values(job["bookmarks"])
    with driver.session(database=job["database"], default_access_mode=neo4j.READ_ACCESS, bookmarks=after) as session:
        return dict(record.values() for record in session.run(query, {"ends": sorted(ends)}))


def _kind(error: bolt.Neo4jError) -> str:
    code = error.code or ""
    if "TransactionTimedOut" in code:
        return "timeout"
    if "emory" in code:
        return "memory"
    if isinstance(error, bolt.AuthError):
        return "connection"
    return "text" if isinstance(error, bolt.ClientError) else "server"


def _texts() -> Iterator[dict[str, Any]]:
    """Yield the jobs from standard input, until it ends or no job arrives for a while."""
    while True:
        patience = threading.Timer(_WAITS_S, os._exit, (0,))
        patience.daemon = True
        patience.start()
        line = sys.stdin.readline()
        patience.cancel()
        if not line:
            return
        yield json.loads(line)


def main() -> None:
    """Run the jobs from standard input: the entry point."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    connected = Connected()
    for job in _texts():
        line: dict[str, Any] = {}  # the last one
        for line in run(job, connected):
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
        if line.get("end") != "all":
            # Does not wait for the rest of the answer: the server stops once the connection is gone.
            os._exit(0)


if __name__ == "__main__":
    main()
