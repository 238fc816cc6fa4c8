"""A chart for i2 Analyst's Notebook (XML): entities with their types and icons, links with direction and strength."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from graphsvc.records.charts import TYPES
from graphsvc.records.grading import HANDLING
from graphsvc.records.relations import family
from graphsvc.views.denials import denial
from graphsvc.views.forms.about import SAYS, About, ExportForm
from graphsvc.views.forms.drawing import hue
from graphsvc.views.forms.rows import xml
from graphsvc.views.picture.graph import PALETTES, width
from graphsvc.views.picture.network import Edge, Node, Picture
from graphsvc.views.wording import RANGES, begin, belief_range, voices

_STYLES = {1: "DotStyleDotted", 2: "DotStyleDashed", 3: "DotStyleSolid", 4: "DotStyleSolid"}
# Step of belief → name of the link strength in the chart, and line style.
STRENGTHS = {step: (f"Belief {RANGES[step]}", style) for step, style in _STYLES.items()}
_ATTRIBUTES = ("belief on the record", "denied", "from date", "to date", "date", "identified", "pseudonym")
_DAY = 10


def as_anx(view: Picture, about: About) -> dict[str, bytes]:
    """Return one chart. The mark is in the comments of its summary and in the source of every link's card."""
    chart = Element("Chart", {"IdReferenceLinking": "false", "Rigorous": "false"})
    _collection(
        chart, "Strength", ({"Name": name, "Id": name, "DotStyle": style} for name, style in STRENGTHS.values())
    )
    grade = SubElement(SubElement(chart, "GradeThree"), "StringCollection")
    # The first entry means no grade: i2 gives it to every item without a grade.
    for number, words in enumerate(("", *(f"{code} {words}" for code, words in HANDLING.items()))):
        SubElement(grade, "String", {"Id": f"grade-{number}", "Text": words})
    _collection(chart, "AttributeClass", ({"Name": name, "Type": "AttText", "IsUser": "true"} for name in _ATTRIBUTES))
    kinds = dict.fromkeys(node.sort or node.kind for node in view.nodes)
    hues = {node.sort or node.kind: PALETTES["light"][node.kind] for node in view.nodes}
    _collection(
        chart,
        "EntityType",
        (
            {
                "Name": TYPES[kind][0],
                "IconFile": TYPES[kind][1],
                "Colour": _colour(hues[kind]),
                "PreferredRepresentation": "RepresentAsIcon",
            }
            for kind in kinds
        ),
    )
    _collection(chart, "LinkType", ({"Name": name, "Colour": "0"} for name in dict.fromkeys(map(_type, view.edges))))
    summary = SubElement(SubElement(chart, "Summary"), "FieldCollection")
    for field, words in (("SummaryFieldTitle", about.title), ("SummaryFieldComments", f"{about.mark} · {SAYS}")):
        SubElement(summary, "Field", {"Type": field, "Field": str(xml(words))})
    items = SubElement(chart, "ChartItemCollection")
    for node in view.nodes:
        _entity(items, node)
    called = view.names
    for edge in view.edges:
        _link(items, edge, about, called)
    ElementTree.indent(chart)
    return {"chart.anx": ElementTree.tostring(chart, "utf-8", xml_declaration=True)}


def _entity(items: Element, node: Node) -> None:
    item_attributes = {"Label": _plain(node.name), "XPosition": f"{node.x:.0f}"}
    item = SubElement(items, "ChartItem", item_attributes | _when(node.day))
    end = SubElement(item, "End", {"X": f"{node.x:.0f}", "Y": f"{node.y:.0f}", "Z": "0"})
    identity = {"EntityId": _plain(node.id), "Identity": _plain(node.id), "LabelIsIdentity": "false"}
    style = {"Type": TYPES[node.sort or node.kind][0]}
    icon = SubElement(SubElement(SubElement(end, "Entity", identity), "Icon"), "IconStyle", style)
    SubElement(icon, "FrameStyle", {"Colour": _colour(hue(node)), "Visible": "true" if node.start else "false"})
    attributes = {"identified": "" if node.identified else "unknown", "pseudonym": "yes" if node.sealed else ""}
    attributes["date"] = node.day
    _attributes(item, attributes)


def _link(items: Element, edge: Edge, about: About, called: Mapping[str, str]) -> None:
    item_attributes = {"Label": _plain(edge.says), "GradeThreeIndex": str(1 + list(HANDLING).index(about.handling))}
    item = SubElement(items, "ChartItem", item_attributes | _when(edge.first_on))
    link = SubElement(item, "Link", {"End1Id": _plain(edge.subject), "End2Id": _plain(edge.object)})
    cards = SubElement(link, "CardCollection")
    sentence = f"{called[edge.subject]} {edge.says} {called[edge.object]}"
    text = f"Belief {belief_range(edge.belief)}. Said by {voices(edge.groups, edge.other_sources)}."
    card = {
        "Summary": _plain(sentence),
        "Text": text + (f" {begin(denial(edge.denying))}." if edge.denied else ""),
        "SourceReference": _plain(about.mark),
        "SourceType": "graphsvc",
        "GradeThreeIndex": item_attributes["GradeThreeIndex"],
    }
    SubElement(cards, "Card", card | _when(edge.first_on))
    SubElement(
        link,
        "LinkStyle",
        {
            "Type": _type(edge),
            "ArrowStyle": "ArrowOnHead" if edge.directed else "ArrowNone",
            "Strength": STRENGTHS[edge.step][0],
            "StrengthReference": STRENGTHS[edge.step][0],
            "LineWidth": f"{width(edge.belief):.0f}",
            "LineColour": _colour(PALETTES["light"]["denied" if edge.denied else family(edge.relation)]),
            "MlStyle": "MultiplicityMultiple",
        },
    )
    told_more = {
        "belief on the record": belief_range(edge.belief_on_record),
        "denied": edge.denial,
        "from date": edge.first_on,
        "to date": edge.last_on,
    }
    _attributes(item, told_more)


def _type(edge: Edge) -> str:
    return _plain(edge.says)


def _when(date: str) -> dict[str, str]:
    """Return the date of a chart item, or nothing if the date is not known to the day."""
    if len(date) < _DAY:
        return {}
    hour = date[11:].removesuffix("Z")
    clock = {5: f"{hour}:00", 8: hour}.get(len(hour), "00:00:00")
    return {"DateSet": "true", "TimeSet": "true" if hour else "false", "DateTime": f"{date[:_DAY]}T{clock}.000"}


def _attributes(item: Element, attributes: Mapping[str, str]) -> None:
    known = {name: value for name, value in attributes.items() if value}
    if known:
        collection = SubElement(item, "AttributeCollection")
        for name, value in known.items():
            SubElement(collection, "Attribute", {"AttributeClass": name, "Value": _plain(value)})


def _collection(chart: Element, name: str, rows: Iterable[Mapping[str, str]]) -> None:
    collection = SubElement(chart, f"{name}Collection")
    for row in rows:
        SubElement(collection, name, dict(row))


def _colour(hex_: str) -> str:
    """Return `#rrggbb` as the number i2 expects: blue, green, red.

    Example:
        >>> _colour("#0072b2")
        '11694592'
    """
    red, green, blue = (int(hex_[place : place + 2], 16) for place in (1, 3, 5))
    return str(red + green * 256 + blue * 65536)


def _plain(text: str) -> str:
    return str(xml(text))


FORMS = (ExportForm(90, "anx", "i2 chart (ANX)", "i2 Analyst's Notebook", as_anx),)
