"""The page of places and times, as it works without its script."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient


@pytest.fixture(scope="module")
def inv(site: Any) -> FlaskClient:
    client: FlaskClient = site.client("inv")
    return client


def rows(page: str) -> list[bool]:
    """Whether each row of the list is shown."""
    return ["hidden" not in row for row in re.findall(r"<tr data-kind[^>]*>", page)]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, ["X1", "K1"]),
        ({"from": "2020-05-08", "to": "2020-05-08"}, ["X1"]),
        ({"from": "2020-05-09"}, []),
        ({"from": "2020-05", "to": "2020-05"}, ["X1"]),
        ({"at": "<Dunkirk>"}, ["X1"]),
        ({"at": "K1"}, ["K1"]),
        ({"q": "DUNK"}, ["X1"]),
        ({"q": "nails"}, ["K1"]),
    ],
)
def test_what_is_asked_for_is_shown_on_the_page_and_given_by_its_twin(
    site: Any, inv: FlaskClient, query: dict[str, str], ids: list[str]
) -> None:
    twin = inv.get(site.address("where.json", **query)).get_json()
    assert [row["id"] for row in twin["events"]] == ids
    page = inv.get(site.address("where", **query)).text
    assert f"{len(ids)} of 2 shown" in page
    assert sum(rows(page)) == len(ids)


def test_names_are_never_markup_and_a_day_that_is_none_says_how_to_write_one(site: Any, inv: FlaskClient) -> None:
    page = inv.get(site.address("where", at='"><script>x', q="<b>")).text
    assert "<Dunkirk>" not in page
    assert "<script>x" not in page
    assert "<em>" not in page
    refused = inv.get(site.address("where", **{"from": "8th"}))
    assert refused.status_code == 400
    assert "Write it as 8 May 2020, 8/5/2020, 2020-05-08, May 2020, 2020-05 or 2020." in refused.text


def test_where_a_cohort_went_is_what_the_page_of_its_place_says(site: Any, inv: FlaskClient) -> None:
    twin = inv.get(site.address("where.json", cohort="K1")).get_json()
    assert twin["moves"] == inv.get(site.address("displacement/place.json", id="K1")).get_json()["moves"] == []
    page = inv.get(site.address("where", cohort="K1")).text
    assert "Nothing is known to have happened to it." in page
    assert '<input type="hidden" name="cohort" value="K1">' in page
    assert inv.get(site.address("where", cohort="no-such")).status_code == 404
    assert "moves" not in inv.get(site.address("where.json")).get_json()


def test_what_is_asked_of_a_cohort_stays_on_the_way_to_the_map_and_on_to_the_data(site: Any, inv: FlaskClient) -> None:
    place = inv.get(site.address("displacement/place", id="K1", day="2020-05-08")).text
    (way,) = re.findall(r'href="([^"]+)">On the map<', place)
    assert parse_qs(urlsplit(unescape(way)).query) == {"cohort": ["K1"], "day": ["2020-05-08"]}
    page = inv.get(unescape(way)).text
    (data,) = re.findall(r'data-json\s+href="([^"]+)"', page)
    twin = inv.get(unescape(data)).get_json()
    assert (
        twin["moves"] == inv.get(site.address("displacement/place.json", id="K1", day="2020-05-08")).get_json()["moves"]
    )
    (back,) = re.findall(r'href="([^"]+)">Compared with chance', page)
    assert parse_qs(urlsplit(unescape(back)).query) == {"id": ["K1"], "day": ["2020-05-08"]}
