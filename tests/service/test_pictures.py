"""Saved views of the network: versions, readers, changes since, and people sealed or erased in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym, unpack
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service import PictureRequest, Service, quiet
from graphsvc.service.exports.exposure import Wanted
from graphsvc.service.network.saved_views import OtherLevel, SavedMeanwhile
from tests.leaks.small import FIRST, HIDDEN, SEALED, SEALED_NAME, SECOND
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims
from tests.toolbox.two_persons import seal, unseal

pytestmark = pytest.mark.neo4j
ROLES = {
    "low": ("investigator", Grant("P")),
    "low2": ("analyst", Grant("P")),
    "sourced": ("analyst", Grant("P", sources=True)),
    "other": ("analyst", Grant("P")),
    "high": ("investigator", Grant("C")),
    "whole": ("analyst", Grant("C", sources=True)),
    "cus": ("custodian", Grant("C", sources=True)),
    "sup": ("supervisor", Grant("C", sources=True)),
    "nobody": ("investigator", None),
    "aud": ("auditor", Grant("C", sources=True)),
}
STATE = {
    "asked": [["id", "boss-1"], ["depth", "1"], ["picture", "x"], ["version", "3"], ["find", "Bo Quist"]],
    "arranged": {"boss-1": [0, 0], "aide-1": [100.04, 50], "aide-2": [-100, 50], "gang-1": [0, 200]},
    "pinned": ["aide-1"],
    "look": {"layout": "force", "labels": True, "seen": ["aide-1"]},
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """A small case whose first delivery, all of it P, is loaded."""
    return lambda: open_place(at_server(), ROLES, "high", FIRST)


def other(**changes: Any) -> dict[str, Any]:
    return dict(json.loads(json.dumps(STATE)), **changes)


def stored_text(service: Service, case: str) -> str:
    """All stored views, drafts and comments of a case, decrypted."""
    key = service.register.key(case, create=False)
    bound = (
        (tables.picture_versions, "state_sealed", "picture {picture_id} version {number}"),
        (tables.pictures, "words_sealed", "picture {id}"),
        (tables.drafts, "state_sealed", "draft {case_id} {account} {sitting}"),
        (tables.comments, "words_sealed", "comment {id}"),
        (tables.comments, "about_sealed", "comment {id} about"),
    )
    with transaction(service.database) as connection:
        texts = [
            unpack(key, row[column], label.format(**row))
            for table, column, label in bound
            for row in connection.execute(sa.select(table).where(table.c.case_id == case)).mappings()
        ]
    return json.dumps(texts)


# -- keeping and opening -------------------------------------------------------------------------------------------


def test_a_view_is_kept_as_it_was_with_each_version(people: Place) -> None:
    low = people("low")
    view = low.network.views.save(STATE, "  Ari's\n people ", "ask about the boat")
    assert (view.name, view.notes, view.version, view.mine, view.shared) == (
        "Ari's people",
        "ask about the boat",
        1,
        True,
        False,
    )
    opened = low.network.views.open(view.id)
    assert opened.state["asked"] == [["id", "boss-1"], ["depth", "1"], ["find", "Bo Quist"]]
    assert opened.state["arranged"]["aide-1"] == [100.0, 50]
    assert (opened.state["pinned"], opened.state["look"]) == (["aide-1"], STATE["look"])
    assert (opened.newest, opened.absent, opened.changes) == (True, 0, [])
    moved = other(
        arranged=STATE["arranged"] | {"aide-1": [300, 50]},  # type: ignore[operator]
        asked=[["id", "boss-1"], ["depth", "2"]],
        pinned=[],
    )
    assert low.network.views.save_version(view.id, moved, 1).version == 2
    current, versions = low.network.views.look(view.id)
    assert [(version.number, version.said) for version in versions] == [
        (2, "1 moved, pins, filters"),
        (1, "saved first"),
    ]
    assert (current.version, current.changed_by) == (2, "low")
    first = low.network.views.open(view.id, 1)
    assert (first.newest, first.state["arranged"]["aide-1"]) == (False, [100.0, 50])
    again = low.network.views.restore(view.id, 1)
    assert (again.version, low.network.views.look(view.id)[1][0].said) == (3, "version 1 again")
    assert low.network.views.open(view.id).state == first.state
    with pytest.raises(NotFound):
        low.network.views.open(view.id, 9)


@pytest.mark.parametrize(
    "state",
    [
        [],
        {"asked": [["id"]]},
        {"asked": [["id", 5]]},
        {"arranged": {"boss-1": [1]}},
        {"arranged": {"boss-1": ["1", 2]}},
        {"arranged": {"boss-1": [1e9, 2]}},
        {"pinned": "boss-1"},
        {"look": {"Some Name": 1}},
        {"look": {"a": [[[[[[["deep"]]]]]]]}},
        {"arranged": {f"P{number}": [0, 0] for number in range(5001)}},
        {"look": {"a": ["x" * 1999] * 501}},
    ],
)
def test_what_is_no_state_is_not_kept(people: Place, state: Any) -> None:
    low = people("low")
    with pytest.raises(RequestError):
        low.network.views.save(state, "x")
    with pytest.raises(RequestError):
        low.network.views.keep_draft("sitting1", state)
    assert (low.network.views.list_views(), low.network.views.drafts()) == ([], [])


@pytest.mark.parametrize(("name", "notes"), [("", ""), (" ", ""), ("x" * 121, ""), ("x", "n" * 2001), ("a\x07", "")])
def test_what_is_no_name_is_not_kept(people: Place, name: str, notes: str) -> None:
    with pytest.raises(RequestError):
        people("low").network.views.save(STATE, name, notes)
    assert people("low").network.views.list_views() == []


def test_only_what_is_there_is_kept_so_that_no_id_can_be_tried(service: Service, case: str, people: Place) -> None:
    guess = other(
        asked=[["id", "boss-1"], ["id", SEALED], ["hide", HIDDEN]],
        arranged={SEALED: [0, 0], "aide-1": [1, 1]},
        pinned=[SEALED],
    )
    view = people("low").network.views.save(guess, "a guess")
    people("low").network.views.keep_draft("sitting1", guess)
    assert SEALED not in stored_text(service, case)
    assert people("low").network.views.open(view.id).state["asked"] == [["id", "boss-1"]]


# -- readers -------------------------------------------------------------------------------------------------------


def test_a_view_is_its_makers_until_it_is_shared(people: Place) -> None:
    view = people("low").network.views.save(STATE, "mine")
    assert people("low2").network.views.list_views() == []
    for call in (
        people("low2").network.views.look,
        people("low2").network.views.open,
        people("low2").network.views.newest,
    ):
        with pytest.raises(NotFound):
            call(view.id)
    people("low").network.views.share(view.id, shared=True)
    (seen,) = people("low2").network.views.list_views()
    assert (seen.id, seen.mine, seen.savable, seen.account) == (view.id, False, True, "low")
    for act in (
        lambda: people("low2").network.views.rename(view.id, "theirs", ""),
        lambda: people("low2").network.views.share(view.id, shared=False),
        lambda: people("low2").network.views.delete(view.id),
    ):
        with pytest.raises(Refused):
            act()
    people("low").network.views.share(view.id, shared=False)
    assert people("low2").network.views.list_views() == []
    with pytest.raises(NotFound):
        people("nobody").network.views.list_views()
    with pytest.raises(Refused):
        people("aud").network.views.list_views()


def test_a_view_made_with_more_is_not_there_for_who_sees_less(people: Place) -> None:
    view = people("high").network.views.save(STATE, "with C", shared=True)
    assert people("low").network.views.list_views() == people("sourced").network.views.list_views() == []
    with pytest.raises(NotFound):
        people("low").network.views.open(view.id)
    assert [entry.id for entry in people("whole").network.views.list_views()] == [view.id]


def test_notes_of_who_knows_sources_are_for_those_who_do(people: Place) -> None:
    view = people("sourced").network.views.save(STATE, "shared", "Q-AAAA-BBBB-CCCC is sure", shared=True)
    (listed_view,) = people("low").network.views.list_views()
    assert (listed_view.notes, listed_view.withheld) == ("", True)
    assert people("whole").network.views.look(view.id)[0].notes == "Q-AAAA-BBBB-CCCC is sure"


def test_name_and_look_of_who_knows_sources_are_for_those_who_do(people: Place) -> None:
    look = {"layout": "force", "colour": "Q-AAAA-BBBB-CCCC"}
    view_state = other(look=look, asked=[["id", "boss-1"], ["depth", "1"], ["find", "Q-AAAA-BBBB-CCCC"]])
    view = people("sourced").network.views.save(view_state, "what Q-AAAA-BBBB-CCCC told", shared=True)
    low = people("low")
    (listed_view,) = low.network.views.list_views()
    assert (listed_view.name, listed_view.withheld) == (f"View made on {view.created_at:%Y-%m-%d}", True)
    state = low.network.views.open(view.id).state
    assert state["asked"] == [["id", "boss-1"], ["depth", "1"]]
    assert (state["arranged"], state["pinned"]) == (low.network.views.open(view.id).state["arranged"], ["aide-1"])
    assert "look" not in state
    assert "Q-AAAA" not in json.dumps([state, str(low.network.views.look(view.id)), str(low.network.views.drafts())])
    for reader in ("sourced", "whole"):
        assert people(reader).network.views.open(view.id).state["look"] == look
        assert people(reader).network.views.look(view.id)[0].name == "what Q-AAAA-BBBB-CCCC told"
    # Versions added by others belong to them; the earlier version stays as it is.
    assert low.network.views.save_version(view.id, other(look={"layout": "rings"}), 1).version == 2
    assert low.network.views.open(view.id).state["look"] == {"layout": "rings"}
    assert people("sourced").network.views.restore(view.id, 1).version == 3
    assert "look" not in low.network.views.open(view.id).state
    assert "look" not in low.network.views.open(low.network.views.restore(view.id, 1).id).state


@pytest.mark.changes
def test_who_sees_more_does_not_save_it_into_a_view_of_less(people: Place) -> None:
    view = people("low").network.views.save(STATE, "on P", shared=True)
    people.load("high", SECOND)
    with pytest.raises(OtherLevel):
        people("high").network.views.save_version(view.id, other(arranged={HIDDEN: [0, 0]}), 1)
    assert not people("high").network.views.list_views()[0].savable
    assert people("low").network.views.look(view.id)[0].version == 1
    own = people("high").network.views.save(other(arranged={HIDDEN: [0, 0]}), "on C", shared=True)
    assert people("high").network.views.open(own.id).state["arranged"] == {HIDDEN: [0, 0]}
    assert [entry.name for entry in people("low").network.views.list_views()] == ["on P"]


# -- two people ----------------------------------------------------------------------------------------------------


def test_saving_over_what_another_saved_meanwhile_is_told_and_loses_nothing(people: Place) -> None:
    view = people("low").network.views.save(STATE, "ours", shared=True)
    people("low2").network.views.save_version(view.id, other(pinned=[]), 1)
    assert people("low").network.views.newest(view.id).account == "low2"
    mine = other(arranged={"boss-1": [7, 7]})
    with pytest.raises(SavedMeanwhile, match=r"low2 saved version 2 on .* UTC, and yours began as version 1") as error:
        people("low").network.views.save_version(view.id, mine, 1)
    assert (error.value.status, error.value.newest.number) == (409, 2)
    assert people("low").network.views.save_version(view.id, mine, 1, anyway=True).version == 3
    assert people("low").network.views.open(view.id, 2).state["pinned"] == []
    assert people("low").network.views.open(view.id, 3).state["arranged"] == {"boss-1": [7, 7]}


def test_what_another_saved_in_is_neither_closed_to_them_nor_deleted(people: Place) -> None:
    view = people("low").network.views.save(STATE, "ours", shared=True)
    people("low2").network.views.save_version(view.id, other(pinned=[]), 1)
    with pytest.raises(Refused, match="low2 has saved in this view"):
        people("low").network.views.share(view.id, shared=False)
    assert people("low").network.views.delete(view.id) == "low2"
    (theirs,) = people("low2").network.views.list_views()
    assert (theirs.id, theirs.mine, theirs.version) == (view.id, True, 2)
    own = people("low").network.views.save(STATE, "mine")
    assert people("low").network.views.delete(own.id) == ""
    with pytest.raises(NotFound):
        people("low").network.views.look(own.id)


# -- changes since -------------------------------------------------------------------------------------------------


@pytest.mark.changes
def test_what_changed_since_is_told_at_the_level_the_view_was_made_at(people: Place) -> None:
    on_p = people("low").network.views.save(STATE, "on P", shared=True)
    on_c = people("high").network.views.save(STATE, "on C", shared=True)
    people.load("high", SECOND)  # all of it C
    assert people("low").network.views.open(on_p.id).changes == []
    assert people("whole").network.views.open(on_p.id).changes == []
    changes = {
        (change.subject, change.relation, change.object): change
        for change in people("whole").network.views.open(on_c.id).changes or []
    }
    assert changes["boss-1", "DIRECTED", "aide-2"].kind == "new"
    assert changes["boss-1", "DIRECTED", "aide-1"].kind == "moved"
    assert "rested on" in changes["boss-1", "DIRECTED", "aide-1"].what
    assert changes == {
        (change.subject, change.relation, change.object): change
        for change in people("high").network.views.open(on_c.id).changes or []
    }
    # Once the delivery is undone, the view is as before.
    people("whole").deliveries.undo(2, quiet)
    assert people("high").network.views.open(on_c.id).changes == []


@pytest.mark.changes
def test_links_that_are_gone_or_denied_since_are_told(people: Place) -> None:
    view = people("low").network.views.save(STATE, "on P")
    denial = {
        "people": [{"id": "aide-9", "name": "Eve Nine", "category": "suspect"}],
        "statements": [{"id": "report-9", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
        "links": [row | {"polarity": "denies"} for row in statement_claims("report-9", "aide-2 MEMBER_OF gang-1")],
    }
    people.load("high", denial)
    (change,) = people("low").network.views.open(view.id).changes or []
    assert (change.kind, "denied or contested now" in change.what) == ("moved", True)
    people("whole").deliveries.undo(1, quiet)
    opened = people("low").network.views.open(view.id)
    # What the denial is about stays, under its id.
    assert (opened.state["arranged"], opened.absent, opened.changes) == ({"gang-1": [0, 200]}, 2, [])


@pytest.mark.changes
def test_what_is_left_of_a_view_can_still_be_drawn(people: Place) -> None:
    more = {
        "people": [{"id": "aide-9", "name": "Eve Nine"}],
        "statements": [{"id": "report-9", "kind": "record", "handling": "P"}],
        "links": statement_claims("report-9", "boss-1 PAID aide-9"),
    }
    people.load("high", more, partial=True)
    state = other(asked=[["id", "aide-9"], ["depth", "1"]], arranged={"aide-9": [0, 0], "boss-1": [9, 9]}, pinned=[])
    view = people("low").network.views.save(state, "round Eve")
    people("low").network.views.keep_draft("sitting1", state)
    people("whole").deliveries.undo(2, quiet)
    for left in (people("low").network.views.open(view.id).state, people("low").network.views.drafts()[0].state):
        assert left["asked"] == [["depth", "1"], ["add", "boss-1"]]


# -- the last position ---------------------------------------------------------------------------------------------


def test_where_one_was_is_kept_for_each_account_and_sitting(people: Place) -> None:
    low = people("low")
    assert low.network.views.drafts() == []
    view = low.network.views.save(STATE, "begun")
    low.network.views.keep_draft("first000", other(pinned=["gang-1"]), view.id, 1)
    low.network.views.keep_draft("first000", other(pinned=["gang-1", "boss-1"]), view.id, 1)
    (draft,) = low.network.views.drafts()
    assert (draft.picture, draft.name, draft.version) == (view.id, "begun", 1)
    assert draft.state["pinned"] == ["gang-1", "boss-1"]
    assert people("low2").network.views.drafts() == []
    with pytest.raises(NotFound):
        people("low2").network.views.keep_draft("first000", STATE, view.id, 1)
    with pytest.raises(RequestError):
        low.network.views.keep_draft("no", STATE)
    low.network.views.delete(view.id)
    assert [draft.name for draft in low.network.views.drafts()] == [""]
    for number in range(6):
        low.network.views.keep_draft(f"later00{number}", other(pinned=[]))
    assert [draft.sitting for draft in low.network.views.drafts()] == [f"later00{number}" for number in (5, 4, 3, 2, 1)]
    low.network.views.drop_draft("later004")
    assert len(low.network.views.drafts()) == 4


def test_a_draft_made_with_more_is_not_there_once_less_is_seen(service: Service, case: str, people: Place) -> None:
    people("high").network.views.keep_draft("sitting1", STATE)
    who = people("high").principal
    lowered = service.session(type(who)(who.name, who.roles, {case: Grant("P")}), "tests", case)
    assert lowered.network.views.drafts() == []


# -- sealing and erasing -------------------------------------------------------------------------------------------


@pytest.mark.changes
def test_views_and_comments_do_not_follow_from_a_name_to_a_pseudonym(
    service: Service, case: str, people: Place
) -> None:
    low = people("low")
    view = low.network.views.save(STATE, "Bo Quist's boats", "Bo Quist was seen", shared=True)
    low.network.views.keep_draft("sitting1", STATE, view.id, 1)
    low.network.comments.add(["aide-1"], "Bo Quist is quiet")
    low.network.comments.add(["boss-1", "DIRECTED", "aide-1"], "twice")
    sealed = pseudonym(service.register.key(case, create=False), "person", "aide-1")
    seal(people("cus"), people("sup"), "aide-1")
    assert sealed not in stored_text(service, case)
    opened = low.network.views.open(view.id)
    assert opened.state["pinned"] == []
    assert "aide-1" not in opened.state["arranged"]
    assert (opened.absent, opened.changes) == (0, [])
    # Only authors see what they typed.
    assert opened.picture.notes == "Bo Quist was seen"
    assert (opened.state["asked"][-1], opened.state["look"]["seen"]) == (["find", "Bo Quist"], ["aide-1"])
    seen = people("other").network.views.open(view.id)
    assert (seen.picture.name, seen.picture.notes) == ("[withheld]", "[withheld]")
    assert (seen.state["asked"][-1], seen.state["look"]["seen"]) == (["find", "[withheld]"], ["[withheld]"])
    assert low.network.comments.of(sealed) == []
    assert low.network.comments.of("boss-1", "DIRECTED", sealed) == []
    assert [draft.state["pinned"] for draft in low.network.views.drafts()] == [[]]


@pytest.mark.changes
def test_trying_names_in_views_and_comments_tells_their_writer_nothing(people: Place) -> None:
    seal(people("cus"), people("sup"), "aide-1")
    low, other_reader = people("low"), people("other")
    for name in ("Bo Quist", "Bo Nobody"):
        view = low.network.views.save(STATE, f"of {name}", f"{name} was seen", shared=True)
        low.network.comments.add(["boss-1"], f"{name} is quiet")
        assert (view.name, view.notes) == (f"of {name}", f"{name} was seen")
    assert [comment.text for comment in low.network.comments.of("boss-1")] == [
        "Bo Quist is quiet",
        "Bo Nobody is quiet",
    ]
    assert [comment.text for comment in other_reader.network.comments.of("boss-1")] == [
        "[withheld]",
        "Bo Nobody is quiet",
    ]
    listed = {view.name for view in other_reader.network.views.list_views()}
    assert listed == {"[withheld]", "of Bo Nobody"}
    mine = next(view for view in low.network.views.list_views() if view.name == "of Bo Quist")
    low.network.views.rename(mine.id, "Bo Quist", "")
    assert next(view.name for view in other_reader.network.views.list_views() if view.id == mine.id) == "[withheld]"


UNDER_C: Tables = {
    "people": [{"id": "hidden-victim", "name": "Dilan Hidden", "category": "victim", "handling": "C"}],
    "statements": [{"id": "report-c", "kind": "intelligence", "handling": "C", "source_id": "CHIS-falcon-77"}],
    "links": statement_claims("report-c", "aide-1 RECRUITED hidden-victim"),
}
GUESSES = [SEALED_NAME, SEALED, "Dilan Hidden", "hidden-victim", "falcon-77", "Bo Nobody", "absent-witness"]


@pytest.mark.changes
def test_trying_names_in_the_state_of_a_view_or_draft_tells_its_author_nothing(people: Place) -> None:
    people.load("high", UNDER_C)
    low = people("low")
    guesses = other(
        asked=[["id", "boss-1"], *(["find", word] for word in GUESSES), ["open", "~X_MET_DILAN_HIDDEN~boss-1"]],
        look={"note": GUESSES},
    )
    view = low.network.views.save(guesses, "mine", shared=True)
    low.network.views.keep_draft("sitting1", guesses)
    public = ["[withheld]", "[withheld]", *GUESSES[2:]]  # readers of P do not learn whom C seals
    for _ in range(2):
        for state in (low.network.views.open(view.id).state, low.network.views.drafts()[0].state):
            assert (state["asked"], state["look"]["note"]) == (guesses["asked"], GUESSES)
        assert people("other").network.views.open(view.id).state["look"]["note"] == public
        assert people("high").network.views.open(view.id).state["look"]["note"] == ["[withheld]"] * 4 + GUESSES[4:]
        people.load("high", LATER)


@pytest.mark.changes
def test_what_a_version_changes_does_not_confirm_a_guess_of_withheld_words(people: Place) -> None:
    view = people("low").network.views.save(other(look={"note": SEALED_NAME}), "mine", shared=True)
    guessing = people("other").network.views
    for number, word in enumerate((SEALED_NAME, "Bo Nobody"), start=1):
        if number > 1:
            people("low").network.views.save_version(view.id, other(look={"note": SEALED_NAME}), number)
            number += 1
        guessing.save_version(view.id, other(look={"note": word}), number)
        assert guessing.look(view.id)[1][0].said == "look"


@pytest.mark.changes
def test_a_view_does_not_show_a_relation_that_names_somebody_sealed_since(people: Place) -> None:
    named: Tables = {
        "people": [{"id": "aide-7", "name": "Zoltan Quarrel", "category": "suspect"}],
        "statements": [{"id": "report-7", "kind": "intelligence", "handling": "P"}],
        "links": statement_claims(
            "report-7", "boss-1 X_COUSIN_OF_ZOLTAN_QUARREL aide-1", "boss-1 X_COUSIN_OF_NOBODY aide-1"
        ),
    }
    people.load("high", named)
    view = people("low").network.views.save(STATE, "mine", shared=True)
    people.load("high", {"people": [{"id": "aide-7", "date_of_birth": "2013-01-01"}]})
    for name in ("low", "other"):
        changes = people(name).network.views.open(view.id).changes
        assert [(change.kind, change.relation) for change in changes or []] == [("new", "X_WITHHELD")]


def typed_by_low(people: Place, words: str, folder: Path) -> None:
    """Type words in every place where others read them."""
    low = people("low")
    low.network.views.save(STATE, words, shared=True)
    low.network.comments.add(["boss-1"], words)
    low.leads.reviews.add("boss-1", "agree", words)
    low.exports.make(Wanted(picture=PictureRequest(ids=("boss-1",))), words, "for the hearing", ask=True)
    (folder / "days.csv").write_text("day,count\n2020-05-01,3\n2020-05-02,4\n", "utf-8")
    low.time.reference.load(folder / "days.csv", words, handling="P")


def read_by(people: Place, name: str) -> list[list[str]]:
    """Return these words as shown to a reader: view, comment, review, series."""
    session = people(name)
    return [
        [view.name for view in session.network.views.list_views()],
        [comment.text for comment in session.network.comments.of("boss-1")],
        [review.reason for review in session.leads.reviews.of("boss-1")],
        [series.name for series in session.time.reference.list_series()],
    ]


LATER: Tables = {
    "people": [{"id": "aide-9", "name": "Cal Rowe", "category": "suspect"}],
    "statements": [{"id": "report-9", "kind": "intelligence", "handling": "P"}],
    "links": statement_claims("report-9", "aide-9 MEMBER_OF gang-1"),
}


@pytest.mark.changes
def test_authors_read_all_their_own_words_and_others_none_that_name_somebody_sealed(
    people: Place, tmp_path: Path
) -> None:
    typed_by_low(people, SEALED_NAME, tmp_path)
    for _ in range(2):
        assert read_by(people, "low") == [[SEALED_NAME]] * 4
        assert read_by(people, "other") == [["[withheld]"]] * 4
        assert [people(name).exports.recipients() for name in ("low", "other", "sup")] == [
            [SEALED_NAME],
            [],
            [SEALED_NAME],
        ]
        people.load("high", LATER)


@pytest.mark.changes
@pytest.mark.parametrize("words", ["Dilan Hidden", "falcon-77"])
def test_what_is_c_withholds_nothing_of_words_that_are_p(people: Place, tmp_path: Path, words: str) -> None:
    """Otherwise readers cleared for P would learn a name or a source that is only under C."""
    people.load("high", UNDER_C)
    typed_by_low(people, words, tmp_path)
    for _ in range(2):
        assert read_by(people, "low") == read_by(people, "other") == [[words]] * 4
        of_c = "[withheld]" if words == "Dilan Hidden" else words
        assert read_by(people, "high") == [[of_c]] * 4
        people.load("high", LATER)


@pytest.mark.changes
def test_who_two_persons_opened_is_followed_back(service: Service, case: str, people: Place) -> None:
    low = people("low")
    sealed = pseudonym(service.register.key(case, create=False), "person", SEALED)
    view = low.network.views.save(other(arranged={sealed: [5, 5]}), "then")
    assert low.network.views.open(view.id).state["arranged"] == {sealed: [5, 5]}
    unseal(people("cus"), people("sup"), sealed)
    assert low.network.views.open(view.id).state["arranged"] == {SEALED: [5, 5]}


@pytest.mark.changes
def test_erasing_leaves_nothing_of_the_person(service: Service, case: str, people: Place) -> None:
    low = people("low")
    view = low.network.views.save(STATE, "Bo Quist's boats", "Bo Quist, aide-1, was seen", shared=True)
    low.network.views.keep_draft("sitting1", STATE, view.id, 1)
    for about in (["aide-1"], ["boss-1", "DIRECTED", "aide-1"]):
        low.network.comments.add(about, "of him alone")
    low.network.comments.add(["boss-1"], "He paid Bo Quist")
    request = people("cus").protection.erasures.ask("aide-1", "asked for it")
    people("sup").protection.erasures.agree(request, quiet)
    for word in ("aide-1", "Quist", "of him alone", "S-"):
        assert word not in stored_text(service, case).replace("S-ERASED", ""), word
    opened = low.network.views.open(view.id)
    assert (sorted(opened.state["arranged"]), opened.state["pinned"], opened.state["look"]["seen"]) == (
        ["aide-2", "boss-1", "gang-1"],
        [],
        [],
    )
    assert (opened.absent, opened.changes) == (0, [])
    assert len(low.network.comments.of("boss-1")) == 1


# -- comments ------------------------------------------------------------------------------------------------------


def test_comments_are_told_in_order_and_counted(people: Place) -> None:
    low = people("low")
    low.network.comments.add(["boss-1"], " seen at the harbour ")
    people("low2").network.comments.add(["boss-1"], "when?")
    people("low2").network.comments.add(["boss-1", "DIRECTED", "aide-1"], "who says so?")
    comments = low.network.comments.of("boss-1")
    assert [(comment.account, comment.text, comment.mine) for comment in comments] == [
        ("low", "seen at the harbour", True),
        ("low2", "when?", False),
    ]
    assert low.network.comments.counts() == ({"boss-1": 2}, {("boss-1", "DIRECTED", "aide-1"): 1})
    assert low.network.comments.of("aide-1") == []


def test_what_is_taken_back_keeps_its_place_and_its_words_are_for_supervisors(people: Place) -> None:
    low = people("low")
    comment_id = low.network.comments.add(["boss-1"], "wrong")
    with pytest.raises(Refused):
        people("low2").network.comments.take_back(comment_id)
    low.network.comments.take_back(comment_id)
    low.network.comments.take_back(comment_id)
    for name, words in (("low", ""), ("low2", ""), ("sup", "wrong")):
        (comment,) = people(name).network.comments.of("boss-1")
        assert comment.taken_back_at is not None
        assert comment.text == words
    assert low.network.comments.counts() == ({}, {})
    with pytest.raises(NotFound):
        low.network.comments.take_back("no such")


def test_a_comment_is_told_at_the_level_of_who_wrote_it(people: Place) -> None:
    comment_id = people("high").network.comments.add(["boss-1"], "C says more")
    people("sourced").network.comments.add(["boss-1"], "the cook told it")
    assert people("low").network.comments.of("boss-1") == []
    assert people("low").network.comments.counts() == ({}, {})
    assert [comment.text for comment in people("whole").network.comments.of("boss-1")] == [
        "C says more",
        "the cook told it",
    ]
    with pytest.raises(NotFound):
        people("low").network.comments.take_back(comment_id)


@pytest.mark.changes
def test_comments_are_about_what_is_there(people: Place) -> None:
    people.load("high", SECOND)
    low = people("low")
    people("high").network.comments.add([HIDDEN], "new")
    people("high").network.comments.add([HIDDEN, "DIRECTED", "boss-1"], "new")
    for about in ([HIDDEN], ["nobody"], [HIDDEN, "DIRECTED", "boss-1"], ["boss-1", "PAID", "gang-1"], [SEALED]):
        with pytest.raises(NotFound):
            low.network.comments.add(about, "guessing")
        with pytest.raises(NotFound):
            low.network.comments.of(*about)
    for about in ([], ["boss-1", "DIRECTED"], [""]):
        with pytest.raises(RequestError):
            low.network.comments.add(about, "x")
    for text in ("", "  ", "x" * 2001):
        with pytest.raises(RequestError):
            low.network.comments.add(["boss-1"], text)
    assert low.network.comments.counts() == ({}, {})


def test_the_log_says_that_somebody_kept_something_and_not_what(people: Place) -> None:
    low = people("low")
    low.network.views.save(STATE, "Ari Berg and his people", "the cook told it")
    low.network.comments.add(["boss-1"], "the cook told it")
    text = str(people.lines())
    assert "'what': 'save'" in text
    assert "'what': 'add'" in text
    assert "cook" not in text
    assert "Ari" not in text
