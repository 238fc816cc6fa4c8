"""Which people are named and which have a pseudonym, over any sequence of deliveries. No server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphsvc.access.vault import pseudonym
from graphsvc.cases.graph.computed import children
from graphsvc.cases.graph.handling import Handling
from graphsvc.cases.graph.sealing import (
    BY_DECISION,
    NO_ACT,
    NO_PART,
    SHARED_ID,
    THE_SAME,
    UNDER_C,
    SharedMark,
    Standing,
    is_news,
    marks,
    pack_standings,
    shared_marks,
    unpack_standings,
)
from graphsvc.cases.graph.standing import (
    WHERE_THEY_LIVE,
    WITH_THEIRS,
    Deciding,
    Standings,
    alone_theirs,
    by_name,
    named_by,
    opened_by,
    sealed_anew,
    sealed_ids,
    standings,
)
from graphsvc.ingest.check import Row
from graphsvc.ingest.fold import fold
from graphsvc.ingest.state import State

KEY = b"k" * 32
BY = Deciding(KEY, dt.date(2020, 5, 8), at="2020-05-09T10:00:00")
COLUMNS = {"people": ["id", "name", "category", "sealed", "date_of_birth", "age_disputed", "handling", "statement_id"]}


def rows(table: str, *values: Mapping[str, Any]) -> list[Row]:
    return [Row(table, f"{table}.csv", line, dict(cells)) for line, cells in enumerate(values, 2)]


def people(*values: Mapping[str, Any]) -> list[Row]:
    return rows("people", *values)


def statement_rows(*links: str, handling: str = "P", statement: str = "S1", kind: str = "intelligence") -> list[Row]:
    """A statement and its claims, each written as subject, relation, object."""
    claims = [dict(zip(("subject_id", "relation", "object_id"), link.split(), strict=True)) for link in links]
    return [
        *rows("statements", {"id": statement, "kind": kind, "handling": handling}),
        *rows("links", *({**claim, "statement_id": statement} for claim in claims)),
    ]


CROSSING = rows("crossings", {"id": "c1", "date": "2020-05-08"})


def after(*deliveries: list[Row], by: Deciding = BY) -> tuple[State, dict[str, Standing]]:
    """The state and the standings after deliveries in this order."""
    state, standing = State(), dict[str, Standing]()
    for number, delivered in enumerate(deliveries, 1):
        fold(state, number, delivered, COLUMNS, partial=False)
        standing = standings(standing, state, by, number, delivered)
    return state, standing


def of(standing: Standings, person: str) -> Standing:
    return standing[pseudonym(KEY, "person", person)]


@pytest.mark.parametrize(
    ("row", "claim", "why"),
    [
        ({}, "p PILOTED c1", ""),
        ({"name": "Ari"}, "p PILOTED c1", "act"),
        ({"phones": ["+44"]}, "p PILOTED c1", "act"),
        ({}, "p CROSSED_ON c1", NO_PART),
        ({"name": "Ari"}, "p CROSSED_ON c1", NO_PART),
        ({}, "p ASSOCIATES_WITH q", NO_PART),
        ({}, "p SERVED q", ""),
        ({}, "q SERVED p", NO_PART),
        ({}, "q PAID p", NO_PART),
        ({}, "q RELATED_TO p", NO_PART),
        ({"category": ["witness"]}, "p PILOTED c1", ""),
        ({"category": ["victim", "witness"]}, "p PILOTED c1", "victim"),
        ({"category": ["victim", "suspect"], "name": "Ari"}, "q RECRUITED p", "victim"),
        ({"category": ["suspect"]}, "p CROSSED_ON c1", ""),
        ({"category": ["suspect"], "name": "Ari"}, "p CROSSED_ON c1", "charged"),
        ({"category": ["convicted", "witness"]}, "q PAID p", ""),
        ({"date_of_birth": "2004"}, "p PILOTED c1", "under 18"),
        ({"age_disputed": "yes"}, "p PILOTED c1", "age disputed"),
        ({"sealed": "yes", "category": ["suspect"]}, "p PILOTED c1", "sealed by hand"),
    ],
)
def test_who_comes_first_is_decided_by_the_part_they_play(row: dict[str, Any], claim: str, why: str) -> None:
    _, standing = after([*people({"id": "p", **row}, {"id": "q"}), *CROSSING, *statement_rows(claim)])
    named = why in ("", "act", "charged")
    assert (of(standing, "p").sealed, of(standing, "p").why) == (not named, why)


@pytest.mark.parametrize("claim", ["p PILOTED c1", "p CROSSED_ON c1"])
def test_being_a_source_changes_nothing(claim: str) -> None:
    delivery = [*people({"id": "p"}), *CROSSING, *statement_rows(claim)]
    account = rows("statements", {"id": "S2", "kind": "witness", "source_id": "p", "handling": "C"})
    alone, with_account = after(delivery)[1], after([*delivery, *account])[1]
    assert pack_standings(alone) == pack_standings(with_account) == pack_standings(after(delivery, account)[1])


def test_who_is_sealed_stays_sealed_whatever_comes() -> None:
    first = [*people({"id": "p", "name": "Hewa Karim", "sealed": "yes"}), *CROSSING, *statement_rows("p PILOTED c1")]
    state, before = after(first)
    emptied = people({"id": "p", "name": "H. K."})
    fold(state, 2, emptied, COLUMNS, partial=False)
    now = standings(before, state, BY, 2)
    assert of(now, "p").sealed
    assert [known["name"] for known in of(now, "p").identities] == ["Hewa Karim", "H. K."]
    assert (opened_by(before, now, 2), of(now, "p").against) == (1, 2)
    assert of(standings(now, State(), BY, 3), "p").identities == of(now, "p").identities  # everything undone


MARKS = [
    ({"sealed": "yes"}, "sealed by hand"),
    ({"age_disputed": "yes"}, "age disputed"),
    ({"date_of_birth": "2005-01-02"}, "under 18"),
    ({"category": ["victim"]}, "victim"),
]


@pytest.mark.parametrize(("mark", "why"), MARKS)
def test_a_mark_seals_whoever_is_named_in_whatever_delivery_it_comes(mark: dict[str, Any], why: str) -> None:
    first = [*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p PILOTED c1")]
    assert not of(after(first)[1], "p").sealed
    _, standing = after(first, people({"id": "p", **mark}))
    assert (of(standing, "p").sealed, of(standing, "p").why) == (True, why)
    # Later deliveries change nothing: the person stays sealed.
    _, later = after(
        first, people({"id": "p", **mark}), people({"id": "p", "name": "Ari"}), statement_rows("p PILOTED c1")
    )
    assert of(later, "p").sealed


@pytest.mark.parametrize(("mark", "why"), MARKS)
def test_only_an_opening_after_the_mark_opens(mark: dict[str, Any], why: str) -> None:
    name = pseudonym(KEY, "person", "p")
    first = [*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p CROSSED_ON c1")]
    state, standing = after(first)
    noon, later = "2020-05-09T12:00:00", "2020-05-09T14:00:00"
    opening = replace(BY, decided={name: "opened"}, now=(name,), at=noon)
    opened = replace(opening, decided_at={name: noon}, now=(), at="2020-05-09T13:00:00")
    standing = standings(standing, state, opening, 1)
    assert not of(standing, "p").sealed
    assert not of(standings(standing, state, opened, 2), "p").sealed
    fold(state, 2, people({"id": "p", **mark}), COLUMNS, partial=True)
    standing = standings(standing, state, opened, 2)
    assert (of(standing, "p").sealed, of(standing, "p").why) == (True, why)
    assert of(standings(standing, state, replace(opened, at="2020-05-09T15:00:00"), 3), "p").sealed
    # If two persons who know of the mark name the person again, that mark no longer seals.
    again = replace(opened, decided_at={name: later}, at=later)
    standing = standings(standing, state, replace(again, now=(name,)), 3)
    assert not of(standing, "p").sealed
    assert not of(standings(standing, state, replace(again, at="2020-05-09T16:00:00"), 4), "p").sealed


@pytest.mark.parametrize(("mark", "why"), MARKS)
def test_who_was_opened_and_taken_back_comes_again_and_a_mark_seals(mark: dict[str, Any], why: str) -> None:
    """It cannot be shown that those who opened the person knew of the mark."""
    name = pseudonym(KEY, "person", "p")
    opening = replace(BY, decided={name: "opened"}, now=(name,))
    opened = replace(BY, decided={name: "opened"}, decided_at={name: BY.at}, at="2020-05-10T10:00:00")
    delivery = [*CROSSING, *statement_rows("p CROSSED_ON c1")]
    state, standing = after([*people({"id": "p"}), *delivery])
    standing = standings(standing, state, opening, 1)
    taken_back = standings(standing, State(), opened, 1)
    assert not by_name(taken_back)
    for row, is_sealed in (({"id": "p", **mark}, True), ({"id": "p"}, False)):
        again = State()
        fold(again, 2, [*people(row), *delivery], COLUMNS, partial=False)
        assert of(standings(taken_back, again, opened, 2), "p").sealed is is_sealed


def test_two_persons_seal_and_a_kill_before_it_was_kept_loses_no_opening() -> None:
    name = pseudonym(KEY, "person", "p")
    first = [*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p PILOTED c1")]
    _, sealed = after(first, by=replace(BY, decided={name: "sealed"}))
    assert (of(sealed, "p").sealed, of(sealed, "p").why) == (True, BY_DECISION)
    state, _ = after(first)
    opened = replace(BY, decided={name: "opened"}, decided_at={name: "2020-05-10"}, at="2020-05-11")
    assert not of(standings(sealed, state, opened, 1), "p").sealed


# -- no identity, no decision --------------------------------------------------------------------------------------

REGISTER = people(
    {"id": "P001", "name": "Kid Childs", "date_of_birth": "2014", "phones": ["+447700900001"], "notes": "in care"},
    {"id": "P002", "name": "Sealed Byfile", "sealed": "yes"},
    {"id": "P003", "name": "Vic Timm", "category": ["victim"]},
    {"id": "P004", "name": "Wit Ness", "category": ["witness"]},
    {"id": "P005", "name": "Plain Passenger"},
)
BARE = people(*({"id": f"P00{number}"} for number in range(1, 6)))


def test_an_act_claimed_of_a_bare_id_opens_nobody_who_arrives_under_it() -> None:
    acts = [*CROSSING, *statement_rows(*(f"P00{number} PILOTED c1" for number in range(1, 6)))]
    carried = statement_rows(*(f"P00{number} CROSSED_ON c1" for number in range(1, 6)), statement="S2")
    _, first = after([*BARE, *acts])
    assert not any(of(first, f"P00{number}").sealed for number in range(1, 6))  # only an id, so nothing is decided
    for register in (REGISTER, [*REGISTER, *carried]):
        _, standing = after([*BARE, *acts], register)
        assert all(of(standing, f"P00{number}").sealed for number in range(1, 6))
        # The same people are sealed whether the register or the act comes first.
        _, reordered = after([*register, *CROSSING], acts)
        assert sealed_names(reordered) == sealed_names(standing)
    # If the act is undone, they stay sealed.
    _, standing = after([*BARE, *acts], REGISTER)
    left = State()
    fold(left, 2, REGISTER, COLUMNS, partial=False)
    assert sealed_names(standings(standing, left, BY, 1, ())) == sealed_names(standing)


def sealed_names(standing: Standings) -> set[str]:
    return {name for name, entity in standing.items() if entity.sealed}


def test_who_comes_with_a_name_and_an_act_after_a_bare_id_is_named_and_the_custodian_is_told_by_which_delivery() -> (
    None
):
    bare = [*people({"id": "p"}), *CROSSING, *statement_rows("p PILOTED c1")]
    named = [*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p ASSISTED c1", statement="S2")]
    _, standing = after(bare, named)
    assert (of(standing, "p").sealed, of(standing, "p").named_by) == (False, 2)
    assert named_by(standing, 2) == {pseudonym(KEY, "person", "p")}
    assert sealed_names(after(named, bare)[1]) == sealed_names(standing) == set()


# -- an act that counts --------------------------------------------------------------------------------------------

ARI = people({"id": "p", "name": "Ari"}, {"id": "q", "name": "Bo"})


@pytest.mark.parametrize(
    ("statement", "cells", "is_named"),
    [
        ({}, {}, True),
        ({"source_grade": "2", "assessment": "D"}, {}, True),
        ({"status": "retracted_as_false"}, {}, False),
        ({"status": "withdrawn"}, {}, False),
        ({"source_grade": "3"}, {}, False),
        ({"assessment": "E"}, {}, False),
        ({"assessment": "A"}, {"assessment": "E"}, False),
        ({}, {"polarity": "denies"}, False),
        ({}, {"polarity": "withdrawn"}, False),
    ],
)
def test_naming_needs_an_act_that_stands(statement: dict[str, Any], cells: dict[str, Any], is_named: bool) -> None:
    said_so = rows("statements", {"id": "S1", "kind": "intelligence", "handling": "P", **statement})
    claim = {"subject_id": "p", "relation": "PILOTED", "object_id": "c1", "statement_id": "S1", **cells}
    _, standing = after([*ARI, *CROSSING, *said_so, *rows("links", claim)])
    assert of(standing, "p").sealed is not is_named


def test_a_worse_floor_lets_worse_grades_name() -> None:
    said_so = rows("statements", {"id": "S1", "kind": "intelligence", "source_grade": "3", "assessment": "E"})
    claim = {"subject_id": "p", "relation": "PILOTED", "object_id": "c1", "statement_id": "S1"}
    delivered = [*ARI, *CROSSING, *said_so, *rows("links", claim)]
    assert of(after(delivered)[1], "p").sealed
    assert not of(after(delivered, by=replace(BY, floor="3E"))[1], "p").sealed


def test_to_interpret_names_nobody() -> None:
    account = {"id": "S1", "kind": "intelligence", "handling": "P", "interpreter_id": "p"}
    _, standing = after([*ARI, *CROSSING, *rows("statements", account)])
    assert of(standing, "p").sealed


@pytest.mark.parametrize("last_read", ["", "2020-05-09T11:00:00"])
def test_when_the_last_act_goes_who_was_not_read_is_sealed_and_of_others_the_custodian_is_asked(last_read: str) -> None:
    state, standing = after([*ARI, *CROSSING, *statement_rows("p PILOTED c1")])
    fold(
        state, 2, rows("statements", {"id": "S1", "kind": "intelligence", "status": "withdrawn"}), COLUMNS, partial=True
    )
    standing = standings(standing, state, replace(BY, last_read=last_read, at="2020-05-09T12:00:00"), 2, ())
    assert (of(standing, "p").sealed, of(standing, "p").asked) == ((False, NO_ACT) if last_read else (True, ""))
    # When the act is delivered again, a sealed person stays sealed; for a named person the question is dropped.
    fold(state, 3, statement_rows("p PILOTED c1", statement="S3"), COLUMNS, partial=True)
    again = standings(standing, state, replace(BY, last_read=last_read), 3)
    assert (of(again, "p").sealed, of(again, "p").asked) == (not last_read, "")


def test_a_mark_that_comes_to_somebody_sealed_is_kept_and_outlives_its_delivery() -> None:
    state, standing = after([*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p CROSSED_ON c1")])
    first = standing
    fold(state, 2, people({"id": "p", "age_disputed": "yes"}), COLUMNS, partial=True)
    standing = standings(standing, state, BY, 2)
    assert of(standing, "p").why == f"{NO_PART}, age disputed"
    undone, _ = after([*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p CROSSED_ON c1")])
    loosened = replace(BY, protects_marked=True, loosened_at="2020-05-10", at="2020-05-10")
    assert of(standings(standing, undone, loosened, 3, ()), "p").sealed
    assert not of(standings(first, undone, loosened, 3, ()), "p").sealed


@pytest.mark.parametrize(("mark", "why"), MARKS)
@pytest.mark.parametrize("handling", ["P", "C"])
def test_a_mark_of_somebody_sealed_is_kept_in_any_handling_code_and_loosening_does_not_name_them(
    handling: str, mark: dict[str, Any], why: str
) -> None:
    person = {"id": "p", "name": "Ari", "handling": "P"}
    register = [*people(person, {"id": "q", "name": "Bo"}), *CROSSING, *statement_rows("p CROSSED_ON c1")]
    state, standing = after(register, people(person | mark | {"handling": handling}))
    assert of(standing, "p").why == f"{NO_PART}, {why}"
    loosened = replace(BY, protects_marked=True, loosened_at="2020-05-10", at="2020-05-10")
    standing = standings(standing, state, loosened, 3, ())
    assert (of(standing, "p").sealed, of(standing, "q").sealed) == (True, False)


@pytest.mark.parametrize(("mark", "why"), MARKS)
def test_an_opening_of_somebody_taken_back_counts_for_no_mark_under_c_either(mark: dict[str, Any], why: str) -> None:
    name = pseudonym(KEY, "person", "p")
    opened = replace(BY, decided={name: "opened"}, decided_at={name: BY.at}, at="2020-05-10T10:00:00")
    carried = [*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p CROSSED_ON c1")]
    again, _ = after(carried, people({"id": "p", "name": "Ari", "handling": "C", **mark}))
    assert of(standings({}, again, opened, 2), "p").why == f"{NO_PART}, {why}"


def test_whoever_is_the_same_as_somebody_marked_stays_sealed_when_the_case_is_loosened() -> None:
    both = people({"id": "p", "name": "Ari", "sealed": "yes"}, {"id": "q", "name": "Ari B."})
    state, standing = after([*both, *CROSSING, *statement_rows("p SAME_AS q", "q CROSSED_ON c1")])
    assert of(standing, "q").sealed
    loosened = replace(BY, protects_marked=True, loosened_at="2020-05-10", at="2020-05-10")
    assert of(standings(standing, state, loosened, 2, ()), "q").sealed


def test_no_mark_depends_on_being_a_source() -> None:
    for cells in ({}, {"category": ["witness"]}, {"category": ["witness@2020-05"]}):
        assert marks({"id": "p", **cells}, BY.on) == ()
    account = rows("statements", {"id": "S9", "kind": "witness", "source_id": "p", "handling": "P"})
    for by in (BY, replace(BY, named="tie")):
        for claim in ("p PILOTED c1", "p CROSSED_ON c1", "p CONTACTED q"):
            delivery = [*ARI, *CROSSING, *statement_rows(claim)]
            as_witness = [*people({"id": "p", "name": "Ari", "category": ["witness"]}, {"id": "q", "name": "Bo"})]
            plain = sealed_names(after(delivery, by=by)[1])
            assert sealed_names(after([*delivery, *account], by=by)[1]) == plain
            # Under the setting `tie` a witness is not named: more people are sealed, but by category alone.
            if by is BY:
                assert sealed_names(after([*as_witness, *delivery[2:], *account], by=by)[1]) == plain


@pytest.mark.parametrize("restricted", [True, False], ids=["with what is C", "without it"])
def test_after_an_undo_what_is_c_decides_nothing_of_who_comes_again_under_p(restricted: bool) -> None:
    secret = [
        *people({"id": "p", "handling": "C"}),
        *CROSSING,
        *statement_rows("p ORGANISED c1", handling="C", statement="S9"),
    ]
    state, standing = after(secret if restricted else CROSSING)
    later_state, by_hand = State(), [*people({"id": "p"}), *CROSSING, *statement_rows("p PILOTED c1")]
    for delivery in (secret if restricted else CROSSING, by_hand):
        fold(later_state, 1, delivery, COLUMNS, partial=True)
    standing = standings(standing, later_state, BY, 2)
    assert (of(standing, "p").sealed, of(standing, "p").level) == (False, "P")
    standing = standings(standing, state, BY, 3)  # the second delivery was undone
    again = [*people({"id": "p"}), *CROSSING, *statement_rows("p CROSSED_ON c1", statement="S3")]
    fold(state, 4, again, COLUMNS, partial=True)
    assert of(standings(standing, state, BY, 4), "p").sealed


def test_who_was_taken_back_by_name_may_come_again_sealed() -> None:
    first = [*people({"id": "p"}), *CROSSING, *statement_rows("p PILOTED c1")]
    _, standing = after(first)
    absent = standings(standing, State(), BY, 2)
    assert [not by_name(absent), of(absent, "p").is_absent, of(absent, "p").identities] == [True, True, ({"id": "p"},)]
    state = State()
    fold(state, 3, [*people({"id": "p"}), *CROSSING, *statement_rows("p CROSSED_ON c1")], COLUMNS, partial=True)
    assert of(standings(absent, state, BY, 3), "p").sealed
    assert pack_standings(standings(absent, State(), BY, 3)) == pack_standings(absent)


def test_an_act_told_later_is_no_key_to_a_name() -> None:
    first = [*people({"id": "p"}), *CROSSING, *statement_rows("p CROSSED_ON c1")]
    _, standing = after(first, statement_rows("p PILOTED c1", statement="S2"))
    assert of(standing, "p").sealed


def test_what_is_c_decides_nothing_of_who_is_known_under_p() -> None:
    first = [*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p PILOTED c1")]
    under_c = statement_rows("p CROSSED_ON c1", handling="C", statement="S2")
    row = people({"id": "p", "name": "Ari", "sealed": "yes", "handling": "C"})
    for hidden in (under_c, [*row, *under_c], [*people({"id": "p", "age_disputed": "yes"}), *under_c]):
        state, standing = after(first, hidden)
        reason = "age disputed, said under handling code C" if "age_disputed" in str(hidden) else ""
        reason = "sealed by hand, said under handling code C" if "'sealed'" in str(hidden) else reason
        assert of(standing, "p").asked == reason
        first_known = of(standing, "p").identities[:1]  # facts under C are kept alongside, marked as C
        assert all(row["handling"] == "C" for row in of(standing, "p").identities[1:])
        bare = {name: replace(entity, asked="", identities=first_known) for name, entity in standing.items()}
        assert pack_standings(bare) == pack_standings(after(first)[1])
        assert state.records["people"]["p"].open == {"id": "p", "name": "Ari"}


def test_standings_of_earlier_versions_are_read() -> None:
    """They kept one more number, after `is_absent`."""
    _, standing = after([*people({"id": "p"}), *CROSSING, *statement_rows("p PILOTED c1")])
    rows = [[*row[:13], 0, *row[13:]] for row in pack_standings(standing)]
    assert unpack_standings(rows) == unpack_standings(pack_standings(standing)) == standing


@pytest.mark.parametrize(("cells", "codes"), [({"date_of_birth": "2014-05"}, "P"), ({"age_disputed": "yes"}, "C")])
def test_a_child_whose_row_was_set_aside_is_no_lead(cells: dict[str, str], codes: str) -> None:
    first = [*people({"id": "p", "name": "Ari"}), *CROSSING, *statement_rows("p PILOTED c1")]
    state, standing = after(first)
    marked = people({"id": "p", **cells, "handling": codes})
    fold(state, 2, marked, COLUMNS, partial=True, sets_aside=True)
    if codes == "P":
        standing = standings(standing, state, BY, 2, marked)
        assert children(standing, BY.on, {"P"}) == {pseudonym(KEY, "person", "p")}
    else:
        ages = [known.get("age_disputed") for known in of(standings(standing, state, BY, 2, marked), "p").identities]
        assert ages[-1] == "yes"


@pytest.mark.parametrize("code", ["P", "C"])
def test_a_category_under_c_has_nobody_sealed_who_is_tied_under_p(code: str) -> None:
    by = replace(BY, named="tie")
    first = [*people({"id": "p", "name": "Ari"}, {"id": "q"}), *statement_rows("p CONTACTED q")]
    state = State()
    fold(state, 1, first, COLUMNS, partial=True)
    standing = standings({}, state, by, 1, first)
    witness = people({"id": "p", "category": ["witness"], "handling": code})
    fold(state, 2, witness, COLUMNS, partial=True)
    assert of(standings(standing, state, by, 2, witness), "p").sealed == (code == "P")


def test_who_is_known_from_c_alone_can_only_be_sealed_by_what_p_says() -> None:
    under_c = [*people({"id": "p"}), *CROSSING, *statement_rows("p ORGANISED c1", handling="C")]
    _, standing = after(under_c)
    assert (of(standing, "p").sealed, of(standing, "p").level) == (False, "C")
    _, mentioned = after(under_c, statement_rows("p CROSSED_ON c1", statement="S2"))
    assert (of(mentioned, "p").sealed, of(mentioned, "p").level) == (True, "P")
    listed = people({"id": "p", "name": "Ari", "category": ["suspect"], "handling": "P"})
    _, charged = after(under_c, listed, statement_rows("p CROSSED_ON c1", statement="S2"))
    assert (of(charged, "p").sealed, of(charged, "p").level) == (False, "P")
    _, carried = after(under_c, [*people({"id": "p"}), *CROSSING, *statement_rows("p CROSSED_ON c1", statement="S2")])
    assert (of(carried, "p").sealed, of(carried, "p").level) == (True, "P")
    assert sealed_anew(standing, carried) == {pseudonym(KEY, "person", "p")}
    passive = [*people({"id": "q"}), *CROSSING, *statement_rows("q CROSSED_ON c1", handling="C")]
    acting = [*people({"id": "q"}), *CROSSING, *statement_rows("q PILOTED c1", statement="S2")]
    assert of(after(passive, acting)[1], "q").sealed


def test_those_said_to_be_one_are_sealed_together() -> None:
    both = people({"id": "p", "sealed": "yes"}, {"id": "q"}, {"id": "r"})
    claims = statement_rows("p SAME_AS q", "r SAME_AS q", "q PILOTED c1", "r PILOTED c1")
    _, standing = after([*both, *CROSSING, *claims])
    assert [(of(standing, person).sealed, of(standing, person).why) for person in "qr"] == [(True, THE_SAME)] * 2
    both = people({"id": "p", "sealed": "yes"}, {"id": "q", "name": "Ari"}, {"id": "r", "name": "Bo"})
    _, later = after(
        [*both, *CROSSING, *statement_rows("q PILOTED c1", "r PILOTED c1")],
        statement_rows("p SAME_AS q", statement="S2"),
    )
    assert (of(later, "q").sealed, of(later, "q").asked) == (False, THE_SAME)


def test_the_custodian_is_asked_about_everyone_in_a_chain_of_people_said_to_be_one() -> None:
    named = people(*({"id": person, "name": f"Ari {person}"} for person in "pqr"))
    acting = [*named, *CROSSING, *statement_rows("p PILOTED c1", "q PILOTED c1", "r PILOTED c1")]
    _, standing = after(
        acting,
        [
            *people({"id": "s", "sealed": "yes"}),
            *statement_rows("s SAME_AS p", "p SAME_AS q", "r SAME_AS q", statement="S2"),
        ],
    )
    assert [(of(standing, person).sealed, of(standing, person).asked) for person in "pqr"] == [(False, THE_SAME)] * 3


@pytest.mark.parametrize("statement", ["", "S1"])
def test_a_charge_in_the_row_of_a_statement_names_nobody(statement: str) -> None:
    """The row of a statement may introduce its source, who would then be charged without being in any claim."""
    cells = {"statement_id": statement} if statement else {}
    row = {"id": "p", "name": "Ari", "category": ["suspect"]}
    disclosed = [*people({"id": "q"}), *CROSSING, *statement_rows("q PILOTED c1")]
    assert of(after([*people(row | cells), *disclosed])[1], "p").sealed == bool(statement)
    # A list that charges the person names them if it comes first.
    assert not of(after(people(row), [*people(row | cells), *disclosed])[1], "p").sealed
    assert of(after([*people(row | cells), *disclosed], people(row))[1], "p").sealed == bool(statement)


VICTIM = {"id": "v", "name": "Vic", "category": ["victim"]}


@pytest.mark.parametrize("row", [{"id": "p"}, {"id": "p", "name": "Ari"}])
def test_a_claim_under_c_that_two_are_one_seals_nobody_known_under_p(row: dict[str, Any]) -> None:
    victim = [*people(VICTIM | {"handling": "C"}), *statement_rows("v CROSSED_ON c1", handling="C", statement="S8")]
    act, same = (
        [*people(row), *statement_rows("p PILOTED c1")],
        statement_rows("v SAME_AS p", handling="C", statement="S9"),
    )
    plain = of(after(CROSSING, act)[1], "p")
    assert not plain.sealed
    for deliveries in ([act, same], [[*act, *same]]):
        standing = of(after(CROSSING, victim, *deliveries)[1], "p")
        assert standing.asked == THE_SAME
        assert replace(standing, asked="", named_by=0) == replace(plain, named_by=0)


def test_somebody_known_from_c_alone_who_is_the_same_as_somebody_sealed_is_sealed_or_the_custodian_is_asked() -> None:
    victim = [*people(VICTIM), *CROSSING, *statement_rows("v CROSSED_ON c1")]
    hidden = [*people({"id": "p", "name": "Vic Alias"}), *statement_rows("p PILOTED c1", handling="C", statement="S8")]
    same = statement_rows("p SAME_AS v", handling="C", statement="S9")
    _, together = after(victim, [*hidden, *same])
    assert (of(together, "p").sealed, of(together, "p").why) == (True, THE_SAME)
    _, later = after(victim, hidden, same)
    assert (of(later, "p").sealed, of(later, "p").asked) == (False, THE_SAME)


def test_what_leads_to_somebody_sealed_is_sealed_with_them() -> None:
    things = rows(
        "things", {"id": "t1", "kind": "phone"}, {"id": "t2", "kind": "address"}, {"id": "t3", "kind": "phone"}
    )
    claims = statement_rows("p USED t1", "p LOCATED_AT t2", "q USED t3", "q PILOTED c1")
    state, standing = after([*people({"id": "p"}, {"id": "q"}), *CROSSING, *things, *claims])
    assert set(sealed_ids(standing, state, KEY)) == {"p", "t1", "t2"}
    assert standing[pseudonym(KEY, "thing", "t1")].why == WITH_THEIRS
    state, later = after(
        [*people({"id": "p"}, {"id": "q"}), *CROSSING, *things, *claims],
        statement_rows("p USED t3", handling="C", statement="S2"),
    )
    assert "t3" not in sealed_ids(later, state, KEY)


def test_a_thing_that_leads_to_sealed_people_alone_is_sealed_whatever_relation_says_so() -> None:
    things = rows(
        "things",
        *({"id": identifier, "kind": "account", "handling": "P"} for identifier in ("account", "shared", "boss")),
        *({"id": identifier, "kind": "vehicle", "handling": "P"} for identifier in ("car", "tow", "van")),
        {"id": "home", "kind": "address", "handling": "P"},
        {"id": "yard", "kind": "address", "handling": "P"},
    )
    delivery = [*people({"id": "p", "name": "Ari"}, {"id": "q", "name": "Bo"}), *CROSSING, *things]
    claims = statement_rows(
        "q PILOTED c1", "p CONTACTED account", "p CONTACTED shared", "q CONTACTED shared", "q CONTACTED boss",
        "p LOCATED_AT home", "car LOCATED_AT home", "tow LOCATED_AT home", "q USED tow", "van LOCATED_AT yard",
    )  # fmt: skip
    state, standing = after([*delivery, *claims])
    assert set(sealed_ids(standing, state, KEY)) == {"p", "account", "home", "car"}
    # For readers of P, a claim under C does not seal a thing, and does not keep it open.
    state, standing = after(
        [*delivery, *claims], statement_rows("q USED car", "p CONTACTED van", handling="C", statement="S2")
    )
    assert set(sealed_ids(standing, state, KEY)) == {"p", "account", "home", "car"}
    _, with_c = after([*delivery, *statement_rows("q USED account", handling="C", statement="S2"), *claims])
    assert with_c[pseudonym(KEY, "thing", "account")].sealed


def test_a_dwelling_of_which_only_who_lives_there_is_told_is_sealed_with_them() -> None:
    places = rows(
        "workplaces",
        {"id": "home", "kind": "dwelling", "handling": "P"},
        {"id": "hers", "kind": "dwelling", "handling": "P"},
        {"id": "house", "kind": "dwelling", "handling": "P"},
        {"id": "wash", "kind": "premises"},
    )
    delivery = [*people({"id": "p"}, {"id": "q"}), *CROSSING, *places]
    claims = statement_rows(
        "p LIVED_AT home", "p LIVED_AT hers", "q LIVED_AT hers", "p LIVED_AT house", "p LIVED_AT wash", "q MANAGED house",
        "q PILOTED c1",
    )  # fmt: skip
    state, standing = after([*delivery, *claims])
    assert set(sealed_ids(standing, state, KEY)) == {"p", "home"}
    assert standing[pseudonym(KEY, "thing", "home")].why == WHERE_THEY_LIVE
    # If someone is later said to run the home, it stays sealed, as everything sealed does.
    state, later = after([*delivery, *claims], statement_rows("q MANAGED home", statement="S2"))
    assert set(sealed_ids(later, state, KEY)) == {"p", "home"}
    # For readers of P, a claim under C does not seal a thing, and does not keep it open.
    under_c = statement_rows("p LIVED_AT house", handling="C", statement="S2")
    state, standing = after([*delivery, *statement_rows("q PILOTED c1")], under_c)
    assert "house" not in sealed_ids(standing, state, KEY)
    _, with_c = after([*delivery, *statement_rows("q MANAGED home", handling="C", statement="S2"), *claims])
    assert with_c[pseudonym(KEY, "thing", "home")].sealed


def test_a_claim_under_c_keeps_no_thing_known_under_p_sealed_when_its_user_is_opened() -> None:
    things = rows("things", *({"id": thing, "kind": "phone"} for thing in ("t1", "t2", "t3")))
    used = [
        *people({"id": "x"}, {"id": "y"}),
        *things,
        *CROSSING,
        *statement_rows("x CROSSED_ON c1", "x USED t1", "x USED t2"),
    ]
    under_c = statement_rows("y USED t1", "x USED t3", "y USED t3", handling="C", statement="S2")
    opened = pseudonym(KEY, "person", "x")
    opening = replace(BY, now=(opened,), at="2020-05-10T10:00:00")
    sealed_things = []
    for deliveries in ([used], [used, under_c], [used, under_c, statement_rows("y USED t2", statement="S3")]):
        state, standing = after(*deliveries)
        assert {"t1", "t2"} <= set(sealed_ids(standing, state, KEY))
        names = {opened, *alone_theirs(state, KEY, opened)}
        by = replace(opening, decided=dict.fromkeys(names, "opened"), now=names)
        sealed_things.append(set(sealed_ids(standings(standing, state, by, 4, ()), state, KEY)) - {"y"})
    # Only claims under C mention t3, so the claim about y under C keeps it sealed.
    assert sealed_things == [set(), {"t3"}, {"t2", "t3"}]


def test_a_place_that_is_said_to_be_a_dwelling_later_is_sealed_anew_and_stays_whatever_it_is_called() -> None:
    delivery = [*people({"id": "p"}), *CROSSING, *statement_rows("p LIVED_AT w")]
    rows_of_it = [
        rows("workplaces", {"id": "w", "kind": kind, "name": name, "handling": "P"})
        for kind, name in (("premises", "Blue House"), ("dwelling", "Blue House"), ("premises", "Villa Rosa"))
    ]
    name = pseudonym(KEY, "thing", "w")
    _, first = after([*delivery, *rows_of_it[0]])
    assert not first[name].sealed
    _, second = after([*delivery, *rows_of_it[0]], rows_of_it[1])
    assert name in sealed_anew(first, second)
    _, third = after([*delivery, *rows_of_it[0]], rows_of_it[1], rows_of_it[2])
    assert third[name].sealed
    assert [known["name"] for known in third[name].identities] == ["Blue House", "Blue House", "Villa Rosa"]


def test_the_setting_names_who_is_only_tied_and_not_passive() -> None:
    tie = Deciding(KEY, BY.on, named="tie")
    delivery = [*people({"id": "p"}, {"id": "q"}, {"id": "r", "category": ["victim"]}), *CROSSING]
    claims = statement_rows("p CONTACTED q", "q CROSSED_ON c1", "r CONTACTED p")
    _, standing = after([*delivery, *claims], by=tie)
    assert [of(standing, person).sealed for person in "pqr"] == [False, True, True]


@pytest.mark.parametrize("handling", ["P", "C"])
def test_a_claim_under_c_that_somebody_was_carried_seals_nobody_tied_under_p(handling: str) -> None:
    tie = replace(BY, named="tie")
    first = [
        *people({"id": "x"}, {"id": "z", "name": "Ari Berg"}),
        *CROSSING,
        *statement_rows("z PILOTED c1", "x PAID z"),
    ]
    carried = statement_rows("x CROSSED_ON c1", handling=handling, statement="S2")
    named = [
        *people({"id": "x", "name": "Milan Orchard", "handling": "P"}),
        *statement_rows("x CONTACTED z", statement="S3"),
    ]
    _, standing = after(first, carried, named, by=tie)
    assert of(standing, "x").sealed is (handling == "P")
    words = "" if handling == "P" else "carried or exploited, said under handling code C"
    assert of(standing, "x").asked == words
    # People known only from rows under C stay sealed.
    only_c = statement_rows("x PAID z", "x CROSSED_ON c1", handling="C")
    _, standing = after([*people({"id": "x", "name": "Milan"}, {"id": "z"}), *CROSSING, *only_c], by=tie)
    assert (of(standing, "x").sealed, of(standing, "x").level) == (True, "C")


def test_who_is_sealed_stays_so_under_an_id_out_of_which_a_name_was_taken() -> None:
    """An erasure masks ids in rows and in stored facts, and so changes pseudonyms, which are made from ids."""
    delivery = [*CROSSING, *statement_rows("p PILOTED c1")]
    _, before = after([*people({"id": "p", "name": "Hewa", "sealed": "yes"}), *delivery])
    old = of(before, "p")
    known = {pseudonym(KEY, "person", "p"): replace(old, identities=({"id": "q", "name": "Hewa"},))}
    erasing = replace(BY, decided={pseudonym(KEY, "person", "x"): "erased"})
    state = State()
    fold(
        state,
        1,
        [*people({"id": "q", "name": "Hewa"}), *CROSSING, *statement_rows("q PILOTED c1")],
        COLUMNS,
        partial=False,
    )
    now = standings(known, state, erasing, 1)
    assert (of(now, "q").sealed, of(now, "q").why) == (True, old.why)
    assert of(now, "q").identities == ({"id": "q", "name": "Hewa"},)
    assert (of(now, "p").sealed, of(now, "p").identities) == (True, ())
    assert standings(now, state, erasing, 1) == now
    # Once two people have opened q, q stays open, whatever is still stored under the former id.
    name = pseudonym(KEY, "person", "q")
    opened = replace(erasing, decided={**erasing.decided, name: "opened"})
    assert not of(standings(now, state, replace(opened, now=[name]), 1), "q").sealed


def test_what_is_known_under_an_id_that_stays_is_not_lost_to_one_that_changes() -> None:
    first, second = {"id": "p", "name": "Ari Berg", "phones": ["+447700900431"]}, {"id": "q", "name": "Ari Vandal"}
    before = {pseudonym(KEY, "person", "p"): Standing(True, "P", "2020-05-09", NO_PART, 3, identities=(first, second))}
    erasing = replace(BY, decided={pseudonym(KEY, "person", "x"): "erased"})
    now = standings(before, State(), erasing, 4)
    assert [of(now, name).identities for name in "pq"] == [(first,), (second,)]
    assert all(of(now, name).sealed for name in "pq")
    assert of(now, "p").against == 3  # reported when the conflict was new
    assert standings(now, State(), erasing, 5) == now


@pytest.mark.parametrize("bearer", [None, Standing(False, "P", "2020-05-09", "act", identities=({"id": "q"},))])
def test_what_is_known_of_somebody_taken_back_follows_their_id_and_seals_nobody(bearer: Standing | None) -> None:
    known = {"id": "q", "name": "Ari Vandal"}
    absent = Standing(False, "P", "2020-05-09", identities=(known,), is_absent=True)
    before = {pseudonym(KEY, "person", "p"): absent} | ({pseudonym(KEY, "person", "q"): bearer} if bearer else {})
    erasing = replace(BY, decided={pseudonym(KEY, "person", "x"): "erased"})
    state = State()
    fold(state, 4, [*people({"id": "q"}), *CROSSING, *statement_rows("q PILOTED c1")], COLUMNS, partial=False)
    now = standings(before, state, erasing, 4)
    assert (of(now, "q").sealed, of(now, "q").is_named, known in of(now, "q").identities) == (False, True, True)
    assert by_name(now) == {pseudonym(KEY, "person", "q")}
    assert pack_standings(standings(now, state, erasing, 5)) == pack_standings(now)


def test_a_dwelling_of_which_no_row_says_that_it_is_one_keeps_what_is_known_of_it() -> None:
    """A delivery may leave out the kind of a workplace. Erasing someone else leaves its known facts unchanged."""
    known = ({"id": "w", "kind": "dwelling", "address": "12 Elm Street"}, {"id": "w", "address": "13 Elm Street"})
    name = pseudonym(KEY, "thing", "w")
    before = {name: Standing(True, "P", "2020-05-09", WHERE_THEY_LIVE, identities=known)}
    state = State()
    fold(state, 1, rows("workplaces", {"id": "w", "address": "13 Elm Street"}), COLUMNS, partial=False)
    erasing = replace(BY, decided={pseudonym(KEY, "person", "x"): "erased"})
    now = standings(before, state, erasing, 1)
    assert {pseudonym: standing.identities for pseudonym, standing in now.items()} == {name: known}


def test_standings_are_kept_as_they_are() -> None:
    _, standing = after(
        [*people({"id": "p", "name": "Hewa", "x_mail": "h@example.org"}), *CROSSING, *statement_rows("p PAID p")]
    )
    assert unpack_standings(pack_standings(standing)) == standing


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
    st.lists(ROW, max_size=4, unique_by=lambda row: row["id"]),
    st.lists(CLAIM, max_size=4),
    st.sampled_from("PC"),
    st.booleans(),
)
STEP = st.one_of(DELIVERY, st.integers(0, 5), st.tuples(st.sampled_from(IDS), st.sampled_from(["sealed", "opened"])))


@settings(max_examples=300)
@given(st.lists(STEP, min_size=1, max_size=8))
@example([([], [], "P", False), 1, ("p", "opened"), ([{"id": "p"}], [], "P", False)])  # while no delivery has p
@example(
    [
        ([{"id": "p", "sealed": "yes"}], [], "P", False),
        ("p", "opened"),
        ([{"id": "p", "age_disputed": "yes"}], [], "P", True),
    ]
)
@example(
    [
        ([{"id": "q", "handling": "C", "sealed": "yes"}], ["p PAID q"], "P", False),
        ("q", "opened"),
        ([{"id": "q", "sealed": "yes"}], [], "P", False),
    ]
)
def test_the_sealed_never_become_fewer_but_by_two_persons_and_a_mark_always_seals(steps: list[Any]) -> None:
    deliveries: dict[int, tuple[list[Row], bool]] = {1: (people(*({"id": person} for person in IDS)), False)}
    standing: dict[str, Standing] = {}
    decided: dict[str, str] = {}
    decided_at: dict[str, str] = {}
    known_marks: dict[str, set[str]] = {}
    for number, step in enumerate(steps, 2):
        opened: set[str] = set()
        coming: list[Row] = deliveries[1][0] if number == 2 else []
        at = f"2020-05-09T10:{number:02}:00"
        if isinstance(step, int):
            deliveries.pop(step, None)  # taken back
        elif len(step) == 2:
            name = pseudonym(KEY, "person", step[0])
            decided[name], decided_at[name] = step[1], at
            opened = {name} if step[1] == "opened" else set()
        else:
            given_rows, claims, handling, partial = step
            rows_now = [*people(*given_rows), *statement_rows(*claims, handling=handling, statement=f"S{number}")]
            deliveries[number] = (rows_now, partial)
            coming = [*coming, *rows_now]
        state = State()
        for delivery_number, (delivered, partial) in sorted(deliveries.items()):
            fold(state, delivery_number, delivered, COLUMNS, partial=partial)
        before = {name for name, entity in standing.items() if entity.sealed}
        known = {name: entity.identities for name, entity in standing.items() if entity.sealed}
        by = Deciding(KEY, BY.on, decided=decided, decided_at=decided_at, now=tuple(opened), at=at)
        standing = unpack_standings(
            pack_standings(standings(standing, state, by, number, coming))
        )  # as after a restart
        now = {name for name, entity in standing.items() if entity.sealed}
        assert before - now <= opened
        for name in now & before:
            assert standing[name].identities[: len(known[name])] == known[name]
        handling_of = Handling(state)
        for person, row in state.records["people"].items():
            name = pseudonym(KEY, "person", person)
            seen = row.values if handling_of.entity(person) == "C" or row.open is None else row.open
            said_now = set(marks(seen, BY.on))
            if name in opened:  # the two persons know of the marks under C too
                known_marks[name] = said_now | set(marks(row.values, BY.on))
            assert name in now or said_now <= known_marks.get(name, set())
        known_marks = {
            name: marks_of_name for name, marks_of_name in known_marks.items() if name in now | by_name(standing)
        }


ROUND = st.tuples(st.booleans(), st.sets(st.sampled_from(IDS)), st.sampled_from(["declared", "ended"]), ROW)


@settings(max_examples=200)
@given(st.lists(ROUND, min_size=1, max_size=6))
def test_who_is_sealed_in_a_case_that_shares_its_ids_is_sealed_here_and_stays_so(rounds: list[Any]) -> None:
    """An id sealed in another case is sealed here then and later, whatever is delivered, declared and ended."""
    state, standing, sealed = State(), dict[str, Standing](), set[str]()
    for number, (acts, elsewhere, declared, row) in enumerate(rounds, 1):
        delivered = [*people(row), *CROSSING, *statement_rows(*([f"{row['id']} DIRECTED {row['id']}"] if acts else []))]
        fold(state, number, delivered, COLUMNS, partial=True)
        ids = elsewhere if declared == "declared" else set[str]()
        by = replace(BY, elsewhere=dict.fromkeys(ids, (SharedMark(SHARED_ID),)), last_read="2020-05-10T10:00:00")
        standing = unpack_standings(pack_standings(standings(standing, state, by, number, delivered)))
        now = {person for person in state.records["people"] if of(standing, person).sealed}
        assert sealed | (ids & state.records["people"].keys()) <= now
        sealed = now


@pytest.mark.parametrize("handling", ["P", "C"])
def test_a_mark_under_c_elsewhere_seals_nobody_known_under_p_and_asks_the_custodian(handling: str) -> None:
    by = replace(BY, elsewhere={"p1": (SharedMark(f"{SHARED_ID} [a b C]"),)})
    state, rows = State(), [*people({"id": "p1", "name": "Ari", "category": ["suspect"], "handling": handling})]
    fold(state, 1, rows, COLUMNS, partial=True)
    standing = of(standings({}, state, by, 1, rows), "p1")
    assert standing.sealed == (handling == "C")
    assert standing.asked == ("" if handling == "C" else f"{SHARED_ID} [a b C], {UNDER_C}")
    # The case that asked knows the mark and does not close for it again; another mark is new.
    assert not is_news("here", by.elsewhere["p1"][0], standing)
    assert is_news("here", SharedMark(f"{SHARED_ID} [a c C]"), standing)
    assert is_news("here", SharedMark(f"{SHARED_ID} [a b]"), standing)


@pytest.mark.parametrize(
    ("row", "levels"), [({}, ["C"]), ({"category": ["victim"]}, ["P"]), ({"sealed": "yes"}, ["P"])]
)
def test_under_c_only_a_mark_is_one_for_readers_of_p_elsewhere(row: dict[str, Any], levels: list[str]) -> None:
    carried = [*people({"id": "p", "name": "Ari", "handling": "C", **row}), *CROSSING]
    _, standing = after([*carried, *statement_rows("p CROSSED_ON c1", handling="C")])
    assert of(standing, "p").level == "C"
    assert [mark.level for mark in shared_marks("b", of(standing, "p"))] == levels


def test_the_same_as_somebody_sealed_under_c_is_no_mark_elsewhere() -> None:
    under_c = statement_rows("p PILOTED c1", "p SAME_AS q", handling="C")
    rows = [*people({"id": "p", "handling": "C"}, {"id": "q", "name": "Bo", "handling": "C"}), *CROSSING, *under_c]
    _, standing = after(rows)
    assert of(standing, "p").why == THE_SAME
    assert [mark.level for mark in shared_marks("b", of(standing, "p"))] == ["C"]


@pytest.mark.parametrize("end", [" C]", "]"])
def test_a_mark_that_a_case_passes_on_keeps_its_level(end: str) -> None:
    """A case between two others, in which nothing but the mark seals a person hidden under P, passes the mark on."""
    mark = SharedMark(f"{SHARED_ID} [a b{end}")
    state, rows = State(), [*people({"id": "p1", "name": "Ari", "handling": "P"})]
    fold(state, 1, rows, COLUMNS, partial=True)
    standing = of(standings({}, state, replace(BY, elsewhere={"p1": (mark,)}), 1, rows), "p1")
    assert (standing.level, standing.is_hidden) == ("P", True)
    assert shared_marks("between", standing) == [mark]


# Each delivery has one person with all known facts, and claims an act of the next person by id alone. (A
# person who first comes as a bare id without an act is sealed, and stays so: only that depends on the order.)
WHOLE = st.lists(
    st.tuples(
        st.sampled_from(
            [
                {"name": "Ari"},
                {"name": "Ari", "category": ["suspect"]},
                {"name": "Ari", "sealed": "yes"},
                {"name": "Ari", "date_of_birth": "2004"},
                {"name": "Ari", "category": ["victim"]},
                {},
            ]
        ),
        st.sampled_from(["PILOTED", "CROSSED_ON", "nothing"]),
        st.sampled_from(["given", "retracted_as_false"]),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=200)
@given(WHOLE, st.data())
def test_the_order_of_deliveries_changes_nothing_of_who_is_named(entries: list[Any], data: st.DataObject) -> None:
    deliveries = []
    for at, (row, relation, status) in enumerate(entries):
        statement = {"id": f"S{at}", "kind": "intelligence", "handling": "P", "status": status}
        claim = {"subject_id": f"p{at}", "relation": relation, "object_id": "c1", "statement_id": f"S{at}"}
        # An act of the next person, known here only by id; another delivery has that person's row.
        before = people({"id": f"p{(at + 1) % len(entries)}"})
        second_claim = {"subject_id": f"p{(at + 1) % len(entries)}", "relation": "PILOTED", "object_id": "c1"}
        deliveries.append(
            [
                *people({"id": f"p{at}", **row}),
                *before,
                *CROSSING,
                *rows("statements", statement, {"id": f"R{at}", "kind": "record", "handling": "P"}),
                *rows("links", *([claim] if relation != "nothing" else []), second_claim | {"statement_id": f"R{at}"}),
            ]
        )
    order = data.draw(st.permutations(deliveries))

    def named_people(each: list[list[Row]]) -> set[str]:
        state, standing = State(), dict[str, Standing]()
        for number, delivered in enumerate(each, 1):
            fold(state, number, delivered, COLUMNS, partial=True)
            standing = standings(standing, state, BY, number, delivered)
        return {name for name, entity in standing.items() if not entity.sealed and not entity.is_open_id}

    assert named_people(order) == named_people(deliveries)
