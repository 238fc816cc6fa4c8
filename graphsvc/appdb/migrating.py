"""Bringing the tables of an application database to the newest version: all of it in one transaction, or nothing."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from graphsvc.errors import OperatorError

_FOLDER = Path(__file__).parent / "migrations"
# Advisory lock of PostgreSQL. A database is of one home at a time (docs/scale.md), and its own lock keeps the processes of that apart:
# should a second one be there all the same, tables are not brought forward twice.
_LOCK = 0x746162


def known_versions() -> tuple[str, ...]:
    """Every version of the tables, oldest first."""
    return _versions_in(_FOLDER)


@functools.cache  # nothing changes them while a process runs
def _versions_in(folder: Path) -> tuple[str, ...]:
    # As their files are called (a test holds that they say the same): Alembic runs each script to hear its version.
    return tuple(sorted(path.name.partition("_")[0] for path in (folder / "versions").glob("[0-9]*_*.py")))


def migrate(engine: sa.Engine) -> None:
    """Bring the tables to the newest version. A process killed meanwhile leaves them as they were.

    Raises:
        OperatorError: a migration fails; the tables are as they were.
    """
    # Most starts have nothing to bring forward, and Alembic takes longer to be there than a whole start may.
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
        raise _failed(str(error.orig).partition("\n")[0]) from error


@contextmanager
def whole(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that changes of tables are part of."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection
        return
    with engine.connect() as connection:
        try:
            # A table may be copied, and the one of before dropped, while others refer to it.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            with connection.begin():
                # Python begins none before a statement that changes tables, and one that has begun holds those too.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise _failed(f"a row of {broken[0]} refers to one of {broken[2]} that is not there")
        finally:
            connection.invalidate()  # the next one enforces references again


def _failed(why: str) -> OperatorError:
    return OperatorError(
        f"The application database cannot be brought to this version of graphsvc ({why}). It is as it was: go on with the"
        " version that wrote it, or restore it from your backup."
    )
