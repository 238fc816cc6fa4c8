"""Tasks and news for a reader: only what they can act on or may see, and the same everywhere."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.cases.stores.last_looks import LastLook, keep_look, last_look
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.iso import json_safe
from graphsvc.service import NewHold, Session
from tests.toolbox import clock
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims
from tests.toolbox.two_persons import seal

pytestmark = pytest.mark.neo4j
ROLES = {
    "low": ("investigator", Grant("P")),
    "inv": ("investigator", Grant("C")),
    "ana": ("analyst", Grant("C", sources=True)),
    "cus": ("custodian", Grant("C", sources=True)),
    "sup": ("supervisor", Grant("C", sources=True)),
    "sup2": ("supervisor", Grant("C", sources=True)),
    "narrow": ("supervisor", Grant("P")),
    "nobody": ("investigator", None),
    "aud": ("auditor", Grant("C", sources=True)),
}
# One person who organises according to several reports, and others who follow orders.
FIRST: Tables = {
    "people": [
        {"id": "boss", "name": "Ari Berg", "category": "suspect"},
        {"id": "second", "name": "Bo Quist", "category": "suspect"},
        {"id": "aide", "name": "Cas Roe", "category": "suspect"},
        {"id": "wit", "name": "Wit Ness", "category": "witness"},
    ],
    "gangs": [{"id": "gang-1", "name": "The Landing"}],
    "crossings": [{"id": f"X{n}", "date": f"2020-05-0{n}"} for n in range(1, 7)],
    "statements": [
        *(
            {"id": f"R{n}", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"}
            for n in range(1, 6)
        ),
        {"id": "W1", "kind": "witness", "handling": "P", "source_id": "wit"},
    ],
    "links": [
        *statement_claims("R1", "boss ORGANISED X1", "boss DIRECTED aide"),
        *statement_claims("R2", "boss ORGANISED X2"),
        *statement_claims("R3", "boss RUNS gang-1", "second ORGANISED X3"),
        *statement_claims("R4", "boss ORGANISED X4"),
        *statement_claims("R5", "boss DIRECTED second"),
        *statement_claims("W1", "wit CROSSED_ON X1"),
    ],
}


def more(code: str, *links: str, statement: str = "N1", **tables: Any) -> Tables:
    """A delivery of one report."""
    return {
        "statements": [
            {"id": statement, "kind": "intelligence", "handling": code, "source_grade": "1", "assessment": "A"}
        ],
        "links": statement_claims(statement, *links),
        **tables,
    }


RISES = tuple(
    f"aide {done}"
    for done in ("DIRECTED boss", "DIRECTED second", "RUNS gang-1", *(f"ORGANISED X{n}" for n in range(1, 7)))
)


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), ROLES, "ana", FIRST)


def sealed_person(people: Place) -> str:
    return pseudonym(people.service.register.key(people.case, create=False), "person", "wit")


def kinds(session: Session, *, to_do: bool) -> list[str]:
    return [item.kind for item in session.waiting.listed().items if item.to_do is to_do]


def look(session: Session) -> None:
    waits = session.waiting.listed()
    session.waiting.mark_seen(waits.at, waits.version)


def test_what_takes_a_second_person_waits_for_who_may_agree_and_for_nobody_else(people: Place) -> None:
    behind = sealed_person(people)
    people("cus").protection.reveals.ask(behind, "safe house")
    people("sup").protection.erasures.ask(behind, "asked to go")
    (item,) = (item for item in people("sup").waiting.listed().items if item.to_do)
    # No one is asked to agree to their own request, so the erasure waits for the other supervisor.
    assert (item.kind, item.about, item.sealed, item.text) == (
        "reveal",
        behind,
        True,
        "cus asks who is behind a pseudonym",
    )
    assert kinds(people("sup2"), to_do=True) == ["reveal", "erase"]
    for name in ("low", "inv", "ana", "cus", "narrow"):
        waits = people(name).waiting.listed()
        assert waits.to_do == people(name).waiting.count() == 0
        assert behind not in json.dumps(json_safe(waits.plain()))


def test_a_reveal_agreed_to_waits_for_who_asked_while_it_is_open(people: Place) -> None:
    request = people("cus").protection.reveals.ask(sealed_person(people), "safe house")
    people("sup").protection.reveals.agree(request)
    assert kinds(people("cus"), to_do=True) == ["reveal"]
    assert kinds(people("sup"), to_do=True) == []
    people("cus").protection.reveals.end(request)
    assert kinds(people("cus"), to_do=True) == []


def test_what_was_refused_is_news_until_it_is_seen(people: Place) -> None:
    look(people("cus"))
    request = people("cus").protection.reveals.ask(sealed_person(people), "safe house")
    people("sup").protection.reveals.refuse(request)
    (item,) = people("cus").waiting.listed().items
    assert (item.text, item.to_do) == ("sup refused the reveal you asked for", False)
    assert people("sup").waiting.listed().items == people("sup2").waiting.listed().items
    look(people("cus"))
    assert people("cus").waiting.listed().items == []


def test_holds_whose_day_of_review_came_wait_for_supervisors(people: Place) -> None:
    day = audit.now().date() + dt.timedelta(days=3)
    people("sup").protection.holds.add(NewHold("prosecution", "DI Reeve", "trial in May", day))
    assert kinds(people("sup"), to_do=True) == []
    with clock.standing_still(audit.now() + dt.timedelta(days=4)):
        assert kinds(people("sup2"), to_do=True) == ["hold"]
        assert "DI Reeve" in people("sup2").waiting.listed().items[0].text
        assert kinds(people("inv"), to_do=True) == []


@pytest.mark.changes
def test_a_parked_lead_waits_once_the_case_has_changed(people: Place) -> None:
    people("inv").leads.reviews.add("boss", "park", "wait for the bank")
    people("inv").leads.reviews.add("aide", "refuse", "a pilot")
    assert kinds(people("inv"), to_do=True) == []
    people.load("ana", more("P", "second ORGANISED X5"))
    assert kinds(people("inv"), to_do=True) == ["review"]
    assert kinds(people("ana"), to_do=True) == []
    people("inv").leads.reviews.add("boss", "agree", "the bank wrote")
    assert kinds(people("inv"), to_do=True) == []


@pytest.mark.changes
def test_a_parked_lead_tells_nothing_of_what_is_c(people: Place) -> None:
    people("low").leads.reviews.add("boss", "park", "wait")
    people.load("ana", more("C", "second ORGANISED X5"))
    assert kinds(people("low"), to_do=True) == []


def test_views_that_others_changed_are_news(people: Place) -> None:
    look(people("inv"))
    state = {"arranged": {"boss": [0, 0], "aide": [9, 9]}}
    view = people("ana").network.views.save(state, "Dover", shared=True)
    people("ana").network.views.save(state, "mine alone")
    items = people("inv").waiting.listed().items
    assert [(item.kind, item.address.partition("?")[2]) for item in items] == [("view", f"id={view.id}")]
    assert people("ana").waiting.listed().items == [
        item for item in people("ana").waiting.listed().items if item.kind != "view"
    ]
    assert [item.kind for item in people("low").waiting.listed().items] == []


@pytest.mark.changes
def test_what_a_delivery_did_to_the_leads_is_what_the_score_says(people: Place) -> None:
    before = {name: {lead.id: lead.rank for lead in people(name).leads.ranking().leads} for name in ("ana", "inv")}
    for name in before:
        look(people(name))
    loaded = people.load("ana", more("P", *RISES))
    for name, ranks in before.items():
        session = people(name)
        waits = session.waiting.listed()
        now = {lead.id: lead.rank for lead in session.leads.ranking().leads}
        assert [row["number"] for row in waits.deliveries] == [loaded.delivery]
        assert waits.moved is not None
        moved = {lead.id: lead for lead in waits.moved}
        assert {lead: (ranks[lead], rank) for lead, rank in now.items() if ranks[lead] != rank} == {
            lead: (move.before, move.now) for lead, move in moved.items()
        }
        assert moved["aide"].way == "rose"
        assert moved["aide"].statements == ("N1",)
        lead, why = session.leads.look("aide")
        raising = {claim.statement for claim in why.claims if why.because.share(claim) > 0}
        assert "N1" in raising
        assert moved["second"].way == "fell"
        look(session)
        assert people(name).waiting.listed().items == []
    assert lead.rank == moved["aide"].now


@pytest.mark.changes
def test_a_correction_is_held_against_what_stood_before(people: Place) -> None:
    """A lead whose rank fell is not shown as new, and the statements that no longer count are named."""
    people.load("ana", more("P", *RISES))
    ranks = {lead.id: lead.rank for lead in people("ana").leads.ranking().leads}
    look(people("ana"))
    people.load("ana", more("P", "aide PILOTED X3"))  # all of N1 is stated again: the rest is superseded
    waits = people("ana").waiting.listed()
    moved = {lead.id: lead for lead in waits.moved or []}
    assert moved["aide"].before == ranks["aide"]
    assert (moved["aide"].way, moved["aide"].ended) == ("fell", ("N1",))


@pytest.mark.changes
def test_who_sees_p_alone_is_told_of_what_moved_there_and_of_no_delivery(people: Place) -> None:
    look(people("low"))
    new = {"people": [{"id": "hid", "name": "Dov Hidden", "handling": "C"}]}
    people.load("ana", more("C", "hid DIRECTED boss", *RISES, statement="N2", **new))
    waits = people("low").waiting.listed()
    assert (waits.items, waits.deliveries, waits.moved) == ([], [], None)
    people.load("ana", more("P", *RISES))
    waits = people("low").waiting.listed()
    (item,) = waits.items
    assert (
        item.text
        == "The case has changed since you looked. Of the first 50 leads 1 rose, 1 fell; no one stands out in this case"
    )
    assert item.since == waits.looked
    assert {lead.id: lead.statements for lead in waits.moved or []}["aide"] == ("N1",)
    assert "hid" not in json.dumps(json_safe(waits.plain()))


@pytest.mark.changes
def test_what_witnesses_said_is_named_to_who_is_cleared_for_sources_alone(people: Place) -> None:
    look(people("ana"))
    look(people("inv"))
    witness = {"people": [{"id": "wit2", "name": "Second Witness", "category": "witness"}]}
    statement = {
        "id": "W2",
        "kind": "witness",
        "handling": "P",
        "source_id": "wit2",
        "source_grade": "1",
        "assessment": "A",
    }
    people.load("ana", {**witness, "statements": [statement], "links": statement_claims("W2", *RISES)})
    moved = {name: {lead.id: lead for lead in people(name).waiting.listed().moved or []} for name in ("ana", "inv")}
    assert moved["ana"]["aide"].statements == ("W2",)
    assert '"W2"' not in json.dumps(json_safe(people("inv").waiting.listed().plain()))
    assert all(lead.statements == () for lead in moved["inv"].values())


@pytest.mark.changes
def test_somebody_sealed_since_is_told_by_pseudonym(people: Place) -> None:
    look(people("sup"))
    people.load("ana", more("P", *RISES))
    seal(people("cus"), people("sup2"), "aide")
    text = json.dumps(json_safe(people("sup").waiting.listed().plain()))
    assert "Cas Roe" not in text
    assert '"aide"' not in text


def test_seen_is_kept_for_one_account_and_never_for_what_has_not_come(people: Place) -> None:
    look(people("inv"))
    assert people("inv").waiting.listed().looked is not None
    assert people("ana").waiting.listed().looked is None
    with pytest.raises(RequestError, match="cannot have been seen"):
        people("inv").waiting.mark_seen(audit.now() + dt.timedelta(minutes=5), 1)
    looked = people("inv").waiting.listed().looked
    people("inv").waiting.mark_seen(dt.datetime(2020, 1, 1), 1)  # noqa: DTZ001 - UTC, as the database has it
    assert people("inv").waiting.listed().looked == looked


def test_a_case_that_is_not_theirs_has_nothing_that_waits(people: Place) -> None:
    for ask in (people("nobody").waiting.listed, people("nobody").waiting.count):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(Refused):
        people("aud").waiting.listed()


def test_work_of_ones_own_is_news_and_that_of_others_is_not(people: Place) -> None:
    look(people("cus"))
    job = people("cus").protection.waiting.start()
    people("cus").protection.job(job, wait_s=60)
    assert [item.text for item in people("cus").waiting.listed().items] == ["Your opening of accounts is done"]
    assert people("sup").waiting.listed().items == people("sup2").waiting.listed().items


def test_a_case_that_comes_to_nothing_takes_the_looks_at_it_along(people: Place) -> None:
    service = people.service
    service.register.key("never", create=True)
    keep_look(service.database, "never", "inv", LastLook(audit.now(), 0))
    service.register.unmake("never")
    assert last_look(service.database, "never", "inv") is None
    assert "never" not in {row["id"] for row in service.register.cases()}
