"""Exports opened unchanged in other programs: every entity and every link arrives, once."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import networkx as nx
import pandas as pd
import pytest
from defusedxml import ElementTree

from graphsvc.views.forms import files
from graphsvc.views.picture.export import outward
from graphsvc.views.picture.network import Picture
from tests.views import gephi
from tests.views.test_export import fresh
from tests.views.test_forms import ABOUT, NAMES, everything

ROOT = Path(__file__).parents[2]
# Folder of the npm packages of package.json; Node.js finds packages through this variable.
NODE_PATH = os.environ.get("NODE_PATH") or str(ROOT / ".cache" / "node" / "node_modules")
READER = Path(__file__).with_name("read_graph.cjs")
GEPHI_READER = Path(__file__).with_name("ReadGraph.java")
# Formats in which two entities may have links of several relations, and one relation many links.
GRAPHS = ("graph.graphml", "graph.gexf")

Link = tuple[str, str, str, float]


def view() -> Picture:
    return outward(everything(), fresh).view


def links(of: Picture) -> Counter[Link]:
    return Counter((edge.subject, edge.relation, edge.object, edge.belief) for edge in of.edges)


def labels(of: Picture) -> dict[str, str]:
    return {node.id: node.name for node in of.nodes}


def count_links(rows: Iterable[tuple[Any, Any, dict[str, Any]]]) -> Counter[Link]:
    return Counter((source, values["relation"], target, values["weight"]) for source, target, values in rows)


def keys(graph: Any) -> set[str]:
    """Ids of links, which NetworkX stores as keys."""
    return {key for _, _, key in graph.edges(keys=True)}


@pytest.mark.parametrize("name", GRAPHS)
def test_every_link_has_an_id_of_its_own(name: str) -> None:
    of = view()
    assert len({edge.relation for edge in of.edges}) < len(of.edges)
    tree = ElementTree.fromstring(files(of, ABOUT, [name.partition(".")[2]])[name])
    ids = [element.attrib["id"] for element in tree.iter() if element.tag.endswith("}edge")]
    assert len(set(ids)) == len(ids) == len(of.edges)


def test_links_between_the_same_two_are_told_apart_as_gephi_does() -> None:
    """Gephi keeps one link of each kind from one entity to another; each format has its own attribute for the kind."""
    of = view()
    assert len({(edge.subject, edge.object) for edge in of.edges}) < len(of.edges)
    contents = files(of, ABOUT, ["graphml", "gexf"])
    for name, kind in (("graph.graphml", "label"), ("graph.gexf", "kind")):
        tree = ElementTree.fromstring(contents[name])
        edges = [element.attrib for element in tree.iter() if element.tag.endswith("}edge")]
        assert {(edge["source"], edge[kind], edge["target"]) for edge in edges} == {
            (edge.subject, edge.relation, edge.object) for edge in of.edges
        }
        # Gephi drops the undirected links of a graph that is otherwise directed.
        assert not [edge for edge in edges if edge.get("type", "directed") != "directed" or "directed" in edge]


def test_the_id_of_a_link_is_the_same_in_every_form_and_every_time() -> None:
    of = view()
    contents = files(of, ABOUT)
    graphml = nx.read_graphml(io.BytesIO(contents["graph.graphml"]), force_multigraph=True)
    gexf = nx.read_gexf(io.BytesIO(contents["graph.gexf"]))
    table = pd.read_csv(io.BytesIO(contents["links.csv"]), dtype=str)
    ftm = {json.loads(line)["id"] for line in contents["entities.ftm.json"].decode().splitlines()} - labels(of).keys()
    ids = keys(graphml)
    assert ids == keys(gexf) == set(table["Id"]) == ftm
    # A smaller export to the same recipient gives its links the same ids.
    less = Picture(of.nodes, of.edges[::2], 0, 0, truncated=False)
    part = nx.read_graphml(io.BytesIO(files(less, ABOUT, ["graphml"])["graph.graphml"]), force_multigraph=True)
    assert keys(part) < ids


def test_networkx_reads_the_json_as_it_is() -> None:
    of = view()
    graph = nx.node_link_graph(json.loads(files(of, ABOUT, ["json"])["graph.json"]))
    assert isinstance(graph, nx.MultiDiGraph)
    assert nx.get_node_attributes(graph, "label") == labels(of)
    assert count_links(graph.edges(data=True)) == links(of)
    assert (graph.graph["mark"], graph.graph["says"]) == (ABOUT.mark, "Intelligence, not evidence.")
    # The links that NetworkX writes have distinct ids too.
    again = io.BytesIO()
    nx.write_graphml(graph, again)
    assert len(keys(nx.read_graphml(io.BytesIO(again.getvalue())))) == len(of.edges)


def test_networkx_takes_weights_from_graphml_and_gexf() -> None:
    of = view()
    contents = files(of, ABOUT, ["graphml", "gexf"])
    for graph in (
        nx.read_graphml(io.BytesIO(contents["graph.graphml"])),
        nx.read_gexf(io.BytesIO(contents["graph.gexf"])),
    ):
        assert nx.get_node_attributes(graph, "label") == labels(of)
        assert count_links(graph.edges(data=True)) == links(of)
        assert graph.size(weight="weight") == pytest.approx(sum(edge.belief for edge in of.edges))


def test_pandas_reads_the_tables_and_networkx_what_pandas_read() -> None:
    of = view()
    contents = files(of, ABOUT, ["csv"])
    nodes = pd.read_csv(io.BytesIO(contents["nodes.csv"]), dtype={"Id": str}, keep_default_na=False)
    table = pd.read_csv(io.BytesIO(contents["links.csv"]), keep_default_na=False)
    assert dict(zip(nodes["Id"], nodes["Label"], strict=True)) == labels(of)
    assert set(NAMES) <= set(nodes["Label"])
    # Gephi recognises attributes by these names.
    assert {"Id", "Label"} <= set(nodes.columns)
    assert {"Id", "Source", "Target", "Kind", "Label", "Weight"} <= set(table.columns)
    assert table["Weight"].dtype == float
    graph = nx.from_pandas_edgelist(table, "Source", "Target", edge_attr=True, create_using=nx.MultiDiGraph)
    rows = ((a, b, {"relation": row["Kind"], "weight": row["Weight"]}) for a, b, row in graph.edges(data=True))
    assert count_links(rows) == links(of)


def missing(reason: str) -> NoReturn:
    """Skip a test whose program is missing; where CI is set it fails instead."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js, where graphology is installed to read with."""
    program = shutil.which("node")
    if program is None or not (Path(NODE_PATH) / "graphology").is_dir():
        missing("graphology is not there to read exports with: `make test` brings it where there is Node.js with npm")
    return program


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("kind", ["Graph", "MultiDirectedGraph"])
def test_graphology_reads_it_and_so_does_gephi_lite(node: str, tmp_path: Path, name: str, kind: str) -> None:
    of = view()
    path = tmp_path / name
    path.write_bytes(files(of, ABOUT, [name.partition(".")[2]])[name])
    answer = subprocess.run(
        [node, str(READER), kind, str(path)],
        env=os.environ | {"NODE_PATH": NODE_PATH},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    graph = json.loads(answer.stdout)
    assert {entry["key"]: entry["attributes"]["label"] for entry in graph["nodes"]} == labels(of)
    assert count_links((edge["source"], edge["target"], edge["attributes"]) for edge in graph["edges"]) == links(of)
    assert len({edge["key"] for edge in graph["edges"]}) == len(of.edges)


@pytest.fixture(scope="module")
def in_gephi(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """File name → nodes and links that Gephi reads from it: one start of Java for all files."""
    # Compiling needs a JDK, which is recognised by its javac.
    java = shutil.which("java") if shutil.which("javac") else None
    if java is None or not gephi.jar().exists():
        missing(
            "Gephi's toolkit is not there to read exports with: `make test` brings it where there is a JDK (11 or later)"
        )
    folder = tmp_path_factory.mktemp("gephi")
    contents = files(view(), ABOUT, ["graphml", "gexf", "csv"])
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    answer = subprocess.run(
        [
            java,
            *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true", f"-Duser.home={folder}"),
            *("-cp", str(gephi.jar()), str(GEPHI_READER)),
            *(str(folder / name) for name in contents),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr
    graphs: dict[str, dict[str, Any]] = json.loads(answer.stdout)
    return graphs


@pytest.mark.parametrize("name", [*GRAPHS, "links.csv"])
def test_gephi_takes_every_link_once_with_its_weight(in_gephi: dict[str, dict[str, Any]], name: str) -> None:
    of = view()
    edges = in_gephi[name]["edges"]
    assert len({(edge.subject, edge.object) for edge in of.edges}) < len(edges) == len(of.edges)
    assert Counter((source, kind, target, weight) for _, source, kind, target, _, weight, _ in edges) == links(of)
    assert {key for key, *_ in edges} == set(pd.read_csv(io.BytesIO(files(of, ABOUT, ["csv"])["links.csv"]))["Id"])
    assert Counter((source, label, target) for _, source, _, target, label, _, _ in edges) == Counter(
        (row["source"], row["label"], row["target"])
        for row in json.loads(files(of, ABOUT, ["json"])["graph.json"])["edges"]
    )
    assert all(directed for *_, directed in edges)


@pytest.mark.parametrize("name", [*GRAPHS, "nodes.csv"])
def test_gephi_takes_every_entity_once_with_its_name(in_gephi: dict[str, dict[str, Any]], name: str) -> None:
    nodes = in_gephi[name]["nodes"]
    assert dict(nodes) == labels(view())
    assert len(nodes) == len(dict(nodes))


def test_gephi_finds_nothing_wrong_with_the_files(in_gephi: dict[str, dict[str, Any]]) -> None:
    """Gephi only reports that it ignores the mark, for which its data have no place."""
    assert in_gephi.keys() == {*GRAPHS, "links.csv", "nodes.csv"}
    issues = {message for graph in in_gephi.values() for level, message in graph["issues"] if level != "INFO"}
    assert issues == {f"Graph attributes '{name}' ignored as not supported by Gephi" for name in ("mark", "says")}
