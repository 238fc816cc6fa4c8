"""A statement that gives no one a part changes no rank, of the source (sealed or not) or of anyone else.

The folder passes through every step of a delivery, including sealing, up to the store.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from graphsvc.analysis.ranking.hubs import Ranking, rank
from graphsvc.service.evaluation.simulated_cases import read
from graphsvc.simulate import simulate
from tests.toolbox import rows

# At about this rank most people have some tie, and few were ever reviewed.
RANK = 60
FEW_BELOW = (0, 3)


def by_pseudonym(name: str) -> str:
    return f"Q-{hashlib.sha256(name.encode()).hexdigest()[:12].upper()}"


def rankings(folder: Path) -> tuple[list[Ranking], dict[str, str]]:
    """Rankings with and without source clearance, with pseudonyms of sealed people; sealed id → pseudonym."""
    case = read(folder)
    sealed = {person.id: by_pseudonym(person.id) for person in case.persons if person.sealed}
    persons = [replace(person, id=sealed.get(person.id, person.id)) for person in case.persons]
    claims = [
        replace(claim, subject=sealed.get(claim.subject, claim.subject), object=sealed.get(claim.object, claim.object))
        for claim in case.claims
    ]
    return [rank(claims, persons, case.dependence, few_below=few) for few in FEW_BELOW], sealed


def with_an_account(tables: rows.Tables, person: str) -> rows.Tables:
    """Add a statement by a person, sealed as its source: that some passenger was on that passenger's boat."""
    aboard = next(row for row in tables["links"] if row["relation"] == "CROSSED_ON" and row["subject_id"] != person)
    statement = {"id": "S99999", "kind": "witness", "source_id": person, "taken_on": "2020-06-01"}
    return tables | {
        "people": [row | {"sealed": "yes"} if row["id"] == person else row for row in tables["people"]],
        "statements": [*tables["statements"], statement],
        "links": [
            *tables["links"],
            rows.claim(aboard["subject_id"], "CROSSED_ON", aboard["object_id"], "S99999"),
        ],
    }


@pytest.mark.parametrize("seed", [2, 3])
def test_giving_a_neutral_statement_and_being_sealed_changes_nothing(seed: int, tmp_path: Path) -> None:
    simulate(tmp_path / "before", seed=seed, people=200, hard=True)
    before, sealed = rankings(tmp_path / "before")
    person = next(lead.id for lead in before[0].leads[RANK - 1 :] if lead.id not in sealed.values())
    folder = rows.write(tmp_path / "after", **with_an_account(rows.read(tmp_path / "before"), person))
    (folder / "truth.json").write_text((tmp_path / "before" / "truth.json").read_text("utf-8"), "utf-8")
    case = read(folder)
    assert person in case.witness_of.values()
    assert any(claim.statement == "S99999" for claim in case.claims)
    after, sealed_after = rankings(folder)
    assert sealed_after == sealed | {person: by_pseudonym(person)}
    for was, now in zip(before, after, strict=True):
        assert (now.verdict, now.reason) == (was.verdict, was.reason)
        leads = {lead.id: lead for lead in now.leads}
        assert leads.keys() == {sealed_after.get(lead.id, lead.id) for lead in was.leads}
        for lead in was.leads:
            name = sealed_after.get(lead.id, lead.id)
            assert leads[name] == replace(lead, id=name)
