"""What of unsealed people's rows is a sealed person's too, and ids of sources in texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graphsvc.cases.image.graphing import Graphed, graphed
from graphsvc.cases.image.standing import Deciding, standings
from graphsvc.cases.image.texts import WITHHELD
from graphsvc.names.mask import SEVERAL
from tests.service.test_texts import KEY, ON, folded

FILES = {
    "people.csv": (
        "id,name,aliases,category,sealed,phones,notes,x_seen\n"
        "P7001,Hewa Karim,Shorty,other,yes,+447911123456,,\n"
        "P7002,Ali Hassan,Shorty;The Barber,suspect,,07911 123456;+447700900111,Shorty rang; then 07911123456,Shorty\n"
        "P7003,Omar Rashid,,suspect,,,Told by CHIS-77K and by P7004.,\n"
        "P7004,Sami Nouri,,suspect,,,,\n"
    )
    .replace("Shorty rang; then", '"Shorty rang; then')
    .replace("07911123456,Shorty", '07911123456",Shorty'),
    "things.csv": "id,kind,value,name\nT7001,phone,07911 123456,\nT7002,phone,+447911123456,\n",
    "statements.csv": (
        "id,kind,source_id,taken_on,handling,summary\n"
        "ST1,record,Register of arrivals,2020-03-04,P,As chis 77k said, see the register of arrivals; police agree.\n"
        "ST-CHIS77K-2,intelligence,CHIS-77K,2020-03-05,P,Met by Raven.\n"
        "ST3,witness,P7004,2020-03-05,P,P7004 and Sami Nouri spoke.\n"
        "ST4,intelligence,Raven,2020-03-05,C,A raven flew.\n"
        "ST5,record,Police,2020-03-05,P,None.\n"
    )
    .replace("As chis", '"As chis')
    .replace("police agree.", 'police agree."'),
    "links.csv": (
        "subject_id,relation,object_id,statement_id\nP7002,ASSOCIATES_WITH,P7003,ST1\n"
        "P7002,USED,T7001,ST1\nP7001,USED,T7002,ST1\n"
    ),
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Graphed:
    return graph_of(tmp_path_factory.mktemp("values"), FILES)


def graph_of(folder: Path, files: dict[str, str]) -> Graphed:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    state = folded(folder)
    return graphed(state, KEY, standings({}, state, Deciding(KEY, ON)), few_below=3)


def node(shown: Graphed, label: str, identifier: str) -> dict[str, Any]:
    return shown.image.nodes[label][identifier]


def test_an_unsealed_persons_own_value_is_not_shown_as_somebody_elses_pseudonym(shown: Graphed) -> None:
    own = node(shown, "Person", "P7002")
    pseudonym = shown.sealed["P7001"]
    assert own["name"] == "Ali Hassan"
    assert own["aliases"] == [WITHHELD, "The Barber"]
    assert own["phones"] == [WITHHELD, "+447700900111"]
    assert node(shown, "Thing", "T7001")["value"] == WITHHELD
    # Words are no value. Both are called so: whose pseudonym it were, nothing tells.
    assert own["notes"] in [f"{SEVERAL} rang; then {told}" for told in (pseudonym, SEVERAL)]


def test_the_id_of_a_source_is_in_no_text(shown: Graphed) -> None:
    assert node(shown, "Person", "P7003")["notes"] == "Told by [withheld] and by P7004."
    assert node(shown, "Statement", "ST1")["summary"] == "As [withheld] said, see the [withheld]; police agree."
    assert all("77K" not in identifier for identifier in shown.image.nodes["Statement"])


def test_an_id_drawn_by_lot_stays_what_it_is_whatever_it_spells(tmp_path: Path) -> None:
    """Else a form would not find again what it added, one time in some hundreds."""
    drawn = "N-55HK-W1V0-SEWC"
    files = {
        "people.csv": f"id,name\nW1,Selam Bekele\n{drawn},Omar Said\n",
        "crossings.csv": "id,date\nX1,2020-05-08\n",
        "statements.csv": "id,kind,source_id\nT1,witness,W1\n",
        "links.csv": f"subject_id,relation,object_id,statement_id\nW1,CROSSED_ON,X1,T1\n{drawn},PILOTED,X1,T1\n",
    }
    assert node(graph_of(tmp_path, files), "Person", drawn)["name"] == "Omar Said"


def test_of_the_home_of_somebody_sealed_nothing_stands_in_the_graph(tmp_path: Path) -> None:
    files = {
        "people.csv": "id,name,notes\nW1,Selam Bekele,\nP1,Omar Said,Was seen near 12 Harbour Lane and at Seaview House.\n",
        "crossings.csv": "id,date\nX1,2020-05-08\n",
        "workplaces.csv": (
            "id,name,kind,address,latitude,longitude,notes,x_key\n"
            'K7001,Seaview House,dwelling,"12 Harbour Lane, Dover CT16 1AA",51.1,1.3,Blue door,under the mat\n'
            "K7002,Wash,premises,1 Dock Road,,,,\n"
        ),
        "statements.csv": "id,kind,source_id\nT1,record,\n",
        "links.csv": (
            "subject_id,relation,object_id,statement_id\nW1,LIVED_AT,K7001,T1\nW1,WORKED_AT,K7002,T1\nP1,PILOTED,X1,T1\n"
        ),
    }
    made = graph_of(tmp_path, files)
    held = repr((made.image.nodes, made.image.links, made.image.claims))
    words = ("K7001", "Seaview", "Harbour", "CT16", "51.1", "Blue door", "the mat", "Selam")
    assert [word for word in words if word in held] == []
    home = made.sealed["K7001"]
    assert node(made, "Workplace", home)["kind"] == "dwelling"
    assert made.identities[home][1]["address"] == "12 Harbour Lane, Dover CT16 1AA"
    assert node(made, "Workplace", "K7002")["address"] == "1 Dock Road"


def test_a_home_that_is_called_as_its_town_masks_no_town(tmp_path: Path) -> None:
    files = {
        "people.csv": "id,name,notes\nW1,Selam Bekele,\nP1,Omar Said,Lives in Calais\n",
        "crossings.csv": "id,date,launch_site\nX1,2020-05-08,Grande Synthe\n",
        "workplaces.csv": "id,name,kind,address\nK1,Grande Synthe,dwelling,Calais\nK2,House,dwelling,\n",
        "statements.csv": "id,kind,summary\nT1,record,Met others in Grande Synthe and at a House in Calais\n",
        "links.csv": (
            "subject_id,relation,object_id,statement_id\nW1,LIVED_AT,K1,T1\nW1,LIVED_AT,K2,T1\nP1,PILOTED,X1,T1\n"
        ),
    }
    made = graph_of(tmp_path, files)
    assert set(made.sealed) == {"W1", "K1", "K2"}
    assert node(made, "Crossing", "X1")["launch_site"] == "Grande Synthe"
    assert node(made, "Statement", "T1")["summary"] == "Met others in Grande Synthe and at a House in Calais"
    assert node(made, "Person", "P1")["notes"] == "Lives in Calais"


def test_a_source_called_by_a_word_is_found_where_the_word_is_a_name(shown: Graphed) -> None:
    told = next(one["summary"] for one in shown.image.nodes["Statement"].values() if "Met by" in one.get("summary", ""))
    assert told == "Met by [withheld]."
    assert node(shown, "Statement", "ST4")["summary"] == "A raven flew."


def test_a_witness_who_is_named_keeps_id_and_name(shown: Graphed) -> None:
    assert node(shown, "Statement", "ST3")["summary"] == "P7004 and Sami Nouri spoke."
    assert node(shown, "Person", "P7004")["name"] == "Sami Nouri"


ALIASES = {
    "people.csv": (
        "id,name,aliases,category,sealed,handling,notes\n"
        "P7001,Hewa Karim,Shorty;the doctor,other,yes,P,\n"
        "P7002,Ali Hassan,Shorty,suspect,,P,Shorty has a van.\n"
        "P7003,Omar Rashid,,suspect,,P,Shorty came by.\n"
        "P7004,Sami Nouri,Hewa Karim,suspect,,P,\n"
        "P7005,Karzan Mala,the doctor,suspect,,C,The doctor came.\n"
    ),
    "statements.csv": (
        "id,kind,taken_on,handling,summary\n"
        "ST1,intelligence,2020-03-04,P,Shorty drove.\n"
        "ST2,intelligence,2020-03-04,P,Shorty drove.\n"
        "ST3,intelligence,2020-03-04,P,Shorty drove with Hewa Karim.\n"
        "ST4,intelligence,2020-03-04,P,He met Hewa Karim.\n"
        "ST5,intelligence,2020-03-04,P,The doctor paid Shorty.\n"
    ),
    "links.csv": (
        "subject_id,relation,object_id,statement_id,handling,object_as_said\n"
        "P7002,ASSOCIATES_WITH,P7003,ST1,P,shorty\n"
        "P7003,ASSOCIATES_WITH,P7004,ST2,P,Shorty\n"
        "P7002,ASSOCIATES_WITH,P7001,ST3,P,Shorty\n"
        "P7004,ASSOCIATES_WITH,P7003,ST4,P,\n"
        "P7003,DIRECTED,P7004,ST5,P,\n"
        "P7003,DIRECTED,P7005,ST5,C,\n"
        "P7003,PAID,P7002,ST5,C,\n"
    ),
}


def test_an_alias_of_somebody_unsealed_is_nobodys_pseudonym_where_it_is_about_them(tmp_path: Path) -> None:
    shown = graph_of(tmp_path, ALIASES)
    sealed = shown.sealed["P7001"]
    said = {name: values["summary"] for name, values in shown.image.nodes["Statement"].items()}
    assert node(shown, "Person", "P7002")["notes"] == f"{SEVERAL} has a van."
    assert said["ST1"] == f"{SEVERAL} drove."
    assert [
        properties["object_as_said"] for properties, statement, *_ in shown.image.claims.values() if statement == "ST1"
    ] == [SEVERAL]
    # Where nobody of that alias is meant who stands by name, or somebody sealed is as well, it is masked as it was.
    assert node(shown, "Person", "P7003")["notes"] == f"{sealed} came by."
    assert said["ST2"] == f"{sealed} drove."
    assert said["ST3"] == f"{sealed} drove with {sealed}."
    # An alias shows no name of somebody sealed, wherever it stands.
    assert said["ST4"] == f"He met {SEVERAL}."
    assert "Hewa" not in str(shown.image.nodes) + str(shown.image.claims)
    assert "Shorty" not in str(shown.image.nodes) + str(shown.image.claims)
    # What only claims and rows under C say makes no other text under P.
    without = {
        **ALIASES,
        "links.csv": "".join(row for row in ALIASES["links.csv"].splitlines(keepends=True) if ",C," not in row),
    }
    (tmp_path / "without").mkdir()
    other = graph_of(tmp_path / "without", without)
    assert other.image.nodes["Statement"]["ST5"]["summary"] == said["ST5"] == f"{sealed} paid {sealed}."


def test_what_is_c_shows_no_name_in_a_statement_under_p(tmp_path: Path) -> None:
    """A namesake whom only a claim under C ties to a statement excuses nothing in its text."""
    tables = {
        "people.csv": (
            "id,name,category,sealed,handling\n"
            "P7001,Hewa Karim,other,yes,P\n"
            "P7002,Hewa Karim,suspect,,P\n"
            "P7003,Omar Rashid,suspect,,P\n"
            "P7004,Sami Nouri,suspect,,P\n"
        ),
        "statements.csv": "id,kind,handling,summary\nST1,intelligence,P,He met Hewa Karim.\nST2,intelligence,P,Hewa Karim paid.\n",
        "links.csv": (
            "subject_id,relation,object_id,statement_id,handling\n"
            "P7003,DIRECTED,P7004,ST1,P\n"
            "P7003,PAID,P7002,ST1,C\n"
            "P7002,PAID,P7003,ST2,P\n"
        ),
    }
    shown = graph_of(tmp_path, tables)
    said = {name: values["summary"] for name, values in shown.image.nodes["Statement"].items()}
    assert said == {"ST1": f"He met {SEVERAL}.", "ST2": "Hewa Karim paid."}
    (tmp_path / "without").mkdir()
    links = "".join(row for row in tables["links.csv"].splitlines(keepends=True) if not row.endswith(",C\n"))
    without = graph_of(tmp_path / "without", {**tables, "links.csv": links})
    assert {name: values["summary"] for name, values in without.image.nodes["Statement"].items()} == said


def test_an_interest_marks_the_claims_it_is_in_and_none_that_say_the_same(tmp_path: Path) -> None:
    """Equal claims may be one object in memory; what is told of one must not be told of the other."""
    made = graph_of(
        tmp_path,
        {
            "people.csv": "id,name,category\nP1,Ari Berg,suspect\nP2,Bo Quist,suspect\nP3,Cas Roe,witness\nP4,Dov Sand,witness\n",
            "statements.csv": "id,kind,source_id,source_grade,handling\nST1,witness,P3,2,P\nST2,witness,P4,2,P\nST3,record,,1,P\n",
            "links.csv": (
                "subject_id,relation,object_id,statement_id\nP1,DIRECTED,P2,ST1\nP1,DIRECTED,P2,ST2\nP3,RIVAL_OF,P1,ST3\n"
            ),
        },
    )
    marks = {
        statement: properties.get("interest")
        for properties, statement, *_ in made.image.claims.values()
        if statement != "ST3"
    }
    assert marks == {"ST1": "rival", "ST2": None}
    directed, *others = [row for key, row in made.image.links.items() if key[1] == "DIRECTED"]
    assert (directed["asserting"], others) == (2, [])


def test_a_text_that_one_person_holds_in_two_columns_tells_them_apart_and_one_that_two_hold_does_not(
    tmp_path: Path,
) -> None:
    files = {
        "people.csv": (
            "id,name,category,sealed,handling,x_passport,x_document,x_language\n"
            "P1,Hewa Karim,,yes,P,AB12CDE,AB12CDE,Kurdish Sorani\n"
            "P2,Omar Rashid,suspect,,P,,,Kurdish Sorani\n"
        ),
        "links.csv": "subject_id,relation,object_id,statement_id\n",
        "statements.csv": "id,kind,handling,summary\nST1,record,P,Spoke Kurdish Sorani and showed AB12CDE.\n",
    }
    (summary,) = (row["summary"] for row in graph_of(tmp_path, files).image.nodes["Statement"].values())
    assert summary.startswith("Spoke Kurdish Sorani and showed S-")
    assert "AB12CDE" not in summary
