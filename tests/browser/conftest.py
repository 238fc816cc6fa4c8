"""The pages in a real Chromium. No request may go to another host, and the console stays silent."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect, sync_playwright

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.service import Service
from graphsvc.service.evaluation.invented import DEMO_CASE, DEMO_GRANTS
from graphsvc.web import create_app
from tests.web.serving import serve_app

# On a busy test machine a one-second answer may be slow: the first queries on a new server have taken more than
# thirty. Quick answers do not wait.
_PATIENCE_MS = 60_000
expect.set_options(timeout=_PATIENCE_MS)

# The shell without a window is preferred: it does the same with less than half the work.
_CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """One page of a browser, and the faults seen in it."""

    page: Page
    faults: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system, or Playwright's own."""
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
        try:
            opened = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        except Error as error:
            reason = f"no Chromium starts here: {str(error).splitlines()[0]}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield opened
        opened.close()


def open_watched_page(context: BrowserContext, address: str, faults: list[str], *, console: bool = True) -> Page:
    """Open a page that may only request `address`; other requests and errors are added to `faults`.

    Args:
        context: browser context.
        address: address of the service.
        faults: list that gets one line for each fault.
        console: whether errors and warnings of the console count as faults.
    """
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()

    def only_here(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            faults.append(f"asked {route.request.url}")
            route.abort()

    page.route("**/*", only_here)
    if console:
        page.on(
            "console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None
        )
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page


@contextmanager
def at_address(service: Service) -> Iterator[str]:
    """Serve a service as `graphsvc serve` does, and yield its address."""
    with serve_app(create_app(service), threads=8) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def serving() -> Callable[[Service], AbstractContextManager[str]]:
    """`with serving(service) as address:` for a test with a separate service."""
    return at_address


@pytest.fixture(scope="session")
def address(demo: Service) -> Iterator[str]:
    """Address at which the demo case is served."""
    accounts.add(demo.database, "walker", ["investigator"], {"*": Grant("C", sources=True)})
    # Accounts of the demo: an officer on the case without source clearance, and an officer of another force.
    for name in ("investigator", "partner"):
        accounts.add(demo.database, name, ["investigator"], {DEMO_CASE: DEMO_GRANTS[name]})
    with at_address(demo) as origin:
        yield origin


@pytest.fixture
def visit(browser: Browser, address: str, demo: Service) -> Callable[..., Any]:
    """`with visit(**context) as seen:` a page, signed in by a one-time link; any fault in it fails the test."""

    @contextmanager
    def open_page(account: str = "walker", **context: Any) -> Iterator[Visit]:
        opened = browser.new_context(base_url=address, **context)
        faults: list[str] = []
        seen = Visit(open_watched_page(opened, address, faults), faults)
        seen.page.goto(f"/link/{demo.sign_in_link(account, 'a walk through the pages')}")
        yield seen
        opened.close()
        assert seen.faults == []

    return open_page
