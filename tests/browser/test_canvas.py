"""Actions on the canvas beyond looking: arrange, select, undo, colour, filter by days; in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from graphsvc.records.numbers import count
from graphsvc.service import PictureRequest, Service
from graphsvc.views.picture.folding import fold_groups
from graphsvc.views.picture.folding import groups as groups_of
from tests.browser.test_network_view import (  # noqa: F401 - fixtures of the same case
    EVIL,
    WIDE,
    address,
    edges,
    nodes,
    pages,
    service,
    session_of,
    spot,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
Pages = Callable[..., Page]


def places(page: Page) -> dict[str, tuple[float, float]]:
    """Positions of the nodes in vis-network."""
    positions: dict[str, dict[str, float]] = page.evaluate("networkPicture.network.getPositions()")
    return {node: (round(at["x"], 1), round(at["y"], 1)) for node, at in positions.items()}


def server_positions(page: Page) -> dict[str, tuple[float, float]]:
    """Positions of the nodes from the server."""
    positions: dict[str, tuple[float, float]] = page.evaluate(
        "Object.fromEntries(networkPicture.data.nodes.map(({id, home}) => [id, home]))"
    )
    return {node: (x, y) for node, (x, y) in positions.items()}


def drag(page: Page, identifier: str, dx: float, dy: float) -> None:
    x, y = spot(page, identifier)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()


def select(page: Page, *ids: str) -> None:
    page.evaluate("(ids) => networkCanvas.select(ids)", list(ids))


def chosen(page: Page) -> set[str]:
    selected: list[str] = page.evaluate("networkPicture.network.getSelectedNodes()")
    return set(selected)


def tool(page: Page, name: str) -> Any:
    return page.locator(f'#tools [data-tool="{name}"]')


def exported_pairs(page: Page) -> list[list[str]]:
    """Parameters of the picture that a saved view or an export would contain."""
    pairs: list[list[str]] = page.evaluate("networkCanvas.state().asked")
    return pairs


def hold_requests(page: Page) -> list[Route]:
    """Hold back requests for pictures from now on, until the test releases them."""
    waiting: list[Route] = []
    page.route("**/network?*", lambda route: waiting.append(route))
    return waiting


def one_of(page: Page, waiting: list[Route]) -> Route:
    while not waiting:
        page.wait_for_timeout(20)
    return waiting.pop()


def refusing(page: Page) -> None:
    """Refuse all requests for pictures from now on; the page's `plainly` keeps the real `fetch`."""
    page.evaluate(
        """() => { globalThis.plainly = globalThis.fetch; globalThis.fetch = (address, options) =>
        /network[?]/.test(address) ? Promise.resolve(new Response("<main><p>Too busy now.</p></main>", { status: 503 }))
        : plainly(address, options); }"""
    )


def plainly(page: Page) -> None:
    page.evaluate("() => { globalThis.fetch = globalThis.plainly; }")


def test_what_was_moved_is_undone_done_again_and_kept_by_a_reload(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    expect(tool(page, "undo")).to_be_disabled()
    before = places(page)
    drag(page, "g1", 90, 60)
    expect(tool(page, "undo")).to_be_enabled()
    moved = places(page)
    assert moved["g1"] != before["g1"]
    assert {node: at for node, at in moved.items() if node != "g1"} == {
        node: at for node, at in before.items() if node != "g1"
    }
    tool(page, "undo").click()
    expect(tool(page, "undo")).to_be_disabled()
    assert places(page) == before
    page.keyboard.press("Control+y")
    expect(tool(page, "undo")).to_be_enabled()
    assert places(page) == moved
    page.reload()
    page.wait_for_selector("#network[data-ready]")
    assert places(page) == moved


def test_growing_moves_nothing_and_comes_in_beside_what_was_moved(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1&presence=yes")
    home = server_positions(page)["x1"]
    drag(page, "x1", 160, 90)
    moved = places(page)
    page.evaluate("networkCanvas.expand('x1')")
    expect(page.locator("#network-count")).to_have_text(re.compile(rf"^{len(moved) + 20} entities"))
    grown = places(page)
    assert {node: grown[node] for node in moved} == moved
    server = server_positions(page)
    shift = (moved["x1"][0] - home[0], moved["x1"][1] - home[1])
    for node in grown.keys() - moved.keys():
        assert grown[node] == pytest.approx((server[node][0] + shift[0], server[node][1] + shift[1]), abs=1.1)
    page.go_back()
    expect(page.locator("#network-count")).to_have_text(re.compile(rf"^{len(moved)} entities"))
    assert places(page) == moved


def test_a_lasso_selects_what_is_inside_and_all_but_these_the_rest(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    everyone = set(nodes(page))
    x, y = spot(page, "g1")
    page.keyboard.press("l")
    page.mouse.move(x - 25, y - 25)
    page.mouse.down()
    for dx, dy in ((25, -25), (25, 25), (-25, 25)):
        page.mouse.move(x + dx, y + dy, steps=2)
    page.mouse.up()
    page.keyboard.press("l")
    assert chosen(page) == {"g1"}
    page.keyboard.press("i")
    assert chosen(page) == everyone - {"g1"}
    expect(page.locator("#panel .panel-title")).to_have_text(f"{len(everyone) - 1} selected")
    page.keyboard.press("Control+a")
    assert chosen(page) == everyone
    page.locator("#panel").get_by_role("button", name="Close").click()
    assert chosen(page) == set()


def test_several_are_put_in_a_row_and_hidden_together(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    select(page, "g1", "x1", EVIL)
    page.get_by_role("button", name="In a row").click()
    assert len({round(places(page)[node][1], 0) for node in ("g1", "x1", EVIL)}) == 1
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.locator("#network-count")).to_contain_text("3 hidden")
    assert not {"g1", "x1", EVIL} & set(nodes(page))
    tool(page, "undo").click()
    expect(page.locator("#network-count")).not_to_contain_text("hidden")


def test_what_is_pinned_stays_in_another_layout_and_cannot_be_dragged(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    drag(page, "g1", 120, 40)
    pinned = places(page)["g1"]
    page.evaluate("networkCanvas.pin(['g1'], true)")
    page.locator("#tools summary", has_text="Layout").click()
    page.get_by_role("button", name="By command").click()
    page.wait_for_url("**layout=command**")
    assert places(page)["g1"] == pytest.approx(pinned, abs=0.2)
    layered = server_positions(page)
    at = places(page)
    # vis-network stores whole pixels and cuts off the fraction.
    assert all(at[node] == pytest.approx(layered[node], abs=1) for node in layered if node != "g1")
    drag(page, "g1", -80, -30)
    assert places(page)["g1"] == pytest.approx(pinned, abs=0.2)


def test_colour_size_and_labels_stand_in_the_address_and_the_legend_says_them(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    page.locator("#looks summary").click()
    page.get_by_label("Colour by").select_option("gang")
    page.wait_for_url("**colour=gang**")
    expect(page.locator("#legend-look")).to_contain_text("Canal group")
    member = page.evaluate("networkPicture.nodes.get('g1').color.background")
    assert member == page.evaluate("networkPicture.nodes.get('p1').color.background")
    page.get_by_label("Size by").select_option("between")
    page.wait_for_url("**sized=between**")
    # The largest node is the one on most paths.
    page.wait_for_function(
        "() => networkPicture.nodes.get().reduce((a, b) => (b.size > a.size ? b : a)).id === 'p1' && networkPicture.look.radius({id: 'p1'})"
    )
    page.get_by_label("Labels").uncheck()
    page.wait_for_url("**labels=no**")
    page.wait_for_function("() => networkPicture.names.length === 0")
    assert parse_qs(urlsplit(page.url).query)["colour"] == ["gang"]
    again = pages(urlsplit(page.url).query)
    expect(again.locator("#legend-look")).to_contain_text("Canal group")
    assert again.evaluate("networkPicture.nodes.get('g1').color.background") == member


def test_where_no_one_stands_out_no_colour_or_size_tells_a_score(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1&colour=score&sized=score")
    legend = page.locator("#legend-look")
    expect(legend).to_contain_text("no one stands out: no lead score is told")
    expect(legend).to_contain_text("All of a size")
    expect(legend).not_to_contain_text("high")


def test_filters_fade_instead_of_hiding(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    unfiltered = edges(page)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Faint, not gone").check()
    page.get_by_label("paid").check()
    page.wait_for_url("**relation=PAID**")
    assert edges(page) == unfiltered
    faint = page.evaluate("networkPicture.edges.get().filter((e) => e.color.opacity < 0.5).map((e) => e.relation)")
    assert len(faint) == len(unfiltered) - 1
    assert "PAID" not in faint
    expect(page.locator("#network-narrowed")).to_contain_text("2 entities and 1 link pass the filters")


def test_what_stands_aside_comes_in_where_it_is_ticked_and_others_are_faint(pages: Pages) -> None:  # noqa: F811
    page = pages("id=x1")
    before = set(nodes(page))
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Faint, not gone").check()
    page.wait_for_url("**fade=yes**")
    page.get_by_label("was carried on").check()
    page.wait_for_url("**relation=CROSSED_ON**")
    view = page.request.get(page.url.replace("/network?", "/network.json?")).json()["view"]
    assert before < {node["id"] for node in view["nodes"]}
    page.wait_for_function(f"() => networkPicture.nodes.length === {len(view['nodes'])}")
    assert set(nodes(page)) == {node["id"] for node in view["nodes"]}
    clear = page.evaluate("networkPicture.edges.get().filter((e) => !(e.color.opacity < 0.5)).map((e) => e.relation)")
    assert set(clear) == {"CROSSED_ON"}
    # CROSSED_ON is excluded by default, so leaving it out equals no filter and adds no one.
    page.get_by_label("Relations that are ticked").select_option("out")
    page.wait_for_function(f"() => networkPicture.nodes.length === {len(before)}")


def test_filters_by_grade_take_out_or_fade(pages: Pages, service: Service) -> None:  # noqa: F811
    page = pages("id=p1")
    unfiltered = edges(page)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Assessed at least").select_option("A known directly")
    page.wait_for_url("**assessment=A**")
    page.wait_for_function(f"() => networkPicture.edges.length < {len(unfiltered)}")
    grades = [f"{source}A" for source in "123"]
    view = session_of(service).network.picture(PictureRequest(["p1"], grades=grades))
    assert edges(page) == {(edge.subject, edge.relation, edge.object) for edge in view.edges}
    expect(page.locator("#network-filtered b")).to_have_text("1")
    page.get_by_label("Faint, not gone").check()
    page.wait_for_function(f"() => networkPicture.edges.length === {len(unfiltered)}")
    clear = page.evaluate("networkPicture.edges.get().filter((e) => !(e.color.opacity < 0.5)).map((e) => e.relation)")
    assert sorted(clear) == sorted(edge.relation for edge in view.edges)


def test_days_filter_the_picture_and_are_counted(pages: Pages, service: Service) -> None:  # noqa: F811
    page = pages("id=x1&depth=1")
    page.keyboard.press("d")
    time_text = page.locator("#time-told")
    crossings = [row for row in session_of(service).ask.rows("cases.days").dicts() if row["what"] == "crossings"]
    expect(time_text).to_contain_text(count(sum(row["count"] for row in crossings), "crossing"))
    page.evaluate("networkCanvas.set('from', '2031-01-01', 'later')")
    expect(page.locator("#network-narrowed")).to_contain_text("0 entities and 0 links")
    # Entities of other days are faint, not hidden, so that readers see them.
    page.wait_for_function("() => networkPicture.nodes.get().every((node) => node.opacity < 0.5 && !node.hidden)")
    expect(time_text).to_contain_text("0 on the canvas")
    page.get_by_role("button", name="All days").click()
    expect(page.locator("#network-narrowed")).to_be_hidden()
    page.wait_for_function("() => networkPicture.nodes.get().every((node) => node.opacity === 1)")
    expect(time_text).to_contain_text("1 on the canvas")


def test_a_date_known_to_a_month_counts_as_what_it_may_be_and_stands_in_no_bar_of_a_day(pages: Pages) -> None:  # noqa: F811
    page = pages("id=x1&depth=1")

    def coarse(route: Route) -> None:
        response = route.fetch()
        days = response.json()
        days |= {
            "crossings": [["2020-04-20", 2], ["2020-05", 3], ["2020-05-08", 1], ["2020-06-02", 1]],
            "statements": [["2020-05-09", 1], ["2020", 4]],
        }
        route.fulfill(response=response, json=days)

    page.route("**/network/days**", coarse)
    page.keyboard.press("d")
    time_text = page.locator("#time-told")
    expect(time_text).to_contain_text("7 crossings in the case")
    bars = page.locator("#time-drawing .bar-crossings title").all_text_contents()
    assert not any(bar.startswith("3 ") for bar in bars)
    assert any(re.match(r"1 crossing, .* to ", bar) for bar in bars)  # each bar covers several days, as its title says
    for span, says in (
        (("2020-05-01", "2020-05-08"), "1 crossing and 3 that may be in the case"),
        (("2020-05-01", "2020-05-31"), "1 May 2020 to 31 May 2020: 4 crossings in the case"),
        (("2020-05-01", "2020-05-31"), "1 statement and 4 that may be"),
        (("2020-06-01", "2020-06-30"), "1 crossing in the case"),
    ):
        page.evaluate(
            "([from, to]) => networkCanvas.set('from', from, 'x').then(() => networkCanvas.set('to', to, 'x'))", span
        )
        expect(time_text).to_contain_text(says)


def test_what_another_account_did_in_this_window_is_not_kept_for_the_next(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    page.evaluate("networkCanvas.steps.push({...networkCanvas.steps.state, arranged: {p1: [7, 7]}}, 'moved it')")
    page.reload()
    assert page.evaluate("[networkCanvas.steps.at, networkCanvas.steps.words.at(-1)]") == [1, "moved it"]
    page.evaluate("history.replaceState({...history.state, by: 'somebody else'}, '')")
    page.reload()
    assert page.evaluate("[networkCanvas.steps.at, networkCanvas.steps.state.arranged]") == [0, {}]


def test_one_click_in_the_legend_leaves_out_a_kind_or_a_family_and_another_brings_it_back(
    pages: Pages,  # noqa: F811
) -> None:
    page = pages("id=p1&presence=yes&depth=2&size=60")
    whole, before = edges(page), places(page)
    legend = page.locator("#legend")
    carried = {edge for edge in whole if edge[1] == "CROSSED_ON"}
    assert carried
    legend.get_by_role("button", name="being there").click()
    page.wait_for_url("**without=presence**")
    page.wait_for_function(f"() => networkPicture.edges.length === {len(whole - carried)}")
    assert edges(page) == whole - carried
    assert {node: before[node] for node in places(page)} == places(page)
    expect(page.locator("#network-count")).to_contain_text("left out")
    expect(legend.get_by_role("button", name="being there")).to_have_attribute("aria-pressed", "false")
    expect(legend.get_by_role("button", name="being there")).to_be_focused()
    legend.get_by_role("button", name="being there").click()
    page.wait_for_function(f"() => networkPicture.edges.length === {len(whole)}")
    assert places(page) == before
    legend.get_by_role("button", name="Things").or_(
        legend.get_by_role("button", name="Thing", exact=False)
    ).first.click()
    page.wait_for_url("**without=thing**")
    page.wait_for_function("() => networkPicture.data.nodes.every(({ kind }) => kind !== 'thing')")
    tool(page, "undo").click()
    page.wait_for_function(f"() => networkPicture.edges.length === {len(whole)}")


def test_a_heading_of_the_filters_ticks_all_below_and_what_is_ticked_can_be_left_out(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    whole = edges(page)
    page.keyboard.press("f")
    page.get_by_label("Relations that are ticked").select_option("out")
    page.locator("#network-relations").get_by_label("Parts played").check()
    page.wait_for_url("**relation=ORGANISED**")
    parts = {"RUNS", "ORGANISED", "PILOTED", "USED_ON"}
    page.wait_for_function("() => !networkPicture.edges.get().some((e) => e.relation === 'ORGANISED')")
    left = edges(page)
    assert {edge for edge in whole if edge[1] not in parts} <= left < whole
    assert page.get_by_label("organised").is_checked()


def test_the_panel_pushes_the_picture_and_covers_nothing_that_was_seen(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1&presence=yes&depth=2&size=60")
    page.evaluate("networkCanvas.select(['x1'])")
    panel = page.locator("#panel")
    expect(panel.locator(".panel-title")).to_be_visible()
    across = """() => networkPicture.data.nodes.map(({ id }) => {
        const at = networkPicture.network.canvasToDOM(networkPicture.network.getPosition(id));
        return at.x + networkPicture.container.getBoundingClientRect().x; })"""
    assert max(page.evaluate(across)) < panel.bounding_box()["x"]  # type: ignore[index]
    panel.get_by_role("button", name="Close").click()
    page.locator('#tools [data-tool="paths"]').click()
    drawer = page.locator("#paths").bounding_box()
    assert drawer is not None
    assert min(page.evaluate(across)) > drawer["x"] + drawer["width"]


def test_what_is_added_comes_in_alone(pages: Pages, service: Service) -> None:  # noqa: F811
    page = pages("id=g1&depth=0")
    assert set(nodes(page)) == {"g1"}
    page.evaluate("networkCanvas.add(['p1'])")
    expect(page.locator("#network-count")).to_have_text(re.compile("^2 entities"))
    assert set(nodes(page)) == {"g1", "p1"}
    view = session_of(service).network.picture(PictureRequest(["g1"], depth=0, added=["p1"]))
    assert edges(page) == {(edge.subject, edge.relation, edge.object) for edge in view.edges}
    assert chosen(page) == {"p1"}


def test_groups_fold_and_unfold_and_every_link_in_them_can_be_asked_about(pages: Pages, service: Service) -> None:  # noqa: F811
    page = pages("id=p1&depth=2&size=60&presence=yes")
    whole = set(nodes(page))
    page.locator("#tools summary", has_text="Layout").click()
    page.get_by_role("button", name="Fold by gang").click()
    page.wait_for_url("**fold=gang**")
    expect(page.locator("#legend")).to_contain_text("Folded group")
    groups = [node for node in nodes(page) if node.startswith("group:gang:")]
    assert len(groups) == 1
    view = session_of(service).network.picture(PictureRequest(["p1"], depth=2, presence=True, cap=60))
    folded_view = fold_groups(view, [("gang", group.key) for group in groups_of(view, "gang")])
    assert set(nodes(page)) == {node.id for node in folded_view.nodes}
    page.evaluate("(id) => networkCanvas.select([id])", groups[0])
    panel = page.locator("#panel")
    expect(panel.locator(".told")).to_contain_text("folded by gang")
    panel.get_by_role("button", name="Unfold").click()
    page.wait_for_function("(count) => networkPicture.nodes.length === count", arg=len(whole))
    assert set(nodes(page)) == whole
    tool(page, "undo").click()
    page.wait_for_function("(id) => networkPicture.nodes.get(id) !== null", arg=groups[0])


def test_a_click_on_a_node_ends_no_picture_that_is_under_way(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    waiting = hold_requests(page)
    page.keyboard.press("f")
    page.get_by_label("paid").check()
    picture = one_of(page, waiting)
    select(page, "g1")
    expect(page.locator("#panel .panel-title")).to_contain_text("Canal group")
    picture.continue_()
    page.wait_for_url("**relation=PAID**")
    page.wait_for_function("() => networkPicture.edges.length === 1")
    expect(page.locator("#network-filtered b")).to_have_text("1")
    assert page.get_by_label("paid").is_checked()


def test_the_filters_say_what_the_picture_is_where_another_cannot_be_had(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    whole = edges(page)
    waiting = hold_requests(page)
    page.keyboard.press("f")
    page.get_by_label("paid").check()
    picture = one_of(page, waiting)
    page.get_by_role("button", name="Cancel").click()
    picture.abort()
    expect(page.get_by_label("paid")).not_to_be_checked()
    expect(page.locator("#progress")).to_be_hidden()
    page.unroute("**/network?*")
    refusing(page)
    page.get_by_label("paid").click()
    expect(page.get_by_role("alert").filter(has_text="Too busy now.")).to_be_visible()
    expect(page.get_by_label("paid")).not_to_be_checked()
    assert page.locator("#network-filtered b").count() == 0
    assert edges(page) == whole
    # Two boxes ticked one after the other both stay ticked, and the picture applies both.
    plainly(page)
    waiting = hold_requests(page)
    page.get_by_label("paid").check()
    first = one_of(page, waiting)
    page.get_by_label("organised").check()
    picture = one_of(page, waiting)
    first.abort()
    assert page.get_by_label("paid").is_checked()
    picture.continue_()
    page.wait_for_url("**relation=ORGANISED**")
    assert {edge[1] for edge in edges(page)} == {"PAID", "ORGANISED"}


def test_what_is_undone_is_so_when_it_is_seen_and_not_where_it_cannot_be_had(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    page.evaluate("networkCanvas.hide(['g1'])")
    expect(page.locator("#network-count")).to_contain_text("1 hidden")
    hidden = exported_pairs(page)
    waiting = hold_requests(page)
    tool(page, "undo").click()
    picture = one_of(page, waiting)
    # Until the picture arrives, a save or an export has the one on screen; selecting a person cancels nothing.
    assert exported_pairs(page) == hidden
    select(page, "x1")
    expect(page.locator("#panel .panel-title")).to_be_visible()
    picture.continue_()
    expect(page.locator("#network-count")).not_to_contain_text("hidden")
    assert exported_pairs(page) == [["id", "p1"]]
    page.unroute("**/network?*")
    before = page.url
    refusing(page)
    tool(page, "redo").click()
    expect(page.get_by_role("alert").filter(has_text="Too busy now.")).to_be_visible()
    page.wait_for_url(before)
    assert exported_pairs(page) == [["id", "p1"]]
    assert "g1" in nodes(page)
    plainly(page)
    tool(page, "redo").click()
    expect(page.locator("#network-count")).to_contain_text("1 hidden")
    assert exported_pairs(page) == hidden
    tool(page, "undo").click()
    expect(page.locator("#network-count")).not_to_contain_text("hidden")
    expect(tool(page, "undo")).to_be_disabled()


def test_the_list_of_several_holds_who_is_in_the_picture(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1&presence=yes")
    before = set(nodes(page))
    page.evaluate("networkCanvas.expand('x1')")
    page.wait_for_function("(number) => networkPicture.nodes.length > number", arg=len(before))
    came = sorted(set(nodes(page)) - before)
    page.keyboard.press("Control+a")
    expect(page.locator("#panel .panel-title")).to_have_text(f"{len(before) + len(came)} selected")
    tool(page, "undo").click()
    expect(page.locator("#panel .panel-title")).to_have_text(f"{len(before)} selected")
    listed = page.locator("#panel .chosen-list a").evaluate_all("(links) => links.map((link) => link.dataset.id)")
    assert set(listed) == before == chosen(page)
    tool(page, "redo").click()
    page.wait_for_function("(number) => networkPicture.nodes.length > number", arg=len(before))
    select(page, *came[:2])
    expect(page.locator("#panel .panel-title")).to_have_text("2 selected")
    tool(page, "undo").click()
    expect(page.locator("#panel")).to_be_hidden()


def test_what_is_done_while_a_picture_is_fetched_stays_when_it_comes(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1&presence=yes")
    before = places(page)
    waiting = hold_requests(page)
    page.evaluate("() => void networkCanvas.expand('x1')")
    picture = one_of(page, waiting)
    drag(page, "g1", 90, 60)
    page.locator("#looks summary").click()
    page.get_by_label("Colour by").select_option("gang")
    page.wait_for_url("**colour=gang**")
    page.evaluate("networkCanvas.pin(['p1'], true)")
    moved = places(page)
    assert moved["g1"] != before["g1"]
    picture.continue_()
    expect(page.locator("#network-count")).to_have_text(re.compile(rf"^{len(before) + 20} entities"))
    grown = places(page)
    assert {node: grown[node] for node in moved} == moved
    assert ["colour", "gang"] in exported_pairs(page)
    assert page.evaluate("networkCanvas.state().pinned") == ["p1"]
    expect(page.locator("#legend-look")).to_contain_text("Canal group")
    page.unroute("**/network?*")
    tool(page, "undo").click()
    expect(page.locator("#network-count")).to_have_text(re.compile(rf"^{len(before)} entities"))
    assert places(page) == moved


def test_what_needs_another_picture_waits_for_what_was_asked_before(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    waiting = hold_requests(page)
    select(page, "g1")
    page.keyboard.press("h")
    picture = one_of(page, waiting)
    select(page, "x1")
    expect(page.locator("#panel .panel-title")).to_contain_text("8 May 2020")
    page.keyboard.press("h")
    page.keyboard.press("h")
    picture.continue_()
    one_of(page, waiting).continue_()
    expect(page.locator("#network-count")).to_contain_text("2 hidden")
    assert not {"g1", "x1"} & set(nodes(page))
    tool(page, "undo").click()
    one_of(page, waiting).continue_()
    expect(page.locator("#network-count")).to_contain_text("1 hidden")
    assert "x1" in nodes(page)
    # Two boxes ticked one after the other while a person is being hidden: all three take effect.
    select(page, EVIL)
    page.keyboard.press("h")
    picture = one_of(page, waiting)
    page.keyboard.press("f")
    page.get_by_label("paid").check()
    picture.continue_()
    second = one_of(page, waiting)
    expect(page.locator("#network-count")).to_contain_text("2 hidden")
    expect(page.get_by_label("paid")).to_be_checked()
    page.get_by_label("organised").check()
    third = one_of(page, waiting)
    second.abort()
    third.continue_()
    page.wait_for_url("**relation=ORGANISED**")
    assert {name: value for name, value in exported_pairs(page) if name != "relation"} == {"id": "p1", "hide": EVIL}
    assert {value for name, value in exported_pairs(page) if name == "relation"} == {"PAID", "ORGANISED"}
    # A box unticked before its picture arrives changes nothing; the same for a fold undone before it arrives.
    steps = page.evaluate("networkCanvas.steps.at")
    page.get_by_label("gave instructions to").check()
    picture = one_of(page, waiting)
    page.get_by_label("gave instructions to").uncheck()
    picture.continue_()
    page.wait_for_timeout(500)
    expect(page.get_by_label("gave instructions to")).not_to_be_checked()
    assert page.evaluate("networkCanvas.steps.at") == steps
    page.evaluate("() => { networkCanvas.fold('gang'); globalThis.unfolded = networkCanvas.fold(''); }")
    for _ in range(2):
        one_of(page, waiting).continue_()
    page.evaluate("unfolded")
    assert not [name for name, _ in exported_pairs(page) if name == "fold"]
    # Cancelling applies to all waiting requests.
    steps = page.evaluate("networkCanvas.steps.at")
    page.evaluate(
        "() => { globalThis.ended = []; for (const id of ['x1', 'p4']) networkCanvas.hide([id]).then((done) => ended.push(done)); }"
    )
    picture = one_of(page, waiting)
    page.get_by_role("button", name="Cancel").click()
    picture.abort()
    page.wait_for_function("() => ended.length === 2")
    assert page.evaluate("ended") == [False, False]
    assert page.evaluate("networkCanvas.steps.at") == steps


def test_skipping_to_the_picture_or_the_content_is_no_step_and_keeps_all(pages: Pages) -> None:  # noqa: F811
    page = pages("id=p1")
    drag(page, "g1", 90, 60)
    moved = places(page)
    page.evaluate("() => { globalThis.still = true; }")
    for words, where in (("Skip to the picture", "#canvas"), ("Skip to the content", "#content")):
        page.get_by_role("link", name=words).focus()
        page.keyboard.press("Enter")
        expect(page.locator(where)).to_be_focused()
    page.wait_for_timeout(300)
    assert page.evaluate("globalThis.still") is True
    assert places(page) == moved
    tool(page, "undo").click()
    expect(tool(page, "undo")).to_be_disabled()
    assert places(page) != moved
