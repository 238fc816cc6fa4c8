"""How sure a ranking is, on a real case: ranges, what rests on one witness, and what false accounts could do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused
from graphsvc.service import Service, Session, quiet
from tests.toolbox.rows import Tables, said, write

pytestmark = pytest.mark.neo4j
READERS = {"low": Grant("P"), "sourced": Grant("P", sources=True), "whole": Grant("C", sources=True)}
REPORTED = [f"chief-{number}" for number in range(12)]
WITNESSES = ("wit-1", "wit-2", "wit-3")
# Twelve are reported to organise; that one more leads only the first of three witnesses tells, and nobody else.
ROWS: Tables = {
    "people": [{"id": one, "name": one, "category": "suspect"} for one in (*REPORTED, "told-1", "aide-1", "aide-2")]
    + [{"id": one, "name": one, "category": "witness"} for one in WITNESSES],
    "gangs": [{"id": "gang-1", "name": "The Landing"}],
    "crossings": [{"id": f"crossing-{number}", "date": "2020-05-08"} for number in range(14)],
    "statements": [
        {"id": "report-1", "kind": "intelligence", "handling": "P", "source_grade": "2", "assessment": "C"},
        *({"id": f"account-{one}", "kind": "witness", "handling": "P", "source_id": one} for one in WITNESSES),
    ],
    "links": [
        row for number, one in enumerate(REPORTED) for row in said("report-1", f"{one} ORGANISED crossing-{number}")
    ]
    + said(
        "account-wit-1",
        "told-1 DIRECTED aide-1",
        "told-1 PAID aide-1",
        "told-1 RUNS gang-1",
        "told-1 ORGANISED crossing-13",
    )
    + said("account-wit-2", "aide-2 PILOTED crossing-1", "aide-2 PILOTED crossing-2")
    + said("account-wit-3", "aide-2 PILOTED crossing-1", "aide-2 PILOTED crossing-3"),
}


@pytest.fixture
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server()) as opened:
        yield opened


@pytest.fixture
def people(service: Service, case: str, tmp_path: Path) -> Callable[[str], Session]:
    """`people("low")`: the session of someone at the case above."""
    for name, grant in READERS.items():
        accounts.add(service.database, name, ["analyst"], {case: grant})
    known = {one.name: one for one in accounts.listed(service.database)}
    write(tmp_path / "rows", **ROWS)
    assert service.session(known["whole"], "tests", case).deliveries.load(tmp_path / "rows", quiet).rejections == []
    return lambda name: service.session(known[name], "tests", case)


def told(session: Session, identifier: str) -> dict[str, object]:
    row: dict[str, object]
    (row,) = [row for row in session.leads.table()["hubs"] if row["id"] == identifier]
    return row


def test_who_rests_on_one_witness_is_marked_and_falls_without_them(people: Callable[[str], Session]) -> None:
    session = people("sourced")
    row = told(session, "told-1")
    place = session.leads.places()["told-1"]
    assert row["rests_on"] == "one witness"
    assert place.best <= int(str(row["rank"])) < place.worst == row["worst_rank"]
    assert place.loss == pytest.approx(1, abs=0.05)
    assert all(told(session, one)["rests_on"] == "" for one in REPORTED)


def test_without_source_clearance_only_groups_are_left_out_and_no_witness_is_told_of(
    people: Callable[[str], Session],
) -> None:
    assert told(people("low"), "told-1")["rests_on"] == "few accounts"


def test_the_fewest_false_accounts_are_named_and_the_log_counts_them(
    service: Service, people: Callable[[str], Session]
) -> None:
    session = people("sourced")
    assert int(str(told(session, "told-1")["rank"])) <= 10
    found, invented_accounts = session.leads.falsehood("told-1")
    assert found is not None
    (source,) = found.sources
    assert source in {claim.source for claim in session._material.given()[0] if claim.subject == "told-1"}
    assert found.fewest
    assert found.rank > 10
    assert invented_accounts is not None
    assert invented_accounts >= 1
    (line,) = [one for one in audit.lines(service.database) if one["detail"].get("query") == "falsehood"]
    assert line["sources"] == 1


def test_what_false_accounts_could_do_is_for_who_knows_sources(people: Callable[[str], Session]) -> None:
    with pytest.raises(Refused, match="source clearance"):
        people("low").leads.falsehood("told-1")


def test_of_nobody_it_is_not_told(people: Callable[[str], Session]) -> None:
    with pytest.raises(NotFound):
        people("sourced").leads.falsehood("nobody")
