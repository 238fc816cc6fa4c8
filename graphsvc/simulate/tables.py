"""Rows for the files of a case folder, made one by one as they are written."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard, TypeVar

from graphsvc.simulate.cast import DOUBLE, InventedPerson
from graphsvc.simulate.sea import Crossing
from graphsvc.simulate.statements import Statement
from graphsvc.simulate.work import Workplace
from graphsvc.simulate.world import World

Row = Sequence[object]

_PEOPLE = (
    "id",
    "name",
    "aliases",
    "identified",
    "category",
    "sealed",
    "date_of_birth",
    "age_disputed",
    "nationality",
    "sex",
    "phones",
    "notes",
    "handling",
    "statement_id",
    "review_on",
)
_CROSSINGS = (
    "id",
    "date",
    "launch_site",
    "launch_lat",
    "launch_lon",
    "landing_site",
    "landing_lat",
    "landing_lon",
    "people_count",
    "intercepted_by",
    "x_incident",
)
_WORKPLACES = ("id", "name", "kind", "sector", "address", "latitude", "longitude", "opened_on", "closed_on")
_STATEMENTS = (
    "id",
    "kind",
    "source_id",
    "taken_on",
    "source_grade",
    "assessment",
    "handling",
    "conditions",
    "on_record",
    "status",
    "status_on",
    "interest",
    "interpreter_id",
    "summary",
    "review_on",
)
_LINKS = (
    "subject_id",
    "relation",
    "object_id",
    "statement_id",
    "from_date",
    "to_date",
    "polarity",
    "weight",
    "amount",
    "currency",
    "place",
    "subject_as_said",
    "object_as_said",
    "assessment",
    "handling",
    "notes",
)


class _Named(Protocol):
    """An object with an id."""

    id: str


_T = TypeVar("_T", bound=_Named)


@dataclass(frozen=True, slots=True)
class InventedTable:
    """One file: its columns, and a function that makes its rows one by one."""

    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]


def tables(world: World, statements: dict[str, Statement]) -> dict[str, InventedTable]:
    """Return all files, by the name of their table."""
    gangs = _sort_by_id(world.cast.gangs)
    return {
        "people": _people(world, statements),
        "boats": _boats(world),
        "crossings": _crossings(world),
        "gangs": InventedTable(
            ("id", "name", "aliases"), lambda: ((gang.id, gang.name, ";".join(gang.aliases)) for gang in gangs)
        ),
        "workplaces": _workplaces(world),
        "things": _things(world),
        "statements": _statements(world, statements),
        "links": InventedTable(
            _LINKS, lambda: itertools.chain.from_iterable(_links(*item) for item in statements.items())
        ),
    }


def _sort_by_id(rows: Iterable[_T]) -> list[_T]:
    return sorted(rows, key=lambda row: row.id)


def _people(world: World, statements: dict[str, Statement]) -> InventedTable:
    first: dict[str, dt.date] = {}
    named_in: dict[str, str] = {}
    doubles = {double.id for double in world.cast.of(DOUBLE)}
    for token, statement in statements.items():
        if statement.kind == "witness":
            first[statement.source] = min(statement.taken, first.get(statement.source, statement.taken))
        for claim in statement.claims:
            if claim.fact.subject in doubles:
                named_in.setdefault(claim.fact.subject, token)
    people = _sort_by_id(world.cast.people.values())

    def row(person: InventedPerson) -> Row:
        witness_categories = [f"witness@{first[person.id].isoformat()}"] if person.id in first else []
        return (
            person.id,
            person.name,
            ";".join(person.aliases),
            person.identified if person.identified != "named" else "",
            ";".join(person.category + witness_categories),
            "yes" if person.sealed else "",
            person.born,
            "yes" if person.disputed else "",
            person.nationality,
            person.sex if person.identified != "unknown" else "",
            ";".join(person.phones),
            person.notes,
            person.handling,
            # Only second rows exist because of a statement.
            named_in.get(person.id, ""),
            person.review_on,
        )

    return InventedTable(_PEOPLE, lambda: map(row, people))


def _boats(world: World) -> InventedTable:
    boats = _sort_by_id({crossing.boat.id: crossing.boat for crossing in world.crossings}.values())
    return InventedTable(
        ("id", "kind", "registration", "length_m", "engine_hp"),
        lambda: ((boat.id, boat.kind, boat.registration, boat.length_m, boat.engine_hp or "") for boat in boats),
    )


def _crossings(world: World) -> InventedTable:
    numbered = sorted(enumerate(world.crossings), key=lambda pair: pair[1].id)

    def row(number: int, crossing: Crossing) -> Row:
        landed = bool(crossing.landing[0])
        # Some arrivals have a time; a few of the early ones are known by month alone.
        clock = f"{crossing.day.isoformat()}T{3 + number % 5:02d}:{number * 7 % 60:02d}Z"
        vague = (world.knobs.day_peak - crossing.day).days > 30 and number % 9 == 4
        return (
            crossing.id,
            f"{crossing.day:%Y-%m}" if vague else clock if number % 3 == 0 else crossing.day.isoformat(),
            crossing.launch[0],
            crossing.launch[1],
            crossing.launch[2],
            crossing.landing[0],
            crossing.landing[1] if landed else "",
            crossing.landing[2] if landed else "",
            crossing.aboard,
            crossing.intercepted_by,
            f"INC-{crossing.day:%y%m}-{number:04d}",
        )

    return InventedTable(_CROSSINGS, lambda: itertools.starmap(row, numbered))


def _workplaces(world: World) -> InventedTable:
    workplaces = _sort_by_id(world.workplaces)

    def row(workplace: Workplace) -> Row:
        online = workplace.kind == "online"
        return (
            workplace.id,
            workplace.name,
            workplace.kind,
            workplace.sector,
            "" if online else f"{workplace.address}, {workplace.town[0]}",
            "" if online else workplace.town[1],
            "" if online else workplace.town[2],
            f"{workplace.opened:%Y-%m}" if online else f"{workplace.opened:%Y}",
            workplace.closed.isoformat() if workplace.closed else "",
        )

    return InventedTable(_WORKPLACES, lambda: map(row, workplaces))


def _things(world: World) -> InventedTable:
    things = _sort_by_id(world.things.rows)
    return InventedTable(
        ("id", "kind", "value", "name"), lambda: ((thing.id, thing.kind, thing.value, thing.name) for thing in things)
    )


def _statements(world: World, statements: Mapping[str, Statement]) -> InventedTable:
    if not world.knobs.sanitised:
        return InventedTable(_STATEMENTS, lambda: (_statement(*item) for item in statements.items()))
    return InventedTable(
        (*_STATEMENTS, "sanitised"), lambda: ((*_statement(*item), item[1].sanitised) for item in statements.items())
    )


def _statement(token: str, statement: Statement) -> Row:
    return (
        token,
        statement.kind,
        statement.source,
        statement.taken.isoformat(),
        statement.grade,
        statement.assessment,
        statement.handling,
        statement.conditions,
        statement.on_record,
        statement.status,
        statement.status_on,
        statement.interest,
        statement.interpreter,
        statement.summary,
        statement.taken.replace(year=statement.taken.year + 6, day=1).isoformat(),
    )


def _links(token: str, statement: Statement) -> Iterator[Row]:
    """Return the claims of one statement, sorted by their ends so that the order does not reveal lies."""
    for claim in sorted(statement.claims, key=lambda claim: claim.fact.key):
        fact = claim.fact
        yield (
            fact.subject,
            fact.relation,
            fact.object,
            token,
            claim.date,
            # A relation that was still going on when the statement was taken has no end yet.
            fact.until.isoformat() if claim.date and _over(fact.until, statement.taken) else "",
            claim.polarity if claim.polarity != "asserts" else "",
            fact.weight if fact.weight != 1 else "",
            fact.amount or "",
            fact.currency,
            fact.place if statement.kind == "witness" else "",
            claim.subject_as_said,
            claim.object_as_said,
            claim.assessment,
            claim.handling if claim.handling != statement.handling else "",
            claim.notes,
        )


def _over(until: dt.date | None, taken: dt.date) -> TypeGuard[dt.date]:
    return until is not None and until <= taken
