"""Ask: principal, purpose and case of a request. Subjects of a session reach the gate only through an Ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from graphsvc.access import vault
from graphsvc.access.decisions.own_words import Withhold
from graphsvc.access.gate.gate import Laid
from graphsvc.access.gate.look import Look
from graphsvc.access.gate.redact import Released
from graphsvc.access.gate.snapshots import AsRows, Thing
from graphsvc.access.gate.standing import VERSION, state_for
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.cases.home import Home
from graphsvc.cases.progress import coarse
from graphsvc.cases.protection import WITNESS
from graphsvc.cases.versions import known_cases, version_of
from graphsvc.config import Settings
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.coarsened import ranked_on
from graphsvc.records.progress import Progress
from graphsvc.records.relations import LinkKey, link_key
from graphsvc.store.bolt import Item, Make

# Links whose denials are requested in one query: few enough to stay below the row cap.
_LINKS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One line of the list of cases."""

    id: str
    state: str
    version: int
    protection: str = WITNESS


class Ask:
    """One principal, one purpose and, once chosen, one case: runs the service's own queries and acts, all logged.

    Attributes:
        home: the resources that the process has open.
        principal: the person asking.
        purpose: why they ask. Each log line contains principal and purpose.
    """

    def __init__(self, home: Home, principal: Principal, purpose: str, case: str = "") -> None:
        self.home = home
        self.principal = principal
        self.purpose = purpose
        self._case = case
        self._looks = threading.local()

    @property
    def case(self) -> str:
        """The chosen case; if no case was chosen, the only visible one.

        Raises:
            RequestError: no case was chosen, and several cases or none are visible.
        """
        if self._case:
            return self._case
        visible = self.cases()
        if len(visible) != 1:
            named = ", ".join(case.id for case in visible) or "none yet: `graphsvc load FOLDER --case NAME` makes one"
            raise RequestError(f"Say which case. You can see: {named}.")
        return visible[0].id

    @property
    def database(self) -> sa.Engine:
        """The application database."""
        return self.home.database

    @property
    def settings(self) -> Settings:
        """The settings of the service."""
        return self.home.settings

    @property
    def key(self) -> bytes:
        """The data key of the case.

        Raises:
            NotFound: the case does not exist, or this person may not see it.
        """
        policy.require_case(self.principal, self.case)
        look = self._look
        if look is None:
            return self.home.register.key(self.case, create=False)
        if look.key is None:
            look.key = self.home.register.key(self.case, create=False)
        return look.key

    def at(self, case: str) -> Ask:
        """Return this Ask for another case."""
        return Ask(self.home, self.principal, self.purpose, case)

    def as_(self, grant: Grant) -> Ask:
        """Return this Ask for someone with this clearance in this case and no clearance elsewhere."""
        case = self.case
        return Ask(self.home, replace(self.principal, grants={case: grant}), self.purpose, case)

    # -- permissions ------------------------------------------------------------------------------------------

    def may(self, action: str) -> bool:
        """Whether the principal's roles allow an action (`access.people.policy.ACTIONS`)."""
        return policy.may(self.principal, action)

    def require(self, action: str) -> None:
        """Raise Refused unless one of the person's roles allows the action.

        Raises:
            Refused: no role allows it.
        """
        policy.require(self.principal, action)

    @property
    def grant(self) -> Grant:
        """The clearance in this case."""
        return policy.require_case(self.principal, self.case)

    @property
    def grants(self) -> list[Grant | None]:
        """The clearance in the chosen case; if no case was chosen, the clearances in all cases."""
        return [self.principal.grant(self._case)] if self._case else list(self.principal.grants.values())

    @property
    def version(self) -> int:
        """Number of changes to the case that are visible at this clearance; results of another version are out of date.

        Raises:
            Refused: none of the person's roles may read cases, whether or not this case exists.
            NotFound: they may not see the case.
        """
        policy.require(self.principal, "read")
        policy.require_case(self.principal, self.case)
        if self._look is not None:
            return self._look.version
        return version_of(self.database, self.case, self.grant)

    @property
    def state(self) -> tuple[str, int, str, bool]:
        """Key of the state that a result is computed on: the result is current while the key is unchanged.

        The clearance is included. A closed case has no state: its version rises only when it opens again, and earlier
        results may name people who are being sealed or erased.

        Raises:
            Refused, NotFound: as `version`.
            Busy: the case is being imported.
        """
        policy.require(self.principal, "read")
        version = self.require_open() if self._look is None else self._look.version
        return self.case, version, self.grant.handling, self.grant.sources

    @property
    def ranked_on(self) -> str:
        """Sentence on what this reader's ranking leaves out; empty for full clearance."""
        return ranked_on(self.grant.handling, sources=self.grant.sources)

    def cases(self) -> list[CaseSummary]:
        """Return the cases this person can see, by name. Auditors and administrators without another role see none."""
        if not self.may("read"):
            return []
        return [
            CaseSummary(row["id"], state_for(row["state"], grant), row[VERSION[grant.among]], row["protection"])
            for row in known_cases(self.database)
            if (grant := self.principal.grant(row["id"])) is not None
        ]

    def require_open(self) -> int:
        """Return the version of the case, if it exists and no import visible at this clearance is running.

        Raises:
            NotFound: it does not exist, or this person may not see it.
            Busy: it is being imported.
        """
        return self.home.gate.require_open(self.case, self.grant)

    def require_there(self) -> None:
        """Raise an error, and log it, if a person who may read cases has chosen a case they cannot see.

        A person who may not read cases is refused later, by the act itself, whether or not the case exists.

        Raises:
            NotFound: the case does not exist, or this person may not see it.
        """
        if self._case and self.may("read") and self._case not in {case.id for case in self.cases()}:
            with self.act("read", step="case"):
                return  # no error: the case was created in the meantime

    # -- acts -------------------------------------------------------------------------------------------------

    def act(self, action: str, **detail: Any) -> AbstractContextManager[dict[str, Any]]:
        """Log one act on this case: see `access.gate.gate.Gate.acting`.

        Raises:
            Refused: no role of this person allows it.
            NotFound: the case does not exist, or this person may not see it.
        """
        return self.home.gate.acting(self.principal, self.purpose, action, self.case, look=self._look, **detail)

    @contextmanager
    def look(self, action: str, **detail: Any) -> Iterator[dict[str, Any]]:
        """Log one act that covers everything read and computed inside it.

        The log has one line for it, with everything opened and all sources whose claims were released. All data come
        from a single state of the case.

        Raises:
            Refused, NotFound: as `act`.
            Busy: the case is being imported, or changed during the act.
        """
        if self._look is not None:
            with self.act(action, **detail) as outcome:
                yield outcome
            return
        with self.home.gate.looking(self.principal, self.purpose, action, self.case, **detail) as (look, outcome):
            self._looks.now = look
            try:
                yield outcome
            finally:
                self._looks.now = None

    def act_anywhere(self, action: str, **detail: Any) -> AbstractContextManager[dict[str, Any]]:
        """Log one act without a case. Raises Refused as `act`."""
        return self.home.gate.acting(self.principal, self.purpose, action, **detail)

    def rows(self, name: str, *, whole: bool = False, **parameters: Any) -> Released:
        """Return rows of one of the service's own queries; `whole` reads all of a case (an error if too large).

        Raises:
            Refused, NotFound, RequestError, Busy: see `access.gate.gate.Gate.read`.
        """
        return self.read(name, parameters, action="analyse" if whole else "read", whole=whole)

    def read(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        action: str = "query",
        whole: bool = False,
        in_columns: bool = False,
    ) -> Released:
        """Return the released answer of any query. Raises as `rows`.

        Args:
            name: the query's name.
            parameters: name → value.
            action: the action that is checked and logged.
            whole: read the whole case.
            in_columns: return the answer on a whole case column by column, if it is kept on disk.
        """
        return self.home.gate.read(
            self.principal,
            self.purpose,
            name,
            self.case,
            parameters,
            action=action,
            whole=whole,
            as_columns=in_columns,
            look=self._look,
        )

    def parts(self, name: str, take: Callable[[Released], object]) -> int:
        """Process the whole answer of one of the service's queries in parts: see `InParts.each`."""
        return self.home.in_parts.each(self.principal, self.purpose, name, self.case, take, self._look)

    def material(self, name: str, make: Make[Item], make_columns: Laid[Item] | None = None) -> Sequence[Item]:
        """Return rows to compute on, sources included: see `access.gate.gate.Gate.material`."""
        return self.home.gate.material(self.principal, self.purpose, name, self.case, make, self._look, make_columns)

    def cached_result(self, form: AsRows[Thing], compute: Callable[[], Thing], version: int | None = None) -> Thing:
        """Return a result for the current state of the case, kept on disk if large: see `Gate.get_or_compute`.

        Args:
            form: how to write the result to disk.
            compute: computes the result.
            version: version of the case the result belongs to (default: that of the open look).

        Raises:
            NotFound, Busy: as `require_open`.
        """
        decided_by = (self.home.weights.digest,)
        of = version if self._look is None else self._look.version
        return self.home.gate.get_or_compute(self.principal, self.case, form, decided_by, compute, of)

    def together(self, *questions: tuple[str, Mapping[str, Any]], whole: bool = False) -> list[Released]:
        """Return the rows of several of the service's own queries (name, parameters), run concurrently.

        The server runs each query on a single core, so independent queries are faster in parallel.
        """
        look = self._look

        def ask(name: str, parameters: Mapping[str, Any]) -> Released:
            self._looks.now = look  # so that this thread reads within the caller's look
            return self.rows(name, whole=whole, **parameters)

        with ThreadPoolExecutor(len(questions)) as pool:
            # Each thread waits as long as the whole request may (`records.patience`).
            waiting = [pool.submit(copy_context().run, ask, name, parameters) for name, parameters in questions]
            return [future.result() for future in waiting]

    def entity_rows(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Map ids to rows of `entities.named`, for ids visible to this reader. Without ids, no query runs."""
        return {row["id"]: row for row in self.of_ids("entities.named", ids)}

    def of_ids(self, name: str, ids: Collection[str]) -> list[dict[str, Any]]:
        """Return the rows of a query with at most one row per id, in batches within the row cap. Raises as `rows`."""
        id_list, step = sorted(ids), self.settings.row_cap
        parts = (self.rows(name, ids=id_list[start : start + step]).dicts() for start in range(0, len(id_list), step))
        return [row for rows in parts for row in rows]

    def denials(self, links: Collection[LinkKey]) -> dict[LinkKey, int | str]:
        """Map each link that this reader sees denied or contested to its denials, as in `network.among`."""
        every, result = sorted(set(links)), dict[LinkKey, int | str]()
        for start in range(0, len(every), _LINKS_AT_ONCE):
            part = every[start : start + _LINKS_AT_ONCE]
            ids = sorted({end for subject, _, target in part for end in (subject, target)})
            rows = self.rows("network.among", ids=ids, relations=sorted({relation for _, relation, _ in part})).dicts()
            result |= {link_key(row): row["denying"] for row in rows if row["denying"]}
        return {link: result[link] for link in every if link in result}

    def mark_denied(self, claims: Iterable[dict[str, Any]]) -> None:
        """Add to each asserting claim the denials of its link, so no accusation is shown without them."""
        asserting = [row for row in claims if row["polarity"] == "asserts"]
        denying = self.denials([link_key(row) for row in asserting])
        for row in asserting:
            row["denying"] = denying.get(link_key(row), 0)

    def pseudonyms(self, kind: str, ids: Iterable[str]) -> dict[str, str]:
        """Map ids of named people or things, as shown on pages, to the pseudonyms they would have.

        Pseudonyms are made from delivered ids. If a delivered id names a sealed person, pages show a different id.
        """
        ids, key = list(ids), self.key
        masked = self.home.register.masked_ids(self.case, key) if any(map(vault.is_hidden, ids)) else {}
        return {identifier: masked.get(identifier) or vault.pseudonym(key, kind, identifier) for identifier in ids}

    def progress(self, progress: Progress) -> Progress:
        """Return a progress reporter that leaves out amounts this reader may not know."""
        return progress if self.grant.sources else coarse(progress)

    def withhold(self) -> Withhold:
        """Return a filter that withholds text typed by users of the case if it names a sealed person."""
        return self.home.casework.replay.texts(self.case, self.key).words

    @property
    def _look(self) -> Look | None:
        """The look open in this thread."""
        return getattr(self._looks, "now", None)


def filled_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a released row that have a value."""
    return {name: value for name, value in row.items() if value is not None and value != []}


def nothing(identifier: str) -> NotFound:
    """Return the error for an id that does not exist or that this reader may not see; both read the same."""
    return NotFound(f"There is nothing with the id {identifier[:80]!r} that you can see in this case.")
