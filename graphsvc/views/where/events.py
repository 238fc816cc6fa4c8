"""What happened where and when: crossings, and workplaces that opened or closed; and which of it is asked for."""

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
    """Something that happened, or a workplace of which it is not known when it opened or closed.

    Attributes:
        id: of the crossing or workplace. name: what it is called.
        kind: `crossing`, `opened`, `closed`, or `undated` for a workplace that is there without a day.
        date: as given. first, last: the days it can mean (`2020-05-08`); empty where nothing is given.
        places: names of its launch and landing site, or the id of the workplace.
        people: carried as far as is known, or believed at a quarter or more to have worked or lived there; None: not known.
        behind: who is said to have organised the crossing, or to control the workplace: `views.lists`.
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
        """All it can be found by, folded: names, places, who is behind it."""
        return folded(" ".join((self.id, self.name, *self.places, *(str(who["name"]) for who in self.behind))))


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; empty asks for everything.

    Attributes:
        first, last: days from and to, `2020-05-08`. place: name of a site or id of a workplace. text: words, all of which must be there.
    """

    first: str = ""
    last: str = ""
    place: str = ""
    text: str = ""

    def matching(self, event: Event, without: str = "") -> bool:
        """Whether an event is asked for.

        Args:
            event: the event.
            without: `place`: as if that were not asked for, since a map with one place alone would lead nowhere.

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
        wanted = folded(self.text).split()
        words = event.words if wanted else ""
        return all(word in words for word in wanted)

    def _in_days(self, event: Event) -> bool:
        if not (self.first or self.last):
            return True
        if not event.first:
            return False
        return (not self.last or event.first <= self.last) and (not self.first or event.last >= self.first)


def folded(text: str) -> str:
    """Text without marks and capitals, as the page's script folds it too."""
    if text.isascii():
        return text.lower()
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if unicodedata.category(letter)[0] != "M")
    return plain.lower()


def events(crossings: Iterable[Row], workplaces: Iterable[Row]) -> list[Event]:
    """Every crossing, and each workplace as often as it opened or closed; by day, what has none last.

    Args:
        crossings: rows of `views.lists.behind_crossings`.
        workplaces: rows of `views.lists.behind_workplaces`.
    """
    some = [_crossing(row) for row in crossings]
    some += [event for row in workplaces for event in _workplace(row)]
    return sorted(some, key=lambda event: (not event.first, event.first, event.kind, event.id))


def site(row: Row, end: str) -> str:
    """What a launch or landing site is called: by its name, else by where it is; empty where neither is known."""
    if row.get(f"{end}_site"):
        return str(row[f"{end}_site"])
    latitude, longitude = row.get(f"{end}_lat"), row.get(f"{end}_lon")
    return "" if latitude is None or longitude is None else f"{latitude:.2f}, {longitude:.2f}"


def _crossing(row: Row) -> Event:
    places = tuple(dict.fromkeys(filter(None, (site(row, "launch"), site(row, "landing")))))
    date, first, last = _days(row.get("date"))
    return Event(row["id"], row["id"], CROSSING, date, first, last, places, row["people_count"], row["organisers"])


def _workplace(row: Row) -> list[Event]:
    some = []
    for kind in (OPENED, CLOSED):
        date, first, last = _days(row.get(f"{kind}_on"))
        if date:
            some.append((kind, date, first, last))
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
        for kind, date, first, last in some or [(UNDATED, "", "", "")]
    ]


def _days(given: Any) -> tuple[str, str, str]:
    if not given:
        return "", "", ""
    day = parse_date(str(given))
    return day.given, day.earliest.isoformat(), day.latest.isoformat()
