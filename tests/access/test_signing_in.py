"""Passwords, second factors and the counting of failures, on a real application database."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import argon2
import pytest
import sqlalchemy as sa

from graphsvc.access.people import accounts, attempts, changes, enrolment, factors
from graphsvc.access.people.attempts import Entrance
from graphsvc.access.people.principal import Grant
from graphsvc.access.people.purpose import known_purpose
from graphsvc.access.vault import Vault
from graphsvc.access.vault.masterkey import open_vault
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import NotSignedIn, OperatorError, Refused, RequestError

PASSWORD = "correct horse battery"
MOMENT = dt.datetime.fromisoformat("2026-05-08T12:00:10")


@pytest.fixture
def home(settings: Callable[..., Settings]) -> Settings:
    return settings()


@pytest.fixture
def database(home: Settings) -> Iterator[sa.Engine]:
    engine = open_database(home)
    accounts.add(engine, "ann", ["analyst"], {"*": Grant("C", sources=True)}, PASSWORD)
    accounts.add(engine, "adm", ["administrator"], {}, PASSWORD)
    yield engine
    engine.dispose()


@pytest.fixture
def vault(home: Settings, database: sa.Engine) -> Vault:
    return open_vault(home, database)


class Clock:
    """The clock used by accounts, attempts and second factors; moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = MOMENT
        for module in (accounts, attempts, enrolment):
            monkeypatch.setattr(module, "now", lambda: self.at)

    def go(self, **how: float) -> None:
        self.at += dt.timedelta(**how)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def enrol(database: sa.Engine, vault: Vault, clock: Clock) -> str:
    """Confirm a second factor for ann and return its secret."""
    secret = enrolment.begin(database, vault, "ann")
    assert enrolment.confirm(database, vault, "ann", factors.code_at(secret, clock.at))
    clock.go(seconds=factors.STEP_S)
    return secret


@pytest.mark.parametrize(
    ("purpose", "wrong"),
    [
        ("", "Say for which"),
        (" \t", "Say for which"),
        ("x" * 201, "at most 200"),
        ("a\nb", "one line"),
        ("\x1b[2J", "one line"),
        ("a\u2028b", "one line"),
        ("a\u202eb", "one line"),
        ("a\ud800", "one line"),
    ],
)
def test_a_purpose_is_one_printable_line(purpose: str, wrong: str) -> None:
    with pytest.raises(NotSignedIn, match=wrong):
        known_purpose(purpose)


def test_a_purpose_may_be_in_any_script() -> None:
    for purpose in (
        "x" * 200,
        "Wer steckt hinter C0008?",
        "\u8c01\u3000\u5728\u80cc\u540e",
        "\u0645\u0646\u0638\u0645",
    ):
        assert known_purpose(f" {purpose} ") == purpose


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1: the last six digits of eight.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for second, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")):
        moment = dt.datetime.fromisoformat("1970-01-01") + dt.timedelta(seconds=second)
        assert factors.code_at(secret, moment) == code
        assert factors.step_of(secret, f" {code[:3]} {code[3:]}", moment, 0) == second // 30


def test_a_code_is_good_a_step_early_and_a_step_late_and_no_further() -> None:
    secret = factors.new_secret()
    for steps, good in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = factors.code_at(secret, MOMENT + dt.timedelta(seconds=30 * steps))
        assert (factors.step_of(secret, code, MOMENT, 0) is not None) == good, steps
    for nonsense in ("", "12345", "1234567", "abcdef", "１２３４５６", "\x00" * 6, "\ud800"):
        assert factors.step_of(secret, nonsense, MOMENT, 0) is None


def test_the_address_for_the_app_names_issuer_and_account() -> None:
    address = factors.uri("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "ann lee")
    assert address.startswith("otpauth://totp/graphsvc:ann%20lee?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in address
    assert "issuer=graphsvc" in address


def test_the_secret_lies_sealed_and_opens_for_its_own_account_alone(
    database: sa.Engine, vault: Vault, clock: Clock
) -> None:
    secret = enrol(database, vault, clock)
    with transaction(database) as connection:
        row = connection.execute(sa.select(tables.second_factors)).one()
        assert secret.encode() not in row.secret_sealed + row.key_sealed
        second_id = connection.execute(
            sa.select(tables.accounts.c.id).where(tables.accounts.c.name == "adm")
        ).scalar_one()
        connection.execute(tables.second_factors.update().values(account_id=second_id))
    with pytest.raises(OperatorError, match="cannot open second factor"):
        accounts.sign_in(database, vault, "adm", PASSWORD, factors.code_at(secret, clock.at))


def test_signing_in_takes_password_and_code_once_the_set_up_is_confirmed(
    database: sa.Engine, vault: Vault, clock: Clock
) -> None:
    secret = enrolment.begin(database, vault, "ann")
    assert accounts.sign_in(database, vault, "ann", PASSWORD).name == "ann"  # not confirmed, so not required
    assert not enrolment.confirm(database, vault, "ann", "000000")
    assert not enrolment.has_second_factor(database, "ann")
    assert enrolment.confirm(database, vault, "ann", factors.code_at(secret, clock.at))
    messages = set()
    for password, code in (
        (PASSWORD, ""),
        (PASSWORD, "000000"),
        ("wrong password", factors.code_at(secret, clock.at)),
        (PASSWORD, factors.code_at(secret, clock.at)),  # this code was already used in the set-up
    ):
        with pytest.raises(NotSignedIn) as wrong:
            accounts.sign_in(database, vault, "ann", password, code)
        messages.add(str(wrong.value))
    assert messages == {accounts.WRONG}
    clock.go(seconds=30)
    assert accounts.sign_in(database, vault, "ann", PASSWORD, factors.code_at(secret, clock.at)).name == "ann"
    with pytest.raises(RequestError, match="already"):
        enrolment.begin(database, vault, "ann")


def test_a_code_is_good_once_and_no_earlier_one_after_it(database: sa.Engine, vault: Vault, clock: Clock) -> None:
    secret = enrol(database, vault, clock)
    before = factors.code_at(secret, clock.at)
    clock.go(seconds=30)
    code = factors.code_at(secret, clock.at)
    accounts.sign_in(database, vault, "ann", PASSWORD, code)
    for used in (code, before):
        with pytest.raises(NotSignedIn):
            accounts.sign_in(database, vault, "ann", PASSWORD, used)


def test_a_wrong_password_does_not_use_a_code_up(database: sa.Engine, vault: Vault, clock: Clock) -> None:
    secret = enrol(database, vault, clock)
    code = factors.code_at(secret, clock.at)
    with pytest.raises(NotSignedIn):
        accounts.sign_in(database, vault, "ann", "wrong password", code)
    assert accounts.sign_in(database, vault, "ann", PASSWORD, code).name == "ann"


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_failures_lock_for_some_minutes_whatever_was_wrong(
    database: sa.Engine, vault: Vault, clock: Clock, wrong: str
) -> None:
    secret = enrol(database, vault, clock)
    password = "wrong password" if wrong == "password" else PASSWORD
    for _ in range(attempts.FREE_FAILURES):
        with pytest.raises(NotSignedIn):
            accounts.sign_in(database, vault, "ann", password, "000000")
    clock.go(seconds=30)
    with pytest.raises(NotSignedIn, match="too many attempts"):
        accounts.sign_in(database, vault, "ann", PASSWORD, factors.code_at(secret, clock.at))
    clock.go(minutes=attempts.LOCK_MINUTES, seconds=1)
    assert accounts.sign_in(database, vault, "ann", PASSWORD, factors.code_at(secret, clock.at)).name == "ann"


def test_attempts_are_counted_over_all_processes(
    home: Settings, database: sa.Engine, vault: Vault, clock: Clock
) -> None:
    """Each serving process has its own engine. Guessing through all of them does not allow more tries."""
    second_engine = open_database(home)
    try:
        key, tries = accounts.attempts_key(vault), 4 * attempts.FREE_FAILURES
        at_once = threading.Barrier(tries)

        def attempt(number: int) -> bool:
            at_once.wait()
            return attempts.begin((database, second_engine)[number % 2], key, "ann", ABROAD)

        with ThreadPoolExecutor(tries) as pool:
            assert sum(pool.map(attempt, range(tries))) == attempts.FREE_FAILURES
        for engine in (database, second_engine):
            with pytest.raises(NotSignedIn, match="too many attempts"):
                accounts.sign_in(engine, vault, "ann", PASSWORD, "", ABROAD)
        clock.go(minutes=attempts.LOCK_MINUTES, seconds=1)
        assert accounts.sign_in(second_engine, vault, "ann", PASSWORD, "", ABROAD).name == "ann"
    finally:
        second_engine.dispose()


def test_a_success_forgets_the_failures_before_it(database: sa.Engine, vault: Vault, clock: Clock) -> None:
    for _ in range(3):
        for _ in range(attempts.FREE_FAILURES - 1):
            with pytest.raises(NotSignedIn):
                accounts.sign_in(database, vault, "ann", "wrong password")
        assert accounts.sign_in(database, vault, "ann", PASSWORD).name == "ann"


def test_names_that_are_none_are_locked_like_those_that_are(
    database: sa.Engine, vault: Vault, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = accounts.password_is_right

    def record_and_verify(stored: str, typed: str) -> bool:
        hashed.append(typed)
        return verify(stored, typed)

    monkeypatch.setattr(accounts, "password_is_right", record_and_verify)
    work = {}
    for name in ("ann", "no-such-name"):
        hashed.clear()
        for _ in range(attempts.FREE_FAILURES + 3):
            with pytest.raises(NotSignedIn, match="^" + accounts.WRONG[:20]):
                accounts.sign_in(database, vault, name, "wrong password")
        work[name] = len(hashed)
    assert work == {"ann": attempts.FREE_FAILURES, "no-such-name": attempts.FREE_FAILURES}


def test_guessing_costs_work_and_as_much_under_a_name_that_is_none(
    shipped_hasher: argon2.PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_HASHER", shipped_hasher)
    stored_hash, nothing = accounts.hash_password(PASSWORD, "ann"), accounts._hash_of_nothing()
    costs = argon2.extract_parameters(stored_hash)
    assert (costs.type, costs.memory_cost >= 64 * 1024, costs.time_cost >= 3) == (argon2.Type.ID, True, True)
    assert argon2.extract_parameters(nothing) == costs
    # The hash fails only after all the work is done: a hash of another form would be refused immediately.
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        shipped_hasher.verify(nothing, PASSWORD)
    assert not accounts.password_is_right("", PASSWORD)


def test_names_are_not_kept_and_made_up_ones_fill_no_disk(
    database: sa.Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_COUNTED", 20)
    for number in range(60):
        clock.go(seconds=1)
        assert attempts.begin(database, b"key", f"secret-name-{number}")
    with transaction(database) as connection:
        rows = connection.execute(sa.select(tables.attempts)).all()
    assert 0 < len(rows) <= 20
    assert "secret-name" not in str(rows)
    clock.go(minutes=attempts.NAME_MINUTES, seconds=1)
    attempts.begin(database, b"key", "another")
    with transaction(database) as connection:
        rows = connection.execute(sa.select(tables.attempts)).all()
    assert len(rows) == 2  # one row by name and place, one by name alone


HOME, ABROAD = Entrance("192.0.2.7", "laptop"), Entrance("203.0.113.9")


def fail(database: sa.Engine, vault: Vault, place: Entrance, times: int = 1, name: str = "ann") -> None:
    for _ in range(times):  # the effect of a wrong password, without the work of hashing it
        attempts.begin(database, accounts.attempts_key(vault), name, place)


def test_a_stranger_elsewhere_locks_nobody_out(database: sa.Engine, vault: Vault, clock: Clock) -> None:
    fail(database, vault, ABROAD, 50)
    with pytest.raises(NotSignedIn):
        accounts.sign_in(database, vault, "ann", PASSWORD, "", ABROAD)  # locked from that place
    assert accounts.sign_in(database, vault, "ann", PASSWORD, "", Entrance("192.0.2.7")).name == "ann"


def test_a_stranger_behind_the_same_address_does_not_lock_a_known_device(
    database: sa.Engine, vault: Vault, clock: Clock
) -> None:
    accounts.sign_in(database, vault, "ann", PASSWORD, "", HOME)
    fail(database, vault, Entrance(HOME.address), 50)
    for number in range(attempts.ADDRESS_FAILURES):
        fail(database, vault, Entrance(HOME.address), name=f"made up {number}")
    assert accounts.sign_in(database, vault, "ann", PASSWORD, "", HOME).name == "ann"
    fail(database, vault, HOME, attempts.FREE_FAILURES)  # a stolen device does not allow further guesses either
    with pytest.raises(NotSignedIn):
        accounts.sign_in(database, vault, "ann", PASSWORD, "", HOME)


def test_many_addresses_lock_a_name_only_where_it_never_signed_in(
    database: sa.Engine, vault: Vault, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "NAME_FAILURES", 20)
    accounts.sign_in(database, vault, "ann", PASSWORD, "", HOME)
    for number in range(10):
        fail(database, vault, Entrance(f"198.51.100.{number}"), attempts.FREE_FAILURES)
    assert accounts.sign_in(database, vault, "ann", PASSWORD, "", Entrance(HOME.address)).name == "ann"
    with pytest.raises(NotSignedIn):
        accounts.sign_in(database, vault, "ann", PASSWORD, "", Entrance("192.0.2.200"))
    clock.go(minutes=attempts.NAME_MINUTES, seconds=1)
    assert accounts.sign_in(database, vault, "ann", PASSWORD, "", Entrance("192.0.2.200")).name == "ann"


def test_one_address_alone_never_locks_a_name(database: sa.Engine, vault: Vault, clock: Clock) -> None:
    for _ in range(2 * attempts.NAME_MINUTES // attempts.LOCK_MINUTES):
        fail(database, vault, ABROAD, 2 * attempts.FREE_FAILURES)
        clock.go(minutes=attempts.LOCK_MINUTES, seconds=1)
    assert accounts.sign_in(database, vault, "ann", PASSWORD, "", Entrance("192.0.2.200")).name == "ann"


@pytest.mark.slow(reason="hashes a password for each of many tries")
def test_an_address_is_tried_at_a_few_names_only(database: sa.Engine, vault: Vault, clock: Clock) -> None:
    for number in range(attempts.ADDRESS_FAILURES):
        # Signing in to an account does not give its owner more guesses at other accounts.
        accounts.sign_in(database, vault, "adm", PASSWORD, "", ABROAD)
        fail(database, vault, ABROAD, name=f"made up {number}")
    with pytest.raises(NotSignedIn):
        accounts.sign_in(database, vault, "ann", PASSWORD, "", ABROAD)
    assert accounts.sign_in(database, vault, "ann", PASSWORD, "", Entrance("192.0.2.7")).name == "ann"


def test_who_has_many_addresses_of_one_network_counts_as_one(database: sa.Engine, vault: Vault, clock: Clock) -> None:
    for number in range(attempts.FREE_FAILURES):
        fail(database, vault, Entrance(f"2001:db8:1:2::{number + 1:x}"))
    with pytest.raises(NotSignedIn):
        accounts.sign_in(database, vault, "ann", PASSWORD, "", Entrance("2001:db8:1:2:ffff::1"))
    assert Entrance("::ffff:192.0.2.7").site == Entrance("192.0.2.7").site


def test_known_places_are_few_and_forgotten_and_no_address_stands_in_them(
    database: sa.Engine, vault: Vault, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_PLACES", 6)
    for number in range(10):
        clock.go(seconds=1)
        accounts.sign_in(database, vault, "ann", PASSWORD, "", Entrance(f"192.0.2.{number}", f"device-{number}"))
    with transaction(database) as connection:
        rows = connection.execute(sa.select(tables.known_places)).all()
    assert len(rows) == 6
    assert "192.0.2" not in str(rows)
    assert "device" not in str(rows)
    clock.go(days=attempts.KNOWN_DAYS, seconds=1)
    accounts.sign_in(database, vault, "ann", PASSWORD)
    with transaction(database) as connection:
        assert connection.execute(sa.select(tables.known_places)).all() == []


def test_an_overlong_password_costs_no_more_than_another(database: sa.Engine, vault: Vault) -> None:
    with pytest.raises(NotSignedIn):
        accounts.sign_in(database, vault, "ann", "x" * 5_000_000)
    with pytest.raises(RequestError, match="at most"):
        accounts.hash_password("x" * 1_001)


def test_a_limited_sign_in_has_neither_role_nor_clearance(database: sa.Engine) -> None:
    token = accounts.issue(database, "ann", "web", dt.timedelta(hours=1), "testing", limited=True)
    principal, _ = accounts.redeem(database, token, "web")
    assert (principal.roles, dict(principal.grants), principal.must_enrol) == (frozenset(), {}, True)
    changes.unlimit(database, token)
    assert accounts.redeem(database, token, "web")[0].roles == {"analyst"}


def test_who_has_a_second_factor_is_not_taken_at_their_word(database: sa.Engine, vault: Vault, clock: Clock) -> None:
    changes.set_roles(database, "ann", ["administrator", "analyst"])
    changes.disable(database, "adm")
    assert accounts.only_account(database, "").name == "ann"
    with pytest.raises(Refused, match="must sign in"):
        accounts.only_account(database, "", frozenset({"analyst"}))
    enrol(database, vault, clock)
    with pytest.raises(Refused, match="must sign in"):
        accounts.only_account(database, "")


CHANGES: dict[str, Callable[[sa.Engine], object]] = {
    "password": lambda engine: changes.reset_password(engine, "ann", "another long password"),
    "no password": lambda engine: changes.forget_password(engine, "ann"),
    "disable": lambda engine: changes.disable(engine, "ann"),
    "enable": lambda engine: changes.enable(engine, "ann"),
    "roles": lambda engine: changes.set_roles(engine, "ann", ["auditor"]),
    "grant": lambda engine: changes.grant(engine, "ann", "dover", Grant("P")),
    "revoke": lambda engine: changes.revoke(engine, "ann", "*"),
    "cypher": lambda engine: changes.set_free_cypher(engine, "ann", is_granted=True),
    "second factor": lambda engine: changes.remove_second_factor(engine, "ann"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_ends_the_sign_ins_of_that_account_alone(database: sa.Engine, change: str) -> None:
    hour = dt.timedelta(hours=1)
    mine = [(kind, accounts.issue(database, "ann", kind, hour)) for kind in ("cli", "web", "link", "setup")]
    admin_token = accounts.issue(database, "adm", "web", hour)
    CHANGES[change](database)
    for kind, token in mine:
        with pytest.raises(NotSignedIn):
            accounts.redeem(database, token, kind)
    assert accounts.redeem(database, admin_token, "web")[0].name == "adm"


def test_changes_are_what_the_next_sign_in_goes_by(database: sa.Engine, vault: Vault) -> None:
    changes.set_roles(database, "ann", ["auditor", "auditor", "analyst"])
    changes.grant(database, "ann", "dover", Grant("P"))
    changes.grant(database, "ann", "dover", Grant("C", sources=True))
    changes.revoke(database, "ann", "*")
    changes.set_free_cypher(database, "ann", is_granted=True)
    ann = accounts.sign_in(database, vault, "ann", PASSWORD)
    assert ann.roles == {"auditor", "analyst"}
    assert dict(ann.grants) == {"dover": Grant("C", sources=True)}
    assert ann.free_cypher
    (managed,) = [account for account in changes.everyone(database) if account.name == "ann"]
    assert (managed.roles, managed.grants, managed.free_cypher) == (("analyst", "auditor"), dict(ann.grants), True)
    assert managed.password
    assert not managed.disabled
    changes.disable(database, "ann")
    assert [account.disabled for account in changes.everyone(database)] == [False, True]
    with pytest.raises(NotSignedIn):
        accounts.sign_in(database, vault, "ann", PASSWORD)
    changes.enable(database, "ann")
    assert accounts.sign_in(database, vault, "ann", PASSWORD).name == "ann"


def test_an_administrator_is_left_whatever_is_changed(database: sa.Engine, vault: Vault) -> None:
    for roles in (None, ["analyst"], []):
        with pytest.raises(Refused, match="last administrator"):
            changes.disable(database, "adm") if roles is None else changes.set_roles(database, "adm", roles)
        assert accounts.sign_in(database, vault, "adm", PASSWORD).roles == {"administrator"}
    changes.set_roles(database, "adm", ["administrator", "auditor"])
    changes.set_roles(database, "ann", ["administrator"])
    changes.disable(database, "adm")
    with pytest.raises(Refused, match="last administrator"):
        changes.disable(database, "ann")
    changes.enable(database, "adm")
    changes.disable(database, "ann")


@pytest.mark.parametrize("name", ["", " ", "a\nb", " ann", "x" * 101, "a\x00b"])
def test_names_that_are_none_are_refused(database: sa.Engine, name: str) -> None:
    with pytest.raises(RequestError, match="needs a name"):
        accounts.add(database, name, [], {})


WRONG: dict[str, Callable[[sa.Engine], object]] = {
    "no such account": lambda engine: changes.disable(engine, "nobody"),
    "no such role": lambda engine: changes.set_roles(engine, "ann", ["king"]),
    "no such grant": lambda engine: changes.revoke(engine, "ann", "dover"),
    "no password": lambda engine: changes.reset_password(engine, "ann", ""),
    "a short one": lambda engine: changes.reset_password(engine, "ann", "short"),
    "a name that is taken": lambda engine: accounts.add(engine, "ann", [], {}),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_what_makes_no_sense_is_refused_and_changes_nothing(database: sa.Engine, mistake: str) -> None:
    before = changes.everyone(database)
    with pytest.raises(RequestError):
        WRONG[mistake](database)
    assert changes.everyone(database) == before
