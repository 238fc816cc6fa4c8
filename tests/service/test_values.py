"""Random ids, homes of sealed people and interests of sources in the graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphsvc.cases.graph.graphing import Graphed, build_graph
from graphsvc.cases.graph.standing import Deciding, standings
from tests.service.test_standing import KEY
from tests.service.test_texts import ON, fold_case


def graph_of(folder: Path, files: dict[str, str]) -> Graphed:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    state = fold_case(folder)
    return build_graph(state, KEY, standings({}, state, Deciding(KEY, ON)), few_below=3)


def node(graph: Graphed, label: str, identifier: str) -> dict[str, Any]:
    return graph.image.nodes[label][identifier]


def test_an_id_drawn_by_lot_stays_what_it_is_whatever_it_spells(tmp_path: Path) -> None:
    """Otherwise, once in a few hundred times, a form would not find the entity it added."""
    drawn = "N-55HK-W1V0-SEWC"
    files = {
        "people.csv": f"id,name\nW1,Selam Bekele\n{drawn},Omar Said\n",
        "crossings.csv": "id,date\nX1,2020-05-08\n",
        "statements.csv": "id,kind,source_id\nT1,witness,W1\n",
        "links.csv": f"subject_id,relation,object_id,statement_id\nW1,CROSSED_ON,X1,T1\n{drawn},PILOTED,X1,T1\n",
    }
    assert node(graph_of(tmp_path, files), "Person", drawn)["name"] == "Omar Said"


def test_of_the_home_of_somebody_sealed_nothing_stands_in_the_graph(tmp_path: Path) -> None:
    files = {
        "people.csv": "id,name,notes\nW1,Selam Bekele,\nP1,Omar Said,Was seen near 12 Harbour Lane and at Seaview House.\n",
        "crossings.csv": "id,date\nX1,2020-05-08\n",
        "workplaces.csv": (
            "id,name,kind,address,latitude,longitude,notes,x_key\n"
            'K7001,Seaview House,dwelling,"12 Harbour Lane, Dover CT16 1AA",51.1,1.3,Blue door,under the mat\n'
            "K7002,Wash,premises,1 Dock Road,,,,\n"
        ),
        "statements.csv": "id,kind,source_id\nT1,record,\n",
        "links.csv": (
            "subject_id,relation,object_id,statement_id\nW1,LIVED_AT,K7001,T1\nW1,WORKED_AT,K7002,T1\nP1,PILOTED,X1,T1\n"
        ),
    }
    graph = graph_of(tmp_path, files)
    text = repr((graph.image.nodes, graph.image.links, graph.image.claims))
    words = ("K7001", "Seaview", "Harbour", "CT16", "51.1", "Blue door", "the mat", "Selam")
    assert [word for word in words if word in text] == []
    home = graph.sealed["K7001"]
    assert node(graph, "Workplace", home)["kind"] == "dwelling"
    assert graph.identities[home][1]["address"] == "12 Harbour Lane, Dover CT16 1AA"
    assert node(graph, "Workplace", "K7002")["address"] == "1 Dock Road"


def test_a_home_that_is_called_as_its_town_withholds_no_town(tmp_path: Path) -> None:
    files = {
        "people.csv": "id,name,notes\nW1,Selam Bekele,\nP1,Omar Said,Lives in Calais\n",
        "crossings.csv": "id,date,launch_site\nX1,2020-05-08,Grande Synthe\n",
        "workplaces.csv": "id,name,kind,address\nK1,Grande Synthe,dwelling,Calais\nK2,House,dwelling,\n",
        "statements.csv": "id,kind,summary\nT1,record,Met others in Grande Synthe and at a House in Calais\n",
        "links.csv": (
            "subject_id,relation,object_id,statement_id\nW1,LIVED_AT,K1,T1\nW1,LIVED_AT,K2,T1\nP1,PILOTED,X1,T1\n"
        ),
    }
    graph = graph_of(tmp_path, files)
    assert set(graph.sealed) == {"W1", "K1", "K2"}
    assert node(graph, "Crossing", "X1")["launch_site"] == "Grande Synthe"
    assert node(graph, "Statement", "T1")["summary"] == "Met others in Grande Synthe and at a House in Calais"
    assert node(graph, "Person", "P1")["notes"] == "Lives in Calais"


def test_an_interest_marks_the_claims_it_is_in_and_none_that_say_the_same(tmp_path: Path) -> None:
    """Equal claims may be one object in memory; the mark of one must not pass to the other."""
    graph = graph_of(
        tmp_path,
        {
            "people.csv": "id,name,category\nP1,Ari Berg,suspect\nP2,Bo Quist,suspect\nP3,Cas Roe,witness\nP4,Dov Sand,witness\n",
            "statements.csv": "id,kind,source_id,source_grade,handling\nST1,witness,P3,2,P\nST2,witness,P4,2,P\nST3,record,,1,P\n",
            "links.csv": (
                "subject_id,relation,object_id,statement_id\nP1,DIRECTED,P2,ST1\nP1,DIRECTED,P2,ST2\nP3,RIVAL_OF,P1,ST3\n"
            ),
        },
    )
    marks = {
        statement: properties.get("interest")
        for properties, statement, *_ in graph.image.claims.values()
        if statement != "ST3"
    }
    assert marks == {"ST1": "rival", "ST2": None}
    directed, *rest = [row for key, row in graph.image.links.items() if key[1] == "DIRECTED"]
    assert (directed["asserting"], rest) == (2, [])
