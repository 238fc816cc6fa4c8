"""Export formats: each has the same content, opens where it should, and reveals nothing internal."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import igraph
import networkx as nx
import pytest
from defusedxml import ElementTree
from pypdf import PdfReader

from graphsvc.records import coarsened
from graphsvc.records.charts import TYPES
from graphsvc.records.relations import ENTITIES, RELATIONS
from graphsvc.records.tables import THING_KINDS
from graphsvc.views.forms import FORMS, About, files
from graphsvc.views.forms.drawing import sheet
from graphsvc.views.forms.ftm import EDGES, SCHEMATA
from graphsvc.views.forms.printed import without_letters
from graphsvc.views.picture.export import outward
from graphsvc.views.picture.network import Picture, picture
from tests.views.test_export import SIM, WIT, WORD, fresh, sample_picture

ABOUT = About("dover: E-1", "Handling C · for a <mark>", "dover", "C", "8 May 2020, 04:30 UTC")
SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("محمد کەریم", "Nguyễn Thị Hạnh", "Иван Žižek", "#let x = [*b*] <i>&", "a pseudonym")


def going() -> Picture:
    return outward(sample_picture(), fresh).view


def link(subject: str, relation: str, target: str, belief: float, **more: Any) -> dict[str, Any]:
    return {"subject": subject, "object": target, "relation": relation, "belief": belief, "asserting": 1, "denying": 0,
            "groups": "few", "other_sources": 0, "belief_on_record": 0.0, "groups_on_record": 0,
            "other_sources_on_record": 0, "first_on": None, "last_on": None} | more  # fmt: skip


def entity(identifier: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "kind": kind, "name": name, "sort": None, "sealed": False, "handling": "C",
            "identified": None, "gang": None, "more": 0, "day": None, "lat": None, "lon": None} | more  # fmt: skip


def everything() -> Picture:
    """Every kind, sort of thing, relation between valid ends and step of belief, with names in all scripts."""
    rows = [
        entity(f"{kind}-{number}", kind, f"{kind} {number}")
        for kind in ENTITIES
        if kind != "thing"
        for number in (1, 2)
    ]
    rows += [entity(f"thing-{number}", "thing", f"a {sort}", sort=sort) for number, sort in enumerate(THING_KINDS, 1)]
    rows += [entity(f"name-{number}", "person", name) for number, name in enumerate(NAMES)]
    rows[0]["identified"] = "nickname"
    crossings = [row for row in rows if row["kind"] == "crossing"]
    for row, day in zip(crossings, ("2020-05-08T04:30Z", "2020-05"), strict=True):
        row |= {"day": day, "name": f"{day}, Dunkirk"}
    rows[-1]["sealed"] = True
    links = [
        link(f"{relation.subjects[0]}-1", name, f"{relation.objects[0]}-2", 0.1 + 0.25 * (number % 4),
             denying=number % 3, first_on="2020-05-08T04:30Z" if number % 2 else "2020-05", last_on="2020-06")
        for number, (name, relation) in enumerate(RELATIONS.items())
    ]  # fmt: skip
    links += [link(f"name-{number}", "X_SOLD_PHONE_TO", "person-2", 0.6) for number in range(len(NAMES))]
    return picture([[row["id"] for row in rows]], rows, links, starts=["person-1"], in_steps=True)


def readable_text(content: bytes) -> str:
    """Readable content of a file: its text, and the streams of a PDF."""
    if not content.startswith(b"%PDF"):
        return content.decode("utf-8", "replace")
    reader = PdfReader(io.BytesIO(content))
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    return "\n".join(
        [content.decode("latin-1"), str(reader.metadata), *(page.extract_text() for page in reader.pages)]
        + [inflate(stream).decode("latin-1") for stream in streams]
    )


def inflate(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return stream


# -- all of them --------------------------------------------------------------------------------------------------


def test_nothing_of_the_house_goes_out_in_any_form() -> None:
    for name, content in files(going(), ABOUT).items():
        text = readable_text(content)
        # These digits may occur in pictures by chance.
        figures = () if name.endswith((".svg", ".pdf", ".png")) else ("0.61", "0.9,")
        for secret in (WIT, SIM, WORD, "Canal", "0A9B", *figures):
            assert secret not in text, (name, secret)


def test_of_a_node_nothing_goes_out_but_what_is_said_to() -> None:
    # A canvas receives more about a node than may be exported, so the data of the exported page is checked too.
    page = files(going(), ABOUT, ["html"])["picture.html"].decode()
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    fields = {name for node in json.loads(data[1])["nodes"] for name in node}
    assert not fields & {"handling", "gang", "lat", "lon"}
    assert all((node.handling, node.gang, node.more) == ("", "", 0) for node in going().nodes)


def test_every_form_bears_the_mark_and_says_what_it_is() -> None:
    contents = files(going(), ABOUT)
    for name, content in contents.items():
        text = readable_text(content)
        if not name.endswith((".csv", ".png")):
            assert "Handling C · for a " in text, name
            assert "<mark>" not in text or name.endswith((".json", ".pdf")), name
        if not name.endswith((".csv", ".png", ".ftm.json")):
            assert "Intelligence, not evidence" in text, name
    # The text of a bitmap cannot be read. So compare: another mark gives another picture, the same mark the same.
    other_mark = files(going(), About(ABOUT.title, "another", "dover"), ["png"])["picture.png"]
    assert contents["picture.png"] == files(going(), ABOUT, ["png"])["picture.png"] != other_mark


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert files(going(), ABOUT) == files(going(), ABOUT)
    chosen = files(going(), ABOUT, ["pdf", "csv"])
    assert set(chosen) == {"picture.pdf", "nodes.csv", "links.csv"}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_takes_everything_and_nothing(form: str) -> None:
    contents = files(outward(everything(), fresh).view, ABOUT, [form])
    assert all(contents.values())
    assert files(Picture((), (), 0, 0, truncated=False), ABOUT, [form]).keys() == contents.keys()


def test_tables_for_spreadsheets_and_programs_hold_the_same() -> None:
    contents = files(going(), ABOUT, ["csv", "json"])
    nodes, links = (list(csv.DictReader(io.StringIO(contents[name].decode()))) for name in ("nodes.csv", "links.csv"))
    data = json.loads(contents["graph.json"])
    assert {row["Id"] for row in nodes} == {row["id"] for row in data["nodes"]}
    ends = {(row["Source"], row["Kind"], row["Target"], float(row["Weight"])) for row in links}
    assert ends == {(row["source"], row["relation"], row["target"], row["weight"]) for row in data["edges"]}
    assert {row["Id"] for row in links} == {row["key"] for row in data["edges"]}
    paid = next(row for row in links if row["Kind"] == "PAID")
    assert (paid["belief"], paid["on_record"], paid["denied"], paid["groups"]) == (
        "0.5 to 0.75", "0.5 to 0.75", "yes", "few",
    )  # fmt: skip
    assert next(row["Label"] for row in nodes if row["Id"] == "P1") == "'=Brother of S-NEW0-NEW0-NEW0"
    assert [row["Id"] for row in nodes] == sorted(row["Id"] for row in nodes)


def test_numbers_beside_the_words_tell_no_more_than_the_words() -> None:
    beliefs = [0.01, 0.2, 0.25, 0.31, 0.49, coarsened.SOME, 0.501, 0.7, 0.75, 0.93, 1.0]
    rows = [entity(f"p{number}", "person", "") for number in range(len(beliefs) + 1)]
    links = [
        link("p0", "PAID", f"p{number}", belief, belief_on_record=(0.0, *beliefs)[number - 1])
        for number, belief in enumerate(beliefs, 1)
    ]
    view = outward(picture([[row["id"] for row in rows]], rows, links), fresh).view
    exported = json.loads(files(view, ABOUT, ["json"])["graph.json"])
    strengths = {(row["belief"], row["weight"]) for row in exported["edges"]}
    strengths |= {(row["on_record"], row["weight_on_record"]) for row in exported["edges"]}
    assert strengths == {
        ("nothing", 0.0), ("below 0.25", 0.125), ("0.25 to 0.5", 0.375), ("some", 0.5), ("0.5 to 0.75", 0.625),
        ("0.75 or more", 0.875),
    }  # fmt: skip


# -- graphs -------------------------------------------------------------------------------------------------------


def triples(graph: Any) -> set[tuple[str, str, str, str]]:
    return {(a, values["relation"], b, values["belief"]) for a, b, values in graph.edges(data=True)}


def expected_edges(view: Picture) -> set[tuple[str, str, str, str]]:
    rows = json.loads(files(view, ABOUT, ["json"])["graph.json"])["edges"]
    return {(row["source"], row["relation"], row["target"], row["belief"]) for row in rows}


def test_graphml_comes_back_through_networkx_and_igraph() -> None:
    view = outward(everything(), fresh).view
    content = files(view, ABOUT, ["graphml"])["graph.graphml"]
    graph = nx.read_graphml(io.BytesIO(content), force_multigraph=True)
    assert {name: (values["label"], values["kind"]) for name, values in graph.nodes(data=True)} == {
        node.id: (node.name, node.kind) for node in view.nodes
    }
    assert triples(graph) == expected_edges(view)
    assert graph.graph["mark"] == ABOUT.mark
    # What NetworkX writes again has the same content.
    again = io.BytesIO()
    nx.write_graphml(graph, again)
    assert triples(nx.read_graphml(io.BytesIO(again.getvalue()), force_multigraph=True)) == expected_edges(view)


def test_igraph_reads_graphml(tmp_path: Any) -> None:
    view = outward(everything(), fresh).view
    path = tmp_path / "graph.graphml"
    path.write_bytes(files(view, ABOUT, ["graphml"])["graph.graphml"])
    graph = igraph.Graph.Read_GraphML(str(path))
    called = graph.vs["id"]
    assert dict(zip(called, graph.vs["label"], strict=True)) == {node.id: node.name for node in view.nodes}
    assert {
        (called[edge.source], edge["relation"], called[edge.target], edge["belief"]) for edge in graph.es
    } == expected_edges(view)
    assert graph.is_directed()
    # In the other direction, NetworkX reads what igraph writes.
    graph.write_graphml(str(tmp_path / "again.graphml"))
    back = nx.read_graphml(tmp_path / "again.graphml", force_multigraph=True)
    named = nx.get_node_attributes(back, "label")
    assert sorted(named.values()) == sorted(node.name for node in view.nodes)
    assert back.number_of_edges() == len(view.edges)


def test_gexf_comes_back_through_networkx_with_its_places() -> None:
    view = outward(everything(), fresh).view
    content = files(view, ABOUT, ["gexf"])["graph.gexf"]
    graph = nx.read_gexf(io.BytesIO(content))
    assert {name: values["label"] for name, values in graph.nodes(data=True)} == {
        node.id: node.name for node in view.nodes
    }
    assert triples(graph) == expected_edges(view)
    place = {name: values["viz"]["position"] for name, values in graph.nodes(data=True)}
    assert all((place[node.id]["x"], place[node.id]["y"]) == (node.x, -node.y) for node in view.nodes)
    again = io.BytesIO()
    nx.write_gexf(graph, again)
    assert triples(nx.read_gexf(io.BytesIO(again.getvalue()))) == expected_edges(view)
    # The file has no date, except in the mark.
    assert b"lastmodified" not in content


# -- pictures -----------------------------------------------------------------------------------------------------


def svg(view: Picture) -> Element:
    tree: Element = ElementTree.fromstring(files(view, ABOUT, ["svg"])["picture.svg"])
    return tree


def texts(tree: Element) -> list[str]:
    return [element.text or "" for element in tree.iter(f"{SVG}text")]


def test_an_svg_holds_names_as_text_and_runs_and_loads_nothing() -> None:
    view = outward(everything(), fresh).view
    tree = svg(view)
    assert {node.name for node in view.nodes} <= {element.text for element in tree.iter(f"{SVG}title")}
    assert set(NAMES) & set(texts(tree))
    names = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert names == {"svg", "g", "rect", "circle", "polygon", "path", "text", "title"}
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name or name == "style"]


def test_the_legend_is_of_what_is_in_the_picture() -> None:
    whole = texts(svg(outward(everything(), fresh).view))
    for word in ("person", "boat", "crossing", "gang", "workplace", "thing", "not identified", "denied or contested"):
        assert word in whole
    rows = [entity("a", "gang", "A"), entity("b", "gang", "B")]
    few = texts(svg(picture([["a", "b"]], rows, [link("a", "RIVAL_OF", "b", 0.9)])))
    assert "gang" in few
    assert "belief 0.75 or more" in few
    assert not {"person", "belief below 0.25", "denied or contested", "who acts on whom", "not identified"} & set(few)


def draw_edge(relation: str, belief: float, denying: int = 0) -> list[dict[str, str]]:
    rows = [entity("a", "person", "A"), entity("b", "person", "B")]
    view = picture([["a", "b"]], rows, [link("a", relation, "b", belief, denying=denying)])
    return [dict(element.attrib) for element in svg(view).iter(f"{SVG}path")]


def test_lines_are_as_wide_as_they_are_believed_dashed_below_half_and_crossed_where_denied() -> None:
    widths = [draw_edge("PAID", belief)[0]["stroke-width"] for belief in (0.1, 0.3, 0.6, 0.9)]
    assert widths == sorted(widths)
    assert len(set(widths)) == 4
    assert ["stroke-dasharray" in draw_edge("PAID", belief)[0] for belief in (0.1, 0.3, 0.6, 0.9)] == [
        True,
        True,
        False,
        False,
    ]
    plain, denied = draw_edge("PAID", 0.9), draw_edge("PAID", 0.9, denying=1)
    assert plain[0]["stroke"] != denied[0]["stroke"]
    assert len(denied) > len(plain)


def test_no_label_lies_over_another_and_what_found_no_room_is_counted() -> None:
    rows = [entity(f"p{number}", "person", f"Somebody with the number {number}") for number in range(80)]
    view = picture([[row["id"] for row in rows]], rows, [])
    heap = {row["id"]: (float(number % 4), 0.0) for number, row in enumerate(rows)}
    crowded = outward(view, fresh, arranged=heap).view
    lost = sheet(crowded, ABOUT).unlabelled
    assert 0 < lost < 80
    assert f"{lost} names found no room; they stand in the tables." in texts(svg(crowded))
    shown_names = [text for text in texts(svg(crowded)) if text.startswith("Somebody")]
    assert len(shown_names) == 80 - lost
    assert sheet(view, ABOUT).unlabelled == 0


def test_a_page_to_print_has_its_picture_then_everything_as_text() -> None:
    view = outward(everything(), fresh).view
    reader = PdfReader(io.BytesIO(files(view, ABOUT, ["pdf"])["picture.pdf"]))
    assert len(reader.pages) > 1
    # A4, landscape, in points.
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in reader.pages} == {(842, 595)}
    pages = [page.extract_text() for page in reader.pages]
    for number, text in enumerate(pages, 1):
        for word in (ABOUT.mark, "dover", ABOUT.made, "Intelligence, not evidence", f"page {number} of {len(pages)}"):
            assert word in text, (number, word)
    first, rest = pages[0], "".join(pages[1:])
    assert "who acts on whom" in first
    for name in ("Иван Žižek", "#let x = [*b*] <i>&"):
        assert name in rest
    # Joined letters are extracted one by one, in some readers in reverse; none is missing from the font.
    for letter in "محمدکەریم":
        assert letter in rest
    assert {str(font["/BaseFont"]).split("+")[-1] for font in fonts(reader)} >= {
        "NotoSans-Regular",
        "NotoSansArabic-Regular",
    }


def fonts(reader: PdfReader) -> Iterator[Any]:
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            yield font.get_object()


def test_scripts_that_have_no_letters_are_named() -> None:
    assert without_letters(NAMES) == ""
    assert without_letters(["王小明", "ሰላም"]).endswith("have them: CJK, Ethiopic.")
    rows = [entity("a", "person", "王小明")]
    reader = PdfReader(io.BytesIO(files(picture([["a"]], rows, []), ABOUT, ["pdf"])["picture.pdf"]))
    assert "Letters of these scripts are shown as boxes here" in reader.pages[0].extract_text()


# -- FollowTheMoney -----------------------------------------------------------------------------------------------

# Schema → (parent schemas, required properties, those written here), of FollowTheMoney 4.11.
MODEL: dict[str, tuple[set[str], set[str], set[str]]] = {
    "Person": ({"LegalEntity"}, {"name"}, {"name", "summary", "publisher"}),
    "Organization": ({"LegalEntity"}, {"name"}, {"name", "summary", "publisher"}),
    "Company": ({"LegalEntity", "Organization", "Asset"}, {"name"}, {"name", "summary", "publisher"}),
    "Vessel": ({"Vehicle", "Asset"}, {"name"}, {"name", "summary", "publisher"}),
    "Vehicle": ({"Asset"}, set(), {"name", "summary", "publisher"}),
    "Event": (set(), {"name"}, {"name", "summary", "publisher"}),
    "UserAccount": (set(), {"username"}, {"name", "username", "summary", "publisher"}),
    "Address": (set(), set(), {"name", "full", "summary", "publisher"}),
    "BankAccount": ({"Asset"}, set(), {"name", "summary", "publisher"}),
    "Document": (set(), {"fileName"}, {"name", "title", "fileName", "summary", "publisher"}),
    "Asset": (set(), set(), {"name", "summary", "publisher"}),
}
INTERVAL = {"description", "publisher", "summary", "startDate", "endDate"}
# Edge → (end → its schema), other properties.
LINKS: dict[str, tuple[dict[str, str], set[str]]] = {
    "Membership": ({"member": "LegalEntity", "organization": "Organization"}, {"role"}),
    "Directorship": ({"director": "LegalEntity", "organization": "Organization"}, {"role"}),
    "Ownership": ({"owner": "LegalEntity", "asset": "Asset"}, {"role"}),
    "Employment": ({"employee": "Person", "employer": "Organization"}, {"role"}),
    "Payment": ({"payer": "LegalEntity", "beneficiary": "LegalEntity"}, {"purpose"}),
    "Debt": ({"debtor": "LegalEntity", "creditor": "LegalEntity"}, set()),
    "Family": ({"person": "Person", "relative": "Person"}, {"relationship"}),
    "Associate": ({"person": "Person", "associate": "Person"}, {"relationship"}),
    "UnknownLink": ({"subject": "", "object": ""}, {"role"}),
}


def test_followthemoney_entities_are_of_its_model() -> None:
    view = outward(everything(), fresh).view
    lines = files(view, ABOUT, ["ftm"])["entities.ftm.json"].decode().splitlines()
    entities = {record["id"]: record for record in map(json.loads, lines)}
    assert len(entities) == len(view.nodes) + len(view.edges)
    for record in entities.values():
        assert all(
            values and all(isinstance(value, str) for value in values) for values in record["properties"].values()
        )
        properties = set(record["properties"])
        if record["schema"] in MODEL:
            _, required, known = MODEL[record["schema"]]
            assert required <= properties <= known, record
            continue
        ends, more = LINKS[record["schema"]]
        assert set(ends) <= properties <= set(ends) | INTERVAL | more, record
        for end, takes in ends.items():
            schema = entities[record["properties"][end][0]]["schema"]
            assert not takes or schema == takes or takes in MODEL[schema][0], (record, end)
    assert {record["schema"] for record in entities.values()} == set(MODEL) | set(LINKS)


def test_every_kind_has_a_schema_and_every_edge_is_of_a_known_relation() -> None:
    assert set(SCHEMATA) == {*ENTITIES, *THING_KINDS} - {"thing"} == set(TYPES)
    assert set(EDGES) <= set(RELATIONS)


# -- charts -------------------------------------------------------------------------------------------------------


def test_a_chart_has_types_directions_strengths_and_cards() -> None:
    view = outward(everything(), fresh).view
    chart: Element = ElementTree.fromstring(files(view, ABOUT, ["anx"])["chart.anx"])
    items = chart.findall("ChartItemCollection/ChartItem")
    assert len(items) == len(view.nodes) + len(view.edges)
    styles = [element.get("Type") for element in chart.iter("IconStyle")]
    assert styles == [TYPES[node.sort or node.kind][0] for node in view.nodes]
    assert set(styles) == {element.get("Name") for element in chart.iter("EntityType")}
    drawn_links = list(chart.iter("LinkStyle"))
    assert {element.get("Type") for element in drawn_links} == {
        element.get("Name") for element in chart.iter("LinkType")
    }
    assert {element.get("Strength") for element in drawn_links} == {
        element.get("Name") for element in chart.iter("Strength")
    }
    assert [element.get("ArrowStyle") == "ArrowOnHead" for element in drawn_links] == [
        edge.directed for edge in view.edges
    ]
    assert {element.get("SourceReference") for element in chart.iter("Card")} == {ABOUT.mark}
    ids = {element.get("EntityId") for element in chart.iter("Entity")}
    assert {element.get(end) for element in chart.iter("Link") for end in ("End1Id", "End2Id")} <= ids
