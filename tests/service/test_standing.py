"""Who stands by name and who by a pseudonym, over any sequence of deliveries. Pure: no server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphsvc.access.vault import pseudonym
from graphsvc.cases.image.standing import (
    BY_DECISION,
    NO_PART,
    THE_SAME,
    WHERE_THEY_LIVE,
    WITH_THEIRS,
    Deciding,
    Standing,
    Standings,
    asked_by,
    opened_by,
    packed,
    sealed_anew,
    sealed_ids,
    standings,
    unpacked,
)
from graphsvc.ingest.check import Row
from graphsvc.ingest.fold import State, fold

KEY = b"k" * 32
BY = Deciding(KEY, dt.date(2020, 5, 8), today=dt.date(2020, 5, 9))
COLUMNS = {"people": ["id", "name", "category", "sealed", "date_of_birth", "age_disputed", "handling", "statement_id"]}


def rows(table: str, *values: Mapping[str, Any]) -> list[Row]:
    return [Row(table, f"{table}.csv", line, dict(one)) for line, one in enumerate(values, 2)]


def people(*values: Mapping[str, Any]) -> list[Row]:
    return rows("people", *values)


def said(*links: str, handling: str = "P", statement: str = "S1", kind: str = "intelligence") -> list[Row]:
    """A statement and its claims, each written as subject, relation, object."""
    claims = [dict(zip(("subject_id", "relation", "object_id"), one.split(), strict=True)) for one in links]
    return [
        *rows("statements", {"id": statement, "kind": kind, "handling": handling}),
        *rows("links", *({**one, "statement_id": statement} for one in claims)),
    ]


CROSSING = rows("crossings", {"id": "c1", "date": "2020-05-08"})


def after(*deliveries: list[Row], by: Deciding = BY) -> tuple[State, dict[str, Standing]]:
    """The state and the standings that deliveries in order make."""
    state, standing = State(), dict[str, Standing]()
    for number, delivered in enumerate(deliveries, 1):
        fold(state, number, delivered, COLUMNS, partial=False)
        standing = standings(standing, state, by, number)
    return state, standing


def of(standing: Standings, person: str) -> Standing:
    return standing[pseudonym(KEY, "person", person)]


@pytest.mark.parametrize(
    ("row", "claim", "why"),
    [
        ({}, "p PILOTED c1", ""),
        ({}, "p CROSSED_ON c1", NO_PART),
        ({}, "p ASSOCIATES_WITH q", NO_PART),
        ({}, "p SERVED q", ""),
        ({}, "q SERVED p", NO_PART),
        ({}, "q PAID p", NO_PART),
        ({}, "q RELATED_TO p", NO_PART),
        ({"category": ["victim", "witness"]}, "p PILOTED c1", ""),
        ({"category": ["victim"]}, "q RECRUITED p", NO_PART),
        ({"category": ["suspect"]}, "p CROSSED_ON c1", ""),
        ({"category": ["convicted", "witness"]}, "q PAID p", ""),
        ({"date_of_birth": "2004"}, "p PILOTED c1", "under 18"),
        ({"age_disputed": "yes"}, "p PILOTED c1", "age disputed"),
        ({"sealed": "yes", "category": ["suspect"]}, "p PILOTED c1", "sealed by hand"),
    ],
)
def test_who_comes_first_is_decided_by_the_part_they_play(row: dict[str, Any], claim: str, why: str) -> None:
    _, standing = after([*people({"id": "p", **row}, {"id": "q"}), *CROSSING, *said(claim)])
    assert (of(standing, "p").sealed, of(standing, "p").why) == (bool(why), why)


@pytest.mark.parametrize("claim", ["p PILOTED c1", "p CROSSED_ON c1"])
def test_being_a_source_changes_nothing(claim: str) -> None:
    told = [*people({"id": "p"}), *CROSSING, *said(claim)]
    account = rows("statements", {"id": "S2", "kind": "witness", "source_id": "p", "handling": "C"})
    alone, with_account = after(told)[1], after([*told, *account])[1]
    assert packed(alone) == packed(with_account) == packed(after(told, account)[1])


def test_who_is_sealed_stays_sealed_whatever_comes() -> None:
    first = [*people({"id": "p", "name": "Hewa Karim", "sealed": "yes"}), *CROSSING, *said("p PILOTED c1")]
    state, before = after(first)
    emptied = people({"id": "p", "name": "H. K."})
    fold(state, 2, emptied, COLUMNS, partial=False)
    now = standings(before, state, BY, 2)
    assert of(now, "p").sealed
    assert [one["name"] for one in of(now, "p").identities] == ["Hewa Karim", "H. K."]
    assert (opened_by(before, now, 2), of(now, "p").against) == (1, 2)
    assert of(standings(now, State(), BY, 3), "p").identities == of(now, "p").identities  # all of it taken back


def test_who_is_named_stays_named_and_a_delivery_only_asks() -> None:
    first = [*people({"id": "p"}), *CROSSING, *said("p PILOTED c1")]
    carried = [*people({"id": "p", "age_disputed": "yes"}), *said("p CROSSED_ON c1")]
    _, standing = after(first, carried)
    assert (of(standing, "p").sealed, of(standing, "p").asked) == (False, "age disputed")
    name = pseudonym(KEY, "person", "p")
    two = Deciding(KEY, BY.on, decided={name: "sealed"})
    _, decided = after(first, carried, by=two)
    assert (of(decided, "p").sealed, of(decided, "p").why) == (True, BY_DECISION)


def test_a_mark_that_comes_after_two_persons_opened_somebody_asks_and_what_they_knew_of_does_not() -> None:
    name = pseudonym(KEY, "person", "p")
    opened, deciding = (Deciding(KEY, BY.on, decided={name: "opened"}, now=now) for now in ((), (name,)))
    state, standing = after([*people({"id": "p", "age_disputed": "yes"}), *CROSSING, *said("p CROSSED_ON c1")])
    standing = standings(standing, state, deciding, 1)
    assert (of(standing, "p").sealed, of(standing, "p").asked) == (False, "")
    before = standing
    fold(state, 2, people({"id": "p", "age_disputed": "yes", "name": "P. Q."}), COLUMNS, partial=False)
    standing = standings(standing, state, opened, 2)
    assert of(standing, "p").asked == ""
    fold(state, 3, people({"id": "p", "sealed": "yes"}), COLUMNS, partial=False)
    standing = standings(standing, state, opened, 3)
    assert (of(standing, "p").sealed, of(standing, "p").asked) == (False, "sealed by hand")
    assert asked_by(before, standing) == 1
    # Two persons look at it again, and open them all the same.
    standing = standings(standing, state, deciding, 3)
    assert of(standing, "p").asked == of(standings(standing, state, opened, 4), "p").asked == ""


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        ({"sealed": "yes"}, "sealed by hand"),
        ({"age_disputed": "yes"}, "age disputed"),
        ({"date_of_birth": "2005-01-02"}, "under 18"),
    ],
)
def test_who_was_opened_and_taken_back_comes_again_by_name_and_a_mark_asks(mark: dict[str, Any], why: str) -> None:
    """Nobody who opened them knew of the mark: it is asked about as one that comes while they are there."""
    name = pseudonym(KEY, "person", "p")
    opened, deciding = (Deciding(KEY, BY.on, decided={name: "opened"}, now=now) for now in ((), (name,)))
    told = [*CROSSING, *said("p CROSSED_ON c1")]
    state, standing = after([*people({"id": "p"}), *told])
    assert of(standing, "p").why == NO_PART
    standing = standings(standing, state, deciding, 1)
    taken_back = standings(standing, State(), opened, 1)
    assert name not in taken_back
    corrected = State()
    fold(corrected, 2, [*people({"id": "p", **mark}), *told], COLUMNS, partial=False)
    again = standings(taken_back, corrected, opened, 2)
    assert (of(again, "p").sealed, of(again, "p").asked) == (False, why)
    assert asked_by(taken_back, again) == 1
    # Without a mark nothing is asked.
    plain = State()
    fold(plain, 2, [*people({"id": "p"}), *told], COLUMNS, partial=False)
    assert of(standings(taken_back, plain, opened, 2), "p").asked == ""
    # A kill before the standings were kept: they knew of the mark, and are asked nothing.
    sealed = standings({}, corrected, BY, 2)
    assert (of(sealed, "p").sealed, of(standings(sealed, corrected, opened, 2), "p").asked) == (True, "")


@pytest.mark.parametrize("restricted", [True, False], ids=["with what is C", "without it"])
def test_after_an_undo_what_is_c_decides_nothing_of_who_comes_again_under_p(restricted: bool) -> None:
    secret = [*people({"id": "p", "handling": "C"}), *CROSSING, *said("p ORGANISED c1", handling="C", statement="S9")]
    state, standing = after(secret if restricted else CROSSING)
    told, by_hand = State(), [*people({"id": "p"}), *said("p PILOTED c1")]
    for kept in (secret if restricted else CROSSING, by_hand):
        fold(told, 1, kept, COLUMNS, partial=True)
    standing = standings(standing, told, BY, 2)
    assert (of(standing, "p").sealed, of(standing, "p").level) == (False, "P")
    standing = standings(standing, state, BY, 3)  # the second was taken back
    fold(state, 4, [*people({"id": "p"}), *said("p CROSSED_ON c1", statement="S3")], COLUMNS, partial=True)
    assert of(standings(standing, state, BY, 4), "p").sealed


def test_who_was_taken_back_by_name_may_come_again_sealed() -> None:
    first = [*people({"id": "p"}), *CROSSING, *said("p PILOTED c1")]
    _, standing = after(first)
    gone = standings(standing, State(), BY, 2)
    assert gone == {}


def test_an_act_told_later_is_no_key_to_a_name() -> None:
    first = [*people({"id": "p"}), *CROSSING, *said("p CROSSED_ON c1")]
    _, standing = after(first, said("p PILOTED c1", statement="S2"))
    assert of(standing, "p").sealed


def test_what_is_c_decides_nothing_of_who_is_known_under_p() -> None:
    first = [*people({"id": "p", "name": "Ari"}), *CROSSING, *said("p PILOTED c1")]
    under_c = said("p CROSSED_ON c1", handling="C", statement="S2")
    row = people({"id": "p", "name": "Ari", "sealed": "yes", "handling": "C"})
    for hidden in (under_c, [*row, *under_c], [*people({"id": "p", "age_disputed": "yes"}), *under_c]):
        state, standing = after(first, hidden)
        assert packed(standing) == packed(after(first)[1])
        assert state.records["people"]["p"].open == {"id": "p", "name": "Ari"}


def test_who_is_known_from_c_alone_can_only_be_sealed_by_what_p_says() -> None:
    under_c = [*people({"id": "p"}), *CROSSING, *said("p ORGANISED c1", handling="C")]
    _, standing = after(under_c)
    assert (of(standing, "p").sealed, of(standing, "p").level) == (False, "C")
    _, carried = after(under_c, said("p CROSSED_ON c1", statement="S2"))
    assert (of(carried, "p").sealed, of(carried, "p").level) == (True, "P")
    assert sealed_anew(standing, carried) == {pseudonym(KEY, "person", "p")}
    passive = [*people({"id": "q"}), *CROSSING, *said("q CROSSED_ON c1", handling="C")]
    assert of(after(passive, said("q PILOTED c1", statement="S2"))[1], "q").sealed


def test_those_said_to_be_one_are_sealed_together() -> None:
    both = people({"id": "p", "sealed": "yes"}, {"id": "q"}, {"id": "r"})
    claims = said("p SAME_AS q", "r SAME_AS q", "q PILOTED c1", "r PILOTED c1")
    _, standing = after([*both, *CROSSING, *claims])
    assert [(of(standing, one).sealed, of(standing, one).why) for one in "qr"] == [(True, THE_SAME)] * 2
    _, later = after([*both, *CROSSING, *said("q PILOTED c1", "r PILOTED c1")], said("p SAME_AS q", statement="S2"))
    assert (of(later, "q").sealed, of(later, "q").asked) == (False, THE_SAME)


def test_what_leads_to_somebody_sealed_is_sealed_with_them() -> None:
    things = rows(
        "things", {"id": "t1", "kind": "phone"}, {"id": "t2", "kind": "address"}, {"id": "t3", "kind": "phone"}
    )
    claims = said("p USED t1", "p LOCATED_AT t2", "q USED t3", "q PILOTED c1")
    state, standing = after([*people({"id": "p"}, {"id": "q"}), *CROSSING, *things, *claims])
    assert set(sealed_ids(standing, state, KEY)) == {"p", "t1", "t2"}
    assert standing[pseudonym(KEY, "thing", "t1")].why == WITH_THEIRS
    state, later = after(
        [*people({"id": "p"}, {"id": "q"}), *CROSSING, *things, *claims],
        said("p USED t3", handling="C", statement="S2"),
    )
    assert "t3" not in sealed_ids(later, state, KEY)


def test_a_dwelling_of_which_only_who_lives_there_is_told_is_sealed_with_them() -> None:
    places = rows(
        "workplaces",
        {"id": "home", "kind": "dwelling", "handling": "P"},
        {"id": "hers", "kind": "dwelling", "handling": "P"},
        {"id": "house", "kind": "dwelling", "handling": "P"},
        {"id": "wash", "kind": "premises"},
    )
    told = [*people({"id": "p"}, {"id": "q"}), *CROSSING, *places]
    claims = said(
        "p LIVED_AT home", "p LIVED_AT hers", "q LIVED_AT hers", "p LIVED_AT house", "p LIVED_AT wash", "q MANAGED house",
        "q PILOTED c1",
    )  # fmt: skip
    state, standing = after([*told, *claims])
    assert set(sealed_ids(standing, state, KEY)) == {"p", "home"}
    assert standing[pseudonym(KEY, "thing", "home")].why == WHERE_THEY_LIVE
    # Who runs it may be told later: it stays sealed, as everything sealed does.
    state, later = after([*told, *claims], said("q MANAGED home", statement="S2"))
    assert set(sealed_ids(later, state, KEY)) == {"p", "home"}
    # What is C neither seals it nor keeps it open to those cleared for P.
    under_c = said("p LIVED_AT house", handling="C", statement="S2")
    state, standing = after([*told, *said("q PILOTED c1")], under_c)
    assert "house" not in sealed_ids(standing, state, KEY)
    _, with_c = after([*told, *said("q MANAGED home", handling="C", statement="S2"), *claims])
    assert with_c[pseudonym(KEY, "thing", "home")].sealed


def test_a_place_that_is_said_to_be_a_dwelling_later_is_sealed_anew_and_stays_whatever_it_is_called() -> None:
    told = [*people({"id": "p"}), *CROSSING, *said("p LIVED_AT w")]
    rows_of_it = [
        rows("workplaces", {"id": "w", "kind": kind, "name": name, "handling": "P"})
        for kind, name in (("premises", "Blue House"), ("dwelling", "Blue House"), ("premises", "Villa Rosa"))
    ]
    name = pseudonym(KEY, "thing", "w")
    _, first = after([*told, *rows_of_it[0]])
    assert not first[name].sealed
    _, second = after([*told, *rows_of_it[0]], rows_of_it[1])
    assert name in sealed_anew(first, second)
    _, third = after([*told, *rows_of_it[0]], rows_of_it[1], rows_of_it[2])
    assert third[name].sealed
    assert [one["name"] for one in third[name].identities] == ["Blue House", "Villa Rosa"]


def test_the_setting_names_who_is_only_tied_and_not_passive() -> None:
    tie = Deciding(KEY, BY.on, named="tie")
    told = [*people({"id": "p"}, {"id": "q"}, {"id": "r", "category": ["victim"]}), *CROSSING]
    claims = said("p CONTACTED q", "q CROSSED_ON c1", "r CONTACTED p")
    _, standing = after([*told, *claims], by=tie)
    assert [of(standing, one).sealed for one in "pqr"] == [False, True, True]


def test_who_is_sealed_stays_so_under_an_id_out_of_which_a_name_was_taken() -> None:
    """An erasure masks ids, in rows and in what is known alike; a pseudonym is made from the id."""
    told = [*CROSSING, *said("p PILOTED c1")]
    _, before = after([*people({"id": "p", "name": "Hewa", "sealed": "yes"}), *told])
    old = of(before, "p")
    known = {pseudonym(KEY, "person", "p"): replace(old, identities=({"id": "q", "name": "Hewa"},))}
    erasing = replace(BY, decided={pseudonym(KEY, "person", "x"): "erased"})
    state = State()
    fold(state, 1, [*people({"id": "q", "name": "Hewa"}), *CROSSING, *said("q PILOTED c1")], COLUMNS, partial=False)
    now = standings(known, state, erasing, 1)
    assert (of(now, "q").sealed, of(now, "q").why) == (True, old.why)
    assert of(now, "q").identities == ({"id": "q", "name": "Hewa"},)
    assert (of(now, "p").sealed, of(now, "p").identities) == (True, ())
    assert standings(now, state, erasing, 1) == now
    # Two persons who open them open them for good, whatever is still kept of the id that they had.
    name = pseudonym(KEY, "person", "q")
    opened = replace(erasing, decided={**erasing.decided, name: "opened"})
    assert not of(standings(now, state, replace(opened, now=[name]), 1), "q").sealed


def test_what_is_known_under_an_id_that_stays_is_not_lost_to_one_that_changes() -> None:
    one, other = {"id": "p", "name": "Ari Berg", "phones": ["+447700900431"]}, {"id": "q", "name": "Ari Vandal"}
    before = {pseudonym(KEY, "person", "p"): Standing(True, "P", "2020-05-09", NO_PART, 3, identities=(one, other))}
    erasing = replace(BY, decided={pseudonym(KEY, "person", "x"): "erased"})
    now = standings(before, State(), erasing, 4)
    assert [of(now, name).identities for name in "pq"] == [(one,), (other,)]
    assert all(of(now, name).sealed for name in "pq")
    assert of(now, "p").against == 3  # which was told when it was new
    assert standings(now, State(), erasing, 5) == now


def test_a_dwelling_of_which_no_row_says_that_it_is_one_keeps_what_is_known_of_it() -> None:
    """A delivery may leave the kind of a workplace out; an erasure of somebody else moves nothing of it."""
    known = ({"id": "w", "kind": "dwelling", "address": "12 Elm Street"}, {"id": "w", "address": "13 Elm Street"})
    name = pseudonym(KEY, "thing", "w")
    before = {name: Standing(True, "P", "2020-05-09", WHERE_THEY_LIVE, identities=known)}
    state = State()
    fold(state, 1, rows("workplaces", {"id": "w", "address": "13 Elm Street"}), COLUMNS, partial=False)
    erasing = replace(BY, decided={pseudonym(KEY, "person", "x"): "erased"})
    now = standings(before, state, erasing, 1)
    assert {pseudonym: standing.identities for pseudonym, standing in now.items()} == {name: known}


def test_standings_are_kept_as_they_are() -> None:
    _, standing = after([*people({"id": "p", "name": "Hewa", "x_mail": "h@example.org"}), *CROSSING, *said("p PAID p")])
    assert unpacked(packed(standing)) == standing


# -- any sequence --------------------------------------------------------------------------------------------------

IDS = ("p", "q", "r", "s")
ROW = st.fixed_dictionaries(
    {"id": st.sampled_from(IDS)},
    optional={
        "name": st.sampled_from(["Hewa Karim", "Ari Berg", "Bo Quist"]),
        "category": st.sampled_from([["suspect"], ["witness"], ["victim"]]),
        "sealed": st.sampled_from(["yes", "no"]),
        "date_of_birth": st.sampled_from(["2004", "1990"]),
        "age_disputed": st.sampled_from(["yes", "no"]),
        "handling": st.sampled_from(["P", "C"]),
    },
)
CLAIM = st.tuples(
    st.sampled_from(IDS),
    st.sampled_from(["PAID", "DIRECTED", "RECRUITED", "SAME_AS", "CONTACTED"]),
    st.sampled_from(IDS),
).map(" ".join)
DELIVERY = st.tuples(
    st.lists(ROW, max_size=4, unique_by=lambda one: one["id"]),
    st.lists(CLAIM, max_size=4),
    st.sampled_from("PC"),
    st.booleans(),
)
STEP = st.one_of(DELIVERY, st.integers(0, 5), st.tuples(st.sampled_from(IDS), st.sampled_from(["sealed", "opened"])))


@settings(max_examples=300)
@given(st.lists(STEP, min_size=1, max_size=8))
@example([([], [], "P", False), 1, ("p", "opened"), ([{"id": "p"}], [], "P", False)])  # while nothing holds them
def test_the_sealed_never_become_fewer_but_by_two_persons(steps: list[Any]) -> None:
    kept: dict[int, tuple[list[Row], bool]] = {1: (people(*({"id": one} for one in IDS)), False)}
    standing: dict[str, Standing] = {}
    decided: dict[str, str] = {}
    for number, step in enumerate(steps, 2):
        opened: set[str] = set()
        if isinstance(step, int):
            kept.pop(step, None)  # taken back
        elif len(step) == 2:
            name = pseudonym(KEY, "person", step[0])
            decided[name] = step[1]
            opened = {name} if step[1] == "opened" else set()
        else:
            given_rows, claims, handling, partial = step
            kept[number] = ([*people(*given_rows), *said(*claims, handling=handling, statement=f"S{number}")], partial)
        state = State()
        for one, (delivered, partial) in sorted(kept.items()):
            fold(state, one, delivered, COLUMNS, partial=partial)
        before = {name for name, one in standing.items() if one.sealed}
        known = {name: one.identities for name, one in standing.items() if one.sealed}
        by = Deciding(KEY, BY.on, decided=decided)
        standing = unpacked(packed(standings(standing, state, by, number)))  # as after a restart
        now = {name for name, one in standing.items() if one.sealed}
        assert before - now <= opened
        for name in now & before:
            assert standing[name].identities[: len(known[name])] == known[name]
