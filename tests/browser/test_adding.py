"""Adding by hand in a real browser, as a person does it, with the keyboard alone where that matters."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_accessible import faults
from tests.browser.test_canvas import chosen, drag, places, select, tool
from tests.browser.test_network_view import (  # noqa: F401 - fixtures of the same case
    CASE,
    address,
    edges,
    nodes,
    pages,
    service,
    session_of,
    wait_for_drawing,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
Pages = Callable[..., Page]


def field(page: Page, name: str) -> Any:
    return page.locator(f'[id="{name}"]')


def relations(page: Page) -> list[str]:
    """The relations that can be chosen now."""
    options: list[str] = field(page, "c1.relation").evaluate(
        "(select) => [...select.options].filter((one) => !one.hidden && one.value).map((one) => one.value)"
    )
    return options


def test_from_the_canvas_and_back_with_somebody_new_and_nothing_moved(pages: Pages, service: Any) -> None:  # noqa: F811
    page = pages("id=p1")
    drag(page, "g1", 90, 60)
    moved = places(page)["g1"]
    before = set(nodes(page))
    select(page, "p1")
    tool(page, "adding").click()
    expect(page.get_by_role("heading", name="Add a statement")).to_be_visible()
    expect(field(page, "c1.subject_id")).to_have_value("p1")
    # From here on with the keyboard alone.
    field(page, "s.kind").focus()
    page.keyboard.press("i")
    field(page, "s.handling").focus()
    page.keyboard.press("P")
    field(page, "c1.object_id").focus()
    page.keyboard.type("Zana Hawrami", delay=20)
    expect(page.get_by_role("option", name="New person “Zana Hawrami”")).to_be_visible()
    page.keyboard.press("ArrowUp")  # options for new entities come last
    while "New person" not in (page.locator('.picks [aria-selected="true"]').text_content() or ""):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(field(page, "new1.name")).to_be_focused()
    expect(field(page, "new1.name")).to_have_value("Zana Hawrami")
    assert {"DIRECTED", "PAID"} < set(relations(page))
    assert "PILOTED" not in relations(page)
    field(page, "c1.relation").focus()
    page.keyboard.type("gave")
    page.keyboard.press("Tab")
    field(page, "new1.name").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This adds 1 statement, 1 claim, 1 person.")).to_be_visible()
    expect(page.get_by_role("button", name="Add it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo: take it back")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Back to where you came from").click()
    wait_for_drawing(page)
    (new,) = set(nodes(page)) - before
    assert ("p1", "DIRECTED", new) in edges(page)
    expect(page.locator("#panel")).to_contain_text("Zana Hawrami")
    assert chosen(page) == {new}
    assert places(page)["g1"] == moved
    assert "#" not in page.url
    # The canvas shows the content of the store.
    assert session_of(service).network.entities.look(new).name == "Zana Hawrami"
    number = max(delivery["number"] for delivery in session_of(service).deliveries.list_deliveries())
    session_of(service).deliveries.undo(number, lambda *_progress: None)


def test_somebody_is_picked_from_suggestions_and_relations_narrow(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    page.goto(f"/case/{CASE}/add")
    name = field(page, "c1.subject_id")
    name.press_sequentially("p1", delay=20)
    expect(page.locator(".picks li").first).to_contain_text("Ash Root", timeout=30_000)
    name.press("ArrowDown")
    name.press("Enter")
    expect(name).to_have_value("p1")
    expect(name).to_have_attribute("aria-expanded", "false")
    assert "USED_ON" not in relations(page)
    assert "PILOTED" in relations(page)
    name.press("Backspace")
    name.press("Escape")
    # No confirmation is asked for on leaving deliberately.
    with page.expect_navigation(url=f"**/case/{CASE}"):
        page.locator("[data-leave]").click()


def test_somebody_new_is_offered_only_when_the_search_has_answered(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    page.goto(f"/case/{CASE}/add")
    waiting: dict[str, Route] = {}
    page.route("**/search/near.json*", lambda route: waiting.update({asked_for(route): route}))
    name, picks = field(page, "c1.subject_id"), page.locator('[id="c1.subject_id-picks"]')
    offers = picks.get_by_text(re.compile("^New "))

    def asked_for(route: Route) -> str:
        return parse_qs(urlsplit(route.request.url).query)["q"][0]

    def request(text: str) -> Route:
        end = time.monotonic() + 15
        while text not in waiting:
            assert time.monotonic() < end, waiting
            page.wait_for_timeout(20)
        return waiting[text]

    name.fill("ash root")
    delayed = request("ash root")
    expect(picks).to_contain_text("Looking for those who are in the case")
    expect(offers).to_have_count(0)
    delayed.continue_()
    expect(picks.locator("li").first).to_contain_text("Ash Root")
    expect(offers.first).to_have_text("New person “ash root”")
    expect(picks).not_to_contain_text("Looking")
    # Suggestions disappear as soon as something else is typed.
    name.fill("Zana Nowhere")
    expect(offers).to_have_count(0)
    expect(picks).to_contain_text("Looking")
    request("Zana Nowhere").continue_()
    expect(picks).to_contain_text("Nobody and nothing you can see is called so.")
    expect(offers.first).to_have_text("New person “Zana Nowhere”")
    # A failed search shows no suggestions either.
    name.fill("Zana Elsewhere")
    request("Zana Elsewhere").fulfill(status=200, content_type="text/html", body="<p>Sign in</p>")
    expect(picks).to_contain_text("The search did not answer.")
    expect(offers).to_have_count(0)
    page.locator("[data-leave]").click()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_form_is_no_wider_than_the_page_and_every_field_has_a_name(pages: Pages, width: int) -> None:  # noqa: F811
    page = pages("id=p1", viewport={"width": width, "height": 900})
    page.goto(f"/case/{CASE}/add?subject=p1")
    for summary in page.locator("main details > summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    nameless = page.evaluate(
        "[...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]"
        ".filter((one) => !one.labels.length).map((one) => one.name)"
    )
    assert nameless == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_it_has_a_serious_fault(pages: Pages, theme: str) -> None:  # noqa: F811
    page = pages("id=p1", color_scheme=theme)
    faults_by_page = {}
    page.goto(f"/case/{CASE}/add?subject=p1&object=p3&relation=DIRECTED")
    for summary in page.locator("main details > summary").all():
        summary.click()
    faults_by_page["form"] = faults(page)
    field(page, "s.kind").select_option("record")
    page.locator('button[value="new:people:c1.object_id"]').click()
    expect(field(page, "new1.name")).to_be_focused()
    field(page, "new1.name").fill("Ash Root")
    page.get_by_role("button", name="Preview").last.click()
    expect(page.get_by_text("Is Ash Root in the case already?")).to_be_visible()
    faults_by_page["preview"] = faults(page)
    page.goto(f"/case/{CASE}/add?statement=S3&fate=withdrawn")
    faults_by_page["correction"] = faults(page)
    page.goto(f"/case/{CASE}/statement/history?id=S3")
    faults_by_page["history"] = faults(page)
    assert {name: page_faults for name, page_faults in faults_by_page.items() if page_faults} == {}
