"""A picture as data for vis-network, made with pyvis: nodes, edges, options, and the two palettes of a page.

Only `get_network_data()` of pyvis is used: its templates load scripts from elsewhere and escape nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from importlib.metadata import distribution
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graphsvc.records.coarsened import MIDDLES, SOME
from graphsvc.records.numbers import count
from graphsvc.records.relations import family, says
from graphsvc.views.denials import denial
from graphsvc.views.picture.arrangements import Frame
from graphsvc.views.picture.folding import Bundle, FoldedPicture
from graphsvc.views.picture.network import Edge, Node, Picture
from graphsvc.views.wording import SIGNS, belief_told, of_kinds

# Kind → shape and size in pixels. `custom` is drawn by draw.js: a small rounded square with a letter in it.
SHAPES = MappingProxyType(
    {
        "person": ("dot", 13),
        "boat": ("triangle", 14),
        "crossing": ("diamond", 16),
        "gang": ("hexagon", 17),
        "workplace": ("square", 13),
        "thing": ("custom", 10),
        "group": ("custom", 20),
    }
)
LETTERS = MappingProxyType(
    {
        "phone": "P",
        "vehicle": "V",
        "address": "A",
        "account": "€",
        "online": "@",
        "document": "D",
        "organisation": "O",
        "part": "E",
    }
)
# Hues of Okabe and Ito (2008), the same as in graphsvc.css. Red is kept for denial.
_HUES = {
    "person": "#0072b2",
    "boat": "#e69f00",
    "crossing": "#009e73",
    "gang": "#cc79a7",
    "workplace": "#56b4e9",
    "thing": "#c9b800",
}
PALETTES = MappingProxyType(
    {
        "light": _HUES
        | {
            "sealed": "#5c6066",
            "folded": "#454b54",
            "ground": "#fbfbfa",
            "text": "#1c1e21",
            "quiet": "#5c6066",
            # Colours of lines by the family of their relation (`records.relations.FAMILIES`): strong for actions,
            # faint for presence.
            "did": "#33506b",
            "directed": "#7a4a9e",
            "money": "#7d7a00",
            "tied": "#8d939b",
            "presence": "#b4b9c0",
            "service": "#8cb3b0",
            "denied": "#a84300",
            "sea": "#e3edf3",
            "chosen": "#1c1e21",
            "halo": "#1c1e2126",
        },
        "dark": _HUES
        | {
            "person": "#3d9bd4",
            "thing": "#f0e442",
            "sealed": "#a3a9b1",
            "folded": "#c3c8cf",
            "ground": "#15171a",
            "text": "#e6e7e9",
            "quiet": "#a3a9b1",
            "did": "#9db8d1",
            "directed": "#c39be0",
            "money": "#d3cf5a",
            "tied": "#6b727b",
            "presence": "#4d535b",
            "service": "#4f7572",
            "denied": "#ff9a5c",
            "sea": "#1d2a33",
            "chosen": "#ffffff",
            "halo": "#ffffff38",
        },
    }
)
# Width in pixels of a link with belief 0, and of a certain one.
_THINNEST, _WIDEST = 0.8, 4.6
_DASHES = [6, 5]
# Group of nodes that are not identified, which are drawn as outlines.
HOLLOW = "unidentified"
_LABEL = 26
_PSEUDONYM = re.compile(r"[A-Z]-\w{4}-\w{4}-\w{4}")
# Maximum number of links in a folded line that are listed one by one.
_BUNDLED = 60
# A crossing's time of day is in its title, not in its label.
_TIME = re.compile(r", \d\d:\d\d(:\d\d)? UTC")
_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "hover": True,
        "multiselect": True,
        "tooltipDelay": 250,
        "hideEdgesOnDrag": False,
        "navigationButtons": False,
        "keyboard": {"enabled": False},
        "zoomSpeed": 0.6,
    },
    "nodes": {"borderWidth": 2, "borderWidthSelected": 4},
    "edges": {
        "smooth": False,
        "selectionWidth": 0,
        "hoverWidth": 1,
        "arrowStrikethrough": False,
        "arrows": {"to": {"scaleFactor": 0.55}},
    },
}
DRAW = Path(__file__).with_name("draw.js")
# Located without importing pyvis, as that would load IPython as well.
_LIBRARY = Path(str(distribution("pyvis").locate_file("pyvis"))) / "lib" / "vis-9.1.2"
SCRIPT, STYLE = "vis-network.min.js", "vis-network.css"


def width(belief: float) -> float:
    """Return the width in pixels of a link with this belief (0 to 1); .55 and .95 differ visibly.

    Example:
        >>> width(0.0), width(0.5), width(0.95)
        (0.8, 2.1, 4.3)
    """
    return round(_THINNEST + (_WIDEST - _THINNEST) * math.pow(belief, 1.5), 1)


# Step of belief → width of a link in the middle of the step, for legends.
WIDTHS = MappingProxyType({step: width(middle) for step, middle in MIDDLES.items()})


def library() -> Path:
    """Return the folder of the installed pyvis package that contains vis-network: `SCRIPT` and `STYLE`."""
    return _LIBRARY


def draw(view: Picture, coast: Sequence[Sequence[tuple[float, float]]] = ()) -> dict[str, Any]:
    """Return a picture as plain data for JSON.

    Args:
        view: the picture.
        coast: for a picture on a map, the shores as rings of (latitude, longitude).

    Returns:
        `nodes` and `edges` as vis-network needs them (titles are plain text), with further data for the page's script,
        `options`, `says` (relation → words), `beliefs` (belief → words, if belief is shown in steps), `palettes` by
        theme, `coast` (rings in pixels), `landings` (id of a crossing → pixels), `sites` (name, pixels and crossings of
        places), `by_day` (whether days are along the top), `turns` (whether it may be turned by 90° on an upright
        screen) and `names` (id → name of the entities in folded groups).
    """
    # Imported here, so that only a picture waits for it and for IPython, which it loads.
    from pyvis.network import Network

    network = Network(directed=True)
    network.options = _OPTIONS
    for node in view.nodes:
        network.add_node(node.id, **_node(node))
    for edge in view.edges:
        network.add_edge(edge.subject, edge.object, **_edge(edge, 3 if view.in_steps else 2))
    nodes, edges, _heading, _height, _width, options = network.get_network_data()
    palettes = {theme: dict(palette) for theme, palette in PALETTES.items()}
    words = {edge.relation: says(edge.relation) for edge in view.edges if edge.relation}
    # Add the words of relations that occur only in folded lines (`Bundle`).
    words |= {
        link[1]: says(link[1]) for edge in view.edges if isinstance(edge, Bundle) for link in edge.links[:_BUNDLED]
    }
    beliefs = {str(value): belief_told(value) for value in (SOME, *MIDDLES.values())} if view.in_steps else {}
    return {
        "nodes": nodes,
        "edges": edges,
        "options": json.loads(options),
        "says": words,
        "beliefs": beliefs,
        "palettes": palettes,
        "turns": view.turns,
        "names": dict(view.inside),
        "by_day": view.by_day,
        "coast": [_line(view.frame, line) for line in coast] if view.frame else [],
        **_places(view),
    }


def _places(view: Picture) -> dict[str, Any]:
    """Return where crossings landed and the names of sites, in pixels; nothing without a map."""
    frame, marks = view.frame, view.marks
    if not frame or not marks:
        return {}
    # Crossings that are filtered out or folded are skipped.
    node_ids = {node.id for node in view.nodes}
    return {
        "landings": {
            identifier: _line(frame, [place]) for identifier, place in marks.landings.items() if identifier in node_ids
        },
        "sites": [
            [name, *_line(frame, [place]), crossing_ids]
            for name, place, ids in marks.sites
            if (crossing_ids := [identifier for identifier in ids if identifier in node_ids])
        ],
    }


def _line(frame: Frame, line: Iterable[tuple[float, float]]) -> list[float]:
    """Return a line on the earth as x, y, x, y … in pixels."""
    return [round(value, 1) for point in line for value in frame.place(*point)]


def _node(node: Node) -> dict[str, Any]:
    shape, size = SHAPES[node.kind]
    # pyvis replaces an empty label by the id, and chooses a colour if a node has no group.
    drawing: dict[str, Any] = {
        "label": _label(node),
        "title": title(node),
        "shape": shape,
        "size": size + (5 if node.start else 0) + min(node.links, 24) * 0.25,
        "group": "sealed" if node.sealed else node.kind if node.identified else HOLLOW,
        "x": node.x,
        "y": node.y,
        "kind": node.kind,
        "start": node.start,
        "more": node.more,
        "links": node.links,
    }
    details = {"gang": node.gang, "day": node.day, "handling": node.handling if node.handling == "C" else ""}
    drawing |= {name: value for name, value in details.items() if value}
    if isinstance(node, FoldedPicture):
        drawing |= {"group": "folded", "fold": f"{node.by}:{node.key}", "letter": str(node.members or "")}
        if node.ids:
            # Members and links to export with the group. If computed again elsewhere, a group with the same key may
            # have different members.
            drawing |= {"members": list(node.ids), "among": [list(link) for link in node.among]}
        if node.denying:
            drawing["denied"] = denial(node.denying)
    if node.kind == "thing":
        drawing["letter"] = LETTERS.get(node.sort, "T")
    return drawing


def _edge(edge: Edge, digits: int) -> dict[str, Any]:
    # A picture may have thousands of edges, so the browser derives what it can: id, title, colour.
    drawing: dict[str, Any] = {
        "relation": edge.relation,
        "belief": round(edge.belief, digits),
        "width": width(edge.belief),
        "family": family(edge.relation),
        "arrows": "to" if edge.directed else "",
    }
    if edge.doubtful:
        drawing["dashes"] = _DASHES
    if isinstance(edge, Bundle):
        drawing |= {"bundle": [list(link) for link in edge.links[:_BUNDLED]], "links": len(edge.links)}
        if len(edge.links) > _BUNDLED:
            drawing["rest"] = [list(link) for link in edge.links[_BUNDLED:]]
    if edge.ungraded:
        drawing["ungraded"] = True
    if edge.denied:
        drawing["denied"] = denial(edge.denying or "someone")
        if drawing["denied"] == SIGNS["contested"]:
            drawing["contested"] = True
    if edge.belief_on_record:
        drawing["record"] = round(edge.belief_on_record, digits)
    if edge.first_on or edge.last_on:
        drawing["on"] = [edge.first_on, edge.last_on]
    if edge.bend:
        drawing["smooth"] = {
            "enabled": True,
            "type": "curvedCW" if edge.bend > 0 else "curvedCCW",
            "roundness": min(0.14 * abs(edge.bend), 0.6),
        }
    return drawing


def title(node: Node) -> str:
    """Describe a node in one line of plain text."""
    parts = [node.name, node.sort or node.kind]
    if isinstance(node, FoldedPicture) and node.by:
        parts[1:] = [
            f"{node.members} folded by {node.by}: {of_kinds(node.kinds)}",
            f"{count(node.within, 'link')} within" + (f", {denial(node.denying)}" if node.denying else ""),
        ]
    if node.sealed:
        parts.append(f"{SIGNS['sealed']}, under a pseudonym")
    if not node.identified:
        parts.append(SIGNS["unidentified"])
    if node.gang:
        parts.append(f"gang: {node.gang}")
    if node.more:
        parts.append(f"{count(node.more, 'more neighbour')} not shown")
    return " · ".join(parts)


def _label(node: Node) -> str:
    """Return the label next to a node: its name, cut to fit, without the time of day; the start of a pseudonym."""
    if _PSEUDONYM.fullmatch(node.name) and node.name == node.id:
        return "-".join(node.name.split("-")[:2])
    name = _TIME.sub("", node.name) if node.kind == "crossing" else node.name
    return name if len(name) <= _LABEL else name[: _LABEL - 1].rstrip() + "…"
