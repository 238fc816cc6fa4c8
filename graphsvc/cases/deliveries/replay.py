"""A case made anew from the deliveries that count: the state, how everybody stands, the graph and the vault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from graphsvc.access.decided.pairs import Pairing, Pairs
from graphsvc.access.door.snapshots import Snapshots
from graphsvc.access.log.audit import now
from graphsvc.cases.deliveries.bulk_load import BulkLoad
from graphsvc.cases.deliveries.loader_view import ids_brought
from graphsvc.cases.deliveries.sealed_rows import open_rows
from graphsvc.cases.deliveries.waitlist import Waitlist
from graphsvc.cases.gc_pause import uncollected
from graphsvc.cases.image.computed import children
from graphsvc.cases.image.figures import graded_with
from graphsvc.cases.image.graphing import Graphed, IdMap, graphed
from graphsvc.cases.image.sealing import is_newly_marked
from graphsvc.cases.image.standing import NAMED, Deciding, Standings, by_name, sealed_anew, standings
from graphsvc.cases.image.texts import Texts
from graphsvc.cases.locks import Locks
from graphsvc.cases.protection import MARKED, Protections
from graphsvc.cases.register import Register
from graphsvc.cases.stores.export_store import ExportStore
from graphsvc.config import Settings
from graphsvc.errors import OperatorError, RequestError
from graphsvc.ingest.check import Delivery, Row, digest
from graphsvc.ingest.fold import State
from graphsvc.ingest.versions import KeptRows, steps
from graphsvc.ingest.versions import VersionStep as Version
from graphsvc.records.progress import Progress
from graphsvc.records.weights import Weights
from graphsvc.store import mark
from graphsvc.store.bolt import Store
from graphsvc.store.image import WriteStep, difference, moves_open, read_image, write, writing_mark

FLOOR = re.compile(r"[123][A-E]")


class Replayed(NamedTuple):
    """What deliveries make, loaded in order.

    Attributes:
        state: all they say.
        standing: how everybody stood before the last decision.
        settled: delivery → its status from then on, of those whose mark is to be settled.
        refused: delivery → table, file and line of its rows that refer to nothing, or are refused for another reason.
        coming: rows of the deliveries that nobody has been decided on with.
    """

    state: State
    standing: Standings
    settled: dict[int, str]
    refused: dict[int, Counter[tuple[str, str, int]]]
    coming: list[Row]


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be written for a case to become another.

    Attributes:
        result: the graph and the vault as they are to be.
        before: how everybody stood. standing: how they are to.
        settled: delivery → its status then.
        steps: what to write.
        stood: pseudonyms of whom and what the graph held by their own id so far, and holds sealed from now on.
        moves_open: whether any of it shows to who is cleared for handling code P alone.
        fresh: the graph holds nothing of the case so far.
    """

    case: str
    key: bytes
    result: Graphed
    before: Standings
    standing: Standings
    settled: Mapping[int, str]
    steps: list[WriteStep]
    moves_open: bool
    fresh: bool
    stood: frozenset[str] = frozenset()

    @property
    def state(self) -> str:
        """The state of the case while it is written."""
        return "loading" if self.moves_open else "loading-c"

    @property
    def sealed_anew(self) -> set[str]:
        """Pseudonyms of who stood by name and will not any more."""
        return sealed_anew(self.before, self.standing) | self.stood

    @property
    def newly_marked(self) -> set[str]:
        """Pseudonyms of the people with a mark that was not kept before."""
        return {name for name, entity in self.standing.items() if is_newly_marked(self.before.get(name), entity)}


class Replay:
    """Makes cases anew. Its caller holds the case's lock, and has recorded what makes the case another one.

    Args:
        store: opens the graph database.
        register: knows the deliveries, decisions and standings.
        waitlist: knows the accounts that wait.
        export_store: brought in line with who is sealed and erased.
        settings: who is named, and how much is written at once.
        pairs: what was decided on pairs of sources.
        locks: those under which cases are written.
        weights: what a grading is worth.
        snapshots: of what was read of a case before it became another.
        protection: of each case.

    Raises:
        OperatorError: GRAPHSVC_NAMED or GRAPHSVC_NAMING_FLOOR has a value it does not take.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        register: Register,
        waitlist: Waitlist,
        export_store: ExportStore,
        settings: Settings,
        pairs: Pairs,
        locks: Locks,
        weights: Weights,
        snapshots: Snapshots,
        protection: Protections,
    ) -> None:
        if settings.named not in NAMED:
            raise OperatorError(
                f"GRAPHSVC_NAMED is {settings.named!r}, but takes {' or '.join(NAMED)}. Correct it or unset it."
            )
        if not FLOOR.fullmatch(settings.naming_floor):
            raise OperatorError(
                f"GRAPHSVC_NAMING_FLOOR is {settings.naming_floor!r}, but takes a grade from 1A to 3E, such as 2D. Correct it or"
                " unset it."
            )
        self._store, self._register, self._waitlist, self._export_store = store, register, waitlist, export_store
        self.protection = protection
        self._settings, self._pairs, self.weights, self._snapshots = settings, pairs, weights, snapshots
        self._bulk_load = BulkLoad(store, settings, locks)

    @property
    def graded_with(self) -> str:
        """A digest of what figures are computed by."""
        return graded_with(self.weights, self._settings.few_below)

    def restore(self, case: str, key: bytes, progress: Progress) -> None:
        """Make the graph what the deliveries that count say, and settle their marks.

        What a process that is gone left running at the server is ended first: it would write behind our back.
        """
        self._store().end(writing_mark(case))
        self.carry_out(self.plan(case, key, progress), progress)

    def plan(
        self,
        case: str,
        key: bytes,
        progress: Progress,
        *,
        undoing: int | None = None,
        decided: Mapping[str, str] = MappingProxyType({}),
        rows: Mapping[int, bytes] = MappingProxyType({}),
        opening: Mapping[int, Any] = MappingProxyType({}),
        pairings: list[Pairing] | None = None,
        before: Standings | None = None,
        names: Mapping[str, str] = MappingProxyType({}),
        protection: tuple[str, str] | None = None,
    ) -> Plan:
        """What has to become of a case for it to be what its deliveries say.

        Args:
            case: the case.
            key: its data key.
            progress: told what is done.
            undoing: a delivery that is to be left out.
            decided: pseudonym → what is about to be decided.
            rows: delivery → its sealed rows as they are about to be.
            opening: accounts that waited, by the numbers they get, and count from now on.
            pairings: what is about to be decided on pairs of sources; None: what is.
            before: how everybody stood, as it is about to be; None: as it is.
            names: pseudonyms that are about to become others: what was decided on them counts for these.
            protection: the protection that is about to be kept, as `Protections.of` gives it; None: as it is.
        """
        past = dict(sorted({**self._register.counting(case), **opening}.items()))
        state, stored, settled, _, coming = self.replayed(case, key, past, undoing, rows)
        before = stored if before is None else before
        undone = (number for number, status in settled.items() if status == "undone")
        number = next(undone, max(past, default=0))
        by = self.deciding(case, key, decided, names, protection)
        standing = standings(before, state, by, number, coming)
        return self.planned(case, key, state, before, standing, settled, progress, pairings)

    def now(self, case: str, key: bytes) -> State:
        """What the deliveries that count make."""
        return self.replayed(case, key, self._register.counting(case)).state

    def replayed(
        self,
        case: str,
        key: bytes,
        past: Mapping[int, Any],
        undoing: int | None = None,
        rows: Mapping[int, bytes] = MappingProxyType({}),
    ) -> Replayed:
        """What deliveries make; of `plan` the arguments."""
        state, settled, refused = State(), dict[int, str](), dict[int, Counter[tuple[str, str, int]]]()
        coming = list[Row]()
        deciding = self.deciding(case, key)
        stored = self._register.standings(case, key)
        standing: Standings = stored or {}
        for number, row in past.items():
            if row.status == "undoing" or number == undoing:
                settled[number] = "undone"
                continue
            if row.status == "loading":
                settled[number] = "active"
            delivery = self.opened(case, key, number, row, rows.get(number))
            with uncollected():
                report = delivery.fold(state, number)
            refused[number] = Counter((each.table, each.file, each.line) for each in report.rejections)
            if stored is None:  # as if it had been decided after each; else only what comes now is undecided
                standing = standings(standing, state, deciding, number, delivery.rows)
            elif row.status == "loading":
                coming.extend(delivery.rows)
        return Replayed(state, standing, settled, refused, coming)

    def planned(
        self,
        case: str,
        key: bytes,
        state: State,
        before: Standings,
        standing: Standings,
        settled: Mapping[int, str],
        progress: Progress,
        pairings: list[Pairing] | None = None,
    ) -> Plan:
        """What has to be written for a case to become what a state says."""
        result = self.imagined(case, key, state, standing, pairings)
        progress(0, 0, "comparing with the graph")
        with uncollected():
            there = read_image(self._store(), case)
            steps = difference(there, result.image)
            opened = moves_open(there, result.image)
        # Leads change with the age of somebody sealed, of which the graph holds nothing.
        on = self._register.opened_on(case)
        opened = opened or children(before, on, "P") != children(standing, on, "P")
        # What was interrupted may stand in the graph already.
        interrupted = any(row["id"] == case and row["state"] == "loading" for row in self._register.cases())
        ids = frozenset[str]().union(*there.nodes.values())
        stood = frozenset(pseudonym for identifier, pseudonym in result.sealed.items() if identifier in ids)
        return Plan(
            case, key, result, before, standing, settled, steps, opened or interrupted, there.size() == 0, stood
        )

    def imagined(
        self, case: str, key: bytes, state: State, standing: Standings, pairings: list[Pairing] | None = None
    ) -> Graphed:
        """The graph and the vault of a case as they would be; `pairings` as in `plan`."""
        if pairings is None:
            pairings = self._pairs.lasting(case, key)
        known = self._register.sources_named(case, key)
        return graphed(state, key, standing, self.weights, pairings, known, few_below=self._settings.few_below)

    @uncollected()
    def repeated(
        self, case: str, key: bytes, past: Mapping[int, Any], delivery: Delivery, *, partial: bool
    ) -> int | None:
        """The number of the first delivery that says what this one says.

        Compared with the rows that are kept: no digest is, by which what is gone from them could be guessed.
        """
        sought = delivery.digest
        for number, row in past.items():
            if row.partial == partial and digest(self.opened(case, key, number, row).rows) == sought:
                return number
        return None

    def carry_out(self, plan: Plan, progress: Progress) -> None:
        """Write what was planned, and open the case."""
        self.write(plan, progress)
        self.finish(plan)

    def require_known(self, plan: Plan, decided: Mapping[str, str], progress: Progress) -> None:
        """Raise RequestError if somebody about to be opened has a mark that was not kept yet, and keep it.

        Keeping it ends what was asked for without knowing it.
        """
        if any(decided[name] == "opened" for name in plan.newly_marked.intersection(decided)):
            self.restore(plan.case, plan.key, progress)
            raise RequestError(
                "Something new is known of this person that was not listed when this was asked for. Whoever still wants it asks"
                " again."
            )

    def deciding(
        self,
        case: str,
        key: bytes,
        about: Mapping[str, str] = MappingProxyType({}),
        names: Mapping[str, str] = MappingProxyType({}),
        protection: tuple[str, str] | None = None,
        *,
        preview: bool = False,
    ) -> Deciding:
        """Gather the basis of a decision on standings, including the decisions that are `about` to be kept.

        Args: as of `plan`; `protection` is what `Protections.of` will give, None: what it gives now. A `preview` is worked out
        without the ids sealed in other cases, or guesses at ids would tell which those are.
        """
        kind, loosened_at = protection or self.protection.of(case)
        decided = self._register.decisions(case)
        followed = {names[name]: each for name, each in decided.items() if name in names and each[0] != "erased"}
        every = {**followed, **decided}
        return Deciding(
            key,
            self._register.opened_on(case),
            self._settings.named,
            {name: kind for name, (kind, _) in every.items()} | dict(about),
            {name: at.isoformat() for name, (_, at) in every.items()},
            frozenset(about),
            now().isoformat(),
            self._settings.naming_floor,
            self._register.last_read(case),
            kind == MARKED,
            loosened_at if kind == MARKED else "",
            {} if preview else self._register.shared_ids.sealed_elsewhere(case),
        )

    @uncollected()
    def write(self, plan: Plan, progress: Progress) -> None:
        """Write the difference to what the graph holds. The case is closed meanwhile: nothing else is to be waited for."""
        if not (plan.fresh and self._bulk_load.write(plan.case, plan.result.image, progress)):
            write(self._store(), plan.case, plan.steps, self._settings.batch_rows, progress)

    @uncollected()
    def finish(self, plan: Plan) -> None:
        """Bring the vault and what people keep in line, and open the case; a kill in between is completed with the rest."""
        case, result = plan.case, plan.result
        erased = self._register.overrules(case, "erased")
        self._export_store.settle(case, plan.key, sealed=frozenset(result.sealed.values()), erased=erased)
        if plan.sealed_anew:
            # A file under P that goes would tell its maker of somebody known from C alone.
            levels = {plan.standing[name].level for name in plan.sealed_anew}
            self._export_store.clear(case, ("P", "C") if "P" in levels else ("C",))
            self._register.ask_rewrite(case)
        held = mark.renew(self._store(), case, result.image)
        # A delivered id that is hidden from now on would lead from the name in it to the hidden one.
        masked = set(result.masked_ids.values())
        before_masked = set(self._register.masked_ids(case, plan.key).values())
        self._register.finish(
            case,
            plan.key,
            result,
            plan.standing,
            plan.settled,
            self.graded_with,
            held,
            moves_open=plan.moves_open,
            unnamed=(by_name(plan.before) - by_name(plan.standing)) | plan.sealed_anew | (masked - before_masked),
            marked=plan.newly_marked,
            named=(by_name(plan.standing) - by_name(plan.before)) | (before_masked - masked),
        )
        self._snapshots.settle()

    @uncollected()
    def ids_of_others(self, case: str, key: bytes, past: Mapping[int, Any], account: str) -> frozenset[str]:
        """The ids of entities and statements that deliveries of other accounts bring, or bring claims of."""
        deliveries = (self.opened(case, key, number, row) for number, row in past.items() if row.account != account)
        return frozenset().union(*(ids_brought(delivery.rows) for delivery in deliveries))

    def kept(self, case: str, key: bytes, *, waiting: bool = False) -> dict[int, KeptRows]:
        """The deliveries that count, and those that wait if asked for, opened, by number."""
        rows = self._register.counting(case)
        if waiting:
            rows |= self._waitlist.rows(case)
        return {number: self.opened(case, key, number, row) for number, row in sorted(rows.items())}

    def opened(self, case: str, key: bytes, number: int, row: Any, sealed: bytes | None = None) -> KeptRows:
        """A delivery that is kept; `sealed` instead of its rows if they are about to be others."""
        return open_rows(key, case, number, sealed or row.rows_sealed, partial=row.partial)

    # -- what was delivered, for who corrects it --------------------------------------------------------------

    def texts(self, case: str, key: bytes) -> Texts:
        """The rule by which words that people type in a case are withheld now."""
        return Texts(self._register.standings(case, key) or {})

    def told_as(self, case: str, state: State, key: bytes) -> IdMap:
        """How what was delivered is told in a case: see `cases.image.graphing.IdMap`."""
        standing = standings(self._register.standings(case, key) or {}, state, self.deciding(case, key), coming=())
        return IdMap(state, key, standing, self.weights, self._register.sources_named(case, key))

    @uncollected()
    def history(self, case: str, statement: str) -> tuple[IdMap, list[Version]]:
        """What each delivery that counts did to a statement (as pages show its id) and its claims, and how to tell it."""
        key = self._register.key(case, create=False)
        deliveries = self.kept(case, key)
        state, versions = steps(deliveries, statement)
        telling = self.told_as(case, state, key)
        delivered = telling.delivered(statement)
        if delivered not in (None, statement):  # its id names somebody sealed, and pages show another
            versions = steps(deliveries, str(delivered))[1]
        return telling, versions
