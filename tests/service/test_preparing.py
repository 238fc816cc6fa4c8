"""The first pages of a case are computed before anybody opens them, once for each clearance that an account has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.cases.deliveries.batches import SERVICE
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.service import preparing, start_preparing
from graphsvc.service.leads.leads import Leads
from graphsvc.service.network.lists import ListCaches
from graphsvc.service.preparing import prepare_cases
from tests.service.test_answers import ROWS
from tests.toolbox import accounts
from tests.toolbox.cases import Place, new_name, open_place

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "ben": ("investigator", Grant("C", sources=True)),
    "low": ("investigator", Grant("P")),
    "cus": ("custodian", Grant("C")),
}


@pytest.fixture
def place(at_server: Callable[..., Settings]) -> Iterator[Place]:
    with open_place(at_server(), READERS, "ana", ROWS) as opened:
        opened.begin()
        yield opened


def test_each_clearance_is_prepared_once_and_is_one_act_in_the_log(place: Place) -> None:
    assert prepare_cases(place.service) == 2
    assert [(line["account"], line["action"], line["outcome"]) for line in place.lines()] == [
        (SERVICE, "analyse", "released")
    ] * 2
    crossings = place.service.caches(ListCaches).crossings
    assert all(crossings.there(place(name).ask.state) for name in ("ana", "ben", "low"))
    assert crossings.there(place("cus").ask.state) is None
    # Nobody has read the case: a name that loses its act is still sealed.
    assert place.service.register.last_read(place.case) == ""
    place("low").leads.ranking()
    assert place.service.register.last_read(place.case)


def test_a_service_that_closes_computes_no_further(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(place.service), "is_closing", property(lambda _service: True))
    prepare_cases(place.service)
    assert place.service.caches(ListCaches).crossings.there(place("ana").ask.state) is None


def test_what_cannot_be_computed_ends_preparing_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_leads: Leads) -> None:
        raise OperatorError("Neo4j cannot be reached.")

    monkeypatch.setattr(Leads, "ranking", fail)
    with caplog.at_level("INFO", logger="graphsvc"):
        start_preparing(place.service).join()
    assert "Neo4j cannot be reached" in caplog.text
    assert [line["outcome"] for line in place.lines()] == ["failed: OperatorError"]


def test_only_the_cases_read_last_are_prepared_and_no_more_than_are_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = Place(place.service, new_name())
    # The account root sees all cases, so each has at least two clearances.
    accounts.add(place.service, second.case, {"eve": ("analyst", Grant("C"))})
    second.load("eve", ROWS)
    place("low").leads.ranking()
    second("eve").leads.ranking()
    monkeypatch.setattr(preparing, "CLEARANCES", 3)
    place.service.forget()
    place.begin()
    assert prepare_cases(place.service) == 3
    assert [line["case_id"] for line in place.lines()] == [place.case, second.case, second.case]  # newest first
