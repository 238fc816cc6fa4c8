"""A graph lost, emptied, exchanged, restored or changed by others is recognised as different from the last write."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from graphsvc.store.bolt import Store
from graphsvc.store.image import Image, difference, read_image, write, writing_text
from graphsvc.store.mark import Held, count_kinds, read_held, read_mark, renew
from graphsvc.store.schema import apply_schema
from graphsvc.store.server.local import LocalServer
from tests.store.test_image import quiet, small


@pytest.fixture(scope="module")
def store(neo4j_server: LocalServer) -> Iterator[Store]:
    store = Store.connect(neo4j_server.uri, neo4j_server.username, neo4j_server.password, "neo4j")
    apply_schema(store)
    yield store
    store.close()


def write_case(store: Store, case: str, image: Image) -> Held:
    write(store, case, difference(read_image(store, case), image), 100, quiet)
    return renew(store, case, image)


@pytest.mark.neo4j
def test_what_was_written_is_what_is_held(store: Store, case: str) -> None:
    current = write_case(store, case, small())
    assert read_held(store, case) == current
    assert read_mark(store, case) == current.mark
    assert sum(current.counts.values()) == small().size() + 3 * len(small().claims)
    assert Held.of_json(json.loads(json.dumps(current.as_json()))) == current


@pytest.mark.neo4j
def test_every_change_bears_a_mark_of_its_own_and_other_cases_keep_theirs(store: Store, case: str) -> None:
    first, twin = write_case(store, case, small()), write_case(store, f"{case} twin", small())
    second = write_case(store, case, small())
    assert len({first.mark, second.mark, twin.mark}) == 3
    assert read_mark(store, case) == second.mark
    assert read_mark(store, f"{case} twin") == twin.mark


@pytest.mark.neo4j
def test_a_store_that_was_emptied_bears_no_mark(store: Store, case: str) -> None:
    current = write_case(store, case, small())
    store.write("MATCH (n) WHERE n.case = $case OR n.of = $case DETACH DELETE n", {"case": case})
    assert read_mark(store, case) == ""
    assert read_held(store, case) == Held("", dict.fromkeys(current.counts, 0))


@pytest.mark.neo4j
def test_a_store_that_was_put_back_bears_another(store: Store, case: str) -> None:
    older = write_case(store, case, small())
    current = write_case(store, case, small())
    store.write("MATCH (m:GraphsvcMark {of: $case}) SET m.mark = $mark", {"case": case, "mark": older.mark})
    assert read_mark(store, case) != current.mark


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "change",
    [
        *(
            f"MATCH (n:{label} {{case: $case}}) WITH n LIMIT 1 DETACH DELETE n"
            for label in ("Person", "Boat", "Crossing")
        ),
        *(
            f"MATCH (n:{label} {{case: $case}}) WITH n LIMIT 1 DETACH DELETE n"
            for label in ("Statement", "Source", "Claim")
        ),
        "MATCH (:Person {case: $case})-[r:PILOTED]->() DELETE r",
        "MATCH (:Claim {case: $case})-[r:SUBJECT]->() WITH r LIMIT 1 DELETE r",
        "MATCH (:Statement {case: $case})-[r:GIVEN_BY]->() DELETE r",
        "CREATE (:Entity:Person {case: $case, id: 'P99'})",
    ],
)
def test_what_other_hands_take_or_add_is_counted(store: Store, case: str, change: str) -> None:
    before = write_case(store, case, small())
    store.write(change, {"case": case})
    after = read_held(store, case)
    assert after.mark == before.mark
    assert after.counts != before.counts


@pytest.mark.neo4j
def test_a_case_that_is_empty_bears_none_and_leaves_nothing(store: Store, case: str) -> None:
    write_case(store, case, small())
    assert write_case(store, case, Image()) == Held("", count_kinds(Image())) == read_held(store, case)
    left = "MATCH (n) WHERE n.case = $case OR n.of = $case RETURN count(*)"
    assert store.read(left, {"case": case}, timeout=10, cap=1).rows == [(0,)]


@pytest.mark.neo4j
def test_a_query_of_the_case_meets_no_mark(store: Store, case: str) -> None:
    write_case(store, case, small())
    text = "MATCH (n {case: $case}) RETURN count(n) AS n"
    assert store.read(text, {"case": case}, timeout=10, cap=1).rows == [(6 + 2,)]


@pytest.mark.neo4j
def test_counting_reads_by_index_and_goes_through_no_other_case(store: Store) -> None:
    steps = store.explain(writing_text("held", "")).root.walk()
    assert [step.details for step in steps if "Scan" in step.operator] == []
    # There are only as many marks as cases.
    (scan,) = [step for step in store.explain(writing_text("marked", "")).root.walk() if "Scan" in step.operator]
    assert scan.details == "m:GraphsvcMark"
