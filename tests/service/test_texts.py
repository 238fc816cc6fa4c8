"""Texts that name a sealed person are withheld whole, for good; other texts and names are never changed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.vault import pseudonym
from graphsvc.cases.graph.graphing import Graphed, build_graph
from graphsvc.cases.graph.sealing import pack_standings, unpack_standings
from graphsvc.cases.graph.standing import Deciding, Standings, standings
from graphsvc.cases.graph.texts import SourceIds
from graphsvc.ingest.check import Row, read_case
from graphsvc.ingest.fold import fold
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.state import State
from tests.service.test_standing import KEY, people, rows, statement_rows

ON = dt.date(2020, 6, 1)
WITHHELD = "[withheld]"


class Case:
    """A case that loads deliveries one after the other, as the service does."""

    def __init__(self) -> None:
        self.state = State()
        self.standing: Standings = {}
        self.sources = SourceIds()
        self.made: Graphed = Graphed()
        self.by = Deciding(KEY, ON)
        self._given: list[list[Row]] = []

    def load(self, *delivered_rows: Row) -> Graphed:
        self._given.append([*delivered_rows])
        return self._replay()

    def undo(self, number: int) -> Graphed:
        del self._given[number]
        return self._replay()

    def decide(self, person: str, decision: str, at: str) -> Graphed:
        """Seal or open a person, as by a decision of two persons."""
        name = pseudonym(KEY, "person", person)
        decided, decided_at = {**self.by.decided, name: decision}, {**self.by.decided_at, name: at}
        self.by = Deciding(KEY, ON, decided=decided, decided_at=decided_at, now=(name,), at=at)
        graph = self._replay()
        self.by = replace(self.by, now=(), at=f"{at}.1")
        return graph

    def _replay(self) -> Graphed:
        self.state = State()
        for number, delivered in enumerate(self._given, 1):
            columns = {row.table: list(row.values) for row in delivered}
            accepted = [row.values["id"] for row in delivered if row.table == "statements"]
            fold(self.state, number, delivered, columns, partial=True, accepted_before=accepted)
        after = standings(self.standing, self.state, self.by, len(self._given))
        self.standing = unpack_standings(pack_standings(after))  # as after a restart
        self.made = build_graph(self.state, KEY, self.standing, sources=self.sources, few_below=3)
        self.sources = self.made.sources_named
        return self.made

    def text(self, statement: str) -> str:
        """The summary of a statement in the graph."""
        return str(self.made.image.nodes["Statement"][statement]["summary"])

    def node(self, label: str, identifier: str) -> dict[str, Any]:
        return self.made.image.nodes[label][identifier]


def report(identifier: str, summary: str, kind: str = "record", **more: str) -> Row:
    (row,) = rows("statements", {"id": identifier, "kind": kind, "handling": "P", "summary": summary} | more)
    return row


@pytest.fixture
def case() -> Case:
    new_case = Case()
    new_case.load(
        *people(
            {"id": "b", "name": "Bahar Kin", "aliases": ["Wolf"], "sealed": "yes"},
            {"id": "s", "name": "Omar Rashid", "category": ["suspect"]},
        ),
        report("R1", "Bahar Kin told us all."),
        report("R2", "Kin told us, and Bahar slept."),
        report("R3", "Omar Rashid sold a boat."),
    )
    return new_case


def test_a_text_that_names_somebody_sealed_is_withheld_as_a_whole_and_no_other(case: Case) -> None:
    assert [case.text(statement) for statement in ("R1", "R2", "R3")] == [
        WITHHELD,
        "Kin told us, and Bahar slept.",
        "Omar Rashid sold a boat.",
    ]


def test_a_namesake_who_comes_later_brings_no_text_to_light(case: Case) -> None:
    case.load(
        *people({"id": "n", "name": "Bahar Kin", "category": ["suspect"]}),
        *rows("crossings", {"id": "c", "date": "2020-05-08", "launch_site": "Bahar"}),
        *statement_rows("n PILOTED c", statement="R1"),
    )
    assert case.text("R1") == WITHHELD
    assert case.node("Person", "n")["name"] == "Bahar Kin"
    assert case.node("Crossing", "c")["launch_site"] == "Bahar"


def test_a_former_name_of_somebody_sealed_stays_withheld_after_it_was_corrected(case: Case) -> None:
    case.load(*people({"id": "b", "name": "Behar Qin"}))
    case.load(
        *people({"id": "n", "name": "Bahar Kin", "category": ["suspect"]}),
        *statement_rows("n ASSOCIATES_WITH s", statement="R1"),
    )
    assert case.text("R1") == WITHHELD


def test_who_is_sealed_later_is_withheld_in_texts_that_stood_before() -> None:
    case = Case()
    case.load(report("R1", "Mina Azad told us."))
    assert case.text("R1") == "Mina Azad told us."
    case.load(*people({"id": "m", "name": "Mina Azad", "sealed": "yes"}))
    assert case.text("R1") == WITHHELD
    case.undo(1)
    assert case.text("R1") == WITHHELD


def test_the_handle_of_a_source_names_them() -> None:
    case = Case()
    case.load(
        report("R1", "CHIS-falcon-77 met them.", source_id="CHIS-falcon-77"),
        report("R2", "Falcon-77 met them."),
        report("R3", "A falcon flew."),
        report("R4", "Seen by the CHIS falcon 77."),
        report("R5", "Told by the register of arrivals.", source_id="Register of arrivals"),
    )
    # The handle of a record's source counts as a name too if it has a number in it. Ordinary words do not.
    assert [case.text(f"R{place}") for place in range(1, 6)] == [
        WITHHELD,
        WITHHELD,
        "A falcon flew.",
        WITHHELD,
        "Told by the register of arrivals.",
    ]
    case.undo(0)
    case.load(report("R2", "Falcon-77 met them."))
    assert case.text("R2") == WITHHELD


def _suspect(**called: Any) -> list[Row]:
    return [
        *people({"id": "P7", "name": "Ari Berg", "category": ["suspect"]} | called),
        *rows("gangs", {"id": "P7-crew", "name": "P7", "aliases": ["Eagle"]}),
        report("R1", "P7, Eagle and falcon-77 were seen with Ari Berg; call 07700 900123."),
        *statement_rows("P7 X_EAGLE P7-crew", statement="R1"),
    ]


def _graph(graph: Graphed) -> list[Any]:
    return [graph.shown["P7"], graph.image.nodes["Person"], graph.image.nodes["Gang"], [*graph.image.links]]


@pytest.mark.parametrize("source", ["P7", "Eagle", "Shorty", "Ari Berg", "07700900123", "CHIS-1234"])
def test_nothing_that_somebody_named_is_called_depends_on_being_a_source(source: str) -> None:
    """An informant who is charged later, and an informant whose handle is a name of someone charged."""
    called = {"aliases": ["Shorty", "Eagle"], "phones": ["+447700900123"]}
    without, with_report = Case(), Case()
    with_report.load(report("RC", "Seen.", "intelligence", handling="C", source_id=source))
    assert _graph(without.load(*_suspect(**called))) == _graph(with_report.load(*_suspect(**called)))
    with_report.undo(1)
    assert _graph(with_report.load(*_suspect(**called))) == _graph(without.made)
    assert with_report.text("R1") == without.text("R1") != WITHHELD


@pytest.mark.parametrize("kind", ["witness", "intelligence"])
def test_taking_back_a_person_does_not_show_whether_they_gave_a_statement(kind: str) -> None:
    """The loader undoes a named person's row: a text with that id reads the same for a witness and for others."""
    texts = []
    for source in ("pilot-10001", "other-20002"):
        case = Case()
        case.load(
            *people(
                {"id": "boss", "name": "Ari Berg", "category": ["suspect"]},
                {"id": "other-20002", "name": "Bo Quist", "category": ["suspect"]},
            ),
            report("R1", "Seen."),
            *statement_rows("boss ASSOCIATES_WITH other-20002", statement="R1"),
        )
        case.load(*people({"id": "pilot-10001", "name": "Cas Roe", "category": ["suspect"]}))
        case.load(report("R2", "Seen with pilot-10001."))
        case.load(report("W", "Told.", kind, source_id=source))
        case.undo(1)
        texts.append(case.text("R2"))
    assert texts == ["Seen with pilot-10001."] * 2


def test_nothing_that_anybody_is_called_is_masked_for_a_source() -> None:
    case = Case()
    case.load(report("RC", "Seen.", "intelligence", handling="C", source_id="CHIS-falcon-77"))
    case.load(
        *people({"id": "falcon-77-driver", "name": "Falcon 77 Driver", "category": ["suspect"], "x_falcon_77": "yes"}),
        *rows("boats", {"id": "b", "name": "Falcon 77 of Hove", "registration": "FALCON77 B"}),
        *statement_rows("falcon-77-driver X_FALCON_77 b"),
    )
    assert case.made.shown["falcon-77-driver"] == "falcon-77-driver"
    assert case.node("Person", "falcon-77-driver")["name"] == "Falcon 77 Driver"
    assert case.node("Person", "falcon-77-driver")["x_falcon_77"] == "yes"
    assert case.node("Boat", "b")["registration"] == "FALCON77 B"
    assert [link[1] for link in case.made.image.links] == ["X_FALCON_77"]


def test_a_source_is_looked_for_where_nobody_named_is_called_the_same_at_the_level_of_the_text() -> None:
    case = Case()
    case.load(report("RC", "Seen.", "intelligence", handling="C", source_id="CHIS-falcon-77"))
    case.load(
        *people({"id": "P7", "name": "Falcon 77", "category": ["suspect"], "handling": "C"}),
        report("RP", "Falcon-77 met them."),
        report("RD", "Falcon-77 met them.", handling="C"),
    )
    # A name under C makes no text under P readable.
    assert (case.text("RP"), case.text("RD")) == (WITHHELD, "Falcon-77 met them.")


def test_names_of_things_are_never_rewritten() -> None:
    """Rewriting used to give: S-A16S-SX00-Z505 Street, X_S_SEVERAL, S-A0SC-4815-8JK1 to prosecute."""
    case = Case()
    case.load(
        *people(
            {"id": "1", "name": "Tran Thi Lan", "sealed": "yes"},
            {"id": "2", "name": "Claudia Seak", "sealed": "yes"},
            {"id": "3", "name": "Annabal Pierce", "sealed": "yes"},
            {"id": "4", "name": "Caller", "sealed": "yes"},
            {"id": "5", "name": "Rasheed Kamal", "category": ["suspect"]},
        ),
        *rows(
            "workplaces",
            {
                "id": "w",
                "name": "Lantern Barbers",
                "kind": "premises",
                "address": "116 Lantern Street",
                "sector": "food",
            },
        ),
        *rows("boats", {"id": "boat", "name": "Caller of the Seas"}),
        *rows("gangs", {"id": "g", "name": "Pierce Park", "aliases": ["The Callers"]}),
        *rows(
            "things",
            {"id": "9c31c345", "kind": "document", "value": "9c31c345", "x_outcome": "Unable to prosecute suspect"},
        ),
        *statement_rows("5 X_CALLED boat", "5 X_CALLER boat", statement="S1"),
    )
    assert case.node("Workplace", "w")["name"] == "Lantern Barbers"
    assert case.node("Workplace", "w")["address"] == "116 Lantern Street"
    assert case.node("Boat", "boat")["name"] == "Caller of the Seas"
    assert (case.node("Gang", "g")["name"], case.node("Gang", "g")["aliases"]) == ("Pierce Park", ["The Callers"])
    assert case.node("Thing", "9c31c345")["x_outcome"] == "Unable to prosecute suspect"
    assert {key[1] for key in case.made.image.links} == {"X_CALLED", "X_CALLER"}


def test_a_value_that_is_the_whole_name_of_somebody_sealed_is_withheld(case: Case) -> None:
    case.load(
        *rows("boats", {"id": "boat", "name": "Wolf"}),
        *rows("gangs", {"id": "g", "name": "cousins of Bahar Kin", "aliases": ["Kin, Bahar", "Kin"]}),
        *people({"id": "k", "name": "Brother of Bahar Kin", "aliases": ["Wolf", "Bear"], "category": ["suspect"]}),
    )
    assert case.node("Boat", "boat")["name"] == WITHHELD
    assert (case.node("Gang", "g")["name"], case.node("Gang", "g")["aliases"]) == (WITHHELD, [WITHHELD, "Kin"])
    assert (case.node("Person", "k")["name"], case.node("Person", "k")["aliases"]) == (WITHHELD, [WITHHELD, "Bear"])


@pytest.mark.parametrize(
    "name",
    ["BROTHER OF HEWA KARIM", "Umm Hewa Karim", "برادر هێوا کەریم", "ARI BERG (HEWA KARIM)", "Hewa Karim, Driver"],
)
def test_a_name_of_more_words_than_the_name_of_somebody_sealed_is_withheld(name: str) -> None:
    case = Case()
    case.load(
        *people(
            {"id": "p", "name": "Hewa Karim", "aliases": ["هێوا کەریم", "Wolf"], "sealed": "yes"},
            {"id": "q", "name": name, "category": ["suspect"]},
        )
    )
    assert case.node("Person", "q")["name"] == WITHHELD


@pytest.mark.parametrize("name", ["HEWA KARIM", "Karim, Hewa", "Hewa al-Karim", "هێوا کەریم", "Wolf", "Wolf Barzan"])
def test_the_name_of_somebody_named_stays_whoever_sealed_has_it_too(name: str) -> None:
    case = Case()
    case.load(
        *people(
            {"id": "p", "name": "Hewa Karim", "aliases": ["هێوا کەریم", "Wolf"], "sealed": "yes"},
            {"id": "q", "name": name, "category": ["suspect"]},
        )
    )
    assert case.node("Person", "q")["name"] == name


@pytest.mark.parametrize("number", ["+447700900555", "07700900555", "0044 7700 900555", "+44 7700 900555"])
@pytest.mark.parametrize("name", ["Dov Hidden", "Hidden, Dov", "Dov-Hidden", "DOV  HIDDEN", "DovHidden"])
def test_cells_under_p_that_c_alone_knows_of_somebody_sealed_stay_in_whatever_writing(number: str, name: str) -> None:
    shared = [
        *people({"id": "s", "name": "Omar Rashid", "phones": [number], "handling": "P"}),
        *rows("boats", {"id": "boat", "name": name, "handling": "P"}),
        *rows("things", {"id": "t", "kind": "phone", "value": number, "handling": "P"}),
        *rows("crossings", {"id": "c", "date": "2020-05-08", "handling": "P"}),
        *statement_rows("s PILOTED c"),
    ]
    hidden = people({"id": "q", "name": "Dov Hidden", "phones": ["+447700900555"]})
    before, both = Case(), Case()
    before.load(*shared)
    both.load(*shared)
    both.load(*hidden, *statement_rows("q CROSSED_ON c", handling="C", statement="S2"))
    for label, identifier in (("Person", "s"), ("Boat", "boat"), ("Thing", "t")):
        assert both.node(label, identifier) == before.node(label, identifier)
    # Once the person is known under P, the texts are withheld.
    both.load(
        *people({"id": "q", "name": "Dov Hidden", "phones": ["+447700900555"]}),
        *statement_rows("q CROSSED_ON c", statement="S3"),
    )
    assert both.node("Thing", "t")["value"] == WITHHELD
    assert both.node("Boat", "boat")["name"] == WITHHELD


def test_an_id_that_names_somebody_sealed_is_shown_as_another(case: Case) -> None:
    case.load(*people({"id": "kin-of-bahar-kin", "name": "Rana Aziz", "category": ["suspect"]}))
    case.load(*people({"id": "of-kin", "name": "Sami Nouri", "category": ["suspect"]}))
    masked_id = case.made.shown["kin-of-bahar-kin"]
    assert masked_id.startswith("H-")
    assert case.node("Person", masked_id)["name"] == "Rana Aziz"
    assert case.made.shown["of-kin"] == "of-kin"


def test_what_identifies_in_own_columns_and_things_of_somebody_sealed_is_looked_for() -> None:
    case = Case()
    case.load(
        *people(
            {"id": "p", "name": "Hewa Karim", "sealed": "yes", "phones": ["+447911123456"], "x_passport": "AB12CDE"},
            {"id": "q", "name": "Omar Rashid", "category": ["suspect"], "phones": ["07911 123456", "+447700900111"]},
        ),
        *rows("things", {"id": "T9", "kind": "vehicle", "value": "LN02 SVE", "name": "white van"}),
        *statement_rows("p USED T9", statement="S1"),
        *(
            report(f"R{place}", text)
            for place, text in enumerate(
                ("Rang 0044 7911 12 34 56.", "Rang 123 456.", "Showed AB 12 CDE.", "Seen: LN02SVE", "A white van.", "p")
            )
        ),
    )
    texts = [case.text(f"R{place}") for place in range(6)]
    assert texts == [WITHHELD, "Rang 123 456.", WITHHELD, WITHHELD, "A white van.", "p"]
    assert case.node("Person", "q")["phones"] == [WITHHELD, "+447700900111"]


# -- names before the sealing --------------------------------------------------------------------------------------

CHARGED = {"id": "x", "name": "Zoltan Quarrel", "category": ["suspect"], "handling": "P"}
MARK = {"id": "x", "category": ["victim"], "date_of_birth": "2012-01-01"}


def _correct(case: Case, **cells: Any) -> None:
    case.load(*people({"id": "x", **cells}))


def _undo_another_name(case: Case) -> None:
    case.load(*people({"id": "x", "name": "Bela Orchard"}))
    case.undo(2)


def _undo_and_come_again(case: Case) -> None:
    case.undo(0)
    case.load(*people(CHARGED | {"name": "Bela Orchard"}))


def _open_and_correct(case: Case) -> None:
    case.decide("x", "sealed", "2020-06-02T10:00:00")
    case.load(*people({"id": "x", "name": "Bela Orchard"}))
    case.decide("x", "opened", "2020-06-02T11:00:00")


def _seal_by_decision(case: Case) -> None:
    case.decide("x", "sealed", "2020-06-02T12:00:00")


@pytest.mark.parametrize("sealing", [lambda case: _correct(case, **MARK), _seal_by_decision])
@pytest.mark.parametrize(
    ("text", "renaming"),
    [
        ("Zoltan Quarrel steered.", lambda case: _correct(case, name="Bela Orchard")),
        ("Zoltan Quarrel steered.", lambda case: _correct(case, name="Soltan Quarrel")),
        ("Kitty Hawk steered.", lambda case: _correct(case, aliases=["Kitty Bay"])),
        ("Call 07700 900777.", lambda case: _correct(case, phones=["+447700900888"])),
        ("Showed AB 12 CDE.", lambda case: _correct(case, x_passport="EF34GHI")),
        ("Bela Orchard steered.", _undo_another_name),
        ("Zoltan Quarrel steered.", _undo_and_come_again),
        ("Zoltan Quarrel steered.", _open_and_correct),
    ],
)
def test_a_former_name_of_somebody_sealed_later_is_withheld(
    text: str, renaming: Callable[[Case], None], sealing: Callable[[Case], None]
) -> None:
    case = Case()
    known = {"aliases": ["Kitty Hawk"], "phones": ["+447700900777"], "x_passport": "AB12CDE"}
    case.load(*people(CHARGED | known))
    case.load(
        *people({"id": "b", "name": "Ari Berg", "category": ["suspect"], "aliases": ["nephew of Zoltan Quarrel"]}),
        *statement_rows("b X_COUSIN_OF_ZOLTAN_QUARREL x"),
        report("R1", text),
    )
    renaming(case)
    assert case.text("R1") == text
    sealing(case)
    assert case.text("R1") == WITHHELD
    cells = case.node("Person", "b"), [*case.made.image.links], case.made.withhold(text, "P")
    assert text == "Bela Orchard steered." or "zoltan" not in str(cells).casefold()


def test_a_former_number_of_a_thing_sealed_later_is_withheld() -> None:
    case = Case()
    case.load(
        *people(CHARGED),
        *rows("things", {"id": "t", "kind": "account", "value": "DE89370400440532013000"}),
        *statement_rows("x USED t"),
        report("R1", "Paid to DE89370400440532013000."),
    )
    case.load(*rows("things", {"id": "t", "kind": "account", "value": "DE02120300000000202051"}))
    assert case.text("R1") == "Paid to DE89370400440532013000."
    case.load(*people(MARK))
    assert case.text("R1") == WITHHELD


def test_names_known_under_c_alone_before_somebody_was_sealed_withhold_no_words_under_p() -> None:
    case = Case()
    case.load(*people(CHARGED))
    case.load(*people({"id": "x", "name": "Bela Orchard", "handling": "C"}))
    case.load(*people({"id": "x", "name": "Cas Roe", "handling": "C"}))
    case.load(*people(MARK))
    words = ("Zoltan Quarrel", "Bela Orchard", "Cas Roe")
    assert [case.made.withhold(name, "P") for name in words] == [WITHHELD, *words[1:]]
    assert [case.made.withhold(name, "C") for name in words] == [WITHHELD] * 3


# -- any deliveries ------------------------------------------------------------------------------------------------

_FIRST, _LAST = ("Hewa", "Mina", "Bahar", "Omar"), ("Karim", "Azad", "Kin", "Said")


def _delivery(rng: random.Random, number: int) -> Iterator[Row]:
    """A few people, named and sealed, who share few names; statements that name some of them, and corrections."""
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    for _ in range(rng.randrange(1, 4)):
        yield from people(
            {
                "id": f"P{rng.randrange(8)}",
                "name": rng.choice(names),
                "aliases": [rng.choice(names)] if rng.random() < 0.2 else [],
                "sealed": "yes" if rng.random() < 0.3 else "no",
                "category": [rng.choice(("suspect", "witness", "other"))],
                "handling": rng.choice("PC"),
            }
        )
    for place in range(rng.randrange(1, 4)):
        text = f"{rng.choice(names)} met {rng.choice(_FIRST)} and P{rng.randrange(8)}, said falcon-{rng.randrange(10, 14)}."
        source = {"source_id": f"CHIS-falcon-{rng.randrange(10, 14)}"} if rng.random() < 0.3 else {}
        yield report(f"R{number}-{place}", text, rng.choice(("record", "intelligence")), **source)


@pytest.mark.parametrize("seed", range(40))
def test_no_text_comes_to_light_again_whatever_is_delivered_or_taken_back(seed: int) -> None:
    rng = random.Random(seed)
    case, withheld = Case(), dict[str, str]()
    for number in range(8):
        if number > 3 and rng.random() < 0.3:
            case.undo(rng.randrange(3))
        else:
            case.load(*_delivery(rng, number))
        statements = case.made.image.nodes["Statement"]
        delivered = {statement: row.values["summary"] for statement, row in case.state.records["statements"].items()}
        for identifier, text in delivered.items():
            if withheld.get(identifier) == text:
                assert statements[identifier]["summary"] == WITHHELD
            elif statements[identifier]["summary"] == WITHHELD:
                withheld[identifier] = text
    assert withheld


def fold_case(folder: Path) -> State:
    delivery = read_case(folder, Limits(1 << 30, 100_000))
    assert not delivery.rejections, delivery.rejections
    state = State()
    fold(state, 1, delivery.rows, delivery.columns, partial=False)
    return state
