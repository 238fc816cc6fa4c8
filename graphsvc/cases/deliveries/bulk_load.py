"""Writes the first large case of an empty managed store with Neo4j's import tool instead of row by row.

The tool creates a store next to the server's; then the server is started on it, and the schema is created. If this is
not possible (another server, a small case, other users of the server, a failure of the tool), the case is written the
usual way. If the process is killed, the next start rebuilds the case from its deliveries, as for any interrupted load.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from graphsvc.cases.deliveries.rewriting import wait_for
from graphsvc.cases.locks import Locks
from graphsvc.config import Settings
from graphsvc.records.progress import Progress
from graphsvc.store import mark
from graphsvc.store.bolt import Store
from graphsvc.store.bulk import UnsaidError, bulk_rows, write_bulk
from graphsvc.store.image import Image
from graphsvc.store.schema import apply_schema
from graphsvc.store.server import launch, local
from graphsvc.store.server.importing import ImportToolError, import_files, import_folder

_LOG = logging.getLogger(__name__)


class BulkLoad:
    """Writes a case not yet in the graph with the import tool, where that is possible and worthwhile.

    Args:
        store: opens the graph database.
        settings: whether the store is managed, and the number of rows from which the tool is used.
        locks: locks under which cases are written.
    """

    def __init__(self, store: Callable[[], Store], settings: Settings, locks: Locks) -> None:
        self._store, self._settings, self._locks = store, settings, locks

    def write(self, case: str, image: Image, progress: Progress) -> bool:
        """Write a case, whose lock the caller holds; return whether it was written. `progress` may raise to stop.

        Raises:
            OperatorError: the server does not start again; the next start completes the load.
        """
        if not self._fits(image):
            return False
        try:
            with import_folder(self._settings) as folder:
                import_files(self._settings, folder, write_bulk(folder, case, image, progress), progress)
                progress(0, 0, "Neo4j opens the store")
                with self._locks.alone(case) as alone:
                    return alone and self._adopt(folder, image)
        except (UnsaidError, ImportToolError, OSError) as error:
            # The log must contain no values: messages of the first two have none; an OSError is logged by its type.
            why = str(error) if not isinstance(error, OSError) else type(error).__name__
            _LOG.warning("a case is written row by row, for the import tool could not: %s", why)
            return False

    def _fits(self, image: Image) -> bool:
        settings = self._settings
        return (
            not settings.neo4j_uri
            and settings.neo4j_database == launch.DATABASE
            and 0 < settings.import_rows <= bulk_rows(image)
            and local.held_alone(settings)
            and mark.is_empty(self._store())
        )

    def _adopt(self, folder: Path, image: Image) -> bool:
        """Switch the server to the new store, or to an empty one if rows are missing; return whether none is."""
        store = self._store()
        # Another user may have connected in the meantime.
        if not mark.is_empty(store) or store.has_marked_transactions() or not local.adopt(self._settings, folder):
            return False
        wait_for(store)
        whole = mark.size(store) == bulk_rows(image)
        if not whole:
            _LOG.warning("a case is written row by row, for the import tool did not write all of it")
            local.renew(self._settings)
            wait_for(store)
        apply_schema(store)
        return whole
