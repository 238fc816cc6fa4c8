"""Witness statements added by form wait, and open together at set times."""

from __future__ import annotations

import datetime as dt
import doctest
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries import batches
from graphsvc.cases.deliveries.casework import Casework
from graphsvc.cases.deliveries.loaded import REWRITE_OWED
from graphsvc.cases.deliveries.statement_form import Form, FormPart
from graphsvc.config import Settings
from graphsvc.errors import NotFound, OperatorError, Refused, RequestError
from graphsvc.service import Service, Session, quiet
from graphsvc.store.image import read_image
from graphsvc.web import create_app
from tests.toolbox import clock
from tests.toolbox.accounts import session, signed_in
from tests.toolbox.rows import Tables, statement_claims, write

pytestmark = pytest.mark.neo4j

FIRST: Tables = {
    "people": [
        {"id": "boss", "name": "Ari Berg", "category": "suspect", "handling": "P"},
        {"id": "aide", "name": "Bo Quist", "category": "suspect", "handling": "P"},
        *({"id": f"wit-{n}", "name": name, "handling": "P"} for n, name in enumerate(("Selam", "Hewa", "Layla"))),
    ],
    "crossings": [{"id": f"C{n}", "date": f"2020-05-0{n}", "handling": "P"} for n in (1, 8, 9)],
    "statements": [{"id": "R1", "kind": "intelligence", "handling": "P"}],
    "links": statement_claims(
        "R1",
        "boss DIRECTED aide",
        "aide PILOTED C1",
        "wit-0 CROSSED_ON C1",
        "wit-1 CROSSED_ON C8",
        "wit-2 CROSSED_ON C9",
    ),
}
USED_BY_Y1: Tables = {
    "people": [{"id": "y1", "name": "Yan Gold", "handling": "P"}],
    "things": [
        {"id": "t1", "kind": "phone", "value": "0770123123", "handling": "P"},
        {"id": "t5", "kind": "organisation", "name": "Firm", "handling": "P"},
    ],
    "workplaces": [{"id": "W1", "kind": "dwelling", "address": "17 Quince Row", "handling": "P"}],
    "statements": [{"id": "R2", "kind": "intelligence", "handling": "P"}],
    "links": statement_claims("R2", "y1 CROSSED_ON C1", "y1 USED t1", "boss USED t5", "y1 LIVED_AT W1"),
}
DAY = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC).replace(tzinfo=None)
SIX = dt.datetime(2026, 3, 5, 6, tzinfo=dt.UTC).replace(tzinfo=None)
PEOPLE = {
    "ann": (("investigator",), Grant("C", sources=True)),
    "tom": (("investigator",), Grant("C")),
    "bob": (("investigator", "analyst"), Grant("C")),
    "low": (("investigator", "analyst"), Grant("P")),
    "cus": (("custodian",), Grant("C", sources=True)),
    "sup": (("supervisor",), Grant("C", sources=True)),
}


@dataclass
class Place:
    """A service with one case in which statements wait until six o'clock."""

    service: Service
    case: str

    def as_(self, name: str) -> Session:
        return session(self.service, name, self.case)

    def add(self, who: str, source: int, *links: tuple[str, str, str], at: dt.datetime = DAY, **cells: str) -> int:
        """Add a statement by form, and return the number of its delivery."""
        session = self.as_(who)
        with clock.standing_still(at):
            form = self.form(session, source, *links, **cells)
            assert session.deliveries.form.check(form).faults == []
            job = session.deliveries.job(session.deliveries.form.enter(form), wait_s=60)
        assert (job.state, job.result["waits"], job.result["committed"]) == ("done", True, True), job
        number: int = job.result["delivery"]
        return number

    def form(self, session: Session, source: int, *links: tuple[str, str, str], **cells: str) -> Form:
        key = self.service.register.key(self.case, create=False)
        witness = pseudonym(key, "person", f"wit-{source}")
        parts = tuple(
            FormPart(f"c{n}", "links", dict(zip(("subject_id", "relation", "object_id"), link, strict=True)))
            for n, link in enumerate(links or (("boss", "ORGANISED", "C1"),), start=1)
        )
        statement = {"kind": "witness", "handling": "P", "source_id": witness, **cells}
        return replace(session.deliveries.form.new(), statement=statement, claims=parts)

    def look(self, at: dt.datetime) -> None:
        """Do what the service does every half minute."""
        with clock.standing_still(at):
            self.service.open_accounts()

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The people, things and links that a reader finds in the case."""
        ask = self.as_(name).ask
        return [row for query in ("cases.entities", "cases.links") for row in ask.rows(query, whole=True).dicts()]

    def there(self, name: str) -> Any:
        """Everything a reader finds in the case."""
        session = self.as_(name)
        tables = [
            session.ask.rows(query, whole=True).rows for query in ("cases.entities", "cases.links", "cases.claims")
        ]
        loading = session.deliveries.jobs() if session.grant.handling == "C" else []
        return [tables, session.leads.table(), session.deliveries.list_deliveries(), loading, session.cases()]


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server(accounts_open=Settings.accounts_open)) as opened_service:
        opened_service.jobs.every = 0.0
        for name, (roles, grant) in PEOPLE.items():
            accounts.add(opened_service.database, name, roles, {"*": grant})
        yield opened_service


@pytest.fixture
def place(service: Service, request: pytest.FixtureRequest, tmp_path: Any) -> Place:
    new_place = Place(service, f"waits-{abs(hash(request.node.name)) % 10**8}")
    write(tmp_path / "first", **FIRST)
    assert new_place.as_("ann").deliveries.load(tmp_path / "first", quiet).rejections == []
    return new_place


def organiser_groups(place: Place, name: str = "low") -> Any:
    rows = place.as_(name).ask.rows("cases.links", whole=True).dicts()
    return next((row["groups"] for row in rows if row["relation"] == "ORGANISED"), None)


def test_an_account_is_nowhere_before_it_opens_with_others(place: Place) -> None:
    before = {name: place.there(name) for name in PEOPLE if name not in ("ann", "cus", "sup")}
    image = read_image(place.service.store(), place.case)
    mine = [place.add("ann", 0)]
    for at in (DAY, SIX, SIX + dt.timedelta(days=2)):
        place.look(at)
    mine += [place.add("ann", source, at=SIX + dt.timedelta(days=2, hours=source)) for source in (1, 2)]
    place.look(SIX + dt.timedelta(days=2, hours=6))
    assert {name: place.there(name) for name in before} == before
    assert read_image(place.service.store(), place.case) == image
    assert [row["status"] for row in place.as_("ann").deliveries.list_deliveries()] == ["waiting"] * 3 + ["active"]
    place.look(SIX + dt.timedelta(days=3, minutes=7))
    assert organiser_groups(place) == 3
    # Readers with source clearance, and the loaders themselves, see who added each statement, and when.
    opened = SIX + dt.timedelta(days=3)
    rows = place.as_("bob").deliveries.list_deliveries()
    assert [(row["number"], row["account"], row["loaded_at"]) for row in rows] == [
        (2, "", opened),
        (1, "ann", rows[1]["loaded_at"]),
    ]
    assert not set(mine) & {row["number"] for row in place.as_("ann").deliveries.list_deliveries()}
    assert [row["account"] for row in place.as_("ann").deliveries.list_deliveries()] == ["ann"] * 4
    assert place.there("tom")[3] == before["tom"][3]


def test_it_is_as_if_they_had_been_there_at_once(place: Place) -> None:
    for source in (0, 1, 2):
        place.add("ann", source, ("boss", "DIRECTED", "aide"), ("boss", "ORGANISED", "C1"))
    place.look(SIX)
    opened = read_image(place.service.store(), place.case)
    with place.service.casework._locks.case(place.case):
        key = place.service.register.key(place.case, create=False)
        assert place.service.casework.replay.plan(place.case, key, quiet).steps == []
    assert len(opened.nodes["Statement"]) == 4


def test_one_alone_opens_when_it_has_waited_long_enough(place: Place) -> None:
    place.add("ann", 0)
    place.add("ann", 0, ("boss", "PAID", "aide"))
    place.look(SIX + dt.timedelta(days=6))
    assert organiser_groups(place) is None
    place.look(SIX + dt.timedelta(days=7))
    assert organiser_groups(place) == "few"


def test_one_that_is_held_back_opens_when_it_is_let_go(place: Place) -> None:
    numbers = [place.add("ann", source) for source in (0, 1, 2)]
    custodian = place.as_("cus")
    custodian.protection.waiting.hold(numbers[0])
    assert {entry.delivery: entry.held_by for entry in custodian.protection.waiting.list_statements()} == dict(
        zip(numbers, ("cus", "", ""), strict=True)
    )
    place.look(SIX + dt.timedelta(days=8))
    assert organiser_groups(place) == "few"
    # Once released, the statement waits like a new one: it does not open alone at that moment.
    with clock.standing_still(SIX + dt.timedelta(days=20, hours=5)):
        custodian.protection.waiting.release(numbers[0])
    for day in (20, 21, 27):
        place.look(SIX + dt.timedelta(days=day, hours=6))
        assert organiser_groups(place) == "few"
    place.look(SIX + dt.timedelta(days=28))
    assert organiser_groups(place) == 3
    with pytest.raises(NotFound, match="no waiting statement"):
        custodian.protection.waiting.hold(numbers[0])
    for name in ("ann", "bob", "low"):
        with pytest.raises(Refused):
            place.as_(name).protection.waiting.list_statements()


def test_a_custodian_opens_all_that_wait_where_safety_needs_it(place: Place) -> None:
    place.add("ann", 0)
    custodian = place.as_("cus")
    job = custodian.protection.job(custodian.protection.waiting.start(), wait_s=60)
    assert job.state == "done", job
    assert (organiser_groups(place), custodian.protection.waiting.list_statements()) == ("few", [])


def test_who_opens_them_is_told_what_is_owed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process is writing, so data sealed by the opened statements are still in the managed store."""
    monkeypatch.setattr(Casework, "rewrite_after", lambda *_: REWRITE_OWED)
    place.add("ann", 0)
    custodian = place.as_("cus")
    job = custodian.protection.job(custodian.protection.waiting.start(), wait_s=60)
    assert (job.state, job.result["owed"]) == ("done", REWRITE_OWED)
    place.add("ann", 1)
    opened = custodian.protection.waiting.open(quiet)
    assert (len(opened.numbers), opened.owed) == (1, REWRITE_OWED)


def test_who_added_it_takes_it_back_and_nothing_of_it_stays(place: Place) -> None:
    before = {name: place.there(name) for name in ("low", "bob")}
    number = place.add("tom", 0, summary="what Selam says")
    place.as_("cus").protection.waiting.hold(number)
    tom = place.as_("tom")
    assert tom.deliveries.job(tom.deliveries.take_back(number), wait_s=60).state == "done"
    place.look(SIX + dt.timedelta(days=9))
    assert {name: place.there(name) for name in before} == before
    assert tom.deliveries.list_deliveries() == place.as_("bob").deliveries.list_deliveries()
    assert place.service.waitlist.rows(place.case) == {}


def test_pages_call_it_by_who_added_it_and_on_which_day(place: Place) -> None:
    number = place.add("ann", 1)
    client, base = signed_in(create_app(place.service), "ann"), f"/case/{place.case}/load"
    deliveries = client.get(base).text
    assert '<th scope="row" class="num">waits</th>' in deliveries
    assert f">{number}<" not in deliveries
    assert (
        "Undo the import of the statement that ann added on 4 March 2026?"
        in client.get(f"{base}/take-back?delivery={number}").text
    )


def test_what_was_done_by_form_pushes_nothing_out_of_the_list_of_jobs(place: Place) -> None:
    before = place.as_("bob").deliveries.jobs()
    for _ in range(21):
        number = place.add("tom", 0)
        tom = place.as_("tom")
        tom.deliveries.job(tom.deliveries.take_back(number), wait_s=60)
    assert place.as_("bob").deliveries.jobs() == before


def test_those_under_c_hide_none_that_comes_alone_under_p(place: Place) -> None:
    for source in (0, 1):
        place.add("ann", source, handling="C")
    place.add("ann", 2)
    place.look(SIX + dt.timedelta(days=6))
    assert len(place.as_("cus").protection.waiting.list_statements()) == 3


def test_who_falls_out_is_not_counted_among_those_who_hide_the_others(place: Place, tmp_path: Any) -> None:
    write(tmp_path / "more", crossings=[{"id": "C2", "date": "2020-06-01", "handling": "P"}])
    more = place.as_("ann").deliveries.load(tmp_path / "more", quiet, partial=True)
    assert more.delivery is not None
    for source in (0, 1):
        place.add("ann", source, ("boss", "ORGANISED", "C2"))
    place.add("ann", 2)
    place.as_("ann").deliveries.undo(more.delivery, quiet)
    place.look(SIX + dt.timedelta(days=1))
    assert organiser_groups(place) is None
    assert sorted(entry.unfit for entry in place.as_("cus").protection.waiting.list_statements()) == [
        False,
        False,
        True,
    ]


def test_what_was_delivered_again_meanwhile_is_found_again(place: Place, tmp_path: Any) -> None:
    """A waiting statement opens as the newest delivery, so it refers to rows delivered after it was added."""
    ann = place.as_("ann")
    for name, day in (("more", "2020-06-01"), ("again", "2020-06-02")):
        write(tmp_path / name, crossings=[{"id": "C2", "date": day, "handling": "P"}])
    more = ann.deliveries.load(tmp_path / "more", quiet, partial=True)
    assert more.delivery is not None
    place.add("ann", 0, ("boss", "ORGANISED", "C2"))
    ann.deliveries.undo(more.delivery, quiet)
    ann.deliveries.load(tmp_path / "again", quiet, partial=True)
    place.look(SIX + dt.timedelta(days=9))
    assert organiser_groups(place) == "few"


def test_one_case_that_cannot_be_written_keeps_no_other(place: Place, tmp_path: Any) -> None:
    place.add("ann", 0)
    second_place = Place(place.service, f"{place.case}-z")
    write(tmp_path / "other", **FIRST)
    second_place.as_("ann").deliveries.load(tmp_path / "other", quiet)
    second_place.add("ann", 0)
    real = place.service.casework.replay.write

    def fails(plan: Any, progress: Any) -> None:
        if plan.case == place.case:
            raise OSError("the disk is full")
        real(plan, progress)

    late = SIX + dt.timedelta(days=9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place.service.casework.replay, "write", fails)
        place.look(late)
    assert organiser_groups(second_place) == "few"
    place.look(late)  # completed now, not only by the next start
    assert organiser_groups(place) == "few"
    lines = [line for line in audit.lines(place.service.database, newest=100) if line["account"] == batches.SERVICE]
    assert {line["outcome"] for line in lines} >= {"released", "failed: OSError"}


def test_the_same_form_twice_waits_once_and_another_under_its_name_is_refused(place: Place) -> None:
    session = place.as_("ann")
    form = place.form(session, 0)
    first = session.deliveries.job(session.deliveries.form.enter(form), wait_s=60).result
    again = session.deliveries.job(session.deliveries.form.enter(form), wait_s=60).result
    assert (again["committed"], again["same_as"]) == (False, first["delivery"])
    with pytest.raises(RequestError, match="added already"):
        session.deliveries.form.check(replace(form, statement={**form.statement, "summary": "more"}))


def test_an_erasure_takes_along_what_waits(place: Place) -> None:
    place.add("ann", 0)
    place.add("ann", 1, ("boss", "TRANSPORTED", pseudonym(key_of(place), "person", "wit-0")))
    name = pseudonym(key_of(place), "person", "wit-0")
    request = place.as_("cus").protection.erasures.ask(name, "asked for it")
    place.as_("sup").protection.erasures.agree(request, quiet)
    assert "wit-0" not in rows_waiting(place)
    assert "wit-1" in rows_waiting(place)
    place.look(SIX + dt.timedelta(days=9))
    assert organiser_groups(place) is None
    assert len(read_image(place.service.store(), place.case).nodes["Statement"]) == 2


@pytest.mark.parametrize("handling", ["P", "C"])
@pytest.mark.parametrize("claim", ["boss USED t1", "y1 USED t5", "aide LIVED_AT W1"])
def test_an_erasure_tells_nothing_of_what_waits(service: Service, tmp_path: Any, claim: str, handling: str) -> None:
    seen = []
    for waits in (False, True):
        place = Place(service, f"waits-{uuid.uuid4().hex[:8]}")
        for number, tables in enumerate((FIRST, USED_BY_Y1)):
            write(tmp_path / f"{waits}{number}", **tables)
            assert place.as_("ann").deliveries.load(tmp_path / f"{waits}{number}", quiet).rejections == []
        y1 = pseudonym(key_of(place), "person", "y1")
        if waits:
            delivered = {name: name for name in ("boss", "aide", "t5")} | {"y1": y1}
            delivered |= {name: pseudonym(key_of(place), "thing", name) for name in ("t1", "W1")}
            subject, relation, target = claim.split()
            place.add("ann", 0, (delivered[subject], relation, delivered[target]), handling=handling)
        request = place.as_("cus").protection.erasures.ask(y1, "asked for it")
        place.as_("sup").protection.erasures.agree(request, quiet)
        pseudonyms = re.compile(r"\b[STQ](-\w{4}){3}\b")
        seen.append(
            [sorted(pseudonyms.sub("-", repr(row)) for row in place.rows(name)) for name in ("low", "tom", "bob")]
        )
    assert seen[0] == seen[1]


def test_an_account_that_was_erased_opens_no_other_before_its_time(place: Place) -> None:
    place.add("ann", 0, handling="C")
    request = place.as_("cus").protection.erasures.ask(pseudonym(key_of(place), "person", "wit-0"), "asked for it")
    place.as_("sup").protection.erasures.agree(request, quiet)
    assert place.as_("cus").protection.waiting.list_statements() == []
    number = place.add("ann", 1, at=SIX + dt.timedelta(days=8), handling="C")
    place.look(SIX + dt.timedelta(days=9))
    assert [row.delivery for row in place.as_("cus").protection.waiting.list_statements()] == [number]


def key_of(place: Place) -> bytes:
    return place.service.register.key(place.case, create=False)


def rows_waiting(place: Place) -> str:
    return repr(
        [
            rows
            for rows, *_ in place.service.casework.replay.open_deliveries(
                place.case, key_of(place), waiting=True
            ).values()
        ]
    )


def test_one_that_names_what_was_taken_back_meanwhile_is_held_back(place: Place, tmp_path: Any) -> None:
    write(tmp_path / "more", crossings=[{"id": "C2", "date": "2020-06-01", "handling": "P"}])
    more = place.as_("ann").deliveries.load(tmp_path / "more", quiet, partial=True)
    assert more.delivery is not None
    number = place.add("ann", 0, ("boss", "ORGANISED", "C2"))
    place.add("ann", 1)
    place.as_("ann").deliveries.undo(more.delivery, quiet)
    place.look(SIX + dt.timedelta(days=9))
    assert organiser_groups(place) == "few"
    (entry,) = place.as_("cus").protection.waiting.list_statements()
    assert (entry.delivery, entry.unfit) == (number, True)


def test_a_kill_while_they_open_is_completed_by_the_next_start(place: Place) -> None:
    for source in (0, 1, 2):
        place.add("ann", source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place.service.casework.replay, "write", interrupt)
        with pytest.raises(KeyboardInterrupt):
            place.look(SIX)
    place.service.recover()
    assert organiser_groups(place) == 3


def interrupt(*_given: Any) -> None:
    raise KeyboardInterrupt


def test_reports_and_corrections_are_there_at_once(place: Place) -> None:
    session = place.as_("ann")
    form = replace(
        session.deliveries.form.new(),
        statement={"kind": "intelligence", "handling": "P"},
        claims=(FormPart("c1", "links", {"subject_id": "boss", "relation": "ORGANISED", "object_id": "C1"}),),
    )
    assert session.deliveries.form.check(form).opens_at is None
    assert session.deliveries.job(session.deliveries.form.enter(form), wait_s=60).result["waits"] is False
    assert organiser_groups(place) == 0


def test_the_setting_takes_times_or_at_once(settings: Callable[..., Settings]) -> None:
    assert doctest.testmod(batches).failed == 0
    for wrong in ("", "noon", "06:00,25:00", "06:00+01:00"):
        with pytest.raises(OperatorError, match="GRAPHSVC_ACCOUNTS_OPEN"):
            batches.set_times(wrong)
