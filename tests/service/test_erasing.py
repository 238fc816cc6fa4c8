"""Erasures of people delivered under several names, and of people no longer in any delivery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.log.audit import now
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.access.vault import pack, pseudonym, unpack
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries.sealed_rows import open_rows
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused
from graphsvc.service import quiet
from graphsvc.store.image import read_image
from tests.service.test_protecting import everything, known_of, sealed_words
from tests.service.test_renamed import FIRST, KIN, ROLES, erase, sealed_by_id, whose
from tests.toolbox.cases import Lay, Place, new_name, open_place
from tests.toolbox.rows import Tables, claim, statement_claims, write
from tests.toolbox.two_persons import seal

pytestmark = pytest.mark.neo4j
NAMED = {"P1": "Ivo Strand", "P2": "Mira Vandal"}


def carried_person(name: str, statement: str) -> Tables:
    """A person known by name who was taken across, and is therefore sealed."""
    return {
        "people": [{"id": "P7", "name": name}, {"id": "P2", "name": "Bo Quist", "category": "suspect"}],
        "crossings": [{"id": "c1", "date": "2020-05-08"}],
        "statements": [{"id": statement, "kind": "record", "handling": "P"}],
        "links": statement_claims(statement, "P7 CROSSED_ON c1", "P2 PILOTED c1"),
    }


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), {**ROLES, "blind": ("supervisor", Grant("C"))}, "inv")


def everywhere(people: Place) -> str:
    """Everything stored about a case, in lower case: its image, rows, standings and the reasons that people gave."""
    service, case = people.service, people.case
    key = service.register.key(case, create=False)
    rows = {**service.register.counting(case), **service.casework.waitlist.rows(case)}
    delivered = [open_rows(key, case, number, row.rows_sealed, partial=row.partial) for number, row in rows.items()]
    known = (known_of(service, case), sealed_words(service, case), dict(service.register.identities(case)))
    return str((everything(service, case), delivered, known)).lower()


@pytest.mark.changes
def test_an_earlier_name_that_was_taken_back_goes_with_who_is_erased(people: Place) -> None:
    first = people.load("inv", carried_person("Yara Demir", "S1"))
    record = {"id": "S2", "kind": "record", "handling": "P", "summary": "Yara Demir came along"}
    people.load("inv", {"statements": [record]})
    people.load("inv", carried_person("Ysra Sahin", "S3"), other_names=True)
    people("inv").deliveries.undo(first.delivery or 0, quiet)
    hidden = pseudonym(people.service.register.key(people.case, create=False), "person", "P7")

    def summary() -> str:
        statements = read_image(people.service.store(), people.case).nodes["Statement"]
        return str(statements["S2"]["summary"])

    assert summary() == "[withheld]"
    request_id = people("cus").protection.erasures.ask(hidden, "Yara Demir, who is Ysra Sahin, asked for it")
    assert "demir" in everywhere(people)
    people("sup").protection.erasures.agree(request_id, quiet)
    assert summary() == "[erased] came along"
    assert not {word for word in ("yara", "demir", "ysra", "sahin") if word in everywhere(people)}


@pytest.mark.changes
def test_who_is_erased_goes_under_the_id_too_that_they_had_before_another_was_erased(people: Place) -> None:
    people.load("inv", FIRST)
    seal(people("cus"), people("sup"), KIN)
    erase(people)
    # The people are delivered again under their original id.
    again = {**FIRST, "people": FIRST["people"][1:4], "links": [claim(KIN, "DIRECTED", "P2", "S1")]}
    people.load("inv", {**again, "statements": FIRST["statements"][:1]})
    both = [name for name, is_sealed in sealed_by_id(people).items() if is_sealed]
    assert KIN not in sealed_by_id(people)
    moved = next(name for name in both if whose_name(people, name) == ("Mira Vandal", False))
    erase(people, moved)
    assert "vandal" not in everywhere(people)
    assert KIN not in sealed_by_id(people)


@pytest.mark.changes
def test_who_is_sealed_and_in_no_delivery_any_more_is_erased(people: Place, tmp_path: Path) -> None:
    wrong = people.load("inv", {"people": [{"id": "P9", "name": "Ivo Strand", "sealed": "yes"}]})
    absent = whose(people, "Ivo Strand")
    people("inv").deliveries.undo(wrong.delivery or 0, quiet)
    people.load(
        "inv", {"statements": [{"id": "S2", "kind": "record", "handling": "P", "summary": "Ivo Strand was there"}]}
    )
    assert "strand" in known_of(people.service, people.case).lower()
    for name in ("P9", "S-0000-0000-0000", "nobody"):
        with pytest.raises(NotFound):
            people("cus").protection.erasures.ask(name, "loaded by mistake")
    with pytest.raises(Refused):  # erasing needs source clearance
        people("blind").protection.erasures.ask(absent, "loaded by mistake")
    request_id = people("cus").protection.erasures.ask(absent, "Ivo Strand was loaded by mistake")
    assert [request.sealed for request in people("sup").protection.erasures.list_erasures()] == [False]
    people("sup").protection.erasures.agree(request_id, quiet)
    assert "strand" not in everywhere(people)
    assert people("sup").protection.sealings.sealed_entities() == []
    assert [request.state for request in people("sup").protection.erasures.list_erasures()] == ["done"]
    with pytest.raises(NotFound):
        people("cus").protection.erasures.ask(absent, "again")
    again = write(tmp_path / "again", people=[{"id": "P9", "name": "Ivo Strand", "sealed": "yes"}])
    (rejection,) = people("inv").deliveries.load(again, quiet).rejections
    assert rejection.reason.endswith("erased from this case")
    assert "strand" not in everywhere(people)


def whose_name(people: Place, name: str) -> tuple[str, bool]:
    """The name of a sealed person, and whether their id is the original one."""
    values = people.service.register.identity(people.case, name)[1]
    return values["name"], values["id"] == KIN


@pytest.mark.changes
def test_cypher_that_was_typed_under_another_case_names_nobody_erased_or_sealed(people: Place) -> None:
    """Typed Cypher sees every case. A case with the key of another home does not prevent masking."""
    service, other_case = people.service, new_name()
    key = service.register.key(other_case, create=True)
    with transaction(service.database) as connection:
        row = {
            "id": new_name(),
            "key_sealed": b"the key of another home, bound to it",
            "state": "loading",
            "created_at": now(),
        }
        connection.execute(tables.cases.insert().values(**row))
    people.load(
        "inv", {"people": [{"id": name, "name": called, "category": "suspect"} for name, called in NAMED.items()]}
    )
    text = "MATCH (p:Person) WHERE p.name IN ['Ivo Strand', 'Mira Vandal', $who] RETURN p"
    typed = {"step": "run", "code": service.cypher_texts.code(text, {"who": "Ivo Strand"})}
    line = audit.begin(service.database, Principal("ann", frozenset()), "tests", "cypher", other_case, **typed)
    service.cypher_texts.keep(line, other_case, text, {"who": "Ivo Strand"})
    with transaction(service.database) as connection:
        saved = {"case_id": other_case, "account": "ann", "version": 1, "created_at": now(), "changed_at": now()}
        for name, bound in (("q0", "another"), ("q1", f"{other_case}q1")):  # q0 was changed without the service
            sealed = pack(key, {"name": "Ivo Strand", "text": text}, f"saved query {bound}")
            connection.execute(tables.saved_queries.insert().values(id=other_case + name, words_sealed=sealed, **saved))

    def words() -> str:
        lines = [entry for entry in audit.lines(service.database, newest=100) if entry["id"] == line]
        logged_text = service.cypher_texts.of(lines)[line]
        with transaction(service.database) as connection:
            table = tables.saved_queries
            query = connection.execute(
                sa.select(table.c.words_sealed).where(table.c.id == f"{other_case}q1")
            ).scalar_one()
        return str((logged_text, unpack(key, query, f"saved query {other_case}q1")))

    assert words().count("Strand") == 4
    erase(people, "P1")
    assert "Strand" not in words()
    assert "Someone it named was sealed or erased later" in words()
    assert words().count("[erased]") == 3
    assert words().count("Mira Vandal") == 2
    seal(people("cus"), people("sup"), "P2")
    assert "Vandal" not in words()
    assert words().count("[withheld]") == 2


@pytest.mark.changes
def test_an_erased_name_leaves_ids_that_only_claims_hold_since_an_undo(people: Place) -> None:
    boats = people.load("inv", {"boats": [{"id": "boat-yara-demir", "kind": "dinghy"}]})
    tables = carried_person("Yara Demir", "S1")
    tables["links"] = [*tables["links"], *statement_claims("S1", "boat-yara-demir USED_ON c1")]
    people.load("inv", tables)
    people("inv").deliveries.undo(boats.delivery or 0, quiet)
    hidden = pseudonym(people.service.register.key(people.case, create=False), "person", "P7")
    request_id = people("cus").protection.erasures.ask(hidden, "Yara Demir asked for it")
    assert "boat-yara-demir" in everywhere(people)
    people("sup").protection.erasures.agree(request_id, quiet)
    assert "demir" not in everywhere(people)
    assert list(read_image(people.service.store(), people.case).nodes["Boat"])
