"""Sealing on a real server: previews, permission to undo, decisions by two persons, and searches by name."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.people import changes
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries.loaded import RESTING, REWRITE_OWED
from graphsvc.cases.deliveries.opener import OpenedAccounts
from graphsvc.cases.deliveries.replay import Replay
from graphsvc.config import Settings
from graphsvc.errors import Busy, NotFound, OperatorError, Refused, RequestError
from graphsvc.records.progress import Progress
from graphsvc.service import Service, quiet
from graphsvc.service.search import known as looking
from graphsvc.store.image import read_image
from tests.leaks.small import FIRST, SEALED, SEALED_NAME
from tests.toolbox.cases import Lay, Place, open_place, send_upload
from tests.toolbox.rows import Tables, statement_claims, write, zip_tables
from tests.toolbox.two_persons import seal, unseal

pytestmark = pytest.mark.neo4j
ROLES = {
    "low": ("investigator", Grant("P")),
    "high": ("investigator", Grant("C")),
    "whole": ("investigator", Grant("C", sources=True)),
    "cus": ("custodian", Grant("C", sources=True)),
    "sup": ("supervisor", Grant("C", sources=True)),
    "sup2": ("supervisor", Grant("C")),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """A small case whose first delivery is loaded."""
    return lambda: open_place(at_server(named="part"), ROLES, "whole", FIRST)


def name_of(service: Service, case: str, identifier: str, kind: str = "person") -> str:
    return pseudonym(service.register.key(case, create=False), kind, identifier)


EMPTY: Tables = {
    "people": [{"id": SEALED, "category": "", "sealed": ""}],
    "statements": [{"id": "report-9", "kind": "record", "handling": "P"}],
    "links": statement_claims("report-9", f"{SEALED} PILOTED crossing-1"),
}


@pytest.mark.changes
def test_a_preview_says_what_would_have_opened_and_it_stays_sealed(
    service: Service, case: str, people: Place, tmp_path: Path
) -> None:
    folder = write(tmp_path / "2", **EMPTY)
    preview = people("whole").deliveries.load(folder, quiet, dry_run=True)
    assert preview.stay_sealed == 1
    assert "would open 1 identity: it stays sealed" in preview.notes[0]
    assert people("whole").deliveries.load(folder, quiet).stay_sealed == 1
    (sealing,) = [
        entry
        for entry in people("cus").protection.sealings.sealed_entities()
        if entry.pseudonym == name_of(service, case, SEALED)
    ]
    assert (sealing.why, sealing.against) == ("no visible part", 2)
    assert SEALED_NAME not in str(read_image(service.store(), case))
    with pytest.raises(Refused, match="source clearance"):
        people("sup2").protection.sealings.sealed_entities()


@pytest.mark.changes
def test_an_undo_says_what_would_have_opened(people: Place, tmp_path: Path) -> None:
    marked: Tables = {"people": [{"id": "aide-4", "name": "Eve Nine", "category": "suspect", "sealed": "yes"}]}
    plain: Tables = {
        "people": [{"id": "aide-4", "name": "Eve Nine", "category": "suspect"}],
        "statements": [{"id": "report-8", "kind": "record", "handling": "P"}],
        "links": statement_claims("report-8", "boss-1 PAID aide-4"),
    }
    whole = people("whole")
    whole.deliveries.load(write(tmp_path / "2", **marked), quiet)
    whole.deliveries.load(write(tmp_path / "3", **plain), quiet, partial=True)
    assert whole.deliveries.undoing(3) == []
    (note,) = whole.deliveries.undoing(2)
    assert "would open 1 identity" in note
    whole.deliveries.undo(2, quiet)
    assert "Eve Nine" not in str(whole.search.find("Eve Nine").hits)
    with pytest.raises(NotFound):
        whole.deliveries.undoing(9)


@pytest.mark.changes
def test_without_source_clearance_no_undo_tells_how_much_leaves_with_it(people: Place, tmp_path: Path) -> None:
    aide: Tables = {"people": [{"id": "aide-5", "category": "suspect"}]}
    high, whole = people("high").deliveries, people("whole").deliveries
    high.load(write(tmp_path / "2", **aide), quiet)
    before = high.undoing(2)
    later: Tables = {
        "statements": [{"id": "report-8", "kind": "record", "handling": "P"}],
        "links": statement_claims("report-8", "boss-1 PAID aide-5"),
    }
    whole.load(write(tmp_path / "3", **later), quiet)
    assert before == [RESTING]
    with pytest.raises(Refused, match="source clearance"):
        high.undoing(2)
    assert not [note for note in whole.undoing(2) if "row" in note]
    more: Tables = {"links": statement_claims("report-8", "boss-1 DIRECTED aide-5")}
    whole.load(write(tmp_path / "4", **more), quiet, partial=True)
    (note,) = whole.undoing(3)
    assert note.startswith("1 row of delivery 4 belongs to statements of this delivery alone")


@pytest.mark.changes
def test_taking_back_tells_nobody_whether_there_were_accounts(people: Place, tmp_path: Path) -> None:
    report: Tables = {"people": [{"id": "aide-5", "category": "suspect"}]}
    people("high").deliveries.load(write(tmp_path / "2", **report), quiet)
    people("whole").deliveries.load(write(tmp_path / "3", people=[{"id": "aide-6", "category": "suspect"}]), quiet)
    said_of = []
    for number in (1, 3):
        with pytest.raises(Refused) as refused:
            people("high").deliveries.undo(number, quiet)
        said_of.append(str(refused.value))
    assert said_of[0] == said_of[1]
    people("high").deliveries.undo(2, quiet)
    people("whole").deliveries.undo(1, quiet)


@pytest.mark.changes
def test_an_account_of_ones_own_is_taken_back_with_source_clearance_alone(people: Place, tmp_path: Path) -> None:
    account: Tables = {
        "people": [{"id": "w-9", "name": "Nora Only"}],
        "statements": [{"id": "account-9", "kind": "witness", "handling": "C", "source_id": "w-9"}],
        "links": statement_claims("account-9", "boss-1 DIRECTED aide-2"),
    }
    number = people("high").deliveries.load(write(tmp_path / "2", **account), quiet).delivery
    assert number is not None
    with pytest.raises(Refused, match="source clearance"):
        people("high").deliveries.undo(number, quiet)
    people("whole").deliveries.undo(number, quiet)


def test_nobody_agrees_to_what_they_asked_for(people: Place) -> None:
    request = people("sup").protection.sealings.ask("aide-1", "threatened")
    with pytest.raises(Refused, match="another person"):
        people("sup").protection.sealings.agree(request, quiet)
    with pytest.raises(Refused, match="another person"):
        people("sup").protection.sealings.start(request)
    assert people("low").network.entities.look("aide-1").name == "Bo Quist"


@pytest.mark.changes
def test_a_mark_seals_somebody_named_and_one_under_c_has_the_custodian_asked(
    service: Service, case: str, people: Place, tmp_path: Path
) -> None:
    marked = {"id": "aide-2", "name": "Cas Roe", "age_disputed": "yes"}
    delivery = people("whole").deliveries.load(write(tmp_path / "2", people=[marked]), quiet, partial=True)
    assert (delivery.asked, delivery.sealed_anew) == (0, 1)
    assert "Cas Roe" not in str(read_image(service.store(), case))
    # A mark under C does not change what is shown under P. A custodian and a supervisor decide about that.
    under_c = {"id": "aide-1", "name": "Bo Quist", "age_disputed": "yes", "handling": "C"}
    delivery = people("whole").deliveries.load(write(tmp_path / "3", people=[under_c]), quiet, partial=True)
    assert (delivery.asked, delivery.sealed_anew) == (1, 0)
    assert people("low").network.entities.look("aide-1").name == "Bo Quist"
    assert people("cus").protection.sealings.to_be_sealed() == {"aide-1": "age disputed, said under handling code C"}
    cus, sup = people("cus"), people("sup")
    request = cus.protection.sealings.ask("aide-1", "a child, it seems")
    with pytest.raises(Refused):
        cus.protection.sealings.agree(request, quiet)
    (sealing,) = sup.protection.sealings.list_requests()
    assert (sealing.kind, sealing.state, sealing.decidable) == ("seal", "asked", True)
    sup.protection.sealings.agree(request, quiet)
    assert "Bo Quist" not in str(read_image(service.store(), case))
    assert (
        people("cus").protection.sealings.to_be_sealed(),
        people("cus").protection.sealings.list_requests()[0].state,
    ) == (
        {},
        "done",
    )
    with pytest.raises(RequestError):
        sup.protection.sealings.agree(request, quiet)


@pytest.mark.changes
def test_only_a_custodian_asks_that_somebody_is_opened_and_a_supervisor_agrees(
    service: Service, case: str, people: Place
) -> None:
    sealed = name_of(service, case, SEALED)
    with pytest.raises(Refused, match="custodian"):
        people("sup").protection.sealings.ask_opening(sealed, "told in court")
    with pytest.raises(NotFound):
        people("cus").protection.sealings.ask_opening(name_of(service, case, "aide-1"), "stands by name")
    unseal(people("cus"), people("sup"), sealed)
    assert people("low").network.entities.look(SEALED).name == SEALED_NAME
    seal(people("cus"), people("sup"), SEALED, "threatened after all")
    assert SEALED_NAME not in str(read_image(service.store(), case))


@pytest.mark.changes
@pytest.mark.parametrize("category", ["other", "witness", "victim"])
def test_what_is_said_of_a_former_pseudonym_does_not_tell_a_protected_category(
    service: Service, case: str, people: Place, tmp_path: Path, category: str
) -> None:
    rows: Tables = {"people": [{"id": SEALED, "category": category, "handling": "P"}]}
    people("whole").deliveries.load(write(tmp_path / "2", **rows), quiet, partial=True)
    former = name_of(service, case, SEALED)
    unseal(people("cus"), people("sup"), former)
    with pytest.raises(NotFound, match="nobody sealed"):
        people("cus").protection.sealings.ask_opening(former, "told in court")


@pytest.mark.changes
@pytest.mark.parametrize("name", ["low", "whole"])
def test_what_was_computed_before_is_not_told_of_a_case_that_a_sealing_has_closed(
    service: Service, people: Place, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """This is so even if the writing failed and the case stays closed until the next start."""

    def fails(*_args: object) -> None:
        raise OperatorError("the server is gone")

    client = people.client(name)
    pages = [f"/case/{people.case}/{page}" for page in ("network/overview/names.json", "leads.csv")]
    for page in pages:
        assert "Bo Quist" in client.get(page).text
    assert "Bo Quist" in set(people(name).hubs()["name"])
    with monkeypatch.context() as patch:
        patch.setattr(service.casework.replay, "carry_out", fails)
        with pytest.raises(OperatorError):
            seal(people("cus"), people("sup"), "aide-1")
    for page in pages:
        answer = client.get(page)
        assert (answer.status_code, "Bo Quist" in answer.text) == (503, False), page
    for ask in (people(name).hubs, people(name).leads.places, people(name).network.overview.draw):
        with pytest.raises(Busy):
            ask()
    assert service.recover() == [people.case]
    for page in pages:
        answer = client.get(page)
        assert (answer.status_code, "Bo Quist" in answer.text) == (200, False), page


def test_a_refused_request_changes_nothing(people: Place) -> None:
    request = people("cus").protection.sealings.ask("aide-1", "threatened")
    people("sup").protection.sealings.refuse(request, "not needed")
    assert people("low").network.entities.look("aide-1").name == "Bo Quist"


PHONE: Tables = {
    "people": [],
    "things": [{"id": "phone-1", "kind": "phone", "value": "+447700900321"}],
    "statements": [{"id": "report-7", "kind": "record", "handling": "P"}],
    "links": statement_claims("report-7", "aide-1 CONTACTED phone-1"),
}
THEIRS: Tables = {
    "statements": [{"id": "report-8", "kind": "record", "handling": "P"}],
    "links": statement_claims("report-8", f"{SEALED} USED phone-1"),
}


@pytest.mark.changes
def test_what_somebody_sealed_is_said_to_have_used_is_sealed_by_the_delivery(
    service: Service, case: str, people: Place, tmp_path: Path
) -> None:
    whole = people("whole")
    whole.deliveries.load(write(tmp_path / "2", **PHONE), quiet)
    assert "7700900321" in str(read_image(service.store(), case))
    whole.search.find("+447700900321")
    assert "7700900321" in in_memory(service)
    loaded = whole.deliveries.load(write(tmp_path / "3", **THEIRS), quiet, partial=True)
    assert (loaded.sealed_anew, loaded.owed) == (1, "")
    assert "7700900321" not in str(read_image(service.store(), case))
    assert "7700900321" not in in_memory(service)
    assert not service.register.rewriting()  # rewritten before the delivery was reported as complete


@pytest.mark.changes
def test_a_rewriting_that_broke_off_is_told_as_a_change_that_is_still_to_be_completed(
    service: Service, people: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every case is then closed, because the change may be incomplete."""

    def broke_off(_progress: Progress) -> bool:
        service.register.close_all()
        raise Busy("the server has too much to do")

    deliveries = people("whole").deliveries
    deliveries.load(write(tmp_path / "2", **PHONE), quiet)
    monkeypatch.setattr(service.casework, "rewrite", broke_off)
    texts = {path.stem: path.read_text("utf-8") for path in write(tmp_path / "3", **THEIRS).iterdir()}
    upload = send_upload(people("whole"), zip_tables(**texts), partial=True)
    job = deliveries.job(deliveries.uploads.confirm(upload), wait_s=60)
    assert (job.state, job.result.get("recorded")) == ("failed", True)
    assert deliveries.uploads.list_uploads() == []
    monkeypatch.undo()
    assert service.recover() == [people.case]
    assert not service.register.rewriting()
    assert [row["number"] for row in deliveries.list_deliveries()] == [3, 2, 1]


@pytest.mark.changes
def test_the_page_says_what_is_owed_of_accounts_that_opened(
    service: Service, people: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.opener, "open", lambda *_: OpenedAccounts([2], REWRITE_OWED))
    job = people("cus").protection.waiting.start()
    people("cus").protection.job(job, wait_s=60)
    page = people.client("cus").get(f"/case/{people.case}/work?id={job}").text
    assert "All accounts that waited" in page
    assert REWRITE_OWED in page


@pytest.mark.changes
def test_what_a_kill_left_in_the_memory_of_others_is_forgotten_by_who_completes_it(
    service: Service, people: Place
) -> None:
    people("whole").network.entities.look("aide-1")
    assert "Bo Quist" in in_memory(service)
    service.register.ask_rewrite(people.case)  # as a sealing that is then killed does
    service.recover()
    assert "Bo Quist" not in in_memory(service)
    assert not service.register.rewriting()


def in_memory(service: Service) -> str:
    """The recently released answers in memory."""
    return str([pickle.loads(packed).rows for packed in service.gate._repeats._packed.values()])  # noqa: S301 - its own


@pytest.mark.changes
def test_who_somebody_sealed_is_takes_source_clearance(people: Place, tmp_path: Path) -> None:
    same: Tables = {
        "statements": [{"id": "report-6", "kind": "record", "handling": "P"}],
        "links": statement_claims("report-6", f"{SEALED} SAME_AS aide-1"),
    }
    people("whole").deliveries.load(write(tmp_path / "2", **same), quiet, partial=True)
    for name, seen in (("low", False), ("high", False), ("whole", True)):
        page = people(name).network.entities.look("aide-1")
        assert any(link["relation"] == "SAME_AS" for link in page.links) is seen, name
        assert any(claim["relation"] == "SAME_AS" for claim in page.claims) is seen, name
    (claim,) = [row for row in people("whole").network.entities.look("aide-1").claims if row["relation"] == "SAME_AS"]
    assert claim["handling"] == "P"


# -- asking by name ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [SEALED_NAME, "abelard VERONICA", SEALED])
def test_who_knows_a_name_is_told_the_pseudonym_and_it_is_in_the_log(
    service: Service, case: str, people: Place, query: str
) -> None:
    (person,) = people("low").search.find_pseudonyms(query)
    assert person["id"] == name_of(service, case, SEALED)
    (line,) = [entry for entry in people.lines() if entry["action"] == "known"]
    assert (line["account"], line["outcome"], line["rows"]) == ("low", "released", 1)
    assert "abelard" not in str(line).lower()


@pytest.mark.changes
def test_a_part_of_a_name_tells_nothing_nor_does_who_is_not_seen(people: Place, tmp_path: Path) -> None:
    hidden: Tables = {
        "people": [{"id": "w-9", "name": "Nora Only"}, {"id": "w-8", "name": "Cora Hidden"}],
        "statements": [
            {"id": "account-9", "kind": "witness", "handling": "C", "source_id": "w-9"},
            {"id": "report-9", "kind": "record", "handling": "C"},
        ],
        "links": statement_claims("account-9", "boss-1 DIRECTED aide-2")
        + statement_claims("report-9", "w-8 CROSSED_ON crossing-1"),
    }
    people("whole").deliveries.load(write(tmp_path / "2", **hidden), quiet)
    for name in ("Veronica", "Nora Only", "Cora Hidden", "Bo Quist"):
        assert people("low").search.find_pseudonyms(name) == [], name
    assert people("high").search.find_pseudonyms("Nora Only") == []  # someone known only as a source is in no answer
    assert len(people("high").search.find_pseudonyms("Cora Hidden")) == 1
    with pytest.raises(RequestError):
        people("low").search.find_pseudonyms(" ")


@pytest.mark.changes
def test_what_is_known_of_somebody_under_c_alone_finds_them_for_nobody_cleared_for_p(
    people: Place, tmp_path: Path
) -> None:
    more: Tables = {
        "people": [
            {
                "id": SEALED,
                "name": SEALED_NAME,
                "aliases": "Zed Alpha",
                "phones": "+447700900123",
                "category": "witness",
                "handling": "C",
            }
        ]
    }
    assert people("whole").deliveries.load(write(tmp_path / "2", **more), quiet, partial=True).rejections == []
    for query in ("Zed Alpha", "07700 900123"):
        assert people("low").search.find_pseudonyms(query) == [], query
        assert len(people("high").search.find_pseudonyms(query)) == 1, query
    assert len(people("low").search.find_pseudonyms(SEALED_NAME)) == 1


@pytest.mark.changes  # changes the count of looks by an account, not the case
def test_nobody_goes_through_a_list_of_names(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_LOOKS", 2)
    for _ in range(2):
        people("low").search.find_pseudonyms("Nobody Atall")
    with pytest.raises(Busy):
        people("low").search.find_pseudonyms(SEALED_NAME)


# -- while it is loaded --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", ["role", "grant", "account"])
@pytest.mark.changes
def test_a_load_asks_again_whether_its_account_may(
    service: Service, case: str, people: Place, tmp_path: Path, taken: str
) -> None:
    def meanwhile(_done: int, _total: int, text: str) -> None:
        if text == "checking the delivery against it":
            if taken == "role":
                changes.set_roles(service.database, "whole", ["auditor"])
            elif taken == "grant":
                changes.grant(service.database, "whole", case, Grant("P"))
            else:
                changes.disable(service.database, "whole")

    before = read_image(service.store(), case)
    with pytest.raises(Refused):
        people("whole").deliveries.load(write(tmp_path / "2", **EMPTY), meanwhile)
    assert read_image(service.store(), case) == before
    assert [row["number"] for row in service.register.deliveries(case)] == [1]


@pytest.mark.changes
def test_a_kill_past_an_erasure_leaves_nothing_of_it_beside_the_database(
    service: Service, case: str, people: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = service.settings.home
    with transaction(service.database) as connection:
        former = connection.execute(sa.select(tables.deliveries.c.rows_sealed)).scalar_one()
    finish = Replay.finish

    def finish_then_stop(*arguments: Any) -> None:
        finish(*arguments)
        raise KeyboardInterrupt

    def leftover_files() -> set[str]:
        return {path.name for path in home.glob("*.sqlite*") if former[100:160] in path.read_bytes()}

    assert leftover_files()
    monkeypatch.setattr(Replay, "finish", finish_then_stop)
    with pytest.raises(KeyboardInterrupt):
        service.casework.erase(case, name_of(service, case, SEALED), "cus", "asked for it", quiet)
    monkeypatch.undo()
    (home / "uploads" / "some").mkdir(parents=True)
    (home / "uploads" / "some" / "preview").touch()
    with Service(service.settings) as started:
        started.recover()
        assert leftover_files() == set()
        assert not list((home / "uploads").rglob("preview"))
        assert not started.register.rewriting()
