"""One test for each known way in which something hidden can reveal itself.

Here a hidden element is compared with one that does not exist; `test_growing.py` compares a reader's answers before and
after something hidden is delivered.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import Headers

from graphsvc.access import vault
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.errors import GraphsvcError, NotFound, Refused
from graphsvc.ingest.rejected import Rejection
from graphsvc.service import Options, PictureRequest, Service, Session, ask, quiet
from graphsvc.service.network.entities import Entities
from graphsvc.store.bolt import Store
from graphsvc.web.frame import FILES, PUBLIC
from tests.leaks import calls, homes, pages, small
from tests.leaks.known import Known
from tests.leaks.small import CASE, FIRST, HIDDEN, KNOWN, SEALED, SEALED_NAME, SECOND, UNKNOWN, Small
from tests.toolbox.rows import Tables, statement_claims, write

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="asks every page and form of two services, again and again")]


@pytest.fixture(scope="module")
def grown(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with small.grown(
        at_server(named="part", snapshot_rows=1), tmp_path_factory.mktemp("small"), watched=False
    ) as result:
        yield result


# -- what is computed ----------------------------------------------------------------------------------------------


def test_counts_are_of_what_is_seen(grown: Small) -> None:
    low, high = (grown.session(name).network.entities.counts() for name in ("low", "high"))
    assert (low["person"], high["person"]) == (4, 5)
    assert (low.get("boat", 0), high["boat"]) == (0, 1)
    # Readers without source clearance get no count of witness statements, whether cleared for P or C.
    for name in ("low", "high"):
        assert "count" not in grown.session(name).ask.rows("cases.statement_counts").columns


def test_another_case_beside_it_changes_no_count(grown: Small, tmp_path: Path) -> None:
    before = grown.session("low").network.entities.counts()
    accounts.add(grown.service.database, "beside", ["investigator"], {"beside": Grant("C")})
    write(tmp_path / "beside", **FIRST)
    grown.session("beside").at("beside").deliveries.load(tmp_path / "beside", quiet)
    assert grown.session("low").network.entities.counts() == before
    homes.wipe(grown.service, "beside")


def test_filters_offer_nothing_that_is_hidden(grown: Small) -> None:
    def network_page(name: str) -> str:
        return grown.client(name).get(f"/case/{CASE}/network?id=boss-1&depth=2").text

    assert "X_SHELTERED" in network_page("high")
    assert "X_SHELTERED" not in network_page("low")


def test_suggestions_never_lead_to_what_is_hidden_or_sealed(grown: Small) -> None:
    """Every prefix of one or two letters is tried, as a search box would send it."""
    client, suggested = grown.client("low"), set[str]()
    for text in (*string.ascii_lowercase, *string.digits, "+", "hi", "ve", "ab", "do", "55", "wi"):
        for row in client.get(f"/case/{CASE}/search.json", query_string={"q": text}).get_json()["results"]:
            suggested |= {row["id"], row["name"]}
    assert "Ari Berg" in suggested
    assert not [text for text in suggested if "hidden" in text.casefold() or "abelard" in text.casefold()]
    assert SEALED not in suggested


def test_who_is_not_signed_in_gets_nothing(grown: Small) -> None:
    client = grown.app.test_client()
    for call in pages.calls(client.application, KNOWN, "GET"):
        if call.endpoint not in PUBLIC:
            answer = pages.ask(client, call)
            assert answer.status in (302, 401), call
            assert "/sign-in" in answer.text or "Sign in" in answer.text, call


# -- history -------------------------------------------------------------------------------------------------------


def test_history_is_told_to_who_sees_all_of_it(grown: Small) -> None:
    """Otherwise an entry for a hidden delivery, with its time and loader, would show that a source had spoken."""
    low, high = (grown.session(name).deliveries.list_deliveries() for name in ("low", "high"))
    assert low == []
    assert len(high) == 2
    assert all(row["counts"] for row in high)
    overview = grown.client("low").get(f"/case/{CASE}/overview.json").get_json()
    assert overview["deliveries"] == []


def test_lines_of_files_are_for_who_sees_all_of_them(grown: Small) -> None:
    """A line number reveals how many rows precede it; without source clearance a witness's claim links nowhere."""

    def source_session(handling: str) -> Session:
        who = Principal("pat", frozenset({"analyst"}), {CASE: Grant(handling, sources=True)})
        return grown.service.session(who, "classes", CASE)

    claims = [row["claim"] for row in source_session("C").ask.rows("cases.claims").dicts()]
    assert len(source_session("C").network.entities.provenance(claims)) == len(claims) > 0
    assert source_session("P").network.entities.provenance(claims) == {}
    for name in ("low", "high"):
        with pytest.raises(Refused):
            grown.session(name).network.entities.provenance(claims)


def test_jobs_and_uploads_of_others_are_not_there(grown: Small, tmp_path: Path) -> None:
    high, second_loader, low = (grown.session(name) for name in ("high", "other", "low"))
    with high.deliveries.uploads.receiving() as parcel:
        parcel.write(b"PK\x03\x04 no archive")
        upload = high.deliveries.uploads.keep(parcel, f"{SEALED_NAME}.zip", Options()).id
    for name in ("look", "current_preview", "start_preview", "confirm", "cancel"):
        call = f"deliveries.uploads.{name}"
        theirs, none = (calls.call_result(second_loader, call, (identifier,)) for identifier in (upload, "0" * 32))
        assert theirs == none, call
        assert theirs.startswith("NotFound")
        assert calls.call_result(low, call, (upload,)) == calls.call_result(low, call, ("0" * 32,))
    assert high.deliveries.uploads.look(upload).id == upload
    assert SEALED_NAME not in str(second_loader.deliveries.uploads.list_uploads())
    job = high.deliveries.uploads.start_preview(upload)
    assert high.deliveries.job(job, wait_s=60).said
    # Other loaders see that there was a job, but not its error message, which may quote a cell.
    assert [entry.said for entry in second_loader.deliveries.jobs() if entry.id == job] == [""]
    for name in ("deliveries.jobs", "deliveries.uploads.list_uploads"):
        assert calls.call_result(low, name).startswith("Refused")


# -- probing -------------------------------------------------------------------------------------------------------


def test_who_may_not_load_learns_nothing_by_loading(grown: Small, tmp_path: Path) -> None:
    """Loading is refused before the file is read, in the same words for any content and for a missing file."""
    write(tmp_path / "sealed", people=[{"id": SEALED}], links=[])
    write(tmp_path / "unknown", people=[{"id": UNKNOWN}], links=[])
    answers = {
        calls.call_result(grown.session("low"), "deliveries.load", (tmp_path / name, quiet), {"dry_run": True})
        for name in ("sealed", "unknown", "not-there")
    }
    assert len(answers) == 1
    assert answers.pop().startswith("Refused")


def test_a_rejection_never_names_what_the_delivery_did_not(grown: Small, tmp_path: Path) -> None:
    """With ids close to a sealed person's, or the same id for another thing, no loaded value is suggested or quoted."""
    near = SEALED.replace("abelard", "abelarde")
    rows: Tables = {
        "people": [{"id": "gang-1", "name": "x"}, {"id": "new-person-1"}],
        "gangs": [{"id": SEALED, "name": "probing"}],
        "statements": [{"id": "probe", "kind": "record", "handling": "P", "interpreter_id": near}],
        "links": [
            *statement_claims(
                "report-1", f"boss-1 PAID {near}", f"{HIDDEN}x DIRECTED boss-1", f"crossing-1 DIRECTED {SEALED}"
            ),
            *statement_claims("report-1", "new-person-2 PAID boss-1"),
        ],
    }
    write(tmp_path / "probe", **rows)
    loaded = grown.session("other").deliveries.load(tmp_path / "probe", quiet, dry_run=True)
    reasons = [rejection.reason for rejection in loaded.rejections]
    assert len(reasons) >= 5
    for text in (SEALED, SEALED_NAME, "Veronica", HIDDEN, "Hidden"):
        assert not [reason for reason in reasons if text in reason], text
    assert loaded.names == {}
    # A hint is shown if it comes from the delivery itself.
    assert [reason for reason in reasons if "did you mean new-person-1?" in reason]
    assert all(isinstance(rejection, Rejection) for rejection in loaded.rejections)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("low", SEALED_NAME),
        ("low", HIDDEN),
        ("high", SEALED),
    ],
)
def test_what_is_hidden_answers_as_what_is_not_there(grown: Small, name: str, hidden: str) -> None:
    client = grown.client(name)
    assert client.get(f"/case/{CASE}").status_code == 200  # so that this is the case opened last
    absent = "".join("q" if letter.isalpha() else letter for letter in hidden)
    app = client.application
    pairs = [
        list(
            pages.calls(
                app,
                Known(
                    CASE,
                    (identifier,),
                    (identifier,),
                    ((identifier, "DIRECTED", "boss-1"),),
                    (identifier,),
                    (identifier,),
                ),
                "GET",
                "POST",
            )
        )
        for identifier in (hidden, absent)
    ]
    compared = 0
    for theirs, none in zip(*pairs, strict=True):
        if theirs.endpoint in ("signin.leave", "account.begin"):
            continue
        if theirs.endpoint == "search.known" and hidden != HIDDEN:
            continue  # a reader who knows a name is shown the matching pseudonym, and the log records it
        answers = [pages.ask(client, call) for call in (theirs, none)]
        plain = [json.dumps(plain_text(answer, text)) for answer, text in zip(answers, (hidden, absent), strict=True)]
        assert plain[0] == plain[1], theirs
        compared += 1
    assert compared > 60


def plain_text(answer: pages.Answer, text: str) -> list[str]:
    """Remove the requested text from an answer, however it is quoted."""
    body = answer.text
    for form in {text, text.replace(" ", "%20"), text.replace(" ", "+"), text.title()}:
        body = body.replace(form, "ASKED")
    return body.splitlines()


def test_a_fault_of_the_software_tells_nothing_but_where(
    grown: Small, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The message may contain a name, so the page and the log of the process do not repeat it."""

    def fails(_session: Session, identifier: str, *_range: object) -> None:
        raise ValueError(f"no such thing: {identifier}")

    client = grown.client("high")
    monkeypatch.setattr(Entities, "look", fails)
    answer = client.get(f"/case/{CASE}/entity?id={SEALED_NAME}")
    assert answer.status_code == 500
    assert SEALED_NAME not in answer.text
    assert "ValueError" in caplog.text
    assert "in fails" in caplog.text
    assert SEALED_NAME not in caplog.text


def test_a_pseudonym_tells_neither_when_nor_how_many(grown: Small) -> None:
    key = grown.service.register.key(CASE, create=False)
    visible = {row["id"] for row in grown.session("low").search.find("S-").dicts()}
    assert vault.pseudonym(key, "person", SEALED) in visible
    assert all(
        re.fullmatch(r"S(-[0-9A-HJKMNP-TV-Z]{4}){3}", identifier)
        for identifier in visible
        if identifier.startswith("S-")
    )
    # `tests/service/test_pseudonyms.py` compares the order of many with the order of delivery.


# -- caches and timing ---------------------------------------------------------------------------------------------


def test_nothing_that_holds_data_can_be_cached_or_asked_for_again(grown: Small) -> None:
    client = grown.client("low")
    again = Headers({"If-None-Match": "*", "If-Modified-Since": "Wed, 21 Oct 2037 07:28:00 GMT", "Range": "bytes=0-9"})
    for call in pages.calls(client.application, KNOWN, "GET"):
        if call.endpoint in FILES:
            continue
        answer = pages.ask(client, call)
        headers = dict(answer.headers)
        assert headers["Cache-Control"] == "no-store", call
        assert not {"ETag", "Last-Modified", "Expires", "Accept-Ranges", "Age"} & set(headers), call
        conditional = pages.ask(client, call, headers=again)
        assert (conditional.status, conditional.body) == (answer.status, answer.body), call


def test_every_answer_carries_the_headers_that_keep_it_here(grown: Small) -> None:
    client = grown.client("low")
    for address in ("/", f"/case/{CASE}", f"/case/{CASE}/leads.csv", "/no-such", "/static/graphsvc.css"):
        with client.get(address) as answer:
            headers = answer.headers
        assert "script-src 'self'" in headers["Content-Security-Policy"], address
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"


class OneByOne(Executor):
    """Runs submitted work immediately, in place of threads, whose order varies."""

    def __init__(self, _most: int) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **named))
        except GraphsvcError as error:
            future.set_exception(error)
        return future


@contextmanager
def work(service: Service) -> Iterator[list[str]]:
    """Record the requests to store and database in the block, in order; concurrent requests run one by one."""
    done: list[str] = []
    real = Store.read_at_once

    def read(self: Store, text: str, columns: Any, parameters: Any, **limits: Any) -> Any:
        rows = real(self, text, columns, parameters, **limits)
        done.append(f"store {text[:200]} {sorted(parameters)} {len(rows.rows)} rows")
        return rows

    def statement(_connection: Any, _cursor: Any, text: str, *_more: Any) -> None:
        done.append(f"database {text}")

    sa.event.listen(service.database, "before_cursor_execute", statement)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Store, "read_at_once", read)
            patch.setattr(ask, "ThreadPoolExecutor", OneByOne)
            yield done
    finally:
        sa.event.remove(service.database, "before_cursor_execute", statement)


CALLS: tuple[tuple[str, Callable[[Session, str], object]], ...] = (
    ("entity", lambda session, identifier: session.network.entities.look(identifier)),
    ("statement", lambda session, identifier: session.deliveries.statements.look(identifier)),
    ("lead", lambda session, identifier: session.leads.look(identifier)),
    ("network", lambda session, identifier: session.network.picture(PictureRequest([identifier]))),
    ("between", lambda session, identifier: session.network.entities.between(identifier, "DIRECTED", "boss-1")),
    ("find", lambda session, identifier: session.search.find(identifier)),
    ("query", lambda session, identifier: session.queries.run("people.acted_on", {"person": identifier})),
)


@pytest.mark.parametrize("call", CALLS, ids=[name for name, _ in CALLS])
@pytest.mark.parametrize(("hidden", "absent"), [(HIDDEN, UNKNOWN), (SEALED, "x" * len(SEALED))], ids=["C", "sealed"])
def test_hidden_and_absent_take_the_same_work(grown: Small, call: Any, hidden: str, absent: str) -> None:
    """Not measured in milliseconds: store and database get the same requests and return equally many rows."""
    session = grown.session("low")
    taken, answers = [], []
    for identifier in (hidden, absent):
        grown.service.forget()  # forget what other readers asked for
        session.leads.ranking()
        with work(grown.service) as done:
            try:
                answers.append(str(call[1](session, identifier)))
            except GraphsvcError as error:
                answers.append(f"{type(error).__name__} {error}".replace(identifier, "ASKED"))
        taken.append(list(done))
    assert taken[0] == taken[1]
    assert len(taken[0]) > 0
    # Also for a lead: its error says what an id is that this reader may see.
    assert any(step.startswith("store ") for step in taken[0])
    assert answers[0] == answers[1] or call[0] in ("find",)


def test_a_case_that_is_not_yours_takes_the_work_of_one_that_is_not_there(grown: Small) -> None:
    key = grown.service.register.key("not-theirs", create=True)
    assert key
    try:
        taken = []
        for case in ("not-theirs", "not-there"):
            with work(grown.service) as done, pytest.raises(NotFound):
                grown.session("low").at(case).network.entities.counts()
            taken.append(list(done))
            with pytest.raises(NotFound):
                assert grown.session("low").at(case).version
        assert taken[0] == taken[1]
    finally:
        grown.service.register.unmake("not-theirs")


# -- the log -------------------------------------------------------------------------------------------------------


def test_the_auditors_log_tells_no_name_that_was_looked_for(grown: Small) -> None:
    low = grown.session("low")
    for text in (SEALED_NAME, "Dov Hidden", SEALED):
        low.search.find(text)
        with pytest.raises(NotFound):
            low.network.entities.look(text)
    with pytest.raises(Refused):
        low.deliveries.load(Path(SEALED_NAME), quiet)
    client = grown.client("auditor")
    log_text = "".join(client.get(address).text for address in ("/log", "/log.json", "/log?as=csv"))
    assert "characters" in log_text
    for text in (SEALED_NAME, "Veronica", "Dov Hidden", SEALED):
        assert text not in log_text
    assert client.get(f"/case/{CASE}").status_code == 403


@pytest.mark.parametrize("name", ["low", "high"])
def test_no_account_of_a_witness_is_told_apart_without_source_clearance(grown: Small, name: str) -> None:
    """Without it, readers see witness statements only as a number and a list of witnesses, never singly or by link."""
    accounts_ = [row["id"] for rows in (FIRST, SECOND) for row in rows["statements"] if row["kind"] == "witness"]
    known = replace(KNOWN, statements=("report-1",))
    client = grown.client(name)
    answers = {str(call): pages.ask(client, call).text for call in pages.calls(client.application, known, "GET")}
    answers |= calls.walk(grown.session(name), known)
    assert [request for request, answer in answers.items() if any(account in answer for account in accounts_)] == []
    for account in accounts_:
        theirs, none = (
            calls.call_result(grown.session(name), "deliveries.statements.look", (identifier,))
            for identifier in (account, "x" * len(account))
        )
        assert theirs.replace(account, "ASKED") == none.replace("x" * len(account), "ASKED")
