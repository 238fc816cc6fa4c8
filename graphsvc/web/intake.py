"""How requests are taken in: bodies wait for their pages, small ones from strangers, large ones encrypted; busy processes let go.

A server takes a whole request in before any page is asked. So here, once its head is there, it is settled how much may
follow: of who is not signed in, no more than a form for signing in takes.
"""

from __future__ import annotations

import copy
from typing import Any

from flask import Flask
from itsdangerous import BadData
from waitress.buffers import FileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask
from werkzeug.http import parse_cookie

from graphsvc.service import Scratch, Service
from graphsvc.web.frame import STRANGERS_BYTES, TOKEN

_IN_MEMORY = 1 << 20


def channel_of(app: Flask, service: Service) -> type[HTTPChannel]:
    """What a waitress server that serves `app` takes requests in with: its `channel_class`."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        """Reads one request."""

        adj: Any

        def parse_header(self, header_plus: bytes) -> None:
            """Read its head, and settle what may follow."""
            super().parse_header(header_plus)
            if self.body_rcv is None:
                return
            self.body_rcv.buf = _Buffer(Scratch(service.settings.home, _IN_MEMORY))
            large = self.chunked or self.content_length > STRANGERS_BYTES
            if large and not _is_signed_in(app, service, self.headers):
                self.adj = copy.copy(self.adj)
                self.adj.max_request_body_size = STRANGERS_BYTES + 1

    class Channel(HTTPChannel):  # type: ignore[misc]
        """Takes the requests of one connection in."""

        parser_class = Parser
        task_class = _Leaving if service.settings.serving_processes > 1 else WSGITask

    return Channel


class _Leaving(WSGITask):  # type: ignore[misc]
    """Answers one request, where several processes serve.

    A browser keeps its connection, and so stays with the process that took it in, whatever else that one has to do. One that
    answers somebody else as well lets go of the connection: the next page is for the process that is first to take it in.
    """

    def build_response_header(self) -> bytes:
        """Tell that the connection ends with this answer."""
        if self.version == "1.1" and self.channel.server.task_dispatcher.active_count > 1:
            self.set_close_on_finish()
        head: bytes = super().build_response_header()
        return head


class _Buffer(FileBasedBuffer):  # type: ignore[misc]
    """A buffer of waitress over a file of ours."""


def _is_signed_in(app: Flask, service: Service, headers: dict[str, Any]) -> bool:
    """Whether a request bears a live session; whose, and whether it is good from here, its page asks."""
    cookie = parse_cookie(headers.get("COOKIE", "")).get(app.config["SESSION_COOKIE_NAME"], "")
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    try:
        content = serializer.loads(cookie)
    except BadData:
        return False
    return service.is_signed_in(str(content.get(TOKEN, "")))
