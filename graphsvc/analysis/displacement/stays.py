"""Stays of people at places, with their days, read from links as disclosed to the reader.

A stay comes from one link between a person and a place. Its days are kept as reported: a beginning known only to the
year counts as unknown, and a missing end stays open. A day known to the month is kept with both its ends, so that
nothing that may have been in time counts as too early or too late.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphsvc.records.dates import PartialDate, parse_date

# Links believed less than this do not place a person anywhere, as they are more likely false than true.
LEAST = 0.5
# Control needs less belief. A single statement about it is more often wrong than right, but shows where to look.
LEAST_CONTROL = 0.25
# A date this coarse (days from its first to its last) still shows when a person came.
COARSEST = 31
WORKED, LIVED, CONTROLS, MANAGED = "WORKED_AT", "LIVED_AT", "CONTROLS", "MANAGED"
TRANSPORTED, HOUSED, ABANDONED, LOCATED = "TRANSPORTED", "HOUSED", "ABANDONED", "LOCATED_AT"
DWELLING, ONLINE = "dwelling", "online"


@dataclass(frozen=True, slots=True)
class WorkTie:
    """A link about a workplace or the people there.

    Attributes:
        belief: 0 to 1, as disclosed to the reader. denied: whether any claim denies it.
        first_on, last_on: first and last day, as given, or empty.
    """

    subject: str
    relation: str
    object: str
    belief: float
    denied: bool = False
    first_on: str = ""
    last_on: str = ""

    @property
    def holds(self) -> bool:
        """Whether the belief is high enough to count: at least `LEAST`, or for control `LEAST_CONTROL`."""
        return self.belief >= (LEAST_CONTROL if self.relation in (CONTROLS, MANAGED) else LEAST)


@dataclass(frozen=True, slots=True)
class WorkPlace:
    """A place where people are made to work or live.

    Attributes:
        kind: `premises`, `dwelling`, `site` or `online`.
        opened_on, closed_on: as given, or empty.
        sector, address: as given, or empty. position: latitude and longitude; None: not known.
    """

    id: str
    name: str = ""
    kind: str = "premises"
    opened_on: str = ""
    closed_on: str = ""
    sector: str = ""
    address: str = ""
    position: tuple[float, float] | None = None

    @property
    def town(self) -> str:
        """The last part of the address, such as `folkestone`; empty if the address is not known."""
        return self.address.rpartition(",")[2].strip().casefold()


@dataclass(frozen=True, slots=True)
class Stay:
    """A person's stay at a place.

    Attributes:
        relation: `WORKED_AT` or `LIVED_AT`.
        begin: first day on which they can have come; None: not reported to the month.
        until: last day the reported end can mean, if later than `begin`; None: no end is reported.
        belief: 0 to 1. denied: whether any claim denies it.
        arrived: day by which they had come; None: not reported. ended: first day the reported end can mean, if there is
            `until`.
        first_on, last_on: first and last day reported, as given, or empty.
    """

    person: str
    place: str
    relation: str
    begin: dt.date | None
    until: dt.date | None
    belief: float
    denied: bool = False
    arrived: dt.date | None = None
    ended: dt.date | None = None
    first_on: str = ""
    last_on: str = ""


def stays(ties: Iterable[WorkTie]) -> dict[str, list[Stay]]:
    """Return each person's stays, by day; stays without a day come last.

    Args:
        ties: links of any relation; only those of working and living somewhere are used.

    Example:
        >>> some = stays([WorkTie("p1", "WORKED_AT", "w1", 0.7, first_on="2020-01", last_on="2020-03-20")])
        >>> [(stay.place, str(stay.begin), str(stay.until)) for stay in some["p1"]]
        [('w1', '2020-01-01', '2020-03-20')]

    Limits: a person who worked at a place twice has one stay there, from the first reported day to the last, since a
    link sums up all claims about both ends. If a claim gives a single day, the link does not show whether it is the
    first or the last.
    """
    by_person: dict[str, list[Stay]] = defaultdict(list)
    for tie in ties:
        if tie.relation in (WORKED, LIVED):
            by_person[tie.subject].append(_stay(tie))
    for person_stays in by_person.values():
        person_stays.sort(key=lambda stay: (stay.begin or dt.date.max, stay.relation, stay.place))
    return dict(by_person)


def earliest(text: str) -> dt.date | None:
    """Return the first day a date can mean; None for an empty text.

    Example:
        >>> earliest("2020-03"), earliest("")
        (datetime.date(2020, 3, 1), None)

    Limits: for a year alone it is 1 January, although nothing may have happened then.
    """
    return parse_date(text).earliest if text else None


def near(text: str) -> dt.date | None:
    """Return the first day a date can mean, if it includes the month; else None.

    Example:
        >>> near("2020-03"), near("2020"), near("")
        (datetime.date(2020, 3, 1), None, None)

    Limits: the day within the month is not known. Years 1 and 9999 count as missing, as files use them for unknown
    dates.
    """
    date = _to_the_month(text)
    return date.earliest if date else None


def near_end(text: str) -> dt.date | None:
    """Return the last day a date can mean, if it includes the month; else None.

    Example:
        >>> near_end("2020-02"), near_end("2020-02-05"), near_end("2020")
        (datetime.date(2020, 2, 29), datetime.date(2020, 2, 5), None)

    Limits: as `near`.
    """
    date = _to_the_month(text)
    return date.latest if date else None


def over(tie: WorkTie) -> dt.date | None:
    """Return the last day on which a link can be true; None if it has no day, or a placeholder.

    Example:
        >>> over(WorkTie("d", "TRANSPORTED", "p", 0.8, first_on="2018"))
        datetime.date(2018, 12, 31)

    Limits: the link may have ended long before.
    """
    date = _usable_date(tie.last_on or tie.first_on)
    return date.latest if date else None


def shift_day(day: dt.date, days: int) -> dt.date:
    """Return the day this many days later, or earlier if negative; at most the last or first possible day.

    Example:
        >>> shift_day(dt.date(2020, 3, 1), -1), shift_day(dt.date.max, 1) == dt.date.max
        (datetime.date(2020, 2, 29), True)

    Limits: years run from 1 to 9999.
    """
    number = min(max(day.toordinal() + days, dt.date.min.toordinal()), dt.date.max.toordinal())
    return dt.date.fromordinal(number)


def hands(ties: Iterable[WorkTie]) -> Mapping[str, dict[str, WorkTie]]:
    """Return, by place, the people and gangs reported to control it, with the link; weakly believed ones are left out.

    Example:
        >>> dict(hands([WorkTie("boss", "CONTROLS", "w1", 0.7), WorkTie("other", "CONTROLS", "w1", 0.2)]))["w1"].keys()
        dict_keys(['boss'])

    Limits: people behind the named controllers remain unknown.
    """
    controlled: dict[str, dict[str, WorkTie]] = defaultdict(dict)
    for tie in ties:
        if tie.relation == CONTROLS and tie.holds:
            controlled[tie.object][tie.subject] = tie
    return controlled


def contested_hands(ties: Iterable[WorkTie]) -> frozenset[str]:
    """Return the people and gangs whose control of a place some claim denies.

    Example:
        >>> contested_hands([WorkTie("boss", "CONTROLS", "w1", 0.7, denied=True), WorkTie("aide", "CONTROLS", "w1", 0.7)])
        frozenset({'boss'})

    Limits: one denied place is enough, also for closures of other places under the same control.
    """
    return frozenset(tie.subject for tie in ties if tie.relation == CONTROLS and tie.holds and tie.denied)


def _stay(tie: WorkTie) -> Stay:
    begin, ended, until = near(tie.first_on), None, None
    if tie.last_on != tie.first_on:
        end = _usable_date(tie.last_on)
        ended, until = (end.earliest, end.latest) if end else (None, None)
    if ended is None or until is None or (begin is not None and until <= begin):
        ended = until = None
    elif begin is not None:
        ended = max(ended, begin)
    # The person had come by the last day that the first date can mean, and by the end of the stay.
    latest = parse_date(tie.first_on).latest if tie.first_on and (begin or until) else None
    arrived = min((day for day in (latest, until) if day is not None), default=None)
    return Stay(
        tie.subject,
        tie.object,
        tie.relation,
        begin,
        until,
        tie.belief,
        tie.denied,
        arrived,
        ended,
        tie.first_on,
        tie.last_on,
    )


def _usable_date(text: str) -> PartialDate | None:
    date = parse_date(text) if text else None
    return None if date is None or date.earliest.year in (dt.MINYEAR, dt.MAXYEAR) else date


def _to_the_month(text: str) -> PartialDate | None:
    date = _usable_date(text)
    return date if date and (date.latest - date.earliest).days < COARSEST else None
