"""The network view in a browser: from asking for the address until the picture is drawn and answers to the mouse.

Served as `graphsvc serve` does, by waitress, on the loopback interface. The page says itself when it is usable: it sets
`data-ready` after the first drawing.
"""

from __future__ import annotations

import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from waitress.server import create_server

from benchmarks.pages import demo_case
from benchmarks.stage import Figure, p95, session_of, timed
from graphsvc.service import Service
from graphsvc.web import create_app

NODES = 500
GOAL_S = 1.0
RUNS = 15
_READY = "[data-ready=yes]"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def run() -> Iterator[Figure]:
    """Time to a usable picture; what the server needs of it; and how many nodes there were."""
    with demo_case() as service, _served(service) as address, _chromium() as browser:
        session = session_of(service, "demo")
        start = session.leads()["hubs"][0]["id"]
        shown = len(session.network([start], depth=4, cap=NODES).nodes)
        assert shown == NODES, shown
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/link/{service.sign_in_link(session.principal.name, 'benchmark')}")
        wanted = f"{address}/case/demo/network?id={start}&depth=4&size={NODES}"

        def look() -> None:
            page.goto(wanted, wait_until="commit")
            page.wait_for_selector(_READY, state="attached")

        first = timed(look)
        times, answers = [], []
        for _ in range(RUNS):
            page.goto("about:blank")
            times.append(timed(look))
            answers.append(page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd") / 1000)
        version = browser.version
    yield Figure(f"first picture, nothing in the browser's cache (Chromium {version})", f"{first:.2f} s")
    middle, late = statistics.median(times), p95(times)
    yield Figure(f"{NODES} nodes, usable: median of {RUNS}", f"{middle:.2f} s", f"≤ {GOAL_S:.0f} s", middle <= GOAL_S)
    yield Figure("  95th percentile", f"{late:.2f} s", f"≤ {GOAL_S:.0f} s", late <= GOAL_S)
    yield Figure("  of which until the page has arrived, median", f"{statistics.median(answers):.2f} s")


@contextmanager
def _served(service: Service) -> Iterator[str]:
    server: Any = create_server(create_app(service), host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # The thread is a daemon and the process ends with the benchmarks: a browser may still hold connections.
    server.close()


@contextmanager
def _chromium() -> Iterator[Browser]:
    """Chromium of the system, or Playwright's own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
