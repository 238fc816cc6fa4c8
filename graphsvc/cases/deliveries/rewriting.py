"""Removes old contents after sealing and erasing: from servers' memory, previews, and the managed store's files.

The request for it is a row in the application database: the next start completes what a kill interrupted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from graphsvc.cases.locks import Locks
from graphsvc.cases.progress import unstoppable
from graphsvc.cases.register import Register
from graphsvc.config import Settings
from graphsvc.errors import Busy, OperatorError
from graphsvc.records.progress import Progress
from graphsvc.store.bolt import Store
from graphsvc.store.schema import apply_schema
from graphsvc.store.server import local

_TRIES = 60
_WIPES = 4
_ANSWER_S = 600.0


class Rewriting:
    """Rewrites the store of one home.

    Args:
        store: opens the graph database.
        register: stores requests for a rewrite, and the cases.
        settings: whether the store is managed.
        locks: prevent other processes and threads from writing.
        restore: loads one case from its deliveries.
        forget: clears the memory of all processes that serve the home, and the previews.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        register: Register,
        settings: Settings,
        locks: Locks,
        restore: Callable[[str], None],
        forget: Callable[[], None],
    ) -> None:
        self._store, self._register, self._settings = store, register, settings
        self._locks, self._restore, self._forget = locks, restore, forget

    def rewrite(self, progress: Progress) -> bool:
        """Rewrite the managed store if some of it must be deleted from disk; return whether the store is managed.

        Each case is loaded again from its deliveries into an empty store at the same address; the old store is deleted.

        Raises:
            Busy: a process is rewriting already, or a case takes long to load; the next start completes it.
        """
        managed = not self._settings.neo4j_uri
        if not (requests := self._register.rewriting()):
            return managed
        self._forget()
        if not managed:
            self._settle(requests)
            return False
        progress = unstoppable(progress)
        with self._locks.store(progress):
            self._begin_anew(progress, requests)
        return True

    def _begin_anew(self, progress: Progress, requests: Collection[int]) -> None:
        store = self._store()
        self._register.close_all()
        progress(0, 0, "deleting the old store and starting an empty one")
        local.renew(self._settings)
        wait_for(store)
        apply_schema(store)
        for row in self._register.cases():
            # The text contains no numbers: only users cleared for the cases may know how many there are.
            progress(0, 0, "loading every case into the new store")
            self._restore(row["id"])
        self._settle(requests)

    def _settle(self, requests: Collection[int]) -> None:
        """Mark requests as done if the application database is free of old contents; else the next start retries."""
        if any(self._register.wipe_free_space() for _ in range(_WIPES)):
            self._register.rewritten(requests)


def wait_for(store: Store) -> None:
    """Wait until the server answers after its restart, which broke all connections."""
    for left in reversed(range(_TRIES)):
        try:
            store.read("RETURN 1", {}, timeout=_ANSWER_S, cap=1)
            return
        except (Busy, OperatorError):
            if not left:
                raise
            time.sleep(1)
