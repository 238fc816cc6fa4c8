"""Innocent readings and questions on a real case: shown by clearance, counted by source, erased with the person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.robustness.questions import ENOUGH, WITH_CUSTODIAN
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service import Service, Session, quiet
from tests.leaks.small import FIRST, SEALED
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
ROLES = {
    "low": ("investigator", Grant("P")),
    "sourced": ("analyst", Grant("P", sources=True)),
    "whole": ("analyst", Grant("C", sources=True)),
    "dis": ("disclosure", Grant("C", sources=True)),
    "cus": ("custodian", Grant("C", sources=True)),
    "sup": ("supervisor", Grant("C", sources=True)),
}
MOST = 2
# A second witness, and a statement with an interest.
MORE: Tables = {
    "people": [
        {"id": "doc-1", "name": "Ines Hall"},
        {"id": "aide-9", "name": "Fay Moor"},
        {"id": "wit-2", "name": "Una Vance", "category": "witness"},
    ],
    "statements": [{"id": "account-2", "kind": "witness", "handling": "P", "source_id": "wit-2", "interest": "a debt"}],
    "links": statement_claims(
        "account-2", "boss-1 DIRECTED aide-2", "aide-9 DIRECTED aide-2", "aide-9 RELATED_TO aide-2"
    )
    + statement_claims(
        "account-2", "doc-1 DIRECTED aide-9", *(f"doc-1 SERVED {patient}" for patient in ("aide-1", "aide-2", "aide-9"))
    ),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """A small case, all of it P."""
    return lambda: open_place(at_server(questions_most=MOST), ROLES, "whole", FIRST, MORE)


def rows(service: Service, case: str) -> list[sa.Row[tuple[object, ...]]]:
    with transaction(service.database) as connection:
        return list(connection.execute(sa.select(tables.questions).where(tables.questions.c.case_id == case)))


def about(session: Session, lead: str) -> list[tuple[str, str, str]]:
    return [question.claim.key for question in session.leads.questions.next(lead).questions]


def claims_of(session: Session, statement: str) -> list[str]:
    return sorted(
        claim.id for claim in session._material.analysis_input()[0] if claim.statement == statement and claim.counts
    )


def test_who_knows_sources_is_told_statement_and_source_and_the_log_says_so(people: Place) -> None:
    asking = people("sourced").leads.questions.next("boss-1")
    assert asking.questions
    for question in asking.questions:
        assert question.claim.statement
        assert question.rank_if_true is not None
    sources = {question.claim.source for question in asking.questions}
    (line,) = [entry for entry in people.lines() if entry["detail"].get("query") == "questions"]
    assert line["sources"] == len(sources)


def test_who_does_not_is_told_of_reports_without_numbers_and_that_a_custodian_has_one(people: Place) -> None:
    asking = people("low").leads.questions.next("boss-1")
    assert asking.questions
    for question in asking.questions:
        assert question.claim.source_kind in ("intelligence", "record")
        assert (question.claim.source, question.rank_if_true, question.rank_if_false) == ("", None, None)
    assert asking.notes == (WITH_CUSTODIAN,)


def test_what_was_put_is_not_asked_again_and_a_source_only_so_often(service: Service, case: str, people: Place) -> None:
    sourced = people("sourced")
    first, second, third = claims_of(sourced, "account-1")
    sourced.leads.questions.put("boss-1", first)
    with pytest.raises(RequestError, match="already"):
        people("whole").leads.questions.put("boss-1", first)
    sourced.leads.questions.put("boss-1", second)
    with pytest.raises(RequestError, match="often enough"):
        sourced.leads.questions.put("boss-1", third)
    assert len(rows(service, case)) == MOST
    next_claims = {question.claim.id for question in sourced.leads.questions.next("boss-1").questions}
    assert not next_claims & {first, second, third}
    # A report may be asked about any number of times.
    for claim in claims_of(sourced, "report-1")[: MOST + 1]:
        people("low").leads.questions.put("boss-1", claim)
    assert len(rows(service, case)) == 2 * MOST + 1
    acts = [entry for entry in people.lines() if entry["action"] == "review"]
    assert len(acts) == 2 * MOST + 3
    assert {entry["detail"]["step"] for entry in acts} == {"put"}


def test_that_a_source_is_passed_over_is_told_to_who_knows_sources(people: Place) -> None:
    sourced = people("sourced")
    assert ("aide-9", "DIRECTED", "aide-2") in about(sourced, "aide-9")
    for claim in sourced._material.analysis_input()[0]:
        if (claim.statement == "account-2" and claim.subject == "boss-1") or claim.relation == "RELATED_TO":
            sourced.leads.questions.put("boss-1", claim.id)
    left = sourced.leads.questions.next("aide-9")
    assert all(question.claim.statement != "account-2" for question in left.questions)
    assert ENOUGH in left.notes
    assert ENOUGH not in people("low").leads.questions.next("aide-9").notes


def test_claims_of_witnesses_are_not_there_to_who_knows_no_sources(service: Service, case: str, people: Place) -> None:
    claim = claims_of(people("sourced"), "account-1")[0]
    texts = set()
    for identifier in (claim, "0" * 24):
        with pytest.raises(NotFound) as error:
            people("low").leads.questions.put("boss-1", identifier)
        texts.add(str(error.value).replace(identifier, ""))
    assert len(texts) == 1
    with pytest.raises(NotFound):
        people("sourced").leads.questions.put("nobody", claim)
    assert rows(service, case) == []


@pytest.mark.changes
def test_what_was_asked_about_c_is_not_counted_for_who_sees_p(people: Place) -> None:
    # The source of a statement under P also gave a statement under C.
    hidden = statement_claims(
        "account-c2", "boss-1 DIRECTED aide-1", "aide-2 DIRECTED aide-1", "aide-1 DIRECTED aide-2"
    )
    secret = {"id": "account-c2", "kind": "witness", "handling": "C", "source_id": SEALED}
    people.load("whole", {"people": [{"id": SEALED}], "statements": [secret], "links": hidden}, partial=True)
    before = people("sourced").leads.questions.next("boss-1"), people("low").leads.questions.next("boss-1")
    for claim in claims_of(people("whole"), "account-c2")[:MOST]:
        people("whole").leads.questions.put("boss-1", claim)
        with pytest.raises(NotFound):
            people("sourced").leads.questions.put("boss-1", claim)
    assert (people("sourced").leads.questions.next("boss-1"), people("low").leads.questions.next("boss-1")) == before
    for claim in claims_of(people("sourced"), "account-1")[:MOST]:  # claims of the same source
        people("sourced").leads.questions.put("boss-1", claim)


@pytest.mark.parametrize("name", ["dis", "sup"])
def test_putting_takes_a_role(people: Place, name: str) -> None:
    claim = claims_of(people("whole"), "account-1")[0]
    with pytest.raises(Refused):
        people(name).leads.questions.put("boss-1", claim)
    assert people(name).leads.questions.next("boss-1").questions  # reading questions needs no such role


@pytest.mark.changes
def test_erasing_a_witness_takes_what_was_asked_of_them(service: Service, case: str, people: Place) -> None:
    sourced = people("sourced")
    sourced.leads.questions.put("boss-1", claims_of(sourced, "account-1")[0])
    sourced.leads.questions.put("boss-1", claims_of(sourced, "account-2")[0])
    witness = next(
        entry for entry in service.register.identities(case) if entry[1].get("id") == SEALED and entry[0][0] == "S"
    )
    people("sup").protection.erasures.agree(
        people("cus").protection.erasures.ask(witness[0], "the court ordered it"), quiet
    )
    assert len(rows(service, case)) == 1


@pytest.mark.changes
def test_erasing_somebody_asked_about_leaves_only_that_the_source_was_asked(
    service: Service, case: str, people: Place
) -> None:
    sourced = people("sourced")
    claim = next(row.id for row in sourced._material.analysis_input()[0] if row.key == ("boss-1", "PAID", "aide-1"))
    sourced.leads.questions.put("boss-1", claim)
    people("sup").protection.erasures.agree(
        people("cus").protection.erasures.ask("aide-1", "the court ordered it"), quiet
    )
    (row,) = rows(service, case)
    assert row.claim_id == ""
    assert row.source.startswith("Q-")


def test_readings_are_the_same_with_and_without_sources_but_for_interests(people: Place) -> None:
    low, sourced = (
        [reading.name for reading in people(name).leads.questions.readings("aide-9")] for name in ("low", "sourced")
    )
    assert low == ["family"]
    assert sourced == ["family", "owing"]
    # The log counts the source with the interest, and no source for a reader without source clearance.
    acts = audit.lines(people.service.database, newest=9)
    looks = [(act["account"], act["sources"]) for act in acts if act["detail"].get("query") == "readings"]
    assert looks[:2] == [("sourced", 1), ("low", 0)]
    with pytest.raises(NotFound):
        people("low").leads.questions.readings("nobody")


@pytest.mark.parametrize("name", ["low", "sourced"])
def test_that_a_lead_served_people_lawfully_is_on_the_page_and_in_its_json(people: Place, name: str) -> None:
    sentence = "Is said to have served 3 people lawfully (interpreter, driver, doctor, landlord or adviser)."
    client = people.client(name)
    assert sentence in client.get(f"/case/{people.case}/lead?id=doc-1").text
    (reading,) = [
        reading
        for reading in client.get(f"/case/{people.case}/lead.json?id=doc-1").get_json()["readings"]
        if reading["name"] == "serving"
    ]
    assert reading["text"] == sentence
    assert [identifier for identifier, _name in reading["entities"]] == ["aide-1", "aide-2", "aide-9"]
