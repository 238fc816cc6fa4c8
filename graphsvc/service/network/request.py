"""What a picture of the network is asked for with, checked once: for pages, exports, exposure and notebooks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.errors import RequestError
from graphsvc.records.relations import CUSTOM_PREFIX, ENTITIES, FAMILIES, RELATIONS, LinkKey, beside, family, those
from graphsvc.views.picture.arrangements import ARRANGEMENTS
from graphsvc.views.picture.network import opening

# Nodes around the start, if nothing else is asked for, and at most; and what openings may bring it to.
NODES = 60
MOST_NODES = 500
MOST_OPENED = 1000
MOST_DEPTH = 4
MOST_STARTS = 60
MOST_LINKS = 500


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """What a picture of the network is asked for with: the entities `ids`, what is within `depth` links of them, and more.

    Attributes:
        ids: where the picture starts, 1 to 60.
        depth: links away from the start, 0 to 4.
        opened: ids whose neighbours were asked for, in that order; each time adds up to 20, most believed first.
            `~PAID~P1` asks for those by that relation alone, `~boat~P1` for those of that kind (`views.picture.network.opening`).
        added: ids that came in alone, without their neighbours.
        hidden: ids left out of the picture; the rest stays in its place.
        relations: only links of these; empty for all.
        least: only links believed at least so much, 0 to 1.
        recorded: only links believed at least so much on the record alone, 0 to 1.
        grades: only links that a claim of one of these grades asserts, such as `1A` (`records.grading.at_least`); empty
            for all. A statement that this reader is not shown by itself has no grade for them.
        apart: links that no claim of one of these grades asserts are marked as such, and stay.
        excluded: no links of these relations.
        without: kinds of entity and families of line (`records.relations.FAMILIES`) that are left out of what was found; the
            rest stays in its place.
        presence: whether those who were only there, and lawful service, come in with the neighbours of a crossing, a
            workplace or who serves, as they do; else they come when asked for (`~CROSSED_ON~C1`), or where nothing else is there.
        links: of the links between two of `ids` only these are drawn, as (subject, relation, object); None: all.
        cap: nodes at most before anything was opened, 1 to 500.
        arrangement: how it is laid out: a word of `views.picture.arrangements.ARRANGEMENTS`.

    Raises:
        RequestError: saying what is out of range.
    """

    ids: Sequence[str] = ()
    depth: int = 1
    opened: Sequence[str] = ()
    added: Sequence[str] = ()
    hidden: Collection[str] = ()
    relations: Sequence[str] = ()
    least: float = 0.0
    recorded: float = 0.0
    grades: Sequence[str] = ()
    apart: Sequence[str] = ()
    excluded: Sequence[str] = ()
    without: Collection[str] = ()
    presence: bool = False
    links: Collection[LinkKey] | None = None
    cap: int = NODES
    arrangement: str = ""

    def __post_init__(self) -> None:
        most = max(map(len, (self.opened, self.added, self.hidden)))
        none = [word for word in self.without if word not in FAMILIES and word not in ENTITIES]
        unknown = [
            name
            for name in (*self.relations, *self.excluded)
            if name not in RELATIONS and not name.startswith(CUSTOM_PREFIX)
        ]
        faults = {
            "a network view needs at least one id to start at": not self.starts and not self.added,
            f"a network view starts at {MOST_STARTS} ids at most": len(self.starts) > MOST_STARTS,
            f"depth takes a whole number from 0 to {MOST_DEPTH}": not 0 <= self.depth <= MOST_DEPTH,
            f"the number of nodes is from 1 to {MOST_NODES}": not 1 <= self.cap <= MOST_NODES,
            "belief is a number from 0 to 1": not (0 <= self.least <= 1 and 0 <= self.recorded <= 1),
            f"at most {MOST_NODES} nodes can be opened, added or hidden": most > MOST_NODES,
            f"at most {MOST_LINKS} links can be chosen": len(self.links or ()) > MOST_LINKS,
            f"a layout is {', '.join(filter(None, ARRANGEMENTS))} or left out": self.arrangement
            not in tuple(ARRANGEMENTS),
        }
        if unknown:
            raise RequestError(
                f"There is no relation {unknown[0][:40]!r}. There are {', '.join(RELATIONS)}, and your own, which begin"
                f" with {CUSTOM_PREFIX}."
            )
        if none:
            raise RequestError(
                f"There is nothing {none[0][:40]!r} to leave out of a picture. There are {', '.join((*ENTITIES, *FAMILIES))}."
            )
        for fault, holds in faults.items():
            if holds:
                raise RequestError(f"This picture cannot be drawn: {fault}.")

    @property
    def starts(self) -> list[str]:
        """Where it starts, each once."""
        return list(dict.fromkeys(identifier for identifier in self.ids if identifier))

    @property
    def alone(self) -> list[str]:
        """What came in without its neighbours, each once."""
        return list(dict.fromkeys(identifier for identifier in self.added if identifier))

    @property
    def openings(self) -> list[tuple[str, str]]:
        """Whose neighbours were asked for, and only which, in that order (`views.picture.network.opening`).

        Blank ones, of an address that was cut short, are left out of lists on their way to the server: so here, with their words.
        """
        return [(identifier, word) for identifier, word in map(opening, self.opened) if identifier.strip()]

    @property
    def particulars(self) -> dict[str, Any]:
        """What the log tells of a look at it: around whom it is, and whose neighbours were asked for."""
        openings = [identifier for identifier, _ in self.openings]
        around: dict[str, Any] = {"query": "network", "entities": [*self.starts, *self.alone]}
        return around | ({"openings": list(dict.fromkeys(openings))} if openings else {})

    def draws(self, link: LinkKey) -> bool:
        """Whether a link is among those that were chosen, or not between two that the picture starts at."""
        return self.links is None or link in self.links or not {link[0], link[2]} <= {*self.ids}

    @property
    def filters(self) -> dict[str, Any]:
        """What links must be, as the queries of `cypher/network` take it."""
        return {
            "relations": list(self.relations),
            "without": list(self.excluded),
            "least": self.least,
            "recorded": self.recorded,
            "grades": list(self.grades),
        }

    @property
    def counted(self) -> dict[str, Any]:
        """What links must be for what is beyond the picture to be counted and offered: none of those left out."""
        left_out = those(lambda relation: family(relation.name) in self.without)
        return self.filters | {"without": [*self.excluded, *left_out]}

    @property
    def aside(self) -> dict[str, Any]:
        """Which neighbours come last, as `network.reach` takes it: by relations, by whatever end or as their object."""
        return (
            {}
            if self.presence or self.relations
            else {"aside": list(beside("both")), "aside_of": list(beside("object"))}
        )
