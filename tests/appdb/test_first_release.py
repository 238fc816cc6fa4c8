"""Every later version opens a home made with 0.1.0; that home is kept here and never made again.

The home has a list, a report and a witness statement of an invented case, a saved view, a comment and a review. It has
no graph: the service writes that from the deliveries. `master.key` is the key of this home alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from graphsvc.access.log.verify import verify
from graphsvc.config import Settings
from graphsvc.service import Service, quiet
from tests.toolbox.accounts import session

pytestmark = pytest.mark.neo4j
KEPT = Path(__file__).with_name("home_0_1_0")
CASE = "kept"
SEALED = {"S-HDCF-S3NX-T5V0", "S-J0KY-H8WT-GH90", "S-TDSX-THG8-ZRRX"}


@pytest.fixture
def home(at_server: Callable[..., Settings], tmp_path: Path) -> Settings:
    """A copy of the home made with 0.1.0."""
    home = at_server(home=tmp_path / "home", database_url="", named="part")
    home.home.mkdir(mode=0o700)
    files = {name: home.home / name for name in ("graphsvc.sqlite", "master.key", "log.anchor", "graphsvc.lock")}
    for file in files.values():
        file.touch(mode=0o600)
    with closing(sqlite3.connect(files["graphsvc.sqlite"])) as database:
        database.executescript((KEPT / "graphsvc.sql").read_text("utf-8"))
    files["master.key"].write_text((KEPT / "master.key").read_text("utf-8"), "utf-8")
    files["log.anchor"].write_bytes(bytes.fromhex((KEPT / "log.anchor.hex").read_text("utf-8")))
    return home


def test_its_case_opens_with_everything_that_was_kept(home: Settings) -> None:
    with Service(home) as service:
        ann, low = session(service, "ann", CASE), session(service, "low", CASE)
        people = [row for row in ann.ask.rows("cases.entities", whole=True).dicts() if row["kind"] == "person"]
        assert {row["id"]: row["name"] for row in people} == {
            "boss": "Ari Berg",
            "aide": "Bo Quist",
            **dict.fromkeys(SEALED),
        }
        assert low.network.entities.look("boss").values["nationality"] == "Iraq"
        assert ann.network.entities.look("aide").values.get("nationality") is None, "a row set aside"
        (view,) = ann.network.views.list_views()
        assert (view.name, ann.network.views.open(view.id).state["arranged"]) == ("the first view", {"boss": [3, 4]})
        assert [comment.text for comment in ann.network.comments.of("boss")] == ["a comment kept with 0.1.0"]
        (review,) = ann.leads.reviews.of("boss")
        assert (review.judgement, review.reason) == ("agree", "a reason that is long enough")
        assert [delivery["number"] for delivery in ann.deliveries.list_deliveries()] == [2, 1]


def test_its_log_is_as_it_was_written(home: Settings) -> None:
    with Service(home) as service:
        verified = verify(session(service, "ann", CASE).ask.home.log, quiet)
        assert verified.whole, list(verified.faults)
