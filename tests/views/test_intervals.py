"""The picture of figures with intervals: well formed, to scale, and with all markup in the data escaped."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

from graphsvc.views.intervals import IntervalMark, svg

_NS = "{http://www.w3.org/2000/svg}"
_EVIL = "<script>alert(1)</script>&\"'"


def read(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314 - drawn a moment ago, by what is tested


def test_whatever_is_written_on_it_it_stays_one_picture() -> None:
    root = read(svg(_EVIL, [(_EVIL, [IntervalMark(_EVIL, 0.5, 0.4, 0.6)])]))
    assert not list(root.iter(f"{_NS}script"))
    assert [node.text for node in root.iter(f"{_NS}text")].count(_EVIL) == 3
    assert root.attrib["aria-label"] == _EVIL


def test_it_fetches_nothing() -> None:
    drawn = svg("x", [("AUC", [IntervalMark("degree", 0.5, 0.4, 0.6)])])
    assert not re.search(r"url\(|href|@import|<image", drawn)


def test_marks_stand_to_scale() -> None:
    marks = [
        IntervalMark("none", 0.0, 0.0, 0.5),
        IntervalMark("half", 0.5, 0.25, 0.75, ours=True),
        IntervalMark("all", 1.0, 0.5, 1.0),
    ]
    root = read(svg("x", [("AUC", marks)]))
    places = [float(node.attrib["cx"]) for node in root.iter(f"{_NS}circle")]
    assert places[1] - places[0] == places[2] - places[1] > 50
    assert [node.attrib["class"] for node in root.iter(f"{_NS}circle")] == ["other", "ours", "other"]
    whiskers = [node.attrib for node in root.iter(f"{_NS}line") if node.attrib["class"] != "axis"]
    assert float(whiskers[1]["x1"]) == (places[0] + places[1]) / 2
    assert float(whiskers[1]["x2"]) == (places[1] + places[2]) / 2


def test_what_is_not_known_is_said_and_not_drawn() -> None:
    unknown = math.nan
    root = read(
        svg("x", [("AUC", [IntervalMark("a", unknown, unknown, unknown), IntervalMark("b", 0.5, unknown, unknown)])])
    )
    assert "nobody of that kind" in {node.text for node in root.iter(f"{_NS}text")}
    assert len(list(root.iter(f"{_NS}circle"))) == 1
    assert not [node for node in root.iter(f"{_NS}line") if node.attrib["class"] != "axis"]


def test_panels_fill_rows_from_the_top_left() -> None:
    root = read(svg("x", [(name, [IntervalMark("a", 0.5, 0.4, 0.6)]) for name in ("one", "two", "three")]))
    titles = {node.text: node.attrib for node in root.iter(f"{_NS}text") if node.attrib.get("class") == "title"}
    assert titles["one"]["y"] == titles["two"]["y"]
    assert float(titles["two"]["y"]) < float(titles["three"]["y"])
    assert titles["one"]["x"] == titles["three"]["x"]
    assert float(titles["two"]["x"]) > float(titles["one"]["x"])
