from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.grading import at_least
from graphsvc.service import PictureRequest, Service, Session
from graphsvc.web import create_app
from graphsvc.web.network import overview
from tests.toolbox.accounts import signed_in

pytestmark = pytest.mark.neo4j

EVIL = 'p2"><script>document.title="pwned"</script>'
CASE = f"network-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server()) as opened:
        everywhere = {"*": Grant("C", sources=True)}
        accounts.add(opened.database, "ann", ["investigator"], everywhere)
        accounts.add(opened.database, "pam", ["investigator"], {"*": Grant("P")})
        accounts.add(opened.database, "cus", ["custodian"], everywhere)
        loader = opened.session(Principal("ann", frozenset({"investigator"}), everywhere), "tests", CASE)
        loaded = loader.deliveries.load(Path(__file__).parent / "network_case", lambda *_progress: None)
        assert loaded.committed
        assert not loaded.rejections
        yield opened


@pytest.fixture(scope="module")
def app(service: Service) -> Flask:
    flask = create_app(service)
    flask.testing = True
    return flask


@pytest.fixture(scope="module")
def full(service: Service) -> Session:
    return service.session(
        Principal("ann", frozenset({"investigator"}), {CASE: Grant("C", sources=True)}), "tests", CASE
    )


@pytest.fixture(scope="module")
def lawful(service: Service) -> Session:
    """A reader without clearance for handling code C."""
    return service.session(Principal("pam", frozenset({"investigator"}), {CASE: Grant("P")}), "tests", CASE)


@pytest.fixture
def ann(app: Flask) -> FlaskClient:
    return signed_in(app, "ann")


def links(view: Any) -> set[tuple[str, str, str]]:
    return {(edge.subject, edge.relation, edge.object) for edge in view.edges}


def ids(view: Any) -> set[str]:
    return {node.id for node in view.nodes}


AROUND_P1 = {
    ("p1", "RUNS", "g1"),
    ("p1", "ORGANISED", "x1"),
    ("p1", "DIRECTED", EVIL),
    ("p1", "PAID", EVIL),
    ("p1", "USED", "t1"),
    ("p4", "CONTACTED", "p1"),
    ("p5", "ASSOCIATES_WITH", "p1"),
    (EVIL, "PILOTED", "x1"),
}


# -- the picture of a session -----------------------------------------------------------------------------------


def test_the_picture_holds_what_the_store_holds(full: Session) -> None:
    view = full.network.picture(PictureRequest(["p1"]))
    assert links(view) == AROUND_P1
    figures = {(edge.subject, edge.relation, edge.object): edge for edge in view.edges}
    for row in full.ask.rows("entities.links", id="p1").dicts():
        edge = figures[row["subject"], row["relation"], row["object"]]
        assert (edge.belief, edge.denying, edge.other_sources) == (row["belief"], row["denying"], row["other_sources"])
    assert {node.id for node in view.nodes if node.start} == {"p1"}
    assert not view.truncated


def test_a_denied_link_is_there_and_marked(full: Session) -> None:
    view = full.network.picture(PictureRequest(["x1"], relations=["PILOTED"]))
    assert [(edge.relation, edge.denied, edge.denying) for edge in view.edges] == [("PILOTED", True, 1)]


def test_a_reader_without_clearance_gets_what_they_would_if_c_had_never_been_loaded(lawful: Session) -> None:
    view = lawful.network.picture(PictureRequest(["p1", "b1"]))
    assert links(view) == AROUND_P1 - {("p4", "CONTACTED", "p1")} | {("b1", "USED_ON", "x1")}
    assert "p3" not in ids(view)
    assert next(node.more for node in view.nodes if node.id == "b1") == 0
    with pytest.raises(NotFound, match="that you can see in this case"):
        lawful.network.picture(PictureRequest(["p4"]))


def test_not_there_and_not_theirs_read_the_same(lawful: Session) -> None:
    for identifier in ("p4", "nobody"):
        with pytest.raises(
            NotFound, match=f"There is nothing with the id '{identifier}' that you can see in this case."
        ):
            lawful.network.picture(PictureRequest([identifier]))


def test_a_node_says_how_many_neighbours_are_not_shown_and_opening_brings_them(full: Session) -> None:
    closed = full.network.picture(PictureRequest(["p1"], presence=True))
    crossing = next(node for node in closed.nodes if node.id == "x1")
    assert crossing.more == 32  # 30 passengers, the witness and the boat
    once = full.network.picture(PictureRequest(["p1"], opened=["x1"], presence=True))
    assert len(once.nodes) == len(closed.nodes) + 20
    assert next(node.more for node in once.nodes if node.id == "x1") == 12
    twice = full.network.picture(PictureRequest(["p1"], opened=["x1", "x1"], presence=True))
    assert len(twice.nodes) == len(closed.nodes) + 32
    assert next(node.more for node in twice.nodes if node.id == "x1") == 0
    assert {(n.id, n.x, n.y) for n in closed.nodes} <= {(n.id, n.x, n.y) for n in once.nodes}


def test_what_is_opened_comes_most_believed_first(full: Session) -> None:
    closed = full.network.picture(PictureRequest(["x1"], depth=0))
    opened = full.network.picture(PictureRequest(["x1"], depth=0, opened=["x1"], presence=True))
    beliefs = {row["subject"]: row["belief"] for row in full.ask.rows("entities.links", id="x1").dicts()}
    came = ids(opened) - ids(closed)
    assert min(beliefs[node] for node in came) >= max(beliefs[node] for node in beliefs.keys() - came)


def test_opening_what_is_not_in_the_picture_opens_nothing(full: Session) -> None:
    assert full.network.picture(PictureRequest(["g1"], depth=0, opened=["x1"])) == full.network.picture(
        PictureRequest(["g1"], depth=0)
    )


def test_filters_are_applied_before_anything_is_counted(full: Session) -> None:
    view = full.network.picture(PictureRequest(["p1"], relations=["RUNS", "PAID"]))
    assert links(view) == {("p1", "RUNS", "g1"), ("p1", "PAID", EVIL)}
    assert all(node.more == 0 for node in view.nodes)
    sure = full.network.picture(PictureRequest(["p1"], least=0.9))
    assert sure.edges
    assert all(edge.belief >= 0.9 for edge in sure.edges)
    record = full.network.picture(PictureRequest(["p1"], recorded=0.5))
    assert all(edge.belief_on_record >= 0.5 for edge in record.edges)
    assert ("p4", "CONTACTED", "p1") not in links(record)


def test_links_are_filtered_by_the_grade_of_what_asserts_them(full: Session) -> None:
    assert links(full.network.picture(PictureRequest(["p1"], grades=at_least("1", "A")))) == {
        ("p1", "RUNS", "g1"),
        ("p1", "PAID", EVIL),
        ("p1", "USED", "t1"),
    }
    corroborated = full.network.picture(PictureRequest(["p1"], grades=at_least("2", "B")))
    assert links(corroborated) == AROUND_P1 - {("p4", "CONTACTED", "p1")}
    # Only the denial has grade 1A; the claim that he piloted does not.
    assert "PILOTED" not in {
        edge.relation for edge in full.network.picture(PictureRequest(["x1"], grades=["1A"])).edges
    }
    assert full.network.growth("p1", PictureRequest(ids=["p1"], depth=0, grades=["1A"])).number == 3
    assert full.network.picture(PictureRequest(["p1"], depth=0, grades=["1A"])).nodes[0].more == 3
    assert full.network.picture(PictureRequest(["p1"], depth=0, opened=["p1"], grades=["1A"])).names.keys() == {
        "p1",
        "g1",
        EVIL,
        "t1",
    }


def test_of_what_witnesses_said_no_grade_is_told_without_source_clearance(full: Session, lawful: Session) -> None:
    by_witness = {("p1", "DIRECTED", EVIL), ("p1", "ORGANISED", "x1")}
    assert by_witness <= links(full.network.picture(PictureRequest(["p1"], grades=at_least("2", "B"))))
    for grades in (at_least("2", "B"), at_least("3", "E")):
        assert links(lawful.network.picture(PictureRequest(["p1"], grades=grades))) == {
            ("p1", "RUNS", "g1"),
            ("p1", "PAID", EVIL),
            ("p1", "USED", "t1"),
        }
        assert not by_witness & links(
            lawful.network.picture(PictureRequest(["p1"], depth=0, opened=["p1"], grades=grades))
        )


def test_links_of_other_grades_are_marked_where_they_stay(full: Session, ann: FlaskClient) -> None:
    view = full.network.picture(PictureRequest(["p1"], apart=["1A"]))
    assert links(view) == AROUND_P1
    assert {edge.relation for edge in view.edges if not edge.ungraded} == {"RUNS", "PAID", "USED"}
    page = ann.get(f"/case/{CASE}/network?id=p1&source_grade=1&assessment=A&fade=yes").get_data(as_text=True)
    assert page.count('"ungraded": true') == 5
    twin = ann.get(f"/case/{CASE}/network.json?id=p1&source_grade=1&assessment=A").get_json()
    assert {edge["relation"] for edge in twin["view"]["edges"]} == {"RUNS", "PAID", "USED"}
    assert ann.get(f"/case/{CASE}/network/overview.json?source_grade=1&assessment=A").get_json()["ties"] < 40


@pytest.mark.parametrize(("name", "is_warned"), [("ann", False), ("pam", True)])
def test_who_has_no_source_clearance_is_told_what_grades_leave_out(app: Flask, name: str, is_warned: bool) -> None:
    page = signed_in(app, name).get(f"/case/{CASE}/network/overview?source_grade=1").get_data(as_text=True)
    assert ("seeing the grades of witness statements needs source clearance" in page) is is_warned


def test_of_a_case_of_too_many_the_picture_has_its_groups_alone(
    ann: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = f"/case/{CASE}/network/overview"
    twin, names = ann.get(f"{base}.json").get_json(), ann.get(f"{base}/names.json").get_json()
    assert twin["drawn"] is True
    assert len(names["ids"]) == twin["entities"] > 5
    assert names["names"]
    # The largest allowed number of points is drawn; one point more, and none is.
    monkeypatch.setattr(overview, "MOST_POINTS", twin["entities"])
    assert ann.get(f"{base}.json").get_json()["drawn"] is True
    assert len(ann.get(f"{base}.bin").data) > 16
    monkeypatch.setattr(overview, "MOST_POINTS", twin["entities"] - 1)
    assert ann.get(f"{base}.json").get_json() == twin | {"drawn": False}
    assert ann.get(f"{base}.bin").data == bytes(16)
    assert ann.get(f"{base}/names.json").get_json() == {"ids": [], "names": {}, "groups": names["groups"]}
    page = " ".join(ann.get(base).get_data(as_text=True).split())
    assert "too many to draw one by one: each circle is a group" in page
    assert str(escape(twin["groups"][0]["title"])) in page


def test_depth_and_cap(full: Session) -> None:
    assert ids(full.network.picture(PictureRequest(["p1"], depth=0))) == {"p1"}
    assert "b1" in ids(full.network.picture(PictureRequest(["p1"], depth=2, cap=500)))
    assert len(full.network.picture(PictureRequest(["p1"], depth=4, presence=True, cap=12)).nodes) == 12


def test_who_is_sealed_bears_a_pseudonym(full: Session) -> None:
    view = full.network.picture(PictureRequest(["x1"], presence=True, cap=500))
    sealed = [node for node in view.nodes if node.sealed]
    assert sealed
    assert all(node.name == node.id and node.id.startswith("S-") for node in sealed)
    assert "w1" not in {node.id for node in view.nodes}


def test_groups_are_told_as_few_without_source_clearance(full: Session, lawful: Session) -> None:
    def groups(session: Session) -> dict[str, int | str]:
        return {edge.relation: edge.groups for edge in session.network.picture(PictureRequest(["p1"])).edges}

    assert groups(full)["DIRECTED"] == 1
    assert groups(lawful)["DIRECTED"] == "few"
    assert groups(lawful)["RUNS"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"depth": 9},
        {"depth": -1},
        {"cap": 0},
        {"cap": 501},
        {"least": 1.5},
        {"recorded": -0.1},
        {"least": float("nan")},
    ],
)
def test_what_is_out_of_range_is_refused(full: Session, wrong: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="This picture cannot be drawn"):
        full.network.picture(PictureRequest(["p1"], **wrong))


def test_a_start_is_needed_and_not_too_many(full: Session) -> None:
    for starts in ([], [""], [str(number) for number in range(61)]):
        with pytest.raises(RequestError, match=r"starts? at"):
            full.network.picture(PictureRequest(starts))


def test_show_gives_a_page_for_a_cell_and_for_a_file(full: Session, tmp_path: Path) -> None:
    picture = full.show("p1", least=0.5)
    saved = picture.save(tmp_path / "p1.html")
    assert saved.read_text("utf-8") == picture.page()
    assert saved.stat().st_mode & 0o077 == 0
    assert f'<p id="mark">Handling {full.grant.handling}</p>' in picture.page()
    cell = picture._repr_html_()
    assert cell.count("<") == 2  # only the frame; the page in it is escaped
    assert 'sandbox="allow-scripts"' in cell


# -- the pages --------------------------------------------------------------------------------------------------


def test_the_page_its_tables_and_its_twin_say_the_same(ann: FlaskClient) -> None:
    twin = ann.get(f"/case/{CASE}/network.json?id=p1").get_json()
    page = ann.get(f"/case/{CASE}/network?id=p1").get_data(as_text=True)
    assert {(e["subject"], e["relation"], e["object"]) for e in twin["view"]["edges"]} == AROUND_P1
    nodes = page[page.index('id="network-nodes"') :].partition("</tbody>")[0]
    rows = page[page.index('id="network-links"') :].partition("</tbody>")[0]
    assert nodes.count("<tr") == len(twin["view"]["nodes"])
    assert rows.count("<tr") == len(twin["view"]["edges"])
    assert all(str(escape(node["name"])) in nodes for node in twin["view"]["nodes"])
    assert "✕ denied by 1" in rows


def test_a_large_picture_brings_its_tables_when_asked(ann: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    small = ann.get(f"/case/{CASE}/network?id=p1&depth=2").get_data(as_text=True)
    monkeypatch.setattr("graphsvc.web.network.network.INLINE", 3)
    large = ann.get(f"/case/{CASE}/network?id=p1&depth=2").get_data(as_text=True)
    assert "<table" not in large.partition('id="network-tables"')[2].partition("</section>")[0]
    address = f"/case/{CASE}/network/tables?id=p1&depth=2"
    assert str(escape(address)) in large
    apart = ann.get(address).get_data(as_text=True)
    for table in ("network-nodes", "network-links"):
        first, second = (page[page.index(f'id="{table}"') :].partition("</tbody>")[0] for page in (small, apart))
        assert first == second
    assert ann.get(f"/case/{CASE}/network/tables.json?id=p1").get_json()["view"]["nodes"]


def test_names_and_ids_are_never_markup(ann: FlaskClient) -> None:
    addresses = ("network?id=p1", "network?id=x1&size=500", "network/node?id=p1&panel=1")
    for address in addresses:
        page = ann.get(f"/case/{CASE}/{address}").get_data(as_text=True)
        assert "<img" not in page
        assert "<script>" not in page
        assert "</script><b>" not in page


def test_the_page_keeps_the_strict_policy(ann: FlaskClient) -> None:
    answer = ann.get(f"/case/{CASE}/network?id=p1")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    page = answer.get_data(as_text=True)
    assert not re.search(r"<[^>]+\s(on\w+|style)=", page.partition('id="network-data"')[0])
    assert all(address.startswith("/") for address in re.findall(r'(?:src|href)="([^"#]+)"', page))


def test_without_a_start_it_begins_at_the_leads_or_asks(app: Flask, ann: FlaskClient) -> None:
    answer = ann.get(f"/case/{CASE}/network")
    if answer.status_code == 302:
        assert "id=p1" in answer.location
    else:
        assert "Choose who or what the picture starts at" in answer.get_data(as_text=True)
    response = signed_in(app, "cus").get(f"/case/{CASE}/network")
    assert response.status_code == 200
    assert "Choose who or what the picture starts at" in response.get_data(as_text=True)


def test_the_form_finds_a_start(ann: FlaskClient) -> None:
    page = ann.get(f"/case/{CASE}/network?find=dinghy").get_data(as_text=True)
    assert f"/case/{CASE}/network?id=b1" in page
    page = ann.get(f"/case/{CASE}/network?find=nothing-like-it").get_data(as_text=True)
    assert "Nothing found" in page


@pytest.mark.parametrize(
    "query", ["id=p1&depth=two", "id=p1&least=much", "id=p1&size=9999", "id=p1&assessment=Z", "id=p1&assessment=AB"]
)
def test_a_wrong_number_in_the_address_is_told(ann: FlaskClient, query: str) -> None:
    assert ann.get(f"/case/{CASE}/network.json?{query}").status_code == 400
    assert "error" in ann.get(f"/case/{CASE}/network.json?{query}").get_json()


def test_a_picture_with_no_links_says_what_to_do(ann: FlaskClient) -> None:
    page = ann.get(f"/case/{CASE}/network?id=p1&relation=COERCED").get_data(as_text=True)
    assert "No link passes the filters" in page
    assert "Clear the filters" in page


def test_clearing_the_filters_leaves_the_picture_what_it_is_of(ann: FlaskClient) -> None:
    query = "add=p1&add=p5&depth=0&hide=g1&layout=command"
    page = ann.get(f"/case/{CASE}/network?{query}&relation=COERCED&fade=&without=thing&least=0.75").text
    cleared = str(escape(f"/case/{CASE}/network?{query}"))
    assert re.findall(r'href="([^"]+)">Clear(?: the filters)?</a>', page) == [cleared, cleared]


def test_all_links_are_between_all_that_is_in_the_picture(ann: FlaskClient) -> None:
    address = f"/case/{CASE}/network?id=p1&depth=0&add=p5&hide=g1"
    page = ann.get(f"{address}&link=p5~ASSOCIATES_WITH~p1").text
    assert re.findall(r'href="([^"]+)">all links</a>', page) == [str(escape(address))]


def test_a_folded_group_of_the_tables_leads_to_the_groups_of_this_picture(ann: FlaskClient) -> None:
    query = "id=p1&depth=2&fold=gang"
    for page in ("network", "network/tables"):
        text = ann.get(f"/case/{CASE}/{page}?{query}").text
        (address,) = set(re.findall(r'href="([^"]+/groups\?[^"]+)"', text))
        assert address == str(escape(f"/case/{CASE}/network/groups?{query}"))
    assert ann.get(f"/case/{CASE}/network/groups?{query}").status_code == 200


def test_the_state_travels_through_the_form(ann: FlaskClient) -> None:
    page = ann.get(f"/case/{CASE}/network?id=p1&open=x1&hide=g1&relation=PAID&least=0.5").get_data(as_text=True)
    form = page[page.index('id="filter-form"') :].partition("</form>")[0]
    for name, value in (("id", "p1"), ("open", "x1"), ("hide", "g1")):
        assert f'name="{name}" value="{value}"' in form
    assert re.search(r'value="PAID" checked', form)
    assert re.search(r'value="0.5" selected', form)


def test_a_node_tells_what_it_is_who_says_so_and_what_denies_it(ann: FlaskClient) -> None:
    page = ann.get(f"/case/{CASE}/network/node", query_string={"id": EVIL, "panel": "1"}).get_data(as_text=True)
    assert "<html" not in page
    order = [
        page.index(word)
        for word in ("panel-title", "Why it matters", "Who says so", "What speaks against it", "Expand")
    ]
    assert order == sorted(order)
    assert "it is denied:" in page[order[3] :]
    assert "source reliable, known directly (1A)" in page
    whole = ann.get(f"/case/{CASE}/network/node", query_string={"id": EVIL}).get_data(as_text=True)
    assert "<html" in whole


def test_a_link_tells_its_claims(ann: FlaskClient) -> None:
    query = {"subject": EVIL, "relation": "PILOTED", "object": "x1"}
    twin = ann.get(f"/case/{CASE}/network/link.json", query_string=query).get_json()
    assert [claim["polarity"] for claim in twin["asserting"]] == ["asserts"]
    assert [claim["polarity"] for claim in twin["denying"]] == ["denies"]
    assert twin["link"]["denying"] == 1
    # There is no link in the opposite direction.
    turned = query | {"subject": "x1", "object": EVIL}
    assert ann.get(f"/case/{CASE}/network/link.json", query_string=turned).status_code == 404


def test_what_a_reader_may_not_see_is_in_no_panel(app: Flask) -> None:
    pam = signed_in(app, "pam")
    query = {"subject": "p4", "relation": "CONTACTED", "object": "p1"}
    assert pam.get(f"/case/{CASE}/network/link.json", query_string=query).status_code == 404
    assert pam.get(f"/case/{CASE}/network/node.json?id=p4").status_code == 404
    claims = pam.get(f"/case/{CASE}/network/node.json?id=p1").get_json()
    assert not [claim for claim in claims["asserting"] if claim["handling"] == "C" or "source" in claim]


def test_the_library_gives_these_files_alone_and_only_to_who_is_signed_in(app: Flask, ann: FlaskClient) -> None:
    for name in ("vis-network.min.js", "vis-network.css", "draw.js"):
        with ann.get(f"/network/library/{name}") as answer:
            assert answer.status_code == 200
            assert "no-store" not in answer.headers["Cache-Control"]
    for name in ("graph.py", "..%2Fnetwork.py", "utils.js"):
        with ann.get(f"/network/library/{name}") as answer:
            assert answer.status_code == 404
    with app.test_client().get("/network/library/draw.js") as answer:
        assert answer.status_code == 302


# -- deeds first, presence last -------------------------------------------------------------------------------------


def test_around_a_crossing_stands_who_did_something_and_the_carried_come_when_asked(full: Session) -> None:
    request = PictureRequest(["x1"], presence=False)
    view = full.network.picture(request)
    assert {edge.relation for edge in view.edges if edge.object == "x1"} == {"ORGANISED", "PILOTED", "USED_ON"}
    (crossing,) = (node for node in view.nodes if node.id == "x1")
    assert crossing.more == 31  # 30 passengers and the witness
    once = full.network.picture(PictureRequest(["x1"], presence=False, opened=["x1"]))
    assert len(once.nodes) == len(view.nodes) + 20  # nothing else is left
    by_relation = full.network.picture(PictureRequest(["x1"], presence=False, opened=["~CROSSED_ON~x1"]))
    assert ids(by_relation) == ids(once)
    whole = full.network.picture(PictureRequest(["x1"], presence=True))
    assert ids(view) < ids(whole)
    # A passenger's picture keeps the crossing that they were on.
    carried = next(edge.subject for edge in whole.edges if edge.relation == "CROSSED_ON")
    assert "x1" in ids(full.network.picture(PictureRequest([carried], presence=False)))


def test_a_notebook_draws_of_the_same_id_what_the_canvas_draws(full: Session, ann: FlaskClient) -> None:
    def drawn_nodes(**query: object) -> set[str]:
        view = ann.get(f"/case/{CASE}/network.json", query_string={"id": "x1", "size": 500, **query}).get_json()["view"]
        return {node["id"] for node in view["nodes"]}

    assert ids(full.show("x1", cap=500).view) == drawn_nodes()
    assert ids(full.show("x1", presence=True, cap=500).view) == drawn_nodes(presence="yes")
    assert drawn_nodes() < drawn_nodes(presence="yes")


def test_what_a_node_would_bring_tells_those_who_did_something_first(full: Session) -> None:
    growth = full.network.growth("x1", PictureRequest(["x1"], depth=0, presence=False))
    words = [way.word for way in growth.relations]
    assert words.index("CROSSED_ON") == len(words) - 1
    assert growth.number > growth.adds == 3


def test_the_page_leaves_out_what_its_legend_is_told_to(ann: FlaskClient) -> None:
    def nodes_and_relations(**query: object) -> tuple[set[str], set[str]]:
        view = ann.get(f"/case/{CASE}/network.json", query_string={"id": "p1", **query}).get_json()["view"]
        return {node["id"] for node in view["nodes"]}, {edge["relation"] for edge in view["edges"]}

    people, relations = nodes_and_relations()
    assert nodes_and_relations(without=["money", "thing"])[1] == relations - {"PAID", "USED"}
    assert "t1" in people
    assert "t1" not in nodes_and_relations(without="thing")[0]
    # Ticked relations are either the only relations shown, or those left out.
    assert nodes_and_relations(relation="PAID")[1] == {"PAID"}
    assert nodes_and_relations(relation="PAID", ticked="out")[1] == relations - {"PAID"}
    answer = ann.get(f"/case/{CASE}/network.json?id=p1&without=nonsense")
    assert answer.status_code == 400
    assert "There is nothing 'nonsense' to leave out of a picture" in answer.get_json()["error"]
    page = ann.get(f"/case/{CASE}/network?id=p1&without=thing").text
    assert re.search(r'data-word="thing" aria-pressed="false"', page)
    assert re.search(r'data-word="person" aria-pressed="true"', page)
