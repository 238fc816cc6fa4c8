"""Erases people from cases: finds what is erased with them and which ids change, and rebuilds the case without them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping

from graphsvc.access.vault import claim_id, pseudonym
from graphsvc.cases.deliveries.erasure import Gone, find_erased, pseudonyms, split_rows, standing_without, without
from graphsvc.cases.deliveries.held import require_stays
from graphsvc.cases.deliveries.material import fold_deliveries
from graphsvc.cases.deliveries.replay import Replay
from graphsvc.cases.deliveries.sealed_rows import seal_rows
from graphsvc.cases.deliveries.waitlist import Waitlist
from graphsvc.cases.graph.graphing import Graphed
from graphsvc.cases.graph.handling import Handling
from graphsvc.cases.graph.id_map import IdMap
from graphsvc.cases.graph.identities import formerly
from graphsvc.cases.graph.standing import Standings
from graphsvc.cases.progress import unstoppable
from graphsvc.cases.register import Register
from graphsvc.cases.stores.erased import Leaving
from graphsvc.cases.stores.export_store import ExportStore
from graphsvc.cases.stores.renamed import Renamed
from graphsvc.errors import NotFound
from graphsvc.ingest.check import Delivery, Row
from graphsvc.ingest.codes import code_of
from graphsvc.ingest.fold import claim_key
from graphsvc.ingest.rejected import Rejection
from graphsvc.ingest.several import with_ids
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows
from graphsvc.records.progress import Progress


class Erasing:
    """Erases people from cases. Callers hold the case's lock."""

    def __init__(self, register: Register, waitlist: Waitlist, export_store: ExportStore, replay: Replay) -> None:
        self._register, self._waitlist, self._export_store, self._replay = register, waitlist, export_store, replay

    def erase(
        self,
        case: str,
        key: bytes,
        person: str,
        account: str,
        reason: str,
        progress: Progress,
        agreed: Callable[[], object],
    ) -> None:
        """Erase a person, given by pseudonym, from deliveries' rows, the vault and the graph. See `Casework.erase`."""
        stored = self._register.standings(case, key)
        removal, left = self._erasing(case, key, person, stored or {})
        decided = {pseudonym(key, "thing", thing): "sealed" for thing in removal.stays}
        decided |= {pseudonym(key, "thing", thing): "erased" for thing in removal.things}
        decided |= {pseudonym(key, "person", identifier): "erased" for identifier in removal.people}
        sealed = {number: seal_rows(key, case, number, rows) for number, rows in left.items()}
        # If an earlier erasure changed an id, the pseudonym made from the old id must not come back either.
        decided |= dict.fromkeys(
            formerly(stored or {}, [name for name in decided if decided[name] == "erased"]), "erased"
        )
        erased = {name for name, kind in decided.items() if kind == "erased"}
        before = None if stored is None else standing_without(stored, removal, erased)
        moved = _moved_ids(removal, stored or {})
        names = pseudonyms(moved, key)
        plan = self._replay.plan(case, key, progress, decided=decided, rows=sealed, before=before, names=names)
        plan.result.sources_named = removal.sources_left(plan.result.sources_named)
        renamed = Renamed()
        if moved:
            state = self._replay.now(case, key)
            renamed = _new_names(key, moved, names, state, self._replay.told_as(case, state, key), plan.result)
        agreed()
        self._replay.clear_exports(case, [old for name, old in (stored or {}).items() if name in decided])
        said_by = {pseudonym(key, "source", identifier) for identifier in removal.people}
        emptied = frozenset(self._waitlist.rows(case)).difference(left)
        leaving = Leaving(removal.without_names, renamed, sealed, said_by, before, emptied, plan.result.sources_named)
        self._register.overrule(case, account, reason, decided, leaving)
        self._replay.carry_out(plan, unstoppable(progress))

    def require_erasable(self, case: str, key: bytes, person: str) -> None:
        """Raise as `Casework.require_erasable` does, unless the person of a pseudonym can be erased."""
        self._erasing(case, key, person, self._register.standings(case, key) or {})

    def without_erased(self, case: str, key: bytes, delivery: Delivery) -> Delivery:
        """Return a delivery without erased people; each row left out becomes a rejection."""
        erased = self._register.overrules(case, "erased")
        if not erased:
            return delivery
        removal = find_erased(delivery.rows, _matcher(key, erased), key)
        if not removal:
            return delivery
        left, out = split_rows(delivery.rows, removal)
        why = "is of somebody who was erased from this case"
        rejections = [Rejection(row.file, row.line, "", "", why, table=row.table) for row in out]
        incomplete = removal.statements_left(delivery.incomplete) or frozenset()
        columns = removal.columns_left(delivery.columns, delivery.rows)
        return dataclasses.replace(
            delivery, rows=left, columns=columns, rejections=[*delivery.rejections, *rejections], incomplete=incomplete
        )

    def _erasing(self, case: str, key: bytes, person: str, standing: Standings) -> tuple[Gone, dict[int, KeptRows]]:
        """Return everything to erase with a person, and the deliveries without it; `standing`: the case's standings."""
        deliveries = self._replay.open_deliveries(case, key, waiting=True)
        waiting = self._waitlist.rows(case)
        state = State()
        for number in sorted(deliveries, key=lambda each: (each in waiting, each)):
            # Add handling codes first: rows that decide a code may be erased.
            deliveries[number] = deliveries[number].with_codes(state)
            if number not in waiting:
                deliveries[number].fold(state, number)
        codes = Handling(state)
        # Ids that an earlier erasure changed belong to the same person, and may have been delivered again.
        erased = self._register.overrules(case, "erased") | {person} | formerly(standing, [person])
        removal = find_erased(
            [
                _with_code(row, state, codes)
                for number in deliveries
                if number not in waiting
                for row in deliveries[number].rows
            ],
            _matcher(key, erased),
            key,
            standing,
            {name: codes.entity(name) for table in ("things", "workplaces") for name in state.records[table]},
            [row for number in deliveries if number in waiting for row in deliveries[number].rows],
        )
        if not removal:
            raise NotFound("Nothing of this person is loaded in the case.")
        left: dict[int, KeptRows] = {}
        statements = state.records["statements"]
        closed = {name for name in removal.statements if name in statements and code_of(statements[name].values) == "C"}
        for number, delivery in deliveries.items():
            rows = without((_close(row, closed) for row in delivery.rows), removal)
            left[number] = delivery._replace(
                rows=rows,
                columns=removal.columns_left(delivery.columns, rows),
                incomplete=removal.statements_left(delivery.incomplete),
                accepted=removal.statements_left(delivery.accepted) or (),
                ends=removal.ends_left(delivery.ends, rows),
            )
        # A waiting delivery whose statement is erased has no source to wait for, and could open the others too early.
        for number in waiting:
            if not any(row.table == "statements" for row in left[number].rows):
                del left[number]
        if held_people := self._register.held_people(case):
            require_stays(key, held_people, fold_deliveries(deliveries), fold_deliveries(left), "erased", person)
        return removal, left


def _with_code(row: Row, state: State, codes: Handling) -> Row:
    """Return a row with handling code C if its claim is now under C, perhaps because of a later delivery."""
    claim = state.claims.get(claim_key(row.values)) if row.table == "links" else None
    return row if claim is None or codes.claim(claim) == "P" else dataclasses.replace(row, code="C")


def _close(row: Row, statements: Collection[str]) -> Row:
    """Return a row, with handling code C if it came with one of these statements."""
    is_theirs = row.table not in ("links", "statements") and row.values.get("statement_id") in statements
    return dataclasses.replace(row, code="C") if is_theirs else row


def _moved_ids(removal: Gone, standing: Standings) -> dict[str, str]:
    """Map each id that changes to its new form, including ids known only from standings."""
    known = {identity["id"] for entity in standing.values() for identity in entity.identities}
    ids = {identifier: removal.id_left(identifier) for identifier in known - removal.ids}
    return removal.changed_ids | {identifier: left for identifier, left in ids.items() if left != identifier}


def _new_names(
    key: bytes, moved: Mapping[str, str], names: Mapping[str, str], before: State, id_map: IdMap, after: Graphed
) -> Renamed:
    """Return the changes to stored ids, except those of entries that were named and are now sealed, or the reverse."""
    new_ids, claimed = dict[str, str](), dict[str, str]()
    for old, new in moved.items():
        was, now = id_map.graph_id(old), after.shown.get(new)
        if old in before.kinds and now is not None and (was in names) == (new in after.sealed):
            new_ids[was] = now
    for claim in before.claims:
        if (changed_claim := with_ids(claim, moved)) != claim:
            claimed[claim_id(key, *claim)] = claim_id(key, *changed_claim)
    return Renamed(names, new_ids, claimed)


def _matcher(key: bytes, erased: frozenset[str]) -> Callable[[str, str], bool]:
    """Return a function that tests whether the pseudonym of a kind and id is in `erased`."""
    return lambda kind, identifier: pseudonym(key, kind, identifier) in erased
