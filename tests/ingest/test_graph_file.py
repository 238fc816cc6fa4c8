"""Graphs of other programs (GEXF, GraphML, JSON lines of APOC): two tables for a mapping, or an error without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphsvc.errors import InputError
from graphsvc.ingest.check import Delivery, read_case
from graphsvc.ingest.mapping import mapping_of
from graphsvc.ingest.raw import Limits

GEXF = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="gexf" xmlns:viz="viz">
 <graph defaultedgetype="directed">
  <attributes class="node">
   <attribute id="0" title="label" type="string"/>
   <attribute id="1" title="role" type="string"><default>other</default></attribute>
  </attributes>
  <attributes class="edge"><attribute id="0" title="since" type="string"/></attributes>
  <nodes>
   <node id="P1" label="Hewa &amp; Co">
    <viz:position x="1" y="2"/>
    <attvalues><attvalue for="0" value="n1"/><attvalue for="1" value="suspect"/></attvalues>
    <nodes><node id="P2" label="Karo"><attvalues><attvalue id="0" value="n2"/></attvalues></node></nodes>
   </node>
   <node id="P3" label="Omar"><spells><spell start="2019" end="2020"/><spell start="2021"/></spells></node>
  </nodes>
  <edges>
   <edge id="0" source="P1" target="P2" weight="3.0"><attvalues><attvalue for="0" value="2019-05"/></attvalues></edge>
   <edge id="1" source="P2" target="P3"/>
  </edges>
 </graph>
</gexf>
"""
GRAPHML = """<graphml xmlns="graphml">
<key id="d0" for="node" attr.name="role"><default>other</default></key>
<key id="d1" for="edge" attr.name="weight"/>
<graph edgedefault="directed">
<node id="P1" labels=":Person"><data key="labels">:Person</data><data key="d0">suspect</data><data key="name">Hewa &amp; Co</data></node>
<node id="P2"><data key="name">Karo</data><graph><node id="P3"/></graph></node>
<edge source="P1" target="P2"><data key="d1">3.0</data></edge>
<edge source="P2" target="P3"/>
</graph>
</graphml>
"""
APOC = "".join(
    json.dumps(each) + "\n"
    for each in (
        {"type": "node", "id": "P1", "labels": ["Person", "Suspect"],
         "properties": {"name": "Hewa & Co", "aliases": ["H", "Hewo"], "male": True, "height": 42, "at": {"x": 1}, "gone": None}},
        {"type": "node", "id": "P2", "labels": ["Person"]},
        {"type": "node", "id": "P3", "properties": {"name": "Omar"}},
        {"id": "7", "type": "relationship", "label": "KNOWS", "properties": {"weight": 3},
         "start": {"id": "P1", "labels": ["Person"]}, "end": {"id": "P2"}},
        {"id": "8", "type": "relationship", "label": "KNOWS", "start": {"id": "P2"}, "end": {"id": "P3"}},
    )
)  # fmt: skip
MAPPING = """
[statement]
id = "graph"
kind = "intelligence"

[[table]]
record = "people"
file = "nodes"
ignore_others = true
columns.id = "id"
columns.name = "{name}"

[[table]]
record = "links"
file = "edges"
ignore_others = true
columns.subject_id = "source"
columns.object_id = "target"
columns.weight = "weight"
constants.relation = "CONTACTED"
"""
EDGES = [("P1", "P2", 3), ("P2", "P3", None)]


def read(path: Path, text: str | bytes, limits: Limits, mapping: str | None = MAPPING) -> Delivery:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_case(path, limits, mapping_of("map.toml", mapping.encode()) if mapping else None)


@pytest.mark.parametrize(
    ("name", "text", "column", "names"),
    [
        ("g.gexf", GEXF, "label", ["Hewa & Co", "Karo", "Omar"]),
        ("upload", GEXF, "label (data)", ["n1", "n2", None]),
        ("g.gexf", GEXF, "role", ["suspect", "other", "other"]),
        ("g.gexf", GEXF, "spell", [None, None, "2019/2020; 2021/"]),
        ("g.graphml", GRAPHML, "name", ["Hewa & Co", "Karo", None]),
        ("upload", GRAPHML, "role", ["suspect", "other", "other"]),
        ("g.graphml", GRAPHML, "labels (data)", [":Person", None, None]),
        ("g.json", APOC, "name", ["Hewa & Co", None, "Omar"]),
        ("upload", APOC, "labels", ["Person; Suspect", "Person", None]),
        ("g.json", APOC, "aliases", ["H; Hewo", None, None]),
        ("g.json", APOC, "male", ["yes", None, None]),
        ("g.json", APOC, "at", ['{"x": 1}', None, None]),
    ],
)
def test_nodes_and_edges_are_two_tables(
    name: str, text: str, column: str, names: list[str | None], tmp_path: Path, limits: Limits
) -> None:
    delivery = read(tmp_path / name, text, limits, MAPPING.replace("{name}", column))
    assert delivery.rejections == []
    people = [row for row in delivery.rows if row.table == "people"]
    assert [(row.values["id"], row.values.get("name")) for row in people] == list(
        zip(("P1", "P2", "P3"), names, strict=True)
    )
    assert people[0].file == f"{name}, nodes"
    links = [row.values for row in delivery.rows if row.table == "links"]
    assert [(row["subject_id"], row["object_id"], row.get("weight")) for row in links] == EDGES


def column(path: Path, text: str, name: str, limits: Limits, table: str = "people") -> list[object]:
    """Values of a column of nodes or edges, read as notes."""
    mapping = MAPPING.replace('columns.name = "{name}"\n', "").replace('columns.weight = "weight"\n', "")
    of = 'columns.id = "id"\n' if table == "people" else 'columns.object_id = "target"\n'
    delivery = read(path, text, limits, mapping.replace(of, f'{of}columns.notes = "{name}"\n'))
    assert delivery.rejections == []
    return [row.values.get("notes") for row in delivery.rows if row.table == table]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("g.gexf", GEXF.replace('value="suspect"', 'value=""')),
        ("g.graphml", GRAPHML.replace("suspect", "")),
        ("g.graphml", GRAPHML.replace('<data key="d0">suspect</data>', '<data key="d0"/>')),
    ],
)
def test_what_is_said_to_be_empty_is_not_what_stands_for_what_is_not_said(
    name: str, text: str, tmp_path: Path, limits: Limits
) -> None:
    assert column(tmp_path / name, text, "role", limits) == [None, "other", "other"]


@pytest.mark.parametrize(("name", "text"), [("g.gexf", GEXF), ("g.graphml", GRAPHML)])
def test_a_node_in_a_node_names_it(name: str, text: str, tmp_path: Path, limits: Limits) -> None:
    parents = ["P1", None] if name == "g.gexf" else [None, "P2"]
    assert column(tmp_path / name, text, "parent", limits) == [None, *parents]


def test_parents_that_a_node_names_stand_beside_that_which_it_is_in(tmp_path: Path, limits: Limits) -> None:
    text = GEXF.replace('label="Karo">', 'label="Karo"><parents><parent for="P1"/><parent for="P3"/></parents>')
    assert column(tmp_path / "g", text, "parent", limits) == [None, "P1; P3", None]


def test_what_describes_a_node_or_an_edge_is_a_column(tmp_path: Path, limits: Limits) -> None:
    inside = '<port name="a"><desc>of a port</desc></port><graph><desc>of a graph</desc>'
    text = GRAPHML.replace('<node id="P2">', '<node id="P2"><desc>tall,\n limps</desc>').replace("<graph>", inside)
    text = text.replace('<data key="d1">', '<desc>by phone</desc><data key="d1">').replace(
        "<key", "<desc>All</desc><key"
    )
    assert column(tmp_path / "g", text, "desc", limits) == [None, "tall,\n limps", None]
    assert column(tmp_path / "g", text, "desc", limits, "links") == ["by phone", None]


def list_attribute(value: str, kind: str = "liststring", default: str = "") -> str:
    text = GEXF.replace('title="role" type="string"><default>other</default>', f'title="role" type="{kind}">{default}')
    return text.replace("""value="suspect\"""", f"value='{value}'")


@pytest.mark.parametrize(
    ("value", "kind", "values"),
    [
        ("[Hewa, Karo]", "liststring", "Hewa; Karo"),
        ("[Hewa,Karo]", "liststring", "Hewa; Karo"),
        ('["Berg, Ari", "say \\"no\\"", Karo]', "liststring", 'Berg, Ari; say "no"; Karo'),
        ("Hewa|Berg, Ari", "liststring", "Hewa; Berg, Ari"),
        ("Berg, Ari", "liststring", "Berg, Ari"),
        ("[1, 2]", "listinteger", "1; 2"),
        ("[]", "liststring", None),
        ("<empty>".replace("<", "&lt;"), "liststring", None),
        # Without a list type the value may mean anything.
        ("[Hewa, Karo]", "string", "[Hewa, Karo]"),
        ("a|b", "string", "a|b"),
        ('["Hewa', "liststring", '["Hewa'),
    ],
)
def test_a_list_of_gexf_is_several_values(
    value: str, kind: str, values: str | None, tmp_path: Path, limits: Limits
) -> None:
    text = list_attribute(value.replace('"', "&quot;"), kind)
    assert column(tmp_path / "g", text, "role", limits) == [values, None, None]


def test_what_a_list_is_where_nothing_is_said_is_several_values_too(tmp_path: Path, limits: Limits) -> None:
    text = list_attribute("[]", default="<default>[a, b]</default>")
    assert column(tmp_path / "g", text, "role", limits) == [None, "a; b", "a; b"]


@pytest.mark.parametrize(
    ("value", "values"),
    [
        ('["H","Hewo"]', "H; Hewo"),
        ("[1,true,null,2.5]", "1; yes; 2.5"),
        ("[]", None),
        # Text that is not a JSON list, or is hostile, stays as it is.
        ("H; Hewo", "H; Hewo"),
        ('{"a": 1}', '{"a": 1}'),
        ('["a\\u0000"]', '["a\\u0000"]'),
        ('["\\ud800"]', '["\\ud800"]'),
        ("[" * 900, "[" * 900),
        (f"[{'9' * 900}", f"[{'9' * 900}"),
    ],
)
def test_a_list_in_graphml_as_apoc_writes_it_is_several_values(
    value: str, values: str | None, tmp_path: Path, limits: Limits
) -> None:
    key = '<key id="aliases" for="node" attr.name="aliases" attr.type="string" attr.list="string"/>'
    text = GRAPHML.replace("<graph ", f"{key}<graph ").replace(
        '<data key="name">Karo', f'<data key="aliases">{value}</data><data key="name">Karo'
    )
    assert column(tmp_path / "g", text, "aliases", limits) == [None, values, None]
    plain = column(tmp_path / "g", text.replace(' attr.list="string"', ""), "aliases", limits)
    assert plain == [None, value, None]


def test_a_list_that_is_too_long_is_rejected_and_not_cut(tmp_path: Path, limits: Limits) -> None:
    text = list_attribute(f"[{'a, ' * 900}b]")
    delivery = read(tmp_path / "g", text, limits, MAPPING.replace("{name}", "role"))
    assert [row.reason for row in delivery.rejections] == ["the cell is longer than 1,000 characters"]


def test_the_time_in_which_a_value_held_stands_beside_it(tmp_path: Path, limits: Limits) -> None:
    values = (
        '<attvalue for="1" value="driver" start="2019" endopen="2020"/><attvalue for="1" value="boss" start="2020-05"/>'
        '<attvalue for="1" value="gone" timestamp="2021"/>'
    )
    text = GEXF.replace('<attvalue for="1" value="suspect"/>', values)
    text = text.replace('value="2019-05"/>', 'value="2019-05" end="2020"/>').replace(
        '<spell start="2021"', '<spell timestamp="2021"'
    )
    assert column(tmp_path / "g", text, "role", limits) == ["driver; boss; gone", "other", "other"]
    assert column(tmp_path / "g", text, "role spell", limits) == ["2019/2020; 2020-05/; 2021", None, None]
    assert column(tmp_path / "g", text, "since spell", limits, "links") == ["/2020", None]
    assert column(tmp_path / "g", text, "spell", limits) == [None, None, "2019/2020; 2021"]


def test_a_row_knows_its_line(tmp_path: Path, limits: Limits) -> None:
    delivery = read(tmp_path / "g.gexf", GEXF.replace("3.0", "much"), limits, MAPPING.replace("{name}", "label"))
    assert [str(row)[:30] for row in delivery.rejections] == ["g.gexf, edges, line 18, column"]
    delivery = read(
        tmp_path / "g.json", APOC.replace('"weight": 3', '"weight": "much"'), limits, MAPPING.replace("{name}", "name")
    )
    assert [row.line for row in delivery.rejections] == [4]


@pytest.mark.parametrize(
    ("name", "text", "form", "nodes", "edges"),
    [
        (
            "g.gexf",
            GEXF,
            "a GEXF graph",
            "id, label, parent, spell, label (data), role",
            "id, source, target, weight, since",
        ),
        (
            "g.graphml",
            GRAPHML,
            "a GraphML graph",
            "id, labels, parent, role, labels (data), name",
            "source, target, weight",
        ),
        (
            "g.json",
            APOC,
            "a graph as APOC writes it",
            "id, labels, name, aliases, male, height, at, gone",
            "id, label, source, target, weight",
        ),
    ],
)
def test_without_a_mapping_it_is_said_what_it_is_and_how_it_is_loaded(
    name: str, text: str, form: str, nodes: str, edges: str, tmp_path: Path, limits: Limits
) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path / name, text, limits, mapping=None)
    assert str(refused.value) == (
        f"{name} is {form}, which does not say which source reported what. Load it with a mapping for its two tables: nodes with the"
        f" columns {nodes}, and edges with the columns {edges}."
    )
    # In a folder, a graph file is not read as a table. A JSON file may hold anything, and is not taken for a graph.
    if name.endswith(".json"):
        return
    with pytest.raises(
        InputError, match=f"holds '{name}', which by its name is a graph of another program: load it by"
    ):
        read_case(tmp_path, limits)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            GEXF.replace("<gexf", '<!DOCTYPE gexf [<!ENTITY a "aaaa">]><gexf'),
            "declares a document type or entities: save it",
        ),
        (GEXF[:-20], "line 20 is no XML .*: the file is damaged or cut off"),
        (GEXF.replace("<edges>", "<a>" * 100), "nests deeper than any graph does"),
        (
            GRAPHML.replace("<edge ", "<hyperedge/><edge "),
            "holds edges of more than two ends .*: export nodes and edges as CSV",
        ),
        (
            '{"nodes": [], "rels": []}',
            "line 1 is no node and no relationship as apoc.export.json writes them .*: export",
        ),
        ('[{"type": "node", "id": "1"}]', "line 1 is no node and no relationship"),
        ('{"type": "node", "id": ' + "[" * 100_000, "line 1 is no node and no relationship"),
        ('{"type": "relationship", "id": "1", "start": "x", "end": {}}', "line 1 is no node and no relationship"),
        ('{"type": "node", "id": ' + "9" * 9_000 + "}", "line 1 is no node and no relationship"),
        (b'{"type": "node", "id": "\xff"}', "line 1 is no node and no relationship"),
        ('{"type": "node", "id": "\\ud800"}', "line 1 is no node and no relationship"),
        ('{"type": "node", "id": "a", "properties": {"b": "\\u0000"}}', "line 1 is no node and no relationship"),
    ],
)
def test_what_is_damaged_or_made_to_do_harm_is_refused(
    text: str | bytes, message: str, tmp_path: Path, limits: Limits
) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path / "g", text, limits, MAPPING.replace("{name}", "id"))


@pytest.mark.parametrize("name", ["g.gexf", "g.graphml", "g.json"])
def test_a_graph_among_other_files_is_no_table_of_a_mapping(name: str, tmp_path: Path, limits: Limits) -> None:
    (tmp_path / name).write_text(GEXF)
    mapping = MAPPING.replace("{name}", "label").replace('"nodes"', f'"{name}"').replace('"edges"', f'"{name}"')
    with pytest.raises(
        InputError, match=f"holds '{name}', which by its name is a graph of another program: load it by"
    ):
        read_case(tmp_path, limits, mapping_of("map.toml", mapping.encode()))


def test_a_value_that_is_the_name_of_its_column_is_no_header(tmp_path: Path, limits: Limits) -> None:
    text = GEXF.replace('label="Karo"', 'label="label"')
    assert column(tmp_path / "g", text, "label", limits)[1] == "label"
    # A missing mapped column gives no hint that the first row may contain values.
    missing = MAPPING.replace("{name}", "named").replace('"id"', '"key"')
    with pytest.raises(InputError) as refused:
        read(tmp_path / "g", text, limits, missing)
    assert "header" not in str(refused.value)


@pytest.mark.parametrize(("name", "text"), [("g.gexf", GEXF), ("g.json", APOC)])
def test_a_graph_has_no_first_row_of_values(name: str, text: str, tmp_path: Path, limits: Limits) -> None:
    column = "label" if name == "g.gexf" else "name"
    mapping = MAPPING.replace("{name}", column).replace('file = "nodes"', 'file = "nodes"\nheader = false')
    with pytest.raises(InputError) as refused:
        read(tmp_path / name, text, limits, mapping)
    assert str(refused.value) == (
        f"{name}, nodes: the columns of a graph have names. Take header = false out of the mapping."
    )
    delivery = read(tmp_path / name, text, limits, mapping.replace("false", "true"))
    assert delivery.rejections == []


def test_a_graph_has_the_limits_of_any_delivery(tmp_path: Path, limits: Limits) -> None:
    mapping = MAPPING.replace("{name}", "label")
    with pytest.raises(InputError, match="g is larger than 100 bytes"):
        read(tmp_path / "g", GEXF, Limits(100, 1_000), mapping)
    with pytest.raises(InputError, match=r"g has more than 2 nodes or edges: split it .* with --partial"):
        read(tmp_path / "g", GEXF, Limits(100_000, 1_000, rows=2), mapping)
    many = "".join(f'<data key="k{number}">x</data>' for number in range(2_000))
    with pytest.raises(InputError, match="g has more than 1,000 columns"):
        read(tmp_path / "g", GRAPHML.replace('<data key="d0">', f'{many}<data key="d0">'), limits, mapping)
    long = read(tmp_path / "g", GRAPHML.replace("Karo", "K" * 5_000), limits, MAPPING.replace("{name}", "name"))
    assert [row.reason for row in long.rejections] == ["the cell is longer than 1,000 characters"]
