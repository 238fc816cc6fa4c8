from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from graphsvc.errors import OperatorError, RequestError
from graphsvc.queries import Library, Parameter, cypher_folder, own_library
from tests.queries.catalogue import catalogue

HEADER = {
    "title": 'title = "Boats"',
    "why": 'why = "To see them"',
    "kind": 'kind = "table"',
    "limit": "limit = 10",
    "parameters": '[parameters.boat]\ntype = "id"\nhelp = "id of the boat"',
    "returns": '[returns]\nid = "Boat.id"',
    "example": '[example]\nparameters = { boat = "B1" }\nrows = 1',
}
TEXT = "MATCH (b:Boat {case: $case, id: $boat})\nWHERE b.handling IN $handling\nRETURN b.id AS id\nLIMIT $limit + 1"


def library(folder: Path, text: str = TEXT, **changed: str | None) -> Library:
    """The library of a folder with one file: HEADER with some parts changed or (None) left out."""
    parts = [part for part in (HEADER | changed).values() if part is not None]
    header = "\n".join(f"// {line}" for line in "\n".join(parts).splitlines())
    (folder / "boats").mkdir(exist_ok=True)
    (folder / "boats" / "one.cypher").write_text(f"// ---\n{header}\n// ---\n{text}\n", "utf-8")
    return Library(folder)


def test_a_file_becomes_the_query_its_path_names(tmp_path: Path) -> None:
    query = library(tmp_path)["boats.one"]
    assert (query.name, query.subject, query.title, query.limit) == ("boats.one", "boats", "Boats", 10)
    assert query.text == TEXT
    assert query.example == {"parameters": {"boat": "B1"}, "rows": 1}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"title": None}, "lacks 'title'"),
        ({"returns": None}, "lacks 'returns'"),
        ({"kind": 'kind = "table"\nauthor = "me"'}, "unknown key 'author'"),
        ({"kind": 'kind = "chart"'}, "kind 'chart' is none of table, graph, internal"),
        ({"title": 'title = ""'}, "no fitting value at 'title'"),
        ({"limit": 'limit = "many"'}, "no fitting value at 'limit'"),
        ({"limit": "limit = true"}, "no fitting value at 'limit'"),
        ({"limit": "limit = 0"}, "the limit is less than 1"),
        ({"title": "title = Boats"}, "is no TOML"),
        ({"returns": '[returns]\nid = "Boat.secret"'}, "shows no known property"),
        ({"parameters": '[parameters.boat]\ntype = "uuid"\nhelp = "id"'}, "'boat' of one.cypher needs a type"),
        ({"parameters": '[parameters.boat]\ntype = "id"'}, "needs a type"),
        ({"parameters": '[parameters]\nboat = "id"'}, "needs a type"),
        ({"parameters": None, "example": "[example]\nrows = 1"}, "uses undeclared parameters ['boat']"),
        (
            {"parameters": HEADER["parameters"] + '\n[parameters.more]\ntype = "id"\nhelp = "x"\ndefault = ""'},
            "declares parameters it does not use ['more']",
        ),
        ({"example": None}, "its example needs `rows`"),
        ({"example": '[example]\nparameters = { boat = "B1" }'}, "its example needs `rows`"),
        ({"example": "[example]\nrows = 1"}, "needs the parameter boat (id of the boat)"),
        ({"example": '[example]\nparameters = { ship = "B1" }\nrows = 1'}, "has no parameter 'ship'"),
        ({"kind": 'kind = "graph"'}, "a query of kind graph returns subject, subject_name"),
    ],
)
def test_a_wrong_header_is_refused_by_file_and_fault(tmp_path: Path, changed: dict[str, str], fault: str) -> None:
    with pytest.raises(OperatorError) as refused:
        library(tmp_path, **changed)
    assert fault in str(refused.value)
    assert "one.cypher" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (TEXT.replace("case: $case, ", ""), "does not bind $case"),
        (TEXT.replace("\nLIMIT $limit + 1", ""), "must end with `LIMIT $limit + 1`"),
        (TEXT.replace("$boat", "'B1'"), "declares parameters it does not use ['boat']"),
        (
            TEXT.replace("$case", "$case /* $boat */").replace("id: $boat", "id: $ship"),
            "undeclared parameters ['ship']",
        ),
    ],
)
def test_a_text_that_does_not_fit_its_header_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(OperatorError, match=r"one\.cypher") as refused:
        library(tmp_path, text)
    assert fault in str(refused.value)


def test_a_list_in_braces_is_written_out_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    text = TEXT.replace(
        "(b:Boat {case: $case, id: $boat})", "(b:Boat {case: $case, id: $boat})<-[:{{PARTS_IN_BOATS}}]-()"
    )
    assert "<-[:SUPPLIED]-()" in library(tmp_path, text)["boats.one"].text
    with pytest.raises(OperatorError, match=r"one\.cypher names 'PARTS_IN_BOAT' in braces"):
        library(tmp_path, text.replace("BOATS", "BOAT"))


def test_a_parameter_cannot_take_the_name_of_what_the_gate_binds(tmp_path: Path) -> None:
    parameters = HEADER["parameters"] + '\n[parameters.handling]\ntype = "list"\nhelp = "codes"\ndefault = []'
    with pytest.raises(OperatorError, match="a name the gate binds"):
        library(tmp_path, parameters=parameters)


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "people.cypher").write_text("MATCH (p:Person {case: $case}) RETURN p.id AS id", "utf-8")
    with pytest.raises(OperatorError, match=r"people\.cypher does not begin with a header"):
        Library(tmp_path)


def test_a_query_of_the_services_own_needs_no_example(tmp_path: Path) -> None:
    queries = library(tmp_path, kind='kind = "internal"', example=None)
    assert queries["boats.one"].example == {}
    assert queries.public() == []


def test_files_that_write_are_no_queries(tmp_path: Path) -> None:
    (tmp_path / "load").mkdir()
    (tmp_path / "load" / "nodes.cypher").write_text("UNWIND $rows AS row MERGE (n {id: row.id})", "utf-8")
    assert list(library(tmp_path)) == ["boats.one"]


def test_an_unknown_query_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"no named query 'boats\.two'"):
        library(tmp_path)["boats.two"]


def test_only_queries_that_show_or_count_sources_take_source_clearance() -> None:
    names = {query.name for query in own_library().public() if query.for_sources}
    assert names == {"quality.resting_on_one", "statements.interests", "statements.sources"}
    assert not own_library()["entities.claims"].for_sources


def test_parameters_are_bound_by_name_and_default(tmp_path: Path) -> None:
    query = library(tmp_path)["boats.one"]
    assert query.bind({"boat": " B1 "}) == {"boat": "B1"}
    for parameters, fault in (
        ({}, "needs the parameter boat"),
        ({"x": "1"}, "no parameter 'x'"),
        ({"boat": ""}, "needs"),
    ):
        with pytest.raises(RequestError, match=fault):
            query.bind(parameters)


@pytest.mark.parametrize(
    ("kind", "received", "value"),
    [
        ("int", "3", 3),
        ("float", "0.5", 0.5),
        ("date", "2020-05", "2020-05"),
        ("date", "8 May 2020", "2020-05-08"),
        ("date", "8/5/2020", "2020-05-08"),
        ("date", "", ""),
        ("list", "a; b;", ["a", "b"]),
        ("list", ["a"], ["a"]),
        ("list", ("a", " ", None, float("nan"), 3, dt.date(2020, 5, 8)), ["a", "3", "2020-05-08"]),
        ("list", {"b", "a"}, ["a", "b"]),
        ("list", frozenset(), []),
        ("date", dt.date(2020, 5, 8), "2020-05-08"),
        ("date", dt.datetime(2020, 5, 8, 23, 30), "2020-05-08"),  # noqa: DTZ001 - of no zone, as pandas has days
        ("date", dt.datetime(2020, 5, 8, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-2))), "2020-05-09"),
        ("id", dt.date(2020, 5, 8), "2020-05-08"),
        ("choice", "yes", "yes"),
        ("text", "$x' OR 1", "$x' OR 1"),
    ],
)
def test_a_value_comes_in_the_type_of_its_parameter(kind: str, received: object, value: object) -> None:
    assert Parameter("p", kind, "help", words=("yes", "no")).value(received) == value


@pytest.mark.parametrize(
    ("kind", "received", "takes"),
    [
        ("int", "3.5", "a whole number"),
        ("int", True, "a whole number"),
        ("int", "9" * 19, "a whole number"),
        ("float", "much", "a number"),
        ("float", "nan", "a number"),
        ("float", "inf", "a number"),
        ("date", "2020-02-30", "a date such as"),
        ("choice", "maybe", "one of yes, no"),
        ("id", ["P1", "P2"], "one value"),
        ("id", {"P1"}, "one value"),
        ("text", {"a": "b"}, "one value"),
        ("text", b"P1", "one value"),
        ("choice", ["yes"], "one of yes, no"),
        ("date", ["2020-05-08"], "a date such as"),
        ("int", ["1"], "a whole number"),
        ("list", [["P1"]], "texts"),
        ("list", {"a": "b"}, "texts"),
        ("list", [b"P1"], "texts"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, received: object, takes: str) -> None:
    with pytest.raises(RequestError, match=takes):
        Parameter("p", kind, "help", words=("yes", "no")).value(received)


def test_the_catalogue_is_current() -> None:
    written = (cypher_folder() / "README.md").read_text("utf-8")
    assert written == catalogue(own_library()), "run: python tests/queries/catalogue.py"


def test_the_catalogue_tells_every_query_apart() -> None:
    text = catalogue(own_library())
    for query in own_library().public():
        assert text.count(f"| `{query.name}`") == 1


SHOWING = "MATCH (c:Claim {case: $case, id: $boat})\nWHERE c.handling IN $handling\nRETURN c.id AS id\nLIMIT $limit + 1"
ASKING = SHOWING.replace("c.handling IN $handling", "c.handling IN $handling AND c.kind IN $voices")


@pytest.mark.parametrize(
    "returned", ["Statement.id", "Statement.taken_on", "Claim.id", "Claim.amount", "Boat.statement_id"]
)
def test_a_query_that_shows_statements_or_claims_must_ask_which_are_shown_one_by_one(
    tmp_path: Path, returned: str
) -> None:
    returns = f'[returns]\nid = "{returned}"\nkind = "Statement.kind"'
    for kind in ("table", "internal"):
        with pytest.raises(OperatorError, match=r"does not ask `\$voices`"):
            library(tmp_path, SHOWING, returns=returns, kind=f'kind = "{kind}"')
        assert library(tmp_path, ASKING, returns=returns, kind=f'kind = "{kind}"')["boats.one"].shows_statements


@pytest.mark.parametrize("returned", ["Statement.id", "Claim.id"])
def test_ids_of_statements_and_claims_come_with_the_kind_that_the_gate_knows_them_by(
    tmp_path: Path, returned: str
) -> None:
    with pytest.raises(OperatorError, match=r"without `Statement\.kind`"):
        library(tmp_path, ASKING, returns=f'[returns]\nid = "{returned}"')


def test_what_takes_source_clearance_or_is_never_shown_need_not_ask(tmp_path: Path) -> None:
    for more in ("Source.id", "computed.rows"):
        returns = f'[returns]\nid = "Claim.id"\nmore = "{more}"'
        assert not library(tmp_path, SHOWING, returns=returns)["boats.one"].shows_statements
