"""The supervisor's control port: a line protocol on the loopback address, and the file that says where it is.

A client sends two lines, the token and a command. The supervisor first answers with its own word from the same private
file, so that neither side talks to a program that has taken over the port of an ended supervisor.

    hold S  → `READY <bolt uri>` once a query was answered, or `FAILED <reason>`; the connection is then a lifeline,
              and Neo4j stays for S seconds (a whole number) after its end
    keep    → `KEPT`: Neo4j stays until `stop`, even without holders
    status  → one line of JSON
    restart → `RESTARTING`: Neo4j is ended and restarted at the same address, with the same store
    renew   → `RENEWING`: Neo4j is ended, its store deleted, and an empty one started at the same address
    adopt I → `ADOPTING`: as `renew`, but with the store made by the import I; `USED` and no effect if there are other
              holders
    stop    → `STOPPING`; the connection ends when Neo4j has ended
"""

from __future__ import annotations

import hmac
import json
import os
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LINE_BYTES = 256
_PATIENCE_S = 10  # after which a connection that has sent no command is dropped


def card_path(folder: Path) -> Path:
    """Return the path of the private file with a supervisor's address and its secrets."""
    return folder / "supervisor.json"


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Replace the card atomically; only this account can read it."""
    new = card_path(folder).with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(card, file)
    new.replace(card_path(folder))


def read_card(folder: Path) -> dict[str, Any] | None:
    """Read the card; None if it does not exist (yet)."""
    try:
        card = json.loads(card_path(folder).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return card if isinstance(card, dict) else None


@dataclass
class _Client:
    """One connection, with the bytes received so far, and its command once known."""

    connection: socket.socket
    since: float = field(default_factory=time.monotonic)
    received: bytes = b""
    command: str = ""
    lasts: int = 0
    told: bool = False


class ControlDoor:
    """Listens and answers in the thread that calls `serve`; knows the holders, but nothing about Neo4j.

    Attributes:
        port: its port on 127.0.0.1.
        kept: whether a client asked for Neo4j to stay without holders.
        restart_asked: whether a client asked for a restart; the caller of `serve` resets it.
        renew_asked: whether a client asked for an empty store; the caller of `serve` resets it.
        adopt_asked: the import whose store a client asked for, or empty; the caller of `serve` resets it.
        stop_asked: whether a client asked Neo4j to end.
        heard: whether any holder has received the outcome of a start.
        last_held, wanted_until: when the last holder was there, and until when holders asked Neo4j to stay
            (`time.monotonic`).
    """

    def __init__(self, token: str, word: str, status: Callable[[], dict[str, Any]]) -> None:
        self._token, self._word, self._status = token, word, status
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._clients: dict[socket.socket, _Client] = {}
        self._answer = self.adopt_asked = ""
        self.port: int = self._listener.getsockname()[1]
        self.kept = self.restart_asked = self.renew_asked = self.stop_asked = self.heard = False
        self.last_held = self.wanted_until = time.monotonic()

    @property
    def holders(self) -> int:
        """Number of lifelines."""
        return sum(client.command == "hold" for client in self._clients.values())

    def announce(self, answer: str) -> None:
        """Set the answer to holders: waiting ones get it now, later ones on arrival; '' if it is not known yet."""
        self._answer = answer
        for client in list(self._clients.values()):
            self._tell_holder(client)

    def serve(self, seconds: float) -> None:
        """Answer clients for up to this many seconds."""
        for key, _events in self._selector.select(seconds):
            if key.fileobj is self._listener:
                self._accept()
            elif (client := self._clients.get(key.fileobj)) is not None:  # type: ignore[call-overload]
                self._read(client)
        late = time.monotonic() - _PATIENCE_S
        for client in [client for client in self._clients.values() if not client.command and client.since < late]:
            self._drop(client)
        if lasts := [client.lasts for client in self._clients.values() if client.command == "hold"]:
            self.last_held = time.monotonic()
            self.wanted_until = max(self.wanted_until, self.last_held + max(lasts))

    def close(self) -> None:
        """End every connection and stop listening."""
        for client in list(self._clients.values()):
            self._drop(client)
        self._selector.close()
        self._listener.close()

    def _accept(self) -> None:
        connection, _address = self._listener.accept()
        connection.setblocking(False)
        self._clients[connection] = _Client(connection)
        self._selector.register(connection, selectors.EVENT_READ)

    def _read(self, client: _Client) -> None:
        try:
            chunk = client.connection.recv(_LINE_BYTES)
        except BlockingIOError:
            return
        except OSError:  # a reset counts as the end of the connection
            chunk = b""
        client.received += chunk
        if not chunk or len(client.received) > _LINE_BYTES:
            self._drop(client)
        elif not client.command and client.received.count(b"\n") >= 2:
            token, command = client.received.split(b"\n")[:2]
            if hmac.compare_digest(token, self._token.encode()):
                client.received = b""
                self._obey(client, command.decode(errors="replace"))
            else:
                self._drop(client)

    def _obey(self, client: _Client, message: str) -> None:
        command, _, word = message.partition(" ")
        client.command, client.lasts = command, int(word) if word.isdecimal() else 0
        self._send(client, self._word)
        if command == "hold":
            self._tell_holder(client)
            return
        if command == "keep":
            self.kept = True
            self._send(client, "KEPT")
        elif command == "status":
            self._send(client, json.dumps(self._status()))
        elif command == "restart":
            self.restart_asked = True
            self._send(client, "RESTARTING")
        elif command == "renew":
            self.renew_asked = True
            self._send(client, "RENEWING")
        elif command == "adopt" and self.holders > 1:
            self._send(client, "USED")
        elif command == "adopt":
            self.adopt_asked = word
            self.announce("")  # clients that arrive from now on wait for the new start
            self._send(client, "ADOPTING")
        elif command == "stop":
            self.stop_asked = True
            self._send(client, "STOPPING")
            return
        self._drop(client)

    def _tell_holder(self, client: _Client) -> None:
        if self._answer and client.command == "hold" and not client.told:
            client.told = self.heard = True
            self._send(client, self._answer)

    def _send(self, client: _Client, line: str) -> None:
        try:
            client.connection.sendall(line.encode() + b"\n")
        except OSError:  # gone, or not reading
            self._drop(client)

    def _drop(self, client: _Client) -> None:
        if self._clients.pop(client.connection, None) is not None:
            self._selector.unregister(client.connection)
            client.connection.close()
