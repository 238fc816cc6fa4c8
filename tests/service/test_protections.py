"""The protection of a case: chosen when it is made, stricter at any time, looser by two persons."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.errors import InputError, Refused, RequestError
from graphsvc.service import Service, quiet
from graphsvc.store.image import read_image
from tests.toolbox.accounts import WHOLE, People, people
from tests.toolbox.rows import Tables, statement_claims, write

pytestmark = pytest.mark.neo4j

# A register of people who need no protection, with names, streets and trades as in real data.
REGISTER: Tables = {
    "people": [
        {"id": f"P{number}", "name": name, "notes": f"{name} was unable to prosecute", "x_caller": name}
        for number, name in enumerate(["Brian Street", "Amy Bailey", "Craig Gordon", "Dana King"], 1)
    ],
    "workplaces": [{"id": "W1", "name": "Bailey Barbers", "address": "116 Gordon Street, Canterbury"}],
    "statements": [{"id": "S1", "kind": "record", "handling": "P", "summary": "Unable to prosecute Brian Street"}],
    "links": statement_claims("S1", "P1 RELATED_TO P2", "P3 X_CALLER P4", "P1 RELATED_TO P4"),
}
WITNESSED: Tables = {
    "people": [{"id": "P9", "name": "Wit Ness"}],
    "statements": [{"id": "S9", "kind": "witness", "source_id": "P9", "handling": "P"}],
    "links": statement_claims("S9", "P9 RELATED_TO P1"),
}


@pytest.fixture
def sessions(service: Service, case: str) -> People:
    """A loader, an analyst with source clearance, a custodian and a supervisor."""
    roles = {
        "inv": ("investigator", Grant("C")),
        "ana": ("analyst", WHOLE),
        "cus": ("custodian", WHOLE),
        "sup": ("supervisor", WHOLE),
    }
    return people(service, case, roles)


def names(service: Service, case: str) -> dict[str, str]:
    nodes = read_image(service.store(), case).nodes["Person"]
    return {identifier: str(node.get("name", "")) for identifier, node in nodes.items()}


def test_the_preview_of_a_new_case_says_what_to_choose_if_nobody_needs_protection(
    sessions: People, tmp_path: Path
) -> None:
    folder, deliveries = write(tmp_path / "register", **REGISTER), sessions("inv").deliveries
    (note,) = deliveries.load(folder, quiet, dry_run=True).notes
    assert note.startswith("4 of 4 people would be shown by a pseudonym. If nobody here needs protection")
    assert deliveries.load(folder, quiet, dry_run=True, protection="marked").notes == []
    witnessed = write(
        tmp_path / "witnessed", **{name: [*REGISTER[name], *WITNESSED.get(name, [])] for name in REGISTER}
    )
    assert deliveries.load(witnessed, quiet, dry_run=True).notes == []


def test_a_register_is_loaded_as_marked_only_with_every_cell_unchanged(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    loaded = sessions("ana").deliveries.load(write(tmp_path / "1", **REGISTER), quiet, protection="marked")
    assert loaded.committed
    image = read_image(service.store(), case)
    for row in REGISTER["people"]:
        assert {name: image.nodes["Person"][row["id"]][name] for name in row if name != "id"} == {
            name: value for name, value in row.items() if name != "id"
        }
    assert image.nodes["Workplace"]["W1"]["address"] == "116 Gordon Street, Canterbury"
    assert image.nodes["Statement"]["S1"]["summary"] == "Unable to prosecute Brian Street"
    assert {relation for _, relation, _ in image.links} == {"X_CALLER", "RELATED_TO"}
    assert [entry.protection for entry in sessions("inv").cases() if entry.id == case] == ["marked"]


def test_marked_people_and_witnesses_are_sealed_in_it_all_the_same(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    rows = [
        {"id": "P1", "name": "Plain One"},
        {"id": "P2", "name": "Kid Childs", "date_of_birth": "2018"},
        {"id": "P3", "name": "Vic Timm", "category": "victim"},
        {"id": "P4", "name": "Wit Ness", "category": "witness"},
        {"id": "P5", "name": "By Hand", "sealed": "yes"},
    ]
    sessions("inv").deliveries.load(write(tmp_path / "1", people=rows), quiet, protection="marked")
    assert {name for name in names(service, case).values() if name} == {"Plain One"}


def test_statements_of_witnesses_are_refused_with_the_way_out_and_taken_once_it_is_stricter(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    sessions("inv").deliveries.load(write(tmp_path / "1", **REGISTER), quiet, protection="marked")
    folder = write(tmp_path / "2", **WITNESSED)
    for dry_run in (True, False):
        with pytest.raises(InputError, match="graphsvc seal protect") as refused:
            sessions("inv").deliveries.load(folder, quiet, partial=True, dry_run=dry_run)
        assert "1 witness statement" in str(refused.value)
    with pytest.raises(RequestError, match="is there already"):
        sessions("inv").deliveries.load(folder, quiet, partial=True, protection="witness")
    with pytest.raises(Refused):
        sessions("inv").protection.sealings.tighten(quiet)
    sessions("inv").network.entities.look("P1")  # someone has read the names
    sessions("cus").protection.sealings.tighten(quiet)
    assert sessions("inv").deliveries.load(folder, quiet, partial=True).committed
    # People whose name was read stay named, and the custodian is asked. People delivered from now on are sealed.
    assert {name for name in names(service, case).values() if name} == {row["name"] for row in REGISTER["people"]}
    assert set(sessions("cus").protection.sealings.to_be_sealed()) == {"P1", "P2", "P3", "P4"}
    with pytest.raises(RequestError, match="already"):
        sessions("cus").protection.sealings.tighten(quiet)


def test_names_that_nobody_read_are_sealed_when_the_case_becomes_stricter(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    sessions("inv").deliveries.load(write(tmp_path / "1", **REGISTER), quiet, protection="marked")
    sessions("cus").protection.sealings.tighten(quiet)
    assert set(names(service, case).values()) == {""}


def test_it_takes_two_persons_to_make_it_looser_and_marked_people_stay_sealed(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    marked = {"id": "P5", "name": "By Hand", "sealed": "yes"}
    tables = REGISTER | {"people": [*REGISTER["people"], marked]}
    sessions("inv").deliveries.load(write(tmp_path / "1", **tables), quiet)
    assert set(names(service, case).values()) == {""}
    with pytest.raises(Refused):
        sessions("sup").protection.sealings.ask_loosening("a register")
    request = sessions("cus").protection.sealings.ask_loosening("a register of companies: nobody spoke")
    assert set(names(service, case).values()) == {""}
    (loosening,) = sessions("sup").protection.sealings.list_requests()
    assert (loosening.kind, loosening.pseudonym, loosening.decidable) == ("loosen", "", True)
    with pytest.raises(Refused):
        sessions("cus").protection.sealings.agree(request, quiet)
    sessions("sup").protection.sealings.agree(request, quiet)
    assert {name for name in names(service, case).values() if name} == {row["name"] for row in REGISTER["people"]}
    assert sessions("cus").protection.sealings.list_requests()[0].state == "done"


def test_a_case_with_witnesses_does_not_become_looser(
    service: Service, case: str, sessions: People, tmp_path: Path
) -> None:
    tables = {name: [*REGISTER.get(name, []), *WITNESSED.get(name, [])] for name in REGISTER}
    sessions("inv").deliveries.load(write(tmp_path / "1", **tables), quiet)
    request = sessions("cus").protection.sealings.ask_loosening("a register")
    with pytest.raises(RequestError, match="witness"):
        sessions("sup").protection.sealings.agree(request, quiet)
    assert set(names(service, case).values()) == {""}
