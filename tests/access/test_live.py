"""Setting the clock back ends all sign-ins, one-time links and open identities, once. The log records this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.decisions.requests import RequestStore
from graphsvc.access.log import audit, chain
from graphsvc.access.log.anchor import Anchor
from graphsvc.access.log.verify import verify
from graphsvc.access.people import accounts, live
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import NotSignedIn
from tests.toolbox.clock import told_by

MOMENT = dt.datetime(2026, 3, 4, 12)  # noqa: DTZ001 - the database keeps times without zone
ANN = Principal("ann", frozenset({"analyst"}), {"*": Grant("C", sources=True)})
HOUR = dt.timedelta(hours=1)
KEY = b"k" * 32


class Clock:
    """The clock used by the log, accounts and requests."""

    def __init__(self) -> None:
        self.at = MOMENT

    def go(self, **how: float) -> None:
        self.at += dt.timedelta(**how)


@pytest.fixture
def clock() -> Iterator[Clock]:
    moved = Clock()
    with told_by(lambda: moved.at):
        yield moved


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, settings: Callable[..., Settings], tmp_path: Path) -> Settings:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").url()
    return settings(home=tmp_path / "home", database_url=url)


@pytest.fixture
def database(home: Settings, clock: Clock) -> Iterator[sa.Engine]:
    """Ann has an eight-hour sign-in and an identity open for one hour; the newest log line is from this moment."""
    engine = open_database(home)
    audit.keep(engine, KEY, home.home / "log.anchor")
    accounts.add(engine, "ann", ["analyst"], {})
    with transaction(engine) as connection:
        connection.execute(tables.cases.insert().values(id="dover", key_sealed=b"x", created_at=clock.at))
    requests = RequestStore(engine)
    for kind, until in (("reveal", clock.at + HOUR), ("erase", None)):
        request = requests.ask(kind, "dover", f"S-{kind}", "ann", KEY, "why", of_hidden=False)
        requests.decide(request, "agreed", "sup", KEY, "", until)
    assert mark_opened(engine)
    act(engine)
    yield engine
    engine.dispose()


def act(engine: sa.Engine) -> None:
    audit.finish(engine, audit.begin(engine, ANN, "why", "query"), "released", 1)


def issue_token(engine: sa.Engine, kind: str = "web") -> str:
    return accounts.issue(engine, "ann", kind, dt.timedelta(hours=8))


def state(engine: sa.Engine, kind: str = "reveal") -> Any:
    return RequestStore(engine).of(kind, ["dover"])[0].state


def mark_opened(engine: sa.Engine) -> bool:
    requests = RequestStore(engine)
    return requests.mark_opened(requests.of("reveal", ["dover"])[0].id)


def setback_lines(engine: sa.Engine) -> list[dict[str, Any]]:
    return [line for line in audit.lines(engine) if line["outcome"] == chain.SET_BACK]


@pytest.mark.parametrize("kind", ["web", "cli", "link", "setup"])
def test_what_proves_an_account_ends(database: sa.Engine, clock: Clock, kind: str) -> None:
    token = issue_token(database, kind)
    clock.go(minutes=-3)
    with pytest.raises(NotSignedIn):
        accounts.redeem(database, token, kind)
    (line,) = setback_lines(database)
    assert (line["account"], line["detail"]) == ("graphsvc", {"sign_ins": 1, "identities": 1})
    clock.go(minutes=30)
    with pytest.raises(NotSignedIn):
        accounts.redeem(database, token, kind)


def test_an_open_identity_ends_and_what_has_no_time_does_not(database: sa.Engine, clock: Clock) -> None:
    clock.go(minutes=-3)
    assert not mark_opened(database)
    assert (state(database), state(database, "erase")) == ("ended", "agreed")


def test_an_identity_whose_time_is_over_does_not_open_again(database: sa.Engine, clock: Clock) -> None:
    clock.go(minutes=61)
    assert not mark_opened(database)
    clock.go(minutes=-30)
    assert not mark_opened(database)
    assert state(database) == "ended"


def test_it_ends_when_the_home_is_opened(database: sa.Engine, clock: Clock, home: Settings) -> None:
    issue_token(database)
    clock.go(hours=-1)
    engine = open_database(home)
    audit.keep(engine, KEY, home.home / "log.anchor")
    assert state(engine) == "ended"
    with transaction(engine) as connection:
        assert connection.execute(sa.select(tables.tokens)).first() is None
    engine.dispose()


def test_whatever_is_done_first_ends_it(database: sa.Engine, clock: Clock) -> None:
    issue_token(database)
    clock.go(hours=-1)
    act(database)
    assert state(database) == "ended"
    assert len(setback_lines(database)) == 1


def test_a_process_knows_how_late_it_was_without_a_line(database: sa.Engine, clock: Clock) -> None:
    token = issue_token(database)
    clock.go(hours=2)
    accounts.redeem(database, token, "web")
    clock.go(hours=-1)
    with pytest.raises(NotSignedIn):
        accounts.redeem(database, token, "web")


def test_it_ends_once_and_who_signs_in_anew_stays(database: sa.Engine, clock: Clock) -> None:
    clock.go(hours=-1)
    act(database)
    token = issue_token(database)
    clock.go(minutes=1)
    accounts.redeem(database, token, "web")
    act(database)
    assert len(setback_lines(database)) == 1


def test_a_clock_that_was_wrong_and_is_right_again_locks_nobody_out(database: sa.Engine, clock: Clock) -> None:
    clock.go(days=3650)
    act(database)
    clock.go(days=-3650)
    act(database)
    token = issue_token(database)
    assert accounts.redeem(database, token, "web")[0].name == "ann"
    assert len(setback_lines(database)) == 1


def test_a_clock_that_is_corrected_by_seconds_ends_nothing(database: sa.Engine, clock: Clock) -> None:
    token = issue_token(database)
    clock.at -= live.TOLERANCE
    accounts.redeem(database, token, "web")
    act(database)
    assert (state(database), setback_lines(database)) == ("opened", [])


def test_the_log_verifies_and_the_line_is_part_of_it(database: sa.Engine, clock: Clock, home: Settings) -> None:
    clock.go(hours=-1)
    act(database)
    log_chain = chain.Chain(database, KEY, Anchor(home.home / "log.anchor", KEY))
    assert verify(log_chain, lambda *_progress: None).whole
