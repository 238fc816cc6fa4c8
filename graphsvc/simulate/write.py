"""Write the files of a case folder, and its truth."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass, field
from pathlib import Path

from graphsvc.errors import InputError, OperatorError
from graphsvc.records.tables import TABLES
from graphsvc.simulate.cast import DOUBLE
from graphsvc.simulate.statements import Statement
from graphsvc.simulate.tables import InventedTable
from graphsvc.simulate.world import World


@dataclass(frozen=True)
class Truth:
    """The truth planted in a case, with the ids of its files. Lists are sorted.

    Attributes:
        hubs: people who keep the operation running.
        leaders: hubs at the top, who never touch a crossing.
        brokers: hubs who link gangs or cells that otherwise have nothing in common.
        helpers: people who meet many others lawfully.
        candidates: everyone to be ranked: all but people only carried or put to work, people who are only witnesses,
            and second rows.
        witnesses: persons who give statements of kind `witness`.
        false_statements: ids of the witness statements that lie.
        false_links: (subject, relation, object) asserted by lies and planted reports; all untrue.
        mistaken_links: (subject, relation, object) asserted by honest sources and reports; all untrue.
        same: (second row, person) for people with two rows in people.csv.
        roles: role of every candidate.
        tiers: in hard worlds, people by position: leaders, financiers, brokers, go-betweens, and organisers and leaders
            behind a go-between (`insulated`). Empty, and not written, in clean ones.
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
    """Give statements ids in the order they were taken, ties in random order, so that an id reveals nothing else."""
    ordered = sorted(rng.sample(statements, len(statements)), key=lambda statement: statement.taken)
    return {f"S{number:05d}": statement for number, statement in enumerate(ordered, 1)}


def truth(world: World, statements: dict[str, Statement]) -> Truth:
    """Return the planted truth."""
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


def _filled_columns(table: InventedTable) -> set[str]:
    """Return the columns with a value in some row. Reading stops once every column has one, usually early."""
    empty = dict(enumerate(table.columns))
    for row in table.rows():
        for position in [position for position in empty if row[position] != ""]:
            del empty[position]
        if not empty:
            break
    return set(table.columns) - set(empty.values())


def _write_table(path: Path, name: str, table: InventedTable) -> None:
    """Write a table as CSV: the format's columns that have a value in some row, then the custom ones.

    Rows are written as they are made, since together they need more memory than their source.
    """
    known, filled = TABLES[name].columns, _filled_columns(table)
    columns = [column.name for column in known if column.required or column.name in filled]
    columns += sorted(filled - {column.name for column in known})
    positions = [table.columns.index(column) for column in columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([row[position] for position in positions] for row in table.rows())


def empty_folder(out: Path) -> None:
    """Make `out` an empty folder.

    Raises:
        InputError: `out` is a file, or a folder that is not empty.
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


def write(out: Path, laid_out: dict[str, InventedTable], planted: Truth) -> None:
    """Write the case folder into the empty folder `out`, completely or not at all.

    Raises:
        OperatorError: the disk is full or cannot be written; files already written are removed.
    """
    values = {name: value for name, value in vars(planted).items() if name != "tiers" or value}
    begun: list[Path] = []
    try:
        for name, table in laid_out.items():
            begun.append(out / TABLES[name].file)
            _write_table(begun[-1], name, table)
        begun.append(out / "truth.json")
        begun[-1].write_bytes(f"{json.dumps(values, indent=1, ensure_ascii=False)}\n".encode())
    except OSError as error:
        for path in begun:
            path.unlink(missing_ok=True)
        raise OperatorError(
            f"{begun[-1]} cannot be written: {error.strerror}. Nothing was left behind; make room or name another folder."
        ) from error
