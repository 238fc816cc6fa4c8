"""Services to compare: homes with the same keys, accounts and clock, whose cases alone differ.

The same clock: `tests.toolbox.clock` stops it. The same keys: the second home begins as a copy of the first (its files
and the rows of its application database), taken before what is to differ was loaded.
"""

from __future__ import annotations

import shutil
from typing import Any

import sqlalchemy as sa

from graphsvc.appdb import open_database, tables, transaction
from graphsvc.config import Settings
from graphsvc.service import Service, quiet
from graphsvc.store.image import Image, difference, read_image, write

_NOT_COPIED = shutil.ignore_patterns("*.sqlite*", "*.lock", "neo4j", "token")


def copied(service: Service, settings: Settings) -> Settings:
    """Make the home of `settings` a copy of a service's; nobody writes in that one meanwhile."""
    target = open_database(settings)
    shutil.copytree(service.settings.home, settings.home, ignore=_NOT_COPIED, dirs_exist_ok=True)
    with transaction(service.database) as source, transaction(target) as copy:
        for table in tables.metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
            if rows:
                copy.execute(table.insert(), rows)
    target.dispose()
    return settings


def hasty(service: Service) -> Service:
    """The same service without waiting for the disk at each line of the log: what it shows is no other."""

    def unsynced(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    if service.database.dialect.name == "sqlite":
        sa.event.listen(service.database, "connect", unsynced)
        service.database.dispose()
    return service


def wipe(service: Service, case: str) -> None:
    """Take a case out of the graph database, which homes may share; the home goes on thinking it is there."""
    store = service.store()
    write(store, case, difference(read_image(store, case), Image()), 5000, quiet)
