"""Examines the application database before anything is done with it.

A home that was in use never silently gets a new database. A missing, empty, damaged, foreign, newer or pre-release
database is refused and left unchanged, and the message says what to do.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import sqlalchemy as sa

from graphsvc.config import Settings
from graphsvc.errors import OperatorError

_VERSION = "alembic_version"
# Tables that every version has had.
_OURS = frozenset({"accounts", "cases", "deliveries", "identities", "log", "tokens"})
_OTHERWISE = "or set GRAPHSVC_HOME to another folder"


def file_of(settings: Settings) -> Path | None:
    """Return the file of a home's application database; None if it is on PostgreSQL."""
    if not settings.database_url:
        return settings.home / "graphsvc.sqlite"
    url = sa.make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def require_not_emptied(settings: Settings) -> None:
    """Raise OperatorError if a used home's SQLite file is missing or empty. Called before SQLite may create one.

    Raises:
        OperatorError: the file is missing or empty although the home was in use.
    """
    file = file_of(settings)
    if file is not None and (not file.exists() or not file.stat().st_size):
        _require_new(settings, "empty" if file.exists() else "missing")


def version_of(settings: Settings, engine: sa.Engine, known: Collection[str]) -> str | None:
    """Return the version of a database's tables, one of `known`; None for a new database. Changes nothing.

    Raises:
        OperatorError: the database is damaged, newer, from before the first release, another program's, or empty
            although the home was in use.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            faults = connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all()
            if faults != ["ok"]:
                raise damage_error(settings, str(faults[0]).splitlines()[-1] if faults else "it cannot be read")
        table_names = set(sa.inspect(connection).get_table_names())
        version = None
        if _VERSION in table_names:
            version = connection.execute(sa.select(sa.column("version_num")).select_from(sa.table(_VERSION))).scalar()
    if not table_names - {_VERSION} and version is None:
        _require_new(settings, "empty")
        return None
    if _OURS - table_names:
        raise OperatorError(
            f"{_place(settings)} is no application database of graphsvc: tables of another program are in it, or some of"
            f" its own are gone. It was left as it is. Give graphsvc a database of its own, restore yours from your"
            f" backup, {_OTHERWISE}."
        )
    found_version = str(version)[:40]
    if found_version < min(known):
        raise OperatorError(
            f"{_place(settings)} is of a graphsvc from before the first release (its tables have the version {found_version!r},"
            f" and the oldest this one knows is {min(known)}). It was left as it is. Load its deliveries again in a new home:"
            " set GRAPHSVC_HOME to another folder, and GRAPHSVC_DATABASE_URL, if it is set, to another database."
        )
    if version not in known:
        raise OperatorError(
            f"{_place(settings)} is of a newer graphsvc (its tables have the version {found_version!r}, and the newest"
            f" this one knows is {max(known)}). It was left as it is. Run that graphsvc, {_OTHERWISE}."
        )
    return str(version)


def damage_error(settings: Settings, says: str) -> OperatorError:
    """Return the error for a database that cannot be read; `says` is SQLite's message, without values."""
    return OperatorError(
        f"{_place(settings)} is damaged ({says}). It was left as it is, and the graph, master.key and the log's anchor are"
        f" unharmed. Restore it from your backup, {_OTHERWISE}."
    )


def _require_new(settings: Settings, condition: str) -> None:
    used = [path for path in _traces(settings) if path.exists()]
    if used:
        raise OperatorError(
            f"{_place(settings)} is {condition}, although this home was in use: {used[0]} is there. No new one was made."
            " Restore it from your backup, set GRAPHSVC_DATABASE_URL as it was when the home was last used,"
            f" {_OTHERWISE}."
        )


def _traces(settings: Settings) -> tuple[Path, ...]:
    """Return files that are created after the tables; if one exists, there was a database."""
    return (settings.home / "master.key", settings.home / "master.key.next", settings.anchor_file)


def _place(settings: Settings) -> str:
    # The URL may contain a password.
    file = file_of(settings)
    return "The database that GRAPHSVC_DATABASE_URL names" if file is None else f"The application database {file}"
