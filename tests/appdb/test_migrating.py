"""Migrations happen whole or not at all: after a kill at any statement, from any version, the next opening goes on.

A migration that does everything a later one may do is added after the existing ones, so an older version is always
tested.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from graphsvc.appdb import migrating, open_database
from graphsvc.appdb.migrating import known_versions, whole
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from tests.postgresql import Postgres

SettingsFactory = Callable[..., Settings]
Content = dict[str, list[Any]]
FOLDER = Path(migrating.__file__).parent / "migrations"
VERSIONS = known_versions()
WHEN = dt.datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the database keeps times without zone
FILLED: dict[type[Any], Any] = {
    bool: False,
    int: 1,
    str: "x",
    bytes: b"x",
    dict: {},
    dt.datetime: WHEN,
    dt.date: WHEN.date(),
}

# Each kill must have changed nothing; after some of them the database is also opened again.
_OPENED_EVERY = 20


# Columns added and dropped, a table copied while others refer to it, a new table, changed rows.
_LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9000", "%s"


def upgrade():
    op.add_column("tokens", sa.Column("later", sa.String(10), server_default="", nullable=False))
    op.drop_column("cases", "held")
    with op.batch_alter_table("accounts", recreate="always" if op.get_bind().dialect.name == "sqlite" else "auto") as batch:
        batch.alter_column("name", type_=sa.String(120))
    op.create_table(
        "later",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.String(100), sa.ForeignKey("cases.id"), nullable=False, index=True),
    )
    op.execute("UPDATE cases SET state = 'loading'")
"""


def test_versions_are_what_their_files_are_called() -> None:
    scripts = ScriptDirectory.from_config(config())
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == VERSIONS


class KilledError(BaseException):
    """Raised where a process would be killed."""


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The version of a migration that comes after all existing ones."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_later.py").write_text(_LATER % VERSIONS[-1], "utf-8")
    monkeypatch.setattr(migrating, "_FOLDER", folder)
    return known_versions()[-1]


def config(connection: sa.Connection | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration


def make(url: str, version: str) -> None:
    """A database as that version left it, with a row in every table."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        command.upgrade(config(connection), version)
    with engine.begin() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert().values({column.name: filler(column) for column in table.columns}))
    engine.dispose()


def filler(column: sa.Column[Any]) -> Any:
    if any(key.column.table is column.table for key in column.foreign_keys):
        return None
    if isinstance(column.type, sa.JSON):
        return {"x": 1}
    return FILLED[column.type.python_type]


def content(engine: sa.Engine) -> Content:
    """Every row of every table, and the shape of the tables."""
    metadata = sa.MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }
    shape = {
        f"shape of {table.name}": sorted(
            (column.name, repr(column.type), column.nullable, column.primary_key) for column in table.columns
        )
        for table in metadata.sorted_tables
    }
    return rows | shape


def open_and_read(settings: Settings) -> Content:
    engine = open_database(settings)
    try:
        return content(engine)
    finally:
        engine.dispose()


@contextmanager
def killed_at(number: int) -> Iterator[list[str]]:
    """End database work at statement `number`, from 1; a commit counts as one. Yields the statements so far."""
    met: list[str] = []

    def meet(statement: str) -> None:
        met.append(statement)
        if len(met) == number:
            raise KilledError

    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        meet(statement)

    def commit(_connection: Any) -> None:
        meet("COMMIT")

    sa.event.listen(sa.Engine, "before_cursor_execute", before)
    sa.event.listen(sa.Engine, "commit", commit)
    try:
        yield met
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", before)
        sa.event.remove(sa.Engine, "commit", commit)


def home_of(settings: SettingsFactory, place: Path, old: Path | None) -> Settings:
    """A home whose database is a copy of `old`."""
    home = settings(home=place, database_url="")
    home.home.mkdir(mode=0o700)
    if old is not None:
        shutil.copy(old, home.home / "graphsvc.sqlite")
        (home.home / "graphsvc.sqlite").chmod(0o600)
    return home


def kills(settings: Settings, before: Content, state: Callable[[], Content]) -> Iterator[int]:
    """Kill the opening at every statement and check that everything is as `before`; yield each number."""
    number = 0
    while True:
        number += 1
        with killed_at(number) as met:
            try:
                open_database(settings).dispose()
                return
            except (KilledError, sa.exc.PendingRollbackError):
                pass  # PendingRollbackError: a migration's own error handling is cut short too
        assert state() == before, f"killed at {number}: {met[-1]}"
        yield number


def lines(file: Path) -> list[str]:
    """Content of a SQLite file as SQL statements, read quickly."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


@pytest.mark.slow(reason="is killed at each of many statements")
@pytest.mark.parametrize("version", ["nothing", *VERSIONS])
def test_killed_at_every_statement_from_every_version_the_next_opening_goes_on(
    settings: SettingsFactory, tmp_path: Path, later: str, version: str
) -> None:
    old = None
    if version != "nothing":
        old = tmp_path / "old.sqlite"
        make(f"sqlite:///{old}", version)
    arrived = open_and_read(home_of(settings, tmp_path / "whole", old))
    assert arrived["alembic_version"] == [(later,)]
    if old is not None:
        assert [row for row in arrived["accounts"] if "x" in row]
        assert all(arrived[table] for table in ("deliveries", "identities", "provenance", "grants", "tokens", "log"))
        assert [row for row in arrived["cases"] if "loading" in row]
    home = home_of(settings, tmp_path / "home", old)
    file = home.home / "graphsvc.sqlite"
    before = {"lines": lines(old) if old is not None else lines(tmp_path / "none.sqlite")}
    number = 0
    for number in kills(home, before, lambda: {"lines": lines(file)}):
        if number % _OPENED_EVERY == 1:
            assert open_and_read(home_of(settings, tmp_path / f"after{number}", file)) == arrived, number
    # The run that was not killed has finished.
    assert number >= (60 if version == "nothing" else 15)
    assert open_and_read(home) == arrived


def test_where_nothing_is_to_be_done_the_database_is_only_looked_at(settings: SettingsFactory, tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    make(f"sqlite:///{old}", VERSIONS[-1])
    home = home_of(settings, tmp_path / "home", old)
    with killed_at(0) as met:
        open_database(home).dispose()
    assert met
    assert [statement for statement in met if not statement.lstrip().startswith(("SELECT", "PRAGMA"))] == []
    assert lines(home.home / "graphsvc.sqlite") == lines(old)


@pytest.mark.slow(reason="is killed at each of many statements")
@pytest.mark.parametrize("version", ["nothing", VERSIONS[0]])
def test_on_postgresql_as_well(
    settings: SettingsFactory, tmp_path: Path, postgres: Postgres, later: str, version: str
) -> None:
    url = postgres.url()
    if version != "nothing":
        make(url, version)
    home = settings(home=tmp_path / "home", database_url=url)
    looking = sa.create_engine(url)

    def state() -> Content:
        with looking.begin() as connection:
            tables = connection.execute(sa.text(_COLUMNS)).all()
            version = [] if not tables else connection.execute(sa.text("SELECT version_num FROM alembic_version")).all()
        return {"columns": list(map(tuple, tables)), "version": list(map(tuple, version))}

    assert list(kills(home, state(), state))
    assert content(looking)["alembic_version"] == [(later,)]
    if version != "nothing":
        assert [row for row in content(looking)["accounts"] if "x" in row]
    looking.dispose()


_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""


@pytest.mark.slow(reason="migrates a database through every version")
def test_a_table_is_copied_while_others_refer_to_it(settings: SettingsFactory, tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    make(f"sqlite:///{old}", VERSIONS[-1])
    engine = open_database(home_of(settings, tmp_path / "home", old))
    before = content(engine)
    with whole(engine) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("accounts", recreate="always") as batch:
            batch.alter_column("name", type_=sa.String(120))
    assert {table: content(engine)[table] for table in before if "shape" not in table} == {
        table: rows for table, rows in before.items() if "shape" not in table
    }
    # Foreign keys are enforced again.
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO account_roles (account_id, role) VALUES (99, 'analyst')"))
    engine.dispose()


def test_a_migration_that_would_leave_rows_without_what_they_refer_to_changes_nothing(
    settings: SettingsFactory, tmp_path: Path
) -> None:
    old = tmp_path / "old.sqlite"
    make(f"sqlite:///{old}", VERSIONS[-1])
    engine = open_database(home_of(settings, tmp_path / "home", old))
    before = content(engine)

    def breaking() -> None:
        with whole(engine) as connection:
            connection.execute(sa.text("CREATE TABLE made (id integer)"))
            connection.execute(sa.text("DELETE FROM accounts"))

    with pytest.raises(OperatorError, match="It is as it was"):
        breaking()
    assert content(engine) == before
    engine.dispose()


_OPENING = """
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from graphsvc.appdb import migrating, open_database
from graphsvc.config import Settings
migrating._FOLDER = Path(sys.argv[3])
met = 0
def before(_connection, _cursor, statement, *_rest):
    global met
    met += 1
    if met == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
sa.event.listen(sa.Engine, "before_cursor_execute", before)
open_database(Settings.read({}, home=sys.argv[2])).dispose()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("number", [9, 15, 25])
def test_a_process_that_is_killed_leaves_what_was(
    settings: SettingsFactory, tmp_path: Path, later: str, number: int
) -> None:
    old = tmp_path / "old.sqlite"
    make(f"sqlite:///{old}", VERSIONS[0])
    arrived, killed = (
        open_and_read(home_of(settings, tmp_path / "whole", old)),
        home_of(settings, tmp_path / "killed", old),
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", _OPENING, str(number), str(killed.home), str(migrating._FOLDER)]
    ended = subprocess.run(command, env=environment, check=False, timeout=120)
    assert ended.returncode == -9
    assert lines(killed.home / "graphsvc.sqlite") == lines(old)
    assert open_and_read(killed) == arrived
