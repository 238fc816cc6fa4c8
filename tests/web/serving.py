"""The pages behind a real server on this machine, as under `graphsvc serve`."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server


@contextmanager
def serve_app(app: Flask, channel: Any = None, threads: int = 2) -> Iterator[int]:
    """Serve an app, accepting requests with this class of channels; yield the port."""
    sockets: dict[int, wasyncore.dispatcher] = {}
    server = create_server(app, sockets, host="127.0.0.1", port=0, threads=threads, max_request_body_size=50 << 20)
    if channel is not None:
        server.channel_class = channel
    closing = threading.Event()

    def serve() -> None:
        try:
            server.run()
        except OSError as error:
            # The sockets are closed while the server waits for them.
            if error.errno != errno.EBADF or not closing.is_set():
                raise

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        # The loop ends when no socket is left. Connections kept open by a browser would delay the end.
        closing.set()
        server.task_dispatcher.shutdown()
        server.close()
        for dispatcher in list(sockets.values()):
            dispatcher.close()
        thread.join(10)
        # Another connection may have been accepted in the meantime.
        wasyncore.close_all(sockets, ignore_all=True)
