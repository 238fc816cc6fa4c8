"""Readers without source clearance see a witness's words only in a version that a person sanitised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import Refused
from graphsvc.service import Session
from tests.service.test_entering import correction, enter_form
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j

CASE: Tables = {
    "people": [
        {"id": "W1", "name": "Selam Bekele", "category": "witness"},
        {"id": "P1", "name": "Idris Karam", "category": "suspect", "handling": "P"},
        {"id": "P2", "name": "Bo Quist", "category": "suspect", "handling": "P"},
    ],
    "statements": [
        {"id": "A1", "kind": "witness", "source_id": "W1", "handling": "P", "summary": "The lorry was zinc green."},
        {"id": "R1", "kind": "record", "handling": "P", "summary": "Bekele and a driver came.", "x_note": "ask Selam"},
        {"id": "A2", "kind": "witness", "source_id": "W1", "handling": "P", "summary": "Selam Bekele saw the lorry."},
    ],
    "links": statement_claims("A1", "P1 DIRECTED P2"),
}
CLEAN = "Somebody saw a lorry."


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    roles = {
        "inv": ("investigator", WHOLE),
        "high": ("investigator", Grant("C")),
        "low": ("analyst", Grant("P")),
    }
    return lambda: open_place(
        at_server(), roles | {"cus": ("custodian", WHOLE), "blind": ("custodian", Grant("C"))}, "inv", CASE
    )


def sanitise(session: Session, statement: str, text: str) -> tuple[str, ...]:
    """Save the sanitised version of a statement, and return the names that its writer is warned about."""
    form = correction(session, statement)
    form = replace(form, statement={**form.statement, "sanitised": text})
    warned = session.deliveries.form.check(form).named
    enter_form(session, form)
    return warned


def read(session: Session) -> list[tuple[object, ...]]:
    return session.queries.run("statements.sanitised").rows


@pytest.mark.changes
def test_readers_without_source_clearance_read_the_sanitised_version_alone(people: Place) -> None:
    assert read(people("low")) == read(people("high")) == []
    assert sanitise(people("inv"), "A1", CLEAN) == ()
    assert read(people("low")) == read(people("high")) == [(CLEAN,)]
    assert [people(reader).search.said("zinc").texts for reader in ("low", "high")] == [(), ()]
    assert people("inv").deliveries.statements.look("A1").values["summary"] == "The lorry was zinc green."


@pytest.mark.changes
def test_its_writer_is_warned_of_names_of_sealed_people_and_a_whole_name_is_withheld(people: Place) -> None:
    assert sanitise(people("inv"), "A1", "Selam saw it") == ("Selam",)
    assert read(people("low")) == [("Selam saw it",)]
    assert sanitise(people("inv"), "A1", "BEKELE, Selam saw it") == ("BEKELE, Selam", "BEKELE", "Selam")
    assert read(people("low")) == []


@pytest.mark.changes
def test_a_summary_that_names_somebody_sealed_is_for_nobody(people: Place) -> None:
    values = people("inv").deliveries.statements.look("A2").values
    assert values["summary"] == "[withheld]"
    sanitise(people("inv"), "A2", CLEAN)
    assert people("inv").deliveries.statements.look("A2").values["sanitised"] == CLEAN


def test_custodians_list_the_texts_with_single_parts_of_sealed_names(people: Place) -> None:
    texts = people("cus").protection.texts.listed()
    assert [(text.kind, text.id, text.column, text.parts) for text in texts] == [
        ("statement", "R1", "summary", ("Bekele",)),
        ("statement", "R1", "x_note", ("Selam",)),
    ]
    for name in ("inv", "blind", "low"):
        with pytest.raises(Refused):
            people(name).protection.texts.listed()
    acts = [(line["action"], line["detail"].get("step")) for line in people.lines()]
    assert ("read", "texts") in acts
    page = people.client("cus").get(f"/case/{people.case}/texts").text
    assert "Bekele and a driver came." in page
    table = people.client("cus").get(f"/case/{people.case}/texts?as=csv").text
    assert "statement,R1,summary,Bekele and a driver came.,Bekele" in table
