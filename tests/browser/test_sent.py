"""A form is sent once however often somebody clicks, in a real browser; without a server: what it would get is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from graphsvc.web import words

pytestmark = pytest.mark.browser
SCRIPT = Path(words.__file__).parent / "static" / "sent.js"
FORMS = """<!doctype html><script type="module" src="/sent.js"></script>
<form method="post" action="/sent"><button id="post">Keep</button><button id="other" name="do" value="more">More</button></form>
<form method="post" action="/sent" data-file><button id="file">Fetch</button></form>
<form method="post" action="/sent" id="own"><button id="script">Comment</button></form>
<script type="module">
  document.getElementById("own").addEventListener("submit", (event) => { event.preventDefault(); fetch("/sent", { method: "POST" }); });
</script>"""


@pytest.fixture
def sent(browser: Browser) -> Iterator[tuple[Page, list[Route]]]:
    """A page of forms, and what came of them: no answer is ever given."""
    context = browser.new_context()
    page, came = context.new_page(), []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            came.append(route)
        elif route.request.url.endswith("/sent.js"):
            route.fulfill(body=SCRIPT.read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body=FORMS, content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://forms.test/")
    yield page, came
    context.close()


def click(page: Page, *buttons: str) -> None:
    """One after the other, while the first is on its way: by a clock of the page, which Playwright waits for otherwise."""
    page.evaluate(
        """(buttons) => buttons.forEach((id, place) => setTimeout(() =>
            id ? document.getElementById(id).click() : dispatchEvent(new Event("pageshow")), 100 * place))""",
        buttons,
    )
    page.wait_for_timeout(100 * len(buttons) + 200)


@pytest.mark.parametrize(
    ("buttons", "times"),
    [(("post", "post"), 1), (("post", "other"), 1), (("file", "file"), 2), (("script", "script"), 2)],
)
def test_a_second_click_sends_nothing(sent: tuple[Page, list[Route]], buttons: tuple[str, ...], times: int) -> None:
    page, came = sent
    click(page, *buttons)
    assert len(came) == times


def test_a_page_that_is_shown_again_can_be_sent_again(sent: tuple[Page, list[Route]]) -> None:
    page, came = sent
    click(page, "post", "post", "", "post")
    assert len(came) == 2
