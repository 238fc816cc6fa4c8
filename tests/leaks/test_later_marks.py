"""A mark always seals, whenever it comes: after an opening in another case of shared ids, and before an opening is agreed to."""

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
from tests.toolbox.rows import Rows, said, write
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
        links = said(statement, "p-1 PILOTED c-1", "p-2 CROSSED_ON c-1")
        delivery = {
            "people": people,
            "crossings": [{"id": "c-1", "date": "2020-05-08"}],
            "statements": [{"id": statement, "kind": "intelligence", "handling": "P", "source_grade": "1"}],
            "links": links,
        }
        folder = write(self._folder / new_name(), **delivery)
        assert self.at("inv", case).deliveries.load(folder, quiet, partial=True).rejections == []

    def mark(self, case: str, person: str, **cells: str) -> None:
        """Load a row of a person with more cells."""
        self.deliver(case, [{"id": person, "name": NAMES[person], **cells}])

    def named(self, case: str) -> set[str]:
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
def shared(at_server: Callable[..., Settings], tmp_path: Path) -> Iterator[Shared]:
    with Service(at_server(named="part")) as service:
        accounts.add(service, "*", ROLES)
        yield Shared(service, tmp_path)


def test_each_new_mark_in_a_case_of_shared_ids_seals_again_who_was_opened(shared: Shared) -> None:
    first, second, third = shared.cases
    assert [shared.named(case) for case in shared.cases] == [{"p-1"}] * 3
    shared.seal(second, "p-1")
    assert [shared.named(case) for case in shared.cases] == [set()] * 3
    shared.open(first, "p-1")
    shared.deliver(second, [{"id": "p-2", "name": NAMES["p-2"]}])
    assert shared.named(first) == {"p-1"}  # nothing new was delivered
    shared.mark(second, "p-1", age_disputed="yes")
    assert shared.named(first) == set()
    shared.open(first, "p-1")
    shared.mark(second, "p-1", category="victim", date_of_birth="2012-01-01", age_disputed="yes")
    assert shared.named(first) == set()
    shared.open(first, "p-1")
    shared.mark(third, "p-1", age_disputed="yes")  # shares ids with the second case, which shares them with the first
    assert shared.named(first) == set()
    shared.open(first, "p-1")
    shared.deliver(
        second, [{"id": "p-2", "name": NAMES["p-2"]}]
    )  # the mark of the third case is listed here from now on
    shared.open(second, "p-1")
    shared.seal(second, "p-1")
    assert shared.named(first) == set()


def test_a_mark_on_somebody_two_persons_sealed_is_listed(shared: Shared) -> None:
    first, second, _ = shared.cases
    shared.seal(second, "p-1")
    shared.mark(second, "p-1", age_disputed="yes")
    assert shared.why(second, "p-1") == "two persons decided, age disputed"
    shared.mark(second, "p-1", category="victim", age_disputed="yes")
    assert shared.why(second, "p-1") == "two persons decided, age disputed, victim"
    shared.deliver(first, [{"id": "p-1", "name": NAMES["p-1"]}])
    assert shared.why(first, "p-1") == "sealed in a case that shares its ids"


def test_a_mark_ends_an_opening_that_was_asked_for_before_it(shared: Shared) -> None:
    first, second, _ = shared.cases
    shared.seal(first, "p-1")
    requests = [shared.ask_opening(first, person) for person in NAMES]
    shared.mark(first, "p-2", category="victim", date_of_birth="2013-01-01")
    shared.mark(second, "p-1", age_disputed="yes")  # known here by the shared id
    sealings = shared.at("sup", first).protection.sealings
    for request in requests:
        with pytest.raises(RequestError):
            sealings.agree(request, quiet)
    assert [request.state for request in sealings.list_requests() if request.kind == "open"] == ["ended", "ended"]
    assert shared.named(first) == set()
    again = shared.ask_opening(first, "p-2")
    shared.deliver(first, [{"id": "p-1", "name": NAMES["p-1"]}])  # nothing new was delivered
    sealings.agree(again, quiet)
    assert shared.named(first) == {"p-2"}


def test_a_mark_under_c_ends_an_opening_as_well_and_counts_in_a_case_of_shared_ids(shared: Shared) -> None:
    case, sharing, _ = shared.cases
    child = {"category": "victim", "date_of_birth": "2013-01-01", "handling": "C"}
    request = shared.ask_opening(case, "p-2")
    shared.mark(case, "p-2", **child)
    assert shared.why(case, "p-2") == "no visible part, sealed in a case that shares its ids, under 18, victim"
    with pytest.raises(RequestError):
        shared.at("sup", case).protection.sealings.agree(request, quiet)
    assert shared.named(case) == {"p-1"}
    shared.open(case, "p-2")  # two persons who know of the marks
    assert (shared.named(case), shared.at("cus", case).protection.sealings.to_be_sealed()) == ({"p-1", "p-2"}, {})
    shared.deliver(sharing, [{"id": "p-1", "name": NAMES["p-1"]}])  # what the first case says is listed from now on
    shared.open(sharing, "p-2")
    shared.seal(case, "p-2")
    shared.deliver(sharing, [{"id": "p-1", "name": NAMES["p-1"]}])
    shared.open(sharing, "p-2")
    shared.mark(case, "p-2", **child, age_disputed="yes")
    assert shared.named(sharing) == {"p-1"}


def test_a_loosening_names_nobody_who_was_marked_before_it_was_agreed(shared: Shared) -> None:
    case = shared.cases[2]
    request = shared.at("cus", case).protection.sealings.ask_loosening("a register of companies")
    shared.mark(case, "p-2", age_disputed="yes", handling="C")
    shared.deliver(case, [{"id": "p-3", "name": "Ny Else", "handling": "P"}])
    shared.at("sup", case).protection.sealings.agree(request, quiet)
    names = {row["name"] for row in shared.at("low", case).ask.rows("tables.people").dicts()}
    assert names - {None} == {NAMES["p-1"], "Ny Else"}
