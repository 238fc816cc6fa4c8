"""What of a cell of somebody's row is looked for in other text, and what is not."""

from __future__ import annotations

import pytest

from graphsvc.names.identifiers import cells, of_cell, of_thing
from graphsvc.names.mask import Masker, Needle
from graphsvc.names.seal import ERASED, needles


@pytest.mark.parametrize(
    ("column", "text", "kept"),
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
        ("x_home", "12 Harbour Lane, Dover CT16 1AA", ["CT16 1AA", "12 Harbour Lane"]),
        ("x_mother", "Shler Barzan", ["Shler Barzan"]),
        ("x_nickname", "Wolf", ["Wolf"]),
        ("x_date_of_birth", "8 May 2001", ["8 May 2001"]),
    ],
)
def test_what_identifies_is_looked_for(column: str, text: str, kept: list[str]) -> None:
    assert set(kept) <= {found for _, found in of_cell(column, text)}
    told = Masker(needles({"id": "P7001", column: text}, "S-0"))
    assert all(told.mask(f"Seen: {one}.") == "Seen: S-0." for one in kept)


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
        ("x_name", "no"),
        ("x_empty", ""),
    ],
)
def test_what_many_have_is_not(column: str, text: str) -> None:
    assert list(of_cell(column, text)) == []


def test_what_several_rows_hold_tells_nobody_apart() -> None:
    values = {"id": "P7001", "x_court": "Dover Magistrates", "x_mother": "Shler Barzan"}
    assert list(cells(values, {"dover magistrates"})) == [("value", "Shler Barzan")]


def test_parts_of_an_address_and_names_of_accounts_are_looked_for() -> None:
    address = {"id": "T1", "kind": "address", "value": "Flat 2, 7 Quay Street, Deal CT14 6HX"}
    assert {text for _, text in of_thing(address)} == {"CT14 6HX", "7 Quay Street", "7 Quay st"}
    found = Masker(needles(address, "T-1"))
    assert found.mask("At 7, Quay St. in Deal (CT146HX), flat 2") == "At T-1. in Deal (T-1), flat 2"
    account = {"id": "T2", "kind": "online", "value": "https://example.org/hewa_k99"}
    assert Masker(needles(account, "T-2")).mask("Wrote as @hewa_k99.") == "Wrote as @T-2."


@pytest.mark.parametrize("said", ["08/05/2001", "8th of May 2001", "born 20010508", "May 8 '01", "08.05.01"])
def test_a_date_of_birth_is_looked_for_where_the_day_is_known(said: str) -> None:
    full = Masker(needles({"id": "P7001", "date_of_birth": "2001-05-08"}, "S-0"))
    assert full.mask(f"He was {said}, he said.") in ("He was S-0, he said.", "He was born S-0, he said.")
    for known in ("2001", "2001-05"):
        assert not Masker(needles({"id": "P7001", "date_of_birth": known}, "S-0")).mask(said).count("S-0")


def test_needles_are_the_same_each_time() -> None:
    values = {"id": "P7001", "name": "Hewa Karim", "x_email": "h@mail.example", "x_home": "12 Harbour Lane"}
    assert list(needles(values, "S-0")) == list(needles(values, "S-0"))
    assert Needle("name", "Hewa Karim", "S-0") in list(needles(values, "S-0"))


def test_nobody_is_called_as_who_was_erased() -> None:
    values = {
        "id": "P7001",
        "name": "Sela Ahmadi",
        "aliases": [f"{ERASED} junior"],
        "x_kin": ERASED,
        "x_mother": f"{ERASED} ",
    }
    masker = Masker(needles(values, "S-0"))
    for text in (f"{ERASED} pays Bo Quist", f"seen with {ERASED}", "Bo erased it"):
        assert masker.mask(text) == text
    assert masker.mask("Sela Ahmadi paid") == "S-0 paid"
    assert "Junior" not in masker.mask("They call Ahmadi Junior so")
