"""Statements by form: add a statement with its claims and the people it names, correct one, see what was added.

Each form makes a delivery that is checked, previewed, imported and undone like one from a file. Forms refer to existing
entities by the ids that pages show. Only this module, under the case's lock, turns these into delivered ids.
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
from graphsvc.access.log.audit import now
from graphsvc.analysis.ranking.moved import Move
from graphsvc.cases.deliveries import statement_form
from graphsvc.cases.deliveries.batches import next_time
from graphsvc.cases.deliveries.form_rows import (
    STATEMENT,
    AddedBefore,
    Correctable,
    FormRows,
    entered_id,
    reference_in,
    require_new,
)
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.deliveries.statement_form import Cells, Fault, Form, FormPart
from graphsvc.cases.graph.graphing import Graphed
from graphsvc.cases.progress import quiet
from graphsvc.errors import Refused, RequestError
from graphsvc.ingest.check import Delivery, check_delivery
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.state import State
from graphsvc.records.lines import LONGEST_REASON, plain
from graphsvc.records.progress import Progress
from graphsvc.records.tables import TABLES
from graphsvc.service.ask import Ask
from graphsvc.service.deliveries.loading import Loading, taken_in
from graphsvc.service.deliveries.statements import Statements
from graphsvc.service.search.search import Search

_TOKEN = re.compile(r"[0-9a-f]{32}")
_HANDLE = re.compile(r"(?:new|c)[1-9][0-9]{0,3}")
_CANDIDATES = 8
_SURELY = 1  # worst `Hit.level` of a match that may be the same person or thing: a whole word
# Columns of a statement that no correction changes: with another source it would be another statement.
_FIXED = ("id", "kind", "source_id")
_OPENING = (
    "cannot become P without source clearance: add the shared version as a new statement, or ask a colleague who has it"
)
# Columns that identify a person or thing, used to look for possible duplicates.
_TELLING = ("name", "aliases", "phones", "value", "registration", "date")


class Changed(RequestError):
    """Another person changed the statement since the form was opened."""

    status = 409


@dataclass(frozen=True, slots=True)
class Checked:
    """Result of checking a form.

    Attributes:
        faults: faults found; if there are any, nothing can be imported.
        counts: row counts, as for a delivery; see `Loaded`.
        same_as: the earlier delivery that the form repeats.
        ends: reference as typed → the row of `entities.named` that it refers to.
        alike: handle of a new person or thing → possible duplicates, as hits of `find` (dictionaries) with the shared
            values (`by`).
        opens_at: earliest time at which the statement opens to others (UTC); None if immediately.
        moves: expected changes to the leads; None if not requested, or without source clearance.
        named: names of sealed people, or parts of them, found in the sanitised version; only with source clearance.
    """

    faults: list[Fault]
    counts: dict[str, dict[str, int]]
    same_as: int | None
    ends: dict[str, dict[str, Any]]
    alike: dict[str, list[dict[str, Any]]]
    opens_at: dt.datetime | None = None
    moves: list[Move] | None = None
    named: tuple[str, ...] = ()


class StatementForms:
    """The forms with which one person adds statements to one case and corrects them."""

    def __init__(self, ask: Ask, loading: Loading, statements: Statements, search: Search) -> None:
        self._ask = ask
        self._loading = loading
        self._statements = statements
        self._search = search

    def new(self) -> Form:
        """Return an empty form.

        Raises:
            Refused, NotFound: see `Loading.require`. The same for all methods here.
        """
        self._loading.require()
        return Form(secrets.token_hex(16))

    def named_in(self, form: Form) -> dict[str, dict[str, Any]]:
        """Map references in a form, as typed, to rows of `entities.named`; those without a match are left out."""
        return self._references(form)[0]

    def check(self, form: Form, *, moves: bool = False) -> Checked:
        """Check a form without importing anything.

        Args:
            form: the form.
            moves: also compute how the leads would change, which takes a while.

        Raises:
            Changed: the statement it corrects has changed.
            NotFound: this person may not see that statement.
            RequestError: the form was added before with different content, or is a correction that changes nothing.
        """
        ends, wrong = self._references(form)
        if form.of and not 0 < len(form.reason) <= LONGEST_REASON:
            wrong.append(Fault("reason", f"is needed to correct a statement, in at most {LONGEST_REASON} characters"))
        if wrong:
            return Checked([*wrong, *self._unread(form, {fault.field for fault in wrong})], {}, None, ends, {})
        places: dict[tuple[str, int], str] = {}
        becomes: list[Move] = []
        moves = moves and self._ask.grant.sources
        compares = self._loading.comparing(becomes) if moves else None
        loaded = self._enter(form, quiet, places, dry_run=True, compares=compares)
        return Checked(
            statement_form.faults(loaded.rejections, places),
            loaded.counts,
            loaded.same_as,
            ends,
            {part.handle: alike for part in form.new if (alike := self._alike(part))},
            next_time(self._ask.home.account_times, now()) if self._waits(form) else None,
            becomes if moves else None,
            self._named_in_sanitised(form),
        )

    def enter(self, form: Form) -> str:
        """Import the contents of a form, all or nothing, as a job; return its id.

        Raises:
            RequestError: a reference has no match, or several.
            Busy: the case is being imported.
        """
        _ends, wrong = self._references(form)
        if wrong:
            raise RequestError(f"This cannot be loaded yet: {wrong[0].reason}")
        self._loading.require_quiet()

        def work(progress: Progress) -> dict[str, Any]:
            loaded = self._enter(form, progress, {})
            return loaded.outcome | {"waits": loaded.waits}

        # Not a job of kind `load`, which others see: no one may learn who added something, or when.
        return self._loading.start("add", work)

    def find_added(self, token: str, handles: Collection[str] = ()) -> tuple[str, list[str]]:
        """Return the statement that a form added (empty if not visible to this person), and its visible new entities.

        All ids are as shown on pages.
        """
        self._loading.require()
        _require_token(token)
        key = self._ask.key
        ids = [entered_id(key, token, handle) for handle in handles if _HANDLE.fullmatch(handle)]
        candidates = [(*(vault.pseudonym(key, kind, each) for kind in ("person", "thing")), each) for each in ids]
        named = self._ask.entity_rows([each for names in candidates for each in names])
        statement_id = entered_id(key, token, STATEMENT)
        seen = self._ask.rows("statements.one", id=statement_id).rows
        return (statement_id if seen else ""), [each for names in candidates for each in names if each in named]

    def correctable(self, statement: str) -> Correctable:
        """Return the current contents of a statement this person may correct.

        Raises:
            NotFound: it does not exist, or this person may not see all of it.
            Refused: it has too many claims for a form.
        """
        self._loading.require()
        page = self._statements.look(statement)
        if page.truncated:
            raise Refused("This statement makes more claims than a form takes. Correct it by a delivery.")
        values = page.values
        contents = [
            statement_form.statement_cells(values),
            sorted((claim["claim"], claim["status"], statement_form.claim_cells(claim)) for claim in page.claims),
        ]
        return Correctable(page.id, values, page.claims, hashlib.sha256(json.dumps(contents).encode()).hexdigest()[:32])

    def correctable_columns(self) -> list[str]:
        """Return the columns of a statement that this person may correct; columns they may not see stay as they are."""
        withheld = {*_FIXED, *self._statements.withheld()}
        return [column.name for column in TABLES["statements"].columns if column.name not in withheld]

    # -- references -------------------------------------------------------------------------------------------

    def _references(self, form: Form) -> tuple[dict[str, dict[str, Any]], list[Fault]]:
        """Return the visible entity that each reference in a form means, and faults for the other references."""
        self._loading.require()
        _require_token(form.token)
        new = {part.handle: part for part in form.new}
        wanted: list[tuple[str, str, str]] = []
        for handle, table, cells in _parts(form):
            for column in TABLES[table].columns:
                cell = reference_in(column.name, cells, table)
                if cell and cell not in new:
                    wanted.append(
                        (
                            f"{handle}.{column.name}",
                            cell,
                            "person" if column.name in ("source_id", "interpreter_id") else "",
                        )
                    )
        known = {cell for _, cell, _ in wanted}
        # The log must not name the source of a form: auditors read it, and statements wait so that nobody learns the
        # source.
        with self._ask.look("read", step="look up", ids=len(known)) as outcome:
            ends = self._ask.entity_rows(known)
            outcome["rows"] = len(ends)
        ends |= {
            handle: {"id": handle, "kind": TABLES[part.table].record, "name": _part_name(part), "sealed": False}
            for handle, part in new.items()
        }
        wrong = [Fault(place, *self._meant(cell, kind)) for place, cell, kind in wanted if cell not in ends]
        return ends, [*wrong, *self._opening_faults(form)]

    def _opening_faults(self, form: Form) -> list[Fault]:
        """Return a fault if a form opens a C statement to readers of P and its author may not see every cell."""
        if not form.of or self._ask.grant.sources or form.statement.get("handling") != "P":
            return []
        is_closed = self._statements.look(form.of).values["handling"] == "C"
        return [Fault(f"{STATEMENT}.handling", _OPENING)] if is_closed else []

    def _unread(self, form: Form, known: Collection[str]) -> list[Fault]:
        """Return the faults in cells that can be found before the references are resolved."""
        filled = {"links": "statement_id"}
        rows = [
            (
                handle,
                table,
                {name: statement_form.cell(table, name, typed) for name, typed in cells.items()}
                | {filled.get(table, "id"): handle},
            )
            for handle, table, cells in _parts(form)
            if handle != statement_form.STATEMENT or not form.of
        ]
        tables, places = statement_form.raw_tables(rows)
        faults = statement_form.faults(check_delivery(tables, self._limits).rejections, places)
        return [fault for fault in faults if fault.field not in known]

    @property
    def _limits(self) -> Limits:
        return Limits(self._ask.settings.upload_mb << 20, self._ask.settings.cell_chars)

    def _meant(self, text: str, kind: str) -> tuple[str, tuple[dict[str, Any], ...]]:
        """Return the reason why a text is no reference yet, and the entities it may refer to."""
        results = self._search.find(text[:200], kind)
        hits = results.dicts()
        if not hits and not results.truncated:
            return "means nobody and nothing that you can see in this case: choose another, or add it as new", ()
        return "is a name that several may have: choose one, or add it as new", tuple(hits[:_CANDIDATES])

    def _alike(self, part: FormPart) -> list[dict[str, Any]]:
        """Return existing people and things of the same kind that may be duplicates of a new one, by shared values."""
        record = TABLES[part.table].record
        hits: dict[str, dict[str, Any]] = {}
        for column in _TELLING:
            for text in re.split(r";\s*", plain(part.cells.get(column, ""))):
                if len(text) < 3:
                    continue
                for row in self._search.find(text[:200], record).dicts():
                    if row["level"] <= _SURELY:
                        hits.setdefault(row["id"], row | {"by": []})["by"].append(f"{column} {text}")
        return sorted(hits.values(), key=lambda row: -len(row["by"]))[:_CANDIDATES]

    # -- loading ----------------------------------------------------------------------------------------------

    def _enter(
        self,
        form: Form,
        progress: Progress,
        places: dict[tuple[str, int], str],
        *,
        dry_run: bool = False,
        compares: Callable[[Graphed], object] | None = None,
    ) -> Loaded:
        case = self._ask.case
        step = "correct" if form.of else "add"
        with self._ask.act("load", step=step, dry_run=dry_run) as outcome:
            self._loading.require()
            try:
                loaded = self._ask.home.casework.load(
                    case,
                    self._ask.principal.name,
                    self._making(form, places),
                    self._ask.progress(progress),
                    partial=not form.of,
                    strict=True,
                    dry_run=dry_run,
                    compares=compares,
                    sources=self._ask.grant.sources,
                    waits=self._waits(form),
                    still=self._loading.require_still,
                )
            except AddedBefore as before:
                loaded = Loaded(case, None, before.number, {}, [], committed=False)
            outcome |= taken_in(loaded)
        if form.of and not self._ask.grant.sources:
            loaded = replace(loaded, counts={table: _as_typed(count) for table, count in loaded.counts.items()})
        return loaded

    def _named_in_sanitised(self, form: Form) -> tuple[str, ...]:
        text = plain(form.statement.get("sanitised", ""))
        if not text or not self._ask.grant.sources:
            return ()
        names = self._ask.home.casework.replay.texts(self._ask.case, self._ask.key).names
        return tuple(dict.fromkeys((*names.listed_in(text), *names.parts_in(text))))

    def _waits(self, form: Form) -> bool:
        """Whether the form's statement waits before it opens to others: only new witness statements do."""
        return bool(self._ask.home.account_times) and form.statement.get("kind") == "witness" and not form.of

    def _making(self, form: Form, places: dict[tuple[str, int], str]) -> Callable[[State, bytes], Delivery]:
        """Return a function that turns the form into a delivery, given the current state of the case."""

        def make(state: State, key: bytes) -> Delivery:
            rows = FormRows(
                form, state, key, cache(lambda: self._ask.home.casework.replay.told_as(self._ask.case, state, key))
            )
            if form.of:
                now = self.correctable(form.of)
                if now.seen != form.seen:
                    raise Changed(
                        "This statement was changed since you opened the form. Nothing of yours is loaded, and nothing is lost:"
                        " what you typed is below, next to what the statement says now."
                    )
                new_rows = rows.correction(now, self.correctable_columns(), self._statements.withheld())
            else:
                new_rows = rows.addition()
            tables, handles = statement_form.raw_tables(new_rows)
            places.update(handles)
            delivery = check_delivery(tables, self._limits)
            if not form.of:
                require_new(
                    state, delivery, lambda: self._ask.home.casework.replay.open_deliveries(self._ask.case, key)
                )
            return delivery

        return make


def _parts(form: Form) -> list[tuple[str, str, Cells]]:
    claims = [part for part in form.claims if part.fate != "mistake"]
    return [
        (statement_form.STATEMENT, "statements", form.statement),
        *((part.handle, part.table, part.cells) for part in (*claims, *form.new)),
    ]


def _as_typed(count: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of a correction, leaving out unchanged rows: its author may not see all of them."""
    left_alone = dict.fromkeys(("unchanged", "received", "duplicate"), 0)
    return {**count, **left_alone, "read": count["added"] + count["changed"] + count["rejected"]}


def _part_name(part: FormPart) -> str:
    cells = part.cells
    return plain(cells.get("name", "") or cells.get("value", "") or cells.get("date", "")) or part.handle


def _require_token(token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise RequestError("This form is not one of this service. Open it again; nothing was loaded.")
