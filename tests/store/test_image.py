from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graphsvc.queries import cypher_folder
from graphsvc.store import image as image_module
from graphsvc.store.bolt import Store
from graphsvc.store.image import (
    ENTITY_LABELS,
    NODE_LABELS,
    TYPES,
    Alike,
    Image,
    WriteStep,
    difference,
    read_image,
    write,
    writing_text,
)
from graphsvc.store.schema import apply_schema
from graphsvc.store.server.local import LocalServer

ODD = "O'Hara \"x\" `y` $case {id} 'م' 🚤\nline"


def quiet(_done: int, _total: int, _text: str) -> None:
    """Ignore progress."""


def small() -> Image:
    """A case with one of everything."""
    image = Image()
    image.nodes["Person"] = {
        "P1": {"name": ODD, "aliases": ["a", "b"], "sealed": False, "handling": "P"},
        "P/2 'x'": {"sealed": True, "handling": "C"},
    }
    image.nodes["Boat"]["B1"] = {"length_m": 7.5, "handling": "P"}
    image.nodes["Crossing"]["C1"] = {
        "date": "2020-05",
        "date_earliest": dt.date(2020, 5, 1),
        "date_latest": dt.date(2020, 5, 31),
        "handling": "P",
    }
    image.nodes["Statement"]["S1"] = {"kind": "witness", "on_record": True, "handling": "P"}
    image.nodes["Source"]["Q1"] = {"kind": "witness"}
    image.given["S1"] = "Q1"
    image.claims["c1"] = ({"relation": "PILOTED", "belief": 0.6, "weight": 1}, "S1", "P1", "C1")
    image.claims["c2"] = ({"relation": "X_KNEW", "belief": 0.6, "weight": 1}, "S1", "P1", "P/2 'x'")
    image.links["P1", "PILOTED", "C1"] = {"relation": "PILOTED", "belief": 0.6, "belief_p": 0.6}
    image.links["P1", "X_KNEW", "P/2 'x'"] = {"relation": "X_KNEW", "belief": 0.6}
    image.links["P1", "X_FED", "P/2 'x'"] = {"relation": "X_FED", "belief": 0.5}
    return image


@pytest.fixture(scope="module")
def store(neo4j_server: LocalServer) -> Iterator[Store]:
    store = Store.connect(neo4j_server.uri, neo4j_server.username, neo4j_server.password, "neo4j")
    apply_schema(store)
    yield store
    store.close()


def rewrite(store: Store, case: str, new: Image, batch: int = 2) -> list[tuple[str, str, int]]:
    """Write `new` over the current image, and return the steps it took."""
    steps = difference(read_image(store, case), new)
    write(store, case, steps, batch, quiet)
    return [(step.file, step.word, len(step.rows)) for step in steps]


@pytest.mark.neo4j
@pytest.mark.parametrize("few", [5_000, 0])
def test_what_is_written_is_read_and_then_there_is_no_difference(
    store: Store, case: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_module, "_FEW_LINKS", few)
    rewrite(store, case, small())
    read = read_image(store, case)
    assert read == small()
    assert read.size() == 6 + 2 + 1 + 3
    assert difference(read, small()) == []


@pytest.mark.neo4j
@pytest.mark.parametrize("few", [5_000, 0])
def test_writing_twice_is_as_writing_once(store: Store, case: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_module, "_FEW_LINKS", few)
    steps = difference(Image(), small())
    for _ in range(2):
        write(store, case, steps, 100, quiet)
    assert read_image(store, case) == small()


@pytest.mark.neo4j
def test_a_difference_changes_only_what_differs(store: Store, case: str) -> None:
    rewrite(store, case, small())
    new = small()
    new.nodes["Person"]["P1"] = {"name": "Ann", "handling": "P", "sealed": False}  # aliases are gone
    del new.nodes["Boat"]["B1"]
    new.nodes["Source"]["Q2"] = {"kind": "witness"}
    new.given["S1"] = "Q2"
    new.claims["c1"] = ({"relation": "PILOTED", "belief": 0.9, "weight": 1}, "S1", "P/2 'x'", "C1")  # another subject
    del new.links["P1", "PILOTED", "C1"]
    new.links["P/2 'x'", "PILOTED", "C1"] = {"relation": "PILOTED", "belief": 0.9}
    assert rewrite(store, case, new) == [
        ("remove_links", "", 1),
        ("remove_claims", "", 1),
        ("remove_given", "", 1),
        ("remove_nodes", "Boat", 1),
        ("nodes", "Person", 1),
        ("nodes", "Source", 1),
        ("given", "", 1),
        ("claims", "", 1),
        ("any_links", "", 1),
    ]
    assert read_image(store, case) == new


@pytest.mark.neo4j
def test_a_case_can_be_emptied_and_another_is_untouched(store: Store, case: str) -> None:
    twin = f"{case} twin"
    rewrite(store, case, small())
    rewrite(store, twin, small())
    rewrite(store, case, Image())
    assert read_image(store, case) == Image()
    assert read_image(store, twin) == small()
    for place in (case, twin):
        left = "MATCH (n) WHERE n.case = $case RETURN count(*) AS n"
        assert store.read(left, {"case": place}, timeout=10, cap=1).rows == [(0 if place == case else 8,)]


@pytest.mark.neo4j
def test_case_is_on_every_node_and_relationship(store: Store, case: str) -> None:
    rewrite(store, case, small())
    text = "MATCH (n {case: $case})-[r]->(m) WHERE r.case IS NULL OR r.case <> $case OR m.case <> $case RETURN count(*) AS n"
    assert store.read(text, {"case": case}, timeout=10, cap=1).rows == [(0,)]


@pytest.mark.neo4j
def test_writing_can_be_stopped_between_batches_and_completed(store: Store, case: str) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, _total: int, _text: str) -> None:
        if done >= 4:
            raise StoppedError

    steps = difference(Image(), small())
    with pytest.raises(StoppedError):
        write(store, case, steps, 1, stop)
    half = read_image(store, case)
    assert 0 < half.size() < small().size()
    write(store, case, difference(half, small()), 5, quiet)
    assert read_image(store, case) == small()


def test_progress_counts_rows_up_to_all() -> None:
    steps: list[tuple[int, int]] = []

    class Nowhere:
        def write(self, _text: str, parameters: dict[str, Any], _mark: str) -> None:
            assert len(parameters["rows"]) <= 2

    write(Nowhere(), "c", difference(Image(), small()), 2, lambda done, total, _: steps.append((done, total)))  # type: ignore[arg-type]
    assert steps[0] == (0, small().size())
    assert steps[-1] == (small().size(), small().size())
    assert steps == sorted(steps)


def test_nothing_to_nothing_takes_no_step() -> None:
    assert difference(Image(), Image()) == []
    assert difference(small(), copy.deepcopy(small())) == []


class Noted:
    """An empty store that records what it is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def each(self, text: str, parameters: dict[str, Any], _take: Callable[..., object], **_limits: float) -> None:
        self.sent.append((text, parameters))

    def write(self, text: str, parameters: dict[str, Any], _mark: str) -> None:
        self.sent.append((text, parameters))


def test_a_server_has_few_texts_to_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new server needs up to a second to plan a query; link types have their own only in cases with many links."""
    image = small()
    for label in ENTITY_LABELS:
        image.nodes[label]["one more"] = {"handling": "P"}
    noted: Any = Noted()
    assert read_image(noted, "c") == Image()
    assert len(noted.sent) == 2, "where no node is, nothing leads from one to another"
    write(noted, "c", difference(Image(), image) + difference(image, Image()), 100, quiet)
    texts = {text for text, _ in noted.sent[2:]}
    assert len(texts) == len(("entities", "statements", "sources")) * 2 + 2 + 4
    rows = [row for text, parameters in noted.sent if "$(row.type)" in text for row in parameters["rows"]]
    assert {row["type"] for row in rows} == {"PILOTED", "X_CUSTOM"} < set(TYPES)
    monkeypatch.setattr(image_module, "_FEW_LINKS", 0)
    noted.sent.clear()
    write(noted, "c", difference(Image(), image), 100, quiet)
    links = {text for text, _ in noted.sent if "MERGE (a)-[r:" in text}
    assert len(links) == len({"PILOTED", "X_CUSTOM"})
    assert [parameters["label"] for text, parameters in noted.sent if "$label" in text] == list(NODE_LABELS)


def test_a_relation_of_no_table_is_no_type() -> None:
    image = Image()
    image.links["P1", "PILOTED]->() DETACH DELETE (a", "P2"] = {}
    (step,) = difference(Image(), image)
    assert [row["type"] for row in step.rows] == ["X_CUSTOM"]


def test_labels_and_types_come_from_our_tables_alone() -> None:
    assert "MERGE (n:Entity {case: $case" in writing_text("nodes", "Person")
    assert "MERGE (n:Source {" in writing_text("nodes", "Source")
    assert "[r:PILOTED {relation: row.relation}]" in writing_text("links", "PILOTED")
    for word in ("Person) DETACH DELETE (n", "PILOTED|RUNS", "X_KNEW", "Nobody", "Entity"):
        noted: Any = Noted()
        with pytest.raises(ValueError, match=r".+"):
            writing_text("links", word)
        with pytest.raises(ValueError, match=r".+"):
            write(noted, "c", [WriteStep("nodes", word, [{"id": "P1", "set": {}}])], 100, quiet)
        assert noted.sent == []


@pytest.mark.neo4j
def test_a_label_given_as_a_parameter_is_that_of_its_rows_alone(store: Store, case: str) -> None:
    rewrite(store, case, small())
    rows = store.read("MATCH (n:Entity {case: $case}) RETURN n.id, labels(n)", {"case": case}, timeout=10, cap=9).rows
    assert {identifier: set(labels) - {"Entity"} for identifier, labels in rows} == {
        "P1": {"Person"},
        "P/2 'x'": {"Person"},
        "B1": {"Boat"},
        "C1": {"Crossing"},
    }


@pytest.mark.neo4j
def test_an_id_may_come_to_stand_for_another_kind_of_entity(store: Store, case: str) -> None:
    rewrite(store, case, small())
    new = small()
    new.nodes["Thing"]["B1"] = new.nodes["Boat"].pop("B1")
    rewrite(store, case, new)
    assert read_image(store, case) == new
    text = "MATCH (n:Entity {case: $case, id: 'B1'}) RETURN labels(n)"
    ((labels,),) = store.read(text, {"case": case}, timeout=10, cap=9).rows
    assert sorted(labels) == ["Entity", "Thing"]


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("file", "word"),
    [
        *((file, word) for file in ("nodes", "remove_nodes") for word in ("Person", "Statement", "Source")),
        *((file, "") for file in ("claims", "given", "remove_claims", "remove_given", "remove_links")),
        *((file, "") for file in ("image_nodes", "image_claims", "image_given", "image_links")),
        ("links", "PILOTED"),
        ("any_links", ""),
    ],
)
def test_what_is_written_and_read_is_found_by_its_key(store: Store, file: str, word: str) -> None:
    """However full the server is, no node is found by scanning a label or the whole graph."""
    operators = [step.operator for step in store.explain(writing_text(file, word)).root.walk()]
    assert [operator for operator in operators if "Scan" in operator or "Lookup" in operator] == []
    assert [operator for operator in operators if "IndexSeek" in operator or operator == "MergeUniqueNode"]


def test_every_writing_file_binds_the_case() -> None:
    for path in (cypher_folder() / "load").glob("*.cypher"):
        assert re.search(r"\{(case|of): \$case", path.read_text("utf-8")), path.name


def test_equal_properties_are_one_object_and_others_are_not() -> None:
    alike = Alike()
    first = alike.of({"belief": 0.5, "asserting_told": [1, 0]})
    assert alike.of({"belief": 0.5, "asserting_told": [1, 0]}) is first
    for properties in (
        {"belief": 0.5, "asserting_told": [0, 1]},
        {"belief_p": 0.5, "asserting_told": [1, 0]},
        {"belief": 0.5},
    ):
        assert alike.of(properties) == properties
        assert alike.of(properties) is properties
    strange = {"belief": bytearray(b"of others"), "asserting_told": [1, 0]}
    assert alike.of(strange) is strange


def test_two_that_are_joined_are_one_object_each_time_and_stay_what_they_were() -> None:
    alike = Alike()
    named, figures = {"relation": "RUNS"}, {"belief": 0.5}
    both = alike.join(named, figures)
    assert both == {"relation": "RUNS", "belief": 0.5}
    assert alike.join(named, figures) is both
    assert alike.join({"relation": "RUNS"}, {"belief": 0.5}) is both
    assert (named, figures) == ({"relation": "RUNS"}, {"belief": 0.5})
    # This is so however many others were joined in between.
    assert all(alike.join(named, {"belief": number}) == named | {"belief": number} for number in range(1000))


@pytest.mark.neo4j
def test_what_is_read_is_one_object_where_it_is_equal(store: Store, case: str) -> None:
    image = small()
    image.links["P1", "PILOTED", "C2"] = {"relation": "PILOTED", "belief": 0.6, "belief_p": 0.6}
    image.nodes["Crossing"]["C2"] = {"handling": "P"}
    rewrite(store, case, image)
    read = read_image(store, case)
    assert read == image
    assert read.links["P1", "PILOTED", "C1"] is read.links["P1", "PILOTED", "C2"]


def test_rows_to_write_are_made_when_they_are_asked_for() -> None:
    image = small()
    (claims,) = (step for step in difference(Image(), image) if step.file == "claims")
    assert len(claims.rows) == 2
    image.claims["c2"] = ({"relation": "X_KNEW", "belief": 0.1}, "S1", "P1", "P/2 'x'")
    assert [row["set"]["belief"] for row in claims.rows[1:]] == [claims.rows[1]["set"]["belief"]] == [0.1]
