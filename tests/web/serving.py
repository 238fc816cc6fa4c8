"""The pages behind a real server on this machine, as `graphsvc serve` has them."""

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
def served(app: Flask, channel: Any = None, threads: int = 2) -> Iterator[int]:
    """Serve an app, taking requests in with a class of channels of ours; gives the port."""
    sockets: dict[int, wasyncore.dispatcher] = {}
    server = create_server(app, sockets, host="127.0.0.1", port=0, threads=threads, max_request_body_size=50 << 20)
    if channel is not None:
        server.channel_class = channel
    closing = threading.Event()

    def serve() -> None:
        try:
            server.run()
        except OSError as error:
            # Its sockets are closed while it waits for them.
            if error.errno != errno.EBADF or not closing.is_set():
                raise

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        # The loop ends when it has no socket left; connections a browser keeps open would hold it.
        closing.set()
        server.task_dispatcher.shutdown()
        server.close()
        for one in list(sockets.values()):
            one.close()
        thread.join(10)
        # One more may have been let in meanwhile.
        wasyncore.close_all(sockets, ignore_all=True)
