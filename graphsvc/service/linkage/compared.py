"""Compare the crossings of a case for one reader; the result is cached until the case changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphsvc.analysis.claims.belief import link_table
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.linkage.gathered import READ, CaseRows, LinkSaid, gather_traits, leading_to
from graphsvc.analysis.linkage.linked import LinkedCrossings, compare, without
from graphsvc.analysis.linkage.overlap import mentions
from graphsvc.analysis.ranking.folding import as_told, told_belief
from graphsvc.cases.cache import Cache, Caches
from graphsvc.cases.gc_pause import lasting
from graphsvc.records.coarsened import denial_mark
from graphsvc.records.relations import LinkKey, link_key
from graphsvc.records.statement_kinds import OPEN_KINDS, STATEMENT_KINDS
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material

# Number of comparisons in the cache: few, since a comparison of thousands of crossings is large.
_LARGE = 3
# Without source clearance, all witnesses count as one source, since their number and identity may not be shown.
_WITNESSES = frozenset({"witnesses"})
# Maximum number of sources to leave out in turn, in descending order of their number of claims.
_PIECES = 40
# Lowest belief of a link used in the comparison; must be the same as in the query.
_READ_FROM = 0.1


class LinkageCaches(Caches):
    """Results about crossings."""

    def __init__(self) -> None:
        self.compared: Cache[ComparedCase] = Cache(_LARGE)


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """The crossings of a case as one reader may see them, compared.

    Attributes:
        rows: the input of the comparison.
        dates: crossing → its date as given.
        linkage: the result of the comparison.
        denials: (crossing, name) → `denied` or `contested`, if a link behind the name is.
    """

    rows: CaseRows
    dates: Mapping[str, str]
    linkage: LinkedCrossings
    denials: Mapping[tuple[str, str], str]

    def denial(self, name: str, crossings: Iterable[str]) -> str:
        """Return `denied` or `contested` if a link behind a name is, on any of these crossings; else empty."""
        return denial_mark(*(self.denials.get((crossing, name), "") for crossing in crossings))


@dataclass(frozen=True, slots=True)
class PieceLeftOut:
    """A cluster as it would be without one source, or without all witnesses.

    Attributes:
        kind: `witness`, `report`, `record`, or `witnesses` for all of them together.
        id: a pseudonym or a statement's id; empty for all witnesses.
        parts: the parts into which the cluster falls; a single one if it stays whole.
    """

    kind: str
    id: str
    parts: list[tuple[str, ...]]


def comparison(ask: Ask, material: Material) -> ComparedCase:
    """Return the comparison, computed from what this reader may see."""
    return ask.home.caches(LinkageCaches).compared.of(ask.state, lambda: _compare(ask, material))


@lasting()
def _compare(ask: Ask, material: Material) -> ComparedCase:
    crossings, things, homes, links = ask.together(
        ("crossings.compared", {}),
        ("things.compared", {}),
        ("workplaces.dwellings", {}),
        ("crossings.ties_compared", {}),
        whole=True,
    )
    dates = {row["id"]: row["date"] or "" for row in crossings.dicts()}
    rows = CaseRows(
        list(dates),
        {row["id"]: (row["kind"] or "", row["value"] or "") for row in things.dicts()},
        {row["id"]: "dwelling" for row in homes.dicts()},
        _links(ask, material, links.dicts()),
    )
    dependence = material.analysis_input()[2] if ask.grant.sources else {}
    traits = gather_traits(rows)
    denials: dict[tuple[str, str], str] = {}
    for trait in traits:
        if trait.denied:
            at = trait.crossing, trait.value
            denials[at] = denial_mark(denials.get(at, ""), trait.denied)
    return ComparedCase(rows, dates, compare(rows.crossings, traits, dependence), denials)


def _links(ask: Ask, material: Material, rows: Iterable[Mapping[str, Any]]) -> list[LinkSaid]:
    """Return links with their sources (`_voices`). Without source clearance, all witnesses are one source."""
    if ask.grant.sources:
        voices = _voices(material.analysis_input()[0], sources=True)
    else:
        voices = {link_key(row): frozenset() if row["other_sources"] else _WITNESSES for row in rows}
    return [
        LinkSaid(*key, row["belief"], voices.get(key, frozenset()), denial_mark(row["denying"]))
        for row in rows
        for key in [link_key(row)]
    ]


def _voices(claims: Iterable[Claim], *, sources: bool) -> dict[LinkKey, frozenset[str]]:
    """Map each link to its sources; to none if a record (or, without source clearance, a report) asserts it."""
    alone = ("record",) if sources else OPEN_KINDS
    voices: dict[LinkKey, set[str]] = defaultdict(set)
    recorded: set[LinkKey] = set()
    for claim in claims:
        if claim.asserts and claim.relation in READ:
            voices[claim.key].add((claim.source or claim.statement) if sources else "witnesses")
            if claim.source_kind in alone:
                recorded.add(claim.key)
    return {key: frozenset() if key in recorded else frozenset(names) for key, names in voices.items()}


def without_pieces(
    ask: Ask, material: Material, case: ComparedCase, crossings: Sequence[str]
) -> tuple[list[PieceLeftOut], int]:
    """Return the cluster without each source in turn, largest effect first, and the number of sources not tried.

    Only the sources with the most claims are tried. Without source clearance, all witness statements count as one
    source, and each report or record as another.
    """
    of_them, beside = leading_to(case.rows.links, crossings)
    keys = {link.key for link in of_them}
    claims = [claim for claim in material.analysis_input()[0] if claim.counts and claim.key in keys]
    sources = ask.grant.sources
    dependence = material.analysis_input()[2] if sources else {}
    few = 0 if sources else ask.settings.few_below
    if few:
        claims = as_told(claims, material.analysis_input()[2], few)
    rows = replace(case.rows, crossings=list(crossings))
    pieces: dict[tuple[str, str], list[int]] = defaultdict(list)
    of_link: dict[LinkKey, list[int]] = defaultdict(list)
    for place, claim in enumerate(claims):
        pieces[_piece(claim.source_kind, claim.source, claim.statement, sources=sources)].append(place)
        of_link[claim.key].append(place)

    def beliefs_of(places: Iterable[int]) -> dict[LinkKey, float]:
        figures = link_table([claims[place] for place in places], dependence, ask.home.weights)
        return {key: told_belief(figure, few) if few else figure.belief for key, figure in figures.items()}

    most = sorted(pieces, key=lambda piece: (-len(pieces[piece]), piece))[:_PIECES]
    whole, voices = beliefs_of(range(len(claims))), _voices(claims, sources=sources)
    result = []
    for piece in most:
        piece_places = set(pieces[piece])
        touched = {claims[place].key for place in piece_places}
        # Only links with claims by this source are recomputed.
        left = [place for key in touched for place in of_link[key] if place not in piece_places]
        heard = (
            voices | dict.fromkeys(touched, frozenset()) | _voices((claims[place] for place in left), sources=sources)
        )
        links = {key: belief for key, belief in whole.items() if key not in touched} | beliefs_of(left)
        still = [LinkSaid(*key, belief, heard[key]) for key, belief in sorted(links.items()) if belief >= _READ_FROM]
        traits = gather_traits(replace(rows, links=[*still, *beside]))
        result.append(PieceLeftOut(*piece, without(case.linkage, mentions(crossings, traits))))
    result.sort(key=lambda piece: (-len(piece.parts), piece.kind, piece.id))
    # Reveals no number of witnesses: without source clearance they are one piece.
    return result, len(pieces) - len(most)


def _piece(kind: str, source: str, statement: str, *, sources: bool) -> tuple[str, str]:
    if kind not in OPEN_KINDS:
        return ("witness", source) if sources else ("witnesses", "")
    return STATEMENT_KINDS[kind].item, statement
