"""A map of a case: waters, launch and landing sites, routes between them, workplaces. Pure; templates draw the SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.views.picture.arrangements import MAP, Frame, map_frame
from graphsvc.views.where.events import CROSSING, Event, Filters, site

LAUNCH, LANDING, WORKPLACE = "launch", "landing", "workplace"
WIDTH = 1000.0
_HEIGHTS = 380.0, 760.0
_MARGIN = 70.0
# Height of a label, and width of a letter.
_LINE, _LETTER = 20.0, 9.0
_LABELS = 24
_LEAST, _MOST = 5.0, 16.0
# Places closer together than this, in degrees, are taken to be this far apart when looking for others around them.
_LEAST_AROUND = 0.2

Row = Mapping[str, Any]
# Latitude and longitude in degrees.
Place = tuple[float, float]
Ring = Sequence[Place]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the map.

    Attributes:
        place: name of the site or id of the workplace, as in `Filters.place`. name: its name.
        kind: `launch`, `landing` or `workplace`; a site is a `landing` if more crossings ended than began there.
        x, y: in the map's units. radius: grows with the number of crossings.
        number: number of crossings that began or ended there; 0 for a workplace.
        labelled: whether its name is written next to it; names that would overlap others appear only on hover.
        shown: whether any event there passes the filters.
    """

    place: str
    name: str
    kind: str
    x: float
    y: float
    radius: float
    number: int
    labelled: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class Route:
    """Crossings from one site to another: `width` grows with their number; `shown`: whether any passes the filters."""

    launch: str
    landing: str
    line: tuple[float, float, float, float]
    width: float
    number: int
    shown: bool


@dataclass(frozen=True, slots=True)
class CohortLine:
    """Movement of people from a place that they left to the next one; `people` is their number, or `few`."""

    left: str
    following: str
    line: tuple[float, float, float, float]
    width: float
    people: int | str


@dataclass(frozen=True, slots=True)
class Chart:
    """A map, `width` by `height` in its own units.

    Attributes:
        waters: shores as an SVG path, to be filled by the even-odd rule.
        marks: the largest last, so that it is on top. routes: between the marks.
        cohort: movements of people from one place, where both ends have coordinates.
        frame: area of the earth that it shows; None without any coordinates.
    """

    width: float
    height: float
    waters: str
    marks: tuple[Mark, ...]
    routes: tuple[Route, ...]
    cohort: tuple[CohortLine, ...]
    frame: Frame | None


def coordinates(crossings: Iterable[Row], workplaces: Iterable[Row]) -> dict[str, Place]:
    """Return place → (latitude, longitude) in degrees; if a place has several coordinates, the first are used.

    Example:
        >>> coordinates([{"launch_site": "Calais", "launch_lat": 50.9, "launch_lon": 1.8, "landing_site": "Dover"}], [])
        {'Calais': (50.9, 1.8)}
    """
    known: dict[str, Place] = {}
    for row in crossings:
        for end in (LAUNCH, LANDING):
            _add(known, site(row, end), row.get(f"{end}_lat"), row.get(f"{end}_lon"))
    for row in workplaces:
        _add(known, row["id"], row.get("latitude"), row.get("longitude"))
    return known


def nearby(places: Mapping[str, Place], events: Iterable[Event]) -> dict[str, Place]:
    """Return launch and landing sites and places near them, as more distant ones would make the map too small to read.

    If no crossing has coordinates, return all places.
    """
    sites = [places[place] for event in events if event.kind == CROSSING for place in event.places if place in places]
    if not sites:
        return dict(places)
    south, north = min(at for at, _ in sites), max(at for at, _ in sites)
    west, east = min(at for _, at in sites), max(at for _, at in sites)
    around = max(north - south, east - west, _LEAST_AROUND) / 3
    return {
        place: (latitude, longitude)
        for place, (latitude, longitude) in places.items()
        if south - around <= latitude <= north + around and west - around <= longitude <= east + around
    }


def chart(
    events: Sequence[Event],
    places: Mapping[str, Place],
    filters: Filters,
    waters: Sequence[Ring] = (),
    moves: Sequence[tuple[str, str, int | str]] = (),
) -> Chart:
    """Return the map of some events.

    Args:
        events: events of the case.
        places: coordinates of the places to show, from `coordinates` or `nearby`.
        filters: events that do not pass are drawn faintly. A filter for one place does not make other places faint.
        waters: shores in `map_frame(places).box`, as rings of (latitude, longitude).
        moves: movements of the people of a cohort: (place that they left, next place, number of people or `few`).
    """
    frame = map_frame(places)
    if frame is None:
        return Chart(WIDTH, 0.0, "", (), (), (), None)
    scaled, height = _fit_frame(places, frame)
    points = {place: scaled.place(*degrees) for place, degrees in places.items()}
    matching = [event for event in events if filters.matching(event, without="place")]
    return Chart(
        WIDTH,
        height,
        _path(scaled, waters),
        tuple(_marks(events, matching, points)),
        tuple(_routes(events, matching, points)),
        tuple(
            CohortLine(
                left,
                after,
                _line(points[left], points[after]),
                2.0 + (people if isinstance(people, int) else 1),
                people,
            )
            for left, after, people in moves
            if left in points and after in points
        ),
        frame,
    )


def _add(known: dict[str, Place], place: str, latitude: float | None, longitude: float | None) -> None:
    if place and latitude is not None and longitude is not None:
        known.setdefault(place, (float(latitude), float(longitude)))


def _fit_frame(places: Mapping[str, Place], frame: Frame) -> tuple[Frame, float]:
    """Return the frame, scaled so that all places fit into the map, and the height of the map."""
    points = [frame.place(*degrees) for degrees in places.values()]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    wide, high = right - left, bottom - top
    # A frame covers at least half a degree, however close the places are.
    unit = min((WIDTH - 2 * _MARGIN) / max(wide, MAP), (_HEIGHTS[1] - 2 * _MARGIN) / max(high, 1.0))
    height = max(high * unit + 2 * _MARGIN, _HEIGHTS[0])
    scale = frame.scale * unit
    lon = frame.lon + left / frame.scale - (WIDTH - wide * unit) / 2 / scale
    north = frame.north - top / frame.scale + (height - high * unit) / 2 / scale
    return Frame(scale, lon, north, frame.box), height


def _path(frame: Frame, waters: Iterable[Ring]) -> str:
    rings = ("L".join(f"{x:.0f} {y:.0f}" for x, y in frame.places(ring)) for ring in waters)
    return "".join(f"M{ring}Z" for ring in rings)


def _marks(events: Iterable[Event], matching: Sequence[Event], points: Mapping[str, Place]) -> list[Mark]:
    launches, landings = Counter[str](), Counter[str]()
    names: dict[str, str] = {}
    for event in events:
        if event.kind == CROSSING:
            launches.update(event.places[:1])
            landings.update(event.places[1:])
        else:
            names[event.places[0]] = event.name
    matching_places = {place for event in matching for place in event.places}
    number = launches + landings
    order = sorted(points, key=lambda place: (-number[place], place))
    most = max(number.values(), default=1)
    boxes: list[tuple[float, float, float, float]] = []
    marks = []
    for place in order:
        kind = WORKPLACE if place in names and not number[place] else LAUNCH
        if kind == LAUNCH and landings[place] > launches[place]:
            kind = LANDING
        name, (x, y) = names.get(place, place), points[place]
        radius = _LEAST + (_MOST - _LEAST) * (number[place] / most) ** 0.5
        labelled = len(boxes) < _LABELS and _clear(boxes, name, x + radius, y)
        marks.append(
            Mark(
                place,
                name,
                kind,
                round(x, 1),
                round(y, 1),
                round(radius, 1),
                number[place],
                labelled,
                place in matching_places,
            )
        )
    return marks[::-1]


def _clear(boxes: list[tuple[float, float, float, float]], name: str, x: float, y: float) -> bool:
    """Whether a name fits at a point without overlap; if so, add its box to `boxes`."""
    box = (x, y - _LINE / 2, x + _LETTER * (len(name) + 1), y + _LINE / 2)
    if box[2] > WIDTH or any(
        box[0] < obstacle[2] and obstacle[0] < box[2] and box[1] < obstacle[3] and obstacle[1] < box[3]
        for obstacle in boxes
    ):
        return False
    boxes.append(box)
    return True


def _routes(events: Iterable[Event], matching: Iterable[Event], points: Mapping[str, Place]) -> list[Route]:
    number = Counter(_ends(event) for event in events)
    matching_ends = {_ends(event) for event in matching}
    most = max((times for ends, times in number.items() if ends), default=1)
    return [
        Route(
            *ends,
            line=_line(points[ends[0]], points[ends[1]]),
            width=round(1.2 + 4.8 * times / most, 1),
            number=times,
            shown=ends in matching_ends,
        )
        for ends, times in sorted(number.items())
        if len(ends) == 2 and set(ends) <= set(points)
    ]


def _line(begin: tuple[float, float], end: tuple[float, float]) -> tuple[float, float, float, float]:
    return round(begin[0], 1), round(begin[1], 1), round(end[0], 1), round(end[1], 1)


def _ends(event: Event) -> tuple[str, ...]:
    return event.places if event.kind == CROSSING else ()
