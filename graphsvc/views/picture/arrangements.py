"""Layouts of a picture: by forces, by command, in rings, by day, on a map. Pure, and nothing is random.

Each starts from the positions by forces (`views.picture.layout`) and changes them as little as it can, so that a reader
who changes the layout finds nodes again.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import scipy

from graphsvc.records.relations import KINDS, doing, those
from graphsvc.views.picture.layout import BOX, Points, part

Place = tuple[float, float]
# (subject, relation, object, belief)
Tie = tuple[str, str, str, float]
# Relations whose subject stands above the object in the hierarchy, without debts.
_OVER = frozenset(those(lambda relation: KINDS[relation.kind].over)) - doing("owes")
# Pixels between two layers, two rings and two days. Links by forces are about 150 long, so a day has room for them.
_LAYER, _RING, _DAY = 130.0, 190.0, 380.0
_SWEEPS = 6
# Maximum nodes in one row.
_ROW = 22
# Width of a map in pixels at zoom 1, and minimum width in degrees of longitude.
MAP = 1500.0
_LEAST_DEGREES = 0.5


@dataclass(frozen=True, slots=True)
class Frame:
    """Position of a map under a picture, in the Mercator projection.

    Attributes:
        scale: pixels for one degree of longitude.
        lon: longitude at x = 0. north: Mercator northing, in degrees, at y = 0; y points down.
        box: south, west, north and east of the mapped area with some room around it, in degrees.
    """

    scale: float
    lon: float
    north: float
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def place(self, latitude: float, longitude: float) -> Place:
        """Return the position of a point on the earth, in pixels.

        Example:
            >>> Frame(100.0, 1.0, float(northing(51.0))).place(51.0, 2.0)
            (100.0, 0.0)
        """
        return self.scale * (longitude - self.lon), self.scale * (self.north - float(northing(latitude)))

    def places(self, points: Sequence[Place]) -> list[Place]:
        """Return the positions of many points (latitude, longitude) at once, in pixels, as a shore has thousands.

        Example:
            >>> Frame(100.0, 1.0, float(northing(51.0))).places([(51.0, 2.0), (51.0, 3.0)])
            [(100.0, 0.0), (200.0, 0.0)]
        """
        latitudes, longitudes = np.array(points, dtype=float).reshape(-1, 2).T
        across = self.scale * (longitudes - self.lon)
        down = self.scale * (self.north - northing(latitudes))
        return list(zip(across.tolist(), down.tolist(), strict=True))


def northing(latitude: float | Points) -> Points:
    """Return the Mercator northing of a latitude, both in degrees; latitudes beyond ±85 are clipped."""
    degrees: Points = np.degrees(np.log(np.tan(np.pi / 4 + np.radians(np.clip(latitude, -85.0, 85.0)) / 2)))
    return degrees


@dataclass(frozen=True, slots=True)
class MapGround:
    """Data of a picture that layouts use.

    Attributes:
        free: id → position by forces, in the order of the nodes.
        ties: links between these nodes.
        starts: ids at which the picture starts.
        days: id of a crossing → its day as `2020-05-08`, `2020-05` or `2020`.
        places: id → (latitude, longitude) in degrees, for nodes with coordinates.
    """

    free: Mapping[str, Place]
    ties: Sequence[Tie]
    starts: Collection[str] = ()
    days: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)


def by_command(map_ground: MapGround) -> dict[str, Place]:
    """Place nodes in layers: people who order, pay, recruit or run above the people and things they act on.

    Heights are trophic levels, which tolerate loops (MacKay, Johnson and Sansom 2020), rounded to layers; within a
    layer each node is near the middle of its neighbours.

    Example:
        >>> ground = MapGround({"a": (0, 0), "b": (9, 0), "c": (5, 5)}, [("a", "DIRECTED", "b", 1), ("b", "PILOTED", "c", 1)])
        >>> places = by_command(ground)
        >>> places["a"][1] < places["b"][1] < places["c"][1]
        True
    """
    order = list(map_ground.free)
    number = {identifier: at for at, identifier in enumerate(order)}
    over = [
        (number[subject], number[target], belief)
        for subject, relation, target, belief in map_ground.ties
        if subject in number and target in number and subject != target and _stands_over(relation)
    ]
    height = _levels(len(order), over)
    near = _near(order, map_ground.ties)
    steered = {end for upper, lower, _ in over for end in (upper, lower)}
    lowest = max((float(height[at]) for at in steered), default=-1.0) + 1
    for at, identifier in enumerate(order):
        if at not in steered:
            beside = [height[number[neighbour]] for neighbour in near[identifier] if number[neighbour] in steered]
            height[at] = float(np.median(beside)) if beside else lowest
    levels: dict[int, list[str]] = defaultdict(list)
    for at, identifier in enumerate(order):
        levels[round(float(height[at]))].append(identifier)
    # A crowded level is split into several rows, with the least connected nodes in the lowest.
    layers: dict[tuple[int, int], list[str]] = {}
    for level, members in sorted(levels.items()):
        members.sort(key=lambda member: -len(near[member]))
        rows = -(-len(members) // _ROW)
        for row in range(rows):
            layers[level, row] = members[row * len(members) // rows : (row + 1) * len(members) // rows]
    across = {identifier: place[0] for identifier, place in map_ground.free.items()}
    for _ in range(_SWEEPS):
        for layer in layers.values():
            wanted = {
                member: float(np.mean([across[neighbour] for neighbour in near[member]]))
                if near[member]
                else across[member]
                for member in layer
            }
            layer.sort(key=lambda member: (wanted[member], member))
            _space_out(layer, wanted, across)
    places: dict[str, Place] = {}
    down, above = 0.0, None
    for (level, _), layer in sorted(layers.items()):
        down += 0.0 if above is None else 2 * BOX[1] if above == level else _LAYER * min(level - above, 2)
        above = level
        places |= {identifier: (round(across[identifier], 1), down) for identifier in layer}
    return {identifier: places[identifier] for identifier in order}


def in_rings(map_ground: MapGround) -> dict[str, Place]:
    """Place nodes in rings around the start of the picture; the ring is the number of links from the start.

    Example:
        >>> ground = MapGround({"a": (0, 0), "b": (9, 0), "c": (5, 5)}, [("a", "PAID", "b", 1), ("b", "PAID", "c", 1)], ["a"])
        >>> places = in_rings(ground)
        >>> places["a"], round(float(np.hypot(*places["c"])) / float(np.hypot(*places["b"])))
        ((0.0, 0.0), 2)
    """
    order = list(map_ground.free)
    near = _near(order, map_ground.ties)
    centre = [node for node in order if node in map_ground.starts] or order[:1]
    away = dict.fromkeys(centre, 0)
    queue = deque(centre)
    while queue:
        node = queue.popleft()
        for neighbour in near[node]:
            if neighbour not in away:
                away[neighbour] = away[node] + 1
                queue.append(neighbour)
    furthest = max(away.values(), default=0) + 1
    rings: dict[int, list[str]] = defaultdict(list)
    for node in order:
        rings[away.get(node, furthest)].append(node)
    angle: dict[str, float] = {}
    places: dict[str, Place] = {}
    radius = 0.0
    for distance, ring in sorted(rings.items()):
        least = len(ring) * BOX[0] / (2 * np.pi)
        radius = 0.0 if distance == 0 and len(ring) == 1 else max(radius + _RING, least) if distance else least
        inward = {node: [angle[neighbour] for neighbour in near[node] if neighbour in angle] for node in ring}
        wanted = {node: _middle_angle(inward[node]) if inward[node] else _angle(map_ground.free[node]) for node in ring}
        ring.sort(key=lambda node: (wanted[node], node))
        turn = 2 * np.pi / len(ring)
        # Turn the whole ring so that its nodes are as near to their wanted angles as they can be.
        shift = _middle_angle([wanted[node] - at * turn for at, node in enumerate(ring)])
        for at, node in enumerate(ring):
            angle[node] = at * turn + shift
            places[node] = (
                round(radius * float(np.cos(angle[node])), 1),
                round(radius * float(np.sin(angle[node])), 1),
            )
    return {node: places[node] for node in order}


def by_day(map_ground: MapGround) -> dict[str, Place]:
    """Place crossings from left to right in the order of their days, and other nodes near their own crossings.

    Example:
        >>> ground = MapGround(
        ...     {"x2": (0, 0), "x1": (0, 5), "p": (1, 1)},
        ...     [("p", "PILOTED", "x1", 1), ("p", "PILOTED", "x2", 1)],
        ...     days={"x1": "2020-05-08", "x2": "2020-05"},
        ... )
        >>> places = by_day(ground)
        >>> places["x2"] < places["x1"], places["x2"][0] < places["p"][0] < places["x1"][0]
        (True, True)
    """
    order = list(map_ground.free)
    dated = [
        crossing
        for _, crossing in sorted(
            (day, crossing) for crossing, day in map_ground.days.items() if crossing in map_ground.free and day
        )
    ]
    near = _near(order, map_ground.ties)
    # A crossing gets the width of a block of its neighbours; one with n crossings counts as 1/n at each.
    share = {
        node: 1 / sum(neighbour in map_ground.days for neighbour in near[node]) for day in dated for node in near[day]
    }
    wide = [max(_DAY, BOX[0] * float(np.sqrt(sum(share[node] for node in near[day])))) for day in dated]
    right = np.cumsum(wide)
    crossing_places = {day: (round(float(right[turn] - wide[turn] / 2), 1), 0.0) for turn, day in enumerate(dated)}
    return _beside(map_ground.free, near, crossing_places, (-_DAY, 0.0))


def on_map(map_ground: MapGround) -> dict[str, Place]:
    """Place nodes with coordinates on a map (Mercator), and the others next to their neighbours.

    Example:
        >>> ground = MapGround({"x": (0, 0), "y": (0, 0)}, [], places={"x": (51.0, 1.8), "y": (50.9, 1.6)})
        >>> places = on_map(ground)
        >>> places["x"][0] > places["y"][0], places["x"][1] < places["y"][1]
        (True, True)
    """
    order = list(map_ground.free)
    frame = map_frame(map_ground.places)
    map_places = (
        {node: frame.place(*map_ground.places[node]) for node in order if node in map_ground.places} if frame else {}
    )
    left = min((x for x, _ in map_places.values()), default=0.0) - 2 * _DAY
    middle = float(np.mean([y for _, y in map_places.values()])) if map_places else 0.0
    return _beside(map_ground.free, _near(order, map_ground.ties), map_places, (left, middle))


def map_frame(places: Mapping[str, Place]) -> Frame | None:
    """Return the position of a map that shows these coordinates, or None without coordinates."""
    if not places:
        return None
    latitudes, longitudes = zip(*places.values(), strict=True)
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    wide = max(east - west, north - south, _LEAST_DEGREES)
    box = (max(south - wide, -84.0), max(west - wide, -180.0), min(north + wide, 84.0), min(east + wide, 180.0))
    return Frame(MAP / max(east - west, _LEAST_DEGREES), west, float(northing(north)), box)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A layout and its properties.

    Attributes:
        words: its name in the menu.
        lay: function that lays a picture out.
        turns: whether directions have no meaning, so that the picture may be turned by 90° on an upright screen.
        own: word for the property that decides where some nodes are; empty if all nodes are alike.
        owners: ids of the nodes with that property.
        on_earth: whether the layout is on a map.
    """

    words: str
    lay: Callable[[MapGround], dict[str, Place]]
    turns: bool = False
    own: str = ""
    owners: Callable[[MapGround], Collection[str]] = lambda map_ground: map_ground.free
    on_earth: bool = False


# Value in the URL → layout, in menu order. The first is used if the URL names none.
ARRANGEMENTS: Mapping[str, Arrangement] = MappingProxyType(
    {
        "": Arrangement("By forces", lambda map_ground: dict(map_ground.free), turns=True),
        "command": Arrangement("By command", by_command),
        "rings": Arrangement("In rings round the start", in_rings, turns=True),
        "days": Arrangement("By day of crossing", by_day, own="day", owners=lambda map_ground: map_ground.days),
        "map": Arrangement("On a map", on_map, own="place", owners=lambda map_ground: map_ground.places, on_earth=True),
    }
)


def _stands_over(relation: str) -> bool:
    return relation in _OVER


def _levels(count: int, over: Sequence[tuple[int, int, float]]) -> Points:
    """Return the trophic level of each node, from 0 at the top downwards."""
    if not over:
        return np.zeros(count)
    weight = np.sqrt([max(belief, 0.05) for *_, belief in over])
    row = np.arange(len(over))
    upper, lower = np.array([pair[:2] for pair in over]).T
    steps = scipy.sparse.coo_array(
        (np.concatenate([-weight, weight]), (np.concatenate([row, row]), np.concatenate([upper, lower]))),
        shape=(len(over), count),
    )
    # Least squares of (lower - upper) = 1 along each link; lsqr's solution centres unconnected parts on one level.
    height: Points = scipy.sparse.linalg.lsqr(steps.tocsr(), weight, atol=1e-10, btol=1e-10)[0]
    height -= height.min()
    return height


def _near(order: Sequence[str], ties: Sequence[Tie]) -> dict[str, list[str]]:
    near: dict[str, dict[str, None]] = {node: {} for node in order}
    for node, _, neighbour, _ in ties:
        if node in near and neighbour in near and node != neighbour:
            near[node][neighbour] = None
            near[neighbour][node] = None
    return {node: list(neighbours) for node, neighbours in near.items()}


def _space_out(layer: Sequence[str], wanted: Mapping[str, float], across: dict[str, float]) -> None:
    """Set x of a sorted layer's nodes as near to their wanted positions as there is room (pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []  # (x that its nodes want on average, their number), before offsets
    for at, node in enumerate(layer):
        blocks.append((wanted[node] - at * BOX[0], 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (first, many), (second, more) = blocks[-2:]
            blocks[-2:] = [((first * many + second * more) / (many + more), many + more)]
    where = [middle for middle, many in blocks for _ in range(many)]
    for at, node in enumerate(layer):
        across[node] = where[at] + at * BOX[0]


def _beside(
    free: Mapping[str, Place], near: Mapping[str, list[str]], fixed_places: Mapping[str, Place], lonely_place: Place
) -> dict[str, Place]:
    """Place the other nodes around those with a fixed position, each next to its neighbours, in the same direction.

    Args:
        free: id → position by forces.
        near: id → neighbours.
        fixed_places: id → fixed position.
        lonely_place: position for nodes without a path to any of these.
    """
    places = {node: np.array(place) for node, place in fixed_places.items()}
    front = [node for node in free if node not in places]
    while front:
        step = {}
        for node in front:
            known = [neighbour for neighbour in near[node] if neighbour in places]
            if known:
                away = np.array(free[node]) - np.mean([free[neighbour] for neighbour in known], axis=0)
                step[node] = np.mean([places[neighbour] for neighbour in known], axis=0) + away
        if not step:
            break
        places |= step
        front = [node for node in front if node not in places]
    lonely = np.mean([free[node] for node in front], axis=0) if front else np.zeros(2)
    places |= {node: np.array(lonely_place) + np.array(free[node]) - lonely for node in front}
    order = [*fixed_places, *(node for node in free if node not in fixed_places)]
    points = np.array([places[node] for node in order]).reshape(-1, 2)
    # First separate the fixed nodes, as several may be on one spot; then move the others around them.
    if fixed_places:
        part(points[: len(fixed_places)], 0)
    part(points, len(fixed_places))
    where = {node: (round(float(x), 1), round(float(y), 1)) for node, (x, y) in zip(order, points, strict=True)}
    return {node: where[node] for node in free}


def _angle(place: Place) -> float:
    return float(np.arctan2(place[1], place[0]))


def _middle_angle(angles: Sequence[float]) -> float:
    return float(np.arctan2(np.sin(angles).sum(), np.cos(angles).sum()))
