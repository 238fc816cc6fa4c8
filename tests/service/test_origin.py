"""Nationality, sex and ethnicity never enter a score: shuffling them among the people of a case changes nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.service import Service, Session, quiet
from graphsvc.simulate import simulate
from tests.toolbox.accounts import session
from tests.toolbox.rows import Tables, read, write

pytestmark = pytest.mark.neo4j
ORIGIN = ("nationality", "sex", "x_ethnicity")


def shuffle_origins(tables: Tables, seed: int) -> Tables:
    """The same people, each with the nationality, sex and ethnicity of someone else."""
    rng = random.Random(seed)
    people = [dict(row) for row in tables["people"]]
    for column in ORIGIN:
        values = [row.get(column, "") for row in people]
        rng.shuffle(values)
        for row, value in zip(people, values, strict=True):
            row[column] = value
    return tables | {"people": people}


def ranking_answers(session: Session) -> list[object]:
    """Everything that ranks people: leads with shares, and the claims for and against the first lead."""
    ranking = session.leads.ranking()
    first = [lead.id for lead in ranking.leads[:3]]
    return [
        ranking,
        *(session.leads.look(lead)[1] for lead in first),
        *(session.leads.questions.readings(lead) for lead in first),
        *(session.leads.questions.next(lead) for lead in first),
    ]


@pytest.mark.slow(reason="ranks and explains two cases of 150 people")
@pytest.mark.parametrize("sources", [True, False])
def test_nothing_of_the_ranking_moves(service: Service, case: str, tmp_path: Path, *, sources: bool) -> None:
    accounts.add(service.database, "ana", ["analyst"], {case: Grant("C", sources=sources)})
    reader = session(service, "ana", case)
    simulate(tmp_path / "first", seed=6, people=150)
    tables = read(tmp_path / "first")
    for number, row in enumerate(tables["people"]):
        row["x_ethnicity"] = ("one", "another", "a third")[number % 3]
    for column in ORIGIN:
        assert len({row.get(column, "") for row in tables["people"]} - {""}) > 1, column
    write(tmp_path / "one", **tables)
    assert reader.deliveries.load(tmp_path / "one", quiet).rejections == []
    before, properties = ranking_answers(reader), people(reader)
    write(tmp_path / "other", people=shuffle_origins(tables, 1)["people"])
    assert reader.deliveries.load(tmp_path / "other", quiet).rejections == []
    assert people(reader) != properties
    assert ranking_answers(reader) == before


def people(session: Session) -> list[tuple[object, ...]]:
    """Nationality and sex of everyone in the graph."""
    ids = [lead.id for lead in session.leads.ranking().leads]
    values = [session.network.entities.look(person).values for person in ids]
    return [
        (person, *(value.get(column) for column in ("nationality", "sex")))
        for person, value in zip(ids, values, strict=True)
    ]
