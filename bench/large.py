"""A large case: loading its files; its pages on the first request after a start, and when warm.

The service is opened again after loading, so that nothing of the case is in its memory. Then every page is requested
once, in the order of a reader, and after that several times. A browser shows the frame of a slow page immediately
(`web.frame`); the times here are for the whole response. Memory is the maximum of the process, so it is only correct if
this benchmark is run alone.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench.pages import addresses
from bench.stage import Figure, fetch, invent_case, measure_seconds, open_service, p95, quiet, session_of
from graphsvc.cases.gc_pause import freeze_memory
from graphsvc.service import Service, Session
from graphsvc.web import create_app

CASE = "large"
RUNS = 20
FIRST_S, WARM_S, MEMORY_GIB, PARQUET_MIB = 2.0, 0.3, 4.0, 1024.0
_BEHIND = "who is behind the boats of 8 May 2020"
# One page of each kind, in the order in which a reader may open them.
PAGES = (
    "overview",
    "leads",
    "lead",
    "entity, person",
    "network, 60 nodes",
    "network, 500 nodes",
    "search",
    "suggestions",
    _BEHIND,
    "through the witnesses",
    "crossings",
    "workplaces",
    "ways",
    "growth",
)


def run(people: int) -> Iterator[Figure]:
    """Measure loading, then each page on its first request after a start, and when warm."""
    with invent_case(people) as folder, open_service() as service:
        took = measure_seconds(lambda: session_of(service, CASE).deliveries.load(folder, quiet))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        claims = (
            service.store()
            .read("MATCH (n:Claim {case: $case}) RETURN count(n)", {"case": CASE}, timeout=600, cap=1)
            .rows[0][0]
        )
        yield Figure(f"{people:,} people, {claims:,} claims: from file to open case", f"{took:.1f} s")
        yield Figure(
            "memory of the process that loads, at most",
            f"{peak:.2f} GiB",
            f"≤ {MEMORY_GIB:.0f} GiB",
            peak <= MEMORY_GIB,
        )
        yield from _as_parquet(service)
        with Service(service.settings) as reader:
            yield from _pages(reader)


def _as_parquet(service: Service) -> Iterator[Figure]:
    """Export the whole case as Parquet: seconds, bytes, and additional memory (on Linux)."""
    peak = Path("/proc/self/clear_refs")
    if peak.exists():
        peak.write_text("5")  # resets the maximum memory of the process
    before = _most_mib()
    with tempfile.TemporaryDirectory(prefix="graphsvc-parquet-") as folder:
        whole = session_of(service, CASE).exports.whole
        begun = time.perf_counter()
        export = whole.parquet(Path(folder) / "all")
        took = time.perf_counter() - begun
    more = _most_mib() - before
    yield Figure(f"all of it as Parquet, {export.size / 2**20:.1f} MiB", f"{took:.1f} s")
    yield Figure("memory for that, more at most", f"{more:.0f} MiB", f"≤ {PARQUET_MIB:.0f} MiB", more <= PARQUET_MIB)


def _most_mib() -> float:
    """Return the maximum memory of the process in MiB; 0 if it is unknown."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


def _behind(session: Session) -> str:
    """Return the URL of `behind` for eight boats of 8 May 2020; a large case has more than one page accepts."""
    rows = [crossing.row for crossing in session.network.lists.crossings()]
    ids = [row["id"] for row in rows if str(row["day"]) == "2020-05-08"][:8]
    return f"/case/{session.case}/behind?{urlencode({'id': ids}, doseq=True)}"


def _pages(service: Service) -> Iterator[Figure]:
    session = session_of(service, CASE)
    chosen = addresses(session) | {_BEHIND: _behind(session)}
    service.forget()
    freeze_memory()  # like `graphsvc serve`, which also plans its queries
    service.gate.plan(lambda: True)
    client = create_app(service).test_client()
    client.get(f"/link/{service.sign_in_link(session.principal.name, 'benchmark')}")
    for name in PAGES:
        first = measure_seconds(lambda address=chosen[name]: fetch(client, address))  # type: ignore[misc]
        yield Figure(f"{name}, the first time", f"{first:.2f} s", f"≤ {FIRST_S:.0f} s", first <= FIRST_S)
    for name in PAGES:
        times = [measure_seconds(lambda address=chosen[name]: fetch(client, address)) for _ in range(RUNS)]  # type: ignore[misc]
        yield Figure(
            f"{name}, warm: median {1000 * statistics.median(times):.0f} ms, 95th percentile",
            f"{1000 * p95(times):.0f} ms",
            f"≤ {1000 * WARM_S:.0f} ms",
            p95(times) <= WARM_S,
        )
