"""The part of a session that analyses: leads and why they are leads, tables and graphs for notebooks.

Everything is computed on what this reader may see, not hidden afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from sys import intern
from typing import Any

import networkx as nx
import pandas as pd

from graphsvc.access.door.redact import told
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.doubt.falsehood import FalseAccounts, invented_needed, would_leave
from graphsvc.analysis.doubt.stability import Place, by_person, places, together, witnesses
from graphsvc.analysis.evidence.belief import LinkFigures, link_table
from graphsvc.analysis.evidence.claims import Claim, LinkKey, Person
from graphsvc.analysis.links import projection
from graphsvc.analysis.score.basis import Basis, basis
from graphsvc.analysis.score.folding import as_told, bare, folded, retold, told_belief
from graphsvc.analysis.score.hubs import Lead, Ranking, ranked
from graphsvc.analysis.score.leads import Explanation, explain
from graphsvc.cases.gc_pause import lasting
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.properties import LINK_FIGURES
from graphsvc.records.told import score as told_score
from graphsvc.service.cypher.cypher import Writing

# Claims, persons, and which sources depend on each other.
Material = tuple[list[Claim], list[Person], dict[str, frozenset[str]]]
GRAPHS = ("claims", "links", "operation")
_ON_RECORD = ("rank_on_record", "groups_on_record", "other_sources_on_record")
_LEAD = ("id", "name", "score", "rank", "groups", "other_sources", "score_on_record", *_ON_RECORD, "denied")
_RANGE = ("best_rank", "worst_rank", "low_rank", "high_rank", "rests_on")


class Analysing(Writing):
    """Leads, tables and graphs of one case."""

    # -- leads ------------------------------------------------------------------------------------------------

    def ranking(self) -> Ranking:
        """The ranking of this reader's visible graph. Kept until the case changes; each asking is in the log.

        Without source clearance all of it is computed on what such a reader is told of witnesses (`folding.as_told`), a
        small number of groups reads `few`, and scores and shares come to the nearest quarter.
        """
        with self._service.gate.acting(self.principal, self.purpose, "analyse", self.case, query="hubs") as outcome:
            ranking = self._ranking(self.grant)
            outcome["rows"] = len(ranking.leads)
        return ranking

    def places(self) -> dict[str, Place]:
        """How far each place in the ranking holds: person → ranges of ranks (`analysis.doubt.stability.Place`).

        With source clearance each witness, and all who share a boat, house or interpreter, are left out in turn; without
        it what few witnesses say of each person. Kept as the ranking is.
        """
        with self._service.gate.acting(self.principal, self.purpose, "analyse", self.case, query="places") as outcome:
            found = self._service.places.of((*self._state(), self.grant.sources), self._place)
            outcome["rows"] = len(found)
        return found

    def leads(self) -> dict[str, Any]:
        """The ranking as plain data: case, verdict, reason and hubs, each candidate once, best first.

        `best_rank` and `worst_rank` hold while witnesses are left out, `low_rank` and `high_rank` hold nine in ten ranks
        that uncertain data leave likely; `rests_on` says whether half of the score goes with one witness.
        """
        ranking, held = self.ranking(), self.places()
        rows = [
            {name: getattr(lead, name) for name in _LEAD}
            | range_of(lead.id, lead.rank, held, sources=self.grant.sources)
            for lead in ranking.leads
        ]
        for row in rows:
            row["name"] = row["name"] or row["id"]
        return {"case": self.case, "verdict": ranking.verdict, "reason": ranking.reason, "hubs": rows}

    def falsehood(self, identifier: str) -> tuple[FalseAccounts | None, int | None]:
        """What false accounts could do to one lead.

        The fewest witnesses found whose accounts put it among the first ten, and how many agreeing invented accounts
        would put somebody uninvolved there.

        Raises:
            NotFound: this person is no candidate, or not theirs to see. Refused: no source clearance.
        """
        if not self.grant.sources:
            raise Refused("What a lead rests on is told to those with source clearance; an administrator gives it.")
        if all(lead.id != identifier for lead in self.ranking().leads):
            raise NotFound(f"There is nothing with the id {identifier[:80]!r} that you can see in this case.")
        with self._service.gate.acting(
            self.principal, self.purpose, "analyse", self.case, query="falsehood", lead=identifier
        ) as outcome:
            on = self._basis(self.grant)
            found = would_leave(on, on.told.given_by(), identifier)
            outcome["sources"] = set(found.sources) if found else set()
        return found, invented_needed(on)

    def hubs(self) -> pd.DataFrame:
        """The ranking as a table, best first; join a score of your own to it by `id`.

        `frame.attrs` holds the verdict (`leads` or `abstains`) and its reason.
        """
        found = self.leads()
        frame = pd.DataFrame(found["hubs"], columns=[*_LEAD, *_RANGE])
        frame.attrs = {"verdict": found["verdict"], "reason": found["reason"]}
        return frame

    def lead(self, identifier: str) -> tuple[Lead, Explanation]:
        """One lead and why it is one. Without source clearance what witnesses said is told as one, without sources.

        Raises:
            NotFound: this person is no candidate, or not theirs to see.
        """
        found = next((lead for lead in self.ranking().leads if lead.id == identifier), None)
        if found is None:
            raise NotFound(f"There is nothing with the id {identifier[:80]!r} that you can see in this case.")
        with self._service.gate.acting(self.principal, self.purpose, "analyse", self.case, lead=identifier) as outcome:
            explanation = self._explained(identifier) if self.grant.sources else self._retold(identifier)
            outcome["sources"] = _sources(explanation)
        return found, explanation

    # -- tables and graphs ------------------------------------------------------------------------------------

    def frame(self, query: str, **parameters: Any) -> pd.DataFrame:
        """The answer of a named query as a table; `frame.attrs["truncated"]` says whether rows were cut.

        Raises:
            RequestError: no such query, or a parameter is wrong.
        """
        released = self.query(query, parameters)
        frame = pd.DataFrame(released.rows, columns=list(released.columns))
        frame.attrs = {"truncated": released.truncated, "withheld": list(released.withheld)}
        return frame

    def cypher_frame(self, text: str, /, **parameters: Any) -> pd.DataFrame:
        """The answer of a text of Cypher as a table; `frame.attrs["truncated"]` says whether rows were cut.

        `$case` and the names the named queries use are bound. Nodes, relationships and paths are dictionaries with
        `kind`. It takes the grant for free Cypher.

        Raises:
            CypherFault: the text is wrong or refused; `line` and `column` say where. Refused: no grant, or suspended.
        """
        found = self.cypher(text, parameters)
        frame = pd.DataFrame(found.rows, columns=list(found.columns))
        frame.attrs = {"truncated": found.truncated}
        return frame

    def graph(self, of: str = "operation") -> nx.MultiDiGraph[str]:
        """The case as a NetworkX graph; nodes carry `kind` and `name`.

        Args:
            of: `claims` (one edge per claim, keyed by its id, with statement and grade; without source clearance what
                witnesses say is one edge for each link, polarity and status), `links` (one edge per link,
                keyed by its relation, with what its claims add up to) or `operation` (links without what only shows
                presence, lawful service, family or identity).

        Raises:
            RequestError: `of` is none of these.
        """
        if of not in GRAPHS:
            raise RequestError(f"A graph is of {', '.join(GRAPHS)}, not of {of!r}.")
        named = {row["id"]: row for row in self.rows("cases.entities", whole=True).dicts()}
        if of == "claims":
            graph = projection.claims_graph(self._claims())
        elif of == "links":
            graph = projection.links_graph(self._links())
        else:
            graph = projection.operation_graph(self._links())
        for identifier, row in named.items():
            if identifier in graph or of != "operation" or row["kind"] == "person":
                graph.add_node(identifier, kind=row["kind"], name=row["name"] or identifier, sealed=row["sealed"])
        return graph

    def _links(self) -> dict[LinkKey, LinkFigures]:
        links: dict[LinkKey, LinkFigures] = {}
        for row in self.rows("cases.links", whole=True).dicts():
            figures: dict[str, Any] = {name: "" if row[name] is None else row[name] for name in LINK_FIGURES}
            links[row["subject"], row["relation"], row["object"]] = LinkFigures(**figures)
        return links

    def _claims(self) -> list[Claim]:
        """The claims; without source clearance those of witnesses as one for each link, polarity and status."""
        with self._service.gate.acting(self.principal, self.purpose, "analyse", self.case, query="claims") as outcome:
            claims = self._material()[0] if self.grant.sources else [bare(claim) for claim in self._folded()[0]]
            outcome |= {"rows": len(claims), "sources": {claim.source for claim in claims} - {""}}
        return claims

    def _explained(self, identifier: str) -> Explanation:
        """Why one person is a lead, sources included."""
        return explain(identifier, *self._material(), weights=self._service.weights)

    def _retold(self, identifier: str) -> Explanation:
        """Why one person is a lead, as a reader without source clearance may know it."""
        claims, _, dependence = self._material()
        weights, few = self._service.weights, self._service.settings.few_below
        why = explain(identifier, *self._folded(), weights=weights)
        told_of = (
            *why.supporting,
            *why.other,
            *why.denying,
            *why.taken_back,
            *(c for p in why.paths for c in p.claims),
        )
        wanted = {claim.key for claim in told_of}
        about = [claim for claim in claims if claim.key in wanted]
        coarse = link_table(as_told(about, dependence, few), {}, weights)
        exact = link_table(about, dependence, weights)
        why = retold(why, {key: told_belief(figures, few) for key, figures in coarse.items()})
        return replace(why, voices={key: told(self.grant, exact[key].groups, few) for key in sorted(exact)})

    def _folded(self) -> Material:
        """The material with what witnesses said told as one."""
        return self._service.folded.of(self._state(), self._fold)

    @lasting()
    def _fold(self) -> Material:
        claims, persons, _ = self._material()
        return folded(claims), persons, {}

    def _material(self) -> Material:
        """What the analysis computes on; sources included, so nothing of it is shown as it is."""
        return self._service.materials.of(self._state(), self._read_material)

    def _basis(self, grant: Grant) -> Basis:
        """What a ranking is computed on with the source clearance of `grant`; nothing of it is shown as it is."""
        return self._service.bases.of((*self._state(), grant.sources), lambda: self._lay(grant))

    @lasting()
    def _lay(self, grant: Grant) -> Basis:
        few_below = 0 if grant.sources else self._service.settings.few_below
        return basis(*self._material(), few_below=few_below, weights=self._service.weights)

    @lasting()
    def _place(self) -> dict[str, Place]:
        on = self._basis(self.grant)
        if self.grant.sources:
            return places(on, [*witnesses(on.told), *together(on.told)])
        return places(on, by_person(on.told))

    def _ranking(self, grant: Grant) -> Ranking:
        """The ranking as it is told with the source clearance of `grant`, at this reader's handling level."""
        return self._service.rankings.of((*self._state(), grant.sources), lambda: self._rank(grant))

    @lasting()
    def _rank(self, grant: Grant) -> Ranking:
        few = self._service.settings.few_below
        found = ranked(self._basis(grant))
        return found if grant.sources else replace(found, leads=[_told(grant, lead, few) for lead in found.leads])

    def _state(self) -> tuple[str, int, str]:
        """What a result is computed on: it is current while this stays the same."""
        return self.case, self.version, self.grant.handling

    def _read_material(self) -> Material:
        gate, case = self._service.gate, self.case
        with lasting():
            claims = gate.material(self.principal, self.purpose, "hubs.claims", case, _claim)
            claims.sort(key=attrgetter("id"))
            persons = gate.material(self.principal, self.purpose, "hubs.persons", case, _person)
        level = "all" if self.grant.handling == "C" else "p"
        return claims, persons, self._service.register.dependence(case, level)


def range_of(identifier: str, rank: int, held: Mapping[str, Place], *, sources: bool) -> dict[str, Any]:
    """How far one place in the ranking holds, as plain data; the rank alone where nothing is told of the person.

    Args:
        identifier: of the person.
        rank: theirs.
        held: see `Analysing.places`.
        sources: whether the reader has source clearance.
    """
    place = held.get(identifier) or Place(rank, rank, 0.0, rank, rank)
    return {
        "best_rank": place.best,
        "worst_rank": place.worst,
        "low_rank": place.low,
        "high_rank": place.high,
        "rests_on": ("one witness" if sources else "few accounts") if place.rests_on_one else "",
    }


def _claim(statement: list[str], row: list[Any]) -> Claim:
    """A row of `hubs.claims` as a claim, with its statement, source and kind of source in the middle.

    Ids and words that come again and again are made one object each: they are looked up by the hundred thousand.
    """
    words: list[Any] = list(map(intern, row[1:8]))
    row[10] = row[10][0]  # a reserved claim has the handling code of its statement
    return Claim(row[0], *words[:5], *statement, *words[5:], *row[8:])


def _person(block: list[bool], row: list[Any]) -> Person:
    """A row of `hubs.persons` as a person."""
    (sealed,), (identifier, name, categories) = block, row
    return Person(identifier, name or "", frozenset(categories), sealed)


def _told(grant: Grant, lead: Lead, few_below: int) -> Lead:
    """A lead as a reader without source clearance is told it; its place in the list stays."""
    return replace(
        lead,
        score=told_score(lead.score),
        score_on_record=told_score(lead.score_on_record),
        shares={name: told_score(share) for name, share in lead.shares.items()},
        groups=told(grant, int(lead.groups), few_below),
        groups_on_record=told(grant, int(lead.groups_on_record), few_below),
        denied=told(grant, (lead.denying_groups, lead.denying_others), few_below),
        denying_groups=0,
        denying_others=0,
    )


def _sources(explanation: Explanation) -> set[str]:
    """Pseudonyms of every source an explanation names."""
    along = (claim for path in explanation.paths for claim in path.claims)
    about = (*explanation.supporting, *explanation.other, *explanation.denying, *explanation.taken_back, *along)
    named = {claim.source for claim in about} | {path.source for path in explanation.paths}
    return named.union(explanation.other_sources, *explanation.groups) - {""}
