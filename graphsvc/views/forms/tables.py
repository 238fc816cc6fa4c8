"""Entities and links as CSV, and both as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from graphsvc.views.forms.about import SAYS, About, ExportForm
from graphsvc.views.forms.rows import LINK_COLUMNS, NODE_COLUMNS, cell, link_rows, node_rows
from graphsvc.views.picture.network import Picture

# Headings that Gephi expects. It distinguishes parallel links by `Kind`, and so keeps them all.
HEADINGS = MappingProxyType(
    {"id": "Id", "label": "Label", "source": "Source", "target": "Target", "relation": "Kind", "weight": "Weight"}
)


def as_csv(view: Picture, _about: About) -> dict[str, bytes]:
    """Return two tables for a spreadsheet and for Gephi, with formulas made inert."""
    return {
        "nodes.csv": _table(node_rows(view), tuple(NODE_COLUMNS)),
        "links.csv": _table(link_rows(view), LINK_COLUMNS),
    }


def as_json(view: Picture, about: About) -> dict[str, bytes]:
    """Return the same rows in the form of `networkx.node_link_graph`, with the mark in the graph's data."""
    graph = {
        "directed": True,
        "multigraph": True,
        "graph": {"mark": about.mark, "says": SAYS},
        "nodes": node_rows(view),
        "edges": [{"key": row.pop("id")} | row for row in link_rows(view)],
    }
    return {"graph.json": (json.dumps(graph, ensure_ascii=False, indent=1) + "\n").encode()}


def _table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([HEADINGS.get(name, name) for name in columns])
    for row in rows:
        words = ("yes" if value is True else "no" if value is False else value for value in map(row.get, columns))
        writer.writerow([cell(value) for value in words])
    return text.getvalue().encode()


FORMS = (
    ExportForm(50, "csv", "CSV", "two tables for a spreadsheet or Gephi", as_csv),
    ExportForm(60, "json", "JSON", "the same tables for programs, as NetworkX reads them", as_json),
)
