"""Finding sealed people in text, however they are written; and leaving everything else as it is."""

from __future__ import annotations

import doctest
import importlib

import pytest

from graphsvc.names.mask import ORDINARY, SEVERAL, Masker, Needle


def masker(*names: str, unsealed: tuple[str, ...] = (), ordinary: tuple[str, ...] = ()) -> Masker:
    return Masker([Needle("name", name, f"S-{place}") for place, name in enumerate(names)], unsealed, ordinary)


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
        ("Hewa Karim", "H.e.w.a.K.a.r.i.m"),
        ("Ma'moun Darwish", "Mamoun Darwish"),
        # signs nobody sees, letters that look like others, other widths
        ("Hewa Karim", "He\u200bwa Ka\u00adrim"),
        ("Hewa Karim", "He\u202ewa\u202c Karim"),
        ("Hewa Karim", "Неwа Каrіm"),
        ("Hewa Karim", "Hewα Kαrιm"),
        ("Hewa Karim", "Ｈｅｗａ　Ｋａｒｉｍ"),
        ("Hewa Karim", "𝐇𝐞𝐰𝐚 𝐊𝐚𝐫𝐢𝐦"),
        # order, initials, titles, particles
        ("Hewa Karim", "Karim, Hewa"),
        ("Nguyễn Văn An", "An Nguyen"),
        ("Nguyễn Văn An", "Van An Nguyen"),
        ("Hewa Karim", "H. Karim"),
        ("Hewa Karim", "Karim H"),
        ("Hewa Saleh Karim", "H. S. Karim"),
        ("Hewa Saleh Karim", "Hewa Karim"),
        ("Karim Rashid", "Karim al-Rashid"),
        ("Karim Rashid", "Karim Alrashid"),
        ("Karim al-Rashid", "Karim Rashid"),
        ("Abdul Rahman Saleh", "Abdulrahman Saleh"),
        ("Abdulrahman Saleh", "Abd al-Rahman Salih"),
        ("Abdul Rahman Saleh", "Abdelrahman Saleh"),
        # said alike
        ("Mohammed Rashid", "Muhammad Rasheed"),
        ("Mohammed Rashid", "Mohamad Rasheid"),
        ("Hossein Karimi", "Hussain Kareemi"),
        ("Qasem Haddad", "Kassem Hadad"),
        ("Khalid Noori", "Xalid Nuri"),
        ("Gjergj Leka", "Djerdj Leka"),
        # other scripts, both ways
        ("Hewa Karim", "هێوا کەریم"),
        ("Hewa Karim", "هیوا كريم"),
        ("هێوا کەریم", "Hewa Karim"),
        ("Mohammed Rashid", "محمد رشيد"),
        ("محمّد رشید", "Muhammad Rashid"),
        ("عبد الرحمن صالح", "Abdulrahman Saleh"),
        ("Reza Hosseini", "رضا حسینی"),
        ("Gul Ahmad", "ګل احمد"),
        ("Nguyễn Đức Minh", "Nguyen Duc Minh"),
        ("Олександр Петренко", "Oleksandr Petrenko"),
        ("Oleksandr Petrenko", "Олександра Петренка"),
        ("Hryhoriy Shcherbak", "Григорій Щербак"),
        ("Përparim Hoxha", "PERPARIM HOXHA"),
        ("ሃይለ ኪዳነ", "Haile Kidane"),
        ("Tesfay Gebre", "ተስፋይ ገብረ"),
        ("王伟", "Wang Wei"),
        ("Zhang Xiaoming", "张晓明"),
        ("Ελένη Νικολάου", "Eleni Nikolaou"),
    ],
)
def test_a_name_is_found_however_it_is_written(name: str, mention: str) -> None:
    found = masker(name)
    assert found.mask(f"Then {mention} paid.") == "Then S-0 paid."
    assert found.mask(mention) == "S-0"
    assert found.mask(f"{mention}'s boat.csv") == "S-0's boat.csv"


@pytest.mark.parametrize(
    ("phone", "mention"),
    [
        ("+44 7911 123456", "07911123456"),
        ("07911 123456", "+447911123456"),
        ("+447911123456", "00 44 7911 12 34 56"),
        ("+447911123456", "+44 (0)7911-123.456"),
        ("+447911123456", "٠٧٩١١١٢٣٤٥٦"),
        ("+447911123456", "०७९११ १२३४५६"),
        ("+447911123456", "123456"),
        ("+447911123456", "1123 456"),
        ("+447911123456", "0\u200b7911 123456"),
    ],
)
def test_a_phone_is_found_in_any_form(phone: str, mention: str) -> None:
    found = Masker([Needle("phone", phone, "S-0")])
    assert found.mask(f"on {mention} 3 times") == "on S-0 3 times"
    assert found.mask(f"tel{mention}") == "telS-0"


@pytest.mark.parametrize(
    "text",
    [
        "how cream is made",
        "The hall was warm; Kramer came.",
        "on 2020-05-08 for 2,000 euros, 145 people in 8 boats",
        "07911 999999 and 12345",
        "Karim Hassan",
        "Hassan alone",
        "",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    needles = [Needle("name", "Hewa Karim", "S-0"), Needle("phone", "+447911123456", "S-0"), Needle("id", "12", "S-0")]
    found = Masker(needles, unsealed=["Karim Hassan", "Hewa Hassan"])
    assert found.mask(text) == text


def test_an_unsealed_person_keeps_a_name_that_is_only_like_a_sealed_ones() -> None:
    found = masker("Mohammed Rashid", "Hewa Karim", unsealed=("Muhammad Rashid", "Hewa Karim Saleh"))
    assert found.mask("Muhammad Rashid and Hewa Karim Saleh") == "Muhammad Rashid and Hewa Karim Saleh"
    assert found.mask("Mohamed Rashid and Hewa Karim") == "S-0 and S-1"


def test_words_that_say_whose_kin_somebody_is_are_no_name_of_their_own() -> None:
    found = masker("Hewa Karim", unsealed=("Brother of Hewa Karim", "Hewa Karim's cousin"))
    assert found.mask("Brother of Hewa Karim") == "Brother of S-0"
    assert found.mask("Hewa Karim's cousin") == "S-0's cousin"


def test_an_unsealed_name_does_not_cover_a_sealed_one_that_begins_in_it() -> None:
    assert masker("Mirela Marku", unsealed=("Haji Mirela",)).mask("Haji Mirela Marku") == "Haji S-0"


def test_a_name_that_several_bear_does_not_tell_whose_it_is() -> None:
    both = Masker([Needle("name", "Hewa Karim", "S-1"), Needle("name", "Hewa Karim", "S-2")])
    assert both.mask("Hewa Karim") == SEVERAL
    assert masker("Hewa Karim", unsealed=("Hewa Karim",)).mask("Hewa Karim") == SEVERAL


def test_one_part_of_a_name_is_masked_where_nobody_else_bears_it() -> None:
    assert masker("Hewa Karimzadeh").mask("Then Karimzadeh left.") == "Then S-0 left."
    assert masker("Hewa Karimzadeh").mask("Mr Kareemzadeh left.") == "Mr S-0 left."
    assert masker("Hewa Karim", unsealed=("Ali Karim",)).mask("Then Karim left.") == "Then Karim left."
    many = masker("Hewa Karim", "Ali Karim", "Reza Karim", "Omar Karim")
    assert many.mask("Then Karim left.") == "Then Karim left."


def test_words_of_every_day_are_not_masked_as_parts_of_names() -> None:
    found = masker("Grace Hope", "Mai Calais", ordinary=("Calais beach",))
    assert found.mask("By the grace of God, in hope; under fire. In Calais.") == (
        "By the grace of God, in hope; under fire. In Calais."
    )
    assert found.mask("Grace Hope and Mai Calais") == "S-0 and S-1"
    assert "grace" in ORDINARY


def test_ids_and_other_values_are_found_whole() -> None:
    found = Masker(
        [Needle("id", "P0012", "S-1"), Needle("value", "AB12 CDE", "T-1"), Needle("id", "p1", "S-2")],
    )
    assert found.mask("ST-P0012-3, P 0012, ab12-cde, p1") == "ST-S-1-3, S-1, T-1, S-2"
    assert found.mask("but P00123 and up1") == "but P00123 and up1"


def test_a_name_is_found_inside_one_long_word() -> None:
    assert masker("Hewa Karim").mask("boatofhewakarim2020.csv") == "boatofS-02020.csv"


def test_who_is_excused_keeps_their_name() -> None:
    found = masker("Hewa Karim")
    assert found.mask("Hewa Karim and Karim Hewa", {"hewakarim", "karimhewa"}) == "Hewa Karim and Karim Hewa"
    assert found.mask("Hewa Karim", {"alihassan"}) == "S-0"


@pytest.mark.parametrize(
    "text",
    [
        "Hewan left; the karimi rug.",
        "A calm sea; he was harmed.",
        "From the U.K. and the E.U., at 8 a.m.",
        "Hewan Karimov Hassan",
        "In Dover Street at 12, 8 May 2020, 8/5/20, 01052008 and 2001",
        "a 50% share of 100%25 <5 & more",
        "Ahmed, H. and others",
    ],
)
def test_what_is_only_near_a_name_stays(text: str) -> None:
    needles = [Needle("name", "Hewa Karim", "S-0"), Needle("date", "2001-05-08", "S-0")]
    assert Masker(needles, unsealed=["Ali Hassan"]).mask(text) == text


def test_a_part_in_small_letters_is_no_name_where_it_is_a_word() -> None:
    found = masker("Walker Barzani")
    assert found.mask("A walker saw barzani. Then Walker left.") == "A walker saw S-0. Then S-0 left."
    said = Masker([Needle("name", "Hewa Karim", "S-0")], common=["karim"])
    assert said.mask("Then karim, Karim and hewa left.") == "Then karim, S-0 and S-0 left."


def test_initials_stand_for_who_alone_has_them() -> None:
    assert masker("Hewa Karim").mask("H. K. and H.K. paid.") == "S-0. and S-0. paid."
    assert masker("Hewa Karim", unsealed=("Hassan Kadir",)).mask("H. K. paid.") == "H. K. paid."
    assert masker("Hewa Karim", unsealed=("Ali Hassan",)).mask("H. K. Hassan paid.") == "H. K. Hassan paid."


def test_a_users_name_of_two_people_does_not_tell_whose_it_is() -> None:
    assert masker("Hewa Karim").mask("wrote as hkarim99") == "wrote as S-099"
    assert masker("Hewa Karim", unsealed=("Hassan Karim",)).mask("wrote as hkarim99") == f"wrote as {SEVERAL}99"


def test_first_and_last_name_of_two_people_are_no_one_name() -> None:
    found = masker("Hewa Karim", unsealed=("Hewa Sadiq", "Ali Karim", "Omar Hassan"))
    for text in ("Hewa Sadiq, Ali Karim", "Hewa Sadiq. Ali Karim", "Hewa and Omar and Karim", "Hewa told Ali Karim"):
        assert found.mask(text) == text
    assert found.mask("Hewa Jan Karim") == "S-0"


def test_nothing_to_find_and_nothing_found_give_the_text_itself() -> None:
    text = "Hewa Karim"
    assert Masker([]).mask(text) is text
    assert not Masker([])
    assert masker("Ali Reza").mask(text) is text


@pytest.mark.parametrize("name", ["birthdays", "identifiers", "looks", "mask", "naming", "phones", "spelling"])
def test_the_examples_of_the_modules_are_true(name: str) -> None:
    tried = doctest.testmod(importlib.import_module(f"graphsvc.names.{name}"))
    assert tried.attempted
    assert not tried.failed
