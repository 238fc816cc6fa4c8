"""The Cypher editor in a browser: keys, the place of a fault, running, and the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from graphsvc.access.people import accounts, changes
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction
from graphsvc.service import Service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]

Visiting = Callable[..., AbstractContextManager[Any]]
SLOW = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a = -b RETURN count(*) AS n"


@pytest.fixture(scope="module")
def writer(demo: Service) -> Iterator[str]:
    accounts.add(demo.database, "writer", ["analyst"], {"*": Grant("C", sources=True)})
    changes.set_free_cypher(demo.database, "writer", is_granted=True)
    yield "writer"
    with transaction(demo.database) as connection:
        connection.execute(tables.saved_queries.delete())


def test_from_a_fault_to_a_shared_query_and_its_picture(visit: Visiting, writer: str) -> None:
    with visit(account=writer, viewport={"width": 1300, "height": 900}) as seen:
        page: Page = seen.page
        page.goto("/case/demo")
        page.locator(".rail").get_by_role("link", name="Queries", exact=True).click()
        page.locator(".tabs").get_by_role("link", name="Cypher", exact=True).click()
        editor = page.get_by_label("Cypher", exact=True)
        editor.click()
        page.keyboard.type("MATCH path = (:Person {case: $case})-[:DIRECTED]->(:Person)\nRETRUN path LIMIT $many")
        expect(page.locator(".gutter")).to_have_text("1\n2\n")
        expect(page.locator("[data-place]")).to_have_text("Line 2, column 24")
        # Tab indents, but does not trap keyboard users in the editor.
        page.keyboard.press("Tab")
        assert editor.input_value().endswith("$many  ")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Name of a parameter")).to_be_focused()

        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("alert")).to_contain_text("Line 2, column 1")
        expect(page.locator(".gutter .bad")).to_have_text("2")
        expect(page.locator(".strip")).to_be_visible()
        expect(editor).to_be_focused()
        assert editor.evaluate("area => area.value.slice(area.selectionStart, area.selectionStart + 6)") == "RETRUN"
        # The browser reports that a page came with status 400; no other fault is allowed.
        assert all("400" in fault for fault in seen.faults)
        seen.faults.clear()

        for _ in range(6):
            page.keyboard.press("Delete")
        page.keyboard.type("RETURN")
        expect(page.locator(".strip")).to_be_hidden()
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_text("Nothing is wrong with it")).to_be_visible()
        # The editor responds to keys once the page's script shows the caret's place.
        expect(page.locator("[data-place]")).to_have_text(re.compile(r"Line 2, column [0-9]+"))
        page.get_by_label("Its value, of many").fill("5")
        editor.focus()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="5 rows")).to_be_visible()

        page.get_by_text("Save to the library").click()
        page.get_by_label("Name", exact=True).fill("Orders")
        page.get_by_label("Share it").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_contain_text("Saved as Orders, version 1.")
        page.get_by_role("link", name="Library", exact=True).click()
        row = page.get_by_role("row", name="Orders")
        expect(row).to_contain_text("shared")
        row.get_by_role("link", name="Orders", exact=True).click()
        expect(page.get_by_label("Its value, of many")).to_have_value("5")
        page.get_by_role("button", name="Run").click()
        page.get_by_role("link", name="As a picture").click()
        expect(page.locator("canvas").first).to_be_visible()


@pytest.mark.parametrize("label", ["Its value, of many", "Cypher"])
def test_the_caret_stays_where_somebody_put_it_before_the_script_is_there(
    visit: Visiting, writer: str, label: str
) -> None:
    with visit(account=writer, viewport={"width": 1300, "height": 900}) as seen:
        page: Page = seen.page
        page.goto("/case/demo/cypher")
        page.get_by_label("Cypher", exact=True).fill("MATCH (p:Person {case: $case})\nRETURN p.id LIMIT $many")
        routes: list[Route] = []

        def hold(route: Route) -> None:
            routes.append(route)

        page.route("**/cypher.js", hold)
        page.get_by_role("button", name="Check").click(no_wait_after=True)
        expect(page.get_by_text("Nothing is wrong with it")).to_be_visible()
        field = page.get_by_label(label, exact=True)
        field.focus()
        field.evaluate("field => field.setSelectionRange(0, 0)")
        page.keyboard.type("12")
        while not routes:
            page.wait_for_timeout(50)
        routes[0].continue_()
        expect(page.locator("[data-keys]")).to_be_visible()
        page.keyboard.type("34")
        expect(field).to_be_focused()
        assert field.input_value().startswith("1234")


def test_a_long_run_is_watched_and_cancelled(visit: Visiting, writer: str) -> None:
    with visit(account=writer, viewport={"width": 400, "height": 800}) as seen:
        page: Page = seen.page
        page.goto("/case/demo/cypher")
        page.get_by_label("Cypher", exact=True).fill(SLOW)
        page.get_by_role("button", name="Run").click()
        expect(page.locator("[data-seconds]")).to_have_text("1")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("heading", name="Stopped after")).to_be_visible()
        page.get_by_role("link", name="History").click()
        expect(page.get_by_role("row").nth(1)).to_contain_text("cancelled")
