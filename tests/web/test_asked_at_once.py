"""*Who is behind these* links to as many crossings as one question may include, and says if there are more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from graphsvc.service.limits import MOST_STARTS
from graphsvc.web import words

WEB = Path(words.__file__).parent
TOO_MANY = f"61, more than the {MOST_STARTS} that are asked about at once"


@pytest.fixture(scope="module")
def render_piece() -> Callable[..., str]:
    app = Flask("pieces", template_folder=str(WEB / "templates"))
    words.install(app)
    for endpoint in ("behind.behind", "network.view"):
        app.add_url_rule(f"/case/<case>/{endpoint}", endpoint, lambda case: case)

    def render(text: str, **values: object) -> str:
        with app.test_request_context():
            return render_template_string("{% import 'macros.html' as m with context %}" + text, case="demo", **values)

    return render


@pytest.mark.parametrize(("ids", "leads"), [("c1" * 40, True), (["c"] * MOST_STARTS, True), (["c"] * 61, False)])
def test_more_than_are_asked_about_at_once_are_no_link(
    render_piece: Callable[..., str], ids: str | list[str], *, leads: bool
) -> None:
    text = render_piece("{{ m.behind(case, ids, 'Who') }}", ids=ids)
    assert ("href=" in text, TOO_MANY in text) == (leads, not leads)


def test_a_large_cluster_offers_nothing_that_is_refused(render_piece: Callable[..., str]) -> None:
    source = (WEB / "linkage" / "templates" / "linked" / "cluster.html").read_text("utf-8")
    actions = source.partition('<p class="actions">')[2].partition("<a href=\"{{ url_for('linked.table'")[0]
    for number, leads in ((2, 2), (61, 0)):
        text = render_piece(actions, crossings=[{"id": f"c{place}"} for place in range(number)])
        assert text.count("href=") == leads
        assert (TOO_MANY in text) is (number > MOST_STARTS)


def test_the_first_of_very_many_launches_are_called_the_first(render_piece: Callable[..., str]) -> None:
    source = (WEB / "linkage" / "templates" / "linked" / "table.html").read_text("utf-8")
    asks = source[source.index("{{ m.behind(case, one.crossings[:") :].partition("</p>")[0]
    for number, says in ((60, "Who is behind these"), (61, f"Who is behind the first {MOST_STARTS}")):
        text = render_piece(asks, one={"crossings": [f"c{place}" for place in range(number)]})
        assert f">{says}</a>" in text
        assert text.count("id=") == MOST_STARTS
