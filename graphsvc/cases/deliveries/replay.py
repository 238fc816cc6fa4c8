"""Rebuilds a case from the deliveries that count: state, standings, graph and vault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from graphsvc.access.decisions.pairs import Pairing, Pairs
from graphsvc.access.gate.snapshots import Snapshots
from graphsvc.access.log.audit import now
from graphsvc.analysis.claims.dependence import joint
from graphsvc.cases.deliveries.bulk_load import BulkLoad
from graphsvc.cases.deliveries.loader_view import LoaderView, OwnRow, add_own_rows, ids_brought
from graphsvc.cases.deliveries.sealed_rows import open_rows
from graphsvc.cases.deliveries.waitlist import Waitlist
from graphsvc.cases.gc_pause import uncollected
from graphsvc.cases.graph.computed import children
from graphsvc.cases.graph.figures import graded_with
from graphsvc.cases.graph.graphing import Graphed, build_graph
from graphsvc.cases.graph.id_map import IdMap
from graphsvc.cases.graph.sealing import Standing, is_newly_marked
from graphsvc.cases.graph.standing import NAMED, Deciding, Standings, by_name, sealed_anew, standings
from graphsvc.cases.graph.texts import Texts
from graphsvc.cases.locks import Locks
from graphsvc.cases.protection import MARKED, Protections
from graphsvc.cases.register import Register
from graphsvc.cases.stores.export_store import ExportStore
from graphsvc.config import Settings
from graphsvc.errors import OperatorError, RequestError
from graphsvc.ingest.check import Delivery, Row, digest
from graphsvc.ingest.fold import fold
from graphsvc.ingest.report import Report
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows, VersionStep, steps
from graphsvc.records.progress import Progress
from graphsvc.records.readers import LOADING, Readers, closed_to
from graphsvc.records.weights import Weights
from graphsvc.store import mark
from graphsvc.store.bolt import Store
from graphsvc.store.image import WriteStep, difference, read_image, readers_of_change, write, writing_mark

FLOOR = re.compile(r"[123][A-E]")


class Replayed(NamedTuple):
    """Result of loading deliveries in order.

    Attributes:
        state: the case's state after them.
        standing: standings before the decisions still to be made.
        settled: delivery → its final status, for deliveries being loaded or undone.
        refused: delivery → table, file and line of its refused rows, such as rows that refer to nothing.
        coming: rows of the deliveries for which no standings have been decided yet.
    """

    state: State
    standing: Standings
    settled: dict[int, str]
    refused: dict[int, Counter[tuple[str, str, int]]]
    coming: list[Row]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to be written for one change of a case.

    Attributes:
        result: graph and vault contents after it.
        before, standing: standings before and after it.
        settled: delivery → its status after it.
        steps: writes to the graph.
        stood: pseudonyms of sealed entries that are still in the graph under their real id.
        seen_by: the readers who can see any of the change.
        fresh: whether the graph contains nothing of the case so far.
    """

    case: str
    key: bytes
    result: Graphed
    before: Standings
    standing: Standings
    settled: Mapping[int, str]
    steps: list[WriteStep]
    seen_by: Readers
    fresh: bool
    stood: frozenset[str] = frozenset()

    @property
    def state(self) -> str:
        """State of the case while it is written."""
        return LOADING[self.seen_by]

    @property
    def sealed_anew(self) -> set[str]:
        """Pseudonyms of people and things that were shown by name and will be sealed."""
        return sealed_anew(self.before, self.standing) | self.stood

    @property
    def newly_marked(self) -> set[str]:
        """Pseudonyms of people and things with a reason not stored before (`sealing.is_newly_marked`)."""
        return {name for name, entity in self.standing.items() if is_newly_marked(self.before.get(name), entity)}


class Replay:
    """Rebuilds cases. Callers hold the case's lock, and record a change before it is carried out.

    Args:
        store: opens the graph database.
        register: stores the deliveries, decisions and standings.
        waitlist: stores the waiting statements.
        export_store: updated for people sealed and erased.
        settings: rules for naming people, the batch size, and the threshold for `few`.
        pairs: decisions on pairs of sources.
        locks: locks under which cases are written.
        weights: weight of each grading.
        snapshots: answers kept on disk; outdated ones are removed after each change.
        protection: protection of each case.

    Raises:
        OperatorError: GRAPHSVC_NAMED or GRAPHSVC_NAMING_FLOOR has an invalid value.
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
        """Digest of the rules, weights and threshold from which figures are computed."""
        return graded_with(self.weights, self._settings.few_below)

    def restore(self, case: str, key: bytes, progress: Progress) -> None:
        """Make the graph match the deliveries that count, and settle their status.

        Transactions that a dead process left running on the server are ended first, as they could still write.
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
        """Plan the writes that make a case match its deliveries.

        Args:
            case: the case.
            key: its data key.
            progress: called with each step.
            undoing: a delivery to leave out.
            decided: pseudonym → decision about to be stored.
            rows: delivery → its sealed rows about to be stored.
            opening: statements about to open, by their new numbers.
            pairings: decisions on pairs of sources about to be stored; None: the current ones.
            before: earlier standings about to be stored; None: the current ones.
            names: pseudonyms about to change → new pseudonyms, to which earlier decisions apply.
            protection: the protection about to be stored, as returned by `Protections.of`; None: the current one.
        """
        past = dict(sorted({**self._register.counting(case), **opening}.items()))
        state, stored, settled, _, coming = self.replay_deliveries(case, key, past, undoing, rows)
        before = stored if before is None else before
        undone = (number for number, status in settled.items() if status == "undone")
        number = next(undone, max(past, default=0))
        by = self.deciding(case, key, decided, names, protection)
        standing = standings(before, state, by, number, coming)
        return self.plan_writes(case, key, state, before, standing, settled, progress, pairings)

    def now(self, case: str, key: bytes) -> State:
        """Return the state made by the deliveries that count."""
        return self.replay_deliveries(case, key, self._register.counting(case)).state

    def replay_deliveries(
        self,
        case: str,
        key: bytes,
        past: Mapping[int, Any],
        undoing: int | None = None,
        rows: Mapping[int, bytes] = MappingProxyType({}),
    ) -> Replayed:
        """Load deliveries in order; arguments as in `plan`."""
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
            delivery = self.open(case, key, number, row, rows.get(number))
            with uncollected():
                report = delivery.fold(state, number)
            refused[number] = Counter((each.table, each.file, each.line) for each in report.rejections)
            if stored is None:  # decide after each delivery; otherwise decide only on the rows being loaded
                standing = standings(standing, state, deciding, number, delivery.rows)
            elif row.status == "loading":
                coming.extend(delivery.rows)
        return Replayed(state, standing, settled, refused, coming)

    def plan_writes(
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
        """Plan the writes that make a case match a state."""
        result = self.expected_graph(case, key, state, standing, pairings)
        progress(0, 0, "comparing with the graph")
        with uncollected():
            in_graph = read_image(self._store(), case)
            steps = difference(in_graph, result.image)
            change = readers_of_change(in_graph, result.image)
        # Leads also depend on the ages of sealed people, which the graph lacks, and on the circumstances sources share.
        on = self._register.opened_on(case)
        alike = children(before, on, "P") == children(standing, on, "P")
        alike = alike and joint(result.dependence["p"]) == joint(self._register.dependence(case, "p"))
        # An interrupted change may be in the graph already.
        changes = [change, *(closed_to(row["state"]) for row in self._register.cases() if row["id"] == case)]
        seen_by = max(readers for readers in changes if readers is not None) if alike else Readers.ALL
        ids = frozenset[str]().union(*in_graph.nodes.values())
        stood = frozenset(name for identifier, name in result.sealed.items() if identifier in ids)
        return Plan(case, key, result, before, standing, settled, steps, seen_by, in_graph.size() == 0, stood)

    def expected_graph(
        self, case: str, key: bytes, state: State, standing: Standings, pairings: list[Pairing] | None = None
    ) -> Graphed:
        """Return the graph and vault contents that a case would have; `pairings` as in `plan`."""
        if pairings is None:
            pairings = self._pairs.lasting(case, key)
        known = self._register.sources_named(case, key)
        return build_graph(state, key, standing, self.weights, pairings, known, few_below=self._settings.few_below)

    @uncollected()
    def find_same(
        self, case: str, key: bytes, past: Mapping[int, Any], delivery: Delivery, *, partial: bool
    ) -> int | None:
        """Return the number of the first delivery with the same contents; None if there is no such delivery.

        The stored rows are compared. A stored digest would let somebody confirm guesses at erased rows.
        """
        sought = delivery.digest
        for number, row in past.items():
            if row.partial == partial and digest(self.open(case, key, number, row).rows) == sought:
                return number
        return None

    def carry_out(self, plan: Plan, progress: Progress) -> None:
        """Write a plan, and open the case."""
        self.write(plan, progress)
        self.finish(plan)

    def require_known(self, plan: Plan, decided: Mapping[str, str], progress: Progress) -> None:
        """If a person about to be unsealed has a mark that is not stored yet, store it and raise RequestError.

        Storing the mark ends requests that were made without knowing it.
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
        """Gather the basis of a decision on standings, including the decisions that are `about` to be stored.

        `names` and `protection` as in `plan`. A `preview` ignores ids sealed in other cases: otherwise loaders could
        test guesses at these ids.
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
        """Write the planned difference to the graph, while the case is closed."""
        if not (plan.fresh and self._bulk_load.write(plan.case, plan.result.image, progress)):
            write(self._store(), plan.case, plan.steps, self._settings.batch_rows, progress)

    @uncollected()
    def finish(self, plan: Plan) -> None:
        """Update the vault, exports and stored words, and open the case; the next start completes this after a kill."""
        case, result = plan.case, plan.result
        erased = self._register.overrules(case, "erased")
        self._export_store.settle(case, plan.key, sealed=frozenset(result.sealed.values()), erased=erased)
        if plan.sealed_anew:
            # People hidden until now are only in exports that accounts with source clearance made.
            was_hidden = {name for name in plan.sealed_anew if name in plan.before and plan.before[name].is_hidden}
            people = (replace(plan.standing[name], is_hidden=name in was_hidden) for name in plan.sealed_anew)
            self.clear_exports(case, list(people))
            self._register.ask_rewrite(case)
        contents = mark.renew(self._store(), case, result.image)
        # Entries whose id is now hidden count as unnamed: the delivered id would link the name to the hidden id.
        masked = set(result.masked_ids.values())
        before_masked = set(self._register.masked_ids(case, plan.key).values())
        self._register.finish(
            case,
            plan.key,
            result,
            plan.standing,
            plan.settled,
            self.graded_with,
            contents,
            seen_by=plan.seen_by,
            unnamed=(by_name(plan.before) - by_name(plan.standing)) | plan.sealed_anew | (masked - before_masked),
            marked=plan.newly_marked,
            named=(by_name(plan.standing) - by_name(plan.before)) | (before_masked - masked),
        )
        self._snapshots.settle()

    def clear_exports(self, case: str, people: Collection[Standing]) -> None:
        """Remove exports that have not gone out, if their makers can see any of these people, sealed or erased now."""
        # If a file was removed because of a person that its maker cannot see, the maker would learn of this person.
        for is_hidden in (False, True):
            levels = {standing.level for standing in people if standing.is_hidden == is_hidden}
            codes = ("P", "C") if "P" in levels else levels
            self._export_store.clear(case, codes, of_those_cleared_for_sources=is_hidden)

    @uncollected()
    def loader_view(self, case: str, key: bytes, past: Mapping[int, Any], account: str) -> LoaderView:
        """Return the view of a delivery for an account without source clearance; `past`: the deliveries that count."""
        ids_of_others, own_rows = set[str](), dict[str, OwnRow]()
        brought, ends = set[str](), set[str]()
        for number, row in sorted(past.items()):
            delivery = self.open(case, key, number, row)
            if row.account == account:
                add_own_rows(own_rows, delivery)
            else:
                ids_of_others |= ids_brought(delivery.rows)
                ends.update(delivery.ends)
            brought |= ids_brought(delivery.rows)
        return LoaderView(ids_of_others | (ends - brought), own_rows)

    def open_deliveries(self, case: str, key: bytes, *, waiting: bool = False) -> dict[int, KeptRows]:
        """Open the deliveries that count, and the waiting ones if asked for; return them by number."""
        rows = self._register.counting(case)
        if waiting:
            rows |= self._waitlist.rows(case)
        return {number: self.open(case, key, number, row) for number, row in sorted(rows.items())}

    def open(self, case: str, key: bytes, number: int, row: Any, sealed: bytes | None = None) -> KeptRows:
        """Open a stored delivery; `sealed` replaces its rows if they are about to change."""
        return open_rows(key, case, number, sealed or row.rows_sealed, partial=row.partial)

    # -- delivered rows, for corrections ----------------------------------------------------------------------

    def texts(self, case: str, key: bytes) -> Texts:
        """Return the rule that withholds typed words, according to the current standings of a case."""
        return Texts(self._register.standings(case, key) or {})

    def told_as(self, case: str, state: State, key: bytes) -> IdMap:
        """Return the map from delivered rows to what a case shows: see `cases.graph.graphing.IdMap`."""
        standing = standings(self._register.standings(case, key) or {}, state, self.deciding(case, key), coming=())
        return IdMap(state, key, standing, self.weights, self._register.sources_named(case, key))

    @uncollected()
    def history(self, case: str, statement: str) -> tuple[IdMap, list[VersionStep]]:
        """Return each delivery's effect on a statement (id as shown) and its claims, and the map for showing them."""
        key = self._register.key(case, create=False)
        deliveries = self.open_deliveries(case, key)
        state, versions = steps(deliveries, statement)
        telling = self.told_as(case, state, key)
        delivered = telling.delivered_id(statement)
        if delivered not in (None, statement):  # the delivered id names somebody sealed, so pages show a different one
            versions = steps(deliveries, str(delivered))[1]
        return telling, versions


def take_delivery(
    delivery: Delivery,
    view: LoaderView | None,
    state: State,
    standing: Standings,
    key: bytes,
    number: int,
    *,
    partial: bool,
) -> tuple[Delivery, Report]:
    """Fold a delivery into a state (which is changed); return the delivery as stored, and a report of its effects.

    Args:
        delivery: the delivery, with handling codes.
        view: the view of a loader without source clearance, else None.
        state: the case without it.
        standing: the standings without it.
        key: the case's data key.
        number: its number.
        partial: whether it only adds.
    """
    if view is not None:
        delivery = view.set_aside(delivery, state, standing, key)
    known = state.known_among(delivery.rows) if delivery.sets_aside else set[tuple[str, str]]()
    with uncollected():
        report = fold(
            state,
            number,
            delivery.rows,
            delivery.columns,
            partial=partial,
            refused=delivery.refused_rows,
            incomplete=delivery.incomplete,
            rejected_c=delivery.rejected_c,
            sets_aside=delivery.sets_aside,
            hides=delivery.hides,
            watch=None if view is None else view.take,
        )
    # A row stays aside only because of rows and claims that its readers know; otherwise it would show who was hidden.
    report.stay_aside = frozenset(known & report.rows_aside.keys())
    state.keep_aside(report.stay_aside)
    return report.as_taken(delivery), report
