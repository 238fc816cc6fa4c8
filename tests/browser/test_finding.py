"""Finding, growing and paths on the canvas, as a person uses them; the canvas is compared with the store."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import PictureRequest, Service, Session, quiet
from tests.browser.conftest import open_watched_page
from tests.service.test_paths import FIRST
from tests.toolbox.accounts import session
from tests.toolbox.rows import write

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]

CASE = "finding"
EVIL = "<img src=x onerror=\"document.title='pwned'\">"
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("finding") / "case"
    people = [
        *FIRST["people"],
        {"id": "evil", "name": EVIL, "aliases": "Карим", "handling": "P", "category": "suspect"},
    ]
    write(folder, **FIRST | {"people": people})
    with Service(at_server()) as opened:
        accounts.add(opened.database, "ann", ["investigator"], {CASE: Grant("C", sources=True)})
        accounts.add(opened.database, "cus", ["custodian"], {CASE: Grant("C", sources=True)})
        assert session_of(opened).deliveries.load(folder, quiet).rejections == []
        yield opened


def session_of(service: Service) -> Session:
    return session(service, "ann", CASE)


@pytest.fixture(scope="module")
def address(service: Service, serving: Callable[[Service], AbstractContextManager[str]]) -> Iterator[str]:
    with serving(service) as origin:
        yield origin


@pytest.fixture
def pages(browser: Browser, address: str, service: Service) -> Iterator[Callable[..., Page]]:
    """`pages(query)`: the drawn network page. Faults and requests to other hosts fail the test."""
    faults: list[str] = []
    contexts = []

    def open_page(query: str, account: str = "ann", *, failing: bool = False, **context: Any) -> Page:
        opened = browser.new_context(base_url=address, **({"viewport": WIDE} | context))
        contexts.append(opened)
        page = open_watched_page(opened, address, faults, console=not failing)
        page.goto(f"/link/{service.sign_in_link(account, 'tests')}")
        page.goto(f"/case/{CASE}/network?{query}")
        page.wait_for_selector("#network[data-ready]")
        return page

    yield open_page
    for opened in contexts:
        opened.close()
    assert faults == []


def on_canvas(page: Page) -> set[str]:
    return set(page.evaluate("networkPicture.nodes.get().map((node) => node.id)"))


def chosen(page: Page) -> set[str]:
    return set(page.evaluate("networkCanvas.selected().nodes"))


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition on the canvas by polling here: the page's policy forbids polling a string there."""
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def hold_suggestions(page: Page) -> list[Route]:
    """Hold back requests for suggestions from now on, until the test answers them."""
    waiting: list[Route] = []
    page.route("**/search/near.json*", lambda route: waiting.append(route))
    return waiting


def query_values(page: Page, name: str) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get(name, [])


def test_what_is_found_comes_onto_the_canvas_by_keys_alone(pages: Callable[..., Page]) -> None:
    page = pages("id=boss&depth=0")
    page.keyboard.press("a")
    page.keyboard.type("name of stra")
    options = page.locator("#find-add-suggestions [role=option]")
    expect(options).to_have_count(1)
    expect(options.first).to_contain_text("Name of stray")
    page.keyboard.press("Enter")
    page.wait_for_url("**add=stray*")
    assert on_canvas(page) == {"boss", "stray"}
    assert chosen(page) == {"stray"}
    expect(page.locator("#find-add")).to_have_value("")
    expect(page.locator("#find-add")).to_be_focused()
    # An entity already on the canvas is marked as such, and gets selected instead of added.
    before = page.url
    page.keyboard.type("name of bos")
    expect(options.first).to_contain_text("on the canvas")
    page.keyboard.press("Enter")
    until(lambda: chosen(page) == {"boss"})
    assert page.url == before
    page.locator('[data-tool="undo"]').click()
    until(lambda: on_canvas(page) == {"boss"})
    page.keyboard.press("Escape")


def test_arrows_choose_and_shift_enter_opens_its_page(pages: Callable[..., Page]) -> None:
    page = pages("id=boss&depth=0")
    page.keyboard.press("a")
    page.keyboard.type("name of")
    options = page.locator("#find-add-suggestions [role=option]")
    expect(options).to_have_count(7)
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#find-add")).to_have_attribute("aria-activedescendant", "find-add-suggestions-2")
    name = options.nth(2).locator("a").evaluate("(link) => link.firstChild.textContent")
    page.keyboard.press("Shift+Enter")
    page.wait_for_url("**/entity?id=*")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_other_scripts_are_found_with_why_and_a_name_is_never_markup(pages: Callable[..., Page]) -> None:
    page = pages("id=boss&depth=0")
    page.keyboard.press("/")
    page.keyboard.type("karim")
    option = page.locator("#search-suggestions [role=option]")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("alias: Карим")
    expect(option).to_contain_text("<img src=x")
    page.keyboard.press("Escape")
    expect(page.locator("#search-suggestions")).to_be_hidden()
    page.keyboard.type("zzz")
    expect(page.locator("#search-suggestions")).to_contain_text("Nothing you can see is called so")
    assert page.title().startswith("Network")


def test_a_node_says_what_it_would_bring_in_and_brings_that_alone(pages: Callable[..., Page], service: Service) -> None:
    page = pages("id=boss&depth=0")
    page.evaluate("networkCanvas.select(['boss'])")
    growth = page.locator("#panel .growth")
    expect(growth.locator("summary")).to_have_text("6 neighbours not in the picture")
    growth.locator("summary").click()
    growth.get_by_role("link", name="People").click()
    page.wait_for_url("**open=*")
    assert query_values(page, "open") == ["~person~boss"]
    wanted = session_of(service).network.picture(PictureRequest(["boss"], depth=0, opened=["~person~boss"]))
    assert on_canvas(page) == {node.id for node in wanted.nodes}
    expect(growth.locator("summary")).to_have_text("2 neighbours not in the picture")
    page.go_back()
    until(lambda: on_canvas(page) == {"boss"})


def test_a_node_with_very_many_neighbours_asks_which(pages: Callable[..., Page]) -> None:
    page = pages("id=host&depth=0")
    page.evaluate("networkCanvas.select(['host'])")
    expect(page.locator("#panel .growth")).to_be_visible()
    page.locator("#canvas").focus()
    page.keyboard.press("e")
    growth = page.locator("#panel .growth")
    expect(growth.get_by_text("choose which")).to_be_visible()
    assert query_values(page, "open") == []
    growth.get_by_role("link", name="recruited").click()
    page.wait_for_url("**open=*")
    assert len(on_canvas(page)) == 21
    expect(growth.get_by_text("adds 20, 165 more stay")).to_be_visible()


def test_the_panel_begins_ways_from_its_node(pages: Callable[..., Page]) -> None:
    page = pages("id=boss&id=pilot&depth=0")
    page.evaluate("networkCanvas.select(['boss'])")
    page.get_by_role("link", name="Paths from here").click()
    expect(page.locator("#paths-ends li")).to_have_text([re.compile("boss")])
    page.locator("#paths-end").fill("pilot")
    page.locator("#paths-end-suggestions [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#paths").get_by_role("button", name="Find paths").click()
    page.locator("#paths .way").first.wait_for()
    # Without scripts, the form opens with one end filled in.
    page.goto(page.url.partition("?")[0] + "/paths?from=boss")
    expect(page.get_by_label("From")).to_have_value("boss")
    expect(page.get_by_label("To", exact=True)).to_have_value("")


def test_ways_between_what_is_chosen_are_shown_and_added(pages: Callable[..., Page], service: Service) -> None:
    page = pages("id=boss&id=pilot&depth=0")
    page.evaluate("networkCanvas.select(['boss', 'pilot'])")
    page.get_by_role("button", name="Paths").click()
    ways = page.locator("#paths .way")
    (between,) = session_of(service).network.paths.find(("boss", "pilot")).between
    expect(ways).to_have_count(len(between.ways))
    expect(ways.first).to_contain_text("Name of boss gave instructions to Name of aide")
    ways.first.focus()
    assert chosen(page) == {"boss", "pilot"}  # the nodes of the path that are on the canvas
    page.keyboard.press("Enter")
    page.wait_for_url("**add=aide*")
    until(lambda: chosen(page) == {"boss", "aide", "pilot"})
    assert on_canvas(page) == {"boss", "aide", "pilot"}
    # Now search for another kind of path, and for paths that avoid a person.
    page.locator("#paths select[name=kind]").select_option("every")
    page.locator("#paths select[name=steps]").select_option("2")
    page.locator("#paths").get_by_role("button", name="Find paths").click()
    expect(ways).to_have_count(3)
    page.locator("#paths .avoid").first.get_by_role("button", name="Name of aide").click()
    expect(ways).to_have_count(2)
    expect(page.locator("#paths-avoid")).to_contain_text("avoiding Name of aide")
    page.locator("#paths-avoid").get_by_role("button").click()
    page.locator("#paths").get_by_role("button", name="Find paths").click()
    expect(ways).to_have_count(3)
    page.locator("#paths-page").click()
    expect(page.get_by_role("heading", level=1, name="Paths between")).to_be_visible()
    expect(page.locator("ol.ways > li")).to_have_count(3)


def test_ends_are_found_by_name_and_what_is_missing_is_said(pages: Callable[..., Page]) -> None:
    page = pages("id=boss&depth=0", viewport=NARROW)
    page.evaluate("networkCanvas.select(['boss'])")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Paths").click()
    page.locator("#paths").get_by_role("button", name="Take what is selected").click()
    expect(page.locator("#paths-told")).to_contain_text("Nothing is selected")
    page.locator("#paths").get_by_role("button", name="Find paths").click()
    expect(page.locator("#paths-told")).to_contain_text("Choose 2 to 6")
    for name in ("name of boss", "name of stray"):
        page.locator("#paths-end").fill(name)
        page.locator("#paths-end-suggestions [role=option]").first.wait_for()
        page.keyboard.press("Enter")
    expect(page.locator("#paths-ends li")).to_have_count(2)
    page.locator("#paths").get_by_role("button", name="Find paths").click()
    expect(page.locator("#paths-told")).to_contain_text("No way joins them")
    page.locator("#paths details summary").click()
    page.get_by_label("lawful service").check()
    page.locator("#paths").get_by_role("button", name="Find paths").click()
    expect(page.locator("#paths .way")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#paths")).to_be_hidden()
    expect(page.locator("#canvas")).to_be_focused()


def test_what_goes_wrong_is_told_and_leaves_everything_as_it_was(pages: Callable[..., Page]) -> None:
    page = pages("id=boss&id=pilot&depth=0", failing=True)
    page.route("**/network/paths.json*", lambda route: route.abort())
    page.route("**/search/near.json*", lambda route: route.abort())
    page.evaluate("networkCanvas.select(['boss', 'pilot'])")
    page.get_by_role("button", name="Paths").click()
    expect(page.locator("#paths-wrong")).to_contain_text("cannot be reached")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.type("stray")
    expect(page.locator("#find-add-suggestions")).to_contain_text("cannot be reached")
    assert on_canvas(page) == {"boss", "pilot"}


def test_who_may_not_analyse_finds_and_grows_and_is_shown_no_ways(pages: Callable[..., Page]) -> None:
    page = pages("id=boss&depth=0", account="cus")
    expect(page.locator('[data-tool="paths"]')).to_have_count(0)
    page.keyboard.press("a")
    page.keyboard.type("stray")
    page.locator("#find-add-suggestions [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**add=stray*")


def test_enter_takes_nothing_of_what_was_typed_before(pages: Callable[..., Page]) -> None:
    page = pages("id=boss&depth=0")
    page.evaluate("networkCanvas.select(['boss'])")
    page.get_by_role("link", name="Paths from here").click()
    for box, first in (("#paths-end", "#paths-ends li"), ("#find-add", "")):
        page.locator(box).fill("name of pil")
        options = page.locator(f"{box}-suggestions [role=option]")
        expect(options).to_have_count(1)
        waiting = hold_suggestions(page)
        page.locator(box).fill("name of stra")
        expect(page.locator(f"{box}-suggestions")).to_be_hidden()
        expect(page.locator(box)).not_to_have_attribute("aria-activedescendant", re.compile("."))
        page.keyboard.press("Enter")
        while not waiting:
            page.wait_for_timeout(20)
        page.keyboard.press("Enter")
        page.unroute("**/search/near.json*")
        waiting[0].continue_()
        expect(options).to_have_count(1)
        expect(options).to_contain_text("Name of stray")
        expect(page.locator(box)).to_have_value("name of stra")
        assert on_canvas(page) == {"boss"}
        if first:
            expect(page.locator(first)).to_have_count(1)
            expect(page.locator("#paths-told")).to_have_text("")
        page.keyboard.press("Enter")
    expect(page.locator("#paths-ends li")).to_have_text([re.compile("boss"), re.compile("stray")])
    page.wait_for_url("**add=stray*")
    assert on_canvas(page) == {"boss", "stray"}
