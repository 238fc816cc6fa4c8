"""The page that opens without a network."""

from __future__ import annotations

from graphsvc.views.forms.about import About
from graphsvc.views.picture.network import Picture
from graphsvc.views.picture.page import offline_page


def as_html(view: Picture, about: About) -> dict[str, bytes]:
    """One file with the picture to move about in and its table, the mark above and across it."""
    return {"picture.html": offline_page(view, about.title, about.mark).encode()}
