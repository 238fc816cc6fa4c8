"""The maker of an export sees everything left out; the manifest says only as much as the recipient may know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from graphsvc.errors import RequestError
from graphsvc.service import PictureRequest, Service, Session, Wanted
from graphsvc.service.exports.exposure import Exposures
from graphsvc.views.picture.network import Picture
from tests.service.test_exporting import WHY, load_case, unzip
from tests.toolbox.accounts import People

pytestmark = pytest.mark.neo4j
ABSENT = "ids that were asked for and are not there, or not under this handling code"
CAPPED = "entities that are tied to more than goes, as the picture was to hold {} at most"
ASIDE = "entities that are tied to more than goes, as people only present and lawful service were not asked for"
BEYOND = "links or entities above the limit of one question"


@pytest.fixture(scope="module")
def people(at_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with Service(at_server()) as service:
        yield load_case(service, "left-out", tmp_path_factory.mktemp("left-out") / "case")


def around(*ids: str, **more: Any) -> Wanted:
    return Wanted(picture=PictureRequest(ids=ids, **more))


def manifest(session: Session, wanted: Wanted, recipient: str, **more: Any) -> tuple[Any, str]:
    """Make an export; return it and its manifest as the recipient gets it."""
    export = session.exports.make(wanted, recipient, WHY, forms=["json"], **more)
    files = unzip(session.exports.given.fetch(export.id)[1])
    return export, files["manifest.json"].decode()


def test_what_asks_for_nothing_more_leaves_nothing_out(people: People) -> None:
    preview = people("inv").exports.preview(around("K1", depth=0), "Nothing")
    assert (preview.taken_out, preview.withheld) == ({}, {})


def test_neighbours_beyond_what_the_picture_was_to_hold_are_told(people: People) -> None:
    inv = people("inv")
    assert CAPPED.format(500) not in inv.exports.preview(around("P1", depth=2, cap=500), "Cap").taken_out
    # K1 and P2 are next to P1, and both have further links within two steps.
    assert inv.exports.preview(around("P1", depth=2, cap=3), "Cap").taken_out[CAPPED.format(3)] == 2
    assert CAPPED.format(3) not in inv.exports.preview(around("P1", depth=1, cap=3), "Cap").taken_out
    assert inv.exports.preview(around("P1", depth=1, cap=2), "Cap").taken_out[CAPPED.format(2)] == 1


def test_ids_that_are_not_there_are_named_to_who_asked_and_to_nobody_else(people: People) -> None:
    inv = people("inv")
    # W1 is the original id of a sealed person: missing, as if it had never existed.
    wanted = around("C1", "W1", "nobody")
    preview = inv.exports.preview(wanted, "Absent")
    assert preview.taken_out[ABSENT] == 2
    assert preview.withheld == {"the ids that are not there": "W1, nobody"}
    new_export, text = manifest(inv, wanted, "Absent")
    assert new_export.taken_out[ABSENT] == 2
    assert new_export.withheld == preview.withheld
    assert json.loads(text)["taken_out"][ABSENT] == "few"
    assert not [name for name in ("W1", "nobody") if name in text]
    # The missing ids are not stored either.
    assert [export.withheld for export in inv.exports.given.list_exports() if export.id == new_export.id] == [{}]
    chosen = inv.exports.preview(replace(around("C1"), only=("C1", "gone", "group:gang:G1")), "Absent")
    assert (chosen.taken_out, chosen.withheld) == ({ABSENT: 1, ASIDE: 1}, {"the ids that are not there": "gone"})
    # People in a folded group were not requested one by one. Counting them would show a recipient how many are at C.
    folded = inv.exports.preview(replace(around("C1"), only=("C1",), inside=("gone", "nobody")), "Absent")
    assert (folded.taken_out, folded.withheld) == ({ASIDE: 1}, {})


def test_who_was_put_aside_is_not_said_to_be_cut(people: People) -> None:
    inv = people("inv")
    assert inv.exports.preview(around("C1"), "Aside").taken_out == {ASIDE: 1}
    assert ASIDE not in inv.exports.preview(around("C1", presence=True), "Aside").taken_out


def test_what_another_handling_code_has_is_told_to_who_sees_it_alone(people: People) -> None:
    wanted = around("P1", "P2", depth=0)
    words = "links that you see and this recipient does not (not under handling P)"
    assert people("inv").exports.preview(wanted, "At P", handling="P").withheld == {words: 1}
    export, text = manifest(people("inv"), wanted, "At P", handling="P")
    assert export.withheld == {words: 1}
    low, shared = manifest(people("low"), wanted, "At P too", handling="P")
    assert low.withheld == people("low").exports.preview(wanted, "At P").withheld == {}
    # The manifest does not show a recipient whether there is anything at C.
    contents, low_contents = (json.loads(each) for each in (text, shared))
    same = ("taken_out", "never_in_it", "handling", "entities", "links")
    assert [contents[name] for name in same] == [low_contents[name] for name in same]
    assert "RIVAL" not in text


def test_what_passes_a_filter_by_figures_that_take_source_clearance_is_told(people: People) -> None:
    inv, nosrc = people("inv"), people("nosrc")
    least = next(
        edge.belief for edge in inv.network.picture(PictureRequest(["C1"])).edges if edge.relation == "PILOTED"
    )
    wanted = around("P2", "C1", depth=0, least=least)
    words = "links that you see and this recipient does not (chosen by figures that take source clearance)"
    preview = inv.exports.preview(wanted, "Filters")
    assert "PILOTED" not in {row["relation"] for row in preview.links}
    assert preview.withheld == {words: 1}
    assert nosrc.exports.preview(wanted, "Filters").withheld == {}


def test_small_amounts_are_few_in_the_manifest(people: People) -> None:
    inv = people("inv")
    export, text = manifest(inv, around("C1", presence=True), "Few", left_out=[("P2", "PILOTED", "C1")])
    counts = json.loads(text)["taken_out"]
    sealed = "names of sealed people and things, as new pseudonyms"
    assert (export.taken_out["links left out by choice"], export.taken_out[sealed]) == (1, 6)
    assert (counts["links left out by choice"], counts[sealed]) == ("few", 6)


def test_what_a_question_was_cut_to_is_told(at_server: Any, tmp_path: Any) -> None:
    with Service(at_server(row_cap=1)) as service:
        inv = load_case(service, "left-out-cut", tmp_path / "case")("inv")
        picture = inv.exports.preview(around("C1"), "Cut")
        assert picture.taken_out[BEYOND] == "some"
        # The answer has two crossings and shows one, whose picture is not cut.
        days = Wanted(query="crossings.on_days", parameters={"first": "2020-05-01", "last": "2020-05-31"})
        answer = inv.exports.preview(days, "Cut")
        assert (len(answer.nodes), answer.taken_out) == (1, {BEYOND: "some"})
        # The manifest states the same cut.
        for number, wanted in enumerate((around("C1"), days)):
            export, text = manifest(inv, wanted, f"Cut {number}")
            assert export.taken_out[BEYOND] == json.loads(text)["taken_out"][BEYOND] == "some"


def test_a_relation_that_is_none_is_no_empty_picture() -> None:
    with pytest.raises(RequestError, match=r"There is no relation 'PAYED'\. There are .*PAID.* begin with X_"):
        PictureRequest(ids=["P1"], relations=["PAID", "PAYED"])
    assert PictureRequest(ids=["P1"], relations=["PAID", "X_SOLD"]).relations == ["PAID", "X_SOLD"]


def test_what_is_too_much_for_a_picture_of_ones_own_is_not_counted_and_stops_nothing(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictured = Exposures.selected_picture

    def select_once(exposures: Exposures, wanted: Wanted) -> Picture:
        # The recipient's picture is computed first, then the maker's.
        monkeypatch.setattr(Exposures, "selected_picture", too_much)
        return pictured(exposures, wanted)

    def too_much(_exposures: Exposures, _wanted: Wanted) -> Picture:
        raise RequestError("The answer names 501 entities; from 1 to 500 make a picture.")

    monkeypatch.setattr(Exposures, "selected_picture", select_once)
    preview = people("inv").exports.preview(around("K1", depth=0), "Too much", handling="P")
    assert preview.withheld == {"what you see and this recipient does not, which is not counted": "some"}
    assert len(preview.nodes) == 1
