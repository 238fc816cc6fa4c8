from __future__ import annotations

import pytest

from graphsvc.views.picture import canvas
from graphsvc.views.picture.network import link_of, link_text

STATE = {
    "asked": [["id", "P1"], ["fold", "gang:G1"]],
    "arranged": {"P1": [0, 0], "group:gang:G1": [1, 1], "group:community:2": [2, 2]},
    "pinned": ["group:gang:G1"],
}


def test_folded_groups_stay_as_long_as_what_they_are_folded_by() -> None:
    assert canvas.all_ids(STATE) == {"P1", "G1"}
    assert canvas.only(STATE, {"P1", "G1"}) == STATE
    left = canvas.only(STATE, {"P1"})
    assert (list(left["arranged"]), left["pinned"]) == (["P1", "group:community:2"], [])


def test_folded_groups_are_followed_and_lost_with_what_they_are_folded_by() -> None:
    now = canvas.replace_ids(STATE, lambda identifier: {"G1": "T-1"}.get(identifier, identifier))
    assert list(now["arranged"]) == ["P1", "group:gang:T-1", "group:community:2"]
    after = canvas.replace_ids(STATE, lambda identifier: None if identifier == "G1" else identifier)
    assert (list(after["arranged"]), after["pinned"]) == (["P1", "group:community:2"], [])


def test_only_what_is_of_the_canvas_can_name_a_field() -> None:
    assert canvas.check_state({"look": {"layout": "force"}, "asked": [["picture", "x"], ["id", "P1"]]}) == {
        "asked": [["id", "P1"]],
        "arranged": {},
        "pinned": [],
        "look": {"layout": "force"},
    }


ADDRESS = [
    ["id", "P1"],
    ["open", "~PAID~P2"],
    ["open", "~~P2"],
    ["open", "~X_UNCLE_OF_BO~P1"],
    ["link", ""],
    ["link", "P1~PAID~P2"],
    ["link", "P1~PAID~P3"],
    ["link", "P1~X_UNCLE_OF_BO~P3"],
    ["fold", "workplace:P2"],
    ["depth", "0"],
]


def test_whom_an_opening_a_link_or_a_fold_of_the_address_names_is_in_the_state() -> None:
    state = {"asked": ADDRESS, "arranged": {}, "pinned": []}
    assert canvas.all_ids(state) == {"P1", "P2", "P3"}
    left = canvas.only(state, {"P1", "P3"})["asked"]
    assert left == [pair for pair in ADDRESS if "P2" not in pair[1]]


def test_who_is_sealed_leaves_openings_links_and_folds_of_the_address_too() -> None:
    state = {"asked": ADDRESS, "arranged": {}, "pinned": []}
    after = canvas.replace_ids(
        state,
        lambda identifier: None if identifier == "P2" else identifier,
        lambda text: text.replace("BO", "[withheld]"),
    )
    assert after["asked"] == [
        ["id", "P1"],
        ["open", "~X_UNCLE_OF_[withheld]~P1"],
        ["link", ""],
        ["link", "P1~PAID~P3"],
        ["link", "P1~X_UNCLE_OF_[withheld]~P3"],
        ["depth", "0"],
    ]
    now = canvas.replace_ids(state, lambda identifier: {"P2": "S-2~"}.get(identifier, identifier))["asked"]
    assert now[1:3] + now[5:6] + now[8:9] == [
        ["open", "~PAID~S-2~"], ["open", "S-2~"], ["link", '["P1", "PAID", "S-2~"]'], ["fold", "workplace:S-2~"]
    ]  # fmt: skip


def test_a_bare_state_keeps_what_it_draws_and_no_words_of_its_maker() -> None:
    bare = canvas.bare({"asked": ADDRESS, "arranged": {}, "pinned": []})["asked"]
    assert bare == [pair for pair in ADDRESS if "UNCLE" not in pair[1] and pair[0] != "fold"]


@pytest.mark.parametrize("link", [("P1", "PAID", "P2"), ("a~b", "X_C", "d"), ("[", "PAID", "]"), ('"', "PAID", "é ~")])
def test_a_link_is_read_as_it_was_written(link: tuple[str, str, str]) -> None:
    assert link_of(link_text(link)) == link


@pytest.mark.parametrize("text", ["P1", "P1~PAID", "P1~PAID~", "a~b~c~d", "[", "[1,2,3]", '["a","b"]', "[" * 10_000])
def test_what_is_no_link_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no link"):
        link_of(text)
