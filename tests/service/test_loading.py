from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.cases.jobs import Jobs
from graphsvc.errors import Busy, NotFound, Refused, RequestError
from graphsvc.service import Service, Session
from graphsvc.service.answers import Job
from tests.toolbox import rows
from tests.toolbox.cases import send_upload

pytestmark = pytest.mark.neo4j

PEOPLE = "id,name\nP1,Idris Karam\nP2,Ana Petrou\n"
LINKS = "subject_id,relation,object_id,statement_id\nP1,DIRECTED,P2,ST1\n"
WAIT_S = 60.0


def zip_case(people: str = PEOPLE, links: str = LINKS) -> bytes:
    return rows.zip_tables(people=people, statements="id,kind,handling\nST1,record,P\n", links=links)


@pytest.fixture
def session(service: Service, case: str) -> Session:
    service.jobs.every = 0.0
    return service.session(accounts.only_account(service.database, ""), "tests", case)


def load_upload(session: Session, content: bytes) -> Job:
    return session.deliveries.job(session.deliveries.uploads.confirm(send_upload(session, content)), wait_s=WAIT_S)


def everything(session: Session) -> Any:
    """Everything a reader finds in the case, except its version."""
    rows = [session.ask.rows(name, whole=True).rows for name in ("cases.entities", "cases.claims", "cases.links")]
    return rows, [(delivery["number"], delivery["status"]) for delivery in session.deliveries.list_deliveries()]


def cancel_at(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Press Cancel, like another user, when jobs report `text`."""
    step = Jobs.step

    def step_or_cancel(jobs: Jobs, identifier: str, done: int, total: int, message: str) -> None:
        if message == text:
            jobs.cancel(identifier)
        step(jobs, identifier, done, total, message)

    monkeypatch.setattr(Jobs, "step", step_or_cancel)


@pytest.mark.parametrize("text", ["writing to the graph", "written"])
def test_a_first_load_that_is_cancelled_makes_no_case(
    session: Session, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    cancel_at(monkeypatch, text)
    assert load_upload(session, zip_case()).state == "cancelled"
    assert session.cases() == []


def test_a_load_that_is_cancelled_leaves_the_case_as_it_was(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_upload(session, zip_case()).state == "done"
    before = everything(session)
    with monkeypatch.context() as patched:
        cancel_at(patched, "writing to the graph")
        job = load_upload(session, zip_case(PEOPLE.replace("Ana", "Anna") + "P3,Omar Said\n"))
    assert job.state == "cancelled"
    assert everything(session) == before
    assert load_upload(session, zip_case(PEOPLE + "P3,Omar Said\n")).state == "done"
    assert everything(session) != before


def test_taking_back_that_is_cancelled_leaves_the_case_as_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_upload(session, zip_case())
    load_upload(session, zip_case(PEOPLE + "P3,Omar Said\n"))
    before = everything(session)
    with monkeypatch.context() as patched:
        cancel_at(patched, "writing to the graph")
        assert session.deliveries.job(session.deliveries.take_back(2), wait_s=WAIT_S).state == "cancelled"
    assert everything(session) == before
    assert session.deliveries.job(session.deliveries.take_back(2), wait_s=WAIT_S).state == "done"
    assert [delivery["status"] for delivery in session.deliveries.list_deliveries()] == ["undone", "active"]


def test_a_preview_is_worked_out_once_and_says_what_the_load_then_does(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = send_upload(session, zip_case(links=LINKS + "P1,DIRECTED,P9,ST1\n"))
    preview = session.deliveries.uploads.preview(upload, lambda *_progress: None)
    monkeypatch.setattr(session.ask.home.casework, "load", None)
    assert session.deliveries.uploads.preview(upload, lambda *_progress: None) == preview
    monkeypatch.undo()
    job = session.deliveries.job(session.deliveries.uploads.confirm(upload), wait_s=WAIT_S)
    assert job.result["counts"] == preview.counts
    assert job.result["rejected"] == len(preview.rejections) == 1
    with pytest.raises(NotFound):
        session.deliveries.uploads.current_preview(upload)


def test_a_preview_is_for_the_clearance_it_was_worked_out_with_and_for_no_closed_case(
    session: Session, service: Service
) -> None:
    """The preview shows lost weight of claims and changes to the leads, as a reader with source clearance sees them."""
    load_upload(session, zip_case())
    upload = send_upload(session, zip_case(PEOPLE + "P3,Omar Said\n"))
    preview = session.deliveries.uploads.preview(upload, lambda *_progress: None)
    whole = session.principal

    def at(grant: Grant, *roles: str) -> Session:
        cleared = replace(whole, grants={session.case: grant}, roles=frozenset(roles) or whole.roles)
        return service.session(cleared, "tests", session.case)

    assert at(Grant("C", sources=True)).deliveries.uploads.current_preview(upload) == preview
    assert at(Grant("C")).deliveries.uploads.current_preview(upload) is None
    assert at(Grant("C", sources=True), "investigator").deliveries.uploads.current_preview(upload) == preview
    service.register.mark(session.case, 1, "loading", "loading")
    with pytest.raises(Busy):
        session.deliveries.uploads.current_preview(upload)


def test_equal_payments_stand_in_the_case_each(session: Session) -> None:
    paid = "subject_id,relation,object_id,statement_id,from_date,amount\n" + "P1,PAID,P2,ST1,2011-12-29,92500\n" * 2
    assert load_upload(session, zip_case(links=paid)).state == "done"
    claims = session.ask.rows("cases.claims", whole=True).dicts()
    assert [(claim["amount"], claim["from_on"]) for claim in claims] == [(92_500.0, "2011-12-29")] * 2
    (link,) = session.ask.rows("cases.links", whole=True).dicts()
    assert link["asserting"] == 2
    # Loading the same delivery again changes nothing, and its undo removes both payments.
    assert load_upload(session, zip_case(links=paid)).result["same_as"] == 1
    session.deliveries.job(session.deliveries.take_back(1), wait_s=WAIT_S)
    assert session.ask.rows("cases.claims", whole=True).rows == []


def test_progress_names_no_file(session: Session) -> None:
    messages: list[str] = []
    session.deliveries.uploads.preview(
        send_upload(session, zip_case()), lambda _done, _total, text: messages.append(text)
    )
    assert "reading the delivery" in messages
    assert not [text for text in messages if ".csv" in text]


def test_while_a_case_is_being_loaded_an_upload_goes_on_waiting(session: Session, service: Service) -> None:
    load_upload(session, zip_case())
    upload = send_upload(session, zip_case(PEOPLE + "P3,Omar Said\n"))
    service.register.mark(session.case, 1, "loading", "loading")
    with pytest.raises(Busy):
        session.deliveries.uploads.confirm(upload)
    assert session.deliveries.uploads.look(upload).id == upload
    service.recover()
    assert session.deliveries.job(session.deliveries.uploads.confirm(upload), wait_s=WAIT_S).state == "done"


def test_a_start_settles_what_a_kill_left(session: Session, service: Service) -> None:
    folder = service.settings.home / "uploads" / "halfway"
    folder.mkdir(parents=True)
    (folder / "content").write_bytes(b"x")
    service.recover()
    assert not folder.exists()


def test_a_mapping_of_the_form_is_never_a_path(session: Session, service: Service) -> None:
    with pytest.raises(RequestError):
        send_upload(session, zip_case(), mapping=str(service.settings.home / "master.key"))


def test_loading_takes_the_role_and_the_whole_case(service: Service, case: str) -> None:
    for principal in (
        Principal("pam", frozenset({"investigator"}), {"*": Grant("P")}),
        Principal("dis", frozenset({"disclosure"}), {"*": Grant("C")}),
    ):
        session = service.session(principal, "tests", case)
        for act in (
            session.deliveries.uploads.list_uploads,
            session.deliveries.jobs,
            session.deliveries.require,
            partial(session.deliveries.take_back, 1),
        ):
            with pytest.raises(Refused):
                act()
        with pytest.raises(Refused), session.deliveries.uploads.receiving():
            pass
