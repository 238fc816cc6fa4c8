"""A cluster recomputed without each source in turn keeps the claims of all other sources. No server."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest

from graphsvc.analysis.claims.belief import link_table
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.examples import claim_from
from graphsvc.analysis.linkage.gathered import READ, CaseRows, LinkSaid, gather_traits
from graphsvc.analysis.linkage.linked import compare
from graphsvc.records.weights import SHIPPED
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.linkage.compared import ComparedCase, without_pieces

BOTH = ("c1", "c2")
WHOLE, APART = [BOTH], [(name,) for name in BOTH]


def remaining_parts(claims: Sequence[Claim], *, sources: bool = True) -> dict[tuple[str, str], list[tuple[str, ...]]]:
    """Left-out source → parts into which c1 and c2 then fall."""
    links = [LinkSaid(*key, figures.belief) for key, figures in link_table(claims, {}).items() if key[1] in READ]
    rows = CaseRows(list(BOTH), {name: ("phone", name) for name in ("ph1", "ph2")}, {}, links)
    linkage = compare(rows.crossings, gather_traits(rows), {})
    ask = SimpleNamespace(
        grant=SimpleNamespace(sources=sources),
        settings=SimpleNamespace(few_below=3),
        home=SimpleNamespace(weights=SHIPPED),
    )
    material = SimpleNamespace(analysis_input=lambda: (list(claims), [], {}))
    case = ComparedCase(rows, dict.fromkeys(BOTH, ""), linkage, {})
    pieces, _ = without_pieces(cast("Ask", ask), cast("Material", material), case, BOTH)
    return {(piece.kind, piece.id): piece.parts for piece in pieces}


def crew(source: str, *people: str, kind: str = "witness") -> list[Claim]:
    return [
        claim_from(f"{source}: {name} PILOTED {crossing}", source_kind=kind) for name in people for crossing in BOTH
    ]


def test_a_link_goes_with_the_source_that_alone_names_a_person_behind_both() -> None:
    pieces = remaining_parts([*crew("r1", "p1", kind="record"), *crew("w1", "p2")])
    assert pieces["witness", "w1"] == APART
    assert pieces["record", "statement of r1"] == APART


def test_a_link_stays_where_two_others_say_the_same() -> None:
    pieces = remaining_parts([*crew("w1", "p1", "p2"), *crew("w2", "p1", "p2"), *crew("w3", "p1", "p2")])
    assert list(pieces.values()) == [WHOLE] * 3


def test_what_is_left_on_the_word_of_one_source_alone_is_no_link() -> None:
    """Both witnesses name the whole crew. Without one of them a single source is left, which links nothing."""
    pieces = remaining_parts([*crew("w1", "p1", "p2"), *crew("w2", "p1", "p2")])
    assert pieces == {("witness", "w1"): APART, ("witness", "w2"): APART}


@pytest.mark.parametrize("sources", [True, False])
def test_without_source_clearance_all_witnesses_go_as_one(sources: bool) -> None:
    pieces = remaining_parts(
        [*crew("w1", "p1", "p2"), *crew("w2", "p1", "p2"), *crew("r1", "p1", "p2", kind="record")], sources=sources
    )
    assert sorted(kind for kind, _ in pieces) == (
        ["record", "witness", "witness"] if sources else ["record", "witnesses"]
    )
    # Without the record two witnesses are left, which count as one source for readers without source clearance.
    assert pieces.pop(("record", "statement of r1")) == (WHOLE if sources else APART)
    assert set(map(tuple, pieces.values())) == {tuple(WHOLE)}


def test_a_supplier_goes_with_the_boat_that_a_source_alone_reports() -> None:
    boats = [claim_from(f"w1: b{crossing} USED_ON {crossing}") for crossing in BOTH]
    supplied = [claim_from(f"r1: dealer SUPPLIED b{crossing}", source_kind="record") for crossing in BOTH]
    pieces = remaining_parts([*boats, *supplied, *crew("r2", "p1", kind="record")])
    assert pieces["witness", "w1"] == APART
