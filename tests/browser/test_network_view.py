from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import PictureRequest, Service, Session
from tests.browser.conftest import open_watched_page
from tests.toolbox.accounts import session

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]

EVIL = 'p2"><script>document.title="pwned"</script>'
CASE = f"picture-{uuid.uuid4().hex[:8]}"
CASE_FOLDER = Path(__file__).parents[1] / "web" / "network_case"
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server()) as opened:
        accounts.add(opened.database, "ann", ["investigator"], {CASE: Grant("C", sources=True)})
        session_of(opened).deliveries.load(CASE_FOLDER, lambda *_progress: None)
        yield opened


def session_of(service: Service) -> Session:
    return session(service, "ann", CASE)


@pytest.fixture(scope="module")
def address(service: Service, serving: Callable[[Service], AbstractContextManager[str]]) -> Iterator[str]:
    with serving(service) as origin:
        yield origin


@pytest.fixture
def pages(browser: Browser, address: str, service: Service) -> Iterator[Callable[..., Page]]:
    """`pages(query, **context)`: the drawn network page. Faults and requests to other hosts fail the test."""
    faults: list[str] = []
    contexts = []

    def open_page(query: str, **context: Any) -> Page:
        opened = browser.new_context(base_url=address, **({"viewport": WIDE} | context))
        contexts.append(opened)
        page = open_watched_page(opened, address, faults)
        page.goto(f"/link/{service.sign_in_link('ann', 'tests')}")
        page.goto(f"/case/{CASE}/network?{query}")
        wait_for_drawing(page)
        return page

    yield open_page
    for opened in contexts:
        opened.close()
    assert faults == []


def wait_for_drawing(page: Page) -> None:
    page.wait_for_selector("#network[data-ready]")


def nodes(page: Page) -> dict[str, dict[str, Any]]:
    """The nodes in vis-network."""
    placed: list[dict[str, Any]] = page.evaluate(
        "networkPicture.nodes.get().map(({id, shape, x, y, size}) => ({id, shape, x, y, size}))"
    )
    return {node["id"]: node for node in placed}


def edges(page: Page) -> set[tuple[str, str, str]]:
    links: list[list[str]] = page.evaluate("networkPicture.edges.get().map((e) => [e.from, e.relation, e.to])")
    return {(subject, relation, target) for subject, relation, target in links}


def spot(page: Page, identifier: str) -> tuple[float, float]:
    """Position of a node on the page."""
    x, y = page.evaluate(
        """(id) => { const at = networkPicture.network.canvasToDOM(networkPicture.network.getPosition(id));
        const box = document.getElementById("canvas").getBoundingClientRect(); return [at.x + box.x, at.y + box.y]; }""",
        identifier,
    )
    return x, y


def rows(page: Page, table: str) -> list[list[str]]:
    cells: list[list[str]] = page.evaluate(
        "(id) => [...document.querySelectorAll(`#${id} tr`)].map((row) => [...row.cells].map((cell) => cell.textContent.trim()))",
        table,
    )
    return cells


def test_the_canvas_and_the_tables_hold_what_the_store_holds(pages: Callable[..., Page], service: Service) -> None:
    page = pages("id=p1")
    view = session_of(service).network.picture(PictureRequest(["p1"]))
    assert edges(page) == {(edge.subject, edge.relation, edge.object) for edge in view.edges}
    on_canvas = nodes(page)
    assert on_canvas.keys() == {node.id for node in view.nodes}
    assert [(node["x"], node["y"]) for node in on_canvas.values()] == [(node.x, node.y) for node in view.nodes]
    shapes = {node.kind: on_canvas[node.id]["shape"] for node in view.nodes}
    assert shapes == {"person": "dot", "crossing": "diamond", "gang": "hexagon", "thing": "custom"}
    names = {node.id: node.name for node in view.nodes}
    assert [row[:3] for row in rows(page, "network-links")] == [
        [names[edge.subject], edge.says, names[edge.object]] for edge in view.edges
    ]
    assert [row[0].removesuffix(" start") for row in rows(page, "network-nodes")] == [node.name for node in view.nodes]


def test_a_large_picture_brings_its_tables_when_they_are_opened(
    pages: Callable[..., Page], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.web.network.network.INLINE", 3)
    page = pages("id=p1")
    expect(page.locator("#network-links tr")).to_have_count(0)
    page.keyboard.press("t")
    expect(page.locator("#network-links tr")).to_have_count(
        len(session_of(service).network.picture(PictureRequest(["p1"], presence=False)).edges)
    )
    page.locator("#tables th", has_text="Belief").get_by_role("button").click()
    page.locator("#network-links a").first.click()
    expect(page.locator("#panel .panel-title")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#network-nodes a", has_text="8 May 2020").click()
    page.locator("#canvas").focus()
    page.keyboard.press("e")
    page.wait_for_url("**open=*")
    more = session_of(service).network.picture(PictureRequest(["p1"], opened=["x1"], presence=False)).edges
    expect(page.locator("#network-links tr")).to_have_count(len(more))


def test_denial_and_doubt_are_drawn(pages: Callable[..., Page]) -> None:
    page = pages("id=x1&relation=PILOTED&relation=USED_ON")
    piloted, used = page.evaluate(
        """["PILOTED", "USED_ON"].map((r) => { const e = networkPicture.edges.get().find((e) => e.relation === r);
        return { label: e.label, color: e.color.color, dashes: e.dashes, belief: e.belief, width: e.width }; })"""
    )
    assert piloted["label"].startswith("✕")
    assert piloted["color"] != used["color"]
    assert "✕" not in (used["label"] or "")
    for edge in (piloted, used):
        assert bool(edge["dashes"]) == (edge["belief"] < 0.5)


def test_a_click_tells_who_says_so_and_hides_and_goes_back(pages: Callable[..., Page]) -> None:
    page = pages("id=p1")
    page.mouse.click(*spot(page, "g1"))
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", name="Canal group")).to_be_visible()
    expect(panel.get_by_text("official record S3")).to_be_visible()
    panel.get_by_role("button", name="Hide").click()
    expect(page.locator("#network-count")).to_contain_text("1 hidden")
    assert "g1" not in nodes(page)
    page.go_back()
    expect(page.locator("#network-count")).not_to_contain_text("hidden")
    assert "g1" in nodes(page)


def test_a_click_on_a_link_tells_its_claims(pages: Callable[..., Page]) -> None:
    page = pages("id=x1&relation=PILOTED")
    (x1, y1), (x2, y2) = spot(page, "x1"), spot(page, EVIL)
    page.mouse.click(x1 + (x2 - x1) * 0.4, y1 + (y2 - y1) * 0.4)
    panel = page.locator("#panel")
    expect(panel.get_by_text("it is denied:")).to_be_visible()
    # Both the link and the denied claim show the denial.
    expect(panel.get_by_text("denied by 1")).to_have_count(2)


def test_a_double_click_expands_and_the_link_reopens_the_same(pages: Callable[..., Page]) -> None:
    page = pages("id=p1&presence=yes")
    before = nodes(page)
    page.mouse.dblclick(*spot(page, "x1"))
    expect(page.locator("#network-count")).to_contain_text(f"{len(before) + 20} entities")
    after = nodes(page)
    assert all((after[node]["x"], after[node]["y"]) == (old["x"], old["y"]) for node, old in before.items())
    assert parse_qs(urlsplit(page.url).query) == {"id": ["p1"], "presence": ["yes"], "open": ["x1"]}
    again = pages(urlsplit(page.url).query)
    assert {node: (n["x"], n["y"]) for node, n in nodes(again).items()} == {
        node: (n["x"], n["y"]) for node, n in after.items()
    }
    assert edges(again) == edges(page)
    expect(again.locator("#network-nodes tr", has_text="8 May 2020").locator("td").last).to_have_text("12")


def test_filters_work_and_stand_in_the_address(pages: Callable[..., Page]) -> None:
    page = pages("id=p1")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("paid").check()
    expect(page.locator("#network-count")).to_contain_text("1 link")
    assert edges(page) == {("p1", "PAID", EVIL)}
    assert "relation=PAID" in page.url
    page.locator("#filter-form").get_by_label("Belief at least").select_option("0.75")
    page.wait_for_url("**least=0.75*")
    page.locator("#clear-filters").click()
    page.wait_for_url("**/network?id=p1")
    expect(page.locator("#network-count")).to_contain_text("8 links")


def test_names_of_a_case_do_nothing(pages: Callable[..., Page], service: Service) -> None:
    page = pages("id=p1&depth=3&size=500")
    assert EVIL in nodes(page)
    for identifier in (EVIL, "p3"):
        page.evaluate("(id) => networkPicture.reveal(id)", identifier)
        page.mouse.move(*spot(page, identifier))
        page.mouse.click(*spot(page, identifier))
        expect(page.locator("#panel .panel-title")).to_be_visible()
    assert page.title() != "pwned"
    assert page.locator("#network img").count() == 0
    assert page.locator("script:not([src])").count() == 1


def test_it_can_be_walked_by_keyboard(pages: Callable[..., Page]) -> None:
    page = pages("id=p1")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("expand what is chosen")
    page.keyboard.press("Escape")
    # Keys in a dialog act on the dialog.
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("t")
    first = page.locator("#network-nodes a").first
    first.focus()
    page.keyboard.press("ArrowDown")
    second = page.locator("#network-nodes a").nth(1)
    expect(second).to_be_focused()
    assert page.evaluate("networkPicture.network.getSelectedNodes().length") == 1
    page.keyboard.press("Enter")
    expect(page.locator("#panel .panel-title")).to_contain_text(second.inner_text()[:8])
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    page.locator("#canvas").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("e")
    page.wait_for_url("**open=*")


def test_the_theme_is_followed(pages: Callable[..., Page]) -> None:
    page = pages("id=p1", color_scheme="dark")
    dark = page.evaluate("networkPicture.nodes.get('g1').color.border")
    page.emulate_media(color_scheme="light")
    page.wait_for_function("(old) => networkPicture.nodes.get('g1').color.border !== old", arg=dark)


def test_a_narrow_screen_gets_sheets(pages: Callable[..., Page]) -> None:
    page = pages("id=p1", viewport=NARROW)
    over = page.evaluate(
        # The tools scroll in a separate line.
        """[...document.querySelectorAll("body *")].filter((e) => !e.closest("#tools > *") && e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => `${e.tagName}#${e.id}.${e.className} ${e.getBoundingClientRect().right}`)"""
    )
    assert (over, page.evaluate("document.documentElement.scrollWidth - innerWidth")) == ([], 0)
    page.mouse.click(*spot(page, "p1"))
    panel = page.locator("#panel")
    expect(panel.locator(".panel-title")).to_be_visible()
    box = panel.bounding_box()
    assert box
    assert box["width"] == NARROW["width"]
    assert box["y"] > NARROW["height"] * 0.3


def test_a_failing_server_is_told_and_the_picture_stays(pages: Callable[..., Page]) -> None:
    page = pages("id=p1")
    before = edges(page)
    page.evaluate("() => { globalThis.fetch = () => Promise.reject(new TypeError('offline')); }")
    page.mouse.dblclick(*spot(page, "x1"))
    expect(page.get_by_role("alert")).to_contain_text("The picture is as it was")
    assert edges(page) == before


def test_the_picture_is_saved_with_its_mark(pages: Callable[..., Page], tmp_path: Path) -> None:
    page = pages("id=p1")
    with page.expect_download() as waiting:
        page.locator("#tools").get_by_text("Export", exact=True).click()
        page.get_by_role("button", name="PNG of what you see").click()
    saved = tmp_path / "picture.png"
    assert waiting.value.suggested_filename == "network.png", "no case's name"
    waiting.value.save_as(saved)
    assert saved.read_bytes().startswith(b"\x89PNG")


def test_without_scripts_the_tables_are_there(
    pages: Callable[..., Page], browser: Browser, address: str, service: Service
) -> None:
    opened = browser.new_context(base_url=address, java_script_enabled=False)
    page = opened.new_page()
    page.goto(f"/link/{service.sign_in_link('ann', 'tests')}")
    page.goto(f"/case/{CASE}/network?id=p1")
    expect(page.locator("#network-links tr")).to_have_count(8)
    expect(page.locator("#network-links tr").first).to_be_visible()
    page.locator("#network-nodes a", has_text="Canal group").click()
    expect(page.get_by_role("heading", name="Who says so")).to_be_visible()
    opened.close()


def test_the_page_of_a_notebook_works_with_no_network(browser: Browser, service: Service, tmp_path: Path) -> None:
    saved = session_of(service).show("p1", title="<b>Around</b>").save(tmp_path / "p1.html")
    opened = browser.new_context(offline=True)
    page = opened.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(saved.as_uri())
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("picture.nodes.length") == len(
        session_of(service).network.picture(PictureRequest(["p1"])).nodes
    )
    expect(page.get_by_role("heading")).to_have_text("<b>Around</b>")
    opened.close()
    assert faults == []
