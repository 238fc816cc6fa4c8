"""The rows of what goes out, and text as cells and XML can hold it."""

from __future__ import annotations

import re
from typing import Any

from graphsvc.records.cells import inert
from graphsvc.views.picture.network import Picture
from graphsvc.views.wording import belief_range

NODE_COLUMNS = ("id", "kind", "sort", "name", "sealed", "identified")
LINK_COLUMNS = (
    "subject", "relation", "says", "object", "belief", "on_record", "denied", "groups", "other_sources", "first_on",
    "last_on",
)  # fmt: skip
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def node_rows(view: Picture) -> list[dict[str, Any]]:
    """The entities as rows: what of them goes out."""
    return [{name: getattr(node, name) for name in NODE_COLUMNS} for node in view.nodes]


def link_rows(view: Picture) -> list[dict[str, Any]]:
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
