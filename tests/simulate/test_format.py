"""Every row keeps the case format: columns, vocabularies, dates, ends of relations, references."""

from __future__ import annotations

import hashlib
import math
import random
import re
from typing import Any

from graphsvc import simulate
from graphsvc.records.dates import parse_date
from graphsvc.records.relations import CUSTOM_PREFIX, ENTITIES, RELATIONS
from graphsvc.records.tables import ENTITY_TABLES, EXTRA_PREFIX, TABLES, Column
from graphsvc.simulate import names, places

# Ranges that Ofcom (United Kingdom), Arcep (France) and ComReg (Ireland) set aside for fiction.
_FICTION = re.compile(
    r"\+44(7700900|1632960|2079460|(11[3-8]|1[2-6]1)4960|1914980|2920180|3069990)\d{3}"
    r"|\+33(19900|26191|35301|46571|53649|63998)\d{4}|\+3532091\d{5}"
)


def _fault(column: Column, text: str) -> str | None:
    """Fault of a filled cell, or None."""
    if column.kind == "date":
        parse_date(text)
    elif column.kind == "choice" and text not in column.words:
        return f"not one of {column.words}"
    elif column.kind == "categories":
        for entry in text.split(";"):
            word, _, day = entry.partition("@")
            if word not in column.words:
                return f"no category {word}"
            if day:
                parse_date(day)
    elif column.kind == "count" and not text.isdecimal():
        return "no count"
    elif column.kind in ("number", "latitude", "longitude"):
        bound = {"number": math.inf, "latitude": 90, "longitude": 180}[column.kind]
        if not math.isfinite(float(text)) or abs(float(text)) > bound:
            return "out of range"
    return None


def test_every_cell_fits_its_column(case: Any) -> None:
    for name, rows in case.tables.items():
        for row in rows:
            for header, text in row.items():
                column = TABLES[name].column(header)
                if column is None:
                    assert header.startswith(EXTRA_PREFIX)
                elif text:
                    assert _fault(column, text) is None, (name, row.get("id", row), header, text)
                else:
                    assert not column.required, (name, row, header)


def test_ids_are_unique_over_the_case(case: Any) -> None:
    ids = [row["id"] for table in (*ENTITY_TABLES, TABLES["statements"]) for row in case.tables[table.name]]
    assert len(ids) == len(set(ids))


def test_references_lead_somewhere(case: Any) -> None:
    kinds = case.kinds | dict.fromkeys(case.statements, "statement")
    for name, rows in case.tables.items():
        for column in TABLES[name].columns:
            if column.kind == "ref":
                for row in rows:
                    if row.get(column.name):
                        assert kinds[row[column.name]] in column.refers, (name, column.name, row)


def test_relations_join_what_they_may(case: Any) -> None:
    for row in case.links:
        relation = RELATIONS.get(row["relation"])
        assert relation is not None or row["relation"].startswith(CUSTOM_PREFIX)
        assert case.kinds[row["subject_id"]] in (relation.subjects if relation else ENTITIES), row
        assert case.kinds[row["object_id"]] in (relation.objects if relation else ENTITIES), row
        assert row["subject_id"] != row["object_id"]


def test_witness_statements_come_from_persons_with_that_category(case: Any) -> None:
    witnesses = {row["source_id"] for row in case.statements.values() if row["kind"] == "witness"}
    marked = {row["id"] for row in case.tables["people"] if "witness" in row["category"]}
    assert witnesses == marked
    other_sources = {row["source_id"] for row in case.statements.values() if row["kind"] != "witness"}
    assert not other_sources & set(case.kinds)


def test_no_statement_says_a_thing_twice(case: Any) -> None:
    keys = [(row["statement_id"], row["subject_id"], row["relation"], row["object_id"]) for row in case.links]
    assert len(keys) == len(set(keys))


def test_spells_do_not_end_before_they_begin(case: Any) -> None:
    for row in case.links:
        if row.get("to_date") and row["from_date"]:
            assert parse_date(row["from_date"]).earliest <= parse_date(row["to_date"]).latest, row


def test_phone_numbers_are_reserved_for_fiction(case: Any) -> None:
    listed = [number for row in case.tables["people"] for number in row.get("phones", "").split(";") if number]
    things = [row["value"] for row in case.tables["things"] if row["kind"] == "phone"]
    assert things
    assert all(_FICTION.fullmatch(number) for number in listed + things)
    assert len(things) == len(set(things))
    assert set(listed) <= set(things)


def test_phone_numbers_last_for_the_largest_world_and_begin_as_they_did() -> None:
    """Everyone may have a phone. Worlds of up to 66,000 phones use only the older ranges, which come first."""
    numbers = names.phone_numbers(random.Random("phones"), simulate.MOST_PEOPLE)
    assert len(numbers) == len(set(numbers)) == simulate.MOST_PEOPLE
    assert all(_FICTION.fullmatch(number) for number in numbers)
    before = " ".join(numbers[:66_000]).encode()
    assert hashlib.sha256(before).hexdigest()[:20] == "be69173de1be6887209b"


def test_gangs_have_names_of_their_own_however_many_there_are() -> None:
    words = [places.gang_word(position) for position in range(3000)]
    assert len(set(words)) == len(words)
    assert words[0] == "Dune"
    assert words[12:14] == ["Dune Blue Heron", "Harbour Blue Heron"]
    assert words[191:193] == ["Tunnel Paragon", "Dune Amber 2"]


def test_no_file_names_a_host(case: Any) -> None:
    for path in case.folder.iterdir():
        assert not re.search(r"https?:|www\.|\.(com|org|net|uk|fr)\b", path.read_text(encoding="utf-8")), path.name


def test_nobody_tells_what_has_not_happened_yet(case: Any) -> None:
    for row in case.links:
        if row["from_date"]:
            taken = parse_date(case.statements[row["statement_id"]]["taken_on"])
            assert parse_date(row["from_date"]).earliest <= taken.latest, row
            assert not row.get("to_date") or parse_date(row["to_date"]).earliest <= taken.latest, row


def test_every_witness_says_something(case: Any) -> None:
    with_claims = {row["statement_id"] for row in case.links}
    assert {token for token, row in case.statements.items() if row["kind"] == "witness"} <= with_claims


def test_a_witness_calls_somebody_by_the_same_words(case: Any) -> None:
    words: dict[tuple[str, str], str] = {}
    for row in case.links:
        source = case.statements[row["statement_id"]]["source_id"]
        for end in ("subject", "object"):
            phrase = row.get(f"{end}_as_said", "")
            if phrase:
                assert row[f"{end}_id"] != source
                assert words.setdefault((source, row[f"{end}_id"]), phrase) == phrase
