"""Secrets kept from loaders without source clearance, auditors and broken rows: jobs, forms, previews, the log."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.decisions.holds import NewHold
from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries.held import HeldError
from graphsvc.cases.deliveries.statement_form import FormPart
from graphsvc.config import Settings
from graphsvc.errors import Refused
from graphsvc.service import Form, Service, Session, quiet
from graphsvc.service.answers import Loaded
from tests.toolbox.accounts import WHOLE, add, session
from tests.toolbox.cases import new_name
from tests.toolbox.rows import Tables, statement_claims, write

pytestmark = [pytest.mark.neo4j, pytest.mark.changes]
ROLES = {
    "ann": ("analyst", WHOLE),
    "ben": ("analyst", Grant("C")),
    "pat": ("analyst", Grant("P")),
    "sue": ("supervisor", WHOLE),
    "cus": ("custodian", WHOLE),
}
BASE: Tables = {
    "people": [
        {"id": "boss-1", "name": "Ari Berg"},
        {"id": "aide-1", "name": "Bo Quist"},
        {"id": "wit-x", "name": "Hewa Karim", "category": "witness"},
        {"id": "wit-y", "name": "Dilan Aziz", "category": "witness"},
    ],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "statements": [{"id": "rec-base", "kind": "record", "handling": "P"}],
    "links": statement_claims(
        "rec-base", "boss-1 ORGANISED crossing-1", "aide-1 PILOTED crossing-1", "wit-x CROSSED_ON crossing-1"
    ),
}


class Place:
    """A case and the people who work on it."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service, self._folder, self.case = service, folder, new_name()

    def __call__(self, name: str) -> Session:
        return session(self.service, name, self.case)

    def load(self, name: str, tables: Tables, **options: Any) -> Loaded:
        folder = self._folder / new_name()
        write(folder, **tables)
        return self(name).deliveries.load(folder, quiet, **options)

    @property
    def key(self) -> bytes:
        return self.service.register.key(self.case, create=False)


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server(accounts_open="06:00")) as opened:
        opened.jobs.every = 0.0
        add(opened, "*", ROLES)
        yield opened


@pytest.fixture
def place(service: Service, tmp_path: Path) -> Place:
    new = Place(service, tmp_path)
    assert new.load("ann", BASE).rejections == []
    return new


def account_of(place: Place, name: str, source: str) -> Form:
    """A form with a statement of one of the witnesses."""
    statement = {"kind": "witness", "handling": "P", "source_id": pseudonym(place.key, "person", source)}
    claim = FormPart("c1", "links", {"subject_id": "boss-1", "relation": "DIRECTED", "object_id": "aide-1"})
    return replace(place(name).deliveries.form.new(), statement=statement, claims=(claim,))


def test_no_line_of_the_log_names_whom_a_form_gives_as_source(place: Place) -> None:
    last = max(line["id"] for line in audit.lines(place.service.database, newest=1))
    form = account_of(place, "ann", "wit-x")
    assert place("ann").deliveries.form.check(form).faults == []
    job = place("ann").deliveries.form.enter(form)
    assert place("ann").deliveries.job(job, 60).state == "done"
    lines = [line for line in audit.lines(place.service.database, newest=50) if line["id"] > last]
    assert any(line["action"] == "load" for line in lines)
    assert [line for line in lines if pseudonym(place.key, "person", "wit-x") in repr(line)] == []


def test_what_becomes_of_the_leads_takes_source_clearance(place: Place) -> None:
    more: Tables = {
        "people": [{"id": "boss-2", "name": "Cas Roe"}],
        "statements": [{"id": f"r{number}", "kind": "intelligence"} for number in range(4)],
        "links": [
            row
            for number in range(4)
            for row in statement_claims(f"r{number}", "boss-2 RUNS gang-1", "boss-2 DIRECTED aide-1")
        ],
        "gangs": [{"id": "gang-1", "name": "North"}],
    }
    assert place.load("ann", more, dry_run=True).moves
    assert place.load("ben", more, dry_run=True).moves == []
    report = replace(
        place("ben").deliveries.form.new(),
        statement={"kind": "intelligence", "handling": "P"},
        claims=(FormPart("c1", "links", {"subject_id": "boss-1", "relation": "DIRECTED", "object_id": "aide-1"}),),
    )
    checked = place("ben").deliveries.form.check(report, moves=True)
    assert (checked.faults, checked.moves) == ([], None)


def test_a_corrected_statement_of_others_brings_its_author_no_hidden_cell(place: Place) -> None:
    hidden = {"source_id": "CHIS-falcon-77", "interest": "owes Ari Berg 900", "interpreter_id": "aide-1"}
    report: Tables = {
        "statements": [{"id": "R2", "kind": "intelligence", "handling": "P", **hidden}],
        "links": statement_claims("R2", "boss-1 DIRECTED aide-1"),
        "people": [],
    }
    number = place.load("ann", report, partial=True).delivery
    assert number is not None
    ben = place("ben").deliveries
    now = ben.form.correctable("R2")
    form = replace(ben.form.new(), of="R2", seen=now.seen, reason="misheard", statement={"assessment": "C"})
    assert ben.job(ben.form.enter(form), 60).state == "done"
    # As long as another loader's delivery has the statement too, nothing of it is lost.
    cells = place("ann").deliveries.statements.look("R2").values
    assert cells["interest"] == hidden["interest"]
    place("ann").deliveries.undo(number, quiet)
    probe: Tables = {"people": [], "statements": [{"id": "R2", "kind": "intelligence", **dict.fromkeys(hidden, "")}]}
    changes = repr(place.load("ben", probe, dry_run=True).changes)
    assert not any(word in changes for word in ("falcon", "900"))


def test_no_figure_confirms_a_guess_at_the_source_of_a_report(service: Service, tmp_path: Path) -> None:
    def report(identifier: str, source: str) -> Tables:
        statement = {"id": identifier, "kind": "intelligence", "source_id": source, "handling": "P"}
        claims = statement_claims(identifier, "boss-1 DIRECTED aide-1", "boss-1 RECRUITED wit-x")
        return {"people": [], "statements": [statement], "links": claims}

    answers = []
    for source in ("CHIS-falcon-77", "CHIS-eagle-12"):
        place = Place(service, tmp_path)
        for name, tables in (("ann", BASE), ("ann", report("R2", source)), ("ben", report("R3", "CHIS-falcon-77"))):
            assert place.load(name, tables, partial=True).rejections == []
        for reader in ("ben", "pat"):
            sees = place(reader)
            leads = [
                (lead.id[:4] == "boss", lead.score, lead.groups, lead.other_sources)
                for lead in sees.leads.ranking().leads
            ]
            answers.append((reader, leads, sees.ask.rows("network.among", ids=["boss-1", "aide-1"]).dicts()))
    assert answers[:2] == answers[2:]


@pytest.mark.parametrize(
    "cells", [{"source_id": "CHIS-eagle-12", "interest": "none"}, {"source_id": "", "interest": ""}]
)
def test_a_row_about_a_report_of_others_leaves_its_source_as_it_is(place: Place, cells: dict[str, str]) -> None:
    hidden = {"source_id": "CHIS-falcon-77", "interest": "owes Ari Berg 900"}
    report = {"id": "R2", "kind": "intelligence", "handling": "P"}
    assert place.load("ann", {"people": [], "statements": [report | hidden]}, partial=True).committed

    def stands() -> tuple[Any, int]:
        return place("ann").deliveries.statements.look("R2").values, place("pat").version

    before = stands()
    guess: Tables = {"people": [], "statements": [report | cells], "links": []}
    assert place.load("ben", guess).counts["statements"]["received"] == 1
    assert stands() == before


@pytest.mark.parametrize("owner", ["ann", "ben"])
def test_a_job_does_not_tell_how_much_there_was_to_write(place: Place, owner: str) -> None:
    def work(progress: Any) -> dict[str, Any]:
        progress(12_001, 12_003, "writing")
        return {}

    job = place.service.jobs.start(owner, place.case, "load", work)
    disclosed = place("ben").deliveries.job(job, 60)
    assert (disclosed.state, disclosed.done, disclosed.total) == ("done", 0, 0)
    assert place("ann").deliveries.job(job).total == 12_003


def test_progress_does_not_tell_how_much_there_was_to_write(place: Place, tmp_path: Path) -> None:
    """The number of rows written depends on who gave which statement: one claim about one person would reveal it."""
    tables: Tables = {"people": [], "boats": [{"id": f"boat-{number}"} for number in range(30)]}
    folder = write(tmp_path / "boats", **tables)
    steps: dict[str, list[tuple[int, int, str]]] = {"ann": [], "ben": []}
    for who, seen in steps.items():
        deliveries = place(who).deliveries
        loaded = deliveries.load(folder, lambda *step, seen=seen: seen.append(step), partial=True)
        assert loaded.delivery is not None
        deliveries.undo(loaded.delivery, lambda *step, seen=seen: seen.append(step))
    writing = [(done, total) for done, total, text in steps["ben"] if text in ("writing to the graph", "written")]
    assert set(writing) == {(0, 0)}
    assert all(before != after for before, after in zip(steps["ben"], steps["ben"][1:], strict=False))
    assert any(total >= 30 for _, total, text in steps["ann"] if text == "written")


def test_nobody_without_source_clearance_stops_the_load_of_others(place: Place) -> None:
    tried, go_on = threading.Event(), threading.Event()

    def work(_progress: Any) -> dict[str, Any]:
        tried.set()
        go_on.wait(60)
        return {}

    job = place.service.jobs.start("ann", place.case, "load", work)
    try:
        assert tried.wait(60)
        with pytest.raises(Refused, match="began this job"):
            place("ben").deliveries.cancel_job(job)
    finally:
        go_on.set()
    assert place("ann").deliveries.job(job, 60).state == "done"


def test_under_a_hold_nothing_is_taken_back_without_source_clearance_whatever_it_is(place: Place) -> None:
    mine = place.load("ben", {"people": [], "boats": [{"id": "boat-9"}]}, partial=True).delivery
    assert mine is not None
    witness = pseudonym(place.key, "person", "wit-x")
    place("sue").protection.holds.add(NewHold("prosecution", "DI Marsh", "trial in May", dt.date(2999, 1, 1)), witness)
    with pytest.raises(HeldError):
        place("ben").deliveries.undo(mine, quiet)


def test_a_preview_does_not_compare_a_guess_with_a_withheld_name(place: Place) -> None:
    boats: Tables = {"people": [], "boats": [{"id": f"boat-{number}", "name": "Hewa Karim"} for number in range(3)]}
    assert place.load("ann", boats, partial=True).rejections == []

    def preview_names(name: str) -> list[Any]:
        tables: Tables = {"people": [], "boats": [{"id": f"boat-{number}", "name": name} for number in range(3)]}
        return place.load("ben", tables, partial=True, dry_run=True).other_names

    assert preview_names("Hewa") == preview_names("Zorro")


def test_words_said_under_c_do_not_name_whom_no_page_names(place: Place) -> None:
    bare: Tables = {
        "people": [{"id": "p-1"}],
        "statements": [{"id": "R1", "kind": "record", "handling": "P"}],
        "links": statement_claims("R1", "p-1 PILOTED crossing-1"),
    }
    assert place.load("ann", bare, partial=True).rejections == []
    claims = [
        row | {"subject_as_said": "Kim Young", "notes": "Kim Young sat in front"}
        for row in statement_claims("RC", "p-1 CROSSED_ON crossing-1")
    ]
    marked: Tables = {
        "people": [{"id": "p-1", "name": "Kim Young", "sealed": "yes"}],
        "statements": [{"id": "RC", "kind": "intelligence", "handling": "C", "summary": "Kim Young was crying"}],
        "links": claims,
    }
    assert place.load("ann", marked, partial=True).rejections == []
    for reader in ("ben", "ann"):
        sees = place(reader)
        statement = sees.deliveries.statements.look("RC")
        answers = repr([statement.values, statement.claims, sees.network.entities.look("p-1")])
        assert "crying" not in answers
        assert "Young" not in answers
