"""A belief shown as the word *some* on pages is the same word in every file, and never an invented figure."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask.testing import FlaskClient

from tests.toolbox.accounts import session
from tests.web.conftest import Site

CROSSING = "X1"


def table(client: FlaskClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text)))


def beliefs(value: Any) -> list[Any]:
    """Collect the belief of every link in plain data. The drawing is skipped: it has numbers for line widths."""
    if isinstance(value, dict):
        own = [value["belief"]] if "belief" in value else []
        return own + [each for name, item in value.items() if name != "picture" for each in beliefs(item)]
    return [each for item in value for each in beliefs(item)] if isinstance(value, list) else []


def test_the_answer_gives_the_word_in_csv_and_json_and_in_the_output_of_commands(site: Site) -> None:
    pam = site.client("pam")
    assert ">some<" in pam.get(site.address("behind", id=CROSSING)).text
    (row,) = [row for row in table(pam, site.address("behind", id=CROSSING, **{"as": "csv"})) if row["relation"]]
    assert (row["relation"], row["belief"], row["denied"]) == ("PILOTED", "some", "no")
    assert beliefs(pam.get(site.address("behind.json", id=CROSSING)).get_json()) == ["some"]
    answered = session(site.service, "pam", site.case).network.answers.behind([CROSSING])
    assert beliefs(answered.as_json()) == ["some"]
    assert [cells[answered.answer.columns.index("belief")] for cells in answered.cells] == ["some"]


def test_links_give_the_word_in_json(site: Site) -> None:
    pam = site.client("pam")
    for page, words in (
        ("entity", {"id": CROSSING}),
        ("network/link", {"subject": site.aide, "relation": "PILOTED", "object": CROSSING}),
    ):
        assert ">some<" in pam.get(site.address(page, **words)).text
        assert "some" in beliefs(pam.get(site.address(f"{page}.json", **words)).get_json())


def test_a_named_query_gives_the_word_in_its_files(site: Site) -> None:
    pam = site.client("pam")
    query = {"name": "crossings.behind", "p.crossing": CROSSING, "run": "1"}
    assert ">some<" in pam.get(site.address("query", **query)).text
    rows = table(pam, site.address("query", **query, **{"as": "csv"}))
    twin = pam.get(site.address("query.json", **query)).get_json()["result"]["rows"]
    assert "some" in {row["belief"] for row in rows}
    assert [row["belief"] for row in twin if row["belief"] == "some"]


def test_readers_with_source_clearance_have_the_figure(site: Site) -> None:
    inv = site.client("inv")
    (row,) = [row for row in table(inv, site.address("behind", id=CROSSING, **{"as": "csv"})) if row["relation"]]
    assert 0 < float(row["belief"]) < 1
    assert all(
        isinstance(each, float) for each in beliefs(inv.get(site.address("behind.json", id=CROSSING)).get_json())
    )
