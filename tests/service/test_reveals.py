"""Reveals: requested by a custodian, agreed to by another person, open to one reader for a short time, and logged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.appdb import tables, transaction
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service import Service, quiet
from tests.toolbox.accounts import People, session
from tests.toolbox.rows import statement_claims, texts, write
from tests.toolbox.two_persons import unseal

pytestmark = pytest.mark.neo4j
REASON = "Wit Ness asks for protection"


@pytest.fixture(scope="module")
def reveal_service(at_server: Any) -> Iterator[Service]:
    with Service(at_server(named="part")) as service:
        yield service


@pytest.fixture(scope="module")
def place(reveal_service: Service, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The case, and the pseudonym of its one sealed person."""
    case = "revealing"
    folder = texts(
        tmp_path_factory.mktemp("reveals") / "case",
        people="id,name,phones,category\nP1,Ari Berg,,suspect\nP2,Wit Ness,+447700900001,\n",
        statements="id,kind,source_id,handling\nS1,witness,P2,P\n",
        links="subject_id,relation,object_id,statement_id\nP1,PAID,P2,S1\n",
    )
    first = accounts.only_account(reveal_service.database, "")
    (pseudonym,) = reveal_service.session(first, "tests", case).deliveries.load(folder, quiet, identities=True).names
    whole = {case: Grant("C", sources=True)}
    for name, roles, grants in (
        ("cus", ["custodian"], whole),
        ("cus2", ["custodian"], whole),
        ("low", ["custodian"], {case: Grant("P", sources=True)}),
        ("out", ["custodian"], {"other": Grant("C", sources=True)}),
        ("sup", ["supervisor"], whole),
        ("away", ["supervisor"], {"other": Grant("C")}),
        ("both", ["supervisor", "custodian"], whole),
        ("inv", ["investigator"], whole),
    ):
        accounts.add(reveal_service.database, name, roles, grants)
    return case, pseudonym


@pytest.fixture
def people(reveal_service: Service, place: tuple[str, str]) -> People:
    return lambda name: session(reveal_service, name, place[0])


def logged_steps(service: Service, since: int) -> list[tuple[str, str, str, str]]:
    """(who, action, step, outcome) of the acts after a line, oldest first."""
    rows = [row for row in audit.lines(service.database, newest=500) if row["id"] > since]
    return [
        (row["account"], row["action"], row["detail"].get("step", ""), row["outcome"].partition(":")[0])
        for row in reversed(rows)
        if row["action"] in ("reveal", "agree") and row["detail"].get("step") not in ("list", "look")
    ]


def newest(service: Service) -> int:
    return int(audit.lines(service.database, newest=1)[0]["id"])


def test_asked_agreed_opened_and_ended_for_one_person_and_all_in_the_log(
    reveal_service: Service, place: tuple[str, str], people: People
) -> None:
    _, pseudonym = place
    since = newest(reveal_service)
    request = people("cus").protection.reveals.ask(pseudonym, REASON)
    with pytest.raises(Refused, match="Nobody has agreed"):
        people("cus").protection.reveals.open(request)
    (waiting,) = [entry for entry in people("sup").protection.reveals.list_reveals() if entry.decidable]
    assert (waiting.reason, waiting.asked_by, waiting.pseudonym) == (REASON, "cus", pseudonym)
    people("sup").protection.reveals.agree(request, "go on")
    for name, error in (("cus2", NotFound), ("both", NotFound), ("low", NotFound), ("sup", Refused), ("inv", Refused)):
        with pytest.raises(error):
            people(name).protection.reveals.open(request)
    revealed = people("cus").protection.reveals.open(request)
    assert (revealed.values["id"], revealed.values["name"]) == ("P2", "Wit Ness")
    assert revealed.until - audit.now() <= dt.timedelta(minutes=30)
    for name in ("cus", "sup"):
        reveal = next(entry for entry in people(name).protection.reveals.list_reveals() if entry.id == request)
        assert (reveal.state, reveal.decided_by, reveal.answer) == ("opened", "sup", "go on")
        assert reveal.opened_at is not None
    people("cus").protection.reveals.end(request)
    with pytest.raises(Refused, match="over"):
        people("cus").protection.reveals.open(request)
    assert logged_steps(reveal_service, since) == [
        ("cus", "reveal", "ask", "released"),
        ("cus", "reveal", "open", "refused"),
        ("sup", "agree", "agree", "released"),
        ("cus", "reveal", "open", "released"),
        ("cus", "reveal", "end", "released"),
        ("cus", "reveal", "open", "refused"),
    ]
    with transaction(reveal_service.database) as connection:
        for table in (tables.log, tables.requests):
            for row in connection.execute(sa.select(table)):
                assert "Wit" not in str(tuple(row))


def test_refused_it_does_not_open_and_the_history_stays(
    reveal_service: Service, place: tuple[str, str], people: People
) -> None:
    since = newest(reveal_service)
    request = people("cus").protection.reveals.ask(place[1], REASON)
    people("sup").protection.reveals.refuse(request, "not needed")
    with pytest.raises(Refused, match="was refused"):
        people("cus").protection.reveals.open(request)
    with pytest.raises(RequestError, match="answered already"):
        people("sup").protection.reveals.agree(request)
    for name in ("cus", "sup"):
        reveal = next(entry for entry in people(name).protection.reveals.list_reveals() if entry.id == request)
        assert (reveal.state, reveal.answer, reveal.reason) == ("refused", "not needed", REASON)
    assert logged_steps(reveal_service, since) == [
        ("cus", "reveal", "ask", "released"),
        ("sup", "agree", "refuse", "released"),
        ("cus", "reveal", "open", "refused"),
        ("sup", "agree", "agree", "failed"),
    ]


def test_its_time_ends_by_itself_and_that_is_in_the_log(
    reveal_service: Service, place: tuple[str, str], people: People
) -> None:
    request = people("cus").protection.reveals.ask(place[1], REASON)
    people("sup").protection.reveals.agree(request)
    people("cus").protection.reveals.open(request)
    with transaction(reveal_service.database) as connection:
        late = audit.now() - dt.timedelta(seconds=1)
        connection.execute(tables.requests.update().where(tables.requests.c.id == request).values(until=late))
    since = newest(reveal_service)
    with pytest.raises(Refused, match="over"):
        people("cus").protection.reveals.open(request)
    assert (
        next(reveal for reveal in people("sup").protection.reveals.list_reveals() if reveal.id == request).state
        == "ended"
    )
    assert logged_steps(reveal_service, since) == [
        ("cus", "reveal", "end", "ended"),
        ("cus", "reveal", "open", "refused"),
    ]


def test_nobody_agrees_to_what_they_asked_themselves(
    reveal_service: Service, place: tuple[str, str], people: People
) -> None:
    request = people("both").protection.reveals.ask(place[1], REASON)
    since = newest(reveal_service)
    with pytest.raises(Refused, match="another person"):
        people("both").protection.reveals.agree(request)
    assert logged_steps(reveal_service, since) == [("both", "agree", "agree", "refused")]
    assert not any(
        reveal.decidable for reveal in people("both").protection.reveals.list_reveals() if reveal.id == request
    )
    people("sup").protection.reveals.refuse(request)


def test_not_there_and_not_yours_read_the_same(place: tuple[str, str], people: People) -> None:
    _, pseudonym = place

    def refusal_text(act: Callable[[], Any]) -> str:
        with pytest.raises(NotFound) as caught:
            act()
        return str(caught.value).replace(pseudonym, "X").replace("S-0000-0000-0000", "X")

    absent = refusal_text(lambda: people("cus").protection.reveals.ask("S-0000-0000-0000", REASON))
    assert refusal_text(lambda: people("low").protection.reveals.ask(pseudonym, REASON)) == absent
    request = people("cus").protection.reveals.ask(pseudonym, REASON)
    nothing = refusal_text(lambda: people("sup").protection.reveals.agree("0" * 32))
    assert refusal_text(lambda: people("away").protection.reveals.agree(request)) == nothing
    assert refusal_text(lambda: people("cus2").protection.reveals.open(request)) == nothing
    assert refusal_text(lambda: people("low").protection.reveals.open("0" * 32)) == nothing
    assert refusal_text(lambda: people("out").protection.reveals.ask(pseudonym, REASON)) == refusal_text(
        lambda: people("out").at("no case").protection.reveals.ask(pseudonym, REASON)
    ).replace("'no case'", repr(place[0]))
    assert people("away").protection.reveals.list_reveals() == people("cus2").protection.reveals.list_reveals() == []
    people("sup").protection.reveals.refuse(request)


def test_it_takes_role_and_reason(place: tuple[str, str], people: People) -> None:
    for name in ("inv", "sup"):
        with pytest.raises(Refused, match="custodian"):
            people(name).protection.reveals.ask(place[1], REASON)
    with pytest.raises(Refused, match="supervisor"):
        people("cus2").protection.reveals.agree(people("cus2").protection.reveals.ask(place[1], REASON))
    with pytest.raises(RequestError, match="reason"):
        people("cus").protection.reveals.ask(place[1], " ")
    with pytest.raises(RequestError, match="already"):
        people("cus2").protection.reveals.ask(place[1], REASON)


def test_who_a_source_is_takes_source_clearance(
    reveal_service: Service, place: tuple[str, str], people: People
) -> None:
    with transaction(reveal_service.database) as connection:
        source = connection.execute(
            sa.select(tables.identities.c.pseudonym).where(
                tables.identities.c.case_id == place[0], tables.identities.c.kind == "source"
            )
        ).scalar_one()
    accounts.add(reveal_service.database, "nosrc", ["custodian"], {place[0]: Grant("C")})
    with pytest.raises(NotFound):
        people("nosrc").protection.reveals.ask(source, REASON)
    request = people("cus").protection.reveals.ask(source, REASON)
    people("sup").protection.reveals.agree(request)
    assert people("cus").protection.reveals.open(request).values["name"] == "Wit Ness"


def test_the_former_pseudonym_of_an_opened_person_cannot_be_revealed_whatever_their_category(
    reveal_service: Service, tmp_path: Path
) -> None:
    """The vault records that a named person is a witness or victim; the answer must not depend on it."""
    case = "revealing-opened"
    whole = {case: Grant("C", sources=True)}
    for name, role, grants in (
        ("open-inv", "investigator", whole),
        ("open-cus", "custodian", {case: Grant("C")}),
        ("open-sup", "supervisor", {case: Grant("C")}),
    ):
        accounts.add(reveal_service.database, name, [role], grants)
    who = {"witness": "P1", "victim": "P2", "suspect": "P3", "other": "P4"}
    rows = [
        {"id": number, "name": f"Bo {category}", "category": category, "sealed": "yes"}
        for category, number in who.items()
    ]
    folder = write(
        tmp_path / "case",
        people=rows,
        crossings=[{"id": "c1", "date": "2020-05-08"}],
        statements=[{"id": "R1", "kind": "intelligence", "handling": "P"}],
        links=statement_claims("R1", *(f"{number} CROSSED_ON c1" for number in who.values())),
    )
    session(reveal_service, "open-inv", case).deliveries.load(folder, quiet)
    custodian, supervisor = (session(reveal_service, name, case) for name in ("open-cus", "open-sup"))
    for number in who.values():
        sealed = pseudonym(reveal_service.register.key(case, create=False), "person", number)
        unseal(custodian, supervisor, sealed)
        with pytest.raises(NotFound):
            custodian.protection.reveals.ask(sealed, REASON)
