"""An error says that nothing was changed only if that is so; otherwise the started change is recorded."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import RECORDED, OperatorError, standing
from graphsvc.service import Service
from graphsvc.simulate import simulate

SettingsFactory = Callable[..., Settings]
SAID = "What was begun is recorded, and will be completed by the next start"


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    token = RECORDED.set(frozenset())
    yield
    RECORDED.reset(token)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, settings: SettingsFactory, tmp_path: Path) -> Iterator[sa.Engine]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").url()
    engine = open_database(settings(home=tmp_path / "home", database_url=url))
    with transaction(engine) as connection:
        for case in ("dover", "calais"):
            connection.execute(tables.cases.insert().values(id=case, key_sealed=b"x", created_at=audit.now()))
    yield engine
    engine.dispose()


def mark(engine: sa.Engine, state: str, case: str = "") -> None:
    with transaction(engine) as connection:
        statement = tables.cases.update().values(state=state)
        connection.execute(statement.where(tables.cases.c.id == case) if case else statement)


def failing(engine: sa.Engine, first: sa.Update | None) -> None:
    with transaction(engine) as connection:
        if first is not None:
            connection.execute(first)
        raise sa.exc.OperationalError("UPDATE", {}, sqlite3.OperationalError("disk full"))


def fault(engine: sa.Engine, first: sa.Update | None = None) -> str:
    """Error of a transaction that fails, after a first statement if there is one."""
    with pytest.raises(OperatorError) as error:
        failing(engine, first)
    return str(error.value)


def test_nothing_was_changed_while_no_case_is_closed(database: sa.Engine) -> None:
    assert "Nothing was changed" in fault(database)
    mark(database, "loading", "nowhere")
    assert "Nothing was changed" in fault(database)


def test_from_the_transaction_that_closes_a_case_to_the_one_that_opens_it(database: sa.Engine) -> None:
    mark(database, "loading", "dover")
    assert SAID in fault(database)
    assert "Nothing was changed" not in fault(database)
    mark(database, "open", "calais")
    assert SAID in fault(database)
    mark(database, "open", "dover")
    assert "Nothing was changed" in fault(database)


def test_every_case_closed_at_once_is_each_of_them(database: sa.Engine) -> None:
    mark(database, "loading")
    mark(database, "open", "dover")
    assert SAID in fault(database)
    mark(database, "open", "calais")
    assert standing() == "Nothing was changed"


def test_what_is_not_kept_is_not_told(database: sa.Engine) -> None:
    assert "Nothing was changed" in fault(database, tables.cases.update().values(state="loading"))
    assert standing() == "Nothing was changed"
    mark(database, "loading", "dover")
    assert SAID in fault(database, tables.cases.update().values(state="open"))
    assert SAID in fault(database)


def test_it_is_told_of_what_one_does_oneself_alone(database: sa.Engine) -> None:
    thread = threading.Thread(target=mark, args=(database, "loading", "dover"))
    thread.start()
    thread.join()
    assert standing() == "Nothing was changed"


def test_a_server_that_is_gone_when_it_should_keep_something_leaves_it_open(
    settings: SettingsFactory, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres").url()
    engine = open_database(settings(home=tmp_path / "home", database_url=url))
    second = sa.create_engine(url, isolation_level="AUTOCOMMIT")

    def keeping() -> None:
        with transaction(engine) as connection:
            connection.execute(tables.cases.insert().values(id="dover", key_sealed=b"x", created_at=audit.now()))
            own = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar()
            with second.connect() as ending:
                ending.execute(sa.text("SELECT pg_terminate_backend(:own, 10000)"), {"own": own})

    with pytest.raises(OperatorError, match="Whether this was kept is not known"):
        keeping()
    engine.dispose()
    second.dispose()


def test_a_load_that_finds_no_graph_changes_nothing(settings: SettingsFactory, tmp_path: Path) -> None:
    simulate(tmp_path / "delivery", seed=4, people=20)
    home = settings(home=tmp_path / "home", neo4j_uri="bolt://127.0.0.1:9", neo4j_password="none")
    with Service(home) as service:
        session = service.session(accounts.only_account(service.database, ""), "testing", "dover")
        with pytest.raises(OperatorError, match="Nothing was changed"):
            service.store()
        with pytest.raises(OperatorError, match="Nothing was changed"):
            session.deliveries.load(tmp_path / "delivery", lambda *_progress: None)
        assert service.register.deliveries("dover") == []
        assert service.register.cases() == []
