"""Deliveries in order → the state of a case. No database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.ingest.check import Row
from graphsvc.ingest.fold import fold
from graphsvc.ingest.report import Report
from graphsvc.ingest.state import State

PEOPLE = [Row("people", "people.csv", line, {"id": name}) for line, name in enumerate("abc", start=2)]
CROSSING = Row("crossings", "crossings.csv", 2, {"id": "X1", "date": "2020-05-08"})
COLUMNS = {"people": ["id", "name", "notes"], "statements": ["id", "kind"], "links": ["subject_id"]}


def statement(identifier: str, line: int = 2, **values: Any) -> Row:
    return Row("statements", "statements.csv", line, {"id": identifier, "kind": "record", **values})


def link(subject: str, relation: str, target: str, said_in: str, line: int = 2, **values: Any) -> Row:
    ends = {"subject_id": subject, "relation": relation, "object_id": target, "statement_id": said_in}
    return Row("links", "links.csv", line, {**ends, **values})


def load(state: State, number: int, *rows: Row, partial: bool = False) -> Report:
    return fold(state, number, rows, COLUMNS, partial=partial)


def test_a_first_delivery_is_added_and_a_second_one_like_it_changes_nothing() -> None:
    state = State()
    rows = [*PEOPLE, statement("S1"), link("a", "ASSOCIATES_WITH", "b", "S1")]
    assert load(state, 1, *rows).counts["links"].added == 1
    again = load(state, 2, *rows)
    assert again.changes == 0
    assert [again.counts[table].unchanged for table in ("people", "statements", "links")] == [3, 1, 1]


def test_claims_a_statement_no_longer_makes_are_superseded_unless_the_delivery_is_partial() -> None:
    state = State()
    load(state, 1, *PEOPLE, statement("S1"), link("a", "ASSOCIATES_WITH", "b", "S1"))
    partial = load(state, 2, statement("S1"), link("a", "ASSOCIATES_WITH", "c", "S1"), partial=True)
    assert partial.counts["links"].superseded == 0
    whole = load(state, 3, statement("S1"), link("a", "ASSOCIATES_WITH", "c", "S1"))
    assert whole.counts["links"].superseded == 1
    assert {row.status for row in state.claims.values()} == {"active", "superseded"}


def test_a_claim_whose_newer_row_is_rejected_is_not_superseded() -> None:
    state = State()
    load(state, 1, *PEOPLE, statement("S1", handling="C"), link("a", "PAID", "b", "S1"))
    report = load(state, 2, statement("S1", handling="C"), link("a", "PAID", "b", "S1", handling="P"))
    assert (report.counts["links"].rejected, report.counts["links"].superseded) == (1, 0)
    assert [row.status for row in state.claims.values()] == ["active"]


def test_nothing_of_a_statement_is_superseded_of_which_a_row_was_left_out() -> None:
    for incomplete, superseded in (((), 2), (("S1",), 1), (("S2", "S1"), 0), (("",), 0), (None, 2)):
        state = State()
        rows = [*PEOPLE, statement("S1"), statement("S2", 3)]
        load(state, 1, *rows, link("a", "PAID", "b", "S1"), link("a", "PAID", "b", "S2", 3))
        report = fold(state, 2, rows, COLUMNS, partial=False, incomplete=incomplete)
        assert report.counts["links"].superseded == superseded


def test_a_row_without_an_id_that_is_rejected_may_be_any_claim_of_its_statement() -> None:
    claim = link("a", "ASSOCIATES_WITH", "b", "S1", id="L1")
    for identifier, superseded in (("", 0), ("L2", 1)):
        state = State()
        load(state, 1, *PEOPLE, statement("S1"), claim)
        mistaken = link("a", "ASSOCIATES_WITH", "bb", "S1")
        mistaken.values.update({"id": identifier} if identifier else {})
        report = fold(state, 2, [statement("S1"), mistaken], COLUMNS, partial=False, incomplete=())
        assert (report.counts["links"].rejected, report.counts["links"].superseded) == (1, superseded)


def test_a_superseded_claim_that_comes_again_counts_as_changed() -> None:
    state = State()
    claim = link("a", "ASSOCIATES_WITH", "b", "S1")
    load(state, 1, *PEOPLE, statement("S1"), claim)
    load(state, 2, statement("S1"))
    assert load(state, 3, statement("S1"), claim).counts["links"].changed == 1


def test_a_row_with_a_known_id_replaces_the_earlier_version_and_may_move_to_another_statement() -> None:
    state = State()
    load(state, 1, *PEOPLE, statement("S1"), statement("S2", 3), link("a", "PAID", "b", "S1", id="L1"))
    report = load(state, 2, statement("S2"), link("a", "PAID", "c", "S2", id="L1", amount=5.0))
    assert report.counts["links"].changed == 1
    assert state.claims["id", "L1"].values["object_id"] == "c"
    assert state.by_statement["S1"] == []


def test_a_column_a_delivery_lacks_keeps_its_value_and_an_empty_cell_clears_it() -> None:
    state = State()
    load(state, 1, Row("people", "people.csv", 2, {"id": "a", "name": "Ari", "sex": "male"}))
    load(state, 2, Row("people", "people.csv", 2, {"id": "a", "notes": "seen"}))
    assert state.records["people"]["a"].values == {"id": "a", "sex": "male", "notes": "seen"}
    load(state, 3, Row("people", "people.csv", 2, {"id": "a", "name": "Ari"}), partial=True)
    assert state.records["people"]["a"].values["notes"] == "seen"


def test_links_to_nobody_and_what_hangs_on_a_rejected_row_are_rejected() -> None:
    state = State()
    report = load(
        state,
        1,
        *PEOPLE,
        statement("S1", interpreter_id="nobody"),
        statement("S2", 3),
        link("a", "PAID", "b", "S1"),
        link("a", "PAID", "nobody", "S2", 3),
        link("a", "PILOTED", "b", "S2", 4),
    )
    reasons = {(rejection.file, rejection.line, rejection.column) for rejection in report.rejections}
    assert reasons == {
        ("statements.csv", 2, "interpreter_id"),
        ("links.csv", 2, "statement_id"),
        ("links.csv", 3, "object_id"),
        ("links.csv", 4, "object_id"),
    }
    assert "takes a crossing" in str(report.rejections[-1])


def test_an_id_belongs_to_one_kind_of_record_in_a_case() -> None:
    state = State()
    report = load(state, 1, *PEOPLE, Row("boats", "boats.csv", 2, {"id": "a"}))
    assert [r.file for r in report.rejections] == ["boats.csv"]
    later = load(state, 2, Row("gangs", "gangs.csv", 2, {"id": "b"}))
    assert "ids are unique in a case" in later.rejections[0].reason


def test_handling_may_only_become_stricter() -> None:
    state = State()
    report = load(
        state,
        1,
        *PEOPLE,
        statement("S1"),
        statement("S2", 3, handling="P"),
        link("a", "PAID", "b", "S1", handling="P"),
        link("a", "PAID", "b", "S2", 3, handling="C"),
    )
    assert [(r.line, r.column) for r in report.rejections] == [(2, "handling")]


def test_who_came_under_c_is_under_p_once_a_delivery_under_p_brings_their_row() -> None:
    state, claims = State(), link("a", "PAID", "b", "S1")
    load(state, 1, *PEOPLE, statement("S1", handling="C"), claims)
    load(state, 2, statement("S1", handling="P"), claims)
    assert {row.open for row in state.records["people"].values()} == {None}
    load(state, 3, *PEOPLE[:2], statement("S1", handling="P"), claims)
    assert [row.open is None for row in state.records["people"].values()] == [False, False, True]


def test_the_same_claim_twice_is_a_duplicate_and_with_other_values_a_rejection() -> None:
    state = State()
    claim = link("a", "DIRECTED", "b", "S1", notes="on the quay")
    report = load(
        state,
        1,
        *PEOPLE,
        statement("S1"),
        claim,
        link("a", "DIRECTED", "b", "S1", 3, notes="on the quay"),
        link("a", "DIRECTED", "b", "S1", 4, notes="in the van"),
    )
    counts = report.counts["links"]
    assert (counts.added, counts.duplicate, counts.rejected) == (1, 1, 1)
    assert "line 2" in report.rejections[0].reason
    (equal,) = report.equal.values()
    assert str(equal) == "1 row of links is equal to an earlier one and was read once (links.csv, line 3)."


def test_rows_of_entities_that_are_equal_are_told() -> None:
    report = load(State(), 1, *[Row("people", "people.csv", line, {"id": "a"}) for line in (2, 9, 4)])
    assert report.counts["people"].duplicate == 2
    assert [str(equal) for equal in report.equal.values()] == [
        "2 rows of people are equal to an earlier one and were read once (people.csv, lines 4, 9)."
    ]


def paid(line: int, amount: float, said_in: str = "S1", **values: Any) -> Row:
    return link("a", "PAID", "b", said_in, line, from_date="2011-12-29", amount=amount, **values)


def amounts(state: State, status: str = "active") -> list[float]:
    return sorted(row.values["amount"] for row in state.claims.values() if row.status == status)


def test_equal_payments_are_so_many_payments_and_said_to_be() -> None:
    state = State()
    rows = [*PEOPLE, statement("S1"), paid(2, 92_500.0), paid(3, 92_500.0), paid(4, 300.0)]
    report = load(state, 1, *rows)
    counts = report.counts["links"]
    assert (counts.read, counts.added, counts.duplicate, counts.rejected) == (3, 3, 0, 0)
    assert amounts(state) == [300.0, 92_500.0, 92_500.0]
    (equal,) = report.equal.values()
    assert (equal.again, equal.count, equal.lines) == (True, 1, [3])
    assert "counts as one more of the same (links.csv, line 3)" in str(equal)
    again = load(state, 2, *rows)
    assert again.changes == 0
    assert again.counts["links"].unchanged == 3


def test_a_debt_told_twice_is_one_debt_and_said_to_be() -> None:
    state = State()
    rows = [link("a", "OWES", "b", "S1", line, amount=900.0) for line in (2, 3)]
    report = load(state, 1, *PEOPLE, statement("S1"), *rows)
    assert (report.counts["links"].added, report.counts["links"].duplicate, amounts(state)) == (1, 1, [900.0])
    (equal,) = report.equal.values()
    assert str(equal).endswith("was read once (links.csv, line 3).")


def test_of_equal_payments_those_no_longer_delivered_are_superseded_and_come_back() -> None:
    state = State()
    load(state, 1, *PEOPLE, statement("S1"), paid(2, 5.0), paid(3, 5.0), paid(4, 5.0))
    fewer = load(state, 2, statement("S1"), paid(2, 5.0)).counts["links"]
    assert (fewer.unchanged, fewer.superseded) == (1, 2)
    assert (amounts(state), amounts(state, "superseded")) == ([5.0], [5.0, 5.0])
    more = load(state, 3, statement("S1"), paid(2, 5.0), paid(3, 5.0)).counts["links"]
    assert (more.unchanged, more.changed, more.added, more.superseded) == (1, 1, 0, 0)
    assert amounts(state) == [5.0, 5.0]


def test_one_of_two_equal_payments_is_corrected_and_the_other_stays() -> None:
    state = State()
    load(state, 1, *PEOPLE, statement("S1"), paid(2, 5.0), paid(3, 5.0))
    for order in (1, -1):
        report = load(state, 2, statement("S1"), *[paid(2, 5.0), paid(3, 7.0)][::order]).counts["links"]
        assert (report.added, report.superseded) == (0, 0)
        assert amounts(state) == [5.0, 7.0]


def test_what_only_adds_replaces_no_payment_of_the_same_day() -> None:
    state = State()
    load(state, 1, *PEOPLE, statement("S1"), paid(2, 5.0), paid(3, 5.0))
    for part in ({"partial": True}, {"partial": True}, {"partial": False}):
        # The second load brings nothing new; a delivery without a row for a statement need not have all its claims.
        load(state, 2, paid(2, 7.0), paid(3, 5.0), **part)
        assert amounts(state) == [5.0, 5.0, 7.0]
        assert amounts(state, "superseded") == []


def test_a_payment_without_an_id_is_taken_back_by_what_only_adds() -> None:
    for polarity in ("withdrawn", "denies"):
        state = State()
        load(state, 1, *PEOPLE, statement("S1"), paid(2, 5.0), paid(3, 5.0), paid(4, 7.0))
        back = paid(2, 5.0, polarity=polarity)
        counts = load(state, 2, back, partial=True).counts["links"]
        assert (counts.added, counts.changed, counts.rejected) == (0, 1, 0)
        assert polarities(state) == {5.0: ["asserts", polarity], 7.0: ["asserts"]}
        assert load(state, 3, back, partial=True).changes == 0, "loaded again it takes back no other one"
        whole = [statement("S1"), paid(2, 5.0), back, paid(4, 7.0)]
        assert load(state, 4, *whole).changes == 0
        load(state, 5, paid(2, 5.0), back, paid(3, 7.0, polarity=polarity), partial=True)
        assert polarities(state) == {5.0: ["asserts", polarity], 7.0: [polarity]}


@pytest.mark.parametrize("extra", [[], [paid(2, 7.0)], [paid(2, 5.0, notes="cash")], [paid(2, 5.0, id="L1")]])
def test_where_there_is_nothing_to_take_back_it_is_said(extra: list[Row]) -> None:
    state = State()
    load(state, 1, *PEOPLE, statement("S1"), *extra)
    for part in ({"partial": True}, {"partial": False}):
        report = load(state, 2, paid(3, 5.0, polarity="withdrawn"), **part)
        assert (report.changes, report.counts["links"].rejected) == (0, 1)
        (rejection,) = report.rejections
        assert (rejection.line, rejection.column, rejection.value) == (3, "polarity", "withdrawn")
        assert "nothing here to take back" in rejection.reason


@pytest.mark.parametrize("polarity", ["withdrawn", "denies"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_payment_that_one_file_asserts_and_takes_back_is_rejected(polarity: str, order: int) -> None:
    state = State()
    rows = [paid(2, 5.0), paid(3, 5.0, polarity=polarity)]
    for number in (1, 2):
        report = load(state, number, *PEOPLE, statement("S1"), *rows[::order])
        (rejection,) = report.rejections
        assert (rejection.line, rejection.column) == (3, "polarity")
        assert "is already in line 2 with polarity asserts" in rejection.reason
        assert polarities(state) == {5.0: ["asserts"]}


def test_a_whole_statement_may_hold_what_was_taken_back() -> None:
    state = State()
    report = load(state, 1, *PEOPLE, statement("S1"), paid(2, 5.0, polarity="withdrawn"))
    assert (report.counts["links"].added, report.rejections) == (1, [])


def polarities(state: State) -> dict[float, list[str]]:
    by_amount: dict[float, list[str]] = {}
    for row in state.claims.values():
        by_amount.setdefault(row.values["amount"], []).append(row.values.get("polarity", "asserts"))
    return {amount: sorted(words) for amount, words in by_amount.items()}


@given(st.permutations([paid(2, 5.0), paid(3, 5.0), paid(4, 7.0), paid(5, 8.0, notes="cash"), paid(6, 7.0)]))
def test_the_order_of_rows_gives_no_claim_another_key(rows: list[Row]) -> None:
    states = [State(), State()]
    for state, ordering in zip(states, (rows, sorted(rows, key=lambda row: row.line)), strict=True):
        load(state, 1, *PEOPLE, statement("S1"), *ordering)
    ordered = [{key: row.values for key, row in state.claims.items()} for state in states]
    assert ordered[0] == ordered[1]
    assert len(ordered[0]) == 5
    assert load(states[0], 2, statement("S1"), *rows).changes == 0


IDS = st.sampled_from("abcX")
ROWS = st.one_of(
    st.builds(lambda i, n: Row("people", "people.csv", 2, {"id": i, "name": n}), IDS, st.sampled_from("mn")),
    st.builds(lambda i: Row("gangs", "gangs.csv", 2, {"id": i}), IDS),
    st.builds(lambda i, p: statement(i, interpreter_id=p), st.sampled_from(["S1", "S2", "a"]), IDS),
    st.builds(lambda i: statement(i), st.sampled_from(["S1", "S2"])),
    st.builds(link, IDS, st.sampled_from(["PAID", "RUNS", "X_OTHER"]), IDS, st.sampled_from(["S1", "S2"])),
    st.builds(lambda amount: link("a", "PAID", "b", "S1", amount=amount), st.sampled_from([5.0, 7.0])),
)


@given(st.lists(st.tuples(st.lists(ROWS, max_size=12), st.booleans()), max_size=5))
def test_counts_reconcile_and_nothing_refers_to_nobody(deliveries: list[tuple[list[Row], bool]]) -> None:
    state = State()
    for number, (rows, partial) in enumerate(deliveries, start=1):
        # After its check, a delivery has no two differing rows of one table with the same id.
        unique = {(row.table, row.values["id"]) if "id" in row.values else id(row): row for row in rows}
        report = load(state, number, *unique.values(), partial=partial)
        for counts in report.counts.values():
            parts = (counts.added, counts.changed, counts.unchanged, counts.duplicate, counts.rejected)
            assert counts.read == sum(parts)
    people, statements = state.records["people"], state.records["statements"]
    assert all(row.values.get("interpreter_id", "") in {"", *people} for row in statements.values())
    for row in state.claims.values():
        assert row.values["statement_id"] in statements
        assert {row.values["subject_id"], row.values["object_id"]} <= state.kinds.keys()
    for identifier, keys in state.by_statement.items():
        assert all(state.claims[key].values["statement_id"] == identifier for key in keys)
