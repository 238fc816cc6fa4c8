"""Services to compare: homes with the same keys, accounts and clock that differ only in their cases.

`tests.toolbox.clock` stops the clock. The second home starts as a copy of the first (its files and the rows of its
application database), taken before the differing rows were loaded, so the keys are the same.
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


def copy_home(service: Service, settings: Settings) -> Settings:
    """Make the home of `settings` a copy of a service's home, to which nothing may be written during the copy."""
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
    """Make a service not wait for the disk at each line of the log; its answers are unchanged."""

    def turn_off_sync(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    if service.database.dialect.name == "sqlite":
        sa.event.listen(service.database, "connect", turn_off_sync)
        service.database.dispose()
    return service


def wipe(service: Service, case: str) -> None:
    """Remove a case from the graph database, which homes may share, without telling the home."""
    store = service.store()
    write(store, case, difference(read_image(store, case), Image()), 5000, quiet)
