"""Rejections: causes come before their consequences, and the same fault in many rows is reported once."""

from __future__ import annotations

from pathlib import Path

from graphsvc.ingest.check import read_case
from graphsvc.ingest.fold import fold
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.rejected import Rejection, by_fault, in_order
from graphsvc.ingest.state import State
from tests.ingest.conftest import Deliver


def read_rejections(path: Path, limits: Limits) -> list[Rejection]:
    delivery = read_case(path, limits)
    report = fold(State(), 1, delivery.rows, delivery.columns, partial=False, refused=delivery.refused_rows)
    return in_order([*delivery.rejections, *report.rejections])


def test_what_follows_from_a_rejection_names_it_and_comes_after(deliver: Deliver, limits: Limits) -> None:
    path = deliver(
        {
            "people.csv": "id,name,sealed\nP1,Hewa,\nP2,Karo,maybe\n P3,Omar,\nP4,Sara\n",
            "statements.csv": "id,kind,interpreter_id\nS1,record,\nS2,record,P2\n",
            "links.csv": "subject_id,relation,object_id,statement_id\nP1,PAID,P9,S1\nP1,PAID,P2,S1\nP1,PAID,P3,S1\n"
            "P1,PAID,P4,S1\nP1,PAID,P1,S2\n",
        }
    )
    rejections = read_rejections(path, limits)
    assert [(row.file, row.line, row.column, row.cause) for row in rejections] == [
        ("people.csv", 3, "sealed", ""),
        ("people.csv", 4, "id", ""),
        ("people.csv", 5, "", ""),
        ("links.csv", 2, "object_id", ""),
        ("statements.csv", 3, "interpreter_id", "people.csv, line 3"),
        ("links.csv", 3, "object_id", "people.csv, line 3"),
        ("links.csv", 4, "object_id", "people.csv, line 4"),
        ("links.csv", 5, "object_id", "people.csv, line 5"),
        ("links.csv", 6, "statement_id", "statements.csv, line 3"),
    ]
    assert rejections[-1].reason == "the row with this id is rejected itself (statements.csv, line 3)"
    # Rows rejected for the same reason in the same column are one fault, whichever row is the cause.
    assert [(fault.first.line, fault.count) for fault in by_fault(rejections) if fault.first.column == "object_id"] == [
        (2, 1),
        (3, 3),
    ]


def test_a_reason_that_names_a_row_or_a_word_is_one_fault(deliver: Deliver, limits: Limits) -> None:
    many = range(40)
    path = deliver(
        {
            "people.csv": "id,name,category,notes\n"
            + "".join(f"P{n},Hewa,,\nP{n},Karo,,\n" for n in many)
            + "".join(f"Q{n},Hewa,suspec{n},\n" for n in many)
            + "".join(f"R{n},Hewa{',' * (n % 7)}\n" for n in many),
            "links.csv": "subject_id,relation,object_id,statement_id,from_date,to_date\n"
            + "".join(f"P{n},DIRECTED,P1,S1,2020-06-{n % 28 + 1:02d},2020-05\n" for n in many)
            + "".join(f"P{n}x,DIRECTED,P1,S1,,\n" for n in many),
        }
    )
    faults = by_fault(read_rejections(path, limits))
    assert [(fault.first.file, fault.first.column, fault.count) for fault in faults] == [
        ("people.csv", "id", 40),
        ("people.csv", "category", 40),
        ("people.csv", "", 34),
        ("links.csv", "to_date", 40),
        ("links.csv", "subject_id", 40),
    ]
    assert str(faults[0]).endswith(
        "(39 more rows of this file have the same fault: lines 5, 7, 9, 11, 13, 15, 17 and 32 more)"
    )
