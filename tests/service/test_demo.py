"""The demo's accounts: their clearances, and that making them again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graphsvc import simulate
from graphsvc.access.people import accounts
from graphsvc.access.people.policy import ROLES
from graphsvc.config import Settings
from graphsvc.service import Service, Session, quiet
from graphsvc.service.evaluation import invented

pytestmark = pytest.mark.neo4j
PEOPLE = 60


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    """A service with the demo's accounts and a small case instead of the demo's."""

    def small(out: Path, *_: object, **__: object) -> None:
        simulate.simulate(out, seed=5, people=PEOPLE)

    with pytest.MonkeyPatch.context() as patch, Service(at_server()) as opened:
        patch.setattr(invented, "invent", small)
        patch.setattr(invented, "DEMO_CASE", "small-demo")
        invented.demo_case(opened, quiet)
        yield opened
        before = state(opened)
        invented.demo_case(opened, quiet)
        assert state(opened) == before


def state(service: Service) -> object:
    return accounts.list_accounts(service.database), service.register.deliveries("small-demo")


def session(service: Service, name: str) -> Session:
    who = next(account for account in accounts.list_accounts(service.database) if account.name == name)
    return service.session(who, "tests", "small-demo")


def test_there_is_an_account_for_each_role_and_a_partner(service: Service) -> None:
    roles = {account.name: account.roles for account in accounts.list_accounts(service.database)}
    assert {name: roles[name] for name in ROLES} == {role: {role} for role in ROLES}
    assert roles["partner"] == {"investigator"}


def test_an_officer_on_the_case_sees_all_but_who_spoke_and_a_partner_what_may_be_shared(service: Service) -> None:
    def people(name: str) -> Any:
        return session(service, name).network.entities.counts()["person"]

    assert people("investigator") == people("analyst") > people("partner") > 0
    notes = {name: session(service, name).leads.ranked_on for name in ("analyst", "investigator", "partner")}
    assert notes["analyst"] == ""
    assert "code C" not in notes["investigator"]
    assert "only a few witnesses speak of a link" in notes["investigator"]
    assert "code C" in notes["partner"]
    # Only the analyst sees how many witnesses spoke.
    counted = {name: "witness" in session(service, name).network.entities.statement_counts() for name in notes}
    assert counted == {"analyst": True, "investigator": False, "partner": False}


def test_what_each_sees_stands_beside_its_link(service: Service) -> None:
    clearances = invented.demo_case(service, quiet)
    assert clearances["investigator"] == "sees handling P and C"
    assert clearances["partner"] == "sees handling P"
    assert clearances["analyst"] == "sees handling P and C, and which witness spoke"
    assert clearances["auditor"] == "reads no case"
