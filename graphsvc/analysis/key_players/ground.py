"""Network to search for key players: people reported to have a part, or all contacts if no one has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from graphsvc.analysis.claims.belief import LinkFigures
from graphsvc.analysis.claims.roles import MEETING
from graphsvc.analysis.key_players.removal import WHOSE_QUARREL
from graphsvc.analysis.key_players.sets import TieNetwork, acting, network
from graphsvc.records.relations import LinkKey


@dataclass(frozen=True, slots=True)
class Ground:
    """Network to search for key players.

    Attributes:
        free: ids that may be in a set.
        net: the links among linked people.
        quarrels: the links that report quarrels.
        contacts_alone: whether no one is reported to have a part, so that the links are contacts.
        things: whether things are in the network too.
    """

    free: frozenset[str]
    net: TieNetwork
    quarrels: Mapping[LinkKey, LinkFigures]
    contacts_alone: bool
    things: bool


def ground(links: Mapping[LinkKey, LinkFigures], people: Collection[str], carried: Collection[str]) -> Ground:
    """Return the network of people reported to have a part, or else of contacts.

    Args:
        links: figures of the links, as disclosed to the reader.
        people: ids of all persons.
        carried: ids of people only carried or exploited; they are in no set.

    Example:
        >>> figures = LinkFigures(0.5, 1, 0, 1, 0, 0.0, "", "")
        >>> calls = {("p1", "CONTACTED", "t1"): figures, ("p2", "RELATED_TO", "p3"): figures}
        >>> found = ground(calls, {"p1", "p2", "p3"}, set())
        >>> found.net.ids, found.contacts_alone, found.things
        (['p1', 't1'], True, True)
        >>> ground(calls | {("p2", "DIRECTED", "p3"): figures}, {"p1", "p2", "p3"}, set()).net.ids
        ['p2', 'p3']

    Limits: contacts show most about people who were watched most, and do not show that anyone had a part.
    """
    free = frozenset(people).difference(carried)
    quarrels = {key: figures for key, figures in links.items() if key[1] in WHOSE_QUARREL}
    if players := acting(links, free):
        return Ground(free, network(links, players), quarrels, contacts_alone=False, things=False)
    ends = {end for subject, relation, target in links if relation in MEETING for end in (subject, target)}
    meeting = frozenset(ends).difference(carried)
    things = not meeting.issubset(people)
    return Ground(free | meeting, network(links, meeting), quarrels, contacts_alone=bool(meeting), things=things)
