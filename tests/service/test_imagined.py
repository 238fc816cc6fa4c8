"""A preview of a case computes from exactly the data that the analysis reads once the case is written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from graphsvc import simulate
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.ranking.moved import rank_changes
from graphsvc.cases.graph.computed import analysis_input
from graphsvc.cases.graph.graphing import Graphed
from graphsvc.ingest.check import read_case
from graphsvc.ingest.raw import Limits
from graphsvc.service import Service, quiet
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from tests.toolbox.accounts import find_account, people

pytestmark = pytest.mark.neo4j


def write_cases(folder: Path, share: float) -> None:
    """Write an invented case to `case`, and the same case with a share of its claims to `first`."""
    simulate.simulate(folder / "case", seed=5, people=80)
    shutil.copytree(folder / "case", folder / "first")
    links = (folder / "case" / "links.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "first" / "links.csv").write_text("".join(links[: int(len(links) * share)]), "utf-8")


@pytest.mark.slow(reason="loads an invented case")
def test_what_is_imagined_of_a_delivery_is_what_the_analysis_reads_of_it(
    service: Service, case: str, tmp_path: Path
) -> None:
    session = people(
        service, case, {"sourced": ("analyst", Grant("C", sources=True)), "plain": ("analyst", Grant("C"))}
    )
    write_cases(tmp_path, 0.06)  # the case must exist already, because another key would give other ids
    session("sourced").deliveries.load(tmp_path / "first", quiet, partial=True)
    delivery = read_case(tmp_path / "case", Limits(10**8, 10**5), None, lambda *_: None)
    imagined: list[Graphed] = []
    loading: dict[str, Any] = {"progress": quiet, "compares": imagined.append, "sources": True}
    service.casework.load(case, "sourced", delivery, dry_run=True, **loading)
    assert session("sourced").deliveries.load(tmp_path / "case", quiet).committed
    # One after the other, because the second reader may not see the data of the first.
    for name in ("sourced", "plain"):
        reader = find_account(service, name)
        ask = Ask(service, reader, "tests", case)
        claims, persons, dependence = Material(ask).analysis_input()
        then = analysis_input(
            imagined[0], ask.grant.claim_codes, service.register.opened_on(case), sources=ask.grant.sources
        )
        assert len(claims) > 300
        assert any(claim.interest for claim in claims) or name == "plain"
        assert then.claims == list(claims)
        assert sorted(then.persons, key=lambda person: person.id) == sorted(persons, key=lambda person: person.id)
        assert then.dependence == dependence
        assert dependence


@pytest.mark.slow(reason="loads an invented case twice over")
def test_a_preview_says_what_becomes_of_the_leads_and_the_load_bears_it_out(
    service: Service, case: str, tmp_path: Path
) -> None:
    session = people(
        service, case, {"sourced": ("analyst", Grant("C", sources=True)), "plain": ("analyst", Grant("C"))}
    )
    write_cases(tmp_path, 2 / 3)
    assert (
        session("sourced").deliveries.load(tmp_path / "first", quiet, partial=True, dry_run=True).moves == []
    )  # a new case
    session("plain").deliveries.load(tmp_path / "first", quiet, partial=True)
    # Changes to the leads need source clearance, even for the reader's own rows.
    assert session("plain").deliveries.load(tmp_path / "case", quiet, dry_run=True).moves == []
    # Read before the preview: a person whose only act is removed is sealed only if no one has read the case.
    before = session("sourced").leads.ranking()
    expected = session("sourced").deliveries.load(tmp_path / "case", quiet, dry_run=True).moves
    session("sourced").deliveries.load(tmp_path / "case", quiet)
    happened = rank_changes(before, session("sourced").leads.ranking())
    assert [(move.id, move.way, move.before, move.now) for move in expected] == [
        (move.id, move.way, move.before, move.now) for move in happened
    ]
    assert len(expected) > 5
    assert any(move.statements for move in expected)
    # The score has its reasons: a statement that made a lead rise supports it.
    risen = next(move for move in expected if move.way in ("rose", "appeared") and move.statements)
    _, why = session("sourced").leads.look(risen.id)
    assert set(risen.statements) <= {claim.statement for claim in why.claims}
    kinds = {claim.statement: claim.source_kind for claim in session("sourced")._material.analysis_input()[0]}
    assert "witness" in {kinds[statement] for move in expected for statement in move.statements}
