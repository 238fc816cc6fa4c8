"""A named person whose id contains a sealed name: pages show another id, and decisions about them still count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from graphsvc.access.decisions.holds import NewHold
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import is_hidden, pseudonym
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries.casework import HeldError
from graphsvc.config import Settings
from graphsvc.service import PictureRequest, Service, quiet
from graphsvc.service.exports.exposure import Wanted
from tests.service.test_renamed import ROLES, by_name, erase, sealed_by_id, whose
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims
from tests.toolbox.two_persons import seal, unseal

pytestmark = pytest.mark.neo4j
KIN = "kin-of-Ingeborg-Halvorsen-Okonjo"
CASE: Tables = {
    "people": [
        {"id": "H1", "name": "Ingeborg Halvorsen Okonjo", "sealed": "yes"},
        {"id": KIN, "name": "Mira Vandal", "category": "suspect"},
        {"id": "P2", "name": "Bo Quist", "category": "suspect"},
    ],
    "statements": [{"id": "S1", "kind": "intelligence", "handling": "P"}],
    "links": statement_claims("S1", f"{KIN} DIRECTED P2", "P2 CONTACTED H1"),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), {**ROLES, "high": ("investigator", Grant("C"))}, "inv", CASE)


@pytest.mark.changes
def test_who_is_shown_by_a_masked_id_is_sealed_and_their_exports_are_recalled(people: Place) -> None:
    kin, inv, sup = by_name(people, "H-"), people("inv"), people("sup")
    inv.leads.reviews.add(kin, "agree", "gave the orders")
    pictured = Wanted(picture=PictureRequest(ids=(kin,), depth=1))
    export = inv.exports.make(pictured, "Kent Police", "the hearing of 3 June")
    inv.exports.given.fetch(export.id)
    seal(people("cus"), sup, kin)
    entities = sealed_by_id(people)
    assert kin not in entities
    hidden = whose(people, "Mira Vandal")
    assert entities[hidden]
    assert [(entry.id, entry.recall) for entry in sup.exports.given.list_exports()] == [(export.id, "sealed")]
    assert [review.lead for review in inv.leads.reviews.of()] == [hidden]
    unseal(people("cus"), sup, hidden)
    assert [review.lead for review in inv.leads.reviews.of()] == [kin]


@pytest.mark.changes
def test_who_is_shown_by_a_masked_id_is_held_and_erased(service: Service, case: str, people: Place) -> None:
    kin, sup = by_name(people, "H-"), people("sup")
    people("inv").leads.reviews.add(kin, "agree", "gave the orders")
    hold = sup.protection.holds.add(NewHold("prosecution", "DI Marsh", "R v Vandal", dt.date(2999, 1, 1)), kin)
    with pytest.raises(HeldError):
        people("inv").deliveries.undo(1, quiet)
    sup.protection.holds.release(hold)
    erase(people, kin)
    key = service.register.key(case, create=False)
    assert set(sealed_by_id(people)) == {"P2", pseudonym(key, "person", "H1")}
    with transaction(service.database) as connection:
        assert connection.execute(sa.select(tables.reviews).where(tables.reviews.c.case_id == case)).all() == []


@pytest.mark.changes
def test_what_was_decided_under_the_whole_id_does_not_lead_to_the_pseudonym_in_it(people: Place) -> None:
    hidden = whose(people, "Ingeborg Halvorsen Okonjo")
    unseal(people("cus"), people("sup"), hidden)
    people("high").leads.reviews.add(KIN, "agree", "gave the orders")
    seal(people("cus"), people("sup"), "H1")
    kin = by_name(people, "H-")
    assert "Okonjo" not in str(sealed_by_id(people))
    assert people("high").leads.reviews.of() == []
    assert [review.lead for review in people("inv").leads.reviews.of()] == [kin]
    unseal(people("cus"), people("sup"), hidden)
    assert [review.lead for review in people("high").leads.reviews.of()] == [KIN]


def test_an_id_that_stands_for_another_is_known() -> None:
    assert is_hidden(pseudonym(b"k" * 32, "hidden", KIN))
    assert not any(map(is_hidden, ("P12", KIN, pseudonym(b"k" * 32, "person", KIN))))
