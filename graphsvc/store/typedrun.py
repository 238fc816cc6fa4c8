"""A process of its own that runs one text somebody typed, and writes what comes as lines of JSON.

Run by its path (`store.typed` does), so it knows nothing of the package: a process that can be killed at any moment,
whose memory has a limit, and whose reading of a large answer stops nobody else. Standard input is one line of JSON: where
the server is, the text, its parameters, its limits. Standard output, line by line:

    {"columns": [...]}
    {"rows": [[...], ...]}                                  as often as needed
    {"end": "all"} · {"end": "rows"} · {"end": "bytes"}     all of it, or cut at the limit of rows or of bytes
    {"error": "timeout" · "memory" · "connection" · "text" · "server", "says": ..., "code": ..., "position": {...}}
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

_BATCH = 200
_MEMORY = 2 * 1024**3

# The driver would load them only to know their types: half a second at every run.
for _name in ("numpy", "pandas", "pyarrow"):
    sys.modules[_name] = None  # type: ignore[assignment]

import neo4j  # noqa: E402 - after what it must not load
from neo4j import exceptions as bolt  # noqa: E402
from neo4j.graph import Node, Path, Relationship  # noqa: E402
from neo4j.spatial import Point  # noqa: E402


def plain(value: Any) -> Any:
    """A value as JSON holds it; nodes, relationships, paths and points as objects with a `kind`."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Node):
        return {"kind": "node", "labels": sorted(value.labels), "properties": plain(dict(value))}
    if isinstance(value, Relationship):
        ends = {name: end.get("id") if end is not None else None for name, end in _ends(value)}
        return {"kind": "relationship", "type": value.type, **ends, "properties": plain(dict(value))}
    if isinstance(value, Path):
        parts = {"nodes": list(value.nodes), "relationships": list(value.relationships)}
        return {"kind": "path", **{name: plain(part) for name, part in parts.items()}}
    if isinstance(value, Point):
        return {"kind": "point", "srid": value.srid, "coordinates": list(value)}
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "iso_format"):  # before tuples: a duration is one
        return value.iso_format()
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


def _ends(value: Relationship) -> Iterator[tuple[str, Any]]:
    yield "start", value.start_node
    yield "end", value.end_node


def lines(job: dict[str, Any], records: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The rows of an answer in batches, and how it ended, within the limits of the job."""
    left, size = job["rows"], 0
    batch: list[list[Any]] = []
    for record in records:
        if left == 0:
            yield {"rows": batch}
            yield {"end": "rows"}
            return
        row = [plain(value) for value in record.values()]
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


def run(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run the text of a job; errors as lines too."""
    options: dict[str, Any] = {"telemetry_disabled": True, "connection_timeout": 10, "keep_alive": False}
    try:
        with neo4j.GraphDatabase.driver(
            job["uri"],
            auth=(job["username"], job["password"]),
            notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
            **options,
        ) as driver:
            # One transaction that is never repeated: what ran out of memory once would do so again.
            session = driver.session(database=job["database"], default_access_mode=neo4j.READ_ACCESS, fetch_size=500)
            query = neo4j.Query(job["text"], metadata={"graphsvc": job["mark"]}, timeout=job["timeout"])
            result = session.run(query, job["parameters"])
            yield {"columns": list(result.keys())}
            yield from lines(job, result)
            # Not waiting for the rest of it: the server stops once the connection is gone.
            sys.stdout.flush()
            os._exit(0)
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


def _kind(error: bolt.Neo4jError) -> str:
    code = error.code or ""
    if "TransactionTimedOut" in code:
        return "timeout"
    if "emory" in code:
        return "memory"
    if isinstance(error, bolt.AuthError):
        return "connection"
    return "text" if isinstance(error, bolt.ClientError) else "server"


def main() -> None:
    """Entry point: the job from standard input."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    job = json.loads(sys.stdin.readline())
    for line in run(job):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
