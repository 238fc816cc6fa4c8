"""Limits for incoming requests: size of their bodies, and number of idle connections. Large bodies are encrypted.

Anyone who reaches the port can open connections and send nothing. So if there are too many when a new one is opened,
the one that has been idle longest is closed. Browsers open another when they need it, and strangers cannot keep users
out.

The server reads a whole request before any page runs. So the size of the body is limited as soon as its head has
arrived: if the sender is not signed in, to the size of a sign-in form.
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

from graphsvc.service import Service
from graphsvc.web.frame import STRANGERS_BYTES, TOKEN

_IN_MEMORY = 1 << 20
# If a process has more open connections than this, idle ones are closed; waitress accepts no more than 100.
_MOST_OPEN = 64
# Seconds after which a connection counts as idle even if its answer has not been read.
_UNREAD_S = 20.0


def channel_of(app: Flask, service: Service) -> type[HTTPChannel]:
    """Return the `channel_class` for a waitress server of `app`."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        """Parser of one request."""

        adj: Any
        is_signed_in = False

        def parse_header(self, header_plus: bytes) -> None:
            """Read the head, and limit the body that may follow."""
            super().parse_header(header_plus)
            if self.body_rcv is None:
                return
            self.body_rcv.buf = _Buffer(service.scratch_file(_IN_MEMORY))
            if not (self.chunked or self.content_length > STRANGERS_BYTES):
                return
            self.is_signed_in = _is_signed_in(app, service, self.headers)
            if not self.is_signed_in:
                self.adj = copy.copy(self.adj)
                self.adj.max_request_body_size = STRANGERS_BYTES + 1

    class Channel(HTTPChannel):  # type: ignore[misc]
        """One connection and the requests received over it."""

        parser_class = Parser
        task_class = _Leaving if service.settings.serving_processes > 1 else WSGITask
        # Time when the last complete request arrived.
        asked_at = 0.0

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            _make_room([channel for channel in self._map.values() if isinstance(channel, Channel)], self)

        def received(self, data: bytes) -> bool:
            """Receive some bytes."""
            is_taken: bool = super().received(data)
            if self.requests:
                self.asked_at = time.time()
            return is_taken

        @property
        def is_idle(self) -> bool:
            """Whether nothing is lost if it is closed: it has no request to answer and no upload of a user."""
            if self.requests or (self.request is not None and self.request.is_signed_in):
                return False
            return not self.total_outbufs_len or time.time() - self.last_activity > _UNREAD_S

    return Channel


def _make_room(channels: Sequence[Any], newest: Any) -> None:
    """Close the idle connection that has waited longest since its last request, if too many are open."""
    if len(channels) <= _MOST_OPEN:
        return
    idle = [channel for channel in channels if channel is not newest and channel.is_idle and not channel.will_close]
    if idle:
        min(idle, key=lambda channel: (channel.asked_at, channel.creation_time)).will_close = True


class _Leaving(WSGITask):  # type: ignore[misc]
    """Answer to one request if several processes serve the pages.

    A browser keeps its connection, and so its process, however busy that process is. If a process has other requests to
    answer, it therefore ends the connection, and the next free process receives the next request.
    """

    def build_response_header(self) -> bytes:
        """End the connection with this answer if the process has other requests to answer."""
        if self.version == "1.1" and self.channel.server.task_dispatcher.active_count > 1:
            self.set_close_on_finish()
        head: bytes = super().build_response_header()
        return head


class _Buffer(FileBasedBuffer):  # type: ignore[misc]
    """Buffer of waitress in a `Scratch` file, which is encrypted."""


def _is_signed_in(app: Flask, service: Service, headers: dict[str, Any]) -> bool:
    """Whether a request belongs to a session. The page checks later whose it is and where it may be used from."""
    cookie = parse_cookie(headers.get("COOKIE", "")).get(app.config["SESSION_COOKIE_NAME"], "")
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    try:
        content = serializer.loads(cookie)
    except BadData:
        return False
    return service.is_signed_in(str(content.get(TOKEN, "")))
