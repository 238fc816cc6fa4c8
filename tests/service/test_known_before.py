"""Comparisons with earlier times do not reveal that a person was in the case without any claim, like a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.vault import pseudonym
from tests.service.test_rows_set_aside import READERS, REPORT, SAID, STATEMENT, deliver, empty, place, service
from tests.service.test_waiting import Place
from tests.toolbox.rows import statement_claims

__all__ = ["empty", "place", "service"]
pytestmark = pytest.mark.neo4j
SPOKE = {"id": "x9", "name": "Zed Quark", "handling": "P"}
BOTH = [SPOKE, {"id": "z9", "name": "Yan Gold", "handling": "P"}]


def look(place: Place, name: str) -> None:
    waiting = place.as_(name).waiting
    listed = waiting.listed()
    waiting.mark_seen(listed.at, listed.version)


def speak(place: Place, folder: Path, role: str = "source_id") -> str:
    """Load a statement with the row of its source x9; return the pseudonym of x9."""
    deliver(place, folder, "ann", people=[SPOKE], statements=[{**STATEMENT, role: "x9"}], links=SAID)
    return pseudonym(place.service.register.key(place.case, create=False), "person", "x9")


@pytest.mark.parametrize("role", ["source_id", "interpreter_id"])
def test_news_of_leads_say_the_same_of_who_spoke_and_of_who_is_new(place: Place, tmp_path: Path, role: str) -> None:
    speak(place, tmp_path, role)
    for reader in READERS:
        look(place, reader)
    directed = statement_claims("R9", *(f"{x} DIRECTED {name}" for x in ("x9", "z9") for name in ("boss", "x2")))
    people = [row | {"sealed": "yes"} for row in BOTH]
    deliver(place, tmp_path, "bob", people=people, statements=[{**REPORT, "id": "R9"}], links=directed)
    for reader in READERS:
        moved = place.as_(reader).waiting.listed().moved or []
        words = [move.words.split()[0] for move in moved if move.id.startswith("S-")]
        assert words == ["appeared"] * 2, reader


def test_a_claim_known_under_c_before_is_news_for_readers_of_p(place: Place, tmp_path: Path) -> None:
    report, claims = {**REPORT, "id": "R8"}, statement_claims("R8", "x1 DIRECTED boss")
    deliver(place, tmp_path, "ann", statements=[{**report, "handling": "C"}], links=claims)
    for reader in ("low", "tom"):
        look(place, reader)
    deliver(place, tmp_path, "ann", statements=[report], links=claims)
    assert place.as_("low").waiting.listed().moved
    assert not place.as_("tom").waiting.listed().moved


def test_a_history_has_no_entry_for_what_this_reader_may_not_see(place: Place, tmp_path: Path) -> None:
    report: dict[str, Any] = {**REPORT, "id": "R5", "interpreter_id": "wit-0"}
    deliver(place, tmp_path, "ann", statements=[report], links=statement_claims("R5", "boss PAID aide"))
    deliver(place, tmp_path, "ann", statements=[{**report, "interpreter_id": "x1"}])
    deliver(place, tmp_path, "ann", statements=[{**report, "interest": "owes money"}])
    deliver(place, tmp_path, "ann", links=statement_claims("R5", "x1 SAME_AS wit-0"))
    lengths = [len(place.as_(name).deliveries.statements.history("R5")) for name in ("ann", "tom")]
    assert lengths == [4, 1]


def test_comments_and_views_show_nobody_as_seen_before(place: Place, tmp_path: Path) -> None:
    source, network = speak(place, tmp_path), place.as_("ann").network
    network.comments.add([source], "ask again about the money")
    state = {"asked": [["id", "boss"], ["add", source]], "arranged": {source: [10, 5], "boss": [3, 4]}}
    view = network.views.save(state, "mine", "", shared=True)
    carried = statement_claims("R9", "x9 CROSSED_ON C1", "z9 CROSSED_ON C1")
    deliver(place, tmp_path, "bob", people=BOTH, statements=[{**REPORT, "id": "R9"}], links=carried)
    tom = place.as_("tom").network
    assert tom.entities.look(source).values
    assert tom.comments.of(source) == []
    assert source not in tom.comments.counts()[0]
    assert source not in repr(tom.views.open(view.id).state)
    tom.views.restore(view.id, 1)
    for network in (tom, place.as_("ann").network):
        assert source not in repr(network.views.open(view.id).state)
    assert source in repr(place.as_("ann").network.views.open(view.id, 1).state)
    assert [comment.text for comment in place.as_("ann").network.comments.of(source)] == ["ask again about the money"]
