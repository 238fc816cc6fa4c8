"""A case as files for the import tool: private, and refused where a file would differ from the graph."""

from __future__ import annotations

import copy
import csv
import stat
from pathlib import Path
from typing import Any

import pytest

from graphsvc.store.bulk import DELIMITER, UnsaidError, bulk_rows, write_bulk
from graphsvc.store.image import Image
from tests.store.test_image import ODD, quiet, small


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_label_and_type_has_a_file_that_this_account_alone_may_read(tmp_path: Path) -> None:
    files = write_bulk(tmp_path, "the case", small(), quiet)
    assert sorted(labels for labels, _ in files.nodes) == [
        ("Claim",),
        ("Entity", "Boat"),
        ("Entity", "Crossing"),
        ("Entity", "Person"),
        ("Source",),
        ("Statement",),
    ]
    kinds = [kind for kind, _ in files.relationships]
    assert kinds == ["GIVEN_BY", "STATED_IN", "SUBJECT", "OBJECT", "PILOTED", "X_CUSTOM"]
    names = [name for _, name in (*files.nodes, *files.relationships)]
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in names} == {0o600}
    assert sum(len(rows(tmp_path, name)) for name in names) == bulk_rows(small())


def test_a_row_says_what_is_there_and_leaves_out_what_is_not(tmp_path: Path) -> None:
    files = write_bulk(tmp_path, "c", small(), quiet)
    (people,) = [name for labels, name in files.nodes if "Person" in labels]
    assert files.with_breaks == [people]
    first, second = rows(tmp_path, people)
    assert first == {
        ":ID": "0",
        "case:string": "c",
        "id:string": "P1",
        "name:string": ODD,
        "aliases:string[]": f"a{DELIMITER}b",
        "sealed:boolean": "false",
        "handling:string": "P",
    }
    assert (second["id:string"], second["name:string"], second["sealed:boolean"]) == ("P/2 'x'", "", "true")
    assert '"P/2 \'x\'",,,true,"C"\n' in (tmp_path / people).read_text("utf-8")  # missing; "" would be empty


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("aliases", []),
        ("aliases", ["a", ""]),
        ("aliases", [f"a{DELIMITER}b"]),
        ("aliases", ["a", 1]),
        ("aliases", [1.5]),
        ("aliases", ("a",)),
        ("name", 1),  # another person's name is a text
        ("x", {"a": 1}),
        ("x", b"a"),
        ("x", float("inf")),
        ("x", float("nan")),
        ("x", 2**63),
        ("x", "half a sign \ud800"),
        ("x_a:int", "a"),
        ("x_a b", "a"),
        (":LABEL", "Boat"),
    ],
)
def test_what_a_file_cannot_say_is_refused(tmp_path: Path, name: str, value: Any) -> None:
    image = small()
    image.nodes["Person"]["P/2 'x'"][name] = value
    with pytest.raises(UnsaidError) as refused:
        write_bulk(tmp_path, "c", image, quiet)
    assert "Boat" not in str(refused.value)


def test_a_node_of_two_kinds_and_a_relationship_without_an_end_are_refused(tmp_path: Path) -> None:
    def two_kinds(image: Image) -> None:
        image.nodes["Boat"]["P1"] = {"handling": "P"}

    def no_end(image: Image) -> None:
        image.links["P1", "PILOTED", "C9"] = {"belief": 0.5}

    def no_source(image: Image) -> None:
        image.given["S1"] = "Q9"

    for number, spoil in enumerate((two_kinds, no_end, no_source)):
        image = copy.deepcopy(small())
        spoil(image)
        (tmp_path / str(number)).mkdir()
        with pytest.raises(UnsaidError):
            write_bulk(tmp_path / str(number), "c", image, quiet)


def test_who_watches_may_stop_it(tmp_path: Path) -> None:
    def stop(_done: int, _total: int, _text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bulk(tmp_path, "c", small(), stop)
