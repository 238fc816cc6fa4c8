"""Limits on requests before any page gets them: small bodies from strangers, nothing large in memory or unencrypted."""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from graphsvc.access.people import accounts
from graphsvc.access.vault.scratch import Scratch
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.web import create_app, intake
from graphsvc.web.frame import STRANGERS_BYTES
from tests.toolbox.pages import token
from tests.web.serving import serve_app

CANARY = b"Qqcanary of the upload"


@pytest.fixture
def service(no_graph: Callable[..., Settings]) -> Iterator[Service]:
    with Service(no_graph()) as opened:
        accounts.add(opened.database, "ann", ["analyst"], {})
        yield opened


@pytest.fixture
def app(service: Service) -> Flask:
    return create_app(service)


@pytest.fixture
def port(service: Service, app: Flask) -> Iterator[int]:
    """The pages behind a server like that of `graphsvc serve`."""
    with serve_app(app, intake.channel_of(app, service)) as number:
        yield number


def send_request(
    port: int, method: str, path: str, body: bytes | None = None, **headers: str
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def sign_in_cookie(service: Service, port: int) -> str:
    """The cookie of a signed-in user."""
    answer = send_request(port, "GET", f"/link/{service.sign_in_link('ann', 'testing')}")
    return answer.headers["Set-Cookie"].partition(";")[0]


def test_a_stranger_sends_little(app: Flask) -> None:
    client = app.test_client()
    form = {"csrf_token": token(client.get("/sign-in").text), "name": "ann", "password": "x", "purpose": "testing"}
    assert client.post("/sign-in", data=form | {"code": "1" * 60_000}).status_code == 401
    for path in ("/sign-in", "/setup/made-up"):
        answer = client.post(path, data=form | {"code": "1" * (STRANGERS_BYTES + 1)})
        assert answer.status_code == 413
        assert "larger than this service takes" in answer.text


def test_a_stranger_is_refused_before_the_body_is_there(service: Service, port: int) -> None:
    assert send_request(port, "GET", "/sign-in").status == 200  # the server is up
    made_up = "graphsvc_000000000000=made.up"
    for extra in (b"", f"Cookie: {made_up}\r\n".encode()):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
            head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n" + extra + b"\r\n"
            raw.sendall(head)
            assert raw.recv(100).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
        raw.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        raw.sendall(piece * 3)
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the kernel does not show which files are open")
def test_what_is_large_lies_encrypted_while_it_waits(
    service: Service, app: Flask, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, bytes]] = []
    monkeypatch.setattr(intake, "_IN_MEMORY", 1000)

    def looks() -> Any:
        for link in Path("/proc/self/fd").iterdir():
            try:
                if str(service.settings.home) in str(link.readlink()) and "(deleted)" in str(link.readlink()):
                    seen.append((link.stat().st_size, link.read_bytes()))
            except FileNotFoundError:
                continue  # the file was closed in the meantime

    app.before_request_funcs[None].insert(0, looks)  # runs before the form is refused
    cookie = sign_in_cookie(service, port)
    body = CANARY + os.urandom(3_000_000) + CANARY
    answer = send_request(
        port, "POST", "/account/end-others", body, Cookie=cookie, Content_Type="application/octet-stream"
    )
    assert answer.status == 400  # the form's token is missing, so the form was read
    sizes = [size for size, _ in seen]
    assert len(body) in sizes
    assert not [content for _, content in seen if CANARY in content]
    assert not [path for path in service.settings.home.rglob("*") if path.is_file() and CANARY in path.read_bytes()]


@pytest.mark.parametrize("signed_in", [True, False])
def test_an_upload_of_a_user_is_not_cut_off_by_connections_of_strangers(
    service: Service, port: int, signed_in: bool
) -> None:
    cookie = sign_in_cookie(service, port) if signed_in else ""
    size = 100_000 if signed_in else 1_000
    head = f"POST /account/end-others HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Length: {size}\r\n\r\n"
    with ExitStack() as open_connections:
        upload = open_connections.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
        upload.sendall(head.encode() + b"x" * 500)
        for _ in range(150):
            open_connections.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
        assert send_request(port, "GET", "/sign-in").status == 200
        upload.sendall(b"x" * (size - 500))
        try:
            answer = upload.recv(100)
        except ConnectionError:
            answer = b""
    assert answer.startswith(b"HTTP/1.1 400") if signed_in else answer == b""


def until_idle(is_kept: Callable[[], bool]) -> None:
    """Wait until the server is idle, so that it keeps a connection."""
    end = time.monotonic() + 20
    while not is_kept():
        assert time.monotonic() < end, "nobody else is served, and connections are let go of"


@pytest.mark.parametrize(("processes", "is_kept"), [(1, True), (2, False)])
def test_a_process_that_is_busy_lets_go_of_connections_if_others_serve_too(
    no_graph: Callable[..., Settings], processes: int, is_kept: bool
) -> None:
    """Otherwise the process that first accepted fifty readers would keep all their connections."""
    waiting, let_go = threading.Event(), threading.Event()
    with Service(no_graph(processes=processes)) as service:
        app = create_app(service)

        def wait() -> None:
            if request.path == "/takes-long":
                waiting.set()
                let_go.wait(20)

        app.before_request_funcs[None].insert(0, wait)

        def get(connection: http.client.HTTPConnection, path: str) -> bool:
            """Whether the connection stays open after a page."""
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return connection.sock is not None and not answer.headers.get("Connection")

        with serve_app(app, intake.channel_of(app, service)) as port:
            busy, reader = (http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(2))
            # Threads count as busy for a moment when they begin or end.
            until_idle(lambda: get(reader, "/sign-in"))
            long = threading.Thread(target=get, args=(busy, "/takes-long"))
            long.start()
            try:
                assert waiting.wait(20)
                assert get(reader, "/sign-in") is is_kept
                assert get(reader, "/sign-in") is is_kept, "a new connection is taken in as any"
            finally:
                let_go.set()
                long.join(20)
            until_idle(lambda: get(reader, "/sign-in"))
            busy.close()
            reader.close()


def test_a_scratch_file_reads_what_was_written(tmp_path: Path) -> None:
    whole = os.urandom(100_000)
    for size in (1, 7, 16, 4096, 33_333, 100_000):
        scratch = Scratch(tmp_path, 5_000)
        for at in range(0, len(whole), size):
            scratch.seek(0, os.SEEK_END)
            scratch.write(whole[at : at + size])
            if size == 1 and at > 6_000:
                break
        length = scratch.tell()
        for start, many in ((0, -1), (5, 11), (4_990, 40), (16, 16), (length - 3, -1)):
            assert scratch.seek(start) == start
            assert scratch.read(many) == whole[start : length if many < 0 else min(start + many, length)]
        scratch.close()
    assert list(tmp_path.iterdir()) == []
