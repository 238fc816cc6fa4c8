"""Accounts on the command line: an administrator's commands, and everyone's own second factor."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.access.log.audit import now
from graphsvc.access.people import accounts, enrolment, factors
from graphsvc.config import Settings
from graphsvc.service import Service

PASSWORD, OTHER = "correct horse battery", "another long password"
Command = Callable[..., Any]
TWICE = (PASSWORD, PASSWORD)


@pytest.fixture
def administrator(must: Command, home: Settings) -> str:
    """The person at the machine, with a password and signed in; `pat`, an analyst, is there too."""
    must("account", "password", typed=TWICE)
    must("users", "add", "pat", "--role", "analyst", "--grant", "dover:P", typed=TWICE)
    with Service(home) as service:
        name = next(account.name for account in accounts.list_accounts(service.database) if account.name != "pat")
    sign_in(must, name)
    return name


def sign_in(command: Command, name: str, password: str = PASSWORD, code: str = "") -> Any:
    return command("login", name, typed=(password, code))


def line(must: Command, name: str) -> str:
    """Line of `users list` for an account, with single blanks."""
    (text,) = [row for row in must("users", "list").answer.splitlines() if row.split()[0] == name]
    return " ".join(text.split())


def test_roles_are_replaced_and_end_the_sign_ins(must: Command, command: Command, administrator: str) -> None:
    assert line(must, "pat") == "pat analyst dover:P"
    done = must("users", "roles", "pat", "supervisor", "analyst")
    assert done.messages == "pat has the roles analyst, supervisor now.\n"
    assert line(must, "pat") == "pat analyst, supervisor dover:P"
    must("users", "roles", "pat")
    assert line(must, "pat") == "pat no role dover:P"
    assert "There is no role 'boss'. Roles: investigator" in command("users", "roles", "pat", "boss").refusal()
    assert "There is no account 'sam'." in command("users", "roles", "sam", "analyst").refusal()
    assert "is the last administrator" in command("users", "roles", administrator, "analyst").refusal()
    assert line(must, "pat") == "pat no role dover:P"
    sign_in(must, "pat")
    assert "may not manage accounts" in command("users", "roles", "pat", "administrator").refusal()


def test_a_change_ends_the_sign_in_of_whom_it_is_about(must: Command, command: Command, administrator: str) -> None:
    must("users", "roles", administrator, "administrator", "auditor")  # the administrator's own roles, too
    assert "Your sign-in on the command line has ended" in command("users", "list").refusal()
    sign_in(must, administrator)
    assert line(must, administrator).startswith(f"{administrator} administrator, auditor ")


def test_clearance_is_granted_changed_and_taken_back(must: Command, command: Command, administrator: str) -> None:
    must("users", "grant", "pat", "calais:C+sources")
    assert line(must, "pat") == "pat analyst calais:C+sources dover:P"
    must("users", "grant", "pat", "dover:C", "--revoke", "calais", "--cypher")
    assert line(must, "pat") == "pat analyst dover:C cypher"
    must("users", "grant", "pat", "--no-cypher")
    assert line(must, "pat") == "pat analyst dover:C"
    assert "no clearance for 'calais'" in command("users", "grant", "pat", "--revoke", "calais").refusal()
    assert "Say what" in command("users", "grant", "pat").refusal()
    for wrong in ("dover", "dover:X", "dover:C+all", ":C", "a/b:C"):
        assert command("users", "grant", "pat", wrong).status != 0
    assert "There is no account 'sam'." in command("users", "grant", "sam", "dover:P").refusal()
    assert line(must, "pat") == "pat analyst dover:C"


def test_a_disabled_account_is_out_until_it_is_enabled(must: Command, command: Command, administrator: str) -> None:
    assert "last administrator" in command("users", "disable", administrator).refusal()
    must("users", "disable", "pat")
    assert line(must, "pat") == "pat analyst dover:P disabled"
    wrong = sign_in(command, "pat").refusal()
    assert wrong == sign_in(command, "nobody").refusal()
    assert must("users", "enable", "pat").messages == "pat can sign in again.\n"
    sign_in(must, "pat")
    assert must("cases").answer == ""


def test_what_is_typed_for_an_account_or_a_case_is_not_in_the_log_where_it_is_none(
    must: Command, command: Command, administrator: str
) -> None:
    for wrong in (
        ("disable", "Hewa Karim"),
        ("roles", "Hewa Karim", "analyst"),
        ("grant", "pat", "--revoke", "Hewa Karim"),
    ):
        assert command("users", *wrong).status != 0
    must("users", "disable", "pat")
    must("users", "enable", "pat")
    log_text = must("audit", "--action", "accounts").answer
    assert "Hewa" not in log_text
    assert len(re.findall(r"(disable|enable).*pat|pat.*(disable|enable)", log_text)) >= 2


def test_a_reset_password_is_the_only_one(must: Command, command: Command, administrator: str) -> None:
    for _ in range(6):
        sign_in(command, "pat", "not the password")  # locks the name
    must("users", "reset", "pat", typed=(OTHER, OTHER))
    assert "Name, password or code is not right" in sign_in(command, "pat").refusal()
    sign_in(must, "pat", OTHER)
    sign_in(must, administrator)
    assert "at least 12 characters" in command("users", "reset", "pat", typed=("short", "short")).refusal()
    assert "There is no account 'sam'." in command("users", "reset", "sam", typed=TWICE).refusal()
    log_text = must("audit", "--action", "accounts")
    assert "reset" in log_text.answer
    assert OTHER not in log_text.answer
    entered = must("audit", "--action", "sign in", "--account", "pat").answer  # the same wording as on the web
    assert "released" in entered
    assert "refused" in entered


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dt.datetime]:
    """The clock that codes are made for: each look is half a minute later."""
    began = now()
    looks = 0

    def look() -> dt.datetime:
        nonlocal looks
        looks += 1
        return began + dt.timedelta(seconds=30 * looks)

    monkeypatch.setattr(enrolment, "now", lambda: began + dt.timedelta(seconds=30 * looks))
    return look


def test_a_second_factor_is_set_up_asked_for_and_removed(
    must: Command, command: Command, administrator: str, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    secret = factors.new_secret()
    monkeypatch.setattr(factors, "new_secret", lambda: secret)

    def code() -> str:
        return factors.code_at(secret, clock())

    sign_in(must, "pat")
    wrong = command("account", "second-factor", typed=("000000",))
    assert re.search(rf"secret   {secret}\n  address  otpauth://totp/", wrong.messages)
    assert "The code is not right" in wrong.refusal()
    sign_in(must, "pat")  # works without a code so far
    assert "from now on signing in takes a code" in must("account", "second-factor", typed=(code(),)).messages
    assert "has a second factor already" in command("account", "second-factor", typed=("",)).refusal()
    refusals = {sign_in(command, "pat", code=typed_code).refusal() for typed_code in ("", "000000")}
    refusals.add(sign_in(command, "pat", "not the password", code()).refusal())
    assert len(refusals) == 1
    used = code()
    sign_in(must, "pat", code=used)
    assert {sign_in(command, "pat", code=used).refusal()} == refusals
    assert "The code is not right" in command("account", "second-factor", "--remove", typed=(used,)).refusal()
    must("account", "second-factor", "--remove", typed=(code(),))
    sign_in(must, "pat")


def test_an_administrator_takes_a_lost_second_factor_away(
    must: Command, command: Command, administrator: str, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    secret = factors.new_secret()
    monkeypatch.setattr(factors, "new_secret", lambda: secret)
    assert must("users", "reset", "pat", "--second-factor").messages == "pat had no second factor.\n"
    sign_in(must, "pat")
    must("account", "second-factor", typed=(factors.code_at(secret, clock()),))
    sign_in(must, administrator)
    assert line(must, "pat") == "pat analyst dover:P second factor"
    assert sign_in(command, "pat").status != 0
    assert must("users", "reset", "pat", "--second-factor").messages == "pat has no second factor any more.\n"
    assert line(must, "pat") == "pat analyst dover:P"
    sign_in(must, "pat")


def test_a_custodian_can_do_nothing_before_the_second_factor_is_set_up(
    must: Command, command: Command, administrator: str, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    secret = factors.new_secret()
    monkeypatch.setattr(factors, "new_secret", lambda: secret)
    must("users", "roles", "pat", "custodian")
    assert "set it up now with `graphsvc account second-factor`" in sign_in(must, "pat").messages
    assert command("reveal", "list").status != 0
    must("account", "second-factor", typed=(factors.code_at(secret, clock()),))
    assert "no reveal you can see" in must("reveal", "list").messages


def test_a_purpose_of_two_lines_is_refused(command: Command, home: Settings) -> None:
    for arguments in (("users", "list", "--purpose", "one\ntwo"), ("login", "ann", "--purpose", "x" * 201)):
        assert "A purpose" in command(*arguments, typed=("p", "p")).refusal()
