"""Key players: people who jointly hold the network together or reach most of it, and the effect of their removal.

Everything is computed from the links as shown to this reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphsvc.analysis.key_players.gains import Gain, gains
from graphsvc.analysis.key_players.ground import Ground, ground
from graphsvc.analysis.key_players.removal import (
    Left,
    Rival,
    Successor,
    rivals,
    state_without,
    successors,
    taken_over,
)
from graphsvc.analysis.key_players.sets import GOALS, LARGEST, TieNetwork, is_sampled, reach
from graphsvc.analysis.ranking.candidates import carried_people
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.coarsened import denial_mark
from graphsvc.records.relations import LinkKey
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import LeadCaches, Material
from graphsvc.service.leads.rows import said_of_ranks
from graphsvc.views.sentences import adds_to_set

__all__ = ["GOALS", "LARGEST", "KeySet", "Sets"]

# Number of members whose reasons are given in words: those who add most.
_REASONS = 3


@dataclass(frozen=True, slots=True)
class KeySet:
    """A set of people, and what would happen without them.

    Attributes:
        goal: `fragment` or `reach`, or `chosen` if people were named.
        people: ids of the set.
        untied: members of the set with no link in the operation.
        of: number of people in the network.
        sampled: whether figures come from a sample of it.
        reach: how much of the network the set reaches, 0 to 1.
        before, after, back: the network with the set, without it, and after each member's first successor took over.
        gains: how much each member adds, largest first.
        successors: people who could replace a member, being linked to the same people.
        rivals: people who might gain from the removal.
        names: id → name of every person and gang mentioned here.
        ranks: id → rank among the leads; empty if no one stands out.
        verdict: verdict of the ranking (`leads` or `abstains`).
        ranked_on: what the ranks leave out, or that ranks are not shown because no one stands out; may be empty.
        denied: id → `denied` or `contested`, for leads mentioned here that rest on a link so marked.
        contacts_alone: no one has a recorded part in the operation, so links are contacts.
        things: whether the network includes things as well as people.
    """

    goal: str
    people: tuple[str, ...]
    untied: tuple[str, ...]
    of: int
    sampled: bool
    reach: float
    before: Left
    after: Left
    back: Left
    gains: tuple[Gain, ...]
    successors: tuple[Successor, ...]
    rivals: tuple[Rival, ...]
    names: dict[str, str]
    ranks: dict[str, int]
    verdict: str
    ranked_on: str
    denied: dict[str, str]
    contacts_alone: bool = False
    things: bool = False

    @property
    def reasons(self) -> dict[str, str]:
        """Reasons for the members who add most: id → sentence."""
        return {
            gain.person: adds_to_set(gain, self.names, things=self.things)
            + (f" {self.denied[gain.person].capitalize()}." if gain.person in self.denied else "")
            for gain in self.gains[:_REASONS]
        }


class Sets:
    """Key players of one case."""

    def __init__(self, ask: Ask, material: Material) -> None:
        self._ask = ask
        self._material = material
        self._caches = ask.home.caches(LeadCaches)

    def find(self, size: int = 3, goal: str = "fragment", people: Sequence[str] = ()) -> KeySet:
        """Find the people who jointly hold the network together (`fragment`) or reach most of it (`reach`).

        Args:
            size: number of people, 1 to 10.
            goal: `fragment` or `reach`.
            people: ids of a set to examine, 1 to 10; no search is then made.

        Raises:
            RequestError: the size or goal is invalid.
            NotFound: one of the people cannot have played a part, or this reader may not see them.
        """
        chosen = tuple(dict.fromkeys(people))
        if goal not in GOALS:
            raise RequestError(f"A set is looked for to {' or to '.join(GOALS)}, not to {goal[:40]!r}.")
        if not 1 <= size <= LARGEST or len(chosen) > LARGEST:
            raise RequestError(f"A set is of 1 to {LARGEST} people.")
        with self._ask.act("analyse", query="sets", size=size, of=goal, people=list(chosen)) as outcome:
            on = self._network()
            for person in chosen:
                if person not in on.free:
                    raise NotFound(
                        f"There is nobody with the id {person[:80]!r} who may have played a part, that you can see in this case."
                    )
            players = chosen or self._players(on.net, size, goal)
            outcome["rows"] = len(players)
            return self._what_if(on, "chosen" if chosen else goal, players)

    def _what_if(self, on: Ground, goal: str, people: tuple[str, ...]) -> KeySet:
        net = on.net
        heirs = successors(net, people)
        gain = self._mark_denied(on, rivals(on.quarrels, people))
        named = {*people, *(heir.person for heir in heirs)}
        named |= {end for gainer in gain for end in (gainer.rival, gainer.gang) if end}
        ranking = self._material.ranking()
        abstains = ranking.verdict == "abstains"
        ranks = {} if abstains else {lead.id: lead.rank for lead in ranking.leads if lead.id in named}
        return KeySet(
            goal=goal,
            people=people,
            untied=tuple(person for person in people if person not in set(net.ids)),
            of=len(net.ids),
            sampled=is_sampled(net),
            reach=reach(net, people),
            before=state_without(net),
            after=state_without(net, people),
            back=state_without(taken_over(net, people, heirs), people),
            gains=tuple(gains(net, people, goal, heirs)),
            successors=tuple(heirs),
            rivals=tuple(gain),
            names={identifier: row["name"] or identifier for identifier, row in self._ask.entity_rows(named).items()},
            ranks=ranks,
            verdict=ranking.verdict,
            ranked_on=said_of_ranks(ranking, self._ask.ranked_on) if ranks or abstains else "",
            denied={lead.id: denial_mark(lead.denied) for lead in ranking.leads if lead.id in named and lead.denied},
            contacts_alone=on.contacts_alone,
            things=on.things,
        )

    def _mark_denied(self, on: Ground, gain: Sequence[Rival]) -> list[Rival]:
        """Add to each rival the denials of the quarrel and of the link to the gang."""
        between = defaultdict[frozenset[str], list[LinkKey]](list)
        for link in on.quarrels:
            between[frozenset((link[0], link[2]))].append(link)
        links = {
            rival: [
                *between[frozenset((rival.gang or rival.of, rival.rival))],
                *between[frozenset((rival.of, rival.gang))],
            ]
            for rival in gain
        }
        denying = self._ask.denials([link for each in links.values() for link in each])
        return [replace(rival, denied=denial_mark(*map(denying.get, links[rival]))) for rival in gain]

    def _network(self) -> Ground:
        """Return the people who may have played a part, the network of those with a recorded part, and quarrels."""
        return self._caches.networks.of(self._ask.state, self._read_network)

    def _read_network(self) -> Ground:
        claims, persons, _ = self._material.analysis_input()
        return ground(self._material.links(), {person.id for person in persons}, carried_people(claims, persons))

    def _players(self, net: TieNetwork, size: int, goal: str) -> tuple[str, ...]:
        key = (*self._ask.state, goal, str(size))
        return self._caches.sets.of(key, lambda: GOALS[goal](net, size))
