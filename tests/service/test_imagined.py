"""A case that is not written yet, as its preview computes on it, is what the analysis reads once it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from graphsvc import simulate
from graphsvc.access.people.principal import Grant
from graphsvc.cases.image.computed import computed
from graphsvc.cases.image.graphing import Graphed
from graphsvc.ingest.check import read_case
from graphsvc.ingest.raw import Limits
from graphsvc.service import Service, quiet
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from tests.toolbox.accounts import named, people

pytestmark = pytest.mark.neo4j


@pytest.mark.slow(reason="loads an invented case")
def test_what_is_imagined_of_a_delivery_is_what_the_analysis_reads_of_it(
    service: Service, case: str, tmp_path: Path
) -> None:
    session = people(
        service, case, {"sourced": ("analyst", Grant("C", sources=True)), "plain": ("analyst", Grant("C"))}
    )
    simulate.simulate(tmp_path / "case", seed=5, people=80)
    # A case that is there, since another key would give other ids.
    shutil.copytree(tmp_path / "case", tmp_path / "first")
    links = (tmp_path / "case" / "links.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "first" / "links.csv").write_text("".join(links[:40]), "utf-8")
    session("sourced").deliveries.load(tmp_path / "first", quiet, partial=True)
    delivery = read_case(tmp_path / "case", Limits(10**8, 10**5), None, lambda *_: None)
    imagined: list[Graphed] = []
    loading: dict[str, Any] = {"progress": quiet, "compares": imagined.append}
    service.casework.load(case, "sourced", delivery, dry_run=True, **loading)
    assert session("sourced").deliveries.load(tmp_path / "case", quiet).committed
    # One after the other: what the first computed on is not what the second may know.
    for name in ("sourced", "plain"):
        reader = named(service, name)
        ask = Ask(service, reader, "tests", case)
        claims, persons, dependence = Material(ask).given()
        then = computed(imagined[0], ask.grant.claim_codes, sources=ask.grant.sources)
        assert len(claims) > 300
        assert any(claim.interest for claim in claims) or name == "plain"
        assert then.claims == claims
        assert sorted(then.persons, key=lambda person: person.id) == sorted(persons, key=lambda person: person.id)
        assert then.dependence == dependence
        assert dependence
