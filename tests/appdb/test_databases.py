"""The application database on SQLite and on PostgreSQL: migrations, accounts, the log, the vault, deliveries."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from graphsvc.access.log import audit
from graphsvc.access.people import accounts, attempts, changes, enrolment, factors, policy
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.access.vault.masterkey import open_vault
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, NotSignedIn, OperatorError, Refused
from graphsvc.service import Service
from graphsvc.simulate import simulate
from tests.postgresql import Postgres

PASSWORD = "correct horse battery"
ANN = Principal("ann", frozenset({"analyst"}), {"*": Grant("C", sources=True)})


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, settings: Callable[..., Settings], tmp_path: Path) -> Settings:
    """A home on each of the two databases."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").url()
    return settings(home=tmp_path / "home", database_url=url, neo4j_uri="bolt://127.0.0.1:9", neo4j_password="none")


@pytest.fixture
def database(home: Settings) -> Iterator[sa.Engine]:
    engine = open_database(home)
    yield engine
    engine.dispose()


def test_migrations_make_the_tables_that_the_code_knows(home: Settings, database: sa.Engine) -> None:
    assert database.dialect.name == ("postgresql" if home.database_url else "sqlite")
    with database.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)
    assert differences == []


def test_migrations_give_the_defaults_that_the_code_knows(settings: Callable[..., Settings], tmp_path: Path) -> None:
    known, migrated = sa.create_engine("sqlite://"), open_database(settings(home=tmp_path / "home", database_url=""))
    tables.metadata.create_all(known)

    def defaults(engine: sa.Engine) -> dict[tuple[str, str], object]:
        look = sa.inspect(engine)
        return {
            (table, column["name"]): column["default"]
            for table in tables.metadata.tables
            for column in look.get_columns(table)
        }

    assert defaults(migrated) == defaults(known)
    assert defaults(known)["recipients", "handling"] == "'C'"
    known.dispose()
    migrated.dispose()


def test_two_that_open_a_new_home_at_once_migrate_it_once(home: Settings) -> None:
    failed: list[BaseException] = []

    def opening() -> None:
        try:
            open_database(home).dispose()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=opening) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def test_signing_in_with_a_second_factor(home: Settings, database: sa.Engine) -> None:
    vault = open_vault(home, database)
    accounts.add(database, "ann", ["analyst"], {}, PASSWORD)
    secret = enrolment.begin(database, vault, "ann")
    assert enrolment.confirm(database, vault, "ann", factors.code_at(secret, audit.now() - dt.timedelta(seconds=30)))
    code = factors.code_at(secret, audit.now())
    assert accounts.sign_in(database, vault, "ann", PASSWORD, code).name == "ann"
    for _ in range(attempts.FREE_FAILURES + 1):
        with pytest.raises(NotSignedIn):
            accounts.sign_in(database, vault, "ann", PASSWORD, code)
    token = accounts.issue(database, "ann", "web", dt.timedelta(hours=1), "testing")
    assert accounts.redeem(database, token, "web", extend=dt.timedelta(hours=2))[1] == "testing"
    changes.grant(database, "ann", "dover", Grant("C"))
    with pytest.raises(NotSignedIn):
        accounts.redeem(database, token, "web")


def test_one_code_at_the_same_moment_signs_in_once(home: Settings, database: sa.Engine) -> None:
    vault = open_vault(home, database)
    accounts.add(database, "ann", ["analyst"], {}, PASSWORD)
    secret = enrolment.begin(database, vault, "ann")
    enrolment.confirm(database, vault, "ann", factors.code_at(secret, audit.now() - dt.timedelta(seconds=30)))
    code = factors.code_at(secret, audit.now())
    in_, out = [], []

    def entering() -> None:
        try:
            in_.append(accounts.sign_in(database, vault, "ann", PASSWORD, code))
        except NotSignedIn as error:
            out.append(error)

    threads = [threading.Thread(target=entering) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(in_), len(out)) == (1, 3)


def test_two_administrators_who_disable_each_other_leave_one(database: sa.Engine) -> None:
    for name in ("one", "two"):
        accounts.add(database, name, ["administrator"], {})
    refused: list[Refused] = []

    def disabling(name: str) -> None:
        try:
            changes.disable(database, name)
        except Refused as error:
            refused.append(error)

    threads = [threading.Thread(target=disabling, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [account.disabled for account in changes.everyone(database)].count(False) == 1
    assert len(refused) == 1


def test_the_log_holds_what_is_done_and_how_it_ended(home: Settings) -> None:
    with Service(home) as service:
        line = audit.begin(service.database, ANN, "why ü 漢", "query", "dover", query="crossings.behind")
        audit.finish(service.database, line, "released", 3)
        (entry,) = [row for row in audit.lines(service.database) if row["action"] == "query"]
        assert (entry["purpose"], entry["rows"], entry["outcome"]) == ("why ü 漢", 3, "released")
        assert entry["detail"] == {"query": "crossings.behind"}


def test_a_service_opens_twice_with_the_same_vault(home: Settings) -> None:
    with Service(home) as service:
        key = service.web_key()
        local = accounts.only_account(service.database, "")
        assert policy.may(local, "accounts")
    with Service(home) as service:
        assert service.web_key() == key
        assert [account.name for account in accounts.list_accounts(service.database)] == [local.name]


@pytest.mark.parametrize("text", ["nul \x00 inside", "half a \ud800 pair", "x" * 5000])
def test_text_that_a_database_may_refuse_signs_nobody_in_and_breaks_nothing(home: Settings, text: str) -> None:
    with Service(home) as service:
        accounts.add(service.database, "ann", ["analyst"], {}, PASSWORD)
        with pytest.raises(NotSignedIn):
            service.sign_in(text, text, text, "testing")
        with pytest.raises(NotSignedIn):
            service.sign_in("ann", "wrong password", text, "testing")
        with pytest.raises(NotSignedIn):
            service.session_of(text)
        assert service.sign_in("ann", PASSWORD, "", "testing")


def test_a_database_that_is_gone_is_one_sentence(settings: Callable[..., Settings], tmp_path: Path) -> None:
    missing = "postgresql+psycopg://nobody@/none?host=/tmp/no-such-folder-of-sockets"
    with pytest.raises(OperatorError, match="GRAPHSVC_DATABASE_URL"):
        open_database(settings(home=tmp_path / "home", database_url=missing))
    with pytest.raises(OperatorError, match="GRAPHSVC_DATABASE_URL"):
        open_database(settings(home=tmp_path / "home", database_url="no-such-kind://x"))
    with pytest.raises(OperatorError, match="GRAPHSVC_DATABASE_URL"):
        open_database(settings(home=tmp_path / "home", database_url="rubbish"))


@pytest.mark.neo4j
def test_a_delivery_is_loaded_read_and_taken_back(
    home: Settings, at_server: Callable[..., Settings], case: str, tmp_path: Path
) -> None:
    simulate(tmp_path / "delivery", seed=4, people=40)
    with Service(at_server(home=home.home, database_url=home.database_url)) as service:
        session = service.session(accounts.only_account(service.database, ""), "testing", case)
        loaded = session.deliveries.load(tmp_path / "delivery", lambda *_progress: None)
        assert loaded.committed
        assert session.network.entities.counts()["person"] > 0
        assert [row["status"] for row in session.deliveries.list_deliveries()] == ["active"]
        session.deliveries.undo(1, lambda *_progress: None)
        assert [row["status"] for row in session.deliveries.list_deliveries()] == ["undone"]


@pytest.mark.neo4j
def test_a_case_that_is_closed_is_written_again_with_figures_as_they_are_told(
    service: Service, case: str, tmp_path: Path
) -> None:
    simulate(tmp_path / "delivery", seed=3, people=40)
    loader = accounts.only_account(service.database, "")
    service.session(loader, "tests", case).deliveries.load(tmp_path / "delivery", lambda *_progress: None)
    store = service.store()
    store.write("MATCH ({case: $case})-[r {case: $case}]->() REMOVE r.belief_told, r.belief_told_p", {"case": case})
    lowly = service.session(Principal("bob", frozenset({"analyst"}), {case: Grant("C")}), "tests", case)
    assert lowly.ask.rows("cases.links", whole=True).rows == []
    with service.database.begin() as connection:
        connection.execute(tables.cases.update().values(state="loading"))
    with pytest.raises(Busy):
        lowly.network.entities.counts()
    assert service.recover() == [case]
    assert lowly.ask.rows("cases.links", whole=True).rows


def test_connections_whose_server_ended_them_are_replaced_once_they_have_rested(
    settings: Callable[..., Settings], tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a server restarts. The first act after that may fail with an error, and then changes nothing."""
    url = postgres.url()
    database = open_database(settings(home=tmp_path / "home", database_url=url))
    at = [1000.0]
    monkeypatch.setattr("graphsvc.appdb.engine.time.monotonic", lambda: at[0])

    def end_connections() -> None:
        with transaction(database) as connection, transaction(database):
            own = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar()
        second = sa.create_engine(url)
        with second.connect() as killer:
            query = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()")
            assert len(killer.execute(sa.text(f"{query} AND pid <> pg_backend_pid()")).all()) == 2
            assert own is not None
        second.dispose()

    def count() -> object:
        with transaction(database) as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(tables.log)).scalar()

    count()
    end_connections()
    at[0] += 2
    assert count() == 0
    end_connections()
    with pytest.raises(OperatorError, match="application database cannot be used"):
        count()
    assert count() == 0
    pings: list[str] = []

    def ping(_connection: object) -> bool:
        pings.append("ping")
        return True

    monkeypatch.setattr(database.dialect, "do_ping", ping)
    count()
    assert not pings
    at[0] += 2
    count()
    assert pings == ["ping"]
    database.dispose()
