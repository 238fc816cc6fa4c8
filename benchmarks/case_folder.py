"""A case folder as claims, persons, dependence and truth: read directly, so that a ranking can be tried without a server."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphsvc.analysis.dependence import shared_keys
from graphsvc.analysis.evidence import Claim, Dependence, Person
from graphsvc.records import grading
from graphsvc.records.tables import ENTITY_TABLES

# What makes the sources who did it dependent on each other: relation, the end the source's person stands at, reason.
_SHARED = (
    ("CROSSED_ON", "subject", "crossing"),
    ("LIVED_AT", "subject", "dwelling"),
    ("WORKED_AT", "subject", "workplace"),
    ("RECRUITED", "object", "recruiter"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """What one folder holds."""

    claims: list[Claim]
    persons: list[Person]
    dependence: Dependence
    truth: dict[str, Any]

    @property
    def untrue(self) -> set[tuple[str, str, str]]:
        """What is asserted though it is not so, by whomever: (subject, relation, object)."""
        return {tuple(key) for name in ("false_links", "mistaken_links") for key in self.truth[name]}


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    path = folder / f"{name}.csv"
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def _status(statement: dict[str, str], row: dict[str, str]) -> str:
    taken_back = (statement.get("status") or "given") != "given" or row.get("polarity") == "withdrawn"
    return "withdrawn" if taken_back else "active"


def _claims(folder: Path, statements: dict[str, dict[str, str]]) -> list[Claim]:
    kinds = {row["id"]: table.record for table in ENTITY_TABLES for row in _rows(folder, table.name)}
    claims = []
    for number, row in enumerate(_rows(folder, "links")):
        said = statements[row["statement_id"]]
        claims.append(
            Claim(
                id=row.get("id") or f"row {number}",
                subject=row["subject_id"],
                relation=row["relation"],
                object=row["object_id"],
                polarity=row.get("polarity") or "asserts",
                status=_status(said, row),
                statement=said["id"],
                source=said.get("source_id") or f"source of {said['id']}",
                source_kind=said["kind"],
                source_grade=said.get("source_grade") or grading.DEFAULT_SOURCE_GRADE,
                assessment=row.get("assessment") or said.get("assessment") or grading.DEFAULT_ASSESSMENT,
                on_record=(said.get("on_record") or ("yes" if said["kind"] == "record" else "no")) == "yes",
                weight=int(row.get("weight") or 1),
                handling=row.get("handling") or said.get("handling") or grading.DEFAULT_HANDLING,
                subject_kind=kinds[row["subject_id"]],
                object_kind=kinds[row["object_id"]],
                amount=float(row["amount"]) if row.get("amount") else None,
                currency=row.get("currency", ""),
                from_on=row.get("from_date", ""),
                to_on=row.get("to_date", ""),
            )
        )
    return claims


def _persons(folder: Path, witnesses: set[str]) -> list[Person]:
    persons = []
    for row in _rows(folder, "people"):
        said = {word.split("@")[0].strip() for word in (row.get("category") or "").split(";") if word}
        witness = row["id"] in witnesses or "witness" in said
        accused = bool(said & {"suspect", "convicted"})
        sealed = row.get("sealed") == "yes" or row.get("age_disputed") == "yes" or witness or "victim" in said
        persons.append(Person(row["id"], row.get("name", ""), frozenset(said - {"witness"}), sealed and not accused))
    return persons


def _dependence(claims: list[Claim], statements: dict[str, dict[str, str]]) -> Dependence:
    shares: dict[str, set[tuple[str, str]]] = defaultdict(set)
    sources = set()
    for statement in statements.values():
        if statement["kind"] == "witness" and statement.get("source_id"):
            sources.add(statement["source_id"])
            if statement.get("interpreter_id"):
                shares[statement["source_id"]].add(("interpreter", statement["interpreter_id"]))
    for claim in claims:
        for relation, end, reason in _SHARED:
            person, thing = (claim.subject, claim.object) if end == "subject" else (claim.object, claim.subject)
            if claim.relation == relation and claim.asserts and person in sources:
                shares[person].add((reason, thing))
        if claim.relation == "RELATED_TO" and claim.asserts:
            pair = " ".join(sorted((claim.subject, claim.object)))
            for person in {claim.subject, claim.object} & sources:
                shares[person].add(("family", pair))
    return shared_keys(shares)


def read(folder: Path) -> Case:
    """Reads one case folder that is known to be right (an invented one)."""
    statements = {row["id"]: row for row in _rows(folder, "statements")}
    claims = _claims(folder, statements)
    witnesses = {row["source_id"] for row in statements.values() if row["kind"] == "witness"}
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return Case(claims, _persons(folder, witnesses), _dependence(claims, statements), truth)
