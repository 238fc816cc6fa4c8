"""A world and what is said of it, as the files of a case folder and the truth beside them."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeGuard, TypeVar

from graphsvc.errors import InputError, OperatorError
from graphsvc.records.tables import TABLES
from graphsvc.simulate.cast import DOUBLE
from graphsvc.simulate.statements import Statement
from graphsvc.simulate.world import World

Row = dict[str, object]


class _Named(Protocol):
    """Something with an id."""

    id: str


_T = TypeVar("_T", bound=_Named)


@dataclass(frozen=True)
class Truth:
    """What was planted in a case, in the ids of its files. Lists are sorted.

    Attributes:
        hubs: persons through whom the operation runs.
        leaders: hubs at the top, who never touch a crossing.
        brokers: hubs who link gangs or cells that otherwise have nothing in common.
        helpers: those who meet many people lawfully.
        candidates: everyone to be ranked: all but those only carried or put to work, those only witnesses, and second
            rows of somebody else.
        witnesses: persons who give statements of kind `witness`.
        false_statements: ids of the witness statements that lie.
        false_links: (subject, relation, object) that lies and planted reports assert; none of them is true.
        mistaken_links: (subject, relation, object) that honest sources and reports assert; none of them is true.
        same: (second row, person) of those who stand in people.csv twice.
        roles: role of every candidate.
        tiers: in hard worlds who stands where: leaders, financiers, brokers, go-betweens, and organisers and leaders
            behind one of them (`insulated`). Empty, and not written, in clean ones.
    """

    hubs: list[str]
    leaders: list[str]
    brokers: list[str]
    helpers: list[str]
    candidates: list[str]
    witnesses: list[str]
    false_statements: list[str]
    false_links: list[tuple[str, str, str]]
    mistaken_links: list[tuple[str, str, str]]
    same: list[tuple[str, str]]
    roles: dict[str, str]
    tiers: dict[str, list[str]] = field(default_factory=dict)


def name_statements(rng: random.Random, statements: list[Statement]) -> dict[str, Statement]:
    """Ids for statements in the order they were taken, ties in random order: an id tells nothing but that."""
    ordered = sorted(rng.sample(statements, len(statements)), key=lambda statement: statement.taken)
    return {f"S{number:05d}": statement for number, statement in enumerate(ordered, 1)}


def truth(world: World, statements: dict[str, Statement]) -> Truth:
    """What was planted."""
    people = world.cast.people
    claims = [claim for statement in statements.values() for claim in statement.claims]
    witnesses = {statement.source for statement in statements.values() if statement.kind == "witness"}
    only_witnesses = {token for token in witnesses if people[token].role == "bystander"}
    candidates = sorted(set(world.candidates()) - only_witnesses)
    return Truth(
        hubs=sorted(hub.id for hub in world.cast.hubs),
        leaders=sorted(leader.id for leader in world.cast.of("leader")),
        brokers=sorted(world.linking()),
        helpers=sorted(helper.id for helper in world.cast.helpers),
        candidates=candidates,
        witnesses=sorted(witnesses),
        false_statements=sorted(token for token, statement in statements.items() if statement.false),
        false_links=sorted({claim.fact.key for claim in claims if claim.planted}),
        mistaken_links=sorted({claim.fact.key for claim in claims if claim.mistaken}),
        same=sorted((double.id, double.same_as) for double in world.cast.of(DOUBLE)),
        roles={token: people[token].role for token in candidates},
        tiers=_tiers(world) if world.knobs.hard else {},
    )


def _tiers(world: World) -> dict[str, list[str]]:
    roles = {"leaders": "leader", "financiers": "financier", "brokers": "broker", "go-betweens": "go-between"}
    tiers = {name: sorted(person.id for person in world.cast.of(role)) for name, role in roles.items()}
    return tiers | {"insulated": sorted({person.boss for person in world.cast.of("go-between")})}


def tables(world: World, statements: dict[str, Statement]) -> dict[str, list[Row]]:
    """The rows of every file, by the name of its table."""
    return {
        "people": _people(world, statements),
        "boats": _boats(world),
        "crossings": _crossings(world),
        "gangs": [{"id": gang.id, "name": gang.name, "aliases": gang.aliases} for gang in _sorted(world.cast.gangs)],
        "workplaces": _workplaces(world),
        "things": [dataclasses.asdict(thing) for thing in _sorted(world.things.rows)],
        "statements": [_statement(token, statement) for token, statement in statements.items()],
        "links": [row for token, statement in statements.items() for row in _links(token, statement)],
    }


def _sorted(rows: Iterable[_T]) -> list[_T]:
    return sorted(rows, key=lambda row: row.id)


def _people(world: World, statements: dict[str, Statement]) -> list[Row]:
    first: dict[str, dt.date] = {}
    named_in: dict[str, str] = {}
    for token, statement in statements.items():
        if statement.kind == "witness":
            first[statement.source] = min(statement.taken, first.get(statement.source, statement.taken))
        for claim in statement.claims:
            named_in.setdefault(claim.fact.subject, token)
    rows: list[Row] = []
    for person in _sorted(world.cast.people.values()):
        category = list(person.category)
        if person.id in first:
            category.append(f"witness@{first[person.id].isoformat()}")
        rows.append(
            {
                "id": person.id,
                "name": person.name,
                "aliases": person.aliases,
                "identified": person.identified if person.identified != "named" else "",
                "category": category,
                "sealed": "yes" if person.sealed else "",
                "date_of_birth": person.born,
                "age_disputed": "yes" if person.disputed else "",
                "nationality": person.nationality,
                "sex": person.sex if person.identified != "unknown" else "",
                "phones": person.phones,
                "notes": person.notes,
                "handling": person.handling,
                # Only a second row exists because somebody said so.
                "statement_id": named_in.get(person.id, "") if person.same_as else "",
                "review_on": person.review_on,
            }
        )
    return rows


def _boats(world: World) -> list[Row]:
    boats = {crossing.boat.id: crossing.boat for crossing in world.crossings}
    return [
        {
            "id": boat.id,
            "kind": boat.kind,
            "registration": boat.registration,
            "length_m": boat.length_m,
            "engine_hp": boat.engine_hp or "",
        }
        for boat in _sorted(boats.values())
    ]


def _crossings(world: World) -> list[Row]:
    rows: list[Row] = []
    for number, crossing in enumerate(world.crossings):
        landed = bool(crossing.landing[0])
        # Some arrivals have a time; a few of the early ones are known by month alone.
        clock = f"{crossing.day.isoformat()}T{3 + number % 5:02d}:{number * 7 % 60:02d}Z"
        vague = (world.knobs.day_peak - crossing.day).days > 30 and number % 9 == 4
        rows.append(
            {
                "id": crossing.id,
                "date": f"{crossing.day:%Y-%m}" if vague else clock if number % 3 == 0 else crossing.day.isoformat(),
                "launch_site": crossing.launch[0],
                "launch_lat": crossing.launch[1],
                "launch_lon": crossing.launch[2],
                "landing_site": crossing.landing[0],
                "landing_lat": crossing.landing[1] if landed else "",
                "landing_lon": crossing.landing[2] if landed else "",
                "people_count": crossing.aboard,
                "intercepted_by": crossing.intercepted_by,
                "x_incident": f"INC-{crossing.day:%y%m}-{number:04d}",
            }
        )
    return sorted(rows, key=lambda row: str(row["id"]))


def _workplaces(world: World) -> list[Row]:
    return [
        {
            "id": workplace.id,
            "name": workplace.name,
            "kind": workplace.kind,
            "sector": workplace.sector,
            "address": "" if workplace.kind == "online" else f"{workplace.address}, {workplace.town[0]}",
            "latitude": "" if workplace.kind == "online" else workplace.town[1],
            "longitude": "" if workplace.kind == "online" else workplace.town[2],
            "opened_on": f"{workplace.opened:%Y-%m}" if workplace.kind == "online" else f"{workplace.opened:%Y}",
            "closed_on": workplace.closed.isoformat() if workplace.closed else "",
        }
        for workplace in _sorted(world.workplaces)
    ]


def _statement(token: str, statement: Statement) -> Row:
    return {
        "id": token,
        "kind": statement.kind,
        "source_id": statement.source,
        "taken_on": statement.taken.isoformat(),
        "source_grade": statement.grade,
        "assessment": statement.assessment,
        "handling": statement.handling,
        "conditions": statement.conditions,
        "on_record": statement.on_record,
        "status": statement.status,
        "status_on": statement.status_on,
        "interest": statement.interest,
        "interpreter_id": statement.interpreter,
        "summary": statement.summary,
        "review_on": statement.taken.replace(year=statement.taken.year + 6, day=1).isoformat(),
    }


def _links(token: str, statement: Statement) -> list[Row]:
    """The claims of one statement, in the order of their ends: it tells nothing about which of them is a lie."""
    return [
        {
            "subject_id": claim.fact.subject,
            "relation": claim.fact.relation,
            "object_id": claim.fact.object,
            "statement_id": token,
            "from_date": claim.date,
            # What was not over when it was told has no end yet.
            "to_date": claim.fact.until.isoformat() if claim.date and _over(claim.fact.until, statement.taken) else "",
            "polarity": claim.polarity if claim.polarity != "asserts" else "",
            "weight": claim.fact.weight if claim.fact.weight != 1 else "",
            "amount": claim.fact.amount or "",
            "currency": claim.fact.currency,
            "place": claim.fact.place if statement.kind == "witness" else "",
            "subject_as_said": claim.subject_as_said,
            "object_as_said": claim.object_as_said,
            "assessment": claim.assessment,
            "handling": claim.handling if claim.handling != statement.handling else "",
            "notes": claim.notes,
        }
        for claim in sorted(statement.claims, key=lambda claim: claim.fact.key)
    ]


def _over(until: dt.date | None, taken: dt.date) -> TypeGuard[dt.date]:
    return until is not None and until <= taken


def _csv(name: str, rows: list[Row]) -> str:
    """A table as CSV: the columns of the format that some row fills, then those of the deliverer's own."""
    used = {column for row in rows for column, value in row.items() if value not in ("", [], None)}
    table = TABLES[name]
    columns = [column.name for column in table.columns if column.required or column.name in used]
    columns += sorted(used - {column.name for column in table.columns})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        cells = (row.get(column, "") for column in columns)
        writer.writerow([";".join(cell) if isinstance(cell, list) else cell for cell in cells])
    return text.getvalue()


def empty_folder(out: Path) -> None:
    """Makes `out` an empty folder.

    Raises:
        InputError: `out` is a file, or a folder that holds something.
        OperatorError: the folder cannot be made or read.
    """
    try:
        if out.exists() and not out.is_dir():
            raise InputError(f"{out} is a file, not a folder. Name a folder that is empty or not there yet.")
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise InputError(f"The folder {out} is not empty, and nothing in it was touched. Name another one.")
    except OSError as error:
        raise OperatorError(f"The folder {out} cannot be used: {error.strerror}. Name one you may write to.") from error


def write(out: Path, rows: dict[str, list[Row]], planted: Truth) -> None:
    """Writes the case folder into the empty folder `out`, whole or not at all.

    Raises:
        OperatorError: the disk is full or cannot be written; what was begun is taken away again.
    """
    files = {TABLES[name].file: _csv(name, table) for name, table in rows.items()}
    values = {name: value for name, value in dataclasses.asdict(planted).items() if name != "tiers" or value}
    files["truth.json"] = json.dumps(values, indent=1, ensure_ascii=False) + "\n"
    begun: list[Path] = []
    try:
        for name, text in files.items():
            begun.append(out / name)
            begun[-1].write_bytes(text.encode())
    except OSError as error:
        for path in begun:
            path.unlink(missing_ok=True)
        raise OperatorError(
            f"{begun[-1]} cannot be written: {error.strerror}. Nothing was left behind; make room or name another folder."
        ) from error
