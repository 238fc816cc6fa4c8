from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graphsvc.errors import OperatorError, RequestError
from graphsvc.queries import cypher_folder
from graphsvc.store import schema
from graphsvc.store.bolt import Store
from graphsvc.store.schema import apply_schema
from graphsvc.store.server.local import LocalServer

pytestmark = pytest.mark.neo4j
# Numbers that no file of the project has.
FIRST, SECOND = "9001_first.cypher", "9002_second.cypher"
_INDEXES = "SHOW INDEXES YIELD name WHERE name STARTS WITH 'graphsvc_test' RETURN name ORDER BY name"
_RECORDED = "MATCH (s:GraphsvcSchema) WHERE s.number > 9000 RETURN s.number AS number, s.name AS name ORDER BY number"


@pytest.fixture
def store(neo4j_server: LocalServer) -> Iterator[Store]:
    store = Store.connect(neo4j_server.uri, neo4j_server.username, neo4j_server.password, "neo4j")
    yield store
    for (name,) in read_rows(store, _INDEXES):
        store.run_schema(f"DROP INDEX {name}")
    store.write("MATCH (s:GraphsvcSchema) WHERE s.number > 9000 DELETE s", {})
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FIRST).write_text(
        "// two; statements\nCREATE INDEX graphsvc_test_a FOR (n:GraphsvcTest) ON (n.a);\n"
        "CREATE INDEX graphsvc_test_b FOR (n:GraphsvcTest) ON (n.b);\n",
        "utf-8",
    )
    return tmp_path


def read_rows(store: Store, text: str) -> list[tuple[object, ...]]:
    return store.read(text, {}, timeout=30, cap=1_000).rows


def test_a_file_is_applied_once_and_recorded(store: Store, folder: Path) -> None:
    assert apply_schema(store, folder) == [FIRST]
    assert read_rows(store, _INDEXES) == [("graphsvc_test_a",), ("graphsvc_test_b",)]
    assert read_rows(store, _RECORDED) == [(9001, "9001_first")]
    # Without IF NOT EXISTS a second time would be an error.
    assert apply_schema(store, folder) == []


def test_a_new_file_is_applied_after_the_old(store: Store, folder: Path) -> None:
    apply_schema(store, folder)
    (folder / SECOND).write_text("DROP INDEX graphsvc_test_a;", "utf-8")
    assert apply_schema(store, folder) == [SECOND]
    assert read_rows(store, _INDEXES) == [("graphsvc_test_b",)]


def test_a_file_changed_after_it_was_applied_is_refused(store: Store, folder: Path) -> None:
    apply_schema(store, folder)
    (folder / FIRST).write_text("CREATE INDEX graphsvc_test_c FOR (n:GraphsvcTest) ON (n.c);", "utf-8")
    with pytest.raises(OperatorError, match=r"9001_first\.cypher was changed after it had been applied"):
        apply_schema(store, folder)
    assert read_rows(store, _INDEXES) == [("graphsvc_test_a",), ("graphsvc_test_b",)]


def test_the_files_of_the_project_are_numbered_and_stand_on_the_server(store: Store) -> None:
    apply_schema(store)
    assert apply_schema(store) == []
    paths = sorted((cypher_folder() / "schema").glob("*.cypher"))
    assert [int(path.name[:4]) for path in paths] == list(range(1, len(paths) + 1))
    names = {name for (name,) in read_rows(store, "SHOW CONSTRAINTS YIELD name RETURN name")}
    assert {"entity_key", "statement_key", "source_key", "claim_key", "schema_number"} <= names
    online = read_rows(
        store, "SHOW INDEXES YIELD name, state WHERE name IN ['crossing_case', 'claim_relation'] RETURN state"
    )
    assert online == [("ONLINE",), ("ONLINE",)] or online == [("POPULATING",), ("POPULATING",)]


def test_who_applies_it_at_the_same_time_waits_for_the_other(store: Store) -> None:
    """Two services on a new server: each command needs a lock of the other, so one must retry."""

    def apply(number: int) -> None:
        for _round in range(5):
            store.run_schema(f"CREATE INDEX graphsvc_test_{number} IF NOT EXISTS FOR (n:GraphsvcTest) ON (n.p{number})")
            store.run_schema(f"DROP INDEX graphsvc_test_{number} IF EXISTS")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(apply, range(4))) == [None] * 4


def test_two_cases_may_use_the_same_ids_and_one_may_not_use_one_twice(store: Store, case: str) -> None:
    apply_schema(store)
    create = "CREATE (:Entity:Boat {case: $case, id: 'B1'})"
    store.write(create, {"case": case})
    store.write(create, {"case": f"{case} twin"})
    with pytest.raises(RequestError, match="already exists"):
        store.write(create, {"case": case})
    store.write("MATCH (n:Boat) WHERE n.case STARTS WITH $case DELETE n", {"case": case})


def test_every_name_of_our_tables_is_known_before_anything_bears_it(store: Store) -> None:
    """A server plans a query again once an unknown name in it comes into use, and warns of unknown names."""
    apply_schema(store)
    properties = {name for (name,) in read_rows(store, "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey")}
    assert schema._NAMES["createProperty"] <= properties
    assert store.explain("MATCH ()-[:NO_SUCH_NAME]->() RETURN 1 AS one").notices
    for name in schema._NAMES["createRelationshipType"]:
        assert store.explain(f"MATCH ()-[:{name}]->() RETURN 1 AS one").notices == (), name
