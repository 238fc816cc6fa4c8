"""Whole names, numbers and ids are found however they are written; merely similar ones are not."""

from __future__ import annotations

import doctest
import importlib

import pytest

from graphsvc.names.whole import Needle, WholeNames


def whole_names(*names: str) -> WholeNames:
    return WholeNames(Needle("name", name) for name in names)


@pytest.mark.parametrize(
    ("name", "mention"),
    [
        # case, accents, spacing, punctuation
        ("Hewa Karim", "HEWA KARIM"),
        ("Hêwa Karîm", "hewa karim"),
        ("Hewa Karim", "Hewa \u00a0 Karim"),
        ("Hewa Karim", "H e w a  K a r i m"),
        ("Hewa Karim", "hewa_karim"),
        ("Hewa Karim", "HewaKarim"),
        ("Hewa Karim", "hewakarim"),
        ("Hewa Karim", "HewaKarim_2020"),
        ("Hewa Karim", "hewa.karim99"),
        ("Hewa Karim", "H.e.w.a.K.a.r.i.m"),
        ("Hewa Karim", "H\u0336e\u0336w\u0336a\u0336 Karim"),
        # invisible characters, letters that look like others, other widths
        ("Hewa Karim", "He\u200bwa Ka\u00adrim"),
        ("Hewa Karim", "He\u202ewa\u202c Karim"),
        ("Hewa Karim", "Неwа Каrіm"),
        ("Hewa Karim", "Hewα Kαrιm"),
        ("Hewa Karim", "Ｈｅｗａ　Ｋａｒｉｍ"),
        ("Hewa Karim", "𝐇𝐞𝐰𝐚 𝐊𝐚𝐫𝐢𝐦"),
        # order, titles, particles
        ("Hewa Karim", "Karim, Hewa"),
        ("Nguyễn Văn An", "Van An Nguyen"),
        ("Karim Rashid", "Karim al-Rashid"),
        ("Karim al-Rashid", "Karim Rashid"),
        ("Hewa Karim", "Mr Hewa bin Karim"),
        # encodings for machines, broken lines
        ("Hewa Karim", "Hewa%20Karim"),
        ("Hewa Karim", "&#72;ewa&nbsp;Karim"),
        ("Hewa Karim", "He<b>wa</b> Karim"),
        ("Hewa Karim", "Hewa Ka-\nrim"),
        # the delivered script, and its transcription in Latin letters
        ("هێوا کەریم", "هێوا کەریم"),
        ("Олександр Петренко", "Oleksandr Petrenko"),
        ("王伟", "Wang Wei"),
        ("Ελένη Νικολάου", "ΕΛΕΝΗ ΝΙΚΟΛΑΟΥ"),
        ("Nguyễn Đức Minh", "Nguyen Duc Minh"),
        # a name of one word, and one with very many words
        ("Shorty", "shorty"),
        (
            " ".join(f"word{chr(97 + place)}" for place in range(20)),
            " ".join(f"Word{chr(97 + place)}" for place in range(20)),
        ),
    ],
)
def test_a_whole_name_is_found_however_it_is_written(name: str, mention: str) -> None:
    for text in (f"Then {mention} paid.", mention, f"{mention}'s boat.csv"):
        assert whole_names(name).is_in(text), text


@pytest.mark.parametrize(
    "text",
    [
        "Hewa left; Karim came.",
        "Hewa Kareem and Hiwa Karim",
        "H. Karim and Hewa K. as hkarim",
        "Hewa and Ali Karim",
        "Hewan Karimov; the hewa karima",
        "how cream is made",
        "on 2020-05-08 for 2,000 euros, 145 people in 12 boats",
        "",
    ],
)
def test_a_part_of_a_name_and_what_sounds_like_it_are_not(text: str) -> None:
    assert not WholeNames([Needle("name", "Hewa Karim"), Needle("id", "12"), Needle("phone", "12345")]).is_in(text)


@pytest.mark.parametrize(
    "mention",
    [
        "07911123456",
        "00 44 7911 12 34 56",
        "+44 (0)7911-123.456",
        "٠٧٩١١١٢٣٤٥٦",
        "0\u200b7911 123456",
        "tel+447911123456",
    ],
)
def test_a_whole_phone_is_found_in_any_form(mention: str) -> None:
    for phone in ("+44 7911 123456", "07911 123456"):
        assert WholeNames([Needle("phone", phone)]).is_in(f"on {mention} 3 times")
    assert not WholeNames([Needle("phone", "+447911123456")]).is_in("on 07911 999999, 123456 and 1123 456")


def test_ids_and_values_are_found_whole() -> None:
    known = WholeNames([Needle("id", "P0012"), Needle("value", "AB12 CDE"), Needle("id", "p1"), Needle("id", "12345")])
    assert all(known.is_in(text) for text in ("ST-P0012-3", "ab12-cde", "AB 12 CDE", "p1 said", "of 12345."))
    assert not any(known.is_in(text) for text in ("P00123", "up1", "p 1", "9c12345f", "XAB12CDE"))


def test_what_is_replaced_is_the_name_and_nothing_else() -> None:
    known = WholeNames([Needle("name", "Hewa Karim"), Needle("phone", "+447911123456")])
    assert known.replace("Then Hewa  al-Karim and KARIM HEWA rang 07911 123456.", "[x]") == "Then [x] and [x] rang [x]."
    assert known.replace("Then Hewa%20Karim paid", "[x]") == "[x]"
    text = "Hewa paid"
    assert known.replace(text, "[x]") is text
    assert WholeNames([]).replace(text, "[x]") is text
    assert not WholeNames([])


def test_parts_of_names_are_told_where_they_are_written_as_names() -> None:
    known = whole_names("Hewa al-Karim", "هێوا کەریم", "Wolf")
    assert known.parts_in("Hewa and KARIM; then hewa, al and a Wolf") == ["Hewa", "KARIM"]
    assert known.parts_in("وتی هێوا") == ["هێوا"]
    assert known.parts_in("nobody") == []


@pytest.mark.parametrize("name", ["identifiers", "naming", "phones", "seal", "spelling", "whole"])
def test_the_examples_of_the_modules_are_true(name: str) -> None:
    tried = doctest.testmod(importlib.import_module(f"graphsvc.names.{name}"))
    assert tried.attempted
    assert not tried.failed
