"""The canvas at 30 to 300 nodes of the demo: names, outlines, the menu of a node, a box, and who was only there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
Visiting = Callable[..., AbstractContextManager[Visit]]
# What lies under each name that is drawn: other names, and lines.
OVERLAPS = """() => {
    const overlap = (one, other) =>
        one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
    const { names, lines, data } = networkPicture;
    const kinds = new Map(data.nodes.map((node) => [node.id, node.start || node.kind === "gang"]));
    const shrunk = ([left, top, right, bottom]) => [left + 1, top + 1, right - 1, bottom - 1];
    return {
        names: names.length,
        starts: data.nodes.filter((node) => node.start).every((node) => names.some(({ id }) => id === node.id)),
        over_names: names.filter((one) => names.some((other) => one !== other && overlap(one.box, other.box))).length,
        over_lines: names.filter(({ id, box }) =>
            !kinds.get(id) && lines.some((line) => networkPicture.constructor.crosses(line, shrunk(box)))).length,
    };
}"""


@pytest.fixture
def page(visit: Visiting) -> Iterator[Page]:
    with visit("investigator", viewport={"width": 1440, "height": 900}) as seen:
        yield seen.page


def open_canvas(page: Page, query: str = "") -> None:
    page.goto(f"/case/demo/network?{query}")
    page.wait_for_selector("#network[data-ready=yes]")


def data(page: Page, of: str = "nodes") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = page.evaluate(f"networkPicture.data.{of}")
    return items


def right_click(page: Page, identifier: str) -> None:
    at = page.evaluate(
        """async (id) => {
            const where = () => {
                const { x, y } = networkPicture.network.canvasToDOM(networkPicture.where(id));
                const box = networkPicture.container.getBoundingClientRect();
                return [x + box.x, y + box.y];
            };
            // Nodes that were added may still move the view.
            for (let last = ""; last !== String(where()); await new Promise((done) => setTimeout(done, 250))) last = String(where());
            return where();
        }""",
        identifier,
    )
    page.mouse.click(*at, button="right")


# Whether each name of a picture is in sight.
IN_SIGHT = """(picture) => {
    const { scale, x, y } = { scale: picture.network.getScale(), ...picture.network.getViewPosition() };
    const { clientWidth: wide } = picture.container;
    const { left, right } = picture.covered;
    const [from, to] = [x * scale - wide / 2 + left, x * scale + wide / 2 - right];
    return picture.names.every(({ box }) => box[0] >= from && box[2] <= to) && picture.names.length;
}"""


@pytest.mark.parametrize("size", [30, 60, 150])
@pytest.mark.parametrize("width", [1440, 800])
def test_names_beside_the_outermost_nodes_are_in_sight(page: Page, size: int, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_canvas(page, f"size={size}&depth=4")
    assert page.evaluate(f"({IN_SIGHT})(networkPicture)") > 10


def test_names_in_the_picture_of_an_answer_are_in_sight_and_all_there(page: Page) -> None:
    page.goto("/case/demo/behind?day=2020-05-09")
    page.wait_for_selector(".beside-picture[data-ready=yes]")
    assert page.evaluate(f"({IN_SIGHT})(besidePicture)") == page.evaluate("() => besidePicture.data.nodes.length")


def test_a_chosen_link_keeps_its_colour_and_width(page: Page) -> None:
    open_canvas(page, "id=C0040")
    links, same, plain = page.evaluate("""() => {
        const { network, data } = networkPicture;
        const look = () => data.edges.map(({ id }) => {
            const { width, color } = network.body.edges[id].edgeType.getColor ? network.body.edges[id].options : {};
            return [id, network.body.edges[id].edgeType.getLineWidth(network.body.edges[id].selected, false), color.highlight, color.color];
        });
        const before = look();
        network.selectNodes(["C0040"]);
        return [network.getSelectedEdges().length, JSON.stringify(before) === JSON.stringify(look()),
            look().every(([, , chosen, plain]) => chosen === plain)];
    }""")
    assert links > 3
    assert (same, plain) == (True, True)


@pytest.mark.parametrize(("size", "depth", "least"), [(30, 1, 15), (60, 1, 30), (150, 3, 35), (300, 4, 35)])
def test_no_name_lies_over_another_or_over_a_line(page: Page, size: int, depth: int, least: int) -> None:
    """Only starts and gangs are named where a line cannot be avoided."""
    open_canvas(page, f"size={size}&depth={depth}")
    for _ in range(2):
        overlaps = page.evaluate(OVERLAPS)
        assert overlaps["starts"]
        assert (overlaps["over_names"], overlaps["over_lines"]) == (0, 0)
        assert overlaps["names"] >= least
        least = 9  # zoomed in, names stay apart as well
        page.keyboard.press("+")
        page.wait_for_timeout(200)


def test_zooming_in_names_more_nodes(page: Page) -> None:
    open_canvas(page, "size=150&depth=3")
    before = page.evaluate(OVERLAPS)["names"]
    page.evaluate("networkPicture.zoom(3)")
    assert page.evaluate(OVERLAPS)["names"] > before


@pytest.mark.parametrize(("size", "depth"), [(60, 1), (300, 4)])
def test_the_status_line_says_what_is_drawn(page: Page, size: int, depth: int) -> None:
    open_canvas(page, f"size={size}&depth={depth}")
    aside_lines = [edge for edge in data(page, "edges") if edge["family"] in ("presence", "service")]
    starts = {node["id"] for node in data(page) if node["start"]}
    assert [edge for edge in aside_lines if edge["family"] == "service" or edge["from"] not in starts] == []
    words = page.locator("#network-count").inner_text()
    assert re.search(r"without others' presence and lawful service \(\d+ links here\)", words)
    page.locator("#network-count [data-tool=presence]").click()
    page.wait_for_url("**presence=yes**")
    expect(page.locator("#network-count")).to_contain_text("with presence and lawful service")
    assert [edge for edge in data(page, "edges") if edge["family"] in ("presence", "service")]


def test_people_who_were_only_there_fold_and_unfold_beside_their_crossing(page: Page) -> None:
    open_canvas(page, "id=C0035&id=C0036&id=C0037&id=C0038&size=150&presence=yes")
    folded = [node for node in data(page) if node.get("fold", "").startswith("presence:")]
    assert folded
    mark = max(folded, key=lambda node: len(node["members"]))
    assert mark["label"] == f"{len(mark['members'])} people"
    before = {node["id"] for node in data(page)}
    page.evaluate("(id) => networkCanvas.expand(id)", mark["id"])
    page.wait_for_url("**fold=**")
    page.wait_for_function("(id) => !networkPicture.nodes.get(id)", arg=mark["id"])
    assert {node["id"] for node in data(page)} == before - {mark["id"]} | set(mark["members"])
    # And all of them, which a reload keeps.
    page.evaluate("networkCanvas.fold('')")
    page.wait_for_function("() => networkPicture.data.nodes.every((node) => !node.fold)")
    page.reload()
    page.wait_for_selector("#network[data-ready=yes]")
    assert not [node for node in data(page) if node.get("fold")]


def test_groups_are_outlined_with_their_names(page: Page) -> None:
    open_canvas(page, "size=150&depth=3")
    page.get_by_text("Appearance", exact=True).click()
    page.get_by_label("Outline").select_option("community")
    page.wait_for_url("**outline=community**")
    page.wait_for_function("() => networkPicture.captioned.length > 2")
    outlined = page.evaluate("networkPicture.look.outlined")
    assert {caption["name"] for caption in page.evaluate("networkPicture.captioned")} <= {
        group["name"] for group in outlined
    }
    page.reload()
    page.wait_for_function("() => networkPicture.look.outlined.length > 2")
    page.get_by_text("Appearance", exact=True).click()
    expect(page.get_by_label("Outline")).to_have_value("community")
    # A gang has its name at its own node.
    page.get_by_label("Outline").select_option("gang")
    page.wait_for_function("() => networkPicture.look.outlined.every((group) => group.by === 'gang')")
    assert page.evaluate("networkPicture.captioned") == []
    page.get_by_label("Outline").select_option("")
    page.wait_for_function("() => networkPicture.look.outlined.length === 0")


def test_a_right_click_opens_what_can_be_done_with_a_node(page: Page) -> None:
    open_canvas(page)
    before = {node["id"] for node in data(page)}
    lead = next(node for node in data(page) if node["start"] and node["more"])
    right_click(page, lead["id"])
    menu = page.locator("#node-menu")
    expect(menu).to_be_visible()
    expect(menu.locator(".menu-title")).to_have_text(lead["label"])
    expect(menu.get_by_role("button", name="Remove what it added")).to_be_hidden()
    menu.get_by_role("button", name="Expand").click()
    expect(menu).to_be_hidden()
    page.wait_for_function("(count) => networkPicture.data.nodes.length > count", arg=len(before))
    right_click(page, lead["id"])
    menu.get_by_role("button", name="Remove what it added").click()
    page.wait_for_function("(count) => networkPicture.data.nodes.length === count", arg=len(before))
    assert {node["id"] for node in data(page)} == before
    right_click(page, lead["id"])
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    right_click(page, lead["id"])
    menu.get_by_role("button", name="Hide", exact=True).click()
    page.wait_for_function("(id) => !networkPicture.nodes.get(id)", arg=lead["id"])
    page.mouse.click(5, 895, button="right")
    expect(menu).to_be_hidden()


def test_the_menu_of_the_selected_node_opens_by_keyboard(page: Page) -> None:
    open_canvas(page)
    page.locator("#canvas").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(
        """networkPicture.container.dispatchEvent(
            new MouseEvent("contextmenu", { bubbles: true, cancelable: true, button: 0 }))"""
    )
    expect(page.locator("#node-menu")).to_be_visible()
    expect(page.locator("#node-menu button").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#node-menu")).to_be_hidden()
    assert page.evaluate("networkCanvas.state().pinned.length") == 1


def test_what_is_read_out_leads_from_a_boat_to_its_organiser(page: Page) -> None:
    """Only the sentences decide where to go, as for somebody who sees nothing."""
    open_canvas(page, "id=B0058")
    canvas, status = page.locator("#canvas"), page.locator("#said")
    canvas.focus()

    def walk(to: str, step: str = "ArrowRight") -> str:
        for _ in range(30):
            page.keyboard.press(step)
            words = status.inner_text()
            assert words == canvas.get_attribute("aria-label")
            if re.search(to, words):
                return words
        raise AssertionError(f"nothing read out has {to}")

    assert walk("B0058 · boat").endswith("right arrow.")
    assert re.search(r"B0058 was the boat of 8 May 2020, .*, belief .*\. Link \d+ of \d+\.", walk("was the boat of"))
    page.keyboard.press("ArrowDown")
    crossing = status.inner_text()
    assert crossing.startswith("8 May 2020")
    page.keyboard.press("e")
    page.wait_for_url("**open=*")
    words = walk(r" organised 8 May 2020, (?!.*contested)")
    page.keyboard.press("ArrowDown")
    assert status.inner_text().split(" · ")[0] == words.split(" organised")[0]
    assert walk(r" paid | organised ")
    page.keyboard.press("ArrowUp")
    assert status.inner_text().split(".")[0].split(" · ")[0] == crossing.split(" · ")[0]


def test_dragging_with_shift_selects_what_is_in_the_box(page: Page) -> None:
    open_canvas(page)
    box = page.locator("#canvas").bounding_box()
    assert box
    inside = page.evaluate(
        """([x, y, right, bottom]) => networkPicture.data.nodes.filter((node) => {
            const at = networkPicture.network.canvasToDOM(node);
            return at.x > x && at.x < right && at.y > y && at.y < bottom; }).map(({ id }) => id)""",
        [20, 110, box["width"] / 2, box["height"] - 160],
    )
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 20, box["y"] + 110)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 160, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert len(inside) > 2
    page.wait_for_function("() => networkPicture.network.getSelectedNodes().length")
    assert set(page.evaluate("networkPicture.network.getSelectedNodes()")) == set(inside)
