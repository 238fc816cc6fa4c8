"""Adding by hand as a person does it, with the keyboard alone where that matters; in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessible import faults
from tests.browser.test_canvas import chosen, drag, places, select, tool
from tests.browser.test_network_view import (  # noqa: F401 - fixtures of the same case
    CASE,
    address,
    drawn,
    edges,
    nodes,
    pages,
    service,
    session_of,
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
    found: list[str] = field(page, "c1.relation").evaluate(
        "(select) => [...select.options].filter((one) => !one.hidden && one.value).map((one) => one.value)"
    )
    return found


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
    page.keyboard.press("ArrowUp")  # the last ones are the new ones
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
    drawn(page)
    (new,) = set(nodes(page)) - before
    assert ("p1", "DIRECTED", new) in edges(page)
    expect(page.locator("#panel")).to_contain_text("Zana Hawrami")
    assert chosen(page) == {new}
    assert places(page)["g1"] == moved
    assert "#" not in page.url
    # What is on the canvas is what the store holds.
    assert session_of(service).network.entities.look(new).name == "Zana Hawrami"
    number = max(one["number"] for one in session_of(service).deliveries.listed())
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
    # Nothing asks whether to leave where somebody says so.
    with page.expect_navigation(url=f"**/case/{CASE}"):
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
    told = {}
    page.goto(f"/case/{CASE}/add?subject=p1&object=p3&relation=DIRECTED")
    for summary in page.locator("main details > summary").all():
        summary.click()
    told["form"] = faults(page)
    field(page, "s.kind").select_option("record")
    page.locator('button[value="new:people:c1.object_id"]').click()
    expect(field(page, "new1.name")).to_be_focused()
    field(page, "new1.name").fill("Ash Root")
    page.get_by_role("button", name="Preview").last.click()
    expect(page.get_by_text("Is Ash Root in the case already?")).to_be_visible()
    told["preview"] = faults(page)
    page.goto(f"/case/{CASE}/add?statement=S3&fate=withdrawn")
    told["correction"] = faults(page)
    page.goto(f"/case/{CASE}/statement/history?id=S3")
    told["history"] = faults(page)
    assert {name: found for name, found in told.items() if found} == {}
