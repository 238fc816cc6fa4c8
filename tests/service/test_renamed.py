"""Erasing a name changes the ids that contain it: those people stay named or sealed, and stored records follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from graphsvc.access.decisions.holds import NewHold
from graphsvc.access.vault import pseudonym
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.service import PictureRequest, Service, quiet
from graphsvc.service.exports.exposure import Wanted
from graphsvc.store.image import read_image
from tests.service.test_pictures import stored_text
from tests.toolbox.accounts import WHOLE, Roles
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims, write
from tests.toolbox.two_persons import seal, unseal

pytestmark = pytest.mark.neo4j
ROLES: Roles = {
    "inv": ("investigator", WHOLE),
    "ana": ("analyst", WHOLE),
    "cus": ("custodian", WHOLE),
    "sup": ("supervisor", WHOLE),
}
HERS = "Ingeborg-Halvorsen-Okonjo"
KIN, CHILD, FRIEND = f"kin-of-{HERS}", f"child-of-{HERS}", f"friend-of-{HERS}"
FIRST: Tables = {
    "people": [
        {"id": "H1", "name": "Ingeborg Halvorsen Okonjo", "category": "suspect"},
        {"id": KIN, "name": "Mira Vandal", "category": "suspect"},
        {"id": CHILD, "name": "Sela Ahmadi", "category": "", "sealed": "yes"},
        {"id": "P2", "name": "Bo Quist", "category": "suspect"},
        {"id": "P3", "name": "Cas Roe", "category": "suspect"},
        {"id": FRIEND, "name": "Dov Ellis", "category": ""},
        {"id": "P4", "name": "Una Marlow", "category": ""},
    ],
    "statements": [
        {"id": "S1", "kind": "intelligence", "handling": "P"},
        {"id": f"S2-{HERS}", "kind": "witness", "handling": "P", "source_id": FRIEND},
        {"id": "S3", "kind": "witness", "handling": "P", "source_id": "P4"},
    ],
    "links": [
        *statement_claims("S1", f"{KIN} DIRECTED P2", f"{KIN} PAID P3", f"{CHILD} CONTACTED {KIN}"),
        *statement_claims("S3", f"{KIN} DIRECTED P3"),
        claim(KIN, "DIRECTED", "P2", f"S2-{HERS}"),
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """A case in which the name of one person is part of other people's ids."""
    return lambda: open_place(at_server(), ROLES, "inv", FIRST)


def erase(people: Place, person: str = "H1") -> None:
    people("sup").protection.erasures.agree(
        people("cus").protection.erasures.ask(person, "the court ordered it"), quiet
    )


def sealed_by_id(people: Place) -> dict[str, bool]:
    """Id of each person in the graph → whether they are sealed."""
    nodes = read_image(people.service.store(), people.case).nodes["Person"]
    return {name: bool(row["sealed"]) for name, row in nodes.items()}


def by_name(people: Place, start: str) -> str:
    """Id of the named person whose id begins with `start`."""
    (name,) = [name for name, is_sealed in sealed_by_id(people).items() if name.startswith(start) and not is_sealed]
    return name


def of(service: Service, case: str, kind: str, identifier: str) -> str:
    return pseudonym(service.register.key(case, create=False), kind, identifier)


def whose(people: Place, name: str) -> str:
    """The pseudonym of the person with this name in the vault."""
    (of_theirs,) = [
        pseudonym
        for pseudonym, values in people.service.register.identities(people.case)
        if values.get("name") == name and pseudonym.startswith("S-")
    ]
    return of_theirs


# -- named or sealed -----------------------------------------------------------------------------------------------


@pytest.mark.changes
def test_a_named_person_stays_named_and_what_the_custodian_was_asked_follows(people: Place) -> None:
    marked = {"id": KIN, "name": "Mira Vandal", "category": "", "age_disputed": "yes", "handling": "C"}
    people.load("inv", {"people": [marked]})
    assert sealed_by_id(people)[KIN] is False
    erase(people)
    kin = by_name(people, "kin-of-[erased]")
    assert not any("Okonjo" in name for name in sealed_by_id(people))
    reasons = people("sup").protection.sealings.to_be_sealed()
    assert reasons == {kin: "age disputed, said under handling code C"}


@pytest.mark.changes
def test_who_two_persons_opened_or_sealed_stays_so(people: Place) -> None:
    unseal(people("cus"), people("sup"), whose(people, "Sela Ahmadi"))
    seal(people("cus"), people("sup"), KIN)
    assert (sealed_by_id(people)[CHILD], KIN in sealed_by_id(people)) == (False, False)
    erase(people)
    assert by_name(people, "child-of-[erased]")
    assert sealed_by_id(people)[whose(people, "Mira Vandal")]
    # The decision counts for the new id as for the old one, so no later delivery decides again.
    child = by_name(people, "child-of-[erased]")
    people.load("inv", {"people": [{"id": child, "name": "Sela Ahmadi", "category": ""}]})
    assert sealed_by_id(people)[child] is False
    assert people.service.register.overrules(people.case, "opened") >= {
        of(people.service, people.case, "person", child)
    }


@pytest.mark.changes
def test_two_whose_ids_differ_in_the_erased_name_alone_stay_two(people: Place) -> None:
    people.load(
        "inv",
        {
            "people": [
                {"id": "Q1", "name": "Torvald Brannigan Esterhazy", "category": "suspect"},
                {"id": "kin-of-Torvald-Brannigan-Esterhazy", "name": "Ned Orme", "category": "suspect"},
            ]
        },
    )
    erase(people)
    erase(people, "Q1")
    kin = [name for name in sealed_by_id(people) if name.startswith("kin-of-[erased]")]
    assert len(kin) == 2


@pytest.mark.changes
def test_who_is_erased_does_not_come_back_by_the_id_they_had_before_another_was_erased(
    people: Place, tmp_path: Path
) -> None:
    erase(people)
    erase(people, by_name(people, "kin-of-[erased]"))
    erase(people, whose(people, "Sela Ahmadi"))
    entities = sealed_by_id(people)
    again = {
        **FIRST,
        "people": FIRST["people"][1:3],
        "links": FIRST["links"][:3],
        "statements": FIRST["statements"][:1],
    }
    loaded = people("inv").deliveries.load(write(tmp_path / "again", **again), quiet)
    assert sealed_by_id(people) == entities
    assert {"Vandal", "Ahmadi"}.isdisjoint(str(read_image(people.service.store(), people.case).nodes).split())
    assert sum(rejection.reason.endswith("erased from this case") for rejection in loaded.rejections) >= 3


@pytest.mark.changes
def test_who_is_sealed_is_listed_once_and_apart_from_who_is_in_no_delivery_any_more(people: Place) -> None:
    child = whose(people, "Sela Ahmadi")
    loading = people.load("inv", {"people": [{"id": "P9", "name": "Ivo Strand", "sealed": "yes"}]})
    absent = whose(people, "Ivo Strand")
    people("inv").deliveries.undo(loading.delivery or 0, quiet)
    erase(people)
    listed = people("sup").protection.sealings.sealed_entities()
    sealed_names = sorted(name for name, is_sealed in sealed_by_id(people).items() if is_sealed)
    assert [person.pseudonym for person in listed if person.delivered] == sealed_names
    assert [person.pseudonym for person in listed if not person.delivered] == [absent]
    assert child not in sealed_names


# -- stored records with these ids ---------------------------------------------------------------------------------


@pytest.mark.changes
def test_what_was_asked_decided_and_noted_follows(service: Service, case: str, people: Place) -> None:
    inv, ana, cus, sup = (people(name) for name in ("inv", "ana", "cus", "sup"))
    hold = NewHold("prosecution", "DI Marsh", "R v Vandal", dt.date(2999, 1, 1))
    sup.protection.holds.release(sup.protection.holds.add(hold, KIN))
    request_id = cus.protection.sealings.ask(KIN, "threatened since the arrest")
    child = whose(people, "Sela Ahmadi")
    revealing = cus.protection.reveals.ask(child, "needs protection before the hearing")
    inv.leads.reviews.add(KIN, "agree", "gave the orders")
    asking = next(c for c in ana._material.analysis_input()[0] if c.subject == KIN and c.statement.startswith("S2"))
    ana.leads.questions.put(KIN, asking.id)
    source, partner = (of(service, case, "source", name) for name in (FRIEND, "P4"))
    ana.leads.groups.decide(source, partner, "dependent", "shared a room", quiet)
    inv.network.comments.add([KIN], "seen at the harbour")
    inv.network.comments.add([KIN, "DIRECTED", "P2"], "who says so?")
    state = {
        "asked": [["id", KIN], ["id", child]],
        "arranged": {KIN: [0, 0], child: [5, 5], "P2": [9, 9]},
        "pinned": [KIN],
        "look": {"layout": "force"},
    }
    view = inv.network.views.save(state, "both")
    inv.network.views.keep_draft("sitting1", state, view.id, 1)
    pictured = Wanted(picture=PictureRequest(ids=(KIN,), depth=1))
    export = inv.exports.make(pictured, "Kent Police", "the hearing of 3 June", ask=True)
    sup.exports.given.agree(export.id)
    inv.exports.given.fetch(export.id)

    erase(people)
    kin, now = by_name(people, "kin-of-[erased]"), whose(people, "Sela Ahmadi")
    assert now != child
    (reviewed,) = inv.leads.reviews.of(kin)
    assert reviewed.reason == "gave the orders"
    (listed_hold,) = sup.protection.holds.list_holds()
    assert (listed_hold.person, listed_hold.pseudonym) == (kin, of(service, case, "person", kin))
    assert [row.pseudonym for row in cus.protection.reveals.list_reveals()] == [now]
    (again,) = [c for c in ana._material.analysis_input()[0] if c.subject == kin and c.statement.startswith("S2")]
    assert again.id != asking.id
    with transaction(service.database) as connection:
        (question,) = connection.execute(sa.select(tables.questions).where(tables.questions.c.case_id == case)).all()
    assert (question.claim_id, question.source) == (again.id, again.source)
    (pairing,) = ana.leads.groups.pairings()
    assert {pairing.one, pairing.other} == {again.source, partner}
    assert [comment.text for comment in inv.network.comments.of(kin)] == ["seen at the harbour"]
    assert inv.network.comments.counts()[1] == {(kin, "DIRECTED", "P2"): 1}
    opened = inv.network.views.open(view.id).state
    assert opened["arranged"] == {kin: [0, 0], now: [5, 5], "P2": [9, 9]}
    assert (opened["asked"], opened["pinned"]) == ([["id", kin], ["id", now]], [kin])
    assert [draft.state["arranged"] for draft in inv.network.views.drafts()] == [opened["arranged"]]
    assert "Okonjo" not in stored_text(service, case)
    # The request can be agreed to, and the earlier export then counts as showing a sealed person.
    sup.protection.sealings.agree(request_id, quiet)
    assert kin not in sealed_by_id(people)
    assert whose(people, "Mira Vandal") in sealed_by_id(people)
    assert [(entry.id, entry.recall) for entry in sup.exports.given.list_exports()] == [(export.id, "sealed")]
    sup.protection.reveals.agree(revealing)
    assert cus.protection.reveals.open(revealing).values["name"] == "Sela Ahmadi"


@pytest.mark.changes
def test_what_was_decided_on_a_name_does_not_follow_to_the_pseudonym_by_another_id(people: Place) -> None:
    people("inv").leads.reviews.add(KIN, "park", "may have been made to")
    seal(people("cus"), people("sup"), KIN)
    erase(people)
    sealed = whose(people, "Mira Vandal")
    assert [review.lead for review in people("inv").leads.reviews.of()] == [sealed]
    with transaction(people.service.database) as connection:
        table = tables.grants
        connection.execute(table.update().where(table.c.case_id == people.case).values(sources=False))
    assert people("inv").leads.reviews.of() == []
    assert people("inv").leads.reviews.of(sealed) == []
