"""Linked crossings where there are many: what a page costs, and that whoever is told less than all is told so. Without a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from graphsvc.analysis.linkage.features import CrossingFigures, Trait
from graphsvc.analysis.linkage.gathered import CaseRows, RowOfCrossing
from graphsvc.analysis.linkage.linked import LinkedCrossings, linked
from graphsvc.errors import AnswerWarning
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.linkage import linkage
from graphsvc.service.linkage.compared import ComparedCase
from graphsvc.service.linkage.linkage import Linkage

# Of 64 crossings are 2,016 pairs, of which 2,000 are told.
INSIDE = [f"c{number:03}" for number in range(64)]
OUTSIDE = [f"x{number:03}" for number in range(40)]


class Asked:
    """Somebody who may see all, and a log that is not kept."""

    ranked_on = ""

    @contextmanager
    def look(self, _action: str, **_detail: Any) -> Iterator[dict[str, Any]]:
        yield {}

    def named(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        return {name: {"name": name, "kind": "crossing"} for name in ids}


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Linkage:
    ids = [*INSIDE, *OUTSIDE]
    told = [Trait(name, what, f"{what} 1", 1.0) for name in INSIDE for what in ("organiser", "pilot", "boat", "thing")]
    told += [Trait(name, what, f"{what} of {name}", 1.0) for name in OUTSIDE for what in ("organiser", "pilot")]
    made = linked([CrossingFigures(name) for name in ids], told, {})
    case = ComparedCase(CaseRows([RowOfCrossing(name) for name in ids]), dict.fromkeys(ids, "2020-05-08"), made, {})
    assert [len(rows) for rows in made.clusters] == [len(INSIDE)]
    monkeypatch.setattr(linkage, "compared", lambda _ask, _material: case)
    monkeypatch.setattr(linkage, "without_pieces", lambda *_: ([], 0))
    return Linkage(cast("Ask", Asked()), cast("Material", None))


def test_a_page_of_a_cluster_works_out_nothing_for_pairs_beyond_it(
    many: Linkage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    strength = Linkage._strength

    def counted(self: Linkage, made: LinkedCrossings, numbers: list[int]) -> dict[str, Any]:
        asked.append(len(numbers))
        return strength(self, made, numbers)

    def whole(_: LinkedCrossings) -> None:
        raise AssertionError("The chance of every pair of the case is worked out for some of them.")

    monkeypatch.setattr(Linkage, "_strength", counted)
    monkeypatch.setattr(LinkedCrossings, "chances", property(whole))
    page = many.cluster("c000")
    assert (len(page["pairs"]), page["more_pairs"]) == (2000, 16)
    assert asked.count(1) == 2000
    assert (page["pairs"][0]["first"], page["pairs"][0]["second"]) == ("c000", "c001")


def test_the_chance_of_some_pairs_is_what_it_is_among_all(many: Linkage) -> None:
    page = many.pair("c000", "x001")
    row = next(row for row in many.table("x001", 0.0).rows if row[0] == "c000")
    assert page["chance"] == row[7]


def test_a_table_and_a_graph_that_are_cut_say_so(many: Linkage) -> None:
    pairs = many.table()
    assert (len(pairs.rows), pairs.truncated) == (2000, True)
    assert "2,000 rows" in pairs.cut
    with pytest.warns(AnswerWarning, match="2,000 rows"):
        graph = many.graph()
    assert graph.number_of_edges() == 2000
    assert many.table("c000", 0.99).cut == ""


def test_what_speaks_for_different_series_says_so_in_the_table(many: Linkage) -> None:
    worst = min(many.table("x000", 0.0).rows, key=lambda row: row[5])
    assert worst[5] < 0.5
    assert worst[6].endswith("support for different ones")
    assert many.table("c000").rows[0][6].endswith("support for one series")
