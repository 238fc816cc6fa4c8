"""A store made by Neo4j's import tool: the same graph as written row by row, and no other files left."""

from __future__ import annotations

import datetime as dt
import math
import random
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from graphsvc.cases.deliveries.rewriting import wait_for
from graphsvc.config import Settings
from graphsvc.store import mark
from graphsvc.store.bolt import Store
from graphsvc.store.bulk import BulkFiles, bulk_rows, write_bulk
from graphsvc.store.image import Image, difference, read_image, write
from graphsvc.store.schema import apply_schema
from graphsvc.store.server import importing, launch, local
from graphsvc.store.server.importing import ImportToolError, import_files, import_folder
from graphsvc.store.server.local import LocalServer, hold
from tests.store.conftest import state
from tests.store.test_image import quiet, small

pytestmark = pytest.mark.neo4j

TEXTS = (
    *(
        "",
        " ",
        " both ends ",
        '"',
        '""',
        '"a","b"',
        "a;b",
        "a,b",
        "\n",
        "\r",
        "\r\n",
        'two\nlines, "quoted"\n',
        "\\",
        '\\"',
        "\\n",
    ),
    *(
        "a\tb",
        "a\u2028b",
        "a\u2029b",
        "\x85",
        "\x0b\x0c",
        "\x00",
        "\x01\x1e\x1f",
        "\x7f",
        "\xa0x\xa0",
        "\ufeff",
        "\uffff",
    ),
    *(
        "🚤",
        "e\u0301",
        "\u202eab",
        "\U0010ffff",
        "NULL",
        "null",
        "true",
        "1",
        "'",
        "`",
        "$case",
        "#",
        "=1+1",
        "م",
        "x" * 1_000_000,
    ),
)
LISTS = (
    ["a"],
    ["a;b", "c,d"],
    ['"', '""', '"a"'],
    ["x\ny", "\r"],
    [" lead", "trail "],
    ["\u2028", "🚤", "\x00", "\t", "\\"],
)
WHOLE = (0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63))
DAYS = (dt.date(1, 1, 1), dt.date(1899, 12, 31), dt.date(2020, 2, 29), dt.date(9999, 12, 31))


def nasty() -> Image:
    """A case with every kind of value that the import could change."""
    image = small()
    for number, text in enumerate(TEXTS):
        image.nodes["Person"][f"N{number}"] = {"name": text, "sealed": number % 2 == 0, "handling": "P"}
        image.claims[f"n{number}"] = ({"notes": text, "weight": number}, "S1", "P1", f"N{number}")
    for number, items in enumerate(LISTS):
        image.nodes["Boat"][f"L{number} ü 'x' \"y\"; ,"] = {"aliases": items}
    rng = random.Random(1)
    floats = [0.1, -0.0, 5e-324, 1e-320, 1.7976931348623157e308, 1e22, 1e16, 2.0]
    floats += [value for _ in range(500) if math.isfinite(value := struct.unpack("d", rng.randbytes(8))[0])]
    for number, value in enumerate([*floats, *(rng.random() for _ in range(500))]):
        image.nodes["Thing"][f"T{number}"] = {"x": value}
    for number, whole in enumerate(WHOLE):
        image.nodes["Gang"][f"G{number}"] = {"n": whole, "pair": [whole, 1]}
    for number, day in enumerate(DAYS):
        image.nodes["Crossing"][f"D{number}"] = {"date_earliest": day}
    image.nodes["Workplace"]["W"] = {}
    image.claims["bare"] = ({}, "S1", "P1", "P1")
    image.links["P1", 'X_IT\'S "x"\n', "W"] = {"relation": 'X_IT\'S "x"\n', "asserting_told": [1, 2]}
    image.links["P1", "CONTACTED", "P1"] = {"relation": "CONTACTED", "belief": 0.1 + 0.2}
    return image


def exactly(value: Any) -> Any:
    """A value with its type, and a number to the last bit."""
    if isinstance(value, list):
        return [exactly(item) for item in value]
    return (type(value).__name__, struct.pack("d", value).hex() if isinstance(value, float) else value)


def graph(store: Store, case: str) -> tuple[list[Any], list[Any]]:
    """All nodes and relationships of a case: labels, types, and every property with its type."""

    def exact_items(properties: dict[str, Any]) -> list[Any]:
        return sorted((name, exactly(value)) for name, value in properties.items())

    nodes = store.read("MATCH (n {case: $case}) RETURN labels(n), properties(n)", {"case": case}, timeout=60, cap=10**6)
    ends = store.read(
        "MATCH (a {case: $case})-[r]->(b) RETURN labels(a), a.id, type(r), labels(b), b.id, properties(r)",
        {"case": case},
        timeout=60,
        cap=10**6,
    )
    return (
        sorted([sorted(labels), exact_items(properties)] for labels, properties in nodes.rows),
        sorted(
            [sorted(a), start, kind, sorted(b), end, exact_items(said_of)]
            for a, start, kind, b, end, said_of in ends.rows
        ),
    )


@contextmanager
def open_store(server: LocalServer) -> Iterator[Store]:
    store = Store.connect(server.uri, server.username, server.password, launch.DATABASE)
    apply_schema(store)
    yield store
    store.close()


def no_folder(settings: Settings) -> bool:
    return not list(launch.server_home(settings.home).glob("import-*/"))


@pytest.mark.slow(reason="starts its own managed server, three times")
def test_a_store_that_is_adopted_holds_the_graph_that_rows_would_have_made(
    fresh: Settings, neo4j_server: LocalServer, case: str, holder: Callable[[Settings], Any]
) -> None:
    with open_store(neo4j_server) as store:
        write(store, case, difference(Image(), nasty()), 100, quiet)
        expected = graph(store, case)
    with hold(fresh) as server, open_store(server) as store:
        store.write("CREATE (:Before)", {})
        with import_folder(fresh) as folder:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            data = import_files(fresh, folder, write_bulk(folder, case, nasty(), quiet), quiet)
            open_to_others = [path for path in data.rglob("*") if path.stat().st_mode & 0o077]
            assert open_to_others == []
            # Another process holds the server: nothing happens.
            occupant = holder(fresh)
            occupant.stdout.readline()
            assert not local.held_alone(fresh)
            assert not local.adopt(fresh, folder)
            assert not mark.is_empty(store)
            occupant.communicate()
            while not local.held_alone(fresh):
                pass
            assert local.adopt(fresh, folder)
            assert state(fresh)["uri"] == server.uri
        assert no_folder(fresh)
        wait_for(store)
        assert apply_schema(store), "the store is another one"
        assert graph(store, case) == expected
        image = read_image(store, case)
        assert difference(image, nasty()) == []
        assert mark.read_held(store, case).counts == mark.count_kinds(nasty())
        assert store.read("MATCH (n) WHERE n.case IS NULL RETURN DISTINCT labels(n)", {}, timeout=10, cap=9).rows == [
            (["GraphsvcSchema"],)
        ]
        counting = "CALL db.index.fulltext.queryNodes('said_search', 'said:nobody') YIELD node RETURN count(node)"
        assert store.read(counting, {}, timeout=10, cap=1).rows == [(0,)]
        # The server cannot start on these files, so it begins an empty store and goes on.
        with import_folder(fresh) as folder:
            (folder / "data/databases/neo4j").mkdir(parents=True)
            (folder / "data/databases/neo4j/neostore").write_bytes(bytes(10_000))
            (folder / "data/transactions").write_text("no folder")
            assert local.adopt(fresh, folder)
        wait_for(store)
        assert mark.is_empty(store)
        assert not launch.is_untried(fresh.home)


def test_only_a_large_import_has_java_compile_in_full(
    fresh: Settings, jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[list[str]] = []

    def refuse_start(command: list[str], **_: object) -> None:
        begun.append(command)
        raise OSError("refused")

    monkeypatch.setattr("subprocess.Popen", refuse_start)
    for rows in (999_999, 1_000_000):
        with import_folder(fresh) as folder, pytest.raises(OSError, match="refused"):
            import_files(fresh, folder, BulkFiles(rows=rows), quiet)
    assert ["-XX:TieredStopAtLevel=1" in command for command in begun] == [True, False]


def test_the_rows_of_all_files_are_counted(tmp_path: Path) -> None:
    assert write_bulk(tmp_path, "c", small(), quiet).rows == bulk_rows(small())


def test_where_the_tool_fails_nothing_of_what_it_read_is_left_or_said(
    fresh: Settings, jars: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    launch.server_home(fresh.home).mkdir(parents=True)
    with import_folder(fresh) as folder:
        files = write_bulk(folder, "c", small(), quiet)
        with (folder / files.relationships[-1][1]).open("a") as file:
            file.write('0,7777,"c","Quillfeather",\n')
        with pytest.raises(ImportToolError, match=r"^Neo4j's import tool ended with exit status \d+$"):
            import_files(fresh, folder, files, quiet)
    assert no_folder(fresh)
    assert "Quillfeather" not in caplog.text + "".join(capfd.readouterr())
    left = [path for path in fresh.home.rglob("*") if path.is_file() and b"Quillfeather" in path.read_bytes()]
    assert left == []


def test_the_tool_ends_with_who_stops_it_and_what_a_kill_left_is_removed(fresh: Settings, jars: Path) -> None:
    home = launch.server_home(fresh.home)
    home.mkdir(parents=True)
    looks = 0

    def stop(_done: int, _total: int, text: str) -> None:
        nonlocal looks
        looks += text == "Neo4j builds the store"
        if looks == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), import_folder(fresh) as folder:
        import_files(fresh, folder, write_bulk(folder, "c", small(), quiet), stop)
    assert no_folder(fresh)
    (home / "import-left").mkdir()
    (home / "import-left" / "0.csv").write_text("a name")
    with import_folder(fresh) as folder:
        assert [path.name for path in home.glob("import-*/")] == [folder.name]
        with pytest.raises(ImportToolError, match="another process"), import_folder(fresh):
            pass
        importing.remove_leftovers(fresh)
        assert folder.is_dir(), "it is in use"
    (home / "import-left").mkdir()
    importing.remove_leftovers(fresh)
    assert no_folder(fresh)
