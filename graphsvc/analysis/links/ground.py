"""What sets are looked for in: those who are said to have a part, or where there are none, who and what is in contact."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from graphsvc.analysis.evidence.belief import LinkFigures
from graphsvc.analysis.evidence.roles import MEETING
from graphsvc.analysis.links.removal import WHOSE_QUARREL
from graphsvc.analysis.links.sets import TieNetwork, acting, network
from graphsvc.records.relations import LinkKey


@dataclass(frozen=True, slots=True)
class Ground:
    """What sets are looked for in.

    Attributes:
        free: who may be in a set.
        net: the ties among those who are tied.
        quarrels: the links that tell of quarrels.
        contacts_alone: nobody is said to have a part: the ties are contacts.
        things: whether things are in the network too.
    """

    free: frozenset[str]
    net: TieNetwork
    quarrels: Mapping[LinkKey, LinkFigures]
    contacts_alone: bool
    things: bool


def ground(links: Mapping[LinkKey, LinkFigures], people: Collection[str], carried: Collection[str]) -> Ground:
    """The network of those who are said to have a part, or else of contacts.

    Args:
        links: the figures of the links, as the reader is told them.
        people: ids of all persons.
        carried: ids of those only carried or exploited, who are in no set.

    Example:
        >>> figures = LinkFigures(0.5, 1, 0, 1, 0, 0.0, "", "")
        >>> calls = {("p1", "CONTACTED", "t1"): figures, ("p2", "RELATED_TO", "p3"): figures}
        >>> found = ground(calls, {"p1", "p2", "p3"}, set())
        >>> found.net.ids, found.contacts_alone, found.things
        (['p1', 't1'], True, True)
        >>> ground(calls | {("p2", "DIRECTED", "p3"): figures}, {"p1", "p2", "p3"}, set()).net.ids
        ['p2', 'p3']

    Limits: of contacts alone whoever was watched most has most; it says of nobody that they had a part.
    """
    free = frozenset(people).difference(carried)
    quarrels = {key: figures for key, figures in links.items() if key[1] in WHOSE_QUARREL}
    if players := acting(links, free):
        return Ground(free, network(links, players), quarrels, contacts_alone=False, things=False)
    ends = {end for subject, relation, target in links if relation in MEETING for end in (subject, target)}
    meeting = frozenset(ends).difference(carried)
    things = not meeting.issubset(people)
    return Ground(free | meeting, network(links, meeting), quarrels, contacts_alone=bool(meeting), things=things)
