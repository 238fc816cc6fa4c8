"""A form is sent once, however often it is clicked, and never lost silently; in a real browser without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

from graphsvc.web import words

pytestmark = pytest.mark.browser
WEB = Path(words.__file__).parent
SCRIPTS = {"/sent.js": WEB / "static" / "sent.js", "/adding.js": WEB / "deliveries" / "static" / "adding.js"}
FORMS = """<!doctype html><script type="module" src="/sent.js"></script>
<form method="post" action="/sent"><button id="post">Keep</button><button id="other" name="do" value="more">More</button></form>
<form method="post" action="/sent" data-file><button id="file">Fetch</button></form>
<form method="post" action="/sent" id="own"><button id="script">Comment</button></form>
<script type="module">
  document.getElementById("own").addEventListener("submit", (event) => { event.preventDefault(); fetch("/sent", { method: "POST" }); });
</script>"""

# A statement form as returned from its preview (`yes`) and as first opened (`no`).
STATEMENT = {
    f"/{typed}": f"""<!doctype html><script type="module" src="/adding.js"></script>
<form class="adding" method="post" data-typed="{typed}"><input type="checkbox"></form><a href="/no">Elsewhere</a>"""
    for typed in ("yes", "no")
}


@pytest.fixture
def sent(browser: Browser) -> Iterator[tuple[Page, list[Route]]]:
    """A page of forms, and the requests it sent, which get no answer."""
    context = browser.new_context()
    page, came = context.new_page(), []

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.method == "POST":
            came.append(route)
        elif path in SCRIPTS:
            route.fulfill(body=SCRIPTS[path].read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body=STATEMENT.get(path, FORMS), content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://localhost/")
    yield page, came
    context.close()


def click(page: Page, *buttons: str) -> None:
    """Click buttons in turn during the first request, by a timer in the page, because Playwright would wait."""
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


@pytest.mark.parametrize("typed", ["yes", "no"])
def test_who_leaves_a_statement_that_is_not_added_is_asked(sent: tuple[Page, list[Route]], typed: str) -> None:
    page, _ = sent
    page.goto(f"http://localhost/{typed}")
    dialogs: list[str] = []

    def leave(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.locator("input").click()  # browsers ask for confirmation only after a user action
    page.get_by_role("link").click()
    page.wait_for_url("**/no")
    assert dialogs == (["beforeunload"] if typed == "yes" else [])
