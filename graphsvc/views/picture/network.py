"""Which nodes and links a picture of the network shows: rows of released links in, one picture out. Pure.

A picture is told by where it starts and what was opened and hidden, never by its list of nodes: the same words give the
same picture, in the same places, as long as the case is the same.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphsvc.records.relations import CUSTOM_PREFIX, ENTITIES, KINDS, RELATIONS, LinkKey, family, says
from graphsvc.records.told import denied_word, step
from graphsvc.views.picture.arrangements import ARRANGEMENTS, Frame, MapGround, map_frame
from graphsvc.views.picture.layout import layout
from graphsvc.views.wording import title

# Below this a link is drawn dashed.
DOUBTFUL = 0.5
# Nodes that one opening adds at most; opening again adds as many again.
OPENING = 20
# The parts of a link.
LINK = ("subject", "relation", "object")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One entity in the picture.

    Attributes:
        kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`; sort: of a thing, which kind of thing.
        name: what to call it; its id where it has no name.
        identified: False of someone known by a nickname or description alone.
        sealed: `id` is a pseudonym; who it is stands in the vault.
        start: the picture starts here.
        links: its links in the picture; more: neighbours (of the filtered links) that are not in it.
        x, y: pixels at zoom 1.
    """

    id: str
    kind: str
    name: str
    sort: str
    identified: bool
    sealed: bool
    handling: str
    gang: str
    start: bool
    links: int
    more: int
    x: float
    y: float
    day: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One link in the picture, with its figures as released.

    Attributes:
        says: the relation in words; directed: whether it says who acts on whom.
        step: belief in four steps, 1 to 4.
        doubtful: belief under one half; denied: something denies it.
        groups: independent groups of witnesses, as this reader may be told (`few` or a number); asserting likewise.
        denying: how many claims deny it, as this reader may be told; `contested` where that may not be told.
        groups_on_record: those among claims on the record alone; other_sources_on_record likewise.
        bend: 0 straight; ±1, ±2 …: beside others between the same two nodes.
        ungraded: no claim of the grades that were asked for asserts it.
    """

    subject: str
    relation: str
    object: str
    says: str
    directed: bool
    belief: float
    step: int
    doubtful: bool
    denied: bool
    asserting: int | str
    denying: int | str
    groups: int | str
    other_sources: int
    belief_on_record: float
    groups_on_record: int | str
    other_sources_on_record: int
    first_on: str
    last_on: str
    bend: int
    ungraded: bool = False

    @property
    def key(self) -> LinkKey:
        """By what it is told from others."""
        return self.subject, self.relation, self.object

    @property
    def denial(self) -> str:
        """The `denied` column of files: `yes`, `no`, or `contested` where the reader may not see what denies it."""
        return denied_word(self.denying or self.denied)


@dataclass(frozen=True, slots=True)
class MapMarks:
    """What a map says besides where nodes are; places as (latitude, longitude) in degrees.

    Attributes:
        landings: id of a crossing → where it landed.
        sites: (name of a launch or landing site, where it is, ids of the crossings that say so).
    """

    landings: Mapping[str, tuple[float, float]]
    sites: Sequence[tuple[str, tuple[float, float], tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the network.

    Attributes:
        nodes: in the order they came into the picture, starts first; edges: most believed first.
        hidden: nodes that were taken out of it by hand; left_out: nodes and lines that went with a kind
            or family left out.
        absent: starts that are not there (any more).
        truncated: a row cap cut links, so not all are drawn.
        in_steps: belief is told in four steps, or as some, as without source clearance.
        inside: of a picture with groups folded, what to call each node in them, by id.
        frame: of a picture on a map, how the map lies under it; marks: what it says besides.
        by_day: left to right in it is the order of days.
        turns: up and down, left and right mean nothing in it.
        unplaced: of a picture on a map or by day, nodes that nothing says the place or day of.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    hidden: int
    absent: int
    truncated: bool
    in_steps: bool = False
    inside: Mapping[str, str] = field(default_factory=dict)
    frame: Frame | None = None
    unplaced: int = 0
    turns: bool = True
    left_out: tuple[int, int] = (0, 0)
    marks: MapMarks | None = None
    by_day: bool = False

    @property
    def names(self) -> dict[str, str]:
        """What to call each node, by id."""
        return {node.id: node.name for node in self.nodes}


def opening(text: str) -> tuple[str, str]:
    """An opening as an address asks for it: whose neighbours, and only which (a relation, or a kind of entity), if any.

    A bare id opens all of its neighbours. `~WORD~ID` opens only those by a relation or of a kind; `~~ID` all of them,
    also of an id that would be read as a word itself.

    Example:
        >>> opening("P1"), opening("~PAID~P1"), opening("~person~P1"), opening("~~~PAID~x"), opening("~tilda~9")
        (('P1', ''), ('P1', 'PAID'), ('P1', 'person'), ('~PAID~x', ''), ('~tilda~9', ''))
    """
    _, tilde, rest = text.partition("~") if text.startswith("~") else ("", "", "")
    word, parted, identifier = rest.partition("~")
    known = not word or word in ENTITIES or word in RELATIONS or word.startswith(CUSTOM_PREFIX)
    return (identifier, word) if tilde and parted and known else (text, "")


def opens(identifier: str, word: str = "") -> str:
    """The other way round: what to put into the address.

    Example:
        >>> opens("P1"), opens("P1", "PAID"), opens("~PAID~x")
        ('P1', '~PAID~P1', '~~~PAID~x')
    """
    bare = not word and opening(identifier) == (identifier, "")
    return identifier if bare else f"~{word}~{identifier}"


def link_of(text: str) -> LinkKey:
    """A link as an address names it: subject, relation and object.

    Raises:
        ValueError: it is none.

    Example:
        >>> link_of("P1~PAID~P2"), link_of('["~", "PAID", "P2"]')
        (('P1', 'PAID', 'P2'), ('~', 'PAID', 'P2'))
    """
    try:
        parts = json.loads(text) if text.startswith("[") else text.split("~")
    except (ValueError, RecursionError):
        parts = []
    if len(parts) != len(LINK) or not all(isinstance(part, str) and part for part in parts):
        raise ValueError(f"{text[:100]} is no link")
    subject, relation, target = parts
    return subject, relation, target


def link_text(link: LinkKey) -> str:
    """The other way round: what to put into the address.

    Example:
        >>> link_text(("P1", "PAID", "P2")), link_text(("~", "PAID", "P2"))
        ('P1~PAID~P2', '["~", "PAID", "P2"]')
    """
    plainly = "~".join(link)
    return json.dumps(link) if plainly.startswith("[") or plainly.count("~") >= len(LINK) else plainly


def in_turns(queues: Sequence[Sequence[str]], room: int) -> list[str]:
    """What several offer, one of each in turn, each thing once, at most `room`.

    Example:
        >>> in_turns([["a", "b", "c"], ["b", "d"]], 3)
        ['a', 'b', 'd']
    """
    turns = (queue[turn] for turn in range(max(map(len, queues), default=0)) for queue in queues if turn < len(queue))
    return list(dict.fromkeys(turns))[: max(room, 0)]


def picture(
    stages: Sequence[Sequence[str]],
    entities: Iterable[Row],
    links: Iterable[Row],
    *,
    starts: Collection[str] = (),
    hidden: Collection[str] = (),
    truncated: bool = False,
    in_steps: bool = False,
    arrangement: str = "",
    graded: Collection[tuple[str, str, str]] | None = None,
) -> Picture:
    """The picture of some stages.

    Args:
        stages: ids in the order they came in: first the start with its surroundings, then one list an opening.
        entities: rows of `network.nodes`; an id without one is not there and is left out.
        links: rows of `network.among`.
        starts: ids the picture starts at.
        hidden: ids to leave out; the others stay where they would be with them.
        truncated: whether a row cap cut links.
        in_steps: whether belief is told in four steps, or as some.
        arrangement: a word of `views.picture.arrangements.ARRANGEMENTS`.
        graded: subject, relation, object of the links that are of the grades asked for; None: all are.
    """
    by_id = {row["id"]: row for row in entities}
    rows = [row for row in links if row["subject"] in by_id and row["object"] in by_id]
    there = [[identifier for identifier in stage if identifier in by_id] for stage in stages]
    places = layout(there, [(row["subject"], row["object"]) for row in rows])
    ground = MapGround(
        places,
        [(row["subject"], row["relation"], row["object"], float(row["belief"])) for row in rows],
        starts,
        {identifier: row["day"] for identifier, row in by_id.items() if row["day"]},
        {identifier: (row["lat"], row["lon"]) for identifier, row in by_id.items() if row["lat"] is not None},
    )
    arranged = ARRANGEMENTS[arrangement]
    places, owners = arranged.lay(ground), arranged.owners(ground)
    edges = _edges([row for row in rows if row["subject"] not in hidden and row["object"] not in hidden])
    if graded is not None:
        edges = tuple(replace(edge, ungraded=edge.key not in graded) for edge in edges)
    degree: dict[str, int] = defaultdict(int)
    for edge in edges:
        for end in {edge.subject, edge.object}:
            degree[end] += 1
    nodes = tuple(
        _node(by_id[identifier], identifier in starts, degree[identifier], place)
        for identifier, place in places.items()
        if identifier not in hidden
    )
    absent = sum(identifier not in by_id for identifier in starts)
    return Picture(
        nodes,
        edges,
        len(places) - len(nodes),
        absent,
        truncated,
        in_steps,
        {},
        map_frame(ground.places) if arranged.on_earth else None,
        sum(node.id not in owners for node in nodes),
        arranged.turns,
        marks=_marks([by_id[node.id] for node in nodes]) if arranged.on_earth else None,
        by_day=arranged.own == "day",
    )


def _marks(rows: Iterable[Row]) -> MapMarks:
    """Where crossings landed, and what places are called there."""
    landings: dict[str, tuple[float, float]] = {}
    sites: dict[tuple[str, tuple[float, float]], list[str]] = defaultdict(list)
    for row in rows:
        if row["lat"] is not None and row["launch_site"]:
            sites[row["launch_site"], (row["lat"], row["lon"])].append(row["id"])
        if row["landing_lat"] is not None and row["landing_lon"] is not None:
            landings[row["id"]] = (row["landing_lat"], row["landing_lon"])
            if row["landing_site"]:
                sites[row["landing_site"], landings[row["id"]]].append(row["id"])
    return MapMarks(landings, [(name, place, tuple(ids)) for (name, place), ids in sorted(sites.items())])


def sifted(view: Picture, without: Collection[str], alone: Collection[str] = ()) -> Picture:
    """A picture without some kinds of entity or families of line; what stays in it stays where it is.

    What had lines and has none left goes as well, unless the picture starts there. That, and what came in alone, stays of
    whatever kind it is.

    Args:
        view: the picture.
        without: kinds of entity, and names of `records.relations.FAMILIES`.
        alone: ids that came in alone.

    Example:
        >>> sifted(Picture((), (), 0, 0, truncated=False), {"presence"}).nodes
        ()
    """
    if not without:
        return view
    own = {node.id for node in view.nodes if node.start or node.id in alone}
    staying = {node.id for node in view.nodes if node.kind not in without or node.id in own}
    edges = tuple(
        edge
        for edge in view.edges
        if edge.subject in staying and edge.object in staying and family(edge.relation) not in without
    )
    tied, was = (Counter(end for edge in some for end in {edge.subject, edge.object}) for some in (edges, view.edges))
    nodes = tuple(
        replace(node, links=tied[node.id])
        for node in view.nodes
        if node.id in staying and (node.id in own or node.id in tied or node.id not in was)
    )
    left_out = len(view.nodes) - len(nodes), len(view.edges) - len(edges)
    return replace(view, nodes=nodes, edges=edges, left_out=left_out)


def _node(row: Row, start: bool, links: int, place: tuple[float, float]) -> Node:
    return Node(
        id=row["id"],
        kind=row["kind"],
        name=called(row),
        sort=row["sort"] or "",
        identified=row["kind"] != "person" or (row["identified"] or "named") == "named",
        sealed=bool(row["sealed"]),
        handling=row["handling"],
        gang=row["gang"] or "",
        start=start,
        links=links,
        more=row["more"],
        x=place[0],
        y=place[1],
        day=row["day"] or "",
    )


def called(row: Row) -> str:
    """What to call an entity; a crossing by its day in words and its launch site."""
    return title(str(row["name"] or row["id"]), row["kind"])


def _edges(rows: Iterable[Row]) -> tuple[Edge, ...]:
    """Edges, of which those between the same two nodes bend apart."""
    beside: dict[frozenset[str], list[Row]] = defaultdict(list)
    for row in rows:
        beside[frozenset((row["subject"], row["object"]))].append(row)
    edges = [
        _edge(row, bend * (1 if row["subject"] <= row["object"] else -1))
        for parallel in beside.values()
        for row, bend in zip(parallel, _bends(len(parallel)), strict=True)
    ]
    return tuple(sorted(edges, key=lambda edge: (-edge.belief, edge.relation, edge.subject, edge.object)))


def _bends(count: int) -> list[int]:
    """For links side by side: 0, 1, -1, 2, -2 …; of an even number none is straight.

    Example:
        >>> _bends(1), _bends(2), _bends(3)
        ([0], [1, -1], [0, 1, -1])
    """
    both = [sign * size for size in range(1, count // 2 + 1) for sign in (1, -1)]
    return [0, *both] if count % 2 else both


def _edge(row: Row, bend: int) -> Edge:
    known = RELATIONS.get(row["relation"])
    belief = float(row["belief"])
    return Edge(
        subject=row["subject"],
        relation=row["relation"],
        object=row["object"],
        says=says(row["relation"]),
        directed=known is None or KINDS[known.kind].directed,
        belief=belief,
        step=step(belief),
        doubtful=belief < DOUBTFUL,
        denied=bool(row["denying"]),
        asserting=row["asserting"],
        denying=row["denying"],
        groups=row["groups"],
        other_sources=row["other_sources"],
        belief_on_record=float(row["belief_on_record"] or 0.0),
        groups_on_record=row["groups_on_record"],
        other_sources_on_record=row["other_sources_on_record"],
        first_on=row["first_on"] or "",
        last_on=row["last_on"] or "",
        bend=bend,
    )
