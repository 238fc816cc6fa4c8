"""Update everything that depends on the demo case: the number of rows in each query's example.

    python tests/queries/refresh_examples.py         of every query
    python tests/queries/refresh_examples.py NAME …  only of these, such as crossings.behind

Run it when the demo case or a query has changed, from a checkout in which graphsvc is installed (or on PYTHONPATH). It
makes the demo case in a temporary home, loads it into a managed server (jars: GRAPHSVC_JARS or .cache/jars, version:
GRAPHSVC_NEO4J_VERSION), runs each example with full clearance, rewrites `rows` where it differs, and says so. An
example whose ids find nothing (ids change when the demo case changes) gets other ids. Examples that still find nothing
are named, so that better parameters can be chosen; the status is then 1.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from graphsvc import simulate
from graphsvc.access.people.principal import ANY_CASE, Grant, Principal
from graphsvc.config import Settings
from graphsvc.queries import Library, Query, cypher_folder
from graphsvc.service import Service, Session

_ROWS = re.compile(r"^// rows = \d+$", re.MULTILINE)
_PARAMETERS = re.compile(r"^// parameters = .*$", re.MULTILINE)
_KINDS = ("person", "boat", "crossing", "gang", "workplace")
_PARTS = ("PILOTED", "ASSISTED", "ORGANISED")
_TRIES = 400


def file_of(name: str) -> Path:
    """The file of a named query."""
    return cypher_folder().joinpath(*name.split(".")).with_suffix(".cypher")


def refresh(session: Session, names: list[str]) -> list[str]:
    """Update the named examples, and return the ones that find nothing."""
    empty: list[str] = []
    for query in Library().public():
        if names and query.name not in names:
            continue
        given = dict(query.example.get("parameters", {}))
        found = len(session.queries.run(query.name, given).rows)
        for ids in islice(_other_ids(session, query, given), 0 if found else _TRIES):
            found = len(session.queries.run(query.name, given | ids).rows)
            if found:
                given |= ids
                break
        if not found:
            empty.append(query.name)
        if (given, found) != (query.example.get("parameters", {}), query.example["rows"]):
            print(f"{query.name}: {query.example['rows']} -> {found} rows with {given}")
            _rewrite(query, given, found)
    return empty


def _rewrite(query: Query, given: dict[str, Any], rows: int) -> None:
    path = file_of(query.name)
    inline = ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in given.items())
    text = _PARAMETERS.sub(lambda _: f"// parameters = {{ {inline} }}", path.read_text("utf-8"), count=1)
    path.write_text(_ROWS.sub(f"// rows = {rows}", text, count=1), "utf-8")


def _other_ids(session: Session, query: Query, given: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Ids to try in place of an example's ids, most linked first; no pseudonyms, which differ from home to home."""
    asked = [parameter.name for parameter in query.parameters if parameter.type == "id" and parameter.name in given]
    if asked not in ([kind] for kind in _KINDS) and asked != ["first", "second"]:
        return
    pseudonyms = {row["id"] for row in session.ask.rows("cases.entities", whole=True).dicts() if row["sealed"]}
    links = session.ask.rows("cases.links", whole=True).dicts()
    linked = Counter(
        (link[end], link[f"{end}_kind"])
        for link in links
        for end in ("subject", "object")
        if link[end] not in pseudonyms
    )
    if len(asked) == 1:
        yield from ({asked[0]: one} for (one, kind), _ in linked.most_common() if kind == asked[0])
        return
    parts = [link for link in links if link["relation"] in _PARTS and link["subject"] not in pseudonyms]
    for link in parts:  # two people with a part in one crossing
        yield from (
            {"first": link["subject"], "second": other["subject"]}
            for other in parts
            if other["object"] == link["object"] and other["subject"] > link["subject"]
        )


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for, and return the exit status."""
    jars = os.environ.get("GRAPHSVC_JARS") or str(Path(__file__).parents[2] / ".cache" / "jars")
    version = os.environ.get("GRAPHSVC_NEO4J_VERSION") or Settings.neo4j_version
    roles = frozenset({"investigator", "analyst", "disclosure", "custodian"})
    reader = Principal("refresh", roles, {ANY_CASE: Grant("C", sources=True)})
    with tempfile.TemporaryDirectory() as folder:
        simulate.demo(Path(folder) / "demo")
        settings = Settings.read({}, home=Path(folder) / "home", jars=Path(jars), neo4j_version=version)
        with Service(settings) as service:
            session = service.session(reader, "bringing the examples up to date", "demo")
            session.deliveries.load(Path(folder) / "demo", lambda *_progress: None)
            empty = refresh(session, arguments)
    for name in empty:
        print(f"{name}: its example finds nothing in the demo case; choose other parameters")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
