"""The NetworkX graphs of a session: each can be written unchanged as GraphML and GEXF, and reads back the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service, Session
from graphsvc.service.network.network import GRAPHS
from tests.toolbox.accounts import session
from tests.toolbox.rows import Tables, claim, statement_claims, texts, write

pytestmark = pytest.mark.neo4j
CASE = "graphs"
# Characters that XML cannot contain, markup, missing and present amounts, and dates of any precision.
FILES = {
    "people": 'id,name,category\nP1,"Idris ]]> <b>&""\x0b\ufffe",suspect\nP2,,suspect\nW1,Ana,witness\nW2,Bek,witness\n',
    "gangs": "id,name\nG1,\n",
    "statements": "id,kind,source_id,handling,taken_on\nS1,record,,P,2020-05\nS2,witness,W1,P,2020-05-08\nS3,witness,W2,C,\n",
    "links": "id,subject_id,relation,object_id,statement_id,from_date,amount,currency,polarity\n"
    "c1,P1,PAID,P2,S1,2020-05,12.5,GBP,asserts\nc2,P1,PAID,P2,S2,,,,asserts\nc3,P1,PAID,P2,S3,2020,0,EUR,denies\n"
    "c4,P1,RUNS,G1,S2,,,,asserts\nc5,P2,RIVAL_OF,P1,S1,,,,asserts\nc6,P1,X_CUSTOM_TIE,P1,S1,,,,asserts\n",
}
# Graphs of worker movements, linked crossings and witness paths, in a separate case in which every name is hostile.
MOVES = "graphs of moves"
_SIGNS = ' ]]> <b>&"\x0b\x1f\ufffe'
_MOVED = [f"m{n}" for n in range(5)]
_ELSEWHERE = [f"o{n}" for n in range(12)]
_ALONE = [f"c{n}" for n in range(3, 24)]
_CROSSINGS = ["c1", "c2", *_ALONE]
_NAMED = ["boss", "steersman", "dealer", *(f"own{name}" for name in _ALONE)]
ROWS: Tables = {
    "people": [{"id": name, "name": name + _SIGNS, "category": "suspect"} for name in (*_NAMED, *_MOVED, *_ELSEWHERE)]
    + [{"id": name, "name": name + _SIGNS, "category": "witness"} for name in ("w1", "w2")],
    "gangs": [{"id": "g1", "name": f"Dune{_SIGNS}"}],
    "workplaces": [
        {"id": "wash", "name": f"Wash{_SIGNS}", "closed_on": "2020-03-20"},
        {"id": "live", "name": f"Live{_SIGNS}", "kind": "online"},
        *({"id": f"shop{n}", "name": f"Shop{_SIGNS}"} for n in range(len(_ELSEWHERE))),
    ],
    "crossings": [
        {"id": name, "date": f"2020-05-{n + 1:02d}", "launch_site": f"Beach{_SIGNS}", "handling": "P"}
        for n, name in enumerate(_CROSSINGS)
    ],
    "boats": [
        {"id": f"b{name}", "name": f"Boat{_SIGNS}", "kind": "inflatable", "handling": "P"} for name in _CROSSINGS
    ],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "t1", "kind": "witness", "source_id": "w1", "handling": "P", "source_grade": "1", "assessment": "B"},
        {"id": "t2", "kind": "witness", "source_id": "w2", "handling": "P", "source_grade": "1", "assessment": "B"},
    ],
    "links": [
        *(claim(who, "WORKED_AT", "wash", "r1", from_date="2020-01-05") for who in _MOVED),
        *(claim(who, "WORKED_AT", "live", "r1", from_date="2020-03-22") for who in _MOVED),
        *(claim(who, "WORKED_AT", f"shop{n}", "r1", from_date="2020-04-03") for n, who in enumerate(_ELSEWHERE)),
        *statement_claims("r1", *(f"b{name} USED_ON {name}" for name in _CROSSINGS)),
        *statement_claims("r1", *(f"own{name} ORGANISED {name}" for name in _ALONE)),
        *statement_claims(
            "r1", "boss ORGANISED c1", "boss ORGANISED c2", "steersman PILOTED c1", "steersman PILOTED c2"
        ),
        *statement_claims(
            "r1", "dealer SUPPLIED bc1", "dealer SUPPLIED bc2", "boss CONTROLS wash", "boss CONTROLS live"
        ),
        *statement_claims("t1", "steersman PILOTED c1", "boss DIRECTED steersman", "boss RUNS g1", "boss PAID dealer"),
        *statement_claims("t2", "steersman PILOTED c1", "boss DIRECTED steersman", "boss RUNS g1", "boss X_FED dealer"),
    ],
}
ASKED: dict[str, Callable[[Session], Any]] = {
    "witnesses": lambda session: session.graph("witnesses"),
    "moves": lambda session: session.graph("moves"),
    "linked": lambda session: session.graph("linked"),
    "behind": lambda session: session.behind("c1", "c2").graph,
    **{of: lambda session, of=of: session.graph(of) for of in GRAPHS},  # type: ignore[misc]
}
# Attributes added by the formats.
_FORMATS_OWN = ("id", "networkx_key")
WRITERS = [nx.write_graphml, nx.write_graphml_xml]
CLEARED = {"all": Grant("C", sources=True), "C": Grant("C"), "P": Grant("P")}


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = texts(tmp_path_factory.mktemp("delivery") / "case", **FILES)
    with Service(at_server()) as opened:
        for name, grant in CLEARED.items():
            accounts.add(opened.database, name, ["investigator", "analyst"], {"*": grant})
        session(opened, "all", CASE).deliveries.load(folder, lambda *_progress: None)
        folder = write(tmp_path_factory.mktemp("delivery") / "moves", **ROWS)
        loaded = session(opened, "all", MOVES).deliveries.load(folder, lambda *_progress: None)
        assert loaded.rejections == []
        yield opened


@pytest.fixture(params=CLEARED)
def reader(service: Service, request: pytest.FixtureRequest) -> Session:
    return session(service, request.param, CASE)


@pytest.fixture(params=[(who, of) for who in CLEARED for of in ASKED], ids="-".join)
def session_graph(service: Service, request: pytest.FixtureRequest) -> Any:
    """Each graph of a session, for each reader."""
    who, of = request.param
    return ASKED[of](session(service, who, MOVES))


def edges(graph: Any, *, keyed: bool) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Every edge with its attributes, and its key."""
    rows = [
        (subject, target, key if keyed else "", {name: values[name] for name in values if name not in _FORMATS_OWN})
        for subject, target, key, values in graph.edges(keys=True, data=True)
    ]
    return sorted(rows, key=str)


def loosely(value: Any) -> Any:
    """A value as GEXF returns it: one type for all values of an attribute, and every weight a float."""
    return str(float(value)) if isinstance(value, float) else str(value)


def as_graphml(graph: Any, write: Callable[..., None], path: Path) -> None:
    """Check that the graph reads back the same from GraphML."""
    write(graph, path)
    again: Any = nx.read_graphml(path, force_multigraph=True)
    assert edges(again, keyed=True) == edges(graph, keyed=True)
    assert list(again.nodes(data=True)) == list(graph.nodes(data=True))


def as_gexf(graph: Any, path: Path) -> None:
    """Check that the graph reads back from GEXF as far as the format allows."""
    nx.write_gexf(graph, path)
    # GEXF without parallel links is read as a plain graph.
    again: Any = nx.MultiDiGraph(nx.read_gexf(path))
    for *_, values in (*again.edges(data=True), *graph.edges(data=True)):
        values.update({name: loosely(float(value) if name == "weight" else value) for name, value in values.items()})
    assert edges(again, keyed=False) == edges(graph, keyed=False)
    assert set(again) == set(graph)
    for identifier, values in graph.nodes(data=True):
        assert {name: again.nodes[identifier][name] for name in values} == values


@pytest.mark.parametrize("of", GRAPHS)
@pytest.mark.parametrize("write", WRITERS, ids=["lxml", "without lxml"])
def test_a_graph_is_written_as_graphml_and_comes_back(
    reader: Session, of: str, write: Callable[..., None], tmp_path: Path
) -> None:
    graph = reader.graph(of)
    assert graph.number_of_edges() > 1
    as_graphml(graph, write, tmp_path / "graph.graphml")


@pytest.mark.parametrize("of", GRAPHS)
def test_a_graph_is_written_as_gexf_and_comes_back(reader: Session, of: str, tmp_path: Path) -> None:
    as_gexf(reader.graph(of), tmp_path / "graph.gexf")


def test_every_graph_of_a_session_with_hostile_names_is_written_and_comes_back(
    session_graph: Any, tmp_path: Path
) -> None:
    assert session_graph.number_of_edges() > 0
    assert any("]]> <b>&" in str(values.get("name")) for _, values in session_graph.nodes(data=True))
    for writer in WRITERS:
        as_graphml(session_graph, writer, tmp_path / "graph.graphml")
    as_gexf(session_graph, tmp_path / "graph.gexf")


def test_an_amount_is_there_where_one_was_named(service: Service) -> None:
    graph = session(service, "all", CASE).graph("claims")
    amounts = {
        values["statement"]: values.get("amount")
        for *_, values in graph.edges(data=True)
        if values["relation"] == "PAID"
    }
    assert sorted(amounts.values(), key=str) == [0.0, 12.5, None]
    table = nx.to_pandas_edgelist(graph, source="subject", target="object")
    assert list(table.loc[table["currency"] == "GBP", "amount"]) == [12.5]


def test_what_is_not_known_is_not_there(reader: Session) -> None:
    for of in GRAPHS:
        graph = reader.graph(of)
        rows = [values for _, values in graph.nodes(data=True)] + [values for *_, values in graph.edges(data=True)]
        kinds = {type(value) for values in rows for value in values.values()}
        assert kinds <= {str, int, float, bool}
