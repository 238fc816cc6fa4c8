"""A person's row that names another loader's statement must not show who gave or interpreted that statement."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.service import Service, quiet
from tests.service.test_rows_set_aside import deliver, service
from tests.service.test_waiting import FIRST, PEOPLE, Place
from tests.toolbox.rows import statement_claims, write

__all__ = ["service"]
pytestmark = pytest.mark.neo4j
NAMES = {"x1": "Milan Orchard", "x2": "Petra Voss"}
LISTED = [{"id": x, "name": name, "category": "suspect", "handling": "P"} for x, name in NAMES.items()]


@pytest.fixture
def place(service: Service, tmp_path: Path) -> Place:
    """A case with two named suspects, in a report under P."""
    new = Place(service, "r" + uuid.uuid4().hex[:8])
    reports = [{"id": "R2", "kind": "intelligence", "handling": "P"}]
    claims = statement_claims("R2", "x1 CONTACTED aide", "x2 CONTACTED aide")
    deliver(new, tmp_path, "ann", **FIRST)
    deliver(new, tmp_path, "ann", people=LISTED, statements=reports, links=claims)
    return new


@pytest.mark.parametrize("role", ["source_id", "interpreter_id"])
@pytest.mark.parametrize("kind", ["witness", "intelligence", "record"])
@pytest.mark.parametrize("code", ["P", "C"])
def test_it_changes_source_and_others_alike(place: Place, tmp_path: Path, role: str, kind: str, code: str) -> None:
    statement = {"id": "acc-9", "kind": kind, "handling": code, "source_id": "wit-0", role: "x1"}
    deliver(place, tmp_path, "ann", statements=[statement], links=statement_claims("acc-9", "boss PAID aide"))
    bob = place.as_("bob")
    rows = [{"id": x, "statement_id": "acc-9", "nationality": "Iraq"} for x in NAMES]
    previews = []
    for row in rows:
        path = write(tmp_path / f"preview-{row['id']}", people=[row])
        loaded = bob.deliveries.load(path, quiet, partial=True, dry_run=True)
        previews.append((loaded.counts["people"], [str(change).replace(row["id"], "X") for change in loaded.changes]))
    assert previews[0] == previews[1]
    deliver(place, tmp_path, "bob", people=rows)
    for reader in ("low", "tom", "bob"):
        first, second = ("Iraq" in repr(place.as_(reader).network.entities.look(x).values) for x in NAMES)
        assert first == second, reader


@pytest.mark.parametrize(("code", "kind"), [("C", "witness"), ("P", "intelligence"), ("P", "witness")])
@pytest.mark.parametrize("brought_by", ["ann", "bob"])
def test_it_changes_sealed_passengers_alike(
    place: Place, tmp_path: Path, brought_by: str, code: str, kind: str
) -> None:
    carried = {"y1": "Omar Dal", "y2": "Rosa Lim"}
    deliver(
        place,
        tmp_path,
        brought_by,
        people=[{"id": y, "name": name, "handling": code} for y, name in carried.items()],
        statements=[{"id": "R5", "kind": "intelligence", "handling": code}],
        links=statement_claims("R5", "y1 CROSSED_ON C1", "y2 CROSSED_ON C1"),
    )
    statement = {"id": "acc-9", "kind": kind, "handling": code, "source_id": "y1"}
    deliver(place, tmp_path, "ann", statements=[statement], links=statement_claims("acc-9", "boss PAID aide"))
    cells = {"nationality": "Iraq", "review_on": "2020-01-01", "identified": "nickname", "category": "other@2020-01-01"}
    deliver(place, tmp_path, "bob", people=[{"id": y, "statement_id": "acc-9", **cells} for y in carried])
    bob = place.as_("bob")
    pages = []
    for identifier in carried:
        (sealed_person,) = bob.search.find_pseudonyms(identifier)
        values = bob.network.entities.look(sealed_person["id"]).values
        pages.append({name: value for name, value in values.items() if name != "id"})
    assert pages[0] == pages[1]


@pytest.mark.parametrize("kind", ["witness", "record"])
def test_it_moves_interpreter_and_others_to_p_alike(service: Service, tmp_path: Path, kind: str) -> None:
    place = Place(service, "r" + uuid.uuid4().hex[:8])
    statement = {"id": "acc-9", "kind": kind, "handling": "P", "source_id": "wit-0", "interpreter_id": "x1"}
    claims = statement_claims("R2", "x1 CONTACTED aide", "x2 CONTACTED aide")
    deliver(place, tmp_path, "ann", **FIRST)
    deliver(place, tmp_path, "ann", people=[row | {"handling": "C"} for row in LISTED])
    deliver(place, tmp_path, "ann", statements=[statement], links=statement_claims("acc-9", "boss PAID aide"))
    deliver(place, tmp_path, "ann", statements=[{"id": "R2", "kind": "intelligence", "handling": "P"}], links=claims)
    deliver(place, tmp_path, "bob", people=[{"id": x, "handling": "P", "statement_id": "acc-9"} for x in NAMES])
    links = place.as_("low").ask.rows("cases.links", whole=True).dicts()
    assert sum(link["relation"] == "CONTACTED" for link in links) in (0, 2)


def test_a_charge_in_it_names_nobody(place: Place, tmp_path: Path) -> None:
    """The row counts like any other only on pages: a charge in a statement's row still does not name the source."""
    deliver(
        place,
        tmp_path,
        "ann",
        people=[{"id": "y1", "name": "Omar Dal", "statement_id": "acc-9"}],
        statements=[{"id": "acc-9", "kind": "witness", "handling": "P", "source_id": "y1"}],
        links=statement_claims("acc-9", "boss PAID aide"),
    )
    deliver(place, tmp_path, "bob", people=[{"id": "y1", "statement_id": "acc-9", "category": "suspect"}])
    claims = statement_claims("R6", "y1 CONTACTED aide")
    deliver(place, tmp_path, "ann", statements=[{"id": "R6", "kind": "intelligence", "handling": "P"}], links=claims)
    assert "Omar" not in repr(place.as_("low").search.find("Omar").dicts())
    assert "Omar" not in repr(place.as_("bob").search.find("Omar").dicts())


@pytest.mark.parametrize("row", [{"category": "witness", "statement_id": "acc-9"}, {"category": "witness"}])
@pytest.mark.parametrize("names_come_last", [True, False])
def test_where_a_tie_names_people_the_row_of_their_own_statement_takes_no_name(
    at_server: Any, tmp_path: Path, row: dict[str, str], names_come_last: bool
) -> None:
    named = [{"id": x, "name": name, "handling": "P"} for x, name in NAMES.items()]
    own = {
        "people": [{"id": "x1", **row}],
        "statements": [{"id": "acc-9", "kind": "witness", "handling": "P", "source_id": "x1"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    with Service(at_server(named="tie")) as opened:
        for name, (roles, grant) in PEOPLE.items():
            accounts.add(opened.database, name, roles, {"*": grant})
        place = Place(opened, "t" + uuid.uuid4().hex[:8])
        deliver(place, tmp_path, "ann", **FIRST)
        for report in ("R2", "R3"):
            deliver(
                place,
                tmp_path,
                "ann",
                people=named if (report == "R3") == names_come_last else [{"id": x} for x in NAMES],
                statements=[{"id": report, "kind": "intelligence", "handling": "P"}],
                links=statement_claims(report, "x1 CONTACTED aide", "x2 CONTACTED aide"),
            )
            if (report == "R2") == names_come_last:
                deliver(place, tmp_path, "ann", **own)
        for reader in ("low", "tom"):
            entities = {entity["id"] for entity in place.as_(reader).ask.rows("cases.entities", whole=True).dicts()}
            assert ("x1" in entities) == ("x2" in entities), reader
