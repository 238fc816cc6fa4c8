"""Each column of the case format is queried, released by its sensitivity and shown, or excepted with a reason."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from graphsvc.queries import own_library
from graphsvc.records.properties import SENSITIVITY
from graphsvc.records.tables import ENTITY_TABLES, TABLES, Column, Table
from graphsvc.views.forms.rows import NODE_COLUMNS
from graphsvc.web.network import entities, network

LIBRARY = own_library()
WEB = Path(entities.__file__).parents[1]
PAGES = (*ENTITY_TABLES, TABLES["statements"])
# Column → graph properties that replace it, if the graph stores it in another form.
INSTEAD = {
    # A list of words and a list with their dates: readers filter by the first and read the second.
    "Person.category": ("Person.categories", "Person.category_dates"),
    # The graph has the pseudonym of the source, because a delivered id may be a person's.
    "Statement.source_id": ("Source.id",),
    "Claim.subject_id": ("Entity.id",),
    "Claim.object_id": ("Entity.id",),
    "Claim.statement_id": ("Statement.id",),
    "Claim.from_date": ("Claim.from_on",),
    "Claim.to_date": ("Claim.to_on",),
}
# Values returned in addition to the columns: custom columns.
BESIDE = {"extra"}
# Values that an entity's page shows in its heading or below its facts.
IN_HEADING = {"id": "{{ id }}", "name": "{{ name | title_of(kind) }}", "sealed": "{% if sealed %}"}
BELOW = {"notes": "values.notes", "handling": "values.handling", "statement_id": "values.statement_id"}
# All properties of an entity in a picture: an export contains nothing else of a row, whatever columns there are.
IN_PICTURES = {
    "Entity.id", "Entity.kind", "Entity.name", "Thing.kind", "Entity.sealed", "Entity.handling", "Person.identified",
    "Crossing.date", "Entity.latitude", "Entity.longitude",
    "Crossing.launch_site", "Crossing.landing_site", "Crossing.landing_lat", "Crossing.landing_lon",  # only on a map
}  # fmt: skip


def properties(table: Table, column: Column) -> tuple[str, ...]:
    """Graph properties for a column."""
    own = f"{table.label}.{column.name}"
    return INSTEAD.get(own, (own,))


def not_asked_for(table: Table, query: str) -> set[str]:
    """Columns that a query does not return."""
    returned = set(LIBRARY[query].returns.values())
    return {column.name for column in table.columns if not returned.issuperset(properties(table, column))}


@pytest.mark.parametrize("table", PAGES, ids=lambda table: table.name)
def test_the_query_of_a_page_gives_every_column_and_nothing_else(table: Table) -> None:
    query = LIBRARY[f"{table.name}.one"]
    assert not_asked_for(table, query.name) == set()
    known = {name for column in table.columns for name in properties(table, column)}
    assert {name for name, returned in query.returns.items() if returned not in known} == BESIDE
    for name, returned in query.returns.items():
        label, _, of = returned.partition(".")
        if label == table.label and name not in {*BESIDE, "statement_id"}:
            assert name == of
            assert re.search(rf"\b[ns]\.{of} AS {name}\b", query.text), (
                f"{query.name} declares {name} and reads another"
            )


@pytest.mark.parametrize("table", PAGES, ids=lambda table: table.name)
def test_a_column_is_released_by_its_own_sensitivity(table: Table) -> None:
    for column in table.columns:
        for name in properties(table, column):
            assert SENSITIVITY[name] == column.sensitivity, name


def test_a_column_that_no_query_asks_for_is_found() -> None:
    boats = TABLES["boats"]
    assert not_asked_for(replace(boats, columns=(*boats.columns, Column("colour"))), "boats.one") == {"colour"}


@pytest.mark.parametrize("table", PAGES, ids=lambda table: table.name)
def test_the_query_of_a_file_gives_what_a_page_gives_and_both_ends_of_every_date(table: Table) -> None:
    page, file = LIBRARY[f"{table.name}.one"], LIBRARY[f"tables.{table.name}"]
    dates = [column.name for column in table.columns if column.kind == "date"]
    ends = {f"{name}{end}": f"{table.label}.{name}{end}" for name in dates for end in ("_earliest", "_latest")}
    assert dict(file.returns) == dict(page.returns) | ends
    for name in ends:
        assert re.search(rf"\b[ns]\.{name} AS {name}\b", file.text), f"{file.name} declares {name} and reads another"


@pytest.mark.parametrize("query", ["entities.claims", "entities.between", "statements.claims", "tables.claims"])
def test_every_column_of_a_claim_is_asked_for_where_claims_are_shown(query: str) -> None:
    assert not_asked_for(TABLES["links"], query) == set()


@pytest.mark.parametrize("table", ENTITY_TABLES, ids=lambda table: table.name)
def test_the_page_of_an_entity_shows_every_column(table: Table) -> None:
    returned = set(LIBRARY[f"{table.name}.one"].returns)
    page = (WEB / "network/templates/entities/page.html").read_text("utf-8")
    assert set(entities._ELSEWHERE) == {*IN_HEADING, *BELOW}
    assert all(text in page for text in (*IN_HEADING.values(), *BELOW.values()))
    macros = (WEB / "templates/macros.html").read_text("utf-8")
    assert "m.facts(facts" in page, "what is in neither is a fact, whatever it is called"
    assert "facts.items()" in macros.partition("{% macro facts(")[2].partition("{% endmacro %}")[0]
    # The panel is short: notes and the statement behind a fact are one click away.
    panel = (WEB / "network/templates/network/node.html").read_text("utf-8")
    assert "m.facts(facts" in panel
    assert set(network._ELSEWHERE) <= {*IN_HEADING, *BELOW}
    assert returned >= {"id", "notes", "handling", "statement_id"}


def test_the_page_of_a_statement_shows_every_column() -> None:
    page = (WEB / "deliveries/templates/statements/page.html").read_text("utf-8")
    on_page = set(re.findall(r"values\.(\w+)", page)) | {"id"}
    assert set(LIBRARY["statements.one"].returns) - on_page == set()


def test_what_shows_a_claim_shows_every_column_of_it() -> None:
    macros = (WEB / "templates/macros.html").read_text("utf-8")
    row = macros[macros.index("{% macro claim_row") :].partition("{%- endmacro %}")[0]
    on_page = set(re.findall(r"row\.(\w+)", row)) | (
        {"amount", "currency", "weight"} if "row | amount" in row else set()
    )
    # The belief of a single claim is computed from its grading, which is shown.
    columns = {name for name, of in LIBRARY["entities.claims"].returns.items() if of.startswith("Claim.")}
    assert columns - on_page == {"belief"}


def test_of_an_entity_only_what_is_named_here_is_in_pictures_and_goes_out() -> None:
    returned = LIBRARY["network.nodes"].returns
    assert set(returned.values()) - {"computed.count"} == IN_PICTURES
    assert set(NODE_COLUMNS.values()) <= set(returned)
