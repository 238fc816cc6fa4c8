"""Contents of an exported picture: new ids everywhere, belief in steps, and the chosen places."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from graphsvc.records.coarsened import MIDDLES
from graphsvc.views.forms import About, files
from graphsvc.views.picture.export import leaving, outward, part
from graphsvc.views.picture.network import Picture, picture

WIT, SIM, WORD = "S-7K3Q-X2MD-0A9B", "T-0000-1111-2222", "S_7K3Q_X2MD_0A9B"
NEW = {("person", WIT): "S-NEW0-NEW0-NEW0", ("thing", SIM): "T-NEW0-NEW0-NEW0", ("thing", f"van-of-{WIT}-ab12"): "T-1"}


def fresh(kind: str, inside: str) -> str:
    return NEW[kind, inside]


def sample_picture() -> Picture:
    def entity(identifier: str, kind: str, name: str | None, *, sealed: bool = False) -> dict[str, object]:
        return {"id": identifier, "kind": kind, "name": name, "sort": "phone" if kind == "thing" else None,
                "sealed": sealed, "handling": "C", "identified": None, "gang": "Canal", "day": None, "lat": None, "lon": None, "more": 3}  # fmt: skip

    def link(subject: str, relation: str, target: str, belief: float) -> dict[str, object]:
        return {"subject": subject, "object": target, "relation": relation, "belief": belief, "asserting": "few",
                "denying": 2, "groups": "few", "other_sources": 1, "belief_on_record": 0.61, "groups_on_record": 0, "other_sources_on_record": 0,
                "first_on": "2020-05-08", "last_on": "2020-05-08"}  # fmt: skip

    entities = [
        entity("P1", "person", f"=Brother of {WIT}"), entity(WIT, "person", None, sealed=True),
        entity(SIM, "thing", None), entity(f"van-of-{WIT}-ab12", "thing", "a\x00van"), entity("C1", "crossing", "2020-05-08"),
    ]  # fmt: skip
    links = [
        link("P1", "PAID", WIT, 0.613), link(WIT, "USED", SIM, 0.9), link("P1", "USED", f"van-of-{WIT}-ab12", 0.1),
        link("P1", f"X_SOLD_BY_{WORD}", "C1", 0.3),
    ]  # fmt: skip
    ids = [str(row["id"]) for row in entities]
    return picture([ids], entities, links, starts=["P1"])


def test_what_leads_to_somebody_sealed_never_goes_out() -> None:
    """Things under a pseudonym are not marked as sealed in the graph or in rows of queries."""
    home = "T-1111-1111-1111"
    rows = [
        {"id": identifier, "kind": kind, "name": None, "sort": None, "sealed": sealed, "handling": "P", "identified": None,
         "gang": None, "day": None, "lat": None, "lon": None, "more": 0}
        for identifier, kind, sealed in (
            ("P1", "person", False), (WIT, "person", True), (SIM, "thing", False), (home, "workplace", False),
            ("K1", "workplace", False),
        )
    ]  # fmt: skip
    ties = [
        {"subject": WIT, "relation": relation, "object": end, "belief": 0.5, "asserting": 1, "denying": 0, "groups": 1,
         "other_sources": 0, "belief_on_record": 0.0, "groups_on_record": 0, "other_sources_on_record": 0,
         "first_on": None, "last_on": None}
        for relation, end in (
            ("USED", SIM), ("LIVED_AT", home), ("LIVED_AT", "K1"), ("RELATED_TO", "P1"), ("PAID", "P1"),
        )
    ]  # fmt: skip
    view, near, things = leaving(picture([[str(row["id"]) for row in rows]], rows, ties))
    assert [(edge.relation, edge.object) for edge in view.edges] == [("PAID", "P1")]
    assert ({node.id for node in view.nodes}, near, things) == ({"P1", WIT, "K1"}, 3, 2)


def test_what_goes_out_of_somebody_sealed_does_not_depend_on_how_well_they_are_known() -> None:
    view = sample_picture()
    unknown = tuple(replace(node, identified=False) if node.sealed else node for node in view.nodes)
    assert outward(replace(view, nodes=unknown), fresh) == outward(view, fresh)


def test_links_left_out_take_along_what_only_they_tied() -> None:
    out = outward(sample_picture(), fresh, {(WIT, "USED", SIM), ("P1", "PAID", WIT)})
    assert (out.left_out, out.alone) == (2, 2)
    assert {node.id for node in out.view.nodes} == {"P1", "C1", "T-1"}


def test_the_page_tells_belief_in_steps_and_only_a_page_that_goes_out_is_marked() -> None:
    page = files(outward(sample_picture(), fresh).view, About("a title", "for <b>someone</b>"), ["html"])[
        "picture.html"
    ].decode()
    assert "for &lt;b&gt;someone" in page
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    edges = json.loads(data[1])["edges"]
    assert {edge["belief"] for edge in edges} <= set(MIDDLES.values())
    assert {edge["denied"] for edge in edges} == {"denied by someone"}
    assert "denied by 2" not in page


@given(st.text("ABST-_0123456789", max_size=40))
def test_no_pseudonym_is_left_in_any_text(text: str) -> None:
    whole = re.compile(r"(?<![0-9A-Za-z])[SQT](?:[-_][0-9A-HJKMNP-TV-Z]{4}){3}(?![0-9A-Za-z])")
    entity = {"id": "P1", "kind": "person", "name": f"{text} {WIT} {text}", "sort": None, "sealed": False,
              "handling": "P", "identified": None, "gang": None, "day": None, "lat": None, "lon": None, "more": 0}  # fmt: skip
    out = outward(picture([["P1"]], [entity], [], starts=["P1"]), lambda _kind, _inside: "new")
    assert not whole.search(out.view.nodes[0].name)


def test_what_was_arranged_goes_where_it_was_put_and_the_rest_beside_it() -> None:
    free = {node.id: (node.x, node.y) for node in outward(sample_picture(), fresh).view.nodes}
    # Moving one node moves all others with it, so relative positions stay.
    out = {
        node.id: (node.x, node.y)
        for node in outward(sample_picture(), fresh, arranged={WIT: (5000.0, -20.0)}).view.nodes
    }
    assert out["S-NEW0-NEW0-NEW0"] == (5000.0, -20.0)
    moved = {(round(out[name][0] - free[name][0]), round(out[name][1] - free[name][1])) for name in free}
    assert len(moved) == 1
    # A person outside the picture leaves no trace, not even a place.
    assert (
        outward(sample_picture(), fresh, arranged={"S-0000-0000-0000": (9.0, 9.0)}).view
        == outward(sample_picture(), fresh).view
    )


def test_a_part_of_a_picture_is_those_chosen_and_the_links_among_them() -> None:
    chosen = part(sample_picture(), {"P1", WIT, "nobody"})
    assert [node.id for node in chosen.nodes] == ["P1", WIT]
    assert [(edge.subject, edge.relation, edge.object) for edge in chosen.edges] == [("P1", "PAID", WIT)]
    assert {node.links for node in chosen.nodes} == {1}
    assert part(sample_picture(), set()).nodes == ()


def test_of_the_links_among_those_chosen_only_what_passes_is_a_part() -> None:
    paid, van = ("P1", "PAID", WIT), ("P1", "USED", f"van-of-{WIT}-ab12")
    chosen = part(
        sample_picture(), {"P1", WIT, f"van-of-{WIT}-ab12"}, {paid, (WIT, "PAID", "P1"), ("no", "PAID", "P1")}
    )
    assert [edge.key for edge in chosen.edges] == [paid]
    assert {node.id: node.links for node in chosen.nodes} == {"P1": 1, WIT: 1, van[2]: 0}
    # An empty list of links means no links, not all.
    assert part(sample_picture(), {"P1", WIT}, ()).edges == ()


def test_a_folded_group_that_is_chosen_stands_for_all_who_are_in_it() -> None:
    def row(identifier: str, kind: str = "person") -> dict[str, object]:
        return {"id": identifier, "kind": kind, "name": None, "sort": None, "sealed": False, "handling": "P",
                "identified": None, "gang": None, "more": 0, "day": None, "lat": None, "lon": None}  # fmt: skip

    def tie(subject: str, relation: str, target: str) -> dict[str, object]:
        return {"subject": subject, "object": target, "relation": relation, "belief": 0.9, "asserting": 1, "denying": 0,
                "groups": 1, "other_sources": 0, "belief_on_record": 0.0, "groups_on_record": 0,
                "other_sources_on_record": 0, "first_on": None, "last_on": None}  # fmt: skip

    rows = [row("G1", "gang"), row("A"), row("B"), row("C")]
    ties = [tie("A", "MEMBER_OF", "G1"), tie("B", "RUNS", "G1"), tie("C", "PAID", "A")]
    view = picture([[str(entry["id"]) for entry in rows]], rows, ties)
    assert {node.id for node in part(view, {"group:gang:G1"}).nodes} == {"G1", "A", "B"}
    assert {node.id for node in part(view, {"group:gang:G1", "C"}).nodes} == {"G1", "A", "B", "C"}
    for none in ("group:gang:no", "group:gang", "group:", "group:no:G1", "group:community:99"):
        assert part(view, {none, "C"}).nodes == part(view, {"C"}).nodes


def test_what_leads_to_somebody_sealed_does_not_go_out() -> None:
    view = sample_picture()
    nodes = tuple(replace(node, sealed=node.sealed or node.id == SIM) for node in view.nodes)
    edge = view.edges[0]
    near = tuple(replace(edge, subject=WIT, relation=relation, object="P1") for relation in ("RELATED_TO", "SAME_AS"))
    left, ties, things = leaving(replace(view, nodes=nodes, edges=(*view.edges, *near)))
    assert {(edge.relation, edge.object) for edge in left.edges} == {
        ("PAID", WIT), ("USED", f"van-of-{WIT}-ab12"), (f"X_SOLD_BY_{WORD}", "C1"),
    }  # fmt: skip
    assert SIM not in {node.id for node in left.nodes}
    assert (ties, things) == (2, 1)
