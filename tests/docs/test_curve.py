"""The curve over case sizes is drawn from the stored figures, with the exponents that the page states."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from bench.curve import Size, draw, exponent, read

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "bench" / "curve.csv"
# Claims of the three sizes, as the page states them.
CLAIMS = {10_000: 98_863, 30_000: 295_394, 100_000: 979_645}


def test_the_picture_is_drawn_of_the_figures_beside_it() -> None:
    """`python -m bench.curve` redraws it."""
    assert FIGURES.with_suffix(".svg").read_text("utf-8") == draw(read(FIGURES))


def test_every_figure_has_a_point_and_its_number() -> None:
    picture = ElementTree.fromstring(draw(read(FIGURES)))  # noqa: S314 - our own
    of_svg = "{http://www.w3.org/2000/svg}"
    texts = [text.text for text in picture.iter(f"{of_svg}text")]
    assert len(list(picture.iter(f"{of_svg}circle"))) == sum(len(size.values) for size in read(FIGURES)) == 9
    assert {"0.94", "0.79", "7.96", "10.22", "1.12 GiB"} <= set(texts)
    places = [float(circle.attrib["cy"]) for circle in picture.iter(f"{of_svg}circle")]
    assert places[:3] == sorted(places[:3], reverse=True), "more is higher"


@pytest.mark.parametrize(
    "values", [{"ranking": 0.02, "leave-outs": 0.04, "memory": 150.0}, {"ranking": 0.5, "leave-outs": 400.0}]
)
def test_what_is_out_of_the_usual_is_within_the_picture_too(values: dict[str, float]) -> None:
    picture = ElementTree.fromstring(draw([Size(60, values)]))  # noqa: S314 - our own
    for circle in picture.iter("{http://www.w3.org/2000/svg}circle"):
        assert 70 < float(circle.attrib["cy"]) < 320


@pytest.mark.parametrize("page", ["bench/README.md", "docs/scale.md"])
def test_the_exponent_of_leave_outs_is_the_same_wherever_it_is_told(page: str) -> None:
    measured = exponent([(CLAIMS[size.people], size.values["leave-outs"]) for size in read(FIGURES)])
    text = (ROOT / page).read_text("utf-8")
    assert f"{measured:.2f}" in text
    assert all(f"{size.values['leave-outs']:g}" in text for size in read(FIGURES))
