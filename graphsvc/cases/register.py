"""What the application database records of cases: their keys, deliveries, vault and provenance. Changes no graph."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decided import requests, reviews
from graphsvc.access.log import audit
from graphsvc.access.log.audit import now
from graphsvc.access.people.policy import READING
from graphsvc.access.vault import Vault, pack, unpack
from graphsvc.analysis.evidence.dependence import Thing
from graphsvc.appdb import tables, transaction, wipe_free_space
from graphsvc.cases.deliveries.sealed_rows import seal_rows
from graphsvc.cases.image.graphing import Graphed
from graphsvc.cases.image.sealing import Standing
from graphsvc.cases.image.standing import Standings, packed, unpacked
from graphsvc.cases.image.texts import SourceIds
from graphsvc.cases.shared_ids import SharedIds
from graphsvc.cases.stores import following
from graphsvc.cases.stores.erased import Leaving, take_out
from graphsvc.cases.stores.peoples_words import mask_cypher_elsewhere, withhold_words
from graphsvc.cases.versions import known_cases
from graphsvc.ingest.check import Delivery
from graphsvc.store.mark import Held

_AT_ONCE = 500  # rows that one statement of SQL names


class Register:
    """The records of every case in one application database."""

    def __init__(self, database: sa.Engine, vault: Vault) -> None:
        self._database, self._vault = database, vault
        self.shared_ids = SharedIds(database, vault)

    def cases(self) -> list[dict[str, Any]]:
        """Every case: id, state, version, version_p, created_at, protection."""
        return known_cases(self._database)

    def deliveries(self, case: str) -> list[dict[str, Any]]:
        """The case's deliveries, newest first: number, status, who, when, counts; never their rows."""
        table = tables.deliveries
        columns = [column for column in table.c if column.name != "rows_sealed"]
        query = sa.select(*columns).where(table.c.case_id == case).order_by(table.c.number.desc())
        with transaction(self._database) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def dependence(self, case: str, level: str) -> dict[str, frozenset[str]]:
        """What the sources of a case share, at level `all` or `p`; for computing only."""
        return _keys(self._kept_dependence(case), level)

    def depending(self, case: str, key: bytes, level: str) -> tuple[dict[str, list[Thing]], dict[str, frozenset[str]]]:
        """What `shared` and `dependence` tell, in one look, with the case's key."""
        dependence = self._kept_dependence(case, key)
        return _shared(dependence, level), _keys(dependence, level)

    def _kept_dependence(self, case: str, key: bytes | None = None) -> dict[str, Any]:
        with transaction(self._database) as connection:
            row = connection.execute(
                sa.select(tables.cases.c.dependence_sealed).where(tables.cases.c.id == case)
            ).first()
        if row is None or row.dependence_sealed is None:
            return {}
        key = key or self.key(case, create=False)
        return dict(unpack(key, row.dependence_sealed, f"dependence {case}"))

    def shared(self, case: str, level: str) -> dict[str, list[Thing]]:
        """What each source of a witness has to do with, at level `all` or `p`: for who has source clearance."""
        return _shared(self._kept_dependence(case), level)

    def masked_ids(self, case: str, key: bytes) -> dict[str, str]:
        """Hidden ids (`vault.is_hidden`) → the pseudonym that their bearer would have."""
        return dict(self._kept_dependence(case, key).get("masked", {}))

    def sources_named(self, case: str, key: bytes) -> SourceIds:
        """Ids of sources, also of statements taken back."""
        return SourceIds.of_json(self._kept_dependence(case, key).get("sources_named", ()))

    def provenance(self, case: str, claims: list[str]) -> dict[str, tuple[int, int]]:
        """Claim id → (delivery, line in its links file)."""
        table = tables.provenance
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(table.c.claim_id, table.c.delivery, table.c.line).where(
                    table.c.case_id == case, table.c.claim_id.in_(claims)
                )
            )
            return {row.claim_id: (row.delivery, row.line) for row in rows}

    def identities(self, case: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Pseudonym → what only the vault knows of it. Opening any is for custodians, one by one, with a reason."""
        table = tables.identities
        with transaction(self._database) as connection:
            rows = list(connection.execute(sa.select(table).where(table.c.case_id == case)))
        for row in rows:
            what = f"identity {case} {row.pseudonym}"
            yield row.pseudonym, unpack(self._vault.key(row.key_sealed, what), row.values_sealed, what)

    def pseudonyms(self, case: str) -> frozenset[str]:
        """Whom and what the vault holds something of that is in the case now; nothing of it is opened."""
        query = sa.select(tables.identities.c.pseudonym).where(tables.identities.c.case_id == case)
        with transaction(self._database) as connection:
            return frozenset(connection.execute(query).scalars())

    def kind(self, case: str, pseudonym: str) -> str | None:
        """`person`, `thing` or `source`, of what the vault holds under this pseudonym; None if it holds nothing."""
        table = tables.identities
        with transaction(self._database) as connection:
            kind = connection.execute(
                sa.select(table.c.kind).where(table.c.case_id == case, table.c.pseudonym == pseudonym)
            ).scalar()
            return str(kind) if kind is not None else None

    def identity(self, case: str, pseudonym: str) -> tuple[str, dict[str, Any]]:
        """Kind and values of one identity: for a reveal alone, after it was agreed to."""
        table = tables.identities
        with transaction(self._database) as connection:
            row = connection.execute(
                sa.select(table).where(table.c.case_id == case, table.c.pseudonym == pseudonym)
            ).one()
        what = f"identity {case} {pseudonym}"
        return row.kind, unpack(self._vault.key(row.key_sealed, what), row.values_sealed, what)

    def key(self, case: str, *, create: bool) -> bytes:
        """The case's data key; of a new case one that is kept only if `create`."""
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
        """Forget a case that never held a delivery: a first load that came to nothing leaves no empty case."""
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
        """The day the case was made: who was under 18 then stays sealed, whenever a delivery comes or goes."""
        with transaction(self._database) as connection:
            opened = connection.execute(sa.select(tables.cases.c.created_at).where(tables.cases.c.id == case)).scalar()
        return (opened or now()).date()

    def counting(self, case: str) -> dict[int, Any]:
        """The deliveries that are loaded or being worked on, in order."""
        table = tables.deliveries
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(table).where(table.c.case_id == case, table.c.status != "undone").order_by(table.c.number)
            )
            return {row.number: row for row in rows}

    def next_number(self, case: str) -> int:
        """The number of the next delivery; a loaded one keeps its number for good."""
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
        """Record the delivery before the first write; from here on a kill is completed, not forgotten.

        `state` is that of the case until it is written.
        """
        sealed = seal_rows(key, case, number, delivery.rows, delivery.columns, delivery.incomplete, delivery.accepted)
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
        """Give a delivery another status and its case another state, both at once."""
        with transaction(self._database) as connection:
            connection.execute(
                tables.deliveries.update()
                .where(tables.deliveries.c.case_id == case, tables.deliveries.c.number == number)
                .values(status=status)
            )
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))

    def forget(self, case: str, number: int) -> None:
        """Forget a delivery that was cancelled before it was loaded."""
        with transaction(self._database) as connection:
            connection.execute(
                tables.deliveries.delete().where(
                    tables.deliveries.c.case_id == case, tables.deliveries.c.number == number
                )
            )

    def overrules(self, case: str, kind: str) -> frozenset[str]:
        """Pseudonyms on whom persons decided `sealed`, `opened` or `erased`, whatever deliveries say."""
        return frozenset(pseudonym for pseudonym, decided in self.decided(case).items() if decided == kind)

    def decided(self, case: str) -> dict[str, str]:
        """Pseudonym → what persons decided on it: `sealed`, `opened` or `erased`."""
        return {name: kind for name, (kind, _) in self.decisions(case).items()}

    def decisions(self, case: str) -> dict[str, tuple[str, dt.datetime]]:
        """Pseudonym → what persons decided on it, as in `decided`, and when (UTC)."""
        table = tables.overrules
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(table.c.pseudonym, table.c.kind, table.c.at).where(table.c.case_id == case)
            )
            return {row.pseudonym: (row.kind, row.at) for row in rows}

    def last_read(self, case: str) -> str:
        """When somebody last read the case (ISO, UTC); empty: nobody did."""
        return audit.last_of(self._database, READING, case)

    def standings(self, case: str, key: bytes) -> dict[str, Standing] | None:
        """How everybody stands in a case (`cases.image.standing`); None: it was not kept yet."""
        query = sa.select(tables.cases.c.standings_sealed).where(tables.cases.c.id == case)
        with transaction(self._database) as connection:
            sealed = connection.execute(query).scalar()
        return None if sealed is None else unpacked(unpack(key, sealed, f"standings {case}"))

    def sealed(self, case: str) -> dict[str, Standing]:
        """Pseudonym → how they stand, of everybody sealed in a case."""
        standing = self.standings(case, self.key(case, create=False)) or {}
        return {name: entity for name, entity in standing.items() if entity.sealed}

    def held(self, case: str) -> frozenset[str]:
        """Pseudonyms of the persons under a hold; an empty one if the whole case is."""
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
        """Keep decisions (`sealed`, `opened` or `erased`) with what goes with them, all in one; closes the case.

        Args:
            case: the case; open again once the graph is in line.
            account: who decided.
            reason: why; it may name someone and is sealed.
            decided: pseudonym → what was decided; a later decision on the same replaces the earlier.
            leaving: what goes with who is erased.
        """
        key = self.key(case, create=False)
        gone = frozenset(pseudonym for pseudonym, kind in decided.items() if kind == "erased")
        erased = gone | self.overrules(case, "erased")
        with transaction(self._database) as connection:
            for pseudonym, kind in decided.items():
                mine = (tables.overrules.c.case_id == case, tables.overrules.c.pseudonym == pseudonym)
                connection.execute(tables.overrules.delete().where(*mine))
                connection.execute(
                    tables.overrules.insert().values(
                        case_id=case,
                        pseudonym=pseudonym,
                        kind=kind,
                        account=account,
                        reason_sealed=pack(key, reason, f"overrule {case} {pseudonym}"),
                        at=now(),
                    )
                )
            if leaving is not None:
                take_out(connection, case, key, gone, erased, leaving)
                mask_cypher_elsewhere(connection, case, self._vault.key, leaving.mask)
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state="loading"))
            _ask_rewrite(connection, case)

    def ask_rewrite(self, case: str) -> None:
        """Have the managed store written anew: the names of a case have to go from its files."""
        with transaction(self._database) as connection:
            _ask_rewrite(connection, case)

    def rewriting(self) -> list[int]:
        """By what the managed store still has to be written anew."""
        query = sa.select(tables.rewrites.c.id).where(tables.rewrites.c.done_at.is_(None))
        with transaction(self._database) as connection:
            return list(connection.execute(query).scalars())

    def rewritten(self, asked: Collection[int]) -> None:
        """The store has been written anew since it was asked for by these."""
        with transaction(self._database) as connection:
            connection.execute(tables.rewrites.update().where(tables.rewrites.c.id.in_(asked)).values(done_at=now()))

    def close_all(self) -> None:
        """Close every case to readers: what the graph holds of it has to be written again."""
        with transaction(self._database) as connection:
            connection.execute(tables.cases.update().values(state="loading"))

    def wipe_free_space(self) -> bool:
        """Leave nothing of what was replaced beside the database; whether that could be done."""
        return wipe_free_space(self._database)

    def open_cases(self) -> dict[str, dict[str, Any] | None]:
        """Open cases → what the graph held of each when it was last written (`store.mark.Held` as JSON)."""
        query = sa.select(tables.cases.c.id, tables.cases.c.held).where(tables.cases.c.state == "open")
        with transaction(self._database) as connection:
            return {row.id: row.held for row in connection.execute(query)}

    def close(self, case: str) -> None:
        """Close a case to readers until it is written again."""
        with transaction(self._database) as connection:
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state="loading"))

    def close_graded_otherwise(self, digest: str) -> None:
        """Close the cases whose figures were not computed with the weights of this digest: they are to be written again."""
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
        held: Held,
        *,
        moves_open: bool,
        unnamed: Collection[str],
        named: Collection[str],
        marked: Collection[str],
    ) -> None:
        """Bring the vault in line with the graph, settle the deliveries and open the case again, all in one.

        `standing` is how everybody stands from now on; `graded_with` the digest of the weights that figures were computed with;
        `held` what the graph holds; `moves_open` whether anything under handling code P changed; `unnamed` the pseudonyms of
        people named until now, `named` of those named from now on; `marked` of people with a new mark, which ends openings asked for.
        """
        dependence: dict[str, Any] = {
            level: {s: sorted(k) for s, k in held.items()} for level, held in result.dependence.items()
        }
        dependence["shared"] = result.shared
        dependence["masked"] = result.masked_ids
        dependence["sources_named"] = result.sources_named.as_json()
        follow = following.followed(key, result.shown, self.overrules(case, "erased"))
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
                    version_p=tables.cases.c.version_p + int(moves_open),
                    mark_p=held.mark if moves_open else tables.cases.c.mark_p,
                    graded_with=graded_with,
                    held=held.as_json(),
                    dependence_sealed=pack(key, dependence, f"dependence {case}"),
                    standings_sealed=pack(key, packed(standing), f"standings {case}"),
                )
            )
            withhold_words(connection, case, key, result.withhold)
            if unnamed:  # who was sealed before was masked there then
                mask_cypher_elsewhere(connection, case, self._vault.key, result.withhold)
            following.settle(connection, case, key, follow)
            _forget_claims(connection, case, result.provenance)
            reviews.settle(connection, case, unnamed=unnamed, named=named)
            requests.end_openings(connection, case, marked)
            self.shared_ids.close_naming(connection, case)
            self._vault.require_current(connection)

    def _identity(self, case: str, pseudonym: str, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        what = f"identity {case} {pseudonym}"
        key, wrapped = self._vault.new_key(what)
        return {
            "case_id": case,
            "pseudonym": pseudonym,
            "kind": kind,
            "key_sealed": wrapped,
            "values_sealed": pack(key, values, what),
        }


def _keys(dependence: Mapping[str, Any], level: str) -> dict[str, frozenset[str]]:
    return {source: frozenset(keys) for source, keys in dependence.get(level, {}).items()}


def _shared(dependence: Mapping[str, Any], level: str) -> dict[str, list[Thing]]:
    things = dependence.get("shared", {}).get(level, {})
    return {source: [(reason, thing) for reason, thing in some] for source, some in things.items()}


def _ask_rewrite(connection: sa.Connection, case: str) -> None:
    connection.execute(tables.rewrites.insert().values(id=secrets.token_hex(16), case_id=case, asked_at=now()))


def _bring_in_line(connection: sa.Connection, case: str, provenance: Mapping[str, tuple[int, int]]) -> None:
    """Which line of which delivery each claim is from: what became another is written, and not all of a large case."""
    table = tables.provenance
    query = sa.select(table.c.claim_id, table.c.delivery, table.c.line).where(table.c.case_id == case)
    before = {claim: (delivery, line) for claim, delivery, line in connection.execute(query)}
    gone = [claim for claim, _ in before.items() - provenance.items()]
    for start in range(0, len(gone), _AT_ONCE):
        some = table.c.claim_id.in_(gone[start : start + _AT_ONCE])
        connection.execute(table.delete().where(table.c.case_id == case, some))
    rows = [
        {"case_id": case, "claim_id": claim, "delivery": delivery, "line": line}
        for claim, (delivery, line) in provenance.items() - before.items()
    ]
    if rows:
        connection.execute(table.insert(), rows)


def _forget_claims(connection: sa.Connection, case: str, there: Collection[str]) -> None:
    """Of questions about claims that are not there any more, leave only that their source was asked."""
    table = tables.questions
    for row in connection.execute(sa.select(table.c.id, table.c.claim_id).where(table.c.case_id == case)).all():
        if row.claim_id and row.claim_id not in there:
            connection.execute(table.update().where(table.c.id == row.id).values(claim_id=""))
