"""Who asks, why and of which case: what every subject of a session is handed, and its only way to the gate."""

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
from graphsvc.access.decided.own_words import Withhold
from graphsvc.access.door.gate import Laid
from graphsvc.access.door.look import Look
from graphsvc.access.door.redact import Released
from graphsvc.access.door.snapshots import AsRows, Thing
from graphsvc.access.door.standing import state_for
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.cases.home import Home
from graphsvc.cases.protection import WITNESS
from graphsvc.cases.versions import known_cases, version_for, version_of
from graphsvc.config import Settings
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.relations import LinkKey, link_key
from graphsvc.records.told import ranked_on
from graphsvc.store.bolt import Item, Make

# Links whose denials are asked for at once: few enough that the bound of the query cuts none.
_LINKS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One line of the list of cases."""

    id: str
    state: str
    version: int
    protection: str = WITNESS


class Ask:
    """One principal, one purpose and, once chosen, one case: asks the service's own queries, acts, and is logged.

    Attributes:
        home: what the process holds open.
        principal: who asks. purpose: why; both stand in each line of the log.
    """

    def __init__(self, home: Home, principal: Principal, purpose: str, case: str = "") -> None:
        self.home = home
        self.principal = principal
        self.purpose = purpose
        self._case = case
        self._looks = threading.local()

    @property
    def case(self) -> str:
        """The case that is asked about; the only visible one where none was chosen.

        Raises:
            RequestError: there are several to choose from, or none.
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
            NotFound: the case is not there or not theirs.
        """
        policy.require_case(self.principal, self.case)
        look = self._look
        if look is None:
            return self.home.register.key(self.case, create=False)
        if look.key is None:
            look.key = self.home.register.key(self.case, create=False)
        return look.key

    def at(self, case: str) -> Ask:
        """The same of another case."""
        return Ask(self.home, self.principal, self.purpose, case)

    def as_(self, grant: Grant) -> Ask:
        """The same as somebody would ask who has this clearance in this case, and none elsewhere."""
        case = self.case
        return Ask(self.home, replace(self.principal, grants={case: grant}), self.purpose, case)

    # -- who may ----------------------------------------------------------------------------------------------

    def may(self, action: str) -> bool:
        """Whether the principal's roles allow an action (`access.people.policy.ACTIONS`)."""
        return policy.may(self.principal, action)

    def require(self, action: str) -> None:
        """Nothing, if a role of this person allows an action.

        Raises:
            Refused: it does not.
        """
        policy.require(self.principal, action)

    @property
    def grant(self) -> Grant:
        """The clearance in this case."""
        return policy.require_case(self.principal, self.case)

    @property
    def grants(self) -> list[Grant | None]:
        """The clearance in the case that was chosen, or all there are where none was."""
        return [self.principal.grant(self._case)] if self._case else list(self.principal.grants.values())

    @property
    def version(self) -> int:
        """How often the case has been changed in what shows at this clearance: what was computed at another version is not current.

        Raises:
            Refused: no role of theirs reads cases; whether this one is there makes no difference. NotFound: not theirs.
        """
        policy.require(self.principal, "read")
        policy.require_case(self.principal, self.case)
        if self._look is not None:
            return self._look.version
        return version_of(self.database, self.case, self.grant.handling)

    @property
    def state(self) -> tuple[str, int, str, bool]:
        """What a result is computed on: it is current while this stays the same, and another clearance's is another.

        A case that is closed has none: the version rises only as it opens again, and what was computed before may name who
        is being sealed or erased.

        Raises:
            Refused, NotFound: as `version`. Busy: the case is being loaded.
        """
        policy.require(self.principal, "read")
        version = self.require_open() if self._look is None else self._look.version
        return self.case, version, self.grant.handling, self.grant.sources

    @property
    def ranked_on(self) -> str:
        """What the ranking of this reader leaves out, in a sentence; empty for who is cleared for everything."""
        return ranked_on(self.grant.handling, sources=self.grant.sources)

    def cases(self) -> list[CaseSummary]:
        """The cases this person can see, by name. An auditor or administrator sees none by that role."""
        if not self.may("read"):
            return []
        return [
            CaseSummary(
                row["id"], state_for(row["state"], grant.handling), row[version_for(grant.handling)], row["protection"]
            )
            for row in known_cases(self.database)
            if (grant := self.principal.grant(row["id"])) is not None
        ]

    def require_open(self) -> int:
        """The version of the case, if it is there and nothing that shows at this clearance is being loaded.

        Raises:
            NotFound: it is not there. Busy: it is being loaded.
        """
        return self.home.gate.require_open(self.case, self.grant)

    def require_there(self) -> None:
        """Nothing, if the case that was chosen is there for who may read cases; that it is not stands in the log.

        Who may not read any is refused by what they ask for: whether this one is there makes no difference.

        Raises:
            NotFound: it is not there or not theirs.
        """
        if self._case and self.may("read") and self._case not in {case.id for case in self.cases()}:
            with self.act("read", step="case"):
                return  # it was made meanwhile

    # -- acts -------------------------------------------------------------------------------------------------

    def act(self, action: str, **detail: Any) -> AbstractContextManager[dict[str, Any]]:
        """One logged act on this case: see `access.door.gate.Gate.acting`.

        Raises:
            Refused: no role of theirs allows it. NotFound: the case is not there or not theirs.
        """
        return self.home.gate.acting(self.principal, self.purpose, action, self.case, look=self._look, **detail)

    @contextmanager
    def look(self, action: str, **detail: Any) -> Iterator[dict[str, Any]]:
        """One logged act in which several things are opened: what is read and computed inside is a part of it.

        It stands in the log as one line, with what it opened and whose claims were released. All of it is of one state of
        the case.

        Raises:
            Refused, NotFound: as `act`. Busy: the case is being loaded, or was changed meanwhile.
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
        """One logged act that is on no case. Raises Refused as `act`."""
        return self.home.gate.acting(self.principal, self.purpose, action, **detail)

    def rows(self, name: str, *, whole: bool = False, **parameters: Any) -> Released:
        """Rows of one of the service's own queries; `whole` reads all of a case (an error if too much).

        Raises:
            Refused, NotFound, RequestError, Busy: see `access.door.gate.Gate.read`.
        """
        return self.read(name, parameters, action="analyse" if whole else "read", whole=whole)

    def read(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        action: str = "query",
        whole: bool = False,
        laid: bool = False,
    ) -> Released:
        """The released answer of any query; `laid`: of a whole case, in columns where they are kept on disk. Raises as `rows`."""
        return self.home.gate.read(
            self.principal,
            self.purpose,
            name,
            self.case,
            parameters,
            action=action,
            whole=whole,
            laid=laid,
            look=self._look,
        )

    def parts(self, name: str, take: Callable[[Released], object]) -> int:
        """All of the released answer of one of the service's own queries, a part at a time: see `access.door.in_parts.InParts.each`."""
        return self.home.in_parts.each(self.principal, self.purpose, name, self.case, take, self._look)

    def material(self, name: str, make: Make[Item], laid: Laid[Item] | None = None) -> Sequence[Item]:
        """Rows to compute on, sources included: see `access.door.gate.Gate.material`."""
        return self.home.gate.material(self.principal, self.purpose, name, self.case, make, self._look, laid)

    def computed(self, form: AsRows[Thing], compute: Callable[[], Thing], version: int | None = None) -> Thing:
        """What was computed of the case as it stands, kept on disk where there is much of it: see `access.door.gate.Gate.computed`.

        Args:
            form: how it is written.
            compute: computes it.
            version: of what is computed already, or of what it is computed of (default: of the look that goes on).

        Raises:
            NotFound, Busy: as `require_open`.
        """
        decided_by = (self.home.weights.digest,)
        of = version if self._look is None else self._look.version
        return self.home.gate.computed(self.principal, self.case, form, decided_by, compute, of)

    def together(self, *asked: tuple[str, Mapping[str, Any]], whole: bool = False) -> list[Released]:
        """The rows of several of the service's own queries (name, parameters), asked for at the same time.

        A server answers each question on one core alone; what does not wait for another answer is asked beside it.
        """
        look = self._look

        def ask(name: str, parameters: Mapping[str, Any]) -> Released:
            self._looks.now = look  # a part of what goes on in the thread that asks
            return self.rows(name, whole=whole, **parameters)

        with ThreadPoolExecutor(len(asked)) as pool:
            # Each waits as long as who asks for all of it (`records.patience`).
            waiting = [pool.submit(copy_context().run, ask, name, parameters) for name, parameters in asked]
            return [future.result() for future in waiting]

    def named(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Id → row of `entities.named`, of those that are there for this reader; nothing is asked about nobody."""
        return {row["id"]: row for row in self.of_ids("entities.named", ids)}

    def of_ids(self, name: str, ids: Collection[str]) -> list[dict[str, Any]]:
        """The rows of a query that has one at most for each of some ids, however many: asked in parts that no bound cuts. Raises as `rows`."""
        some, step = sorted(ids), self.settings.row_cap
        parts = (self.rows(name, ids=some[start : start + step]).dicts() for start in range(0, len(some), step))
        return [row for rows in parts for row in rows]

    def denials(self, links: Collection[LinkKey]) -> dict[LinkKey, int | str]:
        """Map each of these links that this reader sees denied or contested to its denials, as `network.among` gives them."""
        every, result = sorted(set(links)), dict[LinkKey, int | str]()
        for start in range(0, len(every), _LINKS_AT_ONCE):
            part = every[start : start + _LINKS_AT_ONCE]
            ids = sorted({end for subject, _, target in part for end in (subject, target)})
            rows = self.rows("network.among", ids=ids, relations=sorted({relation for _, relation, _ in part})).dicts()
            result |= {link_key(row): row["denying"] for row in rows if row["denying"]}
        return {link: result[link] for link in every if link in result}

    def mark_denied(self, claims: Iterable[dict[str, Any]]) -> None:
        """Add the denials of its link to each row of a claim that asserts: an accusation does not travel without them."""
        asserting = [row for row in claims if row["polarity"] == "asserts"]
        denying = self.denials([link_key(row) for row in asserting])
        for row in asserting:
            row["denying"] = denying.get(link_key(row), 0)

    def pseudonyms(self, kind: str, ids: Iterable[str]) -> dict[str, str]:
        """Ids of people or things by name, as pages show them → the pseudonyms that would stand for them.

        Made from what was delivered: where an id names somebody sealed, pages show another.
        """
        ids, key = list(ids), self.key
        masked = self.home.register.masked_ids(self.case, key) if any(map(vault.is_hidden, ids)) else {}
        return {shown: masked.get(shown) or vault.pseudonym(key, kind, shown) for shown in ids}

    def withhold(self) -> Withhold:
        """Withholds words that people type in the case, where they name somebody sealed."""
        return self.home.casework.replay.texts(self.case, self.key).words

    @property
    def _look(self) -> Look | None:
        """The look that goes on in this thread."""
        return getattr(self._looks, "now", None)


def filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a released row has a value."""
    return {name: value for name, value in row.items() if value is not None and value != []}


def nothing(identifier: str) -> NotFound:
    """The one answer to an id that is not there and to one that is not yours."""
    return NotFound(f"There is nothing with the id {identifier[:80]!r} that you can see in this case.")
