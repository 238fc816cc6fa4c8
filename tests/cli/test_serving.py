"""The server as `serve` starts it: it answers at the address it prints, and at no other."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, request

from graphsvc import web
from graphsvc.access.people import accounts
from graphsvc.cli.serving import serving
from graphsvc.config import Settings
from graphsvc.service import Service


def test_the_pages_lie_below_the_address_it_says(settings: Callable[..., Settings]) -> None:
    answers: list[tuple[int, str]] = []
    with Service(settings(neo4j_uri="bolt://127.0.0.1:9", neo4j_password="none", port=0, processes=1)) as service:
        accounts.add(service.database, "ann", ["analyst"], {})

        def ask(address: str) -> None:
            parts = urlsplit(address)
            try:
                for path in (f"/link/{service.sign_in_link('ann', 'testing')}", "/sign-in"):
                    for target in (parts.path + path, path):
                        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
                        connection.request("GET", target)
                        answer = connection.getresponse()
                        answers.append((answer.status, answer.headers.get("Set-Cookie", "")))
                        connection.close()
            finally:
                os.kill(os.getpid(), signal.SIGINT)

        with serving(service) as address:
            assert urlsplit(address).path == service.hidden_path()
            asking = threading.Thread(target=ask, args=(address,))
            asking.start()
        asking.join(30)
    assert [status for status, _ in answers] == [303, 404, 200, 404]
    assert f"Path={service.hidden_path()}" in answers[0][1]


def test_twenty_readers_who_wait_for_what_takes_long_hold_up_nobody_else(
    settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a large case the leads take minutes after a change, and half of fifty readers may ask one process for them."""
    answered: list[int] = []
    waiting, let_go = threading.Semaphore(0), threading.Event()
    plain = web.create_app

    def create(*arguments: Any, **named: Any) -> Flask:
        app = plain(*arguments, **named)

        def wait() -> None:
            if request.path.endswith("/takes-long"):
                waiting.release()
                let_go.wait(60)

        app.before_request_funcs.setdefault(None, []).insert(0, wait)
        return app

    monkeypatch.setattr(web, "create_app", create)
    with Service(settings(neo4j_uri="bolt://127.0.0.1:9", neo4j_password="none", port=0, processes=1)) as service:

        def ask(address: str) -> None:
            parts = urlsplit(address)

            def get(path: str) -> int:
                connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
                connection.request("GET", parts.path + path)
                status = connection.getresponse().status
                connection.close()
                return status

            readers = [threading.Thread(target=get, args=("/takes-long",)) for _ in range(20)]
            try:
                for reader in readers:
                    reader.start()
                if all(waiting.acquire(timeout=10) for _ in readers):
                    answered.append(get("/sign-in"))
            finally:
                let_go.set()
                for reader in readers:
                    reader.join(60)
                os.kill(os.getpid(), signal.SIGINT)

        with serving(service) as address:
            asking = threading.Thread(target=ask, args=(address,))
            asking.start()
        asking.join(90)
    assert answered == [200]


BEGINNINGS = {
    "silent": b"",
    "half a head": b"GET /sign-in HTTP/1.1\r\nHost: ",
    "half a body": b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nname=",
    "idle": b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=list(BEGINNINGS))
def test_connections_that_send_nothing_more_keep_nobody_out(
    settings: Callable[..., Settings], beginning: bytes
) -> None:
    answered: list[tuple[int, float]] = []
    with Service(settings(neo4j_uri="bolt://127.0.0.1:9", neo4j_password="none", port=0, processes=1)) as service:

        def ask(address: str) -> None:
            parts = urlsplit(address)
            where = (parts.hostname or "", parts.port or 0)
            connections: list[socket.socket] = []
            try:
                for _ in range(400):
                    connections.append(socket.create_connection(where, timeout=30))
                    with suppress(OSError):  # the server has closed it
                        connections[-1].sendall(beginning)
                began = time.monotonic()
                with closing(http.client.HTTPConnection(*where, timeout=10)) as connection:
                    connection.request("GET", parts.path + "/sign-in")
                    answered.append((connection.getresponse().status, time.monotonic() - began))
            finally:
                for opened in connections:
                    opened.close()
                os.kill(os.getpid(), signal.SIGINT)

        with serving(service) as address:
            asking = threading.Thread(target=ask, args=(address,))
            asking.start()
        asking.join(60)
    assert [status for status, _ in answered] == [200]
    assert answered[0][1] < 5
