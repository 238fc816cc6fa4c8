"""What the preview of a delivery says of rows that are loaded: field by field, and to whom; and whether others bear their ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.errors import InputError
from graphsvc.service import Loaded, Service, Session, quiet
from tests.toolbox import rows
from tests.toolbox.accounts import WHOLE, People, people

pytestmark = pytest.mark.neo4j

PEOPLE = (
    "id,name,category,phones,notes\n"
    "P1,Idris Karam,suspect,111,\n"
    "P2,Selam Bekele,victim,222,\n"
    "P3,Ana Petrou,suspect,,met Selam Bekele\n"
    "P4,Omar Said,suspect,,\n"
)
STATEMENTS = "id,kind,source_id,handling,summary\nS1,record,,P,log\nS2,witness,P2,C,told of the van\n"
LINKS = (
    "id,subject_id,relation,object_id,statement_id,amount,notes\n"
    "L1,P1,PAID,P3,S1,500,\n"
    "L2,P1,DIRECTED,P3,S2,,in the van\n"
    "L3,P4,DIRECTED,P1,S1,,\n"
)


@pytest.fixture
def sessions(service: Service, case: str) -> People:
    """`ann` knows sources, `ben` does not; both may load."""
    roles = {"ann": ("analyst", WHOLE), "ben": ("analyst", Grant("C"))}
    return people(service, case, roles)


@pytest.fixture
def ann(sessions: People, tmp_path: Path) -> Session:
    """Somebody who has loaded it once."""
    session = sessions("ann")
    assert delivered(session, tmp_path).rejections == []
    return session


def delivered(
    session: Session,
    folder: Path,
    persons: str = PEOPLE,
    statements: str = STATEMENTS,
    links: str = LINKS,
    *,
    dry_run: bool = False,
    other_names: bool = False,
) -> Loaded:
    target = folder / f"case{len(list(folder.iterdir()))}"
    path = rows.texts(target, people=persons, statements=statements, links=links)
    return session.deliveries.load(path, quiet, dry_run=dry_run, other_names=other_names)


def changes(loaded: Loaded) -> dict[str, dict[str, tuple[str, str]]]:
    return {f"{change.table} {change.id}": change.fields for change in loaded.changes}


def test_a_preview_says_each_field_as_it_is_and_as_it_would_be(ann: Session, tmp_path: Path) -> None:
    loaded = delivered(
        ann,
        tmp_path,
        PEOPLE.replace("Idris Karam,suspect,111", "Idris Karim,suspect,111; 333"),
        STATEMENTS.replace("told of the van", "told of the boat"),
        LINKS.replace("500", "700").replace("in the van", "in the boat"),
        dry_run=True,
    )
    assert changes(loaded) == {
        "people P1": {"name": ("Idris Karam", "Idris Karim"), "phones": ("111", "111; 333")},
        "statements S2": {"summary": ("told of the van", "told of the boat")},
        "links L1": {"amount": ("500", "700")},
        "links L2": {"notes": ("in the van", "in the boat")},
    }
    (first, *_) = loaded.changes
    assert str(first) == ("people P1 (people.csv, line 2): name Idris Karam -> Idris Karim; phones 111 -> 111; 333")
    assert delivered(ann, tmp_path, dry_run=True).changes == []


def test_of_somebody_sealed_nothing_of_what_the_vault_holds_is_told(ann: Session, tmp_path: Path) -> None:
    persons = PEOPLE.replace("Selam Bekele,victim,222", "Sara Bekele,victim,444").replace("met Selam", "saw Selam")
    loaded = delivered(ann, tmp_path, persons, dry_run=True)
    assert [(change.id, change.is_hidden) for change in loaded.changes] == [("P2", True), ("P3", False)]
    told = str([str(change) for change in loaded.changes])
    assert "Selam" not in told
    assert "Sara" not in told
    assert "222" not in told
    assert "saw S-" in told, "what names somebody sealed is masked, before and after"


def test_what_a_witness_says_takes_source_clearance(ann: Session, sessions: People, tmp_path: Path) -> None:
    changed = (
        PEOPLE.replace("Omar Said", "Omar Saeed").replace("Selam Bekele", "Sara Bekele"),
        STATEMENTS.replace("told of the van", "told of the boat").replace(",log", ",the log"),
        LINKS.replace("500", "700").replace("in the van", "in the boat"),
    )
    assert len(delivered(ann, tmp_path, *changed, dry_run=True).changes) == 7
    assert changes(delivered(sessions("ben"), tmp_path, *changed, dry_run=True)) == {
        "people P4": {"name": ("Omar Said", "Omar Saeed")},
        "statements S1": {"summary": ("log", "the log")},
        "links L1": {"amount": ("500", "700")},
    }


def test_other_names_behind_most_ids_are_confirmed_before_they_are_loaded(ann: Session, tmp_path: Path) -> None:
    others = "id,name\nP1,Mehdi Vahidi\nP2,Yara Haddad\nP3,Tarek Aziz\nP4,Omar Said\nP9,Zoran Ilic\n"
    preview = delivered(ann, tmp_path, others, dry_run=True)
    assert [str(names) for names in preview.other_names] == [
        "Of 4 rows of people whose ids are loaded already 3 have another name there."
    ]
    before = ann.deliveries.listed()
    with pytest.raises(InputError, match="3 have another name") as refused:
        delivered(ann, tmp_path, others)
    assert "Mehdi" not in str(refused.value)
    assert ann.deliveries.listed() == before
    assert delivered(ann, tmp_path, others, other_names=True).committed


@pytest.mark.parametrize(
    "persons",
    [
        PEOPLE.replace("Idris Karam", "Karam, Idris")
        .replace("Selam Bekele", "ሰላም በቀለ")
        .replace("Omar Said", "عمر سعيد"),
        PEOPLE.replace("Idris Karam", "Mehdi Vahidi"),
    ],
)
def test_another_spelling_or_one_other_name_is_no_other_numbering(persons: str, ann: Session, tmp_path: Path) -> None:
    assert delivered(ann, tmp_path, persons).committed


def test_who_was_unknown_so_far_may_get_a_name(sessions: People, tmp_path: Path) -> None:
    unknown = "id,name,identified\nP1,the tall one,nickname\nP2,the driver,unknown\n"
    links = "subject_id,relation,object_id,statement_id\n"
    assert delivered(sessions("ann"), tmp_path, unknown, links=links).committed
    known = "id,name,identified\nP1,Idris Karam,named\nP2,Selam Bekele,named\n"
    assert delivered(sessions("ann"), tmp_path, known, links=links).committed
