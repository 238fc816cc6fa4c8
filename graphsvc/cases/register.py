"""Records of cases in the application database: keys, deliveries, vault and provenance. Changes no graph."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions import requests, reviews
from graphsvc.access.log import audit
from graphsvc.access.log.audit import now
from graphsvc.access.people.policy import READING
from graphsvc.access.vault import Vault, pack, seal, unpack
from graphsvc.analysis.claims.dependence import Thing
from graphsvc.appdb import tables, transaction, wipe_free_space
from graphsvc.cases.deliveries.batches import SERVICE
from graphsvc.cases.deliveries.sealed_rows import seal_rows
from graphsvc.cases.graph.graphing import Graphed
from graphsvc.cases.graph.sealing import Standing, pack_standings, unpack_standings
from graphsvc.cases.graph.standing import Standings
from graphsvc.cases.graph.texts import SourceIds
from graphsvc.cases.shared_ids import SharedIds
from graphsvc.cases.stores import following
from graphsvc.cases.stores.erased import Leaving, take_out
from graphsvc.cases.stores.peoples_words import mask_cypher_elsewhere, withhold_words
from graphsvc.cases.versions import known_cases
from graphsvc.ingest.check import Delivery
from graphsvc.ingest.versions import KeptRows
from graphsvc.records.readers import Readers
from graphsvc.store.mark import Held

_AT_ONCE = 500  # rows per SQL statement


class Register:
    """The records of every case in one application database."""

    def __init__(self, database: sa.Engine, vault: Vault) -> None:
        self._database, self._vault = database, vault
        self.shared_ids = SharedIds(database, vault)

    def cases(self) -> list[dict[str, Any]]:
        """Return every case: id, state, version, version_s, version_p, created_at, protection."""
        return known_cases(self._database)

    def deliveries(self, case: str) -> list[dict[str, Any]]:
        """Return a case's deliveries, newest first: number, status, account, times, counts; never their rows."""
        table = tables.deliveries
        columns = [column for column in table.c if column.name != "rows_sealed"]
        query = sa.select(*columns).where(table.c.case_id == case).order_by(table.c.number.desc())
        with transaction(self._database) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def dependence(self, case: str, level: str) -> dict[str, frozenset[str]]:
        """Return source → keys of circumstances it shares with others, at level `all` or `p`; never shown."""
        return _keys(self._kept_dependence(case), level)

    def depending(self, case: str, key: bytes, level: str) -> tuple[dict[str, list[Thing]], dict[str, frozenset[str]]]:
        """Return the results of `shared_things` and `dependence`, read once with the case's key."""
        dependence = self._kept_dependence(case, key)
        return _shared_things(dependence, level), _keys(dependence, level)

    def _kept_dependence(self, case: str, key: bytes | None = None) -> dict[str, Any]:
        with transaction(self._database) as connection:
            row = connection.execute(
                sa.select(tables.cases.c.dependence_sealed).where(tables.cases.c.id == case)
            ).first()
        if row is None or row.dependence_sealed is None:
            return {}
        key = key or self.key(case, create=False)
        return dict(unpack(key, row.dependence_sealed, f"dependence {case}"))

    def shared_things(self, case: str, level: str) -> dict[str, list[Thing]]:
        """Return the things each witness source is connected with, at level `all` or `p`; needs source clearance."""
        return _shared_things(self._kept_dependence(case), level)

    def masked_ids(self, case: str, key: bytes) -> dict[str, str]:
        """Return hidden id (`vault.is_hidden`) → pseudonym that the entry with this id would have."""
        return dict(self._kept_dependence(case, key).get("masked", {}))

    def sources_named(self, case: str, key: bytes) -> SourceIds:
        """Return the ids of sources, including those of undone statements."""
        return SourceIds.of_json(self._kept_dependence(case, key).get("sources_named", ()))

    def provenance(self, case: str, claims: list[str]) -> dict[str, tuple[int, int]]:
        """Return claim id → (delivery, line in its links file)."""
        table = tables.provenance
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(table.c.claim_id, table.c.delivery, table.c.line).where(
                    table.c.case_id == case, table.c.claim_id.in_(claims)
                )
            )
            return {row.claim_id: (row.delivery, row.line) for row in rows}

    def identities(self, case: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield pseudonyms with their vault values. Only custodians may open values, one at a time, with a reason."""
        table = tables.identities
        with transaction(self._database) as connection:
            rows = list(connection.execute(sa.select(table).where(table.c.case_id == case)))
        for row in rows:
            context = f"identity {case} {row.pseudonym}"
            yield row.pseudonym, unpack(self._vault.key(row.key_sealed, context), row.values_sealed, context)

    def pseudonyms(self, case: str) -> frozenset[str]:
        """Return the pseudonyms for which the vault holds values in the case now, without opening them."""
        query = sa.select(tables.identities.c.pseudonym).where(tables.identities.c.case_id == case)
        with transaction(self._database) as connection:
            return frozenset(connection.execute(query).scalars())

    def kind(self, case: str, pseudonym: str) -> str | None:
        """Return `person`, `thing` or `source` for a pseudonym in the vault; None if the vault does not hold it."""
        table = tables.identities
        with transaction(self._database) as connection:
            kind = connection.execute(
                sa.select(table.c.kind).where(table.c.case_id == case, table.c.pseudonym == pseudonym)
            ).scalar()
            return str(kind) if kind is not None else None

    def identity(self, case: str, pseudonym: str) -> tuple[str, dict[str, Any]]:
        """Return kind and values of one identity. Called only for a reveal that was agreed to."""
        table = tables.identities
        with transaction(self._database) as connection:
            row = connection.execute(
                sa.select(table).where(table.c.case_id == case, table.c.pseudonym == pseudonym)
            ).one()
        context = f"identity {case} {pseudonym}"
        return row.kind, unpack(self._vault.key(row.key_sealed, context), row.values_sealed, context)

    def key(self, case: str, *, create: bool) -> bytes:
        """Return the case's data key; a new case gets one, which is stored only if `create`."""
        with transaction(self._database) as connection:
            wrapped = connection.execute(sa.select(tables.cases.c.key_sealed).where(tables.cases.c.id == case)).scalar()
            if wrapped is not None:
                return self._vault.key(wrapped, f"case {case}")
            key, wrapped = self._vault.new_key(f"case {case}")
            if create:
                connection.execute(tables.cases.insert().values(id=case, key_sealed=wrapped, created_at=now()))
                self._vault.require_current(connection)
            return key

    def unmake(self, case: str) -> None:
        """Delete a case if it has no deliveries, so that a failed first load leaves no empty case."""
        with transaction(self._database) as connection:
            if all(
                connection.execute(sa.select(table.c.number).where(table.c.case_id == case).limit(1)).first() is None
                for table in (tables.deliveries, tables.waiting)
            ):
                for table in (
                    tables.saved_queries,
                    tables.picture_versions,
                    tables.pictures,
                    tables.drafts,
                    tables.last_looks,
                    tables.comments,
                    tables.reference_series,
                ):
                    connection.execute(table.delete().where(table.c.case_id == case))
                connection.execute(tables.cases.delete().where(tables.cases.c.id == case))

    def opened_on(self, case: str) -> dt.date:
        """Return the day the case was created: people then under 18 stay sealed, whatever is loaded or undone."""
        with transaction(self._database) as connection:
            opened = connection.execute(sa.select(tables.cases.c.created_at).where(tables.cases.c.id == case)).scalar()
        return (opened or now()).date()

    def counting(self, case: str) -> dict[int, Any]:
        """Return the deliveries that are loaded, or being loaded or undone, in order."""
        table = tables.deliveries
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(table).where(table.c.case_id == case, table.c.status != "undone").order_by(table.c.number)
            )
            return {row.number: row for row in rows}

    def next_number(self, case: str) -> int:
        """Return the number of the next delivery; a loaded delivery keeps its number for good."""
        with transaction(self._database) as connection:
            last = connection.execute(
                sa.select(sa.func.max(tables.deliveries.c.number)).where(tables.deliveries.c.case_id == case)
            ).scalar()
        return (last or 0) + 1

    def begin(
        self,
        case: str,
        key: bytes,
        number: int,
        account: str,
        delivery: Delivery,
        counts: Mapping[str, Mapping[str, int]],
        on: dt.date,
        state: str,
        *,
        partial: bool,
    ) -> None:
        """Record a delivery before the first write; from here on it is completed even after a kill.

        `state` is the state of the case until it is written.
        """
        sealed = seal_rows(key, case, number, KeptRows.of(delivery, partial=partial))
        with transaction(self._database) as connection:
            connection.execute(
                tables.deliveries.insert().values(
                    case_id=case,
                    number=number,
                    partial=partial,
                    status="loading",
                    account=account,
                    received_on=on,
                    loaded_at=now(),
                    counts=counts,
                    rows_sealed=sealed,
                )
            )
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))

    def mark(self, case: str, number: int, status: str, state: str) -> None:
        """Change the status of a delivery and the state of its case, in one transaction."""
        with transaction(self._database) as connection:
            connection.execute(
                tables.deliveries.update()
                .where(tables.deliveries.c.case_id == case, tables.deliveries.c.number == number)
                .values(status=status)
            )
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))

    def forget(self, case: str, number: int) -> None:
        """Delete a delivery that was cancelled before it was loaded."""
        with transaction(self._database) as connection:
            connection.execute(
                tables.deliveries.delete().where(
                    tables.deliveries.c.case_id == case, tables.deliveries.c.number == number
                )
            )

    def overrules(self, case: str, kind: str) -> frozenset[str]:
        """Return the pseudonyms for which persons decided `kind`: `sealed`, `opened` or `erased`."""
        return frozenset(pseudonym for pseudonym, decided in self.decision_kinds(case).items() if decided == kind)

    def decision_kinds(self, case: str) -> dict[str, str]:
        """Return pseudonym → decision by persons: `sealed`, `opened` or `erased`."""
        return {name: kind for name, (kind, _) in self.decisions(case).items()}

    def decisions(self, case: str) -> dict[str, tuple[str, dt.datetime]]:
        """Return pseudonym → decision by persons, as in `decision_kinds`, and when (UTC)."""
        table = tables.overrules
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(table.c.pseudonym, table.c.kind, table.c.at).where(table.c.case_id == case)
            )
            return {row.pseudonym: (row.kind, row.at) for row in rows}

    def last_read(self, case: str) -> str:
        """Return when a person last read the case (ISO, UTC); empty: never. Reads by the service do not count."""
        return audit.last_of(self._database, READING, case, except_by=SERVICE)

    def standings(self, case: str, key: bytes) -> dict[str, Standing] | None:
        """Return the standings of a case (`cases.graph.standing`); None: not stored yet."""
        query = sa.select(tables.cases.c.standings_sealed).where(tables.cases.c.id == case)
        with transaction(self._database) as connection:
            sealed = connection.execute(query).scalar()
        return None if sealed is None else unpack_standings(unpack(key, sealed, f"standings {case}"))

    def sealed_standings(self, case: str) -> dict[str, Standing]:
        """Return pseudonym → standing of every person and thing sealed in a case."""
        standing = self.standings(case, self.key(case, create=False)) or {}
        return {name: entity for name, entity in standing.items() if entity.sealed}

    def held_people(self, case: str) -> frozenset[str]:
        """Return the pseudonyms of persons under a hold; an empty pseudonym if the whole case is."""
        mine = (tables.holds.c.case_id == case, tables.holds.c.released_at.is_(None))
        with transaction(self._database) as connection:
            return frozenset(connection.execute(sa.select(tables.holds.c.pseudonym).where(*mine)).scalars())

    def overrule(
        self,
        case: str,
        account: str,
        reason: str,
        decided: Mapping[str, str],
        leaving: Leaving | None = None,
    ) -> None:
        """Store decisions (`sealed`, `opened` or `erased`) and their consequences, in one transaction; close the case.

        Args:
            case: the case; it opens again once the graph is updated.
            account: the account that decided.
            reason: why; it may name somebody and is sealed.
            decided: pseudonym → decision; it replaces an earlier decision on the same pseudonym.
            leaving: consequences of an erasure.
        """
        key = self.key(case, create=False)
        erased_now = frozenset(pseudonym for pseudonym, kind in decided.items() if kind == "erased")
        erased = erased_now | self.overrules(case, "erased")
        with transaction(self._database) as connection:
            for pseudonym, kind in decided.items():
                mine = (tables.overrules.c.case_id == case, tables.overrules.c.pseudonym == pseudonym)
                connection.execute(tables.overrules.delete().where(*mine))
                row = {"case_id": case, "pseudonym": pseudonym, "kind": kind, "account": account, "at": now()}
                sealed = seal(key, tables.overrules.c.reason_sealed, row, reason)
                connection.execute(tables.overrules.insert().values(**row, reason_sealed=sealed))
            if leaving is not None:
                take_out(connection, case, key, erased_now, erased, leaving)
                mask_cypher_elsewhere(connection, case, self._vault.key, leaving.mask)
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state="loading"))
            _ask_rewrite(connection, case)

    def ask_rewrite(self, case: str) -> None:
        """Request a rewrite of the managed store, to delete the names of a case from its files."""
        with transaction(self._database) as connection:
            _ask_rewrite(connection, case)

    def rewriting(self) -> list[int]:
        """Return the ids of the open requests to rewrite the managed store."""
        query = sa.select(tables.rewrites.c.id).where(tables.rewrites.c.done_at.is_(None))
        with transaction(self._database) as connection:
            return list(connection.execute(query).scalars())

    def rewritten(self, ids: Collection[int]) -> None:
        """Mark these requests as done: the store has been rewritten."""
        with transaction(self._database) as connection:
            connection.execute(tables.rewrites.update().where(tables.rewrites.c.id.in_(ids)).values(done_at=now()))

    def close_all(self) -> None:
        """Close every case to readers until it is written again."""
        with transaction(self._database) as connection:
            connection.execute(tables.cases.update().values(state="loading"))

    def wipe_free_space(self) -> bool:
        """Wipe replaced contents from the database's files; return whether that was possible."""
        return wipe_free_space(self._database)

    def open_cases(self) -> dict[str, dict[str, Any] | None]:
        """Return open cases → contents of the graph when each was last written (`store.mark.Held` as JSON)."""
        query = sa.select(tables.cases.c.id, tables.cases.c.held).where(tables.cases.c.state == "open")
        with transaction(self._database) as connection:
            return {row.id: row.held for row in connection.execute(query)}

    def close(self, case: str) -> None:
        """Close a case to readers until it is written again."""
        with transaction(self._database) as connection:
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state="loading"))

    def close_graded_otherwise(self, digest: str) -> None:
        """Close cases whose figures have a different digest (`Replay.graded_with`), until they are written again."""
        graded, state = tables.cases.c.graded_with, tables.cases.c.state
        with transaction(self._database) as connection:
            connection.execute(
                tables.cases.update()
                .where(state == "open", sa.or_(graded.is_(None), graded != digest))
                .values(state="loading")
            )

    def finish(
        self,
        case: str,
        key: bytes,
        result: Graphed,
        standing: Standings,
        settled: Mapping[int, str],
        graded_with: str,
        contents: Held,
        *,
        seen_by: Readers,
        unnamed: Collection[str],
        named: Collection[str],
        marked: Collection[str],
    ) -> None:
        """Update the vault to match the graph, settle the deliveries and open the case again, in one transaction.

        `standing`: the new standings. `graded_with`: digest of the rules and weights behind the figures. `contents`:
        contents of the graph. `seen_by`: the readers who can see any of the change. `unnamed`, `named`: pseudonyms
        of entries no longer named, and newly named. `marked`: pseudonyms of people with a new mark; requests to
        open them end.
        """
        dependence: dict[str, Any] = {
            level: {s: sorted(k) for s, k in groups.items()} for level, groups in result.dependence.items()
        }
        dependence["shared"] = result.shared
        dependence["masked"] = result.masked_ids
        dependence["sources_named"] = result.sources_named.as_json()
        follow = following.id_follower(key, result.shown, self.overrules(case, "erased"))
        mine = tables.identities.c.case_id == case
        with transaction(self._database) as connection:
            connection.execute(tables.identities.delete().where(mine))
            rows = [
                self._identity(case, pseudonym, kind, values) for pseudonym, (kind, values) in result.identities.items()
            ]
            if rows:
                connection.execute(tables.identities.insert(), rows)
            _bring_in_line(connection, case, result.provenance)
            for number, status in settled.items():
                change: dict[str, Any] = {"status": status}
                if status == "undone":
                    change["rows_sealed"] = None
                connection.execute(
                    tables.deliveries.update()
                    .where(tables.deliveries.c.case_id == case, tables.deliveries.c.number == number)
                    .values(**change)
                )
            connection.execute(
                tables.cases.update()
                .where(tables.cases.c.id == case)
                .values(
                    state="open",
                    version=tables.cases.c.version + 1,
                    version_s=tables.cases.c.version_s + int(seen_by >= Readers.WITH_SOURCES),
                    version_p=tables.cases.c.version_p + int(seen_by == Readers.ALL),
                    mark_s=contents.mark if seen_by >= Readers.WITH_SOURCES else tables.cases.c.mark_s,
                    mark_p=contents.mark if seen_by == Readers.ALL else tables.cases.c.mark_p,
                    graded_with=graded_with,
                    held=contents.as_json(),
                    dependence_sealed=pack(key, dependence, f"dependence {case}"),
                    standings_sealed=pack(key, pack_standings(standing), f"standings {case}"),
                )
            )
            withhold_words(connection, case, key, result.withhold)
            if unnamed:  # for people sealed earlier, queries in other cases are masked already
                mask_cypher_elsewhere(connection, case, self._vault.key, result.withhold)
            following.settle(connection, case, key, follow)
            _forget_claims(connection, case, result.provenance)
            reviews.settle(connection, case, unnamed=unnamed, named=named)
            requests.end_openings(connection, case, marked)
            self.shared_ids.close_naming(connection, case)
            self._vault.require_current(connection)

    def _identity(self, case: str, pseudonym: str, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        context = f"identity {case} {pseudonym}"
        key, wrapped = self._vault.new_key(context)
        return {
            "case_id": case,
            "pseudonym": pseudonym,
            "kind": kind,
            "key_sealed": wrapped,
            "values_sealed": pack(key, values, context),
        }


def _keys(dependence: Mapping[str, Any], level: str) -> dict[str, frozenset[str]]:
    return {source: frozenset(keys) for source, keys in dependence.get(level, {}).items()}


def _shared_things(dependence: Mapping[str, Any], level: str) -> dict[str, list[Thing]]:
    things = dependence.get("shared", {}).get(level, {})
    return {source: [(reason, thing) for reason, thing in pairs] for source, pairs in things.items()}


def _ask_rewrite(connection: sa.Connection, case: str) -> None:
    connection.execute(tables.rewrites.insert().values(id=secrets.token_hex(16), case_id=case, asked_at=now()))


def _bring_in_line(connection: sa.Connection, case: str, provenance: Mapping[str, tuple[int, int]]) -> None:
    """Update the delivery and line that each claim comes from; write only changes, as a case may be large."""
    table = tables.provenance
    query = sa.select(table.c.claim_id, table.c.delivery, table.c.line).where(table.c.case_id == case)
    before = {claim: (delivery, line) for claim, delivery, line in connection.execute(query)}
    outdated = [claim for claim, _ in before.items() - provenance.items()]
    for start in range(0, len(outdated), _AT_ONCE):
        batch = table.c.claim_id.in_(outdated[start : start + _AT_ONCE])
        connection.execute(table.delete().where(table.c.case_id == case, batch))
    rows = [
        {"case_id": case, "claim_id": claim, "delivery": delivery, "line": line}
        for claim, (delivery, line) in provenance.items() - before.items()
    ]
    if rows:
        connection.execute(table.insert(), rows)


def _forget_claims(connection: sa.Connection, case: str, claims: Collection[str]) -> None:
    """Clear the claim id of questions about claims that no longer exist; the questions still count for their source."""
    table = tables.questions
    for row in connection.execute(sa.select(table.c.id, table.c.claim_id).where(table.c.case_id == case)).all():
        if row.claim_id and row.claim_id not in claims:
            connection.execute(table.update().where(table.c.id == row.id).values(claim_id=""))
