"""The network view in a browser: time from a click until it is drawn and responds; frame rate; memory of the tab.

The overview of a whole case is also measured, with 5,000 and with 50,000 entities.

As for any user, `graphsvc serve` runs in a separate process, with its queries planned. The page itself reports when it
is usable: after the first drawing, it records the time since the click by the browser's clock. The service caches the
positions of nodes, so it computes them only for the first picture.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from bench.pages import demo_case
from bench.stage import Figure, invent_case, open_service, p95, quiet, session_of
from graphsvc.service import PictureRequest, Service

NODES = 500
GOAL_S = 0.5
RUNS = 15
# (number of people, goal in seconds) for an overview of 5,000 and of 50,000 entities.
WHOLE = ((2_800, 2.0), (28_000, 4.0))
# Script that measures the frame rate while the mouse drags for a second and a half.
_FRAMES = """(async () => {
  let frames = 0; const begun = performance.now();
  await new Promise((done) => { const next = () => { frames += 1; performance.now() - begun < 1500 ? requestAnimationFrame(next) : done(); }; requestAnimationFrame(next); });
  globalThis.frames = frames / ((performance.now() - begun) / 1000);
})()"""
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def run() -> Iterator[Figure]:
    """Measure the time until a picture is usable and the server's part of it, then the overview of whole cases."""
    with demo_case() as service, _serve(service) as address, _chromium() as browser:
        session = session_of(service, "demo")
        start = session.leads.table()["hubs"][0]["id"]
        node_count = len(session.network.picture(PictureRequest([start], depth=4, cap=NODES)).nodes)
        assert node_count == NODES, node_count
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/link/{service.sign_in_link(session.principal.name, 'benchmark')}")
        case = f"{address}/case/demo"
        wanted = f"{case}/network?id={start}&depth=4&size={NODES}"

        first = _usable(page, case, wanted)
        times, answers = [], []
        for _ in range(RUNS):
            times.append(_usable(page, case, wanted))
            answers.append(page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd") / 1000)
        version = browser.version
        smooth, megabytes = _drag(page, *_spot(page)), _script_memory(page)
    yield Figure(f"first picture, nothing in the browser's cache (Chromium {version})", f"{first:.2f} s")
    middle, late = statistics.median(times), p95(times)
    yield Figure(f"{NODES} nodes, usable: median of {RUNS}", f"{middle:.2f} s", f"≤ {GOAL_S:.1f} s", middle <= GOAL_S)
    yield Figure("  95th percentile", f"{late:.2f} s", f"≤ {GOAL_S:.1f} s", late <= GOAL_S)
    yield Figure("  of which until the page has arrived, median", f"{statistics.median(answers):.2f} s")
    yield Figure("  frames a second while a node is dragged", f"{smooth:.0f}")
    yield Figure("  what the tab's scripts hold", f"{megabytes:.0f} MB")
    for people, goal in WHOLE:
        yield from _whole(people, goal)


def _whole(people: int, goal: float) -> Iterator[Figure]:
    """Measure the overview of a whole invented case: first without anything cached by the service, then again."""
    with open_service() as service, invent_case(people) as folder:
        session_of(service, "whole").deliveries.load(folder, quiet)
        with _serve(service) as address, _chromium() as browser:
            session = session_of(service, "whole")
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}/link/{service.sign_in_link(session.principal.name, 'benchmark')}")

            case = f"{address}/case/whole"
            wanted = f"{case}/network/overview"
            first = _usable(page, case, wanted)
            times = [_usable(page, case, wanted) for _ in range(RUNS // 3)]
            page.wait_for_selector("[data-named]", state="attached")
            count, ties = page.evaluate("[overviewPicture.data.count, overviewPicture.data.ties]")
            smooth, megabytes = _drag(page, 700, 400), _script_memory(page)
    middle = statistics.median(times)
    yield Figure(
        f"{count:,} nodes, {ties:,} ties: usable, nothing kept", f"{first:.2f} s", f"≤ {goal:.0f} s", first <= goal
    )
    yield Figure(f"  again, median of {len(times)}", f"{middle:.2f} s", f"≤ {goal:.0f} s", middle <= goal)
    yield Figure("  frames a second while it is dragged", f"{smooth:.0f}")
    yield Figure("  what the tab's scripts hold", f"{megabytes:.0f} MB")


def _usable(page: Page, case: str, address: str) -> float:
    """Return the seconds from a click on a link to the picture until it is drawn and responds."""
    page.goto(case, wait_until="networkidle")
    page.evaluate(
        "(to) => { const link = document.createElement('a'); link.href = to; link.id = 'benchmark'; link.textContent = 'there';"
        " document.getElementById('content').prepend(link); }",
        address,
    )
    page.click("#benchmark")
    page.wait_for_selector("[data-ready=yes]", state="attached")
    return float(page.evaluate("performance.getEntriesByName('usable')[0].startTime")) / 1000


def _spot(page: Page) -> tuple[float, float]:
    """Return the position of the first node on the page."""
    x, y = page.evaluate(
        "(() => { const at = networkPicture.network.canvasToDOM(networkPicture.network.getPosition(networkPicture.data.nodes[0].id));"
        " const box = networkPicture.container.getBoundingClientRect(); return [at.x + box.x, at.y + box.y]; })()"
    )
    return x, y


def _drag(page: Page, x: float, y: float) -> float:
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_FRAMES.replace("(async", "void (async", 1))
    began = time.monotonic()
    turn = 0
    while time.monotonic() - began < 1.6:
        turn += 1
        page.mouse.move(x + turn % 40 * 4, y + turn % 25 * 3)
    page.mouse.up()
    return float(page.evaluate("globalThis.frames"))


def _script_memory(page: Page) -> float:
    """Return the megabytes used by the page's scripts."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(page.evaluate("performance.memory.usedJSHeapSize")) / 1e6


@contextmanager
def _serve(service: Service) -> Iterator[str]:
    service.gate.plan(lambda: True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    settings = service.settings
    command = [sys.executable, "-m", "graphsvc", "--home", str(settings.home), "serve", "--port", port]
    environment = os.environ | {"GRAPHSVC_JARS": str(settings.jars), "GRAPHSVC_NEO4J_VERSION": settings.neo4j_version}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None and not _answers(port):
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _answers(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


@contextmanager
def _chromium() -> Iterator[Browser]:
    """Start the system's Chromium, or Playwright's own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
