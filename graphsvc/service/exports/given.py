"""Exports already made: list and fetch them, agree to them, recall them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.exposure.presence import Fact
from graphsvc.analysis.exposure.witnesses import Exposure, exposure
from graphsvc.appdb.rows import fill
from graphsvc.cases.stores.export_store import (
    RELEASED,
    ExportStore,
    ShownFacts,
    expiry,
    merge_facts,
    no_such_export,
    number,
)
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.relations import LinkKey
from graphsvc.service.ask import Ask
from graphsvc.service.exports.exposure import SOMEONE, Exposures, Resting, by_one, link_in
from graphsvc.service.exports.placing import new_file
from graphsvc.service.protection.clearance import require_whole, sees_whole
from graphsvc.service.protection.requests import Requests
from graphsvc.views.denials import denial
from graphsvc.views.wording import is_pseudonym

Kept = Collection[tuple[str, str, str, str, str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Export:
    """One export. Times are UTC.

    Attributes:
        number: its short name, as printed; id: the id used in commands.
        state: `waiting` (for a supervisor), `held` (ready to fetch), `given`, `refused` or `removed`.
        sha256: the hash of the file.
        recall: `sealed` or `erased` if that happened to a person in it since it was given; otherwise empty.
        recalled_at: when someone confirmed that it was returned or destroyed.
        fetchable, decidable: whether the current reader may fetch it, or decide on it.
        taken_out: omissions, in words → how many; exact, where its manifest says `few`.
        withheld: further omissions; only in the result returned to its maker by `Exports.make`.
        exposure: exposure by a waiting export, for readers who may decide on it; else None.
        denied: links in it that the reader sees denied or contested → the denial; as for `exposure`.
    """

    id: str
    number: str
    case: str
    recipient: str
    account: str
    reason: str
    made_at: dt.datetime
    state: str
    handling: str
    nodes: int
    links: int
    sha256: str
    expires_at: dt.datetime
    given_at: dt.datetime | None
    recall: str
    recall_at: dt.datetime | None
    recalled_at: dt.datetime | None
    decided_by: str
    answer: str
    fetchable: bool
    decidable: bool
    taken_out: dict[str, int | str]
    withheld: dict[str, int | str] = field(default_factory=dict)
    exposure: Exposure | None = None
    denied: Mapping[LinkKey, str] = field(default_factory=dict)
    by_source: bool = False


class GivenExports:
    """The exports made from one case, as one person may see, fetch and decide on them."""

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self._requests = requests

    def list_exports(self) -> list[Export]:
        """Return exports of the case, newest first: the person's own and, if they may agree to exports, all."""
        self._export_store.sweep()
        with self.act("list") as outcome:
            exports = self._rows(None if self._agrees() else self._ask.principal.name)
            outcome |= {
                "rows": len(exports),
                "sources": {source for each in exports for source in named_in(each.exposure)},
            }
        return exports

    def fetch(self, export: str) -> tuple[str, bytes]:
        """Return the file of an export, as (name, content).

        Once fetched by its maker, an export counts as given. People who may decide on a waiting one may look at it.

        Raises:
            NotFound: it does not exist, or this person may not see it.
            Refused: it was not agreed to, is no longer held, or contains something that the case no longer shows.
            Busy: the case is being imported.
        """
        self._export_store.sweep()
        row = self._export(export)
        with self.act("look" if row.state == "waiting" else "get", export=row.id, recipient=row.recipient) as outcome:
            register = self._ask.home.register
            erased, sealed = register.overrules(self._ask.case, "erased"), register.sealed_standings(self._ask.case)
            self._export_store.settle(self._ask.case, self._ask.key, erased=erased, sealed=sealed)
            row = self._export_store.one(row.id)
            if not self._fetchable(row) or row.content_sealed is None:
                raise Refused(_CLOSED.get(row.state, "This export is not held any more. Make it again."))
            if not self._told_still(row):
                self._export_store.take_away(row.id)
                raise Refused(_GONE)
            content = self._export_store.content(row)
            # Two fetches at the same time both succeed. An export removed in the meantime is not given out.
            if row.state == "held" and not self._export_store.move(row.id, RELEASED, state="given", given_at=now()):
                raise Refused(_CLOSED["removed"])
            outcome["rows"] = row.links
        return file_name(row.id), content

    def save(self, export: str, target: Path | None = None) -> Path:
        """Fetch an export into a new file (by default named after it, in the current folder); return its path.

        Raises:
            RequestError: the target exists, or its parent folder does not; the export is then not fetched.
        """
        target = target or Path(file_name(export))
        # Create the file first: an export counts as given once it is fetched.
        with new_file(target) as file:
            file.write(self.fetch(export)[1])
        return target

    def agree(self, export: str, answer: str = "") -> None:
        """Agree to an export another person requested, though it may expose a witness; it is then held for its maker.

        Raises:
            Refused: the role supervisor is missing, or it is the person's own request.
            NotFound: it does not exist, or this person may not see it.
            RequestError: it has been answered already, or no longer exists.
        """
        self._answer(export, "agreed", answer)
        self._export_store.move(export, ("waiting",), state="held", expires_at=expiry(self._ask.settings.export_days))

    def refuse(self, export: str, answer: str = "") -> None:
        """Refuse an export another person requested. Raises as `agree`."""
        self._answer(export, "refused", answer)
        self._export_store.move(export, ("waiting",), state="refused", content_sealed=None)

    def recalls(self) -> list[Export]:
        """Return given exports that have to be recalled because a person in them has been sealed or erased.

        People who may seal, erase or agree to exports get all of them, others their own.
        """
        action = next((name for name in ("export", "erase", "seal") if self._ask.may(name)), "export")
        with self._ask.act(action, step="recall") as outcome:
            every = self._ask.may("erase") or self._ask.may("seal") or self._agrees()
            self._require_case_for(every=every)
            exports = [export for export in self._rows(None if every else self._ask.principal.name) if export.recall]
            outcome["rows"] = len(exports)
        return exports

    def settle(self, export: str) -> None:
        """Record that a recalled export was returned or destroyed. Raises NotFound as `fetch`."""
        row = self._export(export)
        with self.act("recalled", export=row.id, recipient=row.recipient):
            if not row.recall:
                raise RequestError("Nothing asks for this export back.")
            self._export_store.move(row.id, ("given",), recalled_at=now())

    # -- helpers ----------------------------------------------------------------------------------------------

    @property
    def _export_store(self) -> ExportStore:
        return self._ask.home.export_store

    def act(self, step: str, **detail: Any) -> Any:
        """Log one act on exports of the case."""
        return self._ask.act("export", step=step, **detail)

    def _agrees(self) -> bool:
        return self._ask.may("agree") and sees_whole(self._ask, self._ask.case)

    def _require_case_for(self, *, every: bool) -> None:
        if every:
            require_whole(self._ask)

    def exposure(self, exposures: Exposures, resting: Resting, earlier_exports: Kept) -> Exposure:
        """Return the exposure by these facts and earlier exports together; by source only with source clearance."""
        earlier = there_again(earlier_exports, self._inside(exposures) if earlier_exports else str)
        if not self._ask.grant.sources:
            resting, earlier = by_one(resting), by_one(earlier)
        return exposure(resting, exposures.ground(), self._ask.settings.exposure_below, earlier)

    def _inside(self, exposures: Exposures) -> Callable[[str], str]:
        """Return a function that maps stored pseudonyms to the ids now in the graph."""
        presence = exposures.ground()
        people = (person for person in presence.people if not is_pseudonym(person))
        ends = {end for link in presence.rests for end in (link[0], link[2]) if not is_pseudonym(end)}
        pairs = (*self._ask.pseudonyms("person", people).items(), *self._ask.pseudonyms("thing", ends).items())
        known = {pseudonym: identifier for identifier, pseudonym in pairs}
        return lambda pseudonym: known.get(pseudonym, pseudonym)

    def _export(self, export: str) -> Any:
        """Return the row of an export of this case that is this person's own, or that they may decide on.

        Raises:
            NotFound: it does not exist, or they may not see it; the attempt is logged.
        """
        try:
            row = self._export_store.one(export)
        except NotFound:
            row = None
        visible = row is not None and row.case_id == self._ask.case and row.handling in self._ask.grant.codes
        if visible and (row.account == self._ask.principal.name or self._agrees()):
            return row
        with self.act("look"):
            raise no_such_export()

    def _told_still(self, row: Any) -> bool:
        """Whether readers cleared for no more than an export's handling code may still see everything in it."""
        exposures = Exposures(self._ask.as_(Grant(row.handling)))
        return self._export_store.open_contents(row, self._ask.key).tells <= exposures.tells()

    def _fetchable(self, row: Any) -> bool:
        if row.state == "waiting":
            return row.account != self._ask.principal.name and self._agrees()
        return row.state in ("held", "given") and row.account == self._ask.principal.name

    def _answer(self, export: str, state: str, answer: str) -> None:
        policy.require(self._ask.principal, "agree")
        row = self._export(export)
        request = self._request_rows().get(row.id)
        if request is None or row.state != "waiting":
            raise RequestError("This export does not wait for an answer.")
        self._requests.decide("export", request.id, state, answer)

    def _request_rows(self) -> dict[str, Any]:
        """Map exports to the rows of their requests."""
        return {row.pseudonym: row for row in self._requests.store.of("export", [self._ask.case])}

    def recipients(self) -> dict[str, str]:
        """Map ids of recipients to their names as typed, for the reader's own exports; for supervisors, for all."""
        return self._recipients(None if self._agrees() else self._ask.principal.name, typed=True)

    def _recipients(self, made_by: str | None = None, *, typed: bool) -> dict[str, str]:
        return self._export_store.recipients(self._ask.case, self._ask.key, self._ask.grant, made_by, typed=typed)

    def _rows(self, by: str | None) -> list[Export]:
        """Return exports of the case, newest first: all exports, or those by one account."""
        names = self._recipients(typed=False) | self.recipients()
        requests = self._request_rows()
        return [
            self._one(row, names, requests.get(row.id))
            for row in self._export_store.of([self._ask.case], by)
            if row.handling in self._ask.grant.codes
        ]

    def _one(self, row: Any, names: dict[str, str], request: Any) -> Export:
        key = self._ask.key
        shown_facts = self._export_store.open_contents(row, key)
        decidable = row.state == "waiting" and row.account != self._ask.principal.name and self._agrees()
        answered = self._requests.visible_request(request) if request is not None else None
        return fill(
            Export,
            row,
            number=number(row.id),
            case=row.case_id,
            recipient=names.get(row.recipient, ""),
            reason=self._export_store.reason(row, key),
            decided_by=answered.decided_by if answered else "",
            answer=answered.answer if answered else "",
            fetchable=row.content_sealed is not None and self._fetchable(row),
            decidable=decidable,
            taken_out=shown_facts.taken_out,
            exposure=self._waiting(row, shown_facts) if decidable else None,
            denied=self._denied_links(row, shown_facts) if decidable else {},
            by_source=self._ask.grant.sources,
        )

    def _waiting(self, row: Any, shown_facts: ShownFacts) -> Exposure:
        """Return how far a waiting export would now expose witnesses."""
        exposures = Exposures(self._ask.as_(Grant(row.handling)))
        resting = there_again(shown_facts.facts, self._inside(exposures))
        earlier_exports = merge_facts(
            earlier
            for _, earlier in self._export_store.released_contents(
                self._ask.case, row.recipient, self._ask.key, but=row.id
            )
        )
        return self.exposure(exposures, resting, earlier_exports)

    def _denied_links(self, row: Any, facts: ShownFacts) -> dict[LinkKey, str]:
        """Map each link of an export that this person sees denied or contested to its denial in words."""
        inside = self._inside(Exposures(self._ask.as_(Grant(row.handling))))
        links = {(inside(link[0]), link[1], inside(link[2])) for link in map(link_in, facts.tells) if link}
        ids = sorted({end for link in links for end in (link[0], link[2])})
        rows = self._ask.rows("network.among", ids=ids).dicts()
        denied = {(row["subject"], row["relation"], row["object"]): row["denying"] for row in rows if row["denying"]}
        return {link: denial(denied[link]) for link in sorted(links & denied.keys())}


def own_export(exports: GivenExports, reader: str, export: str) -> Export:
    """Return an export that the reader made, for callers that have already logged an act of the reader."""
    return next(each for each in exports._rows(reader) if each.id == export)


def file_name(export: str) -> str:
    """Return the default file name of an export.

    Example:
        >>> file_name("3f9a01bc" + "0" * 24)
        'E-3F9A-01BC.zip'
    """
    return f"{number(export)}.zip"


def there_again(facts: Kept, inside: Callable[[str], str]) -> Resting:
    """Return stored facts and their witnesses, with the ids now in the graph instead of pseudonyms."""
    resting: Resting = {}
    for subject, relation, target, first, last, sources in facts:
        fact = Fact(inside(subject), relation, inside(target), first, last)
        resting[fact] = resting.get(fact, frozenset()) | frozenset(sources)
    return resting


def named_in(exposed: Exposure | None) -> set[str]:
    """Return the pseudonyms of the sources listed in an exposure."""
    return {witness.source for witness in exposed.witnesses} - {SOMEONE} if exposed else set()


_GONE = (
    "The case does not tell all that is in this export any more, or not under its handling code: nothing was given out."
    " Make it again."
)
_CLOSED = {
    "waiting": "Nobody has agreed to this export yet. Another person, a supervisor, has to.",
    "refused": "This export was refused. The list of exports has the name and reason.",
    "removed": "This export is not held any more: its time was over, somebody in it was sealed or erased, or the case does not"
    " tell any more what is in it. Make it again.",
}
