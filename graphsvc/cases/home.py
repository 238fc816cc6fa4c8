"""Everything one process keeps open for a home: settings, databases, vault, gate and cases. Neo4j opens on demand."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar, cast

from graphsvc.access.decisions import requests
from graphsvc.access.decisions.pairs import Pairs
from graphsvc.access.gate.cyphergate import CypherGate
from graphsvc.access.gate.gate import Gate
from graphsvc.access.gate.in_parts import InParts
from graphsvc.access.gate.snapshots import Snapshots
from graphsvc.access.log import audit
from graphsvc.access.log.cyphertexts import CypherTexts
from graphsvc.access.people import accounts, policy
from graphsvc.access.people.principal import Principal
from graphsvc.access.vault.masterkey import open_vault
from graphsvc.analysis.backend import use_backend
from graphsvc.appdb import open_database
from graphsvc.cases.cache import Caches
from graphsvc.cases.cypher_runs import Runs
from graphsvc.cases.deliveries.batches import SERVICE, due, last_time, set_times
from graphsvc.cases.deliveries.casework import Casework
from graphsvc.cases.deliveries.opener import Opener
from graphsvc.cases.deliveries.waitlist import Waitlist
from graphsvc.cases.jobs import Jobs
from graphsvc.cases.processes import Processes
from graphsvc.cases.progress import quiet
from graphsvc.cases.protection import Protections
from graphsvc.cases.register import Register
from graphsvc.cases.stores.export_store import ExportStore
from graphsvc.cases.stores.uploads import UploadStore
from graphsvc.config import Settings
from graphsvc.errors import Busy, GraphsvcError
from graphsvc.machines.other_machines import processors_of
from graphsvc.queries import own_library
from graphsvc.records.progress import Progress
from graphsvc.records.weights import read_weights
from graphsvc.store.bolt import Store
from graphsvc.store.schema import apply_schema
from graphsvc.store.server import importing, local

_LOG = logging.getLogger(__name__)
# Principal in the log when statements open at set times.
_ITSELF = Principal(SERVICE, frozenset())
# Seconds between checks whether statements are due to open.
_LOOK_S = 30.0
_FORGET, _FORGET_S = "forget", 25.0
Subject = TypeVar("Subject", bound=Caches)


class Home:
    """Everything one process keeps open for a home. Close it, or use it in a `with` block.

    Args:
        settings: read once and passed down.
        progress: called while Neo4j is fetched and started, and while an interrupted load is completed.
        beside: whether another process keeps the managed server running as long as this process lives.
    """

    def __init__(self, settings: Settings, progress: Progress = quiet, *, beside: bool = False) -> None:
        self.settings = settings
        use_backend(settings.networkx_backend)
        self._progress, self._beside = progress, beside
        self.processors = processors_of(settings.scheduler)
        self.database = open_database(settings)
        self.vault = open_vault(settings, self.database)
        self.log = audit.keep(self.database, self.vault.derive_key("log chain"), settings.anchor_file)
        self.second_factor_roles = policy.roles_named(settings.second_factor_roles)
        accounts.ensure_local(self.database)
        self.library = own_library()
        self.register = Register(self.database, self.vault)
        self.snapshots = Snapshots(
            settings.home / "snapshots",
            self.vault.derive_key("snapshots"),
            self.database,
            lambda case: self.register.key(case, create=False),
            settings.snapshot_rows,
        )
        self.gate = Gate(self.store, self.database, self.library, settings, self.snapshots)
        self.in_parts = InParts(self.gate, self.store, settings.few_below)
        self.cypher_texts = CypherTexts(
            self.database, self.vault.derive_key("cypher texts"), lambda case: self.register.key(case, create=False)
        )
        self.cypher_gate = CypherGate(self.store, self.database, settings, self.cypher_texts)
        self.export_store = ExportStore(self.database, self.vault)
        self.weights = read_weights(settings.grading)
        self.pairs = Pairs(self.database)
        self.account_times = set_times(settings.accounts_open)
        self.waitlist = Waitlist(self.database)
        self.casework = Casework(
            self.store,
            self.register,
            self.waitlist,
            self.export_store,
            settings,
            self.pairs,
            requests.RequestStore(self.database),
            self.snapshots,
            self.forget,
            Protections(self.database),
            self.weights,
        )
        self.opener = Opener(self.casework, self.waitlist)
        self.uploads = UploadStore(self.database, self.vault, settings)
        self.processes = Processes(settings.home, self.vault.derive_key("processes"))
        self.jobs = Jobs(self.database, settings, self.processes)
        self.runs = Runs(self.processes)
        self._caches: dict[type[Caches], Caches] = {}
        self._opening = threading.Lock()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        # Cases whose due statements could not be opened at the last check.
        self._unopened: set[str] = set()
        self._store: Store | None = None
        self._server: local.LocalServer | None = None

    def store(self) -> Store:
        """Return the graph database: the server in NEO4J_URI, or this home's managed one, started if necessary.

        Raises:
            OperatorError: it is not available; the message says why.
        """
        with self._opening:
            lost = False
            if self._store is None:
                store = self._open_store()
                if not self._beside:  # otherwise the other process did this
                    lost = self.casework.close_lost(store)
                self._store = store
            opened = self._store
        if lost:
            _LOG.warning("the graph did not hold what was written last: it is restored from the deliveries")
            self.casework.recover(self._progress)
        return opened

    def plan_ahead(self) -> None:
        """Have the store plan the queries of pages in a background thread."""
        self.start_thread("planning", self._plan)

    def start_thread(self, name: str, work: Callable[[], object]) -> threading.Thread:
        """Start and return a background thread. `close` waits for it, so its work should end once `is_closing`."""
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    @property
    def is_closing(self) -> bool:
        """Whether `close` was called."""
        return self._closing.is_set()

    def _plan(self) -> None:
        try:
            self.gate.plan(lambda: not self.is_closing)
        except GraphsvcError as error:
            # Nobody waits for this thread, and pages report the same errors.
            _LOG.info("planning ahead ended early: %s", error)

    def keep_opening(self) -> None:
        """Open waiting statements whenever they are due, in a background thread."""

        def work() -> None:
            while True:
                self.open_accounts()
                if self._closing.wait(_LOOK_S):
                    return

        self.start_thread("accounts", work)

    def open_accounts(self) -> None:
        """Open the waiting witness statements that are due: see `cases.deliveries.batches`.

        A failure in one case does not affect the others; the next check tries again.
        """
        moment = audit.now()
        at = last_time(self.account_times, moment) if self.account_times else moment
        for case in sorted({*self.waitlist.cases(), *self._unopened}):
            again = case in self._unopened
            self._unopened.add(case)
            try:
                self._open_accounts(case, at, again=again)
                self._unopened.discard(case)
            except Busy:
                continue  # the next check is soon enough
            except Exception as error:
                # After any error the thread continues, with the other cases and the next check.
                _LOG.exception("accounts could not be opened: %s", type(error).__name__, exc_info=False)

    def _open_accounts(self, case: str, at: dt.datetime, *, again: bool) -> None:
        """Open the due statements of a case; `again`: the last check failed, which may have left the case closed."""
        enough, days = (self.settings.few_below, self.settings.accounts_days) if self.account_times else (0, 0)
        if not again and not due(self.opener.waits(case), at, enough, days):
            return
        line = audit.begin(
            self.database, _ITSELF, "accounts that wait open at set times", "load", case, step="open accounts"
        )
        try:
            opened = self.opener.open(case, lambda waiting: due(waiting, at, enough, days), at, self._progress)
        except BaseException as error:
            audit.finish(self.database, line, f"failed: {type(error).__name__}")
            raise
        audit.finish(self.database, line, "released", rows=len(opened.numbers))
        if opened.owed:
            _LOG.warning("accounts were opened. %s", opened.owed)

    def answer_others(self) -> None:
        """Start answering questions of the home's other processes about objects in this process's memory.

        Raises:
            OSError: the socket for their questions cannot be created.
        """
        self.processes.listen({_FORGET: self._forget, **self.runs.answers(), **self.jobs.answers()})

    def caches(self, kind: type[Subject]) -> Subject:
        """Return the caches of one subject, the same for every session of the home."""
        return cast("Subject", self._caches.setdefault(kind, kind()))

    def forget(self) -> None:
        """Forget everything read or computed from cases, in memory of all the home's processes and in previews.

        The data may contain names. A process that does not answer is logged; an administrator has to end it.
        """
        try:
            self.uploads.forget_previews()
        finally:
            self._forget()
            self.processes.ask_others(_FORGET, wait_s=_FORGET_S)

    def _forget(self) -> None:
        self.gate.forget()
        self.cypher_gate.forget()
        self.runs.forget()
        self.jobs.forget()
        for caches in list(self._caches.values()):
            caches.clear()

    def _open_store(self) -> Store:
        if self.settings.neo4j_uri:
            store = Store.of(self.settings)
        else:
            hold = local.running if self._beside else local.hold
            self._server = server = hold(self.settings, self._progress)
            store = Store.connect(server.uri, server.username, server.password, self.settings.neo4j_database)
        apply_schema(store)
        return store

    def recover(self, progress: Progress | None = None) -> list[str]:
        """Complete loads that a kill interrupted; return the cases. Needs Neo4j only if there are any.

        Uploads and import files that a kill left behind, or that waited too long, are removed.

        Args:
            progress: called instead of the home's own; it may raise to stop.
        """
        self.processes.settle()
        self.jobs.settle()
        requests.settle(self.database)
        self.uploads.sweep()
        self.export_store.sweep()
        self.snapshots.settle()
        importing.remove_leftovers(self.settings)
        return self.casework.recover(progress or self._progress)

    def close(self) -> None:
        """Stop loading and release everything. A managed server that nobody else uses stops, now or after a while."""
        self._closing.set()
        self.processes.close()
        self.runs.close()
        self.cypher_gate.close()
        self.jobs.close()
        self.processors.close()
        for thread in self._threads:
            thread.join()
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
