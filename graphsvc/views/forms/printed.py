"""The PDF and the PNG of a picture, typeset by Typst without a browser, a network or system fonts."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from graphsvc.records.coarsened import CONTESTED
from graphsvc.views.forms.about import SAYS, About, ExportForm
from graphsvc.views.forms.drawing import legend, picture, sheet
from graphsvc.views.forms.rows import link_rows, node_rows
from graphsvc.views.picture.network import Picture
from graphsvc.views.sentences import size
from graphsvc.views.wording import SIGNS, period

_PAGE = Path(__file__).with_name("page.typ")
# Python distribution → folder of its fonts. Noto Sans has Latin (with Vietnamese), Greek and Cyrillic letters.
_FONTS = {"fontpkg-noto-sans": "fontpkg_noto_sans/files", "fontpkg-noto-sans-arabic": "fontpkg_noto_sans_arabic/files"}
_SCRIPTS = (
    "LATIN",
    "GREEK",
    "CYRILLIC",
    "ARABIC",
    "MODIFIER",
    "MICRO",
    "OHM",
    "KELVIN",
    "ANGSTROM",
    "FEMININE",
    "MASCULINE",
)
# Pixels of a PNG per pixel of the drawing, and maximum width and height that viewers can open.
_FINE, _MOST_PIXELS = 2.0, 10_000
_POINTS = 72.0
_LEGEND_WIDTH = 1032.0
# The `denied` column of a link → words after its relation.
_DENIED = {"yes": " (denied by someone)", CONTESTED: f" ({SIGNS['contested']})", "no": ""}
_ONE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.picture), format: "svg")"""


def as_pdf(view: Picture, about: About) -> dict[str, bytes]:
    """Return an A4 landscape PDF: picture and legend, then tables of links and entities; all pages have the mark."""
    drawn = picture(view)
    links, nodes = link_rows(view), node_rows(view)
    called = view.names
    page = {
        "title": about.title,
        "mark": about.mark,
        "case": about.case,
        "made": about.made,
        "says": SAYS,
        "counted": f"{size(len(nodes), len(links))}.",
        "links": [
            [
                called[row["source"]],
                row["label"] + _DENIED[row["denied"]],
                called[row["target"]],
                row["belief"],
                row["on_record"],
                row["groups"],
                str(row["other_sources"]),
                period(row["first_on"], row["last_on"]),
            ]
            for row in links
        ],
        "nodes": [[row["id"], row["sort"] or row["kind"], row["label"]] for row in nodes],
    }
    under = legend(view, _LEGEND_WIDTH, drawn.unlabelled, without_letters(row["label"] for row in nodes))
    (content,) = typeset(
        _PAGE.read_bytes(),
        "pdf",
        {"told": json.dumps(page), "picture": drawn.alone(), "legend": under.alone()},
    )
    return {"picture.pdf": content}


def as_png(view: Picture, about: About) -> dict[str, bytes]:
    """Return one picture with mark, title and legend."""
    drawn = sheet(view, about, without_letters(node.name for node in view.nodes))
    finest = min(_FINE, _MOST_PIXELS / max(drawn.width, drawn.height))
    # A pixel in SVG is three quarters of a point.
    (content,) = typeset(_ONE, "png", {"picture": drawn.alone()}, ppi=_POINTS * finest / 0.75)
    return {"picture.png": content}


def without_letters(names: Iterable[str]) -> str:
    """Return a note on scripts in these names for which the fonts have no letters; empty without such scripts.

    Example:
        >>> without_letters(["Ari", "Nguyễn", "محمد", "Иван"])
        ''
        >>> without_letters(["王小明"])
        'Letters of these scripts are shown as boxes here; the tables and the web page of this export have them: CJK.'
    """
    scripts = {
        unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]
        for name in names
        for letter in name
        if letter.isalpha()
    }
    lost = ", ".join(
        sorted(script if len(script) < 4 else script.capitalize() for script in scripts if script not in _SCRIPTS)
    )
    if not lost:
        return ""
    return f"Letters of these scripts are shown as boxes here; the tables and the web page of this export have them: {lost}."


def typeset(text: bytes, form: Any, inputs: dict[str, str], ppi: float = _POINTS) -> list[bytes]:
    """Typeset a Typst document as PDF or PNG.

    Args:
        text: source of the document, without data of a case.
        form: `pdf` or `png`.
        inputs: name → data that the document reads as text, never as markup.
        ppi: pixels per inch of a PNG.
    """
    # Imported here, so that only printing waits for it.
    import typst

    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    output = compiler.compile(text, format=form, ppi=ppi, sys_inputs=inputs)
    return [output] if isinstance(output, bytes) else list(output or [])


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst

    folders = [str(distribution(name).locate_file(folder)) for name, folder in _FONTS.items()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


FORMS = (
    ExportForm(10, "pdf", "PDF", "to print and to file: the picture with its legend, then everything as text", as_pdf),
    ExportForm(20, "png", "PNG", "one picture for a report", as_png),
)
