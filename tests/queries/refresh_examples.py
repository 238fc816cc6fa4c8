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
from graphsvc.queries import Query, cypher_folder, own_library
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
    for query in own_library().public():
        if names and query.name not in names:
            continue
        parameters = dict(query.example.get("parameters", {}))
        count = len(session.queries.run(query.name, parameters).rows)
        for ids in islice(_other_ids(session, query, parameters), 0 if count else _TRIES):
            count = len(session.queries.run(query.name, parameters | ids).rows)
            if count:
                parameters |= ids
                break
        if not count:
            empty.append(query.name)
        if (parameters, count) != (query.example.get("parameters", {}), query.example["rows"]):
            print(f"{query.name}: {query.example['rows']} -> {count} rows with {parameters}")
            _rewrite(query, parameters, count)
    return empty


def _rewrite(query: Query, parameters: dict[str, Any], rows: int) -> None:
    path = file_of(query.name)
    inline = ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in parameters.items())
    text = _PARAMETERS.sub(lambda _: f"// parameters = {{ {inline} }}", path.read_text("utf-8"), count=1)
    path.write_text(_ROWS.sub(f"// rows = {rows}", text, count=1), "utf-8")


def _other_ids(session: Session, query: Query, parameters: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Ids to try in place of those of an example, most linked first; no pseudonyms, which differ by home."""
    id_parameters = [
        parameter.name for parameter in query.parameters if parameter.type == "id" and parameter.name in parameters
    ]
    if id_parameters not in ([kind] for kind in _KINDS) and id_parameters != ["first", "second"]:
        return
    pseudonyms = {row["id"] for row in session.ask.rows("cases.entities", whole=True).dicts() if row["sealed"]}
    links = session.ask.rows("cases.links", whole=True).dicts()
    linked = Counter(
        (link[end], link[f"{end}_kind"])
        for link in links
        for end in ("subject", "object")
        if link[end] not in pseudonyms
    )
    if len(id_parameters) == 1:
        yield from (
            {id_parameters[0]: identifier} for (identifier, kind), _ in linked.most_common() if kind == id_parameters[0]
        )
        return
    parts = [link for link in links if link["relation"] in _PARTS and link["subject"] not in pseudonyms]
    for link in parts:  # two people with a part in one crossing
        yield from (
            {"first": link["subject"], "second": partner["subject"]}
            for partner in parts
            if partner["object"] == link["object"] and partner["subject"] > link["subject"]
        )


def main(arguments: list[str]) -> int:
    """Refresh the examples named in the arguments, and return the exit status."""
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
