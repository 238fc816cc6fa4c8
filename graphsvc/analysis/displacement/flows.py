"""Flows: from each place that people left to each place where they appear next, and what became of the rest; by kind and month.

Everything at once for a case: its closings, a cohort and a test for each, corrected over all of them.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

from graphsvc.analysis.displacement import deals
from graphsvc.analysis.displacement.choice import Preferences, fit_preferences
from graphsvc.analysis.displacement.cohorts import (
    Became,
    Closing,
    Cohort,
    Outcome,
    Whereabouts,
    closings,
    cohort,
    relation_at,
)
from graphsvc.analysis.displacement.deals import DRAWS, AskedOf, ChanceTest
from graphsvc.analysis.displacement.stays import COARSEST, LIVED, WORKED, WorkPlace, WorkTie, hands, shifted
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors
from graphsvc.records.numbers import significant

if TYPE_CHECKING:
    import networkx as nx

# The key of an edge between places, as relations are those of other graphs.
MOVED = "MOVED"


@dataclass(frozen=True, slots=True)
class Departure:
    """Who left a place, and what the test says of where they went.

    Attributes:
        cohort: who was there, and what became of each. test: against chance.
        preferences: what chance knows of where people like to go.
    """

    cohort: Cohort
    test: ChanceTest
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def closing(self) -> Closing:
        """What happened to the place, and when."""
        return self.cohort.closing


@dataclass(frozen=True, slots=True)
class Flow:
    """Those of one cohort of whom the same is known: the place they went to, or what became of them otherwise.

    Attributes:
        left, on: the place they left and the day. outcome: see `cohorts`. next: the place they went to; empty: none.
        people: who. expected: so many of them, were all links right as often as they are believed.
        months: month (`2020-04`) in which they came → how many. first, last: when the first and the last came, as closely as it is told
            (`2020-04-02`, `2020-04`); empty: nobody came anywhere.
    """

    left: str
    on: dt.date
    outcome: Outcome
    next: str
    people: tuple[Became, ...]
    expected: float
    months: Mapping[str, int]
    first: str
    last: str


def displaced(known: Whereabouts, *, draws: int = DRAWS, processors: Processors = THIS_MACHINE) -> dict[str, Departure]:
    """Place → who left it when it closed or emptied, and whether chance would have sent them where they went; by day.

    Args:
        known: where everybody is said to have been.
        draws: deals of each test.
        processors: who deals.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20")], [])
        >>> displaced(known)["w1"].test.verdict
        'cannot tell'

    Limits: as `cohorts.cohort` and `deals.dealt`. A place that people left twice is there once, by its closing.
    """
    controlled = _under_one_hand(known.ties)
    some = {closing.place: cohort(known, closing) for closing in closings(known)}
    bound: dict[str, frozenset[str]] = {}
    tests: dict[str, ChanceTest] = {}
    preferred = _fit_both(known, None)
    # Whoever was moved with others from elsewhere is no measure of where the free go: they are dealt in the first round alone.
    for _ in range(2):
        others = frozenset().union(*bound.values())
        if tests:
            preferred = _fit_both(known, others)
        asked = {
            place: _asked(known, left, controlled(place), others - bound.get(place, frozenset()), preferred(left))
            for place, left in some.items()
        }
        tests = deals.corrected(deals.chance_tests(asked, draws=draws, processors=processors))
        bound = {place: _bound(left, tests[place]) for place, left in some.items()}
    return {place: Departure(left, tests[place], preferred(left)) for place, left in some.items()}


def left_on(
    known: Whereabouts,
    place: str,
    day: dt.date,
    every: Mapping[str, Departure] = MappingProxyType({}),
    *,
    draws: int = DRAWS,
) -> Departure:
    """Who was at a place before a day that somebody asks about, and where they went; corrected for this one question alone.

    Args:
        known: where everybody is said to have been.
        place: what is asked about.
        day: whoever was there in the weeks before it.
        every: who left which place, as `displaced` has it: those who were moved together from another one are not dealt.
        draws: deals of the test.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> left_on(whereabouts([WorkPlace("w1")], []), "w1", dt.date(2020, 5, 1)).cohort.people
        ()

    Limits: as `displaced`. Who asks about many days until one stands has been told by chance.
    """
    some = cohort(known, Closing(place, day, "asked"))
    bound = moved_together(every)
    others = frozenset().union(*bound.values()) - bound.get(place, frozenset())
    preferences = _fit_both(known, frozenset().union(*bound.values()))(some)
    asked = _asked(known, some, _under_one_hand(known.ties)(place), others, preferences)
    return Departure(some, deals.corrected(deals.chance_tests({place: asked}, draws=draws))[place], preferences)


def moved_together(every: Mapping[str, Departure]) -> dict[str, frozenset[str]]:
    """Place → those who left it and went together to another one.

    Example:
        >>> moved_together({})
        {}

    Limits: of places that stand out; see `deals.corrected`.
    """
    return {name: _bound(left.cohort, left.test) for name, left in every.items()}


def chances_of(known: Whereabouts, left: Departure, bound: Collection[str] = ()) -> dict[str, float]:
    """Place → the chance that a person who left goes there.

    Args:
        known: where everybody is said to have been.
        left: who left.
        bound: people left out, since they were moved with others from elsewhere.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20")], [WorkTie("p1", "WORKED_AT", "w2", 0.7, first_on="2020-04-02")])
        >>> chances_of(known, displaced(known)["w1"])
        {'w2': 1.0}

    Limits: as `deals.dealt`.
    """
    came = arrivals(known, left.cohort, bound)
    return deals.chances(came, _weights(known, left.closing.place, came, left.preferences))


def compared(every: Iterable[Departure]) -> int:
    """Over how many closures p is corrected: those that have one.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> compared(displaced(whereabouts([WorkPlace("w1", closed_on="2020-03-20")], [])).values())
        0

    Limits: of departures as `displaced` has them; a day that somebody asks about is corrected for nothing else.
    """
    return sum(left.test.p is not None for left in every)


def flows(left: Departure) -> list[Flow]:
    """The flows of one cohort: those who moved by place, most first, then what became of the rest.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> ties = [WorkTie("p1", "WORKED_AT", "w1", 0.7, first_on="2020-01-05"), WorkTie("p1", "WORKED_AT", "w2", 0.8, first_on="2020-04-02")]
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], ties)
        >>> [(flow.next, len(flow.people), dict(flow.months)) for flow in flows(displaced(known)["w1"])]
        [('w2', 1, {'2020-04': 1})]

    Limits: who appears at two places next stands at the first of them alone.
    """
    grouped: dict[tuple[Outcome, str], list[Became]] = defaultdict(list)
    for became in left.cohort.people:
        grouped[became.outcome, became.following.place if became.following else ""].append(became)
    made = [_flow(left.closing, outcome, place, people) for (outcome, place), people in grouped.items()]
    return sorted(made, key=lambda flow: (flow.outcome != "moved", -len(flow.people), flow.outcome, flow.next))


def came(every: Mapping[str, Departure], place: str) -> list[Flow]:
    """The flows that end at a place, most first: where those who were moved there came from.

    Example:
        >>> came({}, "w2")
        []

    Limits: whoever came there from a place that neither closed nor emptied is in no flow.
    """
    some = [flow for left in every.values() for flow in flows(left) if flow.next == place]
    return sorted(some, key=lambda flow: (-len(flow.people), flow.left))


def flow_graph(every: Iterable[Departure]) -> nx.MultiDiGraph[str]:
    """Flows between places as a graph: an edge, keyed `MOVED`, from each place that people left to each where they appear next.

    Edges have `people` (how many), `belief` (so many of them are expected, were links right as often as they are believed), `chance` (so many a
    deal sends there on average, where one was dealt), `first`, `last` (days) and `together` (whether the test says that they went there together).

    Example:
        >>> flow_graph([]).number_of_edges()
        0

    Limits: what became of those who appear nowhere is in no edge.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for left in every:
        excesses = {excess.place: excess for excess in left.test.places}
        for flow in flows(left):
            if flow.outcome == "moved":
                excess = excesses.get(flow.next)
                against = {} if excess is None else {"chance": excess.expected}
                graph.add_edge(
                    flow.left,
                    flow.next,
                    MOVED,
                    people=len(flow.people),
                    belief=significant(flow.expected),
                    first=flow.first,
                    last=flow.last,
                    together=excess is not None and excess.together,
                    **against,
                )
    return graph


def arrivals(known: Whereabouts, left: Cohort, bound: Collection[str] = ()) -> list[str]:
    """Where everybody appears first who came to another place in the months around a closing: what the test deals anew.

    Args:
        known: where everybody is said to have been.
        left: who left.
        bound: people left out, since they were moved with others from elsewhere.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> known = whereabouts([], [WorkTie("p1", "WORKED_AT", "w2", 0.7, first_on="2020-04-02")])
        >>> arrivals(known, cohort(known, Closing("w1", dt.date(2020, 3, 20))))
        ['w2']

    Limits: somebody who came to two places in those months is dealt once, for the first; places are as open to all as `deals.dealt` has it.
    """
    closing = left.closing
    since, end = closing.since, closing.until
    starts = known.starts(relation_at(known, closing.place))
    next_of: dict[str, str] = {}
    # Whoever came in a month that began before the first of these days may have come after it.
    for begin, arrived, person, place in starts[bisect_left(starts, (shifted(since, -COARSEST),)) :]:
        if begin >= end:
            break
        if arrived >= since and place != closing.place and person not in bound:
            next_of.setdefault(person, place)
    for became in left.people:
        if became.following is not None:
            next_of[became.person] = became.following.place
        else:
            next_of.pop(became.person, None)
    return list(next_of.values())


def _flow(closing: Closing, outcome: Outcome, place: str, people: list[Became]) -> Flow:
    days = sorted(
        (begin, went.arrived or begin, went.first_on[:10] or str(begin))
        for became in people
        if (went := became.following) and (begin := went.begin)
    )
    months: dict[str, int] = defaultdict(int)
    for day, _, _ in days:
        months[f"{day:%Y-%m}"] += 1
    expected = sum(became.stay.belief * (became.following.belief if became.following else 1.0) for became in people)
    return Flow(
        closing.place,
        closing.day,
        outcome,
        place,
        tuple(people),
        expected,
        months,
        days[0][-1] if days else "",
        # Of a month its last day counts: somebody may have come after whoever has the latest day of all.
        max(days, key=itemgetter(1))[-1] if days else "",
    )


def _fit_both(known: Whereabouts, bound: Collection[str] | None) -> Callable[[Cohort], Preferences]:
    """Preferences by cohort: dwellings and places of work are fitted separately."""
    fitted = {relation: fit_preferences(known, relation, bound) for relation in (WORKED, LIVED)}
    return lambda left: fitted[relation_at(known, left.closing.place)]


def _asked(
    known: Whereabouts, left: Cohort, controlled: frozenset[str], bound: frozenset[str], preferences: Preferences
) -> AskedOf:
    went = [became.following.place for became in left.went if became.following is not None]
    if len(went) < deals.FEWEST:
        return AskedOf(went, ())
    came = arrivals(known, left, bound)
    return AskedOf(went, came, controlled, _weights(known, left.closing.place, came, preferences))


def _weights(known: Whereabouts, origin: str, came: Iterable[str], preferences: Preferences) -> dict[str, float]:
    """Place → how many times as likely it is for those who left another."""
    names = sorted(set(came))
    places = [known.places.get(name, WorkPlace(name)) for name in names]
    weights = preferences.weights(known.places.get(origin, WorkPlace(origin)), places)
    return dict(zip(names, weights.tolist(), strict=True))


def _bound(left: Cohort, test: ChanceTest) -> frozenset[str]:
    """Those of a cohort who went together to a place."""
    places = {excess.place for excess in test.places if excess.together}
    return frozenset(became.person for became in left.went if became.following and became.following.place in places)


def _under_one_hand(ties: Iterable[WorkTie]) -> Callable[[str], frozenset[str]]:
    """For a place the others that somebody is said to control who is said to control it as well."""
    by_place = hands(ties)
    held: dict[str, set[str]] = defaultdict(set)
    for place, controllers in by_place.items():
        for who in controllers:
            held[who].add(place)

    def others(place: str) -> frozenset[str]:
        return frozenset().union(*(held[who] for who in by_place.get(place, ()))) - {place}

    return others
