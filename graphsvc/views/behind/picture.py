"""Picture of the answer, left to right: common links, arrangers, the entities asked about, people who work by hand.

All people carried on a crossing are drawn as one node, and so are all people said to be served lawfully by someone.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

from graphsvc.records.relations import RELATIONS, doing
from graphsvc.views.behind.common import Common
from graphsvc.views.behind.rows import CARRIED, SERVES, AnswerRow
from graphsvc.views.picture.marks import line, mark
from graphsvc.views.picture.network import Edge, Node, Picture

# (id, relation) → number of people with that relation to the entity, and the highest belief among their links.
Folded = Mapping[tuple[str, str], tuple[int, float]]

# Pixels between two columns, and between two nodes in one.
_ACROSS, _DOWN = 200.0, 72.0
# On paper: pixels between two columns, and between the two halves; least pixels between two nodes; maximum rows in one
# column of rows; width of the sheet divided by its height.
_PAPER_ACROSS, _PAPER_NAMES, _PAPER_DOWN, _PAPER_ROWS, _PAPER_SHAPE = 84.0, 260.0, 22.0, 4, 2.05
# Columns: common links, arrangers, entities asked about, entities that belong to them, people who work by hand.
_LINKS, _ARRANGES, _ASKED, _ALONG, _HANDS = range(5)
# Relations drawn between the people behind something, in addition to those of the answer.
_ORDERS = doing("directs", "recruits", "pays")
_BY_HAND = doing("works", "belongs", "goes with", "stays", "moves")
# Relation → word after the number of people drawn as one node.
_CALLED = {CARRIED: "carried", SERVES: "lawfully served"}


def beside(view: Picture, rows: Sequence[AnswerRow], common: Sequence[Common], folded: Folded) -> Picture:
    """Return the part of a picture that belongs to the answer, laid out in the order of the answer's rows.

    Args:
        view: picture that the answer is read from.
        rows: rows of the answer.
        common: the people and things that link several rows, to be drawn as well.
        folded: people to draw as one node.
    """
    nodes = {node.id: node for node in view.nodes}
    marks, lines = [], []
    for (name, relation), (number, belief) in folded.items():
        if number and name in nodes:
            identifier = f"{relation}:{name}"
            ends = (identifier, name) if relation == CARRIED else (name, identifier)
            marks.append(mark(identifier, f"{number:,} {_CALLED[relation]}", number, name, nodes[name].handling))
            lines.append(line(ends[0], relation, ends[1], RELATIONS[relation].says, belief))
    places = _places(rows, [shared.who.id for shared in common], folded)
    crossings = [node for node in view.nodes if node.kind == "crossing"]
    # A crossing whose date is only a month or year counts as a separate day.
    days = {node.day[:10] if len(node.day) >= len("2020-05-08") else node.id for node in crossings}
    several = len(crossings) > 1
    drawn = [
        replace(node, name=_short(node, len(days), several), more=0, x=places[node.id][0], y=places[node.id][1])
        for node in (*view.nodes, *marks)
        if node.id in places
    ]
    answered = {part.edge.key for row in rows for part in row.said}
    answered |= {edge.key for row in rows for _, edge in row.along}
    answered |= {edge.key for shared in common for _, edge in shared.ties}
    edges = [edge for edge in view.edges if edge.key in answered or edge.relation in _ORDERS]
    edges += lines
    return replace(
        view,
        nodes=tuple(drawn),
        edges=_apart([edge for edge in edges if edge.subject in places and edge.object in places]),
        turns=False,
    )


def across(view: Picture) -> Picture:
    """Return the picture of an answer for a landscape sheet.

    With more than four rows, the second half of them is to the right of the first. Rows are closer if space is short.
    """
    if not view.nodes:
        return view
    starts = sorted(node.y for node in view.nodes if node.start)
    half = (len(starts) + 1) // 2
    end = math.inf
    if len(starts) > _PAPER_ROWS:
        above, below = starts[half - 1], starts[half]
        heights = sorted({above, below, *(node.y for node in view.nodes if above < node.y < below)})
        _, end = max(((lower - upper, lower) for upper, lower in pairwise(heights)), key=itemgetter(0))
    left, right = (pick(node.x for node in view.nodes) for pick in (min, max))
    top, bottom = (pick(node.y for node in view.nodes) for pick in (min, max))
    wide = (right - left) * _PAPER_ACROSS / _ACROSS + _PAPER_NAMES
    high, whole = (bottom - top, wide) if math.isinf(end) else (max(end - top, bottom - end), 2 * wide)
    down = min(max(whole / _PAPER_SHAPE / (high or 1.0), _PAPER_DOWN / _DOWN), 1.0)

    def move(node: Node) -> Node:
        x = (node.x - left) * _PAPER_ACROSS / _ACROSS
        second = node.y >= end
        return replace(node, x=x + wide * second, y=(node.y - (end if second else top)) * down)

    return replace(view, nodes=tuple(move(node) for node in view.nodes))


def _short(node: Node, days: int, several: bool) -> str:
    """Return a short label: of a crossing, its id or place if all crossings share one day, else its day and place."""
    day, comma, rest = node.name.partition(", ")
    if node.kind != "crossing" or not comma:
        return node.name
    place = rest.rpartition(", ")[2]
    if days == 1:
        return node.id if several else place
    return f"{day}, {place}"


def _apart(edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """Return the edges; an edge is drawn straight if no other joins its two nodes."""
    beside = Counter(frozenset((edge.subject, edge.object)) for edge in edges)
    return tuple(
        replace(edge, bend=0) if beside[frozenset((edge.subject, edge.object))] == 1 else edge for edge in edges
    )


def _places(rows: Sequence[AnswerRow], linking: Collection[str], folded: Folded) -> dict[str, tuple[float, float]]:
    """Return id → position. A row is as high as its fullest column; people behind several rows are in the first row."""
    column: dict[str, int] = {}
    band: dict[str, int] = {}
    # People believed to arrange are placed with the other arrangers, even if they did some of the work by hand.
    best: dict[str, tuple[bool, bool, float]] = {}
    for number, row in enumerate(rows):
        sure = (True, True, 1.0)
        standing = [(row.about.id, _ASKED, sure), *((node.id, _ALONG, sure) for node, _ in row.along)]
        for part in row.said:
            by_hand = part.edge.relation in _BY_HAND
            runs = part.what is not None and part.what.kind == "gang"
            at = _LINKS if runs else _HANDS if by_hand else _ARRANGES
            standing.append((part.who.id, at, (not part.is_weak, at != _HANDS, part.edge.belief)))
        for name, at, sure in standing:
            band.setdefault(name, number)
            if name not in best or sure > best[name]:
                column[name], best[name] = at, sure
    for name, relation in folded:
        if name in column:
            mark = f"{relation}:{name}"
            band[mark] = band[name]
            column[mark] = _ALONG if relation == CARRIED else _HANDS if column[name] == _HANDS else _LINKS
    for name in linking:
        column.setdefault(name, _LINKS)
    filled: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, at in column.items():
        if name in band:
            filled[band[name], at].append(name)
    places: dict[str, tuple[float, float]] = {}
    top = 0.0
    for number in range(len(rows)):
        deep = max((len(filled[number, at]) for at in range(_HANDS + 1)), default=1) or 1
        for at in range(_HANDS + 1):
            names = filled[number, at]
            down = top + (deep - len(names)) * _DOWN / 2
            places |= {name: (at * _ACROSS, down + turn * _DOWN) for turn, name in enumerate(names)}
        top += (deep + 0.6) * _DOWN
    first = [name for name in linking if name not in places]
    # If gang leaders or people served fill that column, common links are one column further left.
    left = (_LINKS - any(names for (_, at), names in filled.items() if at == _LINKS)) * _ACROSS
    places |= {name: (left, turn * top / len(first)) for turn, name in enumerate(first)}
    return places
