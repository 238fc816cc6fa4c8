"""Flows of people from each place they left to their next places, by month, and outcomes of everyone else.

`find_departures` returns a cohort and a test for each closure of a case, corrected over all closures.
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
from graphsvc.analysis.displacement.stays import COARSEST, LIVED, WORKED, WorkPlace, WorkTie, hands, shift_day
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors
from graphsvc.records.numbers import significant

if TYPE_CHECKING:
    import networkx as nx

# Key of the edges between places; other graphs use relations as keys.
MOVED = "MOVED"


@dataclass(frozen=True, slots=True)
class Departure:
    """People who left a place, and the test of where they went.

    Attributes:
        cohort: the people there, and their outcomes. test: the test against chance.
        preferences: preferences used by the test.
    """

    cohort: Cohort
    test: ChanceTest
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def closing(self) -> Closing:
        """The event at the place, and its day."""
        return self.cohort.closing


@dataclass(frozen=True, slots=True)
class Flow:
    """People of one cohort who went to the same next place, or share another outcome.

    Attributes:
        left, on: the place they left and the day. outcome: see `cohorts`. next: their next place; empty: none.
        people: the people. expected: their expected number if links are right as often as they are believed.
        months: month (`2020-04`) of arrival → number of people. first, last: the first and last arrival, as precisely
            as reported (`2020-04-02`, `2020-04`); empty: no one arrived anywhere.
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


def find_departures(
    known: Whereabouts, *, draws: int = DRAWS, processors: Processors = THIS_MACHINE
) -> dict[str, Departure]:
    """Return, by place, the people who left when it closed or emptied and a test of where they went; in order of day.

    Args:
        known: the whereabouts of everyone.
        draws: number of draws for each test.
        processors: workers that compute the draws.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20")], [])
        >>> find_departures(known)["w1"].test.verdict
        'cannot tell'

    Limits: as `cohorts.cohort` and `deals.chance_test`. A place that people left twice appears once, for its closure.
    """
    controlled = _under_one_hand(known.ties)
    cohorts = {closing.place: cohort(known, closing) for closing in closings(known)}
    bound: dict[str, frozenset[str]] = {}
    tests: dict[str, ChanceTest] = {}
    preferred = _fit_both(known, None)
    # People moved with others from elsewhere do not show where free people go, so only the first round draws from them.
    for _ in range(2):
        all_bound = frozenset().union(*bound.values())
        if tests:
            preferred = _fit_both(known, all_bound)
        questions = {
            place: _question(known, left, controlled(place), all_bound - bound.get(place, frozenset()), preferred(left))
            for place, left in cohorts.items()
        }
        tests = deals.correct_tests(deals.chance_tests(questions, draws=draws, processors=processors))
        bound = {place: _bound(left, tests[place]) for place, left in cohorts.items()}
    return {place: Departure(left, tests[place], preferred(left)) for place, left in cohorts.items()}


def left_on(
    known: Whereabouts,
    place: str,
    day: dt.date,
    every: Mapping[str, Departure] = MappingProxyType({}),
    *,
    draws: int = DRAWS,
) -> Departure:
    """Return the people at a place before a given day, and where they went; not corrected over other tests.

    Args:
        known: the whereabouts of everyone.
        place: the place in question.
        day: the day; the people there in the weeks before it are tested.
        every: departures from `find_departures`; people moved together from another place are left out.
        draws: number of draws of the test.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> left_on(whereabouts([WorkPlace("w1")], []), "w1", dt.date(2020, 5, 1)).cohort.people
        ()

    Limits: as `find_departures`. Trying many days until one is significant finds results of chance.
    """
    leavers = cohort(known, Closing(place, day, "asked"))
    bound = moved_together(every)
    excluded = frozenset().union(*bound.values()) - bound.get(place, frozenset())
    preferences = _fit_both(known, frozenset().union(*bound.values()))(leavers)
    question = _question(known, leavers, _under_one_hand(known.ties)(place), excluded, preferences)
    return Departure(
        leavers, deals.correct_tests(deals.chance_tests({place: question}, draws=draws))[place], preferences
    )


def moved_together(every: Mapping[str, Departure]) -> dict[str, frozenset[str]]:
    """Return, by place, the people who left it and went together to another place.

    Example:
        >>> moved_together({})
        {}

    Limits: only for significant places; see `deals.correct_tests`.
    """
    return {name: _bound(left.cohort, left.test) for name, left in every.items()}


def chances_of(known: Whereabouts, left: Departure, bound: Collection[str] = ()) -> dict[str, float]:
    """Return, by place, the chance that a leaver goes there.

    Args:
        known: the whereabouts of everyone.
        left: the departure.
        bound: people to leave out, since they were moved with others from elsewhere.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20")], [WorkTie("p1", "WORKED_AT", "w2", 0.7, first_on="2020-04-02")])
        >>> chances_of(known, find_departures(known)["w1"])
        {'w2': 1.0}

    Limits: as `deals.chance_test`.
    """
    came = arrivals(known, left.cohort, bound)
    return deals.chances(came, _weights(known, left.closing.place, came, left.preferences))


def count_tests(every: Iterable[Departure]) -> int:
    """Return the number of closures that have a p, over which it is corrected.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> count_tests(find_departures(whereabouts([WorkPlace("w1", closed_on="2020-03-20")], [])).values())
        0

    Limits: for departures from `find_departures`; a day in question is not corrected over other tests.
    """
    return sum(left.test.p is not None for left in every)


def flows(left: Departure) -> list[Flow]:
    """Return the flows of one cohort: people who moved, by place, largest flow first; then the other outcomes.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> from graphsvc.analysis.displacement.stays import WorkPlace
        >>> ties = [WorkTie("p1", "WORKED_AT", "w1", 0.7, first_on="2020-01-05"), WorkTie("p1", "WORKED_AT", "w2", 0.8, first_on="2020-04-02")]
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], ties)
        >>> [(flow.next, len(flow.people), dict(flow.months)) for flow in flows(find_departures(known)["w1"])]
        [('w2', 1, {'2020-04': 1})]

    Limits: a person who appears at two next places counts at the first only.
    """
    grouped: dict[tuple[Outcome, str], list[Became]] = defaultdict(list)
    for became in left.cohort.people:
        grouped[became.outcome, became.following.place if became.following else ""].append(became)
    cohort_flows = [_flow(left.closing, outcome, place, people) for (outcome, place), people in grouped.items()]
    return sorted(cohort_flows, key=lambda flow: (flow.outcome != "moved", -len(flow.people), flow.outcome, flow.next))


def came(every: Mapping[str, Departure], place: str) -> list[Flow]:
    """Return the flows that end at a place, largest first; they show where people came from.

    Example:
        >>> came({}, "w2")
        []

    Limits: people who came from a place that did not close or empty are in no flow.
    """
    incoming = [flow for left in every.values() for flow in flows(left) if flow.next == place]
    return sorted(incoming, key=lambda flow: (-len(flow.people), flow.left))


def flow_graph(every: Iterable[Departure]) -> nx.MultiDiGraph[str]:
    """Return flows as a graph: an edge, keyed `MOVED`, from each place people left to each of their next places.

    Edges have `people` (number), `belief` (expected number if links are right as often as they are believed), `chance`
    (mean number in a draw, where tested), `first`, `last` (days) and `together` (whether the test shows that they went
    there together).

    Example:
        >>> flow_graph([]).number_of_edges()
        0

    Limits: people who appear nowhere are on no edge.
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
    """Return, for the draws, the first place of everyone who came to another place in the months around a closure.

    Args:
        known: the whereabouts of everyone.
        left: the people who left.
        bound: people to leave out, since they were moved with others from elsewhere.

    Example:
        >>> from graphsvc.analysis.displacement.cohorts import whereabouts
        >>> known = whereabouts([], [WorkTie("p1", "WORKED_AT", "w2", 0.7, first_on="2020-04-02")])
        >>> arrivals(known, cohort(known, Closing("w1", dt.date(2020, 3, 20))))
        ['w2']

    Limits: a person who came to two places in those months counts once, for the first.
    """
    closing = left.closing
    since, end = closing.since, closing.until
    starts = known.starts(relation_at(known, closing.place))
    next_of: dict[str, str] = {}
    # People whose month of arrival began before the first of these days may have arrived after it.
    for begin, arrived, person, place in starts[bisect_left(starts, (shift_day(since, -COARSEST),)) :]:
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
        # A month counts by its last day: an arrival in it may be later than the latest exact day.
        max(days, key=itemgetter(1))[-1] if days else "",
    )


def _fit_both(known: Whereabouts, bound: Collection[str] | None) -> Callable[[Cohort], Preferences]:
    """Return preferences by cohort; dwellings and workplaces are fitted separately."""
    fitted = {relation: fit_preferences(known, relation, bound) for relation in (WORKED, LIVED)}
    return lambda left: fitted[relation_at(known, left.closing.place)]


def _question(
    known: Whereabouts, left: Cohort, controlled: frozenset[str], bound: frozenset[str], preferences: Preferences
) -> AskedOf:
    went = [became.following.place for became in left.went if became.following is not None]
    if len(went) < deals.FEWEST:
        return AskedOf(went, ())
    came = arrivals(known, left, bound)
    return AskedOf(went, came, controlled, _weights(known, left.closing.place, came, preferences))


def _weights(known: Whereabouts, origin: str, came: Iterable[str], preferences: Preferences) -> dict[str, float]:
    """Return, by place, how many times as likely it is for leavers of `origin`."""
    names = sorted(set(came))
    places = [known.places.get(name, WorkPlace(name)) for name in names]
    weights = preferences.weights(known.places.get(origin, WorkPlace(origin)), places)
    return dict(zip(names, weights.tolist(), strict=True))


def _bound(left: Cohort, test: ChanceTest) -> frozenset[str]:
    """Return the people of a cohort who went together to a place."""
    places = {excess.place for excess in test.places if excess.together}
    return frozenset(became.person for became in left.went if became.following and became.following.place in places)


def _under_one_hand(ties: Iterable[WorkTie]) -> Callable[[str], frozenset[str]]:
    """Return a function that maps a place to the other places that share a reported controller with it."""
    by_place = hands(ties)
    controlled: dict[str, set[str]] = defaultdict(set)
    for place, controllers in by_place.items():
        for who in controllers:
            controlled[who].add(place)

    def partners(place: str) -> frozenset[str]:
        return frozenset().union(*(controlled[who] for who in by_place.get(place, ()))) - {place}

    return partners
