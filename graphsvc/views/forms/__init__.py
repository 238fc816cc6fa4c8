"""The forms of an exported picture, as one table. All have the same content, made only from the exported picture.

A form is a function (Picture, About) → file name → content. To add one: a module here, and a line below.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graphsvc.views.forms.about import About
from graphsvc.views.forms.anx import as_anx
from graphsvc.views.forms.drawing import as_svg
from graphsvc.views.forms.ftm import as_ftm
from graphsvc.views.forms.graphs import as_gexf, as_graphml
from graphsvc.views.forms.printed import as_pdf, as_png
from graphsvc.views.forms.tables import as_csv, as_json
from graphsvc.views.forms.web import as_html
from graphsvc.views.picture.network import Picture

__all__ = ["FORMS", "About", "ExportForm", "files"]


@dataclass(frozen=True, slots=True)
class ExportForm:
    """One form: its name, its purpose, and the function that makes it."""

    title: str
    says: str
    make: Callable[[Picture, About], Mapping[str, bytes]]


FORMS: Mapping[str, ExportForm] = MappingProxyType(
    {
        "pdf": ExportForm("PDF", "to print and to file: the picture with its legend, then everything as text", as_pdf),
        "png": ExportForm("PNG", "one picture for a report", as_png),
        "svg": ExportForm("SVG", "the same picture as lines and text", as_svg),
        "html": ExportForm("Web page", "opens offline in a browser, to move about in", as_html),
        "csv": ExportForm("CSV", "two tables for a spreadsheet or Gephi", as_csv),
        "json": ExportForm("JSON", "the same tables for programs, as NetworkX reads them", as_json),
        "graphml": ExportForm("GraphML", "Gephi Lite, yEd, Cytoscape, NetworkX, igraph", as_graphml),
        "gexf": ExportForm("GEXF", "Gephi, with places and colours", as_gexf),
        "anx": ExportForm("i2 chart (ANX)", "i2 Analyst's Notebook", as_anx),
        "ftm": ExportForm("FollowTheMoney", "Aleph and its kin", as_ftm),
    }
)


def files(view: Picture, about: About, forms: Collection[str] = ()) -> dict[str, bytes]:
    """Return the exported files: name → content.

    Args:
        view: result of `views.picture.export.outward`.
        about: description that goes into each file.
        forms: names out of `FORMS`; empty for all.
    """
    contents: dict[str, bytes] = {}
    for name in forms or FORMS:
        contents |= FORMS[name].make(view, about)
    return contents
