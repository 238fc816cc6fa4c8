"""Deliveries in order → the state of a case, without any database."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graphsvc.ingest.check import Row
from graphsvc.ingest.fold import Report, State, fold

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


def test_the_same_claim_twice_is_a_duplicate_and_with_other_values_a_rejection() -> None:
    state = State()
    claim = link("a", "PAID", "b", "S1", amount=5.0)
    report = load(
        state,
        1,
        *PEOPLE,
        statement("S1"),
        claim,
        link("a", "PAID", "b", "S1", 3, amount=5.0),
        link("a", "PAID", "b", "S1", 4, amount=6.0),
    )
    counts = report.counts["links"]
    assert (counts.added, counts.duplicate, counts.rejected) == (1, 1, 1)
    assert "line 2" in report.rejections[0].reason


IDS = st.sampled_from("abcX")
ROWS = st.one_of(
    st.builds(lambda i, n: Row("people", "people.csv", 2, {"id": i, "name": n}), IDS, st.sampled_from("mn")),
    st.builds(lambda i: Row("gangs", "gangs.csv", 2, {"id": i}), IDS),
    st.builds(lambda i, p: statement(i, interpreter_id=p), st.sampled_from(["S1", "S2", "a"]), IDS),
    st.builds(lambda i: statement(i), st.sampled_from(["S1", "S2"])),
    st.builds(link, IDS, st.sampled_from(["PAID", "RUNS", "X_OTHER"]), IDS, st.sampled_from(["S1", "S2"])),
)


@given(st.lists(st.tuples(st.lists(ROWS, max_size=12), st.booleans()), max_size=5))
def test_counts_reconcile_and_nothing_refers_to_nobody(deliveries: list[tuple[list[Row], bool]]) -> None:
    state = State()
    for number, (rows, partial) in enumerate(deliveries, start=1):
        # A check of one delivery leaves no two differing rows of one table with the same id.
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
