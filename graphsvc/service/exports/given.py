"""Exports that are made: fetched by who made them, agreed to by a second person, recalled. And how far each exposes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.exposure.presence import Fact
from graphsvc.analysis.exposure.witnesses import Exposure, exposure
from graphsvc.cases.stores.export_store import RELEASED, ExportStore, ShownFacts, expiry, merged, no_such_export, number
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.relations import LinkKey
from graphsvc.service.ask import Ask
from graphsvc.service.exports.exposure import SOMEONE, Exposures, Resting, by_one, link_in
from graphsvc.service.protection.clearance import require_whole, sees_whole
from graphsvc.service.protection.requests import Requests
from graphsvc.views.denials import denial
from graphsvc.views.wording import is_pseudonym

Kept = Collection[tuple[str, str, str, str, str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Export:
    """One export. Times are UTC.

    Attributes:
        number: what it is called on paper; id: what commands take.
        state: `waiting` (for a supervisor), `held` (ready to fetch), `given`, `refused` or `removed`.
        sha256: of the file.
        recall: empty, or since when it was given somebody in it was `sealed` or `erased`.
        recalled_at: when somebody said that it is back or destroyed.
        fetchable, decidable: whether who looks at it may fetch it, may answer it.
        taken_out: what does not go, in words → how much, as its manifest tells it but for small amounts.
        withheld: as it is made, what is for its maker alone to know of that; else nothing.
        exposure: of one that waits, for who may answer it; else None.
        denied: links in it that its reader sees denied or contested, each with that in words; of one that waits, for who may answer it.
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
    """The exports of one case that are made, as one person may see, fetch and answer them."""

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self._requests = requests

    def listed(self) -> list[Export]:
        """Exports of the case, newest first: those you made, and all if you may agree to them."""
        self._export_store.sweep()
        with self.act("list") as outcome:
            exports = self._rows(None if self._agrees() else self._ask.principal.name)
            outcome |= {
                "rows": len(exports),
                "sources": {source for each in exports for source in named_in(each.exposure)},
            }
        return exports

    def fetch(self, export: str) -> tuple[str, bytes]:
        """The file of an export, as (name, content).

        One that is held for you is given then; one that waits for your answer you may look at.

        Raises:
            NotFound: it is not there, or not yours. Refused: it was not agreed to, or is not held any more; or the case does
            not tell all that is in it any more. Busy: the case is being loaded.
        """
        self._export_store.sweep()
        row = self._export(export)
        with self.act("look" if row.state == "waiting" else "get", export=row.id, recipient=row.recipient) as outcome:
            register = self._ask.home.register
            erased, sealed = register.overrules(self._ask.case, "erased"), register.sealed(self._ask.case)
            self._export_store.settle(self._ask.case, self._ask.key, erased=erased, sealed=sealed)
            row = self._export_store.one(row.id)
            if not self._fetchable(row) or row.content_sealed is None:
                raise Refused(_CLOSED.get(row.state, "This export is not held any more. Make it again."))
            if not self._told_still(row):
                self._export_store.take_away(row.id)
                raise Refused(_GONE)
            content = self._export_store.content(row)
            # Of two who fetch it at once both get it; what was taken away meanwhile does not go out.
            if row.state == "held" and not self._export_store.move(row.id, RELEASED, state="given", given_at=now()):
                raise Refused(_CLOSED["removed"])
            outcome["rows"] = row.links
        return file_name(row.id), content

    def agree(self, export: str, answer: str = "") -> None:
        """Agree to an export another person asked for, though it may give a witness away: it is held for them then.

        Raises:
            Refused: the role supervisor is missing, or it is your own. NotFound: it is not there, or not yours.
            RequestError: it has been answered already, or is not there any more.
        """
        self._answer(export, "agreed", answer)
        self._export_store.move(export, ("waiting",), state="held", expires_at=expiry(self._ask.settings.export_days))

    def refuse(self, export: str, answer: str = "") -> None:
        """Refuse an export another person asked for. Raises as `agree`."""
        self._answer(export, "refused", answer)
        self._export_store.move(export, ("waiting",), state="refused", content_sealed=None)

    def recalls(self) -> list[Export]:
        """Exports that were given and show somebody who was sealed or erased since: to be asked back.

        For who may seal or erase, too.
        """
        action = next((name for name in ("export", "erase", "seal") if self._ask.may(name)), "export")
        with self._ask.act(action, step="recall") as outcome:
            every = self._ask.may("erase") or self._ask.may("seal") or self._agrees()
            self._require_case_for(every=every)
            exports = [export for export in self._rows(None if every else self._ask.principal.name) if export.recall]
            outcome["rows"] = len(exports)
        return exports

    def settle(self, export: str) -> None:
        """Write down that a recalled export is back or destroyed. Raises NotFound as `fetch`."""
        row = self._export(export)
        with self.act("recalled", export=row.id, recipient=row.recipient):
            if not row.recall:
                raise RequestError("Nothing asks for this export back.")
            self._export_store.move(row.id, ("given",), recalled_at=now())

    # -- how --------------------------------------------------------------------------------------------------

    @property
    def _export_store(self) -> ExportStore:
        return self._ask.home.export_store

    def act(self, step: str, **detail: Any) -> Any:
        """One logged act on exports of the case."""
        return self._ask.act("export", step=step, **detail)

    def _agrees(self) -> bool:
        return self._ask.may("agree") and sees_whole(self._ask, self._ask.case)

    def _require_case_for(self, *, every: bool) -> None:
        if every:
            require_whole(self._ask)

    def exposure(self, there: Exposures, resting: Resting, given: Kept) -> Exposure:
        """How far facts expose witnesses: by source if this person is cleared for sources; counted over what was given before."""
        earlier = there_again(given, self._inside(there) if given else str)
        if not self._ask.grant.sources:
            resting, earlier = by_one(resting), by_one(earlier)
        return exposure(resting, there.ground(), self._ask.settings.exposure_below, earlier)

    def _inside(self, there: Exposures) -> Callable[[str], str]:
        """What stands in the graph now for someone who is kept by the pseudonym they have or would have."""
        ground = there.ground()
        people = (person for person in ground.people if not is_pseudonym(person))
        ends = {end for link in ground.rests for end in (link[0], link[2]) if not is_pseudonym(end)}
        shown = (*self._ask.pseudonyms("person", people).items(), *self._ask.pseudonyms("thing", ends).items())
        known = {pseudonym: identifier for identifier, pseudonym in shown}
        return lambda pseudonym: known.get(pseudonym, pseudonym)

    def _export(self, export: str) -> Any:
        """The row of an export of this case that is this person's, or that they may answer.

        Raises:
            NotFound: it is not there, or not theirs; that somebody tried is in the log.
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
        """Whether all that an export tells is still told to who is cleared for its handling code alone."""
        there = Exposures(self._ask.as_(Grant(row.handling)))
        return self._export_store.shown(row, self._ask.key).tells <= there.tells()

    def _fetchable(self, row: Any) -> bool:
        if row.state == "waiting":
            return row.account != self._ask.principal.name and self._agrees()
        return row.state in ("held", "given") and row.account == self._ask.principal.name

    def _answer(self, export: str, state: str, answer: str) -> None:
        policy.require(self._ask.principal, "agree")
        row = self._export(export)
        request = self._asked().get(row.id)
        if request is None or row.state != "waiting":
            raise RequestError("This export does not wait for an answer.")
        self._requests.decide("export", request.id, state, answer)

    def _asked(self) -> dict[str, Any]:
        """Export → the row of its request."""
        return {row.pseudonym: row for row in self._requests.store.of("export", [self._ask.case])}

    def recipients(self) -> dict[str, str]:
        """Id → name, as typed, of the recipients of the reader's own exports; for supervisors, of all exports."""
        return self._recipients(None if self._agrees() else self._ask.principal.name, typed=True)

    def _recipients(self, made_by: str | None = None, *, typed: bool) -> dict[str, str]:
        return self._export_store.recipients(self._ask.case, self._ask.key, self._ask.grant, made_by, typed=typed)

    def _rows(self, by: str | None) -> list[Export]:
        """Exports of the case, newest first: those one account made, or all."""
        names = self._recipients(typed=False) | self.recipients()
        asked = self._asked()
        return [
            self._one(row, names, asked.get(row.id))
            for row in self._export_store.of([self._ask.case], by)
            if row.handling in self._ask.grant.codes
        ]

    def _one(self, row: Any, names: dict[str, str], request: Any) -> Export:
        key = self._ask.key
        shown = self._export_store.shown(row, key)
        decidable = row.state == "waiting" and row.account != self._ask.principal.name and self._agrees()
        answered = self._requests.shown(request) if request is not None else None
        return Export(
            id=row.id,
            number=number(row.id),
            case=row.case_id,
            recipient=names.get(row.recipient, ""),
            account=row.account,
            reason=self._export_store.reason(row, key),
            made_at=row.made_at,
            state=row.state,
            handling=row.handling,
            nodes=row.nodes,
            links=row.links,
            sha256=row.sha256,
            expires_at=row.expires_at,
            given_at=row.given_at,
            recall=row.recall,
            recall_at=row.recall_at,
            recalled_at=row.recalled_at,
            decided_by=answered.decided_by if answered else "",
            answer=answered.answer if answered else "",
            fetchable=row.content_sealed is not None and self._fetchable(row),
            decidable=decidable,
            taken_out=shown.taken_out,
            exposure=self._waiting(row, shown) if decidable else None,
            denied=self._denied_links(row, shown) if decidable else {},
            by_source=self._ask.grant.sources,
        )

    def _waiting(self, row: Any, shown: ShownFacts) -> Exposure:
        """How far an export that waits exposes witnesses, as things stand now."""
        there = Exposures(self._ask.as_(Grant(row.handling)))
        resting = there_again(shown.facts, self._inside(there))
        given = merged(
            earlier
            for _, earlier in self._export_store.released(self._ask.case, row.recipient, self._ask.key, but=row.id)
        )
        return self.exposure(there, resting, given)

    def _denied_links(self, row: Any, facts: ShownFacts) -> dict[LinkKey, str]:
        """Find the links of an export that this person sees denied or contested; link → that in words."""
        inside = self._inside(Exposures(self._ask.as_(Grant(row.handling))))
        links = {(inside(link[0]), link[1], inside(link[2])) for link in map(link_in, facts.tells) if link}
        ids = sorted({end for link in links for end in (link[0], link[2])})
        rows = self._ask.rows("network.among", ids=ids).dicts()
        denied = {(row["subject"], row["relation"], row["object"]): row["denying"] for row in rows if row["denying"]}
        return {link: denial(denied[link]) for link in sorted(links & denied.keys())}


def own_export(exports: GivenExports, reader: str, export: str) -> Export:
    """Return an export that the reader made. No session offers this: the caller has logged an act of theirs."""
    return next(each for each in exports._rows(reader) if each.id == export)


def file_name(export: str) -> str:
    """What the file of an export is called, where nobody says otherwise.

    Example:
        >>> file_name("3f9a01bc" + "0" * 24)
        'E-3F9A-01BC.zip'
    """
    return f"{number(export)}.zip"


def there_again(facts: Kept, inside: Callable[[str], str]) -> Resting:
    """Facts that are kept, with the ids that stand in the graph now."""
    resting: Resting = {}
    for subject, relation, target, first, last, sources in facts:
        fact = Fact(inside(subject), relation, inside(target), first, last)
        resting[fact] = resting.get(fact, frozenset()) | frozenset(sources)
    return resting


def named_in(exposed: Exposure | None) -> set[str]:
    """Pseudonyms of the sources that an exposure names."""
    return {witness.source for witness in exposed.witnesses} - {SOMEONE} if exposed else set()


_GONE = (
    "The case does not tell all that is in this export any more, or not under its handling code: nothing was given out."
    " Make it again."
)
_CLOSED = {
    "waiting": "Nobody has agreed to this export yet. Another person, a supervisor, has to.",
    "refused": "This export was refused. The list of exports says by whom and why.",
    "removed": "This export is not held any more: its time was over, somebody in it was sealed or erased, or the case does not"
    " tell any more what is in it. Make it again.",
}
