"""A preview lists changes to loaded rows field by field, for each reader, and warns if ids now mean other people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.errors import InputError
from graphsvc.service import Service, Session, quiet
from graphsvc.service.answers import Loaded
from graphsvc.store.image import read_image
from tests.toolbox import rows
from tests.toolbox.accounts import WHOLE, People, people

pytestmark = pytest.mark.neo4j

PSEUDONYM = re.compile(r"[SQT]-[0-9A-Z]{4}")

PEOPLE = (
    "id,name,category,phones,notes\n"
    "P1,Idris Karam,suspect,111,\n"
    "P2,Selam Bekele,victim,222,\n"
    "P3,Ana Petrou,suspect,,met Selam Bekele\n"
    "P4,Omar Said,suspect,,\n"
)
STATEMENTS = "id,kind,source_id,handling,summary\nS1,record,,P,log\nS2,witness,P2,C,told of the van\n"
NO_STATEMENTS = "id,kind,source_id,handling,summary\n"
LINKS = (
    "id,subject_id,relation,object_id,statement_id,amount,notes\n"
    "L1,P1,PAID,P3,S1,500,\n"
    "L2,P1,DIRECTED,P3,S2,,in the van\n"
    "L3,P4,DIRECTED,P1,S1,,\n"
)


NO_LINKS = "id,subject_id,relation,object_id,statement_id,amount,notes\n"


@pytest.fixture
def sessions(service: Service, case: str) -> People:
    """`ann` may see sources, `ben` may not; both may load."""
    roles = {"ann": ("analyst", WHOLE), "ben": ("analyst", Grant("C"))}
    return people(service, case, roles)


@pytest.fixture
def ann(sessions: People, tmp_path: Path) -> Session:
    """A session that has loaded the delivery once."""
    session = sessions("ann")
    assert deliver_rows(session, tmp_path).rejections == []
    return session


def deliver_rows(
    session: Session,
    folder: Path,
    persons: str = PEOPLE,
    statements: str = STATEMENTS,
    links: str = LINKS,
    *,
    dry_run: bool = False,
    other_names: bool = False,
    things: str = "id,kind,value\n",
) -> Loaded:
    target = folder / f"case{len(list(folder.iterdir()))}"
    path = rows.texts(target, people=persons, statements=statements, links=links, things=things)
    return session.deliveries.load(path, quiet, dry_run=dry_run, other_names=other_names)


def changes(loaded: Loaded) -> dict[str, dict[str, tuple[str, str]]]:
    return {f"{change.table} {change.id}": change.fields for change in loaded.changes}


def test_a_preview_says_each_field_as_it_is_and_as_it_would_be(ann: Session, tmp_path: Path) -> None:
    persons = PEOPLE.replace("Idris Karam,suspect,111", "Idris Karim,suspect,111; 333")
    loaded = deliver_rows(
        ann,
        tmp_path,
        persons,
        STATEMENTS.replace("told of the van", "told of the boat"),
        LINKS.replace("500", "700").replace("in the van", "in the boat"),
        dry_run=True,
    )
    assert changes(loaded) == {
        "statements S2": {"summary": ("told of the van", "told of the boat")},
        "links L1": {"amount": ("500", "700")},
        "links L2": {"notes": ("in the van", "in the boat")},
    }
    first_row = "\n".join(persons.splitlines()[:2]) + "\n"
    loaded = deliver_rows(ann, tmp_path, first_row, NO_STATEMENTS, NO_LINKS, dry_run=True)
    assert changes(loaded) == {"people P1": {"name": ("Idris Karam", "Idris Karim"), "phones": ("111", "111; 333")}}
    (first,) = loaded.changes
    assert str(first) == ("people P1 (people.csv, line 2): name Idris Karam -> Idris Karim; phones 111 -> 111; 333")
    assert deliver_rows(ann, tmp_path, dry_run=True).changes == []


def test_a_preview_says_of_which_statements_claims_lose_their_weight_and_the_load_bears_it_out(
    sessions: People, ann: Session, service: Service, case: str, tmp_path: Path
) -> None:
    left = LINKS.replace("L3,P4,DIRECTED,P1,S1,,\n", "").replace("notes\n", "notes,polarity\n")
    left = left.replace("S1,500,\n", "S1,500,,\n").replace("in the van\n", "in the van,withdrawn\n")

    def lost(session: Session, statements: str = STATEMENTS, links: str = LINKS) -> list[str]:
        loaded = deliver_rows(session, tmp_path, statements=statements, links=links, dry_run=True)
        return [str(weightless) for weightless in loaded.weightless]

    def counting() -> int:
        claims = (properties for properties, *_ in read_image(service.store(), case).claims.values())
        return sum(claim["status"] == "active" and claim["polarity"] != "withdrawn" for claim in claims)

    before = counting()
    assert lost(ann) == []
    assert lost(ann, links=LINKS + "L4,P4,PAID,P3,S1,9,\n") == []
    assert lost(ann, links=left) == ["S1: 1 of 2 claims loses its weight", "S2: 1 of 1 claim loses its weight"]
    assert lost(sessions("ben"), links=left) == []  # another account delivered the statements
    back = STATEMENTS.replace("summary\n", "summary,status,status_on\n").replace(
        "P,log\n", "P,log,withdrawn,2020-06-01\n"
    )
    back = back.replace("the van\n", "the van,,\n")
    assert lost(ann, back) == ["S1: 2 of 2 claims lose their weight"]
    deliver_rows(ann, tmp_path, statements=back, links=left)
    assert counting() == before - 3
    assert lost(ann, back, left) == []
    assert lost(ann) == []  # a claim delivered again gains weight


def test_of_somebody_sealed_nothing_of_what_the_vault_holds_is_told(ann: Session, tmp_path: Path) -> None:
    persons = PEOPLE.replace("Selam Bekele,victim,222", "Sara Bekele,victim,444").replace("met Selam", "saw Selam")
    loaded = deliver_rows(ann, tmp_path, persons, NO_STATEMENTS, NO_LINKS, dry_run=True)
    assert [(change.id, change.fields, change.unsaid) for change in loaded.changes] == [
        ("P2", {}, ("name", "phones")),
        ("P3", {}, ("notes",)),
    ]
    assert [str(change).partition(": ")[2] for change in loaded.changes] == [
        "name, phones change: no values are shown",
        "notes changes: no values are shown",
    ]


def test_a_preview_never_says_which_pseudonym_stands_for_a_name_or_an_id(ann: Session, tmp_path: Path) -> None:
    persons = PEOPLE.replace("Omar Said,suspect,,", "Omar Said,suspect,,rang Selam Bekele")
    statements = STATEMENTS.replace(",log", ",rang 222 and Selam Bekele")
    links = LINKS.replace("L3,P4,DIRECTED,P1,S1", "L3,P2,DIRECTED,P1,S1") + "L4,P4,PAID,P1,S1,,\n"
    all_changes = [
        *deliver_rows(ann, tmp_path, persons, NO_STATEMENTS, NO_LINKS, dry_run=True).changes,
        *deliver_rows(ann, tmp_path, persons, statements, links, dry_run=True).changes,
    ]
    assert [(change.id, change.unsaid) for change in all_changes] == [
        # Without anything under C in the files, this row is under P.
        ("P2", ()),
        ("P4", ("notes",)),
        ("S1", ("summary",)),
        ("L3", ("subject_id",)),
    ]
    assert PSEUDONYM.search(str([*all_changes, *map(str, all_changes)])) is None


def test_whether_the_name_of_somebody_sealed_was_guessed_counts_in_no_question(ann: Session, tmp_path: Path) -> None:
    people_csv = "id,name\nP1,Mehdi Vahidi\nP2,{}\nP3,Ana Petrou\n"
    differences = [
        [str(names) for names in deliver_rows(ann, tmp_path, people_csv.format(guess), dry_run=True).other_names]
        for guess in ("Selam Bekele", "Yara Haddad")
    ]
    assert differences == [[], []]


def test_a_row_of_which_only_what_is_shareable_changes_says_so(sessions: People, tmp_path: Path) -> None:
    session = sessions("ann")
    statements = "id,kind,handling\nS1,record,P\n"
    links = "subject_id,relation,object_id,statement_id\n"
    persons = "id,name,handling\nP1,Idris Karam,{}\n"
    assert deliver_rows(session, tmp_path, persons.format("C"), statements, links).committed
    (change,) = deliver_rows(session, tmp_path, persons.format("P"), statements, links, dry_run=True).changes
    assert change.fields or change.is_hidden
    assert not str(change).endswith(": ")


def test_other_names_behind_most_ids_are_confirmed_before_they_are_loaded(ann: Session, tmp_path: Path) -> None:
    people_csv = "id,name\nP1,Mehdi Vahidi\nP2,Yara Haddad\nP3,Tarek Aziz\nP4,Omar Said\nP9,Zoran Ilic\n"
    preview = deliver_rows(ann, tmp_path, people_csv, dry_run=True)
    assert [str(names) for names in preview.other_names] == [
        "Most rows of people whose ids are loaded already have another name there."
    ]
    before = ann.deliveries.list_deliveries()
    with pytest.raises(InputError, match="Most rows of people") as refused:
        deliver_rows(ann, tmp_path, people_csv)
    assert "Mehdi" not in str(refused.value)
    assert ann.deliveries.list_deliveries() == before
    assert deliver_rows(ann, tmp_path, people_csv, other_names=True).committed


def test_other_names_are_confirmed_where_the_aliases_stayed(ann: Session, tmp_path: Path) -> None:
    first = "id,name,aliases\nP1,Idris Karam,Falcon\nP2,Selam Bekele,Nine\nP4,Omar Said,Uncle\n"
    assert deliver_rows(ann, tmp_path, first).committed
    renamed = "id,name,aliases\nP1,Mehdi Vahidi,Falcon\nP2,Yara Haddad,Nine\nP4,Tarek Aziz,Uncle\n"
    with pytest.raises(InputError, match="Most rows of people"):
        deliver_rows(ann, tmp_path, renamed)
    # If the new name was an alias, or the old one becomes one, these are the same people by better names.
    first_known_as = "id,name,aliases\nP1,Falcon,Idris Karam\nP2,Yara Haddad,Selam Bekele\nP4,Uncle,Omar Said\n"
    assert deliver_rows(ann, tmp_path, first_known_as).committed


@pytest.mark.parametrize(
    "persons",
    [
        PEOPLE.replace("Idris Karam", '"Karam, Idris"')
        .replace("Selam Bekele", "ሰላም በቀለ")
        .replace("Omar Said", "عمر سعيد"),
        PEOPLE.replace("Idris Karam", "Mehdi Vahidi"),
    ],
)
def test_another_spelling_or_one_other_name_is_no_other_numbering(persons: str, ann: Session, tmp_path: Path) -> None:
    assert deliver_rows(ann, tmp_path, persons).committed


def test_who_was_unknown_so_far_may_get_a_name(sessions: People, tmp_path: Path) -> None:
    unknown = "id,name,identified\nP1,the tall one,nickname\nP2,the driver,unknown\n"
    links = "subject_id,relation,object_id,statement_id\n"
    assert deliver_rows(sessions("ann"), tmp_path, unknown, links=links).committed
    known = "id,name,identified\nP1,Idris Karam,named\nP2,Selam Bekele,named\n"
    assert deliver_rows(sessions("ann"), tmp_path, known, links=links).committed
