"""Positions of a picture's nodes, computed here and not in the browser, so that a URL reopens the same picture.

Nothing is random. The first stage is laid out freely: distances along links, flattened to the plane, then forces. Each
later stage (the neighbours of a node that was opened) is fitted in around the existing nodes, which do not move.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

# Length of a link in pixels at zoom 1.
_LENGTH = 95.0
# Links of a small picture are longer, as they have words on them. Boxes are the room for a node and its label.
_SMALL, _STRETCH = 25, 1.6
BOX = (104.0, 58.0)
_CROWDED_BOX = (46.0, 40.0)
# With more nodes than this, few labels are shown before zooming in, so nodes get less room.
_CROWD = 160
# Stretched sideways, as screens are wider than high.
_WIDE = 1.45
_FAR = 6.0
_PIVOTS = 24
# For removing overlaps: number of times that close pairs are searched, and rounds for each.
_SWEEPS, _ROUNDS = 8, 8


def layout(stages: Sequence[Sequence[str]], pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return positions in pixels at zoom 1, the first stage centred on (0, 0), y downwards.

    Args:
        stages: ids in the order they came into the picture; each id once.
        pairs: ids of the two ends of each link; ends outside `stages` are skipped.

    Example:
        >>> sorted(layout([["a", "b"], ["c"]], [("a", "b"), ("b", "c")]))
        ['a', 'b', 'c']
        >>> first = layout([["a", "b"]], [("a", "b")])
        >>> layout([["a", "b"], ["c"]], [("a", "b"), ("b", "c")])["a"] == first["a"]
        True
    """
    return dict(_cached_layout(tuple(map(tuple, stages)), frozenset(pairs)))


# After hiding, folding, filtering or going back, a picture is drawn again with the same layout.
@lru_cache(maxsize=64)
def _cached_layout(
    stages: tuple[tuple[str, ...], ...], pairs: frozenset[tuple[str, str]]
) -> dict[str, tuple[float, float]]:
    order = [identifier for stage in stages for identifier in stage]
    place = {identifier: number for number, identifier in enumerate(order)}
    ends = {
        (min(place[a], place[b]), max(place[a], place[b])) for a, b in pairs if a in place and b in place and a != b
    }
    links = np.array(sorted(ends), dtype=np.intp).reshape(-1, 2)
    points = np.zeros((len(order), 2))
    settled = 0
    for stage in stages:
        upto = settled + len(stage)
        if not stage:
            continue
        among = links[(links < upto).all(axis=1)]
        points[settled:upto] = _around(points[:settled], among, settled, upto) if settled else _flat(upto, among)
        _pull(points[:upto], among, settled)
        if not settled:
            points[:upto] -= points[:upto].mean(axis=0)
            points[:upto] *= (_STRETCH if upto <= _SMALL else 1.0) * np.array([_WIDE, 1.0])
        part(points[:upto], settled)
        settled = upto
    return {
        identifier: (round(float(x), 1), round(float(y), 1)) for identifier, (x, y) in zip(order, points, strict=True)
    }


def _spiral(count: int) -> Points:
    """Return evenly spread points around (0, 0), the first in the middle."""
    turn = np.arange(count) * np.pi * (3 - np.sqrt(5))
    away = _LENGTH * 0.6 * np.sqrt(np.arange(count))
    return np.stack([away * np.cos(turn), away * np.sin(turn)], axis=1)


def _flat(count: int, links: NDArray[np.intp]) -> Points:
    """Return distances along links, flattened to the plane, so that forces start untangled.

    Classical scaling from a few far-apart pivots (Brandes and Pich 2007).
    """
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for a, b in links.tolist():
        neighbours[a].append(b)
        neighbours[b].append(a)
    pivot, nearest, columns = 0, np.full(count, np.inf), []
    for _ in range(min(count, _PIVOTS)):
        steps = _steps(neighbours, pivot)
        columns.append(steps)
        nearest = np.minimum(nearest, steps)
        pivot = int(nearest.argmax())
    squares = np.stack(columns, axis=1) ** 2
    centred = squares.mean(axis=0) + squares.mean(axis=1)[:, None] - squares - squares.mean()
    _, vectors = np.linalg.eigh(centred.T @ centred)
    flat = np.zeros((count, 2))
    flat[:, : min(2, vectors.shape[1])] = centred @ vectors[:, ::-1][:, :2]
    # Scaling leaves the sign and scale of each axis open: make its largest value positive, and set the length.
    flat *= np.where(flat[np.abs(flat).argmax(axis=0), (0, 1)] < 0, -1.0, 1.0)
    reach = np.abs(flat).max() or 1.0
    # Without the spiral, nodes with the same links would be at one point.
    spread: Points = flat / reach * _LENGTH * np.sqrt(count) * 0.6 + _spiral(count) * 0.1
    return spread


def _steps(neighbours: list[list[int]], start: int) -> Points:
    """Return the number of links from `start` to each node, at most `_FAR`, which also means no path."""
    steps = np.full(len(neighbours), _FAR)
    steps[start] = 0.0
    front, away = [start], 0.0
    while front and away < _FAR - 1:
        away += 1.0
        reached: list[int] = []
        for node in front:
            for neighbour in neighbours[node]:
                if steps[neighbour] == _FAR:
                    steps[neighbour] = away
                    reached.append(neighbour)
        front = reached
    return steps


def _around(fixed: Points, links: NDArray[np.intp], settled: int, upto: int) -> Points:
    """Return first positions of a later stage: next to fixed neighbours, on the side away from the middle."""
    middle = fixed.mean(axis=0)
    near = np.tile(middle, (upto - settled, 1))
    for number in range(settled, upto):
        touching = links[(links == number).any(axis=1)]
        known = touching[touching < settled]
        if len(known):
            anchor = fixed[known].mean(axis=0)
            outward = anchor - middle
            near[number - settled] = anchor + outward / (np.linalg.norm(outward) + 1e-9) * _LENGTH
    return near + _spiral(upto - settled) * 0.5


def _pull(points: Points, links: NDArray[np.intp], settled: int) -> None:
    """Apply forces in place (Fruchterman and Reingold 1991): linked nodes attract, all repel; `settled` nodes stay."""
    count = len(points)
    degree = np.bincount(links.ravel(), minlength=count).astype(float)
    rounds = 90 if count <= _CROWD else 40
    weak = 1.0 / np.sqrt(np.maximum(degree, 1.0))
    moving = points[settled:]
    for step in range(rounds):
        # Plain sums in single precision, in place: at these sizes, a matrix product's threads would cost more time.
        x, y = (np.ascontiguousarray(points[:, axis], dtype=np.float32) for axis in (0, 1))
        weight, y_gap = np.subtract.outer(x[settled:], x), np.subtract.outer(y[settled:], y)
        weight *= weight
        y_gap *= y_gap
        weight += y_gap
        np.maximum(weight, 1.0, out=weight)
        np.divide(np.float32(_LENGTH**2), weight, out=weight)
        towards = np.stack([np.einsum("ij,j->i", weight, axis) for axis in (x, y)], axis=1)
        push = moving * weight.sum(axis=1)[:, None] - towards
        along = points[links[:, 0]] - points[links[:, 1]]
        distance = np.sqrt((along**2).sum(axis=1)) + 1e-9
        # A link between two nodes with many links pulls less, so that hubs stay apart, each among its neighbours.
        strength = distance / _LENGTH * (0.1 + 0.9 * np.maximum(weak[links[:, 0]], weak[links[:, 1]]))
        force = along * strength[:, None]
        for end, sign in ((0, -1.0), (1, 1.0)):
            for axis in (0, 1):
                push[:, axis] += sign * np.bincount(links[:, end], force[:, axis], minlength=count)[settled:]
        if not settled:
            push -= moving * 0.8
        size = np.sqrt((push**2).sum(axis=1))[:, None] + 1e-9
        heat = _LENGTH * 0.9 * (1 - step / rounds) + 1.0
        moving += push / size * np.minimum(size, heat)


def part(points: Points, settled: int) -> None:
    """Move nodes apart, in place, if they or their labels overlap; nodes before `settled` stay."""
    box = np.array(BOX if len(points) <= _CROWD else _CROWDED_BOX)
    for _ in range(_SWEEPS):
        first, second = _near(points, box * 1.5, settled)
        for turn in range(_ROUNDS):
            apart = points[second] - points[first]
            clash = np.all(np.abs(apart) < box, axis=1, keepdims=True)
            over = np.maximum(box - np.abs(apart), 0.0) * clash
            if not over.any():
                if turn == 0:
                    return
                break
            # Move along the axis with the smaller overlap; of two nodes at one point, the later goes right or down.
            over[np.arange(len(over)), (over / box).argmax(axis=1)] = 0.0
            step = np.where(apart < 0, -1.0, 1.0) * over
            share = np.where(first < settled, 1.0, 0.5)[:, None]
            for axis in (0, 1):
                moved = np.bincount(second, (step * share)[:, axis], minlength=len(points))
                moved -= np.bincount(first, step[:, axis] * 0.5, minlength=len(points))
                points[settled:, axis] += moved[settled:] * 0.8


def _near(points: Points, box: Points, settled: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of nodes closer than a box, the second of which is not settled."""
    points = points.astype(np.float32)
    close = np.abs(points[:, None, 0] - points[None, :, 0]) < box[0]
    close &= np.abs(points[:, None, 1] - points[None, :, 1]) < box[1]
    first, second = np.nonzero(np.triu(close, 1))
    free = second >= settled
    return first[free], second[free]
