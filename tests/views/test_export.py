"""What goes out of a picture: new ids everywhere, belief in steps, and five files that say the same."""

from __future__ import annotations

import csv
import io
import json
import re

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.records.told import MIDDLES
from graphsvc.views.export import files, outward
from graphsvc.views.network import View, picture

WIT, SIM, WORD = "S-7K3Q-X2MD-0A9B", "T-0000-1111-2222", "S_7K3Q_X2MD_0A9B"
NEW = {("person", WIT): "S-NEW0-NEW0-NEW0", ("thing", SIM): "T-NEW0-NEW0-NEW0", ("thing", f"van-of-{WIT}-ab12"): "T-1"}


def fresh(kind: str, inside: str) -> str:
    return NEW[kind, inside]


def shown() -> View:
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
    ids = [str(one["id"]) for one in entities]
    return picture([ids], entities, links, starts=["P1"])


def test_nothing_of_the_house_goes_out_in_any_form() -> None:
    out = outward(shown(), fresh)
    assert out.ids == {
        "P1": "P1", "C1": "C1", WIT: "S-NEW0-NEW0-NEW0", SIM: "T-NEW0-NEW0-NEW0", f"van-of-{WIT}-ab12": "T-1",
    }  # fmt: skip
    for name, content in files(out.view, "a title", "a mark").items():
        text = content.decode()
        for secret in (WIT, SIM, WORD, "0.61", "0.9,", "Canal", "0A9B"):
            assert secret not in text, (name, secret)
        assert "a mark" in text or name.endswith(".csv")


def test_all_forms_hold_the_same() -> None:
    made = files(outward(shown(), fresh).view, "a title", "a mark")
    nodes, links = (list(csv.DictReader(io.StringIO(made[name].decode()))) for name in ("nodes.csv", "links.csv"))
    data = json.loads(made["graph.json"])
    graph = nx.read_graphml(io.BytesIO(made["graph.graphml"]), force_multigraph=True)
    assert {row["id"] for row in nodes} == {row["id"] for row in data["nodes"]} == set(graph.nodes)
    ends = {(row["subject"], row["relation"], row["object"]) for row in links}
    assert ends == {(row["subject"], row["relation"], row["object"]) for row in data["links"]}
    assert ends == {(a, values["relation"], b) for a, b, values in graph.edges(data=True)}
    paid = next(row for row in links if row["relation"] == "PAID")
    assert (paid["belief"], paid["on_record"], paid["denied"], paid["groups"]) == (
        "0.5 to 0.75", "0.5 to 0.75", "yes", "few",
    )  # fmt: skip
    assert next(row["name"] for row in nodes if row["id"] == "P1") == "'=Brother of S-NEW0-NEW0-NEW0"
    assert [row["id"] for row in nodes] == sorted(row["id"] for row in nodes)


def test_links_left_out_take_along_what_only_they_tied() -> None:
    out = outward(shown(), fresh, {(WIT, "USED", SIM), ("P1", "PAID", WIT)})
    assert (out.left_out, out.alone) == (2, 2)
    assert {node.id for node in out.view.nodes} == {"P1", "C1", "T-1"}


def test_the_page_tells_belief_in_steps_and_only_a_page_that_goes_out_is_marked() -> None:
    page = files(outward(shown(), fresh).view, "a title", "for <b>someone</b>")["picture.html"].decode()
    assert "for &lt;b&gt;someone" in page
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    edges = json.loads(data[1])["edges"]
    assert {edge["belief"] for edge in edges} <= set(MIDDLES.values())
    assert {edge["denied"] for edge in edges} == {"someone"}
    assert "denied by 2" not in page


@given(st.text("ABST-_0123456789", max_size=40))
def test_no_pseudonym_is_left_in_any_text(text: str) -> None:
    whole = re.compile(r"(?<![0-9A-Za-z])[SQT](?:[-_][0-9A-HJKMNP-TV-Z]{4}){3}(?![0-9A-Za-z])")
    entity = {"id": "P1", "kind": "person", "name": f"{text} {WIT} {text}", "sort": None, "sealed": False,
              "handling": "P", "identified": None, "gang": None, "day": None, "lat": None, "lon": None, "more": 0}  # fmt: skip
    out = outward(picture([["P1"]], [entity], [], starts=["P1"]), lambda _kind, _inside: "new")
    assert not whole.search(out.view.nodes[0].name)
