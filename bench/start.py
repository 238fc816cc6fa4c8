"""Start times: a command that starts Neo4j, the next command, and Cypher typed by a user.

Typed queries alternate with runs by a bare driver, which plans and then runs each query, as graphsvc must do as well.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import neo4j

from bench.pages import demo_case
from bench.stage import Figure, driver, jars, measure_seconds, p95, session_of

RUNS = 30
NEXT_S, BEYOND_MS, VERSION_S, VERSION_MB = 1.5, 60.0, 0.25, 60
TEXTS = (
    "MATCH (p:Person {case: $case}) RETURN count(p) AS people",
    "MATCH (p:Person {case: $case})-[r:PILOTED]->(c:Crossing) RETURN p.id, c.id, c.date LIMIT 25",
    "MATCH (s:Statement {case: $case}) RETURN s.kind AS kind, count(*) AS statements",
)
# Prints processor seconds and maximum memory. The latter is read from /proc, as `getrusage` includes the parent process.
_VERSION = """
import time
from graphsvc.cli import program
program.main(["--version"], standalone_mode=False)
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.process_time(), int(most.split()[1]) / 1024)
"""


def run() -> Iterator[Figure]:
    """Yield the figures of the command line, then those of typed queries."""
    yield from _commands()
    yield from _texts()


def _commands() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="graphsvc-bench-", ignore_cleanup_errors=True) as home:
        environment = os.environ | {"GRAPHSVC_HOME": home, "GRAPHSVC_JARS": jars(), "GRAPHSVC_NEO4J_START_S": "300"}

        def command(*words: str) -> None:
            arguments = [sys.executable, "-m", "graphsvc", *words]
            subprocess.run(arguments, env=environment, check=True, capture_output=True)

        completed = subprocess.run(
            [sys.executable, "-c", _VERSION], env=environment, check=True, capture_output=True, text=True
        )
        worked, size = map(float, completed.stdout.split()[-2:])
        yield Figure("graphsvc --version, of a processor", f"{worked:.2f} s", f"≤ {VERSION_S} s", worked <= VERSION_S)
        yield Figure("graphsvc --version, of memory", f"{size:.0f} MiB", f"≤ {VERSION_MB} MiB", size <= VERSION_MB)
        try:
            folder = str(Path(home) / "case")
            command("simulate", folder, "--people", "60")
            yield Figure(
                "graphsvc load, which starts Neo4j",
                f"{measure_seconds(lambda: command('load', folder, '--case', 'one')):.1f} s",
            )
            times = [measure_seconds(lambda: command("query", "crossings.per_day", "--case", "one")) for _ in range(10)]
            yield Figure(
                "graphsvc query, while Neo4j lingers",
                f"{sorted(times)[len(times) // 2]:.2f} s, p95 {p95(times):.2f}",
                f"≤ {NEXT_S} s",
                p95(times) <= NEXT_S,
            )
        finally:
            command("neo4j", "stop")


def _texts() -> Iterator[Figure]:
    with demo_case() as service, driver(service) as bolt:
        granted = replace(session_of(service, "demo").principal, free_cypher=True)
        session = service.session(granted, "benchmark", "demo")
        for text in TEXTS:
            typed, bare = [], []
            for _ in range(RUNS):
                typed.append(measure_seconds(partial(session.cypher.run, text)))
                bare.append(measure_seconds(partial(_bare, bolt, text)))
            beyond = 1000 * (p95(typed) - p95(bare))
            yield Figure(
                f"typed: {text[:48]}",
                f"{1000 * p95(typed):.0f} ms, bare {1000 * p95(bare):.0f}; first {1000 * typed[0]:.0f}",
                f"≤ bare + {BEYOND_MS:.0f} ms",
                beyond <= BEYOND_MS,
            )


def _bare(bolt: neo4j.Driver, text: str) -> None:
    with bolt.session(database="neo4j", default_access_mode=neo4j.READ_ACCESS) as session:
        session.run("EXPLAIN\n" + text).consume()
        session.run(text, {"case": "demo"}).data()
