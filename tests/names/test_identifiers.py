"""Parts of a cell in a person's row that are searched for in other text, and parts that are not."""

from __future__ import annotations

import pytest

from graphsvc.names.identifiers import of_cell, of_thing
from graphsvc.names.seal import needles
from graphsvc.names.whole import Needle, WholeNames
from graphsvc.records.tables import ERASED


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("x_email", "hewa.k99@mail.example", ["hewa.k99@mail.example", "hewa.k99"]),
        ("x_mail", "info@mail.example", ["info@mail.example"]),
        ("x_contact", "write to @h3_wolf77 or hewa@mail.example", ["h3_wolf77", "hewa@mail.example"]),
        ("x_web", "https://example.net/hewa.karim.98", ["hewa.karim.98"]),
        ("x_passport", "A 1234567", ["A 1234567"]),
        ("x_ref", "AB12CDE", ["AB12CDE"]),
        ("x_whatever", "ID-55 0192 TK", ["ID-55 0192 TK"]),
        ("x_number", "123456", ["123456"]),
        ("x_second_phone", "+44 7911 123456", ["+44 7911 123456"]),
        ("x_home", "12 Harbour Lane, Dover CT16 1AA", ["12 Harbour Lane", "12 Harbour ln"]),
        ("x_nickname", "Wolf", ["Wolf"]),
        ("x_full_name", "Shler Barzan", ["Shler Barzan"]),
    ],
)
def test_what_identifies_is_looked_for(column: str, text: str, expected: list[str]) -> None:
    assert set(expected) <= {identifier for _, identifier in of_cell(column, text)}
    whole_names = WholeNames(needles({"id": "P7001", column: text}))
    assert all(whole_names.is_in(f"Seen: {form}.") for form in expected)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("x_hair", "black"),
        ("x_height", "172 cm"),
        ("x_paid", "2,000 euros"),
        ("x_paid", "1500 EUR"),
        ("x_children", "3"),
        ("x_arrived", "2019-05-08"),
        ("x_arrived", "8 May 2019"),
        ("x_arrived", "08/05/2019"),
        ("x_born", "2001"),
        ("x_seen", "12 boats, then none"),
        ("x_said", "He came in 2019 with 145 others and paid nobody."),
        ("x_language", "Kurdish Sorani"),
        ("x_id_type", "passport"),
        ("x_name", "no"),
        ("x_empty", ""),
    ],
)
def test_what_many_have_is_not(column: str, text: str) -> None:
    assert list(of_cell(column, text)) == []


def test_streets_and_names_of_accounts_are_looked_for() -> None:
    address = {"id": "T1", "kind": "address", "value": "Flat 2, 7 Quay Street, Deal CT14 6HX"}
    assert {text for _, text in of_thing(address)} == {"7 Quay Street", "7 Quay st"}
    assert WholeNames(needles(address)).is_in("At 7, Quay St. in Deal, flat 2")
    account = {"id": "T2", "kind": "online", "value": "https://example.org/hewa_k99"}
    assert WholeNames(needles(account)).is_in("Wrote as @hewa_k99.")


def test_needles_are_the_same_each_time() -> None:
    values = {"id": "P7001", "name": "Hewa Karim", "x_email": "h@mail.example", "x_home": "12 Harbour Lane"}
    assert list(needles(values)) == list(needles(values))
    assert Needle("name", "Hewa Karim") in list(needles(values))


def test_nobody_is_called_as_who_was_erased() -> None:
    values = {"id": "P7001", "name": "Sela Ahmadi", "aliases": [f"{ERASED} Junior"], "x_alias": f"{ERASED} "}
    known = WholeNames(needles(values))
    assert not any(map(known.is_in, (f"{ERASED} pays Bo Quist", f"seen with {ERASED}", "Bo erased it", "Junior")))
    assert known.is_in("Sela Ahmadi paid")
