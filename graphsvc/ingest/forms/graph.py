"""A graph of another program. It does not say who reported what, so that it needs a mapping."""

from __future__ import annotations

from graphsvc.ingest.forms.form import FileForm
from graphsvc.ingest.graph_file import graph_form, graph_parts, mapping_needed

FORMS = [
    FileForm(
        order=4,
        name="a graph (GEXF, GraphML, JSON lines) with its mapping",
        suffixes=(".gexf", ".graphml", ".json", ".jsonl"),
        advice="export the graph as GEXF, GraphML or JSON lines",
        recognises=lambda path: graph_form(path) != "",
        parts=graph_parts,
        needs_mapping=mapping_needed,
    )
]
