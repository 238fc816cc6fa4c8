"""From a boat on 8 May 2020 to the person behind it: the walk of an investigator described in docs/canvas.md.

Each step is one action of a person. Then the canvas is compared with the store, and the person found at the end with
the planted truth of the case.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from graphsvc import simulate
from graphsvc.access.people import accounts
from graphsvc.service import PictureRequest, Service, Session
from tests.browser.conftest import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
MOST_ACTIONS = 15
VIEWPORT = {"width": 1440, "height": 900}
# A boat of that day, its crossing, the person behind it, a falsely accused person, and the gang.
BOAT, CROSSING, PERSON, ACCUSED, GANG = "B0058", "C0007", "P1698", "P0970", "G0006"
Visiting = Callable[..., AbstractContextManager[Visit]]


class Walker:
    """A person at the canvas, with a count of their actions."""

    def __init__(self, page: Page) -> None:
        self.page, self.done = page, 0

    def types(self, text: str) -> None:
        """One action: a key that focuses the box, words, and Enter on the first hit."""
        self.done += 1
        self.page.keyboard.press("a")
        self.page.keyboard.type(text)
        self.page.locator("#find .suggestions a").first.wait_for()
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def clicks(self, target: Locator) -> None:
        self.done += 1
        target.click()

    def node(self, identifier: str) -> None:
        """One action: a click on a node of the canvas."""
        self.done += 1
        x, y = self.page.evaluate(
            """(id) => { networkPicture.reveal(id);
            const at = networkPicture.network.canvasToDOM(networkPicture.network.getPosition(id));
            const box = networkPicture.container.getBoundingClientRect(); return [at.x + box.x, at.y + box.y]; }""",
            identifier,
        )
        self.page.mouse.click(x, y)

    def grows(self, words: str) -> None:
        """One action: grow the picture by one relation, in the panel."""
        self.done += 1
        growth = self.page.locator("#panel .growth")
        growth.wait_for()
        if growth.get_attribute("open") is None:
            growth.locator("summary").click()
        growth.get_by_role("link", name=words, exact=True).click()

    def link(self, first: str, second: str) -> None:
        """One action: a click on the line between two nodes."""
        self.done += 1
        x, y = self.page.evaluate(
            """([one, other]) => { const edge = networkPicture.data.edges.find(({ from, to }) => from === one && to === other);
            const places = new Map(networkPicture.data.nodes.map((node) => [node.id, node]));
            const [x, y] = networkPicture.middle(edge, places.get(one), places.get(other));
            const at = networkPicture.network.canvasToDOM({ x, y });
            const box = networkPicture.container.getBoundingClientRect(); return [at.x + box.x, at.y + box.y]; }""",
            [first, second],
        )
        self.page.mouse.click(x, y)


def on_canvas(page: Page) -> set[tuple[str, str, str]]:
    edges: list[list[str]] = page.evaluate("networkPicture.edges.get().map((e) => [e.from, e.relation, e.to])")
    return {(subject, relation, target) for subject, relation, target in edges}


def in_store(page: Page, session: Session) -> set[tuple[str, str, str]]:
    """Links in the store for the address of the page."""
    query = parse_qs(urlsplit(page.url).query)
    view = session.network.picture(
        PictureRequest(
            query.get("id", []), opened=query.get("open", []), added=query.get("add", []), presence="presence" in query
        )
    )
    return {(edge.subject, edge.relation, edge.object) for edge in view.edges}


def test_from_a_boat_on_8_may_2020_to_the_person_behind_it(visit: Visiting, demo: Service, tmp_path: Path) -> None:
    simulate.demo(tmp_path / "case")
    truth = json.loads((tmp_path / "case" / "truth.json").read_text("utf-8"))
    officer = next(account for account in accounts.list_accounts(demo.database) if account.name == "investigator")
    session = demo.session(officer, "tests", "demo")
    with visit("investigator", viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo/network")
        page.wait_for_selector("#network[data-ready]")
        me, panel = Walker(page), page.locator("#panel")
        me.types(BOAT)
        expect(panel.locator(".panel-title")).to_contain_text(BOAT)
        me.clicks(panel.get_by_role("link", name="Start here"))
        page.wait_for_url(f"**/network?id={BOAT}")
        me.node(CROSSING)
        expect(panel.locator(".panel-title")).to_contain_text("Ambleteuse")
        me.grows("organised")
        expect(page.locator("#network-nodes tr, #network-count").first).to_be_attached()
        page.wait_for_function("(id) => networkPicture.nodes.get(id) !== null", arg=PERSON)
        assert {ACCUSED, GANG} <= {end for link in on_canvas(page) for end in link}
        assert on_canvas(page) == in_store(page, session)
        # Several people are reported to have organised it. One such link is denied, which drawing and panel show.
        denied = page.evaluate(
            "Object.fromEntries(networkPicture.edges.get().filter((e) => e.relation === 'ORGANISED').map((e) => [e.from, e.denied]))"
        )
        assert len(denied) == 4
        assert {name for name, by in denied.items() if by} == {ACCUSED}
        me.link(ACCUSED, CROSSING)
        expect(panel.get_by_role("heading", name="What speaks against it")).to_be_visible()
        expect(panel.locator(".against .claim").first).to_be_visible()
        me.node(PERSON)
        expect(panel.locator(".panel-title")).to_contain_text("Navid Haji")
        me.grows("paid")
        page.wait_for_function("() => networkCanvas.params.getAll('open').length === 2")
        assert on_canvas(page) == in_store(page, session)
        me.clicks(page.locator("#tools summary", has_text="Layout"))
        me.clicks(page.get_by_role("button", name="By command"))
        page.wait_for_url("**layout=command**")
        heights = page.evaluate("Object.fromEntries(networkPicture.data.nodes.map(({ id, y }) => [id, y]))")
        assert heights[PERSON] < heights[CROSSING]
        me.clicks(page.locator('#tools [data-tool="pictures"]'))
        me.done += 1
        page.get_by_label("Name", exact=True).fill("The boat of 8 May")
        page.keyboard.press("Enter")
        expect(page.locator("#view-name")).to_contain_text("The boat of 8 May")
        positions = page.evaluate("networkPicture.network.getPositions()")
        me.node(PERSON)
        me.clicks(panel.locator("a[href*='/lead?']"))
        expect(page.get_by_role("heading", name="Navid Haji")).to_be_visible()
        expect(page.get_by_text("Intelligence, not evidence.")).to_be_visible()
        assert me.done < MOST_ACTIONS
        # The planted truth: one did organise it, the other did not.
        assert PERSON in truth["hubs"]
        assert ACCUSED not in truth["hubs"]
        assert [ACCUSED, "ORGANISED", CROSSING] in truth["false_links"]
        # On returning, the view opens as it was left.
        page.goto("/case/demo/pictures")
        page.get_by_role("link", name="The boat of 8 May").first.click()
        page.wait_for_selector("#network[data-ready]")
        assert page.evaluate("networkPicture.network.getPositions()") == positions
