"""Loading: rows a second for a whole delivery, compared with a bare driver that writes the same graph.

Our time covers everything from the files to the open case: reading and checking, sealing, adding up claims, comparing
with the graph, writing, the vault. The bare driver only writes, by UNWIND and MERGE, rows that are ready in memory.

Then writing a first case into an empty store is timed: by Neo4j's import tool, and row by row. As for a real first
load, the server has just started. The import ends when the server runs again and all of its indexes are filled.
"""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import neo4j

from bench.stage import Figure, driver, invent_case, measure_seconds, open_service, quiet, session_of
from graphsvc.cases.deliveries.bulk_load import BulkLoad
from graphsvc.cases.locks import Locks
from graphsvc.records.relations import graph_type
from graphsvc.service import Service
from graphsvc.store.bulk import bulk_rows, write_bulk
from graphsvc.store.image import ENTITY_LABELS, Image, difference, read_image, write
from graphsvc.store.mark import size
from graphsvc.store.server.importing import import_files, import_folder

GOAL = 0.8
TOOL_GOAL = 100_000
_NODE = "UNWIND $rows AS row MERGE (n:{label} {{case: $case, id: row.id}}) SET n += row.set"
_RELATIONSHIP = (
    "UNWIND $rows AS row MATCH (a:{start} {{case: $case, id: row.a}}) MATCH (b:{end} {{case: $case, id: row.b}})"
    " MERGE (a)-[r:{type}]->(b) SET r.case = $case"
)
_LINK = (
    "UNWIND $rows AS row MATCH (a:Entity {{case: $case, id: row.a}}) MATCH (b:Entity {{case: $case, id: row.b}})"
    " MERGE (a)-[r:{type} {{case: $case, relation: row.relation}}]->(b) SET r += row.set"
)
Writes = list[tuple[str, list[dict[str, Any]]]]


def run(people: int) -> Iterator[Figure]:
    """Load with graphsvc and with the bare driver on one server, then in the opposite order on another server."""
    with invent_case(people) as folder, invent_case(max(20, people // 20)) as small:
        writes: Writes = []
        image = Image()
        for first in ("ours", "bare"):
            with open_service() as service:
                if not writes:
                    session_of(service, "source").deliveries.load(folder, quiet)
                    image = read_image(service.store(), "source")
                    writes = bare_writes(image)
                    # Otherwise the prepared objects would slow the garbage collector during the measurement.
                    gc.collect()
                    gc.freeze()
            with open_service() as service:
                _warm(service, small)
                yield from _round(service, folder, writes, first)
        yield from _first_case(image)


def _first_case(image: Image) -> Iterator[Figure]:
    """Time writing a first case row by row, by the import tool alone, and by the tool with everything around it."""
    rows = bulk_rows(image)
    took: dict[str, float] = {}
    with open_service() as service:
        store, batch = service.store(), service.settings.batch_rows
        took["row by row"] = measure_seconds(lambda: write(store, "first", difference(Image(), image), batch, quiet))
    with open_service() as service:
        settings = dataclasses.replace(service.settings, import_rows=1)
        bulk = BulkLoad(service.store, settings, Locks(settings.home))
        with import_folder(settings) as files:
            written = write_bulk(files, "first", image, quiet)
            took["the import tool alone"] = measure_seconds(lambda: import_files(settings, files, written, quiet))
        took["files, tool, start and schema"] = measure_seconds(lambda: bulk.write("first", image, quiet))
        assert size(service.store()) >= rows, "both ways must write the same graph"
    for way, seconds in took.items():
        goal = way == "the import tool alone"
        yield Figure(
            f"first case, {way}: {rows:,} rows",
            f"{seconds:.1f} s = {rows / seconds:,.0f}/s",
            f"≥ {TOOL_GOAL:,}" if goal else "",
            rows / seconds >= TOOL_GOAL if goal else None,
        )
    ratio = took["row by row"] / took["files, tool, start and schema"]
    yield Figure("first case: rows a second to those of row by row", f"{ratio:.2f}", "≥ 1", ratio >= 1)


def _warm(service: Service, small: Path) -> None:
    """Run both ways once on a small case, so that neither is the first on a new server."""
    session_of(service, "warm").deliveries.load(small, quiet)
    _bare(service, "warm-bare", bare_writes(read_image(service.store(), "warm")))


def _round(service: Service, folder: Path, writes: Writes, first: str) -> Iterator[Figure]:
    took: dict[str, float] = {}
    for way in (first, "bare" if first == "ours" else "ours"):
        if way == "ours":
            took[way] = measure_seconds(lambda: session_of(service, "ours").deliveries.load(folder, quiet))
        else:
            took[way] = measure_seconds(lambda: _bare(service, "bare", writes))
    nodes, relationships = count(service, "ours")
    assert (nodes, relationships) == count(service, "bare"), "both ways must write the same graph"
    rows = nodes + relationships
    for way, seconds in took.items():
        yield Figure(f"{first} first, {way}: {rows:,} rows", f"{seconds:.1f} s = {rows / seconds:,.0f}/s")
    ratio = took["bare"] / took["ours"]
    yield Figure(f"{first} first: our rows a second to the bare driver's", f"{ratio:.2f}", f"≥ {GOAL}", ratio >= GOAL)


def count(service: Service, case: str) -> tuple[int, int]:
    """Count the nodes and relationships of a case."""
    store = service.store()
    counted = [
        store.read(text, {"case": case}, timeout=600, cap=1).rows[0][0]
        for text in (
            "MATCH (n:Entity|Statement|Source|Claim {case: $case}) RETURN count(n)",
            "MATCH (:Entity|Statement|Claim {case: $case})-[r]->() RETURN count(r)",
        )
    ]
    return counted[0], counted[1]


def bare_writes(image: Image) -> Writes:
    """Return queries that write an image's nodes and relationships, one for each label and type, with their rows."""
    writes: Writes = []
    for label, nodes in image.nodes.items():
        named = f"Entity:{label}" if label in ENTITY_LABELS else label
        rows = [{"id": key, "set": properties} for key, properties in sorted(nodes.items())]
        writes.append((_NODE.format(label=named), rows))
    claims = sorted(image.claims.items())
    writes.append((_NODE.format(label="Claim"), [{"id": key, "set": claim[0]} for key, claim in claims]))
    given_by = [{"a": statement, "b": source} for statement, source in sorted(image.given.items())]
    writes.append((_RELATIONSHIP.format(start="Statement", end="Source", type="GIVEN_BY"), given_by))
    for place, (kind, end) in enumerate((("STATED_IN", "Statement"), ("SUBJECT", "Entity"), ("OBJECT", "Entity")), 1):
        rows = [{"a": key, "b": claim[place]} for key, claim in claims]
        writes.append((_RELATIONSHIP.format(start="Claim", end=end, type=kind), rows))
    by_type: dict[str, list[dict[str, Any]]] = {}
    for (subject, relation, target), properties in sorted(image.links.items()):
        row = {"a": subject, "b": target, "relation": relation, "set": properties}
        by_type.setdefault(graph_type(relation), []).append(row)
    writes += [(_LINK.format(type=kind), rows) for kind, rows in by_type.items()]
    return writes


def _bare(service: Service, case: str, writes: Writes) -> None:
    """Write a graph with only the official driver, in one managed transaction per batch."""
    size = service.settings.batch_rows
    with driver(service) as bolt, bolt.session() as session:
        for text, rows in writes:
            for start in range(0, len(rows), size):
                session.execute_write(_batch, text, case, rows[start : start + size])


def _batch(work: neo4j.ManagedTransaction, text: str, case: str, rows: list[dict[str, Any]]) -> None:
    work.run(text, case=case, rows=rows).consume()
