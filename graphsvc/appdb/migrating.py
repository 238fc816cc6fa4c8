"""Brings the tables of an application database to the newest version, in one transaction."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from graphsvc.errors import OperatorError

_FOLDER = Path(__file__).parent / "migrations"
# Advisory lock of PostgreSQL. A database belongs to one home at a time (docs/scale.md), and the home's own lock
# separates its processes. If two homes use one database all the same, only one of them migrates at a time.
_LOCK = 0x746162


def known_versions() -> tuple[str, ...]:
    """List every version of the tables, oldest first."""
    return _versions_in(_FOLDER)


@functools.cache  # they do not change while a process runs
def _versions_in(folder: Path) -> tuple[str, ...]:
    # From the file names (a test checks that they match the scripts): Alembic would run each script to read its
    # version.
    return tuple(sorted(path.name.partition("_")[0] for path in (folder / "versions").glob("[0-9]*_*.py")))


def migrate(engine: sa.Engine) -> None:
    """Bring the tables to the newest version. A process killed on the way leaves them unchanged.

    Raises:
        OperatorError: a migration fails; the tables are unchanged.
    """
    # Most starts need no migration, and importing Alembic takes longer than a whole start should.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with whole(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (sa.exc.ProgrammingError, sa.exc.IntegrityError) as error:
        raise _migration_error(str(error.orig).partition("\n")[0]) from error


@contextmanager
def whole(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open one transaction that also covers changes to tables."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection
        return
    with engine.connect() as connection:
        try:
            # A migration may copy a table and drop the original while others refer to it.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            with connection.begin():
                # Python begins no transaction before a statement that changes tables; an explicit one includes them.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise _migration_error(f"a row of {broken[0]} refers to one of {broken[2]} that is not there")
        finally:
            connection.invalidate()  # the next connection enforces references again


def _migration_error(why: str) -> OperatorError:
    return OperatorError(
        f"The application database cannot be brought to this version of graphsvc ({why}). It is as it was: go on with the"
        " version that wrote it, or restore it from your backup."
    )
