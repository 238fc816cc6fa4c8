"""Stores exports until they are fetched, with a sealed record of what each shows and whether it must be recalled.

People and things are recorded by the pseudonym they have or would have, so that those sealed or erased later can be
found in exports that went out before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.own_words import Withhold, for_others, words_for
from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.log.audit import now
from graphsvc.access.people.principal import ANY_CASE, Grant
from graphsvc.access.vault import Vault, decrypt, encrypt, seal, unseal
from graphsvc.appdb import tables, transaction
from graphsvc.errors import NotFound

_ROW = tables.exports
_EXPORTS = StoredRows(_ROW, "made_at")
# States of exports that have gone out, or may at any moment.
RELEASED = ("held", "given")
# States of exports that have not gone out yet.
HERE = ("waiting", "held")


@dataclass(slots=True)
class ShownFacts:
    """Contents of an export, for later checks.

    Attributes:
        facts: each of its links that rests on witnesses: (subject, relation, object, first day, last day, sources).
        people: pseudonyms of the persons and things in it.
        named: pseudonyms of the people and things that it shows by their real id.
        taken_out: description of the parts left out → their number, or a word if they are not counted.
        tells: what can be compared with a case: entities (id), their names (as keyed hashes), links (subject, relation,
            object), and days of links (with the link).
    """

    facts: list[tuple[str, str, str, str, str, tuple[str, ...]]] = field(default_factory=list)
    people: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    taken_out: dict[str, int | str] = field(default_factory=dict)
    tells: frozenset[tuple[str, ...]] = frozenset()


class ExportStore:
    """The exports of one application database."""

    def __init__(self, database: sa.Engine, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    # -- recipients -------------------------------------------------------------------------------------------

    def recipients(
        self, case: str, key: bytes, grant: Grant, made_by: str | None = None, *, typed: bool
    ) -> dict[str, str]:
        """Return id → name of the recipients of a case's exports, sorted by name.

        Args:
            case: the case.
            key: its data key.
            grant: clearance of the reader: recipients who got only stricter exports are left out.
            made_by: only recipients of exports that this account made; None: all.
            typed: whether to return names as typed; otherwise as readers other than the exports' makers see them.
        """
        table = tables.recipients
        chosen = [table.c.case_id == case, table.c.handling.in_(grant.codes)]
        if made_by is not None:
            own = (_ROW.c.case_id == case, _ROW.c.account == made_by)
            chosen.append(table.c.id.in_(sa.select(_ROW.c.recipient).where(*own)))
        with transaction(self._database) as connection:
            rows = connection.execute(sa.select(table).where(*chosen)).all()
        words = {row.id: unseal(key, table.c.name_sealed, row) for row in rows}
        named = {name: words_for(sealed, mine=typed, level=grant.handling) for name, sealed in words.items()}
        return dict(sorted(named.items(), key=lambda item: item[1].casefold()))

    def add_recipient(self, case: str, key: bytes, name: str, handling: str, withhold: Withhold) -> None:
        """Store a recipient, at the least strict level of their exports; `withhold` hides the name from others."""
        identifier, table = recipient_id(key, name), tables.recipients
        with transaction(self._database) as connection:
            mine = (table.c.case_id == case, table.c.id == identifier)
            stored = connection.execute(sa.select(table.c.handling).where(*mine)).scalar()
            if stored is None or (stored == "C" and handling == "P"):
                # The row is replaced: readers of the less strict export must not learn the earlier spelling or date.
                row = {"case_id": case, "id": identifier, "added_at": now(), "handling": handling}
                sealed = seal(key, table.c.name_sealed, row, for_others(name, withhold))
                connection.execute(table.delete().where(*mine))
                connection.execute(table.insert().values(**row, name_sealed=sealed))

    def pseudonym_key(self, case: str, recipient: str) -> bytes:
        """Return the key of one recipient's pseudonyms in one case: always the same, different for each recipient."""
        return self._vault.derive_key(f"export pseudonyms\0{case}\0{recipient}")

    # -- exports ----------------------------------------------------------------------------------------------

    def keep(self, values: dict[str, Any], key: bytes, reason: str, content: bytes | None, facts: ShownFacts) -> None:
        """Store a new export; `values` are its unsealed columns. Without `content` there is nothing to fetch."""
        identifier = values["id"]
        own, wrapped = self._vault.new_key(f"export {identifier}")
        with transaction(self._database) as connection:
            _EXPORTS.add(
                connection,
                key,
                **values,
                reason_sealed=reason,
                key_sealed=wrapped,
                content_sealed=None if content is None else encrypt(own, content, f"export {identifier} content"),
                shown_sealed=_pack_facts(facts),
            )
            self._vault.require_current(connection)

    def one(self, export: str) -> Any:
        """Return the row of an export.

        Raises:
            NotFound: no such export.
        """
        row = _EXPORTS.one(self._database, export)
        if row is None:
            raise no_such_export()
        return row

    def of(self, cases: Collection[str], by: str | None = None) -> Sequence[Any]:
        """Return exports of some cases, newest first; only those made by one account if it is given."""
        theirs = () if by is None else (_ROW.c.account == by,)
        return _EXPORTS.newest(self._database, _ROW.c.case_id.in_(cases), *theirs)

    def content(self, row: Any) -> bytes:
        """Return the file of an export whose row has one."""
        own = self._vault.key(row.key_sealed, f"export {row.id}")
        return decrypt(own, row.content_sealed, f"export {row.id} content")

    def reason(self, row: Any, key: bytes) -> str:
        """Return the reason given for an export."""
        return str(_EXPORTS.words(key, row, "reason_sealed"))

    def open_contents(self, row: Any, key: bytes) -> ShownFacts:
        """Return the recorded contents of an export."""
        return _open_facts(row, key)

    def released_contents(self, case: str, recipient: str, key: bytes, but: str = "") -> list[tuple[str, ShownFacts]]:
        """Return handling code and contents of each export that a recipient has or may get, except the export `but`."""
        theirs = (_ROW.c.case_id == case, _ROW.c.recipient == recipient, _ROW.c.state.in_(RELEASED), _ROW.c.id != but)
        return [(row.handling, self.open_contents(row, key)) for row in _EXPORTS.newest(self._database, *theirs)]

    def move(self, export: str, states: Collection[str], **values: Any) -> bool:
        """Change an export if it is in one of `states`; return whether it was."""
        return _EXPORTS.change(self._database, export, _ROW.c.state.in_(states), **values)

    def sweep(self) -> None:
        """Remove expired exports that have not gone out, and delete the files of all expired exports."""
        old = _ROW.c.expires_at <= now()
        with transaction(self._database) as connection:
            connection.execute(
                _ROW.update().where(old, _ROW.c.state.in_(HERE)).values(state="removed", content_sealed=None)
            )
            connection.execute(_ROW.update().where(old, _ROW.c.content_sealed.is_not(None)).values(content_sealed=None))

    def take_away(self, export: str) -> None:
        """Delete the file of one export; an export that has not gone out is removed."""
        with transaction(self._database) as connection:
            _EXPORTS.change(connection, export, _ROW.c.state.in_(HERE), state="removed")
            _EXPORTS.change(connection, export, content_sealed=None)

    # -- people sealed or erased ------------------------------------------------------------------------------

    def clear(
        self, case: str, codes: Collection[str] = ("P", "C"), *, of_those_cleared_for_sources: bool = False
    ) -> None:
        """Remove exports at these codes that have not gone out: their texts may name people now sealed or erased."""
        mine = [_ROW.c.case_id == case, _ROW.c.state.in_(HERE), _ROW.c.handling.in_(codes)]
        if of_those_cleared_for_sources:
            grants, accounts = tables.grants, tables.accounts
            cleared = (
                sa.select(accounts.c.name).join(grants).where(grants.c.case_id.in_((case, ANY_CASE)), grants.c.sources)
            )
            mine.append(_ROW.c.account.in_(cleared))
        with transaction(self._database) as connection:
            connection.execute(_ROW.update().where(*mine).values(state="removed", content_sealed=None))

    def settle(self, case: str, key: bytes, *, sealed: Collection[str], erased: Collection[str]) -> None:
        """Run the module's `settle` in a separate transaction."""
        with transaction(self._database) as connection:
            settle(connection, case, key, sealed=sealed, erased=erased)

    def to_recall(self, case: str) -> int:
        """Count the exports of a case that must still be recalled."""
        return _EXPORTS.count(self._database, _ROW.c.case_id == case, _ROW.c.recall != "", _ROW.c.recalled_at.is_(None))


def settle(
    connection: sa.Connection,
    case: str,
    key: bytes,
    *,
    sealed: Collection[str] = (),
    erased: Collection[str] = (),
    sources: Collection[str] = (),
) -> None:
    """Update the exports of a case for people and things that are sealed or erased in it.

    Exports that show them are removed if they have not gone out, and otherwise marked for recall. The records keep only
    the pseudonyms of erased people; facts about them, and facts that rest only on erased `sources`, are deleted.
    """
    sealed, erased, sources = frozenset(sealed), frozenset(erased), frozenset(sources)
    for row in _EXPORTS.newest(connection, _ROW.c.case_id == case):
        facts = _open_facts(row, key)
        values: dict[str, Any] = {}
        erased_people, hidden = facts.people & erased, facts.named & sealed
        if erased_people or hidden:
            values["content_sealed"] = None
            if row.state in HERE:
                values["state"] = "removed"
            elif row.state == "given" and row.recall != "erased" and (erased_people or not row.recall):
                values |= {"recall": "erased" if erased_people else "sealed", "recall_at": now()}
        left = [
            (*fact[:5], tuple(source for source in fact[5] if source not in sources))
            for fact in facts.facts
            if not {fact[0], fact[2]} & erased
        ]
        tells = frozenset(each for each in facts.tells if erased.isdisjoint(each))
        if left != facts.facts or tells != facts.tells:
            facts.facts, facts.tells = [fact for fact in left if fact[5]], tells
            values["shown_sealed"] = _pack_facts(facts)
        if any(values.get(name) != getattr(row, name) for name in values):
            _EXPORTS.change(connection, row.id, _ROW.c.state == row.state, key=key, **values)


def follow(connection: sa.Connection, case: str, key: bytes, name: Callable[[str], str]) -> None:
    """Update ids in the records of a case's exports, so that people sealed later are found by their current ids."""
    for row in _EXPORTS.newest(connection, _ROW.c.case_id == case):
        facts = _open_facts(row, key)
        now_shown = ShownFacts(
            [(name(f[0]), f[1], name(f[2]), *f[3:5], tuple(map(name, f[5]))) for f in facts.facts],
            frozenset(map(name, facts.people)),
            frozenset(map(name, facts.named)),
            facts.taken_out,
            frozenset(tuple(map(name, each)) for each in facts.tells),
        )
        if now_shown != facts:
            _EXPORTS.change(connection, row.id, key=key, shown_sealed=_pack_facts(now_shown))


def recipient_id(key: bytes, name: str) -> str:
    """Return the id of a recipient: the same whatever the name's case and spacing, and meaningless without the key."""
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return hmac.digest(key, f"recipient\0{plain}".encode(), hashlib.sha256)[:16].hex()


def number(export: str) -> str:
    """Return the number of an export as people read it: it reveals no order or count of exports.

    Example:
        >>> number("3f9a01bc" + "0" * 24)
        'E-3F9A-01BC'
    """
    return f"E-{export[:4]}-{export[4:8]}".upper()


def no_such_export() -> NotFound:
    """Return the error for a missing export, the same as for an export of another person."""
    return NotFound("There is no such export that you can see. `graphsvc export list CASE` lists those you can.")


def expiry(days: int) -> dt.datetime:
    """Return the time until which an export made now is held."""
    return now() + dt.timedelta(days=days)


def _open_facts(row: Any, key: bytes) -> ShownFacts:
    fields = _EXPORTS.words(key, row, "shown_sealed")
    return ShownFacts(
        [(*fact[:5], tuple(fact[5])) for fact in fields["facts"]],
        frozenset(fields["people"]),
        frozenset(fields["named"]),
        fields["taken_out"],
        # Exports from before `tells` was stored cannot be compared with a case: the empty tuple matches nothing.
        frozenset(map(tuple, fields.get("tells", [[]]))),
    )


def _pack_facts(facts: ShownFacts) -> dict[str, Any]:
    return {
        "facts": facts.facts,
        "people": sorted(facts.people),
        "named": sorted(facts.named),
        "taken_out": facts.taken_out,
        "tells": sorted(facts.tells),
    }


def merge_facts(exports: Iterable[ShownFacts]) -> list[tuple[str, str, str, str, str, tuple[str, ...]]]:
    """Return the facts of several exports."""
    return [fact for export in exports for fact in export.facts]
