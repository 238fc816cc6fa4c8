"""The data version that readers see rises only with changes that they can see."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.service import Service, quiet
from tests.service.test_rows_set_aside import REPORT, deliver, erase
from tests.service.test_waiting import FIRST, PEOPLE, Place
from tests.toolbox import clock
from tests.toolbox.rows import statement_claims, write
from tests.toolbox.two_persons import unseal

pytestmark = pytest.mark.neo4j
LISTED = [{"id": "x9", "name": "Zed Quark"}, {"id": "z9", "name": "Una Moss"}]
ACCOUNTS = {**PEOPLE, "ivy": (("investigator",), Grant("P", sources=True))}


@pytest.fixture(scope="module")
def service(at_server: Any) -> Iterator[Service]:
    with Service(at_server(named="part")) as opened:
        for name, (roles, grant) in ACCOUNTS.items():
            accounts.add(opened.database, name, roles, {"*": grant})
        yield opened


def new_case(service: Service, folder: Path, protection: str) -> Place:
    place = Place(service, f"v{uuid.uuid4().hex[:8]}")
    first = write(folder / place.case, **FIRST)
    assert place.as_("ann").deliveries.load(first, quiet, protection=protection).rejections == []
    return place


def say_interpreter(place: Place, folder: Path, interpreter: str) -> None:
    report = {**REPORT, "id": "R9", "interpreter_id": interpreter}
    deliver(place, folder, "ann", statements=[report], links=statement_claims("R9", "boss PAID aide"))


def mark_under_c(place: Place, folder: Path) -> None:
    deliver(place, folder, "tom", people=[{"id": "x9", "sealed": "yes", "handling": "C"}])


def open_by_two(place: Place, _folder: Path) -> None:
    name = pseudonym(place.service.register.key(place.case, create=False), "person", "x9")
    with clock.standing_still(clock.MOMENT + dt.timedelta(minutes=3)):
        unseal(place.as_("cus"), place.as_("sup"), name)


def erase_person(place: Place, _folder: Path) -> None:
    erase(place, "x9")


@pytest.mark.parametrize(
    ("protection", "act"),
    [
        ("marked", mark_under_c),
        ("marked", open_by_two),
        ("witness", open_by_two),
        ("marked", erase_person),
        ("witness", erase_person),
    ],
)
def test_a_decision_on_somebody_hidden_does_not_tell_that_they_interpreted(
    service: Service, tmp_path: Path, protection: str, act: Callable[[Place, Path], None]
) -> None:
    rises = []
    for interpreter in ("x9", "z9"):
        place = new_case(service, tmp_path, protection)
        marked = {"category": "witness", "handling": "C"} if act is open_by_two else {}
        people = [{**row, **marked} for row in LISTED]
        report = {**REPORT, "id": "R9", "interpreter_id": interpreter}
        deliver(
            place, tmp_path, "ann", people=people, statements=[report], links=statement_claims("R9", "boss PAID aide")
        )
        before = place.as_("low").version
        act(place, tmp_path)
        rises.append(place.as_("low").version - before)
    assert rises[0] == rises[1]


def test_the_version_rises_for_the_readers_who_see_the_interpreter(service: Service, tmp_path: Path) -> None:
    place = new_case(service, tmp_path, "witness")
    say_interpreter(place, tmp_path, "aide")
    readers = ("low", "ivy", "tom", "ann")

    def look() -> list[tuple[int, str]]:
        sessions = map(place.as_, readers)
        return [
            (each.version, each.deliveries.statements.look("R9").values.get("interpreter_id", "")) for each in sessions
        ]

    before = look()
    say_interpreter(place, tmp_path, "boss")
    after = look()
    rises = {name: now[0] - was[0] for name, was, now in zip(readers, before, after, strict=True)}
    assert rises == {"low": 0, "ivy": 1, "tom": 1, "ann": 1}
    assert [values for _, values in before] == ["", "aide", "", "aide"]
    assert [values for _, values in after] == ["", "boss", "", "boss"]


def test_the_version_rises_for_all_if_witnesses_no_longer_share_an_interpreter(
    service: Service, tmp_path: Path
) -> None:
    """A ranking counts statements with one interpreter for less, for readers without source clearance too."""
    place = new_case(service, tmp_path, "witness")

    def statements(second_interpreter: str) -> None:
        rows = [
            {"id": f"acc-{n}", "kind": "witness", "handling": "P", "source_id": f"wit-{n}", "interpreter_id": who}
            for n, who in ((1, "aide"), (2, second_interpreter))
        ]
        links = [*statement_claims("acc-1", "boss PAID aide"), *statement_claims("acc-2", "boss PILOTED C1")]
        deliver(place, tmp_path, "ann", statements=rows, links=links)

    statements("aide")
    before = place.as_("low").version
    statements("boss")
    assert place.as_("low").version == before + 1
