"""Decisions about leads: stored with the figures shown then, visible by clearance, and erased with the person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service import Service, quiet
from tests.leaks.small import FIRST, HIDDEN, SEALED, SECOND
from tests.toolbox import clock
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import statement_claims
from tests.toolbox.two_persons import seal, unseal

pytestmark = pytest.mark.neo4j
ROLES = {
    "low": ("investigator", Grant("P")),
    "sourced": ("analyst", Grant("P", sources=True)),
    "high": ("investigator", Grant("C")),
    "whole": ("analyst", Grant("C", sources=True)),
    "dis": ("disclosure", Grant("C", sources=True)),
    "cus": ("custodian", Grant("C", sources=True)),
    "sup": ("supervisor", Grant("C", sources=True)),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """A small case whose first delivery, all of it P, is loaded."""
    return lambda: open_place(at_server(), ROLES, "high", FIRST)


def review_rows(service: Service, case: str) -> list[sa.Row[tuple[object, ...]]]:
    with transaction(service.database) as connection:
        return list(connection.execute(sa.select(tables.reviews).where(tables.reviews.c.case_id == case)))


@pytest.mark.changes
def test_a_review_stands_beside_what_was_shown_and_moves_nothing(people: Place) -> None:
    reader = people("high")
    before = reader.leads.table()
    lead_before = next(row for row in before["hubs"] if row["id"] == "aide-2")
    reader.leads.reviews.add("aide-2", "park", "the tall one may be a cousin")
    assert reader.leads.table() == before
    people.load("high", SECOND)
    reader.leads.reviews.add("aide-2", "agree", "the boat was his")
    newest, first = reader.leads.reviews.of("aide-2")
    assert (newest.judgement, newest.has_changed) == ("agree", False)
    assert (first.judgement, first.reason, first.account) == ("park", "the tall one may be a cousin", "high")
    assert (first.case_version, first.version, first.has_changed) == (1, 2, True)
    assert (first.then.rank, first.then.score, first.then.groups) == (
        lead_before["rank"],
        lead_before["score"],
        lead_before["groups"],
    )
    now = next(row for row in reader.leads.table()["hubs"] if row["id"] == "aide-2")
    assert first.now is not None
    assert (first.now.rank, first.now.of) == (now["rank"], 4)
    assert (first.then.of, first.then.score) != (first.now.of, first.now.score)
    assert (first.rules, first.rules_changed) == (newest.rules, False)


def test_those_of_one_moment_come_newest_first(people: Place) -> None:
    with clock.standing_still():
        for number in range(6):
            people("low").leads.reviews.add("boss-1", "park", f"look {number}")
        assert [review.reason for review in people("low").leads.reviews.of()] == [
            f"look {number}" for number in reversed(range(6))
        ]


def test_rules_that_have_changed_since_are_named(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    people("low").leads.reviews.add("boss-1", "agree", "two reports")
    monkeypatch.setattr("graphsvc.service.leads.reviews.RULES_VERSION", "another")
    (review,) = people("low").leads.reviews.of("boss-1")
    assert review.rules_changed


def test_who_is_cleared_for_less_is_not_told_of_what_was_decided_on_more(people: Place) -> None:
    people("high").leads.reviews.add("boss-1", "refuse", "seen with C")
    assert people("low").leads.reviews.of("boss-1") == []
    assert people("sourced").leads.reviews.of() == []
    people("low").leads.reviews.add("boss-1", "agree", "on P alone")
    assert [review.reason for review in people("low").leads.reviews.of()] == ["on P alone"]
    # Readers with more clearance see both decisions, but figures of a narrower view are not compared with theirs.
    seen = {review.reason: review for review in people("high").leads.reviews.of("boss-1")}
    assert seen["on P alone"].now is None
    assert seen["seen with C"].now is not None


@pytest.mark.changes
def test_words_and_exact_figures_of_who_knows_sources_are_for_those_who_do(people: Place) -> None:
    account = {"id": "account-2", "kind": "witness", "handling": "P", "source_id": SEALED}
    people.load(
        "whole", {"statements": [account], "links": statement_claims("account-2", "boss-1 ORGANISED crossing-1")}
    )
    people("whole").leads.reviews.add("boss-1", "agree", "Q-AAAA-BBBB-CCCC is sure")
    (review,) = people("high").leads.reviews.of("boss-1")
    assert (review.reason, review.withheld, review.judgement) == ("", True, "agree")
    assert review.then == review.now
    assert review.then.groups == "few"
    (known,) = people("dis").leads.reviews.of("boss-1")
    assert (known.reason, known.withheld) == ("Q-AAAA-BBBB-CCCC is sure", False)
    assert isinstance(known.then.groups, int)


@pytest.mark.changes
def test_reviews_of_whom_the_reader_does_not_see_are_not_told(people: Place) -> None:
    people.load("high", SECOND)
    people("high").leads.reviews.add("hidden-person-1", "agree", "gave the orders")
    with pytest.raises(NotFound):
        people("low").leads.reviews.add("hidden-person-1", "agree", "guessing")
    with pytest.raises(NotFound):
        people("low").leads.reviews.add("nobody", "agree", "guessing")
    assert people("low").leads.reviews.of("hidden-person-1") == []


@pytest.mark.parametrize("name", ["dis", "sup", "cus"])
def test_reviewing_takes_a_role(service: Service, case: str, people: Place, name: str) -> None:
    with pytest.raises(Refused):
        people(name).leads.reviews.add("boss-1", "agree", "why not")
    assert review_rows(service, case) == []
    (row,) = [line for line in people.lines() if line["action"] == "review"]
    assert row["outcome"].startswith("refused")


@pytest.mark.parametrize(("judgement", "reason"), [("guilty", "x"), ("agree", " "), ("agree", "x" * 2001), ("", "x")])
def test_a_review_has_a_judgement_and_a_reason(
    service: Service, case: str, people: Place, judgement: str, reason: str
) -> None:
    with pytest.raises(RequestError):
        people("low").leads.reviews.add("boss-1", judgement, reason)
    assert review_rows(service, case) == []


def test_the_log_says_that_somebody_decided_and_not_why(people: Place) -> None:
    people("low").leads.reviews.add("boss-1", "refuse", "Ari Berg is the interpreter")
    (row,) = [line for line in people.lines() if line["action"] == "review"]
    assert (row["detail"]["kind"], row["detail"]["step"], row["outcome"]) == ("refuse", "add", "released")
    assert "interpreter" not in str(row)


@pytest.mark.changes
def test_what_was_decided_before_somebody_was_sealed_is_told_to_who_knows_sources(
    service: Service, case: str, people: Place
) -> None:
    people("low").leads.reviews.add("aide-1", "park", "Bo Quist may have been made to")
    seal(people("cus"), people("sup"), "aide-1")
    assert [review for review in people("low").leads.reviews.of() if review.judgement == "park"] == []
    assert people("low").leads.reviews.of("aide-1") == []
    (review,) = [review for review in people("whole").leads.reviews.of() if review.judgement == "park"]
    assert review.lead.startswith("S-")
    assert review.reason == "[withheld]"
    assert [again.id for again in people("whole").leads.reviews.of(review.lead)] == [review.id]
    assert people("low").leads.reviews.of(review.lead) == []
    assert "aide-1" not in str(review_rows(service, case))


@pytest.mark.changes
def test_what_was_decided_on_a_name_does_not_go_on_to_the_pseudonym_that_a_delivery_brings(
    service: Service, case: str, people: Place
) -> None:
    """The first row and claim under P about a person named by C alone seal them, without a recorded decision."""
    people.load("high", SECOND)
    people("high").leads.reviews.add(HIDDEN, "park", "gave the orders")
    assert [review.lead for review in people("high").leads.reviews.of()] == [HIDDEN]
    carried = statement_claims("report-p", f"{HIDDEN} CROSSED_ON crossing-1")
    under_p = {
        "people": [{"id": HIDDEN, "handling": "P"}],
        "statements": [{"id": "report-p", "kind": "record", "handling": "P"}],
    }
    people.load("whole", {**under_p, "links": carried})
    hidden = pseudonym(service.register.key(case, create=False), "person", HIDDEN)
    assert hidden in {candidate.id for candidate in people("high").leads.ranking().leads}
    # Only readers with every clearance see the decision on the former name.
    for name in ("low", "sourced", "high"):
        assert people(name).leads.reviews.of() == people(name).leads.reviews.of(hidden) == [], name
        assert [item.kind for item in people(name).waiting.listed().items if item.to_do] == [], name
    (known,) = people("whole").leads.reviews.of(hidden)
    assert (known.account, known.reason) == ("high", "gave the orders")
    # Decisions on the pseudonym are shown as usual; once the person is named again, all decisions are.
    people("high").leads.reviews.add(hidden, "agree", "gave more orders")
    assert [review.reason for review in people("high").leads.reviews.of()] == ["gave more orders"]
    unseal(people("cus"), people("sup"), hidden)
    assert [review.reason for review in people("high").leads.reviews.of(HIDDEN)] == [
        "gave more orders",
        "gave the orders",
    ]
    seal(people("cus"), people("sup"), HIDDEN)
    assert people("high").leads.reviews.of() == []


@pytest.mark.changes
def test_what_was_decided_on_a_name_does_not_go_on_to_who_is_delivered_again_under_a_pseudonym(
    service: Service, case: str, people: Place
) -> None:
    """A named person who is no longer in any delivery is forgotten, and may return sealed."""
    row = {"id": "aide-4", "name": "Eve Nine", "category": "suspect"}
    report = {"id": "report-4", "kind": "record", "handling": "P"}
    acts = {"statements": [report], "links": statement_claims("report-4", "aide-4 DIRECTED aide-1")}
    first = people.load("whole", {"people": [row], **acts})
    people("low").leads.reviews.add("aide-4", "park", "may have been made to")
    people("whole").deliveries.undo(first.delivery or 0, quiet)
    people.load("whole", {"people": [{**row, "sealed": "yes"}], **acts})
    hidden = pseudonym(service.register.key(case, create=False), "person", "aide-4")
    assert hidden in {candidate.id for candidate in people("low").leads.ranking().leads}
    assert people("low").leads.reviews.of() == []
    assert [item.kind for item in people("low").waiting.listed().items if item.to_do] == []
    assert [review.lead for review in people("whole").leads.reviews.of()] == [hidden]


@pytest.mark.changes
def test_erasing_takes_the_reviews_about_a_person_and_their_name_from_others(
    service: Service, case: str, people: Place
) -> None:
    people("low").leads.reviews.add("aide-1", "agree", "was at the helm")
    people("low").leads.reviews.add("boss-1", "agree", "gave orders to Bo Quist")
    people("sup").protection.erasures.agree(
        people("cus").protection.erasures.ask("aide-1", "the court ordered it"), quiet
    )
    (left,) = people("low").leads.reviews.of()
    assert (left.lead, left.reason) == ("boss-1", "gave orders to [erased]")
    assert len(review_rows(service, case)) == 1


def test_nothing_of_why_stands_in_the_database_in_the_clear(service: Service, case: str, people: Place) -> None:
    people("low").leads.reviews.add("boss-1", "agree", "gave orders on the beach")
    (row,) = review_rows(service, case)
    assert b"beach" not in row.words_sealed
    assert "boss-1" not in str(row)
