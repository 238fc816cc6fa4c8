"""Exposure: how far shown material would let someone who knows the people work out which of them are witnesses.

With source clearance it is listed by source. Without it, readers must not learn which facts come from the same witness,
so all facts count as from one witness. The result reveals no more than the picture, and never looks safer than it is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphsvc.analysis.exposure.presence import Fact, PresenceGround, ground
from graphsvc.analysis.exposure.witnesses import Exposure, exposure
from graphsvc.cases.cache import Cache, Caches
from graphsvc.errors import RequestError
from graphsvc.records.coarsened import denial_mark
from graphsvc.records.relations import LinkKey
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.service.ask import Ask
from graphsvc.service.cypher.named import Queries
from graphsvc.service.leads.leads import Leads
from graphsvc.service.leads.material import Material
from graphsvc.service.network.network import Network
from graphsvc.service.network.request import MOST_NODES, PictureRequest
from graphsvc.views.picture.export import part
from graphsvc.views.picture.network import LINK, Edge, Picture, entity_title, picture
from graphsvc.views.wording import is_pseudonym

_IDS = frozenset({"Entity.id", *(f"{table.label}.id" for table in ENTITY_TABLES)})
# Kinds of entity that may be sealed.
SEALABLE = ("person", "thing")
_CALLED = "called"
# Shown instead of a source that must not be known.
SOMEONE = ""

Resting = dict[Fact, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Selected material: a picture of the network, the answer of a named query, or a lead.

    Attributes:
        picture: the request for a picture; None for a query or a lead.
        query: name of a query; selects the entities in its answer and the links among them.
        parameters: the query's parameters.
        lead: id of a person; selects the links that support or contradict them as a lead.
        only: restrict everything to these ids and the links among them; no restriction if it and `inside` are empty.
        inside: further ids that were not chosen individually, but as members of folded groups on a canvas.
        passing: the links left after filtering on screen; None if nothing was filtered.
        arranged: id → position on the canvas, in pixels at zoom 1.
    """

    picture: PictureRequest | None = None
    query: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    lead: str = ""
    only: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    passing: frozenset[LinkKey] | None = None
    arranged: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class ExposureCaches(Caches):
    """Documented presence of people in cases."""

    def __init__(self) -> None:
        self.grounds: Cache[PresenceGround] = Cache(2)


class Exposures:
    """Exposure of witnesses, as far as one person may know of it."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._material = Material(ask)
        self._leads = Leads(ask, self._material)
        self._network = Network(ask, self._material)

    def compute_exposure(self, wanted: Wanted) -> Exposure:
        """Return the exposure of the witnesses behind the selected material, as this reader may see it.

        Without source clearance `witnesses` has at most one entry, with an empty source; only `safe` then means
        something.

        Raises:
            Refused: the role may not analyse.
            NotFound, RequestError: as for the picture, lead or query itself.
        """
        selected_facts = self._lead_facts(wanted.lead) if wanted.lead else facts(self.selected_picture(wanted).edges)
        with self._ask.act("analyse", query="exposure") as outcome:
            resting = self.resting(selected_facts)
            if not self._ask.grant.sources:
                resting = by_one(resting)
            exposed = exposure(resting, self.ground(), self._ask.settings.exposure_below)
            outcome |= {
                "rows": len(selected_facts),
                "sources": {witness.source for witness in exposed.witnesses} - {SOMEONE},
            }
        return exposed

    def selected_picture(self, wanted: Wanted) -> Picture:
        """Return the picture of the selected material.

        Raises:
            RequestError: the query's answer names no entities or too many, or the picture has nothing of the selection.
        """
        whole = self._draw_picture(wanted)
        ids = frozenset((*wanted.only, *wanted.inside))
        if not ids and wanted.passing is None:
            return whole
        chosen = part(whole, ids or whole.names.keys(), wanted.passing)
        if not chosen.nodes:
            raise RequestError(
                "None of what you selected is in this picture. Select it again, or take the whole picture."
            )
        return chosen

    def _draw_picture(self, wanted: Wanted) -> Picture:
        if not wanted.query:
            return self._network.picture(wanted.picture or PictureRequest())
        returns = self._ask.home.library[wanted.query].returns
        named: dict[str, None] = {}
        answer = Queries(self._ask).run_without_warnings(wanted.query, wanted.parameters)
        for row in answer.dicts():
            for column, value in row.items():
                if returns.get(column) in _IDS:
                    named |= dict.fromkeys(
                        str(identifier) for identifier in (value if isinstance(value, list) else [value]) if identifier
                    )
        if not named or len(named) > MOST_NODES:
            raise RequestError(
                f"The answer of {wanted.query} names {len(named)} entities; from 1 to {MOST_NODES} make a picture."
                " Ask for less of it."
            )
        ids = list(named)
        entities, among = self._ask.rows("network.nodes", ids=ids, beyond=ids), self._ask.rows("network.among", ids=ids)
        truncated = answer.truncated or entities.truncated or among.truncated
        return picture([ids], entities.dicts(), among.dicts(), truncated=truncated)

    def ground(self) -> PresenceGround:
        """Return where people are documented, in the data this reader may see. For computing only."""
        return self._ask.home.caches(ExposureCaches).grounds.of(self._ask.state, self._read_ground)

    def resting(self, shown_facts: Iterable[Fact]) -> Resting:
        """Map facts that rest on witnesses to those witnesses. For computing only."""
        rests = self.ground().rests
        return {fact: rests[fact.key] for fact in shown_facts if fact.key in rests}

    def tells(self) -> set[tuple[str, ...]]:
        """Return everything this reader may see, in the form of `ShownFacts.tells`."""
        rows = self._ask.rows("cases.entities", whole=True).dicts()
        names = lasting(self._ask, {row["id"]: row["kind"] for row in rows})
        tells: set[tuple[str, ...]] = {(name,) for name in names.values()}
        tells |= {name_tells(self._ask.key, names[row["id"]], entity_title(row)) for row in rows}
        for claim in self._material.analysis_input()[0]:
            if claim.asserts and claim.subject in names and claim.object in names:
                tells |= link_tells(
                    names[claim.subject], claim.relation, names[claim.object], claim.from_on, claim.to_on
                )
        for row in self._ask.rows("cases.links", whole=True).dicts():
            if not row["denying"]:
                tells.add(undenied_entry(names[row["subject"]], row["relation"], names[row["object"]]))
        return tells

    def _read_ground(self) -> PresenceGround:
        claims, persons, _dependence = self._material.analysis_input()
        crossings = self._ask.rows("cases.crossing_days", whole=True).dicts()
        return ground(claims, persons, {row["id"]: row["date"] or "" for row in crossings})

    def _lead_facts(self, identifier: str) -> list[Fact]:
        _lead, why = self._leads.look(identifier)
        along = (claim for path in why.paths for claim in path.claims)
        claims = (*(claim for claim in why.claims if claim.counts), *along)
        return list({Fact(*claim.key, claim.from_on, claim.to_on, why.denied.get(claim.key, "")) for claim in claims})


def facts(edges: Iterable[Edge]) -> list[Fact]:
    """Return facts shown by the links of a picture."""
    return [
        Fact(edge.subject, edge.relation, edge.object, edge.first_on, edge.last_on, denial_mark(edge.denying))
        for edge in edges
    ]


def link_tells(subject: str, relation: str, target: str, *days: str) -> set[tuple[str, ...]]:
    """Return entries for a link: one for the link itself, and one for each of its days.

    Example:
        >>> sorted(link_tells("P2", "PILOTED", "C1", "2020-05-08", ""))
        [('P2', 'PILOTED', 'C1'), ('P2', 'PILOTED', 'C1', '2020-05-08')]
    """
    link = subject, relation, target
    return {link, *((*link, day) for day in days if day)}


def undenied_entry(subject: str, relation: str, target: str) -> tuple[str, ...]:
    """Return the entry for a link that nothing contradicts. If something does later, the file is out of date.

    Example:
        >>> undenied_entry("P2", "PILOTED", "C1")
        ('P2', 'PILOTED', 'C1', 'undenied')
    """
    return subject, relation, target, "undenied"


def link_in(statement: tuple[str, ...]) -> LinkKey | None:
    """Return the link in an entry of `ShownFacts.tells`; None for entries about a name, an entity or a day.

    Example:
        >>> link_in(("P2", "PILOTED", "C1")), link_in(("P2", "called", "x")), link_in(("P2",))
        (('P2', 'PILOTED', 'C1'), None, None)
    """
    if len(statement) != len(LINK) or statement[1] == _CALLED:
        return None
    return statement[0], statement[1], statement[2]


def name_tells(key: bytes, entity: str, name: str) -> tuple[str, ...]:
    """Return the entry for an entity's name, as a keyed hash: the name may include that of a person to be erased.

    Example:
        >>> name_tells(b"k" * 32, "B1", "Sea Urchin") == name_tells(b"k" * 32, "B1", "Sea S-7K3Q-X2MD-0A9B")
        False
    """
    return entity, _CALLED, hmac.digest(key, f"called\0{name}".encode(), hashlib.sha256)[:16].hex()


def lasting(ask: Ask, kinds: Mapping[str, str]) -> dict[str, str]:
    """Map ids to lasting names for export records: for people and things, the pseudonym they have or would have."""
    names = {identifier: identifier for identifier in kinds}
    for kind in SEALABLE:
        mine = (
            identifier
            for identifier, entity_kind in kinds.items()
            if entity_kind == kind and not is_pseudonym(identifier)
        )
        names |= ask.pseudonyms(kind, mine)
    return names


def by_one(resting: Resting) -> Resting:
    """Return the facts as if all came from a single witness."""
    return {fact: frozenset({SOMEONE}) for fact in resting}
