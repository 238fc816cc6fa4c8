"""i2 charts: read as a case, with the line of every fault; hostile files refused; our own charts read back whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.errors import InputError
from graphsvc.ingest.check import Delivery, read_case
from graphsvc.ingest.fold import fold
from graphsvc.ingest.i2.chart import chart_mapping, read_chart
from graphsvc.ingest.mapping import load_mapping, mapping_of
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.state import State
from graphsvc.records.charts import ENTITY_CHOICES, LINKED_AS, READ_AS, TYPES
from graphsvc.records.relations import RELATIONS
from graphsvc.records.tables import THING_KINDS
from graphsvc.views.forms import files
from graphsvc.views.picture.export import outward
from tests.views.test_forms import ABOUT, everything

LIMITS = Limits(10_000_000, 5_000, 1_000)

GRADES = """
<GradeOne><StringCollection><String Id="a" Text=""/><String Id="b" Text="1 - reliable"/><String Id="c" Text="3 - not reliable"/></StringCollection></GradeOne>
<GradeTwo><StringCollection><String Id="d" Text=""/><String Id="e" Text="Known directly"/><String Id="f" Text="5: unreliable"/></StringCollection></GradeTwo>
<GradeThree><StringCollection><String Id="g" Text=""/><String Id="h" Text="P lawful sharing"/><String Id="i" Text="C"/></StringCollection></GradeThree>
"""


def entity(identifier: str, kind: str, label: str = "", *, more: str = "", inside: str = "") -> str:
    return (
        f'<ChartItem Label="{label or identifier}" {more}>'
        f'<End X="1" Y="2" Z="0"><Entity EntityId="n-{identifier}" Identity="{identifier}" LabelIsIdentity="false">'
        f'<Icon><IconStyle Type="{kind}"><FrameStyle Colour="1"/></IconStyle></Icon></Entity></End>{inside}</ChartItem>\n'
    )


def link(subject: str, kind: str, target: str, arrow: str = "ArrowOnHead", *, more: str = "", inside: str = "") -> str:
    return (
        f'<ChartItem Label="{kind}" {more}><Link End1Id="n-{subject}" End2Id="n-{target}">{inside}'
        f'<LinkStyle Type="{kind}" ArrowStyle="{arrow}"/></Link></ChartItem>\n'
    )


def chart(*items: str, head: str = "") -> str:
    body = f"<Chart>{head}\n<ChartItemCollection>\n{''.join(items)}</ChartItemCollection></Chart>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}'


def read(folder: Path, text: str | bytes, mapping: str = "", limits: Limits = LIMITS) -> Delivery:
    path = folder / "port.anx"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_case(path, limits, mapping_of("own.toml", mapping.encode()) if mapping else None)


def rows(delivery: Delivery, table: str) -> list[dict[str, Any]]:
    return [row.values for row in delivery.rows if row.table == table]


def claims(delivery: Delivery) -> list[tuple[str, str, str]]:
    return [(row["subject_id"], row["relation"], row["object_id"]) for row in rows(delivery, "links")]


# -- what a chart is read as ------------------------------------------------------------------------------------------


def test_a_chart_becomes_a_case_with_one_statement(tmp_path: Path) -> None:
    delivery = read(
        tmp_path,
        chart(
            entity("Ari Berg", "Man", more='Description="tall"', inside=(
                '<AttributeCollection><Attribute AttributeClass="Nationality" Value="NL"/>'
                '<Attribute AttributeClass="Shoe size" Value="44"/></AttributeCollection>')),
            entity("sea-1", "Dinghy", "Sea Star"),
            entity("x1", "Crossing", "Dunkirk beach", more='DateSet="true" TimeSet="true" DateTime="2020-05-08T04:30:00.000"'),
            entity("canal", "OCG", "The Canal gang"),
            entity("wash", "Business", "Hand Car Wash"),
            entity("+44 7700 900200", "Mobile Phone"),
            link("Ari Berg", "piloted", "x1", more='DateSet="true" TimeSet="false" DateTime="2020-05-08T00:00:00.000"'),
            link("Ari Berg", "User", "+44 7700 900200"),
            link("Ari Berg", "Controls", "wash", inside='<CardCollection><Card Summary="Report 7" Text="seen there"/></CardCollection>'),
        ),
    )  # fmt: skip
    assert delivery.rejections == []
    (person,) = rows(delivery, "people")
    assert (person["id"], person["name"], person["nationality"], person["x_shoe_size"], person["notes"]) == (
        "Ari Berg", "Ari Berg", "NL", "44", "tall",
    )  # fmt: skip
    assert rows(delivery, "boats")[0]["name"] == "Sea Star"
    (crossing,) = rows(delivery, "crossings")
    assert (crossing["date"], crossing["launch_site"]) == ("2020-05-08T04:30Z", "Dunkirk beach")
    assert rows(delivery, "gangs")[0]["name"] == "The Canal gang"
    (thing,) = rows(delivery, "things")
    assert (thing["kind"], thing["value"]) == ("phone", "+44 7700 900200")
    assert claims(delivery) == [
        ("Ari Berg", "PILOTED", "x1"), ("Ari Berg", "USED", "+44 7700 900200"), ("Ari Berg", "CONTROLS", "wash"),
    ]  # fmt: skip
    assert rows(delivery, "links")[0]["from_date"] == "2020-05-08"
    assert rows(delivery, "links")[2]["notes"] == "Report 7: seen there"
    (statement,) = rows(delivery, "statements")
    assert (statement["kind"], statement["handling"], statement.get("source_grade")) == ("intelligence", "C", None)
    assert {row["statement_id"] for row in rows(delivery, "links")} == {statement["id"]}
    # The same file gives the same statement id; another file gives another id.
    assert rows(read(tmp_path, chart(entity("a", "Person"))), "statements")[0]["id"] != statement["id"]


def test_direction_follows_the_arrow_and_what_the_relation_takes(tmp_path: Path) -> None:
    people = [entity("a", "Person"), entity("b", "Person"), entity("x", "Crossing", "8 May 2020, Dunkirk")]
    delivery = read(
        tmp_path,
        chart(
            *people,
            link("a", "gave instructions to", "b"),
            link("a", "gave instructions to", "b", "ArrowOnTail"),
            link("a", "friend", "b", "ArrowNone"),
            # A crossing pilots no one: drawn from its object, the link is turned round.
            link("x", "piloted", "a"),
        ),
    )
    assert claims(delivery) == [
        ("a", "DIRECTED", "b"), ("b", "DIRECTED", "a"), ("a", "ASSOCIATES_WITH", "b"), ("a", "PILOTED", "x"),
    ]  # fmt: skip


def test_grades_of_3x5x2_are_kept_and_others_not_guessed_at(tmp_path: Path) -> None:
    people = entity("a", "Person") + entity("b", "Person")
    graded = [
        link("a", "paid", "b", more='GradeOneIndex="1" GradeTwoIndex="1" GradeThreeIndex="1"'),
        link("b", "paid", "a", inside='<CardCollection><Card Summary="x" GradeOneIndex="2" GradeTwoIndex="2" GradeThreeIndex="2"/></CardCollection>'),
        link("a", "owes", "b", more='GradeOneIndex="0" GradeTwoIndex="0" GradeThreeIndex="0"'),
    ]  # fmt: skip
    delivery = read(tmp_path, chart(people, *graded, head=GRADES))
    grades = [(row.get("assessment"), row.get("handling")) for row in rows(delivery, "links")]
    assert grades == [("A", None), (None, "C"), (None, None)]
    (statement,) = rows(delivery, "statements")
    # The statement is graded like the most cautious link, and is P only if all links are.
    assert (statement["source_grade"], statement["handling"]) == ("3", "C")
    assert delivery.chart is not None
    assert delivery.chart.graded == 2
    all_open = read(tmp_path, chart(people, graded[0], head=GRADES))
    assert rows(all_open, "statements")[0]["handling"] == "P"


def test_what_an_entity_or_any_card_is_graded_c_is_in_no_p_row(tmp_path: Path) -> None:
    shared, closed = 'GradeThreeIndex="1"', 'GradeThreeIndex="2"'
    people = [
        entity("a", "Person", more=closed),
        entity("b", "Person", inside=f'<CardCollection><Card Summary="x"/><Card Summary="y" {closed}/></CardCollection>'),
        entity("c", "Person", more=shared),
        entity("d", "Person"),
    ]  # fmt: skip
    links = [link("c", "paid", "d", more=shared), link("a", "paid", "c", more=shared)]
    delivery = read(tmp_path, chart(*people, *links, head=GRADES))
    assert [row.get("handling") for row in rows(delivery, "people")] == ["C", "C", None, None]
    assert rows(delivery, "statements")[0]["handling"] == "P"
    assert fold(State(), 1, delivery.rows, delivery.columns, partial=False).rejections == []
    cards = f'<CardCollection><Card Summary="x" {shared}/><Card Summary="y" {closed}/></CardCollection>'
    closed_card = read(tmp_path, chart(*people, *links, link("c", "owes", "d", more=shared, inside=cards), head=GRADES))
    assert [row.get("handling") for row in rows(closed_card, "links")] == [None, None, "C"]
    assert rows(closed_card, "statements")[0]["handling"] == "C"
    assert fold(State(), 1, closed_card.rows, closed_card.columns, partial=False).rejections == []


def test_an_entity_graded_by_another_scheme_is_in_no_p_row(tmp_path: Path) -> None:
    words = (
        '<GradeThree><StringCollection><String Text="P"/><String Text="RESTRICTED"/></StringCollection></GradeThree>'
    )
    people = entity("a", "Person", more='GradeThreeIndex="1"') + entity("b", "Person")
    delivery = read(tmp_path, chart(people, link("b", "paid", "b", more='GradeThreeIndex="0"'), head=words))
    assert rows(delivery, "statements")[0]["handling"] == "P"
    assert [row.get("handling") for row in rows(delivery, "people")] == ["C", None]


def test_marks_of_a_person_fill_their_columns_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    def person(**columns: str) -> str:
        marks = "".join(
            f'<Attribute AttributeClass="{name.replace("_", " ").capitalize()}" Value="{value}"/>'
            for name, value in columns.items()
        )
        return entity("a", "Person", inside=f"<AttributeCollection>{marks}</AttributeCollection>")

    for given_marks, read_as in (
        ({"sealed": "yes"}, {"sealed": "yes"}),
        ({"category": "victim@2020-05"}, {"category": ["victim@2020-05"]}),
        ({"age_disputed": "yes", "date_of_birth": "2013"}, {"age_disputed": "yes", "date_of_birth": "2013"}),
    ):
        (row,) = rows(read(tmp_path, chart(person(**given_marks))), "people")
        assert {name: row.get(name) for name in read_as} == read_as
    for unknown in ({"sealed": "perhaps"}, {"category": "minor"}, {"date_of_birth": "03/02/2013"}):
        (rejection,) = read(tmp_path, chart(person(**unknown))).rejections
        assert (rejection.column, rejection.may_mark, rejection.row_id) == (*unknown, True, "a")
    for first, second in (
        ({"date_of_birth": "1990"}, {"date_of_birth": "2013"}),
        ({"age_disputed": "no"}, {"age_disputed": "yes"}),
        ({"category": "suspect"}, {"category": "victim"}),
        ({"sealed": "no"}, {"sealed": "yes"}),
    ):
        with pytest.raises(
            InputError, match=f"lines 4 and 5: two items of one identity have a different {[*first].pop()}"
        ):
            read(tmp_path, chart(person(**first), person(**second)))
    # Cells missing in one row are filled from the other.
    (both,) = rows(read(tmp_path, chart(person(sex="male"), person(sealed="yes"))), "people")
    assert (both["sex"], both["sealed"]) == ("male", "yes")


@pytest.mark.parametrize(
    ("name", "value", "read_as"),
    [
        *((name, "2013-02-03", {"date_of_birth": "2013-02-03"}) for name in ("DOB", "D.O.B.", "Birth date", "Born")),
        *((name, "Yes", {"sealed": "yes"}) for name in ("Minor", "Victim", "Is victim?", "Protected", "Child witness")),
        ("Age", "13", {"sealed": "yes"}),
        ("Age (years)", "about 17", {"sealed": "yes"}),
        ("Categories", "victim@2020-05", {"category": ["victim@2020-05"]}),
        *((name, "2012", {"date_of_birth": "2012"}) for name in ("Year of birth", "YOB", "DOB (est.)", "Claimed DOB")),
        *(
            (name, "Yes", {"sealed": "yes"})
            for name in ("Age dispute", "Under 18", "UASC", "Trafficked", "Minors", "U18")
        ),
        *(("Age", value, {"sealed": "yes"}) for value in ("under 18", "&lt;18", "sixteen", "17-19")),
        *(
            (name, value, {"sealed": "yes"})
            for name, value in (("Role", "victim"), ("Status", "Child"), ("Aged", "13"))
        ),
        *((name, value, {"sealed": "yes"}) for name in ("Adult", "Over 18") for value in ("No", "disputed", "unknown")),
        *((name, "yes", {"sealed": "yes"}) for name in ("IsMinor", "isVictim", "VictimStatus", "Under18", "NRM")),
        *((name, "2012", {"date_of_birth": "2012"}) for name in ("BirthYear", "Date and place of birth")),
        *(("Role", value, {"sealed": "yes"}) for value in ("kid", "Young person", "15 year old male", "U-18")),
        *(
            ("Role", value, {"sealed": "yes"})
            for value in ("Child victim of trafficking", "aged 15", "babies", "under 16")
        ),
        *((name, "yes", {"sealed": "yes"}) for name in ("isvictim", "ischild", "isunder18", "Under 16", "PVoT")),
        *((name, "yes", {"sealed": "yes"}) for name in ("Non-adult", "Juv", "Safeguarding", "MSHT", "Mineur", "CHIS")),
        ("D O B", "2012-01-01", {"date_of_birth": "2012-01-01"}),
        ("Years old", "16", {"sealed": "yes"}),
        ("Years old", "36", {}),
        ("18+", "no", {"sealed": "yes"}),
        ("18+", "yes", {}),
        *(("Status", value, {"sealed": "yes"}) for value in ("VoT", "forced labour", "age: 16", "U/18", "YP")),
        *(("Status", value, {"sealed": "yes"}) for value in ("under eighteen", "less than 18", "sixteen years old")),
        *(("Role", value, {"sealed": "yes"}) for value in ("Injured party", "Complainant", "CHIS", "Informant")),
        ("Description", "male, 16", {"sealed": "yes"}),
        ("Description", "male, 36", {}),
        *((name, "2012", {"date_of_birth": "2012"}) for name in ("dateofbirth", "YEAROFBIRTH")),
        ("AGEBAND", "13-17", {"sealed": "yes"}),
        ("Age", "0", {"sealed": "yes"}),
        ("Agency", "Border Force", {"x_agency": "Border Force"}),
        ("Over 18", "Yes", {"x_over_18": "Yes"}),
        ("Under 18", "No", {"x_under_18": "No"}),
        ("Age contested", "no", {"x_age_contested": "no"}),
        ("Country of birth", "Iraq", {"x_country_of_birth": "Iraq"}),
        ("Remarks", "was seen with a child at the port", {"x_remarks": "was seen with a child at the port"}),
        ("Victim", "no", {"x_victim": "no"}),
        ("Age", "31", {"x_age": "31"}),
    ],
)
def test_an_attribute_that_may_mark_a_person_is_a_mark_by_whatever_usual_name(
    tmp_path: Path, name: str, value: str, read_as: dict[str, Any]
) -> None:
    inside = f'<AttributeCollection><Attribute AttributeClass="{name}" Value="{value}"/></AttributeCollection>'
    (row,) = rows(read(tmp_path, chart(entity("a", "Person", inside=inside))), "people")
    assert {column: row.get(column) for column in read_as} == read_as


@pytest.mark.parametrize(
    "name",
    ["Child", "Victim", "Unaccompanied minor", "Witness", "Witness (protected)", "Girls", "Minors", "Under 18", "UASC"],
)
def test_a_person_of_a_type_that_may_mark_them_is_sealed(tmp_path: Path, name: str) -> None:
    types = f'[chart.entities]\n"{name}" = "person"\n'
    (sealed, plain) = rows(read(tmp_path, chart(entity("a", name), entity("b", "Man")), types), "people")
    assert (sealed["sealed"], plain.get("sealed")) == ("yes", None)


@pytest.mark.parametrize("where", ["label", "attribute"])
def test_so_does_its_label_or_an_attribute(tmp_path: Path, where: str) -> None:
    items = [entity("a", "Person"), entity("b", "Person"), entity("e", "Incident", "8 May 2020")]
    attribute = '<AttributeCollection><Attribute AttributeClass="Role" Value="Victim"/></AttributeCollection>'
    plain = link("a", "Associate", "e")
    labelled = plain.replace('Label="Associate"', 'Label="Victim"')
    tie = labelled if where == "label" else link("a", "Associate", "e", inside=attribute)
    delivery = read(tmp_path, chart(*items, tie), '[chart.entities]\nIncident = "crossing"\n')
    assert [row.get("sealed") for row in rows(delivery, "people")] == ["yes", None]
    assert all("Victim" not in row.get("notes", "") for row in rows(delivery, "links"))


@pytest.mark.parametrize("name", ["Victim", "Witness", "is victim of"])
def test_a_link_that_may_mark_somebody_seals_the_people_at_its_ends_and_is_not_called_so(
    tmp_path: Path, name: str
) -> None:
    items = [entity("a", "Person"), entity("b", "Person"), entity("e", "Incident", "8 May 2020")]
    text = chart(*items, link("a", name, "e"), link("b", "paid", "a"))
    delivery = read(tmp_path, text, '[chart.entities]\nIncident = "crossing"\n')
    assert [row.get("sealed") for row in rows(delivery, "people")] == ["yes", None]
    assert {row["relation"] for row in rows(delivery, "links")} == {"X_LINK", "PAID"}


def test_where_every_item_bears_the_first_grade_nothing_is_graded(tmp_path: Path) -> None:
    words = '<GradeOne><StringCollection><String Text="1 reliable"/></StringCollection></GradeOne>'
    words += '<GradeThree><StringCollection><String Text="P"/></StringCollection></GradeThree>'
    bare = link("a", "paid", "a", more='GradeOneIndex="0" GradeThreeIndex="0"')
    delivery = read(tmp_path, chart(entity("a", "Person"), bare, head=words))
    (statement,) = rows(delivery, "statements")
    assert (statement.get("source_grade"), statement["handling"]) == (None, "C")


def test_types_that_are_not_known_are_named_by_line_with_the_way_out(tmp_path: Path) -> None:
    text = chart(
        entity("a", "Person"), entity("rig", "Lorry firm"), link("a", "Answers to", "a"), link("a", "Подчинён", "a")
    )
    delivery = read(tmp_path, text)
    (unknown,) = delivery.rejections
    assert str(unknown) == (
        "port.anx, line 5, column type, value 'Lorry firm': nobody has said what this type is: choose it in the preview,"
        " or name it in a mapping under [chart.entities]"
    )
    # A link of another type is kept, and no score uses it.
    assert claims(delivery)[0][1] == "X_ANSWERS_TO"
    assert claims(delivery)[1][1].startswith("X_")
    assert delivery.chart is not None
    assert [(kind.name, kind.items, kind.read_as, kind.chosen) for kind in delivery.chart.entities] == [
        ("Person", 1, "person", True), ("Lorry firm", 1, "", False),
    ]  # fmt: skip
    assert not any(kind.chosen for kind in delivery.chart.links)
    assert sum(delivery.read.values()) == len(delivery.rows) + len(delivery.rejections)
    chosen = chart_mapping(
        {"Lorry firm": "workplace"}, {"Answers to": "DIRECTED", "Подчинён": "ignore"}, {"id": "S7", "handling": "P"}
    )
    corrected = read(tmp_path, text, chosen)
    assert corrected.rejections == []
    assert rows(corrected, "workplaces")[0]["id"] == "rig"
    assert claims(corrected) == [("a", "DIRECTED", "a")]
    assert (rows(corrected, "statements")[0]["id"], rows(corrected, "statements")[0]["handling"]) == ("S7", "P")
    assert corrected.chart is not None
    assert corrected.chart.ignored == 1


def test_what_is_left_out_takes_its_links_along_and_text_is_counted(tmp_path: Path) -> None:
    note = '<ChartItem Label="a note"><TextBlock/></ChartItem>'
    text = chart(entity("a", "Person"), entity("s", "Sticker"), link("a", "Stuck to", "s"), note)
    delivery = read(tmp_path, text, '[chart.entities]\n"Sticker" = "ignore"\n')
    assert delivery.rejections == []
    assert claims(delivery) == []
    assert delivery.chart is not None
    assert (delivery.chart.ignored, delivery.chart.others) == (2, 1)


def test_one_identity_of_two_kinds_is_two_and_of_one_kind_one(tmp_path: Path) -> None:
    delivery = read(
        tmp_path,
        chart(entity("Berg", "Person"), entity("Berg", "Company"), entity("Cor", "Person"), entity("Cor", "Person")),
    )
    assert [row["id"] for row in rows(delivery, "people")] == ["Berg (person)", "Cor"]
    assert [row["id"] for row in rows(delivery, "workplaces")] == ["Berg (workplace)"]
    # Names that look the same count as the same.
    alike = read(tmp_path, chart(entity("Jos\u00e9", "Person"), entity("Jose\u0301\u200b", "Person")))
    assert ([row["id"] for row in rows(alike, "people")], alike.rejections) == (["Jos\u00e9"], [])
    # A pseudonym from another home is not a pseudonym here.
    sealed = read(tmp_path, chart(entity("S-7K3Q-X2MD-0A9B", "Person")))
    assert (rows(sealed, "people")[0]["id"], sealed.rejections) == ("S.7K3Q.X2MD.0A9B", [])


def test_what_is_told_of_one_entity_in_several_places_is_all_kept(tmp_path: Path) -> None:
    def phone(number: str) -> str:
        attribute = f'<Attribute AttributeClass="Phones" Value="{number}"/>'
        return f"<AttributeCollection>{attribute}</AttributeCollection>"

    first = entity("Ash", "Man", more='Description="tall"', inside=phone("111"))
    again = entity("Ash", "Man", "Ashraf", more='Description="limps"', inside=phone("222"))
    delivery = read(tmp_path, chart(first, entity("Berg", "Man"), again, first))
    assert rows(delivery, "people")[0] == {
        "id": "Ash",
        "name": "Ash",
        "aliases": ["Ashraf"],
        "phones": ["111", "222"],
        "notes": "tall · limps",
        "statement_id": rows(delivery, "statements")[0]["id"],
    }
    assert [row["id"] for row in rows(delivery, "people")] == ["Ash", "Berg"]


def date_attributes(text: str, timed: str = "true") -> str:
    return f'DateSet="true" TimeSet="{timed}" DateTime="{text}"'


def test_a_date_of_a_card_that_is_not_that_of_its_item_is_in_the_notes(tmp_path: Path) -> None:
    cards = (
        f'<Card Summary="Report 7" Text="seen there" {date_attributes("2020-05-08T00:00:00.000", "false")}/>'
        f'<Card Text="again" {date_attributes("2020-05-09T00:00:00.000", "false")}/><Card Text="undated"/>'
        f'<Card {date_attributes("2020-05-10T04:30:00.000")}/><Card Text="that day too" {date_attributes("2020-05-08T00:00:00.000", "false")}/>'
    )
    inside = f"<CardCollection>{cards}</CardCollection>"
    people = entity("a", "Person", inside=inside), entity("b", "Person")
    drawn = date_attributes("2020-01-01T00:00:00.000", "false")
    delivery = read(
        tmp_path,
        chart(*people, link("a", "paid", "b", inside=inside), link("b", "paid", "a", inside=inside, more=drawn)),
    )
    further = ["2020-05-09: again", "undated", "2020-05-10T04:30Z", "that day too"]
    first, second = rows(delivery, "links")
    assert (first["from_date"], first["notes"].split(" · ")) == ("2020-05-08", ["Report 7: seen there", *further])
    named = ["2020-05-08: Report 7: seen there", *further[:3], "2020-05-08: that day too"]
    assert (second["from_date"], second["notes"].split(" · ")) == ("2020-01-01", named)
    # The row of a person has no date.
    (person, _) = rows(delivery, "people")
    assert person["notes"].split(" · ") == named
    (crossing,) = rows(read(tmp_path, chart(entity("x", "Crossing", inside=inside))), "crossings")
    assert (crossing["date"], crossing["notes"].split(" · ")) == ("2020-05-08", ["Report 7: seen there", *further])
    (person,) = rows(read(tmp_path, chart(entity("a", "Person", more=f'{drawn} Description="tall"'))), "people")
    assert person["notes"] == "2020-01-01: tall"


@pytest.mark.parametrize(
    ("at", "date"),
    [
        ("2020-05-08T04:30:09.000", "2020-05-08T04:30:09Z"),
        ("2020-05-08T04:30:00.000", "2020-05-08T04:30Z"),
        ("2020-05-08T04:30", "2020-05-08T04:30Z"),
    ],
)
def test_a_time_keeps_its_seconds_and_is_taken_as_utc(tmp_path: Path, at: str, date: str) -> None:
    zone = '<TimeZone UniqueID="30" Name="Central European Time"/>'
    people = entity("a", "Person"), entity("b", "Person")
    delivery = read(tmp_path, chart(*people, link("a", "paid", "b", more=date_attributes(at), inside=zone)))
    assert [row["from_date"] for row in rows(delivery, "links")] == [date]
    label = f"8 May 2020, {date[11:-1]} UTC, Dunkirk"
    delivery = read(tmp_path, chart(entity("x", "Crossing", label)))
    assert [(row["date"], row["launch_site"]) for row in rows(delivery, "crossings")] == [(date, "Dunkirk")]


def test_references_stand_for_names(tmp_path: Path) -> None:
    head = (
        '<EntityTypeCollection><EntityType Id="t1" Name="Person"/></EntityTypeCollection>'
        '<LinkTypeCollection><LinkType Id="t2" Name="paid"/></LinkTypeCollection>'
        '<AttributeClassCollection><AttributeClass Id="t3" Name="Sex"/></AttributeClassCollection>'
    )
    people = "".join(
        f'<ChartItem Label="{name}"><End Id="e-{name}"><Entity Identity="{name}"><Icon><IconStyle EntityTypeReference="t1"/></Icon>'
        '</Entity></End><AttributeCollection><Attribute AttributeClassReference="t3" Value="m"/></AttributeCollection></ChartItem>'
        for name in "ab"
    )  # fmt: skip
    tie = '<ChartItem><Link End1Reference="e-a" End2Reference="e-b"><LinkStyle LinkTypeReference="t2" ArrowStyle="ArrowOnHead"/></Link></ChartItem>'
    delivery = read(tmp_path, chart(people, tie, head=head))
    assert claims(delivery) == [("a", "PAID", "b")]
    assert {row["sex"] for row in rows(delivery, "people")} == {"m"}


def test_utf16_is_read_as_well(tmp_path: Path) -> None:
    text = chart(entity("محمد", "Person")).replace("utf-8", "utf-16")
    assert rows(read(tmp_path, text.encode("utf-16")), "people")[0]["id"] == "محمد"


# -- what the palettes of charts come with ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "tie", "target", "relation"),
    [
        ("Person", "Lives at", "Address", "LOCATED_AT"),
        ("Person", "Resident", "House", "LOCATED_AT"),
        ("Person", "Lives at", "Hotel", "LIVED_AT"),
        ("Person", "Seen at", "Location", "LOCATED_AT"),
        ("Person", "Seen at", "Hotel", "X_SEEN_AT"),
        ("Person", "Employee", "Car Wash", "WORKED_AT"),
        ("Person", "Employee", "Organization", "X_EMPLOYEE"),
        ("Person", "Member of", "Organization", "X_MEMBER_OF"),
        ("Person", "Owner", "Hotel", "CONTROLS"),
        ("Person", "Owner", "Car", "USED"),
        ("Person", "Owner", "Account", "USED"),
        ("Person", "Owner", "Vessel", "X_OWNER"),
        ("Organization", "Owner", "Organization", "X_OWNER"),
        ("Company", "Owns", "Company", "X_OWNS"),
        ("Organised Crime Group", "Owner", "Car Wash", "CONTROLS"),
        ("Person", "Subscriber", "Phone", "USED"),
        ("Phone", "Telephone Call", "Phone", "CONTACTED"),
        ("Company", "Transaction", "Person", "X_TRANSACTION"),
        ("Person", "Associate", "Organization", "X_ASSOCIATE"),
        ("Person", "Travelled on", "Flight", "X_TRAVELLED_ON"),
        ("Person", "Suspect in", "Event", "X_SUSPECT_IN"),
        ("Person", "Victim of", "Incident", "X_LINK"),
        ("Vessel", "Used on", "Landing", "USED_ON"),
    ],
)
def test_no_usual_triple_of_a_palette_is_refused(
    tmp_path: Path, subject: str, tie: str, target: str, relation: str
) -> None:
    dated = 'DateSet="true" TimeSet="false" DateTime="2020-05-08T00:00:00.000"' if target == "Landing" else ""
    text = chart(entity("a", subject), entity("b", target, more=dated), link("a", tie, "b"))
    delivery = read(tmp_path, text)
    report = fold(State(), 1, delivery.rows, delivery.columns, partial=False)
    assert (delivery.rejections, report.rejections) == ([], [])
    assert claims(delivery) == [("a", relation, "b")]


def test_a_link_that_fits_no_ends_of_its_relation_keeps_its_word_and_is_counted(tmp_path: Path) -> None:
    things = entity("Ash", "Person"), entity("KX1", "Car"), entity("yard", "Shop"), entity("team", "Organization")
    owns = link("Ash", "Owner", "KX1"), link("Ash", "Owner", "yard"), link("Ash", "Owner", "KX1", "ArrowOnTail")
    delivery = read(tmp_path, chart(*things, *owns, link("team", "Owner", "KX1")))
    assert delivery.chart is not None
    assert [(tie.read_as, tie.otherwise) for tie in delivery.chart.links] == [
        ("CONTROLS", {"USED": 2, "X_OWNER": 1}),
    ]
    assert claims(delivery) == [
        ("Ash", "USED", "KX1"), ("Ash", "CONTROLS", "yard"), ("Ash", "USED", "KX1"), ("team", "X_OWNER", "KX1"),
    ]  # fmt: skip
    assert [row.get("notes") for row in rows(delivery, "links")] == ["Owner", None, "Owner", None]
    # The user's choice for a link type applies wherever the ends allow it.
    chosen = read(tmp_path, chart(*things, *owns), '[chart.links]\n"Owner" = "CONTROLS"\n')
    assert {relation for _, relation, _ in claims(chosen)} == {"CONTROLS", "USED"}


def test_two_links_of_one_relation_between_two_are_one_claim_that_says_what_both_say(tmp_path: Path) -> None:
    ends = entity("Ash", "Person"), entity("KX1", "Car"), entity("Ben", "Person")
    ties = link("Ash", "User", "KX1"), link("Ash", "Owner", "KX1"), link("Ash", "User", "KX1")
    family = link("Ash", "brother", "Ben", more='Description="half brother"'), link("Ash", "family", "Ben")
    equal = link("Ben", "User", "KX1"), link("Ben", "User", "KX1")
    calls = link("Ash", "calls", "Ben", more='Description="short"'), link("Ash", "calls", "Ben")
    delivery = read(tmp_path, chart(*ends, *ties, *family, *equal, *calls))
    report = fold(State(), 1, delivery.rows, delivery.columns, partial=False)
    assert report.rejections == []
    assert [(row["relation"], row.get("notes")) for row in rows(delivery, "links")] == [
        ("USED", "Owner"),
        ("RELATED_TO", "half brother"),
        ("USED", None),
        ("USED", None),
        ("CONTACTED", "short"),
        ("CONTACTED", None),
    ]
    assert (report.counts["links"].duplicate, report.counts["links"].added) == (1, 5)


def test_an_end_nobody_has_said_the_kind_of_changes_no_relation(tmp_path: Path) -> None:
    delivery = read(tmp_path, chart(entity("a", "Person"), entity("b", "Sticker"), link("a", "Owner", "b")))
    assert claims(delivery) == [("a", "CONTROLS", "b")]
    assert delivery.chart is not None
    assert delivery.chart.links[0].otherwise == {}


def test_an_event_is_a_crossing_where_all_of_them_have_a_day_and_the_ties_of_one(tmp_path: Path) -> None:
    dated = 'DateSet="true" TimeSet="false" DateTime="2020-05-08T00:00:00.000"'
    people = entity("a", "Person"), entity("b", "Vessel")
    night = entity("night", "Event", more=dated)
    crossing = read(tmp_path, chart(*people, night, link("a", "organised", "night"), link("b", "Used on", "night")))
    assert [row["date"] for row in rows(crossing, "crossings")] == ["2020-05-08"]
    assert claims(crossing) == [("a", "ORGANISED", "night"), ("b", "USED_ON", "night")]
    for more_links in (
        (link("a", "Suspect in", "night"),),
        (link("a", "organised", "night"), entity("raid", "Event")),
        (link("a", "organised", "night"), entity("raid", "Event", more=dated), link("a", "Suspect in", "raid")),
    ):
        event = read(tmp_path, chart(*people, night, *more_links))
        assert event.rejections == []
        assert {row["kind"] for row in rows(event, "things")} == {"document"}
    chosen = read(tmp_path, chart(*people, night), '[chart.entities]\n"Event" = "crossing"\n')
    assert len(rows(chosen, "crossings")) == 1


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<Chart><ChartItemCollection>", "port.anx, line 1 is no XML"),
        ("<Chart>\n\n<a></b></Chart>", "port.anx, line 3 is no XML"),
        ("<html><Chart/></html>", "line 1 begins with <html> and not with <Chart>"),
        ('<!DOCTYPE Chart [<!ENTITY a "b">]><Chart/>', "declares a document type or entities"),
        ("<!DOCTYPE Chart><Chart/>", "declares a document type or entities"),
        ('<!DOCTYPE Chart SYSTEM "http://127.0.0.1:9/x.dtd"><Chart/>', "declares a document type or entities"),
        ("<Chart>" + "<a>" * 100 + "</a>" * 100 + "</Chart>", "nests deeper than any chart"),
        ("<Chart>" + '<ChartItem Label="x"/>' * 1_001 + "</Chart>", "has more than 1,000 items: split it into several deliveries, and load each after the first with --partial"),
        ('<?xml version="1.0" encoding="no-such"?><Chart/>', "port.anx"),
        ("<Chart><ChartItem>" + '<Card Summary="x"/>' * 1_001 + "</ChartItem></Chart>", "line 1: one item has more than 1,000"),
    ],
)  # fmt: skip
def test_what_is_no_chart_is_refused_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=r"^port\.anx") as caught:
        read(tmp_path, text)
    assert says in str(caught.value)


def test_a_chart_may_be_no_larger_than_any_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="larger than"):
        read(tmp_path, chart(entity("a", "Person")), limits=Limits(100, 100))


def test_a_mapping_is_for_charts_or_for_tables(tmp_path: Path) -> None:
    tables = '[[table]]\nrecord = "people"\nfile = "a.csv"\ncolumns.id = "id"\n'
    with pytest.raises(InputError, match=r"own\.toml maps tables"):
        read(tmp_path, chart(entity("a", "Person")), tables)
    (tmp_path / "case").mkdir()
    with pytest.raises(InputError, match=r"own\.toml is for charts"):
        read_case(tmp_path / "case", LIMITS, mapping_of("own.toml", b"[chart.entities]\n"))
    for wrong, says in (
        ('[chart.entities]\n"Lorry" = "lorries"\n', "entities.'Lorry' is 'lorries'"),
        ('[chart.links]\n"Call" = "CONTACT"\n', "did you mean CONTACTED?"),
        ("[chart.links]\nCall = 3\n", "has to be text"),
        ("[chart.types]\n", "is no key of a mapping"),
        ('[chart.entities]\n[[table]]\nrecord = "people"\n', "a chart has no tables"),
    ):
        with pytest.raises(InputError) as caught:
            mapping_of("own.toml", wrong.encode())
        assert says in str(caught.value)
    path = tmp_path / "own.toml"
    path.write_text('[chart.links]\n"Call" = "X_RANG"\n')
    assert load_mapping(path).chart is not None


@given(
    st.dictionaries(st.text(), st.sampled_from(ENTITY_CHOICES)),
    st.dictionaries(st.text(), st.sampled_from(["PAID", "X_A", "ignore"])),
)
def test_a_choice_comes_back_from_its_mapping_whatever_types_are_called(
    entities: dict[str, str], links: dict[str, str]
) -> None:
    mapping = mapping_of("own.toml", chart_mapping(entities, links, {"handling": "P"}).encode()).chart
    assert mapping is not None
    assert (mapping.entities, mapping.links) == (entities, links)


def test_the_tables_of_types_name_what_there_is() -> None:
    assert set(READ_AS.values()) <= set(ENTITY_CHOICES)
    assert set(LINKED_AS.values()) <= set(RELATIONS)
    assert set(THING_KINDS) < set(TYPES)
    assert all(name == name.casefold() for name in (*READ_AS, *LINKED_AS))


# -- our own ----------------------------------------------------------------------------------------------------------


def test_our_own_chart_read_back_gives_the_same_entities_and_links(tmp_path: Path) -> None:
    view = outward(everything(), lambda _kind, _inside: "new").view
    path = tmp_path / "chart.anx"
    path.write_bytes(files(view, ABOUT, ["anx"])["chart.anx"])
    delivery = read_case(path, LIMITS)
    assert delivery.rejections == []
    assert [(row["date"], row["launch_site"]) for row in rows(delivery, "crossings")] == [
        ("2020-05-08T04:30Z", "Dunkirk"), ("2020-05", "Dunkirk"),
    ]  # fmt: skip
    tables = read_chart(path, LIMITS)
    ids = {
        cells[table.header.index("id")]
        for table in tables.tables
        if table.name not in ("links", "statements")
        for _, cells in table.rows
    }
    assert ids == {node.id for node in view.nodes}
    names = {
        row["id"]: row.get("name")
        for table in ("people", "boats", "gangs", "workplaces", "things")
        for row in rows(delivery, table)
    }
    assert names == {node.id: node.name for node in view.nodes if node.kind != "crossing"}
    kinds = {row["id"]: row["kind"] for row in rows(delivery, "things")}
    assert kinds == {node.id: node.sort for node in view.nodes if node.kind == "thing"}
    assert sorted(claims(delivery)) == sorted((edge.subject, edge.relation, edge.object) for edge in view.edges)
    days = {
        (row["subject_id"], row["relation"], row["object_id"]): (row.get("from_date", ""), row.get("to_date", ""))
        for row in rows(delivery, "links")
    }
    assert days == {(edge.subject, edge.relation, edge.object): (edge.first_on, edge.last_on) for edge in view.edges}
    assert {row["handling"] for row in rows(delivery, "links")} == {"C"}
    assert [row["id"] for row in rows(delivery, "people") if row.get("identified") == "unknown"] == [
        node.id for node in view.nodes if not node.identified
    ]
