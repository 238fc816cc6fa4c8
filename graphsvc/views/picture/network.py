"""The nodes and links of a picture of the network: rows of released links in, one picture out. Pure.

A picture is described by its starts, opened nodes and hidden nodes, never by a list of all nodes. As long as the case
does not change, the same description gives the same picture with the same positions.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphsvc.records.coarsened import denied_word, step
from graphsvc.records.relations import ASIDE, CUSTOM_PREFIX, ENTITIES, KINDS, RELATIONS, LinkKey, family, says
from graphsvc.views.picture.arrangements import ARRANGEMENTS, Frame, MapGround, map_frame
from graphsvc.views.picture.layout import layout
from graphsvc.views.wording import title

# Links with less belief are drawn dashed.
DOUBTFUL = 0.5
# Maximum number of neighbours added when a node is opened; opening it again adds as many more.
OPENING = 20
# The parts of a link.
LINK = ("subject", "relation", "object")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One entity in the picture.

    Attributes:
        kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`; sort: the kind of a thing.
        name: its name, or its id if it has no name.
        identified: False for a person known only by a nickname or a description.
        sealed: whether `id` is a pseudonym; the vault has the identity.
        start: whether the picture starts at it.
        links: number of its links in the picture; more: number of its neighbours, by links that pass the filters, that
            are not in the picture.
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
        says: the relation in words; directed: whether it has a direction.
        step: belief in four steps, 1 to 4.
        doubtful: whether belief is under one half; denied: whether anything denies it.
        groups, asserting: number of independent groups of witnesses and of claims that assert it, as shown to this
            reader (`few` or a number).
        denying: number of claims that deny it, as shown to this reader; `contested` if it must not be shown.
        groups_on_record, other_sources_on_record: the same, from claims on the record only.
        bend: 0 for a straight link; ±1, ±2 … next to others between the same two nodes.
        ungraded: whether grades were requested and no claim with these grades asserts it.
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
        """Subject, relation and object, which identify the link."""
        return self.subject, self.relation, self.object

    @property
    def denial(self) -> str:
        """Value in the column `denied` of files: `yes`, `no`, or `contested` if the reader may not see the denials."""
        return denied_word(self.denying or self.denied)


@dataclass(frozen=True, slots=True)
class MapMarks:
    """Marks of a map in addition to its nodes; places are (latitude, longitude) in degrees.

    Attributes:
        landings: id of a crossing → place where it landed.
        sites: (name of a launch or landing site, its place, ids of the crossings that name it).
    """

    landings: Mapping[str, tuple[float, float]]
    sites: Sequence[tuple[str, tuple[float, float], tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the network.

    Attributes:
        nodes: in the order they came into the picture, starts first; edges: most believed first.
        hidden: number of nodes hidden by hand; left_out: numbers of nodes and lines of kinds and families that the
            reader left out.
        aside: number of lines of presence and lawful service that are not drawn, as the reader did not ask for them.
        asked: ids of the entities that the reader added or opened.
        absent: number of starts that do not exist for this reader.
        truncated: whether links are missing because there were more than the maximum number of rows.
        in_steps: whether belief is shown in four steps, or as *some*, as for readers without source clearance.
        inside: for a picture with folded groups, id → name of each node in them.
        frame: for a picture on a map, the position of the map under it; marks: its other marks.
        by_day: whether crossings are in the order of their days from left to right.
        turns: whether directions have no meaning, so that the picture may be turned by 90°.
        unplaced: for a picture on a map or by day, number of nodes whose place or day is unknown.
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
    aside: int = 0
    asked: Collection[str] = ()
    marks: MapMarks | None = None
    by_day: bool = False

    @property
    def names(self) -> dict[str, str]:
        """Names of the nodes, by id."""
        return {node.id: node.name for node in self.nodes}


def opening(text: str) -> tuple[str, str]:
    """Parse a parameter `open` of a URL: id of the node to open, and relation or kind of the neighbours to add.

    An id alone adds all neighbours. `~WORD~ID` adds only those linked by a relation, or of a kind. `~~ID` adds all,
    and is used for ids that look like `~WORD~ID` themselves.

    Example:
        >>> opening("P1"), opening("~PAID~P1"), opening("~person~P1"), opening("~~~PAID~x"), opening("~tilda~9")
        (('P1', ''), ('P1', 'PAID'), ('P1', 'person'), ('~PAID~x', ''), ('~tilda~9', ''))
    """
    _, tilde, rest = text.partition("~") if text.startswith("~") else ("", "", "")
    word, parted, identifier = rest.partition("~")
    known = not word or word in ENTITIES or word in RELATIONS or word.startswith(CUSTOM_PREFIX)
    return (identifier, word) if tilde and parted and known else (text, "")


def opens(identifier: str, word: str = "") -> str:
    """Return the parameter `open` of a URL for a node to open; the inverse of `opening`.

    Example:
        >>> opens("P1"), opens("P1", "PAID"), opens("~PAID~x")
        ('P1', '~PAID~P1', '~~~PAID~x')
    """
    bare = not word and opening(identifier) == (identifier, "")
    return identifier if bare else f"~{word}~{identifier}"


def link_of(text: str) -> LinkKey:
    """Parse a link in a URL: subject, relation and object.

    Raises:
        ValueError: the text is not a link.

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
    """Return a link as written in a URL; the inverse of `link_of`.

    Example:
        >>> link_text(("P1", "PAID", "P2")), link_text(("~", "PAID", "P2"))
        ('P1~PAID~P2', '["~", "PAID", "P2"]')
    """
    plainly = "~".join(link)
    return json.dumps(link) if plainly.startswith("[") or plainly.count("~") >= len(LINK) else plainly


def in_turns(queues: Sequence[Sequence[str]], room: int) -> list[str]:
    """Return up to `room` different items, taken from the queues in turn.

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
    """Return the picture that was built up in some stages.

    Args:
        stages: ids by stage: first the starts and their surroundings, then the neighbours added by each opening.
        entities: rows of `network.nodes`; ids without a row are left out.
        links: rows of `network.among`.
        starts: ids at which the picture starts.
        hidden: ids to leave out; the other nodes keep their positions.
        truncated: whether there are more links than the maximum number of rows.
        in_steps: whether belief is shown in four steps, or as *some*.
        arrangement: a word of `views.picture.arrangements.ARRANGEMENTS`.
        graded: the links (subject, relation, object) with the requested grades; None if no grades are requested.
    """
    by_id = {row["id"]: row for row in entities}
    rows = [row for row in links if row["subject"] in by_id and row["object"] in by_id]
    known_stages = [[identifier for identifier in stage if identifier in by_id] for stage in stages]
    places = layout(known_stages, [(row["subject"], row["object"]) for row in rows])
    map_ground = MapGround(
        places,
        [(row["subject"], row["relation"], row["object"], float(row["belief"])) for row in rows],
        starts,
        {identifier: row["day"] for identifier, row in by_id.items() if row["day"]},
        {identifier: (row["lat"], row["lon"]) for identifier, row in by_id.items() if row["lat"] is not None},
    )
    arranged = ARRANGEMENTS[arrangement]
    places, owners = arranged.lay(map_ground), arranged.owners(map_ground)
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
        map_frame(map_ground.places) if arranged.on_earth else None,
        sum(node.id not in owners for node in nodes),
        arranged.turns,
        marks=_marks([by_id[node.id] for node in nodes]) if arranged.on_earth else None,
        by_day=arranged.own == "day",
    )


def _marks(rows: Iterable[Row]) -> MapMarks:
    """Return where crossings landed, and the names of launch and landing sites."""
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


def leave_aside(view: Picture, links: Collection[LinkKey] = ()) -> Picture:
    """Return a picture without lines of mere presence and lawful service, unless its reader asked for them.

    Such a line stays if an end has no other kind of line or is in `asked`, if the line is in `links`, or if it says where
    a start was.

    Example:
        >>> leave_aside(Picture((), (), 0, 0, truncated=False)).aside
        0
    """
    tied = {end for edge in view.edges if family(edge.relation) not in ASIDE for end in (edge.subject, edge.object)}
    starts = {node.id for node in view.nodes if node.start}
    edges = tuple(
        edge
        for edge in view.edges
        if family(edge.relation) not in ASIDE
        or not {edge.subject, edge.object} <= tied.difference(view.asked)
        or edge.key in links
        or (edge.subject in starts and family(edge.relation) == "presence")
    )
    degree = Counter(end for edge in edges for end in {edge.subject, edge.object})
    nodes = tuple(replace(node, links=degree[node.id]) for node in view.nodes)
    return replace(view, nodes=nodes, edges=edges, aside=len(view.edges) - len(edges))


def sift(view: Picture, without: Collection[str], alone: Collection[str] = ()) -> Picture:
    """Return a picture without some kinds of entity or families of link; the other nodes keep their positions.

    Nodes that lose their last link are removed too. Starts and nodes that were added alone always stay.

    Args:
        view: the picture.
        without: kinds of entity, and names of `records.relations.FAMILIES`.
        alone: ids that were added alone.

    Example:
        >>> sift(Picture((), (), 0, 0, truncated=False), {"presence"}).nodes
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
    tied, was = (
        Counter(end for edge in edge_list for end in {edge.subject, edge.object}) for edge_list in (edges, view.edges)
    )
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
        name=entity_title(row),
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


def entity_title(row: Row) -> str:
    """Return the name of an entity; for a crossing, its day in words and its launch site."""
    return title(str(row["name"] or row["id"]), row["kind"])


def _edges(rows: Iterable[Row]) -> tuple[Edge, ...]:
    """Return the edges; those between the same two nodes are bent so that they do not overlap."""
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
    """Return the bends of parallel links: 0, 1, -1, 2, -2 …; 0 (straight) only if their number is odd.

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
