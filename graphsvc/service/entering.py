"""What a session can do by form: add a statement with its claims and whom they name, correct one, and see its history.

All of it is a delivery: checked, previewed, loaded and taken back as one that came in a file. What a form says of those
who are there already it says by the ids that pages show; only here, under the case's lock, do they become delivered ids.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from graphsvc.access import vault
from graphsvc.access.redact import permits
from graphsvc.errors import Refused, RequestError
from graphsvc.ingest.cells import written
from graphsvc.ingest.check import Delivery, check_delivery
from graphsvc.ingest.fold import Kept, State, claim_key
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.versions import Step
from graphsvc.records.tables import TABLES
from graphsvc.service import typed
from graphsvc.service.casework import Loaded, Progress
from graphsvc.service.graphing import Telling
from graphsvc.service.loading import Loading
from graphsvc.service.reading import filled, nothing
from graphsvc.service.typed import Cells, Fault, Form, Part
from graphsvc.service.watching import unwatched

_TOKEN = re.compile(r"[0-9a-f]{32}")
_HANDLE = re.compile(r"(?:new|c)[1-9][0-9]{0,3}")
_REASON = 2000
_CANDIDATES = 8
_STATEMENT = "statement"
# Of a statement that is there: they say whose account it is. Another source makes it another statement.
_FIXED = ("id", "kind", "source_id")
# Handle, table, cells.
Made = tuple[str, str, Cells]
# What tells somebody or something apart, by column: by these those who may be the same are looked for.
_TELLING = ("name", "aliases", "phones", "value", "registration", "date")


class Changed(RequestError):
    """What is corrected was changed by somebody else since the form was opened."""

    status = 409


@dataclass(frozen=True, slots=True)
class Checked:
    """What a form would do.

    Attributes:
        faults: with any, nothing is loaded.
        counts: as of a delivery; see `Loaded`.
        same_as: the earlier delivery that it repeats.
        ends: reference as typed → row of `entities.named` it means.
        alike: handle of what is new → rows of `entities.find` that may be the same, each with `by`: what they share.
    """

    faults: list[Fault]
    counts: dict[str, dict[str, int]]
    same_as: int | None
    ends: dict[str, dict[str, Any]]
    alike: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Correctable:
    """A statement as it may be corrected.

    Attributes:
        values, claims: as released. seen: tells whether it has changed since. handling: of its claims too.
    """

    id: str
    values: dict[str, Any]
    claims: list[dict[str, Any]]
    seen: str


@dataclass(frozen=True, slots=True)
class Version:
    """What one delivery did to a statement.

    Attributes:
        at: UTC. reason: why, as far as it was said. statement: column → (before, after).
        claims: a released row each, with `did` (`added`, `changed`, `superseded`, `brought back` or `moved away`), `before`
            (column → what it was) and `belief_before`.
    """

    delivery: int
    account: str
    at: dt.datetime
    reason: str
    statement: dict[str, tuple[str, str]]
    claims: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Everything a reader may know of one statement: released values, and rows of `statements.claims`."""

    id: str
    values: dict[str, Any]
    claims: list[dict[str, Any]]
    truncated: bool


class Entering(Loading):
    """The part of a session that looks at a statement, and adds and corrects one by form."""

    def statement(self, identifier: str) -> StatementPage:
        """Everything this reader may know of one statement.

        Raises:
            NotFound: there is none, or it is not theirs to see.
        """
        found = self.rows("statements.one", id=identifier).dicts()
        if not found:
            raise nothing(identifier)
        claims = self.rows("statements.claims", id=identifier)
        return StatementPage(identifier, filled(found[0]), claims.dicts(), claims.truncated)

    def new_form(self) -> Form:
        """An empty form.

        Raises:
            Refused, NotFound: see `require_loading`. So for all here.
        """
        self.require_loading()
        return Form(secrets.token_hex(16))

    def named_in(self, form: Form) -> dict[str, dict[str, Any]]:
        """Reference in a form as typed → row of `entities.named` it means; what means nobody is left out."""
        return self._references(form)[0]

    def check_form(self, form: Form) -> Checked:
        """What a form would do; nothing is loaded.

        Raises:
            Changed: the statement it corrects is another by now. NotFound: that statement is not theirs.
            RequestError: the form was added already and holds something else by now, or corrects nothing.
        """
        ends, wrong = self._references(form)
        if form.of and not 0 < len(form.reason) <= _REASON:
            wrong.append(Fault("reason", f"is needed to correct a statement, in at most {_REASON} characters"))
        if wrong:
            return Checked([*wrong, *self._unread(form, {one.field for one in wrong})], {}, None, ends, {})
        places: dict[tuple[str, int], str] = {}
        loaded = self._enter(form, unwatched, places, dry_run=True)
        return Checked(
            typed.faults(loaded.rejections, places),
            loaded.counts,
            loaded.same_as,
            ends,
            {part.handle: found for part in form.new if (found := self._alike(part))},
        )

    def enter(self, form: Form) -> str:
        """Load what a form says, all or nothing, as a job; gives its id.

        Raises:
            RequestError: a reference means nobody, or several. Busy: the case is being loaded.
        """
        _ends, wrong = self._references(form)
        if wrong:
            raise RequestError(f"This cannot be loaded yet: {wrong[0].reason}")
        self._require_quiet()

        def work(progress: Progress) -> dict[str, Any]:
            loaded = self._enter(form, progress, {})
            return {
                "delivery": loaded.delivery,
                "same_as": loaded.same_as,
                "committed": loaded.committed,
                "counts": loaded.counts,
                "rejected": len(loaded.rejections),
            }

        return self._start("load", work)

    def entered(self, token: str, handles: Collection[str] = ()) -> tuple[str, list[str]]:
        """The statement that a form added, empty if this person cannot see it, and what it added that they can see.

        All by the ids that pages show.
        """
        self.require_loading()
        _require_token(token)
        key = self._service.register.key(self.case, create=False)
        ids = [_entered(key, token, handle) for handle in handles if _HANDLE.fullmatch(handle)]
        shown = [self._told(key, identifier) for identifier in ids]
        there = {row["id"] for row in self.rows("entities.named", ids=shown).dicts()} if shown else set()
        said = _entered(key, token, _STATEMENT)
        seen = self.rows("statements.one", id=said).rows
        return (said if seen else ""), [one for one in shown if one in there]

    def correctable(self, statement: str) -> Correctable:
        """A statement, if this person may correct it.

        Raises:
            NotFound: it is not there, or not all of it is theirs to see.
        """
        self.require_loading()
        found = self.statement(statement)
        if found.truncated:
            raise Refused("This statement makes more claims than a form takes. Correct it by a delivery.")
        values = found.values
        said = [
            typed.statement_cells(values),
            sorted((one["claim"], one["status"], typed.claim_cells(one)) for one in found.claims),
        ]
        return Correctable(found.id, values, found.claims, hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32])

    def statement_history(self, statement: str) -> list[Version]:
        """What each delivery did to a statement and its claims, the newest first.

        Raises:
            NotFound: it is not theirs to see. Refused: without clearance for all of the case: its deliveries hold both codes.
        """
        with self._service.gate.acting(self.principal, self.purpose, "read", self.case, query="history") as outcome:
            found = self.statement(statement)
            if self.grant.handling != "C":
                raise Refused(
                    "The history of a statement takes clearance for handling code C in this case: it is told from whole deliveries."
                )
            state, key = self._service.casework.state(self.case)
            telling = self._service.casework.told_as(self.case, state, key)
            told = _History(telling, {row["number"]: row for row in self._service.register.deliveries(self.case)})
            identifier = telling.delivered(found.id)
            steps = self._service.casework.steps(self.case, identifier) if identifier is not None else []
            versions = [told.version(step) for step in steps]
            outcome["rows"] = len(versions)
            named = self._names(
                {end for one in versions for row in one.claims for end in (row["subject"], row["object"])}
            )
        return [_released(one, self._withheld(), named) for one in reversed(versions)]

    def correctable_columns(self) -> list[str]:
        """The columns of a statement that this person may correct: what they may not see stays as it is."""
        withheld = {*_FIXED, *self._withheld()}
        return [column.name for column in TABLES["statements"].columns if column.name not in withheld]

    def _withheld(self) -> set[str]:
        """The columns of a statement that this person may not see."""
        columns = TABLES["statements"].columns
        return {column.name for column in columns if not permits(self.grant, f"Statement.{column.name}")}

    # -- references -------------------------------------------------------------------------------------------

    def _references(self, form: Form) -> tuple[dict[str, dict[str, Any]], list[Fault]]:
        """What each reference of a form means to this person, and what is wrong with the others."""
        self.require_loading()
        _require_token(form.token)
        new = {part.handle: part for part in form.new}
        wanted: list[tuple[str, str, str]] = []
        for handle, table, cells in _parts(form):
            for column in TABLES[table].columns:
                cell = _reference(column.name, cells, table)
                if cell and cell not in new:
                    wanted.append(
                        (
                            f"{handle}.{column.name}",
                            cell,
                            "person" if column.name in ("source_id", "interpreter_id") else "",
                        )
                    )
        known = {one for _, one, _ in wanted}
        ends = {row["id"]: row for row in self.rows("entities.named", ids=sorted(known)).dicts()} if known else {}
        ends |= {
            handle: {"id": handle, "kind": TABLES[part.table].record, "name": _called(part), "sealed": False}
            for handle, part in new.items()
        }
        wrong = [Fault(place, *self._meant(cell, kind)) for place, cell, kind in wanted if cell not in ends]
        return ends, wrong

    def _unread(self, form: Form, known: Collection[str]) -> list[Fault]:
        """What can be told to be wrong with cells before it is known whom the form refers to."""
        filled = {"links": "statement_id"}
        rows = [
            (
                handle,
                table,
                {name: typed.plain(cell) for name, cell in cells.items()} | {filled.get(table, "id"): handle},
            )
            for handle, table, cells in _parts(form)
            if handle != typed.STATEMENT or not form.of
        ]
        tables, places = typed.raw_tables(rows)
        found = typed.faults(check_delivery(tables, self._limits).rejections, places)
        return [one for one in found if one.field not in known]

    @property
    def _limits(self) -> Limits:
        return Limits(self.settings.upload_mb << 20, self.settings.cell_chars)

    def _meant(self, text: str, kind: str) -> tuple[str, tuple[dict[str, Any], ...]]:
        """Why a text means nobody yet, and whom it may mean."""
        found = [row for row in self.rows("entities.find", text=text[:200]).dicts() if kind in ("", row["kind"])]
        if not found:
            return "means nobody and nothing that you can see in this case: choose another, or add it as new", ()
        return "is no id; say whom or what you mean, or add it as new", tuple(found[:_CANDIDATES])

    def _alike(self, part: Part) -> list[dict[str, Any]]:
        """Who and what of the same kind may be the same as something new, by what they share."""
        record = TABLES[part.table].record
        found: dict[str, dict[str, Any]] = {}
        for column in _TELLING:
            for text in re.split(r";\s*", typed.plain(part.cells.get(column, ""))):
                if len(text) < 3:
                    continue
                for row in self.rows("entities.find", text=text[:200]).dicts():
                    if row["kind"] == record:
                        found.setdefault(row["id"], row | {"by": []})["by"].append(f"{column} {text}")
        return sorted(found.values(), key=lambda row: -len(row["by"]))[:_CANDIDATES]

    def _names(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.rows("entities.named", ids=sorted(ids)).dicts()} if ids else {}

    def _told(self, key: bytes, identifier: str) -> str:
        """The id that pages show of what was added by hand: a pseudonym if the vault holds it."""
        register = self._service.register
        for kind in ("person", "thing"):
            pseudonym = vault.pseudonym(key, kind, identifier)
            if register.kind(self.case, pseudonym) is not None:
                return pseudonym
        return identifier

    # -- loading ----------------------------------------------------------------------------------------------

    def _enter(
        self,
        form: Form,
        progress: Progress,
        places: dict[tuple[str, int], str],
        *,
        dry_run: bool = False,
    ) -> Loaded:
        case = self.case
        step = "correct" if form.of else "add"
        with self._service.gate.acting(
            self.principal, self.purpose, "load", case, step=step, dry_run=dry_run
        ) as outcome:
            self.require_loading()
            loaded = self._service.casework.load(
                case,
                self.principal.name,
                self._making(form, places),
                progress,
                partial=not form.of,
                strict=True,
                dry_run=dry_run,
            )
            outcome["rows"] = sum(counts["read"] for counts in loaded.counts.values())
        return loaded

    def _making(self, form: Form, places: dict[tuple[str, int], str]) -> Callable[[State, bytes], Delivery]:
        """Makes the delivery of a form on what is loaded."""

        def make(state: State, key: bytes) -> Delivery:
            rows = _Rows(form, state, key, cache(lambda: self._service.casework.told_as(self.case, state, key)))
            if form.of:
                now = self.correctable(form.of)
                if now.seen != form.seen:
                    raise Changed(
                        "This statement was changed since you opened the form. Nothing of yours is loaded, and nothing is lost:"
                        " what you typed stands below, beside what the statement says now."
                    )
                made = rows.correction(now, self.correctable_columns())
            else:
                made = rows.addition()
            tables, found = typed.raw_tables(made)
            places.update(found)
            delivery = check_delivery(tables, self._limits)
            if not form.of:
                _require_new(state, delivery)
            return delivery

        return make


class _Rows:
    """Rows of a delivery, made of a form and of what is loaded."""

    def __init__(self, form: Form, state: State, key: bytes, telling: Callable[[], Telling]) -> None:
        self._form, self._state, self._key, self._telling = form, state, key, telling
        self._new_ones = {part.handle for part in form.new}
        self._back: dict[str, str] = {}

    def addition(self) -> list[Made]:
        """A new statement, its claims, and who is new."""
        statement = self._id(_STATEMENT)
        cells = {"id": statement, **self._own("statements", self._form.statement)}
        return [
            *self._new(statement),
            (typed.STATEMENT, "statements", cells),
            *(self._new_claim(statement, part) for part in self._form.claims),
        ]

    def correction(self, now: Correctable, columns: Collection[str]) -> list[Made]:
        """A statement that is there: all its rows as they were delivered, but for what was typed anew.

        Args:
            now: the statement.
            columns: those of the statement that may be corrected.
        """
        statement = self._delivered(now.id)
        kept = self._state.records["statements"][statement].values
        anew = typed.changed(self._form.statement, typed.statement_cells(now.values))
        anew = self._own("statements", {name: cell for name, cell in anew.items() if name in columns})
        claims, touched = self._claims(statement, {row["claim"]: row for row in now.claims})
        if not anew and not touched:
            raise RequestError("Nothing is changed yet: correct a field, or say what becomes of a claim.")
        row = _cells(kept) | anew | {typed.REASON: self._form.reason}
        return [*self._new(statement), (typed.STATEMENT, "statements", row), *claims]

    def _claims(self, statement: str, shown: Mapping[str, Mapping[str, Any]]) -> tuple[list[Made], bool]:
        """All claims the statement makes from now on, and whether any of them is another than before."""
        parts = {part.claim: part for part in self._form.claims if part.claim}
        rows: list[Made] = []
        touched = False
        for key in self._state.by_statement.get(statement, ()):
            held = self._state.claims[key]
            if held.status != "active":
                continue
            claim = vault.claim_id(self._key, *key)
            part = parts.pop(claim, None)
            if part is None:
                rows.append(("", "links", _cells(held.values)))
            elif part.fate == "mistake":
                touched = True
            else:
                anew = self._own("links", typed.changed(part.cells, typed.claim_cells(shown[claim])))
                if part.fate == "withdrawn":
                    anew["polarity"] = "withdrawn"
                rows.append((part.handle, "links", _cells(held.values) | anew))
                touched = touched or bool(anew)
        if parts:
            raise RequestError("A claim of this form is not one that stands in this statement. Open the form anew.")
        new = [self._new_claim(statement, part) for part in self._form.claims if not part.claim]
        return [*rows, *new], touched or bool(new)

    def _new_claim(self, statement: str, part: Part) -> Made:
        cells = {"id": self._id(part.handle), **self._own("links", part.cells), "statement_id": statement}
        return part.handle, "links", cells

    def _new(self, statement: str) -> list[Made]:
        return [
            (
                part.handle,
                part.table,
                {"id": self._id(part.handle), **self._own(part.table, part.cells), "statement_id": statement},
            )
            for part in self._form.new
        ]

    def _own(self, table: str, cells: Cells) -> dict[str, str]:
        """What was typed, by columns of the table alone, references as delivered ids."""
        found = {}
        for column in TABLES[table].columns:
            if column.name in cells and column.name != "id":
                reference = _reference(column.name, cells, table)
                found[column.name] = self._delivered(reference) if reference else typed.plain(cells[column.name])
        return found

    def _delivered(self, reference: str) -> str:
        """The delivered id behind a handle, or behind an id that pages show."""
        if reference in self._new_ones:
            return self._id(reference)
        if reference not in self._back:
            self._back[reference] = self._telling().delivered(reference) or reference
        return self._back[reference]

    def _id(self, handle: str) -> str:
        return _entered(self._key, self._form.token, handle)


class _History:
    """Tells the steps of a statement, as the graph would hold each version."""

    def __init__(self, telling: Telling, deliveries: Mapping[int, Mapping[str, Any]]) -> None:
        self._telling, self._deliveries = telling, deliveries

    def version(self, step: Step) -> Version:
        """One step."""
        identifier = step.standing.values["id"]
        changes: dict[str, tuple[str, str]] = {}
        if step.statement is not None:
            before, after = (self._statement(identifier, row) for row in step.statement)
            names = dict.fromkeys([*after, *before])
            changes = {
                name: (before.get(name, ""), after.get(name, ""))
                for name in names
                if before.get(name) != after.get(name)
            }
        standing = self._telling.statement(identifier, step.standing)
        reason = typed.text(standing.get(typed.REASON)) if step.statement is not None else ""
        changes.pop(typed.REASON, None)
        claims = [self._claim(key, was, now) for key, (was, now) in step.claims.items()]
        one = self._deliveries[step.delivery]
        return Version(step.delivery, one["account"], one["loaded_at"], reason, changes, claims)

    def _statement(self, identifier: str, row: Kept | None) -> dict[str, str]:
        if row is None:
            return {}
        told = self._telling.statement(identifier, row)
        return {name: typed.text(value) for name, value in told.items() if not name.endswith(("_earliest", "_latest"))}

    def _claim(self, key: tuple[str, ...], was: Kept | None, now: Kept | None) -> dict[str, Any]:
        before = self._row(key, was) if was is not None else {}
        after = self._row(key, now) if now is not None else before
        if was is None:
            did = "added"
        elif now is None:
            did = "moved away"
        elif now.status == "superseded":
            did = "superseded"
        else:
            did = "brought back" if was.status == "superseded" and before == after else "changed"
        belief = after.pop("belief", None)
        changes = {
            name: before.get(name) for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)
        }
        return after | {
            "did": did,
            "belief": belief,
            "belief_before": changes.pop("belief", None),
            "before": changes if was else {},
        }

    def _row(self, key: tuple[str, ...], row: Kept) -> dict[str, Any]:
        claim, told = self._telling.claim(key, Kept(row.values, row.delivery, row.line))
        ends = {
            "subject": claim.subject,
            "object": claim.object,
            "subject_kind": claim.subject_kind,
            "object_kind": claim.object_kind,
        }
        return {
            **ends,
            **{name: value for name, value in told.items() if not name.endswith(("_earliest", "_latest", "status"))},
        }


def _reference(column: str, cells: Cells, table: str) -> str:
    """What a cell refers to; empty if its column holds no reference, or none to somebody or something of the case."""
    if table == "statements" and column == "source_id":
        refers = cells.get("kind") == "witness"
    else:
        refers = column in ("subject_id", "object_id", "interpreter_id")
    return typed.plain(cells.get(column, "")) if refers else ""


def _parts(form: Form) -> list[tuple[str, str, Cells]]:
    claims = [part for part in form.claims if part.fate != "mistake"]
    return [
        (typed.STATEMENT, "statements", form.statement),
        *((part.handle, part.table, part.cells) for part in (*claims, *form.new)),
    ]


def _called(part: Part) -> str:
    cells = part.cells
    return typed.plain(cells.get("name", "") or cells.get("value", "") or cells.get("date", "")) or part.handle


def _cells(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: written(value) for name, value in values.items()}


def _entered(key: bytes, token: str, handle: str) -> str:
    """The id of what a form adds: the same each time the form is sent, so that sending it twice adds nothing twice."""
    return vault.pseudonym(key, "entered", f"{token}\0{handle}")


def _require_token(token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise RequestError("This form is not one of this service. Open it anew; nothing was loaded.")


def _require_new(state: State, delivery: Delivery) -> None:
    """Nothing, if none of a form's rows is there already, or all are as they are.

    Raises:
        RequestError: it was added already and holds something else by now.
    """
    known = [
        state.claims.get(claim_key(row.values))
        if row.table == "links"
        else state.records[row.table].get(row.values["id"])
        for row in delivery.rows
    ]
    if any(known) and any(
        held is None or held.values != row.values for held, row in zip(known, delivery.rows, strict=True)
    ):
        raise RequestError(
            "This form was added already, and what you have typed since is not in it. Open the statement to correct it, or"
            " begin a new form."
        )


def _released(version: Version, hidden: Collection[str], named: Mapping[str, Mapping[str, Any]]) -> Version:
    """A version without the columns this reader lacks clearance for, and with the names of whom it is about."""
    claims = []
    for row in version.claims:
        names = {f"{end}_name": (named.get(row[end]) or {}).get("name") for end in ("subject", "object")}
        claims.append(row | names)
    changes = {name: pair for name, pair in version.statement.items() if name not in hidden}
    return replace(version, statement=changes, claims=claims)
