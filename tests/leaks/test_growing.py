"""A case is read, grows by a delivery of handling code C alone, and is read again: readers without C see no change."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from graphsvc.config import Settings
from tests.leaks import calls, small
from tests.leaks.small import CASE, HIDDEN, KNOWN, Small
from tests.pseudonyms import sources

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="reads every page of a case before and after it grows")]


@pytest.fixture(scope="module")
def grown(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with small.grown(
        at_server(named="part", snapshot_rows=1), tmp_path_factory.mktemp("small"), watched=True
    ) as result:
        yield result


def changed_addresses(grown: Small, name: str, part: str) -> list[str]:
    """Addresses with `part` in them whose answers to a reader changed with the hidden delivery."""
    addresses = [address for address in grown.before[name] if part in address]
    assert addresses
    return [address for address in addresses if grown.before[name][address] != grown.after[name][address]]


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("counts", "/query"),
        ("counts", "/entity"),
        ("counts", "/crossings"),
        ("scores and ranks", "/lead"),
        ("facets", "/leads?"),
        ("suggestions", "/search"),
        ("positions", "/network"),
        ("pages", "/statement"),
    ],
)
def test_what_is_hidden_moves_nothing(grown: Small, kind: str, part: str) -> None:
    assert changed_addresses(grown, "low", part) == []
    assert changed_addresses(grown, "high", part) != []  # the delivery changes the answers to readers who may see it


def test_no_node_moves_for_what_is_hidden(grown: Small) -> None:
    for depth in (1, 2, 3):
        address = f"/case/{CASE}/network.json?id=boss-1&depth={depth}"
        low, high = (grown.client(name).get(address).get_json()["view"] for name in ("low", "high"))
        places = [{node["id"]: (node["x"], node["y"]) for node in view["nodes"]} for view in (low, high)]
        assert len(places[0]) > 2
        assert HIDDEN not in places[0]
        assert HIDDEN in places[1]
    for address, answer in grown.before["low"].items():
        if "/network.json" in address:
            assert grown.after["low"][address] == answer, address


def test_no_source_is_told_without_source_clearance(grown: Small) -> None:
    """No page of the case shows a source's pseudonym, and no notebook call returns one."""
    for name in ("low", "high"):
        answers = {**grown.after[name], **calls.walk(grown.session(name), KNOWN)}
        assert len(answers) > 200
        leaking = [request for request, answer in answers.items() if sources(answer)]
        assert leaking == [], name


def test_what_a_file_is_called_and_says_of_itself_tells_nothing(grown: Small) -> None:
    """Names and headers of downloads are the same before and after the hidden delivery."""
    for part in ("leads.csv", "as=csv"):
        for address, answer in grown.before["low"].items():
            if part in address:
                head, later_head = answer.split("\n\n")[0], grown.after["low"][address].split("\n\n")[0]
                assert head == later_head, address
    names = {
        line
        for address, answer in grown.after["low"].items()
        for line in answer.splitlines()
        if line.startswith("Content-Disposition")
    }
    assert names
    assert not [name for name in names if CASE in name or "low" in name]
