"""A whole case at a glance: tens of thousands of nodes as points, in groups of closely linked nodes. Pure.

The picture of `views.picture.network` is for working on; the overview is for finding where to work. Nothing in it is
random.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from graphsvc.records import numbers
from graphsvc.records.relations import ENTITIES
from graphsvc.views.picture.layout import Points, layout
from graphsvc.views.picture.network import entity_title

Ints = NDArray[np.int64]

# Number of rounds in which nodes take over the heaviest label among their neighbours.
_ROUNDS = 12
# Groups smaller than this join a neighbouring group; number of rounds for that.
_SMALL, _MERGES = 6, 4
# Number of largest groups that are laid out by the links between them; the others are in rows below.
_LAID_OUT = 160
_SPACE = 9.0
# Width of the picture divided by its height, about that of a screen.
_WIDE = 1.6
# Maximum number of points sent to a browser; for a larger case it gets only the groups.
MOST_POINTS = 60_000
# A group is named after its most linked entity of the first of these kinds that it has.
_NAMES_GROUPS = ("gang", "crossing", "workplace", "person", "boat", "thing")
# The title of a group gives the number of its other entities of the first of these kinds.
_TELLING = ("boat", "crossing", "workplace", "person")


@dataclass(frozen=True, slots=True)
class OverviewGroup:
    """Nodes that are linked more closely to each other than to the rest.

    Attributes:
        title: name of its most linked gang, or crossing, workplace, person, boat or thing if it has none, and the
            number of its other boats, or of crossings, workplaces or people.
        named: id of the entity it is named after. size: number of nodes. kinds: kind → number.
        top: ids of its most linked members, at most 8. ties: number of links within; out: number of links to other
            groups.
        x, y: its middle; radius: all in pixels at zoom 1.
    """

    title: str
    named: str
    size: int
    kinds: Mapping[str, int]
    top: tuple[str, ...]
    ties: int
    out: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Overview:
    """A whole case.

    Attributes:
        ids, names: of the nodes; the other arrays have the same order. kind: index into `records.relations.ENTITIES`.
        sealed: whether an id is a pseudonym. group: index of each node's group.
        points: (nodes, 2), pixels at zoom 1. degree: number of linked nodes of each node.
        pairs: (pairs, 2), indices of two linked nodes; each pair once.
        groups: largest first.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kind: NDArray[np.uint8]
    sealed: NDArray[np.bool_]
    group: Ints
    points: Points
    degree: Ints
    pairs: Ints
    groups: tuple[OverviewGroup, ...]

    def pack(self) -> bytes:
        """Pack the points and pairs for a browser, where `web/network/static/overview.js` reads them.

        In this order: four counts (nodes, pairs, 0, 0) as 32-bit integers; x, y of each node as 32-bit floats; both
        ends of each pair as 32-bit integers; degree of each node, and group of each (both at most 65,535), as 16-bit
        integers; kind of each node as a byte.
        """
        count = len(self.ids)
        parts = (
            np.array([count, len(self.pairs), 0, 0], dtype="<u4"),
            self.points.astype("<f4"),
            self.pairs.astype("<u4"),
            np.minimum(self.degree, 65_535).astype("<u2"),
            np.minimum(self.group, 65_535).astype("<u2"),
            self.kind,
        )
        return b"".join(part.tobytes() for part in parts)


def overview(entities: Sequence[Mapping[str, Any]], links: Sequence[tuple[str, Sequence[str]]]) -> Overview:
    """Return the overview of a case.

    Args:
        entities: rows with `id`, `kind`, `name` (or None) and `sealed`.
        links: (subject, objects of its links); ends that are not among the entities are skipped.

    Example:
        >>> rows = [{"id": i, "kind": "person", "name": i.upper(), "sealed": False} for i in "abcd"]
        >>> whole = overview(rows, [("a", ["b"]), ("b", ["a"]), ("c", ["d"])])
        >>> [(group.size, group.ties, group.out) for group in whole.groups]
        [(2, 1, 0), (2, 1, 0)]
    """
    rows = sorted(entities, key=lambda row: str(row["id"]))
    number = defaultdict(lambda: -1, {row["id"]: at for at, row in enumerate(rows)})
    subjects = np.fromiter((number[subject] for subject, _ in links), np.int64)
    end = np.repeat(subjects, [len(objects) for _, objects in links])
    targets = chain.from_iterable(objects for _, objects in links)
    far_end = np.fromiter(map(number.__getitem__, targets), np.int64)
    is_link = (end >= 0) & (far_end >= 0) & (end != far_end)
    pairs, _ = _unique_pairs(np.stack([end[is_link], far_end[is_link]], axis=1), len(rows))
    degree: Ints = np.bincount(pairs.ravel(), minlength=len(rows))
    group = _find_groups(len(rows), pairs, degree)
    kind = np.array([ENTITIES.index(row["kind"]) for row in rows], dtype=np.uint8)
    names = tuple(entity_title(row) for row in rows)
    size: Ints = np.bincount(group)
    radius = _SPACE * (np.sqrt(size) + 1.5)
    middles = _middles(group[pairs], radius)
    points = _within(group, degree, middles)
    ids = tuple(row["id"] for row in rows)
    return Overview(
        ids,
        names,
        kind,
        np.array([bool(row["sealed"]) for row in rows], dtype=np.bool_),
        group,
        points,
        degree,
        pairs,
        tuple(_describe_groups(ids, names, kind, degree, group, pairs, middles, radius)),
    )


def _unique_pairs(pairs: Ints, count: int) -> tuple[Ints, Ints]:
    """Return each unordered pair of numbers below `count` once, and how often it occurs."""
    # Each pair becomes one number: comparing numbers is many times faster than comparing rows.
    codes, often = np.unique(pairs.min(axis=1) * count + pairs.max(axis=1), return_counts=True)
    return np.stack([codes // max(count, 1), codes % max(count, 1)], axis=1), often


def _find_groups(count: int, pairs: Ints, degree: Ints) -> Ints:
    """Return the group of each node by label propagation (Raghavan, Albert, Kumara 2007); group 0 is the largest.

    Links between nodes with many links count less. Half of the nodes change at a time, so that labels do not oscillate.
    Ties are broken by label, so that the groups are always the same.
    """
    label = np.arange(count, dtype=np.int64)
    end, far_end = np.concatenate([pairs, pairs[:, ::-1]]).T if len(pairs) else np.zeros((2, 0), dtype=np.int64)
    weight = 1.0 / np.sqrt(np.maximum(degree[end] * degree[far_end], 1))
    ties = scipy.sparse.csr_array((weight, (end, far_end)), (count, count))
    halves = [(slice(start, None, 2), ties[start::2]) for start in (0, 1)]
    for turn in range(_ROUNDS):
        half, tied = halves[turn % 2]
        label[half] = _heaviest(tied, label, label[half])
    for _ in range(_MERGES):
        label = _absorb_small(label, end, far_end, weight)
    _, group, size = np.unique(label, return_inverse=True, return_counts=True)
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.lexsort((np.arange(len(size)), -size))] = np.arange(len(size))
    groups: Ints = rank[group]
    return groups


def _heaviest(tied: scipy.sparse.csr_array, label: Ints, own: Ints) -> Ints:
    """Return the heaviest label among the neighbours of each row; in a tie its own label, else the smallest.

    Args:
        tied: (rows, nodes), weights of their links.
        label: label of each node.
        own: label of each row; a row without neighbours keeps it.
    """
    count = len(label)
    members = scipy.sparse.csr_array((np.ones(count), (np.arange(count), label)), (count, count))
    heft = tied @ members
    many = np.diff(heft.indptr)
    tells = many > 0
    starts = heft.indptr[:-1][tells]
    heaviest = own.copy()
    if len(starts):
        weight = heft.data + (heft.indices == np.repeat(own, many)) * 1e-9
        most = np.repeat(np.maximum.reduceat(weight, starts), many[tells])
        heaviest[tells] = np.minimum.reduceat(np.where(weight == most, heft.indices, count), starts)
    return heaviest


def _absorb_small(label: Ints, end: Ints, far_end: Ints, weight: Points) -> Ints:
    """Return the labels after each small group with links to others has joined the group it is linked to most."""
    count = len(label)
    small = np.bincount(label, minlength=count) < _SMALL
    leaves = small[label[end]] & (label[end] != label[far_end])
    key, place = np.unique(label[end[leaves]] * count + label[far_end[leaves]], return_inverse=True)
    if not len(key):
        return label
    heft = np.bincount(place, weight[leaves])
    source, target = key // count, key % count
    # If both are small, only the later joins the earlier, so that they do not swap labels.
    stays = small[target] & (target > source)
    source, target, heft = source[~stays], target[~stays], heft[~stays]
    order = np.lexsort((target, -heft, source))
    first = np.r_[True, source[order][1:] != source[order][:-1]] if len(order) else np.zeros(0, dtype=bool)
    goes: Ints = np.arange(count)
    goes[source[order][first]] = target[order][first]
    return goes[label]


def _middles(between: Ints, radius: Points) -> Points:
    """Return the middle of each group: the largest are laid out by the links between them, the others in rows below."""
    count, large_count = len(radius), min(len(radius), _LAID_OUT)
    tied = between[(between < large_count).all(axis=1) & (between[:, 0] != between[:, 1])]
    strongest, weight = _unique_pairs(tied, count)
    strongest = strongest[np.argsort(-weight, kind="stable")][: 4 * large_count]
    places = layout([[str(at) for at in range(large_count)]], [(str(a), str(b)) for a, b in strongest.tolist()])
    middles = np.zeros((count, 2))
    middles[:large_count] = np.array([places[str(at)] for at in range(large_count)]).reshape(-1, 2)
    _apart(middles[:large_count], radius[:large_count])
    # The other groups are in rows below, largest first, so wide that the whole picture has the shape of a screen.
    low, reach = (
        (middles[:large_count] - radius[:large_count, None]),
        (middles[:large_count] + radius[:large_count, None]),
    )
    (left, top), (right, bottom) = low.min(axis=0, initial=0.0).tolist(), reach.max(axis=0, initial=0.0).tolist()
    area = float(((2 * radius[large_count:] + _SPACE) ** 2).sum())
    # Solve width = _WIDE * (height of the groups laid out + area / width, the height of the rows).
    enough = _WIDE * (bottom - top)
    spare = max((enough + np.sqrt(enough**2 + 4 * _WIDE * area)) / 2 - (right - left), 0.0)
    left, right = left - spare / 2, right + spare / 2
    x, y, high = left, bottom + 4 * _SPACE, 0.0
    for at in range(large_count, count):
        room = float(radius[at])
        if x + 2 * room > right and x > left:
            x, y, high = left, y + high + _SPACE, 0.0
        middles[at] = (x + room, y + room)
        x, high = x + 2 * room + _SPACE, max(high, 2 * room)
    return middles


def _apart(middles: Points, radius: Points) -> None:
    """Spread circles until they no longer overlap, in place."""
    least = radius[:, None] + radius[None, :] + _SPACE
    np.fill_diagonal(least, 0.0)
    apart = np.hypot(middles[:, None, 0] - middles[None, :, 0], middles[:, None, 1] - middles[None, :, 1])
    closest = (least / np.maximum(apart, 1e-9))[least > 0]
    # First stretch everything as far as most circles need, then push apart the rest.
    middles *= max(1.0, float(np.quantile(closest, 0.999)) * 0.6) if len(closest) else 1.0
    for _ in range(200):
        x, y = middles.T
        far = np.hypot(x[:, None] - x, y[:, None] - y)
        over = np.maximum(least - far, 0.0)
        if not over.any():
            return
        push = over / np.maximum(far, 1e-9) * 0.5
        middles += middles * push.sum(axis=1)[:, None] - push @ middles


def _within(group: Ints, degree: Ints, middles: Points) -> Points:
    """Return the positions of nodes: a sunflower pattern around the middle of each group, most linked inside."""
    order = np.lexsort((np.arange(len(group)), -degree, group))
    starts = np.r_[0, np.cumsum(np.bincount(group))]
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - starts[group[order]]
    turn, away = place * np.pi * (3 - np.sqrt(5)), _SPACE * np.sqrt(place)
    points: Points = middles[group] + np.stack([away * np.cos(turn), away * np.sin(turn)], axis=1)
    return points


def _title(name: str, named: str, kinds: Sequence[str]) -> str:
    """Return the title of a group: the name of one entity, and the number of its other members of one kind.

    Example:
        >>> _title("Forest group", "gang", ["gang", "boat", "boat", "crossing"]), _title("Bo", "person", ["person"])
        ('Forest group, 2 boats', 'Bo')
    """
    rest = Counter(kinds) - Counter([named])
    of_kind = next((kind for kind in _TELLING if rest[kind]), "")
    return f"{name}, {numbers.count(rest[of_kind], of_kind)}" if of_kind else name


def _describe_groups(
    ids: Sequence[str],
    names: Sequence[str],
    kind: NDArray[np.uint8],
    degree: Ints,
    group: Ints,
    pairs: Ints,
    middles: Points,
    radius: Points,
) -> list[OverviewGroup]:
    order = np.lexsort((np.arange(len(group)), -degree, group))
    starts = np.r_[0, np.cumsum(np.bincount(group))]
    inside = group[pairs[:, 0]] == group[pairs[:, 1]]
    ties = np.bincount(group[pairs[inside, 0]], minlength=len(middles))
    out = np.bincount(group[pairs[~inside]].ravel(), minlength=len(middles))
    groups = []
    for at in range(len(middles)):
        members = order[starts[at] : starts[at + 1]]
        kinds = [ENTITIES[value] for value in kind[members].tolist()]
        named = next(
            (
                int(member)
                for wanted in _NAMES_GROUPS
                for member, member_kind in zip(members, kinds, strict=True)
                if member_kind == wanted
            )
        )
        groups.append(
            OverviewGroup(
                _title(names[named], ENTITIES[int(kind[named])], kinds),
                ids[named],
                len(members),
                {entity_kind: kinds.count(entity_kind) for entity_kind in ENTITIES if entity_kind in kinds},
                tuple(ids[member] for member in members[:8].tolist()),
                int(ties[at]),
                int(out[at]),
                round(float(middles[at, 0]), 1),
                round(float(middles[at, 1]), 1),
                round(float(radius[at]), 1),
            )
        )
    return groups
