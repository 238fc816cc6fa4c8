"""Loads and undoes deliveries of a case and, after a kill, completes them.

The contents of the graph are always computed from the deliveries that count, in order; only the difference is written.
A delivery is first recorded as `loading` (with its rows), then written in batches, then marked `active`: if this is
interrupted, the next start finds the mark and writes the rest.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from graphsvc.access.decisions.pairs import Pairing, Pairs
from graphsvc.access.decisions.requests import RequestStore
from graphsvc.access.gate.snapshots import Snapshots
from graphsvc.access.vault import pseudonym
from graphsvc.cases.case_name import require_name
from graphsvc.cases.deliveries.comparing import effects_on_rows
from graphsvc.cases.deliveries.comparing import other_names as other_names_in
from graphsvc.cases.deliveries.erasing import Erasing
from graphsvc.cases.deliveries.held import HeldError, require_goes
from graphsvc.cases.deliveries.loaded import (
    RESTING,
    REWRITE_OWED,
    Loaded,
    counts_of,
    names_of,
    resting_notes,
    standing_notes,
)
from graphsvc.cases.deliveries.material import fold_deliveries
from graphsvc.cases.deliveries.replay import Plan, Replay, take_delivery
from graphsvc.cases.deliveries.rewriting import Rewriting
from graphsvc.cases.deliveries.waitlist import Waitlist
from graphsvc.cases.graph.graphing import Graphed
from graphsvc.cases.graph.id_map import IdMap
from graphsvc.cases.graph.sealing import Standing
from graphsvc.cases.graph.standing import alone_theirs, opened_by, sealed_anew, standings
from graphsvc.cases.locks import Locks
from graphsvc.cases.progress import quiet, unstoppable
from graphsvc.cases.protection import MARKED, Protections, require_no_witnesses
from graphsvc.cases.register import Register
from graphsvc.cases.shared_ids import SealingAcross
from graphsvc.cases.stores.export_store import ExportStore
from graphsvc.config import Settings
from graphsvc.errors import RECORDED, Busy, CancelledError, GraphsvcError, NotFound
from graphsvc.ingest.check import Delivery
from graphsvc.ingest.codes import add_codes, may_show_sources
from graphsvc.ingest.rejected import in_order
from graphsvc.ingest.state import State
from graphsvc.records.progress import Progress
from graphsvc.records.weights import SHIPPED, Weights
from graphsvc.store import mark
from graphsvc.store.bolt import Store

__all__ = ["Casework", "HeldError", "Loaded", "Progress"]

_LOG = logging.getLogger(__name__)
Decided = TypeVar("Decided")
# Makes a delivery, given the state loaded so far and the case's key.
Making = Callable[[State, bytes], Delivery]


class Casework:
    """Changes cases. Callers check permissions first."""

    def __init__(
        self,
        store: Callable[[], Store],
        register: Register,
        waitlist: Waitlist,
        export_store: ExportStore,
        settings: Settings,
        pairs: Pairs,
        requests: RequestStore,
        snapshots: Snapshots,
        forget: Callable[[], None],
        protection: Protections,
        weights: Weights = SHIPPED,
    ) -> None:
        self.register, self.protection = register, protection
        self._requests = requests
        self.waitlist = waitlist
        self._locks = Locks(settings.home)
        self.replay = Replay(
            store, register, waitlist, export_store, settings, pairs, self._locks, weights, snapshots, protection
        )
        self.across = SealingAcross(register.shared_ids, self.at_work)
        self._erasing = Erasing(register, waitlist, export_store, self.replay)
        self._rewriting = Rewriting(
            store,
            register,
            settings,
            self._locks,
            lambda case: self.replay.restore(case, register.key(case, create=False), quiet),
            forget,
        )

    def load(
        self,
        case: str,
        account: str,
        delivery: Delivery | Making,
        progress: Progress,
        *,
        partial: bool = False,
        strict: bool = False,
        dry_run: bool = False,
        waits: bool = False,
        compares: Callable[[Graphed], object] | None = None,
        sources: bool = False,
        other_names: bool = False,
        protection: str = "",
        still: Callable[[], object] = lambda: None,
    ) -> Loaded:
        """Load a delivery, or the result of a `Making`, into a case; create a new case with this `protection`.

        `still` is called before anything is recorded: an error from it stops the load, and the case is unchanged. A
        delivery that `waits` is checked and stored, but written to the graph only by `Opener.open`. A dry run with
        `compares` reports changes row by row, which is slow, and calls `compares` with the case as it would be
        then. An account without source clearance (`sources`) sees only what `loader_view` reports.

        Raises:
            RequestError: the case's name is invalid.
            InputError: most known ids have other names (unless `other_names`), or rejected rows may mark named people.
            Busy: another delivery of the case is being loaded.
            CancelledError: `progress` raised it; the case is as it was.
        """
        require_name(case)
        with self._locks.case(case):
            self._recover(case, progress)
            choice, is_new = self.protection.choose(case, protection)
            key = self.register.key(case, create=not dry_run)
            if is_new and not dry_run:
                self.protection.keep(case, choice[0])
            past = self.register.counting(case)
            progress(0, 0, "reading what is loaded already")
            state, before, *_ = self.replay.replay_deliveries(case, key, past)
            number = self.register.next_number(case)
            progress(0, 0, "checking the delivery against it")
            if not isinstance(delivery, Delivery):
                delivery = delivery(state, key)
            view = None if sources else self.replay.loader_view(case, key, past, account)
            statements = state.records["statements"]
            shows_sources = may_show_sources(delivery, statements, () if view is None else view.others)
            add = add_codes if view is None else view.add_codes
            delivery = add(delivery, statements, partial=partial)
            delivery = self._erasing.without_erased(case, key, delivery)
            require_no_witnesses(case, choice[0], delivery.rows)
            again = self.waitlist.find_same(case, key, delivery) if waits else None
            if again is not None:
                return Loaded(case, None, again, {}, [], committed=False, waits=True)
            hides = shows_sources and choice[0] != MARKED
            delivery = dataclasses.replace(delivery, sets_aside=shows_sources, hides=hides)
            delivery, report = take_delivery(delivery, view, state, before, key, number, partial=partial)
            named = self.register.sources_named(case, key)
            visible = report
            if view is not None:
                # Computed even if there is nothing to compare, so that the time taken reveals nothing.
                pages = IdMap(state, key, before, self.replay.weights, named)
                visible = view.report(report, state, pages, delivery, partial=partial)
            rejections = in_order([*delivery.rejections, *visible.rejections])
            counts = counts_of(delivery, visible)
            # To report that it repeats another account's delivery would reveal the content of that delivery.
            theirs = {number: row for number, row in past.items() if sources or row.account == account}
            same = self.replay.find_same(case, key, theirs, delivery, partial=partial) if visible.changes == 0 else None
            nothing = visible.changes == 0 and (same is not None or not delivery.rows)
            preview = dry_run or waits or (strict and bool(rejections))
            by = self.replay.deciding(case, key, protection=choice, preview=preview)
            standing = standings(before, state, by, number, delivery.rows)
            loaded = Loaded(
                case,
                None,
                same if nothing else None,
                counts,
                rejections,
                committed=False,
                equal=list(report.equal.values()),
                passed_over=delivery.passed_over,
                rows_aside=len(visible.rows_aside),
                other_names=other_names_in(visible, delivery.rows, before if sources else {}, state, key),
            )
            loaded = loaded.with_pseudonyms(standing, delivery, choice[0] if is_new else "")
            loaded = loaded.with_unmentioned(delivery, choice[0])
            loaded = loaded.with_unsafe(standing, key, delivery, sources=sources)
            loaded = loaded.with_sealing(before, standing, number) if sources else loaded
            if dry_run and compares:
                progress(0, 0, "comparing fields")  # slow if very many names are sealed
                after_it = (
                    IdMap(state, key, standing, self.replay.weights, named) if sources and report.changes else None
                )
                changes, losing = effects_on_rows(visible, state, number, after_it)
                loaded = dataclasses.replace(loaded, changes=changes, weightless=losing)
                # Changes of leads would reveal whether a row shown only as received changes anything.
                if not nothing and not loaded.received_count:
                    progress(0, 0, "working out what becomes of the leads")
                    compares(self.replay.expected_graph(case, key, state, standing))
            if dry_run or nothing or (strict and rejections):
                self.register.unmake(case)
                return loaded
            try:
                loaded.require_sound(confirmed=other_names)
                plan = self.replay.plan_writes(case, key, state, before, standing, {number: "active"}, progress)
                still()
            except (GraphsvcError, CancelledError):
                self.register.unmake(case)  # nothing is recorded yet
                raise
            on = self.register.opened_on(case)
            if waits:
                number = self.waitlist.keep(case, key, account, delivery, counts, on, partial=partial)
                return dataclasses.replace(
                    loaded, delivery=number, same_as=None, counts=counts, committed=True, waits=True
                )
            self.register.begin(case, key, number, account, delivery, counts, on, plan.state, partial=partial)
            try:
                self.replay.write(plan, progress)
            except CancelledError:
                self.register.forget(case, number)
                self.replay.restore(case, key, quiet)
                self.register.unmake(case)
                raise
            self.replay.finish(plan)
        owed = self.rewrite_after(plan, progress)
        names = names_of(delivery, plan.result.sealed) if sources else {}
        ends: dict[str, Any] = {"counts": counts, "names": names, "owed": owed}
        ends |= {"sealed_anew": len(plan.sealed_anew)} if sources else {}
        return dataclasses.replace(loaded, delivery=number, same_as=None, committed=True, **ends)

    def undo(self, case: str, number: int, progress: Progress) -> str:
        """Undo a delivery by rebuilding the case from its other deliveries; return the result of `rewrite_after`.

        Raises:
            HeldError: it contains material under a hold.
            NotFound: no such delivery, or it has been undone already.
            CancelledError: `progress` raised it; the case is as it was.
        """
        with self.at_work(case, progress) as key:
            if number in self.waitlist.rows(case):
                self._require_goes(case, key, number)
                self.waitlist.withdraw(case, number)
                return ""
            _require_loaded(case, number, self.register.counting(case))
            self._require_goes(case, key, number)
            plan = self.replay.plan(case, key, progress, undoing=number)
            self.register.mark(case, number, "undoing", plan.state)
            try:
                self.replay.carry_out(plan, progress)
            except CancelledError:
                self.register.mark(case, number, "active", plan.state)
                self.replay.restore(case, key, quiet)
                raise
        return self.rewrite_after(plan, progress)

    def undoing(self, case: str, number: int, *, sources: bool) -> list[str]:
        """Describe, naming nobody, the effect of undoing a delivery on sealed people and later deliveries.

        Figures need source clearance (`sources`): they may count witness statements or sealed people.
        """
        key = self.register.key(case, create=False)
        past = self.register.counting(case)
        if number in self.waitlist.rows(case):
            return []
        _require_loaded(case, number, past)
        before = self.register.standings(case, key) or {}
        left = {entry: row for entry, row in past.items() if entry != number}
        state, _, _, refused, _ = self.replay.replay_deliveries(case, key, left)
        after = standings(before, state, self.replay.deciding(case, key, preview=True), number, coming=())
        if not sources:
            return [RESTING]
        notes = standing_notes(opened_by(before, after, number), 0, len(sealed_anew(before, after)), committed=False)
        before_refused = self.replay.replay_deliveries(case, key, past).refused
        many = {entry: (rows - before_refused[entry]).total() for entry, rows in refused.items()}
        resting = {entry: rows for entry, rows in many.items() if rows}
        return [*notes, *resting_notes(resting)]

    def close_lost(self, store: Store) -> bool:
        """Close each open case whose latest contents are missing from the store; return whether any was closed.

        A store that was lost, emptied, exchanged or restored must never look like a case without leads.
        """

        def lost(case: str, expected: dict[str, Any] | None) -> bool:
            return expected is not None and mark.read_held(store, case) != mark.Held.of_json(expected)

        closed = False
        for case in [case for case, expected in self.register.open_cases().items() if lost(case, expected)]:
            # It may have been written in the meantime. A process that is still writing it records the contents itself.
            with self._locks.unless_elsewhere(case) as free:
                if free and lost(case, self.register.open_cases().get(case)):
                    self.register.close(case)
                    closed = True
        return closed

    def recover(self, progress: Progress) -> list[str]:
        """Complete changes that a kill interrupted, in every case that no process is writing; return the cases.

        Cases with figures computed with other weights, or a different threshold for `few`, are written again as well.
        """
        self.register.close_graded_otherwise(self.replay.graded_with)
        agreed = self._requests.agreed_cases()
        waiting = [row["id"] for row in self.register.cases() if row["state"] != "open" or row["id"] in agreed]
        done: list[str] = []
        with suppress(Busy):  # its own process is still at work
            self.rewrite(progress)
        for case in waiting:
            try:
                with self._locks.case(case):
                    self._recover(case, progress)
                    done.append(case)
            except Busy:
                continue  # its own process is still at work
            except CancelledError:
                raise
            except GraphsvcError as error:
                # This case stays closed; the others continue.
                _LOG.error("a case could not be completed and stays closed: %s", type(error).__name__)
        with suppress(Busy):  # a completed change may have sealed somebody
            self.rewrite(progress)
        return done

    def rewrite_after(self, plan: Plan, progress: Progress) -> str:
        """Rewrite the store if this change, or an earlier interrupted change, requires it.

        The change itself is complete either way. Return a sentence if the rewrite must wait until other writers finish.

        Raises:
            Busy: the rewrite was begun, and the cases are closed until it is completed.
        """
        closed = RECORDED.get()
        try:
            self.rewrite(progress)
        except Busy:
            if plan.sealed_anew and RECORDED.get() != closed:
                raise
            return REWRITE_OWED if plan.sealed_anew else ""
        return ""

    # -- sealing by hand, erasing -----------------------------------------------------------------------------

    def decide(
        self,
        case: str,
        person: str,
        kind: str,
        account: str,
        reason: str,
        progress: Progress,
        agreed: Callable[[], object] = lambda: None,
    ) -> None:
        """Store two persons' decision to seal or unseal somebody, and apply it to the case. Call `rewrite` afterwards.

        Once begun, the change is completed, at the latest by the next start.

        Args:
            case: the case.
            person: the pseudonym that the person has or would have.
            kind: `sealed` or `opened`; things that only they used are opened with them.
            account: the account that asked for it.
            reason: why; it may name somebody and is sealed.
            progress: called with each step.
            agreed: called before any change: an error from it stops the change. A new mark stops it too (RequestError).
        """
        with self.at_work(case, progress) as key:
            decided = {person: kind} | dict.fromkeys(
                alone_theirs(self.replay.now(case, key), key, person) if kind == "opened" else (), kind
            )
            # Planned before the decision is stored: one that cannot be carried out would leave the case closed.
            plan = self.replay.plan(case, key, progress, decided=decided)
            self.replay.require_known(plan, decided, progress)
            agreed()
            self.register.overrule(case, account, reason, decided)
            self.replay.carry_out(plan, unstoppable(progress))

    def people_named(self, case: str, describe: Callable[[Standing], str]) -> dict[str, str]:
        """Map the ids of named people to a description; people with an empty description are left out."""
        key = self.register.key(case, create=False)
        standing = self.register.standings(case, key) or {}
        texts = {name: text for name, entity in standing.items() if not entity.sealed and (text := describe(entity))}
        people = fold_deliveries(self.replay.open_deliveries(case, key)).records["people"] if texts else {}
        return {person: texts[name] for person in people if (name := pseudonym(key, "person", person)) in texts}

    def erase(
        self,
        case: str,
        person: str,
        account: str,
        reason: str,
        progress: Progress,
        agreed: Callable[[], object] = lambda: None,
    ) -> None:
        """Erase a person, given by pseudonym, from rows, vault and graph. Call `rewrite` afterwards.

        Args:
            case: the case.
            person: their pseudonym.
            account: the account that asked for it.
            reason: why; it may name somebody and is sealed.
            progress: called with each step.
            agreed: called after all checks and before anything changes: an error from it stops the erasure.

        Raises:
            HeldError: material under a hold would be erased. NotFound: the case has no rows about them.
        """
        with self.at_work(case, progress) as key:
            self._erasing.erase(case, key, person, account, reason, progress, agreed)

    # -- which witnesses depend on each other ----------------------------------------------------------------

    def regroup(
        self,
        case: str,
        lasting: Callable[[bytes], list[Pairing]],
        decide: Callable[[bytes, str], Decided],
        progress: Progress,
    ) -> Decided:
        """Store a decision on which witnesses depend on each other, and update every figure that uses it.

        Args:
            case: the case.
            lasting: given the case's data key, returns the decisions that will be in force; used to plan the change.
            decide: given the data key and the interim state, stores the decision and closes the case, in one
                transaction.
            progress: called with each step. Once begun, the change is completed, at the latest by the next start.
        """
        with self.at_work(case, progress) as key:
            plan = self.replay.plan(case, key, progress, pairings=lasting(key))
            decision = decide(key, plan.state)
            self.replay.carry_out(plan, unstoppable(progress))
            return decision

    def require_erasable(self, case: str, person: str) -> None:
        """Raise HeldError or NotFound unless the case has the person with this pseudonym and no hold covers them."""
        self._erasing.require_erasable(case, self.register.key(case, create=False), person)

    def rewrite(self, progress: Progress) -> bool:
        """Rewrite the managed store if something in it has to be deleted from the disk. See `Rewriting.rewrite`."""
        return self.across.around(lambda: self._rewriting.rewrite(progress))

    # -- one case under its lock ------------------------------------------------------------------------------

    @contextmanager
    def at_work(self, case: str, progress: Progress) -> Iterator[bytes]:
        """Hold the case's write lock for the block, completing any interrupted change first; yield its data key.

        Raises:
            Busy: another process or thread is writing the case.
        """
        with self._locks.case(case):
            self._recover(case, progress)
            yield self.register.key(case, create=False)

    def _recover(self, case: str, progress: Progress) -> None:
        if any(row["id"] == case and row["state"] != "open" for row in self.register.cases()):
            progress(0, 0, "completing an interrupted load")
            self.replay.restore(case, self.register.key(case, create=False), progress)
        self._requests.settle_agreed(case)

    # -- holds ------------------------------------------------------------------------------------------------

    def _require_goes(self, case: str, key: bytes, number: int) -> None:
        if held_people := self.register.held_people(case):
            require_goes(key, held_people, self.replay.open_deliveries(case, key, waiting=True), number)


def _require_loaded(case: str, number: int, past: Collection[int]) -> None:
    if number not in past:
        raise NotFound(f"The case {case} has no delivery {number} that is loaded. `graphsvc deliveries` lists them.")
