"""Make the table of named queries in cypher/README.md from their headers.

    python tests/queries/catalogue.py

Run it when the header of a query has changed, from a checkout in which graphsvc is installed (or on PYTHONPATH).
"""

from __future__ import annotations

from itertools import groupby

from graphsvc.queries import Library, Parameter, Query, cypher_folder, own_library

_INTRODUCTION = """# Named queries

One file is one query, and its path is its name: `crossings/behind.cypher` is `crossings.behind`. Run it with
`graphsvc query crossings.behind --param crossing=C0001`, from the queries page of a case, or with
`session.frame("crossings.behind", crossing="C0001")` in a notebook. The header of each file (TOML in comments, checked)
says what it takes and gives; `graphsvc/queries/library.py` describes it. Lists of relations stand in double braces; the page
of a query shows them written out. That text runs in Neo4j Browser once the parameters that are bound for you otherwise
(`docs/architecture.md`) are set.

The queries that give every column of a table (`people.one`, `tables.people`) have no file: `graphsvc/queries/own.py`
makes them.

`schema/` holds constraints and indexes, `load/` what writes a case. Files of kind `internal` are the service's own.

This file is made from the headers: `python tests/queries/catalogue.py`.
"""


def catalogue(library: Library) -> str:
    """Markdown list of every query people may run, by subject, with its purpose and parameters."""
    parts = [_INTRODUCTION]
    for subject, queries in groupby(library.public(), key=lambda query: query.subject):
        rows = [_row(query) for query in queries]
        parts.append("\n".join([f"## {subject}\n", "| query | what it answers | parameters |", "|---|---|---|", *rows]))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _row(query: Query) -> str:
    marks = [f"for the roles {', '.join(query.roles)}"] if query.roles else []
    marks += ["takes source clearance"] if query.for_sources else []
    marked = f" ({'; '.join(marks)})" if marks else ""
    parameters = "<br>".join(map(_parameter, query.parameters)) or "none"
    kind = " · picture" if query.kind == "graph" else ""
    return f"| `{query.name}`{kind} | **{_cell(query.title)}**{marked}. {_cell(query.why)} | {parameters} |"


def _parameter(parameter: Parameter) -> str:
    if parameter.default is None:
        return f"`{parameter.name}`: {_cell(parameter.help)}"
    value = ";".join(parameter.default) if isinstance(parameter.default, list) else str(parameter.default)
    default = f" [{_cell(value)}]" if value else ""
    return f"`{parameter.name}`{default}: {_cell(parameter.help)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    (cypher_folder() / "README.md").write_text(catalogue(own_library()), "utf-8")
