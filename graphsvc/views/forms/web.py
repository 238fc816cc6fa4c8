"""An exported picture as a web page that works offline."""

from __future__ import annotations

from graphsvc.views.forms.about import About, ExportForm
from graphsvc.views.picture.network import Picture
from graphsvc.views.picture.page import offline_page


def as_html(view: Picture, about: About) -> dict[str, bytes]:
    """Return one file with an interactive picture and its table, and the mark above and across the picture."""
    return {"picture.html": offline_page(view, about.title, about.mark).encode()}


FORMS = (ExportForm(40, "html", "Web page", "opens offline in a browser, to move about in", as_html),)
