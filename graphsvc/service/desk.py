"""The service of one home: its settings, databases, vault and gate. Hands out sessions; opens Neo4j when first needed."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from graphsvc.access import accounts
from graphsvc.access.gate import Gate
from graphsvc.access.principal import Principal
from graphsvc.access.vault import Vault
from graphsvc.analysis.hubs import Ranking
from graphsvc.appdb import open_database
from graphsvc.config import Settings
from graphsvc.errors import NotSignedIn
from graphsvc.queries import Library
from graphsvc.service.casework import Casework, Progress, known_cases
from graphsvc.service.session import Session
from graphsvc.store import local
from graphsvc.store.bolt import Store
from graphsvc.store.schema import apply_schema


def quiet(_done: int, _total: int, _text: str) -> None:
    """Progress that nobody watches."""


class Service:
    """Everything one process holds open for a home. Close it, or use it in a `with` block.

    Args:
        settings: read once and passed down.
        progress: told while Neo4j is fetched and started, and while an interrupted load is completed.
    """

    def __init__(self, settings: Settings, progress: Progress = quiet) -> None:
        self.settings = settings
        self._progress = progress
        self.database = open_database(settings)
        self.vault = Vault.of(settings, new=not known_cases(self.database))
        accounts.ensure_local(self.database)
        self.library = Library()
        self.gate = Gate(self.store, self.database, self.library, settings)
        self.casework = Casework(self.store, self.database, self.vault, settings)
        self.rankings: dict[tuple[str, int, str], Ranking] = {}
        self._opening = threading.Lock()
        self._store: Store | None = None
        self._server: local.LocalServer | None = None

    def store(self) -> Store:
        """The graph database: the server NEO4J_URI names, or the managed one of this home, started if need be.

        Raises:
            OperatorError: it cannot be had, and why.
        """
        with self._opening:
            if self._store is None:
                self._store = self._open_store()
        return self._store

    def _open_store(self) -> Store:
        if self.settings.neo4j_uri:
            store = Store.of(self.settings)
        else:
            self._server = local.hold(self.settings, self._progress)
            server = self._server
            store = Store.connect(server.uri, server.username, server.password, self.settings.neo4j_database)
        apply_schema(store)
        return store

    def recover(self) -> list[str]:
        """Complete loads that a kill interrupted; gives the cases. Needs Neo4j only if there are any."""
        return self.casework.recover(self._progress)

    def session(self, principal: Principal, purpose: str, case: str = "") -> Session:
        """A session of someone who has proven who they are, for a purpose.

        Raises:
            NotSignedIn: the purpose is empty: why is asked of everyone and written in the log.
        """
        if not purpose.strip():
            raise NotSignedIn("Say for which purpose: --purpose or GRAPHSVC_PURPOSE, or the field at sign-in.")
        return Session(self, principal, purpose.strip(), case)

    def close(self) -> None:
        """Let go of everything. A managed server that nobody else uses stops."""
        if self._store is not None:
            self._store.close()
        if self._server is not None:
            self._server.close()
        self.database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
