"""The people behind each row of the lists of crossings and workplaces."""

from __future__ import annotations

from typing import Any

from graphsvc.views.lists import behind_crossings, behind_workplaces


def part(who: str, relation: str, target: str, belief: float = 0.9, denying: int | str = 0) -> dict[str, Any]:
    return {"object": target, "relation": relation, "id": who, "name": "", "belief": belief, "denying": denying}


def crossing(*parts: dict[str, Any]) -> dict[str, Any]:
    return behind_crossings([{"id": "C1"}], parts)[0]


def test_each_part_stands_in_its_own_column_and_a_crossing_nobody_is_named_for_has_empty_ones() -> None:
    row = crossing(part("P1", "ORGANISED", "C1"), part("P2", "PILOTED", "C1"), part("P3", "ASSISTED", "C2"))
    assert [person["id"] for person in row["organisers"]] == ["P1"]
    assert [person["id"] for person in row["pilots"]] == ["P2"]
    assert row["helpers"] == row["boats"] == row["suppliers"] == []


def test_whoever_supplied_a_boat_stands_by_each_of_its_crossings() -> None:
    parts = [part("B1", "USED_ON", "C1"), part("B1", "USED_ON", "C2"), part("P1", "SUPPLIED", "B1", denying="few")]
    rows = behind_crossings([{"id": "C1"}, {"id": "C2"}, {"id": "C3"}], parts)
    assert [[person["id"] for person in row["suppliers"]] for row in rows] == [["P1"], ["P1"], []]
    assert rows[0]["suppliers"][0]["denied"] is True


def test_a_supplier_is_doubtful_by_the_weaker_of_link_and_way_and_stands_once_by_the_better_boat() -> None:
    weak, strong = part("B1", "USED_ON", "C1", 0.3), part("B2", "USED_ON", "C1")
    by_weak, by_strong = part("P1", "SUPPLIED", "B1", 0.95), part("P1", "SUPPLIED", "B2", 0.7)
    (only,) = crossing(weak, by_weak)["suppliers"]
    assert (only["belief"], only["doubtful"]) == (0.95, True)
    (best,) = crossing(weak, strong, by_weak, by_strong)["suppliers"]
    assert (best["belief"], best["doubtful"]) == (0.7, False)
    denied_way = part("B1", "USED_ON", "C1", 0.9, denying=1)
    assert crossing(denied_way, by_weak)["suppliers"][0]["doubtful"] is True


def test_who_controls_a_workplace_and_who_managed_it_are_apart() -> None:
    parts = [part("P1", "CONTROLS", "W1", 0.4), part("P2", "MANAGED", "W1")]
    (row,) = behind_workplaces([{"id": "W1"}], parts)
    assert [(person["id"], person["doubtful"]) for person in row["controllers"]] == [("P1", True)]
    assert [person["id"] for person in row["managers"]] == ["P2"]
