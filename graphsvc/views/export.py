"""A View as it goes out: pseudonyms of its own, belief in steps, no count of claims; and the files it is told in. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx

from graphsvc.records import told
from graphsvc.views.layout import layout
from graphsvc.views.network import View
from graphsvc.views.page import offline_page
from graphsvc.views.wording import belief_range

# A pseudonym of the house, also inside other text and inside a name of the deliverer's own making.
_PSEUDONYM = re.compile(r"(?<![0-9A-Za-z])[SQT](?:[-_][0-9A-HJKMNP-TV-Z]{4}){3}(?![0-9A-Za-z])")
_KINDS = {"S": "person", "Q": "source", "T": "thing"}
# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
PICTURE = "picture.html"

LinkKey = tuple[str, str, str]
# (kind `person`, `thing` or `source`, what stands for it inside) → what stands for it outside.
Pseudonym = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Outward:
    """What goes out.

    Attributes:
        view: the picture, with the ids that go out; of each link its belief is that of its step, and how many
            claims assert or deny it is not told.
        ids: id inside → id outside.
        left_out: links left out by choice; alone: entities that went with them, as nothing else ties them to the rest.
    """

    view: View
    ids: Mapping[str, str]
    left_out: int
    alone: int


def outward(view: View, pseudonym: Pseudonym, left_out: Collection[LinkKey] = ()) -> Outward:
    """`view` as it goes out: nothing in it is a pseudonym of the house.

    Positions are computed anew and nodes stand in the order of their new ids: neither tells the old ones.

    Args:
        view: as a reader without source clearance is given it.
        pseudonym: new pseudonyms of one recipient.
        left_out: links (subject, relation, object) that stay here.
    """
    kept = [edge for edge in view.edges if (edge.subject, edge.relation, edge.object) not in left_out]
    tied = {end for edge in kept for end in (edge.subject, edge.object)}
    was_tied = {end for edge in view.edges for end in (edge.subject, edge.object)}
    stays = [node for node in view.nodes if node.start or node.id in tied or node.id not in was_tied]
    ids = {node.id: _renamed(node.id, pseudonym) for node in stays}
    edges = tuple(
        sorted(
            (
                replace(
                    edge,
                    subject=ids[edge.subject],
                    object=ids[edge.object],
                    relation=_masked(edge.relation, pseudonym),
                    says=_masked(edge.says, pseudonym),
                    belief=told.belief(edge.belief),
                    belief_on_record=told.belief(edge.belief_on_record),
                    asserting=0,
                    denying="someone" if edge.denied else 0,
                )
                for edge in kept
                if edge.subject in ids and edge.object in ids
            ),
            key=lambda edge: (edge.subject, edge.relation, edge.object),
        )
    )
    named = sorted(
        (
            replace(
                node,
                id=ids[node.id],
                name=ids[node.id] if node.name == node.id else _masked(node.name, pseudonym),
                gang="",
                more=0,
                links=sum(node.id in (edge.subject, edge.object) for edge in kept),
            )
            for node in stays
        ),
        key=lambda node: node.id,
    )
    places = layout([[node.id for node in named]], [(edge.subject, edge.object) for edge in edges])
    nodes = tuple(replace(node, x=places[node.id][0], y=places[node.id][1]) for node in named)
    return Outward(
        View(nodes, edges, 0, 0, view.truncated, in_steps=True),
        ids,
        len(view.edges) - len(kept),
        len(view.nodes) - len(stays),
    )


def node_rows(view: View) -> list[dict[str, Any]]:
    """The entities as rows: what of them goes out."""
    return [
        {
            "id": node.id,
            "kind": node.kind,
            "sort": node.sort,
            "name": node.name,
            "sealed": node.sealed,
            "identified": node.identified,
        }
        for node in view.nodes
    ]


def link_rows(view: View) -> list[dict[str, Any]]:
    """The links as rows: what of them goes out."""
    return [
        {
            "subject": edge.subject,
            "relation": edge.relation,
            "says": edge.says,
            "object": edge.object,
            "belief": belief_range(edge.belief),
            "on_record": belief_range(edge.belief_on_record),
            "denied": edge.denied,
            "groups": str(edge.groups),
            "other_sources": edge.other_sources,
            "first_on": edge.first_on,
            "last_on": edge.last_on,
        }
        for edge in view.edges
    ]


def files(view: View, title: str, mark: str) -> dict[str, bytes]:
    """What goes out, in five forms: name → content. All hold the same, and `mark`."""
    nodes, links = node_rows(view), link_rows(view)
    about = {"mark": mark, "says": "Intelligence, not evidence."}
    return {
        "nodes.csv": _csv(nodes, ("id", "kind", "sort", "name", "sealed", "identified")),
        "links.csv": _csv(links, LINK_COLUMNS),
        "graph.json": (
            json.dumps(about | {"nodes": nodes, "links": links}, ensure_ascii=False, indent=1) + "\n"
        ).encode(),
        "graph.graphml": _graphml(nodes, links, mark),
        PICTURE: offline_page(view, title, mark).encode(),
    }


LINK_COLUMNS = (
    "subject", "relation", "says", "object", "belief", "on_record", "denied", "groups", "other_sources", "first_on",
    "last_on",
)  # fmt: skip


def cell(value: Any) -> Any:
    """A value as it goes into a cell: lists joined by `;`, and text that a spreadsheet would run made text.

    Example:
        >>> cell("=1+1"), cell(-3), cell(["a", "b"])
        ("'=1+1", -3, 'a;b')
    """
    if isinstance(value, list | tuple):
        value = ";".join(str(item) for item in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        words = ("yes" if value is True else "no" if value is False else value for value in map(row.get, columns))
        writer.writerow([cell(value) for value in words])
    return text.getvalue().encode()


def _graphml(nodes: Iterable[Mapping[str, Any]], links: Iterable[Mapping[str, Any]], mark: str) -> bytes:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(mark=mark)
    for node in nodes:
        graph.add_node(node["id"], **{name: value for name, value in node.items() if name != "id"})
    for link in links:
        values = {name: value for name, value in link.items() if name not in ("subject", "object")}
        graph.add_edge(link["subject"], link["object"], key=link["relation"], **values)
    for one in (graph.graph, *(values for _, values in graph.nodes(data=True))):
        one.update({name: _xml(value) for name, value in one.items()})
    out = io.BytesIO()
    nx.write_graphml(graph, out, encoding="utf-8")
    return out.getvalue()


def _xml(value: Any) -> Any:
    """Text without the signs that XML has no way to hold."""
    return (
        re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value)
        if isinstance(value, str)
        else value
    )


def _renamed(identifier: str, pseudonym: Pseudonym) -> str:
    """The id outside: the deliverer's own stays, a pseudonym becomes a new one, and so does what has one in it."""
    found = _PSEUDONYM.search(identifier)
    if found is None:
        return identifier
    whole = found[0] == identifier
    return pseudonym(_KINDS[identifier[0]] if whole else "thing", identifier)


def _masked(text: str, pseudonym: Pseudonym) -> str:
    def new(found: re.Match[str]) -> str:
        inside = found[0].replace("_", "-")
        outside = pseudonym(_KINDS[inside[0]], inside)
        return outside.replace("-", "_") if "_" in found[0] else outside

    return _PSEUDONYM.sub(new, text)
