"""Many linked crossings: the cost of a page, and a note wherever the answer is incomplete. No server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from time import process_time
from typing import Any, cast

import pytest

from graphsvc.analysis.linkage.features import Trait
from graphsvc.analysis.linkage.gathered import CaseRows
from graphsvc.analysis.linkage.linked import compare, without_name
from graphsvc.errors import AnswerWarning
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.linkage import linkage
from graphsvc.service.linkage.compared import ComparedCase
from graphsvc.service.linkage.linkage import Linkage

# 64 crossings make 2,016 pairs, of which 2,000 are shown.
INSIDE = [f"c{number:03}" for number in range(64)]
OUTSIDE = [f"x{number:03}" for number in range(40)]


class Asked:
    """Requests of a reader who may see everything, without a log."""

    ranked_on = ""

    @contextmanager
    def look(self, _action: str, **_detail: Any) -> Iterator[dict[str, Any]]:
        yield {}

    def entity_rows(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        return {name: {"name": name, "kind": "crossing"} for name in ids}


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Linkage:
    ids = [*INSIDE, *OUTSIDE]
    traits = [
        Trait(name, kind, f"{kind} 1", 1.0) for name in INSIDE for kind in ("organiser", "pilot", "boat", "thing")
    ]
    traits += [Trait(name, kind, f"{kind} of {name}", 1.0) for name in OUTSIDE for kind in ("organiser", "pilot")]
    comparison = compare(ids, traits, {})
    case = ComparedCase(CaseRows(ids), dict.fromkeys(ids, "2020-05-08"), comparison, {})
    assert [len(names) for names in comparison.clusters] == [len(INSIDE)]
    monkeypatch.setattr(linkage, "comparison", lambda _ask, _material: case)
    monkeypatch.setattr(linkage, "without_pieces", lambda *_: ([], 0))
    return Linkage(cast("Ask", Asked()), cast("Material", None))


def test_a_page_of_a_cluster_names_as_many_pairs_as_a_table_and_says_that_there_are_more(many: Linkage) -> None:
    page = many.cluster("c000")
    assert (len(page["pairs"]), page["more_pairs"]) == (2000, True)
    assert (page["pairs"][0]["first"], page["pairs"][0]["second"]) == ("c000", "c001")


def test_a_table_and_a_graph_that_are_cut_say_so(many: Linkage) -> None:
    pairs = many.table()
    assert (len(pairs.rows), pairs.truncated) == (2000, True)
    assert "2,000 rows" in pairs.cut
    with pytest.warns(AnswerWarning, match="2,000 rows"):
        graph = many.graph()
    assert graph.number_of_edges() == 2000
    assert many.table("c000").cut == ""


def test_thousands_of_crossings_on_one_day_are_compared_in_seconds() -> None:
    """As many crossings as in a case of several years. Most names are on a few of them, and some on hundreds."""
    ids = [f"c{number:05}" for number in range(6000)]
    traits = [
        Trait(name, kind, f"{kind} {number // 5}", 1.0) for number, name in enumerate(ids) for kind in ("pilot", "boat")
    ]
    traits += [Trait(name, "organiser", f"organiser {number % 8}", 1.0) for number, name in enumerate(ids)]
    start = process_time()
    linkage = compare(ids, traits, {})
    assert process_time() - start < 20
    assert linkage.cluster_of("c00000") == ()
    assert len(linkage.about) == len(ids)


def test_a_gang_behind_thousands_of_crossings_links_millions_of_pairs_in_seconds() -> None:
    ids = [f"c{number:05}" for number in range(2500)]
    traits = [Trait(name, kind, kind, 1.0) for name in ids for kind in ("organiser", "supplier")]
    start = process_time()
    gang = compare(ids, traits, {})
    assert gang.clusters == (tuple(ids),)
    assert len(list(islice(gang.links(), 2001))) == 2001
    assert len(without_name(gang, ids, "organiser")) == len(ids)
    assert process_time() - start < 20
