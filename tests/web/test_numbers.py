"""The page that says what the numbers mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from graphsvc.access.people import accounts
from graphsvc.config import Settings
from graphsvc.records.weights import SHIPPED
from graphsvc.service import Service
from graphsvc.views.measured import read_figures
from graphsvc.web import create_app


def test_it_shows_the_table_of_weights_that_is_in_use_and_where_each_value_comes_from(
    settings: Callable[..., Settings], tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[record]\nfrom = "counted on <b>closed</b> cases"\nRUNS = 0.325\n', "utf-8")
    with Service(settings(grading=own)) as service:
        accounts.add(service.database, "ann", ["analyst"], {})
        client = create_app(service).test_client()
        client.get(f"/link/{service.sign_in_link('ann', 'tests')}")
        rows = client.get("/numbers.json").get_json()["weights"]
        assert len(rows) == len(SHIPPED.rows())
        changed = [
            row for row in rows if (row["section"], row["name"], row["value"], row["from"]) not in SHIPPED.rows()
        ]
        assert changed == [
            {"section": "record", "name": "RUNS", "value": 0.325, "from": "counted on <b>closed</b> cases"}
        ]
        page = client.get("/numbers/weights").text
        assert "0.325" in page
        assert "Counted on &lt;b&gt;closed&lt;/b&gt; cases" in page
        assert "Irwin &amp; Mandel 2019" in page


def test_it_prints_false_alarms_and_power_as_they_were_measured(settings: Callable[..., Settings]) -> None:
    with Service(settings()) as service:
        accounts.add(service.database, "ann", ["analyst"], {})
        client = create_app(service).test_client()
        client.get(f"/link/{service.sign_in_link('ann', 'tests')}")
        pages = [client.get(f"/numbers/{name}").text for name in ("surges", "displacement")]
    page = re.sub(r"\s+", " ", "".join(pages))
    surges, moves = read_figures("surges"), read_figures("displacement")
    for name, rate in surges["false_alarms_a_year"].items():
        assert f'<th scope="row">{name}</th><td class="num">{rate}</td>' in page
    assert f"{surges['doublings_found']['20']['0.3']}</td>" in page
    anywhere, hands = moves["anywhere"], moves["one hand, most moved"]
    assert f"{anywhere['found']} of {anywhere['visible']}" in page
    assert f"{hands['called']} of {hands['hands']} where most are" in page
