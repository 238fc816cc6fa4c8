"""Brings what depends on the demo case up to date: the number of rows in each query's example, and cypher/README.md.

    python tests/queries/refresh_examples.py              the rows of every example, and the catalogue
    python tests/queries/refresh_examples.py NAME …       only of these queries, such as crossings.behind
    python tests/queries/refresh_examples.py --catalogue  only cypher/README.md (needs no Neo4j)

Run it when the demo case or a query has changed, from a checkout in which graphsvc is installed (or on PYTHONPATH).
It makes the demo case in a temporary home, loads it into a managed server (jars: GRAPHSVC_JARS or .cache/jars, version:
GRAPHSVC_NEO4J_VERSION), runs each example with full clearance, rewrites `rows` where it differs, and says so. Examples
that find nothing are named, so that better parameters can be chosen; the status is then 1.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from graphsvc import simulate
from graphsvc.access.principal import ANY_CASE, Grant, Principal
from graphsvc.config import Settings
from graphsvc.queries import Library, catalogue, cypher_folder
from graphsvc.service import Service, Session

_ROWS = re.compile(r"^// rows = \d+$", re.MULTILINE)


def file_of(name: str) -> Path:
    """The file of a named query."""
    return cypher_folder().joinpath(*name.split(".")).with_suffix(".cypher")


def write_catalogue() -> None:
    """Write cypher/README.md."""
    (cypher_folder() / "README.md").write_text(catalogue(Library()), "utf-8")


def refresh(session: Session, names: list[str]) -> list[str]:
    """Rewrite the rows of the named examples; gives those that find nothing."""
    empty: list[str] = []
    for query in Library().public():
        if names and query.name not in names:
            continue
        found = len(session.query(query.name, query.example.get("parameters", {})).rows)
        if found != query.example["rows"]:
            print(f"{query.name}: {query.example['rows']} -> {found}")
            path = file_of(query.name)
            path.write_text(_ROWS.sub(f"// rows = {found}", path.read_text("utf-8"), count=1), "utf-8")
        if not found:
            empty.append(query.name)
    return empty


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for, and give the exit status."""
    write_catalogue()
    if arguments == ["--catalogue"]:
        return 0
    jars = os.environ.get("GRAPHSVC_JARS") or str(Path(__file__).parents[2] / ".cache" / "jars")
    version = os.environ.get("GRAPHSVC_NEO4J_VERSION") or Settings.neo4j_version
    roles = frozenset({"investigator", "analyst", "disclosure", "custodian"})
    reader = Principal("refresh", roles, {ANY_CASE: Grant("C", sources=True)})
    with tempfile.TemporaryDirectory() as folder:
        simulate.demo(Path(folder) / "demo")
        settings = Settings.read({}, home=Path(folder) / "home", jars=Path(jars), neo4j_version=version)
        with Service(settings) as service:
            session = service.session(reader, "bringing the examples up to date", "demo")
            session.load(Path(folder) / "demo", lambda *_progress: None)
            empty = refresh(session, arguments)
    for name in empty:
        print(f"{name}: its example finds nothing in the demo case; choose other parameters")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
