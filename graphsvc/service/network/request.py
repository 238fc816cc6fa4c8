"""Request for a picture of the network: validated here for pages, exports, exposure and notebooks alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.errors import RequestError
from graphsvc.records.relations import CUSTOM_PREFIX, ENTITIES, FAMILIES, RELATIONS, LinkKey, beside, family, those
from graphsvc.views.picture.arrangements import ARRANGEMENTS
from graphsvc.views.picture.network import opening

# Number of nodes around the start: default and maximum; then the maximum with the nodes added by opening.
NODES = 60
MOST_NODES = 500
MOST_OPENED = 1000
MOST_DEPTH = 4
MOST_STARTS = 60
MOST_LINKS = 500


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """Request for a picture of the network: the entities `ids`, everything within `depth` links of them, and options.

    Attributes:
        ids: where the picture starts, 1 to 60.
        depth: how many links away from the start the picture extends, 0 to 4.
        opened: ids whose neighbours were requested, in order; each adds up to 20, most believed first. `~PAID~P1` adds
            neighbours by that relation alone, `~boat~P1` neighbours of that kind (`views.picture.network.opening`).
        added: ids added alone, without their neighbours.
        hidden: ids left out of the picture; the other nodes stay in place.
        relations: only links of these relations; empty for all.
        least: only links with at least this belief, 0 to 1.
        recorded: only links with at least this belief from evidence on the record alone, 0 to 1.
        grades: only links asserted by a claim of one of these grades, such as `1A` (`records.grading.at_least`); empty
            for all. Statements that this reader may not see individually have no grade.
        apart: grades; links that no claim of one of these grades asserts stay, but are marked.
        excluded: relations whose links are left out.
        without: kinds of entity and families of relations (`records.relations.FAMILIES`) removed from the picture; the
            other nodes stay in place.
        presence: whether neighbours include people merely present on a crossing or at a workplace, and lawful service.
            Otherwise these are added only on request (`~CROSSED_ON~C1`), or if there are no other
            neighbours.
        links: among links between two of `ids`, draw only these (subject, relation, object); None for all.
        cap: maximum number of nodes before anything is opened, 1 to 500.
        arrangement: the layout, one of `views.picture.arrangements.ARRANGEMENTS`.

    Raises:
        RequestError: an option is out of range.
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
        """Starting ids, without duplicates."""
        return list(dict.fromkeys(identifier for identifier in self.ids if identifier))

    @property
    def alone(self) -> list[str]:
        """Ids added without their neighbours, without duplicates."""
        return list(dict.fromkeys(identifier for identifier in self.added if identifier))

    @property
    def openings(self) -> list[tuple[str, str]]:
        """(id, word) for each opening, in order; `word` selects neighbours (see `views.picture.network.opening`).

        Blank ids, from a URL that was cut short, are dropped from lists sent to the server. Here they are dropped
        together with their words, so that both lists stay aligned.
        """
        return [(identifier, word) for identifier, word in map(opening, self.opened) if identifier.strip()]

    @property
    def particulars(self) -> dict[str, Any]:
        """Details for the log: entities in the request, and entities whose neighbours were requested."""
        openings = [identifier for identifier, _ in self.openings]
        around: dict[str, Any] = {"query": "network", "entities": [*self.starts, *self.alone]}
        return around | ({"openings": list(dict.fromkeys(openings))} if openings else {})

    def draws(self, link: LinkKey) -> bool:
        """Whether a link may be drawn; if links were chosen, only those are drawn between two starting entities."""
        return self.links is None or link in self.links or not {link[0], link[2]} <= {*self.ids}

    @property
    def filters(self) -> dict[str, Any]:
        """Conditions on links, in the form that the queries of `cypher/network` expect."""
        return {
            "relations": list(self.relations),
            "without": list(self.excluded),
            "least": self.least,
            "recorded": self.recorded,
            "grades": list(self.grades),
        }

    @property
    def beyond_filters(self) -> dict[str, Any]:
        """Conditions on links to nodes outside the picture, to count and offer these; excludes families left out."""
        left_out = those(lambda relation: family(relation.name) in self.without)
        return self.filters | {"without": [*self.excluded, *left_out]}

    @property
    def aside(self) -> dict[str, Any]:
        """Relations whose neighbours come last, for `network.reach`: from either end, and from the object only."""
        return (
            {}
            if self.presence or self.relations
            else {"aside": list(beside("both")), "aside_of": list(beside("object"))}
        )
