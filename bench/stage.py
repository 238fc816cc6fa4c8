"""What all benchmarks use: an invented case, a separate server and service, timing, description of the machine."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import neo4j
from flask.testing import FlaskClient

from graphsvc.access.people import accounts
from graphsvc.config import Settings
from graphsvc.service import Service, Session
from graphsvc.simulate import Knobs, simulate

SEED = 1
# More telephone bills and payments than in the demo: about eleven claims a person.
KNOBS = Knobs(bill_coverage=0.9, bank_coverage=0.6)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Attributes:
        what: what was measured.
        value: the figure, with its unit.
        goal: the target, or empty.
        reached: whether the goal is reached; None without a goal.
    """

    what: str
    value: str
    goal: str = ""
    reached: bool | None = None

    def __str__(self) -> str:
        mark = {True: " reached", False: " MISSED", None: ""}[self.reached]
        return f"  {self.what:<58} {self.value:>24}" + (f"   goal {self.goal}:{mark}" if self.goal else "")


def jars() -> str:
    """Return the folder with the jars of Neo4j."""
    return os.environ.get("GRAPHSVC_JARS") or str(Path(__file__).parents[1] / ".cache" / "jars")


@contextlib.contextmanager
def open_service() -> Iterator[Service]:
    """Open a service with a fresh home and a temporary server, both with default settings."""
    # A killed server may still write while the folder is deleted; that must not fail the benchmark.
    with tempfile.TemporaryDirectory(prefix="graphsvc-bench-", ignore_cleanup_errors=True) as home:
        environment = {name: text for name, text in os.environ.items() if name == "GRAPHSVC_NEO4J_VERSION"}
        settings = Settings.read(environment, home=Path(home), jars=Path(jars()), start_timeout_s=300)
        with Service(settings) as service:
            service.store()
            yield service


def driver(service: Service) -> neo4j.Driver:
    """Return the official driver, connected to the service's Neo4j server."""
    server = service._server
    assert server is not None
    return neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password))


def session_of(service: Service, case: str) -> Session:
    """Return a session of the home's only account, with full clearance, on a case."""
    return service.session(accounts.list_accounts(service.database)[0], "benchmark", case)


def quiet(_done: int, _total: int, _text: str) -> None:
    """Ignore progress."""


@contextlib.contextmanager
def invent_case(people: int) -> Iterator[Path]:
    """Write an invented case with this many people; yield its folder."""
    with tempfile.TemporaryDirectory(prefix="graphsvc-case-") as folder:
        simulate(Path(folder) / "case", seed=SEED, people=people, knobs=KNOBS)
        yield Path(folder) / "case"


def fetch(client: FlaskClient, address: str) -> None:
    """Fetch a page, and fail unless its status is 200."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)


def measure_seconds(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def p95(times: list[float]) -> float:
    """Return the 95th percentile of at least two times."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def machine() -> Mapping[str, str]:
    """Describe the machine. A load above the number of cores means that benchmarks had to wait for other work."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    names = ("neo4j", "networkx", "numpy", "scipy", "flask", "sqlalchemy")
    return {
        "machine": f"{cores} cores, {memory:.1f} GiB, {platform.system()} {platform.machine()}",
        "load (1, 5, 15 min)": load,
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in names),
    }
