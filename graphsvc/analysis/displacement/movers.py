"""Movers: people, gangs and houses linked to people who were moved; and open places under the same control.

A person may have moved people by controlling or managing both the old and the new place, or by reportedly transporting
or housing them; a house may be where several of them lived. The number of moved people each accounts for is a sum of
beliefs, so a mover with many weakly believed links does not rank above a mover who certainly moved some.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from graphsvc.analysis.displacement.cohorts import Became, Closing, Whereabouts
from graphsvc.analysis.displacement.stays import (
    CONTROLS,
    HOUSED,
    LEAST,
    LIVED,
    MANAGED,
    TRANSPORTED,
    WorkPlace,
    WorkTie,
    earliest,
    hands,
    over,
)

By = Literal["control", "transport", "housing", "house"]


@dataclass(frozen=True, slots=True)
class Mover:
    """A person, gang or house linked to people who were moved.

    Attributes:
        who: id of the person, gang or house. by: `control` (of both ends), `transport`, `housing`, `house` (they lived
            there).
        people: moved people linked to it. expected: their expected number if links are right as often as they are
            believed.
        ties: the links that show this. denied: whether any claim denies one of them.
    """

    who: str
    by: tuple[By, ...]
    people: tuple[str, ...]
    expected: float
    ties: tuple[WorkTie, ...]
    denied: bool


@dataclass(frozen=True, slots=True)
class NextPlace:
    """An open place under the same control as the place that was left; people may be there, so it is worth a visit.

    Attributes:
        place: its id. ties: links from the shared controllers to this place; belief: belief in control of both places
            by the most believed controller.
        reached: whether any of the leavers already appear there.
    """

    place: str
    ties: tuple[WorkTie, ...]
    belief: float
    denied: bool
    reached: bool


def movers(known: Whereabouts, closing: Closing, moved: Iterable[Became]) -> list[Mover]:
    """Return the people, gangs and houses linked to moved people, those who account for most people first.

    Args:
        known: the whereabouts of everyone.
        closing: the event at the place they left.
        moved: people who appear at another place.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import cohort, closings, whereabouts
        >>> told = ["p1 WORKED_AT w1 2020-01-05", "p1 WORKED_AT w2 2020-04-02", "boss CONTROLS w1 -", "boss CONTROLS w2 -"]
        >>> rows = [text.split() for text in told]
        >>> ties = [WorkTie(a, r, b, 0.8, first_on=day.strip("-")) if len(day) < 2 else WorkTie(a, r, b, 0.8, first_on=day) for a, r, b, day in rows]
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], ties)
        >>> closing = closings(known)[0]
        >>> [(mover.who, mover.by, round(mover.expected, 2)) for mover in movers(known, closing, cohort(known, closing).went)]
        [('boss', ('control',), 0.64)]

    Limits: people who drive for a living, or let a house, move people lawfully. Control of both ends does not show that
    anyone was moved. Links to only one of the moved people are listed too: that person may be the only one who spoke.
    """
    people = [became for became in moved if became.following is not None]
    beliefs: dict[str, dict[str, float]] = defaultdict(dict)
    ways: dict[str, dict[By, dict[WorkTie, None]]] = defaultdict(lambda: defaultdict(dict))

    def add(who: str, by: By, person: str, belief: float, *ties: WorkTie) -> None:
        beliefs[who][person] = max(beliefs[who].get(person, 0.0), belief)
        ways[who][by].update(dict.fromkeys(ties))

    at_place = _running(known.ties)
    acts = _acts(known.ties, {became.person for became in people})
    for became in people:
        if became.following is None:
            continue
        controllers = at_place.get(became.following.place, {})
        for who, old in at_place.get(closing.place, {}).items():
            if who in controllers:
                add(who, "control", became.person, old.belief * controllers[who].belief, old, controllers[who])
        for tie in acts.get(became.person, ()):
            if _in_time(tie, closing):
                add(
                    tie.subject,
                    "transport" if tie.relation == TRANSPORTED else "housing",
                    became.person,
                    tie.belief,
                    tie,
                )
    # Their stays at the place they left, and at their next places, are already known.
    ends = {closing.place} | {became.following.place for became in people if became.following is not None}
    for house, lodgers in _houses(known, people).items():
        if len(lodgers) > 1 and house not in ends:
            for tie in lodgers:
                add(house, "house", tie.subject, tie.belief, tie)
    candidates = [
        Mover(
            who,
            tuple(ways[who]),
            tuple(sorted(person_beliefs)),
            sum(person_beliefs.values()),
            ties := tuple(tie for of_way in ways[who].values() for tie in of_way),
            any(tie.denied for tie in ties),
        )
        for who, person_beliefs in beliefs.items()
    ]
    return sorted(candidates, key=lambda mover: (-round(mover.expected, 9), mover.denied, mover.who))


def next_places(known: Whereabouts, closing: Closing, moved: Iterable[Became]) -> list[NextPlace]:
    """Return the open places to visit: those under the same control as the place that was left, most believed first.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import closings, whereabouts
        >>> ties = [WorkTie("boss", "CONTROLS", "w1", 0.8), WorkTie("boss", "CONTROLS", "w2", 0.9)]
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], ties)
        >>> [(place.place, round(place.belief, 2), place.reached) for place in next_places(known, closings(known)[0], [])]
        [('w2', 0.72, False)]

    Limits: a place counts as open unless its closure is reported, for any day.
    """
    by_place = hands(known.ties)
    ours = by_place.get(closing.place, {})
    reached = {became.following.place for became in moved if became.following is not None}
    open_places = []
    for name, controllers in by_place.items():
        place = known.places.get(name, WorkPlace(name))
        shared = [tie for who, tie in controllers.items() if who in ours]
        if name == closing.place or not shared or place.closed_on:
            continue
        belief = max(tie.belief * ours[tie.subject].belief for tie in shared)
        denied = any(tie.denied or ours[tie.subject].denied for tie in shared)
        open_places.append(NextPlace(name, tuple(shared), belief, denied, name in reached))
    return sorted(open_places, key=lambda place: (-round(place.belief, 9), place.denied, place.place))


def _running(ties: Iterable[WorkTie]) -> Mapping[str, dict[str, WorkTie]]:
    """Return, by place, the people and gangs reported to control or manage it, each with the more believed link."""
    running: dict[str, dict[str, WorkTie]] = defaultdict(dict)
    for tie in ties:
        if tie.relation in (CONTROLS, MANAGED) and tie.holds:
            strongest = running[tie.object].get(tie.subject)
            if strongest is None or tie.belief > strongest.belief:
                running[tie.object][tie.subject] = tie
    return running


def _acts(ties: Iterable[WorkTie], people: set[str]) -> Mapping[str, list[WorkTie]]:
    """Return, by person, the links of those reported to have transported or housed them."""
    acts: dict[str, list[WorkTie]] = defaultdict(list)
    for tie in ties:
        if tie.relation in (TRANSPORTED, HOUSED) and tie.object in people and tie.holds:
            acts[tie.object].append(tie)
    return acts


def _in_time(tie: WorkTie, closing: Closing) -> bool:
    """Whether an act may belong to this move: it must not have ended weeks before the closure or begun months after."""
    first, last = earliest(tie.first_on), over(tie)
    return (last is None or last >= closing.since) and (first is None or first < closing.until)


def _houses(known: Whereabouts, people: Iterable[Became]) -> Mapping[str, list[WorkTie]]:
    """Return, by house, the links of the given people who are reported to have lived there."""
    wanted = {became.person for became in people}
    houses: dict[str, list[WorkTie]] = defaultdict(list)
    for tie in known.ties:
        if tie.relation == LIVED and tie.subject in wanted and tie.belief >= LEAST:
            houses[tie.object].append(tie)
    return houses
