"""GraphML and GEXF, as NetworkX writes them: for Gephi, yEd, Cytoscape, igraph and notebooks."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from graphsvc.views.forms.about import SAYS, About
from graphsvc.views.forms.drawing import hue
from graphsvc.views.forms.rows import link_rows, node_rows, xml
from graphsvc.views.picture.network import Picture


def as_graphml(view: Picture, about: About) -> dict[str, bytes]:
    """A directed multigraph with every column of the rows, the mark as data of the graph."""
    out = io.BytesIO()
    nx.write_graphml(_graph(view, mark=xml(about.mark), says=SAYS), out, encoding="utf-8")
    return {"graph.graphml": out.getvalue()}


def as_gexf(view: Picture, about: About) -> dict[str, bytes]:
    """The same with places and colours, so that Gephi opens it looked; the mark in its description."""
    graph = _graph(view, mode="static", defaultedgetype="directed")
    for node in view.nodes:
        ink = hue(node).removeprefix("#")
        red, green, blue = (int(ink[place : place + 2], 16) for place in (0, 2, 4))
        graph.nodes[node.id]["label"] = xml(node.name)
        # Up is up in Gephi, and down is up on a screen.
        graph.nodes[node.id]["viz"] = {
            "position": {"x": node.x, "y": -node.y, "z": 0.0},
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
        }
    for number, (_, _, values) in enumerate(graph.edges(data=True)):
        values |= {"id": str(number), "label": values["says"]}
    writer = GEXFWriter(encoding="utf-8", prettyprint=False, version="1.2draft")
    writer.add_graph(graph)
    for meta in (element for element in writer.xml if str(element.tag).endswith("meta")):
        # The day it was made stands in the manifest; of who wrote it nothing else is said.
        meta.attrib.clear()
        for child in list(meta):
            meta.remove(child)
        ElementTree.SubElement(meta, "creator").text = "graphsvc"
        ElementTree.SubElement(meta, "description").text = f"{xml(about.mark)} · {SAYS}"
    out = io.BytesIO()
    writer.write(out)
    return {"graph.gexf": out.getvalue()}


def _graph(view: Picture, **attributes: str) -> nx.MultiDiGraph[str]:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.graph |= attributes
    for node in node_rows(view):
        graph.add_node(node["id"], **{name: xml(value) for name, value in node.items() if name != "id"})
    for link in link_rows(view):
        values = {name: xml(value) for name, value in link.items() if name not in ("subject", "object")}
        graph.add_edge(link["subject"], link["object"], key=link["relation"], **values)
    return graph
