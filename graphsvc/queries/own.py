"""The package's own named queries: the files of `cypher/`, and those made from `records.tables`.

A column added to a table is read for the page of its rows and for the files of a whole case.
"""

from __future__ import annotations

from functools import cache

from graphsvc.queries.library import Library, Parameter, Query
from graphsvc.records.tables import ENTITY_TABLES, TABLES, Column, Table

_WHOLE = 2_000_000
_STATEMENT = (
    "head(COLLECT {{ MATCH (t:Statement {{case: $case, id: n.{name}}}) WHERE t.handling IN $handling AND t.kind IN $voices"
    " RETURN t.id }})"
)


@cache
def own_library() -> Library:
    """Return the package's own named queries, read once per process: they cannot change while it runs."""
    # Each table but `links` has a query of one row (`people.one`) and a query of the file (`tables.people`).
    tables = (*ENTITY_TABLES, TABLES["statements"])
    return Library(further=[make(table) for table in tables for make in (_query_of_row, _query_of_file)])


def _query_of_row(table: Table) -> Query:
    read = {name: how for column in table.columns for name, how in _read(column).items()}
    read["extra"] = "[k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]]"
    label = table.label if table.record == "statement" else f"Entity&{table.label}"
    return Query(
        name=f"{table.name}.one",
        title=f"Everything delivered about one {table.record}",
        why=f"The page of a {table.record}",
        kind="internal",
        roles=(),
        limit=1,
        parameters=(Parameter("id", "id", f"id of the {table.record}"),),
        returns=_returns(table, read),
        text=_text(table, f"(n:{label} {{case: $case, id: $id}})", read),
    )


def _query_of_file(table: Table) -> Query:
    read: dict[str, str] = {}
    for column in table.columns:
        read |= _read(column)
        if column.kind == "date":
            read |= {f"{column.name}{end}": f"n.{column.name}{end}" for end in ("_earliest", "_latest")}
    read["extra"] = "[k IN keys(n) WHERE k STARTS WITH 'x_' | [k, toString(n[k])]]"
    return Query(
        name=f"tables.{table.name}",
        title=f"Every {table.record} of the case",
        why="The whole case as files, for readers cleared for all of it: read a part at a time",
        kind="internal",
        roles=(),
        limit=_WHOLE,
        parameters=(),
        returns=_returns(table, read),
        # The order in which Neo4j stored the rows would show who was there before, with a statement.
        text=_text(table, f"(n:{table.label} {{case: $case}})", read, order="\nORDER BY id"),
    )


def _read(column: Column) -> dict[str, str]:
    """Return what is read for a column: name in the answer → expression on the node `n`."""
    if column.kind == "categories":
        # A list of words and a list with their dates: readers filter by the first and read the second.
        return {"categories": "n.categories", "category_dates": "n.category_dates"}
    if column.name == "source_id":
        # The pseudonym of the source: an id as delivered may be that of a person.
        return {"source": "head([(n)-[:GIVEN_BY]->(q:Source) | q.id])"}
    if column.refers == ("statement",):
        return {column.name: _STATEMENT.format(name=column.name)}
    return {column.name: f"n.{column.name}"}


def _returns(table: Table, read: dict[str, str]) -> dict[str, str]:
    return {name: "Source.id" if name == "source" else f"{table.label}.{name}" for name in read}


def _text(table: Table, pattern: str, read: dict[str, str], order: str = "") -> str:
    # With a test on the id, an index finds the statements of a case.
    statement = "n.id IS NOT NULL AND n.kind IN $voices AND " if table.record == "statement" else ""
    columns = ",\n       ".join(f"{how} AS {name}" for name, how in read.items())
    return f"MATCH {pattern}\nWHERE {statement}n.handling IN $handling\nRETURN {columns}{order}\nLIMIT $limit + 1"
