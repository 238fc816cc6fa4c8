"""The service of one home: its settings, databases, vault and gate. Hands out sessions; opens Neo4j when first needed."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from types import TracebackType
from typing import Self

from graphsvc.access.decided.pairs import Pairs
from graphsvc.access.door.cyphergate import CypherGate
from graphsvc.access.door.gate import Gate
from graphsvc.access.log import audit
from graphsvc.access.log.cyphertexts import CypherTexts
from graphsvc.access.people import accounts, enrolment, policy
from graphsvc.access.people.attempts import Entrance
from graphsvc.access.people.principal import Principal
from graphsvc.access.people.purpose import known_purpose
from graphsvc.access.vault.masterkey import open_vault
from graphsvc.analysis.doubt.questions import Question
from graphsvc.analysis.doubt.stability import Place
from graphsvc.analysis.evidence.belief import LinkFigures
from graphsvc.analysis.evidence.claims import Claim, LinkKey, Person
from graphsvc.analysis.exposure.presence import Ground
from graphsvc.analysis.links.sets import Network
from graphsvc.analysis.links.ways import Tie
from graphsvc.analysis.score.basis import Basis
from graphsvc.analysis.score.hubs import Ranking
from graphsvc.appdb import open_database
from graphsvc.cases.cache import Kept
from graphsvc.cases.deliveries.batches import SERVICE, due, last_time, set_times
from graphsvc.cases.deliveries.casework import Casework, Progress
from graphsvc.cases.deliveries.opener import Opener
from graphsvc.cases.deliveries.waitlist import Waitlist
from graphsvc.cases.jobs import Jobs
from graphsvc.cases.register import Register
from graphsvc.cases.stores.export_store import Shelf
from graphsvc.cases.stores.uploads import Uploads
from graphsvc.config import Settings
from graphsvc.errors import Busy, GraphsvcError, NotSignedIn
from graphsvc.queries import Library
from graphsvc.records.weights import read_weights
from graphsvc.service.cypher.cypher import Runs
from graphsvc.service.protection import requests
from graphsvc.service.session import Session
from graphsvc.store.bolt import Store
from graphsvc.store.schema import apply_schema
from graphsvc.store.server import local
from graphsvc.views.picture.overview import Overview

_LOG = logging.getLogger(__name__)
# How many results are kept in memory; of what they were computed from, which is large, only the latest two.
_RANKINGS = 64
_MATERIALS = 2
# Who the log says opens accounts at set times.
_ITSELF = Principal(SERVICE, frozenset())
# Seconds between two looks whether it is time for accounts to open.
_LOOK_S = 30.0
NOWHERE = Entrance()
# One word for every way in, so that an auditor who asks for it finds them all.
SIGN_IN = "sign in"


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
        self.vault = open_vault(settings, self.database)
        self.log = audit.keep(self.database, self.vault.derived("log chain"), settings.anchor_file)
        self.second_factor_roles = policy.roles_named(settings.second_factor_roles)
        accounts.ensure_local(self.database)
        self.library = Library()
        self.gate = Gate(self.store, self.database, self.library, settings)
        self.register = Register(self.database, self.vault)
        self.cypher_texts = CypherTexts(
            self.database, self.vault.derived("cypher texts"), lambda case: self.register.key(case, create=False)
        )
        self.cypher_gate = CypherGate(self.store, self.database, settings, self.cypher_texts)
        self.shelf = Shelf(self.database, self.vault)
        self.weights = read_weights(settings.grading)
        self.pairs = Pairs(self.database)
        self.account_times = set_times(settings.accounts_open)
        self.waitlist = Waitlist(self.database)
        self.casework = Casework(
            self.store, self.register, self.waitlist, self.shelf, settings, self.pairs, self.weights
        )
        self.opener = Opener(self.casework, self.waitlist)
        self.uploads = Uploads(self.database, self.vault, settings)
        self.jobs = Jobs(self.database, settings)
        self.runs = Runs()
        self.rankings: Kept[Ranking] = Kept(_RANKINGS)
        self.bases: Kept[Basis] = Kept(_MATERIALS)
        self.places: Kept[dict[str, Place]] = Kept(_RANKINGS)
        self.materials: Kept[tuple[list[Claim], list[Person], dict[str, frozenset[str]]]] = Kept(_MATERIALS)
        self.folded: Kept[tuple[list[Claim], list[Person], dict[str, frozenset[str]]]] = Kept(_MATERIALS)
        self.weighed: Kept[list[Question]] = Kept(_RANKINGS)
        self.networks: Kept[tuple[frozenset[str], Network, dict[LinkKey, LinkFigures]]] = Kept(_MATERIALS)
        self.players: Kept[tuple[str, ...]] = Kept(_RANKINGS)
        self.webs: Kept[dict[str, list[Tie]]] = Kept(_MATERIALS)
        self.overviews: Kept[Overview] = Kept(_RANKINGS)
        self.grounds: Kept[Ground] = Kept(_MATERIALS)
        self._opening = threading.Lock()
        self._closing = threading.Event()
        self._planning: threading.Thread | None = None
        self._opening_accounts: threading.Thread | None = None
        # Cases of which the last look could not open what was due.
        self._unopened: set[str] = set()
        self._store: Store | None = None
        self._server: local.LocalServer | None = None

    def store(self) -> Store:
        """The graph database: the server NEO4J_URI names, or the managed one of this home, started if need be.

        Raises:
            OperatorError: it cannot be had, and why.
        """
        with self._opening:
            lost = False
            if self._store is None:
                store = self._open_store()
                lost = self.casework.close_lost(store)
                self._store = store
            opened = self._store
        if lost:
            _LOG.warning("the graph did not hold what was written last: it is restored from the deliveries")
            self.casework.recover(self._progress)
        return opened

    def plan_ahead(self) -> None:
        """Have the store plan the queries of pages from now on, beside whatever else there is to do."""
        self._planning = threading.Thread(target=self._plan, name="planning", daemon=True)
        self._planning.start()

    def _plan(self) -> None:
        try:
            self.gate.plan(lambda: not self._closing.is_set())
        except GraphsvcError as error:
            # Who asks for a page is told, and helped; here nobody waits.
            _LOG.info("planning ahead ended early: %s", error)

    def keep_opening(self) -> None:
        """Open accounts that wait whenever it is time to, from now on, beside whatever else there is to do."""

        def work() -> None:
            while True:
                self.open_accounts()
                if self._closing.wait(_LOOK_S):
                    return

        self._opening_accounts = threading.Thread(target=work, name="accounts", daemon=True)
        self._opening_accounts.start()

    def open_accounts(self) -> None:
        """Open the accounts of witnesses that wait, as far as it is time to: see `cases.deliveries.batches`.

        What goes wrong in one case keeps no other; the next look tries again.
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
                continue  # the next look is soon enough
            except Exception as error:
                # Whatever it is: the thread goes on, for the other cases and for the next look.
                _LOG.exception("accounts could not be opened: %s", type(error).__name__, exc_info=False)

    def _open_accounts(self, case: str, at: dt.datetime, *, again: bool) -> None:
        """Open what is due in one case; `again` what could not be at the last look, which may have left it closed."""
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
        audit.finish(self.database, line, "released", rows=len(opened))

    def forget(self) -> None:
        """Forget everything that was computed on cases and kept in memory: names may be in it."""
        for kept in vars(self).values():
            if isinstance(kept, Kept):
                kept.clear()

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
        """Complete loads that a kill interrupted; gives the cases. Needs Neo4j only if there are any.

        Uploads that a kill left behind, or that waited too long, are removed.
        """
        self.jobs.settle()
        requests.settle(self.database)
        self.uploads.sweep()
        self.shelf.sweep()
        return self.casework.recover(self._progress)

    def session(self, principal: Principal, purpose: str, case: str = "") -> Session:
        """A session of someone who has proven who they are, for a purpose.

        Raises:
            NotSignedIn: the purpose is none (see `access.people.purpose`): why is asked of everyone and written in the log.
        """
        return Session(self, principal, known_purpose(purpose), case)

    # -- signing in on the web --------------------------------------------------------------------------------

    def sign_in(
        self, name: str, password: str, code: str, purpose: str, place: Entrance = NOWHERE, bound: str = ""
    ) -> str:
        """A web token for who name, password and code prove, to be kept in their cookie.

        Args:
            name: of the account.
            password: its own.
            code: of its second factor, if it has one.
            purpose: why.
            place: where they sign in from; failures are counted by it.
            bound: where the token is used from: elsewhere it is good for nothing.

        Raises:
            NotSignedIn: one of them is wrong (in the same words whichever), or the purpose is none.
        """
        purpose = known_purpose(purpose)
        principal = self.prove(name, password, code, purpose, place)
        return self._web_token(principal, purpose, bound, limited=self.must_enrol(principal))

    def prove(self, name: str, password: str, code: str, purpose: str, place: Entrance = NOWHERE) -> Principal:
        """Who name, password and code prove; that someone failed to is in the log.

        Raises:
            NotSignedIn: in the same words whatever was wrong.
        """
        try:
            return accounts.sign_in(self.database, self.vault, name, password, code, place)
        except NotSignedIn as error:
            # What was typed as a name may be a password, so a name that is none is not written down.
            known = accounts.is_known(self.database, name)
            self._signed(Principal(name if known else "unknown", frozenset()), purpose, f"refused: {error}")
            raise

    def must_enrol(self, principal: Principal) -> bool:
        """Whether a role of theirs must have a second factor and they have set none up."""
        must = principal.roles & self.second_factor_roles
        return bool(must) and not enrolment.has_second_factor(self.database, principal.name)

    def redeem_link(self, link: str, bound: str = "") -> str:
        """A web token for the account and purpose of a one-time link, which is used up.

        No second factor is asked for: who makes links runs the service at this machine and holds its database and key.

        Raises:
            NotSignedIn: the link is unknown, used or too old.
        """
        return self._web_token(*accounts.redeem(self.database, link, "link"), bound)

    def sign_in_link(self, account: str, purpose: str) -> str:
        """A new one-time link token of an account, good for `settings.token_hours`; opened at `/link/<token>`.

        Raises:
            RequestError: there is no such account. NotSignedIn: the purpose is none.
        """
        lifetime = dt.timedelta(hours=self.settings.token_hours)
        return accounts.issue(self.database, account, "link", lifetime, known_purpose(purpose))

    def forget_links(self) -> None:
        """End the one-time links of earlier starts: they are made anew at each."""
        accounts.revoke_links(self.database)

    def session_of(self, token: str, bound: str = "", *, used: bool = True) -> Session:
        """The session a web token stands for.

        Args:
            token: as `sign_in` gave it.
            bound: where it is used from.
            used: somebody uses it, which keeps it alive up to its end; what a page asks by itself does not.

        Raises:
            NotSignedIn: it is unknown, has ended, or is bound to elsewhere.
        """
        idle = dt.timedelta(minutes=self.settings.session_minutes) if used else None
        return self.session(*accounts.redeem(self.database, token, "web", extend=idle, bound=bound))

    def is_signed_in(self, token: str) -> bool:
        """Whether a web token lives, wherever it is used from: enough to take in what comes with it, and no more."""
        return bool(accounts.token_owner(self.database, token, "web"))

    def sign_out(self, token: str) -> None:
        """End a web token; nothing if it has ended."""
        accounts.revoke(self.database, token)

    def hidden_path(self) -> str:
        """A path that nobody can guess, the same at every start: below it pages are safe from other ports of a machine."""
        return f"/{self.vault.derived('web path')[:16].hex()}"

    def web_key(self) -> bytes:
        """The key that signs cookies (32 bytes): the same at every start, so that a restart signs nobody out."""
        return self.vault.derived("web cookies")

    def roles(self) -> list[tuple[str, str, dict[str, bool]]]:
        """The role table: (role, what it is, action → whether it allows it), from `access.people.policy`."""
        return [
            (role, says, {action: role in policy.ALLOWED[action] for action in policy.ACTIONS})
            for role, says in policy.ROLES.items()
        ]

    def actions(self) -> dict[str, str]:
        """Action → what it is, from `access.people.policy`."""
        return dict(policy.ACTIONS)

    def _web_token(self, principal: Principal, purpose: str, bound: str, *, limited: bool = False) -> str:
        longest = dt.timedelta(hours=self.settings.session_hours)
        idle = min(dt.timedelta(minutes=self.settings.session_minutes), longest)
        self._signed(principal, purpose, "released")
        return accounts.issue(
            self.database, principal.name, "web", idle, purpose, limited=limited, longest=longest, bound=bound
        )

    def _signed(self, principal: Principal, purpose: str, outcome: str) -> None:
        audit.finish(self.database, audit.begin(self.database, principal, purpose, SIGN_IN), outcome)

    def close(self) -> None:
        """Stop what is being loaded and let go of everything. A managed server that nobody else uses stops."""
        self._closing.set()
        self.runs.close()
        self.jobs.close()
        for thread in (self._planning, self._opening_accounts):
            if thread is not None:
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
