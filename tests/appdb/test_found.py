"""A database that is missing, empty, damaged, another program's, too new or too old is refused and left unchanged."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.vault.masterkey import open_vault
from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.service import Service
from tests.postgresql import Postgres

SettingsFactory = Callable[..., Settings]


@pytest.fixture
def used_home(settings: SettingsFactory, tmp_path: Path) -> Settings:
    """A home with accounts, a key and a log."""
    home = settings(home=tmp_path / "home", database_url="", neo4j_uri="bolt://127.0.0.1:9", neo4j_password="none")
    with Service(home) as service:
        service.sign_in_link(accounts.list_accounts(service.database)[0].name, "testing")
        with transaction(service.database) as connection:
            # Enough rows for many database pages.
            connection.execute(
                tables.attempts.insert(),
                [
                    {"hash": f"{number:064}", "name_hash": f"{number:064}", "failures": 1, "until": audit.now()}
                    for number in range(2000)
                ],
            )
    return home


def file_of(home: Settings) -> Path:
    return home.home / "graphsvc.sqlite"


def open_refused(home: Settings) -> str:
    """Return the error on opening the home; check that no file of it is changed or added."""
    before = {path: path.read_bytes() for path in home.home.rglob("*") if path.is_file()}
    with pytest.raises(OperatorError) as error:
        open_database(home)
    left = {path: path.read_bytes() for path in home.home.rglob("*") if path.is_file()}
    for name in ("graphsvc.sqlite-wal", "graphsvc.sqlite-shm", "graphsvc.lock"):
        left.pop(home.home / name, None)
        before.pop(home.home / name, None)
    assert left == before
    assert "GRAPHSVC_HOME" in str(error.value)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("left", ["master.key", "log.anchor", "both"])
@pytest.mark.parametrize("how", ["emptied", "deleted", "without tables"])
def test_a_home_that_was_in_use_gets_no_new_database(used_home: Settings, left: str, how: str) -> None:
    (used_home.home / "log.anchor").write_bytes(b"x" * 1024)
    for name in {"master.key", "log.anchor"} - {left}:
        if left != "both":
            (used_home.home / name).unlink()
    if how == "deleted":
        file_of(used_home).unlink()
    else:
        file_of(used_home).write_bytes(b"")
    if how == "without tables":
        with closing(sqlite3.connect(file_of(used_home))) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA user_version=1")
    message = open_refused(used_home)
    assert "No new one was made" in message
    assert "although this home was in use" in message
    assert str(used_home.home / ("master.key" if left == "both" else left)) in message


def test_a_home_without_any_of_it_is_new(used_home: Settings, settings: SettingsFactory, tmp_path: Path) -> None:
    for name in ("graphsvc.sqlite", "master.key", "log.anchor"):
        (used_home.home / name).unlink(missing_ok=True)
    open_database(used_home).dispose()
    second = settings(home=tmp_path / "new", database_url="")
    (tmp_path / "new").mkdir(mode=0o700)
    (tmp_path / "new" / "graphsvc.sqlite").touch(mode=0o600)
    open_database(second).dispose()


def test_on_postgresql_as_well(
    settings: SettingsFactory, used_home: Settings, tmp_path: Path, postgres: Postgres
) -> None:
    moved = settings(home=used_home.home, database_url=postgres.url())
    with pytest.raises(OperatorError, match="The database that GRAPHSVC_DATABASE_URL names is empty, although"):
        open_database(moved)
    url = postgres.url()
    fresh = settings(home=tmp_path / "fresh", database_url=url)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id integer)")
    with pytest.raises(OperatorError, match="tables of another program"):
        open_database(fresh)
    assert sa.inspect(engine).get_table_names() == ["invoices"]
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE invoices")
    open_database(fresh).dispose()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OperatorError, match="is of a newer graphsvc"):
        open_database(fresh)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0017'")
    with pytest.raises(OperatorError, match="from before the first release"):
        open_database(fresh)
    engine.dispose()


def test_a_database_of_another_program_is_left_alone(settings: SettingsFactory, tmp_path: Path) -> None:
    home = settings(home=tmp_path / "home", database_url="")
    home.home.mkdir(mode=0o700)
    with closing(sqlite3.connect(file_of(home))) as connection:
        connection.execute("CREATE TABLE invoices (id integer)")
        connection.commit()
    file_of(home).chmod(0o600)
    assert "tables of another program are in it" in open_refused(home)
    with closing(sqlite3.connect(file_of(home))) as connection:
        # Numbered like our own databases.
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES ('0003')")
        connection.commit()
    assert "tables of another program are in it" in open_refused(home)


def test_a_database_of_a_newer_version_is_left_alone(used_home: Settings) -> None:
    with closing(sqlite3.connect(file_of(used_home))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert "is of a newer graphsvc (its tables have the version '9999'" in open_refused(used_home)


@pytest.mark.parametrize("version", ["0001", "0017"])
def test_a_database_of_before_the_first_release_is_left_alone(used_home: Settings, version: str) -> None:
    with closing(sqlite3.connect(file_of(used_home))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()
    message = open_refused(used_home)
    assert f"before the first release (its tables have the version '{version}'" in message
    assert "Load its deliveries again in a new home" in message


def test_a_database_that_lost_a_table_is_left_alone(used_home: Settings) -> None:
    with closing(sqlite3.connect(file_of(used_home))) as connection:
        connection.execute("DROP TABLE identities")
        connection.commit()
    assert "some of its own are gone" in open_refused(used_home)


@pytest.mark.parametrize("how", ["header", "rubbish", "halved", "one page left", "a page"])
def test_a_damaged_database_is_one_sentence(used_home: Settings, how: str) -> None:
    whole = file_of(used_home).read_bytes()
    noise = random.Random(1).randbytes(4096)
    damaged = {
        "header": noise[:100] + whole[100:],
        "rubbish": noise * 3,
        "halved": whole[: len(whole) // 2],
        "one page left": whole[:4096],
        "a page": whole[: 5 * 4096] + noise + whole[6 * 4096 :],
    }[how]
    file_of(used_home).write_bytes(damaged)
    assert "is damaged" in open_refused(used_home)
    file_of(used_home).write_bytes(whole)
    engine = open_database(used_home)
    open_vault(used_home, engine)
    engine.dispose()


def test_whatever_page_is_damaged_nothing_else_comes_of_it(used_home: Settings) -> None:
    whole = file_of(used_home).read_bytes()
    reported = 0
    for page in range(len(whole) // 4096):
        noise = random.Random(page).randbytes(4096)
        file_of(used_home).write_bytes(whole[: page * 4096] + noise + whole[(page + 1) * 4096 :])
        for end in ("wal", "shm"):
            file_of(used_home).with_name(f"graphsvc.sqlite-{end}").unlink(missing_ok=True)
        try:
            open_database(used_home).dispose()
        except OperatorError as error:
            reported += "is damaged" in str(error)
    # Damage to pages without content is not noticed.
    assert reported >= len(whole) // 4096 - 2


def test_what_is_damaged_while_it_is_open_is_one_sentence(used_home: Settings) -> None:
    engine = open_database(used_home)
    whole = file_of(used_home).read_bytes()
    file_of(used_home).write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(OperatorError, match="is damaged"), transaction(engine) as connection:
        connection.execute(sa.select(tables.attempts)).all()
    engine.dispose()
