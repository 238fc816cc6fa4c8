from __future__ import annotations

from graphsvc.views.picture import canvas

STATE = {
    "asked": [["id", "P1"], ["fold", "gang:G1"]],
    "arranged": {"P1": [0, 0], "group:gang:G1": [1, 1], "group:community:2": [2, 2]},
    "pinned": ["group:gang:G1"],
}


def test_folded_groups_stay_as_long_as_what_they_are_folded_by() -> None:
    assert canvas.named(STATE) == {"P1", "G1"}
    assert canvas.only(STATE, {"P1", "G1"}) == STATE
    left = canvas.only(STATE, {"P1"})
    assert (list(left["arranged"]), left["pinned"]) == (["P1", "group:community:2"], [])


def test_folded_groups_are_followed_and_lost_with_what_they_are_folded_by() -> None:
    now = canvas.followed(STATE, lambda one: {"G1": "T-1"}.get(one, one), str)
    assert list(now["arranged"]) == ["P1", "group:gang:T-1", "group:community:2"]
    gone = canvas.followed(STATE, lambda one: None if one == "G1" else one, str)
    assert (list(gone["arranged"]), gone["pinned"]) == (["P1", "group:community:2"], [])


def test_only_what_is_of_the_canvas_can_name_a_field() -> None:
    assert canvas.checked({"look": {"layout": "force"}, "asked": [["picture", "x"], ["id", "P1"]]}) == {
        "asked": [["id", "P1"]],
        "arranged": {},
        "pinned": [],
        "look": {"layout": "force"},
    }
