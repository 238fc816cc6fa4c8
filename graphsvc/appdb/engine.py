"""Opening the application database: SQLite in the home by default, PostgreSQL by URL; migrated to today's tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from filelock import FileLock

from graphsvc.config import Settings
from graphsvc.errors import OperatorError, RequestError


def open_database(settings: Settings) -> sa.Engine:
    """An engine on the migrated application database.

    Raises:
        OperatorError: the folder cannot be written, or the database cannot be reached, with the way out.
    """
    home = settings.home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = _engine(settings)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _prepare_sqlite)
        with FileLock(home / "graphsvc.lock", timeout=60, mode=0o600):
            _migrate(engine)
            if engine.dialect.name == "sqlite" and not settings.database_url:
                (home / "graphsvc.sqlite").chmod(0o600)
    except OSError as error:
        raise OperatorError(
            f"The folder {home} cannot be written ({error.strerror}). Free space there or make it writable,"
            " or set GRAPHSVC_HOME to another folder."
        ) from error
    except sa.exc.OperationalError as error:
        raise OperatorError(
            f"The application database cannot be opened ({error.orig}). Check that the disk of {home} has space"
            " and is writable, and GRAPHSVC_DATABASE_URL if it is set."
        ) from error
    return engine


def _engine(settings: Settings) -> sa.Engine:
    """The engine of GRAPHSVC_DATABASE_URL, or of the file in the home. PostgreSQL is spoken to through psycopg 3."""
    try:
        url = sa.make_url(settings.database_url or f"sqlite:///{settings.home / 'graphsvc.sqlite'}")
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise OperatorError("GRAPHSVC_DATABASE_URL names neither SQLite nor PostgreSQL. Correct it or unset it.")
        return sa.create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
    # The address may hold a password, so no message repeats it.
    except (sa.exc.ArgumentError, ValueError):
        raise OperatorError(
            "GRAPHSVC_DATABASE_URL is no address of a database. Write it as postgresql://USER:PASSWORD@HOST/DATABASE,"
            " or unset it for SQLite in the home."
        ) from None
    except ImportError:
        raise OperatorError(
            "GRAPHSVC_DATABASE_URL names PostgreSQL, but its driver is not installed: pip install 'graphsvc[postgres]'."
        ) from None


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """Make one SQLite file serve several processes at once, and enforce its references."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(engine: sa.Engine) -> None:
    """Bring the tables to the newest version."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction on the application database; a fault of the database is told in one sentence.

    Raises:
        OperatorError: it cannot be written (full, read-only, unreachable). Nothing of the transaction was kept.
        RequestError: a text in it is none that a database keeps. Nothing of the transaction was kept.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except (sa.exc.DataError, UnicodeEncodeError):
        raise RequestError(
            "Something given holds characters that cannot be kept, or is too long. Nothing was changed; write it without"
            " control characters, or shorter."
        ) from None
    # What PostgreSQL says when it only reads, shuts down or is gone has other names than what SQLite says.
    except (sa.exc.OperationalError, sa.exc.InternalError, sa.exc.InterfaceError) as error:
        raise OperatorError(
            f"The application database cannot be used ({error.orig}). Nothing was changed;"
            " check the disk's space and permissions, then try again."
        ) from error


@contextmanager
def alone(engine: sa.Engine, lock: int) -> Iterator[sa.Connection]:
    """`transaction`, but no two with the same `lock` run at once, in whatever thread or process: they wait.

    SQLite has one lock for everything that writes; PostgreSQL takes the advisory lock of that number.
    """
    with transaction(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
        yield connection
