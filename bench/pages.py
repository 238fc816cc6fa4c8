"""Pages of the demo case: their response times, compared with a bare driver that runs only the page's queries.

Requests of a page alternate with runs of its bare queries, so that both have the same conditions. Results that the
service caches between requests, such as the ranking of a case that does not change, are cached here too; `hubs.py`
measures the ranking without a cache.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import neo4j
from flask.testing import FlaskClient

from bench.stage import Figure, driver, fetch, measure_seconds, open_service, p95, quiet, session_of
from graphsvc.cases.gc_pause import freeze_memory
from graphsvc.service import Service, Session
from graphsvc.simulate import demo
from graphsvc.web import create_app

RUNS = 30
TIMES, PLUS_MS = 2.0, 50.0
Asked = list[tuple[str, Mapping[str, Any]]]


@contextmanager
def demo_case() -> Iterator[Service]:
    """Open a separate service with the demo case loaded."""
    with open_service() as service, tempfile.TemporaryDirectory(prefix="graphsvc-demo-") as folder:
        demo(Path(folder) / "case")
        session_of(service, "demo").deliveries.load(Path(folder) / "case", quiet)
        freeze_memory()  # like `graphsvc serve`
        yield service


def run() -> Iterator[Figure]:
    """Yield a figure for each page, and one for the worst page."""
    with demo_case() as service, driver(service) as bolt:
        client = create_app(service).test_client()
        account = session_of(service, "demo").principal.name
        client.get(f"/link/{service.sign_in_link(account, 'benchmark')}")
        worst, late = 0.0, 0
        for name, address in addresses(session_of(service, "demo")).items():
            queries = _record_queries(service, client, address)
            page, bare = _times(client, address, bolt, queries)
            allowed = TIMES * p95(bare) + PLUS_MS / 1000
            worst, late = max(worst, p95(page) / allowed), late + (p95(page) > allowed)
            yield Figure(
                f"{name} ({len(queries)} queries)",
                f"{1000 * p95(page):.0f} ms, bare {1000 * p95(bare):.0f}",
                f"≤ {1000 * allowed:.0f} ms",
                p95(page) <= allowed,
            )
        yield Figure("worst page, in parts of what it may take", f"{worst:.2f}", "≤ 1", late == 0)


def addresses(session: Session) -> dict[str, str]:
    """Return name → URL of every page with content; pages of an entity use the one of its kind with the most links."""
    most: dict[str, tuple[int, str]] = {}
    ends: dict[str, int] = {}
    kinds = {row["id"]: row["kind"] for row in session.ask.rows("cases.entities", whole=True).dicts()}
    links = session.ask.rows("cases.links", whole=True).dicts()
    for link in links:
        for end in (link["subject"], link["object"]):
            ends[end] = ends.get(end, 0) + 1
    for identifier, count in ends.items():
        most[kinds[identifier]] = max(most.get(kinds[identifier], (0, "")), (count, identifier))
    leads = session.leads.table()["hubs"]
    lead, first = leads[0]["id"], links[0]
    statement = session.network.entities.look(lead).claims[0]["statement"]
    case = f"/case/{session.case}"
    link = {name: first[name] for name in ("subject", "relation", "object")}
    pages = {
        "cases": "/",
        "overview": case,
        "crossings": f"{case}/crossings",
        "workplaces": f"{case}/workplaces",
        "who is behind the boats of 8 May 2020": f"{case}/behind?day=2020-05-08",
        "through the witnesses": f"{case}/through",
        "leads": f"{case}/leads",
        "leads as CSV": f"{case}/leads.csv",
        "lead": f"{case}/lead?id={lead}",
        "statement": f"{case}/statement?id={statement}",
        "network, 60 nodes": f"{case}/network?id={lead}&depth=2",
        "network, 500 nodes": f"{case}/network?id={lead}&depth=4&size=500",
        "network, a node": f"{case}/network/node?id={lead}",
        "network, a link": f"{case}/network/link?{urlencode(link)}",
        "search": f"{case}/search?q=ka",
        "suggestions": f"{case}/search/near.json?q=kar",
        "suggestions, other spellings": f"{case}/search/near.json?q=abdelrahman",
        "growth": f"{case}/network/growth?node={lead}&id={lead}",
        "ways": f"{case}/network/paths?from={lead}&to={leads[1]['id']}&kind=likeliest",
        "queries": f"{case}/queries",
        "load": f"{case}/load",
        "numbers": "/numbers",
        "roles": "/roles",
    }
    pages |= {f"entity, {kind}": f"{case}/entity?id={identifier}" for kind, (_, identifier) in sorted(most.items())}
    for query in session.queries.listed():
        parameters = {f"p.{name}": _text(value) for name, value in query.example.get("parameters", {}).items()}
        pages[f"query {query.name}"] = f"{case}/query?{urlencode({'name': query.name, 'run': '1', **parameters})}"
    return pages


def _text(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _record_queries(service: Service, client: FlaskClient, address: str) -> Asked:
    """Return the queries that a page runs on its second request."""
    store, queries = service.store(), Asked()
    # Nearly all queries use the second method, which returns one list of rows.
    ways = {name: getattr(store, name) for name in ("read", "read_at_once")}

    def recording(name: str) -> Any:
        def read(text: str, *more: Any, **limits: Any) -> Any:
            queries.append((text, dict(more[-1])))
            return ways[name](text, *more, **limits)

        return read

    fetch(client, address)
    vars(store).update({name: recording(name) for name in ways})
    try:
        fetch(client, address)
    finally:
        for name in ways:
            del vars(store)[name]
    return queries


def _times(client: FlaskClient, address: str, bolt: neo4j.Driver, queries: Asked) -> tuple[list[float], list[float]]:
    page: list[float] = []
    bare: list[float] = []
    for _ in range(RUNS):
        page.append(measure_seconds(lambda: fetch(client, address)))
        bare.append(measure_seconds(lambda: _bare(bolt, queries)))
    return page, bare


def _bare(bolt: neo4j.Driver, queries: Asked) -> None:
    with bolt.session(default_access_mode=neo4j.READ_ACCESS) as session:
        for text, parameters in queries:
            list(session.run(text, parameters))  # type: ignore[arg-type]
