"""A mark always seals: after an opening in a case with shared ids, and before an opening is agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.config import Settings
from graphsvc.errors import RequestError
from graphsvc.service import Service, Session, quiet
from tests.toolbox import accounts
from tests.toolbox.accounts import WHOLE, Roles
from tests.toolbox.cases import new_name
from tests.toolbox.rows import Rows, statement_claims, write
from tests.toolbox.two_persons import seal, unseal

pytestmark = [pytest.mark.neo4j, pytest.mark.changes]
ROLES: Roles = {
    "inv": ("investigator", WHOLE),
    "cus": ("custodian", WHOLE),
    "sup": ("supervisor", WHOLE),
    "low": ("investigator", Grant("P")),
}
NAMES = {"p-1": "Zoltan Quarrel", "p-2": "Milan Orchard"}


class Shared:
    """A home with three cases, of which the second shares its ids with the first and the third."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service, self._folder = service, folder
        self.cases = [f"{letter}-{new_name()}" for letter in "abc"]
        for case in self.cases:
            self.deliver(case, [{"id": "p-1", "name": NAMES["p-1"]}, {"id": "p-2", "name": NAMES["p-2"]}])
        for case in (self.cases[0], self.cases[2]):
            self.at("cus", self.cases[1]).protection.sharing.declare(case, "one register of people")

    def at(self, name: str, case: str) -> Session:
        return accounts.session(self.service, name, case)

    def deliver(self, case: str, people: Rows) -> None:
        """Load rows of people, with a claim that names the first of them and seals the second."""
        statement = f"r-{new_name()}"
        links = statement_claims(statement, "p-1 PILOTED c-1", "p-2 CROSSED_ON c-1")
        delivery = {
            "people": people,
            "crossings": [{"id": "c-1", "date": "2020-05-08"}],
            "statements": [{"id": statement, "kind": "intelligence", "handling": "P", "source_grade": "1"}],
            "links": links,
        }
        folder = write(self._folder / new_name(), **delivery)
        assert self.at("inv", case).deliveries.load(folder, quiet, partial=True).rejections == []

    def mark(self, case: str, person: str, **cells: str) -> None:
        """Load a row of a person with these cells, which may be marks."""
        self.deliver(case, [{"id": person, "name": NAMES[person], **cells}])

    def named_people(self, case: str) -> set[str]:
        """Select the people that a reader cleared for P finds by name."""
        rows = self.at("low", case).ask.rows("tables.people").dicts()
        return {row["id"] for row in rows} & NAMES.keys()

    def pseudonym(self, case: str, person: str) -> str:
        return pseudonym(self.service.register.key(case, create=False), "person", person)

    def seal(self, case: str, person: str) -> None:
        seal(self.at("cus", case), self.at("sup", case), person)

    def open(self, case: str, person: str) -> None:
        unseal(self.at("cus", case), self.at("sup", case), self.pseudonym(case, person))

    def ask_opening(self, case: str, person: str) -> str:
        return self.at("cus", case).protection.sealings.ask_opening(self.pseudonym(case, person), "told in court")

    def why(self, case: str, person: str) -> str:
        listed = self.at("cus", case).protection.sealings.sealed_entities()
        return next(entry.why for entry in listed if entry.pseudonym == self.pseudonym(case, person))


@pytest.fixture
def shared_cases(at_server: Callable[..., Settings], tmp_path: Path) -> Iterator[Shared]:
    with Service(at_server(named="part")) as service:
        accounts.add(service, "*", ROLES)
        yield Shared(service, tmp_path)


def test_each_new_mark_in_a_case_of_shared_ids_seals_again_who_was_opened(shared_cases: Shared) -> None:
    first, second, third = shared_cases.cases
    assert [shared_cases.named_people(case) for case in shared_cases.cases] == [{"p-1"}] * 3
    shared_cases.seal(second, "p-1")
    assert [shared_cases.named_people(case) for case in shared_cases.cases] == [set()] * 3
    shared_cases.open(first, "p-1")
    shared_cases.deliver(second, [{"id": "p-2", "name": NAMES["p-2"]}])
    assert shared_cases.named_people(first) == {"p-1"}  # nothing new was delivered
    shared_cases.mark(second, "p-1", age_disputed="yes")
    assert shared_cases.named_people(first) == set()
    shared_cases.open(first, "p-1")
    shared_cases.mark(second, "p-1", category="victim", date_of_birth="2012-01-01", age_disputed="yes")
    assert shared_cases.named_people(first) == set()
    shared_cases.open(first, "p-1")
    shared_cases.mark(
        third, "p-1", age_disputed="yes"
    )  # shares ids with the second case, which shares them with the first
    assert shared_cases.named_people(first) == set()
    shared_cases.open(first, "p-1")
    shared_cases.deliver(
        second, [{"id": "p-2", "name": NAMES["p-2"]}]
    )  # the mark of the third case is listed here from now on
    shared_cases.open(second, "p-1")
    shared_cases.seal(second, "p-1")
    assert shared_cases.named_people(first) == set()


def test_a_mark_on_somebody_two_persons_sealed_is_listed(shared_cases: Shared) -> None:
    first, second, _ = shared_cases.cases
    shared_cases.seal(second, "p-1")
    shared_cases.mark(second, "p-1", age_disputed="yes")
    assert shared_cases.why(second, "p-1") == "two persons decided, age disputed"
    shared_cases.mark(second, "p-1", category="victim", age_disputed="yes")
    assert shared_cases.why(second, "p-1") == "two persons decided, age disputed, victim"
    shared_cases.deliver(first, [{"id": "p-1", "name": NAMES["p-1"]}])
    assert shared_cases.why(first, "p-1") == "sealed in a case that shares its ids"


def test_a_mark_ends_an_opening_that_was_asked_for_before_it(shared_cases: Shared) -> None:
    first, second, _ = shared_cases.cases
    shared_cases.seal(first, "p-1")
    requests = [shared_cases.ask_opening(first, person) for person in NAMES]
    shared_cases.mark(first, "p-2", category="victim", date_of_birth="2013-01-01")
    shared_cases.mark(second, "p-1", age_disputed="yes")  # known in the first case by the shared id
    sealings = shared_cases.at("sup", first).protection.sealings
    for request in requests:
        with pytest.raises(RequestError):
            sealings.agree(request, quiet)
    assert [request.state for request in sealings.list_requests() if request.kind == "open"] == ["ended", "ended"]
    assert shared_cases.named_people(first) == set()
    again = shared_cases.ask_opening(first, "p-2")
    shared_cases.deliver(first, [{"id": "p-1", "name": NAMES["p-1"]}])  # nothing new was delivered
    sealings.agree(again, quiet)
    assert shared_cases.named_people(first) == {"p-2"}


def test_a_mark_under_c_ends_an_opening_as_well_and_counts_in_a_case_of_shared_ids(shared_cases: Shared) -> None:
    case, sharing, _ = shared_cases.cases
    child = {"category": "victim", "date_of_birth": "2013-01-01", "handling": "C"}
    request = shared_cases.ask_opening(case, "p-2")
    shared_cases.mark(case, "p-2", **child)
    assert shared_cases.why(case, "p-2") == "no visible part, sealed in a case that shares its ids, under 18, victim"
    with pytest.raises(RequestError):
        shared_cases.at("sup", case).protection.sealings.agree(request, quiet)
    assert shared_cases.named_people(case) == {"p-1"}
    shared_cases.open(case, "p-2")  # two persons who know of the marks
    assert (shared_cases.named_people(case), shared_cases.at("cus", case).protection.sealings.to_be_sealed()) == (
        {"p-1", "p-2"},
        {},
    )
    shared_cases.deliver(
        sharing, [{"id": "p-1", "name": NAMES["p-1"]}]
    )  # what the first case says is listed from now on
    shared_cases.open(sharing, "p-2")
    shared_cases.seal(case, "p-2")
    shared_cases.deliver(sharing, [{"id": "p-1", "name": NAMES["p-1"]}])
    shared_cases.open(sharing, "p-2")
    shared_cases.mark(case, "p-2", **child, age_disputed="yes")
    assert shared_cases.named_people(sharing) == {"p-1"}


def test_a_loosening_names_nobody_who_was_marked_before_it_was_agreed(shared_cases: Shared) -> None:
    case = shared_cases.cases[2]
    request = shared_cases.at("cus", case).protection.sealings.ask_loosening("a register of companies")
    shared_cases.mark(case, "p-2", age_disputed="yes", handling="C")
    shared_cases.deliver(case, [{"id": "p-3", "name": "Ny Else", "handling": "P"}])
    shared_cases.at("sup", case).protection.sealings.agree(request, quiet)
    names = {row["name"] for row in shared_cases.at("low", case).ask.rows("tables.people").dicts()}
    assert names - {None} == {NAMES["p-1"], "Ny Else"}
