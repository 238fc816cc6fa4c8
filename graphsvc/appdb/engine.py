"""Opens and migrates the application database: SQLite in the home by default, PostgreSQL by URL."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from filelock import FileLock

from graphsvc.appdb import closing, found
from graphsvc.appdb.migrating import known_versions, migrate
from graphsvc.appdb.private import require_private
from graphsvc.config import Settings
from graphsvc.errors import OperatorError, RequestError, standing

_LOG = logging.getLogger(__name__)

_RESTED, _RESTED_S = "rested at", 1.0  # seconds
_LOCK = "graphsvc.lock"
_UNKNOWN = "Whether this was kept is not known, so look before you repeat it"


def require_home(settings: Settings) -> None:
    """Raise OperatorError unless a service has used the home before. Creates nothing."""
    if not (settings.home / _LOCK).is_file():
        raise OperatorError(
            f"{settings.home} is not a home of graphsvc. Check the path (`home=` or GRAPHSVC_HOME);"
            " `graphsvc load FOLDER --case NAME` creates a home."
        )


def open_database(settings: Settings) -> sa.Engine:
    """Return an engine on the migrated application database.

    Raises:
        OperatorError: the folder cannot be written, others can read it, the database cannot be reached, or it is not
            the one this home was used with (see `found`); the message says what to do.
    """
    home = settings.home
    engine = _engine(settings)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_private(settings)
        with FileLock(home / _LOCK, timeout=60, mode=0o600):
            known = known_versions()
            if engine.dialect.name != "sqlite":
                sa.event.listen(engine, "checkin", _note_rest)
                sa.event.listen(engine, "checkout", _ask_rested(engine))
            version = _looked_at(settings, engine, known)
            if engine.dialect.name == "sqlite":
                sa.event.listen(engine, "connect", _prepare_sqlite)
            if version != known[-1]:
                migrate(engine)
            closing.listen(engine)
    except (OSError, sa.exc.DatabaseError) as error:
        engine.dispose()
        raise _opening_error(settings, error) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def _looked_at(settings: Settings, engine: sa.Engine, known: Sequence[str]) -> str | None:
    """Return the database's version, read on an unprepared connection, which leaves a foreign database unchanged."""
    found.require_not_emptied(settings)
    if (file := found.file_of(settings)) is None:
        return found.version_of(settings, engine, known)
    file.touch(mode=0o600)  # SQLite gives its companion files the same mode
    looking = _engine(settings)
    try:
        return found.version_of(settings, looking, known)
    finally:
        looking.dispose()


def _opening_error(settings: Settings, error: OSError | sa.exc.DatabaseError) -> OperatorError:
    """Return the error, for the operator, when a database cannot be opened."""
    if isinstance(error, OSError):
        return OperatorError(
            f"The folder {settings.home} cannot be written ({error.strerror}). Free space there or make it writable,"
            " or set GRAPHSVC_HOME to another folder."
        )
    if isinstance(error, sa.exc.OperationalError):
        return OperatorError(
            f"The application database cannot be opened ({error.orig}). Check that the disk of {settings.home} has space"
            " and is writable, and GRAPHSVC_DATABASE_URL if it is set."
        )
    return found.damage_error(settings, str(error.orig).partition("\n")[0])


def _engine(settings: Settings) -> sa.Engine:
    """Create the engine for GRAPHSVC_DATABASE_URL, or for the file in the home. PostgreSQL runs through psycopg 3."""
    try:
        url = sa.make_url(settings.database_url or f"sqlite:///{settings.home / 'graphsvc.sqlite'}")
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise OperatorError("GRAPHSVC_DATABASE_URL must name SQLite or PostgreSQL. Correct it or unset it.")
        return sa.create_engine(url)
    # The address may contain a password, so no message repeats the address.
    except (sa.exc.ArgumentError, ValueError):
        raise OperatorError(
            "GRAPHSVC_DATABASE_URL is no address of a database. Write it as postgresql://USER:PASSWORD@HOST/DATABASE,"
            " or unset it for SQLite in the home."
        ) from None
    except ImportError:
        raise OperatorError(
            "GRAPHSVC_DATABASE_URL names PostgreSQL, but its driver is not installed: pip install '.[postgres]' in the checkout, or psycopg."
        ) from None


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """Set up SQLite so that several processes can share one file, and enforce foreign keys."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _note_rest(_connection: Any, record: sa.pool.ConnectionPoolEntry) -> None:
    record.info[_RESTED] = time.monotonic()


def _ask_rested(engine: sa.Engine) -> Callable[..., None]:
    """Return a listener that checks an idle connection before it is used, and replaces a lost one.

    SQLAlchemy's `pool_pre_ping` checks before every use, which would be every fifth message to the server.
    """

    def ask(connection: Any, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
        rested_at = record.info.get(_RESTED)
        if rested_at is None or time.monotonic() - rested_at < _RESTED_S:
            return
        try:
            is_alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise sa.exc.InvalidatePoolError from error  # other resting connections have lost the same server
        if not is_alive:
            raise sa.exc.InvalidatePoolError

    return ask


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open one transaction on the application database; database errors become one-sentence messages.

    Raises:
        OperatorError: the database cannot be written (full, read-only, unreachable, damaged). Nothing of the
            transaction was kept, unless the message says that this is not known.
        RequestError: a text cannot be stored. Nothing of the transaction was kept.
    """
    ending = False
    try:
        with engine.begin() as connection:
            noted = closing.noting(connection)
            yield connection
            ending = True
        closing.update_recorded(noted)
    except (sa.exc.DataError, UnicodeEncodeError):
        raise RequestError(
            f"Something given holds characters that cannot be kept, or is too long. {standing()}; write it without"
            " control characters, or shorter."
        ) from None
    # PostgreSQL and SQLite use different error classes for a read-only, closing or lost database.
    except (sa.exc.OperationalError, sa.exc.InternalError, sa.exc.InterfaceError) as error:
        # A server lost during the commit may have kept the changes.
        outcome = _UNKNOWN if ending and engine.dialect.name != "sqlite" else standing()
        raise OperatorError(
            f"The application database cannot be used ({error.orig}). {outcome};"
            " check the disk's space and permissions, then try again."
        ) from error
    except sa.exc.DatabaseError as error:
        if type(error) is not sa.exc.DatabaseError:
            raise
        raise OperatorError(
            f"The application database is damaged ({error.orig}). {standing()}; stop the service and restore it from your"
            " backup."
        ) from error


@contextmanager
def alone(engine: sa.Engine, lock: int) -> Iterator[sa.Connection]:
    """Open a `transaction` that waits for others with the same `lock`, across all threads and processes.

    SQLite has a single lock for all writers; PostgreSQL uses the advisory lock with that number.
    """
    with transaction(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
        yield connection


def wipe_free_space(engine: sa.Engine) -> bool:
    """Remove replaced data from SQLite's write-ahead log; return whether that was possible."""
    if engine.dialect.name != "sqlite":
        return True
    try:
        with engine.connect() as connection:
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    except sa.exc.OperationalError as error:
        _LOG.warning("the database's write-ahead log cannot be cut: %s", error.orig)
        return False
    if busy:
        _LOG.warning("what was replaced stays in the database's write-ahead log for now: it was in use all the while")
    return not busy
