"""Where the nodes of a picture go: decided here and not in the browser, so that a link reopens the same picture.

Nothing is random. The first stage is laid out freely: distances along links, flattened to the plane, then forces. Each later stage
(what a node was opened for) is fitted in around what stands already, which does not move.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

# Length of a link in pixels at zoom 1, and the room a node takes with its label under it.
_LENGTH = 95.0
# In a small picture links are longer: what they say stands on them.
_SMALL, _STRETCH = 25, 1.6
BOX = (104.0, 58.0)
_CROWDED_BOX = (46.0, 40.0)
# From so many nodes on labels are shown only when one zooms in, so less room is kept for them.
_CROWD = 160
# Screens are wider than high.
_WIDE = 1.45
_FAR = 6.0
_PIVOTS = 24
# Overlaps: how often who is near whom is looked up, and rounds on that.
_SWEEPS, _ROUNDS = 8, 8


def layout(stages: Sequence[Sequence[str]], pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Positions in pixels at zoom 1, the first stage centred on (0, 0), y downwards.

    Args:
        stages: ids in the order they came into the picture; each id once.
        pairs: ids of the two ends of each link; ends outside `stages` are passed over.

    Example:
        >>> sorted(layout([["a", "b"], ["c"]], [("a", "b"), ("b", "c")]))
        ['a', 'b', 'c']
        >>> first = layout([["a", "b"]], [("a", "b")])
        >>> layout([["a", "b"], ["c"]], [("a", "b"), ("b", "c")])["a"] == first["a"]
        True
    """
    return dict(_laid(tuple(map(tuple, stages)), frozenset(pairs)))


# Hiding, folding, filtering and going back draw a picture again whose nodes stand where they stood.
@lru_cache(maxsize=64)
def _laid(stages: tuple[tuple[str, ...], ...], pairs: frozenset[tuple[str, str]]) -> dict[str, tuple[float, float]]:
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
    """Evenly spread points around (0, 0), the first in the middle."""
    turn = np.arange(count) * np.pi * (3 - np.sqrt(5))
    away = _LENGTH * 0.6 * np.sqrt(np.arange(count))
    return np.stack([away * np.cos(turn), away * np.sin(turn)], axis=1)


def _flat(count: int, links: NDArray[np.intp]) -> Points:
    """Distances along links, flattened to the plane, so that forces start untangled.

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
    # Signs and scale of the axes are arbitrary: the largest part points right or down, and is as long as it needs to be.
    flat *= np.where(flat[np.abs(flat).argmax(axis=0), (0, 1)] < 0, -1.0, 1.0)
    reach = np.abs(flat).max() or 1.0
    # Nodes with the same links would fall on one point.
    spread: Points = flat / reach * _LENGTH * np.sqrt(count) * 0.6 + _spiral(count) * 0.1
    return spread


def _steps(neighbours: list[list[int]], start: int) -> Points:
    """Links from `start` to each node; `_FAR` where there is no way, or a longer one."""
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
    """Start of a later stage: beside the fixed neighbours, on the side away from the middle of the picture."""
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
    """Forces in place (Fruchterman and Reingold 1991): linked nodes attract, all repel; before `settled` none moves."""
    count = len(points)
    degree = np.bincount(links.ravel(), minlength=count).astype(float)
    rounds = 90 if count <= _CROWD else 40
    weak = 1.0 / np.sqrt(np.maximum(degree, 1.0))
    moving = points[settled:]
    for step in range(rounds):
        # Plain sums, single precision, in place: at these sizes the threads of a matrix product cost more than they bring.
        x, y = (np.ascontiguousarray(points[:, axis], dtype=np.float32) for axis in (0, 1))
        weight, other = np.subtract.outer(x[settled:], x), np.subtract.outer(y[settled:], y)
        weight *= weight
        other *= other
        weight += other
        np.maximum(weight, 1.0, out=weight)
        np.divide(np.float32(_LENGTH**2), weight, out=weight)
        towards = np.stack([np.einsum("ij,j->i", weight, axis) for axis in (x, y)], axis=1)
        push = moving * weight.sum(axis=1)[:, None] - towards
        along = points[links[:, 0]] - points[links[:, 1]]
        distance = np.sqrt((along**2).sum(axis=1)) + 1e-9
        # A link between two busy nodes pulls less, so that hubs stay apart with their own around them.
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
    """Move apart, in place, what would lie over each other with its label; before `settled` none moves."""
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
            # Along the axis where less is needed; of two on one spot the later goes right and down.
            over[np.arange(len(over)), (over / box).argmax(axis=1)] = 0.0
            step = np.where(apart < 0, -1.0, 1.0) * over
            share = np.where(first < settled, 1.0, 0.5)[:, None]
            for axis in (0, 1):
                moved = np.bincount(second, (step * share)[:, axis], minlength=len(points))
                moved -= np.bincount(first, step[:, axis] * 0.5, minlength=len(points))
                points[settled:, axis] += moved[settled:] * 0.8


def _near(points: Points, box: Points, settled: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of nodes closer than a box, of which the second may move."""
    points = points.astype(np.float32)
    close = np.abs(points[:, None, 0] - points[None, :, 0]) < box[0]
    close &= np.abs(points[:, None, 1] - points[None, :, 1]) < box[1]
    first, second = np.nonzero(np.triu(close, 1))
    free = second >= settled
    return first[free], second[free]
