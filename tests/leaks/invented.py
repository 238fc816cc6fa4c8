"""The invented case on which answers are compared: as it is, and as if nothing of code C had been delivered."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

from graphsvc import simulate
from graphsvc.queries import Parameter, Query
from graphsvc.records.tables import ENTITY_TABLES
from tests.toolbox.rows import Tables, claim, read, row

KEY = bytes(range(32))
# One report that replaces all denials of code C, and denies the same links.
STAND_IN = "XS-denies"
_SPANS = {"int": 1, "float": 0.0}


# Additions to a small simulated case, so that each query finds something at P and at C.
_LINKS = "subject_id relation object_id statement_id from_date polarity amount currency"
_EXTRA: dict[str, list[dict[str, str]]] = {
    "people": [
        row(f"X{n}, Person X{n}, nickname, +4470{n // 2}, a person of note", "id name identified phones notes")
        for n in range(1, 9)
    ],
    "gangs": [row(f"XG{n}, Gang {n}", "id name") for n in (1, 2)],
    "boats": [row(f"XB{n}, Boat {n}", "id name") for n in (1, 2)],
    "crossings": [row(f"XC{n}, 2020-05-08, Xbeach, 2025-01", "id date launch_site review_on") for n in (1, 2, 3)],
    "workplaces": [
        row("XW1, Wash, premises, 2020-03-20", "id name kind closed_on"),
        row("XW2, Live, online,", "id name kind closed_on"),
        row("XW3, House, dwelling,", "id name kind closed_on"),
        row("XW4, Nobody's, premises,", "id name kind closed_on") | {"handling": "P"},
    ],
    "things": [
        row("XT1, phone, +44701", "id kind value"),
        row("XT2, phone, +44702", "id kind value"),
        row("XT3, part, HULL-1", "id kind value"),
    ],
    "statements": [
        row("XS1, intelligence, 1, A, P, given,", "id kind source_grade assessment handling status interest")
        | {"summary": "what a person saw in 2020"},
        row("XS2, intelligence, 3, E, P, given,", "id kind source_grade assessment handling status interest"),
        row("XS3, record, 1, A, C, given,", "id kind source_grade assessment handling status interest"),
        row(
            "XS4, intelligence, 2, B, P, withdrawn, a debt", "id kind source_grade assessment handling status interest"
        ),
    ],
    "links": [
        row(text, _LINKS)
        for text in (
            "X1, RUNS, XG1, XS1,,,,",
            "X2, MEMBER_OF, XG1, XS1,,,,",
            "X2, MEMBER_OF, XG2, XS1,,,,",
            "X3, MEMBER_OF, XG2, XS3,,,,",
            "X4, MEMBER_OF, XG2, XS1,,,,",
            "X5, DIRECTED, X2, XS1,,,,",
            "X5, PAID, X4, XS1, 2020-05-01,, 500, EUR",
            "X1, DIRECTED, X2, XS1,,,,",
            "X2, DIRECTED, X6, XS1,,,,",
            "X6, DIRECTED, X7, XS3,,,,",
            "X1, DIRECTED, X6, XS2,, denies,,",
            "X2, DIRECTED, X6, XS2,, denies,,",
            "X1, ORGANISED, XC1, XS1, 2020-05-08,,,",
            "X1, ORGANISED, XC2, XS1, 2020-05-08,,,",
            "X1, PAID, X6, XS1, 2020-05-08,, 100, EUR",
            "X2, PAID, X6, XS1, 2020-05-09,, 150, EUR",
            "X3, PAID, X6, XS3, 2020-05-09,, 950, EUR",
            "X1, RECRUITED, X7, XS1,,,,",
            "X6, PILOTED, XC1, XS1, 2020-05-08,,,",
            "X7, ASSISTED, XC2, XS1, 2020-05-08,,,",
            "X6, PILOTED, XC2, XS1, 2020-05-08,,,",
            "X7, ASSISTED, XC3, XS3, 2020-05-08,,,",
            "XB1, USED_ON, XC1, XS1, 2020-05-08,,,",
            "XB1, USED_ON, XC2, XS1, 2020-05-08,,,",
            "X4, SUPPLIED, XB1, XS1,,,,",
            "X4, SUPPLIED, XB2, XS3,,,,",
            "XT3, PART_OF, XB1, XS1,,,,",
            "XT3, PART_OF, XB2, XS1,,,,",
            "X2, USED, XT1, XS1,,,,",
            "X4, USED, XT1, XS1,,,,",
            "X1, USED, XT2, XS1,,,,",
            "XT1, CONTACTED, XT2, XS1,,,,",
            "X7, SAME_AS, X8, XS1,,,,",
            "XG1, RIVAL_OF, XG2, XS1,,,,",
            "X6, WORKED_AT, XW1, XS1, 2020-01,,,",
            "X6, WORKED_AT, XW2, XS1, 2020-04-02,,,",
            "X7, WORKED_AT, XW1, XS3, 2020-01,,,",
            "X6, LIVED_AT, XW3, XS1, 2020-01,,,",
            "X1, CONTROLS, XW1, XS1,,,,",
            "X1, CONTROLS, XW3, XS1,,,,",
            "XG1, CONTROLS, XW2, XS1,,,,",
            "X6, OWES, X1, XS1,,,,",
            "X8, COERCED, X7, XS4,,,,",
            # Asserted under P and denied under C: contested for readers cleared for P.
            "X1, RUNS, XG1, XS3,, denies,,",
            "X1, ORGANISED, XC2, XS3,, denies,,",
            "X6, PILOTED, XC1, XS3,, denies,,",
        )
    ],
}


def simulate_case(folder: Path, people: int = 300) -> Tables:
    """Rows of a simulated case, written to `folder`, with the additions above."""
    simulate.simulate(folder, seed=5, people=people)
    rows = read(folder)
    for table, more in _EXTRA.items():
        rows[table] += copy.deepcopy(more)
    for each in rows["statements"]:
        each["sanitised"] = "A lorry came at night." if each["kind"] == "witness" else ""
    return rows


def without_c(whole: Tables) -> Tables:
    """Rows of the case as if nothing of handling code C had been delivered.

    Two things stay. A witness or interpreter not named in any P row is a row of code C, because the case format
    requires the row. And each link that a statement of code C denies is denied by one report of code C, whatever the
    number and kind of denials: readers are shown only the word *contested* (`test_contested.py`).
    """
    rows: Tables = copy.deepcopy(whole)
    entities = [row for table in ENTITY_TABLES for row in rows[table.name]]
    shared = {row["id"] for row in rows["statements"] if row.get("handling") == "P"}
    statement_of = {row["id"]: row.get("statement_id") or "" for row in entities}
    closed = {
        row["id"] for row in entities if row.get("handling") == "C" or statement_of[row["id"]] not in shared | {""}
    }

    def is_shared(link: dict[str, str]) -> bool:
        ends = {link["subject_id"], link["object_id"]}
        return link["statement_id"] in shared and link.get("handling") != "C" and not ends & closed

    standing = {row["id"] for row in rows["statements"] if row.get("status") in ("given", "", None)}
    hidden_denials = {
        _link(row)
        for row in rows["links"]
        if row.get("polarity") == "denies" and row["statement_id"] in standing and not is_shared(row)
    }
    rows["links"] = [row for row in rows["links"] if is_shared(row)]
    mentioned = {row[end] for row in rows["links"] for end in ("subject_id", "object_id")}
    visible = mentioned | {
        row["id"] for row in entities if row.get("handling") == "P" or statement_of[row["id"]] in shared
    }
    visible -= closed
    contested = sorted({_link(row) for row in rows["links"]} & hidden_denials)
    rows["statements"] = [row for row in rows["statements"] if row["id"] in shared]
    needed = {row.get(column) or "" for row in rows["statements"] for column in ("source_id", "interpreter_id")}
    for table in ENTITY_TABLES:
        rows[table.name] = [row for row in rows[table.name] if row["id"] in visible | needed]
        for entity in rows[table.name]:
            if entity["id"] not in visible:
                entity["handling"] = "C"
    rows["statements"].append({"id": STAND_IN, "kind": "intelligence", "handling": "C"})
    rows["links"] += [claim(*link, STAND_IN, polarity="denies") for link in contested]
    return rows


def _link(row: dict[str, str]) -> tuple[str, str, str]:
    return row["subject_id"], row["relation"], row["object_id"]


def arguments(query: Query, rows: Tables) -> list[dict[str, Any]]:
    # `after` only skips rows and is not a bound, so it keeps its default.
    loosest = {
        p.name: _SPANS[p.type] for p in query.parameters if p.type in _SPANS and p.name not in ("steps", "after")
    }
    required = [p for p in query.parameters if p.default is None or p.type == "id"]
    sets: list[dict[str, Any]] = [{}, loosest] if all(p.default is not None for p in query.parameters) else []
    if required:
        sets += [loosest | {p.name: _value(query, p, number, rows) for p in required} for number in range(4)]
    return sets


def _value(query: Query, parameter: Parameter, number: int, rows: Tables) -> Any:
    """Choose a value for a parameter: from handmade rows first, then from the most mentioned rows."""
    links = _EXTRA["links"][:: len(_EXTRA["links"]) // 4]
    if parameter.name in ("subject", "object"):
        return links[number][f"{parameter.name}_id"]
    if query.name == "entities.between":
        return links[number]["subject_id"] if parameter.name == "id" else [links[number]["object_id"]]
    if parameter.name == "relation":
        return links[number]["relation"]
    if parameter.name == "ids":
        return [row["id"] for table in ENTITY_TABLES for row in rows[table.name]][number::4]
    if parameter.type == "date":
        return "2027"
    if parameter.type == "int":
        return 3
    if parameter.name == "day":
        return "05-08"
    if parameter.name in ("text", "spelt", "parts"):
        word = ("x", "person", "447", "2020")[number]
        # Internal searches have a parameter for the text of an index query.
        return f"*{word}*" if parameter.name == "text" and query.name.endswith((".find", ".said")) else word
    if parameter.name in ("subjects", "relations", "objects"):
        return [row[{"relations": "relation"}.get(parameter.name, f"{parameter.name[:-1]}_id")] for row in links]
    named = {"first": "X1", "second": "X6"}
    if number == 0 and query.subject == "paths":
        return named[parameter.name]
    kind = {"person": "people", "boat": "boats", "crossing": "crossings", "gang": "gangs", "workplace": "workplaces"}
    subject = {"entities": "people", "hubs": "gangs", "paths": "people", "network": "people"}.get(
        query.subject, query.subject
    )
    table = kind.get(parameter.name, subject)
    mentioned = Counter(row[end] for row in rows["links"] for end in ("subject_id", "object_id", "statement_id"))
    ids = sorted(
        (row["id"] for row in rows[table]),
        key=lambda identifier: (identifier[0] != "X", -mentioned[identifier], identifier),
    )
    offset = 1 if parameter.name == "second" else 0
    return ids[(number * (2 if query.subject == "paths" else 1) + offset) % len(ids)]
