"""Reveals, holds, sealing and erasing on the command line, as custodian and supervisor do them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.store.image import read_image

pytestmark = pytest.mark.neo4j
PASSWORD = "correct horse battery"
PEOPLE = (
    ("inv", "investigator"),
    ("cus", "custodian"),
    ("sup", "supervisor"),
    ("aud", "auditor"),
    ("adm", "administrator"),
)
TABLES = {
    "people": """id,name,category,aliases,phones
P1,Ari Berg,suspect,,
P2,Bo Quist,suspect,,
W1,Wilma Hale,witness,Willow,+447700900123
""",
    "statements": """id,kind,source_id,handling,summary
S1,witness,W1,P,saw Ari Berg
S2,intelligence,,P,Bo Quist pays Ari Berg
""",
    "links": """subject_id,relation,object_id,statement_id
P1,TRANSPORTED,W1,S1
P2,PAID,P1,S2
""",
}
Command = Callable[..., Any]
As = Callable[[str], None]
Look = Callable[[], dict[str, Any]]


@pytest.fixture
def act(home: Settings, case: str, must: Command, monkeypatch: pytest.MonkeyPatch) -> As:
    """`act("sup")` signs in as an account, for the commands that follow."""
    monkeypatch.setenv("GRAPHSVC_SECOND_FACTOR_ROLES", "none")  # the second factor is tested elsewhere
    with Service(home) as service:
        for name, role in PEOPLE:
            accounts.add(service.database, name, [role], {case: Grant("C", sources=True)}, PASSWORD)
    return lambda name: must("login", name, typed=(PASSWORD, ""))


@pytest.fixture
def witness(act: As, must: Command, case: str, tmp_path: Path) -> str:
    """The pseudonym of the witness of a loaded case."""
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    act("inv")
    output = must("load", str(tmp_path), "--case", case, "--identities").messages
    match = re.search(r"^sealed: W1 Wilma Hale is (S-\S+)$", output, re.MULTILINE)
    assert match
    return match[1]


@pytest.fixture
def people(home: Settings, case: str) -> Look:
    """`people()`: id → name of each person of the case in the graph."""

    def look() -> dict[str, Any]:
        with Service(home) as service:
            return {
                identifier: row.get("name")
                for identifier, row in read_image(service.store(), case).nodes["Person"].items()
            }

    return look


def test_a_reveal_is_asked_agreed_opened_and_ended(
    act: As, must: Command, command: Command, case: str, witness: str
) -> None:
    assert "may not" in command("reveal", "ask", case, witness, "--reason", "why not").refusal()  # inv
    act("cus")
    wrong = command("reveal", "ask", case, "S-0000-0000-0000", "--reason", "hearing").refusal()
    assert "There is nobody sealed with the pseudonym" in wrong
    response = must("reveal", "ask", case, witness, "--reason", "needs protection before the hearing")
    request = response.answer.strip()
    assert "a supervisor, another person, agrees" in response.messages
    assert "Nobody has agreed to this reveal yet" in command("reveal", "open", request).refusal()
    assert command("reveal", "agree", request).status != 0
    act("sup")
    waiting = must("reveal", "pending").answer
    assert f"{request}  reveal asked    {case}  {witness}  asked by cus" in waiting
    assert "why: needs protection before the hearing" in waiting
    assert "It is open for cus until" in must("reveal", "agree", request, "--note", "for today").messages
    assert must("reveal", "pending").messages.endswith("No reveal waits for your answer.\n")
    # A reveal is open only for the person who asked: for others it seems not to exist.
    absent = command("reveal", "open", "0" * 32).refusal()
    assert command("reveal", "open", request).refusal() == absent
    act("cus")
    opened = must("reveal", "open", request).answer
    identity = dict(line.split(maxsplit=1) for line in opened.splitlines())
    assert (identity["id"], identity["name"]) == ("W1", "Wilma Hale")
    assert (identity["aliases"], identity["phones"]) == ("Willow", "+447700900123")
    must("reveal", "end", request)
    over = command("reveal", "open", request)
    assert "The time of this reveal is over" in over.refusal()
    assert "Wilma" not in over.answer + over.messages
    history = must("reveal", "list").answer
    assert f"{request}  reveal ended" in history
    assert "sup answered" in history
    assert "for today" in history
    act("aud")
    log = must("audit", "--case", case, "--action", "reveal").answer
    assert witness in log
    assert "Wilma" not in log
    assert "hearing" not in log


def test_who_is_sealed_is_told_where_it_is_asked_and_nowhere_else(
    act: As, must: Command, command: Command, case: str, tmp_path: Path
) -> None:
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    act("inv")
    done = must("load", str(tmp_path), "--case", case)
    assert "Loaded into" in done.messages
    assert "Wilma" not in done.messages + done.answer
    assert not re.search(r"S(-[0-9A-Z]{4}){3}", done.messages + done.answer)
    for more in (("--dry-run",), ("--undo", "1")):
        call = ("load", *(() if more[0] == "--undo" else (str(tmp_path),)), "--case", case, "--identities", *more)
        assert "a committed delivery" in command(*call).refusal()
    # Loading the same delivery again seals no one.
    assert "sealed: nothing was committed" in must("load", str(tmp_path), "--case", case, "--identities").messages
    must("load", "--case", case, "--undo", "1")
    assert "sealed: W1 Wilma Hale is S-" in must("load", str(tmp_path), "--case", case, "--identities").messages
    act("aud")
    lines = must("audit", "--case", case, "--action", "load").answer.splitlines()
    assert sum("identities=True" in line for line in lines) == 2


def test_a_key_is_rotated_by_who_says_yes(act: As, must: Command, command: Command, home: Settings) -> None:
    file = home.home / "master.key"
    before = file.read_bytes()
    act("inv")
    assert "may not give the vault a new master key" in command("vault", "rotate", "--yes").refusal()
    act("adm")
    for typed in (("n",), ()):
        assert "--yes" in command("vault", "rotate", typed=typed).refusal()
        assert file.read_bytes() == before
    assert "The new key is in" in must("vault", "rotate", typed=("y",)).answer
    once = file.read_bytes()
    assert once != before
    assert "The new key is in" in must("vault", "rotate", "--yes").answer
    assert file.read_bytes() not in (before, once)


def test_a_refused_reveal_stays_shut(act: As, must: Command, command: Command, case: str, witness: str) -> None:
    act("cus")
    request = must("reveal", "ask", case, witness, "--reason", "curious").answer.strip()
    act("sup")
    must("reveal", "refuse", request, "--note", "not needed")
    assert "answered already" in command("reveal", "agree", request).refusal()
    act("cus")
    assert "was refused" in command("reveal", "open", request).refusal()
    assert "not needed" in must("reveal", "list").answer


def test_held_material_stays_until_the_hold_is_released(
    act: As, must: Command, command: Command, case: str, witness: str
) -> None:
    add = ("hold", "add", case, "--kind", "prosecution", "--owner", "DI Marsh", "--reason", "R v Quist")
    assert command(*add, "--review", "2999-01-01").status != 0  # inv
    act("sup")
    assert command(*add, "--review", "soon").status == 2
    assert "day" in command(*add, "--review", "2020-01-01").refusal()
    assert "Nothing is held in this case." in must("hold", "list", case).messages
    hold = must(*add, "--person", "P2", "--review", "2999-01-01").answer.strip()
    listed = must("hold", "list", case).answer
    assert f"{hold}  prosecution   P2  lasts  review 2999-01-01" in listed
    assert "DI Marsh: R v Quist  (added by sup" in listed
    refusal = command("erase", "ask", case, "P2", "--reason", "asked for it").refusal()
    assert "under a hold" in refusal
    assert "Quist" not in refusal
    act("inv")
    assert "under a hold" in command("load", "--case", case, "--undo", "1").refusal()
    act("sup")
    must("hold", "release", case, hold)
    assert command("hold", "release", case, hold).status != 0
    assert "released by sup" in must("hold", "list", case).answer
    act("inv")
    must("load", "--case", case, "--undo", "1")


def test_someone_is_sealed_by_hand(
    act: As, must: Command, command: Command, case: str, witness: str, people: Look
) -> None:
    assert "may not" in command("seal", "ask", case, "P2", "--reason", "threatened").refusal()  # inv
    act("cus")
    assert "no person with the id 'P9'" in command("seal", "ask", case, "P9", "--reason", "threatened").refusal()
    request = must("seal", "ask", case, "P2", "--reason", "threatened since the arrest").answer.strip()
    assert "P2" in people()
    assert command("seal", "agree", request).status != 0
    act("sup")
    assert "threatened since the arrest" in must("seal", "list").answer
    sealed = must("seal", "agree", request).messages
    assert "Done. The graph holds it no more." in sealed
    assert "your own Neo4j server" in sealed
    names = people()
    assert names.keys() >= {"P1", witness}
    assert "P2" not in names
    assert "Bo Quist" not in names.values()
    assert "sealed already" in command("seal", "ask", case, witness, "--reason", "again").refusal()
    assert "two persons decided" in must("seal", "who", case).answer


def test_only_a_custodian_and_a_supervisor_open_somebody_sealed(
    act: As, must: Command, command: Command, case: str, witness: str, people: Look
) -> None:
    act("sup")
    asking = ("seal", "ask", case, witness, "--open", "--reason", "named in open court")
    assert "may not" in command(*asking).refusal()
    act("cus")
    request = must(*asking).answer.strip()
    assert command("seal", "agree", request).status != 0
    act("sup")
    must("seal", "agree", request)
    assert people()["W1"] == "Wilma Hale"


def test_someone_is_erased_when_a_second_person_agrees(
    act: As, must: Command, command: Command, case: str, witness: str, people: Look, tmp_path: Path
) -> None:
    act("cus")
    first = must("erase", "ask", case, "P2", "--reason", "asked for it").answer.strip()
    act("sup")
    must("erase", "refuse", first, "--note", "not yet")
    own = must("erase", "ask", case, "P2", "--reason", "ordered by the court").answer.strip()
    assert "another person" in command("erase", "agree", own).refusal()
    assert "Bo Quist" in people().values()
    act("cus")
    request = must("erase", "ask", case, "P2", "--reason", "the court ordered that Bo Quist goes").answer.strip()
    assert command("erase", "agree", request).status != 0
    act("sup")
    assert f"{request}  erase  asked" in must("erase", "list").answer
    assert "Erased. The graph holds it no more." in must("erase", "agree", request, "--note", "seen").messages
    names = people()
    assert names.keys() == {"P1", witness}
    listed = must("erase", "list").answer
    assert f"{request}  erase  done" in listed
    assert "why: the court ordered that [erased] goes" in listed
    assert f"{first}  erase  refused" in listed
    assert "answered already" in command("erase", "agree", request).refusal()
    act("inv")
    again = must("load", str(tmp_path), "--case", case)
    assert "is of somebody who was erased from this case" in again.messages
    assert people().keys() == {"P1", witness}
