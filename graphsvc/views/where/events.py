"""Events with days and places: crossings, and workplaces that opened or closed; and filters for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphsvc.records.dates import parse_date

CROSSING, OPENED, CLOSED, UNDATED = "crossing", "opened", "closed", "undated"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """An event, or a workplace without a known day of opening or closing.

    Attributes:
        id: of the crossing or workplace. name: its name.
        kind: `crossing`, `opened`, `closed`, or `undated` for a workplace without such a day.
        date: as given. first, last: the first and last day it can mean (`2020-05-08`); empty without a date.
        places: names of its launch and landing site, or the id of the workplace.
        people: number of people carried, if known, else None; of a workplace, number of people said to have worked or
            lived there, with a belief of at least a quarter.
        behind: people said to have organised the crossing, or to control the workplace: see `views.lists`.
    """

    id: str
    name: str
    kind: str
    date: str
    first: str
    last: str
    places: tuple[str, ...]
    people: int | None
    behind: Sequence[Row] = field(default=())

    @property
    def words(self) -> str:
        """Text to search, in lower case without accents: id, names, places and the people behind the event."""
        return fold_text(" ".join((self.id, self.name, *self.places, *(str(who["name"]) for who in self.behind))))


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters for events; all events pass an empty filter.

    Attributes:
        first, last: first and last day, as `2020-05-08`. place: name of a site or id of a workplace.
        text: words that must all occur in an event.
    """

    first: str = ""
    last: str = ""
    place: str = ""
    text: str = ""

    def matching(self, event: Event, without: str = "") -> bool:
        """Whether an event passes the filters.

        Args:
            event: the event.
            without: `place` to ignore the filter for a place, so that a map still shows other places to choose.

        Example:
            >>> night = Event("C1", "C1", "crossing", "2020-05", "2020-05-01", "2020-05-31", ("Calais", "Dover"), 20)
            >>> Filters(first="2020-05-08", last="2020-05-08", place="Dover", text="cal").matching(night)
            True
            >>> Filters(first="2020-06-01").matching(night), Filters(place="Deal").matching(night, without="place")
            (False, True)
        """
        return (
            self._in_days(event)
            and (without == "place" or not self.place or self.place in event.places)
            and self._in_words(event)
        )

    def _in_words(self, event: Event) -> bool:
        wanted = fold_text(self.text).split()
        words = event.words if wanted else ""
        return all(word in words for word in wanted)

    def _in_days(self, event: Event) -> bool:
        if not (self.first or self.last):
            return True
        if not event.first:
            return False
        return (not self.last or event.first <= self.last) and (not self.first or event.last >= self.first)


def fold_text(text: str) -> str:
    """Return text in lower case without accents, as the page's script does."""
    if text.isascii():
        return text.lower()
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if unicodedata.category(letter)[0] != "M")
    return plain.lower()


def events(crossings: Iterable[Row], workplaces: Iterable[Row]) -> list[Event]:
    """Return crossings, and openings and closings of workplaces, by day; those without a day are last.

    Args:
        crossings: rows of `views.lists.behind_crossings`.
        workplaces: rows of `views.lists.behind_workplaces`.
    """
    case_events = [_crossing(row) for row in crossings]
    case_events += [event for row in workplaces for event in _workplace(row)]
    return sorted(case_events, key=lambda event: (not event.first, event.first, event.kind, event.id))


def site(row: Row, end: str) -> str:
    """Return the name of a launch or landing site, or else its coordinates; empty if neither is known."""
    if row.get(f"{end}_site"):
        return str(row[f"{end}_site"])
    latitude, longitude = row.get(f"{end}_lat"), row.get(f"{end}_lon")
    return "" if latitude is None or longitude is None else f"{latitude:.2f}, {longitude:.2f}"


def _crossing(row: Row) -> Event:
    places = tuple(dict.fromkeys(filter(None, (site(row, "launch"), site(row, "landing")))))
    date, first, last = _days(row.get("date"))
    return Event(row["id"], row["id"], CROSSING, date, first, last, places, row["people_count"], row["organisers"])


def _workplace(row: Row) -> list[Event]:
    changes = []
    for kind in (OPENED, CLOSED):
        date, first, last = _days(row.get(f"{kind}_on"))
        if date:
            changes.append((kind, date, first, last))
    return [
        Event(
            row["id"],
            row["name"] or row["id"],
            kind,
            date,
            first,
            last,
            (row["id"],),
            row["people"],
            row["controllers"],
        )
        for kind, date, first, last in changes or [(UNDATED, "", "", "")]
    ]


def _days(date: Any) -> tuple[str, str, str]:
    if not date:
        return "", "", ""
    day = parse_date(str(date))
    return day.given, day.earliest.isoformat(), day.latest.isoformat()
