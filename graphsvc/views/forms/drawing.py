"""A picture as SVG, drawn without a browser: with the shapes, hues, widths, dashes and marks of the canvas.

Text is kept as text and escaped. The file runs no scripts and loads nothing.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphsvc.records.coarsened import CONTESTED, MIDDLES
from graphsvc.records.numbers import count, plural
from graphsvc.records.relations import FAMILIES, family
from graphsvc.views.forms.about import SAYS, About, ExportForm
from graphsvc.views.forms.rows import xml
from graphsvc.views.picture.folding import FoldedPicture
from graphsvc.views.picture.graph import LETTERS, PALETTES, SHAPES, WIDTHS, width
from graphsvc.views.picture.network import DOUBTFUL, Edge, Node, Picture
from graphsvc.views.sentences import size
from graphsvc.views.wording import RANGES, SIGNS, kind

_INK = PALETTES["light"]
_FACE = "Noto Sans, Noto Sans Arabic, system-ui, sans-serif"
# Pixels: size of labels, size of words on lines, and average width of a letter at size 1.
_LABEL, _WORDS, _LETTER = 12.0, 10.5, 0.56
_MARGIN, _BAND, _LINE = 34.0, 28.0, 22.0
_LEAST_WIDTH = 760.0
_SHORT = 32
_RING = 6.0
# Half of the width of the room kept free for an arrowhead.
_TIP = 6.0
# With more links than this, lines have no words, only the mark of a denial, as on the canvas.
_MOST_WORDS = 80
_BEND = 46.0
# Two linked nodes are in neighbouring columns if their horizontal distance in pixels is less.
_NEAR = 250.0
_DASHES = "6 5"
_PLAIN, _QUIET, _ON_BAND = f'fill="{_INK["text"]}"', f'fill="{_INK["quiet"]}"', 'fill="#fff" font-weight="600"'
_HALO = f' stroke="{_INK["ground"]}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A piece of SVG and its size.

    Attributes:
        body: its elements; x, y: top left corner; width, height: size in pixels.
        unlabelled: number of names for which there was no room.
    """

    body: str
    x: float
    y: float
    width: float
    height: float
    unlabelled: int = 0

    def alone(self) -> str:
        """Return the drawing as a complete SVG file."""
        box = f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{self.width:.0f}"'
            f' height="{self.height:.0f}" font-family="{_FACE}">{self.body}</svg>'
        )


def hue(node: Node) -> str:
    """Return the colour of a node on white, as `#rrggbb`."""
    return _INK["sealed" if node.sealed else "folded" if isinstance(node, FoldedPicture) else node.kind]


def sheet(view: Picture, about: About, note: str = "") -> Drawing:
    """Return the exported picture: mark, title, picture, legend.

    Args:
        view: exported picture.
        about: its description.
        note: one more line under the legend.
    """
    drawn = picture(view)
    width = max(drawn.width, _LEAST_WIDTH)
    room = width - 2 * _MARGIN
    under = legend(view, room, drawn.unlabelled, note)
    above = _BAND + 2 * _LINE + 12
    height = above + drawn.height + under.height + 2 * _LINE
    left = (width - drawn.width) / 2
    counted = f"{size(len(view.nodes), len(view.edges))}. {SAYS}"
    body = (
        f'<rect width="{width:.1f}" height="{height:.1f}" fill="{_INK["ground"]}"/>'
        f"{_watermark(about.mark, width, height)}"
        f'<g transform="translate({left - drawn.x:.1f} {above - drawn.y:.1f})">{drawn.body}</g>'
        f'<rect width="{width:.1f}" height="{_BAND}" fill="{_INK["denied"]}"/>'
        f"{_fit_text(about.mark, _MARGIN, _BAND - 9, 13, room, _ON_BAND)}"
        f"{_fit_text(about.title, _MARGIN, _BAND + _LINE + 4, 17, room, _PLAIN)}"
        f"{_text(counted, _MARGIN, _BAND + 2 * _LINE + 2, 12, _QUIET)}"
        f'<g transform="translate({_MARGIN} {above + drawn.height + _LINE:.1f})">{under.body}</g>'
    )
    return Drawing(body, 0, 0, width, height, drawn.unlabelled)


def picture(view: Picture, *, names_beside: bool = False) -> Drawing:
    """Return the nodes and links, without mark, title and legend.

    Args:
        view: picture to draw.
        names_beside: whether to put names to the right or left of nodes if there is room, as rows are close together.
    """
    if not view.nodes:
        return Drawing("", 0, 0, 200, 60)
    places = {node.id: (node.x, node.y) for node in view.nodes}
    sizes = {node.id: _size(node) for node in view.nodes}
    # As on the canvas, labels cover no node or other label, and no arrowhead if there is room elsewhere. Start nodes
    # are labelled first, then those with the most links.
    taken: list[Box] = [_around(*places[node.id], sizes[node.id] * 0.8) for node in view.nodes]
    courses = [_course(edge, places, sizes) for edge in view.edges]
    tips = [_around(*course.tip, _TIP) for edge, course in zip(view.edges, courses, strict=True) if edge.directed]
    labels, unlabelled = [], 0
    # A node without a link to the column on its left has its name on that side.
    near = [edge for edge in view.edges if abs(places[edge.subject][0] - places[edge.object][0]) < _NEAR]
    right_of = {max(edge.subject, edge.object, key=lambda name: places[name][0]) for edge in near}
    for node in sorted(view.nodes, key=lambda node: (not node.start, -node.links, node.id)):
        boxes = _label_boxes(node, sizes[node.id])
        if names_beside and not node.start:
            boxes = [*_boxes_beside(node, sizes[node.id], first=node.id not in right_of), *boxes]
        free = [box for box in boxes if _clear(box, taken)]
        box = next((box for box in free if _clear(box, tips)), free[0] if free else boxes[0] if node.start else None)
        if box:
            taken.append(box)
            labels.append(_label(node, box))
        else:
            unlabelled += 1
    taken += tips
    lines = [
        _line(edge, course, taken, wordy=len(view.edges) <= _MOST_WORDS)
        for edge, course in zip(view.edges, courses, strict=True)
    ]
    heads = [_head(edge, course) for edge, course in zip(view.edges, courses, strict=True) if edge.directed]
    shapes = [_node(node, sizes[node.id]) for node in view.nodes]
    # `taken` includes the boxes of all nodes and labels, so it gives the size of the drawing.
    left, top = min(box[0] for box in taken) - _MARGIN, min(box[1] for box in taken) - _MARGIN
    right, bottom = max(box[2] for box in taken) + _MARGIN, max(box[3] for box in taken) + _MARGIN
    words = "".join(words for _, words in lines)
    # Arrowheads are drawn last: a name over one would hide the direction of the link.
    body = "".join(line for line, _ in lines) + "".join((*shapes, words, *labels, *heads))
    return Drawing(body, left, top, right - left, bottom - top, unlabelled)


def legend(view: Picture, width: float, unlabelled: int = 0, note: str = "") -> Drawing:
    """Return a legend of the signs that occur in this picture."""
    x, y, parts = 0.0, 14.0, []
    for sign, words in _signs(view):
        wide = 34 + _wide(words, 12) + 22
        if x and x + wide > width:
            x, y = 0.0, y + _LINE
        parts.append(f'<g transform="translate({x:.1f} {y:.1f})">{sign}{_text(words, 36, 4, 12, _PLAIN)}</g>')
        x += wide
    lost = (
        f"{count(unlabelled, 'name')} found no room; {plural(unlabelled, 'it stands', 'they stand')} in the tables."
        if unlabelled
        else ""
    )
    for line in (lost, note):
        if line:
            y += _LINE
            parts.append(_fit_text(line, 0, y + 4, 12, width, _QUIET))
    return Drawing("".join(parts), 0, 0, width, y + 10)


def _signs(view: Picture) -> Iterator[tuple[str, str]]:
    """Yield (sign, drawn around the point (14, 0); its words) for each sign in the picture."""
    kinds = {node.kind for node in view.nodes if not node.sealed and node.identified} - {"group"}
    for word in SHAPES:
        if word in kinds:
            yield _shape(word, 14, 0, 9, _INK[word], _INK["ground"]), kind(word).lower()
    if any(isinstance(node, FoldedPicture) for node in view.nodes):
        yield _shape("group", 14, 0, 8, _INK["folded"], _INK["ground"]), SIGNS["folded"]
    if any(node.sealed for node in view.nodes):
        yield _shape("person", 14, 0, 8, _INK["ground"], _INK["sealed"], dashed=True), SIGNS["sealed"]
    if any(not node.identified and not node.sealed for node in view.nodes):
        yield _shape("person", 14, 0, 8, _INK["ground"], _INK["person"]), SIGNS["unidentified"]
    families = {family(edge.relation) for edge in view.edges if not edge.denied}
    for name, words in FAMILIES.items():
        if name in families:
            yield f'<path d="M0 0H28" stroke="{_INK[name]}" stroke-width="3"/>', words
    for step in sorted({edge.step for edge in view.edges}):
        dashes = f' stroke-dasharray="{_DASHES}"' if MIDDLES[step] < DOUBTFUL else ""
        yield (
            f'<path d="M0 0H28" stroke="{_INK["quiet"]}" stroke-width="{WIDTHS[step]}"{dashes}/>',
            f"belief {RANGES[step]}",
        )
    if any(edge.denied for edge in view.edges):
        yield f'<path d="M0 0H28" stroke="{_INK["denied"]}" stroke-width="2"/>{_cross(14, 0)}', SIGNS["denied"]
    if any(edge.directed for edge in view.edges):
        yield (
            f'<path d="M0 0H24" stroke="{_INK["quiet"]}" stroke-width="2"/>{_arrow((28, 0), (0, 0), _INK["quiet"])}',
            SIGNS["directed"],
        )


# -- nodes --------------------------------------------------------------------------------------------------------


def _size(node: Node) -> float:
    return SHAPES[node.kind][1] + (5 if node.start else 0) + min(node.links, 24) * 0.25


def _node(node: Node, size: float) -> str:
    hollow = node.sealed or not node.identified
    ink = hue(node)
    fill, line = (_INK["ground"], ink) if hollow else (ink, _INK["ground"])
    letter = LETTERS.get(node.sort, "T") if node.kind == "thing" else ""
    letter = str(node.members or "") if isinstance(node, FoldedPicture) else letter
    ring = (
        f'<circle cx="{node.x:.1f}" cy="{node.y:.1f}" r="{size + _RING - 1:.1f}" fill="none" stroke="{_INK["text"]}"'
        ' stroke-width="2"/>'
        if node.start
        else ""
    )
    drawn = _shape(node.kind, node.x, node.y, size, fill, line, dashed=node.sealed, letter=letter)
    return f"<g><title>{_escape(node.name)}</title>{ring}{drawn}</g>"


def _shape(
    kind: str, x: float, y: float, size: float, fill: str, line: str, *, dashed: bool = False, letter: str = ""
) -> str:
    style = f'fill="{fill}" stroke="{line}" stroke-width="2"' + (' stroke-dasharray="3 3"' if dashed else "")
    if kind == "person":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {style}/>'
    if kind == "group":
        ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size + 3:.1f}" fill="none" stroke="{fill}"/>'
        number = _text(
            letter, x, y + size * 0.35, size * 1.5 / max(len(letter), 2), f'fill="{line}" text-anchor="middle"'
        )
        return f'{ring}<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {style}/>{number}'
    if kind in ("workplace", "thing"):
        corner = f' rx="{size * 0.45:.1f}"' if kind == "thing" else ""
        square = f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:.1f}" height="{2 * size:.1f}"{corner} '
        on = _INK["ground"] if fill != _INK["ground"] else line
        sign = _text(letter, x, y + size * 0.45, size * 1.25, f'fill="{on}" font-weight="600" text-anchor="middle"')
        return f"{square}{style}/>{sign if letter else ''}"
    corners, turn = {"boat": (3, -90), "crossing": (4, -90), "gang": (6, 0)}[kind]
    points = " ".join(
        f"{x + size * math.cos(math.radians(turn + 360 / corners * corner)):.1f},"
        f"{y + size * math.sin(math.radians(turn + 360 / corners * corner)):.1f}"
        for corner in range(corners)
    )
    return f'<polygon points="{points}" {style}/>'


def _label(node: Node, box: Box) -> str:
    ink = _INK["quiet"] if node.sealed else _INK["text"]
    weight = ' font-weight="600"' if node.start else ""
    return _text(
        _short(node),
        (box[0] + box[2]) / 2,
        box[1] + _LABEL * 1.15,
        _LABEL,
        f'fill="{ink}"{weight} text-anchor="middle"{_HALO}',
    )


def _under(node: Node, size: float) -> float:
    """Return the lower end of a node, including its ring if it has one."""
    return node.y + size + (_RING if node.start else 0.0)


def _short(node: Node) -> str:
    return node.name if len(node.name) <= _SHORT else node.name[: _SHORT - 1].rstrip() + "…"


def _label_boxes(node: Node, size: float) -> list[Box]:
    """Return possible boxes for the name of a node: below it, then above it."""
    half = _wide(_short(node), _LABEL) / 2 + 2
    under = _under(node, size)
    above = 2 * node.y - under - _LABEL * 1.6
    return [(node.x - half, top, node.x + half, top + _LABEL * 1.5) for top in (under, above)]


def _boxes_beside(node: Node, size: float, *, first: bool) -> list[Box]:
    """Return possible boxes for the name of a node, on its right and left; with `first`, the left one comes first."""
    wide = _wide(_short(node), _LABEL) + 4
    top, low = node.y - _LABEL * 0.75, node.y + _LABEL * 0.75
    boxes = [
        (node.x + size + 3, top, node.x + size + 3 + wide, low),
        (node.x - size - 3 - wide, top, node.x - size - 3, low),
    ]
    return boxes[::-1] if first else boxes


# -- links --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Course:
    """Course of a link: start, point it bends towards, end; where its line stops, and the tip of its arrowhead."""

    start: tuple[float, float]
    via: tuple[float, float]
    end: tuple[float, float]
    stop: tuple[float, float]
    tip: tuple[float, float]


def _course(edge: Edge, places: Mapping[str, tuple[float, float]], sizes: Mapping[str, float]) -> _Course:
    start, end = places[edge.subject], places[edge.object]
    apart = math.dist(start, end) or 1.0
    away = ((end[1] - start[1]) / apart, (start[0] - end[0]) / apart)
    bow = edge.bend * _BEND
    via = ((start[0] + end[0]) / 2 + away[0] * bow, (start[1] + end[1]) / 2 + away[1] * bow)
    before = via if edge.bend else start
    tip = _towards(end, before, sizes[edge.object] + 2)
    stop = _towards(end, before, sizes[edge.object] + 8) if edge.directed else tip
    return _Course(start, via, end, stop, tip)


def _ink(edge: Edge) -> str:
    return _INK["denied" if edge.denied else family(edge.relation)]


def _head(edge: Edge, course: _Course) -> str:
    return _arrow(course.tip, course.stop, _ink(edge))


def _line(edge: Edge, course: _Course, taken: list[Box], *, wordy: bool) -> tuple[str, str]:
    """Return a link as (line; words and mark of denial on the line)."""
    start, via, end, stop = course.start, course.via, course.end, course.stop
    curve = f"Q{via[0]:.1f} {via[1]:.1f} " if edge.bend else "L"
    dashes = f' stroke-dasharray="{_DASHES}"' if edge.doubtful else ""
    line = (
        f'<path d="M{start[0]:.1f} {start[1]:.1f}{curve}{stop[0]:.1f} {stop[1]:.1f}" fill="none" stroke="{_ink(edge)}"'
        f' stroke-width="{width(edge.belief)}"{dashes}/>'
    )
    x, y = ((start[axis] + 2 * via[axis] + end[axis]) / 4 for axis in (0, 1))
    words = ""
    if edge.denied:
        words = _cross(x, y)
        taken.append(_around(x, y, 6))
    says = f"{edge.says}, {CONTESTED}" if edge.denial == CONTESTED else edge.says
    half = _wide(says, _WORDS) / 2 + 2
    low = y + (12 if edge.denied else 0)
    box = (x - half, low - 8, x + half, low + 8)
    if wordy and _clear(box, taken):
        taken.append(box)
        ink = _INK["denied"] if edge.denied else _INK["quiet"]
        words += _text(says, x, low + 4, _WORDS, f'fill="{ink}" text-anchor="middle"{_HALO}')
    return line, words


def _towards(point: tuple[float, float], target: tuple[float, float], distance: float) -> tuple[float, float]:
    apart = math.dist(point, target) or 1.0
    return (
        point[0] + (target[0] - point[0]) / apart * distance,
        point[1] + (target[1] - point[1]) / apart * distance,
    )


def _arrow(tip: tuple[float, float], back: tuple[float, float], ink: str) -> str:
    angle = math.atan2(tip[1] - back[1], tip[0] - back[0])
    wings = [(tip[0] - 9 * math.cos(angle + turn), tip[1] - 9 * math.sin(angle + turn)) for turn in (-0.42, 0.42)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (tip, *wings))
    return f'<polygon points="{points}" fill="{ink}"/>'


def _cross(x: float, y: float) -> str:
    shape = f"M{x - 4.5:.1f} {y - 4.5:.1f}l9 9m0 -9l-9 9"
    return (
        f'<path d="{shape}" stroke="{_INK["ground"]}" stroke-width="5"/>'
        f'<path d="{shape}" stroke="{_INK["denied"]}" stroke-width="2"/>'
    )


# -- text ---------------------------------------------------------------------------------------------------------


def _text(words: str, x: float, y: float, size: float, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" {style}>{_escape(words)}</text>'


def _fit_text(words: str, x: float, y: float, size: float, room: float, style: str) -> str:
    """Return a line of text, made smaller if it would not fit."""
    return _text(words, x, y, min(size, size * room / max(_wide(words, size), 1.0)), style)


def _watermark(mark: str, width: float, height: float) -> str:
    """Return the mark, repeated across the picture, so that a part cut out of it is marked too."""
    if not mark:
        return ""
    turn = -math.degrees(math.atan2(height, width))
    size = min(0.8 * math.hypot(width, height) / max(_wide(mark, 1), 1.0), 60.0)
    place = f'transform="translate({width / 2:.1f} {height / 2:.1f}) rotate({turn:.1f})"'
    style = f'fill="{_INK["denied"]}" fill-opacity="0.1" text-anchor="middle"'
    return f"<g {place}>{_text(mark, 0, 0, size, style)}</g>"


def _escape(words: str) -> str:
    return html.escape(str(xml(words)))


def _wide(words: str, size: float) -> float:
    return len(words) * size * _LETTER


def _around(x: float, y: float, half: float) -> Box:
    return (x - half, y - half, x + half, y + half)


def _clear(box: Box, taken: Iterable[Box]) -> bool:
    return all(
        box[2] < obstacle[0] or box[0] > obstacle[2] or box[3] < obstacle[1] or box[1] > obstacle[3]
        for obstacle in taken
    )


def as_svg(view: Picture, about: About) -> dict[str, bytes]:
    """Return one SVG file, for browsers, Inkscape and Word."""
    return {"picture.svg": f'<?xml version="1.0" encoding="UTF-8"?>\n{sheet(view, about).alone()}\n'.encode()}


FORMS = (ExportForm(30, "svg", "SVG", "the same picture as lines and text", as_svg),)
