"""How requests are taken in: bodies wait for their pages, small ones from strangers, large ones encrypted; busy processes let go.

Anybody who reaches the port can open connections and send nothing. So the oldest connection that has nothing to do is closed
when a new one comes and too many are open: a browser opens another when it needs one, and a stranger keeps nobody out.

A server takes a whole request in before any page is asked. So here, once its head is there, it is settled how much may
follow: of who is not signed in, no more than a form for signing in takes.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
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
# Open connections of one process above which idle ones are closed; below the limit at which waitress accepts no more (100).
_MOST_OPEN = 64
# Seconds after which an answer that is not read does not keep its connection open any more.
_UNREAD_S = 20.0


def channel_of(app: Flask, service: Service) -> type[HTTPChannel]:
    """What a waitress server that serves `app` takes requests in with: its `channel_class`."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        """Reads one request."""

        adj: Any
        is_signed_in = False

        def parse_header(self, header_plus: bytes) -> None:
            """Read its head, and settle what may follow."""
            super().parse_header(header_plus)
            if self.body_rcv is None:
                return
            self.body_rcv.buf = _Buffer(Scratch(service.settings.home, _IN_MEMORY))
            if not (self.chunked or self.content_length > STRANGERS_BYTES):
                return
            self.is_signed_in = _is_signed_in(app, service, self.headers)
            if not self.is_signed_in:
                self.adj = copy.copy(self.adj)
                self.adj.max_request_body_size = STRANGERS_BYTES + 1

    class Channel(HTTPChannel):  # type: ignore[misc]
        """Takes the requests of one connection in."""

        parser_class = Parser
        task_class = _Leaving if service.settings.serving_processes > 1 else WSGITask
        # When the last whole request came.
        asked_at = 0.0

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            _make_room([other for other in self._map.values() if isinstance(other, Channel)], self)

        def received(self, data: bytes) -> bool:
            """Take in some bytes."""
            is_taken: bool = super().received(data)
            if self.requests:
                self.asked_at = time.time()
            return is_taken

        @property
        def is_idle(self) -> bool:
            """Whether nothing is lost when it is closed: no request is being answered, and no upload of a user is arriving."""
            if self.requests or (self.request is not None and self.request.is_signed_in):
                return False
            return not self.total_outbufs_len or time.time() - self.last_activity > _UNREAD_S

    return Channel


def _make_room(channels: Sequence[Any], newest: Any) -> None:
    """Close the idle connection that has waited longest since its last request, if more than enough are open."""
    if len(channels) <= _MOST_OPEN:
        return
    idle = [channel for channel in channels if channel is not newest and channel.is_idle and not channel.will_close]
    if idle:
        min(idle, key=lambda channel: (channel.asked_at, channel.creation_time)).will_close = True


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
