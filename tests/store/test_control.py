"""The control door: tokens of callers, connections of holders, and no answers for strangers and silent callers."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from graphsvc.config import Settings
from graphsvc.store.server import control, supervisor
from graphsvc.store.server.control import ControlDoor
from graphsvc.store.server.process import Server


@pytest.fixture
def door() -> Iterator[ControlDoor]:
    door = ControlDoor("the token", "the word", lambda: {"state": "starting"})
    yield door
    door.close()


class Caller:
    """One connection to the door; `receive` serves the door until its answer has come."""

    def __init__(self, door: ControlDoor, text: str) -> None:
        self.door = door
        self.socket = socket.create_connection(("127.0.0.1", door.port), timeout=0.02)
        self.socket.sendall(text.encode())

    def receive(self) -> str:
        """Everything received until the connection ended or fell silent."""
        text = b""
        for _ in range(10):
            self.door.serve(0.02)
            try:
                chunk = self.socket.recv(4096)
            except TimeoutError:
                continue
            except ConnectionResetError:
                break
            if not chunk:
                break
            text += chunk
        return text.decode()

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


@pytest.mark.parametrize(
    "text", ["another token\nhold\n", "\nhold\n", "the token \nstop\n", "x" * 300, "GET / HTTP/1.1\n\n"]
)
def test_without_the_token_nothing_is_answered_and_nothing_happens(door: ControlDoor, text: str) -> None:
    door.announce("READY bolt://x")
    with Caller(door, text) as caller:
        assert caller.receive() == ""
    assert (door.holders, door.kept, door.stop_asked) == (0, False, False)


def test_an_unknown_command_gets_the_word_alone(door: ControlDoor) -> None:
    with Caller(door, "the token\ndance\n") as caller:
        assert caller.receive() == "the word\n"


def test_a_holder_waits_for_the_answer_and_counts_until_it_leaves(door: ControlDoor) -> None:
    with Caller(door, "the token\nhold 0\n") as caller:
        assert caller.receive() == "the word\n"
        assert door.holders == 1
        door.announce("")  # a restart needs no announcement
        assert caller.receive() == ""
        door.announce("READY bolt://x")
        door.announce("READY bolt://x")
        assert caller.receive() == "READY bolt://x\n"
    door.serve(0.1)
    assert door.holders == 0
    assert door.heard


def test_a_server_is_wanted_for_as_long_as_its_last_holders_said(door: ControlDoor) -> None:
    with Caller(door, "the token\nhold 300\n") as long, Caller(door, "the token\nhold 0\n") as short:
        assert (long.receive(), short.receive()) == ("the word\n", "the word\n")
    door.serve(0.1)
    door.serve(0.1)
    assert door.holders == 0
    assert 290 < door.wanted_until - time.monotonic() <= 300
    before = door.wanted_until
    with Caller(door, "the token\nhold 0\n") as short:
        assert short.receive() == "the word\n"
    door.serve(0.1)
    assert door.wanted_until == before


def test_who_comes_after_the_start_is_answered_at_once(door: ControlDoor) -> None:
    door.announce("FAILED disk full")
    with Caller(door, "the token\nhold 0\n") as caller:
        assert caller.receive() == "the word\nFAILED disk full\n"


def test_the_lines_may_come_in_pieces(door: ControlDoor) -> None:
    with Caller(door, "the to") as caller:
        assert caller.receive() == ""
        caller.socket.sendall(b"ken\nke")
        assert caller.receive() == ""
        caller.socket.sendall(b"ep\n")
        assert caller.receive() == "the word\nKEPT\n"
    assert door.kept


def test_status_and_stop(door: ControlDoor) -> None:
    with Caller(door, "the token\nstatus\n") as caller:
        assert json.loads(caller.receive().splitlines()[1]) == {"state": "starting"}
    assert not door.stop_asked
    with Caller(door, "the token\nstop\n") as caller:
        assert caller.receive() == "the word\nSTOPPING\n"
    assert door.stop_asked


def test_a_store_is_exchanged_only_for_who_holds_alone_and_who_comes_then_waits(door: ControlDoor) -> None:
    door.announce("READY bolt://x")
    with Caller(door, "the token\nhold 0\n") as first:
        assert first.receive() == "the word\nREADY bolt://x\n"
        with Caller(door, "the token\nhold 0\n") as second:
            assert second.receive() == "the word\nREADY bolt://x\n"
            with Caller(door, "the token\nadopt import-1\n") as caller:
                assert caller.receive() == "the word\nUSED\n"
        door.serve(0.1)
        assert (door.holders, door.adopt_asked) == (1, "")
        with Caller(door, "the token\nadopt import-1\n") as caller:
            assert caller.receive() == "the word\nADOPTING\n"
        assert door.adopt_asked == "import-1"
        with Caller(door, "the token\nhold 0\n") as late:
            assert late.receive() == "the word\n"
            door.announce("READY bolt://x")
            assert late.receive() == "READY bolt://x\n"


def test_a_mute_connection_is_ended_after_a_while(door: ControlDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    with Caller(door, "") as mute, Caller(door, "the token\nhold 0\n") as holder:
        assert holder.receive() == "the word\n"
        monkeypatch.setattr(control, "_PATIENCE_S", -1)
        door.serve(0)
        mute.socket.settimeout(5)
        assert mute.socket.recv(10) == b""
        assert door.holders == 1


def test_who_reads_ready_reads_the_address(settings: Callable[..., Settings], tmp_path: Path) -> None:
    supervision = supervisor._Supervision(settings(), tmp_path)
    supervision._server = cast(
        "Server", SimpleNamespace(state="ready", uri="bolt://127.0.0.1:1", pid=1, restarted=0, renewed=0)
    )
    status = supervision._status()  # before the loop has written the address on the card
    assert (status["state"], status["uri"]) == ("ready", "bolt://127.0.0.1:1")
    supervision._door.close()
