"""Cohorts: the people at a place in the weeks before an event, and the outcome for each, as far as reported.

The event is the closing or emptying of the place, or a given day (such as that of a visit). Six outcomes are kept
apart: *moved* (appears at another place), *beside* (is reported at another place, to which they came earlier or on an
unknown day), *abandoned* (is reported to have been left, and is at no other place), *stayed* (is reported to be there
still), *seen* (only at a location that is not a workplace: an address, a charity) and *unknown* (not seen again). No
one is called abandoned because nothing is known about them.

A date known only to the month is kept as its first and last day. The last day is used to check that an event is not
earlier than another, the first day to check that it is not later.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from graphsvc.analysis.displacement.stays import (
    ABANDONED,
    DWELLING,
    LEAST,
    LIVED,
    LOCATED,
    WORKED,
    Stay,
    WorkPlace,
    WorkTie,
    near,
    near_end,
    over,
    shift_day,
    stays,
)

# A person reported at a place within this many days before its closure belongs to the cohort, even if they left on the
# first of these days.
WEEKS_BEFORE = 28
# A new place counts until this many days after the event.
TO_DAYS = 120
# A stay without an end is assumed to last at most this many days.
LONGEST = 730
# A place has emptied if at least this many people left it within this many days, and no one there is known to have
# stayed.
EMPTIED_PEOPLE, EMPTIED_DAYS = 3, 28

Outcome = Literal["moved", "beside", "abandoned", "stayed", "seen", "unknown"]
OUTCOMES: tuple[Outcome, ...] = ("moved", "beside", "abandoned", "stayed", "seen", "unknown")
Why = Literal["closed", "emptied", "asked"]


@dataclass(frozen=True, slots=True)
class Closing:
    """An event at a place: it `closed` or `emptied`, or a reader asks about a day (`asked`).

    Attributes:
        day: the first day on which the event can have happened. given: the date as given; empty: `day` itself.
    """

    place: str
    day: dt.date
    why: Why = "closed"
    given: str = ""

    @property
    def date(self) -> str:
        """The date of the event, as precisely as reported: `2020-03-20`, `2020-03`."""
        return self.given[:10] or str(self.day)

    @property
    def latest(self) -> dt.date:
        """The last day on which the event can have happened."""
        return near_end(self.given) or self.day

    @property
    def since(self) -> dt.date:
        """The day from which people count as having been there, and from which a new place counts."""
        return shift_day(self.day, -WEEKS_BEFORE)

    @property
    def until(self) -> dt.date:
        """The day from which a new place no longer counts."""
        return shift_day(self.latest, TO_DAYS)


@dataclass(frozen=True, slots=True)
class Became:
    """Outcome for one person of a cohort.

    Attributes:
        stay: their stay at the place. outcome: see the module.
        following: the next place, if there is one.
        abandoned: links that report the person as abandoned. seen_at: links to other locations.
        undated: other places, reported without a day; one of them may be the next.
    """

    person: str
    stay: Stay
    outcome: Outcome
    following: Stay | None = None
    abandoned: tuple[WorkTie, ...] = ()
    seen_at: tuple[WorkTie, ...] = ()
    undated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cohort:
    """People at a place at the time of an event.

    Attributes:
        closing: the place and the day. people: the outcome for each person, sorted by id.
        undated: people reported there without a day; they are in no figure.
        doubted: people whose stay is more likely false than true, or only denied; they are in no figure.
    """

    closing: Closing
    people: tuple[Became, ...]
    undated: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()

    @property
    def went(self) -> tuple[Became, ...]:
        """The people who appear at another place."""
        return tuple(became for became in self.people if became.outcome == "moved")


@dataclass(slots=True)
class Whereabouts:
    """Reported whereabouts of everyone in a case, from which cohorts are built.

    Attributes:
        places: id → place. of: person → stays, by day. at: place → stays there.
        left: person → links which report that they were abandoned. seen: person → links to other locations.
        ties: all links.
    """

    places: Mapping[str, WorkPlace]
    of: Mapping[str, list[Stay]]
    at: Mapping[str, list[Stay]]
    left: Mapping[str, list[WorkTie]]
    seen: Mapping[str, list[WorkTie]]
    ties: Sequence[WorkTie]
    _starts: dict[str, list[tuple[dt.date, dt.date, str, str]]] = field(default_factory=dict)

    def starts(self, relation: str) -> list[tuple[dt.date, dt.date, str, str]]:
        """Return every known arrival at a place, sorted: (first possible day, last possible day, person, place)."""
        if relation not in self._starts:
            self._starts[relation] = sorted(
                (stay.begin, stay.arrived or stay.begin, stay.person, stay.place)
                for person_stays in self.of.values()
                for stay in person_stays
                if stay.begin and stay.relation == relation and stay.belief >= LEAST
            )
        return self._starts[relation]


def whereabouts(places: Iterable[WorkPlace], ties: Iterable[WorkTie]) -> Whereabouts:
    """Collect the reported whereabouts of everyone.

    Example:
        >>> known = whereabouts([WorkPlace("w1")], [WorkTie("p1", "WORKED_AT", "w1", 0.7, first_on="2020-01-05")])
        >>> [stay.person for stay in known.at["w1"]], [str(first) for first, *_ in known.starts("WORKED_AT")]
        (['p1'], ['2020-01-05'])

    Limits: places and people without any report are absent.
    """
    links = list(ties)
    of = stays(links)
    at: dict[str, list[Stay]] = defaultdict(list)
    for person_stays in of.values():
        for stay in person_stays:
            at[stay.place].append(stay)
    left, seen = defaultdict(list), defaultdict(list)
    for tie in links:
        if tie.relation == ABANDONED and tie.holds:
            left[tie.object].append(tie)
        elif tie.relation == LOCATED and tie.holds:
            seen[tie.subject].append(tie)
    return Whereabouts({place.id: place for place in places}, of, at, left, seen, links)


def closings(known: Whereabouts) -> list[Closing]:
    """Return the events of a case, by day: places reported to have closed, and other places that emptied.

    Example:
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], [])
        >>> [(closing.place, closing.why) for closing in closings(known)]
        [('w1', 'closed')]

    Limits: a place reported to have closed in a year, without the month, is left out, since it is not known when its
    people were last there.
    """
    closed = [
        Closing(place.id, day, given=place.closed_on)
        for place in known.places.values()
        if (day := near(place.closed_on)) is not None
    ]
    emptied = [
        closing
        for place in known.places.values()
        if not place.closed_on and (closing := _find_emptying(known, place)) is not None
    ]
    return sorted([*closed, *emptied], key=lambda closing: (closing.day, closing.place))


def cohort(known: Whereabouts, closing: Closing) -> Cohort:
    """Return the people at a place in the weeks before an event, and the outcome for each.

    For a dwelling, these are the residents and where they lived next; for any other place, the workers and where they
    worked next.

    Example:
        >>> ties = [
        ...     WorkTie("p1", "WORKED_AT", "w1", 0.7, first_on="2020-01-05"),
        ...     WorkTie("p1", "WORKED_AT", "w2", 0.7, first_on="2020-03-28"),
        ...     WorkTie("p2", "WORKED_AT", "w1", 0.7, first_on="2019-11"),
        ... ]
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], ties)
        >>> [(became.person, became.outcome) for became in cohort(known, closings(known)[0]).people]
        [('p1', 'moved'), ('p2', 'unknown')]

    Limits: a stay without a reported end is assumed to last until the person appears elsewhere, and no longer than two
    years. The next place is the first after the day (or up to four weeks before it). A person who came to it more than
    four months later counts as not seen again. A person reported to have come in a year, without the month, is known to
    have been there only if the year, or the reported end, is over by then.
    """
    relation = relation_at(known, closing.place)
    people: list[Became] = []
    undated: list[str] = []
    doubted: list[str] = []
    for stay in known.at.get(closing.place, ()):
        if stay.relation != relation:
            continue
        was_there = _was_there(known, stay, closing)
        if stay.belief < LEAST:
            doubted.append(stay.person)
        elif was_there is None:
            undated.append(stay.person)
        elif was_there:
            people.append(_became(known, stay, closing))
    people.sort(key=lambda became: became.person)
    return Cohort(closing, tuple(people), tuple(sorted(undated)), tuple(sorted(doubted)))


def relation_at(known: Whereabouts, place: str) -> str:
    """Return whether people of a place worked or lived there: `WORKED_AT` or `LIVED_AT`.

    Example:
        >>> relation_at(whereabouts([WorkPlace("h1", kind="dwelling")], []), "h1")
        'LIVED_AT'

    Limits: decided by the kind of the place, not by the reports about each person.
    """
    workplace = known.places.get(place)
    return LIVED if workplace is not None and workplace.kind == DWELLING else WORKED


def _was_there(known: Whereabouts, stay: Stay, closing: Closing) -> bool | None:
    """Return whether a person was at a place in the weeks before an event; None if the reported days leave it open."""
    if stay.until is not None and stay.until < closing.since:
        return False
    if stay.begin is None:
        return True if stay.arrived is not None and stay.arrived < closing.latest else None
    if stay.begin >= closing.latest:
        return False
    if stay.until is not None:
        return True
    moved_on = any(
        later_stay.begin and later_stay.begin > stay.begin and later_stay.arrived and later_stay.arrived < closing.since
        for later_stay in _elsewhere(known, stay)
    )
    return not moved_on and (closing.day - stay.begin).days <= LONGEST


def _elsewhere(known: Whereabouts, stay: Stay) -> Iterator[Stay]:
    """Yield the person's stays at other places of the same sort, by day; stays without a day come last."""
    for candidate in known.of[stay.person]:
        if candidate.relation == stay.relation and candidate.place != stay.place and candidate.belief >= LEAST:
            yield candidate


def _became(known: Whereabouts, stay: Stay, closing: Closing) -> Became:
    since, end = closing.since, closing.until
    # Stays that may have begun after this stay; the order of two stays begun in the same month is unknown.
    first = max(since, shift_day(stay.begin, 1)) if stay.begin else since
    following = next(
        (
            candidate
            for candidate in _elsewhere(known, stay)
            if candidate.begin and candidate.begin < end and candidate.arrived and candidate.arrived >= first
        ),
        None,
    )
    beside = any(
        candidate.arrived is not None
        and candidate.arrived < end
        and candidate.until is not None
        and candidate.until >= closing.day
        for candidate in _elsewhere(known, stay)
    )
    abandoned = tuple(tie for tie in known.left.get(stay.person, ()) if _since(tie, since))
    seen_at = tuple(
        tie for tie in known.seen.get(stay.person, ()) if (tie.first_on or tie.last_on) and _since(tie, since)
    )
    outcome: Outcome = "unknown"
    if following is not None:
        outcome = "moved"
    elif beside:
        outcome = "beside"
    elif abandoned:
        outcome = "abandoned"
    elif stay.ended is not None and stay.ended > closing.latest:
        # This uses the first day that the end can mean: a person reported to have left in that month may have left
        # before the event.
        outcome = "stayed"
    elif seen_at:
        outcome = "seen"
    undated = tuple(candidate.place for candidate in _elsewhere(known, stay) if candidate.begin is None)
    return Became(stay.person, stay, outcome, following, abandoned, seen_at, undated if following is None else ())


def _since(tie: WorkTie, day: dt.date) -> bool:
    """Whether a link may still be true on a day or later; true for a link without a day."""
    last = over(tie)
    return last is None or last >= day


def _find_emptying(known: Whereabouts, place: WorkPlace) -> Closing | None:
    """Return the emptying of a place, on the day the last person left; None if someone stayed or came since."""
    relation = relation_at(known, place.id)
    reported_stays = [stay for stay in known.at.get(place.id, ()) if stay.relation == relation and stay.belief >= LEAST]
    departures = [left for stay in reported_stays if (left := _find_departure(known, stay)) is not None]
    if len(departures) < EMPTIED_PEOPLE or len(departures) < len(reported_stays):
        return None
    last, _, date_given = max(departures)
    together = sum((last - latest).days <= EMPTIED_DAYS for _, latest, _ in departures)
    return Closing(place.id, last, "emptied", date_given) if together >= EMPTIED_PEOPLE else None


def _find_departure(known: Whereabouts, stay: Stay) -> tuple[dt.date, dt.date, str] | None:
    """Return when a person is known to have left, from the last day reported there or the arrival elsewhere.

    The result is the first and the last possible day, and the date as given.
    """
    if stay.begin is None:
        return None
    ends = [(stay.ended, stay.until or stay.ended, stay.last_on)] if stay.ended is not None else []
    arrival = next(
        (
            (later_stay.begin, later_stay.arrived or later_stay.begin, later_stay.first_on)
            for later_stay in _elsewhere(known, stay)
            if later_stay.begin is not None and later_stay.begin > stay.begin
        ),
        None,
    )
    # A person who came elsewhere while still reported here had not left.
    return max([*ends, *([arrival] if arrival else [])], default=None)
