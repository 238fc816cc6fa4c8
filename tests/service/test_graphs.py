"""The NetworkX graphs of a session: every one of them is written as GraphML and GEXF as it is, and comes back."""

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
from tests.toolbox.rows import texts

pytestmark = pytest.mark.neo4j
CASE = "graphs"
# Signs that XML has no way to hold, markup, amounts that are there and not, dates as coarse as they are given.
FILES = {
    "people": 'id,name,category\nP1,"Idris ]]> <b>&""\x0b\ufffe",suspect\nP2,,suspect\nW1,Ana,witness\nW2,Bek,witness\n',
    "gangs": "id,name\nG1,\n",
    "statements": "id,kind,source_id,handling,taken_on\nS1,record,,P,2020-05\nS2,witness,W1,P,2020-05-08\nS3,witness,W2,C,\n",
    "links": "id,subject_id,relation,object_id,statement_id,from_date,amount,currency,polarity\n"
    "c1,P1,PAID,P2,S1,2020-05,12.5,GBP,asserts\nc2,P1,PAID,P2,S2,,,,asserts\nc3,P1,PAID,P2,S3,2020,0,EUR,denies\n"
    "c4,P1,RUNS,G1,S2,,,,asserts\nc5,P2,RIVAL_OF,P1,S1,,,,asserts\nc6,P1,X_CUSTOM_TIE,P1,S1,,,,asserts\n",
}
# What the formats put beside it.
_FORMATS_OWN = ("id", "networkx_key")
CLEARED = {"all": Grant("C", sources=True), "C": Grant("C"), "P": Grant("P")}


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = texts(tmp_path_factory.mktemp("delivery") / "case", **FILES)
    with Service(at_server()) as opened:
        for name, grant in CLEARED.items():
            accounts.add(opened.database, name, ["investigator", "analyst"], {"*": grant})
        session(opened, "all", CASE).deliveries.load(folder, lambda *_progress: None)
        yield opened


@pytest.fixture(params=CLEARED)
def reader(service: Service, request: pytest.FixtureRequest) -> Session:
    return session(service, request.param, CASE)


def edges(graph: Any, *, keyed: bool) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Every edge with what was said of it, and its key."""
    rows = [
        (subject, target, key if keyed else "", {name: values[name] for name in values if name not in _FORMATS_OWN})
        for subject, target, key, values in graph.edges(keys=True, data=True)
    ]
    return sorted(rows, key=str)


def loosely(value: Any) -> Any:
    """A value as GEXF gives it back: one kind for all of a name, and every weight with a fraction."""
    return str(float(value)) if isinstance(value, float) else str(value)


@pytest.mark.parametrize("of", GRAPHS)
@pytest.mark.parametrize("write", [nx.write_graphml, nx.write_graphml_xml], ids=["lxml", "without lxml"])
def test_a_graph_is_written_as_graphml_and_comes_back(
    reader: Session, of: str, write: Callable[..., None], tmp_path: Path
) -> None:
    graph = reader.graph(of)
    assert graph.number_of_edges() > 1
    write(graph, tmp_path / "graph.graphml")
    again: Any = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    assert edges(again, keyed=True) == edges(graph, keyed=True)
    assert list(again.nodes(data=True)) == list(graph.nodes(data=True))


@pytest.mark.parametrize("of", GRAPHS)
def test_a_graph_is_written_as_gexf_and_comes_back(reader: Session, of: str, tmp_path: Path) -> None:
    graph = reader.graph(of)
    nx.write_gexf(graph, tmp_path / "graph.gexf")
    # Where no two links lie side by side it is read as a plain graph.
    again: Any = nx.MultiDiGraph(nx.read_gexf(tmp_path / "graph.gexf"))
    for *_, values in (*again.edges(data=True), *graph.edges(data=True)):
        values.update({name: loosely(float(value) if name == "weight" else value) for name, value in values.items()})
    assert edges(again, keyed=False) == edges(graph, keyed=False)
    assert set(again) == set(graph)
    for identifier, values in graph.nodes(data=True):
        assert {name: again.nodes[identifier][name] for name in values} == values


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
