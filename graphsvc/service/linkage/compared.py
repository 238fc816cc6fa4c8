"""What crossings are compared by, read as one reader may see it, and the comparison, cached until the case changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphsvc.analysis.evidence.belief import link_table
from graphsvc.analysis.linkage.gathered import (
    CARRIED,
    READ,
    CaseRows,
    LinkSaid,
    RowOfBoat,
    RowOfCrossing,
    SaidOf,
    gathered,
    leading_to,
)
from graphsvc.analysis.linkage.linked import LeftOut, LinkedCrossings, linked, without_traits
from graphsvc.analysis.score.folding import as_told, told_belief
from graphsvc.cases.cache import Cache, Caches
from graphsvc.cases.gc_pause import lasting
from graphsvc.records.relations import LinkKey, link_key
from graphsvc.records.told import OPEN_KINDS, denial_mark
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material

# A comparison of thousands of crossings is large.
_LARGE = 3
# Whatever rests on witnesses alone counts as one voice's word for who may not know which of them, or how many, said it.
_WITNESSES = frozenset({"witnesses"})
# So many pieces are left out in turn, those of most claims first.
_PIECES = 40
# From what belief on a link is compared, and who is taken to have been aboard, for a price they paid: as the queries read them.
_READ_FROM, _ABOARD_FROM = 0.1, 0.5


class LinkageCaches(Caches):
    """What is computed of crossings."""

    def __init__(self) -> None:
        self.compared: Cache[ComparedCase] = Cache(_LARGE)


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """The crossings of a case as one reader may see them, compared.

    Attributes:
        rows: what they were compared by. dates: crossing → its date as given. linked: the comparison.
        denials: crossing, feature and value → `denied` or `contested`, of what rests on a link that is.
    """

    rows: CaseRows
    dates: Mapping[str, str]
    linked: LinkedCrossings
    denials: Mapping[tuple[str, str, str], str]

    def denial(self, feature: str, value: str, crossings: Iterable[str]) -> str:
        """`denied` or `contested` where a link behind something that crossings share is, for any of them; else empty."""
        return denial_mark(*(self.denials.get((crossing, feature, value), "") for crossing in crossings))


@dataclass(frozen=True, slots=True)
class PieceLeftOut:
    """What becomes of a cluster without one source, or without all that witnesses said.

    Attributes:
        kind: `witness`, `report`, `record`, or `witnesses` for all of them together. id: a pseudonym, or of the statement; empty for all witnesses.
        left: what becomes of it.
    """

    kind: str
    id: str
    left: LeftOut


def compared(ask: Ask, material: Material) -> ComparedCase:
    """The comparison, computed on what this reader may see."""
    return ask.home.caches(LinkageCaches).compared.of(ask.state, lambda: _compare(ask, material))


@lasting()
def _compare(ask: Ask, material: Material) -> ComparedCase:
    crossings, boats, things, homes, links, prices, words = ask.together(
        ("crossings.compared", {}),
        ("boats.compared", {}),
        ("things.compared", {}),
        ("workplaces.dwellings", {}),
        ("crossings.ties_compared", {}),
        ("crossings.prices", {}),
        ("crossings.words", {}),
        whole=True,
    )
    known = crossings.dicts()
    rows = CaseRows(
        [_crossing(row) for row in known],
        [RowOfBoat(row["id"], row["kind"] or "", row["length_m"], row["engine_hp"]) for row in boats.dicts()],
        {row["id"]: (row["kind"] or "", row["value"] or "") for row in things.dicts()},
        {row["id"]: "dwelling" for row in homes.dicts()},
        _links(ask, material, links.dicts()),
        [
            SaidOf(row["crossing"], f"{row['amount']} {row['currency']}", row["person"], piece=_piece_of(row))
            for row in prices.dicts()
        ],
        list(_words(words.dicts())),
    )
    dependence = material.given()[2] if ask.grant.sources else {}
    figures, traits = gathered(rows)
    denials: dict[tuple[str, str, str], str] = {}
    for trait in traits:
        if trait.denied:
            at = trait.crossing, trait.feature, trait.value
            denials[at] = denial_mark(denials.get(at, ""), trait.denied)
    dates = {row["id"]: row["date"] or "" for row in known}
    return ComparedCase(rows, dates, linked(figures, traits, dependence), denials)


def _crossing(row: Mapping[str, Any]) -> RowOfCrossing:
    exact = row["date"] and len(row["date"]) >= len("2020-05-08")
    return RowOfCrossing(
        row["id"],
        float(_day(row["day"])) if exact and row["day"] else None,
        row["launch_site"] or "",
        _place(row["launch_lat"], row["launch_lon"]),
        row["landing_site"] or "",
        _place(row["landing_lat"], row["landing_lon"]),
    )


def _day(given: Any) -> int:
    return (given if isinstance(given, dt.date) else dt.date.fromisoformat(str(given))).toordinal()


def _place(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _links(ask: Ask, material: Material, rows: Iterable[Mapping[str, Any]]) -> list[LinkSaid]:
    """The links with whose word alone they are: by source for who may know sources, else as one where witnesses alone say so."""
    if not ask.grant.sources:
        return [
            LinkSaid(
                row["subject"],
                row["relation"],
                row["object"],
                row["belief"],
                frozenset() if row["other_sources"] else _WITNESSES,
                denial_mark(row["denying"]),
            )
            for row in rows
        ]
    recorded: set[tuple[str, str, str]] = set()
    voices: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for claim in material.given()[0]:
        if not claim.asserts or claim.relation not in READ:
            continue
        if claim.source_kind == "record":
            recorded.add(claim.key)
        else:
            voices[claim.key].add(claim.source or claim.statement)
    return [
        LinkSaid(
            *key, row["belief"], frozenset() if key in recorded else frozenset(voices[key]), denial_mark(row["denying"])
        )
        for row in rows
        for key in [link_key(row)]
    ]


def _words(rows: Iterable[Mapping[str, Any]]) -> Iterator[SaidOf]:
    for row in rows:
        text = " ".join(str(row["words"] or "").casefold().split())
        if text:
            voices = (
                frozenset({row["source"]}) if row.get("source") and row["statement_kind"] != "record" else frozenset()
            )
            yield SaidOf(row["crossing"], text, row["about"], voices, _piece_of(row))


def _piece_of(row: Mapping[str, Any]) -> tuple[str, str]:
    return _piece(row["statement_kind"], row.get("source") or "", row["statement"], sources=True)


def without_pieces(
    ask: Ask, material: Material, case: ComparedCase, crossings: Sequence[str]
) -> tuple[list[PieceLeftOut], int]:
    """What becomes of a cluster without each source, those that change most first; and how many sources are not left out.

    A source goes with its links, its words and its prices. Only those of most claims are left out. Without source clearance all
    that witnesses said is one source; reports and records are one each.
    """
    of_them, beside = leading_to(case.rows.links, crossings)
    keys = {link.key for link in of_them}
    claims = [claim for claim in material.given()[0] if claim.counts and claim.key in keys]
    dependence = material.given()[2] if ask.grant.sources else {}
    few = 0 if ask.grant.sources else ask.settings.few_below
    if few:
        claims = as_told(claims, material.given()[2], few)
    rows = replace(
        case.rows,
        crossings=[row for row in case.rows.crossings if row.id in crossings],
        words=[said for said in case.rows.words if said.crossing in crossings],
    )
    pieces: dict[tuple[str, str], list[int]] = defaultdict(list)
    of_link: dict[LinkKey, list[int]] = defaultdict(list)
    for place, claim in enumerate(claims):
        pieces[_piece(claim.source_kind, claim.source, claim.statement, sources=ask.grant.sources)].append(place)
        of_link[claim.key].append(place)
    for said in rows.prices:
        if said.crossing in crossings and said.piece not in pieces:
            pieces[said.piece] = []

    def believed(places: Iterable[int]) -> dict[LinkKey, float]:
        figures = link_table([claims[place] for place in places], dependence, ask.home.weights)
        return {key: told_belief(held, few) if few else held.belief for key, held in figures.items()}

    most = sorted(pieces, key=lambda piece: (-len(pieces[piece]), piece))[:_PIECES]
    whole = believed(range(len(claims)))
    result = []
    for piece in most:
        gone = set(pieces[piece])
        touched = {claims[place].key for place in gone}
        # Only the links that the piece speaks of are worked out again.
        rest = believed(place for key in touched for place in of_link[key] if place not in gone)
        links = {key: belief for key, belief in whole.items() if key not in touched} | rest
        figures, traits = gathered(_without(rows, piece, touched, links, beside))
        beliefs: dict[tuple[str, str, str], float] = defaultdict(float)
        for trait in traits:
            at = trait.crossing, trait.feature, trait.value
            beliefs[at] = max(beliefs[at], trait.belief)
        result.append(PieceLeftOut(*piece, without_traits(case.linked, crossings, beliefs, figures)))
    result.sort(key=lambda piece: (-len(piece.left.parts), piece.left.log_ratio, piece.kind, piece.id))
    # Of what this reader is told apart: all witnesses together are one piece where they may not be counted.
    return result, len(pieces) - len(most)


def _without(
    rows: CaseRows,
    piece: tuple[str, str],
    touched: Collection[LinkKey],
    links: Mapping[LinkKey, float],
    beside: Iterable[LinkSaid],
) -> CaseRows:
    """The rows without what one piece says: its words, its prices, and those of whom nobody else says that they were aboard."""
    return replace(
        rows,
        links=[*(LinkSaid(*key, belief) for key, belief in sorted(links.items()) if belief >= _READ_FROM), *beside],
        words=[said for said in rows.words if said.piece != piece],
        prices=[
            said
            for said in rows.prices
            if said.piece != piece
            and ((at := (said.about, CARRIED, said.crossing)) not in touched or links.get(at, 0.0) >= _ABOARD_FROM)
        ],
    )


def _piece(kind: str, source: str, statement: str, *, sources: bool) -> tuple[str, str]:
    if kind not in OPEN_KINDS:
        return ("witness", source) if sources else ("witnesses", "")
    return "record" if kind == "record" else "report", statement
