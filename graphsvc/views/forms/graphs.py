"""GraphML and GEXF, as NetworkX writes them: for Gephi, yEd, Cytoscape, igraph and notebooks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from graphsvc.views.forms.about import SAYS, About, ExportForm
from graphsvc.views.forms.drawing import hue
from graphsvc.views.forms.rows import link_rows, node_rows, xml
from graphsvc.views.picture.network import Picture

if TYPE_CHECKING:
    import networkx as nx


def as_graphml(view: Picture, about: About) -> dict[str, bytes]:
    """Return a directed multigraph with all columns of nodes and links, and with the mark in the graph's data."""
    from networkx.readwrite.graphml import GraphMLWriter

    graph = _graph(view, mark=xml(about.mark), says=SAYS)
    writer = GraphMLWriter(graph=graph, encoding="utf-8", prettyprint=True)
    _tell_apart(writer.xml, graph, "label")
    out = io.BytesIO()
    writer.dump(out)
    return {"graph.graphml": out.getvalue()}


def as_gexf(view: Picture, about: About) -> dict[str, bytes]:
    """Return the same graph with positions and colours, as Gephi should draw it; the mark is in its description."""
    from networkx.readwrite.gexf import GEXFWriter

    graph = _graph(view, mode="static", defaultedgetype="directed")
    for node in view.nodes:
        ink = hue(node).removeprefix("#")
        red, green, blue = (int(ink[place : place + 2], 16) for place in (0, 2, 4))
        # The y axis points up in Gephi, and down on a screen.
        graph.nodes[node.id]["viz"] = {
            "position": {"x": node.x, "y": -node.y, "z": 0.0},
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
        }
    for _, _, key, values in graph.edges(keys=True, data=True):
        values["id"] = key
    writer = GEXFWriter(encoding="utf-8", prettyprint=False, version="1.2draft")
    writer.add_graph(graph)
    _tell_apart(writer.xml, graph, "kind")
    for meta in (element for element in writer.xml if str(element.tag).endswith("meta")):
        # NetworkX puts itself and today's date here; the date of the export is in its manifest.
        meta.attrib.clear()
        for child in list(meta):
            meta.remove(child)
        ElementTree.SubElement(meta, "creator").text = "graphsvc"
        ElementTree.SubElement(meta, "description").text = f"{xml(about.mark)} · {SAYS}"
    out = io.BytesIO()
    writer.write(out)
    return {"graph.gexf": out.getvalue()}


def as_networkx(view: Picture) -> nx.MultiDiGraph[str]:
    """Return a picture as a graph that a notebook can save as GraphML or GEXF; the key of a link is its relation."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in view.nodes:
        graph.add_node(node.id, kind=node.kind, name=node.name, sealed=node.sealed)
    for edge in view.edges:
        values = {name: getattr(edge, name) for name in ("belief", "other_sources", "belief_on_record")}
        values["denied"] = edge.denial
        graph.add_edge(edge.subject, edge.object, key=edge.relation, relation=edge.relation, **values)
    return writable(graph)


def writable(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """Change the values of a graph in place so that it can be saved as GraphML and GEXF, and return it.

    Characters that XML cannot contain are removed. GEXF needs one type for each attribute: if some of its values are
    words (`few`), the numbers become text as well.
    """
    for rows in ([values for _, values in graph.nodes(data=True)], [values for *_, values in graph.edges(data=True)]):
        worded = {name for values in rows for name, value in values.items() if isinstance(value, str)}
        for values in rows:
            values.update({name: xml(str(value)) for name, value in values.items() if name in worded})
    return graph


def _graph(view: Picture, **attributes: str) -> nx.MultiDiGraph[str]:
    """Return a picture as a graph; the key of a link is its id, as programs expect keys to be unique in a file."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.graph |= attributes
    for node in node_rows(view):
        graph.add_node(node["id"], **{name: xml(value) for name, value in node.items() if name != "id"})
    for link in link_rows(view):
        values = {name: xml(value) for name, value in link.items() if name not in ("id", "source", "target")}
        graph.add_edge(link["source"], link["target"], key=link["id"], **values)
    return graph


def _tell_apart(written: Element, graph: nx.MultiDiGraph[str], attribute: str) -> None:
    """Write each link's relation into the attribute by which Gephi tells parallel links apart, so that it keeps all."""
    relations = {key: values["relation"] for _, _, key, values in graph.edges(keys=True, data=True)}
    for edge in written.iter("edge"):
        edge.set(attribute, relations[edge.attrib["id"]])


FORMS = (
    ExportForm(70, "graphml", "GraphML", "Gephi Lite, yEd, Cytoscape, NetworkX, igraph", as_graphml),
    ExportForm(80, "gexf", "GEXF", "Gephi, with places and colours", as_gexf),
)
