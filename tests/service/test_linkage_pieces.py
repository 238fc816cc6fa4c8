"""What is left of a cluster without each source: all that was compared is, and of that source nothing is. Without a server."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest

from graphsvc.analysis.evidence.belief import link_table
from graphsvc.analysis.evidence.claims import Claim
from graphsvc.analysis.examples import said
from graphsvc.analysis.linkage.gathered import CaseRows, LinkSaid, RowOfBoat, RowOfCrossing, SaidOf, gathered
from graphsvc.analysis.linkage.linked import linked
from graphsvc.records.weights import SHIPPED
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.linkage.compared import ComparedCase, PieceLeftOut, without_pieces

BOTH = ("c1", "c2")
REST = [f"c{number}" for number in range(3, 30)]


def left(
    claims: Sequence[Claim], *, words: Sequence[SaidOf] = (), prices: Sequence[SaidOf] = ()
) -> tuple[float, dict[tuple[str, str], PieceLeftOut]]:
    """The mean log ratio of c1 and c2, and what is left of both without each piece, for who may know sources."""
    own = [said(f"r9: o{name} ORGANISED {name}", source_kind="record") for name in REST]
    every = [*claims, *own]
    links = [LinkSaid(*key, figures.belief) for key, figures in link_table(every, {}).items()]
    ids = [*BOTH, *REST]
    things = {name: ("phone", name) for name in ("ph1", "ph2")}
    costs = [*prices, *(SaidOf(name, f"{1000 + 200 * number} EUR") for number, name in enumerate(REST))]
    calls = [*words, *(SaidOf(name, f"the one of {name}") for name in REST)]
    boats = [RowOfBoat("b1"), RowOfBoat("b2")]
    rows = CaseRows([RowOfCrossing(name) for name in ids], boats, things, {}, links, costs, calls)
    made = linked(*gathered(rows), {})
    ask = SimpleNamespace(
        grant=SimpleNamespace(sources=True),
        settings=SimpleNamespace(few_below=3),
        home=SimpleNamespace(weights=SHIPPED),
    )
    material = SimpleNamespace(given=lambda: (every, [], {}))
    case = ComparedCase(rows, dict.fromkeys(ids, ""), made, {})
    pieces, _ = without_pieces(cast("Ask", ask), cast("Material", material), case, BOTH)
    return float(made.own[made.number(*BOTH)]), {(piece.kind, piece.id): piece for piece in pieces}


def recorded(*texts: str) -> list[Claim]:
    return [said(f"r1: {text}", source_kind="record") for text in texts]


def test_whom_a_supplier_s_phone_was_in_contact_with_stays_where_another_source_is_left_out() -> None:
    """Four links from the crossing: boat, supplier, phone, and whom that called."""
    claims = recorded(
        "b1 USED_ON c1", "b2 USED_ON c2", "s1 SUPPLIED b1", "s2 SUPPLIED b2", "s1 USED ph1", "s2 USED ph2"
    )
    claims += recorded("ph1 CONTACTED q", "ph2 CONTACTED q")
    claims += [said(f"w1: helper ASSISTED {name}") for name in BOTH]
    _, pieces = left(claims)
    _, without_calls = left([claim for claim in claims if claim.relation != "CONTACTED"])
    assert pieces["witness", "w1"].left.log_ratio > without_calls["witness", "w1"].left.log_ratio + 0.1


@pytest.mark.parametrize("kind", ["witness", "report", "record"])
def test_the_words_of_a_source_go_with_it(kind: str) -> None:
    source_kind = "intelligence" if kind == "report" else kind
    claims = [said(f"s1: boss ORGANISED {name}", source_kind=source_kind) for name in BOTH]
    piece = (kind, "s1" if kind == "witness" else claims[0].statement)
    by_it = [SaidOf(name, "the tall one", name, piece=piece) for name in BOTH]
    _, told = left(claims, words=by_it)
    _, untold = left(claims)
    assert told[piece].left.log_ratio == pytest.approx(untold[piece].left.log_ratio)
    by_another = [SaidOf(name, "the tall one", name, piece=("witness", "s2")) for name in BOTH]
    _, still = left(claims, words=[*by_it, *by_another])
    assert still[piece].left.log_ratio > told[piece].left.log_ratio + 0.1


def test_the_price_that_a_source_told_goes_with_it() -> None:
    claims = recorded("boss ORGANISED c1", "boss ORGANISED c2")
    prices = [SaidOf(name, "3000 EUR", f"p{name}", piece=("witness", "w1")) for name in BOTH]
    told, pieces = left(claims, prices=prices)
    untold, _ = left(claims)
    # Whoever told nothing but the price is a source as well.
    assert told > untold
    assert set(pieces) == {("witness", "w1"), ("record", "statement of r1")}
    _, dearer = left(claims, prices=[*prices, *(SaidOf(name, "3000 EUR", piece=("witness", "w2")) for name in BOTH)])
    assert dearer["witness", "w1"].left.log_ratio > pieces["witness", "w1"].left.log_ratio


def test_a_price_goes_with_whoever_alone_says_that_who_paid_it_was_aboard() -> None:
    claims = [
        *recorded("boss ORGANISED c1", "boss ORGANISED c2"),
        *(said(f"w2: p{name} CROSSED_ON {name}") for name in BOTH),
    ]
    prices = [SaidOf(name, "3000 EUR", f"p{name}", piece=("record", "ledger")) for name in BOTH]
    _, pieces = left(claims, prices=prices)
    _, untold = left(claims)
    assert pieces["witness", "w2"].left.log_ratio == pytest.approx(untold["witness", "w2"].left.log_ratio)


def test_what_a_source_says_against_them_goes_with_it() -> None:
    common = recorded("steersman PILOTED c1", "steersman PILOTED c2")
    apart = [said("w1: first ORGANISED c1"), said("w1: second ORGANISED c2")]
    _, pieces = left([*common, *apart])
    whole, _ = left(common)
    assert pieces["witness", "w1"].left.log_ratio > pieces["record", "statement of r1"].left.log_ratio
    told, _ = left([*common, *apart])
    assert told < whole
    _, once = left([*common, said("w1: first ORGANISED c1")])
    # As much as where nothing was known of one of both.
    assert pieces["witness", "w1"].left.log_ratio == pytest.approx(once["witness", "w1"].left.log_ratio, abs=0.05)


def test_what_is_still_known_of_both_and_no_longer_shared_speaks_against_them() -> None:
    claims = recorded("boat9 USED_ON c1", "boat9 USED_ON c2", "first ORGANISED c1", "second ORGANISED c2")
    shared = [said(f"w1: boss ORGANISED {name}") for name in BOTH]
    _, pieces = left([*claims, *shared])
    _, never = left([*claims, said("w1: aide ASSISTED c1")])
    assert pieces["witness", "w1"].left.log_ratio == pytest.approx(never["witness", "w1"].left.log_ratio, abs=0.3)
