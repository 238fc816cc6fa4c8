"""Rows of exported entities and links, and values made safe for cells and XML."""

from __future__ import annotations

import hashlib
import re
from types import MappingProxyType
from typing import Any

from graphsvc.records.cells import inert
from graphsvc.views.picture.network import Edge, Picture
from graphsvc.views.wording import belief_range

# Some columns have the names that graph programs expect: `id`, `label`, `source`, `target`, `weight`.
# Column → attribute of `Node`.
NODE_COLUMNS = MappingProxyType(
    {"id": "id", "label": "name", "kind": "kind", "sort": "sort", "sealed": "sealed", "identified": "identified"}
)
LINK_COLUMNS = (
    "id", "source", "target", "label", "relation", "weight", "belief", "weight_on_record", "on_record", "denied", "groups",
    "other_sources", "first_on", "last_on",
)  # fmt: skip
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def node_rows(view: Picture) -> list[dict[str, Any]]:
    """Return the exported entities as rows."""
    return [{column: getattr(node, name) for column, name in NODE_COLUMNS.items()} for node in view.nodes]


def link_rows(view: Picture) -> list[dict[str, Any]]:
    """Return the exported links as rows.

    `belief` and `on_record` are words: a step, *some* or *nothing*. `weight` and `weight_on_record` are the same as
    numbers from 0 to 1: the middle of the step, 0.5 for *some*, 0 for *nothing*. They disclose no more than the words.
    `denied` is `yes`, `no`, or `contested` if the denials may not be exported.
    """
    return [
        {
            "id": link_id(edge),
            "source": edge.subject,
            "target": edge.object,
            "label": edge.says,
            "relation": edge.relation,
            "weight": edge.belief,
            "belief": belief_range(edge.belief),
            "weight_on_record": edge.belief_on_record,
            "on_record": belief_range(edge.belief_on_record),
            "denied": edge.denial,
            "groups": str(edge.groups),
            "other_sources": edge.other_sources,
            "first_on": edge.first_on,
            "last_on": edge.last_on,
        }
        for edge in view.edges
    ]


def link_id(edge: Edge) -> str:
    """Return the id of a link, which is unique and the same in every form and every export to one recipient."""
    key = f"{edge.subject}\0{edge.relation}\0{edge.object}"
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def cell(value: Any) -> Any:
    """Return a value for a cell: lists joined by `;`, and formulas made inert.

    Example:
        >>> cell("=1+1"), cell(-3), cell(["a", "b"])
        ("'=1+1", -3, 'a;b')
    """
    if isinstance(value, list | tuple):
        value = ";".join(str(item) for item in value)
    if isinstance(value, str):
        return inert(value)
    return "" if value is None else value


def xml(value: Any) -> Any:
    r"""Return text without the characters that XML cannot contain; any other value unchanged.

    Example:
        >>> xml("a\x00van"), xml(3)
        ('avan', 3)
    """
    return _NOT_XML.sub("", value) if isinstance(value, str) else value
