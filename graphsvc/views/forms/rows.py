"""The rows of what goes out, and text as cells and XML can hold it."""

from __future__ import annotations

import hashlib
import re
from types import MappingProxyType
from typing import Any

from graphsvc.records.cells import inert
from graphsvc.views.picture.network import Edge, Picture
from graphsvc.views.wording import belief_range

# What programs for graphs look for is called as they call it: `id`, `label`, `source`, `target`, `weight`.
# Column → what of a node stands in it.
NODE_COLUMNS = MappingProxyType(
    {"id": "id", "label": "name", "kind": "kind", "sort": "sort", "sealed": "sealed", "identified": "identified"}
)
LINK_COLUMNS = (
    "id", "source", "target", "label", "relation", "weight", "belief", "weight_on_record", "on_record", "denied", "groups",
    "other_sources", "first_on", "last_on",
)  # fmt: skip
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def node_rows(view: Picture) -> list[dict[str, Any]]:
    """The entities as rows: what of them goes out."""
    return [{column: getattr(node, name) for column, name in NODE_COLUMNS.items()} for node in view.nodes]


def link_rows(view: Picture) -> list[dict[str, Any]]:
    """The links as rows: what of them goes out.

    `belief` and `on_record` are told in words, as a step, *some* or *nothing*; `weight` and `weight_on_record` are the same
    as numbers, 0 to 1: the middle of the step, 0.5 for *some*, 0 for *nothing*. So they tell no more than the words. `denied` is `yes`, `no`, or
    `contested`: something speaks against the link that does not go.
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
    """The id of a link in every form: of its own, and the same in each export to one recipient."""
    key = f"{edge.subject}\0{edge.relation}\0{edge.object}"
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def cell(value: Any) -> Any:
    """A value as it goes into a cell: lists joined by `;`, and text that a spreadsheet would run made text.

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
    r"""Text without the signs that XML has no way to hold; anything else as it is.

    Example:
        >>> xml("a\x00van"), xml(3)
        ('avan', 3)
    """
    return _NOT_XML.sub("", value) if isinstance(value, str) else value
