"""Cohorts: who was at a place in the weeks before something happened to it, and what became of each, as far as anybody says.

What happened is that it closed, that it emptied, or a day that somebody asks about (of a visit, for one). Six things can have become of
somebody, and they are kept apart: *moved* (they come to another place), *beside* (they are told to be at another one, to which they came
before, or nobody says when), *abandoned* (somebody says that they were left, and they are at no other place), *stayed* (they are told to be
there still), *seen* (only somewhere that is no place of work: an address, a charity) and *unknown* (not seen again). Nobody is called
abandoned because nothing is known of them.

Of a date that is known to the month both ends are kept: the last day counts where something must be no earlier than another, the first
where it must be no later.
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
    shifted,
    stays,
)

# Whoever is said to have been there until so many days before it closed was there when it was about to: of those who left on the first
# of these days as well it is asked where they went.
WEEKS_BEFORE = 28
# Until so many days after a new place counts.
TO_DAYS = 120
# A stay without an end is not taken to have lasted longer than this many days.
LONGEST = 730
# A place has emptied when at least so many people left it within so many days, and nobody who was there then is known to have stayed.
EMPTIED_PEOPLE, EMPTIED_DAYS = 3, 28

Outcome = Literal["moved", "beside", "abandoned", "stayed", "seen", "unknown"]
OUTCOMES: tuple[Outcome, ...] = ("moved", "beside", "abandoned", "stayed", "seen", "unknown")
Why = Literal["closed", "emptied", "asked"]


@dataclass(frozen=True, slots=True)
class Closing:
    """That something happened to a place on a day: it `closed`, it `emptied`, or somebody asks about it (`asked`).

    Attributes:
        day: the first day on which it can have happened. given: the date as given; empty: `day` itself.
    """

    place: str
    day: dt.date
    why: Why = "closed"
    given: str = ""

    @property
    def date(self) -> str:
        """When it happened, as closely as it is told: `2020-03-20`, `2020-03`."""
        return self.given[:10] or str(self.day)

    @property
    def latest(self) -> dt.date:
        """The last day on which it can have happened."""
        return near_end(self.given) or self.day

    @property
    def since(self) -> dt.date:
        """The day from which on whoever was there counts as having been there, and from which a new place counts."""
        return shifted(self.day, -WEEKS_BEFORE)

    @property
    def until(self) -> dt.date:
        """The day from which a new place is another story."""
        return shifted(self.latest, TO_DAYS)


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one person of a cohort.

    Attributes:
        stay: that they were there. outcome: see the module.
        following: the next place, where there is one.
        abandoned: whoever is said to have left them, with the link. seen_at: where else they were seen: id of a thing, link.
        undated: places they are said to have been at on no day that is told: one of them may be the next.
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
    """Who was at a place when something happened to it.

    Attributes:
        closing: the place and the day. people: what became of each, in order of their ids.
        undated: people said to have been there on no day that is told: they are in no figure.
        doubted: people of whom it is believed less than not, or only denied: they are in no figure.
    """

    closing: Closing
    people: tuple[Became, ...]
    undated: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()

    @property
    def went(self) -> tuple[Became, ...]:
        """Those who appear at another place."""
        return tuple(became for became in self.people if became.outcome == "moved")


@dataclass(slots=True)
class Whereabouts:
    """Where everybody of a case is said to have been: what cohorts are taken from.

    Attributes:
        places: id → place. of: person → stays, in order of their days. at: place → stays there.
        left: person → links that say they were abandoned. seen: person → links to where else they were.
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
        """Each time somebody is known to have come to a place: (first day, last day it can have been, person, place), in order."""
        if relation not in self._starts:
            self._starts[relation] = sorted(
                (stay.begin, stay.arrived or stay.begin, stay.person, stay.place)
                for some in self.of.values()
                for stay in some
                if stay.begin and stay.relation == relation and stay.belief >= LEAST
            )
        return self._starts[relation]


def whereabouts(places: Iterable[WorkPlace], ties: Iterable[WorkTie]) -> Whereabouts:
    """Where everybody is said to have been.

    Example:
        >>> known = whereabouts([WorkPlace("w1")], [WorkTie("p1", "WORKED_AT", "w1", 0.7, first_on="2020-01-05")])
        >>> [stay.person for stay in known.at["w1"]], [str(first) for first, *_ in known.starts("WORKED_AT")]
        (['p1'], ['2020-01-05'])

    Limits: places and people that nobody speaks of are not there.
    """
    links = list(ties)
    of = stays(links)
    at: dict[str, list[Stay]] = defaultdict(list)
    for some in of.values():
        for stay in some:
            at[stay.place].append(stay)
    left, seen = defaultdict(list), defaultdict(list)
    for tie in links:
        if tie.relation == ABANDONED and tie.holds:
            left[tie.object].append(tie)
        elif tie.relation == LOCATED and tie.holds:
            seen[tie.subject].append(tie)
    return Whereabouts({place.id: place for place in places}, of, at, left, seen, links)


def closings(known: Whereabouts) -> list[Closing]:
    """What happened to the places of a case: those that closed, and those that emptied without anybody saying so; by day.

    Example:
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], [])
        >>> [(closing.place, closing.why) for closing in closings(known)]
        [('w1', 'closed')]

    Limits: a place that is said to have closed in a year, without its month, stands in no list: nobody knows when its people left.
    """
    closed = [
        Closing(place.id, day, given=place.closed_on)
        for place in known.places.values()
        if (day := near(place.closed_on)) is not None
    ]
    emptied = [
        closing
        for place in known.places.values()
        if not place.closed_on and (closing := _emptied(known, place)) is not None
    ]
    return sorted([*closed, *emptied], key=lambda closing: (closing.day, closing.place))


def cohort(known: Whereabouts, closing: Closing) -> Cohort:
    """Who was at a place in the weeks before something happened to it, and what became of each.

    Of a dwelling that is who lived there and where they lived next; of any other place who worked there and where they worked next.

    Example:
        >>> ties = [
        ...     WorkTie("p1", "WORKED_AT", "w1", 0.7, first_on="2020-01-05"),
        ...     WorkTie("p1", "WORKED_AT", "w2", 0.7, first_on="2020-03-28"),
        ...     WorkTie("p2", "WORKED_AT", "w1", 0.7, first_on="2019-11"),
        ... ]
        >>> known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], ties)
        >>> [(became.person, became.outcome) for became in cohort(known, closings(known)[0]).people]
        [('p1', 'moved'), ('p2', 'unknown')]

    Limits: a stay whose end nobody gives is taken to have lasted until its person appears elsewhere, and no longer than two years. The next
    place is the first after the day (or up to four weeks before it); whoever came to it later than four months after counts as not seen
    again, since that is another story. Whoever is told to have come in a year, without its month, is known to have been there only
    where the year, or the end told, is over by then.
    """
    relation = relation_at(known, closing.place)
    people: list[Became] = []
    undated: list[str] = []
    doubted: list[str] = []
    for stay in known.at.get(closing.place, ()):
        if stay.relation != relation:
            continue
        there = _there(known, stay, closing)
        if stay.belief < LEAST:
            doubted.append(stay.person)
        elif there is None:
            undated.append(stay.person)
        elif there:
            people.append(_became(known, stay, closing))
    people.sort(key=lambda became: became.person)
    return Cohort(closing, tuple(people), tuple(sorted(undated)), tuple(sorted(doubted)))


def relation_at(known: Whereabouts, place: str) -> str:
    """Whether people of a place worked or lived there: `WORKED_AT` or `LIVED_AT`.

    Example:
        >>> relation_at(whereabouts([WorkPlace("h1", kind="dwelling")], []), "h1")
        'LIVED_AT'

    Limits: by the kind of the place, not by what is said of each person.
    """
    there = known.places.get(place)
    return LIVED if there is not None and there.kind == DWELLING else WORKED


def _there(known: Whereabouts, stay: Stay, closing: Closing) -> bool | None:
    """Whether somebody was at a place in the weeks before something happened to it; None: their days do not tell."""
    if stay.until is not None and stay.until < closing.since:
        return False
    if stay.begin is None:
        return True if stay.arrived is not None and stay.arrived < closing.latest else None
    if stay.begin >= closing.latest:
        return False
    if stay.until is not None:
        return True
    moved_on = any(
        other.begin and other.begin > stay.begin and other.arrived and other.arrived < closing.since
        for other in _elsewhere(known, stay)
    )
    return not moved_on and (closing.day - stay.begin).days <= LONGEST


def _elsewhere(known: Whereabouts, stay: Stay) -> Iterator[Stay]:
    """The stays of somebody at other places of that sort, in order of their days; those without a day come last."""
    for other in known.of[stay.person]:
        if other.relation == stay.relation and other.place != stay.place and other.belief >= LEAST:
            yield other


def _became(known: Whereabouts, stay: Stay, closing: Closing) -> Became:
    since, end = closing.since, closing.until
    # Whoever may have come there after they came here: of two in one month nobody knows the order.
    first = max(since, shifted(stay.begin, 1)) if stay.begin else since
    following = next(
        (
            other
            for other in _elsewhere(known, stay)
            if other.begin and other.begin < end and other.arrived and other.arrived >= first
        ),
        None,
    )
    beside = any(
        other.arrived is not None and other.arrived < end and other.until is not None and other.until >= closing.day
        for other in _elsewhere(known, stay)
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
        # Not by the last day that an end can mean: who is told to have left in that month need not have outlasted it.
        outcome = "stayed"
    elif seen_at:
        outcome = "seen"
    undated = tuple(other.place for other in _elsewhere(known, stay) if other.begin is None)
    return Became(stay.person, stay, outcome, following, abandoned, seen_at, undated if following is None else ())


def _since(tie: WorkTie, day: dt.date) -> bool:
    """Whether a link may say something of a day or later; one without a day may."""
    last = over(tie)
    return last is None or last >= day


def _emptied(known: Whereabouts, place: WorkPlace) -> Closing | None:
    """That those left who left a place within a few weeks, on the day of the last of them, if nobody stayed or came since."""
    relation = relation_at(known, place.id)
    there = [stay for stay in known.at.get(place.id, ()) if stay.relation == relation and stay.belief >= LEAST]
    gone = [left for stay in there if (left := _gone(known, stay)) is not None]
    if len(gone) < EMPTIED_PEOPLE or len(gone) < len(there):
        return None
    last, _, given = max(gone)
    together = sum((last - latest).days <= EMPTIED_DAYS for _, latest, _ in gone)
    return Closing(place.id, last, "emptied", given) if together >= EMPTIED_PEOPLE else None


def _gone(known: Whereabouts, stay: Stay) -> tuple[dt.date, dt.date, str] | None:
    """When somebody is known to have left: the last day told there, or that on which they came elsewhere.

    As the first and the last day that it can mean, and as given.
    """
    if stay.begin is None:
        return None
    ends = [(stay.ended, stay.until or stay.ended, stay.last_on)] if stay.ended is not None else []
    came = next(
        (
            (other.begin, other.arrived or other.begin, other.first_on)
            for other in _elsewhere(known, stay)
            if other.begin is not None and other.begin > stay.begin
        ),
        None,
    )
    # Whoever came elsewhere while they are told to be here still had not left.
    return max([*ends, *([came] if came else [])], default=None)
