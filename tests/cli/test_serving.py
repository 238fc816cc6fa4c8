"""The server as `serve` starts it: the address it says is the one that answers, and no other."""

from __future__ import annotations

import http.client
import os
import signal
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

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
