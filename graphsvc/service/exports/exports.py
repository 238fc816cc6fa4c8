"""Sanitised exports: contents, omissions, exposure of witnesses, and the file itself.

Everything exported is read through the gate as by a reader without source clearance: witness statements appear only
merged into links, small numbers of witnesses read `few`, free text is left out. Each recipient gets new pseudonyms.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from filelock import FileLock, Timeout

from graphsvc.access import vault
from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.exposure.presence import Fact
from graphsvc.analysis.exposure.witnesses import Exposure
from graphsvc.appdb.rows import new_id
from graphsvc.cases.stores.export_store import ShownFacts, expiry, merge_facts, number, recipient_id
from graphsvc.errors import Busy, Refused, RequestError
from graphsvc.records.coarsened import CONTESTED
from graphsvc.records.dates import moment
from graphsvc.records.lines import is_title, require_reason
from graphsvc.records.relations import LinkKey
from graphsvc.service.ask import Ask
from graphsvc.service.exports.bundle import bundle
from graphsvc.service.exports.exposure import (
    SEALABLE,
    Exposures,
    Resting,
    Wanted,
    facts,
    lasting,
    link_tells,
    name_tells,
    undenied_entry,
)
from graphsvc.service.exports.given import Export, GivenExports, named_in, own_export
from graphsvc.service.exports.left_out import SOME, Amounts, absent, coarsen_amounts, differs, not_reached, withheld
from graphsvc.service.exports.whole_case import WholeCases, require_still
from graphsvc.service.protection.requests import WHY, Requests
from graphsvc.views.denials import gone_without
from graphsvc.views.forms import FORMS, About, files
from graphsvc.views.forms.rows import link_rows, node_rows
from graphsvc.views.picture.export import Outward, leaving, outward
from graphsvc.views.picture.network import Edge, Picture
from graphsvc.views.wording import is_pseudonym

# Parts of entities, statements and claims that no export contains.
NEVER = (
    "notes, summaries, words as said and every other free text",
    "of a person: aliases, phones, date of birth, nationality, sex, categories",
    "statements, claims, sources and who said what",
    "your own columns (x_)",
    "what its handling code does not cover, or what takes source clearance",
)
_NAME = 200
_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Preview:
    """Preview of an export.

    Attributes:
        nodes, links: rows exactly as they would be exported.
        taken_out: what was removed from the picture or never in it, in words → how many, or a word if not counted.
        withheld: in the same form, omissions that only the maker may know: what the maker sees and this recipient
            does not, and unknown ids. Not stored, and not in the manifest.
        earlier: number of exports, within the reader's clearance, that this recipient has received or can yet receive.
        exposure: by those exports and the new one. Without source clearance, all facts count as from one witness.
        names: internal id → name, for the facts in `exposure`.
        left_out: links that this preview leaves out by choice.
        contested: links that would be exported as contested, without the evidence against them.
        arranged: whether positions chosen on a canvas are exported: only at the reader's own handling level. For a
            stricter code, more was visible when they were chosen than is exported.
        by_source: whether `exposure` is listed by source.
    """

    recipient: str
    handling: str
    nodes: list[dict[str, Any]]
    links: list[dict[str, Any]]
    taken_out: Amounts
    withheld: Amounts
    earlier: int
    exposure: Exposure
    names: dict[str, str]
    left_out: tuple[LinkKey, ...]
    contested: tuple[Fact, ...]
    by_source: bool
    arranged: bool
    never: tuple[str, ...] = NEVER

    @property
    def against(self) -> str:
        """Warning about links that would be exported without their denial; empty without such links."""
        return gone_without(len(self.contested)) if self.contested else ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """An export as it would be made: its contents, the facts in it that rest on witnesses, and the exposure."""

    recipient: str
    out: Outward
    view: Picture
    resting: Resting
    exposure: Exposure
    taken_out: Amounts
    withheld: Amounts
    earlier: int
    arranged: bool


class Exports:
    """Exports from one case by one person, for outside recipients."""

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self._requests = requests
        self._exposures = Exposures(ask)
        self.given = GivenExports(ask, requests)
        self.whole = WholeCases(ask, self.given)

    @staticmethod
    def known_forms(names: Collection[str]) -> list[str]:
        """Return the requested forms, in the order of `FORMS`; all forms if none is requested.

        Raises:
            RequestError: there is no such form.

        Example:
            >>> Exports.known_forms(["csv", "pdf"])
            ['pdf', 'csv']
        """
        for form in names:
            if form not in FORMS:
                raise RequestError(f"There is no form {form[:20]!r}. The forms are {', '.join(FORMS)}.")
        return [name for name in FORMS if not names or name in names]

    def compute_exposure(self, wanted: Wanted) -> Exposure:
        """Return the exposure of the witnesses behind the selected material: see `Exposures.compute_exposure`."""
        return self._exposures.compute_exposure(wanted)

    def selected_picture(self, wanted: Wanted) -> Picture:
        """Return the picture of the selected material: see `Exposures.selected_picture`."""
        return self._exposures.selected_picture(wanted)

    # -- making exports ---------------------------------------------------------------------------------------

    def preview(
        self, wanted: Wanted, recipient: str, *, handling: str = "", left_out: Collection[LinkKey] = ()
    ) -> Preview:
        """Preview the contents and exposure of an export without making it.

        Args:
            wanted: the picture, or the query whose answer will be exported.
            recipient: an organisation or a person.
            handling: `P` to export only what statements under P say; empty for the reader's own handling level.
            left_out: links (subject, relation, object) to leave out.

        Raises:
            Refused: the role or clearance is missing.
            RequestError: the recipient is missing, or there is no such picture.
        """
        handling = self._handling(handling)
        who = recipient_id(self._ask.key, recipient)
        with self.given.act("preview", recipient=who, handling=handling) as outcome:
            plan = self._plan(wanted, recipient, handling, left_out)
            outcome |= {"rows": len(plan.out.view.edges), "sources": named_in(plan.exposure)}
        return Preview(
            plan.recipient,
            handling,
            node_rows(plan.out.view),
            link_rows(plan.out.view),
            plan.taken_out,
            plan.withheld,
            plan.earlier,
            plan.exposure,
            plan.view.names,
            tuple(left_out),
            tuple(facts(_contested_edges(plan.view, left_out))),
            self._ask.grant.sources,
            bool(plan.arranged),
        )

    def make(
        self,
        wanted: Wanted,
        recipient: str,
        reason: str,
        *,
        handling: str = "",
        left_out: Collection[LinkKey] = (),
        ask: bool = False,
        forms: Collection[str] = (),
    ) -> Export:
        """Make an export: a safe one is ready for its maker to fetch; with `ask`, an unsafe one waits for a supervisor.

        Args:
            wanted: as in `preview`.
            recipient: as in `preview`.
            reason: why it is made.
            handling: as in `preview`.
            left_out: as in `preview`.
            ask: if it is not safe, ask a supervisor to agree to it.
            forms: names from `views.forms.FORMS`; empty for all.

        Raises:
            Refused: as `preview`, or it is not safe and `ask` is not set.
            RequestError: as `preview`, or there is no reason, or no such form.
            Busy: the case is being imported, or changed in the meantime.
        """
        handling, reason = self._handling(handling), require_reason(reason, WHY)
        forms = self.known_forms(forms)
        export_store, identifier = self._ask.home.export_store, new_id()
        who = recipient_id(self._ask.key, recipient)
        with self.given.act("make", recipient=who, handling=handling, export=identifier) as outcome:
            # Exports are made one at a time: two that are safe separately may be unsafe together.
            with self._alone():
                version = self._ask.require_open()
                plan = self._plan(wanted, recipient, handling, left_out)
                if not plan.exposure.safe and not ask:
                    raise Refused(
                        f"This export could give a witness away: fewer than {self._ask.settings.exposure_below} people could"
                        " have known everything in it. Leave out the facts that the preview names, or ask a supervisor"
                        " to agree (--ask)."
                    )
                made_at = now()
                content = self._file(plan, identifier, reason, handling, made_at, forms)
                export_store.add_recipient(
                    self._ask.case, self._ask.key, plan.recipient, handling, self._ask.withhold()
                )
                safe = plan.exposure.safe
                export_store.keep(
                    {
                        "id": identifier,
                        "case_id": self._ask.case,
                        "recipient": who,
                        "account": self._ask.principal.name,
                        "made_at": made_at,
                        "state": "held" if safe else "waiting",
                        "handling": handling,
                        "nodes": len(plan.out.view.nodes),
                        "links": len(plan.out.view.edges),
                        "sha256": hashlib.sha256(content).hexdigest(),
                        "expires_at": expiry(self._ask.settings.export_days),
                    },
                    self._ask.key,
                    reason,
                    content,
                    self._shown_facts(plan, left_out),
                )
                self._require_still(version, identifier)
            if not safe:
                self._requests.ask("export", identifier, reason)
            outcome |= {"rows": len(plan.out.view.edges), "outcome": "released" if safe else "waits for a supervisor"}
        return replace(own_export(self.given, self._ask.principal.name, identifier), withheld=plan.withheld)

    def recipients(self) -> list[str]:
        """Return the recipients of the reader's own exports; for supervisors, of all exports within their clearance."""
        with self.given.act("recipients"):
            return list(self.given.recipients().values())

    # -- helpers ----------------------------------------------------------------------------------------------

    def _require_still(self, version: int, identifier: str) -> None:
        """Raise Busy and remove the stored export unless the case is still at this version.

        Raises:
            Busy: the case has changed; otherwise a person sealed in the meantime would be exported by name.
        """
        try:
            require_still(self._ask, version, "made")
        except BaseException:
            self._ask.home.export_store.take_away(identifier)
            raise

    def _handling(self, code: str) -> str:
        policy.require(self._ask.principal, "export")
        handling = code or self._ask.grant.handling
        if handling not in ("P", "C"):
            raise RequestError(f"The handling code of an export is P or C, not {code[:20]!r}.")
        if handling not in self._ask.grant.codes:
            raise Refused(f"This takes clearance for handling code {handling} in the case {self._ask.case}.")
        return handling

    def _plan(self, wanted: Wanted, recipient: str, handling: str, left_out: Collection[LinkKey]) -> _Plan:
        name = " ".join(recipient.split())
        if not is_title(name, _NAME):
            raise RequestError(f"Say who the export is for, in at most {_NAME} characters.")
        if wanted.lead:
            raise RequestError("A lead is exported as its network: choose the picture around it.")
        # Read like someone without source clearance, cleared for the export's handling code alone.
        exposures = Exposures(self._ask.as_(Grant(handling)))
        selection = exposures.selected_picture(wanted)
        view, ties, things = leaving(selection)
        who = recipient_id(self._ask.key, name)
        secret = self._ask.home.export_store.pseudonym_key(self._ask.case, who)
        # Positions chosen while C material was visible are not exported with P material.
        arranged = wanted.arranged if handling == self._ask.grant.handling else {}
        out = outward(view, lambda kind, inside: vault.pseudonym(secret, kind, inside), frozenset(left_out), arranged)
        unknown = len(set(left_out)) - out.left_out
        if unknown:
            raise RequestError(
                f"{unknown} of the links to leave out are not in this picture. Look at its preview again."
            )
        resting = exposures.resting(facts(edge for edge in view.edges if edge.key not in left_out))
        earlier_exports = self._ask.home.export_store.released_contents(self._ask.case, who, self._ask.key)
        # The exposure covers all earlier exports, even those this person may not see: protecting witnesses comes first.
        exposure = self.given.exposure(exposures, resting, merge_facts(earlier for _, earlier in earlier_exports))
        taken_out = {
            "links left out by choice": out.left_out,
            "family, sameness and dwellings of sealed people": ties,
            "things that lead to sealed people": things,
            "entities that nothing else ties to the rest": out.alone,
            "entities hidden in the picture": view.hidden,
            "names of sealed people and things, as new pseudonyms": sum(
                identifier != new for identifier, new in out.ids.items()
            ),
        }
        return _Plan(
            name,
            out,
            view,
            resting,
            exposure,
            not_reached(wanted, selection) | {words: number for words, number in taken_out.items() if number},
            self._withheld(wanted, handling, selection),
            sum(code in self._ask.grant.codes for code, _ in earlier_exports),
            not arranged.keys().isdisjoint(out.ids),
        )

    def _withheld(self, wanted: Wanted, handling: str, exported: Picture) -> Amounts:
        """Return the omissions that only the maker of the export may know."""
        missing = absent(wanted, exported)
        amounts: Amounts = {"the ids that are not there": ", ".join(missing)} if missing else {}
        whys = differs(wanted, handling, self._ask.grant)
        if not whys:
            return amounts
        try:
            own = self._exposures.selected_picture(wanted)
        except RequestError:
            # The maker sees more than the recipient, so for the maker the answer of a query may be too large to draw.
            return amounts | {"what you see and this recipient does not, which is not counted": SOME}
        return amounts | withheld(own, exported, whys)

    def _shown_facts(self, plan: _Plan, left_out: Collection[LinkKey]) -> ShownFacts:
        kinds = {node.id: node.kind for node in plan.view.nodes}
        called = {node.id: node.name for node in plan.view.nodes}
        names = lasting(self._ask, kinds)
        ids = plan.out.ids.keys()
        people = {identifier for identifier in ids if kinds[identifier] in SEALABLE}
        tells: set[tuple[str, ...]] = {(names[identifier],) for identifier in ids}
        tells |= {name_tells(self._ask.key, names[identifier], called[identifier]) for identifier in ids}
        for edge in plan.view.edges:
            if edge.key not in left_out and edge.subject in ids and edge.object in ids:
                link = names[edge.subject], edge.relation, names[edge.object]
                tells |= link_tells(*link, edge.first_on, edge.last_on)
                tells |= set() if edge.denied else {undenied_entry(*link)}
        return ShownFacts(
            [
                (
                    names[fact.subject],
                    fact.relation,
                    names[fact.object],
                    fact.first_on,
                    fact.last_on,
                    tuple(sorted(by)),
                )
                for fact, by in plan.resting.items()
            ],
            frozenset(names[identifier] for identifier in people),
            frozenset(names[identifier] for identifier in people if not is_pseudonym(identifier)),
            plan.taken_out,
            frozenset(tells),
        )

    def _file(
        self, plan: _Plan, identifier: str, reason: str, handling: str, made_at: dt.datetime, forms: Collection[str]
    ) -> bytes:
        called = number(identifier)
        mark = f"Handling {handling} · for {plan.recipient} · {called} · {moment(made_at)}"
        about = {
            "export": called,
            "case": self._ask.case,
            "made_by": self._ask.principal.name,
            "made_for": plan.recipient,
            "why": reason,
            "made_at": f"{made_at:%Y-%m-%dT%H:%M:%S}Z",
            "handling": handling,
            "says": "Intelligence, not evidence. Belief is given in four steps, or as some where few witnesses alone say so; pseudonyms are for this recipient only.",
            "entities": len(plan.out.view.nodes),
            "links": len(plan.out.view.edges),
            "taken_out": coarsen_amounts(plan.taken_out, handling, self._ask.settings.few_below),
            "never_in_it": list(NEVER),
            "forms": list(forms),
        }
        heading = About(f"{self._ask.case}: {called}", mark, self._ask.case, handling, moment(made_at))
        return bundle(files(plan.out.view, heading, forms), about)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        folder = self._ask.settings.home / "locks"
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            with FileLock(
                folder / f"job-export-{hashlib.sha256(self._ask.case.encode()).hexdigest()[:16]}.lock", _WAIT_S, 0o600
            ):
                yield
        except Timeout:
            raise Busy("Another export of this case is being made. Try again in a moment.") from None


def _contested_edges(view: Picture, left_out: Collection[LinkKey]) -> Iterator[Edge]:
    return (edge for edge in view.edges if edge.denial == CONTESTED and edge.key not in left_out)
